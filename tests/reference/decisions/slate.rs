//! What fits into a slate.

use std::collections::{BTreeMap, BTreeSet};

use crate::facts::{Fact, Facts};
use crate::interpreter::{Reason, Reference};
use crate::limits::Event;
use crate::model::{Action, Treatment};
use crate::rules::Exclusive;

/// What is in the slate so far.
#[derive(Default)]
pub(crate) struct Slate<'a> {
    pub(crate) placed: Vec<Placed<'a>>,
    events: Vec<Event>,
}

pub(crate) struct Placed<'a> {
    pub(crate) action: &'a Action,
    /// The place of the slot in the request.
    slot: Option<usize>,
    pub(crate) treatment: Option<String>,
}

impl<'a> Slate<'a> {
    pub(crate) fn holds(&self, action: &str) -> bool {
        self.placed.iter().any(|placed| placed.action.id == action)
    }

    /// How much of each quota it takes.
    pub(crate) fn reservations(&self) -> BTreeMap<String, u64> {
        let mut taken = BTreeMap::new();
        for name in self.placed.iter().filter_map(|placed| placed.action.quota.as_ref()) {
            *taken.entry(name.clone()).or_default() += 1;
        }
        taken
    }
}

impl<'a> Reference<'a> {
    /// Puts an action into the slate on the channel, or says why it cannot.
    pub(crate) fn place(&self, action: &'a Action, slate: &mut Slate<'a>) -> Result<(), Reason> {
        let (slots, limit) = (&self.world.ask.slots, self.world.ask.limit);
        let full = !slots.is_empty() && slate.placed.len() == slots.len();
        if full || limit == Some(slate.placed.len()) {
            return Err(Reason::of_code(801));
        }
        let taken: Vec<_> = slate.placed.iter().filter_map(|placed| placed.slot).collect();
        let free = (0..slots.len()).filter(|place| !taken.contains(place)).map(Some);
        let no_slots = slots.is_empty().then_some(None);
        let fit = free.chain(no_slots).find_map(|slot| {
            let treatment = self.treatment(action, slot.map(|place| slots[place].as_str()))?;
            Some(Placed { action, slot, treatment })
        });
        let Some(placed) = fit else {
            return Err(Reason::of_code(802));
        };
        if let Some(reason) = self.barred(action, slate) {
            return Err(reason);
        }
        slate.placed.push(placed);
        slate.events.push(self.placed(action));
        Ok(())
    }

    pub(crate) fn slot_name(&self, placed: &Placed<'_>) -> Option<String> {
        placed.slot.map(|place| self.world.ask.slots[place].clone())
    }

    /// Why an action that would fit is not to join what is there.
    fn barred(&self, action: &Action, slate: &Slate<'_>) -> Option<Reason> {
        self.no_quota(action, slate)
            .or_else(|| self.kept_apart(action, slate))
            .or_else(|| self.too_many_alike(action, slate))
            .or_else(|| self.limit_of_slate(action, &slate.events))
            .or_else(|| {
                let shown = self.world.ask.already_shown.contains(&action.id);
                shown.then(|| Reason::of_code(805))
            })
    }

    fn no_quota(&self, action: &Action, slate: &Slate<'_>) -> Option<Reason> {
        let name = action.quota.as_ref()?;
        let taken = slate.reservations().get(name).copied().unwrap_or(0);
        let left = self.world.ask.quotas.get(name).copied().unwrap_or(0);
        (left <= taken).then(|| Reason::of_code(806))
    }

    fn kept_apart(&self, action: &Action, slate: &Slate<'_>) -> Option<Reason> {
        let rule = self.world.exclusive().into_iter().find(|rule| match rule {
            Exclusive::NeverTogether { ids, .. } => {
                ids.contains(&action.id) && ids.iter().any(|id| slate.holds(id))
            }
            Exclusive::AtMost { .. } => false,
        });
        rule.map(|rule| Reason { rule: Some(rule.id().clone()), ..Reason::of_code(803) })
    }

    fn too_many_alike(&self, action: &Action, slate: &Slate<'_>) -> Option<Reason> {
        let rule = self.world.exclusive().into_iter().find(|rule| {
            let Exclusive::AtMost { most, per, selector, .. } = rule else {
                return false;
            };
            let selected = |action: &Action| selector.is_empty() || self.selects(selector, action);
            let values = |action: &Action| match *per {
                None => vec![String::new()],
                Some("group") => action.group.iter().cloned().collect(),
                Some("kind") => vec![action.kind.clone()],
                Some(_) => action.tags.clone(),
            };
            selected(action)
                && values(action).iter().any(|value| {
                    let alike = slate.placed.iter().filter(|placed| {
                        selected(placed.action) && values(placed.action).contains(value)
                    });
                    alike.count() >= *most
                })
        });
        rule.map(|rule| Reason { rule: Some(rule.id().clone()), ..Reason::of_code(804) })
    }

