//! The condition language against its vectors: CEL's own, an oracle's, and ours.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test may stop at the first surprise"
)]

use std::collections::BTreeMap;
use std::fs;

use serde_json::Value as Json;
use tactful::condition::{Condition, Expression, Truth};
use tactful::schema::{Fact, FactTable, Facts, Schema, Type, Value};
use tactful::{Duration, Error, Timestamp};

fn vectors(name: &str) -> Json {
    let path = format!("{}/tests/vectors/language/{name}.json", env!("CARGO_MANIFEST_DIR"));
    serde_json::from_str(&fs::read_to_string(path).unwrap()).unwrap()
}

/// Collects what went wrong, so that one run shows all of it.
#[derive(Default)]
struct Failures(Vec<String>);

impl Failures {
    fn check(&mut self, holds: bool, describe: impl FnOnce() -> String) {
        if !holds {
            self.0.push(describe());
        }
    }

    fn none(self) {
        assert!(self.0.is_empty(), "{} cases fail:\n{}", self.0.len(), self.0.join("\n"));
    }
}

/// Reads the notation of types; `None` for those the language leaves out.
fn fact(json: &Json) -> Option<Fact> {
    let name = json.as_str().unwrap_or_default();
    let fact = Fact::new(plain(name.trim_end_matches('?')).or_else(|| made_of_others(json))?);
    Some(if name.ends_with('?') { fact.optional() } else { fact })
}

fn plain(name: &str) -> Option<Type> {
    Some(match name {
        "bool" => Type::Bool,
        "int" => Type::Int,
        "double" => Type::Double,
        "string" => Type::Text,
        "timestamp" => Type::Timestamp,
        "duration" => Type::Duration,
        _ => return None,
    })
}

fn made_of_others(json: &Json) -> Option<Type> {
    if let Some(words) = json.get("enum") {
        let words: Vec<&str> = words.as_array()?.iter().filter_map(Json::as_str).collect();
        return Some(Type::words("word", &words));
    }
    if let Some(map) = json.get("map") {
        return Some(Type::Map(Box::new(fact(map.get(1)?)?.ty().clone())));
    }
    let element = json.get("list")?;
    match element.get("struct").or(Some(element)).and_then(Json::as_object) {
        Some(fields) if element.get("enum").is_none() => {
            let fields = fields.iter().map(|(name, json)| Some((name.as_str(), fact(json)?)));
            Some(Type::records("record", fields.collect::<Option<Vec<_>>>()?))
        }
        _ => Some(Type::List(Box::new(fact(element)?.ty().clone()))),
    }
}

/// Reads a value in the notation of the vectors, such as `{"int": "1"}`.
fn value(json: &Json, ty: &Type) -> Value {
    let (kind, json) = json.as_object().unwrap().iter().next().unwrap();
    let number = || json.as_str().unwrap().parse::<i64>().unwrap();
    match (kind.as_str(), ty) {
        ("bool", _) => Value::Bool(json.as_bool().unwrap()),
        ("int", _) => Value::Int(number()),
        ("double", _) => Value::Double(json.as_str().unwrap().parse().unwrap()),
        ("string", _) => Value::Text(json.as_str().unwrap().to_owned()),
        ("timestamp_ms", _) => Value::Timestamp(Timestamp::from_millis(number())),
        ("duration_ms", _) => Value::Duration(Duration::from_millis(number())),
        ("list", Type::List(element)) => {
            Value::List(items(json).iter().map(|item| value(item, element)).collect())
        }
        ("list", Type::Records(record)) => {
            let row = |item: &Json| {
                let types: BTreeMap<&str, &Fact> = record.fields().collect();
                pairs(item, |key| types[key].ty().clone())
            };
            Value::Records(items(json).iter().map(row).collect())
        }
        ("map", Type::Map(ty)) => {
            Value::Map(pairs(&serde_json::json!({ "map": json }), |_| (**ty).clone()))
        }
        _ => panic!("{kind} of {ty}"),
    }
}

fn items(json: &Json) -> &[Json] {
    json.as_array().unwrap()
}

fn pairs(json: &Json, ty: impl Fn(&str) -> Type) -> BTreeMap<String, Value> {
    let pair = |pair: &Json| {
        let key = pair[0]["string"].as_str().unwrap().to_owned();
        let value = value(&pair[1], &ty(&key));
        (key, value)
    };
    items(&json["map"]).iter().map(pair).collect()
}

