//! The rules turned around: which of them are about an action.

use std::collections::HashSet;
use std::hash::Hash;
use std::sync::Arc;

use super::{ExclusiveId, HoldoutId, LimitId, SuppressionId, ThresholdId};
use crate::check::{CheckedBoost, CheckedRules, ONE};

/// Lists without repetition: most actions have their rules in common.
pub(super) struct Shared<T>(HashSet<Arc<[T]>, ahash::RandomState>);

impl<T: Copy + Eq + Hash> Shared<T> {
    pub(super) fn new() -> Self {
        Self(HashSet::default())
    }

    /// Returns the one list that is like this.
    pub(super) fn one(&mut self, list: &[T]) -> Arc<[T]> {
        if let Some(known) = self.0.get(list) {
            return known.clone();
        }
        let new: Arc<[T]> = list.into();
        self.0.insert(new.clone());
        new
    }
}

/// The rules about each action.
pub(super) struct RulesByAction(Vec<RulesOfAction>);

/// The rules about one action.
#[derive(Clone)]
pub(super) struct RulesOfAction {
    /// The sum of all business levers, in basis points.
    pub(super) lever: i64,
    pub(super) boosts: Vec<usize>,
    pub(super) suppressions: Vec<SuppressionId>,
    pub(super) limits: Vec<LimitId>,
    pub(super) counted_in: Vec<LimitId>,
    pub(super) holdouts: Vec<HoldoutId>,
    pub(super) thresholds: Vec<ThresholdId>,
    pub(super) exclusives: Vec<ExclusiveId>,
}

impl RulesOfAction {
    const NONE: Self = Self {
        lever: ONE,
        boosts: Vec::new(),
        suppressions: Vec::new(),
        limits: Vec::new(),
        counted_in: Vec::new(),
        holdouts: Vec::new(),
        thresholds: Vec::new(),
        exclusives: Vec::new(),
    };
}

impl RulesByAction {
    pub(super) fn new(count: usize, rules: &CheckedRules) -> Self {
        let mut turned = Self(vec![RulesOfAction::NONE; count]);
        for (id, rule) in (0..).map(SuppressionId).zip(&rules.suppressions) {
            turned.add(&rule.targets, |of| of.suppressions.push(id));
        }
        for (id, limit) in (0..).map(LimitId).zip(&rules.limits) {
            turned.add(&limit.targets, |of| of.limits.push(id));
            turned.add(&limit.counts, |of| of.counted_in.push(id));
        }
        for (id, holdout) in (0..).map(HoldoutId).zip(&rules.holdouts) {
            turned.add(&holdout.targets, |of| of.holdouts.push(id));
        }
        for (id, threshold) in (0..).map(ThresholdId).zip(&rules.thresholds) {
            turned.add(&threshold.targets, |of| of.thresholds.push(id));
        }
        for (id, exclusive) in (0..).map(ExclusiveId).zip(&rules.exclusives) {
            turned.add(&exclusive.targets, |of| of.exclusives.push(id));
        }
        turned.add_boosts(&rules.boosts);
        turned
    }

    /// Adds levers to the factor of an action, and context weights to its list.
    fn add_boosts(&mut self, boosts: &[CheckedBoost]) {
        let mut weights = 0;
        for boost in boosts {
            if boost.when.is_some() {
                self.add(&boost.targets, |of| of.boosts.push(weights));
                weights += 1;
            } else {
                let points = boost.basis_points;
                self.add(&boost.targets, |of| of.lever = of.lever.saturating_add(points));
            }
        }
    }

    fn add(&mut self, targets: &[usize], mut add: impl FnMut(&mut RulesOfAction)) {
        for target in targets {
            self.0.get_mut(*target).into_iter().for_each(&mut add);
        }
    }

    pub(super) fn into_actions(self) -> impl Iterator<Item = RulesOfAction> {
        self.0.into_iter()
    }
}
