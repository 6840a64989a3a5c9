//! Known, partly known and unknown: parts, lists and watermarks.

use std::collections::BTreeMap;
use std::fmt;
use std::marker::PhantomData;

use serde::ser::SerializeMap;
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

use super::Record;
use crate::time::Timestamp;

/// One area of a context: not delivered, or known up to some time.
#[derive(Clone, Debug, Default, PartialEq)]
#[non_exhaustive]
pub enum Part<T> {
    /// Nobody has delivered it: nothing about it is known to be false.
    #[default]
    Unknown,
    /// Delivered; the value says when.
    Known(T),
}

impl<T> Part<T> {
    /// Returns what is known, if anything.
    pub fn known(&self) -> Option<&T> {
        match self {
            Self::Unknown => None,
            Self::Known(value) => Some(value),
        }
    }

    /// Returns what is known, if anything, to change it.
    pub fn known_mut(&mut self) -> Option<&mut T> {
        match self {
            Self::Unknown => None,
            Self::Known(value) => Some(value),
        }
    }
}

impl<T> From<T> for Part<T> {
    fn from(value: T) -> Self {
        Self::Known(value)
    }
}

impl<T> From<Option<T>> for Part<T> {
    fn from(value: Option<T>) -> Self {
        value.map_or(Self::Unknown, Self::Known)
    }
}

impl<T: Serialize> Serialize for Part<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.known().serialize(serializer)
    }
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Part<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Ok(Option::deserialize(deserializer)?.map_or(Self::Unknown, Self::Known))
    }
}

/// How much of a list is there.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum Completeness {
    /// The list was not delivered.
    #[default]
    Unknown,
    /// What is there is true; there may be more.
    Partial,
    /// There is nothing else.
    Complete,
}

/// A list of records that knows whether it is complete.
///
/// In JSON an array is complete, `{"partial": […]}` is partial, and null or an
/// absent key is unknown. A list over the cap of its records keeps the newest
/// and is partial from then on.
#[derive(Clone, Debug, PartialEq)]
pub struct List<T> {
    completeness: Completeness,
    items: Vec<T>,
}

impl<T> Default for List<T> {
    fn default() -> Self {
        Self { completeness: Completeness::Unknown, items: Vec::new() }
    }
}

impl<T: Record> List<T> {
    /// Makes a list outside of which there is nothing.
    #[must_use]
    pub fn complete(items: Vec<T>) -> Self {
        Self::capped(Completeness::Complete, items)
    }

    /// Makes a list besides which there may be more.
    #[must_use]
    pub fn partial(items: Vec<T>) -> Self {
        Self::capped(Completeness::Partial, items)
    }

    /// Adds an entry; above the cap of the list the oldest one goes.
    ///
    /// A list of which nothing was known is known in part from now on.
    pub(super) fn push(&mut self, item: T) {
        let completeness = match self.completeness {
            Completeness::Unknown => Completeness::Partial,
            known => known,
        };
        self.items.push(item);
        *self = Self::capped(completeness, std::mem::take(&mut self.items));
    }

    fn capped(completeness: Completeness, mut items: Vec<T>) -> Self {
        if items.len() <= T::CAP {
            return Self { completeness, items };
        }
        items.sort_by(|a, b| b.recency().cmp(&a.recency()));
        items.truncate(T::CAP);
        Self { completeness: Completeness::Partial, items }
    }
}

impl<T> List<T> {
    /// Tells how much of the list is there.
    #[must_use]
    pub fn completeness(&self) -> Completeness {
        self.completeness
    }

    /// Returns the entries that are there.
    #[must_use]
    pub fn items(&self) -> &[T] {
        &self.items
    }
}

impl<T: Record> From<Vec<T>> for List<T> {
    fn from(items: Vec<T>) -> Self {
        Self::complete(items)
    }
}

impl<T: Record, const N: usize> From<[T; N]> for List<T> {
    fn from(items: [T; N]) -> Self {
        Self::complete(items.into())
    }
}

impl<T: Serialize> Serialize for List<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self.completeness {
            Completeness::Unknown => serializer.serialize_none(),
            Completeness::Complete => self.items.serialize(serializer),
            Completeness::Partial => {
                let mut map = serializer.serialize_map(Some(1))?;
                map.serialize_entry("partial", &self.items)?;
                map.end()
            }
        }
    }
}

impl<'de, T: Record + Deserialize<'de>> Deserialize<'de> for List<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(ListVisitor(PhantomData))
    }
}

struct ListVisitor<T>(PhantomData<T>);

