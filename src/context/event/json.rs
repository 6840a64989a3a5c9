//! Events as JSON: one key for each thing that an event says.

use std::fmt;
use std::marker::PhantomData;

use serde::de::value::{
    I64Deserializer, MapAccessDeserializer, SeqAccessDeserializer, StrDeserializer,
};
use serde::de::{DeserializeSeed, Deserializer, IntoDeserializer, MapAccess, SeqAccess, Visitor};
use serde::ser::SerializeMap;
use serde::{Deserialize, Serialize, Serializer, de};

use super::{Change, Event};
use crate::error::{Error, ErrorKind};
use crate::time::Timestamp;
use crate::vocabulary::Channel;

impl Event {
    /// The longest JSON text that is read: 64 KiB.
    pub const MAX_JSON_BYTES: usize = 64 << 10;

    /// Reads an event from JSON.
    ///
    /// `at` is required; `id`, `source`, `user_id` and `anonymous_id` are
    /// optional. Every other key is something that the event says, named as
    /// the setter, with a record as in a context, or a list of such records:
    ///
    /// ```
    /// use tactful::context::Event;
    ///
    /// let event = Event::from_json(br#"{
    ///     "at": "2026-03-10T14:40:00Z", "source": "desk", "user_id": "u-1001",
    ///     "ticket": {"id": "C-1", "state": "open", "topic": "billing_dispute",
    ///                "opened_at": "2026-03-10T14:40:00Z", "updated_at": "2026-03-10T14:40:00Z"},
    ///     "seen": true,
    ///     "score": {"name": "churn", "value": 0.4},
    ///     "watermark": ["support", "feedback"]}"#)?;
    /// assert_eq!(event.changes.len(), 5);
    /// assert_eq!(Event::from_json(event.to_json())?, event);
    /// # Ok::<(), tactful::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// An unknown key or word (with the nearest known one), a value of the
    /// wrong type, or a time outside the years 2000 to 2100: kind
    /// [`Event`](ErrorKind::Event), with the path of the value. A text longer
    /// than [`MAX_JSON_BYTES`](Self::MAX_JSON_BYTES): kind
    /// [`TooLarge`](ErrorKind::TooLarge).
    pub fn from_json(text: impl AsRef<[u8]>) -> Result<Self, Error> {
        crate::json::read(text.as_ref(), ErrorKind::Event, Self::MAX_JSON_BYTES)
    }

    /// Reads an event from any format that serde reads, with the errors of
    /// [`from_json`](Self::from_json).
    ///
    /// For bindings, whose values are no text.
    ///
    /// # Errors
    ///
    /// As [`from_json`](Self::from_json); there is no limit of length.
    pub fn from_deserializer<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Self, Error> {
        crate::json::read_from(deserializer, ErrorKind::Event)
    }

    /// Writes the event as JSON that [`from_json`](Self::from_json) reads.
    ///
    /// Warnings are about the original, and are not written.
    #[must_use]
    pub fn to_json(&self) -> String {
        // Nothing in an event can fail to be written: the keys are strings.
        serde_json::to_string(self).unwrap_or_default()
    }
}

/// What one key of an event says: a record, or several.
struct Said<T>(Vec<T>);

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Said<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(SaidVisitor(PhantomData))
    }
}

struct SaidVisitor<T>(PhantomData<T>);

impl<'de, T: Deserialize<'de>> Visitor<'de> for SaidVisitor<T> {
    type Value = Said<T>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a record or a list of records")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, records: A) -> Result<Said<T>, A::Error> {
        Vec::deserialize(SeqAccessDeserializer::new(records)).map(Said)
    }

    fn visit_map<A: MapAccess<'de>>(self, record: A) -> Result<Said<T>, A::Error> {
        T::deserialize(MapAccessDeserializer::new(record)).map(|record| Said(vec![record]))
    }

    fn visit_str<E: de::Error>(self, word: &str) -> Result<Said<T>, E> {
        T::deserialize(StrDeserializer::new(word)).map(|word| Said(vec![word]))
    }
}

/// A part that the time of the event dates: its `as_of` may be left out.
struct Facts<T>(T);

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Facts<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(FactsVisitor(PhantomData))
    }
}

