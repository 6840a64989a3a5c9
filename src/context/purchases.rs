//! Orders, the cart, and products owned.

use serde::Serialize;

use super::dated::{Covers, Dated, Moments};
use super::entry::Added;
use super::list::settle;
use super::record::record;
use super::{AsOf, Count, Key, List, Record, read};
use crate::time::{Duration, Timestamp};
use crate::vocabulary::{Channel, Money, OrderStatus};

record! {
    /// What the customer bought, is about to buy, and owns.
    Purchases settled by [read::claims, refunds] {
        required {
            /// Up to when nothing is missing.
            as_of: AsOf,
        }
        optional {
            /// The cart; one without units is empty, none at all is unknown.
            cart: Cart,
        }
        defaulted {
            /// The orders.
            orders: List<Order>,
            /// The products the customer owns.
            products: List<Product>,
            /// What the customer looked at.
            views: List<View>,
            /// Refunds of orders that are not there, or not yet.
            pending_refunds: Vec<Refund>,
        }
    }
}

/// Gives refunds, as somebody wrote them, to their orders.
fn refunds(purchases: &mut Purchases) -> Result<(), String> {
    purchases.settle_written();
    Ok(())
}

impl Purchases {
    /// Counts the orders placed in a window of time: after `now - length`, up
    /// to `now`.
    ///
    /// The count is exact if the list is complete, or if only orders older
    /// than the window were dropped.
    #[must_use]
    pub fn orders_within(&self, now: Timestamp, length: Duration) -> Count {
        self.orders.count_within(now, length, |order| Some(order.placed_at))
    }
}

record! {
    /// One order.
    #[derive(Eq, PartialOrd, Ord)]
    Order settled by [read::dates] {
        required {
            /// Identifies the order.
            id: String,
            /// When it was placed.
            placed_at: Timestamp,
        }
        optional {
            /// When it last changed.
            updated_at: Timestamp,
        }
        defaulted {
            /// Refunds that were told one by one.
            refunds: Vec<Refund>,
        }
        dated {
            /// How far it has come.
            status: OrderStatus,
            /// When it was promised to arrive.
            promised_at: Timestamp,
            /// When it arrived.
            delivered_at: Timestamp,
            /// What was paid, tax and shipping included.
            total: Money,
            /// What was paid back, as it was delivered;
            /// [`Order::refunded_in_all`] looks at `refunds`, too.
            refunded: Money,
            /// How many units it holds.
            units: i64,
            /// What kinds of thing it holds.
            categories: Vec<String>,
            /// Where it was placed.
            channel: Channel,
        }
    }
}

impl Record for Order {
    /// An order a day for eleven years; conditions read the newest 256.
    const CAP: usize = 4_096;
    const IS_SET: bool = false;

    fn key(&self) -> Key<'_> {
        Key::Id(&self.id)
    }

    fn recency(&self) -> (Timestamp, &str) {
        (self.updated_at.unwrap_or(self.placed_at), &self.id)
    }

    fn covers(&self, other: &Self) -> bool {
        self.recency() == other.recency()
            && self.placed_at <= other.placed_at
            && other.refunds.iter().all(|refund| self.refunds.contains(refund))
            && self.covers_dated(other, self.moments(other))
    }

    /// Of every field what was said last holds, and of both the refunds and the
    /// earlier time of placing: what tells that an order was shipped may not
    /// know when it was placed, nor for when it was promised.
    fn join(&mut self, other: &Self) -> bool {
        let before = (self.placed_at, self.updated_at, self.refunds.len());
        let moments = self.moments(other);
        let said = self.join_dated(other, moments);
        // A time of placing that stood for the last change does so no more.
        let is_dated = self.updated_at.is_some()
            || other.updated_at.is_some()
            || moments.mine != moments.theirs;
        self.placed_at = self.placed_at.min(other.placed_at);
        self.updated_at = is_dated.then_some(moments.joined);
        self.refunds.extend_from_slice(&other.refunds);
        settle(&mut self.refunds);
        said == Added::Changed || before != (self.placed_at, self.updated_at, self.refunds.len())
    }
}

impl Order {
    /// Returns what was paid back: what the order says or what its refunds come
    /// to, whichever is more; the total, if one of them is of everything.
    ///
    /// `None` if nothing is known of a refund, and if refunds are in several
    /// currencies.
    #[must_use]
    pub fn refunded_in_all(&self) -> Option<Money> {
        if let Some(total) = self.total.filter(|_| self.is_refunded_whole()) {
            return Some(total);
        }
        let mut sum: Option<Money> = None;
        for amount in self.refunds.iter().filter_map(|refund| refund.amount) {
            sum = Some(match sum {
                None => amount,
                Some(sum) if sum.currency == amount.currency => {
                    Money::new(sum.minor.saturating_add(amount.minor), sum.currency)
                }
                Some(_) => return None,
            });
        }
        match (self.refunded, sum) {
            (Some(said), Some(sum)) if said.currency == sum.currency => Some(said.max(sum)),
            (Some(_), Some(_)) => None,
            (said, sum) => said.or(sum),
        }
    }

    /// Returns how far the order has come: one that was paid back in full is
    /// refunded, unless it was cancelled or returned.
    #[must_use]
    pub fn state(&self) -> Option<OrderStatus> {
        match self.status {
            over @ Some(OrderStatus::Cancelled | OrderStatus::Returned) => over,
            _ if self.is_refunded_whole() => Some(OrderStatus::Refunded),
            status => status,
        }
    }

