//! What is known about a customer, as a Python object that never changes.

use pyo3::prelude::*;
use pyo3::types::{PyBytes, PyDict, PyType};

use crate::errors::Door;
use crate::guard::guarded;
use crate::input;

/// What is known about one customer.
///
/// Parts that nobody gives are unknown, which is not the same as empty. A
/// context never changes: `apply` and `merge` return another one. So it can be
/// shared by threads, be a key of a dict, and stay with the decision made of it.
#[pyclass(frozen, module = "tactful", name = "Context")]
pub(crate) struct PyContext {
    pub(crate) core: tactful::Context,
}

impl PyContext {
    pub(crate) const fn new(core: tactful::Context) -> Self {
        Self { core }
    }
}

#[pymethods]
impl PyContext {
    /// Makes a context of parts: `Context(user_id="u-1", support={...})`.
    #[new]
    #[pyo3(signature = (**parts))]
    fn py_new(py: Python<'_>, parts: Option<&Bound<'_, PyDict>>) -> PyResult<Self> {
        let _ = py;
        guarded(|| match parts {
            Some(parts) => input::of_object(parts.as_any()).map(Self::new),
            None => Ok(Self::new(tactful::Context::new())),
        })
    }

    /// Reads a context from a mapping of parts.
    #[classmethod]
    fn from_dict(_class: &Bound<'_, PyType>, parts: &Bound<'_, PyAny>) -> PyResult<Self> {
        guarded(|| input::of_object(parts).map(Self::new))
    }

    /// Reads a context from JSON.
    #[classmethod]
    fn from_json(_class: &Bound<'_, PyType>, text: &Bound<'_, PyAny>) -> PyResult<Self> {
        guarded(|| input::of_json(text).map(Self::new))
    }

    /// Reads a context from what `to_bytes` wrote.
    #[classmethod]
    fn from_bytes(_class: &Bound<'_, PyType>, snapshot: &Bound<'_, PyBytes>) -> PyResult<Self> {
        guarded(|| {
            let core = tactful::Context::from_bytes(snapshot.as_bytes());
            core.map(Self::new).map_err(|error| Door::Context.raise(&error))
        })
    }

    /// Writes the context as JSON that `from_json` reads.
    fn to_json(&self) -> PyResult<String> {
        guarded(|| Ok(self.core.to_json()))
    }

    /// Writes the context as compact bytes that `from_bytes` reads.
    fn to_bytes<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyBytes>> {
        guarded(|| Ok(PyBytes::new(py, &self.core.to_bytes())))
    }
}
