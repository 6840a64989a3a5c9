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
mod build;
mod facts;
mod ledger;
mod lists;
mod texts;

use answer::Answer;
pub(crate) use facts::Number;

use super::eval::Evaluator;
use super::program::{NodeId, Program};
use super::truth::Outcome;
use crate::schema::{Facts, PartId};

use facts::FactQuestions;
use ledger::Ledger;
use lists::ListQuestions;

/// All questions of some conditions, in the order of what they look at.
#[derive(Debug)]
pub(crate) struct Survey {
    facts: Vec<FactQuestions>,
    lists: Vec<ListQuestions>,
    /// Whether a part is known.
    parts: Vec<(Slot, PartId)>,
    /// What the evaluator answers.
    others: Vec<(Slot, NodeId)>,
    /// Truths made of others; those they are made of come first.
    joins: Vec<Join>,
    parts_of_joins: Vec<Part>,
    /// Where the answers about the roots are, in their order.
    roots: Vec<Slot>,
    slots: u32,
}

/// The place of an answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Slot(u32);

/// A truth made of others: all of them, or any.
#[derive(Clone, Copy, Debug)]
struct Join {
    slot: Slot,
    is_any: bool,
    start: u32,
    end: u32,
}

/// A truth that another is made of, as it is or turned around.
#[derive(Clone, Copy, Debug)]
struct Part {
    slot: Slot,
    is_negated: bool,
}

/// The answers of one customer at one moment: memory to be used again.
#[derive(Debug, Default)]
pub(crate) struct Answers {
    by_slot: Vec<Answer>,
    ledger: Ledger,
}

impl Answers {
    /// Returns what was answered.
    pub(crate) fn get(&self, slot: Slot) -> Answer {
        self.by_slot.get(slot.0 as usize).copied().unwrap_or_default()
    }

    fn set(&mut self, slot: Slot, answer: Answer) {
        if let Some(place) = self.by_slot.get_mut(slot.0 as usize) {
            *place = answer;
        }
    }
}

impl Survey {
    /// Writes down what is asked by some truths.
    pub(crate) fn new(program: &Program, roots: impl IntoIterator<Item = NodeId>) -> Self {
        build::survey(program, roots)
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
        answers.by_slot.clear();
        answers.by_slot.resize(self.slots as usize, Answer::UNKNOWN);
        for questions in &self.facts {
            questions.answer(facts, answers);
        }
        for questions in &self.lists {
            questions.answer(facts, answers);
        }
        for (slot, part) in &self.parts {
            answers.set(*slot, Answer::always(facts.delivery(*part).is_fresh()));
        }
        for (slot, node) in &self.others {
            answers.set(*slot, Answer::of(&evaluate(*node)));
        }
        for join in &self.joins {
            let joined = self.join(*join, answers);
            answers.set(join.slot, joined);
        }
    }

    fn join(&self, join: Join, answers: &Answers) -> Answer {
        let parts = self.parts_of_joins.get(join.start as usize..join.end as usize);
        let parts = parts.unwrap_or(&[]).iter().map(|part| {
            let answer = answers.get(part.slot);
            if part.is_negated { answer.not() } else { answer }
        });
        if join.is_any {
            parts.fold(Answer::always(false), Answer::or)
        } else {
            parts.fold(Answer::always(true), Answer::and)
        }
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
    let survey = Survey::new(program, [root]);
    let mut answers = Answers::default();
    // What is left to the evaluator is asked of it where it lies.
    let mut evaluator = Evaluator::new(program, facts);
    survey.answer(facts, &mut answers, |node| evaluator.truth(node));
    survey.roots.first().is_none_or(|slot| answers.get(*slot) == Answer::of(outcome))
}
