//! Reads a policy back in English, for whoever has to agree to it.
//!
//! `cargo run --example describe_policy -- [FILE.toml]`

#![allow(clippy::print_stdout, reason = "an example talks to the terminal")]

use tactful::Engine;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let engine = match std::env::args().nth(1) {
        Some(file) => Engine::from_toml(&std::fs::read_to_string(file)?)?,
        None => Engine::from_toml(include_str!("policies/customer_care.toml"))?,
    };
    print!("{}", engine.describe());
    Ok(())
}
