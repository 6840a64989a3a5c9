//! Batches: tables of Arrow, by its C data interface.

use std::ffi::c_char;
use std::ptr;

use arrow_array::ffi::{FFI_ArrowArray, FFI_ArrowSchema, to_ffi};
use arrow_array::{Array, RecordBatch, StructArray};
use arrow_schema::ArrowError;
use tactful_arrow::{Accounts, Columns, Error, OnError, Options};
use tactful_arrow_ffi::Refused;

use crate::engine::tactful_engine;
use crate::error::{Fail, tactful_error};
use crate::guard::{answer, guard};
use crate::handle::{create, exclusive, free, opaque, shared};
use crate::request::tactful_request;
use crate::status::tactful_status;
use crate::text::{put, text, time};

/// How a table is read, and what comes out: for tactful_engine_decide_arrow().
///
/// One thread at a time changes it; while nobody does, several may decide with
/// it. Free it with tactful_batch_free().
pub struct tactful_batch {
    _private: (),
}

opaque!(tactful_batch, Settings, b"tact bat", "batch");

/// What a batch asks for besides its request.
#[derive(Clone, Debug, Default)]
pub(crate) struct Settings {
    options: Options,
    carry: Vec<String>,
    ignore: Vec<String>,
}

/// Which actions that are not recommended a table of decisions accounts for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(i32)]
pub enum tactful_accounts {
    /// None; suppressions in force and how long a row is valid are there.
    None = 0,
    /// Those that a suppression holds back, in the column "suppressed".
    Suppressed = 1,
    /// Every one of them, in the column "withheld".
    Withheld = 2,
    /// None, and neither suppressions in force nor how long a row is valid: the
    /// recommendations alone. This is the fastest.
    Ranking = 3,
}

/// Makes settings for batches: a row that cannot be read gets no
/// recommendation, but an error; what is suppressed is accounted for; nothing
/// is carried.
#[must_use]
#[unsafe(no_mangle)]
pub extern "C" fn tactful_batch_new() -> *mut tactful_batch {
    answer(ptr::null_mut(), || Ok(create(Settings::default())))
}

/// Frees settings for batches. NULL is allowed.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tactful_batch_free(batch: *mut tactful_batch) {
    answer((), || {
        // SAFETY: NULL or settings that nobody uses any more.
        unsafe { free(batch) };
        Ok(())
    });
}

/// Names one more column that the result repeats, such as an id. It need not
/// be a fact of the context.
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tactful_batch_carry(
    batch: *mut tactful_batch,
    column: *const c_char,
    column_len: usize,
    err: *mut *mut tactful_error,
) -> tactful_status {
    // SAFETY: the pointers are as the header asks for.
    unsafe {
        guard(err, || {
            let column = text(column, column_len, "column")?.to_owned();
            exclusive(batch)?.carry.push(column);
            Ok(())
        })
    }
}

/// Names one more column that is not looked at.
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tactful_batch_ignore(
    batch: *mut tactful_batch,
    column: *const c_char,
    column_len: usize,
    err: *mut *mut tactful_error,
) -> tactful_status {
    // SAFETY: the pointers are as the header asks for.
    unsafe {
        guard(err, || {
            let column = text(column, column_len, "column")?.to_owned();
            exclusive(batch)?.ignore.push(column);
            Ok(())
        })
    }
}

/// Dates the parts that have columns, though none for their as_of: up to when
/// nothing is missing from what the columns tell, in Unix milliseconds.
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tactful_batch_set_as_of(
    batch: *mut tactful_batch,
    as_of: i64,
    err: *mut *mut tactful_error,
) -> tactful_status {
    // SAFETY: the pointers are as the header asks for.
    unsafe {
        guard(err, || {
            let settings = exclusive(batch)?;
            settings.options = settings.options.clone().as_of(time(as_of, "as_of")?);
            Ok(())
        })
    }
}

/// Says which actions that are not recommended are accounted for: a
/// tactful_accounts.
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tactful_batch_set_accounts(
    batch: *mut tactful_batch,
    accounts: i32,
    err: *mut *mut tactful_error,
) -> tactful_status {
    const NONE: i32 = tactful_accounts::None as i32;
    const SUPPRESSED: i32 = tactful_accounts::Suppressed as i32;
    const WITHHELD: i32 = tactful_accounts::Withheld as i32;
    const RANKING: i32 = tactful_accounts::Ranking as i32;
    // SAFETY: the pointers are as the header asks for.
    unsafe {
        guard(err, || {
            let accounts = match accounts {
                NONE => Accounts::None,
                SUPPRESSED => Accounts::Suppressed,
                WITHHELD => Accounts::Withheld,
                RANKING => Accounts::Ranking,
                _ => {
                    let message = format!("accounts is {accounts}, which is no tactful_accounts");
                    return Err(Fail::new(tactful_status::InvalidArgument, message));
                }
            };
            let settings = exclusive(batch)?;
            settings.options = settings.options.clone().accounts(accounts);
            Ok(())
        })
    }
}

