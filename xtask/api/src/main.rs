//! Lists the public items of the library, and compares them with `public-api.txt`.
//!
//! ```text
//! cargo xtask api [--accept]
//! ```
//!
//! What is public comes out of macros and of re-exports, so nothing but the
//! compiler can tell. rustdoc says it as JSON, which is not stable: it takes
//! `RUSTC_BOOTSTRAP`, and a crate that reads the format of this very release.
//! The variable is set for rustdoc alone, by this program standing in for it:
//! set for cargo, it would have half the dependencies built anew.

use std::collections::BTreeSet;
use std::env;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};

/// Set where this program is called in place of rustdoc.
const STANDING_IN: &str = "TACTFUL_API_RUSTDOC";
const LIST: &str = "public-api.txt";
/// More than these say nothing more.
const SHOWN: usize = 40;

fn main() -> ExitCode {
    let done = match env::var_os(STANDING_IN) {
        Some(rustdoc) => {
            succeed(Command::new(rustdoc).args(env::args_os().skip(1)).env("RUSTC_BOOTSTRAP", "1"))
        }
        None => compare(),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::FAILURE
        }
    }
}

fn compare() -> Result<(), String> {
    let accept = match env::args().skip(1).collect::<Vec<_>>().as_slice() {
        [] => false,
        [word] if word == "--accept" => true,
        words => return Err(format!("expected nothing, or `--accept`: found {words:?}")),
    };
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let there = items(&document(&root)?)?;
    let path = root.join(LIST);
    if accept {
        return fs::write(&path, there).map_err(|error| format!("{LIST}: {error}"));
    }
    let listed = fs::read_to_string(&path).map_err(|error| format!("{LIST}: {error}"))?;
    let changes = changes(&listed, &there);
    if changes.is_empty() {
        println!("    {} public items", there.lines().count());
        return Ok(());
    }
    let shown: String = changes.iter().take(SHOWN).map(|line| format!("\n{line}")).collect();
    let more = changes.len().saturating_sub(SHOWN);
    let more = if more == 0 { String::new() } else { format!("\n… and {more} more") };
    Err(format!(
        "the library is not as public as {LIST} says:{shown}{more}\n\
         where that is meant: cargo xtask api --accept"
    ))
}

/// Has the library documented as JSON; returns the file.
fn document(root: &Path) -> Result<PathBuf, String> {
    let program = env::current_exe().map_err(|error| error.to_string())?;
    let target = program.ancestors().nth(2).ok_or("this program is not in a target folder")?;
    let rustdoc = env::var_os("RUSTDOC").unwrap_or_else(|| "rustdoc".into());
    let cargo = env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let mut command = Command::new(cargo);
    command.current_dir(root).env(STANDING_IN, rustdoc).env("RUSTDOC", &program);
    command.args(["rustdoc", "--quiet", "--package", "tactful", "--lib", "--all-features"]);
    command.arg("--target-dir").arg(target);
    succeed(command.args(["--", "-Z", "unstable-options", "--output-format", "json"]))?;
    Ok(target.join("doc/tactful.json"))
}

/// Lists the items that rustdoc tells of, a line each.
fn items(json: &Path) -> Result<String, String> {
    let listing = public_api::Builder::from_rustdoc_json(json)
        // What the compiler and the standard library add to every type.
        .omit_auto_trait_impls(true)
        .omit_blanket_impls(true)
        .omit_auto_derived_impls(true)
        .build();
    match listing {
        Ok(items) => Ok(items.items().map(|item| format!("{item}\n")).collect()),
        Err(error) => Err(format!(
            "{error}\nthe listing is made by the rustdoc of Rust 1.95: \
             RUSTUP_TOOLCHAIN=1.95.0 cargo xtask api"
        )),
    }
}

/// Returns the lines that one of two lists has and the other has not.
fn changes(listed: &str, there: &str) -> Vec<String> {
    let (old, new): (BTreeSet<&str>, BTreeSet<&str>) =
        (listed.lines().collect(), there.lines().collect());
    let gone = listed.lines().filter(|line| !new.contains(line)).map(|line| format!("- {line}"));
    let come = there.lines().filter(|line| !old.contains(line)).map(|line| format!("+ {line}"));
    gone.chain(come).collect()
}

fn succeed(command: &mut Command) -> Result<(), String> {
    match command.status() {
        Ok(status) if status.success() => Ok(()),
        Ok(status) => Err(format!("{}: {status}", command.get_program().to_string_lossy())),
        Err(error) => {
            Err(format!("{} does not start: {error}", command.get_program().to_string_lossy()))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_gone_and_what_has_come_is_told() {
        assert_eq!(changes("a\nb\nc\n", "a\nc\nd\n"), ["- b", "+ d"]);
        assert_eq!(changes("a\n", "a\n"), Vec::<String>::new());
    }
}
