//! What was shown and sent before, and what came of it.

use serde::Serialize;

use super::record::record;
use super::{AsOf, List, Record, read};
use crate::time::{Duration, Timestamp};
use crate::vocabulary::{Channel, Outcome, Purpose};

record! {
    /// The customer's interactions with earlier recommendations.
    History settled by [read::claims] {
        required {
            /// Up to when nothing is missing.
            as_of: AsOf,
        }
        optional {
            /// The limits that the interactions are enough for, if they are a
            /// summary: see [`Engine::summarize`](crate::Engine::summarize).
            summary_of: String,
        }
        defaulted {
            /// The interactions. Conditions read the newest 256.
            interactions: List<Interaction>,
        }
    }
}

record! {
    /// One thing that happened to one recommendation.
    ///
    /// Kind, group, tags and purpose are those the action had at the time.
    #[derive(Eq, PartialOrd, Ord)]
    Interaction {
        required {
            /// The action.
            action: String,
            /// What happened.
            outcome: Outcome,
            /// When it happened.
            at: Timestamp,
        }
        optional {
            /// Where it happened.
            channel: Channel,
            /// The action's kind.
            kind: String,
            /// The action's group.
            group: String,
            /// The action's tags.
            tags: Vec<String>,
            /// The action's purpose.
            purpose: Purpose,
            /// How it was shown.
            treatment: String,
            /// Whether limits count it; if not said, what is transactional
            /// does not count.
            counts_toward_limits: bool,
            /// The decision it goes back to.
            decision_id: String,
        }
    }
}

impl Record for Interaction {
    const CAP: usize = 10_000;

    fn recency(&self) -> (Timestamp, &str) {
        (self.at, &self.action)
    }
}

/// How far back the limits of a policy look.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[non_exhaustive]
pub enum Retention {
    /// No limit looks back.
    Nothing,
    /// No limit looks back beyond the start of the session.
    Session,
    /// No limit looks back further, or beyond the start of the session.
    For(Duration),
    /// Some limit is one for good.
    Forever,
}
