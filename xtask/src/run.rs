//! Runs steps one after the other, and says what ran, for how long, and what
//! to do about a failure.

use std::env;
use std::ffi::OsString;
use std::io;
use std::path::PathBuf;
use std::process::{Command, ExitCode, Output, Stdio};
use std::time::{Duration, Instant};

use crate::step::Step;

/// Runs the steps up to the first that fails.
pub fn all(steps: &[Step]) -> ExitCode {
    let mut times = Vec::new();
    for (index, step) in steps.iter().enumerate() {
        println!("\n==> [{}/{}] {}", index + 1, steps.len(), step.name);
        println!("    {}", step.command());
        let start = Instant::now();
        let result = one(step);
        let time = start.elapsed();
        times.push((step, time));
        if let Err(reason) = result {
            if steps.len() > 1 {
                print!("{}", table(&times, steps.len()));
            }
            eprintln!("\nerror: step `{}` failed: {reason}", step.name);
            eprintln!("to run it again, from the workspace root: {}", step.command());
            return ExitCode::FAILURE;
        }
        println!("    {}: {:.1} s", step.name, time.as_secs_f64());
    }
    if steps.len() > 1 {
        print!("{}", table(&times, steps.len()));
    }
    ExitCode::SUCCESS
}

/// Says which component of the toolchain is missing, and how to get it.
pub fn missing_component(components: &[(&str, &str)]) -> Option<String> {
    let (subcommand, component) = components.iter().find(|(name, _)| !has(name))?;
    Some(format!(
        "`cargo {subcommand}` does not run: the toolchain lacks the component `{component}`\n\
         to add it: rustup component add {component}"
    ))
}

/// Whether cargo knows the subcommand.
pub fn has(subcommand: &str) -> bool {
    cargo()
        .args([subcommand, "--version"])
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status()
        .is_ok_and(|status| status.success())
}

fn one(step: &Step) -> Result<(), String> {
    let mut command = cargo();
    command.args(&step.args).envs(step.env.iter().copied());
    let status = match step.tail {
        None => command.status(),
        Some(lines) => with_tail(&mut command, lines),
    };
    match status {
        Ok(status) if status.success() => Ok(()),
        Ok(status) => Err(status.to_string()),
        Err(error) => Err(format!("cargo does not start: {error}")),
    }
}

// Standard error is shown as it comes, because it holds the build's progress.
fn with_tail(command: &mut Command, lines: usize) -> io::Result<std::process::ExitStatus> {
    let Output { status, stdout, .. } = command.stderr(Stdio::inherit()).output()?;
    let text = String::from_utf8_lossy(&stdout);
    if status.success() {
        print!("{}", tail(&text, lines));
    } else {
        print!("{text}");
    }
    Ok(status)
}

fn tail(text: &str, lines: usize) -> String {
    let all: Vec<&str> = text.lines().collect();
    let skipped = all.len().saturating_sub(lines);
    let note = match skipped {
        0 => String::new(),
        _ => format!("    … {skipped} lines before these …\n"),
    };
    let shown: String = all[skipped..].iter().map(|line| format!("{line}\n")).collect();
    note + &shown
}

/// Cargo, at the root of the workspace.
// No standard input: a step that asks a question would wait for ever in CI.
pub fn cargo() -> Command {
    let program = env::var_os("CARGO").unwrap_or_else(|| OsString::from("cargo"));
    let mut command = Command::new(program);
    command.current_dir(root()).stdin(Stdio::null());
    command
}

/// The root of the workspace.
// Cargo sets the variable when it runs this program, wherever it was asked to.
pub fn root() -> PathBuf {
    let manifest = env::var_os("CARGO_MANIFEST_DIR")
        .unwrap_or_else(|| OsString::from(env!("CARGO_MANIFEST_DIR")));
    let mut root = PathBuf::from(manifest);
    root.pop();
    root
}

/// Where cargo puts what it builds of a kind, such as `debug`: beside the folder
/// this program is in.
pub fn built(kind: &str) -> Result<PathBuf, String> {
    let program = env::current_exe().map_err(|error| error.to_string())?;
    let target = program.ancestors().nth(2).ok_or("this program is not in a target folder")?;
    Ok(target.join(kind))
}

/// Builds an example of any package, and returns it.
// Of the whole workspace, as the suite: of one package alone, features of what
// it is built of would differ, and half of it be built once more.
pub fn example(name: &str) -> Result<Command, String> {
    let build = ["build", "--quiet", "--workspace", "--example", name];
    match cargo().args(build).status() {
        Ok(status) if status.success() => {
            let mut command = Command::new(built("debug")?.join("examples").join(name));
            command.current_dir(root()).stdin(Stdio::null());
            Ok(command)
        }
        Ok(_) => Err(format!("the example {name} does not build")),
        Err(error) => Err(format!("cargo does not start: {error}")),
    }
}

fn table(times: &[(&Step, Duration)], planned: usize) -> String {
    let width = times.iter().map(|(step, _)| step.name.chars().count());
    let width = width.max().unwrap_or_default().max("total".len());
    let row =
        |name: &str, time: Duration| format!("{name:width$}  {:>7.1} s\n", time.as_secs_f64());
    let mut text = String::from("\n");
    for (step, time) in times {
        text += &row(&step.name, *time);
    }
    text += &row("total", times.iter().map(|(_, time)| *time).sum());
    if times.len() < planned {
        text += &format!("{} of {planned} steps ran\n", times.len());
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tail_says_what_it_leaves_out() {
        assert_eq!(tail("a\nb\nc\n", 2), "    … 1 lines before these …\nb\nc\n");
        assert_eq!(tail("a\nb", 2), "a\nb\n");
        assert_eq!(tail("", 2), "");
    }

    #[test]
    fn the_table_adds_up() {
        let (a, b) = (Step::new("format", "fmt"), Step::new("suite", "test"));
        let times = [(&a, Duration::from_millis(1_500)), (&b, Duration::from_millis(20_000))];
        assert_eq!(table(&times, 2), "\nformat      1.5 s\nsuite      20.0 s\ntotal      21.5 s\n");
        assert!(table(&times, 9).ends_with("2 of 9 steps ran\n"));
    }

    #[test]
    fn a_missing_component_is_named_with_its_cure() {
        let advice = missing_component(&[("no-such-subcommand", "some-part")]).unwrap();
        assert!(advice.contains("rustup component add some-part"), "{advice}");
        assert_eq!(missing_component(&[]), None);
    }

    #[test]
    fn the_root_holds_the_workspace() {
        assert!(root().join("xtask").join("Cargo.toml").is_file());
    }
}
