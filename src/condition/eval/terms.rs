//! Terms: reading facts, and computing without ever failing.

use super::{Evaluator, Reading, Scope, Value};
use crate::condition::functions::{self, Clock, DAY, doubles, integers};
use crate::condition::program::{Constant, Term, TermId};
use crate::condition::tree::Operation;
use crate::condition::truth::{NEVER, Truth};
use crate::schema::{Cell, FactId};

impl<'a> Evaluator<'a> {
    pub(super) fn term(&mut self, id: TermId, scope: Scope<'a>) -> Reading<'a> {
        let program = self.program;
        match &program[id] {
            Term::Constant(constant) => Reading::constant(value_of(constant)),
            Term::Unknown => Reading::UNKNOWN,
            Term::Fact(fact) => self.fact(*fact),
            Term::Entry(fact, key) => self.entry(*fact, key),
            Term::Field(_, field) => match scope {
                Scope::Row(rows, row) => self.from_cell(rows.cell(row, *field)),
                _ => Reading::UNKNOWN,
            },
            Term::Element => match scope {
                Scope::Cell(cell) => self.from_cell(cell),
                Scope::Value(value) => Reading::constant(value),
                _ => Reading::UNKNOWN,
            },
            Term::Now => Reading {
                slope: 1,
                ..Reading::constant(Value::Time(self.at))
            },
            Term::Since(time) => {
                let time = self.term(*time, scope);
                self.since(time)
            }
            Term::DaysSince(time) => {
                let time = self.term(*time, scope);
                let since = self.since(time);
                self.whole_days(since)
            }
            Term::Negate(inner) => negated(self.term(*inner, scope)),
            Term::Arithmetic(operation, a, b) => {
                let (a, b) = (self.term(*a, scope), self.term(*b, scope));
                computed(*operation, a, b)
            }
            Term::ToDouble(inner) => self.term(*inner, scope).map(|value| match value {
                Value::Int(value) => Some(Value::Double(functions::to_double(value))),
                _ => None,
            }),
            Term::ToInt(inner) => self.term(*inner, scope).map(|value| match value {
                Value::Double(value) => functions::truncated(value).map(Value::Int),
                _ => None,
            }),
            Term::Characters(text) => self.term(*text, scope).map(|value| match value {
                Value::Text(text) => i64::try_from(text.chars().count()).ok().map(Value::Int),
                _ => None,
            }),
            Term::Size(list) => self.size(list, scope),
            Term::Count(list, body) => self.count(list, *body, scope),
            Term::Clock(clock, inner, offset) => {
                let inner = self.term(*inner, scope);
                self.clock(*clock, inner, *offset)
            }
            Term::Choice(test, then, otherwise) => {
                let test = self.node(*test, scope);
                let (taken, fresh) = match (test.fresh.truth, test.last_known.truth) {
                    (Truth::True, _) => (*then, true),
                    (Truth::False, _) => (*otherwise, true),
                    (Truth::Unknown, Truth::True) => (*then, false),
                    (Truth::Unknown, Truth::False) => (*otherwise, false),
                    _ => {
                        return Reading {
                            holds_until: test.frozen_change(),
                            ..Reading::UNKNOWN
                        };
                    }
                };
                let taken = self.term(taken, scope);
                let tested = Reading {
                    fresh,
                    holds_until: test.frozen_change(),
                    expires_at: test.running.changes_at,
                    ..Reading::UNKNOWN
                };
                taken.joined(&tested)
            }
            Term::Truth(node) => {
                let outcome = self.node(*node, scope);
                let value = |truth| match truth {
                    Truth::True => Some(Value::Bool(true)),
                    Truth::False => Some(Value::Bool(false)),
                    Truth::Unknown => None,
                };
                Reading {
                    value: value(outcome.last_known.truth),
                    fresh: outcome.fresh.truth != Truth::Unknown,
                    slope: 0,
                    holds_until: outcome.frozen_change(),
                    expires_at: outcome.running.changes_at,
                }
            }
        }
    }

    fn fact(&self, fact: FactId) -> Reading<'a> {
        let part = self.facts.schema().entry(fact).part;
        self.from_cell(self.facts.cell(fact))
            .delivered(self.facts.delivery(part))
    }

