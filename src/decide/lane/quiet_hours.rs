//! Stage 2, second half: messages rest at night where the customer is.

use super::super::clearing::Hold;
use super::super::quiet::NO_END;
use super::{Lane, Tested};
use crate::check::Clause;
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
        let at = self.at;
        tested.watch(self.clearing.quiet.horizon(at));
        let deferral = self.clearing.quiet.end(at);
        let too_late = deferral.is_some_and(|until| self.is_over_by(action, until));
        for (id, end) in self.clearing.quiet.holding(at) {
            let rule = Rule::QuietHours(id);
            let mut reason = match end {
                None => StoredReason {
                    basis: self.clearing.quiet.zone.clone().err().into_iter().collect(),
                    ..StoredReason::new(ReasonCode::TimezoneUnknown, rule)
                },
                Some(_) if too_late => StoredReason::new(ReasonCode::EndsBeforeDeferral, rule),
                Some(_) => StoredReason::new(ReasonCode::QuietHours, rule),
            };
            reason.channel = Some(self.channel);
            let is_over =
                deferral.is_some_and(|until| action.ends_at.is_some_and(|ends| ends <= until));
            let hold = if end.is_none() || is_over { Hold::Never } else { Hold::QuietHours };
            if hold != Hold::Never {
                reason.until = self.clearing.clear(Hold::QuietWindow(id));
            }
            tested.add(reason, hold);
        }
        if too_late {
            self.wait_for_conditions(action, tested);
        }
    }

    /// Tells whether an action makes no sense any more when it may be sent.
    fn is_over_by(&mut self, action: &PlannedAction, until: Timestamp) -> bool {
        action.ends_at.is_some_and(|ends_at| ends_at <= until)
            || until != NO_END
                && clauses(action).any(|clause| {
                    let node = clause.node;
                    self.clearing.holds_at(node, self.at) && !self.clearing.holds_at(node, until)
                })
    }

    /// What is too late at the end of quiet hours waits for its conditions, too.
    fn wait_for_conditions(&mut self, action: &PlannedAction, tested: &mut Tested) {
        tested.holds.extend(clauses(action).map(|clause| Hold::Condition(clause.node)));
    }
}

fn clauses(action: &PlannedAction) -> impl Iterator<Item = &Clause> {
    let stages = [&action.eligible, &action.applicable, &action.suitable];
    stages.into_iter().flatten()
}
