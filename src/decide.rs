//! The pipeline from context to decision: gather, suppress, test, score, rank, place.

mod about;
mod asked;
mod assignment;
mod clearing;
mod front;
mod grants;
mod horizon;
mod judged;
mod lane;
mod limits;
mod past;
mod quiet;
mod ranked;
mod scratch;
mod slate;
mod standing;
#[cfg(feature = "json")]
mod summary;

use smallvec::SmallVec;

use crate::check::CheckedSuppression;
use crate::condition::Evaluator;
use crate::context::Context;
use crate::decision::{
    Account, Data, Decision, DecisionData, Detail, InForce, Request, Rest, Stage, StoredReason,
    Verdict, verdict,
};
use crate::plan::{ActionId, Plan, PlannedAction};
use crate::schema::{Facts, RequestFacts};
use crate::time::Timestamp;
use crate::vocabulary::Channel;

use asked::Asked;
use assignment::assignments;
use clearing::Hold;
use front::Front;
use horizon::Horizon;
use lane::{Lane, Tested};
use ranked::Desk;
use slate::Slate;

pub use scratch::{Bound, Scratch};

pub(crate) use about::{About, Wanted, decide_about};
pub(crate) use lane::factors;
pub(crate) use limits::retention;
pub(crate) use scratch::{decide_bound, decide_with};
#[cfg(feature = "json")]
pub(crate) use summary::summarize;

/// Decides what to recommend; everything else is found out once somebody asks
/// for it, about copies of context and request.
pub(crate) fn answer(plan: &Plan, context: &Context, request: &Request) -> Data<'static> {
    match ranking(plan, context, request) {
        None => Data::Own(decide(plan, context, request)),
        Some(data) => data.and(Rest::of_copy(decide, context, request)),
    }
}

/// Decides what to recommend; everything else is found out once somebody asks
/// for it, about what is kept until then.
pub(crate) fn answer_lent<'d>(plan: &Plan, context: &'d Context, request: &'d Request) -> Data<'d> {
    match ranking(plan, context, request) {
        None => Data::Own(decide(plan, context, request)),
        Some(data) => data.and(Rest::lent(decide, context, request)),
    }
}

/// Ranks quickly, where that finds what the general pipeline does.
fn ranking(plan: &Plan, context: &Context, request: &Request) -> Option<DecisionData> {
    ranked::fits(plan, context, request).then(|| {
        let (mut front, mut desk) = (Front::default(), Desk::default());
        let mut data = DecisionData::of(request);
        ranked::rank((plan, context), request, &mut front, &mut desk, &mut data);
        data
    })
}

/// Decides all at once: a pure function of a plan, a context and a request.
pub(crate) fn decide(plan: &Plan, context: &Context, request: &Request) -> DecisionData {
    if request.detail == Detail::RankedOnly && ranked::fits(plan, context, request) {
        return ranked::decide(plan, context, request);
    }
    let channels = asked::channels(plan, context, request);
    let asked = Asked::new(plan, request, &channels);
    decide_as_asked((plan, context), &asked, channels, request.now).0
}

/// Decides as if it were later, with every part as fresh or stale as it is now.
///
/// When what holds back lets go is left open: those who ask walk from change to
/// change, and to look ahead from each would be as long a walk once more. Also
/// returns the first instant from then on at which anything may change if the
/// parts stay so.
pub(crate) fn decide_at(
    plan: &Plan,
    context: &Context,
    request: &Request,
    at: Timestamp,
) -> (DecisionData, Option<Timestamp>) {
    let channels = asked::channels(plan, context, request);
    let asked = Asked::new(plan, request, &channels).without_untils();
    decide_as_asked((plan, context), &asked, channels, at)
}

