//! A compiled policy, as a Python object that any number of threads share.

use std::path::{Path, PathBuf};

use pyo3::exceptions::{PyOSError, PyUnicodeEncodeError};
use pyo3::prelude::*;
use pyo3::types::{PyBytes, PyDict, PyList, PyString, PyTuple, PyType};
use tactful::diagnostic::{Format, Source};

use crate::batch::{self, Keywords, PyBatchSchema};
use crate::context::PyContext;
use crate::decision::{Answer, PyDecision};
use crate::errors::{Door, diagnostics, no_policy, policy_error};
use crate::explanation::{PyMissing, PyReplay};
use crate::guard::guarded;
use crate::hash;
use crate::input;
use crate::output::{Tuple, call, dumps, repr};
use crate::spare::{self, Kept};

/// A compiled policy: it decides what to recommend to a customer, and what not.
///
/// It never changes, and any number of threads may use it at once.
#[pyclass(frozen, module = "tactful", name = "Engine")]
pub(crate) struct PyEngine {
    core: tactful::Engine,
    source: PolicySource,
}

/// The text an engine was made of, which is what it pickles as.
#[derive(PartialEq)]
pub(crate) struct PolicySource {
    text: String,
    format: Format,
    /// The file it came from.
    name: Option<String>,
}

impl PolicySource {
    pub(crate) fn compile(self, py: Python<'_>) -> PyResult<PyEngine> {
        let compiled = match self.format {
            Format::Json => tactful::Engine::from_json(&self.text),
            _ => tactful::Engine::from_toml(&self.text),
        };
        match compiled {
            Ok(core) => Ok(PyEngine { core, source: self }),
            Err(error) => Err(policy_error(py, &error, self.source().as_ref())),
        }
    }

    /// Makes a source of what an engine pickles as.
    pub(crate) fn new(text: String, is_json: bool, name: Option<String>) -> Self {
        let format = if is_json { Format::Json } else { Format::Toml };
        Self { text, format, name }
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

    /// Returns what the engine was made of.
    pub(crate) const fn source(&self) -> &PolicySource {
        &self.source
    }
}

/// Takes the text of a policy.
fn policy_text(text: &Bound<'_, PyString>) -> PyResult<String> {
    text.to_str().map(str::to_owned).map_err(|_| no_policy(text.py(), input::HALF))
}

/// Takes the path of a file; what Python code of it raises comes out.
fn path_of(path: &Bound<'_, PyAny>) -> PyResult<PathBuf> {
    let py = path.py();
    path.extract().map_err(|error: PyErr| {
        if !error.is_instance_of::<PyUnicodeEncodeError>(py) {
            return error;
        }
        let path = path.repr().map_or_else(|_| String::new(), |path| path.to_string());
        no_policy(py, format!("{path} is no path that a file can have: {}", input::HALF))
    })
}

/// Reads a file; what Python raises names it.
fn read_file(py: Python<'_>, path: &Path) -> PyResult<String> {
    let shown = path.display();
    let bytes = std::fs::read(path).map_err(|error| match error.raw_os_error() {
        Some(number) => {
            // Python appends the name; the number it has already.
            let said = error.to_string();
            let said = said.split(" (os error").next().unwrap_or_default().to_owned();
            PyOSError::new_err((number, said, shown.to_string()))
        }
        None => no_policy(py, format!("{shown}: {error}")),
    })?;
    String::from_utf8(bytes).map_err(|error| {
        let valid = error.utf8_error().valid_up_to();
        no_policy(py, format!("{shown} is not UTF-8 from byte {valid} on"))
    })
}

/// Takes a context as it is, or reads one over one that nobody has any more.
pub(crate) fn context_of(value: &Bound<'_, PyAny>) -> PyResult<Py<PyContext>> {
    match value.cast::<PyContext>() {
        Ok(context) => Ok(context.clone().unbind()),
        Err(_) => Py::new(value.py(), PyContext::new(input::context(value, spare::take())?)),
    }
}

#[pymethods]
impl PyEngine {
    /// Builds an engine from a policy in TOML.
    ///
    /// Raises `PolicyError` with everything that is wrong with it at once.
    #[classmethod]
    fn from_toml(_class: &Bound<'_, PyType>, text: &Bound<'_, PyString>) -> PyResult<Self> {
        guarded(|| PolicySource::new(policy_text(text)?, false, None).compile(text.py()))
    }

    /// Builds an engine from a policy in JSON.
    ///
    /// Raises `PolicyError` with everything that is wrong with it at once.
    #[classmethod]
    fn from_json(_class: &Bound<'_, PyType>, text: &Bound<'_, PyString>) -> PyResult<Self> {
        guarded(|| PolicySource::new(policy_text(text)?, true, None).compile(text.py()))
    }

