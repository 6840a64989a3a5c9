//! Facts that models answer: declared by a policy, read from other facts.

use super::cell::Cell;
use super::{Dating, Fact, FactId, Origin, Presence, Schema, Type};
use crate::analytics::{LifecycleStage, Model, Output, Said, Sort};
use crate::vocabulary::Word;

/// Where the facts of models are found.
const PREFIX: &str = "analytics";
/// The part they are in, which is never delivered by itself: no condition can
/// ask with `known` for a name like this.
const PART: &str = "answers of models";

impl Schema {
    /// Adds the facts that a model of a policy answers.
    pub(crate) fn add_model(&mut self, name: &str, model: Model) {
        if self.find_part(PART).is_none() {
            self.add_part(PART, "", None, Presence::Always);
        }
        let takes: Vec<FactId> =
            model.takes().into_iter().filter_map(|path| self.find(path)).collect();
        let place = self.models.len();
        let answered = self.answers();
        let outputs = model.outputs();
        let answers = answered + outputs.len();
        for (answer, output) in (answered..).zip(outputs) {
            let fact = Fact::new(ty(output));
            let fact = if output.is_optional() { fact.optional() } else { fact };
            let origin = Origin::Model(ModelFact { model: place, output, answer });
            let path = format!("{PREFIX}.{name}.{}", output.name());
            self.add(path, fact, PART, origin, Dating::WithPart);
        }
        self.models.push(ModelEntry { name: name.to_owned(), model, takes, answers });
    }

    pub(crate) fn models(&self) -> &[ModelEntry] {
        &self.models
    }

    /// Returns how many facts models answer.
    pub(super) fn answers(&self) -> usize {
        self.models.last().map_or(0, |entry| entry.answers)
    }

    /// Returns what a fact is that a model answers.
    pub(crate) fn sort_of(&self, fact: FactId) -> Option<Sort> {
        match self.entry(fact).origin {
            Origin::Model(of) => Some(of.output.sort()),
            _ => None,
        }
    }

    /// Lists the facts that are stored somewhere: for an answer of a model those
    /// that it takes, otherwise the fact itself.
    pub(crate) fn stored<'s>(&'s self, fact: &'s FactId) -> &'s [FactId] {
        match self.taken_for(*fact) {
            [] => std::slice::from_ref(fact),
            taken => taken,
        }
    }

    /// Lists the facts that a model takes for its answer; none for other facts.
    pub(crate) fn taken_for(&self, fact: FactId) -> &[FactId] {
        let model = match self.entry(fact).origin {
            Origin::Model(of) => self.models.get(of.model),
            _ => None,
        };
        model.map_or(&[], |entry| &entry.takes)
    }
}

/// A model that a policy names, and what it takes.
#[derive(Clone, Debug)]
pub(crate) struct ModelEntry {
    pub(crate) name: String,
    pub(crate) model: Model,
    takes: Vec<FactId>,
    /// How many facts models answer, up to this one.
    answers: usize,
}

/// One thing that a model answers.
#[derive(Clone, Copy, Debug)]
pub(crate) struct ModelFact {
    /// The place of the model.
    pub(super) model: usize,
    pub(super) output: Output,
    /// The place of the answer among those of all models.
    pub(super) answer: usize,
}

fn ty(output: Output) -> Type {
    match output.sort() {
        Sort::Stage => Type::words(LifecycleStage::SET, LifecycleStage::WORDS),
        Sort::Count | Sort::Money => Type::Int,
        Sort::Number | Sort::Probability => Type::Double,
    }
}

/// Turns a value of a model into a cell.
pub(super) fn cell(said: Said) -> Cell<'static> {
    match said {
        Said::Word(code) => Cell::Word(code),
        Said::Int(value) => Cell::Int(value),
        Said::Double(value) => Cell::Double(value),
    }
}
