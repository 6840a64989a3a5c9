//! Tables that come by the C data interface of Arrow, looked at before they
//! are imported.
//!
//! The bindings for C and for Python take tables from anybody. What imports
//! them takes lengths, counts and pointers at their word, so all that can be
//! told from outside is checked first: what is malformed is an error here.

mod sound;
mod stream;

use std::ptr;

use arrow_array::ffi::{FFI_ArrowArray, FFI_ArrowSchema, from_ffi};
use arrow_array::{Array, ArrayRef, RecordBatch, StructArray, make_array};
use arrow_schema::{ArrowError, DataType};

pub use stream::Stream;

/// Why what somebody handed over is no table.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Refused {
    /// It belongs to nobody any more.
    #[error("{0} was released, or given away, before")]
    Released(&'static str),
    /// Its structs do not hold together.
    #[error("{0}")]
    Unsound(String),
    /// It is sound, though not an array of structs.
    #[error("expected a table, found an array of {0}")]
    NoTable(DataType),
    /// A row that is null as a whole says nothing, and its columns may say
    /// anything: an empty list below it would be a customer without any dispute.
    #[error("a row is null as a whole")]
    NullRow,
    /// What its buffers hold is not what they should, or whoever has them fails.
    #[error("{0}")]
    Arrow(#[from] ArrowError),
}

/// Makes a table of an array: each field of its structs is a column.
///
/// # Errors
///
/// Says what is wrong with the array, its schema, or what they hold.
///
/// # Safety
///
/// Pointers in both that are not NULL and are aligned lead to what the interface
/// says; buffers are as long as their arrays need.
pub unsafe fn import(
    array: FFI_ArrowArray,
    schema: &FFI_ArrowSchema,
) -> Result<RecordBatch, Refused> {
    // SAFETY: the contract of this function.
    unsafe { check(&array, schema) }?;
    let found = DataType::try_from(schema)?;
    if !matches!(found, DataType::Struct(_)) {
        return Err(Refused::NoTable(found));
    }
    // SAFETY: the same; what the buffers hold is checked before it is read.
    let data = unsafe { from_ffi(array, schema) }?;
    data.validate_full()?;
    rows_of(&make_array(data))
}

/// Checks what can be told of an array and its schema from outside.
///
/// # Safety
///
/// As `import`.
unsafe fn check(array: &FFI_ArrowArray, schema: &FFI_ArrowSchema) -> Result<(), Refused> {
    if schema.release().is_none() {
        return Err(Refused::Released("schema"));
    }
    if array.is_released() {
        return Err(Refused::Released("array"));
    }
    // SAFETY: the structs are those of the interface, field by field; the rest
    // is the contract of this function.
    unsafe { sound::sound(ptr::from_ref(schema).cast(), ptr::from_ref(array).cast()) }
        .map_err(Refused::Unsound)
}

/// Takes an array of structs for rows.
fn rows_of(array: &ArrayRef) -> Result<RecordBatch, Refused> {
    let Some(rows) = array.as_any().downcast_ref::<StructArray>() else {
        return Err(Refused::NoTable(array.data_type().clone()));
    };
    if rows.null_count() > 0 {
        return Err(Refused::NullRow);
    }
    Ok(RecordBatch::from(rows))
}
