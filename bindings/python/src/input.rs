//! What callers hand over: objects, texts and keywords, read into the library's types.

use pyo3::exceptions::PyTypeError;
use pyo3::intern;
use pyo3::prelude::*;
use pyo3::types::{PyByteArray, PyBytes, PyDict, PyMemoryView, PyString};
use serde::Deserialize;
use tactful::context::Event;
use tactful::{Channel, Context, Error, Request, Timestamp};

use crate::de::{Object, Unreadable};
use crate::errors::{Door, UnknownActionError};
use crate::moment::{self, NoMoment};

/// What is said of a text with a lone surrogate, which has no UTF-8.
pub(crate) const HALF: &str = "the text holds half a character";

/// Something that is read from a Python object or from JSON.
pub(crate) trait Readable: for<'de> Deserialize<'de> {
    const DOOR: Door;

    fn of_json(text: &[u8]) -> Result<Self, Error>;
    fn of_object(object: Object<'_, '_>) -> Result<Self, Error>;
}

macro_rules! readable {
    ($name:ident) => {
        impl Readable for $name {
            const DOOR: Door = Door::$name;

            fn of_json(text: &[u8]) -> Result<Self, Error> {
                Self::from_json(text)
            }

            fn of_object(object: Object<'_, '_>) -> Result<Self, Error> {
                Self::from_deserializer(object)
            }
        }
    };
}

readable!(Context);
readable!(Event);
readable!(Request);

/// Reads a mapping, or JSON.
pub(crate) fn read<T: Readable>(value: &Bound<'_, PyAny>) -> PyResult<T> {
    match json(value, T::DOOR)? {
        Some(text) => T::of_json(text).map_err(|error| T::DOOR.raise(&error)),
        None => of_object(value),
    }
}

/// Reads an object; what is wrong is looked for only once something is.
pub(crate) fn of_object<T: Readable>(value: &Bound<'_, PyAny>) -> PyResult<T> {
    let object = Object(value.as_borrowed());
    T::deserialize(object).or_else(|error| read_again(object, error))
}

/// Reads once more what could not be read, and this time keeps the path.
fn read_again<T: Readable>(object: Object<'_, '_>, error: Unreadable) -> PyResult<T> {
    match error.into_raised() {
        Some(raised) => Err(raised),
        None => T::of_object(object).map_err(|error| T::DOOR.raise(&error)),
    }
}

/// Reads a context from a mapping, or from JSON, over another, where it stays: it
/// is large, and to move it takes time.
pub(crate) fn context(value: &Bound<'_, PyAny>, over: Box<Context>) -> PyResult<Box<Context>> {
    if value.is_exact_instance_of::<PyDict>() || json(value, Context::DOOR)?.is_none() {
        context_of_object(value, over)
    } else {
        context_of_json(value, over)
    }
}

/// Reads a context from an object over another, where it stays.
pub(crate) fn context_of_object(
    value: &Bound<'_, PyAny>,
    mut over: Box<Context>,
) -> PyResult<Box<Context>> {
    let object = Object(value.as_borrowed());
    match Context::deserialize_in_place(object, &mut over) {
        Ok(()) => Ok(over),
        Err(error) => read_again(object, error).map(Box::new),
    }
}

/// Reads JSON, as str or bytes.
pub(crate) fn of_json<T: Readable>(value: &Bound<'_, PyAny>) -> PyResult<T> {
    T::of_json(json_alone(value, T::DOOR)?).map_err(|error| T::DOOR.raise(&error))
}

/// Reads a context from JSON over another, where it stays.
pub(crate) fn context_of_json(
    value: &Bound<'_, PyAny>,
    mut over: Box<Context>,
) -> PyResult<Box<Context>> {
    let read = over.replace_from_json(json_alone(value, Context::DOOR)?);
    read.map_err(|error| Context::DOOR.raise(&error)).map(|()| over)
}

