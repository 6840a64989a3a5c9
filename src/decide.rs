//! The pipeline from context to decision: gather, suppress, test, score, rank, place.

mod availability;
mod clearing;
mod consent;
mod engagement;
mod grants;
mod score;
mod slate;
mod suppression;

use std::collections::HashSet;

use crate::condition::Evaluator;
use crate::context::Context;
use crate::decision::{
    Account, Decision, DecisionData, Detail, Placed, Request, StoredReason, Verdict,
};
use crate::plan::{ActionId, Plan, PlannedAction};
use crate::schema::{Facts, RequestFacts};
use crate::time::Timestamp;

use clearing::{Clearing, Hold};
use score::Scorer;

pub(crate) use score::factors;
use suppression::Suppressions;

/// Decides: a pure function of a plan, a context and a request.
pub(crate) fn decide(plan: &Plan, context: &Context, request: &Request) -> DecisionData {
    let facts = gather(plan, context, request);
    let mut pipeline = Pipeline::new(plan, context, request, &facts);
    let mut candidates = pipeline.test_all();
    candidates.sort_by_key(|candidate| order(plan, candidate.action, candidate.priority));
    let (recommendations, withheld) = pipeline.place(candidates);
    DecisionData {
        now: request.now,
        channel: request.channel,
        decision_id: request.decision_id.clone(),
        slots: request.slots.clone(),
        recommendations,
        withheld,
        in_force: pipeline.suppressions.into_in_force(),
    }
}

/// Decides as if it were later, with every part as fresh or stale as it is now.
///
/// Also returns the next instant at which something may change.
pub(crate) fn decide_at(
    plan: &Plan,
    context: &Context,
    request: &Request,
    at: Timestamp,
) -> (DecisionData, Option<Timestamp>) {
    let facts = gather(plan, context, request).frozen_at(at);
    let later = Request { now: at, ..request.clone() };
    let mut pipeline = Pipeline::new(plan, context, &later, &facts);
    let mut candidates = pipeline.test_all();
    candidates.sort_by_key(|candidate| order(plan, candidate.action, candidate.priority));
    let (recommendations, withheld) = pipeline.place(candidates);
    let in_force = pipeline.suppressions.into_in_force();
    let untils = withheld.iter().flat_map(|account| &account.reasons).filter_map(|r| r.until);
    let ends = plan.actions().filter_map(|(_, action)| action.ends_at);
    let mut nodes: Vec<_> =
        plan.suppressions.iter().flat_map(|rule| [Some(rule.when), rule.after]).flatten().collect();
    for (_, action) in plan.actions() {
        let clauses = [&action.eligible, &action.applicable, &action.suitable];
        nodes.extend(clauses.into_iter().flatten().map(|clause| clause.node));
    }
    let mut evaluator = Evaluator::at(&plan.program, &facts, at);
    let horizons = nodes.into_iter().filter_map(|node| evaluator.truth(node).next_frozen_change());
    let next = untils.chain(ends).chain(horizons).filter(|until| *until > at).min();
    let data = DecisionData {
        now: request.now,
        channel: request.channel,
        decision_id: request.decision_id.clone(),
        slots: request.slots.clone(),
        recommendations,
        withheld,
        in_force,
    };
    (data, next)
}

/// Dates the facts of the context and the request at the moment of the request.
pub(crate) fn gather<'a>(plan: &'a Plan, context: &'a Context, request: &'a Request) -> Facts<'a> {
    let mut of_request = RequestFacts::new(request.channel);
    of_request.intent = request.intent.as_deref();
    Facts::of_context(&plan.schema, context, of_request, request.now).in_currency(plan.currency)
}

/// An action on the channel, tested and scored.
struct Candidate {
    action: ActionId,
    /// `None` if a score is missing.
    priority: Option<u128>,
    reasons: Vec<StoredReason>,
    holds: Vec<Hold>,
}

/// Orders candidates: tier, priority, rank, earlier end, id.
///
/// One without a priority, for want of a score, comes last in its tier.
fn order(plan: &Plan, action: ActionId, priority: Option<u128>) -> impl Ord + use<> {
    use std::cmp::Reverse;

    let action = plan.action(action);
    let priority = priority.map_or((1, Reverse(0)), |priority| (0, Reverse(priority)));
    let end = action.ends_at.map_or(i64::MAX, Timestamp::as_millis);
    (Reverse(action.tier), priority, Reverse(action.rank), end, action.id_order)
}

