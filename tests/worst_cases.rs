//! Conditions at their limits: accepted, evaluated, and on a small stack.
//!
//! Each case grows until the next step would be refused, so that it stays at
//! the limits whatever they are: 4,096 bytes, 64 levels, lists of 256.

#![allow(clippy::unwrap_used, reason = "a test may stop at the first surprise")]

use std::collections::BTreeMap;
use std::thread;

use tactful::condition::{Condition, Expression};
use tactful::schema::{Fact, FactTable, Facts, Schema, Type, Value};
use tactful::{Channel, Context, Duration, Engine, ErrorKind, Request, Timestamp};

/// What reading, evaluating and explaining may take of a stack.
const STACK: usize = if cfg!(debug_assertions) { 512 << 10 } else { 128 << 10 };

const NOW: Timestamp = Timestamp::from_millis(1_773_154_830_000);

/// One inside the other, the innermost first: a seed, a level, and what makes
/// a condition of it. `#` stands for what is inside.
const TOWERS: &[(&str, &str, &str)] = &[
    ("b", "(#)", "#"),
    ("b", "!#", "#"),
    ("b", "bool(#)", "#"),
    ("b", "(# || b) && i > 1", "#"),
    ("b", "i > 1 || b && (#)", "#"),
    ("b", "b == (#)", "#"),
    ("b", "(#) != b", "#"),
    ("b", "(#) ? b : !b", "#"),
    ("b", "b ? (#) : !b", "#"),
    ("b", "b ? !b : #", "#"),
    ("b", "(#) != (i > 2 ? b : !b)", "#"),
    ("b", "within(t, (#) ? u : -u)", "#"),
    ("b", "i in [(#) ? i : 2]", "#"),
    ("b", "[i, (#) ? i : 2].size() == 2", "#"),
    ("i", "-#", "# > 1"),
    ("i", "(#) + i", "# > 1"),
    ("i", "i % (#)", "# > 1"),
    ("i", "((#) > 1 ? i : 2)", "# > 1"),
    ("i", "int(double(#))", "# > 1"),
    ("i", "days_since(now - days(#))", "# > 1"),
    ("i", "(now - hours(#)).getHours('+01:00')", "# > 1"),
    ("u", "since(t - (#))", "# > u"),
    ("u", "u - (#)", "# > u"),
    ("t", "((#) + u)", "# > now"),
    ("x.b", "(# || x.b) && x.i > 1", "r.exists(x, #)"),
    ("x.b", "(#) != x.b", "r.all(x, #)"),
    ("x.i", "((#) > 1 ? x.i : 2)", "r.filter(x, # > 1).size() > 3"),
    ("x.b", "x.i in [(#) ? x.i : 2]", "r.exists_one(x, #)"),
];

/// One beside the other: how a condition begins, a piece of which there are
/// as many as fit, what stands between, and how it ends. `#` counts.
const ROWS: &[(&str, &str, &str, &str)] = &[
    ("", "b", "||", ""),
    ("", "i>#", "||", ""),
    ("", "i+# in li", "||", ""),
    ("", "li.exists(x,x>#)", "||", ""),
    ("", "r.exists(x,x.i>#)", "||", ""),
    ("", "r.filter(x,x.b).size()>#", "||", ""),
    ("i in [", "#", ",", "]"),
    ("[", "i+#", ",", "].exists(x,x>i)"),
    ("li.exists(x,", "x>#", "||", ")"),
    ("li.exists(x,x in [", "i+#", ",", "])"),
    ("r.exists(x,", "x.i>#", "||", ")"),
    ("r.exists_one(x,", "x.i%#>x.i", "||", ")"),
    ("r.all(x,", "x.b||x.d<#.5", "&&", ")"),
    ("r.filter(x,", "since(x.t)<days(#)", "||", ").size()>1"),
    ("r.filter(x,", "(x.t+days(#)).getDate()>31", "||", ").size()>1"),
    ("r.exists(x,", "x.s=='#'", "||", ")"),
    ("r.exists(x,", "'#' in x.g", "||", ")"),
    ("r.exists(x,", "x.i+# in li", "||", ")"),
];

fn schema() -> Schema {
    let list = |ty| Fact::new(Type::List(Box::new(ty)));
    let fields = [
        ("b", Fact::new(Type::Bool)),
        ("i", Fact::new(Type::Int)),
        ("d", Fact::new(Type::Double)),
        ("s", Fact::new(Type::Text)),
        ("t", Fact::new(Type::Timestamp)),
        ("g", list(Type::Text)),
    ];
    Schema::builder()
        .fact("b", Fact::new(Type::Bool))
        .fact("i", Fact::new(Type::Int))
        .fact("u", Fact::new(Type::Duration))
        .fact("t", Fact::new(Type::Timestamp).optional())
        .fact("li", list(Type::Int))
        .fact("r", Fact::new(Type::records("row", fields)))
        .build()
        .unwrap()
}

/// Lists as long as they may be, in which nothing is found early.
fn table(schema: &Schema) -> FactTable {
    let mut table = FactTable::new(schema);
    let day = Timestamp::from_millis(NOW.as_millis() - 86_400_000);
    let tags = (0..256).map(|number| Value::Text(format!("tag {number}")));
    let tags = Value::List(tags.collect());
    let row = |number: i64| {
        BTreeMap::from([
            ("b".to_owned(), Value::Bool(false)),
            ("i".to_owned(), Value::Int(-number)),
            ("d".to_owned(), Value::Double(1e6)),
            ("s".to_owned(), Value::Text(format!("row {number}"))),
            ("t".to_owned(), Value::Timestamp(day - Duration::days(20_000))),
            ("g".to_owned(), tags.clone()),
        ])
    };
    let numbers = (0..256).map(|number| Value::Int(-1_000_000 - number));
    for (path, value) in [
        ("b", Value::Bool(false)),
        ("i", Value::Int(0)),
        ("u", Value::Duration(Duration::days(3))),
        ("t", Value::Timestamp(day)),
        ("li", Value::List(numbers.collect())),
        ("r", Value::Records((0..256).map(row).collect())),
    ] {
        assert!(table.set(schema, path, value));
    }
    table
}

