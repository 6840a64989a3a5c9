//! Rows as documents: serde reads a context from the cells of a row, without any text between.

use serde::de::value::{MapAccessDeserializer, StrDeserializer, U64Deserializer};
use serde::de::{
    Deserialize, DeserializeSeed, Deserializer, Error as _, IntoDeserializer, MapAccess, SeqAccess,
    Visitor,
};
use serde::forward_to_deserialize_any;
use tactful::{Context, Timestamp};

use crate::cells::{Cells, Column, Entry, Value, all_null};
use crate::error::Misfit;
use crate::shape::{Name, millis_of};

/// Reads the context of a row over that of another, whose memory is used again.
pub(crate) fn context(entries: &[Entry], row: usize, context: &mut Context) -> Result<(), Misfit> {
    // Nothing at all is a context, too: one of which every part is unknown.
    let entries = MapAccessDeserializer::new(Entries::new(entries, row));
    Context::deserialize_in_place(entries, context)
}

/// Reads one value of a row; none if it is null.
pub(crate) fn value<'a, T: Deserialize<'a>>(
    value: &'a Value,
    row: usize,
) -> Result<Option<T>, Misfit> {
    Option::deserialize(Cell { value, row, is_there: false })
}

/// Returns the text of a row; none if it is null or no text.
pub(crate) fn text(value: &Value, row: usize) -> Option<&str> {
    match value {
        Value::Column(column) => column_text(column, row),
        _ => None,
    }
}

fn column_text(column: &Column, row: usize) -> Option<&str> {
    if column.is_null(row) {
        return None;
    }
    match &column.cells {
        Cells::Text(texts) => Some(texts.value(row)),
        Cells::LargeText(texts) => Some(texts.value(row)),
        Cells::TextView(texts) => Some(texts.value(row)),
        Cells::Coded { keys, values } => column_text(values, *keys.get(row)?),
        _ => None,
    }
}

/// One value of one row.
#[derive(Clone, Copy)]
struct Cell<'a> {
    value: &'a Value,
    row: usize,
    /// Whether it is known not to be null.
    is_there: bool,
}

impl Cell<'_> {
    fn is_null(&self) -> bool {
        let says_something = self.is_there || matches!(self.value, Value::Time(_));
        !says_something && self.value.is_null(self.row)
    }
}

impl<'de> Deserializer<'de> for Cell<'de> {
    type Error = Misfit;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Misfit> {
        let row = self.row;
        if self.is_null() {
            return visitor.visit_unit();
        }
        match self.value {
            Value::Column(column) => visit(column, row, visitor),
            Value::Object(entries) => visitor.visit_map(Entries::new(entries, row)),
            Value::Either { whole, parts } => match (whole.is_null(row), all_null(parts, row)) {
                (true, _) => visitor.visit_map(Entries::new(parts, row)),
                (false, true) => visit(whole, row, visitor),
                (false, false) => Err(Misfit::new("is given in two ways: make one of them null")),
            },
            Value::Time(millis) => visitor.visit_i64(*millis),
        }
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Misfit> {
        if self.is_null() {
            return visitor.visit_none();
        }
        visitor.visit_some(Cell { is_there: true, ..self })
    }

    /// Takes whole numbers from columns of decimals, too: pandas makes these of
    /// whole numbers as soon as one of them is missing.
    fn deserialize_i64<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Misfit> {
        match whole_number(self.value, self.row) {
            Some(number) => visitor.visit_i64(number),
            None => self.deserialize_any(visitor),
        }
    }

    forward_to_deserialize_any! {
        bool i8 i16 i32 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf unit
        unit_struct newtype_struct seq tuple tuple_struct map struct enum identifier ignored_any
    }
}

/// Beyond these not every whole number is one of the numbers with decimals.
const WHOLE: f64 = 9_007_199_254_740_992.0;

fn whole_number(value: &Value, row: usize) -> Option<i64> {
    let Value::Column(column) = value else { return None };
    let number = match &column.cells {
        Cells::Int64(numbers) if !column.is_null(row) => return Some(numbers.value(row)),
        Cells::Float64(numbers) if !column.is_null(row) => numbers.value(row),
        Cells::Float32(numbers) if !column.is_null(row) => f64::from(numbers.value(row)),
        _ => return None,
    };
    let is_whole = number.abs() < WHOLE && number.fract().abs() == 0.0;
    #[expect(clippy::cast_possible_truncation, reason = "it is whole, and in range")]
    is_whole.then_some(number as i64)
}

