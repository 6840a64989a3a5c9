//! The programs in C: what is compiled against an installed library, and how it
//! is run.

use std::collections::BTreeSet;
use std::env;
use std::ffi::OsStr;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use crate::python;
use crate::run::{self, root};
use crate::step::Step;

/// Where everything goes, below the root of the workspace.
const WORK: &str = "target/c";
/// As strict as people compile their own code.
const STRICT: [&str; 5] = ["-Wall", "-Wextra", "-Wpedantic", "-Wconversion", "-Werror"];
const EXAMPLES: [&str; 3] = ["dispute", "server", "events"];

/// The steps of `cargo xtask c`.
pub fn steps() -> Vec<Step> {
    let install = |flags: &str| format!("run --quiet --package xtask -- install --debug {flags}");
    let c = |what: &str| format!("run --quiet --package xtask -- c {what}");
    vec![
        Step::new("C scenarios", &c("scenarios")),
        Step::new("C library", &install("--prefix target/c/installed")),
        Step::new("C programs", &c("programs")),
        Step::new("C sanitizers", &c("sanitized")),
        Step::new("C valgrind", &c("valgrind")),
        Step::new(
            "C library that panics",
            &install("--features panic-test --prefix target/c/panicking"),
        ),
        Step::new("C panics", &c("panics")),
    ]
}

/// The steps of `cargo xtask c bench`.
pub fn bench() -> Vec<Step> {
    vec![
        Step::new("C library", "run --quiet --package xtask -- install --prefix target/c/release"),
        Step::new("C decision", "run --quiet --package xtask -- c decide"),
        Step::new(
            "C against Rust",
            "run --release --package tactful-c --example crossing -- target/c/decide",
        ),
    ]
}

/// One thing to do with the programs.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Programs {
    /// Writes down what the programs compare: what Rust answers.
    Scenarios,
    /// Against the shared library, as C11 and C++17.
    Shared,
    /// Against the static library, with sanitizers.
    Sanitized,
    /// Under valgrind, what was compiled before.
    Valgrind,
    /// Against a library that panics.
    Panics,
    /// What the bench runs: compiled, not run.
    Decide,
}

impl Programs {
    /// Reads the word after `cargo xtask c`.
    pub fn parse(word: &str) -> Option<Self> {
        Some(match word {
            "scenarios" => Self::Scenarios,
            "programs" => Self::Shared,
            "sanitized" => Self::Sanitized,
            "valgrind" => Self::Valgrind,
            "panics" => Self::Panics,
            "decide" => Self::Decide,
            _ => return None,
        })
    }

    /// Compiles and runs.
    pub fn run(self) -> Result<(), String> {
        match self {
            Self::Scenarios => {
                print!("{}", run(run::example("corpus")?.arg(work("corpus")))?);
                Ok(())
            }
            Self::Shared => shared(),
            Self::Sanitized => sanitized(),
            Self::Valgrind => valgrind(),
            Self::Panics => panics(),
            Self::Decide => decide(),
        }
    }
}

fn shared() -> Result<(), String> {
    let prefix = work("installed");
    exports(&prefix)?;
    for name in EXAMPLES {
        let program = compile_c(&example(name), name, &linked(&prefix, false)?)?;
        compare(name, &run(&mut loaded(&program, &prefix, &arguments(name)?))?)?;
    }
    let flags = linked(&prefix, false)?;
    let source = test("api");
    let programs = [compile_c(&source, "api", &flags)?, compile_cpp(&source, "api-cpp", &flags)?];
    let tables = compile_c(&test("arrow"), "arrow", &flags)?;
    for program in programs.into_iter().chain([tables]) {
        print!("{}", run(&mut loaded(&program, &prefix, &[]))?);
    }
    found_by_cmake(&prefix)
}

fn sanitized() -> Result<(), String> {
    let prefix = work("installed");
    let mut flags = linked(&prefix, true)?;
    let sanitizers = ["-g", "-fsanitize=address,undefined", "-fno-sanitize-recover=all"];
    flags.extend(sanitizers.map(str::to_owned));
    for name in EXAMPLES {
        let program = compile_c(&example(name), &format!("{name}-sanitized"), &flags)?;
        compare(name, &run(&mut loaded(&program, &prefix, &arguments(name)?))?)?;
    }
    let corpus = vec![work("corpus").into_os_string().into_string().unwrap_or_default()];
    for (name, arguments) in [("api", Vec::new()), ("arrow", Vec::new()), ("corpus", corpus)] {
        let program = compile_c(&test(name), &format!("{name}-sanitized"), &flags)?;
        print!("{}", run(&mut loaded(&program, &prefix, &arguments))?);
    }
    Ok(())
}

