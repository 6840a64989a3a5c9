//! What a change of a policy makes possible, and what it makes impossible.

use std::collections::BTreeSet;

use super::analyse::Analyst;
use super::counterexample::Counterexample;
use super::encode::Facet;
use super::formula::Scribe;
use super::policy::{Asking, Writer, alike};
use crate::condition::{NodeId, Truth};
use crate::plan::{ActionId, Plan};

/// What a change of a policy makes possible, and what it makes impossible.
///
/// It is about kinds of actions and situations that both policies know by name.
/// What is on neither list is as possible as it was.
#[derive(Clone, Debug, Default)]
#[non_exhaustive]
pub struct Difference {
    /// What could not happen before and can now, with a customer who shows it.
    pub newly_possible: Vec<Change>,
    /// What could happen before and cannot now, with a customer for whom it did.
    pub newly_impossible: Vec<Change>,
    /// How many questions had no answer within the budget.
    pub unclear: usize,
}

/// Actions of a kind in a situation.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Change {
    /// The kind of the actions.
    pub kind: String,
    /// The situation; none if it is about all customers.
    pub situation: Option<String>,
    /// Whether the situation holds, or nobody can tell.
    pub is_known: bool,
    /// A customer who shows it, decided by the policy under which it can happen.
    pub example: Option<Counterexample>,
}

/// What may be possible: a kind, a situation, and whether that is known.
type Cell = (String, Option<(String, bool)>);

/// Compares what two policies let through.
pub(crate) fn diff(before: &Plan, after: &Plan, budget: u64) -> Difference {
    let cells = cells(before, after);
    let mut difference = Difference::default();
    let (mut old, mut new) = (Analyst::new(before, budget), Analyst::new(after, budget));
    for cell in cells {
        let (was, is) = (old.can_happen(&cell), new.can_happen(&cell));
        let (Some(was), Some(is)) = (was, is) else { continue };
        if was == is {
            continue;
        }
        let (analyst, changes) = match is {
            true => (&new, &mut difference.newly_possible),
            false => (&old, &mut difference.newly_impossible),
        };
        let example = analyst.shown(&cell);
        let (kind, situation) = cell;
        let is_known = situation.as_ref().is_none_or(|(_, is_known)| *is_known);
        let situation = situation.map(|(name, _)| name);
        changes.push(Change { kind, situation, is_known, example });
    }
    difference.unclear = old.unclear + new.unclear;
    difference
}

/// Lists every kind that either policy offers in every situation that both have.
fn cells(before: &Plan, after: &Plan) -> Vec<Cell> {
    let kinds = before.actions().chain(after.actions()).map(|(_, action)| action.kind.to_string());
    let kinds: BTreeSet<String> = kinds.collect();
    let shared = before.situations.keys().filter(|name| after.situations.contains_key(*name));
    let shared: BTreeSet<&String> = shared.collect();
    let mut cells = Vec::new();
    for kind in kinds {
        cells.push((kind.clone(), None));
        for name in &shared {
            for is_known in [true, false] {
                cells.push((kind.clone(), Some(((*name).clone(), is_known))));
            }
        }
    }
    cells
}

impl Analyst<'_> {
    /// Tells whether some action of a kind gets through in a situation.
    fn can_happen(&mut self, cell: &Cell) -> Option<bool> {
        let plan = self.plan;
        let (actions, situation) = self.resolved(cell)?;
        let groups = alike(plan, &actions, Asking::Conditions);
        let formula = |scribe: &mut dyn Scribe| {
            let mut writer = Writer::new(plan, scribe);
            let through =
                groups.iter().map(|(alike, _)| writer.gets_through(alike, None)).collect();
            let mut parts = vec![writer.any(through)];
            match situation {
                Some((node, true)) => parts.push(writer.ask(node, Facet::True)),
                Some((node, false)) => {
                    parts.push(writer.ask(node, Facet::NotTrue));
                    parts.push(writer.ask(node, Facet::NotFalse));
                }
                None => {}
            }
            writer.all(parts)
        };
        self.possible(&formula, &|sample| {
            is_in(situation, |node| sample.truth(node))
                && actions.iter().any(|action| sample.gets_through(*action))
        })
    }

    /// Finds the actions and the condition that a cell is about.
    #[expect(clippy::type_complexity, reason = "it is used once")]
    fn resolved(
        &self,
        (kind, situation): &Cell,
    ) -> Option<(Vec<ActionId>, Option<(NodeId, bool)>)> {
        let actions = self.plan.actions().filter(|(_, action)| *action.kind == **kind);
        let actions = actions.map(|(id, _)| id).collect();
        match situation {
            None => Some((actions, None)),
            Some((name, is_known)) => {
                let node = self.plan.situations.get(name)?;
                Some((actions, Some((*node, *is_known))))
            }
        }
    }

    /// Shows a customer who came up, of whom a cell is true.
    fn shown(&self, cell: &Cell) -> Option<Counterexample> {
        let (actions, situation) = self.resolved(cell)?;
        let about: Vec<NodeId> = situation.iter().map(|(node, _)| *node).collect();
        let is_it = |sample: &super::analyse::Sample| {
            is_in(situation, |node| sample.truth(node))
                && actions.iter().any(|action| sample.gets_through(*action))
        };
        let sample = self.samples.iter().find(|sample| is_it(sample))?;
        let through = actions.iter().filter(|action| sample.gets_through(**action));
        let names =
            through.map(|action| self.plan.action(*action).id.to_string()).take(5).collect();
        self.example(names, &about, is_it)
    }
}

/// Tells whether a situation is as it is asked for.
fn is_in(situation: Option<(NodeId, bool)>, truth: impl Fn(NodeId) -> Truth) -> bool {
    situation.is_none_or(|(node, is_known)| {
        truth(node) == if is_known { Truth::True } else { Truth::Unknown }
    })
}
