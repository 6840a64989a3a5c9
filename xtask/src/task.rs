//! The tasks: how they are asked for, and the steps each one is made of.

use crate::c::{self, Programs};
use crate::deny;
use crate::install::{Layout, install};
use crate::python::{self, Part};
use crate::step::Step;

/// What `cargo xtask help` prints.
pub const HELP: &str = "\
Usage: cargo xtask <task> [arguments]

  test           every test: feature sets, examples, benches, doc tests, C, Python, suite
  ci             what a submission must pass: format, lints, licences, docs, public
                 items, example, test, Spark
  c [what]       the C library and its programs; what: `bench`, or one step of it
  install [args] lay out the C library; --prefix, --libdir, --destdir, --debug
  python [part]  the Python package: all its tests, or one part: venv, build, stubs,
                 accept (writes the stubs), test, types, wheel, sdist, bench
  spark          decide a table on Spark, by two executors; ci does so, too
  ray            decide a table on Ray, by an actor; deep does so, too
  deny           licences, sources and versions of all that is built, against deny.toml
  api [args]     what the library makes public, against public-api.txt; `--accept`
                 writes it down
  doc            build the documentation, warnings allowed
  bench [args]   run the benchmarks; arguments go to `cargo bench`
  instructions [args]
                 count instructions beside what they were (needs valgrind);
                 `--accept` writes the counts down
  sample [args]  rebuild the data of the example; arguments go to the generator
  deep           proofs tried on ten million random customers, timelines, the Python package as
                 it is shipped, as a wheel and as source, and Ray: an hour, or more
  accept         rewrite the verbatim expectation files of the tests
  help           this text

`test` uses cargo-nextest where it is installed and `cargo test` elsewhere.
Each step prints its command, which can be run alone from the workspace root.
";

/// One thing to ask of the task runner.
#[derive(Debug, PartialEq)]
pub enum Task {
    Test,
    Ci,
    C(What),
    Install(Layout),
    Python(Option<Part>),
    Deny,
    Api(Vec<String>),
    Doc,
    Bench(Vec<String>),
    Instructions(Vec<String>),
    Sample(Vec<String>),
    Deep,
    Accept,
    Help,
}

/// What of the C library.
#[derive(Debug, PartialEq)]
pub enum What {
    Everything,
    Bench,
    Programs(Programs),
}

const NAMES: [&str; 16] = [
    "test",
    "ci",
    "c",
    "install",
    "python",
    "spark",
    "ray",
    "deny",
    "api",
    "doc",
    "bench",
    "instructions",
    "sample",
    "deep",
    "accept",
    "help",
];

const MAIN_JOB: &str = "next_best_action";

impl Task {
    /// Reads a task from the words after `cargo xtask`; no words ask for help.
    pub fn parse(words: impl IntoIterator<Item = String>) -> Result<Self, String> {
        let mut words = words.into_iter();
        let Some(name) = words.next() else {
            return Ok(Self::Help);
        };
        let rest: Vec<String> = words.collect();
        let task = match name.as_str() {
            "bench" => return Ok(Self::Bench(rest)),
            "api" => return Ok(Self::Api(rest)),
            "instructions" => return Ok(Self::Instructions(rest)),
            "sample" => return Ok(Self::Sample(rest)),
            "install" => return Layout::parse(&rest).map(Self::Install),
            "c" => return of_c(&rest).map(Self::C),
            "python" => return of_python(&rest).map(Self::Python),
            "spark" => Self::Python(Some(Part::Spark)),
            "ray" => Self::Python(Some(Part::Ray)),
            "test" => Self::Test,
            "ci" => Self::Ci,
            "deny" => Self::Deny,
            "doc" => Self::Doc,
            "deep" => Self::Deep,
            "accept" => Self::Accept,
            "help" | "--help" | "-h" => Self::Help,
            _ => return Err(unknown(&name)),
        };
        match rest.first() {
            Some(word) => Err(format!("`{name}` takes no arguments: found `{word}`")),
            None => Ok(task),
        }
    }

    /// Does a task that is not made of steps; `None` for one that is.
    pub fn act(&self) -> Option<Result<(), String>> {
        match self {
            Self::Deny => Some(deny::check()),
            Self::Install(layout) => Some(install(layout)),
            Self::C(What::Programs(programs)) => Some(programs.run()),
            Self::Python(Some(part)) => Some(part.run()),
            _ => None,
        }
    }

