//! The prover against verdicts found by trying everything.
//!
//! `vectors/language/prover_policies.json` holds small policies with verdicts
//! by exhaustive enumeration, without any solver. Their lists are known whole.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test may stop at the first surprise"
)]

use std::fs;

use serde_json::Value as Json;
use tactful::condition::Truth;
use tactful::context::Part;
use tactful::prove::{Answer, Budget, Question, Verdict};
use tactful::schema::{Fact, Schema, Type};
use tactful::{Engine, Policy};

fn vectors() -> Json {
    let path =
        format!("{}/tests/vectors/language/prover_policies.json", env!("CARGO_MANIFEST_DIR"));
    serde_json::from_str(&fs::read_to_string(path).unwrap()).unwrap()
}

fn items(json: &Json) -> &[Json] {
    json.as_array().unwrap()
}

fn words(json: &Json) -> Vec<&str> {
    items(json).iter().filter_map(Json::as_str).collect()
}

fn fact(json: &Json) -> Fact {
    let plain = |name: &str| match name {
        "int" => Type::Int,
        "bool" => Type::Bool,
        "string" => Type::Text,
        other => panic!("{other}"),
    };
    if let Some(name) = json.as_str() {
        return Fact::new(plain(name));
    }
    let (shape, of) = json.as_object().unwrap().iter().next().unwrap();
    match shape.as_str() {
        "optional" => Fact::new(fact(of).ty().clone()).optional(),
        "enum" => Fact::new(Type::words("word", &words(of))),
        "list" => {
            let fields = of.as_object().unwrap().iter();
            Fact::new(Type::records(
                "ticket",
                fields.map(|(name, json)| (name.as_str(), fact(json))),
            ))
        }
        other => panic!("{other}"),
    }
}

fn schema(json: &Json) -> Schema {
    let mut builder = Schema::builder();
    for (part, facts) in json.as_object().unwrap() {
        for (name, json) in facts.as_object().unwrap() {
            builder = builder.fact(format!("{part}.{name}"), fact(json));
        }
    }
    builder.build().unwrap()
}

fn is_possible(question: &Question<'_>) -> bool {
    match question.answer() {
        Answer::Possible(_) => true,
        Answer::Impossible => false,
        other => panic!("{other:?}"),
    }
}

/// Tells whether a selector names a kind or a tag of an action.
fn selects(selector: &Json, action: &Json) -> bool {
    let named = |key: &str| selector.get(key).map(words).unwrap_or_default();
    let tags = words(&action["tags"]);
    named("kinds").contains(&action["kind"].as_str().unwrap())
        || named("tags").iter().any(|tag| tags.contains(tag))
}

/// Asks for an action that every rule about it lets through, but one perhaps.
fn returnable<'s>(
    schema: &'s Schema,
    case: &Json,
    action: &Json,
    but: Option<&Json>,
) -> Question<'s> {
    let mut question = Question::new(schema).as_declared();
    question = question.is(action["when"].as_str().unwrap(), Truth::True).unwrap();
    for rule in items(&case["rules"]) {
        if selects(&rule["suppress"], action) && but.is_none_or(|but| but["id"] != rule["id"]) {
            question = question.is(rule["when"].as_str().unwrap(), Truth::False).unwrap();
        }
    }
    question
}

fn truths(schema: &Schema, condition: &str) -> String {
    let truths = [('F', Truth::False), ('T', Truth::True), ('U', Truth::Unknown)];
    let found = truths.into_iter().filter(|(_, truth)| {
        is_possible(&Question::new(schema).as_declared().is(condition, *truth).unwrap())
    });
    found.map(|(letter, _)| letter).collect()
}

