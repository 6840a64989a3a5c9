//! The condition language at its limits: the largest, the deepest, and rubbish.
//!
//! Everything runs on a small stack, as in a thread of a host that is not ours.
//! `TACTFUL_CASES` sets how many texts the fuzzing tries, `TACTFUL_SEED` where
//! it begins.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test may stop at the first surprise"
)]

use std::collections::BTreeMap;
use std::fs;
use std::time::{Duration, Instant};

use tactful::condition::{Condition, Expression, Truth};
use tactful::schema::{Fact, FactTable, Facts, RequestFacts, Schema, Type, Value};
use tactful::{Channel, Context, Timestamp};

const STACK: usize = 512 * 1024;

fn on_a_small_stack(test: impl FnOnce() + Send + 'static) {
    let thread = std::thread::Builder::new().stack_size(STACK);
    if let Err(panic) = thread.spawn(test).unwrap().join() {
        std::panic::resume_unwind(panic);
    }
}

fn schema() -> Schema {
    let row = Type::records(
        "row",
        [
            ("b", Fact::new(Type::Bool).optional()),
            ("i", Fact::new(Type::Int)),
            ("d", Fact::new(Type::Double)),
            ("t", Fact::new(Type::Timestamp)),
            ("s", Fact::new(Type::Text)),
            ("self", Fact::derived("it.self || it.b")),
        ],
    );
    Schema::builder()
        .fact("b", Fact::new(Type::Bool))
        .fact("i", Fact::new(Type::Int))
        .fact("d", Fact::new(Type::Double))
        .fact("t", Fact::new(Type::Timestamp))
        .fact("s", Fact::new(Type::Text))
        .fact("r", Fact::new(row))
        .fact("li", Fact::new(Type::List(Box::new(Type::Int))))
        .build()
        .unwrap()
}

fn table(schema: &Schema) -> FactTable {
    let mut table = FactTable::new(schema);
    let time = Value::Timestamp(Timestamp::EARLIEST);
    assert!(table.set(schema, "b", Value::Bool(true)));
    assert!(table.set(schema, "i", Value::Int(1)));
    assert!(table.set(schema, "d", Value::Double(0.5)));
    assert!(table.set(schema, "t", time.clone()));
    assert!(table.set(schema, "s", Value::Text("é".repeat(1_000))));
    let row = |place: i64| {
        BTreeMap::from([
            ("b".to_owned(), Value::Bool(place % 2 == 0)),
            ("i".to_owned(), Value::Int(place)),
            ("d".to_owned(), Value::Double(0.5)),
            ("t".to_owned(), time.clone()),
            ("s".to_owned(), Value::Text("x".to_owned())),
        ])
    };
    assert!(table.set(schema, "r", Value::Records((0..300).map(row).collect())));
    assert!(table.set(schema, "li", Value::List((0..300).map(Value::Int).collect())));
    table
}

fn truth(text: &str) -> Truth {
    let schema = schema();
    let table = table(&schema);
    let condition = Condition::new(text, &schema).unwrap_or_else(|error| panic!("{text}\n{error}"));
    condition.evaluate(&Facts::of_table(&schema, &table, Timestamp::LATEST)).truth()
}

/// Returns the codes of what is wrong with a text; checks where they point.
fn refused(text: &str) -> Vec<String> {
    let schema = schema();
    check(text, &schema, |_| {}).unwrap_or_else(|| panic!("accepted: {text}"))
}

fn check(text: &str, schema: &Schema, accepted: impl FnOnce(Condition)) -> Option<Vec<String>> {
    // Everything that is not refused as an expression has a value.
    let _ = Expression::new(text, schema);
    match Condition::new(text, schema) {
        Ok(condition) => {
            accepted(condition);
            None
        }
        Err(error) => {
            assert!(!error.to_string().is_empty());
            assert!(!error.diagnostics().is_empty(), "{text}");
            for diagnostic in error.diagnostics() {
                let range = diagnostic.place().unwrap().range();
                assert!(text.get(range.clone()).is_some(), "{range:?} in {text:?}");
            }
            let codes = error.diagnostics().iter();
            Some(codes.map(|diagnostic| diagnostic.code().to_string()).collect())
        }
    }
}

/// Nests `levels` times: every `@` of the frame is the next level.
fn nested(frame: &str, innermost: &str, levels: usize) -> String {
    let mut text = innermost.to_owned();
    for _ in 0..levels {
        text = frame.replace('@', &text);
    }
    text
}

