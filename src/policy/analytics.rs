//! Customer analytics: fitted models whose answers conditions and scores read.

use serde::Serialize;

use super::Selector;

/// A model of [`analytics`](crate::analytics), with parameters as tools that fit
/// print them.
///
/// Its key `model` says which; conditions read its answers as
/// `analytics.name.answer`.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(tag = "model", rename_all = "snake_case")]
#[non_exhaustive]
pub enum AnalyticsModel {
    /// Where the customer stands: [`Lifecycle`](crate::analytics::Lifecycle).
    Lifecycle(LifecycleParameters),
    /// Classes of recency, frequency and money: [`Rfm`](crate::analytics::Rfm).
    Rfm {
        /// Where the classes of days since the last order meet.
        recency_days: Vec<i64>,
        /// Where the classes of the number of orders meet.
        orders: Vec<i64>,
        /// Where the classes of what was spent meet, in minor units.
        spend_minor: Vec<i64>,
    },
    /// How late the next order is: [`Cadence`](crate::analytics::Cadence).
    Cadence {},
    /// Whether they come back, for shops: [`PurchaseModel`](crate::analytics::PurchaseModel).
    BgNbd(PurchaseParameters),
    /// The same, where people may leave after their first order.
    MbgNbd(PurchaseParameters),
    /// What an order comes to: [`GammaGamma`](crate::analytics::GammaGamma).
    GammaGamma {
        /// p
        p: f64,
        /// q
        q: f64,
        /// v, in units of the currency; the papers also call it γ.
        v: f64,
    },
    /// What a customer is worth: [`Discounting`](crate::analytics::Discounting).
    LifetimeValue(LifetimeValueParameters),
    /// Whether they renew, for contracts:
    /// [`ShiftedBetaGeometric`](crate::analytics::ShiftedBetaGeometric).
    Sbg {
        /// alpha
        alpha: f64,
        /// beta
        beta: f64,
        /// From one renewal to the next, such as `30d`.
        period: String,
        /// The discount of a period, for the residual lifetime.
        #[serde(skip_serializing_if = "Option::is_none")]
        discount: Option<f64>,
    },
    /// Whether they leave soon: [`WeibullInactivity`](crate::analytics::WeibullInactivity).
    Weibull(WeibullParameters),
    /// What happened, each less with time: [`HalfLife`](crate::analytics::HalfLife).
    HalfLife {
        /// The time in which the weight of an interaction halves.
        half_life: String,
        /// Interactions with these actions; with all if empty.
        #[serde(flatten)]
        selector: Selector,
        /// What counts; contacts if empty: what was sent, or seen on inbound
        /// channels.
        #[serde(skip_serializing_if = "Vec::is_empty")]
        outcomes: Vec<String>,
    },
}

/// The parameters of a model of purchases.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
#[non_exhaustive]
pub struct PurchaseParameters {
    /// r
    pub r: f64,
    /// alpha
    pub alpha: f64,
    /// a
    pub a: f64,
    /// b
    pub b: f64,
    /// The unit of the fit: `day` or `week`.
    pub unit: String,
    /// How far ahead purchases are expected, such as `12w`; not at all if not
    /// written.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub horizon: Option<String>,
}

/// The parameters of a lifecycle.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
#[non_exhaustive]
pub struct LifecycleParameters {
    /// What counts as activity: `orders`, if not written, or `visits`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub activity: Option<String>,
    /// Whether who has cancelled the subscription has churned; not if not
    /// written.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub subscription: Option<bool>,
    /// How long a customer is new; `30d` if not written.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub new_for: Option<String>,
    /// How long one who came back is reactivated; `14d` if not written.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub back_for: Option<String>,
    /// After how much silence they are at risk; `30d` if not written.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub at_risk_after: Option<String>,
    /// After how much silence they are dormant; `60d` if not written.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub dormant_after: Option<String>,
    /// After how much silence they have lapsed; `365d` if not written.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub lapsed_after: Option<String>,
}

/// The parameters of a lifetime value.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
#[non_exhaustive]
pub struct LifetimeValueParameters {
    /// The name of the `bg_nbd` or `mbg_nbd` model.
    pub purchases: String,
    /// The name of the `gamma_gamma` model.
    pub order_value: String,
    /// How far ahead, such as `52w`.
    pub horizon: String,
    /// How long a period of the discount is; the horizon if not written.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub period: Option<String>,
    /// The discount of a period: 0.01 is 1 %; 0 if not written.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub discount: Option<f64>,
}

/// The parameters of a model of inactivity.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
#[non_exhaustive]
pub struct WeibullParameters {
    /// The shape, k.
    pub shape: f64,
    /// The scale, in the unit.
    pub scale: f64,
    /// The unit of the fit: `day` or `week`.
    pub unit: String,
    /// How far ahead, such as `30d`.
    pub horizon: String,
    /// What ends a silence: `orders`, if not written, or `visits`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub activity: Option<String>,
}

impl AnalyticsModel {
    /// How documents name the models.
    #[cfg(any(feature = "toml", feature = "json"))]
    pub(crate) const WORDS: [&str; 10] = [
        "lifecycle",
        "rfm",
        "cadence",
        "bg_nbd",
        "mbg_nbd",
        "gamma_gamma",
        "lifetime_value",
        "sbg",
        "weibull",
        "half_life",
    ];

    /// Returns how documents name the model.
    #[must_use]
    pub fn as_str(&self) -> &'static str {
        match self {
            Self::Lifecycle(_) => "lifecycle",
            Self::Rfm { .. } => "rfm",
            Self::Cadence {} => "cadence",
            Self::BgNbd(_) => "bg_nbd",
            Self::MbgNbd(_) => "mbg_nbd",
            Self::GammaGamma { .. } => "gamma_gamma",
            Self::LifetimeValue(_) => "lifetime_value",
            Self::Sbg { .. } => "sbg",
            Self::Weibull(_) => "weibull",
            Self::HalfLife { .. } => "half_life",
        }
    }
}
