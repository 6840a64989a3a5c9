//! Points and lengths of time as plain numbers; never reads a clock.
//!
//! A [`Timestamp`] is a count of milliseconds since 1970-01-01T00:00:00Z, a
//! [`Duration`] a signed count of milliseconds. Documents spell the first in
//! RFC 3339 and the second as `"15m"`, `"24h"`, `"14d"`.

mod zone;

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

pub(crate) use zone::{CalendarUnit, DailyHours, Period, TimeOfDay, Zone};

/// How far ahead of `now` a watermark may be before it is not believed: clocks
/// differ.
pub(crate) const CLOCK_SKEW: Duration = Duration::seconds(5);

const SECOND: i64 = 1_000;
const MINUTE: i64 = 60 * SECOND;
const HOUR: i64 = 60 * MINUTE;
const DAY: i64 = 24 * HOUR;
const WEEK: i64 = 7 * DAY;

/// A point in time: Unix milliseconds, UTC.
///
/// Documents spell it in RFC 3339, with any offset (`2026-03-10T15:00:30Z`),
/// or as a number of milliseconds; it is written as RFC 3339 in UTC. Times
/// outside the years 2000 to 2100 are refused in documents: they are nearly
/// always seconds taken for milliseconds, or a sentinel.
///
/// # Examples
///
/// ```
/// use tactful::{Duration, Timestamp};
///
/// let now: Timestamp = "2026-03-10T16:00:30+01:00".parse()?;
/// assert_eq!(now.to_string(), "2026-03-10T15:00:30Z");
/// assert_eq!((now + Duration::days(14)).to_string(), "2026-03-24T15:00:30Z");
/// # Ok::<(), tactful::time::ParseTimeError>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Timestamp(i64);

impl Timestamp {
    /// The first instant a document may name: 2000-01-01T00:00:00Z.
    pub const EARLIEST: Self = Self(946_684_800_000);
    /// The last instant a document may name: the end of the year 2100.
    pub const LATEST: Self = Self(4_133_980_799_999);

    /// Takes Unix milliseconds.
    #[must_use]
    pub const fn from_millis(millis: i64) -> Self {
        Self(millis)
    }

    /// Returns Unix milliseconds.
    #[must_use]
    pub const fn as_millis(self) -> i64 {
        self.0
    }

    /// Tells whether the time lies in the years 2000 to 2100.
    #[must_use]
    pub const fn is_plausible(self) -> bool {
        self.0 >= Self::EARLIEST.0 && self.0 <= Self::LATEST.0
    }

    /// Returns how long ago `earlier` was; negative if it is still to come.
    #[must_use]
    pub const fn since(self, earlier: Self) -> Duration {
        Duration(self.0.saturating_sub(earlier.0))
    }

    /// Parses RFC 3339 without the limit to the years 2000 to 2100.
    ///
    /// # Errors
    ///
    /// The text is not a time with an offset.
    pub(crate) fn parse_any_year(text: &str) -> Result<Self, ParseTimeError> {
        if let Some(time) = usual(text.as_bytes()) {
            return Ok(time);
        }
        text.parse::<jiff::Timestamp>()
            .map(|time| Self(time.as_millisecond()))
            .map_err(|_| ParseTimeError::NotRfc3339(shortened(text)))
    }

    fn plausible(self) -> Result<Self, ParseTimeError> {
        if self.is_plausible() { Ok(self) } else { Err(ParseTimeError::ImplausibleYear(self)) }
    }
}

