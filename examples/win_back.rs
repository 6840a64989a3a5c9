//! Five customers of a coffee roaster: who is late, who is gone, what they are
//! worth, and when that changes. The policy names the models; nothing is
//! computed here.
//!
//! `cargo run --example win_back`

#![allow(clippy::print_stdout, reason = "an example talks to the terminal")]

use tactful::context::{Consent, History, Interaction, List, Order, Purchases};
use tactful::{
    Channel, Context, Duration, Engine, Money, OrderStatus, Outcome, Request, Timestamp,
};

type Result<T> = std::result::Result<T, Box<dyn std::error::Error>>;

fn main() -> Result<()> {
    let engine = Engine::from_toml(include_str!("policies/win_back.toml"))?;
    let now: Timestamp = "2026-03-10T15:00:30Z".parse()?;
    let request = Request::new(now, Channel::Web).limit(1);

    // How many days ago each ordered; coffee for 24 euros, mostly.
    let ada = customer(now, &[200, 171, 140, 112, 81, 50, 24]);
    let ben = customer(now, &[200, 171, 140, 112, 81, 50, 32]);
    let cleo = customer(now, &[300, 268, 240, 209, 180, 151, 120]);
    let dora = customer(now, &[]);
    let ed = customer(now, &[330, 326, 323, 319, 315]);

    println!("# The tile on the front page\n");
    let customers = [
        ("Ada", "orders every month, and did", &ada),
        ("Ben", "orders every month, and is about to", &ben),
        ("Cleo", "ordered every month, up to four months ago", &cleo),
        ("Dora", "has never ordered", &dora),
        ("Ed", "ordered every four days, for two weeks, long ago", &ed),
    ];
    for (name, story, context) in customers {
        println!("{name} {story}");
        let decision = engine.decide(context, &request);
        for placed in decision.recommendations() {
            println!("  sees {}, with priority {}", placed.action(), placed.priority());
        }
        if let Some(until) = decision.valid_until() {
            println!("  up to {until}, if nothing happens");
        }
    }

    println!("\n# Why Cleo, and why so?\n");
    println!("{}", engine.explain(&cleo, &request, "come-back")?);

    println!("# Ben does nothing, and the weeks go by\n");
    for action in ["running-low", "come-back"] {
        println!("{}", engine.timeline(&ben, &request, action)?);
    }

    println!("# Cleo saw it three times since yesterday\n");
    let seen = [2, 8, 26].map(|hours| {
        let at = now - Duration::hours(hours);
        Interaction::new("come-back", Outcome::Impression, at).channel(Channel::Web)
    });
    let bored = cleo.clone().history(History::new(now).interactions(seen));
    let decision = engine.decide(&bored, &request);
    for reason in decision.account("come-back").iter().flat_map(|account| account.reasons()) {
        let until = reason.until().map(|until| until.to_string()).unwrap_or_default();
        println!("{}: {}, until {until}", reason.code(), reason.because());
    }

    println!("\n# And if the shop knows only some of her orders?\n");
    let mut partial = cleo.clone();
    if let Some(purchases) = partial.purchases.known_mut() {
        purchases.orders = List::partial(purchases.orders.items().to_vec());
    }
    println!("{}", engine.explain(&partial, &request, "come-back")?);
    Ok(())
}

/// A customer who ordered so many days ago, and was shown nothing so far.
fn customer(now: Timestamp, days_ago: &[i64]) -> Context {
    let order = |days: &i64| {
        let order = Order::new(format!("O-{days}"), now - Duration::days(*days));
        let order = order.status(OrderStatus::Delivered);
        match "EUR".parse() {
            Ok(euro) => order.total(Money::new(2_400 + 3 * days, euro)),
            Err(_) => order,
        }
    };
    let orders: Vec<Order> = days_ago.iter().map(order).collect();
    Context::new()
        .purchases(Purchases::new(now).orders(orders))
        .history(History::new(now).interactions([]))
        .consent(Consent::new(now).hard_blocks(Vec::new()).grants([]))
}
