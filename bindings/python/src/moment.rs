//! Moments: aware datetimes and Unix milliseconds, there and back.

use pyo3::exceptions::{PyTypeError, PyValueError};
use pyo3::intern;
use pyo3::prelude::*;
use pyo3::sync::PyOnceLock;
use pyo3::types::{PyBool, PyDict, PyInt, PyString, PyType};
use tactful::Timestamp;

/// Tells whether an object is a `datetime`.
pub(crate) fn is_datetime(object: Borrowed<'_, '_, PyAny>) -> PyResult<bool> {
    object.is_instance(datetime_class(object.py())?.as_any())
}

/// Counts the milliseconds since 1970 of a `datetime`, in whole numbers.
///
/// # Errors
///
/// `ValueError` for one that is naive: it is no moment.
pub(crate) fn millis(moment: Borrowed<'_, '_, PyAny>) -> PyResult<i64> {
    let py = moment.py();
    let since = moment.sub(epoch(py)?).map_err(|error| {
        if error.is_instance_of::<PyTypeError>(py) { naive(moment) } else { error }
    })?;
    let millis = since.floor_div(millisecond(py)?)?;
    millis.extract().map_err(|_| PyValueError::new_err("the datetime is no moment"))
}

fn naive(moment: Borrowed<'_, '_, PyAny>) -> PyErr {
    let shown = moment.str().map_or_else(|_| String::new(), |text| text.to_string());
    PyValueError::new_err(format!(
        "the datetime {shown} is naive, so nobody can tell which moment it means: \
         give it a time zone, such as datetime.now(timezone.utc)"
    ))
}

/// Reads a moment that is an argument: an aware datetime, Unix milliseconds,
/// or RFC 3339 text.
pub(crate) fn read(value: &Bound<'_, PyAny>) -> PyResult<Timestamp> {
    if value.is_instance_of::<PyInt>() && !value.is_instance_of::<PyBool>() {
        let millis =
            value.extract().map_err(|_| PyValueError::new_err("the number is too great"))?;
        return plausible(Timestamp::from_millis(millis));
    }
    if is_datetime(value.as_borrowed())? {
        return plausible(Timestamp::from_millis(millis(value.as_borrowed())?));
    }
    if let Ok(text) = value.cast::<PyString>() {
        return text.to_str()?.parse().map_err(|error| PyValueError::new_err(format!("{error}")));
    }
    let name = value.get_type().fully_qualified_name()?;
    Err(PyValueError::new_err(format!(
        "expected an aware datetime or Unix milliseconds, found `{name}`"
    )))
}

fn plausible(moment: Timestamp) -> PyResult<Timestamp> {
    if moment.is_plausible() {
        return Ok(moment);
    }
    Err(PyValueError::new_err(format!("the time {moment} is outside the years 2000 to 2100")))
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
