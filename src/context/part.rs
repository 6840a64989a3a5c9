//! Known and unknown: parts, and which fields say nothing.

use std::collections::BTreeMap;
use std::fmt;

use serde::de::MapAccess;
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

use super::List;
use super::footprint::Footprint;
use crate::object::{self, Blank, Field};

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

    /// Changes what is known, or what is to be known from now on.
    pub(super) fn change<R>(
        &mut self,
        new: impl FnOnce() -> T,
        change: impl FnOnce(&mut T) -> R,
    ) -> R {
        match self {
            Self::Known(value) => change(value),
            Self::Unknown => {
                let mut value = new();
                let result = change(&mut value);
                *self = Self::Known(value);
                result
            }
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

impl<'de, T: Deserialize<'de> + Blank> Deserialize<'de> for Part<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let mut part = Self::Unknown;
        Self::deserialize_in_place(deserializer, &mut part)?;
        Ok(part)
    }

    fn deserialize_in_place<D: Deserializer<'de>>(
        deserializer: D,
        place: &mut Self,
    ) -> Result<(), D::Error> {
        deserializer.deserialize_option(Over(place))
    }
}

/// Reads a part over what is there.
struct Over<'a, T>(&'a mut Part<T>);

impl<'de, T: Deserialize<'de> + Blank> de::Visitor<'de> for Over<'_, T> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("option")
    }

    fn visit_none<E>(self) -> Result<(), E> {
        *self.0 = Part::Unknown;
        Ok(())
    }

    fn visit_unit<E>(self) -> Result<(), E> {
        *self.0 = Part::Unknown;
        Ok(())
    }

    fn visit_some<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        // One that is read where it lies is not moved there afterwards.
        if let Part::Unknown = self.0 {
            *self.0 = Part::Known(T::blank());
        }
        match self.0 {
            Part::Known(value) => T::deserialize_in_place(deserializer, value),
            Part::Unknown => Ok(()),
        }
    }
}

impl<'de, T: Deserialize<'de> + Blank> Field<'de> for Part<T> {
    fn read_next<A: MapAccess<'de>>(&mut self, entries: &mut A) -> Result<(), A::Error> {
        entries.next_value_seed(object::Over(self))
    }
}

impl<T: Footprint> Footprint for Part<T> {
    fn heap_bytes(&self) -> usize {
        self.known().map_or(0, Footprint::heap_bytes)
    }

    fn is_plausible(&self) -> bool {
        self.known().is_none_or(Footprint::is_plausible)
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
        List::says_nothing(self)
    }
}

impl<K, V> Unknowable for BTreeMap<K, V> {
    fn says_nothing(&self) -> bool {
        self.is_empty()
    }
}

impl<T> Unknowable for Vec<T> {
    fn says_nothing(&self) -> bool {
        self.is_empty()
    }
}

pub(super) fn is_unknown(value: &impl Unknowable) -> bool {
    value.says_nothing()
}
