//! A truth on two rails, in one byte.

use super::super::truth::{Outcome, Truth};

/// What a truth comes to on fresh facts, and on those last known.
///
/// It has a bit for true and one for false on each rail; neither is unknown.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Answer(u8);

const FRESH_TRUE: u8 = 1;
const FRESH_FALSE: u8 = 2;
const LAST_TRUE: u8 = 4;
const LAST_FALSE: u8 = 8;

const TRUE: u8 = FRESH_TRUE | LAST_TRUE;
const FALSE: u8 = FRESH_FALSE | LAST_FALSE;
const LAST: u8 = LAST_TRUE | LAST_FALSE;

impl Answer {
    pub(crate) const UNKNOWN: Self = Self(0);

    /// The same on both rails: what is asked of this moment, not of what was.
    pub(super) const fn always(holds: bool) -> Self {
        Self(if holds { TRUE } else { FALSE })
    }

    /// What was found out by facts that are fresh or not.
    pub(super) fn found(truth: Option<bool>, is_fresh: bool) -> Self {
        let rails = truth.map_or(0, |holds| if holds { TRUE } else { FALSE });
        Self(if is_fresh { rails } else { rails & LAST })
    }

    pub(super) fn of(outcome: &Outcome) -> Self {
        let bits = |truth, holds, fails| match truth {
            Truth::True => holds,
            Truth::False => fails,
            Truth::Unknown => 0,
        };
        let fresh = bits(outcome.truth(), FRESH_TRUE, FRESH_FALSE);
        Self(fresh | bits(outcome.last_known(), LAST_TRUE, LAST_FALSE))
    }

    /// Tells whether it is known true on fresh facts.
    pub(crate) fn is_true(self) -> bool {
        self.0 & FRESH_TRUE != 0
    }

    /// Tells whether it is known false on fresh facts.
    pub(crate) fn is_false(self) -> bool {
        self.0 & FRESH_FALSE != 0
    }

    /// Returns what is known on fresh facts.
    pub(crate) fn truth(self) -> Truth {
        match (self.is_true(), self.is_false()) {
            (true, _) => Truth::True,
            (_, true) => Truth::False,
            _ => Truth::Unknown,
        }
    }

    /// Tells whether it was true by what was last known.
    pub(crate) fn was_true(self) -> bool {
        self.0 & LAST_TRUE != 0
    }

    pub(super) fn and(self, other: Self) -> Self {
        Self((self.0 & other.0 & TRUE) | ((self.0 | other.0) & FALSE))
    }

    pub(super) fn or(self, other: Self) -> Self {
        Self(((self.0 | other.0) & TRUE) | (self.0 & other.0 & FALSE))
    }

    pub(super) fn not(self) -> Self {
        Self((self.0 & TRUE) << 1 | (self.0 & FALSE) >> 1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::condition::truth::{NEVER, Rail};

    /// Joins are those of outcomes, on both rails.
    #[test]
    fn joins_like_outcomes() {
        let truths = [Truth::True, Truth::False, Truth::Unknown];
        let rail = |truth| Rail { truth, changes_at: NEVER };
        let outcomes: Vec<Outcome> = truths
            .iter()
            .flat_map(|fresh| truths.iter().map(move |last| (*fresh, *last)))
            .map(|(fresh, last)| Outcome {
                fresh: rail(fresh),
                last_known: rail(last),
                running: rail(fresh),
            })
            .collect();
        for one in &outcomes {
            assert_eq!(Answer::of(&one.not()), Answer::of(one).not());
            for other in &outcomes {
                let (a, b) = (Answer::of(one), Answer::of(other));
                assert_eq!(Answer::of(&one.and(*other)), a.and(b));
                assert_eq!(Answer::of(&one.or(*other)), a.or(b));
            }
        }
    }
}
