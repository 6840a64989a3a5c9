//! Canonical atoms, and the shared graph of truths above them.
//!
//! Every comparison of a policy becomes a combination of few kinds of atom
//! over *terms*. Atoms, terms and the truths above them are stored once each,
//! however many conditions use them, and are evaluated once per decision.

use std::collections::HashMap;
use std::hash::Hash;
use std::ops::Index;

use super::functions::{Clock, TextTest};
use super::tree::Operation;
use crate::schema::{FactId, FieldId, PartId, Schema};

/// The place of a truth in its program.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct NodeId(pub(crate) u32);

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct AtomId(pub(crate) u32);

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct TermId(pub(crate) u32);

/// A truth made of others.
///
/// Only what is sound for three values is simplified: never `a && !a`.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Node {
    True,
    False,
    /// Unknown whatever the facts: an error of arithmetic between constants.
    Unknown,
    Atom(AtomId),
    Not(NodeId),
    All(Vec<NodeId>),
    Any(Vec<NodeId>),
}

/// A truth about terms.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Atom {
    /// `term <= limit`, or `term < limit` for an open limit.
    Cut(TermId, Limit),
    /// `term == constant`, for texts and words.
    Is(TermId, Constant),
    /// A term that is itself a truth.
    Truth(TermId),
    /// The place of the term is filled.
    Has(TermId),
    KnownPart(PartId),
    /// The part is known and the place filled.
    KnownFact(TermId),
    Text(TextTest, TermId, TermId),
    /// `left < right`.
    Less(TermId, TermId),
    /// `left == right`.
    Equal(TermId, TermId),
    /// `term in list`, strict in both.
    Member(TermId, ListTerm),
    /// Some element satisfies the body.
    Exists(ListTerm, NodeId),
    /// Exactly one element satisfies the body.
    One(ListTerm, NodeId),
}

/// A point on the line of a term.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Limit {
    /// Whole numbers, times and lengths of time: `<=` only.
    Int(i64),
    Double {
        value: Real,
        open: bool,
    },
}

/// A finite double that can be compared bit by bit; zero has one sign.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Real(u64);

impl Real {
    pub(crate) fn new(value: f64) -> Self {
        Self(value.to_bits())
    }

    pub(crate) fn get(self) -> f64 {
        f64::from_bits(self.0)
    }
}

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Constant {
    Bool(bool),
    Int(i64),
    Double(Real),
    Text(String),
    Word(u16),
    /// Milliseconds since 1970.
    Time(i64),
    /// Milliseconds.
    Length(i64),
}

/// A value that is read or computed.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Term {
    Constant(Constant),
    /// An error of arithmetic between constants.
    Unknown,
    Fact(FactId),
    /// An entry of a map under a fixed name.
    Entry(FactId, String),
    /// A field of the element a macro looks at; the fact is its list.
    Field(FactId, FieldId),
    /// The element a macro looks at, in a list of plain values.
    Element,
    Now,
    /// `now - time`, in milliseconds.
    Since(TermId),
    /// Whole days of `now - time`, rounded down.
    DaysSince(TermId),
    Negate(TermId),
    Arithmetic(Operation, TermId, TermId),
    ToDouble(TermId),
    ToInt(TermId),
    /// The number of characters of a text.
    Characters(TermId),
    /// The number of elements of a list.
    Size(ListTerm),
    /// The number of elements that satisfy the body.
    Count(ListTerm, NodeId),
    /// A part of a date, at an offset from UTC in minutes.
    Clock(Clock, TermId, i32),
    Choice(NodeId, TermId, TermId),
    /// A truth as a value.
    Truth(NodeId),
}

/// A list that macros and `in` look through.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) enum ListTerm {
    Fact(FactId),
    /// A list in a field of the element a macro looks at; the fact is its list.
    Field(FactId, FieldId),
    Written(Vec<TermId>),
}

/// Longer joins are not copied into those above them: a chain of situations
/// would take memory by the square of its length.
const MAX_FLAT: usize = 64;

