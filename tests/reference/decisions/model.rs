//! Policies as the reference knows them, and how they are printed for the engine.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use crate::cond::Cond;
use crate::rules::{
    Boost, Exclusive, Holdout, Limit, Placement, QuietHours, Suppression, Threshold,
};

pub(crate) const DAY: i64 = 24 * HOUR;
pub(crate) const HOUR: i64 = 60 * MINUTE;
pub(crate) const MINUTE: i64 = 60_000;

#[derive(Clone, Debug, Default)]
pub(crate) struct Policy {
    pub(crate) currency: String,
    /// The age limit of a part in milliseconds; `None` is `never`.
    pub(crate) fresh: BTreeMap<String, Option<i64>>,
    /// The type of an attribute, as the document names it.
    pub(crate) attributes: BTreeMap<String, Value>,
    /// The models, as the document writes them.
    pub(crate) analytics: BTreeMap<String, Value>,
    pub(crate) kinds: BTreeMap<String, Kind>,
    pub(crate) groups: BTreeMap<String, Engagement>,
    pub(crate) situations: BTreeMap<String, Vec<Cond>>,
    pub(crate) actions: Vec<Action>,
    pub(crate) suppress: Vec<Suppression>,
    pub(crate) boosts: Vec<Boost>,
    pub(crate) soft_opt_in: Vec<String>,
    pub(crate) quiet_hours: BTreeMap<String, QuietHours>,
    pub(crate) limits: Vec<Limit>,
    pub(crate) holdout: BTreeMap<String, Holdout>,
    pub(crate) thresholds: BTreeMap<String, Threshold>,
    pub(crate) placements: Vec<Placement>,
    pub(crate) exclusive: Vec<Exclusive>,
}

/// A kind that the policy declares, or a built-in one with conditions.
#[derive(Clone, Debug, Default)]
pub(crate) struct Kind {
    pub(crate) purpose: Option<String>,
    pub(crate) engagement: Engagement,
}

/// What an action needs, by itself or by what it inherits.
#[derive(Clone, Debug, Default)]
pub(crate) struct Engagement {
    pub(crate) eligible: Vec<Cond>,
    pub(crate) applicable: Vec<Cond>,
    pub(crate) suitable: Vec<Cond>,
}

#[derive(Clone, Debug, Default)]
pub(crate) struct Action {
    pub(crate) id: String,
    pub(crate) kind: String,
    pub(crate) group: Option<String>,
    pub(crate) tags: Vec<String>,
    pub(crate) purpose: Option<String>,
    pub(crate) tier: i64,
    pub(crate) rank: i64,
    pub(crate) paused: bool,
    pub(crate) starts_at: Option<i64>,
    pub(crate) ends_at: Option<i64>,
    pub(crate) channels: Vec<String>,
    pub(crate) needs: Engagement,
    pub(crate) propensity: Option<Propensity>,
    pub(crate) value: Option<Worth>,
    pub(crate) treatments: Vec<Treatment>,
    pub(crate) obeys_limits: Option<bool>,
    pub(crate) counts_toward_limits: Option<bool>,
    pub(crate) obeys_quiet_hours: Option<bool>,
    pub(crate) needs_consent: Option<bool>,
    pub(crate) quota: Option<String>,
}

#[derive(Clone, Debug)]
pub(crate) enum Propensity {
    /// Parts per billion.
    Fixed(u64),
    Score(String),
    /// What a model answers.
    Answer(String),
}

#[derive(Clone, Debug)]
pub(crate) enum Worth {
    /// In minor units.
    Fixed(i64),
    /// What a model answers.
    Answer(String),
}

#[derive(Clone, Debug, Default)]
pub(crate) struct Treatment {
    pub(crate) id: String,
    pub(crate) channels: Vec<String>,
    pub(crate) devices: Vec<String>,
    pub(crate) slots: Vec<String>,
    pub(crate) locales: Vec<String>,
}

/// Selects an action if any of its words fits.
#[derive(Clone, Debug, Default)]
pub(crate) struct Selector {
    pub(crate) kinds: Vec<String>,
    pub(crate) tags: Vec<String>,
    pub(crate) groups: Vec<String>,
    pub(crate) ids: Vec<String>,
}

impl Selector {
    pub(crate) fn is_empty(&self) -> bool {
        let Self { kinds, tags, groups, ids } = self;
        [kinds, tags, groups, ids].iter().all(|names| names.is_empty())
    }

