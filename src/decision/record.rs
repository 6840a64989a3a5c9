//! The record of a decision: what a log keeps, to read it or to decide it again.
//!
//! It carries ids, codes and fingerprints, and the request as it was asked.
//! Facts about the customer come in only on request, so that a log can be kept
//! without personal data.

use std::collections::BTreeMap;

use serde::{Deserialize, Deserializer, Serialize, de};

use super::{Cause, Decision, HoldoutAssignment, Reason, ReasonCode, Request, Stage, Verdict};
use crate::condition::{Basis, shown};
use crate::context::Context;
use crate::decision::{FactUse, Recommendation, Suppressed, SuppressionInForce};
use crate::error::{Error, ErrorKind};
use crate::hash::Fingerprint;
use crate::object::object;
use crate::schema::{Facts, RequestFacts};
use crate::time::{Duration, Timestamp};
use crate::vocabulary::Channel;

/// What a log keeps of a decision.
///
/// [`Engine::replay`](crate::Engine::replay) decides it again and compares.
///
/// # Examples
///
/// ```
/// use tactful::decision::Record;
/// use tactful::{Channel, Context, Engine, Request, Timestamp};
///
/// let engine = Engine::from_toml(r#"
///     policy = "care"
///     [[actions]]
///     id = "hello"
///     kind = "service"
///     channels = ["web"]
/// "#)?;
/// let context = Context::new();
/// let now: Timestamp = "2026-03-10T15:00:30Z".parse()?;
/// let request = Request::new(now, Channel::Web);
///
/// let record = engine.decide(&context, &request).to_record(&context, &request);
/// let logged = record.to_json();
///
/// let record = Record::from_json(&logged)?;
/// assert!(engine.replay(&record, &context)?.is_same());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, remote = "Self")]
#[non_exhaustive]
pub struct Record {
    /// The version of the form of this record: [`FORMAT`](Self::FORMAT).
    pub format: u32,
    /// What the policy is called.
    pub policy: String,
    /// What the policy said.
    pub policy_fingerprint: Fingerprint,
    /// What was known about the customer.
    pub context_fingerprint: Fingerprint,
    /// What was asked.
    pub request: Request,
    /// The channels in the order they were tried.
    pub channels: Vec<Channel>,
    /// How long the recommendations stood.
    #[serde(default, with = "any_time", skip_serializing_if = "Option::is_none")]
    pub valid_until: Option<Timestamp>,
    /// What was recommended, best first.
    pub recommendations: Vec<RecordedRecommendation>,
    /// What became of every other action, in the order they would have had.
    ///
    /// Empty for a request that asked for the ranking only.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub withheld: Vec<RecordedAction>,
    /// The suppressions that were in force.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub suppressions: Vec<RecordedSuppression>,
    /// How the customer was assigned to each holdout.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub holdouts: Vec<RecordedHoldout>,
    /// What was held out and would have been recommended, best first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub ghosts: Vec<String>,
    /// What the recommendations took of each quota, by name.
    #[serde(
        default,
        skip_serializing_if = "BTreeMap::is_empty",
        deserialize_with = "crate::object::unique"
    )]
    pub reservations: BTreeMap<String, u64>,
}

