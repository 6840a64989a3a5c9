//! Amounts of money: minor units with a currency, never a float.

use std::fmt;
use std::str::FromStr;
use std::sync::LazyLock;

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};
use smallvec::SmallVec;

use super::UnknownWord;

/// An ISO 4217 currency.
///
/// # Examples
///
/// ```
/// use tactful::Currency;
///
/// let yen: Currency = "JPY".parse()?;
/// assert_eq!(yen.exponent(), 0);
/// assert!("EURO".parse::<Currency>().is_err());
/// # Ok::<(), tactful::vocabulary::UnknownWord>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Currency(iso_currency::Currency);

impl Currency {
    /// Returns the three letters of the currency.
    #[must_use]
    pub fn code(self) -> &'static str {
        self.0.code()
    }

    /// Returns how many decimals the currency has: 2 for EUR, 0 for JPY.
    ///
    /// Units without a subunit of their own, such as gold, have none.
    #[must_use]
    pub fn exponent(self) -> u8 {
        self.0.exponent().and_then(|exponent| u8::try_from(exponent).ok()).unwrap_or(0)
    }
}

impl PartialOrd for Currency {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Currency {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        self.code().cmp(other.code())
    }
}

impl FromStr for Currency {
    type Err = UnknownWord;

    fn from_str(text: &str) -> Result<Self, UnknownWord> {
        let place = as_number(text)
            .and_then(|code| BY_CODE.binary_search_by_key(&code, |(code, _)| *code).ok());
        match place.and_then(|place| BY_CODE.get(place)) {
            Some((_, currency)) => Ok(Self(*currency)),
            None => Err(UnknownWord(text.to_owned())),
        }
    }
}

/// Reads three letters as a number, which compares faster.
fn as_number(code: &str) -> Option<u32> {
    let [one, two, three] = code.as_bytes().try_into().ok()?;
    Some(u32::from_be_bytes([0, one, two, three]))
}

/// All currencies by their codes: most amounts that are read name one.
static BY_CODE: LazyLock<ByCode> = LazyLock::new(|| {
    let all = (0..1_000).filter_map(iso_currency::Currency::from_numeric);
    let mut by_code: ByCode = all.filter_map(|of| Some((as_number(of.code())?, of))).collect();
    by_code.sort_unstable_by_key(|(code, _)| *code);
    by_code
});

type ByCode = SmallVec<[(u32, iso_currency::Currency); 256]>;

impl fmt::Display for Currency {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.code())
    }
}

impl Serialize for Currency {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.code())
    }
}

impl<'de> Deserialize<'de> for Currency {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Code;

        impl de::Visitor<'_> for Code {
            type Value = Currency;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an ISO 4217 currency such as \"EUR\"")
            }

            fn visit_str<E: de::Error>(self, text: &str) -> Result<Currency, E> {
                text.parse().map_err(|_| E::invalid_value(de::Unexpected::Str(text), &self))
            }
        }

        deserializer.deserialize_str(Code)
    }
}

/// An amount of money: whole minor units of one currency.
///
/// Amounts of different currencies are never added or compared. (The order of
/// this type is there to sort by, and compares minor units first.)
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields, remote = "Self")]
pub struct Money {
    /// The amount in minor units, such as cents.
    pub minor: i64,
    /// The currency.
    pub currency: Currency,
}

crate::object::object!(Money);

impl Money {
    /// Takes minor units of a currency.
    #[must_use]
    pub const fn new(minor: i64, currency: Currency) -> Self {
        Self { minor, currency }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn there_are_the_currencies_there_are() {
        let letters = || 'A'..='Z';
        for (one, two, three) in letters()
            .flat_map(|one| letters().map(move |two| (one, two)))
            .flat_map(|(one, two)| letters().map(move |three| (one, two, three)))
        {
            let code = String::from_iter([one, two, three]);
            let known = iso_currency::Currency::from_code(&code);
            assert_eq!(code.parse().ok(), known.map(Currency));
        }
        for code in ["", "EU", "eur", "EURO", "€"] {
            assert_eq!(code.parse::<Currency>(), Err(UnknownWord(code.to_owned())));
        }
    }
}
