//! The envelope of CloudEvents, around events of other shapes.

use super::folded::fold;
use super::original::Original;
use super::{Mapping, System, identity};
use crate::context::Event;
use crate::error::Error;

/// Reads a CloudEvent in its structured JSON form.
///
/// The `type` says which shape the `data` has:
///
/// 1. as the [`types`](Mapping::types) of the mapping say;
/// 2. if one of its parts is the name of a [system](System), the shape of that
///    system, as in `com.zendesk.ticket.updated`; `segment`, which is also an
///    ordinary word, only as the first or second part; `tactful` is for events of
///    our own, as [`Event::from_json`] reads them, at `time` if they do not say
///    when;
/// 3. if it ends with the name of an event of Segment's specifications, as in
///    `com.example.order.completed` or `shop.product_viewed.v1`, the properties
///    of that event.
///
/// What is of no known type says nothing. An adapter must be compiled in, or
/// its data say nothing either.
///
/// `id` identifies the event, and `source` is its source, unless the mapping
/// names one. `subject` is the customer, where the data do not say who it is.
/// `time` is that of properties (3), which have none themselves.
///
/// # Errors
///
/// See the [module](super#errors), and those of the adapter of the data; paths
/// begin with `data`. An envelope without `id`, `source`, `type` and
/// `specversion` of 1 is no CloudEvent, and data in Base64 are not read.
///
/// # Examples
///
/// ```
/// use tactful::adapters::{Mapping, cloudevents};
///
/// let event = cloudevents::event(br#"{"specversion": "1.0", "id": "A-17", "source": "/shop/at",
///     "type": "com.example.product.viewed", "subject": "u-1001", "time": "2026-03-02T10:15:30Z",
///     "data": {"product_id": "p9", "category": "Plans"}}"#, &Mapping::new())?;
/// assert_eq!(event.id.as_deref(), Some("A-17"));
/// assert_eq!(event.source.as_deref(), Some("/shop/at"));
/// assert_eq!(event.user_id.as_deref(), Some("u-1001"));
/// assert_eq!(event.changes.len(), 1);
/// # Ok::<(), tactful::Error>(())
/// ```
pub fn event(json: impl AsRef<[u8]>, mapping: &Mapping) -> Result<Event, Error> {
    super::read(json.as_ref(), "cloudevents", mapping, |original| tell(original, mapping))
}

fn tell(envelope: &Original<'_>, mapping: &Mapping) -> Result<Event, Error> {
    let version = envelope.text("specversion").unwrap_or_default();
    if version.split('.').next() != Some("1") {
        return Err(envelope.error("specversion", "expected a CloudEvent of version 1.0"));
    }
    let id = envelope.required_id(&["id"], "event")?;
    let source = envelope.required_id(&["source"], "source")?;
    let kind = envelope.text("type");
    let kind = kind.ok_or_else(|| envelope.error("type", "the type of the event is missing"))?;
    let mut event = data(kind, envelope, mapping)?;
    event.id = Some(id);
    event.source = Some(source);
    let own = mapping.user_id_at.as_deref().and_then(|path| identity::person(envelope, path));
    let subject = || identity::person(envelope, "subject");
    event.user_id = own.or(event.user_id.take()).or_else(subject);
    Ok(event)
}

/// Tells what the data say.
fn data(kind: &str, envelope: &Original<'_>, mapping: &Mapping) -> Result<Event, Error> {
    if envelope.has("data_base64") {
        return Err(envelope.error("data_base64", "data in Base64 are not read: send JSON"));
    }
    if let Some(system) = system(kind, mapping) {
        let data = envelope.object("data");
        let data = data.ok_or_else(|| envelope.error("data", "expected an object"))?;
        return of_system(system, &data, envelope, mapping);
    }
    let mut event = Event::new(envelope.required_time(&["time"])?);
    if let Some(properties) = envelope.object("data")
        && !of_name(kind, &properties, &mut event, mapping)?
    {
        envelope.warn("type", format!("`{kind}` is not known: add it to `types`"));
    }
    Ok(event)
}

/// Finds the system whose shape the data have.
fn system(kind: &str, mapping: &Mapping) -> Option<System> {
    let matches = |pattern: &str| match pattern.strip_suffix('*') {
        Some(beginning) => kind.starts_with(beginning),
        None => kind == pattern,
    };
    // The longest that matches says it most exactly.
    let listed = mapping.types.iter().filter(|(pattern, _)| matches(pattern));
    let listed = listed.max_by_key(|(pattern, _)| pattern.len()).map(|(_, system)| *system);
    let named = || {
        let mut parts = kind.split(['.', '/', ':']).enumerate();
        parts.find_map(|(place, part)| {
            let is_named = |system: &System| part.eq_ignore_ascii_case(system.as_str());
            let system = System::ALL.iter().copied().find(is_named)?;
            // A segment is also a part of the customers: `com.crm.segment.entered`.
            (system != System::Segment || place < 2).then_some(system)
        })
    };
    listed.or_else(named)
}

fn of_system(
    system: System,
    data: &Original<'_>,
    envelope: &Original<'_>,
    mapping: &Mapping,
) -> Result<Event, Error> {
    match system {
        System::Tactful => data.event(envelope.text("time")),
        System::Segment => super::segment::tell(data, mapping),
        #[cfg(feature = "xdm")]
        System::Xdm => super::xdm::tell(data, mapping),
        #[cfg(feature = "snowplow")]
        System::Snowplow => super::snowplow::tell(data, mapping),
        #[cfg(feature = "zendesk")]
        System::Zendesk => super::zendesk::tell(data, mapping),
        #[cfg(feature = "intercom")]
        System::Intercom => super::intercom::tell(data, mapping),
        #[cfg(feature = "salesforce")]
        System::Salesforce => super::salesforce::tell(data, mapping),
        #[cfg(feature = "servicenow")]
        System::Servicenow => super::servicenow::tell(data, mapping),
        #[allow(unreachable_patterns, reason = "all systems may be compiled in")]
        _ => {
            data.warn("", format!("the adapter of {system} is not compiled in"));
            Ok(Event::new(envelope.required_time(&["time"])?))
        }
    }
}

/// Tells what properties of an event say whose name the type ends with, the
/// longest that is known; tells whether there is one.
fn of_name(
    kind: &str,
    properties: &Original<'_>,
    event: &mut Event,
    mapping: &Mapping,
) -> Result<bool, Error> {
    let words = fold(kind);
    let words = words.rsplit_once("_v").map_or(words.as_str(), |(name, version)| {
        let is_version = !version.is_empty() && version.bytes().all(|byte| byte.is_ascii_digit());
        if is_version { name } else { &words }
    });
    let own = mapping.events.get(kind).map(String::as_str);
    let starts = words.match_indices('_').map(|(place, _)| place + 1);
    let endings = std::iter::once(0).chain(starts).filter_map(|start| words.get(start..));
    for name in own.into_iter().chain(endings) {
        if super::segment::tell_properties(name, properties, event, mapping)? {
            return Ok(true);
        }
    }
    Ok(false)
}