    /// The parts of the toolchain the task needs besides cargo itself, as the
    /// pair of cargo subcommand and rustup component.
    pub fn components(&self) -> &'static [(&'static str, &'static str)] {
        match self {
            Self::Ci => &[("fmt", "rustfmt"), ("clippy", "clippy")],
            _ => &[],
        }
    }

    /// The commands of the task, in order.
    pub fn steps(&self, nextest: bool) -> Vec<Step> {
        match self {
            Self::Test => test(nextest),
            Self::Ci => ci(nextest),
            Self::Api(rest) => vec![Step::new("public items", PUBLIC_ITEMS).args(rest)],
            Self::Doc => vec![Step::new("docs", "doc --workspace --all-features --no-deps")],
            Self::Bench(rest) => vec![Step::new("benchmarks", "bench").args(rest)],
            Self::Instructions(rest) => {
                vec![Step::new("instructions", "bench --bench instructions --").args(rest)]
            }
            Self::Sample(rest) => {
                vec![Step::new("sample data", "run --release -p tactful-sample --").args(rest)]
            }
            // For every policy four customers a round: 2,500 * 4,000.
            Self::Deep => vec![
                Step::new(
                    "random proofs",
                    "test --release -p tactful --test prove_random promises -- --nocapture",
                )
                .env("TACTFUL_CASES", "2500")
                .env("TACTFUL_ROUNDS", "1000"),
                Step::new(
                    "random timelines",
                    "test --release -p tactful --test explain_random timelines -- --nocapture",
                )
                .env("TACTFUL_CASES", "100"),
                python::shipped(),
                python::from_source_alone(),
                python::ray(),
            ],
            Self::Accept => vec![
                Step::new("accept", "test --workspace --no-fail-fast").env("UPDATE_EXPECT", "1"),
            ],
            Self::C(What::Everything) => c::steps(),
            Self::C(What::Bench) => c::bench(),
            Self::Python(None) => python::steps(),
            Self::C(What::Programs(_))
            | Self::Python(Some(_))
            | Self::Deny
            | Self::Install(_)
            | Self::Help => Vec::new(),
        }
    }
}

// Cheap and telling steps come first: a lint fails in seconds, the release
// build of the example and the whole suite take longest.
fn ci(nextest: bool) -> Vec<Step> {
    let mut steps = vec![Step::new("format", "fmt --all --check")];
    steps.push(Step::new("licences and sources", "run --quiet --package xtask -- deny"));
    steps.push(Step::new(
        "lints, all features",
        "clippy --workspace --all-targets --all-features -- -D warnings",
    ));
    // Dead code hides behind features, so each set is linted. No dev-dependency
    // is built with the library here: this is also what a dependent compiles.
    steps.extend(FEATURE_SETS.iter().chain(&ADAPTER_SETS).map(|(set, flags)| {
        Step::new(
            format!("lints, {set}"),
            &format!("clippy -p tactful --lib {flags} -- -D warnings"),
        )
    }));
    // Twice, because each run sees what the other cannot: broken links in the
    // docs of private items, and public docs that link to private items.
    for (name, flags) in [("docs, private items", " --document-private-items"), ("docs", "")] {
        let command = format!("doc --workspace --all-features --no-deps{flags}");
        steps.push(Step::new(name, &command).env("RUSTDOCFLAGS", "-D warnings"));
    }
    steps.push(Step::new("public items", PUBLIC_ITEMS.trim_end_matches(" --")));
    steps.push(Step::new("main job", &format!("run --release --example {MAIN_JOB}")).tail(15));
    // Before the suite, which comes last. The lints have seen the benches.
    let mut tests = test(nextest);
    tests.retain(|step| step.name != BENCHES);
    let suite = tests.pop();
    tests.push(python::spark());
    steps.extend(tests);
    steps.extend(suite);
    steps
}

const BENCHES: &str = "benches";
const PUBLIC_ITEMS: &str = "run --quiet --package tactful-api --";

const FEATURE_SETS: [(&str, &str); 3] = [
    ("no features", "--no-default-features"),
    ("toml only", "--no-default-features --features toml"),
    ("json only", "--no-default-features --features json"),
];
/// What may be dead code without the other adapters; it does the same with them.
const ADAPTER_SETS: [(&str, &str); 2] = [
    ("one adapter", "--no-default-features --features zendesk"),
    ("envelopes", "--no-default-features --features cloudevents"),
];

// The suite comes last, so that its summary closes the log.
fn test(nextest: bool) -> Vec<Step> {
    let mut steps = vec![
        // Of the whole workspace wherever it can be: what is built of one package
        // alone has other features, and the library is built once more for it.
        Step::new("examples", "build --workspace --examples"),
        // Linking the benches optimized costs minutes and shows nothing more.
        Step::new(BENCHES, "check --benches"),
    ];
    // Only the unit tests: integration tests are written for the default
    // features. The dependencies are built once, since the dev-dependencies
    // bring them all in; each set rebuilds the library alone.
    steps.extend(FEATURE_SETS.iter().map(|(set, flags)| {
        Step::new(format!("unit tests, {set}"), &format!("test --quiet -p tactful --lib {flags}"))
    }));
    // On its own, because nextest does not run doc tests.
    steps.push(Step::new("doc tests", "test --doc --workspace"));
    // The environment of Python has CMake, which the programs in C are built with.
    let mut python = python::steps().into_iter();
    steps.extend(python.next());
    steps.extend(c::steps());
    steps.extend(python);
    steps.push(if nextest {
        Step::new("suite", "nextest run --workspace --no-fail-fast")
    } else {
        Step::new("suite", "test --workspace --tests --no-fail-fast")
    });
    steps
}