/// Spells a value as the vectors do; `None` is unknown.
fn spelled(value: Option<&Value>) -> Json {
    use serde_json::json;

    match value {
        None => json!({ "unknown": true }),
        Some(Value::Bool(value)) => json!({ "bool": value }),
        Some(Value::Int(value)) => json!({ "int": value.to_string() }),
        Some(Value::Double(value)) => json!({ "double": format!("{value:?}") }),
        Some(Value::Text(text)) => json!({ "string": text }),
        Some(Value::List(values)) => {
            let values: Vec<Json> = values.iter().map(|value| spelled(Some(value))).collect();
            json!({ "list": values })
        }
        other => panic!("no notation for {other:?}"),
    }
}

/// The schema of the variables of a case; a name with a dot is no variable.
fn schema_of<'a>(types: impl IntoIterator<Item = (&'a String, &'a Json)>) -> Schema {
    let mut builder = Schema::builder();
    for (name, json) in types {
        if let Some(fact) = fact(json).filter(|_| !name.contains('.')) {
            builder = builder.fact(name, fact);
        }
    }
    builder.build().unwrap()
}

fn table_of(schema: &Schema, bindings: Option<&Json>) -> FactTable {
    let mut table = FactTable::new(schema);
    for (name, json) in bindings.and_then(Json::as_object).into_iter().flatten() {
        if let Some(fact) = schema.fact(name) {
            assert!(table.set(schema, name, value(json, fact.ty())));
        }
    }
    table
}

fn truth_of(want: &Json) -> Option<Truth> {
    if want.get("unknown").is_some() {
        return Some(Truth::Unknown);
    }
    want.get("bool").and_then(Json::as_bool).map(Truth::from)
}

/// Checks that every finding has a place in the text, and says something.
fn assert_placed(text: &str, error: &Error) {
    assert!(!error.diagnostics().is_empty(), "{text}");
    for diagnostic in error.diagnostics() {
        let range = diagnostic.place().unwrap_or_else(|| panic!("no place: {text}")).range();
        assert!(text.get(range.clone()).is_some(), "{range:?} is not within {text:?}");
        assert!(!diagnostic.message().is_empty(), "{text}");
    }
    assert!(!error.to_string().is_empty());
}

#[test]
fn agrees_with_the_conformance_tests_of_cel() {
    let vectors = vectors("cel_conformance");
    let mut failures = Failures::default();
    for case in items(&vectors["cases"]) {
        let text = case["expr"].as_str().unwrap();
        let schema = schema_of(case.get("types").and_then(Json::as_object).into_iter().flatten());
        let table = table_of(&schema, case.get("bindings"));
        let facts = Facts::of_table(&schema, &table, Timestamp::EARLIEST);
        let expression = Expression::new(text, &schema);
        if case["class"] == "reject" {
            match &expression {
                Ok(_) => failures.check(false, || format!("accepted: {text}")),
                Err(error) => assert_placed(text, error),
            }
            failures.check(Condition::new(text, &schema).is_err(), || format!("accepted: {text}"));
            continue;
        }
        let want = &case["want"];
        match expression {
            Err(error) => failures.check(false, || format!("refused: {text}\n{error}")),
            Ok(expression) => {
                let found = spelled(expression.evaluate(&facts).as_ref());
                failures.check(found == *want, || format!("{text}: {found}, not {want}"));
            }
        }
        if let (Some(want), Ok(condition)) = (truth_of(want), Condition::new(text, &schema)) {
            let found = condition.evaluate(&facts).truth();
            failures.check(found == want, || format!("{text}: {found}, not {want}"));
        }
    }
    failures.none();
}

#[test]
fn agrees_with_an_implementation_of_cel_where_inputs_are_missing() {
    let vectors = vectors("cel_oracle");
    let types = vectors["about"]["types"].as_object().unwrap();
    let schema = schema_of(types.iter().filter(|(name, _)| *name != "now"));
    let mut failures = Failures::default();
    for case in items(&vectors["cases"]) {
        let text = case["expr"].as_str().unwrap();
        let bindings = &case["bindings"];
        let table = table_of(&schema, Some(bindings));
        // A moment outside of CEL's years is no moment: `now` is unknown.
        let now = match bindings.get("now") {
            Some(now) => now["timestamp_ms"].as_str().unwrap().parse().unwrap(),
            None => i64::MAX,
        };
        let facts = Facts::of_table(&schema, &table, Timestamp::from_millis(now));
        let want = truth_of(&case["expect"]).unwrap();
        match Condition::new(text, &schema) {
            Err(error) => failures.check(false, || format!("refused: {text}\n{error}")),
            Ok(condition) => {
                let found = condition.evaluate(&facts).truth();
                let id = &case["id"];
                failures.check(found == want, || format!("{id} {text}: {found}, not {want}"));
            }
        }
    }
    failures.none();
}

