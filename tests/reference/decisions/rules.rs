//! The rules of a policy as the reference knows them, and how they are printed.

use serde_json::{Map, Value, json};

use crate::cond::Cond;
use crate::model::{Selector, Style, conditions, decimal, length, object, put};

#[derive(Clone, Debug, Default)]
pub(crate) struct Suppression {
    pub(crate) id: String,
    pub(crate) when: Vec<Cond>,
    pub(crate) after: Vec<Cond>,
    pub(crate) allow: bool,
    /// None is all.
    pub(crate) channels: Vec<String>,
    pub(crate) selector: Selector,
}

#[derive(Clone, Debug, Default)]
pub(crate) struct Boost {
    pub(crate) id: String,
    pub(crate) when: Vec<Cond>,
    /// In basis points: 6000 is 60 %.
    pub(crate) basis_points: i64,
    pub(crate) selector: Selector,
}

/// A window of the day; minutes after midnight, and the end may be 24:00.
#[derive(Clone, Debug, Default)]
pub(crate) struct QuietHours {
    pub(crate) from: i64,
    pub(crate) to: i64,
    /// The days it starts on; none is every day.
    pub(crate) days: Vec<&'static str>,
    pub(crate) channels: Vec<String>,
    pub(crate) fallback_zone: Option<&'static str>,
}

#[derive(Clone, Debug)]
pub(crate) struct Limit {
    pub(crate) id: String,
    pub(crate) selector: Selector,
    pub(crate) purposes: Vec<String>,
    pub(crate) channels: Vec<String>,
    pub(crate) per: Option<&'static str>,
    /// None is contacts.
    pub(crate) outcomes: Vec<&'static str>,
    pub(crate) rule: Rule,
}

/// What a limit is.
#[derive(Clone, Debug)]
pub(crate) enum Rule {
    /// At most so many in a window that ends now.
    Rolling(usize, i64),
    /// At most so many in a period of the calendar.
    Calendar(usize, Calendar),
    Session(usize),
    Lifetime(usize),
    /// So many in a window start a pause.
    Pause {
        at_most: usize,
        within: i64,
        pause: i64,
    },
    Cooldown(i64),
    /// The selected are not to come for so long after those of the limit.
    NeverFollowedBy(Selector, i64),
    /// Those of the limit need one of the selected before.
    OnlyAfter {
        after: Selector,
        at_least: Option<i64>,
        within: Option<i64>,
    },
}

#[derive(Clone, Debug)]
pub(crate) struct Calendar {
    /// `day`, `week`, `month` or `year`
    pub(crate) unit: &'static str,
    pub(crate) every: i64,
    /// None is UTC.
    pub(crate) zone: Option<&'static str>,
    /// None is Monday.
    pub(crate) week_starts: Option<&'static str>,
}

