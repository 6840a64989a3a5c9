//! Records of decisions: what they keep, that they survive, and that what was
//! decided can be decided again.
#![cfg(all(feature = "toml", feature = "json"))]
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test may stop at the first surprise"
)]

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use serde_json::{Value, json};
use tactful::context::{
    AsOf, Attribute, Attributes, Consent, Grant, History, List, Order, Profile, Purchases, Support,
    Ticket,
};
use tactful::decision::{Record, Stage, Verdict};
use tactful::explain::{Fate, Replay};
use tactful::hash::Fingerprint;
use tactful::{
    Channel, ConsentStatus, Context, Duration, Engine, ErrorKind, Purpose, Request, TicketState,
    Timestamp, Topic,
};

const CARE: &str = include_str!("scenarios/policies/care.toml");

/// A case of the corpus: name, policy, context, request.
struct Case {
    name: String,
    policy: String,
    context: Context,
    request: Request,
}

fn cases() -> Vec<Case> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/scenarios");
    let mut files: Vec<_> =
        fs::read_dir(folder.join("cases")).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.sort();
    let case = |file: &std::path::PathBuf| {
        let case: Value = serde_json::from_str(&fs::read_to_string(file).unwrap()).unwrap();
        let policy = folder.join(case["policy"].as_str().unwrap());
        Case {
            name: case["name"].as_str().unwrap().to_owned(),
            policy: fs::read_to_string(policy).unwrap(),
            context: Context::from_json(case["context"].to_string()).unwrap(),
            request: Request::from_json(case["request"].to_string()).unwrap(),
        }
    };
    files.iter().map(case).collect()
}

fn now() -> Timestamp {
    "2026-03-10T15:00:30Z".parse().unwrap()
}

fn baseline() -> Case {
    cases().into_iter().find(|case| case.name == "1-baseline").unwrap()
}

fn dispute() -> Support {
    let ticket = Ticket::new("C-1", now(), now());
    Support::new(now()).tickets([ticket.topic(Topic::BillingDispute).state(TicketState::Open)])
}

fn record(engine: &Engine, context: &Context, request: &Request) -> Record {
    engine.decide(context, request).to_record(context, request)
}

/// Scenario 10e, first half: the log is identical under the same policy.
#[test]
fn every_case_of_the_corpus_replays() {
    let mut engines = BTreeMap::new();
    for case in cases() {
        let engine = engines
            .entry(case.policy.clone())
            .or_insert_with(|| Engine::from_toml(&case.policy).unwrap());
        let decision = engine.decide(&case.context, &case.request);
        for record in [
            decision.to_record(&case.context, &case.request),
            decision.to_record_with_facts(&case.context, &case.request),
        ] {
            let read = Record::from_json(record.to_json()).unwrap();
            assert_eq!(read, record, "{}", case.name);
            let replay = engine.replay(&read, &case.context).unwrap();
            assert!(replay.is_same(), "{}\n{replay}", case.name);
            assert!(!replay.policy_changed && !replay.context_changed, "{}", case.name);
            assert!(replay.actions.is_empty() && replay.suppressions.is_empty(), "{}", case.name);
        }
    }
}

/// Scenario 10e, second half: half the cool-off changes the cases that rest on it.
#[test]
fn a_shorter_cool_off_changes_what_rests_on_it() {
    let engine = Engine::from_toml(CARE).unwrap();
    let shorter = Engine::from_toml(
        &CARE.replace("within(t.closed_at, days(14))", "within(t.closed_at, days(7))"),
    )
    .unwrap();
    let mut changed = Vec::new();
    for case in cases().into_iter().filter(|case| case.policy == CARE) {
        let record = record(&engine, &case.context, &case.request);
        let rests_on_it = record.suppressions.iter().any(|rule| rule.code.number() == 402);
        let replay = shorter.replay(&record, &case.context).unwrap();
        assert!(replay.policy_changed);
        assert_eq!(replay.is_same(), !rests_on_it, "{}\n{replay}", case.name);
        if !replay.is_same() {
            changed.push(case.name);
        }
    }
    assert!(changed.contains(&"1d-dispute-closed-3-days-ago".to_owned()), "{changed:?}");
}

