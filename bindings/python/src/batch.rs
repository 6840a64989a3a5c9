//! Whole tables: a row a customer, decided while other threads of Python run.

use std::ops::ControlFlow;
use std::sync::{Mutex, PoisonError};

use arrow_array::{RecordBatch, RecordBatchReader};
use arrow_schema::{ArrowError, Schema, SchemaRef};
use pyo3::exceptions::{PyKeyboardInterrupt, PyValueError};
use pyo3::prelude::*;
use pyo3::types::{PyCapsule, PyDict, PySequence, PySequenceMethods, PyString, PyTuple};
use tactful::{Request, Timestamp};
use tactful_arrow::{Accounts, Columns, Error, OnError, Options, result_ddl, result_schema};
use tactful_arrow_ffi::Stream;

use crate::capsule::{self, Table, broken};
use crate::engine::PyEngine;
use crate::errors::Door;
use crate::guard::guarded;
use crate::input;

/// The keywords of a batch.
pub(crate) struct Keywords<'a, 'py> {
    pub(crate) now: Option<&'a Bound<'py, PyAny>>,
    pub(crate) channel: Option<&'a Bound<'py, PyAny>>,
    pub(crate) as_of: Option<&'a Bound<'py, PyAny>>,
    pub(crate) carry: Option<&'a Bound<'py, PyAny>>,
    pub(crate) ignore: Option<&'a Bound<'py, PyAny>>,
    pub(crate) accounts: Option<&'a str>,
    pub(crate) on_error: &'a str,
    pub(crate) request: Option<&'a Bound<'py, PyDict>>,
}

impl Keywords<'_, '_> {
    pub(crate) fn options(self, py: Python<'_>) -> PyResult<Options> {
        let request = self.request(py)?;
        let (now, channel) = (request.now, request.channel);
        let mut options = Options::new()
            .request(request)
            .now(self.now.map(|_| now))
            .channel(self.channel.map(|_| channel))
            .carry(names("carry", self.carry)?)
            .ignore(names("ignore", self.ignore)?)
            .accounts(accounts(self.accounts)?)
            .on_error(on_error(self.on_error)?);
        if let Some(as_of) = self.as_of {
            options = options.as_of(input::moment(Door::Request, "as_of", as_of)?);
        }
        Ok(options)
    }

    /// Makes the request that is the same for all rows, as `decide` does.
    fn request(&self, py: Python<'_>) -> PyResult<Request> {
        // What columns tell stands in each row; here something must.
        let unset_now = Timestamp::EARLIEST.as_millis().into_pyobject(py)?.into_any();
        let unset_channel = "other".into_pyobject(py)?.into_any();
        let instead = [
            ("detail", "a batch has `accounts` instead"),
            ("decision_id", "all rows would have the same: carry a column of ids"),
        ];
        for (name, advice) in instead {
            if self.request.is_some_and(|request| request.contains(name).unwrap_or(false)) {
                return Err(wrong(name, advice));
            }
        }
        let now = self.now.unwrap_or(&unset_now);
        input::request(now, self.channel.unwrap_or(&unset_channel), self.request)
    }
}

/// Reads names of columns. A text is a sequence too, though of letters.
fn names(argument: &str, value: Option<&Bound<'_, PyAny>>) -> PyResult<Vec<String>> {
    let Some(value) = value else { return Ok(Vec::new()) };
    if value.is_instance_of::<PyString>() {
        let advice = format!("expected a list of names of columns: write [{}]", value.repr()?);
        return Err(wrong(argument, &advice));
    }
    let Ok(sequence) = value.cast::<PySequence>() else {
        let found = value.get_type().fully_qualified_name()?;
        let advice = format!("expected a list of names of columns, found `{found}`");
        return Err(wrong(argument, &advice));
    };
    let name = |item: Bound<'_, PyAny>| match item.cast::<PyString>() {
        Ok(name) => name.to_str().map(str::to_owned).map_err(|_| wrong(argument, input::HALF)),
        Err(_) => Err(wrong(argument, &format!("{} is no name of a column", item.repr()?))),
    };
    sequence.to_list()?.iter().map(name).collect()
}

pub(crate) fn accounts(word: Option<&str>) -> PyResult<Accounts> {
    match word {
        None => Ok(Accounts::None),
        Some("ranking") => Ok(Accounts::Ranking),
        Some("suppressed") => Ok(Accounts::Suppressed),
        Some("withheld") => Ok(Accounts::Withheld),
        Some(_) => {
            Err(wrong("accounts", "expected \"suppressed\", \"withheld\", None or \"ranking\""))
        }
    }
}

pub(crate) fn on_error(word: &str) -> PyResult<OnError> {
    match word {
        "null" => Ok(OnError::Null),
        "raise" => Ok(OnError::Fail),
        _ => Err(wrong("on_error", "expected \"null\" or \"raise\"")),
    }
}

