#![doc = include_str!("../README.md")]

#[cfg(any(
    feature = "cloudevents",
    feature = "intercom",
    feature = "openfeature",
    feature = "salesforce",
    feature = "segment",
    feature = "servicenow",
    feature = "snowplow",
    feature = "xdm",
    feature = "zendesk"
))]
pub mod adapters;
pub mod analytics;
mod check;
pub mod condition;
pub mod context;
mod decide;
pub mod decision;
pub mod diagnostic;
mod engine;
mod error;
pub mod explain;
pub mod hash;
#[cfg(feature = "json")]
mod json;
mod object;
mod plan;
pub mod policy;
pub mod prove;
pub mod schema;
pub mod time;
pub mod vocabulary;

pub use context::Context;
pub use decide::{Bound, Scratch};
pub use decision::{Decision, Request};
pub use engine::Engine;
pub use error::{Error, ErrorKind};
pub use explain::Explanation;
pub use policy::Policy;
pub use time::{Duration, Timestamp};
pub use vocabulary::*;
