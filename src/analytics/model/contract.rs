//! What the model of renewals says of a subscription.

use super::activity::has_left;
use super::customer::{Customer, Lack};
use super::{Answer, Lasts, Output, STARTED, Said};
use crate::analytics::contract::ShiftedBetaGeometric;
use crate::time::{Duration, Timestamp};

/// Answers about the period that goes on; none before the first one begins,
/// and none once the subscription is over.
pub(super) fn answer(
    model: &ShiftedBetaGeometric,
    period: Duration,
    discount: Option<f64>,
    output: Output,
    customer: Customer<'_>,
    at: Timestamp,
) -> Answer {
    let started_at = match started_at(customer) {
        Ok(started_at) => started_at,
        Err(lack) => return Answer::lacking(lack),
    };
    let none = |until| Answer { told: Ok(None), lasts: Lasts::Until(until) };
    let Some(started_at) = started_at else { return none(None) };
    if at < started_at {
        return none(Some(started_at));
    }
    let passed = at.since(started_at).as_millis() / period.as_millis().max(1);
    let number = passed.saturating_add(1);
    let next = started_at + Duration::from_millis(number.saturating_mul(period.as_millis()));
    let said = u32::try_from(number).ok().and_then(|n| said(model, n, discount, output));
    Answer { told: Ok(said), lasts: Lasts::Until(Some(next)) }
}

fn started_at(customer: Customer<'_>) -> Result<Option<Timestamp>, Lack> {
    if has_left(customer)? {
        return Ok(None);
    }
    let subscription = customer.context.subscription.known();
    let started_at = subscription.and_then(|subscription| subscription.started_at);
    started_at.filter(|time| time.is_plausible()).ok_or(Lack::of(STARTED)).map(Some)
}

/// Beyond the last period that the model knows there is no answer.
fn said(
    model: &ShiftedBetaGeometric,
    number: u32,
    discount: Option<f64>,
    output: Output,
) -> Option<Said> {
    let number_said = match output {
        Output::Period => return Some(Said::Int(number.into())),
        Output::Retention => model.retention(number),
        Output::Hazard => model.hazard(number),
        _ => model.residual_lifetime(number, discount?),
    };
    number_said.ok().map(Said::Double)
}
