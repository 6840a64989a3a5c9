//! Points in time, in the notations that systems use.

use jiff::civil::DateTime;
use jiff::tz::TimeZone;

use super::amount::Decimal;
use crate::time::Timestamp;

/// From here on a number is of milliseconds: as seconds it would lie beyond
/// the year 2100, and below it as milliseconds before the year 2000.
const LEAST_MILLIS: i64 = 100_000_000_000;

/// Reads a text: RFC 3339, also with the offset `+0000`; `YYYY-MM-DD HH:MM:SS`
/// with or without a fraction, which is UTC; or a number.
pub(super) fn of_text(text: &str) -> Result<Timestamp, String> {
    if let Some(number) = Decimal::read(text) {
        return of_number(number, text);
    }
    let time = match text.parse::<Timestamp>() {
        Ok(time) => return Ok(time),
        Err(error) => spaced(text).ok_or_else(|| error.to_string())?,
    };
    plausible(time)
}

/// Reads Unix seconds, or Unix milliseconds.
pub(super) fn of_number(number: Decimal, text: &str) -> Result<Timestamp, String> {
    let whole = number.scaled(0).unwrap_or(i64::MAX);
    let decimals = if whole.saturating_abs() < LEAST_MILLIS { 3 } else { 0 };
    let millis = number.scaled(decimals).ok_or_else(|| format!("{text} is not a time"))?;
    plausible(Timestamp::from_millis(millis))
}

/// Reads `2026-03-02 10:15:30.250` as UTC.
fn spaced(text: &str) -> Option<Timestamp> {
    // Without the zone in brackets that the parser would take and not heed.
    let is_plain = text.bytes().all(|byte| byte.is_ascii_digit() || b"-: .".contains(&byte));
    if text.as_bytes().get(10) != Some(&b' ') || !is_plain {
        return None;
    }
    let local = text.parse::<DateTime>().ok()?;
    let time = local.to_zoned(TimeZone::UTC).ok()?.timestamp();
    Some(Timestamp::from_millis(time.as_millisecond()))
}

fn plausible(time: Timestamp) -> Result<Timestamp, String> {
    if time.is_plausible() {
        return Ok(time);
    }
    Err(format!("the time {time} is outside the years 2000 to 2100"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn five_notations_are_read() {
        for text in [
            "2026-03-02T10:15:30.250Z",
            "2026-03-02T11:15:30.250+01:00",
            "2026-03-02T10:15:30.250+0000",
            "2026-03-02T10:15:30.250-0000",
            "2026-03-02 10:15:30.250",
            "1772446530.25",
            "1772446530250",
        ] {
            assert_eq!(of_text(text).map(Timestamp::as_millis), Ok(1_772_446_530_250), "{text}");
        }
        assert_eq!(of_text("2026-03-02 10:15:30").map(Timestamp::as_millis), Ok(1_772_446_530_000));
        assert_eq!(of_text("1772446530").map(Timestamp::as_millis), Ok(1_772_446_530_000));
    }

    #[test]
    fn years_end_where_ours_do() {
        for text in ["946684800", "946684800000", "4133980799", "4133980799999"] {
            assert!(of_text(text).is_ok(), "{text}");
        }
        for text in ["946684799", "946684799999", "4133980800", "4133980800000", "0", "-1"] {
            assert!(of_text(text).is_err(), "{text}");
        }
        assert!(of_text("1999-12-31 23:59:59").is_err());
        assert!(of_text("2101-01-01T00:00:00Z").is_err());
    }

    #[test]
    fn what_is_no_time_is_refused() {
        for text in [
            "",
            "yesterday",
            "2026-03-02",
            "2026-03-02T10:15:30",
            "2026-02-30 10:00:00",
            "1e30",
            "2026-03-02 10:15:30[Europe/Berlin]",
        ] {
            assert!(of_text(text).is_err(), "{text}");
        }
    }
}
