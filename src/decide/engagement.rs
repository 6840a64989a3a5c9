//! Stages 3 to 5: eligible, applicable, suitable; each passes on true only.

use std::collections::HashMap;

use super::clearing::Hold;
use super::{Candidate, Pipeline};
use crate::check::Clause;
use crate::condition::{Basis, NodeId, Truth, basis};
use crate::decision::{ReasonCode, Rule, StoredReason};
use crate::plan::PlannedAction;
use crate::time::Timestamp;

/// What conditions that do not hold rest on, found out once for each.
#[derive(Default)]
pub(super) struct Clauses(HashMap<NodeId, (Vec<Basis>, Option<Timestamp>), ahash::RandomState>);

impl<'a> Pipeline<'a> {
    pub(super) fn test_eligibility(
        &mut self,
        action: &'a PlannedAction,
        candidate: &mut Candidate,
    ) {
        self.test_clauses(&action.eligible, ReasonCode::NotEligible, candidate);
    }

    pub(super) fn test_applicability(
        &mut self,
        action: &'a PlannedAction,
        candidate: &mut Candidate,
    ) {
        self.test_clauses(&action.applicable, ReasonCode::NotApplicable, candidate);
    }

    pub(super) fn test_suitability(
        &mut self,
        action: &'a PlannedAction,
        candidate: &mut Candidate,
    ) {
        self.test_clauses(&action.suitable, ReasonCode::NotSuitable, candidate);
    }

    fn test_clauses(&mut self, clauses: &[Clause], code: ReasonCode, candidate: &mut Candidate) {
        for (place, clause) in (0_u32..).zip(clauses) {
            if self.evaluator.truth(clause.node).truth() == Truth::True {
                continue;
            }
            let (basis, until) =
                if self.complete { self.account_of(clause.node) } else { (Vec::new(), None) };
            candidate.reasons.push(StoredReason { code, rule: Rule::Clause(place), basis, until });
            candidate.holds.push(Hold::Condition(clause.node));
        }
    }

    fn account_of(&mut self, node: NodeId) -> (Vec<Basis>, Option<Timestamp>) {
        let (evaluator, clearing) = (&mut self.evaluator, &mut self.clearing);
        let account = self.clauses.0.entry(node).or_insert_with(|| {
            (basis(evaluator, node, false), clearing.clear(Hold::Condition(node)))
        });
        account.clone()
    }
}
