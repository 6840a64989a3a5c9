//! What a parameter or an input may be, and the error that says it is not.

use std::fmt;
use std::ops::RangeInclusive;

/// The least and the largest parameter that a model takes.
///
/// They keep every product and ratio finite. A fit with a parameter beyond
/// them has not converged.
const LEAST: f64 = 1e-12;
const MOST: f64 = 1e12;

/// A parameter or an input outside of what a formula is defined for.
///
/// The text says which value, what it is, what it may be, and what to do.
///
/// # Examples
///
/// ```
/// use tactful::analytics::PurchaseModel;
///
/// let error = PurchaseModel::bg_nbd(0.243, -4.414, 0.793, 2.426).unwrap_err();
/// assert_eq!(error.place(), "bg_nbd.alpha");
/// assert_eq!(
///     error.to_string(),
///     "bg_nbd.alpha: -4.414 is not between 1e-12 and 1e12: give the parameter as it was fitted"
/// );
/// ```
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[error("{place}: {message}: {help}")]
pub struct DomainError {
    place: &'static str,
    message: String,
    help: String,
}

impl DomainError {
    /// Says of a value at a place what it is not, and what to do.
    pub(super) fn new(place: &'static str, value: impl fmt::Display, is: &str, help: &str) -> Self {
        Self { place, message: format!("{value} {is}"), help: help.to_owned() }
    }

    /// Returns which value it is, such as `bg_nbd.alpha`.
    #[must_use]
    pub fn place(&self) -> &'static str {
        self.place
    }

    /// Returns what is wrong, without the place.
    pub(crate) fn message(&self) -> &str {
        &self.message
    }

    /// Returns what to do about it.
    pub(crate) fn help(&self) -> &str {
        &self.help
    }
}

/// Takes a parameter of a fitted model.
pub(super) fn parameter(place: &'static str, value: f64) -> Result<f64, DomainError> {
    within(place, value, LEAST..=MOST, "give the parameter as it was fitted")
}

/// Takes a number that is above 0, as a parameter is.
pub(super) fn above_zero(place: &'static str, value: f64, help: &str) -> Result<f64, DomainError> {
    within(place, value, LEAST..=MOST, help)
}

/// Takes a number that is not below 0.
pub(super) fn not_below_zero(
    place: &'static str,
    value: f64,
    help: &str,
) -> Result<f64, DomainError> {
    within(place, value, 0.0..=MOST, help)
}

/// Takes a number from a range. No range has what is not a number.
pub(super) fn within(
    place: &'static str,
    value: f64,
    range: RangeInclusive<f64>,
    help: &str,
) -> Result<f64, DomainError> {
    if range.contains(&value) {
        return Ok(value);
    }
    let is = format!("is not between {} and {}", Short(*range.start()), Short(*range.end()));
    Err(DomainError::new(place, Short(value), &is, help))
}

/// A number as people write it: with an exponent where there would be many zeros.
struct Short(f64);

impl fmt::Display for Short {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let plain = self.0 == 0.0 || (1e-4..1e9).contains(&self.0.abs());
        if plain { write!(f, "{}", self.0) } else { write!(f, "{:e}", self.0) }
    }
}
