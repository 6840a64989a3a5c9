//! Python objects as serde reads them, so that a dict is read by the very code
//! that reads JSON: one definition of every shape, and of its errors.

use std::fmt;

use pyo3::PyTypeInfo;
use pyo3::exceptions::PyRuntimeError;
use pyo3::intern;
use pyo3::prelude::*;
use pyo3::types::dict::BoundDictIterator;
use pyo3::types::{
    PyBool, PyBytes, PyDict, PyFloat, PyInt, PyList, PyMapping, PyMappingMethods, PySequence,
    PyString, PyTuple,
};
use serde::de::value::StrDeserializer;
use serde::de::{self, DeserializeSeed, Deserializer, MapAccess, SeqAccess, Visitor};
use serde::forward_to_deserialize_any;

use tactful::Timestamp;

use crate::input::HALF;
use crate::moment::{self, NoMoment};

/// A Python object, to read it.
#[derive(Clone, Copy)]
pub(crate) struct Object<'a, 'py>(pub(crate) Borrowed<'a, 'py, PyAny>);

/// Why an object cannot be read.
///
/// It is a pointer, because every value that is read comes back beside room for one.
#[derive(Debug)]
pub(crate) struct Unreadable(Box<Why>);

#[derive(Debug)]
enum Why {
    /// The object says what it should not.
    Said(String),
    /// Python code of the object raised.
    Raised(PyErr),
}

impl Unreadable {
    /// Returns what Python code raised on the way, if it did.
    pub(crate) fn into_raised(self) -> Option<PyErr> {
        match *self.0 {
            Why::Said(_) => None,
            Why::Raised(error) => Some(error),
        }
    }
}

impl From<PyErr> for Unreadable {
    fn from(error: PyErr) -> Self {
        Self(Box::new(Why::Raised(error)))
    }
}

impl From<NoMoment> for Unreadable {
    fn from(why: NoMoment) -> Self {
        Self(Box::new(match why {
            NoMoment::Said(message) => Why::Said(message),
            NoMoment::Raised(error) => Why::Raised(error),
        }))
    }
}

impl fmt::Display for Unreadable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &*self.0 {
            Why::Said(message) => f.write_str(message),
            Why::Raised(error) => fmt::Display::fmt(error, f),
        }
    }
}

impl std::error::Error for Unreadable {}

impl de::Error for Unreadable {
    fn custom<T: fmt::Display>(message: T) -> Self {
        Self(Box::new(Why::Said(message.to_string())))
    }
}

impl<'de> Deserializer<'de> for Object<'_, '_> {
    type Error = Unreadable;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Unreadable> {
        let object = self.0;
        // Types themselves are compared by their address; whether something is of
        // a subclass is a call each time.
        if let Some(text) = exactly::<PyString>(object) {
            return visitor.visit_str(text_of(&text)?);
        }
        if let Some(dict) = exactly::<PyDict>(object) {
            return visitor.visit_map(Entries::new(&dict));
        }
        if object.is_exact_instance_of::<PyInt>() {
            return whole(object, visitor);
        }
        if let Some(list) = exactly::<PyList>(object) {
            return visitor.visit_seq(Items(list.iter()));
        }
        if object.is_none() {
            return visitor.visit_unit();
        }
        if let Some(truth) = exactly::<PyBool>(object) {
            return visitor.visit_bool(truth.is_true());
        }
        if let Some(number) = exactly::<PyFloat>(object) {
            return visitor.visit_f64(finite(number.value())?);
        }
        self.of_subclass(visitor)
    }

