//! Reads the tables under `analytics`: which model, then its parameters.

use std::collections::BTreeMap;

use super::{Table, decimal, read_selector};
use crate::diagnostic::Diagnostic;
use crate::policy::document::Tree;
use crate::policy::{
    AnalyticsModel, LifecycleParameters, LifetimeValueParameters, PurchaseParameters,
    WeibullParameters, code,
};

/// Every key that some model has: what is one of them is not looked at where
/// the model is not known.
const KEYS: &[&str] = &[
    "a",
    "activity",
    "alpha",
    "at_risk_after",
    "b",
    "back_for",
    "beta",
    "discount",
    "dormant_after",
    "groups",
    "half_life",
    "horizon",
    "ids",
    "kinds",
    "lapsed_after",
    "new_for",
    "order_value",
    "orders",
    "outcomes",
    "p",
    "period",
    "purchases",
    "q",
    "r",
    "recency_days",
    "scale",
    "shape",
    "spend_minor",
    "subscription",
    "tags",
    "unit",
    "v",
];

impl Table<'_> {
    /// Reads models by name; what is none is reported and left out.
    pub(super) fn models(&mut self, key: &'static str) -> BTreeMap<String, AnalyticsModel> {
        let models = self.named(key, read_model).into_iter();
        models.filter_map(|(name, model)| Some((name, model?))).collect()
    }

    fn number(&mut self, key: &'static str) -> Option<f64> {
        self.read(key, "a number such as 0.243", |value| match value {
            Tree::Double(value) => value.is_finite().then_some(*value),
            written => decimal(written)?.to_string().parse().ok(),
        })
    }

    fn required_number(&mut self, key: &'static str) -> f64 {
        self.required(key, Self::number)
    }

    fn required_ints(&mut self, key: &'static str) -> Vec<i64> {
        self.required(key, |table, key| {
            let (value, path) = table.find(key)?;
            let Tree::List(entries) = value else {
                table.wrong(path, "a list of whole numbers", value);
                return None;
            };
            let mut ints = Vec::with_capacity(entries.len());
            for (place, entry) in entries.iter().enumerate() {
                match entry {
                    Tree::Int(value) => ints.push(*value),
                    other => table.wrong(path.index(place), "a whole number", other),
                }
            }
            Some(ints)
        })
    }
}

fn read_model(table: &mut Table<'_>) -> Option<AnalyticsModel> {
    let word = table.required_text("model");
    Some(match word.as_str() {
        "lifecycle" => AnalyticsModel::Lifecycle(LifecycleParameters {
            activity: table.text("activity"),
            subscription: table.flag("subscription"),
            new_for: table.text("new_for"),
            back_for: table.text("back_for"),
            at_risk_after: table.text("at_risk_after"),
            dormant_after: table.text("dormant_after"),
            lapsed_after: table.text("lapsed_after"),
        }),
        "rfm" => AnalyticsModel::Rfm {
            recency_days: table.required_ints("recency_days"),
            orders: table.required_ints("orders"),
            spend_minor: table.required_ints("spend_minor"),
        },
        "cadence" => AnalyticsModel::Cadence {},
        "bg_nbd" => AnalyticsModel::BgNbd(read_parameters(table)),
        "mbg_nbd" => AnalyticsModel::MbgNbd(read_parameters(table)),
        "gamma_gamma" => AnalyticsModel::GammaGamma {
            p: table.required_number("p"),
            q: table.required_number("q"),
            v: table.required_number("v"),
        },
        "lifetime_value" => AnalyticsModel::LifetimeValue(LifetimeValueParameters {
            purchases: table.required_text("purchases"),
            order_value: table.required_text("order_value"),
            horizon: table.required_text("horizon"),
            period: table.text("period"),
            discount: table.number("discount"),
        }),
        "sbg" => AnalyticsModel::Sbg {
            alpha: table.required_number("alpha"),
            beta: table.required_number("beta"),
            period: table.required_text("period"),
            discount: table.number("discount"),
        },
        "weibull" => AnalyticsModel::Weibull(WeibullParameters {
            shape: table.required_number("shape"),
            scale: table.required_number("scale"),
            unit: table.required_text("unit"),
            horizon: table.required_text("horizon"),
            activity: table.text("activity"),
        }),
        "half_life" => AnalyticsModel::HalfLife {
            half_life: table.required_text("half_life"),
            selector: read_selector(table),
            outcomes: table.texts("outcomes"),
        },
        unknown => {
            unknown_model(table, unknown);
            return None;
        }
    })
}

fn read_parameters(table: &mut Table<'_>) -> PurchaseParameters {
    PurchaseParameters {
        r: table.required_number("r"),
        alpha: table.required_number("alpha"),
        a: table.required_number("a"),
        b: table.required_number("b"),
        unit: table.required_text("unit"),
        horizon: table.text("horizon"),
    }
}

/// Reports a model that does not exist; one that is not written is reported
/// as a missing key.
fn unknown_model(table: &mut Table<'_>, word: &str) {
    table.asked.extend(KEYS);
    if word.is_empty() {
        return;
    }
    let message = format!("unknown model `{word}`");
    let diagnostic = Diagnostic::error(code::UNKNOWN_WORD, table.path.key("model"), message)
        .did_you_mean(word, AnalyticsModel::WORDS);
    let is_near = diagnostic.help().is_some();
    let listed = format!("it is one of {}", AnalyticsModel::WORDS.join(", "));
    table.report.push(if is_near { diagnostic } else { diagnostic.with_help(listed) });
}
