//! The Python package: built, installed into an environment of its own, and
//! tested there.

use std::env;
use std::ffi::OsStr;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use crate::run::{self, cargo, root};
use crate::step::Step;

const PACKAGE: &str = "bindings/python";
/// Where everything goes, below the root of the workspace. A target directory
/// of its own, because PyO3 is built again for each interpreter it is told of.
const WORK: &str = "target/python";
const VENV: &str = "target/venv";
const STUB: &str = "bindings/python/python/tactful/_native.pyi";
/// What the tests need beyond what a wheel has.
const FEATURES: &str = "stubs,panic-test";
/// Names in annotations that were written by hand; a generated stub does not import them.
const IMPORTS: &str = "\
from collections.abc import Callable, Iterable, Mapping, Sequence
from os import PathLike
from typing_extensions import Unpack

from ._types import ArrowData, Channel, ContextDict, ContextLike, Moment, RequestOptions
";

/// The steps of `cargo xtask python`.
pub fn steps() -> Vec<Step> {
    let step = |name: &str, part: &str| {
        Step::new(name, &format!("run --quiet --package xtask -- python {part}"))
    };
    vec![
        step("Python environment", "venv"),
        step("Python package", "build"),
        step("Python stubs", "stubs"),
        step("Python tests", "test"),
        step("Python types", "types"),
    ]
}

/// What `cargo xtask deep` adds: the wheel as it is shipped.
pub fn shipped() -> Step {
    Step::new("Python wheel", "run --quiet --package xtask -- python wheel")
}

/// And a package made of the sources alone.
pub fn from_source_alone() -> Step {
    Step::new("Python sources", "run --quiet --package xtask -- python sdist")
}

/// What `cargo xtask ci` adds: a table decided by two executors of Spark.
pub fn spark() -> Step {
    Step::new("Spark", "run --quiet --package xtask -- spark")
}

/// And on Ray, which is large.
pub fn ray() -> Step {
    Step::new("Ray", "run --quiet --package xtask -- ray")
}

/// One thing to do with the package.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Part {
    /// Make the environment, if it is not there or asks for something else.
    Venv,
    /// Build a wheel for the tests, and install it.
    Build,
    /// Compare the stubs with those that are generated.
    Stubs,
    /// Write the stubs that are generated.
    Accept,
    /// Run the tests.
    Test,
    /// Check the stubs against the module, and the examples against the stubs.
    Types,
    /// Build the wheel that is shipped, and use it in a clean environment.
    Wheel,
    /// Build from a source distribution, as pip does where there is no wheel.
    Sdist,
    /// Decide a table on Spark, with executors that are processes of their own.
    Spark,
    /// Decide a table on Ray, by an actor.
    Ray,
    /// Measure what Python adds to a decision.
    Bench,
}

impl Part {
    /// Reads the word after `cargo xtask python`.
    pub fn parse(word: &str) -> Option<Self> {
        Some(match word {
            "venv" => Self::Venv,
            "build" => Self::Build,
            "stubs" => Self::Stubs,
            "accept" => Self::Accept,
            "test" => Self::Test,
            "types" => Self::Types,
            "wheel" => Self::Wheel,
            "sdist" => Self::Sdist,
            "spark" => Self::Spark,
            "ray" => Self::Ray,
            "bench" => Self::Bench,
            _ => return None,
        })
    }

    /// Does it.
    pub fn run(self) -> Result<(), String> {
        // Each part by itself works on a bare machine.
        make_venv()?;
        match self {
            Self::Venv => Ok(()),
            Self::Build => {
                install(&wheel("wheels", &["--profile", "dev", "--features", FEATURES])?)
            }
            Self::Stubs => compare_stubs(),
            Self::Accept => write(&root().join(STUB), &generated_stub()?),
            Self::Test => test(),
            Self::Types => check_types(),
            Self::Wheel => {
                let shipped = wheel("shipped", &["--profile", "wheel", "--locked"])?;
                pytest(&["tests/test_install.py"], &[("TACTFUL_WHEEL", shipped.as_os_str())])
            }
            Self::Sdist => from_source(),
            Self::Spark => on("spark"),
            Self::Ray => on("ray"),
            Self::Bench => bench(),
        }
    }
}

