//! Licence expressions as crates have them, such as `(MIT OR Apache-2.0) AND Unicode-3.0`.
//!
//! The language is that of SPDX, annex D, and the slash that older crates have
//! for "or". "and" binds more than "or".

/// What a licence expression asks for.
#[derive(Debug, PartialEq)]
pub(super) enum Terms {
    One(String),
    Any(Vec<Terms>),
    All(Vec<Terms>),
}

impl Terms {
    /// Reads an expression.
    ///
    /// # Errors
    ///
    /// Says what is no licence expression.
    pub(super) fn parse(text: &str) -> Result<Self, String> {
        let spaced = text.replace('(', " ( ").replace(')', " ) ").replace('/', " OR ");
        let mut words: Vec<&str> = spaced.split_whitespace().rev().collect();
        let terms = any(&mut words);
        match terms.filter(|_| words.is_empty()) {
            Some(terms) => Ok(terms),
            None => Err(format!("`{text}` is no licence expression")),
        }
    }

    /// Tells whether licences that are accepted are enough.
    pub(super) fn hold(&self, accepted: &dyn Fn(&str) -> bool) -> bool {
        match self {
            Self::One(license) => accepted(license),
            Self::Any(terms) => terms.iter().any(|one| one.hold(accepted)),
            Self::All(terms) => terms.iter().all(|one| one.hold(accepted)),
        }
    }

    /// Tells whether a licence occurs.
    pub(super) fn names(&self, license: &str) -> bool {
        match self {
            Self::One(one) => one == license,
            Self::Any(terms) | Self::All(terms) => terms.iter().any(|one| one.names(license)),
        }
    }
}

// The words are a stack: the next one is the last.
fn any(words: &mut Vec<&str>) -> Option<Terms> {
    parted(words, "OR", all, Terms::Any)
}

fn all(words: &mut Vec<&str>) -> Option<Terms> {
    parted(words, "AND", one, Terms::All)
}

fn parted(
    words: &mut Vec<&str>,
    by: &str,
    part: fn(&mut Vec<&str>) -> Option<Terms>,
    whole: fn(Vec<Terms>) -> Terms,
) -> Option<Terms> {
    let mut terms = vec![part(words)?];
    while words.pop_if(|word| *word == by).is_some() {
        terms.push(part(words)?);
    }
    if terms.len() == 1 { terms.pop() } else { Some(whole(terms)) }
}

fn one(words: &mut Vec<&str>) -> Option<Terms> {
    match words.pop()? {
        "(" => {
            let terms = any(words)?;
            words.pop_if(|word| *word == ")").map(|_| terms)
        }
        ")" | "OR" | "AND" | "WITH" => None,
        license => match words.pop_if(|word| *word == "WITH") {
            Some(_) => Some(Terms::One(format!("{license} WITH {}", words.pop()?))),
            None => Some(Terms::One(license.to_owned())),
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn holds(text: &str, accepted: &[&str]) -> bool {
        Terms::parse(text).unwrap().hold(&|license| accepted.contains(&license))
    }

    #[test]
    fn one_of_several_is_enough_and_all_are_needed() {
        assert!(holds("MIT OR Apache-2.0", &["MIT"]) && holds("Unlicense/MIT", &["MIT"]));
        assert!(!holds("MIT AND Apache-2.0", &["MIT"]));
        assert!(!holds("(MIT OR Apache-2.0) AND Unicode-3.0", &["MIT"]));
        assert!(holds("(MIT OR Apache-2.0) AND Unicode-3.0", &["Unicode-3.0", "MIT"]));
        assert!(holds("A OR B AND C", &["A"]) && !holds("A OR B AND C", &["C"]));
    }

    #[test]
    fn an_exception_belongs_to_its_licence() {
        assert!(!holds("Apache-2.0 WITH LLVM-exception", &["Apache-2.0"]));
        assert!(holds(
            "Apache-2.0 WITH LLVM-exception OR GPL-2.0",
            &["Apache-2.0 WITH LLVM-exception"]
        ));
    }

    #[test]
    fn what_is_no_expression_is_refused() {
        for text in ["", "MIT OR", "(MIT", "MIT)", "MIT Apache-2.0", "WITH X", "A WITH"] {
            assert!(Terms::parse(text).is_err(), "{text}");
        }
    }
}
