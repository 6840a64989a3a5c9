//! What went wrong, as a value that C can look at.

use tactful::Error;
use tactful::diagnostic::Diagnostic;

use crate::guard::{answer, guard};
use crate::handle::{free, opaque, shared};
use crate::status::tactful_status;
use crate::text::{put, tactful_str};

/// Why a call failed: in words for people, and as data for programs.
///
/// A call that takes a tactful_error ** as its last argument sets it to NULL if
/// it succeeds, and to an error that you free if it fails. Pass NULL if the
/// status is enough. Nothing of an error is kept elsewhere: it may be handed to
/// other threads, and looked at by several at once.
pub struct tactful_error {
    _private: (),
}

opaque!(tactful_error, Fail, b"tact err", "error");

/// One finding about a policy: what is wrong, where, and what to do.
///
/// The texts belong to the error or the engine that the finding is of.
#[derive(Clone, Copy, Debug)]
#[repr(C)]
pub struct tactful_diagnostic {
    /// A tactful_severity: whether it is an error or a warning.
    pub severity: i32,
    /// The line in the document, from 1; 0 if it is not known.
    pub line: u32,
    /// The column in the line, from 1 and in characters; 0 if it is not known.
    pub column: u32,
    /// Zero.
    pub reserved_number: u32,
    /// The stable name of the kind of finding, such as "E204".
    pub code: tactful_str,
    /// What is wrong.
    pub message: tactful_str,
    /// Where it is, such as "currency".
    pub path: tactful_str,
    /// What to do about it; empty if there is nothing to suggest.
    pub help: tactful_str,
    /// All of it, several lines, with the place in the document shown.
    pub rendered: tactful_str,
    /// Empty.
    pub reserved: [tactful_str; 2],
}

/// How bad a finding is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(i32)]
pub enum tactful_severity {
    /// The document cannot be used.
    Error = 1,
    /// The document can be used, but likely does not say what was meant.
    Warning = 2,
}

/// What went wrong, before C asks for it.
#[derive(Debug)]
pub(crate) struct Fail {
    pub(crate) status: tactful_status,
    pub(crate) message: String,
    path: String,
    /// Line and column in a document, from 1; 0 if they are not known.
    pub(crate) place: (u32, u32),
    findings: Vec<Finding>,
}

impl Fail {
    pub(crate) fn new(status: tactful_status, message: impl Into<String>) -> Self {
        let (message, findings) = (message.into(), Vec::new());
        Self { status, message, path: String::new(), place: (0, 0), findings }
    }

    pub(crate) fn null(what: &str) -> Self {
        Self::new(tactful_status::NullPointer, format!("{what} is NULL"))
    }

    /// Says that a list has fewer entries.
    pub(crate) fn out_of_range(what: &str, index: usize, count: usize) -> Self {
        let message = format!("there is no {what} at index {index}: there are {count}");
        Self::new(tactful_status::OutOfRange, message)
    }

    pub(crate) fn at(mut self, path: impl Into<String>) -> Self {
        self.path = path.into();
        self
    }
}

impl From<Error> for Fail {
    fn from(error: Error) -> Self {
        let findings: Vec<Finding> = error.diagnostics().iter().map(Finding::new).collect();
        let number = |number: usize| u32::try_from(number).unwrap_or(0);
        let in_json = error.line_and_column().map(|(line, column)| (number(line), number(column)));
        let of_first = || findings.first().map(|found| (found.line, found.column));
        Self {
            status: error.kind().into(),
            message: error.to_string(),
            path: error.path().to_owned(),
            place: in_json.or_else(of_first).unwrap_or_default(),
            findings,
        }
    }
}

/// A diagnostic with its texts made.
#[derive(Debug)]
pub(crate) struct Finding {
    severity: tactful_severity,
    line: u32,
    column: u32,
    code: &'static str,
    message: String,
    path: String,
    help: String,
    rendered: String,
}

