//! Stage 1: status, dates, channel, stock and kill switch.

use super::super::clearing::Hold;
use super::super::horizon::Horizon;
use super::{Lane, Tested};
use crate::decision::{ReasonCode, Rule, StoredReason};
use crate::plan::{ActionId, PlannedAction};

impl<'a> Lane<'a> {
    pub(super) fn test_availability(
        &mut self,
        _: ActionId,
        action: &'a PlannedAction,
        tested: &mut Tested,
    ) {
        let at = self.at;
        if action.paused {
            tested.hold(ReasonCode::Inactive, Hold::Never);
        }
        if let Some(starts_at) = action.starts_at().filter(|starts_at| at < *starts_at) {
            tested.hold(ReasonCode::NotStarted, Hold::Until(starts_at));
            tested.watch(Horizon::at(Some(starts_at)));
        }
        if action.ends_at().is_some_and(|ends_at| at >= ends_at) {
            tested.hold(ReasonCode::Expired, Hold::Never);
        }
        tested.watch(Horizon::at(action.ends_at().filter(|ends_at| at < *ends_at)));
        if self.asked.excluded.contains(&action.id) {
            tested.hold(ReasonCode::EmergencyExcluded, Hold::Never);
        }
        if !action.channels.contains(&self.channel) {
            let reason = StoredReason::new(ReasonCode::ChannelNotSupported, Rule::None);
            tested.add(StoredReason { channel: Some(self.channel), ..reason }, Hold::Never);
        }
        if self.asked.out_of_stock.contains(&action.id) {
            tested.hold(ReasonCode::NoInventory, Hold::Never);
        }
    }
}
