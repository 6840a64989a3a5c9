#![doc = include_str!("../README.md")]

mod cells;
mod columns;
mod error;
mod options;
mod output;
mod probe;
mod read;
mod shape;

use arrow_array::RecordBatch;
use tactful::Engine;

pub use columns::Columns;
pub use error::{Error, RowFault};
pub use options::{Accounts, OnError, Options};
pub use output::{result_ddl, result_schema};

/// Decides for every row of a batch.
///
/// Whoever has several batches of one schema makes the plan once:
/// [`Columns::new`], then [`Columns::decide`].
///
/// # Errors
///
/// As those two.
pub fn decide_batch(
    engine: &Engine,
    batch: &RecordBatch,
    options: &Options,
) -> Result<RecordBatch, Error> {
    Columns::new(batch.schema_ref(), options)?.decide(engine, batch)
}