#[test]
fn agrees_with_exhaustive_enumeration() {
    let vectors = vectors();
    let schema = schema(&vectors["about"]["schema"]);
    let mut failures = Vec::new();
    let mut check = |what: String, found: &str, expected: &Json| {
        if expected.as_str() != Some(found) {
            failures.push(format!("{what}: {found}, not {expected}"));
        }
    };
    let cases = items(&vectors["cases"]);
    assert!(cases.len() >= 150, "only {} cases", cases.len());
    for case in cases {
        let (id, expect) = (&case["id"], &case["expect"]);
        for condition in items(&expect["conditions"]) {
            let text = condition["when"].as_str().unwrap();
            check(format!("{id} {text}"), &truths(&schema, text), &condition["values"]);
        }
        for action in items(&case["actions"]) {
            let name = action["id"].as_str().unwrap();
            let is_reachable = is_possible(&returnable(&schema, case, action, None));
            let verdict = if is_reachable { "reachable" } else { "unreachable" };
            check(format!("{id} {name}"), verdict, &expect["actions"][name]);
        }
        for rule in items(&case["rules"]) {
            let (name, when) = (rule["id"].as_str().unwrap(), rule["when"].as_str().unwrap());
            let decides = items(&case["actions"]).iter().any(|action| {
                selects(&rule["suppress"], action)
                    && is_possible(
                        &returnable(&schema, case, action, Some(rule)).is_not(when, false).unwrap(),
                    )
            });
            let verdict = if decides { "useful" } else { "redundant" };
            check(format!("{id} {name}"), verdict, &expect["rules"][name]);
        }
        for promise in items(&case["promises"]) {
            let (name, holds) =
                (promise["id"].as_str().unwrap(), promise["while"].as_str().unwrap());
            let is_broken = items(&case["actions"]).iter().any(|action| {
                selects(&promise["never"], action)
                    && is_possible(
                        &returnable(&schema, case, action, None).is_not(holds, false).unwrap(),
                    )
            });
            let verdict = if is_broken { "refuted" } else { "proved" };
            check(format!("{id} {name}"), verdict, &expect["promises"][name]);
        }
    }
    assert!(failures.is_empty(), "{} differ:\n{}", failures.len(), failures.join("\n"));
}

/// Asks whether conditions on the built-in context can be like this at once.
fn can_be(conditions: &[(&str, Truth)]) -> bool {
    let schema = Schema::customer();
    let mut question = Question::new(&schema).in_currency("EUR".parse().ok());
    for (condition, truth) in conditions {
        question = question.is(condition, *truth).unwrap();
    }
    is_possible(&question)
}

/// Each witness may need an element of its own.
#[test]
fn a_list_has_as_many_elements_as_are_asked_for() {
    let of = |topic: &str| format!("support.tickets.exists(t, t.topic == \"{topic}\")");
    let (refund, outage, privacy) = (of("refund"), of("outage"), of("privacy"));
    let all = [(&*refund, Truth::True), (&*outage, Truth::True), (&*privacy, Truth::True)];
    assert!(can_be(&all));
    let one = "support.tickets.exists_one(t, t.topic == \"refund\")";
    assert!(can_be(&[(one, Truth::False), (&refund, Truth::True)]), "two refunds");
    assert!(!can_be(&[(one, Truth::True), (&refund, Truth::False)]));
    let three = "support.tickets.filter(t, t.topic == \"refund\").size() >= 3";
    assert!(can_be(&[(three, Truth::True)]));
    assert!(!can_be(&[(three, Truth::True), ("support.tickets.size() >= 3", Truth::False)]));
    let vip = "\"vip\" in profile.segments && \"new\" in profile.segments";
    assert!(can_be(&[(vip, Truth::True), ("size(profile.segments) == 2", Truth::True)]));
    assert!(!can_be(&[(vip, Truth::True), ("size(profile.segments) == 1", Truth::True)]));
}

/// What is not in a part of a list may be in the rest.
#[test]
fn a_list_may_be_known_in_part() {
    let (low, high) =
        ("feedback.answers.exists(a, a.score <= 2)", "feedback.answers.exists(a, a.score > 9)");
    assert!(can_be(&[(low, Truth::True), (high, Truth::Unknown)]));
    assert!(can_be(&[(low, Truth::True), (high, Truth::False)]));
    let schema = Schema::customer();
    let whole = Question::new(&schema).as_declared();
    let whole = whole.is(low, Truth::True).unwrap().is(high, Truth::Unknown).unwrap();
    assert!(!is_possible(&whole), "a list that is known whole decides");
}

