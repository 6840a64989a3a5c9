//! What the reference reads from a context, and what conditions say of it.

use serde_json::Value;

use crate::cond::{Cond, Number, Test};
use crate::interpreter::Reference;
use crate::model::{DAY, HOUR, MINUTE};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Truth {
    True,
    False,
    Unknown,
}

use Truth::{False, True, Unknown};

impl Truth {
    pub(crate) fn of(value: Option<bool>) -> Self {
        match value {
            Some(true) => True,
            Some(false) => False,
            None => Unknown,
        }
    }

    pub(crate) fn not(self) -> Self {
        match self {
            True => False,
            False => True,
            Unknown => Unknown,
        }
    }

    /// Kleene's and.
    pub(crate) fn all(truths: &[Self]) -> Self {
        if truths.contains(&False) {
            False
        } else if truths.contains(&Unknown) {
            Unknown
        } else {
            True
        }
    }

    pub(crate) fn any(truths: &[Self]) -> Self {
        let negated: Vec<_> = truths.iter().map(|truth| truth.not()).collect();
        Self::all(&negated).not()
    }
}

/// A fact as it can be read.
pub(crate) enum Fact {
    Unknown,
    /// Its part is known and does not carry it.
    Absent,
    /// It is there, of the wrong type or in another currency.
    Unreadable,
    Is(Value),
}

/// A number as far as it is known.
#[derive(Clone, Copy)]
enum Counted {
    Unknown,
    Is(i64),
    /// There are more, perhaps.
    AtLeast(i64),
}

/// Whether facts count that are too old to be known, as what was known last.
#[derive(Clone, Copy, PartialEq)]
pub(crate) enum Facts {
    Now,
    LastKnown,
}

