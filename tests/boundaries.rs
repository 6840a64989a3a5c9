//! Every boundary in time: what is decided a millisecond before it, on it, and
//! a millisecond after.
//!
//! One table, written by hand. Each row moves one instant over a boundary: the
//! moment of the decision or, where a row fixes that, the instant `{moving}`
//! that stands in its policy or its context.

#![cfg(all(feature = "toml", feature = "json", feature = "zones"))]
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test may stop at the first surprise"
)]

#[path = "boundaries/contact.rs"]
mod contact;

use serde_json::{Map, Value, json};
use tactful::{Context, Engine, Request, Timestamp};

use contact::{CALENDARS, CAPS, PAIRS, QUIET_HOURS};

/// One boundary.
struct Row {
    what: &'static str,
    /// Keys of the action `offer`, an upsell.
    offer: &'static str,
    /// The rest of the policy.
    rules: &'static str,
    channel: &'static str,
    /// Parts of the context, besides those in which everything is well.
    context: &'static str,
    /// Action, outcome, channel and time of interactions.
    history: &'static [(&'static str, &'static str, &'static str, &'static str)],
    /// The moment of the decision, if it does not move.
    now: &'static str,
    /// The boundary.
    edge: &'static str,
    /// Before, on and after the boundary: the verdict and, if it is not
    /// recommended, the code of the first reason and `until`.
    expect: [&'static str; 3],
}

const ROW: Row = Row {
    what: "",
    offer: "",
    rules: "",
    channel: "web",
    context: "{}",
    history: &[],
    now: "",
    edge: "",
    expect: [""; 3],
};

const THERE: &str = "recommended";

#[test]
fn every_boundary_is_where_it_belongs() {
    let tables = [AVAILABILITY, CONSENT, AGES, CONDITIONS, CAPS, CALENDARS, PAIRS, QUIET_HOURS];
    let mut wrong = Vec::new();
    for row in tables.into_iter().flatten() {
        for (offset, expected) in (-1..=1).zip(row.expect) {
            let decided = row.decide(offset);
            if decided != expected {
                wrong.push(format!("{} at {offset:+} ms: {decided}, and not {expected}", row.what));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

impl Row {
    fn decide(&self, offset: i64) -> String {
        let edge: Timestamp = self.edge.parse().unwrap();
        let moving = Timestamp::from_millis(edge.as_millis() + offset);
        let now = if self.now.is_empty() { moving } else { self.now.parse().unwrap() };
        let fill = |text: &str| {
            text.replace("{moving}", &moving.to_string()).replace("{now}", &now.to_string())
        };
        let engine = Engine::from_toml(&fill(&self.policy()))
            .unwrap_or_else(|error| panic!("{}: {error}", self.what));
        let context = Context::from_json(fill(&self.context()))
            .unwrap_or_else(|error| panic!("{}: {error}", self.what));
        let request = json!({"now": now.to_string(), "channel": self.channel}).to_string();
        let decision = engine.decide(&context, &Request::from_json(request).unwrap());
        if decision.recommendations().any(|placed| placed.action() == "offer") {
            return THERE.to_owned();
        }
        let account = decision.account("offer").unwrap();
        let code = account.code().unwrap().number();
        let until = account.until().map_or("never".to_owned(), |until| until.to_string());
        format!("{} {code} until {until}", account.verdict())
    }

    fn policy(&self) -> String {
        format!(
            "policy = \"boundaries\"\n{}\n[[actions]]\nid = \"offer\"\nkind = \"upsell\"\n\
             value = \"1.00\"\nchannels = [\"web\", \"email\", \"sms\"]\n{}\n{}",
            HEAD, self.offer, self.rules
        )
    }

    /// Everything is known, nobody objects, and nothing has happened.
    fn context(&self) -> String {
        let mut context = json!({
            "support": {"as_of": "{now}", "tickets": []},
            "recency": {"as_of": "{now}"},
            "consent": {"as_of": "{now}", "grants": [
                {"purpose": "marketing", "status": "granted", "changed_at": "2025-01-01T00:00:00Z"}
            ]},
            "profile": {"as_of": "{now}", "time_zone": "Europe/Vienna"},
        });
        let interactions: Vec<Value> = self
            .history
            .iter()
            .map(|(action, outcome, channel, at)| {
                json!({"action": action, "outcome": outcome, "channel": channel, "at": at})
            })
            .collect();
        context["history"] = json!({"as_of": "{now}", "interactions": interactions});
        let parts: Map<String, Value> = serde_json::from_str(self.context).unwrap();
        for (part, known) in parts {
            context[part] = known;
        }
        context.to_string()
    }
}

/// Another action, whose interactions pair rules are about.
const HEAD: &str = r#"
currency = "EUR"

[attributes]
vip = "bool"

[[actions]]
id = "other"
kind = "service"
channels = ["web", "email"]
"#;

const AVAILABILITY: &[Row] = &[
    Row {
        what: "the start of an action",
        offer: r#"starts_at = "2026-03-10T12:00:00Z""#,
        edge: "2026-03-10T12:00:00Z",
        expect: ["unavailable 102 until 2026-03-10T12:00:00Z", THERE, THERE],
        ..ROW
    },
    Row {
        what: "the end of an action",
        offer: r#"ends_at = "2026-03-10T12:00:00Z""#,
        edge: "2026-03-10T12:00:00Z",
        expect: [THERE, "unavailable 103 until never", "unavailable 103 until never"],
        ..ROW
    },
];

const CONSENT: &[Row] = &[
    Row {
        what: "consent that is still to count",
        channel: "email",
        context: r#"{"consent": {"as_of": "{now}", "grants": [{"purpose": "marketing",
            "status": "granted", "changed_at": "2026-03-10T12:00:00Z"}]}}"#,
        edge: "2026-03-10T12:00:00Z",
        expect: ["unconsented 201 until 2026-03-10T12:00:00Z", THERE, THERE],
        ..ROW
    },
    Row {
        what: "consent that lapses",
        channel: "email",
        context: r#"{"consent": {"as_of": "{now}", "grants": [{"purpose": "marketing",
            "status": "granted", "changed_at": "2026-03-01T12:00:00Z",
            "expires_at": "2026-03-10T12:00:00Z"}]}}"#,
        edge: "2026-03-10T12:00:00Z",
        expect: [THERE, "unconsented 202 until never", "unconsented 202 until never"],
        ..ROW
    },
    Row {
        what: "a refusal that begins to count, inbound",
        context: r#"{"consent": {"as_of": "{now}", "grants": [{"purpose": "marketing",
            "status": "denied", "changed_at": "2026-03-10T12:00:00Z"}]}}"#,
        edge: "2026-03-10T12:00:00Z",
        expect: [THERE, "unconsented 201 until never", "unconsented 201 until never"],
        ..ROW
    },
    Row {
        what: "a refusal that lapses, inbound",
        context: r#"{"consent": {"as_of": "{now}", "grants": [{"purpose": "marketing",
            "status": "denied", "changed_at": "2026-03-01T12:00:00Z",
            "expires_at": "2026-03-10T12:00:00Z"}]}}"#,
        edge: "2026-03-10T12:00:00Z",
        expect: ["unconsented 201 until 2026-03-10T12:00:00Z", THERE, THERE],
        ..ROW
    },
    Row {
        what: "an assumed yes that is as good as one, and begins to count",
        channel: "email",
        rules: "[consent]\nsoft_opt_in = [\"email\"]",
        context: r#"{"consent": {"as_of": "{now}", "grants": [{"purpose": "marketing",
            "status": "default_granted", "changed_at": "2026-03-10T12:00:00Z"}]}}"#,
        edge: "2026-03-10T12:00:00Z",
        expect: ["unconsented 201 until 2026-03-10T12:00:00Z", THERE, THERE],
        ..ROW
    },
    Row {
        what: "consent to service that is needed and lapses",
        channel: "email",
        offer: "purpose = \"service\"\nneeds_consent = true",
        context: r#"{"consent": {"as_of": "{now}", "grants": [{"purpose": "service",
            "status": "granted", "changed_at": "2026-03-01T12:00:00Z",
            "expires_at": "2026-03-10T12:00:00Z"}]}}"#,
        edge: "2026-03-10T12:00:00Z",
        expect: [THERE, "unconsented 202 until never", "unconsented 202 until never"],
        ..ROW
    },
];

