//! A naive reading of the design: what a policy decides, with strings, maps and loops.
//!
//! It shares nothing with the engine: it walks a context as the JSON it prints
//! as, and condition trees instead of texts. Slow, and meant to be obvious.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;
use tactful::{Context, Request};

use crate::model::{Action, Cond, DAY, HOUR, MINUTE, Policy, Propensity, Selector, Test};

/// What the reference says to one request.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Answer {
    pub(crate) recommended: Vec<Recommended>,
    /// In the order they would have had.
    pub(crate) withheld: Vec<Withheld>,
}

#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Recommended {
    pub(crate) action: String,
    pub(crate) slot: Option<String>,
    pub(crate) treatment: Option<String>,
    pub(crate) tier: i64,
    pub(crate) priority: u128,
}

#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Withheld {
    pub(crate) action: String,
    pub(crate) verdict: &'static str,
    pub(crate) tier: i64,
    pub(crate) priority: Option<u128>,
    /// Sorted: the numbers of the codes follow the stages.
    pub(crate) reasons: Vec<Reason>,
}

/// Code, rule and condition.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Reason(pub(crate) u16, pub(crate) Option<String>, pub(crate) Option<String>);

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Truth {
    True,
    False,
    Unknown,
}

use Truth::{False, True, Unknown};

impl Truth {
    fn of(value: Option<bool>) -> Self {
        match value {
            Some(true) => True,
            Some(false) => False,
            None => Unknown,
        }
    }

    fn not(self) -> Self {
        match self {
            True => False,
            False => True,
            Unknown => Unknown,
        }
    }

    /// Kleene's and.
    fn all(truths: &[Self]) -> Self {
        if truths.contains(&False) {
            False
        } else if truths.contains(&Unknown) {
            Unknown
        } else {
            True
        }
    }

    fn any(truths: &[Self]) -> Self {
        let negated: Vec<_> = truths.iter().map(|truth| truth.not()).collect();
        Self::all(&negated).not()
    }
}

/// A fact as it can be read.
enum Fact {
    Unknown,
    /// Its part is known and does not carry it.
    Absent,
    /// It is there, of the wrong type or in another currency.
    Unreadable,
    Is(Value),
}

/// Whether facts count that are too old to be known, as what was known last.
#[derive(Clone, Copy, PartialEq)]
enum Facts {
    Now,
    LastKnown,
}

pub(crate) struct Reference<'a> {
    policy: &'a Policy,
    request: &'a Request,
    context: Value,
    /// When each part was delivered: by its oldest source.
    as_of: BTreeMap<String, i64>,
    /// The instant that conditions compare with.
    now: i64,
}

impl<'a> Reference<'a> {
    pub(crate) fn new(policy: &'a Policy, context: &Context, request: &'a Request) -> Self {
        let context = serde_json::to_value(context).expect("a context is JSON");
        let mut as_of = BTreeMap::new();
        for (part, record) in context.as_object().into_iter().flatten() {
            let oldest = match &record["as_of"] {
                Value::Object(sources) => sources.values().filter_map(time).min(),
                delivered => time(delivered),
            };
            as_of.extend(oldest.map(|oldest| (part.clone(), oldest)));
        }
        Self { policy, request, context, as_of, now: request.now.as_millis() }
    }

    /// Goes to another instant, with every part as old as it was.
    pub(crate) fn at(&mut self, now: i64) {
        self.now = now;
    }

