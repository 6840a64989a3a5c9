//! What is malformed gives errors with a path; what nobody has thought of gives
//! no panic, and what it says is said once.

use proptest::prelude::*;
use serde_json::{Value, json};
use tactful::adapters::{MAX_JSON_BYTES, Mapping};
use tactful::context::{Applied, Event, IgnoredReason};
use tactful::{Context, ErrorKind};

use crate::reading::{SYSTEMS, event, read};

const AT: &str = "2026-03-02T10:15:30Z";

/// Reads what is malformed; returns the path of what is wrong.
#[track_caller]
fn path(system: &str, raw: &Value) -> String {
    let error = read(system, &raw.to_string(), &Mapping::new()).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Event, "{raw}");
    assert!(error.to_string().starts_with("event: "), "{error}");
    error.path().to_owned()
}

#[test]
fn what_is_no_json_object_is_refused() {
    for system in SYSTEMS {
        for text in ["", "{", "nul", "{\"a\": NaN}", "{\"a\": 1e999}", "{} {}", "\u{feff}{}"] {
            let error = read(system, text, &Mapping::new()).unwrap_err();
            assert_eq!(error.kind(), ErrorKind::Event, "{system}: {text}");
        }
        for text in ["[]", "null", "7", "\"ticket\""] {
            let error = read(system, text, &Mapping::new()).unwrap_err();
            assert_eq!(error.to_string(), "event: expected an object", "{system}: {text}");
        }
    }
}

#[test]
fn what_is_too_long_or_too_deep_is_refused() {
    let long = format!("{{\"a\": \"{}\"}}", "x".repeat(MAX_JSON_BYTES));
    let deep = format!("{{\"a\": {}{}}}", "[".repeat(200), "]".repeat(200));
    for system in SYSTEMS {
        let error = read(system, &long, &Mapping::new()).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::TooLarge, "{system}");
        let error = read(system, &deep, &Mapping::new()).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Event, "{system}");
    }
}

#[test]
fn what_makes_an_event_useful_is_required() {
    let track = |name: &str, properties: Value| json!({"type": "track", "timestamp": AT, "event": name, "properties": properties});
    let xdm = |kind: &str| json!({"timestamp": AT, "eventType": kind});
    let snowplow = |kind: &str| json!({"derived_tstamp": AT, "action": {"type": kind}});
    let cloud = |fields: Value| {
        let mut raw = json!({"specversion": "1.0", "id": "a", "source": "s", "time": AT,
                             "type": "shop.order.completed", "data": {"order_id": "o"}});
        raw.as_object_mut().unwrap().extend(fields.as_object().unwrap().clone());
        raw
    };
    for (system, raw, wrong) in [
        ("segment", json!({"type": "page"}), "timestamp"),
        ("segment", json!({"type": "page", "timestamp": "noon"}), "timestamp"),
        ("segment", json!({"type": "page", "timestamp": 5}), "timestamp"),
        ("segment", json!({"timestamp": AT}), "type"),
        ("segment", json!({"type": "track", "timestamp": AT}), "event"),
        ("segment", track("Order Completed", json!({})), "properties.order_id"),
        ("segment", track("Order Completed", Value::Null), "properties.order_id"),
        ("segment", track("Order Completed", json!({"order_id": true})), "properties.order_id"),
        ("segment", track("Order Refunded", json!({"order_id": ""})), "properties.order_id"),
        ("xdm", json!({"eventType": "commerce.purchases"}), "timestamp"),
        ("xdm", xdm("commerce.purchases"), "commerce.order.purchaseID"),
        ("xdm", xdm("commerce.backofficeCreditMemoIssued"), "commerce.order.purchaseID"),
        ("snowplow", json!({"event_name": "page_view"}), "derived_tstamp"),
        ("snowplow", snowplow("transaction"), "transaction"),
        ("snowplow", snowplow("refund"), "refund"),
        ("zendesk", json!({"ticket": {"created_at": AT, "updated_at": AT}}), "ticket.id"),
        ("zendesk", json!({"ticket": {"id": 1}}), "ticket.updated_at"),
        ("zendesk", json!({"id": 1, "updated_at": AT}), "created_at"),
        ("zendesk", json!({"id": 1, "updated_at": "x", "created_at": AT}), "updated_at"),
        ("intercom", json!({"id": "1"}), "updated_at"),
        ("intercom", json!({"data": {"item": {"id": "1"}}}), "data.item.updated_at"),
        ("salesforce", json!({"CreatedDate": AT}), "Id"),
        ("salesforce", json!({"Id": "5", "LastModifiedDate": AT}), "CreatedDate"),
        ("servicenow", json!({"sys_updated_on": AT}), "sys_id"),
        ("servicenow", json!({"result": {"number": "INC1"}}), "result.sys_updated_on"),
        ("cloudevents", cloud(json!({"specversion": "0.3"})), "specversion"),
        ("cloudevents", cloud(json!({"id": null})), "id"),
        ("cloudevents", cloud(json!({"source": null})), "source"),
        ("cloudevents", cloud(json!({"type": null})), "type"),
        ("cloudevents", cloud(json!({"time": null})), "time"),
        ("cloudevents", cloud(json!({"data": {}})), "data.order_id"),
        ("cloudevents", cloud(json!({"data_base64": "e30="})), "data_base64"),
        ("cloudevents", cloud(json!({"type": "com.zendesk.x", "data": "{}"})), "data"),
        ("cloudevents", cloud(json!({"type": "com.zendesk.x", "data": {}})), "data.id"),
        (
            "cloudevents",
            cloud(json!({"type": "tactful", "data": {"device": {"platform": "ios7"}}})),
            "data.device.platform",
        ),
    ] {
        assert_eq!(path(system, &raw), wrong, "{system}: {raw}");
    }
}

