//! Random policies, contexts and requests that love boundaries.
//!
//! Everything is drawn from tapes of numbers, one for each entity, so that
//! whoever shortens the tapes makes the case plainer.

use std::collections::BTreeMap;

use serde_json::{Value, json};
use tactful::{Channel, Context};

use crate::answers;
use crate::ask::{Ask, Force};
use crate::cond::{Cond, Test};
use crate::limits;
use crate::model::{
    Action, DAY, Engagement, HOUR, Kind, MINUTE, Policy, Propensity, Selector, Treatment, Worth,
};
use crate::rules::{Limit, Rule};
use crate::tape::{Shape, Tape, Tapes};
use crate::zones;

/// 2026-03-10T15:00:30Z
pub(crate) const NOW: i64 = 1_773_154_830_000;
/// 2026-03-29T01:00:00Z: summer time begins in Vienna.
const VIENNA_LEAPS: i64 = 1_774_746_000_000;
/// 2026-03-08T07:00:00Z: summer time begins in New York.
const NEW_YORK_LEAPS: i64 = 1_772_953_200_000;

/// Every length that a condition compares a time with, and a limit looks back.
pub(crate) const LENGTHS: [i64; 8] =
    [0, 15 * MINUTE, HOUR, DAY, 2 * DAY, 7 * DAY, 14 * DAY, 60 * DAY];

pub(crate) const PARTS: [&str; 12] = [
    "support",
    "purchases",
    "device",
    "recency",
    "consent",
    "history",
    "subscription",
    "feedback",
    "scores",
    "profile",
    "appointments",
    "attributes",
];

/// The customers that one policy decides about: the request, then the parts.
pub(crate) const PAIRS: [&str; 4] = ["customer-0", "customer-1", "customer-2", "customer-3"];

pub(crate) const SHAPE: &Shape = &[
    ("policy", 1, 1, 40),
    ("situations", 0, 3, 32),
    ("inherited", 0, 2, 12),
    ("actions", 1, 6, 110),
    ("suppress", 0, 3, 60),
    ("boosts", 0, 3, 40),
    ("quiet_hours", 0, 2, 16),
    ("limits", 0, 3, 32),
    ("holdout", 0, 2, 12),
    ("thresholds", 0, 2, 12),
    ("placements", 0, 3, 16),
    ("exclusive", 0, 3, 16),
    (PAIRS[0], 13, 13, 60),
    (PAIRS[1], 13, 13, 60),
    (PAIRS[2], 13, 13, 60),
    (PAIRS[3], 13, 13, 60),
];

/// What a policy may contain.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Dialect {
    Full,
    /// Without what knows that a fact is not known: `on_unknown = "allow"`,
    /// `known()`, and a zone to fall back to; nor thresholds, since a fact may
    /// lower a priority.
    Monotone,
    /// Of facts that are known, and conditions that turn with the clock.
    Timely,
    /// Without `known()`, whose no is news of what is not known.
    Plain,
}

/// One policy, and the customers and requests it decides about.
#[derive(Clone, Debug)]
pub(crate) struct Cases {
    pub(crate) policy: Policy,
    pub(crate) pairs: Vec<(Context, Ask)>,
}

impl Tapes {
    pub(crate) fn cases(&self, dialect: Dialect) -> Cases {
        let policy = self.policy(dialect);
        let pairs = PAIRS.map(|name| self.pair(name, &policy, dialect));
        Cases { pairs: pairs.into(), policy }
    }

    pub(crate) fn pair(&self, name: &str, policy: &Policy, dialect: Dialect) -> (Context, Ask) {
        let tapes = self.of(name);
        let ask = Tape::new(&tapes[0], self.base()).ask(policy);
        let timely = dialect == Dialect::Timely;
        let mut context = Context::new();
        for (part, numbers) in PARTS.iter().zip(&tapes[1..]) {
            let mut tape = Tape::new(numbers, ask.now).timely(timely).calm(self.is_calm());
            // A part that is there, mostly.
            if !tape.one_in(10) || tape.calm {
                context = tape.part(context, part, policy);
            }
        }
        let mut tape = Tape::new(&tapes[0], ask.now);
        context.user_id = tape.maybe(&["ann", "bob", "eve", "joe", "sue"]).map(str::to_owned);
        (context, ask)
    }

