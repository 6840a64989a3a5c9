//! Conditions clause by clause: which part is true, false or unknown, and why.

use super::Note;
use crate::check::CheckedSuppression;
use crate::condition::{Evaluator, Part, basis};
use crate::plan::{Plan, TakenApart};
use crate::schema::Facts;

/// Takes the conditions of one action apart.
#[derive(Clone, Copy)]
pub(super) struct Parts<'a> {
    plan: &'a Plan,
    facts: &'a Facts<'a>,
}

impl<'a> Parts<'a> {
    pub(super) fn new(plan: &'a Plan, facts: &'a Facts<'a>) -> Self {
        Self { plan, facts }
    }

    /// Says what the parts of a condition come to; nothing of one without parts.
    pub(super) fn of_text(self, text: &str) -> Vec<Note> {
        match self.plan.apart(text) {
            Some(TakenApart { part, program }) if !part.parts.is_empty() => {
                let mut evaluator = Evaluator::new(&program, self.facts);
                part.parts.iter().map(|part| note(part, &mut evaluator)).collect()
            }
            _ => Vec::new(),
        }
    }

    /// Says what the conditions of a suppression come to.
    ///
    /// Those of a preset are not in the policy, and are not taken apart.
    pub(super) fn of_suppression(self, rule: &CheckedSuppression) -> Vec<Note> {
        let policy = &self.plan.policy;
        let Some(written) = policy.suppress.iter().find(|written| written.id == rule.id) else {
            return Vec::new();
        };
        let groups =
            [("", &written.when), ("unless ", &written.unless), ("after: ", &written.after)];
        let mut notes = Vec::new();
        for (word, texts) in groups {
            for text in texts {
                if let Some(TakenApart { part, program }) = self.plan.apart(text) {
                    let mut note = note(&part, &mut Evaluator::new(&program, self.facts));
                    note.text.insert_str(0, word);
                    notes.push(note);
                }
            }
        }
        notes
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
        facts: super::shown_facts(evaluator.facts(), &facts, false),
        entries: match part.parts.is_empty() {
            true => super::entries_of(evaluator, part.node),
            false => Vec::new(),
        },
        until: None,
        parts: part.parts.iter().map(|part| note(part, evaluator)).collect(),
    }
}
