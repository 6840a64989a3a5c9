//! Conditions as clauses: an abstraction that contains every context there is.
//!
//! Each truth is on two *rails*, by fresh facts and by the last known ones, and
//! on each it may be true, false or neither. What is asked of a truth is one of
//! four *facets*; since facets of joins come down to facets of their parts,
//! only implications in one direction are written. Below are variables: whether
//! a part was delivered and is fresh, whether a place is filled and holds a
//! value, on which side of each cut the value lies, and a few elements of each
//! list ([`needs`]). What cannot be written down exactly is left free, so that
//! what is refuted here is refuted for every real context.

mod lists;
pub(super) mod needs;
mod parts;
mod places;
mod values;

use std::collections::{BTreeMap, BTreeSet, HashMap};

use super::literal::{Cnf, Lit};
use crate::condition::{Atom, AtomId, Constant, ListTerm, Node, NodeId, Program, Term, TermId};
use crate::plan::SuppressionId;
use crate::schema::{FactId, FieldId, PartId, Schema};

pub(super) use lists::ListVars;
use needs::Needs;
pub(super) use parts::{NowVars, PartVars, is_within};
pub(super) use places::{PlaceVars, Spot};
pub(super) use values::{Choices, Line, Order, Source};

/// Which facts are believed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Rail {
    Fresh,
    LastKnown,
}

/// What is asked of a truth.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Facet {
    True,
    False,
    NotTrue,
    NotFalse,
}

impl Facet {
    pub(super) const ALL: [Self; 4] = [Self::True, Self::False, Self::NotTrue, Self::NotFalse];

    pub(super) fn negated(self) -> Self {
        match self {
            Self::True => Self::False,
            Self::False => Self::True,
            Self::NotTrue => Self::NotFalse,
            Self::NotFalse => Self::NotTrue,
        }
    }
}

/// Where a truth is looked for: outside of every macro, or at one element.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) struct Scope(pub(super) u32);

impl Scope {
    pub(super) const OUTSIDE: Self = Self(0);
}

/// A list that has elements of its own in the abstraction.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) enum ListKey {
    Fact(FactId),
    /// A list in a field of the elements of another.
    Field(FactId, FieldId),
}

impl ListKey {
    pub(super) fn of(list: &ListTerm) -> Option<Self> {
        match list {
            ListTerm::Fact(fact) => Some(Self::Fact(*fact)),
            ListTerm::Field(fact, field) => Some(Self::Field(*fact, *field)),
            ListTerm::Written(_) => None,
        }
    }
}

impl ListKey {
    /// Returns the fact that holds the list, or the list it is in.
    pub(super) fn fact(self) -> FactId {
        match self {
            Self::Fact(fact) | Self::Field(fact, _) => fact,
        }
    }
}

/// What is asked of the elements of a list.
#[derive(Clone, Copy, Debug)]
pub(super) enum Body<'p> {
    Node(NodeId),
    /// The element is this value.
    Is(&'p Constant),
    /// Nothing: it is there.
    Any,
}

/// Whether a truth has a value on each rail, and which.
#[derive(Clone, Copy, Debug)]
struct Known {
    known: [Lit; 2],
    value: Lit,
}

/// One end of a difference.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum End<'p> {
    Zero,
    Now,
    At(Spot<'p>, Scope),
}

/// Two values that are compared, and where each is looked for.
type Ordered<'p> = ((Source<'p>, Scope), (Source<'p>, Scope));

/// `a - b <= at_most`, wherever all of these hold.
#[derive(Clone, Copy, Debug)]
pub(super) struct Difference<'p> {
    pub(super) when: [Lit; 2],
    pub(super) a: End<'p>,
    pub(super) b: End<'p>,
    pub(super) at_most: i64,
}