fn of_c(words: &[String]) -> Result<What, String> {
    match words {
        [] => Ok(What::Everything),
        [word] if word == "bench" => Ok(What::Bench),
        [word] => match Programs::parse(word) {
            Some(programs) => Ok(What::Programs(programs)),
            None => Err(format!(
                "unknown part `{word}` of `c`: it is `bench`, `scenarios`, `programs`, \
                 `sanitized`, `valgrind`, `panics` or `decide`"
            )),
        },
        _ => Err("`c` takes one argument at most".to_owned()),
    }
}

fn of_python(words: &[String]) -> Result<Option<Part>, String> {
    match words {
        [] => Ok(None),
        [word] => match Part::parse(word) {
            Some(part) => Ok(Some(part)),
            None => {
                Err(format!("unknown part `{word}` of `python`: `cargo xtask help` lists them"))
            }
        },
        _ => Err("`python` takes one argument at most".to_owned()),
    }
}

fn unknown(name: &str) -> String {
    let tasks = NAMES.join(", ");
    let near = NAMES
        .iter()
        .map(|task| (distance(name, task), task))
        .min()
        .filter(|(distance, _)| *distance <= 2);
    match near {
        Some((_, task)) => {
            format!("unknown task `{name}`: did you mean `{task}`?\nthe tasks are {tasks}")
        }
        None => format!("unknown task `{name}`\nthe tasks are {tasks}"),
    }
}

// Levenshtein's distance, one row at a time.
fn distance(a: &str, b: &str) -> usize {
    let mut row: Vec<usize> = (0..=b.chars().count()).collect();
    for (i, x) in a.chars().enumerate() {
        let mut diagonal = std::mem::replace(&mut row[0], i + 1);
        for (j, y) in b.chars().enumerate() {
            let changed = diagonal + usize::from(x != y);
            diagonal = row[j + 1];
            row[j + 1] = changed.min(diagonal + 1).min(row[j] + 1);
        }
    }
    row[b.chars().count()]
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(words: &[&str]) -> Result<Task, String> {
        Task::parse(words.iter().map(|word| word.to_string()))
    }

    fn commands(task: &Task, nextest: bool) -> Vec<String> {
        task.steps(nextest).iter().map(Step::command).collect()
    }

    #[test]
    fn every_name_is_a_task_and_is_in_the_help() {
        for name in NAMES {
            assert!(parse(&[name]).is_ok(), "{name}");
            assert!(HELP.contains(&format!("\n  {name} ")), "{name}");
        }
    }

    #[test]
    fn no_words_ask_for_help() {
        assert_eq!(parse(&[]), Ok(Task::Help));
        assert_eq!(parse(&["--help"]), Ok(Task::Help));
    }

    #[test]
    fn arguments_pass_through_where_a_task_takes_them() {
        let bench = parse(&["bench", "decide", "--", "--quick"]).unwrap();
        assert_eq!(commands(&bench, true), ["cargo bench decide -- --quick"]);
        let sample = parse(&["sample", "--rows", "10"]).unwrap();
        assert_eq!(commands(&sample, true), ["cargo run --release -p tactful-sample -- --rows 10"]);
    }

    #[test]
    fn other_tasks_refuse_arguments() {
        assert_eq!(parse(&["ci", "fast"]), Err("`ci` takes no arguments: found `fast`".to_owned()));
    }

    #[test]
    fn an_unknown_task_is_answered_with_the_nearest_and_the_list() {
        let tasks = format!("the tasks are {}", NAMES.join(", "));
        assert_eq!(
            parse(&["tset"]).unwrap_err(),
            format!("unknown task `tset`: did you mean `test`?\n{tasks}")
        );
        assert_eq!(parse(&["deploy"]).unwrap_err(), format!("unknown task `deploy`\n{tasks}"));
    }

    #[test]
    fn the_suite_closes_the_log_with_and_without_nextest() {
        for task in [Task::Test, Task::Ci] {
            let last = |nextest| commands(&task, nextest).pop().unwrap();
            assert_eq!(last(true), "cargo nextest run --workspace --no-fail-fast");
            assert_eq!(last(false), "cargo test --workspace --tests --no-fail-fast");
        }
    }

    #[test]
    fn each_step_of_c_is_a_task() {
        for step in c::steps().iter().chain(&c::bench()) {
            let words = step.args.iter().skip_while(|word| *word != "--").skip(1);
            if step.args.contains(&"xtask".to_owned()) {
                assert!(Task::parse(words.cloned()).is_ok(), "{}", step.command());
            }
        }
        assert!(parse(&["c", "progams"]).unwrap_err().contains("`programs`"));
    }

    #[test]
    fn each_step_of_python_is_a_task() {
        for step in python::steps().iter().chain([&python::shipped()]) {
            let words = step.args.iter().skip_while(|word| *word != "--").skip(1);
            assert!(Task::parse(words.cloned()).is_ok(), "{}", step.command());
        }
        assert!(parse(&["python", "tset"]).unwrap_err().contains("`tset`"));
    }

    #[test]
    fn a_distance_counts_edits() {
        assert_eq!(distance("test", "test"), 0);
        assert_eq!(distance("", "ci"), 2);
        assert_eq!(distance("bnech", "bench"), 2);
        assert_eq!(distance("docs", "doc"), 1);
    }
}
