//! Lists of records that know whether they are complete.

use std::cmp::Ordering;
use std::fmt;
use std::ops::Deref;
use std::sync::Arc;

use serde::ser::SerializeMap;
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};
use smallvec::SmallVec;

use super::AsOf;
use super::entry::{Added, Key, Record};
use super::footprint::Footprint;
use crate::object::{Field, Over};
use crate::time::{Duration, Timestamp};

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

/// How many there are, or at least how many.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Count {
    /// So many.
    Exact(usize),
    /// So many are there, and there may be more.
    AtLeast(usize),
}

/// A list of records that knows whether it is complete.
///
/// The newest entry comes first, and of several versions of one thing there is
/// the newest. A list over the cap of its records keeps the newest and is
/// partial from then on.
///
/// In JSON an array is complete, `{"partial": […]}` is partial, and null or an
/// absent key is unknown; `{"newest": […]}` is complete but for the oldest
/// entries, which the cap dropped. What becomes of a partial list when contexts
/// are merged may need two more keys: `complete_as_of`, where a source was
/// known to have told everything at another time than the part says, and
/// `"capped": true`, where older entries were dropped.
#[derive(Clone, Debug, PartialEq)]
pub struct List<T> {
    /// How much was told.
    told: Completeness,
    /// Up to when sources have told everything, where that is not what the
    /// part says: it says so where everything was told.
    claims: Option<Box<AsOf>>,
    /// Whether older entries were dropped.
    capped: bool,
    items: Items<T>,
}

/// The entries: copies of a context share them until one of them changes.
///
/// Nothing is there for a list without entries, but where there were some.
#[derive(Clone)]
struct Items<T>(Option<Arc<Entries<T>>>);

/// Entries, and memory for more of them.
struct Entries<T> {
    items: Vec<T>,
    /// What was there before, to be read over, however long ago. Nobody gets to
    /// see it.
    spare: Vec<T>,
}

/// So many entries are kept to be read over: most lists are no longer.
const MOST_SPARE: usize = 32;

impl<T: PartialEq> PartialEq for Items<T> {
    fn eq(&self, other: &Self) -> bool {
        **self == **other
    }
}

impl<T: fmt::Debug> fmt::Debug for Items<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        (**self).fmt(f)
    }
}

impl<T> Items<T> {
    fn new(items: Vec<T>) -> Self {
        Self((!items.is_empty()).then(|| Arc::new(Entries { items, spare: Vec::new() })))
    }

    fn is_shared(&self) -> bool {
        self.0.as_ref().is_some_and(|items| Arc::strong_count(items) > 1)
    }
}

impl<T> Deref for Items<T> {
    type Target = [T];

    fn deref(&self) -> &[T] {
        self.0.as_ref().map_or(&[], |entries| &entries.items)
    }
}

impl<T: Clone> Items<T> {
    /// Returns the entries to change them: a copy, if others have them as well.
    fn own(&mut self) -> &mut Vec<T> {
        &mut Arc::make_mut(self.0.get_or_insert_default()).items
    }
}

impl<T> Default for Entries<T> {
    fn default() -> Self {
        Self { items: Vec::new(), spare: Vec::new() }
    }
}

impl<T: Clone> Clone for Entries<T> {
    fn clone(&self) -> Self {
        Self { items: self.items.clone(), spare: Vec::new() }
    }
}

impl<T> Entries<T> {
    /// Leaves so many entries, and keeps others to be read over.
    fn keep(&mut self, count: usize) {
        let left_out = self.items.drain(count.min(self.items.len())..);
        self.spare.extend(left_out.take(MOST_SPARE.saturating_sub(self.spare.len())));
    }

    /// Reads entries over those that are there; after an error there are none.
    fn read<'de, A: de::SeqAccess<'de>>(&mut self, seq: A) -> Result<(), A::Error>
    where
        T: Deserialize<'de>,
    {
        let read = self.read_over(seq);
        if read.is_err() {
            // Some of them may be of somebody else.
            *self = Self::default();
        }
        read
    }

