//! All questions about one fact.

use super::super::eval::{Value, is_filled, is_present, side, value_in, value_of};
use super::super::functions::{LENGTHS, TextTest, time};
use super::super::program::{Constant, Limit, Program, Term, TermId};
use super::super::truth::Truth;
use super::ledger::Tally;
use super::texts::Texts;
use super::{Answer, Answers, Slot};
use crate::context::Completeness;
use crate::schema::{Cell, FactId, Facts, Standing};

/// Where a value is read.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) enum Place {
    Fact(FactId),
    /// An entry of a map under a fixed name.
    Entry(FactId, String),
}

/// What is asked about a value.
#[derive(Clone, Debug)]
pub(super) enum Question {
    /// `value <= limit`
    Cut(Limit),
    /// `now - value <= limit`, in milliseconds.
    Since(i64),
    Is(Constant),
    IsTrue,
    Text(TextTest, String),
    /// Whether the place is filled.
    Has,
    /// Whether the part is known and the place filled.
    Known,
}

/// The questions about a fact, or about an entry of a map.
#[derive(Debug)]
pub(super) struct FactQuestions {
    place: Place,
    questions: Vec<(Slot, Question)>,
    /// Which texts are in the list; the numbers are slots.
    members: Texts,
}

impl FactQuestions {
    pub(super) fn new(place: Place) -> Self {
        Self { place, questions: Vec::new(), members: Texts::default() }
    }

    pub(super) fn ask(&mut self, slot: Slot, question: Question) {
        self.questions.push((slot, question));
    }

    /// Asks whether a text is in the list.
    pub(super) fn ask_for_member(&mut self, slot: Slot, text: &str) {
        self.members.add(text, slot.0);
    }

    pub(super) fn answer(&self, facts: &Facts<'_>, answers: &mut Answers) {
        let (cell, Standing { is_there, is_fresh }) = self.place.read(facts);
        let value = if is_there { value_in(cell) } else { None };
        let now = facts.now().as_millis();
        for (slot, question) in &self.questions {
            let truth = match question {
                Question::Has => is_filled(cell).filter(|_| is_there),
                Question::Known => {
                    answers.set(*slot, Answer::always(is_fresh && is_present(cell)));
                    continue;
                }
                asked => value.and_then(|value| asked.of(value, now)),
            };
            answers.set(*slot, Answer::found(truth, is_fresh));
        }
        if is_there && !self.members.is_empty() {
            self.answer_members(cell, is_fresh, answers);
        }
    }

    /// Looks through a list of texts once, whatever is looked for.
    fn answer_members(&self, cell: Cell<'_>, is_fresh: bool, answers: &mut Answers) {
        let Cell::List(list, completeness) = cell else { return };
        let mut is_complete = completeness == Completeness::Complete;
        if completeness == Completeness::Unknown {
            return;
        }
        for place in 0..list.len() {
            let Cell::Text(text) = list.get(place) else {
                // What cannot be read may be it.
                is_complete = false;
                continue;
            };
            if let Some(slot) = self.members.find(text) {
                answers.set(Slot(slot), Answer::found(Some(true), is_fresh));
            }
        }
        if !is_complete {
            return;
        }
        for slot in self.members.numbers().map(Slot) {
            if answers.get(slot) == Answer::UNKNOWN {
                answers.set(slot, Answer::found(Some(false), is_fresh));
            }
        }
    }
}

impl Place {
    fn read<'a>(&self, facts: &Facts<'a>) -> (Cell<'a>, Standing) {
        match self {
            Self::Fact(fact) => (facts.cell(*fact), facts.standing_of(*fact)),
            Self::Entry(fact, key) => {
                let (cell, delivery) = facts.entry_at(*fact, key);
                (cell, delivery.standing())
            }
        }
    }

    /// Reads a value, if it is fresh.
    fn value<'a>(&self, facts: &Facts<'a>) -> Option<Value<'a>> {
        let (cell, standing) = self.read(facts);
        value_in(cell).filter(|_| standing.is_fresh)
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

impl Question {
    /// Answers what is asked of a value; `None` is unknown.
    fn of(&self, value: Value<'_>, now: i64) -> Option<bool> {
        match self {
            Self::Cut(limit) => truth(side(value, *limit)),
            Self::Since(limit) => since(value, now).map(|since| since <= *limit),
            Self::Is(constant) => Some(value == value_of(constant)),
            Self::IsTrue => Some(value == Value::Bool(true)),
            Self::Text(test, needle) => match value {
                Value::Text(text) => Some(test.holds(text, needle)),
                _ => None,
            },
            Self::Has | Self::Known => None,
        }
    }
}

pub(super) fn truth(truth: Truth) -> Option<bool> {
    match truth {
        Truth::True => Some(true),
        Truth::False => Some(false),
        Truth::Unknown => None,
    }
}

/// Returns how long ago a time is, in milliseconds.
pub(super) fn since(value: Value<'_>, now: i64) -> Option<i64> {
    let Value::Time(then) = value else { return None };
    let since = time(now)?.checked_sub(then)?;
    LENGTHS.contains(&since).then_some(since)
}

impl Tally {
    /// Decides whether some element satisfies a body.
    pub(super) fn exists(self, is_complete: bool) -> Option<bool> {
        match self {
            Self { trues: 1.., .. } => Some(true),
            Self { unknowns: 0, .. } if is_complete => Some(false),
            _ => None,
        }
    }

    /// Decides whether exactly one does; any unknown leaves it open.
    pub(super) fn one(self, is_complete: bool) -> Option<bool> {
        match self {
            Self { unknowns: 1.., .. } => None,
            Self { trues: 1, .. } if is_complete => Some(true),
            Self { trues: 0 | 1, .. } if !is_complete => None,
            _ => Some(false),
        }
    }

    /// Counts those that do; any unknown leaves it open.
    pub(super) fn count<'a>(self, is_complete: bool) -> Option<Value<'a>> {
        let count = i64::from(self.trues);
        let counted = if is_complete { Value::Int(count) } else { Value::AtLeast(count) };
        (self.unknowns == 0).then_some(counted)
    }
}