    /// Builds an engine from a file whose name ends in `.toml` or `.json`.
    ///
    /// Raises `PolicyError` with everything that is wrong with it at once, and
    /// `OSError` if the file cannot be read.
    #[classmethod]
    #[pyo3(signature = (path: "str | PathLike[str]") -> "Engine")]
    fn from_file(_class: &Bound<'_, PyType>, path: &Bound<'_, PyAny>) -> PyResult<Self> {
        guarded(|| {
            let (py, path) = (path.py(), path_of(path)?);
            let format = match path.extension().and_then(|end| end.to_str()) {
                Some("toml") => Format::Toml,
                Some("json") => Format::Json,
                _ => {
                    let path = path.display();
                    let message = format!("{path}: a policy file ends in .toml or .json");
                    return Err(no_policy(py, message));
                }
            };
            let name = Some(path.display().to_string());
            PolicySource { text: read_file(py, &path)?, format, name }.compile(py)
        })
    }

    /// Decides what to recommend to a customer, at a moment and on a channel.
    ///
    /// The context is a `Context`, a mapping shaped like one, or JSON as str or
    /// bytes; `now` is an aware datetime or Unix milliseconds. The further
    /// keywords are those of a request, such as `slots`, `limit` or `quotas`.
    ///
    /// Raises `ContextError` or `RequestError` with the path of what is wrong.
    #[pyo3(signature = (context: "ContextLike", *, now: "Moment", channel: "str", **options: "Unpack[RequestOptions]") -> "Decision")]
    fn decide(
        slf: &Bound<'_, Self>,
        context: &Bound<'_, PyAny>,
        now: &Bound<'_, PyAny>,
        channel: &Bound<'_, PyAny>,
        options: Option<&Bound<'_, PyDict>>,
    ) -> PyResult<PyDecision> {
        guarded(|| {
            let context = context_of(context)?;
            let request = input::request(now, channel, options)?;
            Ok(PyDecision::new(Answer::new(slf.clone().unbind(), context, request)))
        })
    }

