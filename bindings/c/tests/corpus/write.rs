//! Writes the scenarios down as files that a program can compare byte by byte,
//! with nothing to parse: what goes in, and what the library in Rust answers.
//!
//! ```text
//! cargo run -p tactful-c --example corpus -- FOLDER
//! ```
//!
//! `cases.txt` has a line for each case, its policy and its name; `corpus.c`
//! reads the rest. `compat.txt` lists the contexts of earlier versions, and
//! `policies.txt` the policies with mistakes.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a program for tests stops at once"
)]

use std::fmt::Write;
use std::fs;
use std::path::{Path, PathBuf};

use serde_json::Value;
use tactful::decision::{Decision, FactUse, Reason};
use tactful::{Channel, Context, Engine, Request, Timestamp};

/// A corpus that shrinks says so.
const FEWEST_CASES: usize = 437;

fn main() {
    let out = PathBuf::from(std::env::args_os().nth(1).unwrap_or_else(|| panic!("a folder")));
    let tests = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests");
    fs::create_dir_all(&out).unwrap();
    let cases = cases(&tests.join("scenarios"), &out);
    assert!(cases >= FEWEST_CASES, "{cases} cases, there were {FEWEST_CASES}");
    let compat = compat(&tests.join("compat"), &out);
    let policies = policies(&tests.join("diagnostics"), &out);
    #[expect(clippy::print_stdout, reason = "a program")]
    {
        println!("{cases} cases, {compat} contexts of old, {policies} policies with mistakes");
    }
}

/// The files of a folder with an extension, in the order of their names.
fn files(folder: &Path, extension: &str) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let wanted = |path: &PathBuf| path.extension().is_some_and(|found| found == extension);
    let mut files: Vec<PathBuf> = entries.filter(wanted).collect();
    files.sort();
    files
}

fn stem(path: &Path) -> String {
    path.file_stem().unwrap().to_str().unwrap().to_owned()
}

/// Writes each scenario, those of one policy one after the other.
fn cases(folder: &Path, out: &Path) -> usize {
    let mut cases: Vec<(String, String, Value)> = files(&folder.join("cases"), "json")
        .iter()
        .map(|file| {
            let case: Value = serde_json::from_slice(&fs::read(file).unwrap()).unwrap();
            (case["policy"].as_str().unwrap().to_owned(), stem(file), case)
        })
        .collect();
    cases.sort_by(|one, other| (&one.0, &one.1).cmp(&(&other.0, &other.1)));
    let mut list = String::new();
    let mut loaded: Option<(String, Engine)> = None;
    for (policy, name, case) in &cases {
        if loaded.as_ref().is_none_or(|(path, _)| path != policy) {
            let text = fs::read_to_string(folder.join(policy)).unwrap();
            let engine = Engine::from_toml(&text).unwrap();
            fs::write(out.join(policy.replace('/', "-")), text).unwrap();
            loaded = Some((policy.clone(), engine));
        }
        let engine = &loaded.as_ref().unwrap().1;
        writeln!(list, "{} {name}", policy.replace('/', "-")).unwrap();
        write_case(engine, case, &out.join(name));
    }
    fs::write(out.join("cases.txt"), list).unwrap();
    cases.len()
}

/// Writes what goes in, and what comes out: the decision, its record, what the
/// accessors of C must say, and every explanation.
fn write_case(engine: &Engine, case: &Value, base: &Path) {
    let write = |extension: &str, text: &str| {
        fs::write(base.with_file_name(format!("{}.{extension}", stem_of(base))), text).unwrap();
    };
    let (context, request) = (case["context"].to_string(), case["request"].to_string());
    write("context", &context);
    write("request", &request);
    let (context, request) =
        (Context::from_json(&context).unwrap(), Request::from_json(&request).unwrap());
    let decision = engine.decide(&context, &request);
    write("decision", &decision.to_json());
    write("record", &decision.to_record(&context, &request).to_json());
    write("facts", &decision.to_record_with_facts(&context, &request).to_json());
    write("read", &read(&decision));
    let actions = decision.withheld().map(|account| account.action().to_owned());
    let actions: Vec<String> = actions.collect();
    let explained = actions
        .iter()
        .map(|action| format!("{}\n", engine.explain(&context, &request, action).unwrap()));
    write("explained", &explained.collect::<String>());
}

fn stem_of(base: &Path) -> &str {
    base.file_name().unwrap().to_str().unwrap()
}