    pub(crate) fn document(&self, entry: &mut Map<String, Value>) {
        put(entry, "kinds", json!(self.kinds));
        put(entry, "tags", json!(self.tags));
        put(entry, "groups", json!(self.groups));
        put(entry, "ids", json!(self.ids));
    }
}

/// How a list of one is written: as the one, or as a list.
#[derive(Clone, Copy)]
pub(crate) enum Style {
    Short,
    Long,
}

impl Policy {
    pub(crate) fn to_json(&self, style: Style) -> String {
        self.document(style).to_string()
    }

    pub(crate) fn to_toml(&self, style: Style) -> String {
        toml::to_string(&self.document(style)).expect("a policy is a table")
    }

    fn document(&self, style: Style) -> Value {
        let mut policy = object(json!({"policy": "random", "currency": self.currency}));
        let fresh = self.fresh.iter().map(|(part, limit)| {
            let text = limit.map_or("never".to_owned(), |limit| format!("{}m", limit / MINUTE));
            (part.clone(), Value::from(text))
        });
        put(&mut policy, "fresh", Value::Object(fresh.collect()));
        let attributes = self.attributes.clone().into_iter().collect();
        put(&mut policy, "attributes", Value::Object(attributes));
        let analytics = self.analytics.clone().into_iter().collect();
        put(&mut policy, "analytics", Value::Object(analytics));
        let kinds = self.kinds.iter().map(|(kind, of)| {
            let mut entry = of.engagement.document(style);
            put(&mut entry, "purpose", json!(of.purpose));
            (kind.clone(), Value::Object(entry))
        });
        policy.insert("kinds".into(), Value::Object(kinds.collect()));
        let groups = self.groups.iter();
        let groups = groups.map(|(name, of)| (name.clone(), Value::Object(of.document(style))));
        put(&mut policy, "groups", Value::Object(groups.collect()));
        let situations = self.situations.iter().map(|(name, conds)| {
            let say = format!("it is said that {name}");
            (name.clone(), json!({"say": say, "when": conditions(conds, style)}))
        });
        put(&mut policy, "situations", Value::Object(situations.collect()));
        let actions = self.actions.iter().map(|action| action.document(self, style));
        put(&mut policy, "actions", actions.collect());
        self.put_rules(&mut policy, style);
        Value::Object(policy)
    }

    fn put_rules(&self, policy: &mut Map<String, Value>, style: Style) {
        let list = |entries: Vec<Map<String, Value>>| -> Value {
            entries.into_iter().map(Value::Object).collect()
        };
        let named = |entries: Vec<(&String, Map<String, Value>)>| -> Value {
            entries.into_iter().map(|(name, of)| (name.clone(), Value::Object(of))).collect()
        };
        let of = self.suppress.iter().map(|rule| rule.document(style));
        put(policy, "suppress", list(of.collect()));
        let of = self.boosts.iter().map(|boost| boost.document(style));
        put(policy, "boosts", list(of.collect()));
        if !self.soft_opt_in.is_empty() {
            policy.insert("consent".into(), json!({ "soft_opt_in": self.soft_opt_in }));
        }
        let of = self.quiet_hours.iter().map(|(name, window)| (name, window.document()));
        put(policy, "quiet_hours", named(of.collect()));
        put(policy, "limits", list(self.limits.iter().map(Limit::document).collect()));
        let of = self.holdout.iter().map(|(name, holdout)| (name, holdout.document()));
        put(policy, "holdout", named(of.collect()));
        let of = self.thresholds.iter();
        let of = of.map(|(name, threshold)| (name, threshold.document(self.decimals())));
        put(policy, "thresholds", named(of.collect()));
        put(policy, "placements", list(self.placements.iter().map(Placement::document).collect()));
        put(policy, "exclusive", list(self.exclusive.iter().map(Exclusive::document).collect()));
    }

    /// How many decimals the currency has.
    pub(crate) fn decimals(&self) -> u32 {
        if self.currency == "JPY" { 0 } else { 2 }
    }

    pub(crate) fn action(&self, id: &str) -> Option<&Action> {
        self.actions.iter().find(|action| action.id == id)
    }
}

