//! Something that happened, and what it says about a customer.

#[cfg(feature = "json")]
mod json;

use std::fmt;

use super::list::settle;
use super::{
    Answer, Appointment, Attribute, Cart, Contact, Device, Grant, Interaction, Onboarding, Order,
    Product, Profile, Refund, Score, Subscription, Ticket, View,
};
use crate::time::Timestamp;
use crate::vocabulary::{Channel, PartName};

/// Something that happened, and what it says about a customer.
///
/// An event says one thing or several: an order on the web tells of an order,
/// of a device, and that the customer was there. It is made with setters, read
/// from [JSON](Event::from_json), or read from what other systems send by the
/// functions of [`adapters`](crate::adapters); [`Context::apply`] takes it in.
///
/// # Examples
///
/// ```
/// use tactful::context::{Applied, Context, Event, Ticket};
/// use tactful::{Timestamp, TicketState, Topic};
///
/// let now: Timestamp = "2026-03-10T15:00:30Z".parse()?;
/// let ticket = Ticket::new("C-1", now, now).state(TicketState::Open).topic(Topic::BillingDispute);
/// let event = Event::new(now).user_id("u-1001").ticket(ticket);
///
/// let mut context = Context::new();
/// assert!(matches!(context.apply(&event)?, Applied::Applied { .. }));
/// assert_eq!(context.apply(&event)?, Applied::Duplicate);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// [`Context::apply`]: super::Context::apply
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Event {
    /// When it happened.
    pub at: Timestamp,
    /// What identifies the event where it comes from. It is for logs: an event
    /// that arrives twice is found out by what it says.
    pub id: Option<String>,
    /// The system it comes from. It counts for watermarks and for the device.
    pub source: Option<String>,
    /// The customer's id, if the event says it.
    pub user_id: Option<String>,
    /// The visitor's id, if the event says it.
    pub anonymous_id: Option<String>,
    /// What the event says.
    pub changes: Vec<Change>,
    /// What in the original could not be read, and was left out.
    pub warnings: Vec<Warning>,
}

/// One thing that an event says.
///
/// A record stands as a whole: what it does not carry is unknown from then on.
/// Fields of the profile and the subscription stand each for themselves, and
/// so do scores and attributes; their `as_of` does not matter, since the time
/// of the event dates them.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum Change {
    /// How a support case stands.
    Ticket(Ticket),
    /// A contact began, or it ended: then it says when.
    Contact(Contact),
    /// How an order stands. One that does not say when it changed changed at
    /// the time of the event.
    Order(Order),
    /// An order was refunded, or a part of it.
    Refund(Refund),
    /// What lies in the cart.
    Cart(Cart),
    /// What the customer owns.
    Product(Product),
    /// The customer looked at something.
    View(View),
    /// The customer was there.
    Seen,
    /// The customer signed in.
    LoggedIn,
    /// How far the customer has come with getting started.
    Onboarding(Onboarding),
    /// The device in use.
    Device(Device),
    /// What the customer agreed to, or refused.
    Grant(Grant),
    /// The channels on which nothing may be sent, all of them.
    HardBlocks(Vec<Channel>),
    /// The channels in the order the customer prefers them.
    PreferredChannels(Vec<Channel>),
    /// What came of a recommendation.
    Interaction(Interaction),
    /// An answer to a question of satisfaction.
    Answer(Answer),
    /// Facts of the contract.
    Subscription(Subscription),
    /// How an appointment stands.
    Appointment(Appointment),
    /// The output of a model.
    Score(String, Score),
    /// A fact that the policy declares.
    Attribute(String, Attribute),
    /// Facts of the person or the account.
    Profile(Profile),
    /// A watermark: nothing about a part is missing from the source of the
    /// event, up to its time.
    Watermark(PartName),
}

/// Something in an original that could not be read, and was left out.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Warning {
    /// Where it stands in the original, such as `properties.currency`.
    pub path: String,
    /// What is the matter with it.
    pub message: String,
}

impl Warning {
    /// Makes a warning about a place in an original.
    #[must_use]
    pub fn new(path: impl Into<String>, message: impl Into<String>) -> Self {
        Self { path: path.into(), message: message.into() }
    }
}

impl fmt::Display for Warning {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.path, self.message)
    }
}

