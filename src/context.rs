//! What is known about a customer: parts, each dated, where unknown is not false.
//!
//! A [`Context`] is a set of *parts*, one for each area of knowledge and each
//! delivered by a source of its own: support, purchases, consent and so on. A
//! part is [`Unknown`](Part::Unknown) until somebody delivers it, and a known
//! part says up to when nothing is missing from it ([`AsOf`]). A list inside a
//! part is unknown, partial or complete ([`List`]): an empty list of tickets
//! is knowledge, a missing list is not.
//!
//! Contexts are built with setters or read from JSON:
//!
//! ```
//! use tactful::context::{Context, Support, Ticket};
//! use tactful::{Timestamp, TicketState, Topic};
//!
//! let now: Timestamp = "2026-03-10T15:00:30Z".parse()?;
//! let ticket = Ticket::new("C-1", now, now).state(TicketState::Open).topic(Topic::BillingDispute);
//! let built = Context::new().support(Support::new(now).tickets([ticket]));
//!
//! let read = Context::from_json(br#"{"support": {
//!     "as_of": "2026-03-10T15:00:30Z",
//!     "tickets": [{"id": "C-1", "state": "open", "topic": "billing_dispute",
//!                  "opened_at": "2026-03-10T15:00:30Z", "updated_at": "2026-03-10T15:00:30Z"}]}}"#)?;
//! assert_eq!(built, read);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod apply;
mod appointments;
mod as_of;
mod attributes;
mod consent;
mod dated;
mod device;
mod entry;
mod event;
mod feedback;
#[cfg(feature = "json")]
mod fingerprint;
mod footprint;
mod history;
mod list;
mod merge;
mod part;
mod profile;
mod purchases;
mod read;
mod recency;
mod record;
#[cfg(feature = "snapshot")]
mod snapshot;
mod subscription;
mod support;

use serde::Serialize;

use footprint::Footprint;
use record::record;

pub use appointments::{Appointment, Appointments};
pub use as_of::AsOf;
pub use attributes::{Attribute, Attributes, Score, Scores};
pub use consent::{Consent, Grant};
pub use device::Device;
pub use entry::{Key, Record};
pub use event::{Applied, Change, Event, IgnoredReason, Warning};
pub use feedback::{Answer, Feedback};
pub use history::{History, Interaction, Retention};
pub use list::{Completeness, Count, List};
pub use part::Part;
pub use profile::Profile;
pub use purchases::{Cart, Order, Product, Purchases, Refund, View};
pub use recency::{Onboarding, Recency, SESSION_GAP, Session, Visits};
pub use subscription::Subscription;
pub use support::{Contact, Support, Ticket};

record! {
    /// What is known about one customer.
    ///
    /// Every part starts unknown. See the [module](self) for how to build one.
    #[derive(Default)]
    Context {
        required {}
        optional {
            /// The customer's id, as the caller knows it.
            user_id: String,
        }
        defaulted {
            /// Support cases and contacts.
            support: Part<Support>,
            /// Orders, the cart, and products owned.
            purchases: Part<Purchases>,
            /// The device in use.
            device: Part<Device>,
            /// When the customer was seen, and how far they have come.
            recency: Part<Recency>,
            /// What the customer agreed to.
            consent: Part<Consent>,
            /// What was shown and sent before, and what came of it.
            history: Part<History>,
            /// The contract.
            subscription: Part<Subscription>,
            /// Answers to questions of satisfaction.
            feedback: Part<Feedback>,
            /// Outputs of models.
            scores: Part<Scores>,
            /// Who the customer is.
            profile: Part<Profile>,
            /// Booked appointments.
            appointments: Part<Appointments>,
            /// Facts that the policy declares.
            attributes: Part<Attributes>,
            /// Ids the customer had before it was known who they are, at most
            /// five that events and merging bring, the greatest first.
            anonymous_ids: Vec<String>,
        }
    }
}

