//! Texts and bytes, in and out.

use std::ffi::c_char;
use std::mem::{ManuallyDrop, replace};
use std::{ptr, slice};

use tactful::Timestamp;

use crate::error::Fail;
use crate::status::tactful_status;

/// A text that belongs to somebody else: UTF-8, not ended by a NUL.
///
/// As an answer it is never NULL, may be empty, and stays until its owner is
/// changed or freed. In a struct that you fill, NULL with a length of 0 is an
/// empty text. tactful_text() makes one of a C string, and
/// printf("%.*s", TACTFUL_STR_ARG(text)) prints one.
#[derive(Clone, Copy, Debug)]
#[repr(C)]
pub struct tactful_str {
    /// The first byte.
    pub data: *const c_char,
    /// How many bytes there are.
    pub len: usize,
}

impl tactful_str {
    pub(crate) const EMPTY: Self = Self { data: c"".as_ptr(), len: 0 };

    pub(crate) fn of(text: &str) -> Self {
        match text.len() {
            0 => Self::EMPTY,
            len => Self { data: text.as_ptr().cast(), len },
        }
    }

    /// Returns the text in a struct that a caller filled.
    ///
    /// The caller must keep it until `'a` is over.
    pub(crate) unsafe fn read<'a>(self, what: &str) -> Result<&'a str, Fail> {
        // SAFETY: the same contract.
        unsafe { text(self.data, self.len, what) }
    }
}

/// Bytes that an answer is written to. Begin with TACTFUL_BUFFER_INIT (all
/// zero), use it as often as you like, and end with tactful_buffer_free().
///
/// What was there is overwritten and its memory used again. A NUL follows the
/// last byte and does not count, so that data is a C string where the answer
/// is a text. A call that fails leaves it empty. A buffer is for one thread at
/// a time, its fields are for reading, and what you pass to a call must not lie
/// in the buffer that the call writes to.
#[derive(Debug)]
#[repr(C)]
pub struct tactful_buffer {
    /// The first byte, or NULL before the first answer.
    pub data: *mut c_char,
    /// How many bytes there are.
    pub len: usize,
    /// How many bytes fit.
    pub cap: usize,
}

impl tactful_buffer {
    /// A buffer without memory.
    pub const EMPTY: Self = Self { data: ptr::null_mut(), len: 0, cap: 0 };

    /// Takes the memory out.
    ///
    /// The fields must be those that [`keep`](Self::keep) wrote, or zero.
    unsafe fn take(&mut self) -> Vec<u8> {
        let Self { data, cap, .. } = replace(self, Self::EMPTY);
        if data.is_null() || cap == 0 {
            return Vec::new();
        }
        // SAFETY: pointer and capacity are those of a vector of ours, which gave
        // them away in `keep`.
        unsafe { Vec::from_raw_parts(data.cast(), 0, cap) }
    }

    /// Keeps bytes, of which the last is the NUL that does not count.
    fn keep(&mut self, bytes: Vec<u8>) {
        let mut bytes = ManuallyDrop::new(bytes);
        self.data = bytes.as_mut_ptr().cast();
        self.len = bytes.len().saturating_sub(1);
        self.cap = bytes.capacity();
    }
}

/// Frees the memory of a buffer and zeroes it; it may be used again. NULL and
/// a buffer without memory are allowed.
///
/// Do not call free() on what a buffer holds.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tactful_buffer_free(buffer: *mut tactful_buffer) {
    // SAFETY: NULL or a buffer that is zero or that this library wrote, as said
    // in the header.
    if let Some(buffer) = unsafe { buffer.as_mut() } {
        // SAFETY: the same.
        drop(unsafe { buffer.take() });
    }
}

/// Empties a buffer before the work begins.
pub(crate) unsafe fn reset(buffer: *mut tactful_buffer) -> Result<(), Fail> {
    // SAFETY: as for `fill`.
    unsafe { fill(buffer, &[]) }
}

/// Writes an answer into a buffer.
///
/// The pointer is NULL, or leads to a buffer that is zero or of our writing.
pub(crate) unsafe fn fill(buffer: *mut tactful_buffer, answer: &[u8]) -> Result<(), Fail> {
    // SAFETY: the contract of this function.
    let buffer = unsafe { buffer.as_mut() }.ok_or_else(|| Fail::null("buffer"))?;
    // SAFETY: the same.
    let mut bytes = unsafe { buffer.take() };
    bytes.reserve(answer.len().saturating_add(1));
    bytes.extend_from_slice(answer);
    bytes.push(0);
    buffer.keep(bytes);
    Ok(())
}