fn valgrind() -> Result<(), String> {
    let prefix = work("installed");
    let few = work("few.jsonl");
    let all = fs::read_to_string(root().join("examples/data/customers.jsonl"));
    let all = all.map_err(|error| error.to_string())?;
    let lines: String = all.lines().take(12).map(|line| format!("{line}\n")).collect();
    fs::write(&few, lines).map_err(|error| error.to_string())?;
    for name in ["api", "arrow", "dispute", "events", "server"] {
        let mut arguments = arguments(name)?;
        if let Some(customers) = arguments.get_mut(1) {
            *customers = few.display().to_string();
        }
        let mut command = Command::new("valgrind");
        command.args(["--quiet", "--leak-check=full", "--error-exitcode=9"]);
        let suppressions = prefix.join("share/tactful/tactful.supp");
        command.arg(format!("--suppressions={}", suppressions.display()));
        command.arg("--errors-for-leak-kinds=definite,indirect,possible");
        command.arg(work(name)).args(arguments);
        let said = run(environment(&mut command, &prefix))?;
        print!(
            "{}",
            said.lines().last().map(|line| format!("{name}: {line}\n")).unwrap_or_default()
        );
    }
    Ok(())
}

fn panics() -> Result<(), String> {
    let prefix = work("panicking");
    let program = compile_c(&test("panic"), "panic", &linked(&prefix, false)?)?;
    print!("{}", run(&mut loaded(&program, &prefix, &[]))?);
    Ok(())
}

fn decide() -> Result<(), String> {
    let prefix = work("release");
    let mut flags = linked(&prefix, false)?;
    flags.push("-O2".to_owned());
    // The bench runs it without a word of where the library is.
    flags.push(format!("-Wl,-rpath,{}", prefix.join("lib").display()));
    compile_c(&test("decide"), "decide", &flags).map(drop)
}

/// Compares what the library exports with the list that is committed.
fn exports(prefix: &Path) -> Result<(), String> {
    let mut command = Command::new("nm");
    command.args(["--dynamic", "--defined-only", "--format=just-symbols"]);
    let said = run(command.arg(prefix.join("lib/libtactful.so")))?;
    let exported: BTreeSet<&str> = said.lines().collect();
    let list = fs::read_to_string(root().join("bindings/c/abi.txt"));
    let list = list.map_err(|error| format!("bindings/c/abi.txt: {error}"))?;
    let listed: BTreeSet<&str> = list.lines().collect();
    let differ: Vec<_> = exported.symmetric_difference(&listed).collect();
    match differ.is_empty() {
        true => Ok(()),
        false => Err(format!("the library and bindings/c/abi.txt differ in {differ:?}")),
    }
}

/// Builds and runs an example that finds the library by `find_package`.
fn found_by_cmake(prefix: &Path) -> Result<(), String> {
    let Some(cmake) = cmake() else {
        println!("    CMake is not installed: its package was not tried");
        return Ok(());
    };
    let build = work("cmake");
    let mut command = Command::new(&cmake);
    command.arg("-S").arg(root().join("bindings/c/tests/cmake")).arg("-B").arg(&build);
    run(command.arg(format!("-DCMAKE_PREFIX_PATH={}", prefix.display())))?;
    run(Command::new(cmake).arg("--build").arg(&build))?;
    for program in ["shared", "static"] {
        compare("dispute", &run(&mut Command::new(build.join(program)))?)?;
    }
    Ok(())
}

/// CMake of this machine, or that of the Python environment.
fn cmake() -> Option<PathBuf> {
    let runs = |program: &PathBuf| Command::new(program).arg("--version").output().is_ok();
    [PathBuf::from("cmake"), python::tool("cmake")].into_iter().find(runs)
}

/// What to hand to an example.
fn arguments(name: &str) -> Result<Vec<String>, String> {
    let examples = root().join("examples");
    Ok(match name {
        "server" => ["policies/customer_care.toml", "data/customers.jsonl"]
            .map(|path| examples.join(path).display().to_string())
            .to_vec(),
        _ => Vec::new(),
    })
}

