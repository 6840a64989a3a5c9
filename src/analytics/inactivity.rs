//! What silence says: Weibull hazard, cadence, and half-lives.

use libm::{exp, exp2, expm1, ldexp, log, log1p, pow};

use super::domain::{DomainError, not_below_zero, parameter};
use crate::time::Duration;

/// A fitted model of how long customers stay away before they are gone.
///
/// With shape k and scale l, for somebody who has been inactive for s days:
///
/// * survival: S(s) = exp(-(s / l)ᵏ)
/// * P(churn within h days) = 1 - exp((s / l)ᵏ - ((s + h) / l)ᵏ)
///
/// With k = 1 the past does not matter; below 1 the danger falls with time,
/// above 1 it rises.
///
/// # Examples
///
/// ```
/// use tactful::analytics::WeibullInactivity;
///
/// let model = WeibullInactivity::new(1.8, 120.0)?;
/// assert_eq!(format!("{:.4}", model.p_churn_within(60.0, 30.0)?), "0.2656");
/// assert_eq!(format!("{:.4}", model.survival(60.0)?), "0.7504");
/// # Ok::<(), tactful::analytics::DomainError>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct WeibullInactivity {
    shape: f64,
    scale_days: f64,
}

impl WeibullInactivity {
    /// Takes a fitted model.
    ///
    /// # Errors
    ///
    /// A parameter that is not between 10⁻¹² and 10¹².
    pub fn new(shape: f64, scale_days: f64) -> Result<Self, DomainError> {
        Ok(Self {
            shape: parameter("weibull_inactivity.shape", shape)?,
            scale_days: parameter("weibull_inactivity.scale_days", scale_days)?,
        })
    }

    /// Returns the probability of leaving within the next days, for somebody
    /// who has been inactive for so long and is still there.
    ///
    /// # Errors
    ///
    /// A length that is below 0 or above 10¹² days.
    pub fn p_churn_within(
        &self,
        inactive_days: f64,
        horizon_days: f64,
    ) -> Result<f64, DomainError> {
        days("inactive_days", inactive_days)?;
        days("horizon_days", horizon_days)?;
        Ok(-expm1(-self.added_hazard(inactive_days, horizon_days)))
    }

    /// Returns the probability of being there after so many days of silence.
    ///
    /// # Errors
    ///
    /// A length that is below 0 or above 10¹² days.
    pub fn survival(&self, inactive_days: f64) -> Result<f64, DomainError> {
        days("inactive_days", inactive_days)?;
        Ok(exp(-self.added_hazard(0.0, inactive_days)))
    }

    /// Returns ((s + h) / l)ᵏ - (s / l)ᵏ, exact also where h is small.
    fn added_hazard(&self, inactive: f64, horizon: f64) -> f64 {
        let end = inactive + horizon;
        if inactive <= 0.0 {
            return self.hazard_until(end);
        }
        let growth =
            if horizon < inactive { log1p(horizon / inactive) } else { log(end) - log(inactive) };
        if growth <= 0.0 {
            return 0.0;
        }
        self.hazard_until(end) * -expm1(-self.shape * growth)
    }

    /// Returns (s / l)ᵏ.
    fn hazard_until(&self, inactive: f64) -> f64 {
        if inactive <= 0.0 { 0.0 } else { pow(inactive / self.scale_days, self.shape) }
    }
}

fn days(place: &'static str, days: f64) -> Result<f64, DomainError> {
    not_below_zero(place, days, "count days, with decimals if you like")
}

/// How often a customer buys, as far as their own orders show.
///
/// It is the default sign of somebody about to leave: cheap, explained in one
/// sentence ("twice as long as they usually take"), and without parameters.
///
/// # Examples
///
/// ```
/// use tactful::Duration;
/// use tactful::analytics::Cadence;
///
/// // Five orders within 40 days: one every 10 days.
/// let cadence = Cadence::new(5, Duration::days(40))?;
/// assert_eq!(cadence.overdue_ratio(Duration::days(25)), 2.5);
/// assert_eq!(format!("{:.3}", cadence.p_silence(Duration::days(25))), "0.082");
/// # Ok::<(), tactful::analytics::DomainError>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Cadence {
    gaps: u32,
    span: Duration,
}

