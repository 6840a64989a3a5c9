//! Whether what comes by the C data interface of Arrow holds together, before
//! any of it is imported.
//!
//! Those who import it take lengths, counts and pointers at their word: what is
//! off there is a panic at best. What cannot be told from outside stays the
//! caller's word: that a pointer which is not NULL leads to what it should, and
//! that a buffer is as long as its array needs.
//!
//! This knows the two structs of the interface, and no library of Arrow.

#[cfg(test)]
mod tests;

use std::ffi::{CStr, c_char, c_void};
use std::slice;

/// How many structs lie within one another at most.
const MAX_DEPTH: usize = 64;
/// How many structs there are at most, and buffers of one: also what ends a table in which one child
/// is named again and again.
const MAX_STRUCTS: usize = 1 << 20;
/// How far an array reaches at most. More is a number that nobody set.
const MAX_ROWS: i64 = i32::MAX as i64;

/// `struct ArrowSchema`, field by field.
#[repr(C)]
pub(crate) struct Schema {
    format: *const c_char,
    name: *const c_char,
    metadata: *const c_char,
    flags: i64,
    n_children: i64,
    children: *const *const Schema,
    dictionary: *const Schema,
    release: *const c_void,
    private_data: *const c_void,
}

/// `struct ArrowArray`, field by field.
#[repr(C)]
pub(crate) struct Array {
    length: i64,
    null_count: i64,
    offset: i64,
    n_buffers: i64,
    n_children: i64,
    buffers: *const *const c_void,
    children: *const *const Array,
    dictionary: *const Array,
    release: *const c_void,
    private_data: *const c_void,
}

/// What says whether it still belongs to somebody.
trait Owned {
    fn is_released(&self) -> bool;
}

impl Owned for Schema {
    fn is_released(&self) -> bool {
        self.release.is_null()
    }
}

impl Owned for Array {
    fn is_released(&self) -> bool {
        self.release.is_null()
    }
}

/// Checks an array together with its schema, and all that is within them.
///
/// # Errors
///
/// Says what does not hold together, and in which column.
///
/// # Safety
///
/// A pointer, here or within, that is not NULL and is aligned leads to what the
/// interface says, and texts end with a NUL.
pub(crate) unsafe fn sound(schema: *const Schema, array: *const Array) -> Result<(), String> {
    let mut walk = Walk::default();
    // SAFETY: the contract of this function.
    unsafe { walk.both(schema, array) }.map_err(|wrong| walk.at(wrong))
}

/// Checks a schema alone, and all that is within it: that of a stream comes
/// before any array.
///
/// # Errors
///
/// Says what does not hold together, and in which column.
///
/// # Safety
///
/// As `sound`.
pub(crate) unsafe fn sound_schema(schema: *const Schema) -> Result<(), String> {
    let mut walk = Walk::default();
    // SAFETY: the contract of this function.
    unsafe { walk.schema(schema) }.map_err(|wrong| walk.at(wrong))
}

/// Where the check is; the path stays where it fails.
#[derive(Default)]
struct Walk {
    path: Vec<String>,
    structs: usize,
}

impl Walk {
    /// Says where something is wrong.
    fn at(&self, wrong: String) -> String {
        match self.path.is_empty() {
            true => wrong,
            false => format!("`{}`: {wrong}", self.path.join(".")),
        }
    }

    /// Counts one struct more.
    fn enter(&mut self) -> Result<(), String> {
        self.structs = self.structs.saturating_add(1);
        if self.path.len() > MAX_DEPTH || self.structs > MAX_STRUCTS {
            return Err(format!(
                "there are more than {MAX_DEPTH} levels, or {MAX_STRUCTS} columns"
            ));
        }
        Ok(())
    }

