//! Conditions that would take too long are refused when they are read.

use std::collections::HashSet;

use super::finding::{self, Finding};
use super::lower::{Place, lower_value};
use super::program::{Node, NodeId, Program};
use super::tree::Span;
use super::typed::{Kind, Typed};

/// How many steps evaluating a condition may take: well under a millisecond.
///
/// The situations it names are counted where they are written: they are found
/// out once for a decision, however many conditions name them.
const MAX_STEPS: u64 = 180_000;

/// Refuses a condition that takes too many steps where lists are long.
pub(super) fn check(typed: &Typed, root: Root<'_>, program: &mut Program) -> Result<(), Finding> {
    if !root.looks_through_lists(program) {
        return Ok(());
    }
    let mut named = HashSet::default();
    typed.visit(&mut |part| {
        if let Kind::Situation(node) = part.kind {
            named.extend(parts_of(node, program));
        }
    });
    let steps = root.steps(program, &named);
    if steps <= MAX_STEPS {
        return Ok(());
    }
    let (span, dearest) = dearest(typed, program);
    let message = format!("the condition looks too often: {steps} steps; the limit is {MAX_STEPS}");
    Err(Finding::new(finding::LIMIT, span, message).help(if dearest > MAX_STEPS {
        "ask less of each entry, or deliver the answer as a fact"
    } else {
        "give parts of it names under `[situations]`: each has the limit for itself"
    }))
}

/// What is counted.
#[derive(Clone, Copy)]
pub(super) enum Root<'p> {
    Truth(NodeId),
    Value(&'p Place),
}

impl Root<'_> {
    /// Tells whether there is something to count: all else takes next to no time.
    fn looks_through_lists(self, program: &Program) -> bool {
        match self {
            Self::Truth(node) => program.looks_through_lists(node),
            Self::Value(Place::Term(term)) => program.term_looks_through_lists(*term),
            Self::Value(Place::List(..)) => true,
        }
    }

    fn steps(self, program: &Program, named: &HashSet<NodeId, ahash::RandomState>) -> u64 {
        match self {
            Self::Truth(node) => program.steps_of(node, named),
            Self::Value(Place::Term(term)) => program.steps_of_term(*term, named),
            Self::Value(Place::List(list, body)) => program.steps_of_list(list, *body, named),
        }
    }
}

/// Lists a situation and what it is joined from: the parts of a join become
/// parts of the joins above it.
fn parts_of(situation: NodeId, program: &Program) -> Vec<NodeId> {
    let mut parts = vec![situation];
    match &program[situation] {
        Node::Not(inner) => parts.push(*inner),
        Node::All(inner) | Node::Any(inner) => parts.extend_from_slice(inner),
        _ => {}
    }
    parts
}

/// Finds what takes the most steps by itself, and how many.
fn dearest(typed: &Typed, program: &mut Program) -> (Span, u64) {
    let mut found = (typed.span, 0);
    typed.visit(&mut |part| {
        let looks = match &part.kind {
            Kind::Macro(..) | Kind::In(..) | Kind::Filter(..) => true,
            Kind::Size(list) => matches!(list.kind, Kind::Filter(..)),
            _ => false,
        };
        if looks {
            let place = lower_value(part, program);
            let steps = Root::Value(&place).steps(program, &HashSet::default());
            if steps > found.1 {
                found = (part.span, steps);
            }
        }
    });
    found
}