struct FactsVisitor<T>(PhantomData<T>);

impl<'de, T: Deserialize<'de>> Visitor<'de> for FactsVisitor<T> {
    type Value = Facts<T>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, entries: A) -> Result<Facts<T>, A::Error> {
        T::deserialize(MapAccessDeserializer::new(WithAsOf { entries, as_of: Given::NotYet }))
            .map(Facts)
    }
}

/// The entries of an object, and `as_of` if it is not among them.
struct WithAsOf<A> {
    entries: A,
    as_of: Given,
}

#[derive(PartialEq)]
enum Given {
    NotYet,
    Now,
    Before,
}

/// What stands there until the event dates the part.
const UNDATED: i64 = Timestamp::EARLIEST.as_millis();

impl<'de, A: MapAccess<'de>> MapAccess<'de> for WithAsOf<A> {
    type Error = A::Error;

    fn next_key_seed<K: DeserializeSeed<'de>>(
        &mut self,
        seed: K,
    ) -> Result<Option<K::Value>, A::Error> {
        match self.entries.next_key::<String>()? {
            Some(key) => {
                if key == "as_of" {
                    self.as_of = Given::Before;
                }
                seed.deserialize(key.into_deserializer()).map(Some)
            }
            None if self.as_of == Given::NotYet => {
                self.as_of = Given::Now;
                seed.deserialize("as_of".into_deserializer()).map(Some)
            }
            None => Ok(None),
        }
    }

    fn next_value_seed<V: DeserializeSeed<'de>>(&mut self, seed: V) -> Result<V::Value, A::Error> {
        match self.as_of {
            Given::Now => seed.deserialize(I64Deserializer::new(UNDATED)),
            Given::NotYet | Given::Before => self.entries.next_value_seed(seed),
        }
    }
}

/// The output of a model, or an attribute, under its name.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Named<T> {
    name: String,
    value: T,
}

/// Something that an event says by being there.
struct Mark;

impl<'de> Deserialize<'de> for Mark {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        if bool::deserialize(deserializer)? {
            Ok(Self)
        } else {
            Err(de::Error::custom("it is true or left out"))
        }
    }
}

struct EventVisitor;

impl<'de> Deserialize<'de> for Event {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(EventVisitor)
    }
}

/// Reads the keys of an event and writes them, from one table.
macro_rules! keys {
    ($($key:literal $shape:ident $change:ident;)+) => {
        const KEYS: &[&str] = &["at", "id", "source", "user_id", "anonymous_id", $($key,)+];

        impl<'de> Visitor<'de> for EventVisitor {
            type Value = Event;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<Event, A::Error> {
                let mut at: Option<Timestamp> = None;
                let mut event = Event::new(Timestamp::EARLIEST);
                let mut changes = Vec::new();
                while let Some(key) = entries.next_key::<String>()? {
                    match key.as_str() {
                        "at" => at = Some(entries.next_value()?),
                        "id" => event.id = entries.next_value()?,
                        "source" => event.source = entries.next_value()?,
                        "user_id" => event.user_id = entries.next_value()?,
                        "anonymous_id" => event.anonymous_id = entries.next_value()?,
                        $($key => keys!(@read $shape $change, entries, changes),)+
                        unknown => return Err(de::Error::unknown_field(unknown, KEYS)),
                    }
                }
                event.at = at.ok_or_else(|| de::Error::missing_field("at"))?;
                Ok(changes.into_iter().fold(event, Event::change))
            }
        }

        impl Serialize for Event {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                let mut map = serializer.serialize_map(None)?;
                map.serialize_entry("at", &self.at)?;
                let texts = [
                    ("id", &self.id),
                    ("source", &self.source),
                    ("user_id", &self.user_id),
                    ("anonymous_id", &self.anonymous_id),
                ];
                for (key, text) in texts {
                    if let Some(text) = text {
                        map.serialize_entry(key, text)?;
                    }
                }
                $({
                    let of_key = |change: &&Change| matches!(change, Change::$change { .. });
                    let changes: Vec<&Change> = self.changes.iter().filter(of_key).collect();
                    keys!(@write $shape, map, $key, changes);
                })+
                map.end()
            }
        }
    };
    (@read records $change:ident, $entries:ident, $changes:ident) => {{
        let said: Said<_> = $entries.next_value()?;
        $changes.extend(said.0.into_iter().map(Change::$change));
    }};
    (@read facts $change:ident, $entries:ident, $changes:ident) => {{
        let said: Said<Facts<_>> = $entries.next_value()?;
        $changes.extend(said.0.into_iter().map(|facts| Change::$change(facts.0)));
    }};
    (@read whole $change:ident, $entries:ident, $changes:ident) => {
        $changes.push(Change::$change($entries.next_value()?))
    };
    (@read named $change:ident, $entries:ident, $changes:ident) => {{
        let said: Said<Named<_>> = $entries.next_value()?;
        $changes.extend(said.0.into_iter().map(|said| Change::$change(said.name, said.value)));
    }};
    (@read mark $change:ident, $entries:ident, $changes:ident) => {{
        let Mark = $entries.next_value()?;
        $changes.push(Change::$change);
    }};
    // Said twice at one time, the greater holds; being there is said once.
    (@write whole, $map:ident, $key:literal, $changes:ident) => {
        if let Some(channels) = $changes.iter().filter_map(|change| channels(change)).max() {
            $map.serialize_entry($key, channels)?;
        }
    };
    (@write mark, $map:ident, $key:literal, $changes:ident) => {
        if !$changes.is_empty() {
            $map.serialize_entry($key, &true)?;
        }
    };
    (@write $several:ident, $map:ident, $key:literal, $changes:ident) => {
        match $changes.as_slice() {
            [] => {}
            [one] => $map.serialize_entry($key, &Content(one))?,
            several => {
                let several: Vec<Content<'_>> = several.iter().map(|one| Content(one)).collect();
                $map.serialize_entry($key, &several)?;
            }
        }
    };
}

