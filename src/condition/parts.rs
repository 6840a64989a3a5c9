//! A condition taken apart as it is written, so that each part has a truth.

use std::cell::Cell;

use super::describe::Sayings;
use super::program::{NodeId, Program};
use super::tree::{Expr, ExprKind};
use super::{Situations, check, describe, lower, parse};
use crate::schema::Schema;

/// A condition, or a part of one.
#[derive(Clone, Debug)]
pub(crate) struct Part {
    /// As it is written.
    pub(crate) text: String,
    /// As it is read aloud.
    pub(crate) said: String,
    pub(crate) node: NodeId,
    /// What it is joined of by and, or, or not.
    pub(crate) parts: Vec<Part>,
}

/// What taking apart needs to know.
pub(crate) struct Apart<'a> {
    pub(crate) schema: &'a Schema,
    pub(crate) situations: &'a dyn Situations,
    pub(crate) sayings: &'a Sayings<'a>,
    /// The conditions that a situation is written as, by name.
    pub(crate) written: &'a dyn Fn(&str) -> &'a [String],
    /// How many parts may still be told apart; see [`MAX_PARTS`].
    pub(crate) left: Cell<usize>,
}

/// How deep situations are followed.
const MAX_SITUATIONS: usize = 8;
/// How many parts of one condition are told apart, over all situations.
pub(crate) const MAX_PARTS: usize = 500;

impl Apart<'_> {
    /// Takes a checked condition apart; its truths are added to the program.
    ///
    /// None for a text that is no condition, which a checked one never is.
    pub(crate) fn take(&self, text: &str, program: &mut Program) -> Option<Part> {
        self.text(text, program, MAX_SITUATIONS)
    }

    fn text(&self, text: &str, program: &mut Program, depth: usize) -> Option<Part> {
        let tree = parse::parse(text).ok()?;
        self.part(text, &tree, program, depth)
    }

    fn part(&self, text: &str, tree: &Expr, program: &mut Program, depth: usize) -> Option<Part> {
        let typed = check::condition(tree, self.schema, self.situations).ok()?;
        let node = lower::lower(&typed, program);
        self.left.set(self.left.get().saturating_sub(1));
        let parts = match &tree.kind {
            _ if self.left.get() == 0 => Vec::new(),
            ExprKind::And(parts) | ExprKind::Or(parts) => {
                let parts = parts.iter().map(|part| self.part(text, part, program, depth));
                parts.collect::<Option<_>>()?
            }
            ExprKind::Not(inner) => match &inner.kind {
                ExprKind::And(_) | ExprKind::Or(_) | ExprKind::Name(_) => {
                    vec![self.part(text, inner, program, depth)?]
                }
                _ => Vec::new(),
            },
            ExprKind::Name(name) => self.situation(name, program, depth),
            _ => Vec::new(),
        };
        let start = usize::try_from(tree.span.start).ok()?;
        let end = usize::try_from(tree.span.end).ok()?;
        Some(Part {
            text: text.get(start..end)?.to_owned(),
            said: describe::describe(tree, self.sayings),
            node,
            parts,
        })
    }

    /// A situation that joins others is taken apart as well.
    fn situation(&self, name: &str, program: &mut Program, depth: usize) -> Vec<Part> {
        let Some(depth) = depth.checked_sub(1) else {
            return Vec::new();
        };
        let texts = (self.written)(name);
        let parts: Option<Vec<Part>> =
            texts.iter().map(|text| self.text(text, program, depth)).collect();
        match parts.unwrap_or_default() {
            // What a single condition joins; alone it says no more than its name.
            mut parts if parts.len() == 1 => parts.pop().map(|part| part.parts).unwrap_or_default(),
            parts => parts,
        }
    }
}