    fn read_over<'de, A: de::SeqAccess<'de>>(&mut self, mut seq: A) -> Result<(), A::Error>
    where
        T: Deserialize<'de>,
    {
        let mut count = 0;
        loop {
            if count == self.items.len() {
                self.items.extend(self.spare.pop());
            }
            let Some(item) = self.items.get_mut(count) else { break };
            if seq.next_element_seed(Over(item))?.is_none() {
                self.keep(count);
                return Ok(());
            }
            count += 1;
        }
        while let Some(item) = seq.next_element()? {
            self.items.push(item);
        }
        Ok(())
    }
}

impl<T> Default for List<T> {
    fn default() -> Self {
        Self { told: Completeness::Unknown, claims: None, capped: false, items: Items(None) }
    }
}

impl<T: Record> List<T> {
    /// Makes a list outside of which there is nothing.
    #[must_use]
    pub fn complete(items: Vec<T>) -> Self {
        Self::new(Completeness::Complete, items)
    }

    /// Makes a list besides which there may be more.
    #[must_use]
    pub fn partial(items: Vec<T>) -> Self {
        Self::new(Completeness::Partial, items)
    }

    /// Makes a list from which entries were left out for good: nothing that
    /// comes later completes it.
    #[cfg(feature = "json")]
    pub(crate) fn cut(items: Vec<T>) -> Self {
        Self { capped: true, ..Self::partial(items) }
    }

    fn new(told: Completeness, mut items: Vec<T>) -> Self {
        let capped = settle(&mut items);
        Self { told, claims: None, capped, items: Items::new(items) }
    }

    /// Counts the entries that are so, as far as the list tells.
    pub fn count(&self, mut is_so: impl FnMut(&T) -> bool) -> Count {
        let count = self.items.iter().filter(|item| is_so(item)).count();
        match self.completeness() {
            Completeness::Complete => Count::Exact(count),
            Completeness::Partial | Completeness::Unknown => Count::AtLeast(count),
        }
    }

    /// Counts the entries of a window of time: after `now - length`, up to
    /// `now`, where `when` says which time of an entry counts.
    ///
    /// A list that dropped older entries counts exactly where none of those
    /// can lie in the window. So `when` may not be later than the last change
    /// of the entry, which is what the cap goes by.
    pub fn count_within(
        &self,
        now: Timestamp,
        length: Duration,
        mut when: impl FnMut(&T) -> Option<Timestamp>,
    ) -> Count {
        let start = now - length;
        let lies_within = |item: &T| when(item).is_some_and(|time| start < time && time <= now);
        match self.count(lies_within) {
            Count::AtLeast(count) if self.lacks_only_up_to(start) => Count::Exact(count),
            known => known,
        }
    }

    /// Tells whether all that is missing was dropped, and changed last at an
    /// instant or before.
    fn lacks_only_up_to(&self, instant: Timestamp) -> bool {
        let oldest = self.items.last().map(|item| item.recency().0);
        // One that is not full was cut for another reason than the cap.
        self.told == Completeness::Complete
            && self.items.len() >= T::CAP
            && oldest.is_some_and(|time| time <= instant)
    }

    /// Adds an entry, or a newer version of one.
    ///
    /// A list of which nothing was known is known in part from now on; one
    /// that is complete stays so: it was, as of its part, and knows more now.
    pub(super) fn insert(&mut self, item: &T) -> Added {
        if self.told == Completeness::Unknown {
            self.told = Completeness::Partial;
        }
        match self.find(item) {
            Ok(place) => self.renew(place, item),
            Err(place) if place >= T::CAP => {
                self.capped = true;
                Added::Dropped
            }
            Err(place) => {
                self.items.own().insert(place, item.clone());
                self.tidy();
                Added::Changed
            }
        }
    }

    /// Finds the entry about the same thing, or the place of a new one.
    fn find(&self, item: &T) -> Result<usize, usize> {
        if T::IS_SET {
            return self.items.binary_search_by(|known| newest_first(known, item));
        }
        let known = self.items.iter().position(|known| known.key() == item.key());
        known.ok_or_else(|| self.items.partition_point(|known| newest_first(known, item).is_lt()))
    }

