//! The one error type.

use std::fmt;

use crate::diagnostic::{Diagnostic, Report};

/// Why a document could not be used.
///
/// The text says what is wrong, where, and what to do about it. Programs look
/// at [`kind`](Error::kind), [`path`](Error::path) and
/// [`diagnostics`](Error::diagnostics) instead of the text.
///
/// # Examples
///
/// ```
/// use tactful::{Engine, ErrorKind};
///
/// let error = Engine::from_toml("policy = 'care'\ncurency = 'EUR'").unwrap_err();
/// assert_eq!(error.kind(), ErrorKind::Policy);
/// assert!(error.to_string().contains("did you mean `currency`?"));
/// ```
#[derive(Clone, Debug, thiserror::Error)]
#[error("{0}")]
pub struct Error(Box<Inner>);

/// What kind of thing went wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ErrorKind {
    /// A policy has mistakes; `diagnostics()` lists every one.
    Policy,
    /// A condition has mistakes; `diagnostics()` lists every one.
    Condition,
    /// A context is malformed; `path()` says where.
    Context,
    /// An event is malformed; `path()` says where.
    Event,
    /// Two things belong to different customers.
    Identity,
    /// A request is malformed; `path()` says where.
    Request,
    /// A record of a decision is malformed, or of a format that is not known;
    /// `path()` says where.
    Record,
    /// A document is larger than the documented limit.
    TooLarge,
    /// The policy has no action of this id.
    UnknownAction,
}

#[derive(Clone, Debug)]
struct Inner {
    kind: ErrorKind,
    path: String,
    message: String,
    /// Line and column in a document of JSON, if they are known.
    place: Option<(usize, usize)>,
    diagnostics: Report,
}

impl Error {
    /// Wraps the findings about a policy or a condition.
    pub(crate) fn found(kind: ErrorKind, diagnostics: Report) -> Self {
        Self::build(kind, String::new(), String::new(), diagnostics)
    }

    /// Says what is wrong at a path of a context or a request.
    pub(crate) fn at(kind: ErrorKind, path: impl Into<String>, message: impl Into<String>) -> Self {
        Self::build(kind, path.into(), message.into(), Report::default())
    }

    fn build(kind: ErrorKind, path: String, message: String, diagnostics: Report) -> Self {
        Self(Box::new(Inner { kind, path, message, place: None, diagnostics }))
    }

    /// Says where in a document of JSON it is.
    #[cfg(feature = "json")]
    pub(crate) fn in_json(mut self, line: usize, column: usize) -> Self {
        // serde_json counts lines from 1 where it knows them.
        self.0.place = (line > 0).then_some((line, column));
        self
    }

    /// Returns what kind of thing went wrong.
    #[must_use]
    pub fn kind(&self) -> ErrorKind {
        self.0.kind
    }

    /// Returns the path of the wrong value, such as `support.tickets[0].state`.
    ///
    /// It is empty where the document as a whole is meant, and for policies
    /// and conditions, whose diagnostics have a path each.
    #[must_use]
    pub fn path(&self) -> &str {
        &self.0.path
    }

    /// Returns line and column, from 1, of what is wrong in a context, an event,
    /// a request or a record in JSON; `None` where they are not known.
    ///
    /// Diagnostics of policies have a [place](Diagnostic::place) each.
    #[must_use]
    pub fn line_and_column(&self) -> Option<(usize, usize)> {
        self.0.place
    }

    /// Returns every finding about the policy or condition.
    #[must_use]
    pub fn diagnostics(&self) -> &[Diagnostic] {
        self.0.diagnostics.diagnostics()
    }
}

impl fmt::Display for Inner {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.kind {
            ErrorKind::Policy | ErrorKind::Condition => return self.diagnostics.fmt(f),
            ErrorKind::Context => f.write_str("context: ")?,
            ErrorKind::Event => f.write_str("event: ")?,
            ErrorKind::Identity => f.write_str("identity: ")?,
            ErrorKind::Request => f.write_str("request: ")?,
            ErrorKind::Record => f.write_str("record: ")?,
            ErrorKind::TooLarge | ErrorKind::UnknownAction => {}
        }
        if !self.path.is_empty() {
            write!(f, "{}: ", self.path)?;
        }
        f.write_str(&self.message)
    }
}