/// Decides about one action as if there were no other, and as if it were later,
/// with every part as fresh or stale as it is now.
///
/// What is not held back has no account.
pub(crate) fn decide_alone(
    plan: &Plan,
    context: &Context,
    request: &Request,
    id: ActionId,
    at: Timestamp,
) -> DecisionData {
    let channels = asked::channels(plan, context, request);
    let asked = Asked::new(plan, request, &channels).alone(id);
    let facts = gather_all(plan, context, request, &channels);
    let mut pipeline = Pipeline::new((plan, context), &asked, &facts, at);
    let candidate = pipeline.test(id, plan.action(id));
    let is_held_back = !candidate.is_admissible();
    let withheld = is_held_back.then(|| pipeline.account(candidate)).into_iter().collect();
    DecisionData { withheld, in_force: pipeline.in_force(), channels, ..DecisionData::of(request) }
}

fn decide_as_asked(
    (plan, context): (&Plan, &Context),
    asked: &Asked<'_>,
    channels: SmallVec<[Channel; 4]>,
    at: Timestamp,
) -> (DecisionData, Option<Timestamp>) {
    let request = asked.request;
    let facts = gather_all(plan, context, request, &channels);
    let mut pipeline = Pipeline::new((plan, context), asked, &facts, at);
    let mut candidates = pipeline.test_all();
    candidates.sort_by_cached_key(|candidate| candidate.order(plan));
    let ghosts = pipeline.ghosts(&candidates);
    let (slate, withheld) = pipeline.place(candidates);
    let order = facts.first().map(|facts| asked::horizon_of_order(context, request, facts));
    let horizon = pipeline.horizon().joined(order.unwrap_or_default());
    let (recommendations, reservations) = slate.into_placed();
    let data = DecisionData {
        now: request.now,
        decision_id: request.decision_id.clone(),
        slots: request.slots.clone(),
        recommendations,
        withheld,
        in_force: pipeline.in_force(),
        assignments: assignments(plan, context).collect(),
        ghosts,
        reservations,
        valid_until: horizon.running(),
        channels,
    };
    (data, horizon.frozen())
}

/// Dates the facts of the context and the request at the moment of the request.
pub(crate) fn gather<'a>(
    plan: &'a Plan,
    context: &'a Context,
    request: &'a Request,
    channel: Channel,
) -> Facts<'a> {
    let mut of_request = RequestFacts::new(channel);
    of_request.intent = request.intent.as_deref();
    Facts::of_context(&plan.schema, context, of_request, request.now).in_currency(plan.currency)
}

/// Dates the facts for every channel; what models find out is shared.
fn gather_all<'a>(
    plan: &'a Plan,
    context: &'a Context,
    request: &'a Request,
    channels: &[Channel],
) -> Vec<Facts<'a>> {
    let Some((first, others)) = channels.split_first() else {
        return Vec::new();
    };
    let mut facts = Vec::with_capacity(channels.len());
    let of_first = gather(plan, context, request, *first);
    facts.extend(others.iter().map(|channel| of_first.on(*channel)));
    facts.insert(0, of_first);
    facts
}

/// Tells whether a suppression holds back by the facts at hand.
pub(crate) fn holds_back(rule: &CheckedSuppression, evaluator: &mut Evaluator<'_>) -> bool {
    let (holding, _) = clearing::holding(rule, evaluator);
    holding.is_some()
}

/// An action, tested on the channels of the request.
struct Candidate {
    action: ActionId,
    is_forced: bool,
    /// The channel it goes on: the first one that nothing speaks against. If
    /// there is none, the first.
    on: Tested,
    /// What was found out on the other channels that were tried.
    others: Vec<Tested>,
}

impl Candidate {
    fn is_admissible(&self) -> bool {
        self.on.reasons.is_empty()
    }

    /// Finds the first channel on which nothing but a holdout speaks against it.
    fn held_out(&self) -> Option<&Tested> {
        let only = |tested: &&Tested| {
            let mut stages = tested.reasons.iter().map(StoredReason::stage);
            stages.all(|stage| stage == Stage::Holdout)
        };
        let mut tested = std::iter::once(&self.on).chain(&self.others);
        tested.find(only).filter(|_| !self.is_admissible())
    }

    fn order(&self, plan: &Plan) -> impl Ord + use<> {
        order(plan, self.action, self.on.priority, self.is_forced)
    }
}

