//! Recommendations, found by looking at the few actions that may win.
//!
//! The recommendations are those of the general pipeline, and so is everything
//! else that a decision says. What differs is the order of the work: literals
//! and rules come first, once each; then the lists whose literal holds, the best
//! actions first, up to where none can win any more; and what takes longest is
//! asked of would-be winners only.

use super::asked::Asked;
use super::assignment::assignments;
use super::front::{Front, Next, Notes};
use super::horizon::Horizon;
use super::lane::{Lane, Tested};
use super::slate::Slate;
use super::{Candidate, gather};
use crate::context::Context;
use crate::decision::{DecisionData, Placed, Request};
use crate::plan::{
    ActionId, ActionList, Asks, Factor, Plan, Ranked, Row, bound_below, greatest_score,
};
use crate::time::Timestamp;

/// Up to so many choices are kept in order while they are found.
const FEW: usize = 64;

/// Takes more off a number than doubles are off when they are divided by one
/// another: it must not come out too great.
pub(super) const ROUNDED_DOWN: f64 = 1.0 - 1e-9;

/// What a ranking is worked out on: memory to be used again.
#[derive(Debug, Default)]
pub(super) struct Desk {
    pub(super) best: Best,
    pub(super) notes: Notes,
}

/// An action that may be recommended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Choice {
    pub(super) tier: u16,
    pub(super) priority: u128,
    pub(super) tie: u32,
    pub(super) action: u32,
}

impl Choice {
    pub(super) fn is_before(&self, other: &Self) -> bool {
        let important = |choice: &Self| (choice.tier, choice.priority);
        (important(self), other.tie) > (important(other), self.tie)
    }
}

/// The best choices there are.
#[derive(Debug, Default)]
pub(super) struct Best {
    choices: Vec<Choice>,
    /// How many are wanted.
    wanted: usize,
    /// Rows with a bound below that are no better than what there is.
    floor: u64,
    /// No more than the priority of the last choice, once there are enough; and
    /// its tier.
    least: f64,
    tier: u16,
    /// Whether there may be more than were wanted.
    is_cut: bool,
}

impl Best {
    fn start(&mut self, wanted: usize) {
        self.choices.clear();
        *self = Self {
            choices: std::mem::take(&mut self.choices),
            wanted,
            floor: if wanted == 0 { u64::MAX } else { 0 },
            least: 0.0,
            tier: 0,
            is_cut: false,
        };
    }

    /// Tells whether no row of this bound can be as good as the last choice with
    /// this context weight.
    fn is_below(&self, row: &Row, weight: u32) -> bool {
        // Bounds that have the weight in them are greater, which does no harm.
        row.tier() <= self.tier && greatest_score(row.bound) * f64::from(weight) < self.least
    }

    /// Tells whether a choice would have no place any more.
    fn is_beaten(&self, choice: &Choice) -> bool {
        self.wanted <= FEW
            && self.choices.len() >= self.wanted
            && self.choices.last().is_none_or(|last| !choice.is_before(last))
    }

    fn add(&mut self, choice: Choice, unweighted: f64) {
        if self.wanted > FEW {
            self.choices.push(choice);
            return;
        }
        if self.choices.len() >= self.wanted {
            self.choices.pop();
            self.is_cut = true;
        }
        let last_before = self.choices.iter().rposition(|known| !choice.is_before(known));
        self.choices.insert(last_before.map_or(0, |place| place + 1), choice);
        if self.choices.len() >= self.wanted {
            self.raise(unweighted);
        }
    }

    /// Notes what is the least that comes to anything.
    fn raise(&mut self, unweighted: f64) {
        let Some(last) = self.choices.last() else { return };
        let least = nearly(last.priority) * ROUNDED_DOWN;
        (self.least, self.tier) = (least, last.tier);
        self.floor = bound_below(last.tier, least * unweighted);
    }

    fn finish(&mut self) {
        if self.wanted > FEW {
            self.choices.sort_unstable_by(|one, other| {
                let important = |choice: &Choice| (choice.tier, choice.priority);
                important(other).cmp(&important(one)).then(one.tie.cmp(&other.tie))
            });
            self.is_cut |= self.choices.len() > self.wanted;
            self.choices.truncate(self.wanted);
        }
    }
}

/// Returns a number that is no further off than doubles are.
///
/// The conversion of the language takes longer: it rounds once.
#[expect(
    clippy::cast_precision_loss,
    clippy::cast_possible_truncation,
    reason = "it takes both halves, and rounds"
)]
pub(super) fn nearly(number: u128) -> f64 {
    const HALF: f64 = 18_446_744_073_709_551_616.0;
    (number >> 64) as u64 as f64 * HALF + number as u64 as f64
}

