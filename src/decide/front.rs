//! What is found out about a customer before any action is looked at.
//!
//! Everything here is owned and knows actions and rules by place, so that the
//! memory can be used again, and what was found out can be kept for as long as
//! it holds.

use std::slice;
use std::sync::Arc;

use smallvec::SmallVec;

use super::asked::Asked;
use super::clearing::holding;
use super::horizon::Horizon;
use super::judged::Judged;
use super::lane::{horizon_of, is_held, is_held_back, minor, parts, propensity, value};
use super::limits;
use super::past::{Labels, Mark};
use super::quiet::Quiet;
use crate::check::ONE;
use crate::condition::{Answers, Evaluator, Memory, Outcome, Truth};
use crate::context::{Context, Interaction};
use crate::decision::Request;
use crate::plan::{ActionId, Class, LiteralId, Number, Plan, Row, RuleSet, counts_alone, factor};
use crate::schema::{Facts, text_mark};
use crate::time::Timestamp;
use crate::vocabulary::{Channel, Purpose};

/// Beyond so many actions that were judged by themselves, one walk through the
/// history for all of them takes less.
const FEW_JUDGED: usize = 32;

/// What the literals, the rules and the history come to on one channel.
#[derive(Debug, Default)]
pub(super) struct Front {
    of: Option<Of>,
    /// Whether what it was found out for is still so.
    is_current: bool,
    /// Whether it is known until when it stays so.
    has_horizons: bool,
    /// For each literal whether it holds.
    holds: Vec<bool>,
    in_force: Vec<bool>,
    /// The same of the first 64 rules, as bits.
    first_in_force: u64,
    /// For each context weight its basis points, or 0 if it does not apply.
    boosts: Vec<i64>,
    /// For each number that scores are read from what it is, if it is known.
    numbers: Vec<Option<u64>>,
    /// What the greatest context weight of any action makes of a priority, if it
    /// is taken back.
    pub(super) unweighted: f64,
    classes: Vec<Slot>,
    /// The classes that somebody has asked about.
    looked_at: Vec<u32>,
    /// The lists of the index whose literal holds.
    pub(super) lists: Vec<u32>,
    held_purposes: SmallVec<[Purpose; 4]>,
    /// Whether quiet hours hold, or nobody can tell.
    is_quiet: bool,
    /// Whether the history cannot show that a limit permits.
    is_history_lacking: bool,
    /// What limits that count actions by themselves say of them.
    judged: Judged,
    /// Interactions of actions with such limits: memory.
    seen: Vec<(ActionId, u32)>,
    /// A short number for each interaction that those of one action share, once
    /// somebody has asked.
    marks: Vec<u16>,
    /// Until when none of this changes.
    pub(super) horizon: Horizon,
    /// Until when neither consent nor quiet hours change.
    pub(super) horizon_of_contact: Horizon,
    /// Until when no number changes, and what the history shows.
    pub(super) horizon_of_numbers: Horizon,
    pub(super) horizon_of_limits: Horizon,
}

/// What a front is found out with: memory to be used again.
#[derive(Debug, Default)]
pub(super) struct Notes {
    memory: Memory,
    answers: Answers,
}

/// What a front was found out for.
#[derive(Debug)]
struct Of {
    token: Arc<()>,
    now: Timestamp,
    channel: Channel,
    intent: Option<String>,
    time_zone: Option<String>,
}

impl Of {
    fn new(plan: &Plan, request: &Request) -> Self {
        Self {
            token: Arc::clone(&plan.token),
            now: request.now,
            channel: request.channel,
            intent: None,
            time_zone: None,
        }
    }

    /// Says the same of another request, in the memory there is.
    fn renew(&mut self, plan: &Plan, request: &Request) {
        // Counting who holds a token is felt by all other threads that decide.
        if !Arc::ptr_eq(&self.token, &plan.token) {
            self.token.clone_from(&plan.token);
        }
        (self.now, self.channel) = (request.now, request.channel);
        self.intent.clone_from(&request.intent);
        self.time_zone.clone_from(&request.time_zone);
    }
}

