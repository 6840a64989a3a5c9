//! How limits stand, as pure functions of the history and the moment.
//!
//! What the history shows counts, however old it is: a cap that was reached
//! stays reached. What nobody can tell holds marketing back, and nothing else.

use std::collections::HashMap;

use super::earlier;
use super::past::{Labels, Mark, Past, Tally, Value};
use super::quiet::Quiet;
use crate::check::{CheckedLimit, LimitRule, WhoseZone, Window};
use crate::condition::{Basis, FactState, Subject};
use crate::context::{Completeness, Context, History, Retention};
use crate::decision::ReasonCode;
use crate::plan::{ActionId, LimitId, Plan, PlannedAction};
use crate::schema::{Delivery, Facts};
use crate::time::{Duration, Timestamp, Zone};
use crate::vocabulary::{Channel, Outcome};

/// How a limit stands at an instant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Standing {
    pub(super) is_blocked: bool,
    /// When that may change with the history as it is.
    pub(super) next: Option<Timestamp>,
}

impl Standing {
    const CLEAR: Self = Self { is_blocked: false, next: None };

    /// Joins how a limit stands for two values: both must permit.
    fn and(self, other: Self) -> Self {
        match (self.is_blocked, other.is_blocked) {
            // The last to let go decides.
            (true, true) => {
                let next = self.next.zip(other.next).map(|(one, other)| one.max(other));
                Self { is_blocked: true, next }
            }
            (true, false) => self,
            (false, true) => other,
            (false, false) => Self { is_blocked: false, next: earlier(self.next, other.next) },
        }
    }
}

/// The limits on a channel, counted as they are asked for.
pub(super) struct Limits<'a> {
    plan: &'a Plan,
    context: &'a Context,
    channel: Channel,
    /// Laid out when the first limit is asked for.
    past: Option<Past<'a>>,
    tallies: HashMap<LimitId, Tally<'a>, ahash::RandomState>,
    calendar: Calendar,
    /// What is the matter with the history, the session and the zone.
    history: Knowledge,
    session: Knowledge,
    zone: Knowledge,
}

/// Where the windows of caps begin.
struct Calendar {
    session_started_at: Option<Timestamp>,
    zone: Option<Zone>,
}

/// How well something that limits rest on is known.
pub(super) struct Knowledge {
    /// The fact, as it is known; none if it is not needed.
    pub(super) known: Option<Basis>,
    /// What is lacking for a no to be certain.
    pub(super) lacking: Option<Basis>,
    pub(super) delivery: Delivery,
}

impl<'a> Limits<'a> {
    pub(super) fn new(
        plan: &'a Plan,
        context: &'a Context,
        channel: Channel,
        facts: &Facts<'_>,
        quiet: &Quiet<'_>,
    ) -> Self {
        // Where there are no limits nobody asks what they look at.
        let (history, session) = match plan.limits.is_empty() {
            true => (Knowledge::NONE, Knowledge::NONE),
            false => (history(plan, context, facts), session(context, facts)),
        };
        let recency = context.recency.known().filter(|_| session.lacking.is_none());
        Self {
            plan,
            context,
            channel,
            past: None,
            tallies: HashMap::default(),
            calendar: Calendar {
                session_started_at: recency.and_then(|recency| recency.visits().session_started_at),
                zone: quiet.zone.clone().ok(),
            },
            history,
            session,
            zone: Knowledge {
                known: None,
                lacking: quiet.zone.clone().err(),
                delivery: quiet.delivery,
            },
        }
    }

