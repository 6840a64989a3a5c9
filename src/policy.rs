//! The policy document as plain data, as people write it.
//!
//! The same keys serve TOML and JSON. A [`Policy`] holds what was written;
//! whether it makes sense is found out when an [`Engine`](crate::Engine) is
//! built from it. A key that is unknown, or not supported yet, is an error
//! with a suggestion, never ignored.

mod analytics;
pub(crate) mod code;
mod contact;
mod decimal;
#[cfg(any(feature = "toml", feature = "json"))]
mod document;
mod draft;
mod entries;
mod preset;
mod promise;
#[cfg(any(feature = "toml", feature = "json"))]
mod reader;
mod selection;
#[cfg(any(feature = "toml", feature = "json"))]
mod text;

use std::collections::BTreeMap;

use serde::Serialize;

pub use decimal::{Decimal, ParseDecimalError};

pub use analytics::{
    AnalyticsModel, LifecycleParameters, LifetimeValueParameters, PurchaseParameters,
    WeibullParameters,
};
pub use contact::{ConsentRules, Limit, QuietHours};
pub(crate) use decimal::{Pointed, point};
pub use entries::{
    Action, AttributeType, Boost, DeclaredKind, Engagement, Freshness, Group, Propensity, Selector,
    Situation, Suppression, Treatment, Worth,
};
pub use promise::Promise;
pub use selection::{Exclusive, Holdout, Placement, Threshold};

pub(crate) use draft::Draft;
pub(crate) use preset::preset;

/// What people write: situations, actions, and the rules about them.
///
/// # Examples
///
/// ```
/// use tactful::Policy;
///
/// let policy = Policy::from_toml(r#"
///     policy = "customer-care"
///
///     [[actions]]
///     id = "premium-upgrade"
///     kind = "upsell"
///     propensity = 0.06
///     value = "240.00"
///     channels = ["web"]
/// "#)?;
/// assert_eq!(policy.actions[0].id, "premium-upgrade");
/// # Ok::<(), tactful::Error>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
#[non_exhaustive]
pub struct Policy {
    /// What the policy is called.
    pub policy: String,
    /// The one currency its amounts are in, as an ISO 4217 code.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub currency: Option<String>,
    /// A ready table of situations and suppressions, such as `customer-care@1`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub preset: Option<String>,
    /// The attributes that conditions may read, by name.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub attributes: BTreeMap<String, AttributeType>,
    /// The models of customer analytics that conditions and scores may read,
    /// by name.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub analytics: BTreeMap<String, AnalyticsModel>,
    /// Kinds of action besides the built-in ones, and what actions of a kind
    /// need, by name.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub kinds: BTreeMap<String, DeclaredKind>,
    /// What the actions of a group need, by the name of the group.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub groups: BTreeMap<String, Group>,
    /// Named conditions.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub situations: BTreeMap<String, Situation>,
    /// How old each part may be, as a whole or by source.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub fresh: BTreeMap<String, Freshness>,
    /// What can be recommended.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub actions: Vec<Action>,
    /// What holds actions back.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub suppress: Vec<Suppression>,
    /// What lifts or lowers actions.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub boosts: Vec<Boost>,
    /// What counts as consent.
    #[serde(skip_serializing_if = "ConsentRules::is_empty")]
    pub consent: ConsentRules,
    /// When outbound messages rest, by name.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub quiet_hours: BTreeMap<String, QuietHours>,
    /// How often is too often.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub limits: Vec<Limit>,
    /// Which customers are left out to measure by, by name.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub holdout: BTreeMap<String, Holdout>,
    /// What actions must come to, by name.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub thresholds: BTreeMap<String, Threshold>,
    /// The places that requests ask to fill.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub placements: Vec<Placement>,
    /// What a slate may hold together.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub exclusive: Vec<Exclusive>,
    /// What must hold for every customer; proved when an engine is built.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub promises: Vec<Promise>,
}

impl Policy {
    /// The longest text that is read: 16 MiB.
    pub const MAX_BYTES: usize = 16 << 20;

    /// Reads a policy from TOML.
    ///
    /// # Errors
    ///
    /// Kind [`Policy`](crate::ErrorKind::Policy) with a diagnostic for every
    /// unknown or missing key and every value of the wrong type; kind
    /// [`TooLarge`](crate::ErrorKind::TooLarge) above [`MAX_BYTES`](Self::MAX_BYTES).
    #[cfg(feature = "toml")]
    pub fn from_toml(text: &str) -> Result<Self, crate::Error> {
        Draft::from_toml(text)?.into_policy()
    }

    /// Reads a policy from JSON, with the same keys as TOML.
    ///
    /// # Errors
    ///
    /// As [`from_toml`](Self::from_toml).
    #[cfg(feature = "json")]
    pub fn from_json(text: &str) -> Result<Self, crate::Error> {
        Draft::from_json(text)?.into_policy()
    }

    /// Writes the policy as JSON that [`from_json`](Self::from_json) reads.
    #[cfg(feature = "json")]
    #[must_use]
    pub fn to_json(&self) -> String {
        // Nothing in a policy can fail to be written: the keys are strings.
        serde_json::to_string(self).unwrap_or_default()
    }

    /// Returns the stable hash of what the policy says about limits.
    #[cfg(feature = "json")]
    pub(crate) fn limits_fingerprint(&self) -> crate::hash::Fingerprint {
        let mut limits = self.limits.clone();
        limits.sort_by(|a, b| a.id.cmp(&b.id));
        let mut apart = self.exclusive.clone();
        apart.retain(|exclusive| exclusive.within.is_some());
        apart.sort_by(|a, b| a.id.cmp(&b.id));
        // Nothing in a policy can fail to be written: the keys are strings.
        let text = serde_json::to_string(&(&self.preset, limits, apart)).unwrap_or_default();
        crate::hash::Fingerprint::of(text.as_bytes())
    }

    /// Returns the stable hash of what the policy says.
    ///
    /// It is the same for a policy in TOML and its twin in JSON, and does not
    /// depend on the order in which actions and rules are written.
    #[cfg(feature = "json")]
    #[must_use]
    pub fn fingerprint(&self) -> crate::hash::Fingerprint {
        let mut canonical = self.clone();
        canonical.actions.sort_by(|a, b| a.id.cmp(&b.id));
        canonical.suppress.sort_by(|a, b| a.id.cmp(&b.id));
        canonical.boosts.sort_by(|a, b| a.id.cmp(&b.id));
        canonical.limits.sort_by(|a, b| a.id.cmp(&b.id));
        canonical.placements.sort_by(|a, b| a.id.cmp(&b.id));
        canonical.exclusive.sort_by(|a, b| a.id.cmp(&b.id));
        canonical.promises.sort_by(|a, b| a.id.cmp(&b.id));
        crate::hash::Fingerprint::of(canonical.to_json().as_bytes())
    }
}
