//! How often is too often: every limit as a question to the whole history.

use std::collections::BTreeSet;

use serde_json::Value;

use crate::facts::{Fact, Facts, texts, time};
use crate::interpreter::{Reason, Reference, World};
use crate::model::{Action, Policy, Selector};
use crate::rules::{Calendar, Exclusive, Limit, Rule};
use crate::zones;

/// An interaction, by the labels it counts with.
#[derive(Clone, Debug)]
pub(crate) struct Event {
    at: i64,
    action: String,
    outcome: String,
    channel: Option<String>,
    kind: Option<String>,
    group: Option<String>,
    tags: Vec<String>,
    purpose: String,
    counts: bool,
}

impl Event {
    /// An interaction of the history: as it was recorded or, if nobody
    /// recorded what it was, as the policy says today.
    pub(crate) fn recorded(policy: &Policy, interaction: &Value) -> Self {
        let text = |key: &str| interaction[key].as_str().map(str::to_owned);
        let id = text("action").expect("an action");
        let today = policy.action(&id).filter(|_| interaction["kind"].is_null());
        let recorded_tags = texts(&interaction["tags"]).into_iter().map(str::to_owned);
        let mut event = Self {
            at: time(&interaction["at"]).expect("a time"),
            outcome: text("outcome").expect("an outcome"),
            channel: text("channel"),
            kind: text("kind"),
            group: text("group"),
            tags: recorded_tags.collect(),
            purpose: text("purpose").unwrap_or_else(|| match text("kind") {
                Some(kind) => purpose_of_kind(policy, &kind).to_owned(),
                None => "marketing".to_owned(),
            }),
            counts: true,
            action: id,
        };
        event.counts = event.purpose != "transactional";
        if let Some(action) = today {
            event = Self { at: event.at, ..Self::of(policy, action, event.outcome, event.channel) };
        }
        event.counts = interaction["counts_toward_limits"].as_bool().unwrap_or(event.counts);
        event
    }

    /// An interaction of an action as it is.
    fn of(policy: &Policy, action: &Action, outcome: String, channel: Option<String>) -> Self {
        let purpose = purpose(policy, action);
        Self {
            at: 0,
            action: action.id.clone(),
            outcome,
            channel,
            kind: Some(action.kind.clone()),
            group: action.group.clone(),
            tags: action.tags.clone(),
            purpose: purpose.to_owned(),
            counts: action.counts_toward_limits.unwrap_or(purpose != "transactional"),
        }
    }

    fn is_selected(&self, selector: &Selector) -> bool {
        let named = |names: &[String], name: &Option<String>| {
            name.as_ref().is_some_and(|name| names.contains(name))
        };
        selector.is_empty()
            || named(&selector.kinds, &self.kind)
            || named(&selector.groups, &self.group)
            || self.tags.iter().any(|tag| selector.tags.contains(tag))
            || selector.ids.contains(&self.action)
    }

    fn is_on(&self, channels: &[String]) -> bool {
        let named = |channel: &String| channels.contains(channel);
        channels.is_empty() || self.channel.as_ref().is_none_or(named)
    }

    /// Whether it is one of the outcomes; a contact if none is named.
    fn came_of(&self, outcomes: &[&str]) -> bool {
        let outcome = self.outcome.as_str();
        if !outcomes.is_empty() {
            return outcomes.contains(&outcome);
        }
        let is_outbound = |channel: &String| {
            let channel: tactful::Channel = channel.parse().expect("a channel");
            channel.is_outbound()
        };
        match self.channel.as_ref().map(is_outbound) {
            None => outcome == "sent" || outcome == "impression",
            Some(true) => outcome == "sent",
            Some(false) => outcome == "impression",
        }
    }
}

pub(crate) fn purpose<'a>(policy: &'a Policy, action: &'a Action) -> &'a str {
    action.purpose.as_deref().unwrap_or_else(|| purpose_of_kind(policy, &action.kind))
}

fn purpose_of_kind<'a>(policy: &'a Policy, kind: &str) -> &'a str {
    match kind {
        "service" | "goodwill" | "guidance" | "information" => "service",
        kind => {
            let declared = policy.kinds.get(kind).and_then(|kind| kind.purpose.as_deref());
            declared.unwrap_or("marketing")
        }
    }
}

