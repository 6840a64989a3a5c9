//! From a typed tree to canonical atoms.
//!
//! Every comparison becomes cuts and equalities on terms, so that `a > 3`,
//! `!(a <= 3)` and `4 <= a` are one atom, and `t > now - days(30)` and
//! `since(t) < days(30)` are another.

mod limits;
mod terms;

use std::collections::HashMap;

use super::program::{Atom, Constant, ListTerm, NodeId, Program, Term, TermId};
use super::tree::Comparison;
use super::typed::{Kind, Quantifier, Ty, Typed};
use crate::schema::Type;

/// Lowers a truth into the program.
pub(crate) fn lower(typed: &Typed, program: &mut Program) -> NodeId {
    Lowering::new(program).truth(typed)
}

/// Where the value of an expression is found.
#[derive(Clone, Debug)]
pub(crate) enum Place {
    Term(TermId),
    /// A list, and the truth its elements must satisfy.
    List(ListTerm, Option<NodeId>),
}

/// Lowers a value into the program.
pub(crate) fn lower_value(typed: &Typed, program: &mut Program) -> Place {
    let mut lowering = Lowering::new(program);
    match (&typed.kind, &typed.ty) {
        (Kind::Filter(list, body), _) => {
            let (list, body) = lowering.list_and_body(list, body);
            Place::List(list, Some(body))
        }
        (_, Ty::Of(Type::List(_)) | Ty::EmptyList) => Place::List(lowering.list(typed), None),
        _ => Place::Term(lowering.term(typed)),
    }
}

struct Lowering<'p> {
    program: &'p mut Program,
    sorts: HashMap<TermId, Sort, ahash::RandomState>,
    /// Whether the elements of the macro that is being lowered are facts.
    elements_are_stored: bool,
}

/// What the values of a term are, as far as cuts need to know.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Sort {
    /// Its cuts lie between whole numbers.
    Double,
    Time,
    Length,
    Other,
}

impl<'p> Lowering<'p> {
    fn new(program: &'p mut Program) -> Self {
        Self { program, sorts: HashMap::default(), elements_are_stored: false }
    }

    fn truth(&mut self, typed: &Typed) -> NodeId {
        match &typed.kind {
            Kind::Constant(Constant::Bool(value)) => self.program.constant(Some(*value)),
            Kind::Situation(node) => *node,
            Kind::Not(inner) => {
                let inner = self.truth(inner);
                self.program.not(inner)
            }
            Kind::All(parts) => {
                let parts: Vec<NodeId> = parts.iter().map(|part| self.truth(part)).collect();
                self.program.all(parts)
            }
            Kind::Any(parts) => {
                let parts: Vec<NodeId> = parts.iter().map(|part| self.truth(part)).collect();
                self.program.any(parts)
            }
            Kind::Choice(test, then, otherwise) => self.choice_of_truths(test, then, otherwise),
            Kind::Compare(comparison, a, b) => self.compare(*comparison, a, b),
            Kind::In(item, list) => self.member(item, list),
            Kind::Has(place) => {
                let place = self.term(place);
                self.program.atom(Atom::Has(place))
            }
            Kind::KnownPart(part) => self.program.atom(Atom::KnownPart(*part)),
            Kind::KnownFact(place) => {
                let place = self.term(place);
                self.program.atom(Atom::KnownFact(place))
            }
            Kind::Within(time, length) => self.within(time, length),
            Kind::Text(test, text, needle) => {
                let (text, needle) = (self.term(text), self.term(needle));
                self.program.atom(Atom::Text(*test, text, needle))
            }
            Kind::Macro(quantifier, list, body) => self.quantifier(*quantifier, list, body),
            _ => {
                let term = self.term(typed);
                self.program.atom(Atom::Truth(term))
            }
        }
    }

    /// `c ? a : b` is `(c && a) || (!c && b) || (c && !c)`: unknown when `c` is.
    fn choice_of_truths(&mut self, test: &Typed, then: &Typed, otherwise: &Typed) -> NodeId {
        let (test, then, otherwise) = (self.truth(test), self.truth(then), self.truth(otherwise));
        let not = self.program.not(test);
        let first = self.program.all([test, then]);
        let second = self.program.all([not, otherwise]);
        let neither = self.program.all([test, not]);
        self.program.any([first, second, neither])
    }

