//! The checked policy laid out for deciding: dense ids, and rules by action.

mod find;
mod index;
mod questions;
mod spoken;
mod turned;
mod written;

use std::borrow::Cow;
use std::collections::{BTreeMap, HashMap, HashSet};
use std::ops::Deref;
use std::sync::Arc;
#[cfg(feature = "json")]
use std::sync::OnceLock;

use crate::check::{
    Checked, CheckedAction, CheckedBoost, CheckedExclusive, CheckedHoldout, CheckedLimit,
    CheckedPlacement, CheckedPromise, CheckedQuietHours, CheckedSuppression, CheckedThreshold,
    CheckedTreatment, LimitRule, WhoseZone, Window,
};
use crate::condition::{NodeId, Program};
use crate::diagnostic::Report;
use crate::diagnostic::suggest::closest;
use crate::error::{Error, ErrorKind};
use crate::policy::{Action, Policy, Selector};
use crate::schema::Schema;
use crate::vocabulary::{Channel, Currency};

use find::Finder;
use index::Index;
use questions::Questions;
use spoken::Spoken;
use turned::{RulesByAction, Shared};
use written::Written;

pub(crate) use index::{
    ActionList, Asks, Class, LiteralId, Number, Ranked, Row, bound_below, counts_alone,
    greatest_score,
};

pub(crate) use spoken::TakenApart;

macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident;)+) => {
        $(
            $(#[$doc])*
            #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
            pub(crate) struct $name(pub(crate) u32);

            impl $name {
                pub(crate) fn place(self) -> usize {
                    self.0 as usize
                }
            }
        )+
    };
}

ids! {
    /// The place of an action in its policy.
    ActionId;
    /// The place of a suppression among those of its policy, sorted by id.
    SuppressionId;
    /// The place of quiet hours among those of its policy, sorted by name.
    QuietHoursId;
    /// The place of a limit: first those of the policy, sorted by id, then
    /// those that keep exclusive actions apart over time.
    LimitId;
    /// The place of a holdout among those of its policy, sorted by name.
    HoldoutId;
    /// The place of a threshold among those of its policy, sorted by name.
    ThresholdId;
    /// The place of an exclusive among those of its policy, sorted by id.
    ExclusiveId;
}

/// A policy ready to decide.
#[derive(Debug)]
pub(crate) struct Plan {
    /// As it was written, but for the actions: see [`Plan::written`].
    pub(crate) policy: Written,
    /// Found out once somebody asks for it.
    #[cfg(feature = "json")]
    fingerprint: OnceLock<crate::hash::Fingerprint>,
    /// What the limits say, as a hash: what a summary of a history is good for.
    /// Found out once somebody asks for it.
    #[cfg(feature = "json")]
    limits_fingerprint: OnceLock<String>,
    pub(crate) warnings: Report,
    pub(crate) schema: Schema,
    pub(crate) currency: Option<Currency>,
    pub(crate) program: Program,
    pub(crate) suppressions: Vec<CheckedSuppression>,
    pub(crate) boosts: Vec<PlannedBoost>,
    pub(crate) soft_opt_in: Vec<Channel>,
    pub(crate) quiet_hours: Vec<CheckedQuietHours>,
    pub(crate) limits: Vec<PlannedLimit>,
    pub(crate) holdouts: Vec<CheckedHoldout>,
    pub(crate) thresholds: Vec<CheckedThreshold>,
    pub(crate) placements: Vec<CheckedPlacement>,
    pub(crate) exclusives: Vec<CheckedExclusive>,
    /// How reports read the situations aloud.
    pub(crate) sayings: BTreeMap<String, String>,
    pub(crate) situations: HashMap<String, NodeId>,
    pub(crate) promises: Vec<CheckedPromise>,
    actions: Vec<PlannedAction>,
    by_id: Finder,
    /// The actions by their conditions, the best first.
    pub(crate) index: Index,
    /// What a ranking asks of a context.
    pub(crate) questions: Questions,
    /// What explanations have said of conditions.
    spoken: Spoken,
    /// Tells this plan from all others, as long as somebody holds it.
    pub(crate) token: Arc<()>,
    /// The kinds, groups and tags that actions bear.
    borne: HashSet<String, ahash::RandomState>,
}

