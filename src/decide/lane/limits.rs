//! Stage 7: how often is too often.

use super::super::clearing::Hold;
use super::super::horizon::Horizon;
use super::super::limits::{Standing, code};
use super::{Lane, Tested};
use crate::check::{CheckedLimit, LimitRule, Per};
use crate::condition::Basis;
use crate::decision::{Bases, Rule, StoredReason};
use crate::plan::{ActionId, LimitId, PlannedAction};
use crate::vocabulary::Purpose;

impl<'a> Lane<'a> {
    pub(super) fn test_limits(
        &mut self,
        id: ActionId,
        action: &'a PlannedAction,
        tested: &mut Tested,
    ) {
        let plan = self.plan;
        for limit_id in action.rules.limits.iter() {
            let limit = plan.limit(*limit_id);
            if !limit.is_about(self.channel) || self.has_no_value(limit, action) {
                continue;
            }
            let standing = self.clearing.limits.standing(*limit_id, id, self.at);
            let is_marketing = action.purpose == Purpose::Marketing;
            tested.watch(self.limit_horizon(limit, standing, is_marketing));
            let against = self.against(*limit_id, id, standing, is_marketing);
            if let Some((reason, hold)) = against {
                let until = if tested.needs_reasons { self.clearing.clear(hold) } else { None };
                tested.add(StoredReason { until, ..reason }, hold);
            }
        }
    }

    /// Tells whether limits permit an action, of which nothing else is asked.
    pub(in crate::decide) fn is_within_limits(&mut self, id: ActionId) -> bool {
        let mut tested = Tested::new(0);
        self.test_limits(id, self.plan.action(id), &mut tested);
        tested.reasons.is_empty()
    }

    /// A limit per group says nothing about what is in no group.
    fn has_no_value(&self, limit: &CheckedLimit, action: &'a PlannedAction) -> bool {
        matches!(limit.per, Some(Per::Group | Per::Tag))
            && self.clearing.limits.values(limit, action).is_empty()
    }

    /// Notes how long a limit stands as it does.
    ///
    /// The age of the history matters where not knowing holds back, and where
    /// a witness is missing; that of what a window begins with always does.
    fn limit_horizon(
        &self,
        limit: &CheckedLimit,
        standing: Standing,
        is_marketing: bool,
    ) -> Horizon {
        let limits = &self.clearing.limits;
        let by_history = is_marketing || matches!(limit.rule, LimitRule::OnlyAfter { .. });
        let rests_on = limits.rests_on(limit).skip(usize::from(!by_history));
        rests_on.fold(Horizon::at(standing.next), |horizon, knowledge| {
            horizon.joined(Horizon::of_delivery(knowledge.delivery))
        })
    }

    /// Says why a limit holds an action back, if it does.
    fn against(
        &mut self,
        limit_id: LimitId,
        id: ActionId,
        standing: Standing,
        is_marketing: bool,
    ) -> Option<(StoredReason, Hold)> {
        let limit = self.plan.limit(limit_id);
        let limits = &self.clearing.limits;
        let needs_witness = matches!(limit.rule, LimitRule::OnlyAfter { .. });
        if needs_witness && !standing.is_blocked {
            return None;
        }
        let lacking = limits.rests_on(limit).filter_map(|knowledge| knowledge.lacking.clone());
        let lacking: Vec<Basis> = lacking.collect();
        // That there is no witness is only certain where nothing is lacking.
        let is_shown = standing.is_blocked && (lacking.is_empty() || !needs_witness);
        let is_open = is_marketing && !lacking.is_empty();
        if !is_shown && !is_open {
            return None;
        }
        let basis: Bases = if is_shown {
            limits.rests_on(limit).filter_map(|knowledge| knowledge.known.clone()).collect()
        } else {
            lacking.into()
        };
        // What is not known stays so, even once what is shown lets go.
        let hold = if is_open { Hold::Never } else { Hold::Limit(limit_id, id) };
        let channel = limit.names_channel().then_some(self.channel);
        let (code, by_last_known) = (code(limit), is_shown);
        let reason = StoredReason::new(code, Rule::Limit(limit_id));
        Some((StoredReason { channel, basis, by_last_known, ..reason }, hold))
    }
}
