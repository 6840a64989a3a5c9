//! Contexts as compact bytes, for key-value stores.
//!
//! A snapshot is two bytes, `T` and the version of the format, and then the
//! context in MessagePack: the same keys as in JSON, with times as Unix
//! milliseconds. So it can be read without this library, and grows as contexts
//! do. Every version that was ever written is kept as a file and read by a
//! test.

use serde::{Deserialize, Serialize};

use super::Context;
use crate::error::{Error, ErrorKind};

/// What every snapshot begins with.
const MARK: u8 = b'T';
/// The version that is written.
const VERSION: u8 = 1;

impl Context {
    /// The longest snapshot that is read: 8 MiB.
    pub const MAX_BYTES: usize = 8 << 20;

    /// Writes the context as compact bytes that
    /// [`from_bytes`](Self::from_bytes) reads.
    ///
    /// They take little more than half of the JSON, and are the same for the
    /// same context everywhere.
    ///
    /// # Examples
    ///
    /// ```
    /// use tactful::Context;
    ///
    /// let context = Context::from_json(r#"{"user_id": "u-1001", "profile": {
    ///     "as_of": "2026-03-10T15:00:30Z", "plan": "basic"}}"#)?;
    /// let bytes = context.to_bytes();
    /// assert_eq!(bytes.len(), 53);
    /// assert_eq!(Context::from_bytes(bytes)?, context);
    /// # Ok::<(), tactful::Error>(())
    /// ```
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut bytes = vec![MARK, VERSION];
        let mut writer = rmp_serde::Serializer::new(&mut bytes).with_struct_map();
        // Nothing in a context can fail to be written, into memory.
        let _written = Serialize::serialize(self, &mut writer);
        bytes
    }

    /// Reads a context from the bytes that [`to_bytes`](Self::to_bytes) writes,
    /// of this version of the format or an earlier one.
    ///
    /// # Errors
    ///
    /// Bytes that are no snapshot, or one of a later version, and what
    /// [`from_json`](Self::from_json) refuses in JSON: kind
    /// [`Context`](ErrorKind::Context), with the path of the value. More than
    /// [`MAX_BYTES`](Self::MAX_BYTES): kind [`TooLarge`](ErrorKind::TooLarge).
    pub fn from_bytes(bytes: impl AsRef<[u8]>) -> Result<Self, Error> {
        let bytes = bytes.as_ref();
        if bytes.len() > Self::MAX_BYTES {
            let message =
                format!("a snapshot of {} bytes; the limit is {}", bytes.len(), Self::MAX_BYTES);
            return Err(Error::at(ErrorKind::TooLarge, "", message));
        }
        match bytes {
            [MARK, 1, content @ ..] => read(content),
            [MARK, version, ..] => Err(wrong(format!(
                "a snapshot of version {version}, and this library reads up to {VERSION}: \
                 it was written by a later one"
            ))),
            _ => Err(wrong("this is no snapshot of a context".to_owned())),
        }
    }
}

fn read(content: &[u8]) -> Result<Context, Error> {
    // As with JSON: to know the path of every value takes longer than all the
    // rest, and only an error shows one.
    if let Some(context) = read_soundly(content) {
        return Ok(context);
    }
    let (context, rest) = read_with_paths(content)?;
    if rest.is_empty() {
        Ok(context)
    } else {
        Err(wrong(format!("{} bytes follow the snapshot", rest.len())))
    }
}

/// Reads a context from bytes in which nothing is wrong.
fn read_soundly(content: &[u8]) -> Option<Context> {
    // It lends texts instead of copying them, and does not tell how far it came.
    let mut reader = rmp_serde::Deserializer::from_read_ref(content);
    let context = <Context as Deserialize>::deserialize(&mut reader).ok()?;
    let next = u8::deserialize(&mut reader);
    matches!(next, Err(rmp_serde::decode::Error::InvalidMarkerRead(_))).then_some(context)
}

fn read_with_paths(mut content: &[u8]) -> Result<(Context, &[u8]), Error> {
    let mut reader = rmp_serde::Deserializer::new(&mut content);
    let mut track = serde_path_to_error::Track::new();
    let tracked = serde_path_to_error::Deserializer::new(&mut reader, &mut track);
    let context = <Context as Deserialize>::deserialize(tracked).map_err(|error| {
        let path = track.path().to_string();
        let path = if path == "." { String::new() } else { path };
        Error::at(ErrorKind::Context, path, error.to_string())
    })?;
    Ok((context, content))
}

fn wrong(message: String) -> Error {
    Error::at(ErrorKind::Context, "", message)
}
