//! The rules turned around: which of them are about an action.

use std::collections::HashSet;
use std::hash::Hash;
use std::sync::Arc;

use super::{ExclusiveId, HoldoutId, LimitId, SuppressionId, ThresholdId, factor};
use crate::check::{CheckedRules, ONE};

/// The rules about actions that have the same ones.
#[derive(Debug)]
pub(crate) struct Rules {
    /// What all business levers together come to as a factor, in basis points.
    pub(crate) lever: u32,
    /// The context weights that may apply, as places in `Plan::boosts`.
    pub(crate) boosts: Arc<[usize]>,
    pub(crate) suppressions: Arc<[SuppressionId]>,
    pub(crate) limits: Arc<[LimitId]>,
    /// The limits in which what becomes of these actions counts.
    pub(crate) counted_in: Arc<[LimitId]>,
    pub(crate) holdouts: Arc<[HoldoutId]>,
    pub(crate) thresholds: Arc<[ThresholdId]>,
    pub(crate) exclusives: Arc<[ExclusiveId]>,
}

/// Lists without repetition: most actions have their rules in common.
struct Shared<T>(HashSet<Arc<[T]>, ahash::RandomState>);

impl<T: Copy + Eq + Hash> Shared<T> {
    fn new() -> Self {
        Self(HashSet::default())
    }

    /// Returns the one list that is like this.
    fn one(&mut self, list: &[T]) -> Arc<[T]> {
        if let Some(known) = self.0.get(list) {
            return known.clone();
        }
        let new: Arc<[T]> = list.into();
        self.0.insert(new.clone());
        new
    }
}

/// What a rule is to the actions that it is about.
#[derive(Clone, Copy)]
enum Role {
    Boost,
    Lever,
    Suppression,
    Limit,
    Counts,
    Holdout,
    Threshold,
    Exclusive,
}

/// Actions about which the same rules are so far: those of another set, and one
/// more.
struct Set {
    before: u32,
    role: Role,
    rule: u32,
}

/// Which actions have the same rules.
///
/// All begin in one set. Each rule takes those that it is about out of theirs,
/// and into one of its own. So nothing is made for an action, and actions with
/// the same rules end up together.
struct Sets {
    /// The first has no rules, and no entry.
    sets: Vec<Set>,
    of_actions: Vec<u32>,
    /// For each set the turn in which it was split last, and into which.
    split: Vec<(u32, u32)>,
    turn: u32,
}

impl Sets {
    fn new(count: usize) -> Self {
        Self { sets: Vec::new(), of_actions: vec![0; count], split: vec![(0, 0)], turn: 0 }
    }

    fn add(&mut self, role: Role, rule: u32, targets: &[u32]) {
        self.turn += 1;
        for target in targets {
            let Some(set) = self.of_actions.get_mut(*target as usize) else { continue };
            let Some(split) = self.split.get_mut(*set as usize) else { continue };
            if split.0 != self.turn {
                self.sets.push(Set { before: *set, role, rule });
                *split = (self.turn, count(self.sets.len()));
                *set = split.1;
                self.split.push((0, 0));
            } else {
                *set = split.1;
            }
        }
    }

    /// Lists the rules of a set, the last ones first.
    fn rules(&self, set: u32) -> impl Iterator<Item = &Set> {
        let find = |set: u32| self.sets.get(set.checked_sub(1)? as usize);
        std::iter::successors(find(set), move |set| find(set.before))
    }
}

/// The rules about each action.
pub(super) struct RulesByAction {
    /// Each once.
    pub(super) all: Vec<Arc<Rules>>,
    /// The place among them, for each action.
    pub(super) of_actions: Vec<u32>,
}

impl RulesByAction {
    pub(super) fn new(actions: usize, rules: &CheckedRules) -> Self {
        let mut sets = Sets::new(actions);
        for (id, rule) in (0..).zip(&rules.suppressions) {
            sets.add(Role::Suppression, id, &rule.targets);
        }
        for (id, limit) in (0..).zip(&rules.limits) {
            sets.add(Role::Limit, id, &limit.targets);
            sets.add(Role::Counts, id, &limit.counts);
        }
        for (id, holdout) in (0..).zip(&rules.holdouts) {
            sets.add(Role::Holdout, id, &holdout.targets);
        }
        for (id, threshold) in (0..).zip(&rules.thresholds) {
            sets.add(Role::Threshold, id, &threshold.targets);
        }
        for (id, exclusive) in (0..).zip(&rules.exclusives) {
            sets.add(Role::Exclusive, id, &exclusive.targets);
        }
        let mut weights = 0..;
        for (id, boost) in (0..).zip(&rules.boosts) {
            match boost.rule.when.and_then(|_| weights.next()) {
                Some(weight) => sets.add(Role::Boost, weight, &boost.targets),
                None => sets.add(Role::Lever, id, &boost.targets),
            }
        }
        Self::of_sets(sets, rules)
    }

