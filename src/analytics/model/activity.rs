//! What models say of how long a customer has been silent.

use super::customer::{Customer, Lack};
use super::{Answer, FIRST_SEEN, LAST_SEEN, Lasts, Output, PREVIOUS_SEEN, STATUS, Said};
use crate::analytics::days::{DAY, since_at_midnight};
use crate::analytics::inactivity::WeibullInactivity;
use crate::analytics::lifecycle::{Activity, Lifecycle};
use crate::analytics::summary::PurchaseSummary;
use crate::context::Recency;
use crate::time::{Duration, Timestamp};
use crate::vocabulary::{SubscriptionStatus, Word};

/// What counts as activity.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ActivityOf {
    Orders,
    Visits,
}

impl ActivityOf {
    pub(crate) const WORDS: [&'static str; 2] = ["orders", "visits"];

    pub(crate) fn find(word: &str) -> Option<Self> {
        match word {
            "orders" => Some(Self::Orders),
            "visits" => Some(Self::Visits),
            _ => None,
        }
    }
}

/// Answers where a customer stands.
pub(super) fn stage(
    stages: &Lifecycle,
    of: ActivityOf,
    subscription: bool,
    customer: Customer<'_>,
    at: Timestamp,
) -> Answer {
    match find_stage(stages, of, subscription, customer, at) {
        Ok(answer) => answer,
        Err(lack) => Answer::lacking(lack),
    }
}

fn find_stage(
    stages: &Lifecycle,
    of: ActivityOf,
    subscription: bool,
    customer: Customer<'_>,
    at: Timestamp,
) -> Result<Answer, Lack> {
    let cancelled = subscription && has_left(customer)?;
    let orders = customer.orders(at)?;
    let activity = match of {
        ActivityOf::Orders => of_orders(&orders, at),
        ActivityOf::Visits => of_visits(&orders, customer, at)?,
    };
    let activity = Activity { cancelled, ..activity };
    let stage = stages.stage(activity);
    // Nobody knows when they were there before: that may or may not matter.
    let is_known = activity.gap_before_last.is_some()
        || of == ActivityOf::Orders
        || activity.tenure <= activity.inactive
        || stage == stages.stage(Activity { gap_before_last: Some(LONGEST), ..activity });
    let change = stages.lasts(activity).map(|length| at + length);
    let until = [change, orders.next_at()].into_iter().flatten().min();
    let told =
        if is_known { Ok(Some(Said::Word(stage.code()))) } else { Err(Lack::of(PREVIOUS_SEEN)) };
    Ok(Answer { told, lasts: Lasts::Until(until) })
}

const LONGEST: Duration = Duration::from_millis(i64::MAX);

/// Tells whether the subscription is over.
pub(super) fn has_left(customer: Customer<'_>) -> Result<bool, Lack> {
    let subscription = customer.context.subscription.known();
    let status = subscription.and_then(|subscription| subscription.status);
    let status = status.ok_or(Lack::of(STATUS))?;
    Ok(matches!(status, SubscriptionStatus::Cancelled | SubscriptionStatus::Expired))
}

/// Who has never ordered has not been silent for any time.
fn of_orders(orders: &PurchaseSummary<'_>, at: Timestamp) -> Activity {
    let since = |time: Option<Timestamp>| time.map_or(Duration::ZERO, |time| at.since(time));
    Activity {
        orders: orders.orders(),
        tenure: since(orders.first_at()),
        inactive: since(orders.last_at()),
        gap_before_last: orders.gaps().last(),
        cancelled: false,
    }
}

fn of_visits(
    orders: &PurchaseSummary<'_>,
    customer: Customer<'_>,
    at: Timestamp,
) -> Result<Activity, Lack> {
    let recency = customer.context.recency.known();
    let known = |path, read: fn(&Recency) -> Option<Option<Timestamp>>| {
        let time = recency.and_then(read).ok_or(Lack::of(path))?;
        Ok(time.filter(|time| time.is_plausible()))
    };
    let seen = |path, read| known(path, read)?.ok_or(Lack::of(path));
    let first = seen(FIRST_SEEN, Recency::known_first_seen)?;
    let last = seen(LAST_SEEN, |recency| Some(recency.visits().last_seen_at))?;
    // There need not be a session before that, but nobody may be left to guess.
    let previous = known(PREVIOUS_SEEN, Recency::known_previous_seen)?;
    Ok(Activity {
        orders: orders.orders(),
        tenure: at.since(first),
        inactive: at.since(last),
        gap_before_last: previous.map(|previous| last.since(previous)),
        cancelled: false,
    })
}

/// Answers how likely a silent customer is to leave, or to be still there.
pub(super) fn inactivity(
    model: &WeibullInactivity,
    of: ActivityOf,
    horizon_days: f64,
    output: Output,
    customer: Customer<'_>,
    at: Timestamp,
) -> Answer {
    let found = match of {
        ActivityOf::Orders => {
            customer.orders(at).map(|orders| (orders.last_at(), orders.next_at()))
        }
        ActivityOf::Visits => last_seen(customer).map(|last| (Some(last), None)),
    };
    let (last, turns_at) = match found {
        Ok(found) => found,
        Err(lack) => return Answer::lacking(lack),
    };
    let Some(last) = last else {
        return Answer { told: Ok(None), lasts: Lasts::Until(turns_at) };
    };
    let days = in_days(since_at_midnight(last, at));
    let said = match output {
        Output::PChurn => model.p_churn_within(days, horizon_days),
        _ => model.survival(days),
    };
    Answer { told: Ok(said.ok().map(Said::Double)), lasts: Lasts::Daily { turns_at } }
}

fn last_seen(customer: Customer<'_>) -> Result<Timestamp, Lack> {
    let last = customer.context.recency.known().and_then(|recency| recency.visits().last_seen_at);
    last.filter(|last| last.is_plausible()).ok_or(Lack::of(LAST_SEEN))
}

#[expect(clippy::cast_precision_loss, reason = "exact for 285,000 years")]
fn in_days(length: Duration) -> f64 {
    length.as_millis() as f64 / DAY.as_millis() as f64
}
