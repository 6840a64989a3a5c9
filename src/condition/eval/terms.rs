//! Terms: reading facts, and computing without ever failing.

use super::{Element, Evaluator, Reading, Scope, Value};
use crate::condition::functions::{self, Clock, DAY, LENGTHS, TIMES, doubles, integers};
use crate::condition::program::{Constant, NodeId, Term, TermId};
use crate::condition::tree::Operation;
use crate::condition::truth::NEVER;
use crate::schema::{Cell, FactId};

use std::ops::RangeInclusive;

impl<'a> Evaluator<'a> {
    pub(super) fn term(&mut self, id: TermId, scope: Scope<'a>) -> Reading<'a> {
        let program = self.program;
        match &program[id] {
            Term::Constant(constant) => Reading::constant(value_of(constant)),
            Term::Unknown => Reading::UNKNOWN,
            Term::Fact(fact) => self.fact(*fact),
            Term::Entry(fact, key) => {
                let (cell, delivery) = self.facts.entry_at(*fact, key);
                self.read_cell(cell).delivered(delivery)
            }
            Term::Field(_, field) => match scope.element {
                Element::Row(rows, row) => self.read_cell(rows.cell(row, *field)),
                _ => Reading::UNKNOWN,
            },
            Term::Element => Reading::optional(self.value_of(scope.element)),
            Term::Now => self.now(),
            computed => self.once(id, computed, scope),
        }
    }

    /// Computes a term once in a scope, however often it occurs there.
    fn once(&mut self, id: TermId, term: &'a Term, scope: Scope<'a>) -> Reading<'a> {
        if self.program.term_is_plain(id) {
            return Reading::optional(self.plain_term(id, &scope));
        }
        let scope_id = match self.program.term_is_local(id) {
            true => scope.id,
            false => self.outermost,
        };
        if let Some(known) = self.known_term(id, scope_id) {
            return known;
        }
        let reading = self.compute(term, scope);
        self.remember_term(id, scope_id, reading);
        reading
    }

