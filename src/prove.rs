//! Proof of promises and findings about whole policies; counterexamples
//! replayed through the pipeline.

mod ask;
mod certificate;
mod concrete;
mod encode;
mod literal;
mod question;
mod settle;
mod solver;
mod taste;
mod world;

pub use question::{Answer, Example, Question};
