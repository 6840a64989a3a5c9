//! How many customers a second one core decides, and what of that is the core itself.
//!
//! `cargo bench -p tactful-arrow --profile wheel` prints medians of interleaved runs, in the time of
//! the processor, built as the wheels for Python are; compare the ratios.

#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::print_stdout,
    clippy::cast_precision_loss,
    reason = "a bench may stop at the first surprise, and prints what it finds"
)]

use std::fmt::Write;
use std::hint::black_box;
use std::sync::{Arc, LazyLock};
use std::time::Instant;

use arrow_array::builder::{
    ListBuilder, StringBuilder, StructBuilder, TimestampMicrosecondBuilder,
};
use arrow_array::{
    ArrayRef, Float64Array, Int64Array, RecordBatch, StringArray, TimestampMicrosecondArray,
};
use arrow_schema::{DataType, Field, Fields, TimeUnit};
use tactful::{Channel, Context, Engine, Request, Scratch, Timestamp};
use tactful_arrow::{Accounts, Columns, Options};

const ROWS: usize = 20_000;
const ROUNDS: usize = 9;
/// The system counts the time of a thread in steps of some milliseconds: what
/// is timed has to be long beside them.
const REPEATS: usize = 10;
/// 2026-03-10T15:00:30Z
const NOW: i64 = 1_773_154_830_000;
const DAY: i64 = 86_400_000;

const CLAUSES: [&str; 10] = [
    r#"profile.plan == "basic""#,
    "profile.age_years >= 18",
    "scores.churn >= 0.5",
    "recency.sessions_30d >= 3",
    "since(recency.last_seen_at) < days(30)",
    "within(profile.joined_at, days(365))",
    r#"profile.country in ["DE", "AT", "CH"]"#,
    r#"device.form_factor == "mobile""#,
    r#"subscription.status == "active""#,
    "scores.value > 100.0",
];

/// Twenty actions, a suppression and a boost.
fn policy() -> String {
    let kinds = ["upsell", "cross_sell", "promotion", "retention", "service"];
    let mut text = "policy = 'bench'\ncurrency = 'EUR'\n".to_owned();
    for number in 0..20 {
        writeln!(
            text,
            "[[actions]]\nid = 'action-{number}'\nkind = '{}'\nchannels = ['web', 'email']\n\
             propensity = '0.{:03}'\nvalue = {}\neligible = ['''{}''', '''{}''']",
            kinds[number % 5],
            17 + number * 31,
            5 + number * 3,
            CLAUSES[number % 10],
            CLAUSES[(number * 7 + 3) % 10],
        )
        .expect("a text can be written to");
    }
    text.push_str(
        r#"
[[suppress]]
id = 'no-selling-during-a-dispute'
when = 'support.tickets.exists(t, t.topic == "billing_dispute" && t.is_open)'
kinds = ['upsell', 'cross_sell', 'promotion']
because = 'nobody wants an offer while arguing about a bill'

[[boosts]]
id = 'leaving'
when = 'scores.churn >= 0.5'
percent = 50
kinds = ['retention']
"#,
    );
    text
}

fn micros() -> DataType {
    DataType::Timestamp(TimeUnit::Microsecond, Some(Arc::from("UTC")))
}

fn times(time: impl Fn(i64) -> i64) -> ArrayRef {
    let rows = 0..i64::try_from(ROWS).expect("it is small");
    let times = rows.map(|row| time(row) * 1_000);
    Arc::new(TimestampMicrosecondArray::from_iter_values(times).with_timezone("UTC"))
}

fn words(words: &[&str]) -> ArrayRef {
    Arc::new(StringArray::from_iter_values((0..ROWS).map(|row| words[row % words.len()])))
}

fn numbers(modulus: i64) -> ArrayRef {
    let rows = 0..i64::try_from(ROWS).expect("it is small");
    Arc::new(Int64Array::from_iter_values(rows.map(|row| row % modulus)))
}

/// Every ninth customer has a ticket, every other of these an open dispute.
fn tickets() -> ArrayRef {
    let fields = Fields::from(vec![
        Field::new("id", DataType::Utf8, true),
        Field::new("topic", DataType::Utf8, true),
        Field::new("state", DataType::Utf8, true),
        Field::new("opened_at", micros(), true),
        Field::new("updated_at", micros(), true),
    ]);
    let mut lists = ListBuilder::new(StructBuilder::from_fields(fields, ROWS / 9));
    for row in 0..ROWS {
        if row % 9 == 0 {
            let ticket = lists.values();
            let texts = [format!("T-{row}"), "billing_dispute".to_owned()];
            let state = if row % 2 == 0 { "open" } else { "closed" };
            for (place, text) in texts.iter().map(String::as_str).chain([state]).enumerate() {
                let texts = ticket.field_builder::<StringBuilder>(place).expect("a text");
                texts.append_value(text);
            }
            for place in [3, 4] {
                let times = ticket.field_builder::<TimestampMicrosecondBuilder>(place);
                times.expect("a time").append_value((NOW - 40 * DAY) * 1_000);
            }
            ticket.append(true);
        }
        lists.append(true);
    }
    Arc::new(lists.finish())
}

