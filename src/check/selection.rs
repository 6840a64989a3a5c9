//! Holdouts, thresholds, placements and exclusives.

use std::collections::HashSet;

use super::actions::Seen;
use super::bearers::Bearers;
use super::numbers::CERTAIN;
use super::{CheckedAction, Checker, Selected};
use crate::diagnostic::{Diagnostic, DocPath};
use crate::policy::{Decimal, Exclusive, Holdout, Selector, code};
use crate::vocabulary::{Channel, Purpose};

/// Customers that are left out, to measure by.
#[derive(Clone, Debug)]
pub(crate) struct CheckedHoldout {
    pub(crate) name: String,
    /// How many of ten thousand buckets are left out.
    pub(crate) buckets: u16,
    pub(crate) salt: String,
    pub(crate) version: i64,
}

/// What an action must come to.
#[derive(Clone, Debug)]
pub(crate) struct CheckedThreshold {
    pub(crate) name: String,
    /// In parts per billion.
    pub(crate) propensity: Option<u32>,
    /// As the product of P, C, V and L.
    pub(crate) priority: Option<u128>,
}

/// A kind of place that a request may ask to fill.
#[derive(Clone, Debug)]
pub(crate) struct CheckedPlacement {
    pub(crate) id: String,
    /// All if empty.
    pub(crate) channels: Vec<Channel>,
    /// The places of the actions it takes; all if none.
    pub(crate) takes: Option<HashSet<u32, ahash::RandomState>>,
}

#[derive(Clone, Debug)]
pub(crate) struct CheckedExclusive {
    pub(crate) id: String,
    pub(crate) rule: ExclusiveRule,
}

/// What a slate may hold together.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ExclusiveRule {
    /// At most so many, counted apart or all together.
    AtMost(usize, Option<super::Per>),
    /// Only one of them.
    NeverTogether,
}

/// The decimals of P (parts per billion), C and L (basis points each).
pub(crate) const FACTOR_DECIMALS: u32 = 9 + 4 + 4;

