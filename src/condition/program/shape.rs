//! What is worth knowing of a truth or a term before it is evaluated.

use super::{Atom, ListTerm, Node, NodeId, Program, Term, TermId};

#[derive(Clone, Copy, Debug)]
pub(super) struct Shape {
    /// Whether its value depends on the element of a macro.
    pub(super) local: bool,
    /// Whether it depends on the element and constants alone: not on time,
    /// parts or other facts. It is then the same on every rail, and for good.
    pub(super) plain: bool,
    /// Whether it looks through a list that may be long.
    pub(super) looks: bool,
    /// How many truths and terms lie inside each other.
    pub(super) height: u32,
    /// How many truths and terms there are, those that are shared every time.
    pub(super) size: u32,
}

impl Shape {
    /// What stands for itself.
    const CONSTANT: Self = Self { local: false, plain: true, looks: false, height: 0, size: 0 };
    const ELEMENT: Self = Self { local: true, ..Self::CONSTANT };
    /// What is read elsewhere than in the element of a macro.
    const OUTSIDE: Self = Self { plain: false, ..Self::CONSTANT };

    fn beside(self, other: Self) -> Self {
        Self {
            local: self.local || other.local,
            plain: self.plain && other.plain,
            looks: self.looks || other.looks,
            height: self.height.max(other.height),
            size: self.size.saturating_add(other.size),
        }
    }

    fn above(self) -> Self {
        Self { height: self.height.saturating_add(1), size: self.size.saturating_add(1), ..self }
    }

    /// What is computed from constants alone is worth remembering.
    fn computed(self) -> Self {
        Self { plain: self.plain && self.local, ..self }
    }

    /// What looks through a list.
    fn looking(self) -> Self {
        Self { looks: true, ..self }
    }

    /// The body of a macro looks at the elements of its own list.
    fn as_body(self) -> Self {
        Self { local: false, plain: false, ..self }
    }

    fn of_all(shapes: impl Iterator<Item = Self>) -> Self {
        shapes.fold(Self::CONSTANT, Self::beside)
    }
}

impl Program {
    pub(super) fn shape_of_node(&self, node: NodeId) -> Shape {
        self.node_shapes.get(node.0 as usize).copied().unwrap_or(Shape::OUTSIDE)
    }

    pub(super) fn shape_of_term(&self, term: TermId) -> Shape {
        self.term_shapes.get(term.0 as usize).copied().unwrap_or(Shape::OUTSIDE)
    }

    pub(super) fn shape_of_truth(&self, node: &Node) -> Shape {
        let inner = match node {
            Node::True | Node::False | Node::Unknown => Shape::CONSTANT,
            Node::Atom(atom) => self.shape_of_atom(&self[*atom]),
            Node::Not(inner) => self.shape_of_node(*inner),
            Node::All(parts) | Node::Any(parts) => {
                Shape::of_all(parts.iter().map(|part| self.shape_of_node(*part)))
            }
        };
        inner.above()
    }

    fn shape_of_atom(&self, atom: &Atom) -> Shape {
        let inner = match atom {
            Atom::KnownPart(_) => Shape::OUTSIDE,
            Atom::Member(term, list) => {
                self.shape_of_term(*term).beside(self.shape_of_list(list)).looking()
            }
            Atom::Exists(list, body) | Atom::One(list, body) => self.shape_of_macro(list, *body),
            about => self.shape_of_terms(about.terms()),
        };
        inner.computed()
    }

    fn shape_of_macro(&self, list: &ListTerm, body: NodeId) -> Shape {
        let body = self.shape_of_node(body).as_body();
        self.shape_of_list(list).beside(body).looking()
    }

    fn shape_of_list(&self, list: &ListTerm) -> Shape {
        match list {
            ListTerm::Fact(_) => Shape::OUTSIDE,
            ListTerm::Field(..) => Shape::ELEMENT,
            ListTerm::Written(entries) => {
                Shape::of_all(entries.iter().map(|entry| self.shape_of_term(*entry)))
            }
        }
    }

    fn shape_of_terms(&self, terms: [Option<TermId>; 2]) -> Shape {
        Shape::of_all(terms.into_iter().flatten().map(|term| self.shape_of_term(term)))
    }

    pub(super) fn shape_of(&self, term: &Term) -> Shape {
        let inner = match term {
            Term::Constant(_) | Term::Unknown => return Shape::CONSTANT.above(),
            Term::Field(..) | Term::Element => Shape::ELEMENT,
            Term::Fact(_) | Term::Entry(..) | Term::Now => Shape::OUTSIDE,
            // They look at the clock.
            Term::Since(inner) | Term::DaysSince(inner) => {
                self.shape_of_term(*inner).beside(Shape::OUTSIDE)
            }
            Term::Size(list) => self.shape_of_list(list),
            Term::Count(list, body) => self.shape_of_macro(list, *body),
            Term::Choice(test, a, b) => self
                .shape_of_node(*test)
                .beside(self.shape_of_term(*a))
                .beside(self.shape_of_term(*b)),
            Term::Truth(node) => self.shape_of_node(*node),
            computed => self.shape_of_terms(computed.inner()),
        };
        inner.computed().above()
    }
}
