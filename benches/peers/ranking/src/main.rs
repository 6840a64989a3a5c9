//! The next best action out of N: Tactful beside hand-written Rust.
//!
//! `cargo run --release -p tactful-ranking [-- --n 10,1000 --budget 1 --only tactful]`; `--only threads` shows what a
//! second thread adds.

#[allow(dead_code)]
mod harness;
#[allow(dead_code)]
mod limits;
mod ours;
mod text;
mod threads;
#[allow(dead_code)]
mod workload;

use std::time::Duration;

#[global_allocator]
static A: harness::Counting = harness::Counting;

fn main() {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let get = |key: &str, default: &str| {
        let place = args.iter().position(|arg| arg == key);
        place.and_then(|place| args.get(place + 1)).cloned().unwrap_or(default.to_owned())
    };
    let only = get("--only", "");
    let sizes: Vec<usize> = get("--n", "10,100,1000,10000").split(',').map(|n| n.parse().unwrap()).collect();
    let budget = Duration::from_secs_f64(get("--budget", "0.5").parse().unwrap());
    let customers: usize = get("--customers", "300").parse().unwrap();
    println!("{:<44}{:>7}{:>11}{:>8}{:>10}{:>10}{:>9}{:>9}{:>11}{:>10}", "", "N", "ns", "ratio", "p50", "p99", "allocs", "B/action", "ns/action", "bind ns");
    for n in sizes {
        let w = workload::workload(n, customers);
        let mut limit = f64::NAN;
        macro_rules! go {
            ($($e:ty),* $(,)?) => { $(
                // What it is held against is there whatever is looked for.
                let name = <$e as harness::Engine>::NAME;
                if name.contains("limit-ii-e ordered") || name.starts_with("the study's route") || name.contains(&only) {
                    let row = harness::bench::<$e>(&w, budget);
                    if limit.is_nan() { limit = row.ns }
                    println!("{:<44}{n:>7}{:>11.0}{:>8.2}{:>10.0}{:>10.0}{:>9.1}{:>9.0}{:>11.0}{:>10.0}", name, row.ns, row.ns / limit, row.p50, row.p99, row.allocs, row.bytes as f64 / n as f64, row.load_s * 1e9 / n as f64, row.prepare_ns);
                }
            )* };
        }
        go!(limits::Postings, limits::Plain, limits::PlainMemo, limits::Scan, limits::PostingsAny, limits::PostingsFromCtx);
        if only == "threads" {
            threads::run(&w, budget);
            continue;
        }
        go!(ours::Kept, ours::With, ours::Changed, text::Text, ours::Text, ours::Ranked, ours::Complete);
    }
}
