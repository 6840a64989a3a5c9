//! What becomes of an action if nothing but time changes.

use std::fmt;

use serde::Serialize;

use crate::context::Context;
use crate::decide::{decide_alone, decide_at, place_in_order};
use crate::decision::{Decision, Detail, Priority, ReasonCode, Request, Stage, Verdict};
use crate::error::Error;
use crate::plan::{ActionId, Plan};
use crate::time::Timestamp;

/// The changes ahead of one action, if every part keeps being delivered unchanged.
///
/// It prints as something that can be read aloud, and serialises for programs.
#[derive(Clone, Debug, Serialize)]
#[non_exhaustive]
pub struct Timeline {
    /// The action.
    pub action: String,
    /// The moment of the request and each later change, in their order.
    pub steps: Vec<Step>,
    /// Whether more changes may follow that were not looked at.
    pub is_cut: bool,
}

/// What becomes of the action from one instant on.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[non_exhaustive]
pub struct Step {
    /// From when on.
    pub at: Timestamp,
    /// What becomes of it.
    pub verdict: Verdict,
    /// The place among all admissible actions it has, or would have.
    pub rank: Option<usize>,
    /// The slot it takes, if it is recommended into one.
    pub slot: Option<String>,
    /// Its priority; none if a score is missing.
    pub priority: Option<Priority>,
    /// Everything that stands against it.
    pub reasons: Vec<StepReason>,
}

/// Why an action is not recommended at a step.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[non_exhaustive]
pub struct StepReason {
    /// The stable code.
    pub code: ReasonCode,
    /// The rule that gave it, if a rule did.
    pub rule: Option<String>,
    /// The reason in words for people.
    pub because: String,
}

/// Whether an action that is held back comes back by itself.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "snake_case", tag = "is")]
#[non_exhaustive]
pub enum Opportunity {
    /// It is admissible again at this instant.
    Survives {
        /// When.
        at: Timestamp,
    },
    /// When what holds it back lets go, something else is against it for good.
    Lost {
        /// When what holds it back now lets go.
        at: Timestamp,
        /// What is against it then.
        because: String,
    },
    /// Nobody can tell when what holds it back lets go.
    Unknown,
}

/// How many changes are listed.
const MAX_STEPS: usize = 32;
/// How many instants are looked at for them.
const MAX_LOOKS: usize = 256;
/// How many times one hold may follow on another before it is given up.
const MAX_HOLDS: usize = 16;

/// Lists the changes ahead of one action.
pub(crate) fn timeline(
    plan: &Plan,
    context: &Context,
    request: &Request,
    action: &str,
) -> Result<Timeline, Error> {
    let id = plan.find(action).ok_or_else(|| plan.unknown_action(action))?;
    let request = Request { detail: Detail::Complete, ..request.clone() };
    let mut timeline = Timeline { action: action.to_owned(), steps: Vec::new(), is_cut: true };
    let drifts = plan.drifts(plan.action(id));
    let mut at = request.now;
    for _ in 0..MAX_LOOKS {
        let (data, next) = decide_at(plan, context, &request, at);
        let step = step(&Decision::new(plan, data), id, at);
        if timeline.steps.last().is_none_or(|last| !last.is_like(&step, drifts)) {
            if timeline.steps.len() == MAX_STEPS {
                return Ok(timeline);
            }
            timeline.steps.push(step);
        }
        match next.filter(|next| *next > at) {
            Some(next) => at = next,
            None => {
                timeline.is_cut = false;
                return Ok(timeline);
            }
        }
    }
    Ok(timeline)
}

fn step(decision: &Decision<'_>, id: ActionId, at: Timestamp) -> Step {
    let placed = decision.recommendations().find(|placed| placed.is(id));
    let account = decision.withheld().find(|account| account.is(id));
    let priority = placed.map(|placed| placed.priority());
    let priority = priority.or_else(|| account.and_then(|account| account.priority()));
    let reasons = account.into_iter().flat_map(|account| account.reasons());
    Step {
        at,
        verdict: account.map_or(Verdict::Recommended, |account| account.verdict()),
        rank: priority.map(|priority| place_in_order(decision, id, priority.as_product())),
        slot: placed.and_then(|placed| placed.slot().map(str::to_owned)),
        priority,
        reasons: reasons
            .map(|reason| StepReason {
                code: reason.code(),
                rule: reason.rule().map(str::to_owned),
                because: reason.because(),
            })
            .collect(),
    }
}

impl Step {
    /// Tells whether nothing has changed but the time. Where the priority drifts
    /// from day to day, that and the rank it would give are no news.
    fn is_like(&self, other: &Self, drifts: bool) -> bool {
        let same = |step: &Self| {
            let is_news = !drifts || step.verdict == Verdict::Recommended;
            let priority = step.priority.filter(|_| !drifts);
            (priority, step.rank.filter(|_| is_news))
        };
        let (priority, rank) = (self.priority, self.rank);
        same(self) == same(other) && *self == Self { at: self.at, priority, rank, ..other.clone() }
    }
}

/// Follows an action that is held back to when it is admissible again.
///
/// None if nothing holds it back: then the slate decides.
pub(super) fn opportunity(
    plan: &Plan,
    context: &Context,
    request: &Request,
    decision: &Decision<'_>,
    id: ActionId,
) -> Option<Opportunity> {
    let account = decision.withheld().find(|account| account.is(id))?;
    if account.reasons().all(|reason| reason.stage() == Stage::Slate) {
        return None;
    }
    let mut until = account.until();
    let mut first = None;
    for _ in 0..MAX_HOLDS {
        let Some(at) = until else { break };
        let first = *first.get_or_insert(at);
        let later = Decision::new(plan, decide_alone(plan, context, request, id, at));
        let Some(account) = later.withheld().find(|account| account.is(id)) else {
            return Some(Opportunity::Survives { at });
        };
        until = account.until().filter(|until| *until > at);
        if until.is_none() {
            return Some(Opportunity::Lost { at: first, because: account.because() });
        }
    }
    Some(Opportunity::Unknown)
}

impl fmt::Display for Timeline {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{}, if nothing but time changes:", self.action)?;
        for step in &self.steps {
            writeln!(f, "  {step}")?;
        }
        if self.is_cut {
            writeln!(f, "  … and perhaps more, which was not looked at")?;
        }
        Ok(())
    }
}

impl fmt::Display for Step {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}  {}", self.at, self.verdict)?;
        if self.verdict == Verdict::Recommended {
            if let Some(rank) = self.rank {
                write!(f, ", no. {rank}")?;
            }
            if let Some(slot) = &self.slot {
                write!(f, " in {slot}")?;
            }
            return Ok(());
        }
        for (place, reason) in self.reasons.iter().enumerate() {
            write!(f, "{}{}", if place == 0 { ": " } else { "; " }, reason.because)?;
        }
        Ok(())
    }
}

impl fmt::Display for Opportunity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Survives { at } => write!(f, "it can be offered again from {at} on"),
            Self::Lost { at, because } => {
                write!(f, "it is lost: what holds it back lets go at {at}, and then {because}")
            }
            Self::Unknown => f.write_str("nobody can tell whether it comes back"),
        }
    }
}
