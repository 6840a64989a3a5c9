//! How columns make up a context: the tree of names, found once for a schema.

use arrow_schema::{DataType, Field, FieldRef, TimeUnit};

use crate::error::unknown;
use crate::probe::{Answer, Sample, Step, ask, names};

/// What stands for one value of a context in the arrays of a frame.
///
/// A frame is the batch, or the values of a list; paths into it are places of
/// columns, and of fields in struct columns.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Shape {
    /// One array.
    Leaf { path: Vec<usize>, inside: Inside },
    /// Several arrays, each a value under a name.
    Object(Vec<Member>),
    /// Either of two spellings, row by row: that of one array (a list), or that
    /// of an object (a partial list).
    Either { whole: Box<Self>, parts: Vec<Member> },
    /// The same time in every row, in milliseconds.
    Time(i64),
}

/// What the values of an array hold.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Inside {
    Scalar,
    /// Times that the context keeps as RFC 3339 texts.
    SpelledTime,
    /// Lists whose values are a frame of their own.
    List(Box<Shape>),
    /// Keys and values, likewise.
    Map(Box<Shape>, Box<Shape>),
}

#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Member {
    pub(crate) name: Name,
    /// The name as it is written.
    pub(crate) label: String,
    pub(crate) shape: Shape,
}

/// How a type of the core knows a name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Name {
    /// By its place among the names of its object: nothing is compared for each row.
    Place(u64),
    /// As it is written.
    Free,
}

/// Finds a name under a path of the context.
pub(crate) fn resolve(path: &[Step], label: &str) -> Result<Name, String> {
    match ask(path, Sample::Stranger) {
        Answer::AnyName => Ok(Name::Free),
        Answer::Names(known) => known
            .iter()
            .position(|name| *name == label)
            .and_then(|place| u64::try_from(place).ok())
            .map(Name::Place)
            .ok_or_else(|| unknown("name", label, known)),
        Answer::Expected(expected) => Err(format!("`{label}` lies under what is {expected}")),
        Answer::Fits => Err(format!("nothing has the name `{label}` there")),
    }
}

/// Lays out what a column or a field holds.
///
/// `steps` say where it belongs, `path` where it is; what is wrong goes to `faults`.
pub(crate) fn shape_of(
    steps: &mut Vec<Step>,
    data_type: &DataType,
    path: Vec<usize>,
    faults: &mut Vec<String>,
) -> Option<Shape> {
    let leaf = |inside| Some(Shape::Leaf { path: path.clone(), inside });
    match data_type {
        DataType::Null => leaf(Inside::Scalar),
        DataType::Struct(fields) => {
            let fields = fields.iter().enumerate();
            // Of two, a null of one would hide behind the other.
            let is_twice = |(place, field): &(usize, &FieldRef)| {
                fields.clone().take(*place).any(|(_, other)| other.name() == field.name())
            };
            if let Some((_, field)) = fields.clone().find(is_twice) {
                faults.push(format!("{}: two fields are named `{}`", spell(steps), field.name()));
                return None;
            }
            let members: Vec<_> = fields
                .filter_map(|(place, field)| member(steps, place, field, &path, faults))
                .collect();
            Some(Shape::Object(members))
        }
        DataType::List(item) | DataType::LargeList(item) | DataType::FixedSizeList(item, _) => {
            fits(steps, Sample::List, data_type, faults)?;
            leaf(Inside::List(Box::new(item_shape(steps, Step::Item, item, faults)?)))
        }
        DataType::Map(entries, _) => {
            fits(steps, Sample::Object, data_type, faults)?;
            let DataType::Struct(pair) = entries.data_type() else { return None };
            let [key, value] = pair.as_ref() else { return None };
            if !is_text(key.data_type()) {
                faults.push(format!("{}: the keys of a map must be texts", spell(steps)));
                return None;
            }
            let key = Shape::Leaf { path: Vec::new(), inside: Inside::Scalar };
            // Any key that is known there will do to see what its value is.
            let known = names(steps).and_then(|names| names.last().copied()).unwrap_or("key");
            let value = item_shape(steps, Step::Key(known.to_owned()), value, faults)?;
            leaf(Inside::Map(Box::new(key), Box::new(value)))
        }
        scalar => {
            let sample = sample_of(scalar).map_err(|advice| {
                faults.push(format!("{}: {advice}", spell(steps)));
            });
            let sample = sample.ok()?;
            fits(steps, sample, data_type, faults)?;
            let is_spelled = sample == Sample::Time && is_attribute(steps);
            if sample == Sample::Time {
                // A time is a number here, and must not be read as just any number:
                // what reads times reads them as texts, too, and numbers do not.
                fits(steps, Sample::Text, data_type, faults)?;
            }
            leaf(if is_spelled { Inside::SpelledTime } else { Inside::Scalar })
        }
    }
}

fn member(
    steps: &mut Vec<Step>,
    place: usize,
    field: &Field,
    path: &[usize],
    faults: &mut Vec<String>,
) -> Option<Member> {
    let name = match resolve(steps, field.name()) {
        Ok(name) => name,
        Err(fault) => {
            faults.push(format!("{}: {fault}", spell(steps)));
            return None;
        }
    };
    let path = path.iter().copied().chain([place]).collect();
    steps.push(Step::Key(field.name().clone()));
    let shape = shape_of(steps, field.data_type(), path, faults);
    steps.pop();
    Some(Member { name, label: field.name().clone(), shape: shape? })
}

