//! Known and unknown: parts, and which fields say nothing.

use std::collections::BTreeMap;

use serde::de::MapAccess;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::List;
use super::footprint::Footprint;
use crate::object::Field;

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

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Part<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Ok(Option::deserialize(deserializer)?.map_or(Self::Unknown, Self::Known))
    }
}

impl<'de, T: Deserialize<'de>> Field<'de> for Part<T> {
    fn next<A: MapAccess<'de>>(entries: &mut A) -> Result<Self, A::Error> {
        entries.next_value()
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