#[test]
fn a_replay_says_where_before_and_now_part() {
    let engine = Engine::from_toml(CARE).unwrap();
    let Case { context, request, .. } = baseline();
    let record = record(&engine, &context, &request);
    let disputed = context.clone().support(dispute());

    let replay = engine.replay(&record, &disputed).unwrap();
    assert!(!replay.is_same() && replay.context_changed && !replay.policy_changed);
    let upgrade =
        replay.actions.iter().find(|action| action.action == "grow.premium_upgrade").unwrap();
    assert_eq!(upgrade.stage, Stage::Suppression);
    assert!(matches!(&upgrade.before, Fate::Recommended { place: 1, .. }));
    assert!(
        matches!(&upgrade.after, Fate::Withheld(account) if account.verdict == Verdict::Suppressed)
    );
    let said = replay.to_string();
    assert!(
        said.starts_with(
            "The decision differs: the facts have changed since, the policy has not.\n"
        )
    );
    let expected = "  grow.premium_upgrade parts at suppression:
    before  recommended no. 1 on web in hero, priority 14.4
    now     suppressed; 401 situation_active by billing_dispute_open
";
    assert!(said.contains(expected), "{said}");
    assert!(serde_json::to_value(&replay).unwrap()["actions"][0]["stage"].is_string());
}

#[test]
fn what_changes_nothing_is_the_same_and_says_what_changed() {
    let engine = Engine::from_toml(CARE).unwrap();
    let Case { context, request, .. } = baseline();
    let record = record(&engine, &context, &request);
    let other_id = context.clone().user_id("somebody-else");
    let replay = engine.replay(&record, &other_id).unwrap();
    assert!(replay.is_same() && replay.context_changed);
    let expected = "The decision is the same: the facts have changed since, the policy has not.\n";
    assert_eq!(replay.to_string(), expected);
}

#[test]
fn an_action_that_came_in_does_not_move_the_others() {
    let policy = |extra: &str| {
        let action = |id: &str, value: u32| {
            format!(
                "[[actions]]\nid = '{id}'\nkind = 'service'\nchannels = ['web']\nvalue = {value}\n"
            )
        };
        let text = format!("policy = 'p'\n{}{}{extra}", action("a", 5), action("b", 3));
        (Engine::from_toml(&text).unwrap(), action("c", 9))
    };
    let (engine, more) = policy("");
    let request = Request::new(now(), Channel::Web);
    let record = record(&engine, &Context::new(), &request);
    let (larger, _) = policy(&more);
    let replay = larger.replay(&record, &Context::new()).unwrap();
    let names: Vec<&str> = replay.actions.iter().map(|action| action.action.as_str()).collect();
    assert_eq!(names, ["c"]);
    assert_eq!(replay.actions[0].before, Fate::Unmentioned);
    assert!(replay.to_string().contains("before  not mentioned"), "{replay}");
}

/// A policy with a holdout, a quota, a limit and several channels.
const CONTACT: &str = r#"
    policy = "contact"
    [holdout.universal]
    percent = 100
    kinds = ["upsell"]
    [[limits]]
    id = "one-mail"
    channels = ["email"]
    at_most = 1
    within = "7d"
    [[actions]]
    id = "held-out"
    kind = "upsell"
    channels = ["email"]
    value = 9
    [[actions]]
    id = "credit"
    kind = "service"
    channels = ["email"]
    value = 5
    quota = "credits"
    [[actions]]
    id = "second-mail"
    kind = "service"
    channels = ["email"]
    value = 3
    [[actions]]
    id = "message"
    kind = "service"
    channels = ["sms"]
    value = 1
"#;

