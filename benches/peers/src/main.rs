//! Conditions read and evaluated by Tactful and by the `cel` crate, side by side.
//!
//! Both get the same facts, prepared once, and have to give the same answer
//! before anything is measured. Tactful also says how long its answer holds.

use std::collections::HashMap;
use std::hint::black_box;
use std::sync::Arc;
use std::time::Instant;

use cel::{Env, Program, Value};
use chrono::DateTime;
use tactful::condition::{Condition, Truth};
use tactful::context::{
    Order, Profile, Purchases, Recency, Score, Scores, Subscription, Support, Ticket,
};
use tactful::schema::{Facts, RequestFacts, Schema};
use tactful::{
    Channel, Context, Currency, Duration, Money, OrderStatus, TicketState, Timestamp, Topic,
};

const NOW: Timestamp = Timestamp::from_millis(1_773_154_830_000);

/// A condition for us, and the same in CEL where it has to be written otherwise.
struct Pair {
    name: &'static str,
    ours: &'static str,
    cel: &'static str,
}

const fn pair(name: &'static str, ours: &'static str, cel: &'static str) -> Pair {
    Pair { name, ours, cel }
}

const fn same(name: &'static str, text: &'static str) -> Pair {
    pair(name, text, text)
}

const PAIRS: &[Pair] = &[
    same("score over a limit", r#"scores["churn"] >= 0.5"#),
    same("intent", r#"request.intent == "cancel""#),
    same(
        "adult on the basic plan",
        r#"profile.plan == "basic" && profile.age_years >= 18 && subscription.arrears_minor == 0"#,
    ),
    pair(
        "away for 60 days",
        "since(recency.last_seen_at) >= days(60)",
        r#"now - recency.last_seen_at >= duration("1440h")"#,
    ),
    pair(
        "just joined",
        "within(profile.joined_at, days(14))",
        r#"has(profile.joined_at) && now - profile.joined_at < duration("336h")"#,
    ),
    same(
        "office hours",
        "now.getHours() >= 8 && now.getHours() < 20 && now.getDayOfWeek() in [1, 2, 3, 4, 5]",
    ),
    pair(
        "billing dispute open",
        r#"support.tickets.exists(t, t.topic == "billing_dispute" && t.is_open)"#,
        r#"support.tickets.exists(t, t.topic == "billing_dispute"
            && t.state in ["new", "open", "pending", "on_hold"])"#,
    ),
    pair(
        "billing dispute just closed",
        r#"support.tickets.exists(t, t.topic == "billing_dispute" && within(t.closed_at, days(14)))"#,
        r#"support.tickets.exists(t, t.topic == "billing_dispute"
            && has(t.closed_at) && now - t.closed_at < duration("336h"))"#,
    ),
    pair(
        "every ticket old or simple",
        r#"support.tickets.all(t, since(t.opened_at) > days(1) || t.topic == "how_to")"#,
        r#"support.tickets.all(t, now - t.opened_at > duration("24h") || t.topic == "how_to")"#,
    ),
    same(
        "bought fresh food",
        r#"purchases.orders.exists(o,
            "produce" in o.categories || "meat" in o.categories || "deli" in o.categories)"#,
    ),
    same(
        "three orders delivered",
        r#"purchases.orders.filter(o, o.status == "delivered").size() >= 3"#,
    ),
    same(
        "one rule for each plan",
        r#"profile.plan == "basic" ? scores["churn"] < 0.5
            : profile.age_years >= 18 && profile.country.startsWith("A")"#,
    ),
];

/// What happened `days` ago.
fn ago(days: i64) -> Timestamp {
    NOW - Duration::days(days)
}

fn context() -> Context {
    let tickets = TICKETS.map(|(topic, state, opened, closed)| {
        let ticket = Ticket::new("t", ago(opened), ago(closed.unwrap_or(opened)))
            .topic(topic.parse::<Topic>().unwrap())
            .state(state.parse::<TicketState>().unwrap());
        match closed {
            Some(closed) => ticket.closed_at(ago(closed)),
            None => ticket,
        }
    });
    let orders = ORDERS.map(|(status, placed, categories)| {
        Order::new("o", ago(placed))
            .status(status.parse::<OrderStatus>().unwrap())
            .categories(categories.map(str::to_owned).to_vec())
    });
    let usd: Currency = "USD".parse().unwrap();
    let mut scores = Scores::new(NOW);
    scores.values.insert("churn".to_owned(), Score::new(0.35));
    Context::new()
        .support(Support::new(NOW).tickets(tickets))
        .purchases(Purchases::new(NOW).orders(orders))
        .recency(Recency::new(NOW).last_seen_at(ago(3)))
        .subscription(Subscription::new(NOW).arrears(Money::new(0, usd)))
        .scores(scores)
        .profile(
            Profile::new(NOW)
                .age_years(34)
                .plan("basic")
                .country("AT")
                .joined_at(ago(300)),
        )
}

/// Topic, state, days since it was opened, and since it was closed.
const TICKETS: [(&str, &str, i64, Option<i64>); 4] = [
    ("how_to", "closed", 200, Some(199)),
    ("billing_dispute", "closed", 60, Some(40)),
    ("order_delay", "solved", 20, Some(18)),
    ("billing_dispute", "pending", 4, None),
];

