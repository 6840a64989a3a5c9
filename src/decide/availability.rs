//! Stage 1: status, dates, channel, stock and kill switch.

use super::clearing::Hold;
use super::{Candidate, Pipeline};
use crate::decision::{ReasonCode, Rule, StoredReason};
use crate::plan::PlannedAction;

impl<'a> Pipeline<'a> {
    pub(super) fn test_availability(
        &mut self,
        action: &'a PlannedAction,
        candidate: &mut Candidate,
    ) {
        let now = self.request.now;
        if action.paused {
            candidate.hold(ReasonCode::Inactive, Hold::Never);
        }
        if let Some(starts_at) = action.starts_at.filter(|starts_at| now < *starts_at) {
            candidate.hold(ReasonCode::NotStarted, Hold::Until(starts_at));
        }
        if action.ends_at.is_some_and(|ends_at| now >= ends_at) {
            candidate.hold(ReasonCode::Expired, Hold::Never);
        }
        if self.excluded.contains(action.id.as_str()) {
            candidate.hold(ReasonCode::EmergencyExcluded, Hold::Never);
        }
        if !action.channels.contains(&self.request.channel) {
            candidate.hold(ReasonCode::ChannelNotSupported, Hold::Never);
        }
        if self.out_of_stock.contains(action.id.as_str()) {
            candidate.hold(ReasonCode::NoInventory, Hold::Never);
        }
    }
}

impl Candidate {
    /// Adds a reason of the action itself, with what clears it.
    pub(super) fn hold(&mut self, code: ReasonCode, hold: Hold) {
        let until = match hold {
            Hold::Until(instant) => Some(instant),
            _ => None,
        };
        self.reasons.push(StoredReason { code, rule: Rule::None, basis: Vec::new(), until });
        self.holds.push(hold);
    }
}