impl Reference<'_> {
    pub(crate) fn every(&self, conds: &[Cond], facts: Facts) -> Truth {
        let truths: Vec<_> = conds.iter().map(|cond| self.truth(cond, facts)).collect();
        Truth::all(&truths)
    }

    pub(crate) fn truth(&self, cond: &Cond, facts: Facts) -> Truth {
        match cond {
            Cond::Test(test) => self.test(test, None, facts),
            Cond::Compare(Number::Double(number), op, limit) => {
                // The numbers are small: each is a double, and so is the limit.
                let limit = *limit as f64 + 0.5;
                match self.number(number, facts) {
                    Counted::Is(number) => Truth::of(Some(compare(number as f64, op, limit))),
                    // No double is made of a bound.
                    Counted::AtLeast(_) | Counted::Unknown => Unknown,
                }
            }
            Cond::Compare(number, op, limit) => match self.number(number, facts) {
                Counted::Unknown => Unknown,
                Counted::Is(number) => Truth::of(Some(compare(number, op, *limit))),
                Counted::AtLeast(least) => bounded(least, op, *limit),
            },
            Cond::Less(fact, number) => {
                let fact = self.number(&Number::Fact(fact), facts);
                match (fact, self.number(number, facts)) {
                    (Counted::Is(fact), Counted::Is(number)) => Truth::of(Some(fact < number)),
                    (Counted::Is(fact), Counted::AtLeast(least)) => bounded(least, ">", fact),
                    _ => Unknown,
                }
            }
            Cond::Situation(name) => self.every(&self.world.policy.situations[name], facts),
            Cond::Not(cond) => self.truth(cond, facts).not(),
            Cond::And(conds) => self.every(conds, facts),
            Cond::Or(conds) => {
                let truths: Vec<_> = conds.iter().map(|cond| self.truth(cond, facts)).collect();
                Truth::any(&truths)
            }
            Cond::Each { list, all, or, tests } => {
                let Some((complete, items)) = self.list(list, facts) else {
                    return Unknown;
                };
                let mut truths = Vec::new();
                for item in items {
                    let of_tests = tests.iter().map(|test| self.test(test, Some(item), facts));
                    let of_tests: Vec<_> = of_tests.collect();
                    truths.push(if *or { Truth::any(&of_tests) } else { Truth::all(&of_tests) });
                }
                if !complete {
                    truths.push(Unknown);
                }
                if *all { Truth::all(&truths) } else { Truth::any(&truths) }
            }
        }
    }

    fn number(&self, number: &Number, facts: Facts) -> Counted {
        let is = |complete: bool, count: usize| {
            let count = i64::try_from(count).expect("few");
            if complete { Counted::Is(count) } else { Counted::AtLeast(count) }
        };
        match number {
            Number::Fact(path) => match self.fact(path, None, facts) {
                Fact::Is(value) => value.as_i64().map_or(Counted::Unknown, Counted::Is),
                _ => Counted::Unknown,
            },
            Number::Size(list) => match self.told(list, facts) {
                Some((complete, items)) => is(complete, items.len()),
                None => Counted::Unknown,
            },
            Number::Count(list, test) => {
                let Some((complete, items)) = self.told(list, facts) else {
                    return Counted::Unknown;
                };
                let truths = items.iter().map(|item| self.test(test, Some(item), facts));
                let truths: Vec<_> = truths.collect();
                if truths.contains(&Unknown) {
                    return Counted::Unknown;
                }
                is(complete, truths.iter().filter(|truth| **truth == True).count())
            }
            Number::Choice(cond, number, other) => match self.truth(cond, facts) {
                True => self.number(number, facts),
                False => Counted::Is(*other),
                Unknown => Counted::Unknown,
            },
            Number::Double(number) => self.number(number, facts),
        }
    }

    fn test(&self, test: &Test, element: Option<&Value>, facts: Facts) -> Truth {
        let path = match test {
            Test::Word(path, ..) | Test::OneOf(path, _) | Test::Holds(path, _) => path,
            Test::Int(path, ..) | Test::Num(path, ..) | Test::Flag(path) => path,
            Test::Has(path) | Test::Within(path, _) | Test::Since(path, ..) => path,
            Test::Days(path, ..) | Test::Ahead(path, ..) | Test::Now(path, _) => path,
            Test::Known(path) if path.starts_with("analytics.") => {
                return Truth::of(Some(matches!(self.fact(path, None, Facts::Now), Fact::Is(_))));
            }
            Test::Known(path) => {
                let part = path.split('.').next().unwrap_or(path);
                let whole_part = !path.contains('.');
                return Truth::of(Some(if whole_part {
                    self.usable(part, self.as_of(part), Facts::Now)
                } else {
                    matches!(self.fact(path, None, Facts::Now), Fact::Is(_))
                }));
            }
        };
        if let (Test::Flag("x.is_open" | "x.is_delayed"), Some(element)) = (test, element) {
            return self.derived(path, element);
        }
        let value = match (test, self.fact(path, element, facts)) {
            (_, Fact::Unknown) => return Unknown,
            (Test::Has(_) | Test::Within(..), Fact::Absent) => return False,
            (Test::Has(_), Fact::Unreadable | Fact::Is(_)) => return True,
            (_, Fact::Absent | Fact::Unreadable) => return Unknown,
            (_, Fact::Is(value)) => value,
        };
        let ago = || time(&value).map(|at| self.now - at);
        Truth::of(match test {
            Test::Word(_, op, word) => value.as_str().map(|text| compare(text, op, *word)),
            Test::OneOf(_, words) => value.as_str().map(|text| words.contains(&text)),
            Test::Holds(_, word) => value.as_array().map(|_| texts(&value).contains(word)),
            Test::Int(_, op, int) => value.as_i64().map(|value| compare(value, op, *int)),
            Test::Num(_, op, num) => value.as_f64().map(|value| compare(value, op, *num)),
            Test::Flag(_) => value.as_bool(),
            Test::Within(_, length) => ago().map(|ago| ago < *length),
            Test::Since(_, op, length) => ago().map(|ago| compare(ago, op, *length)),
            Test::Days(_, op, days) => ago().map(|ago| compare(ago.div_euclid(DAY), op, *days)),
            Test::Ahead(_, op, length) => ago().map(|ago| compare(-ago, op, *length)),
            Test::Now(_, op) => ago().map(|ago| compare(-ago, op, 0)),
            Test::Has(_) | Test::Known(_) => None,
        })
    }

    /// `is_open` and `is_delayed`, which follow from other fields.
    fn derived(&self, path: &str, element: &Value) -> Truth {
        let is = |field: &str, words: &[&str]| {
            Truth::of(element[field].as_str().map(|word| words.contains(&word)))
        };
        if path == "x.is_open" {
            return is("state", &["new", "open", "pending", "on_hold"]);
        }
        let promised = time(&element["promised_at"]);
        let overdue = Truth::of(Some(promised.is_some_and(|at| at < self.now)));
        let on_the_way = is("status", &["placed", "shipped"]);
        Truth::any(&[is("status", &["delayed"]), Truth::all(&[on_the_way, overdue])])
    }

    pub(crate) fn fact(&self, path: &str, element: Option<&Value>, facts: Facts) -> Fact {
        if let (Some(field), Some(element)) = (path.strip_prefix("x."), element) {
            if field == "closed_at" && element[field].is_null() {
                let over = ["solved", "closed"].iter().any(|state| element["state"] == **state);
                return self.carried(if over { &element["updated_at"] } else { &Value::Null });
            }
            return self.field(element, field);
        }
        let (part, field) = path.split_once('.').expect("a part and a field");
        if path == "request.channel" {
            return Fact::Is(self.channel.as_str().into());
        }
        if path == "request.intent" {
            return self.carried(&self.world.ask.intent.into());
        }
        if part == "analytics" {
            return self.answer(field, facts);
        }
        let record = &self.world.context[part];
        if part == "scores" {
            let score = &record["values"][field];
            let (value, at) = match score {
                Value::Object(dated) => (&score["value"], dated.get("at").and_then(time)),
                _ => (score, None),
            };
            // As old as the older of the two.
            let usable = self.usable(part, at.or(self.as_of(part)), facts);
            return match usable && self.usable(part, self.as_of(part), facts) {
                true => self.carried(value),
                false => Fact::Unknown,
            };
        }
        let part = if path.starts_with("purchases.cart") { "cart" } else { part };
        if !self.usable(part, self.said_at(part, path), facts) {
            return Fact::Unknown;
        }
        if part == "attributes" {
            return or_untold(record, path, self.attribute(field, &record["values"][field]));
        }
        let (groups, field) = field.rsplit_once('.').unwrap_or(("", field));
        let mut inner = record;
        for group in groups.split('.').filter(|group| !group.is_empty()) {
            inner = &inner[group];
        }
        or_untold(record, path, self.field(inner, field))
    }

    /// A field of a record; money reads as minor units of the policy's currency.
    fn field(&self, record: &Value, field: &str) -> Fact {
        let Some(money) = field.strip_suffix("_minor") else {
            return self.carried(&record[field]);
        };
        match &record[money] {
            Value::Null => Fact::Absent,
            money if money["currency"] == self.world.policy.currency.as_str() => {
                Fact::Is(money["minor"].clone())
            }
            _ => Fact::Unreadable,
        }
    }

    fn carried(&self, value: &Value) -> Fact {
        match value {
            Value::Null => Fact::Absent,
            value => Fact::Is(value.clone()),
        }
    }

    /// An attribute that is not of its declared type is unknown.
    fn attribute(&self, name: &str, value: &Value) -> Fact {
        let fits = match &self.world.policy.attributes[name] {
            Value::Array(words) => words.contains(value),
            declared => match declared.as_str().expect("the name of a type") {
                "bool" => value.is_boolean(),
                "int" => value.is_i64(),
                "double" => value.is_number(),
                "text" => value.is_string(),
                "timestamp" => time(value).is_some(),
                _ => value.is_array(),
            },
        };
        match value {
            Value::Null => Fact::Absent,
            _ if fits => Fact::Is(value.clone()),
            _ => Fact::Unreadable,
        }
    }

    /// Whether the list is all there is, and what is there; nothing if its part
    /// does not count.
    pub(crate) fn list(&self, path: &str, facts: Facts) -> Option<(bool, &[Value])> {
        let (part, name) = path.split_once('.').expect("a part and a list");
        if !self.usable(part, self.as_of(part), facts) {
            return None;
        }
        Some(match &self.world.context[part][name] {
            Value::Array(items) => (true, items),
            Value::Object(partial) => (false, partial["partial"].as_array()?),
            _ => (false, &[]),
        })
    }

    /// The same of a list of which something is said: of one that is not there
    /// nobody knows how long it is, not even that it is not shorter than nothing.
    fn told(&self, path: &str, facts: Facts) -> Option<(bool, &[Value])> {
        let (part, name) = path.split_once('.').expect("a part and a list");
        let list = &self.world.context[part][name];
        if list.is_null() { None } else { self.list(path, facts) }
    }

    /// Why something that a part should tell is not known; with a code of its
    /// own if that is because of its age.
    pub(crate) fn cause_of_part(&self, part: &str, stale: u16) -> u16 {
        self.cause_of(part, part, stale)
    }

    /// The same of one fact of a part.
    pub(crate) fn cause_of(&self, part: &str, path: &str, stale: u16) -> u16 {
        match self.said_at(part, path) {
            None => 901,
            Some(said_at) if said_at > self.today + 5_000 => 903,
            said_at if !self.usable(part, said_at, Facts::Now) => stale,
            Some(_) => 901,
        }
    }

    pub(crate) fn as_of(&self, part: &str) -> Option<i64> {
        if part == "cart" {
            // A cart that changed after the purchases were delivered is as old
            // as that change.
            let changed_at = time(&self.world.context["purchases"]["cart"]["updated_at"]);
            let is_told = self.world.context["purchases"]["as_of"]["(events)"].is_null();
            return self.as_of("purchases").map(|as_of| match changed_at {
                Some(changed_at) if !is_told => changed_at,
                changed_at => as_of.max(changed_at.unwrap_or(as_of)),
            });
        }
        self.world.as_of.get(part).copied()
    }

    /// When a fact was said: with its part, or later than that if it tells so.
    pub(crate) fn said_at(&self, part: &str, path: &str) -> Option<i64> {
        let recency = &self.world.context["recency"];
        let own = match path {
            "recency.last_seen_at" | "recency.session_started_at" => time(&recency["last_seen_at"]),
            "recency.last_login_at" => time(&recency["last_login_at"]),
            _ if path.starts_with("recency.onboarding") => {
                let onboarding = &recency["onboarding"];
                let times = ["updated_at", "completed_at", "started_at"];
                times.iter().find_map(|name| time(&onboarding[name]))
            }
            _ => None,
        };
        let record = &self.world.context[part];
        let is_told = record["as_of"]["(events)"].is_null();
        let name = path.rsplit('.').next().unwrap_or(path).trim_end_matches("_minor");
        self.as_of(part).map(|as_of| match (own, time(&record["dated"][name])) {
            (Some(own), _) if is_told => as_of.max(own),
            (Some(own), _) => own,
            // What is ahead of now stays so.
            (None, Some(said)) if !is_told && as_of <= self.today + 5_000 => as_of.min(said),
            _ => as_of,
        })
    }

    /// Whether what was delivered at a time counts: fresh, or all of it as what
    /// was known last.
    pub(crate) fn usable(&self, part: &str, as_of: Option<i64>, facts: Facts) -> bool {
        let Some(as_of) = as_of else {
            return false;
        };
        let default = match part {
            "support" => 15 * MINUTE,
            "cart" | "device" => 30 * MINUTE,
            "purchases" | "subscription" => HOUR,
            "appointments" => 6 * HOUR,
            "scores" => 7 * DAY,
            "profile" | "attributes" => 30 * DAY,
            _ => DAY,
        };
        let limit = self.world.policy.fresh.get(part).copied();
        let age = self.today - as_of;
        let too_old = limit.unwrap_or(Some(default)).is_some_and(|limit| age > limit);
        let ahead_of_now = age < -5_000;
        facts == Facts::LastKnown || !too_old && !ahead_of_now
    }
}

