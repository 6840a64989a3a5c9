//! The arrays of one batch, ready to be read row by row.

use std::sync::Arc;

use arrow_array::cast::AsArray;
use arrow_array::types::{
    Float32Type, Float64Type, Int8Type, Int16Type, Int32Type, Int64Type, UInt8Type, UInt16Type,
    UInt32Type, UInt64Type,
};
use arrow_array::{
    Array, ArrayRef, BooleanArray, Decimal128Array, Float64Array, LargeStringArray,
    OffsetSizeTrait, PrimitiveArray, StringArray, StringViewArray,
};
use arrow_buffer::{NullBuffer, OffsetBuffer, ScalarBuffer};
use arrow_schema::{DataType, TimeUnit};

use crate::error::Error;
use crate::shape::{Inside, Member, Name, Shape};

/// One value of every row.
#[derive(Debug)]
pub(crate) enum Value {
    Column(Column),
    Object(Vec<Entry>),
    Either { whole: Column, parts: Vec<Entry> },
    Time(i64),
}

#[derive(Debug)]
pub(crate) struct Entry {
    pub(crate) name: Name,
    pub(crate) label: String,
    pub(crate) value: Value,
    /// Whether it says something in every row.
    is_always_there: bool,
    /// Whether every row is to be asked for it.
    is_always_read: bool,
}

impl Entry {
    /// Tells whether a row says nothing here.
    #[inline]
    pub(crate) fn is_null(&self, row: usize) -> bool {
        !self.is_always_there && self.value.is_null(row)
    }

    /// Tells whether a row is to be asked for it: also a time that dates what
    /// is said beside it, and says nothing by itself.
    #[inline]
    pub(crate) fn is_read(&self, row: usize) -> bool {
        self.is_always_read || !self.value.is_null(row)
    }
}

/// One array, and where it is null by itself or by what it lies in.
#[derive(Debug)]
pub(crate) struct Column {
    nulls: Option<NullBuffer>,
    pub(crate) cells: Cells,
}

#[derive(Debug)]
pub(crate) enum Cells {
    /// All of them are null.
    Nothing,
    Bool(BooleanArray),
    Int8(PrimitiveArray<Int8Type>),
    Int16(PrimitiveArray<Int16Type>),
    Int32(PrimitiveArray<Int32Type>),
    Int64(PrimitiveArray<Int64Type>),
    UInt8(PrimitiveArray<UInt8Type>),
    UInt16(PrimitiveArray<UInt16Type>),
    UInt32(PrimitiveArray<UInt32Type>),
    UInt64(PrimitiveArray<UInt64Type>),
    Float32(PrimitiveArray<Float32Type>),
    Float64(PrimitiveArray<Float64Type>),
    Text(StringArray),
    LargeText(LargeStringArray),
    TextView(StringViewArray),
    Time {
        ticks: ScalarBuffer<i64>,
        unit: TimeUnit,
        is_spelled: bool,
    },
    /// Which of some distinct values each is.
    Coded {
        keys: Vec<usize>,
        values: Box<Column>,
    },
    List {
        offsets: Vec<usize>,
        item: Box<Value>,
    },
    Map {
        offsets: Vec<usize>,
        key: Box<Value>,
        value: Box<Value>,
    },
}

impl Column {
    fn is_always_there(&self) -> bool {
        self.nulls.is_none() && !matches!(self.cells, Cells::Nothing)
    }

    #[inline]
    pub(crate) fn is_null(&self, row: usize) -> bool {
        match &self.nulls {
            Some(nulls) => nulls.is_null(row),
            None => matches!(self.cells, Cells::Nothing),
        }
    }
}

impl Value {
    /// Tells whether every row says something here.
    fn is_always_there(&self) -> bool {
        match self {
            Self::Column(column) => column.is_always_there(),
            Self::Object(entries) => entries.iter().any(|entry| entry.is_always_there),
            Self::Either { whole, parts } => {
                whole.is_always_there() || parts.iter().any(|entry| entry.is_always_there)
            }
            Self::Time(_) => false,
        }
    }

