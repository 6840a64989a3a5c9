//! A recorded decision made again, and held against its record.

use std::collections::{BTreeMap, HashMap};
use std::fmt;

use serde::Serialize;

use crate::context::Context;
use crate::decide::decide;
use crate::decision::{
    Decision, Record, RecordedAction, RecordedReason, RecordedRecommendation, RecordedSuppression,
    Stage,
};
use crate::error::{Error, ErrorKind};
use crate::plan::Plan;
use crate::vocabulary::Channel;

/// What came of making a recorded decision again.
///
/// It prints as something that can be read aloud, and serialises for programs.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[non_exhaustive]
pub struct Replay {
    /// Whether the decision is the same, to the last reason.
    pub same: bool,
    /// Whether the policy says something else than it did.
    pub policy_changed: bool,
    /// Whether something else is known about the customer than was.
    pub context_changed: bool,
    /// The actions that fare otherwise, in the order of their ids.
    pub actions: Vec<ActionDifference>,
    /// The suppressions that hold otherwise, in the order of their ids.
    pub suppressions: Vec<SuppressionDifference>,
    /// What else the decision says otherwise.
    pub others: Vec<OtherDifference>,
}

impl Replay {
    /// Tells whether the decision is the same, to the last reason.
    #[must_use]
    pub fn is_same(&self) -> bool {
        self.same
    }
}

/// An action that fares otherwise than it did.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[non_exhaustive]
pub struct ActionDifference {
    /// The id of the action.
    pub action: String,
    /// The first stage at which before and after part.
    pub stage: Stage,
    /// What became of it then.
    pub before: Fate,
    /// What becomes of it now.
    pub after: Fate,
}

/// What became of one action.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Fate {
    /// The decision says nothing about it: the policy does not have it, or
    /// only the ranking was asked for and it is not in it.
    Unmentioned,
    /// It is recommended.
    Recommended {
        /// Its place among the recommendations, from 1.
        place: usize,
        /// Where, how, and with what priority.
        #[serde(flatten)]
        recommendation: RecordedRecommendation,
    },
    /// It is not recommended.
    Withheld(RecordedAction),
}

/// A suppression that holds otherwise than it did; none where it did not.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[non_exhaustive]
pub struct SuppressionDifference {
    /// The id of the rule.
    pub rule: String,
    /// How it held then.
    pub before: Option<RecordedSuppression>,
    /// How it holds now.
    pub after: Option<RecordedSuppression>,
}

/// Something about the decision as a whole that is otherwise.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[non_exhaustive]
pub struct OtherDifference {
    /// The key it has in the record, such as `valid_until`.
    pub what: &'static str,
    /// What it was, as in the record.
    pub before: String,
    /// What it is now.
    pub after: String,
}

/// Decides again what was recorded, and compares.
///
/// # Errors
///
/// The record is of another format, or mentions something twice.
pub(crate) fn replay(plan: &Plan, record: &Record, context: &Context) -> Result<Replay, Error> {
    record.check_format()?;
    let before = Told::of(record)?;
    let request = &record.request;
    let again = Decision::new(plan, decide(plan, context, request));
    let again = match record.has_facts() {
        true => again.to_record_with_facts(context, request),
        false => again.to_record(context, request),
    };
    let after = Told::of(&again)?;
    Ok(Replay {
        // The fingerprints may differ in what the decision does not rest on.
        same: before.record.says_the_same(&again),
        policy_changed: record.policy_fingerprint != again.policy_fingerprint,
        context_changed: record.context_fingerprint != again.context_fingerprint,
        actions: before.actions_unlike(&after),
        suppressions: before.suppressions_unlike(&after),
        others: record.others_unlike(&again),
    })
}

/// What a record tells, by id.
struct Told<'r> {
    record: &'r Record,
    recommended: HashMap<&'r str, (usize, &'r RecordedRecommendation), ahash::RandomState>,
    withheld: HashMap<&'r str, &'r RecordedAction, ahash::RandomState>,
    suppressions: BTreeMap<&'r str, &'r RecordedSuppression>,
}

impl<'r> Told<'r> {
    fn of(record: &'r Record) -> Result<Self, Error> {
        let mut told = Self {
            record,
            recommended: HashMap::default(),
            withheld: HashMap::default(),
            suppressions: BTreeMap::new(),
        };
        for (place, placed) in (1..).zip(&record.recommendations) {
            if told.recommended.insert(&placed.action, (place, placed)).is_some() {
                return Err(twice("recommendations", place, &placed.action));
            }
        }
        for (place, account) in (1..).zip(&record.withheld) {
            let recommended = told.recommended.contains_key(account.action.as_str());
            if told.withheld.insert(&account.action, account).is_some() || recommended {
                return Err(twice("withheld", place, &account.action));
            }
        }
        for (place, rule) in (1..).zip(&record.suppressions) {
            if told.suppressions.insert(&rule.rule, rule).is_some() {
                return Err(twice("suppressions", place, &rule.rule));
            }
        }
        Ok(told)
    }

