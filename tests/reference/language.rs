//! A direct interpreter of the condition language: no schema, no lowering.
//!
//! It walks its own small tree and says what CEL would say, with every error
//! and everything missing as unknown. The tree also prints itself as a text,
//! which is what the library is given.

use std::cmp::Ordering;
use std::collections::BTreeMap;
use std::fmt::Write;

use tactful::schema::Value;

pub(crate) const SECOND: i64 = 1_000;
pub(crate) const HOUR: i64 = 3_600 * SECOND;
pub(crate) const DAY: i64 = 24 * HOUR;

/// The longest length of time, and the first and last times.
const LONGEST: i128 = 9_223_372_036_854;
const FIRST: i128 = -62_135_596_800_000;
const LAST: i128 = 253_402_300_799_999;
/// The years a fact may lie in.
const FACTS: std::ops::RangeInclusive<i64> = -2_208_988_800_000..=4_133_980_799_999;

/// A piece of a condition.
#[derive(Clone, Debug)]
pub(crate) enum Tree {
    Bool(bool),
    Int(i64),
    Double(f64),
    Text(String),
    Time(i64),
    Length(i64),
    Now,
    /// A fact, by its path.
    Fact(&'static str),
    /// A field of the element of a macro.
    Field(&'static str),
    Element,
    /// An entry of a map.
    Entry(&'static str, &'static str),
    Not(Box<Tree>),
    Negate(Box<Tree>),
    /// An operator between two sides, as it is written.
    Two(&'static str, Box<Tree>, Box<Tree>),
    Choice(Box<Tree>, Box<Tree>, Box<Tree>),
    /// A function of one argument.
    Call(&'static str, Box<Tree>),
    /// `within(time, length)`
    Within(Box<Tree>, Box<Tree>),
    /// A method with at most one argument, which is a text.
    Method(Box<Tree>, &'static str, Option<Box<Tree>>),
    List(Vec<Tree>),
    /// `list.name(x, body)`
    Macro(Box<Tree>, &'static str, Box<Tree>),
    /// `list.filter(x, body).size()`
    Count(Box<Tree>, Box<Tree>),
}

/// A value that is known.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Known {
    Bool(bool),
    Int(i64),
    /// The size of a list of which more may exist.
    AtLeast(i64),
    Double(f64),
    Text(String),
    Time(i64),
    Length(i64),
    List(Vec<Held>, bool),
    Record(BTreeMap<&'static str, Held>),
    Map(BTreeMap<&'static str, Held>),
}

/// What lies at a place: nothing, something unreadable, or a value.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Held {
    Absent,
    Unreadable,
    Value(Known),
    /// An entry of a written list, which is as good as it was computed.
    Computed(Known),
}

impl Held {
    fn value(&self) -> Option<Known> {
        match self {
            Self::Value(Known::Double(value)) if !value.is_finite() => None,
            Self::Value(Known::Time(time)) if !FACTS.contains(time) => None,
            Self::Value(Known::Length(length)) if i128::from(*length).abs() > LONGEST => None,
            Self::Value(value) | Self::Computed(value) => Some(value.clone()),
            Self::Absent | Self::Unreadable => None,
        }
    }
}

/// The facts of one moment; a part that is not there is unknown.
#[derive(Clone, Debug, Default)]
pub(crate) struct World {
    pub(crate) now: i64,
    /// The facts of each known part, by their whole path.
    pub(crate) parts: BTreeMap<&'static str, BTreeMap<&'static str, Held>>,
}

impl World {
    fn part_of(path: &str) -> &str {
        path.split('.').next().unwrap()
    }

    fn fact(&self, path: &str) -> Option<&Held> {
        let part = self.parts.get(Self::part_of(path))?;
        Some(part.get(path).unwrap_or(&Held::Absent))
    }

    pub(crate) fn truth(&self, tree: &Tree) -> Option<bool> {
        match self.value(tree, None)? {
            Known::Bool(value) => Some(value),
            other => panic!("{other:?} is no truth"),
        }
    }

    /// Evaluates a tree; `None` is unknown.
    pub(crate) fn value(&self, tree: &Tree, element: Option<&Held>) -> Option<Known> {
        let value = |tree: &Tree| self.value(tree, element);
        let truth = |tree: &Tree| value(tree).map(|value| value == Known::Bool(true));
        Some(match tree {
            Tree::Bool(value) => Known::Bool(*value),
            Tree::Int(value) => Known::Int(*value),
            Tree::Double(value) => Known::Double(*value),
            Tree::Text(text) => Known::Text(text.clone()),
            Tree::Time(millis) => Known::Time(*millis),
            Tree::Length(millis) => Known::Length(*millis),
            Tree::Now => Known::Time(self.now),
            Tree::Fact(_) | Tree::Field(_) | Tree::Element | Tree::Entry(..) => {
                return self.held(tree, element)?.value();
            }
            Tree::Not(inner) => Known::Bool(!truth(inner)?),
            Tree::Negate(inner) => match value(inner)? {
                Known::Int(value) => Known::Int(value.checked_neg()?),
                Known::Double(value) => Known::Double(-value),
                Known::Length(value) => Known::Length(-value),
                _ => return None,
            },
            Tree::Two("&&", a, b) => Known::Bool(and(truth(a), truth(b))?),
            Tree::Two("||", a, b) => {
                let not = |truth: Option<bool>| truth.map(|truth| !truth);
                Known::Bool(!and(not(truth(a)), not(truth(b)))?)
            }
            Tree::Two("in", item, list) => Known::Bool(self.member(item, list, element)?),
            Tree::Two(operator, a, b) => {
                let (a, b) = (value(a), value(b));
                two(operator, &a?, &b?)?
            }
            Tree::Choice(test, then, otherwise) => match truth(test)? {
                true => value(then)?,
                false => value(otherwise)?,
            },
            Tree::Call("known", place) => Known::Bool(match **place {
                // A name of one word is a part.
                Tree::Fact(path) if !path.contains('.') => self.parts.contains_key(path),
                _ => value(place).is_some(),
            }),
            Tree::Call("has", place) => Known::Bool(*self.held(place, element)? != Held::Absent),
            Tree::Call(name, argument) => self.call(name, value(argument)?)?,
            Tree::Within(time, length) => {
                let has = self.held(time, element).map(|held| *held != Held::Absent);
                let recent = self.recent(value(time), value(length));
                Known::Bool(and(has, recent)?)
            }
            Tree::Method(target, name, argument) => match argument {
                Some(argument) => {
                    let (target, argument) = (value(target), value(argument));
                    method(&target?, name, Some(&argument?))?
                }
                None => method(&value(target)?, name, None)?,
            },
            Tree::List(entries) => {
                let entries: Option<Vec<Known>> = entries.iter().map(value).collect();
                Known::List(entries?.into_iter().map(Held::Computed).collect(), true)
            }
            Tree::Macro(list, name, body) => {
                Known::Bool(self.quantified(list, name, body, element)?)
            }
            Tree::Count(list, body) => {
                let (truths, complete) = self.truths(list, body, element)?;
                let truths: Option<Vec<bool>> = truths.into_iter().collect();
                counted(truths?.iter().filter(|truth| **truth).count(), complete)
            }
        })
    }

    /// Finds what lies at a place; `None` if not even that is known.
    fn held<'a>(&'a self, tree: &Tree, element: Option<&'a Held>) -> Option<&'a Held> {
        const ABSENT: &Held = &Held::Absent;
        match tree {
            Tree::Fact(path) => self.fact(path),
            Tree::Element => element,
            Tree::Entry(map, key) => match self.fact(map)? {
                Held::Value(Known::Map(entries)) => Some(entries.get(key).unwrap_or(ABSENT)),
                _ => None,
            },
            Tree::Field(name) => match element? {
                Held::Value(Known::Record(fields)) => Some(fields.get(name).unwrap_or(ABSENT)),
                _ => None,
            },
            _ => None,
        }
    }

    fn recent(&self, time: Option<Known>, length: Option<Known>) -> Option<bool> {
        let since = self.call("since", time?)?;
        Some(order(&since, &length?)? == Ordering::Less)
    }

    fn call(&self, name: &str, argument: Known) -> Option<Known> {
        let unit = |millis: i64| match argument {
            Known::Int(count) => length(i128::from(count) * i128::from(millis)),
            _ => None,
        };
        match (name, &argument) {
            ("since", Known::Time(time)) => length(i128::from(self.now) - i128::from(*time)),
            ("days_since", Known::Time(_)) => match self.call("since", argument)? {
                Known::Length(length) => Some(Known::Int(length.div_euclid(DAY))),
                _ => None,
            },
            ("days", _) => unit(DAY),
            ("hours", _) => unit(HOUR),
            ("minutes", _) => unit(60 * SECOND),
            ("seconds", _) => unit(SECOND),
            ("double", Known::Int(value)) => Some(Known::Double(*value as f64)),
            ("int", Known::Double(value)) => {
                let inside =
                    *value > -9_223_372_036_854_775_808.0 && *value < 9_223_372_036_854_775_808.0;
                inside.then_some(Known::Int(*value as i64))
            }
            ("double" | "int" | "bool", _) => match argument {
                Known::AtLeast(_) if name == "double" => None,
                _ => Some(argument),
            },
            ("size", Known::Text(text)) => Some(Known::Int(text.chars().count() as i64)),
            ("size", Known::List(items, complete)) => Some(counted(items.len(), *complete)),
            ("size", Known::Map(entries)) => Some(counted(entries.len(), true)),
            _ => None,
        }
    }

    fn member(&self, item: &Tree, list: &Tree, element: Option<&Held>) -> Option<bool> {
        if let (Tree::Text(key), Tree::Fact(path)) = (item, list)
            && let Some(Held::Value(Known::Map(entries))) = self.fact(path)
        {
            return Some(entries.contains_key(key.as_str()));
        }
        let item = self.value(item, element);
        let list = self.value(list, element);
        let (item, Known::List(items, complete)) = (item?, list?) else {
            return None;
        };
        let equal = items.iter().map(|held| equal(&item, &held.value()?));
        any(equal, complete)
    }

    fn quantified(
        &self,
        list: &Tree,
        name: &str,
        body: &Tree,
        element: Option<&Held>,
    ) -> Option<bool> {
        let (truths, complete) = self.truths(list, body, element)?;
        match name {
            "exists" => any(truths.into_iter(), complete),
            "all" => {
                let against = truths.into_iter().map(|truth| truth.map(|truth| !truth));
                any(against, complete).map(|any| !any)
            }
            "exists_one" => {
                let truths: Option<Vec<bool>> = truths.into_iter().collect();
                match truths?.iter().filter(|truth| **truth).count() {
                    2.. => Some(false),
                    count if complete => Some(count == 1),
                    _ => None,
                }
            }
            _ => panic!("no macro {name}"),
        }
    }

    /// Asks the body of each element, and whether these are all there are.
    fn truths(
        &self,
        list: &Tree,
        body: &Tree,
        element: Option<&Held>,
    ) -> Option<(Vec<Option<bool>>, bool)> {
        let Known::List(items, complete) = self.value(list, element)? else {
            return None;
        };
        let truth = |item: &Held| Some(self.value(body, Some(item))? == Known::Bool(true));
        Some((items.iter().map(truth).collect(), complete))
    }
}

/// Tells whether the library found the value that was wanted.
pub(crate) fn is_same(found: Option<&Value>, want: Option<&Known>) -> bool {
    match (found, want) {
        (None, None | Some(Known::AtLeast(_))) => true,
        (Some(Value::Bool(found)), Some(Known::Bool(want))) => found == want,
        (Some(Value::Int(found)), Some(Known::Int(want))) => found == want,
        // Zero has two signs, and neither is lost.
        (Some(Value::Double(found)), Some(Known::Double(want))) => {
            found.to_bits() == want.to_bits()
        }
        (Some(Value::Text(found)), Some(Known::Text(want))) => found == want,
        (Some(Value::Timestamp(found)), Some(Known::Time(want))) => found.as_millis() == *want,
        (Some(Value::Duration(found)), Some(Known::Length(want))) => found.as_millis() == *want,
        _ => false,
    }
}

fn and(a: Option<bool>, b: Option<bool>) -> Option<bool> {
    match (a, b) {
        (Some(false), _) | (_, Some(false)) => Some(false),
        (Some(true), Some(true)) => Some(true),
        _ => None,
    }
}

/// Says whether one is true: of all, or of those that are there.
fn any(truths: impl Iterator<Item = Option<bool>>, complete: bool) -> Option<bool> {
    let truths: Vec<Option<bool>> = truths.collect();
    if truths.contains(&Some(true)) {
        return Some(true);
    }
    (complete && !truths.contains(&None)).then_some(false)
}

fn counted(count: usize, complete: bool) -> Known {
    match complete {
        true => Known::Int(count as i64),
        false => Known::AtLeast(count as i64),
    }
}

fn time(millis: i128) -> Option<Known> {
    (FIRST..=LAST).contains(&millis).then_some(Known::Time(millis as i64))
}

fn length(millis: i128) -> Option<Known> {
    (millis.abs() <= LONGEST).then_some(Known::Length(millis as i64))
}

fn two(operator: &str, a: &Known, b: &Known) -> Option<Known> {
    let not = |truth: Option<bool>| truth.map(|truth| Known::Bool(!truth));
    match operator {
        "==" => equal(a, b).map(Known::Bool),
        "!=" => equal(a, b).map(|equal| Known::Bool(!equal)),
        "<" => less(a, b).map(Known::Bool),
        "<=" => not(less(b, a)),
        ">" => less(b, a).map(Known::Bool),
        ">=" => not(less(a, b)),
        _ => arithmetic(operator, a, b),
    }
}

fn arithmetic(operator: &str, a: &Known, b: &Known) -> Option<Known> {
    match (a, b) {
        (Known::Int(a), Known::Int(b)) => {
            let (a, b) = (i128::from(*a), i128::from(*b));
            let result = match operator {
                "+" => a + b,
                "-" => a - b,
                "*" => a * b,
                _ if b == 0 => return None,
                "/" => a / b,
                // CEL computes the quotient as well, which has to fit.
                _ => i64::try_from(a / b).ok().map(|_| a % b)?,
            };
            i64::try_from(result).ok().map(Known::Int)
        }
        (Known::Double(a), Known::Double(b)) => {
            let result = match operator {
                "+" => a + b,
                "-" => a - b,
                "*" => a * b,
                _ => a / b,
            };
            result.is_finite().then_some(Known::Double(result))
        }
        (Known::Time(a), Known::Length(b)) | (Known::Length(b), Known::Time(a)) => {
            let sign = if operator == "-" { -1 } else { 1 };
            time(i128::from(*a) + sign * i128::from(*b))
        }
        (Known::Time(a), Known::Time(b)) => length(i128::from(*a) - i128::from(*b)),
        (Known::Length(a), Known::Length(b)) => {
            let sign = if operator == "-" { -1 } else { 1 };
            length(i128::from(*a) + sign * i128::from(*b))
        }
        _ => None,
    }
}

fn equal(a: &Known, b: &Known) -> Option<bool> {
    if let (Known::Bool(a), Known::Bool(b)) = (a, b) {
        return Some(a == b);
    }
    let below = less(a, b);
    let above = less(b, a);
    match (below, above) {
        (Some(true), _) | (_, Some(true)) => Some(false),
        (Some(false), Some(false)) => Some(true),
        _ => None,
    }
}

/// Compares what two values may be, at the least and at the most.
fn less(a: &Known, b: &Known) -> Option<bool> {
    let span = |known: &Known| match known {
        Known::AtLeast(least) => (Known::Int(*least), Known::Int(i64::MAX)),
        known => (known.clone(), known.clone()),
    };
    let ((least_a, most_a), (least_b, most_b)) = (span(a), span(b));
    match (order(&most_a, &least_b)?, order(&least_a, &most_b)?) {
        (Ordering::Less, _) => Some(true),
        (_, Ordering::Equal | Ordering::Greater) => Some(false),
        _ => None,
    }
}

fn order(a: &Known, b: &Known) -> Option<Ordering> {
    match (a, b) {
        (Known::Int(a), Known::Int(b))
        | (Known::Time(a), Known::Time(b))
        | (Known::Length(a), Known::Length(b)) => Some(a.cmp(b)),
        (Known::Double(a), Known::Double(b)) => a.partial_cmp(b),
        (Known::Int(a), Known::Double(b)) => Some(mixed(*a, *b)),
        (Known::Double(a), Known::Int(b)) => Some(mixed(*b, *a).reverse()),
        (Known::Text(a), Known::Text(b)) => Some(a.chars().cmp(b.chars())),
        _ => None,
    }
}

/// Compares exactly: the whole part first, then what is behind the point.
fn mixed(int: i64, double: f64) -> Ordering {
    let whole = double.trunc().clamp(-1e30, 1e30) as i128;
    let by_whole = i128::from(int).cmp(&whole);
    by_whole.then_with(|| 0.0_f64.partial_cmp(&double.fract()).unwrap())
}

fn method(target: &Known, name: &str, argument: Option<&Known>) -> Option<Known> {
    let argument = match argument {
        Some(Known::Text(text)) => text.as_str(),
        _ => "",
    };
    Some(match target {
        Known::Text(text) => Known::Bool(match name {
            "startsWith" => text.starts_with(argument),
            "endsWith" => text.ends_with(argument),
            "contains" => text.contains(argument),
            _ => return None,
        }),
        Known::Time(millis) => Known::Int(clock(name, *millis + offset(argument))),
        Known::Length(millis) => Known::Int(match name {
            "getHours" => millis / HOUR,
            "getMinutes" => millis / (60 * SECOND),
            "getSeconds" => millis / SECOND,
            _ => millis % SECOND,
        }),
        _ => return None,
    })
}

fn offset(text: &str) -> i64 {
    let Some((hours, minutes)) = text.split_once(':') else {
        return 0;
    };
    let sign = if hours.starts_with('-') { -1 } else { 1 };
    let number = |text: &str| text.trim_start_matches(['+', '-']).parse::<i64>().unwrap();
    sign * (number(hours) * 60 + number(minutes)) * 60 * SECOND
}

/// Counts days by the calendar, from 1970-01-01, year by year.
fn clock(name: &str, local: i64) -> i64 {
    let (day, in_day) = (local.div_euclid(DAY), local.rem_euclid(DAY));
    // 400 years have 146,097 days, wherever they begin.
    let (mut year, mut rest) = (1970 + 400 * day.div_euclid(146_097), day.rem_euclid(146_097));
    let is_leap = |year: i64| year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    while rest >= 365 + i64::from(is_leap(year)) {
        rest -= 365 + i64::from(is_leap(year));
        year += 1;
    }
    let (day_of_year, mut month) = (rest, 0);
    let lengths = [31, 28 + i64::from(is_leap(year)), 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];
    while rest >= lengths[month] {
        rest -= lengths[month];
        month += 1;
    }
    match name {
        "getFullYear" => year,
        "getMonth" => month as i64,
        "getDate" => rest + 1,
        "getDayOfMonth" => rest,
        // 1970-01-01 was a Thursday.
        "getDayOfWeek" => (day + 4).rem_euclid(7),
        "getDayOfYear" => day_of_year,
        "getHours" => in_day / HOUR,
        "getMinutes" => in_day / (60 * SECOND) % 60,
        "getSeconds" => in_day / SECOND % 60,
        _ => in_day % SECOND,
    }
}

/// How tightly a piece binds, from `?:` to what needs no brackets.
const CHOICE: u8 = 0;
const OR: u8 = 1;
const AND: u8 = 2;
const RELATION: u8 = 3;
const SUM: u8 = 4;
const PRODUCT: u8 = 5;
const UNARY: u8 = 6;
const POSTFIX: u8 = 7;

impl Tree {
    /// Spells the tree with the fewest brackets.
    pub(crate) fn text(&self) -> String {
        let mut text = String::new();
        self.write(&mut text, CHOICE);
        text
    }

    fn level(&self) -> u8 {
        match self {
            Self::Choice(..) => CHOICE,
            Self::Two(operator, ..) => match *operator {
                "||" => OR,
                "&&" => AND,
                "+" | "-" => SUM,
                "*" | "/" | "%" => PRODUCT,
                _ => RELATION,
            },
            Self::Not(_) | Self::Negate(_) => UNARY,
            Self::Int(value) if *value < 0 => UNARY,
            Self::Double(value) if value.is_sign_negative() => UNARY,
            _ => POSTFIX,
        }
    }

    fn write(&self, text: &mut String, least: u8) {
        let level = self.level();
        if level < least {
            text.push('(');
            self.write(text, CHOICE);
            text.push(')');
            return;
        }
        match self {
            Self::Bool(value) => write!(text, "{value}").unwrap(),
            Self::Int(value) => write!(text, "{value}").unwrap(),
            Self::Double(value) => write!(text, "{value:?}").unwrap(),
            Self::Text(value) => quoted(text, value),
            Self::Time(millis) => {
                let time = tactful::Timestamp::from_millis(*millis);
                write!(text, "timestamp('{time}')").unwrap();
            }
            Self::Length(millis) => write!(text, "duration('{millis}ms')").unwrap(),
            Self::Now => text.push_str("now"),
            Self::Fact(path) => text.push_str(path),
            Self::Field(name) => write!(text, "x.{name}").unwrap(),
            Self::Element => text.push('x'),
            Self::Entry(map, key) => write!(text, "{map}['{key}']").unwrap(),
            Self::Not(inner) => {
                text.push('!');
                inner.write(text, UNARY);
            }
            Self::Negate(inner) => {
                text.push('-');
                inner.write(text, UNARY);
            }
            Self::Two(operator, a, b) => {
                // Comparisons do not chain; the others group to the left.
                a.write(text, if level == RELATION { SUM } else { level });
                write!(text, " {operator} ").unwrap();
                b.write(text, level + 1);
            }
            Self::Choice(test, then, otherwise) => {
                test.write(text, OR);
                text.push_str(" ? ");
                then.write(text, OR);
                text.push_str(" : ");
                otherwise.write(text, CHOICE);
            }
            Self::Call(name, argument) => listed(text, name, [&**argument]),
            Self::Within(time, length) => listed(text, "within", [&**time, &**length]),
            Self::Method(target, name, argument) => {
                target.write(text, POSTFIX);
                listed(text, &format!(".{name}"), argument.as_deref());
            }
            Self::List(entries) => {
                text.push('[');
                separated(text, entries);
                text.push(']');
            }
            Self::Macro(list, name, body) => {
                list.write(text, POSTFIX);
                listed(text, &format!(".{name}"), [&Self::Element, &**body]);
            }
            Self::Count(list, body) => {
                list.write(text, POSTFIX);
                listed(text, ".filter", [&Self::Element, &**body]);
                text.push_str(".size()");
            }
        }
    }
}

fn listed<'a>(text: &mut String, name: &str, arguments: impl IntoIterator<Item = &'a Tree>) {
    text.push_str(name);
    text.push('(');
    separated(text, arguments);
    text.push(')');
}

fn separated<'a>(text: &mut String, entries: impl IntoIterator<Item = &'a Tree>) {
    for (place, entry) in entries.into_iter().enumerate() {
        if place > 0 {
            text.push_str(", ");
        }
        entry.write(text, CHOICE);
    }
}

fn quoted(text: &mut String, value: &str) {
    let quote = if value.contains('"') { '\'' } else { '"' };
    text.push(quote);
    for c in value.chars() {
        match c {
            '\\' | '\'' => write!(text, "\\{c}").unwrap(),
            '\n' => text.push_str("\\n"),
            '\u{80}'.. if value.len().is_multiple_of(2) => {
                write!(text, "\\U{:08X}", u32::from(c)).unwrap()
            }
            _ => text.push(c),
        }
    }
    text.push(quote);
}
