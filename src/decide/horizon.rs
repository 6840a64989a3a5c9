//! Until when nothing changes by itself.

use crate::condition::Outcome;
use crate::schema::Delivery;
use crate::time::Timestamp;

/// The first instant at which anything that was looked at may change.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Horizon {
    /// While the parts grow older.
    running: i64,
    /// While every part stays as fresh or stale as it is.
    frozen: i64,
}

impl Default for Horizon {
    fn default() -> Self {
        Self::NEVER
    }
}

impl Horizon {
    pub(super) const NEVER: Self = Self { running: i64::MAX, frozen: i64::MAX };

    pub(super) fn of(outcome: &Outcome) -> Self {
        let frozen = outcome.next_frozen_change().map_or(i64::MAX, Timestamp::as_millis);
        Self { running: outcome.changes_at().map_or(i64::MAX, Timestamp::as_millis), frozen }
    }

    pub(super) fn at(instant: Option<Timestamp>) -> Self {
        let instant = instant.map_or(i64::MAX, Timestamp::as_millis);
        Self { running: instant, frozen: instant }
    }

    /// The age of a part counts only while parts grow older.
    pub(super) fn of_delivery(delivery: Delivery) -> Self {
        let running = delivery.changes_at().map_or(i64::MAX, Timestamp::as_millis);
        Self { running, ..Self::NEVER }
    }

    /// The same for those only who ask what frozen parts lead to.
    pub(super) fn while_frozen(self) -> Self {
        Self { running: Self::NEVER.running, ..self }
    }

    pub(super) fn joined(self, other: Self) -> Self {
        Self { running: self.running.min(other.running), frozen: self.frozen.min(other.frozen) }
    }

    /// Returns when anything may change, whether parts grow older or not, in
    /// Unix milliseconds; the greatest number if never.
    pub(super) fn soonest_millis(self) -> i64 {
        self.running.min(self.frozen)
    }

    /// Tells whether what goes on changes by an instant, in Unix milliseconds.
    pub(super) fn is_over_by(self, instant: i64) -> bool {
        self.running <= instant
    }

    /// Returns when what goes on changes, in Unix milliseconds; the greatest
    /// number if never.
    pub(super) fn running_millis(self) -> i64 {
        self.running
    }

    pub(super) fn running(self) -> Option<Timestamp> {
        (self.running != i64::MAX).then(|| Timestamp::from_millis(self.running))
    }

    pub(super) fn frozen(self) -> Option<Timestamp> {
        (self.frozen != i64::MAX).then(|| Timestamp::from_millis(self.frozen))
    }
}
