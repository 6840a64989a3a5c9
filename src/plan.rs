//! The checked policy laid out for deciding: dense ids, and rules by action.

use std::collections::{BTreeMap, HashMap};

use crate::check::{
    Checked, CheckedAction, CheckedExclusive, CheckedPropensity, CheckedTreatment, Clause, ONE,
};
use crate::condition::{NodeId, Program};
use crate::diagnostic::Report;
use crate::policy::{Policy, Selector};
use crate::schema::Schema;
use crate::time::Timestamp;
use crate::vocabulary::{Channel, Currency, Purpose};

/// The place of an action in its policy.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct ActionId(pub(crate) u32);

/// The place of a suppression among those of its policy, sorted by id.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct SuppressionId(pub(crate) u32);

/// The place of an exclusive among those of its policy, sorted by id.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct ExclusiveId(pub(crate) u32);

/// A policy ready to decide.
#[derive(Debug)]
pub(crate) struct Plan {
    pub(crate) policy: Policy,
    #[cfg(feature = "json")]
    pub(crate) fingerprint: crate::hash::Fingerprint,
    pub(crate) warnings: Report,
    pub(crate) schema: Schema,
    pub(crate) currency: Option<Currency>,
    pub(crate) program: Program,
    pub(crate) suppressions: Vec<PlannedSuppression>,
    pub(crate) boosts: Vec<PlannedBoost>,
    pub(crate) exclusives: Vec<PlannedExclusive>,
    /// How reports read the situations aloud.
    pub(crate) sayings: BTreeMap<String, String>,
    pub(crate) situations: HashMap<String, NodeId>,
    actions: Vec<PlannedAction>,
    by_id: HashMap<String, ActionId, ahash::RandomState>,
}

#[derive(Debug)]
pub(crate) struct PlannedAction {
    pub(crate) id: String,
    pub(crate) kind: String,
    pub(crate) group: Option<GroupId>,
    pub(crate) purpose: Purpose,
    pub(crate) tier: i64,
    pub(crate) rank: i64,
    pub(crate) paused: bool,
    pub(crate) starts_at: Option<Timestamp>,
    pub(crate) ends_at: Option<Timestamp>,
    pub(crate) channels: Vec<Channel>,
    pub(crate) eligible: Vec<Clause>,
    pub(crate) applicable: Vec<Clause>,
    pub(crate) suitable: Vec<Clause>,
    pub(crate) propensity: CheckedPropensity,
    /// In minor units.
    pub(crate) value: u64,
    /// The product of all business levers, in basis points.
    pub(crate) lever: u32,
    /// The context weights that may apply, as places in `Plan::boosts`.
    pub(crate) boosts: Vec<usize>,
    pub(crate) suppressions: Vec<SuppressionId>,
    pub(crate) treatments: Vec<CheckedTreatment>,
    /// The place of the id among all ids, sorted: the last word in the order.
    pub(crate) id_order: u32,
}

/// A group, as a number.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) struct GroupId(u32);

#[derive(Debug)]
pub(crate) struct PlannedSuppression {
    pub(crate) id: String,
    pub(crate) selector: Selector,
    pub(crate) when: NodeId,
    pub(crate) after: Option<NodeId>,
    pub(crate) allow_unknown: bool,
    pub(crate) because: String,
    pub(crate) say: String,
    pub(crate) say_after: String,
}

#[derive(Debug)]
pub(crate) struct PlannedBoost {
    pub(crate) when: NodeId,
    /// In basis points.
    pub(crate) basis_points: i64,
}

#[derive(Debug)]
pub(crate) struct PlannedExclusive {
    pub(crate) id: String,
    pub(crate) at_most: usize,
}

impl Plan {
    pub(crate) fn new(checked: Checked) -> Self {
        let rules = RulesByAction::new(&checked);
        let Checked { policy, warnings, schema, currency, program, actions, .. } = checked;
        let by_id = (0_u32..).zip(&actions).map(|(id, action)| (action.id.clone(), ActionId(id)));
        let by_id = by_id.collect();
        let actions = planned_actions(actions, &rules);
        let RulesByAction { suppressions, boosts, .. } = rules;
        let (sayings, situations) = (checked.sayings, checked.situations);
        let mut exclusives = checked.exclusives;
        exclusives.sort_by(|a, b| a.id.cmp(&b.id));
        let exclusives = exclusives.into_iter().map(planned_exclusive).collect();
        Self {
            #[cfg(feature = "json")]
            fingerprint: policy.fingerprint(),
            policy,
            warnings,
            schema,
            currency,
            program,
            suppressions,
            boosts,
            exclusives,
            sayings,
            situations,
            actions,
            by_id,
        }
    }

    /// Lists the paths of what decisions read, sorted.
    pub(crate) fn reads(&self) -> Vec<&str> {
        let mut paths = vec!["consent.hard_blocks"];
        let mut roots: Vec<NodeId> = self.boosts.iter().map(|boost| boost.when).collect();
        for rule in &self.suppressions {
            roots.push(rule.when);
            roots.extend(rule.after);
        }
        for action in &self.actions {
            let clauses = [&action.eligible, &action.applicable, &action.suitable];
            roots.extend(clauses.into_iter().flatten().map(|clause| clause.node));
            if let CheckedPropensity::Score(_) = action.propensity {
                paths.push("scores");
            }
            if action.purpose == Purpose::Marketing {
                paths.push("consent.grants");
            }
            if action.treatments.iter().any(|treatment| !treatment.devices.is_empty()) {
                paths.push("device.form_factor");
            }
        }
        paths.extend(self.program.reads(roots, &self.schema));
        paths.sort_unstable();
        paths.dedup();
        paths
    }