    fn compute(&mut self, term: &'a Term, scope: Scope<'a>) -> Reading<'a> {
        match term {
            Term::Since(inner)
            | Term::DaysSince(inner)
            | Term::Negate(inner)
            | Term::ToDouble(inner)
            | Term::ToInt(inner)
            | Term::Characters(inner)
            | Term::Clock(_, inner, _) => {
                let inner = self.term(*inner, scope);
                self.of_one(term, inner)
            }
            Term::Arithmetic(operation, a, b) => {
                let (a, b) = (self.term(*a, scope), self.term(*b, scope));
                self.computed(*operation, a, b)
            }
            Term::Size(list) => self.size(list, scope),
            Term::Count(list, body) => self.count(list, *body, scope),
            Term::Choice(test, then, otherwise) => self.chosen(*test, *then, *otherwise, scope),
            Term::Truth(node) => Reading::of_truth(self.node(*node, scope)),
            // Read where it lies: see `term`.
            Term::Constant(_)
            | Term::Unknown
            | Term::Fact(_)
            | Term::Entry(..)
            | Term::Field(..)
            | Term::Element
            | Term::Now => Reading::UNKNOWN,
        }
    }

    /// Computes a term from the one below it.
    fn of_one(&self, term: &Term, inner: Reading<'a>) -> Reading<'a> {
        match term {
            Term::Since(_) => self.since(inner),
            Term::DaysSince(_) => self.whole_days(self.since(inner)),
            Term::Negate(_) => negated(inner),
            Term::Clock(clock, _, offset) => self.clock(*clock, inner, *offset),
            _ => inner.map(|value| converted(term, value)),
        }
    }

    fn chosen(
        &mut self,
        test: NodeId,
        then: TermId,
        otherwise: TermId,
        scope: Scope<'a>,
    ) -> Reading<'a> {
        let test = Reading::of_truth(self.node(test, scope));
        let taken = match test.value {
            Some(Value::Bool(true)) => then,
            Some(_) => otherwise,
            None => return test,
        };
        self.term(taken, scope).joined(&test)
    }

    fn fact(&self, fact: FactId) -> Reading<'a> {
        let there = self.facts.cell_at(fact, self.moment());
        let reading = self.read_cell(there.cell).until(there.changes_at);
        reading.delivered(self.facts.delivery_of(fact))
    }

    /// Reads a plain value, an amount in the one currency.
    pub(super) fn read_cell(&self, cell: Cell<'a>) -> Reading<'a> {
        Reading::optional(self.value_in(cell))
    }

    pub(in crate::condition) fn value_in(&self, cell: Cell<'a>) -> Option<Value<'a>> {
        value_in(self.facts.in_one_currency(cell))
    }

    /// Reads the moment itself.
    fn now(&self) -> Reading<'a> {
        Reading { slope: 1, ..Reading::optional(functions::time(self.at).map(Value::Time)) }
    }

    fn since(&self, time: Reading<'a>) -> Reading<'a> {
        self.computed(Operation::Subtract, self.now(), time)
    }

    fn whole_days(&self, since: Reading<'a>) -> Reading<'a> {
        let Some(Value::Length(millis)) = since.value else {
            return since.without_value();
        };
        let into_day = millis.rem_euclid(DAY);
        let lasts = match since.slope {
            0 => NEVER,
            1 => DAY - into_day,
            -1 => into_day + 1,
            _ => 1,
        };
        let holds_until = since.holds_until.min(self.at.saturating_add(lasts));
        Reading { value: Some(Value::Int(millis.div_euclid(DAY))), slope: 0, holds_until, ..since }
    }

    fn clock(&self, clock: Clock, inner: Reading<'a>, offset: i32) -> Reading<'a> {
        let value = inner.value.and_then(|value| clock_part(clock, value, offset));
        if inner.slope == 0 {
            return Reading { value, ..inner };
        }
        let lasts = match (inner.slope, inner.value) {
            (1, Some(Value::Time(millis))) => clock.lasts(millis, offset),
            (1, None) => NEVER,
            _ => 1,
        };
        let holds_until = inner.holds_until.min(self.at.saturating_add(lasts));
        Reading { value, slope: 0, holds_until, ..inner }
    }

    fn computed(&self, operation: Operation, a: Reading<'a>, b: Reading<'a>) -> Reading<'a> {
        let both = a.joined(&b).without_value();
        let (Some(left), Some(right)) = (a.value, b.value) else {
            return both;
        };
        let value = match (left, right) {
            (Value::Int(_), Value::Int(_)) | (Value::Double(_), Value::Double(_)) => {
                computed(operation, left, right)
            }
            _ => {
                let slope = match operation {
                    Operation::Add => a.slope + b.slope,
                    Operation::Subtract => a.slope - b.slope,
                    _ => 0,
                };
                return self.on_line(operation, left, right, slope, both);
            }
        };
        Reading { value, ..both }
    }

    /// Computes with times and lengths of time, which may move.
    fn on_line(
        &self,
        operation: Operation,
        a: Value<'a>,
        b: Value<'a>,
        slope: i64,
        both: Reading<'a>,
    ) -> Reading<'a> {
        let Some((millis, line)) = Line::reached(operation, a, b) else {
            return both;
        };
        let (kept, changes_at) = self.ranged(millis, slope, &line.range());
        let holds_until = both.holds_until.min(changes_at);
        Reading { value: kept.map(|millis| line.value(millis)), slope, holds_until, ..both }
    }
}

/// The line that times lie on, or lengths of time.
#[derive(Clone, Copy)]
enum Line {
    Times,
    Lengths,
}

impl Line {
    /// Computes a point, which may lie beyond the ends of its line.
    fn reached(operation: Operation, a: Value<'_>, b: Value<'_>) -> Option<(i128, Self)> {
        use Operation::{Add, Multiply, Subtract};

        let sum = |a: i64, b: i64| i128::from(a) + i128::from(b);
        let difference = |a: i64, b: i64| i128::from(a) - i128::from(b);
        Some(match (operation, a, b) {
            (Add, Value::Time(a), Value::Length(b)) | (Add, Value::Length(a), Value::Time(b)) => {
                (sum(a, b), Self::Times)
            }
            (Subtract, Value::Time(a), Value::Length(b)) => (difference(a, b), Self::Times),
            (Subtract, Value::Time(a), Value::Time(b))
            | (Subtract, Value::Length(a), Value::Length(b)) => (difference(a, b), Self::Lengths),
            (Add, Value::Length(a), Value::Length(b)) => (sum(a, b), Self::Lengths),
            (Multiply, Value::Int(a), Value::Length(b)) => {
                (i128::from(a) * i128::from(b), Self::Lengths)
            }
            _ => return None,
        })
    }

    fn range(self) -> RangeInclusive<i64> {
        match self {
            Self::Times => TIMES,
            Self::Lengths => LENGTHS,
        }
    }

    fn value<'a>(self, millis: i64) -> Value<'a> {
        match self {
            Self::Times => Value::Time(millis),
            Self::Lengths => Value::Length(millis),
        }
    }
}

/// Computes with values that do not move; none where CEL has an error.
pub(super) fn computed<'a>(operation: Operation, a: Value<'a>, b: Value<'a>) -> Option<Value<'a>> {
    match (a, b) {
        (Value::Int(a), Value::Int(b)) => integers(operation, a, b).map(Value::Int),
        (Value::Double(a), Value::Double(b)) => doubles(operation, a, b).map(Value::Double),
        _ => {
            let (millis, line) = Line::reached(operation, a, b)?;
            let millis = i64::try_from(millis).ok()?;
            line.range().contains(&millis).then(|| line.value(millis))
        }
    }
}

/// Reads a part off a time or a length of time.
pub(super) fn clock_part<'a>(clock: Clock, value: Value<'a>, offset: i32) -> Option<Value<'a>> {
    let part = match value {
        Value::Time(millis) => clock.of_time(millis, offset)?,
        Value::Length(millis) => clock.of_length(millis)?,
        _ => return None,
    };
    Some(Value::Int(part))
}