    unsafe fn schema(&mut self, schema: *const Schema) -> Result<(), String> {
        self.enter()?;
        // SAFETY: the contract of `sound_schema`.
        let schema = unsafe { owned(schema, "the schema") }?;
        // SAFETY: the same.
        let format = unsafe { words(schema.format, "its format") }?.ok_or("its format is NULL")?;
        number(schema.n_children, "children")?;
        // SAFETY: the same.
        let children = unsafe { list(schema.children, schema.n_children, "children") }?;
        if expected(format).is_some_and(|count| count != children.len()) {
            return Err(format!("`{format}` does not have {} children", children.len()));
        }
        for &child in children {
            // SAFETY: the same.
            let named = unsafe { owned(child, "the schema of a child") }?;
            // SAFETY: the same.
            let name = unsafe { words(named.name, "the name of a child") }?.unwrap_or_default();
            self.path.push(name.to_owned());
            // SAFETY: the same.
            unsafe { self.schema(child) }?;
            self.path.pop();
        }
        if !schema.dictionary.is_null() {
            self.path.push("dictionary".to_owned());
            // SAFETY: the same.
            unsafe { self.schema(schema.dictionary) }?;
            self.path.pop();
        }
        Ok(())
    }

    unsafe fn both(&mut self, schema: *const Schema, array: *const Array) -> Result<(), String> {
        self.enter()?;
        // SAFETY: the contract of `sound`.
        let (schema, array) = unsafe { (owned(schema, "the schema")?, owned(array, "the array")?) };
        // SAFETY: the same.
        let format = unsafe { words(schema.format, "its format") }?.ok_or("its format is NULL")?;
        // SAFETY: the same.
        unsafe { words(schema.name, "its name") }?;
        let rows = rows(array)?;
        // SAFETY: the same.
        unsafe { buffers(array, format, rows) }?;
        // SAFETY: the same.
        unsafe { self.children(schema, array, format) }?;
        match (schema.dictionary.is_null(), array.dictionary.is_null()) {
            (true, true) => Ok(()),
            (false, false) if is_integer(format) => {
                self.path.push("dictionary".to_owned());
                // SAFETY: the same.
                unsafe { self.both(schema.dictionary, array.dictionary) }?;
                self.path.pop();
                Ok(())
            }
            (false, false) => Err(format!("it has a dictionary, and no format for it: `{format}`")),
            (false, true) => Err("its schema has a dictionary, and its array none".to_owned()),
            (true, false) => Err("its array has a dictionary, and its schema none".to_owned()),
        }
    }

    unsafe fn children(
        &mut self,
        schema: &Schema,
        array: &Array,
        format: &str,
    ) -> Result<(), String> {
        let (named, there) = (schema.n_children, array.n_children);
        if named != there {
            return Err(format!("its schema has {named} children, and its array {there}"));
        }
        number(there, "children")?;
        // SAFETY: the contract of `sound`.
        let schemas = unsafe { list(schema.children, named, "children of the schema") }?;
        // SAFETY: the same.
        let arrays = unsafe { list(array.children, there, "children of the array") }?;
        if expected(format).is_some_and(|count| count != schemas.len()) {
            return Err(format!("`{format}` does not have {named} children"));
        }
        for (place, (&schema, &array)) in schemas.iter().zip(arrays).enumerate() {
            // SAFETY: the same.
            let child = unsafe { owned(schema, "the schema of a child") }?;
            // SAFETY: the same.
            let name = unsafe { words(child.name, "the name of a child") }?.unwrap_or_default();
            self.path.push(name.to_owned());
            // SAFETY: the same.
            unsafe { self.both(schema, array) }?;
            // SAFETY: the same.
            let inner =
                unsafe { words(child.format, "the format of a child") }?.unwrap_or_default();
            let is_fitting = match (format, place) {
                ("+m", _) => inner == "+s" && child.n_children == 2,
                ("+r", 0) => matches!(inner, "s" | "i" | "l"),
                _ => true,
            };
            if !is_fitting {
                return Err(format!("`{inner}` cannot be within `{format}`"));
            }
            self.path.pop();
        }
        Ok(())
    }
}

/// How far an array reaches into its buffers.
fn rows(array: &Array) -> Result<i64, String> {
    let Array { length, null_count, offset, .. } = *array;
    if length < 0 || offset < 0 {
        return Err(format!("its length is {length}, its offset {offset}"));
    }
    let rows = length.saturating_add(offset);
    if rows > MAX_ROWS {
        return Err(format!("its length, {length}, and its offset, {offset}, are over {MAX_ROWS}"));
    }
    // -1 says that nobody counted.
    if null_count < -1 || null_count > length {
        return Err(format!("its null_count is {null_count}, its length {length}"));
    }
    Ok(rows)
}

