//! What must hold of every decision, on random policies, contexts and requests.
//!
//! The heart of it is the agreement with a naive reference interpreter that was
//! written from the design, not from the engine. `TACTFUL_CASES` sets how many
//! cases each property is tried on; without it they are few, and the same each
//! time.
#![allow(
    missing_docs,
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test may stop at the first surprise"
)]

#[path = "reference/decisions/contexts.rs"]
mod contexts;
#[path = "reference/decisions/generate.rs"]
mod generate;
#[path = "reference/decisions/interpreter.rs"]
mod interpreter;
#[path = "reference/decisions/model.rs"]
mod model;
#[path = "reference/decisions/tape.rs"]
mod tape;

use std::collections::BTreeSet;
use std::sync::Mutex;

use proptest::test_runner::{Config, RngAlgorithm, TestCaseError, TestRng, TestRunner};
use tactful::decision::{ReasonCode, Suppressed, Verdict};
use tactful::{Context, Decision, Engine, Request};

use generate::{Case, Dialect, Tapes};
use interpreter::{Answer, Reason, Recommended, Reference, Withheld};
use model::Style;

/// Tries a property on random cases.
fn check(cases: u32, property: impl Fn(&Tapes) -> Result<(), String>) {
    let wanted = std::env::var("TACTFUL_CASES")
        .ok()
        .map(|text| text.parse().unwrap());
    let config = Config {
        cases: wanted.unwrap_or(cases),
        failure_persistence: None,
        max_shrink_iters: 20_000,
        ..Config::default()
    };
    let mut runner = match wanted {
        Some(_) => TestRunner::new(config),
        None => TestRunner::new_with_rng(config, TestRng::deterministic_rng(RngAlgorithm::ChaCha)),
    };
    let outcome = runner.run(&generate::tapes(), |tapes| {
        property(&tapes).map_err(TestCaseError::fail)
    });
    if let Err(error) = outcome {
        panic!("{error}");
    }
}

impl Case {
    fn engine(&self) -> Result<Engine, String> {
        let text = self.policy.to_toml(Style::Short);
        Engine::from_toml(&text).map_err(|error| format!("{error}\n{text}"))
    }

    fn say(&self, what: &str) -> String {
        format!(
            "{what}\n\n# policy\n{}\n# context\n{}\n# request\n{}\n",
            self.policy.to_toml(Style::Short),
            self.context.to_json(),
            serde_json::to_string(&self.request).unwrap(),
        )
    }
}

/// The decision of the engine, in the terms of the reference.
fn answer(decision: &Decision<'_>) -> Answer {
    Answer {
        recommended: decision
            .recommendations()
            .map(|placed| Recommended {
                action: placed.action().to_owned(),
                slot: placed.slot().map(str::to_owned),
                treatment: placed.treatment().map(str::to_owned),
                tier: placed.tier(),
                priority: placed.priority().as_product(),
            })
            .collect(),
        withheld: decision
            .withheld()
            .map(|account| Withheld {
                action: account.action().to_owned(),
                verdict: account.verdict().as_str(),
                tier: account.tier(),
                priority: account.priority().map(|priority| priority.as_product()),
                reasons: reasons(account),
            })
            .collect(),
    }
}

fn reasons(account: Suppressed<'_>) -> Vec<Reason> {
    let stages: Vec<_> = account
        .reasons()
        .map(|reason| reason.code().stage())
        .collect();
    assert!(stages.is_sorted(), "reasons out of order: {stages:?}");
    let mut reasons: Vec<_> = account
        .reasons()
        .map(|reason| {
            let (rule, condition) = (reason.rule(), reason.condition());
            Reason(
                reason.code().number(),
                rule.map(str::to_owned),
                condition.map(str::to_owned),
            )
        })
        .collect();
    reasons.sort();
    reasons
}

#[test]
fn agrees_with_the_reference() {
    check(1_000, |tapes| {
        let case = tapes.case(Dialect::Full);
        let engine = case.engine()?;
        let ours = answer(&engine.decide(&case.context, &case.request));
        let theirs = Reference::new(&case.policy, &case.context, &case.request).decide();
        if ours == theirs {
            return Ok(());
        }
        Err(case.say(&format!("engine: {ours:#?}\nreference: {theirs:#?}")))
    });
}