    /// The treatment for a slot: none of none, else the first that fits.
    fn treatment(&self, action: &Action, slot: Option<&str>) -> Option<Option<String>> {
        if slot.is_some_and(|slot| !self.takes(slot, action)) {
            return None;
        }
        let force = self.world.ask.force.as_ref().filter(|force| force.action == action.id);
        let wanted = force.and_then(|force| force.treatment.as_ref());
        let fits = action.treatments.iter().find(|treatment| {
            wanted.is_none_or(|wanted| *wanted == treatment.id) && self.fits(treatment, slot)
        });
        match fits {
            Some(treatment) => Some(Some(treatment.id.clone())),
            None => (action.treatments.is_empty() && wanted.is_none()).then_some(None),
        }
    }

    fn fits(&self, treatment: &Treatment, slot: Option<&str>) -> bool {
        let one_of = |words: &[String], word: Option<&str>| {
            words.is_empty() || words.iter().any(|w| Some(w.as_str()) == word)
        };
        let locale = self.locale();
        let speaks = |range: &String| locale.as_deref().is_some_and(|tag| is_in(tag, range));
        one_of(&treatment.channels, Some(self.channel.as_str()))
            && one_of(&treatment.devices, self.text("device.form_factor").as_deref())
            && (slot.is_none() || one_of(&treatment.slots, slot))
            && (treatment.locales.is_empty() || treatment.locales.iter().any(speaks))
    }

    /// The quota nobody said anything of.
    pub(crate) fn missing_quota(&self, action: &Action) -> BTreeSet<(&'static str, u16)> {
        let name = action.quota.as_ref().expect("a quota");
        let said = self.world.ask.quotas.contains_key(name);
        if said { BTreeSet::new() } else { BTreeSet::from([("request", 901)]) }
    }

    /// What is not known, and would have to be for a treatment to fit where
    /// there are no slots.
    pub(crate) fn missing_for_treatments(&self, action: &Action) -> BTreeSet<(&'static str, u16)> {
        let forced = self.world.ask.force.as_ref().filter(|force| force.action == action.id);
        let wanted = forced.and_then(|force| force.treatment.as_ref());
        let channel = self.channel.to_string();
        let here = action.treatments.iter().filter(|treatment| {
            wanted.is_none_or(|wanted| *wanted == treatment.id)
                && (treatment.channels.is_empty() || treatment.channels.contains(&channel))
        });
        let device = self.text("device.form_factor");
        let fits_device = |treatment: &&Treatment| {
            treatment.devices.is_empty()
                || device.as_ref().is_some_and(|device| treatment.devices.contains(device))
        };
        let needs_device = here.clone().any(|treatment| !treatment.devices.is_empty());
        let needs_locale = here.filter(fits_device).any(|treatment| !treatment.locales.is_empty());
        let unknown_device = needs_device && device.is_none();
        let unknown_locale = needs_locale && self.locale().is_none();
        let cause = unknown_device || unknown_locale;
        cause.then(|| ("device", self.cause_of_part("device", 902))).into_iter().collect()
    }

    /// Whether a slot is one that the action may take on the channel.
    fn takes(&self, slot: &str, action: &Action) -> bool {
        let placements = &self.world.policy.placements;
        let on = |channels: &[String]| {
            channels.is_empty() || channels.iter().any(|c| c == self.channel.as_str())
        };
        placements.is_empty()
            || placements.iter().any(|placement| {
                let selector = &placement.selector;
                placement.id == slot
                    && on(&placement.channels)
                    && (selector.is_empty() || self.selects(selector, action))
            })
    }

    fn locale(&self) -> Option<String> {
        let asked = self.world.ask.locale.map(str::to_owned);
        asked.or_else(|| self.text("device.locale")).or_else(|| self.text("profile.language"))
    }

    fn text(&self, path: &str) -> Option<String> {
        match self.fact(path, None, Facts::Now) {
            Fact::Is(word) => word.as_str().map(str::to_owned),
            _ => None,
        }
    }
}

/// BCP 47 basic filtering: `de` is a range that `de-AT` is in.
fn is_in(tag: &str, range: &str) -> bool {
    let (tag, range) = (tag.to_lowercase(), range.to_lowercase());
    tag == range || tag.starts_with(&format!("{range}-"))
}
