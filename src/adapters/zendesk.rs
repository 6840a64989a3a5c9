//! Tickets of Zendesk.

use super::original::Original;
use super::{Mapping, System, desk, identity, words};
use crate::context::{Change, Event, Ticket};
use crate::error::Error;
use crate::vocabulary::{Channel, Priority, TicketState};

/// Channels of Zendesk that are none of ours: tickets made by software.
const NO_CHANNELS: &[&str] = &["api", "web_service", "rule", "system", "batch", "import"];

/// Reads a ticket, as the API and webhooks send it: alone, under `ticket`, or
/// under `detail` of a Zendesk event.
///
/// * `status`, or the `status_category` of its `custom_status`, is the state:
///   pending and hold are open.
/// * `tags` give the topic, by the [`TopicMap`](super::TopicMap).
/// * `via.channel` is where it came in; `mail` is e-mail here.
/// * `external_id`, or that of the `requester`, is the customer's id.
/// * A `satisfaction_rating` of good is an answer of 5 to the question of
///   satisfaction, one of bad an answer of 1; what was offered or not is none.
///   A rating that does not say when it was given was given when the ticket
///   changed last.
///
/// The event is of the time the ticket changed last.
///
/// # Errors
///
/// See the [module](super#errors): a ticket without `id`, `created_at` or
/// `updated_at` says nothing.
///
/// # Examples
///
/// ```
/// use tactful::adapters::{Mapping, zendesk};
/// use tactful::context::Change;
/// use tactful::{Channel, TicketState};
///
/// let event = zendesk::event(br#"{"id": 7, "status": "hold", "via": {"channel": "mail"},
///     "created_at": "2026-03-02T09:00:00Z", "updated_at": "2026-03-02T09:12:00Z"}"#,
///     &Mapping::new())?;
/// let Change::Ticket(ticket) = &event.changes[0] else { panic!() };
/// assert_eq!(ticket.state, Some(TicketState::OnHold));
/// assert_eq!(ticket.channel, Some(Channel::Email));
/// # Ok::<(), tactful::Error>(())
/// ```
pub fn event(json: impl AsRef<[u8]>, mapping: &Mapping) -> Result<Event, Error> {
    super::read(json.as_ref(), System::Zendesk.as_str(), mapping, |original| {
        tell(original, mapping)
    })
}

/// Tells what a ticket says.
pub(super) fn tell(original: &Original<'_>, mapping: &Mapping) -> Result<Event, Error> {
    let within = original.first(&["ticket", "detail"]).and_then(|path| original.object(path));
    let whole = within.as_ref().unwrap_or(original);
    let id = whole.required_id(&["id"], "ticket")?;
    let updated_at = desk::updated_at(whole, &["updated_at"], &["created_at"])?;
    let mut ticket = Ticket::new(id, whole.required_time(&["created_at"])?, updated_at);
    ticket.state = state(whole, mapping);
    ticket.topic = desk::topic(desk::names(whole, &["tags"]), mapping);
    ticket.priority = match whole.is_null("priority") {
        // Agents leave it empty where nothing is special.
        true => Some(Priority::Normal),
        false => desk::priority_at(whole, "priority"),
    };
    ticket.channel = words::channel_at(whole, "via.channel", own_channel, NO_CHANNELS);
    let ends = ["solved_at", "metric_set.solved_at"];
    ticket.closed_at = desk::ended_at(whole, ticket.state, &ends);
    ticket.reopened = whole.count("metric_set.reopens").value();

    let mut event = Event::new(updated_at);
    event.id = within.as_ref().and_then(|_| original.id("id"));
    let people = ["external_id", "requester.external_id"];
    event.user_id = identity::customer(&[original, whole], mapping, &people);
    let answer = answer(whole, &ticket);
    event.changes.push(Change::Ticket(ticket));
    event.changes.extend(answer);
    Ok(event)
}

/// Reads the state; of a custom status its category counts.
fn state(ticket: &Original<'_>, mapping: &Mapping) -> Option<TicketState> {
    let paths = ["custom_status.status_category", "status_category", "status"];
    let named = ["custom_status.agent_label", "custom_status.name"];
    let custom = named.iter().filter_map(|path| ticket.text(path));
    let by_mapping = custom.filter_map(|name| mapping.states.get(name)).copied().next();
    by_mapping.or_else(|| desk::state_at(ticket, ticket.first(&paths)?, mapping, state_of))
}

fn state_of(word: &str) -> Option<TicketState> {
    Some(match word {
        "new" => TicketState::New,
        "open" => TicketState::Open,
        "pending" => TicketState::Pending,
        "hold" | "on_hold" => TicketState::OnHold,
        "solved" => TicketState::Solved,
        // Nobody works on a case that was deleted, or ever will again.
        "closed" | "deleted" => TicketState::Closed,
        _ => return None,
    })
}

fn own_channel(name: &str) -> Option<Channel> {
    Some(match name {
        "mail" => Channel::Email,
        // A form of the help center.
        "help_center" | "answer_bot_for_web_widget" => Channel::Web,
        "mobile" | "ios" | "android" => Channel::InApp,
        "chat_transcript" | "answer_bot" | "messaging_web" => Channel::Chat,
        _ => return None,
    })
}

fn answer(whole: &Original<'_>, ticket: &Ticket) -> Option<Change> {
    // An older API gives the score alone.
    let is_alone = whole.is_text("satisfaction_rating");
    let path = if is_alone { "satisfaction_rating" } else { "satisfaction_rating.score" };
    let score = match whole.word(path)?.as_str() {
        "good" | "good_with_comment" => 5,
        "bad" | "bad_with_comment" => 1,
        "offered" | "unoffered" => return None,
        other => {
            whole.warn(path, format!("`{other}` is not a known score"));
            return None;
        }
    };
    let times = ["satisfaction_rating.updated_at", "satisfaction_rating.created_at"];
    let given_at = whole.first(&times).and_then(|path| whole.time(path));
    let answer = desk::csat(ticket, score, given_at.unwrap_or(ticket.updated_at));
    Some(Change::Answer(answer))
}
