//! Three truth values, and how long each holds.

use std::fmt;

use serde::Serialize;

use crate::time::Timestamp;

/// What is known about a statement: true, false, or neither.
///
/// `&&`, `||` and `!` are Kleene's: `false && unknown` is false, `true ||
/// unknown` is true, and everything else that touches an unknown is unknown.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Truth {
    /// Known to be true.
    True,
    /// Known to be false.
    False,
    /// Not known.
    Unknown,
}

impl Truth {
    pub(crate) fn not(self) -> Self {
        match self {
            Self::True => Self::False,
            Self::False => Self::True,
            Self::Unknown => Self::Unknown,
        }
    }
}

impl From<bool> for Truth {
    fn from(value: bool) -> Self {
        if value { Self::True } else { Self::False }
    }
}

impl fmt::Display for Truth {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::True => "true",
            Self::False => "false",
            Self::Unknown => "unknown",
        })
    }
}

/// An instant that never comes.
pub(crate) const NEVER: i64 = i64::MAX;

/// A truth and the first instant at which it may change.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Rail {
    pub(crate) truth: Truth,
    /// Unix milliseconds; the truth holds up to here, and may change here.
    pub(crate) changes_at: i64,
}

impl Rail {
    pub(crate) const UNKNOWN: Self = Self { truth: Truth::Unknown, changes_at: NEVER };

    fn and(self, other: Self) -> Self {
        match (self.truth, other.truth) {
            // One false part is enough: the last to hold carries the whole.
            (Truth::False, Truth::False) => {
                Self { truth: Truth::False, changes_at: self.changes_at.max(other.changes_at) }
            }
            (Truth::False, _) => self,
            (_, Truth::False) => other,
            (Truth::True, Truth::True) => self.with(other, Truth::True),
            _ => self.with(other, Truth::Unknown),
        }
    }

    fn with(self, other: Self, truth: Truth) -> Self {
        Self { truth, changes_at: self.changes_at.min(other.changes_at) }
    }

    fn not(self) -> Self {
        Self { truth: self.truth.not(), ..self }
    }
}

/// What a condition comes to, on every rail at once.
///
/// The *fresh* rail takes what is stale for unknown, the *last known* one for
/// what it said. Their horizons let time run while every part stays as fresh
/// or stale as it is; the *running* one lets the parts age as well.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Outcome {
    pub(crate) fresh: Rail,
    pub(crate) last_known: Rail,
    pub(crate) running: Rail,
}

impl Outcome {
    pub(crate) const UNKNOWN: Self = Self::always(Truth::Unknown);

    pub(crate) const fn always(truth: Truth) -> Self {
        let rail = Rail { truth, changes_at: NEVER };
        Self { fresh: rail, last_known: rail, running: rail }
    }

    /// Returns the truth; what is stale or was never delivered is unknown.
    #[must_use]
    pub fn truth(&self) -> Truth {
        self.fresh.truth
    }

    /// Returns the truth by the last known facts, however old they are.
    #[must_use]
    pub fn last_known(&self) -> Truth {
        self.last_known.truth
    }

    /// Returns the first instant at which the truth may change by itself.
    ///
    /// Nothing changes before it as long as the facts stay as they are; parts
    /// keep ageing on the way. `None` if time alone never changes it.
    #[must_use]
    pub fn changes_at(&self) -> Option<Timestamp> {
        (self.running.changes_at != NEVER).then(|| Timestamp::from_millis(self.running.changes_at))
    }

    pub(crate) fn and(self, other: Self) -> Self {
        Self {
            fresh: self.fresh.and(other.fresh),
            last_known: self.last_known.and(other.last_known),
            running: self.running.and(other.running),
        }
    }

    pub(crate) fn or(self, other: Self) -> Self {
        self.not().and(other.not()).not()
    }

    pub(crate) fn not(self) -> Self {
        Self {
            fresh: self.fresh.not(),
            last_known: self.last_known.not(),
            running: self.running.not(),
        }
    }

    /// Holds up to an instant at most, if there is one.
    pub(crate) fn until(self, changes_at: Option<Timestamp>) -> Self {
        let changes_at = changes_at.map_or(NEVER, Timestamp::as_millis);
        let rail = |rail: Rail| Rail { changes_at: rail.changes_at.min(changes_at), ..rail };
        Self {
            fresh: rail(self.fresh),
            last_known: rail(self.last_known),
            running: rail(self.running),
        }
    }

    /// Returns when either frozen rail may change, if ever.
    pub(crate) fn next_frozen_change(&self) -> Option<Timestamp> {
        let instant = self.frozen_change();
        (instant != NEVER).then(|| Timestamp::from_millis(instant))
    }

    /// Returns when either frozen rail may change, as Unix milliseconds.
    pub(crate) fn frozen_change(&self) -> i64 {
        self.fresh.changes_at.min(self.last_known.changes_at)
    }
}