/// A recommendation in a record.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, remote = "Self")]
#[non_exhaustive]
pub struct RecordedRecommendation {
    /// The id of the action.
    pub action: String,
    /// The slot it took, if the request named slots.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub slot: Option<String>,
    /// How it was shown, if the action has treatments.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub treatment: Option<String>,
    /// The channel it went on.
    pub channel: Channel,
    /// Its class of importance.
    pub tier: i64,
    /// Its exact priority, as a decimal.
    pub priority: String,
    /// Whether the request forced it.
    #[serde(default, skip_serializing_if = "is_false")]
    pub forced: bool,
    /// Why it did not go on the channels that were tried before.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub passed_over: Vec<RecordedReason>,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde hands over the field as it is")]
fn is_false(value: &bool) -> bool {
    !value
}

/// An action in a record that was not recommended.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, remote = "Self")]
#[non_exhaustive]
pub struct RecordedAction {
    /// The id of the action.
    pub action: String,
    /// What became of it.
    pub verdict: Verdict,
    /// The exact priority it would have had; none if a score was missing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub priority: Option<String>,
    /// All reasons, in the order of the stages that gave them.
    pub reasons: Vec<RecordedReason>,
    /// The first instant at which all reasons would be clear.
    #[serde(default, with = "any_time", skip_serializing_if = "Option::is_none")]
    pub until: Option<Timestamp>,
}

/// A reason in a record.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, remote = "Self")]
#[non_exhaustive]
pub struct RecordedReason {
    /// The stable code.
    pub code: ReasonCode,
    /// The stage that gave it, if not that of the code.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub stage: Option<Stage>,
    /// The rule that gave it, if a rule did.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rule: Option<String>,
    /// The channel, for a reason that is about one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub channel: Option<Channel>,
    /// The first instant at which it would clear by itself.
    #[serde(default, with = "any_time", skip_serializing_if = "Option::is_none")]
    pub until: Option<Timestamp>,
    /// The facts it rests on, if the record was made with facts.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub facts: Vec<RecordedFact>,
}

/// A suppression in a record that was in force.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, remote = "Self")]
#[non_exhaustive]
pub struct RecordedSuppression {
    /// The id of the rule.
    pub rule: String,
    /// Whether its situation held or its cool-off did.
    pub code: ReasonCode,
    /// The first instant at which it would let go by itself.
    #[serde(default, with = "any_time", skip_serializing_if = "Option::is_none")]
    pub until: Option<Timestamp>,
    /// The facts it rests on, if the record was made with facts.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub facts: Vec<RecordedFact>,
}

/// How a customer in a record was assigned to a holdout.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, remote = "Self")]
#[non_exhaustive]
pub struct RecordedHoldout {
    /// The name of the holdout.
    pub holdout: String,
    /// The bucket; none for a customer without an id, who was not assigned.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub bucket: Option<u16>,
    /// Whether the customer was left out.
    pub held_out: bool,
}

/// A fact in a record that was made with facts.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, remote = "Self")]
#[non_exhaustive]
pub struct RecordedFact {
    /// The path of the fact, or of the part as a whole.
    pub fact: String,
    /// What was the matter with it; none if it was known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub code: Option<Cause>,
    /// How long ago it was delivered, in milliseconds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub age_ms: Option<i64>,
    /// How old it might have been, if it was older.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub max_age_ms: Option<i64>,
    /// Its value in words, if there was one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub value: Option<String>,
}

object!(Record);
object!(RecordedRecommendation);
object!(RecordedAction);
object!(RecordedReason);
object!(RecordedSuppression);
object!(RecordedHoldout);
object!(RecordedFact);

impl Record {
    /// The form that this release writes and reads.
    pub const FORMAT: u32 = 1;
    /// The longest JSON text that is read: 64 MiB.
    pub const MAX_JSON_BYTES: usize = 64 << 20;

    /// Reads a record from JSON.
    ///
    /// # Errors
    ///
    /// Kind [`Record`](ErrorKind::Record) with the path of what is wrong, or
    /// because the record is of another format;
    /// [`TooLarge`](ErrorKind::TooLarge) above
    /// [`MAX_JSON_BYTES`](Self::MAX_JSON_BYTES).
    pub fn from_json(text: impl AsRef<[u8]>) -> Result<Self, Error> {
        let text = text.as_ref();
        let read = crate::json::read(text, ErrorKind::Record, Self::MAX_JSON_BYTES);
        // A record of a later format has keys of its own: the format is the news.
        let record: Self = read.map_err(|error| other_format(text).unwrap_or(error))?;
        record.check_format()?;
        Ok(record)
    }