/// An action, and the rules that are about it.
#[derive(Debug)]
pub(crate) struct PlannedAction {
    own: CheckedAction,
    /// The product of all business levers, in basis points.
    pub(crate) lever: u32,
    /// The context weights that may apply, as places in `Plan::boosts`.
    pub(crate) boosts: Arc<[usize]>,
    pub(crate) suppressions: Arc<[SuppressionId]>,
    pub(crate) limits: Arc<[LimitId]>,
    /// The limits in which what becomes of this action counts.
    pub(crate) counted_in: Arc<[LimitId]>,
    pub(crate) holdouts: Arc<[HoldoutId]>,
    pub(crate) thresholds: Arc<[ThresholdId]>,
    pub(crate) exclusives: Arc<[ExclusiveId]>,
    /// The place of the id among all ids, sorted: the last word in the order.
    pub(crate) id_order: u32,
}

/// What is planned about an action comes on top of what was checked.
impl Deref for PlannedAction {
    type Target = CheckedAction;

    fn deref(&self) -> &CheckedAction {
        &self.own
    }
}

#[derive(Debug)]
pub(crate) struct PlannedBoost {
    pub(crate) when: NodeId,
    /// In basis points.
    pub(crate) basis_points: i64,
}

/// A limit, and a quick way to tell what it counts.
#[derive(Debug)]
pub(crate) struct PlannedLimit {
    own: CheckedLimit,
    pub(crate) counted: Names,
}

impl Deref for PlannedLimit {
    type Target = CheckedLimit;

    fn deref(&self) -> &CheckedLimit {
        &self.own
    }
}

/// The names of a selector as sets.
#[derive(Debug)]
pub(crate) struct Names {
    kinds: HashSet<String, ahash::RandomState>,
    tags: HashSet<String, ahash::RandomState>,
    groups: HashSet<String, ahash::RandomState>,
    ids: HashSet<String, ahash::RandomState>,
}

impl Names {
    fn new(selector: &Selector) -> Self {
        let set = |names: &[String]| names.iter().cloned().collect();
        Self {
            kinds: set(&selector.kinds),
            tags: set(&selector.tags),
            groups: set(&selector.groups),
            ids: set(&selector.ids),
        }
    }

    /// Tells whether the selector names nothing, and so means everything.
    pub(crate) fn is_empty(&self) -> bool {
        let sets = [&self.kinds, &self.tags, &self.groups, &self.ids];
        sets.iter().all(|set| set.is_empty())
    }

    pub(crate) fn has_id(&self, id: &str) -> bool {
        self.ids.contains(id)
    }

    pub(crate) fn has_kind(&self, kind: &str) -> bool {
        self.kinds.contains(kind)
    }

    pub(crate) fn has_group(&self, group: &str) -> bool {
        self.groups.contains(group)
    }

    pub(crate) fn has_tag(&self, tag: &str) -> bool {
        self.tags.contains(tag)
    }
}

