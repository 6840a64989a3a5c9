//! Random well-typed trees, and random facts for them.

use std::collections::BTreeMap;

use tactful::schema::{Fact, FactTable, Schema, Type, Value};
use tactful::{Duration, Timestamp};

use crate::language::{DAY, HOUR, Held, Known, SECOND, Tree, World};

/// 2026-03-10T15:00:30Z, around which times lie.
pub(crate) const NOW: i64 = 1_773_154_830_000;
const WORDS: [&str; 3] = ["red", "green", "blue"];
const TEXTS: [&str; 8] = ["", "a", "ab", "b", "é", "ab\"c", "it's", "\u{1F600}é\n"];
const KEYS: [&str; 3] = ["one", "two", "three"];

/// A small generator of numbers (splitmix64): a seed is a run.
///
/// A tape of bytes, one for each choice, goes before; then whoever turns a
/// byte over, as a fuzzer does, changes one choice.
pub(crate) struct Dice<'t> {
    seed: u64,
    tape: &'t [u8],
}

impl<'t> Dice<'t> {
    pub(crate) fn new(seed: u64, tape: &'t [u8]) -> Self {
        Self { seed, tape }
    }

    pub(crate) fn next(&mut self) -> u64 {
        if let Some((byte, rest)) = self.tape.split_first() {
            self.tape = rest;
            return u64::from(*byte);
        }
        self.seed = self.seed.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.seed;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }

    pub(crate) fn below(&mut self, limit: usize) -> usize {
        usize::try_from(self.next() % u64::try_from(limit).unwrap()).unwrap()
    }

    pub(crate) fn one_in(&mut self, of: usize) -> bool {
        self.below(of) == 0
    }

    pub(crate) fn pick<T: Copy>(&mut self, from: &[T]) -> T {
        from[self.below(from.len())]
    }
}

/// The types that trees have.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    Bool,
    Int,
    Double,
    Text,
    Word,
    Time,
    Length,
}

pub(crate) const KINDS: [Kind; 7] =
    [Kind::Bool, Kind::Int, Kind::Double, Kind::Text, Kind::Word, Kind::Time, Kind::Length];

impl Kind {
    fn ty(self) -> Type {
        match self {
            Self::Bool => Type::Bool,
            Self::Int => Type::Int,
            Self::Double => Type::Double,
            Self::Text => Type::Text,
            Self::Word => Type::words("colour", &WORDS),
            Self::Time => Type::Timestamp,
            Self::Length => Type::Duration,
        }
    }
}

/// Facts of one value each: path, type. Those of `p` are one part.
const FACTS: [(&str, Kind); 16] = [
    ("b1", Kind::Bool),
    ("i1", Kind::Int),
    ("i2", Kind::Int),
    ("d1", Kind::Double),
    ("s1", Kind::Text),
    ("w1", Kind::Word),
    ("t1", Kind::Time),
    ("u1", Kind::Length),
    ("p.b", Kind::Bool),
    ("p.i", Kind::Int),
    ("p.d", Kind::Double),
    ("p.s", Kind::Text),
    ("p.w", Kind::Word),
    ("p.t", Kind::Time),
    ("p.t2", Kind::Time),
    ("p.u", Kind::Length),
];

const LISTS: [(&str, Kind); 7] = [
    ("lb", Kind::Bool),
    ("li", Kind::Int),
    ("ld", Kind::Double),
    ("ls", Kind::Text),
    ("lw", Kind::Word),
    ("lt", Kind::Time),
    ("lu", Kind::Length),
];

const FIELDS: [(&str, Kind); 8] = [
    ("b", Kind::Bool),
    ("i", Kind::Int),
    ("d", Kind::Double),
    ("s", Kind::Text),
    ("w", Kind::Word),
    ("t", Kind::Time),
    ("t2", Kind::Time),
    ("u", Kind::Length),
];

