//! Events in the shapes that other systems send, read into ours.
//!
//! One function a system: bytes of JSON go in, an [`Event`] comes out, and
//! [`Context::apply`](crate::Context::apply) takes it in. A [`Mapping`] says
//! what the customer of a system has named there: tags, states, promotions.
//!
//! | system | module | what it reads |
//! |---|---|---|
//! | Segment, RudderStack | `segment` | track, identify, page, screen, group, alias |
//! | Adobe Experience Platform | `xdm` | experience events |
//! | Snowplow | `snowplow` | enriched events, with the e-commerce entities |
//! | CloudEvents | `cloudevents` | structured JSON, with data of the other systems |
//! | Zendesk | `zendesk` | tickets |
//! | Intercom | `intercom` | conversations and tickets |
//! | Salesforce Service Cloud | `salesforce` | cases |
//! | ServiceNow | `servicenow` | incidents |
//! | OpenFeature | `openfeature` | evaluation contexts |
//!
//! Each is behind the cargo feature of its name; `adapters` is all of them.
//!
//! # Examples
//!
#![cfg_attr(feature = "zendesk", doc = "```")]
#![cfg_attr(not(feature = "zendesk"), doc = "```ignore")]
//! use tactful::adapters::{Mapping, zendesk};
//! use tactful::{Context, Topic};
//!
//! let mapping = Mapping::new().topic("rechnung_falsch", Topic::BillingDispute);
//! let event = zendesk::event(br#"{"ticket": {
//!     "id": 35436, "external_id": "u-1001", "status": "pending", "tags": ["rechnung_falsch"],
//!     "created_at": "2026-03-02T09:00:00Z", "updated_at": "2026-03-02T09:12:00Z"}}"#, &mapping)?;
//!
//! let mut context = Context::new();
//! context.apply(&event)?;
//! let ticket = &context.support.known().unwrap().tickets.items()[0];
//! assert_eq!(ticket.topic, Some(Topic::BillingDispute));
//! # Ok::<(), tactful::Error>(())
//! ```
//!
//! # What is read, and what is not
//!
//! Nothing is guessed. A state, a topic or a channel that is not in the tables
//! and not in the mapping is unknown, and the event bears a
//! [`Warning`](crate::context::Warning) with the path in the original; so does
//! an amount without a currency, and an id that stands for nobody. What is
//! needed to make sense of an event at all is an error: its time, and the id
//! of its order or ticket. An event that says nothing that a context holds has
//! no changes.
//!
//! Times are read in five notations: RFC 3339, the same with the offset
//! `+0000`, `YYYY-MM-DD HH:MM:SS` in UTC, Unix seconds and Unix milliseconds;
//! in the years 2000 to 2100. Amounts of money are rounded half to even, by
//! the exponent of their currency, on the decimal as it is written; a number
//! of JSON is exact up to 15 digits, a text up to 30.
//!
//! # Errors
//!
//! Every adapter gives an error of kind [`Event`](crate::ErrorKind::Event),
//! with the path in the original, if the text is not JSON, or if what makes
//! the event useful is missing; and of kind
//! [`TooLarge`](crate::ErrorKind::TooLarge) if the text is longer than
//! [`MAX_JSON_BYTES`].

#[cfg_attr(not(feature = "adapters"), allow(dead_code, reason = "each system uses some of it"))]
mod amount;
#[cfg_attr(not(feature = "adapters"), allow(dead_code, reason = "each system uses some of it"))]
mod desk;
#[cfg_attr(not(feature = "adapters"), allow(dead_code, reason = "each system uses some of it"))]
mod facts;
mod folded;
#[cfg_attr(not(feature = "adapters"), allow(dead_code, reason = "each system uses some of it"))]
mod goods;
#[cfg_attr(not(feature = "adapters"), allow(dead_code, reason = "each system uses some of it"))]
mod identity;
#[cfg_attr(not(feature = "adapters"), allow(dead_code, reason = "each system uses some of it"))]
mod mapping;
mod moments;
#[cfg_attr(not(feature = "adapters"), allow(dead_code, reason = "each system uses some of it"))]
mod original;
#[cfg_attr(not(feature = "adapters"), allow(dead_code, reason = "each system uses some of it"))]
mod words;

#[cfg(feature = "cloudevents")]
pub mod cloudevents;
#[cfg(feature = "intercom")]
pub mod intercom;
#[cfg(feature = "openfeature")]
pub mod openfeature;
#[cfg(feature = "salesforce")]
pub mod salesforce;
#[cfg(feature = "segment")]
pub mod segment;
#[cfg(feature = "servicenow")]
pub mod servicenow;
#[cfg(feature = "snowplow")]
pub mod snowplow;
#[cfg(feature = "xdm")]
pub mod xdm;
#[cfg(feature = "zendesk")]
pub mod zendesk;

use serde_json::Value;

use original::{Notes, Original};

use crate::context::Event;
use crate::error::{Error, ErrorKind};

pub use mapping::{Mapping, Milestone, Names, System, TopicMap};

/// The longest JSON text of one event that is read: 1 MiB.
pub const MAX_JSON_BYTES: usize = 1 << 20;

/// Reads the text, and what it tells by way of an adapter.
fn read(
    json: &[u8],
    source: &str,
    mapping: &Mapping,
    tell: impl FnOnce(&Original<'_>) -> Result<Event, Error>,
) -> Result<Event, Error> {
    let value: Value = crate::json::read(json, ErrorKind::Event, MAX_JSON_BYTES)?;
    let notes = Notes::default();
    let mut event = tell(&Original::new(&value, &notes)?)?;
    event.warnings = notes.into_warnings();
    if event.source.is_none() || mapping.source.is_some() {
        event.source = Some(mapping.source.as_deref().unwrap_or(source).to_owned());
    }
    Ok(event)
}

/// The page for people who have such a feed, whose examples run as tests.
#[cfg(all(doctest, feature = "adapters", feature = "toml"))]
#[doc = include_str!("../docs/adapters.md")]
struct Page;
