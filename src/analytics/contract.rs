//! How long contracts last that are renewed or not: shifted beta-geometric.

use super::domain::{DomainError, parameter, within};

/// A fitted model of customers who decide on each renewal.
///
/// Each customer ends the contract at the end of a period with a probability
/// of their own, the same every time; these are beta distributed with alpha
/// and beta. In period n = 1, 2, …:
///
/// * hazard (churn rate): alpha / (alpha + beta + n - 1)
/// * retention rate: r(n) = (beta + n - 1) / (alpha + beta + n - 1)
/// * survival: S(n) = r(1) · … · r(n), and S(0) = 1
/// * discounted expected residual lifetime, in periods, of somebody about to
///   renew for the n-th time: DERL = r(n) · ₂F₁(1, beta + n; alpha + beta + n; 1 / (1 + d))
///
/// Retention rises with n although no one changes: those likely to leave have
/// left. Never read it as loyalty.
///
/// Sources: Fader and Hardie, "How to project customer retention", 2007, and
/// "Customer-base valuation in a contractual setting", 2010 (DERL).
///
/// # Examples
///
/// ```
/// use tactful::analytics::ShiftedBetaGeometric;
///
/// let model = ShiftedBetaGeometric::new(0.668, 3.806)?;
/// assert_eq!(format!("{:.3}", model.retention(1)?), "0.851");
/// assert_eq!(format!("{:.3}", model.survival(8)?), "0.460");
/// assert_eq!(format!("{:.3}", model.residual_lifetime(1, 0.1)?), "5.415");
/// # Ok::<(), tactful::analytics::DomainError>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ShiftedBetaGeometric {
    alpha: f64,
    beta: f64,
}

impl ShiftedBetaGeometric {
    /// The last period that is looked at.
    pub const MOST_PERIODS: u32 = 10_000;

    /// The least discount of a period in a residual lifetime: 0.01 %.
    pub const LEAST_DISCOUNT: f64 = 0.0001;

    /// Takes a fitted model.
    ///
    /// # Errors
    ///
    /// A parameter that is not between 10⁻¹² and 10¹².
    pub fn new(alpha: f64, beta: f64) -> Result<Self, DomainError> {
        Ok(Self {
            alpha: parameter("shifted_beta_geometric.alpha", alpha)?,
            beta: parameter("shifted_beta_geometric.beta", beta)?,
        })
    }

    /// Returns the share of those in period n who renew at its end.
    ///
    /// # Errors
    ///
    /// A period that is not between 1 and [`MOST_PERIODS`](Self::MOST_PERIODS).
    pub fn retention(&self, period: u32) -> Result<f64, DomainError> {
        Ok(self.retention_after(f64::from(in_range(period, 1)?) - 1.0))
    }

    /// Returns the share of those in period n who leave at its end.
    ///
    /// # Errors
    ///
    /// A period that is not between 1 and [`MOST_PERIODS`](Self::MOST_PERIODS).
    pub fn hazard(&self, period: u32) -> Result<f64, DomainError> {
        let renewals = f64::from(in_range(period, 1)?) - 1.0;
        Ok(self.alpha / (self.alpha + self.beta + renewals))
    }

    /// Returns the share of all who are there after period n.
    ///
    /// # Errors
    ///
    /// A period above [`MOST_PERIODS`](Self::MOST_PERIODS).
    pub fn survival(&self, period: u32) -> Result<f64, DomainError> {
        let renewals = 0..in_range(period, 0)?;
        Ok(renewals.map(|renewals| self.retention_after(f64::from(renewals))).product())
    }

    /// Returns how many periods, discounted, are expected of somebody in period
    /// n, before it is known whether they renew at its end (DERL).
    ///
    /// # Errors
    ///
    /// A period that is not between 1 and [`MOST_PERIODS`](Self::MOST_PERIODS),
    /// or a discount that is not between
    /// [`LEAST_DISCOUNT`](Self::LEAST_DISCOUNT) and 1.
    pub fn residual_lifetime(&self, period: u32, discount: f64) -> Result<f64, DomainError> {
        let help = "give the share of one period: 10 % is 0.1";
        within("discount", discount, Self::LEAST_DISCOUNT..=1.0, help)?;
        let factor = 1.0 / (1.0 + discount);
        let mut renewals = f64::from(in_range(period, 1)?) - 1.0;
        let mut renewed = self.retention_after(renewals);
        let mut lifetime = 0.0;
        // Retention is below 1, so that what is left out is less than a
        // geometric series.
        while renewed > NEGLIGIBLE * discount * lifetime {
            lifetime += renewed;
            renewals += 1.0;
            renewed *= factor * self.retention_after(renewals);
        }
        Ok(lifetime)
    }

    fn retention_after(&self, renewals: f64) -> f64 {
        (self.beta + renewals) / (self.alpha + self.beta + renewals)
    }
}

/// What a sum may lack: a quarter of a unit in the last place.
const NEGLIGIBLE: f64 = 5e-17;

fn in_range(period: u32, least: u32) -> Result<u32, DomainError> {
    let most = ShiftedBetaGeometric::MOST_PERIODS;
    if (least..=most).contains(&period) {
        return Ok(period);
    }
    let is = format!("is not between {least} and {most}");
    Err(DomainError::new("period", period, &is, "count renewal periods; the first one is 1"))
}
