//! The prover against verdicts found by trying everything.
//!
//! `vectors/language/prover_policies.json` holds small policies with verdicts
//! by exhaustive enumeration, without any solver. Their lists are known whole.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test may stop at the first surprise"
)]

use std::fs;

use serde_json::Value as Json;
use tactful::condition::Truth;
use tactful::prove::{Answer, Question};
use tactful::schema::{Fact, Schema, Type};

fn vectors() -> Json {
    let path =
        format!("{}/tests/vectors/language/prover_policies.json", env!("CARGO_MANIFEST_DIR"));
    serde_json::from_str(&fs::read_to_string(path).unwrap()).unwrap()
}

fn items(json: &Json) -> &[Json] {
    json.as_array().unwrap()
}

fn words(json: &Json) -> Vec<&str> {
    items(json).iter().filter_map(Json::as_str).collect()
}

fn fact(json: &Json) -> Fact {
    let plain = |name: &str| match name {
        "int" => Type::Int,
        "bool" => Type::Bool,
        "string" => Type::Text,
        other => panic!("{other}"),
    };
    if let Some(name) = json.as_str() {
        return Fact::new(plain(name));
    }
    let (shape, of) = json.as_object().unwrap().iter().next().unwrap();
    match shape.as_str() {
        "optional" => Fact::new(fact(of).ty().clone()).optional(),
        "enum" => Fact::new(Type::words("word", &words(of))),
        "list" => {
            let fields = of.as_object().unwrap().iter();
            Fact::new(Type::records(
                "ticket",
                fields.map(|(name, json)| (name.as_str(), fact(json))),
            ))
        }
        other => panic!("{other}"),
    }
}

fn schema(json: &Json) -> Schema {
    let mut builder = Schema::builder();
    for (part, facts) in json.as_object().unwrap() {
        for (name, json) in facts.as_object().unwrap() {
            builder = builder.fact(format!("{part}.{name}"), fact(json));
        }
    }
    builder.build().unwrap()
}

fn is_possible(question: &Question<'_>) -> bool {
    match question.answer() {
        Answer::Possible(_) => true,
        Answer::Impossible => false,
        other => panic!("{other:?}"),
    }
}

/// Tells whether a selector names a kind or a tag of an action.
fn selects(selector: &Json, action: &Json) -> bool {
    let named = |key: &str| selector.get(key).map(words).unwrap_or_default();
    let tags = words(&action["tags"]);
    named("kinds").contains(&action["kind"].as_str().unwrap())
        || named("tags").iter().any(|tag| tags.contains(tag))
}

/// Asks for an action that every rule about it lets through, but one perhaps.
fn returnable<'s>(
    schema: &'s Schema,
    case: &Json,
    action: &Json,
    but: Option<&Json>,
) -> Question<'s> {
    let mut question = Question::new(schema).as_declared();
    question = question.is(action["when"].as_str().unwrap(), Truth::True).unwrap();
    for rule in items(&case["rules"]) {
        if selects(&rule["suppress"], action) && but.is_none_or(|but| but["id"] != rule["id"]) {
            question = question.is(rule["when"].as_str().unwrap(), Truth::False).unwrap();
        }
    }
    question
}

fn truths(schema: &Schema, condition: &str) -> String {
    let truths = [('F', Truth::False), ('T', Truth::True), ('U', Truth::Unknown)];
    let found = truths.into_iter().filter(|(_, truth)| {
        is_possible(&Question::new(schema).as_declared().is(condition, *truth).unwrap())
    });
    found.map(|(letter, _)| letter).collect()
}

#[test]
fn agrees_with_exhaustive_enumeration() {
    let vectors = vectors();
    let schema = schema(&vectors["about"]["schema"]);
    let mut failures = Vec::new();
    let mut check = |what: String, found: &str, expected: &Json| {
        if expected.as_str() != Some(found) {
            failures.push(format!("{what}: {found}, not {expected}"));
        }
    };
    let cases = items(&vectors["cases"]);
    assert!(cases.len() >= 150, "only {} cases", cases.len());
    for case in cases {
        let (id, expect) = (&case["id"], &case["expect"]);
        for condition in items(&expect["conditions"]) {
            let text = condition["when"].as_str().unwrap();
            check(format!("{id} {text}"), &truths(&schema, text), &condition["values"]);
        }
        for action in items(&case["actions"]) {
            let name = action["id"].as_str().unwrap();
            let is_reachable = is_possible(&returnable(&schema, case, action, None));
            let verdict = if is_reachable { "reachable" } else { "unreachable" };
            check(format!("{id} {name}"), verdict, &expect["actions"][name]);
        }
        for rule in items(&case["rules"]) {
            let (name, when) = (rule["id"].as_str().unwrap(), rule["when"].as_str().unwrap());
            let decides = items(&case["actions"]).iter().any(|action| {
                selects(&rule["suppress"], action)
                    && is_possible(
                        &returnable(&schema, case, action, Some(rule)).is_not(when, false).unwrap(),
                    )
            });
            let verdict = if decides { "useful" } else { "redundant" };
            check(format!("{id} {name}"), verdict, &expect["rules"][name]);
        }
        for promise in items(&case["promises"]) {
            let (name, holds) =
                (promise["id"].as_str().unwrap(), promise["while"].as_str().unwrap());
            let is_broken = items(&case["actions"]).iter().any(|action| {
                selects(&promise["never"], action)
                    && is_possible(
                        &returnable(&schema, case, action, None).is_not(holds, false).unwrap(),
                    )
            });
            let verdict = if is_broken { "refuted" } else { "proved" };
            check(format!("{id} {name}"), verdict, &expect["promises"][name]);
        }
    }
    assert!(failures.is_empty(), "{} differ:\n{}", failures.len(), failures.join("\n"));
}
