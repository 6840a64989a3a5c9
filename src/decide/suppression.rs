//! Stage 6: situations and their cool-offs; each blocks unless known false.

use super::clearing::{Clearing, Hold, Holding, Side, holding};
use super::{Candidate, Pipeline};
use crate::condition::{Basis, Evaluator, basis};
use crate::decision::{InForce, ReasonCode, Rule, StoredReason};
use crate::plan::{Plan, PlannedAction, PlannedSuppression, SuppressionId};

/// The suppressions that are in force, by rule.
pub(super) struct Suppressions {
    /// For each suppression of the plan, its place among those in force.
    places: Vec<Option<usize>>,
    in_force: Vec<InForce>,
}

impl Suppressions {
    /// Evaluates every suppression once, before any action.
    pub(super) fn in_force(
        plan: &Plan,
        evaluator: &mut Evaluator<'_>,
        clearing: &mut Clearing<'_>,
    ) -> Self {
        let mut found =
            Self { places: Vec::with_capacity(plan.suppressions.len()), in_force: Vec::new() };
        for (id, rule) in (0_u32..).map(SuppressionId).zip(&plan.suppressions) {
            let (Some(holding), _) = holding(rule, evaluator) else {
                found.places.push(None);
                continue;
            };
            found.places.push(Some(found.in_force.len()));
            found.in_force.push(InForce {
                rule: id,
                code: match holding.side {
                    Side::Situation => ReasonCode::SituationActive,
                    Side::CoolOff => ReasonCode::CoolOff,
                },
                basis: what_it_rests_on(rule, holding, evaluator),
                by_last_known: holding.by_last_known,
                until: clearing.clear(Hold::Suppression(id)),
            });
        }
        found
    }

    fn find(&self, id: SuppressionId) -> Option<&InForce> {
        let place = self.places.get(id.0 as usize).copied().flatten()?;
        self.in_force.get(place)
    }

    pub(super) fn into_in_force(self) -> Vec<InForce> {
        self.in_force
    }
}

fn what_it_rests_on(
    rule: &PlannedSuppression,
    holding: Holding,
    evaluator: &mut Evaluator<'_>,
) -> Vec<Basis> {
    let node = match holding.side {
        Side::Situation => rule.when,
        Side::CoolOff => rule.after.unwrap_or(rule.when),
    };
    basis(evaluator, node, holding.by_last_known)
}

impl<'a> Pipeline<'a> {
    pub(super) fn test_suppression(
        &mut self,
        action: &'a PlannedAction,
        candidate: &mut Candidate,
    ) {
        for id in &action.suppressions {
            let Some(in_force) = self.suppressions.find(*id) else {
                continue;
            };
            candidate.reasons.push(StoredReason {
                code: in_force.code,
                rule: Rule::Suppression(*id),
                basis: Vec::new(),
                until: in_force.until,
            });
            candidate.holds.push(Hold::Suppression(*id));
        }
    }
}
