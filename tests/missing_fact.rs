//! Test number one: a missing dispute fact must not show the upsell.
//!
//! The table stands in the README, beside what other engines answer.

#![allow(clippy::unwrap_used, reason = "a test may stop at the first surprise")]

use tactful::decision::{Cause, ReasonCode};
use tactful::{Channel, Context, Engine, Request, Timestamp};

const POLICY: &str = r#"
policy = "missing-fact"

[[actions]]
id         = "premium-upgrade"
kind       = "upsell"
propensity = 0.06
value      = "240.00"
channels   = ["web"]

[[suppress]]
id      = "no-selling-during-a-dispute"
when    = 'support.tickets.exists(t, t.topic == "billing_dispute" && t.is_open)'
kinds   = ["upsell"]
because = "nobody wants an offer while arguing about a bill"
"#;

/// A context with consent, in which support is as given.
fn context(support: &str) -> Context {
    let consent = r#""consent": {"as_of": "2026-03-10T15:00:00Z", "grants": []}"#;
    let separator = if support.is_empty() { "" } else { ", " };
    Context::from_json(format!("{{{consent}{separator}{support}}}")).unwrap()
}

fn tickets(tickets: &str) -> String {
    format!(r#""support": {{"as_of": "2026-03-10T15:00:00Z", "tickets": {tickets}}}"#)
}

fn dispute(state: &str) -> String {
    tickets(&format!(
        r#"[{{"id": "C-1", "topic": "billing_dispute", "state": "{state}",
             "opened_at": "2026-03-10T14:40:00Z", "updated_at": "2026-03-10T14:59:00Z"}}]"#
    ))
}

/// Returns the reason why the upsell is withheld, if it is.
fn withheld(context: &Context) -> Option<(ReasonCode, Vec<Cause>)> {
    let engine = Engine::from_toml(POLICY).unwrap();
    let now: Timestamp = "2026-03-10T15:00:30Z".parse().unwrap();
    let decision = engine.decide(context, &Request::new(now, Channel::Web));
    let account = decision.account("premium-upgrade");
    assert_eq!(account.is_none(), decision.recommendations().len() == 1);
    let reason = account?.reasons().next().unwrap();
    assert_eq!(reason.rule(), Some("no-selling-during-a-dispute"));
    Some((reason.code(), reason.facts().filter_map(|fact| fact.cause()).collect()))
}

#[test]
fn an_open_dispute_withholds_the_upsell() {
    let expected = Some((ReasonCode::SituationActive, vec![]));
    assert_eq!(withheld(&context(&dispute("open"))), expected);
}

#[test]
fn a_closed_dispute_shows_it() {
    assert_eq!(withheld(&context(&dispute("closed"))), None);
}

#[test]
fn no_dispute_at_all_shows_it() {
    assert_eq!(withheld(&context(&tickets("[]"))), None);
}

#[test]
fn an_absent_fact_withholds_it() {
    let expected = Some((ReasonCode::SituationActive, vec![Cause::ContextUnknown]));
    assert_eq!(withheld(&context("")), expected);
    let without_tickets = r#""support": {"as_of": "2026-03-10T15:00:00Z"}"#;
    assert_eq!(withheld(&context(without_tickets)), expected);
    let partial = tickets(r#"{"partial": []}"#);
    assert_eq!(withheld(&context(&partial)), expected);
}

#[test]
fn a_null_fact_withholds_it() {
    let expected = Some((ReasonCode::SituationActive, vec![Cause::ContextUnknown]));
    assert_eq!(withheld(&context(&tickets("null"))), expected);
    assert_eq!(withheld(&context(r#""support": null"#)), expected);
}

#[test]
fn an_unmapped_state_or_topic_withholds_it() {
    let expected = Some((ReasonCode::SituationActive, vec![Cause::ContextUnknown]));
    for field in [r#""topic": "billing_dispute""#, r#""state": "open""#] {
        let ticket = format!(
            r#"[{{"id": "C-1", {field}, "opened_at": "2026-03-10T14:40:00Z",
                 "updated_at": "2026-03-10T14:59:00Z"}}]"#
        );
        assert_eq!(withheld(&context(&tickets(&ticket))), expected, "{field}");
    }
}

#[test]
fn a_stale_fact_withholds_it() {
    let stale = r#""support": {"as_of": "2026-03-10T14:45:29.999Z", "tickets": []}"#;
    let expected = Some((ReasonCode::SituationActive, vec![Cause::ContextStale]));
    assert_eq!(withheld(&context(stale)), expected);
    let on_the_limit = r#""support": {"as_of": "2026-03-10T14:45:30Z", "tickets": []}"#;
    assert_eq!(withheld(&context(on_the_limit)), None);
}

#[test]
fn a_fact_dated_ahead_of_now_withholds_it() {
    let ahead = r#""support": {"as_of": "2026-03-10T15:00:35.001Z", "tickets": []}"#;
    let expected = Some((ReasonCode::SituationActive, vec![Cause::ContextInvalid]));
    assert_eq!(withheld(&context(ahead)), expected);
    let within_skew = r#""support": {"as_of": "2026-03-10T15:00:35Z", "tickets": []}"#;
    assert_eq!(withheld(&context(within_skew)), None);
}