/// Says whether one row that cannot be read fails the whole table: CONTEXT, and
/// the path of the error says where. Otherwise its results are null, and the
/// column "error" says why.
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tactful_batch_set_strict(
    batch: *mut tactful_batch,
    strict: bool,
    err: *mut *mut tactful_error,
) -> tactful_status {
    // SAFETY: the pointers are as the header asks for.
    unsafe {
        guard(err, || {
            let on_error = if strict { OnError::Fail } else { OnError::Null };
            let settings = exclusive(batch)?;
            settings.options = settings.options.clone().on_error(on_error);
            Ok(())
        })
    }
}

/// Decides for every row of a table: a struct array of Arrow, a row a customer.
///
/// A column is a fact, named as in the JSON of a context ("profile.plan",
/// "support.tickets"), a part as a struct ("support"), or all of it as text
/// ("context_json"). Null is unknown. Columns "now" and "channel" go before
/// those of the request where they are not null. See docs/batch.md for the
/// columns of the result. Pass NULL as batch for the settings that
/// tactful_batch_new() begins with.
///
/// array is taken: afterwards its release is NULL, whether the call succeeds
/// or not. schema is looked at and stays yours, so out_schema must not be the
/// same struct: that is INVALID_ARGUMENT. out_array may be the same as array. On
/// success *out_schema and *out_array are yours to release, as the interface of
/// Arrow says; they need not be initialised, and after a failure there is
/// nothing to release in them.
///
/// CONTEXT says that columns, or a row, cannot be read, INVALID_STATE that schema
/// or array was released before, OTHER that the two do not hold together. What
/// their pointers lead to, and how long buffers are, is the caller's word: no
/// library can check that.
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tactful_engine_decide_arrow(
    engine: *const tactful_engine,
    request: *const tactful_request,
    batch: *const tactful_batch,
    schema: *const FFI_ArrowSchema,
    array: *mut FFI_ArrowArray,
    out_schema: *mut FFI_ArrowSchema,
    out_array: *mut FFI_ArrowArray,
    err: *mut *mut tactful_error,
) -> tactful_status {
    // SAFETY: the pointers are as the header asks for.
    unsafe {
        guard(err, || {
            let taken = take(array);
            let emptied = put(out_array, FFI_ArrowArray::empty(), "out_array");
            if !schema.is_null() && ptr::eq(schema, out_schema) {
                let message = "out_schema is schema, which stays the caller's";
                return Err(Fail::new(tactful_status::InvalidArgument, message));
            }
            put(out_schema, FFI_ArrowSchema::empty(), "out_schema")?;
            emptied?;
            let taken = taken?;
            let engine = &shared(engine)?.engine;
            let request = shared(request)?;
            let settings =
                if batch.is_null() { Settings::default() } else { shared(batch)?.clone() };
            let schema = schema.as_ref().ok_or_else(|| Fail::null("schema"))?;
            let table = import(taken, schema)?;
            let options = settings.options.request(request.clone());
            let options = options.carry(settings.carry).ignore(settings.ignore);
            let columns = Columns::new(table.schema_ref(), &options).map_err(fail)?;
            let decided = columns.decide(engine, &table).map_err(fail)?;
            let decided = StructArray::from(decided).to_data();
            let (array, schema) = to_ffi(&decided).map_err(|error| broken(&error))?;
            put(out_schema, schema, "out_schema")?;
            put(out_array, array, "out_array")
        })
    }
}

/// Takes an array away from whoever passes it.
///
/// The pointer is NULL or leads to an array of Arrow that nobody else uses.
unsafe fn take(array: *mut FFI_ArrowArray) -> Result<FFI_ArrowArray, Fail> {
    if array.is_null() {
        return Err(Fail::null("array"));
    }
    // SAFETY: the contract of this function; what is left is a released one.
    let taken = unsafe { FFI_ArrowArray::from_raw(array) };
    if taken.is_released() {
        let message = "array was released, or given away, before";
        return Err(Fail::new(tactful_status::InvalidState, message));
    }
    Ok(taken)
}

/// Makes a table of an array.
///
/// What the buffers of the array point to must be there, says the interface.
unsafe fn import(array: FFI_ArrowArray, schema: &FFI_ArrowSchema) -> Result<RecordBatch, Fail> {
    // SAFETY: the contract of this function; the rest is checked there.
    unsafe { tactful_arrow_ffi::import(array, schema) }.map_err(|refused| match refused {
        Refused::Released(_) => Fail::new(tactful_status::InvalidState, refused.to_string()),
        Refused::NoTable(_) => {
            let message = "schema: expected a struct, a field a column";
            Fail::new(tactful_status::InvalidArgument, message)
        }
        _ => Fail::new(tactful_status::Other, format!("array: {refused}")),
    })
}

fn broken(error: &ArrowError) -> Fail {
    Fail::new(tactful_status::Other, format!("array: {error}"))
}

fn fail(error: Error) -> Fail {
    match &error {
        Error::Row { fault, .. } => {
            Fail::new(tactful_status::Context, error.to_string()).at(fault.path.clone())
        }
        Error::Columns(_) => Fail::new(tactful_status::Context, error.to_string()),
        Error::TooLarge => Fail::new(tactful_status::TooLarge, error.to_string()),
        _ => Fail::new(tactful_status::Other, error.to_string()),
    }
}
