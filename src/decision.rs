//! The answer: what is recommended, what became of everything else, and why.

mod account;
mod json;
mod reason;
#[cfg(feature = "json")]
mod record;
mod request;

use std::fmt;

use crate::condition::Basis;
use crate::plan::{ActionId, Plan, SuppressionId};
use crate::time::Timestamp;
use crate::vocabulary::Channel;

pub use account::{Recommendation, Suppressed, SuppressionInForce};
pub use reason::{Cause, FactUse, Reason, ReasonCode, Severity, Stage, Verdict};
#[cfg(feature = "json")]
pub use record::{
    Record, RecordedAction, RecordedFact, RecordedReason, RecordedRecommendation,
    RecordedSuppression,
};
pub use request::{Detail, Request};

pub(crate) use reason::{Rule, StoredReason};

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
    pub(crate) channel: Channel,
    pub(crate) decision_id: Option<String>,
    pub(crate) slots: Vec<String>,
    pub(crate) recommendations: Vec<Placed>,
    pub(crate) withheld: Vec<Account>,
    /// What holds actions back at this moment, by rule.
    pub(crate) in_force: Vec<InForce>,
}

/// An action in a slot.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Placed {
    pub(crate) action: ActionId,
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

    /// Returns every action that is not recommended, with its verdict and reasons.
    ///
    /// They come in the order they would have had. Empty for a request that
    /// asked for the ranking only.
    pub fn withheld(&self) -> impl ExactSizeIterator<Item = Suppressed<'_>> {
        self.data.withheld.iter().map(|account| Suppressed::new(self, account))
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

    /// Returns the channel the decision is about.
    #[must_use]
    pub fn channel(&self) -> Channel {
        self.data.channel
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

/// The decimals of P (parts per billion), C and L (basis points each).
const FACTOR_DECIMALS: u32 = 9 + 4 + 4;

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
