//! Stages 9 and 10: the exact priority, propensity × context weight × value ×
//! lever, and what it must come to.

use super::super::clearing::Hold;
use super::super::horizon::Horizon;
use super::{Lane, Tested};
use crate::check::{CERTAIN, CheckedPropensity, CheckedValue, MAX_VALUE, ONE};
use crate::condition::{Basis, Evaluator, TermId, Truth, lacking_number};
use crate::decision::{ReasonCode, Rule, StoredReason};
use crate::plan::{ActionId, Factor, Plan, PlannedAction, factor};
use crate::policy::point;

/// The context weights that apply.
#[derive(Default)]
pub(super) struct Scorer {
    /// For each boost of the plan its basis points, or 0 if it does not apply,
    /// and until when that stays so.
    weights: Vec<(i64, Horizon)>,
}

/// How likely and how important an action is.
struct Scored {
    propensity: u32,
    priority: u128,
}

impl Scorer {
    /// Evaluates every context weight once; only a known true one applies.
    ///
    /// Where only some are asked for, the others stay out of it.
    pub(super) fn new(plan: &Plan, only: Option<&[usize]>, evaluator: &mut Evaluator<'_>) -> Self {
        let weights = plan.boosts.iter().enumerate().map(|(place, boost)| {
            if only.is_some_and(|only| !only.contains(&place)) {
                return (0, Horizon::NEVER);
            }
            let outcome = evaluator.truth(boost.when);
            let applies = outcome.truth() == Truth::True;
            (if applies { boost.basis_points } else { 0 }, Horizon::of(&outcome))
        });
        Self { weights: weights.collect() }
    }

    /// Returns the exact product, or `None` if a score is missing.
    fn score(
        &self,
        plan: &Plan,
        action: &PlannedAction,
        evaluator: &mut Evaluator<'_>,
    ) -> Option<Scored> {
        let (ranked, weight) = (&action.ranked, self.context_weight(action));
        if let (Factor::Fixed(propensity), Factor::Fixed(_)) = (ranked.propensity(), ranked.value())
        {
            return Some(Scored { propensity, priority: ranked.priority(weight) });
        }
        let propensity = propensity_of(plan.propensity(action), evaluator)?;
        let value = value_of(plan.value(action), evaluator)?;
        let priority = ranked.priority_with(propensity.into(), value, weight);
        Some(Scored { propensity, priority })
    }

    fn context_weight(&self, action: &PlannedAction) -> u32 {
        let weights = action.rules.boosts.iter().filter_map(|boost| self.weights.get(*boost));
        factor(ONE + weights.map(|(points, _)| points).sum::<i64>())
    }

    /// Returns until when no context weight changes.
    pub(super) fn horizon_of_all(&self) -> Horizon {
        self.weights.iter().fold(Horizon::NEVER, |all, (_, horizon)| all.joined(*horizon))
    }

    fn horizon(&self, action: &PlannedAction) -> Horizon {
        let weights = action.rules.boosts.iter().filter_map(|boost| self.weights.get(*boost));
        weights.fold(Horizon::NEVER, |joined, (_, horizon)| joined.joined(*horizon))
    }
}

/// Spells the factors of a priority.
pub(crate) fn factors(
    plan: &Plan,
    action: &PlannedAction,
    evaluator: &mut Evaluator<'_>,
) -> String {
    let scorer = Scorer::new(plan, Some(&*action.rules.boosts), evaluator);
    let propensity = propensity_of(plan.propensity(action), evaluator);
    let (Some(propensity), Some(value)) = (propensity, value_of(plan.value(action), evaluator))
    else {
        return String::new();
    };
    let exponent = plan.currency.map_or(2, |currency| u32::from(currency.exponent()));
    let factors = [
        ("propensity ", propensity.into(), 9),
        (" × context weight ", scorer.context_weight(action).into(), 4),
        (" × value ", value.into(), exponent),
        (" × lever ", action.rules.lever.into(), 4),
    ];
    let mut said = String::with_capacity(MOST_SPELLED);
    for (name, digits, scale) in factors {
        said.push_str(name);
        said.push_str(&point(digits, scale));
    }
    said
}

/// Few lists of factors take more room.
const MOST_SPELLED: usize = 96;

/// Returns the propensity in parts per billion.
fn propensity_of(of: CheckedPropensity, evaluator: &mut Evaluator<'_>) -> Option<u32> {
    match of {
        CheckedPropensity::Fixed(parts) => Some(parts),
        CheckedPropensity::Read(term) => propensity(term, evaluator),
    }
}

/// Returns the value in minor units; one of a model that is too large is none.
fn value_of(of: CheckedValue, evaluator: &mut Evaluator<'_>) -> Option<u64> {
    match of {
        CheckedValue::Fixed(minor) => Some(minor),
        CheckedValue::Read(term) => value(term, evaluator),
    }
}

