//! A world as a table of a schema of one's own.

use std::collections::BTreeMap;

use crate::prove::world::{Datum, Element, Listed, World};
use crate::schema::{FactTable, RecordType, Schema, Type, Value};
use crate::time::{Duration, Timestamp};

/// Makes a table as a world says; if it is to be as its schema declares it,
/// what is required and does not matter is filled with something.
pub(in crate::prove) fn table(world: &World, schema: &Schema, declared: bool) -> FactTable {
    let mut table = FactTable::new(schema);
    for part in world.parts.keys() {
        table.known(schema, &schema.part(*part).name);
    }
    for path in schema.paths() {
        let Some(id) = schema.find(path) else { continue };
        let entry = schema.entry(id);
        if !world.parts.contains_key(&entry.part) {
            continue;
        }
        let ty = entry.fact.ty();
        let is_required = declared && !entry.fact.is_optional();
        if let Some(Datum::Invalid) = world.facts.get(&id) {
            table.set(schema, path, unreadable());
            continue;
        }
        match ty {
            Type::List(element) => match world.lists.get(&id) {
                Some(listed) => set_list(&mut table, schema, path, listed, |of| plain(of, element)),
                None if is_required => drop(table.set(schema, path, Value::List(Vec::new()))),
                None => {}
            },
            Type::Records(record) => match world.lists.get(&id) {
                Some(listed) => set_records(&mut table, schema, path, listed, (record, declared)),
                None if is_required => drop(table.set(schema, path, Value::Records(Vec::new()))),
                None => {}
            },
            Type::Map(of) => {
                if !is_required && !world.facts.contains_key(&id) {
                    continue;
                }
                let entries = world.entries.iter().filter(|((map, _), _)| *map == id);
                let entries: BTreeMap<String, Value> = entries
                    .map(|((_, name), entry)| (name.clone(), value(&entry.value, of)))
                    .collect();
                table.set(schema, path, Value::Map(entries));
            }
            _ => {
                let known = world.facts.get(&id).map(|datum| value(datum, ty));
                let known = known.or_else(|| is_required.then(|| something(ty)));
                if let Some(value) = known {
                    table.set(schema, path, value);
                }
            }
        }
    }
    table
}

fn set_list(
    table: &mut FactTable,
    schema: &Schema,
    path: &str,
    listed: &Listed,
    plain: impl Fn(&Element) -> Value,
) {
    set(table, schema, path, listed, Value::List(listed.elements.iter().map(plain).collect()));
}

fn set_records(
    table: &mut FactTable,
    schema: &Schema,
    path: &str,
    listed: &Listed,
    (record, declared): (&RecordType, bool),
) {
    let row = |element: &Element| {
        let none = BTreeMap::new();
        let fields = match element {
            Element::Record(fields) => fields,
            Element::Value(_) => &none,
        };
        let value_of = |(name, fact): (&str, &crate::schema::Fact)| {
            let (id, _) = record.find(name)?;
            let known = fields.get(&id).map(|datum| value(datum, fact.ty()));
            let known =
                known.or_else(|| (declared && !fact.is_optional()).then(|| something(fact.ty())));
            Some((name.to_owned(), known?))
        };
        record.fields().filter_map(value_of).collect()
    };
    set(table, schema, path, listed, Value::Records(listed.elements.iter().map(row).collect()));
}

fn set(table: &mut FactTable, schema: &Schema, path: &str, listed: &Listed, value: Value) {
    if listed.complete {
        table.set(schema, path, value);
    } else {
        table.set_partial(schema, path, value);
    }
}

fn plain(element: &Element, ty: &Type) -> Value {
    match element {
        Element::Value(datum) => value(datum, ty),
        Element::Record(_) => something(ty),
    }
}

fn value(datum: &Datum, ty: &Type) -> Value {
    match datum {
        Datum::Bool(value) => Value::Bool(*value),
        Datum::Int(value) => Value::Int(*value),
        Datum::Double(value) => Value::Double(*value),
        Datum::Text(text) | Datum::OtherText(text) => Value::Text(text.clone()),
        Datum::Word(code) => match ty {
            Type::Word(words) => Value::Text(words.word(*code).to_owned()),
            _ => something(ty),
        },
        Datum::Time(millis) => Value::Timestamp(Timestamp::from_millis(*millis)),
        Datum::Length(millis) => Value::Duration(Duration::from_millis(*millis)),
        Datum::List(values) => {
            let element = match ty {
                Type::List(element) => element,
                _ => ty,
            };
            Value::List(values.iter().map(|datum| value(datum, element)).collect())
        }
        Datum::Invalid => unreadable(),
        Datum::Present => something(ty),
    }
}

/// A value that no fact has the type of.
fn unreadable() -> Value {
    Value::Map(BTreeMap::from([(String::new(), Value::Int(0))]))
}

/// A value of a type that nothing is asked of.
fn something(ty: &Type) -> Value {
    match ty {
        Type::Bool => Value::Bool(false),
        Type::Double => Value::Double(0.5),
        Type::Text => Value::Text("other".to_owned()),
        Type::Word(words) => Value::Text(words.word(0).to_owned()),
        Type::Timestamp => Value::Timestamp(Timestamp::EARLIEST),
        Type::Duration => Value::Duration(Duration::ZERO),
        Type::List(_) => Value::List(Vec::new()),
        Type::Records(_) => Value::Records(Vec::new()),
        Type::Map(_) => Value::Map(BTreeMap::new()),
        _ => Value::Int(0),
    }
}