    /// Judges a limit for an action at an instant, by what the history shows.
    pub(super) fn standing(&mut self, id: LimitId, action: ActionId, at: Timestamp) -> Standing {
        self.count(id);
        let limit = self.plan.limit(id);
        let tally = self.tallies.get(&id);
        let judge = |value: &Value<'_>| {
            let marks = tally.and_then(|tally| tally.get(value)).map_or(&[][..], Vec::as_slice);
            self.calendar.judge(limit, marks, &self.plan.action(action).id, at)
        };
        let values = self.values(limit, self.plan.action(action));
        values.iter().map(judge).fold(Standing::CLEAR, Standing::and)
    }

    /// Judges a limit for an action with other interactions in place of the
    /// history: what a slate has added to it.
    ///
    /// What a slate adds moves along with time; `next` is when enough of what
    /// was there before is over.
    pub(super) fn standing_in_slate(
        &self,
        id: LimitId,
        marks: &[Mark<'_>],
        action: ActionId,
        at: Timestamp,
    ) -> Standing {
        let limit = self.plan.limit(id);
        let standing = self.calendar.judge(limit, marks, &self.plan.action(action).id, at);
        let past = marks.get(..marks.partition_point(|mark| mark.at <= at)).unwrap_or(&[]);
        let before = |at_most: usize| {
            let decisive = past.len().checked_sub(at_most).and_then(|place| past.get(place))?;
            (decisive.at < at).then_some(decisive.at)
        };
        let next = match &limit.rule {
            LimitRule::Cap { at_most, .. } => before(*at_most).and(standing.next),
            LimitRule::Pause { at_most, within, .. } => before(*at_most).map(|at| at + *within),
            _ => None,
        };
        Standing { next, ..standing }
    }

    /// Returns what a limit counts under a value.
    pub(super) fn marks(&mut self, id: LimitId, value: Value<'a>) -> &[Mark<'a>] {
        self.count(id);
        let marks = self.tallies.get(&id).and_then(|tally| tally.get(&value));
        marks.map_or(&[], Vec::as_slice)
    }

    /// Returns the values under which a limit counts an action here.
    pub(super) fn values(&self, limit: &CheckedLimit, action: &'a PlannedAction) -> Vec<Value<'a>> {
        let mut values = Vec::with_capacity(1);
        // The outcome does not matter here.
        let labels = Labels::today(action, Some(self.channel), Outcome::Decision);
        labels.each_value(limit.per, |value| values.push(value));
        values
    }

    fn count(&mut self, id: LimitId) {
        let (plan, context, past) = (self.plan, self.context, &mut self.past);
        self.tallies.entry(id).or_insert_with(|| {
            past.get_or_insert_with(|| Past::of(plan, context)).tally(plan, plan.limit(id))
        });
    }

    /// Lists what a limit rests on: the history first.
    pub(super) fn rests_on(&self, limit: &CheckedLimit) -> impl Iterator<Item = &Knowledge> {
        let window = match &limit.rule {
            LimitRule::Cap { window: Window::Session, .. } => Some(&self.session),
            LimitRule::Cap { window: Window::Calendar(_, WhoseZone::Customers), .. } => {
                Some(&self.zone)
            }
            _ => None,
        };
        std::iter::once(&self.history).chain(window)
    }
}

/// Judges a limit that counts an action by itself, by these marks.
pub(super) fn judge_alone(
    limit: &CheckedLimit,
    marks: &[Mark<'_>],
    own: &str,
    at: Timestamp,
) -> Standing {
    Calendar { session_started_at: None, zone: None }.judge(limit, marks, own, at)
}

impl Calendar {
    /// Judges a limit by the interactions it counts, in the order of time.
    fn judge(
        &self,
        limit: &CheckedLimit,
        marks: &[Mark<'_>],
        own: &str,
        at: Timestamp,
    ) -> Standing {
        let past = marks.partition_point(|mark| mark.at <= at);
        let (past, coming) = marks.split_at(past);
        let coming = coming.first().map(|mark| mark.at);
        let until = match &limit.rule {
            LimitRule::Cap { at_most, window } => self.full_until(*at_most, window, past, at),
            LimitRule::Pause { at_most, within, pause } => {
                paused_until(*at_most, *within, *pause, past, at)
            }
            LimitRule::Cooldown { gap } => {
                let last = past.last().map(|mark| mark.at + *gap);
                last.filter(|over| *over > at).map(Some)
            }
            LimitRule::NeverAfter { within } => {
                let others = past.iter().rev().find(|mark| mark.action != own);
                let over = others.map(|mark| mark.at + *within);
                over.filter(|over| *over > at).map(Some)
            }
            LimitRule::OnlyAfter { at_least, within } => {
                return only_after(*at_least, *within, marks, at);
            }
        };
        match until {
            Some(next) => Standing { is_blocked: true, next },
            None => Standing { is_blocked: false, next: coming },
        }
    }

    /// Tells whether a window holds as many as it may, and until when.
    fn full_until(
        &self,
        at_most: usize,
        window: &Window,
        past: &[Mark<'_>],
        at: Timestamp,
    ) -> Option<Option<Timestamp>> {
        // The window is full as long as this one is in it.
        let decisive = past.len().checked_sub(at_most).and_then(|place| past.get(place))?.at;
        match window {
            Window::Rolling(length) => {
                let over = decisive + *length;
                (over > at).then_some(Some(over))
            }
            Window::Calendar(period, zone) => {
                let zone = match zone {
                    WhoseZone::Named(zone) => zone,
                    WhoseZone::Customers => self.zone.as_ref()?,
                };
                let (start, end) = period.around(zone, at)?;
                (decisive >= start).then_some(Some(end))
            }
            Window::Session => {
                let start = self.session_started_at?;
                (decisive >= start && start <= at).then_some(None)
            }
            Window::Lifetime => Some(None),
        }
    }
}

/// Tells until when pauses run that began with so many in a window.
///
/// A pause runs its time, whatever has left the window meanwhile.
fn paused_until(
    at_most: usize,
    within: Duration,
    pause: Duration,
    past: &[Mark<'_>],
    at: Timestamp,
) -> Option<Option<Timestamp>> {
    let windows = past.windows(at_most).rev();
    let mut recent = windows.filter_map(|window| Some((window.first()?.at, window.last()?.at)));
    let began = recent
        .by_ref()
        .take_while(|(_, last)| *last + pause > at)
        .find(|(first, last)| *first > *last - within);
    began.map(|(_, last)| Some(last + pause))
}

fn only_after(
    at_least: Duration,
    within: Option<Duration>,
    marks: &[Mark<'_>],
    at: Timestamp,
) -> Standing {
    // Those old enough come first.
    let ripe = marks.partition_point(|mark| mark.at + at_least <= at);
    let newest = marks.get(..ripe).and_then(|ripe| ripe.last()).map(|mark| mark.at);
    let over = newest.zip(within).map(|(newest, within)| newest + within);
    if newest.is_some() && over.is_none_or(|over| over > at) {
        return Standing { is_blocked: false, next: over };
    }
    let next = marks.get(ripe).map(|mark| mark.at + at_least);
    Standing { is_blocked: true, next }
}

/// Returns the code of a limit that holds back.
pub(super) fn code(limit: &CheckedLimit) -> ReasonCode {
    match limit.rule {
        LimitRule::Cap { .. } if limit.channels.is_empty() => ReasonCode::CapReached,
        LimitRule::Cap { .. } => ReasonCode::ChannelLimit,
        LimitRule::Pause { .. } => ReasonCode::OutcomeSuppressed,
        LimitRule::Cooldown { .. } => ReasonCode::Cooldown,
        LimitRule::NeverAfter { .. } => ReasonCode::NeverFollowedBy,
        LimitRule::OnlyAfter { .. } => ReasonCode::OnlyAfterUnmet,
    }
}

/// Says how well the history is known.
pub(super) fn history(plan: &Plan, context: &Context, facts: &Facts<'_>) -> Knowledge {
    Knowledge::of(facts, "history.interactions", lacking_in_list(plan, context))
}

/// Tells whether the history cannot show that a limit permits, and nothing else.
pub(super) fn is_history_lacking(plan: &Plan, context: &Context, facts: &Facts<'_>) -> bool {
    let is_fresh = |fact| facts.standing_of(fact).is_fresh;
    !plan.questions.interactions.is_some_and(is_fresh) || lacking_in_list(plan, context).is_some()
}

/// Says what is the matter with the list of interactions.
fn lacking_in_list(plan: &Plan, context: &Context) -> Option<FactState> {
    let history = context.history.known();
    match history.map(|history| history.interactions.completeness()) {
        _ if history.is_some_and(|history| is_enough(plan, history)) => None,
        Some(Completeness::Partial) => Some(FactState::Partial),
        _ => Some(FactState::Unknown),
    }
}

/// Says how well the start of the session is known.
fn session(context: &Context, facts: &Facts<'_>) -> Knowledge {
    let started_at =
        context.recency.known().and_then(|recency| recency.visits().session_started_at);
    let absent = started_at.is_none().then_some(FactState::Absent);
    Knowledge::of(facts, "recency.session_started_at", absent)
}

impl Knowledge {
    const NONE: Self = Self { known: None, lacking: None, delivery: Delivery::Never };

    /// Dates a fact; `lacking` is what is the matter with it where it is fresh.
    fn of(facts: &Facts<'_>, path: &str, lacking: Option<FactState>) -> Self {
        let delivery = facts.delivery_at(path);
        let of_fact = |state| Basis { subject: Subject::of(facts, path), state };
        let (known, lacking) = match (delivery, Basis::of_age(facts, path)) {
            (Delivery::Fresh { age, .. }, _) => {
                (Some(of_fact(FactState::Fresh { age })), lacking.map(of_fact))
            }
            (Delivery::Never, late) => (None, late),
            (Delivery::Stale { .. } | Delivery::Ahead { .. }, late) => (late.clone(), late),
        };
        Self { known, lacking, delivery }
    }
}

/// Tells whether a history holds everything that limits look at.
pub(super) fn is_enough(plan: &Plan, history: &History) -> bool {
    match history.interactions.completeness() {
        Completeness::Complete => true,
        Completeness::Partial => {
            history.summary_of.is_some()
                && history.summary_of.as_deref() == plan.mark_of_summaries()
        }
        Completeness::Unknown => false,
    }
}

/// Returns how far back limits look.
pub(crate) fn retention(plan: &Plan) -> Retention {
    let looks_back = plan.limits.iter().map(|limit| match &limit.rule {
        LimitRule::Cap { window: Window::Rolling(within), .. } => Retention::For(*within),
        LimitRule::Cap { window: Window::Calendar(period, _), .. } => {
            Retention::For(period.longest())
        }
        LimitRule::Cap { window: Window::Session, .. } => Retention::Session,
        LimitRule::Cap { window: Window::Lifetime, .. } => Retention::Forever,
        LimitRule::Pause { within, pause, .. } => Retention::For(*within + *pause),
        LimitRule::Cooldown { gap } => Retention::For(*gap),
        LimitRule::NeverAfter { within } => Retention::For(*within),
        LimitRule::OnlyAfter { within, .. } => within.map_or(Retention::Forever, Retention::For),
    });
    looks_back.max().unwrap_or(Retention::Nothing)
}
