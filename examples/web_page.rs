//! One front page for three customers: what goes where, beside what, and what
//! became of everything else.
//!
//! `cargo run --example web_page`

#![allow(clippy::print_stdout, reason = "an example talks to the terminal")]

use std::error::Error;

use tactful::context::{Consent, Device, Product, Profile, Purchases};
use tactful::decision::{Decision, Recommendation};
use tactful::{Channel, Context, Engine, FormFactor, Request, Timestamp};

/// The places of the page, from top to bottom.
const PAGE: [&str; 5] = ["hero", "tile", "tile", "tile", "footer"];

fn main() -> Result<(), Box<dyn Error>> {
    let engine = Engine::from_toml(include_str!("policies/shop_front.toml"))?;
    let now: Timestamp = "2026-03-10T18:30:00+01:00".parse()?;
    // The shop counts the places in its courses; the engine only asks.
    let mut course_places = 1;
    for visitor in visitors(now) {
        let request = Request::new(now, Channel::Web)
            .slots(PAGE)
            .locale(visitor.language)
            .quota("course-places", course_places);
        let decision = engine.decide(&visitor.context, &request);
        println!("── {} {}", visitor.who, "─".repeat(75 - visitor.who.chars().count()));
        draw(&decision);
        tell_the_rest(&decision);
        tell_holdouts(&decision);
        for (quota, count) in decision.reservations() {
            println!("  takes {count} of {course_places} left of {quota}");
            course_places -= count;
        }
        if let Some(until) = decision.valid_until() {
            println!("  may be shown until {until}, unless news of the customer comes in");
        }
    }
    Ok(())
}

/// Somebody who looks at the page.
struct Visitor {
    who: &'static str,
    language: &'static str,
    context: Context,
}

fn visitors(now: Timestamp) -> [Visitor; 3] {
    let context = |id: &str, plan: &str, device: FormFactor| {
        Context::new()
            .user_id(id)
            .consent(Consent::new(now).grants([]))
            .device(Device::new(now).form_factor(device))
            .profile(Profile::new(now).age_years(31).plan(plan))
    };
    let owns = |products: Vec<Product>| Purchases::new(now).products(products);
    [
        Visitor {
            who: "Jonas, at home in Graz, on his phone",
            language: "de-AT",
            context: context("jonas", "guest", FormFactor::Mobile)
                .purchases(owns(vec![Product::new("P-1").category("skis")])),
        },
        Visitor {
            who: "Noa, on holiday, at a desktop",
            language: "en-GB",
            context: context("noa", "guest", FormFactor::Desktop).purchases(owns(Vec::new())),
        },
        Visitor {
            who: "Paula, one in ten who sees no discounts",
            language: "de",
            context: context("paula", "guest", FormFactor::Desktop).purchases(owns(Vec::new())),
        },
    ]
}

/// How wide a tile is, without its frame.
const TILE: usize = 24;
/// How wide the page is: three tiles, and two lines between.
const WIDTH: usize = 3 * TILE + 2;

/// Draws the page.
fn draw(decision: &Decision<'_>) {
    let of = |slot: &str| {
        let placed = decision.recommendations().filter(|placed| placed.slot() == Some(slot));
        placed.map(|placed| shown(&placed)).collect::<Vec<String>>()
    };
    let first = |slot: &str| of(slot).into_iter().next().unwrap_or_else(|| "·".to_owned());
    let mut tiles = of("tile");
    tiles.resize(3, "·".to_owned());
    let tiles: Vec<String> = tiles.iter().map(|tile| format!("{tile:^TILE$}")).collect();
    let line = "─".repeat(TILE);
    println!("  ┌{}┐", "─".repeat(WIDTH));
    println!("  │{:^WIDTH$}│", "");
    println!("  │{:^WIDTH$}│", first("hero"));
    println!("  │{:^WIDTH$}│", "");
    println!("  ├{line}┬{line}┬{line}┤");
    println!("  │{}│", tiles.join("│"));
    println!("  ├{line}┴{line}┴{line}┤");
    println!("  │{:^WIDTH$}│", first("footer"));
    println!("  └{}┘", "─".repeat(WIDTH));
}

fn shown(placed: &Recommendation<'_>) -> String {
    match placed.treatment() {
        Some(treatment) => format!("{} · {treatment}", placed.action()),
        None => placed.action().to_owned(),
    }
}

/// Says of everything else why it is not on the page.
fn tell_the_rest(decision: &Decision<'_>) {
    for held in decision.withheld() {
        let priority = held.priority().map(|priority| priority.to_string()).unwrap_or_default();
        let rule = held.reasons().next().and_then(|reason| reason.rule());
        let by = rule.map(|rule| format!(" ({rule})")).unwrap_or_default();
        println!("  not {:<17} {priority:>4}  {}{by}", held.action(), held.because());
    }
}

/// Says who is left out to measure by, and what they would have seen.
fn tell_holdouts(decision: &Decision<'_>) {
    for holdout in decision.holdouts().filter(|holdout| holdout.is_held_out()) {
        let ghosts: Vec<&str> = decision.ghosts().collect();
        let bucket = holdout.bucket().unwrap_or_default();
        println!("  held out by {} (bucket {bucket} of 10000)", holdout.holdout());
        println!("  the page would have had {}", ghosts.join(", "));
    }
}
