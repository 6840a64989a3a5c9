//! Panics stop here: Python sees an exception, and the process lives on.

use std::any::Any;
use std::panic::{AssertUnwindSafe, catch_unwind};

use pyo3::PyResult;

use crate::errors::InternalError;

/// Runs what an entry point does, and turns a panic into `InternalError`.
///
/// What PyO3 makes of a panic by itself is a `BaseException`, which passes by
/// `except Exception` and kills the loop of a worker.
pub(crate) fn guarded<T>(work: impl FnOnce() -> PyResult<T>) -> PyResult<T> {
    let work = || {
        rehearse();
        work()
    };
    // What the closure borrows is immutable or behind a lock of its own.
    catch_unwind(AssertUnwindSafe(work)).unwrap_or_else(|panic| {
        let said = said(panic.as_ref());
        Err(InternalError::new_err(format!(
            "this is a mistake in tactful, please report it: {said}"
        )))
    })
}

fn said(panic: &(dyn Any + Send)) -> &str {
    let text = panic.downcast_ref::<&str>().copied();
    text.or_else(|| panic.downcast_ref::<String>().map(String::as_str)).unwrap_or("no message")
}

/// Panics if the environment asks for it, in builds that are made for that.
#[cfg(feature = "panic-test")]
#[expect(clippy::panic, reason = "it is what the feature is for")]
fn rehearse() {
    if std::env::var_os("TACTFUL_PANIC").is_some() {
        panic!("asked for by TACTFUL_PANIC");
    }
}

#[cfg(not(feature = "panic-test"))]
const fn rehearse() {}
