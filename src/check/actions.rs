//! Actions: ids, words, dates, conditions and treatments.

use std::collections::{BTreeSet, HashSet};
use std::str::FromStr;
use std::sync::Arc;

use super::conditions::{ConditionList, Step};
use super::ids::Ids;
use super::labels::{Labels, WrittenWords};
use super::{CheckedAction, CheckedTreatment, Checker, Rare};
use crate::diagnostic::{Diagnostic, DocPath};
use crate::policy::{Action, Treatment, code};
use crate::time::Timestamp;
use crate::vocabulary::{Channel, Kind, Purpose, Word};

/// Ids that were seen before.
pub(super) type Seen = HashSet<String, ahash::RandomState>;

/// The place of an action: its path is only made where something is wrong.
#[derive(Clone, Copy)]
pub(super) struct ActionPlace(usize);

impl ActionPlace {
    pub(super) fn new(place: usize) -> Self {
        Self(place)
    }

    pub(super) fn path(self) -> DocPath {
        DocPath::root().key("actions").index(self.0)
    }

    pub(super) fn key(self, key: &'static str) -> DocPath {
        self.path().key(key)
    }
}

/// What is read first of the labels of an action.
struct Begun {
    purpose: Purpose,
    paused: bool,
    channels: Vec<Channel>,
    is_right: bool,
}

impl<'p> Checker<'p> {
    pub(super) fn check_actions(&mut self) -> Vec<CheckedAction> {
        let actions = self.policy.actions.as_slice();
        if actions.is_empty() && !self.report.has_errors() {
            let message = "a policy needs at least one action";
            self.error_with_help(
                code::MISSING_KEY,
                DocPath::root().key("actions"),
                message,
                "add `[[actions]]`",
            );
        }
        self.ids = Ids::with_capacity(actions.len());
        let checked = actions.iter().enumerate().map(|(place, action)| {
            self.unique_action(place, &action.id);
            let place = ActionPlace(place);
            let checked = self.check_action(action, place);
            self.lint_action(&checked, place);
            checked
        });
        checked.collect()
    }

    /// Warns of `!known(…)`, which lets an action through when nobody can tell.
    fn lint_action(&mut self, action: &CheckedAction, place: ActionPlace) {
        let asked = self.conditions.asked(action.conditions).iter();
        let opening = asked.filter(|asked| {
            self.opening.get(asked.clause().place()).is_some_and(|is_opening| *is_opening)
        });
        let mut steps: Vec<Step> = opening.map(|asked| asked.step()).collect();
        steps.dedup();
        for step in steps {
            let message = "with `!known(…)` this lets the action through when nobody can tell";
            let path = place.key(step.key());
            let warning = Diagnostic::warning(code::FAILS_OPEN, path, message);
            self.report.push(warning.with_help("ask for what must be known to be true"));
        }
    }

    /// Reports an id that occurs twice, or cannot be printed.
    pub(super) fn unique(&mut self, seen: &mut Seen, id: &str, path: &DocPath) {
        self.printable(id, || path.key("id"));
        if !id.is_empty() && !seen.insert(id.to_owned()) {
            self.twice(id, path.key("id"));
        }
    }

    /// The same for an action.
    fn unique_action(&mut self, place: usize, id: &str) {
        self.printable(id, || ActionPlace(place).key("id"));
        let actions = self.policy.actions.as_slice();
        let at = |place: u32| actions.get(place as usize).map_or("", |action| &*action.id);
        let is_new = self.ids.insert(id, u32::try_from(place).unwrap_or(u32::MAX - 1), at);
        if !is_new && !id.is_empty() {
            self.twice(id, ActionPlace(place).key("id"));
        }
    }

    fn printable(&mut self, id: &str, path: impl FnOnce() -> DocPath) {
        let is_plain = id.bytes().all(|byte| byte.is_ascii_graphic());
        if !is_plain && id.chars().any(char::is_control) {
            self.error(code::VALUE, path(), "an id is made of characters that can be printed");
        }
    }

    fn twice(&mut self, id: &str, path: DocPath) {
        self.error(code::DUPLICATE, path, format!("the id `{id}` occurs twice"));
    }

