//! Models of a policy, and what they answer about a customer at an instant.
//!
//! An answer changes at instants that are known: where a class or a stage
//! begins, and else at midnight (UTC), the only instant at which the models
//! look at the clock. An order that lies ahead changes it when it is placed.

mod activity;
mod contract;
mod customer;
mod orders;
mod weights;

use super::contract::ShiftedBetaGeometric;
use super::days::{day, midnight};
use super::inactivity::WeibullInactivity;
use super::lifecycle::Lifecycle;
use super::purchasing::PurchaseModel;
use super::rfm::Rfm;
use super::summary::TimeUnit;
use super::value::{Discounting, GammaGamma};
use crate::time::{Duration, Timestamp};

pub(crate) use activity::ActivityOf;
pub(crate) use customer::{Customer, Found, Lack};
pub(crate) use weights::{Counted, Weights};

/// A model with its parameters.
#[derive(Clone, Debug)]
pub(crate) enum Model {
    Lifecycle { stages: Lifecycle, activity: ActivityOf, subscription: bool },
    Rfm(Rfm),
    Cadence,
    Purchases(Purchasing),
    OrderValue(GammaGamma),
    LifetimeValue { purchases: Purchasing, spending: GammaGamma, ahead: Discounting },
    Contract { model: ShiftedBetaGeometric, period: Duration, discount: Option<f64> },
    Inactivity { model: WeibullInactivity, activity: ActivityOf, horizon_days: f64 },
    Weights(Weights),
}

/// A model of purchases in the unit of its fit.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Purchasing {
    pub(crate) model: PurchaseModel,
    pub(crate) unit: TimeUnit,
    /// In the unit.
    pub(crate) horizon: Option<f64>,
}

/// One thing that a model answers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Output {
    Stage,
    RecencyScore,
    FrequencyScore,
    MoneyScore,
    OverdueRatio,
    MeanGapDays,
    PSilence,
    PAlive,
    ExpectedPurchases,
    OrderValueMinor,
    ValueMinor,
    Period,
    Retention,
    Hazard,
    ResidualPeriods,
    PChurn,
    Survival,
    Weight,
}

/// What an answer is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Sort {
    Stage,
    Count,
    /// An amount in minor units of the currency.
    Money,
    Number,
    /// A number from 0 to 1.
    Probability,
}

impl Output {
    /// Returns the last name of the fact.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Stage => "stage",
            Self::RecencyScore => "recency_score",
            Self::FrequencyScore => "frequency_score",
            Self::MoneyScore => "money_score",
            Self::OverdueRatio => "overdue_ratio",
            Self::MeanGapDays => "mean_gap_days",
            Self::PSilence => "p_silence",
            Self::PAlive => "p_alive",
            Self::ExpectedPurchases => "expected_purchases",
            Self::OrderValueMinor => "order_value_minor",
            Self::ValueMinor => "value_minor",
            Self::Period => "period",
            Self::Retention => "retention",
            Self::Hazard => "hazard",
            Self::ResidualPeriods => "residual_periods",
            Self::PChurn => "p_churn",
            Self::Survival => "survival",
            Self::Weight => "weight",
        }
    }

    pub(crate) fn sort(self) -> Sort {
        match self {
            Self::Stage => Sort::Stage,
            Self::RecencyScore | Self::FrequencyScore | Self::MoneyScore | Self::Period => {
                Sort::Count
            }
            Self::OrderValueMinor | Self::ValueMinor => Sort::Money,
            Self::OverdueRatio
            | Self::MeanGapDays
            | Self::ExpectedPurchases
            | Self::ResidualPeriods
            | Self::Weight => Sort::Number,
            Self::PSilence
            | Self::PAlive
            | Self::Retention
            | Self::Hazard
            | Self::PChurn
            | Self::Survival => Sort::Probability,
        }
    }

    /// Tells whether there may be no answer though everything is known.
    pub(crate) fn is_optional(self) -> bool {
        !matches!(self, Self::Stage | Self::Weight)
    }
}

impl Model {
    /// Lists what the model answers.
    pub(crate) fn outputs(&self) -> Vec<Output> {
        match self {
            Self::Lifecycle { .. } => vec![Output::Stage],
            Self::Rfm(_) => vec![Output::RecencyScore, Output::FrequencyScore, Output::MoneyScore],
            Self::Cadence => vec![Output::OverdueRatio, Output::MeanGapDays, Output::PSilence],
            Self::Purchases(Purchasing { horizon: None, .. }) => vec![Output::PAlive],
            Self::Purchases(_) => vec![Output::PAlive, Output::ExpectedPurchases],
            Self::OrderValue(_) => vec![Output::OrderValueMinor],
            Self::LifetimeValue { .. } => vec![Output::ValueMinor, Output::ExpectedPurchases],
            Self::Contract { discount: None, .. } => {
                vec![Output::Period, Output::Retention, Output::Hazard]
            }
            Self::Contract { .. } => {
                vec![Output::Period, Output::Retention, Output::Hazard, Output::ResidualPeriods]
            }
            Self::Inactivity { .. } => vec![Output::PChurn, Output::Survival],
            Self::Weights(_) => vec![Output::Weight],
        }
    }

