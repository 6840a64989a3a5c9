//! Single actions of a decision: recommended, or not and why.

use super::{
    Account, Assignment, Decision, InForce, Placed, Priority, Reason, ReasonCode, Verdict,
};
#[cfg(feature = "json")]
use crate::condition::Basis;
use crate::decision::{Cause, FactUse};
use crate::plan::{ActionId, PlannedAction};
use crate::time::Timestamp;
use crate::vocabulary::Channel;

/// An action that is recommended.
#[derive(Clone, Copy, Debug)]
pub struct Recommendation<'d> {
    decision: &'d Decision<'d>,
    placed: &'d Placed,
}

impl<'d> Recommendation<'d> {
    pub(super) fn new(decision: &'d Decision<'_>, placed: &'d Placed) -> Self {
        Self { decision, placed }
    }

    pub(crate) fn is(&self, action: ActionId) -> bool {
        self.placed.action == action
    }

    fn planned(&self) -> &'d PlannedAction {
        self.decision.plan.action(self.placed.action)
    }

    /// Returns the id of the action.
    #[must_use]
    pub fn action(&self) -> &'d str {
        &self.planned().id
    }

    /// Returns the kind of the action.
    #[must_use]
    pub fn kind(&self) -> &'d str {
        &self.planned().kind
    }

    /// Returns the channel it goes on.
    #[must_use]
    pub fn channel(&self) -> Channel {
        self.placed.channel
    }

    /// Returns why it does not go on the channels that come before in the request.
    pub fn passed_over(&self) -> impl ExactSizeIterator<Item = Reason<'d>> + use<'d> {
        let (decision, placed) = (self.decision, self.placed);
        placed.passed_over.iter().map(move |stored| Reason::new(decision, placed.action, stored))
    }

    /// Tells whether the request forced it.
    #[must_use]
    pub fn is_forced(&self) -> bool {
        self.placed.is_forced
    }

    /// Returns the slot it takes, if the request named slots.
    #[must_use]
    pub fn slot(&self) -> Option<&'d str> {
        let slot = usize::try_from(self.placed.slot?).ok()?;
        self.decision.data.slots.get(slot).map(String::as_str)
    }

    /// Returns how it is shown, if the action has treatments.
    #[must_use]
    pub fn treatment(&self) -> Option<&'d str> {
        let treatment = usize::try_from(self.placed.treatment?).ok()?;
        self.planned().treatments().get(treatment).map(|treatment| treatment.id.as_str())
    }

    /// Returns its class of importance.
    #[must_use]
    pub fn tier(&self) -> i64 {
        self.planned().tier
    }

    /// Returns its exact priority.
    #[must_use]
    pub fn priority(&self) -> Priority {
        Priority::new(self.placed.priority, self.decision.plan)
    }
}

/// An action that is not recommended, with everything that stands against it.
#[derive(Clone, Copy, Debug)]
pub struct Suppressed<'d> {
    decision: &'d Decision<'d>,
    account: &'d Account,
}

impl<'d> Suppressed<'d> {
    pub(super) fn new(decision: &'d Decision<'_>, account: &'d Account) -> Self {
        Self { decision, account }
    }

    pub(crate) fn is(&self, action: ActionId) -> bool {
        self.account.action == action
    }

    /// Returns the id of the action.
    #[must_use]
    pub fn action(&self) -> &'d str {
        &self.decision.plan.action(self.account.action).id
    }

    /// Returns the kind of the action.
    #[must_use]
    pub fn kind(&self) -> &'d str {
        &self.decision.plan.action(self.account.action).kind
    }

    /// Returns what became of it.
    #[must_use]
    pub fn verdict(&self) -> Verdict {
        self.account.verdict
    }

    /// Returns its class of importance.
    #[must_use]
    pub fn tier(&self) -> i64 {
        self.decision.plan.action(self.account.action).tier
    }

    /// Returns the priority it would have; `None` if a score is missing.
    #[must_use]
    pub fn priority(&self) -> Option<Priority> {
        self.account.priority.map(|product| Priority::new(product, self.decision.plan))
    }

    /// Returns all reasons, in the order of the stages that gave them.
    pub fn reasons(&self) -> impl ExactSizeIterator<Item = Reason<'d>> + use<'d> {
        let (decision, account) = (self.decision, self.account);
        account.reasons.iter().map(move |stored| Reason::new(decision, account.action, stored))
    }

    /// Returns the code of the first reason, which gave the verdict.
    #[must_use]
    pub fn code(&self) -> Option<ReasonCode> {
        self.account.reasons.first().map(|reason| reason.code)
    }

    /// Says the first reason in words for people.
    #[must_use]
    pub fn because(&self) -> String {
        self.reasons().next().map(|reason| reason.because()).unwrap_or_default()
    }

    /// Returns the first instant at which all reasons are clear.
    ///
    /// See [`Reason::until`]; `None` if time alone never clears them.
    #[must_use]
    pub fn until(&self) -> Option<Timestamp> {
        self.account.until
    }
}

