//! What the example `one_customer` claims: the upgrade goes with the event that opens the dispute,
//! and comes back at the instant that was said.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test may stop at the first surprise"
)]

#[path = "../examples/one_customer.rs"]
#[allow(dead_code, reason = "its main is not called here")]
mod example;

use example::{Day, Moment, Upgrade};
use tactful::{Duration, Timestamp};

fn at(time: &str) -> Timestamp {
    time.parse().unwrap()
}

#[test]
fn the_upgrade_goes_with_the_dispute_and_comes_back_when_it_was_said() {
    // That the order of arrival makes no difference, it asserts itself.
    let moments = Day::tell().unwrap().moments;
    let (opened, closed) = (at("2026-03-10T10:02:20Z"), at("2026-03-10T16:10:00Z"));
    // Fourteen days after the desk closed the case, not after we heard of it.
    let until = at("2026-03-24T16:09:00Z");
    for Moment { now, first, upgrade } in &moments {
        let expected = match *now {
            now if now < opened || now >= until => Upgrade::Shown,
            now if now < closed => Upgrade::Withheld { until: None },
            _ => Upgrade::Withheld { until: Some(until) },
        };
        assert_eq!(*upgrade, expected, "at {now}");
        assert_eq!(first == "premium-upgrade", expected == Upgrade::Shown, "at {now}: {first}");
    }
    for (now, count) in
        [(opened, 1), (closed, 1), (until - Duration::from_millis(1), 1), (until, 1)]
    {
        assert_eq!(moments.iter().filter(|moment| moment.now == now).count(), count, "{now}");
    }
    assert_eq!(moments.len(), 19 + 2);
}

#[test]
fn it_fits_on_a_screen_and_says_what_became_of_each_event() {
    let told = Day::tell().unwrap().told;
    assert!(told.lines().all(|line| line.chars().count() <= 100), "{told}");
    for (said, times) in [("known already", 1), ("overtaken by newer news", 3), ("✗", 4)] {
        assert_eq!(told.matches(said).count(), times, "{said}");
    }
}