macro_rules! says {
    ($($(#[$doc:meta])* $name:ident($($argument:ident: $type:ty),*) $change:ident;)+) => {
        $(
            $(#[$doc])*
            #[must_use]
            pub fn $name(self, $($argument: $type),*) -> Self {
                self.change(Change::$change$(($argument))*)
            }
        )+
    };
}

impl Event {
    /// The most bytes of memory an event may take: 16 KiB.
    pub const MAX_BYTES: usize = 16 << 10;

    /// Makes an event that says nothing yet.
    #[must_use]
    pub fn new(at: Timestamp) -> Self {
        Self {
            at,
            id: None,
            source: None,
            user_id: None,
            anonymous_id: None,
            changes: Vec::new(),
            warnings: Vec::new(),
        }
    }

    /// Sets [`id`](Self#structfield.id).
    #[must_use]
    pub fn id(mut self, id: impl Into<String>) -> Self {
        self.id = Some(id.into());
        self
    }

    /// Sets [`source`](Self#structfield.source).
    #[must_use]
    pub fn source(mut self, source: impl Into<String>) -> Self {
        self.source = Some(source.into());
        self
    }

    /// Sets [`user_id`](Self#structfield.user_id).
    #[must_use]
    pub fn user_id(mut self, id: impl Into<String>) -> Self {
        self.user_id = Some(id.into());
        self
    }

    /// Sets [`anonymous_id`](Self#structfield.anonymous_id).
    #[must_use]
    pub fn anonymous_id(mut self, id: impl Into<String>) -> Self {
        self.anonymous_id = Some(id.into());
        self
    }

    /// Adds something that the event says.
    ///
    /// Orders, appointments and onboarding that do not say when they changed
    /// changed at the time of the event, which dates the device, too, and the
    /// facts of the profile and the subscription.
    #[must_use]
    pub fn change(mut self, mut change: Change) -> Self {
        match &mut change {
            Change::Order(order) => {
                order.updated_at = order.updated_at.or(Some(self.at));
                order.dated.clear();
                settle(&mut order.refunds);
            }
            Change::Appointment(one) => one.updated_at = one.updated_at.or(Some(self.at)),
            Change::Onboarding(one) => one.updated_at = one.updated_at.or(Some(self.at)),
            Change::Device(facts) => facts.as_of = self.at.into(),
            // There is one zero, also where the field was set.
            Change::Score(_, score) => score.value += 0.0,
            Change::Attribute(_, Attribute::Double(value)) => *value += 0.0,
            Change::Subscription(facts) => {
                facts.as_of = self.at.into();
                facts.dated.clear();
            }
            Change::Profile(facts) => {
                facts.as_of = self.at.into();
                facts.dated.clear();
            }
            _ => {}
        }
        self.changes.push(change);
        self
    }

    says! {
        /// Says how a support case stands.
        ticket(ticket: Ticket) Ticket;
        /// Says that a contact began, or ended.
        contact(contact: Contact) Contact;
        /// Says how an order stands.
        order(order: Order) Order;
        /// Says that an order was refunded, or a part of it.
        refund(refund: Refund) Refund;
        /// Says what lies in the cart.
        cart(cart: Cart) Cart;
        /// Says what the customer owns.
        product(product: Product) Product;
        /// Says that the customer looked at something.
        view(view: View) View;
        /// Says that the customer was there.
        seen() Seen;
        /// Says that the customer signed in.
        logged_in() LoggedIn;
        /// Says how far the customer has come with getting started.
        onboarding(onboarding: Onboarding) Onboarding;
        /// Says which device is in use.
        device(device: Device) Device;
        /// Says what the customer agreed to, or refused.
        grant(grant: Grant) Grant;
        /// Says on which channels nothing may be sent.
        hard_blocks(channels: Vec<Channel>) HardBlocks;
        /// Says which channels the customer prefers, in their order.
        preferred_channels(channels: Vec<Channel>) PreferredChannels;
        /// Says what came of a recommendation.
        interaction(interaction: Interaction) Interaction;
        /// Says what the customer answered.
        answer(answer: Answer) Answer;
        /// Says facts of the contract.
        subscription(subscription: Subscription) Subscription;
        /// Says how an appointment stands.
        appointment(appointment: Appointment) Appointment;
        /// Says facts of the person or the account.
        profile(profile: Profile) Profile;
        /// Says that nothing about a part is missing from the source.
        watermark(part: PartName) Watermark;
    }

    /// Says the output of a model.
    #[must_use]
    pub fn score(self, name: impl Into<String>, value: f64) -> Self {
        self.change(Change::Score(name.into(), Score::new(value)))
    }

    /// Says a fact that the policy declares.
    #[must_use]
    pub fn attribute(self, name: impl Into<String>, value: impl Into<Attribute>) -> Self {
        self.change(Change::Attribute(name.into(), value.into()))
    }
}

/// What became of an event.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Applied {
    /// The context says something else now.
    Applied {
        /// What in the original was left out.
        warnings: Vec<Warning>,
    },
    /// The context said all of it already.
    Duplicate,
    /// The context knows newer versions of all it tells.
    Superseded,
    /// The event does not count here.
    Ignored {
        /// Why.
        reason: IgnoredReason,
    },
}

/// Why an event does not count.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum IgnoredReason {
    /// It says nothing that a context holds.
    #[error("it says nothing that a context holds")]
    Nothing,
    /// It is older than everything that a full list keeps.
    #[error("it is older than everything that a full list keeps")]
    TooOld,
    /// A device is as old as its newest event, and needs no watermark.
    #[error("a device is as old as its newest event, and needs no watermark")]
    DeviceWatermark,
}
