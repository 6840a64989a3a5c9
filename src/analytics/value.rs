//! What a customer's orders are worth: gamma-gamma, and the discounted lifetime value.

use super::domain::{DomainError, above_zero, not_below_zero, parameter, within};
use super::purchasing::{PurchaseModel, RepeatPurchases};

/// A fitted model of what customers spend on an order.
///
/// Amounts of one customer are gamma distributed with shape p around a mean of
/// their own; the means of all customers follow from a gamma distribution with
/// shape q and scale v. It assumes that what somebody spends has nothing to do
/// with how often they buy: check that on your data.
///
/// E\[M\] = p (v + x m) / (p x + q - 1), for x repeat purchases of m on average.
/// The first purchase is in neither x nor m; m and v are in one unit of money,
/// and so is the answer.
///
/// Source: Fader and Hardie, "The gamma-gamma model of monetary value", 2013.
/// There v is called γ.
///
/// # Examples
///
/// CDNOW, in dollars, with the published parameters:
///
/// ```
/// use tactful::analytics::GammaGamma;
///
/// let model = GammaGamma::new(6.25, 3.74, 15.44)?;
/// assert_eq!(format!("{:.2}", model.expected_order_value(2, 22.35)?), "24.66");
/// // Who never came back is expected to spend what everybody does.
/// assert_eq!(format!("{:.2}", model.expected_order_value(0, 0.0)?), "35.22");
/// # Ok::<(), tactful::analytics::DomainError>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct GammaGamma {
    p: f64,
    q: f64,
    v: f64,
}

impl GammaGamma {
    /// Takes a fitted model.
    ///
    /// # Errors
    ///
    /// A parameter that is not between 10⁻¹² and 10¹².
    pub fn new(p: f64, q: f64, v: f64) -> Result<Self, DomainError> {
        Ok(Self {
            p: parameter("gamma_gamma.p", p)?,
            q: parameter("gamma_gamma.q", q)?,
            v: parameter("gamma_gamma.v", v)?,
        })
    }

    /// Returns what to expect of the customer's next order.
    ///
    /// Without a repeat purchase the mean is not looked at: there is none.
    ///
    /// # Errors
    ///
    /// A mean below 0, or p x + q ≤ 1, where no mean exists: with q ≤ 1 that is
    /// so for customers without a repeat purchase.
    pub fn expected_order_value(&self, repeats: u32, mean: f64) -> Result<f64, DomainError> {
        let repeats = f64::from(repeats);
        let spent = if repeats > 0.0 {
            let help = "give what a repeat purchase came to on average";
            repeats * not_below_zero("mean_repeat_spend", mean, help)?
        } else {
            0.0
        };
        let weight = self.p * repeats + (self.q - 1.0);
        if weight <= 0.0 {
            let help = "a fit with q at most 1 says nothing of customers without repeat purchases";
            return Err(DomainError::new("gamma_gamma.q", self.q, "gives no mean", help));
        }
        Ok(self.p * (self.v + spent) / weight)
    }
}

/// How a stream of purchases is turned into one value of today.
///
/// DCLV = E\[M\] · Σₖ (E\[Y(k u)\] - E\[Y((k - 1) u)\]) / (1 + d)ᵏ, k = 1 … n: n
/// periods, each u long in the unit of the purchase model, with d of discount
/// each; what is bought in a period is discounted as if at its end.
///
/// Source: Fader, Hardie and Lee, "RFM and CLV: using iso-value curves for
/// customer base analysis", 2005, for a finite horizon.
///
/// # Examples
///
/// A year of months of 4.345 weeks, at 1 % a month:
///
/// ```
/// use tactful::analytics::{Discounting, GammaGamma, PurchaseModel, RepeatPurchases};
///
/// let purchases = PurchaseModel::bg_nbd(0.243, 4.414, 0.793, 2.426)?;
/// let spending = GammaGamma::new(6.25, 3.74, 15.44)?;
/// let customer = RepeatPurchases::new(2, 30.43, 38.86)?;
/// let year = Discounting::new(12, 4.345, 0.01)?;
/// let value = year.lifetime_value(&purchases, &spending, customer, 22.35)?;
/// assert_eq!(format!("{:.2}", value.expected_purchases), "1.56");
/// assert_eq!(format!("{:.2}", value.discounted), "36.29");
/// # Ok::<(), tactful::analytics::DomainError>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Discounting {
    periods: u16,
    length: f64,
    rate: f64,
}

/// What a customer is expected to bring in a time ahead.
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub struct LifetimeValue {
    /// How many purchases.
    pub expected_purchases: f64,
    /// What an order comes to, in the unit of the spending model.
    pub expected_order_value: f64,
    /// What all of them are worth today, in the same unit.
    pub discounted: f64,
}

impl Discounting {
    /// The most periods.
    pub const MOST_PERIODS: u16 = 1_200;

    /// Takes the number of periods, the length of one, and the discount of one.
    ///
    /// The length is in the unit of the purchase model; a rate of 0.01 is 1 %.
    ///
    /// # Errors
    ///
    /// No period or more than [`MOST_PERIODS`](Self::MOST_PERIODS), a length
    /// that is not between 10⁻¹² and 10¹², or a rate that is not between 0 and 1.
    pub fn new(periods: u16, length: f64, rate: f64) -> Result<Self, DomainError> {
        if periods == 0 || periods > Self::MOST_PERIODS {
            let is = format!("is not between 1 and {}", Self::MOST_PERIODS);
            let help = "take a shorter time or longer periods";
            return Err(DomainError::new("discounting.periods", periods, &is, help));
        }
        let help = "give the length of a period in the unit of the purchase model";
        above_zero("discounting.length", length, help)?;
        let help = "give the share of one period: 1 % a month is 0.01";
        within("discounting.rate", rate, 0.0..=1.0, help)?;
        Ok(Self { periods, length, rate })
    }

    /// Returns what the customer is worth; `mean` is what a repeat purchase
    /// came to.
    ///
    /// # Errors
    ///
    /// Those of [`PurchaseModel::expected_purchases`] for the whole time and of
    /// [`GammaGamma::expected_order_value`].
    pub fn lifetime_value(
        &self,
        purchases: &PurchaseModel,
        spending: &GammaGamma,
        customer: RepeatPurchases,
        mean: f64,
    ) -> Result<LifetimeValue, DomainError> {
        let expected_order_value = spending.expected_order_value(customer.repeats(), mean)?;
        let (mut expected_purchases, mut discounted, mut factor) = (0.0, 0.0, 1.0);
        for period in 1..=self.periods {
            let end = f64::from(period) * self.length;
            let until = purchases.expected_purchases(customer, end)?;
            factor /= 1.0 + self.rate;
            discounted += (until - expected_purchases) * factor;
            expected_purchases = until;
        }
        let discounted = expected_order_value * discounted;
        Ok(LifetimeValue { expected_purchases, expected_order_value, discounted })
    }
}
