//! Quiet hours on a channel, where the customer is.

use super::asked::Asked;
use super::horizon::Horizon;
use crate::check::CheckedQuietHours;
use crate::condition::{Basis, FactState, Subject};
use crate::context::Context;
use crate::plan::{Plan, QuietHoursId};
use crate::schema::{Delivery, Facts};
use crate::time::{Duration, Timestamp, Zone};
use crate::vocabulary::Channel;

/// The quiet hours on a channel, in the zone of the customer.
pub(super) struct Quiet<'a> {
    windows: Vec<QuietWindow<'a>>,
    /// How it is at the moment to decide for.
    pub(super) present: Present,
    /// The customer's zone, or what is the matter with it.
    pub(super) zone: Result<Zone, Basis>,
    /// How the profile was delivered, if the zone is from there.
    pub(super) delivery: Delivery,
}

/// What quiet hours say at one moment.
pub(super) struct Present {
    /// The quiet hours that hold and when they end, and those of which nobody
    /// can tell.
    pub(super) holding: Vec<(QuietHoursId, Option<Timestamp>)>,
    /// When it is no longer quiet, if it is.
    pub(super) end: Option<Timestamp>,
    /// Until when nothing of this changes.
    pub(super) horizon: Horizon,
}

struct QuietWindow<'a> {
    id: QuietHoursId,
    rule: &'a CheckedQuietHours,
    /// None if neither the customer's zone nor one to fall back on is known.
    zone: Option<Zone>,
}

/// Where the zone of the customer is read.
const ZONE: &str = "profile.time_zone";
/// Quiet hours that go on for so long have no end: a week has come round.
const WHOLE_WEEK: Duration = Duration::days(8);
/// And no more windows than that are looked at on the way.
const MAX_WINDOWS: usize = 1_000;
/// The end of quiet hours that have none.
pub(super) const NO_END: Timestamp = Timestamp::from_millis(i64::MAX);

impl<'a> Quiet<'a> {
    pub(super) fn new(
        plan: &'a Plan,
        context: &Context,
        asked: &Asked<'_>,
        channel: Channel,
        facts: &Facts<'_>,
        at: Timestamp,
    ) -> Self {
        let of_profile = context.profile.known().and_then(|profile| profile.time_zone.as_deref());
        let of_profile = of_profile.filter(|_| plan.reads_zones());
        let delivery = match &asked.zone {
            Some(_) => Delivery::Never,
            None => facts.delivery_at(ZONE),
        };
        let zone = match &asked.zone {
            Some(zone) => zone.clone(),
            None => zone_of(facts, of_profile),
        };
        let on_channel = |(id, rule): (u32, &'a CheckedQuietHours)| {
            let rests = if rule.channels.is_empty() {
                channel.is_outbound()
            } else {
                rule.channels.contains(&channel)
            };
            rests.then(|| QuietWindow {
                id: QuietHoursId(id),
                rule,
                zone: zone.as_ref().ok().or(rule.fallback_zone.as_ref()).cloned(),
            })
        };
        let windows: Vec<QuietWindow<'a>> =
            (0..).zip(&plan.quiet_hours).filter_map(on_channel).collect();
        let present = Present {
            holding: holding(&windows, at),
            end: end(&windows, at),
            horizon: horizon(&windows, at, delivery),
        };
        Self { windows, present, zone, delivery }
    }

    /// Tells whether it is quiet now, or nobody can tell.
    pub(super) fn holds(&self) -> bool {
        !self.present.holding.is_empty()
    }

    /// Returns when it is no longer quiet, if it is quiet at an instant.
    pub(super) fn end(&self, at: Timestamp) -> Option<Timestamp> {
        end(&self.windows, at)
    }

    /// Returns when these quiet hours end, if they hold at an instant.
    pub(super) fn end_of(&self, id: QuietHoursId, at: Timestamp) -> Option<Timestamp> {
        self.windows.iter().find(|window| window.id == id)?.end(at)
    }
}

fn holding(windows: &[QuietWindow<'_>], at: Timestamp) -> Vec<(QuietHoursId, Option<Timestamp>)> {
    let holding = windows.iter().filter_map(|window| {
        let end = window.end(at);
        (end.is_some() || window.zone.is_none()).then_some((window.id, end))
    });
    holding.collect()
}

/// Returns when none of the windows holds any more, if one does.
fn end(windows: &[QuietWindow<'_>], at: Timestamp) -> Option<Timestamp> {
    let mut end = None;
    for _ in 0..MAX_WINDOWS {
        let from = end.unwrap_or(at);
        let ends = windows.iter().filter_map(|window| window.end(from));
        match ends.max() {
            Some(later) if later.since(at) <= WHOLE_WEEK => end = Some(later),
            Some(_) => break,
            None => return end,
        }
    }
    Some(NO_END)
}

fn horizon(windows: &[QuietWindow<'_>], at: Timestamp, delivery: Delivery) -> Horizon {
    let changes = windows.iter().filter_map(|window| {
        window.end(at).or_else(|| window.rule.hours.next_start(window.zone.as_ref()?, at))
    });
    let horizon = Horizon::at(changes.min());
    if windows.is_empty() { horizon } else { horizon.joined(Horizon::of_delivery(delivery)) }
}

impl QuietWindow<'_> {
    fn end(&self, at: Timestamp) -> Option<Timestamp> {
        self.rule.hours.end(self.zone.as_ref()?, at)
    }
}

/// Reads the customer's zone from the profile, or says what is not known.
fn zone_of(facts: &Facts<'_>, written: Option<&str>) -> Result<Zone, Basis> {
    if let Some(late) = Basis::of_age(facts, ZONE) {
        return Err(late);
    }
    let of_fact = |state| Basis { subject: Subject::of(facts, ZONE), state };
    let name = written.ok_or_else(|| of_fact(FactState::Absent))?;
    Zone::find(name).ok_or_else(|| of_fact(FactState::Invalid))
}
