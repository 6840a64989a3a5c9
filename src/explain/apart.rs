//! Conditions clause by clause: which part is true, false or unknown, and why.

use std::cell::Cell;

use super::Note;
use crate::check::{CheckedSuppression, Known};
use crate::condition::{Apart, Evaluator, MAX_PARTS, Part, Program, basis};
use crate::plan::Plan;
use crate::schema::Facts;

/// Takes the conditions of one action apart.
pub(super) struct Parts<'a> {
    plan: &'a Plan,
    facts: &'a Facts<'a>,
    /// The program of the plan, with the truths of the parts added.
    program: Program,
}

impl<'a> Parts<'a> {
    pub(super) fn new(plan: &'a Plan, facts: &'a Facts<'a>) -> Self {
        Self { plan, facts, program: plan.program.clone() }
    }

    /// Says what the parts of a condition come to; nothing of one without parts.
    pub(super) fn of_text(&mut self, text: &str) -> Vec<Note> {
        match self.take(text) {
            Some(part) => self.note(&part).parts,
            None => Vec::new(),
        }
    }

    /// Says what the conditions of a suppression come to.
    ///
    /// Those of a preset are not in the policy, and are not taken apart.
    pub(super) fn of_suppression(&mut self, rule: &CheckedSuppression) -> Vec<Note> {
        let policy = &self.plan.policy;
        let Some(written) = policy.suppress.iter().find(|written| written.id == rule.id) else {
            return Vec::new();
        };
        let groups =
            [("", &written.when), ("unless ", &written.unless), ("after: ", &written.after)];
        let mut notes = Vec::new();
        for (word, texts) in groups {
            for text in texts {
                if let Some(part) = self.take(text) {
                    let mut note = self.note(&part);
                    note.text.insert_str(0, word);
                    notes.push(note);
                }
            }
        }
        notes
    }

    fn take(&mut self, text: &str) -> Option<Part> {
        let plan = self.plan;
        let written = |name: &str| match plan.policy.situations.get(name) {
            Some(situation) if situation.unless.is_empty() => situation.when.as_slice(),
            _ => &[],
        };
        let apart = Apart {
            schema: &plan.schema,
            situations: &Known(&plan.situations),
            sayings: &|name| plan.sayings.get(name).cloned(),
            written: &written,
            left: Cell::new(MAX_PARTS),
        };
        apart.take(text, &mut self.program)
    }

    fn note(&self, part: &Part) -> Note {
        note(part, &mut Evaluator::new(&self.program, self.facts))
    }
}

fn note(part: &Part, evaluator: &mut Evaluator<'_>) -> Note {
    let truth = evaluator.truth(part.node).truth();
    let facts = match part.parts.is_empty() {
        true => basis(evaluator, part.node, false),
        // Those of its parts say it.
        false => Vec::new(),
    };
    Note {
        text: part.text.clone(),
        said: part.said.clone(),
        truth: Some(truth),
        facts: super::shown_facts(evaluator.facts(), facts, false),
        entries: match part.parts.is_empty() {
            true => super::entries_of(evaluator, part.node),
            false => Vec::new(),
        },
        until: None,
        parts: part.parts.iter().map(|part| note(part, evaluator)).collect(),
    }
}