/// Turns a value into one of another type.
pub(super) fn converted<'a>(term: &Term, value: Value<'a>) -> Option<Value<'a>> {
    match (term, value) {
        (Term::ToDouble(_), Value::Int(value)) => Some(Value::Double(functions::to_double(value))),
        (Term::ToInt(_), Value::Double(value)) => functions::truncated(value).map(Value::Int),
        (Term::Characters(_), Value::Text(text)) => {
            i64::try_from(text.chars().count()).ok().map(Value::Int)
        }
        _ => None,
    }
}

/// Reads a plain value; what is absent or invalid has none.
pub(in crate::condition) fn value_in(cell: Cell<'_>) -> Option<Value<'_>> {
    match cell {
        Cell::Bool(value) => Some(Value::Bool(value)),
        Cell::Int(value) => Some(Value::Int(value)),
        Cell::Double(value) => value.is_finite().then_some(Value::Double(value)),
        Cell::Text(text) => Some(Value::Text(text)),
        Cell::Word(code) => Some(Value::Word(code)),
        Cell::Time(time) => Some(Value::Time(time.as_millis())),
        Cell::Length(length) => Some(Value::Length(length.as_millis())),
        _ => None,
    }
}

pub(in crate::condition) fn value_of(constant: &Constant) -> Value<'_> {
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
    Reading { value: reading.value.and_then(negated_value), slope: -reading.slope, ..reading }
}

pub(super) fn negated_value(value: Value<'_>) -> Option<Value<'_>> {
    match value {
        Value::Int(value) => value.checked_neg().map(Value::Int),
        Value::Double(value) => Some(Value::Double(-value)),
        Value::Length(value) => value.checked_neg().map(Value::Length),
        _ => None,
    }
}