#[test]
fn texts_numbers_and_times_fit_together() {
    use Truth::{False, True, Unknown};

    let starts = |text: &str| format!("profile.country.startsWith(\"{text}\")");
    let (long, short, other) = (starts("ab"), starts("a"), starts("b"));
    assert!(can_be(&[(&long, True), (&short, True)]));
    assert!(!can_be(&[(&long, True), (&short, False)]));
    assert!(!can_be(&[(&long, True), (&other, True)]));
    assert!(!can_be(&[(&long, True), ("size(profile.country) < 2", True)]));
    let age = |limit: i64| format!("profile.age_years >= {limit}");
    assert!(!can_be(&[(&age(18), False), (&age(65), True)]));
    let score = "scores.churn > 0.5";
    assert!(!can_be(&[(score, True), ("scores.churn < 0.25", True)]));
    assert!(!can_be(&[("scores.churn < 0.25", True), (score, True)]), "whichever comes first");
    // Ages, times and comparisons of times are one system.
    let old = "since(recency.last_seen_at) > days(30)";
    let before = "recency.last_seen_at > recency.last_login_at";
    let young = "within(recency.last_login_at, days(7))";
    assert!(can_be(&[(old, True), (before, True)]));
    assert!(!can_be(&[(old, True), (before, True), (young, True)]));
    let early = "recency.last_seen_at < timestamp(\"2020-01-01T00:00:00Z\")";
    let today = "now >= timestamp(\"2026-01-01T00:00:00Z\")";
    let recent = "within(recency.last_seen_at, days(365))";
    assert!(!can_be(&[(early, True), (today, True), (recent, True)]));
    // A time that only a setter takes is there, and has no value.
    assert!(can_be(&[
        ("has(profile.joined_at)", True),
        (&age(1), True),
        ("since(profile.joined_at) < days(1)", Unknown)
    ]));
    assert!(!can_be(&[("has(profile.age_years)", True), (&age(1), Unknown)]));
    assert!(can_be(&[
        ("has(subscription.arrears_minor)", True),
        ("subscription.arrears_minor > 0", Unknown)
    ]));
    // The cart is stale first, unless it changed after the purchases came.
    let (cart, purchases) = ("known(purchases.cart)", "known(purchases)");
    assert!(can_be(&[(cart, False), (purchases, True)]));
    assert!(can_be(&[(cart, True), (purchases, False)]));
    assert!(can_be(&[("purchases.cart.units > 2", True), (purchases, False)]));
    assert!(!can_be(&[(cart, True), (purchases, False), ("has(purchases.cart)", False)]));
    // A ticket that is over ended at some time.
    let over = "support.tickets.exists(t, t.state == \"closed\" && !has(t.closed_at))";
    assert!(!can_be(&[(over, True)]));
}

/// A rule that lets pass what is unknown still holds back by what was last known.
#[test]
fn what_is_out_of_date_is_not_forgotten() {
    let policy = Policy::from_toml(
        r#"
        policy = "stale"

        [[actions]]
        id       = "callback"
        kind     = "service"
        channels = ["web"]

        [[suppress]]
        id         = "not-while-open"
        when       = "support.tickets.exists(t, t.is_open)"
        on_unknown = "allow"
        kinds      = ["service"]
        because    = "somebody is on it"

        [[promises]]
        id           = "always-a-callback"
        always       = { kinds = ["service"] }
        unless_known = "known(support)"
        "#,
    )
    .unwrap();
    let engine = Engine::unproved(policy).unwrap();
    let [proof] = engine.proofs(Budget::default()).try_into().unwrap();
    let Verdict::Broken(shown) = proof.verdict else { panic!("{proof:?}") };
    assert!(
        matches!(shown.context.support, Part::Known(_)),
        "last known, and out of date: {shown:?}"
    );
}

fn only_proof(policy: &str) -> Verdict {
    let engine = Engine::unproved(Policy::from_toml(policy).unwrap()).unwrap();
    let [proof] = engine.proofs(Budget::default()).try_into().unwrap();
    proof.verdict
}