    /// The instant around which everything of the policy is.
    fn base(&self) -> i64 {
        let numbers = &self.of("policy")[0];
        Tape::new(numbers, NOW).pick(&[NOW, NOW, VIENNA_LEAPS, NEW_YORK_LEAPS])
    }

    /// Half of the policies hold little back.
    fn is_calm(&self) -> bool {
        let mut tape = Tape::new(&self.of("policy")[0], NOW);
        let _base = tape.below(4);
        tape.one_in(2)
    }

    fn tapes_of(&self, name: &str, dialect: Dialect) -> impl Iterator<Item = (usize, Tape<'_>)> {
        let (base, timely, calm) = (self.base(), dialect == Dialect::Timely, self.is_calm());
        let tapes = self.of(name).iter().enumerate();
        tapes.map(move |(place, numbers)| {
            (place, Tape::new(numbers, base).timely(timely).calm(calm))
        })
    }

    fn policy(&self, dialect: Dialect) -> Policy {
        let mut tape = Tape::new(&self.of("policy")[0], self.base());
        let _base_and_calm = (tape.below(4), tape.below(2));
        let mut policy = tape.frame();
        for (place, mut tape) in self.tapes_of("situations", dialect) {
            let conds = tape.conds(1 + place % 2, &policy, dialect);
            policy.situations.insert(format!("situation_{place}"), conds);
        }
        let slots: Vec<&str> = SLOTS[..self.of("placements").len()].to_vec();
        for (place, mut tape) in self.tapes_of("actions", dialect) {
            let action = tape.action(place, &policy, dialect, &slots);
            policy.actions.push(action);
        }
        for (place, mut tape) in self.tapes_of("inherited", dialect) {
            tape.inherited(place, &mut policy);
        }
        self.rules(&mut policy, dialect);
        policy
    }

    fn rules(&self, policy: &mut Policy, dialect: Dialect) {
        for (place, mut tape) in self.tapes_of("suppress", dialect) {
            let rule = tape.suppression(place, policy, dialect);
            if !tape.calm || tape.one_in(4) {
                policy.suppress.push(rule);
            }
        }
        for (place, mut tape) in self.tapes_of("boosts", dialect) {
            let boost = tape.boost(place, policy, dialect);
            policy.boosts.push(boost);
        }
        for (place, mut tape) in self.tapes_of("quiet_hours", dialect) {
            let window = tape.quiet_hours(dialect);
            policy.quiet_hours.insert(["night", "siesta"][place].to_owned(), window);
        }
        for (place, mut tape) in self.tapes_of("limits", dialect) {
            let limit = tape.limit(place, policy);
            policy.limits.push(limit);
        }
        for (place, mut tape) in self.tapes_of("holdout", dialect) {
            let holdout = tape.holdout(policy);
            policy.holdout.insert(["control", "annual"][place].to_owned(), holdout);
        }
        for (place, mut tape) in self.tapes_of("thresholds", dialect) {
            let threshold = tape.threshold(policy);
            if tape.calm && !tape.one_in(4) || dialect == Dialect::Monotone {
                continue;
            }
            policy.thresholds.insert(["worth", "chance"][place].to_owned(), threshold);
        }
        for (place, mut tape) in self.tapes_of("placements", dialect) {
            let placement = tape.placement(SLOTS[place], policy);
            policy.placements.push(placement);
        }
        for (place, mut tape) in self.tapes_of("exclusive", dialect) {
            let rule = tape.exclusive(place, policy);
            policy.exclusive.push(rule);
        }
    }
}

pub(crate) const CHANNELS: &[Channel] =
    &[Channel::Web, Channel::Email, Channel::Agent, Channel::Sms];
