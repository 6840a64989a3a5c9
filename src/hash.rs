//! The one portable hash for buckets, draws and fingerprints.
//!
//! It is XXH3 with 128 bits and no seed: specified, quick, and at hand in
//! C, Python and most warehouses, so that others can recompute what they find
//! in a log. Golden vectors in the tests guard it; the in-process maps use
//! another hash and never reach an answer.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

/// A stable 128-bit hash of what a policy or a context means.
///
/// It is written as 32 hexadecimal digits and is the same on every machine,
/// in every language and release of one format version.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Fingerprint(u128);

impl Fingerprint {
    /// Hashes bytes.
    ///
    /// # Examples
    ///
    /// ```
    /// use tactful::hash::Fingerprint;
    ///
    /// let empty = Fingerprint::of(b"");
    /// assert_eq!(empty.to_string(), "99aa06d3014798d86001c324468d497f");
    /// ```
    #[must_use]
    pub fn of(bytes: &[u8]) -> Self {
        Self(xxhash_rust::xxh3::xxh3_128(bytes))
    }

    /// Spells it in hexadecimal digits: the general way of writing numbers
    /// takes four times as long, and every decision names its policy.
    fn in_digits(self) -> String {
        let digit = |half: u8| char::from_digit(half.into(), 16).unwrap_or_default();
        let digits = self.0.to_be_bytes().map(|byte| [digit(byte >> 4), digit(byte & 15)]);
        digits.as_flattened().iter().collect()
    }
}

impl fmt::Display for Fingerprint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.in_digits())
    }
}

impl Serialize for Fingerprint {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.in_digits())
    }
}

impl<'de> Deserialize<'de> for Fingerprint {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        text.parse().map_err(de::Error::custom)
    }
}

impl FromStr for Fingerprint {
    type Err = ParseFingerprintError;

    fn from_str(text: &str) -> Result<Self, ParseFingerprintError> {
        let is_hexadecimal = text.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'));
        if text.len() != DIGITS || !is_hexadecimal {
            return Err(ParseFingerprintError);
        }
        u128::from_str_radix(text, 16).map(Self).map_err(|_| ParseFingerprintError)
    }
}

/// How a fingerprint is written.
const DIGITS: usize = 32;

/// A text that is no fingerprint.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a fingerprint is 32 hexadecimal digits in lower case")]
pub struct ParseFingerprintError;

/// How many buckets there are.
pub const BUCKETS: u16 = 10_000;

/// Assigns a unit, such as a customer, to one of [`BUCKETS`] buckets.
///
/// It is the lower half of the XXH3 hash (128 bits) of `salt`, the byte 0x1F,
/// the version in decimal digits, the byte 0x1F and the unit, modulo 10,000.
///
/// # Examples
///
/// ```
/// assert_eq!(tactful::hash::bucket("universal", 1, "C-1"), 5_378);
/// ```
#[must_use]
pub fn bucket(salt: &str, version: i64, unit: &str) -> u16 {
    let hash = xxhash_rust::xxh3::xxh3_128(format!("{salt}\u{1f}{version}\u{1f}{unit}").as_bytes());
    let lower = hash & u128::from(u64::MAX);
    // INVARIANT: what is left is less than the number of buckets.
    u16::try_from(lower % u128::from(BUCKETS)).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Vectors of the reference implementation (xxHash 0.8, `XXH3_128bits`).
    #[test]
    fn golden_vectors() {
        assert_eq!(Fingerprint::of(b"").to_string(), "99aa06d3014798d86001c324468d497f");
        assert_eq!(Fingerprint::of(b"a").to_string(), "a96faf705af16834e6c632b61e964e1f");
    }

    #[test]
    fn reads_what_it_writes_and_nothing_else() {
        for text in ["00000000000000000000000000000001", "a96faf705af16834e6c632b61e964e1f"] {
            assert_eq!(text.parse::<Fingerprint>().unwrap().to_string(), text);
        }
        for text in
            ["", "1", "A96FAF705AF16834E6C632B61E964E1F", "+96faf705af16834e6c632b61e964e1f"]
        {
            assert_eq!(text.parse::<Fingerprint>(), Err(ParseFingerprintError), "{text}");
        }
    }

    /// Vectors of another implementation (xxhash for Python, 3.x).
    #[test]
    fn golden_buckets() {
        assert_eq!(bucket("universal", 1, "C-1"), 5_378);
        assert_eq!(bucket("universal", 2, "C-1"), 2_979);
        assert_eq!(bucket("a", 1, ""), 2_642);
        assert_eq!(bucket("ü", 1, "42"), 3_555);
    }
}