pub(crate) fn schema() -> Schema {
    let mut builder = Schema::builder();
    for (path, kind) in FACTS {
        builder = builder.fact(path, Fact::new(kind.ty()).optional());
    }
    for (path, kind) in LISTS {
        builder = builder.fact(path, Fact::new(Type::List(Box::new(kind.ty()))));
    }
    let mut fields: Vec<(&str, Fact)> =
        FIELDS.map(|(name, kind)| (name, Fact::new(kind.ty()).optional())).into();
    fields.push(("tags", Fact::new(Type::List(Box::new(Type::Text)))));
    let builder = builder
        .fact("r", Fact::new(Type::records("row", fields.clone())))
        .fact("p.r", Fact::new(Type::records("row", fields)))
        .fact("m", Fact::new(Type::Map(Box::new(Type::Int))));
    builder.build().unwrap()
}

/// What the body of a macro may read.
#[derive(Clone, Copy, PartialEq)]
enum Inside {
    Nothing,
    Plain(Kind),
    Record,
}

/// Grows trees; `moving` prefers what changes with time.
pub(crate) struct Grower<'d, 't> {
    pub(crate) dice: &'d mut Dice<'t>,
    pub(crate) moving: bool,
}

fn two(operator: &'static str, a: Tree, b: Tree) -> Tree {
    Tree::Two(operator, Box::new(a), Box::new(b))
}

fn call(name: &'static str, argument: Tree) -> Tree {
    Tree::Call(name, Box::new(argument))
}

impl Grower<'_, '_> {
    pub(crate) fn grow(&mut self, kind: Kind, depth: usize) -> Tree {
        self.tree(kind, depth, Inside::Nothing)
    }

    fn tree(&mut self, kind: Kind, depth: usize, inside: Inside) -> Tree {
        if depth == 0 || self.dice.one_in(6) {
            return self.leaf(kind, inside);
        }
        let depth = depth - 1;
        if self.dice.one_in(12) {
            let test = self.tree(Kind::Bool, depth, inside);
            // Two written texts beside words would be texts.
            let then = self.tree_or_fact(kind, depth, inside);
            let otherwise = self.tree_or_fact(kind, depth, inside);
            return Tree::Choice(Box::new(test), Box::new(then), Box::new(otherwise));
        }
        match kind {
            Kind::Bool => self.truth(depth, inside),
            Kind::Int => self.int(depth, inside),
            Kind::Double => self.double(depth, inside),
            Kind::Text | Kind::Word => self.leaf(kind, inside),
            Kind::Time => self.time(depth, inside),
            Kind::Length => self.length(depth, inside),
        }
    }

    fn tree_or_fact(&mut self, kind: Kind, depth: usize, inside: Inside) -> Tree {
        match kind {
            Kind::Word => self.place(kind, inside),
            _ => self.tree(kind, depth, inside),
        }
    }

    fn truth(&mut self, depth: usize, inside: Inside) -> Tree {
        let choices = if self.moving { 9 } else { 16 };
        match self.dice.below(choices) {
            0 | 1 => two(
                self.dice.pick(&["&&", "||"]),
                self.tree(Kind::Bool, depth, inside),
                self.tree(Kind::Bool, depth, inside),
            ),
            2 => Tree::Not(Box::new(self.tree(Kind::Bool, depth, inside))),
            3..=5 => self.comparison(depth, inside),
            6 => {
                // What has no name cannot be absent.
                let time = match self.place(Kind::Time, inside) {
                    Tree::Element => Tree::Fact("p.t"),
                    time => time,
                };
                let length = self.tree(Kind::Length, depth, inside);
                Tree::Within(Box::new(time), Box::new(length))
            }
            7 if inside == Inside::Nothing => self.quantified(depth),
            8 => self.member(depth, inside),
            9 => call("has", self.optional(inside)),
            10 => call("known", self.known(inside)),
            11 => {
                let text = self.tree(Kind::Text, depth, inside);
                let needle = self.tree(Kind::Text, depth, inside);
                let test = self.dice.pick(&["startsWith", "endsWith", "contains"]);
                Tree::Method(Box::new(text), test, Some(Box::new(needle)))
            }
            12 => {
                let key = Tree::Text(self.dice.pick(&KEYS).to_owned());
                two("in", key, Tree::Fact("m"))
            }
            13 => call("bool", self.tree(Kind::Bool, depth, inside)),
            14 => two(
                self.dice.pick(&["==", "!="]),
                self.tree(Kind::Bool, depth, inside),
                self.tree(Kind::Bool, depth, inside),
            ),
            _ => self.comparison(depth, inside),
        }
    }