impl Context {
    /// Returns how many bytes of memory the context takes, without what the
    /// allocator adds, and with what it keeps to be read over
    /// ([`replace_from_json`](Self::replace_from_json)).
    ///
    /// Where contexts are built from events, lists have caps ([`Record::CAP`]),
    /// and an event that takes more than [`Event::MAX_BYTES`] is refused. The
    /// number of sources that a part has watermarks of is not limited.
    #[must_use]
    pub fn memory_bytes(&self) -> usize {
        size_of::<Self>() + self.heap_bytes()
    }
}

#[cfg(feature = "json")]
impl Context {
    /// The longest JSON text that is read: 8 MiB.
    pub const MAX_JSON_BYTES: usize = 8 << 20;

    /// Reads a context from JSON.
    ///
    /// Keys are those of the fields of this type and its parts. An absent or
    /// null part is unknown, as is an absent or null list; `[]` is a complete
    /// empty list and `{"partial": […]}` a partial one. Times are RFC 3339
    /// texts or Unix milliseconds, money is `{"minor": 1299, "currency":
    /// "EUR"}`, and words are in `snake_case`.
    ///
    /// # Errors
    ///
    /// An unknown key or word (with the nearest known one), a value of the
    /// wrong type, or a time outside the years 2000 to 2100: kind
    /// [`Context`](crate::ErrorKind::Context), with the path of the value. A
    /// text longer than [`MAX_JSON_BYTES`](Self::MAX_JSON_BYTES): kind
    /// [`TooLarge`](crate::ErrorKind::TooLarge).
    pub fn from_json(text: impl AsRef<[u8]>) -> Result<Self, crate::Error> {
        let kind = crate::ErrorKind::Context;
        crate::json::read(text.as_ref(), kind, Self::MAX_JSON_BYTES)
    }

    /// Reads a context from JSON over this one, of which nothing can be seen then.
    ///
    /// It is what [`from_json`](Self::from_json) reads; but the memory of this
    /// context is used again, so that a program that reads one customer after
    /// the other hardly allocates. What a list or a text once took stays with the
    /// context while it is there, a list up to its cap and 32 entries more, and
    /// with it, unseen, what they said of others; a new context has none of it.
    ///
    /// # Errors
    ///
    /// As [`from_json`](Self::from_json); the context is empty then.
    ///
    /// # Examples
    ///
    /// ```
    /// use tactful::Context;
    ///
    /// let mut context = Context::new();
    /// for text in [r#"{"user_id": "ada"}"#, r#"{"user_id": "ben"}"#] {
    ///     context.replace_from_json(text)?;
    ///     assert_eq!(context, Context::from_json(text)?);
    /// }
    /// # Ok::<(), tactful::Error>(())
    /// ```
    pub fn replace_from_json(&mut self, text: impl AsRef<[u8]>) -> Result<(), crate::Error> {
        let kind = crate::ErrorKind::Context;
        crate::json::read_over(text.as_ref(), kind, Self::MAX_JSON_BYTES, self)
    }

    /// Reads a context from any format that serde reads, with the errors of
    /// [`from_json`](Self::from_json).
    ///
    /// For bindings, whose values are no text.
    ///
    /// # Errors
    ///
    /// As [`from_json`](Self::from_json); there is no limit of length.
    pub fn from_deserializer<'de, D: serde::Deserializer<'de>>(
        deserializer: D,
    ) -> Result<Self, crate::Error> {
        crate::json::read_from(deserializer, crate::ErrorKind::Context)
    }

    /// Writes the context as JSON that [`from_json`](Self::from_json) reads.
    #[must_use]
    pub fn to_json(&self) -> String {
        // Nothing in a context can fail to be written: the keys are strings.
        serde_json::to_string(self).unwrap_or_default()
    }
}

/// The page for people who feed contexts, whose examples run as tests.
#[cfg(all(doctest, feature = "json", feature = "snapshot"))]
#[doc = include_str!("../docs/context.md")]
struct Page;
