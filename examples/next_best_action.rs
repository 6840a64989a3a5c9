//! The main job: decide for every customer of a file, and show what came of it.
//!
//! ```text
//! cargo run --release --example next_best_action -- \
//!     [--policy FILE.toml|FILE.json] [--customers FILE.jsonl] [--now TIME] \
//!     [--show ID,ID,…] [--out DECISIONS.jsonl]
//! ```
//!
//! Without arguments it takes the policy and the customers beside it. A file of
//! customers holds one context a line, as `Context::from_json` reads it.

#![allow(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "an example talks to the terminal"
)]

use std::collections::BTreeMap;
use std::error::Error;
use std::fs::File;
use std::io::{BufRead, BufReader, BufWriter, Write};
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::{Duration, Instant};

use tactful::decision::{Decision, SuppressionInForce, Verdict};
use tactful::{Channel, Context, Engine, Request, Timestamp};

fn main() -> ExitCode {
    match Arguments::parse(std::env::args().skip(1)).and_then(|arguments| run(&arguments)) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}

/// Reads the policy, decides for everybody, and prints the report.
fn run(arguments: &Arguments) -> Result<(), Box<dyn Error>> {
    let engine = read_engine(&arguments.policy)?;
    for warning in engine.warnings() {
        eprintln!("{warning}");
    }
    let request = Request::new(arguments.now, Channel::Web).slots(["hero", "tile", "tile"]);
    println!(
        "policy {}, {} actions; looked at {}",
        engine.policy().policy,
        engine.policy().actions.len(),
        arguments.now
    );

    let mut report = Report::default();
    let mut out = arguments
        .out
        .as_ref()
        .map(File::create)
        .transpose()?
        .map(BufWriter::new);
    let customers = BufReader::new(open(&arguments.customers)?);
    for (number, line) in (1_u64..).zip(customers.lines()) {
        let line = line?;
        if line.trim().is_empty() {
            continue;
        }
        let context = Context::from_json(&line).map_err(|error| {
            format!("{}, line {number}: {error}", arguments.customers.display())
        })?;
        let name = context
            .user_id
            .clone()
            .unwrap_or_else(|| format!("line {number}"));
        let request = request.clone().decision_id(name.as_str());
        let started = Instant::now();
        let decision = engine.decide(&context, &request);
        report.add(&decision, started.elapsed());
        if arguments.shows(&name, number) {
            show(&name, &decision);
        }
        if let Some(out) = &mut out {
            writeln!(out, "{}", decision.to_json())?;
        }
    }
    if let Some(out) = &mut out {
        out.flush()?;
    }
    report.print();
    Ok(())
}

fn read_engine(path: &PathBuf) -> Result<Engine, Box<dyn Error>> {
    let text =
        std::fs::read_to_string(path).map_err(|error| format!("{}: {error}", path.display()))?;
    let is_json = path
        .extension()
        .is_some_and(|extension| extension == "json");
    Ok(if is_json {
        Engine::from_json(&text)?
    } else {
        Engine::from_toml(&text)?
    })
}

fn open(path: &PathBuf) -> Result<File, String> {
    File::open(path).map_err(|error| format!("{}: {error}", path.display()))
}

/// Prints one customer: what they get, what is withheld, why and until when.
fn show(name: &str, decision: &Decision<'_>) {
    println!(
        "\n── {name} {}",
        "─".repeat(96_usize.saturating_sub(name.chars().count()))
    );
    println!("   recommended");
    for placed in decision.recommendations() {
        let treatment = placed
            .treatment()
            .map(|treatment| format!("as {treatment}"))
            .unwrap_or_default();
        let slot = placed.slot().unwrap_or("-");
        println!(
            "     {slot:<6} {:<18} priority {:>6}  {treatment}",
            placed.action(),
            placed.priority()
        );
    }
    if decision.suppressions().len() > 0 {
        println!("   withheld");
    }
    for suppressed in decision.suppressed() {
        let priority = suppressed
            .priority()
            .map(|priority| priority.to_string())
            .unwrap_or_default();
        let rules: Vec<&str> = suppressed
            .reasons()
            .filter_map(|reason| reason.rule())
            .collect();
        println!(
            "            {:<18} would be {priority:>6}  {}",
            suppressed.action(),
            rules.join(", ")
        );
    }
    if decision.suppressions().len() > 0 {
        println!("   because");
    }
    for rule in decision.suppressions() {
        show_rule(&rule);
    }
    let others: Vec<String> = decision
        .withheld()
        .filter(|account| account.verdict() != Verdict::Suppressed)
        .map(|account| format!("{} ({})", account.action(), account.verdict()))
        .collect();
    println!("   not this time");
    for line in others.chunks(4) {
        println!("            {}", line.join(", "));
    }
}