/// Checks that there are as many buffers as a format has, and the lengths that
/// others are found by.
unsafe fn buffers(array: &Array, format: &str, rows: i64) -> Result<(), String> {
    let count = number(array.n_buffers, "buffers")?;
    let is_right = match format {
        // Without a null there are some who leave the buffer for them out, and
        // some have one where there is none.
        "n" | "+r" | "+s" => count <= 1,
        "u" | "z" | "U" | "Z" | "+vl" | "+vL" => count == 3,
        "vu" | "vz" => count >= 3,
        _ if format.starts_with("+us:") => count == 1,
        _ if format.starts_with("+w:") => count <= 1,
        _ => count == 2,
    };
    if !is_right {
        return Err(format!("`{format}` does not have {count} buffers"));
    }
    // SAFETY: the contract of `sound`.
    let buffers = unsafe { list(array.buffers, array.n_buffers, "buffers") }?;
    // SAFETY: the same.
    unsafe { extents(buffers, format, rows) }?;
    let bits = buffers.first().copied().filter(|bits| !bits.is_null() && says_which(format));
    match (array.null_count, bits) {
        (1.., None) if says_which(format) => {
            Err(format!("its null_count is {}, and no buffer says which", array.null_count))
        }
        // Whoever imports it would look no further, and take what is null for a value. Other
        // counts are compared there.
        // SAFETY: the contract of `sound`.
        (0, Some(bits)) => match unsafe { nulls(bits.cast(), array.offset, array.length) }? {
            0 => Ok(()),
            found => Err(format!("its null_count is 0, and its buffer says {found}")),
        },
        _ => Ok(()),
    }
}

/// Counts the nulls among so many rows: the bits that are 0, the lowest of a byte first.
unsafe fn nulls(bits: *const u8, offset: i64, length: i64) -> Result<usize, String> {
    let rows = offset.saturating_add(length);
    // SAFETY: the contract of `sound`: there is a bit for each row.
    let bytes = unsafe { list(bits, rows.saturating_add(7) / 8, "bits of nulls") }?;
    let is_null = |row: &i64| {
        let byte = usize::try_from(row / 8).ok().and_then(|place| bytes.get(place));
        byte.is_some_and(|byte| byte >> (row % 8) & 1 == 0)
    };
    Ok((offset..rows).filter(is_null).count())
}

/// Checks what tells how long the buffers of a format are.
unsafe fn extents(buffers: &[*const c_void], format: &str, rows: i64) -> Result<(), String> {
    if let Some(width) = format.strip_prefix("w:").or_else(|| format.strip_prefix("+w:")) {
        return fits(width, rows);
    }
    match format {
        // An empty array needs no offsets, and whoever reads it does not look.
        "u" | "z" | "U" | "Z" if rows == 0 => Ok(()),
        // SAFETY: the contract of `sound`.
        "u" | "z" => unsafe { end::<i32>(buffers.get(1), rows) },
        // SAFETY: the contract of `sound`.
        "U" | "Z" => unsafe { end::<i64>(buffers.get(1), rows) },
        // SAFETY: the contract of `sound`.
        "vu" | "vz" => unsafe { lengths(buffers) },
        _ => Ok(()),
    }
}

/// Whether the first buffer of a format tells what is null.
fn says_which(format: &str) -> bool {
    !matches!(format, "n" | "+r") && !format.starts_with("+us:") && !format.starts_with("+ud:")
}

/// Returns how many children or buffers there are.
fn number(count: i64, what: &str) -> Result<usize, String> {
    let number = usize::try_from(count).ok().filter(|number| *number <= MAX_STRUCTS);
    number.ok_or_else(|| format!("there cannot be {count} {what}"))
}

/// Checks the width in a format: bits of it are counted.
fn fits(width: &str, rows: i64) -> Result<(), String> {
    // What is no number is for whoever reads the format to say.
    let Ok(width) = width.parse::<i32>() else { return Ok(()) };
    let bits = i64::from(width).checked_mul(8).and_then(|bits| bits.checked_mul(rows));
    match width >= 0 && bits.is_some() {
        true => Ok(()),
        false => Err(format!("a width of {width} does not go with {rows} rows")),
    }
}