fn wrong(argument: &str, advice: &str) -> PyErr {
    Door::Request.wrong(argument, advice)
}

fn raise(error: Error) -> PyErr {
    match error {
        Error::Row { ref fault, .. } => {
            let path = fault.path.clone();
            Door::Context.error(format!("context: {error}"), path)
        }
        Error::Columns(_) => Door::Context.error(format!("context: {error}"), String::new()),
        Error::Arrow(error) => broken(&error),
        error => PyValueError::new_err(error.to_string()),
    }
}

/// Tells Python how far it has come, and asks whether somebody wants to stop.
struct Watch {
    progress: Option<Py<PyAny>>,
    /// The rows of the batches that are done.
    done: usize,
    raised: Option<PyErr>,
}

impl Watch {
    fn decide(
        &mut self,
        engine: &tactful::Engine,
        columns: &Columns,
        batch: &RecordBatch,
    ) -> PyResult<RecordBatch> {
        let before = self.done;
        let decided = columns.decide_watched(engine, batch, |rows| {
            self.done = before.saturating_add(rows);
            match self.tell() {
                Ok(()) => ControlFlow::Continue(()),
                Err(error) => {
                    self.raised = Some(error);
                    ControlFlow::Break(())
                }
            }
        });
        decided.map_err(|error| self.raised.take().unwrap_or_else(|| raise(error)))
    }

    fn tell(&self) -> PyResult<()> {
        Python::attach(|py| {
            py.check_signals()?;
            match &self.progress {
                Some(progress) => progress.call1(py, (self.done,)).map(drop),
                None => Ok(()),
            }
        })
    }
}

/// Decides a table of any library.
pub(crate) fn decide<'py>(
    engine: &Bound<'py, PyEngine>,
    data: &Bound<'py, PyAny>,
    options: &Options,
    progress: Option<Py<PyAny>>,
) -> PyResult<Bound<'py, PyAny>> {
    let py = engine.py();
    let mut watch = Watch { progress, done: 0, raised: None };
    let plan = |schema: &Schema| Columns::new(schema, options).map_err(raise);
    match capsule::take(data)? {
        Table::Batch(batch) => {
            let columns = plan(batch.schema_ref())?;
            let core = engine.get().core();
            let batch = py.detach(|| watch.decide(core, &columns, &batch))?;
            Ok(Bound::new(py, PyBatch { batch })?.into_any())
        }
        Table::Stream(stream) => {
            let columns = plan(&stream.schema())?;
            let schema = columns.result_schema();
            let mut deciding = Deciding { stream, columns, engine: engine.clone().unbind(), watch };
            let source = if is_in_memory(data)? {
                Source::Decided(py.detach(|| deciding.by_ref().collect::<PyResult<_>>())?)
            } else {
                Source::Deciding(Mutex::new(Some(Box::new(deciding))))
            };
            Ok(Bound::new(py, PyBatches { schema, source })?.into_any())
        }
    }
}

/// Tells a table from a stream, which can be read once and may be longer than
/// the memory: tables know how many rows they have.
fn is_in_memory(data: &Bound<'_, PyAny>) -> PyResult<bool> {
    for name in ["num_rows", "height", "iloc"] {
        if data.hasattr(name)? {
            return Ok(true);
        }
    }
    Ok(false)
}

/// Batches that are decided as they are read.
struct Deciding {
    stream: Stream,
    columns: Columns,
    engine: Py<PyEngine>,
    watch: Watch,
}

impl Iterator for Deciding {
    type Item = PyResult<RecordBatch>;

    fn next(&mut self) -> Option<PyResult<RecordBatch>> {
        let batch = self.stream.next()?;
        let engine = self.engine.get().core();
        let batch = batch.map_err(capsule::refused);
        Some(batch.and_then(|batch| self.watch.decide(engine, &self.columns, &batch)))
    }
}

/// The same for readers of other libraries, which know nothing of Python.
struct Reader(Box<Deciding>);

impl Iterator for Reader {
    type Item = Result<RecordBatch, ArrowError>;

    fn next(&mut self) -> Option<Self::Item> {
        let next = guarded(|| self.0.next().transpose());
        next.map_err(|error| ArrowError::ExternalError(said(error).into())).transpose()
    }
}

/// Words an exception for a reader that takes nothing but text.
fn said(error: PyErr) -> String {
    Python::attach(|py| {
        // Readers take a text of C, in which a NUL would be an end.
        let text = error.to_string().replace('\0', "\u{fffd}");
        if error.is_instance_of::<PyKeyboardInterrupt>(py) {
            // The reader makes an exception of its own of the text; this one
            // comes up as soon as Python runs again.
            // SAFETY: we are attached to the interpreter.
            unsafe { pyo3::ffi::PyErr_SetInterrupt() };
        }
        text
    })
}