    fn entry(&self, fact: FactId, key: &str) -> Reading<'a> {
        let part = self.facts.schema().entry(fact).part;
        match self.facts.cell(fact) {
            Cell::Scores(scores) => match scores.get(key) {
                Some(score) => {
                    let delivery = self.facts.score_delivery(part, score);
                    self.from_cell(Cell::Double(score.value))
                        .delivered(delivery)
                }
                None => Reading::UNKNOWN.delivered(self.facts.delivery(part)),
            },
            Cell::Map(values) => {
                let cell = values
                    .get(key)
                    .map_or(Cell::Absent, crate::schema::Stored::cell);
                self.from_cell(cell).delivered(self.facts.delivery(part))
            }
            _ => Reading::UNKNOWN.delivered(self.facts.delivery(part)),
        }
    }

    /// Reads a plain value; what is absent or invalid has none.
    pub(super) fn from_cell(&self, cell: Cell<'a>) -> Reading<'a> {
        Reading::optional(match self.facts.in_one_currency(cell) {
            Cell::Bool(value) => Some(Value::Bool(value)),
            Cell::Int(value) => Some(Value::Int(value)),
            Cell::Double(value) => value.is_finite().then_some(Value::Double(value)),
            Cell::Text(text) => Some(Value::Text(text)),
            Cell::Word(code) => Some(Value::Word(code)),
            Cell::Time(time) => Some(Value::Time(time.as_millis())),
            Cell::Length(length) => Some(Value::Length(length.as_millis())),
            _ => None,
        })
    }

    fn since(&self, time: Reading<'a>) -> Reading<'a> {
        let now = Reading {
            slope: 1,
            ..Reading::constant(Value::Time(self.at))
        };
        computed(Operation::Subtract, now, time)
    }

    fn whole_days(&self, since: Reading<'a>) -> Reading<'a> {
        let Some(Value::Length(millis)) = since.value else {
            return Reading {
                value: None,
                ..since
            };
        };
        let into_day = millis.rem_euclid(DAY);
        let lasts = match since.slope {
            0 => NEVER,
            1 => DAY - into_day,
            -1 => into_day + 1,
            _ => 1,
        };
        let holds_until = since.holds_until.min(self.at.saturating_add(lasts));
        Reading {
            value: Some(Value::Int(millis.div_euclid(DAY))),
            slope: 0,
            holds_until,
            ..since
        }
    }

    fn clock(&self, clock: Clock, inner: Reading<'a>, offset: i32) -> Reading<'a> {
        let (value, lasts) = match inner.value {
            Some(Value::Time(millis)) => {
                (clock.of_time(millis, offset), clock.lasts(millis, offset))
            }
            Some(Value::Length(millis)) => (clock.of_length(millis), 1),
            _ => (None, NEVER),
        };
        let lasts = match inner.slope {
            0 => NEVER,
            1 => lasts,
            _ => 1,
        };
        let holds_until = inner.holds_until.min(self.at.saturating_add(lasts));
        Reading {
            value: value.map(Value::Int),
            slope: 0,
            holds_until,
            ..inner
        }
    }
}

pub(super) fn value_of(constant: &Constant) -> Value<'_> {
    match constant {
        Constant::Bool(value) => Value::Bool(*value),
        Constant::Int(value) => Value::Int(*value),
        Constant::Double(value) => Value::Double(value.get()),
        Constant::Text(text) => Value::Text(text),
        Constant::Word(code) => Value::Word(*code),
        Constant::Time(millis) => Value::Time(*millis),
        Constant::Length(millis) => Value::Length(*millis),
    }
}

fn negated(reading: Reading<'_>) -> Reading<'_> {
    let value = reading.value.and_then(|value| match value {
        Value::Int(value) => value.checked_neg().map(Value::Int),
        Value::Double(value) => Some(Value::Double(-value)),
        Value::Length(value) => value.checked_neg().map(Value::Length),
        _ => None,
    });
    Reading {
        value,
        slope: -reading.slope,
        ..reading
    }
}

fn computed<'a>(operation: Operation, a: Reading<'a>, b: Reading<'a>) -> Reading<'a> {
    use Operation::{Add, Multiply, Subtract};

    let both = a.joined(&b);
    let (Some(left), Some(right)) = (a.value, b.value) else {
        return Reading {
            value: None,
            slope: 0,
            ..both
        };
    };
    let value = match (operation, left, right) {
        (_, Value::Int(a), Value::Int(b)) => integers(operation, a, b).map(Value::Int),
        (_, Value::Double(a), Value::Double(b)) => doubles(operation, a, b).map(Value::Double),
        (Add, Value::Time(a), Value::Length(b)) | (Add, Value::Length(a), Value::Time(b)) => {
            a.checked_add(b).and_then(functions::time).map(Value::Time)
        }
        (Subtract, Value::Time(a), Value::Length(b)) => {
            a.checked_sub(b).and_then(functions::time).map(Value::Time)
        }
        (Subtract, Value::Time(a), Value::Time(b)) => a
            .checked_sub(b)
            .and_then(functions::length)
            .map(Value::Length),
        (Add, Value::Length(a), Value::Length(b)) => a
            .checked_add(b)
            .and_then(functions::length)
            .map(Value::Length),
        (Subtract, Value::Length(a), Value::Length(b)) => a
            .checked_sub(b)
            .and_then(functions::length)
            .map(Value::Length),
        (Multiply, Value::Int(a), Value::Length(b)) => a
            .checked_mul(b)
            .and_then(functions::length)
            .map(Value::Length),
        _ => None,
    };
    let slope = match operation {
        Add => a.slope + b.slope,
        Subtract => a.slope - b.slope,
        _ => 0,
    };
    Reading {
        value,
        slope,
        ..both
    }
}