#[test]
fn what_people_write_is_far_from_the_limits() {
    on_a_small_stack(|| {
        assert_eq!(truth(&nested("(@)", "b", 32)), Truth::True);
        assert_eq!(truth(&nested("(@)", "b", 63)), Truth::True);
        assert_eq!(truth(&nested("!@", "b", 32)), Truth::True);
        assert_eq!(truth(&nested("b ? (@) : b", "b", 32)), Truth::True);
        assert_eq!(truth(&nested("b && (@)", "b", 32)), Truth::True);
        assert_eq!(truth(&nested("(@) && b", "b", 32)), Truth::True);
        assert_eq!(truth(&nested("b || @", "b", 680)), Truth::True);
        assert_eq!(truth(&nested("@ && b", "b", 680)), Truth::True);
        assert_eq!(truth(&format!("i{} == 33", " + 1".repeat(32))), Truth::True);
        assert_eq!(truth(&format!("i{} == 33", " - -1".repeat(32))), Truth::True);
        assert_eq!(truth(&format!("i in [{}1]", "2, ".repeat(255))), Truth::True);
    });
}

#[test]
fn what_is_too_much_is_refused_with_its_place() {
    on_a_small_stack(|| {
        const LIMIT: &str = "E104";
        for text in [
            nested("(@)", "b", 65),
            nested("!@", "b", 65),
            nested("-@", "i", 65),
            nested("(@) == b", "b", 100),
            nested("[@]", "b", 65),
            nested("size(@)", "s", 65),
            nested("@.size()", "s", 65),
            nested("@.b", "b", 65),
            nested("@[\"k\"]", "b", 65),
            nested("b ? b : @", "b", 65),
            nested("b ? (@) : b", "b", 65),
            format!("i{} == 1", " + 1".repeat(900)),
            format!("i{} == 1", "*1".repeat(1_900)),
            format!("i in [{}1]", "2, ".repeat(256)),
            "b".repeat(4_097),
        ] {
            assert_eq!(refused(&text), [LIMIT], "{text}");
        }
        assert_eq!(truth(&format!("b{}", " ".repeat(4_095))), Truth::True);
    });
}

#[test]
fn endless_openings_are_no_danger() {
    on_a_small_stack(|| {
        let schema = schema();
        for opening in [
            "(",
            "[",
            "!",
            "-",
            "--",
            "!-",
            "b?",
            "b ? b :",
            "b||",
            "b&&(",
            "i+",
            "i*(",
            "i<",
            "b.",
            "b[",
            "b.f(",
            "f(",
            "{",
            "\"",
            "'",
            "\\",
            "//",
            "/*",
            "?",
            ",",
            "r.exists(x,",
            "r.filter(x,",
            "b ? b : b || b && i == i + i * (",
            "[b ? b : b || b && i == i + i * -(",
        ] {
            for length in [4_096, 4_095, 1_000, 100] {
                let text: String = opening.chars().cycle().take(length).collect();
                check(&text, &schema, |_| {});
            }
        }
    });
}

/// Every shape that nests, as deep as it is accepted.
#[test]
fn the_deepest_that_is_accepted_is_evaluated() {
    on_a_small_stack(|| {
        let schema = schema();
        let table = table(&schema);
        for (frame, innermost, tail) in [
            ("(@)", "b", ""),
            ("!(@)", "b", ""),
            ("b && (b || @)", "b", ""),
            ("(b || @) && b", "b", ""),
            ("b ? b : b || b && i == i + i * (@)", "i", ""),
            ("(b ? i : i + i * -(@))", "i", " == 1"),
            ("(@) == b", "b", ""),
            ("b == (@)", "b", ""),
            ("(@) != (b == b)", "b", ""),
            ("(@) ? b : !b", "b", ""),
            ("(@) ? b : i > 1", "b", ""),
            ("b ? (@) : !b", "b", ""),
            ("(b ? @ : 2)", "i", " == 1"),
            ("((@) == 1 ? 1 : 2)", "i", " == 1"),
            ("((@) in [1, 2] ? 1 : 2)", "i", " == 1"),
            ("((@) + i)", "i", " > 0"),
            ("(i - (@))", "i", " > 0"),
            ("-(@)", "d", " > 0.0"),
            ("double(int(@))", "d", " > 0.0"),
            ("(now - (t + (@)))", "since(t)", " > days(1)"),
            ("(@) in [b, !b]", "b", ""),
            ("days(days_since(now - (@)))", "since(t)", " > days(1)"),
            ("hours((now - (@)).getHours())", "since(t)", " > days(1)"),
        ] {
            for around in ["@", "r.exists(x, @)", "r.exists_one(x, @)", "r.filter(x, @).size() > 1"]
            {
                let started = Instant::now();
                let mut deepest = 0;
                for levels in [1, 8, 20, 21, 30, 31, 32, 60, 61, 62, 63, 64, 65] {
                    let text = nested(frame, innermost, levels) + tail;
                    let text = match around {
                        "@" => text,
                        _ => around.replace('@', &of_element(&text)),
                    };
                    check(&text, &schema, |condition| {
                        deepest = levels;
                        let facts = Facts::of_table(&schema, &table, Timestamp::LATEST);
                        let _ = condition.evaluate(&facts);
                    });
                }
                // Some frames do not fit into themselves: only the parser sees them deep.
                assert!(deepest > 5 || frame.contains("i * "), "{frame}: {deepest}");
                let took = started.elapsed();
                assert!(took < Duration::from_secs(20), "{frame} in {around}: {took:?}");
            }
        }
    });
}

