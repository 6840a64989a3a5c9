//! What models say of the orders of a customer.

use super::customer::{Customer, Lack};
use super::{Answer, Lasts, Model, Output, Purchasing, Said};
use crate::analytics::days::{DAY, since_at_midnight};
use crate::analytics::rfm::Rfm;
use crate::analytics::summary::PurchaseSummary;
use crate::analytics::value::{Discounting, GammaGamma};
use crate::time::Timestamp;

/// Answers with what follows from the orders; without an answer there is none
/// before the next order.
pub(super) fn answer(
    model: &Model,
    output: Output,
    customer: Customer<'_>,
    at: Timestamp,
) -> Answer {
    let summary = match customer.orders(at) {
        Ok(summary) => summary,
        Err(lack) => return Answer::lacking(lack),
    };
    let asked = Asked { summary: &summary, customer, at };
    let told = match model {
        Model::Rfm(rfm) => asked.score(rfm, output),
        Model::Cadence => Ok(asked.cadence(output)),
        Model::Purchases(model) => Ok(asked.purchases(model, output)),
        Model::OrderValue(model) => asked.order_value(model),
        Model::LifetimeValue { purchases, spending, ahead } => {
            asked.lifetime_value(purchases, spending, ahead, output)
        }
        _ => Ok(None),
    };
    let turns_at = summary.next_at();
    let lasts = match output {
        Output::RecencyScore => Lasts::Until(earlier(turns_at, asked.next_class(model))),
        Output::OverdueRatio
        | Output::PSilence
        | Output::PAlive
        | Output::ExpectedPurchases
        | Output::ValueMinor
            if summary.last_at().is_some() =>
        {
            Lasts::Daily { turns_at }
        }
        _ => Lasts::Until(turns_at),
    };
    Answer { told, lasts }
}

/// What a model is asked about.
struct Asked<'s, 'a> {
    summary: &'s PurchaseSummary<'a>,
    customer: Customer<'a>,
    at: Timestamp,
}

impl Asked<'_, '_> {
    fn score(&self, rfm: &Rfm, output: Output) -> Result<Option<Said>, Lack> {
        let Some(days) = self.summary.days_since_last() else {
            return Ok(None);
        };
        let spend = match output {
            Output::MoneyScore => {
                self.customer.amount(|currency| self.summary.spend_minor(currency))?
            }
            _ => 0,
        };
        let score = rfm.score(days, self.summary.orders().into(), spend);
        let class = match output {
            Output::RecencyScore => score.recency,
            Output::FrequencyScore => score.frequency,
            _ => score.money,
        };
        Ok(Some(Said::Int(class.into())))
    }

    /// Returns when the customer falls into the next class of recency.
    fn next_class(&self, model: &Model) -> Option<Timestamp> {
        let Model::Rfm(rfm) = model else { return None };
        let (last, days) = (self.summary.last_at()?, self.summary.days_since_last()?);
        let exceeded = rfm.next_recency_break(days)?.saturating_add(1);
        Some(last + crate::time::Duration::from_millis(exceeded.saturating_mul(DAY.as_millis())))
    }

    fn cadence(&self, output: Output) -> Option<Said> {
        let (cadence, last) = (self.summary.cadence()?, self.summary.last_at()?);
        let silence = since_at_midnight(last, self.at);
        Some(Said::Double(match output {
            Output::OverdueRatio => cadence.overdue_ratio(silence),
            Output::PSilence => cadence.p_silence(silence),
            _ => cadence.mean_gap_days(),
        }))
    }

    /// Out of the range of a forecast there is no answer.
    fn purchases(&self, of: &Purchasing, output: Output) -> Option<Said> {
        let history = self.summary.repeat_purchases(of.unit)?;
        Some(Said::Double(match output {
            Output::PAlive => of.model.p_alive(history),
            _ => of.model.expected_purchases(history, of.horizon?).ok()?,
        }))
    }

    fn order_value(&self, model: &GammaGamma) -> Result<Option<Said>, Lack> {
        let Some(days) = self.summary.repeat_purchases(super::TimeUnit::Day) else {
            return Ok(None);
        };
        let (mean, units) = self.mean_repeat_spend()?;
        let value = model.expected_order_value(days.repeats(), mean).ok();
        Ok(value.and_then(|value| minor(value * units)))
    }

    fn lifetime_value(
        &self,
        purchases: &Purchasing,
        spending: &GammaGamma,
        ahead: &Discounting,
        output: Output,
    ) -> Result<Option<Said>, Lack> {
        let Some(history) = self.summary.repeat_purchases(purchases.unit) else {
            return Ok(None);
        };
        if output == Output::ExpectedPurchases {
            return Ok(self.purchases(purchases, output));
        }
        let (mean, units) = self.mean_repeat_spend()?;
        let worth = ahead.lifetime_value(&purchases.model, spending, history, mean).ok();
        Ok(worth.and_then(|worth| minor(worth.discounted * units)))
    }

    /// Returns what a repeat purchase came to, in units of the currency, and
    /// how many minor units one has.
    fn mean_repeat_spend(&self) -> Result<(f64, f64), Lack> {
        self.customer.amount(|currency| {
            let units = f64::from(10_u32.pow(u32::from(currency.exponent())));
            Ok((self.summary.mean_repeat_spend_minor(currency)? / units, units))
        })
    }
}

/// Rounds an amount to minor units, half to even; one beyond all bounds is none.
#[expect(clippy::cast_possible_truncation, reason = "the amount is below 10^15")]
fn minor(amount: f64) -> Option<Said> {
    (0.0..=1e15).contains(&amount).then(|| Said::Int(amount.round_ties_even() as i64))
}

fn earlier(a: Option<Timestamp>, b: Option<Timestamp>) -> Option<Timestamp> {
    match (a, b) {
        (Some(a), Some(b)) => Some(a.min(b)),
        (a, b) => a.or(b),
    }
}
