//! The functions of the language that need more than one line.

use std::ops::RangeInclusive;

use jiff::SignedDuration;
use jiff::civil::{self, DateTime, Weekday};

use super::tree::Operation;

/// A question about a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum TextTest {
    StartsWith,
    EndsWith,
    Contains,
}

impl TextTest {
    pub(crate) fn of(name: &str) -> Option<Self> {
        Some(match name {
            "startsWith" => Self::StartsWith,
            "endsWith" => Self::EndsWith,
            "contains" => Self::Contains,
            _ => return None,
        })
    }

    pub(crate) fn holds(self, text: &str, needle: &str) -> bool {
        match self {
            Self::StartsWith => text.starts_with(needle),
            Self::EndsWith => text.ends_with(needle),
            Self::Contains => text.contains(needle),
        }
    }
}

/// A part of a date, or of a length of time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Clock {
    FullYear,
    Month,
    Date,
    DayOfMonth,
    DayOfWeek,
    DayOfYear,
    Hours,
    Minutes,
    Seconds,
    Milliseconds,
}

const SECOND: i64 = 1_000;
const MINUTE: i64 = 60 * SECOND;
const HOUR: i64 = 60 * MINUTE;
pub(crate) const DAY: i64 = 24 * HOUR;

impl Clock {
    pub(crate) fn of(name: &str) -> Option<Self> {
        Some(match name {
            "getFullYear" => Self::FullYear,
            "getMonth" => Self::Month,
            "getDate" => Self::Date,
            "getDayOfMonth" => Self::DayOfMonth,
            "getDayOfWeek" => Self::DayOfWeek,
            "getDayOfYear" => Self::DayOfYear,
            "getHours" => Self::Hours,
            "getMinutes" => Self::Minutes,
            "getSeconds" => Self::Seconds,
            "getMilliseconds" => Self::Milliseconds,
            _ => return None,
        })
    }

    /// Tells whether a length of time has this part.
    pub(crate) fn is_of_length(self) -> bool {
        matches!(self, Self::Hours | Self::Minutes | Self::Seconds | Self::Milliseconds)
    }

    /// Returns the part of a length: whole hours, minutes or seconds of all of it.
    pub(crate) fn of_length(self, millis: i64) -> Option<i64> {
        Some(match self {
            Self::Hours => millis / HOUR,
            Self::Minutes => millis / MINUTE,
            Self::Seconds => millis / SECOND,
            Self::Milliseconds => millis % SECOND,
            _ => return None,
        })
    }

    /// Returns the part of a time at an offset from UTC, counted as CEL does.
    pub(crate) fn of_time(self, millis: i64, offset_minutes: i32) -> Option<i64> {
        let local = local(millis, offset_minutes)?;
        Some(match self {
            Self::FullYear => i64::from(local.year()),
            Self::Month => i64::from(local.month()) - 1,
            Self::Date => i64::from(local.day()),
            Self::DayOfMonth => i64::from(local.day()) - 1,
            Self::DayOfWeek => i64::from(local.weekday().since(Weekday::Sunday)),
            Self::DayOfYear => i64::from(local.day_of_year()) - 1,
            Self::Hours => i64::from(local.hour()),
            Self::Minutes => i64::from(local.minute()),
            Self::Seconds => i64::from(local.second()),
            Self::Milliseconds => i64::from(local.millisecond()),
        })
    }

    /// Returns how long after `millis` the part changes at the earliest.
    pub(crate) fn lasts(self, millis: i64, offset_minutes: i32) -> i64 {
        let shifted = millis.saturating_add(i64::from(offset_minutes).saturating_mul(MINUTE));
        let rest_of = |unit: i64| unit - shifted.rem_euclid(unit);
        match self {
            Self::Milliseconds => 1,
            Self::Seconds => rest_of(SECOND),
            Self::Minutes => rest_of(MINUTE),
            Self::Hours => rest_of(HOUR),
            Self::Month => {
                rest_of(DAY) + days_after(millis, offset_minutes, DateTime::last_of_month)
            }
            Self::FullYear => {
                rest_of(DAY) + days_after(millis, offset_minutes, DateTime::last_of_year)
            }
            // The next midnight.
            _ => rest_of(DAY),
        }
    }
}

/// Returns how many whole days of a month or a year are to come after today.
fn days_after(millis: i64, offset_minutes: i32, last: impl Fn(DateTime) -> DateTime) -> i64 {
    let Some(today) = local(millis, offset_minutes) else {
        return 0;
    };
    let left = i64::from(last(today).day_of_year()) - i64::from(today.day_of_year());
    left.max(0) * DAY
}

/// The first day of Unix time, on which dates are counted from.
const EPOCH: DateTime = DateTime::constant(1970, 1, 1, 0, 0, 0, 0);

