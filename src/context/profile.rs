//! Who the customer is.

use serde::Serialize;

use super::record::record;
use super::{AsOf, read};
use crate::time::Timestamp;

record! {
    /// What is known about the person or the account.
    Profile settled by [read::dates] {
        required {
            /// Up to when nothing is missing.
            as_of: AsOf,
        }
        optional {}
        dated {
            /// Age in whole years.
            age_years: i64,
            /// The plan or tier they are on.
            plan: String,
            /// The role they have in their organisation.
            role: String,
            /// Country, as an ISO 3166 code.
            country: String,
            /// Language, as a BCP 47 tag.
            language: String,
            /// Time zone, as an IANA name such as `Europe/Vienna`.
            time_zone: String,
            /// When they became a customer.
            joined_at: Timestamp,
            /// Whether they are to be treated with special care: bereaved,
            /// ill, in hardship.
            vulnerable: bool,
            /// Segments they belong to.
            segments: Vec<String>,
            /// The account or the organisation they belong to.
            group_id: String,
        }
    }
}
