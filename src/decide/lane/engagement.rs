//! Stages 3 to 5: eligible, applicable, suitable; each passes on true only.

use std::collections::HashMap;

use super::super::clearing::Hold;
use super::super::horizon::Horizon;
use super::{Lane, Tested};
use crate::check::Step;
use crate::condition::{NodeId, Outcome, Truth, basis};
use crate::decision::{Bases, ReasonCode, Rule, StoredReason};
use crate::plan::{ActionId, PlannedAction};
use crate::time::Timestamp;

/// What conditions that do not hold rest on, found out once for each.
#[derive(Default)]
pub(super) struct Clauses(HashMap<NodeId, (Bases, Option<Timestamp>), ahash::RandomState>);

impl<'a> Lane<'a> {
    pub(super) fn test_eligibility(
        &mut self,
        _: ActionId,
        action: &'a PlannedAction,
        tested: &mut Tested,
    ) {
        self.test_clauses((action, Step::Eligible), ReasonCode::NotEligible, tested);
    }

    pub(super) fn test_applicability(
        &mut self,
        _: ActionId,
        action: &'a PlannedAction,
        tested: &mut Tested,
    ) {
        self.test_clauses((action, Step::Applicable), ReasonCode::NotApplicable, tested);
    }

    pub(super) fn test_suitability(
        &mut self,
        _: ActionId,
        action: &'a PlannedAction,
        tested: &mut Tested,
    ) {
        self.test_clauses((action, Step::Suitable), ReasonCode::NotSuitable, tested);
    }

    fn test_clauses(
        &mut self,
        (action, step): (&'a PlannedAction, Step),
        code: ReasonCode,
        tested: &mut Tested,
    ) {
        let plan = self.plan;
        for (place, asked) in (0_u32..).zip(plan.asked_of(action, step)) {
            let Some(node) = plan.node_of(*asked) else { continue };
            let outcome = self.evaluator.truth(node);
            tested.watch(Horizon::of(&outcome));
            if outcome.truth() == Truth::True {
                continue;
            }
            let reason = StoredReason::new(code, Rule::Clause(place));
            if tested.needs_reasons && self.asked.is_alone && outcome.next_frozen_change().is_none()
            {
                // Nobody asks again, and nothing is to be looked for.
                let basis = basis(&mut self.evaluator, node, false).into();
                tested.add(StoredReason { basis, ..reason }, Hold::Never);
                continue;
            }
            let (basis, until) = if tested.needs_reasons {
                self.account_of(node, &outcome)
            } else {
                (Bases::default(), None)
            };
            tested.add(StoredReason { basis, until, ..reason }, Hold::Condition(node));
        }
    }

    /// Finds out what a condition that does not hold rests on, and when it lets go.
    fn account_of(&mut self, node: NodeId, outcome: &Outcome) -> (Bases, Option<Timestamp>) {
        let (evaluator, clearing) = (&mut self.evaluator, &mut self.clearing);
        let account = self.clauses.0.entry(node).or_insert_with(|| {
            if outcome.next_frozen_change().is_none() {
                clearing.note_never(Hold::Condition(node));
            }
            (basis(evaluator, node, false).into(), clearing.clear(Hold::Condition(node)))
        });
        account.clone()
    }
}
