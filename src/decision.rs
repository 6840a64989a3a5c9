//! The answer: what is recommended, what became of everything else, and why.

mod account;
mod bases;
#[cfg(feature = "json")]
mod case;
mod data;
mod json;
mod reason;
#[cfg(feature = "json")]
mod record;
mod request;

use std::fmt;

use crate::check::FACTOR_DECIMALS;
use crate::context::Interaction;
use crate::error::Error;
use crate::plan::{Plan, SuppressionId};
use crate::policy::{Pointed, point};
use crate::time::Timestamp;
use crate::vocabulary::{Channel, Outcome};

pub(crate) use bases::Bases;
pub(crate) use data::{Account, Assignment, Data, DecisionData, InForce, Placed, Rest};

pub use account::{HoldoutAssignment, Recommendation, Suppressed, SuppressionInForce};
pub use reason::{Cause, FactUse, Reason, ReasonCode, Severity, Stage, Verdict};
#[cfg(feature = "json")]
pub use record::{
    Record, RecordedAction, RecordedFact, RecordedHoldout, RecordedReason, RecordedRecommendation,
    RecordedSuppression,
};
pub use request::{ChannelOrder, Detail, Forced, Request};

pub(crate) use reason::{Rule, StoredReason, limit_in_words, verdict};

/// The answer to one request, seen together with its policy.
///
/// It is a view: what it holds itself owns its parts and has no lifetime; the
/// names come from the engine.
#[derive(Clone, Debug)]
pub struct Decision<'e> {
    pub(crate) plan: &'e Plan,
    pub(crate) data: Data<'e>,
}

impl<'e> Decision<'e> {
    pub(crate) fn new(plan: &'e Plan, data: impl Into<Data<'e>>) -> Self {
        Self { plan, data: data.into() }
    }