    /// Decides from JSON to JSON: a context and a request, both as str or bytes.
    ///
    /// The answer is what `Decision.to_json` writes, as bytes. Raises as
    /// `decide` does.
    #[pyo3(signature = (context: "str | bytes", request: "str | bytes") -> "bytes")]
    fn decide_json<'py>(
        &self,
        context: &Bound<'py, PyAny>,
        request: &Bound<'py, PyAny>,
    ) -> PyResult<Bound<'py, PyBytes>> {
        guarded(|| {
            let core = Kept::new(input::context_of_json(context, spare::take())?);
            let request = input::of_json(request)?;
            let json = self.core.decide_fully(&core, &request).to_json();
            Ok(PyBytes::new(context.py(), json.as_bytes()))
        })
    }

    /// Decides for every row of a table: anything that speaks the Arrow PyCapsule
    /// interface, such as a pyarrow table or reader, or a Polars frame.
    ///
    /// Columns are facts, spelled as in the JSON of a context: `profile.plan`,
    /// `support.tickets`, or `support` as a struct; or all of it as text in
    /// `context_json`. Null is unknown. `now` and `channel` are columns or
    /// arguments, `as_of` dates the parts that have no column for it. `carry`
    /// names columns that the result repeats, `ignore` those that are not
    /// looked at. `accounts` is `"suppressed"`, `"withheld"`, `None`, or
    /// `"ranking"` for the recommendations alone, which is the fastest;
    /// `on_error` is `"null"` (a row that cannot be read gets an `error` and no
    /// recommendation) or `"raise"`. `on_progress` is called with the number of
    /// rows decided so far. The further keywords are those of a request.
    ///
    /// What is in memory is decided at once; a stream of batches is decided as
    /// the result is read, which can be done once. Other threads run meanwhile.
    ///
    /// Raises `ContextError` with everything that is wrong with the columns, or
    /// with the first bad row; `RequestError` for arguments.
    #[pyo3(signature = (data: "ArrowData", *, now: "Moment | None" = None, channel: "Channel | None" = None, as_of: "Moment | None" = None, carry: "Sequence[str] | None" = None, ignore: "Sequence[str] | None" = None, accounts: "str | None" = Some("suppressed"), on_error: "str" = "null", on_progress: "Callable[[int], object] | None" = None, **options: "Unpack[RequestOptions]") -> "DecisionBatch | DecisionBatches")]
    #[expect(clippy::too_many_arguments, reason = "they are keywords in Python")]
    fn decide_batch<'py>(
        slf: &Bound<'py, Self>,
        data: &Bound<'py, PyAny>,
        now: Option<&Bound<'py, PyAny>>,
        channel: Option<&Bound<'py, PyAny>>,
        as_of: Option<&Bound<'py, PyAny>>,
        carry: Option<&Bound<'py, PyAny>>,
        ignore: Option<&Bound<'py, PyAny>>,
        #[pyo3(from_py_with = input::word)] accounts: Option<&str>,
        #[pyo3(from_py_with = input::some_word)] on_error: &str,
        on_progress: Option<Py<PyAny>>,
        options: Option<&Bound<'py, PyDict>>,
    ) -> PyResult<Bound<'py, PyAny>> {
        guarded(|| {
            let request = options;
            let keywords =
                Keywords { now, channel, as_of, carry, ignore, accounts, on_error, request };
            let options = keywords.options(slf.py())?;
            batch::decide(slf, data, &options, on_progress)
        })
    }

    /// Tells the schema of what `decide_batch` gives, without any data.
    ///
    /// `pyarrow.schema(...)` reads it, and `ddl` is how Spark spells it.
    #[staticmethod]
    #[pyo3(signature = (*, accounts: "str | None" = Some("suppressed"), on_error: "str" = "null") -> "BatchSchema")]
    fn batch_schema(
        #[pyo3(from_py_with = input::word)] accounts: Option<&str>,
        #[pyo3(from_py_with = input::some_word)] on_error: &str,
    ) -> PyResult<PyBatchSchema> {
        guarded(|| Ok(PyBatchSchema::new(batch::accounts(accounts)?, batch::on_error(on_error)?)))
    }

    /// Decides again what was recorded, and says what differs.
    ///
    /// The record is what `Decision.record` wrote, or a dict of it. Raises
    /// `RecordError` if it is malformed or of another format.
    #[pyo3(signature = (record: "str | bytes | Mapping[str, Any]", context: "ContextLike") -> "Replay")]
    fn replay(&self, record: &Bound<'_, PyAny>, context: &Bound<'_, PyAny>) -> PyResult<PyReplay> {
        guarded(|| {
            let record = match input::json(record, Door::Record)? {
                Some(text) => tactful::decision::Record::from_json(text),
                None => tactful::decision::Record::from_json(dumps(record)?),
            };
            let raise = |error: tactful::Error| Door::Record.raise(&error);
            let context = context_of(context)?;
            let told = self.core.replay(&record.map_err(raise)?, &context.get().core);
            Ok(PyReplay { told: told.map_err(raise)? })
        })
    }

    /// Lists the facts that the policy reads, by path.
    fn reads(&self) -> PyResult<Vec<&str>> {
        guarded(|| Ok(self.core.reads()))
    }

    /// Lists what the policy reads and a context does not say at a moment.
    #[pyo3(signature = (context: "ContextLike", now: "Moment") -> "tuple[Missing, ...]")]
    fn missing(
        &self,
        context: &Bound<'_, PyAny>,
        now: &Bound<'_, PyAny>,
    ) -> PyResult<Tuple<PyMissing>> {
        guarded(|| {
            let (context, py) = (context_of(context)?, now.py());
            let now = input::moment(Door::Request, "now", now)?;
            let missing = self.core.missing(&context.get().core, now);
            Tuple::new(py, missing.into_iter().map(|told| PyMissing { told }))
        })
    }

    /// The name of the policy.
    #[getter]
    fn policy(&self) -> &str {
        self.core.name()
    }

    /// The stable hash of the policy, which every decision carries.
    #[getter]
    fn fingerprint(&self) -> String {
        self.core.fingerprint().to_string()
    }

    /// What is questionable about the policy, though not wrong.
    #[getter]
    fn warnings<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyList>> {
        guarded(|| diagnostics(py, self.core.warnings()))
    }

    /// Reads the policy back in English.
    fn describe(&self) -> PyResult<String> {
        guarded(|| Ok(self.core.describe()))
    }

    fn __eq__(&self, other: &Self) -> bool {
        self.source == other.source
    }

    fn __hash__(&self) -> u64 {
        hash::of(&self.source.text)
    }

    fn __repr__(&self, py: Python<'_>) -> String {
        let policy = repr(py, self.core.name());
        format!("<Engine of {policy}: {} actions>", self.core.action_count())
    }

    fn __reduce__<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyTuple>> {
        let PolicySource { text, format, name } = &self.source;
        let is_json = *format == Format::Json;
        call(py, "_engine", (text, is_json, name.as_deref()).into_pyobject(py)?)
    }
}
