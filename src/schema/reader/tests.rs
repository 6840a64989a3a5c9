//! Both ways to read a fact come to the same.

use std::collections::BTreeSet;
use std::fs;

use serde_json::Value;

use super::*;
use crate::schema::{Fact, RequestFacts, Type, words};
use crate::vocabulary::Channel;

/// A schema with every attribute that the contexts have, each of another
/// type than the one before; where a part is to have a source, of that.
fn schema(contexts: &[Context], source: Option<&str>) -> Schema {
    let known = |context: &Context| context.attributes.known().cloned();
    let names = contexts.iter().filter_map(known).flat_map(|known| known.values.into_keys());
    let mut schema = Schema::customer();
    for (place, name) in names.collect::<BTreeSet<String>>().iter().enumerate() {
        let ty = match place % 6 {
            0 => Type::Text,
            1 => Type::Int,
            2 => Type::Bool,
            3 => Type::Word(words("tiers", &["gold", "silver"])),
            4 => Type::Timestamp,
            _ => Type::Double,
        };
        schema.add_attribute(name, Fact::new(ty).optional());
    }
    let keys: Vec<String> = schema.parts().map(|part| part.key.clone()).collect();
    for key in &keys {
        schema.set_max_age(key, Some(Duration::hours(1)));
        source.into_iter().for_each(|source| schema.need_source(key, source, None));
    }
    schema
}

/// Facts that are older than their parts, by an hour and more.
const AT_OTHER_TIMES: &str = r#"{
    "support": {"as_of": "2026-03-10T15:00:00Z"},
    "scores": {"as_of": "2026-03-10T15:00:00Z", "values": {
        "churn": {"value": 0.5, "at": "2026-03-10T13:00:00Z"}, "upsell": 0.1}},
    "attributes": {"as_of": "2026-03-10T15:00:00Z",
        "values": {"old": "a", "new": 1}, "dated": {"old": "2026-03-10T13:00:00Z"}},
    "profile": {"as_of": "2026-03-10T15:00:00Z", "plan": "basic", "role": "owner",
        "dated": {"role": "2026-03-10T13:00:00Z"}}}"#;

/// The contexts of the scenarios, and as if only events, or a source with a
/// name, had told of each part.
fn contexts() -> Vec<Context> {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/scenarios/cases");
    let mut paths: Vec<_> =
        fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    paths.sort();
    let cases = paths.into_iter().map(|path| fs::read(path).unwrap());
    let read = |case: Vec<u8>| serde_json::from_slice::<Value>(&case).unwrap()["context"].take();
    let mut contexts = Vec::new();
    for written in cases.map(read).chain(serde_json::from_str(AT_OTHER_TIMES)) {
        for source in [None, Some("(events)"), Some("desk")] {
            let mut context = written.clone();
            source.into_iter().for_each(|source| told_by(source, &mut context));
            contexts.push(Context::from_json(context.to_string()).unwrap());
        }
    }
    contexts
}

fn told_by(source: &str, context: &mut Value) {
    for part in context.as_object_mut().unwrap().values_mut() {
        if let Some(as_of) = part.get_mut("as_of").filter(|as_of| !as_of.is_object()) {
            *as_of = serde_json::json!({ source: as_of.take() });
        }
    }
}

/// What both ways of reading a fact must agree about.
fn told(cell: Cell<'_>, standing: Standing) -> String {
    // What lies in a part that is not there is not read.
    let cell = standing.is_there.then_some(cell);
    format!("{cell:?} {standing:?}")
}

#[test]
fn what_is_looked_up_once_is_read_as_everything_else_is() {
    let contexts = contexts();
    let schemas = [schema(&contexts, None), schema(&contexts, Some("desk"))];
    let request = RequestFacts::new(Channel::Web);
    let mut compared = 0;
    for schema in &schemas {
        for context in &contexts {
            let now = context.support.known().map_or(Timestamp::EARLIEST, |s| s.as_of.oldest());
            for late in [-10, 0, 59, 61].map(Duration::minutes) {
                let facts = Facts::of_context(schema, context, request, now + late)
                    .in_currency(Some("EUR".parse().unwrap()));
                compared += compare(schema, &facts);
            }
        }
    }
    assert!(compared > 100_000, "{compared}");
}

/// Compares both ways for each fact; returns how many there are to read.
fn compare(schema: &Schema, facts: &Facts<'_>) -> usize {
    let mut compared = 0;
    let ids = 0..u32::try_from(schema.facts.len()).unwrap();
    for id in ids.clone().map(FactId) {
        let (reader, path) = (schema.reader(id), &schema.entry(id).path);
        let part = facts.part(reader.part);
        assert_eq!(part.standing.is_fresh, facts.delivery(reader.part).is_fresh(), "{path}");
        let (cell, standing) = facts.read(reader, part);
        let general = told(facts.cell(id), facts.standing_of(id));
        assert_eq!(told(cell, standing), general, "{path}");
        for key in ["churn", "upsell", "EUR", "nothing"] {
            let (cell, standing) = facts.read_entry(reader, key, part);
            let (general, delivery) = facts.entry_at(id, key);
            let general = told(general, delivery.standing());
            assert_eq!(told(cell, standing), general, "{path}.{key}");
        }
        compared += usize::from(standing.is_there);
    }
    let mut names: Vec<_> =
        ids.map(FactId).filter_map(|id| Some((schema.attribute(id)?, id))).collect();
    names.sort_unstable();
    for wanted in [1, usize::MAX] {
        let mut attributes = facts.attributes(wanted).unwrap();
        for (name, id) in &names {
            let part = facts.part(schema.entry(*id).part);
            let (cell, standing) = facts.read_attribute((*id, name), &mut attributes, part);
            let general = told(facts.cell(*id), facts.standing_of(*id));
            assert_eq!(told(cell, standing), general, "{name}");
        }
    }
    compared
}
