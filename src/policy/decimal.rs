//! Exact decimal numbers, as people write them.

use std::fmt;
use std::ops::Deref;
use std::str::FromStr;

use serde::{Serialize, Serializer};

/// An exact decimal number with up to 28 digits.
///
/// # Examples
///
/// ```
/// use tactful::policy::Decimal;
///
/// let price: Decimal = "240.00".parse()?;
/// assert_eq!(price.to_string(), "240");
/// assert_eq!(price.scaled(2), Some(24_000));
/// assert_eq!("0.061".parse::<Decimal>()?.scaled(2), None);
/// # Ok::<(), tactful::policy::ParseDecimalError>(())
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Decimal {
    /// INVARIANT: not a multiple of ten unless the scale is 0.
    mantissa: i128,
    scale: u32,
}

/// A text that is no decimal number.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not a decimal number such as `0.06`")]
pub struct ParseDecimalError;

/// More digits than any amount or probability needs.
const MAX_DIGITS: usize = 28;

impl Decimal {
    /// Returns the number times `10^decimals`, if that is whole and fits.
    #[must_use]
    pub fn scaled(self, decimals: u32) -> Option<i128> {
        let missing = decimals.checked_sub(self.scale)?;
        self.mantissa.checked_mul(10_i128.checked_pow(missing)?)
    }

    /// Takes a number of which so many digits are decimals.
    pub(crate) fn unscaled(mut mantissa: i128, mut decimals: u32) -> Self {
        while decimals > 0 && mantissa % 10 == 0 {
            mantissa /= 10;
            decimals -= 1;
        }
        Self { mantissa, scale: decimals }
    }

    /// Takes the shortest decimal that stands for a double.
    #[cfg(any(feature = "toml", feature = "json", test))]
    pub(super) fn from_double(value: f64) -> Option<Self> {
        value.is_finite().then(|| format!("{value}").parse().ok()).flatten()
    }
}

impl From<i64> for Decimal {
    fn from(value: i64) -> Self {
        Self { mantissa: value.into(), scale: 0 }
    }
}

impl FromStr for Decimal {
    type Err = ParseDecimalError;

    fn from_str(text: &str) -> Result<Self, ParseDecimalError> {
        let unsigned = text.strip_prefix('-').unwrap_or(text);
        let (whole, fraction) = unsigned.split_once('.').unwrap_or((unsigned, "0"));
        let fraction = match fraction.trim_end_matches('0') {
            "" if !fraction.is_empty() => "",
            trimmed => trimmed,
        };
        let is_digits = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
        let well_formed = !whole.is_empty() && !unsigned.ends_with('.');
        if !well_formed || !is_digits(whole) || !is_digits(fraction) {
            return Err(ParseDecimalError);
        }
        if whole.len() + fraction.len() > MAX_DIGITS {
            return Err(ParseDecimalError);
        }
        let mantissa: i128 = format!("{whole}{fraction}").parse().map_err(|_| ParseDecimalError)?;
        let scale = u32::try_from(fraction.len()).map_err(|_| ParseDecimalError)?;
        Ok(Self { mantissa: if text.starts_with('-') { -mantissa } else { mantissa }, scale })
    }
}

impl fmt::Display for Decimal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let sign = if self.mantissa < 0 { "-" } else { "" };
        let text = point(self.mantissa.unsigned_abs(), self.scale);
        write!(f, "{sign}{}", &*text)
    }
}

/// Writes `digits / 10^scale` without trailing zeros.
pub(crate) fn point(digits: u128, scale: u32) -> Pointed {
    let mut text = Pointed { bytes: [b'0'; LONGEST], start: LONGEST, end: LONGEST };
    let (whole, fraction) = split(digits, scale);
    if fraction > 0 {
        text.put_digits(fraction, scale as usize);
        text.drop_zeros();
        text.put(b'.');
    }
    text.put_digits(whole, 1);
    text
}

/// Returns what stands before the point, and the digits after it.
fn split(digits: u128, scale: u32) -> (u128, u128) {
    // Most fit into numbers that are divided faster.
    if let (Ok(digits), Some(one)) = (u64::try_from(digits), 10_u64.checked_pow(scale)) {
        return ((digits / one).into(), (digits % one).into());
    }
    10_u128.checked_pow(scale).map_or((0, digits), |one| (digits / one, digits % one))
}

/// The digits of the greatest number, or as many decimals as decimal numbers
/// (28) and priorities (17, and those of the currency) have, and the point.
const LONGEST: usize = 64;

/// A number in digits, without memory of its own.
pub(crate) struct Pointed {
    bytes: [u8; LONGEST],
    /// Where the text begins: it is written from its end.
    start: usize,
    end: usize,
}

