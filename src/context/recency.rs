//! When the customer was seen, and how far they have come.

use serde::Serialize;

use super::record::record;
use super::{AsOf, Completeness, List, Record, read};
use crate::time::{Duration, Timestamp};
use crate::vocabulary::OnboardingStatus;

record! {
    /// The customer's activity clock.
    Recency settled by [read::claims] {
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
        defaulted {
            /// The sessions, from events: [`Recency::visits`] says what
            /// follows from them.
            sessions: List<Session>,
        }
    }
}

record! {
    /// How far a customer has come with getting started.
    #[derive(Eq, PartialOrd, Ord)]
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
            /// When this last changed.
            updated_at: Timestamp,
        }
    }
}

impl Onboarding {
    /// Returns when this was so: when it changed last, as far as it tells.
    pub(crate) fn told_at(&self) -> Timestamp {
        let told = self.updated_at.or(self.completed_at).or(self.started_at);
        told.unwrap_or(Timestamp::EARLIEST)
    }
}

/// How long a customer may be silent within one session: 30 minutes, as in
/// most web analytics.
pub const SESSION_GAP: Duration = Duration::minutes(30);

record! {
    /// A stretch of time in which the customer was never silent for more than
    /// [`SESSION_GAP`].
    #[derive(Eq, PartialOrd, Ord)]
    Session {
        required {
            /// When the customer was first seen in it.
            started_at: Timestamp,
            /// When the customer was last seen in it.
            ended_at: Timestamp,
        }
        optional {}
    }
}

impl Record for Session {
    fn recency(&self) -> (Timestamp, &str) {
        (self.ended_at, "")
    }

    /// Two sessions without a silence between them are one.
    fn absorb(&mut self, older: &Self) -> bool {
        let is_one = self.started_at.since(older.ended_at) <= SESSION_GAP;
        if is_one {
            self.started_at = self.started_at.min(older.started_at);
        }
        is_one
    }
}

/// When the customer was there, as far as it is known.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Visits {
    /// When the customer was first seen.
    pub first_seen_at: Option<Timestamp>,
    /// When the customer was last seen.
    pub last_seen_at: Option<Timestamp>,
    /// When the customer was last seen in the session before that.
    pub previous_seen_at: Option<Timestamp>,
    /// When the session that goes on began.
    pub session_started_at: Option<Timestamp>,
}

impl Recency {
    /// Returns when the customer was there: what was delivered, brought
    /// together with the sessions that events tell of.
    #[must_use]
    pub fn visits(&self) -> Visits {
        let delivered = Visits {
            first_seen_at: self.first_seen_at,
            last_seen_at: self.last_seen_at,
            previous_seen_at: self.previous_seen_at,
            session_started_at: self.session_started_at,
        };
        let mut sessions = self.sessions.items().iter();
        let Some(newest) = sessions.next() else {
            return delivered;
        };
        let before = sessions.next().map(|session| session.ended_at);
        let oldest = self.sessions.items().last().map(|session| session.started_at);
        let first_seen_at = match (delivered.first_seen_at, oldest) {
            (Some(one), Some(other)) => Some(one.min(other)),
            (one, other) => one.or(other),
        };
        let seen = delivered.last_seen_at.unwrap_or(Timestamp::EARLIEST);
        if seen.since(newest.ended_at) > SESSION_GAP {
            // What was delivered is of a later session.
            let previous_seen_at = delivered.previous_seen_at.max(Some(newest.ended_at));
            return Visits { first_seen_at, previous_seen_at, ..delivered };
        }
        let is_one = newest.started_at.since(seen) <= SESSION_GAP;
        let earlier = if is_one { delivered.previous_seen_at } else { delivered.last_seen_at };
        let began = delivered.session_started_at.filter(|_| is_one);
        Visits {
            first_seen_at,
            last_seen_at: Some(newest.ended_at.max(seen)),
            previous_seen_at: earlier.max(before),
            session_started_at: Some(
                began.map_or(newest.started_at, |began| began.min(newest.started_at)),
            ),
        }
    }

    /// Returns when the customer was first seen, if that can be told: sessions
    /// that may not be all have no beginning.
    pub(crate) fn known_first_seen(&self) -> Option<Option<Timestamp>> {
        let is_known = self.knows_all_sessions() || self.first_seen_at.is_some();
        is_known.then(|| self.visits().first_seen_at)
    }

    /// Returns when the customer was seen before the session that goes on, if
    /// none that was between the two can be missing.
    pub(crate) fn known_previous_seen(&self) -> Option<Option<Timestamp>> {
        let is_delivered = self.as_of.is_vouched() && self.last_seen_at.is_some();
        (self.knows_all_sessions() || is_delivered).then(|| self.visits().previous_seen_at)
    }

    /// Returns how many sessions there were in the last 30 days, if somebody
    /// vouches for it.
    pub(crate) fn known_sessions_30d(&self) -> Option<Option<i64>> {
        self.as_of.is_vouched().then_some(self.sessions_30d)
    }

    /// Tells whether there are no other sessions: none is missing of those that
    /// events tell of, and without any it was delivered otherwise.
    fn knows_all_sessions(&self) -> bool {
        self.as_of.is_vouched() && self.sessions.completeness() != Completeness::Partial
    }

    /// Counts the sessions that began in a window of time: after `now -
    /// length`, up to `now`.
    #[must_use]
    pub fn sessions_within(&self, now: Timestamp, length: Duration) -> super::Count {
        self.sessions.count_within(now, length, |session| Some(session.started_at))
    }
}
