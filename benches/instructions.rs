//! How many instructions some fixed pieces of work take, beside what they took.
//!
//! Times say little on a busy machine; counts hardly change there. Run by
//! `cargo xtask instructions`, which needs valgrind; `-- --accept` writes the
//! counts down.

#![allow(missing_docs, reason = "it is a program")]
#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::print_stdout,
    reason = "a bench may stop at the first surprise, and says what it found"
)]

use std::collections::BTreeMap;
use std::hint::black_box;
use std::process::{Command, ExitCode};

use tactful::context::Profile;
use tactful::{Bound, Channel, Context, Engine, Policy, Request, Scratch};

#[path = "decide/workload.rs"]
mod workload;

use workload::{contact_policy, context, eligible_policy, hard_policy, history, now, policy};

const CASES: [&str; 15] = [
    "ranked, bound, 10 actions",
    "ranked, bound, 1000 actions",
    "ranked, scratch, 1000 actions",
    "ranked, decide, 1000 actions",
    "ranked, bound, 1000 hard actions",
    "ranked, scratch, limits, 1000 actions",
    "complete, 100 actions",
    "explain one of 100 actions",
    "context from JSON, ranked, 100 actions",
    "compile 100 actions",
    "complete, 1000 actions",
    "complete and read, 1000 actions",
    "explain one of 1000 actions",
    "ranked, scratch, half of 1000 eligible",
    "compile 1000 actions in memory",
];

/// By so many percent a count may grow.
const TOLERANCE: f64 = 5.0;

const BASELINE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/benches/instructions.txt");

fn main() -> ExitCode {
    let words: Vec<String> = std::env::args().collect();
    if let Some(place) = words.iter().position(|word| word == "--case") {
        run(&words[place + 1]);
        return ExitCode::SUCCESS;
    }
    let baseline = baseline();
    let mut has_grown = false;
    let mut found = String::new();
    for case in CASES {
        let count = count(case);
        found.push_str(&format!("{case}: {count}\n"));
        let change = baseline.get(case).map(|before| 100.0 * (count / before - 1.0));
        has_grown |= change.is_some_and(|change| change > TOLERANCE);
        let change = change.map_or("new".to_owned(), |change| format!("{change:+.1} %"));
        println!("{case:<42}{count:>14}{change:>10}");
    }
    if words.iter().any(|word| word == "--accept") {
        std::fs::write(BASELINE, found).expect("the baseline can be written");
        return ExitCode::SUCCESS;
    }
    if has_grown { ExitCode::FAILURE } else { ExitCode::SUCCESS }
}

fn baseline() -> BTreeMap<String, f64> {
    let text = std::fs::read_to_string(BASELINE).unwrap_or_default();
    let entry = |line: &str| {
        let (case, count) = line.rsplit_once(": ")?;
        Some((case.to_owned(), count.parse().ok()?))
    };
    text.lines().filter_map(entry).collect()
}

/// Counts the instructions of a case, in a process of its own.
fn count(case: &str) -> f64 {
    let program = std::env::current_exe().expect("the program knows where it is");
    let output = Command::new("valgrind")
        .args(["--tool=callgrind", "--callgrind-out-file=/dev/null"])
        .arg("--toggle-collect=*measured*")
        .arg(program)
        .args(["--case", case])
        .output()
        .expect("valgrind is installed");
    let text = String::from_utf8_lossy(&output.stderr);
    let collected = text.lines().find_map(|line| line.split_once("Collected :"));
    let (_, count) = collected.expect("valgrind counts");
    count.trim().parse().expect("a count is a number")
}

/// Runs a case a few times, the last time between the marks.
fn case(mut work: impl FnMut()) {
    for _ in 0..3 {
        work();
    }
    measured(&mut work);
}

#[inline(never)]
fn measured(work: &mut dyn FnMut()) {
    work();
    black_box(());
}

fn engine(text: &str) -> Engine {
    Engine::from_toml(text).expect("the policy is sound")
}

fn run(name: &str) {
    let request = Request::new(now(), Channel::Web).limit(5);
    let ranked = request.clone().ranked_only();
    match CASES.iter().position(|case| *case == name) {
        Some(0) => bound(&policy(10), &ranked),
        Some(1) => bound(&policy(1_000), &ranked),
        Some(2) => scratch(&policy(1_000), &context(), &ranked),
        Some(3) => decide(&policy(1_000), &ranked),
        Some(4) => bound(&hard_policy(1_000), &ranked),
        Some(5) => {
            let context = context().history(history(100));
            let request = Request::new(now(), Channel::Email).limit(5).ranked_only();
            scratch(&contact_policy(1_000), &context, &request);
        }
        Some(6) => decide(&policy(100), &request),
        Some(7) => explain(&policy(100), &request),
        Some(8) => {
            let engine = engine(&policy(100));
            let json = serde_json::to_vec(&context()).expect("a context is JSON");
            let mut scratch = Scratch::new();
            case(|| {
                let context = Context::from_json(&json).expect("a context");
                black_box(engine.decide_with(&mut scratch, &context, &ranked));
            });
        }
        Some(9) => {
            let text = policy(100);
            case(|| drop(black_box(engine(&text))));
        }
        Some(10) => decide(&policy(1_000), &request),
        Some(11) => {
            let (engine, context) = (engine(&policy(1_000)), context());
            case(|| {
                let decision = engine.decide(&context, &request);
                let read = |withheld: tactful::decision::Suppressed<'_>| {
                    black_box((withheld.verdict(), withheld.code(), withheld.until()));
                };
                decision.withheld().for_each(read);
            });
        }
        Some(12) => explain(&policy(1_000), &request),
        Some(13) => {
            let context = Context::new().profile(Profile::new(now()).age_years(50));
            scratch(&eligible_policy(1_000), &context, &ranked);
        }
        _ => {
            let policy = Policy::from_toml(&policy(1_000)).expect("the policy can be read");
            let mut copies = vec![policy; 4];
            case(|| {
                let engine = Engine::new(copies.pop().expect("one for each time"));
                std::mem::forget(black_box(engine));
            });
        }
    }
}

fn explain(text: &str, request: &Request) {
    let (engine, context) = (engine(text), context());
    case(|| drop(black_box(engine.explain(&context, request, "a7"))));
}

fn bound(text: &str, request: &Request) {
    let (engine, mut scratch, mut bound) = (engine(text), Scratch::new(), Bound::new(context()));
    case(|| {
        black_box(engine.decide_bound(&mut scratch, &mut bound, request));
    });
}

fn scratch(text: &str, context: &Context, request: &Request) {
    let (engine, mut scratch) = (engine(text), Scratch::new());
    case(|| {
        black_box(engine.decide_with(&mut scratch, context, request));
    });
}

fn decide(text: &str, request: &Request) {
    let (engine, context) = (engine(text), context());
    case(|| {
        black_box(engine.decide(&context, request));
    });
}