impl Engagement {
    fn document(&self, style: Style) -> Map<String, Value> {
        let mut entry = Map::new();
        put(&mut entry, "eligible", conditions(&self.eligible, style));
        put(&mut entry, "applicable", conditions(&self.applicable, style));
        put(&mut entry, "suitable", conditions(&self.suitable, style));
        entry
    }
}

impl Action {
    fn document(&self, policy: &Policy, style: Style) -> Value {
        let mut entry = self.needs.document(style);
        let identity = json!({"id": self.id, "kind": self.kind, "channels": self.channels});
        entry.extend(object(identity));
        put(&mut entry, "group", json!(self.group));
        put(&mut entry, "tags", json!(self.tags));
        put(&mut entry, "purpose", json!(self.purpose));
        put(&mut entry, "tier", json!(self.tier));
        put(&mut entry, "rank", json!(self.rank));
        put(&mut entry, "status", json!(self.paused.then_some("paused")));
        put(&mut entry, "starts_at", json!(self.starts_at.map(rfc3339)));
        put(&mut entry, "ends_at", json!(self.ends_at.map(rfc3339)));
        put(&mut entry, "obeys_limits", json!(self.obeys_limits));
        put(&mut entry, "counts_toward_limits", json!(self.counts_toward_limits));
        put(&mut entry, "obeys_quiet_hours", json!(self.obeys_quiet_hours));
        put(&mut entry, "needs_consent", json!(self.needs_consent));
        put(&mut entry, "quota", json!(self.quota));
        let propensity = self.propensity.as_ref().map(|propensity| match propensity {
            Propensity::Fixed(ppb) => {
                json!(decimal(i64::try_from(*ppb).expect("at most a billion"), 9))
            }
            Propensity::Score(score) => json!({ "score": score }),
            Propensity::Answer(answer) => json!({ "analytics": answer }),
        });
        put(&mut entry, "propensity", json!(propensity));
        let value = self.value.as_ref().map(|value| match value {
            Worth::Fixed(minor) => json!(decimal(*minor, policy.decimals())),
            Worth::Answer(answer) => json!({ "analytics": answer }),
        });
        put(&mut entry, "value", json!(value));
        let treatments = self.treatments.iter().map(|treatment| {
            let mut entry = object(json!({"id": treatment.id}));
            put(&mut entry, "channels", json!(treatment.channels));
            put(&mut entry, "devices", json!(treatment.devices));
            put(&mut entry, "slots", json!(treatment.slots));
            put(&mut entry, "locales", json!(treatment.locales));
            Value::Object(entry)
        });
        put(&mut entry, "treatments", treatments.collect());
        Value::Object(entry)
    }
}

pub(crate) fn conditions(conds: &[Cond], style: Style) -> Value {
    match (conds, style) {
        ([one], Style::Short) => json!(one.text()),
        _ => conds.iter().map(Cond::text).collect(),
    }
}

pub(crate) fn object(value: Value) -> Map<String, Value> {
    value.as_object().cloned().expect("an object")
}

/// Sets a key, unless what it says is nothing.
pub(crate) fn put(map: &mut Map<String, Value>, key: &str, value: Value) {
    let empty = match &value {
        Value::Null => true,
        Value::Array(items) => items.is_empty(),
        Value::Object(items) => items.is_empty(),
        Value::Number(number) => number.as_i64() == Some(0),
        _ => false,
    };
    if !empty {
        map.insert(key.to_owned(), value);
    }
}

pub(crate) fn rfc3339(millis: i64) -> String {
    tactful::Timestamp::from_millis(millis).to_string()
}

/// Writes a length of time as documents do: `7d`, `36h`, `15m`.
pub(crate) fn length(millis: i64) -> String {
    match millis {
        _ if millis % DAY == 0 => format!("{}d", millis / DAY),
        _ if millis % HOUR == 0 => format!("{}h", millis / HOUR),
        _ => format!("{}m", millis / MINUTE),
    }
}

/// Writes `digits / 10^decimals`, every decimal of it.
pub(crate) fn decimal(digits: i64, decimals: u32) -> String {
    let sign = if digits < 0 { "-" } else { "" };
    let power = 10_u64.pow(decimals);
    let (whole, rest) = (digits.unsigned_abs() / power, digits.unsigned_abs() % power);
    match decimals {
        0 => format!("{sign}{whole}"),
        _ => format!("{sign}{whole}.{rest:0width$}", width = decimals as usize),
    }
}
