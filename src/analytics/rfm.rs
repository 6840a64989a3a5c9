//! Recency, frequency and money in a few classes each.

use std::fmt;

use super::domain::DomainError;

/// Where the classes of recency, frequency and money meet.
///
/// With k breaks there are k + 1 classes; the highest is the best:
///
/// * R = k + 1 - the number of breaks b with days since the last order > b
/// * F = 1 + the number of breaks b with orders > b
/// * M = 1 + the number of breaks b with spend > b
///
/// The breaks are given, from quantiles of all customers for instance, so that
/// a score does not change because somebody else bought something. Orders and
/// spend include the first order.
///
/// Source: Hughes, "Strategic database marketing", 1994; with fixed breaks.
///
/// # Examples
///
/// ```
/// use tactful::analytics::Rfm;
///
/// let rfm = Rfm::new([1, 4, 10, 26], [16, 32, 55, 95], [35_363, 87_176, 162_849, 298_723])?;
/// let score = rfm.score(10, 20, 102_663);
/// assert_eq!((score.recency, score.frequency, score.money), (3, 2, 3));
/// assert_eq!(score.to_string(), "R3 F2 M3");
/// # Ok::<(), tactful::analytics::DomainError>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rfm {
    recency: Box<[i64]>,
    frequency: Box<[i64]>,
    money: Box<[i64]>,
}

/// The classes a customer is in; the highest is the best.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct RfmScore {
    /// How recently they ordered.
    pub recency: u8,
    /// How often they ordered.
    pub frequency: u8,
    /// How much they spent.
    pub money: u8,
}

impl fmt::Display for RfmScore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "R{} F{} M{}", self.recency, self.frequency, self.money)
    }
}

impl Rfm {
    /// The most breaks of one kind.
    pub const MOST_BREAKS: usize = 99;

    /// Takes breaks of whole days, orders, and minor units of one currency.
    ///
    /// # Errors
    ///
    /// No breaks, more than [`MOST_BREAKS`](Self::MOST_BREAKS), or breaks that
    /// do not ascend. Equal ones may stand side by side, as quantiles do: the
    /// class between them stays empty.
    pub fn new(
        recency_days: impl Into<Box<[i64]>>,
        orders: impl Into<Box<[i64]>>,
        spend_minor: impl Into<Box<[i64]>>,
    ) -> Result<Self, DomainError> {
        Ok(Self {
            recency: ascending("rfm.recency_days", recency_days.into())?,
            frequency: ascending("rfm.orders", orders.into())?,
            money: ascending("rfm.spend_minor", spend_minor.into())?,
        })
    }

    /// Returns the classes of a customer.
    #[must_use]
    pub fn score(&self, days_since_last: i64, orders: i64, spend_minor: i64) -> RfmScore {
        let classes = u8::try_from(self.recency.len() + 1).unwrap_or(u8::MAX);
        RfmScore {
            recency: classes - exceeded(&self.recency, days_since_last),
            frequency: 1 + exceeded(&self.frequency, orders),
            money: 1 + exceeded(&self.money, spend_minor),
        }
    }

    /// Returns the break that so many days without an order exceed next.
    pub(super) fn next_recency_break(&self, days_since_last: i64) -> Option<i64> {
        let exceeded = self.recency.partition_point(|limit| days_since_last > *limit);
        self.recency.get(exceeded).copied()
    }
}

fn exceeded(breaks: &[i64], value: i64) -> u8 {
    u8::try_from(breaks.partition_point(|limit| value > *limit)).unwrap_or(u8::MAX)
}

fn ascending(place: &'static str, breaks: Box<[i64]>) -> Result<Box<[i64]>, DomainError> {
    if breaks.is_empty() || breaks.len() > Rfm::MOST_BREAKS {
        let is = format!("breaks are not between 1 and {}", Rfm::MOST_BREAKS);
        let help = "four breaks make the usual five classes";
        return Err(DomainError::new(place, breaks.len(), &is, help));
    }
    let falls = breaks.iter().zip(breaks.iter().skip(1)).find(|(one, next)| one > next);
    match falls {
        None => Ok(breaks),
        Some((one, next)) => {
            let is = format!("comes after {one}");
            Err(DomainError::new(place, next, &is, "list the breaks from the smallest up"))
        }
    }
}
