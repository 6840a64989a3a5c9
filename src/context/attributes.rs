//! Facts under free names: model outputs, and attributes a policy declares.

use std::collections::BTreeMap;
use std::fmt;

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

use super::footprint::Footprint;
use super::record::record;
use super::{AsOf, read};
use crate::time::Timestamp;

record! {
    /// Named outputs of models.
    Scores {
        required {
            /// Up to when nothing is missing.
            as_of: AsOf,
        }
        optional {}
        defaulted {
            /// The scores by name.
            values: BTreeMap<String, Score>,
        }
    }
}

impl Scores {
    /// Adds the output of a model.
    #[must_use]
    pub fn score(mut self, name: impl Into<String>, score: impl Into<Score>) -> Self {
        self.values.insert(name.into(), score.into());
        self
    }
}

/// One output of a model.
///
/// In JSON it is a number, or `{"value": 0.35, "at": "2026-03-10T15:00:30Z"}`
/// when it was computed at another time than the part says.
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub struct Score {
    /// The number; one that is not finite reads as unknown.
    pub value: f64,
    /// When it was computed, if not when the part was delivered.
    pub at: Option<Timestamp>,
}

impl Score {
    /// Makes a score that is as old as its part.
    #[must_use]
    pub const fn new(value: f64) -> Self {
        // There is one zero: the negative one is equal, and written otherwise.
        Self { value: value + 0.0, at: None }
    }

    /// Dates the score.
    #[must_use]
    pub const fn at(mut self, time: Timestamp) -> Self {
        self.at = Some(time);
        self
    }
}

impl From<f64> for Score {
    fn from(value: f64) -> Self {
        Self::new(value)
    }
}

impl Serialize for Score {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self.at {
            None => serializer.serialize_f64(self.value),
            Some(at) => Dated { value: self.value, at: Some(at) }.serialize(serializer),
        }
    }
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Dated {
    value: f64,
    at: Option<Timestamp>,
}

impl<'de> Deserialize<'de> for Score {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(ScoreVisitor)
    }
}

/// Refuses what only bytes can hold, and no JSON.
fn finite<E: de::Error>(value: f64) -> Result<f64, E> {
    if value.is_finite() { Ok(value) } else { Err(E::custom("the number is not finite")) }
}

struct ScoreVisitor;

impl<'de> de::Visitor<'de> for ScoreVisitor {
    type Value = Score;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a number, or {\"value\": a number, \"at\": a time}")
    }

    fn visit_f64<E: de::Error>(self, value: f64) -> Result<Score, E> {
        finite(value).map(Score::new)
    }

    fn visit_i64<E: de::Error>(self, value: i64) -> Result<Score, E> {
        f64::deserialize(de::value::I64Deserializer::new(value)).map(Score::new)
    }

    fn visit_u64<E: de::Error>(self, value: u64) -> Result<Score, E> {
        f64::deserialize(de::value::U64Deserializer::new(value)).map(Score::new)
    }

    fn visit_map<A: de::MapAccess<'de>>(self, map: A) -> Result<Score, A::Error> {
        let dated = Dated::deserialize(de::value::MapAccessDeserializer::new(map))?;
        Ok(Score { at: dated.at, ..Score::new(finite(dated.value)?) })
    }
}

record! {
    /// Facts that the policy declares under `[attributes]`.
    Attributes settled by [read::dates] {
        required {
            /// Up to when nothing is missing.
            as_of: AsOf,
        }
        optional {}
        defaulted {
            /// The attributes by name.
            values: BTreeMap<String, Attribute>,
            /// When attributes were last said, by name, where that is another
            /// time than `as_of`. Events and merging write it.
            dated: BTreeMap<String, Timestamp>,
        }
    }
}

impl Attributes {
    /// Adds an attribute.
    #[must_use]
    pub fn attribute(mut self, name: impl Into<String>, value: impl Into<Attribute>) -> Self {
        self.values.insert(name.into(), value.into());
        self
    }
}

/// The value of one attribute.
///
/// A value that does not have the type the policy declares reads as unknown.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(untagged)]
#[non_exhaustive]
pub enum Attribute {
    /// Not known.
    Null,
    /// A truth value.
    Bool(bool),
    /// A whole number.
    Int(i64),
    /// Any other number.
    Double(f64),
    /// A text, a word of a closed set, or a time in RFC 3339.
    Text(String),
    /// A list of texts.
    Texts(Vec<String>),
}

impl<'de> Deserialize<'de> for Attribute {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let mut attribute = Self::Null;
        Self::deserialize_in_place(deserializer, &mut attribute)?;
        Ok(attribute)
    }

    fn deserialize_in_place<D: Deserializer<'de>>(
        deserializer: D,
        place: &mut Self,
    ) -> Result<(), D::Error> {
        deserializer.deserialize_any(AttributeOver(place))
    }
}

/// Reads an attribute over what is there.
struct AttributeOver<'a>(&'a mut Attribute);

impl<'de> de::Visitor<'de> for AttributeOver<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a truth value, a number, a text or a list of texts")
    }

    fn visit_unit<E>(self) -> Result<(), E> {
        *self.0 = Attribute::Null;
        Ok(())
    }

    fn visit_bool<E>(self, value: bool) -> Result<(), E> {
        *self.0 = Attribute::Bool(value);
        Ok(())
    }

    fn visit_i64<E>(self, value: i64) -> Result<(), E> {
        *self.0 = Attribute::Int(value);
        Ok(())
    }

    fn visit_u64<E: de::Error>(self, value: u64) -> Result<(), E> {
        let value = i64::try_from(value).map_err(|_| E::custom("the number is too large"))?;
        *self.0 = Attribute::Int(value);
        Ok(())
    }

    fn visit_f64<E: de::Error>(self, value: f64) -> Result<(), E> {
        *self.0 = finite(value)?.into();
        Ok(())
    }

    fn visit_str<E>(self, text: &str) -> Result<(), E> {
        match self.0 {
            Attribute::Text(known) => {
                known.clear();
                known.push_str(text);
            }
            other => *other = Attribute::Text(text.to_owned()),
        }
        Ok(())
    }

    fn visit_seq<A: de::SeqAccess<'de>>(self, texts: A) -> Result<(), A::Error> {
        *self.0 = Attribute::Texts(Vec::deserialize(de::value::SeqAccessDeserializer::new(texts))?);
        Ok(())
    }
}

impl From<bool> for Attribute {
    fn from(value: bool) -> Self {
        Self::Bool(value)
    }
}

impl From<i64> for Attribute {
    fn from(value: i64) -> Self {
        Self::Int(value)
    }
}

impl From<f64> for Attribute {
    fn from(value: f64) -> Self {
        Self::Double(value + 0.0)
    }
}

impl From<&str> for Attribute {
    fn from(value: &str) -> Self {
        Self::Text(value.to_owned())
    }
}

impl From<Timestamp> for Attribute {
    fn from(value: Timestamp) -> Self {
        Self::Text(value.to_string())
    }
}

impl Footprint for Score {
    fn heap_bytes(&self) -> usize {
        0
    }

    fn is_plausible(&self) -> bool {
        Footprint::is_plausible(&self.at)
    }
}

impl Footprint for Attribute {
    fn heap_bytes(&self) -> usize {
        match self {
            Self::Null | Self::Bool(_) | Self::Int(_) | Self::Double(_) => 0,
            Self::Text(text) => text.heap_bytes(),
            Self::Texts(texts) => texts.heap_bytes(),
        }
    }
}