#[test]
fn a_record_keeps_holdouts_quotas_and_channels() {
    let engine = Engine::from_toml(CONTACT).unwrap();
    let granted = Grant::new(Purpose::Marketing, ConsentStatus::Granted, now());
    let context = Context::new()
        .user_id("u")
        .consent(Consent::new(now()).grants([granted]).hard_blocks(Vec::new()))
        .history(History::new(now()).interactions([]));
    let request = Request::new(now(), Channel::Email).or_on(Channel::Sms).quota("credits", 1);
    let record = record(&engine, &context, &request);
    let read = Record::from_json(record.to_json()).unwrap();
    assert_eq!(read, record);

    assert_eq!(read.channels, [Channel::Email, Channel::Sms]);
    assert_eq!(read.ghosts, ["held-out"]);
    assert!(read.holdouts[0].held_out && read.holdouts[0].bucket.is_some());
    assert_eq!(read.reservations, BTreeMap::from([("credits".to_owned(), 1)]));
    assert!(read.valid_until.is_some());
    let message = &read.recommendations[1];
    assert_eq!((message.action.as_str(), message.channel), ("message", Channel::Sms));
    assert_eq!(message.passed_over[0].code.number(), 105);
    // The limit is reached by the slate itself.
    let second = read.withheld.iter().find(|action| action.action == "second-mail").unwrap();
    assert_eq!(
        (second.reasons[0].code.number(), second.reasons[0].stage),
        (504, Some(Stage::Slate))
    );

    assert!(engine.replay(&read, &context).unwrap().is_same());
    let mut nobody = context.clone();
    nobody.user_id = None;
    let replay = engine.replay(&read, &nobody).unwrap();
    let others: Vec<&str> = replay.others.iter().map(|other| other.what).collect();
    assert_eq!(others, ["holdouts", "ghosts", "reservations"]);
    let held_out = replay.actions.iter().find(|action| action.action == "held-out").unwrap();
    assert_eq!(held_out.stage, Stage::Holdout);
    assert!(replay.to_string().contains("  ghosts:\n    before  [\"held-out\"]\n    now     []\n"));

    let mut twice = read.clone();
    twice.reservations.insert("credits".to_owned(), 2);
    let replay = engine.replay(&twice, &context).unwrap();
    assert!(!replay.is_same() && replay.actions.is_empty());
}

