//! Limits: which interactions count, how they are counted, whom they hold back.

use super::actions::Seen;
use super::bearers::Bearers;
use super::labels::Labels;
use super::{CheckedAction, Checker};
use crate::diagnostic::DocPath;
use crate::policy::{Limit, Selector, code};
use crate::time::{CalendarUnit, Duration, Period, Zone};
use crate::vocabulary::{Channel, Outcome, Purpose, Weekday, Word};

/// A limit whose every name is resolved.
#[derive(Clone, Debug)]
pub(crate) struct CheckedLimit {
    pub(crate) id: String,
    /// As it is written; not that of an exclusive.
    pub(crate) written: Option<Limit>,
    pub(crate) because: Option<String>,
    pub(crate) counted: Counted,
    pub(crate) per: Option<Per>,
    pub(crate) rule: LimitRule,
    /// The channels on which it holds back; all if empty.
    pub(crate) channels: Vec<Channel>,
}

/// A limit, and the actions that it is about.
pub(crate) struct SelectedLimit {
    pub(crate) rule: CheckedLimit,
    /// The places of the actions that it may hold back.
    pub(crate) targets: Vec<u32>,
    /// The places of the actions whose interactions count.
    pub(crate) counts: Vec<u32>,
}

impl CheckedLimit {
    /// Tells whether it keeps exclusive actions apart, and has its id from there.
    pub(crate) fn is_of_exclusive(&self) -> bool {
        self.written.is_none()
    }

    /// Tells whether it holds anything back on a channel.
    pub(crate) fn is_about(&self, channel: Channel) -> bool {
        self.channels.is_empty() || self.channels.contains(&channel)
    }

    /// Tells whether it depends on the channel.
    pub(crate) fn names_channel(&self) -> bool {
        !self.channels.is_empty() || self.per == Some(Per::Channel)
    }

    /// Tells whether what a slate holds does not count: it is not there before.
    pub(crate) fn is_met_by_history_only(&self) -> bool {
        matches!(self.rule, LimitRule::OnlyAfter { .. })
    }
}

/// Which interactions count.
#[derive(Clone, Debug)]
pub(crate) struct Counted {
    /// All if it names nothing.
    pub(crate) selector: Selector,
    /// All if empty.
    pub(crate) purposes: Vec<Purpose>,
    /// All if empty.
    pub(crate) channels: Vec<Channel>,
    /// Contacts if empty.
    pub(crate) outcomes: Vec<Outcome>,
}

/// What is counted apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Per {
    Action,
    Group,
    Kind,
    Tag,
    Channel,
}

impl Per {
    const ALL: [(&'static str, Self); 5] = [
        ("action", Self::Action),
        ("group", Self::Group),
        ("kind", Self::Kind),
        ("tag", Self::Tag),
        ("channel", Self::Channel),
    ];
}

/// When a limit holds back.
#[derive(Clone, Debug)]
pub(crate) enum LimitRule {
    /// While there are as many in the window.
    Cap { at_most: usize, window: Window },
    /// For a while after there were as many in a window.
    Pause { at_most: usize, within: Duration, pause: Duration },
    /// For a while after each.
    Cooldown { gap: Duration },
    /// For a while after one of another action.
    NeverAfter { within: Duration },
    /// Unless there was one, at least so long ago, and less than so long ago.
    OnlyAfter { at_least: Duration, within: Option<Duration> },
}

/// Where a cap counts.
#[derive(Clone, Debug)]
pub(crate) enum Window {
    Rolling(Duration),
    Calendar(Period, WhoseZone),
    Session,
    Lifetime,
}

/// Whose days a calendar has.
#[derive(Clone, Debug)]
pub(crate) enum WhoseZone {
    Named(Zone),
    Customers,
}

/// The ways to write a limit: the key that tells them apart, and those that
/// go with it.
const SHAPES: [(&str, &[&str]); 6] = [
    ("pause", &["at_most", "within", "pause"]),
    ("each", &["at_most", "each", "every", "time_zone", "week_starts"]),
    ("gap", &["gap"]),
    ("never_followed_by", &["never_followed_by", "within"]),
    ("only_after", &["only_after", "at_least", "within"]),
    // Last, as it goes with others: a cap in a rolling window.
    ("at_most", &["at_most", "within"]),
];

impl Checker<'_> {
    pub(super) fn check_limits(
        &mut self,
        actions: &[CheckedAction],
        bearers: &Bearers<'_>,
    ) -> Vec<SelectedLimit> {
        let policy = self.policy;
        let mut ids = Seen::default();
        let mut checked = Vec::new();
        if let Some(preset) = self.preset.take() {
            for limit in &preset.limits {
                ids.insert(limit.id.clone());
                if let Some(rule) = self.limit_rule(limit, &DocPath::root()) {
                    let path = DocPath::root();
                    checked.push(self.check_limit(limit, rule, actions, bearers, &path));
                }
            }
            self.preset = Some(preset);
        }
        for (place, limit) in policy.limits.iter().enumerate() {
            let path = DocPath::root().key("limits").index(place);
            self.unique(&mut ids, &limit.id, &path);
            // One that is wrong stands for nothing, so that the rest is checked.
            let nothing = LimitRule::Cooldown { gap: Duration::ZERO };
            let rule = self.limit_rule(limit, &path).unwrap_or(nothing);
            checked.push(self.check_limit(limit, rule, actions, bearers, &path));
        }
        checked
    }

