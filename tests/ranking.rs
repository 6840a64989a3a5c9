//! Rankings of many actions are those of the general pipeline.
//!
//! Complete decisions take the general pipeline and rankings the index. Random
//! policies are small; this one has boosts on a hundred single actions, scores
//! that are read, and deep conditions.

#![cfg(all(feature = "toml", feature = "json"))]
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test may stop at the first surprise"
)]

#[path = "../benches/decide/workload.rs"]
#[allow(dead_code, clippy::expect_used, clippy::indexing_slicing, reason = "benches use it")]
mod workload;

use tactful::context::{Recency, Scores};
use tactful::{Bound, Channel, Context, Decision, Duration, Engine, Request, Scratch};

/// Spells a decision as it was found out on each way; what the last one says was
/// found out all at once: a channel that is named twice takes the general way.
fn accounts(engine: &Engine, context: &Context, request: &Request) -> [String; 6] {
    let (mut scratch, mut bound) = (Scratch::new(), Bound::new(context.clone()));
    [
        engine.decide(context, request).to_json(),
        engine.decide_lent(context, request).to_json(),
        engine.decide_fully(context, request).to_json(),
        engine.decide_with(&mut scratch, context, request).to_json(),
        engine.decide_bound(&mut scratch, &mut bound, request).to_json(),
        engine.decide(context, &request.clone().or_on(request.channel)).to_json(),
    ]
}

#[test]
fn what_is_found_out_later_is_what_is_found_out_at_once() {
    for text in [workload::policy(300), workload::hard_policy(200), workload::contact_policy(100)] {
        let engine = Engine::from_toml(&text).unwrap();
        for context in customers() {
            let context = context.history(workload::history(40));
            let mut without = Request::new(workload::now(), Channel::Email);
            without.excluded.push("a3".to_owned());
            for request in [
                Request::new(workload::now(), Channel::Web).limit(5),
                without,
                Request::new(workload::now(), Channel::Web).slots(["one", "two"]),
            ] {
                let ranked = accounts(&engine, &context, &request.clone().ranked_only());
                assert!(ranked.iter().all(|other| *other == ranked[0]), "{request:?}");
                let [decided, others @ ..] = accounts(&engine, &context, &request);
                assert!(decided.contains("\"verdict\""), "something is withheld");
                others.iter().for_each(|other| assert_eq!(*other, decided, "{request:?}"));
            }
        }
    }
}

#[test]
fn a_decision_speaks_of_the_context_it_was_made_from() {
    let engine = Engine::from_toml(&workload::policy(50)).unwrap();
    let mut context = workload::context();
    let request = Request::new(workload::now(), Channel::Web).limit(5);
    let expected = engine.decide(&context, &request).to_json();
    let decision = engine.decide(&context, &request);
    let copy = decision.clone();
    context.record(workload::history(1).interactions.items()[0].clone());
    drop(context);
    assert_eq!(decision.to_json(), expected);
    assert_eq!(copy.to_json(), expected);
}

const LIMITS: [Option<usize>; 6] = [None, Some(0), Some(1), Some(5), Some(64), Some(65)];

fn customers() -> Vec<Context> {
    let now = workload::now();
    let with = |churn, seen| {
        let recency = Recency::new(now).last_seen_at(now - Duration::days(seen)).sessions_30d(4);
        workload::context().scores(Scores::new(now).score("churn", churn)).recency(recency)
    };
    vec![workload::context(), with(0.9, 1), with(0.0, 40), with(2.0, 3), Context::new()]
}

fn ranking(decision: &Decision<'_>) -> Vec<(String, u128)> {
    let placed = decision.recommendations();
    placed.map(|placed| (placed.action().to_owned(), placed.priority().as_product())).collect()
}

#[test]
fn many_actions_rank_the_same_on_every_way() {
    for text in [workload::policy(300), workload::hard_policy(1_000)] {
        let engine = Engine::from_toml(&text).unwrap();
        let mut scratch = Scratch::new();
        let best = engine.decide(&customers()[0], &Request::new(workload::now(), Channel::Web));
        assert!(best.recommendations().len() > 65, "there is something to rank");
        for context in customers() {
            let mut bound = Bound::new(context.clone());
            let complete = Request::new(workload::now(), Channel::Web);
            let whole = engine.decide(&context, &complete);
            let all = ranking(&whole);
            for limit in LIMITS {
                let mut request = complete.clone().ranked_only();
                request.limit = limit;
                let expected = &all[..limit.unwrap_or(all.len()).min(all.len())];
                let plain = engine.decide(&context, &request);
                assert_eq!(ranking(&plain), expected, "limit {limit:?}");
                assert_eq!(plain.valid_until(), whole.valid_until(), "limit {limit:?}");
                let again = engine.decide_with(&mut scratch, &context, &request);
                assert_eq!(ranking(&again), expected, "limit {limit:?}");
                let kept = engine.decide_bound(&mut scratch, &mut bound, &request);
                assert_eq!(ranking(&kept), expected, "limit {limit:?}");
            }
        }
    }
}

