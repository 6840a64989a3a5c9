//! What it costs to keep a context: events taken in, copies merged, text in and out.
//!
//! `cargo bench --bench context` prints times; compare ratios within one run.

#![allow(missing_docs, reason = "criterion makes the functions")]
#![allow(clippy::expect_used, reason = "a bench may stop at the first surprise")]

#[path = "context/typical.rs"]
mod typical;

use std::hint::black_box;

use criterion::{BatchSize, BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use tactful::context::Event;
use tactful::{Context, Duration, TicketState};

/// A context of which nobody has a copy: copies share their lists until one of
/// them changes.
fn alone(bytes: &[u8]) -> Context {
    Context::from_bytes(bytes).expect("we wrote it")
}

/// Measures an event on a context that nobody else has.
fn measure(criterion: &mut Criterion, name: &str, context: &Context, event: &Event) {
    let bytes = context.to_bytes();
    criterion.bench_with_input(BenchmarkId::new("apply", name), event, |bencher, event| {
        bencher.iter_batched_ref(
            || alone(&bytes),
            |context| context.apply(black_box(event)),
            BatchSize::LargeInput,
        );
    });
}

fn apply(criterion: &mut Criterion) {
    let context = typical::customer();
    for (name, event) in typical::news() {
        measure(criterion, name, &context, &event);
    }
    let ticket = |minutes, state| {
        let at = typical::NOW - Duration::minutes(minutes);
        Event::new(at).source("desk").user_id("mira").ticket(typical::ticket(2, state, at))
    };
    measure(criterion, "duplicate ticket", &context, &ticket(40, TicketState::Open));
    measure(criterion, "superseded ticket", &context, &ticket(90, TicketState::New));
    let order = typical::order(3, typical::NOW - Duration::days(61) - Duration::minutes(7));
    let order = Event::new(order.placed_at).source("shop").user_id("mira").order(order);
    measure(criterion, "duplicate order", &context, &order);
    for beat in typical::heartbeats(typical::NOW).iter().take(1) {
        measure(criterion, "duplicate watermarks", &context, beat);
    }
    // A decision that is kept, for example, has a copy.
    let seen = typical::interaction(25, typical::NOW);
    let seen = Event::new(typical::NOW).source("web").user_id("mira").interaction(seen);
    criterion.bench_function("apply/interaction, of a copy", |bencher| {
        bencher.iter_batched_ref(
            || context.clone(),
            |context| context.apply(black_box(&seen)),
            BatchSize::LargeInput,
        );
    });
}

fn merge(criterion: &mut Criterion) {
    let context = typical::customer();
    let (mut one, mut other) = (context.clone(), context.clone());
    for (number, (_, event)) in typical::news().into_iter().enumerate() {
        let copy = if number % 2 == 0 { &mut one } else { &mut other };
        copy.apply(&event).expect("the event is sound");
    }
    let mut group = criterion.benchmark_group("merge");
    for (name, copy) in [("the same", context.clone()), ("both have news", one)] {
        let bytes = copy.to_bytes();
        group.bench_function(name, |bencher| {
            bencher.iter_batched_ref(
                || alone(&bytes),
                |copy| copy.merge(black_box(if name == "the same" { &context } else { &other })),
                BatchSize::LargeInput,
            );
        });
    }
    group.finish();
}

/// What it takes to keep a context elsewhere.
fn keep(criterion: &mut Criterion) {
    let context = typical::customer();
    let json = context.to_json();
    let mut group = criterion.benchmark_group("keep");
    group.throughput(Throughput::Bytes(json.len() as u64));
    group.bench_function("to_json", |bencher| bencher.iter(|| black_box(&context).to_json()));
    group.bench_function("from_json", |bencher| {
        bencher.iter(|| Context::from_json(black_box(&json)).expect("we wrote it"));
    });
    let bytes = context.to_bytes();
    group.throughput(Throughput::Bytes(bytes.len() as u64));
    group.bench_function("to_bytes", |bencher| bencher.iter(|| black_box(&context).to_bytes()));
    group.bench_function("from_bytes", |bencher| {
        bencher.iter(|| Context::from_bytes(black_box(&bytes)).expect("we wrote it"));
    });
    group.bench_function("clone", |bencher| bencher.iter(|| black_box(&context).clone()));
    group.finish();
    let (_, event) = typical::news().swap_remove(3);
    let json = event.to_json();
    let mut group = criterion.benchmark_group("event");
    group.throughput(Throughput::Bytes(json.len() as u64));
    group.bench_function("from_json", |bencher| {
        bencher.iter(|| Event::from_json(black_box(&json)).expect("we wrote it"));
    });
    group.finish();
}

criterion_group!(benches, apply, merge, keep);
criterion_main!(benches);