    fn fate(&self, action: &str) -> Fate {
        if let Some((place, placed)) = self.recommended.get(action) {
            return Fate::Recommended { place: *place, recommendation: (*placed).clone() };
        }
        self.withheld
            .get(action)
            .map_or(Fate::Unmentioned, |account| Fate::Withheld((*account).clone()))
    }

    fn actions(&self) -> impl Iterator<Item = &'r str> {
        let recommended = self.record.recommendations.iter().map(|placed| placed.action.as_str());
        recommended.chain(self.record.withheld.iter().map(|account| account.action.as_str()))
    }

    fn actions_unlike(&self, after: &Told<'_>) -> Vec<ActionDifference> {
        let moved = self.moved(after);
        let mut actions: Vec<&str> = self.actions().chain(after.actions()).collect();
        actions.sort_unstable();
        actions.dedup();
        let unlike = actions.into_iter().filter_map(|action| {
            let (before, after) = (self.fate(action), after.fate(action));
            let stage = match before.parts_from(&after) {
                Some(stage) => stage,
                None if moved.contains(&action) => Stage::Slate,
                None => return None,
            };
            Some(ActionDifference { action: action.to_owned(), stage, before, after })
        });
        unlike.collect()
    }

    /// Finds the actions that changed their order among those in both rankings.
    ///
    /// One that came in or went out moves the others, and is no news of them.
    fn moved<'s>(&'s self, after: &'s Told<'_>) -> Vec<&'s str> {
        let before = self.record.recommendations.iter().map(|placed| placed.action.as_str());
        let before = before.filter(|action| after.recommended.contains_key(action));
        let now = after.record.recommendations.iter().map(|placed| placed.action.as_str());
        let now = now.filter(|action| self.recommended.contains_key(action));
        let mut moved: Vec<&str> = before
            .zip(now)
            .filter(|(before, now)| before != now)
            .flat_map(|(before, now)| [before, now])
            .collect();
        moved.sort_unstable();
        moved.dedup();
        moved
    }

    fn suppressions_unlike(&self, after: &Told<'_>) -> Vec<SuppressionDifference> {
        let mut rules: Vec<&str> = self.suppressions.keys().copied().collect();
        rules.extend(after.suppressions.keys().copied());
        rules.sort_unstable();
        rules.dedup();
        let unlike = rules.into_iter().filter_map(|rule| {
            let (before, after) = (self.suppressions.get(rule), after.suppressions.get(rule));
            (before != after).then(|| SuppressionDifference {
                rule: rule.to_owned(),
                before: before.map(|rule| (*rule).clone()),
                after: after.map(|rule| (*rule).clone()),
            })
        });
        unlike.collect()
    }
}

fn twice(list: &str, place: usize, id: &str) -> Error {
    let path = format!("{list}[{}]", place.saturating_sub(1));
    Error::at(ErrorKind::Record, path, format!("`{id}` occurs twice"))
}

impl Fate {
    /// Returns the first stage at which two fates part, if they do.
    fn parts_from(&self, other: &Self) -> Option<Stage> {
        match (self, other) {
            (
                Self::Recommended { recommendation: before, .. },
                Self::Recommended { recommendation: after, .. },
            ) if before == after => None,
            (
                Self::Recommended { recommendation: before, .. },
                Self::Recommended { recommendation: after, .. },
            ) => Some(match before.priority == after.priority {
                _ if before.passed_over != after.passed_over => {
                    first_unlike(&before.passed_over, &after.passed_over)
                }
                false => Stage::Score,
                true if before.tier != after.tier || before.forced != after.forced => {
                    Stage::Arbitration
                }
                true => Stage::Slate,
            }),
            (before, after) if before == after => None,
            // Of one that nobody mentions there is nothing to tell.
            (Self::Unmentioned, other) | (other, Self::Unmentioned) => {
                Some(other.first_reason().map_or(Stage::Availability, RecordedReason::stage))
            }
            (Self::Recommended { recommendation, .. }, other)
            | (other, Self::Recommended { recommendation, .. }) => {
                Some(other.held_on(recommendation.channel))
            }
            (before, after) => Some(first_unlike(before.reasons(), after.reasons())),
        }
    }

    fn reasons(&self) -> &[RecordedReason] {
        match self {
            Self::Withheld(account) => &account.reasons,
            _ => &[],
        }
    }

    /// Returns the first stage that holds it back on a channel.
    fn held_on(&self, channel: Channel) -> Stage {
        let on_it = |reason: &&RecordedReason| reason.channel.is_none_or(|on| on == channel);
        let first = self.reasons().iter().find(on_it).or(self.first_reason());
        first.map_or(Stage::Slate, RecordedReason::stage)
    }

    fn first_reason(&self) -> Option<&RecordedReason> {
        self.reasons().first()
    }
}

