//! What the support desk knows: real complaints, given to other people.

use std::collections::BTreeMap;

use tactful::context::{Support, Ticket};
use tactful::{Channel, Duration, TicketState, Timestamp, Topic};

use crate::calendar::{DESK_SHIFT, NOW};
use crate::source::{Complaint, IssueTopic};

/// Every complaint about this issue is taken.
const ISSUE: &str = "Billing disputes";

/// Of the other complaints one in so many is taken.
const NTH: usize = 12;

/// Scatters the complaints over the customers: their numbers rise with their
/// dates, and neighbours would get complaints of one day.
const STRIDE: usize = 7_919;

/// Of one customer in so many nothing ever reached us. This is made up, to
/// show what unknown does.
const NO_FEED: usize = 20;

/// Of one customer in so many what reached us is old. This is made up, to show
/// what stale does.
const STALE_FEED: usize = 33;

const AS_OF: Duration = Duration::minutes(2);
const STALE_AS_OF: Duration = Duration::hours(26);

/// The tickets, by the place of the customer they were given to.
pub(crate) struct Desk(BTreeMap<usize, Vec<Ticket>>);

impl Desk {
    /// Chooses the complaints and gives each to one of `customers`.
    pub(crate) fn open(
        mut complaints: Vec<Complaint>,
        topics: Vec<IssueTopic>,
        customers: usize,
    ) -> Self {
        let topics: BTreeMap<String, Topic> =
            topics.into_iter().map(|row| (row.issue, row.topic)).collect();
        complaints.sort_by_key(|complaint| complaint.complaint_id);
        let (disputes, others): (Vec<_>, Vec<_>) =
            complaints.into_iter().partition(|complaint| complaint.issue == ISSUE);
        let chosen = disputes.into_iter().chain(others.into_iter().step_by(NTH));
        let mut desk = Self(BTreeMap::new());
        for complaint in chosen {
            let ticket = complaint.ticket(topics.get(&complaint.issue).copied());
            let place = complaint.place(customers);
            desk.0.entry(place).or_default().push(ticket);
        }
        for tickets in desk.0.values_mut() {
            tickets.sort_by(|a, b| (a.opened_at, &a.id).cmp(&(b.opened_at, &b.id)));
        }
        desk
    }

    /// Returns what the feed says about the customer at a place, if it reached
    /// us. A stale one knows nothing of what came after it.
    pub(crate) fn support(&self, place: usize) -> Option<Support> {
        let number = place + 1;
        if number.is_multiple_of(NO_FEED) {
            return None;
        }
        let age = if number.is_multiple_of(STALE_FEED) { STALE_AS_OF } else { AS_OF };
        Some(self.known_by(place, NOW - age))
    }

    fn known_by(&self, place: usize, as_of: Timestamp) -> Support {
        let tickets = self.0.get(&place).into_iter().flatten();
        let known: Vec<Ticket> =
            tickets.filter(|ticket| ticket.updated_at <= as_of).cloned().collect();
        Support::new(as_of).tickets(known)
    }
}

impl Complaint {
    /// Returns the place of the customer the complaint is given to.
    fn place(&self, customers: usize) -> usize {
        self.complaint_id * STRIDE % customers
    }

    /// Makes the ticket. An issue without a topic leaves it unknown.
    fn ticket(&self, topic: Option<Topic>) -> Ticket {
        let mut ticket = Ticket::new(
            format!("cfpb-{}", self.complaint_id),
            self.date_received + DESK_SHIFT,
            self.date_sent + DESK_SHIFT,
        )
        .channel(self.channel());
        ticket.topic = topic;
        self.settle(ticket)
    }

    fn channel(&self) -> Channel {
        match self.submitted_via.as_str() {
            "Web" => Channel::Web,
            "Phone" => Channel::Phone,
            "Postal mail" => Channel::Postal,
            "Email" => Channel::Email,
            _ => Channel::Other,
        }
    }

    /// Sets how far the case has come. There is no day of closing in the data:
    /// a closed ticket carries none, and its last change stands for it.
    fn settle(&self, ticket: Ticket) -> Ticket {
        let closed = self.company_response.starts_with("Closed");
        match self.disputed.as_str() {
            "Yes" if closed => ticket.state(TicketState::Open).reopened(1),
            _ if closed => ticket.state(TicketState::Closed),
            // "In progress", and "Untimely response": the company owes one.
            _ => ticket.state(TicketState::Open),
        }
    }
}