    /// Tells whether a row says nothing here: no cell, or none in an object.
    pub(crate) fn is_null(&self, row: usize) -> bool {
        match self {
            Self::Column(column) => column.is_null(row),
            Self::Object(entries) => all_null(entries, row),
            Self::Either { whole, parts } => whole.is_null(row) && all_null(parts, row),
            // It dates what is said beside it, and says nothing by itself.
            Self::Time(_) => true,
        }
    }
}

pub(crate) fn all_null(entries: &[Entry], row: usize) -> bool {
    entries.iter().all(|entry| entry.is_null(row))
}

/// Binds a shape to the arrays of a frame.
pub(crate) fn bind(shape: &Shape, frame: &ArrayRef) -> Result<Value, Error> {
    Ok(match shape {
        Shape::Leaf { path, inside } => Value::Column(bind_leaf(path, inside, frame)?),
        Shape::Object(members) => Value::Object(bind_members(members, frame)?),
        Shape::Either { whole, parts } => match bind(whole, frame)? {
            Value::Column(whole) => Value::Either { whole, parts: bind_members(parts, frame)? },
            other => other,
        },
        Shape::Time(millis) => Value::Time(*millis),
    })
}

pub(crate) fn bind_members(members: &[Member], frame: &ArrayRef) -> Result<Vec<Entry>, Error> {
    let entry = |member: &Member| {
        let value = bind(&member.shape, frame)?;
        let is_always_there = value.is_always_there();
        let is_always_read = is_always_there || matches!(value, Value::Time(_));
        let (name, label) = (member.name, member.label.clone());
        Ok(Entry { name, label, value, is_always_there, is_always_read })
    };
    members.iter().map(entry).collect()
}

fn bind_leaf(path: &[usize], inside: &Inside, frame: &ArrayRef) -> Result<Column, Error> {
    let mut array = Arc::clone(frame);
    let mut nulls: Option<NullBuffer> = None;
    for place in path {
        let parent = array.as_struct_opt().ok_or_else(|| other(&array))?;
        nulls = NullBuffer::union(nulls.as_ref(), parent.nulls());
        let child = parent.columns().get(*place).ok_or_else(|| other(&array))?;
        array = Arc::clone(child);
    }
    let own = array.logical_nulls();
    let nulls = NullBuffer::union(nulls.as_ref(), own.as_ref());
    let nulls = nulls.filter(|nulls| nulls.null_count() > 0);
    Ok(Column { nulls, cells: cells(&array, inside)? })
}

fn cells(array: &ArrayRef, inside: &Inside) -> Result<Cells, Error> {
    match inside {
        Inside::List(item) => {
            let (offsets, values) = if let Some(list) = array.as_list_opt::<i32>() {
                (starts(list.offsets()), list.values())
            } else if let Some(list) = array.as_list_opt::<i64>() {
                (starts(list.offsets()), list.values())
            } else if let Some(list) = array.as_fixed_size_list_opt() {
                let length = usize::try_from(list.value_length()).unwrap_or_default();
                ((0..=list.len()).map(|row| row.saturating_mul(length)).collect(), list.values())
            } else {
                return Err(other(array));
            };
            Ok(Cells::List { offsets, item: Box::new(bind(item, values)?) })
        }
        Inside::Map(key, value) => {
            let map = array.as_map_opt().ok_or_else(|| other(array))?;
            let (key, value) = (bind(key, map.keys())?, bind(value, map.values())?);
            let offsets = starts(map.offsets());
            Ok(Cells::Map { offsets, key: Box::new(key), value: Box::new(value) })
        }
        Inside::Scalar => scalars(array, false),
        Inside::SpelledTime => scalars(array, true),
    }
}

