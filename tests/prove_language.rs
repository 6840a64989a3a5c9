//! The prover against random conditions of every construct of the language.
//!
//! What is ruled out is looked for among random tables, by the interpreter of
//! the reference; what is possible comes with a table that was tried.
//! `TACTFUL_CASES` sets how many conditions there are.

#![allow(
    dead_code,
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

use std::collections::BTreeMap;

use tactful::condition::{Condition, Truth};
use tactful::prove::{Answer, Example, Question};
use tactful::schema::{Facts, Schema};

use generate::{Dice, Grower, Kind};
use language::{Tree, World};

fn grow(dice: &mut Dice<'_>) -> Tree {
    let (moving, depth) = (dice.one_in(4), dice.below(4) + 1);
    Grower { dice, moving }.grow(Kind::Bool, depth)
}

/// A number from the environment, or this.
fn number(name: &str, otherwise: u64) -> u64 {
    std::env::var(name).map_or(otherwise, |text| text.parse().unwrap())
}

#[test]
fn what_is_ruled_out_is_never_seen() {
    let schema: Schema = generate::schema();
    let seed = number("TACTFUL_SEED", 5);
    let mut seen: BTreeMap<String, usize> = BTreeMap::new();
    let mut dice = Dice::new(seed, &[]);
    let worlds: Vec<World> = (0..400).map(|_| generate::world(&mut dice)).collect();
    for case in 0..number("TACTFUL_CASES", 600) {
        let tree = grow(&mut dice);
        let text = tree.text();
        let Ok(condition) = Condition::new(&text, &schema) else { continue };
        for truth in [Truth::True, Truth::False, Truth::Unknown] {
            let question = Question::new(&schema).within(20_000).is(&text, truth).unwrap();
            let what = match question.answer() {
                Answer::Possible(example) => {
                    let Example::Table(table, now) = *example else { panic!("{text}") };
                    let facts = Facts::of_table(&schema, &table, now);
                    assert_eq!(condition.evaluate(&facts).truth(), truth, "{text}");
                    "possible"
                }
                Answer::Impossible => {
                    for world in &worlds {
                        let found = world.truth(&tree).map_or(Truth::Unknown, Truth::from);
                        assert_ne!(found, truth, "case {case} of seed {seed}: {text}\n{world:?}");
                    }
                    "impossible"
                }
                _ => "unclear",
            };
            *seen.entry(format!("{what} {truth}")).or_default() += 1;
        }
    }
    for what in ["possible true", "possible false", "possible unknown", "impossible true"] {
        assert!(seen.contains_key(what), "nothing is {what}: {seen:#?}");
    }
    // Computed values are not reasoned about; most of them are found by trying.
    let unclear: usize =
        seen.iter().filter(|(what, _)| what.starts_with("unclear")).map(|(_, count)| count).sum();
    let all: usize = seen.values().sum();
    assert!(unclear * 5 < all, "{seen:#?}");
}