/// Reads fields of the element in the place of facts.
fn of_element(text: &str) -> String {
    let mut read = String::new();
    for word in text.split_inclusive(|c: char| !c.is_alphanumeric()) {
        let name = word.trim_end_matches(|c: char| !c.is_alphanumeric());
        let is_fact = ["b", "i", "d", "t"].contains(&name);
        read.push_str(if is_fact { "x." } else { "" });
        read.push_str(word);
    }
    read
}

#[test]
fn the_largest_bodies_over_the_longest_lists_end_soon() {
    on_a_small_stack(|| {
        let schema = schema();
        let table = table(&schema);
        let facts = Facts::of_table(&schema, &table, Timestamp::LATEST);
        // As much as is accepted.
        let full = |head: &str, piece: &str, tail: &str| {
            let text = |count: usize| format!("{head}{}{tail}", piece.repeat(count));
            let most = (4_096 - head.len() - tail.len()) / piece.len();
            let counts: Vec<usize> = (0..=most).collect();
            let fits = |count: &usize| Condition::new(&text(*count), &schema).is_ok();
            text(counts.partition_point(fits) - 1)
        };
        let numbers: Vec<String> = (0..256).map(|number| number.to_string()).collect();
        let numbers = numbers.join(",");
        let sum = nested("(@+@)", "x.i", 5);
        for text in [
            full("r.all(x, b", " || x.i > 1", ")"),
            full("r.exists(x, b", " && since(x.t) < days(x.i)", ")"),
            full("r.exists_one(x, b", " && x.d > x.d / 2.0", ")"),
            full("r.filter(x, b", " && x.s.contains(s)", ").size() > 1"),
            full("b", " && r.all(x, x.b == b)", ""),
            full("b", " && r.exists(x, x.i in li)", ""),
            full(&format!("r.exists(x, {sum} in [1, 2, 4, 8, 16]"), " || x.i < 0", ")"),
            full(&format!("[{numbers}].all(x, x >= 0"), " && x in li", ")"),
            full("r.all(x, size(s) == 1000", " && s.size() + x.i >= 0", ")"),
        ] {
            let started = Instant::now();
            let condition =
                Condition::new(&text, &schema).unwrap_or_else(|e| panic!("{text}\n{e}"));
            let _ = condition.evaluate(&facts);
            let took = started.elapsed();
            assert!(took < Duration::from_secs(5), "{took:?}: {text}");
        }
    });
}

/// Values of every kind: at the ends of their range, alike in most of what
/// they are made of, or none at all.
fn values_by_type() -> Vec<(&'static str, Type, Vec<Value>)> {
    let text = |text: &str| Value::Text(text.to_owned());
    let (same, long) = ("0123456789".repeat(3), "0123456789".repeat(20));
    let texts = ["", "a", "abc", "abcd", "abce", "a\0", "é", "01234567", "01234568", &same, &long];
    let middle = format!("{}x{}", "01234567890123", "567890123456789");
    let numbers = [0, 1, -1, 1 << 53, (1 << 53) + 1, i64::MAX, i64::MIN];
    let doubles = [0.0, -0.0, 0.5, 1.0, -1.0, f64::NAN, f64::INFINITY, 9_007_199_254_740_992.0];
    let times =
        [Timestamp::EARLIEST, Timestamp::LATEST, Timestamp::from_millis(-5_000_000_000_000)];
    let lengths = [0, 1, -1, i64::MAX].map(tactful::Duration::from_millis);
    vec![
        ("s", Type::Text, texts.into_iter().chain([middle.as_str()]).map(text).collect()),
        ("w", Type::words("word", &["a", "b", "c"]), ["a", "b", "d"].map(text).into()),
        ("i", Type::Int, numbers.map(Value::Int).into()),
        ("d", Type::Double, doubles.map(Value::Double).into()),
        ("t", Type::Timestamp, times.map(Value::Timestamp).into()),
        ("u", Type::Duration, lengths.map(Value::Duration).into()),
        ("b", Type::Bool, [true, false].map(Value::Bool).into()),
    ]
}

