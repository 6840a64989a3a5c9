//! What was checked of the actions, joined with what is written and with the
//! rules about them.

use super::action::PlannedAction;
use super::interned::Interned;
use super::ranked::{Number, Ranked, tiers, ties};
use super::turned::RulesByAction;
use super::written::Kept;
use crate::check::CheckedAction;
use crate::policy::Action;

/// The actions of a policy, and what comes with them.
pub(super) struct PlannedActions {
    pub(super) actions: Box<[PlannedAction]>,
    /// The numbers that scores are read from, each once.
    pub(super) numbers: Vec<Number>,
    pub(super) tells_tiers: bool,
    /// What is kept of the actions as they were written.
    pub(super) kept: Kept,
}

impl PlannedActions {
    /// Takes the ids from what is written, and leaves the rest to be dropped.
    pub(super) fn new(
        checked: Vec<CheckedAction>,
        mut written: Vec<Action>,
        rules: &RulesByAction,
    ) -> Self {
        let tiers = tiers(&checked);
        let ties = ties(&checked, &written);
        let mut numbers = Interned::new();
        let mut kept = Kept::default();
        let of_actions = rules.of_actions.iter().filter_map(|place| rules.all.get(*place as usize));
        let all = checked.into_iter().zip(&mut written).zip(of_actions.zip(ties));
        let actions = (0_u32..).zip(all).map(|(place, ((checked, written), (rules, tie)))| {
            let tier = tiers.binary_search(&checked.labels.tier).unwrap_or(0);
            let order = (u16::try_from(tier).unwrap_or(u16::MAX), tie);
            let number = |number| numbers.place(number);
            let ranked = Ranked::new((&checked, written), rules.lever, order, number);
            PlannedAction {
                short_rank: i32::try_from(written.rank).unwrap_or(0),
                id: kept.keep(place, written, &ranked),
                labels: checked.labels,
                group: checked.group,
                rules: rules.clone(),
                rare: checked.rare,
                ranked,
                conditions: checked.conditions,
            }
        });
        let actions = actions.collect();
        let tells_tiers = tiers.len() <= usize::from(u16::MAX);
        Self { actions, numbers: numbers.into_items(), tells_tiers, kept }
    }
}