    fn check_limit(
        &mut self,
        limit: &Limit,
        rule: LimitRule,
        actions: &[CheckedAction],
        bearers: &Bearers<'_>,
        path: &DocPath,
    ) -> SelectedLimit {
        let channels: Vec<Channel> = self.words(&limit.channels, || path.key("channels"));
        let purposes = self.purposes(&limit.purposes, &path.key("purposes"));
        let per = self.per(limit, path);
        let own = self.limited(limit, bearers, path);
        let policy = self.policy;
        let labels = |place: &u32| actions.get(*place as usize).map(|action| &*action.labels);
        let of_purpose = |place: &u32| {
            let purpose = labels(place).map(|labels| labels.purpose);
            purposes.is_empty() || purpose.is_some_and(|purpose| purposes.contains(&purpose))
        };
        let (mut targets, mut counts, mut selector) = (own.clone(), own, limit.selector.clone());
        let mut counted_purposes = purposes.clone();
        if let Some(followers) = &limit.never_followed_by {
            targets = self.select(followers, bearers, &path.key("never_followed_by"));
        } else if let Some(before) = &limit.only_after {
            counts = self.select(before, bearers, &path.key("only_after"));
            selector = before.clone();
            counted_purposes = Vec::new();
        }
        let only_after = limit.only_after.is_some();
        targets.retain(|place| {
            of_purpose(place) && labels(place).is_some_and(|labels| labels.obeys_limits)
        });
        counts.retain(|place| {
            let id = || policy.actions.get(*place as usize).map(|action| &action.id);
            let counts = |labels: &Labels| {
                labels.counts_toward_limits || id().is_some_and(|id| selector.ids.contains(id))
            };
            (only_after || of_purpose(place)) && labels(place).is_some_and(counts)
        });
        let rule = CheckedLimit {
            id: limit.id.clone(),
            written: Some(limit.clone()),
            because: limit.because.clone(),
            counted: Counted {
                selector,
                purposes: counted_purposes,
                channels: if only_after { Vec::new() } else { channels.clone() },
                outcomes: self.words(&limit.outcomes, || path.key("outcomes")),
            },
            per,
            rule,
            channels,
        };
        SelectedLimit { rule, targets, counts }
    }

    /// Finds the actions a limit names, which may be all of a purpose, of a
    /// channel, or each by itself.
    fn limited(&mut self, limit: &Limit, bearers: &Bearers<'_>, path: &DocPath) -> Vec<u32> {
        let names_none = limit.selector == Selector::default();
        let is_about_all =
            limit.purposes.is_empty() && limit.channels.is_empty() && limit.per.is_none();
        if names_none && is_about_all {
            let message = "the limit is about no action";
            let help = "name `kinds`, `tags`, `groups`, `ids`, `purposes` or `channels`, or write \
                        `per = \"action\"`";
            self.error_with_help(code::EMPTY_SELECTOR, path.clone(), message, help);
            return Vec::new();
        }
        self.select_or_all(&limit.selector, bearers, path)
    }

    fn purposes(&mut self, texts: &[String], path: &DocPath) -> Vec<Purpose> {
        let mut purposes = Vec::with_capacity(texts.len());
        for (place, text) in texts.iter().enumerate() {
            let path = self.place_of(texts, path, place);
            purposes.extend(self.purpose(text, path));
        }
        purposes
    }

    fn per(&mut self, limit: &Limit, path: &DocPath) -> Option<Per> {
        let text = limit.per.as_deref()?;
        let found = Per::ALL.iter().find(|(name, _)| *name == text);
        let is_pair = limit.never_followed_by.is_some() || limit.only_after.is_some();
        if is_pair {
            let message = "`per` does not go with a rule about two actions";
            self.error(code::VALUE, path.key("per"), message);
        } else if found.is_none() {
            let known = Per::ALL.iter().map(|(name, _)| *name);
            self.unknown_word(path.key("per"), "way to count", text, known);
        }
        found.map(|(_, per)| *per)
    }

