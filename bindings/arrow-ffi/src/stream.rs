//! Tables that come one after the other.

use std::ffi::CStr;
use std::iter::FusedIterator;

use arrow_array::RecordBatch;
use arrow_array::ffi::{FFI_ArrowArray, FFI_ArrowSchema};
use arrow_array::ffi_stream::FFI_ArrowArrayStream;
use arrow_schema::{ArrowError, DataType, Fields, Schema};

use crate::{Refused, import};

/// The tables of another library, one after the other.
///
/// The reader of `arrow-array` imports each without a look at it.
#[derive(Debug)]
pub struct Stream {
    stream: FFI_ArrowArrayStream,
    schema: FFI_ArrowSchema,
    columns: Fields,
    /// It has come to its end, or failed: nothing more is asked of it.
    is_done: bool,
}

impl Stream {
    /// Takes over a stream, and asks it for its schema.
    ///
    /// # Errors
    ///
    /// `Released`, `NoTable`, or what the stream says.
    ///
    /// # Safety
    ///
    /// The functions of the stream do what the interface says; what they give
    /// is as `import` asks for.
    pub unsafe fn new(mut stream: FFI_ArrowArrayStream) -> Result<Self, Refused> {
        if stream.release().is_none() {
            return Err(Refused::Released("stream"));
        }
        let get_schema = stream.get_schema().ok_or_else(|| lacks("get_schema"))?;
        let mut schema = FFI_ArrowSchema::empty();
        // SAFETY: the function is that of this stream, which is not released.
        let code = unsafe { get_schema(&raw mut stream, &raw mut schema) };
        if code != 0 {
            // SAFETY: the call before has failed.
            return Err(unsafe { failure(&mut stream, code) });
        }
        if schema.release().is_none() {
            return Err(Refused::Released("schema"));
        }
        // SAFETY: the contract of this function.
        unsafe { crate::sound::sound_schema((&raw const schema).cast()) }
            .map_err(Refused::Unsound)?;
        match DataType::try_from(&schema)? {
            DataType::Struct(columns) => Ok(Self { stream, schema, columns, is_done: false }),
            other => Err(Refused::NoTable(other)),
        }
    }

    /// Returns the columns that each table has.
    #[must_use]
    pub fn schema(&self) -> Schema {
        Schema::new(self.columns.clone())
    }

    /// Returns the next table, `None` at the end.
    fn advance(&mut self) -> Result<Option<RecordBatch>, Refused> {
        let get_next = self.stream.get_next().ok_or_else(|| lacks("get_next"))?;
        let mut array = FFI_ArrowArray::empty();
        // SAFETY: the function is that of this stream, which is not released.
        let code = unsafe { get_next(&raw mut self.stream, &raw mut array) };
        if code != 0 {
            // SAFETY: the call before has failed.
            return Err(unsafe { failure(&mut self.stream, code) });
        }
        if array.is_released() {
            return Ok(None);
        }
        // SAFETY: whoever made the stream answers for what it gives.
        unsafe { import(array, &self.schema) }.map(Some)
    }
}

impl Iterator for Stream {
    type Item = Result<RecordBatch, Refused>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.is_done {
            return None;
        }
        let next = self.advance().transpose();
        self.is_done = !matches!(next, Some(Ok(_)));
        next
    }
}

impl FusedIterator for Stream {}

fn lacks(function: &str) -> Refused {
    Refused::Unsound(format!("the stream has no {function}"))
}

/// Asks a stream why it failed.
///
/// # Safety
///
/// The call before this one has failed.
unsafe fn failure(stream: &mut FFI_ArrowArrayStream, code: i32) -> Refused {
    let said = stream.get_last_error().map(|get| {
        // SAFETY: the function is that of this stream, which is not released,
        // and may be asked after a failure.
        unsafe { get(stream) }
    });
    let words = match said {
        Some(text) if !text.is_null() => {
            // SAFETY: a text of C, there until the next call.
            unsafe { CStr::from_ptr(text) }.to_string_lossy().into_owned()
        }
        _ => format!("the stream fails with {code}"),
    };
    Refused::Arrow(ArrowError::CDataInterface(words))
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::sync::atomic::{AtomicUsize, Ordering};

    use arrow_array::{RecordBatchIterator, StringArray};

    use super::*;

    /// A stream of tables, then what comes when there are no more of them, and
    /// how often it was asked.
    fn stream(tables: usize, last: Option<&'static str>) -> (Stream, Arc<AtomicUsize>) {
        let column = Arc::new(StringArray::from(vec!["basic"])) as _;
        let table = RecordBatch::try_from_iter([("plan", column)]).unwrap();
        let (schema, asked) = (table.schema(), Arc::new(AtomicUsize::new(0)));
        let counter = Arc::clone(&asked);
        let next = move || match counter.fetch_add(1, Ordering::Relaxed) < tables {
            true => Some(Ok(table.clone())),
            false => last.map(|said| Err(ArrowError::ComputeError(said.to_owned()))),
        };
        let reader = RecordBatchIterator::new(std::iter::from_fn(next), schema);
        let stream = FFI_ArrowArrayStream::new(Box::new(reader));
        // SAFETY: a stream of `arrow` does what the interface says.
        (unsafe { Stream::new(stream) }.unwrap(), asked)
    }

    #[test]
    fn a_stream_is_asked_no_more_after_its_end() {
        let (mut stream, asked) = stream(2, None);
        assert_eq!(stream.by_ref().map(|table| table.unwrap().num_rows()).sum::<usize>(), 2);
        assert!(stream.next().is_none());
        assert_eq!(asked.load(Ordering::Relaxed), 3);
    }

    #[test]
    fn a_stream_is_asked_no_more_after_it_failed() {
        let (mut stream, asked) = stream(1, Some("the shop is closed"));
        assert!(stream.next().unwrap().is_ok());
        let error = stream.next().unwrap().unwrap_err().to_string();
        assert!(error.contains("the shop is closed"), "{error}");
        assert!(stream.next().is_none());
        assert_eq!(asked.load(Ordering::Relaxed), 2);
    }

    #[test]
    fn a_stream_that_was_released_is_refused() {
        // SAFETY: nothing of it is used but that it is released.
        let refused = unsafe { Stream::new(FFI_ArrowArrayStream::empty()) };
        assert!(matches!(refused, Err(Refused::Released("stream"))));
    }
}
