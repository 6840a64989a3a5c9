//! Measures decisions for one customer: what others' measurements are held against.
//!
//! `decide_speed policy.toml customer.json request.json` prints nanoseconds, the
//! median of eleven rounds: of a decision on a context that is there, and of one
//! from JSON to JSON. The bindings run it beside their own measurement, in turns,
//! and report the difference.

use std::error::Error;
use std::fs;
use std::hint::black_box;
use std::time::Instant;

use tactful::{Context, Engine, Request};

const ROUNDS: usize = 11;
const CALLS: u32 = 20_000;

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

    let decide = median(|| {
        black_box(engine.decide(black_box(&context), black_box(&request)));
        Ok(())
    })?;
    let json = median(|| {
        let context = Context::from_json(black_box(&customer))?;
        let request = Request::from_json(black_box(&asked))?;
        black_box(engine.decide(&context, &request).to_json());
        Ok(())
    })?;
    println!("{decide:.0} {json:.0}");
    Ok(())
}

/// Returns the nanoseconds of a call, the median of several rounds.
fn median(mut call: impl FnMut() -> Result<(), Box<dyn Error>>) -> Result<f64, Box<dyn Error>> {
    let mut rounds = Vec::new();
    for _ in 0..ROUNDS {
        let start = Instant::now();
        for _ in 0..CALLS {
            call()?;
        }
        rounds.push(start.elapsed().as_nanos() as f64 / f64::from(CALLS));
    }
    rounds.sort_by(f64::total_cmp);
    Ok(rounds[ROUNDS / 2])
}