    fn comparison(&mut self, depth: usize, inside: Inside) -> Tree {
        const ORDERED: [&str; 6] = ["==", "!=", "<", "<=", ">", ">="];
        let kind = match self.moving {
            true => self.dice.pick(&[Kind::Time, Kind::Length, Kind::Length, Kind::Int]),
            false => self.dice.pick(&KINDS[1..]),
        };
        let other = match kind {
            Kind::Int if self.dice.one_in(3) => Kind::Double,
            Kind::Double if self.dice.one_in(3) => Kind::Int,
            kind => kind,
        };
        let operator = match kind {
            Kind::Word => self.dice.pick(&["==", "!="]),
            _ => self.dice.pick(&ORDERED),
        };
        let left = self.tree_or_fact(kind, depth, inside);
        let right = self.tree(other, depth, inside);
        if self.dice.one_in(2) {
            return two(operator, left, right);
        }
        two(operator, right, left)
    }

    fn quantified(&mut self, depth: usize) -> Tree {
        let (list, inside) = self.list(depth, Inside::Nothing);
        let name = self.dice.pick(&["exists", "all", "exists_one"]);
        let body = self.tree(Kind::Bool, depth, inside);
        Tree::Macro(Box::new(list), name, Box::new(body))
    }

    fn list(&mut self, depth: usize, inside: Inside) -> (Tree, Inside) {
        match self.dice.below(5) {
            0 | 1 => (Tree::Fact(self.dice.pick(&["r", "p.r"])), Inside::Record),
            2 => {
                let kind = self.dice.pick(&KINDS);
                let count = self.dice.below(4) + 1;
                let entries = (0..count).map(|_| self.tree_or_fact(kind, depth.min(1), inside));
                (Tree::List(entries.collect()), Inside::Plain(kind))
            }
            _ => {
                let (path, kind) = self.dice.pick(&LISTS);
                (Tree::Fact(path), Inside::Plain(kind))
            }
        }
    }

    fn member(&mut self, depth: usize, inside: Inside) -> Tree {
        if inside == Inside::Record && self.dice.one_in(4) {
            let item = self.tree(Kind::Text, depth, inside);
            return two("in", item, Tree::Field("tags"));
        }
        match self.list(depth, inside) {
            (list, Inside::Plain(kind)) => {
                let item = match (kind, &list) {
                    (Kind::Int, _) if self.dice.one_in(3) => self.tree(Kind::Double, depth, inside),
                    // A fact says which words the written texts are.
                    (Kind::Word, Tree::List(_)) => self.place(kind, inside),
                    _ => self.tree(kind, depth, inside),
                };
                two("in", item, list)
            }
            _ => {
                let item = self.tree(Kind::Int, depth, inside);
                two("in", item, Tree::List(Vec::new()))
            }
        }
    }

    fn int(&mut self, depth: usize, inside: Inside) -> Tree {
        match self.dice.below(if self.moving { 6 } else { 9 }) {
            0 => call("days_since", self.tree(Kind::Time, depth, inside)),
            1 | 2 => self.clock(depth, inside),
            3 if inside == Inside::Nothing => {
                let (list, inside) = self.list(depth, inside);
                let body = self.tree(Kind::Bool, depth, inside);
                Tree::Count(Box::new(list), Box::new(body))
            }
            4 => {
                let path = self.dice.pick(&["r", "p.r", "li", "ls", "m"]);
                call("size", Tree::Fact(path))
            }
            5 => call("int", self.tree(Kind::Double, depth, inside)),
            6 => call("size", self.tree(Kind::Text, depth, inside)),
            7 => Tree::Negate(Box::new(self.tree(Kind::Int, depth, inside))),
            _ => two(
                self.dice.pick(&["+", "-", "*", "/", "%"]),
                self.tree(Kind::Int, depth, inside),
                self.tree(Kind::Int, depth, inside),
            ),
        }
    }