/// Reads `2026-03-10T15:00:30Z`, with milliseconds or without: what nearly every
/// document writes. `None` is left to those who know all of RFC 3339.
fn usual(text: &[u8]) -> Option<Timestamp> {
    let (clock, rest) = text.split_first_chunk::<19>()?;
    let millis = match *rest {
        [b'Z'] => 0,
        [b'.', a, b, c, b'Z'] => number([a, b, c])?,
        _ => return None,
    };
    // Eight bytes at a time; the second eight hold the first half of the time, too.
    let date = pairs(clock.first_chunk()?, *b"0000-00-")?;
    let day = pairs(clock.get(8..)?.first_chunk()?, *b"00T00:00")?;
    let time = pairs(clock.last_chunk()?, *b"00:00:00")?;
    let pair = |pairs: [u8; 8], place: usize| pairs.get(place).map(|pair| i64::from(*pair));
    let year = pair(date, 0)? * 100 + pair(date, 2)?;
    let (month, day) = (pair(date, 5)?, pair(day, 0)?);
    let (hour, minute, second) = (pair(time, 0)?, pair(time, 3)?, pair(time, 6)?);
    // The ends of months are for those who know how long each is.
    let last = if month == 2 { 28 } else { 30 };
    let is_usual = (1900..2200).contains(&year)
        && (1..=12).contains(&month)
        && (1..=last).contains(&day)
        && hour < 24
        && minute < 60
        && second < 60;
    let of_day = hour * HOUR + minute * MINUTE + second * SECOND + millis;
    is_usual.then(|| Timestamp(days_since_1970(year, month, day) * DAY + of_day))
}

/// Reads eight bytes that are as in a pattern, where a zero stands for any digit:
/// at the place of each pair of digits there is its number.
fn pairs(bytes: &[u8; 8], pattern: [u8; 8]) -> Option<[u8; 8]> {
    const HIGHS: u64 = u64::from_le_bytes([0x80; 8]);
    // Digits become 0 to 9, all else that is as it must be 0.
    let values = u64::from_le_bytes(*bytes) ^ u64::from_le_bytes(pattern);
    // What comes to 0x80 with these is more than that.
    let room = pattern.map(|byte| if byte == b'0' { 0x80 - 10 } else { 0x80 - 1 });
    let excess = values | values.wrapping_add(u64::from_le_bytes(room));
    // A pair is 99 at most, so that none runs over into the next byte.
    let pairs = values.wrapping_mul(10).wrapping_add(values >> 8);
    (excess & HIGHS == 0).then(|| pairs.to_le_bytes())
}

/// Reads digits, and nothing else.
fn number<const N: usize>(digits: [u8; N]) -> Option<i64> {
    digits.iter().try_fold(0, |number, digit| {
        digit.is_ascii_digit().then(|| number * 10 + i64::from(digit - b'0'))
    })
}

/// Counts the days from 1970 to a date of the years 1900 to 2199.
///
/// Years begin in March here, so that a leap day is the last of its year
/// (H. Hinnant, "chrono-Compatible Low-Level Date Algorithms", `days_from_civil`).
fn days_since_1970(year: i64, month: i64, day: i64) -> i64 {
    let (year, month) = if month > 2 { (year, month - 3) } else { (year - 1, month + 9) };
    let of_year = (153 * month + 2) / 5 + day - 1;
    year * 365 + year / 4 - year / 100 + year / 400 + of_year - 719_468
}

/// Returns the year, the month and the day so many days after 1970-01-01.
///
/// The inverse of [`days_since_1970`] (H. Hinnant, the same article,
/// `civil_from_days`).
fn date_of(days: i64) -> (i64, i64, i64) {
    let days = days + 719_468;
    let (era, of_era) = (days.div_euclid(146_097), days.rem_euclid(146_097));
    let year = (of_era - of_era / 1_460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year + year / 4 - year / 100);
    let month = (5 * of_year + 2) / 153;
    let day = of_year - (153 * month + 2) / 5 + 1;
    let year = year + era * 400;
    if month < 10 { (year, month + 3, day) } else { (year + 1, month - 9, day) }
}

/// Spells a time of a plausible year in whole seconds: nearly all that are written.
fn spelled(time: Timestamp) -> Option<[u8; 20]> {
    if !time.is_plausible() || time.0 % SECOND != 0 {
        return None;
    }
    let (year, month, day) = date_of(time.0 / DAY);
    let of_day = time.0 % DAY;
    let mut text = *b"0000-00-00T00:00:00Z";
    let numbers = [
        (0, year / 100),
        (2, year % 100),
        (5, month),
        (8, day),
        (11, of_day / HOUR),
        (14, of_day / MINUTE % 60),
        (17, of_day / SECOND % 60),
    ];
    for (place, number) in numbers {
        let digits = text.get_mut(place..place + 2)?;
        let number = u8::try_from(number).ok()?;
        digits.copy_from_slice(&[b'0' + number / 10, b'0' + number % 10]);
    }
    Some(text)
}

