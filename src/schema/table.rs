//! Facts of a schema of one's own, set by path.

use std::collections::BTreeMap;

use super::cell::{
    Cell, Entries, EntrySource, ListCell, MAX_ELEMENTS, RowSource, Rows, ValueSource,
};
use super::{FACT_TIMES, FieldId, Schema, Type};
use crate::context::Completeness;
use crate::time::{Duration, Timestamp};

/// The value of a fact.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum Value {
    /// A truth value.
    Bool(bool),
    /// A whole number.
    Int(i64),
    /// A number; one that is not finite reads as unknown.
    Double(f64),
    /// A text, or a word of a closed set.
    Text(String),
    /// A point in time; one outside the years 1900 to 2100 reads as unknown.
    Timestamp(Timestamp),
    /// A length of time; one of more than 292 years reads as unknown.
    Duration(Duration),
    /// A complete list.
    List(Vec<Value>),
    /// A complete list of records, each with its fields by name.
    Records(Vec<BTreeMap<String, Value>>),
    /// Values under free names.
    Map(BTreeMap<String, Value>),
}

/// The facts of a schema of one's own.
///
/// A part is known once one of its facts was set, or [`known`](Self::known)
/// was said of it; everything else is unknown.
///
/// # Examples
///
/// ```
/// use tactful::Timestamp;
/// use tactful::condition::{Condition, Truth};
/// use tactful::schema::{Fact, FactTable, Facts, Schema, Type, Value};
///
/// let schema = Schema::builder().fact("sensor.celsius", Fact::new(Type::Double)).build()?;
/// let hot = Condition::new("sensor.celsius > 90", &schema)?;
///
/// let mut table = FactTable::new(&schema);
/// let now = Timestamp::from_millis(1_773_154_830_000);
/// assert_eq!(hot.evaluate(&Facts::of_table(&schema, &table, now)).truth(), Truth::Unknown);
/// table.set(&schema, "sensor.celsius", Value::Double(95.0));
/// assert_eq!(hot.evaluate(&Facts::of_table(&schema, &table, now)).truth(), Truth::True);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug)]
pub struct FactTable {
    facts: Vec<Option<Stored>>,
    known: Vec<bool>,
}

/// A value in the form of its type: words by code, records by place.
#[derive(Clone, Debug)]
pub(crate) enum Stored {
    Invalid,
    Bool(bool),
    Int(i64),
    Double(f64),
    Text(String),
    Word(u16),
    Time(Timestamp),
    Length(Duration),
    List(Vec<Stored>, Completeness),
    Rows(Vec<Vec<Option<Stored>>>, Completeness),
    Map(BTreeMap<String, Stored>),
}

impl FactTable {
    /// Makes a table in which nothing is known.
    #[must_use]
    pub fn new(schema: &Schema) -> Self {
        Self { facts: vec![None; schema.facts.len()], known: vec![false; schema.parts.len()] }
    }

    /// Sets a fact, and with it the part it belongs to.
    ///
    /// Returns whether the schema has such a fact. A value that is not of the
    /// fact's type reads as unknown. A list keeps its first 256 entries and is
    /// partial if there were more.
    pub fn set(&mut self, schema: &Schema, path: &str, value: Value) -> bool {
        let Some(id) = schema.find(path) else {
            return false;
        };
        let entry = schema.entry(id);
        let stored = Stored::of(value, entry.fact.ty());
        if let Some(place) = self.facts.get_mut(id.0 as usize) {
            *place = Some(stored);
        }
        self.known(schema, &schema.part(entry.part).name)
    }

    /// Sets a list of which more may exist than is given.
    ///
    /// What is there can decide a condition; what is not there decides none.
    /// Returns whether the schema has such a fact.
    pub fn set_partial(&mut self, schema: &Schema, path: &str, list: Value) -> bool {
        let is_set = self.set(schema, path, list);
        let place = schema.find(path).and_then(|id| self.facts.get_mut(id.0 as usize));
        if let Some(Some(Stored::List(_, completeness) | Stored::Rows(_, completeness))) = place {
            *completeness = Completeness::Partial;
        }
        is_set
    }