    fn clock(&mut self, depth: usize, inside: Inside) -> Tree {
        const OF_TIME: [&str; 10] = [
            "getFullYear",
            "getMonth",
            "getDate",
            "getDayOfMonth",
            "getDayOfWeek",
            "getDayOfYear",
            "getHours",
            "getMinutes",
            "getSeconds",
            "getMilliseconds",
        ];
        if self.dice.one_in(4) {
            let length = self.tree(Kind::Length, depth, inside);
            return Tree::Method(Box::new(length), self.dice.pick(&OF_TIME[6..]), None);
        }
        let time = self.tree(Kind::Time, depth, inside);
        let offset = self.dice.pick(&["", "+02:00", "-13:00", "05:30", "-00:45", "UTC"]);
        let offset = (!offset.is_empty()).then(|| Box::new(Tree::Text(offset.to_owned())));
        Tree::Method(Box::new(time), self.dice.pick(&OF_TIME), offset)
    }

    fn double(&mut self, depth: usize, inside: Inside) -> Tree {
        match self.dice.below(4) {
            0 => call("double", self.tree(Kind::Int, depth, inside)),
            1 => Tree::Negate(Box::new(self.tree(Kind::Double, depth, inside))),
            _ => two(
                self.dice.pick(&["+", "-", "*", "/"]),
                self.tree(Kind::Double, depth, inside),
                self.tree(Kind::Double, depth, inside),
            ),
        }
    }

    fn time(&mut self, depth: usize, inside: Inside) -> Tree {
        let time = self.tree(Kind::Time, depth, inside);
        let length = self.tree(Kind::Length, depth, inside);
        match self.dice.below(3) {
            0 => two("+", time, length),
            1 => two("-", time, length),
            _ => two("+", length, time),
        }
    }

    fn length(&mut self, depth: usize, inside: Inside) -> Tree {
        match self.dice.below(8) {
            0 | 1 => call("since", self.tree(Kind::Time, depth, inside)),
            2 | 3 => {
                two("-", self.tree(Kind::Time, depth, inside), self.tree(Kind::Time, depth, inside))
            }
            4 | 5 => two(
                self.dice.pick(&["+", "-"]),
                self.tree(Kind::Length, depth, inside),
                self.tree(Kind::Length, depth, inside),
            ),
            6 => Tree::Negate(Box::new(self.tree(Kind::Length, depth, inside))),
            _ => {
                let unit = self.dice.pick(&["days", "hours", "minutes", "seconds"]);
                call(unit, self.tree(Kind::Int, depth, inside))
            }
        }
    }

    fn leaf(&mut self, kind: Kind, inside: Inside) -> Tree {
        if self.dice.one_in(2) {
            return self.place(kind, inside);
        }
        match kind {
            Kind::Bool if self.dice.one_in(4) => Tree::Bool(self.dice.one_in(2)),
            Kind::Bool => self.place(kind, inside),
            Kind::Int => Tree::Int(int(self.dice)),
            Kind::Double => Tree::Double(double(self.dice)),
            Kind::Text => Tree::Text(self.dice.pick(&TEXTS).to_owned()),
            Kind::Word => Tree::Text(self.dice.pick(&WORDS).to_owned()),
            Kind::Time if self.dice.one_in(2) => Tree::Now,
            Kind::Time => Tree::Time(match self.dice.below(12) {
                0 => -62_135_596_800_000,
                1 => 253_370_764_800_000,
                _ => time(self.dice),
            }),
            Kind::Length => Tree::Length(length(self.dice)),
        }
    }

    /// Names a fact, a field, an entry or the element.
    fn place(&mut self, kind: Kind, inside: Inside) -> Tree {
        match inside {
            Inside::Plain(own) if own == kind && !self.dice.one_in(3) => return Tree::Element,
            Inside::Record if !self.dice.one_in(3) => {
                return Tree::Field(self.named(&FIELDS, kind));
            }
            _ => {}
        }
        if kind == Kind::Int && self.dice.one_in(5) {
            return Tree::Entry("m", self.dice.pick(&KEYS));
        }
        Tree::Fact(self.named(&FACTS, kind))
    }