/// A log can be kept without personal data: nothing of the context is in it.
#[test]
fn a_record_holds_no_facts_unless_asked() {
    let engine = Engine::from_toml(CARE).unwrap();
    let Case { context, request, .. } = baseline();
    let context = context
        .user_id("jane-doe")
        .profile(Profile::new(now()).plan("jane's plan").age_years(34))
        .support(dispute());
    let decision = engine.decide(&context, &request);
    let plain = decision.to_record(&context, &request).to_json();
    for personal in ["jane", "facts", "age_ms", "C-1"] {
        assert!(!plain.contains(personal), "{personal} in {plain}");
    }
    let with_facts = decision.to_record_with_facts(&context, &request).to_json();
    assert!(
        with_facts.contains(r#"{"fact":"profile.plan","age_ms":0,"value":"\"jane's plan\""}"#),
        "{with_facts}"
    );
}

#[test]
fn the_ranking_alone_can_be_recorded() {
    let engine = Engine::from_toml(CARE).unwrap();
    let Case { context, request, .. } = baseline();
    let request = request.ranked_only();
    let record = record(&engine, &context, &request);
    assert!(record.withheld.is_empty());
    assert!(engine.replay(&record, &context).unwrap().is_same());
    let replay = engine.replay(&record, &context.support(dispute())).unwrap();
    assert!(replay.to_string().contains("now     not mentioned"), "{replay}");
}

/// The order of keys and of entries says nothing; every fact does.
#[test]
fn a_context_has_one_fingerprint_whatever_its_order() {
    let tickets = |ids: [&str; 3]| {
        let tickets = ids.map(|id| Ticket::new(id, now(), now()));
        Context::new().support(Support::new(now()).tickets(tickets))
    };
    let sorted = tickets(["a", "b", "c"]);
    assert_eq!(sorted.fingerprint(), tickets(["c", "a", "b"]).fingerprint());
    assert_ne!(sorted.fingerprint(), tickets(["a", "b", "b"]).fingerprint());

    let order = |categories: [&str; 2]| {
        let order = Order::new("o", now()).categories(categories.map(str::to_owned).to_vec());
        Context::new().purchases(Purchases::new(now()).orders([order]))
    };
    assert_eq!(order(["a", "b"]).fingerprint(), order(["b", "a"]).fingerprint());

    let one = r#"{"user_id":"u","profile":{"as_of":"2026-03-10T15:00:30Z","plan":"p","role":"r"}}"#;
    let other =
        r#"{"profile":{"role":"r","plan":"p","as_of":"2026-03-10T16:00:30+01:00"},"user_id":"u"}"#;
    let read = |text: &str| Context::from_json(text).unwrap().fingerprint();
    assert_eq!(read(one), read(other));
    assert_ne!(read(one), read(&one.replace("\"p\"", "\"q\"")));
    assert_ne!(read(one), read(&one.replace("30Z", "31Z")));
}

#[test]
fn a_fingerprint_tells_apart_what_means_something_else() {
    let support = || Support::new(now());
    let ticket = Ticket::new("a", now(), now());
    let later = AsOf::from(now() + Duration::seconds(1));
    let preferred = |channels: [Channel; 2]| {
        Context::new().consent(Consent::new(now()).preferred_channels(channels.to_vec()))
    };
    let attribute = |value: Attribute| {
        let values = BTreeMap::from([("a".to_owned(), value)]);
        Context::new().attributes(Attributes::new(now()).values(values))
    };
    let contexts = [
        Context::new(),
        Context::new().support(support()),
        Context::new().support(support().tickets([])),
        Context::new().support(support().tickets(List::partial(Vec::new()))),
        Context::new().support(Support::new(later)),
        Context::new().support(support().tickets([ticket])),
        preferred([Channel::Sms, Channel::Email]),
        preferred([Channel::Email, Channel::Sms]),
        attribute(Attribute::Bool(true)),
        attribute(Attribute::Text("true".to_owned())),
        attribute(Attribute::Int(1)),
        Context::new().attributes(Attributes::new(now())),
    ];
    for (place, one) in contexts.iter().enumerate() {
        for other in &contexts[place + 1..] {
            assert_ne!(one.fingerprint(), other.fingerprint(), "{one:?}\n{other:?}");
        }
    }
    // An attribute that is null says as little as one that is absent.
    let absent = Context::new().attributes(Attributes::new(now()));
    assert_eq!(attribute(Attribute::Null).fingerprint(), absent.fingerprint());
}

/// Records that were written once must be comparable for ever, in any language.
#[test]
fn the_form_of_a_context_that_is_hashed_is_golden() {
    let context = Context::from_json(
        r#"{"profile": {"plan": "pro \"é\"", "segments": ["b", "a"], "as_of": 1773154830000},
            "attributes": {"as_of": {"z": "2026-03-10T15:00:30Z", "crm": "2026-03-10T15:00:30Z"},
                           "values": {"limit": 1.5, "gone": null, "count": 2}},
            "support": {"as_of": "2026-03-10T15:00:30Z", "tickets": {"partial": []}}}"#,
    );
    let hashed = r#"{"attributes":{"as_of":{"crm":"2026-03-10T15:00:30Z","z":"2026-03-10T15:00:30Z"},"values":{"count":2,"limit":1.5}},"profile":{"as_of":"2026-03-10T15:00:30Z","plan":"pro \"é\"","segments":["a","b"]},"support":{"as_of":"2026-03-10T15:00:30Z","tickets":{"partial":[]}}}"#;
    assert_eq!(context.unwrap().fingerprint(), Fingerprint::of(hashed.as_bytes()));
    assert_eq!(Context::new().fingerprint(), Fingerprint::of(b"{}"));
}

/// What a hostile hand does to a record.
type Change = fn(&mut Value);

fn refused(change: Change) -> (ErrorKind, String) {
    let engine = Engine::from_toml(CARE).unwrap();
    let Case { context, request, .. } = baseline();
    let mut value: Value =
        serde_json::from_str(&record(&engine, &context, &request).to_json()).unwrap();
    change(&mut value);
    let replayed =
        Record::from_json(value.to_string()).and_then(|record| engine.replay(&record, &context));
    let error = replayed.unwrap_err();
    (error.kind(), error.to_string())
}