/// How old parts may be; those that are as old as they may be are fresh.
const AGES: &[Row] = &[
    Row {
        what: "support of 15 minutes",
        rules: r#"
            [[suppress]]
            id = "dispute"
            when = 'support.tickets.exists(t, t.is_open)'
            kinds = ["upsell"]
            because = "a ticket is open""#,
        context: r#"{"support": {"as_of": "2026-03-10T12:00:00Z", "tickets": []}}"#,
        edge: "2026-03-10T12:15:00Z",
        expect: [THERE, THERE, "suppressed 401 until never"],
        ..ROW
    },
    Row {
        what: "a cart of 30 minutes",
        offer: "applicable = 'has(purchases.cart)'",
        context: r#"{"purchases": {"as_of": "2026-03-10T12:00:00Z",
            "cart": {"units": 1, "updated_at": "2026-03-10T11:00:00Z"}}}"#,
        edge: "2026-03-10T12:30:00Z",
        expect: [THERE, THERE, "ineligible 302 until never"],
        ..ROW
    },
    Row {
        what: "purchases of an hour",
        offer: "eligible = '!purchases.orders.exists(o, o.is_delayed)'",
        context: r#"{"purchases": {"as_of": "2026-03-10T12:00:00Z", "orders": []}}"#,
        edge: "2026-03-10T13:00:00Z",
        expect: [THERE, THERE, "ineligible 301 until never"],
        ..ROW
    },
    Row {
        what: "a subscription of an hour",
        offer: "suitable = 'subscription.arrears_minor == 0'",
        context: r#"{"subscription": {"as_of": "2026-03-10T12:00:00Z",
            "arrears": {"minor": 0, "currency": "EUR"}}}"#,
        edge: "2026-03-10T13:00:00Z",
        expect: [THERE, THERE, "ineligible 303 until never"],
        ..ROW
    },
    Row {
        what: "appointments of 6 hours",
        offer: "eligible = '!appointments.bookings.exists(b, b.status == \"missed\")'",
        context: r#"{"appointments": {"as_of": "2026-03-10T12:00:00Z", "bookings": []}}"#,
        edge: "2026-03-10T18:00:00Z",
        expect: [THERE, THERE, "ineligible 301 until never"],
        ..ROW
    },
    Row {
        what: "consent of 24 hours",
        channel: "email",
        context: r#"{"consent": {"as_of": "2026-03-10T12:00:00Z", "grants": [{"purpose": "marketing",
            "status": "granted", "changed_at": "2026-03-01T12:00:00Z"}]}}"#,
        edge: "2026-03-11T12:00:00Z",
        expect: [THERE, THERE, "unconsented 201 until never"],
        ..ROW
    },
    Row {
        what: "consent from ahead of now, by 5 seconds",
        channel: "email",
        context: r#"{"consent": {"as_of": "2026-03-10T12:00:05Z", "grants": [{"purpose": "marketing",
            "status": "granted", "changed_at": "2026-03-01T12:00:00Z"}]}}"#,
        edge: "2026-03-10T12:00:00Z",
        expect: ["unconsented 201 until never", THERE, THERE],
        ..ROW
    },
    Row {
        what: "recency of 24 hours",
        offer: "eligible = 'recency.sessions_30d > 0'",
        context: r#"{"recency": {"as_of": "2026-03-10T12:00:00Z", "sessions_30d": 3}}"#,
        edge: "2026-03-11T12:00:00Z",
        expect: [THERE, THERE, "ineligible 301 until never"],
        ..ROW
    },
    Row {
        what: "feedback of 24 hours",
        offer: "eligible = '!feedback.answers.exists(a, a.score <= 2)'",
        context: r#"{"feedback": {"as_of": "2026-03-10T12:00:00Z", "answers": []}}"#,
        edge: "2026-03-11T12:00:00Z",
        expect: [THERE, THERE, "ineligible 301 until never"],
        ..ROW
    },
    Row {
        what: "a history of 24 hours, and marketing",
        rules: r#"
            [[limits]]
            id = "cap"
            kinds = ["upsell"]
            at_most = 1
            within = "7d""#,
        context: r#"{"history": {"as_of": "2026-03-10T12:00:00Z", "interactions": []}}"#,
        edge: "2026-03-11T12:00:00Z",
        expect: [THERE, THERE, "limited 503 until never"],
        ..ROW
    },
    Row {
        what: "a history of 24 hours, and service",
        offer: "purpose = \"service\"",
        rules: r#"
            [[limits]]
            id = "cap"
            kinds = ["upsell"]
            at_most = 1
            within = "7d""#,
        context: r#"{"history": {"as_of": "2026-03-10T12:00:00Z", "interactions": []}}"#,
        edge: "2026-03-11T12:00:00Z",
        expect: [THERE, THERE, THERE],
        ..ROW
    },
    Row {
        what: "scores of 7 days",
        offer: "propensity = { score = \"uptake\" }",
        context: r#"{"scores": {"as_of": "2026-03-10T12:00:00Z", "values": {"uptake": 0.5}}}"#,
        edge: "2026-03-17T12:00:00Z",
        expect: [THERE, THERE, "unscored 704 until never"],
        ..ROW
    },
    Row {
        what: "a score of 7 days among newer ones",
        offer: "propensity = { score = \"uptake\" }",
        context: r#"{"scores": {"as_of": "{now}",
            "values": {"uptake": {"value": 0.5, "at": "2026-03-10T12:00:00Z"}}}}"#,
        edge: "2026-03-17T12:00:00Z",
        expect: [THERE, THERE, "unscored 704 until never"],
        ..ROW
    },
    Row {
        what: "a profile of 30 days",
        offer: "eligible = 'profile.age_years >= 18'",
        context: r#"{"profile": {"as_of": "2026-02-10T12:00:00Z", "age_years": 18}}"#,
        edge: "2026-03-12T12:00:00Z",
        expect: [THERE, THERE, "ineligible 301 until never"],
        ..ROW
    },
    Row {
        what: "the time zone in a profile of 30 days",
        channel: "email",
        rules: "[quiet_hours.night]\nfrom = \"21:00\"\nto = \"09:00\"",
        context: r#"{"profile": {"as_of": "2026-02-10T12:00:00Z", "time_zone": "Europe/Vienna"}}"#,
        edge: "2026-03-12T12:00:00Z",
        expect: [THERE, THERE, "limited 212 until never"],
        ..ROW
    },
    Row {
        what: "a device of 30 minutes, and what is made for it",
        offer: "treatments = [{ id = \"small\", devices = [\"mobile\"] }]",
        context: r#"{"device": {"as_of": "2026-03-10T12:00:00Z", "form_factor": "mobile"}}"#,
        edge: "2026-03-10T12:30:00Z",
        expect: [THERE, THERE, "outranked 802 until never"],
        ..ROW
    },
    Row {
        what: "an age limit of the policy's own",
        offer: "eligible = 'attributes.vip'",
        rules: "[fresh]\nattributes = \"2h\"",
        context: r#"{"attributes": {"as_of": "2026-03-10T12:00:00Z", "values": {"vip": true}}}"#,
        edge: "2026-03-10T14:00:00Z",
        expect: [THERE, THERE, "ineligible 301 until never"],
        ..ROW
    },
];

