//! The task runner of the workspace: `cargo xtask help` lists the tasks.
//!
//! It needs nothing but the Rust toolchain, so a fresh clone and CI run the
//! same commands.

mod c;
mod deny;
mod install;
mod python;
mod run;
mod step;
mod task;

use std::process::ExitCode;

use task::{HELP, Task};

fn main() -> ExitCode {
    let task = match Task::parse(std::env::args().skip(1)) {
        Ok(task) => task,
        Err(error) => {
            eprintln!("error: {error}");
            return ExitCode::from(2);
        }
    };
    if task == Task::Help {
        print!("{HELP}");
        return ExitCode::SUCCESS;
    }
    if let Some(result) = task.act() {
        return match result {
            Ok(()) => ExitCode::SUCCESS,
            Err(error) => {
                eprintln!("error: {error}");
                ExitCode::FAILURE
            }
        };
    }
    match run::missing_component(task.components()) {
        Some(advice) => {
            eprintln!("error: {advice}");
            ExitCode::FAILURE
        }
        None => run::all(&task.steps(run::has("nextest"))),
    }
}
