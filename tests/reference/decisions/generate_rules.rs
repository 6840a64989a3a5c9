//! Random rules: of suppression and arbitration, of contact, and of the slate.

use crate::generate::{CHANNELS, Dialect, LENGTHS, ZONES};
use crate::model::{DAY, HOUR, Policy, Selector};
use crate::rules::{
    Boost, Calendar, Exclusive, Holdout, Limit, Placement, QuietHours, Rule, Suppression, Threshold,
};
use crate::tape::Tape;
use crate::zones::DAYS;

impl Tape<'_> {
    pub(crate) fn suppression(
        &mut self,
        place: usize,
        policy: &Policy,
        dialect: Dialect,
    ) -> Suppression {
        Suppression {
            id: format!("rule-{place}"),
            selector: self.selector(&policy.actions),
            allow: self.one_in(3) && dialect != Dialect::Monotone,
            channels: self.some_channels(),
            when: self.some_conds(policy, dialect),
            after: match self.one_in(2) {
                true => self.some_conds(policy, dialect),
                false => Vec::new(),
            },
        }
    }

    pub(crate) fn boost(&mut self, place: usize, policy: &Policy, dialect: Dialect) -> Boost {
        Boost {
            id: format!("boost-{place}"),
            selector: self.selector(&policy.actions),
            basis_points: self
                .pick(&[0, 6_000, -10_000, 5_925, 10_000, 247_500, 1, 200_000, -5_000]),
            when: match self.one_in(2) {
                true => self.some_conds(policy, dialect),
                false => Vec::new(),
            },
        }
    }

    fn some_channels(&mut self) -> Vec<String> {
        let channels: Vec<_> = CHANNELS.iter().map(|channel| channel.as_str()).collect();
        if self.one_in(3) { self.at_least_one_of(&channels) } else { Vec::new() }
    }

    pub(crate) fn quiet_hours(&mut self, dialect: Dialect) -> QuietHours {
        let (from, to) = self.pick(&[
            (21 * 60, 9 * 60),
            (12 * 60, 14 * 60),
            (16 * 60, 16 * 60 + 30),
            // Both inside the hour that Vienna skips.
            (2 * 60 + 15, 2 * 60 + 45),
            (2 * 60 + 30, 3 * 60 + 15),
            (22 * 60 + 30, 2 * 60 + 30),
            (0, 7 * 60),
            (20 * 60, 24 * 60),
            (0, 24 * 60),
        ]);
        let days = match self.one_in(3) {
            true => DAYS.into_iter().filter(|_| self.one_in(2)).collect(),
            false => Vec::new(),
        };
        let channels = match self.one_in(4) {
            true => self.at_least_one_of(&["email", "sms"]),
            false => Vec::new(),
        };
        let fallback_zone = self.one_in(3).then(|| self.pick(ZONES));
        let fallback_zone = fallback_zone.filter(|_| dialect != Dialect::Monotone);
        QuietHours { from, to, days, channels, fallback_zone }
    }

    pub(crate) fn limit(&mut self, place: usize, policy: &Policy) -> Limit {
        let selector = self.selector(&policy.actions);
        let mut limit = Limit {
            // Not in the order of their places.
            id: format!("limit-{}", 5 - place),
            selector,
            purposes: Vec::new(),
            channels: self.some_channels(),
            per: None,
            outcomes: Vec::new(),
            rule: self.rule(policy),
        };
        if self.one_in(5) {
            limit.purposes = self.at_least_one_of(&["marketing", "service", "transactional"]);
        }
        if self.one_in(4) {
            limit.outcomes = self.pick(&[
                vec!["click"],
                vec!["reject"],
                vec!["sent"],
                vec!["sent", "impression"],
            ]);
        }
        if !matches!(limit.rule, Rule::NeverFollowedBy(..) | Rule::OnlyAfter { .. }) {
            let per = ["action", "group", "kind", "tag", "channel"];
            limit.per = self.one_in(2).then(|| self.pick(&per));
            let says_who = limit.per.is_some() || !limit.channels.is_empty();
            if self.one_in(3) && (says_who || !limit.purposes.is_empty()) {
                limit.selector = Selector::default();
            }
        }
        limit
    }

    fn rule(&mut self, policy: &Policy) -> Rule {
        let at_most = self.pick(&[2, 1, 3]);
        match self.below(12) {
            0..=2 => Rule::Rolling(at_most, self.some_length()),
            3 | 4 => Rule::Calendar(at_most, self.calendar()),
            5 => Rule::Session(at_most),
            6 => Rule::Lifetime(3),
            7 | 8 => Rule::Pause { at_most, within: self.some_length(), pause: self.some_length() },
            9 => Rule::Cooldown(self.some_length()),
            10 => {
                let within = self.some_length();
                Rule::NeverFollowedBy(self.selector(&policy.actions), within)
            }
            _ => {
                let lengths = [
                    (None, None),
                    (Some(DAY), Some(14 * DAY)),
                    (None, Some(7 * DAY)),
                    (Some(HOUR), None),
                ];
                let (at_least, within) = self.pick(&lengths);
                Rule::OnlyAfter { after: self.selector(&policy.actions), at_least, within }
            }
        }
    }

    fn some_length(&mut self) -> i64 {
        self.pick(&LENGTHS[1..])
    }

    fn calendar(&mut self) -> Calendar {
        let unit = self.pick(&["day", "week", "month", "year"]);
        let week_starts = self.pick(&[None, Some("sunday"), Some("thursday")]);
        let zones = [None, Some("customer"), Some(ZONES[0]), Some(ZONES[1]), Some(ZONES[2])];
        Calendar {
            unit,
            every: self.pick(&[1, 1, 2, 3]),
            zone: self.pick(&zones),
            week_starts: week_starts.filter(|_| unit == "week"),
        }
    }

    pub(crate) fn holdout(&mut self, policy: &Policy) -> Holdout {
        Holdout {
            selector: self.selector(&policy.actions),
            basis_points: self.pick(&[5_000, 500, 0, 10_000, 1_250, 3_333]),
            version: self.pick(&[None, Some(2), Some(1)]),
            salt: self.pick(&[None, Some("sea")]),
        }
    }

    pub(crate) fn threshold(&mut self, policy: &Policy) -> Threshold {
        let propensity = self.pick(&[60_000_000, 10_000_000, 60_000_001, 150_000_000]);
        let priority = self.pick(&[1_440, 1, 1_441, 24_000]);
        let which = self.below(3);
        Threshold {
            propensity: (which != 1).then_some(propensity),
            priority: (which != 0).then_some(priority),
            selector: match self.one_in(3) {
                true => Selector::default(),
                false => self.selector(&policy.actions),
            },
        }
    }

    pub(crate) fn placement(&mut self, id: &str, policy: &Policy) -> Placement {
        let selector = self.one_in(3).then(|| self.selector(&policy.actions));
        Placement {
            id: id.to_owned(),
            channels: self.some_channels(),
            selector: selector.unwrap_or_default(),
        }
    }

    pub(crate) fn exclusive(&mut self, place: usize, policy: &Policy) -> Exclusive {
        let id = format!("exclusive-{}", 5 - place);
        let mut ids: Vec<_> = policy.actions.iter().map(|action| action.id.clone()).collect();
        if self.one_in(2) && ids.len() > 1 {
            let first = self.below(ids.len());
            ids.rotate_left(first);
            ids.truncate(2 + self.below(2));
            let within = self.one_in(2).then(|| self.some_length());
            return Exclusive::NeverTogether { id, ids, within };
        }
        let per = self.pick(&[Some("group"), Some("kind"), Some("tag"), None]);
        let selector = match per.is_some() && !self.one_in(3) {
            true => Selector::default(),
            false => self.selector(&policy.actions),
        };
        Exclusive::AtMost { id, most: 1 + self.below(2), per, selector }
    }
}