    /// Lists the facts of the context that the model takes, by path.
    pub(crate) fn takes(&self) -> Vec<&'static str> {
        match self {
            Self::Lifecycle { activity, subscription, .. } => {
                let mut paths = vec![ORDERS];
                if *activity == ActivityOf::Visits {
                    paths.extend([FIRST_SEEN, LAST_SEEN, PREVIOUS_SEEN]);
                }
                if *subscription {
                    paths.push(STATUS);
                }
                paths
            }
            Self::Rfm(_)
            | Self::Cadence
            | Self::Purchases(_)
            | Self::OrderValue(_)
            | Self::LifetimeValue { .. }
            | Self::Inactivity { activity: ActivityOf::Orders, .. } => vec![ORDERS],
            Self::Inactivity { activity: ActivityOf::Visits, .. } => vec![LAST_SEEN],
            Self::Contract { .. } => vec![STATUS, STARTED],
            Self::Weights(_) => vec![INTERACTIONS],
        }
    }

    /// Answers one thing about a customer at an instant.
    pub(crate) fn answer(&self, output: Output, customer: Customer<'_>, at: Timestamp) -> Answer {
        let answer = match self {
            Self::Lifecycle { stages, activity, subscription } => {
                activity::stage(stages, *activity, *subscription, customer, at)
            }
            Self::Inactivity { model, activity, horizon_days } => {
                activity::inactivity(model, *activity, *horizon_days, output, customer, at)
            }
            Self::Contract { model, period, discount } => {
                contract::answer(model, *period, *discount, output, customer, at)
            }
            Self::Weights(weights) => weights.answer(customer, at),
            Self::Rfm(_)
            | Self::Cadence
            | Self::Purchases(_)
            | Self::OrderValue(_)
            | Self::LifetimeValue { .. } => orders::answer(self, output, customer, at),
        };
        answer.plausible()
    }

    /// Returns the first instant at which a test of an answer comes out
    /// otherwise, or, where that is not looked for, at which the answer changes.
    ///
    /// `answer` is what the model answers at `at`.
    pub(crate) fn first_other(
        &self,
        output: Output,
        customer: Customer<'_>,
        (at, answer): (Timestamp, Answer),
        test: &dyn Fn(Option<Said>) -> Option<bool>,
    ) -> Option<Timestamp> {
        let Lasts::Daily { turns_at } = answer.lasts else {
            return answer.changes_at(at);
        };
        let now = test(answer.said());
        let is_other = |day: i64| {
            let later = self.answer(output, customer, midnight(day));
            test(later.said()) != now
        };
        // Up to where it turns the answer only rises or only falls: once the
        // test comes out otherwise, it does so from then on.
        let last = turns_at.map_or(Timestamp::LATEST, |turns_at| turns_at - INSTANT);
        let (mut same, mut other) = (day(at), day(last));
        if other <= same || !is_other(other) {
            return turns_at;
        }
        while other - same > 1 {
            let between = same + (other - same) / 2;
            if is_other(between) { other = between } else { same = between }
        }
        Some(midnight(other))
    }
}

/// What a model answers, and how long that lasts.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Answer {
    /// `None` if there is no answer though everything is known.
    pub(crate) told: Result<Option<Said>, Lack>,
    pub(crate) lasts: Lasts,
}

/// A value that a model answers with.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Said {
    /// The code of a word.
    Word(u16),
    Int(i64),
    Double(f64),
}

/// How long an answer lasts while the facts stay as they are.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Lasts {
    /// Up to an instant, or for good.
    Until(Option<Timestamp>),
    /// Up to the next midnight. From one to the next it only rises or only
    /// falls, up to an instant or for good.
    Daily { turns_at: Option<Timestamp> },
}

impl Answer {
    fn lacking(lack: Lack) -> Self {
        Self { told: Err(lack), lasts: Lasts::Until(None) }
    }

    /// Returns the value, if there is one.
    pub(crate) fn said(&self) -> Option<Said> {
        self.told.ok().flatten()
    }

    /// Returns the next instant at which the answer may change.
    pub(crate) fn changes_at(&self, at: Timestamp) -> Option<Timestamp> {
        let changes_at = match self.lasts {
            Lasts::Until(until) => until,
            Lasts::Daily { turns_at } => {
                let next = midnight(day(at) + 1);
                Some(turns_at.map_or(next, |turns_at| next.min(turns_at)))
            }
        };
        // Beyond the last instant a document may name nobody asks.
        changes_at.filter(|changes_at| *changes_at <= Timestamp::LATEST)
    }

    /// Rounds a number to billionths, half to even, as propensities are.
    ///
    /// What is smaller is noise of the arithmetic, and must not make an answer
    /// rise that falls.
    fn plausible(self) -> Self {
        let rounded = match self.told {
            Ok(Some(Said::Double(value))) => {
                // A sum of nothing is a zero with a sign, which nobody wants to read.
                let rounded = (value * BILLION).round_ties_even() / BILLION + 0.0;
                Ok(rounded.is_finite().then_some(Said::Double(rounded)))
            }
            told => told,
        };
        Self { told: rounded, ..self }
    }
}

const BILLION: f64 = 1e9;
/// The shortest length of time.
const INSTANT: Duration = Duration::from_millis(1);

const ORDERS: &str = "purchases.orders";
const FIRST_SEEN: &str = "recency.first_seen_at";
const LAST_SEEN: &str = "recency.last_seen_at";
const PREVIOUS_SEEN: &str = "recency.previous_seen_at";
const STATUS: &str = "subscription.status";
const STARTED: &str = "subscription.started_at";
const INTERACTIONS: &str = "history.interactions";
