//! Answers to questions of satisfaction.

use serde::Serialize;

use super::record::record;
use super::{AsOf, List, Record, read};
use crate::time::Timestamp;
use crate::vocabulary::{Channel, Metric};

record! {
    /// The customer's answers. A question without an answer is not a low score.
    Feedback settled by [read::claims] {
        required {
            /// Up to when nothing is missing.
            as_of: AsOf,
        }
        optional {}
        defaulted {
            /// The answers.
            answers: List<Answer>,
        }
    }
}

record! {
    /// One answer.
    #[derive(Eq, PartialOrd, Ord)]
    Answer {
        required {
            /// Which question.
            metric: Metric,
            /// The answer on the question's own scale.
            score: i64,
            /// When it was given.
            answered_at: Timestamp,
        }
        optional {
            /// Where it was given.
            channel: Channel,
            /// The support case it is about.
            ticket_id: String,
        }
    }
}

impl Record for Answer {
    fn recency(&self) -> (Timestamp, &str) {
        (self.answered_at, self.metric.as_str())
    }
}
