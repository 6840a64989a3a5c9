//! One action, with the others as far as they go before it.

use super::asked::{self, Asked};
use super::assignment::assignments;
use super::clearing::Hold;
use super::ranked;
use super::standing::Ranking;
use super::{Pipeline, decide_as_asked};
use crate::condition::Known;
use crate::context::Context;
use crate::decision::{DecisionData, Placed, ReasonCode, Request, Rule, StoredReason};
use crate::plan::{ActionId, Plan};
use crate::schema::Facts;

/// A decision as far as it matters to one action.
pub(crate) struct About {
    /// Other actions have no account, and `valid_until` is left open.
    pub(crate) data: DecisionData,
    /// The place that the action has, or would have, among the admissible ones;
    /// none where the data tell it, a score is missing, or nobody wants it.
    pub(crate) place: Option<usize>,
    /// What was found out about truths, at the moment of the request and on the
    /// facts that were given, if they were looked at.
    pub(crate) known: Option<Known>,
}

/// What somebody wants to know about an action.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Wanted {
    /// Its verdict, and its place as well.
    Rank,
    /// Its verdict alone.
    Verdict,
}

/// Decides as far as it matters to one action; the facts are those of the
/// channel of the request.
pub(crate) fn decide_about(
    plan: &Plan,
    context: &Context,
    request: &Request,
    facts: &Facts<'_>,
    (id, wanted): (ActionId, Wanted),
) -> About {
    let by_itself = ranked::fits(plan, context, request)
        .then(|| decide_by_itself((plan, context), request, facts, (id, wanted)));
    by_itself.flatten().unwrap_or_else(|| decide_among_others((plan, context), request, id))
}

/// Takes the action alone through the stages, and counts what goes before it
/// as rankings find it.
///
/// None if it is admissible, and what has a place depends on what else has.
fn decide_by_itself(
    (plan, context): (&Plan, &Context),
    request: &Request,
    facts: &Facts<'_>,
    (id, wanted): (ActionId, Wanted),
) -> Option<About> {
    let asked = Asked::new(plan, request, &[request.channel]).alone(id);
    let all_facts = std::slice::from_ref(facts);
    let mut pipeline = Pipeline::new((plan, context), &asked, all_facts, request.now);
    let mut candidate = pipeline.test(id, plan.action(id));
    let mut data = DecisionData::of(request);
    let is_admissible = candidate.is_admissible();
    if is_admissible && !ranked::is_plain(plan, request) {
        return None;
    }
    let mut place = None;
    if is_admissible || wanted == Wanted::Rank {
        let mut ranking = Ranking::new((plan, context), &asked, facts);
        place = candidate.on.priority.map(|priority| ranking.place_of(id, priority));
        let has_place = |place: usize| request.limit.is_none_or(|limit| place <= limit);
        if is_admissible && place.is_some_and(has_place) {
            let priority = candidate.on.priority.unwrap_or(0);
            data.recommendations.push(Placed::plain(id, request.channel, priority));
        } else if is_admissible {
            // The last one that has a place is named.
            ranking.recommend(&mut data.recommendations);
            let reason = StoredReason::new(ReasonCode::SlateFull, Rule::None);
            candidate.on.add(reason, Hold::Never);
        }
    }
    if !candidate.is_admissible() {
        data.withheld.push(pipeline.account(candidate));
    }
    data.in_force = pipeline.in_force();
    data.assignments.extend(assignments(plan, context));
    let known = pipeline.lanes.pop().map(|lane| lane.evaluator.into_known());
    Some(About { data, place, known })
}

/// Looks at the others where they may be recommended.
fn decide_among_others(
    (plan, context): (&Plan, &Context),
    request: &Request,
    id: ActionId,
) -> About {
    let channels = asked::channels(plan, context, request);
    let asked = Asked::new(plan, request, &channels).about(id);
    let (data, _) = decide_as_asked((plan, context), &asked, channels, request.now);
    About { data: DecisionData { valid_until: None, ..data }, place: None, known: None }
}
