//! The checked policy laid out for deciding: dense ids, and rules by action.

mod action;
mod index;
mod interned;
mod joined;
mod questions;
mod ranked;
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
    Asked, Checked, CheckedAction, CheckedBoost, CheckedExclusive, CheckedHoldout, CheckedLimit,
    CheckedPlacement, CheckedPromise, CheckedPropensity, CheckedQuietHours, CheckedSuppression,
    CheckedThreshold, CheckedTreatment, CheckedValue, Clause, Conditions, Ids, Labels, LimitRule,
    Selected, SelectedLimit, Step, WhoseZone, Window,
};
use crate::condition::{NodeId, Program, TermId};
use crate::diagnostic::Report;
use crate::diagnostic::suggest::closest;
use crate::error::{Error, ErrorKind};
use crate::policy::{Action, Policy, Selector};
use crate::schema::Schema;
use crate::vocabulary::{Channel, Currency};

use index::{Index, LaidOut};
use joined::PlannedActions;
use questions::Questions;
use spoken::Spoken;
use turned::{Rules, RulesByAction};
use written::Written;

pub(crate) use action::PlannedAction;

pub(crate) use index::{
    ActionList, Asks, Class, LiteralId, Row, RuleSet, bound_below, counts_alone, greatest_score,
};
pub(crate) use ranked::{Factor, Number, Ranked};
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
    pub(crate) schema: Arc<Schema>,
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
    actions: Box<[PlannedAction]>,
    /// What the actions ask for.
    conditions: Conditions,
    /// The rules that are about actions, each set of them once.
    rules: Vec<Arc<Rules>>,
    by_id: Ids,
    /// The actions by their conditions, the best first.
    pub(crate) index: Index,
    /// What a ranking asks of a context.
    pub(crate) questions: Questions,
    /// What explanations have said of conditions.
    spoken: Spoken,
    /// Tells this plan from all others, as long as somebody holds it.
    pub(crate) token: Arc<()>,
    /// The kinds, groups and tags that actions bear.
    borne: HashSet<Box<str>, ahash::RandomState>,
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
        let Checked { mut policy, warnings, schema, currency, program, actions, .. } = checked;
        let Checked { conditions, labels, ids, mut rules, promises, .. } = checked;
        // By id, so that reasons do not depend on the order of the document.
        rules.suppressions.sort_by(|a, b| a.rule.id.cmp(&b.rule.id));
        rules.exclusives.sort_by(|a, b| a.rule.id.cmp(&b.rule.id));
        rules.limits.sort_by(|a, b| {
            let is_later = a.rule.is_of_exclusive().cmp(&b.rule.is_of_exclusive());
            is_later.then_with(|| a.rule.id.cmp(&b.rule.id))
        });
        let by_action = RulesByAction::new(actions.len(), &rules);
        let written = std::mem::take(&mut policy.actions);
        #[cfg(debug_assertions)]
        let as_written = written.clone();
        let borne = borne(&labels, &actions);
        let PlannedActions { actions, numbers, tells_tiers, kept } =
            PlannedActions::new(actions, written, &by_action);
        let boosts = planned_boosts(&rules.boosts);
        let suppressions = only_rules(rules.suppressions);
        let exclusives = only_rules(rules.exclusives);
        let limits: Vec<PlannedLimit> = rules.limits.into_iter().map(planned_limit).collect();
        let laid_out = LaidOut {
            program: &program,
            conditions: &conditions,
            actions: &actions,
            boosts: &boosts,
            limits: &limits,
            has_slots: !exclusives.is_empty() || !rules.placements.is_empty(),
        };
        let index = Index { tells_tiers, ..Index::new(&laid_out, numbers) };
        let questions = Questions::new(&program, &schema, &index, &suppressions, &boosts);
        let policy = Written::new(policy, kept, currency);
        #[cfg(debug_assertions)]
        for ((place, written), planned) in (0..).zip(&as_written).zip(&actions) {
            debug_assert_eq!(*policy.action(place, planned, &conditions), *written);
        }
        Self {
            index,
            questions,
            spoken: Spoken::default(),
            token: Arc::new(()),
            #[cfg(feature = "json")]
            fingerprint: OnceLock::new(),
            #[cfg(feature = "json")]
            limits_fingerprint: OnceLock::new(),
            policy,
            warnings,
            schema,
            currency,
            program,
            suppressions,
            boosts,
            soft_opt_in: rules.soft_opt_in,
            quiet_hours: rules.quiet_hours,
            limits,
            holdouts: only_rules(rules.holdouts),
            thresholds: only_rules(rules.thresholds),
            placements: rules.placements,
            exclusives,
            sayings: checked.sayings,
            situations: checked.situations,
            promises,
            borne,
            by_id: ids,
            conditions,
            rules: by_action.all,
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
        for action in self.actions.iter() {
            roots.extend(self.clauses(action).map(|clause| clause.node));
            paths.extend(self.read_by_stages(action));
            paths.extend(self.program.read_by_terms(self.numbers(action), &self.schema));
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
        let any = |asks: fn(&CheckedTreatment) -> bool| action.treatments().iter().any(asks);
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
        self.numbers(action).any(|term| self.program.is_answer(term, &self.schema))
    }

    /// Returns the policy as it was written.
    pub(crate) fn written(&self) -> &Policy {
        self.policy.whole((&self.actions, &self.conditions))
    }

    /// Returns an action as it was written.
    pub(crate) fn written_action(&self, id: ActionId) -> Cow<'_, Action> {
        self.policy.action(id.0, self.action(id), &self.conditions)
    }

    /// Returns the stable hash of what the policy says.
    #[cfg(feature = "json")]
    pub(crate) fn fingerprint(&self) -> crate::hash::Fingerprint {
        *self
            .fingerprint
            .get_or_init(|| self.policy.write((&self.actions, &self.conditions)).fingerprint())
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

    /// Lists the conditions of an action in all stages of engagement.
    pub(crate) fn clauses(&self, action: &PlannedAction) -> impl Iterator<Item = &Clause> + Clone {
        self.conditions.all(action.conditions)
    }

    /// Lists the conditions of an action in one stage of engagement.
    pub(crate) fn clauses_of(
        &self,
        action: &PlannedAction,
        step: Step,
    ) -> impl Iterator<Item = &Clause> + Clone {
        self.conditions.of(action.conditions, step)
    }

    /// Lists what an action asks for in one stage of engagement.
    #[inline]
    pub(crate) fn asked_of(&self, action: &PlannedAction, step: Step) -> &[Asked] {
        self.conditions.asked_in(action.conditions, step)
    }

    /// Returns the condition that an action asks for.
    #[inline]
    pub(crate) fn node_of(&self, asked: Asked) -> Option<NodeId> {
        self.conditions.clause(asked.clause()).map(|clause| clause.node)
    }

    /// Returns how likely an action is taken up.
    pub(crate) fn propensity(&self, action: &PlannedAction) -> CheckedPropensity {
        match action.ranked.propensity() {
            Factor::Fixed(parts) => CheckedPropensity::Fixed(parts),
            Factor::Read(place) => match self.index.numbers.get(place as usize) {
                Some(Number::Propensity(term)) => CheckedPropensity::Read(*term),
                _ => CheckedPropensity::Fixed(0),
            },
        }
    }

    /// Returns what an action is worth.
    pub(crate) fn value(&self, action: &PlannedAction) -> CheckedValue {
        match action.ranked.value() {
            Factor::Fixed(minor) => CheckedValue::Fixed(minor),
            Factor::Read(place) => match self.index.numbers.get(place as usize) {
                Some(Number::Value(term)) => CheckedValue::Read(*term),
                _ => CheckedValue::Fixed(0),
            },
        }
    }

    /// Lists the numbers that the priority of an action is read from.
    pub(crate) fn numbers(&self, action: &PlannedAction) -> impl Iterator<Item = TermId> + use<> {
        let propensity = match self.propensity(action) {
            CheckedPropensity::Read(term) => Some(term),
            CheckedPropensity::Fixed(_) => None,
        };
        let value = match self.value(action) {
            CheckedValue::Read(term) => Some(term),
            CheckedValue::Fixed(_) => None,
        };
        propensity.into_iter().chain(value)
    }

    /// Lists the actions that a suppression is about.
    pub(crate) fn held_by(&self, id: SuppressionId) -> impl Iterator<Item = ActionId> {
        let held = move |(_, action): &(_, &PlannedAction)| action.rules.suppressions.contains(&id);
        self.actions().filter(held).map(|(id, _)| id)
    }

    /// Lists the rules that are about actions, each set of them once.
    pub(crate) fn sets_of_rules(&self) -> &[Arc<Rules>] {
        &self.rules
    }

    pub(crate) fn actions(&self) -> impl ExactSizeIterator<Item = (ActionId, &PlannedAction)> {
        let actions = self.actions.iter().enumerate();
        actions.map(|(place, action)| (ActionId(u32::try_from(place).unwrap_or(u32::MAX)), action))
    }

    /// Tells whether an action is called so, or bears this kind, group or tag.
    pub(crate) fn knows(&self, name: &str) -> bool {
        self.find(name).is_some() || self.borne.contains(name)
    }

    pub(crate) fn find(&self, id: &str) -> Option<ActionId> {
        let at = |place: u32| self.actions.get(place as usize).map_or("", |action| &*action.id);
        self.by_id.find(id, at).map(ActionId)
    }

    /// Says that there is no such action, and which one may be meant.
    pub(crate) fn unknown_action(&self, action: &str) -> Error {
        let near = closest(action, self.actions.iter().map(|action| &*action.id));
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
fn borne(
    labels: &[Arc<Labels>],
    actions: &[CheckedAction],
) -> HashSet<Box<str>, ahash::RandomState> {
    let mut borne: HashSet<Box<str>, ahash::RandomState> = HashSet::default();
    let of_labels = labels
        .iter()
        .flat_map(|labels| labels.tags.iter().map(String::as_str).chain([&*labels.kind]));
    let mut grouped = Vec::new();
    for group in actions.iter().filter_map(|action| action.group.as_ref()) {
        let place = group.place as usize;
        if place >= grouped.len() {
            grouped.resize(place + 1, "");
        }
        grouped.get_mut(place).into_iter().for_each(|slot| *slot = &group.name);
    }
    for label in of_labels.chain(grouped) {
        if !borne.contains(label) {
            borne.insert(label.into());
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

fn planned_limit(limit: SelectedLimit) -> PlannedLimit {
    PlannedLimit { counted: Names::new(&limit.rule.counted.selector), own: limit.rule }
}

/// Leaves out which actions rules are about: from now on, actions know it.
fn only_rules<T>(rules: Vec<Selected<T>>) -> Vec<T> {
    rules.into_iter().map(|selected| selected.rule).collect()
}

/// Keeps the boosts that are context weights.
fn planned_boosts(boosts: &[Selected<CheckedBoost>]) -> Vec<PlannedBoost> {
    let weights = boosts.iter().filter_map(|boost| {
        Some(PlannedBoost { when: boost.rule.when?, basis_points: boost.rule.basis_points })
    });
    weights.collect()
}

/// Turns a sum of basis points into a factor; the least is nothing.
pub(crate) fn factor(basis_points: i64) -> u32 {
    u32::try_from(basis_points.max(0)).unwrap_or(u32::MAX)
}
