//! Moments: aware datetimes and Unix milliseconds, there and back.

use pyo3::exceptions::{PyArithmeticError, PyAttributeError, PyTypeError, PyValueError};
use pyo3::intern;
use pyo3::prelude::*;
use pyo3::sync::PyOnceLock;
use pyo3::types::{PyBool, PyDict, PyInt, PyString, PyType};
use tactful::Timestamp;

use crate::input::HALF;

/// Tells whether an object is a `datetime`.
pub(crate) fn is_datetime(object: Borrowed<'_, '_, PyAny>) -> PyResult<bool> {
    object.is_instance(datetime_class(object.py())?.as_any())
}

/// Why a value is no moment.
pub(crate) enum NoMoment {
    /// The value says what it should not.
    Said(String),
    /// Python code of the value raised.
    Raised(PyErr),
}

impl From<PyErr> for NoMoment {
    fn from(error: PyErr) -> Self {
        Self::Raised(error)
    }
}

impl NoMoment {
    fn said(message: impl Into<String>) -> Self {
        Self::Said(message.into())
    }
}

/// Counts the milliseconds since 1970 of a `datetime`, in whole numbers.
///
/// # Errors
///
/// One that is naive is no moment.
pub(crate) fn millis(moment: Borrowed<'_, '_, PyAny>) -> Result<i64, NoMoment> {
    let py = moment.py();
    let (epoch, millisecond) = (epoch(py)?, millisecond(py)?);
    let since = moment.sub(epoch).and_then(|since| since.floor_div(millisecond));
    let millis = since.map_err(|error| refused(moment, error))?;
    millis.extract().map_err(|_| NoMoment::said("the datetime is no moment"))
}

/// Says why a `datetime` cannot be counted from 1970.
fn refused(moment: Borrowed<'_, '_, PyAny>, error: PyErr) -> NoMoment {
    let py = moment.py();
    let is_of_values = error.is_instance_of::<PyTypeError>(py)
        || error.is_instance_of::<PyValueError>(py)
        || error.is_instance_of::<PyArithmeticError>(py);
    // Who raised is not to be seen, so the time zone is asked alone.
    match moment.call_method0(intern!(py, "utcoffset")) {
        Ok(offset) if is_of_values && offset.is_none() => naive(moment),
        Ok(_) if is_of_values => {
            NoMoment::Said(format!("the datetime is no moment: {}", error.value(py)))
        }
        _ => NoMoment::Raised(error),
    }
}

fn naive(moment: Borrowed<'_, '_, PyAny>) -> NoMoment {
    let shown = moment.str().map_or_else(|_| String::new(), |text| format!(" {text}"));
    NoMoment::Said(format!(
        "the datetime{shown} is naive, so nobody can tell which moment it means: \
         give it a time zone, such as datetime.now(timezone.utc)"
    ))
}

/// Reads a moment that is an argument: an aware datetime, Unix milliseconds,
/// or RFC 3339 text.
pub(crate) fn read(value: &Bound<'_, PyAny>) -> Result<Timestamp, NoMoment> {
    if value.is_instance_of::<PyInt>() && !value.is_instance_of::<PyBool>() {
        return of_millis(value);
    }
    if is_datetime(value.as_borrowed())? {
        return plausible(Timestamp::from_millis(millis(value.as_borrowed())?));
    }
    if let Ok(text) = value.cast::<PyString>() {
        let text = text.to_str().map_err(|_| NoMoment::said(HALF))?;
        return text.parse().map_err(|error| NoMoment::Said(format!("{error}")));
    }
    match index(value.as_borrowed())? {
        Some(millis) if !value.is_instance_of::<PyBool>() => of_millis(&millis),
        _ => {
            let name = value.get_type().fully_qualified_name()?;
            Err(NoMoment::Said(format!(
                "expected an aware datetime or Unix milliseconds, found `{name}`"
            )))
        }
    }
}

/// Takes a number of another library as the whole number that it is, if it is one.
pub(crate) fn index<'py>(object: Borrowed<'_, 'py, PyAny>) -> PyResult<Option<Bound<'py, PyAny>>> {
    let py = object.py();
    match object.call_method0(intern!(py, "__index__")) {
        Ok(number) => Ok(number.is_instance_of::<PyInt>().then_some(number)),
        // An array has one, which fails unless it is of one number.
        Err(error)
            if error.is_instance_of::<PyTypeError>(py)
                || error.is_instance_of::<PyAttributeError>(py) =>
        {
            Ok(None)
        }
        Err(error) => Err(error),
    }
}

fn of_millis(millis: &Bound<'_, PyAny>) -> Result<Timestamp, NoMoment> {
    let millis = millis.extract().map_err(|_| NoMoment::said("the number is too great"))?;
    plausible(Timestamp::from_millis(millis))
}

fn plausible(moment: Timestamp) -> Result<Timestamp, NoMoment> {
    if moment.is_plausible() {
        return Ok(moment);
    }
    Err(NoMoment::Said(format!("the time {moment} is outside the years 2000 to 2100")))
}

/// Makes an aware `datetime` in UTC.
pub(crate) fn datetime<'py>(py: Python<'py>, moment: Timestamp) -> PyResult<Bound<'py, PyAny>> {
    epoch(py)?.add(timedelta(py, moment.as_millis())?)
}

/// Makes a `timedelta` of milliseconds.
pub(crate) fn timedelta(py: Python<'_>, millis: i64) -> PyResult<Bound<'_, PyAny>> {
    static CLASS: PyOnceLock<Py<PyType>> = PyOnceLock::new();
    let arguments = PyDict::new(py);
    arguments.set_item(intern!(py, "milliseconds"), millis)?;
    CLASS.import(py, "datetime", "timedelta")?.call((), Some(&arguments))
}

fn datetime_class(py: Python<'_>) -> PyResult<&Bound<'_, PyType>> {
    static CLASS: PyOnceLock<Py<PyType>> = PyOnceLock::new();
    CLASS.import(py, "datetime", "datetime")
}

fn millisecond(py: Python<'_>) -> PyResult<&Bound<'_, PyAny>> {
    static ONE: PyOnceLock<Py<PyAny>> = PyOnceLock::new();
    Ok(ONE.get_or_try_init(py, || timedelta(py, 1).map(Bound::unbind))?.bind(py))
}

fn epoch(py: Python<'_>) -> PyResult<&Bound<'_, PyAny>> {
    static EPOCH: PyOnceLock<Py<PyAny>> = PyOnceLock::new();
    let make = || {
        let utc = py.import("datetime")?.getattr("timezone")?.getattr("utc")?;
        let epoch = datetime_class(py)?.call1((1970, 1, 1, 0, 0, 0, 0, utc))?;
        Ok::<_, PyErr>(epoch.unbind())
    };
    Ok(EPOCH.get_or_try_init(py, make)?.bind(py))
}
