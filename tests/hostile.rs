//! Bad and hostile input gets a typed error that names the path, and nothing else.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test may stop at the first surprise"
)]

use tactful::context::{Profile, Score, Scores, Support, Ticket};
use tactful::{
    Channel, Context, Engine, ErrorKind, Policy, Request, TicketState, Timestamp, Topic,
};

fn refused(json: &str) -> (ErrorKind, String, String) {
    let error = Context::from_json(json).unwrap_err();
    (error.kind(), error.path().to_owned(), error.to_string())
}

/// A context, the path of what is wrong with it, and what is said of it.
const WRONG: &[(&str, &str, &str)] = &[
    (
        r#"{"suport": null}"#,
        "suport",
        "unknown key `suport` (line 1 column 9): did you mean `support`?",
    ),
    (r#"{"support": {"tickets": []}}"#, "support", "missing field `as_of`"),
    (r#"{"support": {"as_of": "2026-03-10T15:00:00"}}"#, "support.as_of", "is not a time such as"),
    (r#"{"support": {"as_of": 12}}"#, "support.as_of", "outside the years 2000 to 2100"),
    (
        r#"{"support": {"as_of": "2150-01-01T00:00:00Z"}}"#,
        "support.as_of",
        "outside the years 2000 to 2100",
    ),
    (
        r#"{"support": {"as_of": "2026-03-10T15:00:00Z", "tickets": [{"id": "a",
                "opened_at": "2026-03-10T15:00:00Z", "updated_at": "2026-03-10T15:00:00Z", "state": "opn"}]}}"#,
        "support.tickets[0].state",
        "unknown word `opn`",
    ),
    (
        r#"{"purchases": {"as_of": "2026-03-10T15:00:00Z", "cart": {"units": "two",
                "updated_at": "2026-03-10T15:00:00Z"}}}"#,
        "purchases.cart.units",
        "invalid type: string \"two\", expected a whole number",
    ),
    (
        r#"{"purchases": {"as_of": "2026-03-10T15:00:00Z", "orders": [{"id": "o",
                "placed_at": "2026-03-10T15:00:00Z", "total": {"minor": 1.5, "currency": "EUR"}}]}}"#,
        "purchases.orders[0].total.minor",
        "expected a whole number",
    ),
    (
        r#"{"subscription": {"as_of": "2026-03-10T15:00:00Z", "arrears": {"minor": 1, "currency": "EURO"}}}"#,
        "subscription.arrears.currency",
        "an ISO 4217 currency",
    ),
    (
        r#"{"scores": {"as_of": "2026-03-10T15:00:00Z", "values": {"churn": NaN}}}"#,
        "scores.values.churn",
        "line 1",
    ),
    (
        r#"{"scores": {"as_of": "2026-03-10T15:00:00Z", "values": {"churn": 1e999}}}"#,
        "scores.values.churn",
        "number out of range",
    ),
    (r#"{"support": {"as_of": {}}}"#, "support.as_of", "at least one source"),
    (
        r#"{"support": {"as_of": "2026-03-10T15:00:00Z", "tickets": {"partal": []}}}"#,
        "support.tickets",
        "did you mean `partial`?",
    ),
    (r#"{"user_id": "a", "user_id": "b"}"#, "", "duplicate field `user_id`"),
    (r#"{"user_id": "a"} trailing"#, "", "trailing characters"),
    ("[]", "", "expected an object"),
    (r#"{"support": ["2026-03-10T15:00:00Z"]}"#, "support", "expected an object"),
    ("", "", "EOF"),
];

#[test]
fn a_wrong_value_is_named_by_its_path() {
    for (json, path, said) in WRONG {
        let (kind, found, message) = refused(json);
        assert_eq!(kind, ErrorKind::Context, "{json}");
        assert!(found.starts_with(path), "{json}: {found}");
        assert!(message.contains(said), "{json}: {message}");
    }
}

#[test]
fn deep_nesting_is_refused() {
    let deep = format!(r#"{{"support": {}{}}}"#, "[".repeat(100_000), "]".repeat(100_000));
    let (kind, path, _) = refused(&deep);
    assert_eq!((kind, path.as_str()), (ErrorKind::Context, "support"));
    let deep = format!(
        r#"{{"attributes": {{"as_of": 1773154830000, "values": {{"a": {}"#,
        "[".repeat(100_000)
    );
    assert_eq!(refused(&deep).0, ErrorKind::Context);
    let policy = "[".repeat(100_000);
    assert_eq!(Engine::from_json(&policy).unwrap_err().kind(), ErrorKind::Policy);
    let policy = format!("actions = {}", "[".repeat(100_000));
    assert_eq!(Engine::from_toml(&policy).unwrap_err().kind(), ErrorKind::Policy);
}

#[test]
fn a_hundred_megabytes_are_refused_unread() {
    let large = vec![b' '; 100 << 20];
    assert_eq!(Context::from_json(&large).unwrap_err().kind(), ErrorKind::TooLarge);
    assert_eq!(Request::from_json(&large).unwrap_err().kind(), ErrorKind::TooLarge);
    let large = String::from_utf8(large).unwrap();
    assert_eq!(Policy::from_toml(&large).unwrap_err().kind(), ErrorKind::TooLarge);
    assert_eq!(Policy::from_json(&large).unwrap_err().kind(), ErrorKind::TooLarge);
}

#[test]
fn a_wrong_request_is_refused() {
    let error =
        Request::from_json(r#"{"now": "2026-03-10T15:00:30Z", "channel": "wap"}"#).unwrap_err();
    assert_eq!((error.kind(), error.path()), (ErrorKind::Request, "channel"));
    let error =
        Request::from_json(r#"{"now": "2026-03-10T15:00:30Z", "channel": "web", "limt": 3}"#)
            .unwrap_err();
    assert!(error.to_string().contains("did you mean `limit`?"), "{error}");
    let error = Request::from_json(r#"{"channel": "web"}"#).unwrap_err();
    assert!(error.to_string().contains("missing field `now`"), "{error}");
}

const POLICY: &str = r#"
policy = "hostile"

[[actions]]
id       = "a"
kind     = "service"
channels = ["web"]
eligible = ["scores.churn < 0.5", "since(profile.joined_at) >= days(30)"]
suitable = 'support.tickets.all(t, since(t.opened_at) > days(1) || t.topic == "how_to")'
"#;

/// Setters take anything; what cannot be is unknown when it is read.
#[test]
fn values_that_cannot_be_are_unknown() {
    let engine = Engine::from_toml(POLICY).unwrap();
    let now: Timestamp = "2026-03-10T15:00:30Z".parse().unwrap();
    let request = Request::new(now, Channel::Web);
    let scores = |value| {
        let mut scores = Scores::new(now);
        scores.values.insert("churn".to_owned(), Score::new(value));
        scores
    };
    for time in [i64::MIN, -1, 0, i64::MAX] {
        let time = Timestamp::from_millis(time);
        for value in [f64::NAN, f64::INFINITY, f64::NEG_INFINITY] {
            let ticket = Ticket::new("t", time, time).state(TicketState::Open).topic(Topic::Other);
            let context = Context::new()
                .scores(scores(value))
                .profile(Profile::new(now).joined_at(time))
                .support(Support::new(now).tickets([ticket]));
            let decision = engine.decide(&context, &request);
            let account = decision.account("a").unwrap();
            let causes: Vec<u16> = account
                .reasons()
                .flat_map(|reason| {
                    reason.facts().filter_map(|fact| fact.cause()).collect::<Vec<_>>()
                })
                .map(|cause| cause.number())
                .collect();
            assert_eq!(causes, [903, 903, 903], "{}", decision.to_json());
        }
    }
}

/// Watermarks and moments at the ends of time neither panic nor overflow.
#[test]
fn the_ends_of_time_are_survived() {
    let engine = Engine::from_toml(POLICY).unwrap();
    let ends =
        [i64::MIN, i64::MIN + 1, -1, 0, 1, i64::MAX - 1, i64::MAX].map(Timestamp::from_millis);
    for now in ends {
        for as_of in ends {
            let context = Context::new()
                .profile(Profile::new(as_of).joined_at(as_of))
                .support(Support::new(as_of).tickets([Ticket::new("t", as_of, now)]));
            let request = Request::new(now, Channel::Web);
            let decision = engine.decide(&context, &request);
            assert_eq!(decision.recommendations().len() + decision.withheld().len(), 1);
            assert!(!decision.to_json().is_empty());
            assert!(engine.explain(&context, &request, "a").is_ok());
        }
    }
}

#[test]
fn an_unknown_action_is_not_explained() {
    let engine = Engine::from_toml(POLICY.replace("\"a\"", "\"upgrade\"").as_str()).unwrap();
    let request = Request::new(Timestamp::EARLIEST, Channel::Web);
    let error = engine.explain(&Context::new(), &request, "upgrad").unwrap_err();
    assert_eq!(error.kind(), ErrorKind::UnknownAction);
    assert_eq!(error.to_string(), "the policy has no action `upgrad`: did you mean `upgrade`?");
}

/// Ten thousand wrong actions are reported, shortly.
#[test]
fn a_policy_full_of_mistakes_is_reported_in_short() {
    let mut policy = "policy = 'many'\n".to_owned();
    for number in 0..10_000 {
        policy.push_str(&format!(
            "[[actions]]\nid = 'a{number}'\nkind = 'upsel'\nchannels = ['web']\nbogus = 1\n"
        ));
    }
    let error = Engine::from_toml(&policy).unwrap_err();
    assert_eq!(error.diagnostics().len(), 100);
    assert!(error.to_string().contains("more"), "{error}");
}

/// Situations that name one another in a long chain end in an error, not in
/// the end of the stack; those that only name others side by side are fine.
#[test]
fn long_chains_of_situations_are_refused() {
    let chain = |length: usize, operators: [&str; 2]| {
        let mut policy = POLICY.replace("eligible = [", "applicable = 's0'\neligible = [");
        for number in 0..length {
            let next =
                if number + 1 < length { format!("s{}", number + 1) } else { "true".to_owned() };
            let operator = operators[number % 2];
            policy.push_str(&format!(
                "[situations.s{number}]\nwhen = '{next} {operator} profile.age_years > {number}'\n"
            ));
        }
        policy
    };
    let decide = |policy: &str| {
        let engine = Engine::from_toml(policy)?;
        let request = Request::new(Timestamp::EARLIEST, Channel::Web);
        engine.explain(&Context::new(), &request, "a").map(|_| ())
    };
    let deep = chain(200, ["&&", "||"]);
    // Half a megabyte of stack is enough without optimisation, too.
    let small = std::thread::Builder::new().stack_size(512 << 10);
    small.spawn(move || decide(&deep).unwrap()).unwrap().join().unwrap();
    decide(&chain(2_000, ["&&", "&&"])).unwrap();
    for length in [400, 5_000] {
        let error = decide(&chain(length, ["&&", "||"])).unwrap_err();
        assert!(error.to_string().contains("nest too deeply"), "{error}");
    }
}

/// Rules that select every action are refused before they fill the memory.
#[test]
fn too_many_selections_are_refused() {
    let mut policy = "policy = 'many'\n".to_owned();
    for number in 0..3_000 {
        policy.push_str(&format!(
            "[[actions]]\nid = 'a{number}'\nkind = 'upsell'\nchannels = ['web']\n"
        ));
    }
    for number in 0..2_000 {
        policy.push_str(&format!(
            "[[suppress]]\nid = 's{number}'\nwhen = 'false'\nkinds = ['upsell']\nbecause = 'b'\n"
        ));
    }
    let error = Engine::from_toml(&policy).unwrap_err();
    assert!(error.to_string().contains("select actions more than 5000000 times"), "{error}");
}

/// Situations that name one another twice have more ways through them than can
/// be walked, and would be said in a text without end.
#[test]
fn towers_of_situations_are_walked_once() {
    let mut policy = POLICY.replace("eligible = [", "applicable = 's0'\neligible = [");
    for number in 0..60 {
        let next =
            if number < 59 { format!("s{}", number + 1) } else { "profile.vulnerable".to_owned() };
        policy.push_str(&format!(
            "[situations.s{number}]\nwhen = '{next} == ({next} || known(support))'\n"
        ));
    }
    policy.push_str("[[suppress]]\nid = 's'\nwhen = 's0'\nids = ['a']\nbecause = 'b'\n");
    let engine = Engine::from_toml(&policy).unwrap();
    let request = Request::new(Timestamp::EARLIEST, Channel::Web);
    for context in [Context::new(), Context::new().profile(Profile::new(Timestamp::EARLIEST))] {
        assert!(engine.explain(&context, &request, "a").is_ok());
    }
    assert!(engine.describe().len() < 4_000);
}
