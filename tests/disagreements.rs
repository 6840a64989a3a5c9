//! Cases on which the engine and the reference disagreed once, at their smallest.
//!
//! Each says how the design is read. The properties find such cases by chance;
//! here they stay found.
#![allow(missing_docs, clippy::unwrap_used, reason = "a test may stop at the first surprise")]

use tactful::context::{
    AsOf, Attribute, Attributes, Consent, Grant, List, Profile, Score, Scores, Support, Ticket,
};
use tactful::decision::{Cause, ReasonCode};
use tactful::{
    Channel, ConsentStatus, Context, Duration, Engine, Purpose, Request, TicketState, Timestamp,
};

const MINUTE: i64 = 60_000;
const DAY: i64 = 24 * 60 * MINUTE;

fn now() -> Timestamp {
    "2026-03-10T15:00:30Z".parse().unwrap()
}

fn ago(millis: i64) -> Timestamp {
    Timestamp::from_millis(now().as_millis() - millis)
}

/// What stands against the one action of a policy, and until when.
fn reasons(policy: &str, context: &Context, channel: Channel) -> Vec<(u16, Option<Timestamp>)> {
    let engine = Engine::from_toml(policy).unwrap();
    let decision = engine.decide(context, &Request::new(now(), channel));
    let reasons = decision.withheld().flat_map(|account| account.reasons());
    reasons.map(|reason| (reason.code().number(), reason.until())).collect()
}

const SCORED: &str = r#"
    policy = "scored"
    [[actions]]
    id = "offer"
    kind = "service"
    channels = ["web"]
    propensity = { score = "uptake" }
    value = "1.00"
"#;

fn scored(score: Score, as_of: Timestamp) -> Context {
    let mut scores = Scores::new(as_of);
    scores.values.insert("uptake".to_owned(), score);
    Context::new().scores(scores)
}

#[test]
fn a_score_that_is_no_probability_is_missing() {
    let engine = Engine::from_toml(SCORED).unwrap();
    for value in [35.0, 1.5, -0.1, 1.000_000_001] {
        let context = scored(Score::new(value), now());
        let decision = engine.decide(&context, &Request::new(now(), Channel::Web));
        let account = decision.account("offer").unwrap();
        let reason = account.reasons().next().unwrap();
        assert_eq!(reason.code(), ReasonCode::ModelMissing, "{value}");
        let fact = reason.facts().next().unwrap();
        assert_eq!(fact.path(), "scores.uptake");
        assert_eq!(fact.cause(), Some(Cause::ContextInvalid));
    }
}

/// Also one that would round to 0 or 1.
#[test]
fn a_score_is_judged_before_it_is_rounded() {
    for value in [1.000_000_000_1, -1e-10] {
        let context = scored(Score::new(value), now());
        assert_eq!(reasons(SCORED, &context, Channel::Web), [(704, None)]);
    }
}

#[test]
fn a_score_is_rounded_half_to_even() {
    let engine = Engine::from_toml(SCORED).unwrap();
    for (value, priority) in [(0.060_000_001_5, "0.060000002"), (0.060_000_002_5, "0.060000002")] {
        let context = scored(Score::new(value), now());
        let decision = engine.decide(&context, &Request::new(now(), Channel::Web));
        let placed = decision.recommendations().next().unwrap();
        assert_eq!(placed.priority().to_string(), priority);
    }
}

#[test]
fn a_score_is_as_old_as_the_older_of_itself_and_its_part() {
    for (own, part) in [(DAY, 8 * DAY), (8 * DAY, DAY)] {
        let context = scored(Score::new(0.5).at(ago(own)), ago(part));
        assert_eq!(reasons(SCORED, &context, Channel::Web), [(704, None)]);
    }
}

const OFFER: &str = r#"
    policy = "offer"
    [[actions]]
    id = "offer"
    kind = "upsell"
    channels = ["web", "email"]
"#;

fn grant(status: ConsentStatus, changed_at: Timestamp) -> Grant {
    Grant::new(Purpose::Marketing, status, changed_at)
}

fn consent(grants: impl Into<List<Grant>>) -> Context {
    Context::new().consent(Consent::new(now()).grants(grants))
}

