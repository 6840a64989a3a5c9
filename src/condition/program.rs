//! Canonical atoms, and the shared graph of truths above them.
//!
//! Every comparison of a policy becomes a combination of few kinds of atom
//! over *terms*. Atoms, terms and the truths above them are stored once each,
//! however many conditions use them, and are evaluated once per decision.

mod reads;
mod shape;
mod work;

use std::collections::HashMap;
use std::hash::Hash;
use std::ops::Index;

use super::functions::{Clock, TextTest};
use super::tree::Operation;
use crate::schema::{FactId, FieldId, PartId};
use shape::Shape;

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

impl Atom {
    /// Returns the terms an atom is about, besides lists and bodies.
    pub(crate) fn terms(&self) -> [Option<TermId>; 2] {
        match self {
            Self::Cut(term, _)
            | Self::Is(term, _)
            | Self::Truth(term)
            | Self::Has(term)
            | Self::KnownFact(term)
            | Self::Member(term, _) => [Some(*term), None],
            Self::Text(_, a, b) | Self::Less(a, b) | Self::Equal(a, b) => [Some(*a), Some(*b)],
            Self::KnownPart(_) | Self::Exists(..) | Self::One(..) => [None, None],
        }
    }
}

impl Term {
    /// Returns the terms a term is computed from.
    ///
    /// What comes by way of a truth or a list, as in a choice or a count, is
    /// for those who ask to look at.
    pub(crate) fn inner(&self) -> [Option<TermId>; 2] {
        match self {
            Self::Since(inner)
            | Self::DaysSince(inner)
            | Self::Negate(inner)
            | Self::ToDouble(inner)
            | Self::ToInt(inner)
            | Self::Characters(inner)
            | Self::Clock(_, inner, _) => [Some(*inner), None],
            Self::Arithmetic(_, a, b) => [Some(*a), Some(*b)],
            _ => [None, None],
        }
    }
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

/// Plain truths that are made of more are remembered: what is shared many
/// times over would take time beyond all bounds.
const SHORT: u32 = 16;

/// Every truth, atom and term of the conditions lowered into it.
#[derive(Clone, Debug)]
pub(crate) struct Program {
    nodes: Arena<Node>,
    atoms: Arena<Atom>,
    terms: Arena<Term>,
    node_shapes: Vec<Shape>,
    term_shapes: Vec<Shape>,
}

#[derive(Clone, Debug)]
struct Arena<T> {
    items: Vec<T>,
    places: HashMap<T, u32, ahash::RandomState>,
}

impl<T: Clone + Eq + Hash> Arena<T> {
    fn new() -> Self {
        Self { items: Vec::new(), places: HashMap::default() }
    }

    /// Finds out again where each item is.
    fn find_places(&mut self) {
        self.places = self.items.iter().cloned().zip(0_u32..).collect();
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

    /// Takes a program up again, to add conditions to those it has.
    pub(crate) fn reopened(&self) -> Self {
        let mut program = self.clone();
        program.nodes.find_places();
        program.atoms.find_places();
        program.terms.find_places();
        program
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

    pub(crate) fn term(&mut self, term: Term) -> TermId {
        let shape = self.shape_of(&term);
        let (place, new) = self.terms.add(term);
        if new {
            self.term_shapes.push(shape);
        }
        TermId(place)
    }

    fn node(&mut self, node: Node) -> NodeId {
        let shape = self.shape_of_truth(&node);
        let (place, new) = self.nodes.add(node);
        if new {
            self.node_shapes.push(shape);
        }
        NodeId(place)
    }

    pub(crate) fn is_local(&self, node: NodeId) -> bool {
        self.shape_of_node(node).local
    }

    pub(crate) fn term_is_local(&self, term: TermId) -> bool {
        self.shape_of_term(term).local
    }

    /// Tells whether a truth depends on the element of a macro and on nothing
    /// else: it is the same on every rail, and never changes.
    pub(crate) fn is_plain(&self, node: NodeId) -> bool {
        self.shape_of_node(node).plain
    }

    pub(crate) fn term_is_plain(&self, term: TermId) -> bool {
        self.shape_of_term(term).plain
    }

    /// Tells whether a truth looks through a list that may be long.
    pub(crate) fn looks_through_lists(&self, node: NodeId) -> bool {
        self.shape_of_node(node).looks
    }

    pub(crate) fn term_looks_through_lists(&self, term: TermId) -> bool {
        self.shape_of_term(term).looks
    }

    /// Tells whether a plain truth is found out faster than remembered.
    pub(crate) fn is_short(&self, node: NodeId) -> bool {
        self.shape_of_node(node).size <= SHORT
    }

    pub(crate) fn term_is_short(&self, term: TermId) -> bool {
        self.shape_of_term(term).size <= SHORT
    }

    /// Returns of how many truths and terms a truth is made, those that are shared
    /// every time.
    pub(crate) fn size(&self, node: NodeId) -> u32 {
        self.shape_of_node(node).size
    }

    /// Returns how many truths and terms lie inside each other here.
    pub(crate) fn height(&self, node: NodeId) -> u32 {
        self.shape_of_node(node).height
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
            _ => self.node(if is_and { Node::All(flat) } else { Node::Any(flat) }),
        }
    }
}

impl Index<NodeId> for Program {
    type Output = Node;

    #[expect(clippy::indexing_slicing, reason = "a NodeId is made by the program that resolves it")]
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

    #[expect(clippy::indexing_slicing, reason = "a TermId is made by the program that resolves it")]
    fn index(&self, id: TermId) -> &Term {
        &self.terms.items[id.0 as usize]
    }
}
