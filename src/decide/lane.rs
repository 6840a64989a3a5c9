//! One channel of a request: everything that is found out on it.

mod availability;
mod consent;
mod engagement;
mod holdout;
mod limits;
mod quiet_hours;
mod score;
mod suppression;

use std::collections::HashMap;

use smallvec::SmallVec;

use crate::condition::{Evaluator, NodeId};
use crate::context::Context;
use crate::decision::{InForce, ReasonCode, Rule, Stage, StoredReason};
use crate::plan::{ActionId, LiteralId, Plan, PlannedAction};
use crate::schema::{Delivery, Facts};
use crate::time::Timestamp;
use crate::vocabulary::Channel;

use super::asked::Asked;
use super::assignment::assignments;
use super::clearing::{Clearing, Hold};
use super::horizon::Horizon;

use consent::Answers;
use engagement::Clauses;
use score::Scorer;
use suppression::Suppressions;

pub(super) use consent::{is_held, is_held_back};
pub(crate) use score::factors;
pub(super) use score::{minor, parts, propensity, value};
pub(super) use suppression::horizon as horizon_of;

/// A channel, and what is known about it.
pub(super) struct Lane<'a> {
    pub(super) plan: &'a Plan,
    pub(super) context: &'a Context,
    pub(super) asked: &'a Asked<'a>,
    pub(super) channel: Channel,
    /// The moment to decide for; the facts are those of the request.
    pub(super) at: Timestamp,
    pub(super) evaluator: Evaluator<'a>,
    /// Looks ahead; apart from the evaluator, whose answers are about now.
    pub(super) clearing: Clearing<'a>,
    answers: Answers,
    suppressions: Suppressions,
    scorer: Scorer,
    clauses: Clauses,
    /// Which conditions hold now and fail by the end of quiet hours.
    fails_by_end: HashMap<NodeId, bool, ahash::RandomState>,
    /// The holdouts that leave the customer out, by place.
    held_out: Vec<bool>,
    /// Until when nothing that was looked at changes.
    pub(super) horizon: Horizon,
}

/// What was found out about an action on a channel.
pub(super) struct Tested {
    /// The place of the channel.
    pub(super) lane: usize,
    /// `None` if a score is missing.
    pub(super) priority: Option<u128>,
    pub(super) reasons: Vec<StoredReason>,
    pub(super) holds: SmallVec<[Hold; 2]>,
    /// Whether all reasons are wanted, and what each rests on.
    needs_reasons: bool,
    /// Whether it is out, so that what comes later changes nothing.
    is_out: bool,
    horizon: Horizon,
}

impl Tested {
    pub(super) fn new(lane: usize) -> Self {
        Self {
            lane,
            priority: None,
            reasons: Vec::new(),
            holds: SmallVec::new(),
            needs_reasons: false,
            is_out: false,
            horizon: Horizon::NEVER,
        }
    }

    /// Adds a reason and what clears it.
    pub(super) fn add(&mut self, reason: StoredReason, hold: Hold) {
        self.reasons.push(reason);
        self.holds.push(hold);
    }

    /// Adds a reason of the action itself, with what clears it.
    pub(super) fn hold(&mut self, code: ReasonCode, hold: Hold) {
        let until = match hold {
            Hold::Until(instant) => Some(instant),
            _ => None,
        };
        self.add(StoredReason { until, ..StoredReason::new(code, Rule::None) }, hold);
    }

    /// Notes until when what was just looked at stays as it is.
    ///
    /// What is out already does not change what is recommended, and still
    /// changes what is said of it.
    pub(super) fn watch(&mut self, horizon: Horizon) {
        let horizon = if self.is_out { horizon.while_frozen() } else { horizon };
        self.horizon = self.horizon.joined(horizon);
    }
}

/// A stage of the pipeline.
type Test<'a> = fn(&mut Lane<'a>, ActionId, &'a PlannedAction, &mut Tested);

impl<'a> Lane<'a> {
    pub(super) fn new(
        plan: &'a Plan,
        context: &'a Context,
        asked: &'a Asked<'a>,
        facts: &'a Facts<'a>,
        at: Timestamp,
    ) -> Self {
        let channel = facts.channel().unwrap_or(asked.request.channel);
        let mut evaluator = Evaluator::at(&plan.program, facts, at);
        let mut clearing = Clearing::new(plan, context, asked, channel, facts, at);
        let about = asked.about.map(|id| plan.action(id));
        let looked_at = (&mut evaluator, &mut clearing);
        let suppressions = match about {
            Some(action) if asked.is_alone => Suppressions::about(plan, channel, action, looked_at),
            _ => Suppressions::in_force(plan, channel, about, looked_at),
        };
        let only = about.filter(|_| asked.is_alone).map(|action| &*action.rules.boosts);
        let scorer = Scorer::new(plan, only, &mut evaluator);
        Self {
            plan,
            context,
            asked,
            channel,
            at,
            evaluator,
            clearing,
            answers: Answers::default(),
            suppressions,
            scorer,
            clauses: Clauses::default(),
            fails_by_end: HashMap::default(),
            held_out: assignments(plan, context).map(|assignment| assignment.is_held_out).collect(),
            horizon: Horizon::NEVER,
        }
    }

