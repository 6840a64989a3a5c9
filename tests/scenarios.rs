//! The scenario corpus: contexts and requests with the decisions they must get.
//!
//! `scenarios/README.md` describes the files, for every language that runs
//! them. A decision is compared as the JSON other languages see, completely:
//! each action of the policy is either recommended or accounted for.
#![cfg(all(feature = "toml", feature = "json"))]
#![allow(clippy::expect_used, clippy::panic, reason = "a test may stop at the first surprise")]

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use serde::Deserialize;
use serde_json::{Map, Value, json};
use tactful::context::Part;
use tactful::{Channel, Context, Engine, Outcome, Request, Timestamp};

/// A corpus that shrinks says so.
const FEWEST_CASES: usize = 437;

/// One file of `scenarios/cases`.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Case {
    name: String,
    about: String,
    policy: String,
    context: Value,
    request: Value,
    expect: Expect,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Expect {
    recommendations: Vec<Recommended>,
    withheld: BTreeMap<String, Withheld>,
    #[serde(default)]
    holdouts: Vec<Assigned>,
    #[serde(default)]
    ghosts: Vec<String>,
    #[serde(default)]
    reservations: BTreeMap<String, u64>,
    /// Not compared if absent.
    #[serde(default, deserialize_with = "compared")]
    valid_until: Option<Value>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Recommended {
    action: String,
    /// The channel of the request if absent.
    channel: Option<String>,
    #[serde(deserialize_with = "written")]
    slot: Option<String>,
    treatment: Option<String>,
    tier: i64,
    priority: String,
    #[serde(default)]
    forced: bool,
    #[serde(default)]
    passed_over: Vec<Reason>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Assigned {
    holdout: String,
    #[serde(deserialize_with = "written")]
    bucket: Option<u16>,
    held_out: bool,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Withheld {
    verdict: String,
    #[serde(deserialize_with = "written")]
    priority: Option<String>,
    #[serde(deserialize_with = "written")]
    until: Option<String>,
    reasons: Vec<Reason>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Reason {
    code: u16,
    rule: Option<String>,
    /// Not compared if absent, as the two that follow.
    stage: Option<String>,
    channel: Option<String>,
    condition: Option<String>,
    #[serde(deserialize_with = "written")]
    until: Option<String>,
    #[serde(default)]
    facts: Vec<Fact>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Fact {
    fact: String,
    code: u16,
    age_ms: Option<i64>,
    max_age_ms: Option<i64>,
}

/// Reads a value or null that must be written: a forgotten `until` is no null.
fn written<'de, T, D>(value: D) -> Result<Option<T>, D::Error>
where
    T: Deserialize<'de>,
    D: serde::Deserializer<'de>,
{
    Option::deserialize(value)
}

/// Reads a value or null that is compared if it is written at all.
fn compared<'de, D: serde::Deserializer<'de>>(value: D) -> Result<Option<Value>, D::Error> {
    Value::deserialize(value).map(Some)
}

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/scenarios")
}

fn policy(path: &str) -> String {
    let path = folder().join(path);
    fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

fn engine(path: &str) -> Engine {
    Engine::from_toml(&policy(path)).unwrap_or_else(|error| panic!("{path}\n{error}"))
}

/// Reads every case, sorted by file name.
fn cases() -> Vec<Case> {
    let entries = fs::read_dir(folder().join("cases")).expect("the folder of cases is there");
    let mut files: Vec<PathBuf> =
        entries.map(|entry| entry.expect("the folder can be listed").path()).collect();
    files.sort();
    assert!(files.len() >= FEWEST_CASES, "{} cases, there were {FEWEST_CASES}", files.len());
    let read = files.iter().map(|file| {
        let shown = file.display();
        let text = fs::read_to_string(file).expect("a case can be read");
        let case: Case =
            serde_json::from_str(&text).unwrap_or_else(|error| panic!("{shown}: {error}"));
        let stem = file.file_stem().and_then(|stem| stem.to_str());
        assert_eq!(Some(case.name.as_str()), stem, "{shown}: `name`");
        assert!(!case.about.is_empty(), "{shown}: `about`");
        case
    });
    read.collect()
}

/// What is different between a decision and what a case expects, a line each.
#[derive(Default)]
struct Differences(Vec<String>);

impl Differences {
    fn compare(&mut self, place: &str, expected: impl Into<Value>, found: &Value) {
        let expected = expected.into();
        if expected != *found {
            let line = format!("{place}: expected {expected}, found {found}");
            self.0.push(line);
        }
    }

    fn decision(&mut self, case: &Case, found: &Value) {
        let expected = &case.expect;
        self.recommendations(case, list(found, "recommendations"));
        self.holdouts(expected, found);
        self.compare("reservations", json!(expected.reservations), &found["reservations"]);
        if let Some(valid_until) = &expected.valid_until {
            self.compare("valid_until", valid_until.clone(), &found["valid_until"]);
        }
        let mut accounts: BTreeMap<&str, &Value> = BTreeMap::new();
        for account in list(found, "withheld") {
            if accounts.insert(text(account, "action"), account).is_some() {
                self.0.push(format!("{}: accounted for twice", account["action"]));
            }
        }
        for (action, expected) in &expected.withheld {
            match accounts.remove(action.as_str()) {
                Some(found) => self.account(action, expected, found),
                None => self.0.push(format!("{action}: expected to be withheld, is not")),
            }
        }
        for (action, found) in accounts {
            self.0.push(format!("{action}: not expected to be withheld: {found}"));
        }
    }

    fn holdouts(&mut self, expected: &Expect, found: &Value) {
        let assigned = expected.holdouts.iter().map(|assigned| {
            json!({
                "holdout": assigned.holdout,
                "bucket": assigned.bucket,
                "held_out": assigned.held_out,
            })
        });
        self.compare("holdouts", assigned.collect::<Value>(), &found["holdouts"]);
        self.compare("ghosts", json!(expected.ghosts), &found["ghosts"]);
    }

    fn recommendations(&mut self, case: &Case, found: &[Value]) {
        let expected = &case.expect.recommendations;
        let actions = |ranked: Vec<&str>| ranked.join(", ");
        let should = actions(expected.iter().map(|r| r.action.as_str()).collect());
        let are = actions(found.iter().map(|r| text(r, "action")).collect());
        if should != are {
            self.0.push(format!("ranked: expected [{should}], found [{are}]"));
        }
        for expected in expected {
            let action = &expected.action;
            let Some(found) = found.iter().find(|r| text(r, "action") == action) else {
                continue;
            };
            let place = |key: &str| format!("{action}: {key}");
            let channel = expected.channel.clone().map(Value::from);
            let channel = channel.or_else(|| case.request.get("channel").cloned());
            self.compare(&place("channel"), channel.unwrap_or_default(), &found["channel"]);
            self.compare(&place("slot"), expected.slot.clone(), &found["slot"]);
            let treatment = expected.treatment.clone();
            self.compare(&place("treatment"), treatment, &found["treatment"]);
            self.compare(&place("tier"), expected.tier, &found["tier"]);
            let priority = expected.priority.clone();
            self.compare(&place("priority"), priority, &found["priority"]);
            self.compare(&place("forced"), expected.forced, &found["forced"]);
            let passed_over = format!("{action}: passed over");
            self.reasons(&passed_over, &expected.passed_over, list(found, "passed_over"));
        }
    }

    fn account(&mut self, action: &str, expected: &Withheld, found: &Value) {
        let place = |key: &str| format!("{action}: {key}");
        let verdict = expected.verdict.clone();
        self.compare(&place("verdict"), verdict, &found["verdict"]);
        let priority = expected.priority.clone();
        self.compare(&place("priority"), priority, &found["priority"]);
        self.compare(&place("until"), expected.until.clone(), &found["until"]);
        self.reasons(action, &expected.reasons, list(found, "reasons"));
    }

    fn reasons(&mut self, place: &str, expected: &[Reason], found: &[Value]) {
        let should: Vec<u16> = expected.iter().map(|reason| reason.code).collect();
        let are: Vec<Value> = found.iter().map(|reason| reason["code"].clone()).collect();
        if should != are {
            let line = format!("{place}: reasons: expected {should:?}, found {are:?}");
            self.0.push(line);
            return;
        }
        for (number, (expected, found)) in expected.iter().zip(found).enumerate() {
            let place = format!("{place}: reason {} ({})", number + 1, expected.code);
            self.reason(&place, expected, found);
        }
    }

    fn reason(&mut self, place: &str, expected: &Reason, found: &Value) {
        let rule = expected.rule.clone();
        self.compare(&format!("{place}: rule"), rule, &found["rule"]);
        let until = expected.until.clone();
        self.compare(&format!("{place}: until"), until, &found["until"]);
        let named = [("stage", &expected.stage), ("channel", &expected.channel)];
        for (key, text) in named.into_iter().chain([("condition", &expected.condition)]) {
            if let Some(text) = text {
                self.compare(&format!("{place}: {key}"), text.as_str(), &found[key]);
            }
        }
        let lacking: Vec<&Value> =
            list(found, "facts").iter().filter(|fact| !fact["code"].is_null()).collect();
        if lacking.len() != expected.facts.len() {
            let should: Vec<&str> = expected.facts.iter().map(|fact| &*fact.fact).collect();
            let are: Vec<&str> = lacking.iter().map(|fact| text(fact, "fact")).collect();
            let line = format!("{place}: lacking facts: expected {should:?}, found {are:?}");
            self.0.push(line);
            return;
        }
        for (expected, found) in expected.facts.iter().zip(lacking) {
            let place = format!("{place}: {}", expected.fact);
            let fact = expected.fact.clone();
            self.compare(&format!("{place}: fact"), fact, &found["fact"]);
            self.compare(&format!("{place}: code"), expected.code, &found["code"]);
            if let Some(age) = expected.age_ms {
                self.compare(&format!("{place}: age_ms"), age, &found["age_ms"]);
            }
            if let Some(max_age) = expected.max_age_ms {
                self.compare(&format!("{place}: max_age_ms"), max_age, &found["max_age_ms"]);
            }
        }
    }
}

fn list<'a>(value: &'a Value, key: &str) -> &'a [Value] {
    value[key].as_array().map_or(&[], Vec::as_slice)
}

fn text_is(value: &Value, key: &str, expected: &str) -> bool {
    text(value, key) == expected
}

fn text<'a>(value: &'a Value, key: &str) -> &'a str {
    value[key].as_str().unwrap_or_default()
}

/// Checks that a case says what becomes of each action of its policy, once.
fn complete(case: &Case, engine: &Engine) -> Vec<String> {
    let expected = &case.expect;
    let mut named: Vec<&str> = expected.withheld.keys().map(String::as_str).collect();
    named.extend(expected.recommendations.iter().map(|r| r.action.as_str()));
    named.sort_unstable();
    let mut actions: Vec<&str> = engine.policy().actions.iter().map(|a| &*a.id).collect();
    actions.sort_unstable();
    if named == actions {
        return Vec::new();
    }
    vec![format!("the case is about {named:?}, the policy has {actions:?}")]
}

/// Runs one case; what is wrong, a line each.
fn run(case: &Case) -> Vec<String> {
    let (engine, again) = (engine(&case.policy), engine(&case.policy));
    let context = match Context::from_json(case.context.to_string()) {
        Ok(context) => context,
        Err(error) => return vec![format!("context: {error}")],
    };
    let request = match Request::from_json(case.request.to_string()) {
        Ok(request) => request,
        Err(error) => return vec![format!("request: {error}")],
    };
    let json = engine.decide(&context, &request).to_json();
    let found: Value = serde_json::from_str(&json).expect("a decision is JSON");
    let mut differences = Differences(complete(case, &engine));
    differences.decision(case, &found);
    if again.decide(&context, &request).to_json() != json {
        let line = "a second engine gives other bytes".to_owned();
        differences.0.push(line);
    }
    let ranked = engine.decide(&context, &request.ranked_only()).to_json();
    let ranked: Value = serde_json::from_str(&ranked).expect("a decision is JSON");
    let mut should: Map<String, Value> = found.as_object().cloned().unwrap_or_default();
    should.insert("withheld".to_owned(), Value::Array(Vec::new()));
    differences.compare("ranked only", should, &ranked);
    differences.0
}

#[test]
fn every_case_gets_its_decision() {
    let mut wrong = Vec::new();
    for case in cases() {
        let differences = run(&case);
        if !differences.is_empty() {
            let lines = differences.join("\n    ");
            wrong.push(format!("{}: {}\n    {lines}", case.name, case.about));
        }
    }
    assert!(wrong.is_empty(), "{} cases went wrong\n\n{}\n", wrong.len(), wrong.join("\n\n"));
}

/// A decision that is written as a case is a case that gets this decision.
#[test]
fn a_decision_makes_a_case() {
    for case in cases() {
        let (engine, context, request) = (engine(&case.policy), context(&case), request(&case));
        let decision = engine.decide(&context, &request);
        let made = decision.to_case(&case.name, &case.about, &case.policy, &context, &request);
        let made: Case =
            serde_json::from_str(&made).unwrap_or_else(|error| panic!("{made}\n{error}"));
        let differences = run(&made);
        assert!(differences.is_empty(), "{}: {}", case.name, differences.join("\n    "));
    }
}

/// Reads a case for which the engine has nothing left to check.
fn context(case: &Case) -> Context {
    Context::from_json(case.context.to_string()).expect("a case has a context")
}

fn request(case: &Case) -> Request {
    Request::from_json(case.request.to_string()).expect("a case has a request")
}

fn decided(engine: &Engine, context: &Context, request: &Request) -> Value {
    let json = engine.decide(context, request).to_json();
    serde_json::from_str(&json).expect("a decision is JSON")
}

/// What a slate shows, without the words about it.
fn shown(decision: &Value) -> Vec<[Value; 5]> {
    let of =
        |r: &Value| ["action", "slot", "treatment", "channel", "priority"].map(|k| r[k].clone());
    list(decision, "recommendations").iter().map(of).collect()
}

fn instant(value: &Value) -> Option<Timestamp> {
    value.as_str().map(|text| text.parse().expect("decisions tell instants"))
}

/// The recommendations stand until the decision says they may not, while every
/// part grows older.
#[test]
fn nothing_changes_while_a_decision_is_valid() {
    let mut wrong = Vec::new();
    for case in cases() {
        let (engine, context, mut request) = (engine(&case.policy), context(&case), request(&case));
        let found = decided(&engine, &context, &request);
        let (now, end) = (request.now.as_millis(), instant(&found["valid_until"]));
        // Without an end it stands for as long as anybody looks.
        let end = end.map_or(now + YEAR_MS, Timestamp::as_millis);
        assert!(end > now, "{}: valid until {end}", case.name);
        // Where something lets go is where something may change.
        let accounts = list(&found, "withheld").iter();
        let clear = accounts.flat_map(|a| list(a, "reasons")).filter_map(|r| instant(&r["until"]));
        let clear = clear.map(Timestamp::as_millis).filter(|until| (now..end).contains(until));
        for later in clear.chain([now + 1, now.midpoint(end), end - 2, end - 1]) {
            request.now = Timestamp::from_millis(later.clamp(now, end - 1));
            let at = shown(&decided(&engine, &context, &request));
            if at != shown(&found) {
                let before = shown(&found);
                wrong.push(format!("{} at {}: {before:?}, {at:?}", case.name, request.now));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

const YEAR_MS: i64 = 365 * 86_400_000;

/// Delivers every part anew, unchanged, so long after.
fn delivered(case: &Case, later: i64) -> Context {
    let mut json = case.context.clone();
    let parts = json.as_object_mut().into_iter().flat_map(Map::values_mut);
    for as_of in parts.filter_map(|part| part.get_mut("as_of")) {
        match as_of {
            Value::Object(sources) => sources.values_mut().for_each(|as_of| delay(as_of, later)),
            single => delay(single, later),
        }
    }
    Context::from_json(json.to_string()).expect("a context delivered later is one")
}

fn delay(as_of: &mut Value, later: i64) {
    let before = instant(as_of).expect("watermarks are instants").as_millis();
    *as_of = Value::String(Timestamp::from_millis(before + later).to_string());
}

/// What holds an action back before the slate, by code and rule; quiet hours
/// are one, as windows may meet.
fn holds(decision: &Value, action: &str) -> BTreeSet<(u64, String)> {
    let accounts = list(decision, "withheld").iter();
    let reasons = accounts.filter(|a| text(a, "action") == action).flat_map(|a| list(a, "reasons"));
    let before_the_slate = reasons.filter(|reason| text(reason, "stage") != "slate");
    before_the_slate
        .map(|reason| match reason["code"].as_u64() {
            Some(211 | 213) => (211, String::new()),
            code => (code.unwrap_or(0), text(reason, "rule").to_owned()),
        })
        .collect()
}

/// What holds an action back lets go at the instant that is told, and not a
/// millisecond before.
#[test]
fn what_holds_back_lets_go_at_the_instant_that_is_told() {
    let (mut wrong, mut checked) = (Vec::new(), 0);
    for case in cases() {
        // On several channels the first that is free counts; scores have ages
        // of their own.
        let several = case.request.get("or_channels").is_some();
        if several || case.policy.ends_with("scored.toml") {
            continue;
        }
        let (engine, mut request) = (engine(&case.policy), request(&case));
        let found = decided(&engine, &context(&case), &request);
        let now = request.now;
        for account in list(&found, "withheld") {
            let Some(until) = instant(&account["until"]) else { continue };
            let action = text(account, "action");
            let held = holds(&found, action);
            let mut held_at = |at: Timestamp| {
                request.now = at;
                let context = delivered(&case, at.as_millis() - now.as_millis());
                &holds(&decided(&engine, &context, &request), action) & &held
            };
            let before = Timestamp::from_millis(until.as_millis() - 1);
            let (then, before) = (held_at(until), held_at(before));
            if !then.is_empty() || before.is_empty() {
                wrong.push(format!("{}: {action} until {until}: {before:?}, {then:?}", case.name));
            }
            checked += 1;
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(checked > 100, "{checked} actions");
}

/// A history cut down to what limits look at gets the same decision, unless
/// something else looks at it as well.
#[test]
fn a_summary_of_the_history_gets_the_same_decision() {
    let of_limits = |case: &Case| !policy(&case.policy).contains("half_life");
    for case in cases().into_iter().filter(of_limits) {
        let (engine, context, request) = (engine(&case.policy), context(&case), request(&case));
        let Some(history) = context.history.known() else { continue };
        let mut short = context.clone();
        short.history = Part::Known(engine.summarize(history, request.now));
        let whole = engine.decide(&context, &request).to_json();
        assert_eq!(engine.decide(&short, &request).to_json(), whole, "{}", case.name);
    }
}

/// The agent's customer on the web: what is recorded of one decision holds in
/// the next, on another channel.
#[test]
fn what_came_of_a_decision_is_seen_by_the_next() {
    let all = cases();
    let case = all.iter().find(|case| case.name == "7a-agent-cancel").expect("the case is there");
    let (engine, mut context) = (engine(&case.policy), context(case));
    let verdict = |context: &Context, request: &Request| {
        let decision = engine.decide(context, request);
        let account = decision.account("retain.save_offer");
        account.map(|account| (account.verdict().as_str(), account.until()))
    };
    let web = Request::from_json(
        r#"{"now": "2026-03-10T15:04:00Z", "channel": "web", "slots": ["hero", "tile", "tile"]}"#,
    )
    .expect("a request");
    for (at, expected) in [
        ("2026-03-10T15:02:00Z", None),
        ("2026-03-10T15:03:00Z", Some(("limited", "2026-04-09T15:03:00Z".parse().ok()))),
    ] {
        let decision = engine.decide(&context, &request(case));
        let at: Timestamp = at.parse().expect("an instant");
        let rejected = decision.outcome("retain.save_offer", Outcome::Reject, at);
        let rejected = rejected.expect("the offer is of the policy");
        assert_eq!(rejected.channel, Some(Channel::Agent));
        context.record(rejected);
        assert_eq!(verdict(&context, &web), expected);
    }
}

/// The cases whose story is in the log of a shop: those of `care.toml`.
fn log() -> Vec<Case> {
    let of_the_shop = |case: &Case| case.policy == "policies/care.toml";
    cases().into_iter().filter(of_the_shop).collect()
}

/// What a policy would have decided, without saying which policy it is.
fn replayed(engine: &Engine, case: &Case) -> Value {
    let mut decision = decided(engine, &context(case), &request(case));
    decision.as_object_mut().map(|object| object.remove("policy_fingerprint"));
    decision
}

/// Replaying the log under a shorter cool-off changes what was in it, and only
/// that.
#[test]
fn a_shorter_cool_off_changes_what_was_in_it() {
    let shorter = policy("policies/care.toml")
        .replace("within(t.closed_at, days(14))", "within(t.closed_at, days(7))");
    let shorter = Engine::from_toml(&shorter).expect("the policy loads");
    let (care, again) = (engine("policies/care.toml"), engine("policies/care.toml"));
    let mut changed = Vec::new();
    for case in log() {
        let before = replayed(&care, &case);
        assert_eq!(before, replayed(&again, &case), "{}", case.name);
        let after = replayed(&shorter, &case);
        if after != before {
            changed.push(case.name.clone());
        }
        if case.name == "1d-dispute-closed-3-days-ago" {
            let held =
                list(&after, "withheld").iter().filter(|a| text_is(a, "verdict", "suppressed"));
            let untils: Vec<&str> = held.map(|account| text(account, "until")).collect();
            assert_eq!(untils, ["2026-03-14T15:00:30Z"; 5], "four that sell, and the survey");
        }
    }
    assert_eq!(changed, IN_THE_COOL_OFF);
}

/// The cases in which a dispute was closed less than 14 days ago, and none may
/// be open.
const IN_THE_COOL_OFF: [&str; 8] = [
    "1d-dispute-closed-3-days-ago",
    "1d-forced",
    "1d-no-closing-time",
    "1d-too-early-and-cool-off",
    "1d-two-disputes",
    "1e-dispute-closed-a-millisecond-less",
    "4d-dispute-closed-today",
    "4d-opportunity-lost",
];

#[test]
fn every_policy_is_used_and_loads_without_warnings() {
    let used: BTreeSet<String> = cases().into_iter().map(|case| case.policy).collect();
    let entries = fs::read_dir(folder().join("policies")).expect("the folder of policies is there");
    for entry in entries {
        let name = entry.expect("the folder can be listed").file_name();
        let path = format!("policies/{}", name.to_str().expect("a plain name"));
        assert!(used.contains(&path), "no case uses {path}");
        let engine = engine(&path);
        assert!(engine.warnings().is_empty(), "{:?}", engine.warnings());
    }
}

#[test]
fn variants_of_the_care_policy_do_not_drift() {
    let care = policy("policies/care.toml");
    for variant in ["policies/care_lever.toml", "policies/care_inactive.toml"] {
        assert!(policy(variant).starts_with(&care), "{variant} is care.toml and more");
    }
    assert!(policy("policies/care_holdout.toml").starts_with(&care), "one holdout more");
    let replaced = |from: &str, to: &str| {
        assert_eq!(care.matches(from).count(), 1, "{from}");
        care.replace(from, to)
    };
    let upgrade = "id         = \"grow.premium_upgrade\"\n";
    let tier = replaced(upgrade, &format!("{upgrade}tier       = 1\n"));
    assert_eq!(policy("policies/care_tier.toml"), tier, "care.toml and one line");

    let rolling = "id       = \"email_2_per_7d\"";
    let weekly = replaced(rolling, "id       = \"email_2_per_week\"");
    let (before, after) = weekly.split_once("email_2_per_week").expect("the cap on mails");
    let by_week = after.replacen("within   = \"7d\"", BY_WEEK, 1);
    let calendar = format!("{before}email_2_per_week{by_week}");
    assert_eq!(policy("policies/care_calendar.toml"), calendar, "care.toml by the week");

    let transactional = "purpose    = \"transactional\"\n";
    let obeys = "obeys_limits      = true\nobeys_quiet_hours = true\n";
    let reminder = replaced(transactional, &format!("{transactional}{obeys}"));
    let variant = policy("policies/care_reminder.toml");
    assert!(variant.starts_with(&reminder), "care.toml, two lines and a limit");
}

const BY_WEEK: &str = "each     = \"week\"\nweek_starts = \"sunday\"";
