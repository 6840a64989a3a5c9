//! What `docs/` says is what the library does: every example is evaluated, every
//! table of facts is that of the schema, every code of a diagnostic is explained.
//!
//! `UPDATE_EXPECT=1` rewrites the tables; the prose is written by hand.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test may stop at the first surprise")]

use std::collections::BTreeSet;
use std::fmt::Write;
use std::fs;
use std::path::{Path, PathBuf};

use tactful::condition::Condition;
use tactful::context::{History, Interaction, Profile};
use tactful::schema::{Fact, Facts, RequestFacts, Schema, Type};
use tactful::{Channel, Context, Duration, Engine, Outcome, Request, Timestamp};

const NOW: &str = "2026-03-10T15:00:30Z";

fn path(relative: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(relative)
}

fn read(relative: &str) -> String {
    fs::read_to_string(path(relative)).unwrap()
}

/// Returns the fenced blocks of a language.
fn blocks(page: &str, language: &str) -> Vec<String> {
    let mut blocks = Vec::new();
    let mut block: Option<String> = None;
    for line in page.lines() {
        match &mut block {
            None if line == format!("```{language}") => block = Some(String::new()),
            None => {}
            Some(_) if line == "```" => blocks.extend(block.take()),
            Some(text) => writeln!(text, "{line}").unwrap(),
        }
    }
    assert!(!blocks.is_empty(), "no block of {language}");
    blocks
}

/// Splits `expression   // what it gives`.
fn examples(page: &str, language: &str) -> Vec<(String, String)> {
    let lines = blocks(page, language);
    let lines = lines.iter().flat_map(|block| block.lines()).filter(|line| !line.is_empty());
    let example = |line: &str| {
        let (expression, gives) = line.rsplit_once(" // ").unwrap_or_else(|| panic!("{line}"));
        (expression.trim().to_owned(), gives.trim().to_owned())
    };
    lines.map(example).collect()
}

/// Collects what is wrong, so that one run shows all of it.
fn none(failures: &[String]) {
    assert!(failures.is_empty(), "\n{}", failures.join("\n"));
}

#[test]
fn conditions_give_what_the_page_says() {
    let page = read("docs/conditions.md");
    let [json] = blocks(&page, "json").try_into().unwrap();
    let context = Context::from_json(&json).unwrap();
    let schema = Schema::customer();
    let request = RequestFacts::new(Channel::Web).intent("cancel");
    assert!(page.contains(NOW) && page.contains("channel `web`") && page.contains("`cancel`"));
    let facts = Facts::of_context(&schema, &context, request, NOW.parse().unwrap())
        .in_currency("EUR".parse().ok());
    let mut failures = Vec::new();
    let examples = examples(&page, "condition");
    assert!(examples.len() >= 100, "only {} examples", examples.len());
    for (text, gives) in examples {
        match Condition::new(&text, &schema) {
            Err(error) => failures.push(format!("{text}\n{error}")),
            Ok(condition) => {
                let truth = condition.evaluate(&facts).truth().to_string();
                if truth != gives {
                    failures.push(format!("{text} is {truth}, not {gives}"));
                }
            }
        }
    }
    none(&failures);
}

#[test]
fn conditions_are_refused_with_the_code_and_the_help_the_page_says() {
    let schema = Schema::customer();
    let mut failures = Vec::new();
    for (text, gives) in examples(&read("docs/conditions.md"), "refused") {
        let Err(error) = Condition::new(&text, &schema) else {
            failures.push(format!("{text} is accepted"));
            continue;
        };
        let [finding] = error.diagnostics() else {
            failures.push(format!("{text}\n{error}"));
            continue;
        };
        let help = finding.help().map_or_else(String::new, |help| format!(": {help}"));
        let found = format!("{}{help}", finding.code());
        if found != gives {
            failures.push(format!("{text}   // {found}"));
        }
    }
    none(&failures);
}

#[test]
fn policies_load_without_a_warning() {
    for policy in blocks(&read("docs/conditions.md"), "policy") {
        let engine = Engine::from_toml(&policy).unwrap_or_else(|error| panic!("{error}"));
        let warnings: Vec<String> = engine.warnings().iter().map(ToString::to_string).collect();
        none(&warnings);
    }
}

/// The blocks of `policy.md` go on where the one before ended; one that names a
/// policy begins anew.
#[test]
fn the_policy_page_loads_block_by_block() {
    let mut policy = String::new();
    for block in blocks(&read("docs/policy.md"), "toml") {
        if block.starts_with("policy") {
            policy.clear();
        }
        policy.push_str(&block);
        let engine = Engine::from_toml(&policy).unwrap_or_else(|error| panic!("{block}{error}"));
        let warnings: Vec<String> = engine.warnings().iter().map(ToString::to_string).collect();
        none(&warnings);
    }
}

