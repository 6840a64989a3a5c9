//! Terms: values that are read or computed, folded where they are constant.

use super::{Lowering, Sort};
use crate::condition::functions::{DAY, doubles, integers, length, time, to_double, truncated};
use crate::condition::program::{Constant, Real, Term, TermId};
use crate::condition::tree::Operation;
use crate::condition::typed::{Kind, Ty, Typed};
use crate::schema::Type;

impl Lowering<'_> {
    pub(super) fn term(&mut self, typed: &Typed) -> TermId {
        let term = match &typed.kind {
            Kind::Constant(constant) => Term::Constant(constant.clone()),
            Kind::Fact(fact) => Term::Fact(*fact),
            Kind::Entry(fact, key) => Term::Entry(*fact, key.clone()),
            Kind::Field(list, field) => Term::Field(*list, *field),
            Kind::Element => Term::Element,
            Kind::Now => Term::Now,
            Kind::Since(time) => Term::Since(self.term(time)),
            Kind::DaysSince(time) => Term::DaysSince(self.term(time)),
            Kind::Negate(inner) => {
                let inner = self.term(inner);
                self.negated(inner)
            }
            Kind::Arithmetic(operation, a, b) => {
                let (a, b) = (self.term(a), self.term(b));
                self.computed(*operation, a, b)
            }
            Kind::Units(millis, count) => {
                let count = self.term(count);
                let unit = self.program.term(Term::Constant(Constant::Length(*millis)));
                self.computed(Operation::Multiply, count, unit)
            }
            Kind::ToDouble(inner) => self.double_of(inner),
            Kind::ToInt(inner) => self.int_of(inner),
            Kind::Characters(text) => Term::Characters(self.term(text)),
            Kind::Clock(clock, inner, offset) => Term::Clock(*clock, self.term(inner), *offset),
            Kind::Size(list) => self.size(list),
            Kind::Choice(test, then, otherwise) if typed.ty != Ty::Of(Type::Bool) => {
                Term::Choice(self.truth(test), self.term(then), self.term(otherwise))
            }
            Kind::Error | Kind::Written(_) | Kind::Filter(..) => Term::Unknown,
            // Everything else is a truth.
            _ => Term::Truth(self.truth(typed)),
        };
        let id = self.program.term(term);
        self.note_sort(id, &typed.ty);
        id
    }

    /// Remembers what a term is; the element of the next macro may be another.
    fn note_sort(&mut self, term: TermId, ty: &Ty) {
        let sort = match ty {
            Ty::Of(Type::Double) => Sort::Double,
            Ty::Of(Type::Timestamp) => Sort::Time,
            Ty::Of(Type::Duration) => Sort::Length,
            _ => Sort::Other,
        };
        self.sorts.insert(term, sort);
    }

    fn negated(&mut self, inner: TermId) -> Term {
        match self.constant_of(inner) {
            Some(Constant::Int(value)) => value
                .checked_neg()
                .map_or(Term::Unknown, |value| Term::Constant(Constant::Int(value))),
            Some(Constant::Double(value)) => {
                Term::Constant(Constant::Double(Real::new(-value.get())))
            }
            Some(Constant::Length(value)) => Term::Constant(Constant::Length(-value)),
            _ => Term::Negate(inner),
        }
    }

    fn computed(&mut self, operation: Operation, a: TermId, b: TermId) -> Term {
        match (self.constant_of(a), self.constant_of(b)) {
            (Some(a), Some(b)) => folded(operation, &a, &b).map_or(Term::Unknown, Term::Constant),
            _ => Term::Arithmetic(operation, a, b),
        }
    }

    fn double_of(&mut self, inner: &Typed) -> Term {
        let inner = self.term(inner);
        match self.constant_of(inner) {
            Some(Constant::Int(value)) => {
                Term::Constant(Constant::Double(Real::new(to_double(value))))
            }
            _ => Term::ToDouble(inner),
        }
    }

    fn int_of(&mut self, inner: &Typed) -> Term {
        let inner = self.term(inner);
        match self.constant_of(inner) {
            Some(Constant::Double(value)) => truncated(value.get())
                .map_or(Term::Unknown, |value| Term::Constant(Constant::Int(value))),
            _ => Term::ToInt(inner),
        }
    }

    fn size(&mut self, list: &Typed) -> Term {
        match &list.kind {
            Kind::Filter(list, body) => {
                let (list, body) = self.list_and_body(list, body);
                Term::Count(list, body)
            }
            _ => Term::Size(self.list(list)),
        }
    }

    /// Rewrites whole days as a length of time: `days_since(t) <= n` is
    /// `since(t) <= (n + 1) days - 1 ms`.
    pub(super) fn days_as_since(&mut self, term: TermId, limit: i64) -> Option<(TermId, i64)> {
        let Term::DaysSince(time) = &self.program[term] else {
            return None;
        };
        let time = *time;
        let limit = limit.checked_add(1)?.checked_mul(DAY)?.checked_sub(1)?;
        Some((self.program.term(Term::Since(time)), limit))
    }
}

/// Computes with constants; `None` where CEL has an error.
fn folded(operation: Operation, a: &Constant, b: &Constant) -> Option<Constant> {
    use Operation::{Add, Multiply, Subtract};

    Some(match (operation, a, b) {
        (_, Constant::Int(a), Constant::Int(b)) => Constant::Int(integers(operation, *a, *b)?),
        (_, Constant::Double(a), Constant::Double(b)) => {
            Constant::Double(Real::new(doubles(operation, a.get(), b.get())?))
        }
        (Add, Constant::Time(a), Constant::Length(b))
        | (Add, Constant::Length(b), Constant::Time(a)) => {
            Constant::Time(time(a.checked_add(*b)?)?)
        }
        (Subtract, Constant::Time(a), Constant::Length(b)) => {
            Constant::Time(time(a.checked_sub(*b)?)?)
        }
        (Subtract, Constant::Time(a), Constant::Time(b)) => {
            Constant::Length(length(a.checked_sub(*b)?)?)
        }
        (Add, Constant::Length(a), Constant::Length(b)) => {
            Constant::Length(length(a.checked_add(*b)?)?)
        }
        (Subtract, Constant::Length(a), Constant::Length(b)) => {
            Constant::Length(length(a.checked_sub(*b)?)?)
        }
        (Multiply, Constant::Int(a), Constant::Length(b)) => {
            Constant::Length(length(a.checked_mul(*b)?)?)
        }
        _ => return None,
    })
}
