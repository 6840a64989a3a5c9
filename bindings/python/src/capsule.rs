//! The Arrow PyCapsule interface: tables of other libraries, in and out without a copy.
//!
//! What is unsafe about capsules is here; what is unsafe about the structs in
//! them is in `bindings/arrow-ffi`, which looks at a table before it imports it.
//! A capsule says by its name what its pointer points to, and what is taken out
//! of it is replaced by something released, so that its destructor finds nothing
//! left to do.

use std::ffi::CStr;
use std::sync::Arc;

use arrow_array::ffi::{FFI_ArrowArray, FFI_ArrowSchema, to_ffi};
use arrow_array::ffi_stream::FFI_ArrowArrayStream;
use arrow_array::{Array, RecordBatch, RecordBatchReader, StructArray};
use arrow_schema::{ArrowError, Schema};
use pyo3::exceptions::{PyTypeError, PyValueError};
use pyo3::prelude::*;
use pyo3::types::{PyCapsule, PyCapsuleMethods, PyTuple};
use tactful_arrow_ffi::{Refused, Stream};

const ARRAY: &CStr = c"arrow_array";
const SCHEMA: &CStr = c"arrow_schema";
const STREAM: &CStr = c"arrow_array_stream";

/// What a table is handed over as.
pub(crate) enum Table {
    Batch(RecordBatch),
    Stream(Stream),
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

fn take_stream(data: &Bound<'_, PyAny>) -> PyResult<Stream> {
    let capsule = data.call_method0("__arrow_c_stream__")?;
    let pointer = capsule.cast::<PyCapsule>()?.pointer_checked(Some(STREAM))?;
    // SAFETY: by the name of the capsule the pointer is to such a stream, which
    // is nobody else's while we hold the capsule and the interpreter.
    let stream = unsafe { FFI_ArrowArrayStream::from_raw(pointer.cast().as_ptr()) };
    // SAFETY: the same; what the stream gives is looked at as it comes.
    unsafe { Stream::new(stream) }.map_err(refused)
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
    // SAFETY: they were just taken from their owner, who answers for what their
    // pointers lead to; the rest is checked before it is read.
    unsafe { tactful_arrow_ffi::import(array, &schema) }.map_err(refused)
}

/// Raises what is wrong with what somebody handed over.
pub(crate) fn refused(refused: Refused) -> PyErr {
    match refused {
        Refused::NoTable(_) => PyTypeError::new_err(refused.to_string()),
        Refused::Released(_) => PyValueError::new_err(refused.to_string()),
        Refused::Arrow(error) => broken(&error),
        _ => PyValueError::new_err(format!("the table cannot be read: {refused}")),
    }
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
