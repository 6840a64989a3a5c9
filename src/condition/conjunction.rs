//! A truth taken apart into those that must all hold for it.

use super::program::{Atom, Node, NodeId, Program};

/// A truth that a conjunction rests on: it must be known true, or known false.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct Literal {
    pub(crate) node: NodeId,
    pub(crate) holds: bool,
}

/// How often something is so, in a thousand.
const SURE: u32 = 1_000;

/// How far down a guess looks.
const LEVELS: u32 = 4;

impl Program {
    /// Adds the literals that must all hold for a truth to be known true.
    ///
    /// Tells whether it can be at all. It is exact for three values: a
    /// conjunction is true if all its parts are, a negated disjunction if all
    /// its parts are false. Whatever has another shape is a literal itself.
    pub(crate) fn conjuncts(&self, root: NodeId, found: &mut Vec<Literal>) -> bool {
        let mut can_hold = true;
        let mut open = vec![Literal { node: root, holds: true }];
        while let Some(literal) = open.pop() {
            match (&self[literal.node], literal.holds) {
                (Node::True, true) | (Node::False, false) => {}
                (Node::True | Node::False | Node::Unknown, _) => can_hold = false,
                (Node::Not(inner), holds) => open.push(Literal { node: *inner, holds: !holds }),
                (Node::All(parts), true) | (Node::Any(parts), false) => {
                    let holds = literal.holds;
                    open.extend(parts.iter().map(|part| Literal { node: *part, holds }));
                }
                (Node::Atom(_) | Node::All(_) | Node::Any(_), _) => found.push(literal),
            }
        }
        can_hold
    }

    /// Guesses how often a literal holds, in a thousand cases.
    ///
    /// A wrong guess costs time and changes no answer.
    pub(crate) fn guess(&self, literal: Literal) -> u32 {
        let often = self.guess_of(literal.node, LEVELS);
        if literal.holds { often } else { SURE - often }
    }

    fn guess_of(&self, node: NodeId, levels: u32) -> u32 {
        let Some(levels) = levels.checked_sub(1) else { return SURE / 2 };
        match &self[node] {
            Node::True => SURE,
            Node::False | Node::Unknown => 0,
            Node::Not(inner) => SURE - self.guess_of(*inner, levels),
            Node::All(parts) => {
                let parts = parts.iter().map(|part| self.guess_of(*part, levels));
                parts.fold(SURE, |all, part| all * part / SURE)
            }
            Node::Any(parts) => {
                let parts = parts.iter().map(|part| SURE - self.guess_of(*part, levels));
                SURE - parts.fold(SURE, |none, part| none * part / SURE)
            }
            Node::Atom(atom) => match &self[*atom] {
                Atom::Is(..) | Atom::Equal(..) => 200,
                Atom::Text(..) | Atom::Member(..) | Atom::One(..) => 150,
                Atom::Cut(..) | Atom::Less(..) => 400,
                Atom::Truth(_) => 500,
                Atom::Has(_) | Atom::KnownPart(_) | Atom::KnownFact(_) => 800,
                // Some element of a few.
                Atom::Exists(_, body) => SURE.min(self.guess_of(*body, levels) * 3 / 4),
            },
        }
    }
}
