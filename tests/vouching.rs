//! How old single facts are where nobody vouches for their part, and what the
//! context keeps so that they can be.
#![allow(clippy::unwrap_used, reason = "a test may stop at the first surprise")]

use tactful::context::{
    Applied, AsOf, Context, Event, IgnoredReason, List, Order, Purchases, Refund, Support, Ticket,
};
use tactful::{Channel, Duration, Engine, ErrorKind, Request, Timestamp};

const NOW: &str = "2026-03-10T12:00:00Z";

fn now() -> Timestamp {
    NOW.parse().unwrap()
}

fn applied(events: &[&str]) -> Context {
    let mut context = Context::new();
    for event in events {
        context.apply(&Event::from_json(event).unwrap()).unwrap();
    }
    context
}

/// Whether a condition is known to be true.
fn holds(condition: &str, context: &Context, now: Timestamp) -> bool {
    let policy = format!(
        "policy = \"p\"\ncurrency = \"EUR\"\n[[actions]]\nid = \"a\"\nkind = \"information\"\n\
         channels = [\"web\"]\neligible = '{condition}'\n"
    );
    let engine = Engine::from_toml(&policy).unwrap();
    engine.decide(context, &Request::new(now, Channel::Web)).recommendations().count() == 1
}

#[test]
fn a_field_is_as_old_as_it_was_said_where_nobody_vouches() {
    let context = applied(&[
        r#"{"at": "2026-01-01T00:00:00Z",
            "subscription": {"arrears": {"minor": 0, "currency": "EUR"}}}"#,
        r#"{"at": "2026-03-10T12:00:00Z", "subscription": {"plan": "basic"}}"#,
    ]);
    assert!(holds(r#"subscription.plan == "basic""#, &context, now()));
    assert!(!holds("subscription.arrears_minor == 0", &context, now()));
    assert!(!holds("subscription.arrears_minor != 0", &context, now()));

    // A source that vouches for the part says that nothing has changed since.
    let mut vouched = context.clone();
    let watermark =
        r#"{"at": "2026-03-10T12:00:00Z", "source": "billing", "watermark": "subscription"}"#;
    vouched.apply(&Event::from_json(watermark).unwrap()).unwrap();
    assert!(holds("subscription.arrears_minor == 0", &vouched, now()));
}

#[test]
fn the_reason_names_the_field_that_is_too_old() {
    let context = applied(&[
        r#"{"at": "2026-01-01T00:00:00Z", "profile": {"plan": "basic"}}"#,
        r#"{"at": "2026-03-10T12:00:00Z", "profile": {"country": "AT"}}"#,
    ]);
    let policy = r#"
        policy = "p"
        [[actions]]
        id = "a"
        kind = "information"
        channels = ["web"]
        eligible = 'profile.plan == "basic"'
    "#;
    let engine = Engine::from_toml(policy).unwrap();
    let decision = engine.decide(&context, &Request::new(now(), Channel::Web));
    let account = decision.withheld().next().unwrap();
    let reason = account.reasons().next().unwrap();
    let facts: Vec<String> = reason.facts().map(|fact| fact.to_string()).collect();
    assert_eq!(facts, ["profile.plan (too old: 68 d old, limit 30 d)"]);
    let missing = engine.missing(&context, now());
    assert!(missing.iter().any(|one| one.what.path() == "profile.plan"));
}

#[test]
fn it_goes_stale_at_the_instant_that_was_told() {
    let context = applied(&[
        r#"{"at": "2026-03-10T11:30:00Z", "subscription": {"plan": "basic"}}"#,
        r#"{"at": "2026-03-10T12:00:00Z", "subscription": {"status": "active"}}"#,
    ]);
    let policy = r#"
        policy = "p"
        [[actions]]
        id = "a"
        kind = "information"
        channels = ["web"]
        eligible = 'subscription.plan == "basic"'
    "#;
    let engine = Engine::from_toml(policy).unwrap();
    let decide = |at| engine.decide(&context, &Request::new(at, Channel::Web));
    let until = decide(now()).valid_until().unwrap();
    assert_eq!(until, now() + Duration::minutes(30) + Duration::from_millis(1));
    assert_eq!(decide(until - Duration::from_millis(1)).recommendations().count(), 1);
    assert_eq!(decide(until).recommendations().count(), 0);
}

#[test]
fn attributes_and_lists_of_channels_age_one_by_one() {
    let context = applied(&[
        r#"{"at": "2026-01-01T00:00:00Z", "attribute": {"name": "tier", "value": "gold"}}"#,
        r#"{"at": "2026-03-10T12:00:00Z", "attribute": {"name": "vip", "value": true}}"#,
    ]);
    let policy = r#"
        policy = "p"
        [attributes]
        tier = "text"
        vip = "bool"
        [[actions]]
        id = "old"
        kind = "information"
        channels = ["web"]
        eligible = 'attributes.tier == "gold"'
        [[actions]]
        id = "new"
        kind = "information"
        channels = ["web"]
        eligible = 'attributes.vip'
    "#;
    let engine = Engine::from_toml(policy).unwrap();
    let decision = engine.decide(&context, &Request::new(now(), Channel::Web));
    let ids: Vec<&str> = decision.recommendations().map(|one| one.action()).collect();
    assert_eq!(ids, ["new"]);
}

#[test]
fn one_visit_tells_of_itself_alone() {
    let context = applied(&[
        r#"{"at": "2026-02-01T00:00:00Z", "onboarding": {"status": "stuck"}}"#,
        r#"{"at": "2026-03-10T12:00:00Z", "seen": true}"#,
    ]);
    assert!(holds("within(recency.last_seen_at, minutes(5))", &context, now()));
    for unknown in [
        "within(recency.first_seen_at, days(7))",
        "has(recency.previous_seen_at)",
        "within(recency.last_login_at, days(60))",
        "recency.sessions_30d == 0",
        r#"recency.onboarding.status == "stuck""#,
    ] {
        assert!(!holds(unknown, &context, now()), "{unknown}");
        assert!(!holds(&format!("!({unknown})"), &context, now()), "not {unknown}");
    }
}

#[test]
fn being_seen_renews_nothing_but_that() {
    let snapshot = r#"{"recency": {"as_of": "2026-03-08T12:00:00Z", "sessions_30d": 0,
        "last_seen_at": "2026-03-08T09:00:00Z", "previous_seen_at": "2026-03-01T09:00:00Z"}}"#;
    let mut context = Context::from_json(snapshot).unwrap();
    let seen = format!(r#"{{"at": "{NOW}", "source": "kiosk", "seen": true}}"#);
    context.apply(&Event::from_json(&seen).unwrap()).unwrap();
    assert!(holds("within(recency.last_seen_at, minutes(5))", &context, now()));
    assert!(holds("within(recency.session_started_at, minutes(5))", &context, now()));
    assert!(!holds("recency.sessions_30d == 0", &context, now()), "it is two days old");
    // Nor does a source that was heard once make it older.
    let recency = context.recency.known().unwrap();
    assert_eq!(recency.as_of, "2026-03-08T12:00:00Z".parse::<Timestamp>().unwrap().into());
}