/// Spells a policy of actions that are there for a channel, each with something
/// more.
fn services<'a>(actions: impl IntoIterator<Item = (String, &'a str)>) -> String {
    let mut text = "policy = 'services'\ncurrency = 'EUR'\n".to_owned();
    for (id, more) in actions {
        text +=
            &format!("[[actions]]\nid = '{id}'\nkind = 'service'\nchannels = ['web']\n{more}\n");
    }
    text
}

/// Asks whether the total of an order is known, alone and beside others.
const OF_ANOTHER_CURRENCY: [(&str, &str); 5] = [
    ("known", "eligible = 'purchases.orders.exists(o, known(o.total_minor))'"),
    ("unknown", "eligible = 'purchases.orders.exists(o, !known(o.total_minor))'"),
    (
        "one",
        "eligible = 'purchases.orders.exists_one(o, known(o.total_minor) && o.total_minor > 5)'",
    ),
    ("there", "eligible = 'purchases.orders.exists(o, has(o.total_minor))'"),
    ("cart", "eligible = 'known(purchases.cart.value_minor)'"),
];

#[test]
fn money_of_another_currency_is_there_and_not_known_on_every_way() {
    for (currency, expected) in
        [("EUR", vec!["cart", "known", "one", "there"]), ("USD", vec!["there", "unknown"])]
    {
        let text = services(OF_ANOTHER_CURRENCY.map(|(id, more)| (id.to_owned(), more)));
        let engine = Engine::from_toml(&text).unwrap();
        let money = format!(r#"{{"minor": 10, "currency": "{currency}"}}"#);
        let context = Context::from_json(format!(
            r#"{{"purchases": {{"as_of": "2026-03-10T15:00:00Z",
                "orders": [{{"id": "1", "placed_at": "2026-03-09T15:00:00Z", "total": {money}}}],
                "cart": {{"units": 1, "updated_at": "2026-03-10T14:59:00Z", "value": {money}}}}}}}"#,
        ))
        .unwrap();
        let request = Request::new("2026-03-10T15:00:00Z".parse().unwrap(), Channel::Web);
        let (mut scratch, mut bound) = (Scratch::new(), Bound::new(context.clone()));
        let named = |decision: Decision<'_>| {
            let ids = decision.recommendations().map(|placed| placed.action().to_owned());
            let mut ids: Vec<String> = ids.collect();
            ids.sort();
            ids
        };
        assert_eq!(named(engine.decide(&context, &request)), expected, "{currency}");
        for ways in 0..2 {
            let mut request = request.clone().ranked_only();
            request.now = request.now + Duration::seconds(ways);
            assert_eq!(named(engine.decide(&context, &request)), expected, "{currency}");
            assert_eq!(named(engine.decide_with(&mut scratch, &context, &request)), expected);
            assert_eq!(named(engine.decide_bound(&mut scratch, &mut bound, &request)), expected);
        }
    }
}

#[test]
fn limits_of_many_actions_are_those_of_each() {
    let mut text = services((0..200).map(|number| (format!("a{number}"), "")));
    text += "[[limits]]\nid = 'seldom'\nkinds = ['service']\nper = 'action'\n\
             at_most = 2\nwithin = '30d'\noutcomes = 'click'\n";
    let engine = Engine::from_toml(&text).unwrap();
    let context = Context::new().history(workload::history(400));
    let request = Request::new(workload::now(), Channel::Web);
    let whole = engine.decide(&context, &request.clone().or_on(Channel::Web));
    assert!(whole.recommendations().len() < 200, "a limit holds something back");
    for limit in LIMITS {
        let mut request = request.clone().ranked_only();
        request.limit = limit;
        let mut scratch = Scratch::new();
        let ranked = ranking(&engine.decide_with(&mut scratch, &context, &request));
        let all = ranking(&whole);
        assert_eq!(ranked, all[..limit.unwrap_or(all.len()).min(all.len())]);
    }
}

#[test]
fn the_greatest_priority_is_exact() {
    let text = "policy = 'greatest'\ncurrency = 'EUR'
        [[actions]]\nid = 'a'\nkind = 'service'\nchannels = ['web']\nvalue = '10000000000.00'
        [[actions]]\nid = 'b'\nkind = 'service'\nchannels = ['web']\nvalue = '9999999999.99'
        [[boosts]]\nid = 'lever'\npercent = 9900\nkinds = ['service']
        [[boosts]]\nid = 'weight'\nwhen = 'true'\npercent = 9900\nkinds = ['service']";
    let engine = Engine::from_toml(text).unwrap();
    let request = Request::new(workload::now(), Channel::Web);
    for request in [request.clone(), request.ranked_only()] {
        let decision = engine.decide(&Context::new(), &request);
        let priorities = decision.recommendations().map(|of| of.priority().to_string());
        let priorities: Vec<String> = priorities.collect();
        assert_eq!(priorities, ["100000000000000", "99999999999900"]);
    }
}

