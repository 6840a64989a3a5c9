//! A batch gives every customer the answer they get one by one.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::float_cmp,
    clippy::too_many_lines,
    reason = "a test may stop at the first surprise"
)]

mod common;

use std::sync::Arc;

use arrow_array::cast::AsArray;
use arrow_array::types::{Float64Type, Int32Type, TimestampMicrosecondType};
use arrow_array::{Array, ArrayRef, RecordBatch, StringArray, StructArray};
use common::{columns, engine, flat, now, sample};
use proptest::prelude::*;
use serde_json::{Value, json};
use tactful::{Channel, Context, Decision, Engine, Request, Timestamp};
use tactful_arrow::{Accounts, Columns, Options, decide_batch};

fn options() -> Options {
    Options::new().now(now()).channel(Channel::Web).accounts(Accounts::Withheld)
}

/// Reads every row one by one, and compares what a batch makes of it.
fn assert_same(engine: &Engine, rows: &[Value], batch: &RecordBatch, options: &Options) {
    let plan = Columns::new(batch.schema_ref(), options).unwrap();
    let read = plan.contexts(batch).unwrap();
    let result = plan.decide(engine, batch).unwrap();
    assert_eq!(result.num_rows(), rows.len());
    for accounts in [Accounts::Ranking, Accounts::None] {
        let alone = decide_batch(engine, batch, &options.clone().accounts(accounts)).unwrap();
        assert_eq!(&alone["recommendations"], &result["recommendations"]);
        assert_eq!(&alone["error"], &result["error"]);
        if accounts == Accounts::None {
            assert_eq!(&alone["suppressions"], &result["suppressions"]);
        }
    }
    let request = Request::new(now(), Channel::Web);
    for (row, (json, read)) in rows.iter().zip(read).enumerate() {
        let context = Context::from_json(json.to_string()).unwrap();
        assert_eq!(read.unwrap(), context, "row {row}");
        let decision = engine.decide(&context, &request);
        assert_recommends(&result, row, &decision);
        assert_suppressions(&result, row, &decision);
        assert_accounts(&result, row, &decision);
        let valid_until = result["valid_until"].as_primitive::<TimestampMicrosecondType>();
        assert_eq!(time(valid_until, row), decision.valid_until(), "row {row}");
        assert!(result["error"].is_null(row));
    }
}

fn entries(result: &RecordBatch, column: &str, row: usize) -> StructArray {
    result[column].as_list::<i32>().value(row).as_struct().clone()
}

fn text<'a>(entries: &'a StructArray, column: &str, place: usize) -> Option<&'a str> {
    let texts = entries.column_by_name(column).unwrap().as_string::<i32>();
    texts.is_valid(place).then(|| texts.value(place))
}

fn time(
    times: &arrow_array::PrimitiveArray<TimestampMicrosecondType>,
    row: usize,
) -> Option<Timestamp> {
    assert_eq!(times.timezone(), Some("UTC"));
    times.is_valid(row).then(|| Timestamp::from_millis(times.value(row) / 1_000))
}

fn assert_recommends(result: &RecordBatch, row: usize, decision: &Decision<'_>) {
    let entries = entries(result, "recommendations", row);
    assert_eq!(entries.len(), decision.recommendations().len(), "row {row}");
    let ranks = entries.column_by_name("rank").unwrap().as_primitive::<Int32Type>();
    let scores = entries.column_by_name("score").unwrap().as_primitive::<Float64Type>();
    for (place, said) in decision.recommendations().enumerate() {
        let priority = said.priority().to_string();
        assert_eq!(text(&entries, "action", place), Some(said.action()));
        assert_eq!(text(&entries, "kind", place), Some(said.kind()));
        assert_eq!(text(&entries, "channel", place), Some(said.channel().as_str()));
        assert_eq!(text(&entries, "slot", place), said.slot());
        assert_eq!(text(&entries, "treatment", place), said.treatment());
        assert_eq!(text(&entries, "priority", place), Some(priority.as_str()));
        assert_eq!(scores.value(place), priority.parse::<f64>().unwrap());
        assert_eq!(ranks.value(place), i32::try_from(place + 1).unwrap());
    }
}