/// Sets what an output pointer leads to.
pub(crate) unsafe fn put<T>(output: *mut T, value: T, what: &str) -> Result<(), Fail> {
    if output.is_null() {
        return Err(Fail::null(what));
    }
    // SAFETY: the caller gives NULL or room for one value, which may not hold
    // one yet.
    unsafe { output.write(value) };
    Ok(())
}

/// Reads bytes that a caller passes.
///
/// They must stay as they are until `'a` is over.
pub(crate) unsafe fn bytes<'a>(
    data: *const c_char,
    len: usize,
    what: &str,
) -> Result<&'a [u8], Fail> {
    // SAFETY: the same contract.
    unsafe { items(data.cast(), len, what) }
}

/// Reads an array that a caller passes.
///
/// As for [`bytes`].
pub(crate) unsafe fn items<'a, T>(
    data: *const T,
    count: usize,
    what: &str,
) -> Result<&'a [T], Fail> {
    if count == 0 {
        return Ok(&[]);
    }
    if data.is_null() {
        return Err(Fail::null(what));
    }
    if !data.is_aligned() {
        return Err(Fail::new(tactful_status::InvalidArgument, format!("{what} is not aligned")));
    }
    let fits = count.checked_mul(size_of::<T>()).is_some_and(|size| isize::try_from(size).is_ok());
    if !fits {
        let unit = if size_of::<T>() == 1 { "bytes" } else { "entries" };
        let message = format!("{what} cannot have {count} {unit}: is its length negative?");
        return Err(Fail::new(tactful_status::TooLarge, message));
    }
    // SAFETY: it is not NULL, aligned, and no larger than an object may be; that
    // so much is there is the caller's word.
    Ok(unsafe { slice::from_raw_parts(data, count) })
}

/// Reads a document that a caller passes; its parser looks at what is in it.
///
/// As for [`bytes`].
pub(crate) unsafe fn document<'a>(
    data: *const c_char,
    len: usize,
    what: &str,
) -> Result<&'a str, Fail> {
    // SAFETY: the same contract.
    let bytes = unsafe { bytes(data, len, what) }?;
    str::from_utf8(bytes).map_err(|error| {
        let message = format!("{what} is not UTF-8 from byte {} on", error.valid_up_to());
        Fail::new(tactful_status::InvalidUtf8, message)
    })
}

/// The longest name, id or word that is read: 64 KiB, as in an event.
pub(crate) const MAX_TEXT: usize = 64 << 10;

/// Reads a name, an id or a word.
///
/// As for [`bytes`].
pub(crate) unsafe fn text<'a>(
    data: *const c_char,
    len: usize,
    what: &str,
) -> Result<&'a str, Fail> {
    if len > MAX_TEXT && !data.is_null() {
        let message = format!("{what} has {len} bytes; the limit is {MAX_TEXT}");
        return Err(Fail::new(tactful_status::TooLarge, message));
    }
    // SAFETY: the same contract.
    let text = unsafe { document(data, len, what) }?;
    match text.find('\0') {
        None => Ok(text),
        Some(place) => {
            let message = format!(
                "{what} holds a NUL at byte {place}: its length is {len}, which must not count \
                 the NUL at the end"
            );
            Err(Fail::new(tactful_status::InvalidText, message))
        }
    }
}

/// Reads a time, which must be one that a document may name.
pub(crate) fn time(millis: i64, what: &str) -> Result<Timestamp, Fail> {
    let time = Timestamp::from_millis(millis);
    if time.is_plausible() {
        return Ok(time);
    }
    let seconds = Timestamp::from_millis(millis.saturating_mul(1_000)).is_plausible();
    let hint = if seconds { ": these are seconds, and milliseconds are asked for" } else { "" };
    let message = format!("{what}, {millis} ms, is not in the years 2000 to 2100{hint}");
    Err(Fail::new(tactful_status::InvalidArgument, message))
}

/// Reads a time of which 0 says that there is none.
pub(crate) fn time_if_any(millis: i64, what: &str) -> Result<Option<Timestamp>, Fail> {
    (millis != 0).then(|| time(millis, what)).transpose()
}
