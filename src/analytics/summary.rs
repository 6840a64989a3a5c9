//! From the orders of a context to what the models take, or why that is not known.

use std::borrow::Cow;

use super::days::{DAY, day};
use super::inactivity::Cadence;
use super::purchasing::RepeatPurchases;
use crate::context::{Completeness, Context, Order, Purchases};
use crate::time::{CLOCK_SKEW, Duration, Timestamp};
use crate::vocabulary::{Currency, Money, OrderStatus};

/// Why something about a customer's purchases cannot be told.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum NotKnown {
    /// The part was never delivered.
    #[error("purchases: never delivered")]
    NeverDelivered,
    /// The part is older than it may be.
    #[error("purchases: {} old, which is too old", .age.in_words())]
    Stale {
        /// How old it is.
        age: Duration,
    },
    /// The part is dated ahead of now by more than clocks differ.
    #[error("purchases.as_of: lies ahead of now")]
    Ahead,
    /// The list of orders was not delivered, or there may be more orders.
    #[error("purchases.orders: not the complete list")]
    Incomplete,
    /// An order has no status: it may be cancelled.
    #[error("purchases.orders: `{order}` has no status and may be cancelled")]
    Status {
        /// The order's id.
        order: String,
    },
    /// An order lies outside the years 2000 to 2100.
    #[error("purchases.orders: `{order}` was not placed in the years 2000 to 2100")]
    PlacedAt {
        /// The order's id.
        order: String,
    },
    /// An order has no total in the one currency.
    #[error("purchases.orders: `{order}` has no total in {currency}")]
    Total {
        /// The order's id.
        order: String,
        /// The currency.
        currency: Currency,
    },
}

/// The unit of time that a [`PurchaseModel`](super::PurchaseModel) was fitted in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum TimeUnit {
    /// Days.
    Day,
    /// Weeks of seven days.
    Week,
}

impl TimeUnit {
    /// Returns how many days the unit has.
    pub(crate) fn days(self) -> f64 {
        match self {
            Self::Day => 1.0,
            Self::Week => 7.0,
        }
    }
}

/// What a customer bought up to a moment, summed up for the models.
///
/// It exists only where everything is known: all orders, each with its status.
/// Cancelled orders are left out, and so are orders after the moment. Returned
/// and refunded ones count, at what was paid at first.
///
/// # Examples
///
/// ```
/// use tactful::analytics::{NotKnown, PurchaseSummary, TimeUnit};
/// use tactful::context::{List, Order, Purchases};
/// use tactful::{Context, Duration, OrderStatus, Timestamp};
///
/// let now: Timestamp = "2026-03-10T15:00:30Z".parse()?;
/// let order = |id: &str, days| Order::new(id, now - Duration::days(days)).status(OrderStatus::Delivered);
/// // Two orders on one day are one purchase, and two orders.
/// let orders = vec![order("1", 28), order("2", 14), order("3", 14)];
///
/// let known = Context::new().purchases(Purchases::new(now).orders(orders.clone()));
/// let summary = PurchaseSummary::of(&known, now, Duration::hours(1))?;
/// assert_eq!(summary.orders(), 3);
/// let repeats = summary.repeat_purchases(TimeUnit::Week).unwrap();
/// assert_eq!((repeats.repeats(), repeats.last(), repeats.observed()), (1, 2.0, 4.0));
///
/// let partial = Context::new().purchases(Purchases::new(now).orders(List::partial(orders)));
/// let summary = PurchaseSummary::of(&partial, now, Duration::hours(1));
/// assert_eq!(summary.unwrap_err(), NotKnown::Incomplete);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct PurchaseSummary<'a> {
    now: Timestamp,
    orders: &'a [Order],
    /// The places of those that count, in the order of time.
    places: Cow<'a, [usize]>,
    /// How many of these were placed by now.
    past: usize,
}

impl<'a> PurchaseSummary<'a> {
    /// Sums up the orders of a context, if the part is not older than `max_age`.
    ///
    /// # Errors
    ///
    /// Why it is not known: the part was never delivered, is too old or ahead
    /// of now, or [`of_purchases`](Self::of_purchases) says so.
    pub fn of(context: &'a Context, now: Timestamp, max_age: Duration) -> Result<Self, NotKnown> {
        let purchases = context.purchases.known().ok_or(NotKnown::NeverDelivered)?;
        let age = now.since(purchases.as_of.oldest());
        if age > max_age {
            return Err(NotKnown::Stale { age });
        }
        if age + CLOCK_SKEW < Duration::ZERO {
            return Err(NotKnown::Ahead);
        }
        Self::of_purchases(purchases, now)
    }

    /// Sums up the orders of a part, however old it is.
    ///
    /// # Errors
    ///
    /// Why it is not known: the list of orders is not complete, or an order
    /// has no status or an implausible time.
    pub fn of_purchases(purchases: &'a Purchases, now: Timestamp) -> Result<Self, NotKnown> {
        Ok(Self::in_order(purchases, Cow::Owned(places(purchases)?), now))
    }

    /// Sums up orders whose places are known already.
    pub(super) fn in_order(
        purchases: &'a Purchases,
        places: Cow<'a, [usize]>,
        now: Timestamp,
    ) -> Self {
        let orders = purchases.orders.items();
        let is_past = |place: &usize| orders.get(*place).is_some_and(|o| o.placed_at <= now);
        let past = places.partition_point(is_past);
        Self { now, orders, places, past }
    }

