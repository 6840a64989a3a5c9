//! Truths about an element alone: one answer on every rail, and for good.
//!
//! What rests on nothing but the fields of an element and on constants needs
//! no horizon, and is as old as its list. Macros look through long lists by
//! way of these: short truths are not even remembered.

use super::atoms::{equal, is_filled, is_present, less, side};
use super::lists::Listed;
use super::marks::Home;
use super::terms::{clock_part, computed, converted, negated_value, value_of};
use super::{Element, Evaluator, Reading, Scope, Value};
use crate::condition::program::{Atom, AtomId, ListTerm, Node, NodeId, Term, TermId};
use crate::condition::truth::{Outcome, Truth};
use crate::schema::{Cell, FieldId};

impl<'a> Evaluator<'a> {
    /// Decides a truth that is plain.
    pub(super) fn plain(&mut self, id: NodeId, scope: &Scope<'a>) -> Truth {
        if self.program.is_short(id) {
            return self.plain_node(id, scope);
        }
        if let Some(known) = self.known(id, scope.id) {
            return known.truth();
        }
        let truth = self.plain_node(id, scope);
        self.remember(id, scope.id, Outcome::always(truth));
        truth
    }

    fn plain_node(&mut self, id: NodeId, scope: &Scope<'a>) -> Truth {
        let program = self.program;
        match &program[id] {
            Node::True => Truth::True,
            Node::False => Truth::False,
            Node::Unknown => Truth::Unknown,
            Node::Atom(atom) => self.plain_atom(*atom, scope),
            Node::Not(inner) => self.plain(*inner, scope).not(),
            Node::All(parts) => self.first_or_unknown(parts, Truth::False, scope),
            Node::Any(parts) => self.first_or_unknown(parts, Truth::True, scope),
        }
    }

    /// Finds the one truth that decides a join; unknown if a part is.
    fn first_or_unknown(&mut self, parts: &[NodeId], decisive: Truth, scope: &Scope<'a>) -> Truth {
        let mut joined = decisive.not();
        for part in parts {
            let truth = self.plain(*part, scope);
            if truth == decisive {
                return decisive;
            }
            if truth == Truth::Unknown {
                joined = Truth::Unknown;
            }
        }
        joined
    }

    fn plain_atom(&mut self, id: AtomId, scope: &Scope<'a>) -> Truth {
        let program = self.program;
        let truth = match &program[id] {
            Atom::Cut(term, limit) => {
                let value = self.plain_term(*term, scope);
                return value.map_or(Truth::Unknown, |value| side(value, *limit));
            }
            Atom::Is(term, constant) => {
                self.plain_term(*term, scope).map(|value| value == value_of(constant))
            }
            Atom::Truth(term) => {
                self.plain_term(*term, scope).map(|value| value == Value::Bool(true))
            }
            Atom::Has(place) => self.plain_place(*place, scope).and_then(is_filled),
            Atom::KnownFact(place) => Some(self.plain_place(*place, scope).is_some_and(is_present)),
            Atom::Text(test, text, needle) => match self.plain_pair(*text, *needle, scope) {
                Some((Value::Text(text), Value::Text(needle))) => Some(test.holds(text, needle)),
                _ => None,
            },
            Atom::Less(a, b) => self.plain_pair(*a, *b, scope).and_then(|(a, b)| less(a, b)),
            Atom::Equal(a, b) => self.plain_pair(*a, *b, scope).and_then(|(a, b)| equal(a, b)),
            Atom::Member(item, list) => return self.plain_member(*item, list, scope),
            // What looks beyond the element is not plain.
            Atom::KnownPart(_) | Atom::Exists(..) | Atom::One(..) => None,
        };
        truth.map_or(Truth::Unknown, Truth::from)
    }

    fn plain_pair(
        &mut self,
        a: TermId,
        b: TermId,
        scope: &Scope<'a>,
    ) -> Option<(Value<'a>, Value<'a>)> {
        Some((self.plain_term(a, scope)?, self.plain_term(b, scope)?))
    }

    #[inline(never)]
    fn plain_member(&mut self, item: TermId, list: &'a ListTerm, scope: &Scope<'a>) -> Truth {
        let Some(wanted) = self.plain_term(item, scope) else {
            return Truth::Unknown;
        };
        match list {
            ListTerm::Fact(_) => Truth::Unknown,
            ListTerm::Field(_, field) => match Listed::of(field_of(scope.element, *field)) {
                Some(found) => self.is_among(wanted, &found, Home::of(list, *scope)),
                None => Truth::Unknown,
            },
            ListTerm::Written(entries) => self.is_written(wanted, entries, scope),
        }
    }

