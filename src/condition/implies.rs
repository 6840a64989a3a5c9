//! Whether one truth follows from another, by their shape alone.

use super::program::{Atom, Limit, Node, NodeId, Program};

/// Tells whether a truth says less than another: it follows, and adds nothing.
///
/// A part of the other that is only repeated is not weaker.
pub(crate) fn is_weaker(program: &Program, weaker: NodeId, than: NodeId) -> bool {
    let parts_of = |node: NodeId| match &program[node] {
        Node::All(parts) => parts.clone(),
        _ => vec![node],
    };
    let said = parts_of(than);
    let repeats = parts_of(weaker).iter().all(|part| said.contains(part));
    !repeats && Implication { program, steps: 0 }.holds(than, weaker)
}

/// After so many steps nothing is claimed any more.
const MAX_STEPS: u32 = 10_000;

struct Implication<'p> {
    program: &'p Program,
    steps: u32,
}

impl Implication<'_> {
    /// Tells whether wherever `a` is known true, `b` is; "no" may be wrong.
    fn holds(&mut self, a: NodeId, b: NodeId) -> bool {
        self.steps += 1;
        if self.steps > MAX_STEPS {
            return false;
        }
        if a == b {
            return true;
        }
        let program = self.program;
        match (&program[a], &program[b]) {
            (Node::False, _) | (_, Node::True) => true,
            (Node::Any(parts), _) => parts.iter().all(|part| self.holds(*part, b)),
            (_, Node::All(parts)) => parts.iter().all(|part| self.holds(a, *part)),
            (Node::All(parts), Node::Any(of)) => {
                parts.iter().any(|part| self.holds(*part, b))
                    || of.iter().any(|part| self.holds(a, *part))
            }
            (Node::All(parts), _) => parts.iter().any(|part| self.holds(*part, b)),
            (_, Node::Any(parts)) => parts.iter().any(|part| self.holds(a, *part)),
            (Node::Not(a), Node::Not(b)) => self.atoms(*b, *a),
            (Node::Atom(_), Node::Atom(_)) => self.atoms(a, b),
            (Node::Atom(_), Node::Not(not)) => self.exclude(a, *not),
            _ => false,
        }
    }

    /// Tells whether two truths give one term different values.
    fn exclude(&self, a: NodeId, b: NodeId) -> bool {
        let (Node::Atom(a), Node::Atom(b)) = (&self.program[a], &self.program[b]) else {
            return false;
        };
        match (&self.program[*a], &self.program[*b]) {
            (Atom::Is(one, word), Atom::Is(two, other)) => one == two && word != other,
            _ => false,
        }
    }

    /// Tells whether one cut of a line lies within another.
    fn atoms(&self, a: NodeId, b: NodeId) -> bool {
        let (Node::Atom(a), Node::Atom(b)) = (&self.program[a], &self.program[b]) else {
            return false;
        };
        match (&self.program[*a], &self.program[*b]) {
            (Atom::Cut(one, a), Atom::Cut(two, b)) => one == two && is_below(*a, *b),
            _ => false,
        }
    }
}

/// Tells whether what is below one limit is below the other.
fn is_below(limit: Limit, other: Limit) -> bool {
    match (limit, other) {
        (Limit::Int(limit), Limit::Int(other)) => limit <= other,
        (Limit::Double { value: a, open }, Limit::Double { value: b, open: other_open }) => {
            let (a, b) = (a.get(), b.get());
            a < b || a.total_cmp(&b).is_eq() && (open || !other_open)
        }
        _ => false,
    }
}
