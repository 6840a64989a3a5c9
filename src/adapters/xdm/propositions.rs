//! What came of offers.

use super::super::Mapping;
use super::super::original::Original;
use super::super::words;
use crate::context::{Change, Event, Interaction};
use crate::vocabulary::{Channel, Outcome};

const PROPOSITIONS: &str = "_experience.decisioning.propositions";

/// Tells what happened to the items of the propositions.
pub(super) fn tell(outcome: Outcome, whole: &Original<'_>, event: &mut Event, mapping: &Mapping) {
    let channel = channel(whole);
    let before = event.changes.len();
    for proposition in whole.list(PROPOSITIONS) {
        let items = proposition.list("items").filter_map(|item| item.id("id"));
        let mut ids: Vec<String> = items.collect();
        if ids.is_empty() {
            ids.extend(proposition.id("id"));
        }
        for id in ids {
            say(outcome, channel, &id, event, mapping);
        }
    }
    if event.changes.len() == before {
        whole.warn(PROPOSITIONS, "which offer it was, is missing");
    }
}

/// Tells what happened to an e-mail of a campaign.
pub(super) fn email(outcome: Outcome, whole: &Original<'_>, event: &mut Event, mapping: &Mapping) {
    let ids = [
        "directMarketing.campaignID",
        "marketing.campaignID",
        "directMarketing.campaignName",
        "marketing.campaignName",
        "marketing.trackingCode",
    ];
    match whole.first(&ids).and_then(|path| whole.id(path)) {
        Some(id) => say(outcome, Some(Channel::Email), &id, event, mapping),
        None => whole.warn("directMarketing.campaignID", "which campaign it was, is missing"),
    }
}

fn say(outcome: Outcome, channel: Option<Channel>, id: &str, event: &mut Event, mapping: &Mapping) {
    let mut interaction = Interaction::new(mapping.action_of(id), outcome, event.at);
    interaction.channel = channel;
    event.changes.push(Change::Interaction(interaction));
}

/// Reads the channel: that of the event, or that of what it was seen through.
/// Its type is the last part of a name such as
/// `https://ns.adobe.com/xdm/channel-types/email`.
fn channel(whole: &Original<'_>) -> Option<Channel> {
    let typed = ["channel._type", "channel.mediaType", "channel._id"];
    let named = typed
        .iter()
        .filter_map(|path| whole.text(path))
        .find_map(|name| words::channel(name.rsplit('/').next().unwrap_or(name)));
    named.or_else(|| match whole.word("environment.type")?.as_str() {
        "browser" => Some(Channel::Web),
        "application" => Some(Channel::InApp),
        _ => None,
    })
}