impl Pointed {
    /// Puts a byte before all others.
    fn put(&mut self, byte: u8) {
        self.start = self.start.saturating_sub(1);
        if let Some(place) = self.bytes.get_mut(self.start) {
            *place = byte;
        }
    }

    /// Puts a whole number before all others, with zeros before it if it has
    /// fewer digits.
    fn put_digits(&mut self, number: u128, least: usize) {
        /// As many digits as fit into a number that is divided faster.
        const GROUP: usize = 19;
        let Ok(mut number) = u64::try_from(number) else {
            const ONE: u128 = 10_000_000_000_000_000_000;
            self.put_digits(number % ONE, GROUP);
            return self.put_digits(number / ONE, least.saturating_sub(GROUP));
        };
        let (mut written, room) = (0, self.bytes.get_mut(..self.start).unwrap_or_default());
        for place in room.iter_mut().rev() {
            if number == 0 && written >= least {
                break;
            }
            *place = b'0' + u8::try_from(number % 10).unwrap_or_default();
            (number, written) = (number / 10, written + 1);
        }
        debug_assert!(number == 0 && written >= least, "no number has so many digits");
        self.start -= written;
    }

    /// Drops the zeros at the end of what is there.
    fn drop_zeros(&mut self) {
        let there = self.bytes.get(self.start..).unwrap_or_default();
        let zeros = there.iter().rev().take_while(|digit| **digit == b'0').count();
        self.end -= zeros;
    }
}

impl Deref for Pointed {
    type Target = str;

    fn deref(&self) -> &str {
        let text = self.bytes.get(self.start..self.end).unwrap_or_default();
        std::str::from_utf8(text).unwrap_or_default()
    }
}

impl Serialize for Decimal {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_point_stands_before_so_many_digits() {
        let written = [(0, 0), (0, 3), (7, 0), (7, 3), (70, 3), (1_230, 2), (1_234, 4), (5_000, 3)];
        let written = written.map(|(digits, scale)| point(digits, scale).to_owned());
        assert_eq!(written, ["0", "0", "7", "0.007", "0.07", "12.3", "0.1234", "5"]);
        let many = [(u128::MAX, 0), (10_u128.pow(25), 25), (u128::MAX, 30), (7, 25), (1 << 64, 2)];
        let written = many.map(|(digits, scale)| point(digits, scale).to_owned());
        let max = "340282366920938463463374607431768211455";
        let (whole, fraction) = max.split_at(max.len() - 30);
        assert_eq!(written[0], max);
        assert_eq!(written[1], "1");
        assert_eq!(written[2], format!("{whole}.{fraction}"));
        assert_eq!(written[3], format!("0.{}7", "0".repeat(24)));
        assert_eq!(written[4], "184467440737095516.16");
    }

    #[test]
    fn numbers_of_all_lengths_have_their_point() {
        let shifted = |digits: u128, scale: usize| {
            let text = format!("{digits:0>width$}", width = scale + 1);
            let (whole, fraction) = text.split_at(text.len() - scale);
            let text = format!("{whole}.{fraction}");
            text.trim_end_matches('0').trim_end_matches('.').to_owned()
        };
        for length in 0..39 {
            for digits in
                [10_u128.pow(length), 10_u128.pow(length) - 1, 3 * 10_u128.pow(length) + 30]
            {
                for scale in 0..=28 {
                    assert_eq!(*point(digits, scale), shifted(digits, scale as usize));
                }
            }
        }
    }

    #[test]
    fn twins_are_equal() {
        for (text, same) in
            [("240.00", "240"), ("0.10", "0.1"), ("-0.5", "-0.50"), ("100", "100.0")]
        {
            assert_eq!(text.parse::<Decimal>(), same.parse::<Decimal>());
        }
        assert_eq!(Decimal::from_double(0.06), "0.06".parse().ok());
        assert_eq!(Decimal::from_double(1e-9), "0.000000001".parse().ok());
        assert_eq!("100".parse::<Decimal>().unwrap().to_string(), "100");
        for (number, decimals, same) in [(61_000_000, 9, "0.061"), (24_000, 2, "240"), (0, 9, "0")]
        {
            assert_eq!(Ok(Decimal::unscaled(number, decimals)), same.parse());
        }
    }

    #[test]
    fn refuses_what_is_no_decimal() {
        for text in ["", ".", "1.", ".5", "1e3", "+1", "1_000", "0x1", "- 1", "1.2.3"] {
            assert!(text.parse::<Decimal>().is_err(), "{text}");
        }
        assert!("12345678901234567890123456789".parse::<Decimal>().is_err());
    }
}