    /// Makes the lists of those sets that have actions.
    fn of_sets(sets: Sets, rules: &CheckedRules) -> Self {
        let mut gatherer = Gatherer::new(rules);
        let mut places: Vec<Option<u32>> = vec![None; sets.split.len()];
        let mut all = Vec::new();
        let mut of_actions = Vec::with_capacity(sets.of_actions.len());
        for set in &sets.of_actions {
            let place = places.get_mut(*set as usize).map(|place| {
                *place.get_or_insert_with(|| {
                    all.push(Arc::new(gatherer.gather(sets.rules(*set))));
                    count(all.len() - 1)
                })
            });
            of_actions.push(place.unwrap_or(0));
        }
        Self { all, of_actions }
    }
}

/// Makes lists of rules.
struct Gatherer<'r> {
    rules: &'r CheckedRules,
    boosts: Shared<usize>,
    suppressions: Shared<SuppressionId>,
    limits: Shared<LimitId>,
    holdouts: Shared<HoldoutId>,
    thresholds: Shared<ThresholdId>,
    exclusives: Shared<ExclusiveId>,
}

impl<'r> Gatherer<'r> {
    fn new(rules: &'r CheckedRules) -> Self {
        Self {
            rules,
            boosts: Shared::new(),
            suppressions: Shared::new(),
            limits: Shared::new(),
            holdouts: Shared::new(),
            thresholds: Shared::new(),
            exclusives: Shared::new(),
        }
    }

    /// Gathers the rules of a set, which come last to first.
    fn gather<'s>(&mut self, of: impl Iterator<Item = &'s Set>) -> Rules {
        let mut lists: [Vec<u32>; 8] = std::array::from_fn(|_| Vec::new());
        for set in of {
            let list = lists.get_mut(set.role as usize);
            list.into_iter().for_each(|list| list.push(set.rule));
        }
        lists.iter_mut().for_each(|list| list.reverse());
        let [boosts, levers, suppressions, limits, counts, holdouts, thresholds, exclusives] =
            lists;
        let points = levers.iter().filter_map(|lever| self.rules.boosts.get(*lever as usize));
        let lever = points.fold(ONE, |sum, lever| sum.saturating_add(lever.rule.basis_points));
        let boosts: Vec<usize> = boosts.into_iter().map(|boost| boost as usize).collect();
        Rules {
            lever: factor(lever),
            boosts: self.boosts.one(&boosts),
            suppressions: self.suppressions.one(&ids(suppressions, SuppressionId)),
            limits: self.limits.one(&ids(limits, LimitId)),
            counted_in: self.limits.one(&ids(counts, LimitId)),
            holdouts: self.holdouts.one(&ids(holdouts, HoldoutId)),
            thresholds: self.thresholds.one(&ids(thresholds, ThresholdId)),
            exclusives: self.exclusives.one(&ids(exclusives, ExclusiveId)),
        }
    }
}

fn ids<T>(places: Vec<u32>, id: fn(u32) -> T) -> Vec<T> {
    places.into_iter().map(id).collect()
}

fn count(length: usize) -> u32 {
    u32::try_from(length).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::{Role, Sets};

    #[test]
    fn actions_with_the_same_rules_are_in_one_set() {
        let rules: [&[u32]; 6] = [&[0, 1, 2, 3], &[1, 3], &[], &[3, 1], &[4, 2, 0], &[5]];
        let mut sets = Sets::new(7);
        for (rule, targets) in (0..).zip(rules) {
            sets.add(Role::Limit, rule, targets);
        }
        for (action, set) in (0..).zip(&sets.of_actions) {
            let found: Vec<u32> = sets.rules(*set).map(|of| of.rule).collect();
            let about = (0..).zip(rules).filter(|(_, targets)| targets.contains(&action));
            let mut expected: Vec<u32> = about.map(|(rule, _)| rule).collect();
            expected.reverse();
            assert_eq!(found, expected, "action {action}");
        }
        let alike = [(0, 2, true), (1, 3, true), (0, 1, false), (4, 5, false), (6, 5, false)];
        for (one, other, are_alike) in alike {
            assert_eq!(sets.of_actions[one] == sets.of_actions[other], are_alike, "{one}, {other}");
        }
    }
}
