//! How much memory something takes, and whether its times can be.

use std::collections::BTreeMap;

use super::AsOf;
use crate::time::Timestamp;
use crate::vocabulary::{
    AppointmentStatus, Channel, ConsentStatus, Environment, FormFactor, Metric, Money,
    OnboardingStatus, OrderStatus, Outcome, Platform, Priority, Purpose, SubscriptionStatus,
    TicketState, Topic,
};

/// What something takes outside of itself.
pub(super) trait Footprint {
    /// Returns the bytes it has on the heap, without what the allocator adds.
    fn heap_bytes(&self) -> usize;

    /// Tells whether every time in it lies in the years 2000 to 2100.
    fn is_plausible(&self) -> bool {
        true
    }
}

macro_rules! nothing_outside {
    ($($name:ty),+ $(,)?) => {
        $(impl Footprint for $name {
            fn heap_bytes(&self) -> usize {
                0
            }
        })+
    };
}

nothing_outside!(
    AppointmentStatus,
    Channel,
    ConsentStatus,
    Environment,
    FormFactor,
    Metric,
    Money,
    OnboardingStatus,
    OrderStatus,
    Outcome,
    Platform,
    Priority,
    Purpose,
    SubscriptionStatus,
    TicketState,
    Topic,
    bool,
    i64,
);

impl Footprint for Timestamp {
    fn heap_bytes(&self) -> usize {
        0
    }

    fn is_plausible(&self) -> bool {
        Timestamp::is_plausible(*self)
    }
}

impl Footprint for String {
    fn heap_bytes(&self) -> usize {
        self.capacity()
    }
}

impl<T: Footprint> Footprint for Option<T> {
    fn heap_bytes(&self) -> usize {
        self.as_ref().map_or(0, Footprint::heap_bytes)
    }

    fn is_plausible(&self) -> bool {
        self.as_ref().is_none_or(Footprint::is_plausible)
    }
}

impl<T: Footprint> Footprint for Vec<T> {
    fn heap_bytes(&self) -> usize {
        self.capacity() * size_of::<T>() + self.iter().map(Footprint::heap_bytes).sum::<usize>()
    }

    fn is_plausible(&self) -> bool {
        self.iter().all(Footprint::is_plausible)
    }
}

impl<K: Footprint, V: Footprint> Footprint for BTreeMap<K, V> {
    fn heap_bytes(&self) -> usize {
        let of_entry =
            |(key, value): (&K, &V)| size_of::<(K, V)>() + key.heap_bytes() + value.heap_bytes();
        self.iter().map(of_entry).sum()
    }

    fn is_plausible(&self) -> bool {
        self.values().all(Footprint::is_plausible)
    }
}

impl Footprint for AsOf {
    fn heap_bytes(&self) -> usize {
        self.names().map(|name| size_of::<(String, Timestamp)>() + name.capacity()).sum()
    }

    fn is_plausible(&self) -> bool {
        self.times().all(Timestamp::is_plausible)
    }
}
