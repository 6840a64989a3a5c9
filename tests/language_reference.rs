//! The condition language against a direct interpreter, on random trees.
//!
//! `TACTFUL_CASES` sets how many evaluations a test makes, `TACTFUL_SEED`
//! where it begins; a failure prints the condition, which stands by itself.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::cast_possible_truncation,
    clippy::cast_possible_wrap,
    clippy::cast_precision_loss,
    clippy::cast_sign_loss,
    clippy::too_many_lines,
    reason = "a test may stop at the first surprise"
)]

#[path = "reference/generate.rs"]
mod generate;
#[path = "reference/language.rs"]
mod language;

use generate::{Dice, Grower, KINDS, Kind, NOW};
use language::{DAY, HOUR, Known, SECOND, Tree, World, is_same};
use tactful::Timestamp;
use tactful::condition::{Condition, Expression, Truth};
use tactful::schema::{Facts, Schema};

fn from_environment(name: &str, usual: u64) -> u64 {
    std::env::var(name).map_or(usual, |value| value.parse().unwrap())
}

fn cases(usual: u64) -> usize {
    usize::try_from(from_environment("TACTFUL_CASES", usual)).unwrap()
}

fn dice() -> Dice<'static> {
    Dice::new(from_environment("TACTFUL_SEED", 1), &[])
}

fn read<T>(tree: &Tree, result: Result<T, tactful::Error>) -> Option<T> {
    let text = tree.text();
    match result {
        Ok(read) => Some(read),
        Err(_) if text.len() > 4_096 => None,
        Err(error) => panic!("refused: {text}\n{error}"),
    }
}

fn wanted(truth: Option<bool>) -> Truth {
    truth.map_or(Truth::Unknown, Truth::from)
}

const WORLDS: usize = 8;
/// Evaluations a test makes unless told otherwise: a few seconds of all.
const CASES: u64 = 8_000;

#[test]
fn truths_are_those_of_the_interpreter() {
    let (mut dice, schema) = (dice(), generate::schema());
    let mut seen = [0; 3];
    for _ in 0..cases(CASES) / WORLDS {
        let depth = dice.below(5) + 1;
        let moving = dice.one_in(3);
        let tree = Grower { dice: &mut dice, moving }.grow(Kind::Bool, depth);
        let Some(condition) = read(&tree, Condition::new(&tree.text(), &schema)) else {
            continue;
        };
        for _ in 0..WORLDS {
            let world = generate::world(&mut dice);
            let table = generate::table(&world, &schema);
            let facts = Facts::of_table(&schema, &table, Timestamp::from_millis(world.now));
            let (found, want) = (condition.evaluate(&facts), wanted(world.truth(&tree)));
            assert_eq!(found.truth(), want, "{}\n{tree:?}\n{world:?}", tree.text());
            assert_eq!(found.last_known(), want, "{}\n{world:?}", tree.text());
            seen[want as usize] += 1;
        }
    }
    assert!(seen.iter().all(|count| *count > cases(CASES) / 10), "{seen:?}");
}

#[test]
fn values_are_those_of_the_interpreter() {
    let (mut dice, schema) = (dice(), generate::schema());
    for _ in 0..cases(CASES) / WORLDS {
        let kind = dice.pick(&KINDS);
        let depth = dice.below(4) + 1;
        let tree = Grower { dice: &mut dice, moving: false }.grow(kind, depth);
        let Some(expression) = read(&tree, Expression::new(&tree.text(), &schema)) else {
            continue;
        };
        for _ in 0..WORLDS {
            let world = generate::world(&mut dice);
            let table = generate::table(&world, &schema);
            let facts = Facts::of_table(&schema, &table, Timestamp::from_millis(world.now));
            let found = expression.evaluate(&facts);
            let want = world.value(&tree, None);
            assert!(
                is_same(found.as_ref(), want.as_ref()),
                "{}: {found:?}, not {want:?}\n{world:?}",
                tree.text()
            );
        }
    }
}

#[test]
fn hiding_information_decides_nothing() {
    let (mut dice, schema) = (dice(), generate::schema());
    for _ in 0..cases(CASES) / WORLDS {
        let depth = dice.below(4) + 1;
        let moving = dice.one_in(3);
        let tree = Grower { dice: &mut dice, moving }.grow(Kind::Bool, depth);
        // To ask what is known is to ask for more than what is so.
        if tree.text().contains("known(") {
            continue;
        }
        // A count is unknown where one element is, in CEL: without that element
        // it is known again to be at least so much.
        let counts = ["filter(", "exists_one("].map(|name| tree.text().contains(name));
        let cut = !counts.contains(&true);
        let Some(condition) = read(&tree, Condition::new(&tree.text(), &schema)) else {
            continue;
        };
        for _ in 0..WORLDS / 2 {
            let world = generate::world(&mut dice);
            let truth = truth_at(&condition, &schema, &world, world.now);
            let hidden = generate::hide(&mut dice, &world, cut);
            let less = truth_at(&condition, &schema, &hidden, world.now);
            let text = tree.text();
            assert!(less == truth || less == Truth::Unknown, "{text}: {truth}, {less}\n{world:?}");
        }
    }
}