/// Checks the last offset, which says how long the texts are.
unsafe fn end<T: Copy + Into<i64>>(
    offsets: Option<&*const c_void>,
    rows: i64,
) -> Result<(), String> {
    let offsets = offsets.copied().unwrap_or(std::ptr::null()).cast::<T>();
    // SAFETY: the contract of `sound`: there is one offset more than rows.
    let offsets = unsafe { list(offsets, rows.saturating_add(1), "offsets") }?;
    match offsets.last().map(|&last| last.into()) {
        Some(end) if end < 0 => Err(format!("its last offset is {end}")),
        _ => Ok(()),
    }
}

/// Checks the lengths of the buffers that views lead to: the last buffer.
unsafe fn lengths(buffers: &[*const c_void]) -> Result<(), String> {
    let count = i64::try_from(buffers.len().saturating_sub(3)).unwrap_or_default();
    let lengths = buffers.last().copied().unwrap_or(std::ptr::null()).cast::<i64>();
    // SAFETY: the contract of `sound`: one for each buffer but the first two.
    let lengths = unsafe { list(lengths, count, "lengths of buffers") }?;
    match lengths.iter().find(|length| **length < 0) {
        Some(length) => Err(format!("a buffer of it has {length} bytes")),
        None => Ok(()),
    }
}

/// How many children a format has, if it is not up to the schema.
fn expected(format: &str) -> Option<usize> {
    match format {
        "+l" | "+L" | "+vl" | "+vL" | "+m" => Some(1),
        "+r" => Some(2),
        _ if format.starts_with("+w:") => Some(1),
        _ if format.starts_with('+') => None,
        _ => Some(0),
    }
}

fn is_integer(format: &str) -> bool {
    matches!(format, "c" | "C" | "s" | "S" | "i" | "I" | "l" | "L")
}

/// Returns what a pointer leads to, which must be there.
unsafe fn seen<'a, T>(pointer: *const T, what: &str) -> Result<&'a T, String> {
    if pointer.is_null() || !pointer.is_aligned() {
        let found = if pointer.is_null() { "NULL" } else { "not aligned" };
        return Err(format!("{what} is {found}"));
    }
    // SAFETY: it is not NULL and aligned; the contract of `sound` is the rest.
    Ok(unsafe { &*pointer })
}

/// Returns a struct that is there and still belongs to somebody: nothing else
/// in one that does not may be read.
unsafe fn owned<'a, T: Owned>(pointer: *const T, what: &str) -> Result<&'a T, String> {
    // SAFETY: the contract of `sound`.
    let found = unsafe { seen(pointer, what) }?;
    match found.is_released() {
        true => Err(format!("{what} was released, or given away, before")),
        false => Ok(found),
    }
}

/// Returns a list, of which the pointer may be NULL if nothing is in it.
unsafe fn list<'a, T>(pointer: *const T, count: i64, what: &str) -> Result<&'a [T], String> {
    if count == 0 {
        return Ok(&[]);
    }
    let size = i64::try_from(size_of::<T>()).unwrap_or(i64::MAX);
    let bytes = count.checked_mul(size).and_then(|bytes| isize::try_from(bytes).ok());
    let (Ok(count), Some(_)) = (usize::try_from(count), bytes) else {
        return Err(format!("there cannot be {count} {what}"));
    };
    // SAFETY: the contract of `sound`.
    unsafe { seen(pointer, &format!("the list of {what}")) }?;
    // SAFETY: not NULL, aligned, and no larger than an object may be; that so
    // much is there is the contract of `sound`.
    Ok(unsafe { slice::from_raw_parts(pointer, count) })
}

/// Returns a text that ends with a NUL, if there is one.
unsafe fn words<'a>(pointer: *const c_char, what: &str) -> Result<Option<&'a str>, String> {
    if pointer.is_null() {
        return Ok(None);
    }
    // SAFETY: the contract of `sound`.
    let text = unsafe { CStr::from_ptr(pointer) }.to_str();
    text.map(Some).map_err(|_| format!("{what} is not UTF-8"))
}
