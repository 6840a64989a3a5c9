//! What a ranking asks of a context, to be answered all at once.

use super::PlannedBoost;
use super::index::Index;
use super::ranked::Number;
use crate::check::CheckedSuppression;
use crate::condition::{self, Program, Slot, Survey};
use crate::schema::{FactId, Schema};

/// The questions of a policy, and where the answers are.
#[derive(Debug)]
pub(crate) struct Questions {
    pub(crate) survey: Survey,
    /// For each truth of the index.
    pub(crate) truths: Vec<Slot>,
    /// For each suppression, and for what comes after it.
    pub(crate) suppressions: Vec<(Slot, Option<Slot>)>,
    /// For each context weight.
    pub(crate) boosts: Vec<Slot>,
    /// For each number of the index where it lies, unless it is computed.
    pub(crate) numbers: Vec<Option<condition::Number>>,
    /// Whether some answers come from the evaluator.
    pub(crate) need_evaluator: bool,
    pub(crate) grants: Option<FactId>,
    pub(crate) interactions: Option<FactId>,
}

impl Questions {
    pub(super) fn new(
        program: &Program,
        schema: &Schema,
        index: &Index,
        suppressions: &[CheckedSuppression],
        boosts: &[PlannedBoost],
    ) -> Self {
        let of_rules = suppressions.iter().flat_map(|rule| [Some(rule.when), rule.after]);
        let of_boosts = boosts.iter().map(|boost| boost.when);
        let roots = index.truths.iter().copied().chain(of_rules.flatten()).chain(of_boosts);
        let survey = Survey::new(program, schema, roots);
        let mut slots = survey.roots().iter().copied();
        let truths = slots.by_ref().take(index.truths.len()).collect();
        let in_order = suppressions.iter().filter_map(|rule| {
            let when = slots.next()?;
            Some((when, rule.after.and_then(|_| slots.next())))
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