impl Plan {
    pub(crate) fn new(checked: Checked) -> Self {
        let Checked { policy, warnings, schema, currency, program, actions, .. } = checked;
        let (mut rules, sayings, situations) = (checked.rules, checked.sayings, checked.situations);
        // By id, so that reasons do not depend on the order of the document.
        rules.suppressions.sort_by(|a, b| a.id.cmp(&b.id));
        rules.exclusives.sort_by(|a, b| a.id.cmp(&b.id));
        rules
            .limits
            .sort_by(|a, b| (a.is_of_exclusive(), &a.id).cmp(&(b.is_of_exclusive(), &b.id)));
        let by_action = RulesByAction::new(actions.len(), &rules);
        let actions = planned_actions(actions, by_action);
        let boosts = planned_boosts(&rules.boosts);
        let limits: Vec<PlannedLimit> = rules.limits.into_iter().map(planned_limit).collect();
        let rules_of_slates = (rules.exclusives.as_slice(), rules.placements.len());
        let index = Index::new(&program, &actions, &boosts, &limits, rules_of_slates);
        let questions = Questions::new(&program, &schema, &index, &rules.suppressions, &boosts);
        Self {
            index,
            questions,
            spoken: Spoken::default(),
            token: Arc::new(()),
            #[cfg(feature = "json")]
            fingerprint: OnceLock::new(),
            #[cfg(feature = "json")]
            limits_fingerprint: OnceLock::new(),
            policy: Written::new(policy, &actions, currency),
            warnings,
            schema,
            currency,
            program,
            suppressions: rules.suppressions,
            boosts,
            soft_opt_in: rules.soft_opt_in,
            quiet_hours: rules.quiet_hours,
            limits,
            holdouts: rules.holdouts,
            thresholds: rules.thresholds,
            placements: rules.placements,
            exclusives: rules.exclusives,
            sayings,
            situations,
            promises: checked.promises,
            borne: borne(&actions),
            by_id: Finder::new(&actions),
            actions,
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
            paths.extend(self.read_by_stages(action));
            paths.extend(self.program.read_by_terms(action.numbers(), &self.schema));
        }
        paths.extend(self.limits.iter().flat_map(|limit| read_by_limit(limit)));
        if !self.holdouts.is_empty() {
            paths.push("user_id");
        }
        paths.extend(self.program.reads(roots, &self.schema));
        paths.sort_unstable();
        paths.dedup();
        paths
    }

    /// Lists what the stages read about an action besides its conditions.
    fn read_by_stages(&self, action: &PlannedAction) -> Vec<&'static str> {
        let rests = action.obeys_quiet_hours && !self.quiet_hours.is_empty();
        let any = |asks: fn(&CheckedTreatment) -> bool| action.treatments.iter().any(asks);
        let by_locale = any(|treatment| !treatment.locales.is_empty());
        let by_device = any(|treatment| !treatment.devices.is_empty());
        let reads = [
            ("consent.grants", action.needs_consent),
            ("device.form_factor", by_device),
            ("device.locale", by_locale),
            ("profile.language", by_locale),
            ("profile.time_zone", rests),
        ];
        reads.into_iter().filter(|(_, is_read)| *is_read).map(|(path, _)| path).collect()
    }

    /// Tells whether the priority of an action changes a little every day, since
    /// a model of the policy answers with a part of it.
    pub(crate) fn drifts(&self, action: &PlannedAction) -> bool {
        action.numbers().any(|term| self.program.is_answer(term, &self.schema))
    }

    /// Returns the policy as it was written.
    pub(crate) fn written(&self) -> &Policy {
        self.policy.whole(&self.actions)
    }

    /// Returns an action as it was written.
    pub(crate) fn written_action(&self, id: ActionId) -> Option<Cow<'_, Action>> {
        self.policy.action(id.place(), self.action(id))
    }

    /// Returns the stable hash of what the policy says.
    #[cfg(feature = "json")]
    pub(crate) fn fingerprint(&self) -> crate::hash::Fingerprint {
        *self.fingerprint.get_or_init(|| self.policy.write(&self.actions).fingerprint())
    }

    /// Returns what summaries of a history that are good for the limits bear.
    pub(crate) fn mark_of_summaries(&self) -> Option<&str> {
        #[cfg(feature = "json")]
        let of_limits = || self.policy.limits_fingerprint().to_string();
        #[cfg(feature = "json")]
        return Some(self.limits_fingerprint.get_or_init(of_limits));
        #[cfg(not(feature = "json"))]
        return None;
    }

    /// Tells whether any rule asks where the customer is.
    pub(crate) fn reads_zones(&self) -> bool {
        let of_customers = |limit: &PlannedLimit| {
            let rule = &limit.rule;
            matches!(rule, LimitRule::Cap { window: Window::Calendar(_, WhoseZone::Customers), .. })
        };
        !self.quiet_hours.is_empty() || self.limits.iter().any(of_customers)
    }

    pub(crate) fn actions(&self) -> impl Iterator<Item = (ActionId, &PlannedAction)> {
        (0_u32..).map(ActionId).zip(&self.actions)
    }

    /// Tells whether an action is called so, or bears this kind, group or tag.
    pub(crate) fn knows(&self, name: &str) -> bool {
        self.find(name).is_some() || self.borne.contains(name)
    }

    pub(crate) fn find(&self, id: &str) -> Option<ActionId> {
        self.by_id.find(id, &self.actions)
    }

    /// Says that there is no such action, and which one may be meant.
    pub(crate) fn unknown_action(&self, action: &str) -> Error {
        let near = closest(action, self.actions.iter().map(|action| action.id.as_str()));
        let help = near.map(|near| format!(": did you mean `{near}`?")).unwrap_or_default();
        let message = format!("the policy has no action `{action}`{help}");
        Error::at(ErrorKind::UnknownAction, "", message)
    }

    #[expect(clippy::indexing_slicing, reason = "an ActionId is made by the plan that resolves it")]
    pub(crate) fn action(&self, id: ActionId) -> &PlannedAction {
        &self.actions[id.place()]
    }

    #[expect(
        clippy::indexing_slicing,
        reason = "a SuppressionId is made by the plan that resolves it"
    )]
    pub(crate) fn suppression(&self, id: SuppressionId) -> &CheckedSuppression {
        &self.suppressions[id.place()]
    }

    #[expect(clippy::indexing_slicing, reason = "a LimitId is made by the plan that resolves it")]
    pub(crate) fn limit(&self, id: LimitId) -> &PlannedLimit {
        &self.limits[id.place()]
    }

    #[expect(
        clippy::indexing_slicing,
        reason = "an ExclusiveId is made by the plan that resolves it"
    )]
    pub(crate) fn exclusive(&self, id: ExclusiveId) -> &CheckedExclusive {
        &self.exclusives[id.place()]
    }
}