    /// Says that a part was delivered, though perhaps without facts.
    ///
    /// Returns whether the schema has such a part.
    pub fn known(&mut self, schema: &Schema, part: &str) -> bool {
        let known = schema.find_part(part).and_then(|id| self.known.get_mut(usize::from(id.0)));
        known.map(|known| *known = true).is_some()
    }

    pub(super) fn cell(&self, id: super::FactId) -> Cell<'_> {
        let stored = self.facts.get(id.0 as usize).and_then(Option::as_ref);
        stored.map_or(Cell::Absent, Stored::cell)
    }

    pub(super) fn is_known(&self, id: super::PartId) -> bool {
        self.known.get(usize::from(id.0)).copied().unwrap_or(false)
    }
}

impl Stored {
    fn of(value: Value, ty: &Type) -> Self {
        match (value, ty) {
            (Value::Bool(value), Type::Bool) => Self::Bool(value),
            (Value::Int(value), Type::Int) => Self::Int(value),
            (Value::Double(value), Type::Double) => Self::Double(value),
            (Value::Text(text), Type::Text) => Self::Text(text),
            (Value::Text(text), Type::Word(words)) => {
                words.code(&text).map_or(Self::Invalid, Self::Word)
            }
            (Value::Timestamp(time), Type::Timestamp) if FACT_TIMES.contains(&time.as_millis()) => {
                Self::Time(time)
            }
            (Value::Duration(length), Type::Duration)
                if length.as_millis().unsigned_abs() <= LONGEST =>
            {
                Self::Length(length)
            }
            (Value::List(values), Type::List(element)) => {
                let completeness = completeness(values.len());
                let kept = values.into_iter().take(MAX_ELEMENTS);
                Self::List(kept.map(|value| Self::of(value, element)).collect(), completeness)
            }
            (Value::Records(records), Type::Records(record)) => {
                let completeness = completeness(records.len());
                let row = |mut fields: BTreeMap<String, Value>| {
                    record
                        .fields()
                        .map(|(name, fact)| Some(Self::of(fields.remove(name)?, fact.ty())))
                        .collect()
                };
                Self::Rows(records.into_iter().take(MAX_ELEMENTS).map(row).collect(), completeness)
            }
            (Value::Map(values), Type::Map(ty)) => {
                let values = values.into_iter().map(|(name, value)| (name, Self::of(value, ty)));
                Self::Map(values.collect())
            }
            _ => Self::Invalid,
        }
    }

    pub(crate) fn cell(&self) -> Cell<'_> {
        match self {
            Self::Invalid => Cell::Invalid,
            Self::Bool(value) => Cell::Bool(*value),
            Self::Int(value) => Cell::Int(*value),
            Self::Double(value) => Cell::Double(*value),
            Self::Text(text) => Cell::Text(text),
            Self::Word(code) => Cell::Word(*code),
            Self::Time(time) => Cell::Time(*time),
            Self::Length(length) => Cell::Length(*length),
            Self::List(values, completeness) => Cell::List(ListCell(values), *completeness),
            Self::Rows(rows, completeness) => Cell::Rows(Rows(rows), *completeness),
            Self::Map(values) => Cell::Map(Entries(values)),
        }
    }
}

/// The longest length of time, in milliseconds: 2^63 nanoseconds.
const LONGEST: u64 = 9_223_372_036_854;

fn completeness(length: usize) -> Completeness {
    if length > MAX_ELEMENTS { Completeness::Partial } else { Completeness::Complete }
}

impl ValueSource for Vec<Stored> {
    fn count(&self) -> usize {
        self.len()
    }

    fn value(&self, place: usize) -> Cell<'_> {
        self.get(place).map_or(Cell::Absent, Stored::cell)
    }
}

impl RowSource for Vec<Vec<Option<Stored>>> {
    fn count(&self) -> usize {
        self.len()
    }

    fn cell(&self, row: usize, field: FieldId) -> Cell<'_> {
        let stored = self.get(row).and_then(|row| row.get(usize::from(field.0)));
        stored.and_then(Option::as_ref).map_or(Cell::Absent, Stored::cell)
    }
}

impl EntrySource for BTreeMap<String, Stored> {
    fn count(&self) -> usize {
        self.len()
    }

    fn entry(&self, key: &str) -> Cell<'_> {
        self.get(key).map_or(Cell::Absent, Stored::cell)
    }
}