/// Lays out the values of a list or a map, which are a frame of their own.
fn item_shape(
    steps: &mut Vec<Step>,
    step: Step,
    field: &Field,
    faults: &mut Vec<String>,
) -> Option<Shape> {
    steps.push(step);
    let shape = shape_of(steps, field.data_type(), Vec::new(), faults);
    steps.pop();
    shape
}

fn fits(
    steps: &[Step],
    sample: Sample,
    data_type: &DataType,
    faults: &mut Vec<String>,
) -> Option<()> {
    match ask(steps, sample) {
        Answer::Expected(expected) => {
            faults.push(format!("{}: expected {expected}, found {data_type}", spell(steps)));
            None
        }
        _ => Some(()),
    }
}

/// Which sort of value the cells of a type are, or what to do about one that is none.
pub(crate) fn sample_of(data_type: &DataType) -> Result<Sample, String> {
    Ok(match data_type {
        DataType::Boolean => Sample::Bool,
        DataType::Int8 | DataType::Int16 | DataType::Int32 | DataType::Int64 => Sample::Int,
        DataType::UInt8 | DataType::UInt16 | DataType::UInt32 | DataType::UInt64 => Sample::Int,
        DataType::Float32 | DataType::Float64 | DataType::Decimal128(..) => Sample::Float,
        text if is_text(text) => Sample::Text,
        DataType::Timestamp(_, Some(_)) => Sample::Time,
        DataType::Timestamp(_, None) => {
            return Err("a time without a zone is no instant: cast the column to timestamps \
                        in UTC, or to whole milliseconds since 1970"
                .to_owned());
        }
        DataType::Date32 | DataType::Date64 => {
            return Err("a date is no instant: cast the column to timestamps in UTC".to_owned());
        }
        DataType::Dictionary(_, values) => return sample_of(values),
        other => {
            return Err(format!(
                "columns of {other} are not read: cast it to numbers, texts, timestamps in UTC, \
                 or lists and structs of these"
            ));
        }
    })
}

pub(crate) fn is_text(data_type: &DataType) -> bool {
    match data_type {
        DataType::Utf8 | DataType::LargeUtf8 | DataType::Utf8View => true,
        DataType::Dictionary(_, values) => is_text(values),
        _ => false,
    }
}

/// How many milliseconds a tick of a unit is, or how many ticks a millisecond.
pub(crate) fn millis_of(unit: TimeUnit, ticks: i64) -> i64 {
    match unit {
        TimeUnit::Second => ticks.saturating_mul(1_000),
        TimeUnit::Millisecond => ticks,
        TimeUnit::Microsecond => ticks.div_euclid(1_000),
        TimeUnit::Nanosecond => ticks.div_euclid(1_000_000),
    }
}

fn is_attribute(steps: &[Step]) -> bool {
    let key = |place: usize| match steps.get(place) {
        Some(Step::Key(key)) => key.as_str(),
        _ => "",
    };
    key(0) == "attributes" && key(1) == "values"
}

/// Spells a place as people read it: `support.tickets[].state`.
pub(crate) fn spell(steps: &[Step]) -> String {
    let mut text = String::new();
    for step in steps {
        match step {
            Step::Key(key) if text.is_empty() => text.push_str(key),
            Step::Key(key) => {
                text.push('.');
                text.push_str(key);
            }
            Step::Item => text.push_str("[]"),
        }
    }
    text
}

/// Puts a shape under names, each of which it is the only one.
pub(crate) fn nest(names: &[(Name, String)], shape: Shape) -> Shape {
    names.iter().rev().fold(shape, |shape, (name, label)| {
        Shape::Object(vec![Member { name: *name, label: label.clone(), shape }])
    })
}

/// Brings two shapes for one place together; an error is the place that both fill.
pub(crate) fn combine(one: Shape, other: Shape) -> Result<Shape, String> {
    match (one, other) {
        (Shape::Object(members), Shape::Object(more)) => Ok(Shape::Object(merge(members, more)?)),
        (whole @ Shape::Leaf { .. }, Shape::Object(parts))
        | (Shape::Object(parts), whole @ Shape::Leaf { .. }) => {
            Ok(Shape::Either { whole: Box::new(whole), parts })
        }
        (Shape::Either { whole, parts }, Shape::Object(more))
        | (Shape::Object(more), Shape::Either { whole, parts }) => {
            Ok(Shape::Either { whole, parts: merge(parts, more)? })
        }
        _ => Err(String::new()),
    }
}

fn merge(mut members: Vec<Member>, more: Vec<Member>) -> Result<Vec<Member>, String> {
    for new in more {
        match members.iter_mut().find(|known| known.label == new.label) {
            None => members.push(new),
            Some(known) => {
                let shape = std::mem::replace(&mut known.shape, Shape::Object(Vec::new()));
                known.shape = combine(shape, new.shape).map_err(|inner| match inner.as_str() {
                    "" => new.label.clone(),
                    inner => format!("{}.{inner}", new.label),
                })?;
            }
        }
    }
    Ok(members)
}
