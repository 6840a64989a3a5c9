//! Terms: reading facts, and computing without ever failing.

use super::{Element, Evaluator, Reading, Scope, Value};
use crate::condition::functions::{self, Clock, DAY, LENGTHS, TIMES, doubles, integers};
use crate::condition::program::{Constant, NodeId, Term, TermId};
use crate::condition::tree::Operation;
use crate::condition::truth::NEVER;
use crate::schema::{Cell, FactId};

impl<'a> Evaluator<'a> {
    pub(super) fn term(&mut self, id: TermId, scope: Scope<'a>) -> Reading<'a> {
        let program = self.program;
        match &program[id] {
            Term::Constant(constant) => Reading::constant(value_of(constant)),
            Term::Unknown => Reading::UNKNOWN,
            Term::Fact(fact) => self.fact(*fact),
            Term::Entry(fact, key) => {
                let (cell, delivery) = self.entry_at(*fact, key);
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
        let scope_id = match self.program.term_is_local(id) {
            true => scope.id,
            false => self.outermost,
        };
        if let Some(Some((known_in, known))) = self.terms.get(id.0 as usize)
            && *known_in == scope_id
        {
            return *known;
        }
        let reading = self.compute(term, scope);
        if let Some(place) = self.terms.get_mut(id.0 as usize) {
            *place = Some((scope_id, reading));
        }
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
            _ => inner.map(|value| match (term, value) {
                (Term::ToDouble(_), Value::Int(value)) => {
                    Some(Value::Double(functions::to_double(value)))
                }
                (Term::ToInt(_), Value::Double(value)) => {
                    functions::truncated(value).map(Value::Int)
                }
                (Term::Characters(_), Value::Text(text)) => {
                    i64::try_from(text.chars().count()).ok().map(Value::Int)
                }
                _ => None,
            }),
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
        let part = self.facts.schema().entry(fact).part;
        self.read_cell(self.facts.cell(fact)).delivered(self.facts.delivery(part))
    }

    /// Reads a plain value; what is absent or invalid has none.
    pub(super) fn read_cell(&self, cell: Cell<'a>) -> Reading<'a> {
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
        Reading { value: value.map(Value::Int), slope: 0, holds_until, ..inner }
    }

    fn computed(&self, operation: Operation, a: Reading<'a>, b: Reading<'a>) -> Reading<'a> {
        let both = a.joined(&b).without_value();
        let (Some(left), Some(right)) = (a.value, b.value) else {
            return both;
        };
        let value = match (left, right) {
            (Value::Int(a), Value::Int(b)) => integers(operation, a, b).map(Value::Int),
            (Value::Double(a), Value::Double(b)) => doubles(operation, a, b).map(Value::Double),
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
        use Operation::{Add, Multiply, Subtract};

        let sum = |a: i64, b: i64| i128::from(a) + i128::from(b);
        let difference = |a: i64, b: i64| i128::from(a) - i128::from(b);
        let (millis, is_time) = match (operation, a, b) {
            (Add, Value::Time(a), Value::Length(b)) | (Add, Value::Length(a), Value::Time(b)) => {
                (sum(a, b), true)
            }
            (Subtract, Value::Time(a), Value::Length(b)) => (difference(a, b), true),
            (Subtract, Value::Time(a), Value::Time(b))
            | (Subtract, Value::Length(a), Value::Length(b)) => (difference(a, b), false),
            (Add, Value::Length(a), Value::Length(b)) => (sum(a, b), false),
            (Multiply, Value::Int(a), Value::Length(b)) => (i128::from(a) * i128::from(b), false),
            _ => return both,
        };
        let range = if is_time { TIMES } else { LENGTHS };
        let (kept, changes_at) = self.ranged(millis, slope, &range);
        Reading {
            value: kept.map(if is_time { Value::Time } else { Value::Length }),
            slope,
            holds_until: both.holds_until.min(changes_at),
            ..both
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
    Reading { value, slope: -reading.slope, ..reading }
}