/// Single events do not deny what they do not tell: support may be fresh, and
/// nobody knows whether the customer is talking to somebody.
#[test]
fn what_only_events_tell_of_is_not_denied() {
    let policy = r#"
        policy = "one-or-the-other"

        [[actions]]
        id       = "callback"
        kind     = "service"
        channels = ["web"]
        eligible = "!has(support.active_contact)"

        [[actions]]
        id       = "note-to-the-agent"
        kind     = "service"
        channels = ["web"]
        eligible = "has(support.active_contact)"

        [[promises]]
        id          = "always-service"
        always      = { kinds = ["service"] }
        while_known = "known(support)"
    "#;
    let Verdict::Broken(shown) = only_proof(policy) else { panic!("it can be broken") };
    let Part::Known(support) = &shown.context.support else { panic!("{shown:?}") };
    assert!(!support.as_of.is_vouched(), "{shown:?}");
    assert_eq!(
        shown.in_words(),
        "only single events tell of support; support.active_contact is not known"
    );
    assert!(shown.can_be_written);
    // Who needs a source is told whole.
    let policy = format!("{policy}\n[fresh]\nsupport = {{ helpdesk = \"15m\" }}\n");
    assert!(matches!(only_proof(&policy), Verdict::Proved), "a source vouches");
}

/// Loading a policy ends, and takes no more room than there is, whatever it says.
#[test]
fn what_is_too_large_is_not_asked() {
    let rule = |place: usize| {
        let so_many = format!("support.tickets.filter(t, t.reopened == {place}).size() > 1");
        format!(
            "[[suppress]]\nid = \"rule-{place}\"\nwhen = '{so_many}'\nkinds = [\"upsell\"]\n\
             because = \"enough is enough\"\n"
        )
    };
    let rules: String = (0..160).map(rule).collect();
    let policy = format!(
        r#"
        policy = "many-tickets"

        [[actions]]
        id       = "more"
        kind     = "upsell"
        channels = ["web"]

        {rules}

        [[promises]]
        id          = "never-more"
        never       = {{ kinds = ["upsell"] }}
        while_known = "support.tickets.size() >= 60"
        "#
    );
    let error = Engine::from_toml(&policy).unwrap_err().to_string();
    let expected = "P308]: the promise `never-more` cannot be proved: its conditions are too \
                    large to be written as clauses";
    assert!(error.contains(expected), "{error}");
}

/// Of hundreds of texts a value is one, and no two of them.
#[test]
fn a_text_is_one_of_very_many() {
    let plans: Vec<String> = (0..400).map(|place| format!("\"p{place}\"")).collect();
    let one_of = |plans: &[String]| format!("profile.plan in [{}]", plans.join(", "));
    let (some, others) = (one_of(&plans[..200]), one_of(&plans[200..]));
    assert!(can_be(&[(&some, Truth::True), (&others, Truth::False)]));
    assert!(!can_be(&[(&some, Truth::True), (&others, Truth::True)]));
    assert!(can_be(&[(&some, Truth::False), (&others, Truth::False)]));
    let last = "profile.plan == \"p399\"";
    assert!(can_be(&[(&some, Truth::False), (last, Truth::True)]));
    assert!(!can_be(&[(&some, Truth::True), (last, Truth::True)]));
}