fn assert_suppressions(result: &RecordBatch, row: usize, decision: &Decision<'_>) {
    let entries = entries(result, "suppressions", row);
    assert_eq!(entries.len(), decision.suppressions().len(), "row {row}");
    let codes = entries.column_by_name("code").unwrap().as_primitive::<Int32Type>();
    let until = entries.column_by_name("until").unwrap().as_primitive::<TimestampMicrosecondType>();
    for (place, said) in decision.suppressions().enumerate() {
        assert_eq!(text(&entries, "rule", place), Some(said.rule()));
        assert_eq!(text(&entries, "reason", place), Some(said.code().name()));
        assert_eq!(text(&entries, "because", place), Some(said.because()));
        assert_eq!(codes.value(place), i32::from(said.code().number()));
        assert_eq!(time(until, place), said.until());
    }
}

fn assert_accounts(result: &RecordBatch, row: usize, decision: &Decision<'_>) {
    let entries = entries(result, "withheld", row);
    assert_eq!(entries.len(), decision.withheld().len(), "row {row}");
    let codes = entries.column_by_name("code").unwrap().as_primitive::<Int32Type>();
    let until = entries.column_by_name("until").unwrap().as_primitive::<TimestampMicrosecondType>();
    for (place, said) in decision.withheld().enumerate() {
        let code = said.code().unwrap();
        let rule = said.reasons().next().unwrap().rule();
        assert_eq!(text(&entries, "action", place), Some(said.action()));
        assert_eq!(text(&entries, "kind", place), Some(said.kind()));
        assert_eq!(text(&entries, "verdict", place), Some(said.verdict().as_str()));
        assert_eq!(text(&entries, "reason", place), Some(code.name()));
        assert_eq!(text(&entries, "rule", place), rule);
        assert_eq!(text(&entries, "because", place), Some(said.because().as_str()));
        assert_eq!(codes.value(place), i32::from(code.number()));
        assert_eq!(time(until, place), said.until());
    }
}

#[test]
fn the_sample_as_flat_columns() {
    let rows = sample();
    let batch = columns(&rows.iter().map(flat).collect::<Vec<_>>());
    assert_same(&engine(), &rows, &batch, &options());
}

#[test]
fn the_sample_as_structs() {
    // In a struct a list is either complete or partial for all rows.
    let rows: Vec<Value> =
        sample().into_iter().filter(|row| row["purchases"]["orders"].is_object()).collect();
    assert!(rows.len() > 400);
    let batch = columns(&rows);
    assert!(batch.schema_ref().field_with_name("support").is_ok());
    assert_same(&engine(), &rows, &batch, &options());
}

#[test]
fn the_sample_as_json() {
    let rows = sample();
    let texts = StringArray::from_iter_values(rows.iter().map(Value::to_string));
    let texts: ArrayRef = Arc::new(texts);
    let batch = RecordBatch::try_from_iter([("context_json", texts)]).unwrap();
    assert_same(&engine(), &rows, &batch, &options());
}

#[test]
fn a_part_of_a_batch_is_as_good_as_the_whole() {
    let rows = sample();
    let batch = columns(&rows.iter().map(flat).collect::<Vec<_>>());
    assert_same(&engine(), &rows[200..250], &batch.slice(200, 50), &options());
}

#[test]
fn the_dispute_holds_back_selling_in_a_batch_too() {
    let rows = sample();
    let has_dispute = |row: &&Value| {
        let tickets = row["support"]["tickets"].as_array();
        tickets.is_some_and(|tickets| {
            tickets.iter().any(|t| t["topic"] == "billing_dispute" && t["state"] == "open")
        })
    };
    let rows: Vec<Value> = rows.iter().filter(has_dispute).map(flat).collect();
    assert!(!rows.is_empty());
    let options = Options::new().now(now()).channel(Channel::Web).carry(["user_id"]);
    let result = decide_batch(&engine(), &columns(&rows), &options).unwrap();
    for (row, customer) in rows.iter().enumerate() {
        assert_eq!(result["user_id"].as_string::<i32>().value(row), customer["user_id"]);
        let recommended = entries(&result, "recommendations", row);
        let kinds = recommended.column_by_name("kind").unwrap().as_string::<i32>();
        assert!(kinds.iter().all(|kind| kind != Some("upsell")), "row {row}");
        let suppressed = entries(&result, "suppressed", row);
        let verdicts = suppressed.column_by_name("verdict").unwrap().as_string::<i32>();
        assert!(!verdicts.is_empty(), "row {row}");
        assert!(verdicts.iter().all(|verdict| verdict == Some("suppressed")));
    }
}

