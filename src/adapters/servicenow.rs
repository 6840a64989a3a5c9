//! Incidents of ServiceNow.

use serde_json::Value;

use super::original::Original;
use super::{Mapping, System, desk, identity, words};
use crate::context::{Change, Event, Ticket};
use crate::error::Error;
use crate::vocabulary::{Priority, TicketState};

/// Ways an incident came about that are no channel of a customer.
const NO_CHANNELS: &[&str] = &["monitoring", "event", "event_management", "direct_input"];

/// Reads an incident: all of its record, alone or under `result`, with values
/// as they are stored, or with both (`sysparm_display_value=all`).
///
/// * `state` is the state; one on hold is pending if `hold_reason` says that
///   it waits for the caller. Canceled is closed.
/// * `category` and `subcategory` give the topic.
/// * `contact_type` is where it came in.
/// * `priority` of 1 is urgent, 2 high, 3 normal, 4 and 5 low.
/// * `caller_id` is the customer's id, unless
///   [`user_id_at`](Mapping::user_id_at) names another field.
///
/// Times are stored in UTC. Where only displayed values are sent, they are in
/// the time zone of whoever asked: ask for stored ones.
///
/// # Errors
///
/// See the [module](super#errors): an incident without `sys_id` and `number`,
/// or without `opened_at` and `sys_created_on`, says nothing.
///
/// # Examples
///
/// ```
/// use tactful::adapters::{Mapping, servicenow};
/// use tactful::context::Change;
/// use tactful::TicketState;
///
/// let event = servicenow::event(br#"{"sys_id": "9d385017c611228701d22104cc95c371",
///     "state": "3", "hold_reason": "1", "opened_at": "2026-03-02 09:00:00",
///     "sys_updated_on": "2026-03-02 09:12:00"}"#, &Mapping::new())?;
/// let Change::Ticket(ticket) = &event.changes[0] else { panic!() };
/// assert_eq!(ticket.state, Some(TicketState::Pending));
/// # Ok::<(), tactful::Error>(())
/// ```
pub fn event(json: impl AsRef<[u8]>, mapping: &Mapping) -> Result<Event, Error> {
    super::read(json.as_ref(), System::Servicenow.as_str(), mapping, |original| {
        tell(original, mapping)
    })
}

/// Tells what an incident says.
pub(super) fn tell(original: &Original<'_>, mapping: &Mapping) -> Result<Event, Error> {
    let within = original.first(&["result"]).and_then(|path| original.object(path));
    let whole = within.as_ref().unwrap_or(original);
    let record = stored(whole);
    let record = whole.instead(&record);
    let id = record.required_id(&["sys_id", "number"], "incident")?;
    let (opened, ended) = (["opened_at", "sys_created_on"], ["resolved_at", "closed_at"]);
    let times = [opened, ended].concat();
    let updated_at = desk::updated_at(&record, &["sys_updated_on"], &times)?;
    let mut ticket = Ticket::new(id, record.required_time(&opened)?, updated_at);
    ticket.state = desk::state_at(&record, "state", mapping, |word| state_of(&record, word));
    ticket.topic = desk::topic(desk::names(&record, &["category", "subcategory"]), mapping);
    ticket.priority = priority(&record);
    ticket.channel = words::channel_at(&record, "contact_type", |_| None, NO_CHANNELS);
    ticket.closed_at = desk::ended_at(&record, ticket.state, &ended);
    ticket.reopened = record.count("reopen_count").value();

    let mut event = Event::new(updated_at);
    event.user_id = identity::customer(&[original, &record], mapping, &["caller_id"]);
    event.changes.push(Change::Ticket(ticket));
    Ok(event)
}

/// Returns the record with its values as they are stored, where each is sent
/// beside the one that is displayed.
fn stored(whole: &Original<'_>) -> Value {
    let is_empty = |field: &Original<'_>| field.has("display_value") || field.has("link");
    let value = |(name, field): (&str, Original<'_>)| {
        let value = field.at("value").map(|value| value.raw());
        let alone = || (!is_empty(&field)).then(|| field.raw());
        Some((name.to_owned(), value.or_else(alone)?.clone()))
    };
    whole.entries().filter_map(value).collect()
}

/// Returns the state of a number or a label.
fn state_of(record: &Original<'_>, word: &str) -> Option<TicketState> {
    Some(match word {
        "1" | "new" => TicketState::New,
        "2" | "in_progress" => TicketState::Open,
        "3" | "on_hold" => waiting(record),
        "6" | "resolved" => TicketState::Solved,
        "7" | "8" | "closed" | "canceled" | "cancelled" => TicketState::Closed,
        _ => return None,
    })
}

/// Tells for whom an incident on hold waits.
fn waiting(record: &Original<'_>) -> TicketState {
    match record.word("hold_reason").as_deref() {
        Some("1" | "awaiting_caller") => TicketState::Pending,
        None | Some("3" | "4" | "5") => TicketState::OnHold,
        Some("awaiting_problem" | "awaiting_vendor" | "awaiting_change") => TicketState::OnHold,
        Some(reason) => {
            record.warn("hold_reason", format!("`{reason}` is not a known reason"));
            TicketState::OnHold
        }
    }
}

/// Reads the priority: a number, or a label that begins with it.
fn priority(record: &Original<'_>) -> Option<Priority> {
    let word = record.word("priority")?;
    Some(match word.split('_').next().unwrap_or_default() {
        "1" => Priority::Urgent,
        "2" => Priority::High,
        "3" => Priority::Normal,
        "4" | "5" => Priority::Low,
        _ => {
            record.warn("priority", format!("`{word}` is not a known priority"));
            return None;
        }
    })
}
