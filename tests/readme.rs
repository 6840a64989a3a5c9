//! What the README shows is what the library prints; its program runs as a doc test.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test may stop at the first surprise"
)]

use std::fmt::Write;
use std::fs;
use std::path::Path;

use tactful::{Channel, Context, Engine, Request};

const README: &str = include_str!("../README.md");

#[test]
fn the_program_prints_what_stands_below_it() {
    let engine =
        Engine::from_toml(include_str!("../examples/policies/customer_care.toml")).unwrap();
    let customer = include_str!("../examples/data/customers.jsonl").lines().nth(21).unwrap();
    let context = Context::from_json(customer).unwrap();
    let now = "2026-03-10T15:00:30Z".parse().unwrap();
    let request = Request::new(now, Channel::Web).slots(["hero", "tile"]);
    let decision = engine.decide(&context, &request);
    let mut printed = String::new();
    for r in decision.recommendations() {
        writeln!(printed, "{} {}", r.action(), r.priority()).unwrap();
    }
    for s in decision.suppressed() {
        writeln!(printed, "not {}: {}", s.action(), s.because()).unwrap();
    }
    assert!(README.contains(&format!("```text\n{printed}```")), "{printed}");
}

#[test]
fn the_policy_is_sound() {
    let blocks = README.split("```toml\n").skip(1);
    let blocks: Vec<&str> = blocks.map(|block| block.split("```").next().unwrap()).collect();
    assert_eq!(blocks.len(), 3, "a policy, and how it goes on twice");
    for policy in [blocks[0], &blocks[..2].concat(), &blocks.concat()] {
        assert!(Engine::from_toml(policy).unwrap().warnings().is_empty());
    }
}

#[test]
fn the_examples_are_there_and_their_policies_are_sound() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("examples");
    let commands = README.lines().filter_map(|line| line.split_once("--example "));
    for (_, name) in commands {
        let name = name.split_whitespace().next().unwrap();
        assert!(folder.join(name).with_extension("rs").exists(), "{name}");
    }
    for policy in fs::read_dir(folder.join("policies")).unwrap() {
        let path = policy.unwrap().path();
        let engine = Engine::from_toml(&fs::read_to_string(&path).unwrap());
        let engine = engine.unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        assert!(engine.warnings().is_empty(), "{}", path.display());
    }
}

#[test]
fn the_diagnostic_is_as_shown() {
    let report = include_str!("diagnostics/five-mistakes.txt");
    let shown = report.split("\n\n").find(|shown| shown.contains("profile.plann")).unwrap();
    assert!(README.contains(shown), "{shown}");
}
