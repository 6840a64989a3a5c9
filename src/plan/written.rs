//! The policy as it was written.
//!
//! What most actions say is known from their plan as well: it is written again
//! when somebody asks for it, and takes no memory until then.

use std::borrow::Cow;
use std::ops::Deref;
use std::sync::OnceLock;

use super::PlannedAction;
use crate::check::{CheckedPropensity, CheckedValue, Clause, PROPENSITY_DECIMALS};
use crate::policy::{Action, Decimal, Policy, Propensity, Worth};
use crate::vocabulary::Currency;

/// A policy whose actions are written again when they are asked for.
///
/// What it derefs to has all the rest.
#[derive(Debug)]
pub(crate) struct Written {
    rest: Policy,
    actions: Vec<Kept>,
    decimals: u32,
    whole: OnceLock<Box<Policy>>,
}

/// What is kept of an action as it was written.
#[derive(Debug)]
enum Kept {
    /// Whether it says how likely it is taken up, and what it is worth: as
    /// numbers, which its plan has.
    Plain { propensity: bool, value: bool },
    /// All of it: it says what a plan has in another form.
    Whole(Box<Action>),
}

impl Deref for Written {
    type Target = Policy;

    fn deref(&self) -> &Policy {
        &self.rest
    }
}

impl Written {
    /// Keeps a policy; `planned` are its actions.
    pub(super) fn new(
        mut policy: Policy,
        planned: &[PlannedAction],
        currency: Option<Currency>,
    ) -> Self {
        let decimals = currency.map_or(2, |currency| u32::from(currency.exponent()));
        let written = std::mem::take(&mut policy.actions).into_iter().zip(planned);
        let actions = written.map(|(written, planned)| {
            if !is_plain(&written) {
                return Kept::Whole(Box::new(written));
            }
            let (propensity, value) = (written.propensity.is_some(), written.value.is_some());
            let kept = Kept::Plain { propensity, value };
            debug_assert_eq!(*kept.write(planned, decimals), written, "it is written again");
            kept
        });
        Self { actions: actions.collect(), rest: policy, decimals, whole: OnceLock::new() }
    }

    /// Returns the policy with its actions.
    pub(super) fn whole(&self, planned: &[PlannedAction]) -> &Policy {
        self.whole.get_or_init(|| Box::new(self.write(planned)))
    }

    /// Writes the policy again.
    pub(super) fn write(&self, planned: &[PlannedAction]) -> Policy {
        let actions = self.actions.iter().zip(planned);
        let actions = actions.map(|(kept, planned)| kept.write(planned, self.decimals));
        Policy { actions: actions.map(Cow::into_owned).collect(), ..self.rest.clone() }
    }

    /// Returns the action at a place as it was written.
    pub(super) fn action(&self, place: usize, planned: &PlannedAction) -> Option<Cow<'_, Action>> {
        self.actions.get(place).map(|kept| kept.write(planned, self.decimals))
    }
}

impl Kept {
    /// Writes an action again.
    fn write(&self, planned: &PlannedAction, decimals: u32) -> Cow<'_, Action> {
        let (has_propensity, has_value) = match self {
            Self::Whole(action) => return Cow::Borrowed(action),
            Self::Plain { propensity, value } => (*propensity, *value),
        };
        let propensity = match planned.propensity {
            CheckedPropensity::Fixed(parts) if has_propensity => {
                Some(Propensity::Fixed(Decimal::unscaled(parts.into(), PROPENSITY_DECIMALS)))
            }
            _ => None,
        };
        let value = match planned.value {
            CheckedValue::Fixed(minor) if has_value => {
                Some(Worth::Fixed(Decimal::unscaled(minor.into(), decimals)))
            }
            _ => None,
        };
        Cow::Owned(Action {
            id: planned.id.clone(),
            kind: planned.kind.clone(),
            group: planned.group.clone(),
            tags: planned.tags.clone(),
            tier: planned.tier,
            rank: planned.rank,
            channels: planned.channels.iter().map(|channel| channel.as_str().to_owned()).collect(),
            eligible: own(&planned.eligible),
            applicable: own(&planned.applicable),
            suitable: own(&planned.suitable),
            propensity,
            value,
            quota: planned.quota.clone(),
            ..Action::default()
        })
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
        purpose,
        status,
        starts_at,
        ends_at,
        propensity,
        value,
        treatments,
        obeys_limits,
        counts_toward_limits,
        obeys_quiet_hours,
        needs_consent,
    } = action;
    let words = [purpose, status, starts_at, ends_at];
    let switches = [obeys_limits, counts_toward_limits, obeys_quiet_hours, needs_consent];
    words.iter().all(|word| word.is_none())
        && switches.iter().all(|switch| switch.is_none())
        && treatments.is_empty()
        && matches!(propensity, None | Some(Propensity::Fixed(_)))
        && matches!(value, None | Some(Worth::Fixed(_)))
}

/// Lists the conditions that are the action's own, and not inherited.
fn own(clauses: &[Clause]) -> Vec<String> {
    let own = clauses.iter().filter(|clause| clause.origin.is_none());
    own.map(|clause| clause.text.to_string()).collect()
}
