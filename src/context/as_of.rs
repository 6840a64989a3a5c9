//! Watermarks: up to when nothing is missing, for each source.

use std::collections::BTreeMap;
use std::fmt;

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

use crate::object::{self, Blank};
use crate::time::Timestamp;

/// What stands for the source where a part tells of events alone; no source
/// bears that name.
pub(super) const EVENTS: &str = "(events)";
/// What stands for a source without a name beside others.
const UNNAMED: &str = "";

/// Up to when nothing is missing from a part, for each source that feeds it.
///
/// In JSON it is a time or, where several systems feed the part, an object of
/// times by source. The part is as old as its oldest source.
///
/// A part that only events have built has no watermark: nobody vouches that
/// nothing is missing. It is as old as its newest event, which JSON writes as
/// `{"(events)": "2026-03-10T15:00:30Z"}`, until a watermark comes.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct AsOf(Marks);

#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Marks {
    /// No watermark: when the newest event happened.
    Events(Timestamp),
    /// One source without a name.
    One(Timestamp),
    /// At least one source, and not only one without a name.
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
        Self::of_map(sources)
    }

    /// Dates a part by the source that delivered it, if it has a name.
    pub(super) fn by(source: Option<&str>, time: Timestamp) -> Self {
        match source {
            None => Self::from(time),
            Some(source) => Self::of_map(BTreeMap::from([(source.to_owned(), time)]))
                .unwrap_or_else(|| Self::from(time)),
        }
    }

    /// Dates a part of which only events tell, the newest of them at a time.
    pub(super) fn events(newest: Timestamp) -> Self {
        Self(Marks::Events(newest))
    }

    /// Brings watermarks by source into the one form that they have.
    fn of_map(mut sources: BTreeMap<String, Timestamp>) -> Option<Self> {
        // What a source vouches for says more than the events.
        let events = sources.remove(EVENTS);
        match (sources.len(), sources.get(UNNAMED)) {
            (0, _) => events.map(Self::events),
            (1, Some(time)) => Some(Self::from(*time)),
            _ => Some(Self(Marks::Sources(sources))),
        }
    }

    /// Returns the time up to which nothing from one source is missing.
    #[must_use]
    pub fn of(&self, source: &str) -> Option<Timestamp> {
        match &self.0 {
            Marks::Events(_) => None,
            Marks::One(time) => (source == UNNAMED).then_some(*time),
            Marks::Sources(sources) => sources.get(source).copied(),
        }
    }

    /// Returns the time up to which nothing from any source is missing; of a
    /// part that only events have built, when the newest one happened.
    #[must_use]
    pub fn oldest(&self) -> Timestamp {
        match &self.0 {
            Marks::Events(time) | Marks::One(time) => *time,
            // INVARIANT: there is at least one source.
            Marks::Sources(sources) => {
                sources.values().min().copied().unwrap_or(Timestamp::EARLIEST)
            }
        }
    }

    /// Tells whether some source vouches for the part.
    #[must_use]
    pub fn is_vouched(&self) -> bool {
        !matches!(self.0, Marks::Events(_))
    }

    /// Returns the newest of all times.
    pub(super) fn newest(&self) -> Timestamp {
        match &self.0 {
            Marks::Events(time) | Marks::One(time) => *time,
            Marks::Sources(sources) => sources.values().max().copied().unwrap_or(self.oldest()),
        }
    }

    /// Takes the newest watermark of every source, of this and the other.
    pub(super) fn join(&mut self, other: &Self) {
        match (&mut self.0, &other.0) {
            (Marks::Events(mine), Marks::Events(theirs))
            | (Marks::One(mine), Marks::One(theirs)) => *mine = (*mine).max(*theirs),
            (_, Marks::Events(_)) => {}
            (Marks::Events(_), _) => *self = other.clone(),
            (Marks::Sources(mine), Marks::Sources(theirs)) => {
                for (source, time) in theirs {
                    match mine.get_mut(source) {
                        Some(known) => *known = (*known).max(*time),
                        None => drop(mine.insert(source.clone(), *time)),
                    }
                }
            }
            (Marks::Sources(_), Marks::One(_)) | (Marks::One(_), Marks::Sources(_)) => {
                let mut sources = self.to_map();
                for (source, theirs) in other.to_map() {
                    let mine = sources.entry(source).or_insert(theirs);
                    *mine = (*mine).max(theirs);
                }
                *self = Self::of_map(sources).unwrap_or_else(|| other.clone());
            }
        }
    }

    /// Notes an event: where no source vouches, the newest one dates the part.
    pub(super) fn hear(&mut self, at: Timestamp) {
        if let Marks::Events(newest) = &mut self.0 {
            *newest = (*newest).max(at);
        }
    }

    /// Tells whether one source, named or not, said it and no other.
    pub(super) fn is_by(&self, source: Option<&str>, at: Timestamp) -> bool {
        match (&self.0, source) {
            (Marks::One(time), None) => *time == at,
            (Marks::Sources(sources), Some(source)) => {
                sources.len() == 1 && sources.get(source) == Some(&at)
            }
            _ => false,
        }
    }

    /// Takes the newer watermark of a source that has one already; tells
    /// whether it has, and then whether this is news.
    pub(super) fn renew(&mut self, source: Option<&str>, at: Timestamp) -> Option<bool> {
        let wanted = source.unwrap_or(UNNAMED);
        let known = match &mut self.0 {
            Marks::One(known) if wanted == UNNAMED => known,
            Marks::Sources(sources) => sources.get_mut(wanted)?,
            Marks::Events(_) | Marks::One(_) => return None,
        };
        let is_news = *known < at;
        *known = (*known).max(at);
        Some(is_news)
    }

    fn to_map(&self) -> BTreeMap<String, Timestamp> {
        match &self.0 {
            Marks::Events(time) => BTreeMap::from([(EVENTS.to_owned(), *time)]),
            Marks::One(time) => BTreeMap::from([(UNNAMED.to_owned(), *time)]),
            Marks::Sources(sources) => sources.clone(),
        }
    }

    pub(super) fn times(&self) -> impl Iterator<Item = Timestamp> {
        let (one, sources) = match &self.0 {
            Marks::Events(time) | Marks::One(time) => (Some(*time), None),
            Marks::Sources(sources) => (None, Some(sources)),
        };
        one.into_iter().chain(sources.into_iter().flat_map(|sources| sources.values().copied()))
    }

    pub(super) fn names(&self) -> impl Iterator<Item = &String> {
        let sources = match &self.0 {
            Marks::Events(_) | Marks::One(_) => None,
            Marks::Sources(sources) => Some(sources),
        };
        sources.into_iter().flat_map(BTreeMap::keys)
    }
}