/// Writes conditions as clauses.
pub(super) struct Encoder<'p> {
    program: &'p Program,
    schema: &'p Schema,
    cnf: Cnf,
    needs: Needs<'p>,
    now: Option<NowVars>,
    // What is walked through is kept in order: questions must not depend on
    // the order of a hash.
    parts: BTreeMap<PartId, PartVars>,
    /// Answers of models, which are known or not each for itself.
    answers: BTreeMap<FactId, PartVars>,
    /// How single facts were delivered, and what says that one is not as old
    /// as its part.
    ages: BTreeMap<FactId, (PartVars, Lit)>,
    places: BTreeMap<(Spot<'p>, Scope), PlaceVars>,
    lines: BTreeMap<(Source<'p>, Scope), Line>,
    choices: BTreeMap<(Source<'p>, Scope), Choices<'p>>,
    computed: HashMap<(TermId, Scope), [Lit; 2], ahash::RandomState>,
    since: BTreeMap<(TermId, Scope), Lit>,
    lists: BTreeMap<(ListKey, Scope), ListVars>,
    /// For each element the list it is in.
    slots: Vec<ListKey>,
    truths: HashMap<(NodeId, Facet, Rail, Scope), Lit, ahash::RandomState>,
    /// Truths that were left free, by atom.
    free: HashMap<(AtomId, Scope), Known, ahash::RandomState>,
    orders: Vec<Order<'p>>,
    /// The same, to look one up.
    ordered: HashMap<Ordered<'p>, Lit, ahash::RandomState>,
    differences: Vec<Difference<'p>>,
    /// What was left free although facts decide it, and which facts do.
    loose: Vec<Lit>,
    /// What seldom is so, and perhaps cannot be.
    strained: Vec<Lit>,
    computed_from: BTreeSet<FactId>,
    /// What each rule can be left out by.
    exceptions: BTreeMap<SuppressionId, Lit>,
    /// Whether what is delivered is as its schema declares it: what is required
    /// is there, values are of their types, and lists are known whole.
    declared: bool,
}

impl<'p> Encoder<'p> {
    /// Prepares to write down what was asked for.
    pub(super) fn new(program: &'p Program, schema: &'p Schema, needs: Needs<'p>) -> Self {
        Self {
            program,
            schema,
            cnf: Cnf::new(),
            needs,
            now: None,
            parts: BTreeMap::new(),
            answers: BTreeMap::new(),
            ages: BTreeMap::new(),
            places: BTreeMap::new(),
            lines: BTreeMap::new(),
            choices: BTreeMap::new(),
            computed: HashMap::default(),
            since: BTreeMap::new(),
            lists: BTreeMap::new(),
            slots: Vec::new(),
            truths: HashMap::default(),
            free: HashMap::default(),
            orders: Vec::new(),
            ordered: HashMap::default(),
            differences: Vec::new(),
            loose: Vec::new(),
            strained: Vec::new(),
            computed_from: BTreeSet::new(),
            exceptions: BTreeMap::new(),
            declared: false,
        }
    }

    /// Takes what is delivered to be as its schema declares it.
    pub(super) fn with_declared(self, declared: bool) -> Self {
        Self { declared, ..self }
    }

    /// Makes what a rule can be left out by.
    pub(super) fn except(&mut self, rule: SuppressionId) -> Lit {
        let cnf = &mut self.cnf;
        *self.exceptions.entry(rule).or_insert_with(|| cnf.var())
    }

    pub(super) fn exceptions(&self) -> &BTreeMap<SuppressionId, Lit> {
        &self.exceptions
    }

    pub(super) fn cnf(&mut self) -> &mut Cnf {
        &mut self.cnf
    }

    /// Returns the literals of what is not written down exactly.
    pub(super) fn loose(&self) -> &[Lit] {
        &self.loose
    }

    /// Returns the literals of what seldom is so: if an example fails, others
    /// are looked for where less of it is.
    pub(super) fn strained(&self) -> &[Lit] {
        &self.strained
    }

    /// Names the facts that something is computed from which is not written
    /// down exactly.
    pub(super) fn computed_from(&self) -> Vec<&'p str> {
        let schema = self.schema;
        self.computed_from.iter().map(|fact| schema.entry(*fact).path.as_str()).collect()
    }

    pub(super) fn program(&self) -> &'p Program {
        self.program
    }

    pub(super) fn schema(&self) -> &'p Schema {
        self.schema
    }

    pub(super) fn orders(&self) -> &[Order<'p>] {
        &self.orders
    }

    pub(super) fn differences(&self) -> &[Difference<'p>] {
        &self.differences
    }

    fn difference(&mut self, when: [Lit; 2], a: End<'p>, b: End<'p>, at_most: i64) {
        self.differences.push(Difference { when, a, b, at_most });
    }

    /// Returns the cuts of every line.
    pub(super) fn all_lines(&self) -> impl Iterator<Item = (Source<'p>, Scope, &Line)> {
        self.lines.iter().map(|((source, scope), line)| (*source, *scope, line))
    }

    pub(super) fn line(&self, source: Source<'p>, scope: Scope) -> Option<&Line> {
        self.lines.get(&(source, scope))
    }

    pub(super) fn choices(&self, source: Source<'p>, scope: Scope) -> Option<&Choices<'p>> {
        self.choices.get(&(source, scope))
    }

    pub(super) fn known_place(&self, spot: Spot<'p>, scope: Scope) -> Option<PlaceVars> {
        self.places.get(&(spot, scope)).copied()
    }

    /// Returns a literal from which a facet of a truth follows.
    pub(super) fn ask(&mut self, node: NodeId, facet: Facet, rail: Rail) -> Lit {
        self.truth(node, facet, rail, Scope::OUTSIDE)
    }

    fn truth(&mut self, node: NodeId, facet: Facet, rail: Rail, scope: Scope) -> Lit {
        let scope = if self.program.is_local(node) { scope } else { Scope::OUTSIDE };
        let key = (node, facet, rail, scope);
        if let Some(known) = self.truths.get(&key) {
            return *known;
        }
        // What is too large is not asked at all.
        if self.cnf.is_full() {
            return Lit::FALSE;
        }
        let program = self.program;
        let lit = match &program[node] {
            Node::True => constant(matches!(facet, Facet::True | Facet::NotFalse)),
            Node::False => constant(matches!(facet, Facet::False | Facet::NotTrue)),
            Node::Unknown => constant(matches!(facet, Facet::NotTrue | Facet::NotFalse)),
            Node::Not(inner) => self.truth(*inner, facet.negated(), rail, scope),
            Node::Atom(atom) => self.atom(*atom, facet, rail, scope),
            Node::All(parts) => {
                self.join(parts, facet, matches!(facet, Facet::True | Facet::NotFalse), rail, scope)
            }
            Node::Any(parts) => {
                self.join(parts, facet, matches!(facet, Facet::False | Facet::NotTrue), rail, scope)
            }
        };
        self.truths.insert(key, lit);
        lit
    }

    fn join(
        &mut self,
        parts: &[NodeId],
        facet: Facet,
        of_all: bool,
        rail: Rail,
        scope: Scope,
    ) -> Lit {
        let parts: Vec<Lit> =
            parts.iter().map(|part| self.truth(*part, facet, rail, scope)).collect();
        if of_all { self.cnf.all(parts) } else { self.cnf.any(parts) }
    }

    fn atom(&mut self, id: AtomId, facet: Facet, rail: Rail, scope: Scope) -> Lit {
        let exact = self.loose.len();
        let lit = self.atom_as_it_is(id, facet, rail, scope);
        if self.loose.len() > exact {
            self.computed_from.extend(self.program.facts_of_atom(id));
        }
        lit
    }

    fn atom_as_it_is(&mut self, id: AtomId, facet: Facet, rail: Rail, scope: Scope) -> Lit {
        let program = self.program;
        match &program[id] {
            Atom::Has(place) => self.has(*place, facet, rail, scope),
            Atom::Exists(list, body) => {
                self.exists(id, list, Body::Node(*body), facet, rail, scope)
            }
            Atom::Member(item, list) => match &program[*item] {
                Term::Constant(constant) => {
                    self.exists(id, list, Body::Is(constant), facet, rail, scope)
                }
                _ => self.left_free(id, facet, rail, scope),
            },
            Atom::One(list, body) => self.one(id, list, *body, facet, rail, scope),
            Atom::Cut(term, limit) => match self.counted(id, *term, *limit, facet, rail, scope) {
                Some(lit) => lit,
                // Each cut of a partial list is known or not for itself; those that
                // are known agree.
                None if self.is_bounded(*term) => {
                    let value = self.cut(*term, *limit, scope);
                    let known = self.free_known(id, rail, scope);
                    self.facet_of(known, value, facet)
                }
                None => {
                    let value = self.cut(*term, *limit, scope);
                    self.of_term(*term, value, facet, rail, scope)
                }
            },
            Atom::Is(term, constant) => {
                let value = self.is(*term, constant, scope);
                self.of_term(*term, value, facet, rail, scope)
            }
            Atom::Truth(term) => {
                let value = self.is(*term, &Constant::Bool(true), scope);
                self.of_term(*term, value, facet, rail, scope)
            }
            Atom::KnownPart(part) => {
                let fresh = self.part(*part).fresh;
                self.facet_of(Lit::TRUE, fresh, facet)
            }
            Atom::KnownFact(place) => {
                let known = self.is_known(*place, scope);
                self.facet_of(Lit::TRUE, known, facet)
            }
            Atom::Text(..) | Atom::Less(..) | Atom::Equal(..) => {
                self.of_two(id, facet, rail, scope)
            }
        }
    }

    /// A facet of a truth about one term.
    fn of_term(&mut self, term: TermId, value: Lit, facet: Facet, rail: Rail, scope: Scope) -> Lit {
        let known = self.term_known(term, rail, scope);
        self.facet_of(known, value, facet)
    }

    /// A facet of a truth that is known or not, and has a value if it is.
    fn facet_of(&mut self, known: Lit, value: Lit, facet: Facet) -> Lit {
        match facet {
            Facet::True => self.cnf.all([known, value]),
            Facet::False => self.cnf.all([known, !value]),
            Facet::NotTrue => self.cnf.any([!known, !value]),
            Facet::NotFalse => self.cnf.any([!known, value]),
        }
    }
}

fn constant(truth: bool) -> Lit {
    if truth { Lit::TRUE } else { Lit::FALSE }
}
