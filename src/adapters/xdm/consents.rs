//! What the customer agreed to, or refused.

use super::super::original::Original;
use super::super::words;
use crate::context::{Change, Event, Grant};
use crate::time::Timestamp;
use crate::vocabulary::{Channel, ConsentStatus, Purpose};

/// Choices about a purpose on all channels.
const PURPOSES: &[(&str, Purpose)] = &[
    ("collect", Purpose::Analytics),
    ("share", Purpose::Sharing),
    ("personalize.content", Purpose::Personalization),
    ("marketing.any", Purpose::Marketing),
];

/// Keys beside the channels under `marketing`.
const NO_CHANNELS: &[&str] = &["any", "preferred", "metadata"];

/// Tells what the group "Consents and Preferences" says.
pub(super) fn tell(whole: &Original<'_>, event: &mut Event) {
    let Some(consents) = whole.object("consents") else {
        return;
    };
    let told_at = consents.time("metadata.time").unwrap_or(event.at);
    for (path, purpose) in PURPOSES {
        let choice = consents.object(path);
        let grant = choice.and_then(|choice| grant(&choice, *purpose, None, told_at));
        event.changes.extend(grant.map(Change::Grant));
    }
    let Some(marketing) = consents.object("marketing") else {
        return;
    };
    for (key, choice) in marketing.entries().filter(|(key, _)| !NO_CHANNELS.contains(key)) {
        let Some(channel) = words::channel(key) else {
            choice.warn("", "the channel is not known");
            continue;
        };
        let grant = grant(&choice, Purpose::Marketing, Some(channel), told_at);
        event.changes.extend(grant.map(Change::Grant));
    }
    let preferred = words::channel_at(&marketing, "preferred", |_| None, &["none"]);
    event.changes.extend(preferred.map(|channel| Change::PreferredChannels(vec![channel])));
}

fn grant(
    choice: &Original<'_>,
    purpose: Purpose,
    channel: Option<Channel>,
    told_at: Timestamp,
) -> Option<Grant> {
    let status = match choice.text("val")? {
        "y" => ConsentStatus::Granted,
        "n" => ConsentStatus::Denied,
        "p" => ConsentStatus::Pending,
        "u" => ConsentStatus::Unknown,
        "dy" => ConsentStatus::DefaultGranted,
        "dn" => ConsentStatus::DefaultDenied,
        // A contract or an interest of ours is no answer of the customer's.
        basis @ ("LI" | "CT" | "CP" | "VI" | "PI") => {
            choice.warn("val", format!("`{basis}` is a legal basis, and no answer"));
            return None;
        }
        other => {
            choice.warn("val", format!("`{other}` is not a known choice"));
            return None;
        }
    };
    let mut grant = Grant::new(purpose, status, choice.time("time").unwrap_or(told_at));
    grant.channel = channel;
    Some(grant)
}

/// Tells that the customer wants no more e-mail.
pub(super) fn unsubscribed(event: &mut Event) {
    let grant = Grant::new(Purpose::Marketing, ConsentStatus::Denied, event.at);
    event.changes.push(Change::Grant(grant.channel(Channel::Email)));
}