/// Every truth, atom and term of the conditions lowered into it.
#[derive(Clone, Debug)]
pub(crate) struct Program {
    nodes: Arena<Node>,
    atoms: Arena<Atom>,
    terms: Arena<Term>,
    node_shapes: Vec<Shape>,
    term_shapes: Vec<Shape>,
}

/// What is known of a truth or a term from its form.
#[derive(Clone, Copy, Debug, Default)]
struct Shape {
    /// Whether its value depends on the element of a macro.
    is_local: bool,
    /// How many truths and terms lie below one another in it.
    height: u32,
}

impl Shape {
    const ELEMENT: Self = Self {
        is_local: true,
        height: 0,
    };

    fn joined(self, other: Self) -> Self {
        Self {
            is_local: self.is_local || other.is_local,
            height: self.height.max(other.height),
        }
    }

    fn raised(self) -> Self {
        Self {
            height: self.height.saturating_add(1),
            ..self
        }
    }
}

#[derive(Clone, Debug)]
struct Arena<T> {
    items: Vec<T>,
    places: HashMap<T, u32, ahash::RandomState>,
}

impl<T: Clone + Eq + Hash> Arena<T> {
    fn new() -> Self {
        Self {
            items: Vec::new(),
            places: HashMap::default(),
        }
    }

    /// Returns the place of an item, and whether it is new.
    fn add(&mut self, item: T) -> (u32, bool) {
        if let Some(place) = self.places.get(&item) {
            return (*place, false);
        }
        let place = u32::try_from(self.items.len()).unwrap_or(u32::MAX);
        self.items.push(item.clone());
        self.places.insert(item, place);
        (place, true)
    }
}

impl Program {
    pub(crate) fn new() -> Self {
        Self {
            nodes: Arena::new(),
            atoms: Arena::new(),
            terms: Arena::new(),
            node_shapes: Vec::new(),
            term_shapes: Vec::new(),
        }
    }

    /// Gives back the memory that is only needed while conditions are added.
    pub(crate) fn seal(&mut self) {
        self.nodes.places = HashMap::default();
        self.atoms.places = HashMap::default();
        self.terms.places = HashMap::default();
    }

    pub(crate) fn node_count(&self) -> usize {
        self.nodes.items.len()
    }

    pub(crate) fn term_count(&self) -> usize {
        self.terms.items.len()
    }

    pub(crate) fn is_local(&self, node: NodeId) -> bool {
        self.node_shape(node).is_local
    }

    pub(crate) fn term_is_local(&self, term: TermId) -> bool {
        self.term_shape(term).is_local
    }

    /// Tells how deep a truth is, with every situation it names.
    pub(crate) fn height(&self, node: NodeId) -> u32 {
        self.node_shape(node).height
    }

    fn node_shape(&self, node: NodeId) -> Shape {
        self.node_shapes
            .get(node.0 as usize)
            .copied()
            .unwrap_or_default()
    }

    fn term_shape(&self, term: TermId) -> Shape {
        self.term_shapes
            .get(term.0 as usize)
            .copied()
            .unwrap_or_default()
    }

    pub(crate) fn term(&mut self, term: Term) -> TermId {
        let shape = self.shape_of_term(&term).raised();
        let (place, new) = self.terms.add(term);
        if new {
            self.term_shapes.push(shape);
        }
        TermId(place)
    }

    fn node(&mut self, node: Node) -> NodeId {
        let shape = match &node {
            Node::True | Node::False | Node::Unknown => Shape::default(),
            Node::Atom(atom) => self.shape_of_atom(&self[*atom]),
            Node::Not(inner) => self.node_shape(*inner),
            Node::All(parts) | Node::Any(parts) => {
                let shapes = parts.iter().map(|part| self.node_shape(*part));
                shapes.fold(Shape::default(), Shape::joined)
            }
        };
        let (place, new) = self.nodes.add(node);
        if new {
            self.node_shapes.push(shape.raised());
        }
        NodeId(place)
    }