/// Status, days since it was placed, and categories.
const ORDERS: [(&str, i64, [&str; 2]); 8] = [
    ("delivered", 200, ["books", "garden"]),
    ("delivered", 150, ["books", "toys"]),
    ("cancelled", 120, ["shoes", "garden"]),
    ("delivered", 90, ["grocery", "drinks"]),
    ("returned", 60, ["shoes", "sport"]),
    ("shipped", 9, ["grocery", "frozen"]),
    ("placed", 5, ["deli", "grocery"]),
    ("placed", 1, ["books", "music"]),
];

/// The same facts as values of the `cel` crate.
fn variables() -> Vec<(&'static str, Value)> {
    let tickets = TICKETS.map(|(topic, state, opened, closed)| {
        let mut fields = vec![
            ("topic", topic.into()),
            ("state", state.into()),
            ("opened_at", time(ago(opened))),
        ];
        fields.extend(closed.map(|closed| ("closed_at", time(ago(closed)))));
        map(fields)
    });
    let orders = ORDERS.map(|(status, placed, categories)| {
        map(vec![
            ("status", status.into()),
            ("placed_at", time(ago(placed))),
            ("categories", categories.to_vec().into()),
        ])
    });
    vec![
        ("now", time(NOW)),
        ("request", map(vec![("intent", "browse".into())])),
        ("support", map(vec![("tickets", tickets.to_vec().into())])),
        ("purchases", map(vec![("orders", orders.to_vec().into())])),
        ("recency", map(vec![("last_seen_at", time(ago(3)))])),
        ("subscription", map(vec![("arrears_minor", Value::Int(0))])),
        ("scores", map(vec![("churn", Value::Float(0.35))])),
        (
            "profile",
            map(vec![
                ("age_years", Value::Int(34)),
                ("plan", "basic".into()),
                ("country", "AT".into()),
                ("joined_at", time(ago(300))),
            ]),
        ),
    ]
}

fn map(fields: Vec<(&'static str, Value)>) -> Value {
    fields.into_iter().collect::<HashMap<_, _>>().into()
}

fn time(at: Timestamp) -> Value {
    let at = DateTime::from_timestamp_millis(at.as_millis()).unwrap();
    Value::Timestamp(at.fixed_offset())
}

/// The best of many rounds, in nanoseconds: others only ever make it slower.
///
/// The two sides take turns, so that whatever else the machine does hits both.
fn race<A, B>(mut ours: impl FnMut() -> A, mut theirs: impl FnMut() -> B) -> [f64; 2] {
    fn round<T>(work: &mut impl FnMut() -> T) -> f64 {
        const TIMES: u32 = 500;
        let start = Instant::now();
        for _ in 0..TIMES {
            black_box(work());
        }
        start.elapsed().as_nanos() as f64 / f64::from(TIMES)
    }
    let mut best = [f64::INFINITY; 2];
    for _ in 0..60 {
        best = [
            best[0].min(round(&mut ours)),
            best[1].min(round(&mut theirs)),
        ];
    }
    best
}

fn row(name: &str, [ours, theirs]: [f64; 2], [ours_too, theirs_too]: [f64; 2]) {
    let (ratio, ratio_too) = (theirs / ours, theirs_too / ours_too);
    println!(
        "{name:<28}{ours:>9.0}{theirs:>9.0}{ratio:>7.1}  {ours_too:>9.0}{theirs_too:>9.0}{ratio_too:>7.1}"
    );
}

fn main() {
    let (schema, customer) = (Schema::customer(), context());
    let request = RequestFacts::new(Channel::Web).intent("browse");
    let bind = || {
        let facts = Facts::of_context(&schema, &customer, request, NOW);
        facts.in_currency("USD".parse().ok())
    };
    let variables = variables();
    let library = Arc::new(Env::stdlib());
    let bind_theirs = || {
        let mut context = cel::Context::with_env(Arc::clone(&library));
        for (name, value) in &variables {
            context.add_variable_from_value(*name, value.clone());
        }
        context
    };
    let (facts, theirs) = (bind(), bind_theirs());

    let sides = "  tactful      cel  ratio";
    println!("{:<28}{:>25}  {:>25}", "", "read, ns", "evaluate, ns");
    println!("{:<28}{sides}  {sides}", "");
    let mut logs = [0.0; 2];
    for Pair { name, ours, cel } in PAIRS {
        let condition = Condition::new(ours, &schema).unwrap();
        let program = Program::compile(cel).unwrap();
        let truth = match program.execute(&theirs) {
            Ok(Value::Bool(value)) => Truth::from(value),
            other => panic!("{name}: {other:?}"),
        };
        assert_eq!(condition.evaluate(&facts).truth(), truth, "{name}");
        let read = race(|| Condition::new(ours, &schema), || Program::compile(cel));
        let evaluate = race(|| condition.evaluate(&facts), || program.execute(&theirs));
        row(name, read, evaluate);
        logs[0] += (read[1] / read[0]).ln();
        logs[1] += (evaluate[1] / evaluate[0]).ln();
    }
    let [read, evaluate] = logs.map(|sum| (sum / PAIRS.len() as f64).exp());
    println!(
        "{:<28}{read:>25.1}  {evaluate:>25.1}",
        "ratio, geometric mean"
    );
    let [ours, theirs] = race(bind, bind_theirs);
    println!("\nbinding the facts: tactful {ours:.0} ns, cel {theirs:.0} ns");
}
