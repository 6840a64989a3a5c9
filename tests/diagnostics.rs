//! What a person reads when a policy is wrong, word for word.
//!
//! Every `tests/diagnostics/*.toml` and `*.json` is a policy; the text beside it
//! is the report. `cargo xtask accept` rewrites the reports.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a test may stop at the first surprise"
)]

use std::fs;
use std::path::{Path, PathBuf};

use tactful::{Engine, ErrorKind};

fn policies() -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/diagnostics");
    let mut files: Vec<PathBuf> =
        fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.retain(|path| path.extension().is_some_and(|extension| extension != "txt"));
    files.sort();
    files
}

fn report(path: &Path) -> String {
    let text = fs::read_to_string(path).unwrap();
    let is_json = path.extension().is_some_and(|extension| extension == "json");
    let built = if is_json { Engine::from_json(&text) } else { Engine::from_toml(&text) };
    match built {
        Err(error) => {
            assert_eq!(error.kind(), ErrorKind::Policy);
            error.to_string()
        }
        Ok(engine) => engine.warnings().iter().map(|warning| format!("{warning}\n")).collect(),
    }
}

#[test]
fn reports_are_as_written() {
    let policies = policies();
    assert!(policies.len() >= 8, "the policies are missing");
    for path in policies {
        let found = format!("{}\n", report(&path).trim_end());
        let extension =
            if path.extension().is_some_and(|own| own == "json") { "json.txt" } else { "txt" };
        let expected = path.with_extension(extension);
        if std::env::var_os("UPDATE_EXPECT").is_some() {
            fs::write(&expected, &found).unwrap();
        }
        let expected = fs::read_to_string(&expected).expect("run `cargo xtask accept` and read it");
        assert_eq!(found, expected, "{}", path.display());
    }
}

#[test]
fn five_mistakes_are_five_diagnostics_each_with_its_place() {
    let text = fs::read_to_string(
        Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/diagnostics/five-mistakes.toml"),
    )
    .unwrap();
    let error = Engine::from_toml(&text).unwrap_err();
    assert_eq!(error.diagnostics().len(), 5);
    for diagnostic in error.diagnostics() {
        let place = diagnostic.place().expect("a place");
        assert!(place.line() > 1 && place.column() >= 1);
        assert!(diagnostic.help().is_some(), "{diagnostic}");
    }
}

/// The same mistakes, whichever way the policy is written.
#[test]
fn toml_and_json_twins_have_the_same_mistakes() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/diagnostics");
    let toml = fs::read_to_string(folder.join("five-mistakes.toml")).unwrap();
    let json = fs::read_to_string(folder.join("five-mistakes.json")).unwrap();
    let findings = |error: tactful::Error| -> Vec<(String, String)> {
        let found = error.diagnostics().iter();
        let mut found: Vec<_> = found
            .map(|diagnostic| (diagnostic.path().to_string(), diagnostic.message().to_owned()))
            .collect();
        found.sort();
        found
    };
    let (toml, json) = (Engine::from_toml(&toml), Engine::from_json(&json));
    assert_eq!(findings(toml.unwrap_err()), findings(json.unwrap_err()));
}