    fn renew(&mut self, place: usize, item: &T) -> Added {
        if self.items.get(place).is_none_or(|known| known.covers(item)) {
            return Added::Duplicate;
        }
        // What is no news is no reason to copy a list that others have as well.
        let is_news = |known: &T| known.clone().join(item);
        if self.items.is_shared() && !self.items.get(place).is_some_and(is_news) {
            return Added::Superseded;
        }
        let items = self.items.own();
        if !items.get_mut(place).is_some_and(|known| known.join(item)) {
            return Added::Superseded;
        }
        let renewed = items.remove(place);
        let place = items.partition_point(|known| newest_first(known, &renewed).is_lt());
        items.insert(place, renewed);
        self.tidy();
        Added::Changed
    }

    /// Joins what an entry has brought together, and drops what is too much.
    fn tidy(&mut self) {
        let items = self.items.own();
        items.dedup_by(|older, newer| newer.absorb(older));
        self.capped |= items.len() > T::CAP;
        items.truncate(T::CAP);
    }

    /// Returns up to when sources have told everything.
    fn claims<'a>(&'a self, as_of: &'a AsOf) -> Option<&'a AsOf> {
        match self.told {
            // Events alone never tell everything.
            Completeness::Complete => Some(as_of).filter(|as_of| as_of.is_vouched()),
            Completeness::Partial | Completeness::Unknown => self.claims.as_deref(),
        }
    }

    /// Takes in what another list knows.
    ///
    /// `mine` and `theirs` are the watermarks of the two parts, `joined` those
    /// of the part that becomes of them. The list is complete if every source
    /// that feeds the part has told everything up to its watermark.
    pub(super) fn join(&mut self, mine: &AsOf, other: &Self, theirs: &AsOf, joined: &AsOf) {
        let told = [self.told, other.told];
        if told == [Completeness::Complete; 2] && mine.is_vouched() && theirs.is_vouched() {
            // What both have told is what the joined watermarks say.
            self.capped |= self.take_in(&other.items) | other.capped;
            return;
        }
        let claims = match (self.claims(mine), other.claims(theirs)) {
            (Some(one), Some(other)) => {
                let mut both = one.clone();
                both.join(other);
                Some(both)
            }
            (one, other) => one.or(other).cloned(),
        };
        self.capped |= self.take_in(&other.items) | other.capped;
        self.claim(claims, told == [Completeness::Unknown; 2], joined);
    }

    /// Notes that sources have told everything up to their watermarks; tells
    /// whether this is news.
    ///
    /// `mine` are the watermarks of the part from before, `joined` those it
    /// has now.
    pub(super) fn vouch(&mut self, mine: &AsOf, watermarks: &AsOf, joined: &AsOf) -> bool {
        let before = (self.told, self.claims.clone());
        let mut claims = self.claims(mine).unwrap_or(watermarks).clone();
        claims.join(watermarks);
        self.claim(Some(claims), false, joined);
        before != (self.told, self.claims.clone())
    }

    /// Tells whether everything was told up to the watermarks of the part,
    /// though the cap may have dropped some of it.
    pub(super) fn is_told(&self) -> bool {
        self.told == Completeness::Complete
    }

    fn claim(&mut self, claims: Option<AsOf>, is_unknown: bool, joined: &AsOf) {
        let is_complete = claims.as_ref() == Some(joined);
        self.told = match (is_complete, is_unknown) {
            (true, _) => Completeness::Complete,
            (false, true) => Completeness::Unknown,
            (false, false) => Completeness::Partial,
        };
        self.claims = if is_complete { None } else { claims.map(Box::new) };
    }

    /// Adds the entries of another list; tells whether some were dropped.
    fn take_in(&mut self, others: &[T]) -> bool {
        let new = self.lacks(others);
        if new.is_empty() {
            return false;
        }
        let items = self.items.own();
        items.extend(new);
        settle(items)
    }

    /// Returns the entries of another list that are not there as they are:
    /// few of them, since copies of one context have most in common.
    fn lacks(&self, others: &[T]) -> Vec<T> {
        // Both are in the order of lists, so one walk along them will do.
        let mut known = self.items.iter().peekable();
        let is_new = |other: &&T| loop {
            match known.peek().map(|known| newest_first::<T>(known, other)) {
                Some(Ordering::Less) => drop(known.next()),
                Some(Ordering::Equal) => {
                    known.next();
                    break false;
                }
                Some(Ordering::Greater) | None => break true,
            }
        };
        others.iter().filter(is_new).cloned().collect()
    }