keys! {
    "ticket" records Ticket;
    "contact" records Contact;
    "order" records Order;
    "refund" records Refund;
    "cart" records Cart;
    "product" records Product;
    "view" records View;
    "seen" mark Seen;
    "logged_in" mark LoggedIn;
    "onboarding" records Onboarding;
    "device" facts Device;
    "grant" records Grant;
    "hard_blocks" whole HardBlocks;
    "preferred_channels" whole PreferredChannels;
    "interaction" records Interaction;
    "answer" records Answer;
    "subscription" facts Subscription;
    "appointment" records Appointment;
    "score" named Score;
    "attribute" named Attribute;
    "profile" facts Profile;
    "watermark" records Watermark;
}

/// What a change says, without what it is about.
struct Content<'a>(&'a Change);

impl Serialize for Content<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self.0 {
            Change::Ticket(record) => record.serialize(serializer),
            Change::Contact(record) => record.serialize(serializer),
            Change::Order(record) => record.serialize(serializer),
            Change::Refund(record) => record.serialize(serializer),
            Change::Cart(record) => record.serialize(serializer),
            Change::Product(record) => record.serialize(serializer),
            Change::View(record) => record.serialize(serializer),
            Change::Seen | Change::LoggedIn => serializer.serialize_bool(true),
            Change::Onboarding(record) => record.serialize(serializer),
            Change::Device(record) => record.serialize(serializer),
            Change::Grant(record) => record.serialize(serializer),
            Change::HardBlocks(channels) | Change::PreferredChannels(channels) => {
                channels.serialize(serializer)
            }
            Change::Interaction(record) => record.serialize(serializer),
            Change::Answer(record) => record.serialize(serializer),
            Change::Subscription(record) => record.serialize(serializer),
            Change::Appointment(record) => record.serialize(serializer),
            Change::Score(name, value) => named(name, value).serialize(serializer),
            Change::Attribute(name, value) => named(name, value).serialize(serializer),
            Change::Profile(record) => record.serialize(serializer),
            Change::Watermark(part) => part.serialize(serializer),
        }
    }
}

fn channels(change: &Change) -> Option<&Vec<Channel>> {
    match change {
        Change::HardBlocks(channels) | Change::PreferredChannels(channels) => Some(channels),
        _ => None,
    }
}

fn named<'a, T>(name: &str, value: &'a T) -> Named<&'a T> {
    Named { name: name.to_owned(), value }
}
