//! What callers get back: values of the library as Python values.

use std::convert::Infallible;
use std::marker::PhantomData;

#[cfg(feature = "stubs")]
use pyo3::inspect::{PyStaticConstant, PyStaticExpr};
use pyo3::intern;
use pyo3::prelude::*;
use pyo3::sync::PyOnceLock;
use pyo3::types::{PyIterator, PyTuple, PyType};
#[cfg(feature = "stubs")]
use pyo3::{type_hint_identifier, type_hint_subscript};
use tactful::decision::Priority;
use tactful::{Duration, Timestamp};

use crate::moment;

/// A moment, as an aware `datetime` in UTC.
pub(crate) struct Moment(pub(crate) Timestamp);

impl<'py> IntoPyObject<'py> for Moment {
    type Target = PyAny;
    type Output = Bound<'py, PyAny>;
    type Error = PyErr;

    #[cfg(feature = "stubs")]
    const OUTPUT_TYPE: PyStaticExpr = type_hint_identifier!("datetime", "datetime");

    fn into_pyobject(self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        moment::datetime(py, self.0)
    }
}

/// A length of time, as a `timedelta`.
pub(crate) struct Length(pub(crate) Duration);

impl<'py> IntoPyObject<'py> for Length {
    type Target = PyAny;
    type Output = Bound<'py, PyAny>;
    type Error = PyErr;

    #[cfg(feature = "stubs")]
    const OUTPUT_TYPE: PyStaticExpr = type_hint_identifier!("datetime", "timedelta");

    fn into_pyobject(self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        moment::timedelta(py, self.0.as_millis())
    }
}

/// A priority, as the `Decimal` that it is exactly.
pub(crate) struct Exact(pub(crate) Priority);

impl<'py> IntoPyObject<'py> for Exact {
    type Target = PyAny;
    type Output = Bound<'py, PyAny>;
    type Error = PyErr;

    #[cfg(feature = "stubs")]
    const OUTPUT_TYPE: PyStaticExpr = type_hint_identifier!("decimal", "Decimal");

    fn into_pyobject(self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        static CLASS: PyOnceLock<Py<PyType>> = PyOnceLock::new();
        CLASS.import(py, "decimal", "Decimal")?.call1((self.0.to_string(),))
    }
}

/// JSON of an object, as the dict that Python reads from it.
pub(crate) struct Dict(pub(crate) String);

impl Dict {
    /// Writes a value of the library, which has texts for keys.
    pub(crate) fn of(value: &impl serde::Serialize) -> Self {
        Self(to_json(value))
    }
}

impl<'py> IntoPyObject<'py> for Dict {
    type Target = PyAny;
    type Output = Bound<'py, PyAny>;
    type Error = PyErr;

    #[cfg(feature = "stubs")]
    const OUTPUT_TYPE: PyStaticExpr = type_hint_subscript!(
        type_hint_identifier!("builtins", "dict"),
        type_hint_identifier!("builtins", "str"),
        type_hint_identifier!("typing", "Any")
    );

    fn into_pyobject(self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        static LOADS: PyOnceLock<Py<PyAny>> = PyOnceLock::new();
        LOADS.import(py, "json", "loads")?.call1((self.0,))
    }
}

/// Writes a value of the library, which has texts for keys, as JSON.
pub(crate) fn to_json(value: &impl serde::Serialize) -> String {
    // Nothing of it can fail to be written.
    serde_json::to_string(value).unwrap_or_default()
}

/// Writes a Python value as JSON text.
pub(crate) fn dumps(value: &Bound<'_, PyAny>) -> PyResult<String> {
    static DUMPS: PyOnceLock<Py<PyAny>> = PyOnceLock::new();
    DUMPS.import(value.py(), "json", "dumps")?.call1((value,))?.extract()
}

/// Shows a text as Python writes it.
pub(crate) fn repr(py: Python<'_>, text: &str) -> String {
    let shown = text.into_pyobject(py).map(|text| text.repr());
    match shown {
        Ok(Ok(shown)) => shown.to_string(),
        _ => format!("'{text}'"),
    }
}

/// Returns a tuple that is made only once.
pub(crate) fn kept<T>(
    py: Python<'_>,
    place: &PyOnceLock<Py<PyTuple>>,
    make: impl FnOnce() -> PyResult<Tuple<T>>,
) -> PyResult<Tuple<T>> {
    let made = place.get_or_try_init(py, || make().map(|made| made.items))?;
    Ok(Tuple { items: made.clone_ref(py), of: PhantomData })
}

/// A tuple of so many objects of one class.
pub(crate) struct Tuple<T> {
    items: Py<PyTuple>,
    of: PhantomData<T>,
}

impl<T> Tuple<T> {
    pub(crate) fn new<'py>(
        py: Python<'py>,
        items: impl IntoIterator<Item = T, IntoIter: ExactSizeIterator>,
    ) -> PyResult<Self>
    where
        T: IntoPyObject<'py>,
    {
        Ok(Self { items: PyTuple::new(py, items)?.unbind(), of: PhantomData })
    }
}

impl<'py, T: IntoPyObject<'py>> IntoPyObject<'py> for Tuple<T> {
    type Target = PyTuple;
    type Output = Bound<'py, PyTuple>;
    type Error = Infallible;

    #[cfg(feature = "stubs")]
    const OUTPUT_TYPE: PyStaticExpr = type_hint_subscript!(
        type_hint_identifier!("builtins", "tuple"),
        T::OUTPUT_TYPE,
        PyStaticExpr::Constant { value: PyStaticConstant::Ellipsis }
    );

    fn into_pyobject(self, py: Python<'py>) -> Result<Bound<'py, PyTuple>, Infallible> {
        Ok(self.items.into_bound(py))
    }
}

/// An iterator over objects of one class.
pub(crate) struct Each<T> {
    items: Py<PyIterator>,
    of: PhantomData<T>,
}

impl<T> Each<T> {
    pub(crate) fn of(py: Python<'_>, items: Tuple<T>) -> PyResult<Self> {
        Ok(Self { items: items.items.bind(py).try_iter()?.unbind(), of: PhantomData })
    }
}

impl<'py, T: IntoPyObject<'py>> IntoPyObject<'py> for Each<T> {
    type Target = PyIterator;
    type Output = Bound<'py, PyIterator>;
    type Error = Infallible;

    #[cfg(feature = "stubs")]
    const OUTPUT_TYPE: PyStaticExpr =
        type_hint_subscript!(type_hint_identifier!("collections.abc", "Iterator"), T::OUTPUT_TYPE);

    fn into_pyobject(self, py: Python<'py>) -> Result<Bound<'py, PyIterator>, Infallible> {
        Ok(self.items.into_bound(py))
    }
}

/// Returns how an object made of another one pickles: call it once more.
pub(crate) fn method_call<'py, const N: usize>(
    object: &Bound<'py, PyAny>,
    method: &str,
    arguments: [Bound<'py, PyAny>; N],
) -> PyResult<Bound<'py, PyTuple>> {
    let py = object.py();
    let arguments = PyTuple::new(py, arguments)?;
    let bound = object.getattr(method)?;
    PyTuple::new(py, [bound, arguments.into_any()])
}

/// Returns how an object pickles: as a call of a function of this module.
pub(crate) fn call<'py>(
    py: Python<'py>,
    function: &str,
    arguments: Bound<'py, PyTuple>,
) -> PyResult<Bound<'py, PyTuple>> {
    let module = py.import(intern!(py, "tactful._native"))?;
    PyTuple::new(py, [module.getattr(function)?, arguments.into_any()])
}