const CONDITIONS: &[Row] = &[
    Row {
        what: "a condition that holds for a while",
        offer: "applicable = 'within(recency.last_seen_at, days(7))'",
        context: r#"{"recency": {"as_of": "{now}", "last_seen_at": "2026-03-03T12:00:00Z"}}"#,
        edge: "2026-03-10T12:00:00Z",
        expect: [THERE, "ineligible 302 until never", "ineligible 302 until never"],
        ..ROW
    },
    Row {
        what: "a condition that begins to hold",
        offer: "applicable = 'since(recency.last_seen_at) >= days(60)'",
        context: r#"{"recency": {"as_of": "{now}", "last_seen_at": "2026-01-09T12:00:00Z"}}"#,
        edge: "2026-03-10T12:00:00Z",
        expect: ["ineligible 302 until 2026-03-10T12:00:00Z", THERE, THERE],
        ..ROW
    },
    Row {
        what: "a situation that ends",
        rules: r#"
            [[suppress]]
            id = "just-talked"
            when = 'within(support.last_contact.ended_at, hours(2))'
            kinds = ["upsell"]
            because = "we have just talked""#,
        context: r#"{"support": {"as_of": "{now}", "tickets": [], "last_contact": {
            "channel": "phone", "started_at": "2026-03-10T09:55:00Z",
            "ended_at": "2026-03-10T10:00:00Z"}}}"#,
        edge: "2026-03-10T12:00:00Z",
        expect: ["suppressed 401 until 2026-03-10T12:00:00Z", THERE, THERE],
        ..ROW
    },
    Row {
        what: "a cool-off of 14 days",
        rules: r#"
            [[suppress]]
            id = "dispute"
            when = 'support.tickets.exists(t, t.is_open)'
            after = 'support.tickets.exists(t, within(t.closed_at, days(14)))'
            kinds = ["upsell"]
            because = "they had a dispute""#,
        context: r#"{"support": {"as_of": "{now}", "tickets": [{"id": "T-1", "state": "closed",
            "topic": "billing_dispute", "opened_at": "2026-02-20T12:00:00Z",
            "updated_at": "2026-02-24T12:00:00Z", "closed_at": "2026-02-24T12:00:00Z"}]}}"#,
        edge: "2026-03-10T12:00:00Z",
        expect: ["suppressed 402 until 2026-03-10T12:00:00Z", THERE, THERE],
        ..ROW
    },
];

