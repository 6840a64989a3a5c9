//! How long it takes to prove what a policy promises.
//!
//! A policy of 500 actions, 100 suppressions and 20 promises is proved whole,
//! and one of 10,000 actions is loaded with its promises; half of the promises
//! are broken where the name says so.

#![allow(
    missing_docs,
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a benchmark may stop at the first surprise"
)]

#[path = "prove/policy.rs"]
mod policy;

use std::hint::black_box;

use criterion::{Criterion, criterion_group, criterion_main};
use tactful::prove::{Budget, Verdict};
use tactful::{Engine, Policy};

use policy::policy;

fn proofs(criterion: &mut Criterion) {
    for broken in [false, true] {
        let text = policy(500, 100, 20, broken);
        let engine = Engine::unproved(Policy::from_toml(&text).unwrap()).unwrap();
        let found = engine.proofs(Budget::default());
        let held = found.iter().filter(|proof| matches!(proof.verdict, Verdict::Proved)).count();
        let name = format!("20 promises over 500 actions and 100 suppressions, {held} hold");
        criterion.bench_function(&name, |bencher| {
            bencher.iter(|| black_box(engine.proofs(Budget::default())));
        });
    }
}

fn loading(criterion: &mut Criterion) {
    for (promises, name) in [(0, "none"), (20, "20")] {
        let policy = Policy::from_toml(&policy(10_000, 100, promises, false)).unwrap();
        criterion.bench_function(&format!("load 10,000 actions, promises: {name}"), |bencher| {
            bencher.iter(|| Engine::new(black_box(policy.clone())).unwrap());
        });
    }
}

fn analysis(criterion: &mut Criterion) {
    let text = policy(500, 100, 20, false);
    let engine = Engine::from_toml(&text).unwrap();
    let found = engine.analyse(Budget::default());
    let name = format!(
        "analysis of 500 actions, 100 suppressions and 20 promises: {} findings, {} unclear",
        found.findings.len(),
        found.unclear
    );
    criterion.bench_function(&name, |bencher| {
        bencher.iter(|| black_box(engine.analyse(Budget::default())));
    });
}

criterion_group! {
    name = benches;
    config = Criterion::default().sample_size(10);
    targets = proofs, analysis, loading
}
criterion_main!(benches);