fn batch() -> RecordBatch {
    let ids = (0..ROWS).map(|row| format!("customer-{row}"));
    let score = |scale: f64| -> ArrayRef {
        let scores = (0..ROWS).map(|row| (row % 100) as f64 * scale);
        Arc::new(Float64Array::from_iter_values(scores))
    };
    let as_of = || times(|row| NOW - row % 600_000);
    let columns: Vec<(&str, ArrayRef)> = vec![
        ("user_id", Arc::new(StringArray::from_iter_values(ids))),
        ("support.as_of", as_of()),
        ("support.tickets", tickets()),
        ("profile.as_of", as_of()),
        ("profile.plan", words(&["basic", "premium", "basic"])),
        ("profile.age_years", numbers(90)),
        ("profile.country", words(&["AT", "DE", "FR", "US"])),
        ("profile.joined_at", times(|row| NOW - (row % 900) * DAY)),
        ("recency.as_of", as_of()),
        ("recency.last_seen_at", times(|row| NOW - (row % 60) * DAY)),
        ("recency.sessions_30d", numbers(12)),
        ("device.as_of", as_of()),
        ("device.form_factor", words(&["mobile", "desktop"])),
        ("subscription.as_of", as_of()),
        ("subscription.status", words(&["active", "cancelled", "active"])),
        ("scores.as_of", as_of()),
        ("scores.values.churn", score(0.01)),
        ("scores.values.value", score(3.0)),
        ("consent.as_of", as_of()),
    ];
    let nullable = columns.into_iter().map(|(name, array)| (name, array, true));
    RecordBatch::try_from_iter_with_nullable(nullable).expect("the columns are equally long")
}

/// The time this thread has run, where the system tells; else the time of day.
fn seconds() -> f64 {
    static STARTED: LazyLock<Instant> = LazyLock::new(Instant::now);
    let told = std::fs::read_to_string("/proc/thread-self/schedstat").ok();
    let nanos = told.and_then(|told| told.split(' ').next()?.parse::<f64>().ok());
    nanos.map_or_else(|| STARTED.elapsed().as_secs_f64(), |nanos| nanos / 1e9)
}

fn median(times: &mut [f64]) -> f64 {
    times.sort_by(f64::total_cmp);
    times[times.len() / 2]
}

fn main() {
    let engine = Engine::from_toml(&policy()).expect("the policy is sound");
    let batch = batch();
    let options = Options::new()
        .now(Timestamp::from_millis(NOW))
        .channel(Channel::Web)
        .limit(3)
        .carry(["user_id"]);
    let columns = |accounts| {
        let options = options.clone().accounts(accounts);
        Columns::new(batch.schema_ref(), &options).expect("the columns are sound")
    };
    let plans =
        [Accounts::Ranking, Accounts::None, Accounts::Suppressed, Accounts::Withheld].map(columns);
    let contexts = plans[0].contexts(&batch).expect("it is the same batch").into_iter();
    let contexts: Vec<Context> = contexts.map(|read| read.expect("the row is sound")).collect();
    let complete = Request::new(Timestamp::from_millis(NOW), Channel::Web).limit(3);
    let ranked = complete.clone().ranked_only();
    let decide = |request: &Request| {
        for context in &contexts {
            black_box(engine.decide(context, request));
        }
    };
    let alone = || {
        let mut scratch = Scratch::new();
        for context in &contexts {
            black_box(engine.decide_with(&mut scratch, context, &ranked).recommendations().len());
        }
    };
    let with = |plan: usize| {
        black_box(plans[plan].decide(&engine, &batch).expect("the batch is sound"));
    };
    let runs: [(&str, &dyn Fn()); 8] = [
        ("reading contexts", &|| drop(black_box(plans[0].contexts(&batch)))),
        ("the core, ranked only", &|| decide(&ranked)),
        ("the core, complete", &|| decide(&complete)),
        ("the core, recommendations alone", &alone),
        ("a batch, recommendations alone", &|| with(0)),
        ("a batch, without accounts", &|| with(1)),
        ("a batch, what is suppressed", &|| with(2)),
        ("a batch, everything withheld", &|| with(3)),
    ];
    // A word after the command asks for the runs that have it in their names.
    let wanted = std::env::args().skip(1).find(|word| !word.starts_with('-')).unwrap_or_default();
    let runs: Vec<_> = runs.iter().filter(|(name, _)| name.contains(&wanted)).collect();
    let mut times = vec![Vec::new(); runs.len()];
    for _ in 0..ROUNDS {
        for (times, (_, run)) in times.iter_mut().zip(&runs) {
            let started = seconds();
            (0..REPEATS).for_each(|_| run());
            times.push(seconds() - started);
        }
    }
    for (times, (name, _)) in times.iter_mut().zip(&runs) {
        let each = median(times) / (ROWS * REPEATS) as f64;
        println!("{name:<32} {:>6.0} ns a customer {:>10.0} customers/s", each * 1e9, 1.0 / each);
    }
}
