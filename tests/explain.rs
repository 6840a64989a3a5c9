//! Explanations: part by part, what would change it, and what time brings.
#![cfg(all(feature = "toml", feature = "json"))]
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test may stop at the first surprise"
)]

use serde_json::{Value, json};
use tactful::decision::{Stage, Verdict};
use tactful::explain::{ChangeBy, Explanation, Note, Opportunity};
use tactful::{Channel, Context, Engine, ErrorKind, Request, Timestamp};

const NOW: &str = "2026-03-10T15:00:30Z";
const CARE: &str = include_str!("../examples/policies/customer_care.toml");

fn now() -> Timestamp {
    NOW.parse().unwrap()
}

fn web() -> Request {
    Request::new(now(), Channel::Web)
}

/// A policy of one action `a` with these lines of its own, and rules after it.
fn engine(lines: &str, rules: &str) -> Engine {
    let text = format!(
        "policy = 'p'\n[attributes]\ntier = ['free', 'pro', 'max', 'team', 'huge', 'vip']\n\
         points = 'int'\nratio = 'double'\nnick = 'text'\nlabels = 'texts'\nok = 'bool'\nseen = 'timestamp'\n\
         [[actions]]\nid = 'a'\nkind = 'service'\nchannels = ['web', 'email']\nvalue = 5\n{lines}\n{rules}"
    );
    Engine::from_toml(&text).unwrap_or_else(|error| panic!("{error}"))
}

fn context(value: &Value) -> Context {
    Context::from_json(value.to_string()).unwrap()
}

fn attributes(values: &Value) -> Context {
    context(&json!({"attributes": {"as_of": NOW, "values": values}}))
}

fn explain(engine: &Engine, context: &Context) -> Explanation {
    let before = engine.decide(context, &web());
    let explanation = engine.explain(context, &web(), "a").unwrap();
    assert_eq!(engine.decide(context, &web()).to_json(), before.to_json(), "explaining is pure");
    explanation
}

/// The changes that are proposed, and whether they were tried out.
fn changes(engine: &Engine, context: &Context) -> (Vec<String>, bool) {
    let found = explain(engine, context).nearest_change.unwrap();
    (found.changes.iter().map(ToString::to_string).collect(), found.is_verified)
}

/// What one condition asks of attributes, tried out.
fn asked(eligible: &str, values: &Value) -> Vec<String> {
    let engine = engine(&format!("eligible = '''{eligible}'''"), "");
    let (changes, is_verified) = changes(&engine, &attributes(values));
    assert!(is_verified, "{eligible}: {changes:?}");
    changes
}