    /// Writes the record as JSON that [`from_json`](Self::from_json) reads.
    #[must_use]
    pub fn to_json(&self) -> String {
        // Nothing in a record can fail to be written: the keys are strings.
        serde_json::to_string(self).unwrap_or_default()
    }

    pub(crate) fn check_format(&self) -> Result<(), Error> {
        if self.format == Self::FORMAT { Ok(()) } else { Err(of_format(self.format)) }
    }
}

/// Says that a text is a record of another format, if it is.
fn other_format(text: &[u8]) -> Option<Error> {
    #[derive(Deserialize)]
    struct Format {
        format: u32,
    }
    if text.len() > Record::MAX_JSON_BYTES {
        return None;
    }
    let Format { format } = serde_json::from_slice(text).ok()?;
    (format != Record::FORMAT).then(|| of_format(format))
}

fn of_format(format: u32) -> Error {
    let message =
        format!("this is format {format}, and this release reads format {}", Record::FORMAT);
    Error::at(ErrorKind::Record, "format", message)
}

impl Decision<'_> {
    /// Makes the record of the decision, for a log.
    ///
    /// Context and request must be those it was made from: a decision does
    /// not keep them, and the context is hashed only here, so that decisions
    /// that nobody records do not pay for it. The record holds no facts, and
    /// nothing about the customer that the request does not carry.
    #[must_use]
    pub fn to_record(&self, context: &Context, request: &Request) -> Record {
        Recorder { decision: self, facts: None }.record(context, request)
    }

    /// Makes a record that says which facts each reason rests on.
    ///
    /// It is [`to_record`](Self::to_record) with facts, their values and
    /// their ages: personal data.
    #[must_use]
    pub fn to_record_with_facts(&self, context: &Context, request: &Request) -> Record {
        let schema = &self.plan.schema;
        let mut of_request = RequestFacts::new(request.channel);
        of_request.intent = request.intent.as_deref();
        let facts = Facts::of_context(schema, context, of_request, self.now())
            .in_currency(self.plan.currency);
        Recorder { decision: self, facts: Some(&facts) }.record(context, request)
    }
}

struct Recorder<'a> {
    decision: &'a Decision<'a>,
    /// What reasons rest on, if that is to be in the record.
    facts: Option<&'a Facts<'a>>,
}

impl Recorder<'_> {
    fn record(&self, context: &Context, request: &Request) -> Record {
        let decision = self.decision;
        Record {
            format: Record::FORMAT,
            policy: decision.plan.policy.policy.clone(),
            policy_fingerprint: decision.plan.fingerprint(),
            context_fingerprint: context.fingerprint(),
            request: request.clone(),
            channels: decision.channels().to_vec(),
            valid_until: decision.valid_until(),
            recommendations: decision
                .recommendations()
                .map(|placed| self.recommendation(placed))
                .collect(),
            withheld: decision.withheld().map(|account| self.action(account)).collect(),
            suppressions: decision.suppressions().map(|rule| self.suppression(rule)).collect(),
            holdouts: decision.holdouts().map(holdout).collect(),
            ghosts: decision.ghosts().map(str::to_owned).collect(),
            reservations: decision
                .reservations()
                .map(|(quota, count)| (quota.to_owned(), count))
                .collect(),
        }
    }

    fn recommendation(&self, placed: Recommendation<'_>) -> RecordedRecommendation {
        RecordedRecommendation {
            action: placed.action().to_owned(),
            slot: placed.slot().map(str::to_owned),
            treatment: placed.treatment().map(str::to_owned),
            channel: placed.channel(),
            tier: placed.tier(),
            priority: placed.priority().to_string(),
            forced: placed.is_forced(),
            passed_over: placed.passed_over().map(|reason| self.reason(reason)).collect(),
        }
    }

    fn action(&self, account: Suppressed<'_>) -> RecordedAction {
        RecordedAction {
            action: account.action().to_owned(),
            verdict: account.verdict(),
            priority: account.priority().map(|priority| priority.to_string()),
            reasons: account.reasons().map(|reason| self.reason(reason)).collect(),
            until: account.until(),
        }
    }

    fn reason(&self, reason: Reason<'_>) -> RecordedReason {
        let (basis, by_last_known) = reason.basis();
        RecordedReason {
            code: reason.code(),
            stage: Some(reason.stage()).filter(|stage| *stage != reason.code().stage()),
            rule: reason.rule().map(str::to_owned),
            channel: reason.channel(),
            until: reason.until(),
            facts: self.facts(basis, by_last_known),
        }
    }

    fn suppression(&self, rule: SuppressionInForce<'_>) -> RecordedSuppression {
        let (basis, by_last_known) = rule.basis();
        RecordedSuppression {
            rule: rule.rule().to_owned(),
            code: rule.code(),
            until: rule.until(),
            facts: self.facts(basis, by_last_known),
        }
    }

    fn facts(&self, basis: &[Basis], by_last_known: bool) -> Vec<RecordedFact> {
        let Some(facts) = self.facts else {
            return Vec::new();
        };
        let recorded = basis.iter().map(|basis| {
            let fact = FactUse::new(basis, by_last_known, facts.schema());
            RecordedFact {
                fact: fact.path().to_owned(),
                code: fact.cause(),
                age_ms: fact.age().map(Duration::as_millis),
                max_age_ms: fact.max_age().map(Duration::as_millis),
                // What was not delivered has no value to show.
                value: fact.age().and_then(|_| shown(facts, &basis.subject)),
            }
        });
        recorded.collect()
    }
}

