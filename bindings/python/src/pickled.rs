//! What pickles are made of again, in this process or another.

use std::collections::VecDeque;
use std::sync::{Mutex, PoisonError};

use pyo3::prelude::*;

use crate::context::PyContext;
use crate::decision::{Answer, PyDecision};
use crate::engine::{PolicySource, PyEngine};
use crate::errors::Door;
use crate::guard::guarded;

/// How many engines a process keeps that came as pickles.
const KEPT: usize = 8;

/// The engines that came last, the latest first: a worker gets the same engine
/// with each of its tasks, and need not compile it each time.
static ENGINES: Mutex<VecDeque<Py<PyEngine>>> = Mutex::new(VecDeque::new());

/// Makes an engine of what one pickled as.
#[pyfunction(name = "_engine")]
pub(crate) fn engine(
    py: Python<'_>,
    text: String,
    is_json: bool,
    name: Option<String>,
) -> PyResult<Py<PyEngine>> {
    guarded(|| {
        let source = PolicySource::new(text, is_json, name);
        if let Some(engine) = kept(py, &source) {
            return Ok(engine);
        }
        let engine = Py::new(py, source.compile(py)?)?;
        keep(engine.clone_ref(py));
        Ok(engine)
    })
}

// Nothing in here runs Python code or waits while the lock is held.
fn kept(py: Python<'_>, source: &PolicySource) -> Option<Py<PyEngine>> {
    let mut engines = ENGINES.lock().unwrap_or_else(PoisonError::into_inner);
    let place = engines.iter().position(|engine| engine.get().source() == source)?;
    let engine = engines.remove(place)?;
    engines.push_front(engine.clone_ref(py));
    Some(engine)
}

fn keep(engine: Py<PyEngine>) {
    let dropped = {
        let mut engines = ENGINES.lock().unwrap_or_else(PoisonError::into_inner);
        engines.push_front(engine);
        if engines.len() > KEPT { engines.pop_back() } else { None }
    };
    drop(dropped);
}

/// Decides once more: the same inputs give the same decision.
#[pyfunction(name = "_decision")]
pub(crate) fn decision(
    engine: Py<PyEngine>,
    context: Py<PyContext>,
    request: &str,
) -> PyResult<PyDecision> {
    guarded(|| {
        let request = tactful::Request::from_json(request);
        let request = request.map_err(|error| Door::Request.raise(&error))?;
        Ok(PyDecision::new(Answer::new(engine, context, request)))
    })
}

/// Finds an item of a decision.
#[pyfunction(name = "_item")]
pub(crate) fn item<'py>(
    of: &Bound<'py, PyAny>,
    list: &str,
    place: usize,
) -> PyResult<Bound<'py, PyAny>> {
    of.getattr(list)?.get_item(place)
}

/// Finds an item of an item of a decision.
#[pyfunction(name = "_item_of_item")]
pub(crate) fn item_of_item<'py>(
    decision: &Bound<'py, PyAny>,
    list: &str,
    place: usize,
    of: &str,
    place_of: usize,
) -> PyResult<Bound<'py, PyAny>> {
    item(&item(decision, list, place)?, of, place_of)
}
