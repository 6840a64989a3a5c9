//! Stage 6: situations and their cool-offs; each blocks unless known false.

use super::super::clearing::{Clearing, Hold, Holding, Side, holding};
use super::super::horizon::Horizon;
use super::{Lane, Tested};
use crate::check::CheckedSuppression;
use crate::condition::{Basis, Evaluator, basis};
use crate::decision::{InForce, ReasonCode, Rule, StoredReason};
use crate::plan::{ActionId, Plan, PlannedAction, SuppressionId};
use crate::vocabulary::Channel;

/// The suppressions that are in force, by rule.
#[derive(Default)]
pub(super) struct Suppressions {
    /// For each suppression of the plan, its place among those in force.
    places: Vec<Option<usize>>,
    in_force: Vec<InForce>,
    /// For each suppression until when it stays as it is.
    horizons: Vec<Horizon>,
}

impl Suppressions {
    /// Evaluates every suppression once, before any action.
    ///
    /// What it rests on, and when it lets go, is found out of those in `about`;
    /// of all if there is none.
    pub(super) fn in_force(
        plan: &Plan,
        channel: Channel,
        about: Option<&[SuppressionId]>,
        (evaluator, clearing): (&mut Evaluator<'_>, &mut Clearing<'_>),
    ) -> Self {
        let count = plan.suppressions.len();
        let (places, horizons) = (Vec::with_capacity(count), Vec::with_capacity(count));
        let mut found = Self { places, in_force: Vec::new(), horizons };
        for (id, rule) in (0_u32..).map(SuppressionId).zip(&plan.suppressions) {
            if !rule.channels.is_empty() && !rule.channels.contains(&channel) {
                found.places.push(None);
                found.horizons.push(Horizon::NEVER);
                continue;
            }
            found.horizons.push(horizon(rule, evaluator));
            let (Some(holding), _) = holding(rule, evaluator) else {
                found.places.push(None);
                continue;
            };
            found.places.push(Some(found.in_force.len()));
            let (basis, until) = if about.is_none_or(|about| about.contains(&id)) {
                let basis = what_it_rests_on(rule, holding, evaluator);
                (basis, clearing.clear(Hold::Suppression(id)))
            } else {
                (Vec::new(), None)
            };
            found.in_force.push(InForce {
                rule: id,
                code: match holding.side {
                    Side::Situation => ReasonCode::SituationActive,
                    Side::CoolOff => ReasonCode::CoolOff,
                },
                basis,
                by_last_known: holding.by_last_known,
                until,
            });
        }
        found
    }

    fn find(&self, id: SuppressionId) -> Option<&InForce> {
        let place = self.places.get(id.place()).copied().flatten()?;
        self.in_force.get(place)
    }

    /// Returns until when none of them changes.
    pub(super) fn horizon(&self) -> Horizon {
        self.horizons.iter().fold(Horizon::NEVER, |all, horizon| all.joined(*horizon))
    }

    pub(super) fn take_in_force(&mut self) -> Vec<InForce> {
        std::mem::take(&mut self.in_force)
    }
}

pub(in crate::decide) fn horizon(
    rule: &CheckedSuppression,
    evaluator: &mut Evaluator<'_>,
) -> Horizon {
    let when = Horizon::of(&evaluator.truth(rule.when));
    let after = rule.after.map(|after| Horizon::of(&evaluator.truth(after)));
    after.map_or(when, |after| when.joined(after))
}

fn what_it_rests_on(
    rule: &CheckedSuppression,
    holding: Holding,
    evaluator: &mut Evaluator<'_>,
) -> Vec<Basis> {
    let node = match holding.side {
        Side::Situation => rule.when,
        Side::CoolOff => rule.after.unwrap_or(rule.when),
    };
    basis(evaluator, node, holding.by_last_known)
}

impl<'a> Lane<'a> {
    pub(super) fn test_suppression(
        &mut self,
        _: ActionId,
        action: &'a PlannedAction,
        tested: &mut Tested,
    ) {
        for id in action.suppressions.iter() {
            tested.watch(
                self.suppressions.horizons.get(id.place()).copied().unwrap_or(Horizon::NEVER),
            );
            let Some(in_force) = self.suppressions.find(*id) else {
                continue;
            };
            let is_about_channel = !self.plan.suppression(*id).channels.is_empty();
            let reason = StoredReason {
                channel: is_about_channel.then_some(self.channel),
                until: in_force.until,
                ..StoredReason::new(in_force.code, Rule::Suppression(*id))
            };
            tested.add(reason, Hold::Suppression(*id));
        }
    }
}