/// Of what single events tell each fact is as old as the event that told it.
#[test]
fn a_single_fact_may_be_out_of_date() {
    let policy = r#"
        policy = "either-way"

        [[actions]]
        id       = "careful-note"
        kind     = "service"
        channels = ["web"]
        eligible = "profile.vulnerable"

        [[actions]]
        id       = "opening-hours"
        kind     = "service"
        channels = ["web"]

        [[suppress]]
        id         = "not-for-the-vulnerable"
        when       = "profile.vulnerable"
        on_unknown = "allow"
        ids        = ["opening-hours"]
        because    = "they get a note of their own"

        [[promises]]
        id          = "always-service"
        always      = { kinds = ["service"] }
        while_known = "known(profile)"
    "#;
    let Verdict::Broken(shown) = only_proof(policy) else { panic!("it can be broken") };
    let Part::Known(profile) = &shown.context.profile else { panic!("{shown:?}") };
    assert!(!profile.as_of.is_vouched(), "{shown:?}");
    assert!(profile.dated["vulnerable"] < profile.as_of.oldest(), "{shown:?}");
    assert_eq!(
        shown.in_words(),
        "only single events tell of profile; profile.vulnerable is out of date; \
         profile.vulnerable is true"
    );
    assert!(shown.can_be_written);
    // Who vouches for the profile vouches for each fact of it.
    let policy = policy.replace("on_unknown = \"allow\"", "");
    let policy = format!("{policy}\n[fresh]\nprofile = {{ crm = \"30d\" }}\n");
    let Verdict::Broken(shown) = only_proof(&policy) else { panic!("it may be absent") };
    let Part::Known(profile) = &shown.context.profile else { panic!("{shown:?}") };
    assert!(profile.as_of.is_vouched() && profile.dated.is_empty(), "{shown:?}");
}

/// What a customer did is news, however old the rest is.
#[test]
fn the_recency_tells_its_own_age() {
    use Truth::{False, True, Unknown};

    let (recency, seen) = ("known(recency)", "known(recency.last_seen_at)");
    assert!(can_be(&[(recency, False), (seen, True)]), "an event came later");
    let today = "within(recency.last_seen_at, hours(25))";
    assert!(!can_be(&[(recency, False), (seen, True), (today, False)]));
    assert!(can_be(&[(recency, True), (seen, False), ("has(recency.last_seen_at)", Unknown)]));
    let vip = "\"vip\" in profile.segments";
    assert!(can_be(&[
        (vip, Unknown),
        ("known(profile)", True),
        ("has(profile.segments)", Unknown)
    ]));
    assert!(!can_be(&[(vip, True), ("has(profile.segments)", Unknown)]), "as old as the list");
    let session = "known(recency.session_started_at)";
    assert!(can_be(&[(recency, False), (session, True)]));
    assert!(can_be(&[(recency, False), ("known(recency.onboarding)", True)]));
    assert!(can_be(&[(recency, True), ("known(recency.onboarding)", False)]));
    assert!(can_be(&[(recency, True), ("has(recency.first_seen_at)", Unknown)]));
    let counted = "recency.sessions_30d >= 2";
    assert!(can_be(&[(counted, True), (seen, True)]));
    assert!(!can_be(&[(counted, True), (recency, False)]));
    // The cart is as old as it says, where nobody vouches for it.
    let (cart, purchases) = ("known(purchases.cart)", "known(purchases)");
    assert!(can_be(&[(cart, False), (purchases, True), ("has(purchases.cart)", Unknown)]));
}

/// Makes a policy of two rules that let pass what is unknown.
fn upsell_but(head: &str, rules: [&str; 2], while_known: &str) -> String {
    let [first, second] = rules;
    format!(
        r#"
        policy = "so-many"
        {head}

        [[actions]]
        id       = "bigger-plan"
        kind     = "upsell"
        channels = ["web"]

        [[suppress]]
        id         = "some"
        when       = {first}
        on_unknown = "allow"
        kinds      = ["upsell"]
        because    = "some"

        [[suppress]]
        id         = "very-many"
        when       = {second}
        on_unknown = "allow"
        kinds      = ["upsell"]
        because    = "very many"

        [[promises]]
        id          = "never-more"
        never       = {{ kinds = ["upsell"] }}
        while_known = {while_known}
    "#
    )
}

/// Makes a policy that promises that where one thing is known another is.
fn known_with(head: &str, so: &str, while_known: &str) -> String {
    format!(
        r#"
        policy = "so-many"
        {head}

        [[actions]]
        id       = "bigger-plan"
        kind     = "upsell"
        channels = ["web"]

        [[promises]]
        id          = "known-with-it"
        implies     = '{so} || !({so})'
        while_known = '{while_known}'
    "#
    )
}

fn is_proved(policy: &str) -> bool {
    matches!(only_proof(policy), Verdict::Proved)
}