    /// Looks for a value in a written list: unknown if one of its entries is.
    fn is_written(&mut self, wanted: Value<'a>, entries: &[TermId], scope: &Scope<'a>) -> Truth {
        let (mut found, mut undecided) = (false, false);
        for entry in entries {
            let Some(entry) = self.plain_term(*entry, scope) else {
                return Truth::Unknown;
            };
            match equal(wanted, entry) {
                Some(is_equal) => found |= is_equal,
                None => undecided = true,
            }
        }
        if undecided && !found { Truth::Unknown } else { found.into() }
    }

    /// Finds what lies at the place of a field.
    fn plain_place(&self, place: TermId, scope: &Scope<'a>) -> Option<Cell<'a>> {
        match (&self.program[place], scope.element) {
            (Term::Field(_, field), Element::Row(rows, row)) => {
                Some(self.facts.in_one_currency(rows.cell(row, *field)))
            }
            _ => None,
        }
    }

    pub(super) fn plain_term(&mut self, id: TermId, scope: &Scope<'a>) -> Option<Value<'a>> {
        let program = self.program;
        match &program[id] {
            Term::Constant(constant) => Some(value_of(constant)),
            Term::Field(_, field) => self.value_in(field_of(scope.element, *field)),
            Term::Element => self.value_of(scope.element),
            computed => self.plain_once(id, computed, scope),
        }
    }

    /// Computes a long term once in a scope.
    #[inline(never)]
    fn plain_once(&mut self, id: TermId, term: &'a Term, scope: &Scope<'a>) -> Option<Value<'a>> {
        if self.program.term_is_short(id) {
            return self.plain_computed(term, scope);
        }
        if let Some(known) = self.known_term(id, scope.id) {
            return known.value;
        }
        let value = self.plain_computed(term, scope);
        self.remember_term(id, scope.id, Reading::optional(value));
        value
    }

    fn plain_computed(&mut self, term: &'a Term, scope: &Scope<'a>) -> Option<Value<'a>> {
        match term {
            Term::Negate(inner) => negated_value(self.plain_term(*inner, scope)?),
            Term::ToDouble(inner) | Term::ToInt(inner) | Term::Characters(inner) => {
                converted(term, self.plain_term(*inner, scope)?)
            }
            Term::Clock(clock, inner, offset) => {
                clock_part(*clock, self.plain_term(*inner, scope)?, *offset)
            }
            Term::Arithmetic(operation, a, b) => {
                let (a, b) = self.plain_pair(*a, *b, scope)?;
                computed(*operation, a, b)
            }
            Term::Size(list) => self.plain_size(list, scope),
            Term::Choice(test, then, otherwise) => match self.plain(*test, scope) {
                Truth::True => self.plain_term(*then, scope),
                Truth::False => self.plain_term(*otherwise, scope),
                Truth::Unknown => None,
            },
            Term::Truth(node) => match self.plain(*node, scope) {
                Truth::True => Some(Value::Bool(true)),
                Truth::False => Some(Value::Bool(false)),
                Truth::Unknown => None,
            },
            // Read where they lie, or not plain.
            Term::Constant(_)
            | Term::Unknown
            | Term::Fact(_)
            | Term::Entry(..)
            | Term::Field(..)
            | Term::Element
            | Term::Now
            | Term::Since(_)
            | Term::DaysSince(_)
            | Term::Count(..) => None,
        }
    }

    fn plain_size(&mut self, list: &'a ListTerm, scope: &Scope<'a>) -> Option<Value<'a>> {
        match list {
            ListTerm::Fact(_) => None,
            ListTerm::Field(_, field) => {
                Listed::of(field_of(scope.element, *field)).map(|list| list.size())
            }
            ListTerm::Written(entries) => {
                for entry in entries {
                    self.plain_term(*entry, scope)?;
                }
                i64::try_from(entries.len()).ok().map(Value::Int)
            }
        }
    }
}

fn field_of(element: Element<'_>, field: FieldId) -> Cell<'_> {
    match element {
        Element::Row(rows, row) => rows.cell(row, field),
        _ => Cell::Absent,
    }
}
