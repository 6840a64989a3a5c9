//! When messages rest.

use jiff::ToSpan;
use jiff::tz::TimeZone;

use crate::facts::{Fact, Facts, Truth};
use crate::interpreter::{Reason, Reference};
use crate::model::{Action, DAY};
use crate::rules::QuietHours;
use crate::zones;

type Windows<'a> = Vec<(&'a QuietHours, &'static TimeZone)>;

impl<'a> Reference<'a> {
    pub(crate) fn quiet_reasons(&self, action: &Action) -> Vec<Reason> {
        let mut reasons = Vec::new();
        for (name, window) in self.quiet_hours_of(action) {
            let code = match self.zone_of(window) {
                None => 212,
                Some(zone) if self.window_end(window, zone, self.now).is_none() => continue,
                Some(_) if self.is_over_before_quiet_ends(action) => 213,
                Some(_) if self.lapses_in_quiet_hours(action) => 213,
                Some(_) => 211,
            };
            let channel = Some(self.channel.as_str());
            reasons.push(Reason { code, rule: Some(name.clone()), condition: None, channel });
        }
        reasons
    }

    /// Whether the action has ended when it could be sent; whatever ends at all
    /// does before quiet hours that never end.
    pub(crate) fn is_over_before_quiet_ends(&self, action: &Action) -> bool {
        let end = self.quiet_end(&self.windows(action), self.now).unwrap_or(i64::MAX);
        action.ends_at.is_some_and(|over| over <= end)
    }

    /// Whether something that it needs holds now, and no longer when it could
    /// be sent.
    fn lapses_in_quiet_hours(&self, action: &Action) -> bool {
        let Some(end) = self.quiet_end(&self.windows(action), self.now) else {
            return false;
        };
        let then = Self { now: end, ..*self };
        self.clauses(action).iter().any(|(_, _, cond)| {
            self.truth(cond, Facts::Now) == Truth::True
                && then.truth(cond, Facts::Now) != Truth::True
        })
    }

    /// The windows that are about the action on the channel, by name.
    fn quiet_hours_of(&self, action: &Action) -> Vec<(&'a String, &'a QuietHours)> {
        let marketing = self.purpose(action) == "marketing";
        if !self.channel.is_outbound() || !action.obeys_quiet_hours.unwrap_or(marketing) {
            return Vec::new();
        }
        let named = |channels: &[String]| channels.iter().any(|c| c == self.channel.as_str());
        let windows = self.world.policy.quiet_hours.iter();
        windows.filter(|(_, w)| w.channels.is_empty() || named(&w.channels)).collect()
    }

    fn windows(&self, action: &Action) -> Windows<'a> {
        let windows = self.quiet_hours_of(action).into_iter();
        windows.filter_map(|(_, window)| Some((window, self.zone_of(window)?))).collect()
    }

    fn zone_of(&self, window: &QuietHours) -> Option<&'static TimeZone> {
        self.customer_zone().or_else(|| zones::zone(window.fallback_zone?))
    }

    /// The customer's own zone, as far as it is known.
    pub(crate) fn customer_zone(&self) -> Option<&'static TimeZone> {
        if let Some(name) = self.world.ask.time_zone {
            return zones::zone(name);
        }
        match self.fact("profile.time_zone", None, Facts::Now) {
            Fact::Is(name) => zones::zone(name.as_str()?),
            _ => None,
        }
    }

    /// Why the customer's own zone is not known: who should tell, and the code
    /// of the cause.
    pub(crate) fn cause_of_zone(&self) -> (&'static str, u16) {
        if self.world.ask.time_zone.is_some() {
            return ("request", 903);
        }
        match self.fact("profile.time_zone", None, Facts::Now) {
            Fact::Is(_) => ("profile", 903),
            _ => ("profile", self.cause_of_part("profile", 902)),
        }
    }

    /// The first instant from one on that is in none of the windows.
    fn quiet_end(&self, windows: &Windows<'_>, from: i64) -> Option<i64> {
        let mut at = from;
        while at < from + 400 * DAY {
            let ends = windows.iter().filter_map(|(w, zone)| self.window_end(w, zone, at));
            match ends.max() {
                Some(end) => at = end,
                None => return Some(at),
            }
        }
        None
    }

    /// When the window that an instant is in ends.
    fn window_end(&self, window: &QuietHours, zone: &TimeZone, at: i64) -> Option<i64> {
        let today = zones::local_date(zone, at);
        let mut end = None;
        for offset in -2..=1 {
            let day = today + offset.days();
            let starts = window.days.is_empty() || window.days.contains(&zones::weekday(day));
            let (from, to) = window.on(zone, day);
            if starts && (from..to).contains(&at) {
                end = end.max(Some(to));
            }
        }
        end
    }
}

impl QuietHours {
    /// The instants of the window that starts on a day.
    pub(crate) fn on(&self, zone: &TimeZone, day: jiff::civil::Date) -> (i64, i64) {
        let last = if self.to <= self.from { day + 1.day() } else { day };
        (zones::instant(zone, day, self.from), zones::instant(zone, last, self.to))
    }
}
