//! Days of UTC, in which the models count.

use crate::time::{Duration, Timestamp};

pub(super) const DAY: Duration = Duration::days(1);

/// Returns the day of UTC, counted from 1970.
pub(super) fn day(time: Timestamp) -> i64 {
    time.as_millis().div_euclid(DAY.as_millis())
}

/// Returns the instant a day of UTC begins.
pub(super) fn midnight(day: i64) -> Timestamp {
    Timestamp::from_millis(day.saturating_mul(DAY.as_millis()))
}

/// Returns how long something was ago at the last midnight; what is younger
/// was just now.
///
/// Answers that depend on it change once a day, and not all the time.
pub(super) fn since_at_midnight(time: Timestamp, at: Timestamp) -> Duration {
    midnight(day(at)).since(time).max(Duration::ZERO)
}