#[test]
fn a_record_that_cannot_be_replayed_says_why() {
    let wrong: [(&str, Change); 9] = [
        ("record: format: this is format 2, and this release reads format 1", |record| {
            record["format"] = json!(2);
            record["ghosts"] = json!([]);
        }),
        ("record: ghost: unknown key `ghost`", |record| record["ghost"] = json!([])),
        ("record: request.channel: unknown word `webb`", |record| {
            record["request"]["channel"] = json!("webb");
        }),
        ("record: request: missing field `now`", |record| {
            record["request"].as_object_mut().unwrap().remove("now");
        }),
        ("record: policy_fingerprint: a fingerprint is 32 hexadecimal digits", |record| {
            record["policy_fingerprint"] = json!("ff");
        }),
        ("record: withheld[0].verdict: `sold` is no verdict", |record| {
            record["withheld"][0]["verdict"] = json!("sold");
        }),
        ("record: withheld[0].reasons[0].code: this release knows no code 999", |record| {
            record["withheld"][0]["reasons"][0]["code"] = json!(999);
        }),
        ("record: withheld[0]: `grow.accessory` occurs twice", |record| {
            let place = record["recommendations"].as_array().unwrap().len() - 1;
            record["withheld"][0]["action"] = record["recommendations"][place]["action"].clone();
        }),
        ("record: recommendations[0]: expected an object, found a list", |record| {
            record["recommendations"][0] = json!(["grow.accessory"]);
        }),
    ];
    for (said, change) in wrong {
        let (kind, message) = refused(change);
        assert_eq!(kind, ErrorKind::Record, "{message}");
        assert!(message.starts_with(said), "{message}");
    }
    let long = vec![b' '; Record::MAX_JSON_BYTES + 1];
    assert_eq!(Record::from_json(long).unwrap_err().kind(), ErrorKind::TooLarge);
    assert_eq!(Record::from_json("").unwrap_err().kind(), ErrorKind::Record);
}

/// Whatever is in a log, reading and replaying it ends in an answer.
#[test]
fn hostile_records_are_survived() {
    let engine = Engine::from_toml(CARE).unwrap();
    let Case { context, request, .. } = baseline();
    let whole = engine.decide(&context, &request).to_record_with_facts(&context, &request);
    let text = whole.to_json();
    // A small generator of its own: the same mutations on every machine.
    let mut state = 0x9e37_79b9_7f4a_7c15_u64;
    let mut next = |limit: usize| {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        usize::try_from(state % u64::try_from(limit).unwrap()).unwrap()
    };
    let strange: [&[u8]; 8] =
        [b"null", b"-1", b"1e999", b"\"\xff\"", b"{}", b"[]", b"18446744073709551616", b"\"\""];
    let mut read = 0;
    for round in 0..400 {
        let mut bytes = text.clone().into_bytes();
        let place = next(bytes.len());
        match round % 4 {
            0 => bytes.truncate(place),
            1 => bytes[place] = b" 0:,\"{}[]ae-"[next(12)],
            2 => {
                let end = (place + 1 + next(20)).min(bytes.len());
                bytes.drain(place..end);
            }
            _ => {
                let colons: Vec<usize> =
                    (0..bytes.len() - 1).filter(|place| bytes[*place] == b':').collect();
                let start = colons[next(colons.len())] + 1;
                let end = (start..bytes.len()).find(|at| b",}]".contains(&bytes[*at])).unwrap();
                bytes.splice(start..end, strange[next(strange.len())].iter().copied());
            }
        }
        if let Ok(record) = Record::from_json(&bytes) {
            read += 1;
            if let Ok(replay) = engine.replay(&record, &context) {
                assert!(!replay.to_string().is_empty());
            }
        }
    }
    assert!(read > 5, "{read} were read");
}

/// What a record claims is compared, never believed.
#[test]
fn a_record_of_things_that_never_were_is_only_different() {
    let engine = Engine::from_toml(CARE).unwrap();
    let Case { context, request, .. } = baseline();
    let mut record = record(&engine, &context, &request);
    record.recommendations[0].action = "nothing of the kind".to_owned();
    record.recommendations[1].priority = "not a number".to_owned();
    record.withheld.reverse();
    let replay: Replay = engine.replay(&record, &context).unwrap();
    assert!(!replay.is_same() && !replay.policy_changed && !replay.context_changed);
    assert!(replay.actions.iter().any(|action| action.stage == Stage::Score));

    let mut record = engine.decide(&context, &request).to_record(&context, &request);
    record.withheld.reverse();
    let replay = engine.replay(&record, &context).unwrap();
    assert!(replay.to_string().ends_with("What is withheld comes in another order.\n"), "{replay}");
}