#[test]
fn an_answer_that_was_replaced_does_not_come_back() {
    let refused_for_a_time = consent([
        grant(ConsentStatus::Granted, ago(9 * DAY)),
        grant(ConsentStatus::Denied, ago(8 * DAY)).expires_at(ago(DAY)),
    ]);
    assert_eq!(reasons(OFFER, &refused_for_a_time, Channel::Email), [(201, None)]);
    let agreed_for_a_time = consent([
        grant(ConsentStatus::Denied, ago(9 * DAY)),
        grant(ConsentStatus::Granted, ago(8 * DAY)).expires_at(ago(DAY)),
    ]);
    assert_eq!(reasons(OFFER, &agreed_for_a_time, Channel::Email), [(202, None)]);
    assert_eq!(reasons(OFFER, &agreed_for_a_time, Channel::Web), []);
}

#[test]
fn a_consent_that_has_not_begun_has_not_lapsed() {
    let upside_down = consent([grant(ConsentStatus::Granted, ago(-1)).expires_at(ago(DAY))]);
    assert_eq!(reasons(OFFER, &upside_down, Channel::Email), [(201, None)]);
}

#[test]
fn an_assumed_no_gives_way_to_an_answer_on_the_channel() {
    let grants = |status| {
        consent([
            grant(status, ago(DAY)),
            grant(ConsentStatus::Granted, ago(9 * DAY)).channel(Channel::Email),
        ])
    };
    let assumed = grants(ConsentStatus::DefaultDenied);
    assert_eq!(reasons(OFFER, &assumed, Channel::Email), []);
    assert_eq!(reasons(OFFER, &assumed, Channel::Web), [(201, None)]);
    let said = grants(ConsentStatus::Denied);
    assert_eq!(reasons(OFFER, &said, Channel::Email), [(201, None)]);
}

#[test]
fn of_two_answers_at_once_the_one_that_lapses_first_counts() {
    let lapsed = grant(ConsentStatus::Granted, ago(9 * DAY)).expires_at(ago(DAY));
    let lasting = grant(ConsentStatus::Granted, ago(9 * DAY));
    for grants in [[lapsed.clone(), lasting.clone()], [lasting, lapsed]] {
        assert_eq!(reasons(OFFER, &consent(grants), Channel::Email), [(202, None)]);
    }
}

#[test]
fn a_refusal_in_a_partial_list_leaves_the_rest_unknown_when_it_lapses() {
    let refusal = grant(ConsentStatus::Denied, ago(DAY)).expires_at(ago(-DAY));
    let partial = consent(List::partial(vec![refusal.clone()]));
    assert_eq!(reasons(OFFER, &partial, Channel::Web), [(201, None)]);
    let complete = consent([refusal]);
    assert_eq!(reasons(OFFER, &complete, Channel::Web), [(201, Some(ago(-DAY)))]);
}

/// A policy of one service action that a rule may hold back, allowing the unknown.
fn allowing(when: &str) -> String {
    format!(
        "policy = 'allowing'\n\
         [[actions]]\nid = 'tip'\nkind = 'service'\nchannels = ['web']\n\
         [[suppress]]\nid = 'rule'\nkinds = ['service']\nbecause = 'so'\n\
         on_unknown = 'allow'\nwhen = '{when}'\n"
    )
}

#[test]
fn known_asks_what_is_known_now_also_of_what_was_known_last() {
    let stale = Context::new()
        .profile(Profile::new(ago(31 * DAY)))
        .support(Support::new(ago(16 * MINUTE)).tickets([]));
    let quiet = "support.tickets.exists(t, t.is_open) || known(profile)";
    assert_eq!(reasons(&allowing(quiet), &stale, Channel::Web), []);
    let open = Ticket::new("T-1", ago(DAY), ago(DAY)).state(TicketState::Open);
    let stale = stale.support(Support::new(ago(16 * MINUTE)).tickets([open]));
    assert_eq!(reasons(&allowing(quiet), &stale, Channel::Web), [(401, None)]);
}

#[test]
fn what_is_dated_ahead_of_now_is_unknown_and_was_said_all_the_same() {
    let open = Ticket::new("T-1", ago(DAY), ago(DAY)).state(TicketState::Open);
    let ahead = AsOf::from(now() + Duration::from_millis(5_001));
    let context = Context::new().support(Support::new(ahead).tickets([open]));
    let rule = allowing("support.tickets.exists(t, t.is_open)");
    assert_eq!(reasons(&rule, &context, Channel::Web), [(401, None)]);
}