impl FromStr for Timestamp {
    type Err = ParseTimeError;

    fn from_str(text: &str) -> Result<Self, ParseTimeError> {
        Self::parse_any_year(text)?.plausible()
    }
}

impl fmt::Display for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(text) = spelled(*self).filter(|_| f.precision().is_none()) {
            return f.write_str(std::str::from_utf8(&text).unwrap_or_default());
        }
        match jiff::Timestamp::from_millisecond(self.0) {
            Ok(time) => time.fmt(f),
            Err(_) => write!(f, "{} ms", self.0),
        }
    }
}

impl std::ops::Add<Duration> for Timestamp {
    type Output = Self;

    fn add(self, length: Duration) -> Self {
        Self(self.0.saturating_add(length.0))
    }
}

impl std::ops::Sub<Duration> for Timestamp {
    type Output = Self;

    fn sub(self, length: Duration) -> Self {
        Self(self.0.saturating_sub(length.0))
    }
}

impl crate::object::Blank for Timestamp {
    fn blank() -> Self {
        Self(0)
    }
}

impl Serialize for Timestamp {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        if !serializer.is_human_readable() {
            return serializer.serialize_i64(self.0);
        }
        match spelled(*self) {
            Some(text) => serializer.serialize_str(std::str::from_utf8(&text).unwrap_or_default()),
            None => serializer.collect_str(self),
        }
    }
}

impl<'de> Deserialize<'de> for Timestamp {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(TimestampVisitor)
    }
}

struct TimestampVisitor;

impl de::Visitor<'_> for TimestampVisitor {
    type Value = Timestamp;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a time such as \"2026-03-10T15:00:30Z\"")
    }

    fn visit_str<E: de::Error>(self, text: &str) -> Result<Timestamp, E> {
        text.parse().map_err(E::custom)
    }

    fn visit_i64<E: de::Error>(self, millis: i64) -> Result<Timestamp, E> {
        Timestamp(millis).plausible().map_err(E::custom)
    }

    fn visit_u64<E: de::Error>(self, millis: u64) -> Result<Timestamp, E> {
        self.visit_i64(i64::try_from(millis).unwrap_or(i64::MAX))
    }
}

/// A signed length of time in milliseconds.
///
/// Documents spell it as whole numbers with a unit: `ms`, `s`, `m`, `h`, `d`
/// or `w`, also joined (`"1h30m"`).
///
/// # Examples
///
/// ```
/// use tactful::Duration;
///
/// assert_eq!("14d".parse::<Duration>()?, Duration::days(14));
/// assert_eq!(Duration::minutes(90).to_string(), "1h30m");
/// # Ok::<(), tactful::time::ParseTimeError>(())
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Duration(i64);

impl Duration {
    /// The empty length.
    pub const ZERO: Self = Self(0);

    /// Takes milliseconds.
    #[must_use]
    pub const fn from_millis(millis: i64) -> Self {
        Self(millis)
    }

    /// Takes seconds; saturates at the limits of the type, as do its siblings.
    #[must_use]
    pub const fn seconds(seconds: i64) -> Self {
        Self(seconds.saturating_mul(SECOND))
    }

    /// Takes minutes.
    #[must_use]
    pub const fn minutes(minutes: i64) -> Self {
        Self(minutes.saturating_mul(MINUTE))
    }

    /// Takes hours.
    #[must_use]
    pub const fn hours(hours: i64) -> Self {
        Self(hours.saturating_mul(HOUR))
    }

    /// Takes days of 24 hours.
    #[must_use]
    pub const fn days(days: i64) -> Self {
        Self(days.saturating_mul(DAY))
    }