    fn check_action(&mut self, action: &'p Action, place: ActionPlace) -> CheckedAction {
        let (starts_at, ends_at) = self.window(action, place);
        let labels = match self.labelled.find(action) {
            Some(known) => Ok(known),
            None => Err(self.begin_labels(action, place)),
        };
        let conditions = self.conditions_of(action, place);
        let propensity = self.propensity(action, place);
        let value = self.value(action, place);
        let treatments = self.check_treatments(action, place);
        let labels = labels.unwrap_or_else(|begun| self.end_labels(begun, action, place));
        CheckedAction {
            labels,
            group: self.labelled.group(action),
            conditions,
            propensity,
            value,
            rare: Rare::new(starts_at, ends_at, treatments, action.rank),
        }
    }

    /// Reads what goes by words that other actions may have, too.
    fn begin_labels(&mut self, action: &Action, place: ActionPlace) -> Begun {
        let before = self.found();
        let purpose = self.purpose_of(action, place);
        let paused = self.is_paused(action, place);
        let channels = self.channels(action, place);
        Begun { purpose, paused, channels, is_right: self.found() == before }
    }

    fn end_labels(&mut self, begun: Begun, action: &'p Action, place: ActionPlace) -> Arc<Labels> {
        let Begun { purpose, paused, channels, is_right } = begun;
        let before = self.found();
        let limited = purpose != Purpose::Transactional;
        let is_marketing = purpose == Purpose::Marketing;
        let labels = Labels {
            place: self.labelled.next(),
            kind: action.kind.as_str().into(),
            tags: action.tags.as_slice().into(),
            tier: action.tier,
            channels: channels.into(),
            quota: action.quota.as_deref().map(Box::from),
            purpose,
            paused,
            obeys_limits: action.obeys_limits.unwrap_or(limited),
            counts_toward_limits: action.counts_toward_limits.unwrap_or(limited),
            obeys_quiet_hours: action.obeys_quiet_hours.unwrap_or(is_marketing),
            needs_consent: self.needs_consent(action, is_marketing, place),
            written: WrittenWords::of(action),
        };
        let is_right = is_right && self.found() == before;
        self.labelled.add(action, labels, is_right)
    }

    /// Compiles the conditions of an action.
    fn conditions_of(&mut self, action: &Action, place: ActionPlace) -> ConditionList {
        let list = self.conditions.begin();
        let stages = [&action.eligible, &action.applicable, &action.suitable];
        for (step, texts) in Step::ALL.into_iter().zip(stages) {
            for number in 0..texts.len() {
                let clause = self.clause_of(texts, number, || place.key(step.key()));
                clause.into_iter().for_each(|clause| self.conditions.ask(clause, step));
            }
        }
        self.conditions.end(list)
    }

    /// Marketing always needs consent; anything else only if it says so.
    fn needs_consent(&mut self, action: &Action, is_marketing: bool, path: ActionPlace) -> bool {
        if is_marketing && action.needs_consent == Some(false) {
            let message = "marketing needs consent";
            let help = "write `purpose = \"service\"` if the action serves, and does not sell";
            self.error_with_help(code::VALUE, path.key("needs_consent"), message, help);
        }
        action.needs_consent.unwrap_or(is_marketing)
    }

    fn purpose_of(&mut self, action: &Action, path: ActionPlace) -> Purpose {
        let of_kind = self.purpose_of_kind(&action.kind, path);
        let written =
            action.purpose.as_ref().and_then(|text| self.purpose(text, path.key("purpose")));
        written.unwrap_or(of_kind)
    }

    fn purpose_of_kind(&mut self, kind: &str, path: ActionPlace) -> Purpose {
        if let Ok(kind) = kind.parse::<Kind>() {
            return kind.purpose();
        }
        let policy = self.policy;
        match policy.kinds.get(kind) {
            Some(declared) => declared
                .purpose
                .as_deref()
                .and_then(|purpose| purpose.parse().ok())
                .unwrap_or(Purpose::Marketing),
            None => {
                let known =
                    Kind::WORDS.iter().copied().chain(policy.kinds.keys().map(String::as_str));
                self.unknown_word(path.key("kind"), "kind", kind, known);
                Purpose::Marketing
            }
        }
    }

    fn is_paused(&mut self, action: &Action, path: ActionPlace) -> bool {
        match action.status.as_deref() {
            None | Some("active") => false,
            Some("paused") => true,
            Some(other) => {
                self.unknown_word(path.key("status"), "status", other, ["active", "paused"]);
                false
            }
        }
    }