    pub(crate) fn actions(&self) -> impl Iterator<Item = (ActionId, &PlannedAction)> {
        (0_u32..).map(ActionId).zip(&self.actions)
    }

    pub(crate) fn find(&self, id: &str) -> Option<ActionId> {
        self.by_id.get(id).copied()
    }

    #[expect(clippy::indexing_slicing, reason = "an ActionId is made by the plan that resolves it")]
    pub(crate) fn action(&self, id: ActionId) -> &PlannedAction {
        &self.actions[id.0 as usize]
    }

    #[expect(
        clippy::indexing_slicing,
        reason = "a SuppressionId is made by the plan that resolves it"
    )]
    pub(crate) fn suppression(&self, id: SuppressionId) -> &PlannedSuppression {
        &self.suppressions[id.0 as usize]
    }

    #[expect(
        clippy::indexing_slicing,
        reason = "an ExclusiveId is made by the plan that resolves it"
    )]
    pub(crate) fn exclusive(&self, id: ExclusiveId) -> &PlannedExclusive {
        &self.exclusives[id.0 as usize]
    }
}

/// The rules turned around: which of them are about an action.
struct RulesByAction {
    suppressions: Vec<PlannedSuppression>,
    boosts: Vec<PlannedBoost>,
    suppressions_of: Vec<Vec<SuppressionId>>,
    boosts_of: Vec<Vec<usize>>,
    lever_of: Vec<i64>,
}

impl RulesByAction {
    fn new(checked: &Checked) -> Self {
        let count = checked.actions.len();
        let mut rules = Self {
            suppressions: Vec::new(),
            boosts: Vec::new(),
            suppressions_of: vec![Vec::new(); count],
            boosts_of: vec![Vec::new(); count],
            lever_of: vec![ONE; count],
        };
        rules.add_suppressions(checked);
        rules.add_boosts(checked);
        rules
    }

    /// Adds suppressions by id, so that reasons do not depend on their order.
    fn add_suppressions(&mut self, checked: &Checked) {
        let mut sorted: Vec<_> = checked.suppressions.iter().collect();
        sorted.sort_by(|a, b| a.id.cmp(&b.id));
        for (id, rule) in (0_u32..).map(SuppressionId).zip(sorted) {
            for target in &rule.targets {
                self.suppressions_of.get_mut(*target).into_iter().for_each(|rules| rules.push(id));
            }
            self.suppressions.push(PlannedSuppression {
                id: rule.id.clone(),
                selector: rule.selector.clone(),
                when: rule.when,
                after: rule.after,
                allow_unknown: rule.allow_unknown,
                because: rule.because.clone(),
                say: rule.say.clone(),
                say_after: rule.say_after.clone(),
            });
        }
    }

    fn add_boosts(&mut self, checked: &Checked) {
        for boost in &checked.boosts {
            let Some(when) = boost.when else {
                for target in &boost.targets {
                    self.lever_of
                        .get_mut(*target)
                        .into_iter()
                        .for_each(|lever| *lever = lever.saturating_add(boost.basis_points));
                }
                continue;
            };
            let place = self.boosts.len();
            for target in &boost.targets {
                self.boosts_of.get_mut(*target).into_iter().for_each(|boosts| boosts.push(place));
            }
            self.boosts.push(PlannedBoost { when, basis_points: boost.basis_points });
        }
    }
}

fn planned_exclusive(exclusive: CheckedExclusive) -> PlannedExclusive {
    PlannedExclusive { id: exclusive.id, at_most: exclusive.at_most }
}

fn planned_actions(actions: Vec<CheckedAction>, rules: &RulesByAction) -> Vec<PlannedAction> {
    let orders = id_orders(&actions);
    let mut groups: HashMap<String, GroupId, ahash::RandomState> = HashMap::default();
    let planned = actions.into_iter().enumerate().map(|(place, action)| PlannedAction {
        group: action.group.map(|group| {
            let next = GroupId(u32::try_from(groups.len()).unwrap_or(u32::MAX));
            *groups.entry(group).or_insert(next)
        }),
        id: action.id,
        kind: action.kind,
        purpose: action.purpose,
        tier: action.tier,
        rank: action.rank,
        paused: action.paused,
        starts_at: action.starts_at,
        ends_at: action.ends_at,
        channels: action.channels,
        eligible: action.eligible,
        applicable: action.applicable,
        suitable: action.suitable,
        propensity: action.propensity,
        value: action.value,
        lever: factor(rules.lever_of.get(place).copied().unwrap_or(ONE)),
        boosts: rules.boosts_of.get(place).cloned().unwrap_or_default(),
        suppressions: rules.suppressions_of.get(place).cloned().unwrap_or_default(),
        treatments: action.treatments,
        id_order: orders.get(place).copied().unwrap_or(u32::MAX),
    });
    planned.collect()
}

/// Turns a sum of basis points into a factor; the least is nothing.
pub(crate) fn factor(basis_points: i64) -> u32 {
    u32::try_from(basis_points.max(0)).unwrap_or(u32::MAX)
}

/// Numbers the ids in their order.
fn id_orders(actions: &[CheckedAction]) -> Vec<u32> {
    let mut places: Vec<usize> = (0..actions.len()).collect();
    places.sort_by_key(|place| actions.get(*place).map(|action| action.id.as_str()));
    let mut orders = vec![0; actions.len()];
    for (order, place) in (0_u32..).zip(places) {
        orders.get_mut(place).into_iter().for_each(|slot| *slot = order);
    }
    orders
}
