//! The Arrow PyCapsule interface: tables of other libraries, in and out without a copy.
//!
//! All that is unsafe about Arrow is here. A capsule says by its name what its
//! pointer points to, and what is taken out of it is replaced by something
//! released, so that its destructor finds nothing left to do.

use std::ffi::CStr;
use std::sync::Arc;

use arrow_array::ffi::{FFI_ArrowArray, FFI_ArrowSchema, from_ffi, to_ffi};
use arrow_array::ffi_stream::{FFI_ArrowArrayStream, RecordBatchStreamReader};
use arrow_array::{Array, RecordBatch, RecordBatchReader, StructArray};
use arrow_schema::{ArrowError, DataType, Schema};
use pyo3::exceptions::{PyTypeError, PyValueError};
use pyo3::prelude::*;
use pyo3::types::{PyCapsule, PyCapsuleMethods, PyTuple};

const ARRAY: &CStr = c"arrow_array";
const SCHEMA: &CStr = c"arrow_schema";
const STREAM: &CStr = c"arrow_array_stream";

/// What a table is handed over as.
pub(crate) enum Table {
    Batch(RecordBatch),
    Stream(RecordBatchStreamReader),
}

/// Takes a table from an object of any library.
///
/// # Errors
///
/// `TypeError` if it does not speak the interface, `ValueError` if what it
/// hands over is no table or does not hold together.
pub(crate) fn take(data: &Bound<'_, PyAny>) -> PyResult<Table> {
    if data.hasattr("__arrow_c_array__")? {
        return take_batch(data).map(Table::Batch);
    }
    if data.hasattr("__arrow_c_stream__")? {
        return take_stream(data).map(Table::Stream);
    }
    let name = data.get_type().fully_qualified_name()?;
    Err(PyTypeError::new_err(format!(
        "expected a table, such as a pyarrow table or reader or a Polars frame, found `{name}`, \
         which has neither `__arrow_c_array__` nor `__arrow_c_stream__`"
    )))
}

fn take_stream(data: &Bound<'_, PyAny>) -> PyResult<RecordBatchStreamReader> {
    let capsule = data.call_method0("__arrow_c_stream__")?;
    let pointer = capsule.cast::<PyCapsule>()?.pointer_checked(Some(STREAM))?;
    // SAFETY: by the name of the capsule the pointer is to such a stream, which
    // is nobody else's while we hold the capsule and the interpreter.
    let stream = unsafe { FFI_ArrowArrayStream::from_raw(pointer.cast().as_ptr()) };
    RecordBatchStreamReader::try_new(stream).map_err(|error| broken(&error))
}

fn take_batch(data: &Bound<'_, PyAny>) -> PyResult<RecordBatch> {
    let pair = data.call_method0("__arrow_c_array__")?;
    let (schema, array): (Bound<'_, PyAny>, Bound<'_, PyAny>) = pair.extract()?;
    let schema = schema.cast::<PyCapsule>()?.pointer_checked(Some(SCHEMA))?;
    let array = array.cast::<PyCapsule>()?.pointer_checked(Some(ARRAY))?;
    // SAFETY: by the names of the capsules the pointers are to such structs,
    // which are nobody else's while we hold the capsules and the interpreter.
    let (schema, array) = unsafe {
        (
            FFI_ArrowSchema::from_raw(schema.cast().as_ptr()),
            FFI_ArrowArray::from_raw(array.cast().as_ptr()),
        )
    };
    if array.is_released() {
        return Err(PyValueError::new_err("the array was handed over before"));
    }
    // SAFETY: the array was just taken from its owner, who says that it is of
    // this schema; what it holds is checked below, before anything is read.
    let data = unsafe { from_ffi(array, &schema) }.map_err(|error| broken(&error))?;
    data.validate_full().map_err(|error| broken(&error))?;
    if !matches!(data.data_type(), DataType::Struct(_)) {
        let found = data.data_type();
        return Err(PyTypeError::new_err(format!("expected a table, found an array of {found}")));
    }
    let rows = StructArray::from(data);
    if rows.null_count() > 0 {
        return Err(PyValueError::new_err("a row of the table is null as a whole"));
    }
    Ok(RecordBatch::from(rows))
}

/// Checks that a batch of another library holds together: texts are UTF-8,
/// offsets lie within what they point into.
pub(crate) fn check(batch: &RecordBatch) -> Result<(), ArrowError> {
    batch.columns().iter().try_for_each(|column| column.to_data().validate_full())
}

/// Hands over a schema.
pub(crate) fn give_schema<'py>(
    py: Python<'py>,
    schema: &Schema,
) -> PyResult<Bound<'py, PyCapsule>> {
    let schema = FFI_ArrowSchema::try_from(schema).map_err(|error| broken(&error))?;
    PyCapsule::new_with_value(py, schema, SCHEMA)
}

/// Hands over a batch, as often as it is asked for.
pub(crate) fn give_batch<'py>(
    py: Python<'py>,
    batch: &RecordBatch,
) -> PyResult<Bound<'py, PyTuple>> {
    let rows = StructArray::from(batch.clone());
    let (array, schema) = to_ffi(&rows.to_data()).map_err(|error| broken(&error))?;
    let schema = PyCapsule::new_with_value(py, schema, SCHEMA)?;
    let array = PyCapsule::new_with_value(py, array, ARRAY)?;
    PyTuple::new(py, [schema, array])
}

/// Hands over a stream of batches.
pub(crate) fn give_stream<'py>(
    py: Python<'py>,
    batches: Box<dyn RecordBatchReader + Send>,
) -> PyResult<Bound<'py, PyCapsule>> {
    PyCapsule::new_with_value(py, FFI_ArrowArrayStream::new(batches), STREAM)
}

/// Batches that are there already, as a stream.
pub(crate) fn stream_of(
    schema: &Arc<Schema>,
    batches: Vec<RecordBatch>,
) -> Box<dyn RecordBatchReader + Send> {
    let batches = batches.into_iter().map(Ok);
    Box::new(arrow_array::RecordBatchIterator::new(batches, Arc::clone(schema)))
}

pub(crate) fn broken(error: &ArrowError) -> PyErr {
    let said = error.to_string();
    // Polars gives these a buffer, which the format does not provide for.
    let advice = if said.contains(r#"datatype "Null""#) {
        " (cast the columns of type Null to the type they would have)"
    } else {
        ""
    };
    PyValueError::new_err(format!("the table cannot be read: {said}{advice}"))
}
