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

pub(crate) fn duration(length: i64) -> String {
    match length {
        _ if length % DAY == 0 => format!("days({})", length / DAY),
        _ if length % HOUR == 0 => format!("hours({})", length / HOUR),
        _ => format!("minutes({})", length / MINUTE),
    }
}