    fn window(
        &mut self,
        action: &Action,
        path: ActionPlace,
    ) -> (Option<Timestamp>, Option<Timestamp>) {
        let starts_at = self.time(action.starts_at.as_deref(), path, "starts_at");
        let ends_at = self.time(action.ends_at.as_deref(), path, "ends_at");
        if let (Some(starts_at), Some(ends_at)) = (starts_at, ends_at)
            && ends_at <= starts_at
        {
            self.error(code::VALUE, path.key("ends_at"), "the action ends before it starts");
        }
        (starts_at, ends_at)
    }

    fn time(
        &mut self,
        text: Option<&str>,
        path: ActionPlace,
        key: &'static str,
    ) -> Option<Timestamp> {
        match text?.parse() {
            Ok(time) => Some(time),
            Err(error) => {
                self.error(code::VALUE, path.key(key), format!("{error}"));
                None
            }
        }
    }

    fn channels(&mut self, action: &Action, path: ActionPlace) -> Vec<Channel> {
        let channels = self.words(&action.channels, || path.key("channels"));
        if action.channels.is_empty() && !self.report.has_errors() {
            let message = "an action without a channel is never recommended";
            self.error_with_help(
                code::VALUE,
                path.key("channels"),
                message,
                "name one, or write `status = \"paused\"`",
            );
        }
        channels
    }

    /// Reads words of a closed set, each of them once.
    ///
    /// Their path is only made where one is wrong.
    pub(super) fn words<T: Word + FromStr>(
        &mut self,
        texts: &[String],
        path: impl Fn() -> DocPath,
    ) -> Vec<T> {
        let mut words = Vec::with_capacity(texts.len());
        for (place, text) in texts.iter().enumerate() {
            match text.parse() {
                Ok(_) if texts.iter().take(place).any(|earlier| earlier == text) => {
                    let path = self.place_of(texts, &path(), place);
                    self.error(code::DUPLICATE, path, format!("`{text}` occurs twice"));
                }
                Ok(word) => words.push(word),
                Err(_) => {
                    let path = self.place_of(texts, &path(), place);
                    self.unknown_word(path, T::SET, text, T::WORDS.iter().copied());
                }
            }
        }
        words
    }

    fn check_treatments(&mut self, action: &Action, path: ActionPlace) -> Vec<CheckedTreatment> {
        let mut ids = Seen::default();
        let treatments = action.treatments.iter().enumerate().map(|(place, treatment)| {
            let path = path.key("treatments").index(place);
            self.unique(&mut ids, &treatment.id, &path);
            self.check_treatment(action, treatment, &path)
        });
        treatments.collect()
    }

    fn check_treatment(
        &mut self,
        action: &Action,
        treatment: &Treatment,
        path: &DocPath,
    ) -> CheckedTreatment {
        let channels: Vec<Channel> = self.words(&treatment.channels, || path.key("channels"));
        for (place, text) in treatment.channels.iter().enumerate() {
            if text.parse::<Channel>().is_ok() && !action.channels.contains(text) {
                let path = self.place_of(&treatment.channels, &path.key("channels"), place);
                let message = format!("the action is not recommended on `{text}`");
                self.error_with_help(
                    code::VALUE,
                    path,
                    message,
                    "add it to the action's `channels`",
                );
            }
        }
        self.check_slots(&treatment.slots, &path.key("slots"));
        CheckedTreatment {
            id: treatment.id.clone(),
            channels,
            devices: self.words(&treatment.devices, || path.key("devices")),
            slots: treatment.slots.clone(),
            locales: treatment
                .locales
                .iter()
                .map(|locale| locale.to_lowercase().replace('_', "-"))
                .collect(),
        }
    }

    /// Where a policy declares its placements, treatments name no others.
    fn check_slots(&mut self, slots: &[String], path: &DocPath) {
        let placements = &self.policy.placements;
        if placements.is_empty() {
            return;
        }
        for (place, slot) in slots.iter().enumerate() {
            if !placements.iter().any(|placement| placement.id == *slot) {
                let path = self.place_of(slots, path, place);
                let known: BTreeSet<&str> =
                    placements.iter().map(|placement| placement.id.as_str()).collect();
                let known = known.into_iter().filter(|id| !id.is_empty());
                self.unknown_word(path, "placement", slot, known);
            }
        }
    }
}