impl Cadence {
    /// The fewest orders that show a cadence.
    pub const LEAST_ORDERS: u32 = 3;

    /// Takes the number of orders, and the time from the first to the last.
    ///
    /// # Errors
    ///
    /// Fewer than three orders, or no time between the first and the last.
    pub fn new(orders: u32, first_to_last: Duration) -> Result<Self, DomainError> {
        if orders < Self::LEAST_ORDERS {
            let help = "fewer orders show no cadence";
            return Err(DomainError::new("orders", orders, "is below 3", help));
        }
        if first_to_last <= Duration::ZERO {
            let help = "orders at one instant show no cadence";
            return Err(DomainError::new("first_to_last", first_to_last, "is not above 0", help));
        }
        Ok(Self { gaps: orders - 1, span: first_to_last })
    }

    /// Returns the mean time from one order to the next, in days.
    #[must_use]
    pub fn mean_gap_days(self) -> f64 {
        millis(self.span) / (f64::from(self.gaps) * millis(Duration::days(1)))
    }

    /// Returns the time since the last order in mean gaps: above 1, they are late.
    ///
    /// Formula: silence / ((last - first) / (orders - 1)). A silence below zero
    /// counts as none.
    #[must_use]
    pub fn overdue_ratio(self, since_last: Duration) -> f64 {
        millis(since_last.max(Duration::ZERO)) * f64::from(self.gaps) / millis(self.span)
    }

    /// Returns how likely such a silence is for a customer who has not changed.
    ///
    /// Formula: exp(-overdue), orders being a Poisson process with the
    /// customer's own mean gap.
    #[must_use]
    pub fn p_silence(self, since_last: Duration) -> f64 {
        exp(-self.overdue_ratio(since_last))
    }
}

/// How fast something that happened loses its weight.
///
/// Formula: 0.5^(age / half-life). For interests that fade and for the tedium
/// of seeing one thing again.
///
/// # Examples
///
/// ```
/// use tactful::Duration;
/// use tactful::analytics::HalfLife;
///
/// let month = HalfLife::new(Duration::days(30))?;
/// assert_eq!(month.weight(Duration::days(60)), 0.25);
/// assert_eq!(format!("{:.3}", month.weight(Duration::days(7))), "0.851");
/// # Ok::<(), tactful::analytics::DomainError>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct HalfLife(Duration);

impl HalfLife {
    /// Takes the time in which a weight halves.
    ///
    /// # Errors
    ///
    /// A time that is not above zero.
    pub fn new(half_life: Duration) -> Result<Self, DomainError> {
        if half_life <= Duration::ZERO {
            let help = "give the time in which a weight halves";
            return Err(DomainError::new("half_life", half_life, "is not above 0", help));
        }
        Ok(Self(half_life))
    }

    /// Returns the weight, from 0 to 1, of what happened so long ago.
    ///
    /// What lies ahead weighs 1, as what happens now.
    #[must_use]
    pub fn weight(self, age: Duration) -> f64 {
        let (age, half_life) = (age.as_millis().max(0), self.0.as_millis());
        // Whole halvings are exact; after so many there is nothing left.
        let halvings = i32::try_from(age / half_life).unwrap_or(i32::MAX).min(1_100);
        let rest = to_f64(age % half_life) / to_f64(half_life);
        ldexp(exp2(-rest), -halvings)
    }
}

fn millis(length: Duration) -> f64 {
    to_f64(length.as_millis())
}

#[expect(clippy::cast_precision_loss, reason = "exact for 285,000 years, and close beyond")]
fn to_f64(millis: i64) -> f64 {
    millis as f64
}
