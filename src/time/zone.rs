//! Local calendars: which day and which hour it is where somebody lives.
//!
//! The rules of the zones come with the library, so that an answer does not
//! depend on the machine.

use std::fmt;
use std::str::FromStr;

use jiff::civil::{Date, DateTime, Time};
use jiff::tz::TimeZone;

use super::{Duration, ParseTimeError, Timestamp, shortened};
use crate::vocabulary::Weekday;

/// A time zone of the IANA database.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Zone(TimeZone);

impl Zone {
    pub(crate) const UTC: Self = Self(TimeZone::UTC);

    /// Finds a zone by its name, such as `Europe/Vienna`.
    pub(crate) fn find(name: &str) -> Option<Self> {
        if name == "UTC" {
            return Some(Self::UTC);
        }
        find(name).filter(|zone| !zone.is_unknown()).map(Self)
    }

    /// Returns the local date and time of day.
    fn local(&self, at: Timestamp) -> Option<DateTime> {
        let instant = jiff::Timestamp::from_millisecond(at.as_millis()).ok()?;
        Some(self.0.to_datetime(instant))
    }

    /// Returns the instant of a local time.
    ///
    /// One that a change of the clock leaves out is taken by the offset before
    /// the change, one that occurs twice the first time.
    fn instant(&self, local: DateTime) -> Option<Timestamp> {
        let instant = self.0.to_ambiguous_timestamp(local).compatible().ok()?;
        Some(Timestamp::from_millis(instant.as_millisecond()))
    }
}

#[cfg(feature = "zones")]
fn find(name: &str) -> Option<TimeZone> {
    jiff::tz::TimeZoneDatabase::bundled().get(name).ok()
}

#[cfg(not(feature = "zones"))]
fn find(_: &str) -> Option<TimeZone> {
    None
}

/// A time of day in minutes: `00:00` to `24:00`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct TimeOfDay(u16);

const MINUTES_OF_DAY: u16 = 24 * 60;

impl TimeOfDay {
    pub(crate) fn is_end_of_day(self) -> bool {
        self.0 == MINUTES_OF_DAY
    }

    /// Returns the local time on a day; `24:00` is the start of the next.
    fn on(self, day: Date) -> Option<DateTime> {
        if self.is_end_of_day() {
            return Some(day.tomorrow().ok()?.to_datetime(Time::midnight()));
        }
        let (hour, minute) = (i8::try_from(self.0 / 60).ok()?, i8::try_from(self.0 % 60).ok()?);
        Some(day.to_datetime(Time::new(hour, minute, 0, 0).ok()?))
    }
}

impl FromStr for TimeOfDay {
    type Err = ParseTimeError;

    fn from_str(text: &str) -> Result<Self, ParseTimeError> {
        let number = |digits: &str| {
            let is_two = digits.len() == 2 && digits.bytes().all(|byte| byte.is_ascii_digit());
            digits.parse::<u16>().ok().filter(|_| is_two)
        };
        let parts = text.split_once(':').and_then(|(hour, minute)| {
            Some((number(hour)?, number(minute).filter(|minute| *minute < 60)?))
        });
        let minutes = parts.map(|(hour, minute)| hour * 60 + minute);
        minutes
            .filter(|minutes| *minutes <= MINUTES_OF_DAY)
            .map(Self)
            .ok_or_else(|| ParseTimeError::NotTimeOfDay(shortened(text)))
    }
}

impl fmt::Display for TimeOfDay {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:02}:{:02}", self.0 / 60, self.0 % 60)
    }
}

/// Hours that come back every day, or on some days of the week.
///
/// One that ends no later than it begins goes on into the next day, and
/// belongs to the day it begins on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct DailyHours {
    pub(crate) from: TimeOfDay,
    pub(crate) to: TimeOfDay,
    /// The days they begin on; every day if empty.
    pub(crate) days: Vec<Weekday>,
}

impl DailyHours {
    /// Returns when the hours end that an instant lies in, if it lies in any.
    pub(crate) fn end(&self, zone: &Zone, at: Timestamp) -> Option<Timestamp> {
        let today = zone.local(at)?.date();
        // Hours may have begun yesterday; a change of date line takes a day more.
        let days = [today.yesterday().ok()?.yesterday().ok()?, today.yesterday().ok()?, today];
        let windows = days.into_iter().filter_map(|day| self.on(zone, day));
        windows.filter(|(start, end)| *start <= at && at < *end).map(|(_, end)| end).max()
    }

