//! Evaluation contexts of OpenFeature.

use super::facts::attribute;
use super::folded::fold;
use super::original::Original;
use super::{Mapping, identity};
use crate::context::{Change, Event, Profile};
use crate::error::Error;
use crate::time::Timestamp;

/// The most attributes of one evaluation context that are taken over.
const MAX_ATTRIBUTES: usize = 64;

/// Reads an evaluation context: what an application knows about the customer
/// as it asks for a flag, at a time.
///
/// * `targetingKey` is the customer's id.
/// * `country`, `language`, `locale`, `timeZone`, `plan`, `role`, `age`,
///   `groupId`, `segments` and `joinedAt` are facts of the profile, however
///   their names are written.
/// * Every other field is an attribute, which policies read if they declare
///   it: a truth value, a number, a text, or a list of texts. Its name is that
///   of the field, unless [`attributes`](Mapping::attributes) gives another.
///
/// An evaluation context does not say when it was made: `at` does.
///
/// # Errors
///
/// See the [module](super#errors).
///
/// # Examples
///
/// ```
/// use tactful::adapters::{Mapping, openfeature};
/// use tactful::{Context, Timestamp};
///
/// let now: Timestamp = "2026-03-10T15:00:30Z".parse()?;
/// let event = openfeature::event(
///     br#"{"targetingKey": "u-1001", "country": "AT", "beta_tester": true}"#,
///     now,
///     &Mapping::new(),
/// )?;
/// let mut context = Context::new();
/// context.apply(&event)?;
/// assert_eq!(context.profile.known().unwrap().country.as_deref(), Some("AT"));
/// assert_eq!(context.attributes.known().unwrap().values["beta_tester"], true.into());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn event(json: impl AsRef<[u8]>, at: Timestamp, mapping: &Mapping) -> Result<Event, Error> {
    super::read(json.as_ref(), "openfeature", mapping, |original| Ok(tell(original, at, mapping)))
}

fn tell(original: &Original<'_>, at: Timestamp, mapping: &Mapping) -> Event {
    let mut event = Event::new(at);
    event.user_id = identity::customer(&[original], mapping, &["targetingKey"]);
    let mut profile = Profile::new(at);
    let mut attributes = Vec::new();
    for (name, field) in original.entries().filter(|(name, _)| *name != "targetingKey") {
        let is_mapped = mapping.attributes.contains_key(name);
        if is_mapped || !fact(&mut profile, name, &field) {
            attributes.extend(attribute(&field).map(|value| (name, value)));
        }
    }
    if attributes.len() > MAX_ATTRIBUTES {
        original.warn("", format!("only {MAX_ATTRIBUTES} attributes are taken over"));
        attributes.truncate(MAX_ATTRIBUTES);
    }
    if profile != Profile::new(at) {
        event.changes.push(Change::Profile(profile));
    }
    for (name, value) in attributes {
        let name = mapping.attributes.get(name).map_or(name, String::as_str);
        event.changes.push(Change::Attribute(name.to_owned(), value));
    }
    event
}

/// Reads a fact of the profile; tells whether the field is one.
fn fact(profile: &mut Profile, name: &str, field: &Original<'_>) -> bool {
    let text = || field.text("").map(str::to_owned);
    match fold(name).as_str() {
        "country" => profile.country = text(),
        // Both are tags of BCP 47. The plainer one holds if both are there.
        "language" => profile.language = text().or(profile.language.take()),
        "locale" => profile.language = profile.language.take().or_else(text),
        "timezone" | "time_zone" => profile.time_zone = text(),
        "plan" => profile.plan = text(),
        "role" => profile.role = text(),
        "age" | "age_years" | "ageyears" => profile.age_years = field.count("").value(),
        "groupid" | "group_id" => profile.group_id = field.id(""),
        "joinedat" | "joined_at" => profile.joined_at = field.time(""),
        "segments" => {
            profile.segments = Some(field.list("").filter_map(|one| one.id("")).collect());
        }
        _ => return false,
    }
    true
}
