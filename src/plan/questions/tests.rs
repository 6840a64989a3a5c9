//! A survey of a whole policy answers what the evaluator does, truth by truth.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use serde_json::Value;

use super::*;
use crate::check::check;
use crate::condition::Evaluator;
use crate::context::Context;
use crate::plan::Plan;
use crate::policy::Draft;
use crate::schema::{Facts, RequestFacts};
use crate::time::{Duration, Timestamp};

fn files(folder: &str) -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/scenarios").join(folder);
    let entries = fs::read_dir(folder).unwrap();
    let mut files: Vec<PathBuf> = entries.map(|entry| entry.unwrap().path()).collect();
    files.sort();
    files
}

/// Compares the answers about one customer; returns how many truths there are.
fn compare(plan: &Plan, context: &Context, now: Timestamp, answers: &mut Answers) -> usize {
    let request = RequestFacts::new(Channel::Web);
    let facts = Facts::of_context(&plan.schema, context, request, now).in_currency(plan.currency);
    let questions = &plan.questions;
    let mut evaluator = Evaluator::new(&plan.program, &facts);
    questions.survey.answer(&facts, answers, |node| evaluator.truth(node));
    let mut evaluator = Evaluator::new(&plan.program, &facts);
    let roots: Vec<NodeId> = roots(&plan.index, &plan.suppressions, &plan.boosts).collect();
    let slots = questions.survey.roots();
    assert_eq!(roots.len(), slots.len());
    for (node, slot) in roots.into_iter().zip(slots) {
        let outcome = evaluator.truth(node);
        assert!(answers.agrees(*slot, &outcome), "{node:?} of {}", plan.policy.policy);
    }
    slots.len()
}

/// Every policy about every customer there is, also where parts are stale or
/// ahead of now: one survey after the other, in the same memory.
#[test]
fn all_truths_of_a_policy_are_answered_at_once_as_one_by_one() {
    let policies: BTreeMap<PathBuf, Plan> = files("policies")
        .into_iter()
        .map(|path| {
            let text = fs::read_to_string(&path).unwrap();
            let checked = check(Draft::from_toml(&text).unwrap()).unwrap();
            (path, Plan::new(checked))
        })
        .collect();
    let mut answers = Answers::default();
    let mut compared = 0;
    for path in files("cases") {
        let case: Value = serde_json::from_slice(&fs::read(path).unwrap()).unwrap();
        let context = Context::from_json(case["context"].to_string()).unwrap();
        let now: Timestamp = serde_json::from_value(case["request"]["now"].clone()).unwrap();
        for plan in policies.values() {
            for late in [-10, 0, 61].map(Duration::minutes) {
                compared += compare(plan, &context, now + late, &mut answers);
            }
        }
    }
    assert!(compared > 100_000, "{compared}");
}
