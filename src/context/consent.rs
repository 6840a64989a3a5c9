//! What the customer agreed to, and what is blocked.

use serde::Serialize;

use super::record::record;
use super::{AsOf, List, Record, read};
use crate::time::Timestamp;
use crate::vocabulary::{Channel, ConsentStatus, Purpose};

record! {
    /// The customer's answers about being contacted.
    Consent settled by [read::dates, read::claims] {
        required {
            /// Up to when nothing is missing.
            as_of: AsOf,
        }
        optional {}
        defaulted {
            /// The answers.
            grants: List<Grant>,
        }
        dated {
            /// Channels on which nothing may be sent, whatever its purpose.
            hard_blocks: Vec<Channel>,
            /// Channels in the order the customer prefers them.
            preferred_channels: Vec<Channel>,
        }
    }
}

record! {
    /// One answer about one purpose, on one channel or on all of them.
    #[derive(Eq, PartialOrd, Ord)]
    Grant {
        required {
            /// What was asked about.
            purpose: Purpose,
            /// What was answered.
            status: ConsentStatus,
            /// From when the answer counts.
            changed_at: Timestamp,
        }
        optional {
            /// The channel; an answer without one is about every channel.
            channel: Channel,
            /// When the answer lapses.
            expires_at: Timestamp,
        }
    }
}

impl Record for Grant {
    fn recency(&self) -> (Timestamp, &str) {
        (self.changed_at, self.purpose.as_str())
    }
}
