//! Where days begin, for a handful of zones whose rules are written out here.
//!
//! The engine asks the database of the world's time zones; the reference has
//! the rules of the year 2026 as POSIX texts, so that it does not ask the same
//! source.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use jiff::civil::{Date, date};
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan};

use crate::rules::Calendar;

const RULES: [(&str, &str); 6] = [
    ("UTC", "UTC0"),
    ("Europe/Vienna", "CET-1CEST,M3.5.0,M10.5.0/3"),
    ("America/New_York", "EST5EDT,M3.2.0,M11.1.0"),
    ("Asia/Kolkata", "IST-5:30"),
    // Half an hour of summer time.
    ("Australia/Lord_Howe", "<+1030>-10:30<+11>-11,M10.1.0,M4.1.0"),
    // Summer time begins at midnight: that day has none.
    ("Asia/Beirut", "EET-2EEST,M3.5.0/0,M10.5.0/0"),
];

pub(crate) const DAYS: [&str; 7] =
    ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"];

static ZONES: LazyLock<BTreeMap<&str, TimeZone>> = LazyLock::new(|| {
    let zone = |rule: &str| TimeZone::posix(rule).expect("a rule");
    RULES.iter().map(|(name, rule)| (*name, zone(rule))).collect()
});

/// Finds a zone; `None` if there is none of that name.
pub(crate) fn zone(name: &str) -> Option<&'static TimeZone> {
    ZONES.get(name)
}

/// Returns the local date at an instant.
pub(crate) fn local_date(zone: &TimeZone, at: i64) -> Date {
    let at = Timestamp::from_millisecond(at).expect("an instant");
    zone.to_datetime(at).date()
}

/// Returns the instant of a local time; one that does not exist is as much
/// later as the clock was put forward, and of two that are one the earlier.
pub(crate) fn instant(zone: &TimeZone, date: Date, minutes: i64) -> i64 {
    let local = date.at(0, 0, 0, 0).saturating_add(minutes.minutes());
    zone.to_timestamp(local).expect("an instant").as_millisecond()
}

pub(crate) fn weekday(date: Date) -> &'static str {
    DAYS[usize::try_from(date.weekday().to_monday_zero_offset()).expect("seven days")]
}

/// Returns the first day of the period that a day is in.
fn first_day(calendar: &Calendar, day: Date) -> Date {
    let epoch = date(1970, 1, 1);
    let whole = |number: i64, of: i64| number.div_euclid(of) * of;
    let since = |from: Date| i64::from((day - from).get_days());
    let month_of = |months: i64| {
        let year = i16::try_from(1970 + months.div_euclid(12)).expect("a year");
        date(year, i8::try_from(months.rem_euclid(12) + 1).expect("a month"), 1)
    };
    let (year, month) = (i64::from(day.year()), i64::from(day.month()));
    match calendar.unit {
        "day" => epoch + whole(since(epoch), calendar.every).days(),
        "week" => {
            let mut first = epoch;
            while weekday(first) != calendar.week_starts.unwrap_or("monday") {
                first -= 1.day();
            }
            first + whole(since(first), 7 * calendar.every).days()
        }
        "month" => month_of(whole((year - 1970) * 12 + month - 1, calendar.every)),
        _ => month_of(whole(year - 1970, calendar.every) * 12),
    }
}

/// Returns when the period that an instant is in began.
pub(crate) fn period_start(calendar: &Calendar, zone: &TimeZone, at: i64) -> i64 {
    instant(zone, first_day(calendar, local_date(zone, at)), 0)
}

/// Returns when the next period begins.
pub(crate) fn next_period(calendar: &Calendar, zone: &TimeZone, at: i64) -> i64 {
    let now = first_day(calendar, local_date(zone, at));
    let mut day = now;
    while first_day(calendar, day) == now {
        day += 1.day();
    }
    instant(zone, day, 0)
}
