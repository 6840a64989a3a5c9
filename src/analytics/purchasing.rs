//! How likely a customer is to come back, and how often: BG/NBD and MBG/NBD.

use libm::{exp, log};

use super::domain::{DomainError, not_below_zero, parameter};

/// What a customer's purchases look like to a [`PurchaseModel`].
///
/// The lengths are in the unit of time that the model was fitted in.
///
/// # Examples
///
/// ```
/// use tactful::analytics::RepeatPurchases;
///
/// let customer = RepeatPurchases::new(2, 30.43, 38.86)?;
/// assert_eq!(customer.repeats(), 2);
/// // The last purchase cannot lie ahead of now.
/// assert!(RepeatPurchases::new(2, 40.0, 38.86).is_err());
/// # Ok::<(), tactful::analytics::DomainError>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct RepeatPurchases {
    repeats: u32,
    last: f64,
    observed: f64,
}

impl RepeatPurchases {
    /// Takes x, t_x and T of the literature.
    ///
    /// * `repeats` (x): periods with a purchase, less the first one. What is
    ///   bought on one day is one purchase.
    /// * `last` (t_x): from the first purchase to the last.
    /// * `observed` (T): from the first purchase to now.
    ///
    /// # Errors
    ///
    /// Unless 0 ≤ t_x ≤ T ≤ 10¹², and t_x = 0 where x = 0.
    pub fn new(repeats: u32, last: f64, observed: f64) -> Result<Self, DomainError> {
        let help = "measure from the first purchase to now";
        not_below_zero("observed", observed, help)?;
        let help = "measure from the first purchase to the last one";
        not_below_zero("last", last, help)?;
        if last > observed {
            return Err(DomainError::new(
                "last",
                last,
                &format!("is after now ({observed})"),
                help,
            ));
        }
        if repeats == 0 && last > 0.0 {
            let is = "is not 0 for a customer without a repeat purchase";
            return Err(DomainError::new("last", last, is, help));
        }
        Ok(Self { repeats, last, observed })
    }

    /// Returns x: the repeat purchases.
    #[must_use]
    pub fn repeats(self) -> u32 {
        self.repeats
    }

    /// Returns t_x: from the first purchase to the last.
    #[must_use]
    pub fn last(self) -> f64 {
        self.last
    }

    /// Returns T: from the first purchase to now.
    #[must_use]
    pub fn observed(self) -> f64 {
        self.observed
    }
}

/// A fitted model of customers who buy at a steady rate until they are gone.
///
/// While *alive*, a customer buys at a rate of their own; the rates of all
/// customers are gamma distributed with shape r and rate alpha. After a
/// purchase a customer leaves for good with a probability of their own; these
/// are beta distributed with a and b. In the modified model (MBG/NBD) they may
/// also leave right after their first purchase, which BG/NBD rules out: it
/// calls everybody without a repeat purchase alive, for ever.
///
/// With L = ln((alpha + T) / (alpha + t_x)):
///
/// * BG/NBD: P(alive) = 1 if x = 0, else 1 / (1 + a / (b + x - 1) · e^((r + x) L))
/// * MBG/NBD: P(alive) = 1 / (1 + a / (b + x) · e^((r + x) L))
///
/// The expected number of purchases in the next t units of time is
///
/// * E[Y(t)] = P(alive) · Σₙ P(N ≥ n) · Πⱼ (β + j) / (a + β + j), n = 1, 2, …,
///   j = 0 … n - 2, with β = b + x (BG) or b + x + 1 (MBG)
///
/// where N is how often somebody who never leaves would buy: negative binomial
/// with shape r + x and z = t / (alpha + T + t). This equals the published
/// closed form, (a + b + x - 1) / (a - 1) · (1 - …₂F₁…), and has none of its
/// trouble: all terms are positive, no a (1 included), b or x is special, and
/// nothing overflows.
///
/// Sources: Fader, Hardie and Lee, "Counting your customers the easy way", 2005
/// (BG/NBD); Batislam, Denizel and Filiztekin 2007, and Wagner and Hoppe 2008
/// (MBG/NBD).
///
/// # Examples
///
/// A customer of CDNOW, in weeks, with the published parameters:
///
/// ```
/// use tactful::analytics::{PurchaseModel, RepeatPurchases};
///
/// let model = PurchaseModel::bg_nbd(0.243, 4.414, 0.793, 2.426)?;
/// let customer = RepeatPurchases::new(2, 30.43, 38.86)?;
/// assert_eq!(format!("{:.4}", model.p_alive(customer)), "0.7266");
/// assert_eq!(format!("{:.3}", model.expected_purchases(customer, 39.0)?), "1.226");
/// # Ok::<(), tactful::analytics::DomainError>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct PurchaseModel {
    shape: f64,
    rate: f64,
    a: f64,
    b: f64,
    leaving: Leaving,
}

/// When a customer may leave for the first time.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Leaving {
    /// After the first repeat purchase (BG/NBD).
    AfterRepeat,
    /// After the first purchase (MBG/NBD).
    AfterFirst,
}

impl PurchaseModel {
    /// The furthest horizon, in multiples of alpha + T.
    ///
    /// It bounds the work, and what lies further ahead is no forecast.
    pub const MOST_HORIZON: f64 = 1_000.0;

    /// The most purchases that are forecast for a customer who never leaves.
    pub const MOST_PURCHASES: f64 = 100_000.0;

