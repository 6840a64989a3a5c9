//! Policies as the reference knows them, and how they are printed for the engine.
//!
//! A condition is a small tree of its own, not the engine's: the reference
//! walks the tree, the engine reads the text.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

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
    /// The purpose of a declared kind, if it names one.
    pub(crate) kinds: BTreeMap<String, Option<String>>,
    pub(crate) situations: BTreeMap<String, Vec<Cond>>,
    pub(crate) actions: Vec<Action>,
    pub(crate) suppress: Vec<Suppression>,
    pub(crate) boosts: Vec<Boost>,
    pub(crate) exclusive: Vec<Exclusive>,
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
    pub(crate) eligible: Vec<Cond>,
    pub(crate) applicable: Vec<Cond>,
    pub(crate) suitable: Vec<Cond>,
    pub(crate) propensity: Option<Propensity>,
    /// In minor units.
    pub(crate) value: Option<i64>,
    pub(crate) treatments: Vec<Treatment>,
}

#[derive(Clone, Debug)]
pub(crate) enum Propensity {
    /// Parts per billion.
    Fixed(u64),
    Score(String),
}

#[derive(Clone, Debug, Default)]
pub(crate) struct Treatment {
    pub(crate) id: String,
    pub(crate) channels: Vec<String>,
    pub(crate) devices: Vec<String>,
    pub(crate) slots: Vec<String>,
}

#[derive(Clone, Debug, Default)]
pub(crate) struct Selector {
    pub(crate) kinds: Vec<String>,
    pub(crate) tags: Vec<String>,
    pub(crate) groups: Vec<String>,
    pub(crate) ids: Vec<String>,
}

#[derive(Clone, Debug, Default)]
pub(crate) struct Suppression {
    pub(crate) id: String,
    pub(crate) when: Vec<Cond>,
    pub(crate) after: Vec<Cond>,
    pub(crate) allow: bool,
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

#[derive(Clone, Debug)]
pub(crate) struct Exclusive {
    pub(crate) id: String,
    pub(crate) at_most: usize,
}

/// A condition.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Cond {
    Test(Test),
    /// `list.exists(x, tests)`, or `all`; tests joined by `||` or `&&`.
    Each {
        list: &'static str,
        all: bool,
        or: bool,
        tests: Vec<Test>,
    },
    Situation(String),
    Not(Box<Cond>),
    And(Vec<Cond>),
    Or(Vec<Cond>),
}

