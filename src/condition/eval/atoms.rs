//! Atoms: cuts, equalities and questions about what is known.

use super::{Evaluator, Reading, Scope, Value};
use crate::condition::functions::{compare_mixed, integer_cut};
use crate::condition::program::{Atom, AtomId, Limit, Term, TermId};
use crate::condition::truth::{NEVER, Outcome, Rail, Truth};
use crate::schema::{Cell, Delivery, PartId};
use crate::time::Timestamp;

use std::cmp::Ordering;

impl<'a> Evaluator<'a> {
    pub(super) fn atom(&mut self, id: AtomId, scope: Scope<'a>) -> Outcome {
        let program = self.program;
        match &program[id] {
            Atom::Cut(term, limit) => {
                let reading = self.term(*term, scope);
                self.cut(reading, *limit)
            }
            Atom::Is(term, constant) => {
                let constant = super::terms::value_of(constant);
                self.term(*term, scope).test(|value| value == constant)
            }
            Atom::Truth(term) => self
                .term(*term, scope)
                .test(|value| value == Value::Bool(true)),
            Atom::Has(place) => self.has(*place, scope),
            Atom::KnownPart(part) => self.known(*part, true),
            Atom::KnownFact(place) => self.known_fact(*place, scope),
            Atom::Text(test, text, needle) => {
                let (text, needle) = (self.term(*text, scope), self.term(*needle, scope));
                let both = text.joined(&needle);
                match (text.value, needle.value) {
                    (Some(Value::Text(text)), Some(Value::Text(needle))) => {
                        both.test(|_| test.holds(text, needle))
                    }
                    _ => Reading {
                        value: None,
                        ..both
                    }
                    .test(|_| false),
                }
            }
            Atom::Less(a, b) => {
                let (a, b) = (self.term(*a, scope), self.term(*b, scope));
                self.compare(a, b, |order| order == Ordering::Less)
            }
            Atom::Equal(a, b) => {
                let (a, b) = (self.term(*a, scope), self.term(*b, scope));
                self.compare(a, b, |order| order == Ordering::Equal)
            }
            Atom::Member(item, list) => self.member(*item, list, scope),
            Atom::Exists(list, body) => self.exists(list, *body, scope),
            Atom::One(list, body) => self.exactly_one(list, *body, scope),
        }
    }

    /// Cuts the line of a term, and finds out when the term crosses the cut.
    fn cut(&self, reading: Reading<'a>, limit: Limit) -> Outcome {
        reading.decide(|value| match (value, limit) {
            (Value::Int(value) | Value::Time(value) | Value::Length(value), Limit::Int(limit)) => {
                self.crossing(i128::from(value) - i128::from(limit), reading.slope)
            }
            (Value::AtLeast(least), Limit::Int(limit)) if least > limit => (Truth::False, NEVER),
            (Value::Double(value), Limit::Int(limit)) => (
                (compare_mixed(limit, value) != Ordering::Less).into(),
                NEVER,
            ),
            (Value::Double(value), Limit::Double { value: limit, open }) => {
                let limit = limit.get();
                ((value < limit || !open && value <= limit).into(), NEVER)
            }
            (Value::Int(value), Limit::Double { value: limit, open }) => {
                let below = match integer_cut(limit.get(), open) {
                    Ok(limit) => value <= limit,
                    Err(all) => all,
                };
                (below.into(), NEVER)
            }
            _ => (Truth::Unknown, NEVER),
        })
    }

    /// Decides `excess <= 0` for a number that changes with time.
    fn crossing(&self, excess: i128, slope: i64) -> (Truth, i64) {
        let slope_wide = i128::from(slope);
        let lasts = if excess <= 0 && slope > 0 {
            Some(-excess / slope_wide + 1)
        } else if excess > 0 && slope < 0 {
            // The first whole millisecond at which the excess is gone.
            Some((excess - slope_wide - 1) / -slope_wide)
        } else {
            None
        };
        ((excess <= 0).into(), self.after(lasts))
    }

    fn after(&self, millis: Option<i128>) -> i64 {
        let instant = millis.and_then(|millis| i64::try_from(i128::from(self.at) + millis).ok());
        instant.unwrap_or(NEVER)
    }