    /// Takes a fitted BG/NBD model.
    ///
    /// # Errors
    ///
    /// A parameter that is not between 10⁻¹² and 10¹².
    pub fn bg_nbd(r: f64, alpha: f64, a: f64, b: f64) -> Result<Self, DomainError> {
        Ok(Self {
            shape: parameter("bg_nbd.r", r)?,
            rate: parameter("bg_nbd.alpha", alpha)?,
            a: parameter("bg_nbd.a", a)?,
            b: parameter("bg_nbd.b", b)?,
            leaving: Leaving::AfterRepeat,
        })
    }

    /// Takes a fitted MBG/NBD model.
    ///
    /// # Errors
    ///
    /// A parameter that is not between 10⁻¹² and 10¹².
    pub fn mbg_nbd(r: f64, alpha: f64, a: f64, b: f64) -> Result<Self, DomainError> {
        Ok(Self {
            shape: parameter("mbg_nbd.r", r)?,
            rate: parameter("mbg_nbd.alpha", alpha)?,
            a: parameter("mbg_nbd.a", a)?,
            b: parameter("mbg_nbd.b", b)?,
            leaving: Leaving::AfterFirst,
        })
    }

    /// Returns the probability, from 0 to 1, that the customer has not left.
    #[must_use]
    pub fn p_alive(&self, customer: RepeatPurchases) -> f64 {
        let repeats = f64::from(customer.repeats);
        let chances = match self.leaving {
            Leaving::AfterRepeat if customer.repeats == 0 => return 1.0,
            Leaving::AfterRepeat => self.b + (repeats - 1.0),
            Leaving::AfterFirst => self.b + repeats,
        };
        let silence = log((self.rate + customer.observed) / (self.rate + customer.last));
        let odds_of_having_left = exp(log(self.a / chances) + (self.shape + repeats) * silence);
        1.0 / (1.0 + odds_of_having_left)
    }

    /// Returns how many purchases to expect in the next `horizon` units of time.
    ///
    /// # Errors
    ///
    /// A horizon below 0 or above [`MOST_HORIZON`](Self::MOST_HORIZON) ·
    /// (alpha + T), or one in which a customer who never leaves would buy more
    /// than [`MOST_PURCHASES`](Self::MOST_PURCHASES) times.
    pub fn expected_purchases(
        &self,
        customer: RepeatPurchases,
        horizon: f64,
    ) -> Result<f64, DomainError> {
        let relative = self.relative_horizon(customer, horizon)?;
        let repeats = f64::from(customer.repeats);
        let steady = Steady { shape: self.shape + repeats, z: relative / (1.0 + relative) };
        let staying = match self.leaving {
            Leaving::AfterRepeat => self.b + repeats,
            Leaving::AfterFirst => self.b + repeats + 1.0,
        };
        Ok(self.p_alive(customer) * steady.purchases(self.a, staying))
    }

    /// Returns the horizon in multiples of alpha + T, if it is one to forecast.
    fn relative_horizon(
        &self,
        customer: RepeatPurchases,
        horizon: f64,
    ) -> Result<f64, DomainError> {
        let help = "ask for a shorter time, in the unit of the fit";
        not_below_zero("horizon", horizon, help)?;
        let known = self.rate + customer.observed;
        let relative = horizon / known;
        if relative > Self::MOST_HORIZON {
            let is = format!("is more than {} times alpha + T ({known})", Self::MOST_HORIZON);
            return Err(DomainError::new("horizon", horizon, &is, help));
        }
        let purchases = (self.shape + f64::from(customer.repeats)) * relative;
        if purchases > Self::MOST_PURCHASES {
            let is = format!("is time for more than {} purchases", Self::MOST_PURCHASES);
            return Err(DomainError::new("horizon", horizon, &is, help));
        }
        Ok(relative)
    }
}

/// How often somebody who never leaves buys: a negative binomial distribution.
#[derive(Clone, Copy)]
struct Steady {
    shape: f64,
    z: f64,
}

impl Steady {
    /// Returns the mean of W(N), the purchases until N or until the customer leaves.
    ///
    /// W(k) = Σₙ Πⱼ (β + j) / (a + β + j), n = 1 … k, j = 0 … n - 2. The
    /// probabilities of N are known up to a factor from their ratios alone, so
    /// their sum is taken along and divides it out.
    fn purchases(self, a: f64, staying: f64) -> f64 {
        // The next two: P(N = k), and that the customer is there for purchase k + 1.
        let (mut chance, mut there) = (1.0_f64, 1.0);
        let (mut made, mut count) = (0.0, 0.0);
        let (mut mean, mut sum) = (0.0, 1.0);
        loop {
            let ratio = self.z * (self.shape + count) / (count + 1.0);
            chance *= ratio;
            made += there;
            there *= (staying + count) / (a + staying + count);
            count += 1.0;
            mean += chance * made;
            sum += chance;
            if self.is_done(chance * made, count, mean) {
                return mean / sum;
            }
            if sum > SCALE_ABOVE {
                (chance, mean, sum) = (chance / SCALE_ABOVE, mean / SCALE_ABOVE, sum / SCALE_ABOVE);
            }
        }
    }

    /// Tells whether all terms after this one are too small to matter.
    fn is_done(self, term: f64, count: f64, mean: f64) -> bool {
        if term > NEGLIGIBLE * mean {
            return false;
        }
        // From here on each term is at most `ratio` times the one before: the
        // purchases made grow from k to k + 1 by (k + 1) / k at most.
        let ratio =
            self.z * ((self.shape + count) / (count + 1.0)).max(1.0) * (count + 1.0) / count;
        ratio < 1.0 && term * ratio <= NEGLIGIBLE * mean * (1.0 - ratio)
    }
}

/// Where sums of unscaled probabilities are brought back.
const SCALE_ABOVE: f64 = 1e200;
/// What a sum may lack: a quarter of a unit in the last place.
const NEGLIGIBLE: f64 = 5e-17;
