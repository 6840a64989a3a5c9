//! Errors of the library as the exceptions that the package declares.

use pyo3::prelude::*;
use pyo3::sync::PyOnceLock;
use pyo3::types::{PyList, PyType};
use tactful::ErrorKind;
use tactful::diagnostic::{Code, Diagnostic, DocPath, Place, Report, Source};

mod declared {
    #![allow(unreachable_pub, reason = "the macro makes public types")]

    pyo3::import_exception!(tactful._errors, PolicyError);
    pyo3::import_exception!(tactful._errors, ContextError);
    pyo3::import_exception!(tactful._errors, EventError);
    pyo3::import_exception!(tactful._errors, RequestError);
    pyo3::import_exception!(tactful._errors, RecordError);
    pyo3::import_exception!(tactful._errors, IdentityError);
    pyo3::import_exception!(tactful._errors, UnknownActionError);
    pyo3::import_exception!(tactful._errors, InternalError);
}

use declared::{ContextError, EventError, IdentityError, PolicyError, RecordError, RequestError};
pub(crate) use declared::{InternalError, UnknownActionError};

/// What a caller handed over, which names the exception where an error of the
/// library does not: that a text is too long can be said of any.
#[derive(Clone, Copy)]
pub(crate) enum Door {
    Context,
    Event,
    Request,
    Record,
}

impl Door {
    /// Says what is wrong at a path, in the way the library says it.
    pub(crate) fn wrong(self, path: &str, said: &str) -> PyErr {
        let door = match self {
            Self::Context => "context",
            Self::Event => "event",
            Self::Request => "request",
            Self::Record => "record",
        };
        let at = if path.is_empty() { String::new() } else { format!("{path}: ") };
        self.error(format!("{door}: {at}{said}"), path.to_owned())
    }

    /// Makes the exception for something wrong at a path.
    pub(crate) fn error(self, message: String, path: String) -> PyErr {
        match self {
            Self::Context => ContextError::new_err((message, path)),
            Self::Event => EventError::new_err((message, path)),
            Self::Request => RequestError::new_err((message, path)),
            Self::Record => RecordError::new_err((message, path)),
        }
    }

    /// Makes the exception for an error of the library.
    pub(crate) fn raise(self, error: &tactful::Error) -> PyErr {
        let (message, path) = (error.to_string(), error.path().to_owned());
        match error.kind() {
            ErrorKind::Identity => IdentityError::new_err((message, path)),
            ErrorKind::UnknownAction => UnknownActionError::new_err(message),
            ErrorKind::Context => ContextError::new_err((message, path)),
            ErrorKind::Event => EventError::new_err((message, path)),
            ErrorKind::Request => RequestError::new_err((message, path)),
            ErrorKind::Record => RecordError::new_err((message, path)),
            _ => self.error(message, path),
        }
    }
}

/// Makes `PolicyError`, with its diagnostics as data; `source` may name the file.
pub(crate) fn policy_error(
    py: Python<'_>,
    error: &tactful::Error,
    source: Option<&Source<'_>>,
) -> PyErr {
    let mut text = error.to_string();
    let mut found = error.diagnostics().to_vec();
    for diagnostic in &mut found {
        let Some((source, place)) = source.zip(diagnostic.place()) else { continue };
        let named = diagnostic.clone().at(source.place(place.range()));
        text = text.replacen(&diagnostic.to_string(), &named.to_string(), 1);
        *diagnostic = named;
    }
    match diagnostics(py, &found) {
        Ok(list) => PolicyError::new_err((text, list.unbind())),
        Err(error) => error,
    }
}

/// Makes `PolicyError` for a policy of which there is no text that can be read.
pub(crate) fn no_policy(py: Python<'_>, message: impl Into<String>) -> PyErr {
    let found = Diagnostic::error(Code::new("E001"), DocPath::root(), message);
    let report = Report::from_iter([found]);
    match diagnostics(py, report.diagnostics()) {
        Ok(list) => PolicyError::new_err((report.to_string(), list.unbind())),
        Err(error) => error,
    }
}

/// Makes a list of `Diagnostic` objects.
pub(crate) fn diagnostics<'py>(
    py: Python<'py>,
    found: &[Diagnostic],
) -> PyResult<Bound<'py, PyList>> {
    static CLASS: PyOnceLock<Py<PyType>> = PyOnceLock::new();
    let class = CLASS.import(py, "tactful._errors", "Diagnostic")?;
    let made = found.iter().map(|diagnostic| {
        let place = diagnostic.place();
        class.call1((
            diagnostic.code().as_str(),
            diagnostic.severity().to_string(),
            diagnostic.message(),
            diagnostic.path().to_string(),
            diagnostic.help(),
            diagnostic.notes(),
            place.and_then(Place::source),
            place.map(Place::line),
            place.map(Place::column),
            diagnostic.to_string(),
        ))
    });
    PyList::new(py, made.collect::<PyResult<Vec<_>>>()?)
}