    fn shape_of_atom(&self, atom: &Atom) -> Shape {
        match atom {
            Atom::KnownPart(_) => Shape::default(),
            Atom::Cut(term, _)
            | Atom::Is(term, _)
            | Atom::Truth(term)
            | Atom::Has(term)
            | Atom::KnownFact(term) => self.term_shape(*term),
            Atom::Text(_, a, b) | Atom::Less(a, b) | Atom::Equal(a, b) => {
                self.term_shape(*a).joined(self.term_shape(*b))
            }
            Atom::Member(term, list) => self.term_shape(*term).joined(self.shape_of_list(list)),
            Atom::Exists(list, body) | Atom::One(list, body) => self.shape_of_macro(list, *body),
        }
    }

    /// The body looks at the elements of this list, and at no others: macros
    /// do not nest.
    fn shape_of_macro(&self, list: &ListTerm, body: NodeId) -> Shape {
        let list = self.shape_of_list(list);
        Shape {
            height: list.height.max(self.node_shape(body).height),
            ..list
        }
    }

    fn shape_of_term(&self, term: &Term) -> Shape {
        match term {
            Term::Field(..) | Term::Element => Shape::ELEMENT,
            Term::Constant(_) | Term::Unknown | Term::Fact(_) | Term::Entry(..) | Term::Now => {
                Shape::default()
            }
            Term::Since(inner)
            | Term::DaysSince(inner)
            | Term::Negate(inner)
            | Term::ToDouble(inner)
            | Term::ToInt(inner)
            | Term::Characters(inner)
            | Term::Clock(_, inner, _) => self.term_shape(*inner),
            Term::Arithmetic(_, a, b) => self.term_shape(*a).joined(self.term_shape(*b)),
            Term::Size(list) => self.shape_of_list(list),
            Term::Count(list, body) => self.shape_of_macro(list, *body),
            Term::Choice(test, a, b) => {
                let sides = self.term_shape(*a).joined(self.term_shape(*b));
                self.node_shape(*test).joined(sides)
            }
            Term::Truth(node) => self.node_shape(*node),
        }
    }

    fn shape_of_list(&self, list: &ListTerm) -> Shape {
        match list {
            ListTerm::Fact(_) => Shape::default(),
            ListTerm::Field(..) => Shape::ELEMENT,
            ListTerm::Written(entries) => {
                let shapes = entries.iter().map(|entry| self.term_shape(*entry));
                shapes.fold(Shape::default(), Shape::joined)
            }
        }
    }

    pub(crate) fn atom(&mut self, atom: Atom) -> NodeId {
        let (place, _) = self.atoms.add(atom);
        self.node(Node::Atom(AtomId(place)))
    }

    pub(crate) fn constant(&mut self, truth: Option<bool>) -> NodeId {
        self.node(match truth {
            Some(true) => Node::True,
            Some(false) => Node::False,
            None => Node::Unknown,
        })
    }

    pub(crate) fn not(&mut self, inner: NodeId) -> NodeId {
        match &self[inner] {
            Node::True => self.constant(Some(false)),
            Node::False => self.constant(Some(true)),
            Node::Unknown => inner,
            Node::Not(original) => *original,
            _ => self.node(Node::Not(inner)),
        }
    }

    /// Joins truths by and: flat, sorted, without repetition.
    pub(crate) fn all(&mut self, parts: impl IntoIterator<Item = NodeId>) -> NodeId {
        self.join(parts, true)
    }

    /// Joins truths by or: flat, sorted, without repetition.
    pub(crate) fn any(&mut self, parts: impl IntoIterator<Item = NodeId>) -> NodeId {
        self.join(parts, false)
    }

