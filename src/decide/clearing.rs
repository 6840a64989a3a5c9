//! When what holds an action back lets go, if only time passes.
//!
//! The facts stay as they are, and every part stays as fresh or stale as it
//! is: "as long as its parts keep being delivered unchanged".

use std::collections::HashMap;

use crate::check::CheckedSuppression;
use crate::condition::{Evaluator, NodeId, Outcome, Truth};
use crate::context::Context;
use crate::plan::{ActionId, LimitId, Plan, QuietHoursId, SuppressionId};
use crate::schema::Facts;
use crate::time::Timestamp;
use crate::vocabulary::{Channel, Purpose};

use super::asked::Asked;
use super::earlier;
use super::grants::Consents;
use super::limits::Limits;
use super::quiet::{NO_END, Quiet};

/// What holds an action back.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Hold {
    /// Time alone never clears it.
    Never,
    /// It clears at an instant.
    Until(Timestamp),
    /// A condition that must be known true.
    Condition(NodeId),
    Suppression(SuppressionId),
    /// Consent to a purpose on the channel.
    Consent(Purpose),
    /// These quiet hours.
    QuietWindow(QuietHoursId),
    /// All quiet hours on the channel.
    QuietHours,
    /// A limit, as far as it is about an action.
    Limit(LimitId, ActionId),
}

/// How many instants are looked at before one search is given up.
///
/// Every one of them is an instant at which the truth may change; only
/// conditions on the clock or on the calendar have more than a few.
const MAX_STEPS: usize = 4_096;
/// How many instants all searches of a decision look at together, and how many
/// more for each action.
const MAX_STEPS_IN_ALL: usize = 65_536;
const MAX_STEPS_MORE: usize = 16;

/// Looks ahead in time.
pub(super) struct Clearing<'a> {
    plan: &'a Plan,
    context: &'a Context,
    channel: Channel,
    evaluator: Evaluator<'a>,
    pub(super) limits: Limits<'a>,
    pub(super) quiet: Quiet<'a>,
    now: Timestamp,
    /// Whether anybody wants to know when anything is clear.
    is_asked_for: bool,
    /// The instant the evaluator stands at.
    at: Timestamp,
    steps: usize,
    /// How many instants may still be looked at.
    steps_left: usize,
    /// What was found already: many actions are held back by the same.
    found: HashMap<(Hold, Timestamp), Option<Timestamp>, ahash::RandomState>,
}

impl<'a> Clearing<'a> {
    pub(super) fn new(
        plan: &'a Plan,
        context: &'a Context,
        asked: &Asked<'_>,
        channel: Channel,
        facts: &'a Facts<'a>,
        now: Timestamp,
    ) -> Self {
        let quiet = Quiet::new(plan, context, asked, channel, facts, now);
        Self {
            plan,
            context,
            channel,
            evaluator: Evaluator::at(&plan.program, facts, now),
            limits: Limits::new(plan, context, channel, facts, &quiet),
            quiet,
            now,
            is_asked_for: asked.needs_untils,
            at: now,
            steps: 0,
            steps_left: MAX_STEPS_IN_ALL + MAX_STEPS_MORE * plan.actions().len(),
            found: HashMap::default(),
        }
    }

    /// Tells whether a condition holds at an instant.
    pub(super) fn holds_at(&mut self, node: NodeId, instant: Timestamp) -> bool {
        self.move_to(instant);
        self.evaluator.truth(node).truth() == Truth::True
    }

    /// Returns the first instant from now on at which a hold is clear.
    pub(super) fn clear(&mut self, hold: Hold) -> Option<Timestamp> {
        self.all_clear(&[hold])
    }

    /// Notes of a condition or a suppression that it holds back now and never
    /// changes.
    ///
    /// That is what a search would find out with its first step.
    pub(super) fn note_never(&mut self, hold: Hold) {
        self.steps_left = self.steps_left.saturating_sub(1);
        self.found.insert((hold, self.now), None);
    }

    /// Returns the first instant from now on at which all holds are clear; none
    /// where nobody wants to know it.
    pub(super) fn all_clear(&mut self, holds: &[Hold]) -> Option<Timestamp> {
        if !self.is_asked_for || holds.contains(&Hold::Never) {
            return None;
        }
        self.steps = 0;
        let mut instant = self.now;
        loop {
            let before = instant;
            for hold in holds {
                instant = self.first_clear(*hold, instant)?;
            }
            // A hold that was clear may have come back while others cleared.
            if instant == before {
                return Some(instant);
            }
        }
    }

