//! Enriched events of Snowplow, with the entities of its e-commerce plug-in.

mod entities;
mod shop;

use super::original::Original;
use super::{Mapping, System, identity, words};
use crate::context::{Change, Device, Event, Profile};
use crate::error::Error;
use crate::time::Timestamp;
use crate::vocabulary::{Channel, Environment, FormFactor};

/// Reads an enriched event as JSON.
///
/// The action and the entities of e-commerce are found where the analytics
/// SDKs put them (`unstruct_event_com_snowplowanalytics_…`,
/// `contexts_com_snowplowanalytics_…`), where the enriched event has them
/// (`unstruct_event`, `contexts`), and under their own names (`action`,
/// `transaction`, `product`, `cart`, `promotion`, `refund`).
///
/// * `transaction` and `refund`: orders and refunds. `revenue` of a transaction
///   is what the order cost.
/// * `product_view`: views. `checkout_step`: the cart, if all of its products
///   are listed. `add_to_cart` and `remove_from_cart` tell of single products:
///   they say only that the customer was there, and so does `trns_error`.
/// * `promo_view` and `promo_click`: what came of offers.
/// * Page views, page pings, screen views and link clicks: the customer was
///   there, on which device.
///
/// The event is of `derived_tstamp`, or else of `collector_tstamp` less the
/// time between `dvce_created_tstamp` and `dvce_sent_tstamp`.
///
/// # Errors
///
/// See the [module](super#errors): an event without a time, or of an order
/// without `transaction_id`, says nothing.
///
/// # Examples
///
/// ```
/// use tactful::adapters::{Mapping, snowplow};
/// use tactful::context::Change;
/// use tactful::Money;
///
/// let event = snowplow::event(br#"{"event_id": "c6ef3124", "user_id": "u-1001",
///     "derived_tstamp": "2026-03-02 10:15:30.250", "action": {"type": "refund"},
///     "refund": {"transaction_id": "o-501", "currency": "KWD", "refund_amount": 1.234}}"#,
///     &Mapping::new())?;
/// let Change::Refund(refund) = &event.changes[0] else { panic!() };
/// assert_eq!(refund.amount, Some(Money::new(1_234, "KWD".parse()?)));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn event(json: impl AsRef<[u8]>, mapping: &Mapping) -> Result<Event, Error> {
    super::read(json.as_ref(), System::Snowplow.as_str(), mapping, |original| {
        tell(original, mapping)
    })
}

/// Tells what an enriched event says.
pub(super) fn tell(whole: &Original<'_>, mapping: &Mapping) -> Result<Event, Error> {
    let mut event = Event::new(time(whole)?);
    event.id = whole.id("event_id");
    event.user_id = identity::customer(&[whole], mapping, &["user_id"]);
    let visitors = ["domain_userid", "network_userid"];
    event.anonymous_id = visitors.iter().find_map(|path| identity::person(whole, path));
    let names = ["event_name", "event"];
    let name = whole.first(&names).and_then(|path| whole.text(path)).unwrap_or_default();
    let milestone = mapping.milestones.get(name).map(|known| known.reached(event.at));
    event.changes.extend(milestone.map(Change::Onboarding));
    let was_there = match entities::action(whole).and_then(|action| action.word("type")) {
        Some(kind) => shop::tell(&kind, whole, &mut event, mapping)?,
        None => BROWSED.contains(&name),
    };
    if was_there && whole.word("platform").as_deref() != Some("srv") {
        surroundings(whole, &mut event);
    }
    Ok(event)
}

/// What customers do themselves, besides the actions of e-commerce.
const BROWSED: &[&str] = &[
    "page_view",
    "page_ping",
    "screen_view",
    "link_click",
    "button_click",
    "submit_form",
    "change_form",
    "focus_form",
    "application_foreground",
    "application_background",
];

/// Reads when it happened, by the clock of the collector.
fn time(whole: &Original<'_>) -> Result<Timestamp, Error> {
    let derived = ["derived_tstamp", "true_tstamp"];
    if whole.first(&derived).is_some() {
        return whole.required_time(&derived);
    }
    let times = ["collector_tstamp", "dvce_sent_tstamp", "dvce_created_tstamp"];
    if let [Some(received), Some(sent), Some(created)] = times.map(|path| whole.time(path)) {
        return Ok(received - sent.since(created));
    }
    whole.required_time(&["derived_tstamp", "collector_tstamp"])
}

/// Returns the channel an event came by: the web or the app.
fn channel(whole: &Original<'_>) -> Option<Channel> {
    match whole.word("platform")?.as_str() {
        "web" => Some(Channel::Web),
        "mob" | "app" => Some(Channel::InApp),
        _ => None,
    }
}

/// Tells that the customer was there, on which device, and in which time zone.
fn surroundings(whole: &Original<'_>, event: &mut Event) {
    event.changes.push(Change::Seen);
    let mut device = Device::new(event.at);
    let mobile = entities::of(whole, "com_snowplowanalytics_snowplow", "mobile_context").next();
    device.form_factor = match words::form_factor_at(whole, "dvce_type") {
        None if whole.flag("dvce_ismobile") == Some(true) => Some(FormFactor::Mobile),
        found => found,
    };
    let system = mobile.as_ref().and_then(|mobile| words::platform_at(mobile, "osType"));
    let systems = ["os_family", "os_name"];
    device.platform =
        system.or_else(|| systems.iter().find_map(|path| words::platform_at(whole, path)));
    device.environment = match channel(whole) {
        Some(Channel::Web) => Some(Environment::Browser),
        Some(Channel::InApp) => Some(Environment::App),
        _ => None,
    };
    let application = entities::of(whole, "com_snowplowanalytics_mobile", "application").next();
    let version = application.and_then(|application| application.text("version"));
    device.app_version = version.map(str::to_owned);
    device.locale = whole.text("br_lang").map(str::to_owned);
    event.changes.extend(words::says_something(&device).then_some(Change::Device(device)));
    let mut profile = Profile::new(event.at);
    profile.time_zone = whole.text("os_timezone").map(str::to_owned);
    if profile.time_zone.is_some() {
        event.changes.push(Change::Profile(profile));
    }
}
