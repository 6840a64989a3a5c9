//! What takes no memory: news that is none.
//!
//! An event that arrives twice, or is overtaken, must cost no allocation: feeds that deliver at
//! least once send many of them.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test may stop at the first surprise"
)]

#[path = "../benches/context/typical.rs"]
#[allow(dead_code, reason = "benches use more of it")]
mod typical;

use allocation_counter::measure;
use tactful::context::{Applied, Context, Event};
use tactful::{Duration, TicketState};

/// Counts the allocations of an event, and tells what came of it.
fn applying(context: &mut Context, event: &Event) -> (u64, Applied) {
    let mut came_of_it = None;
    let counted = measure(|| came_of_it = Some(context.apply(event).unwrap()));
    (counted.count_total, came_of_it.unwrap())
}

#[test]
fn a_duplicate_allocates_nothing() {
    let mut failures = Vec::new();
    for (name, event) in typical::news() {
        let mut context = typical::customer();
        let (_, came_of_it) = applying(&mut context, &event);
        assert!(matches!(came_of_it, Applied::Applied { .. }), "{name} is news: {came_of_it:?}");
        let (allocations, came_of_it) = applying(&mut context, &event);
        if (allocations, &came_of_it) != (0, &Applied::Duplicate) {
            failures.push(format!("{name}: {came_of_it:?} with {allocations} allocations"));
        }
    }
    assert!(failures.is_empty(), "\n{}", failures.join("\n"));
}

#[test]
fn what_is_overtaken_allocates_nothing() {
    let mut context = typical::customer();
    let (closed, open) = (typical::NOW, typical::NOW - Duration::minutes(5));
    let event = |state, at| Event::new(at).source("desk").ticket(typical::ticket(2, state, at));
    context.apply(&event(TicketState::Closed, closed)).unwrap();
    assert_eq!(applying(&mut context, &event(TicketState::Open, open)), (0, Applied::Superseded));
}

#[test]
fn a_copy_that_knows_the_same_costs_nothing() {
    let (mut one, other) = (typical::customer(), typical::customer());
    let counted = measure(|| one.merge(&other).unwrap());
    assert_eq!(counted.count_total, 0);
}