    pub(crate) fn decide(&self) -> Answer {
        let mut order: Vec<&Action> = self.policy.actions.iter().collect();
        order.sort_by_key(|action| {
            (
                Reverse(action.tier),
                Reverse(self.priority(action)),
                Reverse(action.rank),
                action.ends_at.unwrap_or(i64::MAX),
                &action.id,
            )
        });
        let mut recommended: Vec<Recommended> = Vec::new();
        let mut withheld = Vec::new();
        for action in order {
            let mut reasons = self.obstacles(action);
            let priority = self.priority(action);
            if priority.is_none() {
                reasons.push(Reason(704, None, None));
            }
            if reasons.is_empty() {
                match self.place(action, &recommended) {
                    Ok((slot, treatment)) => {
                        recommended.push(Recommended {
                            action: action.id.clone(),
                            slot,
                            treatment,
                            tier: action.tier,
                            priority: priority.expect("no reason 704"),
                        });
                        continue;
                    }
                    Err(reason) => reasons.push(reason),
                }
            }
            let verdict = match reasons[0].0 {
                101..=106 => "unavailable",
                201..=203 => "unconsented",
                301..=303 => "ineligible",
                401..=402 => "suppressed",
                704 => "unscored",
                _ => "outranked",
            };
            withheld.push(Withheld {
                action: action.id.clone(),
                verdict,
                tier: action.tier,
                priority,
                reasons,
            });
        }
        Answer { recommended, withheld }
    }

    /// All reasons of the stages 1 to 6.
    pub(crate) fn obstacles(&self, action: &Action) -> Vec<Reason> {
        let mut reasons = Vec::new();
        let mut found = |holds: bool, code: u16| {
            if holds {
                reasons.push(Reason(code, None, None));
            }
        };
        let channel = self.request.channel.as_str();
        found(action.paused, 101);
        found(action.starts_at.is_some_and(|start| self.now < start), 102);
        found(action.ends_at.is_some_and(|end| self.now >= end), 103);
        found(self.request.excluded.contains(&action.id), 104);
        found(!action.channels.iter().any(|c| c == channel), 105);
        found(self.request.out_of_stock.contains(&action.id), 106);
        if self.purpose(action) == "marketing" {
            let code = self.consent(channel);
            found(code.is_some(), code.unwrap_or_default());
        }
        let blocks = &self.context["consent"]["hard_blocks"];
        found(texts(blocks).contains(&channel), 203);
        for (code, conds) in
            [(301, &action.eligible), (302, &action.applicable), (303, &action.suitable)]
        {
            for cond in conds {
                if self.truth(cond, Facts::Now) != True {
                    reasons.push(Reason(code, None, Some(cond.text())));
                }
            }
        }
        for rule in &self.policy.suppress {
            if self.selects(&rule.selector, action) {
                if self.blocks(&rule.when, rule.allow) {
                    reasons.push(Reason(401, Some(rule.id.clone()), None));
                } else if !rule.after.is_empty() && self.blocks(&rule.after, rule.allow) {
                    reasons.push(Reason(402, Some(rule.id.clone()), None));
                }
            }
        }
        reasons.sort();
        reasons
    }

    /// Whether a reason holds only because something is not known: of the
    /// stages 3 to 6, without what was known last.
    pub(crate) fn rests_on_the_unknown(&self, action: &Action, reason: &Reason) -> Option<bool> {
        let clauses = match reason.0 {
            301 => &action.eligible,
            302 => &action.applicable,
            303 => &action.suitable,
            401 | 402 => {
                let mut rules = self.policy.suppress.iter();
                let rule = rules.find(|rule| Some(&rule.id) == reason.1.as_ref())?;
                let conds = if reason.0 == 401 { &rule.when } else { &rule.after };
                let truth = self.every(conds, Facts::Now);
                return (truth == True || !rule.allow).then_some(truth == Unknown);
            }
            _ => return None,
        };
        let text = |cond: &&Cond| Some(cond.text()) == reason.2;
        Some(self.truth(clauses.iter().find(text)?, Facts::Now) == Unknown)
    }

    /// How old a part is, never less than nothing, and whether it is too old.
    pub(crate) fn age(&self, part: &str) -> Option<(i64, bool)> {
        let as_of = self.as_of(part)?;
        let age = self.request.now.as_millis() - as_of;
        Some((age.max(0), !self.usable(part, Some(as_of), Facts::Now)))
    }