    fn limit_rule(&mut self, limit: &Limit, path: &DocPath) -> Option<LimitRule> {
        let shape = self.shape(limit, path)?;
        // Everything is read before anything that is wrong ends it.
        Some(match shape {
            "gap" => LimitRule::Cooldown { gap: self.needed(limit.gap.as_ref(), "gap", path)? },
            "never_followed_by" => {
                let within = self.needed(limit.within.as_ref(), "within", path)?;
                LimitRule::NeverAfter { within }
            }
            "only_after" => self.only_after(limit, path)?,
            "each" => {
                let at_most = self.at_most(limit.at_most, path);
                let window = self.window_of_each(limit, path);
                LimitRule::Cap { at_most: at_most?, window: window? }
            }
            "pause" => {
                let at_most = self.at_most(limit.at_most, path);
                let within = self.needed(limit.within.as_ref(), "within", path);
                let pause = self.needed(limit.pause.as_ref(), "pause", path);
                LimitRule::Pause { at_most: at_most?, within: within?, pause: pause? }
            }
            _ => {
                let at_most = self.at_most(limit.at_most, path);
                let within = self.needed(limit.within.as_ref(), "within", path);
                LimitRule::Cap { at_most: at_most?, window: Window::Rolling(within?) }
            }
        })
    }