#[test]
fn a_view_does_not_renew_the_cart() {
    let context = applied(&[
        r#"{"at": "2026-03-01T00:00:00Z", "cart": {"units": 3, "updated_at": "2026-03-01T00:00:00Z"}}"#,
        r#"{"at": "2026-03-10T12:00:00Z", "view": {"at": "2026-03-10T12:00:00Z"}}"#,
    ]);
    assert!(!holds("purchases.cart.units == 3", &context, now()));
}

#[test]
fn what_an_order_event_leaves_out_stays_as_it_was() {
    let mut context = applied(&[
        r#"{"at": "2026-03-01T00:00:00Z", "order": {"id": "O", "placed_at": "2026-03-01T00:00:00Z",
            "status": "placed", "promised_at": "2026-03-08T00:00:00Z", "units": 2}}"#,
        r#"{"at": "2026-03-09T00:00:00Z", "order": {"id": "O", "placed_at": "2026-03-09T00:00:00Z",
            "status": "shipped"}}"#,
    ]);
    let shipped: Timestamp = "2026-03-09T00:00:00Z".parse().unwrap();
    assert!(holds("purchases.orders.exists(o, o.is_delayed)", &context, shipped));
    // What was said between the two is newer than the first and not than the second.
    let between = r#"{"at": "2026-03-05T00:00:00Z", "order": {"id": "O",
        "placed_at": "2026-03-05T00:00:00Z", "status": "delayed", "units": 1}}"#;
    let between = Event::from_json(between).unwrap();
    assert!(matches!(context.apply(&between).unwrap(), Applied::Applied { .. }));
    assert_eq!(context.apply(&between).unwrap(), Applied::Superseded);
    let order = &context.purchases.known().unwrap().orders.items()[0];
    assert_eq!(order.units, Some(1));
    assert_eq!(order.status.unwrap().as_str(), "shipped");
    assert_eq!(order.promised_at, Some("2026-03-08T00:00:00Z".parse().unwrap()));
    assert_eq!(Context::from_json(context.to_json()).unwrap(), context);
}

#[test]
fn nothing_is_complete_by_word_of_nobody() {
    let written = r#"{"support": {"as_of": {"(events)": "2026-03-10T12:00:00Z"}, "tickets": []}}"#;
    let context = Context::from_json(written).unwrap();
    assert!(!holds("!support.tickets.exists(t, t.is_open)", &context, now()));
    let written = r#"{"support": {"as_of": "2026-03-10T12:00:00Z",
        "tickets": {"partial": [], "complete_as_of": "2026-03-10T12:00:00Z"}}}"#;
    let context = Context::from_json(written).unwrap();
    assert!(holds("!support.tickets.exists(t, t.is_open)", &context, now()));
}

