//! When the customer was seen, and how far they have come.

use serde::{Deserialize, Serialize};

use super::AsOf;
use super::record::record;
use crate::time::Timestamp;
use crate::vocabulary::OnboardingStatus;

record! {
    /// The customer's activity clock.
    Recency {
        required {
            /// Up to when nothing is missing.
            as_of: AsOf,
        }
        optional {
            /// When the customer was first seen.
            first_seen_at: Timestamp,
            /// When the customer was last seen.
            last_seen_at: Timestamp,
            /// When the customer was seen before that.
            previous_seen_at: Timestamp,
            /// When the session that goes on began.
            session_started_at: Timestamp,
            /// When the customer last signed in.
            last_login_at: Timestamp,
            /// How many sessions there were in the last 30 days.
            sessions_30d: i64,
            /// How far the customer has come with getting started.
            onboarding: Onboarding,
        }
    }
}

record! {
    /// How far a customer has come with getting started.
    Onboarding {
        required {
            /// Where they stand.
            status: OnboardingStatus,
        }
        optional {
            /// The step they are at.
            step: String,
            /// When they began.
            started_at: Timestamp,
            /// When they finished.
            completed_at: Timestamp,
        }
    }
}