impl<'de, T: Record + Deserialize<'de>> de::Visitor<'de> for ListVisitor<T> {
    type Value = List<T>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a list, or {\"partial\": a list}")
    }

    fn visit_unit<E: de::Error>(self) -> Result<List<T>, E> {
        Ok(List::default())
    }

    fn visit_seq<A: de::SeqAccess<'de>>(self, seq: A) -> Result<List<T>, A::Error> {
        Vec::deserialize(de::value::SeqAccessDeserializer::new(seq)).map(List::complete)
    }

    fn visit_map<A: de::MapAccess<'de>>(self, map: A) -> Result<List<T>, A::Error> {
        #[derive(Deserialize)]
        #[serde(deny_unknown_fields)]
        struct Partial<T> {
            partial: Vec<T>,
        }
        let entry = Partial::deserialize(de::value::MapAccessDeserializer::new(map))?;
        Ok(List::partial(entry.partial))
    }
}

/// Up to when nothing is missing from a part, for each source that feeds it.
///
/// In JSON it is a time or, where several systems feed the part, an object of
/// times by source. The part is as old as its oldest source.
#[derive(Clone, Debug, PartialEq)]
pub struct AsOf(Watermarks);

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(untagged)]
enum Watermarks {
    One(Timestamp),
    Sources(BTreeMap<String, Timestamp>),
}

impl AsOf {
    /// Dates a part that several sources feed.
    ///
    /// Returns `None` without any source.
    #[must_use]
    pub fn sources<S: Into<String>>(
        watermarks: impl IntoIterator<Item = (S, Timestamp)>,
    ) -> Option<Self> {
        let sources: BTreeMap<_, _> =
            watermarks.into_iter().map(|(source, time)| (source.into(), time)).collect();
        (!sources.is_empty()).then_some(Self(Watermarks::Sources(sources)))
    }

    /// Returns the time up to which nothing from one source is missing.
    #[must_use]
    pub fn of(&self, source: &str) -> Option<Timestamp> {
        match &self.0 {
            Watermarks::One(_) => None,
            Watermarks::Sources(sources) => sources.get(source).copied(),
        }
    }

    /// Returns the time up to which nothing from any source is missing.
    #[must_use]
    pub fn oldest(&self) -> Timestamp {
        match &self.0 {
            Watermarks::One(time) => *time,
            // INVARIANT: there is at least one source.
            Watermarks::Sources(sources) => {
                sources.values().min().copied().unwrap_or(Timestamp::EARLIEST)
            }
        }
    }
}

impl From<Timestamp> for AsOf {
    fn from(time: Timestamp) -> Self {
        Self(Watermarks::One(time))
    }
}

impl Serialize for AsOf {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.0.serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for AsOf {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(AsOfVisitor)
    }
}

struct AsOfVisitor;

impl<'de> de::Visitor<'de> for AsOfVisitor {
    type Value = AsOf;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a time such as \"2026-03-10T15:00:30Z\", or an object of times by source")
    }

    fn visit_str<E: de::Error>(self, text: &str) -> Result<AsOf, E> {
        text.parse::<Timestamp>().map(AsOf::from).map_err(E::custom)
    }

    fn visit_i64<E: de::Error>(self, millis: i64) -> Result<AsOf, E> {
        Timestamp::deserialize(de::value::I64Deserializer::new(millis)).map(AsOf::from)
    }

    fn visit_u64<E: de::Error>(self, millis: u64) -> Result<AsOf, E> {
        Timestamp::deserialize(de::value::U64Deserializer::new(millis)).map(AsOf::from)
    }

    fn visit_map<A: de::MapAccess<'de>>(self, map: A) -> Result<AsOf, A::Error> {
        let sources: BTreeMap<String, Timestamp> =
            crate::object::unique(de::value::MapAccessDeserializer::new(map))?;
        AsOf::sources(sources).ok_or_else(|| de::Error::custom("at least one source is needed"))
    }
}

/// Tells a writer which fields say nothing.
pub(super) trait Unknowable {
    fn says_nothing(&self) -> bool;
}

impl<T> Unknowable for Part<T> {
    fn says_nothing(&self) -> bool {
        matches!(self, Self::Unknown)
    }
}

impl<T> Unknowable for List<T> {
    fn says_nothing(&self) -> bool {
        self.completeness == Completeness::Unknown
    }
}

impl<K, V> Unknowable for BTreeMap<K, V> {
    fn says_nothing(&self) -> bool {
        self.is_empty()
    }
}

pub(super) fn is_unknown(value: &impl Unknowable) -> bool {
    value.says_nothing()
}
