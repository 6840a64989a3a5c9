//! Whether what holds an action back lets go when it is said to.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use crate::cond;
use crate::generate::{LENGTHS, ZONES, calendars};
use crate::interpreter::{Reason, Reference, World};
use crate::model::{self, Action, DAY, HOUR, MINUTE, Policy, Style};
use crate::zones;

/// What holds an action back on a channel, now and at some later instants.
#[derive(Debug)]
pub(crate) struct Watched {
    pub(crate) held: BTreeSet<Reason>,
    /// Those that time does not clear, although they may not hold for ever:
    /// an offer that is over by the end of quiet hours is gone.
    pub(crate) never: BTreeSet<Reason>,
    pub(crate) later: BTreeMap<i64, BTreeSet<Reason>>,
}

impl Watched {
    /// Whether nothing that holds now does at one of the instants.
    pub(crate) fn is_clear(&self, at: i64) -> bool {
        self.never.is_empty() && self.held.is_disjoint(&self.later[&at])
    }
}

/// Looks at each channel, at some instants.
pub(crate) fn watch(now: Reference<'_>, action: &Action, instants: &BTreeSet<i64>) -> Vec<Watched> {
    let watched = now.channels().into_iter().map(|channel| {
        let there = now.on(channel);
        let held = identities(&there.obstacles(action));
        let never = held.iter().filter(|reason| there.holds_for_good(action, reason));
        let later = instants.iter().map(|at| (*at, identities(&there.at(*at).obstacles(action))));
        Watched { never: never.cloned().collect(), later: later.collect(), held }
    });
    watched.collect()
}

impl Reference<'_> {
    /// Whether nothing is to be said of when a reason clears: what else there
    /// was may never be known, and an offer may be over by then.
    fn holds_for_good(&self, action: &Action, reason: &Reason) -> bool {
        match reason.code {
            211 => self.is_over_before_quiet_ends(action),
            404 => self.may_have_been_before(action, reason.rule.as_deref()),
            code => code > 600,
        }
    }
}

/// What tells a reason from others at a later instant: a rule may go over into
/// its cool-off, a consent lapse, and quiet hours outlast an offer, without
/// letting go.
pub(crate) fn identity(reason: &Reason) -> Reason {
    let code = match reason.code {
        402 => 401,
        202 => 201,
        213 => 211,
        code => code,
    };
    Reason { code, ..reason.clone() }
}

fn identities(reasons: &[Reason]) -> BTreeSet<Reason> {
    reasons.iter().map(identity).collect()
}

/// The instants at which something may change by time alone: each time of the
/// context and the policy, each length before and after it, and wherever quiet
/// hours and the periods of a calendar begin and end around these.
///
/// Where parts `age`, the lengths after which they are too old are among them.
pub(crate) fn instants(world: &World<'_>, age: bool) -> BTreeSet<i64> {
    let mut times = BTreeSet::new();
    collect_times(&world.context, &mut times);
    for action in &world.policy.actions {
        times.extend(action.starts_at.iter().chain(&action.ends_at));
    }
    let mut instants = BTreeSet::from([world.ask.now]);
    let mut lengths = lengths(world.policy);
    if age {
        lengths.extend([15 * MINUTE, 30 * MINUTE, HOUR, 6 * HOUR, DAY, 7 * DAY, 30 * DAY]);
    }
    for time in times {
        for length in &lengths {
            for around in [time - length, time + length] {
                instants.extend([around, around + 1]);
            }
        }
    }
    // Models look at the clock at midnight.
    let today = world.ask.now.div_euclid(DAY);
    let midnights = (1..=70).map(|days| (today + days) * DAY);
    instants.extend(midnights.flat_map(|midnight| [midnight - 1, midnight]));
    let later: Vec<i64> = instants.range(world.ask.now..).copied().collect();
    instants.extend(turns(world.policy, &later));
    instants
}

/// Every length that the policy speaks of.
fn lengths(policy: &Policy) -> BTreeSet<i64> {
    let text = policy.to_json(Style::Long);
    let is_there = |length: &&i64| {
        let length = **length;
        text.contains(&cond::duration(length))
            || text.contains(&format!("\"{}\"", model::length(length)))
            || length % DAY == 0 && text.contains("days_since")
    };
    LENGTHS.iter().filter(is_there).chain(&[0]).copied().collect()
}

/// Where windows and periods turn next after some instants, in every zone.
fn turns(policy: &Policy, after: &[i64]) -> BTreeSet<i64> {
    let mut turns = BTreeSet::new();
    if policy.quiet_hours.is_empty() && calendars(policy).next().is_none() {
        return turns;
    }
    for zone in ZONES.iter().chain(&["UTC"]).filter_map(|name| zones::zone(name)) {
        let days: BTreeSet<_> = after.iter().map(|at| zones::local_date(zone, *at)).collect();
        for day in days {
            for window in policy.quiet_hours.values() {
                for offset in -1..=8 {
                    let day = day + jiff::ToSpan::days(offset);
                    turns.extend(<[i64; 2]>::from(window.on(zone, day)));
                }
            }
            for calendar in calendars(policy) {
                turns.insert(zones::next_period(calendar, zone, zones::instant(zone, day, 0)));
            }
        }
    }
    turns
}

/// Every number that is as large as a time is one.
fn collect_times(value: &Value, times: &mut BTreeSet<i64>) {
    match value {
        Value::Array(items) => items.iter().for_each(|item| collect_times(item, times)),
        Value::Object(items) => items.values().for_each(|item| collect_times(item, times)),
        number => times.extend(number.as_i64().filter(|time| *time > 1_000_000_000_000)),
    }
}
