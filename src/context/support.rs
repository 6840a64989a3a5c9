//! Support cases and contacts: what went wrong, and whether it is over.

use serde::Serialize;

use super::record::record;
use super::{AsOf, Key, List, Record, read};
use crate::time::{Duration, Timestamp};
use crate::vocabulary::{Channel, Money, Priority, TicketState, Topic};

record! {
    /// The customer's support cases and contacts.
    Support settled by [read::claims] {
        required {
            /// Up to when nothing is missing.
            as_of: AsOf,
        }
        optional {
            /// The contact that goes on at this moment, as it was delivered;
            /// [`Support::current_contact`] looks at `contacts`, too.
            active_contact: Contact,
            /// The last contact that ended, as it was delivered;
            /// [`Support::latest_contact`] looks at `contacts`, too.
            last_contact: Contact,
        }
        defaulted {
            /// The cases.
            tickets: List<Ticket>,
            /// The contacts, those that go on and those that are over.
            contacts: List<Contact>,
        }
    }
}

record! {
    /// One support case.
    #[derive(Eq, PartialOrd, Ord)]
    Ticket {
        required {
            /// Identifies the case.
            id: String,
            /// When it was opened.
            opened_at: Timestamp,
            /// When it last changed.
            updated_at: Timestamp,
        }
        optional {
            /// How far it has come; an unmapped state is left out, never guessed.
            state: TicketState,
            /// What it is about; an unmapped topic is left out, never guessed.
            topic: Topic,
            /// How urgent it is.
            priority: Priority,
            /// Where it came in.
            channel: Channel,
            /// When it was solved or closed, see [`Ticket::ended_at`].
            closed_at: Timestamp,
            /// Whether it was escalated.
            escalated: bool,
            /// How often it was reopened.
            reopened: i64,
            /// The amount in dispute.
            disputed: Money,
            /// The order it is about.
            order_id: String,
        }
    }
}

impl Ticket {
    /// Returns when the case ended.
    ///
    /// This is [`closed_at`](Self#structfield.closed_at); a solved or closed
    /// case without one ended when it last changed, so that its cool-off holds.
    #[must_use]
    pub fn ended_at(&self) -> Option<Timestamp> {
        let over = self.state.is_some_and(TicketState::is_over);
        self.closed_at.or_else(|| over.then_some(self.updated_at))
    }
}

impl Record for Ticket {
    const IS_SET: bool = false;

    fn key(&self) -> Key<'_> {
        Key::Id(&self.id)
    }

    fn recency(&self) -> (Timestamp, &str) {
        (self.updated_at, &self.id)
    }
}

record! {
    /// One conversation with support.
    #[derive(Eq, PartialOrd, Ord)]
    Contact {
        required {
            /// Where it takes place.
            channel: Channel,
            /// When it began.
            started_at: Timestamp,
        }
        optional {
            /// What it is about.
            topic: Topic,
            /// When it ended.
            ended_at: Timestamp,
            /// The case it belongs to.
            ticket_id: String,
        }
    }
}

impl Record for Contact {
    const IS_SET: bool = false;

    fn key(&self) -> Key<'_> {
        Key::Begun(self.channel, self.started_at)
    }

    fn recency(&self) -> (Timestamp, &str) {
        (self.ended_at.unwrap_or(self.started_at), "")
    }
}

/// By how much two systems may differ about when a contact began.
const SAME_BEGINNING: Duration = Duration::minutes(1);

impl Support {
    /// Returns the contact that goes on: of those that nobody says ended, the
    /// one that began last.
    #[must_use]
    pub fn current_contact(&self) -> Option<&Contact> {
        let going_on = self.contacts.items().iter().filter(|contact| contact.ended_at.is_none());
        let delivered = self.active_contact.iter();
        delivered
            .chain(going_on)
            .filter(|contact| !self.has_ended(contact))
            .max_by_key(|contact| (contact.started_at, *contact))
    }

    /// Returns the contact that ended last.
    #[must_use]
    pub fn latest_contact(&self) -> Option<&Contact> {
        let over = self.contacts.items().iter().filter(|contact| contact.ended_at.is_some());
        self.last_contact.iter().chain(over).max_by_key(|contact| (contact.recency(), *contact))
    }

    /// Tells whether an end of the same contact is known: of one that began
    /// then, or of one about the same case that began at most a minute later
    /// and ended later. Whoever tells the end may not know the beginning to the
    /// second; a second call about the case does not end the first.
    fn has_ended(&self, contact: &Contact) -> bool {
        let all = self.contacts.items().iter().chain(&self.last_contact);
        let mut ended = all.filter_map(|known| Some((known, known.ended_at?)));
        ended.any(|(known, ended_at)| {
            let is_about = known.channel == contact.channel
                && known.ticket_id.is_some()
                && known.ticket_id == contact.ticket_id
                && known.started_at.since(contact.started_at) <= SAME_BEGINNING;
            known.key() == contact.key() || (is_about && ended_at >= contact.started_at)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn contact(minute: i64, ticket: &str) -> Contact {
        Contact::new(Channel::Chat, time(minute)).ticket_id(ticket)
    }

    fn time(minute: i64) -> Timestamp {
        Timestamp::EARLIEST + Duration::minutes(minute)
    }

    fn goes_on(contacts: [Contact; 2]) -> bool {
        let support = Support::new(time(60)).contacts(List::complete(contacts.to_vec()));
        support.current_contact().is_some()
    }

    #[test]
    fn a_contact_ends_with_one_about_the_same_case_that_ends_later() {
        let begun = contact(10, "t");
        assert!(!goes_on([begun.clone(), contact(9, "t").ended_at(time(20))]));
        assert!(goes_on([begun.clone(), contact(5, "t").ended_at(time(9))]));
        assert!(!goes_on([begun.clone(), contact(11, "t").ended_at(time(20))]));
        assert!(goes_on([begun.clone(), contact(12, "t").ended_at(time(20))]));
        assert!(goes_on([begun.clone(), contact(9, "u").ended_at(time(20))]));
        let by_phone = Contact::new(Channel::Phone, time(9)).ticket_id("t").ended_at(time(20));
        assert!(goes_on([begun, by_phone]));
        let unnamed = Contact::new(Channel::Chat, time(9));
        let other = Contact::new(Channel::Chat, time(8)).ended_at(time(20));
        assert!(goes_on([unnamed, other]), "nothing says that it is the same");
    }
}
