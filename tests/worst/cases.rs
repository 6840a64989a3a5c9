//! Conditions at their limits, with facts that make them take long.

use std::collections::BTreeMap;

use tactful::condition::Condition;
use tactful::schema::{Fact, FactTable, Schema, Type, Value};
use tactful::{Duration, Timestamp};

pub(crate) const NOW: Timestamp = Timestamp::from_millis(1_773_154_830_000);

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
    ("r.exists_one(x,", "x.i%#<x.i", "||", ")"),
    ("r.all(x,", "x.b||x.d>#.5", "&&", ")"),
    ("r.filter(x,", "since(x.t)<days(#)", "||", ").size()>1"),
    ("r.filter(x,", "(x.t+days(#)).getDate()>31", "||", ").size()>1"),
    ("r.exists(x,", "x.s=='#'", "||", ")"),
    ("r.exists(x,", "'#' in x.g", "||", ")"),
    ("r.exists(x,", "x.i+# in li", "||", ")"),
    ("", "r.exists(x,'#' in x.g)", "||", ""),
    ("", "r.exists(x,'a#' in x.g||'b#' in x.g||'c#' in x.g)", "||", ""),
    ("", "r.exists(x,x.i+# in li)", "||", ""),
    ("r.exists(x,", "x.i>i+#", "||", ")"),
    ("r.exists(x,", "x.t>t+u+days(#)", "||", ")"),
    ("r.exists(x,", "within(x.t,days(#))", "||", ")"),
    ("r.exists(x,", "x.t.getDate()>3#", "||", ")"),
    ("r.exists(x,", "x.s.contains('@#')", "||", ")"),
    ("r.exists(x,", "x.s.size()>1#", "||", ")"),
    ("r.exists(x,", "x.d/#.0>1e9", "||", ")"),
    ("r.exists(x,", "(x.b?x.i:-#)>1", "||", ")"),
    ("r.exists(x,", "x.i in [x.i+#,#,#]", "||", ")"),
    ("r.exists(x,", "x.b!=(x.i>#)", "||", ")"),
    ("r.exists(x,", "i>#&&x.b", "||", ")"),
];

pub(crate) fn schema() -> Schema {
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
pub(crate) fn table(schema: &Schema) -> FactTable {
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

/// Every case by name, as it is last accepted, and as it is first refused.
pub(crate) fn cases(schema: &Schema) -> Vec<(String, [String; 2])> {
    let towers = TOWERS.iter().map(|(seed, level, whole)| {
        let name = whole.replace('#', &level.replace('#', "…"));
        let grown = grown(schema, |count| {
            let tower = (0..count).fold((*seed).to_owned(), |tower, _| level.replace('#', &tower));
            whole.replace('#', &tower)
        });
        (name, grown)
    });
    let rows = ROWS.iter().map(|(start, piece, between, end)| {
        let name = format!("{start}{piece}{between}…{end}");
        let grown = grown(schema, |count| {
            let pieces = (0..count).map(|number| piece.replace('#', &(number + 1).to_string()));
            let pieces: Vec<String> = pieces.collect();
            format!("{start}{}{end}", pieces.join(between))
        });
        (name, grown)
    });
    towers.chain(rows).collect()
}

pub(crate) fn grown(schema: &Schema, text: impl Fn(usize) -> String) -> [String; 2] {
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
