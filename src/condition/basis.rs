//! What a truth rests on: the facts that decided it, and what each lacks.

use std::collections::BTreeSet;

use super::eval::{Element, Evaluator, Scope, ScopeId};
use super::program::{Atom, AtomId, ListTerm, Node, NodeId, Program, Term, TermId};
use super::spell::{double, quoted};
use super::truth::{Outcome, Truth};
use crate::analytics::Lack;
use crate::context::Completeness;
use crate::schema::{Cell, Delivery, FactId, Facts, FieldId, PartId, Schema, Type};
use crate::time::Duration;

/// One fact a truth rests on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Basis {
    pub(crate) subject: Subject,
    pub(crate) state: FactState,
}

impl Basis {
    /// Says what is the matter with the age of a fact, if something is: with its
    /// part or, where the fact has a time of its own, with itself.
    pub(crate) fn of_age(facts: &Facts<'_>, path: &str) -> Option<Self> {
        let Some(fact) = facts.schema().find(path) else {
            return Some(Self { subject: Subject::of(facts, path), state: FactState::Unknown });
        };
        let (part, delivery) = (facts.schema().entry(fact).part, facts.delivery_of(fact));
        let is_of_part = facts.delivery(part) == delivery;
        let subject = if is_of_part { Subject::Part(part) } else { Subject::Fact(fact) };
        let state = match delivery {
            Delivery::Never => FactState::Unknown,
            Delivery::Stale { age, max_age } => FactState::Stale { age, max_age },
            Delivery::Ahead { .. } => FactState::Invalid,
            Delivery::Fresh { .. } => return None,
        };
        Some(Self { subject, state })
    }
}

/// A part, or a fact in it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Subject {
    Part(PartId),
    Fact(FactId),
    Entry(FactId, String),
    Field(FactId, FieldId),
    /// Something outside of the schema.
    Outside(String),
}

impl Subject {
    /// Names the fact at a path.
    pub(crate) fn of(facts: &Facts<'_>, path: &str) -> Self {
        facts.schema().find(path).map_or_else(|| Self::Outside(path.to_owned()), Self::Fact)
    }

    /// Spells the subject as conditions do, such as `support.tickets`.
    pub(crate) fn path(&self, schema: &Schema) -> String {
        match self {
            Self::Part(part) => schema.part(*part).name.clone(),
            Self::Fact(fact) => schema.entry(*fact).path.clone(),
            Self::Entry(fact, key) => format!("{}.{key}", schema.entry(*fact).path),
            Self::Outside(path) => path.clone(),
            Self::Field(fact, field) => {
                let entry = schema.entry(*fact);
                match entry.fact.ty() {
                    Type::Records(record) => format!("{}.{}", entry.path, record.name_of(*field)),
                    _ => entry.path.clone(),
                }
            }
        }
    }
}

/// What is known about a fact, and since when.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum FactState {
    /// Known, and delivered this long ago.
    Fresh { age: Duration },
    /// Delivered too long ago.
    Stale { age: Duration, max_age: Duration },
    /// Never delivered.
    Unknown,
    /// Its part was delivered without it.
    Absent,
    /// A model has nothing to say of the customer.
    NoAnswer,
    /// The list is there in part, and what it does not hold may exist.
    Partial,
    /// It is there and cannot be believed: no number, another currency, a
    /// watermark ahead of now.
    Invalid,
}

/// Lists what decided a truth: on the last known facts, or on the fresh ones.
///
/// For an unknown truth these are the facts that are lacking.
pub(crate) fn basis(evaluator: &mut Evaluator<'_>, root: NodeId, last_known: bool) -> Vec<Basis> {
    let mut walk = Walk { evaluator, last_known, seen: BTreeSet::new(), found: Vec::new() };
    // Nothing comes back to where it started.
    walk.look(root, Scope::OUTSIDE);
    walk.sorted()
}

/// Says what is the matter with a number that cannot be used for a score.
pub(crate) fn lacking_number(evaluator: &mut Evaluator<'_>, term: TermId) -> Vec<Basis> {
    let subject = match &evaluator.program()[term] {
        Term::Entry(fact, name) => Subject::Entry(*fact, name.clone()),
        Term::Fact(fact) => Subject::Fact(*fact),
        _ => return Vec::new(),
    };
    let mut walk = Walk { evaluator, last_known: false, seen: BTreeSet::new(), found: Vec::new() };
    walk.term(term, Truth::Unknown, Scope::OUTSIDE);
    if walk.found.is_empty() {
        // It is there, and out of its range.
        walk.add(subject, FactState::Invalid);
    }
    walk.sorted()
}