    /// Returns when the next order is placed that lies ahead of the moment.
    pub(super) fn next_at(&self) -> Option<Timestamp> {
        let next = self.places.get(self.past).and_then(|place| self.orders.get(*place));
        next.map(|order| order.placed_at)
    }

    /// Returns the orders that were placed, in the order of time.
    fn placed(&self) -> impl DoubleEndedIterator<Item = &'a Order> + Clone {
        let past = self.places.get(..self.past).unwrap_or_default().iter();
        past.filter_map(|place| self.orders.get(*place))
    }

    /// Returns how many orders there are.
    #[must_use]
    pub fn orders(&self) -> u32 {
        u32::try_from(self.past).unwrap_or(u32::MAX)
    }

    /// Returns when the first order was placed, if there is one.
    #[must_use]
    pub fn first_at(&self) -> Option<Timestamp> {
        self.placed().next().map(|order| order.placed_at)
    }

    /// Returns when the last order was placed, if there is one.
    #[must_use]
    pub fn last_at(&self) -> Option<Timestamp> {
        self.placed().next_back().map(|order| order.placed_at)
    }

    /// Returns how long ago the last order was placed, if there is one.
    #[must_use]
    pub fn since_last(&self) -> Option<Duration> {
        self.last_at().map(|last| self.now.since(last))
    }

    /// Returns the same in whole days of 24 hours.
    #[must_use]
    pub fn days_since_last(&self) -> Option<i64> {
        self.since_last().map(|length| length.as_millis().div_euclid(DAY.as_millis()))
    }

    /// Returns the times from each order to the next.
    pub fn gaps(&self) -> impl Iterator<Item = Duration> {
        self.placed()
            .zip(self.placed().skip(1))
            .map(|(one, next)| next.placed_at.since(one.placed_at))
    }

    /// Returns how often the customer buys; none with fewer than three orders,
    /// or if all of them were placed at one instant.
    #[must_use]
    pub fn cadence(&self) -> Option<Cadence> {
        let span = self.last_at()?.since(self.first_at()?);
        Cadence::new(self.orders(), span).ok()
    }

    /// Returns x, t_x and T, if there is an order.
    ///
    /// They count days of UTC: orders of one day are one purchase, and lengths
    /// go from day to day.
    #[must_use]
    pub fn repeat_purchases(&self, unit: TimeUnit) -> Option<RepeatPurchases> {
        let (first, last) = (day(self.first_at()?), day(self.last_at()?));
        let units = |days: i64| u32::try_from(days).map(|days| f64::from(days) / unit.days()).ok();
        let (last, observed) = (units(last - first)?, units(day(self.now) - first)?);
        RepeatPurchases::new(self.repeats(), last, observed).ok()
    }

    /// Returns what was paid in all, in minor units of the currency.
    ///
    /// # Errors
    ///
    /// An order without a total in the currency.
    pub fn spend_minor(&self, currency: Currency) -> Result<i64, NotKnown> {
        let mut totals = self.placed().map(|order| total(order, currency));
        totals.try_fold(0_i64, |sum, total| Ok(sum.saturating_add(total?)))
    }

    /// Returns what a repeat purchase came to on average, in minor units of the
    /// currency; 0 without a repeat purchase.
    ///
    /// The orders of a day are one purchase, and those of the first day are
    /// left out.
    ///
    /// # Errors
    ///
    /// An order without a total in the currency.
    pub fn mean_repeat_spend_minor(&self, currency: Currency) -> Result<f64, NotKnown> {
        let first = self.first_at().map(day);
        let repeated = |order: &&Order| Some(day(order.placed_at)) != first;
        let mut totals = self.placed().filter(repeated).map(|order| total(order, currency));
        let sum = totals.try_fold(0_i64, |sum, total| Ok(sum.saturating_add(total?)))?;
        let repeats = self.repeats().max(1);
        #[expect(clippy::cast_precision_loss, reason = "nobody spends 2^53 minor units")]
        Ok(sum as f64 / f64::from(repeats))
    }

    /// Returns on how many days the customer bought, less one.
    fn repeats(&self) -> u32 {
        let days = self.placed().map(|order| day(order.placed_at));
        let changes = days.clone().zip(days.skip(1)).filter(|(one, next)| one != next);
        u32::try_from(changes.count()).unwrap_or(u32::MAX)
    }
}

/// Finds the orders that count, also those ahead of any moment, and sorts them
/// by time.
pub(super) fn places(purchases: &Purchases) -> Result<Vec<usize>, NotKnown> {
    if purchases.orders.completeness() != Completeness::Complete {
        return Err(NotKnown::Incomplete);
    }
    let mut counted = Vec::with_capacity(purchases.orders.items().len());
    for (place, order) in purchases.orders.items().iter().enumerate() {
        if counts(order)? {
            counted.push((order.placed_at, &order.id, place));
        }
    }
    counted.sort_unstable();
    Ok(counted.into_iter().map(|(_, _, place)| place).collect())
}

/// Tells whether an order is a purchase.
fn counts(order: &Order) -> Result<bool, NotKnown> {
    if !order.placed_at.is_plausible() {
        return Err(NotKnown::PlacedAt { order: order.id.clone() });
    }
    let status = order.status.ok_or_else(|| NotKnown::Status { order: order.id.clone() })?;
    Ok(status != OrderStatus::Cancelled)
}

fn total(order: &Order, currency: Currency) -> Result<i64, NotKnown> {
    match order.total {
        Some(Money { minor, currency: paid }) if paid == currency => Ok(minor),
        _ => Err(NotKnown::Total { order: order.id.clone(), currency }),
    }
}