fn show_rule(rule: &SuppressionInForce<'_>) {
    let said = if rule.is_known() {
        format!("{}: {}", rule.situation(), rule.because())
    } else {
        format!("nobody can tell whether {}", rule.situation())
    };
    let facts: Vec<String> = rule.facts().map(|fact| fact.to_string()).collect();
    let until = match rule.until() {
        Some(until) => format!("until {until}"),
        None => "until that changes".to_owned(),
    };
    println!("            {}", rule.rule());
    println!("              {said}");
    println!("              by {}; {until}", facts.join(", "));
}

/// What all decisions together came to.
#[derive(Default)]
struct Report {
    customers: u64,
    deciding: Duration,
    wins: BTreeMap<String, u64>,
    holds: BTreeMap<String, u64>,
    started: Option<Instant>,
    reported: Duration,
}

impl Report {
    fn add(&mut self, decision: &Decision<'_>, took: Duration) {
        self.customers += 1;
        self.deciding += took;
        for placed in decision.recommendations() {
            *self.wins.entry(placed.action().to_owned()).or_default() += 1;
        }
        for rule in decision.suppressions() {
            *self.holds.entry(rule.rule().to_owned()).or_default() += 1;
        }
        self.progress();
    }

    /// Says now and then how far it has come; a short run stays silent.
    fn progress(&mut self) {
        let elapsed = self.started.get_or_insert_with(Instant::now).elapsed();
        if elapsed.saturating_sub(self.reported) >= Duration::from_secs(2) {
            self.reported = elapsed;
            eprintln!("… {} customers in {} s", self.customers, elapsed.as_secs());
        }
    }

    fn print(&self) {
        let seconds = self.deciding.as_secs_f64().max(f64::EPSILON);
        let per_second = self.customers as f64 / seconds;
        println!(
            "\n{} customers decided, {per_second:.0} decisions a second on one core",
            self.customers
        );
        println!("\n  recommended to               customers");
        print_counts(&self.wins);
        println!("\n  held back by                 customers");
        print_counts(&self.holds);
    }
}

fn print_counts(counts: &BTreeMap<String, u64>) {
    let mut counts: Vec<_> = counts.iter().collect();
    counts.sort_by_key(|(_, count)| std::cmp::Reverse(**count));
    for (name, count) in counts {
        println!("    {name:<32} {count:>4}");
    }
}

/// What can be said on the command line.
struct Arguments {
    policy: PathBuf,
    customers: PathBuf,
    now: Timestamp,
    show: Option<Vec<String>>,
    out: Option<PathBuf>,
}

/// The three customers that the README of the sample introduces, and one whose
/// dispute was closed lately.
const CHOSEN: [&str; 4] = [
    "household-22",
    "household-413",
    "household-527",
    "household-368",
];

impl Arguments {
    fn parse(mut arguments: impl Iterator<Item = String>) -> Result<Self, Box<dyn Error>> {
        let examples = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("examples");
        let mut parsed = Self {
            policy: examples.join("policies/customer_care.toml"),
            customers: examples.join("data/customers.jsonl"),
            now: "2026-03-10T15:00:30Z".parse()?,
            show: Some(CHOSEN.map(str::to_owned).to_vec()),
            out: None,
        };
        while let Some(option) = arguments.next() {
            let value = arguments
                .next()
                .ok_or_else(|| format!("{option} needs a value"))?;
            match option.as_str() {
                "--policy" => parsed.policy = value.into(),
                "--customers" => {
                    parsed.customers = value.into();
                    // Other customers have other ids: the first three are shown.
                    parsed.show = None;
                }
                "--now" => parsed.now = value.parse()?,
                "--show" => parsed.show = Some(value.split(',').map(str::to_owned).collect()),
                "--out" => parsed.out = Some(value.into()),
                _ => {
                    return Err(format!(
                        "unknown option {option}: --policy, --customers, --now, --show, --out"
                    )
                    .into());
                }
            }
        }
        Ok(parsed)
    }

    fn shows(&self, name: &str, number: u64) -> bool {
        match &self.show {
            Some(names) => names.iter().any(|shown| shown == name),
            None => number <= 3,
        }
    }
}
