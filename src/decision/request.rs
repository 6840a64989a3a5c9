//! One ask.

use serde::{Deserialize, Serialize};

use crate::time::Timestamp;
use crate::vocabulary::Channel;

/// One ask: when, on which channel, and what for.
///
/// # Examples
///
/// ```
/// use tactful::{Channel, Request, Timestamp};
///
/// let now: Timestamp = "2026-03-10T15:00:30Z".parse()?;
/// let request = Request::new(now, Channel::Web).slots(["hero", "tile", "tile"]);
/// assert_eq!(request.slots.len(), 3);
/// # Ok::<(), tactful::time::ParseTimeError>(())
/// ```
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, remote = "Self")]
#[non_exhaustive]
pub struct Request {
    /// The moment of the decision; the library never reads a clock.
    pub now: Timestamp,
    /// The channel that is asked for.
    pub channel: Channel,
    /// The slots to fill, in their order; none asks for one ranking.
    ///
    /// Those beyond [`MAX_SLOTS`](Self::MAX_SLOTS) are not filled.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub slots: Vec<String>,
    /// How many recommendations at most; none asks for all.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub limit: Option<usize>,
    /// What the customer is about to do, readable as `request.intent`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub intent: Option<String>,
    /// An id that the decision carries, to find it again in a log.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub decision_id: Option<String>,
    /// Actions that are switched off in an emergency.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub excluded: Vec<String>,
    /// Actions of which nothing is left.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub out_of_stock: Vec<String>,
    /// How much the decision says of what it does not recommend.
    #[serde(default)]
    pub detail: Detail,
}

crate::object::object!(Request);

/// How much a decision says of what it does not recommend.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Detail {
    /// The verdict, all reasons and `until` of every action.
    #[default]
    Complete,
    /// The suppressions in force, and nothing about single actions.
    RankedOnly,
}

impl Request {
    /// How many slots a decision fills.
    pub const MAX_SLOTS: usize = 1_000;
    /// The longest JSON text that is read: 1 MiB.
    #[cfg(feature = "json")]
    pub const MAX_JSON_BYTES: usize = 1 << 20;

    /// Asks for a ranking of everything, at a moment and on a channel.
    #[must_use]
    pub fn new(now: Timestamp, channel: Channel) -> Self {
        Self {
            now,
            channel,
            slots: Vec::new(),
            limit: None,
            intent: None,
            decision_id: None,
            excluded: Vec::new(),
            out_of_stock: Vec::new(),
            detail: Detail::Complete,
        }
    }

    /// Reads a request from JSON with the keys of the fields of this type.
    ///
    /// # Errors
    ///
    /// Kind [`Request`](crate::ErrorKind::Request) with the path of what is
    /// wrong, or [`TooLarge`](crate::ErrorKind::TooLarge).
    #[cfg(feature = "json")]
    pub fn from_json(text: impl AsRef<[u8]>) -> Result<Self, crate::Error> {
        crate::json::read(text.as_ref(), crate::ErrorKind::Request, Self::MAX_JSON_BYTES)
    }

    /// Names the slots to fill, in their order.
    #[must_use]
    pub fn slots<S: Into<String>>(mut self, slots: impl IntoIterator<Item = S>) -> Self {
        self.slots = slots.into_iter().map(Into::into).collect();
        self
    }

    /// Asks for so many recommendations at most.
    #[must_use]
    pub fn limit(mut self, limit: usize) -> Self {
        self.limit = Some(limit);
        self
    }

    /// Says what the customer is about to do.
    #[must_use]
    pub fn intent(mut self, intent: impl Into<String>) -> Self {
        self.intent = Some(intent.into());
        self
    }

    /// Gives the decision an id.
    #[must_use]
    pub fn decision_id(mut self, id: impl Into<String>) -> Self {
        self.decision_id = Some(id.into());
        self
    }

    /// Switches an action off in an emergency.
    #[must_use]
    pub fn exclude(mut self, action: impl Into<String>) -> Self {
        self.excluded.push(action.into());
        self
    }

    /// Says that nothing is left of an action.
    #[must_use]
    pub fn out_of_stock(mut self, action: impl Into<String>) -> Self {
        self.out_of_stock.push(action.into());
        self
    }

    /// Leaves out what becomes of the actions that are not recommended.
    ///
    /// The recommendations are the same.
    #[must_use]
    pub fn ranked_only(mut self) -> Self {
        self.detail = Detail::RankedOnly;
        self
    }
}