    /// Returns what is recommended, best first.
    pub fn recommendations(&self) -> impl ExactSizeIterator<Item = Recommendation<'_>> {
        self.data.recommendations.iter().map(|placed| Recommendation::new(self, placed))
    }

    /// Returns the recommendation at a place, the best at 0.
    #[must_use]
    pub fn recommendation(&self, place: usize) -> Option<Recommendation<'_>> {
        let placed = self.data.recommendations.get(place);
        placed.map(|placed| Recommendation::new(self, placed))
    }

    /// Returns every action that is not recommended, with its verdict and reasons.
    ///
    /// They come in the order they would have had. Empty for a request that
    /// asked for the ranking only.
    ///
    /// Most decisions have their recommendations at first: what became of the
    /// rest, the suppressions in force and `valid_until` are found out with the
    /// first question about any of them, and kept.
    pub fn withheld(&self) -> impl ExactSizeIterator<Item = Suppressed<'_>> {
        self.data.withheld(self.plan).iter().map(|account| Suppressed::new(self, account))
    }

    /// Returns the action at a place of [`withheld`](Self::withheld), the first
    /// at 0.
    #[must_use]
    pub fn withheld_at(&self, place: usize) -> Option<Suppressed<'_>> {
        let account = self.data.withheld(self.plan).get(place);
        account.map(|account| Suppressed::new(self, account))
    }

    /// Returns the actions that a suppression holds back, and nothing before it.
    ///
    /// They are those of [`withheld`](Self::withheld) whose verdict is
    /// [`Suppressed`](Verdict::Suppressed).
    pub fn suppressed(&self) -> impl Iterator<Item = Suppressed<'_>> {
        self.withheld().filter(|account| account.verdict() == Verdict::Suppressed)
    }

    /// Returns the suppressions that are in force, whatever they hold back.
    pub fn suppressions(&self) -> impl ExactSizeIterator<Item = SuppressionInForce<'_>> {
        let in_force = &self.data.whole(self.plan).in_force;
        in_force.iter().map(|in_force| SuppressionInForce::new(self, in_force))
    }

    /// Finds what became of an action that is not recommended.
    #[must_use]
    pub fn account(&self, action: &str) -> Option<Suppressed<'_>> {
        let id = self.plan.find(action)?;
        self.withheld().find(|account| account.is(id))
    }

    /// Returns the moment the decision is about.
    #[must_use]
    pub fn now(&self) -> Timestamp {
        self.data.now
    }

    /// Returns the channels the decision is about, in the order they were tried.
    #[must_use]
    pub fn channels(&self) -> &[Channel] {
        &self.data.channels
    }

    /// Returns how long the recommendations stand.
    ///
    /// Nothing about them changes before, as long as the context stays as it
    /// is; parts grow older on the way. What passed them over on other channels
    /// may. `None` if time alone changes nothing.
    #[must_use]
    pub fn valid_until(&self) -> Option<Timestamp> {
        self.data.whole(self.plan).valid_until
    }

    /// Returns how the customer is assigned to each holdout of the policy.
    pub fn holdouts(&self) -> impl ExactSizeIterator<Item = HoldoutAssignment<'_>> {
        self.data.assignments.iter().map(|assignment| HoldoutAssignment::new(self, assignment))
    }

    /// Returns the actions that are held out and would have been recommended,
    /// best first.
    ///
    /// What a holdout costs or brings is measured on the customers who have
    /// one, here and among those who are not held out.
    pub fn ghosts(&self) -> impl ExactSizeIterator<Item = &str> {
        self.data.ghosts.iter().map(|action| &*self.plan.action(*action).id)
    }

    /// Returns the best of the [`ghosts`](Self::ghosts).
    #[must_use]
    pub fn ghost_winner(&self) -> Option<&str> {
        self.ghosts().next()
    }

    /// Returns what the recommendations take of each quota, by name.
    ///
    /// Taking it is for the caller to do, or to undo.
    pub fn reservations(&self) -> impl ExactSizeIterator<Item = (&str, u64)> {
        self.data.reservations.iter().map(|(quota, count)| (quota.as_str(), *count))
    }

    /// Describes what came of an action of this decision, for the history.
    ///
    /// The interaction has the labels the action has now, which is what limits
    /// count by later. Give it to [`Context::record`](crate::Context::record).
    ///
    /// # Errors
    ///
    /// Kind [`UnknownAction`](crate::ErrorKind::UnknownAction) if the policy has
    /// no action of this id.
    pub fn outcome(
        &self,
        action: &str,
        outcome: Outcome,
        at: Timestamp,
    ) -> Result<Interaction, Error> {
        let id = self.plan.find(action).ok_or_else(|| self.plan.unknown_action(action))?;
        let placed = self.recommendations().find(|placed| placed.is(id));
        let planned = self.plan.action(id);
        let mut interaction = Interaction::new(action, outcome, at)
            .kind(&*planned.kind)
            .tags(planned.tags.to_vec())
            .purpose(planned.purpose)
            .counts_toward_limits(planned.counts_toward_limits);
        interaction.group = planned.group().map(str::to_owned);
        interaction.decision_id.clone_from(&self.data.decision_id);
        let channel = placed.map(|placed| placed.channel());
        interaction.channel = channel.or_else(|| self.channels().first().copied());
        let treatment = placed.and_then(|placed| placed.treatment());
        interaction.treatment = treatment.map(str::to_owned);
        Ok(interaction)
    }

    /// Returns the id the request gave the decision.
    #[must_use]
    pub fn decision_id(&self) -> Option<&str> {
        self.data.decision_id.as_deref()
    }

    pub(crate) fn in_force(&self, rule: SuppressionId) -> Option<&InForce> {
        let in_force = &self.data.whole(self.plan).in_force;
        in_force.iter().find(|in_force| in_force.rule == rule)
    }
}

/// P·C·V·L as an exact number in units of the currency.
///
/// It compares as the integer product it is, and prints without trailing
/// zeros: `14.4`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Priority {
    product: u128,
    /// How many decimals the product has: those of P, C and L, and of money.
    decimals: u32,
}

impl Priority {
    pub(crate) fn new(product: u128, plan: &Plan) -> Self {
        let exponent = plan.currency.map_or(2, |currency| u32::from(currency.exponent()));
        Self { product, decimals: FACTOR_DECIMALS + exponent }
    }

    /// Returns the product in parts per billion × basis points × minor units ×
    /// basis points.
    #[must_use]
    pub fn as_product(self) -> u128 {
        self.product
    }

    fn in_digits(self) -> Pointed {
        point(self.product, self.decimals)
    }
}

impl fmt::Display for Priority {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.in_digits())
    }
}

impl serde::Serialize for Priority {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.in_digits())
    }
}
