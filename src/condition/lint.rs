//! What is allowed in a condition and seldom meant.

use std::collections::{HashMap, HashSet};

use super::program::{Atom, ListTerm, Node, NodeId, Program, Term, TermId};
use crate::schema::{FactId, Schema};

/// Finds an optional fact whose absence leaves a truth unknown.
///
/// A suppression that reads one without `has(…)` holds back for ever where the
/// fact is absent.
pub(crate) fn unguarded(program: &Program, root: NodeId, schema: &Schema) -> Option<String> {
    let absent = |fact: &FactId| {
        let may_be = Absence { program, schema, absent: *fact, known: HashMap::new() }.values(root);
        may_be.unknown
    };
    let optional = |fact: &FactId| schema.entry(*fact).fact.is_optional();
    let mut facts = program.facts(root).into_iter().filter(optional);
    facts.find(absent).map(|fact| schema.entry(fact).path.clone())
}

/// Tells whether `known(…)` decides a truth on a side where not knowing opens it.
///
/// In a suppression that is the plain side, in a condition of an action the
/// negated one.
pub(crate) fn fails_open(program: &Program, root: NodeId, negated: bool) -> bool {
    Openings { program, seen: HashSet::default() }.any(root, negated)
}

struct Openings<'p> {
    program: &'p Program,
    /// Truths share others, so that the ways to one may be beyond counting.
    seen: HashSet<(NodeId, bool)>,
}

impl Openings<'_> {
    fn any(&mut self, node: NodeId, negated: bool) -> bool {
        if !self.seen.insert((node, negated)) {
            return false;
        }
        match &self.program[node] {
            Node::True | Node::False | Node::Unknown => false,
            Node::Not(inner) => self.any(*inner, !negated),
            Node::All(parts) | Node::Any(parts) => {
                parts.iter().any(|part| self.any(*part, negated))
            }
            Node::Atom(atom) => match &self.program[*atom] {
                Atom::KnownPart(_) | Atom::KnownFact(_) => !negated,
                Atom::Exists(_, body) | Atom::One(_, body) => self.any(*body, negated),
                _ => false,
            },
        }
    }
}

/// Which values a truth may take while one fact is absent.
#[derive(Clone, Copy)]
struct Values {
    truth: bool,
    falsity: bool,
    unknown: bool,
}

impl Values {
    const ANY: Self = Self { truth: true, falsity: true, unknown: false };
    const UNKNOWN: Self = Self { truth: false, falsity: false, unknown: true };

    fn of(truth: bool) -> Self {
        Self { truth, falsity: !truth, unknown: false }
    }

    fn not(self) -> Self {
        Self { truth: self.falsity, falsity: self.truth, unknown: self.unknown }
    }

    fn and(self, other: Self) -> Self {
        Self {
            truth: self.truth && other.truth,
            falsity: self.falsity || other.falsity,
            unknown: self.unknown && (other.unknown || other.truth) || other.unknown && self.truth,
        }
    }
}

struct Absence<'p> {
    program: &'p Program,
    schema: &'p Schema,
    absent: FactId,
    /// What was found out already, for the same reason.
    known: HashMap<NodeId, Values>,
}

impl Absence<'_> {
    fn values(&mut self, node: NodeId) -> Values {
        if let Some(known) = self.known.get(&node) {
            return *known;
        }
        let values = self.look(node);
        self.known.insert(node, values);
        values
    }

    fn look(&mut self, node: NodeId) -> Values {
        let program = self.program;
        match &program[node] {
            Node::True => Values::of(true),
            Node::False => Values::of(false),
            Node::Unknown => Values::UNKNOWN,
            Node::Not(inner) => self.values(*inner).not(),
            Node::All(parts) => {
                parts.iter().fold(Values::of(true), |all, part| all.and(self.values(*part)))
            }
            Node::Any(parts) => {
                let none = parts
                    .iter()
                    .fold(Values::of(true), |none, part| none.and(self.values(*part).not()));
                none.not()
            }
            Node::Atom(atom) => match &self.program[*atom] {
                Atom::Has(place) | Atom::KnownFact(place) if self.is_absent(*place) => {
                    Values::of(false)
                }
                Atom::Member(item, list) if self.reads(*item) || self.is_list(list) => {
                    Values::UNKNOWN
                }
                Atom::Exists(list, _) | Atom::One(list, _) if self.is_list(list) => Values::UNKNOWN,
                Atom::Cut(term, _) | Atom::Is(term, _) | Atom::Truth(term) if self.reads(*term) => {
                    Values::UNKNOWN
                }
                Atom::Text(_, a, b) | Atom::Less(a, b) | Atom::Equal(a, b)
                    if self.reads(*a) || self.reads(*b) =>
                {
                    Values::UNKNOWN
                }
                _ => Values::ANY,
            },
        }
    }

    /// Tells whether a place is that of the fact, or of the group it is in.
    fn is_absent(&self, place: TermId) -> bool {
        let Term::Fact(fact) = &self.program[place] else { return false };
        let (asked, absent) = (self.schema.entry(*fact), self.schema.entry(self.absent));
        let rest = absent.path.strip_prefix(asked.path.as_str());
        *fact == self.absent || rest.is_some_and(|rest| rest.starts_with('.'))
    }

    fn is_list(&self, list: &ListTerm) -> bool {
        matches!(list, ListTerm::Fact(fact) if *fact == self.absent)
    }

    /// Tells whether a term has no value without the fact.
    fn reads(&self, term: TermId) -> bool {
        match &self.program[term] {
            Term::Fact(fact) => *fact == self.absent,
            computed => computed.inner().into_iter().flatten().any(|inner| self.reads(inner)),
        }
    }
}
