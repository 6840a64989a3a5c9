//! A naive reading of the design: what a policy decides, with strings, maps and loops.
//!
//! It shares nothing with the engine: it walks a context as the JSON it prints
//! as, and condition trees instead of texts. Slow, and meant to be obvious.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use serde_json::Value;
use tactful::{Channel, Context};
use xxhash_rust::xxh3::xxh3_128;

use crate::ask::Ask;
use crate::cond::Cond;
use crate::facts::{Fact, Facts, Truth, parts_per_billion, texts, time};
use crate::limits::{self, Event};
use crate::model::{Action, Engagement, Policy, Propensity, Selector, Worth};
use crate::rules::Exclusive;
use crate::slate::Slate;

/// What the reference says to one request.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Answer {
    pub(crate) recommended: Vec<Recommended>,
    /// In the order they would have had.
    pub(crate) withheld: Vec<Withheld>,
    /// What the slate would hold if nobody were held out, and does not.
    pub(crate) ghosts: Vec<String>,
    /// Name, bucket if there is one, and whether the customer is left out.
    pub(crate) holdouts: Vec<(String, Option<u64>, bool)>,
    pub(crate) reservations: BTreeMap<String, u64>,
    /// Suppressions in force, with their codes.
    pub(crate) in_force: Vec<(String, u16)>,
}

#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Recommended {
    pub(crate) action: String,
    pub(crate) channel: &'static str,
    pub(crate) slot: Option<String>,
    pub(crate) treatment: Option<String>,
    pub(crate) tier: i64,
    pub(crate) priority: u128,
    pub(crate) forced: bool,
    pub(crate) passed_over: Vec<Reason>,
}

#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Withheld {
    pub(crate) action: String,
    pub(crate) verdict: &'static str,
    pub(crate) tier: i64,
    pub(crate) priority: Option<u128>,
    /// In the order of the stages.
    pub(crate) reasons: Vec<Reason>,
}

#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Reason {
    pub(crate) code: u16,
    pub(crate) rule: Option<String>,
    pub(crate) condition: Option<String>,
    pub(crate) channel: Option<&'static str>,
}

impl Reason {
    pub(crate) fn of_code(code: u16) -> Self {
        Self { code, rule: None, condition: None, channel: None }
    }

    /// The place of its stage among those of a decision.
    fn stage(&self) -> u16 {
        match self.code {
            211..=213 => 2,
            201..=203 => 1,
            101..=106 => 0,
            301..=303 => self.code - 298,
            401 | 402 => 6,
            403 | 404 | 501..=504 => 7,
            601 => 8,
            701 | 704 => 9,
            702 => 10,
            _ => 11,
        }
    }
}

/// What is the case: everything that a decision may depend on.
pub(crate) struct World<'a> {
    pub(crate) policy: &'a Policy,
    pub(crate) ask: &'a Ask,
    /// As JSON, with every time as a number.
    pub(crate) context: Value,
    /// When each part was delivered: by its oldest source.
    pub(crate) as_of: BTreeMap<String, i64>,
    pub(crate) history: Vec<Event>,
}

impl<'a> World<'a> {
    pub(crate) fn new(policy: &'a Policy, context: &Context, ask: &'a Ask) -> Self {
        let mut context = serde_json::to_value(context).expect("a context is JSON");
        read_times(&mut context);
        let mut as_of = BTreeMap::new();
        for (part, record) in context.as_object().into_iter().flatten() {
            let oldest = match &record["as_of"] {
                Value::Object(sources) => sources.values().filter_map(time).min(),
                delivered => time(delivered),
            };
            as_of.extend(oldest.map(|oldest| (part.clone(), oldest)));
        }
        let interactions = &context["history"]["interactions"];
        let items = interactions.as_array().or_else(|| interactions["partial"].as_array());
        let items = items.into_iter().flatten();
        let history = items.map(|interaction| Event::recorded(policy, interaction)).collect();
        Self { policy, ask, context, as_of, history }
    }

