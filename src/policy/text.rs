//! From text to a draft: TOML and JSON, with everything wrong about their form.

use super::document::Tree;
use super::reader::read;
use super::{Draft, Policy, code};
use crate::diagnostic::{Report, Source};
use crate::error::{Error, ErrorKind};

impl<'t> Draft<'t> {
    /// Reads what can be read, and reports the rest.
    ///
    /// # Errors
    ///
    /// The text is too long, or not TOML at all.
    #[cfg(feature = "toml")]
    pub(crate) fn from_toml(text: &'t str) -> Result<Self, Error> {
        let source = Source::new(text, crate::diagnostic::Format::Toml);
        refuse_large(text)?;
        match toml::from_str::<Tree>(text) {
            Ok(tree) => Ok(Self::of(&tree, source)),
            Err(error) => {
                let place = error.span().map(|span| source.place(span));
                Err(unreadable("TOML", error.message(), place))
            }
        }
    }

    /// Reads what can be read, and reports the rest.
    ///
    /// # Errors
    ///
    /// The text is too long, or not JSON at all.
    #[cfg(feature = "json")]
    pub(crate) fn from_json(text: &'t str) -> Result<Self, Error> {
        let source = Source::new(text, crate::diagnostic::Format::Json);
        refuse_large(text)?;
        match serde_json::from_str::<Tree>(text) {
            Ok(tree) => Ok(Self::of(&tree, source)),
            Err(error) => {
                let place = source.place_at(error.line(), error.column());
                let text = error.to_string();
                let message = text.rsplit_once(" at line ").map_or(text.as_str(), |(said, _)| said);
                Err(unreadable("JSON", message, Some(place)))
            }
        }
    }

    fn of(tree: &Tree, source: Source<'t>) -> Self {
        let (policy, report) = read(tree);
        Self { policy, report, source: Some(source) }
    }

    /// Returns the policy if nothing was wrong with it.
    pub(super) fn into_policy(mut self) -> Result<Policy, Error> {
        if !self.report.has_errors() {
            return Ok(self.policy);
        }
        if let Some(source) = &self.source {
            self.report.locate(source);
        }
        Err(Error::found(ErrorKind::Policy, self.report))
    }
}

fn refuse_large(text: &str) -> Result<(), Error> {
    if text.len() <= Policy::MAX_BYTES {
        return Ok(());
    }
    let message = format!("a policy of {} bytes; the limit is {}", text.len(), Policy::MAX_BYTES);
    Err(Error::at(ErrorKind::TooLarge, "", message))
}

fn unreadable(format: &str, message: &str, place: Option<crate::diagnostic::Place>) -> Error {
    use crate::diagnostic::{Diagnostic, DocPath};

    let message = format!("this is not {format}: {}", message.trim().replace('\n', ", "));
    let diagnostic = Diagnostic::error(code::FORMAT, DocPath::root(), message);
    let diagnostic = match place {
        Some(place) => diagnostic.at(place),
        None => diagnostic,
    };
    Error::found(ErrorKind::Policy, Report::from_iter([diagnostic]))
}
