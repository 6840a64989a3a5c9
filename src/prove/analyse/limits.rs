//! Limits that can never hold anything back.

use super::Analyst;
use crate::check::{CheckedLimit, LimitRule, Window};
use crate::diagnostic::{Code, DocPath};
use crate::plan::{LimitId, PlannedAction};

/// A limit that cannot bind.
const IDLE: Code = Code::new("P312");

impl Analyst<'_> {
    /// Finds limits that count nothing, hold nobody, or come after stricter ones.
    pub(super) fn limits(&mut self) {
        let plan = self.plan;
        for (id, limit) in (0..).map(LimitId).zip(&plan.limits) {
            let place = plan.policy.limits.iter().position(|written| written.id == limit.id);
            let Some(place) = place else { continue };
            let why = self.why_idle(id, limit);
            let stricter = plan.limits.iter().find(|other| is_stricter(other, limit));
            let message = match (why, stricter) {
                (Some(why), _) => why.to_owned(),
                (None, Some(other)) => {
                    format!("this limit never holds: `{}` is stricter in every respect", other.id)
                }
                (None, None) => continue,
            };
            let path = DocPath::root().key("limits").index(place);
            self.warn(IDLE, path, message, "take it out, or correct what it is about");
        }
    }

    fn why_idle(&self, id: LimitId, limit: &CheckedLimit) -> Option<&'static str> {
        let limited = |action: &&PlannedAction| action.rules.limits.contains(&id);
        let targets = || self.plan.actions().map(|(_, action)| action).filter(limited);
        if targets().next().is_none() {
            return Some("this limit never holds: none of its actions obeys limits");
        }
        if !limit.channels.is_empty()
            && targets().all(|action| !action.channels.iter().any(|on| limit.channels.contains(on)))
        {
            return Some("this limit never holds: none of its actions goes on these channels");
        }
        let is_uncounted =
            self.plan.sets_of_rules().iter().all(|rules| !rules.counted_in.contains(&id));
        let counts_none = is_uncounted && !limit.is_met_by_history_only();
        counts_none.then_some("this limit counts nothing that this policy recommends")
    }
}

/// Tells whether one cap holds wherever another does.
fn is_stricter(limit: &CheckedLimit, than: &CheckedLimit) -> bool {
    let (
        LimitRule::Cap { at_most, window: Window::Rolling(within) },
        LimitRule::Cap { at_most: other_most, window: Window::Rolling(other_within) },
    ) = (&limit.rule, &than.rule)
    else {
        return false;
    };
    let (a, b) = (&limit.counted, &than.counted);
    let counts_the_same = a.selector == b.selector
        && a.purposes == b.purposes
        && a.channels == b.channels
        && a.outcomes == b.outcomes
        && limit.per == than.per
        && limit.channels == than.channels;
    counts_the_same
        && limit.id != than.id
        && at_most <= other_most
        && within >= other_within
        // Of two that say the same, the later one is found.
        && (at_most < other_most || within > other_within || limit.id < than.id)
}
