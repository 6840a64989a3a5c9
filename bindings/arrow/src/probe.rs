//! Asks the types of the core what they read, so that no list of fields is kept twice.
//!
//! A probe is a document with one path and one value at its end. What the type
//! says about it tells which names it knows there, or whether a value of that
//! sort may stand there.

use std::fmt;

use serde::de::value::StrDeserializer;
use serde::de::{
    self, DeserializeSeed, Deserializer, Expected, IntoDeserializer, MapAccess, SeqAccess,
    Unexpected, Visitor,
};
use serde::{Deserialize, forward_to_deserialize_any};
use tactful::Context;

use crate::error::in_words;

/// One step from a document to a value in it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Step {
    /// Under a key of an object.
    Key(String),
    /// In a list.
    Item,
}

/// What stands at the end of the path.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Sample {
    /// An object with a key that nobody knows.
    Stranger,
    /// An object whose keys are free.
    Object,
    List,
    Text,
    Bool,
    Int,
    /// A number with decimals.
    Float,
    /// A time as milliseconds.
    Time,
}

/// What a type says about a probe.
#[derive(Debug)]
pub(crate) enum Answer {
    /// Only these names may stand there.
    Names(&'static [&'static str]),
    /// Any name may stand there.
    AnyName,
    /// Such a value may stand there; whether this very one is meant is another question.
    Fits,
    /// Something else is expected, said in words.
    Expected(String),
}

/// No key of a document.
const STRANGER: &str = "\u{0}";
/// 2026-01-01T00:00:00Z, a time that all may name.
const TIME: i64 = 1_767_225_600_000;

/// Asks what a context says about a sample at a path.
pub(crate) fn ask(path: &[Step], sample: Sample) -> Answer {
    match Context::deserialize(Probe { path, sample }) {
        Ok(_) | Err(Said(Answer::Fits)) => Answer::Fits,
        Err(Said(answer)) => answer,
    }
}

/// Returns the names an object may have at a path; none if they are free or
/// nothing has names there.
pub(crate) fn names(path: &[Step]) -> Option<&'static [&'static str]> {
    match ask(path, Sample::Stranger) {
        Answer::Names(names) => Some(names),
        _ => None,
    }
}

#[derive(Debug)]
struct Said(Answer);

impl fmt::Display for Said {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&self.0, f)
    }
}

impl std::error::Error for Said {}

impl de::Error for Said {
    // Anything else that is wrong is wrong with the value, not with its sort.
    fn custom<T: fmt::Display>(_: T) -> Self {
        Self(Answer::Fits)
    }

    fn invalid_type(_: Unexpected<'_>, expected: &dyn Expected) -> Self {
        Self(Answer::Expected(in_words(expected)))
    }

    fn unknown_field(_: &str, expected: &'static [&'static str]) -> Self {
        Self(Answer::Names(expected))
    }
}

#[derive(Clone, Copy)]
struct Probe<'p> {
    path: &'p [Step],
    sample: Sample,
}

impl<'de> Deserializer<'de> for Probe<'_> {
    type Error = Said;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Said> {
        if let Some((step, rest)) = self.path.split_first() {
            let inner = Some(Probe { path: rest, sample: self.sample });
            return match step {
                Step::Key(key) => visitor.visit_map(One { key: Some(key), inner }),
                Step::Item => visitor.visit_seq(One { key: None, inner }),
            };
        }
        match self.sample {
            Sample::Stranger => visitor.visit_map(One { key: Some(STRANGER), inner: None }),
            Sample::Object => visitor.visit_map(One { key: None, inner: None }),
            Sample::List => visitor.visit_seq(One { key: None, inner: None }),
            Sample::Text => visitor.visit_str(""),
            Sample::Bool => visitor.visit_bool(true),
            Sample::Int => visitor.visit_i64(1),
            Sample::Float => visitor.visit_f64(0.5),
            Sample::Time => visitor.visit_i64(TIME),
        }
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Said> {
        visitor.visit_some(self)
    }

    // Columns of decimals may hold whole numbers; see how cells are read.
    fn deserialize_i64<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Said> {
        let is_number = self.path.is_empty() && self.sample == Sample::Float;
        if is_number { visitor.visit_i64(1) } else { self.deserialize_any(visitor) }
    }

    forward_to_deserialize_any! {
        bool i8 i16 i32 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf unit
        unit_struct newtype_struct seq tuple tuple_struct map struct enum identifier ignored_any
    }
}