fn letter(json: &Json) -> Truth {
    match json.as_str().unwrap() {
        "T" => Truth::True,
        "F" => Truth::False,
        _ => Truth::Unknown,
    }
}

#[test]
fn follows_the_complete_tables_of_three_valued_logic() {
    let vectors = vectors("kleene");
    let row = Type::records("row", [("p", Fact::new(Type::Bool).optional())]);
    let schema = Schema::builder()
        .fact("a", Fact::new(Type::Bool))
        .fact("b", Fact::new(Type::Bool))
        .fact("c", Fact::new(Type::Bool))
        .fact("l", Fact::new(row))
        .build()
        .unwrap();
    let mut failures = Failures::default();
    for case in items(&vectors["cases"]) {
        let text = case["expr"].as_str().unwrap();
        let mut table = FactTable::new(&schema);
        for name in ["a", "b", "c"] {
            match case.get(name).map(letter) {
                Some(Truth::True) => assert!(table.set(&schema, name, Value::Bool(true))),
                Some(Truth::False) => assert!(table.set(&schema, name, Value::Bool(false))),
                _ => {}
            }
        }
        if let Some(list) = case.get("l").and_then(Json::as_str) {
            let row = |letter: char| match letter {
                'U' => BTreeMap::new(),
                letter => BTreeMap::from([("p".to_owned(), Value::Bool(letter == 'T'))]),
            };
            let rows = Value::Records(list.chars().map(row).collect());
            assert!(table.set(&schema, "l", rows));
        }
        let condition = Condition::new(text, &schema).unwrap();
        let facts = Facts::of_table(&schema, &table, Timestamp::EARLIEST);
        let (found, want) = (condition.evaluate(&facts).truth(), letter(&case["want"]));
        failures.check(found == want, || format!("{case}: {found}"));
    }
    failures.none();
}

/// Reads a plain JSON value as a fact of a type.
fn plain_value(json: &Json, ty: &Type) -> Value {
    match ty {
        Type::Bool => Value::Bool(json.as_bool().unwrap()),
        Type::Int => Value::Int(json.as_i64().unwrap()),
        Type::Double => Value::Double(json.as_f64().unwrap()),
        Type::Timestamp => Value::Timestamp(json.as_str().unwrap().parse().unwrap()),
        Type::Text | Type::Word(_) => Value::Text(json.as_str().unwrap().to_owned()),
        Type::List(element) => {
            Value::List(items(json).iter().map(|item| plain_value(item, element)).collect())
        }
        Type::Records(record) => {
            let row = |item: &Json| {
                let fields = record.fields().filter_map(|(name, fact)| {
                    Some((name.to_owned(), plain_value(item.get(name)?, fact.ty())))
                });
                fields.collect()
            };
            Value::Records(items(json).iter().map(row).collect())
        }
        other => panic!("no notation for {other}"),
    }
}

#[test]
fn extends_cel_by_time_and_by_what_is_known() {
    let vectors = vectors("extensions");
    let mut builder = Schema::builder();
    for (part, fields) in vectors["schema"].as_object().unwrap() {
        for (field, json) in fields.as_object().unwrap() {
            builder = builder.fact(format!("{part}.{field}"), fact(json).unwrap());
        }
    }
    let schema = builder.build().unwrap();
    let mut table = FactTable::new(&schema);
    for (part, fields) in vectors["context"].as_object().unwrap() {
        assert!(table.known(&schema, part));
        for (field, json) in fields.as_object().unwrap() {
            let path = format!("{part}.{field}");
            let value = plain_value(json, schema.fact(&path).unwrap().ty());
            assert!(table.set(&schema, &path, value));
        }
    }
    let now = vectors["now"].as_str().unwrap().parse().unwrap();
    let facts = Facts::of_table(&schema, &table, now);
    let mut failures = Failures::default();
    for case in items(&vectors["cases"]) {
        let text = case["expr"].as_str().unwrap();
        match Condition::new(text, &schema) {
            Err(error) => failures.check(false, || format!("refused: {text}\n{error}")),
            Ok(condition) => {
                let (found, want) = (condition.evaluate(&facts).truth(), letter(&case["want"]));
                failures.check(found == want, || format!("{text}: {found}, not {want}"));
            }
        }
    }
    failures.none();
}