/// Finds the first stage that gives other reasons here than there.
///
/// Where all are alike, the priority differs, or an instant that rests on all.
fn first_unlike(before: &[RecordedReason], after: &[RecordedReason]) -> Stage {
    let of = |reasons: &[RecordedReason], wanted: Stage| {
        reasons.iter().filter(|reason| reason.stage() == wanted).cloned().collect::<Vec<_>>()
    };
    let unlike = |wanted: &&Stage| of(before, **wanted) != of(after, **wanted);
    Stage::ALL.iter().find(unlike).copied().unwrap_or(Stage::Score)
}

impl Record {
    fn has_facts(&self) -> bool {
        let withheld = self.withheld.iter().flat_map(|account| &account.reasons);
        let passed_over = self.recommendations.iter().flat_map(|placed| &placed.passed_over);
        withheld.chain(passed_over).any(|reason| !reason.facts.is_empty())
            || self.suppressions.iter().any(|rule| !rule.facts.is_empty())
    }

    /// Tells whether two records of one request tell the same decision.
    fn says_the_same(&self, other: &Self) -> bool {
        self.recommendations == other.recommendations
            && self.withheld == other.withheld
            && self.suppressions == other.suppressions
            && self.others_unlike(other).is_empty()
    }

    fn others_unlike(&self, other: &Self) -> Vec<OtherDifference> {
        let unlike = [
            unlike("channels", &self.channels, &other.channels),
            unlike("valid_until", &self.valid_until, &other.valid_until),
            unlike("holdouts", &self.holdouts, &other.holdouts),
            unlike("ghosts", &self.ghosts, &other.ghosts),
            unlike("reservations", &self.reservations, &other.reservations),
        ];
        unlike.into_iter().flatten().collect()
    }
}

fn unlike<T: PartialEq + Serialize>(
    what: &'static str,
    before: &T,
    after: &T,
) -> Option<OtherDifference> {
    // Nothing in a record can fail to be written.
    let written = |value: &T| serde_json::to_string(value).unwrap_or_default();
    (before != after).then(|| OtherDifference {
        what,
        before: written(before),
        after: written(after),
    })
}

impl fmt::Display for Replay {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(if self.same { "The decision is the same" } else { "The decision differs" })?;
        match (self.policy_changed, self.context_changed) {
            (false, false) => f.write_str(", from the same policy and the same facts")?,
            (true, false) => f.write_str(": the policy has changed since, the facts have not")?,
            (false, true) => f.write_str(": the facts have changed since, the policy has not")?,
            (true, true) => f.write_str(": the policy and the facts have changed since")?,
        }
        writeln!(f, ".")?;
        for difference in &self.actions {
            difference.fmt(f)?;
        }
        for difference in &self.suppressions {
            difference.fmt(f)?;
        }
        for OtherDifference { what, before, after } in &self.others {
            writeln!(f, "  {what}:\n    before  {before}\n    now     {after}")?;
        }
        let is_told = !self.actions.is_empty() || !self.suppressions.is_empty();
        if !self.same && !is_told && self.others.is_empty() {
            writeln!(f, "  What is withheld comes in another order.")?;
        }
        Ok(())
    }
}

impl fmt::Display for ActionDifference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "  {} parts at {}:", self.action, self.stage)?;
        writeln!(f, "    before  {}", self.before)?;
        writeln!(f, "    now     {}", self.after)
    }
}

impl fmt::Display for SuppressionDifference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let held = |rule: &Option<RecordedSuppression>| match rule {
            None => "does not hold".to_owned(),
            Some(rule) => format!("holds ({}){}", rule.code, until(rule.until)),
        };
        writeln!(f, "  suppression {}:", self.rule)?;
        writeln!(f, "    before  {}", held(&self.before))?;
        writeln!(f, "    now     {}", held(&self.after))
    }
}

impl fmt::Display for Fate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unmentioned => f.write_str("not mentioned"),
            Self::Recommended { place, recommendation } => recommended(*place, recommendation, f),
            Self::Withheld(account) => {
                write!(f, "{}{}", account.verdict, until(account.until))?;
                for reason in &account.reasons {
                    write!(f, "; {}", said(reason))?;
                }
                Ok(())
            }
        }
    }
}

fn recommended(
    place: usize,
    recommendation: &RecordedRecommendation,
    f: &mut fmt::Formatter<'_>,
) -> fmt::Result {
    let RecordedRecommendation { slot, treatment, channel, priority, .. } = recommendation;
    write!(f, "recommended no. {place} on {channel}")?;
    if let Some(slot) = slot {
        write!(f, " in {slot}")?;
    }
    if let Some(treatment) = treatment {
        write!(f, " as {treatment}")?;
    }
    write!(f, ", priority {priority}")
}

fn said(reason: &RecordedReason) -> String {
    let rule = reason.rule.as_ref().map(|rule| format!(" by {rule}")).unwrap_or_default();
    let channel = reason.channel.map(|channel| format!(" on {channel}")).unwrap_or_default();
    format!("{}{rule}{channel}{}", reason.code, until(reason.until))
}

fn until(until: Option<crate::time::Timestamp>) -> String {
    until.map(|until| format!(" until {until}")).unwrap_or_default()
}
