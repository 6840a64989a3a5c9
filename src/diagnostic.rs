//! A finding about a document: what is wrong, where it is, and what to do about it.
//!
//! A [`Diagnostic`] names its spot by a [`DocPath`], so whoever finds a fault needs neither the
//! text nor a parser that keeps spans. [`locate()`] turns paths into lines and columns afterwards,
//! only when there is something to show. [`Report`] collects findings and prints them.

mod found;
mod json;
mod locate;
mod path;
mod place;
mod quoted;
mod render;
mod report;
pub mod suggest;

use std::fmt;
use std::ops::Range;

use serde::Serialize;

pub use locate::locate;
pub use path::{DocPath, Segment};
pub use place::{Format, Place, Source};
pub use report::Report;

/// One finding about a document.
///
/// # Examples
///
/// ```
/// use tactful::diagnostic::{Code, Diagnostic, DocPath, Format, Source, locate};
///
/// let text = "[[suppress]]\nwhen = 'support.ticket.exists(t, t.is_open)'\n";
/// let path = DocPath::root().key("suppress").index(0).key("when");
/// let mut found = [Diagnostic::error(Code::new("E204"), path, "unknown fact `support.ticket`")
///     .within(0..14)
///     .did_you_mean("support.ticket", ["support.tickets"])];
///
/// locate(&mut found, &Source::new(text, Format::Toml).named("policy.toml"));
/// assert_eq!(
///     found[0].to_string(),
///     "\
/// error[E204]: unknown fact `support.ticket`
///  --> policy.toml:2:9
///   |
/// 2 | when = 'support.ticket.exists(t, t.is_open)'
///   |         ^^^^^^^^^^^^^^
///   = in suppress[0].when
///   = help: did you mean `support.tickets`?"
/// );
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Diagnostic {
    code: Code,
    severity: Severity,
    path: DocPath,
    #[serde(skip)]
    target: Target,
    // Boxed, as the place is, to keep `Result<_, Diagnostic>` small.
    message: Box<str>,
    help: Option<Box<str>>,
    notes: Vec<String>,
    place: Option<Box<Place>>,
}

impl Diagnostic {
    /// Makes an error about the value at a path.
    #[must_use]
    pub fn error(code: Code, path: DocPath, message: impl Into<String>) -> Self {
        Self::new(Severity::Error, code, path, message.into())
    }

    /// Makes a warning about the value at a path.
    #[must_use]
    pub fn warning(code: Code, path: DocPath, message: impl Into<String>) -> Self {
        Self::new(Severity::Warning, code, path, message.into())
    }

    /// Makes a remark about the value at a path.
    #[must_use]
    pub fn info(code: Code, path: DocPath, message: impl Into<String>) -> Self {
        Self::new(Severity::Info, code, path, message.into())
    }

    /// Points at the key instead of its value.
    #[must_use]
    pub fn at_key(mut self) -> Self {
        self.target = Target::Key;
        self
    }

    /// Points at a byte range inside the value, which is a string.
    ///
    /// The range counts bytes of the string as it reads once its escapes are resolved.
    #[must_use]
    pub fn within(mut self, range: Range<u32>) -> Self {
        self.target = Target::Within(range);
        self
    }

    /// Sets the place, for findings that know it from elsewhere, such as parse errors.
    #[must_use]
    pub fn at(mut self, place: Place) -> Self {
        self.place = Some(Box::new(place));
        self
    }

    /// Says what to do about it.
    #[must_use]
    pub fn with_help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into().into_boxed_str());
        self
    }

    /// Adds a remark.
    #[must_use]
    pub fn with_note(mut self, note: impl Into<String>) -> Self {
        self.notes.push(note.into());
        self
    }

    /// Sets the help to the candidate closest to a misspelled name, if one is close.
    #[must_use]
    pub fn did_you_mean<'a>(
        self,
        name: &str,
        candidates: impl IntoIterator<Item = &'a str>,
    ) -> Self {
        match suggest::closest(name, candidates) {
            Some(closest) => self.with_help(format!("did you mean `{closest}`?")),
            None => self,
        }
    }

    /// Returns the code.
    #[must_use]
    pub fn code(&self) -> Code {
        self.code
    }

    /// Returns the severity.
    #[must_use]
    pub fn severity(&self) -> Severity {
        self.severity
    }

    /// Returns whether this is an error.
    #[must_use]
    pub fn is_error(&self) -> bool {
        self.severity == Severity::Error
    }

    /// Returns where in the document the finding is.
    #[must_use]
    pub fn path(&self) -> &DocPath {
        &self.path
    }

    /// Returns which part of the value at the path is meant.
    #[must_use]
    pub fn target(&self) -> &Target {
        &self.target
    }

    /// Returns what is wrong.
    #[must_use]
    pub fn message(&self) -> &str {
        &self.message
    }

    /// Returns what to do about it.
    #[must_use]
    pub fn help(&self) -> Option<&str> {
        self.help.as_deref()
    }

    /// Returns the remarks, in the order they were made.
    #[must_use]
    pub fn notes(&self) -> &[String] {
        &self.notes
    }

    /// Returns the place in the text, once located.
    #[must_use]
    pub fn place(&self) -> Option<&Place> {
        self.place.as_deref()
    }

    fn new(severity: Severity, code: Code, path: DocPath, message: String) -> Self {
        Self {
            code,
            severity,
            path,
            target: Target::Value,
            message: message.into_boxed_str(),
            help: None,
            notes: Vec::new(),
            place: None,
        }
    }
}

/// The stable name of a kind of finding, such as `E204`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(transparent)]
pub struct Code(&'static str);

impl Code {
    /// Makes a code from its text.
    #[must_use]
    pub const fn new(text: &'static str) -> Self {
        Self(text)
    }

    /// Returns the code's text.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        self.0
    }
}

impl fmt::Display for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0)
    }
}

/// How bad a finding is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "lowercase")]
#[non_exhaustive]
pub enum Severity {
    /// The document cannot be used.
    Error,
    /// The document can be used, but likely does not say what was meant.
    Warning,
    /// The document can be used, and this is worth knowing about it.
    Info,
}

impl fmt::Display for Severity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Error => "error",
            Self::Warning => "warning",
            Self::Info => "info",
        })
    }
}

/// Which part of what a path leads to is meant.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Target {
    /// The key, for instance one that is unknown.
    Key,
    /// The whole value.
    Value,
    /// A byte range of a string value, counted once its escapes are resolved.
    Within(Range<u32>),
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_diagnostic_fits_the_error_side_of_a_result() {
        // Clippy's `result_large_err` objects from 128 bytes.
        assert!(size_of::<Diagnostic>() < 128);
    }

    #[test]
    fn other_languages_get_the_same_data() {
        let mut found = [Diagnostic::warning(Code::new("W1"), DocPath::root().key("a b"), "odd")
            .at_key()
            .with_help("drop it")
            .with_note("it was here before")];
        locate(&mut found, &Source::new("{\n \"a b\": 1}", Format::Json).named("p.json"));
        assert_eq!(
            serde_json::to_value(&found[0]).unwrap(),
            serde_json::json!({
                "code": "W1", "severity": "warning", "path": "\"a b\"", "message": "odd",
                "help": "drop it", "notes": ["it was here before"],
                "place": {
                    "source": "p.json", "start": 3, "end": 8,
                    "line": 2, "column": 2, "end_line": 2, "end_column": 7,
                },
            })
        );
    }
}
