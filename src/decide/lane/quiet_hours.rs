//! Stage 2, second half: messages rest at night where the customer is.

use super::super::clearing::Hold;
use super::super::quiet::NO_END;
use super::{Lane, Tested};
use crate::condition::{NodeId, Truth};
use crate::decision::{ReasonCode, Rule, StoredReason};
use crate::plan::{ActionId, PlannedAction};
use crate::time::Timestamp;

impl<'a> Lane<'a> {
    pub(super) fn test_quiet_hours(
        &mut self,
        _: ActionId,
        action: &'a PlannedAction,
        tested: &mut Tested,
    ) {
        if !action.obeys_quiet_hours {
            return;
        }
        let present = &self.clearing.quiet.present;
        tested.watch(present.horizon);
        if present.holding.is_empty() {
            return;
        }
        let (deferral, holding) = (present.end, present.holding.clone());
        let ended = |until: Timestamp| action.ends_at().is_some_and(|ends_at| ends_at <= until);
        let is_over = deferral.is_some_and(ended);
        // What is forced does not ask for its conditions, now or later.
        let asks = !self.asked.is_forced(action);
        let fails = asks && deferral.is_some_and(|until| self.fails_by(action, until));
        let too_late = is_over || fails;
        for (id, end) in holding {
            let (code, basis) = match end {
                None => (ReasonCode::TimezoneUnknown, self.clearing.quiet.zone.clone().err()),
                Some(_) if too_late => (ReasonCode::EndsBeforeDeferral, None),
                Some(_) => (ReasonCode::QuietHours, None),
            };
            let lasts = end.is_none() || is_over;
            let until = if lasts { None } else { self.clearing.clear(Hold::QuietWindow(id)) };
            let reason = StoredReason {
                channel: Some(self.channel),
                basis: basis.into_iter().collect(),
                until,
                ..StoredReason::new(code, Rule::QuietHours(id))
            };
            tested.add(reason, if lasts { Hold::Never } else { Hold::QuietHours });
        }
    }

    /// Tells whether a condition of an action that holds fails by the end of
    /// quiet hours.
    fn fails_by(&mut self, action: &PlannedAction, until: Timestamp) -> bool {
        until != NO_END
            && self.plan.clauses(action).any(|clause| self.clause_fails_by(clause.node, until))
    }

    /// Finds that out once: actions share their conditions, and an end.
    fn clause_fails_by(&mut self, node: NodeId, until: Timestamp) -> bool {
        let (evaluator, clearing) = (&mut self.evaluator, &mut self.clearing);
        *self.fails_by_end.entry(node).or_insert_with(|| {
            evaluator.truth(node).truth() == Truth::True && !clearing.holds_at(node, until)
        })
    }
}