fn make_venv() -> Result<(), String> {
    let (venv, stamp) = (root().join(VENV), root().join(VENV).join("requirements.txt"));
    let wanted = read(&root().join(PACKAGE).join("requirements-dev.txt"))?;
    if fs::read_to_string(&stamp).is_ok_and(|there| there == wanted) {
        return Ok(());
    }
    let python = env::var_os("PYTHON").unwrap_or_else(|| "python3".into());
    let mut make = Command::new(python);
    run(make.args(["-m", "venv", "--clear"]).arg(&venv))?;
    let requirements = root().join(PACKAGE).join("requirements-dev.txt");
    run(python_of_venv().args(["-m", "pip", "install", "--quiet", "-r"]).arg(requirements))?;
    write(&stamp, &wanted)
}

/// Builds a wheel, the only one in a folder.
fn wheel(folder: &str, flags: &[&str]) -> Result<PathBuf, String> {
    let out = work(folder)?;
    for old in files_of(&out, "whl")? {
        fs::remove_file(&old).map_err(|error| format!("{}: {error}", old.display()))?;
    }
    let target = root().join(WORK).join("build");
    run(maturin("build")
        .args(["--quiet", "--target-dir"])
        .arg(target)
        .arg("--out")
        .arg(&out)
        .args(flags))?;
    let made = files_of(&out, "whl")?;
    made.into_iter().next().ok_or_else(|| format!("maturin left no wheel in {}", out.display()))
}

fn install(wheel: &Path) -> Result<(), String> {
    let install =
        ["-m", "pip", "install", "--quiet", "--no-index", "--no-deps", "--force-reinstall"];
    run(python_of_venv().args(install).arg(wheel))
}

fn generated_stub() -> Result<String, String> {
    let (out, target) = (work("stubs")?, root().join(WORK).join("build"));
    run(maturin("generate-stubs")
        .args(["--quiet", "--profile", "dev", "--features", FEATURES, "--target-dir"])
        .arg(target)
        .arg("--out")
        .arg(&out))?;
    let stub = read(&out.join("tactful/_native.pyi"))?;
    let (doc, rest) = stub.split_once("\nfrom ").ok_or("the stub imports nothing")?;
    Ok(format!("{doc}\n{IMPORTS}from {rest}"))
}

fn compare_stubs() -> Result<(), String> {
    if generated_stub()? == read(&root().join(STUB))? {
        return Ok(());
    }
    Err(format!("{STUB} is not what the classes say\nto write it anew: cargo xtask python accept"))
}

fn test() -> Result<(), String> {
    let decisions = work("wheels")?.join("decisions.tsv");
    let told = run::example("scenario_decisions")?.stderr(Stdio::inherit()).output();
    let told = told.map_err(|error| format!("scenario_decisions does not start: {error}"))?;
    if !told.status.success() {
        return Err(format!("scenario_decisions: {}", told.status));
    }
    fs::write(&decisions, told.stdout).map_err(|error| format!("the decisions: {error}"))?;
    let wheels = files_of(&work("wheels")?, "whl")?;
    let wheel = wheels.first().ok_or("no wheel: run `cargo xtask python build`")?;
    pytest(
        &["tests"],
        &[
            ("TACTFUL_SCENARIO_DECISIONS", decisions.as_os_str()),
            ("TACTFUL_WHEEL", wheel.as_os_str()),
        ],
    )
}

fn pytest(arguments: &[&str], variables: &[(&str, &OsStr)]) -> Result<(), String> {
    let mut command = python_of_venv();
    command.current_dir(root().join(PACKAGE)).envs(variables.iter().copied());
    run(command.args(["-m", "pytest", "--quiet", "-p", "no:cacheprovider"]).args(arguments))
}

fn check_types() -> Result<(), String> {
    let mut stubtest = python_of_venv();
    stubtest.current_dir(root().join(WORK));
    run(stubtest.args(["-m", "mypy.stubtest", "tactful._native"]))?;
    let mut mypy = python_of_venv();
    mypy.current_dir(root().join(PACKAGE));
    let cache = root().join(WORK).join("mypy");
    let strict = ["-m", "mypy", "--strict", "--no-error-summary", "--cache-dir"];
    run(mypy.args(strict).arg(cache).args(["examples", "benches"]))
}