    /// Takes whole numbers from floats, too, as batches do: pandas makes these of
    /// whole numbers as soon as one of them is missing.
    fn deserialize_i64<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Unreadable> {
        let object = self.0;
        if object.is_exact_instance_of::<PyInt>() {
            return whole(object, visitor);
        }
        match whole_float(object)? {
            Some(number) => visitor.visit_i64(number),
            None => self.deserialize_any(visitor),
        }
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Unreadable> {
        if self.0.is_none() { visitor.visit_none() } else { visitor.visit_some(self) }
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        _name: &'static str,
        visitor: V,
    ) -> Result<V::Value, Unreadable> {
        visitor.visit_newtype_struct(self)
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        _name: &'static str,
        _variants: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Unreadable> {
        let Some(text) = text(self.0) else {
            return self.deserialize_any(visitor);
        };
        visitor.visit_enum(StrDeserializer::new(text_of(&text)?))
    }

    forward_to_deserialize_any! {
        bool i8 i16 i32 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf
        unit unit_struct seq tuple tuple_struct map struct identifier ignored_any
    }
}

/// Takes an object as what it is, if it is of this type and of no subclass.
fn exactly<'a, 'py, T: PyTypeInfo>(
    object: Borrowed<'a, 'py, PyAny>,
) -> Option<Borrowed<'a, 'py, T>> {
    // Asked first: what a cast that fails returns has a reference to the type.
    if object.is_exact_instance_of::<T>() { object.cast_exact().ok() } else { None }
}

/// Takes an object as text, if it is one.
fn text<'a, 'py>(object: Borrowed<'a, 'py, PyAny>) -> Option<Borrowed<'a, 'py, PyString>> {
    exactly(object).or_else(|| object.cast().ok())
}

impl Object<'_, '_> {
    /// Reads plain values of subclasses, and tuples.
    fn of_subclass<'de, V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Unreadable> {
        let object = self.0;
        if let Ok(text) = object.cast::<PyString>() {
            return visitor.visit_str(text_of(&text)?);
        }
        if let Ok(dict) = object.cast::<PyDict>() {
            return visitor.visit_map(Entries::new(&dict));
        }
        if object.is_instance_of::<PyInt>() {
            return whole(object, visitor);
        }
        if let Ok(number) = object.cast::<PyFloat>() {
            return visitor.visit_f64(finite(number.value())?);
        }
        if let Ok(list) = object.cast::<PyList>() {
            return visitor.visit_seq(Items(list.iter()));
        }
        if let Ok(tuple) = object.cast::<PyTuple>() {
            return visitor.visit_seq(Items(tuple.iter()));
        }
        self.rarer(visitor)
    }

    /// Reads what is no plain value: moments, other mappings and sequences,
    /// and numbers of other libraries.
    fn rarer<'de, V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Unreadable> {
        let object = self.0;
        if moment::is_datetime(object)? {
            let millis = moment::millis(object)?;
            // As text, because that is how an attribute holds a time.
            return visitor.visit_str(&Timestamp::from_millis(millis).to_string());
        }
        if let Ok(mapping) = object.cast::<PyMapping>() {
            let dict = PyDict::new(object.py());
            for pair in mapping.items()?.iter() {
                let (key, value): (Bound<'_, PyAny>, Bound<'_, PyAny>) = pair.extract()?;
                dict.set_item(key, value)?;
            }
            return visitor.visit_map(Entries::new(&dict));
        }
        if object.is_instance_of::<PyBytes>() {
            return Err(unsupported(object));
        }
        if let Ok(sequence) = object.cast::<PySequence>() {
            return visitor.visit_seq(Items(sequence.to_list()?.iter()));
        }
        if let Some(number) = moment::index(object)? {
            return whole(number.as_borrowed(), visitor);
        }
        let plain = plain_of_numpy(object)?.ok_or_else(|| unsupported(object))?;
        if let Ok(truth) = plain.cast_exact::<PyBool>() {
            return visitor.visit_bool(truth.is_true());
        }
        match plain.cast_exact::<PyFloat>() {
            Ok(number) => visitor.visit_f64(finite(number.value())?),
            Err(_) => Err(unsupported(object)),
        }
    }
}

fn unsupported(object: Borrowed<'_, '_, PyAny>) -> Unreadable {
    let name = object.get_type().fully_qualified_name();
    let name = name.map_or_else(|_| "object".to_owned(), |name| name.to_string());
    let advice = match name.as_str() {
        "decimal.Decimal" => "make it an int or a float",
        _ => "expected what JSON has, or an aware datetime",
    };
    de::Error::custom(format!("a `{name}` is nothing that can be read: {advice}"))
}

/// What numpy has for truth values, and for numbers with decimals that are no
/// floats of Python. Those that count time in some unit are none of them.
const OF_NUMPY: [&str; 4] = ["bool", "bool_", "float16", "float32"];

/// Takes a single value of numpy as the plain one that it stands for.
fn plain_of_numpy<'py>(object: Borrowed<'_, 'py, PyAny>) -> PyResult<Option<Bound<'py, PyAny>>> {
    let class = object.get_type();
    let is_of_numpy = class.module()? == "numpy" && {
        let name = class.name()?;
        OF_NUMPY.iter().any(|known| name == *known)
    };
    is_of_numpy.then(|| object.call_method0(intern!(object.py(), "item"))).transpose()
}

/// Beyond these not every whole number is a float.
const WHOLE: f64 = 9_007_199_254_740_992.0;