/// Channels are tried in the order that the customer prefers as long as that is
/// fresh: decisions say until when.
#[test]
fn an_order_of_channels_stands_as_long_as_what_the_customer_prefers() {
    let engine = Engine::from_toml(
        "policy = 'order'\n[fresh]\nconsent = '1h'\n\
         [[actions]]\nid = 'news'\nkind = 'service'\nchannels = ['web', 'agent']",
    );
    let context = json!({"consent": {
        "as_of": "2026-03-10T15:00:00Z", "grants": [], "preferred_channels": ["agent", "web"],
    }});
    let (engine, context) = (engine.unwrap(), Context::from_json(context.to_string()).unwrap());
    let decide = |now: Timestamp, is_ranking: bool| {
        let request = json!({
            "now": now, "channel": "web", "or_channels": ["agent"], "channel_order": "preferred",
        });
        let request = Request::from_json(request.to_string()).unwrap();
        let request = if is_ranking { request.ranked_only() } else { request };
        let decision = engine.decide(&context, &request);
        let channel = decision.recommendation(0).unwrap().channel().to_string();
        (channel, decision.valid_until())
    };
    for is_ranking in [false, true] {
        let (channel, until) = decide("2026-03-10T15:00:30Z".parse().unwrap(), is_ranking);
        assert_eq!(
            (channel.as_str(), until.unwrap().to_string().as_str()),
            ("agent", "2026-03-10T16:00:00.001Z")
        );
        let until = until.unwrap();
        assert_eq!(decide(until - tactful::Duration::from_millis(1), is_ranking).0, "agent");
        assert_eq!(decide(until, is_ranking).0, "web");
    }
}
