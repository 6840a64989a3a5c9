//! One customer's afternoon: what is offered, why not the upgrade, when it comes
//! back, and a decision taken from the log and made again.
//!
//! `cargo run --example explain`

#![allow(clippy::print_stdout, reason = "an example talks to the terminal")]

use tactful::context::{Consent, Grant, History, Profile, Purchases, Recency, Subscription};
use tactful::context::{Support, Ticket};
use tactful::decision::Record;
use tactful::{
    Channel, ConsentStatus, Context, Duration, Engine, Money, Purpose, Request, TicketState,
    Timestamp, Topic,
};

type Result<T> = std::result::Result<T, Box<dyn std::error::Error>>;

fn main() -> Result<()> {
    let engine = Engine::from_toml(include_str!("policies/customer_care.toml"))?;
    let now: Timestamp = "2026-03-10T15:00:30Z".parse()?;
    let request = Request::new(now, Channel::Web).slots(["hero", "tile", "tile"]);

    println!("# Three o'clock: Jane has a dispute about her bill, and hung up 30 seconds ago\n");
    let jane = jane(now)?.support(dispute(now, TicketState::Open));
    offered(&engine, &jane, &request);

    println!("# Why not the upgrade?\n");
    println!("{}", engine.explain(&jane, &request, "premium-upgrade")?);

    println!("# The desk settles it. And now?\n");
    let settled = jane.clone().support(dispute(now, TicketState::Solved));
    println!("{}", engine.explain(&settled, &request, "premium-upgrade")?);
    println!("{}", engine.timeline(&settled, &request, "premium-upgrade")?);

    println!("# Three months later an auditor takes the decision from the log\n");
    let logged = engine.decide(&jane, &request).to_record(&jane, &request).to_json();
    println!("{} bytes, without a word about Jane.", logged.len());
    let record = Record::from_json(&logged)?;
    println!("{}", engine.replay(&record, &jane)?);

    println!("# What if the desk had been quicker?\n");
    println!("{}", engine.replay(&record, &settled)?);
    Ok(())
}

fn jane(now: Timestamp) -> Result<Context> {
    let joined = now - Duration::days(800);
    let granted = Grant::new(Purpose::Marketing, ConsentStatus::Granted, joined);
    Ok(Context::new()
        .user_id("jane")
        .profile(Profile::new(now).plan("basic").age_years(34).joined_at(joined))
        .subscription(Subscription::new(now).arrears(Money::new(0, "USD".parse()?)))
        .purchases(Purchases::new(now).orders([]))
        .recency(Recency::new(now).last_seen_at(now))
        .history(History::new(now).interactions([]))
        .consent(Consent::new(now).hard_blocks(Vec::new()).grants([granted])))
}

fn dispute(now: Timestamp, state: TicketState) -> Support {
    let ticket = Ticket::new("C-1", now - Duration::minutes(20), now);
    Support::new(now).tickets([ticket.topic(Topic::BillingDispute).state(state)])
}

fn offered(engine: &Engine, context: &Context, request: &Request) {
    let decision = engine.decide(context, request);
    for placed in decision.recommendations() {
        println!("{:<6}{}", placed.slot().unwrap_or("-"), placed.action());
    }
    for account in decision.suppressed() {
        println!("not   {}: {}", account.action(), account.because());
    }
    println!();
}
