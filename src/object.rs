//! Objects in documents: a list never stands for one.
//!
//! What serde derives for a struct also reads a list, field by field in their
//! order. In a document that is a mistake, and it must be one here too.

use std::cmp::Ordering;
use std::collections::{BTreeMap, btree_map};
use std::fmt;
use std::marker::PhantomData;

use serde::de::{
    Deserialize, DeserializeSeed, Deserializer, Error, MapAccess, Unexpected, Visitor,
};
use smallvec::SmallVec;

/// Something that can be read from the entries of an object.
pub(crate) trait FromEntries<'de>: Sized {
    /// Reads the entries.
    fn from_entries<A: MapAccess<'de>>(entries: A) -> Result<Self, A::Error>;

    /// Reads the entries over what is there, of which nothing is left: its
    /// memory may be used again. After an error something is there, and it
    /// means nothing.
    fn read_entries<A: MapAccess<'de>>(&mut self, entries: A) -> Result<(), A::Error> {
        *self = Self::from_entries(entries)?;
        Ok(())
    }
}

/// Reads an object, and nothing else.
pub(crate) fn read<'de, T: FromEntries<'de>, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<T, D::Error> {
    deserializer.deserialize_map(Object(PhantomData))
}

/// Reads an object, and nothing else, over what is there.
pub(crate) fn read_over<'de, T: FromEntries<'de>, D: Deserializer<'de>>(
    deserializer: D,
    place: &mut T,
) -> Result<(), D::Error> {
    deserializer.deserialize_map(ObjectOver(place))
}

struct Object<T>(PhantomData<T>);

impl<'de, T: FromEntries<'de>> Visitor<'de> for Object<T> {
    type Value = T;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, entries: A) -> Result<T, A::Error> {
        T::from_entries(entries)
    }
}

struct ObjectOver<'a, T>(&'a mut T);

impl<'de, T: FromEntries<'de>> Visitor<'de> for ObjectOver<'_, T> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, entries: A) -> Result<(), A::Error> {
        self.0.read_entries(entries)
    }
}

/// Reads values under free names, each of which may occur once.
#[cfg(feature = "json")]
pub(crate) fn unique<'de, T: Deserialize<'de>, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<BTreeMap<String, T>, D::Error> {
    let mut values = BTreeMap::new();
    unique_over(deserializer, &mut values)?;
    Ok(values)
}

/// Reads values under free names, each of which may occur once, over others.
pub(crate) fn unique_over<'de, T: Deserialize<'de>, D: Deserializer<'de>>(
    deserializer: D,
    place: &mut BTreeMap<String, T>,
) -> Result<(), D::Error> {
    deserializer.deserialize_any(OverMap(place))
}

/// Reads the value of a name that has not occurred before.
fn insert_next<'de, T: Deserialize<'de>, A: MapAccess<'de>>(
    values: &mut BTreeMap<String, T>,
    name: String,
    entries: &mut A,
) -> Result<(), A::Error> {
    if values.contains_key(&name) {
        return Err(A::Error::custom(format!("`{name}` occurs twice")));
    }
    values.insert(name, entries.next_value()?);
    Ok(())
}

/// What stands in a required field until its value is read.
pub(crate) trait Blank {
    fn blank() -> Self;
}

impl Blank for String {
    fn blank() -> Self {
        Self::new()
    }
}

impl Blank for i64 {
    fn blank() -> Self {
        0
    }
}

/// Reads a value over what is there, whose memory may be used again.
pub(crate) struct Over<'a, T>(pub(crate) &'a mut T);

impl<'de, T: Deserialize<'de>> DeserializeSeed<'de> for Over<'_, T> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        T::deserialize_in_place(deserializer, self.0)
    }
}

/// A field that knows how to be unknown by itself.
pub(crate) trait Field<'de>: Default {
    /// Reads the value that comes next over what is there.
    fn read_next<A: MapAccess<'de>>(&mut self, entries: &mut A) -> Result<(), A::Error>;

    /// Makes it unknown.
    fn forget(&mut self) {
        *self = Self::default();
    }
}

impl<'de, T: Deserialize<'de>> Field<'de> for Option<T> {
    fn read_next<A: MapAccess<'de>>(&mut self, entries: &mut A) -> Result<(), A::Error> {
        entries.next_value_seed(OverOption(self))
    }
}

struct OverOption<'a, T>(&'a mut Option<T>);

impl<'de, T: Deserialize<'de>> DeserializeSeed<'de> for OverOption<'_, T> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_option(self)
    }
}

impl<'de, T: Deserialize<'de>> Visitor<'de> for OverOption<'_, T> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("option")
    }

    fn visit_none<E>(self) -> Result<(), E> {
        *self.0 = None;
        Ok(())
    }

    fn visit_unit<E>(self) -> Result<(), E> {
        *self.0 = None;
        Ok(())
    }

    fn visit_some<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        match self.0 {
            Some(value) => T::deserialize_in_place(deserializer, value),
            none => {
                *none = Some(T::deserialize(deserializer)?);
                Ok(())
            }
        }
    }
}

impl<'de, T: Deserialize<'de>> Field<'de> for Vec<T> {
    fn read_next<A: MapAccess<'de>>(&mut self, entries: &mut A) -> Result<(), A::Error> {
        entries.next_value_seed(Over(self))
    }
}

impl<'de, T: Deserialize<'de>> Field<'de> for BTreeMap<String, T> {
    fn read_next<A: MapAccess<'de>>(&mut self, entries: &mut A) -> Result<(), A::Error> {
        entries.next_value_seed(OverMap(self))
    }
}

