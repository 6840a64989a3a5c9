//! Events of other systems, read by the adapters: the vectors, every row of the
//! tables of names, what is malformed, and what nobody has thought of.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test may stop at the first surprise"
)]

#[path = "shapes/malformed.rs"]
mod malformed;
#[path = "shapes/reading.rs"]
mod reading;
#[path = "shapes/tables.rs"]
mod tables;
#[path = "shapes/vectors.rs"]
mod vectors;
