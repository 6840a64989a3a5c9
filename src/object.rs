//! Objects in documents: a list never stands for one.
//!
//! What serde derives for a struct also reads a list, field by field in their
//! order. In a document that is a mistake, and it must be one here too.

use std::collections::BTreeMap;
use std::fmt;
use std::marker::PhantomData;

use serde::de::{
    Deserialize, DeserializeSeed, Deserializer, Error, MapAccess, Unexpected, Visitor,
};

/// Something that can be read from the entries of an object.
pub(crate) trait FromEntries<'de>: Sized {
    /// Reads the entries.
    fn from_entries<A: MapAccess<'de>>(entries: A) -> Result<Self, A::Error>;
}

/// Reads an object, and nothing else.
pub(crate) fn read<'de, T: FromEntries<'de>, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<T, D::Error> {
    deserializer.deserialize_map(Object(PhantomData))
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

/// Reads values under free names, each of which may occur once.
pub(crate) fn unique<'de, T: Deserialize<'de>, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<BTreeMap<String, T>, D::Error> {
    deserializer.deserialize_any(Unique(PhantomData))
}

struct Unique<T>(PhantomData<T>);

impl<'de, T: Deserialize<'de>> Visitor<'de> for Unique<T> {
    type Value = BTreeMap<String, T>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_unit<E>(self) -> Result<Self::Value, E> {
        Ok(BTreeMap::new())
    }

    fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<Self::Value, A::Error> {
        let mut values = BTreeMap::new();
        while let Some((name, value)) = entries.next_entry::<String, T>()? {
            if values.contains_key(&name) {
                return Err(A::Error::custom(format!("`{name}` occurs twice")));
            }
            values.insert(name, value);
        }
        Ok(values)
    }
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

/// A field that knows how to be unknown by itself.
pub(crate) trait Field<'de>: Default {
    /// Reads the value that comes next.
    fn next<A: MapAccess<'de>>(entries: &mut A) -> Result<Self, A::Error>;
}

impl<'de, T: Deserialize<'de>> Field<'de> for Option<T> {
    fn next<A: MapAccess<'de>>(entries: &mut A) -> Result<Self, A::Error> {
        entries.next_value()
    }
}

impl<'de, T: Deserialize<'de>> Field<'de> for Vec<T> {
    fn next<A: MapAccess<'de>>(entries: &mut A) -> Result<Self, A::Error> {
        entries.next_value()
    }
}

impl<'de, T: Deserialize<'de>> Field<'de> for BTreeMap<String, T> {
    fn next<A: MapAccess<'de>>(entries: &mut A) -> Result<Self, A::Error> {
        entries.next_value_seed(Unique(PhantomData))
    }
}

impl<'de, T: Deserialize<'de>> DeserializeSeed<'de> for Unique<T> {
    type Value = BTreeMap<String, T>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        unique(deserializer)
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