/// Reads a time off a calendar and a clock at an offset from UTC.
fn local(millis: i64, offset_minutes: i32) -> Option<DateTime> {
    let shifted = millis.checked_add(i64::from(offset_minutes) * MINUTE)?;
    EPOCH.checked_add(SignedDuration::from_millis(shifted)).ok()
}

/// Reads `"+02:00"`, `"-13:00"`, `"02:00"` or `"UTC"` as minutes.
pub(crate) fn offset_minutes(text: &str) -> Option<i32> {
    if text == "UTC" {
        return Some(0);
    }
    let (sign, digits) = match text.strip_prefix('-') {
        Some(digits) => (-1, digits),
        None => (1, text.strip_prefix('+').unwrap_or(text)),
    };
    let [hours, minutes] = numbers(digits, "00:00")?;
    (hours < 24 && minutes < 60).then_some(sign * (hours * 60 + minutes))
}

/// Reads the numbers of a text that has digits where the shape has zeros, and
/// the same characters elsewhere.
fn numbers<const N: usize>(text: &str, shape: &str) -> Option<[i32; N]> {
    let fits = text.len() == shape.len()
        && text.bytes().zip(shape.bytes()).all(|(byte, wanted)| {
            if wanted == b'0' { byte.is_ascii_digit() } else { byte == wanted }
        });
    if !fits {
        return None;
    }
    let mut numbers = text.split(|c: char| !c.is_ascii_digit()).map(str::parse::<i32>);
    let mut read = [0; N];
    for number in &mut read {
        *number = numbers.next()?.ok()?;
    }
    Some(read)
}

/// The lengths of time CEL knows: 2^63 nanoseconds each way, in milliseconds.
pub(crate) const LENGTHS: RangeInclusive<i64> = -9_223_372_036_854..=9_223_372_036_854;
/// The times CEL knows: the years 1 to 9999.
pub(crate) const TIMES: RangeInclusive<i64> = -62_135_596_800_000..=253_402_300_799_999;

pub(crate) fn length(millis: i64) -> Option<i64> {
    LENGTHS.contains(&millis).then_some(millis)
}

pub(crate) fn time(millis: i64) -> Option<i64> {
    TIMES.contains(&millis).then_some(millis)
}

/// Reads the text of `timestamp("…")`: RFC 3339, as strictly as CEL.
pub(crate) fn timestamp_literal(text: &str) -> Result<i64, &'static str> {
    const SHAPE: &str = "write it as \"2026-03-10T15:00:30Z\"";
    let (date_time, rest) = text.split_at_checked(19).ok_or(SHAPE)?;
    let digits = match rest.strip_prefix('.') {
        Some(rest) => {
            rest.find(|c: char| !c.is_ascii_digit()).filter(|digits| *digits > 0).ok_or(SHAPE)?
        }
        None => 0,
    };
    let (fraction, zone) = rest.split_at_checked(digits + usize::from(digits > 0)).ok_or(SHAPE)?;
    let millis = milliseconds(fraction.get(1..).unwrap_or_default())?;
    let offset = match zone {
        "Z" => 0,
        _ if zone.starts_with(['+', '-']) => offset_minutes(zone).ok_or(SHAPE)?,
        _ => return Err(SHAPE),
    };
    let local = civil(date_time).ok_or(SHAPE)?;
    let since_epoch = local.duration_since(EPOCH).as_millis();
    let local = i64::try_from(since_epoch).map_err(|_| SHAPE)?;
    time(local + millis - i64::from(offset) * MINUTE).ok_or("the years are 1 to 9999")
}

fn civil(text: &str) -> Option<DateTime> {
    let [year, month, day, hour, minute, second] = numbers(text, "0000-00-00T00:00:00")?;
    let small = |number: i32| i8::try_from(number).ok();
    let time = civil::Time::new(small(hour)?, small(minute)?, small(second)?, 0).ok()?;
    let date = civil::Date::new(i16::try_from(year).ok()?, small(month)?, small(day)?).ok()?;
    Some(date.to_datetime(time))
}

/// Reads the digits behind the dot of a second.
fn milliseconds(digits: &str) -> Result<i64, &'static str> {
    let (kept, rest) = digits.split_at_checked(3).unwrap_or((digits, ""));
    if rest.contains(|c| c != '0') {
        return Err("times are read to the millisecond");
    }
    let scale = [0, 100, 10, 1].get(kept.len()).copied().unwrap_or(0);
    Ok(kept.parse::<i64>().unwrap_or(0) * scale)
}

