//! Models of customer analytics in words for people.

use super::selected;
use crate::policy::{AnalyticsModel, LifecycleParameters, PurchaseParameters, WeibullParameters};
use crate::time::Duration;

/// Says what a model finds out, and by which parameters.
pub(super) fn said(model: &AnalyticsModel) -> String {
    match model {
        AnalyticsModel::Lifecycle(of) => lifecycle(of),
        AnalyticsModel::Rfm { recency_days, orders, spend_minor } => format!(
            "classes of recency, frequency and money, with breaks at {} days, {} orders and {} \
             minor units",
            listed(recency_days),
            listed(orders),
            listed(spend_minor)
        ),
        AnalyticsModel::Cadence {} => {
            "how late the next order is, by the customer's own cadence".to_owned()
        }
        AnalyticsModel::BgNbd(of) => purchases("BG/NBD", of),
        AnalyticsModel::MbgNbd(of) => purchases("MBG/NBD", of),
        AnalyticsModel::GammaGamma { p, q, v } => {
            format!("what an order comes to (gamma-gamma with p {p}, q {q}, v {v})")
        }
        AnalyticsModel::LifetimeValue(of) => {
            let mut said =
                format!("what the customer is worth in the next {}", length(&of.horizon));
            if let Some(discount) = of.discount {
                let period = of.period.as_ref().unwrap_or(&of.horizon);
                said += &format!(", less {} % every {}", percent(discount), length(period));
            }
            said + &format!(", by {} and {}", of.purchases, of.order_value)
        }
        AnalyticsModel::Sbg { alpha, beta, period, .. } => format!(
            "whether a contract is renewed every {} (shifted beta-geometric with alpha {alpha}, \
             beta {beta})",
            length(period)
        ),
        AnalyticsModel::Weibull(of) => inactivity(of),
        AnalyticsModel::HalfLife { half_life, selector, outcomes } => {
            let what = match outcomes.join(" or ") {
                contacts if contacts.is_empty() => "contact".to_owned(),
                outcomes => outcomes,
            };
            let about = match selected(selector) {
                all if all.is_empty() => String::new(),
                named => format!(" with {named}"),
            };
            format!("each {what}{about}, half as much every {}", length(half_life))
        }
    }
}

fn lifecycle(of: &LifecycleParameters) -> String {
    let after = |text: &Option<String>, usual: &str| length(text.as_deref().unwrap_or(usual));
    let silence = match of.activity.as_deref() {
        Some("visits") => "a visit",
        _ => "an order",
    };
    let mut said = format!(
        "where the customer stands: new for {}; without {silence} at risk after {}, dormant after \
         {}, lapsed after {}; back for {}",
        after(&of.new_for, "30d"),
        after(&of.at_risk_after, "30d"),
        after(&of.dormant_after, "60d"),
        after(&of.lapsed_after, "365d"),
        after(&of.back_for, "14d")
    );
    if of.subscription == Some(true) {
        said += "; churned once the subscription is over";
    }
    said
}

fn purchases(model: &str, of: &PurchaseParameters) -> String {
    let ahead = match &of.horizon {
        Some(horizon) => format!(", and how often in the next {}", length(horizon)),
        None => String::new(),
    };
    let PurchaseParameters { r, alpha, a, b, unit, .. } = of;
    format!(
        "whether the customer comes back{ahead} ({model} by the {unit}, with r {r}, alpha {alpha}, \
         a {a}, b {b})"
    )
}

fn inactivity(of: &WeibullParameters) -> String {
    let silence = match of.activity.as_deref() {
        Some("visits") => "a visit",
        _ => "an order",
    };
    let WeibullParameters { shape, scale, unit, horizon, .. } = of;
    let horizon = length(horizon);
    format!(
        "whether the customer, so long without {silence}, leaves within {horizon} (Weibull by \
         the {unit}, with shape {shape}, scale {scale})"
    )
}

/// Spells a length of time that was checked.
fn length(text: &str) -> String {
    text.parse::<Duration>().map_or_else(|_| text.to_owned(), Duration::in_words)
}

fn percent(share: f64) -> f64 {
    (share * 1e6).round_ties_even() / 1e4
}

fn listed(breaks: &[i64]) -> String {
    breaks.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ")
}