/// Reads values under free names over those that are there.
struct OverMap<'a, T>(&'a mut BTreeMap<String, T>);

impl<'de, T: Deserialize<'de>> DeserializeSeed<'de> for OverMap<'_, T> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        unique_over(deserializer, self.0)
    }
}

impl<'de, T: Deserialize<'de>> Visitor<'de> for OverMap<'_, T> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_unit<E>(self) -> Result<(), E> {
        self.0.clear();
        Ok(())
    }

    fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<(), A::Error> {
        // One customer after the other has about the same names, most often sorted.
        let mut known = Known { entries: self.0.iter_mut(), next: None, are_said: SmallVec::new() };
        let mut others = BTreeMap::new();
        while let Some(found) = entries.next_key_seed(&mut known)? {
            match found {
                Ok(value) => entries.next_value_seed(Over(value))?,
                Err(name) => insert_next(&mut others, name, &mut entries)?,
            }
        }
        let are_said = known.are_said;
        if are_said.len() < self.0.len() || are_said.contains(&false) {
            let mut are_said = are_said.into_iter();
            self.0.retain(|_, _| are_said.next().unwrap_or_default());
        }
        if let Some(name) = others.keys().find(|name| self.0.contains_key(*name)) {
            return Err(A::Error::custom(format!("`{name}` occurs twice")));
        }
        self.0.extend(others);
        Ok(())
    }
}

/// The values that were there, in the order of their names.
struct Known<'a, T> {
    entries: btree_map::IterMut<'a, String, T>,
    /// The first of them that names may still come to.
    next: Option<(&'a String, &'a mut T)>,
    /// Which of those before it are said again.
    are_said: SmallVec<[bool; 32]>,
}

impl<'a, T> Known<'a, T> {
    /// Finds the value of a name that comes after all names before.
    fn find(&mut self, name: &str) -> Option<&'a mut T> {
        loop {
            let (known, value) = self.next.take().or_else(|| self.entries.next())?;
            match known.as_str().cmp(name) {
                Ordering::Less => self.are_said.push(false),
                Ordering::Equal => {
                    self.are_said.push(true);
                    return Some(value);
                }
                Ordering::Greater => {
                    self.next = Some((known, value));
                    return None;
                }
            }
        }
    }
}

impl<'de, 'a, T> DeserializeSeed<'de> for &mut Known<'a, T> {
    /// The value that was there, or the name.
    type Value = Result<&'a mut T, String>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        deserializer.deserialize_string(self)
    }
}

impl<'a, T> Visitor<'_> for &mut Known<'a, T> {
    type Value = Result<&'a mut T, String>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a string")
    }

    fn visit_str<E>(self, name: &str) -> Result<Self::Value, E> {
        Ok(self.find(name).ok_or_else(|| name.to_owned()))
    }

    fn visit_bytes<E: Error>(self, name: &[u8]) -> Result<Self::Value, E> {
        let text = std::str::from_utf8(name);
        self.visit_str(text.map_err(|_| E::invalid_value(Unexpected::Bytes(name), &"a string"))?)
    }
}

/// A struct whose fields are read one by one, each at its place.
pub(crate) trait Fields {
    /// The names of the fields, in their order.
    const NAMES: &'static [&'static str];

    /// Finds the place of a name.
    fn place(name: &str) -> Option<usize>;
}

/// Reads the place of the field that a key names.
pub(crate) struct Place<T>(pub(crate) PhantomData<T>);

impl<'de, T: Fields> DeserializeSeed<'de> for Place<T> {
    type Value = usize;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<usize, D::Error> {
        deserializer.deserialize_identifier(self)
    }
}

impl<T: Fields> Visitor<'_> for Place<T> {
    type Value = usize;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("field identifier")
    }

    fn visit_u64<E: Error>(self, place: u64) -> Result<usize, E> {
        let known = usize::try_from(place).ok().filter(|place| *place < T::NAMES.len());
        known.ok_or_else(|| E::invalid_value(Unexpected::Unsigned(place), &"the place of a field"))
    }

    fn visit_str<E: Error>(self, name: &str) -> Result<usize, E> {
        T::place(name).ok_or_else(|| E::unknown_field(name, T::NAMES))
    }

    fn visit_bytes<E: Error>(self, name: &[u8]) -> Result<usize, E> {
        self.visit_str(&String::from_utf8_lossy(name))
    }
}

/// Makes a struct that derives `Serialize` and `Deserialize` with
/// `#[serde(remote = "Self")]` read objects only.
macro_rules! object {
    ($name:ident) => {
        impl<'de> crate::object::FromEntries<'de> for $name {
            fn from_entries<A: serde::de::MapAccess<'de>>(entries: A) -> Result<Self, A::Error> {
                let entries = serde::de::value::MapAccessDeserializer::new(entries);
                // The inherent function that serde derives for a remote type.
                Self::deserialize(entries)
            }
        }

        crate::object::from_entries!($name);
    };
}

/// Makes a struct that derives `Serialize` with `#[serde(remote = "Self")]` read
/// objects only, from their entries.
macro_rules! from_entries {
    ($name:ident) => {
        impl<'de> serde::Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                crate::object::read(deserializer)
            }

            fn deserialize_in_place<D: serde::Deserializer<'de>>(
                deserializer: D,
                place: &mut Self,
            ) -> Result<(), D::Error> {
                crate::object::read_over(deserializer, place)
            }
        }

        impl serde::Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                // The inherent function that serde derives for a remote type.
                Self::serialize(self, serializer)
            }
        }
    };
}

pub(crate) use {from_entries, object};
