//! How long one decision takes, and building the engine, at 10 to 10,000 actions.
//!
//! `cargo bench --bench decide` prints times; compare ratios within one run.

#![allow(missing_docs, reason = "criterion makes the functions")]
#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    reason = "a bench may stop at the first surprise"
)]

use std::hint::black_box;

use criterion::{BatchSize, BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use tactful::context::Profile;
use tactful::{Bound, Channel, Context, Engine, Policy, Request, Scratch};

#[path = "decide/workload.rs"]
mod workload;

use workload::{contact_policy, context, eligible_policy, hard_policy, history, now, policy};

const SIZES: [usize; 4] = [10, 100, 1_000, 10_000];

fn decide(criterion: &mut Criterion) {
    let context = context();
    let mut group = criterion.benchmark_group("decide");
    for size in SIZES {
        let engine = Engine::from_toml(&policy(size)).expect("the policy is sound");
        group.throughput(Throughput::Elements(size as u64));
        let complete = Request::new(now(), Channel::Web).limit(5);
        let ranked = complete.clone().ranked_only();
        group.bench_with_input(
            BenchmarkId::new("complete", size),
            &complete,
            |bencher, request| {
                bencher.iter(|| engine.decide(black_box(&context), black_box(request)));
            },
        );
        // What became of every other action, and why: found out when it is read.
        group.bench_with_input(
            BenchmarkId::new("complete, read", size),
            &complete,
            |bencher, request| {
                bencher.iter(|| {
                    let decision = engine.decide(black_box(&context), black_box(request));
                    decision.withheld().filter(|account| account.until().is_some()).count()
                });
            },
        );
        group.bench_with_input(
            BenchmarkId::new("ranked_only", size),
            &ranked,
            |bencher, request| {
                bencher.iter(|| engine.decide(black_box(&context), black_box(request)));
            },
        );
    }
    group.finish();
}

/// What a contact policy costs, with histories of some lengths.
fn limits(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("limits");
    let engine = Engine::from_toml(&contact_policy(1_000)).expect("the policy is sound");
    let profile = Profile::new(now()).age_years(34).plan("basic").time_zone("Europe/Vienna");
    for interactions in [0, 100, 1_000, 10_000] {
        let context = context().profile(profile.clone()).history(history(interactions));
        let summary = context.clone().history(engine.summarize(&history(interactions), now()));
        let request = Request::new(now(), Channel::Email).limit(1).ranked_only();
        for (name, context) in [("whole", &context), ("summary", &summary)] {
            group.bench_with_input(
                BenchmarkId::new(name, interactions),
                context,
                |bencher, context| bencher.iter(|| engine.decide(black_box(context), &request)),
            );
        }
    }
    group.finish();
}

/// The ways in, for a ranking: public context, memory used again, a context that
/// is kept; and JSON text in and out.
fn ways(criterion: &mut Criterion) {
    let context = context();
    let json = serde_json::to_vec(&context).expect("a context is JSON");
    let request = Request::new(now(), Channel::Web).limit(5).ranked_only();
    let mut group = criterion.benchmark_group("ways");
    for size in SIZES {
        for (name, text) in [("plain", policy(size)), ("hard", hard_policy(size))] {
            let engine = Engine::from_toml(&text).expect("the policy is sound");
            let mut scratch = Scratch::new();
            let mut bound = Bound::new(context.clone());
            group.bench_function(BenchmarkId::new(format!("{name}, bound"), size), |bencher| {
                bencher.iter(|| {
                    let decision = engine.decide_bound(&mut scratch, &mut bound, &request);
                    decision.recommendations().len()
                });
            });
            group.bench_function(BenchmarkId::new(format!("{name}, scratch"), size), |bencher| {
                bencher.iter(|| {
                    let decision = engine.decide_with(&mut scratch, &context, &request);
                    decision.recommendations().len()
                });
            });
            group.bench_function(BenchmarkId::new(format!("{name}, json"), size), |bencher| {
                bencher.iter(|| {
                    let context = Context::from_json(&json).expect("a context");
                    let decision = engine.decide_with(&mut scratch, &context, &request);
                    serde_json::to_string(&decision.recommendations().collect::<Vec<_>>())
                });
            });
        }
    }
    group.finish();
}

/// A ranking, and a complete decision that is read, where few or many actions
/// are eligible.
fn eligible(criterion: &mut Criterion) {
    let complete = Request::new(now(), Channel::Web).limit(5);
    let ranked = complete.clone().ranked_only();
    let mut group = criterion.benchmark_group("eligible");
    for size in SIZES {
        let engine = Engine::from_toml(&eligible_policy(size)).expect("the policy is sound");
        for percent in [5, 50] {
            let context = Context::new().profile(Profile::new(now()).age_years(percent));
            let mut scratch = Scratch::new();
            let mut bound = Bound::new(context.clone());
            group.bench_function(
                BenchmarkId::new(format!("{percent} %, bound"), size),
                |bencher| {
                    bencher.iter(|| {
                        let decision = engine.decide_bound(&mut scratch, &mut bound, &ranked);
                        decision.recommendations().len()
                    });
                },
            );
            group.bench_function(
                BenchmarkId::new(format!("{percent} %, scratch"), size),
                |bencher| {
                    bencher.iter(|| {
                        let decision = engine.decide_with(&mut scratch, &context, &ranked);
                        decision.recommendations().len()
                    });
                },
            );
            group.bench_function(
                BenchmarkId::new(format!("{percent} %, complete, read"), size),
                |bencher| {
                    bencher.iter(|| engine.decide(&context, &complete).withheld().len());
                },
            );
        }
    }
    group.finish();
}

/// One action explained, and a decision recorded.
fn accounts(criterion: &mut Criterion) {
    let context = context();
    let request = Request::new(now(), Channel::Web).limit(5);
    let mut group = criterion.benchmark_group("accounts");
    for size in SIZES {
        let engine = Engine::from_toml(&policy(size)).expect("the policy is sound");
        group.bench_function(BenchmarkId::new("explain", size), |bencher| {
            bencher.iter(|| engine.explain(&context, &request, "a7"));
        });
        let ranked = request.clone().ranked_only();
        let decision = engine.decide(&context, &ranked);
        group.bench_function(BenchmarkId::new("record", size), |bencher| {
            bencher.iter(|| decision.to_record(&context, &ranked));
        });
    }
    group.finish();
}

fn build(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("build");
    group.sample_size(10);
    for size in SIZES {
        let text = policy(size);
        group.throughput(Throughput::Elements(size as u64));
        group.bench_with_input(BenchmarkId::new("from_toml", size), &text, |bencher, text| {
            bencher.iter(|| Engine::from_toml(black_box(text)).expect("the policy is sound"));
        });
        let policy = Policy::from_toml(&text).expect("the policy can be read");
        group.bench_function(BenchmarkId::new("in memory", size), |bencher| {
            let build = |policy| Engine::new(policy).expect("the policy is sound");
            bencher.iter_batched(|| policy.clone(), build, BatchSize::LargeInput);
        });
    }
    group.finish();
}

criterion_group!(benches, decide, ways, eligible, accounts, limits, build);
criterion_main!(benches);