/// Reads the text of `duration("…")`: `1h30m`, `-45s`, `1.5s`, `250ms`.
pub(crate) fn duration_literal(text: &str) -> Result<i64, &'static str> {
    const SHAPE: &str = "write it as \"1h30m\", \"45s\" or \"250ms\"";
    let (negative, mut rest) = match text.strip_prefix('-') {
        Some(rest) => (true, rest),
        None => (false, text.strip_prefix('+').unwrap_or(text)),
    };
    if rest.is_empty() {
        return Err(SHAPE);
    }
    if rest == "0" {
        return Ok(0);
    }
    let mut nanos = 0_i128;
    while !rest.is_empty() {
        let number = rest.find(|c: char| !c.is_ascii_digit() && c != '.').ok_or(SHAPE)?;
        let (number, tail) = rest.split_at(number);
        let unit = tail.find(|c: char| c.is_ascii_digit() || c == '.').unwrap_or(tail.len());
        let (unit, tail) = tail.split_at(unit);
        nanos = nanos.checked_add(nanoseconds(number, unit).ok_or(SHAPE)?).ok_or(SHAPE)?;
        rest = tail;
    }
    if nanos % 1_000_000 != 0 {
        return Err("lengths of time are read to the millisecond");
    }
    let millis = i64::try_from(nanos / 1_000_000).ok().and_then(length);
    let millis = millis.ok_or("lengths of time reach 292 years")?;
    Ok(if negative { -millis } else { millis })
}

fn nanoseconds(number: &str, unit: &str) -> Option<i128> {
    let unit: i128 = match unit {
        "h" => 3_600_000_000_000,
        "m" => 60_000_000_000,
        "s" => 1_000_000_000,
        "ms" => 1_000_000,
        "us" | "µs" => 1_000,
        "ns" => 1,
        _ => return None,
    };
    let (whole, fraction) = number.split_once('.').unwrap_or((number, ""));
    let digits = format!("{whole}{fraction}");
    let scale = 10_i128.checked_pow(u32::try_from(fraction.len()).ok()?)?;
    let scaled = digits.parse::<i128>().ok()?.checked_mul(unit)?;
    (scaled % scale == 0).then_some(scaled / scale)
}

/// Computes with whole numbers; `None` where CEL has an error.
pub(crate) fn integers(operation: Operation, a: i64, b: i64) -> Option<i64> {
    match operation {
        Operation::Add => a.checked_add(b),
        Operation::Subtract => a.checked_sub(b),
        Operation::Multiply => a.checked_mul(b),
        Operation::Divide => a.checked_div(b),
        Operation::Remainder => a.checked_rem(b),
    }
}

/// Computes with doubles; a result that is not finite is no result.
pub(crate) fn doubles(operation: Operation, a: f64, b: f64) -> Option<f64> {
    let result = match operation {
        Operation::Add => a + b,
        Operation::Subtract => a - b,
        Operation::Multiply => a * b,
        Operation::Divide => a / b,
        Operation::Remainder => return None,
    };
    result.is_finite().then_some(result)
}

/// Truncates a double to a whole number, if it fits.
#[expect(clippy::cast_possible_truncation, reason = "the range is checked first")]
pub(crate) fn truncated(value: f64) -> Option<i64> {
    const LIMIT: f64 = 9_223_372_036_854_775_808.0;
    (value > -LIMIT && value < LIMIT).then_some(value as i64)
}

#[expect(
    clippy::cast_precision_loss,
    reason = "rounding to the nearest double is what is asked for"
)]
pub(crate) fn to_double(value: i64) -> f64 {
    value as f64
}

/// Returns the greatest whole number `<= limit` (or `< limit`), if it fits.
///
/// `Err(true)` says that every number is below the limit, `Err(false)` none.
pub(crate) fn integer_cut(limit: f64, open: bool) -> Result<i64, bool> {
    let floor = limit.floor();
    let Some(floor_int) = truncated(floor).or_else(|| exactly_least(floor)) else {
        return Err(limit > 0.0);
    };
    let is_whole = floor.to_bits() == limit.to_bits() || floor - limit == 0.0;
    if open && is_whole { floor_int.checked_sub(1).ok_or(false) } else { Ok(floor_int) }
}

fn exactly_least(value: f64) -> Option<i64> {
    (value.to_bits() == to_double(i64::MIN).to_bits()).then_some(i64::MIN)
}

/// Compares a whole number with a double, exactly.
pub(crate) fn compare_mixed(int: i64, double: f64) -> std::cmp::Ordering {
    use std::cmp::Ordering;

    match integer_cut(double, false) {
        Err(true) => Ordering::Less,
        Err(false) => Ordering::Greater,
        Ok(floor) if int > floor => Ordering::Greater,
        Ok(floor) if int < floor => Ordering::Less,
        Ok(floor) if double > to_double(floor) => Ordering::Less,
        Ok(_) => Ordering::Equal,
    }
}