    fn named(&mut self, places: &[(&'static str, Kind)], kind: Kind) -> &'static str {
        let fitting: Vec<&'static str> =
            places.iter().filter_map(|(name, own)| (*own == kind).then_some(*name)).collect();
        self.dice.pick(&fitting)
    }

    /// Names something that `has` can be asked of.
    fn optional(&mut self, inside: Inside) -> Tree {
        match self.dice.below(3) {
            0 if inside == Inside::Record => Tree::Field(self.dice.pick(&FIELDS).0),
            1 => Tree::Entry("m", self.dice.pick(&KEYS)),
            _ => Tree::Fact(self.dice.pick(&FACTS[8..]).0),
        }
    }

    fn known(&mut self, inside: Inside) -> Tree {
        match self.dice.below(3) {
            0 => Tree::Fact(self.dice.pick(&["p", "r", "m", "li", "p.r"])),
            1 => Tree::Fact(self.dice.pick(&FACTS).0),
            _ => self.optional(inside),
        }
    }
}

fn int(dice: &mut Dice<'_>) -> i64 {
    match dice.below(12) {
        0 => dice.pick(&[i64::MAX, i64::MIN, i64::MAX - 1, i64::MIN + 1]),
        1 => dice.pick(&[1 << 53, (1 << 53) + 1, -(1 << 53) - 1]),
        2 => dice.pick(&[106_751, 106_752, 2_562_047, 400_000]),
        _ => i64::try_from(dice.below(9)).unwrap() - 3,
    }
}

fn double(dice: &mut Dice<'_>) -> f64 {
    match dice.below(10) {
        0 => dice.pick(&[9_223_372_036_854_775_808.0, -9_223_372_036_854_775_808.0, 1e300, -1e19]),
        1 => dice.pick(&[9_007_199_254_740_992.0, 9_007_199_254_740_994.0, -0.0, 5e-324]),
        _ => dice.pick(&[-2.5, -1.0, 0.0, 0.5, 1.0, 1.5, 2.0, 3.0]),
    }
}

fn length(dice: &mut Dice<'_>) -> i64 {
    let unit = dice.pick(&[1, SECOND, HOUR, DAY, 30 * DAY]);
    match dice.below(16) {
        0 => dice.pick(&[9_223_372_036_854, -9_223_372_036_854, 6_000_000_000_000]),
        _ => unit * (i64::try_from(dice.below(7)).unwrap() - 2),
    }
}

fn time(dice: &mut Dice<'_>) -> i64 {
    match dice.below(16) {
        0 => dice.pick(&[-2_208_988_800_000, 4_133_980_799_999, 0]),
        _ => NOW - length(dice) % (400 * DAY),
    }
}

/// Makes the facts of one moment.
pub(crate) fn world(dice: &mut Dice<'_>) -> World {
    let mut world = World {
        now: NOW + dice.pick(&[0, 0, 1, -1, SECOND, -DAY, 17 * DAY + 12_345]),
        ..World::default()
    };
    let lists = LISTS.map(|(path, _)| path);
    for part in FACTS.map(|(path, _)| path).iter().chain(&lists).chain(&["r", "p.r", "m"]) {
        let part = part.split('.').next().unwrap();
        if !world.parts.contains_key(part) && !dice.one_in(6) {
            world.parts.insert(part, BTreeMap::new());
        }
    }
    let mut set = |path: &'static str, held: Held| {
        if let Some(part) = world.parts.get_mut(path.split('.').next().unwrap()) {
            part.insert(path, held);
        }
    };
    for (path, kind) in FACTS {
        set(path, held(dice, kind));
    }
    for (path, kind) in LISTS {
        let items = (0..dice.below(4)).map(|_| match held(dice, kind) {
            Held::Absent => Held::Unreadable,
            held => held,
        });
        let items = items.collect();
        set(path, Held::Value(Known::List(items, !dice.one_in(4))));
    }
    for path in ["r", "p.r"] {
        let rows = (0..dice.below(4)).map(|_| record(dice)).collect();
        set(path, Held::Value(Known::List(rows, !dice.one_in(4))));
    }
    let entries = KEYS.into_iter().filter(|_| dice.one_in(2)).collect::<Vec<_>>();
    let entries = entries.into_iter().map(|key| (key, Held::Value(Known::Int(int(dice)))));
    let entries = entries.collect();
    set("m", Held::Value(Known::Map(entries)));
    world
}

/// Takes away a part, or what is known of where lists end, and perhaps the end.
pub(crate) fn hide(dice: &mut Dice<'_>, world: &World, cut: bool) -> World {
    let mut world = world.clone();
    if dice.one_in(2) {
        let parts: Vec<&'static str> = world.parts.keys().copied().collect();
        if !parts.is_empty() {
            world.parts.remove(dice.pick(&parts));
        }
        return world;
    }
    for held in world.parts.values_mut().flat_map(BTreeMap::values_mut) {
        if let Held::Value(Known::List(items, complete)) = held
            && dice.one_in(2)
        {
            if cut {
                items.truncate(dice.below(items.len() + 1));
            }
            *complete = false;
        }
    }
    world
}

fn record(dice: &mut Dice<'_>) -> Held {
    let mut fields: BTreeMap<&'static str, Held> = BTreeMap::new();
    for (name, kind) in FIELDS {
        let held = held(dice, kind);
        if held != Held::Absent {
            fields.insert(name, held);
        }
    }
    if dice.one_in(2) {
        let tags = (0..dice.below(3)).map(|_| held(dice, Kind::Text));
        let tags = tags.filter(|tag| *tag != Held::Absent).collect();
        fields.insert("tags", Held::Value(Known::List(tags, true)));
    }
    Held::Value(Known::Record(fields))
}

fn held(dice: &mut Dice<'_>, kind: Kind) -> Held {
    if dice.one_in(6) {
        return Held::Absent;
    }
    if dice.one_in(20) {
        return match kind {
            Kind::Double => Held::Value(Known::Double(dice.pick(&[f64::NAN, f64::INFINITY]))),
            Kind::Time => Held::Value(Known::Time(i64::MAX)),
            Kind::Length => Held::Value(Known::Length(i64::MIN)),
            _ => Held::Unreadable,
        };
    }
    Held::Value(match kind {
        Kind::Bool => Known::Bool(dice.one_in(2)),
        Kind::Int => Known::Int(int(dice)),
        Kind::Double => Known::Double(double(dice)),
        Kind::Text => Known::Text(dice.pick(&TEXTS).to_owned()),
        Kind::Word => Known::Text(dice.pick(&WORDS).to_owned()),
        Kind::Time => Known::Time(time(dice)),
        Kind::Length => Known::Length(length(dice)),
    })
}

/// Puts the facts of a world into a table.
pub(crate) fn table(world: &World, schema: &Schema) -> FactTable {
    let mut table = FactTable::new(schema);
    for (part, facts) in &world.parts {
        assert!(table.known(schema, part));
        for (path, held) in facts {
            let value = value(held, path.ends_with('r'));
            match (held, value) {
                (_, None) => {}
                (Held::Value(Known::List(_, false)), Some(value)) => {
                    assert!(table.set_partial(schema, path, value));
                }
                (_, Some(value)) => assert!(table.set(schema, path, value)),
            }
        }
    }
    table
}

fn value(held: &Held, of_records: bool) -> Option<Value> {
    let known = match held {
        Held::Absent => return None,
        // No fact has the type of a map of nothing here.
        Held::Unreadable => {
            return Some(Value::Map(BTreeMap::from([(String::new(), Value::Int(0))])));
        }
        Held::Value(known) | Held::Computed(known) => known,
    };
    Some(match known {
        Known::Bool(value) => Value::Bool(*value),
        Known::Int(value) | Known::AtLeast(value) => Value::Int(*value),
        Known::Double(value) => Value::Double(*value),
        Known::Text(text) => Value::Text(text.clone()),
        Known::Time(millis) => Value::Timestamp(Timestamp::from_millis(*millis)),
        Known::Length(millis) => Value::Duration(Duration::from_millis(*millis)),
        Known::List(items, _) if of_records => {
            Value::Records(items.iter().filter_map(fields).collect())
        }
        Known::List(items, _) => {
            Value::List(items.iter().filter_map(|item| value(item, false)).collect())
        }
        Known::Map(entries) => {
            let entries = entries
                .iter()
                .filter_map(|(key, held)| Some(((*key).to_owned(), value(held, false)?)));
            Value::Map(entries.collect())
        }
        Known::Record(_) => return None,
    })
}

fn fields(held: &Held) -> Option<BTreeMap<String, Value>> {
    match held {
        Held::Value(Known::Record(fields)) => {
            let fields = fields
                .iter()
                .filter_map(|(name, held)| Some(((*name).to_owned(), value(held, false)?)));
            Some(fields.collect())
        }
        _ => None,
    }
}