impl Reference<'_> {
    /// What was recorded, whether or not it is all and however old.
    fn history(&self) -> &[Event] {
        &self.world.history
    }

    /// All reasons of the stage: of the limits, then of those never together.
    pub(crate) fn limit_reasons(&self, action: &Action) -> Vec<Reason> {
        let mut reasons = Vec::new();
        let held = |limit: &Limit| self.applies(limit, action) && self.is_held(limit, action);
        reasons.extend(self.world.limits().into_iter().filter(|limit| held(limit)));
        let pairs = self.world.never_together();
        let pairs: Vec<_> = pairs.iter().filter(|limit| held(limit)).collect();
        reasons.into_iter().chain(pairs).map(|limit| self.reason_of(limit)).collect()
    }

    /// Marketing is held by what is missing, too; service only by what is there,
    /// or where it is known not to be there.
    fn is_held(&self, limit: &Limit, action: &Action) -> bool {
        let is_marketing = self.purpose(action) == "marketing";
        let blocks = self.blocks(limit, action, &[]);
        match (&limit.rule, self.is_lacking(limit)) {
            (_, false) => blocks,
            (Rule::OnlyAfter { .. }, true) => blocks && is_marketing,
            (_, true) => blocks || is_marketing,
        }
    }

    /// Whether what an action must come after may have happened without
    /// anybody telling.
    pub(crate) fn may_have_been_before(&self, action: &Action, rule: Option<&str>) -> bool {
        let mut limits = self.world.limits().into_iter();
        let limit = limits.find(|limit| Some(limit.id.as_str()) == rule);
        self.purpose(action) == "marketing" && limit.is_some_and(|limit| self.is_lacking(limit))
    }

    /// The limit that what is in the slate already has reached.
    pub(crate) fn limit_of_slate(&self, action: &Action, slate: &[Event]) -> Option<Reason> {
        let mut limits = self.world.limits().into_iter();
        let reached = limits.find(|limit| {
            self.applies(limit, action)
                && !matches!(limit.rule, Rule::OnlyAfter { .. })
                && self.blocks(limit, action, slate)
        });
        reached.map(|limit| self.reason_of(limit))
    }

    /// What an action in the slate is for the others.
    pub(crate) fn placed(&self, action: &Action) -> Event {
        let outcome = if self.channel.is_outbound() { "sent" } else { "impression" };
        let channel = Some(self.channel.to_string());
        Event { at: self.now, ..Event::of(self.world.policy, action, outcome.to_owned(), channel) }
    }

    fn reason_of(&self, limit: &Limit) -> Reason {
        let code = match limit.rule {
            Rule::NeverFollowedBy(..) => 403,
            Rule::OnlyAfter { .. } => 404,
            Rule::Pause { .. } => 501,
            Rule::Cooldown(_) => 502,
            _ if limit.channels.is_empty() => 503,
            _ => 504,
        };
        let by_channel = !limit.channels.is_empty() || limit.per == Some("channel");
        let channel = by_channel.then_some(self.channel.as_str());
        Reason { code, rule: Some(limit.id.clone()), condition: None, channel }
    }

    /// Whether the limit may hold the action back on the channel.
    fn applies(&self, limit: &Limit, action: &Action) -> bool {
        let purpose = self.purpose(action);
        let selector = match &limit.rule {
            Rule::NeverFollowedBy(followers, _) => followers,
            _ => &limit.selector,
        };
        let of_purpose = limit.purposes.is_empty() || limit.purposes.iter().any(|p| p == purpose);
        let channel = self.channel.as_str();
        let on_channel = limit.channels.is_empty() || limit.channels.iter().any(|c| c == channel);
        action.obeys_limits.unwrap_or(purpose != "transactional")
            && (selector.is_empty() || self.selects(selector, action))
            && of_purpose
            && on_channel
            && !self.values(limit, action).is_empty()
    }

    /// What is counted apart for an action: one value that takes everything if
    /// nothing is.
    fn values(&self, limit: &Limit, action: &Action) -> Vec<Option<String>> {
        match limit.per {
            None => vec![None],
            Some("action") => vec![Some(action.id.clone())],
            Some("group") => action.group.iter().cloned().map(Some).collect(),
            Some("kind") => vec![Some(action.kind.clone())],
            Some("tag") => action.tags.iter().cloned().map(Some).collect(),
            Some(_) => vec![Some(self.channel.to_string())],
        }
    }

    /// Whether what is known to have happened holds the action back.
    fn blocks(&self, limit: &Limit, action: &Action, slate: &[Event]) -> bool {
        let all = self.history().iter().chain(slate);
        let events: Vec<&Event> =
            all.filter(|event| event.at <= self.now && counts_for(limit, event)).collect();
        let ago = |event: &Event| self.now - event.at;
        match &limit.rule {
            Rule::NeverFollowedBy(_, within) => {
                events.iter().any(|event| event.action != action.id && ago(event) < *within)
            }
            Rule::OnlyAfter { at_least, within, .. } => !events.iter().any(|event| {
                ago(event) >= at_least.unwrap_or(0) && within.is_none_or(|end| ago(event) < end)
            }),
            rule => self.values(limit, action).iter().any(|value| {
                let times: Vec<i64> = events
                    .iter()
                    .filter(|event| is_of(event, limit.per, value.as_ref()))
                    .map(|event| event.at)
                    .collect();
                self.is_too_often(rule, &times)
            }),
        }
    }

    fn is_too_often(&self, rule: &Rule, times: &[i64]) -> bool {
        let from = |start: i64| times.iter().filter(|at| **at >= start).count();
        let inside =
            |after: i64, to: i64| times.iter().filter(|at| (after + 1..=to).contains(*at)).count();
        match rule {
            Rule::Rolling(most, within) => inside(self.now - within, self.now) >= *most,
            Rule::Calendar(most, calendar) => {
                let zone = self.zone_of_limit(calendar);
                zone.is_some_and(|zone| {
                    from(zones::period_start(calendar, zone, self.now)) >= *most
                })
            }
            Rule::Session(most) => self.session_start().is_some_and(|start| from(start) >= *most),
            Rule::Lifetime(most) => times.len() >= *most,
            Rule::Pause { at_most, within, pause } => times
                .iter()
                .any(|at| inside(at - within, *at) >= *at_most && self.now - at < *pause),
            Rule::Cooldown(gap) => times.iter().any(|at| self.now - at < *gap),
            Rule::NeverFollowedBy(..) | Rule::OnlyAfter { .. } => false,
        }
    }

    /// Whether something is missing from what the limit counts.
    fn is_lacking(&self, limit: &Limit) -> bool {
        let whole = matches!(self.list("history.interactions", Facts::Now), Some((true, _)));
        let by_rule = match &limit.rule {
            Rule::Session(_) => self.session_start().is_none(),
            Rule::Calendar(_, calendar) => self.zone_of_limit(calendar).is_none(),
            _ => false,
        };
        !whole || by_rule
    }

    /// What is missing from what a limit that holds counts: the part and the
    /// code of the cause.
    pub(crate) fn missing_from(
        &self,
        rule: &str,
        action: &Action,
    ) -> BTreeSet<(&'static str, u16)> {
        let pairs = self.world.never_together();
        let mut limits = self.world.limits().into_iter().chain(&pairs);
        let limit = limits.find(|limit| limit.id == rule).expect("a limit of the policy");
        let mut missing = BTreeSet::new();
        let is_shown =
            !matches!(limit.rule, Rule::OnlyAfter { .. }) && self.blocks(limit, action, &[]);
        if is_shown {
            // It rests on what is there, and that may be old.
            let code = self.cause_of_part("history", 904);
            missing.extend((code > 901).then_some(("history", code)));
            return missing;
        }
        let whole = matches!(self.list("history.interactions", Facts::Now), Some((true, _)));
        if !whole {
            missing.insert(("history", self.cause_of_part("history", 902)));
        }
        match &limit.rule {
            Rule::Session(_) if self.session_start().is_none() => {
                missing.insert((
                    "recency",
                    self.cause_of("recency", "recency.session_started_at", 902),
                ));
            }
            Rule::Calendar(_, calendar) if self.zone_of_limit(calendar).is_none() => {
                missing.insert(self.cause_of_zone());
            }
            _ => {}
        }
        missing
    }

    fn session_start(&self) -> Option<i64> {
        match self.fact("recency.session_started_at", None, Facts::Now) {
            Fact::Is(start) => time(&start),
            _ => None,
        }
    }

    fn zone_of_limit(&self, calendar: &Calendar) -> Option<&'static jiff::tz::TimeZone> {
        match calendar.zone {
            Some("customer") => self.customer_zone(),
            name => zones::zone(name.unwrap_or("UTC")),
        }
    }
}