impl Finding {
    pub(crate) fn new(diagnostic: &Diagnostic) -> Self {
        let place = |of: fn(&tactful::diagnostic::Place) -> usize| {
            diagnostic.place().map(of).and_then(|number| u32::try_from(number).ok())
        };
        let is_error = diagnostic.is_error();
        Self {
            severity: if is_error { tactful_severity::Error } else { tactful_severity::Warning },
            line: place(tactful::diagnostic::Place::line).unwrap_or(0),
            column: place(tactful::diagnostic::Place::column).unwrap_or(0),
            code: diagnostic.code().as_str(),
            message: diagnostic.message().to_owned(),
            path: diagnostic.path().to_string(),
            help: diagnostic.help().unwrap_or_default().to_owned(),
            rendered: diagnostic.to_string(),
        }
    }

    pub(crate) fn shown(&self) -> tactful_diagnostic {
        tactful_diagnostic {
            severity: self.severity as i32,
            line: self.line,
            column: self.column,
            reserved_number: 0,
            code: tactful_str::of(self.code),
            message: tactful_str::of(&self.message),
            path: tactful_str::of(&self.path),
            help: tactful_str::of(&self.help),
            rendered: tactful_str::of(&self.rendered),
            reserved: [tactful_str::EMPTY; 2],
        }
    }
}

/// Shows one of several findings.
///
/// `out` is NULL or room for one.
pub(crate) unsafe fn show(
    findings: &[Finding],
    index: usize,
    out: *mut tactful_diagnostic,
) -> Result<(), Fail> {
    let found = findings.get(index);
    let found = found.ok_or_else(|| Fail::out_of_range("diagnostic", index, findings.len()))?;
    // SAFETY: the contract of this function.
    unsafe { put(out, found.shown(), "out") }
}

/// Frees an error. NULL is allowed.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tactful_error_free(error: *mut tactful_error) {
    answer((), || {
        // SAFETY: NULL or an error that nobody uses any more, says the header.
        unsafe { free(error) };
        Ok(())
    });
}

/// Returns the status of the call that failed; OK for NULL.
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tactful_error_status(error: *const tactful_error) -> tactful_status {
    // SAFETY: NULL or an error, as rule 3 of the header says.
    answer(tactful_status::Ok, || Ok(unsafe { shared(error) }?.status))
}

/// Says what is wrong, where, and what to do about it, for people.
///
/// For a policy it is the whole report, a block of lines for each finding. The
/// text belongs to the error; it is empty for NULL.
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tactful_error_message(error: *const tactful_error) -> tactful_str {
    // SAFETY: as above.
    answer(tactful_str::EMPTY, || Ok(tactful_str::of(&unsafe { shared(error) }?.message)))
}

/// Returns the path of the wrong value, such as "support.as_of".
///
/// It is empty where a document as a whole is meant, for policies, whose
/// findings have a path each, and for NULL. The text belongs to the error.
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tactful_error_path(error: *const tactful_error) -> tactful_str {
    // SAFETY: as above.
    answer(tactful_str::EMPTY, || Ok(tactful_str::of(&unsafe { shared(error) }?.path)))
}

/// Tells where in a document it is: line and column, from 1. For a policy it is
/// the place of the first finding.
///
/// Returns false, and sets both to 0, where the place is not known, for errors
/// that are not about a document, and for NULL. Neither output may be NULL, or
/// the answer is false.
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tactful_error_position(
    error: *const tactful_error,
    line: *mut u32,
    column: *mut u32,
) -> bool {
    answer(false, || {
        // SAFETY: NULL or an error, and NULL or room for a number each.
        unsafe {
            put(line, 0, "line")?;
            put(column, 0, "column")?;
            let (of_line, of_column) = shared(error)?.place;
            put(line, of_line, "line")?;
            put(column, of_column, "column")?;
            Ok(of_line > 0)
        }
    })
}

/// Returns how many findings there are about a policy; 0 for other errors and
/// for NULL.
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tactful_error_diagnostic_count(error: *const tactful_error) -> usize {
    // SAFETY: as above.
    answer(0, || Ok(unsafe { shared(error) }?.findings.len()))
}

/// Shows a finding about a policy, from 0 on; OUT_OF_RANGE if there are fewer.
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tactful_error_diagnostic(
    error: *const tactful_error,
    index: usize,
    out: *mut tactful_diagnostic,
) -> tactful_status {
    // SAFETY: NULL or an error, and NULL or room for a finding.
    unsafe { guard(std::ptr::null_mut(), || show(&shared(error)?.findings, index, out)) }
}