/// Tells whether recommendations are found this way: those on one channel, for
/// a customer who is not held out.
pub(super) fn fits(plan: &Plan, context: &Context, request: &Request) -> bool {
    request.or_channels.is_empty()
        && plan.index.tells_tiers
        && request.force.is_none()
        && !assignments(plan, context).any(|assignment| assignment.is_held_out)
}

/// Tells whether actions fill the places one by one, whatever else is there.
pub(super) fn is_plain(plan: &Plan, request: &Request) -> bool {
    plan.index.is_plain
        && !plan.index.counts_together
        && request.slots.is_empty()
        && request.already_shown.is_empty()
}

/// Decides at the moment of the request.
pub(super) fn decide(plan: &Plan, context: &Context, request: &Request) -> DecisionData {
    let facts = gather(plan, context, request, request.channel);
    let asked = Asked::new(plan, request, &[request.channel]);
    let mut lanes = [Lane::new(plan, context, &asked, &facts, request.now)];
    let (mut front, mut best) = (Front::default(), Best::default());
    let mut data = DecisionData::of(request);
    for lane in &mut lanes {
        front.find((plan, context), &asked, &facts, &mut lane.evaluator);
    }
    if is_plain(plan, request) {
        pick_plainly(plan, context, &asked, &mut front, &mut best);
        best.place(request, &mut data.recommendations);
    } else {
        let slate = fill((plan, context), &asked, &mut front, &mut best, &mut lanes);
        (data.recommendations, data.reservations) = slate.into_placed();
    }
    for lane in &mut lanes {
        look_around(plan, &front, lane);
        data.in_force = lane.take_in_force();
        data.valid_until = lane.horizon.running();
    }
    data.assignments.extend(assignments(plan, context));
    data
}

/// Ranks into memory that is used again: nothing but the recommendations.
pub(super) fn rank(
    (plan, context): (&Plan, &Context),
    request: &Request,
    front: &mut Front,
    desk: &mut Desk,
    data: &mut DecisionData,
) {
    data.begin(request);
    data.assignments.extend(assignments(plan, context));
    let asked = Asked::new(plan, request, &[request.channel]).for_ranking();
    if !front.is_for(plan, request) {
        let facts = gather(plan, context, request, request.channel);
        front.renew((plan, context), &asked, &facts, &mut desk.notes);
    }
    if is_plain(plan, request) {
        pick_plainly(plan, context, &asked, front, &mut desk.best);
        desk.best.place(request, &mut data.recommendations);
    } else {
        let facts = gather(plan, context, request, request.channel);
        let mut lanes = [Lane::for_limits(plan, context, &asked, &facts, request.now)];
        let slate = fill((plan, context), &asked, front, &mut desk.best, &mut lanes);
        (data.recommendations, data.reservations) = slate.into_placed();
    }
}

/// Judges what is left to judge about a would-be winner: the limits, on a lane
/// where there are some that count actions together.
#[inline]
pub(super) fn is_admitted(
    known: (&Plan, &Context),
    front: &mut Front,
    row: &Row,
    (asked, lane): (&Asked<'_>, Option<&mut Lane<'_>>),
) -> bool {
    match lane {
        None => is_within_limits(known, front, row, asked.request),
        Some(lane) => lane.is_within_limits(ActionId(row.action)),
    }
}

impl Best {
    /// Gives the places to the choices, one by one.
    pub(super) fn place(&self, request: &Request, recommendations: &mut Vec<Placed>) {
        recommendations.extend(self.choices.iter().map(|choice| {
            Placed::plain(ActionId(choice.action), request.channel, choice.priority)
        }));
    }
}

/// Finds as many as are wanted; limits are those that count each action alone.
pub(super) fn pick_plainly(
    plan: &Plan,
    context: &Context,
    asked: &Asked<'_>,
    front: &mut Front,
    best: &mut Best,
) {
    best.start(asked.request.limit.unwrap_or(usize::MAX));
    let mut picking = Picking { plan, context, asked, front, best };
    picking.pick(&mut |front, row| is_within_limits((plan, context), front, row, asked.request));
}

/// Tells whether limits that count each action alone permit one.
fn is_within_limits(
    known: (&Plan, &Context),
    front: &mut Front,
    row: &Row,
    request: &Request,
) -> bool {
    let has_limits = row.asks.contains(Asks::LIMITS);
    !has_limits || !front.is_limited(known, ActionId(row.action), request)
}

