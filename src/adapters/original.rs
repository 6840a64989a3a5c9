//! Places in an original: what stands there, and what is the matter with it.

use std::cell::Cell;

use serde_json::Value;

use super::amount::Decimal;
use super::moments;
#[cfg(feature = "cloudevents")]
use crate::context::Event;
use crate::context::Warning;
use crate::error::{Error, ErrorKind};
use crate::time::Timestamp;

/// The longest text that is taken over, in bytes.
const MAX_TEXT: usize = 512;

/// The most warnings of one event; what comes after them is left out in
/// silence.
const MAX_WARNINGS: usize = 64;

/// What was found in an original that could not be read.
#[derive(Default)]
pub(super) struct Notes(Cell<Vec<Warning>>);

impl Notes {
    fn add(&self, warning: Warning) {
        let mut warnings = self.0.take();
        if warnings.len() < MAX_WARNINGS && !warnings.contains(&warning) {
            warnings.push(warning);
        }
        self.0.set(warnings);
    }

    /// Returns the warnings, in the order they were found.
    pub(super) fn into_warnings(self) -> Vec<Warning> {
        self.0.into_inner()
    }
}

/// What an original says at a place: nothing, something that cannot be read,
/// or a value.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Told<T> {
    Nothing,
    Unreadable,
    Value(T),
}

impl<T> Told<T> {
    pub(super) fn value(self) -> Option<T> {
        match self {
            Self::Value(value) => Some(value),
            Self::Nothing | Self::Unreadable => None,
        }
    }
}

/// A value in an original, and where it stands.
///
/// Paths are keys parted by dots, such as `properties.currency`. What is null
/// or blank is as good as absent. What has the wrong type is noted, and is as good as
/// absent too.
#[derive(Clone)]
pub(super) struct Original<'a> {
    value: &'a Value,
    path: String,
    notes: &'a Notes,
}

impl<'a> Original<'a> {
    /// Takes a whole original, which is an object.
    pub(super) fn new(value: &'a Value, notes: &'a Notes) -> Result<Self, Error> {
        let whole = Self { value, path: String::new(), notes };
        match value {
            Value::Object(_) => Ok(whole),
            _ => Err(whole.error("", "expected an object")),
        }
    }

    /// Reads an event in our own form, which happened at `time` if it does not
    /// say when.
    #[cfg(feature = "cloudevents")]
    pub(super) fn event(&self, time: Option<&str>) -> Result<Event, Error> {
        let mut value = self.value.clone();
        if let (Value::Object(entries), Some(time)) = (&mut value, time) {
            entries.entry("at").or_insert_with(|| time.into());
        }
        let read = Event::from_json(value.to_string());
        read.map_err(|error| {
            let message = error.to_string();
            let message = message.strip_prefix("event: ").unwrap_or(&message);
            let message = message.strip_prefix(error.path()).unwrap_or(message);
            self.error(error.path(), message.trim_start_matches(": "))
        })
    }

    /// Returns the path of a place from the root of the original.
    pub(super) fn path(&self, path: &str) -> String {
        match (self.path.as_str(), path) {
            (here, "") => here.to_owned(),
            ("", path) => path.to_owned(),
            (here, path) => format!("{here}.{path}"),
        }
    }

    /// Says what is wrong at a place.
    pub(super) fn error(&self, path: &str, message: impl Into<String>) -> Error {
        Error::at(ErrorKind::Event, self.path(path), message)
    }

    /// Notes that what stands at a place is left out.
    pub(super) fn warn(&self, path: &str, message: impl Into<String>) {
        self.notes.add(Warning::new(self.path(path), message));
    }

