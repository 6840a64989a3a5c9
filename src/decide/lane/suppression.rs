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
        about: Option<&PlannedAction>,
        (evaluator, clearing): (&mut Evaluator<'_>, &mut Clearing<'_>),
    ) -> Self {
        let mut found = Self::none(plan);
        for (id, _) in (0_u32..).map(SuppressionId).zip(&plan.suppressions) {
            let is_about = about.is_none_or(|action| action.rules.suppressions.contains(&id));
            found.look(plan, channel, (id, is_about), (evaluator, clearing));
        }
        found
    }

    /// Evaluates those that are about an action, and no other.
    pub(super) fn about(
        plan: &Plan,
        channel: Channel,
        action: &PlannedAction,
        (evaluator, clearing): (&mut Evaluator<'_>, &mut Clearing<'_>),
    ) -> Self {
        let mut found = Self::none(plan);
        for id in action.rules.suppressions.iter() {
            found.look(plan, channel, (*id, true), (evaluator, clearing));
        }
        found
    }

    /// Nothing is in force as long as nobody has looked.
    fn none(plan: &Plan) -> Self {
        let count = plan.suppressions.len();
        Self {
            places: vec![None; count],
            in_force: Vec::new(),
            horizons: vec![Horizon::NEVER; count],
        }
    }

    fn look(
        &mut self,
        plan: &Plan,
        channel: Channel,
        (id, is_about): (SuppressionId, bool),
        (evaluator, clearing): (&mut Evaluator<'_>, &mut Clearing<'_>),
    ) {
        let rule = plan.suppression(id);
        if !rule.channels.is_empty() && !rule.channels.contains(&channel) {
            return;
        }
        let horizon = horizon(rule, evaluator);
        self.horizons.get_mut(id.place()).into_iter().for_each(|known| *known = horizon);
        let (Some(holding), _) = holding(rule, evaluator) else { return };
        let place = Some(self.in_force.len());
        self.places.get_mut(id.place()).into_iter().for_each(|known| *known = place);
        let (basis, until) = if is_about {
            let basis = what_it_rests_on(rule, holding, evaluator);
            (basis, clearing.clear(Hold::Suppression(id)))
        } else {
            (Vec::new(), None)
        };
        self.in_force.push(InForce {
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
        for id in action.rules.suppressions.iter() {
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
