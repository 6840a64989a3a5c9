//! Timing, allocation counting and answer checking shared by all engines.
use crate::workload::*;
use std::alloc::{GlobalAlloc, Layout, System};
use std::hint::black_box;
use std::sync::atomic::{AtomicBool, AtomicI64, AtomicU64, Ordering::Relaxed};
use std::time::{Duration, Instant};

pub struct Counting;
static ON: AtomicBool = AtomicBool::new(false);
static CALLS: AtomicU64 = AtomicU64::new(0);
static LIVE: AtomicI64 = AtomicI64::new(0);
// SAFETY: defers to System; only counts while ON, so timed code pays one relaxed load.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, l: Layout) -> *mut u8 {
        if ON.load(Relaxed) { CALLS.fetch_add(1, Relaxed); LIVE.fetch_add(l.size() as i64, Relaxed); }
        unsafe { System.alloc(l) }
    }
    unsafe fn dealloc(&self, p: *mut u8, l: Layout) {
        if ON.load(Relaxed) { LIVE.fetch_sub(l.size() as i64, Relaxed); }
        unsafe { System.dealloc(p, l) }
    }
    unsafe fn realloc(&self, p: *mut u8, l: Layout, n: usize) -> *mut u8 {
        if ON.load(Relaxed) { CALLS.fetch_add(1, Relaxed); LIVE.fetch_add(n as i64 - l.size() as i64, Relaxed); }
        unsafe { System.realloc(p, l, n) }
    }
}
/// CPU time of this thread: other work on the machine does not count.
pub fn cpu() -> f64 {
    let mut t = libc::timespec { tv_sec: 0, tv_nsec: 0 };
    // SAFETY: valid pointer to a timespec.
    unsafe { libc::clock_gettime(libc::CLOCK_THREAD_CPUTIME_ID, &mut t) };
    t.tv_sec as f64 * 1e9 + t.tv_nsec as f64
}

/// (result, allocation calls, net live bytes)
pub fn counted<T>(f: impl FnOnce() -> T) -> (T, u64, i64) {
    CALLS.store(0, Relaxed);
    LIVE.store(0, Relaxed);
    ON.store(true, Relaxed);
    let t = f();
    ON.store(false, Relaxed);
    (t, CALLS.load(Relaxed), LIVE.load(Relaxed))
}

/// One way of answering "top 5 actions for this customer".
pub trait Engine {
    type Input;
    const NAME: &'static str;
    /// largest N worth running
    const MAX_N: usize = 10_000;
    const CHECK: bool = true;
    fn load(p: &Policy) -> Self;
    /// Native input for the engine: built before the timed decision, timed on its own as `prepare`.
    fn prepare(&self, c: &Ctx, json: &str) -> Self::Input;
    fn decide(&mut self, input: &Self::Input, out: &mut Vec<Pick>);
    /// Evaluate the 64 atomic predicates alone with this engine; how many hold.
    fn atoms(&mut self, _input: &Self::Input) -> Option<u32> { None }
}

pub fn median(v: &mut [f64]) -> f64 { v.sort_by(f64::total_cmp); if v.is_empty() { f64::NAN } else { v[v.len() / 2] } }
pub fn quantile(v: &mut [f64], q: f64) -> f64 { v.sort_by(f64::total_cmp); v[((v.len() - 1) as f64 * q).round() as usize] }
fn clock_cost() -> f64 {
    let mut v: Vec<f64> = (0..2001).map(|_| { let t = Instant::now(); t.elapsed().as_nanos() as f64 }).collect();
    median(&mut v)
}

fn same(a: &[Pick], b: &[Pick]) -> bool {
    a.len() == b.len() && a.iter().zip(b).all(|(x, y)| x.action == y.action && (x.score - y.score).abs() <= 1e-9 * y.score.abs())
}

/// What came of measuring one engine.
pub struct Row { pub ns: f64, pub p50: f64, pub p99: f64, pub allocs: f64, pub bytes: i64, pub load_s: f64, pub prepare_ns: f64 }

pub fn bench<E: Engine>(w: &Workload, budget: Duration) -> Row {
    let n = w.policy.actions.len();
    let t = Instant::now();
    let (mut e, _, bytes) = counted(|| E::load(&w.policy));
    let first = t.elapsed();
    // load again (uncounted) for the time, unless it is slow
    let mut loads = vec![first.as_secs_f64()];
    if first < Duration::from_secs(2) {
        loads.clear();
        for _ in 0..3 { let t = cpu(); let x = E::load(&w.policy); loads.push((cpu() - t) / 1e9); drop(black_box(x)); }
    }
    let load_s = median(&mut loads);

    // answers first: as many customers as the budget allows, all of them when it is fast
    let mut out = Vec::with_capacity(16);
    let t0 = Instant::now();
    let mut inputs = Vec::new();
    for (i, c) in w.ctxs.iter().enumerate() {
        let inp = e.prepare(c, &w.json[i]);
        out.clear();
        e.decide(&inp, &mut out);
        assert!(!E::CHECK || same(&out, &w.expected[i]), "{} n={n} customer {i}: {:?} expected {:?}", E::NAME, out, w.expected[i]);
        inputs.push(inp);
        if t0.elapsed() > budget { break }
    }
    let m = inputs.len();
    let mut prep = Vec::new();
    for i in 0..m.min(200) { let t = Instant::now(); let x = e.prepare(&w.ctxs[i], &w.json[i]); prep.push(t.elapsed().as_nanos() as f64); black_box(&x); }
    let prepare_ns = median(&mut prep);

    // throughput: whole passes
    let mut passes = vec![];
    let t0 = Instant::now();
    while (t0.elapsed() < budget || passes.len() < 1) && passes.len() < 400 {
        let t = cpu();
        for inp in &inputs { out.clear(); e.decide(black_box(inp), &mut out); black_box(&out); }
        passes.push((cpu() - t) / m as f64);
    }
    let mean_ns = median(&mut passes);
    // per customer: median of R single timings, then quantiles over customers
    let slow = mean_ns > 20_000.0; // then CPU time, so that being preempted does not look like a slow customer
    let clk = if slow { 0.0 } else { clock_cost() };
    let rounds = ((budget.as_nanos() as f64 / (mean_ns * m as f64)) as usize).clamp(1, 31);
    let mut per = vec![Vec::with_capacity(rounds); m];
    for _ in 0..rounds {
        for (i, inp) in inputs.iter().enumerate() {
            out.clear();
            let (t, c) = (Instant::now(), if slow { cpu() } else { 0.0 });
            e.decide(black_box(inp), &mut out);
            per[i].push(if slow { cpu() - c } else { t.elapsed().as_nanos() as f64 });
            black_box(&out);
        }
    }
    let mut single: Vec<f64> = per.iter_mut().map(|v| (median(v) - clk).max(0.0)).collect();
    let p50 = quantile(&mut single, 0.5);
    let p99 = quantile(&mut single, 0.99);
    let (_, allocs, _) = counted(|| for inp in &inputs { out.clear(); e.decide(black_box(inp), &mut out); });
    Row { ns: mean_ns, p50, p99, allocs: allocs as f64 / m as f64, bytes, load_s, prepare_ns }
}

/// Insert into a sorted top-5.
#[inline]
pub fn keep(out: &mut Vec<Pick>, x: Pick) {
    if out.len() == TOP_K { if !before(&x, &out[TOP_K - 1]) { return } out.pop(); }
    let mut j = out.len();
    out.push(x);
    while j > 0 && before(&x, &out[j - 1]) { out[j] = out[j - 1]; j -= 1 }
    out[j] = x;
}
