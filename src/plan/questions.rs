//! What a ranking asks of a context, to be answered all at once.

use super::PlannedBoost;
use super::index::Index;
use super::ranked::Number;
use crate::check::CheckedSuppression;
use crate::condition::{self, Answers, NodeId, Program, Slot, Survey};
use crate::schema::{FactId, Schema};
use crate::vocabulary::{Channel, Word};

/// The questions of a policy, and where the answers are.
#[derive(Debug)]
pub(crate) struct Questions {
    pub(crate) survey: Survey,
    /// For each truth of the index.
    pub(crate) truths: Vec<Slot>,
    pub(crate) suppressions: Vec<RuleSlots>,
    /// For each context weight.
    pub(crate) boosts: Vec<Slot>,
    /// For each number of the index where it lies, unless it is computed.
    pub(crate) numbers: Vec<Option<condition::Number>>,
    /// Whether some answers come from the evaluator.
    pub(crate) need_evaluator: bool,
    pub(crate) grants: Option<FactId>,
    pub(crate) interactions: Option<FactId>,
}

/// What a ranking has to know of a suppression.
#[derive(Debug)]
pub(crate) struct RuleSlots {
    when: Slot,
    after: Option<Slot>,
    allow_unknown: bool,
    /// A bit for each channel that it is about.
    channels: u64,
}

impl RuleSlots {
    fn new(rule: &CheckedSuppression, when: Slot, after: Option<Slot>) -> Self {
        let channels = rule.channels.iter().fold(0, |all, channel| all | bit(*channel));
        let channels = if rule.channels.is_empty() { u64::MAX } else { channels };
        Self { when, after, allow_unknown: rule.allow_unknown, channels }
    }

    /// Tells whether it is in force on a channel.
    pub(crate) fn is_in_force(&self, channel: Channel, answers: &Answers) -> bool {
        let holds_back = |slot| answers.holds_back(slot, self.allow_unknown);
        self.channels & bit(channel) != 0
            && (holds_back(self.when) || self.after.is_some_and(holds_back))
    }
}

/// Returns the bit of a channel.
fn bit(channel: Channel) -> u64 {
    1 << channel.code()
}

/// Lists what is asked: truths of the index, sides of suppressions, weights.
fn roots(
    index: &Index,
    suppressions: &[CheckedSuppression],
    boosts: &[PlannedBoost],
) -> impl Iterator<Item = NodeId> {
    let of_rules = suppressions.iter().flat_map(|rule| [Some(rule.when), rule.after]);
    let of_boosts = boosts.iter().map(|boost| boost.when);
    index.truths.iter().copied().chain(of_rules.flatten()).chain(of_boosts)
}

impl Questions {
    pub(super) fn new(
        program: &Program,
        schema: &Schema,
        index: &Index,
        suppressions: &[CheckedSuppression],
        boosts: &[PlannedBoost],
    ) -> Self {
        let survey = Survey::new(program, schema, roots(index, suppressions, boosts));
        let mut slots = survey.roots().iter().copied();
        let truths = slots.by_ref().take(index.truths.len()).collect();
        let in_order = suppressions.iter().filter_map(|rule| {
            let when = slots.next()?;
            let after = rule.after.and_then(|_| slots.next());
            Some(RuleSlots::new(rule, when, after))
        });
        let suppressions = in_order.collect();
        let boosts = slots.collect();
        let lies = |number: &Number| match *number {
            Number::Propensity(term) | Number::Value(term) => condition::Number::of(program, term),
        };
        let numbers: Vec<_> = index.numbers.iter().map(lies).collect();
        Self {
            need_evaluator: survey.has_others() || numbers.iter().any(Option::is_none),
            survey,
            truths,
            suppressions,
            boosts,
            numbers,
            grants: schema.find("consent.grants"),
            interactions: schema.find("history.interactions"),
        }
    }
}

#[cfg(test)]
#[cfg(all(feature = "json", feature = "toml"))]
mod tests;
