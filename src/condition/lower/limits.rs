//! Order and equality of terms, as cuts of a line where one side is constant.

use super::{Lowering, Sort};
use crate::condition::functions::{LENGTHS, TIMES, compare_mixed, integer_cut, to_double};
use crate::condition::program::{Atom, Constant, Limit, NodeId, Real, Term, TermId};
use crate::condition::tree::Operation;
use crate::schema::{FACT_TIMES, Type};

use std::cmp::Ordering;
use std::ops::RangeInclusive;

impl Lowering<'_> {
    /// `a < b`
    pub(super) fn less(&mut self, a: TermId, b: TermId, ty: &Type) -> NodeId {
        if let Some(order) = self.constant_order(a, b) {
            return self.program.constant(order.map(|order| order == Ordering::Less));
        }
        if matches!(ty, Type::Timestamp | Type::Duration)
            && let Some(node) = self.line_less(a, b)
        {
            return node;
        }
        match (self.constant_of(a), self.constant_of(b)) {
            (_, Some(limit)) if is_number(&limit) => self.cut(a, &limit, true),
            (Some(limit), _) if is_number(&limit) => {
                let at_most = self.cut(b, &limit, false);
                self.program.not(at_most)
            }
            _ => self.program.atom(Atom::Less(a, b)),
        }
    }

    /// `a == b`
    pub(super) fn equal(&mut self, a: TermId, b: TermId, ty: &Type) -> NodeId {
        if let Some(order) = self.constant_order(a, b) {
            return self.program.constant(order.map(|order| order == Ordering::Equal));
        }
        if matches!(ty, Type::Timestamp | Type::Duration)
            && let Some(below) = self.line_less(a, b)
            && let Some(above) = self.line_less(b, a)
        {
            return self.neither(below, above);
        }
        let (term, constant) = match (self.constant_of(a), self.constant_of(b)) {
            (_, Some(constant)) => (a, constant),
            (Some(constant), _) => (b, constant),
            // One atom for both ways to write it.
            _ => return self.program.atom(Atom::Equal(a.min(b), a.max(b))),
        };
        if !is_number(&constant) {
            return self.program.atom(Atom::Is(term, constant));
        }
        let at_most = self.cut(term, &constant, false);
        let below = self.cut(term, &constant, true);
        let not_below = self.program.not(below);
        self.program.all([at_most, not_below])
    }

    fn neither(&mut self, below: NodeId, above: NodeId) -> NodeId {
        let (not_below, not_above) = (self.program.not(below), self.program.not(above));
        self.program.all([not_below, not_above])
    }

    /// Orders two constants: `Some(None)` if one of them is an error.
    fn constant_order(&self, a: TermId, b: TermId) -> Option<Option<Ordering>> {
        let is_constant =
            |id: TermId| matches!(self.program[id], Term::Constant(_) | Term::Unknown);
        if !is_constant(a) || !is_constant(b) {
            return None;
        }
        let (Some(a), Some(b)) = (self.constant_of(a), self.constant_of(b)) else {
            return Some(None);
        };
        Some(match (&a, &b) {
            (Constant::Int(a), Constant::Int(b))
            | (Constant::Time(a), Constant::Time(b))
            | (Constant::Length(a), Constant::Length(b)) => Some(a.cmp(b)),
            (Constant::Double(a), Constant::Double(b)) => a.get().partial_cmp(&b.get()),
            (Constant::Int(a), Constant::Double(b)) => Some(compare_mixed(*a, b.get())),
            (Constant::Double(a), Constant::Int(b)) => Some(compare_mixed(*b, a.get()).reverse()),
            (Constant::Text(a), Constant::Text(b)) => Some(a.cmp(b)),
            (Constant::Word(a), Constant::Word(b)) => Some(a.cmp(b)),
            _ => None,
        })
    }

    /// `term <= limit`, or `term < limit` if the limit is open.
    fn cut(&mut self, term: TermId, limit: &Constant, open: bool) -> NodeId {
        match (limit, self.is_double(term)) {
            (Constant::Int(limit), false)
            | (Constant::Time(limit) | Constant::Length(limit), _) => {
                self.integer_limit(term, *limit, open)
            }
            (Constant::Double(limit), false) => match integer_cut(limit.get(), open) {
                Ok(limit) => self.integer_limit(term, limit, false),
                Err(truth) => self.always(term, truth),
            },
            (Constant::Int(limit), true) => self.double_limit(term, *limit, open),
            (Constant::Double(limit), true) => {
                // Zero has one sign, so that equal limits are one atom.
                let value = Real::new(limit.get() + 0.0);
                self.program.atom(Atom::Cut(term, Limit::Double { value, open }))
            }
            _ => self.program.constant(None),
        }
    }

    fn integer_limit(&mut self, term: TermId, limit: i64, open: bool) -> NodeId {
        let Some(limit) = (if open { limit.checked_sub(1) } else { Some(limit) }) else {
            return self.always(term, false);
        };
        let (term, limit) = self.days_as_since(term, limit).unwrap_or((term, limit));
        self.program.atom(Atom::Cut(term, Limit::Int(limit)))
    }

    /// Cuts a double at a whole number that may lie between two doubles.
    fn double_limit(&mut self, term: TermId, limit: i64, open: bool) -> NodeId {
        let nearest = to_double(limit);
        let (value, open) = match compare_mixed(limit, nearest) {
            Ordering::Equal => (nearest, open),
            // No double lies between the two: above the one is above the other.
            Ordering::Less => (nearest, true),
            Ordering::Greater => (nearest, false),
        };
        let value = Real::new(value + 0.0);
        self.program.atom(Atom::Cut(term, Limit::Double { value, open }))
    }

    /// True or false of every value the term can have.
    fn always(&mut self, term: TermId, truth: bool) -> NodeId {
        let atom = self.program.atom(Atom::Cut(term, Limit::Int(i64::MAX)));
        self.if_known(atom, truth)
    }

    fn is_double(&self, term: TermId) -> bool {
        self.sorts.get(&term) == Some(&Sort::Double)
    }

    /// `a < b` for times and lengths of time that differ by one unknown.
    ///
    /// Nothing is moved to the other side that could overflow where it stood:
    /// CEL has an error there, and the rewritten form would hide it.
    fn line_less(&mut self, a: TermId, b: TermId) -> Option<NodeId> {
        let mut line = Line::default();
        self.collect(a, 1, &mut line)?;
        self.collect(b, -1, &mut line)?;
        // INVARIANT: the constants of a condition are at most 292 years each.
        let limit = line.constant.checked_neg()?;
        let (term, sign) = match (line.term, line.now) {
            (Some((term, -1, between)), 1) => (self.since(term, between)?, 1),
            (Some((term, 1, between)), -1) => (self.since(term, between)?, -1),
            (Some((term, sign, _)), 0) => (term, sign),
            (None, sign @ (1 | -1)) => (self.program.term(Term::Now), sign),
            _ => return None,
        };
        if sign == 1 {
            return Some(self.integer_limit(term, limit, true));
        }
        let at_most = self.integer_limit(term, limit.checked_neg()?, false);
        Some(self.program.not(at_most))
    }

    fn since(&mut self, term: TermId, between: Between) -> Option<TermId> {
        Between::FACT_TIMES.minus(between)?.within(&LENGTHS)?;
        let is_time = self.sorts.get(&term) == Some(&Sort::Time);
        is_time.then(|| self.program.term(Term::Since(term)))
    }

    /// Adds a term to a line; returns between which values it lies.
    fn collect(&self, id: TermId, sign: i64, line: &mut Line) -> Option<Between> {
        match &self.program[id] {
            Term::Constant(Constant::Time(value) | Constant::Length(value)) => {
                line.constant = line.constant.checked_add(value.checked_mul(sign)?)?;
                Some(Between::only(*value))
            }
            Term::Now => {
                line.now += sign;
                Some(Between::FACT_TIMES)
            }
            Term::Since(time) => {
                line.now += sign;
                let time = self.collect(*time, -sign, line)?;
                Between::FACT_TIMES.minus(time)?.within(&LENGTHS)
            }
            Term::Negate(inner) => {
                let inner = self.collect(*inner, -sign, line)?;
                Between::only(0).minus(inner)?.within(&LENGTHS)
            }
            Term::Arithmetic(Operation::Add, a, b) => {
                let a = self.collect(*a, sign, line)?;
                a.plus(self.collect(*b, sign, line)?)?.within(self.range_of(id)?)
            }
            Term::Arithmetic(Operation::Subtract, a, b) => {
                let a = self.collect(*a, sign, line)?;
                a.minus(self.collect(*b, -sign, line)?)?.within(self.range_of(id)?)
            }
            Term::Unknown => None,
            _ if line.term.is_some() => None,
            stored => {
                let is_stored = match stored {
                    Term::Fact(_) | Term::Entry(..) | Term::Field(..) => true,
                    Term::Element => self.elements_are_stored,
                    _ => false,
                };
                let between = match self.range_of(id)? {
                    range if *range == TIMES && is_stored => Between::FACT_TIMES,
                    range => Between(*range.start(), *range.end()),
                };
                line.term = Some((id, sign, between));
                Some(between)
            }
        }
    }

    fn range_of(&self, term: TermId) -> Option<&'static RangeInclusive<i64>> {
        match self.sorts.get(&term)? {
            Sort::Time => Some(&TIMES),
            Sort::Length => Some(&LENGTHS),
            Sort::Double | Sort::Other => None,
        }
    }
}

/// `constant + now * now + sign * term`
#[derive(Default)]
struct Line {
    constant: i64,
    now: i64,
    term: Option<(TermId, i64, Between)>,
}

/// The least and the greatest value something may have.
#[derive(Clone, Copy)]
struct Between(i64, i64);

impl Between {
    /// The times that facts may have; nobody decides outside of them either.
    const FACT_TIMES: Self = Self(*FACT_TIMES.start(), *FACT_TIMES.end());

    fn only(value: i64) -> Self {
        Self(value, value)
    }

    fn plus(self, other: Self) -> Option<Self> {
        Some(Self(self.0.checked_add(other.0)?, self.1.checked_add(other.1)?))
    }

    fn minus(self, other: Self) -> Option<Self> {
        Some(Self(self.0.checked_sub(other.1)?, self.1.checked_sub(other.0)?))
    }

    fn within(self, range: &RangeInclusive<i64>) -> Option<Self> {
        (range.contains(&self.0) && range.contains(&self.1)).then_some(self)
    }
}

fn is_number(constant: &Constant) -> bool {
    !matches!(constant, Constant::Bool(_) | Constant::Text(_) | Constant::Word(_))
}
