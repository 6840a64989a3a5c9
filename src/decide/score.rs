//! Stage 9: the exact priority, propensity × context weight × value × lever.

use super::clearing::Hold;
use super::{Candidate, Pipeline};
use crate::check::{CERTAIN, CheckedPropensity, ONE};
use crate::condition::{Evaluator, Truth, basis_of_term};
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
        Self {
            weights: weights.collect(),
        }
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
        let weights = action
            .boosts
            .iter()
            .filter_map(|boost| self.weights.get(*boost));
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
    let exponent = plan
        .currency
        .map_or(2, |currency| u32::from(currency.exponent()));
    format!(
        "propensity {} × context weight {weight} × value {} × lever {}",
        point(propensity.into(), 9),
        point(action.value.into(), exponent),
        point(action.lever.into(), 4),
    )
}

/// Returns the propensity in parts per billion; `None` if a model says none.
fn propensity(of: &CheckedPropensity, evaluator: &mut Evaluator<'_>) -> Option<u32> {
    match of {
        CheckedPropensity::Fixed(parts) => Some(*parts),
        CheckedPropensity::Score(term) => parts_per_billion(evaluator.number(*term)?),
    }
}

/// Rounds half to even; what is no probability then is `None`.
///
/// In integers: a double cannot hold the product that is to be rounded.
fn parts_per_billion(score: f64) -> Option<u32> {
    const FRACTION_BITS: u64 = 52;
    let bits = score.abs().to_bits();
    let (exponent, fraction) = (bits >> FRACTION_BITS, bits & ((1 << FRACTION_BITS) - 1));
    let mantissa = match exponent {
        0 => fraction,
        _ => fraction | 1 << FRACTION_BITS,
    };
    // The score is the mantissa, halved so many times.
    let halvings = (1_023 + FRACTION_BITS).checked_sub(exponent.max(1))?;
    // INVARIANT: less than 2^83, so that more halvings leave less than a half.
    let product = u128::from(mantissa) * u128::from(CERTAIN);
    let halvings = halvings.min(84);
    let (down, rest) = (product >> halvings, product & ((1 << halvings) - 1));
    let half = (1 << halvings) >> 1;
    let up = rest > half || rest == half && down % 2 == 1;
    let parts = u32::try_from(down + u128::from(up)).ok()?;
    let most = if score < 0.0 { 0 } else { CERTAIN };
    (parts <= most).then_some(parts)
}

impl<'a> Pipeline<'a> {
    /// A missing score is a reason, never a default.
    pub(super) fn test_score(&mut self, action: &'a PlannedAction, candidate: &mut Candidate) {
        let (None, CheckedPropensity::Score(term)) = (candidate.priority, &action.propensity)
        else {
            return;
        };
        let basis = basis_of_term(&mut self.evaluator, *term);
        let code = ReasonCode::ModelMissing;
        candidate.reasons.push(StoredReason {
            code,
            rule: Rule::None,
            basis,
            until: None,
        });
        candidate.holds.push(Hold::Never);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scores_round_half_to_even_on_the_exact_product() {
        for (score, parts) in [
            (0.0, Some(0)),
            (-0.0, Some(0)),
            (1.0, Some(CERTAIN)),
            (0.06, Some(60_000_000)),
            (1.0 / 3.0, Some(333_333_333)),
            (1.0 / 1_024.0, Some(976_562)),
            (3.0 / 1_024.0, Some(2_929_688)),
            (f64::MIN_POSITIVE / 2.0, Some(0)),
            (5e-10, Some(1)),
            (1.000_000_000_4, Some(CERTAIN)),
            (-4e-10, Some(0)),
            // A little more than halfway; the nearest double of its billionfold is halfway.
            (1.000_000_000_5, None),
            (1.5, None),
            (35.0, None),
            (1e300, None),
            (-0.1, None),
            (f64::NAN, None),
            (f64::INFINITY, None),
        ] {
            assert_eq!(parts_per_billion(score), parts, "{score}");
        }
    }
}
