//! Measures decisions for one customer: what others' measurements are held against.
//!
//! `decide_speed policy.toml customer.json request.json` prints nanoseconds: of a
//! decision on a context that is there, and of one from JSON to JSON. The bindings
//! run it beside their own measurement, in turns, and report the difference.
//! Rounds are short, and the best of many counts: on a busy machine some go
//! undisturbed.

#![allow(clippy::print_stdout, reason = "what it prints is what it is for")]

use std::error::Error;
use std::fs;
use std::hint::black_box;
use std::time::Instant;

use tactful::{Context, Engine, Request};

const ROUNDS: usize = 300;
const CALLS: u32 = 300;

fn main() -> Result<(), Box<dyn Error>> {
    let mut paths = std::env::args().skip(1);
    let mut file = || -> Result<String, Box<dyn Error>> {
        let path =
            paths.next().ok_or("usage: decide_speed policy.toml customer.json request.json")?;
        Ok(fs::read_to_string(path)?)
    };
    let (policy, customer, asked) = (file()?, file()?, file()?);
    let engine = Engine::from_toml(&policy)?;
    let context = Context::from_json(&customer)?;
    let request = Request::from_json(&asked)?;

    let decide = best(|| {
        black_box(engine.decide(black_box(&context), black_box(&request)));
        Ok(())
    })?;
    let json = best(|| {
        let context = Context::from_json(black_box(&customer))?;
        let request = Request::from_json(black_box(&asked))?;
        black_box(engine.decide(&context, &request).to_json());
        Ok(())
    })?;
    println!("{decide:.0} {json:.0}");
    Ok(())
}

/// Returns the nanoseconds of a call in the best of the rounds.
fn best(mut call: impl FnMut() -> Result<(), Box<dyn Error>>) -> Result<f64, Box<dyn Error>> {
    let mut best = f64::INFINITY;
    for _ in 0..ROUNDS {
        let start = Instant::now();
        for _ in 0..CALLS {
            call()?;
        }
        best = best.min(start.elapsed().as_nanos() as f64 / f64::from(CALLS));
    }
    Ok(best)
}
