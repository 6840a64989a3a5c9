//! A promise is proved, then somebody edits the policy, and a customer turns up
//! for whom it does not hold any more.
//!
//! `cargo run --example promises`

#![allow(clippy::print_stdout, reason = "an example talks to the terminal")]

use tactful::condition::Truth;
use tactful::prove::{Answer, Budget, Example};
use tactful::{Engine, Policy};

const POLICY: &str = include_str!("policies/promises.toml");

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let engine = Engine::from_toml(POLICY)?;
    println!("proved for every customer and every request:");
    for (promise, rests_on) in engine.analyse(Budget::default()).rests_on {
        println!("   {promise}, which rests on {}", rests_on.join(" and "));
    }

    println!("\nso that fewer offers are lost when the support feed is late, somebody writes:\n");
    let edited = POLICY.replace(
        "because = \"nobody wants an offer while arguing about a bill\"",
        "on_unknown = \"allow\"\nbecause = \"nobody wants an offer while arguing about a bill\"",
    );
    println!("   on_unknown = \"allow\"\n\nand the policy is not loaded:\n");
    match Engine::from_toml(&edited) {
        Ok(_) => println!("it is loaded after all"),
        Err(error) => println!("{error}"),
    }

    // A tool may look at it all the same, and ask for customers of its own.
    let edited = Engine::unproved(Policy::from_toml(&edited)?)?;
    let question = edited
        .question()
        .is("dispute_open", Truth::Unknown)?
        .is("profile.plan == \"small\"", Truth::True)?;
    if let Answer::Possible(example) = question.answer()
        && let Example::Context(context, request) = *example
    {
        println!(
            "\na small customer of whom nobody can tell whether they have a dispute, on {}:",
            request.channel
        );
        println!("   {}", context.to_json());
    }
    Ok(())
}