    /// Returns what stands at a place, also if it is null.
    fn entry(&self, path: &str) -> Option<&'a Value> {
        if path.is_empty() {
            return Some(self.value);
        }
        path.split('.').try_fold(self.value, |value, key| value.as_object()?.get(key))
    }

    /// Returns what stands at a place, unless it is null or blank.
    fn value(&self, path: &str) -> Option<&'a Value> {
        let is_blank = |value: &Value| match value {
            Value::Null => true,
            Value::String(text) => text.trim().is_empty(),
            _ => false,
        };
        self.entry(path).filter(|value| !is_blank(value))
    }

    /// Tells whether something stands at a place.
    pub(super) fn has(&self, path: &str) -> bool {
        self.value(path).is_some()
    }

    /// Tells whether null stands at a place.
    pub(super) fn is_null(&self, path: &str) -> bool {
        self.entry(path).is_some_and(Value::is_null)
    }

    /// Returns the first of several places at which something stands.
    pub(super) fn first<'p>(&self, paths: &[&'p str]) -> Option<&'p str> {
        paths.iter().copied().find(|path| self.has(path))
    }

    /// Returns a place, if something stands there.
    pub(super) fn at(&self, path: &str) -> Option<Self> {
        let value = self.value(path)?;
        Some(Self { value, path: self.path(path), notes: self.notes })
    }

    /// Returns the object at a place.
    pub(super) fn object(&self, path: &str) -> Option<Self> {
        let place = self.at(path)?;
        match place.value {
            Value::Object(_) => Some(place),
            _ => self.unreadable(path, "expected an object"),
        }
    }

    /// Returns the keys of this object, with the places of their values; a key
    /// that is longer than any name is left out.
    pub(super) fn entries(&self) -> impl Iterator<Item = (&'a str, Self)> {
        let entries = self.value.as_object().into_iter().flatten();
        entries.filter_map(|(key, value)| {
            if key.len() > MAX_TEXT {
                let message = format!("a key of {} bytes; the limit is {MAX_TEXT}", key.len());
                return self.unreadable("", message);
            }
            Some((key.as_str(), Self { value, path: self.path(key), notes: self.notes }))
        })
    }

    /// Returns the keys of this object.
    pub(super) fn keys(&self) -> impl Iterator<Item = &'a str> {
        self.value.as_object().into_iter().flat_map(serde_json::Map::keys).map(String::as_str)
    }

    /// Returns the entries of the list at a place; something that stands alone
    /// is its only entry.
    pub(super) fn list(&self, path: &str) -> impl Iterator<Item = Self> {
        let (values, alone) = match self.value(path) {
            Some(Value::Array(values)) => (values.as_slice(), None),
            _ => ([].as_slice(), self.at(path)),
        };
        let (path, notes) = (self.path(path), self.notes);
        let entry = move |(index, value)| Self { value, path: format!("{path}[{index}]"), notes };
        values.iter().enumerate().map(entry).chain(alone)
    }

    /// Tells whether the list at a place is there.
    pub(super) fn is_list(&self, path: &str) -> bool {
        self.value(path).is_some_and(Value::is_array)
    }

    /// Tells whether a text stands at a place.
    pub(super) fn is_text(&self, path: &str) -> bool {
        self.value(path).is_some_and(Value::is_string)
    }

    fn unreadable<T>(&self, path: &str, message: impl Into<String>) -> Option<T> {
        self.warn(path, message);
        None
    }

    /// Returns the text at a place, without blanks around it.
    pub(super) fn text(&self, path: &str) -> Option<&'a str> {
        match self.value(path)? {
            Value::String(text) => self.short(path, text),
            _ => self.unreadable(path, "expected a text"),
        }
    }

    fn short(&self, path: &str, text: &'a str) -> Option<&'a str> {
        let text = text.trim();
        if text.len() > MAX_TEXT {
            let message = format!("{} bytes of text; the limit is {MAX_TEXT}", text.len());
            return self.unreadable(path, message);
        }
        Some(text)
    }

    /// Returns what identifies something: a text, or a whole number.
    pub(super) fn id(&self, path: &str) -> Option<String> {
        match self.value(path)? {
            Value::String(text) => self.short(path, text).map(str::to_owned),
            Value::Number(number) if number.is_i64() || number.is_u64() => Some(number.to_string()),
            _ => self.unreadable(path, "expected an id: a text or a whole number"),
        }
    }

    /// Returns an id without which the event says nothing.
    pub(super) fn required_id(&self, paths: &[&str], of: &str) -> Result<String, Error> {
        let path = self.first(paths).or(paths.first().copied()).unwrap_or_default();
        self.id(path).ok_or_else(|| self.error(path, format!("the id of the {of} is missing")))
    }

    /// Returns a word as it is compared: in lower case, with `_` for blanks;
    /// numbers and truth values count as words.
    pub(super) fn word(&self, path: &str) -> Option<String> {
        match self.value(path)? {
            Value::String(text) => self.short(path, text).map(super::folded::fold),
            Value::Number(number) => Some(number.to_string()),
            _ => self.unreadable(path, "expected a text"),
        }
    }

    /// Returns the truth value at a place, which may be written as a text or
    /// as 0 or 1.
    pub(super) fn flag(&self, path: &str) -> Option<bool> {
        match self.value(path)? {
            Value::Bool(flag) => Some(*flag),
            Value::Number(number) if number.as_i64() == Some(0) => Some(false),
            Value::Number(number) if number.as_i64() == Some(1) => Some(true),
            Value::String(text) if text.eq_ignore_ascii_case("true") || text == "1" => Some(true),
            Value::String(text) if text.eq_ignore_ascii_case("false") || text == "0" => Some(false),
            _ => self.unreadable(path, "expected true or false"),
        }
    }

    /// Returns the number at a place, also one that is written as a text.
    ///
    /// A number in JSON is taken by its shortest text: exact up to 15 digits,
    /// which is more than doubles keep.
    pub(super) fn decimal(&self, path: &str) -> Told<Decimal> {
        let number = match self.value(path) {
            None => return Told::Nothing,
            Some(Value::Number(number)) => Decimal::read(&number.to_string()),
            Some(Value::String(text)) => Decimal::read(text.trim()),
            Some(_) => None,
        };
        match number {
            Some(number) => Told::Value(number),
            None => {
                self.warn(path, "expected a number such as 27.50, of at most 30 digits");
                Told::Unreadable
            }
        }
    }

    /// Returns the whole number at a place, if it is not negative.
    pub(super) fn count(&self, path: &str) -> Told<i64> {
        match self.decimal(path) {
            Told::Nothing => Told::Nothing,
            Told::Unreadable => Told::Unreadable,
            Told::Value(number) => match number.whole().filter(|count| *count >= 0) {
                Some(count) => Told::Value(count),
                None => {
                    self.warn(path, "expected a whole number from 0");
                    Told::Unreadable
                }
            },
        }
    }

    /// Returns the time at a place.
    pub(super) fn time(&self, path: &str) -> Option<Timestamp> {
        match self.read_time(path)? {
            Ok(time) => Some(time),
            Err(message) => self.unreadable(path, message),
        }
    }

    fn read_time(&self, path: &str) -> Option<Result<Timestamp, String>> {
        Some(match self.value(path)? {
            Value::String(text) => moments::of_text(text.trim()),
            Value::Number(number) => {
                let text = number.to_string();
                let not_a_time = || format!("{text} is not a time");
                let decimal = Decimal::read(&text).ok_or_else(not_a_time);
                decimal.and_then(|decimal| moments::of_number(decimal, &text))
            }
            _ => Err("expected a time such as \"2026-03-10T15:00:30Z\"".to_owned()),
        })
    }

    /// Returns the time at the first of several places at which something
    /// stands, without which the event says nothing.
    pub(super) fn required_time(&self, paths: &[&str]) -> Result<Timestamp, Error> {
        for path in paths {
            match self.read_time(path) {
                Some(Ok(time)) => return Ok(time),
                Some(Err(message)) => return Err(self.error(path, message)),
                None => {}
            }
        }
        let missing = paths.first().copied().unwrap_or_default();
        Err(self.error(missing, "the time is missing"))
    }

    /// Returns the value itself.
    pub(super) fn raw(&self) -> &'a Value {
        self.value
    }

    /// Returns a place below, with a value put there.
    pub(super) fn beneath<'b>(&self, path: &str, value: &'b Value) -> Original<'b>
    where
        'a: 'b,
    {
        Original { value, path: self.path(path), notes: self.notes }
    }

    /// Tells whether this is an object without keys.
    pub(super) fn is_empty(&self) -> bool {
        self.value.as_object().is_some_and(serde_json::Map::is_empty)
    }

    /// Puts another value at this place.
    pub(super) fn instead<'b>(&self, value: &'b Value) -> Original<'b>
    where
        'a: 'b,
    {
        Original { value, path: self.path.clone(), notes: self.notes }
    }
}