#[test]
fn a_condition_is_taken_apart() {
    let engine = engine(
        "eligible = '''attributes.ok && (attributes.points > 5 || attributes.tier == \"pro\")'''",
        "",
    );
    let explanation = explain(&engine, &attributes(&json!({"ok": true, "points": 3})));
    let stage = explanation.stages.iter().find(|stage| stage.stage == Stage::Eligibility).unwrap();
    let told = "\
attributes.ok && (attributes.points > 5 || attributes.tier == \"pro\")  is unknown
  attributes.ok  is true
    attributes.ok (known, 0 s old) = true
  (attributes.points > 5 || attributes.tier == \"pro\")  is unknown
    attributes.points > 5  is false
      attributes.points (known, 0 s old) = 3
    attributes.tier == \"pro\"  is unknown
      attributes.tier (not delivered)
";
    assert_eq!(stage.notes[0].to_string(), told);
    let json = serde_json::to_value(&stage.notes[0]).unwrap();
    assert_eq!(json["parts"][1]["parts"][0]["truth"], "false");
    assert_eq!(json["parts"][1]["parts"][0]["facts"][0]["value"], "3");
    assert_eq!(
        json["parts"][1]["said"],
        "either attributes.points is more than 5 or attributes.tier is \"pro\""
    );
}

/// A situation that joins conditions is taken apart where it is named.
#[test]
fn a_situation_is_taken_apart() {
    let engine = engine(
        "eligible = '!busy'",
        "[situations.busy]\nsay = 'they are busy'\nwhen = 'attributes.ok || attributes.points > 5'\n",
    );
    let explanation = explain(&engine, &attributes(&json!({"ok": true, "points": 3})));
    let stage = explanation.stages.iter().find(|stage| !stage.passes).unwrap();
    let busy = &stage.notes[0].parts[0];
    assert_eq!((busy.text.as_str(), busy.said.as_str()), ("busy", "they are busy"));
    let parts: Vec<&str> = busy.parts.iter().map(|part| part.text.as_str()).collect();
    assert_eq!(parts, ["attributes.ok", "attributes.points > 5"]);
}

/// What was said of other conditions before changes nothing.
#[test]
fn what_is_told_does_not_depend_on_what_was_asked_before() {
    let rules = "\
        [situations.busy]\nsay = 'they are busy'\nwhen = 'attributes.ok || attributes.points > 5'\n\
        [[actions]]\nid = 'b'\nkind = 'service'\nchannels = ['web']\nvalue = 7\n\
        eligible = ['attributes.points > 9 || busy && attributes.nick == \"n\"', '!busy']\n\
        [[suppress]]\nid = 's'\nids = ['a', 'b']\nbecause = 'b'\n\
        when = 'busy || attributes.points > 2 && attributes.ok'\n";
    let lines = "eligible = 'attributes.points > 9 && !busy || attributes.nick == \"m\"'";
    let context = attributes(&json!({"ok": true, "points": 3, "nick": "k", "tier": "free"}));
    let told = |engine: &Engine, action: &str| {
        let explanation = engine.explain(&context, &web(), action).unwrap();
        format!("{explanation}{}", serde_json::to_string(&explanation).unwrap())
    };
    let fresh = |action: &str| told(&engine(lines, rules), action);
    let (of_a, of_b) = (fresh("a"), fresh("b"));
    for order in [["a", "b", "a"], ["b", "a", "b"], ["b", "b", "a"]] {
        let engine = engine(lines, rules);
        for action in order {
            let expected = if action == "a" { &of_a } else { &of_b };
            assert_eq!(&told(&engine, action), expected, "{order:?}");
        }
    }
}

/// Hundreds of conditions and rules against one action end in an answer soon.
#[test]
fn hundreds_of_reasons_are_explained() {
    let clauses: Vec<String> = (0..300)
        .map(|n| format!("'attributes.points > {n} || attributes.tier == \"pro\"'"))
        .collect();
    let rules: Vec<String> = (0..300)
        .map(|n| {
            format!(
                "[[suppress]]\nid = 's{n}'\nids = ['a']\nbecause = 'b'\n\
                 when = 'support.tickets.exists(t, t.id == \"C-{n}\" && t.is_open) || attributes.points == {n}'\n"
            )
        })
        .collect();
    let engine = engine(&format!("eligible = [{}]", clauses.join(",")), &rules.join(""));
    let values = json!({"points": -3, "tier": "free"});
    let context = context(&json!({
        "attributes": {"as_of": NOW, "values": values},
        "support": tickets(),
    }));
    let (found, is_verified) = changes(&engine, &context);
    assert!(is_verified, "{found:?}");
    // One fact does for all clauses; of the rules only one is in the way.
    let solved = r#"`state` of C-1 in `support.tickets` is "open"; it would have to be "solved" or "closed""#;
    assert_eq!(found, ["`attributes.points` is -3; it would have to be at least 300", solved]);
}

/// Situations that name others again and again are taken apart within bounds.
#[test]
fn a_tower_of_situations_is_taken_apart_within_bounds() {
    let mut rules = "[situations.s0]\nwhen = 'attributes.ok && attributes.points > 1'\n".to_owned();
    for level in 1..9 {
        let inner = vec![format!("s{}", level - 1); 50].join(" && ");
        rules.push_str(&format!("[situations.s{level}]\nwhen = '{inner}'\n"));
    }
    let engine = engine("eligible = 's8'", &rules);
    let explanation = explain(&engine, &attributes(&json!({"ok": false, "points": 3})));
    fn count(notes: &[Note]) -> usize {
        notes.iter().map(|note| 1 + count(&note.parts)).sum()
    }
    let parts = count(&explanation.stages.iter().find(|stage| !stage.passes).unwrap().notes);
    assert!((100..2_000).contains(&parts), "{parts}");
    assert!(explanation.nearest_change.unwrap().is_verified);
}

#[test]
fn the_entries_that_decide_are_named() {
    let engine = engine(
        "eligible = 'support.tickets.all(t, !t.is_open)'",
        "[[suppress]]\nid = 's'\nwhen = 'support.tickets.exists(t, t.is_open)'\nids = ['a']\nbecause = 'first things first'\n",
    );
    let explanation = explain(&engine, &context(&json!({"support": tickets()})));
    let decided = |stage: Stage| {
        let stage = explanation.stages.iter().find(|report| report.stage == stage).unwrap();
        stage.notes[0].entries.clone()
    };
    assert_eq!(decided(Stage::Eligibility), ["C-1 in support.tickets"]);
    assert_eq!(decided(Stage::Suppression), ["C-1 in support.tickets"]);
    assert!(explanation.why[1].ends_with("(C-1 in support.tickets)."), "{:?}", explanation.why);
}

#[test]
fn every_reason_is_a_sentence() {
    let engine = engine(
        "eligible = 'attributes.points > 5'\nsuitable = 'attributes.ok'\nstatus = 'paused'",
        "[[suppress]]\nid = 's'\nwhen = 'support.tickets.exists(t, t.is_open)'\nids = ['a']\nbecause = 'first things first'\n",
    );
    let explanation = explain(&engine, &attributes(&json!({"points": 3})));
    let why = [
        "The action is paused.",
        "The customer is not known to qualify: attributes.points is more than 5.",
        "It is not known to be in the customer's interest: attributes.ok (attributes.ok was not delivered).",
        "First things first: there is t in support.tickets for which t.is_open, or nobody can tell \
         whether it is so (support was never delivered).",
    ];
    assert_eq!(explanation.why, why);
    let changes: Vec<String> =
        explanation.nearest_change.unwrap().changes.iter().map(ToString::to_string).collect();
    assert_eq!(changes.last().unwrap(), "the policy would have to switch a on");
}

/// "And" asks for all of it, "or" for the least.
#[test]
fn the_fewest_changes_are_proposed() {
    let values = json!({"ok": false, "points": 3, "tier": "free"});
    let either = r#"attributes.ok && attributes.points > 5 || attributes.tier == "pro""#;
    assert_eq!(
        asked(either, &values),
        [r#"`attributes.tier` is "free"; it would have to be "pro""#]
    );
    let both = r#"attributes.ok && attributes.points > 5"#;
    assert_eq!(
        asked(both, &values),
        [
            "`attributes.ok` is false; it would have to be true",
            "`attributes.points` is 3; it would have to be at least 6",
        ]
    );
    let not_either = "!(attributes.ok || attributes.points < 5)";
    assert_eq!(
        asked(not_either, &values),
        ["`attributes.points` is 3; it would have to be at least 5"]
    );
}

#[test]
fn every_kind_of_fact_can_be_otherwise() {
    let values = json!({"ok": true, "points": 3, "ratio": 0.25, "tier": "free", "nick": "jo",
                        "labels": ["old"], "seen": "2026-03-01T00:00:00Z"});
    let cases = [
        ("!attributes.ok", "`attributes.ok` is true; it would have to be false"),
        ("attributes.points == 7", "`attributes.points` is 3; it would have to be 7"),
        (
            "attributes.points > 4 && attributes.points < 9",
            "`attributes.points` is 3; it would have to be at least 5 and at most 8",
        ),
        ("attributes.ratio >= 0.5", "`attributes.ratio` is 0.25; it would have to be at least 0.5"),
        ("attributes.ratio > 0.5", "`attributes.ratio` is 0.25; it would have to be more than 0.5"),
        ("attributes.ratio < 0.1", "`attributes.ratio` is 0.25; it would have to be less than 0.1"),
        (
            r#"attributes.tier in ["pro", "max"]"#,
            r#"`attributes.tier` is "free"; it would have to be "pro" or "max""#,
        ),
        (
            r#"!(attributes.tier in ["free", "pro", "max", "team"])"#,
            r#"`attributes.tier` is "free"; it would have to be "huge" or "vip""#,
        ),
        (
            r#"attributes.tier != "free""#,
            r#"`attributes.tier` is "free"; it would have to be something other than "free""#,
        ),
        (r#"attributes.nick == "al""#, r#"`attributes.nick` is "jo"; it would have to be "al""#),
        (
            r#"attributes.nick != "jo""#,
            r#"`attributes.nick` is "jo"; it would have to be something other than "jo""#,
        ),
        (
            r#"attributes.nick.startsWith("x") && attributes.nick.contains("yz")"#,
            r#"`attributes.nick` is "jo"; it would have to start with "x" and contain "yz""#,
        ),
        (
            r#""new" in attributes.labels"#,
            r#"`attributes.labels` has 1 entry; it would have to hold "new""#,
        ),
        (
            r#"!("old" in attributes.labels)"#,
            r#"`attributes.labels` has 1 entry; it would have to not hold "old""#,
        ),
        (
            "within(attributes.seen, days(2))",
            "`attributes.seen` is 2026-03-01T00:00:00Z; it would have to be less than 2d ago",
        ),
        (
            r#"attributes.seen > timestamp("2026-03-05T00:00:00Z")"#,
            "`attributes.seen` is 2026-03-01T00:00:00Z; it would have to be at least 2026-03-05T00:00:00.001Z",
        ),
        ("!has(attributes.nick)", r#"`attributes.nick` is "jo"; it would have to be absent"#),
        (
            r#"profile.plan == "gold""#,
            r#"`profile.plan` was never delivered; it would have to be "gold""#,
        ),
        ("known(support)", "`support` was never delivered; it would have to be delivered"),
        (
            "has(purchases.cart) && purchases.cart.units > 2",
            "`purchases.cart.units` was never delivered; it would have to be at least 3",
        ),
        (
            "scores.churn < 0.5",
            "`scores.churn` was never delivered; it would have to be less than 0.5",
        ),
    ];
    for (condition, change) in cases {
        assert_eq!(asked(condition, &values), [change], "{condition}");
    }
}

const TICKETS: &str = r#"{"as_of": "2026-03-10T15:00:30Z", "tickets": [
    {"id": "C-1", "topic": "billing_dispute", "state": "open",
     "opened_at": "2026-03-10T14:40:00Z", "updated_at": "2026-03-10T15:00:00Z"},
    {"id": "C-2", "topic": "outage", "state": "closed", "closed_at": "2026-03-01T00:00:00Z",
     "opened_at": "2026-03-01T00:00:00Z", "updated_at": "2026-03-01T00:00:00Z"}]}"#;

fn tickets() -> Value {
    serde_json::from_str(TICKETS).unwrap()
}

#[test]
fn an_entry_of_a_list_can_be_otherwise() {
    let dispute = r#"support.tickets.exists(t, t.topic == "billing_dispute" && t.is_open)"#;
    let not = engine(&format!("eligible = '''!{dispute}'''"), "");
    let disputed = context(&json!({"support": tickets()}));
    let solved = r#"`state` of C-1 in `support.tickets` is "open"; it would have to be "solved" or "closed""#;
    assert_eq!(changes(&not, &disputed), (vec![solved.to_owned()], true));

    let outage = r#"support.tickets.exists(t, t.topic == "outage" && t.is_open)"#;
    let open = engine(&format!("eligible = '''{outage}'''"), "");
    let again = r#"`state` of C-2 in `support.tickets` is "closed"; it would have to be "new", "open", "pending" or "on_hold""#;
    assert_eq!(changes(&open, &disputed), (vec![again.to_owned()], true));

    let none = context(&json!({"support": {"as_of": NOW, "tickets": []}}));
    let another = r#"`support.tickets` is empty; it would have to hold another entry, with state "new", "open", "pending" or "on_hold" and topic "outage""#;
    let (found, is_verified) = changes(&open, &none);
    assert!(is_verified && found.len() == 1 && found[0].starts_with(another), "{found:?}");
}

#[test]
fn what_is_stale_has_to_come_again() {
    let dispute = r#"support.tickets.exists(t, t.is_open)"#;
    let not = engine(&format!("eligible = '''!{dispute}'''"), "");
    let stale = json!({"as_of": "2026-03-09T13:00:30Z", "tickets": []});
    let again = "`support` is 26 h old, and may be 15 min; it would have to be delivered again";
    assert_eq!(changes(&not, &context(&json!({"support": stale}))), (vec![again.to_owned()], true));

    let mut open = tickets();
    open["as_of"] = json!("2026-03-09T13:00:30Z");
    let (found, is_verified) = changes(&not, &context(&json!({"support": open})));
    assert!(is_verified);
    assert_eq!(found[0], again);
    assert!(found[1].starts_with("`state` of C-1"), "{found:?}");

    let unknown = context(&json!({"support": {"as_of": NOW}}));
    let whole = "`support.tickets` is not known; it would have to be known as a whole, with no other entry that fits";
    assert_eq!(changes(&not, &unknown), (vec![whole.to_owned()], true));
    let never = "`support.tickets` was never delivered; it would have to be known as a whole, with no other entry that fits";
    assert_eq!(changes(&not, &Context::new()), (vec![never.to_owned()], true));
}

/// What a change breaks elsewhere is part of the proposal.
#[test]
fn a_change_that_brings_on_the_cool_off_says_so() {
    let engine = Engine::from_toml(CARE).unwrap();
    let context = context(&json!({
        "support": tickets(),
        "profile": {"as_of": NOW, "plan": "basic", "age_years": 40, "joined_at": "2024-01-01T00:00:00Z"},
        "subscription": {"as_of": NOW, "arrears": {"minor": 0, "currency": "USD"}},
        "purchases": {"as_of": NOW, "orders": []},
        "recency": {"as_of": NOW, "last_seen_at": NOW},
        "consent": {"as_of": NOW, "grants": []},
    }));
    let explanation = engine.explain(&context, &web(), "premium-upgrade").unwrap();
    assert_eq!(explanation.verdict, Verdict::Suppressed);
    assert_eq!(explanation.opportunity, Some(Opportunity::Unknown));
    let found = explanation.nearest_change.unwrap();
    assert!(found.is_verified);
    let texts: Vec<String> = found.changes.iter().map(ToString::to_string).collect();
    assert_eq!(
        texts,
        [
            r#"`state` of C-1 in `support.tickets` is "open"; it would have to be "solved" or "closed""#,
            "`closed_at` of C-1 in `support.tickets` is absent; it would have to be at least 14d ago",
        ]
    );
    assert_eq!(found.changes[0].fact.as_deref(), Some("support.tickets.state"));
    assert_eq!(found.changes[0].entry.as_deref(), Some("C-1"));
}

/// What cannot be tried out is told, and said to be so.
#[test]
fn what_lies_in_no_single_fact_is_told_unverified() {
    let engine = engine("eligible = 'size(support.tickets) > 3'", "");
    let (found, is_verified) = changes(&engine, &context(&json!({"support": tickets()})));
    assert_eq!(found, ["the number of support.tickets would have to be at least 4"]);
    assert!(!is_verified);
    // Nothing makes both true.
    let engine = crate::engine("eligible = ['attributes.points > 5', 'attributes.points < 5']", "");
    let (found, is_verified) = changes(&engine, &attributes(&json!({"points": 5})));
    assert!(!is_verified && !found.is_empty(), "{found:?}");
}

#[test]
fn what_is_not_about_facts_has_words_of_its_own() {
    let of = |lines: &str, request: &Request| {
        let engine = engine(lines, "");
        let explanation = engine.explain(&Context::new(), request, "a").unwrap();
        let found = explanation.nearest_change.unwrap();
        (found.changes[0].by, found.changes[0].to_string())
    };
    let cases = [
        ("status = 'paused'", web(), ChangeBy::Policy, "the policy would have to switch a on"),
        (
            "starts_at = '2026-04-01T00:00:00Z'",
            web(),
            ChangeBy::Time,
            "wait until 2026-04-01T00:00:00Z",
        ),
        (
            "ends_at = '2026-03-01T00:00:00Z'",
            web(),
            ChangeBy::Policy,
            "the policy would have to let a run for longer",
        ),
        ("", web().exclude("a"), ChangeBy::Request, "it would have to be switched on again"),
        ("", web().out_of_stock("a"), ChangeBy::Request, "something would have to be left of it"),
        (
            "",
            Request::new(now(), Channel::Sms),
            ChangeBy::Request,
            "the channel would have to be web or email",
        ),
        ("", web().limit(0), ChangeBy::Slate, "the request would have to ask for more"),
        (
            "propensity = { score = 'x' }",
            web(),
            ChangeBy::Fact,
            "the score would have to be delivered: scores (never delivered)",
        ),
    ];
    for (lines, request, by, text) in cases {
        assert_eq!(of(lines, &request), (by, text.to_owned()), "{lines}");
    }
}

#[test]
fn several_channels_are_told_apart() {
    let engine = engine(
        "purpose = 'marketing'\neligible = 'attributes.ok || request.channel == \"web\"'",
        "",
    );
    let context = context(&json!({
        "attributes": {"as_of": NOW, "values": {"ok": false}},
        "consent": {"as_of": NOW, "grants": [], "hard_blocks": ["web"]},
        "history": {"as_of": NOW, "interactions": []},
    }));
    let request = Request::new(now(), Channel::Email).or_on(Channel::Web);
    let explanation = engine.explain(&context, &request, "a").unwrap();
    let on: Vec<(Channel, Verdict)> =
        explanation.channels.iter().map(|on| (on.channel, on.verdict)).collect();
    let expected = [(Channel::Email, Verdict::Unconsented), (Channel::Web, Verdict::Unconsented)];
    assert_eq!(on, expected);
    assert_eq!(explanation.channels[0].why.len(), 2);
    assert_eq!(explanation.channels[1].why, ["Everything on web is blocked."]);
    assert!(explanation.to_string().contains("On web: unconsented.\n"), "{explanation}");
    assert!(explain(&engine, &context).channels.is_empty());
}

#[test]
fn a_forced_action_is_told_so() {
    let engine = engine("eligible = 'attributes.ok'", "");
    let context = attributes(&json!({"ok": false}));
    let explanation = engine.explain(&context, &web().force("a"), "a").unwrap();
    assert!(explanation.is_forced && explanation.nearest_change.is_none());
    assert_eq!(explanation.verdict, Verdict::Recommended);
    let told = explanation.to_string();
    assert!(told.contains("not asked: the request forces it"), "{told}");
}

#[test]
fn an_opportunity_survives_or_is_lost() {
    let rules = "[[suppress]]\nid = 's'\nwhen = 'within(attributes.seen, days(14))'\nids = ['a']\nbecause = 'rest'\n";
    let context = attributes(&json!({"seen": NOW, "nick": "x"}));
    let of = |lines: &str| explain(&engine(lines, rules), &context).opportunity;
    let at: Timestamp = "2026-03-24T15:00:30Z".parse().unwrap();
    assert_eq!(of(""), Some(Opportunity::Survives { at }));
    assert_eq!(of("ends_at = '2026-03-24T15:00:31Z'"), Some(Opportunity::Survives { at }));
    let lost = Opportunity::Lost { at, because: "the action is over".to_owned() };
    assert_eq!(of("ends_at = '2026-03-24T15:00:30Z'"), Some(lost));
    // What follows is waited for as well.
    let later = "[[suppress]]\nid = 't'\nwhen = 'within(attributes.seen, days(20)) && !within(attributes.seen, days(10))'\nids = ['a']\nbecause = 'more rest'\n";
    let engine = engine("", &format!("{rules}{later}"));
    let at: Timestamp = "2026-03-30T15:00:30Z".parse().unwrap();
    assert_eq!(explain(&engine, &context).opportunity, Some(Opportunity::Survives { at }));
    // What nothing holds back has no opportunity to lose.
    assert_eq!(explain(&crate::engine("", ""), &context).opportunity, None);
}

/// Scenario 4d: the warranty ends after the cool-off, or before.
#[test]
fn the_opportunity_of_a_warranty_survives_or_is_lost() {
    let care = Engine::from_toml(include_str!("scenarios/policies/care.toml")).unwrap();
    let of = |case: &str| {
        let case: Value = serde_json::from_str(case).unwrap();
        let context = Context::from_json(case["context"].to_string()).unwrap();
        let request = Request::from_json(case["request"].to_string()).unwrap();
        care.explain(&context, &request, "retain.warranty_extend").unwrap()
    };
    let survives = of(include_str!("scenarios/cases/4d-dispute-closed-today.json"));
    let at = survives.until.unwrap();
    assert!(at.to_string().starts_with("2026-03-24T"), "{at}");
    assert_eq!(survives.opportunity, Some(Opportunity::Survives { at }));
    let lost = of(include_str!("scenarios/cases/4d-opportunity-lost.json"));
    let Some(Opportunity::Lost { at, because }) = lost.opportunity else {
        panic!("{:?}", lost.opportunity);
    };
    assert_eq!(Some(at), lost.until);
    assert!(because.contains("warranty_ends_at"), "{because}");
}

/// Shifts every delivery: each part is as old then as it is now.
fn delivered_again(context: &Context, by: i64) -> Context {
    fn shift(value: &mut Value, by: i64) {
        match value {
            Value::String(time) => {
                let time: Timestamp = time.parse().unwrap();
                *value = json!(Timestamp::from_millis(time.as_millis() + by).to_string());
            }
            Value::Object(sources) => sources.values_mut().for_each(|time| shift(time, by)),
            _ => {}
        }
    }
    let mut value: Value = serde_json::from_str(&context.to_json()).unwrap();
    for part in value.as_object_mut().unwrap().values_mut() {
        if let Some(as_of) = part.get_mut("as_of") {
            shift(as_of, by);
        }
    }
    Context::from_json(value.to_string()).unwrap()
}

/// At each step of a timeline the decision is what the step says, a moment
/// before it is still what the step before says.
#[test]
fn a_timeline_is_exact() {
    let engine = Engine::from_toml(CARE).unwrap();
    let request = web().slots(["hero", "tile"]);
    let customers = include_str!("../examples/data/customers.jsonl");
    let mut steps = 0;
    for line in customers.lines().step_by(61) {
        let context = Context::from_json(line).unwrap();
        for action in ["premium-upgrade", "weekend-promo", "we-miss-you", "csat-survey"] {
            let timeline = engine.timeline(&context, &request, action).unwrap();
            let mut before = None;
            for step in &timeline.steps {
                let decided = |at: Timestamp| {
                    let context = delivered_again(&context, at.as_millis() - now().as_millis());
                    let request = Request::new(at, Channel::Web).slots(["hero", "tile"]);
                    let decision = engine.decide(&context, &request);
                    let account = decision.account(action);
                    let verdict = account.map_or(Verdict::Recommended, |account| account.verdict());
                    let reasons: Vec<u16> = account
                        .into_iter()
                        .flat_map(|account| account.reasons())
                        .map(|reason| reason.code().number())
                        .collect();
                    (verdict, reasons)
                };
                let said = (
                    step.verdict,
                    step.reasons.iter().map(|reason| reason.code.number()).collect::<Vec<_>>(),
                );
                assert_eq!(decided(step.at), said, "{action} at {}\n{timeline}", step.at);
                if let Some(before) = before.replace(said) {
                    let moment_before = Timestamp::from_millis(step.at.as_millis() - 1);
                    assert_eq!(decided(moment_before), before, "{action} before {}", step.at);
                    steps += 1;
                }
            }
        }
    }
    assert!(steps > 10, "{steps} changes were seen");
}

#[test]
fn a_timeline_reads_aloud_and_is_bounded() {
    let engine = engine(
        "eligible = 'attributes.seen.getMinutes() % 2 == 0 || now.getMinutes() % 2 == 0'",
        "",
    );
    let context = attributes(&json!({"seen": "2026-03-10T15:01:00Z"}));
    let timeline = engine.timeline(&context, &web(), "a").unwrap();
    assert!(timeline.is_cut);
    assert_eq!(timeline.steps.len(), 32);
    let told = timeline.to_string();
    let start = "\
a, if nothing but time changes:
  2026-03-10T15:00:30Z  recommended, no. 1
  2026-03-10T15:01:00Z  ineligible: the customer is not known to qualify: ";
    assert!(told.starts_with(start), "{told}");
    assert!(told.ends_with("  … and perhaps more, which was not looked at\n"), "{told}");
    let json = serde_json::to_value(&timeline).unwrap();
    assert_eq!(json["steps"][1]["verdict"], "ineligible");
    assert_eq!(json["steps"][1]["reasons"][0]["code"], 301);

    let still = crate::engine("", "").timeline(&context, &web(), "a").unwrap();
    assert_eq!((still.steps.len(), still.is_cut), (1, false));
    let unknown = engine.timeline(&context, &web(), "b").unwrap_err();
    assert_eq!(unknown.kind(), ErrorKind::UnknownAction);
}

/// Explanations of real customers: nothing panics, and what is verified is near.
#[test]
fn many_customers_can_be_explained() {
    let engine = Engine::from_toml(CARE).unwrap();
    let (mut changed, mut verified) = (0, 0);
    for line in include_str!("../examples/data/customers.jsonl").lines().step_by(41) {
        let context = Context::from_json(line).unwrap();
        for action in &engine.policy().actions {
            let explanation = engine.explain(&context, &web(), &action.id).unwrap();
            assert!(!explanation.to_string().is_empty());
            let is_recommended = explanation.verdict == Verdict::Recommended;
            assert_eq!(explanation.nearest_change.is_none(), is_recommended);
            assert_eq!(explanation.why.is_empty(), is_recommended);
            for note in explanation.stages.iter().flat_map(|stage| &stage.notes) {
                parts_agree(note);
            }
            if let Some(change) = explanation.nearest_change {
                assert!(!change.changes.is_empty(), "{}: {line}", action.id);
                changed += 1;
                verified += u32::from(change.is_verified);
            }
        }
    }
    assert!(changed > 100 && verified == changed, "{verified} of {changed}");
}

/// The truth of an "and" or "or" follows from those of its parts.
fn parts_agree(note: &Note) {
    let texts: Vec<&str> = note.parts.iter().map(|part| part.text.as_str()).collect();
    for part in &note.parts {
        assert!(part.truth.is_some(), "{texts:?}");
        parts_agree(part);
    }
}

/// A rule that holds on one channel of a request is not told of another.
#[test]
fn a_rule_of_another_channel_is_not_told_here() {
    let engine = Engine::from_toml(
        "
        policy = 'channels'
        [[actions]]
        id = 'note'
        kind = 'service'
        channels = ['web', 'email']
        [[suppress]]
        id = 'not-on-the-web'
        when = 'request.channel == \"web\"'
        kinds = ['service']
        because = 'the web is full'
        ",
    )
    .unwrap();
    let now: Timestamp = "2026-03-10T15:00:30Z".parse().unwrap();
    let request = Request::new(now, Channel::Web).or_on(Channel::Email);
    let explanation = engine.explain(&Context::new(), &request, "note").unwrap();
    let said = explanation.to_string();
    assert!(said.contains("recommended on email"), "{said}");
    let stages = said.split("In detail").nth(1).unwrap_or_default();
    assert!(!stages.contains("(situation_active)"), "{said}");
}