impl<'a> World<'a> {
    /// The limits in the order of their ids.
    fn limits(&self) -> Vec<&'a Limit> {
        let mut limits: Vec<_> = self.policy.limits.iter().collect();
        limits.sort_by_key(|limit| &limit.id);
        limits
    }

    /// Those never together stay apart over time, too: as after each other.
    fn never_together(&self) -> Vec<Limit> {
        let mut limits = Vec::new();
        for rule in self.exclusive() {
            let Exclusive::NeverTogether { id, ids, within: Some(within) } = rule else {
                continue;
            };
            let those = Selector { ids: ids.clone(), ..Selector::default() };
            limits.push(Limit {
                id: id.clone(),
                selector: those.clone(),
                purposes: Vec::new(),
                channels: Vec::new(),
                per: None,
                outcomes: Vec::new(),
                rule: Rule::NeverFollowedBy(those, *within),
            });
        }
        limits
    }
}

/// Whether an interaction counts for a limit, whenever it was.
fn counts_for(limit: &Limit, event: &Event) -> bool {
    let only_after = matches!(limit.rule, Rule::OnlyAfter { .. });
    let selector = match &limit.rule {
        Rule::OnlyAfter { after, .. } => after,
        _ => &limit.selector,
    };
    // What a rule has to be before is wherever and for whatever it was.
    let of_purpose = limit.purposes.is_empty() || limit.purposes.contains(&event.purpose);
    event.came_of(&limit.outcomes)
        && event.is_selected(selector)
        && (only_after || of_purpose && event.is_on(&limit.channels))
        && (event.counts || selector.ids.contains(&event.action))
}

/// Whether an interaction is counted with a value.
fn is_of(event: &Event, per: Option<&str>, value: Option<&String>) -> bool {
    let Some(value) = value else {
        return true;
    };
    match per {
        Some("action") => event.action == *value,
        Some("group") => event.group.as_ref() == Some(value),
        Some("kind") => event.kind.as_ref() == Some(value),
        Some("tag") => event.tags.contains(value),
        _ => event.channel.as_ref().is_none_or(|channel| channel == value),
    }
}
