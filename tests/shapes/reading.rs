//! What the tests of shapes share: adapters by name, and what an event says.

use std::collections::BTreeSet;

use serde_json::Value;
use tactful::adapters::{
    Mapping, cloudevents, intercom, openfeature, salesforce, segment, servicenow, snowplow, xdm,
    zendesk,
};
use tactful::context::{
    Answer, Cart, Change, Contact, Device, Event, Grant, Interaction, Onboarding, Order, Profile,
    Refund, Subscription, Ticket, View,
};
use tactful::{Error, OrderStatus, Outcome, Timestamp};

/// The adapters by the names of their systems.
pub(crate) const SYSTEMS: [&str; 9] = [
    "segment",
    "xdm",
    "snowplow",
    "cloudevents",
    "zendesk",
    "intercom",
    "salesforce",
    "servicenow",
    "openfeature",
];

pub(crate) const NOW: &str = "2026-03-02T12:00:00Z";

/// Reads an original by the adapter of a system.
pub(crate) fn read(system: &str, json: &str, mapping: &Mapping) -> Result<Event, Error> {
    let now: Timestamp = NOW.parse().unwrap();
    match system {
        "segment" | "rudderstack" => segment::event(json, mapping),
        "xdm" => xdm::event(json, mapping),
        "snowplow" => snowplow::event(json, mapping),
        "cloudevents" | "cloudevent" => cloudevents::event(json, mapping),
        "zendesk" => zendesk::event(json, mapping),
        "intercom" => intercom::event(json, mapping),
        "salesforce" => salesforce::event(json, mapping),
        "servicenow" => servicenow::event(json, mapping),
        "openfeature" => openfeature::event(json, now, mapping),
        other => panic!("no adapter for `{other}`"),
    }
}

/// Reads an original that is well-formed.
pub(crate) fn event(system: &str, raw: &Value) -> Event {
    event_by(system, raw, &Mapping::new())
}

pub(crate) fn event_by(system: &str, raw: &Value, mapping: &Mapping) -> Event {
    read(system, &raw.to_string(), mapping).unwrap_or_else(|error| panic!("{raw}: {error}"))
}

macro_rules! changes {
    ($($name:ident $change:ident $type:ty;)+) => {
        $(
            pub(crate) fn $name(event: &Event) -> Vec<&$type> {
                let one = |change| match change {
                    &Change::$change(ref said) => Some(said),
                    _ => None,
                };
                event.changes.iter().filter_map(one).collect()
            }
        )+
    };
}

changes! {
    tickets Ticket Ticket;
    contacts Contact Contact;
    orders Order Order;
    refunds Refund Refund;
    carts Cart Cart;
    views View View;
    devices Device Device;
    grants Grant Grant;
    interactions Interaction Interaction;
    answers Answer Answer;
    subscriptions Subscription Subscription;
    profiles Profile Profile;
    onboardings Onboarding Onboarding;
}

/// The only ticket of an event.
pub(crate) fn ticket(event: &Event) -> &Ticket {
    let [ticket] = tickets(event).try_into().unwrap_or_else(|_| panic!("{event:?}"));
    ticket
}

pub(crate) fn order(event: &Event) -> &Order {
    let [order] = orders(event).try_into().unwrap_or_else(|_| panic!("{event:?}"));
    order
}

/// Tells whether the event says that the customer was there.
pub(crate) fn was_there(event: &Event) -> bool {
    event.changes.iter().any(|change| matches!(change, Change::Seen | Change::LoggedIn))
}

/// The paths of what could not be read.
pub(crate) fn warned(event: &Event) -> Vec<&str> {
    event.warnings.iter().map(|warning| warning.path.as_str()).collect()
}

/// What the event says, in the kinds of the vectors.
///
/// Some kinds say nothing that a context holds; they have no name here.
pub(crate) fn kinds(event: &Event) -> BTreeSet<&'static str> {
    let mut kinds: BTreeSet<&str> = event.changes.iter().map(kind).collect();
    if event.user_id.is_some() && event.anonymous_id.is_some() {
        kinds.insert("identities_merged");
    }
    if kinds.contains("profile") && event.user_id.is_some() {
        kinds.insert("identified");
    }
    if event.changes.is_empty() && event.user_id.is_some() {
        kinds.insert("identified");
    }
    kinds
}

fn kind(change: &Change) -> &'static str {
    match change {
        Change::Ticket(_) => "ticket_changed",
        Change::Contact(contact) if contact.ended_at.is_some() => "contact_ended",
        Change::Contact(_) => "contact_started",
        Change::Order(order) => match order.status {
            Some(OrderStatus::Placed) => "order_completed",
            Some(OrderStatus::Cancelled) => "order_cancelled",
            _ => "order_updated",
        },
        Change::Refund(_) => "order_refunded",
        Change::Cart(cart) if cart.checkout_started_at.is_some() => "checkout_started",
        Change::Cart(_) => "cart_updated",
        Change::View(_) => "product_viewed",
        Change::Seen | Change::LoggedIn => "seen",
        Change::Onboarding(_) => "milestone_reached",
        Change::Profile(profile) if profile.joined_at.is_some() => "milestone_reached",
        Change::Profile(_) => "profile",
        Change::Device(_) => "device",
        Change::Grant(_) => "consent_changed",
        Change::Interaction(interaction) => match interaction.outcome {
            Outcome::Click => "offer_clicked",
            Outcome::Dismiss => "offer_dismissed",
            _ => "offer_shown",
        },
        Change::Answer(_) => "survey_answered",
        Change::Subscription(_) => "subscription_changed",
        Change::Attribute(..) => "attribute",
        other => panic!("no adapter says {other:?}"),
    }
}
