//! Tactful.

pub mod condition;
pub mod context;
pub mod diagnostic;
mod error;
pub mod hash;
#[cfg(feature = "json")]
mod json;
pub mod schema;
pub mod time;
pub mod vocabulary;

pub use context::Context;
pub use error::{Error, ErrorKind};
pub use time::{Duration, Timestamp};
pub use vocabulary::*;