#[test]
fn long_texts_are_left_out_and_warnings_have_an_end() {
    let long = "x".repeat(513);
    let raw = json!({"type": "page", "timestamp": AT, "userId": long, "messageId": "m",
                     "context": {"locale": long}});
    let told = event("segment", &raw);
    let paths: Vec<&str> = told.warnings.iter().map(|warning| warning.path.as_str()).collect();
    assert_eq!((told.user_id.as_deref(), paths), (None, vec!["userId", "context.locale"]));
    let products: Vec<Value> = (0..10_000).map(|_| json!({"quantity": "many"})).collect();
    let raw = json!({"type": "track", "timestamp": AT, "event": "Cart Viewed",
                     "properties": {"products": products}});
    assert_eq!(event("segment", &raw).warnings.len(), 64);
}

#[test]
fn what_is_told_twice_is_said_once() {
    let raw = json!({"type": "identify", "userId": "u", "timestamp": AT, "traits": {"plan": "x"}});
    check_applied(&event("segment", &raw));
    let nothing = json!({"type": "track", "event": "Lamp Lit", "timestamp": AT});
    let mut context = Context::new();
    let applied = context.apply(&event("segment", &nothing)).unwrap();
    assert_eq!(applied, Applied::Ignored { reason: IgnoredReason::Nothing });
}

/// Applies an event twice: the second time it changes nothing.
fn check_applied(event: &Event) {
    let mut context = Context::new();
    match context.apply(event) {
        Ok(first) => {
            let before = context.clone();
            let second = context.apply(event).unwrap();
            assert_eq!(context, before, "{event:?}");
            let is_told = matches!(first, Applied::Applied { .. });
            let said_nothing = event.changes.is_empty();
            match second {
                Applied::Duplicate => assert!(is_told || !said_nothing, "{event:?}"),
                Applied::Ignored { .. } => assert!(said_nothing, "{event:?}"),
                other => panic!("{other:?}: {event:?}"),
            }
            assert_eq!(Context::from_json(context.to_json()).unwrap(), context);
        }
        Err(error) => {
            assert!(matches!(error.kind(), ErrorKind::TooLarge | ErrorKind::Event), "{error}");
            assert_eq!(context, Context::new());
        }
    }
}

/// Reads an original that may be anything.
fn check(system: &str, raw: &Value) {
    match read(system, &raw.to_string(), &Mapping::new().stamped_consent(true)) {
        Ok(event) => {
            assert!(event.at.is_plausible(), "{raw}");
            check_applied(&event);
        }
        Err(error) => assert_eq!(error.kind(), ErrorKind::Event, "{raw}"),
    }
}

/// Originals that say a lot, to be changed in places.
fn seeds() -> Vec<(&'static str, Value)> {
    let folder = format!("{}/fuzz/seeds/adapters", env!("CARGO_MANIFEST_DIR"));
    let entries = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let seed = |path: std::path::PathBuf| {
        let data = std::fs::read(path).unwrap();
        let (system, json) = data.split_first().unwrap();
        let system = SYSTEMS[usize::from(system - b'0')];
        (system, serde_json::from_slice(json).unwrap())
    };
    let mut paths: Vec<_> = entries.collect();
    paths.sort();
    paths.into_iter().map(seed).collect()
}

#[test]
fn every_seed_says_something() {
    let seeds = seeds();
    for system in SYSTEMS {
        assert!(seeds.iter().any(|(known, _)| *known == system), "no seed for {system}");
    }
    for (system, raw) in seeds {
        assert!(!event(system, &raw).changes.is_empty(), "{system}: {raw}");
        check(system, &raw);
    }
}

fn leaf() -> impl Strategy<Value = Value> {
    let words = [
        "",
        "0",
        "-1",
        "u-1",
        "EUR",
        "JPY",
        "true",
        "open",
        "closed",
        "1e3",
        "9".repeat(40).leak(),
        "2026-03-02 10:15:30",
        "1999-01-01T00:00:00Z",
        "2101-01-01T00:00:00Z",
        "mail",
        "é\u{0}",
    ];
    prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        (0..2_000_000_000_i64).prop_map(Value::from),
        proptest::sample::select(words.to_vec()).prop_map(Value::from),
        ".{0,12}".prop_map(Value::from),
    ]
}

fn tree() -> impl Strategy<Value = Value> {
    leaf().prop_recursive(3, 24, 4, |inner| {
        prop_oneof![
            proptest::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            proptest::collection::btree_map("[a-z_.]{0,8}", inner, 0..4)
                .prop_map(|entries| entries.into_iter().collect()),
        ]
    })
}

/// Puts a value in the place that a number points to.
fn put(value: &mut Value, place: &mut usize, new: &Value) -> bool {
    if *place == 0 {
        *value = new.clone();
        return true;
    }
    *place -= 1;
    match value {
        Value::Array(values) => values.iter_mut().any(|one| put(one, place, new)),
        Value::Object(entries) => entries.values_mut().any(|one| put(one, place, new)),
        _ => false,
    }
}

proptest! {
    #[test]
    fn anything_may_come(raw in tree()) {
        for system in SYSTEMS {
            check(system, &raw);
        }
    }

    #[test]
    fn anything_may_stand_in_any_place(
        seed in any::<prop::sample::Index>(),
        changes in proptest::collection::vec((1..60_usize, tree()), 1..4),
    ) {
        let seeds = seeds();
        let (system, mut raw) = seed.get(&seeds).clone();
        for (place, new) in changes {
            put(&mut raw, &mut { place }, &new);
        }
        check(system, &raw);
    }
}