/// Fills a slate with the best, taking more of them as long as places are left.
fn fill<'a>(
    (plan, context): (&'a Plan, &'a Context),
    asked: &'a Asked<'a>,
    front: &mut Front,
    best: &mut Best,
    lanes: &mut [Lane<'a>],
) -> Slate<'a> {
    let request = asked.request;
    let places = if request.slots.is_empty() { usize::MAX } else { request.slots.len() };
    let mut wanted = request.limit.unwrap_or(usize::MAX).min(places).saturating_mul(2);
    loop {
        best.start(wanted);
        let mut picking = Picking { plan, context, asked, front, best };
        picking.pick(&mut |front, row| {
            let lane = lanes.first_mut().filter(|_| plan.index.counts_together);
            is_admitted((plan, context), front, row, (asked, lane))
        });
        let mut slate = Slate::new(plan, asked, lanes);
        for choice in &best.choices {
            let mut on = Tested::new(0);
            on.priority = Some(choice.priority);
            let action = ActionId(choice.action);
            let candidate = Candidate { action, is_forced: false, on, others: Vec::new() };
            let _refused = slate.place(&candidate, &candidate.on, lanes);
        }
        if slate.is_full() || !best.is_cut {
            return slate;
        }
        wanted = wanted.saturating_mul(4).max(FEW);
    }
}

/// Looks for the best actions.
struct Picking<'p, 'a> {
    plan: &'p Plan,
    context: &'p Context,
    asked: &'p Asked<'a>,
    front: &'p mut Front,
    best: &'p mut Best,
}

impl Picking<'_, '_> {
    /// Walks through the lists whose literal holds; `admits` judges what is
    /// left to judge about a would-be winner.
    fn pick(&mut self, admits: &mut impl FnMut(&mut Front, &Row) -> bool) {
        let lists = std::mem::take(&mut self.front.lists);
        for list in lists.iter().filter_map(|place| self.plan.index.lists.get(*place as usize)) {
            // Later lists have lower bounds.
            if list.bound < self.best.floor {
                self.best.is_cut = true;
                break;
            }
            self.pick_of(list, admits);
        }
        self.front.lists = lists;
        self.best.finish();
    }

    fn pick_of(&mut self, list: &ActionList, admits: &mut impl FnMut(&mut Front, &Row) -> bool) {
        let mut rows = self.plan.index.rows_of(list).iter();
        loop {
            match self.front.next_open(&mut rows, self.best.floor) {
                Next::Open(row) => self.consider(row, admits),
                Next::Low => {
                    self.best.is_cut = true;
                    return;
                }
                Next::None => return,
            }
        }
    }

    fn looking(&self) -> Looking<'_, '_> {
        Looking { plan: self.plan, asked: self.asked, front: self.front }
    }

    fn consider(&mut self, row: &Row, admits: &mut impl FnMut(&mut Front, &Row) -> bool) {
        let weight = self.front.weight_of(self.plan, self.context, row.class);
        let Some(weight) = weight else { return };
        if self.best.is_below(row, weight) {
            self.best.is_cut = true;
            return;
        }
        let ranked = &self.plan.action(ActionId(row.action)).ranked;
        let Some(priority) = self.looking().priority(row, ranked, weight) else { return };
        let Ranked { tier, tie, .. } = *ranked;
        let choice = Choice { tier, priority, tie, action: row.action };
        if self.best.is_beaten(&choice) {
            self.best.is_cut = true;
            return;
        }
        if self.looking().is_there(row, priority) && admits(self.front, row) {
            self.best.add(choice, self.front.unweighted);
        }
    }
}

/// What is asked about a single row of the index.
pub(super) struct Looking<'p, 'a> {
    pub(super) plan: &'p Plan,
    pub(super) asked: &'p Asked<'a>,
    pub(super) front: &'p Front,
}

impl Looking<'_, '_> {
    /// Returns the priority, or `None` if a score is missing.
    #[inline]
    pub(super) fn priority(&self, row: &Row, ranked: &Ranked, weight: u32) -> Option<u128> {
        if !row.asks.contains(Asks::NUMBERS) {
            return Some(ranked.priority(weight));
        }
        let value = match ranked.value() {
            Factor::Fixed(minor) => minor,
            Factor::Read(place) => self.front.number(place)?,
        };
        Some(ranked.priority_with(self.propensity(ranked)?, value, weight))
    }

    /// Returns the propensity in parts per billion, or `None` if it is missing.
    fn propensity(&self, ranked: &Ranked) -> Option<u64> {
        match ranked.propensity() {
            Factor::Fixed(parts) => Some(parts.into()),
            Factor::Read(place) => self.front.number(place),
        }
    }

    /// Judges what few actions ask for.
    #[inline]
    pub(super) fn is_there(&self, row: &Row, priority: u128) -> bool {
        let names_actions = self.asked.names_actions();
        !row.asks.contains(Asks::SELDOM) && !names_actions
            || self.has_what_it_asks_for(row, priority, names_actions)
    }

