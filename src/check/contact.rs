//! Quiet hours, and what counts as consent.

use super::Checker;
use crate::diagnostic::DocPath;
use crate::policy::{QuietHours, code};
use crate::time::{DailyHours, TimeOfDay, Zone};
use crate::vocabulary::Channel;

/// Quiet hours whose every name is resolved.
#[derive(Clone, Debug)]
pub(crate) struct CheckedQuietHours {
    pub(crate) name: String,
    pub(crate) hours: DailyHours,
    /// All outbound channels if empty.
    pub(crate) channels: Vec<Channel>,
    pub(crate) fallback_zone: Option<Zone>,
}

impl Checker<'_> {
    pub(super) fn check_soft_opt_in(&mut self) -> Vec<Channel> {
        let path = DocPath::root().key("consent").key("soft_opt_in");
        let policy = self.policy;
        self.words(&policy.consent.soft_opt_in, || path.clone())
    }

    pub(super) fn check_quiet_hours(&mut self) -> Vec<CheckedQuietHours> {
        let policy = self.policy;
        let mut checked = Vec::new();
        let preset = self.preset.take();
        for (name, window) in preset.iter().flat_map(|preset| &preset.quiet_hours) {
            checked.extend(self.quiet_hours(name, window, &DocPath::root()));
        }
        for (name, window) in &policy.quiet_hours {
            let path = DocPath::root().key("quiet_hours").key(name.clone());
            if preset.as_ref().is_some_and(|preset| preset.quiet_hours.contains_key(name)) {
                let message = format!("the preset has quiet hours `{name}`");
                self.error_with_help(code::DUPLICATE, path, message, "give them another name");
                continue;
            }
            checked.extend(self.quiet_hours(name, window, &path));
        }
        self.preset = preset;
        checked.sort_by(|a, b| a.name.cmp(&b.name));
        checked
    }

    fn quiet_hours(
        &mut self,
        name: &str,
        window: &QuietHours,
        path: &DocPath,
    ) -> Option<CheckedQuietHours> {
        let from = self.time_of_day(&window.from, path.key("from"));
        let to = self.time_of_day(&window.to, path.key("to"));
        let days = window.days.iter().enumerate().filter_map(|(place, day)| {
            let path = self.place_of(&window.days, &path.key("days"), place);
            self.weekday(day, path)
        });
        let days = days.collect();
        let channels = self.outbound(&window.channels, &path.key("channels"));
        let fallback_zone = window.fallback_zone.as_ref();
        let fallback_zone =
            fallback_zone.and_then(|zone| self.zone(zone, path.key("fallback_zone")));
        let (from, to) = (from?, to?);
        if from.is_end_of_day() {
            let message = "a day ends at `24:00`: nothing begins then";
            self.error_with_help(code::VALUE, path.key("from"), message, "write `00:00`");
        }
        if from == to {
            let message = "these quiet hours end when they begin";
            let help = "write `from = \"00:00\"` and `to = \"24:00\"` for a whole day";
            self.error_with_help(code::VALUE, path.key("to"), message, help);
        }
        let hours = DailyHours { from, to, days };
        Some(CheckedQuietHours { name: name.to_owned(), hours, channels, fallback_zone })
    }

    fn time_of_day(&mut self, text: &str, path: DocPath) -> Option<TimeOfDay> {
        // An empty text is reported where it was read.
        if text.is_empty() {
            return None;
        }
        match text.parse() {
            Ok(time) => Some(time),
            Err(error) => {
                let error: crate::time::ParseTimeError = error;
                self.error(code::VALUE, path, error.to_string());
                None
            }
        }
    }

    fn outbound(&mut self, texts: &[String], path: &DocPath) -> Vec<Channel> {
        let channels: Vec<Channel> = self.words(texts, || path.clone());
        for (place, text) in texts.iter().enumerate() {
            if text.parse::<Channel>().is_ok_and(|channel| !channel.is_outbound()) {
                let path = self.place_of(texts, path, place);
                let message = format!("`{text}` is inbound: customers come to it by themselves");
                let help = "quiet hours are about outbound channels such as `sms` and `push`";
                self.error_with_help(code::VALUE, path, message, help);
            }
        }
        channels
    }
}