fn from_source() -> Result<(), String> {
    let (out, venv) = (work("sdist")?, work("sdist-venv")?);
    for old in files_of(&out, "gz")? {
        fs::remove_file(&old).map_err(|error| format!("{}: {error}", old.display()))?;
    }
    run(maturin("sdist").arg("--out").arg(&out))?;
    let made = files_of(&out, "gz")?;
    let sdist = made.first().ok_or("maturin left no source distribution")?;
    run(python_of_venv().args(["-m", "venv", "--clear"]).arg(&venv))?;
    let mut pip = Command::new(python_in(&venv));
    run(pip.args(["-m", "pip", "install", "--quiet", "--no-cache-dir"]).arg(sdist))?;
    let first = root().join(PACKAGE).join("examples/first_steps.py");
    run(Command::new(python_in(&venv)).current_dir(root()).arg(first))
}

/// Runs the example on an engine that is installed for it.
///
/// The test has a limit of its own: Spark that waits for an executor waits for good.
fn on(engine: &str) -> Result<(), String> {
    let requirements = root().join(PACKAGE).join(format!("requirements-{engine}.txt"));
    run(python_of_venv().args(["-m", "pip", "install", "--quiet", "-r"]).arg(requirements))?;
    let asked = format!("TACTFUL_{}", engine.to_uppercase());
    pytest(&["tests/test_examples.py", "-k", engine], &[(&asked, OsStr::new("1"))])
}

fn bench() -> Result<(), String> {
    let build =
        ["build", "--quiet", "--release", "--package", "tactful", "--example", "decide_speed"];
    run(cargo().args(build))?;
    install(&wheel("shipped", &["--profile", "wheel", "--locked"])?)?;
    run(python_of_venv().current_dir(root()).arg(root().join(PACKAGE).join("benches/crossing.py")))
}

fn maturin(task: &str) -> Command {
    let mut command = python_of_venv();
    let manifest = root().join(PACKAGE).join("Cargo.toml");
    command.args(["-m", "maturin", task, "--manifest-path"]).arg(manifest);
    // One interpreter throughout, or PyO3 is built again and again.
    command.env("PYO3_PYTHON", python_in(&root().join(VENV)));
    command
}

fn python_of_venv() -> Command {
    Command::new(python_in(&root().join(VENV)))
}

/// A tool that the environment has, or where it would be.
pub fn tool(name: &str) -> PathBuf {
    python_in(&root().join(VENV)).with_file_name(name).with_extension(env::consts::EXE_EXTENSION)
}

fn python_in(venv: &Path) -> PathBuf {
    venv.join(if cfg!(windows) { "Scripts/python.exe" } else { "bin/python" })
}

fn run(command: &mut Command) -> Result<(), String> {
    let status = command.stdin(Stdio::null()).status();
    let program = command.get_program().to_string_lossy().into_owned();
    let arguments: Vec<_> = command.get_args().map(OsStr::to_string_lossy).collect();
    match status {
        Ok(status) if status.success() => Ok(()),
        Ok(status) => Err(format!("{program} {}: {status}", arguments.join(" "))),
        Err(error) => Err(format!(
            "{program} does not start: {error}\nit takes Python 3.10 or later: PYTHON=... names one"
        )),
    }
}

fn work(folder: &str) -> Result<PathBuf, String> {
    let path = root().join(WORK).join(folder);
    fs::create_dir_all(&path).map_err(|error| format!("{}: {error}", path.display()))?;
    Ok(path)
}

fn files_of(folder: &Path, extension: &str) -> Result<Vec<PathBuf>, String> {
    let entries = fs::read_dir(folder).map_err(|error| format!("{}: {error}", folder.display()))?;
    let paths = entries.filter_map(|entry| Some(entry.ok()?.path()));
    Ok(paths.filter(|path| path.extension() == Some(OsStr::new(extension))).collect())
}

fn read(path: &Path) -> Result<String, String> {
    fs::read_to_string(path).map_err(|error| format!("{}: {error}", path.display()))
}

fn write(path: &Path, text: &str) -> Result<(), String> {
    fs::write(path, text).map_err(|error| format!("{}: {error}", path.display()))
}
