//! Which slot an action takes, and how it is shown there.

use std::collections::HashMap;

use super::super::Candidate;
use super::super::asked::Asked;
use super::super::horizon::Horizon;
use super::super::lane::{Lane, Tested};
use super::{Slate, reason};
use crate::check::{CheckedPlacement, CheckedTreatment};
use crate::condition::{Basis, FactState, Subject};
use crate::decision::{ReasonCode, Request, StoredReason};
use crate::plan::{ActionId, Plan};
use crate::schema::Facts;
use crate::vocabulary::{Channel, FormFactor};

/// The places that a request asks to fill.
pub(super) enum Slots<'a> {
    /// So many places in one ranking.
    Ranking { limit: usize },
    /// Named slots, each taken or free.
    Named { slots: Vec<Slot<'a>>, limit: usize },
}

/// A place with a name.
pub(super) struct Slot<'a> {
    name: &'a str,
    is_taken: bool,
    /// What the policy says of such places, if it declares any.
    placement: Option<&'a CheckedPlacement>,
}

impl<'a> Slots<'a> {
    pub(super) fn new(plan: &'a Plan, request: &'a Request) -> Self {
        let limit = request.limit.unwrap_or(usize::MAX);
        if request.slots.is_empty() {
            return Self::Ranking { limit };
        }
        let placements = plan.placements.iter().map(|placement| (placement.id.as_str(), placement));
        let placements: HashMap<&str, &CheckedPlacement, ahash::RandomState> = placements.collect();
        let slots = request.slots.iter().take(Request::MAX_SLOTS).map(|name| {
            let placement = placements.get(name.as_str()).copied();
            Slot { name, is_taken: false, placement }
        });
        Self::Named { slots: slots.collect(), limit }
    }

    /// Tells whether there is no place left after so many.
    pub(super) fn are_taken(&self, placed: usize) -> bool {
        match self {
            Self::Ranking { limit } => placed >= *limit,
            Self::Named { slots, limit } => {
                placed >= *limit || slots.iter().all(|slot| slot.is_taken)
            }
        }
    }

    pub(super) fn take(&mut self, slot: Option<usize>) {
        if let (Self::Named { slots, .. }, Some(slot)) = (self, slot) {
            slots.get_mut(slot).into_iter().for_each(|slot| slot.is_taken = true);
        }
    }
}

/// Who looks at the slate, as far as treatments ask.
pub(super) struct Viewer {
    device: Result<FormFactor, Basis>,
    /// In lower case.
    locale: Result<String, Basis>,
    /// Until when that stays known as it is.
    horizon: Horizon,
}

impl Viewer {
    pub(super) fn new(asked: &Asked<'_>, lane: &Lane<'_>) -> Self {
        let language = lane.facts().delivery_at("profile.language");
        let horizon =
            Horizon::of_delivery(lane.delivery("device")).joined(Horizon::of_delivery(language));
        Self { device: form_factor(lane), locale: locale(asked, lane), horizon }
    }
}