    fn compare(&self, a: Reading<'a>, b: Reading<'a>, test: impl Fn(Ordering) -> bool) -> Outcome {
        let both = a.joined(&b);
        let (Some(left), Some(right)) = (a.value, b.value) else {
            return Reading {
                value: None,
                ..both
            }
            .test(|_| false);
        };
        let Some(order) = order(left, right) else {
            return Reading {
                value: None,
                ..both
            }
            .test(|_| false);
        };
        let slope = a.slope - b.slope;
        let changes_at = match (left, right) {
            (Value::Time(a), Value::Time(b)) | (Value::Length(a), Value::Length(b))
                if slope != 0 =>
            {
                self.meeting(i128::from(a) - i128::from(b), slope)
            }
            _ => NEVER,
        };
        both.decide(|_| (test(order).into(), changes_at))
    }

    /// Returns when the order of two numbers that approach each other changes.
    fn meeting(&self, difference: i128, slope: i64) -> i64 {
        let slope = i128::from(slope);
        if difference == 0 {
            return self.after(Some(1));
        }
        let approaching = (difference < 0) == (slope > 0);
        self.after(approaching.then(|| (difference.abs() / slope.abs()).max(1)))
    }

    fn has(&mut self, place: TermId, scope: Scope<'a>) -> Outcome {
        let (cell, delivery) = self.place(place, scope);
        let present = !matches!(cell, Cell::Absent);
        Reading::constant(Value::Bool(present))
            .delivered(delivery)
            .test(|_| present)
    }

    /// Finds what lies at the place of a fact, an entry or a field.
    fn place(&self, place: TermId, scope: Scope<'a>) -> (Cell<'a>, Delivery) {
        let always = Delivery::Fresh {
            age: crate::time::Duration::ZERO,
            expires_at: None,
        };
        match &self.program[place] {
            Term::Fact(fact) => {
                let part = self.facts.schema().entry(*fact).part;
                (self.facts.cell(*fact), self.facts.delivery(part))
            }
            Term::Entry(fact, key) => {
                let part = self.facts.schema().entry(*fact).part;
                let present = match self.facts.cell(*fact) {
                    Cell::Scores(scores) => scores.contains_key(key),
                    Cell::Map(values) => values.contains_key(key),
                    _ => false,
                };
                let cell = if present { Cell::Present } else { Cell::Absent };
                (cell, self.facts.delivery(part))
            }
            Term::Field(_, field) => match scope {
                Scope::Row(rows, row) => (rows.cell(row, *field), always),
                _ => (Cell::Absent, Delivery::Never),
            },
            _ => (Cell::Absent, Delivery::Never),
        }
    }

    /// Decides `known(part)`: true or false, never unknown.
    fn known(&self, part: PartId, present: bool) -> Outcome {
        let delivery = self.facts.delivery(part);
        let fresh = Rail {
            truth: (present && delivery.is_fresh()).into(),
            changes_at: NEVER,
        };
        let delivered = present && delivery != Delivery::Never;
        let changes_at = delivery.changes_at().map_or(NEVER, Timestamp::as_millis);
        Outcome {
            fresh,
            last_known: Rail {
                truth: delivered.into(),
                changes_at: NEVER,
            },
            running: Rail {
                truth: fresh.truth,
                changes_at,
            },
        }
    }

    fn known_fact(&mut self, place: TermId, scope: Scope<'a>) -> Outcome {
        let (cell, _) = self.place(place, scope);
        let present = !matches!(cell, Cell::Absent | Cell::Invalid);
        match &self.program[place] {
            Term::Fact(fact) | Term::Entry(fact, _) => {
                self.known(self.facts.schema().entry(*fact).part, present)
            }
            _ => Outcome::always(present.into()),
        }
    }
}

/// Orders two values of one type; numbers of both kinds exactly.
pub(super) fn order(a: Value<'_>, b: Value<'_>) -> Option<Ordering> {
    match (a, b) {
        (Value::Int(a), Value::Int(b))
        | (Value::Time(a), Value::Time(b))
        | (Value::Length(a), Value::Length(b)) => Some(a.cmp(&b)),
        (Value::Double(a), Value::Double(b)) => a.partial_cmp(&b),
        (Value::Int(a), Value::Double(b)) => Some(compare_mixed(a, b)),
        (Value::Double(a), Value::Int(b)) => Some(compare_mixed(b, a).reverse()),
        (Value::Text(a), Value::Text(b)) => Some(a.cmp(b)),
        (Value::Word(a), Value::Word(b)) => Some(a.cmp(&b)),
        (Value::Bool(a), Value::Bool(b)) => Some(a.cmp(&b)),
        _ => None,
    }
}