    /// Returns the entry of a key, to change what neither its key nor its
    /// place depends on.
    pub(super) fn find_mut(&mut self, key: Key<'_>) -> Option<&mut T> {
        let place = self.items.iter().position(|known| known.key() == key)?;
        self.items.own().get_mut(place)
    }

    /// Returns the entries, to change what neither their keys nor their places
    /// depend on.
    pub(super) fn items_mut(&mut self) -> impl Iterator<Item = &mut T> {
        let entries = self.items.0.as_mut().map(Arc::make_mut);
        entries.into_iter().flat_map(|entries| &mut entries.items)
    }

    /// Brings what the list claims under the watermarks of its part into its
    /// one form: where nobody vouches, nothing is complete, and where all that
    /// the part says is claimed, everything is.
    pub(super) fn settle_claims(&mut self, as_of: &AsOf) {
        if !as_of.is_vouched() {
            self.disclaim();
        } else if self.claims.as_deref() == Some(as_of) {
            self.told = Completeness::Complete;
            self.claims = None;
        }
    }

    /// Forgets that everything was told: whoever said so spoke of less.
    pub(super) fn disclaim(&mut self) {
        if self.told == Completeness::Complete {
            self.told = Completeness::Partial;
        }
        self.claims = None;
    }
}

impl<T> List<T> {
    /// Tells how much of the list is there.
    #[must_use]
    pub fn completeness(&self) -> Completeness {
        match self.told {
            Completeness::Complete if self.capped => Completeness::Partial,
            told => told,
        }
    }

    /// Returns the entries that are there, the newest first.
    #[must_use]
    pub fn items(&self) -> &[T] {
        &self.items
    }

    pub(super) fn says_nothing(&self) -> bool {
        self.told == Completeness::Unknown
    }

    /// Forgets what was told; returns the entries to be told over, unless
    /// there are none, or others have them as well.
    fn begin_anew(&mut self, told: Completeness) -> Option<&mut Entries<T>> {
        (self.told, self.claims, self.capped) = (told, None, false);
        if self.items.is_shared() {
            self.items = Items(None);
        }
        self.items.0.as_mut().and_then(Arc::get_mut)
    }
}

/// The order of lists: the newest first, and one order for what is equally new.
fn newest_first<T: Record>(one: &T, other: &T) -> Ordering {
    other.recency().cmp(&one.recency()).then_with(|| other.cmp(one))
}

/// Brings entries into the one form of lists: one version of each thing, the
/// newest first, no more than the cap. Tells whether some were dropped.
pub(super) fn settle<T: Record>(items: &mut Vec<T>) -> bool {
    if !T::IS_SET && has_versions(items) {
        items.sort_by(|one, other| one.key().cmp(&other.key()));
        items.dedup_by(|next, kept| {
            let is_same = next.key() == kept.key();
            if is_same {
                kept.join(next);
            }
            is_same
        });
    }
    if items.is_sorted_by(|one, other| newest_first(one, other).is_gt()) {
        // As most that keep a list write it: to sort it would move most entries often.
        items.reverse();
    } else if !items.is_sorted_by(|one, other| newest_first(one, other).is_lt()) {
        // What is equal is the same.
        items.sort_unstable_by(newest_first);
        items.dedup();
    }
    items.dedup_by(|older, newer| newer.absorb(older));
    let is_over = items.len() > T::CAP;
    items.truncate(T::CAP);
    is_over
}

