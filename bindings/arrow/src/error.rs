//! What can be wrong with columns and rows, and how it is said.

use std::fmt;

use arrow_schema::ArrowError;
use serde::de::{self, Expected, Unexpected};
use tactful::diagnostic::suggest::closest;

/// Why a batch could not be decided.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The columns cannot be read as contexts; each text names a column, says
    /// what is wrong with it and what to do. Everything is found at once.
    #[error("columns: {}", .0.join("\ncolumns: "))]
    Columns(Vec<String>),
    /// A batch does not have the columns that were planned for.
    #[error("the batch has other columns than the plan: {0}")]
    OtherColumns(String),
    /// A row cannot be read, and the options ask to stop there.
    #[error("row {row}: {fault}")]
    Row {
        /// The row within its batch, from 0.
        row: usize,
        /// What is wrong with it.
        fault: RowFault,
    },
    /// Whoever watched wanted no more, see [`Columns::decide_watched`](crate::Columns::decide_watched).
    #[error("stopped")]
    Stopped,
    /// The result of a batch does not fit into one batch: a list or a text
    /// column of it would have more than 2,147,483,647 entries or bytes.
    #[error("the result is too large for one batch: decide smaller batches")]
    TooLarge,
    /// The arrays do not hold together: whoever made them broke the format.
    #[error("arrow: {0}")]
    Arrow(#[from] ArrowError),
}

/// What is wrong with one row.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct RowFault {
    /// Where, such as `support.tickets[0].state`; empty for the row as a whole.
    pub path: String,
    /// What, and what to do about it.
    pub message: String,
}

impl fmt::Display for RowFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.path.is_empty() {
            return f.write_str(&self.message);
        }
        write!(f, "{}: {}", self.path, self.message)
    }
}

/// A value that does not fit, on its way up to where its whole path is known.
#[derive(Debug)]
pub(crate) struct Misfit(Box<RowFault>);

impl Misfit {
    pub(crate) fn new(message: impl Into<String>) -> Self {
        Self(Box::new(RowFault { path: String::new(), message: message.into() }))
    }

    /// Says that it lies under a key.
    pub(crate) fn under(mut self, key: &str) -> Self {
        let path = &self.0.path;
        let dot = if path.is_empty() || path.starts_with('[') { "" } else { "." };
        self.0.path = format!("{key}{dot}{path}");
        self
    }

    /// Says that it lies in an entry of a list.
    pub(crate) fn at(mut self, index: usize) -> Self {
        let path = &self.0.path;
        let dot = if path.is_empty() || path.starts_with('[') { "" } else { "." };
        self.0.path = format!("[{index}]{dot}{path}");
        self
    }

    pub(crate) fn into_fault(self) -> RowFault {
        *self.0
    }
}

impl fmt::Display for Misfit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl std::error::Error for Misfit {}

impl de::Error for Misfit {
    fn custom<T: fmt::Display>(message: T) -> Self {
        Self::new(message.to_string())
    }

    fn invalid_type(found: Unexpected<'_>, expected: &dyn Expected) -> Self {
        Self::new(format!("expected {}, found {}", in_words(expected), found_in_words(&found)))
    }

    fn missing_field(field: &'static str) -> Self {
        Self::new(format!("`{field}` is missing or null"))
    }

    fn unknown_field(field: &str, expected: &'static [&'static str]) -> Self {
        Self::new(unknown("key", field, expected))
    }

    fn unknown_variant(word: &str, expected: &'static [&'static str]) -> Self {
        Self::new(unknown("word", word, expected))
    }
}

/// Says that a name is not known, and which one may have been meant.
pub(crate) fn unknown(what: &str, name: &str, known: &[&str]) -> String {
    match closest(name, known.iter().copied()) {
        Some(near) => format!("unknown {what} `{name}`: did you mean `{near}`?"),
        None => format!("unknown {what} `{name}`: expected one of {}", known.join(", ")),
    }
}

/// How people call what Rust calls otherwise.
pub(crate) fn in_words(expected: &dyn Expected) -> String {
    let expected = expected.to_string();
    match expected.as_str() {
        "i64" => "a whole number",
        "usize" | "u64" => "a whole number from 0",
        "f64" => "a number",
        "a string" => "a text",
        "a boolean" => "true or false",
        "a sequence" => "a list",
        other => other,
    }
    .to_owned()
}

fn found_in_words(found: &Unexpected<'_>) -> String {
    match found {
        Unexpected::Unit | Unexpected::Option => "null".to_owned(),
        Unexpected::Str(text) => format!("the text {text:?}"),
        Unexpected::Signed(number) => format!("the number {number}"),
        Unexpected::Unsigned(number) => format!("the number {number}"),
        Unexpected::Float(number) => format!("the number {number:?}"),
        Unexpected::Bool(value) => value.to_string(),
        Unexpected::Seq => "a list".to_owned(),
        Unexpected::Map => "an object".to_owned(),
        other => other.to_string(),
    }
}