/// Reads a propensity in parts per billion.
pub(in crate::decide) fn propensity(term: TermId, evaluator: &mut Evaluator<'_>) -> Option<u32> {
    parts(evaluator.number(term)?)
}

/// Turns a score into parts per billion, rounded half to even.
///
/// A score outside 0 to 1 is no propensity: it counts as missing.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "the number is between 0 and a billion"
)]
pub(in crate::decide) fn parts(score: f64) -> Option<u32> {
    let parts = (score * f64::from(CERTAIN)).round_ties_even();
    (0.0..=1.0).contains(&score).then_some(parts as u32)
}

/// Reads a value in minor units.
pub(in crate::decide) fn value(term: TermId, evaluator: &mut Evaluator<'_>) -> Option<u64> {
    minor(evaluator.whole_number(term)?)
}

/// Takes a whole number for a value in minor units; one that is too large is
/// none.
pub(in crate::decide) fn minor(whole: i64) -> Option<u64> {
    u64::try_from(whole).ok().filter(|minor| *minor <= MAX_VALUE)
}

impl<'a> Lane<'a> {
    /// Finds the priority of an action; one that is forced needs no score.
    pub(super) fn prioritise(
        &mut self,
        action: &'a PlannedAction,
        is_forced: bool,
        tested: &mut Tested,
    ) {
        let scored = self.scorer.score(self.plan, action, &mut self.evaluator);
        let priority = scored.map(|scored| scored.priority);
        tested.priority = priority.or(is_forced.then_some(0));
        // The stages that look at it later are not for what is forced.
        if is_forced {
            self.watch_priority(action, tested);
        }
    }

    /// Notes until when a priority stays as it is.
    fn watch_priority(&mut self, action: &'a PlannedAction, tested: &mut Tested) {
        self.watch_numbers(action, tested);
        tested.watch(self.scorer.horizon(action));
    }

    fn watch_numbers(&mut self, action: &'a PlannedAction, tested: &mut Tested) {
        if !action.ranked.is_read() {
            return;
        }
        for term in self.plan.numbers(action) {
            tested.watch(Horizon::of(&self.evaluator.number_horizon(term)));
        }
    }

    /// A missing score is a reason, never a default.
    pub(super) fn test_score(
        &mut self,
        _: ActionId,
        action: &'a PlannedAction,
        tested: &mut Tested,
    ) {
        self.watch_numbers(action, tested);
        if tested.priority.is_none() {
            let basis = self.lacking(action).into();
            let reason = StoredReason::new(ReasonCode::ModelMissing, Rule::None);
            tested.add(StoredReason { basis, ..reason }, Hold::Never);
            return;
        }
        let Some(scored) = self.scorer.score(self.plan, action, &mut self.evaluator) else {
            return;
        };
        for id in action.rules.thresholds.iter() {
            let threshold = self.plan.thresholds.get(id.place());
            let least = threshold.and_then(|threshold| threshold.propensity);
            if least.is_some_and(|least| scored.propensity < least) {
                let reason = StoredReason::new(ReasonCode::BelowPropensity, Rule::Threshold(*id));
                tested.add(reason, Hold::Never);
            }
        }
    }

    /// Says what is the matter with the numbers that a priority is read from.
    fn lacking(&mut self, action: &'a PlannedAction) -> Vec<Basis> {
        let (plan, evaluator) = (self.plan, &mut self.evaluator);
        let mut basis = Vec::new();
        if let CheckedPropensity::Read(term) = plan.propensity(action)
            && propensity_of(plan.propensity(action), evaluator).is_none()
        {
            basis.extend(lacking_number(evaluator, term));
        }
        if let CheckedValue::Read(term) = plan.value(action)
            && value_of(plan.value(action), evaluator).is_none()
        {
            let more = lacking_number(evaluator, term);
            let more: Vec<Basis> = more.into_iter().filter(|more| !basis.contains(more)).collect();
            basis.extend(more);
        }
        basis.sort_by_cached_key(|basis| basis.subject.path(&self.plan.schema));
        basis
    }

    /// What the order is about must come to what the policy asks for.
    pub(super) fn test_arbitration(
        &mut self,
        _: ActionId,
        action: &'a PlannedAction,
        tested: &mut Tested,
    ) {
        tested.watch(self.scorer.horizon(action));
        let Some(priority) = tested.priority else { return };
        for id in action.rules.thresholds.iter() {
            let threshold = self.plan.thresholds.get(id.place());
            let least = threshold.and_then(|threshold| threshold.priority);
            if least.is_some_and(|least| priority < least) {
                let reason = StoredReason::new(ReasonCode::BelowPriority, Rule::Threshold(*id));
                tested.add(reason, Hold::Never);
            }
        }
    }
}