    /// Returns when the next hours begin after an instant.
    pub(crate) fn next_start(&self, zone: &Zone, after: Timestamp) -> Option<Timestamp> {
        let mut day = zone.local(after)?.date().yesterday().ok()?;
        // Within nine days every weekday has come, whatever the clock does.
        for _ in 0..9 {
            if let Some((start, _)) = self.on(zone, day).filter(|(start, _)| *start > after) {
                return Some(start);
            }
            day = day.tomorrow().ok()?;
        }
        None
    }

    /// Returns the hours that begin on a day.
    fn on(&self, zone: &Zone, day: Date) -> Option<(Timestamp, Timestamp)> {
        let weekday = Weekday::of(day);
        if !self.days.is_empty() && !self.days.contains(&weekday) {
            return None;
        }
        let last = if self.to <= self.from { day.tomorrow().ok()? } else { day };
        Some((zone.instant(self.from.on(day)?)?, zone.instant(self.to.on(last)?)?))
    }
}

/// What a calendar is cut into.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum CalendarUnit {
    Day,
    /// Weeks that begin on this day.
    Week(Weekday),
    Month,
    Year,
}

/// So many units of a calendar.
///
/// Several days, months or years are counted from 1970-01-01, several weeks
/// from the last start of a week before it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Period {
    pub(crate) unit: CalendarUnit,
    pub(crate) every: i32,
}

/// The day that several units are counted from.
const FIRST_DAY: Date = jiff::civil::date(1970, 1, 1);

impl Period {
    /// Returns the start of the period that an instant lies in, and of the next.
    pub(crate) fn around(self, zone: &Zone, at: Timestamp) -> Option<(Timestamp, Timestamp)> {
        let number = self.number_of(zone.local(at)?.date())?;
        let start = |number: i32| {
            zone.instant(
                self.first_day(number.checked_mul(self.every)?)?.to_datetime(Time::midnight()),
            )
        };
        Some((start(number)?, start(number.checked_add(1)?)?))
    }

    /// Returns how long a period may be, changes of the clock included.
    pub(crate) fn longest(self) -> Duration {
        let days = match self.unit {
            CalendarUnit::Day => 1,
            CalendarUnit::Week(_) => 7,
            CalendarUnit::Month => 31,
            CalendarUnit::Year => 366,
        };
        // No zone has ever moved by more than a day.
        Duration::days(i64::from(self.every) * days + 1)
    }

    /// Returns which period a day is in.
    fn number_of(self, day: Date) -> Option<i32> {
        let units = match self.unit {
            CalendarUnit::Day => days_between(FIRST_DAY, day),
            CalendarUnit::Week(first) => days_between(first_week(first)?, day).div_euclid(7),
            CalendarUnit::Month => (i32::from(day.year()) - 1970) * 12 + i32::from(day.month()) - 1,
            CalendarUnit::Year => i32::from(day.year()) - 1970,
        };
        Some(units.div_euclid(self.every))
    }

    /// Returns the first day of a unit.
    fn first_day(self, unit: i32) -> Option<Date> {
        match self.unit {
            CalendarUnit::Day => days_after(FIRST_DAY, unit),
            CalendarUnit::Week(first) => days_after(first_week(first)?, unit.checked_mul(7)?),
            CalendarUnit::Month => {
                let year = i16::try_from(1970 + unit.div_euclid(12)).ok()?;
                Date::new(year, i8::try_from(unit.rem_euclid(12) + 1).ok()?, 1).ok()
            }
            CalendarUnit::Year => Date::new(i16::try_from(1970 + unit).ok()?, 1, 1).ok(),
        }
    }
}

/// Returns the start of the week that 1970-01-01 is in.
fn first_week(first: Weekday) -> Option<Date> {
    days_after(FIRST_DAY, -i32::from(Weekday::of(FIRST_DAY).days_since(first)))
}

fn days_between(earlier: Date, later: Date) -> i32 {
    (later - earlier).get_days()
}

fn days_after(day: Date, days: i32) -> Option<Date> {
    day.checked_add(jiff::Span::new().try_days(days).ok()?).ok()
}

impl Weekday {
    fn of(day: Date) -> Self {
        match day.weekday() {
            jiff::civil::Weekday::Monday => Self::Monday,
            jiff::civil::Weekday::Tuesday => Self::Tuesday,
            jiff::civil::Weekday::Wednesday => Self::Wednesday,
            jiff::civil::Weekday::Thursday => Self::Thursday,
            jiff::civil::Weekday::Friday => Self::Friday,
            jiff::civil::Weekday::Saturday => Self::Saturday,
            jiff::civil::Weekday::Sunday => Self::Sunday,
        }
    }
}

