//! What the customer agreed to, or refused.

use std::collections::BTreeMap;

use super::super::original::Original;
use super::super::{Mapping, mapping as names};
use crate::context::{Change, Event, Grant};
use crate::vocabulary::{Channel, ConsentStatus, Purpose};

const PREFERENCES: &str = "context.consent.categoryPreferences";

/// Where a yes to advertising counts: it was given to what is shown there, and
/// is no leave to write or to call.
const BANNER: [Channel; 2] = [Channel::Web, Channel::InApp];

/// Tells the preferences that a message bears.
///
/// Without preferences nothing is said, and nothing about a category that is
/// missing. Empty preferences are a refusal of everything.
pub(super) fn tell(message: &Original<'_>, event: &mut Event, mapping: &Mapping) {
    let Some(preferences) = message.object(PREFERENCES) else {
        return;
    };
    let mut answers: BTreeMap<Purpose, bool> = BTreeMap::new();
    for (category, place) in preferences.entries() {
        let Some(purpose) = names::purpose(mapping, category) else {
            place.warn("", "the category is not known: add it to `purposes`");
            continue;
        };
        let Some(is_granted) = place.flag("") else {
            continue;
        };
        // Of several categories with one purpose a refusal holds.
        *answers.entry(purpose).or_insert(true) &= is_granted;
    }
    if preferences.is_empty() {
        answers = names::purposes(mapping).map(|purpose| (purpose, false)).collect();
    }
    for (purpose, is_granted) in answers {
        let grant = |status| Grant::new(purpose, status, event.at);
        let grants = match (is_granted, purpose) {
            (false, _) => vec![grant(ConsentStatus::Denied)],
            (true, Purpose::Marketing) => {
                BANNER.map(|channel| grant(ConsentStatus::Granted).channel(channel)).into()
            }
            (true, _) => vec![grant(ConsentStatus::Granted)],
        };
        event.changes.extend(grants.into_iter().map(Change::Grant));
    }
}

/// Tells that the customer wants no more e-mail.
pub(super) fn unsubscribed(event: &mut Event, purpose: Purpose) {
    let grant = Grant::new(purpose, ConsentStatus::Denied, event.at).channel(Channel::Email);
    event.changes.push(Change::Grant(grant));
}

/// Tells whether the event says what the customer agreed to.
pub(super) fn is_told(event: &Event) -> bool {
    event.changes.iter().any(|change| matches!(change, Change::Grant(_)))
}
