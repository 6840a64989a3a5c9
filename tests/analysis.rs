//! What is found out about whole policies, word for word.
//!
//! Every `tests/findings/*.toml` is a policy; the text beside it is what is
//! found. `UPDATE_EXPECT=1` rewrites the texts.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test may stop at the first surprise"
)]

use std::fs;
use std::path::{Path, PathBuf};

use tactful::Engine;
use tactful::diagnostic::{Format, Source};
use tactful::prove::{Analysis, Budget};

fn policies() -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/findings");
    let mut files: Vec<PathBuf> =
        fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.retain(|path| path.extension().is_some_and(|extension| extension == "toml"));
    files.sort();
    files
}

fn analyse(text: &str) -> Analysis {
    let engine = Engine::from_toml(text).unwrap_or_else(|error| panic!("{error}"));
    let mut analysis = engine.analyse(Budget::default());
    analysis.locate(&Source::new(text, Format::Toml));
    assert_eq!(analysis.unclear, 0);
    analysis
}

#[test]
fn findings_are_as_written() {
    let policies = policies();
    assert!(!policies.is_empty(), "the policies are missing");
    for path in policies {
        let analysis = analyse(&fs::read_to_string(&path).unwrap());
        let mut found = String::new();
        for finding in &analysis.findings {
            found.push_str(&format!("{}\n", finding.diagnostic));
            if let Some(example) = &finding.example {
                found.push_str(&format!("  for example when {}\n", example.in_words()));
            }
            found.push('\n');
        }
        let found = format!("{}\n", found.trim_end());
        let expected = path.with_extension("txt");
        if std::env::var_os("UPDATE_EXPECT").is_some() {
            fs::write(&expected, &found).unwrap();
        }
        let expected = fs::read_to_string(&expected).expect("run with UPDATE_EXPECT=1 and read it");
        assert_eq!(found, expected, "{}", path.display());
    }
}
