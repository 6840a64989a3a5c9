//! How much work a truth can be, counted before it is evaluated.
//!
//! A step is what takes about five billionths of a second where a list is as
//! long as lists get: a look at a field, a comparison. The numbers were
//! measured (`benches/condition.rs`); they are a bound, and not a forecast.

use std::collections::HashSet;

use super::{Atom, AtomId, ListTerm, Node, NodeId, Program, Term, TermId};
use crate::condition::tree::Operation;
use crate::schema::{FactId, FieldId, MAX_ELEMENTS};

/// How many elements a delivered list has at most.
const LONGEST: u64 = MAX_ELEMENTS as u64;
/// To look at one more element.
const ELEMENT: u64 = 3;
/// To look whether something is known already.
const LOOK: u64 = 3;
/// What a truth or a term takes on every rail, with its horizons.
const ON_RAILS: u64 = 4;
/// To look for a value in a list by its marks.
const SEARCH: u64 = 8;
/// To mark an entry of a list, or to compare one that is written.
const ENTRY: u64 = 2;

type Nodes = HashSet<NodeId, ahash::RandomState>;

impl Program {
    /// Counts the steps of a truth, without those of truths named in it.
    pub(crate) fn steps_of(&self, root: NodeId, named: &Nodes) -> u64 {
        let mut count = Count::new(self, named);
        count.node(root);
        count.steps
    }

    /// Counts the steps of a value.
    pub(crate) fn steps_of_term(&self, root: TermId, named: &Nodes) -> u64 {
        let mut count = Count::new(self, named);
        count.term(root);
        count.steps
    }

    /// Counts the steps of looking through a list.
    pub(crate) fn steps_of_list(
        &self,
        list: &ListTerm,
        body: Option<NodeId>,
        named: &Nodes,
    ) -> u64 {
        let mut count = Count::new(self, named);
        match body {
            Some(body) => count.elements(list, body),
            None => count.list(list),
        }
        count.steps
    }
}

struct Count<'p> {
    program: &'p Program,
    /// Truths that are counted where they are named.
    named: &'p Nodes,
    /// What is found out once, and what once for each element.
    outside: Seen,
    inside: Seen,
    /// Lists whose entries are marked once for all.
    marked: HashSet<(FactId, Option<FieldId>), ahash::RandomState>,
    /// How often what is being counted happens.
    times: u64,
    steps: u64,
}

#[derive(Default)]
struct Seen {
    nodes: Nodes,
    terms: HashSet<TermId, ahash::RandomState>,
}

impl<'p> Count<'p> {
    fn new(program: &'p Program, named: &'p Nodes) -> Self {
        Self {
            program,
            named,
            outside: Seen::default(),
            inside: Seen::default(),
            marked: HashSet::default(),
            times: 1,
            steps: 0,
        }
    }

    fn add(&mut self, steps: u64) {
        self.steps = self.steps.saturating_add(steps.saturating_mul(self.times));
    }

    fn seen(&mut self, local: bool) -> &mut Seen {
        if local { &mut self.inside } else { &mut self.outside }
    }

    fn node(&mut self, id: NodeId) {
        let shape = self.program.shape_of_node(id);
        if shape.plain {
            self.add(1);
            if self.program.is_short(id) || self.seen(true).nodes.insert(id) {
                self.inner(id);
            }
            return;
        }
        self.add(LOOK);
        if self.named.contains(&id) || !self.seen(shape.local).nodes.insert(id) {
            return;
        }
        self.found_out(shape.local, |count| {
            count.add(ON_RAILS);
            count.inner(id);
        });
    }

    /// Counts what is found out once, though it is asked for at every element.
    fn found_out(&mut self, local: bool, count: impl FnOnce(&mut Self)) {
        let times = self.times;
        if !local {
            self.times = 1;
        }
        count(self);
        self.times = times;
    }

    fn inner(&mut self, id: NodeId) {
        match &self.program[id] {
            Node::True | Node::False | Node::Unknown => {}
            Node::Atom(atom) => self.atom(*atom),
            Node::Not(inner) => self.node(*inner),
            Node::All(parts) | Node::Any(parts) => {
                for part in parts {
                    self.node(*part);
                }
            }
        }
    }

    fn atom(&mut self, id: AtomId) {
        match &self.program[id] {
            Atom::Member(item, list) => {
                self.term(*item);
                self.searched(list);
            }
            Atom::Exists(list, body) | Atom::One(list, body) => self.elements(list, *body),
            about => {
                self.add(if matches!(about, Atom::Text(..)) { 6 } else { 1 });
                for term in about.terms().into_iter().flatten() {
                    self.term(term);
                }
            }
        }
    }

    fn searched(&mut self, list: &ListTerm) {
        self.add(SEARCH);
        let home = match list {
            ListTerm::Fact(fact) => (*fact, None),
            ListTerm::Field(fact, field) => (*fact, Some(*field)),
            ListTerm::Written(_) => return self.list(list),
        };
        if self.marked.insert(home) {
            let lists = if home.1.is_some() { LONGEST } else { 1 };
            self.steps = self.steps.saturating_add(lists * LONGEST * ENTRY / 2);
        }
    }

    /// Counts a macro: its list, and its body at every element.
    fn elements(&mut self, list: &ListTerm, body: NodeId) {
        self.list(list);
        let (times, inside) = (self.times, std::mem::take(&mut self.inside));
        let elements = match list {
            ListTerm::Written(entries) => entries.len() as u64,
            ListTerm::Fact(_) | ListTerm::Field(..) => LONGEST,
        };
        self.times = times.saturating_mul(elements);
        self.add(ELEMENT);
        self.node(body);
        (self.times, self.inside) = (times, inside);
    }

    fn list(&mut self, list: &ListTerm) {
        match list {
            ListTerm::Fact(_) | ListTerm::Field(..) => self.add(LOOK),
            ListTerm::Written(entries) => {
                for entry in entries {
                    self.add(ENTRY);
                    self.term(*entry);
                }
            }
        }
    }

    fn term(&mut self, id: TermId) {
        let term = &self.program[id];
        match term {
            Term::Constant(_) | Term::Unknown | Term::Field(..) | Term::Element => {
                return self.add(1);
            }
            Term::Fact(_) | Term::Now => return self.add(LOOK),
            // Maps are looked into by name.
            Term::Entry(..) => return self.add(4 * LOOK),
            _ => {}
        }
        let shape = self.program.shape_of_term(id);
        if shape.plain {
            self.add(own(term));
            if self.program.term_is_short(id) || self.seen(true).terms.insert(id) {
                self.computed(term);
            }
            return;
        }
        self.add(LOOK);
        if self.seen(shape.local).terms.insert(id) {
            self.found_out(shape.local, |count| {
                count.add(ON_RAILS + own(term));
                count.computed(term);
            });
        }
    }

    fn computed(&mut self, term: &Term) {
        match term {
            Term::Size(list) => self.list(list),
            Term::Count(list, body) => self.elements(list, *body),
            Term::Choice(test, a, b) => {
                self.node(*test);
                self.term(*a);
                self.term(*b);
            }
            Term::Truth(node) => self.node(*node),
            computed => {
                for term in computed.inner().into_iter().flatten() {
                    self.term(term);
                }
            }
        }
    }
}

/// What computing a term takes, once what it is computed from is known.
fn own(term: &Term) -> u64 {
    match term {
        Term::Arithmetic(Operation::Divide | Operation::Remainder, ..) => 8,
        Term::Arithmetic(..) | Term::Clock(..) | Term::Since(_) | Term::DaysSince(_) => 4,
        _ => 2,
    }
}
