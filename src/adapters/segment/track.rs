//! What happened: the events that are tracked, by their names.

use super::super::Mapping;
use super::super::original::Original;
use super::kind::Kind;
use super::surroundings::Presence;
use super::{accounts, consents, offers, shop};
use crate::context::{Change, Event};
use crate::error::Error;
use crate::vocabulary::{Outcome, Purpose};

/// Tells what a tracked event says.
pub(super) fn tell(
    message: &Original<'_>,
    event: &mut Event,
    mapping: &Mapping,
) -> Result<Presence, Error> {
    let Some(name) = message.text("event") else {
        return Err(message.error("event", "the name of the tracked event is missing"));
    };
    let milestone = mapping.milestones.get(name);
    event.changes.extend(milestone.map(|known| Change::Onboarding(known.reached(event.at))));
    let name = mapping.events.get(name).map_or(name, String::as_str);
    let Some(kind) = Kind::of(name) else {
        return Ok(Presence::None);
    };
    let nothing = serde_json::Value::Null;
    let properties = message.object("properties");
    let properties = properties.unwrap_or_else(|| message.beneath("properties", &nothing));
    tell_kind(kind, message, &properties, event, mapping)?;
    Ok(kind.presence())
}

/// Tells what an event of a kind says.
pub(super) fn tell_kind(
    kind: Kind,
    message: &Original<'_>,
    properties: &Original<'_>,
    event: &mut Event,
    mapping: &Mapping,
) -> Result<(), Error> {
    match kind {
        Kind::OrderCompleted | Kind::OrderUpdated | Kind::OrderCancelled => {
            shop::order(kind, message, properties, event, mapping)?;
        }
        Kind::OrderRefunded => shop::refund(properties, event, mapping)?,
        Kind::ProductViewed => shop::view(properties, event),
        Kind::CartViewed | Kind::CheckoutStarted => shop::cart(kind, properties, event, mapping),
        Kind::PromotionViewed => {
            offers::promotion(Outcome::Impression, message, properties, event, mapping);
        }
        Kind::PromotionClicked => {
            offers::promotion(Outcome::Click, message, properties, event, mapping);
        }
        Kind::EmailDelivered => offers::email(Outcome::Delivered, properties, event, mapping),
        Kind::EmailOpened => offers::email(Outcome::Impression, properties, event, mapping),
        Kind::EmailLinkClicked => offers::email(Outcome::Click, properties, event, mapping),
        Kind::PushReceived => offers::push(Outcome::Delivered, properties, event, mapping),
        Kind::PushTapped => offers::push(Outcome::Click, properties, event, mapping),
        Kind::Unsubscribed => consents::unsubscribed(event, Purpose::Marketing),
        Kind::ConsentUpdated => consents::tell(message, event, mapping),
        Kind::SignedIn => event.changes.push(Change::LoggedIn),
        Kind::SignedUp
        | Kind::TrialStarted
        | Kind::TrialEnded
        | Kind::AccountCreated
        | Kind::AccountDeleted => accounts::tell(kind, properties, event),
        Kind::ChatStarted | Kind::ChatEnded => accounts::chat(kind, properties, event),
        Kind::Browsed | Kind::Nothing => {}
    }
    Ok(())
}
