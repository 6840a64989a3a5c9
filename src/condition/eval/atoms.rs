//! Atoms: cuts, equalities and questions about what is known.

use super::{Element, Evaluator, Reading, Scope, Value};
use crate::condition::functions::{compare_mixed, integer_cut};
use crate::condition::program::{Atom, AtomId, Limit, Term, TermId};
use crate::condition::truth::{NEVER, Outcome, Rail, Truth};
use crate::context::Completeness;
use crate::schema::{Cell, Delivery, Moment};
use crate::time::Timestamp;

use std::cmp::Ordering;
use std::ops::RangeInclusive;

impl<'a> Evaluator<'a> {
    // Whatever lies deep goes by way of `node`, whose frame has to stay small.
    #[inline(never)]
    pub(super) fn atom(&mut self, id: AtomId, scope: Scope<'a>) -> Outcome {
        let program = self.program;
        match &program[id] {
            Atom::Cut(term, limit) => self.cut(*term, *limit, scope),
            Atom::Is(term, constant) => {
                let constant = super::terms::value_of(constant);
                self.is(*term, constant, scope)
            }
            Atom::Truth(term) => self.is(*term, Value::Bool(true), scope),
            Atom::Has(place) => self.has(*place, scope),
            Atom::KnownPart(part) => known(self.facts.delivery(*part), true),
            Atom::KnownFact(place) => self.known_fact(*place, scope),
            Atom::Text(test, text, needle) => {
                let holds = |text: Value<'a>, needle: Value<'a>| match (text, needle) {
                    (Value::Text(text), Value::Text(needle)) => Some(test.holds(text, needle)),
                    _ => None,
                };
                self.compare(*text, *needle, &holds, scope)
            }
            Atom::Less(a, b) => self.compare(*a, *b, &less, scope),
            Atom::Equal(a, b) => self.compare(*a, *b, &equal, scope),
            Atom::Member(item, list) => self.member(*item, list, scope),
            Atom::Exists(list, body) => self.exists(list, *body, scope),
            Atom::One(list, body) => self.exactly_one(list, *body, scope),
        }
    }

    fn is(&mut self, term: TermId, constant: Value<'a>, scope: Scope<'a>) -> Outcome {
        self.term(term, scope).test(|value| value == constant)
    }

    /// Leaps to where the answer of a model gets to the other side of a cut.
    fn leaping(&self, term: TermId, limit: Limit, reading: Reading<'a>) -> Reading<'a> {
        let Term::Fact(fact) = &self.program[term] else {
            return reading;
        };
        if reading.holds_until == NEVER {
            return reading;
        }
        let test = |cell: Cell<'static>| {
            let truth = side(super::terms::value_in(cell)?, limit);
            Some(truth == Truth::True)
        };
        let other = self.facts.first_other(*fact, self.moment(), &test);
        Reading { holds_until: other.map_or(NEVER, Timestamp::as_millis), ..reading }
    }

    /// Cuts the line of a term, and finds out when the term crosses the cut.
    fn cut(&mut self, term: TermId, limit: Limit, scope: Scope<'a>) -> Outcome {
        let reading = self.term(term, scope);
        let reading = self.leaping(term, limit, reading);
        reading.decide(|value| (side(value, limit), self.crossing(value, limit, reading.slope)))
    }

    /// Returns when a value that changes with time gets to the other side.
    fn crossing(&self, value: Value<'a>, limit: Limit, slope: i64) -> i64 {
        let (Value::Int(value) | Value::Time(value) | Value::Length(value), Limit::Int(limit)) =
            (value, limit)
        else {
            return NEVER;
        };
        let (excess, speed) = (i128::from(value) - i128::from(limit), i128::from(slope));
        let lasts = if excess <= 0 && slope > 0 {
            Some(-excess / speed + 1)
        } else if excess > 0 && slope < 0 {
            Some(ceiling(excess, -speed))
        } else {
            None
        };
        self.after(lasts)
    }