/// What the accessors say, in the words of `corpus.c`.
fn read(decision: &Decision<'_>) -> String {
    let mut text = format!("now {}\n", decision.now().as_millis());
    writeln!(text, "valid {}", until(decision.valid_until())).unwrap();
    for found in decision.recommendations() {
        let (slot, treatment) = (found.slot().unwrap_or("-"), found.treatment().unwrap_or(""));
        writeln!(
            text,
            "recommended {}|{}|{slot}|{treatment}|{}|{}|{}|{}",
            found.action(),
            found.kind(),
            found.priority(),
            found.tier(),
            found.channel(),
            u8::from(found.is_forced()),
        )
        .unwrap();
        found.passed_over().for_each(|reason| reason_line(&mut text, "passed over", &reason));
    }
    for found in decision.withheld() {
        let priority = found.priority().map(|priority| priority.to_string()).unwrap_or_default();
        writeln!(
            text,
            "withheld {}|{}|{priority}|{}|{}|{}|{}|{}",
            found.action(),
            found.kind(),
            found.tier(),
            found.verdict(),
            found.code().map_or(0, |code| code.number()),
            until(found.until()),
            found.because(),
        )
        .unwrap();
        for reason in found.reasons() {
            reason_line(&mut text, "reason", &reason);
            reason.facts().for_each(|fact| fact_line(&mut text, &fact));
        }
    }
    for found in decision.suppressions() {
        writeln!(
            text,
            "suppression {}|{}|{}|{}|{}|{}",
            found.rule(),
            found.code().number(),
            u8::from(found.is_known()),
            until(found.until()),
            found.because(),
            found.situation(),
        )
        .unwrap();
    }
    for (quota, count) in decision.reservations() {
        writeln!(text, "reservation {quota} {count}").unwrap();
    }
    text
}

fn reason_line(text: &mut String, what: &str, reason: &Reason<'_>) {
    writeln!(
        text,
        "{what} {}|{}|{}|{}|{}|{}|{}|{}|{}",
        reason.code().number(),
        reason.code().name(),
        reason.stage(),
        reason.severity(),
        reason.rule().unwrap_or(""),
        reason.condition().unwrap_or(""),
        reason.channel().map_or("", Channel::as_str),
        until(reason.until()),
        reason.because(),
    )
    .unwrap();
}

fn fact_line(text: &mut String, fact: &FactUse) {
    let millis = |length: Option<tactful::Duration>| length.map_or(-1, |l| l.as_millis());
    let code = fact.cause().map_or(0, |cause| cause.number());
    let (age, max) = (millis(fact.age()), millis(fact.max_age()));
    writeln!(text, "fact {}|{code}|{age}|{max}", fact.path()).unwrap();
}

fn until(time: Option<Timestamp>) -> String {
    time.map_or_else(|| "never".to_owned(), |time| time.as_millis().to_string())
}

/// Writes what contexts of earlier versions say.
fn compat(folder: &Path, out: &Path) -> usize {
    let mut list = String::new();
    let files = files(folder, "bin");
    for file in &files {
        let (name, bytes) = (stem(file), fs::read(file).unwrap());
        let context = Context::from_bytes(&bytes).unwrap();
        fs::write(out.join(format!("{name}.bin")), bytes).unwrap();
        fs::write(out.join(format!("{name}.json")), context.to_json()).unwrap();
        fs::write(out.join(format!("{name}.again")), context.to_bytes()).unwrap();
        writeln!(list, "{name}").unwrap();
    }
    fs::write(out.join("compat.txt"), list).unwrap();
    files.len()
}

/// Writes what is said of policies with mistakes.
fn policies(folder: &Path, out: &Path) -> usize {
    let mut list = String::new();
    let all = files(folder, "toml");
    for file in &all {
        let (name, text) = (stem(file), fs::read_to_string(file).unwrap());
        let said = match Engine::from_toml(&text) {
            Ok(engine) => engine.warnings().iter().map(|found| format!("{found}\n")).collect(),
            Err(error) => format!("{error}\n"),
        };
        fs::write(out.join(format!("mistakes-{name}.toml")), text).unwrap();
        fs::write(out.join(format!("mistakes-{name}.said")), said).unwrap();
        writeln!(list, "mistakes-{name}").unwrap();
    }
    fs::write(out.join("policies.txt"), list).unwrap();
    all.len()
}