#[test]
fn a_value_of_another_type_is_there_and_cannot_be_read() {
    let policy = |eligible: &str| {
        format!(
            "policy = 'typed'\n[attributes]\nvip = 'bool'\n\
             [[actions]]\nid = 'tip'\nkind = 'service'\nchannels = ['web']\neligible = '{eligible}'\n"
        )
    };
    let mut attributes = Attributes::new(now());
    attributes.values.insert("vip".to_owned(), Attribute::Text("yes".to_owned()));
    let context = Context::new().attributes(attributes);
    assert_eq!(reasons(&policy("has(attributes.vip)"), &context, Channel::Web), []);
    for unknown in ["attributes.vip", "!attributes.vip"] {
        assert_eq!(reasons(&policy(unknown), &context, Channel::Web), [(301, None)]);
    }
}

/// The decision on JSON documents, as JSON.
fn decided(policy: &str, context: &str, request: &str) -> serde_json::Value {
    let engine = Engine::from_toml(policy).unwrap();
    let context = Context::from_json(context).unwrap();
    let request = Request::from_json(request).unwrap();
    serde_json::from_str(&engine.decide(&context, &request).to_json()).unwrap()
}

const PRICED: &str = "
    policy = 'p'
    currency = 'EUR'
    [[actions]]
    id = 'offer'
    kind = 'upsell'
    value = '1.00'
    channels = ['web', 'email', 'sms']
";

/// What is forced skips the stages that look at its priority, and is still
/// ranked by it.
#[test]
fn the_priority_of_what_is_forced_stands_until_a_boost_changes() {
    let boost = "
        [[boosts]]
        id = 'b'
        kinds = ['upsell']
        percent = 60
        when = 'since(recency.last_seen_at) >= minutes(15)'
    ";
    let context = r#"{"consent": {"as_of": "2026-03-10T12:00:00Z", "grants": []},
        "recency": {"as_of": "2026-03-10T12:00:00Z", "last_seen_at": "2026-03-10T12:00:00Z"}}"#;
    let request =
        r#"{"now": "2026-03-10T12:00:00Z", "channel": "web", "force": {"action": "offer"}}"#;
    let decision = decided(&format!("{PRICED}{boost}"), context, request);
    assert_eq!(decision["valid_until"], "2026-03-10T12:15:00Z");
}

/// What is held out on a later channel is a ghost there.
#[test]
fn ghosts_are_looked_for_on_every_channel() {
    let holdout = "
        [holdout.h]
        kinds = ['upsell']
        percent = 100
    ";
    let context =
        r#"{"user_id": "ann", "consent": {"as_of": "2026-03-10T12:00:00Z", "grants": []}}"#;
    let request = r#"{"now": "2026-03-10T12:00:00Z", "channel": "sms", "or_channels": ["web"]}"#;
    let decision = decided(&format!("{PRICED}{holdout}"), context, request);
    assert_eq!(decision["ghosts"], serde_json::json!(["offer"]));
}

/// A yes that was assumed and counted has lapsed, like any other.
#[test]
fn a_soft_opt_in_lapses() {
    let soft = "
        [consent]
        soft_opt_in = ['email']
    ";
    let context = r#"{"consent": {"as_of": "2026-03-10T12:00:00Z", "grants": [
        {"purpose": "marketing", "status": "default_granted",
         "changed_at": "2026-03-01T12:00:00Z", "expires_at": "2026-03-10T12:00:00Z"}]}}"#;
    let request = r#"{"now": "2026-03-10T12:00:00Z", "channel": "email"}"#;
    let decision = decided(&format!("{PRICED}{soft}"), context, request);
    assert_eq!(decision["withheld"][0]["reasons"][0]["code"], 202);
}

/// A limit on two things nobody knows says so of both.
#[test]
fn a_limit_names_everything_it_lacks() {
    let limit = "
        [[limits]]
        id = 's'
        kinds = ['upsell']
        at_most = 1
        each = 'session'
    ";
    let context = r#"{"consent": {"as_of": "2026-03-10T12:00:00Z", "grants": []},
        "history": {"as_of": "2026-03-08T12:00:00Z", "interactions": []}}"#;
    let request = r#"{"now": "2026-03-10T12:00:00Z", "channel": "web"}"#;
    let decision = decided(&format!("{PRICED}{limit}"), context, request);
    let facts = decision["withheld"][0]["reasons"][0]["facts"].as_array().unwrap();
    let facts: Vec<_> = facts.iter().map(|fact| (&fact["fact"], &fact["code"])).collect();
    assert_eq!(facts, [(&"history".into(), &902.into()), (&"recency".into(), &901.into())]);
}