/// Tells whether some entries are versions of one thing.
fn has_versions<T: Record>(items: &[T]) -> bool {
    let mut keys: SmallVec<[Key<'_>; 16]> = items.iter().map(Record::key).collect();
    keys.sort_unstable();
    keys.windows(2).any(|pair| matches!(pair, [one, next] if one == next))
}

impl<T: Footprint> Footprint for List<T> {
    fn heap_bytes(&self) -> usize {
        let claims =
            self.claims.as_deref().map_or(0, |claims| size_of::<AsOf>() + claims.heap_bytes());
        let entries = self.items.0.as_deref().map_or(0, |Entries { items, spare }| {
            let places = (items.capacity() + spare.capacity()) * size_of::<T>();
            let beyond: usize = items.iter().chain(spare).map(Footprint::heap_bytes).sum();
            // Two counts of those who share them, and the lists themselves.
            2 * size_of::<usize>() + size_of::<Entries<T>>() + places + beyond
        });
        entries + claims
    }

    fn is_plausible(&self) -> bool {
        self.items.iter().all(Footprint::is_plausible)
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
        match (self.told, self.capped) {
            (Completeness::Unknown, _) => return serializer.serialize_none(),
            (Completeness::Complete, false) => return self.items().serialize(serializer),
            (Completeness::Complete, true) => {
                let mut map = serializer.serialize_map(Some(1))?;
                map.serialize_entry("newest", self.items())?;
                return map.end();
            }
            (Completeness::Partial, _) => {}
        }
        let entries = 1 + usize::from(self.claims.is_some()) + usize::from(self.capped);
        let mut map = serializer.serialize_map(Some(entries))?;
        map.serialize_entry("partial", self.items())?;
        if let Some(claims) = &self.claims {
            map.serialize_entry("complete_as_of", claims)?;
        }
        if self.capped {
            map.serialize_entry("capped", &true)?;
        }
        map.end()
    }
}

impl<'de, T: Record + Deserialize<'de>> Deserialize<'de> for List<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let mut list = Self::default();
        Self::deserialize_in_place(deserializer, &mut list)?;
        Ok(list)
    }

    fn deserialize_in_place<D: Deserializer<'de>>(
        deserializer: D,
        place: &mut Self,
    ) -> Result<(), D::Error> {
        deserializer.deserialize_any(ListOver(place))
    }
}

impl<'de, T: Record + Deserialize<'de>> Field<'de> for List<T> {
    fn read_next<A: de::MapAccess<'de>>(&mut self, entries: &mut A) -> Result<(), A::Error> {
        entries.next_value_seed(Over(self))
    }

    fn forget(&mut self) {
        if let Some(entries) = self.begin_anew(Completeness::Unknown) {
            entries.keep(0);
        }
    }
}

/// Reads a list over what is there.
struct ListOver<'a, T>(&'a mut List<T>);

impl<'de, T: Record + Deserialize<'de>> de::Visitor<'de> for ListOver<'_, T> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a list, or {\"partial\": a list}")
    }

    fn visit_unit<E: de::Error>(self) -> Result<(), E> {
        self.0.forget();
        Ok(())
    }

    fn visit_seq<A: de::SeqAccess<'de>>(self, seq: A) -> Result<(), A::Error> {
        match self.0.begin_anew(Completeness::Complete) {
            None => {
                let seq = de::value::SeqAccessDeserializer::new(seq);
                *self.0 = List::complete(Vec::deserialize(seq)?);
            }
            Some(entries) => {
                entries.read(seq)?;
                let is_over = settle(&mut entries.items);
                // What is dropped from one is no memory for the next.
                entries.items.shrink_to(T::CAP);
                self.0.capped = is_over;
            }
        }
        Ok(())
    }

    fn visit_map<A: de::MapAccess<'de>>(self, map: A) -> Result<(), A::Error> {
        #[derive(Deserialize)]
        #[serde(deny_unknown_fields, bound(deserialize = "T: Deserialize<'de>"))]
        struct Written<T> {
            #[serde(default)]
            partial: Option<Vec<T>>,
            #[serde(default)]
            newest: Option<Vec<T>>,
            #[serde(default)]
            complete_as_of: Option<AsOf>,
            #[serde(default)]
            capped: bool,
        }
        let written = Written::deserialize(de::value::MapAccessDeserializer::new(map))?;
        let claims = written.complete_as_of.filter(AsOf::is_vouched).map(Box::new);
        let mut list = match (written.partial, written.newest) {
            (Some(items), None) => List { claims, ..List::partial(items) },
            (None, Some(items)) => List { capped: true, ..List::complete(items) },
            (Some(_), Some(_)) => {
                return Err(de::Error::custom("a list is either `partial` or `newest`"));
            }
            (None, None) => return Err(de::Error::missing_field("partial")),
        };
        list.capped |= written.capped;
        *self.0 = list;
        Ok(())
    }
}