    /// Returns the length in milliseconds.
    #[must_use]
    pub const fn as_millis(self) -> i64 {
        self.0
    }

    /// Returns what is left of the length once another has passed.
    pub(crate) const fn less(self, passed: Self) -> Self {
        Self(self.0.saturating_sub(passed.0))
    }

    /// Spells the length for people, in its largest unit: `26 h`, `15 min`.
    #[must_use]
    pub fn in_words(self) -> String {
        let (unit, name) = match self.0.unsigned_abs() {
            0..60_000 => (SECOND, "s"),
            60_000..3_600_000 => (MINUTE, "min"),
            // Two days in hours: "26 h" says more than "1 d".
            3_600_000..172_800_000 => (HOUR, "h"),
            _ => (DAY, "d"),
        };
        format!("{} {name}", self.0 / unit)
    }
}

impl std::ops::Add for Duration {
    type Output = Self;

    fn add(self, other: Self) -> Self {
        Self(self.0.saturating_add(other.0))
    }
}

impl FromStr for Duration {
    type Err = ParseTimeError;

    fn from_str(text: &str) -> Result<Self, ParseTimeError> {
        let invalid = || ParseTimeError::NotDuration(shortened(text));
        let mut total = 0_i64;
        let mut rest = text.trim();
        if rest.is_empty() {
            return Err(invalid());
        }
        while !rest.is_empty() {
            let digits = rest.find(|c: char| !c.is_ascii_digit()).ok_or_else(invalid)?;
            let (number, tail) = rest.split_at(digits);
            let letters = tail.find(|c: char| !c.is_ascii_alphabetic()).unwrap_or(tail.len());
            let (unit, tail) = tail.split_at(letters);
            let part = number.parse::<i64>().ok().zip(unit_millis(unit)).ok_or_else(invalid)?;
            let part = part.0.checked_mul(part.1).ok_or_else(invalid)?;
            total = total.checked_add(part).ok_or_else(invalid)?;
            rest = tail;
        }
        Ok(Self(total))
    }
}

fn unit_millis(unit: &str) -> Option<i64> {
    Some(match unit {
        "ms" => 1,
        "s" => SECOND,
        "m" => MINUTE,
        "h" => HOUR,
        "d" => DAY,
        "w" => WEEK,
        _ => return None,
    })
}

impl fmt::Display for Duration {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.0 == 0 {
            return f.write_str("0s");
        }
        if self.0 < 0 {
            f.write_str("-")?;
        }
        let mut rest = self.0.unsigned_abs();
        for (unit, name) in [(DAY, "d"), (HOUR, "h"), (MINUTE, "m"), (SECOND, "s"), (1, "ms")] {
            let unit = unit.unsigned_abs();
            if rest >= unit {
                write!(f, "{}{name}", rest / unit)?;
                rest %= unit;
            }
        }
        Ok(())
    }
}

impl Serialize for Duration {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

/// A time or a length of time that could not be read.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ParseTimeError {
    /// Not RFC 3339 with an offset.
    #[error("`{0}` is not a time such as `2026-03-10T15:00:30Z`")]
    NotRfc3339(String),
    /// A time outside the years 2000 to 2100.
    #[error("the time {0} is outside the years 2000 to 2100")]
    ImplausibleYear(Timestamp),
    /// Not a length such as `15m`.
    #[error("`{0}` is not a length of time such as `15m`, `24h` or `14d`")]
    NotDuration(String),
    /// Not a time of day such as `21:00`.
    #[error("`{0}` is not a time of day such as `21:00`")]
    NotTimeOfDay(String),
}