/// Takes a float as the whole number that it is, if it is one.
fn whole_float(object: Borrowed<'_, '_, PyAny>) -> PyResult<Option<i64>> {
    let number = match object.cast::<PyFloat>() {
        Ok(float) => float.value(),
        Err(_) => match plain_of_numpy(object)?.map(|plain| plain.cast_into_exact::<PyFloat>()) {
            Some(Ok(float)) => float.value(),
            _ => return Ok(None),
        },
    };
    let is_whole = number.abs() < WHOLE && number.fract().abs() == 0.0;
    #[expect(clippy::cast_possible_truncation, reason = "it is whole, and in range")]
    Ok(is_whole.then_some(number as i64))
}

/// Shows a key that cannot be read, since no path can have it.
fn no_key(key: &Bound<'_, PyAny>, why: &str) -> Unreadable {
    let shown = key.repr().map_or_else(|_| String::new(), |key| format!("{key} "));
    de::Error::custom(format!("the key {shown}{why}"))
}

/// Borrows the text, which the string keeps in UTF-8.
fn text_of<'t>(text: &'t Borrowed<'_, '_, PyString>) -> Result<&'t str, Unreadable> {
    // A lone surrogate has no UTF-8.
    text.to_str().map_err(|_| de::Error::custom(HALF))
}

fn finite(number: f64) -> Result<f64, Unreadable> {
    if number.is_finite() { Ok(number) } else { Err(de::Error::custom("the number is not finite")) }
}

fn whole<'de, V: Visitor<'de>>(
    number: Borrowed<'_, '_, PyAny>,
    visitor: V,
) -> Result<V::Value, Unreadable> {
    if let Ok(number) = number.extract::<i64>() {
        return visitor.visit_i64(number);
    }
    match number.extract::<u64>() {
        Ok(number) => visitor.visit_u64(number),
        Err(_) => Err(de::Error::custom("the number is too great")),
    }
}

/// A key and its value.
type Entry<'py> = (Bound<'py, PyAny>, Bound<'py, PyAny>);

/// The entries of a dict.
struct Entries<'a, 'py> {
    dict: &'a Bound<'py, PyDict>,
    entries: BoundDictIterator<'py>,
    /// How many there were at the beginning.
    count: usize,
    value: Option<Bound<'py, PyAny>>,
}

impl<'a, 'py> Entries<'a, 'py> {
    fn new(dict: &'a Bound<'py, PyDict>) -> Self {
        let entries = dict.iter();
        Self { dict, count: entries.len(), entries, value: None }
    }

    /// Returns the next entry. Python code that runs while values are read, or
    /// another thread, may have changed the dict.
    fn next(&mut self) -> Result<Option<Entry<'py>>, Unreadable> {
        // Asked beforehand, because the iterator panics.
        if self.entries.len() == 0 {
            return Ok(None);
        }
        if self.dict.len() != self.count {
            // As Python says it itself.
            let error = PyRuntimeError::new_err("dictionary changed size during iteration");
            return Err(error.into());
        }
        match self.entries.next() {
            None => {
                let error = PyRuntimeError::new_err("dictionary keys changed during iteration");
                Err(error.into())
            }
            entry => Ok(entry),
        }
    }
}

impl<'de> MapAccess<'de> for Entries<'_, '_> {
    type Error = Unreadable;

    fn next_key_seed<K: DeserializeSeed<'de>>(
        &mut self,
        seed: K,
    ) -> Result<Option<K::Value>, Unreadable> {
        let Some((key, value)) = self.next()? else {
            return Ok(None);
        };
        self.value = Some(value);
        let Some(text) = text(key.as_borrowed()) else {
            return Err(no_key(&key, "is no text"));
        };
        let text = text.to_str().map_err(|_| no_key(&key, "holds half a character"))?;
        seed.deserialize(StrDeserializer::new(text)).map(Some)
    }

    fn next_value_seed<S: DeserializeSeed<'de>>(
        &mut self,
        seed: S,
    ) -> Result<S::Value, Unreadable> {
        let value = self.value.take();
        let value =
            value.ok_or_else(|| <Unreadable as de::Error>::custom("a value before its key"))?;
        seed.deserialize(Object(value.as_borrowed()))
    }

    fn size_hint(&self) -> Option<usize> {
        Some(self.entries.len())
    }
}

/// The items of a list or a tuple.
struct Items<I>(I);

impl<'de, 'py, I: ExactSizeIterator<Item = Bound<'py, PyAny>>> SeqAccess<'de> for Items<I> {
    type Error = Unreadable;

    fn next_element_seed<S: DeserializeSeed<'de>>(
        &mut self,
        seed: S,
    ) -> Result<Option<S::Value>, Unreadable> {
        self.0.next().map(|item| seed.deserialize(Object(item.as_borrowed()))).transpose()
    }

    fn size_hint(&self) -> Option<usize> {
        Some(self.0.len())
    }
}