    pub(crate) fn now(&'a self) -> Reference<'a> {
        Reference { world: self, now: self.ask.now, today: self.ask.now, channel: self.ask.channel }
    }

    /// The exclusives in the order of their ids.
    pub(crate) fn exclusive(&self) -> Vec<&'a Exclusive> {
        let mut exclusive: Vec<_> = self.policy.exclusive.iter().collect();
        exclusive.sort_by_key(|rule| rule.id());
        exclusive
    }
}

/// Puts numbers in the place of all texts that are times.
fn read_times(value: &mut Value) {
    match value {
        Value::Array(items) => items.iter_mut().for_each(read_times),
        Value::Object(items) => items.values_mut().for_each(read_times),
        Value::String(text) if text.len() >= 20 => {
            if let Ok(time) = text.parse::<tactful::Timestamp>() {
                *value = time.as_millis().into();
            }
        }
        _ => {}
    }
}

/// The world at an instant, seen from a channel.
#[derive(Clone, Copy)]
pub(crate) struct Reference<'a> {
    pub(crate) world: &'a World<'a>,
    /// The instant that conditions compare with.
    pub(crate) now: i64,
    /// The instant that parts are as old at as they are.
    pub(crate) today: i64,
    pub(crate) channel: Channel,
}

/// An action before there is a slate.
struct Candidate<'a> {
    action: &'a Action,
    forced: bool,
    on: Vec<OnChannel>,
}

/// What stands against an action on a channel.
struct OnChannel {
    channel: Channel,
    reasons: Vec<Reason>,
    priority: Option<u128>,
}

impl<'a> Reference<'a> {
    /// Goes to another instant, with every part as old as it was.
    pub(crate) fn at(self, now: i64) -> Self {
        Self { now, ..self }
    }

    /// Goes to another instant, with every part as much older.
    pub(crate) fn later(self, now: i64) -> Self {
        Self { now, today: now, ..self }
    }

    pub(crate) fn on(self, channel: Channel) -> Self {
        Self { channel, ..self }
    }

    /// The channels that are asked for, in the order they are tried.
    pub(crate) fn channels(&self) -> Vec<Channel> {
        let ask = self.world.ask;
        let mut channels = vec![ask.channel];
        channels.extend(&ask.or_channels);
        let preferred = match self.fact("consent.preferred_channels", None, Facts::Now) {
            Fact::Is(preferred) if ask.preferred => preferred,
            _ => return channels,
        };
        let preferred = texts(&preferred);
        channels.sort_by_key(|channel| {
            let place = preferred.iter().position(|name| *name == channel.as_str());
            place.unwrap_or(preferred.len())
        });
        channels
    }

    pub(crate) fn decide(&self) -> Answer {
        let actions = self.world.policy.actions.iter();
        let candidates: Vec<_> = actions.map(|action| self.candidate(action)).collect();
        let free = |on: &OnChannel| on.reasons.is_empty();
        let or_held_out = |on: &OnChannel| on.reasons.iter().all(|reason| reason.code == 601);
        let mut answer = Answer { holdouts: self.holdouts(), ..Answer::default() };
        let mut slate = Slate::default();
        for candidate in in_order(&candidates, free) {
            let Some(on) = candidate.on.iter().find(|on| free(on)) else {
                answer.withheld.push(candidate.withheld());
                continue;
            };
            match self.on(on.channel).place(candidate.action, &mut slate) {
                Ok(()) => answer.recommended.push(self.recommended(candidate, on, &slate)),
                Err(reason) => answer.withheld.push(candidate.outranked(on, reason)),
            }
        }
        answer.reservations = slate.reservations();
        let mut other = Slate::default();
        for candidate in in_order(&candidates, or_held_out) {
            if let Some(on) = candidate.on.iter().find(|on| or_held_out(on)) {
                let placed = self.on(on.channel).place(candidate.action, &mut other).is_ok();
                if placed && !free(on) {
                    answer.ghosts.push(candidate.action.id.clone());
                }
            }
        }
        answer.in_force = self.in_force();
        answer
    }

