//! Exact decimal numbers, as people write them.

use std::fmt;
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
        write!(f, "{sign}{text}")
    }
}

/// Writes `digits / 10^scale` without trailing zeros.
pub(crate) fn point(digits: u128, scale: u32) -> String {
    let mut text = String::with_capacity(USUAL_DIGITS);
    add_point(&mut text, digits, scale);
    text
}

/// Most numbers are no longer than this.
const USUAL_DIGITS: usize = 16;

/// Adds `digits / 10^scale` to a text, without trailing zeros.
pub(crate) fn add_point(text: &mut String, digits: u128, scale: u32) {
    // Most fit into numbers that are written faster.
    let (Ok(digits), Some(one)) = (u64::try_from(digits), 10_u64.checked_pow(scale)) else {
        text.push_str(&many_digits(digits, scale as usize));
        return;
    };
    add_digits(text, digits / one, 1);
    let (mut fraction, mut scale) = (digits % one, scale);
    if fraction == 0 {
        return;
    }
    while fraction % 10 == 0 {
        (fraction, scale) = (fraction / 10, scale - 1);
    }
    text.push('.');
    add_digits(text, fraction, scale as usize);
}

/// Adds a whole number, with zeros before it if it has fewer digits.
fn add_digits(text: &mut String, mut number: u64, least: usize) {
    let (mut digits, mut written) = ([b'0'; 20], 0);
    for digit in digits.iter_mut().rev() {
        if number == 0 && written >= least {
            break;
        }
        *digit = b'0' + u8::try_from(number % 10).unwrap_or_default();
        (number, written) = (number / 10, written + 1);
    }
    let digits = digits.get(digits.len() - written..).unwrap_or_default();
    text.push_str(std::str::from_utf8(digits).unwrap_or_default());
}

fn many_digits(digits: u128, scale: usize) -> String {
    let digits = digits.to_string();
    let zeros = (scale + 1).saturating_sub(digits.len());
    let mut text = "0".repeat(zeros);
    text.push_str(&digits);
    let (whole, fraction) = text.split_at(text.len() - scale);
    match fraction.trim_end_matches('0') {
        "" => whole.to_owned(),
        fraction => format!("{whole}.{fraction}"),
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
        let written = written.map(|(digits, scale)| point(digits, scale));
        assert_eq!(written, ["0", "0", "7", "0.007", "0.07", "12.3", "0.1234", "5"]);
        let many = [(u128::MAX, 0), (10_u128.pow(25), 25), (u128::MAX, 30), (7, 25), (1 << 64, 2)];
        let written = many.map(|(digits, scale)| point(digits, scale));
        let max = "340282366920938463463374607431768211455";
        let (whole, fraction) = max.split_at(max.len() - 30);
        assert_eq!(written[0], max);
        assert_eq!(written[1], "1");
        assert_eq!(written[2], format!("{whole}.{fraction}"));
        assert_eq!(written[3], format!("0.{}7", "0".repeat(24)));
        assert_eq!(written[4], "184467440737095516.16");
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