/// A suppression that is in force.
#[derive(Clone, Copy, Debug)]
pub struct SuppressionInForce<'d> {
    decision: &'d Decision<'d>,
    in_force: &'d InForce,
}

impl<'d> SuppressionInForce<'d> {
    pub(super) fn new(decision: &'d Decision<'_>, in_force: &'d InForce) -> Self {
        Self { decision, in_force }
    }

    /// Returns the id of the rule.
    #[must_use]
    pub fn rule(&self) -> &'d str {
        &self.decision.plan.suppression(self.in_force.rule).id
    }

    /// Returns whether the situation holds or its cool-off does.
    #[must_use]
    pub fn code(&self) -> ReasonCode {
        self.in_force.code
    }

    /// Returns why the rule is there, in words for people.
    #[must_use]
    pub fn because(&self) -> &'d str {
        &self.decision.plan.suppression(self.in_force.rule).because
    }

    /// Returns how the situation that holds is read aloud.
    #[must_use]
    pub fn situation(&self) -> &'d str {
        let rule = self.decision.plan.suppression(self.in_force.rule);
        if self.code() == ReasonCode::CoolOff { &rule.say_after } else { &rule.say }
    }

    /// Tells whether the situation is known to hold.
    ///
    /// If it is not, the rule holds back because nobody can tell.
    #[must_use]
    pub fn is_known(&self) -> bool {
        self.facts().all(|fact| fact.cause().is_none_or(|cause| cause == Cause::LastKnown))
    }

    /// Returns what it rests on, and whether by what was last known.
    #[cfg(feature = "json")]
    pub(super) fn basis(&self) -> (&'d [Basis], bool) {
        (&self.in_force.basis, self.in_force.by_last_known)
    }

    /// Returns the facts it rests on, with their age.
    pub fn facts(&self) -> impl Iterator<Item = FactUse> {
        let (in_force, schema) = (self.in_force, &self.decision.plan.schema);
        in_force.basis.iter().map(|basis| FactUse::new(basis, in_force.by_last_known, schema))
    }

    /// Returns the first instant at which it lets go by itself.
    ///
    /// See [`Reason::until`].
    #[must_use]
    pub fn until(&self) -> Option<Timestamp> {
        self.in_force.until
    }
}

/// How a customer is assigned to a holdout.
#[derive(Clone, Copy, Debug)]
pub struct HoldoutAssignment<'d> {
    decision: &'d Decision<'d>,
    assignment: &'d Assignment,
}

impl<'d> HoldoutAssignment<'d> {
    pub(super) fn new(decision: &'d Decision<'_>, assignment: &'d Assignment) -> Self {
        Self { decision, assignment }
    }

    /// Returns the name of the holdout.
    #[must_use]
    pub fn holdout(&self) -> &'d str {
        let holdout = self.decision.plan.holdouts.get(self.assignment.holdout.place());
        holdout.map_or("", |holdout| &holdout.name)
    }

    /// Returns the bucket, 0 to 9,999; none for a customer without an id, who
    /// is not assigned.
    #[must_use]
    pub fn bucket(&self) -> Option<u16> {
        self.assignment.bucket
    }

    /// Tells whether the customer is left out.
    #[must_use]
    pub fn is_held_out(&self) -> bool {
        self.assignment.is_held_out
    }
}
