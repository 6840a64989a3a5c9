//! A compiled policy, as a Python object that any number of threads share.

use std::path::PathBuf;

use pyo3::prelude::*;
use pyo3::types::{PyDict, PyType};
use tactful::diagnostic::{Format, Source};

use crate::context::PyContext;
use crate::decision::{Answer, PyDecision};
use crate::errors::{policy_error, value_error};
use crate::guard::guarded;
use crate::input;

/// A compiled policy: it decides what to recommend to a customer, and what not.
///
/// It never changes, and any number of threads may use it at once.
#[pyclass(frozen, module = "tactful", name = "Engine")]
pub(crate) struct PyEngine {
    core: tactful::Engine,
    source: PolicySource,
}

/// The text an engine was made of, which is what it pickles as.
struct PolicySource {
    text: String,
    format: Format,
    /// The file it came from.
    name: Option<String>,
}

impl PolicySource {
    fn compile(self, py: Python<'_>) -> PyResult<PyEngine> {
        let compiled = match self.format {
            Format::Json => tactful::Engine::from_json(&self.text),
            _ => tactful::Engine::from_toml(&self.text),
        };
        match compiled {
            Ok(core) => Ok(PyEngine { core, source: self }),
            Err(error) => Err(policy_error(py, &error, self.source().as_ref())),
        }
    }

    /// Names the text, if it came from a file.
    fn source(&self) -> Option<Source<'_>> {
        let name = self.name.as_deref()?;
        Some(Source::new(&self.text, self.format).named(name))
    }
}

impl PyEngine {
    /// Returns the engine of the library.
    pub(crate) const fn core(&self) -> &tactful::Engine {
        &self.core
    }
}

#[pymethods]
impl PyEngine {
    /// Builds an engine from a policy in TOML.
    ///
    /// Raises `PolicyError` with everything that is wrong with it at once.
    #[classmethod]
    fn from_toml(_class: &Bound<'_, PyType>, py: Python<'_>, text: String) -> PyResult<Self> {
        guarded(|| PolicySource { text, format: Format::Toml, name: None }.compile(py))
    }

    /// Builds an engine from a policy in JSON.
    ///
    /// Raises `PolicyError` with everything that is wrong with it at once.
    #[classmethod]
    fn from_json(_class: &Bound<'_, PyType>, py: Python<'_>, text: String) -> PyResult<Self> {
        guarded(|| PolicySource { text, format: Format::Json, name: None }.compile(py))
    }

    /// Builds an engine from a file whose name ends in `.toml` or `.json`.
    ///
    /// Raises `PolicyError` with everything that is wrong with it at once.
    #[classmethod]
    fn from_file(_class: &Bound<'_, PyType>, py: Python<'_>, path: PathBuf) -> PyResult<Self> {
        guarded(|| {
            let format = match path.extension().and_then(|end| end.to_str()) {
                Some("toml") => Format::Toml,
                Some("json") => Format::Json,
                _ => {
                    let path = path.display();
                    let message = format!("{path}: a policy file ends in .toml or .json");
                    return Err(value_error(message));
                }
            };
            let name = Some(path.display().to_string());
            PolicySource { text: std::fs::read_to_string(&path)?, format, name }.compile(py)
        })
    }

    /// Decides what to recommend to a customer, at a moment and on a channel.
    ///
    /// The context is a `Context`, a mapping shaped like one, or JSON as str or
    /// bytes; `now` is an aware datetime or Unix milliseconds. The further
    /// keywords are those of a request, such as `slots`, `limit` or `quotas`.
    #[pyo3(signature = (context, *, now, channel, **options))]
    fn decide(
        slf: &Bound<'_, Self>,
        context: &Bound<'_, PyAny>,
        now: &Bound<'_, PyAny>,
        channel: &Bound<'_, PyAny>,
        options: Option<&Bound<'_, PyDict>>,
    ) -> PyResult<PyDecision> {
        guarded(|| {
            let context = match context.cast::<PyContext>() {
                Ok(context) => context.clone().unbind(),
                Err(_) => Py::new(slf.py(), PyContext::new(input::read(context)?))?,
            };
            let request = input::request(now, channel, options)?;
            Ok(PyDecision::new(Answer::new(slf.clone().unbind(), context, request)))
        })
    }

    /// Reads the policy back in English.
    fn describe(&self) -> PyResult<String> {
        guarded(|| Ok(self.core.describe()))
    }
}