struct Walk<'e, 'a> {
    evaluator: &'e mut Evaluator<'a>,
    last_known: bool,
    /// Truths share others, so that the ways to one may be beyond counting.
    seen: BTreeSet<(NodeId, ScopeId)>,
    found: Vec<Basis>,
}

impl<'a> Walk<'_, 'a> {
    /// Sorts by path: the order of atoms depends on the order of the policy.
    fn sorted(mut self) -> Vec<Basis> {
        let schema = self.evaluator.facts().schema();
        self.found.sort_by_cached_key(|basis| basis.subject.path(schema));
        self.found
    }

    fn program(&self) -> &'a Program {
        self.evaluator.program()
    }

    fn truth(&self, outcome: Outcome) -> Truth {
        if self.last_known { outcome.last_known() } else { outcome.truth() }
    }

    fn node(&mut self, id: NodeId, scope: Scope<'a>) {
        if self.seen.insert((id, self.evaluator.scope_of(id, scope))) {
            self.look(id, scope);
        }
    }

    fn look(&mut self, id: NodeId, scope: Scope<'a>) {
        match &self.program()[id] {
            Node::True | Node::False | Node::Unknown => {}
            Node::Not(inner) => self.node(*inner, scope),
            Node::Atom(atom) => {
                let outcome = self.evaluator.node(id, scope);
                let truth = self.truth(outcome);
                self.atom(*atom, truth, scope);
            }
            Node::All(parts) | Node::Any(parts) => {
                let outcome = self.evaluator.node(id, scope);
                let truth = self.truth(outcome);
                for part in parts {
                    let outcome = self.evaluator.node(*part, scope);
                    // A part with another truth did not decide the whole.
                    if self.truth(outcome) == truth {
                        self.node(*part, scope);
                    }
                }
            }
        }
    }

    fn atom(&mut self, id: AtomId, truth: Truth, scope: Scope<'a>) {
        match &self.program()[id] {
            Atom::KnownPart(part) => self.part(*part, truth),
            Atom::Member(item, list) => {
                self.term(*item, truth, scope);
                self.list(list, truth, scope);
            }
            Atom::Exists(list, body) | Atom::One(list, body) => {
                self.list(list, truth, scope);
                if truth == Truth::Unknown {
                    self.elements(list, *body, scope);
                }
            }
            about => about.terms().into_iter().flatten().for_each(|id| self.term(id, truth, scope)),
        }
    }

    /// Lists what is lacking inside the elements that leave a macro unknown.
    fn elements(&mut self, list: &'a ListTerm, body: NodeId, scope: Scope<'a>) {
        for element in self.evaluator.scopes(list, scope) {
            let outcome = self.evaluator.node(body, element);
            if self.truth(outcome) == Truth::Unknown {
                self.node(body, element);
            }
        }
    }

    fn list(&mut self, list: &'a ListTerm, truth: Truth, scope: Scope<'a>) {
        match list {
            ListTerm::Fact(fact) => self.fact(Subject::Fact(*fact), *fact, self.cell(*fact), truth),
            ListTerm::Field(fact, field) => self.field(*fact, *field, truth, scope),
            ListTerm::Written(entries) => {
                for entry in entries {
                    self.term(*entry, truth, scope);
                }
            }
        }
    }

    fn term(&mut self, id: TermId, truth: Truth, scope: Scope<'a>) {
        match &self.program()[id] {
            Term::Constant(_) | Term::Unknown | Term::Element | Term::Now => {}
            Term::Fact(fact) if !self.taken_for(*fact).is_empty() => self.answered(*fact, truth),
            Term::Fact(fact) => self.fact(Subject::Fact(*fact), *fact, self.cell(*fact), truth),
            Term::Entry(fact, key) => self.entry(*fact, key, truth),
            Term::Field(fact, field) => self.field(*fact, *field, truth, scope),
            Term::Size(list) => self.list(list, truth, scope),
            Term::Count(list, body) => {
                self.list(list, truth, scope);
                if truth == Truth::Unknown {
                    self.elements(list, *body, scope);
                }
            }
            Term::Choice(test, a, b) => {
                self.node(*test, scope);
                self.term(*a, truth, scope);
                self.term(*b, truth, scope);
            }
            Term::Truth(node) => self.node(*node, scope),
            computed => {
                computed.inner().into_iter().flatten().for_each(|id| self.term(id, truth, scope))
            }
        }
    }

    fn cell(&self, fact: FactId) -> Cell<'a> {
        let facts = self.evaluator.facts();
        facts.in_one_currency(facts.cell(fact))
    }

    fn entry(&mut self, fact: FactId, key: &str, truth: Truth) {
        let subject = Subject::Entry(fact, key.to_owned());
        let cell = match self.cell(fact) {
            Cell::Scores(scores) => match scores.get(key) {
                Some(score) => {
                    let part = self.evaluator.facts().schema().entry(fact).part;
                    let delivery = self.evaluator.facts().score_delivery(part, score);
                    let cell = if score.value.is_finite() { Cell::Present } else { Cell::Invalid };
                    return self.delivered(subject, part, delivery, cell, truth);
                }
                None => Cell::Absent,
            },
            Cell::Map(values) => values.get(key),
            _ => Cell::Absent,
        };
        self.fact(subject, fact, cell, truth);
    }

    /// A field of an element is as old as its list; only its absence is news.
    fn field(&mut self, fact: FactId, field: FieldId, truth: Truth, scope: Scope<'a>) {
        let Element::Row(rows, row) = scope.element else {
            return;
        };
        let cell = self.evaluator.facts().in_one_currency(rows.cell(row, field));
        let state = lacking(cell);
        if truth == Truth::Unknown
            && let Some(state) = state
        {
            self.add(Subject::Field(fact, field), state);
        }
    }

    fn fact(&mut self, subject: Subject, fact: FactId, cell: Cell<'a>, truth: Truth) {
        let facts = self.evaluator.facts();
        let part = facts.schema().entry(fact).part;
        self.delivered(subject, part, facts.delivery_of(fact), cell, truth);
    }

    fn taken_for(&self, fact: FactId) -> &'a [FactId] {
        self.evaluator.facts().schema().taken_for(fact)
    }

    /// An answer of a model is as good as the facts that it takes: where it is
    /// lacking, they are named.
    fn answered(&mut self, fact: FactId, truth: Truth) {
        let (facts, at) = (self.evaluator.facts(), self.evaluator.moment());
        let cell = facts.cell_at(fact, at).cell;
        let delivery = facts.delivery_of(fact);
        if let Delivery::Fresh { age, .. } = delivery {
            let subject = Subject::Fact(fact);
            return match (cell, facts.lack(fact, at)) {
                (Cell::Unknown, Some(_)) if truth != Truth::Unknown => {}
                (Cell::Unknown, Some(lack)) => self.lacked(lack),
                (Cell::Absent, _) if truth == Truth::Unknown => {
                    self.add(subject, FactState::NoAnswer);
                }
                _ => self.dated(subject, age, cell, truth),
            };
        }
        for taken in self.taken_for(fact) {
            let part = facts.schema().entry(*taken).part;
            let of_taken = facts.delivery_of(*taken);
            if !of_taken.is_fresh() {
                self.delivered(Subject::Fact(*taken), part, of_taken, Cell::Present, truth);
            }
        }
    }

    /// Names what a model lacks.
    fn lacked(&mut self, lack: Lack) {
        let schema = self.evaluator.facts().schema();
        let Some(fact) = schema.find(lack.path) else { return };
        let is_there = if lack.is_there { FactState::Invalid } else { FactState::Absent };
        let field = match (schema.entry(fact).fact.ty(), lack.field) {
            (Type::Records(record), Some(name)) => record.find(name).map(|(field, _)| field),
            _ => None,
        };
        match field {
            Some(field) => self.add(Subject::Field(fact, field), is_there),
            None => {
                let state = lacking(self.cell(fact)).unwrap_or(is_there);
                self.add(Subject::Fact(fact), state);
            }
        }
    }

    fn delivered(
        &mut self,
        subject: Subject,
        part: PartId,
        delivery: Delivery,
        cell: Cell<'a>,
        truth: Truth,
    ) {
        match delivery {
            Delivery::Never => self.add(Subject::Part(part), FactState::Unknown),
            Delivery::Ahead { .. } => {
                self.add(self.as_old(subject, part, delivery), FactState::Invalid);
            }
            Delivery::Stale { age, max_age } => {
                let stale = FactState::Stale { age, max_age };
                self.add(self.as_old(subject, part, delivery), stale);
            }
            Delivery::Fresh { age, .. } => self.dated(subject, age, cell, truth),
        }
    }

    /// Names a fact of a fresh part, if it decides a truth or is lacking.
    fn dated(&mut self, subject: Subject, age: Duration, cell: Cell<'a>, truth: Truth) {
        match lacking(cell).filter(|_| truth == Truth::Unknown) {
            Some(lacking) => self.add(subject, lacking),
            None if truth != Truth::Unknown => self.add(subject, FactState::Fresh { age }),
            None => {}
        }
    }

    /// Names what is so old: the part, or what has a time of its own in it.
    fn as_old(&self, subject: Subject, part: PartId, delivery: Delivery) -> Subject {
        let is_of_part = self.evaluator.facts().delivery(part) == delivery;
        if is_of_part { Subject::Part(part) } else { subject }
    }

    fn part(&mut self, part: PartId, truth: Truth) {
        self.delivered(
            Subject::Part(part),
            part,
            self.evaluator.facts().delivery(part),
            Cell::Present,
            truth,
        );
    }

    fn add(&mut self, subject: Subject, state: FactState) {
        let basis = Basis { subject, state };
        if !self.found.contains(&basis) {
            self.found.push(basis);
        }
    }
}