#[test]
fn times_of_fields_that_are_not_there_are_refused() {
    let refused = |json: &str| {
        let error = Context::from_json(json).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Context);
        error.to_string()
    };
    assert_eq!(
        refused(
            r#"{"profile": {"as_of": "2026-03-10T12:00:00Z", "plan": "basic",
                "dated": {"plam": "2026-03-10T12:00:00Z"}}}"#
        ),
        "context: profile: `dated` has a time for `plam`, and no field of that name says \
         something (line 2 column 58)"
    );
    assert!(
        refused(
            r#"{"purchases": {"as_of": "2026-03-10T12:00:00Z", "orders": [{"id": "O",
                "placed_at": "2026-03-10T12:00:00Z", "dated": {"units": "2026-03-10T12:00:00Z"}}]}}"#
        )
        .starts_with("context: purchases.orders[0]: `dated` has a time for `units`")
    );
}

#[test]
fn what_the_cap_drops_is_not_told_as_taken() {
    let mut context = Context::new();
    for place in 0..256 {
        let event = Event::new(now()).score(format!("score-{place:03}"), 1.0);
        assert!(matches!(context.apply(&event).unwrap(), Applied::Applied { .. }));
    }
    let before = context.to_json();
    let late = Event::new(now() - Duration::days(1)).score("late", 1.0);
    let ignored = Applied::Ignored { reason: IgnoredReason::TooOld };
    assert_eq!(context.apply(&late).unwrap(), ignored);
    assert_eq!(context.to_json(), before);
}

#[test]
fn a_device_keeps_the_source_that_saw_it() {
    let mut context = Context::new();
    let seen = format!(r#"{{"at": "{NOW}", "source": "sdk", "device": {{"platform": "ios"}}}}"#);
    let seen = Event::from_json(&seen).unwrap();
    assert!(matches!(context.apply(&seen).unwrap(), Applied::Applied { .. }));
    assert_eq!(context.apply(&seen).unwrap(), Applied::Duplicate);
    let device = context.device.known().unwrap();
    assert_eq!(device.as_of.of("sdk"), Some(now()));
}

#[test]
fn an_empty_id_is_none() {
    let event = Event::new(now()).user_id("").seen();
    let error = Context::new().apply(&event).unwrap_err();
    assert_eq!((error.kind(), error.path()), (ErrorKind::Event, "user_id"));
}

#[test]
fn every_way_in_brings_what_is_read_into_the_same_form() {
    let day = |hour: i64| Timestamp::from_millis(1_773_100_800_000 + hour * 3_600_000);
    let support = |as_of: AsOf, tickets: List<Ticket>| {
        Context::new().support(Support::new(as_of).tickets(tickets))
    };
    let of_events = AsOf::sources([("(events)", day(12))]).unwrap();
    let order = Order::new("O", day(10));
    let mut refunded = order.clone();
    refunded.refunds = vec![Refund::new("O", day(11))];
    let mut settled = Purchases::new(day(12));
    settled.orders = List::complete(vec![refunded]);
    let mut written = Purchases::new(day(12));
    written.orders = List::complete(vec![order]);
    written.pending_refunds = vec![Refund::new("O", day(11))];
    let cases = [
        // As a setter leaves it, and as it must be once it is read.
        (
            support(of_events.clone(), List::complete(vec![])),
            support(of_events, List::partial(vec![])),
        ),
        (Context::new().purchases(written), Context::new().purchases(settled)),
    ];
    for (by_hand, expected) in cases {
        assert_ne!(by_hand, expected);
        let json = by_hand.to_json();
        assert_eq!(Context::from_json(&json).unwrap(), expected);
        assert_eq!(Context::from_bytes(by_hand.to_bytes()).unwrap(), expected);
        let tree: serde_json::Value = serde_json::from_str(&json).unwrap();
        assert_eq!(Context::from_deserializer(&tree).unwrap(), expected);
        assert_eq!(serde_json::from_value::<Context>(tree).unwrap(), expected);
    }
}

#[test]
fn events_refuse_times_of_fields_that_are_not_there() {
    let event = |dated: &str| {
        Event::from_json(format!(
            r#"{{"at": "2026-03-10T15:00:00Z", "user_id": "u", "profile": {{"plan": "basic",
                "dated": {{"{dated}": "2026-03-10T12:00:00Z"}}}}}}"#
        ))
    };
    assert!(event("plan").is_ok());
    let error = event("plam").unwrap_err().to_string();
    assert!(error.starts_with("event: profile: `dated` has a time for `plam`"), "{error}");
}
