//! Who the customer is, what they subscribe to, and chats with them.

use super::super::Mapping;
use super::super::facts;
use super::super::original::Original;
use super::kind::Kind;
use super::say_profile;
use crate::context::{Change, Contact, Event, Profile, Subscription};
use crate::time::Duration;
use crate::vocabulary::{Channel, SubscriptionStatus};

/// Tells what an identify message says of a person.
pub(super) fn identify(message: &Original<'_>, event: &mut Event, mapping: &Mapping) {
    let Some(traits) = message.first(&["traits", "context.traits"]) else {
        return;
    };
    let Some(traits) = message.object(traits) else {
        return;
    };
    let first = |paths: &[&str]| {
        let path = traits.first(paths)?;
        traits.text(path).map(str::to_owned)
    };
    let mut profile = Profile::new(event.at);
    profile.plan = first(&["plan", "company.plan"]);
    profile.role = first(&["role"]);
    profile.age_years = traits.count("age").value();
    profile.country = first(&["country", "address.country"]);
    profile.language = first(&["language", "locale"]);
    profile.time_zone = first(&["timezone", "timeZone", "time_zone"]);
    let joined = traits.first(&["createdAt", "created_at"]);
    profile.joined_at = joined.and_then(|path| traits.time(path));
    profile.group_id = traits.id("company.id");
    if traits.is_list("segments") {
        profile.segments = Some(traits.list("segments").filter_map(|one| one.id("")).collect());
    }
    say_profile(event, profile);
    for (name, attribute) in &mapping.attributes {
        let value = traits.at(name).and_then(|place| facts::attribute(&place));
        event.changes.extend(value.map(|value| Change::Attribute(attribute.clone(), value)));
    }
}

/// Tells which group a person belongs to.
pub(super) fn group(message: &Original<'_>, event: &mut Event) {
    let mut profile = Profile::new(event.at);
    profile.group_id = message.id("groupId");
    profile.plan = message.text("traits.plan").map(str::to_owned);
    say_profile(event, profile);
}

/// Tells what became of an account or its trial.
pub(super) fn tell(kind: Kind, properties: &Original<'_>, event: &mut Event) {
    let at = event.at;
    if kind == Kind::SignedUp {
        say_profile(event, Profile::new(at).joined_at(at));
        return;
    }
    let mut subscription = Subscription::new(at);
    match kind {
        Kind::TrialStarted => {
            subscription.status = Some(SubscriptionStatus::Trialing);
            subscription.plan = properties.text("trial_plan_name").map(str::to_owned);
            subscription.started_at = Some(properties.time("trial_start_date").unwrap_or(at));
            subscription.trial_ends_at = properties.time("trial_end_date");
        }
        // What comes after a trial, its end does not say.
        Kind::TrialEnded => subscription.trial_ends_at = Some(at),
        Kind::AccountDeleted => subscription.status = Some(SubscriptionStatus::Cancelled),
        _ => subscription.started_at = Some(at),
    }
    event.changes.push(Change::Subscription(subscription));
}

/// What took longer is a mistake: no chat, or no seconds.
const LONGEST_CHAT: Duration = Duration::days(7);

/// Tells that a chat began, or that it ended and when it had begun.
pub(super) fn chat(kind: Kind, properties: &Original<'_>, event: &mut Event) {
    let mut contact = Contact::new(Channel::Chat, event.at);
    contact.ticket_id = properties.id("conversation_id");
    if kind == Kind::ChatEnded {
        contact.ended_at = Some(event.at);
        let length = properties.decimal("conversation_duration").value();
        let length = length.and_then(|seconds| seconds.scaled(3));
        let length = length.filter(|length| (0..=LONGEST_CHAT.as_millis()).contains(length));
        match length {
            Some(length) => contact.started_at = event.at - Duration::from_millis(length),
            None => {
                let message = "how long the chat took is missing, or more than a week";
                properties.warn("conversation_duration", message);
            }
        }
    }
    event.changes.push(Change::Contact(contact));
}
