//! Promises: what a policy says of itself, for every customer.

use serde::Serialize;

use super::Selector;

/// What must hold for every context and request there is.
///
/// A promise says one of `never`, `always` and `implies`, and in which
/// situation by one of `while`, `while_known` and `unless_known`.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
#[non_exhaustive]
pub struct Promise {
    /// Identifies the promise.
    pub id: String,
    /// None of these actions is recommended.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub never: Option<Selector>,
    /// One of these actions at least gets through conditions and suppressions.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub always: Option<Selector>,
    /// All of these conditions hold as well, by the same measure.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub implies: Vec<String>,
    /// While all of these conditions hold, or cannot be told.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub r#while: Vec<String>,
    /// While all of these conditions are known to hold.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub while_known: Vec<String>,
    /// Unless all of these conditions are known to hold.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub unless_known: Vec<String>,
}