    /// Returns when the fields of two versions were said, unless they say so
    /// themselves.
    fn moments(&self, other: &Self) -> Moments {
        let (mine, theirs) = (self.recency().0, other.recency().0);
        Moments { mine, theirs, joined: mine.max(theirs) }
    }

    /// Tells whether refunds that were told one by one come to everything.
    fn is_refunded_whole(&self) -> bool {
        let mut left = self.total.map(|total| total.minor);
        for refund in &self.refunds {
            let Some(amount) = refund.amount else {
                return true;
            };
            let counts = self.total.is_some_and(|total| total.currency == amount.currency);
            left = left.filter(|_| counts).map(|left| left.saturating_sub(amount.minor));
        }
        !self.refunds.is_empty() && left.is_some_and(|left| left <= 0)
    }
}

record! {
    /// Money that was paid back for an order.
    #[derive(Eq, PartialOrd, Ord)]
    Refund {
        required {
            /// The order.
            order_id: String,
            /// When it was paid back.
            at: Timestamp,
        }
        optional {
            /// How much; without an amount the whole order was refunded.
            amount: Money,
            /// Identifies the refund, where the same amount may be paid back
            /// twice at one time.
            id: String,
        }
    }
}

impl List<Order> {
    /// Gives a refund to its order; tells whether the order is there.
    pub(super) fn refund(&mut self, refund: &Refund) -> bool {
        let Some(order) = self.find_mut(Key::Id(&refund.order_id)) else {
            return false;
        };
        order.refunds.push(refund.clone());
        settle(&mut order.refunds);
        true
    }
}

impl Record for Refund {
    fn recency(&self) -> (Timestamp, &str) {
        (self.at, &self.order_id)
    }
}

record! {
    /// Something the customer looked at.
    #[derive(Eq, PartialOrd, Ord)]
    View {
        required {
            /// When.
            at: Timestamp,
        }
        optional {
            /// The product.
            product_id: String,
            /// What kind of thing it is.
            category: String,
        }
    }
}

impl Record for View {
    fn recency(&self) -> (Timestamp, &str) {
        (self.at, self.product_id.as_deref().unwrap_or_default())
    }
}

record! {
    /// What lies in the cart.
    ///
    /// It has an age limit of its own within the purchases (30 minutes), and is
    /// as old as the newer of their watermark and its own last change.
    #[derive(Eq, PartialOrd, Ord)]
    Cart {
        required {
            /// How many units it holds; 0 is an empty cart.
            units: i64,
            /// When it last changed.
            updated_at: Timestamp,
        }
        optional {
            /// What it is worth.
            value: Money,
            /// When the customer began to pay.
            checkout_started_at: Timestamp,
        }
    }
}

record! {
    /// One product the customer owns.
    #[derive(Eq, PartialOrd, Ord)]
    Product {
        required {
            /// Identifies the product.
            id: String,
        }
        optional {
            /// What kind of thing it is.
            category: String,
            /// What it is called.
            name: String,
            /// When it was bought.
            purchased_at: Timestamp,
            /// When its warranty ends.
            warranty_ends_at: Timestamp,
        }
    }
}

impl Record for Product {
    const IS_SET: bool = false;

    fn key(&self) -> Key<'_> {
        Key::Id(&self.id)
    }

    fn recency(&self) -> (Timestamp, &str) {
        (self.purchased_at.unwrap_or(Timestamp::EARLIEST), &self.id)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn time(day: i64) -> Timestamp {
        Timestamp::EARLIEST + Duration::days(day)
    }

    fn order() -> impl Strategy<Value = Order> {
        let status = proptest::option::of(proptest::sample::select(OrderStatus::ALL));
        let refunds = proptest::collection::vec(0..3_i64, 0..3);
        (0..4_i64, proptest::option::of(0..4_i64), status, refunds).prop_map(
            |(placed, updated, status, refunds)| {
                let mut order = Order::new("o", time(placed));
                order.updated_at = updated.map(time);
                order.status = status;
                order.refunds = refunds.into_iter().map(|at| Refund::new("o", time(at))).collect();
                settle(&mut order.refunds);
                order
            },
        )
    }

    fn joined(one: &Order, other: &Order) -> Order {
        let mut joined = one.clone();
        let is_changed = joined.join(other);
        assert_eq!(is_changed, joined != *one);
        joined
    }

    proptest! {
        #[test]
        fn orders_form_a_semilattice(a in order(), b in order(), c in order()) {
            prop_assert_eq!(joined(&a, &a), a.clone());
            prop_assert_eq!(joined(&a, &b), joined(&b, &a));
            prop_assert_eq!(joined(&joined(&a, &b), &c), joined(&a, &joined(&b, &c)));
        }
    }

    #[test]
    fn an_order_was_placed_when_it_was_first_heard_of() {
        let placed = Order::new("o", time(1)).updated_at(time(1)).status(OrderStatus::Placed);
        let cancelled = Order::new("o", time(3)).updated_at(time(3)).status(OrderStatus::Cancelled);
        for (one, other) in [(&placed, &cancelled), (&cancelled, &placed)] {
            let order = joined(one, other);
            assert_eq!(order.placed_at, time(1));
            assert_eq!(order.updated_at, Some(time(3)));
            assert_eq!(order.status, Some(OrderStatus::Cancelled));
        }
    }
}