/// One question about one fact, by its path; `x.` is an element of a list.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Test {
    Word(&'static str, &'static str, &'static str),
    OneOf(&'static str, Vec<&'static str>),
    Holds(&'static str, &'static str),
    Int(&'static str, &'static str, i64),
    Num(&'static str, &'static str, f64),
    Flag(&'static str),
    Has(&'static str),
    Known(&'static str),
    /// `within(fact, length)`
    Within(&'static str, i64),
    /// `since(fact) op length`
    Since(&'static str, &'static str, i64),
    /// `days_since(fact) op days`
    Days(&'static str, &'static str, i64),
    /// `fact - now op length`
    Ahead(&'static str, &'static str, i64),
    /// `fact op now`
    Now(&'static str, &'static str),
}

impl Cond {
    pub(crate) fn text(&self) -> String {
        let join = |conds: &[Cond], with: &str| {
            let texts: Vec<_> = conds.iter().map(|cond| cond.operand()).collect();
            texts.join(with)
        };
        match self {
            Self::Test(test) => test.text(),
            Self::Each { list, all, or, tests } => {
                let function = if *all { "all" } else { "exists" };
                let tests: Vec<_> = tests.iter().map(Test::text).collect();
                let body = tests.join(if *or { " || " } else { " && " });
                format!("{list}.{function}(x, {body})")
            }
            Self::Situation(name) => name.clone(),
            Self::Not(cond) => format!("!({})", cond.text()),
            Self::And(conds) => join(conds, " && "),
            Self::Or(conds) => join(conds, " || "),
        }
    }

    fn operand(&self) -> String {
        match self {
            Self::And(_) | Self::Or(_) => format!("({})", self.text()),
            _ => self.text(),
        }
    }
}

impl Test {
    fn text(&self) -> String {
        match self {
            Self::Word(fact, op, word) => format!("{fact} {op} {word:?}"),
            Self::OneOf(fact, words) => format!("{fact} in {words:?}"),
            Self::Holds(fact, word) => format!("{word:?} in {fact}"),
            Self::Int(fact, op, int) => format!("{fact} {op} {int}"),
            Self::Num(fact, op, num) => format!("{fact} {op} {num:?}"),
            Self::Flag(fact) => (*fact).to_owned(),
            Self::Has(fact) => format!("has({fact})"),
            Self::Known(fact) => format!("known({fact})"),
            Self::Within(fact, length) => format!("within({fact}, {})", duration(*length)),
            Self::Since(fact, op, length) => format!("since({fact}) {op} {}", duration(*length)),
            Self::Days(fact, op, days) => format!("days_since({fact}) {op} {days}"),
            Self::Ahead(fact, op, length) => format!("{fact} - now {op} {}", duration(*length)),
            Self::Now(fact, op) => format!("{fact} {op} now"),
        }
    }
}

fn duration(length: i64) -> String {
    match length {
        _ if length % DAY == 0 => format!("days({})", length / DAY),
        _ if length % HOUR == 0 => format!("hours({})", length / HOUR),
        _ => format!("minutes({})", length / MINUTE),
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
        let all = |conds: &[Cond]| conditions(conds, style);
        let mut policy = object(json!({"policy": "random", "currency": self.currency}));
        let fresh = self.fresh.iter().map(|(part, limit)| {
            let text = limit.map_or("never".to_owned(), |limit| format!("{}m", limit / MINUTE));
            (part.clone(), Value::from(text))
        });
        put(&mut policy, "fresh", Value::Object(fresh.collect()));
        let attributes = self.attributes.clone().into_iter().collect();
        put(&mut policy, "attributes", Value::Object(attributes));
        let kinds = self.kinds.iter().map(|(kind, purpose)| {
            let mut entry = Map::new();
            put(&mut entry, "purpose", json!(purpose));
            (kind.clone(), Value::Object(entry))
        });
        put(&mut policy, "kinds", Value::Object(kinds.collect()));
        let situations = self.situations.iter().map(|(name, conds)| {
            let say = format!("it is said that {name}");
            (name.clone(), json!({"say": say, "when": all(conds)}))
        });
        put(&mut policy, "situations", Value::Object(situations.collect()));
        let actions = self.actions.iter().map(|action| action.document(self, style));
        put(&mut policy, "actions", actions.collect());
        let suppress = self.suppress.iter().map(|rule| {
            let mut entry =
                object(json!({"id": rule.id, "because": format!("so says {}", rule.id)}));
            put(&mut entry, "when", all(&rule.when));
            put(&mut entry, "after", all(&rule.after));
            put(&mut entry, "on_unknown", json!(rule.allow.then_some("allow")));
            rule.selector.document(&mut entry);
            Value::Object(entry)
        });
        put(&mut policy, "suppress", suppress.collect());
        let boosts = self.boosts.iter().map(|boost| {
            let mut entry = object(json!({"id": boost.id}));
            put(&mut entry, "when", all(&boost.when));
            put(&mut entry, "percent", json!(decimal(boost.basis_points, 2)));
            boost.selector.document(&mut entry);
            Value::Object(entry)
        });
        put(&mut policy, "boosts", boosts.collect());
        let exclusive = self
            .exclusive
            .iter()
            .map(|rule| json!({"id": rule.id, "at_most": rule.at_most, "per": "group"}));
        put(&mut policy, "exclusive", exclusive.collect());
        Value::Object(policy)
    }
}

impl Action {
    fn document(&self, policy: &Policy, style: Style) -> Value {
        let mut entry =
            object(json!({"id": self.id, "kind": self.kind, "channels": self.channels}));
        put(&mut entry, "group", json!(self.group));
        put(&mut entry, "tags", json!(self.tags));
        put(&mut entry, "purpose", json!(self.purpose));
        put(&mut entry, "tier", json!(self.tier));
        put(&mut entry, "rank", json!(self.rank));
        put(&mut entry, "status", json!(self.paused.then_some("paused")));
        put(&mut entry, "starts_at", json!(self.starts_at.map(rfc3339)));
        put(&mut entry, "ends_at", json!(self.ends_at.map(rfc3339)));
        put(&mut entry, "eligible", conditions(&self.eligible, style));
        put(&mut entry, "applicable", conditions(&self.applicable, style));
        put(&mut entry, "suitable", conditions(&self.suitable, style));
        let propensity = self.propensity.as_ref().map(|propensity| match propensity {
            Propensity::Fixed(ppb) => {
                json!(decimal(i64::try_from(*ppb).expect("at most a billion"), 9))
            }
            Propensity::Score(score) => json!({ "score": score }),
        });
        put(&mut entry, "propensity", json!(propensity));
        let value = self.value.map(|minor| decimal(minor, policy.decimals()));
        put(&mut entry, "value", json!(value));
        let treatments = self.treatments.iter().map(|treatment| {
            let mut entry = object(json!({"id": treatment.id}));
            put(&mut entry, "channels", json!(treatment.channels));
            put(&mut entry, "devices", json!(treatment.devices));
            put(&mut entry, "slots", json!(treatment.slots));
            Value::Object(entry)
        });
        put(&mut entry, "treatments", treatments.collect());
        Value::Object(entry)
    }
}

impl Policy {
    /// How many decimals the currency has.
    pub(crate) fn decimals(&self) -> u32 {
        if self.currency == "JPY" { 0 } else { 2 }
    }
}

impl Selector {
    fn document(&self, entry: &mut Map<String, Value>) {
        put(entry, "kinds", json!(self.kinds));
        put(entry, "tags", json!(self.tags));
        put(entry, "groups", json!(self.groups));
        put(entry, "ids", json!(self.ids));
    }
}

fn conditions(conds: &[Cond], style: Style) -> Value {
    match (conds, style) {
        ([one], Style::Short) => json!(one.text()),
        _ => conds.iter().map(Cond::text).collect(),
    }
}

fn object(value: Value) -> Map<String, Value> {
    value.as_object().cloned().expect("an object")
}

/// Sets a key, unless what it says is nothing.
fn put(map: &mut Map<String, Value>, key: &str, value: Value) {
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