impl From<Timestamp> for AsOf {
    fn from(time: Timestamp) -> Self {
        Self(Marks::One(time))
    }
}

impl Blank for AsOf {
    fn blank() -> Self {
        Self::events(Timestamp::blank())
    }
}

impl Serialize for AsOf {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match &self.0 {
            Marks::One(time) => time.serialize(serializer),
            Marks::Events(_) => self.to_map().serialize(serializer),
            Marks::Sources(sources) => sources.serialize(serializer),
        }
    }
}

impl<'de> Deserialize<'de> for AsOf {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let mut as_of = Self::blank();
        Self::deserialize_in_place(deserializer, &mut as_of)?;
        Ok(as_of)
    }

    fn deserialize_in_place<D: Deserializer<'de>>(
        deserializer: D,
        place: &mut Self,
    ) -> Result<(), D::Error> {
        deserializer.deserialize_any(AsOfOver(place))
    }
}

/// Reads watermarks over those that are there.
struct AsOfOver<'a>(&'a mut AsOf);

impl<'de> de::Visitor<'de> for AsOfOver<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a time such as \"2026-03-10T15:00:30Z\", or an object of times by source")
    }

    fn visit_str<E: de::Error>(self, text: &str) -> Result<(), E> {
        *self.0 = text.parse::<Timestamp>().map(AsOf::from).map_err(E::custom)?;
        Ok(())
    }

    fn visit_i64<E: de::Error>(self, millis: i64) -> Result<(), E> {
        *self.0 = Timestamp::deserialize(de::value::I64Deserializer::new(millis))?.into();
        Ok(())
    }

    fn visit_u64<E: de::Error>(self, millis: u64) -> Result<(), E> {
        *self.0 = Timestamp::deserialize(de::value::U64Deserializer::new(millis))?.into();
        Ok(())
    }

    fn visit_map<A: de::MapAccess<'de>>(self, map: A) -> Result<(), A::Error> {
        let mut sources = match std::mem::replace(self.0, AsOf::blank()).0 {
            Marks::Sources(sources) => sources,
            Marks::Events(_) | Marks::One(_) => BTreeMap::new(),
        };
        object::unique_over(de::value::MapAccessDeserializer::new(map), &mut sources)?;
        *self.0 = AsOf::of_map(sources)
            .ok_or_else(|| de::Error::custom("at least one source is needed"))?;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(seconds: i64) -> Timestamp {
        Timestamp::EARLIEST + crate::time::Duration::seconds(seconds)
    }

    #[test]
    fn a_join_takes_the_newest_of_every_source_and_watermarks_over_events() {
        let named = |source: &str, seconds| AsOf::by(Some(source), at(seconds));
        let all = [
            AsOf::events(at(9)),
            AsOf::from(at(3)),
            AsOf::from(at(4)),
            named("shop", 5),
            named("shop", 2),
            named("desk", 7),
        ];
        for one in &all {
            for other in &all {
                for third in &all {
                    let join = |a: &AsOf, b: &AsOf| {
                        let mut a = a.clone();
                        a.join(b);
                        a
                    };
                    assert_eq!(join(one, other), join(other, one));
                    assert_eq!(join(one, one), *one);
                    assert_eq!(join(&join(one, other), third), join(one, &join(other, third)));
                }
            }
        }
        let mut joined = named("shop", 5);
        joined.join(&named("desk", 7));
        joined.join(&AsOf::from(at(6)));
        assert_eq!((joined.oldest(), joined.newest()), (at(5), at(7)));
    }
}
