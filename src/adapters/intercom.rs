//! Conversations and tickets of Intercom.

use super::original::{Original, Told};
use super::{Mapping, System, desk, identity, words};
use crate::context::{Change, Event, Ticket};
use crate::error::Error;
use crate::vocabulary::{Channel, Priority, TicketState};

/// Reads a conversation or a ticket, as the API sends it, or under `data.item`
/// as webhooks do.
///
/// * `state` of a conversation, or `ticket_state` of a ticket, is the state: a
///   snoozed conversation and one that waits for the customer are open. A
///   state of one's own has a `category`, which counts, unless the mapping
///   knows its label.
/// * The names of `tags`, `topics` and the `ticket_type` give the topic.
/// * `source.type` is where it came in; `conversation` is the messenger.
/// * `external_id` of the contact is the customer's id, if there is one
///   contact.
/// * `conversation_rating` is an answer to the question of satisfaction.
///
/// The event is of the time it changed last.
///
/// # Errors
///
/// See the [module](super#errors): what has no `id` or `created_at` says
/// nothing.
///
/// # Examples
///
/// ```
/// use tactful::adapters::{Mapping, intercom};
/// use tactful::context::Change;
/// use tactful::TicketState;
///
/// let event = intercom::event(br#"{"type": "conversation", "id": "147", "state": "snoozed",
///     "created_at": 1772442000, "updated_at": 1772442720}"#, &Mapping::new())?;
/// let Change::Ticket(ticket) = &event.changes[0] else { panic!() };
/// assert_eq!(ticket.state, Some(TicketState::Pending));
/// assert_eq!(event.at.to_string(), "2026-03-02T09:12:00Z");
/// # Ok::<(), tactful::Error>(())
/// ```
pub fn event(json: impl AsRef<[u8]>, mapping: &Mapping) -> Result<Event, Error> {
    super::read(json.as_ref(), System::Intercom.as_str(), mapping, |original| {
        tell(original, mapping)
    })
}

/// Tells what a conversation or a ticket says.
pub(super) fn tell(original: &Original<'_>, mapping: &Mapping) -> Result<Event, Error> {
    let within = original.first(&["data.item"]).and_then(|path| original.object(path));
    let whole = within.as_ref().unwrap_or(original);
    let id = whole.required_id(&["id"], "conversation or ticket")?;
    let updated_at = desk::updated_at(whole, &["updated_at"], &["created_at"])?;
    let mut ticket = Ticket::new(id, whole.required_time(&["created_at"])?, updated_at);
    ticket.state = state(whole, mapping);
    let topics = ["tags.tags[].name", "topics.topics[].name", "ticket_type.name"];
    ticket.topic = desk::topic(desk::names(whole, &topics), mapping);
    ticket.priority = priority(whole);
    ticket.channel = words::channel_at(whole, "source.type", own_channel, &[]);
    ticket.closed_at = desk::ended_at(whole, ticket.state, &["statistics.last_close_at"]);
    ticket.reopened = whole.count("statistics.count_reopens").value();

    let mut event = Event::new(updated_at);
    event.id = within.as_ref().and_then(|_| original.id("id"));
    event.user_id = identity::customer(&[original, whole], mapping, &["user.user_id"])
        .or_else(|| contact(whole));
    let answer = answer(whole, &ticket);
    event.changes.push(Change::Ticket(ticket));
    event.changes.extend(answer);
    Ok(event)
}

fn state(whole: &Original<'_>, mapping: &Mapping) -> Option<TicketState> {
    let labels = ["ticket_state.internal_label", "ticket_state.external_label"];
    let labels = labels.iter().filter_map(|path| whole.text(path));
    let by_mapping = labels.filter_map(|label| mapping.states.get(label)).copied().next();
    let category =
        if whole.is_text("ticket_state") { "ticket_state" } else { "ticket_state.category" };
    let paths = [category, "state"];
    let by_state = || desk::state_at(whole, whole.first(&paths)?, mapping, state_of);
    let by_flag = || {
        let is_open = whole.flag("open").filter(|_| whole.first(&paths).is_none())?;
        Some(if is_open { TicketState::Open } else { TicketState::Closed })
    };
    by_mapping.or_else(by_state).or_else(by_flag)
}

fn state_of(word: &str) -> Option<TicketState> {
    Some(match word {
        "submitted" => TicketState::New,
        "open" | "in_progress" => TicketState::Open,
        "snoozed" | "waiting_on_customer" => TicketState::Pending,
        "resolved" => TicketState::Solved,
        "closed" => TicketState::Closed,
        _ => return None,
    })
}

fn priority(whole: &Original<'_>) -> Option<Priority> {
    match whole.is_null("priority") {
        true => Some(Priority::Normal),
        false if whole.is_text("priority") => match whole.word("priority")?.as_str() {
            "priority" => Some(Priority::High),
            "not_priority" => Some(Priority::Normal),
            _ => desk::priority_at(whole, "priority"),
        },
        false => whole.flag("priority").map(|is_first| match is_first {
            true => Priority::High,
            false => Priority::Normal,
        }),
    }
}

fn own_channel(name: &str) -> Option<Channel> {
    Some(match name {
        "conversation" => Channel::Chat,
        "phone_switch" => Channel::Phone,
        _ => return None,
    })
}

/// Returns the customer's id of the contact, if there is only one.
fn contact(whole: &Original<'_>) -> Option<String> {
    let path = if whole.is_list("contacts") { "contacts" } else { "contacts.contacts" };
    let mut contacts = whole.list(path);
    let contact = contacts.next()?;
    if contacts.next().is_some() {
        whole.warn(path, "several contacts: whose conversation it is, is not known");
        return None;
    }
    identity::person(&contact, "external_id")
}

fn answer(whole: &Original<'_>, ticket: &Ticket) -> Option<Change> {
    let path = "conversation_rating.rating";
    let Told::Value(score) = whole.count(path) else {
        return None;
    };
    if !(1..=5).contains(&score) {
        whole.warn(path, "expected a rating from 1 to 5");
        return None;
    }
    let times = ["conversation_rating.updated_at", "conversation_rating.created_at"];
    let given_at = whole.first(&times).and_then(|path| whole.time(path));
    let answer = desk::csat(ticket, score, given_at.unwrap_or(ticket.updated_at));
    Some(Change::Answer(answer))
}
