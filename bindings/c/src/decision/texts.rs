//! Texts of a decision that are not stored but made, and kept once C has seen
//! them.
//!
//! Several threads may read a decision, so each text is made at most once, by
//! whoever asks first.

use std::sync::OnceLock;

use tactful::Decision;
use tactful::decision::{FactUse, Reason, Recommendation, Suppressed};

/// The texts made so far.
#[derive(Default)]
pub(super) struct Texts {
    recommendations: OnceLock<Box<[OnceLock<Told>]>>,
    withheld: OnceLock<Box<[OnceLock<Told>]>>,
}

/// The texts about one action.
pub(super) struct Told {
    pub(super) priority: String,
    pub(super) reasons: Vec<ToldReason>,
}

/// The texts of one reason.
pub(super) struct ToldReason {
    pub(super) because: String,
    pub(super) facts: Vec<FactUse>,
}

impl Texts {
    /// Returns the texts about the recommendation at a place.
    pub(super) fn recommended(
        &self,
        decision: &Decision<'_>,
        place: usize,
        of: Recommendation<'_>,
    ) -> Option<&Told> {
        let places = self.recommendations.get_or_init(|| empty(decision.recommendations().len()));
        let told = || Told {
            priority: of.priority().to_string(),
            reasons: of.passed_over().map(ToldReason::new).collect(),
        };
        Some(places.get(place)?.get_or_init(told))
    }

    /// Returns the texts about the action withheld at a place.
    pub(super) fn withheld(
        &self,
        decision: &Decision<'_>,
        place: usize,
        of: Suppressed<'_>,
    ) -> Option<&Told> {
        let places = self.withheld.get_or_init(|| empty(decision.withheld().len()));
        let told = || Told {
            priority: of.priority().map(|priority| priority.to_string()).unwrap_or_default(),
            reasons: of.reasons().map(ToldReason::new).collect(),
        };
        Some(places.get(place)?.get_or_init(told))
    }
}

impl ToldReason {
    fn new(reason: Reason<'_>) -> Self {
        Self { because: reason.because(), facts: reason.facts().collect() }
    }
}

fn empty(count: usize) -> Box<[OnceLock<Told>]> {
    (0..count).map(|_| OnceLock::new()).collect()
}
