//! Booked appointments.

use serde::Serialize;

use super::record::record;
use super::{AsOf, Key, List, Record, read};
use crate::time::Timestamp;
use crate::vocabulary::AppointmentStatus;

record! {
    /// The customer's appointments.
    Appointments settled by [read::claims] {
        required {
            /// Up to when nothing is missing.
            as_of: AsOf,
        }
        optional {}
        defaulted {
            /// The appointments, past and to come.
            bookings: List<Appointment>,
        }
    }
}

record! {
    /// One appointment.
    #[derive(Eq, PartialOrd, Ord)]
    Appointment {
        required {
            /// Identifies the appointment.
            id: String,
            /// When it begins.
            starts_at: Timestamp,
        }
        optional {
            /// How it stands.
            status: AppointmentStatus,
            /// When it last changed.
            updated_at: Timestamp,
            /// What it is for.
            subject: String,
        }
    }
}

impl Record for Appointment {
    const IS_SET: bool = false;

    fn key(&self) -> Key<'_> {
        Key::Id(&self.id)
    }

    fn recency(&self) -> (Timestamp, &str) {
        (self.updated_at.unwrap_or(self.starts_at), &self.id)
    }
}