#[test]
fn ties_go_by_rank_then_end_then_id_whatever_they_look_like() {
    const RANKS: [i64; 8] = [
        i64::MAX,
        5_000_000_000,
        1 << 32,
        i32::MAX as i64,
        0,
        i32::MIN as i64,
        i32::MIN as i64 - 1,
        i64::MIN,
    ];
    const ENDS: [&str; 3] = ["2026-12-01T00:00:00Z", "2027-01-01T00:00:00Z", ""];
    let mut ties: Vec<(i64, usize, String)> = Vec::new();
    for rank in RANKS {
        for end in 0..ENDS.len() {
            // Alike in as many bytes as fit into a number, and one the beginning of the other.
            for id in ["the_same", "the_same_beginning", "the_same_beginnings", "the_sama"] {
                ties.push((rank, end, format!("{id}{}", ties.len() % 5)));
            }
        }
    }
    let written = ties.iter().enumerate().map(|(place, (rank, end, id))| {
        let ends_at = ENDS[*end];
        let ends_at =
            if ends_at.is_empty() { String::new() } else { format!("\nends_at = '{ends_at}'") };
        (format!("{id}_{place}"), format!("rank = {rank}{ends_at}"))
    });
    let written: Vec<(String, String)> = written.collect();
    // Written in another order than they go.
    let mixed = (0..written.len()).map(|place| &written[place * 37 % written.len()]);
    let text = services(mixed.map(|(id, more)| (id.clone(), more.as_str())));
    let engine = Engine::from_toml(&text).unwrap();
    let mut expected: Vec<_> = ties.into_iter().zip(written).collect();
    expected.sort_by_key(|((rank, end, _), (id, _))| (std::cmp::Reverse(*rank), *end, id.clone()));
    let expected: Vec<String> = expected.into_iter().map(|(_, (id, _))| id).collect();
    let request = Request::new("2026-03-10T15:00:00Z".parse().unwrap(), Channel::Web);
    for limit in LIMITS {
        let mut request = request.clone().ranked_only();
        request.limit = limit;
        let expected = &expected[..limit.unwrap_or(usize::MAX).min(expected.len())];
        let context = Context::new();
        let found = |decision: Decision<'_>| -> Vec<String> {
            decision.recommendations().map(|placed| placed.action().to_owned()).collect()
        };
        assert_eq!(found(engine.decide(&context, &request)), expected);
        assert_eq!(found(engine.decide_with(&mut Scratch::new(), &context, &request)), expected);
        assert_eq!(found(engine.decide_fully(&context, &request)), expected);
    }
}

/// More words and more rules than there are bits in a number.
#[test]
fn many_rules_about_many_words_hold_back_what_each_is_about() {
    const RULES: usize = 140;
    let words: Vec<String> = (0..RULES + 20).map(|number| format!("'w{number}'")).collect();
    let mut text = services((0..RULES).map(|number| (format!("a{number}"), "")));
    text += &format!("[attributes]\nword = [{}]\n", words.join(","));
    for number in 0..RULES {
        // Written from the last to the first, so that no order is that of the words.
        let of = RULES - 1 - number;
        text += &format!(
            "[[suppress]]\nid = 's{number}'\nwhen = '''attributes.word == \"w{of}\"'''\n\
             ids = ['a{of}']\nbecause = 'b'\non_unknown = 'allow'\n"
        );
    }
    let engine = Engine::from_toml(&text).unwrap();
    let request = Request::new(workload::now(), Channel::Web).ranked_only();
    let mut scratch = Scratch::new();
    for word in [0, 11, 12, 13, 62, 63, 64, 75, 76, 77, 127, 128, 139, 150] {
        let context = Context::from_json(format!(
            r#"{{"attributes": {{"as_of": {}, "values": {{"word": "w{word}"}}}}}}"#,
            workload::now().as_millis()
        ))
        .unwrap();
        let mut expected: Vec<String> = (0..RULES).map(|number| format!("a{number}")).collect();
        expected.retain(|id| *id != format!("a{word}"));
        expected.sort();
        let found = |decision: Decision<'_>| -> Vec<String> {
            let all = decision.recommendations();
            let mut ids: Vec<String> = all.map(|placed| placed.action().to_owned()).collect();
            ids.sort();
            ids
        };
        assert_eq!(found(engine.decide_with(&mut scratch, &context, &request)), expected);
        assert_eq!(found(engine.decide_fully(&context, &request)), expected, "w{word}");
    }
}
