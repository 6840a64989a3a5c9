//! JSON into typed values: size limits, the path of what is wrong, and help.

use serde::de::{Deserialize, DeserializeOwned, Deserializer};
use serde_path_to_error::Segment;

use crate::diagnostic::suggest::closest;
use crate::error::{Error, ErrorKind};

/// Reads a value, or says where the text is wrong.
///
/// # Errors
///
/// `TooLarge` if the text is longer than `limit` bytes; else an error of
/// `kind` with the path of the first wrong value. Nesting deeper than 128 is
/// refused by the parser, so hostile texts cost no more than their length.
pub(crate) fn read<T: DeserializeOwned>(
    text: &[u8],
    kind: ErrorKind,
    limit: usize,
) -> Result<T, Error> {
    check_length(text, limit)?;
    // To know the path of every value takes longer than all the rest, and only
    // an error shows one.
    match read_soundly(text) {
        Some(value) => Ok(value),
        None => read_with_paths(text, kind),
    }
}

/// Reads a value over one that is there, whose memory may be used again.
///
/// # Errors
///
/// As [`read`]; then what is there says nothing.
pub(crate) fn read_over<T: DeserializeOwned + Default>(
    text: &[u8],
    kind: ErrorKind,
    limit: usize,
    place: &mut T,
) -> Result<(), Error> {
    let read = check_length(text, limit).and_then(|()| {
        if read_soundly_over(text, place).is_none() {
            *place = read_with_paths(text, kind)?;
        }
        Ok(())
    });
    if read.is_err() {
        *place = T::default();
    }
    read
}

fn check_length(text: &[u8], limit: usize) -> Result<(), Error> {
    if text.len() > limit {
        let message = format!("{} bytes of JSON; the limit is {limit}", text.len());
        return Err(Error::at(ErrorKind::TooLarge, "", message));
    }
    Ok(())
}

/// Reads a value, or says where the text is wrong.
fn read_with_paths<T: DeserializeOwned>(text: &[u8], kind: ErrorKind) -> Result<T, Error> {
    let mut json = serde_json::Deserializer::from_slice(text);
    let value = serde_path_to_error::deserialize(&mut json).map_err(|error| {
        let inner = error.inner();
        let (line, column) = (inner.line(), inner.column());
        Error::at(kind, path_of(&error), with_help(&inner.to_string())).in_json(line, column)
    })?;
    json.end().map_err(|error| {
        Error::at(kind, "", error.to_string()).in_json(error.line(), error.column())
    })?;
    Ok(value)
}

/// Reads a value from a text in which nothing is wrong.
fn read_soundly<T: DeserializeOwned>(text: &[u8]) -> Option<T> {
    serde_json::from_str(std::str::from_utf8(text).ok()?).ok()
}

/// Reads a value over another, from a text in which nothing is wrong.
fn read_soundly_over<T: DeserializeOwned>(text: &[u8], place: &mut T) -> Option<()> {
    let mut json = serde_json::Deserializer::from_str(std::str::from_utf8(text).ok()?);
    T::deserialize_in_place(&mut json, place).ok()?;
    json.end().ok()
}

/// Reads a value from any format, with the errors that JSON gets.
///
/// # Errors
///
/// An error of `kind` with the path of the first wrong value.
pub(crate) fn read_from<'de, T, D>(deserializer: D, kind: ErrorKind) -> Result<T, Error>
where
    T: Deserialize<'de>,
    D: Deserializer<'de>,
{
    serde_path_to_error::deserialize(deserializer)
        .map_err(|error| Error::at(kind, path_of(&error), with_help(&error.inner().to_string())))
}

fn path_of<E>(error: &serde_path_to_error::Error<E>) -> String {
    let path = error.path();
    let shown = path.to_string();
    // A key that cannot be read has no name: it is a matter of what holds it.
    let shown = match path.iter().next_back() {
        Some(Segment::Unknown) => shown.trim_end_matches('?').trim_end_matches('.'),
        _ => &shown,
    };
    if shown == "." { String::new() } else { shown.to_owned() }
}

/// How people call what Rust expects.
const EXPECTED: [(&str, &str); 12] = [
    ("i64", "a whole number"),
    ("u64", "a whole number from 0"),
    ("u32", "a whole number from 0 to 4294967295"),
    ("u16", "a whole number from 0 to 65535"),
    ("u8", "a whole number from 0 to 255"),
    ("usize", "a whole number from 0"),
    ("f64", "a number"),
    ("a string", "a text"),
    ("a boolean", "true or false"),
    ("a sequence", "a list"),
    ("a map", "an object"),
    ("unit", "null"),
];

/// How people call what was found: the first word is that of serde, and what
/// follows it is the value.
const FOUND: [(&str, &str); 9] = [
    ("unit value", "null"),
    ("Option value", "null"),
    ("map", "an object"),
    ("sequence", "a list"),
    ("byte array", "bytes"),
    ("string ", "the text "),
    ("integer ", ""),
    ("floating point ", ""),
    ("boolean ", ""),
];

/// Turns "invalid type: map, expected i64" into "expected a whole number, found an object".
fn plain(said: &str) -> Option<String> {
    let wrong =
        said.strip_prefix("invalid type: ").or_else(|| said.strip_prefix("invalid value: "))?;
    // From the end: what was found may be a text that says the same.
    let (rust_found, expected) = wrong.rsplit_once(", expected ")?;
    let known = EXPECTED.iter().find(|(rust, _)| *rust == expected);
    let expected = match known {
        Some(&(_, people)) => people,
        None if expected.starts_with("struct ") => "an object",
        None if expected.starts_with("enum ") => "a word",
        None => expected,
    };
    let found = FOUND.iter().find_map(|(rust, people)| {
        let value = rust_found.strip_prefix(rust)?;
        Some(format!("{people}{value}"))
    });
    Some(format!("expected {expected}, found {}", found.as_deref().unwrap_or(rust_found)))
}

/// Tells whether a text ends as errors about JSON do: `3 column 7`. What was
/// found may be a text that speaks of lines itself.
fn is_place(text: &str) -> bool {
    let is_number = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    text.split_once(" column ").is_some_and(|(line, column)| is_number(line) && is_number(column))
}

/// Says in the words of people what serde says, with advice where there is some.
fn with_help(message: &str) -> String {
    let (said, place) = match message.rsplit_once(" at line ") {
        Some((said, place)) if is_place(place) => (said, format!(" (line {place})")),
        _ => (message, String::new()),
    };
    if let Some(plain) = plain(said) {
        return format!("{plain}{place}");
    }
    let mut quoted = said.split('`').skip(1).step_by(2);
    let what = if said.starts_with("unknown field") {
        "key"
    } else if said.starts_with("unknown variant") {
        "word"
    } else {
        return format!("{said}{place}");
    };
    let wrong = quoted.next().unwrap_or_default();
    let known: Vec<&str> = quoted.collect();
    match closest(wrong, known.iter().copied()) {
        Some(near) => format!("unknown {what} `{wrong}`{place}: did you mean `{near}`?"),
        None => format!("unknown {what} `{wrong}`{place}: expected one of {}", known.join(", ")),
    }
}