    fn join(&mut self, parts: impl IntoIterator<Item = NodeId>, is_and: bool) -> NodeId {
        let mut flat = Vec::new();
        for part in parts {
            match &self[part] {
                Node::True if is_and => {}
                Node::False if !is_and => {}
                Node::True | Node::False => return part,
                Node::All(inner) if is_and && inner.len() <= MAX_FLAT => {
                    flat.extend_from_slice(inner);
                }
                Node::Any(inner) if !is_and && inner.len() <= MAX_FLAT => {
                    flat.extend_from_slice(inner);
                }
                _ => flat.push(part),
            }
        }
        flat.sort_unstable();
        flat.dedup();
        match *flat.as_slice() {
            [] => self.constant(Some(is_and)),
            [only] => only,
            _ => self.node(if is_and {
                Node::All(flat)
            } else {
                Node::Any(flat)
            }),
        }
    }

    /// Lists what a truth reads, sorted: facts, and parts that `known` asks for.
    pub(crate) fn reads<'s>(&self, root: NodeId, schema: &'s Schema) -> Vec<&'s str> {
        let visit = self.visit(|visit| visit.node(root));
        let facts = visit
            .facts
            .iter()
            .map(|fact| schema.entry(*fact).path.as_str());
        let parts = visit
            .parts
            .iter()
            .map(|part| schema.part(*part).name.as_str());
        let mut paths: Vec<&str> = facts.chain(parts).collect();
        paths.sort_unstable();
        paths.dedup();
        paths
    }

    fn visit<'a>(&'a self, start: impl FnOnce(&mut Visit<'a>)) -> Visit<'a> {
        let mut visit = Visit {
            program: self,
            seen: vec![false; self.nodes.items.len()],
            facts: Vec::new(),
            parts: Vec::new(),
        };
        start(&mut visit);
        visit
    }
}

/// Collects what a truth depends on.
struct Visit<'a> {
    program: &'a Program,
    /// Truths share others, so that the ways to one may be beyond counting.
    seen: Vec<bool>,
    facts: Vec<FactId>,
    parts: Vec<PartId>,
}

impl Visit<'_> {
    fn node(&mut self, id: NodeId) {
        match self.seen.get_mut(id.0 as usize) {
            Some(seen) if !*seen => *seen = true,
            _ => return,
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
            Atom::Cut(term, _)
            | Atom::Is(term, _)
            | Atom::Truth(term)
            | Atom::Has(term)
            | Atom::KnownFact(term) => self.term(*term),
            Atom::Text(_, a, b) | Atom::Less(a, b) | Atom::Equal(a, b) => {
                self.term(*a);
                self.term(*b);
            }
            Atom::Member(term, list) => {
                self.term(*term);
                self.list(list);
            }
            Atom::Exists(list, body) | Atom::One(list, body) => {
                self.list(list);
                self.node(*body);
            }
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
            Term::Since(inner)
            | Term::DaysSince(inner)
            | Term::Negate(inner)
            | Term::ToDouble(inner)
            | Term::ToInt(inner)
            | Term::Characters(inner)
            | Term::Clock(_, inner, _) => self.term(*inner),
            Term::Arithmetic(_, a, b) => {
                self.term(*a);
                self.term(*b);
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
        }
    }
}

impl Index<NodeId> for Program {
    type Output = Node;

    #[expect(
        clippy::indexing_slicing,
        reason = "a NodeId is made by the program that resolves it"
    )]
    fn index(&self, id: NodeId) -> &Node {
        &self.nodes.items[id.0 as usize]
    }
}

impl Index<AtomId> for Program {
    type Output = Atom;

    #[expect(
        clippy::indexing_slicing,
        reason = "an AtomId is made by the program that resolves it"
    )]
    fn index(&self, id: AtomId) -> &Atom {
        &self.atoms.items[id.0 as usize]
    }
}

impl Index<TermId> for Program {
    type Output = Term;

    #[expect(
        clippy::indexing_slicing,
        reason = "a TermId is made by the program that resolves it"
    )]
    fn index(&self, id: TermId) -> &Term {
        &self.terms.items[id.0 as usize]
    }
}