    #[inline(never)]
    fn has_what_it_asks_for(&self, row: &Row, priority: u128, names_actions: bool) -> bool {
        let (asks, plan, asked) = (row.asks, self.plan, self.asked);
        let action = plan.action(ActionId(row.action));
        if names_actions {
            let id = &*action.id;
            if asked.excluded.contains(id) || asked.out_of_stock.contains(id) {
                return false;
            }
        }
        if asks.contains(Asks::LITERALS) {
            let mut more = plan.index.more.get(&row.action).into_iter().flatten();
            if !more.all(|literal| self.front.holds(*literal)) {
                return false;
            }
        }
        if asks.contains(Asks::TIMES) {
            let now = asked.request.now;
            let is_early = action.starts_at().is_some_and(|starts_at| now < starts_at);
            if is_early || action.ends_at().is_some_and(|ends_at| now >= ends_at) {
                return false;
            }
        }
        !asks.contains(Asks::THRESHOLDS) || self.comes_to_enough(row, priority)
    }

    fn comes_to_enough(&self, row: &Row, priority: u128) -> bool {
        let (plan, action) = (self.plan, self.plan.action(ActionId(row.action)));
        let propensity = self.propensity(&action.ranked);
        let thresholds =
            action.rules.thresholds.iter().filter_map(|id| plan.thresholds.get(id.place()));
        thresholds.into_iter().all(|threshold| {
            let is_likely = threshold
                .propensity
                .is_none_or(|least| propensity.is_some_and(|parts| parts >= u64::from(least)));
            is_likely && threshold.priority.is_none_or(|least| priority >= least)
        })
    }
}

/// Finds out until when nothing changes that the general pipeline would have
/// looked at.
///
/// What an action makes of the horizon is that of one of the things it looks
/// at. These are tried in the order of their instants, each with the actions
/// that ask for it, up to the first instant that some action comes to: nothing
/// that is left can come to an earlier one.
fn look_around<'a>(plan: &'a Plan, front: &Front, lane: &mut Lane<'a>) {
    let at = lane.at.as_millis();
    let next = plan.index.instants.partition_point(|instant| *instant <= at);
    let next = plan.index.instants.get(next).map(|next| Timestamp::from_millis(*next));
    lane.horizon = lane.horizon.joined(Horizon::at(next));
    let mut things = things(plan, front, lane);
    things.sort_unstable();
    for (instant, thing) in things {
        if lane.horizon.is_over_by(instant) {
            return;
        }
        thing.look(plan, front, lane, instant);
    }
}

/// Something that actions look at.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Thing {
    /// Consent and quiet hours: the stages before conditions.
    Contact,
    Truth(usize),
    /// Rules, limits and scores, for those that conditions let pass.
    Rest,
}

/// Lists what actions look at, with the instants at which each may change.
fn things(plan: &Plan, front: &Front, lane: &mut Lane<'_>) -> Vec<(i64, Thing)> {
    let mut things = Vec::with_capacity(plan.index.truths.len() + 2);
    for (place, node) in plan.index.truths.iter().enumerate() {
        let horizon = Horizon::of(&lane.evaluator.truth(*node));
        things.push((horizon.running_millis(), Thing::Truth(place)));
    }
    let contact = front.horizon_of_contact.running_millis();
    things.push((contact, Thing::Contact));
    let rest = lane.horizon_of_rules().joined(front.horizon_of_numbers);
    let rest = rest.joined(front.horizon_of_limits);
    // When limits that count together let go is not known beforehand.
    let counts = plan.index.counts_together;
    things.push((if counts { i64::MIN } else { rest.running_millis() }, Thing::Rest));
    things
}

impl Thing {
    /// Tests the actions that look at it, until one comes to its instant.
    fn look<'a>(self, plan: &'a Plan, front: &Front, lane: &mut Lane<'a>, instant: i64) {
        let mut is_found = |id: ActionId| {
            lane.test(id, plan.action(id), 0);
            lane.horizon.is_over_by(instant)
        };
        match self {
            Self::Truth(place) => {
                let mut asking = plan.index.asked_by.get(place).iter();
                asking.any(|id| is_found(ActionId(*id)));
            }
            Self::Contact => {
                let asks = |id: &ActionId| {
                    let action = plan.action(*id);
                    action.needs_consent || action.obeys_quiet_hours
                };
                plan.actions().map(|(id, _)| id).filter(asks).any(is_found);
            }
            Self::Rest => {
                let index = &plan.index;
                let lists = index.lists.iter().filter(|list| front.holds(list.literal));
                let mut rows = lists.flat_map(|list| index.rows_of(list));
                rows.any(|row| {
                    let holds = row.rest.iter().all(|literal| front.holds(*literal));
                    holds && is_found(ActionId(row.action))
                });
            }
        }
    }
}