#[test]
fn the_page_about_promises_proves_and_breaks_what_it_says() {
    let page = read("docs/promises.md");
    for policy in blocks(&page, "toml") {
        let engine = Engine::from_toml(&policy).unwrap_or_else(|error| panic!("{error}"));
        let warnings: Vec<String> = engine.warnings().iter().map(ToString::to_string).collect();
        none(&warnings);
    }
    let (broken, reports) = (blocks(&page, "broken"), blocks(&page, "report"));
    assert_eq!(broken.len(), reports.len());
    for (policy, report) in broken.iter().zip(reports) {
        let error = Engine::from_toml(policy).unwrap_err();
        assert_eq!(error.to_string(), report.trim_end());
    }
}

/// The policy that the page builds, up to the one that begins anew.
fn policy_of_the_page() -> Engine {
    let blocks = blocks(&read("docs/policy.md"), "toml");
    let (last, running) = blocks.split_last().unwrap();
    assert!(last.starts_with("policy"), "the preset has a policy of its own");
    Engine::from_toml(&running.concat()).unwrap()
}

/// Says when a limit of the page lets go of an action, or that it does not hold it.
fn lets_go(
    limit: &str,
    (action, channel): (&str, Channel),
    past: &[(&str, Outcome, Channel, &str)],
) -> String {
    let engine = policy_of_the_page();
    let now = NOW.parse().unwrap();
    let interaction = |(action, outcome, channel, at): &(&str, Outcome, Channel, &str)| {
        Interaction::new(*action, *outcome, at.parse::<Timestamp>().unwrap()).channel(*channel)
    };
    let past: Vec<Interaction> = past.iter().map(interaction).collect();
    let context = Context::new()
        .profile(Profile::new(now).time_zone("Europe/Vienna"))
        .history(History::new(now).interactions(past));
    let decision = engine.decide(&context, &Request::new(now, channel));
    let account = decision.account(action).unwrap();
    let reason = account.reasons().find(|reason| reason.rule() == Some(limit));
    match reason.map(|reason| reason.until()) {
        None => "is clear".to_owned(),
        Some(None) => "never".to_owned(),
        Some(Some(until)) => until.to_string(),
    }
}

#[test]
fn limits_let_go_as_the_page_says() {
    use Channel::{Email, InApp, Sms, Web};
    use Outcome::{Convert, Impression, Sent};

    let mail = |at| ("stay-offer", Sent, Email, at);
    let plan = ("bigger-plan", Email);
    let two_mails = |mails: &[_]| lets_go("two-mails-a-week", plan, mails);
    let (sunday, monday) = ("2026-03-08T10:00:00Z", "2026-03-09T10:00:00Z");
    assert_eq!(two_mails(&[mail(sunday), mail(monday)]), "2026-03-15T10:00:00Z");
    assert_eq!(two_mails(&[mail("2026-03-03T15:00:30Z"), mail(monday)]), "is clear");

    let text = |at| ("roaming-pack", Sent, Sms, at);
    let texts = ["2026-03-01T08:00:00Z", "2026-03-03T08:00:00Z", sunday, monday].map(text);
    let month = |texts: &[_]| lets_go("four-texts-a-month", ("roaming-pack", Sms), texts);
    assert_eq!(month(&texts), "2026-03-31T22:00:00Z", "midnight in Vienna, in summer");
    assert_eq!(month(&texts[1..]), "is clear");

    let seen = |at| ("bigger-plan", Impression, Web, at);
    let seen = ["2026-02-27T09:00:00Z", "2026-02-28T09:00:00Z", "2026-03-01T09:00:00Z"].map(seen);
    // The window has long let go of them.
    assert_eq!(lets_go("ignored-three-times", plan, &seen), "2026-03-11T09:00:00Z");

    let extra = [("roaming-pack", Impression, InApp, "2026-03-10T09:00:00Z")];
    let gap = lets_go("a-day-between-extras", ("roaming-pack", Web), &extra);
    assert_eq!(gap, "2026-03-11T09:00:00Z");

    let offered = [("stay-offer", Impression, Web, sunday)];
    let after = lets_go("no-upsell-after-a-stay-offer", plan, &offered);
    assert_eq!(after, "2026-04-07T10:00:00Z");

    let bought = |at| [("roaming-pack", Convert, InApp, at)];
    let only_after = |at| lets_go("bigger-plan-for-those-who-travelled", plan, &bought(at));
    assert_eq!(only_after("2026-03-01T10:00:00Z"), "2026-03-15T10:00:00Z");
    assert_eq!(only_after("2026-02-24T15:00:30Z"), "is clear", "exactly 14 days");
    assert_eq!(only_after("2025-12-10T15:00:30Z"), "never", "exactly 90 days");
}

