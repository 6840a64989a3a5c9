//! Stage 11: slots, treatments, quotas, and what a slate may hold together.

mod fit;

use std::collections::{BTreeMap, HashMap};

use super::Candidate;
use super::asked::Asked;
use super::horizon::Horizon;
use super::lane::{Lane, Tested};
use super::limits;
use super::past::{Labels, Mark, Value};
use crate::check::{ExclusiveRule, Per};
use crate::condition::{Basis, FactState, Subject};
use crate::decision::{Placed, ReasonCode, Rule, StoredReason};
use crate::plan::{ExclusiveId, LimitId, Plan, PlannedAction};
use crate::vocabulary::Outcome;

use fit::{Slots, Viewer};

/// Fills slots greedily, in the order of the candidates.
pub(super) struct Slate<'a> {
    plan: &'a Plan,
    asked: &'a Asked<'a>,
    slots: Slots<'a>,
    /// What is known on each channel about who looks at the slate.
    viewers: Vec<Viewer>,
    placed: Vec<Placed>,
    /// How many the slate holds of what exclusives count.
    counts: HashMap<(ExclusiveId, Option<&'a str>), usize, ahash::RandomState>,
    reservations: BTreeMap<String, u64>,
    /// What limits count once the slate is shown, where that differs from the
    /// history.
    contacts: HashMap<(LimitId, Value<'a>), Vec<Mark<'a>>, ahash::RandomState>,
}

impl<'a> Slate<'a> {
    pub(super) fn new(plan: &'a Plan, asked: &'a Asked<'a>, lanes: &mut [Lane<'a>]) -> Self {
        let viewers = lanes.iter().map(|lane| Viewer::new(asked, lane)).collect();
        Self {
            plan,
            asked,
            slots: Slots::new(plan, asked.request),
            viewers,
            placed: Vec::new(),
            counts: HashMap::default(),
            reservations: BTreeMap::new(),
            contacts: HashMap::default(),
        }
    }

    /// Places an action on a channel, or says why it has no place: the first
    /// reason of full, nothing fits, quota, never together, at most so many, limit,
    /// seen already.
    pub(super) fn place(
        &mut self,
        candidate: &Candidate,
        on: &Tested,
        lanes: &mut [Lane<'a>],
    ) -> Result<(), StoredReason> {
        let action = self.plan.action(candidate.action);
        let Some(lane) = lanes.get_mut(on.lane) else {
            return Err(reason(ReasonCode::SlateFull));
        };
        if self.slots.are_taken(self.placed.len()) {
            return Err(reason(ReasonCode::SlateFull));
        }
        let (slot, treatment) = self.fit(candidate, on, lane)?;
        self.draw(action)?;
        self.stand_together(action)?;
        self.obey_limits(candidate, action, lane)?;
        if self.asked.already_shown.contains(&action.id) {
            return Err(reason(ReasonCode::Duplicate));
        }
        self.slots.take(slot);
        self.take_up(candidate, action, lane);
        let number = |place: usize| u32::try_from(place).unwrap_or(u32::MAX);
        self.placed.push(Placed {
            action: candidate.action,
            channel: lane.channel,
            is_forced: candidate.is_forced,
            passed_over: passed_over(candidate),
            slot: slot.map(number),
            treatment: treatment.map(number),
            priority: on.priority.unwrap_or(0),
        });
        Ok(())
    }

    /// Tells whether no place is left.
    pub(super) fn is_full(&self) -> bool {
        self.slots.are_taken(self.placed.len())
    }

    /// Returns what is in the slate, and what it takes of each quota.
    pub(super) fn into_placed(self) -> (Vec<Placed>, BTreeMap<String, u64>) {
        (self.placed, self.reservations)
    }

    /// Makes sure that something is left of the quota an action draws on.
    fn draw(&self, action: &PlannedAction) -> Result<(), StoredReason> {
        let Some(quota) = &action.quota else { return Ok(()) };
        let taken = self.reservations.get(&**quota).copied().unwrap_or(0);
        match self.asked.request.quotas.get(&**quota) {
            Some(left) if *left > taken => Ok(()),
            Some(_) => Err(reason(ReasonCode::VolumeExhausted)),
            None => {
                let subject = Subject::Outside(format!("request.quotas.{quota}"));
                let basis = vec![Basis { subject, state: FactState::Unknown }].into();
                Err(StoredReason { basis, ..reason(ReasonCode::VolumeExhausted) })
            }
        }
    }

    /// Makes sure that what is in the slate may stand beside an action.
    fn stand_together(&self, action: &'a PlannedAction) -> Result<(), StoredReason> {
        let broken = |never_together: bool| {
            let mut rules =
                action.rules.exclusives.iter().map(|id| (*id, self.plan.exclusive(*id).rule));
            rules.find(|(id, rule)| match rule {
                ExclusiveRule::NeverTogether => never_together && self.count(*id, None) > 0,
                ExclusiveRule::AtMost(at_most, per) => {
                    !never_together
                        && counted_as(action, *per)
                            .iter()
                            .any(|name| self.count(*id, *name) >= *at_most)
                }
            })
        };
        if let Some((id, _)) = broken(true) {
            return Err(StoredReason::new(ReasonCode::NeverTogether, Rule::Exclusive(id)));
        }
        match broken(false) {
            Some((id, _)) => Err(StoredReason::new(ReasonCode::Diversity, Rule::Exclusive(id))),
            None => Ok(()),
        }
    }

    fn count(&self, id: ExclusiveId, name: Option<&'a str>) -> usize {
        self.counts.get(&(id, name)).copied().unwrap_or(0)
    }

    /// Makes sure that the slate itself does not reach a limit.
    fn obey_limits(
        &self,
        candidate: &Candidate,
        action: &'a PlannedAction,
        lane: &mut Lane<'a>,
    ) -> Result<(), StoredReason> {
        if self.contacts.is_empty() {
            return Ok(());
        }
        for id in action.rules.limits.iter() {
            let limit = self.plan.limit(*id);
            if !limit.is_about(lane.channel) {
                continue;
            }
            let counters = &lane.clearing.limits;
            let reached = counters.values(limit, action).into_iter().find_map(|value| {
                let marks = self.contacts.get(&(*id, value))?;
                let standing = counters.standing_in_slate(*id, marks, candidate.action, lane.at);
                standing.is_blocked.then_some(standing)
            });
            if let Some(standing) = reached {
                lane.horizon = lane.horizon.joined(Horizon::at(standing.next));
                let reason = StoredReason::new(limits::code(limit), Rule::LimitInSlate(*id));
                let channel = limit.names_channel().then_some(lane.channel);
                return Err(StoredReason { channel, ..reason });
            }
        }
        Ok(())
    }

    /// Counts an action that has a place, wherever it counts.
    fn take_up(&mut self, candidate: &Candidate, action: &'a PlannedAction, lane: &mut Lane<'a>) {
        if let Some(quota) = &action.quota {
            *self.reservations.entry(quota.to_string()).or_insert(0) += 1;
        }
        for id in action.rules.exclusives.iter() {
            let per = match self.plan.exclusive(*id).rule {
                ExclusiveRule::NeverTogether => None,
                ExclusiveRule::AtMost(_, per) => per,
            };
            for name in counted_as(action, per) {
                *self.counts.entry((*id, name)).or_insert(0) += 1;
            }
        }
        self.count_contact(candidate, action, lane);
    }

    /// What has a place is shown or sent, as far as limits are concerned.
    fn count_contact(
        &mut self,
        candidate: &Candidate,
        action: &'a PlannedAction,
        lane: &mut Lane<'a>,
    ) {
        let is_outbound = lane.channel.is_outbound();
        let outcome = if is_outbound { Outcome::Sent } else { Outcome::Impression };
        let labels = Labels::today(action, Some(lane.channel), outcome);
        let mark = Mark { at: lane.at, action: &self.plan.action(candidate.action).id };
        for id in action.rules.counted_in.iter() {
            let limit = self.plan.limit(*id);
            if !labels.count_for(limit) || limit.is_met_by_history_only() {
                continue;
            }
            labels.each_value(limit.per, |value| {
                let known = lane.clearing.limits.marks(*id, value);
                let marks = self.contacts.entry((*id, value)).or_insert_with(|| known.to_vec());
                let place = marks.partition_point(|mark| mark.at <= lane.at);
                marks.insert(place, mark);
            });
        }
    }
}

/// Returns the names an exclusive counts an action under.
fn counted_as(action: &PlannedAction, per: Option<Per>) -> Vec<Option<&str>> {
    match per {
        Some(Per::Group) => action.group().map(Some).into_iter().collect(),
        Some(Per::Kind) => vec![Some(&action.kind)],
        Some(Per::Tag) => action.tags.iter().map(|tag| Some(tag.as_str())).collect(),
        _ => vec![None],
    }
}

/// Lists why an action does not go on the channels before the one it takes.
fn passed_over(candidate: &Candidate) -> Vec<StoredReason> {
    let mut reasons: Vec<StoredReason> = Vec::new();
    for reason in candidate.others.iter().flat_map(|other| &other.reasons) {
        if !reasons.contains(reason) {
            reasons.push(reason.clone());
        }
    }
    reasons
}

fn reason(code: ReasonCode) -> StoredReason {
    StoredReason::new(code, Rule::None)
}
