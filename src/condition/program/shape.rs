//! What is worth knowing of a truth or a term before it is evaluated.

use super::{Atom, ListTerm, Node, NodeId, Program, Term, TermId};

#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Shape {
    /// Whether its value depends on the element of a macro.
    pub(super) local: bool,
    /// How many truths and terms lie inside each other.
    pub(super) height: u32,
}

impl Shape {
    const ELEMENT: Self = Self { local: true, height: 0 };

    fn beside(self, other: Self) -> Self {
        Self { local: self.local || other.local, height: self.height.max(other.height) }
    }

    fn above(self) -> Self {
        Self { height: self.height.saturating_add(1), ..self }
    }

    /// The body of a macro looks at the elements of its own list.
    fn as_body(self) -> Self {
        Self { local: false, ..self }
    }
}

impl Program {
    pub(super) fn shape_of_node(&self, node: NodeId) -> Shape {
        let shape = self.node_shapes.get(node.0 as usize).copied();
        shape.unwrap_or_default()
    }

    pub(super) fn shape_of_term(&self, term: TermId) -> Shape {
        let shape = self.term_shapes.get(term.0 as usize).copied();
        shape.unwrap_or_default()
    }

    pub(super) fn shape_of_truth(&self, node: &Node) -> Shape {
        let inner = match node {
            Node::True | Node::False | Node::Unknown => Shape::default(),
            Node::Atom(atom) => self.shape_of_atom(&self[*atom]),
            Node::Not(inner) => self.shape_of_node(*inner),
            Node::All(parts) | Node::Any(parts) => parts
                .iter()
                .map(|part| self.shape_of_node(*part))
                .fold(Shape::default(), Shape::beside),
        };
        inner.above()
    }

    fn shape_of_atom(&self, atom: &Atom) -> Shape {
        match atom {
            Atom::KnownPart(_) => Shape::default(),
            Atom::Member(term, list) => self.shape_of_term(*term).beside(self.shape_of_list(list)),
            Atom::Exists(list, body) | Atom::One(list, body) => self.shape_of_macro(list, *body),
            about => self.shape_of_terms(about.terms()),
        }
    }

    fn shape_of_macro(&self, list: &ListTerm, body: NodeId) -> Shape {
        let body = self.shape_of_node(body).as_body();
        self.shape_of_list(list).beside(body)
    }

    fn shape_of_list(&self, list: &ListTerm) -> Shape {
        match list {
            ListTerm::Fact(_) => Shape::default(),
            ListTerm::Field(..) => Shape::ELEMENT,
            ListTerm::Written(entries) => entries
                .iter()
                .map(|entry| self.shape_of_term(*entry))
                .fold(Shape::default(), Shape::beside),
        }
    }

    fn shape_of_terms(&self, terms: [Option<TermId>; 2]) -> Shape {
        let shapes = terms.into_iter().flatten().map(|term| self.shape_of_term(term));
        shapes.fold(Shape::default(), Shape::beside)
    }

    pub(super) fn shape_of(&self, term: &Term) -> Shape {
        let inner = match term {
            Term::Field(..) | Term::Element => Shape::ELEMENT,
            Term::Size(list) => self.shape_of_list(list),
            Term::Count(list, body) => self.shape_of_macro(list, *body),
            Term::Choice(test, a, b) => self
                .shape_of_node(*test)
                .beside(self.shape_of_term(*a))
                .beside(self.shape_of_term(*b)),
            Term::Truth(node) => self.shape_of_node(*node),
            computed => self.shape_of_terms(computed.inner()),
        };
        inner.above()
    }
}