/// Orders candidates: tier, priority, rank, earlier end, id.
///
/// One that is forced goes before all others; one without a priority, for want
/// of a score, comes last in its tier.
fn order(
    plan: &Plan,
    action: ActionId,
    priority: Option<u128>,
    is_forced: bool,
) -> impl Ord + use<> {
    use std::cmp::Reverse;

    let (tier, tie) = (plan.action(action).tier, plan.action(action).ranked.tie);
    let priority = priority.map_or((1, Reverse(0)), |priority| (0, Reverse(priority)));
    (Reverse(is_forced), Reverse(tier), priority, tie)
}

/// Returns the place an action has, or would have, among the admissible ones.
pub(crate) fn place_in_order(decision: &Decision<'_>, id: ActionId, priority: u128) -> usize {
    let plan = decision.plan;
    let mut placed = decision.data.recommendations.iter();
    let is_forced = placed.any(|placed| placed.action == id && placed.is_forced);
    let own = order(plan, id, Some(priority), is_forced);
    let placed = decision
        .data
        .recommendations
        .iter()
        .map(|placed| (placed.action, Some(placed.priority), placed.is_forced));
    let outranked =
        decision.data.withheld(plan).iter().filter(|account| account.verdict == Verdict::Outranked);
    let outranked = outranked.map(|account| (account.action, account.priority, false));
    let before = placed
        .chain(outranked)
        .filter(|(action, priority, is_forced)| order(plan, *action, *priority, *is_forced) < own);
    before.count() + 1
}

struct Pipeline<'a> {
    plan: &'a Plan,
    asked: &'a Asked<'a>,
    /// One for each channel, in the order they are tried.
    lanes: Vec<Lane<'a>>,
}

