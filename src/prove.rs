//! Proof of promises and findings about whole policies; counterexamples
//! replayed through the pipeline.

mod analyse;
mod ask;
mod budget;
mod certificate;
mod concrete;
mod counterexample;
mod diff;
#[cfg(all(test, feature = "toml"))]
mod dimacs;
mod dress;
mod encode;
mod formula;
mod literal;
mod policy;
mod promise;
mod question;
mod report;
mod settle;
mod solver;
mod taste;
mod words;
mod world;

pub(crate) use analyse::analyse;
pub use analyse::{Analysis, Finding};
pub use budget::Budget;
pub use counterexample::Counterexample;
pub(crate) use diff::diff;
pub use diff::{Change, Difference};
pub(crate) use promise::prove;
pub use promise::{Proof, Verdict};
pub use question::{Answer, Example, Question};
pub(crate) use report::check_promises;
