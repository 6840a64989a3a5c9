//! How long one decision takes, and building the engine, at 10 to 10,000 actions.
//!
//! `cargo bench --bench decide` prints times; compare ratios within one run.

#![allow(missing_docs, reason = "criterion makes the functions")]
#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    reason = "a bench may stop at the first surprise"
)]

use std::fmt::Write;
use std::hint::black_box;

use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use tactful::context::{
    Consent, Device, Feedback, Grant, History, Interaction, Order, Profile, Purchases, Recency,
    Scores, Subscription, Support, Ticket,
};
use tactful::{
    Channel, ConsentStatus, Context, Duration, Engine, FormFactor, OrderStatus, Outcome, Purpose,
    Request, TicketState, Timestamp, Topic,
};

const SIZES: [usize; 4] = [10, 100, 1_000, 10_000];

const KINDS: [&str; 5] = ["upsell", "cross_sell", "promotion", "retention", "service"];

/// Conditions that actions draw from, the first ones more often.
const CLAUSES: [&str; 24] = [
    r#"profile.plan == "basic""#,
    "profile.age_years >= 18",
    "subscription.arrears_minor == 0",
    "scores.churn >= 0.5",
    "recency.sessions_30d >= 3",
    "since(recency.last_seen_at) < days(30)",
    "within(profile.joined_at, days(365))",
    r#"device.form_factor in ["mobile", "tablet"]"#,
    r#"purchases.orders.exists(o, "shoes" in o.categories)"#,
    r#"purchases.orders.exists(o, "books" in o.categories && within(o.placed_at, days(90)))"#,
    "purchases.orders.exists(o, o.total_minor >= 10000)",
    "purchases.orders.size() >= 3",
    r#"profile.role == "admin""#,
    r#"profile.country in ["DE", "AT", "CH"]"#,
    "profile.age_years < 65",
    "scores.value > 100.0",
    r#"subscription.status == "active""#,
    "subscription.renews_at - now <= days(30)",
    "support.tickets.all(t, !t.is_open)",
    r#"support.tickets.exists(t, t.topic == "how_to")"#,
    "has(device.app_version)",
    r#""vip" in profile.segments"#,
    r#"profile.language.startsWith("de")"#,
    "recency.sessions_30d < 20",
];

const SUPPRESSIONS: [&str; 4] = [
    r#"support.tickets.exists(t, t.topic == "billing_dispute" && t.is_open)"#,
    r#"purchases.orders.exists(o, o.status == "delayed")"#,
    r#"feedback.answers.exists(a, a.metric == "csat" && a.score <= 2)"#,
    "within(profile.joined_at, days(14))",
];

fn policy(actions: usize) -> String {
    let mut text = "policy = 'bench'\ncurrency = 'EUR'\n".to_owned();
    let mut draws = Draws(1);
    for number in 0..actions {
        let kind = KINDS[draws.below(KINDS.len())];
        let clauses: Vec<String> = (0..=draws.below(3))
            .map(|_| {
                let place = draws.below(CLAUSES.len()).min(draws.below(CLAUSES.len()));
                format!("'''{}'''", CLAUSES[place])
            })
            .collect();
        let propensity = 1 + draws.below(999);
        writeln!(
            text,
            "[[actions]]\nid = 'a{number}'\nkind = '{kind}'\ngroup = 'g{}'\nchannels = ['web', 'email']\n\
             propensity = '0.{propensity:03}'\nvalue = {}\neligible = [{}]",
            number % 50,
            1 + draws.below(500),
            clauses.join(", "),
        )
        .expect("a text can be written to");
    }
    for (number, when) in SUPPRESSIONS.iter().enumerate() {
        writeln!(
            text,
            "[[suppress]]\nid = 's{number}'\nwhen = '''{when}'''\nkinds = ['upsell', '{}']\nbecause = 'b'",
            KINDS[1 + number % 3],
        )
        .expect("a text can be written to");
    }
    for (number, kind) in KINDS.iter().enumerate() {
        writeln!(
            text,
            "[[boosts]]\nid = 'b{number}'\nwhen = '''{}'''\npercent = 50\nkinds = ['{kind}']",
            CLAUSES[number],
        )
        .expect("a text can be written to");
    }
    text
}

/// A fixed stream of numbers, so that every run measures the same work.
struct Draws(u64);

impl Draws {
    fn below(&mut self, limit: usize) -> usize {
        self.0 =
            self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(self.0 >> 40).expect("24 bits") % limit
    }
}

fn now() -> Timestamp {
    "2026-03-10T15:00:30Z".parse().expect("a time")
}

fn context() -> Context {
    let now = now();
    let orders: Vec<Order> = (0..8)
        .map(|number| {
            let category = if number % 2 == 0 { "books" } else { "garden" };
            Order::new(format!("o{number}"), now - Duration::days(20 * number + 5))
                .status(OrderStatus::Delivered)
                .categories(vec![category.to_owned()])
        })
        .collect();
    let ticket = Ticket::new("t", now - Duration::days(40), now - Duration::days(38))
        .state(TicketState::Closed)
        .topic(Topic::HowTo);
    let granted = Grant::new(Purpose::Marketing, ConsentStatus::Granted, now - Duration::days(300));
    Context::new()
        .support(Support::new(now).tickets([ticket]))
        .purchases(Purchases::new(now).orders(orders))
        .device(Device::new(now).form_factor(FormFactor::Mobile))
        .recency(Recency::new(now).last_seen_at(now - Duration::days(3)).sessions_30d(7))
        .consent(Consent::new(now).grants([granted]))
        .subscription(Subscription::new(now).plan("basic"))
        .feedback(Feedback::new(now).answers([]))
        .scores(Scores::new(now).score("churn", 0.35))
        .profile(Profile::new(now).age_years(34).plan("basic").country("AT").language("de-AT"))
}

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

/// Limits, quiet hours and a history, on top of the policy.
fn contact_policy(actions: usize) -> String {
    let mut text = policy(actions);
    text.push_str("[quiet_hours.night]\nfrom = '21:00'\nto = '09:00'\n");
    for (number, per) in ["action", "group", "kind"].iter().cycle().take(12).enumerate() {
        writeln!(
            text,
            "[[limits]]\nid = 'l{number}'\npurposes = ['marketing']\nper = '{per}'\nat_most = {}\n\
             within = '{}d'{}",
            2 + number,
            1 + number,
            if number % 3 == 0 { "\npause = '10d'\noutcomes = 'click'" } else { "" },
        )
        .expect("a text can be written to");
    }
    text
}

fn history(interactions: i64) -> History {
    let mut draws = Draws(7);
    let interaction = |number: i64| {
        let action = draws.below(100);
        let outcome = [Outcome::Sent, Outcome::Click][draws.below(2)];
        let at = now() - Duration::minutes(1 + number * 90);
        Interaction::new(format!("a{action}"), outcome, at)
            .channel(Channel::Email)
            .kind(KINDS[action % KINDS.len()])
            .group(format!("g{}", action % 50))
            .purpose(Purpose::Marketing)
    };
    History::new(now()).interactions((0..interactions).map(interaction).collect::<Vec<_>>())
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

fn build(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("build");
    group.sample_size(10);
    for size in SIZES {
        let text = policy(size);
        group.throughput(Throughput::Elements(size as u64));
        group.bench_with_input(BenchmarkId::new("from_toml", size), &text, |bencher, text| {
            bencher.iter(|| Engine::from_toml(black_box(text)).expect("the policy is sound"));
        });
    }
    group.finish();
}

criterion_group!(benches, decide, limits, build);
criterion_main!(benches);
