//! Actions: ids, words, dates, conditions and treatments.

use std::collections::{BTreeSet, HashSet};
use std::str::FromStr;

use super::{CheckedAction, CheckedTreatment, Checker, Clause};
use crate::condition;
use crate::diagnostic::{Diagnostic, DocPath};
use crate::policy::{Action, Treatment, code};
use crate::time::Timestamp;
use crate::vocabulary::{Channel, Kind, Purpose, Word};

/// Ids that were seen before.
pub(super) type Seen = HashSet<String, ahash::RandomState>;

impl Checker<'_> {
    pub(super) fn check_actions(&mut self, actions: &[Action]) -> Vec<CheckedAction> {
        if actions.is_empty() && !self.report.has_errors() {
            let message = "a policy needs at least one action";
            self.error_with_help(
                code::MISSING_KEY,
                DocPath::root().key("actions"),
                message,
                "add `[[actions]]`",
            );
        }
        let mut ids = Seen::default();
        let checked = actions.iter().enumerate().map(|(place, action)| {
            let path = DocPath::root().key("actions").index(place);
            self.unique(&mut ids, &action.id, &path);
            let checked = self.check_action(action, &path);
            self.lint_action(&checked, &path);
            checked
        });
        checked.collect()
    }

    /// Warns of `!known(…)`, which lets an action through when nobody can tell.
    fn lint_action(&mut self, action: &CheckedAction, path: &DocPath) {
        let stages = [
            ("eligible", &action.eligible),
            ("applicable", &action.applicable),
            ("suitable", &action.suitable),
        ];
        for (key, clauses) in stages {
            if clauses.iter().any(|clause| self.opens(clause)) {
                let message = "with `!known(…)` this lets the action through when nobody can tell";
                let warning = Diagnostic::warning(code::FAILS_OPEN, path.key(key), message);
                self.report.push(warning.with_help("ask for what must be known to be true"));
            }
        }
    }

    /// Tells whether a condition holds because something is not known; found out
    /// once for each.
    fn opens(&mut self, clause: &Clause) -> bool {
        let (program, node) = (&self.program, clause.node);
        let opens = || condition::fails_open(program, node, true);
        *self.opening.entry(node).or_insert_with(opens)
    }

    /// Reports an id that occurs twice, or cannot be printed.
    pub(super) fn unique(&mut self, seen: &mut Seen, id: &str, path: &DocPath) {
        if id.chars().any(char::is_control) {
            let message = "an id is made of characters that can be printed";
            self.error(code::VALUE, path.key("id"), message);
        }
        if !id.is_empty() && !seen.insert(id.to_owned()) {
            let message = format!("the id `{id}` occurs twice");
            self.error(code::DUPLICATE, path.key("id"), message);
        }
    }

    fn check_action(&mut self, action: &Action, path: &DocPath) -> CheckedAction {
        let (starts_at, ends_at) = self.window(action, path);
        let purpose = self.purpose_of(action, path);
        let limited = purpose != Purpose::Transactional;
        let is_marketing = purpose == Purpose::Marketing;
        CheckedAction {
            id: action.id.clone(),
            kind: action.kind.clone(),
            group: action.group.clone(),
            tags: action.tags.clone(),
            purpose,
            tier: action.tier,
            rank: action.rank,
            paused: self.is_paused(action, path),
            starts_at,
            ends_at,
            channels: self.channels(action, path).into(),
            eligible: self.clauses(&action.eligible, path, "eligible"),
            applicable: self.clauses(&action.applicable, path, "applicable"),
            suitable: self.clauses(&action.suitable, path, "suitable"),
            propensity: self.propensity(action, path),
            value: self.value(action, path),
            treatments: self.check_treatments(action, path),
            obeys_limits: action.obeys_limits.unwrap_or(limited),
            counts_toward_limits: action.counts_toward_limits.unwrap_or(limited),
            obeys_quiet_hours: action.obeys_quiet_hours.unwrap_or(is_marketing),
            needs_consent: self.needs_consent(action, is_marketing, path),
            quota: action.quota.clone(),
        }
    }

    /// Marketing always needs consent; anything else only if it says so.
    fn needs_consent(&mut self, action: &Action, is_marketing: bool, path: &DocPath) -> bool {
        if is_marketing && action.needs_consent == Some(false) {
            let message = "marketing needs consent";
            let help = "write `purpose = \"service\"` if the action serves, and does not sell";
            self.error_with_help(code::VALUE, path.key("needs_consent"), message, help);
        }
        action.needs_consent.unwrap_or(is_marketing)
    }

    fn purpose_of(&mut self, action: &Action, path: &DocPath) -> Purpose {
        let of_kind = self.purpose_of_kind(&action.kind, path);
        let written =
            action.purpose.as_ref().and_then(|text| self.purpose(text, path.key("purpose")));
        written.unwrap_or(of_kind)
    }

    fn purpose_of_kind(&mut self, kind: &str, path: &DocPath) -> Purpose {
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

    fn is_paused(&mut self, action: &Action, path: &DocPath) -> bool {
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
        path: &DocPath,
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

    fn time(&mut self, text: Option<&str>, path: &DocPath, key: &'static str) -> Option<Timestamp> {
        match text?.parse() {
            Ok(time) => Some(time),
            Err(error) => {
                self.error(code::VALUE, path.key(key), format!("{error}"));
                None
            }
        }
    }

    fn channels(&mut self, action: &Action, path: &DocPath) -> Vec<Channel> {
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

    fn check_treatments(&mut self, action: &Action, path: &DocPath) -> Vec<CheckedTreatment> {
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