    /// Returns the first instant at or after `from` at which a hold is clear.
    fn first_clear(&mut self, hold: Hold, from: Timestamp) -> Option<Timestamp> {
        let is_shared = matches!(hold, Hold::Condition(_) | Hold::Suppression(_));
        if let Some(known) = self.found.get(&(hold, from)).filter(|_| is_shared) {
            return *known;
        }
        let found = self.search(hold, from, is_shared);
        if is_shared {
            self.found.insert((hold, from), found);
        }
        found
    }

    /// Walks from change to change; only those of conditions have no end.
    fn search(&mut self, hold: Hold, from: Timestamp, is_charged: bool) -> Option<Timestamp> {
        let mut instant = from;
        loop {
            self.steps += 1;
            if self.steps > MAX_STEPS {
                return None;
            }
            if is_charged {
                self.steps_left = self.steps_left.checked_sub(1)?;
            }
            match self.look(hold, instant) {
                Ok(()) => return Some(instant),
                Err(next) => instant = next.filter(|next| *next > instant)?,
            }
        }
    }

    /// Tells whether a hold is clear at an instant, or when to look again.
    fn look(&mut self, hold: Hold, instant: Timestamp) -> Result<(), Option<Timestamp>> {
        match hold {
            Hold::Never => Err(None),
            Hold::Until(clear_at) if clear_at <= instant => Ok(()),
            Hold::Until(clear_at) => Err(Some(clear_at)),
            Hold::Consent(purpose) => {
                let consent = Consents::of(self.plan, self.context, self.channel, purpose);
                if consent.allows(instant) { Ok(()) } else { Err(consent.next_change(instant)) }
            }
            Hold::QuietWindow(id) => clear_at_end(self.quiet.end_of(id, instant)),
            Hold::QuietHours => clear_at_end(self.quiet.end(instant)),
            Hold::Limit(limit, action) => {
                let standing = self.limits.standing(limit, action, instant);
                if standing.is_blocked { Err(standing.next) } else { Ok(()) }
            }
            Hold::Condition(node) => {
                self.move_to(instant);
                let outcome = self.evaluator.truth(node);
                match outcome.truth() {
                    Truth::True => Ok(()),
                    _ => Err(outcome.next_frozen_change()),
                }
            }
            Hold::Suppression(id) => {
                self.move_to(instant);
                let rule = self.plan.suppression(id);
                let (holding, next) = holding(rule, &mut self.evaluator);
                if holding.is_some() { Err(next) } else { Ok(()) }
            }
        }
    }

    fn move_to(&mut self, instant: Timestamp) {
        if self.at != instant {
            self.evaluator.move_to(instant);
            self.at = instant;
        }
    }
}

/// Which side of a suppression holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Side {
    Situation,
    CoolOff,
}

/// How a suppression holds: which side, and whether by stale facts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Holding {
    pub(super) side: Side,
    pub(super) by_last_known: bool,
}

/// Evaluates a suppression, and when it may change with its parts frozen.
pub(super) fn holding(
    rule: &CheckedSuppression,
    evaluator: &mut Evaluator<'_>,
) -> (Option<Holding>, Option<Timestamp>) {
    let side = |outcome: Outcome| {
        side(outcome.truth(), outcome.last_known() == Truth::True, rule.allow_unknown)
    };
    let when = evaluator.truth(rule.when);
    let mut next = when.next_frozen_change();
    let mut found =
        side(when).map(|by_last_known| Holding { side: Side::Situation, by_last_known });
    if let Some(after) = rule.after {
        let after = evaluator.truth(after);
        next = earlier(next, after.next_frozen_change());
        found = found.or_else(|| {
            side(after).map(|by_last_known| Holding { side: Side::CoolOff, by_last_known })
        });
    }
    (found, next)
}

/// Tells whether a condition holds back, and whether by stale facts.
///
/// True and unknown hold back; under `allow` unknown does so only where the
/// last known facts say true.
fn side(truth: Truth, was_true: bool, allow_unknown: bool) -> Option<bool> {
    match truth {
        Truth::True => Some(false),
        Truth::False => None,
        Truth::Unknown if !allow_unknown => Some(false),
        Truth::Unknown => was_true.then_some(true),
    }
}

/// Turns the end of quiet hours into an answer; without one it is not quiet.
fn clear_at_end(end: Option<Timestamp>) -> Result<(), Option<Timestamp>> {
    end.map_or(Ok(()), |end| Err((end != NO_END).then_some(end)))
}