/// Says why a fact of a fresh part cannot be read, if it cannot.
fn lacking(cell: Cell<'_>) -> Option<FactState> {
    match cell {
        Cell::Absent => Some(FactState::Absent),
        Cell::Invalid => Some(FactState::Invalid),
        Cell::Unknown => Some(FactState::Unknown),
        Cell::Double(value) if !value.is_finite() => Some(FactState::Invalid),
        Cell::List(_, completeness) | Cell::Rows(_, completeness) => match completeness {
            Completeness::Unknown => Some(FactState::Unknown),
            Completeness::Partial => Some(FactState::Partial),
            Completeness::Complete => None,
        },
        _ => None,
    }
}

/// Shows the value of a fact in words.
pub(crate) fn shown(facts: &Facts<'_>, subject: &Subject) -> Option<String> {
    match subject {
        Subject::Part(_) | Subject::Field(..) | Subject::Outside(_) => None,
        Subject::Fact(fact) => show_cell(
            facts.in_one_currency(facts.cell(*fact)),
            facts.schema().entry(*fact).fact.ty(),
        ),
        Subject::Entry(fact, key) => match facts.cell(*fact) {
            Cell::Scores(scores) => scores.get(key).map(|score| double(score.value)),
            Cell::Map(values) => {
                let Type::Map(ty) = facts.schema().entry(*fact).fact.ty() else {
                    return None;
                };
                show_cell(values.get(key), ty)
            }
            _ => None,
        },
    }
}

pub(super) fn show_cell(cell: Cell<'_>, ty: &Type) -> Option<String> {
    let entries = |count: usize| match count {
        0 => "none".to_owned(),
        1 => "1 entry".to_owned(),
        count => [&count.to_string(), " entries"].concat(),
    };
    Some(match (cell, ty) {
        (Cell::Absent, _) => "absent".to_owned(),
        (Cell::Bool(value), _) => value.to_string(),
        (Cell::Int(value), _) => value.to_string(),
        (Cell::Double(value), _) => double(value),
        (Cell::Text(text), _) => quoted(text),
        (Cell::Word(code), Type::Word(words)) => quoted(words.word(code)),
        (Cell::Time(time), _) => time.to_string(),
        (Cell::Length(length), _) => length.to_string(),
        (Cell::List(_, Completeness::Unknown) | Cell::Rows(_, Completeness::Unknown), _) => {
            return None;
        }
        (Cell::List(list, _), _) => entries(list.len()),
        (Cell::Rows(rows, _), _) => entries(rows.len()),
        _ => return None,
    })
}
