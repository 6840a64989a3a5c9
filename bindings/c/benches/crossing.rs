//! What the way through C costs: the same decision in Rust and in C, by turns.
//!
//! ```text
//! cargo xtask c bench
//! ```
//!
//! Machines are noisy, so it is the ratio of runs next to each other that
//! counts, and of these the median.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::print_stdout,
    clippy::indexing_slicing,
    reason = "a program that measures stops at once and talks to the terminal"
)]

use std::hint::black_box;
use std::path::Path;
use std::process::Command;
use std::time::Instant;

use tactful::{Channel, Context, Engine, Request};

const PAIRS: usize = 15;
const DECISIONS: u32 = 20_000;

fn main() {
    let program = std::env::args_os().nth(1).unwrap_or_else(|| panic!("the program in C"));
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../examples");
    let policy = folder.join("policies/customer_care.toml");
    let customers = std::fs::read_to_string(folder.join("data/customers.jsonl")).unwrap();
    let customer = customers.lines().nth(21).unwrap();
    let one = Path::new(&program).with_file_name("customer.json");
    std::fs::write(&one, customer).unwrap();

    let engine = Engine::from_toml(&std::fs::read_to_string(&policy).unwrap()).unwrap();
    let context = Context::from_json(customer).unwrap();
    let request = Request::new("2026-03-10T15:00:30Z".parse().unwrap(), Channel::Web);
    let actions = engine.policy().actions.len();

    let in_rust = || {
        let decide = || drop(black_box(engine.decide(black_box(&context), black_box(&request))));
        (0..DECISIONS / 10).for_each(|_| decide());
        let start = Instant::now();
        (0..DECISIONS).for_each(|_| decide());
        start.elapsed().as_secs_f64() * 1e9 / f64::from(DECISIONS)
    };
    let in_c = || {
        let arguments = [policy.as_os_str(), one.as_os_str()];
        let output =
            Command::new(&program).args(arguments).arg(DECISIONS.to_string()).output().unwrap();
        assert!(output.status.success(), "{output:?}");
        String::from_utf8(output.stdout).unwrap().trim().parse::<f64>().unwrap()
    };

    let mut pairs: Vec<(f64, f64)> = (0..PAIRS).map(|_| (in_rust(), in_c())).collect();
    pairs.sort_by(|one, other| (one.1 / one.0).total_cmp(&(other.1 / other.0)));
    let (rust, c) = pairs[PAIRS / 2];
    println!("{actions} actions, {PAIRS} pairs of {DECISIONS} decisions");
    println!("Rust {rust:.0} ns, C {c:.0} ns: ratio {:.3} (median)", c / rust);
    let (least, most) = (pairs[0], pairs[PAIRS - 1]);
    println!("ratios from {:.3} to {:.3}", least.1 / least.0, most.1 / most.0);
}