/// Every case as it is last accepted, and as it is first refused.
fn cases(schema: &Schema) -> Vec<[String; 2]> {
    let towers = TOWERS.iter().map(|(seed, level, whole)| {
        grown(schema, |count| {
            let tower = (0..count).fold((*seed).to_owned(), |tower, _| level.replace('#', &tower));
            whole.replace('#', &tower)
        })
    });
    let rows = ROWS.iter().map(|(start, piece, between, end)| {
        grown(schema, |count| {
            let pieces = (0..count).map(|number| piece.replace('#', &(number + 1).to_string()));
            let pieces: Vec<String> = pieces.collect();
            format!("{start}{}{end}", pieces.join(between))
        })
    });
    towers.chain(rows).collect()
}

fn grown(schema: &Schema, text: impl Fn(usize) -> String) -> [String; 2] {
    let is_refused = |count: &usize| Condition::new(&text(*count), schema).is_err();
    // The end is found by doubling and halving: each trial reads it all.
    let (mut accepted, mut refused) = (1, 2);
    while !is_refused(&refused) {
        (accepted, refused) = (refused, 2 * refused);
    }
    while accepted + 1 < refused {
        let middle = accepted.midpoint(refused);
        *(if is_refused(&middle) { &mut refused } else { &mut accepted }) = middle;
    }
    [text(accepted), text(refused)]
}

/// Does something in a thread that has little stack.
fn on_a_small_stack(work: impl FnOnce() + Send) {
    thread::scope(|scope| {
        let small = thread::Builder::new().stack_size(STACK);
        small.spawn_scoped(scope, work).unwrap().join().unwrap();
    });
}

#[test]
fn conditions_at_the_limits_need_little_stack() {
    let schema = schema();
    let tables = [table(&schema), FactTable::new(&schema)];
    for [accepted, refused] in cases(&schema) {
        on_a_small_stack(|| {
            let condition = Condition::new(&accepted, &schema).unwrap();
            let expression = Expression::new(&accepted, &schema).unwrap();
            for table in &tables {
                let facts = Facts::of_table(&schema, table, NOW);
                let truth = condition.evaluate(&facts).truth();
                let value = expression.evaluate(&facts);
                assert_eq!(value.is_none(), truth == tactful::condition::Truth::Unknown);
            }
            drop((condition.clone(), expression));
            assert!(!format!("{condition:?}").is_empty());

            let error = Condition::new(&refused, &schema).unwrap_err();
            let codes = error.diagnostics().iter().map(|found| found.code().as_str());
            assert_eq!(codes.collect::<Vec<_>>(), ["E104"], "{error}");
        });
    }
}

/// The parser meets depth before anything is known of types or heights.
#[test]
fn nonsense_at_the_limits_needs_little_stack() {
    let schema = schema();
    let opened = ["(", "[", "f(", "a.f(", "a[", "!", "-", "a?", "a?a:", "a.all(x,"];
    let waiting = "a||a&&a==a+a*";
    for open in opened {
        for (times, between) in [(2_000, ""), (60, ""), (40, waiting), (25, waiting), (12, waiting)]
        {
            for end in ["", "a", "a)"] {
                let piece = format!("{between}{open}");
                let text = piece.repeat(times.min(4_096 / piece.len())) + end;
                on_a_small_stack(|| {
                    let error = Condition::new(&text, &schema).unwrap_err();
                    assert_eq!(error.kind(), ErrorKind::Condition);
                    assert!(!error.to_string().is_empty());
                });
            }
        }
    }
}

/// A policy can be decided and explained on the same stack.
#[test]
fn policies_with_conditions_at_the_limits_need_little_stack() {
    let levels = [
        "device.push_enabled == (#)",
        "(#) != profile.vulnerable",
        "(#) ? profile.vulnerable : !profile.vulnerable",
        "(# || device.push_enabled) && profile.age_years > 1",
        "within(profile.joined_at, (#) ? days(1) : days(2))",
        "purchases.cart.units in [(#) ? profile.age_years : 2]",
    ];
    let schema = Schema::customer();
    for level in levels {
        let [accepted, _] = grown(&schema, |count| {
            let seed = "profile.vulnerable".to_owned();
            (0..count).fold(seed, |tower, _| level.replace('#', &tower))
        });
        let policy = format!(
            "policy = 'tower'\n[situations.deep]\nsay = 'it is deep'\nwhen = '''{accepted}'''\n\
             [[actions]]\nid = 'a'\nkind = 'upsell'\nchannels = ['web']\neligible = 'deep'\n\
             [[suppress]]\nid = 's'\nwhen = 'deep'\nkinds = ['upsell']\nbecause = 'b'\n"
        );
        let known = Context::from_json(include_str!("../fuzz/src/customer.json")).unwrap();
        on_a_small_stack(move || {
            let engine = Engine::from_toml(&policy).unwrap();
            let request = Request::new(NOW, Channel::Web);
            for context in [Context::new(), known] {
                let decision = engine.decide(&context, &request);
                assert!(!decision.to_json().is_empty());
                let explanation = engine.explain(&context, &request, "a").unwrap();
                assert!(!explanation.to_string().is_empty());
            }
        });
    }
}
