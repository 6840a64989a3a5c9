//! What fuzzers once found, and what they start from, through the same checks.
//!
//! Every file under `fuzz/regressions/<target>/` and `fuzz/seeds/<target>/` is
//! an input of that fuzz target; `fuzz/README.md` says how one gets there.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::cast_possible_truncation,
    clippy::cast_possible_wrap,
    clippy::cast_precision_loss,
    clippy::cast_sign_loss,
    clippy::too_many_lines,
    reason = "a test may stop at the first surprise"
)]

#[path = "reference/generate.rs"]
mod generate;
#[path = "reference/language.rs"]
mod language;
#[path = "../fuzz/src/targets.rs"]
mod targets;

use std::fs;
use std::panic::catch_unwind;
use std::path::Path;

fn run(name: &str, target: fn(&[u8])) {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("fuzz");
    for (kind, least) in [("regressions", 3), ("seeds", 10)] {
        let folder = root.join(kind).join(name);
        let files = fs::read_dir(&folder).unwrap();
        let mut files: Vec<_> = files.map(|entry| entry.unwrap().path()).collect();
        files.sort();
        assert!(files.len() >= least, "the inputs of {name} are missing");
        for file in files {
            let data = fs::read(&file).unwrap();
            let outcome = catch_unwind(|| target(&data));
            assert!(outcome.is_ok(), "{} fails", file.display());
        }
    }
}

#[test]
fn conditions() {
    run("condition", targets::condition);
}

#[test]
fn condition_trees() {
    run("condition_tree", targets::condition_tree);
}

#[test]
fn proofs() {
    run("prove", targets::prove);
}

#[test]
fn policies() {
    run("policy", targets::policy);
}

#[test]
fn events() {
    run("event", targets::event);
}

#[test]
fn contexts() {
    run("context", targets::context);
}

#[test]
fn adapters() {
    run("adapters", targets::adapters);
}

#[test]
fn snapshots() {
    run("snapshot", targets::snapshot);
}
