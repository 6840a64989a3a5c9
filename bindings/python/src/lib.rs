//! The native module of the Python package `tactful`.
//!
//! Entry points are guarded against panics, classes are frozen and `Sync`, and
//! the interpreter is let go of only where there is much to do at once. What
//! people read about the package is in its stubs and in `docs/python.md`.

mod context;
mod de;
mod decision;
mod engine;
mod errors;
mod guard;
mod input;
mod moment;

use pyo3::prelude::*;

/// The native half of the package; import `tactful` instead.
#[pymodule(gil_used = false)]
mod _native {
    #[pymodule_export]
    use crate::context::PyContext;
    #[pymodule_export]
    use crate::decision::PyDecision;
    #[pymodule_export]
    use crate::engine::PyEngine;
}
