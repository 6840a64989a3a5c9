//! Proof of promises and findings about whole policies; counterexamples
//! replayed through the pipeline.

mod certificate;
mod literal;
mod solver;