    /// Tells what kind of limit it is, and reports keys that do not go with it.
    fn shape(&mut self, limit: &Limit, path: &DocPath) -> Option<&'static str> {
        let written = written_keys(limit);
        let shape = SHAPES.iter().find(|(key, _)| written.contains(key));
        let Some((shape, keys)) = shape else {
            let message = "the limit does not say how much is enough";
            let help = "write `at_most` with `within` or `each`, `gap`, `never_followed_by` or \
                        `only_after`";
            self.error_with_help(code::MISSING_KEY, path.clone(), message, help);
            return None;
        };
        let stray = written.iter().find(|key| !keys.contains(key));
        if let Some(stray) = stray {
            let message = format!("`{stray}` does not go with `{shape}`");
            let keys: Vec<String> = keys.iter().map(|key| format!("`{key}`")).collect();
            let keys = keys.join(", ");
            let help =
                format!("a limit with `{shape}` has {keys}: write another limit for the rest");
            self.error_with_help(code::VALUE, path.key(*stray), message, help);
            return None;
        }
        Some(shape)
    }

    fn needed(
        &mut self,
        text: Option<&String>,
        key: &'static str,
        path: &DocPath,
    ) -> Option<Duration> {
        if text.is_none() {
            let message = format!("missing key `{key}`");
            let help = "write a length of time such as `7d`";
            self.error_with_help(code::MISSING_KEY, path.key(key), message, help);
        }
        self.length(text?, path.key(key))
    }

    pub(super) fn at_most(&mut self, number: Option<i64>, path: &DocPath) -> Option<usize> {
        let Some(number) = number else {
            self.error(code::MISSING_KEY, path.key("at_most"), "missing key `at_most`");
            return None;
        };
        let at_most = usize::try_from(number).ok().filter(|at_most| *at_most > 0);
        if at_most.is_none() {
            let message = "`at_most` is 1 or more";
            let help = "to hold something back for good, pause it or suppress it";
            self.error_with_help(code::VALUE, path.key("at_most"), message, help);
        }
        at_most
    }

    fn only_after(&mut self, limit: &Limit, path: &DocPath) -> Option<LimitRule> {
        let at_least = match &limit.at_least {
            Some(text) => self.length(text, path.key("at_least"))?,
            None => Duration::ZERO,
        };
        let within = match &limit.within {
            Some(text) => Some(self.length(text, path.key("within"))?),
            None => None,
        };
        if within.is_some_and(|within| within <= at_least) {
            let message = "`within` ends before `at_least` is over";
            self.error(code::VALUE, path.key("within"), message);
        }
        Some(LimitRule::OnlyAfter { at_least, within })
    }

    fn window_of_each(&mut self, limit: &Limit, path: &DocPath) -> Option<Window> {
        const UNITS: [&str; 6] = ["day", "week", "month", "year", "session", "lifetime"];
        let first = match &limit.week_starts {
            Some(text) => self.weekday(text, path.key("week_starts")),
            None => Some(Weekday::Monday),
        };
        let text = limit.each.as_deref()?;
        if matches!(text, "session" | "lifetime") {
            return self.window_without_calendar(limit, text, path);
        }
        let (every, zone) = (self.every(limit, path), self.whose_zone(limit, path));
        let unit = match text {
            "day" => CalendarUnit::Day,
            "week" => CalendarUnit::Week(first?),
            "month" => CalendarUnit::Month,
            "year" => CalendarUnit::Year,
            other => {
                self.unknown_word(path.key("each"), "period", other, UNITS);
                return None;
            }
        };
        if limit.week_starts.is_some() && text != "week" {
            let message = format!("`week_starts` does not go with `each = \"{text}\"`");
            self.error(code::VALUE, path.key("week_starts"), message);
        }
        Some(Window::Calendar(Period { unit, every: every? }, zone?))
    }

    fn window_without_calendar(
        &mut self,
        limit: &Limit,
        text: &str,
        path: &DocPath,
    ) -> Option<Window> {
        let calendar = [
            ("every", limit.every.is_some()),
            ("time_zone", limit.time_zone.is_some()),
            ("week_starts", limit.week_starts.is_some()),
        ];
        if let Some((key, _)) = calendar.into_iter().find(|(_, is_written)| *is_written) {
            let message = format!("`{key}` does not go with `each = \"{text}\"`");
            self.error(code::VALUE, path.key(key), message);
            return None;
        }
        Some(if text == "session" { Window::Session } else { Window::Lifetime })
    }

    fn every(&mut self, limit: &Limit, path: &DocPath) -> Option<i32> {
        /// Two years of days.
        const MAX_UNITS: i32 = 730;
        let every = i32::try_from(limit.every.unwrap_or(1)).ok();
        let every = every.filter(|every| (1..=MAX_UNITS).contains(every));
        if every.is_none() {
            let message = format!("`every` is a number from 1 to {MAX_UNITS}");
            self.error(code::VALUE, path.key("every"), message);
        }
        every
    }

    fn whose_zone(&mut self, limit: &Limit, path: &DocPath) -> Option<WhoseZone> {
        match limit.time_zone.as_deref() {
            None => Some(WhoseZone::Named(Zone::UTC)),
            Some("customer") => Some(WhoseZone::Customers),
            Some(name) => self.zone(name, path.key("time_zone")).map(WhoseZone::Named),
        }
    }

    pub(super) fn weekday(&mut self, text: &str, path: DocPath) -> Option<Weekday> {
        let weekday = text.parse().ok();
        if weekday.is_none() {
            self.unknown_word(path, Weekday::SET, text, Weekday::WORDS.iter().copied());
        }
        weekday
    }

    /// Makes limits of the pairs that stay apart over time, too.
    pub(super) fn limits_of_exclusives(
        &mut self,
        actions: &[CheckedAction],
        bearers: &Bearers<'_>,
    ) -> Vec<SelectedLimit> {
        let policy = self.policy;
        let mut limits = Vec::new();
        for (place, exclusive) in policy.exclusive.iter().enumerate() {
            let Some(within) = &exclusive.within else { continue };
            let path = DocPath::root().key("exclusive").index(place);
            let Some(within) = self.length(within, path.key("within")) else { continue };
            let selector =
                Selector { ids: exclusive.never_together.clone(), ..Selector::default() };
            let targets = bearers.matching(&selector);
            let action = |place: &u32| actions.get(*place as usize);
            let obeys =
                |place: &u32| action(place).is_some_and(|action| action.labels.obeys_limits);
            let rule = CheckedLimit {
                id: exclusive.id.clone(),
                written: None,
                because: None,
                counted: Counted {
                    selector,
                    purposes: Vec::new(),
                    channels: Vec::new(),
                    outcomes: Vec::new(),
                },
                per: None,
                rule: LimitRule::NeverAfter { within },
                channels: Vec::new(),
            };
            let obeying = targets.iter().copied().filter(obeys).collect();
            limits.push(SelectedLimit { rule, targets: obeying, counts: targets });
        }
        limits
    }
}

/// Lists the keys of a limit that say how much is enough.
fn written_keys(limit: &Limit) -> Vec<&'static str> {
    let keys = [
        ("at_most", limit.at_most.is_some()),
        ("within", limit.within.is_some()),
        ("each", limit.each.is_some()),
        ("every", limit.every.is_some()),
        ("time_zone", limit.time_zone.is_some()),
        ("week_starts", limit.week_starts.is_some()),
        ("pause", limit.pause.is_some()),
        ("gap", limit.gap.is_some()),
        ("never_followed_by", limit.never_followed_by.is_some()),
        ("only_after", limit.only_after.is_some()),
        ("at_least", limit.at_least.is_some()),
    ];
    keys.into_iter().filter(|(_, is_written)| *is_written).map(|(key, _)| key).collect()
}
