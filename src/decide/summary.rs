//! A history cut down to what limits look at.

use std::collections::{BTreeSet, HashMap};

use super::limits::is_enough;
use super::past::{Labels, Value};
use crate::check::{CheckedLimit, LimitRule};
use crate::context::{History, Interaction, List};
use crate::plan::Plan;
use crate::time::{Duration, Timestamp};

/// Keeps the interactions that the limits of a policy may look at from `now` on.
///
/// Limits that find them give the same answers as with the whole history. One
/// that is not complete stays as it is, unless it is such a summary itself.
pub(crate) fn summarize(plan: &Plan, history: &History, now: Timestamp) -> History {
    if !is_enough(plan, history) {
        return history.clone();
    }
    let interactions = history.interactions.items();
    let labels: Vec<Labels<'_>> =
        interactions.iter().map(|interaction| Labels::of(plan, interaction)).collect();
    let mut kept = BTreeSet::new();
    for limit in &plan.limits {
        let mut by_value: HashMap<Value<'_>, Vec<usize>, ahash::RandomState> = HashMap::default();
        for (place, labels) in labels.iter().enumerate() {
            if labels.count_for(limit) {
                labels.each_value(limit.per, |value| {
                    by_value.entry(value).or_default().push(place);
                });
            }
        }
        for mut places in by_value.into_values() {
            places.sort_by_key(|place| interactions.get(*place).map(|one| (one.at, *place)));
            keep(limit, &places, interactions, now, &mut kept);
        }
    }
    let kept = kept.into_iter().filter_map(|place| interactions.get(place).cloned());
    let mut summary = history.clone();
    summary.interactions = List::cut(kept.collect());
    summary.summary_of = plan.mark_of_summaries().map(str::to_owned);
    summary
}

/// Keeps what one limit may look at, of what it counts under one value.
fn keep(
    limit: &CheckedLimit,
    places: &[usize],
    interactions: &[Interaction],
    now: Timestamp,
    kept: &mut BTreeSet<usize>,
) {
    let at = |place: &usize| interactions.get(*place).map_or(now, |interaction| interaction.at);
    let (past, coming) = places.split_at(places.partition_point(|place| at(place) <= now));
    kept.extend(coming);
    let newest = |count: usize| past.get(past.len().saturating_sub(count)..).unwrap_or(&[]);
    let since = |length: Duration| {
        let first = past.partition_point(|place| at(place) <= now - length);
        past.get(first..).unwrap_or(&[])
    };
    match &limit.rule {
        LimitRule::Cap { at_most, .. } => kept.extend(newest(*at_most)),
        LimitRule::Cooldown { .. } => kept.extend(newest(1)),
        LimitRule::Pause { at_most, within, pause } => {
            kept.extend(newest(at_most.saturating_sub(1)));
            let began = past.windows(*at_most).rev().find(|window| {
                let ends = window.first().zip(window.last());
                ends.is_some_and(|(first, last)| {
                    at(first) > at(last) - *within && at(last) + *pause > now
                })
            });
            kept.extend(began.into_iter().flatten());
        }
        // What follows an action is held back by the last one of another.
        LimitRule::NeverAfter { .. } => {
            let action = |place: &usize| interactions.get(*place).map(|one| one.action.as_str());
            let last = past.last();
            let other = past.iter().rev().find(|place| Some(action(place)) != last.map(action));
            kept.extend(last);
            kept.extend(other);
        }
        LimitRule::OnlyAfter { at_least, .. } => {
            let unripe = since(*at_least);
            kept.extend(unripe);
            let ripe = past.len() - unripe.len();
            kept.extend(ripe.checked_sub(1).and_then(|place| past.get(place)));
        }
    }
}
