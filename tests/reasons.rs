//! `docs/reasons.md` lists every code of a reason and a cause, as the library has it.
//!
//! `UPDATE_EXPECT=1` rewrites its tables; the prose is written by hand.

#![allow(clippy::unwrap_used, reason = "a test may stop at the first surprise")]

use std::collections::BTreeSet;
use std::fmt::Write;
use std::fs;
use std::path::{Path, PathBuf};

use tactful::decision::{Cause, ReasonCode, Severity, Stage, Verdict};

fn page() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/reasons.md")
}

fn check_table(name: &str, table: &str) {
    let text = fs::read_to_string(page()).unwrap();
    let start = format!("<!-- {name} -->\n");
    let (before, rest) = text.split_once(&start).unwrap();
    let (found, after) = rest.split_once("<!-- end -->").unwrap();
    if std::env::var_os("UPDATE_EXPECT").is_some() && found != table {
        fs::write(page(), format!("{before}{start}{table}<!-- end -->{after}")).unwrap();
        return;
    }
    assert_eq!(found, table, "run with UPDATE_EXPECT=1 and read what it wrote");
}

fn reasons() -> String {
    let mut table = "| code | name | stage | verdict | severity | means |\n".to_owned();
    table.push_str("|---:|---|---|---|---|---|\n");
    for code in ReasonCode::ALL {
        let (number, name, stage) = (code.number(), code.name(), code.stage());
        let (verdict, severity, meaning) = (code.verdict(), code.severity(), code.meaning());
        writeln!(
            table,
            "| {number} | `{name}` | {stage} | `{verdict}` | `{severity}` | {meaning} |"
        )
        .unwrap();
    }
    table
}

fn causes() -> String {
    let mut table = "| code | name | means |\n|---:|---|---|\n".to_owned();
    for cause in Cause::ALL {
        writeln!(table, "| {} | `{}` | {} |", cause.number(), cause.name(), cause.meaning())
            .unwrap();
    }
    table
}

/// One test, so that both tables are written by one hand.
#[test]
fn the_page_lists_every_code() {
    check_table("reasons", &reasons());
    check_table("causes", &causes());
}

#[test]
fn numbers_and_names_are_used_once_and_in_order() {
    let numbers: Vec<u16> = ReasonCode::ALL.iter().map(|code| code.number()).collect();
    assert!(numbers.is_sorted_by(|a, b| a < b), "{numbers:?}");
    let names: BTreeSet<&str> = ReasonCode::ALL.iter().map(|code| code.name()).collect();
    assert_eq!(names.len(), numbers.len());
}

#[test]
fn a_meaning_is_one_sentence_on_one_line() {
    let meanings = ReasonCode::ALL.iter().map(|code| code.meaning());
    for meaning in meanings.chain(Cause::ALL.iter().map(|cause| cause.meaning())) {
        assert!(meaning.ends_with('.') && !meaning.contains(['\n', '|']), "{meaning}");
        assert!(meaning.starts_with(char::is_uppercase), "{meaning}");
    }
}

/// The page says in prose what each severity means, and how verdicts come about.
#[test]
fn the_page_says_what_severities_mean() {
    let text = fs::read_to_string(page()).unwrap();
    for severity in Severity::ALL {
        assert!(text.contains(&format!("| `{severity}` |")), "{severity}");
    }
    let verdicts: BTreeSet<Verdict> = ReasonCode::ALL.iter().map(|code| code.verdict()).collect();
    for verdict in Verdict::ALL {
        let is_told = verdicts.contains(verdict) || text.contains(&format!("`{verdict}`"));
        assert!(is_told, "{verdict}");
    }
    assert_eq!(Stage::ALL.first(), Some(&Stage::Availability));
}
