//! What comes after the question who may be addressed: holdouts, thresholds
//! and the rules of a slate.

use serde::Serialize;

use super::{Decimal, Selector};

/// A rule within one slate: at most so many, or never together.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
#[non_exhaustive]
pub struct Exclusive {
    /// Identifies the rule.
    pub id: String,
    /// How many a slate may hold.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub at_most: Option<i64>,
    /// Counts apart for each `group`, `kind` or `tag`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub per: Option<String>,
    /// Which actions are counted; all if empty.
    #[serde(flatten)]
    pub selector: Selector,
    /// Actions of which a slate holds only one.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub never_together: Vec<String>,
    /// How long after one of them the others are held back, too.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub within: Option<String>,
}

/// A kind of place that a request may ask to fill, such as a hero or a tile.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
#[non_exhaustive]
pub struct Placement {
    /// How requests and treatments name it.
    pub id: String,
    /// The channels that have it; all if empty.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub channels: Vec<String>,
    /// The actions it takes; all if empty.
    #[serde(flatten)]
    pub selector: Selector,
}

/// Customers that are left out, to measure by.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
#[non_exhaustive]
pub struct Holdout {
    /// The share of customers, in percent with at most two decimals.
    pub percent: Decimal,
    /// A new version draws anew; 1 if not written.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub version: Option<i64>,
    /// Holdouts of one salt and version leave out the same customers; the
    /// name if not written.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub salt: Option<String>,
    /// Which actions they are not offered.
    #[serde(flatten)]
    pub selector: Selector,
}

/// What an action must come to.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
#[non_exhaustive]
pub struct Threshold {
    /// The least propensity.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub propensity: Option<Decimal>,
    /// The least priority, in units of the currency.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub priority: Option<Decimal>,
    /// Which actions it is about; all if empty.
    #[serde(flatten)]
    pub selector: Selector,
}