/// The keys that the reader of policies asks for: the texts in its functions.
fn keys_of_policies() -> BTreeSet<String> {
    let reader = read("src/policy/reader.rs");
    let (_, functions) = reader.split_once("fn read_policy(").unwrap();
    let (functions, _) = functions.split_once("/// Takes keys out of a table").unwrap();
    let models = read("src/policy/reader/analytics.rs");
    let (_, models) = models.split_once("fn read_model(").unwrap();
    let (models, _) = models.split_once("/// Reports a model").unwrap();
    let keys =
        [functions, models].into_iter().flat_map(|texts| texts.split('"').skip(1).step_by(2));
    keys.chain(["score"]).map(str::to_owned).collect()
}

#[test]
fn the_policy_page_has_every_key() {
    let page = read("docs/policy.md");
    let keys = keys_of_policies();
    assert!(keys.len() >= 70, "only {} keys", keys.len());
    let is_there = |key: &&String| {
        page.contains(&format!("`{key}`")) || page.contains(&format!("{{ {key} = "))
    };
    let missing: Vec<String> = keys.iter().filter(|key| !is_there(key)).cloned().collect();
    none(&missing);
}

/// What a person calls a type.
fn named(ty: &Type) -> String {
    match ty {
        Type::Bool => "true or false".to_owned(),
        Type::Int => "whole number".to_owned(),
        Type::Double => "decimal number".to_owned(),
        Type::Timestamp => "time".to_owned(),
        Type::List(element) => format!("list of: {}", named(element)),
        Type::Map(value) => format!("by name: {}", named(value)),
        Type::Records(record) => format!("list of {} records", record.name()),
        Type::Group => "group".to_owned(),
        other => other.to_string(),
    }
}

fn row(name: &str, fact: &Fact) -> String {
    let optional = if fact.is_optional() { "yes" } else { "" };
    format!("| `{name}` | {} | {optional} |\n", named(fact.ty()))
}

fn facts_table(schema: &Schema) -> String {
    let mut table = "| fact | type | may be absent |\n|---|---|---|\n".to_owned();
    for path in schema.paths() {
        table.push_str(&row(path, schema.fact(path).unwrap()));
    }
    table
}

fn records_table(schema: &Schema) -> String {
    let mut table = String::new();
    for path in schema.paths() {
        if let Type::Records(record) = schema.fact(path).unwrap().ty() {
            let name = record.name();
            let article = if name.starts_with(['a', 'e', 'i', 'o', 'u']) { "An" } else { "A" };
            writeln!(table, "\n{article} **{name}**, in `{path}`:\n").unwrap();
            table.push_str("| field | type | may be absent |\n|---|---|---|\n");
            for (name, fact) in record.fields() {
                table.push_str(&match fact.derivation() {
                    None => row(name, fact),
                    Some(text) => {
                        let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
                        let text = text.replace('|', "\\|");
                        format!("| `{name}` | follows: `{text}` | |\n")
                    }
                });
            }
        }
    }
    table.trim_start().to_owned()
}

fn collect_words(ty: &Type, sets: &mut BTreeSet<(String, String)>) {
    match ty {
        Type::Word(words) => {
            let list: Vec<String> = words.words().iter().map(|word| format!("`{word}`")).collect();
            sets.insert((words.name().to_owned(), list.join(", ")));
        }
        Type::List(element) => collect_words(element, sets),
        Type::Records(record) => {
            record.fields().for_each(|(_, fact)| collect_words(fact.ty(), sets));
        }
        _ => {}
    }
}

fn words_table(schema: &Schema) -> String {
    let mut sets = BTreeSet::new();
    for path in schema.paths() {
        collect_words(schema.fact(path).unwrap().ty(), &mut sets);
    }
    let mut table = "| set | words |\n|---|---|\n".to_owned();
    for (name, words) in sets {
        writeln!(table, "| {name} | {words} |").unwrap();
    }
    table
}

/// Checks what stands between `<!-- name -->` and `<!-- end -->`.
fn check_table(name: &str, table: &str) {
    let page = read("docs/conditions.md");
    let start = format!("<!-- {name} -->\n");
    let (before, rest) = page.split_once(&start).unwrap();
    let (found, after) = rest.split_once("<!-- end -->").unwrap();
    if std::env::var_os("UPDATE_EXPECT").is_some() && found != table {
        fs::write(path("docs/conditions.md"), format!("{before}{start}{table}<!-- end -->{after}"))
            .unwrap();
        return;
    }
    assert_eq!(found, table, "run with UPDATE_EXPECT=1 and read what it wrote");
}

#[test]
fn the_tables_are_those_of_the_schema() {
    let schema = Schema::customer();
    check_table("facts", &facts_table(&schema));
    check_table("records", &records_table(&schema));
    check_table("words", &words_table(&schema));
}

