//! What would have to be otherwise for an action to be admissible.

use std::fmt;

use serde::Serialize;

use super::Explainer;
use crate::condition::{Demand, Evaluator, FactChange, nearest};
use crate::decision::{FactUse, Reason, ReasonCode, Stage};
use crate::plan::PlannedAction;
use crate::time::Timestamp;

/// The fewest things that would have to be otherwise.
///
/// Where time alone clears a reason, waiting is proposed; where facts hold the
/// action back, the cheapest set of other facts that was found.
#[derive(Clone, Debug, Serialize)]
#[non_exhaustive]
pub struct NearestChange {
    /// All of these would have to happen.
    pub changes: Vec<Change>,
    /// Whether the conditions were evaluated on the changed facts, and passed.
    ///
    /// Changes that are not about facts, such as consent, are not tried out.
    pub is_verified: bool,
}

/// One thing that would have to be otherwise.
#[derive(Clone, Debug, Serialize)]
#[non_exhaustive]
pub struct Change {
    /// Who or what would bring it about.
    pub by: ChangeBy,
    /// The whole sentence, without the full stop.
    pub text: String,
    /// The path of the fact, for a change of one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub fact: Option<String>,
    /// The entry of a list the fact is a field of, by id or place.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub entry: Option<String>,
    /// When it comes about by itself.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub at: Option<Timestamp>,
}

/// Who or what would bring a change about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum ChangeBy {
    /// Something about the customer would have to be otherwise, or be known.
    Fact,
    /// Time passes.
    Time,
    /// The customer would have to agree.
    Consent,
    /// The policy would have to say something else.
    Policy,
    /// The request would have to ask something else.
    Request,
    /// Other actions would have to make room.
    Slate,
}

impl Explainer<'_> {
    /// Finds what would have to be otherwise; none of what is recommended.
    pub(super) fn nearest_change(
        &self,
        action: &PlannedAction,
        evaluator: &mut Evaluator<'_>,
    ) -> Option<NearestChange> {
        let account = self.account()?;
        let mut changes: Vec<Change> = Vec::new();
        for reason in account.reasons() {
            let change = self.other_than_facts(action, &reason);
            changes.extend(change.filter(|change| !has(&changes, change)));
        }
        // What time clears is clear then; what it brings is there as well.
        let untils = account.reasons().filter_map(|reason| reason.until());
        let at = account.until().or(untils.max()).unwrap_or(self.facts.now());
        if at != evaluator.moment() {
            evaluator.move_to(at);
        }
        let found = nearest(evaluator, &self.demands(action));
        let is_verified = found.as_ref().is_none_or(|found| found.is_verified);
        let facts = found.map(|found| found.changes).unwrap_or_default();
        let mut all = Vec::with_capacity(facts.len() + changes.len());
        all.extend(facts.into_iter().map(Change::of_fact));
        all.extend(changes);
        Some(NearestChange { changes: all, is_verified })
    }

    /// Every condition must be known true, every suppression known false.
    fn demands(&self, action: &PlannedAction) -> Vec<Demand> {
        // A request that forces an action does not ask whom it fits.
        let asked = self.plan.clauses(action).filter(|_| !self.is_forced(action));
        let mut demands: Vec<Demand> =
            asked.map(|clause| Demand { node: clause.node, truth: true }).collect();
        for id in action.rules.suppressions.iter() {
            let rule = self.plan.suppression(*id);
            if !rule.channels.is_empty() && !rule.channels.contains(&self.channel) {
                continue;
            }
            // One that lets the unknown pass asks for nothing until it holds.
            if rule.allow_unknown && self.decision.in_force(*id).is_none() {
                continue;
            }
            let nodes = std::iter::once(rule.when).chain(rule.after);
            demands.extend(nodes.map(|node| Demand { node, truth: false }));
        }
        demands
    }

    fn other_than_facts(&self, action: &PlannedAction, reason: &Reason<'_>) -> Option<Change> {
        if let Some(until) = reason.until() {
            return Some(Change {
                at: Some(until),
                ..Change::new(ChangeBy::Time, format!("wait until {until}"))
            });
        }
        let (by, text) = match reason.stage() {
            // The facts behind them are told apart.
            Stage::Eligibility | Stage::Applicability | Stage::Suitability | Stage::Suppression => {
                return None;
            }
            Stage::Availability => of_availability(action, reason.code()),
            Stage::Consent => of_consent(reason),
            Stage::QuietHours => of_quiet_hours(action, reason),
            Stage::Limits => of_limit(reason),
            Stage::Holdout => {
                (ChangeBy::Policy, "the customer would have to leave the holdout".to_owned())
            }
            Stage::Score | Stage::Arbitration => of_score(reason),
            Stage::Slate => (ChangeBy::Slate, self.of_slate(action, reason)),
        };
        Some(Change::new(by, text))
    }

    fn of_slate(&self, action: &PlannedAction, reason: &Reason<'_>) -> String {
        match reason.code() {
            ReasonCode::SlateFull => self.to_get_in(action),
            ReasonCode::NoMatchingPlacement if lacking(reason).is_some() => {
                let lacking = lacking(reason).map(|fact| fact.to_string()).unwrap_or_default();
                format!("it would have to be known where it is shown: {lacking}")
            }
            ReasonCode::NoMatchingPlacement => {
                "the request would have to offer a slot that fits".to_owned()
            }
            ReasonCode::Duplicate => "it would have to be shown no more".to_owned(),
            ReasonCode::VolumeExhausted => {
                "more would have to be left of what it draws on".to_owned()
            }
            // Others of its like, or its opposite, are in the slate.
            _ => {
                let rule = reason.rule().unwrap_or("the rule");
                format!("another action would have to make room for it under {rule}")
            }
        }
    }

    /// Says which action would have to be beaten.
    fn to_get_in(&self, action: &PlannedAction) -> String {
        let last = self.decision.recommendations().last();
        match last {
            Some(last) if last.tier() == action.tier => format!(
                "it would have to go before {}, which has priority {}",
                last.action(),
                last.priority()
            ),
            Some(last) => format!("{} would have to make room", last.action()),
            None => "the request would have to ask for more".to_owned(),
        }
    }
}

