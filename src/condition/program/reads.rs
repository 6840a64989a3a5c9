//! What a truth depends on.

use smallvec::SmallVec;

use super::{Atom, AtomId, ListTerm, Node, NodeId, Program, Term, TermId};
use crate::schema::{FactId, PartId, Schema};

/// Most truths read no more facts than this.
const FEW: usize = 8;

impl Program {
    /// Lists what truths read, sorted: facts, and parts that `known` asks for.
    pub(crate) fn reads<'s>(
        &self,
        roots: impl IntoIterator<Item = NodeId>,
        schema: &'s Schema,
    ) -> Vec<&'s str> {
        let visit = self.visit(|visit| roots.into_iter().for_each(|root| visit.node(root)));
        let facts = visit.facts.iter().flat_map(|fact| schema.stored(fact));
        let facts = facts.map(|fact| schema.entry(*fact).path.as_str());
        let parts = visit.parts.iter().map(|part| schema.part(*part).name.as_str());
        let mut paths: Vec<&str> = facts.chain(parts).collect();
        paths.sort_unstable();
        paths.dedup();
        paths
    }

    /// Lists what terms read: facts.
    pub(crate) fn read_by_terms<'s>(
        &self,
        terms: impl IntoIterator<Item = TermId>,
        schema: &'s Schema,
    ) -> Vec<&'s str> {
        let visit = self.visit(|visit| terms.into_iter().for_each(|term| visit.term(term)));
        let facts = visit.facts.iter().flat_map(|fact| schema.stored(fact));
        facts.map(|fact| schema.entry(*fact).path.as_str()).collect()
    }

    /// Tells whether a term is the answer of a model.
    pub(crate) fn is_answer(&self, term: TermId, schema: &Schema) -> bool {
        matches!(&self[term], Term::Fact(fact) if !schema.taken_for(*fact).is_empty())
    }

    /// Lists the facts a truth reads, in the order of the schema.
    pub(crate) fn facts(&self, root: NodeId) -> SmallVec<[FactId; FEW]> {
        let visit = match self.is_short(root) {
            true => Visit::new(self).with(|visit| visit.node(root)),
            false => self.visit(|visit| visit.node(root)),
        };
        let mut facts = visit.facts;
        facts.sort_unstable();
        facts.dedup();
        facts
    }

    /// Lists the facts an atom reads, in the order of the schema.
    pub(crate) fn facts_of_atom(&self, atom: AtomId) -> SmallVec<[FactId; FEW]> {
        let mut facts = self.visit(|visit| visit.atom(atom)).facts;
        facts.sort_unstable();
        facts.dedup();
        facts
    }

    fn visit<'a>(&'a self, start: impl FnOnce(&mut Visit<'a>)) -> Visit<'a> {
        let seen = Some(vec![false; self.nodes.items.len()]);
        Visit { seen, ..Visit::new(self) }.with(start)
    }
}

/// Collects what a truth depends on.
struct Visit<'a> {
    program: &'a Program,
    /// Truths share others, so that the ways to one may be beyond counting; none
    /// for those that are looked at faster than remembered.
    seen: Option<Vec<bool>>,
    facts: SmallVec<[FactId; FEW]>,
    parts: SmallVec<[PartId; FEW]>,
}

impl<'a> Visit<'a> {
    /// Starts to look at what is not shared many times over.
    fn new(program: &'a Program) -> Self {
        Self { program, seen: None, facts: SmallVec::new(), parts: SmallVec::new() }
    }

    fn with(mut self, start: impl FnOnce(&mut Self)) -> Self {
        start(&mut self);
        self
    }

    fn node(&mut self, id: NodeId) {
        if let Some(seen) = &mut self.seen {
            match seen.get_mut(id.0 as usize) {
                Some(seen) if !*seen => *seen = true,
                _ => return,
            }
        }
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

    fn atom(&mut self, atom: AtomId) {
        match &self.program[atom] {
            Atom::KnownPart(part) => self.parts.push(*part),
            Atom::Member(term, list) => {
                self.term(*term);
                self.list(list);
            }
            Atom::Exists(list, body) | Atom::One(list, body) => {
                self.list(list);
                self.node(*body);
            }
            about => about.terms().into_iter().flatten().for_each(|id| self.term(id)),
        }
    }

    fn list(&mut self, list: &ListTerm) {
        match list {
            ListTerm::Fact(fact) | ListTerm::Field(fact, _) => self.facts.push(*fact),
            ListTerm::Written(entries) => {
                for entry in entries {
                    self.term(*entry);
                }
            }
        }
    }

    fn term(&mut self, term: TermId) {
        match &self.program[term] {
            Term::Constant(_) | Term::Unknown | Term::Element | Term::Now => {}
            Term::Fact(fact) | Term::Entry(fact, _) | Term::Field(fact, _) => {
                self.facts.push(*fact);
            }
            Term::Size(list) => self.list(list),
            Term::Count(list, body) => {
                self.list(list);
                self.node(*body);
            }
            Term::Choice(test, a, b) => {
                self.node(*test);
                self.term(*a);
                self.term(*b);
            }
            Term::Truth(node) => self.node(*node),
            computed => computed.inner().into_iter().flatten().for_each(|id| self.term(id)),
        }
    }
}