/// A row of the table of parts: its name, and how old it may be.
fn parts(page: &str) -> Vec<(String, String)> {
    let (_, rest) = page.split_once("<!-- parts -->").unwrap();
    let (table, _) = rest.split_once("<!-- end -->").unwrap();
    let rows = table.lines().filter(|line| line.starts_with("| `"));
    let part = |row: &str| {
        let mut cells = row.trim_matches('|').split('|').map(str::trim);
        let name = cells.next().unwrap().trim_matches('`').to_owned();
        let limit = cells.next().unwrap().to_owned();
        (name, limit)
    };
    rows.map(part).collect()
}

fn limit(text: &str) -> Option<Duration> {
    let (number, unit) = text.split_once(' ')?;
    let number = number.parse().unwrap();
    Some(match unit.trim_end_matches('s') {
        "minute" => Duration::minutes(number),
        "hour" => Duration::hours(number),
        "day" => Duration::days(number),
        _ => panic!("{text}"),
    })
}

/// Tells whether a part that was delivered so long ago is known.
fn is_known(schema: &Schema, part: &str, age: Duration) -> bool {
    let now: Timestamp = NOW.parse().unwrap();
    let delivered = part.split('.').next().unwrap();
    // The cart is a part within the purchases.
    let json = format!(r#"{{"{delivered}": {{"as_of": "{}"}}}}"#, now - age);
    let context = Context::from_json(&json).unwrap_or_else(|error| panic!("{part}: {error}"));
    let known = Condition::new(&format!("known({part})"), schema).unwrap();
    let request = RequestFacts::new(Channel::Web);
    let facts = Facts::of_context(schema, &context, request, now);
    known.evaluate(&facts).truth().to_string() == "true"
}

#[test]
fn parts_age_as_the_page_says() {
    let schema = Schema::customer();
    let page = read("docs/conditions.md");
    let parts = parts(&page);
    let listed: BTreeSet<&str> =
        parts.iter().map(|(name, _)| name.split('.').next().unwrap()).collect();
    let mut expected: BTreeSet<&str> =
        schema.paths().map(|path| path.split('.').next().unwrap()).collect();
    // Its facts are those a policy declares.
    expected.insert("attributes");
    assert_eq!(listed, expected);
    for (part, says) in &parts {
        let Some(limit) = limit(says) else {
            assert!(part == "request" && says == "never", "{part}: {says}");
            continue;
        };
        assert!(is_known(&schema, part, limit), "{part} is stale before {says}");
        let older = Duration::from_millis(limit.as_millis() + 1);
        assert!(!is_known(&schema, part, older), "{part} is fresh after {says}");
    }
}

/// The source files, without their tests and their examples.
fn sources(folder: &Path, texts: &mut Vec<String>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            sources(&path, texts);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            let text = fs::read_to_string(&path).unwrap();
            let code = text.split("#[cfg(test)]\nmod ").next().unwrap();
            let lines = code.lines().filter(|line| !line.trim_start().starts_with("//"));
            texts.push(lines.collect::<Vec<_>>().join("\n"));
        }
    }
}

fn codes_in_sources() -> BTreeSet<String> {
    let mut texts = Vec::new();
    sources(&path("src"), &mut texts);
    let pieces = texts.iter().flat_map(|text| text.split("Code::new(\"").skip(1));
    let codes: BTreeSet<String> =
        pieces.map(|piece| piece.split('"').next().unwrap().to_owned()).collect();
    assert!(codes.len() >= 26, "{codes:?}");
    codes
}

#[test]
fn every_code_is_explained_and_nothing_else_is() {
    let page = read("docs/diagnostics.md");
    let headings = page.lines().filter_map(|line| line.strip_prefix("### "));
    let explained: BTreeSet<String> =
        headings.map(|heading| heading.split(':').next().unwrap().to_owned()).collect();
    assert_eq!(explained, codes_in_sources());
}

fn reports() -> Vec<String> {
    let folders = ["tests/diagnostics", "tests/findings"];
    let entries = folders.into_iter().flat_map(|folder| fs::read_dir(path(folder)).unwrap());
    let paths = entries.map(|entry| entry.unwrap().path());
    let texts = paths.filter(|path| path.extension().is_some_and(|extension| extension == "txt"));
    texts.map(|path| fs::read_to_string(path).unwrap()).collect()
}

#[test]
fn every_code_occurs_in_a_verbatim_report() {
    let reports = reports();
    for code in codes_in_sources() {
        let shown = format!("[{code}]: ");
        assert!(reports.iter().any(|report| report.contains(&shown)), "no report shows {code}");
    }
}

#[test]
fn the_reports_on_the_page_are_verbatim() {
    let reports = reports();
    for block in blocks(&read("docs/diagnostics.md"), "text") {
        assert!(reports.iter().any(|report| report.contains(&block)), "no fixture gives\n{block}");
    }
}
