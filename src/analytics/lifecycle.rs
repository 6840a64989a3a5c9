//! Where a customer stands: from prospect to churned.

use super::domain::DomainError;
use crate::time::Duration;
use crate::vocabulary::Word;

/// Where a customer stands in their time with a business.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum LifecycleStage {
    /// Has not ordered yet.
    Prospect,
    /// Has not ordered yet, and has not been seen for long.
    DormantProspect,
    /// Has not been a customer for long.
    New,
    /// None of the others: a customer who comes and goes.
    Active,
    /// Has not been seen for a while.
    AtRisk,
    /// Has not been seen for long.
    Dormant,
    /// Has not been seen for so long that they have forgotten about it.
    Lapsed,
    /// Was dormant and has just come back.
    Reactivated,
    /// Has cancelled.
    Churned,
}

impl LifecycleStage {
    /// Returns the stage in `snake_case`.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Prospect => "prospect",
            Self::DormantProspect => "dormant_prospect",
            Self::New => "new",
            Self::Active => "active",
            Self::AtRisk => "at_risk",
            Self::Dormant => "dormant",
            Self::Lapsed => "lapsed",
            Self::Reactivated => "reactivated",
            Self::Churned => "churned",
        }
    }
}

impl Word for LifecycleStage {
    const SET: &'static str = "lifecycle stage";
    const WORDS: &'static [&'static str] = &[
        "prospect",
        "dormant_prospect",
        "new",
        "active",
        "at_risk",
        "dormant",
        "lapsed",
        "reactivated",
        "churned",
    ];

    fn code(self) -> u16 {
        self as u16
    }
}

/// What the stage of a customer depends on.
///
/// What counts as activity is up to you, orders or visits, as long as it is
/// the same for all lengths of time. A length below zero counts as zero.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Activity {
    /// How many orders there were.
    pub orders: u32,
    /// Since the customer was first active.
    pub tenure: Duration,
    /// Since the customer was last active.
    pub inactive: Duration,
    /// From the activity before the last one to the last one; none if the last
    /// one was the first.
    pub gap_before_last: Option<Duration>,
    /// Whether the customer has cancelled.
    pub cancelled: bool,
}

/// Where the stages of the lifecycle begin and end.
///
/// The first row that fits is the stage:
///
/// | if | then |
/// |---|---|
/// | cancelled | churned |
/// | no order, inactive ≥ `dormant_after` | dormant prospect |
/// | no order | prospect |
/// | inactive ≥ `lapsed_after` | lapsed |
/// | inactive ≥ `dormant_after` | dormant |
/// | inactive ≥ `at_risk_after` | at risk |
/// | tenure < `new_for` | new |
/// | gap before the last activity ≥ `dormant_after`, inactive < `back_for` | reactivated |
/// | otherwise | active |
///
/// The table and its thresholds are this project's own.
///
/// # Examples
///
/// ```
/// use tactful::Duration;
/// use tactful::analytics::{Activity, Lifecycle, LifecycleStage};
///
/// let customer = Activity {
///     orders: 5,
///     tenure: Duration::days(800),
///     inactive: Duration::days(2),
///     gap_before_last: Some(Duration::days(90)),
///     cancelled: false,
/// };
/// assert_eq!(Lifecycle::default().stage(customer), LifecycleStage::Reactivated);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Lifecycle {
    new_for: Duration,
    back_for: Duration,
    at_risk_after: Duration,
    dormant_after: Duration,
    lapsed_after: Duration,
}

impl Default for Lifecycle {
    /// New for 30 days, back for 14; at risk after 30, dormant after 60, lapsed
    /// after 365.
    fn default() -> Self {
        Self {
            new_for: Duration::days(30),
            back_for: Duration::days(14),
            at_risk_after: Duration::days(30),
            dormant_after: Duration::days(60),
            lapsed_after: Duration::days(365),
        }
    }
}