    fn within(&mut self, time: &Typed, length: &Typed) -> NodeId {
        let time = self.term(time);
        let length = self.term(length);
        let since = self.program.term(Term::Since(time));
        let has = self.program.atom(Atom::Has(time));
        self.sorts.insert(since, Sort::Length);
        let recent = self.less(since, length, &Type::Duration);
        self.program.all([has, recent])
    }

    fn quantifier(&mut self, quantifier: Quantifier, list: &Typed, body: &Typed) -> NodeId {
        let (list, body) = self.list_and_body(list, body);
        match quantifier {
            Quantifier::Exists => self.program.atom(Atom::Exists(list, body)),
            Quantifier::ExistsOne => self.program.atom(Atom::One(list, body)),
            Quantifier::All => {
                let counterexample = self.program.not(body);
                let exists = self.program.atom(Atom::Exists(list, counterexample));
                self.program.not(exists)
            }
        }
    }

    fn compare(&mut self, comparison: Comparison, a: &Typed, b: &Typed) -> NodeId {
        if let Ty::Of(Type::Bool) = a.ty {
            return self.compare_truths(comparison, a, b);
        }
        let ty = match &a.ty {
            Ty::Of(ty) => ty.clone(),
            Ty::EmptyList | Ty::Error => Type::Int,
        };
        let (a, b) = (self.term(a), self.term(b));
        let node = match comparison {
            Comparison::Equal | Comparison::NotEqual => self.equal(a, b, &ty),
            Comparison::Less | Comparison::AtLeast => self.less(a, b, &ty),
            Comparison::Greater | Comparison::AtMost => self.less(b, a, &ty),
        };
        match comparison {
            Comparison::NotEqual | Comparison::AtLeast | Comparison::AtMost => {
                self.program.not(node)
            }
            _ => node,
        }
    }

    fn compare_truths(&mut self, comparison: Comparison, a: &Typed, b: &Typed) -> NodeId {
        let (a, b) = (self.truth(a), self.truth(b));
        let (not_a, not_b) = (self.program.not(a), self.program.not(b));
        let both = self.program.all([a, b]);
        let neither = self.program.all([not_a, not_b]);
        let equal = self.program.any([both, neither]);
        if comparison == Comparison::Equal { equal } else { self.program.not(equal) }
    }

    /// `item in list`: a written list becomes one equality an entry.
    fn member(&mut self, item: &Typed, list: &Typed) -> NodeId {
        if let (Kind::Written(entries), Ty::Of(ty)) = (&list.kind, &item.ty)
            && *ty != Type::Bool
            && !entries.is_empty()
            && entries.iter().all(|entry| matches!(entry.kind, Kind::Constant(_)))
        {
            let item = self.term(item);
            let parts: Vec<NodeId> = entries
                .iter()
                .map(|entry| {
                    let entry = self.term(entry);
                    self.equal(item, entry, ty)
                })
                .collect();
            return self.program.any(parts);
        }
        let item = self.term(item);
        let list = self.list(list);
        self.program.atom(Atom::Member(item, list))
    }

    fn list_and_body(&mut self, list: &Typed, body: &Typed) -> (ListTerm, NodeId) {
        let list = self.list(list);
        self.elements_are_stored = !matches!(list, ListTerm::Written(_));
        (list, self.truth(body))
    }

    /// Lowers a list; the body of a filter goes to whoever counts it.
    fn list(&mut self, typed: &Typed) -> ListTerm {
        match &typed.kind {
            Kind::Fact(fact) => ListTerm::Fact(*fact),
            Kind::Field(list, field) => ListTerm::Field(*list, *field),
            Kind::Filter(list, _) => self.list(list),
            Kind::Written(entries) => {
                ListTerm::Written(entries.iter().map(|entry| self.term(entry)).collect())
            }
            _ => ListTerm::Written(Vec::new()),
        }
    }

    /// Says of a term: known, and then true (or false) whatever its value.
    fn if_known(&mut self, atom: NodeId, truth: bool) -> NodeId {
        let not = self.program.not(atom);
        if truth { self.program.any([atom, not]) } else { self.program.all([atom, not]) }
    }

    fn constant_of(&self, term: TermId) -> Option<Constant> {
        match &self.program[term] {
            Term::Constant(constant) => Some(constant.clone()),
            _ => None,
        }
    }
}
