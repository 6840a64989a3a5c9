//! What is asked: as the reference knows it, and as the engine reads it.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};
use tactful::{Channel, Request};

use crate::model::{object, put, rfc3339};

#[derive(Clone, Debug)]
pub(crate) struct Ask {
    pub(crate) now: i64,
    pub(crate) channel: Channel,
    pub(crate) or_channels: Vec<Channel>,
    /// Whether the customer's preference orders the channels.
    pub(crate) preferred: bool,
    pub(crate) slots: Vec<String>,
    pub(crate) limit: Option<usize>,
    pub(crate) intent: Option<&'static str>,
    pub(crate) excluded: Vec<String>,
    pub(crate) out_of_stock: Vec<String>,
    pub(crate) time_zone: Option<&'static str>,
    pub(crate) locale: Option<&'static str>,
    pub(crate) quotas: BTreeMap<String, u64>,
    pub(crate) already_shown: Vec<String>,
    pub(crate) force: Option<Force>,
}

/// An action that is to be tried out, and how it is to be shown.
#[derive(Clone, Debug)]
pub(crate) struct Force {
    pub(crate) action: String,
    pub(crate) treatment: Option<String>,
}

impl Ask {
    pub(crate) fn new(now: i64, channel: Channel) -> Self {
        Self {
            now,
            channel,
            or_channels: Vec::new(),
            preferred: false,
            slots: Vec::new(),
            limit: None,
            intent: None,
            excluded: Vec::new(),
            out_of_stock: Vec::new(),
            time_zone: None,
            locale: None,
            quotas: BTreeMap::new(),
            already_shown: Vec::new(),
            force: None,
        }
    }

    pub(crate) fn request(&self) -> Request {
        let text = self.to_json();
        Request::from_json(&text).unwrap_or_else(|error| panic!("{error}\n{text}"))
    }

    pub(crate) fn to_json(&self) -> String {
        let mut ask = object(json!({"now": rfc3339(self.now), "channel": self.channel.as_str()}));
        let channels: Vec<_> = self.or_channels.iter().map(|channel| channel.as_str()).collect();
        put(&mut ask, "or_channels", json!(channels));
        put(&mut ask, "channel_order", json!(self.preferred.then_some("preferred")));
        put(&mut ask, "slots", json!(self.slots));
        if let Some(limit) = self.limit {
            ask.insert("limit".into(), json!(limit));
        }
        put(&mut ask, "intent", json!(self.intent));
        put(&mut ask, "excluded", json!(self.excluded));
        put(&mut ask, "out_of_stock", json!(self.out_of_stock));
        put(&mut ask, "time_zone", json!(self.time_zone));
        put(&mut ask, "locale", json!(self.locale));
        put(&mut ask, "quotas", json!(self.quotas));
        put(&mut ask, "already_shown", json!(self.already_shown));
        if let Some(force) = &self.force {
            let mut entry = Map::new();
            put(&mut entry, "action", json!(force.action));
            put(&mut entry, "treatment", json!(force.treatment));
            put(&mut ask, "force", Value::Object(entry));
        }
        Value::Object(ask).to_string()
    }
}
