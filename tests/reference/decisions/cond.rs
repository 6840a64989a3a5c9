//! Conditions as the reference knows them: small trees of their own.
//!
//! The reference walks the tree, the engine reads the text.

use crate::model::{DAY, HOUR, MINUTE};

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
    /// `number op limit`
    #[allow(dead_code, reason = "only those who prove ask for numbers")]
    Compare(Number, &'static str, i64),
    /// `fact < number`
    #[allow(dead_code, reason = "only those who prove ask for numbers")]
    Less(&'static str, Number),
    Situation(String),
    Not(Box<Cond>),
    And(Vec<Cond>),
    Or(Vec<Cond>),
}

/// A number, read or counted.
#[derive(Clone, Debug, PartialEq)]
#[allow(dead_code, reason = "only those who prove ask for numbers")]
pub(crate) enum Number {
    Fact(&'static str),
    /// `size(list)`
    Size(&'static str),
    /// `list.filter(x, test).size()`
    Count(&'static str, Test),
    /// `(cond ? number : other)`
    Choice(Box<Cond>, Box<Self>, i64),
    /// `double(number)`: what it is compared with lies between two whole numbers.
    Double(Box<Self>),
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
            Self::Compare(number, op, limit) => {
                let half = if matches!(number, Number::Double(_)) { ".5" } else { "" };
                format!("{} {op} {limit}{half}", number.text())
            }
            Self::Less(fact, number) => format!("{fact} < {}", number.text()),
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

impl Number {
    fn text(&self) -> String {
        match self {
            Self::Fact(fact) => (*fact).to_owned(),
            Self::Size(list) => format!("size({list})"),
            Self::Count(list, test) => format!("{list}.filter(x, {}).size()", test.text()),
            Self::Choice(cond, number, other) => {
                format!("({} ? {} : {other})", cond.operand(), number.text())
            }
            Self::Double(number) => format!("double({})", number.text()),
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

pub(crate) fn duration(length: i64) -> String {
    match length {
        _ if length % DAY == 0 => format!("days({})", length / DAY),
        _ if length % HOUR == 0 => format!("hours({})", length / HOUR),
        _ => format!("minutes({})", length / MINUTE),
    }
}