    /// Makes a lane for what was found admissible elsewhere but for limits and
    /// places: of no action anything else is tested on it.
    pub(super) fn for_limits(
        plan: &'a Plan,
        context: &'a Context,
        asked: &'a Asked<'a>,
        facts: &'a Facts<'a>,
        at: Timestamp,
    ) -> Self {
        let channel = facts.channel().unwrap_or(asked.request.channel);
        Self {
            plan,
            context,
            asked,
            channel,
            at,
            evaluator: Evaluator::at(&plan.program, facts, at),
            clearing: Clearing::new(plan, context, asked, channel, facts, at),
            answers: Answers::default(),
            suppressions: Suppressions::default(),
            scorer: Scorer::default(),
            clauses: Clauses::default(),
            fails_by_end: HashMap::default(),
            held_out: Vec::new(),
            horizon: Horizon::NEVER,
        }
    }

    /// Takes an action through the stages; all of them, if all reasons are wanted.
    pub(super) fn test(&mut self, id: ActionId, action: &'a PlannedAction, place: usize) -> Tested {
        const ENGAGEMENT: [Stage; 3] =
            [Stage::Eligibility, Stage::Applicability, Stage::Suitability];
        let stages: [(Stage, Test<'a>); 11] = [
            (Stage::Availability, Self::test_availability),
            (Stage::Consent, Self::test_consent),
            (Stage::QuietHours, Self::test_quiet_hours),
            (Stage::Eligibility, Self::test_eligibility),
            (Stage::Applicability, Self::test_applicability),
            (Stage::Suitability, Self::test_suitability),
            (Stage::Suppression, Self::test_suppression),
            (Stage::Limits, Self::test_limits),
            (Stage::Holdout, Self::test_holdout),
            (Stage::Score, Self::test_score),
            (Stage::Arbitration, Self::test_arbitration),
        ];
        let is_forced = self.asked.is_forced(action);
        let mut tested = Tested::new(place);
        tested.needs_reasons = self.asked.needs_reasons && self.asked.is_about(id);
        self.prioritise(action, is_forced, &mut tested);
        for (stage, test) in stages {
            let is_lifted = ENGAGEMENT.contains(&stage) || stage >= Stage::Holdout;
            if is_forced && is_lifted {
                continue;
            }
            test(self, id, action, &mut tested);
            // Whether a held-out action would have had a place is asked later.
            let goes_on = tested.reasons.iter().all(|reason| reason.stage() == Stage::Holdout);
            tested.is_out = !tested.reasons.is_empty();
            if !tested.needs_reasons && !goes_on {
                break;
            }
        }
        self.horizon = self.horizon.joined(tested.horizon);
        tested
    }

    /// Adds the actions whose conditions hold.
    pub(super) fn add_eligible(&mut self, found: &mut Vec<ActionId>) {
        let index = &self.plan.index;
        for list in &index.lists {
            if !self.holds(list.literal) {
                continue;
            }
            for row in index.rows_of(list) {
                if row.rest.iter().all(|literal| self.holds(*literal)) {
                    found.push(ActionId(row.action));
                }
            }
        }
    }

    fn holds(&mut self, literal: LiteralId) -> bool {
        self.plan.index.literal(literal).is_none_or(|literal| {
            self.evaluator.truth(literal.node).truth() == literal.holds.into()
        })
    }

    pub(super) fn facts(&self) -> &'a Facts<'a> {
        self.evaluator.facts()
    }

    pub(super) fn delivery(&self, part: &str) -> Delivery {
        let facts = self.facts();
        let part = facts.schema().find_part(part);
        part.map_or(Delivery::Never, |part| facts.delivery(part))
    }

    /// Returns until when no suppression and no context weight changes.
    pub(super) fn horizon_of_rules(&self) -> Horizon {
        self.suppressions.horizon().joined(self.scorer.horizon_of_all())
    }

    pub(super) fn take_in_force(&mut self) -> Vec<InForce> {
        self.suppressions.take_in_force()
    }
}