impl RecordBatchReader for Reader {
    fn schema(&self) -> SchemaRef {
        self.0.columns.result_schema()
    }
}

/// The decisions of one batch: a table of one piece, for any library that
/// reads Arrow, as often as it likes.
#[pyclass(frozen, module = "tactful", name = "DecisionBatch")]
pub(crate) struct PyBatch {
    batch: RecordBatch,
}

#[pymethods]
impl PyBatch {
    #[pyo3(signature = (requested_schema: "object | None" = None) -> "tuple[object, object]")]
    fn __arrow_c_array__<'py>(
        &self,
        py: Python<'py>,
        requested_schema: Option<&Bound<'py, PyAny>>,
    ) -> PyResult<Bound<'py, PyTuple>> {
        let _ = requested_schema;
        guarded(|| capsule::give_batch(py, &self.batch))
    }

    #[pyo3(signature = (requested_schema: "object | None" = None) -> "object")]
    fn __arrow_c_stream__<'py>(
        &self,
        py: Python<'py>,
        requested_schema: Option<&Bound<'py, PyAny>>,
    ) -> PyResult<Bound<'py, PyCapsule>> {
        let _ = requested_schema;
        guarded(|| {
            let batches = vec![self.batch.clone()];
            capsule::give_stream(py, capsule::stream_of(self.batch.schema_ref(), batches))
        })
    }

    #[pyo3(signature = () -> "object")]
    fn __arrow_c_schema__<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyCapsule>> {
        guarded(|| capsule::give_schema(py, self.batch.schema_ref()))
    }

    fn __len__(&self) -> usize {
        self.batch.num_rows()
    }

    fn __repr__(&self) -> String {
        format!("<DecisionBatch: {} rows>", self.batch.num_rows())
    }
}

/// The decisions of several batches: a stream for any library that reads Arrow.
///
/// That of a table can be read as often as one likes, that of a stream once.
#[pyclass(frozen, module = "tactful", name = "DecisionBatches")]
pub(crate) struct PyBatches {
    schema: SchemaRef,
    source: Source,
}

enum Source {
    Decided(Vec<RecordBatch>),
    /// Until somebody takes it.
    Deciding(Mutex<Option<Box<Deciding>>>),
}

#[pymethods]
impl PyBatches {
    #[pyo3(signature = (requested_schema: "object | None" = None) -> "object")]
    fn __arrow_c_stream__<'py>(
        &self,
        py: Python<'py>,
        requested_schema: Option<&Bound<'py, PyAny>>,
    ) -> PyResult<Bound<'py, PyCapsule>> {
        let _ = requested_schema;
        guarded(|| {
            let batches = match &self.source {
                Source::Decided(batches) => capsule::stream_of(&self.schema, batches.clone()),
                Source::Deciding(deciding) => {
                    let taken = deciding.lock().unwrap_or_else(PoisonError::into_inner).take();
                    Box::new(Reader(taken.ok_or_else(read_before)?))
                }
            };
            capsule::give_stream(py, batches)
        })
    }

    #[pyo3(signature = () -> "object")]
    fn __arrow_c_schema__<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyCapsule>> {
        guarded(|| capsule::give_schema(py, &self.schema))
    }

    fn __repr__(&self) -> String {
        match &self.source {
            Source::Decided(batches) => {
                let rows: usize = batches.iter().map(RecordBatch::num_rows).sum();
                format!("<DecisionBatches: {rows} rows>")
            }
            Source::Deciding(_) => "<DecisionBatches: a stream>".to_owned(),
        }
    }
}

fn read_before() -> PyErr {
    PyValueError::new_err(
        "the stream was read before: keep what it gave, such as pyarrow.table(...) of it",
    )
}

/// The schema of the results of `decide_batch`, without the carried columns.
#[pyclass(frozen, module = "tactful", name = "BatchSchema")]
pub(crate) struct PyBatchSchema {
    options: Options,
}

impl PyBatchSchema {
    pub(crate) fn new(accounts: Accounts, on_error: OnError) -> Self {
        Self { options: Options::new().accounts(accounts).on_error(on_error) }
    }
}

#[pymethods]
impl PyBatchSchema {
    /// The schema as Spark spells it; put carried columns before it.
    #[getter]
    fn ddl(&self) -> String {
        result_ddl(&self.options)
    }

    #[pyo3(signature = () -> "object")]
    fn __arrow_c_schema__<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyCapsule>> {
        guarded(|| capsule::give_schema(py, &result_schema(&self.options)))
    }

    fn __repr__(&self) -> String {
        format!("<BatchSchema: {}>", self.ddl())
    }
}
