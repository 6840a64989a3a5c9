//! What fuzzers once found, and what they start from, through the same checks.
//!
//! Every file under `fuzz/regressions/<target>/` and `fuzz/seeds/<target>/` is
//! an input of that fuzz target; `fuzz/README.md` says how one gets there. Beside
//! them a few inputs made of them are tried, the same in every run: fewer than a
//! fuzzer tries in a second, but in every run of the suite, and no other tool is
//! needed. `TACTFUL_CASES` sets how many for each target.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
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
#[path = "../fuzz/src/targets.rs"]
mod targets;

use std::fs;
use std::panic::catch_unwind;
use std::path::Path;

fn run(name: &str, target: fn(&[u8])) {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("fuzz");
    let mut inputs = Vec::new();
    for (kind, least) in [("regressions", 3), ("seeds", 10)] {
        let folder = root.join(kind).join(name);
        let files = fs::read_dir(&folder).unwrap();
        let mut files: Vec<_> = files.map(|entry| entry.unwrap().path()).collect();
        files.sort();
        assert!(files.len() >= least, "the inputs of {name} are missing");
        for file in files {
            let data = fs::read(&file).unwrap();
            let outcome = catch_unwind(|| target(&data));
            assert!(outcome.is_ok(), "{} fails", file.display());
            inputs.push(data);
        }
    }
    let cases = std::env::var("TACTFUL_CASES").map_or(60, |cases| cases.parse().unwrap());
    let mut chance = Chance(seed(name));
    for _ in 0..cases {
        let data = changed(&inputs, &mut chance);
        let outcome = catch_unwind(|| target(&data));
        let kept = || {
            let file = std::env::temp_dir().join(format!("tactful-fuzz-{name}"));
            fs::write(&file, &data).unwrap();
            file
        };
        assert!(outcome.is_ok(), "{name} fails on {}", kept().display());
    }
}

/// A number of its own for each target (FNV-1a).
fn seed(name: &str) -> u64 {
    name.bytes().fold(0xcbf2_9ce4_8422_2325, |seed, byte| {
        (seed ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
    })
}

/// Numbers that are the same in every run (splitmix64).
struct Chance(u64);

impl Chance {
    fn below(&mut self, limit: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (mixed ^ (mixed >> 31)) as usize % limit.max(1)
    }

    /// A piece of something so long.
    fn piece(&mut self, len: usize) -> std::ops::Range<usize> {
        let start = self.below(len + 1);
        start..(start + self.below(24)).min(len)
    }
}

/// Makes an input of others, as fuzzers do: a few bytes change, go or come twice,
/// or come from elsewhere.
fn changed(inputs: &[Vec<u8>], chance: &mut Chance) -> Vec<u8> {
    let mut data = inputs[chance.below(inputs.len())].clone();
    for _ in 0..=chance.below(3) {
        let piece = chance.piece(data.len());
        match chance.below(5) {
            0 => data[piece].iter_mut().take(1).for_each(|byte| *byte ^= 1 << chance.below(8)),
            1 => drop(data.drain(piece)),
            2 => drop(data.splice(piece.end..piece.end, data[piece].to_vec())),
            3 => data.truncate(piece.end),
            _ => {
                let other = &inputs[chance.below(inputs.len())];
                let other = other[chance.piece(other.len())].to_vec();
                data.splice(piece, other);
            }
        }
    }
    data
}

#[test]
fn every_target_of_the_fuzzers_is_tried_here() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let files = fs::read_dir(root.join("fuzz/fuzz_targets")).unwrap();
    let here = fs::read_to_string(root.join("tests/fuzz_regressions.rs")).unwrap();
    for file in files.map(|entry| entry.unwrap().path()) {
        let name = file.file_stem().unwrap().to_str().unwrap();
        assert!(here.contains(&format!("run(\"{name}\", targets::{name});")), "{name}");
        let body = fs::read_to_string(&file).unwrap();
        assert!(body.contains(&format!("tactful_fuzz::{name}(data)")), "{}", file.display());
    }
}

#[test]
fn conditions() {
    run("condition", targets::condition);
}

#[test]
fn condition_trees() {
    run("condition_tree", targets::condition_tree);
}

#[test]
fn proofs() {
    run("prove", targets::prove);
}

#[test]
fn policies() {
    run("policy", targets::policy);
}

#[test]
fn events() {
    run("event", targets::event);
}

#[test]
fn contexts() {
    run("context", targets::context);
}

#[test]
fn adapters() {
    run("adapters", targets::adapters);
}

#[test]
fn snapshots() {
    run("snapshot", targets::snapshot);
}
