//! Stage 9: the exact priority, propensity × context weight × value × lever.

use super::clearing::Hold;
use super::{Candidate, Pipeline};
use crate::check::{CERTAIN, CheckedPropensity, ONE};
use crate::condition::{Evaluator, Truth, lacking_score};
use crate::decision::{ReasonCode, Rule, StoredReason};
use crate::plan::{Plan, PlannedAction, factor};
use crate::policy::point;

/// The context weights that apply.
pub(super) struct Scorer {
    /// For each boost of the plan its basis points, or 0 if it does not apply.
    weights: Vec<i64>,
}

impl Scorer {
    /// Evaluates every context weight once; only a known true one applies.
    pub(super) fn new(plan: &Plan, evaluator: &mut Evaluator<'_>) -> Self {
        let weights = plan.boosts.iter().map(|boost| {
            let applies = evaluator.truth(boost.when).truth() == Truth::True;
            if applies { boost.basis_points } else { 0 }
        });
        Self { weights: weights.collect() }
    }

    /// Returns the exact product, or `None` if a score is missing.
    pub(super) fn priority(
        &self,
        action: &PlannedAction,
        evaluator: &mut Evaluator<'_>,
    ) -> Option<u128> {
        let propensity = propensity(&action.propensity, evaluator)?;
        Some(
            u128::from(propensity)
                * u128::from(self.context_weight(action))
                * u128::from(action.value)
                * u128::from(action.lever),
        )
    }

    fn context_weight(&self, action: &PlannedAction) -> u32 {
        let weights = action.boosts.iter().filter_map(|boost| self.weights.get(*boost));
        factor(ONE + weights.sum::<i64>())
    }
}

/// Spells the factors of a priority.
pub(crate) fn factors(
    plan: &Plan,
    action: &PlannedAction,
    evaluator: &mut Evaluator<'_>,
) -> String {
    let scorer = Scorer::new(plan, evaluator);
    let Some(propensity) = propensity(&action.propensity, evaluator) else {
        return String::new();
    };
    let weight = point(scorer.context_weight(action).into(), 4);
    let exponent = plan.currency.map_or(2, |currency| u32::from(currency.exponent()));
    format!(
        "propensity {} × context weight {weight} × value {} × lever {}",
        point(propensity.into(), 9),
        point(action.value.into(), exponent),
        point(action.lever.into(), 4),
    )
}

/// Returns the propensity in parts per billion; a model's is rounded half to even.
///
/// A score outside 0 to 1 is no propensity: it counts as missing.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "the number is between 0 and a billion"
)]
fn propensity(of: &CheckedPropensity, evaluator: &mut Evaluator<'_>) -> Option<u32> {
    match of {
        CheckedPropensity::Fixed(parts) => Some(*parts),
        CheckedPropensity::Score(term) => {
            let score = evaluator.number(*term)?;
            let parts = (score * f64::from(CERTAIN)).round_ties_even();
            (0.0..=1.0).contains(&score).then_some(parts as u32)
        }
    }
}

impl<'a> Pipeline<'a> {
    /// A missing score is a reason, never a default.
    pub(super) fn test_score(&mut self, action: &'a PlannedAction, candidate: &mut Candidate) {
        let (None, CheckedPropensity::Score(term)) = (candidate.priority, &action.propensity)
        else {
            return;
        };
        let basis = lacking_score(&mut self.evaluator, *term);
        let code = ReasonCode::ModelMissing;
        candidate.reasons.push(StoredReason { code, rule: Rule::None, basis, until: None });
        candidate.holds.push(Hold::Never);
    }
}
