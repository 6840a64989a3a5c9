//! What conditions come to at one moment, found out with one look at each fact.
//!
//! The evaluator answers one truth after the other, with its horizon. Whoever
//! only ranks needs neither: a survey asks all questions about a fact where it
//! reads the fact, and all questions about a list in one walk through it. Truths
//! of other shapes are left to the evaluator, so that every condition has its
//! answer.
//!
//! What the evaluator knows of tallies and of lengths of time is written here
//! once more, on purpose: debug builds hold the one against the other.

mod answer;
mod asks;
mod build;
mod columns;
mod facts;
mod joins;
mod ledger;
mod lists;
mod texts;

pub(crate) use answer::{Answers, Slot};
pub(crate) use facts::Number;

use super::eval::Evaluator;
use super::program::{NodeId, Program};
use super::truth::Outcome;
use crate::schema::{Facts, PartId, Schema};

use facts::PartQuestions;
use joins::Joins;

/// All questions of some conditions, in the order of what they look at.
#[derive(Debug, Default)]
pub(crate) struct Survey {
    parts: Vec<PartQuestions>,
    /// Whether a part is known.
    known_parts: Vec<(Slot, PartId)>,
    /// What the evaluator answers.
    others: Vec<(Slot, NodeId)>,
    /// Truths made of others.
    joins: Joins,
    /// Where the answers about the roots are, in their order.
    roots: Vec<Slot>,
    /// How many words the answers take.
    words: usize,
}

impl Survey {
    /// Writes down what is asked by some truths.
    pub(crate) fn new(
        program: &Program,
        schema: &Schema,
        roots: impl IntoIterator<Item = NodeId>,
    ) -> Self {
        build::survey(program, schema, roots)
    }

    /// Returns where the answers about the roots are, in their order.
    pub(crate) fn roots(&self) -> &[Slot] {
        &self.roots
    }

    /// Tells whether some answers come from the evaluator.
    pub(crate) fn has_others(&self) -> bool {
        !self.others.is_empty()
    }

    /// Answers all questions at the moment of the facts; `evaluate` is asked for
    /// truths of other shapes.
    pub(crate) fn answer(
        &self,
        facts: &Facts<'_>,
        answers: &mut Answers,
        mut evaluate: impl FnMut(NodeId) -> Outcome,
    ) {
        answers.open(self.words);
        for questions in &self.parts {
            questions.answer(facts, answers);
        }
        for (slot, part) in &self.known_parts {
            // It asks what is known at this moment, not what was.
            answers.note_one(*slot, Some(facts.delivery(*part).is_fresh()), true);
        }
        for (slot, node) in &self.others {
            answers.note_outcome(*slot, &evaluate(*node));
        }
        self.joins.decide(answers);
    }
}

/// Tells whether a survey of one truth answers what the evaluator does: a check
/// of the one by the other.
pub(super) fn agrees(
    program: &Program,
    root: NodeId,
    facts: &Facts<'_>,
    outcome: &Outcome,
) -> bool {
    let survey = Survey::new(program, facts.schema(), [root]);
    let mut answers = Answers::default();
    // What is left to the evaluator is asked of it where it lies.
    let mut evaluator = Evaluator::new(program, facts);
    survey.answer(facts, &mut answers, |node| evaluator.truth(node));
    survey.roots.first().is_none_or(|slot| answers.agrees(*slot, outcome))
}
