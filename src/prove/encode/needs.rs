//! How many elements of each list a question has to look at.
//!
//! Small model property: whatever holds of a long list because some element
//! bears witness holds of that element alone, and what holds of all elements
//! holds of fewer. So a list needs one element for each witness that a question
//! may ask for, and no more. Witnesses are counted over all that is asked at
//! once, side by side; too few would let a false proof through.

use std::collections::{HashMap, HashSet};

use super::{Body, Facet, ListKey, Rail};
use crate::condition::{Atom, AtomId, Limit, ListTerm, Node, NodeId, Program, Term, TermId};

/// How many elements each list needs.
#[derive(Debug)]
pub(in crate::prove) struct Needs<'p> {
    program: &'p Program,
    seen: HashSet<(NodeId, Facet, Rail), ahash::RandomState>,
    /// Witnesses that are counted already.
    counted: HashSet<(AtomId, Facet, Option<Rail>), ahash::RandomState>,
    lists: HashMap<ListKey, usize, ahash::RandomState>,
}

impl<'p> Needs<'p> {
    pub(in crate::prove) fn new(program: &'p Program) -> Self {
        Self {
            program,
            seen: HashSet::default(),
            counted: HashSet::default(),
            lists: HashMap::default(),
        }
    }

    pub(super) fn of(&self, list: ListKey) -> usize {
        self.lists.get(&list).copied().unwrap_or(0)
    }

    /// Counts what a truth needs where this is asked of it.
    pub(in crate::prove) fn ask(&mut self, node: NodeId, facet: Facet, rail: Rail) {
        if !self.seen.insert((node, facet, rail)) {
            return;
        }
        match &self.program[node] {
            Node::True | Node::False | Node::Unknown => {}
            Node::Not(inner) => self.ask(*inner, facet.negated(), rail),
            Node::All(parts) | Node::Any(parts) => {
                for part in parts {
                    self.ask(*part, facet, rail);
                }
            }
            Node::Atom(atom) => self.atom(*atom, facet, rail),
        }
    }

    fn atom(&mut self, id: AtomId, facet: Facet, rail: Rail) {
        match &self.program[id] {
            Atom::Exists(list, body) => self.exists(id, list, Body::Node(*body), facet, rail),
            Atom::Member(item, list) => {
                if let Term::Constant(constant) = &self.program[*item] {
                    self.exists(id, list, Body::Is(constant), facet, rail);
                }
            }
            Atom::One(list, body) => self.one(id, list, *body, facet, rail),
            Atom::Cut(term, Limit::Int(limit)) => self.cut(id, *term, *limit, facet, rail),
            _ => {}
        }
    }

    fn exists(&mut self, id: AtomId, list: &ListTerm, body: Body<'_>, facet: Facet, rail: Rail) {
        let witness = usize::from(matches!(facet, Facet::True | Facet::NotFalse));
        self.count(id, list, body, (facet, rail), witness);
        if let Body::Node(body) = body {
            self.ask(body, facet, rail);
        }
    }

    fn one(&mut self, id: AtomId, list: &ListTerm, body: NodeId, facet: Facet, rail: Rail) {
        let witnesses = match facet {
            Facet::True | Facet::NotFalse => 1,
            Facet::False | Facet::NotTrue => 2,
        };
        self.count(id, list, Body::Node(body), (facet, rail), witnesses);
        self.ask_all(body, rail);
    }

    /// `size(list) <= limit`, or the same of the elements that satisfy a body.
    fn cut(&mut self, id: AtomId, term: TermId, limit: i64, facet: Facet, rail: Rail) {
        let most = usize::try_from(limit.saturating_add(1)).unwrap_or(0);
        match &self.program[term] {
            Term::Size(list) => {
                let more = matches!(facet, Facet::False | Facet::NotTrue);
                self.count(id, list, Body::Any, (facet, rail), if more { most } else { 0 });
            }
            Term::Count(list, body) => {
                let witnesses = match facet {
                    Facet::True => 0,
                    Facet::NotFalse => 1,
                    Facet::False | Facet::NotTrue => most.max(1),
                };
                self.count(id, list, Body::Node(*body), (facet, rail), witnesses);
                self.ask_all(*body, rail);
            }
            _ => {}
        }
    }

    fn ask_all(&mut self, body: NodeId, rail: Rail) {
        for facet in Facet::ALL {
            self.ask(body, facet, rail);
        }
    }

    fn count(
        &mut self,
        id: AtomId,
        list: &ListTerm,
        body: Body<'_>,
        (facet, rail): (Facet, Rail),
        witnesses: usize,
    ) {
        let Some(list) = ListKey::of(list) else { return };
        // The same element bears witness on both rails, if it says the same.
        let says_the_same = match body {
            Body::Node(body) => self.program.is_plain(body),
            Body::Is(_) | Body::Any => true,
        };
        if self.counted.insert((id, facet, (!says_the_same).then_some(rail))) {
            let needed = self.lists.entry(list).or_insert(0);
            *needed = needed.saturating_add(witnesses);
        }
    }
}
