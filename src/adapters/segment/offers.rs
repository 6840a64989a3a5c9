//! What came of promotions, e-mails and push messages.

use super::super::Mapping;
use super::super::original::Original;
use super::surroundings;
use crate::context::{Change, Event, Interaction};
use crate::vocabulary::{Channel, Outcome};

pub(super) fn promotion(
    outcome: Outcome,
    message: &Original<'_>,
    properties: &Original<'_>,
    event: &mut Event,
    mapping: &Mapping,
) {
    let channel = surroundings::channel(message);
    say(outcome, channel, properties, &["promotion_id", "id"], event, mapping);
}

pub(super) fn email(
    outcome: Outcome,
    properties: &Original<'_>,
    event: &mut Event,
    mapping: &Mapping,
) {
    let ids = ["campaign_id", "campaign_name", "email_id"];
    say(outcome, Some(Channel::Email), properties, &ids, event, mapping);
}

pub(super) fn push(
    outcome: Outcome,
    properties: &Original<'_>,
    event: &mut Event,
    mapping: &Mapping,
) {
    let ids = ["campaign_id", "campaign.id", "campaign.name", "campaign_name"];
    say(outcome, Some(Channel::Push), properties, &ids, event, mapping);
}

fn say(
    outcome: Outcome,
    channel: Option<Channel>,
    properties: &Original<'_>,
    ids: &[&str],
    event: &mut Event,
    mapping: &Mapping,
) {
    let id = properties.first(ids).and_then(|path| properties.id(path));
    let Some(id) = id else {
        let path = ids.first().copied().unwrap_or_default();
        properties.warn(path, "which promotion or campaign it was, is missing");
        return;
    };
    let mut interaction = Interaction::new(mapping.action_of(&id), outcome, event.at);
    interaction.channel = channel;
    event.changes.push(Change::Interaction(interaction));
}