/// Lists the kinds, groups and tags that actions bear.
fn borne(actions: &[PlannedAction]) -> HashSet<String, ahash::RandomState> {
    let mut borne = HashSet::default();
    for action in actions {
        for label in action.group.iter().chain(&action.tags).chain([&action.kind]) {
            if !borne.contains(label) {
                borne.insert(label.clone());
            }
        }
    }
    borne
}

fn read_by_limit(limit: &CheckedLimit) -> Vec<&'static str> {
    let mut paths = vec!["history.interactions"];
    match &limit.rule {
        LimitRule::Cap { window: Window::Session, .. } => paths.push("recency.session_started_at"),
        LimitRule::Cap { window: Window::Calendar(_, WhoseZone::Customers), .. } => {
            paths.push("profile.time_zone");
        }
        _ => {}
    }
    paths
}

fn planned_limit(limit: CheckedLimit) -> PlannedLimit {
    PlannedLimit { counted: Names::new(&limit.counted.selector), own: limit }
}

/// Keeps the boosts that are context weights.
fn planned_boosts(boosts: &[CheckedBoost]) -> Vec<PlannedBoost> {
    let weights = boosts.iter().filter_map(|boost| {
        Some(PlannedBoost { when: boost.when?, basis_points: boost.basis_points })
    });
    weights.collect()
}

fn planned_actions(actions: Vec<CheckedAction>, rules: RulesByAction) -> Vec<PlannedAction> {
    let orders = id_orders(&actions);
    let (mut boosts, mut suppressions, mut limits) = (Shared::new(), Shared::new(), Shared::new());
    let (mut holdouts, mut thresholds) = (Shared::new(), Shared::new());
    let (mut exclusives, mut channels) = (Shared::new(), Shared::new());
    let planned = actions.into_iter().zip(rules.into_actions()).zip(orders);
    let planned = planned.map(|((own, rules), id_order)| PlannedAction {
        own: CheckedAction { channels: channels.one(&own.channels), ..own },
        lever: factor(rules.lever),
        boosts: boosts.one(&rules.boosts),
        suppressions: suppressions.one(&rules.suppressions),
        limits: limits.one(&rules.limits),
        counted_in: limits.one(&rules.counted_in),
        holdouts: holdouts.one(&rules.holdouts),
        thresholds: thresholds.one(&rules.thresholds),
        exclusives: exclusives.one(&rules.exclusives),
        id_order,
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