#[test]
fn long_lists_are_looked_through_as_short_ones_are() {
    let list = |ty: &Type| Fact::new(Type::List(Box::new(ty.clone())));
    let kinds = values_by_type();
    let mut schema = Schema::builder();
    for (name, ty, _) in &kinds {
        schema = schema.fact(format!("one.{name}"), Fact::new(ty.clone()));
        schema =
            schema.fact(format!("few.{name}"), list(ty)).fact(format!("many.{name}"), list(ty));
        let fields = [("one", Fact::new(ty.clone())), ("few", list(ty)), ("many", list(ty))];
        schema = schema.fact(format!("r.{name}"), Fact::new(Type::records("row", fields)));
    }
    let schema = schema.build().unwrap();
    for ((name, _, wanted), (of, _, entries)) in
        kinds.iter().zip(&kinds).chain([(&kinds[2], &kinds[3]), (&kinds[3], &kinds[2])])
    {
        let condition = |text: &str| Condition::new(text, &schema).unwrap();
        let [few, many] =
            ["few", "many"].map(|list| condition(&format!("one.{name} in {list}.{of}")));
        let inside = (name == of).then(|| {
            ["few", "many"].map(|list| condition(&format!("r.{of}.exists(x, x.one in x.{list})")))
        });
        for (wanted, a, b) in wanted.iter().flat_map(|wanted| {
            let pairs = entries.iter().flat_map(|a| entries.iter().map(move |b| (a, b)));
            pairs.map(move |(a, b)| (wanted, a, b))
        }) {
            let short = vec![a.clone(), b.clone()];
            let long: Vec<Value> = short.iter().cycle().take(40).cloned().collect();
            let row = [
                ("one".to_owned(), wanted.clone()),
                ("few".to_owned(), Value::List(short.clone())),
                ("many".to_owned(), Value::List(long.clone())),
            ];
            let mut table = FactTable::new(&schema);
            table.set(&schema, &format!("one.{name}"), wanted.clone());
            table.set(&schema, &format!("r.{name}"), Value::Records(vec![row.into()]));
            table.set(&schema, &format!("few.{of}"), Value::List(short));
            table.set(&schema, &format!("many.{of}"), Value::List(long));
            let facts = Facts::of_table(&schema, &table, Timestamp::EARLIEST);
            for [few, many] in
                [Some([&few, &many]), inside.as_ref().map(|[a, b]| [a, b])].into_iter().flatten()
            {
                assert_eq!(
                    few.evaluate(&facts),
                    many.evaluate(&facts),
                    "{wanted:?} in {a:?}, {b:?}"
                );
            }
        }
    }
}

#[test]
fn what_people_write_looks_through_lists_often_enough() {
    let customer = Schema::customer();
    let categories = |number: usize| {
        format!(
            "purchases.orders.exists(o, \"shoes {number}\" in o.categories || \"boots {number}\" in \
             o.categories || \"bags {number}\" in o.categories)"
        )
    };
    let recent = |number: usize| {
        format!(
            "purchases.orders.exists(o, \"books\" in o.categories && within(o.placed_at, days({number})))"
        )
    };
    let tickets = |number: usize| {
        format!(
            "support.tickets.exists(t, t.topic == \"billing_dispute\" && t.is_open && t.reopened > {number})"
        )
    };
    let kinds: [&dyn Fn(usize) -> String; 3] = [&categories, &recent, &tickets];
    for piece in kinds {
        let text: Vec<String> = (1..=10).map(piece).collect();
        let read = Condition::new(&text.join(" && "), &customer);
        assert!(read.is_ok(), "{}", read.unwrap_err());
    }
    let topics: Vec<String> = (0..200).map(|number| format!("\"topic {number}\"")).collect();
    let text = format!("history.interactions.exists(i, i.kind in [{}])", topics.join(","));
    assert!(Condition::new(&text, &customer).is_ok());
}

