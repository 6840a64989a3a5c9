//! The contract.

use serde::Serialize;

use super::record::record;
use super::{AsOf, read};
use crate::time::Timestamp;
use crate::vocabulary::{Money, SubscriptionStatus};

record! {
    /// The customer's subscription.
    Subscription settled by [read::dates] {
        required {
            /// Up to when nothing is missing.
            as_of: AsOf,
        }
        optional {}
        dated {
            /// What they subscribe to.
            plan: String,
            /// How it stands.
            status: SubscriptionStatus,
            /// When it began.
            started_at: Timestamp,
            /// When it renews.
            renews_at: Timestamp,
            /// When the trial ends.
            trial_ends_at: Timestamp,
            /// What is owed and overdue.
            arrears: Money,
        }
    }
}
