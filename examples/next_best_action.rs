//! The main job: decide for every customer of a file, and show what came of it.
//!
//! Without arguments it takes the policy and the customers beside it; `--help`
//! lists the options. A file of customers holds one context a line, as
//! `Context::from_json` reads it.

#![allow(clippy::print_stderr, reason = "an example talks to the terminal")]

use std::collections::BTreeMap;
use std::error::Error;
use std::fs::File;
use std::io::{self, BufRead, BufReader, BufWriter, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::{Duration, Instant};

use tactful::decision::{Decision, SuppressionInForce, Verdict};
use tactful::{Channel, Context, Engine, Request, Timestamp};

const USAGE: &str = "\
cargo run --release --example next_best_action -- [OPTIONS]

  --policy FILE      a policy in .toml or .json
  --customers FILE   one context a line, in JSON
  --now TIME         the moment of the decisions, such as 2026-03-10T15:00:30Z
  --show ID,ID,…     the customers to show; the first three of a file of your own
  --out FILE         where to write the decisions, one a line, in JSON
";

fn main() -> ExitCode {
    let result = Arguments::parse(std::env::args().skip(1)).and_then(|arguments| match arguments {
        Some(arguments) => run(&arguments, &mut io::stdout().lock()),
        None => Ok(io::stdout().write_all(USAGE.as_bytes())?),
    });
    match result {
        Ok(()) => ExitCode::SUCCESS,
        // Whoever reads has read enough, as `head` does.
        Err(error) if is_broken_pipe(error.as_ref()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}

fn is_broken_pipe(error: &(dyn Error + 'static)) -> bool {
    let error = error.downcast_ref::<io::Error>();
    error.is_some_and(|error| error.kind() == io::ErrorKind::BrokenPipe)
}

/// Reads the policy, decides for everybody, and prints the report.
fn run(arguments: &Arguments, screen: &mut impl Write) -> Result<(), Box<dyn Error>> {
    let engine = read_engine(&arguments.policy)?;
    for warning in engine.warnings() {
        eprintln!("{warning}");
    }
    let policy = engine.policy();
    writeln!(screen, "policy {}, looked at {}", policy.policy, arguments.now)?;

    let request = Request::new(arguments.now, Channel::Web).slots(["hero", "tile", "tile"]);
    let mut report = Report::new();
    let mut out = arguments.out.as_ref().map(File::create).transpose()?.map(BufWriter::new);
    let customers = BufReader::new(open(&arguments.customers)?);
    for (number, line) in (1_u64..).zip(customers.lines()) {
        let line = line?;
        if line.trim().is_empty() {
            continue;
        }
        let context = match Context::from_json(&line) {
            Ok(context) => context,
            Err(error) => {
                // One bad line does not stop the others; it is counted.
                eprintln!("{}, line {number}: {error}", arguments.customers.display());
                report.unread += 1;
                continue;
            }
        };
        let name = context.user_id.clone().unwrap_or_else(|| format!("line {number}"));
        let request = request.clone().decision_id(name.as_str());
        let started = Instant::now();
        let decision = engine.decide(&context, &request);
        report.add(&decision, started.elapsed());
        if arguments.shows(&name, number) {
            show(&name, &decision, screen)?;
        }
        if let Some(out) = &mut out {
            writeln!(out, "{}", decision.to_json())?;
        }
    }
    out.map(|mut out| out.flush()).transpose()?;
    report.print(screen)?;
    Ok(())
}

fn read_engine(path: &Path) -> Result<Engine, Box<dyn Error>> {
    let text =
        std::fs::read_to_string(path).map_err(|error| format!("{}: {error}", path.display()))?;
    let is_json = path.extension().is_some_and(|extension| extension == "json");
    Ok(if is_json { Engine::from_json(&text)? } else { Engine::from_toml(&text)? })
}

fn open(path: &Path) -> Result<File, String> {
    File::open(path).map_err(|error| format!("{}: {error}", path.display()))
}

/// Prints one customer: what they get, what is withheld, why and until when.
fn show(name: &str, decision: &Decision<'_>, screen: &mut impl Write) -> io::Result<()> {
    let rest = 76_usize.saturating_sub(name.chars().count());
    writeln!(screen, "\n── {name} {}", "─".repeat(rest))?;
    writeln!(screen, "   recommended")?;
    for placed in decision.recommendations() {
        let slot = placed.slot().unwrap_or("-");
        let shown = placed.treatment().map(|treatment| format!("  as {treatment}"));
        let (action, priority) = (placed.action(), placed.priority());
        writeln!(
            screen,
            "     {slot:<6} {action:<18} priority {priority:>6}{}",
            shown.unwrap_or_default()
        )?;
    }
    show_withheld(decision, screen)?;
    let (ordinary, notable): (Vec<_>, Vec<_>) = decision
        .withheld()
        .filter(|account| account.verdict() != Verdict::Suppressed)
        .partition(|account| matches!(account.verdict(), Verdict::Ineligible | Verdict::Outranked));
    writeln!(screen, "   not this time")?;
    for account in notable {
        let (action, verdict) = (account.action(), account.verdict());
        writeln!(screen, "            {action} ({verdict}: {})", account.because())?;
    }
    for line in ordinary.chunks(3) {
        let line =
            line.iter().map(|account| format!("{} ({})", account.action(), account.verdict()));
        writeln!(screen, "            {}", line.collect::<Vec<_>>().join(", "))?;
    }
    Ok(())
}

fn show_withheld(decision: &Decision<'_>, screen: &mut impl Write) -> io::Result<()> {
    if decision.suppressed().next().is_some() {
        writeln!(screen, "   withheld")?;
    }
    for suppressed in decision.suppressed() {
        let priority =
            suppressed.priority().map(|priority| priority.to_string()).unwrap_or_default();
        let until = suppressed.until().map(|until| format!(" until {until}")).unwrap_or_default();
        let rules: Vec<&str> = suppressed.reasons().filter_map(|reason| reason.rule()).collect();
        let (action, rules) = (suppressed.action(), rules.join(", "));
        writeln!(screen, "            {action:<18} would be {priority:>6}{until}, by {rules}")?;
    }
    if decision.suppressions().len() > 0 {
        writeln!(screen, "   rules in force")?;
    }
    for rule in decision.suppressions() {
        show_rule(&rule, screen)?;
    }
    Ok(())
}

fn show_rule(rule: &SuppressionInForce<'_>, screen: &mut impl Write) -> io::Result<()> {
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
    writeln!(screen, "            {}", rule.rule())?;
    writeln!(screen, "              {said}")?;
    writeln!(screen, "              by {}; {until}", facts.join(", "))
}

/// What all decisions together came to.
struct Report {
    customers: u64,
    unread: u64,
    deciding: Duration,
    wins: BTreeMap<String, u64>,
    holds: BTreeMap<String, u64>,
    started: Instant,
    reported: Duration,
}

impl Report {
    fn new() -> Self {
        Self {
            customers: 0,
            unread: 0,
            deciding: Duration::ZERO,
            wins: BTreeMap::new(),
            holds: BTreeMap::new(),
            started: Instant::now(),
            reported: Duration::ZERO,
        }
    }

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
        let elapsed = self.started.elapsed();
        if elapsed.saturating_sub(self.reported) >= Duration::from_secs(2) {
            self.reported = elapsed;
            eprintln!("… {} customers in {} s", self.customers, elapsed.as_secs());
        }
    }

    fn print(&self, screen: &mut impl Write) -> io::Result<()> {
        let seconds = self.deciding.as_secs_f64().max(f64::EPSILON);
        let per_second = self.customers as f64 / seconds;
        writeln!(
            screen,
            "\n{} customers, {per_second:.0} decisions a second on one core",
            self.customers
        )?;
        if self.unread > 0 {
            writeln!(screen, "{} lines could not be read", self.unread)?;
        }
        print_counts("recommended to", &self.wins, screen)?;
        print_counts("rules in force for", &self.holds, screen)
    }
}

fn print_counts(
    title: &str,
    counts: &BTreeMap<String, u64>,
    screen: &mut impl Write,
) -> io::Result<()> {
    writeln!(screen, "\n  {title:<32} customers")?;
    let mut counts: Vec<_> = counts.iter().collect();
    counts.sort_by_key(|(_, count)| std::cmp::Reverse(**count));
    for (name, count) in counts {
        writeln!(screen, "    {name:<32} {count:>7}")?;
    }
    Ok(())
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
const CHOSEN: [&str; 4] = ["household-22", "household-413", "household-527", "household-368"];

impl Arguments {
    /// Reads the command line; `None` asks for help.
    fn parse(mut arguments: impl Iterator<Item = String>) -> Result<Option<Self>, Box<dyn Error>> {
        let examples = Path::new(env!("CARGO_MANIFEST_DIR")).join("examples");
        let mut parsed = Self {
            policy: examples.join("policies/customer_care.toml"),
            customers: examples.join("data/customers.jsonl"),
            now: "2026-03-10T15:00:30Z".parse()?,
            show: Some(CHOSEN.map(str::to_owned).to_vec()),
            out: None,
        };
        while let Some(option) = arguments.next() {
            if matches!(option.as_str(), "-h" | "--help") {
                return Ok(None);
            }
            if !USAGE.contains(&format!("  {option} ")) || !option.starts_with("--") {
                return Err(format!("unknown option {option}\n\n{USAGE}").into());
            }
            let value = arguments.next().ok_or_else(|| format!("{option} needs a value"))?;
            parsed.set(&option, value)?;
        }
        Ok(Some(parsed))
    }

    fn set(&mut self, option: &str, value: String) -> Result<(), Box<dyn Error>> {
        match option {
            "--policy" => self.policy = value.into(),
            "--customers" => {
                self.customers = value.into();
                // Other customers have other ids: the first three are shown.
                self.show = None;
            }
            "--now" => self.now = value.parse()?,
            "--show" => self.show = Some(value.split(',').map(str::to_owned).collect()),
            _ => self.out = Some(value.into()),
        }
        Ok(())
    }

    fn shows(&self, name: &str, number: u64) -> bool {
        match &self.show {
            Some(names) => names.iter().any(|shown| shown == name),
            None => number <= 3,
        }
    }
}
