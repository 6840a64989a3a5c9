//! What takes no memory: news that is none, and rankings in memory that is used again.
//!
//! An event that arrives twice, or is overtaken, must cost no allocation: feeds that deliver at
//! least once send many of them.

#![cfg(all(feature = "toml", feature = "json"))]
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test may stop at the first surprise"
)]

#[path = "../benches/context/typical.rs"]
#[allow(dead_code, reason = "benches use more of it")]
mod typical;

#[path = "../benches/decide/workload.rs"]
#[allow(dead_code, clippy::indexing_slicing, reason = "benches use more of it")]
mod workload;

use allocation_counter::measure;
use tactful::context::{Applied, Context, Event};
use tactful::{Bound, Channel, Duration, Engine, Policy, Request, Scratch, TicketState};

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

/// A policy with all that rankings look at: conditions of every shape, rules,
/// boosts, a score that is read, and a limit that counts each action.
const POLICY: &str = r#"
    policy = "ranking"
    currency = "EUR"
    [situations.busy]
    say = "somebody is talking to them"
    when = 'support.tickets.exists(t, t.is_open) || request.intent == "complain"'
    [[actions]]
    id = "offer"
    kind = "upsell"
    channels = ["web"]
    eligible = ['scores.churn < 0.5', 'purchases.orders.size() >= 0 && !busy']
    propensity = { score = "churn" }
    value = 10
    [[actions]]
    id = "guide"
    kind = "guidance"
    channels = ["web"]
    [[suppress]]
    id = "not-now"
    when = "busy"
    kinds = ["upsell"]
    because = "they have something else in mind"
    [[boosts]]
    id = "help"
    when = 'recency.sessions_30d >= 1'
    percent = 50
    kinds = ["guidance"]
    [[limits]]
    id = "not-too-often"
    kinds = ["upsell", "guidance"]
    per = "action"
    at_most = 3
    within = "7d"
"#;

#[test]
fn a_ranking_allocates_nothing_once_warm() {
    let engine = Engine::from_toml(POLICY).unwrap();
    let request = Request::new(typical::NOW, Channel::Web).intent("browse").ranked_only();
    let context = typical::customer();
    let (mut scratch, mut bound) = (Scratch::new(), Bound::new(context.clone()));
    let expected = engine.decide(&context, &request).recommendations().len();
    for _ in 0..3 {
        let _ = engine.decide_with(&mut scratch, &context, &request);
        let _ = engine.decide_bound(&mut scratch, &mut bound, &request);
    }
    assert!(expected > 0, "something is recommended");
    let mut count = 0;
    let by_scratch = measure(|| {
        count = engine.decide_with(&mut scratch, &context, &request).recommendations().len();
    });
    assert_eq!((by_scratch.count_total, count), (0, expected), "in memory that is used again");
    let by_bound = measure(|| {
        let decision = engine.decide_bound(&mut scratch, &mut bound, &request);
        count = decision.recommendations().len();
    });
    assert_eq!((by_bound.count_total, count), (0, expected), "about a context that is kept");
}

/// Customers in turn, as a service or a batch meets them: what one took is used
/// again for the other.
#[test]
fn a_context_read_over_another_hardly_allocates() {
    let short = workload::context().to_json();
    let long = typical::customer().to_json();
    let mut context = Context::new();
    let mut read = |text: &str| {
        let counted = measure(|| context.replace_from_json(text).unwrap());
        (counted.count_total, context.to_json() == text)
    };
    for text in [&short, &long, &short] {
        read(text);
    }
    assert_eq!(read(&short), (0, true), "the same again");
    read(&long);
    assert_eq!(read(&long), (0, true), "the same again");
}

/// What a shorter list does not need is there for the next longer one.
#[test]
fn customers_read_over_one_another_hardly_allocate() {
    let customer = |orders: i64| {
        let order = |place| {
            let id = format!("order number {place}");
            let at = 1_772_323_200_000_i64 + place;
            format!(r#"{{"id":"{id}","placed_at":{at},"categories":["{id} and more"]}}"#)
        };
        let orders: Vec<String> = (0..orders).map(order).collect();
        format!(r#"{{"purchases":{{"as_of":1772323200000,"orders":[{}]}}}}"#, orders.join(","))
    };
    let texts = [customer(16), customer(0), customer(7)];
    let mut context = Context::new();
    for text in &texts {
        context.replace_from_json(text).unwrap();
        let is_seen = format!("{context:?}").contains("number 15");
        assert_eq!(is_seen, text == &texts[0], "nobody sees what is kept");
    }
    for text in &texts {
        let counted = measure(|| context.replace_from_json(text).unwrap());
        assert_eq!(counted.count_total, 0);
        assert!(context == Context::from_json(text).unwrap());
    }
}

/// What the whole policy takes is part of it: its conditions, mostly. What may be
/// read of customers is shared by all engines. The policy is written again once
/// it is asked for.
#[test]
fn a_compiled_action_takes_little_memory() {
    let policy = Policy::from_toml(&workload::policy(1_000)).unwrap();
    let _other = Engine::new(policy.clone()).unwrap();
    let kept = measure(|| std::mem::forget(Engine::new(policy.clone()).unwrap()));
    let of_an_action = kept.bytes_current / 1_000;
    assert!(of_an_action <= 200, "{of_an_action} bytes");
}

#[test]
fn a_copy_of_a_context_shares_its_lists() {
    let short = workload::context();
    let long = short.clone().history(workload::history(1_000));
    let (short, long) = (measure(|| drop(short.clone())), measure(|| drop(long.clone())));
    assert_eq!(short.count_total, long.count_total);
}
