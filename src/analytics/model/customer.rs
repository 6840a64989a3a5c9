//! The customer a model is asked about, and what was found out already.

use std::borrow::Cow;
use std::sync::OnceLock;

use crate::analytics::summary::{NotKnown, PurchaseSummary, places};
use crate::context::{Context, Purchases};
use crate::time::Timestamp;
use crate::vocabulary::Currency;

use super::{Answer, ORDERS};

/// A customer, as far as they are known.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Customer<'a> {
    pub(crate) context: &'a Context,
    /// The one currency of amounts.
    pub(crate) currency: Option<Currency>,
    pub(crate) found: &'a Found,
    /// The place of the model that is asked.
    pub(crate) model: usize,
}

/// What was found out about one context, once for all who ask.
///
/// Facts can be shared by threads, so that what is filled in later is locked
/// while it is.
#[derive(Debug)]
pub(crate) struct Found {
    /// The places of the orders that count.
    orders: OnceLock<Result<Vec<usize>, Lack>>,
    /// When what a model counts happened, by model.
    times: Box<[OnceLock<Times>]>,
    /// What the models answer at the moment of the facts, by answer.
    answers: Box<[OnceLock<Answer>]>,
}

type Times = Result<Vec<Timestamp>, Lack>;

/// What of the context a model lacks for an answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Lack {
    /// The path of the fact, or of the list.
    pub(crate) path: &'static str,
    /// The field of some entry of the list.
    pub(crate) field: Option<&'static str>,
    /// Whether something is there that cannot be believed.
    pub(crate) is_there: bool,
}

impl Lack {
    /// A fact, or a list as a whole.
    pub(super) fn of(path: &'static str) -> Self {
        Self { path, field: None, is_there: false }
    }

    fn of_order(field: &'static str, is_there: bool) -> Self {
        Self { path: ORDERS, field: Some(field), is_there }
    }

    fn of_orders(purchases: &Purchases, not_known: &NotKnown) -> Self {
        match not_known {
            NotKnown::Status { .. } => Self::of_order("status", false),
            NotKnown::PlacedAt { .. } => Self::of_order("placed_at", true),
            NotKnown::Total { order, .. } => {
                let mut orders = purchases.orders.items().iter();
                let paid = orders.find(|paid| paid.id == *order).and_then(|order| order.total);
                Self::of_order("total_minor", paid.is_some())
            }
            _ => Self::of(ORDERS),
        }
    }
}

impl Found {
    /// Makes room for what models, and how many answers of them, may be asked.
    pub(crate) fn new(models: usize, answers: usize) -> Self {
        Self {
            orders: OnceLock::new(),
            times: (0..models).map(|_| OnceLock::new()).collect(),
            answers: (0..answers).map(|_| OnceLock::new()).collect(),
        }
    }

    /// Returns an answer at the moment of the facts, and finds it if need be.
    pub(crate) fn answer(&self, place: usize, find: impl FnOnce() -> Answer) -> Answer {
        match self.answers.get(place) {
            Some(answer) => *answer.get_or_init(find),
            None => find(),
        }
    }
}

impl<'a> Customer<'a> {
    /// Sums up the orders placed by an instant.
    pub(super) fn orders(&self, at: Timestamp) -> Result<PurchaseSummary<'a>, Lack> {
        let purchases = self.context.purchases.known().ok_or(Lack::of(ORDERS))?;
        let places = self.found.orders.get_or_init(|| {
            places(purchases).map_err(|not_known| Lack::of_orders(purchases, &not_known))
        });
        let places = places.as_ref().map_err(|lack| *lack)?;
        Ok(PurchaseSummary::in_order(purchases, Cow::Borrowed(places), at))
    }

    /// Reads an amount off the orders, in the one currency.
    pub(super) fn amount<T>(
        &self,
        read: impl FnOnce(Currency) -> Result<T, NotKnown>,
    ) -> Result<T, Lack> {
        let purchases = self.context.purchases.known().ok_or(Lack::of(ORDERS))?;
        let currency = self.currency.ok_or(Lack::of_order("total_minor", true))?;
        read(currency).map_err(|not_known| Lack::of_orders(purchases, &not_known))
    }

    /// Returns when what the model counts happened, and finds it if need be.
    pub(super) fn times(&self, find: impl FnOnce() -> Times) -> Result<&'a [Timestamp], Lack> {
        let Some(times) = self.found.times.get(self.model) else {
            return Ok(&[]);
        };
        times.get_or_init(find).as_ref().map(Vec::as_slice).map_err(|lack| *lack)
    }
}
