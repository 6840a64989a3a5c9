//! Decisions as JSON: one object, the same bytes for the same inputs.

use serde::ser::{SerializeSeq, SerializeStruct};
use serde::{Serialize, Serializer};

use super::{
    Cause, Decision, FactUse, HoldoutAssignment, Reason, ReasonCode, Recommendation, Suppressed,
    SuppressionInForce,
};

/// So many bytes are enough for five recommendations and little else.
#[cfg(feature = "json")]
const ROOM: usize = 2_048;

impl Decision<'_> {
    /// Writes the decision as JSON.
    ///
    /// Priorities are exact decimal texts, times RFC 3339 texts, ages
    /// milliseconds; codes come with their names.
    #[cfg(feature = "json")]
    #[must_use]
    pub fn to_json(&self) -> String {
        // Room for most, so that it need not move as it grows.
        let mut text = Vec::with_capacity(ROOM);
        // Nothing in a decision can fail to be written: the keys are strings.
        let _written = serde_json::to_writer(&mut text, self);
        String::from_utf8(text).unwrap_or_default()
    }
}

/// Writes an iterator as a list.
struct Each<F>(F);

impl<I, F> Serialize for Each<F>
where
    I: Iterator<Item: Serialize>,
    F: Fn() -> I,
{
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut list = serializer.serialize_seq(None)?;
        for item in (self.0)() {
            list.serialize_element(&item)?;
        }
        list.end()
    }
}

impl Serialize for Decision<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut object = serializer.serialize_struct("Decision", 12)?;
        object.serialize_field("policy", &self.plan.policy.policy)?;
        #[cfg(feature = "json")]
        object.serialize_field("policy_fingerprint", &self.plan.fingerprint())?;
        match self.decision_id() {
            Some(id) => object.serialize_field("decision_id", id)?,
            None => object.skip_field("decision_id")?,
        }
        object.serialize_field("now", &self.now())?;
        object.serialize_field("channels", self.channels())?;
        object.serialize_field("valid_until", &self.valid_until())?;
        object.serialize_field("recommendations", &Each(|| self.recommendations()))?;
        object.serialize_field("withheld", &Each(|| self.withheld()))?;
        object.serialize_field("suppressions", &Each(|| self.suppressions()))?;
        object.serialize_field("holdouts", &Each(|| self.holdouts()))?;
        object.serialize_field("ghosts", &Each(|| self.ghosts()))?;
        object.serialize_field("reservations", &self.data.reservations)?;
        object.end()
    }
}

impl Serialize for Recommendation<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut object = serializer.serialize_struct("Recommendation", 9)?;
        object.serialize_field("action", self.action())?;
        object.serialize_field("kind", self.kind())?;
        object.serialize_field("channel", &self.channel())?;
        object.serialize_field("slot", &self.slot())?;
        object.serialize_field("treatment", &self.treatment())?;
        object.serialize_field("tier", &self.tier())?;
        object.serialize_field("priority", &self.priority())?;
        object.serialize_field("forced", &self.is_forced())?;
        object.serialize_field("passed_over", &Each(|| self.passed_over()))?;
        object.end()
    }
}

impl Serialize for HoldoutAssignment<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut object = serializer.serialize_struct("HoldoutAssignment", 3)?;
        object.serialize_field("holdout", self.holdout())?;
        object.serialize_field("bucket", &self.bucket())?;
        object.serialize_field("held_out", &self.is_held_out())?;
        object.end()
    }
}

impl Serialize for Suppressed<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut object = serializer.serialize_struct("Withheld", 7)?;
        object.serialize_field("action", self.action())?;
        object.serialize_field("kind", self.kind())?;
        object.serialize_field("verdict", &self.verdict())?;
        object.serialize_field("tier", &self.tier())?;
        object.serialize_field("priority", &self.priority())?;
        object.serialize_field("until", &self.until())?;
        object.serialize_field("reasons", &Each(|| self.reasons()))?;
        object.end()
    }
}

impl Serialize for Reason<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut object = serializer.serialize_struct("Reason", 10)?;
        object.serialize_field("code", &self.code().number())?;
        object.serialize_field("name", self.code().name())?;
        object.serialize_field("stage", &self.stage())?;
        object.serialize_field("severity", &self.severity())?;
        object.serialize_field("rule", &self.rule())?;
        object.serialize_field("condition", &self.condition())?;
        object.serialize_field("channel", &self.channel())?;
        object.serialize_field("because", &self.because())?;
        object.serialize_field("facts", &Each(|| self.facts()))?;
        object.serialize_field("until", &self.until())?;
        object.end()
    }
}

impl Serialize for FactUse {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut object = serializer.serialize_struct("FactUse", 5)?;
        object.serialize_field("fact", self.path())?;
        object.serialize_field("code", &self.cause().map(Cause::number))?;
        object.serialize_field("name", &self.cause().map(Cause::name))?;
        object.serialize_field("age_ms", &self.age().map(|age| age.as_millis()))?;
        object.serialize_field("max_age_ms", &self.max_age().map(|age| age.as_millis()))?;
        object.end()
    }
}

impl Serialize for SuppressionInForce<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut object = serializer.serialize_struct("SuppressionInForce", 6)?;
        object.serialize_field("rule", self.rule())?;
        object.serialize_field("code", &self.code().number())?;
        object.serialize_field("name", self.code().name())?;
        object.serialize_field("because", self.because())?;
        object.serialize_field("facts", &Each(|| self.facts()))?;
        object.serialize_field("until", &self.until())?;
        object.end()
    }
}

impl Serialize for ReasonCode {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_u16(self.number())
    }
}

impl Serialize for Cause {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_u16(self.number())
    }
}
