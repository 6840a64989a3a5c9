//! Which entries of lists decide a truth.

use std::collections::BTreeSet;

use super::eval::{Evaluator, Scope};
use super::nearest::entry_name;
use super::program::{Atom, AtomId, ListTerm, Node, NodeId};
use super::truth::Truth;
use crate::schema::{FactId, Type};

/// An entry of a list that decides a truth.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Witness {
    /// The path of the list.
    pub(crate) list: String,
    /// The entry, by id or place.
    pub(crate) entry: String,
}

/// How many entries are named.
const MAX_WITNESSES: usize = 8;

/// Names the entries that make a truth what it is: those that are there where
/// it asks for some, or those that are in the way where it asks for none.
pub(crate) fn witnesses(evaluator: &mut Evaluator<'_>, root: NodeId) -> Vec<Witness> {
    let mut walk = Walk { evaluator, seen: BTreeSet::new(), found: Vec::new() };
    // Nothing comes back to where it started.
    walk.look(root);
    walk.found.truncate(MAX_WITNESSES);
    walk.found
}

struct Walk<'e, 'a> {
    evaluator: &'e mut Evaluator<'a>,
    /// Truths share others, so that the ways to one may be beyond counting.
    seen: BTreeSet<NodeId>,
    found: Vec<Witness>,
}

impl Walk<'_, '_> {
    fn node(&mut self, id: NodeId) {
        if self.seen.insert(id) && self.found.len() < MAX_WITNESSES {
            self.look(id);
        }
    }

    fn look(&mut self, id: NodeId) {
        let truth = self.evaluator.truth(id).truth();
        match &self.evaluator.program()[id] {
            Node::True | Node::False | Node::Unknown => {}
            Node::Not(inner) => self.node(*inner),
            Node::Atom(atom) if truth == Truth::True => self.atom(*atom),
            Node::Atom(_) => {}
            Node::All(parts) | Node::Any(parts) => {
                for part in parts {
                    // A part with another truth did not decide the whole.
                    if self.evaluator.truth(*part).truth() == truth {
                        self.node(*part);
                    }
                }
            }
        }
    }

    fn atom(&mut self, id: AtomId) {
        let Atom::Exists(list @ ListTerm::Fact(fact), body) = &self.evaluator.program()[id] else {
            return;
        };
        if !self.has_records(*fact) {
            return;
        }
        let facts = self.evaluator.facts();
        for (row, entry) in self.evaluator.scopes(list, Scope::OUTSIDE).into_iter().enumerate() {
            if self.evaluator.node(*body, entry).truth() == Truth::True {
                let list = facts.schema().entry(*fact).path.clone();
                let witness = Witness { list, entry: entry_name(*fact, row, facts) };
                if !self.found.contains(&witness) {
                    self.found.push(witness);
                }
            }
        }
    }

    fn has_records(&self, list: FactId) -> bool {
        let schema = self.evaluator.facts().schema();
        matches!(schema.entry(list).fact.ty(), Type::Records(_))
    }
}