/// A time near the moment of the decision, as text.
fn some_time() -> impl Strategy<Value = Value> {
    (0_i64..200_000)
        .prop_map(|minutes| json!((now() - tactful::Duration::minutes(minutes)).to_string()))
}

/// An object that has each of its optional keys, or not.
fn object(
    required: Vec<(&'static str, BoxedStrategy<Value>)>,
    optional: Vec<(&'static str, BoxedStrategy<Value>)>,
) -> BoxedStrategy<Value> {
    let required =
        required.into_iter().map(|(key, value)| (Just(key), value.prop_map(Some).boxed()));
    let optional =
        optional.into_iter().map(|(key, value)| (Just(key), proptest::option::of(value).boxed()));
    required
        .chain(optional)
        .collect::<Vec<_>>()
        .prop_map(|entries| {
            let entries = entries.into_iter();
            let said = entries.filter_map(|(key, value)| Some((key.to_owned(), value?)));
            Value::Object(said.collect())
        })
        .boxed()
}

fn one_of(words: &'static [&'static str]) -> BoxedStrategy<Value> {
    proptest::sample::select(words).prop_map(Value::from).boxed()
}

/// A list that is complete, partial or unknown.
fn list(item: BoxedStrategy<Value>) -> BoxedStrategy<Value> {
    let items = proptest::collection::vec(item, 0..3);
    (items, 0..3)
        .prop_map(|(items, sort)| match sort {
            0 => json!({ "partial": items }),
            1 => Value::Null,
            _ => json!(items),
        })
        .boxed()
}

fn customer() -> BoxedStrategy<Value> {
    let time = || some_time().boxed();
    let id = || (0..4).prop_map(|number| json!(format!("id-{number}"))).boxed();
    let count = || (0..100_i64).prop_map(Value::from).boxed();
    let truth = || any::<bool>().prop_map(Value::from).boxed();
    let money =
        (0..10_000_i64).prop_map(|minor| json!({"minor": minor, "currency": "USD"})).boxed();
    let score = (0..100_i32).prop_map(|score| json!(f64::from(score) / 100.0)).boxed();
    let channel = || one_of(&["web", "email", "phone"]);
    let ticket = object(
        vec![("id", id()), ("opened_at", time()), ("updated_at", time())],
        vec![
            ("state", one_of(&["open", "closed", "solved"])),
            ("topic", one_of(&["billing_dispute", "how_to", "financial_hardship"])),
            ("escalated", truth()),
            ("reopened", count()),
            ("disputed", money.clone()),
            ("channel", channel()),
        ],
    );
    let order = object(
        vec![("id", id()), ("placed_at", time())],
        vec![("status", one_of(&["delivered", "delayed"])), ("total", money), ("units", count())],
    );
    let grant = object(
        vec![
            ("purpose", one_of(&["marketing", "service"])),
            ("status", one_of(&["granted", "denied"])),
            ("changed_at", time()),
        ],
        vec![("channel", channel())],
    );
    let interaction = object(
        vec![("action", id()), ("outcome", one_of(&["impression", "click"])), ("at", time())],
        vec![("channel", channel()), ("kind", one_of(&["upsell", "service"]))],
    );
    let plan = || one_of(&["basic", "premium"]);
    let part = |optional| object(vec![("as_of", time())], optional);
    object(
        vec![],
        vec![
            ("user_id", id()),
            ("support", part(vec![("tickets", list(ticket))])),
            ("purchases", part(vec![("orders", list(order))])),
            ("consent", part(vec![("grants", list(grant))])),
            ("history", part(vec![("interactions", list(interaction))])),
            ("device", part(vec![("form_factor", one_of(&["mobile", "desktop"]))])),
            ("recency", part(vec![("last_seen_at", time()), ("sessions_30d", count())])),
            ("subscription", part(vec![("plan", plan()), ("renews_at", time())])),
            ("scores", part(vec![("values", object(vec![], vec![("churn", score)]))])),
            (
                "profile",
                part(vec![
                    ("plan", plan()),
                    ("age_years", count()),
                    ("joined_at", time()),
                    ("vulnerable", truth()),
                ]),
            ),
        ],
    )
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(60))]

    #[test]
    fn random_customers(rows in proptest::collection::vec(customer(), 1..30)) {
        let columns = columns(&rows.iter().map(flat).collect::<Vec<_>>());
        prop_assume!(columns.num_columns() > 0);
        assert_same(&engine(), &rows, &columns, &options());
    }
}