impl<'a> Slate<'a> {
    /// Finds the first free slot, and the first treatment that fits it.
    pub(super) fn fit(
        &self,
        candidate: &Candidate,
        on: &Tested,
        lane: &mut Lane<'a>,
    ) -> Result<(Option<usize>, Option<usize>), StoredReason> {
        let action = self.plan.action(candidate.action);
        let viewer = self.viewers.get(on.lane);
        let asks = |treatment: &CheckedTreatment| {
            !treatment.devices.is_empty() || !treatment.locales.is_empty()
        };
        if let Some(viewer) = viewer.filter(|_| action.treatments().iter().any(asks)) {
            lane.horizon = lane.horizon.joined(viewer.horizon);
        }
        let Slots::Named { slots, .. } = &self.slots else {
            return self.treatment(candidate, on, lane.channel, None).map(|found| (None, found));
        };
        let mut refusal = None;
        let mut refused = None;
        for (place, slot) in slots.iter().enumerate() {
            let is_refused = refused == Some(slot.name);
            if slot.is_taken || is_refused || !self.takes(slot, candidate.action, lane.channel) {
                continue;
            }
            refused = Some(slot.name);
            match self.treatment(candidate, on, lane.channel, Some(slot.name)) {
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
        Err(refusal.unwrap_or_else(|| reason(ReasonCode::NoMatchingPlacement)))
    }

    /// Tells whether a slot takes an action, as far as its placement says.
    ///
    /// Where a policy declares placements, nothing fits a slot that is none.
    fn takes(&self, slot: &Slot<'_>, action: ActionId, channel: Channel) -> bool {
        let Some(placement) = slot.placement else {
            return self.plan.placements.is_empty();
        };
        let is_there = placement.channels.is_empty() || placement.channels.contains(&channel);
        is_there && placement.takes.as_ref().is_none_or(|takes| takes.contains(&action.0))
    }

    /// Finds the first treatment made for the channel, the slot, the device
    /// and the language.
    fn treatment(
        &self,
        candidate: &Candidate,
        on: &Tested,
        channel: Channel,
        slot: Option<&str>,
    ) -> Result<Option<usize>, StoredReason> {
        let action = self.plan.action(candidate.action);
        let wanted = self.asked.request.force.as_ref().filter(|_| candidate.is_forced);
        let wanted = wanted.and_then(|force| force.treatment.as_deref());
        if action.treatments().is_empty() && wanted.is_none() {
            return Ok(None);
        }
        let mut unknown = None;
        for (place, treatment) in action.treatments().iter().enumerate() {
            let is_wanted = wanted.is_none_or(|wanted| wanted == treatment.id);
            if !is_wanted || !is_made_for(treatment, channel, slot) {
                continue;
            }
            match self.suits(treatment, on.lane) {
                Ok(true) => return Ok(Some(place)),
                Ok(false) => {}
                Err(basis) => unknown = Some(basis),
            }
        }
        let basis = unknown.into_iter().collect();
        Err(StoredReason { basis, ..reason(ReasonCode::NoMatchingPlacement) })
    }

    /// Tells whether a treatment suits who looks at it, or what is not known.
    fn suits(&self, treatment: &CheckedTreatment, lane: usize) -> Result<bool, Basis> {
        let Some(viewer) = self.viewers.get(lane) else { return Ok(false) };
        let by_device = match &viewer.device {
            _ if treatment.devices.is_empty() => true,
            Ok(device) => treatment.devices.contains(device),
            Err(unknown) => return Err(unknown.clone()),
        };
        if !by_device || treatment.locales.is_empty() {
            return Ok(by_device);
        }
        let locale = viewer.locale.as_ref().map_err(Clone::clone)?;
        Ok(treatment.locales.iter().any(|range| is_in_range(locale, range)))
    }
}

fn is_made_for(treatment: &CheckedTreatment, channel: Channel, slot: Option<&str>) -> bool {
    let fits =
        |slot: &str| treatment.slots.is_empty() || treatment.slots.iter().any(|own| own == slot);
    let on_channel = treatment.channels.is_empty() || treatment.channels.contains(&channel);
    on_channel && slot.is_none_or(fits)
}

/// Tells whether a language tag is in a range: equal, or more special.
///
/// Source: RFC 4647, basic filtering.
fn is_in_range(tag: &str, range: &str) -> bool {
    let rest = tag.strip_prefix(range);
    rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('-'))
}

/// Reads the form factor, or says what is not known about it.
fn form_factor(lane: &Lane<'_>) -> Result<FormFactor, Basis> {
    let read = lane.context.device.known().and_then(|device| device.form_factor);
    known(lane.facts(), "device.form_factor", read)
}

/// Reads the language to speak: that of the request, the device, the profile.
fn locale(asked: &Asked<'_>, lane: &Lane<'_>) -> Result<String, Basis> {
    if let Some(locale) = &asked.request.locale {
        return Ok(normal(locale));
    }
    let device = lane.context.device.known().and_then(|device| device.locale.as_ref());
    let device = known(lane.facts(), "device.locale", device);
    let profile = lane.context.profile.known().and_then(|profile| profile.language.as_ref());
    let profile = known(lane.facts(), "profile.language", profile);
    device.or_else(|unknown| profile.map_err(|_| unknown)).map(|locale| normal(locale))
}

/// Spells a language tag as treatments do; phones write `de_AT`.
fn normal(tag: &str) -> String {
    tag.to_lowercase().replace('_', "-")
}

/// Returns what was read of a fact if it is fresh, or what is not known.
fn known<T>(facts: &Facts<'_>, path: &str, read: Option<T>) -> Result<T, Basis> {
    let absent = || Basis { subject: Subject::of(facts, path), state: FactState::Absent };
    match Basis::of_age(facts, path) {
        Some(late) if late.state != FactState::Unknown => Err(late),
        // What was never delivered is absent as well: a treatment asks for the fact.
        late => read.filter(|_| late.is_none()).ok_or_else(absent),
    }
}
