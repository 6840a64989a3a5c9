//! A context read over another says what it would have said by itself.

#![cfg(feature = "json")]
#![allow(clippy::unwrap_used, reason = "a test may stop at the first surprise")]

use std::path::Path;

use serde_json::Value;
use tactful::Context;

const CUSTOMERS: &str = include_str!("../examples/data/customers.jsonl");

/// The contexts of all scenarios, some customers of the sample, the full one of
/// the compatibility files, and lists in every form that they may have.
fn texts() -> Vec<String> {
    let tests = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests");
    let mut cases: Vec<_> = std::fs::read_dir(tests.join("scenarios/cases"))
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .collect();
    cases.sort();
    let mut texts: Vec<String> = Vec::new();
    for case in cases {
        let case: Value = serde_json::from_slice(&std::fs::read(case).unwrap()).unwrap();
        texts.extend(case.get("context").map(Value::to_string));
    }
    texts.extend(CUSTOMERS.lines().step_by(60).map(str::to_owned));
    texts.push(std::fs::read_to_string(tests.join("compat/context-1.json")).unwrap());
    let lists = [
        r#""tickets": []"#,
        r#""tickets": null"#,
        r#""tickets": {"partial": []}, "dated": {}"#,
        r#""contacts": {"newest": [{"channel": "phone", "started_at": "2026-03-01T00:00:00Z"}]}"#,
        r#""tickets": {"partial": [], "capped": true, "complete_as_of": {"desk": 1772323200000}}"#,
        "\"contacts\": [], \"active_contact\": null",
    ];
    texts.extend(lists.map(|list| format!(r#"{{"support": {{"as_of": 1773154830000, {list}}}}}"#)));
    texts.extend(
        [
            "{}",
            r#"{"scores": {"as_of": 1773154830000, "values": {"b": 1, "a": 2}}}"#,
            r#"{"scores": {"as_of": 1773154830000, "values": {"a": 2, "c": 3, "b": {"value": 4}}}}"#,
            r#"{"scores": {"as_of": 1773154830000, "values": null}, "anonymous_ids": ["x", "y"]}"#,
            r#"{"scores": {"as_of": 1773154830000, "values": {"c": 1, "a": 5}}}"#,
            r#"{"support": null, "anonymous_ids": ["z"]}"#,
            r#"{"scores": {"as_of": {"a": 1773154830000, "b": 1773154830001, "c": 1773154830002}}}"#,
            r#"{"scores": {"as_of": {"c": 1773154830003, "a": 1773154830004}}}"#,
            r#"{"scores": {"as_of": {"b": 1773154830005}}}"#,
            r#"{"scores": {"as_of": {"(events)": 1773154830006}}}"#,
            r#"{"scores": {"as_of": {"(events)": 1773154830006, "b": 1773154830007}}}"#,
            r#"{"scores": {"as_of": {"": 1773154830008}}}"#,
        ]
        .map(str::to_owned),
    );
    texts
}

#[test]
fn whatever_was_there_before() {
    let texts = texts();
    let alone: Vec<_> = texts.iter().map(|text| Context::from_json(text).ok()).collect();
    assert!(alone.iter().flatten().count() > 100, "most of them can be read");
    let mut over = Context::new();
    for (place, first) in texts.iter().enumerate() {
        // One after the other, and some of the others over each.
        for (text, expected) in texts.iter().zip(&alone).skip(place % 29).step_by(29) {
            let _ = over.replace_from_json(first);
            let kept = over.clone();
            let read = over.replace_from_json(text).is_ok();
            assert_eq!(read, expected.is_some(), "{text} over {first}");
            // What could not be read leaves nothing behind.
            let expected = expected.clone().unwrap_or_default();
            assert_eq!(over, expected, "{text} over {first}");
            assert_eq!(over.to_json(), expected.to_json());
            let of_first = Context::from_json(first).unwrap_or_default();
            assert_eq!(kept, of_first, "a copy made before stays as it was");
        }
    }
}

#[test]
fn errors_are_those_of_a_context_by_itself() {
    let full = r#"{"user_id": "u", "scores": {"as_of": {"a": 1773154830000, "b": 1773154830000},
        "values": {"a": 1, "b": 2, "c": 3}}}"#;
    let full = Context::from_json(full).unwrap();
    let wrong = [
        "",
        "[]",
        r#"{"suport": null}"#,
        r#"{"user_id": 7}"#,
        r#"{"user_id": "a", "user_id": "b"}"#,
        r#"{"user_id": "a"} {}"#,
        r#"{"support": {"tickets": []}}"#,
        r#"{"support": {"as_of": 1773154830000, "tickets": [{"id": "x"}]}}"#,
        r#"{"scores": {"as_of": 1773154830000, "values": {"a": 1, "a": 2}}}"#,
        r#"{"scores": {"as_of": 1773154830000, "values": {"b": 1, "a": 2, "b": 3}}}"#,
        r#"{"scores": {"as_of": 1773154830000, "values": {"a": "high"}}}"#,
        r#"{"scores": {"as_of": {}}}"#,
        r#"{"scores": {"as_of": {"b": 1773154830000, "a": 1773154830000, "b": 1773154830000}}}"#,
        r#"{"profile": {"as_of": 1773154830000, "dated": {"plan": 1773154830000}}}"#,
        "{\"user_id\": \"\\ud800\"}",
    ];
    for text in wrong {
        let mut over = full.clone();
        let error = over.replace_from_json(text).unwrap_err();
        assert_eq!(error.to_string(), Context::from_json(text).unwrap_err().to_string());
        assert_eq!(over, Context::new(), "{text}");
    }
    let long = " ".repeat(Context::MAX_JSON_BYTES + 1);
    let mut over = full.clone();
    assert_eq!(
        over.replace_from_json(&long).unwrap_err().to_string(),
        Context::from_json(&long).unwrap_err().to_string()
    );
    assert_eq!(over, Context::new());
}

/// What a long list took beyond its cap is given back.
#[test]
fn what_is_dropped_takes_no_memory_later() {
    let order = r#"{"id": "", "placed_at": 1773154830000}"#;
    let purchases = |orders: &str| {
        format!(r#"{{"purchases": {{"as_of": 1773154830000, "orders": [{orders}]}}}}"#)
    };
    let mut over = Context::new();
    over.replace_from_json(purchases(order)).unwrap();
    over.replace_from_json(purchases(&vec![order; 50_000].join(","))).unwrap();
    over.replace_from_json(purchases("")).unwrap();
    assert!(over.memory_bytes() < 4 << 20, "{} bytes", over.memory_bytes());
}

#[test]
fn what_is_kept_to_be_read_over_is_not_seen_after_an_error() {
    use serde::Deserialize;

    let customer = |orders: usize, id: &str| {
        let order = |place: usize| {
            let at = 1_772_323_200_000 + place;
            format!(r#"{{"id": "{id}{place}", "placed_at": {at}}}"#)
        };
        let orders: Vec<String> = (0..orders).map(order).collect();
        format!(r#"{{"purchases": {{"as_of": 1772323200000, "orders": [{}]}}}}"#, orders.join(","))
    };
    let mut context = Context::new();
    context.replace_from_json(customer(65, "of the first")).unwrap();
    for place in 0..100 {
        context.replace_from_json(customer(1 + place % 3, "of another")).unwrap();
    }
    let bad = customer(30, "of the last").replace(r#""of the last29""#, "7");
    let mut reader = serde_json::Deserializer::from_str(&bad);
    assert!(Context::deserialize_in_place(&mut reader, &mut context).is_err());
    assert!(!format!("{context:?}").contains("of the first"));
}
