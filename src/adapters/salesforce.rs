//! Cases of Salesforce Service Cloud.

use super::original::Original;
use super::{Mapping, System, desk, identity, words};
use crate::context::{Change, Event, Ticket};
use crate::error::Error;
use crate::vocabulary::TicketState;

/// Reads a case: all of its record, alone or under `sobject`.
///
/// * `IsClosed` says whether the case is open. `Status` says how far it has
///   come; its words can be edited, and where they contradict `IsClosed` it
///   wins.
/// * `IsEscalated`, or the status `Escalated`, is the escalation.
/// * `Reason` and `Type` give the topic.
/// * `Origin` is where it came in.
/// * `ContactId` is the customer's id, unless
///   [`user_id_at`](Mapping::user_id_at) names another field.
///
/// The event is of the time the case changed last. A case without
/// `LastModifiedDate` and `SystemModstamp` changed when it was opened or
/// closed.
///
/// # Errors
///
/// See the [module](super#errors): a case without `Id` or `CreatedDate` says
/// nothing.
///
/// # Examples
///
/// ```
/// use tactful::adapters::{Mapping, salesforce};
/// use tactful::context::Change;
/// use tactful::{TicketState, Topic};
///
/// let event = salesforce::event(br#"{"Id": "5003000000D8cuIAAR", "Status": "Resolved",
///     "IsClosed": false, "Reason": "Billing", "CreatedDate": "2026-03-02T09:00:00.000+0000",
///     "LastModifiedDate": "2026-03-02T09:12:00.000+0000"}"#, &Mapping::new())?;
/// let Change::Ticket(ticket) = &event.changes[0] else { panic!() };
/// assert_eq!(ticket.state, Some(TicketState::Open));
/// assert_eq!(ticket.topic, Some(Topic::BillingDispute));
/// # Ok::<(), tactful::Error>(())
/// ```
pub fn event(json: impl AsRef<[u8]>, mapping: &Mapping) -> Result<Event, Error> {
    super::read(json.as_ref(), System::Salesforce.as_str(), mapping, |original| {
        tell(original, mapping)
    })
}

/// Tells what a case says.
pub(super) fn tell(original: &Original<'_>, mapping: &Mapping) -> Result<Event, Error> {
    let within = original.first(&["sobject"]).and_then(|path| original.object(path));
    let whole = within.as_ref().unwrap_or(original);
    let id = whole.required_id(&["Id"], "case")?;
    let changes = ["LastModifiedDate", "SystemModstamp"];
    let updated_at = desk::updated_at(whole, &changes, &["CreatedDate", "ClosedDate"])?;
    let mut ticket = Ticket::new(id, whole.required_time(&["CreatedDate"])?, updated_at);
    ticket.state = state(whole, mapping);
    ticket.topic = desk::topic(desk::names(whole, &["Reason", "Type"]), mapping);
    ticket.priority = desk::priority_at(whole, "Priority");
    ticket.channel = words::channel_at(whole, "Origin", |_| None, &[]);
    ticket.closed_at = desk::ended_at(whole, ticket.state, &["ClosedDate"]);
    let is_said = whole.word("Status").is_some_and(|status| status == "escalated");
    ticket.escalated = whole.flag("IsEscalated").or(is_said.then_some(true));

    let mut event = Event::new(updated_at);
    event.id = original.id("event.replayId").filter(|_| within.is_some());
    event.user_id = identity::customer(&[original, whole], mapping, &["ContactId"]);
    event.changes.push(Change::Ticket(ticket));
    Ok(event)
}

/// Reads the state: what `IsClosed` says holds against any status.
fn state(whole: &Original<'_>, mapping: &Mapping) -> Option<TicketState> {
    let by_status = desk::state_at(whole, "Status", mapping, state_of);
    match whole.flag("IsClosed") {
        None => by_status,
        Some(true) => by_status.filter(|state| state.is_over()).or(Some(TicketState::Closed)),
        Some(false) => by_status.filter(|state| !state.is_over()).or(Some(TicketState::Open)),
    }
}

fn state_of(word: &str) -> Option<TicketState> {
    Some(match word {
        "new" => TicketState::New,
        "open" | "working" | "in_process" | "in_progress" | "escalated" => TicketState::Open,
        "pending" | "waiting_on_customer" | "waiting_for_customer" => TicketState::Pending,
        "on_hold" => TicketState::OnHold,
        "resolved" | "solved" => TicketState::Solved,
        "closed" => TicketState::Closed,
        _ => return None,
    })
}