/// There are more than three in a partial list, and nobody knows whether five.
#[test]
fn each_cut_of_a_partial_list_is_known_for_itself() {
    let placed =
        r#"(known(purchases) ? purchases.orders.filter(o, o.status == "placed").size() : 0)"#;
    let rules = [format!("'{placed} in [4, 5]'"), format!("'{placed} > 5'")];
    let rules = rules.each_ref().map(String::as_str);
    assert!(!is_proved(&upsell_but("", rules, &format!("'{placed} > 3'"))));

    let head = "[attributes]\ncounts = \"bool\"";
    let tickets = "(attributes.counts ? size(support.tickets) : 0)";
    let many = format!("'{tickets} > 3'");
    let rules = [format!("['{tickets} > 3', '{tickets} <= 10']"), format!("'{tickets} > 10'")];
    let rules = rules.each_ref().map(String::as_str);
    assert!(!is_proved(&upsell_but(head, rules, &many)));
    let (many, very_many) = (format!("{tickets} > 3"), format!("{tickets} > 10"));
    assert!(!is_proved(&known_with(head, &very_many, &many)));
    assert!(is_proved(&known_with(head, &many, &many)), "the same cut");
    // As far as they are known, they agree.
    let open = |more: i64| format!("(known(support) ? size(support.tickets) : 0) > {more}");
    assert!(!can_be(&[(&open(10), Truth::True), (&open(3), Truth::False)]));
}

/// What is known of a partial list is no number to compute with.
#[test]
fn no_double_is_made_of_a_lower_bound() {
    let head = "[attributes]\nn = \"int\"";
    let so_many = "double(size(support.tickets)) > 10.5";
    for known in [
        "attributes.n < size(support.tickets)",
        "attributes.n in [size(support.tickets), 7]",
        "size(support.tickets) != attributes.n",
    ] {
        assert!(!is_proved(&known_with(head, so_many, known)), "{known}");
        let rules = [format!("['{known}', '!({so_many})']"), format!("'{so_many}'")];
        let rules = rules.each_ref().map(String::as_str);
        assert!(!is_proved(&upsell_but(head, rules, &format!("'{known}'"))), "{known}");
    }
    // Of a number that is read a double has always been made.
    assert!(is_proved(&known_with(head, "double(attributes.n) > 10.5", "attributes.n < 3")));
}

/// In the first hours of the year 1 it is still the year 0 west of Greenwich.
#[test]
fn there_is_a_year_before_the_first() {
    let schema = Schema::customer();
    let answer =
        |condition: &str| Question::new(&schema).is(condition, Truth::True).unwrap().answer();
    let earlier = answer("now.getFullYear(\"-01:00\") < 1");
    assert!(!matches!(earlier, Answer::Impossible), "{earlier:?}");
    assert!(matches!(answer("now.getFullYear(\"-01:00\") < 0"), Answer::Impossible));
}

/// The cart comes with the purchases: where one is there, so is the other.
#[test]
fn what_is_shown_says_what_is_there() {
    let policy = |held_back: &str, while_known: &str| {
        format!(
            r#"
            policy = "carts"

            [[actions]]
            id       = "bigger-plan"
            kind     = "upsell"
            channels = ["web"]

            [[suppress]]
            id         = "full-cart"
            when       = '{held_back}'
            on_unknown = "allow"
            kinds      = ["upsell"]
            because    = "enough is enough"

            [[promises]]
            id          = "never-more"
            never       = {{ kinds = ["upsell"] }}
            while_known = '{while_known}'
        "#
        )
    };
    for (held_back, while_known) in [
        ("purchases.cart.units > 3", "purchases.orders.size() == 2"),
        ("!has(purchases.cart)", r#"purchases.orders.exists(o, o.status == "delayed")"#),
    ] {
        let verdict = only_proof(&policy(held_back, while_known));
        let Verdict::Broken(shown) = verdict else { panic!("{verdict:?}") };
        assert!(matches!(shown.context.purchases, Part::Known(_)), "{shown:?}");
        let words = shown.in_words();
        assert!(!words.contains("purchases is not known"), "{words}");
        assert!(words.contains("purchases.orders holds"), "{words}");
    }
}