/// Instants after `now` at which something may change: near steps of the
/// clock, sums of what the facts hold, and anything else.
fn later(dice: &mut Dice<'_>, now: i64, until: i64) -> i64 {
    let unit = dice.pick(&[1, SECOND, 60 * SECOND, HOUR, DAY, 30 * DAY]);
    let far = match dice.below(4) {
        0 => until - 1,
        1 => now + 1 + dice.below(4) as i64,
        2 => {
            let next = (now.div_euclid(unit) + 1 + dice.below(3) as i64) * unit;
            next - dice.below(2) as i64
        }
        _ => now + 1 + (dice.next() % (until - now).cast_unsigned()) as i64,
    };
    far.clamp(now + 1, until - 1)
}

/// Evaluates the same table later, when nothing but time has passed.
fn truth_at(condition: &Condition, schema: &Schema, world: &World, now: i64) -> Truth {
    let table = generate::table(world, schema);
    condition.evaluate(&Facts::of_table(schema, &table, Timestamp::from_millis(now))).truth()
}

#[test]
fn nothing_changes_before_the_horizon() {
    let (mut dice, schema) = (dice(), generate::schema());
    let (mut bounded, mut exact) = (0, 0);
    for _ in 0..cases(CASES) / WORLDS / 2 {
        let depth = dice.below(4) + 1;
        let tree = Grower { dice: &mut dice, moving: true }.grow(Kind::Bool, depth);
        let Some(condition) = read(&tree, Condition::new(&tree.text(), &schema)) else {
            continue;
        };
        for _ in 0..WORLDS {
            let world = generate::world(&mut dice);
            let table = generate::table(&world, &schema);
            let facts = Facts::of_table(&schema, &table, Timestamp::from_millis(world.now));
            let outcome = condition.evaluate(&facts);
            let horizon = outcome.changes_at().map(Timestamp::as_millis);
            let last = Timestamp::LATEST.as_millis();
            let until = horizon.unwrap_or(last).min(last);
            assert!(until > world.now, "{}: changes at once", tree.text());
            for _ in 0..8 {
                if until - world.now < 2 {
                    break;
                }
                let now = later(&mut dice, world.now, until);
                let moved = World { now, ..world.clone() };
                let want = wanted(moved.truth(&tree));
                assert_eq!(
                    want,
                    outcome.truth(),
                    "{} at {} changes by {now}, not at {horizon:?}\n{world:?}",
                    tree.text(),
                    world.now
                );
                assert_eq!(truth_at(&condition, &schema, &world, now), want, "{}", tree.text());
            }
            if let Some(horizon) = horizon.filter(|horizon| *horizon < last) {
                bounded += 1;
                let changed = wanted(World { now: horizon, ..world.clone() }.truth(&tree));
                exact += usize::from(changed != outcome.truth());
            }
        }
    }
    // It may be early, but then it would be of little use.
    assert!(exact * 3 > bounded, "{exact} of {bounded} horizons are changes");
}

#[test]
fn horizons_of_single_atoms_are_exact() {
    let schema = generate::schema();
    let world = World {
        now: NOW,
        parts: [("t1", [("t1", language::Held::Value(Known::Time(NOW - 5 * DAY)))].into())].into(),
    };
    let table = generate::table(&world, &schema);
    let facts = Facts::of_table(&schema, &table, Timestamp::from_millis(NOW));
    let midnight = (NOW.div_euclid(DAY) + 1) * DAY;
    for (text, change) in [
        ("since(t1) < days(6)", Some(NOW + DAY)),
        ("since(t1) <= days(6)", Some(NOW + DAY + 1)),
        ("since(t1) > days(6)", Some(NOW + DAY + 1)),
        ("since(t1) > days(4)", None),
        ("since(t1) == days(5)", Some(NOW + 1)),
        ("since(t1) != days(6)", Some(NOW + DAY)),
        ("t1 > now - days(6)", Some(NOW + DAY)),
        ("t1 + days(6) > now", Some(NOW + DAY)),
        ("now < timestamp('2026-03-11T00:00:00Z')", Some(midnight)),
        ("within(t1, days(6))", Some(NOW + DAY)),
        ("days_since(t1) >= 6", Some(NOW + DAY)),
        ("days_since(t1) % 7 == 6", Some(NOW + DAY)),
        ("now.getDayOfWeek() == 3", Some(midnight)),
        ("now.getHours('+01:00') == 16", Some(NOW + HOUR - 30 * SECOND)),
        ("since(t1) < days(6) || since(t1) < days(7)", Some(NOW + 2 * DAY)),
        ("since(t1) < days(6) && since(t1) < days(7)", Some(NOW + DAY)),
        ("since(t1) > days(6) && i1 > 0", Some(NOW + DAY + 1)),
        ("i1 > 0", None),
    ] {
        let condition = Condition::new(text, &schema).unwrap();
        let changes = condition.evaluate(&facts).changes_at();
        assert_eq!(changes.map(Timestamp::as_millis), change, "{text}");
    }
}