/// Borrows JSON text where nothing else will do.
fn json_alone<'a>(value: &'a Bound<'_, PyAny>, door: Door) -> PyResult<&'a [u8]> {
    if let Some(text) = json_text(value, door)? {
        return Ok(text);
    }
    let name = value.get_type().fully_qualified_name()?;
    Err(PyTypeError::new_err(format!("expected JSON as str or bytes, found `{name}`")))
}

/// Borrows JSON text, if a value is one.
pub(crate) fn json<'a>(value: &'a Bound<'_, PyAny>, door: Door) -> PyResult<Option<&'a [u8]>> {
    let text = json_text(value, door)?;
    // They would pass for lists of numbers, and may change while they are read.
    if text.is_none()
        && (value.is_instance_of::<PyByteArray>() || value.is_instance_of::<PyMemoryView>())
    {
        let name = value.get_type().fully_qualified_name()?;
        let said = format!("expected JSON as str or bytes, found `{name}`: pass bytes(...) of it");
        return Err(door.wrong("", &said));
    }
    Ok(text)
}

fn json_text<'a>(value: &'a Bound<'_, PyAny>, door: Door) -> PyResult<Option<&'a [u8]>> {
    if let Ok(bytes) = value.cast::<PyBytes>() {
        return Ok(Some(bytes.as_bytes()));
    }
    match value.cast::<PyString>() {
        Ok(text) => {
            text.to_str().map(|text| Some(text.as_bytes())).map_err(|_| door.wrong("", HALF))
        }
        Err(_) => Ok(None),
    }
}

/// Borrows the id of an action.
pub(crate) fn action<'a>(id: &'a Bound<'_, PyString>) -> PyResult<&'a str> {
    id.to_str().map_err(|_| {
        let id = id.repr().map_or_else(|_| String::new(), |id| id.to_string());
        UnknownActionError::new_err(format!("the policy has no action {id}: {HALF}"))
    })
}

/// Borrows one of the words that a call knows, or none.
///
/// What is no UTF-8 is none of them, so another that is none stands for it.
pub(crate) fn word<'a>(value: &'a Bound<'_, PyAny>) -> PyResult<Option<&'a str>> {
    if value.is_none() {
        return Ok(None);
    }
    Ok(Some(value.cast::<PyString>()?.to_str().unwrap_or_default()))
}

/// Borrows one of the words that a call knows.
pub(crate) fn some_word<'a>(value: &'a Bound<'_, PyAny>) -> PyResult<&'a str> {
    Ok(value.cast::<PyString>()?.to_str().unwrap_or_default())
}

/// Makes a request of the keywords of a call.
pub(crate) fn request(
    now: &Bound<'_, PyAny>,
    channel: &Bound<'_, PyAny>,
    options: Option<&Bound<'_, PyDict>>,
) -> PyResult<Request> {
    let py = now.py();
    let now = moment(Door::Request, "now", now)?;
    let word = channel.cast::<PyString>().ok().and_then(|text| text.to_str().ok());
    let options = options.filter(|options| !options.is_empty());
    match (word.and_then(|word| word.parse::<Channel>().ok()), options) {
        (Some(channel), None) => Ok(Request::new(now, channel)),
        // The library words the errors: it knows the nearest word.
        (_, options) => {
            let all = options.map_or_else(|| Ok(PyDict::new(py)), |options| options.copy())?;
            all.set_item(intern!(py, "now"), now.as_millis())?;
            all.set_item(intern!(py, "channel"), channel)?;
            of_object(all.as_any())
        }
    }
}

/// Reads a moment that is an argument.
pub(crate) fn moment(door: Door, argument: &str, value: &Bound<'_, PyAny>) -> PyResult<Timestamp> {
    moment::read(value).map_err(|why| match why {
        NoMoment::Said(message) => door.wrong(argument, &message),
        NoMoment::Raised(error) => error,
    })
}
