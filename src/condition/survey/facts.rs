//! All questions about the facts of a part.

use super::super::eval::{Value, value_in};
use super::super::program::{Program, Term, TermId};
use super::answer::Answers;
use super::asks::Asks;
use super::lists::ListQuestions;
use crate::schema::{Cell, FactId, Facts, PartId, PartStanding, Reader, Standing};

/// Where a value is read.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) enum Place {
    Fact(FactId),
    /// An entry of a map under a fixed name.
    Entry(FactId, String),
}

impl Place {
    pub(super) fn fact(&self) -> FactId {
        match self {
            Self::Fact(fact) | Self::Entry(fact, _) => *fact,
        }
    }

    /// Reads a value, if it is fresh.
    fn value<'a>(&self, facts: &Facts<'a>) -> Option<Value<'a>> {
        let (cell, standing) = match self {
            Self::Fact(fact) => (facts.cell(*fact), facts.standing_of(*fact)),
            Self::Entry(fact, key) => {
                let (cell, delivery) = facts.entry_at(*fact, key);
                (cell, delivery.standing())
            }
        };
        value_in(cell).filter(|_| standing.is_fresh)
    }
}

/// The questions about the facts of a part.
#[derive(Debug)]
pub(super) struct PartQuestions {
    pub(super) part: PartId,
    pub(super) facts: Vec<FactQuestions>,
    /// In the order of their names.
    pub(super) attributes: Vec<AttributeQuestions>,
    pub(super) lists: Vec<ListQuestions>,
}

/// The questions about a fact, or about an entry of a map.
#[derive(Debug)]
pub(super) struct FactQuestions {
    pub(super) reader: Reader,
    /// The name of the entry.
    pub(super) key: Option<String>,
    pub(super) asks: Vec<Asks>,
}

/// The questions about an attribute.
#[derive(Debug)]
pub(super) struct AttributeQuestions {
    pub(super) fact: FactId,
    pub(super) name: String,
    pub(super) asks: Vec<Asks>,
}

impl PartQuestions {
    pub(super) fn new(part: PartId) -> Self {
        Self { part, facts: Vec::new(), attributes: Vec::new(), lists: Vec::new() }
    }

    pub(super) fn answer(&self, facts: &Facts<'_>, answers: &mut Answers) {
        let part = facts.part(self.part);
        let now = facts.now().as_millis();
        for FactQuestions { reader, key, asks } in &self.facts {
            let (cell, standing) = match key {
                None => facts.read(*reader, part),
                Some(key) => facts.read_entry(*reader, key, part),
            };
            answer_all(asks, cell, standing, now, answers);
        }
        if !self.attributes.is_empty() {
            self.answer_attributes(facts, part, answers);
        }
        for questions in &self.lists {
            questions.answer(facts, part, answers);
        }
    }

    fn answer_attributes(&self, facts: &Facts<'_>, part: PartStanding, answers: &mut Answers) {
        let now = facts.now().as_millis();
        let mut attributes = facts.attributes(self.attributes.len());
        for AttributeQuestions { fact, name, asks } in &self.attributes {
            let (cell, standing) = match &mut attributes {
                Some(attributes) => facts.read_attribute((*fact, name), attributes, part),
                None => (facts.cell(*fact), facts.standing_of(*fact)),
            };
            answer_all(asks, cell, standing, now, answers);
        }
    }
}

fn answer_all(asks: &[Asks], cell: Cell<'_>, standing: Standing, now: i64, answers: &mut Answers) {
    for asks in asks {
        asks.answer(cell, standing, now, answers);
    }
}

/// A number that lies in a fact, or in an entry of a map.
#[derive(Debug)]
pub(crate) struct Number(Place);

impl Number {
    /// Finds out where a number lies; one that is computed lies nowhere.
    pub(crate) fn of(program: &Program, term: TermId) -> Option<Self> {
        match &program[term] {
            Term::Fact(fact) => Some(Self(Place::Fact(*fact))),
            Term::Entry(fact, key) => Some(Self(Place::Entry(*fact, key.clone()))),
            _ => None,
        }
    }

    /// Reads a number for a score: its value, if it is fresh.
    pub(crate) fn read(&self, facts: &Facts<'_>) -> Option<f64> {
        match self.0.value(facts)? {
            Value::Double(value) => Some(value),
            _ => None,
        }
    }

    /// Reads a whole number for a score: its value, if it is fresh.
    pub(crate) fn read_whole(&self, facts: &Facts<'_>) -> Option<i64> {
        match self.0.value(facts)? {
            Value::Int(value) => Some(value),
            _ => None,
        }
    }
}
