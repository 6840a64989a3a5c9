//! The policy as it was written.
//!
//! What most actions say is known from their plan as well: it is written again
//! when somebody asks for it, and takes no memory until then.

use std::borrow::Cow;
use std::collections::HashMap;
use std::ops::Deref;
use std::sync::OnceLock;

use super::action::PlannedAction;
use super::ranked::{Factor, Ranked};
use crate::check::{Conditions, Labels, PROPENSITY_DECIMALS, Step};
use crate::policy::{Action, Decimal, Policy, Propensity, Worth};
use crate::vocabulary::Currency;

/// A policy whose actions are written again when they are asked for.
///
/// What it derefs to has all the rest.
#[derive(Debug)]
pub(crate) struct Written {
    rest: Policy,
    kept: Kept,
    decimals: u32,
    whole: OnceLock<Box<Policy>>,
}

/// What is kept of the actions as they were written.
#[derive(Debug, Default)]
pub(super) struct Kept {
    /// Those that say what a plan has in another form, by place.
    actions: HashMap<u32, Action, ahash::RandomState>,
    /// What propensities are read from, by the place of the number.
    propensities: HashMap<u32, Propensity, ahash::RandomState>,
    /// What values are read from, by the place of the number.
    worths: HashMap<u32, Worth, ahash::RandomState>,
}

/// The actions of a plan, and what they ask for.
type Planned<'p> = (&'p [PlannedAction], &'p Conditions);

impl Deref for Written {
    type Target = Policy;

    fn deref(&self) -> &Policy {
        &self.rest
    }
}

impl Written {
    /// Keeps a policy; its actions are kept already.
    pub(super) fn new(rest: Policy, kept: Kept, currency: Option<Currency>) -> Self {
        let decimals = currency.map_or(2, |currency| u32::from(currency.exponent()));
        Self { rest, kept, decimals, whole: OnceLock::new() }
    }

    /// Returns the policy with its actions.
    pub(super) fn whole(&self, planned: Planned<'_>) -> &Policy {
        self.whole.get_or_init(|| Box::new(self.write(planned)))
    }

    /// Writes the policy again.
    pub(super) fn write(&self, (planned, conditions): Planned<'_>) -> Policy {
        let actions = (0..).zip(planned);
        let actions = actions.map(|(place, planned)| self.action(place, planned, conditions));
        Policy { actions: actions.map(Cow::into_owned).collect(), ..self.rest.clone() }
    }

    /// Returns the action at a place as it was written.
    pub(super) fn action(
        &self,
        place: u32,
        planned: &PlannedAction,
        conditions: &Conditions,
    ) -> Cow<'_, Action> {
        if let Some(whole) = self.kept.actions.get(&place) {
            return Cow::Borrowed(whole);
        }
        let (ranked, labels): (&Ranked, &Labels) = (&planned.ranked, planned);
        let own = |step| {
            let clauses = conditions.of(planned.conditions, step);
            let own = clauses.filter(|clause| clause.origin.is_none());
            own.map(|clause| clause.text.to_string()).collect()
        };
        let said = labels.written;
        Cow::Owned(Action {
            id: planned.id.to_string(),
            kind: labels.kind.to_string(),
            group: planned.group().map(str::to_owned),
            tags: labels.tags.to_vec(),
            purpose: said.purpose.then(|| labels.purpose.as_str().to_owned()),
            tier: labels.tier,
            rank: planned.rank(),
            status: said.status.then(|| if labels.paused { "paused" } else { "active" }.to_owned()),
            channels: labels.channels.iter().map(|channel| channel.as_str().to_owned()).collect(),
            eligible: own(Step::Eligible),
            applicable: own(Step::Applicable),
            suitable: own(Step::Suitable),
            propensity: self.propensity(ranked),
            value: self.value(ranked),
            obeys_limits: said.obeys_limits.then_some(labels.obeys_limits),
            counts_toward_limits: said.counts_toward_limits.then_some(labels.counts_toward_limits),
            obeys_quiet_hours: said.obeys_quiet_hours.then_some(labels.obeys_quiet_hours),
            needs_consent: said.needs_consent.then_some(labels.needs_consent),
            quota: labels.quota.as_deref().map(str::to_owned),
            ..Action::default()
        })
    }

    fn propensity(&self, ranked: &Ranked) -> Option<Propensity> {
        match ranked.propensity() {
            Factor::Read(place) => self.kept.propensities.get(&place).cloned(),
            Factor::Fixed(parts) => ranked
                .says_propensity()
                .then(|| Propensity::Fixed(Decimal::unscaled(parts.into(), PROPENSITY_DECIMALS))),
        }
    }

    fn value(&self, ranked: &Ranked) -> Option<Worth> {
        match ranked.value() {
            Factor::Read(place) => self.kept.worths.get(&place).cloned(),
            Factor::Fixed(minor) => ranked
                .says_value()
                .then(|| Worth::Fixed(Decimal::unscaled(minor.into(), self.decimals))),
        }
    }
}

impl Kept {
    /// Keeps what a plan does not have of an action, and returns its id.
    pub(super) fn keep(&mut self, place: u32, action: &mut Action, ranked: &Ranked) -> Box<str> {
        if !is_plain(action) {
            let id = action.id.as_str().into();
            self.actions.insert(place, std::mem::take(action));
            return id;
        }
        if let (Factor::Read(number), Some(propensity)) = (ranked.propensity(), &action.propensity)
        {
            self.propensities.entry(number).or_insert_with(|| propensity.clone());
        }
        if let (Factor::Read(number), Some(worth)) = (ranked.value(), &action.value) {
            self.worths.entry(number).or_insert_with(|| worth.clone());
        }
        std::mem::take(&mut action.id).into_boxed_str()
    }
}

/// Tells whether an action says nothing that its plan has in another form.
fn is_plain(action: &Action) -> bool {
    // Every key is here, so that none that is added later can be forgotten.
    let Action {
        id: _,
        kind: _,
        group: _,
        tags: _,
        tier: _,
        rank: _,
        channels: _,
        eligible: _,
        applicable: _,
        suitable: _,
        quota: _,
        purpose: _,
        status: _,
        propensity: _,
        value: _,
        obeys_limits: _,
        counts_toward_limits: _,
        obeys_quiet_hours: _,
        needs_consent: _,
        starts_at,
        ends_at,
        treatments,
    } = action;
    starts_at.is_none() && ends_at.is_none() && treatments.is_empty()
}
