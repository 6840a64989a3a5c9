//! How long conditions take: those people write, and the worst that are accepted.
//!
//! `cargo bench --bench condition` prints times. No condition may take a
//! millisecond: what would is refused when it is read, by a count of steps
//! whose costs this bench shows.

#![allow(missing_docs, reason = "criterion makes the functions")]
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a bench may stop at the first surprise"
)]

#[path = "../tests/worst/cases.rs"]
mod cases;

use std::hint::black_box;
use std::time::Duration;

use criterion::{Criterion, criterion_group, criterion_main};
use tactful::condition::Condition;
use tactful::context::{Order, Profile, Purchases, Scores, Support, Ticket};
use tactful::schema::{Facts, RequestFacts, Schema};
use tactful::{Channel, Context, OrderStatus, TicketState, Timestamp, Topic};

const TYPICAL: &[&str] = &[
    r#"profile.plan == "basic" && profile.age_years >= 18"#,
    "within(profile.joined_at, days(14))",
    r#"support.tickets.exists(t, t.topic == "billing_dispute" && t.is_open)"#,
    r#"support.tickets.exists(t, t.topic == "billing_dispute" && within(t.closed_at, days(14)))"#,
    r#"purchases.orders.exists(o, "shoes" in o.categories || "boots" in o.categories)"#,
    r#"purchases.orders.filter(o, o.status == "delivered").size() >= 3"#,
];

/// A customer with a few orders and tickets.
fn customer(now: Timestamp) -> Context {
    let days = tactful::Duration::days;
    let orders: Vec<Order> = (0..8)
        .map(|number| {
            let category = if number % 2 == 0 { "books" } else { "garden" };
            Order::new(format!("o{number}"), now - days(20 * number + 5))
                .status(OrderStatus::Delivered)
                .categories(vec![category.to_owned(), "toys".to_owned()])
        })
        .collect();
    let tickets: Vec<Ticket> = (1..5)
        .map(|number| {
            Ticket::new(format!("t{number}"), now - days(40 * number), now - days(38 * number))
                .state(TicketState::Closed)
                .topic(Topic::BillingDispute)
        })
        .collect();
    Context::new()
        .support(Support::new(now).tickets(tickets))
        .purchases(Purchases::new(now).orders(orders))
        .scores(Scores::new(now))
        .profile(Profile::new(now).age_years(34).plan("basic").joined_at(now - days(300)))
}

fn typical(criterion: &mut Criterion) {
    let (schema, customer) = (Schema::customer(), customer(cases::NOW));
    let facts = Facts::of_context(&schema, &customer, RequestFacts::new(Channel::Web), cases::NOW);
    let mut group = criterion.benchmark_group("typical");
    for text in TYPICAL {
        let condition = Condition::new(text, &schema).unwrap();
        group.bench_function(*text, |bencher| {
            bencher.iter(|| black_box(&condition).evaluate(black_box(&facts)));
        });
    }
    group.finish();
}

fn worst(criterion: &mut Criterion) {
    let schema = cases::schema();
    let table = cases::table(&schema);
    let facts = Facts::of_table(&schema, &table, cases::NOW);
    let mut group = criterion.benchmark_group("worst accepted");
    group.sample_size(20).warm_up_time(Duration::from_millis(200));
    group.measurement_time(Duration::from_millis(500));
    for (name, [accepted, _]) in cases::cases(&schema) {
        let condition = Condition::new(&accepted, &schema).unwrap();
        group.bench_function(name, |bencher| {
            bencher.iter(|| black_box(&condition).evaluate(black_box(&facts)));
        });
    }
    group.finish();
}

/// To read a condition: what the count of its steps adds is in here.
fn read(criterion: &mut Criterion) {
    let schema = Schema::customer();
    let mut group = criterion.benchmark_group("read");
    for text in TYPICAL {
        group.bench_function(*text, |bencher| {
            bencher.iter(|| Condition::new(black_box(text), &schema));
        });
    }
    group.finish();
}

criterion_group!(benches, typical, worst, read);
criterion_main!(benches);