/// Keeps a hostile text from filling the message.
fn shortened(text: &str) -> String {
    match text.char_indices().nth(40) {
        Some((end, _)) => format!("{}…", text.get(..end).unwrap_or_default()),
        None => text.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What is read the short way is what the long way reads.
    #[test]
    fn the_usual_spelling_is_read_like_all_others() {
        for (year, month, day) in (1899..=2200)
            .step_by(3)
            .flat_map(|year| (0..=13).map(move |month| (year, month)))
            .flat_map(|(year, month)| (0..=32).map(move |day| (year, month, day)))
        {
            let clock = ["00:00:00Z", "23:59:59.999Z", "24:00:00Z", "07:60:00Z", "07:09:60Z"];
            let clock = clock[usize::try_from(year + month + day).unwrap() % clock.len()];
            let text = format!("{year:04}-{month:02}-{day:02}T{clock}");
            let expected = text.parse::<jiff::Timestamp>().map(jiff::Timestamp::as_millisecond);
            let read = Timestamp::parse_any_year(&text).map(Timestamp::as_millis);
            assert_eq!(read.ok(), expected.ok(), "{text}");
        }
        let usual = "2026-03-10T15:00:30.125Z";
        for (place, byte) in
            (0..usual.len()).flat_map(|place| (0..128).map(move |byte| (place, byte)))
        {
            let mut text = usual.as_bytes().to_vec();
            text[place] = byte;
            let text = String::from_utf8(text).unwrap();
            let expected = text.parse::<jiff::Timestamp>().map(jiff::Timestamp::as_millisecond);
            let read = Timestamp::parse_any_year(&text).map(Timestamp::as_millis);
            assert_eq!(read.ok(), expected.ok(), "{text}");
        }
        for odd in ["2026-03-1oT15:00:30Z", "2026-03-10T15:00:30.00Z", "2026-03-10T15:00:30", "Z"] {
            assert_eq!(
                Timestamp::parse_any_year(odd).ok().map(Timestamp::as_millis),
                odd.parse::<jiff::Timestamp>().ok().map(jiff::Timestamp::as_millisecond),
                "{odd}"
            );
        }
    }

    /// What is written the short way is what the long way writes.
    #[test]
    fn times_are_written_like_all_others() {
        let ends = [Timestamp::EARLIEST, Timestamp::LATEST].map(Timestamp::as_millis);
        for millis in (ends[0] - 2 * DAY..ends[1] + 2 * DAY).step_by(86_399_750) {
            let expected = jiff::Timestamp::from_millisecond(millis).unwrap();
            let time = Timestamp(millis);
            assert_eq!(time.to_string(), expected.to_string());
            assert_eq!(format!("{time:.3}"), format!("{expected:.3}"));
            assert_eq!(serde_json::to_value(time).unwrap(), expected.to_string());
        }
    }

    #[test]
    fn reads_the_spellings_of_the_field() {
        for text in [
            "2026-03-10T15:00:30Z",
            "2026-03-10T15:00:30+00:00",
            "2026-03-10T15:00:30+0000",
            "2026-03-10 15:00:30Z",
            "2026-03-10T15:00:30.000Z",
        ] {
            assert_eq!(text.parse::<Timestamp>().unwrap().as_millis(), 1_773_154_830_000, "{text}");
        }
    }

    #[test]
    fn refuses_times_without_an_offset_and_implausible_years() {
        assert!("2026-03-10T15:00:30".parse::<Timestamp>().is_err());
        assert!("1999-12-31T23:59:59.999Z".parse::<Timestamp>().is_err());
        assert!("2101-01-01T00:00:00Z".parse::<Timestamp>().is_err());
        assert_eq!(Timestamp::EARLIEST.to_string(), "2000-01-01T00:00:00Z");
        assert_eq!(Timestamp::LATEST.to_string(), "2100-12-31T23:59:59.999Z");
    }

    #[test]
    fn durations_print_what_they_parse() {
        for text in ["15m", "1d", "1h30m", "250ms", "0s", "14d"] {
            assert_eq!(text.parse::<Duration>().unwrap().to_string(), text);
        }
        assert_eq!("2w".parse::<Duration>().unwrap(), Duration::days(14));
        for text in ["", "15", "m", "15 m", "-5m", "1.5h", "15x", "99999999999999999999d"] {
            assert!(text.parse::<Duration>().is_err(), "{text}");
        }
    }
}