impl<'a> Pipeline<'a> {
    fn new(
        (plan, context): (&'a Plan, &'a Context),
        asked: &'a Asked<'a>,
        facts: &'a [Facts<'a>],
        at: Timestamp,
    ) -> Self {
        let lanes = facts.iter().map(|facts| Lane::new(plan, context, asked, facts, at));
        Self { plan, asked, lanes: lanes.collect() }
    }

    fn test_all(&mut self) -> Vec<Candidate> {
        let plan = self.plan;
        let Some(about) = self.asked.about else {
            return self.test_each(plan.actions().map(|(id, _)| id));
        };
        let near = self.near(about);
        self.test_each(near.into_iter())
    }

    fn test_each(&mut self, ids: impl Iterator<Item = ActionId>) -> Vec<Candidate> {
        let mut candidates = Vec::new();
        for id in ids {
            let candidate = self.test(id, self.plan.action(id));
            let is_kept = candidate.is_admissible() || candidate.held_out().is_some();
            if is_kept || self.asked.is_complete && self.asked.is_about(id) {
                candidates.push(candidate);
            }
        }
        candidates
    }

    /// Lists an action, and those that may be recommended: their conditions hold
    /// on some channel, or the request forces them.
    fn near(&mut self, about: ActionId) -> Vec<ActionId> {
        let forced = self.asked.request.force.as_ref();
        let forced = forced.and_then(|force| self.plan.find(&force.action));
        let mut near: Vec<ActionId> = forced.into_iter().chain([about]).collect();
        for lane in &mut self.lanes {
            lane.add_eligible(&mut near);
        }
        near.sort_unstable();
        near.dedup();
        near
    }

    /// Tests an action on one channel after the other, up to the first one
    /// that nothing speaks against.
    fn test(&mut self, id: ActionId, action: &'a PlannedAction) -> Candidate {
        let is_forced = self.asked.is_forced(action);
        let is_only = self.lanes.len() == 1;
        let mut others = Vec::new();
        for (place, lane) in self.lanes.iter_mut().enumerate() {
            let on = lane.test(id, action, place);
            let is_admissible = on.reasons.is_empty();
            if is_admissible || is_only {
                let is_forced = is_forced && is_admissible;
                return Candidate { action: id, is_forced, on, others };
            }
            others.push(on);
        }
        // A request has at least one channel.
        let on = others.remove(0);
        Candidate { action: id, is_forced: false, on, others }
    }

    /// Finds what the slate would have held if nobody were held out.
    fn ghosts<'c>(&mut self, candidates: &'c [Candidate]) -> Vec<ActionId> {
        if candidates.iter().all(|candidate| candidate.held_out().is_none()) {
            return Vec::new();
        }
        let on = |candidate: &'c Candidate| {
            let admissible = candidate.is_admissible().then_some(&candidate.on);
            Some((candidate, candidate.held_out().or(admissible)?))
        };
        let mut all: Vec<(&Candidate, &Tested)> = candidates.iter().filter_map(on).collect();
        all.sort_by_cached_key(|(candidate, on)| {
            order(self.plan, candidate.action, on.priority, candidate.is_forced)
        });
        let mut slate = Slate::new(self.plan, self.asked, &mut self.lanes);
        let mut ghosts = Vec::new();
        for (candidate, on) in all {
            let has_place = slate.place(candidate, on, &mut self.lanes).is_ok();
            if has_place && !candidate.is_admissible() {
                ghosts.push(candidate.action);
            }
        }
        ghosts
    }

    fn place(&mut self, candidates: Vec<Candidate>) -> (Slate<'a>, Vec<Account>) {
        let mut slate = Slate::new(self.plan, self.asked, &mut self.lanes);
        let mut withheld = Vec::new();
        for mut candidate in candidates {
            if candidate.is_admissible() {
                match slate.place(&candidate, &candidate.on, &mut self.lanes) {
                    Ok(()) => continue,
                    Err(reason) => candidate.on.add(reason, Hold::Never),
                }
            }
            if self.asked.is_complete {
                withheld.push(self.account(candidate));
            }
        }
        (slate, withheld)
    }

    fn account(&mut self, candidate: Candidate) -> Account {
        let Candidate { action, on, others, .. } = candidate;
        let mut until = self.clear(&on);
        let mut found = verdict(&on.reasons);
        let (priority, mut reasons) = (on.priority, on.reasons);
        // What is outranked on one channel was held back on those before it.
        if found != Verdict::Outranked && !others.is_empty() {
            for other in others {
                until = earlier(until, self.clear(&other));
                if verdict(&other.reasons) == Verdict::Deferred {
                    found = Verdict::Deferred;
                }
                let new = |reason: &StoredReason| !reasons.contains(reason);
                let new: Vec<StoredReason> = other.reasons.into_iter().filter(new).collect();
                reasons.extend(new);
            }
            reasons.sort_by_key(StoredReason::stage);
        }
        Account { action, verdict: found, priority, reasons, until }
    }

    /// Returns when nothing speaks against an action on a channel any more.
    fn clear(&mut self, tested: &Tested) -> Option<Timestamp> {
        match (&*tested.reasons, &*tested.holds) {
            // Quiet hours may be followed by others.
            ([only], [hold]) if *hold != Hold::QuietHours => only.until,
            _ => self.lanes.get_mut(tested.lane)?.clearing.all_clear(&tested.holds),
        }
    }

    /// Lists what is in force on any channel, each rule once.
    ///
    /// Where one action is asked about, these are the rules about it.
    fn in_force(&mut self) -> Vec<InForce> {
        let about = self.asked.about.map(|id| &*self.plan.action(id).rules.suppressions);
        let mut in_force: Vec<InForce> = Vec::new();
        for lane in &mut self.lanes {
            for rule in lane.take_in_force() {
                let is_asked_for = about.is_none_or(|about| about.contains(&rule.rule));
                if is_asked_for && !in_force.iter().any(|known| known.rule == rule.rule) {
                    in_force.push(rule);
                }
            }
        }
        in_force
    }

    fn horizon(&self) -> Horizon {
        self.lanes.iter().fold(Horizon::NEVER, |horizon, lane| horizon.joined(lane.horizon))
    }
}

fn earlier(a: Option<Timestamp>, b: Option<Timestamp>) -> Option<Timestamp> {
    match (a, b) {
        (Some(a), Some(b)) => Some(a.min(b)),
        (a, b) => a.or(b),
    }
}