#[derive(Clone, Debug)]
pub(crate) enum Exclusive {
    AtMost { id: String, most: usize, per: Option<&'static str>, selector: Selector },
    NeverTogether { id: String, ids: Vec<String>, within: Option<i64> },
}

#[derive(Clone, Debug, Default)]
pub(crate) struct Placement {
    pub(crate) id: String,
    pub(crate) channels: Vec<String>,
    pub(crate) selector: Selector,
}

#[derive(Clone, Debug, Default)]
pub(crate) struct Holdout {
    /// The share of customers in hundredths of a percent.
    pub(crate) basis_points: i64,
    pub(crate) version: Option<i64>,
    pub(crate) salt: Option<&'static str>,
    pub(crate) selector: Selector,
}

#[derive(Clone, Debug, Default)]
pub(crate) struct Threshold {
    /// Parts per billion.
    pub(crate) propensity: Option<i64>,
    /// Minor units.
    pub(crate) priority: Option<i64>,
    pub(crate) selector: Selector,
}

impl Suppression {
    pub(crate) fn document(&self, style: Style) -> Map<String, Value> {
        let mut entry = object(json!({"id": self.id, "because": format!("so says {}", self.id)}));
        put(&mut entry, "when", conditions(&self.when, style));
        put(&mut entry, "after", conditions(&self.after, style));
        put(&mut entry, "on_unknown", json!(self.allow.then_some("allow")));
        put(&mut entry, "channels", json!(self.channels));
        self.selector.document(&mut entry);
        entry
    }
}

impl Boost {
    pub(crate) fn document(&self, style: Style) -> Map<String, Value> {
        let mut entry = object(json!({"id": self.id}));
        put(&mut entry, "when", conditions(&self.when, style));
        put(&mut entry, "percent", json!(decimal(self.basis_points, 2)));
        self.selector.document(&mut entry);
        entry
    }
}

impl QuietHours {
    pub(crate) fn document(&self) -> Map<String, Value> {
        let clock = |minutes: i64| format!("{:02}:{:02}", minutes / 60, minutes % 60);
        let mut entry = object(json!({"from": clock(self.from), "to": clock(self.to)}));
        put(&mut entry, "days", json!(self.days));
        put(&mut entry, "channels", json!(self.channels));
        put(&mut entry, "fallback_zone", json!(self.fallback_zone));
        entry
    }
}

impl Limit {
    pub(crate) fn document(&self) -> Map<String, Value> {
        let mut entry = object(json!({"id": self.id}));
        self.selector.document(&mut entry);
        put(&mut entry, "purposes", json!(self.purposes));
        put(&mut entry, "channels", json!(self.channels));
        put(&mut entry, "per", json!(self.per));
        put(&mut entry, "outcomes", json!(self.outcomes));
        self.rule.document(&mut entry);
        entry
    }
}

impl Rule {
    fn document(&self, entry: &mut Map<String, Value>) {
        let nested = |selector: &Selector| {
            let mut entry = Map::new();
            selector.document(&mut entry);
            Value::Object(entry)
        };
        let mut say = |key: &str, value: Value| put(entry, key, value);
        match self {
            Self::Rolling(most, within) => {
                say("at_most", json!(most));
                say("within", json!(length(*within)));
            }
            Self::Calendar(most, calendar) => {
                say("at_most", json!(most));
                say("each", json!(calendar.unit));
                say("every", json!((calendar.every > 1).then_some(calendar.every)));
                say("time_zone", json!(calendar.zone));
                say("week_starts", json!(calendar.week_starts));
            }
            Self::Session(most) => {
                say("at_most", json!(most));
                say("each", json!("session"));
            }
            Self::Lifetime(most) => {
                say("at_most", json!(most));
                say("each", json!("lifetime"));
            }
            Self::Pause { at_most, within, pause } => {
                say("at_most", json!(at_most));
                say("within", json!(length(*within)));
                say("pause", json!(length(*pause)));
            }
            Self::Cooldown(gap) => say("gap", json!(length(*gap))),
            Self::NeverFollowedBy(selector, within) => {
                say("never_followed_by", nested(selector));
                say("within", json!(length(*within)));
            }
            Self::OnlyAfter { after, at_least, within } => {
                say("only_after", nested(after));
                say("at_least", json!(at_least.map(length)));
                say("within", json!(within.map(length)));
            }
        }
    }
}

impl Exclusive {
    pub(crate) fn id(&self) -> &String {
        match self {
            Self::AtMost { id, .. } | Self::NeverTogether { id, .. } => id,
        }
    }

    pub(crate) fn document(&self) -> Map<String, Value> {
        let mut entry = object(json!({"id": self.id()}));
        match self {
            Self::AtMost { most, per, selector, .. } => {
                put(&mut entry, "at_most", json!(most));
                put(&mut entry, "per", json!(per));
                selector.document(&mut entry);
            }
            Self::NeverTogether { ids, within, .. } => {
                put(&mut entry, "never_together", json!(ids));
                put(&mut entry, "within", json!(within.map(length)));
            }
        }
        entry
    }
}

impl Placement {
    pub(crate) fn document(&self) -> Map<String, Value> {
        let mut entry = object(json!({"id": self.id}));
        put(&mut entry, "channels", json!(self.channels));
        self.selector.document(&mut entry);
        entry
    }
}

impl Holdout {
    pub(crate) fn document(&self) -> Map<String, Value> {
        let mut entry = object(json!({"percent": decimal(self.basis_points, 2)}));
        put(&mut entry, "version", json!(self.version));
        put(&mut entry, "salt", json!(self.salt));
        self.selector.document(&mut entry);
        entry
    }
}

impl Threshold {
    pub(crate) fn document(&self, decimals: u32) -> Map<String, Value> {
        let mut entry = Map::new();
        put(&mut entry, "propensity", json!(self.propensity.map(|ppb| decimal(ppb, 9))));
        put(&mut entry, "priority", json!(self.priority.map(|minor| decimal(minor, decimals))));
        self.selector.document(&mut entry);
        entry
    }
}