/// What single events do not tell they do not deny: without a source that
/// vouches for its part, what is absent is unknown.
fn or_untold(part: &Value, path: &str, fact: Fact) -> Fact {
    let is_told = part["as_of"]["(events)"].is_null();
    let has_all = is_told && part["sessions"]["partial"].is_null();
    let is_known = match path {
        "recency.first_seen_at" => has_all || matches!(fact, Fact::Is(_)),
        "recency.previous_seen_at" => has_all || is_told && !part["last_seen_at"].is_null(),
        "recency.sessions_30d" => is_told,
        _ => is_told || !matches!(fact, Fact::Absent),
    };
    if is_known { fact } else { Fact::Unknown }
}

/// What a lower bound says of a number.
fn bounded(least: i64, op: &str, limit: i64) -> Truth {
    let is_more = least > limit;
    let is_no_less = least >= limit;
    Truth::of(match op {
        ">" => is_more.then_some(true),
        ">=" => is_no_less.then_some(true),
        "<" => is_no_less.then_some(false),
        "<=" => is_more.then_some(false),
        "==" => is_more.then_some(false),
        _ => is_more.then_some(true),
    })
}

fn compare<T: PartialOrd>(left: T, op: &str, right: T) -> bool {
    match op {
        "==" => left == right,
        "!=" => left != right,
        "<" => left < right,
        "<=" => left <= right,
        ">" => left > right,
        _ => left >= right,
    }
}

/// A time of a context, which the reference has read already.
pub(crate) fn time(value: &Value) -> Option<i64> {
    value.as_i64()
}

pub(crate) fn texts(value: &Value) -> Vec<&str> {
    value.as_array().into_iter().flatten().filter_map(Value::as_str).collect()
}

/// Rounds a model's output half to even; what is no probability is none.
pub(crate) fn parts_per_billion(value: f64) -> Option<u128> {
    let is_probability = (0.0..=1.0).contains(&value);
    let parts = format!("{:.0}", (value.abs() * 1e9).round_ties_even());
    parts.parse().ok().filter(|_| is_probability)
}
