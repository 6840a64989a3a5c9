//! Decides every case of the scenario corpus, and prints the decisions.
//!
//! Each line is the name of a case, a tab, and the decision as JSON: the bytes
//! that every other language must come to. Its bindings are tested against it.

#![allow(clippy::print_stdout, reason = "what it prints is what it is for")]

use std::error::Error;
use std::fs;
use std::path::{Path, PathBuf};

use tactful::{Context, Engine, Request};

fn main() -> Result<(), Box<dyn Error>> {
    let corpus = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/scenarios");
    let entries = fs::read_dir(corpus.join("cases"))?;
    let mut cases: Vec<PathBuf> =
        entries.map(|entry| Ok(entry?.path())).collect::<Result<_, std::io::Error>>()?;
    cases.sort();
    for case in cases {
        let case: serde_json::Value = serde_json::from_str(&fs::read_to_string(case)?)?;
        let part = |key: &str| case.get(key).ok_or("a case without its keys");
        let text = |key: &str| part(key)?.as_str().ok_or("a name that is no text");
        let policy = fs::read_to_string(corpus.join(text("policy")?))?;
        let engine = Engine::from_toml(&policy)?;
        let context = Context::from_json(part("context")?.to_string())?;
        let request = Request::from_json(part("request")?.to_string())?;
        println!("{}\t{}", text("name")?, engine.decide(&context, &request).to_json());
    }
    Ok(())
}
