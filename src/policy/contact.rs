//! The contact policy: how often is too often, and when messages rest.

use serde::Serialize;

use super::Selector;

/// A rule over the history of interactions.
///
/// It counts the interactions that its selector, `purposes`, `channels` and
/// `outcomes` describe, by the labels they had at the time, and holds back the
/// actions that the same words describe. It is one of these:
///
/// | keys | what it is |
/// |---|---|
/// | `at_most`, `within` | a cap in a rolling window |
/// | `at_most`, `each` | a cap in every day, week, month, year or session, or for good |
/// | `at_most`, `within`, `pause` | so many in a window bring a pause that runs its time |
/// | `gap` | a cooldown: so long between two |
/// | `never_followed_by`, `within` | those actions are held back so long after these |
/// | `only_after`, `at_least`, `within` | these need one of those before |
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
#[non_exhaustive]
pub struct Limit {
    /// Identifies the rule.
    pub id: String,
    /// Which actions and interactions it is about; all if empty.
    #[serde(flatten)]
    pub selector: Selector,
    /// Of these purposes only; of all if empty.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub purposes: Vec<String>,
    /// On these channels only, which share one total; on all if empty.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub channels: Vec<String>,
    /// Counts apart for each `action`, `group`, `kind`, `tag` or `channel`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub per: Option<String>,
    /// What counts; contacts if empty: what was sent, or seen on inbound channels.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub outcomes: Vec<String>,
    /// How many there may be.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub at_most: Option<i64>,
    /// In a window of this length, such as `7d`, up to now.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub within: Option<String>,
    /// In every `day`, `week`, `month`, `year`, `session` or `lifetime`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub each: Option<String>,
    /// How many days, weeks, months or years make one period; one if not written.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub every: Option<i64>,
    /// Where days begin: an IANA name, or `customer` for their own zone; UTC
    /// if not written.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub time_zone: Option<String>,
    /// The day weeks begin on, such as `sunday`; Monday if not written.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub week_starts: Option<String>,
    /// How long nothing more happens once there were too many.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub pause: Option<String>,
    /// How long it takes until the next.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub gap: Option<String>,
    /// The actions that must not follow.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub never_followed_by: Option<Selector>,
    /// The actions one of which must have come before.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub only_after: Option<Selector>,
    /// How long before, at least.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub at_least: Option<String>,
    /// Why, in words for people.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub because: Option<String>,
}

/// A time of day at which outbound messages rest, where the customer is.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
#[non_exhaustive]
pub struct QuietHours {
    /// When they begin, such as `21:00`.
    pub from: String,
    /// When they end, such as `09:00`, on the next day if that is not later.
    pub to: String,
    /// The days they begin on, such as `saturday`; every day if empty.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub days: Vec<String>,
    /// The outbound channels that rest; all if empty.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub channels: Vec<String>,
    /// The zone to go by where the customer's own is not known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub fallback_zone: Option<String>,
}

/// What counts as consent.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
#[non_exhaustive]
pub struct ConsentRules {
    /// The channels on which a yes that is only assumed counts as one.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub soft_opt_in: Vec<String>,
}

impl ConsentRules {
    pub(super) fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}