const SLOTS: &[&str] = &["tile", "hero", "card"];
const GROUPS: &[&str] = &["plan", "care"];
const TAGS: &[&str] = &["grow", "season"];
const QUOTAS: &[&str] = &["gold", "silver"];
const LOCALES: &[&str] = &["de-AT", "DE", "en-GB", "fr", "d", "de"];
pub(crate) const ZONES: &[&str] =
    &["Europe/Vienna", "America/New_York", "Asia/Beirut", "Australia/Lord_Howe", "Asia/Kolkata"];

fn attributes() -> BTreeMap<String, Value> {
    BTreeMap::from([
        ("vip".into(), json!("bool")),
        ("children".into(), json!("int")),
        ("spend".into(), json!("double")),
        ("nickname".into(), json!("text")),
        ("expires_at".into(), json!("timestamp")),
        ("tier".into(), json!(["gold", "silver"])),
        ("labels".into(), json!("texts")),
    ])
}

/// Random requests.
impl Tape<'_> {
    fn ask(&mut self, policy: &Policy) -> Ask {
        let _user = (self.below(6), self.below(5));
        let channel = self.pick(CHANNELS);
        let mut ask = Ask::new(self.moment(policy), channel);
        if self.one_in(3) {
            let others = CHANNELS.iter().filter(|other| **other != channel && self.one_in(2));
            ask.or_channels = others.copied().collect();
            if self.one_in(2) {
                ask.or_channels.reverse();
            }
            if self.one_in(8) {
                ask.or_channels.push(channel);
            }
            ask.preferred = self.one_in(2);
        }
        if self.one_in(2) {
            let count = self.below(4);
            ask.slots = (0..count).map(|_| self.pick(SLOTS).to_owned()).collect();
        }
        if self.one_in(3) {
            ask.limit = Some(self.pick(&[1, 2, 3, 0]));
        }
        if self.one_in(2) {
            ask.intent = Some(self.pick(&["cancel", "buy"]));
        }
        ask.time_zone = self.one_in(3).then(|| self.pick(ZONES));
        if self.one_in(20) {
            ask.time_zone = Some("Mars/Olympus_Mons");
        }
        ask.locale = self.one_in(4).then(|| self.pick(LOCALES));
        for quota in QUOTAS {
            if !self.one_in(4) {
                ask.quotas.insert((*quota).to_owned(), self.pick(&[2, 1, 5, 0]));
            }
        }
        if self.one_in(6) {
            let action = self.pick(&policy.actions);
            let treatments: Vec<_> = action.treatments.iter().map(|t| Some(&t.id)).collect();
            let treatment = if self.one_in(2) && !treatments.is_empty() {
                self.pick(&treatments).cloned()
            } else {
                None
            };
            ask.force = Some(Force { action: action.id, treatment });
        }
        for action in &policy.actions {
            let lists = [&mut ask.excluded, &mut ask.out_of_stock, &mut ask.already_shown];
            for list in lists {
                if self.one_in(24) {
                    list.push(action.id.clone());
                }
            }
        }
        ask
    }

    /// An instant on, just before or just after something begins or ends.
    fn moment(&mut self, policy: &Policy) -> i64 {
        let around = self.now + self.pick(&[0, 0, 0, 11 * HOUR, -11 * HOUR]);
        let off = self.pick(&[0, 0, 1, -1]);
        let zone = zones::zone(self.pick(ZONES)).expect("one of ours");
        let day = zones::local_date(zone, around);
        let instants: Vec<i64> = match self.below(6) {
            4 => {
                let windows = policy.quiet_hours.values();
                windows.flat_map(|window| <[i64; 2]>::from(window.on(zone, day))).collect()
            }
            5 => {
                let next = |calendar| zones::next_period(calendar, zone, around);
                calendars(policy).map(next).collect()
            }
            _ => Vec::new(),
        };
        if instants.is_empty() { around + off } else { self.pick(&instants) + off }
    }
}

