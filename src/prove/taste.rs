//! Which of many values that would do is chosen: plain ones first.

use super::encode::{Scope, Spot};
use crate::schema::Type;

/// A way to choose values; the first is the plainest.
///
/// What is not written down exactly may need other values than the first that
/// comes to mind, so that counterexamples are tried with several tastes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Taste(pub(super) u32);

const HOUR: i64 = 3_600_000;
const DAY: i64 = 24 * HOUR;

/// The moment that counterexamples are about, if nothing else is asked for:
/// 2026-03-10T15:00:30Z, a Tuesday.
const NOW: i64 = 1_773_154_830_000;

/// How far from that moment others are.
const MOMENTS: [i64; 8] =
    [0, -9 * HOUR, 6 * HOUR, -2 * DAY, 4 * DAY, 30 * DAY, 120 * DAY, -200 * DAY];
/// How long ago times lie.
const AGO: [i64; 9] = [HOUR, 0, DAY, -DAY, 3 * DAY, 30 * DAY, -30 * DAY, 400 * DAY, 2_000 * DAY];
const WHOLE: [i64; 12] = [0, 1, 2, 3, 5, 10, 18, 100, -1, 1_000, 100_000, -100];
const REAL: [f64; 9] = [0.5, 0.0, 1.0, 2.0, -1.0, 10.0, 100.0, 0.01, 100_000.0];

impl Taste {
    pub(super) const PLAIN: Self = Self(0);

    pub(super) fn now(self) -> i64 {
        NOW + pick(&MOMENTS, self.turned(1)).unwrap_or(0)
    }

    /// Returns a whole number, or a time, that is tried first at a place.
    pub(super) fn number(self, ty: Option<&Type>, now: i64, at: (Spot<'_>, Scope)) -> i64 {
        let turn = self.turned(salt(at));
        match ty {
            Some(Type::Timestamp) => now.saturating_sub(pick(&AGO, turn).unwrap_or(HOUR)),
            Some(Type::Duration) => pick(&AGO, turn).unwrap_or(HOUR),
            _ => pick(&WHOLE, turn).unwrap_or(0),
        }
    }

    pub(super) fn real(self, at: (Spot<'_>, Scope)) -> f64 {
        pick(&REAL, self.turned(salt(at))).unwrap_or(0.5)
    }

    /// The plain taste turns nothing; the others each place in its own way.
    pub(super) fn turned(self, salt: u32) -> usize {
        let mixed = self.0.wrapping_mul(0x9e37_79b9).rotate_left(salt % 32).wrapping_mul(salt | 1);
        (mixed >> 16) as usize
    }
}

fn pick<T: Copy>(of: &[T], turn: usize) -> Option<T> {
    of.get(turn % of.len().max(1)).copied()
}

/// A number of its own for each place.
fn salt((spot, scope): (Spot<'_>, Scope)) -> u32 {
    let own = match spot {
        Spot::Fact(fact) => fact.0,
        Spot::Entry(fact, key) => {
            key.bytes().fold(fact.0, |sum, byte| sum.wrapping_mul(31) ^ u32::from(byte))
        }
        Spot::Field(list, field) => list.0.wrapping_mul(64) + u32::from(field.0),
        Spot::Element => 7,
    };
    own.wrapping_mul(257).wrapping_add(scope.0).wrapping_add(3)
}