/// Service passes a limit whose window nobody knows: a slate that is held by
/// one stands only as long as the window is known.
#[test]
fn a_slate_stands_as_long_as_its_session_is_known() {
    let policy = "
        policy = 'p'
        [[actions]]
        id = 'a'
        kind = 'service'
        channels = ['web']
        [[actions]]
        id = 'b'
        kind = 'service'
        channels = ['web']
        [[limits]]
        id = 's'
        kinds = ['service']
        at_most = 1
        each = 'session'
    ";
    let context = r#"{"consent": {"as_of": "2026-03-10T12:00:00Z", "grants": []},
        "recency": {"as_of": "2026-03-09T12:00:00Z", "session_started_at": "2026-03-09T11:00:00Z"},
        "history": {"as_of": "2026-03-10T12:00:00Z", "interactions": []}}"#;
    let request = r#"{"now": "2026-03-10T12:00:00Z", "channel": "web"}"#;
    let decision = decided(policy, context, request);
    assert_eq!(decision["valid_until"], "2026-03-10T12:00:00.001Z");
}

/// Every one of many actions is told until when it is held back, and not only
/// those that are looked at first.
#[test]
fn many_actions_have_their_until() {
    let mut policy = "
        policy = 'many'
        [quiet_hours.night]
        from = '21:00'
        to = '09:00'
    "
    .to_owned();
    for days in 1..4 {
        policy += &format!(
            "[[limits]]\nid = 'l{days}'\npurposes = ['service']\nat_most = 1\nwithin = '{days}d'\n"
        );
    }
    for number in 0..4_000 {
        policy += &format!(
            "[[actions]]\nid = 'a{number}'\nkind = 'service'\nchannels = ['email']\n\
             obeys_quiet_hours = true\napplicable = 'within(recency.last_seen_at, hours({}))'\n",
            1 + number % 100
        );
    }
    let context = r#"{"history": {"as_of": "2026-03-10T22:00:00Z", "interactions": [
        {"action": "a1", "kind": "service", "purpose": "service", "outcome": "sent",
         "channel": "email", "at": "2026-03-10T21:00:00Z"}]},
        "recency": {"as_of": "2026-03-10T22:00:00Z", "last_seen_at": "2026-03-10T21:30:00Z"}}"#;
    let request = r#"{"now": "2026-03-10T22:00:00Z", "channel": "email", "time_zone": "UTC"}"#;
    let decision = decided(&policy, context, request);
    let withheld = decision["withheld"].as_array().unwrap();
    assert_eq!(withheld.len(), 4_000);
    for account in withheld {
        // Three days after, and once the night is over that has begun by then.
        assert_eq!(account["until"], "2026-03-14T09:00:00Z", "{account}");
    }
}

/// A ghost is ranked by what it comes to on the channel it would have gone on.
#[test]
fn ghosts_are_ranked_by_their_own_channel() {
    let policy = "
        policy = 'p'
        currency = 'EUR'
        [[actions]]
        id = 'held'
        kind = 'upsell'
        value = '10.00'
        channels = ['email']
        [[actions]]
        id = 'plain'
        kind = 'service'
        value = '15.00'
        channels = ['web']
        [[boosts]]
        id = 'by-mail'
        kinds = ['upsell']
        percent = 100
        when = 'request.channel == \"email\"'
        [holdout.all]
        kinds = ['upsell']
        percent = 100
    ";
    let context = r#"{"user_id": "ann", "consent": {"as_of": "2026-03-10T12:00:00Z", "grants": [
        {"purpose": "marketing", "status": "granted", "changed_at": "2026-03-01T12:00:00Z"}]}}"#;
    let request = r#"{"now": "2026-03-10T12:00:00Z", "channel": "web", "or_channels": ["email"], "limit": 1}"#;
    let decision = decided(policy, context, request);
    assert_eq!(decision["recommendations"][0]["action"], "plain");
    assert_eq!(decision["ghosts"], serde_json::json!(["held"]));
}