#[test]
fn a_derived_field_that_names_itself_is_refused() {
    on_a_small_stack(|| {
        assert_eq!(refused("r.exists(x, x.self)"), ["E201"]);
    });
}

fn dice() -> impl FnMut(usize) -> usize {
    let seed = std::env::var("TACTFUL_SEED").map_or(1, |seed| seed.parse().unwrap());
    let mut state: u64 = seed;
    move |limit| {
        state = state.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = state;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        usize::try_from((z ^ (z >> 31)) % u64::try_from(limit).unwrap()).unwrap()
    }
}

fn texts() -> Vec<String> {
    let mut texts = Vec::new();
    for name in ["cel_conformance", "extensions", "cel_oracle"] {
        let path = format!("{}/tests/vectors/language/{name}.json", env!("CARGO_MANIFEST_DIR"));
        let json: serde_json::Value =
            serde_json::from_str(&fs::read_to_string(path).unwrap()).unwrap();
        let cases = json["cases"].as_array().unwrap();
        texts.extend(cases.iter().map(|case| case["expr"].as_str().unwrap().to_owned()));
    }
    texts
}

const PIECES: [&str; 48] = [
    "b",
    "i",
    "d",
    "t",
    "s",
    "r",
    "li",
    "now",
    "x",
    "x.i",
    "true",
    "1",
    "0",
    "-1",
    "1.5",
    "1e308",
    "9223372036854775808",
    "\"é\"",
    "'\\u00e9'",
    "\"\\",
    "(",
    ")",
    "[",
    "]",
    "{",
    "}",
    ",",
    ".",
    " ",
    "&&",
    "||",
    "!",
    "==",
    "!=",
    "<=",
    "<",
    "in",
    "+",
    "-",
    "*",
    "/",
    "%",
    "?",
    ":",
    "support.tickets.exists(t, t.topic == \"billing_dispute\")",
    "has(",
    "since(",
    "\u{1F600}",
];

fn mutated(roll: &mut impl FnMut(usize) -> usize, texts: &[String]) -> String {
    let mut letters: Vec<char> = texts[roll(texts.len())].chars().collect();
    for _ in 0..=roll(4) {
        let at = roll(letters.len() + 1);
        match roll(6) {
            0 => letters.truncate(at),
            1 => drop(letters.splice(at..at, PIECES[roll(PIECES.len())].chars())),
            2 if at < letters.len() => drop(letters.remove(at)),
            3 => {
                let end = (at + roll(12)).min(letters.len());
                let copied: Vec<char> = letters[at..end].to_vec();
                drop(letters.splice(at..at, copied));
            }
            4 => {
                let other = &texts[roll(texts.len())];
                drop(letters.splice(at.., other.chars().skip(roll(40))));
            }
            _ if at < letters.len() => {
                letters[at] = char::from_u32(u32::try_from(roll(0x300)).unwrap()).unwrap()
            }
            _ => {}
        }
    }
    letters.into_iter().collect()
}

#[test]
fn rubbish_is_refused_in_place_and_never_panics() {
    on_a_small_stack(|| {
        let (mut roll, texts) = (dice(), texts());
        let own = schema();
        let table = table(&own);
        let (customer, context) = (Schema::customer(), Context::new());
        let cases = std::env::var("TACTFUL_CASES").map_or(6_000, |cases| cases.parse().unwrap());
        let mut accepted = 0;
        for case in 0..cases {
            let text = match case % 3 {
                0 => {
                    let bytes: Vec<u8> =
                        (0..roll(60)).map(|_| u8::try_from(roll(256)).unwrap()).collect();
                    String::from_utf8_lossy(&bytes).into_owned()
                }
                1 => (0..roll(40)).map(|_| PIECES[roll(PIECES.len())]).collect(),
                _ => mutated(&mut roll, &texts),
            };
            check(&text, &own, |condition| {
                accepted += 1;
                let facts = Facts::of_table(&own, &table, Timestamp::EARLIEST);
                let _ = condition.evaluate(&facts);
            });
            check(&text, &customer, |condition| {
                let request = RequestFacts::new(Channel::Web);
                let facts = Facts::of_context(&customer, &context, request, Timestamp::EARLIEST);
                let _ = condition.evaluate(&facts);
            });
        }
        assert!(accepted > 0);
    });
}