impl Lifecycle {
    /// Sets for how long a customer is new.
    ///
    /// # Errors
    ///
    /// A length that is not above zero.
    pub fn new_for(mut self, length: Duration) -> Result<Self, DomainError> {
        self.new_for = above_zero("lifecycle.new_for", length)?;
        Ok(self)
    }

    /// Sets for how long somebody who came back is reactivated.
    ///
    /// # Errors
    ///
    /// A length that is not above zero.
    pub fn back_for(mut self, length: Duration) -> Result<Self, DomainError> {
        self.back_for = above_zero("lifecycle.back_for", length)?;
        Ok(self)
    }

    /// Sets after how much silence a customer is at risk, dormant and lapsed.
    ///
    /// # Errors
    ///
    /// Unless each is longer than the one before, and the first above zero.
    pub fn silence(
        mut self,
        at_risk: Duration,
        dormant: Duration,
        lapsed: Duration,
    ) -> Result<Self, DomainError> {
        self.at_risk_after = above_zero("lifecycle.at_risk_after", at_risk)?;
        self.dormant_after = after("lifecycle.dormant_after", dormant, at_risk)?;
        self.lapsed_after = after("lifecycle.lapsed_after", lapsed, dormant)?;
        Ok(self)
    }

    /// Returns the stage of a customer.
    #[must_use]
    pub fn stage(&self, customer: Activity) -> LifecycleStage {
        if customer.cancelled {
            return LifecycleStage::Churned;
        }
        if customer.orders == 0 {
            return self.stage_of_prospect(customer.inactive);
        }
        self.stage_of_silence(customer.inactive).unwrap_or_else(|| self.stage_of_active(customer))
    }

    /// Returns after how much silence a customer is at risk, dormant and lapsed.
    pub(crate) fn silences(&self) -> [Duration; 3] {
        [self.at_risk_after, self.dormant_after, self.lapsed_after]
    }

    /// Returns how long nothing can change the stage if the customer is silent;
    /// `None` is for good.
    pub(super) fn lasts(&self, customer: Activity) -> Option<Duration> {
        if customer.cancelled {
            return None;
        }
        let silences = [self.back_for, self.at_risk_after, self.dormant_after, self.lapsed_after];
        let of_silence = silences.map(|length| (length, customer.inactive));
        let ends = of_silence.into_iter().chain([(self.new_for, customer.tenure)]);
        let ahead = ends.filter(|(length, passed)| passed < length);
        ahead.map(|(length, passed)| length.less(passed)).min()
    }

    fn stage_of_prospect(&self, inactive: Duration) -> LifecycleStage {
        if inactive >= self.dormant_after {
            LifecycleStage::DormantProspect
        } else {
            LifecycleStage::Prospect
        }
    }

    fn stage_of_silence(&self, inactive: Duration) -> Option<LifecycleStage> {
        let stages = [
            (self.lapsed_after, LifecycleStage::Lapsed),
            (self.dormant_after, LifecycleStage::Dormant),
            (self.at_risk_after, LifecycleStage::AtRisk),
        ];
        stages.into_iter().find(|(after, _)| inactive >= *after).map(|(_, stage)| stage)
    }

    fn stage_of_active(&self, customer: Activity) -> LifecycleStage {
        let was_dormant = customer.gap_before_last.is_some_and(|gap| gap >= self.dormant_after);
        if customer.tenure < self.new_for {
            LifecycleStage::New
        } else if was_dormant && customer.inactive < self.back_for {
            LifecycleStage::Reactivated
        } else {
            LifecycleStage::Active
        }
    }
}

fn above_zero(place: &'static str, length: Duration) -> Result<Duration, DomainError> {
    if length > Duration::ZERO {
        return Ok(length);
    }
    Err(DomainError::new(place, length, "is not above 0", "give a length such as 30 days"))
}

fn after(
    place: &'static str,
    length: Duration,
    earlier: Duration,
) -> Result<Duration, DomainError> {
    if length > earlier {
        return Ok(length);
    }
    let is = format!("is not longer than {earlier}");
    Err(DomainError::new(place, length, &is, "at risk comes before dormant, dormant before lapsed"))
}