/// The context weight of a class of actions, if nothing holds all of them back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Slot(u32);

impl Slot {
    /// Nobody has asked. No weight is as great as this.
    const OPEN: Self = Self(u32::MAX);
    const OUT: Self = Self(u32::MAX - 1);

    fn weight(self) -> Option<u32> {
        (self != Self::OUT).then_some(self.0)
    }
}

/// What a walk along rows comes to.
pub(super) enum Next<'r> {
    /// A row whose literals hold.
    Open(&'r Row),
    /// All that are left have too low a bound.
    Low,
    /// There are no more.
    None,
}

impl Front {
    /// Tells whether what was found out holds for a request as well.
    pub(super) fn is_for(&self, plan: &Plan, request: &Request) -> bool {
        let Some(of) = &self.of else { return false };
        let holds_until = self.horizon.soonest_millis();
        let holds = self.has_horizons && request.now.as_millis() < holds_until;
        self.is_about(plan, request) && of.now <= request.now && (of.now == request.now || holds)
    }

    /// Tells whether it was found out for such a request, at any moment, and
    /// nothing has changed since.
    pub(super) fn is_about(&self, plan: &Plan, request: &Request) -> bool {
        let of = self.of.as_ref().filter(|_| self.is_current);
        of.is_some_and(|of| {
            Arc::ptr_eq(&of.token, &plan.token)
                && of.channel == request.channel
                && of.intent == request.intent
                && of.time_zone == request.time_zone
        })
    }

    /// Forgets what it was for: something is otherwise now.
    pub(super) fn forget(&mut self) {
        self.is_current = false;
    }

    /// Tells whether it is for nothing.
    pub(super) fn is_forgotten(&self) -> bool {
        !self.is_current
    }

