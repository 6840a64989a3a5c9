//! Hashes for Python's dicts and sets; they never leave the process.

use std::hash::{DefaultHasher, Hash, Hasher};

/// Hashes a value.
pub(crate) fn of(value: &(impl Hash + ?Sized)) -> u64 {
    let mut hasher = DefaultHasher::new();
    value.hash(&mut hasher);
    hasher.finish()
}