fn of_availability(action: &PlannedAction, code: ReasonCode) -> (ChangeBy, String) {
    let id = &action.id;
    match code {
        ReasonCode::Inactive => {
            (ChangeBy::Policy, format!("the policy would have to switch {id} on"))
        }
        ReasonCode::Expired => {
            (ChangeBy::Policy, format!("the policy would have to let {id} run for longer"))
        }
        ReasonCode::EmergencyExcluded => {
            (ChangeBy::Request, "it would have to be switched on again".to_owned())
        }
        ReasonCode::NoInventory => {
            (ChangeBy::Request, "something would have to be left of it".to_owned())
        }
        _ => {
            let channels = action.channels.iter().map(|channel| channel.as_str());
            let channels = channels.collect::<Vec<_>>().join(" or ");
            (ChangeBy::Request, format!("the channel would have to be {channels}"))
        }
    }
}

fn of_consent(reason: &Reason<'_>) -> (ChangeBy, String) {
    let channel = reason.channel().map(|channel| format!(" on {channel}")).unwrap_or_default();
    let text = match (reason.code(), lacking(reason)) {
        (ReasonCode::HardBlocked, _) => format!("the block{channel} would have to be lifted"),
        (_, Some(fact)) => {
            format!("it would have to be known what the customer agreed to: {fact}")
        }
        (_, None) => format!("the customer would have to agree to it{channel}"),
    };
    (ChangeBy::Consent, text)
}

fn of_quiet_hours(action: &PlannedAction, reason: &Reason<'_>) -> (ChangeBy, String) {
    match reason.code() {
        ReasonCode::TimezoneUnknown => {
            let lacking = lacking(reason).map(|fact| format!(": {fact}")).unwrap_or_default();
            let text = format!("the customer's time zone would have to be known{lacking}");
            (ChangeBy::Fact, text)
        }
        ReasonCode::EndsBeforeDeferral => {
            let id = &action.id;
            (ChangeBy::Policy, format!("the policy would have to let {id} run for longer"))
        }
        _ => (ChangeBy::Policy, "the quiet hours would have to end".to_owned()),
    }
}

fn of_limit(reason: &Reason<'_>) -> (ChangeBy, String) {
    let rule = reason.rule().unwrap_or("the limit");
    match (lacking(reason), reason.code()) {
        (Some(fact), _) => {
            let text = format!("it would have to be known what the customer had before: {fact}");
            (ChangeBy::Fact, text)
        }
        (None, ReasonCode::OnlyAfterUnmet) => {
            (ChangeBy::Fact, format!("what it must follow would have to happen first ({rule})"))
        }
        (None, _) => (ChangeBy::Policy, format!("{rule} would have to allow more")),
    }
}

fn of_score(reason: &Reason<'_>) -> (ChangeBy, String) {
    let rule = reason.rule().unwrap_or("the policy");
    match (reason.code(), lacking(reason)) {
        (ReasonCode::ModelMissing, Some(fact)) => {
            (ChangeBy::Fact, format!("the score would have to be delivered: {fact}"))
        }
        (ReasonCode::ModelMissing, None) => {
            (ChangeBy::Fact, "the score would have to be delivered".to_owned())
        }
        _ => (ChangeBy::Fact, format!("it would have to come to more, or {rule} ask for less")),
    }
}

/// Returns the first fact that a reason misses, in words.
fn lacking(reason: &Reason<'_>) -> Option<FactUse> {
    reason.facts().find(|fact| fact.cause().is_some())
}

fn has(changes: &[Change], change: &Change) -> bool {
    changes.iter().any(|known| known.text == change.text)
}

impl Change {
    fn new(by: ChangeBy, text: String) -> Self {
        Self { by, text, fact: None, entry: None, at: None }
    }

    fn of_fact(change: FactChange) -> Self {
        let FactChange { fact, entry, now, wanted } = change;
        if now.is_empty() {
            let text = [&fact, " would have to ", &wanted].concat();
            return Self::new(ChangeBy::Fact, text);
        }
        let is_at = entry.as_ref().and_then(|entry| Some((entry, fact.rsplit_once('.')?)));
        let text = match is_at {
            Some((entry, (list, field))) => [
                "`",
                field,
                "` of ",
                entry,
                " in `",
                list,
                "` ",
                &now,
                "; it would have to ",
                &wanted,
            ]
            .concat(),
            None => ["`", &fact, "` ", &now, "; it would have to ", &wanted].concat(),
        };
        Self { by: ChangeBy::Fact, text, fact: Some(fact), entry, at: None }
    }
}

impl fmt::Display for Change {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.text)
    }
}