    fn purpose(&self, action: &'a Action) -> &'a str {
        let of_kind = match action.kind.as_str() {
            "service" | "goodwill" | "guidance" | "information" => "service",
            kind => match self.policy.kinds.get(kind) {
                Some(Some(purpose)) => purpose,
                _ => "marketing",
            },
        };
        action.purpose.as_deref().unwrap_or(of_kind)
    }

    fn selects(&self, selector: &Selector, action: &Action) -> bool {
        let group = action.group.iter().any(|g| selector.groups.contains(g));
        let tag = action.tags.iter().any(|tag| selector.tags.contains(tag));
        selector.kinds.contains(&action.kind) || tag || group || selector.ids.contains(&action.id)
    }

    /// A suppression blocks unless its condition is known false; under `allow`
    /// if it is true, now or by what was known last.
    fn blocks(&self, conds: &[Cond], allow: bool) -> bool {
        match self.every(conds, Facts::Now) {
            True => true,
            False => false,
            Unknown if allow => self.every(conds, Facts::LastKnown) == True,
            Unknown => true,
        }
    }

    /// Why marketing is held back on a channel, if it is.
    fn consent(&self, channel: &str) -> Option<u16> {
        let Some((true, grants)) = self.list("consent.grants", Facts::Now) else {
            return Some(201);
        };
        let status = |of_channel: Option<&str>| {
            // The newest answer that counts already; of two at once, the stricter.
            let strictness = ["granted", "default_granted", "pending", "default_denied", "denied"];
            grants
                .iter()
                .filter(|g| g["purpose"] == "marketing" && g["channel"].as_str() == of_channel)
                .filter(|g| time(&g["changed_at"]).is_some_and(|at| at <= self.now))
                .filter_map(|g| {
                    let strict = strictness.iter().position(|s| g["status"] == **s)?;
                    let over = time(&g["expires_at"]).is_some_and(|end| self.now >= end);
                    Some((time(&g["changed_at"]), strict, over))
                })
                .max()
                .map(|(_, strict, over)| (strictness[strict], over))
        };
        let answers = [status(Some(channel)), status(None)];
        let counting = answers.iter().flatten().filter(|(_, over)| !over);
        let counting: Vec<_> = counting.map(|(status, _)| *status).collect();
        let lapsed = answers.iter().flatten().any(|(s, over)| *over && *s == "granted");
        let first = counting.first().copied();
        if counting.contains(&"denied") || first == Some("default_denied") {
            return Some(201);
        }
        match first {
            _ if !self.request.channel.is_outbound() => None,
            Some("granted") => None,
            None if lapsed => Some(202),
            _ => Some(201),
        }
    }

    /// P·C·V·L, or `None` without the score that P is.
    pub(crate) fn priority(&self, action: &Action) -> Option<u128> {
        let propensity = match &action.propensity {
            None => 1_000_000_000,
            Some(Propensity::Fixed(ppb)) => u128::from(*ppb),
            Some(Propensity::Score(name)) => {
                let Fact::Is(value) = self.fact(&format!("scores.{name}"), None, Facts::Now) else {
                    return None;
                };
                parts_per_billion(value.as_f64()?)?
            }
        };
        let factor = |levers: bool| {
            let mut sum = 10_000;
            for boost in &self.policy.boosts {
                let in_force = self.every(&boost.when, Facts::Now) == True;
                if boost.when.is_empty() == levers
                    && in_force
                    && self.selects(&boost.selector, action)
                {
                    sum += boost.basis_points;
                }
            }
            u128::try_from(sum.max(0)).expect("not negative")
        };
        let value = u128::try_from(action.value.unwrap_or(0)).expect("not negative");
        Some(propensity * factor(false) * value * factor(true))
    }

    /// Where an action goes in the slate so far, or why it does not.
    fn place(
        &self,
        action: &Action,
        taken: &[Recommended],
    ) -> Result<(Option<String>, Option<String>), Reason> {
        let (slots, limit) = (&self.request.slots, self.request.limit);
        let full = !slots.is_empty() && taken.len() == slots.len();
        if full || limit == Some(taken.len()) {
            return Err(Reason(801, None, None));
        }
        let mut free: BTreeMap<usize, &String> = slots.iter().enumerate().collect();
        for placed in taken {
            let used = free.iter().find(|(_, slot)| Some(**slot) == placed.slot.as_ref());
            if let Some(place) = used.map(|(place, _)| *place) {
                free.remove(&place);
            }
        }
        let mut places: Vec<Option<String>> = free.values().map(|s| Some((*s).clone())).collect();
        if slots.is_empty() {
            places.push(None);
        }
        let fit = places.into_iter().find_map(|slot| {
            let treatment = self.treatment(action, slot.as_deref())?;
            Some((slot, treatment))
        });
        let Some(fit) = fit else {
            return Err(Reason(802, None, None));
        };
        for rule in &self.policy.exclusive {
            let in_group = |id: &str| {
                let other = self.policy.actions.iter().find(|other| other.id == id);
                action.group.is_some() && other.is_some_and(|other| other.group == action.group)
            };
            let group = taken.iter().filter(|placed| in_group(&placed.action));
            if group.count() >= rule.at_most {
                return Err(Reason(804, Some(rule.id.clone()), None));
            }
        }
        Ok(fit)
    }

    /// The treatment for a slot: none of none, else the first that fits.
    fn treatment(&self, action: &Action, slot: Option<&str>) -> Option<Option<String>> {
        let one_of = |words: &[String], word: Option<&str>| {
            words.is_empty() || words.iter().any(|w| Some(w.as_str()) == word)
        };
        let device = match self.fact("device.form_factor", None, Facts::Now) {
            Fact::Is(word) => word.as_str().map(str::to_owned),
            _ => None,
        };
        let fits = action.treatments.iter().find(|treatment| {
            one_of(&treatment.channels, Some(self.request.channel.as_str()))
                && one_of(&treatment.devices, device.as_deref())
                && (slot.is_none() || one_of(&treatment.slots, slot))
        });
        match fits {
            Some(treatment) => Some(Some(treatment.id.clone())),
            None => action.treatments.is_empty().then_some(None),
        }
    }

    fn every(&self, conds: &[Cond], facts: Facts) -> Truth {
        let truths: Vec<_> = conds.iter().map(|cond| self.truth(cond, facts)).collect();
        Truth::all(&truths)
    }

    fn truth(&self, cond: &Cond, facts: Facts) -> Truth {
        match cond {
            Cond::Test(test) => self.test(test, None, facts),
            Cond::Situation(name) => self.every(&self.policy.situations[name], facts),
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

    fn test(&self, test: &Test, element: Option<&Value>, facts: Facts) -> Truth {
        let path = match test {
            Test::Word(path, ..) | Test::OneOf(path, _) | Test::Holds(path, _) => path,
            Test::Int(path, ..) | Test::Num(path, ..) | Test::Flag(path) => path,
            Test::Has(path) | Test::Within(path, _) | Test::Since(path, ..) => path,
            Test::Days(path, ..) | Test::Ahead(path, ..) | Test::Now(path, _) => path,
            Test::Known(path) => {
                let part = path.split('.').next().unwrap_or(path);
                let part_known = self.usable(part, self.as_of(part), Facts::Now);
                let whole_part = !path.contains('.');
                let carried = || matches!(self.fact(path, None, Facts::Now), Fact::Is(_));
                return Truth::of(Some(part_known && (whole_part || carried())));
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

    fn fact(&self, path: &str, element: Option<&Value>, facts: Facts) -> Fact {
        if let (Some(field), Some(element)) = (path.strip_prefix("x."), element) {
            if field == "closed_at" && element[field].is_null() {
                let over = ["solved", "closed"].iter().any(|state| element["state"] == **state);
                return self.carried(if over { &element["updated_at"] } else { &Value::Null });
            }
            return self.field(element, field);
        }
        let (part, field) = path.split_once('.').expect("a part and a field");
        if path == "request.channel" {
            return Fact::Is(self.request.channel.as_str().into());
        }
        if path == "request.intent" {
            return self.carried(&self.request.intent.clone().into());
        }
        let record = &self.context[part];
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
        if !self.usable(part, self.as_of(part), facts) {
            return Fact::Unknown;
        }
        if part == "attributes" {
            return self.attribute(field, &record["values"][field]);
        }
        let (groups, field) = field.rsplit_once('.').unwrap_or(("", field));
        let mut record = record;
        for group in groups.split('.').filter(|group| !group.is_empty()) {
            record = &record[group];
        }
        self.field(record, field)
    }

    /// A field of a record; money reads as minor units of the policy's currency.
    fn field(&self, record: &Value, field: &str) -> Fact {
        let Some(money) = field.strip_suffix("_minor") else {
            return self.carried(&record[field]);
        };
        match &record[money] {
            Value::Null => Fact::Absent,
            money if money["currency"] == self.policy.currency.as_str() => {
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
        let fits = match &self.policy.attributes[name] {
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
    fn list(&self, path: &str, facts: Facts) -> Option<(bool, &[Value])> {
        let (part, name) = path.split_once('.').expect("a part and a list");
        if !self.usable(part, self.as_of(part), facts) {
            return None;
        }
        Some(match &self.context[part][name] {
            Value::Array(items) => (true, items),
            Value::Object(partial) => (false, partial["partial"].as_array()?),
            _ => (false, &[]),
        })
    }

    fn as_of(&self, part: &str) -> Option<i64> {
        let part = if part == "cart" { "purchases" } else { part };
        self.as_of.get(part).copied()
    }

    /// Whether what was delivered at a time counts: fresh, or all of it as what
    /// was known last.
    fn usable(&self, part: &str, as_of: Option<i64>, facts: Facts) -> bool {
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
        let limit = self.policy.fresh.get(part).copied();
        let age = self.request.now.as_millis() - as_of;
        let too_old = limit.unwrap_or(Some(default)).is_some_and(|limit| age > limit);
        let ahead_of_now = age < -5_000;
        facts == Facts::LastKnown || !too_old && !ahead_of_now
    }
}

/// The instants at which something about an action may change by time alone:
/// each time of the context and the policy, and each length in it later.
pub(crate) fn instants(policy: &Policy, context: &Context, lengths: &[i64]) -> BTreeSet<i64> {
    let mut times = BTreeSet::new();
    collect_times(&serde_json::to_value(context).expect("a context is JSON"), &mut times);
    for action in &policy.actions {
        times.extend(action.starts_at.iter().chain(&action.ends_at));
    }
    let mut instants = BTreeSet::new();
    for time in times {
        for length in lengths {
            for around in [time - length, time + length] {
                instants.extend([around, around + 1]);
            }
        }
    }
    instants
}

fn collect_times(value: &Value, times: &mut BTreeSet<i64>) {
    match value {
        Value::Array(items) => items.iter().for_each(|item| collect_times(item, times)),
        Value::Object(items) => items.values().for_each(|item| collect_times(item, times)),
        text => times.extend(time(text)),
    }
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

fn time(value: &Value) -> Option<i64> {
    let time: tactful::Timestamp = value.as_str()?.parse().ok()?;
    Some(time.as_millis())
}

fn texts(value: &Value) -> Vec<&str> {
    value.as_array().into_iter().flatten().filter_map(Value::as_str).collect()
}

/// Rounds a model's output half to even; what is no probability is none.
fn parts_per_billion(value: f64) -> Option<u128> {
    let is_probability = (0.0..=1.0).contains(&value);
    let parts = format!("{:.0}", (value.abs() * 1e9).round_ties_even());
    parts.parse().ok().filter(|_| is_probability)
}
