//! Customers as JSON, and as columns.

#![allow(dead_code, reason = "each test uses some of it")]

use std::sync::Arc;

use arrow_array::RecordBatch;
use arrow_json::ReaderBuilder;
use arrow_json::reader::infer_json_schema_from_iterator;
use serde_json::{Map, Value};
use tactful::{Engine, Timestamp};

/// The moment the sample is made for.
pub(crate) fn now() -> Timestamp {
    "2026-03-10T15:00:30Z".parse().unwrap()
}

pub(crate) fn engine() -> Engine {
    Engine::from_toml(include_str!("../../../../examples/policies/customer_care.toml")).unwrap()
}

/// Every fourth customer of the sample, a JSON object each.
pub(crate) fn sample() -> Vec<Value> {
    let text = include_str!("../../../../examples/data/customers.jsonl");
    text.lines().step_by(4).map(|line| serde_json::from_str(line).unwrap()).collect()
}

/// Spells facts as one flat column each; a list that is known in part gets a column of its own.
pub(crate) fn flat(customer: &Value) -> Value {
    let mut columns = Map::new();
    for (part, facts) in customer.as_object().unwrap() {
        let Value::Object(facts) = facts else {
            columns.insert(part.clone(), facts.clone());
            continue;
        };
        for (name, fact) in facts {
            match fact.get("partial") {
                Some(list) => columns.insert(format!("{part}.{name}.partial"), list.clone()),
                None => columns.insert(format!("{part}.{name}"), fact.clone()),
            };
        }
    }
    Value::Object(columns)
}

/// Makes columns of JSON objects, of the types that they show.
pub(crate) fn columns(rows: &[Value]) -> RecordBatch {
    let schema = infer_json_schema_from_iterator(rows.iter().map(Ok)).unwrap();
    let mut decoder =
        ReaderBuilder::new(Arc::new(schema)).with_batch_size(rows.len()).build_decoder().unwrap();
    decoder.serialize(rows).unwrap();
    decoder.flush().unwrap().unwrap()
}
