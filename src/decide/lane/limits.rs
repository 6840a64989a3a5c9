//! Stage 7: how often is too often.

use super::super::clearing::Hold;
use super::super::horizon::Horizon;
use super::super::limits::{Standing, code};
use super::{Lane, Tested};
use crate::check::{CheckedLimit, LimitRule, Per};
use crate::condition::Basis;
use crate::decision::{Rule, StoredReason};
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
        for limit_id in &action.limits {
            let limit = plan.limit(*limit_id);
            if !limit.is_about(self.channel) || self.has_no_value(limit, action) {
                continue;
            }
            let standing = self.clearing.limits.standing(*limit_id, id, self.at);
            let is_marketing = action.purpose == Purpose::Marketing;
            tested.watch(self.limit_horizon(limit, standing, is_marketing));
            if let Some((reason, hold)) = self.against(*limit_id, id, standing, is_marketing) {
                tested.add(reason, hold);
            }
        }
    }

    /// A limit per group says nothing about what is in no group.
    fn has_no_value(&self, limit: &CheckedLimit, action: &'a PlannedAction) -> bool {
        matches!(limit.per, Some(Per::Group | Per::Tag))
            && self.clearing.limits.values(limit, action).is_empty()
    }

    fn limit_horizon(
        &self,
        limit: &CheckedLimit,
        standing: Standing,
        is_marketing: bool,
    ) -> Horizon {
        let by_history = Horizon::at(standing.next);
        if !is_marketing {
            return by_history;
        }
        let rests_on = self.clearing.limits.rests_on(limit);
        rests_on.fold(by_history, |horizon, knowledge| {
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
        let lacking = limits.rests_on(limit).find_map(|knowledge| knowledge.lacking.clone());
        let needs_witness = matches!(limit.rule, LimitRule::OnlyAfter { .. });
        if needs_witness && !standing.is_blocked {
            return None;
        }
        // That there is no witness is only certain where nothing is lacking.
        let is_shown = standing.is_blocked && !(needs_witness && lacking.is_some());
        let lacking = lacking.filter(|_| is_marketing);
        if !is_shown && lacking.is_none() {
            return None;
        }
        let basis: Vec<Basis> = if is_shown {
            limits.rests_on(limit).filter_map(|knowledge| knowledge.known.clone()).collect()
        } else {
            lacking.clone().into_iter().collect()
        };
        // What is not known stays so, even once what is shown lets go.
        let hold = if lacking.is_some() { Hold::Never } else { Hold::Limit(limit_id, id) };
        let channel = limit.names_channel().then_some(self.channel);
        let until = if self.asked.needs_reasons { self.clearing.clear(hold) } else { None };
        let (code, by_last_known) = (code(limit), is_shown);
        let reason = StoredReason::new(code, Rule::Limit(limit_id));
        Some((StoredReason { channel, basis, by_last_known, until, ..reason }, hold))
    }
}