#[cfg(test)]
#[cfg(feature = "zones")]
mod tests {
    use super::*;

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    fn hours(from: &str, to: &str, days: &[Weekday]) -> DailyHours {
        DailyHours { from: from.parse().unwrap(), to: to.parse().unwrap(), days: days.to_vec() }
    }

    #[test]
    fn nights_belong_to_the_day_they_begin_on() {
        let vienna = Zone::find("Europe/Vienna").unwrap();
        let night = hours("21:00", "09:00", &[Weekday::Friday]);
        // 2026-03-13 is a Friday.
        assert_eq!(night.end(&vienna, at("2026-03-13T19:59:59Z")), None);
        let end = Some(at("2026-03-14T08:00:00Z"));
        assert_eq!(night.end(&vienna, at("2026-03-13T20:00:00Z")), end);
        assert_eq!(night.end(&vienna, at("2026-03-14T07:59:59Z")), end);
        assert_eq!(night.end(&vienna, at("2026-03-14T08:00:00Z")), None);
        assert_eq!(night.end(&vienna, at("2026-03-14T21:00:00Z")), None);
        let next = night.next_start(&vienna, at("2026-03-14T21:00:00Z"));
        assert_eq!(next, Some(at("2026-03-20T20:00:00Z")));
    }

    #[test]
    fn a_change_of_the_clock_makes_nights_longer_or_shorter() {
        let vienna = Zone::find("Europe/Vienna").unwrap();
        let night = hours("21:00", "09:00", &[]);
        let length = |text: &str| {
            let end = night.end(&vienna, at(text)).unwrap();
            end.since(at(text)).as_millis() / 3_600_000
        };
        assert_eq!(length("2026-03-28T20:00:00Z"), 11, "spring forward");
        assert_eq!(length("2026-10-24T19:00:00Z"), 13, "fall back");
        // 02:30 does not exist on this day: the gap moves it to 03:30.
        let gap = hours("02:30", "04:00", &[]);
        assert_eq!(gap.end(&vienna, at("2026-03-29T01:29:59Z")), None);
        assert_eq!(gap.end(&vienna, at("2026-03-29T01:30:00Z")), Some(at("2026-03-29T02:00:00Z")));
    }

    #[test]
    fn periods_begin_where_the_calendar_says() {
        let utc = Zone::UTC;
        let around = |unit, every, text| Period { unit, every }.around(&utc, at(text)).unwrap();
        let day = (at("2026-03-10T00:00:00Z"), at("2026-03-11T00:00:00Z"));
        assert_eq!(around(CalendarUnit::Day, 1, "2026-03-10T15:00:30Z"), day);
        let sunday = (at("2026-03-08T00:00:00Z"), at("2026-03-15T00:00:00Z"));
        let weeks = CalendarUnit::Week(Weekday::Sunday);
        assert_eq!(around(weeks, 1, "2026-03-10T15:00:30Z"), sunday);
        assert_eq!(around(weeks, 1, "2026-03-08T00:00:00Z"), sunday);
        let monday = (at("2026-03-09T00:00:00Z"), at("2026-03-16T00:00:00Z"));
        assert_eq!(around(CalendarUnit::Week(Weekday::Monday), 1, "2026-03-10T15:00:30Z"), monday);
        let month = (at("2026-03-01T00:00:00Z"), at("2026-04-01T00:00:00Z"));
        assert_eq!(around(CalendarUnit::Month, 1, "2026-03-10T15:00:30Z"), month);
        let quarter = (at("2026-01-01T00:00:00Z"), at("2026-04-01T00:00:00Z"));
        assert_eq!(around(CalendarUnit::Month, 3, "2026-03-10T15:00:30Z"), quarter);
        let decade = (at("2020-01-01T00:00:00Z"), at("2030-01-01T00:00:00Z"));
        assert_eq!(around(CalendarUnit::Year, 10, "2026-03-10T15:00:30Z"), decade);
    }

    #[test]
    fn times_of_day_are_two_digits_each() {
        for text in ["00:00", "09:30", "24:00"] {
            assert_eq!(text.parse::<TimeOfDay>().unwrap().to_string(), text);
        }
        for text in ["", "9:30", "24:01", "12:60", "12", "+1:00", "12:00:00", "noon"] {
            assert!(text.parse::<TimeOfDay>().is_err(), "{text}");
        }
        assert!(Zone::find("Europe/Wien").is_none());
        assert!(Zone::find("Etc/Unknown").is_none());
    }
}
