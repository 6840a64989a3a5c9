//! The screen of an agent in a call, and what the web knows of it a minute
//! later: a no that was said on the phone is a no on every channel.
//!
//! `cargo run --example agent_desktop`

#![allow(clippy::print_stdout, reason = "an example talks to the terminal")]

use std::collections::BTreeMap;
use std::error::Error;

use tactful::context::{
    Consent, Contact, Feedback, History, Profile, Purchases, Recency, Scores, Subscription,
    Support, Ticket,
};
use tactful::decision::{Decision, Verdict};
use tactful::{
    Channel, Context, Duration, Engine, Money, Outcome, Request, TicketState, Timestamp, Topic,
};

type Result<T> = std::result::Result<T, Box<dyn Error>>;

fn main() -> Result<()> {
    println!("Mr Okafor disputes his bill, and calls to cancel. All times are UTC.");
    let engine = Engine::from_toml(include_str!("policies/call_desk.toml"))?;
    let mut okafor = Context::new().history(History::new(at("03-10T15:00:30")?).interactions([]));
    call(&engine, &mut okafor)?;
    let until = visits(&engine, &mut okafor)?;
    // The answer said when it lets go: at that instant it does.
    if let Some(now) = until {
        let decision = look(&engine, &mut okafor, Channel::Web, now)?;
        show(now, "he opens the website again", &decision);
    }
    Ok(())
}

/// Takes the agent through the call: what to say first, and what not at all.
fn call(engine: &Engine, okafor: &mut Context) -> Result<()> {
    let now = at("03-10T15:00:30")?;
    deliver(okafor, now)?;
    let screen = Request::new(now, Channel::Agent)
        .intent("cancel")
        .slots(["say first", "then", "then"])
        .quota("credits-today", 12);
    let decision = engine.decide(okafor, &screen);
    show(now, "the call begins, and the agent's screen fills", &decision);
    show_unmentioned(&decision);
    // What the agent notes down is in the history at once.
    let no = at("03-10T15:03:00")?;
    say(no, "he says no to the save-offer, and hangs up");
    okafor.record(decision.outcome("save-offer", Outcome::Reject, no)?);
    Ok(())
}

/// Follows him to the web and into the app, and says when the offer that he
/// turned down twice may be made again.
fn visits(engine: &Engine, okafor: &mut Context) -> Result<Option<Timestamp>> {
    let now = at("03-10T15:04:00")?;
    let decision = look(engine, okafor, Channel::Web, now)?;
    show(now, "he opens the website", &decision);

    let now = at("03-13T18:00:00")?;
    let decision = look(engine, okafor, Channel::InApp, now)?;
    show(now, "the dispute is settled since yesterday, and he opens the app", &decision);
    let no = at("03-13T18:01:00")?;
    say(no, "he says no to the save-offer again");
    okafor.record(decision.outcome("save-offer", Outcome::Reject, no)?);

    let now = at("03-13T18:02:00")?;
    let decision = look(engine, okafor, Channel::Web, now)?;
    show(now, "he opens the website", &decision);
    let held = decision.account("save-offer");
    Ok(held.and_then(|held| held.until()))
}

/// Decides what he sees when he comes by himself.
fn look<'e>(
    engine: &'e Engine,
    okafor: &mut Context,
    channel: Channel,
    now: Timestamp,
) -> Result<Decision<'e>> {
    deliver(okafor, now)?;
    Ok(engine.decide(okafor, &Request::new(now, channel).slots(["hero", "tile"])))
}

/// Brings everything that is known of him up to date.
fn deliver(okafor: &mut Context, now: Timestamp) -> Result<()> {
    let nothing_owed = Money::new(0, "EUR".parse()?);
    let mut known = std::mem::take(okafor)
        .support(help_desk(now)?)
        .purchases(Purchases::new(now).orders([]).products([]))
        .subscription(Subscription::new(now).arrears(nothing_owed))
        .profile(Profile::new(now).plan("basic").joined_at(at("01-02T09:00:00")?))
        .recency(Recency::new(now).last_seen_at(now))
        .consent(Consent::new(now).grants([]))
        .feedback(Feedback::new(now).answers([]))
        .scores(Scores::new(now).score("churn", 0.72));
    if let Some(history) = known.history.known_mut() {
        history.as_of = now.into();
    }
    *okafor = known;
    Ok(())
}

/// Says what the help desk knows at a moment.
fn help_desk(now: Timestamp) -> Result<Support> {
    let (opened, closed) = (at("03-10T14:40:00")?, at("03-12T12:00:00")?);
    let dispute = Ticket::new("C-1", opened, opened.max(closed.min(now)));
    let dispute = dispute.topic(Topic::BillingDispute);
    // The feed is a few seconds behind.
    let support = Support::new(now - Duration::seconds(4)).tickets([if now < closed {
        dispute.state(TicketState::Open)
    } else {
        dispute.state(TicketState::Closed).closed_at(closed)
    }]);
    let (rings, hangs_up) = (at("03-10T15:00:00")?, at("03-10T15:03:00")?);
    let call = Contact::new(Channel::Phone, rings).topic(Topic::BillingDispute);
    Ok(if now < hangs_up {
        support.active_contact(call)
    } else {
        support.last_contact(call.ended_at(hangs_up))
    })
}

/// Reads a time of 2026.
fn at(text: &str) -> Result<Timestamp> {
    Ok(format!("2026-{text}Z").parse()?)
}

fn say(now: Timestamp, what: &str) {
    println!("\n{now}  {what}");
}

/// Shows what is recommended, and what is held back for now.
fn show(now: Timestamp, what: &str, decision: &Decision<'_>) {
    say(now, what);
    for placed in decision.recommendations() {
        let slot = placed.slot().unwrap_or_default();
        println!("   {slot:<10} {:<20} priority {:>5}", placed.action(), placed.priority());
    }
    let mut held_back: BTreeMap<String, Vec<&str>> = BTreeMap::new();
    for held in decision.withheld() {
        // Of several reasons, the one that lets go last.
        let reason = held.reasons().find(|reason| reason.until() == held.until());
        if let (Some(until), Some(reason)) = (held.until(), reason) {
            let until = format!("until {until}: {}", reason.because());
            held_back.entry(until).or_default().push(held.action());
        }
    }
    for (until, actions) in held_back {
        println!("   not        {}", actions.join(", "));
        println!("              {until}");
    }
}

/// Shows what the agent had better not mention, and by what rules.
fn show_unmentioned(decision: &Decision<'_>) {
    let unmentioned: Vec<&str> = decision.suppressed().map(|held| held.action()).collect();
    println!("   do not mention {}", unmentioned.join(", "));
    for rule in decision.suppressions() {
        println!("     {}: {}", rule.situation(), rule.because());
        let facts: Vec<String> = rule.facts().map(|fact| fact.to_string()).collect();
        println!("       by {}", facts.join(", "));
    }
    let reserve = decision.withheld().filter(|held| held.verdict() == Verdict::Outranked);
    let reserve: Vec<&str> = reserve.map(|held| held.action()).collect();
    println!("   in reserve     {}", reserve.join(", "));
}
