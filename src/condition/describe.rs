//! Conditions read aloud in English.

use super::tree::{Comparison, Expr, ExprKind, Name};

/// Finds what a situation says of itself.
pub(crate) type Sayings<'a> = dyn Fn(&str) -> Option<String> + 'a;

/// Reads a condition aloud: situations by what they say, the rest word by word.
pub(crate) fn describe(expr: &Expr, sayings: &Sayings<'_>) -> String {
    Reader { sayings }.read(expr)
}

struct Reader<'a> {
    sayings: &'a Sayings<'a>,
}

impl Reader<'_> {
    fn read(&self, expr: &Expr) -> String {
        match &expr.kind {
            ExprKind::Bool(value) => if *value { "always" } else { "never" }.to_owned(),
            ExprKind::Int(value) => value.to_string(),
            ExprKind::Double(value) => value.to_string(),
            ExprKind::Text(text) => format!("{text:?}"),
            ExprKind::List(entries) => self.joined(entries, " or "),
            ExprKind::Name(name) => (self.sayings)(name).unwrap_or_else(|| name.clone()),
            ExprKind::Select(target, name) => format!("{}.{}", self.read(target), name.text),
            ExprKind::Index(target, key) => format!("{} of {}", self.read(key), self.read(target)),
            ExprKind::Call { target, name, args } => self.call(target.as_deref(), name, args),
            ExprKind::Not(inner) => self.not(inner),
            ExprKind::Negate(inner) => format!("-{}", self.read(inner)),
            ExprKind::And(parts) => self.joined(parts, " and "),
            ExprKind::Or(parts) => self.either(parts),
            ExprKind::Compare(comparison, a, b) => {
                format!("{} {} {}", self.read(a), verb(*comparison), self.read(b))
            }
            ExprKind::In(item, list) => match &list.kind {
                ExprKind::List(_) => format!("{} is {}", self.read(item), self.read(list)),
                _ => format!("{} is among {}", self.read(item), self.read(list)),
            },
            ExprKind::Arithmetic(operation, a, b) => {
                format!("{} {} {}", self.read(a), operation.symbol(), self.read(b))
            }
            ExprKind::Choice(test, then, otherwise) => format!(
                "{} if {}, otherwise {}",
                self.read(then),
                self.read(test),
                self.read(otherwise)
            ),
        }
    }

    fn joined(&self, parts: &[Expr], word: &str) -> String {
        let parts: Vec<String> = parts.iter().map(|part| self.read(part)).collect();
        match parts.as_slice() {
            [] => "nothing".to_owned(),
            parts => parts.join(word),
        }
    }

    /// "Either" and commas keep an or apart from the ands around it.
    fn either(&self, parts: &[Expr]) -> String {
        let parts: Vec<String> = parts.iter().map(|part| self.read(part)).collect();
        match parts.split_last() {
            Some((last, [first])) => format!("either {first} or {last}"),
            Some((last, others)) => format!("either {}, or {last}", others.join(", ")),
            None => "never".to_owned(),
        }
    }

    fn not(&self, inner: &Expr) -> String {
        match &inner.kind {
            ExprKind::Call { target: None, name, args } => match (name.text.as_str(), &**args) {
                ("has", [place]) => format!("{} is absent", self.read(place)),
                ("known", [place]) => format!("{} is not known", self.read(place)),
                _ => format!("it is not so that {}", self.read(inner)),
            },
            ExprKind::Select(..) => format!("{} is not so", self.read(inner)),
            ExprKind::Not(original) => self.read(original),
            _ => format!("it is not so that {}", self.read(inner)),
        }
    }

    fn call(&self, target: Option<&Expr>, name: &Name, args: &[Expr]) -> String {
        match (target, name.text.as_str(), args) {
            (None, "has", [place]) => format!("{} is there", self.read(place)),
            (None, "known", [place]) => format!("{} is known", self.read(place)),
            (None, "since", [time]) => format!("the time since {}", self.read(time)),
            (None, "days_since", [time]) => format!("the days since {}", self.read(time)),
            (None, "within", [time, length]) => {
                format!("{} was in the last {}", self.read(time), self.read(length))
            }
            (None, unit @ ("days" | "hours" | "minutes" | "seconds"), [count]) => {
                let one = matches!(count.kind, ExprKind::Int(1));
                let unit = if one { unit.trim_end_matches('s') } else { unit };
                format!("{} {unit}", self.read(count))
            }
            (None, "timestamp" | "duration", [text]) => match &text.kind {
                ExprKind::Text(text) => text.clone(),
                _ => self.read(text),
            },
            (None, "size", [value]) => format!("the size of {}", self.read(value)),
            (None, _, [value]) => self.read(value),
            (Some(list), "exists", [x, body]) => format!(
                "there is {} in {} for which {}",
                self.read(x),
                self.read(list),
                self.read(body)
            ),
            (Some(list), "exists_one" | "existsOne", [x, body]) => format!(
                "there is exactly one {} in {} for which {}",
                self.read(x),
                self.read(list),
                self.read(body)
            ),
            (Some(list), "all", [x, body]) => {
                format!("for every {} in {}, {}", self.read(x), self.read(list), self.read(body))
            }
            (Some(list), "filter", [x, body]) => {
                format!("the {} in {} for which {}", self.read(x), self.read(list), self.read(body))
            }
            (Some(value), "size", []) => format!("the number of {}", self.read(value)),
            (Some(text), "startsWith", [start]) => {
                format!("{} starts with {}", self.read(text), self.read(start))
            }
            (Some(text), "endsWith", [end]) => {
                format!("{} ends with {}", self.read(text), self.read(end))
            }
            (Some(text), "contains", [part]) => {
                format!("{} contains {}", self.read(text), self.read(part))
            }
            (Some(time), getter, []) => {
                let part = getter.strip_prefix("get").unwrap_or(getter);
                format!("the {part} of {}", self.read(time))
            }
            (Some(time), getter, [offset, ..]) => {
                let part = getter.strip_prefix("get").unwrap_or(getter);
                format!("the {part} of {} at {}", self.read(time), self.read(offset))
            }
            (None, function, args) => format!("{function}({})", self.joined(args, ", ")),
        }
    }
}

fn verb(comparison: Comparison) -> &'static str {
    match comparison {
        Comparison::Equal => "is",
        Comparison::NotEqual => "is not",
        Comparison::Less => "is less than",
        Comparison::AtMost => "is at most",
        Comparison::Greater => "is more than",
        Comparison::AtLeast => "is at least",
    }
}
