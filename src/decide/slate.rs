//! Stage 11: slots, treatments, and at most so many of a group.

use std::collections::HashMap;

use crate::check::CheckedTreatment;
use crate::condition::{Basis, FactState, Subject};
use crate::context::Context;
use crate::decision::{Placed, ReasonCode, Request, Rule, StoredReason};
use crate::plan::{ActionId, ExclusiveId, GroupId, Plan, PlannedAction};
use crate::schema::{Delivery, Facts};
use crate::vocabulary::{Channel, FormFactor};

/// Fills slots greedily, in the order of the candidates.
pub(super) struct Slate<'a> {
    plan: &'a Plan,
    channel: Channel,
    slots: Slots<'a>,
    device: Result<FormFactor, Basis>,
    placed: Vec<Placed>,
    of_group: HashMap<GroupId, usize, ahash::RandomState>,
}

enum Slots<'a> {
    /// So many places in one ranking.
    Ranking { limit: usize },
    /// Named slots, each taken or free.
    Named { slots: Vec<(&'a str, bool)>, limit: usize },
}

impl<'a> Slate<'a> {
    pub(super) fn new(
        plan: &'a Plan,
        context: &Context,
        request: &'a Request,
        facts: &Facts<'_>,
    ) -> Self {
        let limit = request.limit.unwrap_or(usize::MAX);
        let slots = if request.slots.is_empty() {
            Slots::Ranking { limit }
        } else {
            let slots = request
                .slots
                .iter()
                .take(Request::MAX_SLOTS)
                .map(|slot| (slot.as_str(), false))
                .collect();
            Slots::Named { slots, limit }
        };
        Self {
            plan,
            channel: request.channel,
            slots,
            device: form_factor(context, facts),
            placed: Vec::new(),
            of_group: HashMap::default(),
        }
    }

    /// Places an action, or says why it has no place: the first reason of
    /// full, nothing fits, at most so many.
    pub(super) fn place(&mut self, id: ActionId, priority: u128) -> Result<(), StoredReason> {
        if self.is_full() {
            return Err(reason(ReasonCode::SlateFull, Rule::None));
        }
        let action = self.plan.action(id);
        let (slot, treatment) = self.fit(action)?;
        if let Some(group) = action.group {
            self.count(group)?;
        }
        if let (Slots::Named { slots, .. }, Some(slot)) = (&mut self.slots, slot) {
            slots.get_mut(slot).into_iter().for_each(|(_, taken)| *taken = true);
        }
        let number = |place: usize| u32::try_from(place).unwrap_or(u32::MAX);
        let (slot, treatment) = (slot.map(number), treatment.map(number));
        self.placed.push(Placed { action: id, slot, treatment, priority });
        Ok(())
    }

    pub(super) fn into_placed(self) -> Vec<Placed> {
        self.placed
    }

    fn is_full(&self) -> bool {
        match &self.slots {
            Slots::Ranking { limit } => self.placed.len() >= *limit,
            Slots::Named { slots, limit } => {
                self.placed.len() >= *limit || slots.iter().all(|(_, taken)| *taken)
            }
        }
    }

    /// Finds the first free slot, and the first treatment that fits it.
    fn fit(&self, action: &PlannedAction) -> Result<(Option<usize>, Option<usize>), StoredReason> {
        match &self.slots {
            Slots::Ranking { .. } => {
                self.treatment(action, None).map(|treatment| (None, treatment))
            }
            Slots::Named { slots, .. } => {
                let mut refusal = None;
                for (place, (name, taken)) in slots.iter().enumerate() {
                    if *taken {
                        continue;
                    }
                    match self.treatment(action, Some(name)) {
                        Ok(treatment) => return Ok((Some(place), treatment)),
                        // A refusal that names a missing fact says more than one without.
                        Err(reason) => {
                            let kept = refusal.filter(|kept: &StoredReason| {
                                !kept.basis.is_empty() || reason.basis.is_empty()
                            });
                            refusal = kept.or(Some(reason));
                        }
                    }
                }
                Err(refusal.unwrap_or_else(|| reason(ReasonCode::NoMatchingPlacement, Rule::None)))
            }
        }
    }

    /// Finds the first treatment made for the channel, the slot and the device.
    fn treatment(
        &self,
        action: &PlannedAction,
        slot: Option<&str>,
    ) -> Result<Option<usize>, StoredReason> {
        if action.treatments.is_empty() {
            return Ok(None);
        }
        let mut unknown_device = None;
        for (place, treatment) in action.treatments.iter().enumerate() {
            if !self.is_made_for(treatment, slot) {
                continue;
            }
            match &self.device {
                _ if treatment.devices.is_empty() => return Ok(Some(place)),
                Ok(device) if treatment.devices.contains(device) => return Ok(Some(place)),
                Ok(_) => {}
                Err(unknown) => unknown_device = Some(unknown.clone()),
            }
        }
        let basis = unknown_device.into_iter().collect();
        Err(StoredReason { basis, ..reason(ReasonCode::NoMatchingPlacement, Rule::None) })
    }

    fn is_made_for(&self, treatment: &CheckedTreatment, slot: Option<&str>) -> bool {
        let channel = treatment.channels.is_empty() || treatment.channels.contains(&self.channel);
        let fits = |slot: &str| {
            treatment.slots.is_empty() || treatment.slots.iter().any(|own| own == slot)
        };
        channel && slot.is_none_or(fits)
    }

    /// Counts an action against its group, unless the group is full.
    fn count(&mut self, group: GroupId) -> Result<(), StoredReason> {
        let count = self.of_group.entry(group).or_insert(0);
        for (id, exclusive) in (0_u32..).map(ExclusiveId).zip(&self.plan.exclusives) {
            if *count >= exclusive.at_most {
                return Err(reason(ReasonCode::Diversity, Rule::Exclusive(id)));
            }
        }
        *count += 1;
        Ok(())
    }
}

fn reason(code: ReasonCode, rule: Rule) -> StoredReason {
    StoredReason { code, rule, basis: Vec::new(), until: None }
}

/// Reads the form factor, or says what is not known about it.
fn form_factor(context: &Context, facts: &Facts<'_>) -> Result<FormFactor, Basis> {
    let schema = facts.schema();
    let part = schema.find_part("device");
    let delivery = part.map_or(Delivery::Never, |part| facts.delivery(part));
    let read = context.device.known().and_then(|device| device.form_factor);
    let of_part = |state| {
        let subject = part.map(Subject::Part);
        let subject = subject.or_else(|| schema.find("device.form_factor").map(Subject::Fact));
        Basis { subject: subject.unwrap_or(Subject::Part(crate::schema::PartId(0))), state }
    };
    match (delivery, read) {
        (Delivery::Fresh { .. }, Some(form_factor)) => Ok(form_factor),
        (Delivery::Stale { age, max_age }, _) => Err(of_part(FactState::Stale { age, max_age })),
        (Delivery::Ahead { .. }, _) => Err(of_part(FactState::Invalid)),
        _ => {
            let fact = schema.find("device.form_factor").map(Subject::Fact);
            let unknown = of_part(FactState::Unknown);
            Err(Basis { subject: fact.unwrap_or(unknown.subject), state: FactState::Absent })
        }
    }
}
