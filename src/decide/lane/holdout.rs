//! Stage 8: who is left out, to measure by.

use super::super::clearing::Hold;
use super::{Lane, Tested};
use crate::decision::{ReasonCode, Rule, StoredReason};
use crate::plan::{ActionId, PlannedAction};

impl<'a> Lane<'a> {
    pub(super) fn test_holdout(
        &mut self,
        _: ActionId,
        action: &'a PlannedAction,
        tested: &mut Tested,
    ) {
        for id in action.rules.holdouts.iter() {
            if self.held_out.get(id.place()).copied().unwrap_or(false) {
                let reason = StoredReason::new(ReasonCode::HeldOut, Rule::Holdout(*id));
                tested.add(reason, Hold::Never);
            }
        }
    }
}