impl Checker<'_> {
    pub(super) fn check_holdouts(
        &mut self,
        actions: &[CheckedAction],
        bearers: &Bearers<'_>,
    ) -> Vec<Selected<CheckedHoldout>> {
        let policy = self.policy;
        let mut checked = Vec::new();
        for (name, holdout) in &policy.holdout {
            let path = DocPath::root().key("holdout").key(name.clone());
            let mut targets = self.select(&holdout.selector, bearers, &path);
            // Service is never held out, nor what comes before everything else.
            let may_be_held_out = |place: &u32| {
                let labels = actions.get(*place as usize).map(|action| &action.labels);
                labels.is_some_and(|of| of.purpose == Purpose::Marketing && of.tier <= 0)
            };
            let selected = targets.len();
            targets.retain(may_be_held_out);
            if targets.is_empty() && selected > 0 {
                let message = "nothing here can be held out: only marketing of tier 0 or below is";
                self.report.push(Diagnostic::warning(code::IDLE_RULE, path.clone(), message));
            }
            let rule = CheckedHoldout {
                name: name.clone(),
                buckets: self.buckets(holdout, &path),
                salt: holdout.salt.clone().unwrap_or_else(|| name.clone()),
                version: holdout.version.unwrap_or(1),
            };
            checked.push(Selected { rule, targets });
        }
        checked
    }

    fn buckets(&mut self, holdout: &Holdout, path: &DocPath) -> u16 {
        let buckets = holdout.percent.scaled(2).and_then(|buckets| u16::try_from(buckets).ok());
        let buckets = buckets.filter(|buckets| *buckets <= 10_000);
        if buckets.is_none() {
            let message = format!("`{}` is no share of customers", holdout.percent);
            let help = "write a percentage from 0 to 100 with at most two decimals";
            self.error_with_help(code::VALUE, path.key("percent"), message, help);
        }
        buckets.unwrap_or(0)
    }

    pub(super) fn check_thresholds(
        &mut self,
        bearers: &Bearers<'_>,
    ) -> Vec<Selected<CheckedThreshold>> {
        let policy = self.policy;
        let mut checked = Vec::new();
        for (name, threshold) in &policy.thresholds {
            let path = DocPath::root().key("thresholds").key(name.clone());
            if threshold.propensity.is_none() && threshold.priority.is_none() {
                let message = "the threshold does not say what actions must come to";
                let help = "write `propensity = 0.01` or `priority = \"1.00\"`";
                self.error_with_help(code::MISSING_KEY, path.clone(), message, help);
            }
            let propensity = threshold.propensity.map(|least| {
                let scaled = least.scaled(9).and_then(|parts| u32::try_from(parts).ok());
                let scaled = scaled.filter(|parts| *parts <= CERTAIN);
                self.least(scaled, least, path.key("propensity"), "a propensity from 0 to 1")
            });
            let exponent = self.currency.map_or(2, |currency| u32::from(currency.exponent()));
            let priority = threshold.priority.map(|least| {
                let scaled = least.scaled(FACTOR_DECIMALS + exponent);
                let scaled = scaled.and_then(|product| u128::try_from(product).ok());
                self.least(scaled, least, path.key("priority"), "an amount from 0")
            });
            let targets = self.select_or_all(&threshold.selector, bearers, &path);
            let rule = CheckedThreshold { name: name.clone(), propensity, priority };
            checked.push(Selected { rule, targets });
        }
        checked
    }

    fn least<T: Default>(
        &mut self,
        scaled: Option<T>,
        written: Decimal,
        path: DocPath,
        expected: &str,
    ) -> T {
        if scaled.is_none() {
            let message = format!("`{written}` is no threshold");
            self.error_with_help(code::VALUE, path, message, format!("write {expected}"));
        }
        scaled.unwrap_or_default()
    }

    pub(super) fn check_placement_ids(&mut self) {
        let policy = self.policy;
        let mut ids = Seen::default();
        for (place, placement) in policy.placements.iter().enumerate() {
            let path = DocPath::root().key("placements").index(place);
            self.unique(&mut ids, &placement.id, &path);
        }
    }

    pub(super) fn check_placements(&mut self, bearers: &Bearers<'_>) -> Vec<CheckedPlacement> {
        let policy = self.policy;
        let mut checked = Vec::new();
        for (place, placement) in policy.placements.iter().enumerate() {
            let path = DocPath::root().key("placements").index(place);
            let takes = (placement.selector != Selector::default())
                .then(|| self.select(&placement.selector, bearers, &path).into_iter().collect());
            checked.push(CheckedPlacement {
                id: placement.id.clone(),
                channels: self.words(&placement.channels, || path.key("channels")),
                takes,
            });
        }
        checked
    }

    pub(super) fn check_exclusives(
        &mut self,
        bearers: &Bearers<'_>,
    ) -> Vec<Selected<CheckedExclusive>> {
        let policy = self.policy;
        let mut ids = Seen::default();
        let mut checked = Vec::new();
        for (place, exclusive) in policy.exclusive.iter().enumerate() {
            let path = DocPath::root().key("exclusive").index(place);
            self.unique(&mut ids, &exclusive.id, &path);
            checked.extend(if exclusive.never_together.is_empty() {
                self.at_most_in_slate(exclusive, bearers, &path)
            } else {
                self.never_together(exclusive, bearers, &path)
            });
        }
        checked
    }

    fn at_most_in_slate(
        &mut self,
        exclusive: &Exclusive,
        bearers: &Bearers<'_>,
        path: &DocPath,
    ) -> Option<Selected<CheckedExclusive>> {
        if exclusive.within.is_some() {
            let message = "`within` goes with `never_together`";
            let help = "how many there may be over time is for `[[limits]]` to say";
            self.error_with_help(code::VALUE, path.key("within"), message, help);
        }
        if exclusive.at_most.is_none() {
            let message = "the rule does not say what a slate may hold";
            let help =
                "write `at_most = 1` with `per = \"group\"`, or `never_together = [\"a\", \"b\"]`";
            self.error_with_help(code::MISSING_KEY, path.clone(), message, help);
            return None;
        }
        let per = match exclusive.per.as_deref() {
            None => None,
            Some("group") => Some(super::Per::Group),
            Some("kind") => Some(super::Per::Kind),
            Some("tag") => Some(super::Per::Tag),
            Some(other) => {
                let path = path.key("per");
                self.unknown_word(path, "way to count", other, ["group", "kind", "tag"]);
                None
            }
        };
        let at_most = self.at_most(exclusive.at_most, path)?;
        let targets = if exclusive.per.is_some() {
            self.select_or_all(&exclusive.selector, bearers, path)
        } else {
            self.select(&exclusive.selector, bearers, path)
        };
        let rule = ExclusiveRule::AtMost(at_most, per);
        let rule = CheckedExclusive { id: exclusive.id.clone(), rule };
        Some(Selected { rule, targets })
    }

    fn never_together(
        &mut self,
        exclusive: &Exclusive,
        bearers: &Bearers<'_>,
        path: &DocPath,
    ) -> Option<Selected<CheckedExclusive>> {
        let others = [
            ("at_most", exclusive.at_most.is_some()),
            ("per", exclusive.per.is_some()),
            ("kinds", !exclusive.selector.kinds.is_empty()),
            ("tags", !exclusive.selector.tags.is_empty()),
            ("groups", !exclusive.selector.groups.is_empty()),
            ("ids", !exclusive.selector.ids.is_empty()),
        ];
        if let Some((key, _)) = others.into_iter().find(|(_, is_written)| *is_written) {
            let message = format!("`{key}` does not go with `never_together`");
            self.error(code::VALUE, path.key(key), message);
            return None;
        }
        let path = path.key("never_together");
        let different: HashSet<&String> = exclusive.never_together.iter().collect();
        if different.len() < exclusive.never_together.len() {
            self.error(code::DUPLICATE, path.clone(), "an action occurs twice");
        } else if different.len() < 2 {
            let message = "it takes two actions to keep apart";
            self.error(code::VALUE, path.clone(), message);
        }
        let targets = self.select_ids(&exclusive.never_together, bearers, &path);
        let rule = ExclusiveRule::NeverTogether;
        let rule = CheckedExclusive { id: exclusive.id.clone(), rule };
        Some(Selected { rule, targets })
    }
}
