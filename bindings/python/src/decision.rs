//! The answer, as a Python object that never changes.

use std::sync::Arc;

use pyo3::prelude::*;
use tactful::{Decision, Request};

use crate::context::PyContext;
use crate::engine::PyEngine;
use crate::guard::guarded;

/// A decision with what it was made of, which it borrows from.
pub(crate) struct Answer {
    cell: Cell,
    context: Py<PyContext>,
    request: Request,
}

self_cell::self_cell! {
    struct Cell {
        owner: Py<PyEngine>,
        #[covariant]
        dependent: Decision,
    }
}

impl Answer {
    pub(crate) fn new(engine: Py<PyEngine>, context: Py<PyContext>, request: Request) -> Arc<Self> {
        let cell =
            Cell::new(engine, |engine| engine.get().core().decide(&context.get().core, &request));
        Arc::new(Self { cell, context, request })
    }

    pub(crate) fn decision(&self) -> &Decision<'_> {
        self.cell.borrow_dependent()
    }

    pub(crate) fn engine(&self) -> &Py<PyEngine> {
        self.cell.borrow_owner()
    }
}

/// What is recommended, what became of everything else, and why.
#[pyclass(frozen, module = "tactful", name = "Decision")]
pub(crate) struct PyDecision {
    answer: Arc<Answer>,
}

impl PyDecision {
    pub(crate) const fn new(answer: Arc<Answer>) -> Self {
        Self { answer }
    }
}

#[pymethods]
impl PyDecision {
    /// Writes the decision as JSON, the same bytes as in every other language.
    fn to_json(&self) -> PyResult<String> {
        guarded(|| Ok(self.answer.decision().to_json()))
    }
}