    fn candidate(&self, action: &'a Action) -> Candidate<'a> {
        let on = self.channels().into_iter().map(|channel| {
            let there = self.on(channel);
            let reasons = there.obstacles(action);
            OnChannel { channel, reasons, priority: there.priority(action) }
        });
        Candidate { action, forced: self.is_forced(action), on: on.collect() }
    }

    fn recommended(
        &self,
        candidate: &Candidate<'_>,
        on: &OnChannel,
        slate: &Slate<'_>,
    ) -> Recommended {
        let placed = slate.placed.last().expect("it was placed");
        let before = candidate.on.iter().take_while(|other| other.channel != on.channel);
        Recommended {
            action: candidate.action.id.clone(),
            channel: on.channel.as_str(),
            slot: self.slot_name(placed),
            treatment: placed.treatment.clone(),
            tier: candidate.action.tier,
            priority: on.priority.expect("no reason 704"),
            forced: candidate.forced,
            passed_over: all_reasons(before),
        }
    }

    /// All reasons of the stages before the slate.
    pub(crate) fn obstacles(&self, action: &Action) -> Vec<Reason> {
        let mut reasons = self.unavailable(action);
        let by_code =
            |code| Reason { channel: Some(self.channel.as_str()), ..Reason::of_code(code) };
        reasons.extend(self.no_consent(action).map(by_code));
        let blocks = &self.world.context["consent"]["hard_blocks"];
        reasons.extend(texts(blocks).contains(&self.channel.as_str()).then(|| by_code(203)));
        reasons.extend(self.quiet_reasons(action));
        for (code, origin, cond) in self.clauses(action) {
            if self.truth(cond, Facts::Now) != Truth::True {
                let condition = Some(cond.text());
                reasons.push(Reason { rule: origin, condition, ..Reason::of_code(code) });
            }
        }
        reasons.extend(self.suppressions(action));
        reasons.extend(self.limit_reasons(action));
        if !self.is_forced(action) {
            reasons.extend(self.held_out(action));
            reasons.extend(self.below(action));
        }
        reasons
    }

    fn unavailable(&self, action: &Action) -> Vec<Reason> {
        let ask = self.world.ask;
        let channel = self.channel.as_str();
        let checks = [
            (101, action.paused),
            (102, action.starts_at.is_some_and(|start| self.now < start)),
            (103, action.ends_at.is_some_and(|end| self.now >= end)),
            (104, ask.excluded.contains(&action.id)),
            (105, !action.channels.iter().any(|c| c == channel)),
            (106, ask.out_of_stock.contains(&action.id)),
        ];
        let held = checks.into_iter().filter(|(_, holds)| *holds);
        let channel = |code| (code == 105).then_some(channel);
        held.map(|(code, _)| Reason { channel: channel(code), ..Reason::of_code(code) }).collect()
    }

    /// Everything that an action needs, with its code and where it comes from:
    /// its kind, its group, itself. Nothing if it is forced.
    pub(crate) fn clauses(&self, action: &'a Action) -> Vec<(u16, Option<String>, &'a Cond)> {
        let policy = self.world.policy;
        let of_kind = policy.kinds.get(&action.kind);
        let of_group = action.group.as_ref().and_then(|group| policy.groups.get(group));
        let group = action.group.as_deref().unwrap_or_default();
        let origins = [
            (of_kind.map(|kind| &kind.engagement), Some(format!("kinds.{}", action.kind))),
            (of_group, Some(format!("groups.{group}"))),
            (Some(&action.needs), None),
        ];
        type Stage = (u16, fn(&Engagement) -> &Vec<Cond>);
        let stages: [Stage; 3] =
            [(301, |of| &of.eligible), (302, |of| &of.applicable), (303, |of| &of.suitable)];
        let mut clauses = Vec::new();
        for (code, stage) in stages {
            for (of, origin) in &origins {
                let conds = of.iter().flat_map(|engagement| stage(engagement));
                clauses.extend(conds.map(|cond| (code, origin.clone(), cond)));
            }
        }
        if self.is_forced(action) { Vec::new() } else { clauses }
    }

    fn suppressions(&self, action: &Action) -> Vec<Reason> {
        let mut reasons = Vec::new();
        let mut rules: Vec<_> = self.world.policy.suppress.iter().collect();
        rules.sort_by_key(|rule| &rule.id);
        for rule in rules {
            let channel = (!rule.channels.is_empty()).then_some(self.channel.as_str());
            if self.selects(&rule.selector, action)
                && let Some(code) = self.held_by(rule)
            {
                let rule = Some(rule.id.clone());
                reasons.push(Reason { rule, channel, ..Reason::of_code(code) });
            }
        }
        reasons
    }

    /// The code of a suppression that is in force on the channel.
    fn held_by(&self, rule: &crate::rules::Suppression) -> Option<u16> {
        let on =
            rule.channels.is_empty() || rule.channels.iter().any(|c| c == self.channel.as_str());
        if on && self.holds_back(&rule.when, rule.allow) {
            Some(401)
        } else if on && !rule.after.is_empty() && self.holds_back(&rule.after, rule.allow) {
            Some(402)
        } else {
            None
        }
    }

    /// A suppression blocks unless its condition is known false; under `allow`
    /// if it is true, now or by what was known last.
    fn holds_back(&self, conds: &[Cond], allow: bool) -> bool {
        match self.every(conds, Facts::Now) {
            Truth::True => true,
            Truth::False => false,
            Truth::Unknown if allow => self.every(conds, Facts::LastKnown) == Truth::True,
            Truth::Unknown => true,
        }
    }

    fn in_force(&self) -> Vec<(String, u16)> {
        let mut in_force: Vec<(String, u16)> = Vec::new();
        let mut rules: Vec<_> = self.world.policy.suppress.iter().collect();
        rules.sort_by_key(|rule| &rule.id);
        for channel in self.channels() {
            for rule in &rules {
                let known = in_force.iter().any(|(id, _)| *id == rule.id);
                let code = self.on(channel).held_by(rule);
                in_force.extend(code.filter(|_| !known).map(|code| (rule.id.clone(), code)));
            }
        }
        in_force
    }

    fn holdouts(&self) -> Vec<(String, Option<u64>, bool)> {
        let user = self.world.context["user_id"].as_str();
        let holdouts = self.world.policy.holdout.iter().map(|(name, holdout)| {
            let bucket = user.map(|user| {
                let salt = holdout.salt.unwrap_or(name);
                let version = holdout.version.unwrap_or(1);
                let hash = xxh3_128(format!("{salt}\u{1f}{version}\u{1f}{user}").as_bytes());
                u64::try_from(hash & u128::from(u64::MAX)).expect("64 bits") % 10_000
            });
            let share = u64::try_from(holdout.basis_points).expect("not negative");
            let held = bucket.is_some_and(|bucket| bucket < share);
            (name.clone(), bucket, held)
        });
        holdouts.collect()
    }

    fn held_out(&self, action: &Action) -> Vec<Reason> {
        if self.purpose(action) != "marketing" || action.tier > 0 {
            return Vec::new();
        }
        let held = self.holdouts().into_iter().filter(|(name, _, held)| {
            *held && self.selects(&self.world.policy.holdout[name].selector, action)
        });
        held.map(|(name, ..)| Reason { rule: Some(name), ..Reason::of_code(601) }).collect()
    }

    /// What an action does not come to.
    fn below(&self, action: &Action) -> Vec<Reason> {
        let (Some(propensity), Some(priority)) = (self.propensity(action), self.priority(action))
        else {
            return vec![Reason::of_code(704)];
        };
        let mut reasons = Vec::new();
        let thresholds = self.world.policy.thresholds.iter();
        let judging = thresholds.filter(|(_, threshold)| {
            threshold.selector.is_empty() || self.selects(&threshold.selector, action)
        });
        let number = |least: i64| u128::try_from(least).expect("not negative");
        for (name, threshold) in judging {
            let rule = Some(name.clone());
            if threshold.propensity.is_some_and(|least| propensity < number(least)) {
                reasons.push(Reason { rule: rule.clone(), ..Reason::of_code(701) });
            }
            // P, C and L have 9, 4 and 4 decimals.
            let product = |minor: i64| number(minor) * 10_u128.pow(17);
            if threshold.priority.is_some_and(|least| priority < product(least)) {
                reasons.push(Reason { rule, ..Reason::of_code(702) });
            }
        }
        reasons.sort_by_key(Reason::stage);
        reasons
    }

    /// Whether a reason holds only because something is not known: of the
    /// stages 3 to 6, without what was known last.
    pub(crate) fn rests_on_the_unknown(&self, action: &Action, reason: &Reason) -> Option<bool> {
        match reason.code {
            301..=303 => {
                let clauses = self.clauses(action);
                let this = clauses.iter().find(|(code, origin, cond)| {
                    *code == reason.code
                        && *origin == reason.rule
                        && Some(cond.text()) == reason.condition
                });
                Some(self.truth(this?.2, Facts::Now) == Truth::Unknown)
            }
            401 | 402 => {
                let mut rules = self.world.policy.suppress.iter();
                let rule = rules.find(|rule| Some(&rule.id) == reason.rule.as_ref())?;
                let conds = if reason.code == 401 { &rule.when } else { &rule.after };
                let truth = self.every(conds, Facts::Now);
                (truth == Truth::True || !rule.allow).then_some(truth == Truth::Unknown)
            }
            _ => None,
        }
    }

    /// How old a fact of a part is, never less than nothing, and whether it is
    /// too old.
    pub(crate) fn age_of(&self, part: &str, path: &str) -> Option<(i64, bool)> {
        let as_of = self.said_at(part, path)?;
        let age = self.today - as_of;
        Some((age.max(0), !self.usable(part, Some(as_of), Facts::Now)))
    }

    pub(crate) fn is_forced(&self, action: &Action) -> bool {
        self.world.ask.force.as_ref().is_some_and(|force| force.action == action.id)
    }

    pub(crate) fn purpose(&self, action: &'a Action) -> &'a str {
        limits::purpose(self.world.policy, action)
    }

    pub(crate) fn selects(&self, selector: &Selector, action: &Action) -> bool {
        let group = action.group.iter().any(|g| selector.groups.contains(g));
        let tag = action.tags.iter().any(|tag| selector.tags.contains(tag));
        selector.kinds.contains(&action.kind) || tag || group || selector.ids.contains(&action.id)
    }

    /// P, or `None` without the score that it is.
    fn propensity(&self, action: &Action) -> Option<u128> {
        match &action.propensity {
            None => Some(1_000_000_000),
            Some(Propensity::Fixed(ppb)) => Some(u128::from(*ppb)),
            Some(Propensity::Score(name)) => {
                let Fact::Is(value) = self.fact(&format!("scores.{name}"), None, Facts::Now) else {
                    return None;
                };
                parts_per_billion(value.as_f64()?)
            }
            Some(Propensity::Answer(name)) => match self.answer(name, Facts::Now) {
                Fact::Is(value) => parts_per_billion(value.as_f64()?),
                _ => None,
            },
        }
    }

    /// V, or `None` without the answer that it is.
    fn value(&self, action: &Action) -> Option<u128> {
        let minor = match &action.value {
            None => 0,
            Some(Worth::Fixed(minor)) => *minor,
            Some(Worth::Answer(name)) => match self.answer(name, Facts::Now) {
                Fact::Is(value) => value.as_i64()?,
                _ => return None,
            },
        };
        u128::try_from(minor).ok()
    }

    /// P·C·V·L; nothing without its score, and 0 if it is forced.
    fn priority(&self, action: &Action) -> Option<u128> {
        let forced = self.is_forced(action).then_some(0);
        let (Some(propensity), Some(value)) = (self.propensity(action), self.value(action)) else {
            return forced;
        };
        let factor = |levers: bool| {
            let mut sum = 10_000;
            for boost in &self.world.policy.boosts {
                let in_force = self.every(&boost.when, Facts::Now) == Truth::True;
                if boost.when.is_empty() == levers
                    && in_force
                    && self.selects(&boost.selector, action)
                {
                    sum += boost.basis_points;
                }
            }
            u128::try_from(sum.max(0)).expect("not negative")
        };
        Some(propensity * factor(false) * value * factor(true))
    }
}

impl Candidate<'_> {
    /// The channel it goes on, or by which it is ranked.
    fn ranked_by(&self, free: impl Fn(&OnChannel) -> bool) -> &OnChannel {
        self.on.iter().find(|on| free(on)).unwrap_or(&self.on[0])
    }

    fn withheld(&self) -> Withheld {
        let verdicts: Vec<_> = self.on.iter().map(|on| verdict(&on.reasons)).collect();
        let deferred = verdicts.contains(&"deferred");
        let mut reasons = all_reasons(self.on.iter());
        reasons.sort_by_key(Reason::stage);
        Withheld {
            action: self.action.id.clone(),
            verdict: if deferred { "deferred" } else { verdicts[0] },
            tier: self.action.tier,
            priority: self.on[0].priority,
            reasons,
        }
    }

    fn outranked(&self, on: &OnChannel, reason: Reason) -> Withheld {
        Withheld {
            action: self.action.id.clone(),
            verdict: "outranked",
            tier: self.action.tier,
            priority: on.priority,
            reasons: vec![reason],
        }
    }
}

/// Forced first, then tier, priority, rank, earlier end and id.
fn in_order<'c, 'a>(
    candidates: &'c [Candidate<'a>],
    free: impl Fn(&OnChannel) -> bool,
) -> Vec<&'c Candidate<'a>> {
    let mut order: Vec<_> = candidates.iter().collect();
    order.sort_by_key(|candidate| {
        let on = candidate.ranked_by(&free);
        let action = candidate.action;
        (
            Reverse(candidate.forced && free(on)),
            Reverse(action.tier),
            Reverse(on.priority),
            Reverse(action.rank),
            action.ends_at.unwrap_or(i64::MAX),
            &action.id,
        )
    });
    order
}

/// The reasons of several channels, without those that a channel before has
/// given.
fn all_reasons<'a>(on: impl Iterator<Item = &'a OnChannel>) -> Vec<Reason> {
    let mut reasons: Vec<Reason> = Vec::new();
    for on in on {
        let new = on.reasons.iter().filter(|reason| !reasons.contains(reason));
        let new: Vec<_> = new.cloned().collect();
        reasons.extend(new);
    }
    reasons
}

/// What became of an action on a channel where something stands against it.
fn verdict(reasons: &[Reason]) -> &'static str {
    let Some(first) = reasons.iter().find(|reason| reason.stage() != 2) else {
        let only_waits = reasons.iter().all(|reason| reason.code == 211);
        return if only_waits { "deferred" } else { "limited" };
    };
    match first.code {
        101..=106 => "unavailable",
        201..=203 => "unconsented",
        301..=303 => "ineligible",
        401 | 402 => "suppressed",
        403 | 404 | 501..=504 => "limited",
        601 => "held_out",
        701 | 702 => "below_threshold",
        704 => "unscored",
        _ => "outranked",
    }
}
