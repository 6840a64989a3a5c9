//! What a second thread adds: one engine, a memory and customers for each thread.
use crate::ours;
use crate::workload::{Pick, Workload};
use std::hint::black_box;
use std::sync::Barrier;
use std::sync::atomic::{AtomicBool, Ordering::Relaxed};
use std::time::{Duration, Instant};
use tactful::{Bound, Engine, Scratch};

/// How a thread decides about its customers, once each.
type Pass = fn(&Engine, &mut Scratch, &mut [Bound], &mut Vec<Pick>);

/// Decisions a second, by so many threads at once.
fn throughput(engine: &Engine, w: &Workload, pass: Pass, threads: usize, budget: Duration) -> f64 {
    let (start, stop) = (Barrier::new(threads + 1), AtomicBool::new(false));
    std::thread::scope(|scope| {
        let work = || {
            let mut customers: Vec<Bound> = w.ctxs.iter().map(|customer| Bound::new(ours::context(customer))).collect();
            let (mut scratch, mut out, mut passes) = (Scratch::new(), Vec::new(), 0);
            for _ in 0..3 { pass(engine, &mut scratch, &mut customers, &mut out) }
            start.wait();
            while !stop.load(Relaxed) {
                pass(engine, &mut scratch, &mut customers, &mut out);
                passes += 1;
            }
            passes * customers.len()
        };
        let running: Vec<_> = (0..threads).map(|_| scope.spawn(work)).collect();
        start.wait();
        let begun = Instant::now();
        std::thread::sleep(budget);
        stop.store(true, Relaxed);
        let done: usize = running.into_iter().map(|thread| thread.join().unwrap()).sum();
        done as f64 / begun.elapsed().as_secs_f64()
    })
}

fn kept(engine: &Engine, scratch: &mut Scratch, customers: &mut [Bound], out: &mut Vec<Pick>) {
    let request = ours::request().ranked_only();
    for customer in customers {
        out.clear();
        ours::picks(&engine.decide_bound(scratch, customer, &request), out);
        black_box(&out);
    }
}

fn fresh(engine: &Engine, scratch: &mut Scratch, customers: &mut [Bound], out: &mut Vec<Pick>) {
    let request = ours::request().ranked_only();
    for customer in customers {
        out.clear();
        ours::picks(&engine.decide_with(scratch, customer.context(), &request), out);
        black_box(&out);
    }
}

/// Prints what two threads do beside one: the best of five, since both cores may have other work.
pub fn run(w: &Workload, budget: Duration) {
    let engine = ours::engine(&w.policy);
    for (name, pass) in [("kept", kept as Pass), ("fresh", fresh)] {
        let best = |threads| (0..5).map(|_| throughput(&engine, w, pass, threads, budget)).fold(0.0, f64::max);
        let (one, two) = (best(1), best(2));
        println!("two threads, {name}: {:.2} M decisions/s, {:.2} times one thread ({} actions)", two / 1e6, two / one, w.policy.actions.len());
    }
}