/// An object or a list with one entry, or none.
struct One<'p> {
    key: Option<&'p str>,
    inner: Option<Probe<'p>>,
}

impl<'de> MapAccess<'de> for One<'_> {
    type Error = Said;

    fn next_key_seed<K: DeserializeSeed<'de>>(
        &mut self,
        seed: K,
    ) -> Result<Option<K::Value>, Said> {
        let key = self.key.take().map(|key| {
            let key: StrDeserializer<'_, Said> = key.into_deserializer();
            seed.deserialize(key)
        });
        key.transpose()
    }

    fn next_value_seed<V: DeserializeSeed<'de>>(&mut self, seed: V) -> Result<V::Value, Said> {
        match self.inner.take() {
            Some(inner) => seed.deserialize(inner),
            None => Err(Said(Answer::AnyName)),
        }
    }
}

impl<'de> SeqAccess<'de> for One<'_> {
    type Error = Said;

    fn next_element_seed<T: DeserializeSeed<'de>>(
        &mut self,
        seed: T,
    ) -> Result<Option<T::Value>, Said> {
        self.inner.take().map(|inner| seed.deserialize(inner)).transpose()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn path(text: &str) -> Vec<Step> {
        let steps = text.split('.').filter(|step| !step.is_empty());
        steps
            .map(|step| if step == "[]" { Step::Item } else { Step::Key(step.to_owned()) })
            .collect()
    }

    #[test]
    fn types_tell_their_names() {
        for (text, first, one) in [
            ("", "user_id", "support"),
            ("support", "as_of", "tickets"),
            ("support.tickets.[]", "id", "disputed"),
            ("support.tickets", "partial", "newest"),
            ("support.tickets.partial.[].disputed", "minor", "currency"),
            ("scores.values.churn", "value", "at"),
        ] {
            let names = names(&path(text)).unwrap();
            assert_eq!(names.first(), Some(&first), "{text}");
            assert!(names.contains(&one), "{text}: {names:?}");
        }
    }

    #[test]
    fn where_names_are_free_any_fits() {
        for text in ["scores.values", "attributes.values", "support.as_of", "profile.dated"] {
            assert!(matches!(ask(&path(text), Sample::Stranger), Answer::AnyName), "{text}");
        }
    }

    #[test]
    fn sorts_of_values_fit_or_not() {
        for (text, sample, fits) in [
            ("profile.plan", Sample::Text, true),
            ("profile.plan", Sample::Int, false),
            ("profile.age_years", Sample::Int, true),
            ("profile.age_years", Sample::Float, true),
            ("profile.age_years", Sample::Text, false),
            ("profile.joined_at", Sample::Time, true),
            ("profile.joined_at", Sample::Float, false),
            ("profile.vulnerable", Sample::Bool, true),
            ("support.tickets", Sample::List, true),
            ("support.tickets", Sample::Text, false),
            ("support.tickets.[].topic", Sample::Text, true),
            ("support.tickets.[].topic", Sample::Bool, false),
            ("scores.values.churn", Sample::Float, true),
            ("support.as_of", Sample::Object, true),
            ("profile.plan", Sample::Object, false),
        ] {
            let answer = ask(&path(text), sample);
            assert_eq!(matches!(answer, Answer::Fits), fits, "{text} {sample:?}: {answer:?}");
        }
    }
}