fn holdout(assignment: HoldoutAssignment<'_>) -> RecordedHoldout {
    RecordedHoldout {
        holdout: assignment.holdout().to_owned(),
        bucket: assignment.bucket(),
        held_out: assignment.is_held_out(),
    }
}

impl RecordedReason {
    pub(crate) fn stage(&self) -> Stage {
        self.stage.unwrap_or(self.code.stage())
    }
}

/// Reads the stable number of a code, of a set that knows all of them.
fn by_number<'de, T: Copy, D: Deserializer<'de>>(
    deserializer: D,
    all: &[T],
    number: fn(T) -> u16,
) -> Result<T, D::Error> {
    let wanted = u16::deserialize(deserializer)?;
    let found = all.iter().find(|code| number(**code) == wanted).copied();
    found.ok_or_else(|| de::Error::custom(format!("this release knows no code {wanted}")))
}

impl<'de> Deserialize<'de> for ReasonCode {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        by_number(deserializer, Self::ALL, Self::number)
    }
}

impl<'de> Deserialize<'de> for Cause {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        by_number(deserializer, Self::ALL, Self::number)
    }
}

/// Reads the stable name of one of a closed set.
fn by_name<'de, T: Copy, D: Deserializer<'de>>(
    deserializer: D,
    (what, all): (&str, &[T]),
    name: fn(T) -> &'static str,
) -> Result<T, D::Error> {
    let wanted = String::deserialize(deserializer)?;
    let found = all.iter().find(|known| name(**known) == wanted).copied();
    found.ok_or_else(|| de::Error::custom(format!("`{wanted}` is no {what}")))
}

impl<'de> Deserialize<'de> for Verdict {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        by_name(deserializer, ("verdict", Self::ALL), Self::as_str)
    }
}

impl<'de> Deserialize<'de> for Stage {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        by_name(deserializer, ("stage", Self::ALL), Self::as_str)
    }
}

/// Instants that the library computed: they may lie beyond the years that a
/// document may name.
mod any_time {
    use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

    use crate::time::Timestamp;

    #[expect(clippy::ref_option, reason = "serde hands over the field as it is")]
    pub(super) fn serialize<S: Serializer>(
        time: &Option<Timestamp>,
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        time.serialize(serializer)
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(
        deserializer: D,
    ) -> Result<Option<Timestamp>, D::Error> {
        let text = Option::<String>::deserialize(deserializer)?;
        let time = text.map(|text| Timestamp::parse_any_year(&text));
        time.transpose().map_err(de::Error::custom)
    }
}
