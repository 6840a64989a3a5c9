//! Bad and hostile input gets a typed error that names the path, and nothing else.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test may stop at the first surprise"
)]

use tactful::context::{History, Interaction, Profile, Score, Scores, Support, Ticket};
use tactful::{
    Channel, Context, Engine, ErrorKind, Outcome, Policy, Request, TicketState, Timestamp, Topic,
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
        "expected a whole number, found the text \"two\"",
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
        "support.tickets.partal",
        "did you mean `partial`?",
    ),
    (r#"{"user_id": "a", "user_id": "b"}"#, "", "duplicate field `user_id`"),
    (r#"{"user_id": "a"} trailing"#, "", "trailing characters"),
    ("[]", "", "expected an object"),
    (r#"{"support": ["2026-03-10T15:00:00Z"]}"#, "support", "expected an object"),
    ("", "", "EOF"),
    ("{", "", "EOF"),
    (r#"{"support": {"#, "support", "EOF"),
];

#[test]
fn a_wrong_value_is_named_by_its_path() {
    for (json, path, said) in WRONG {
        let (kind, found, message) = refused(json);
        assert_eq!(kind, ErrorKind::Context, "{json}");
        assert_eq!(found, *path, "{json}");
        assert!(message.contains(said), "{json}: {message}");
    }
}

#[test]
fn a_key_that_is_none_is_a_matter_of_its_object() {
    let refused_at = |json: &str| refused(json).1;
    assert_eq!(refused_at("{3: 4}"), "");
    assert_eq!(refused_at(r#"{"profile": {3: 4}}"#), "profile");
    assert_eq!(refused_at(r#"{"support": {"tickets": [{3: 4}]}}"#), "support.tickets[0]");
    assert_eq!(refused_at(r#"{"profile": {"?": 4}}"#), "profile.?", "a key that has this name");
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

// Contact policy, quiet hours and what a slate holds.

/// Everything a customer must have agreed to and everything that happened,
/// known a second ago.
fn customer(now: &str, interactions: &str, profile: &str) -> Context {
    let grants = r#"[{"purpose": "marketing", "status": "granted", "channel": "email",
                      "changed_at": "2024-01-01T00:00:00Z"}]"#;
    let json = format!(
        r#"{{"user_id": "customer-1",
             "consent": {{"as_of": "{now}", "hard_blocks": [], "grants": {grants}}},
             "recency": {{"as_of": "{now}", "session_started_at": "{now}"}},
             "profile": {{"as_of": "{now}"{profile}}},
             "history": {{"as_of": "{now}", "interactions": [{interactions}]}}}}"#
    );
    Context::from_json(json).unwrap()
}

const NOW: &str = "2026-03-10T15:00:30Z";
const VIENNA: &str = r#", "time_zone": "Europe/Vienna""#;

fn request(channel: &str, more: &str) -> Request {
    Request::from_json(format!(r#"{{"now": "{NOW}", "channel": "{channel}"{more}}}"#)).unwrap()
}

fn action(id: &str, kind: &str, more: &str) -> String {
    format!("[[actions]]\nid = '{id}'\nkind = '{kind}'\nchannels = ['web', 'email']\n{more}\n")
}

/// So many events of so many actions, one a minute up to now.
fn events(count: usize, actions: usize) -> String {
    let now: Timestamp = NOW.parse().unwrap();
    let event = |number: usize| {
        let back = 60_000 * i64::try_from(number).unwrap();
        let at = Timestamp::from_millis(now.as_millis() - back);
        let outcome = ["sent", "click", "reject"][number % 3];
        let name = number % actions;
        let group = name % 100;
        format!(
            r#"{{"action": "a{name}", "kind": "upsell", "group": "g{group}", "purpose": "marketing",
                 "outcome": "{outcome}", "channel": "email", "at": "{at}"}}"#
        )
    };
    (0..count).map(event).collect::<Vec<_>>().join(",")
}

/// A limit of each shape, over one group.
fn limit(number: usize) -> String {
    let shapes = [
        "at_most = 2\nwithin = '7d'",
        "at_most = 2\nwithin = '30d'\npause = '10d'\nper = 'action'\noutcomes = 'reject'",
        "gap = '3h'\nper = 'action'",
        "at_most = 3\neach = 'week'\nevery = 2\ntime_zone = 'customer'",
        "at_most = 1\neach = 'lifetime'\nper = 'kind'\noutcomes = ['click', 'accept']",
        "never_followed_by = { groups = ['g1'] }\nwithin = '730d'",
        "only_after = { groups = ['g2'] }\nwithin = '730d'",
    ];
    let (group, shape) = (number % 100, shapes[number % shapes.len()]);
    format!("[[limits]]\nid = 'l{number}'\ngroups = ['g{group}']\n{shape}\n")
}

/// Ten thousand actions under a thousand limits, over as long a history as
/// there is: every action is accounted for.
#[test]
fn a_thousand_limits_on_ten_thousand_actions_are_decided() {
    let mut policy = "policy = 'many'\n".to_owned();
    for number in 0..10_000 {
        let group = format!("group = 'g{}'", number % 100);
        policy.push_str(&action(&format!("a{number}"), "upsell", &group));
    }
    (0..1_000).for_each(|number| policy.push_str(&limit(number)));
    let engine = Engine::from_toml(&policy).unwrap();
    let context = customer(NOW, &events(10_000, 500), VIENNA);
    let decision = engine.decide(&context, &request("email", ""));
    assert_eq!(decision.recommendations().len() + decision.withheld().len(), 10_000);
    // Ten limits a group, and one that g1 and g2 are named in by others.
    let longest = decision.withheld().map(|account| account.reasons().count()).max();
    assert!(longest <= Some(1_000), "{longest:?}");
}

/// Limits that select every action are refused before they fill the memory.
#[test]
fn limits_on_everything_are_counted() {
    let mut policy = "policy = 'many'\n".to_owned();
    for number in 0..3_000 {
        policy.push_str(&action(&format!("a{number}"), "upsell", ""));
    }
    for number in 0..2_000 {
        policy.push_str(&format!("[[limits]]\nid = 'l{number}'\nper = 'action'\ngap = '1d'\n"));
    }
    let error = Engine::from_toml(&policy).unwrap_err();
    assert!(error.to_string().contains("select actions more than 5000000 times"), "{error}");
}

/// Actions that wait for each other wait for ever, and nobody waits for them.
#[test]
fn limits_in_a_circle_are_decided() {
    let mut policy = "policy = 'circle'\n".to_owned();
    for (id, other) in [("a", "b"), ("b", "c"), ("c", "a"), ("d", "d")] {
        policy.push_str(&action(id, "upsell", ""));
        policy.push_str(&format!(
            "[[limits]]\nid = '{id}-after'\nids = ['{id}']\nonly_after = {{ ids = ['{other}'] }}\n\
             [[limits]]\nid = '{id}-not'\nids = ['{id}']\nwithin = '730d'\n\
             never_followed_by = {{ ids = ['{other}'] }}\n"
        ));
    }
    policy.push_str(
        "[[exclusive]]\nid = 'x'\nnever_together = ['a', 'b', 'c', 'd']\nwithin = '730d'\n",
    );
    let engine = Engine::from_toml(&policy).unwrap();
    let context = customer(NOW, "", VIENNA);
    let decision = engine.decide(&context, &request("email", ""));
    assert_eq!(decision.withheld().len(), 4, "{}", decision.to_json());
    assert!(decision.withheld().all(|account| account.until().is_none()));
}

const RESTING: &str = "policy = 'resting'\n[[actions]]\nid = 'a'\nkind = 'upsell'\n\
                       channels = ['email']\n";

/// Windows that leave no minute of the week: what rests, rests for ever.
#[test]
fn quiet_hours_without_end_have_none() {
    let halves = "[quiet_hours.am]\nfrom = '00:00'\nto = '12:00'\n\
                  [quiet_hours.pm]\nfrom = '12:00'\nto = '24:00'\n";
    let nights = "[quiet_hours.day]\nfrom = '08:00'\nto = '20:00'\n\
                  [quiet_hours.night]\nfrom = '20:00'\nto = '08:00'\n";
    let mut days = String::new();
    for day in ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"] {
        days.push_str(&format!(
            "[quiet_hours.{day}]\nfrom = '00:00'\nto = '24:00'\ndays = ['{day}']\n"
        ));
    }
    let whole = "[quiet_hours.always]\nfrom = '00:00'\nto = '24:00'\n";
    for windows in [halves, nights, &days, whole] {
        let engine = Engine::from_toml(format!("{RESTING}{windows}").as_str()).unwrap();
        for zone in ["Europe/Vienna", "Pacific/Apia", "America/St_Johns", "UTC"] {
            let context = customer(NOW, "", &format!(r#", "time_zone": "{zone}""#));
            let decision = engine.decide(&context, &request("email", ""));
            let account = decision.account("a").unwrap();
            assert_eq!(account.until(), None, "{zone}: {}", decision.to_json());
            let codes: Vec<u16> = account.reasons().map(|reason| reason.code().number()).collect();
            assert!(!codes.is_empty() && codes.iter().all(|code| *code == 211), "{codes:?}");
        }
    }
}

/// A minute between two windows is found, however far it is.
#[test]
fn a_minute_in_a_week_is_found() {
    let windows = "[quiet_hours.most]\nfrom = '00:00'\nto = '24:00'\n\
                   days = ['monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday']\n\
                   [quiet_hours.sunday]\nfrom = '00:01'\nto = '24:00'\ndays = ['sunday']\n";
    let engine = Engine::from_toml(format!("{RESTING}{windows}").as_str()).unwrap();
    let decision_of = |context| {
        let decision = engine.decide(&context, &request("email", ""));
        decision.account("a").unwrap().until().map(|until| until.to_string())
    };
    let until = decision_of(customer(NOW, "", VIENNA));
    // 2026-03-10 is a Tuesday; Sunday begins at 23:00 UTC on the 14th.
    assert_eq!(until.as_deref(), Some("2026-03-14T23:00:00Z"));
}

/// Conditions on the clock that never hold together, over a long list: to look
/// ahead from every step of a timeline would take minutes.
#[test]
fn timelines_of_clocks_at_odds_are_walked_once() {
    let mut policy = "policy = 'clocks'\n".to_owned();
    for minute in 1..=20 {
        let conditions = format!(
            "eligible = [\"support.tickets.exists(t, t.state == 'open' && \
             now.getMinutes() < {minute})\", 'now.getMinutes() > {}']",
            minute + 30
        );
        policy.push_str(&action(&format!("a{minute}"), "service", &conditions));
    }
    let ticket = |number| {
        format!(
            r#"{{"id": "t{number}", "topic": "billing_dispute", "state": "open",
                 "opened_at": "{NOW}", "updated_at": "{NOW}"}}"#
        )
    };
    let tickets = (0..256).map(ticket).collect::<Vec<_>>().join(",");
    let context = format!(r#"{{"support": {{"as_of": "{NOW}", "tickets": [{tickets}]}}}}"#);
    let context = Context::from_json(context).unwrap();
    let engine = Engine::from_toml(policy.as_str()).unwrap();
    let timeline = engine.timeline(&context, &request("web", ""), "a5").unwrap();
    assert!(timeline.is_cut);
    assert_eq!(timeline.steps.len(), 14, "{timeline}");
}

/// Zones that do not exist are unknown; nothing is looked up on a disk.
#[test]
fn zones_that_do_not_exist_are_unknown() {
    let policy = format!(
        "{RESTING}[quiet_hours.night]\nfrom = '21:00'\nto = '09:00'\n\
         [[limits]]\nid = 'daily'\nids = ['a']\nat_most = 1\neach = 'day'\ntime_zone = 'customer'\n"
    );
    let engine = Engine::from_toml(&policy).unwrap();
    let long = "Europe/".repeat(10_000);
    for zone in ["", " ", "Mars/Olympus", "../../etc/passwd", "/etc/localtime", "Europe/", &long] {
        let profile = format!(r#", "time_zone": {}"#, serde_json::to_string(zone).unwrap());
        let context = customer(NOW, "", &profile);
        let decision = engine.decide(&context, &request("email", ""));
        let account = decision.account("a").unwrap();
        let codes: Vec<u16> = account.reasons().map(|reason| reason.code().number()).collect();
        assert_eq!(codes, [212, 503], "{zone}: {}", decision.to_json());
        // The request is refused, or its zone is as unknown as that.
        let zone = serde_json::to_string(zone).unwrap();
        let json = format!(r#"{{"now": "{NOW}", "channel": "email", "time_zone": {zone}}}"#);
        match Request::from_json(json) {
            Ok(request) => {
                let decision = engine.decide(&customer(NOW, "", ""), &request);
                assert_eq!(decision.recommendations().len(), 0, "{}", decision.to_json());
            }
            Err(error) => assert_eq!(error.path(), "time_zone", "{error}"),
        }
    }
}

/// The longest windows at the ends of time neither panic nor overflow.
#[test]
fn long_windows_at_the_ends_of_time_are_survived() {
    let mut policy = format!("{RESTING}[quiet_hours.night]\nfrom = '21:00'\nto = '09:00'\n");
    for (number, shape) in [
        "at_most = 1\nwithin = '730d'",
        "at_most = 1\nwithin = '730d'\npause = '730d'",
        "gap = '730d'",
        "at_most = 1\neach = 'year'\ntime_zone = 'customer'",
        "at_most = 1\neach = 'day'\nevery = 700\ntime_zone = 'Pacific/Apia'",
        "at_most = 1\neach = 'week'\nevery = 100\nweek_starts = 'saturday'",
        "at_most = 9223372036854775807\neach = 'month'\nevery = 24",
        "at_most = 1\neach = 'session'",
        "only_after = { ids = ['a'] }\nat_least = '729d'\nwithin = '730d'",
    ]
    .iter()
    .enumerate()
    {
        policy.push_str(&format!("[[limits]]\nid = 'l{number}'\nids = ['a']\n{shape}\n"));
    }
    let engine = Engine::from_toml(&policy).unwrap();
    let ends =
        [i64::MIN, i64::MIN + 1, -1, 0, 1, i64::MAX - 1, i64::MAX].map(Timestamp::from_millis);
    for now in ends {
        for at in ends {
            let history = History::new(at)
                .interactions([Interaction::new("a", Outcome::Sent, at), {
                    Interaction::new("a", Outcome::Sent, now)
                }]);
            let context = Context::new()
                .history(history)
                .profile(Profile::new(now).time_zone("Europe/Vienna"));
            let request = Request::new(now, Channel::Email);
            let decision = engine.decide(&context, &request);
            assert_eq!(decision.recommendations().len() + decision.withheld().len(), 1);
            assert!(!decision.to_json().is_empty());
            assert!(engine.explain(&context, &request, "a").is_ok());
        }
    }
}

/// A channel counts once, however often a request lists it.
#[test]
fn a_thousand_channels_are_tried_once_each() {
    let policy = format!("{RESTING}[[limits]]\nid = 'l'\nper = 'channel'\ngap = '1d'\n");
    let engine = Engine::from_toml(&policy).unwrap();
    let listed = ["sms", "web", "push", "other", "sms", "agent"];
    let channels: Vec<String> =
        (0..1_000).map(|number| format!("\"{}\"", listed[number % listed.len()])).collect();
    let more = format!(r#", "or_channels": [{}]"#, channels.join(","));
    let context = customer(NOW, "", VIENNA);
    let decision = engine.decide(&context, &request("phone", &more));
    let account = decision.account("a").unwrap();
    // Not made for any of six channels, not agreed to on the outbound ones.
    assert!(account.reasons().count() <= 6 * 3, "{}", decision.to_json());
    let last = format!("{}, \"email\"]", more.trim_end_matches(']'));
    let decision = engine.decide(&context, &request("phone", &last));
    assert_eq!(decision.recommendations().len(), 1, "{}", decision.to_json());
}

/// Quotas by the hundred thousand are looked up, not walked.
#[test]
fn a_hundred_thousand_quotas_are_taken() {
    let mut policy = "policy = 'quotas'\n".to_owned();
    for number in 0..1_000 {
        let quota = format!("quota = 'q{number}'");
        policy.push_str(&action(&format!("a{number}"), "service", &quota));
    }
    let engine = Engine::from_toml(&policy).unwrap();
    let mut request = Request::new(NOW.parse().unwrap(), Channel::Web);
    for number in 0..100_000 {
        request = request.quota(format!("q{number}"), u64::MAX * (number % 2));
    }
    let decision = engine.decide(&Context::new(), &request);
    assert_eq!(decision.recommendations().len(), 500);
    assert_eq!(decision.reservations().len(), 500);
    for wrong in ["-1", "1.5", "\"many\"", "18446744073709551616", "null", "[]"] {
        let json = format!(r#"{{"now": "{NOW}", "channel": "web", "quotas": {{"q1": {wrong}}}}}"#);
        let error = Request::from_json(json).unwrap_err();
        assert_eq!((error.kind(), error.path()), (ErrorKind::Request, "quotas.q1"), "{error}");
    }
}

/// What a request asks for that nobody has is not found, and that is all.
#[test]
fn requests_about_nothing_are_answered() {
    let engine = Engine::from_toml(POLICY).unwrap();
    let long = "x".repeat(100_000);
    for name in ["", "b", "\u{1f}", &long] {
        let quoted = serde_json::to_string(name).unwrap();
        let more = format!(
            r#", "force": {{"action": {quoted}, "treatment": {quoted}}}, "locale": {quoted},
               "already_shown": [{quoted}, {quoted}], "quotas": {{{quoted}: 1}},
               "or_channels": ["web", "web"], "slots": [{quoted}]"#
        );
        let decision = engine.decide(&Context::new(), &request("web", &more));
        assert_eq!(decision.recommendations().len() + decision.withheld().len(), 1);
        let context = Context::from_json(format!(r#"{{"user_id": {quoted}}}"#)).unwrap();
        let decision = engine.decide(&context, &request("web", &more));
        assert_eq!(decision.recommendations().len() + decision.withheld().len(), 1);
    }
    let forced = format!(r#"{{"now": "{NOW}", "channel": "web", "force": {{"id": "a"}}}}"#);
    assert!(Request::from_json(forced).is_err());
}

/// Ten thousand interactions at one instant, and limits no history can reach.
#[test]
fn a_history_of_one_instant_is_counted() {
    let event = format!(
        r#"{{"action": "a", "kind": "upsell", "outcome": "sent", "channel": "email", "at": "{NOW}"}}"#
    );
    let history = vec![event.as_str(); 10_000].join(",");
    let cap = |at_most: &str| {
        let policy = format!(
            "{RESTING}[[limits]]\nid = 'l'\nids = ['a']\nat_most = {at_most}\nwithin = '1d'\n\
             [[limits]]\nid = 'm'\nids = ['a']\nat_most = {at_most}\nwithin = '1d'\npause = '1d'\n"
        );
        let engine = Engine::from_toml(&policy).unwrap();
        let decision_of = |context: &Context| {
            let decision = engine.decide(context, &request("email", ""));
            decision.recommendations().len()
        };
        decision_of(&customer(NOW, &history, VIENNA))
    };
    assert_eq!(cap("9223372036854775807"), 1);
    assert_eq!(cap("1"), 0);
}

/// Programs find the place without reading the text.
#[test]
fn what_is_wrong_in_json_has_a_place() {
    let place = |json: &str| Context::from_json(json).unwrap_err().line_and_column();
    assert_eq!(place("{\n  \"suport\": null}"), Some((2, 10)));
    assert_eq!(place("{} {}"), Some((1, 4)));
    let too_large = " ".repeat(Context::MAX_JSON_BYTES + 1);
    assert_eq!(place(&too_large), None);
    assert_eq!(Engine::from_toml("polcy = 1").unwrap_err().line_and_column(), None);
}

/// A kind is written once, and all its actions ask for its conditions.
#[test]
fn conditions_that_are_inherited_too_often_are_refused() {
    let mut policy = "policy = 'many'\n[kinds.service]\neligible = [".to_owned();
    policy.push_str(&"'true',".repeat(5_000));
    policy.push_str("]\n");
    for number in 0..1_500 {
        policy.push_str(&format!(
            "[[actions]]\nid = 'a{number}'\nkind = 'service'\nchannels = ['web']\n"
        ));
    }
    let error = Engine::from_toml(&policy).unwrap_err().to_string();
    assert!(error.contains("the actions ask for more than 5000000 conditions"), "{error}");
}
