//! Messages of Segment, and of RudderStack, which sends the same.

mod accounts;
mod consents;
mod kind;
mod offers;
mod shop;
mod surroundings;
mod track;

use super::original::Original;
use super::{Mapping, System, identity};
use crate::context::{Change, Event, Profile};
use crate::error::Error;
use crate::time::Timestamp;

use surroundings::Presence;

/// Reads a message: track, identify, page, screen, group or alias.
///
/// * Track: the events of the e-commerce specification (orders, refunds,
///   products, cart, checkout, promotions), of e-mail, push, live chat, mobile
///   and B2B SaaS, and the change of consent. Their names are compared without
///   regard to case, and [`events`](Mapping::events) gives other names to
///   them. What else is tracked says nothing, unless it is one of the
///   [`milestones`](Mapping::milestones).
/// * Identify: `plan`, `role`, `age`, `country`, `language`, `timezone`,
///   `createdAt`, `segments` and `company.id` are facts of the profile; other
///   traits are attributes if the mapping [says so](Mapping::attributes).
/// * Page and screen: the customer was there. Group: `groupId` and `plan`.
/// * Alias, and any message with both ids, joins the visitor to the customer.
///
/// What the customer does themselves says, besides, that they were there, on
/// which device, and in which time zone; unless a server says it.
///
/// `total` is what an order cost. `revenue` is without tax and shipping, and
/// never taken for it. A refund with neither an amount nor products is one of
/// the whole order.
///
/// `Product Added` and `Product Removed` tell of one product, and not what the
/// cart holds then: they say only that the customer was there. `Cart Viewed`
/// and `Checkout Started` list the products, and so does the cart.
///
/// Consent counts where a message tells that it changed. Without
/// `context.consent` nothing is said, without a category nothing is said about
/// it; but empty preferences refuse everything the mapping knows of, as they do
/// at Segment.
///
/// The event is of its `timestamp`, or else of `receivedAt` less the time
/// between `originalTimestamp` and `sentAt`, which corrects a wrong clock.
///
/// # Errors
///
/// See the [module](super#errors): a message without a time or a type, or of
/// an order without `order_id`, says nothing.
///
/// # Examples
///
/// ```
/// use tactful::adapters::{Mapping, segment};
/// use tactful::context::Change;
/// use tactful::{Currency, Money};
///
/// let event = segment::event(br#"{"type": "track", "event": "Order Completed",
///     "messageId": "m-1", "userId": "u-1001", "timestamp": "2026-03-02T10:15:30.250Z",
///     "properties": {"order_id": "o-501", "total": 27.5, "currency": "USD"}}"#, &Mapping::new())?;
/// let Change::Order(order) = &event.changes[0] else { panic!() };
/// assert_eq!(order.total, Some(Money::new(2_750, "USD".parse()?)));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn event(json: impl AsRef<[u8]>, mapping: &Mapping) -> Result<Event, Error> {
    super::read(json.as_ref(), System::Segment.as_str(), mapping, |original| {
        tell(original, mapping)
    })
}

/// Tells what a message says.
pub(super) fn tell(message: &Original<'_>, mapping: &Mapping) -> Result<Event, Error> {
    let mut event = Event::new(time(message)?);
    event.id = message.id("messageId");
    event.user_id = identity::customer(&[message], mapping, &["userId"]);
    event.anonymous_id = identity::person(message, "anonymousId");
    let kind = message.word("type").ok_or_else(|| {
        message.error("type", "expected track, identify, page, screen, group or alias")
    })?;
    let presence = match kind.as_str() {
        "track" => track::tell(message, &mut event, mapping)?,
        "page" | "screen" => Presence::Certain,
        "identify" => {
            accounts::identify(message, &mut event, mapping);
            Presence::None
        }
        "group" => {
            accounts::group(message, &mut event);
            Presence::None
        }
        "alias" => {
            alias(message, &mut event);
            Presence::None
        }
        _ => {
            message.warn("type", format!("`{kind}` is not a known type of message"));
            Presence::None
        }
    };
    surroundings::tell(message, &mut event, &kind, presence);
    if mapping.stamped_consent && !consents::is_told(&event) {
        consents::tell(message, &mut event, mapping);
    }
    Ok(event)
}

/// Tells what an event of the e-commerce specification says that came without
/// a message around it: its properties alone.
#[cfg(feature = "cloudevents")]
pub(super) fn tell_properties(
    name: &str,
    properties: &Original<'_>,
    event: &mut Event,
    mapping: &Mapping,
) -> Result<bool, Error> {
    let Some(kind) = kind::Kind::of(name) else {
        return Ok(false);
    };
    track::tell_kind(kind, properties, properties, event, mapping)?;
    Ok(true)
}

/// Reads when it happened, by the clock of the server.
fn time(message: &Original<'_>) -> Result<Timestamp, Error> {
    if message.has("timestamp") {
        return message.required_time(&["timestamp"]);
    }
    let times = ["receivedAt", "sentAt", "originalTimestamp"].map(|path| message.time(path));
    if let [Some(received), Some(sent), Some(original)] = times {
        return Ok(received - sent.since(original));
    }
    message.required_time(&["timestamp", "originalTimestamp", "sentAt", "receivedAt"])
}

fn alias(message: &Original<'_>, event: &mut Event) {
    let previous = identity::person(message, "previousId");
    event.anonymous_id = previous.or(event.anonymous_id.take());
}

/// Says facts of the profile, if there are any.
fn say_profile(event: &mut Event, profile: Profile) {
    if profile != Profile::new(event.at) {
        event.changes.push(Change::Profile(profile));
    }
}