/// Random parts of a policy.
impl Tape<'_> {
    /// What a policy declares before there are actions.
    fn frame(&mut self) -> Policy {
        let mut policy = Policy {
            currency: self.pick(&["EUR", "EUR", "JPY"]).to_owned(),
            attributes: attributes(),
            analytics: serde_json::from_value(answers::tables()).expect("tables"),
            ..Policy::default()
        };
        let purposes =
            [None, Some("service".into()), Some("transactional".into()), Some("marketing".into())];
        let tip = Kind { purpose: self.pick(&purposes), ..Kind::default() };
        policy.kinds.insert("tip".into(), tip);
        if self.one_in(4) {
            policy.soft_opt_in = self.at_least_one_of(&["email", "sms"]);
        }
        for _ in 0..self.below(3) {
            let part = self.pick(&[
                "support",
                "cart",
                "purchases",
                "device",
                "consent",
                "scores",
                "profile",
                "attributes",
                "recency",
                "history",
            ]);
            let limit = self.pick(&[Some(DAY), Some(15 * MINUTE), None, Some(HOUR)]);
            policy.fresh.insert(part.to_owned(), limit);
        }
        policy
    }

    fn action(
        &mut self,
        place: usize,
        policy: &Policy,
        dialect: Dialect,
        slots: &[&str],
    ) -> Action {
        let kinds = ["upsell", "service", "promotion", "goodwill", "survey", "information", "tip"];
        let mut action = Action {
            // Not in the order of their places: ids decide between equals.
            id: format!("action-{}", (place * 5 + 3) % 11),
            kind: self.pick(&kinds).to_owned(),
            channels: vec![CHANNELS[0].to_string()],
            ..Action::default()
        };
        if !self.one_in(6) || self.timely {
            action.channels = CHANNELS.iter().map(Channel::to_string).collect();
        }
        action.group = self.maybe(GROUPS).map(str::to_owned);
        action.tags = self.some_of(TAGS);
        let purposes =
            [None, None, None, Some("service"), Some("transactional"), Some("marketing")];
        action.purpose = self.pick(&purposes).map(str::to_owned);
        action.tier = self.pick(&[0, 0, 0, 1, -1, 2]);
        action.rank = self.pick(&[0, 0, 10, -5]);
        action.paused = self.one_in(16) && !self.timely;
        self.dates(&mut action);
        self.worth(&mut action);
        let needs = &mut action.needs;
        for clauses in [&mut needs.eligible, &mut needs.applicable, &mut needs.suitable] {
            let often = if self.calm { 12 } else { 4 };
            if self.one_in(if self.timely { 2 } else { often }) {
                *clauses = self.some_conds(policy, dialect);
            }
        }
        self.treatments(&mut action, slots);
        self.flags(&mut action, policy);
        action
    }

    fn dates(&mut self, action: &mut Action) {
        action.starts_at = self.one_in(6).then(|| self.time().as_millis());
        action.ends_at = self.one_in(4).then(|| self.time().as_millis());
        if self.timely {
            // Nothing that holds for ever.
            action.ends_at = None;
        }
        if let (Some(start), Some(end)) = (action.starts_at, action.ends_at)
            && start >= end
        {
            action.ends_at = Some(start + DAY);
        }
    }

    fn worth(&mut self, action: &mut Action) {
        action.propensity = match self.below(8) {
            0..=3 => {
                Some(Propensity::Fixed(self.pick(&[60_000_000, 150_000_000, 1_000_000_000, 0, 1])))
            }
            4..=6 if self.calm => Some(Propensity::Fixed(150_000_000)),
            4 | 5 => Some(Propensity::Score("uptake".to_owned())),
            6 if !self.one_in(6) => Some(Propensity::Score("churn".to_owned())),
            6 => {
                let answers = [
                    "alive.p_alive",
                    "steady.p_alive",
                    "gone.p_churn",
                    "quiet.survival",
                    "rhythm.p_silence",
                    "renewal.retention",
                ];
                Some(Propensity::Answer(self.pick(&answers).to_owned()))
            }
            _ => None,
        };
        let values = [24_000, 9_600, 2_000, 0, 1, 1_000_000_000_000];
        action.value = self.maybe(&values).map(Worth::Fixed);
        if self.one_in(60) {
            let answers =
                ["worth.value_minor", "basket.order_value_minor", "narrow.order_value_minor"];
            action.value = Some(Worth::Answer(self.pick(&answers).to_owned()));
        }
        if action.value.is_none() {
            // A probability of nothing is refused.
            action.propensity = None;
        }
    }

    fn treatments(&mut self, action: &mut Action, slots: &[&str]) {
        let slots = if slots.is_empty() { SLOTS } else { slots };
        let treatments = if self.one_in(3) { 1 + self.below(3) } else { 0 };
        for place in 0..treatments {
            let channels: Vec<_> = action.channels.iter().map(String::as_str).collect();
            action.treatments.push(Treatment {
                id: format!("treatment-{place}"),
                channels: self.mostly_none(&channels),
                devices: self.mostly_none(&["mobile", "desktop"]),
                slots: self.mostly_none(slots),
                locales: self.mostly_none(&["de", "de-AT", "en"]),
            });
        }
    }

    fn flags(&mut self, action: &mut Action, policy: &Policy) {
        let marketing = limits::purpose(policy, action) == "marketing";
        let flag = [None, None, None, None, None, Some(true), Some(false)];
        action.obeys_limits = self.pick(&flag);
        action.counts_toward_limits = self.pick(&flag);
        action.obeys_quiet_hours = self.pick(&flag);
        // Marketing always needs consent.
        action.needs_consent = self.pick(&flag).filter(|needs| *needs || !marketing);
        action.quota = self.one_in(5).then(|| self.pick(QUOTAS).to_owned());
    }

    pub(crate) fn mostly_none(&mut self, of: &[&str]) -> Vec<String> {
        if self.one_in(3) { self.some_of(of) } else { Vec::new() }
    }

    /// Conditions of a kind, or of a group; of facts that the actions' own
    /// conditions do not ask, since those may not loosen what is inherited.
    fn inherited(&mut self, place: usize, policy: &mut Policy) {
        let length = self.pick(&LENGTHS[1..]);
        let questions = if place == 0 {
            [
                Test::Word("profile.country", "==", "AT"),
                Test::Has("profile.country"),
                Test::Within("recency.first_seen_at", length),
            ]
        } else {
            [
                Test::Within("recency.last_login_at", length),
                Test::Word("device.platform", "!=", "ios"),
                Test::Has("device.platform"),
            ]
        };
        let cond = Cond::Test(self.pick(&questions));
        let mut of = Engagement::default();
        let stages = [&mut of.eligible, &mut of.applicable, &mut of.suitable];
        stages[self.below(3)].push(cond);
        let action = self.pick(&policy.actions);
        match (place, action.group) {
            (0, _) => policy.kinds.entry(action.kind).or_default().engagement = of,
            (_, Some(group)) => drop(policy.groups.insert(group, of)),
            (_, None) => {}
        }
    }

    /// Selects something: what a policy names must exist.
    pub(crate) fn selector(&mut self, actions: &[Action]) -> Selector {
        let mut selector = Selector::default();
        for _ in 0..=self.below(2) {
            let action = &actions[self.below(actions.len())];
            let fallback = vec![action.id.clone()];
            match (self.below(4), &action.group, action.tags.first()) {
                (0, ..) => selector.kinds = vec![action.kind.clone()],
                (1, _, Some(tag)) => selector.tags = vec![tag.clone()],
                (2, Some(group), _) => selector.groups = vec![group.clone()],
                _ => selector.ids = fallback,
            }
        }
        selector
    }
}

/// The limits of a policy that are judged by a calendar.
pub(crate) fn calendars(policy: &Policy) -> impl Iterator<Item = &crate::rules::Calendar> {
    policy.limits.iter().filter_map(|Limit { rule, .. }| match rule {
        Rule::Calendar(_, calendar) => Some(calendar),
        _ => None,
    })
}
