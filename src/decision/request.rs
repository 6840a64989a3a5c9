//! One ask.

use std::collections::BTreeMap;

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
    /// Further channels, tried in order where an action does not go on the first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub or_channels: Vec<Channel>,
    /// Whether the channels are tried as listed or as the customer prefers them.
    #[serde(default, skip_serializing_if = "ChannelOrder::is_listed")]
    pub channel_order: ChannelOrder,
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
    ///
    /// Names that the policy does not have switch nothing off:
    /// [`Engine::unknown_actions`](crate::Engine::unknown_actions) lists them.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub excluded: Vec<String>,
    /// Actions of which nothing is left.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub out_of_stock: Vec<String>,
    /// Actions that the customer sees already, elsewhere on the same page.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub already_shown: Vec<String>,
    /// How much is left of each quota, by name.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub quotas: BTreeMap<String, u64>,
    /// The time zone the customer is in, as an IANA name; the profile's if none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub time_zone: Option<String>,
    /// The language to speak, as a BCP 47 tag; the device's or the profile's
    /// if none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub locale: Option<String>,
    /// An action to try out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub force: Option<Forced>,
    /// How much the decision says of what it does not recommend.
    #[serde(default)]
    pub detail: Detail,
}

crate::object::object!(Request);

/// In which order channels are tried.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum ChannelOrder {
    /// As the request lists them.
    #[default]
    Listed,
    /// As the customer prefers them, if that is known; those the customer does
    /// not name come last, as listed.
    Preferred,
}

impl ChannelOrder {
    #[expect(clippy::trivially_copy_pass_by_ref, reason = "serde asks for a reference")]
    fn is_listed(&self) -> bool {
        *self == Self::Listed
    }
}

/// An action that somebody wants to see, for quality assurance.
///
/// It is judged without eligibility, applicability, suitability, holdout and
/// thresholds, and comes first. Nothing lifts availability, consent, quiet
/// hours, suppressions and limits.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, remote = "Self")]
#[non_exhaustive]
pub struct Forced {
    /// The action.
    pub action: String,
    /// The treatment it is shown in; any that fits if none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub treatment: Option<String>,
}

crate::object::object!(Forced);

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
            or_channels: Vec::new(),
            channel_order: ChannelOrder::Listed,
            slots: Vec::new(),
            limit: None,
            intent: None,
            decision_id: None,
            excluded: Vec::new(),
            out_of_stock: Vec::new(),
            already_shown: Vec::new(),
            quotas: BTreeMap::new(),
            time_zone: None,
            locale: None,
            force: None,
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

    /// Reads a request from any format that serde reads, with the errors of
    /// [`from_json`](Self::from_json).
    ///
    /// For bindings, whose values are no text.
    ///
    /// # Errors
    ///
    /// As [`from_json`](Self::from_json); there is no limit of length.
    #[cfg(feature = "json")]
    pub fn from_deserializer<'de, D: serde::Deserializer<'de>>(
        deserializer: D,
    ) -> Result<Self, crate::Error> {
        crate::json::read_from(deserializer, crate::ErrorKind::Request)
    }

    /// Adds a channel to try where an action does not go on those before.
    #[must_use]
    pub fn or_on(mut self, channel: Channel) -> Self {
        self.or_channels.push(channel);
        self
    }

    /// Tries the channels in the order the customer prefers.
    #[must_use]
    pub fn as_preferred(mut self) -> Self {
        self.channel_order = ChannelOrder::Preferred;
        self
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

    /// Says that the customer sees an action already.
    #[must_use]
    pub fn already_shown(mut self, action: impl Into<String>) -> Self {
        self.already_shown.push(action.into());
        self
    }

    /// Says how much is left of a quota.
    #[must_use]
    pub fn quota(mut self, name: impl Into<String>, left: u64) -> Self {
        self.quotas.insert(name.into(), left);
        self
    }

    /// Says which time zone the customer is in.
    #[must_use]
    pub fn time_zone(mut self, name: impl Into<String>) -> Self {
        self.time_zone = Some(name.into());
        self
    }

    /// Says which language to speak.
    #[must_use]
    pub fn locale(mut self, tag: impl Into<String>) -> Self {
        self.locale = Some(tag.into());
        self
    }

    /// Puts an action first, if nothing that must not be lifted holds it back.
    #[must_use]
    pub fn force(mut self, action: impl Into<String>) -> Self {
        self.force = Some(Forced { action: action.into(), treatment: None });
        self
    }

    /// Puts an action first in one treatment; see [`force`](Self::force).
    #[must_use]
    pub fn force_treatment(
        mut self,
        action: impl Into<String>,
        treatment: impl Into<String>,
    ) -> Self {
        let treatment = Some(treatment.into());
        self.force = Some(Forced { action: action.into(), treatment });
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
