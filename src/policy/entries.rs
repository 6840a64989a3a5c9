//! The entries of a policy.

use std::collections::BTreeMap;

use serde::Serialize;

use super::Decimal;

fn is_zero(value: &i64) -> bool {
    *value == 0
}

/// Something that can be recommended.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
#[non_exhaustive]
pub struct Action {
    /// Identifies the action.
    pub id: String,
    /// What kind of action it is: built in (`upsell`, `service`, …) or declared.
    pub kind: String,
    /// The group it belongs to.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub group: Option<String>,
    /// Free labels.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub tags: Vec<String>,
    /// What it is for; without one, what its kind says.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub purpose: Option<String>,
    /// Class of importance: above 0 before all others, below 0 after them.
    #[serde(skip_serializing_if = "is_zero")]
    pub tier: i64,
    /// Decides between equal priorities; the higher goes first.
    #[serde(skip_serializing_if = "is_zero")]
    pub rank: i64,
    /// `active` or `paused`; active if not written.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub status: Option<String>,
    /// From when it can be recommended.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub starts_at: Option<String>,
    /// Until when it can be recommended; at this instant no more.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ends_at: Option<String>,
    /// The channels it can be recommended on.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub channels: Vec<String>,
    /// Who qualifies: all of these conditions.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub eligible: Vec<String>,
    /// When it makes sense: all of these conditions.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub applicable: Vec<String>,
    /// Whose interest it is in: all of these conditions.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub suitable: Vec<String>,
    /// How likely the customer takes it up; certain if not written.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub propensity: Option<Propensity>,
    /// What it is worth if taken up, in units of the currency; 0 if not written.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub value: Option<Worth>,
    /// How it is shown.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub treatments: Vec<Treatment>,
    /// Whether limits hold it back; not if it is transactional.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub obeys_limits: Option<bool>,
    /// Whether it counts where limits count; not if it is transactional.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub counts_toward_limits: Option<bool>,
    /// Whether quiet hours hold it back; only marketing if not written.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub obeys_quiet_hours: Option<bool>,
    /// Whether it needs consent to its purpose; only marketing if not written.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub needs_consent: Option<bool>,
    /// What it draws on; the request says how much of it is left.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub quota: Option<String>,
}

/// How likely an action is taken up.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(untagged)]
#[non_exhaustive]
pub enum Propensity {
    /// The same for everybody: 0 to 1 with at most nine decimals.
    Fixed(Decimal),
    /// What a model says of the customer.
    Score {
        /// The name of the score in the context.
        score: String,
    },
    /// What a model of the policy says of the customer.
    Analytics {
        /// The name of the model and its answer, such as `alive.p_alive`.
        analytics: String,
    },
}

/// What an action is worth if it is taken up.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(untagged)]
#[non_exhaustive]
pub enum Worth {
    /// The same for everybody, in units of the currency.
    Fixed(Decimal),
    /// What a model of the policy says of the customer.
    Analytics {
        /// The name of the model and its answer, such as `worth.value_minor`.
        analytics: String,
    },
}

impl From<Decimal> for Worth {
    fn from(amount: Decimal) -> Self {
        Self::Fixed(amount)
    }
}

/// How an action is shown on a channel, a device or in a slot.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
#[non_exhaustive]
pub struct Treatment {
    /// Identifies the treatment within its action.
    pub id: String,
    /// The channels it is made for; all of the action's if empty.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub channels: Vec<String>,
    /// The form factors it is made for; all if empty.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub devices: Vec<String>,
    /// The slots it fits; all if empty.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub slots: Vec<String>,
    /// The languages it is in, as BCP 47 ranges: `de` is also for `de-AT`; all
    /// if empty.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub locales: Vec<String>,
}

/// A named condition.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
#[non_exhaustive]
pub struct Situation {
    /// How reports read it aloud, such as "a billing dispute is open".
    #[serde(skip_serializing_if = "Option::is_none")]
    pub say: Option<String>,
    /// All of these conditions.
    pub when: Vec<String>,
    /// And none of these conditions.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub unless: Vec<String>,
}

/// Which actions a rule is about: any that one of the lists names.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
#[non_exhaustive]
pub struct Selector {
    /// Actions of these kinds.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub kinds: Vec<String>,
    /// Actions with one of these tags.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub tags: Vec<String>,
    /// Actions of these groups.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub groups: Vec<String>,
    /// These actions.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub ids: Vec<String>,
}

/// A rule that holds actions back.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
#[non_exhaustive]
pub struct Suppression {
    /// Identifies the rule.
    pub id: String,
    /// While all of these conditions hold, or cannot be told.
    pub when: Vec<String>,
    /// And none of these conditions.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub unless: Vec<String>,
    /// And while all of these hold, the cool-off, or cannot be told.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub after: Vec<String>,
    /// `suppress` (the default) or `allow`: what an unknown condition does.
    ///
    /// Under `allow` the rule still holds back when the last known facts,
    /// however old, say so.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub on_unknown: Option<String>,
    /// The channels it holds them back on; all if empty.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub channels: Vec<String>,
    /// Which actions it holds back.
    #[serde(flatten)]
    pub selector: Selector,
    /// Why, in words for people.
    pub because: String,
}

/// A percentage on actions: a context weight, or without `when` a lever.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
#[non_exhaustive]
pub struct Boost {
    /// Identifies the rule.
    pub id: String,
    /// All of these conditions; none make it a business lever.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub when: Vec<String>,
    /// And none of these conditions.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub unless: Vec<String>,
    /// The percentage: 60 makes 1.6 of 1, -100 makes 0.
    pub percent: Decimal,
    /// Which actions it lifts or lowers.
    #[serde(flatten)]
    pub selector: Selector,
}

/// A kind of action: one that the policy declares, or conditions on a built-in one.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
#[non_exhaustive]
pub struct DeclaredKind {
    /// The purpose of its actions; marketing if not written.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub purpose: Option<String>,
    /// What its actions need besides their own conditions.
    #[serde(flatten)]
    pub engagement: Engagement,
}

/// A group of actions.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
#[non_exhaustive]
pub struct Group {
    /// What its actions need besides their own conditions.
    #[serde(flatten)]
    pub engagement: Engagement,
}

/// The engagement conditions that the actions of a kind or a group inherit.
///
/// Their own conditions come on top: they can only tighten.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
#[non_exhaustive]
pub struct Engagement {
    /// Who qualifies: all of these conditions.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub eligible: Vec<String>,
    /// When it makes sense: all of these conditions.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub applicable: Vec<String>,
    /// Whose interest it is in: all of these conditions.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub suitable: Vec<String>,
}

/// The type of a declared attribute: the name of a type, or a closed set.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(untagged)]
#[non_exhaustive]
pub enum AttributeType {
    /// `bool`, `int`, `double`, `text`, `timestamp` or `texts`.
    Named(String),
    /// One of these words.
    Words(Vec<String>),
}

/// How old a part may be.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(untagged)]
#[non_exhaustive]
pub enum Freshness {
    /// A length of time such as `15m`, or `never` for no limit.
    Part(String),
    /// The same for each source that the part needs, by name. Without one of
    /// them the part is unknown.
    Sources(BTreeMap<String, String>),
}
