//! Exact numbers: propensities, values and percentages as integers.

use super::actions::ActionPlace;
use super::{CheckedPropensity, CheckedValue, Checker};
use crate::analytics::Sort;
use crate::condition::{self, TermId};
use crate::diagnostic::DocPath;
use crate::policy::{Action, Decimal, Propensity, Worth, code};

/// A propensity of 1, in parts per billion.
pub(crate) const CERTAIN: u32 = 1_000_000_000;
/// How many decimals that makes.
pub(crate) const PROPENSITY_DECIMALS: u32 = 9;
/// The greatest value, in minor units.
pub(crate) const MAX_VALUE: u64 = 1_000_000_000_000;
/// The greatest factor that levers or context weights may come to.
pub(crate) const MAX_FACTOR: i64 = 1_000_000;
/// A factor of 1, in basis points.
pub(crate) const ONE: i64 = 10_000;

impl Checker<'_> {
    pub(super) fn propensity(&mut self, action: &Action, path: ActionPlace) -> CheckedPropensity {
        match &action.propensity {
            None => CheckedPropensity::Fixed(CERTAIN),
            Some(Propensity::Fixed(decimal)) => {
                let parts =
                    decimal.scaled(PROPENSITY_DECIMALS).and_then(|parts| u32::try_from(parts).ok());
                let parts = parts.filter(|parts| *parts <= CERTAIN);
                if parts.is_none() {
                    let message = format!("`{decimal}` is no propensity");
                    let help = "write a number from 0 to 1 with at most nine decimals";
                    self.error_with_help(code::VALUE, path.key("propensity"), message, help);
                }
                CheckedPropensity::Fixed(parts.unwrap_or(0))
            }
            Some(Propensity::Score { score }) => {
                let Some(scores) = self.schema.find("scores") else {
                    return CheckedPropensity::Fixed(0);
                };
                let term = condition::score(&mut self.program, scores, score);
                CheckedPropensity::Read(term)
            }
            Some(Propensity::Analytics { analytics }) => {
                let wanted = (Sort::Probability, "a probability");
                let path = path.key("propensity").key("analytics");
                let term = self.answer(analytics, wanted, path);
                term.map_or(CheckedPropensity::Fixed(0), CheckedPropensity::Read)
            }
        }
    }

    /// Finds what a model answers, such as `alive.p_alive`, if it is of a sort.
    fn answer(&mut self, name: &str, wanted: (Sort, &str), path: DocPath) -> Option<TermId> {
        let text = format!("analytics.{name}");
        if name.is_empty() || self.reads_broken_model(&text) {
            return None;
        }
        let (sort, what) = wanted;
        let fits: Vec<String> = self.answers_of(sort);
        let Some(fact) = self.schema.find(&text) else {
            self.unknown_word(path, "answer of a model", name, fits.iter().map(String::as_str));
            return None;
        };
        if self.schema.sort_of(fact) != Some(sort) {
            let message = format!("`{name}` is not {what}");
            let help = match &*fits {
                [] => format!("declare a model under `[analytics]` that answers with {what}"),
                fits => format!("one that is: {}", fits.join(", ")),
            };
            self.error_with_help(code::VALUE, path, message, help);
            return None;
        }
        Some(condition::fact(&mut self.program, fact))
    }

    /// Reads a value as minor units of the currency, or as hundredths.
    pub(super) fn value(&mut self, action: &Action, path: ActionPlace) -> CheckedValue {
        match &action.value {
            None => {
                if action.propensity.is_some() {
                    let message = "a propensity without a `value` has no effect";
                    let help = "write what the action is worth, such as value = \"12.00\"";
                    self.error_with_help(code::MISSING_KEY, path.key("propensity"), message, help);
                }
                CheckedValue::Fixed(0)
            }
            Some(Worth::Fixed(decimal)) => CheckedValue::Fixed(self.amount(*decimal, path)),
            Some(Worth::Analytics { analytics }) => {
                let path = path.key("value").key("analytics");
                let term = self.answer(analytics, (Sort::Money, "an amount"), path);
                term.map_or(CheckedValue::Fixed(0), CheckedValue::Read)
            }
        }
    }

    fn amount(&mut self, decimal: Decimal, path: ActionPlace) -> u64 {
        let decimals = self.currency.map_or(2, |currency| u32::from(currency.exponent()));
        let minor = decimal.scaled(decimals).and_then(|minor| u64::try_from(minor).ok());
        let minor = minor.filter(|minor| *minor <= MAX_VALUE);
        if minor.is_none() {
            let message = format!("`{decimal}` is no value");
            let help = format!(
                "write an amount from 0 to 10^{} with at most {decimals} decimals",
                12 - decimals.min(12)
            );
            self.error_with_help(code::VALUE, path.key("value"), message, help);
        }
        minor.unwrap_or(0)
    }

    /// Reads a percentage as basis points.
    pub(super) fn percent(&mut self, percent: Decimal, path: &DocPath) -> i64 {
        let points = percent.scaled(2).and_then(|points| i64::try_from(points).ok());
        let points = points.filter(|points| (-ONE..=MAX_FACTOR - ONE).contains(points));
        if points.is_none() {
            let message = format!("`{percent}` is no percentage");
            let help = "write a number from -100 to 9900 with at most two decimals";
            self.error_with_help(code::VALUE, path.key("percent"), message, help);
        }
        points.unwrap_or(0)
    }
}
