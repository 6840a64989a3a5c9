//! What stands around every function that C calls.

use std::any::Any;
use std::cell::{Cell, RefCell};
use std::panic::{self, AssertUnwindSafe, PanicHookInfo, catch_unwind};
use std::sync::Once;

use crate::error::{Fail, tactful_error};
use crate::handle::create;
use crate::status::tactful_status;

thread_local! {
    /// Whether this thread is inside a function that C called.
    static GUARDED: Cell<bool> = const { Cell::new(false) };
    /// Where the last panic of this thread was, and what it said.
    static PANIC: RefCell<String> = const { RefCell::new(String::new()) };
}

/// Does the work of a function, and turns what goes wrong into a status.
///
/// `err` is NULL or room for a pointer; what it held is not looked at.
pub(crate) unsafe fn guard(
    err: *mut *mut tactful_error,
    work: impl FnOnce() -> Result<(), Fail>,
) -> tactful_status {
    // SAFETY: the contract of this function.
    unsafe { set(err, std::ptr::null_mut()) };
    let Err(fail) = caught(work).unwrap_or_else(Err) else {
        return tactful_status::Ok;
    };
    let status = fail.status;
    if !err.is_null() {
        // SAFETY: the same; the work is done, so nothing else uses it.
        unsafe { set(err, create::<tactful_error>(fail)) };
    }
    status
}

/// Does the work of a function that has nothing to say about failures: it
/// answers `otherwise`.
pub(crate) fn answer<T>(otherwise: T, work: impl FnOnce() -> Result<T, Fail>) -> T {
    caught(work).unwrap_or_else(Err).unwrap_or(otherwise)
}

unsafe fn set(err: *mut *mut tactful_error, error: *mut tactful_error) {
    if !err.is_null() {
        // SAFETY: it is room for a pointer, says the contract of `guard`.
        unsafe { err.write(error) };
    }
}

/// Runs the work; a panic is a failure like others.
fn caught<T>(work: impl FnOnce() -> T) -> Result<T, Fail> {
    install();
    let before = GUARDED.replace(true);
    // After a panic the handles that took part may only be freed: the header
    // says so.
    let result = catch_unwind(AssertUnwindSafe(work));
    GUARDED.set(before);
    result.map_err(|payload| {
        // What a payload does when it is dropped is not ours to know.
        let said = PANIC.take();
        std::mem::forget::<Box<dyn Any + Send>>(payload);
        Fail::new(tactful_status::Panic, format!("a defect of tactful, please report it: {said}"))
    })
}

/// Installs, once, what notes where a panic was.
///
/// The library has its own copy of the standard library in a C program, and so
/// a hook of its own. Where it shares one with a program in Rust, panics outside
/// are left to the hook that was there.
fn install() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        let before = panic::take_hook();
        panic::set_hook(Box::new(
            move |info| if GUARDED.get() { note(info) } else { before(info) },
        ));
    });
}

/// Notes a panic. It is printed only if the variable TACTFUL_LOG is set: the
/// standard error of a program is not ours.
fn note(info: &PanicHookInfo<'_>) {
    let payload = info.payload();
    let text = payload.downcast_ref::<&str>().copied();
    let said = text.or_else(|| payload.downcast_ref::<String>().map(String::as_str));
    let said = said.unwrap_or("without a message");
    let place = info.location().map(|place| format!(" ({}:{})", place.file(), place.line()));
    let said = format!("{said}{}", place.unwrap_or_default());
    if std::env::var_os("TACTFUL_LOG").is_some() {
        #[expect(clippy::print_stderr, reason = "it was asked for")]
        {
            eprintln!("tactful: panic: {said}");
        }
    }
    PANIC.replace(said);
}
