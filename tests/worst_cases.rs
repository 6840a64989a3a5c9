//! Conditions at their limits: accepted, evaluated, and on a small stack.
//!
//! Each case grows until the next step would be refused, so that it stays at
//! the limits whatever they are: 4,096 bytes, 64 levels, lists of 256, and
//! 180,000 steps. How long they take, `benches/condition.rs` shows.

#![allow(clippy::unwrap_used, reason = "a test may stop at the first surprise")]

#[path = "worst/cases.rs"]
mod cases;

use std::thread;

use cases::{NOW, cases, grown, schema, table};
use tactful::condition::{Condition, Expression};
use tactful::schema::{FactTable, Facts, Schema};
use tactful::{Channel, Context, Engine, ErrorKind, Request};

/// What reading, evaluating and explaining may take of a stack.
const STACK: usize = if cfg!(debug_assertions) { 512 << 10 } else { 128 << 10 };

/// Does something in a thread that has little stack.
fn on_a_small_stack(work: impl FnOnce() + Send) {
    thread::scope(|scope| {
        let small = thread::Builder::new().stack_size(STACK);
        small.spawn_scoped(scope, work).unwrap().join().unwrap();
    });
}

#[test]
fn conditions_at_the_limits_need_little_stack() {
    let schema = schema();
    let tables = [table(&schema), FactTable::new(&schema)];
    for (_, [accepted, refused]) in cases(&schema) {
        on_a_small_stack(|| {
            let condition = Condition::new(&accepted, &schema).unwrap();
            let expression = Expression::new(&accepted, &schema).unwrap();
            for table in &tables {
                let facts = Facts::of_table(&schema, table, NOW);
                let truth = condition.evaluate(&facts).truth();
                let value = expression.evaluate(&facts);
                assert_eq!(value.is_none(), truth == tactful::condition::Truth::Unknown);
            }
            drop((condition.clone(), expression));
            assert!(!format!("{condition:?}").is_empty());

            let error = Condition::new(&refused, &schema).unwrap_err();
            let codes = error.diagnostics().iter().map(|found| found.code().as_str());
            assert_eq!(codes.collect::<Vec<_>>(), ["E104"], "{error}");
        });
    }
}

/// The parser meets depth before anything is known of types or heights.
#[test]
fn nonsense_at_the_limits_needs_little_stack() {
    let schema = schema();
    let opened = ["(", "[", "f(", "a.f(", "a[", "!", "-", "a?", "a?a:", "a.all(x,"];
    let waiting = "a||a&&a==a+a*";
    for open in opened {
        for (times, between) in [(2_000, ""), (60, ""), (40, waiting), (25, waiting), (12, waiting)]
        {
            for end in ["", "a", "a)"] {
                let piece = format!("{between}{open}");
                let text = piece.repeat(times.min(4_096 / piece.len())) + end;
                on_a_small_stack(|| {
                    let error = Condition::new(&text, &schema).unwrap_err();
                    assert_eq!(error.kind(), ErrorKind::Condition);
                    assert!(!error.to_string().is_empty());
                });
            }
        }
    }
}

/// A policy can be decided and explained on the same stack.
#[test]
fn policies_with_conditions_at_the_limits_need_little_stack() {
    let levels = [
        "device.push_enabled == (#)",
        "(#) != profile.vulnerable",
        "(#) ? profile.vulnerable : !profile.vulnerable",
        "(# || device.push_enabled) && profile.age_years > 1",
        "within(profile.joined_at, (#) ? days(1) : days(2))",
        "purchases.cart.units in [(#) ? profile.age_years : 2]",
    ];
    let schema = Schema::customer();
    for level in levels {
        let [accepted, _] = grown(&schema, |count| {
            let seed = "profile.vulnerable".to_owned();
            (0..count).fold(seed, |tower, _| level.replace('#', &tower))
        });
        let policy = format!(
            "policy = 'tower'\n[situations.deep]\nsay = 'it is deep'\nwhen = '''{accepted}'''\n\
             [[actions]]\nid = 'a'\nkind = 'upsell'\nchannels = ['web']\neligible = 'deep'\n\
             [[suppress]]\nid = 's'\nwhen = 'deep'\nkinds = ['upsell']\nbecause = 'b'\n"
        );
        let known = Context::from_json(include_str!("../fuzz/src/customer.json")).unwrap();
        on_a_small_stack(move || {
            let engine = Engine::from_toml(&policy).unwrap();
            let request = Request::new(NOW, Channel::Web);
            for context in [Context::new(), known] {
                let decision = engine.decide(&context, &request);
                assert!(!decision.to_json().is_empty());
                let explanation = engine.explain(&context, &request, "a").unwrap();
                assert!(!explanation.to_string().is_empty());
            }
        });
    }
}
