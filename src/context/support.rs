//! Support cases and contacts: what went wrong, and whether it is over.

use serde::{Deserialize, Serialize};

use super::record::record;
use super::{AsOf, List, Record};
use crate::time::Timestamp;
use crate::vocabulary::{Channel, Money, Priority, TicketState, Topic};

record! {
    /// The customer's support cases and contacts.
    Support {
        required {
            /// Up to when nothing is missing.
            as_of: AsOf,
        }
        optional {
            /// The contact that goes on at this moment.
            active_contact: Contact,
            /// The last contact that ended.
            last_contact: Contact,
        }
        defaulted {
            /// The cases.
            tickets: List<Ticket>,
        }
    }
}

record! {
    /// One support case.
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
    fn recency(&self) -> (Timestamp, &str) {
        (self.updated_at, &self.id)
    }
}

record! {
    /// One conversation with support.
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
