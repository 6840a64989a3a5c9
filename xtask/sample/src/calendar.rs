//! The moment of the sample, and how both sources are moved up to it.
//!
//! The sources are of 2017 and 2014. Each is shifted by whole days, so that
//! its last day becomes the day of [`NOW`]; distances within a source stay.

use tactful::{Duration, Timestamp};

/// The moment at which the sample is looked at: 2026-03-10T15:00:30Z.
pub const NOW: Timestamp = Timestamp::from_millis(1_773_154_830_000);

/// From 2018-01-01, the last day with a basket, to the day of [`NOW`].
pub const SHOP_SHIFT: Duration = Duration::days(2_990);

/// From 2014-11-13, the last day with a complaint, to the day of [`NOW`].
pub const DESK_SHIFT: Duration = Duration::days(4_135);

#[cfg(test)]
mod tests {
    use super::*;

    fn time(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    #[test]
    fn the_last_days_of_the_sources_become_the_day_of_the_sample() {
        let today = time("2026-03-10T00:00:00Z");
        assert_eq!(NOW, time("2026-03-10T15:00:30Z"));
        assert_eq!(time("2018-01-01T00:00:00Z") + SHOP_SHIFT, today);
        assert_eq!(time("2014-11-13T00:00:00Z") + DESK_SHIFT, today);
    }
}
