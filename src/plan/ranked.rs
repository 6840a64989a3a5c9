//! What ranks an action: its score as far as it is written, its tier, and its
//! place among those that come to as much.

use std::cmp::Reverse;

use crate::check::{
    CERTAIN, CheckedAction, CheckedPropensity, CheckedValue, MAX_FACTOR, MAX_VALUE,
};
use crate::condition::TermId;
use crate::policy::Action;
use crate::time::Timestamp;

/// What ranks an action.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Ranked {
    /// In minor units, or the place of the number that it is read from.
    value: u64,
    /// In parts per billion, or the place of the number that it is read from.
    propensity: u32,
    /// What all business levers together come to as a factor, in basis points.
    pub(crate) lever: u32,
    /// The place among all actions by what decides between equal priorities:
    /// rank, earlier end, id.
    pub(crate) tie: u32,
    pub(crate) tier: u16,
    says: Says,
}

/// The greatest value under the greatest weight fits 64 bits, and so does the
/// greatest propensity under the greatest lever.
const _: () = assert!(
    MAX_VALUE < u64::MAX / MAX_FACTOR.unsigned_abs() && (CERTAIN as u64) < MAX_VALUE,
    "priorities are exact"
);

/// What an action says of its score.
#[derive(Clone, Copy, Debug, Default)]
struct Says(u8);

impl Says {
    const READS_PROPENSITY: Self = Self(1);
    const READS_VALUE: Self = Self(2);
    const PROPENSITY: Self = Self(4);
    const VALUE: Self = Self(8);

    fn has(self, other: Self) -> bool {
        self.0 & other.0 != 0
    }

    fn with(self, other: Self, is_so: bool) -> Self {
        Self(self.0 | if is_so { other.0 } else { 0 })
    }
}

/// A factor of a score.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Factor<T> {
    Fixed(T),
    /// The place among the numbers of the index.
    Read(u32),
}

/// A number that a score is read from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Number {
    Propensity(TermId),
    Value(TermId),
}

impl Ranked {
    /// Lays out what ranks an action, with its lever; `place` numbers the numbers.
    pub(super) fn new(
        (action, written): (&CheckedAction, &Action),
        lever: u32,
        (tier, tie): (u16, u32),
        mut place: impl FnMut(Number) -> u32,
    ) -> Self {
        let (propensity, reads_propensity) = match action.propensity {
            CheckedPropensity::Fixed(parts) => (parts, false),
            CheckedPropensity::Read(term) => (place(Number::Propensity(term)), true),
        };
        let (value, reads_value) = match action.value {
            CheckedValue::Fixed(minor) => (minor, false),
            CheckedValue::Read(term) => (place(Number::Value(term)).into(), true),
        };
        let says = Says::default()
            .with(Says::READS_PROPENSITY, reads_propensity)
            .with(Says::READS_VALUE, reads_value)
            .with(Says::PROPENSITY, written.propensity.is_some())
            .with(Says::VALUE, written.value.is_some());
        Self { value, propensity, lever, tie, tier, says }
    }

    /// Returns propensity × value × lever × a context weight, of an action that
    /// reads neither propensity nor value.
    #[inline]
    pub(crate) fn priority(&self, weight: u32) -> u128 {
        self.priority_with(u64::from(self.propensity), self.value, weight)
    }

    /// The same for a propensity and a value that are read.
    #[inline]
    pub(crate) fn priority_with(&self, propensity: u64, value: u64, weight: u32) -> u128 {
        // Neither of the two can be too large: see above. Factors beyond the
        // greatest are refused with their rules.
        u128::from(propensity * u64::from(self.lever)) * u128::from(value * u64::from(weight))
    }

    /// The same without a context weight.
    pub(super) fn base(&self) -> u128 {
        self.priority(1)
    }

    #[inline]
    pub(crate) fn propensity(&self) -> Factor<u32> {
        if self.says.has(Says::READS_PROPENSITY) {
            Factor::Read(self.propensity)
        } else {
            Factor::Fixed(self.propensity)
        }
    }

    #[inline]
    pub(crate) fn value(&self) -> Factor<u64> {
        if self.says.has(Says::READS_VALUE) {
            #[expect(clippy::cast_possible_truncation, reason = "it was made of 32 bits")]
            Factor::Read(self.value as u32)
        } else {
            Factor::Fixed(self.value)
        }
    }

    /// Tells whether its score is read from something.
    pub(crate) fn is_read(&self) -> bool {
        self.says.has(Says::READS_PROPENSITY) || self.says.has(Says::READS_VALUE)
    }

    /// Tells whether the action says how likely it is taken up.
    pub(super) fn says_propensity(&self) -> bool {
        self.says.has(Says::PROPENSITY)
    }

    /// Tells whether the action says what it is worth.
    pub(super) fn says_value(&self) -> bool {
        self.says.has(Says::VALUE)
    }
}

/// Lists the tiers, the lowest first.
pub(super) fn tiers(actions: &[CheckedAction]) -> Vec<i64> {
    let mut tiers: Vec<i64> = Vec::new();
    for action in actions {
        // Most have the tier of the one before.
        if tiers.last() != Some(&action.labels.tier) {
            tiers.push(action.labels.tier);
        }
    }
    tiers.sort_unstable();
    tiers.dedup();
    tiers
}

/// Numbers the actions by what decides between equal priorities.
pub(super) fn ties(actions: &[CheckedAction], written: &[Action]) -> Vec<u32> {
    let mut places = by_id(written);
    let end = |place: u32| actions.get(place as usize)?.rare.as_ref()?.ends_at;
    let rank = |place: u32| written.get(place as usize).map(|action| action.rank);
    let key =
        |place: u32| (Reverse(rank(place)), end(place).map_or(i64::MAX, Timestamp::as_millis));
    // Ids decide between most of them.
    if !places.is_sorted_by_key(|place| key(*place)) {
        places.sort_by_cached_key(|place| key(*place));
    }
    let mut ties = vec![0; actions.len()];
    for (tie, place) in (0_u32..).zip(places) {
        ties.get_mut(place as usize).into_iter().for_each(|slot| *slot = tie);
    }
    ties
}

/// Lists the places of actions in the order of their ids.
fn by_id(written: &[Action]) -> Vec<u32> {
    let id = |place: u32| written.get(place as usize).map_or("", |action| &*action.id);
    let first = id(0).as_bytes();
    // What all ids begin with tells none of them apart.
    let shared = written.iter().fold(first.len(), |shared, action| {
        let alike = first.iter().take(shared).zip(action.id.bytes());
        alike.take_while(|(one, other)| **one == *other).count()
    });
    let key = |(place, action): (u32, &Action)| {
        let rest = action.id.bytes().skip(shared).chain(std::iter::repeat(0)).take(8);
        let beginning = rest.fold(0_u128, |bytes, byte| bytes << 8 | u128::from(byte));
        beginning << 32 | u128::from(place)
    };
    let mut keys: Vec<u128> = (0..).zip(written).map(key).collect();
    keys.sort_unstable();
    #[expect(clippy::cast_possible_truncation, reason = "the place is in the last 32 bits")]
    let mut places: Vec<(u128, u32)> =
        keys.into_iter().map(|key| (key >> 32, key as u32)).collect();
    for alike in places.chunk_by_mut(|one, other| one.0 == other.0) {
        if alike.len() > 1 {
            alike.sort_by_key(|(_, place)| id(*place));
        }
    }
    places.into_iter().map(|(_, place)| place).collect()
}
