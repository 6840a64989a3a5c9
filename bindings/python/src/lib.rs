//! The native module of the Python package `tactful`.
//!
//! What decides, reads or writes is guarded against panics, classes are frozen and `Sync`, and
//! the interpreter is let go of only where there is much to do at once. What
//! people read about the package is in its stubs and in `docs/python.md`.

mod batch;
mod capsule;
mod context;
mod de;
mod decision;
mod engine;
mod errors;
mod explanation;
mod guard;
mod hash;
mod html;
mod input;
mod items;
mod moment;
mod output;
mod pickled;
mod spare;

use pyo3::prelude::*;

/// The native half of the package; import `tactful` instead.
#[pymodule(gil_used = false)]
mod _native {
    /// The version of the package.
    #[pymodule_export]
    #[expect(non_upper_case_globals, reason = "Python spells it so")]
    const __version__: &str = env!("CARGO_PKG_VERSION");
    #[pymodule_export]
    use crate::batch::{PyBatch, PyBatchSchema, PyBatches};
    #[pymodule_export]
    use crate::context::{PyApplied, PyContext};
    #[pymodule_export]
    use crate::decision::PyDecision;
    #[pymodule_export]
    use crate::engine::PyEngine;
    #[pymodule_export]
    use crate::explanation::{PyExplanation, PyMissing, PyReplay, PyStep, PyTimeline};
    #[pymodule_export]
    use crate::items::{PyFact, PyReason, PyRecommendation, PySuppression, PyWithheld};
    #[pymodule_export]
    use crate::pickled::{decision, engine, item, item_of_item};
}