fn scalars(array: &ArrayRef, is_spelled: bool) -> Result<Cells, Error> {
    let cells = match array.data_type() {
        DataType::Null => Some(Cells::Nothing),
        DataType::Boolean => array.as_boolean_opt().cloned().map(Cells::Bool),
        DataType::Int8 => array.as_primitive_opt().cloned().map(Cells::Int8),
        DataType::Int16 => array.as_primitive_opt().cloned().map(Cells::Int16),
        DataType::Int32 => array.as_primitive_opt().cloned().map(Cells::Int32),
        DataType::Int64 => array.as_primitive_opt().cloned().map(Cells::Int64),
        DataType::UInt8 => array.as_primitive_opt().cloned().map(Cells::UInt8),
        DataType::UInt16 => array.as_primitive_opt().cloned().map(Cells::UInt16),
        DataType::UInt32 => array.as_primitive_opt().cloned().map(Cells::UInt32),
        DataType::UInt64 => array.as_primitive_opt().cloned().map(Cells::UInt64),
        DataType::Float32 => array.as_primitive_opt().cloned().map(Cells::Float32),
        DataType::Float64 => array.as_primitive_opt().cloned().map(Cells::Float64),
        DataType::Decimal128(..) => {
            array.as_primitive_opt().map(|array| Cells::Float64(nearest(array)))
        }
        DataType::Utf8 => array.as_string_opt::<i32>().cloned().map(Cells::Text),
        DataType::LargeUtf8 => array.as_string_opt::<i64>().cloned().map(Cells::LargeText),
        DataType::Utf8View => array.as_string_view_opt().cloned().map(Cells::TextView),
        DataType::Timestamp(unit, _) => {
            ticks(array, *unit).map(|ticks| Cells::Time { ticks, unit: *unit, is_spelled })
        }
        DataType::Dictionary(..) => {
            let coded = array.as_any_dictionary_opt().ok_or_else(|| other(array))?;
            let nulls = coded.values().logical_nulls();
            let values = Column { nulls, cells: scalars(coded.values(), is_spelled)? };
            // Without values there is nothing that keys could name.
            let is_empty = coded.values().is_empty();
            let keys = if is_empty { Vec::new() } else { coded.normalized_keys() };
            Some(Cells::Coded { keys, values: Box::new(values) })
        }
        _ => None,
    };
    cells.ok_or_else(|| other(array))
}

/// Returns the doubles that are nearest to decimals.
fn nearest(decimals: &Decimal128Array) -> Float64Array {
    let exponent = -i32::from(decimals.scale());
    let double = |value: &i128| format!("{value}e{exponent}").parse().unwrap_or(f64::NAN);
    Float64Array::from_iter_values(decimals.values().iter().map(double))
}

fn ticks(array: &ArrayRef, unit: TimeUnit) -> Option<ScalarBuffer<i64>> {
    use arrow_array::types::{
        TimestampMicrosecondType, TimestampMillisecondType, TimestampNanosecondType,
        TimestampSecondType,
    };
    match unit {
        TimeUnit::Second => Some(array.as_primitive_opt::<TimestampSecondType>()?.values().clone()),
        TimeUnit::Millisecond => {
            Some(array.as_primitive_opt::<TimestampMillisecondType>()?.values().clone())
        }
        TimeUnit::Microsecond => {
            Some(array.as_primitive_opt::<TimestampMicrosecondType>()?.values().clone())
        }
        TimeUnit::Nanosecond => {
            Some(array.as_primitive_opt::<TimestampNanosecondType>()?.values().clone())
        }
    }
}

fn starts<O: OffsetSizeTrait>(offsets: &OffsetBuffer<O>) -> Vec<usize> {
    offsets.iter().map(|offset| offset.as_usize()).collect()
}

fn other(array: &ArrayRef) -> Error {
    Error::OtherColumns(format!("a column of {}", array.data_type()))
}