/// Shows a visitor a cell that is not null.
fn visit<'a, V: Visitor<'a>>(
    column: &'a Column,
    row: usize,
    visitor: V,
) -> Result<V::Value, Misfit> {
    match &column.cells {
        Cells::Nothing => visitor.visit_unit(),
        Cells::Bool(values) => visitor.visit_bool(values.value(row)),
        Cells::Int8(values) => visitor.visit_i64(values.value(row).into()),
        Cells::Int16(values) => visitor.visit_i64(values.value(row).into()),
        Cells::Int32(values) => visitor.visit_i64(values.value(row).into()),
        Cells::Int64(values) => visitor.visit_i64(values.value(row)),
        Cells::UInt8(values) => visitor.visit_u64(values.value(row).into()),
        Cells::UInt16(values) => visitor.visit_u64(values.value(row).into()),
        Cells::UInt32(values) => visitor.visit_u64(values.value(row).into()),
        Cells::UInt64(values) => visitor.visit_u64(values.value(row)),
        Cells::Float32(values) => visitor.visit_f64(values.value(row).into()),
        Cells::Float64(values) => visitor.visit_f64(values.value(row)),
        Cells::Text(texts) => visitor.visit_borrowed_str(texts.value(row)),
        Cells::LargeText(texts) => visitor.visit_borrowed_str(texts.value(row)),
        Cells::TextView(texts) => visitor.visit_borrowed_str(texts.value(row)),
        Cells::Time { ticks, unit, is_spelled } => {
            let millis = millis_of(*unit, ticks.get(row).copied().unwrap_or_default());
            if *is_spelled {
                return visitor.visit_string(Timestamp::from_millis(millis).to_string());
            }
            visitor.visit_i64(millis)
        }
        Cells::Coded { keys, values } => match keys.get(row) {
            Some(key) => visit(values, *key, visitor),
            None => visitor.visit_unit(),
        },
        Cells::List { offsets, item } => {
            let (next, end) = bounds(offsets, row);
            visitor.visit_seq(Items { item, start: next, next, end })
        }
        Cells::Map { offsets, key, value } => {
            let (next, end) = bounds(offsets, row);
            visitor.visit_map(Pairs { key, value, next, end })
        }
    }
}

fn bounds(offsets: &[usize], row: usize) -> (usize, usize) {
    let at = |place: usize| offsets.get(place).copied().unwrap_or_default();
    (at(row), at(row.saturating_add(1)))
}

/// The entries of an object that are not null.
struct Entries<'a> {
    entries: std::slice::Iter<'a, Entry>,
    row: usize,
    current: Option<&'a Entry>,
}

impl<'a> Entries<'a> {
    fn new(entries: &'a [Entry], row: usize) -> Self {
        Self { entries: entries.iter(), row, current: None }
    }
}

impl<'de> MapAccess<'de> for Entries<'de> {
    type Error = Misfit;

    fn next_key_seed<K: DeserializeSeed<'de>>(
        &mut self,
        seed: K,
    ) -> Result<Option<K::Value>, Misfit> {
        let row = self.row;
        self.current = self.entries.find(|entry| entry.is_read(row));
        let Some(entry) = self.current else {
            return Ok(None);
        };
        let key = match entry.name {
            Name::Place(place) => seed.deserialize(place_of(place)),
            Name::Free => seed.deserialize(text_of(&entry.label)),
        };
        key.map(Some)
    }

    fn next_value_seed<V: DeserializeSeed<'de>>(&mut self, seed: V) -> Result<V::Value, Misfit> {
        let Some(entry) = self.current else {
            return Err(Misfit::custom("a value without a key"));
        };
        // Entries that are null are passed over.
        let cell = Cell { value: &entry.value, row: self.row, is_there: true };
        seed.deserialize(cell).map_err(|misfit| misfit.under(&entry.label))
    }
}

fn place_of(place: u64) -> U64Deserializer<Misfit> {
    place.into_deserializer()
}

fn text_of(text: &str) -> StrDeserializer<'_, Misfit> {
    text.into_deserializer()
}

/// The entries of a list.
struct Items<'a> {
    item: &'a Value,
    start: usize,
    next: usize,
    end: usize,
}

impl<'de> SeqAccess<'de> for Items<'de> {
    type Error = Misfit;

    fn next_element_seed<T: DeserializeSeed<'de>>(
        &mut self,
        seed: T,
    ) -> Result<Option<T::Value>, Misfit> {
        if self.next >= self.end {
            return Ok(None);
        }
        let row = self.next;
        self.next = row.saturating_add(1);
        let read = seed.deserialize(Cell { value: self.item, row, is_there: false });
        read.map(Some).map_err(|misfit| misfit.at(row.saturating_sub(self.start)))
    }

    fn size_hint(&self) -> Option<usize> {
        Some(self.end.saturating_sub(self.next))
    }
}

/// The entries of a map, under keys that differ from row to row.
struct Pairs<'a> {
    key: &'a Value,
    value: &'a Value,
    next: usize,
    end: usize,
}

impl<'de> MapAccess<'de> for Pairs<'de> {
    type Error = Misfit;

    fn next_key_seed<K: DeserializeSeed<'de>>(
        &mut self,
        seed: K,
    ) -> Result<Option<K::Value>, Misfit> {
        while self.next < self.end && self.value.is_null(self.next) {
            self.next = self.next.saturating_add(1);
        }
        if self.next >= self.end {
            return Ok(None);
        }
        seed.deserialize(Cell { value: self.key, row: self.next, is_there: false }).map(Some)
    }

    fn next_value_seed<V: DeserializeSeed<'de>>(&mut self, seed: V) -> Result<V::Value, Misfit> {
        let row = self.next;
        self.next = row.saturating_add(1);
        let key = text(self.key, row).unwrap_or_default();
        // Pairs without a value are passed over.
        seed.deserialize(Cell { value: self.value, row, is_there: true })
            .map_err(|misfit| misfit.under(key))
    }
}