    /// Finds out what is needed to decide at the moment of the facts.
    ///
    /// Until when it stays so is worth finding out for those who have asked
    /// before; for all others a survey is enough.
    pub(super) fn renew<'a>(
        &mut self,
        (plan, context): (&'a Plan, &'a Context),
        asked: &Asked<'_>,
        facts: &Facts<'_>,
        notes: &mut Notes,
    ) {
        if self.is_about(plan, asked.request) {
            let memory = std::mem::take(&mut notes.memory);
            let mut evaluator = Evaluator::with(&plan.program, facts, memory);
            self.find((plan, context), asked, facts, &mut evaluator);
            notes.memory = evaluator.into_memory();
        } else {
            self.survey((plan, context), asked, facts, notes);
        }
    }

    /// Notes what it is for, and forgets what classes came to.
    fn start(&mut self, plan: &Plan, request: &Request) {
        // Not before everything is found out.
        self.is_current = false;
        self.of.get_or_insert_with(|| Of::new(plan, request)).renew(plan, request);
        self.horizon = Horizon::NEVER;
        if !plan.limits.is_empty() {
            self.judged.start(plan.actions().len());
        }
        self.marks.clear();
        for class in self.looked_at.drain(..) {
            self.classes.get_mut(class as usize).into_iter().for_each(|slot| *slot = Slot::OPEN);
        }
        self.classes.resize(plan.index.classes.len(), Slot::OPEN);
    }

    /// Finds everything out at the moment of the facts, and not until when it
    /// stays so.
    fn survey<'a>(
        &mut self,
        (plan, context): (&'a Plan, &'a Context),
        asked: &Asked<'_>,
        facts: &Facts<'_>,
        notes: &mut Notes,
    ) {
        let request = asked.request;
        self.start(plan, request);
        self.has_horizons = false;
        let Notes { memory, answers } = notes;
        let mut evaluator = plan.questions.need_evaluator.then(|| {
            let memory = std::mem::take(memory);
            Evaluator::with(&plan.program, facts, memory)
        });
        plan.questions.survey.answer(facts, answers, |node| {
            evaluator.as_mut().map_or(Outcome::UNKNOWN, |evaluator| evaluator.truth(node))
        });
        self.read_answers(plan, request.channel, answers);
        self.read_numbers(plan, facts, evaluator.as_mut());
        if let Some(evaluator) = evaluator {
            *memory = evaluator.into_memory();
        }
        let is_held =
            |purpose: &Purpose| is_held_back(plan, context, request.channel, *purpose, facts);
        self.held_purposes.clear();
        self.held_purposes.extend(plan.index.purposes.iter().copied().filter(is_held));
        self.is_quiet = !plan.quiet_hours.is_empty()
            && Quiet::new(plan, context, asked, request.channel, facts, request.now).holds();
        self.is_history_lacking = false;
        if !plan.limits.is_empty() {
            self.is_history_lacking = limits::is_history_lacking(plan, context, facts);
        }
        self.is_current = true;
    }

    /// Reads what a survey says of literals and rules.
    fn read_answers(&mut self, plan: &Plan, channel: Channel, answers: &Answers) {
        let questions = &plan.questions;
        self.holds.clear();
        self.holds.push(true);
        self.holds.resize(1 + 2 * questions.truths.len(), false);
        let (sides, _) = self.holds.get_mut(1..).unwrap_or_default().as_chunks_mut::<2>();
        for (sides, slot) in sides.iter_mut().zip(&questions.truths) {
            *sides = answers.sides(*slot);
        }
        self.find_lists(plan);
        self.in_force.clear();
        let rules = questions.suppressions.iter();
        self.in_force.extend(rules.map(|rule| rule.is_in_force(channel, answers)));
        self.first_in_force = RuleSet::first_of(&self.in_force);
        self.boosts.clear();
        self.boosts.extend(plan.boosts.iter().zip(&questions.boosts).map(|(boost, slot)| {
            let [holds, _] = answers.sides(*slot);
            if holds { boost.basis_points } else { 0 }
        }));
        self.find_greatest_weight(plan);
    }

    fn read_numbers(
        &mut self,
        plan: &Plan,
        facts: &Facts<'_>,
        mut evaluator: Option<&mut Evaluator<'_>>,
    ) {
        self.numbers.clear();
        for (number, place) in plan.index.numbers.iter().zip(&plan.questions.numbers) {
            let found = match (*number, place, &mut evaluator) {
                (Number::Propensity(_), Some(place), _) => {
                    place.read(facts).and_then(parts).map(u64::from)
                }
                (Number::Value(_), Some(place), _) => place.read_whole(facts).and_then(minor),
                (Number::Propensity(term), None, Some(evaluator)) => {
                    propensity(term, evaluator).map(u64::from)
                }
                (Number::Value(term), None, Some(evaluator)) => value(term, evaluator),
                (_, None, None) => None,
            };
            self.numbers.push(found);
        }
    }

    /// Finds everything out, at the moment of the facts.
    pub(super) fn find<'a>(
        &mut self,
        (plan, context): (&'a Plan, &'a Context),
        asked: &Asked<'_>,
        facts: &Facts<'_>,
        evaluator: &mut Evaluator<'_>,
    ) {
        let request = asked.request;
        self.start(plan, request);
        self.has_horizons = true;
        self.find_literals(plan, evaluator);
        self.find_rules(plan, request.channel, evaluator);
        self.find_numbers(plan, evaluator);
        self.find_contact((plan, context), asked, facts);
        self.find_limits((plan, context), request, facts);
        self.is_current = true;
    }

    fn watch(&mut self, horizon: Horizon) {
        self.horizon = self.horizon.joined(horizon);
    }

    fn find_literals(&mut self, plan: &Plan, evaluator: &mut Evaluator<'_>) {
        self.holds.clear();
        self.holds.push(true);
        for node in &plan.index.truths {
            let outcome = evaluator.truth(*node);
            let truth = outcome.truth();
            self.holds.extend([truth == Truth::True, truth == Truth::False]);
            self.watch(Horizon::of(&outcome));
        }
        self.find_lists(plan);
    }

    fn find_lists(&mut self, plan: &Plan) {
        let Self { lists, holds, .. } = self;
        lists.clear();
        lists.resize(plan.index.lists.len(), 0);
        let mut count = 0;
        for (place, list) in (0_u32..).zip(&plan.index.lists) {
            // Written down first, and kept if it holds: nobody can foresee that.
            if let Some(next) = lists.get_mut(count) {
                *next = place;
            }
            count += usize::from(holds.get(list.literal.place()) == Some(&true));
        }
        lists.truncate(count);
    }

    fn find_rules(&mut self, plan: &Plan, channel: Channel, evaluator: &mut Evaluator<'_>) {
        self.in_force.clear();
        for rule in &plan.suppressions {
            let is_about = rule.channels.is_empty() || rule.channels.contains(&channel);
            let is_in_force = is_about && holding(rule, evaluator).0.is_some();
            if is_about {
                self.watch(horizon_of(rule, evaluator));
            }
            self.in_force.push(is_in_force);
        }
        self.first_in_force = RuleSet::first_of(&self.in_force);
        self.boosts.clear();
        for boost in &plan.boosts {
            let outcome = evaluator.truth(boost.when);
            let applies = outcome.truth() == Truth::True;
            self.boosts.push(if applies { boost.basis_points } else { 0 });
            self.watch(Horizon::of(&outcome));
        }
        self.find_greatest_weight(plan);
    }

    /// Finds the greatest context weight of actions that no rule holds back
    /// all together.
    fn find_greatest_weight(&mut self, plan: &Plan) {
        let weights = &plan.index.weights;
        let open = weights.iter().filter(|weight| !self.is_any_in_force(&weight.suppressions));
        let greatest = match plan.index.is_inflated {
            // Bounds have the greatest weight in them.
            true => 1,
            false => open.map(|weight| self.weight(&weight.boosts)).max().unwrap_or(0),
        };
        self.unweighted = 1.0 / f64::from(greatest.max(1));
    }

    /// Tells whether one of some rules is in force.
    fn is_any_in_force(&self, rules: &RuleSet) -> bool {
        rules.has_any(self.first_in_force, |id| self.in_force.get(id.place()) != Some(&false))
    }

    fn weight(&self, boosts: &[usize]) -> u32 {
        let points = boosts.iter().filter_map(|boost| self.boosts.get(*boost));
        factor(ONE + points.sum::<i64>())
    }

    fn find_numbers(&mut self, plan: &Plan, evaluator: &mut Evaluator<'_>) {
        self.numbers.clear();
        self.horizon_of_numbers = Horizon::NEVER;
        for number in &plan.index.numbers {
            let (found, term) = match *number {
                Number::Propensity(term) => (propensity(term, evaluator).map(u64::from), term),
                Number::Value(term) => (value(term, evaluator), term),
            };
            self.numbers.push(found);
            let horizon = Horizon::of(&evaluator.number_horizon(term));
            self.horizon_of_numbers = self.horizon_of_numbers.joined(horizon);
        }
        self.watch(self.horizon_of_numbers);
    }

    fn find_contact(
        &mut self,
        (plan, context): (&Plan, &Context),
        asked: &Asked<'_>,
        facts: &Facts<'_>,
    ) {
        let request = asked.request;
        self.held_purposes.clear();
        self.horizon_of_contact = Horizon::NEVER;
        for purpose in &plan.index.purposes {
            let (is_held, horizon) = is_held(plan, context, request.channel, *purpose, facts);
            if is_held {
                self.held_purposes.push(*purpose);
            }
            self.horizon_of_contact = self.horizon_of_contact.joined(horizon);
        }
        self.is_quiet = false;
        if !plan.quiet_hours.is_empty() {
            let quiet = Quiet::new(plan, context, asked, request.channel, facts, request.now);
            self.is_quiet = quiet.holds();
            self.horizon_of_contact = self.horizon_of_contact.joined(quiet.present.horizon);
        }
        self.watch(self.horizon_of_contact);
    }

    fn find_limits(
        &mut self,
        (plan, context): (&Plan, &Context),
        request: &Request,
        facts: &Facts<'_>,
    ) {
        self.horizon_of_limits = Horizon::NEVER;
        self.is_history_lacking = false;
        if plan.limits.is_empty() {
            return;
        }
        let history = limits::history(plan, context, facts);
        self.is_history_lacking = history.lacking.is_some();
        self.horizon_of_limits = Horizon::of_delivery(history.delivery);
        self.judge_all((plan, context), request);
        self.watch(self.horizon_of_limits);
    }

    /// Judges what limits say of every action that the history shows.
    fn judge_all(&mut self, (plan, context): (&Plan, &Context), request: &Request) {
        self.see(plan, context);
        self.judged.start(plan.actions().len());
        self.judged.have_all();
        let seen = std::mem::take(&mut self.seen);
        let interactions = interactions(context);
        for alike in seen.chunk_by(|(one, _), (other, _)| one == other) {
            let Some((id, _)) = alike.first() else { continue };
            let of_action = alike.iter().filter_map(|(_, place)| interactions.get(*place as usize));
            let (is_held, horizon) = stands(plan, request, *id, of_action);
            self.horizon_of_limits = self.horizon_of_limits.joined(horizon);
            self.judged.note(*id, is_held);
        }
        self.seen = seen;
    }

    /// Judges what limits say of one action, if nobody has asked before.
    fn judge(
        &mut self,
        (plan, context): (&Plan, &Context),
        request: &Request,
        id: ActionId,
    ) -> bool {
        if let Some(is_held) = self.judged.get(id) {
            return is_held;
        }
        if self.judged.count >= FEW_JUDGED {
            self.judge_all((plan, context), request);
            return self.judged.get(id).unwrap_or_default();
        }
        let interactions = interactions(context);
        if interactions.is_empty() {
            return false;
        }
        if self.marks.is_empty() {
            self.marks.extend(interactions.iter().map(|of| text_mark(&of.action)));
        }
        let name = &*plan.action(id).id;
        let mark = text_mark(name);
        let alike = self.marks.iter().zip(interactions).filter(|(known, _)| **known == mark);
        let of_action = alike.map(|(_, of)| of).filter(|of| of.action == name);
        let of_action: SmallVec<[&Interaction; 8]> = of_action.collect();
        let (is_held, _) = stands(plan, request, id, of_action.iter().copied());
        self.judged.note(id, is_held);
        is_held
    }

    /// Notes which interactions of the history are those of which action.
    fn see(&mut self, plan: &Plan, context: &Context) {
        self.seen.clear();
        for (place, interaction) in (0_u32..).zip(interactions(context)) {
            let action = plan.find(&interaction.action);
            let is_limited = |id: &ActionId| !plan.action(*id).rules.limits.is_empty();
            self.seen.extend(action.filter(is_limited).map(|id| (id, place)));
        }
        self.seen.sort_unstable();
    }

    pub(super) fn holds(&self, literal: LiteralId) -> bool {
        self.holds.get(literal.place()).copied().unwrap_or(false)
    }

    /// Goes on to the next row whose literals hold and whose bound is no lower
    /// than a floor.
    #[inline]
    pub(super) fn next_open<'r>(&self, rows: &mut slice::Iter<'r, Row>, floor: u64) -> Next<'r> {
        let holds = self.holds.as_slice();
        for row in rows {
            if row.bound < floor {
                return Next::Low;
            }
            // All of them at once: nobody can foresee which one fails.
            let holds = |literal: LiteralId| holds.get(literal.place()) == Some(&true);
            let [one, two, three] = row.rest;
            if holds(one) & holds(two) & holds(three) {
                return Next::Open(row);
            }
        }
        Next::None
    }

    /// Counts rows whose literals hold, as far as `is_before` tells it of them
    /// with their weights; returns the first of which it does not, if there is
    /// one.
    #[inline]
    pub(super) fn count_clear<'r>(
        &self,
        rows: &mut slice::Iter<'r, Row>,
        floor: u64,
        is_before: impl Fn(&Row, u32) -> Option<bool>,
    ) -> (usize, Option<&'r Row>) {
        let (holds, classes) = (self.holds.as_slice(), self.classes.as_slice());
        let mut before = 0;
        for row in rows {
            if row.bound < floor {
                break;
            }
            let holds = |literal: LiteralId| holds.get(literal.place()) == Some(&true);
            let [one, two, three] = row.rest;
            if !(holds(one) & holds(two) & holds(three)) {
                continue;
            }
            let is_before = match classes.get(row.class as usize) {
                None | Some(&Slot::OUT) => Some(false),
                Some(&Slot::OPEN) => None,
                Some(Slot(weight)) => is_before(row, *weight),
            };
            match is_before {
                Some(is_before) => before += usize::from(is_before),
                None => return (before, Some(row)),
            }
        }
        (before, None)
    }

    pub(super) fn number(&self, place: u32) -> Option<u64> {
        self.numbers.get(place as usize).copied().flatten()
    }

    /// Tells whether a limit that counts an action by itself holds it back.
    pub(super) fn is_limited(
        &mut self,
        (plan, context): (&Plan, &Context),
        id: ActionId,
        request: &Request,
    ) -> bool {
        let action = plan.action(id);
        let limits = || action.rules.limits.iter().map(|limit| plan.limit(*limit));
        // What nobody can tell holds marketing back, and nothing else.
        let is_open = self.is_history_lacking && action.purpose == Purpose::Marketing;
        if is_open && limits().any(|limit| limit.is_about(request.channel)) {
            return true;
        }
        self.judge((plan, context), request, id)
    }

    /// Returns the context weight of a class of actions, unless something holds
    /// all of them back; found out once.
    #[inline]
    pub(super) fn weight_of(&mut self, plan: &Plan, context: &Context, class: u32) -> Option<u32> {
        match self.classes.get(class as usize) {
            Some(&Slot::OPEN) => self.look_at(plan, context, class),
            known => known.copied()?.weight(),
        }
    }

    #[cold]
    fn look_at(&mut self, plan: &Plan, context: &Context, class: u32) -> Option<u32> {
        let of_class = plan.index.classes.get(class as usize)?;
        let found = self.find_weight(plan, context, of_class);
        self.looked_at.push(class);
        self.classes.get_mut(class as usize).into_iter().for_each(|slot| *slot = found);
        found.weight()
    }

    fn find_weight(&self, plan: &Plan, context: &Context, class: &Class) -> Slot {
        let Some(of) = &self.of else { return Slot::OUT };
        let blocks = context.consent.known().and_then(|consent| consent.hard_blocks.as_ref());
        let is_out = self.is_any_in_force(&class.suppressions)
            || !class.channels.contains(&of.channel)
            || class.consent.is_some_and(|purpose| self.held_purposes.contains(&purpose))
            || class.obeys_quiet_hours && self.is_quiet
            || blocks.is_some_and(|blocks| blocks.contains(&of.channel));
        if is_out {
            return Slot::OUT;
        }
        let weight = plan.index.weights.get(class.weight as usize);
        Slot(weight.map_or(factor(ONE), |weight| self.weight(&weight.boosts)))
    }
}

fn interactions(context: &Context) -> &[Interaction] {
    context.history.known().map_or(&[][..], |history| history.interactions.items())
}

/// Judges the limits that count an action by itself, by its interactions.
fn stands<'a>(
    plan: &'a Plan,
    request: &Request,
    id: ActionId,
    of_action: impl Iterator<Item = &'a Interaction> + Clone,
) -> (bool, Horizon) {
    let action = plan.action(id);
    let (mut is_held, mut horizon) = (false, Horizon::NEVER);
    if of_action.clone().next().is_none() {
        return (is_held, horizon);
    }
    for limit in action.rules.limits.iter().map(|limit| plan.limit(*limit)) {
        if !counts_alone(limit) || !limit.is_about(request.channel) {
            continue;
        }
        let counted = of_action.clone().filter(|of| Labels::of(plan, of).count_for(limit));
        let mark = |at| Mark { at, action: &action.id };
        let mut marks: SmallVec<[Mark<'_>; 8]> = counted.map(|of| mark(of.at)).collect();
        marks.sort_unstable();
        let standing = limits::judge_alone(limit, &marks, &action.id, request.now);
        is_held |= standing.is_blocked;
        horizon = horizon.joined(Horizon::at(standing.next));
    }
    (is_held, horizon)
}