/// Returns the place an action has, or would have, among the admissible ones.
pub(crate) fn place_in_order(decision: &Decision<'_>, id: ActionId, priority: u128) -> usize {
    let plan = decision.plan;
    let own = order(plan, id, Some(priority));
    let placed =
        decision.data.recommendations.iter().map(|placed| (placed.action, Some(placed.priority)));
    let outranked =
        decision.data.withheld.iter().filter(|account| account.verdict == Verdict::Outranked);
    let outranked = outranked.map(|account| (account.action, account.priority));
    let before =
        placed.chain(outranked).filter(|(action, priority)| order(plan, *action, *priority) < own);
    before.count() + 1
}

struct Pipeline<'a> {
    plan: &'a Plan,
    context: &'a Context,
    request: &'a Request,
    excluded: HashSet<&'a str, ahash::RandomState>,
    out_of_stock: HashSet<&'a str, ahash::RandomState>,
    evaluator: Evaluator<'a>,
    /// Looks ahead; apart from the evaluator, whose answers are about now.
    clearing: Clearing<'a>,
    answers: consent::Answers,
    suppressions: Suppressions,
    scorer: Scorer,
    clauses: engagement::Clauses,
    complete: bool,
}

impl<'a> Pipeline<'a> {
    fn new(
        plan: &'a Plan,
        context: &'a Context,
        request: &'a Request,
        facts: &'a Facts<'a>,
    ) -> Self {
        let mut evaluator = Evaluator::new(&plan.program, facts);
        let mut clearing = Clearing::new(plan, context, request.channel, facts);
        let consents = grants::Consents::of(context, request.channel);
        let answers = consent::Answers::new(&consents, facts, &mut clearing);
        let suppressions = Suppressions::in_force(plan, &mut evaluator, &mut clearing);
        let scorer = Scorer::new(plan, &mut evaluator);
        Self {
            plan,
            context,
            request,
            excluded: request.excluded.iter().map(String::as_str).collect(),
            out_of_stock: request.out_of_stock.iter().map(String::as_str).collect(),
            evaluator,
            clearing,
            answers,
            suppressions,
            scorer,
            clauses: engagement::Clauses::default(),
            complete: request.detail == Detail::Complete,
        }
    }

    fn test_all(&mut self) -> Vec<Candidate> {
        let plan = self.plan;
        let mut candidates = Vec::new();
        for (id, action) in plan.actions() {
            let candidate = self.test(id, action);
            if self.complete || candidate.reasons.is_empty() {
                candidates.push(candidate);
            }
        }
        candidates
    }

    /// Takes an action through the stages; all of them, if all reasons are wanted.
    fn test(&mut self, id: ActionId, action: &'a PlannedAction) -> Candidate {
        let priority = self.scorer.priority(action, &mut self.evaluator);
        let mut candidate =
            Candidate { action: id, priority, reasons: Vec::new(), holds: Vec::new() };
        // Quiet hours come after consent; limits and holdout after suppression.
        let stages: [fn(&mut Self, &'a PlannedAction, &mut Candidate); 7] = [
            Self::test_availability,
            Self::test_consent,
            Self::test_eligibility,
            Self::test_applicability,
            Self::test_suitability,
            Self::test_suppression,
            Self::test_score,
        ];
        for stage in stages {
            stage(self, action, &mut candidate);
            if !self.complete && !candidate.reasons.is_empty() {
                break;
            }
        }
        candidate
    }

    fn place(&mut self, candidates: Vec<Candidate>) -> (Vec<Placed>, Vec<Account>) {
        let mut slate =
            slate::Slate::new(self.plan, self.context, self.request, self.evaluator.facts());
        let mut withheld = Vec::new();
        for mut candidate in candidates {
            if candidate.reasons.is_empty() {
                match slate.place(candidate.action, candidate.priority.unwrap_or(0)) {
                    Ok(()) => continue,
                    Err(reason) => {
                        candidate.reasons.push(reason);
                        candidate.holds.push(Hold::Never);
                    }
                }
            }
            if self.complete {
                withheld.push(self.account(candidate));
            }
        }
        (slate.into_placed(), withheld)
    }

    fn account(&mut self, candidate: Candidate) -> Account {
        let Candidate { action, priority, reasons, holds } = candidate;
        // INVARIANT: what is not placed has a reason.
        let verdict = reasons.first().map_or(Verdict::Outranked, |reason| reason.code.verdict());
        let until = match (&*reasons, &*holds) {
            ([only], [_]) => only.until,
            _ => self.clearing.all_clear(&holds),
        };
        Account { action, verdict, priority, reasons, until }
    }
}
