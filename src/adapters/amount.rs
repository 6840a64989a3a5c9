//! Exact decimals, and amounts of money from them: no float on the way.

use crate::vocabulary::{Currency, Money};

/// More digits than any amount of money needs.
const MAX_DIGITS: usize = 30;

/// Further than this the point is not moved.
const MAX_SHIFT: u32 = 30;

/// An exact decimal number: `mantissa / 10^scale`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Decimal {
    mantissa: i128,
    scale: u32,
}

impl Decimal {
    pub(super) const ZERO: Self = Self { mantissa: 0, scale: 0 };

    /// Reads a number as JSON and people write it: `27.5`, `-3`, `1e-7`.
    ///
    /// What has more than 30 digits, written out, is refused.
    pub(super) fn read(text: &str) -> Option<Self> {
        let (number, exponent) = match text.split_once(['e', 'E']) {
            Some((number, exponent)) => (number, exponent.parse::<i32>().ok()?),
            None => (text, 0),
        };
        let (sign, digits) = match number.strip_prefix('-') {
            Some(digits) => (-1, digits),
            None => (1, number),
        };
        let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
        let is_digits = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
        let is_whole = !whole.is_empty() && (!fraction.is_empty() || !digits.contains('.'));
        if !is_whole || !is_digits(whole) || !is_digits(fraction) || digits.len() > MAX_DIGITS {
            return None;
        }
        let mantissa = format!("{whole}{fraction}").parse::<i128>().ok()?;
        let scale = i32::try_from(fraction.len()).ok()?.checked_sub(exponent)?;
        Self { mantissa: sign * mantissa, scale: 0 }.shifted(scale)
    }

    /// Divides by `10^scale`.
    fn shifted(self, scale: i32) -> Option<Self> {
        let places = scale.unsigned_abs();
        if self.mantissa == 0 {
            Some(Self::ZERO)
        } else if places > MAX_SHIFT {
            None
        } else if scale >= 0 {
            Some(Self { mantissa: self.mantissa, scale: places })
        } else {
            let mantissa = self.mantissa.checked_mul(10_i128.checked_pow(places)?)?;
            Some(Self { mantissa, scale: 0 })
        }
    }

    pub(super) fn is_negative(self) -> bool {
        self.mantissa < 0
    }

    /// Returns the number if it is whole.
    pub(super) fn whole(self) -> Option<i64> {
        let unit = 10_i128.checked_pow(self.scale)?;
        let is_whole = self.mantissa.checked_rem(unit)? == 0;
        is_whole.then(|| i64::try_from(self.mantissa / unit).ok()).flatten()
    }

    pub(super) fn times(self, factor: i64) -> Option<Self> {
        Some(Self { mantissa: self.mantissa.checked_mul(factor.into())?, scale: self.scale })
    }

    pub(super) fn plus(self, other: Self) -> Option<Self> {
        let scale = self.scale.max(other.scale);
        let at_scale =
            |number: Self| number.mantissa.checked_mul(10_i128.checked_pow(scale - number.scale)?);
        Some(Self { mantissa: at_scale(self)?.checked_add(at_scale(other)?)?, scale })
    }

    /// Returns the number times `10^decimals`, rounded half to even.
    pub(super) fn scaled(self, decimals: u32) -> Option<i64> {
        let Some(dropped) = self.scale.checked_sub(decimals).filter(|dropped| *dropped > 0) else {
            let unit = 10_i128.checked_pow(decimals - self.scale)?;
            return i64::try_from(self.mantissa.checked_mul(unit)?).ok();
        };
        let unit = 10_i128.checked_pow(dropped)?;
        let (floor, rest) = (self.mantissa.div_euclid(unit), self.mantissa.rem_euclid(unit));
        let is_up = match (rest * 2).cmp(&unit) {
            std::cmp::Ordering::Less => false,
            std::cmp::Ordering::Equal => floor.rem_euclid(2) == 1,
            std::cmp::Ordering::Greater => true,
        };
        i64::try_from(floor + i128::from(is_up)).ok()
    }

    /// Returns the amount of a currency, rounded half to even to its minor
    /// unit.
    pub(super) fn money(self, currency: Currency) -> Option<Money> {
        let minor = self.scaled(currency.exponent().into())?;
        Some(Money::new(minor, currency))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn minor(text: &str, currency: &str) -> Option<i64> {
        Decimal::read(text)?.money(currency.parse().unwrap()).map(|money| money.minor)
    }

    #[test]
    fn amounts_go_by_the_exponent_of_the_currency() {
        for (text, currency, gives) in [
            ("27.5", "USD", 2_750),
            ("1.234", "KWD", 1_234),
            ("1200", "JPY", 1_200),
            ("0", "EUR", 0),
            ("1e3", "USD", 100_000),
            ("2.5E-1", "USD", 25),
            ("-0.01", "USD", -1),
            ("92233720368547758.07", "USD", i64::MAX),
        ] {
            assert_eq!(minor(text, currency), Some(gives), "{text} {currency}");
        }
    }

    #[test]
    fn halves_are_rounded_to_even() {
        for (text, gives) in [
            ("0.005", 0),
            ("0.015", 2),
            ("0.025", 2),
            ("1.005", 100),
            ("2.675", 268),
            ("0.0050000000000000001", 1),
            ("-0.005", 0),
            ("-0.015", -2),
            ("-0.025", -2),
        ] {
            assert_eq!(minor(text, "USD"), Some(gives), "{text}");
        }
        assert_eq!(minor("0.5", "JPY"), Some(0));
        assert_eq!(minor("1.5", "JPY"), Some(2));
        assert_eq!(minor("1.2345", "KWD"), Some(1_234));
    }

    #[test]
    fn what_is_no_amount_is_refused() {
        for text in [
            "",
            "-",
            ".",
            "1.",
            ".5",
            "+1",
            "1,5",
            "1_0",
            "NaN",
            "inf",
            "0x1",
            "1e",
            "1e400",
            "1e-31",
            "92233720368547758.08",
            "9999999999999999999999999999999",
            "١",
        ] {
            assert_eq!(minor(text, "USD"), None, "{text}");
        }
    }

    #[test]
    fn sums_and_products_are_exact() {
        let read = |text| Decimal::read(text).unwrap();
        let sum = read("0.1").plus(read("0.2")).unwrap();
        assert_eq!(sum, read("0.3"));
        assert_eq!(read("19.99").times(3), Some(read("59.97")));
        assert_eq!(read("3.00").whole(), Some(3));
        assert_eq!(read("3.01").whole(), None);
        assert_eq!(Decimal { mantissa: i128::MAX, scale: 0 }.plus(read("1")), None);
    }
}
