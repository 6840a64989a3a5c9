//! The answer: what is recommended, what became of everything else, and why.

mod account;
mod json;
mod reason;
#[cfg(feature = "json")]
mod record;
mod request;

use std::collections::BTreeMap;
use std::fmt;

use smallvec::SmallVec;

use crate::check::FACTOR_DECIMALS;
use crate::condition::Basis;
use crate::context::Interaction;
use crate::error::Error;
use crate::plan::{ActionId, HoldoutId, Plan, SuppressionId};
use crate::time::Timestamp;
use crate::vocabulary::{Channel, Outcome};

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
    pub(crate) data: DecisionData,
}

/// What a decision holds, without names: they are those of its policy.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct DecisionData {
    pub(crate) now: Timestamp,
    /// The channels of the request in the order they were tried; one at least.
    pub(crate) channels: SmallVec<[Channel; 4]>,
    pub(crate) decision_id: Option<String>,
    pub(crate) slots: Vec<String>,
    pub(crate) recommendations: Vec<Placed>,
    pub(crate) withheld: Vec<Account>,
    /// What holds actions back at this moment, by rule.
    pub(crate) in_force: Vec<InForce>,
    /// For each holdout of the policy how it went.
    pub(crate) assignments: Vec<Assignment>,
    /// What the slate would have held if nobody were held out.
    pub(crate) ghosts: Vec<ActionId>,
    /// What the slate took of each quota.
    pub(crate) reservations: BTreeMap<String, u64>,
    pub(crate) valid_until: Option<Timestamp>,
}

/// Whether a customer is left out by a holdout.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Assignment {
    pub(crate) holdout: HoldoutId,
    /// None for a customer without an id, who is not assigned.
    pub(crate) bucket: Option<u16>,
    pub(crate) is_held_out: bool,
}

/// An action in a slot.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Placed {
    pub(crate) action: ActionId,
    pub(crate) channel: Channel,
    pub(crate) is_forced: bool,
    /// Why it does not go on the channels that were tried before.
    pub(crate) passed_over: Vec<StoredReason>,
    /// The place of the slot in the request, if it named slots.
    pub(crate) slot: Option<u32>,
    /// The place of the treatment in the action, if it has any.
    pub(crate) treatment: Option<u32>,
    pub(crate) priority: u128,
}

/// What became of an action that is not recommended.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Account {
    pub(crate) action: ActionId,
    pub(crate) verdict: Verdict,
    /// `None` if a score is missing.
    pub(crate) priority: Option<u128>,
    pub(crate) reasons: Vec<StoredReason>,
    pub(crate) until: Option<Timestamp>,
}

/// A suppression that holds actions back.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct InForce {
    pub(crate) rule: SuppressionId,
    pub(crate) code: ReasonCode,
    pub(crate) basis: Vec<Basis>,
    /// Whether it rests on last known facts that are stale by now.
    pub(crate) by_last_known: bool,
    pub(crate) until: Option<Timestamp>,
}

impl<'e> Decision<'e> {
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
    pub fn withheld(&self) -> impl ExactSizeIterator<Item = Suppressed<'_>> {
        self.data.withheld.iter().map(|account| Suppressed::new(self, account))
    }

    /// Returns the action at a place of [`withheld`](Self::withheld), the first
    /// at 0.
    #[must_use]
    pub fn withheld_at(&self, place: usize) -> Option<Suppressed<'_>> {
        self.data.withheld.get(place).map(|account| Suppressed::new(self, account))
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
        self.data.in_force.iter().map(|in_force| SuppressionInForce::new(self, in_force))
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
        self.data.valid_until
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
        self.data.ghosts.iter().map(|action| self.plan.action(*action).id.as_str())
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
            .kind(planned.kind.as_str())
            .tags(planned.tags.clone())
            .purpose(planned.purpose)
            .counts_toward_limits(planned.counts_toward_limits);
        interaction.group.clone_from(&planned.group);
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
        self.data.in_force.iter().find(|in_force| in_force.rule == rule)
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
}

impl fmt::Display for Priority {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&crate::policy::point(self.product, self.decimals))
    }
}

impl serde::Serialize for Priority {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}