    fn after(&self, millis: Option<i128>) -> i64 {
        let instant = millis.and_then(|millis| i64::try_from(i128::from(self.at) + millis).ok());
        instant.unwrap_or(NEVER)
    }

    fn compare(
        &mut self,
        a: TermId,
        b: TermId,
        test: &dyn Fn(Value<'a>, Value<'a>) -> Option<bool>,
        scope: Scope<'a>,
    ) -> Outcome {
        let (a, b) = (self.term(a, scope), self.term(b, scope));
        self.compared(a, b, test)
    }

    fn compared(
        &self,
        a: Reading<'a>,
        b: Reading<'a>,
        test: &dyn Fn(Value<'a>, Value<'a>) -> Option<bool>,
    ) -> Outcome {
        let both = a.joined(&b);
        let (Some(left), Some(right)) = (a.value, b.value) else {
            return both.unknown();
        };
        let Some(truth) = test(left, right) else {
            return both.unknown();
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
        both.decide(|_| (truth.into(), changes_at))
    }

    /// Returns when the order of two numbers that approach each other changes.
    fn meeting(&self, difference: i128, slope: i64) -> i64 {
        let slope = i128::from(slope);
        if difference == 0 {
            return self.after(Some(1));
        }
        let approaching = (difference < 0) == (slope > 0);
        self.after(approaching.then(|| ceiling(difference.abs(), slope.abs())))
    }

    /// Keeps a number that moves with time in its range; outside it is an error.
    ///
    /// Returns the number and the instant at which it leaves or enters the
    /// range. What lies beyond the last plausible time is never reached.
    pub(super) fn ranged(
        &self,
        number: i128,
        slope: i64,
        range: &RangeInclusive<i64>,
    ) -> (Option<i64>, i64) {
        let (least, greatest) = (i128::from(*range.start()), i128::from(*range.end()));
        let speed = i128::from(slope).abs();
        let lasts = match slope.signum() {
            1 if number < least => Some(ceiling(least - number, speed)),
            1 if number <= greatest => Some((greatest - number) / speed + 1),
            -1 if number > greatest => Some(ceiling(number - greatest, speed)),
            -1 if number >= least => Some((number - least) / speed + 1),
            _ => None,
        };
        let kept = i64::try_from(number).ok().filter(|number| range.contains(number));
        let changes_at = self.after(lasts);
        if changes_at > Timestamp::LATEST.as_millis() {
            return (kept, NEVER);
        }
        (kept, changes_at)
    }

    fn has(&self, place: TermId, scope: Scope<'a>) -> Outcome {
        let (there, delivery) = self.place(place, scope);
        let is_there = Reading::optional(is_filled(there.cell).map(Value::Bool));
        let is_there = is_there.until(there.changes_at).delivered(delivery);
        is_there.test(|value| value == Value::Bool(true))
    }

    /// Finds what lies at the place of a fact, an entry or a field.
    fn place(&self, place: TermId, scope: Scope<'a>) -> (Moment<'a>, Delivery) {
        let (cell, delivery) = match &self.program[place] {
            Term::Fact(fact) => {
                let there = self.facts.cell_at(*fact, self.moment());
                return (there, self.facts.delivery_of(*fact));
            }
            Term::Entry(fact, key) => self.facts.entry_at(*fact, key),
            Term::Field(_, field) => match scope.element {
                Element::Row(rows, row) => {
                    let cell = self.facts.in_one_currency(rows.cell(row, *field));
                    (cell, Delivery::THIS_MOMENT)
                }
                _ => (Cell::Absent, Delivery::Never),
            },
            _ => (Cell::Absent, Delivery::Never),
        };
        (Moment { cell, changes_at: None }, delivery)
    }

    /// Decides `known(part.fact)`: whether reading it gives a value.
    fn known_fact(&self, place: TermId, scope: Scope<'a>) -> Outcome {
        let (there, delivery) = self.place(place, scope);
        known(delivery, is_present(there.cell)).until(there.changes_at)
    }
}

/// Decides whether a value lies below a cut of its line, or on it.
pub(in crate::condition) fn side(value: Value<'_>, limit: Limit) -> Truth {
    match (value, limit) {
        (Value::Int(value) | Value::Time(value) | Value::Length(value), Limit::Int(limit)) => {
            (value <= limit).into()
        }
        (Value::AtLeast(least), Limit::Int(limit)) if least > limit => Truth::False,
        (Value::AtLeast(_), Limit::Int(i64::MAX)) => Truth::True,
        (Value::Double(value), Limit::Int(limit)) => {
            (compare_mixed(limit, value) != Ordering::Less).into()
        }
        (Value::Double(value), Limit::Double { value: limit, open }) => {
            let limit = limit.get();
            (value < limit || !open && value <= limit).into()
        }
        (Value::Int(value), Limit::Double { value: limit, open }) => {
            let below = match integer_cut(limit.get(), open) {
                Ok(limit) => value <= limit,
                Err(all) => all,
            };
            below.into()
        }
        _ => Truth::Unknown,
    }
}

/// Says whether a place is filled; nobody knows whether there is an unknown list.
pub(in crate::condition) fn is_filled(cell: Cell<'_>) -> Option<bool> {
    match cell {
        Cell::Absent => Some(false),
        Cell::Unknown => None,
        Cell::List(_, Completeness::Unknown) | Cell::Rows(_, Completeness::Unknown) => None,
        _ => Some(true),
    }
}

/// Says whether reading a place would give a value.
pub(in crate::condition) fn is_present(cell: Cell<'_>) -> bool {
    match cell {
        Cell::Absent | Cell::Invalid | Cell::Unknown => false,
        Cell::Double(value) => value.is_finite(),
        Cell::List(_, completeness) | Cell::Rows(_, completeness) => {
            completeness != Completeness::Unknown
        }
        _ => true,
    }
}

/// Says whether something is there and fresh: true or false, never unknown.
fn known(delivery: Delivery, present: bool) -> Outcome {
    let rail = |holds: bool, changes_at: i64| Rail { truth: (present && holds).into(), changes_at };
    let changes_at = delivery.changes_at().map_or(NEVER, Timestamp::as_millis);
    Outcome {
        fresh: rail(delivery.is_fresh(), NEVER),
        // It asks what is known at this moment, not what was.
        last_known: rail(delivery.is_fresh(), NEVER),
        running: rail(delivery.is_fresh(), changes_at),
    }
}

/// Divides two positive numbers, upwards.
fn ceiling(number: i128, by: i128) -> i128 {
    (number + by - 1) / by
}

/// The least and the greatest a value can be.
fn bounds(value: Value<'_>) -> (Value<'_>, Value<'_>) {
    match value {
        Value::AtLeast(least) => (Value::Int(least), Value::Int(i64::MAX)),
        value => (value, value),
    }
}

/// Decides `a < b`, if the bounds of the two do.
pub(super) fn less(a: Value<'_>, b: Value<'_>) -> Option<bool> {
    let ((least_a, most_a), (least_b, most_b)) = (bounds(a), bounds(b));
    if order(most_a, least_b)?.is_lt() {
        return Some(true);
    }
    order(least_a, most_b)?.is_ge().then_some(false)
}

/// Decides `a == b`, if the bounds of the two do.
pub(super) fn equal(a: Value<'_>, b: Value<'_>) -> Option<bool> {
    if !matches!((a, b), (Value::AtLeast(_), _) | (_, Value::AtLeast(_))) {
        return order(a, b).map(Ordering::is_eq);
    }
    match (less(a, b), less(b, a)) {
        (Some(false), Some(false)) => Some(true),
        (Some(true), _) | (_, Some(true)) => Some(false),
        _ => None,
    }
}

/// Orders two values of one type; numbers of both kinds exactly.
fn order(a: Value<'_>, b: Value<'_>) -> Option<Ordering> {
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
