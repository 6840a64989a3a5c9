//! The one portable hash for buckets, draws and fingerprints.
//!
//! It is XXH3 with 128 bits and no seed: specified, quick, and at hand in
//! C, Python and most warehouses, so that others can recompute what they find
//! in a log. Golden vectors in the tests guard it; the in-process maps use
//! another hash and never reach an answer.

use std::fmt;

use serde::{Serialize, Serializer};

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
}

impl fmt::Display for Fingerprint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:032x}", self.0)
    }
}

impl Serialize for Fingerprint {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
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
}
