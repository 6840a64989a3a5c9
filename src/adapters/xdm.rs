//! Experience events of Adobe's Experience Data Model.

mod commerce;
mod consents;
mod people;
mod propositions;

use super::original::Original;
use super::{Mapping, System, words};
use crate::context::{Change, Device, Event, Profile};
use crate::error::Error;
use crate::vocabulary::{Environment, OrderStatus, Outcome};

/// Reads an experience event.
///
/// * `commerce.purchases`, and the `commerce.backoffice…` events: orders,
///   what becomes of them, and refunds. A credit memo that does not list its
///   `refunds` does not say how much was refunded, and is left out.
/// * `commerce.productViews`, `productListViews` and `checkouts`: views, and
///   the cart, if the event lists its products. `productListAdds` and
///   `productListRemovals` tell of single products and not what the cart holds
///   then: they say only that the customer was there.
/// * `web.webpagedetails.pageViews`, `application.launch` and the like: the
///   customer was there, on which device.
/// * `decisioning.proposition…` and `directMarketing.email…`: what came of
///   offers. The action is the id of the item, or of the proposition.
/// * `consents`, and `directMarketing.emailUnsubscribed`: consent.
///
/// In the `identityMap` the primary identity is the customer's, unless it is
/// that of a device (`ECID` and the like), which is the visitor's; then, as
/// without a primary one, it is the identity of `CRMID` or another namespace
/// of customers.
///
/// # Errors
///
/// See the [module](super#errors): an event without `timestamp`, or of an
/// order without `commerce.order.purchaseID`, says nothing.
///
/// # Examples
///
/// ```
/// use tactful::adapters::{Mapping, xdm};
///
/// let event = xdm::event(br#"{"_id": "x-1", "timestamp": "2026-03-02T10:15:30.250Z",
///     "eventType": "web.webpagedetails.pageViews", "device": {"type": "tablet"},
///     "identityMap": {"ECID": [{"id": "4711", "primary": true}],
///                     "CRMID": [{"id": "u-1001"}]}}"#, &Mapping::new())?;
/// assert_eq!(event.user_id.as_deref(), Some("u-1001"));
/// assert_eq!(event.anonymous_id.as_deref(), Some("4711"));
/// assert_eq!(event.changes.len(), 2, "the customer was there, with a tablet");
/// # Ok::<(), tactful::Error>(())
/// ```
pub fn event(json: impl AsRef<[u8]>, mapping: &Mapping) -> Result<Event, Error> {
    super::read(json.as_ref(), System::Xdm.as_str(), mapping, |original| tell(original, mapping))
}

/// Tells what an experience event says.
pub(super) fn tell(whole: &Original<'_>, mapping: &Mapping) -> Result<Event, Error> {
    let mut event = Event::new(whole.required_time(&["timestamp"])?);
    event.id = whole.id("_id");
    people::identify(whole, &mut event, mapping);
    let kind = whole.text("eventType").unwrap_or_default();
    let was_there = tell_kind(kind, whole, &mut event, mapping)?;
    consents::tell(whole, &mut event);
    let milestone = mapping.milestones.get(kind).map(|known| known.reached(event.at));
    event.changes.extend(milestone.map(Change::Onboarding));
    if was_there {
        surroundings(whole, &mut event);
    }
    Ok(event)
}

/// Tells what an event of a type says, and whether the customer was there.
fn tell_kind(
    kind: &str,
    whole: &Original<'_>,
    event: &mut Event,
    mapping: &Mapping,
) -> Result<bool, Error> {
    match kind {
        "commerce.purchases" => {
            commerce::order(whole, event, mapping, Some(OrderStatus::Placed))?;
            return Ok(true);
        }
        "commerce.backofficeOrderPlaced" => {
            commerce::order(whole, event, mapping, Some(OrderStatus::Placed))?;
        }
        // That all is shipped does not mean that it has arrived.
        "commerce.backofficeOrderItemsShipped"
        | "commerce.backofficeShipmentCompleted"
        | "commerce.backofficeOrderShipmentCompleted" => {
            commerce::order(whole, event, mapping, Some(OrderStatus::Shipped))?;
        }
        "commerce.backofficeOrderCancelled" => {
            commerce::order(whole, event, mapping, Some(OrderStatus::Cancelled))?;
        }
        "commerce.backofficeCreditMemoIssued" => commerce::refunds(whole, event, mapping)?,
        "commerce.productViews" => {
            commerce::views(whole, event);
            return Ok(true);
        }
        "commerce.productListViews" | "commerce.checkouts" => {
            commerce::cart(whole, event, mapping, kind == "commerce.checkouts");
            return Ok(true);
        }
        "decisioning.propositionDisplay" => {
            propositions::tell(Outcome::Impression, whole, event, mapping);
            return Ok(true);
        }
        "decisioning.propositionInteract" => {
            propositions::tell(Outcome::Click, whole, event, mapping);
            return Ok(true);
        }
        "decisioning.propositionDismiss" => {
            propositions::tell(Outcome::Dismiss, whole, event, mapping);
            return Ok(true);
        }
        "decisioning.propositionSend" => {
            propositions::tell(Outcome::Sent, whole, event, mapping);
        }
        "directMarketing.emailSent" => {
            propositions::email(Outcome::Sent, whole, event, mapping);
        }
        "directMarketing.emailDelivered" => {
            propositions::email(Outcome::Delivered, whole, event, mapping);
        }
        "directMarketing.emailOpened" => {
            propositions::email(Outcome::Impression, whole, event, mapping);
        }
        "directMarketing.emailClicked" => {
            propositions::email(Outcome::Click, whole, event, mapping);
        }
        "directMarketing.emailUnsubscribed" => consents::unsubscribed(event),
        "userAccount.login" => {
            event.changes.push(Change::LoggedIn);
            return Ok(true);
        }
        other => return Ok(BROWSED.iter().any(|known| known.eq_ignore_ascii_case(other))),
    }
    Ok(false)
}

/// What else customers do themselves.
const BROWSED: &[&str] = &[
    "web.webpagedetails.pageViews",
    "web.webinteraction.linkClicks",
    "application.launch",
    "commerce.productListAdds",
    "commerce.productListOpens",
    "commerce.productListReopens",
    "commerce.productListRemovals",
    "commerce.saveForLaters",
    "pushTracking.applicationOpened",
    "pushTracking.customAction",
];

/// Tells that the customer was there, on which device, and in which time zone.
fn surroundings(whole: &Original<'_>, event: &mut Event) {
    if !event.changes.contains(&Change::LoggedIn) {
        event.changes.push(Change::Seen);
    }
    let mut device = Device::new(event.at);
    device.form_factor = words::form_factor_at(whole, "device.type");
    device.platform = words::platform_at(whole, "environment.operatingSystem");
    device.environment = match whole.word("environment.type").as_deref() {
        Some("browser") => Some(Environment::Browser),
        Some("application") => Some(Environment::App),
        _ => None,
    };
    device.app_version = whole.text("application.version").map(str::to_owned);
    device.locale = whole.text("environment._dc.language").map(str::to_owned);
    event.changes.extend(words::says_something(&device).then_some(Change::Device(device)));
    let mut profile = Profile::new(event.at);
    profile.time_zone = whole.text("placeContext.ianaTimezone").map(str::to_owned);
    if profile.time_zone.is_some() {
        event.changes.push(Change::Profile(profile));
    }
}
