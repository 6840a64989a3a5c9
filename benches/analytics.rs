//! How long the models of customer analytics take.
//!
//! `cargo bench --bench analytics` prints times; compare ratios within one run.

#![allow(missing_docs, reason = "criterion makes the functions")]
#![allow(clippy::expect_used, reason = "a bench may stop at the first surprise")]

use std::hint::black_box;

use criterion::{BenchmarkId, Criterion, criterion_group, criterion_main};
use tactful::analytics::{
    Discounting, GammaGamma, HalfLife, PurchaseModel, PurchaseSummary, RepeatPurchases, Rfm,
    ShiftedBetaGeometric, TimeUnit, WeibullInactivity,
};
use tactful::context::{Order, Purchases};
use tactful::{Duration, OrderStatus, Timestamp};

fn model() -> PurchaseModel {
    PurchaseModel::bg_nbd(0.243, 4.414, 0.793, 2.426).expect("the fit is published")
}

fn customer(repeats: u32) -> RepeatPurchases {
    RepeatPurchases::new(repeats, 30.43, 38.86).expect("the customer is sound")
}

/// A customer of CDNOW, a busy one, and the furthest horizon: the terms grow.
fn purchases(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("purchases");
    let model = model();
    group.bench_function("p_alive", |bencher| {
        bencher.iter(|| model.p_alive(black_box(customer(2))));
    });
    for (name, repeats, horizon) in
        [("2 in 39 weeks", 2, 39.0), ("500 in 39 weeks", 500, 39.0), ("2 for good", 2, 43_000.0)]
    {
        let id = BenchmarkId::new("expected_purchases", name);
        group.bench_with_input(id, &customer(repeats), |bencher, customer| {
            bencher.iter(|| model.expected_purchases(black_box(*customer), horizon));
        });
    }
    let spending = GammaGamma::new(6.25, 3.74, 15.44).expect("the fit is published");
    let year = Discounting::new(12, 4.345, 0.01).expect("a year is sound");
    group.bench_function("lifetime_value of 12 months", |bencher| {
        bencher.iter(|| year.lifetime_value(&model, &spending, black_box(customer(2)), 22.35));
    });
    group.finish();
}

fn others(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("others");
    let contract = ShiftedBetaGeometric::new(0.668, 3.806).expect("the fit is published");
    group.bench_function("residual_lifetime", |bencher| {
        bencher.iter(|| contract.residual_lifetime(black_box(3), 0.1));
    });
    let inactivity = WeibullInactivity::new(1.8, 120.0).expect("the fit is sound");
    group.bench_function("p_churn_within", |bencher| {
        bencher.iter(|| inactivity.p_churn_within(black_box(60.0), 30.0));
    });
    let half_life = HalfLife::new(Duration::days(30)).expect("a month is sound");
    group.bench_function("half_life", |bencher| {
        bencher.iter(|| half_life.weight(black_box(Duration::days(7))));
    });
    let rfm = Rfm::new([1, 4, 10, 26], [16, 32, 55, 95], [35_363, 87_176, 162_849, 298_723]);
    let rfm = rfm.expect("the breaks ascend");
    group.bench_function("rfm", |bencher| {
        bencher.iter(|| rfm.score(black_box(10), 20, 102_663));
    });
    group.finish();
}

/// From the orders of a context to x, t_x and T.
fn summary(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("summary");
    let now: Timestamp = "2026-03-10T15:00:30Z".parse().expect("a time");
    for count in [8, 256] {
        let order = |day| {
            let placed_at = now - Duration::days(day);
            Order::new(format!("{day}"), placed_at).status(OrderStatus::Delivered)
        };
        let orders: Vec<Order> = (0..count).map(order).collect();
        let part = Purchases::new(now).orders(orders);
        group.bench_with_input(BenchmarkId::new("orders", count), &part, |bencher, part| {
            bencher.iter(|| {
                PurchaseSummary::of_purchases(black_box(part), now)
                    .map(|summary| summary.repeat_purchases(TimeUnit::Week))
            });
        });
    }
    group.finish();
}

criterion_group!(benches, purchases, others, summary);
criterion_main!(benches);