/// Compares what an example prints with what is committed, or rewrites that.
fn compare(name: &str, printed: &str) -> Result<(), String> {
    let path = root().join(format!("bindings/c/examples/{name}.txt"));
    if env::var_os("UPDATE_EXPECT").is_some() {
        return fs::write(path, printed).map_err(|error| error.to_string());
    }
    match fs::read_to_string(&path) {
        Ok(expected) if expected == printed => Ok(()),
        Ok(expected) => Err(format!("{name} prints\n{printed}and should print\n{expected}")),
        Err(error) => Err(format!("{}: {error}", path.display())),
    }
}

/// Asks pkg-config how to compile and link.
fn linked(prefix: &Path, is_static: bool) -> Result<Vec<String>, String> {
    let mut command = Command::new("pkg-config");
    command.env("PKG_CONFIG_PATH", prefix.join("lib/pkgconfig"));
    command.args(["--cflags", "--libs"]);
    if is_static {
        command.arg("--static");
    }
    let said = run(command.arg("tactful"))?;
    let flags = said.split_whitespace().map(|flag| match flag {
        // The linker takes the shared one if it may choose.
        "-ltactful" if is_static => "-l:libtactful.a",
        flag => flag,
    });
    Ok(flags.map(str::to_owned).collect())
}

fn compile_c(source: &Path, name: &str, flags: &[String]) -> Result<PathBuf, String> {
    let mut command = Command::new(env::var_os("CC").unwrap_or_else(|| "cc".into()));
    command.args(["-std=c11", "-Wstrict-prototypes"]);
    compile(command, source, name, flags)
}

fn compile_cpp(source: &Path, name: &str, flags: &[String]) -> Result<PathBuf, String> {
    let mut command = Command::new(env::var_os("CXX").unwrap_or_else(|| "c++".into()));
    command.args(["-x", "c++", "-std=c++17"]);
    compile(command, source, name, flags)
}

fn compile(
    mut command: Command,
    source: &Path,
    name: &str,
    flags: &[String],
) -> Result<PathBuf, String> {
    let program = work(name);
    command.args(STRICT).arg("-pthread").arg(source).arg("-o").arg(&program).args(flags);
    run(&mut command)?;
    Ok(program)
}

/// A program that finds the library below a prefix.
fn loaded(program: &Path, prefix: &Path, arguments: &[String]) -> Command {
    let mut command = Command::new(program);
    command.args(arguments);
    environment(&mut command, prefix);
    command
}

// A backtrace that nobody asked for makes panics slow and logs long.
fn environment<'c>(command: &'c mut Command, prefix: &Path) -> &'c mut Command {
    command.env("LD_LIBRARY_PATH", prefix.join("lib")).env("RUST_BACKTRACE", "0")
}

fn example(name: &str) -> PathBuf {
    root().join(format!("bindings/c/examples/{name}.c"))
}

fn test(name: &str) -> PathBuf {
    root().join(format!("bindings/c/tests/c/{name}.c"))
}

fn work(name: &str) -> PathBuf {
    root().join(WORK).join(name)
}

/// Runs a command to its end; returns what it prints.
fn run(command: &mut Command) -> Result<String, String> {
    let shown = shown(command);
    let output = command.stdin(Stdio::null()).output();
    let output =
        output.map_err(|error| format!("{shown}\ndoes not start: {error}{}", advice(command)))?;
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    if output.status.success() {
        return Ok(said);
    }
    let complained = String::from_utf8_lossy(&output.stderr);
    Err(format!("{shown}\nends with {}\n{said}{complained}", output.status))
}

fn shown(command: &Command) -> String {
    let words = std::iter::once(command.get_program()).chain(command.get_args());
    words.map(OsStr::to_string_lossy).collect::<Vec<_>>().join(" ")
}

fn advice(command: &Command) -> String {
    let package = match command.get_program().to_str() {
        Some("valgrind") => "valgrind",
        Some("pkg-config") => "pkg-config",
        Some("cc" | "nm") => "gcc",
        Some("c++") => "g++",
        _ => return String::new(),
    };
    format!("\nto install it on Debian: apt-get install {package}")
}
