//! From a tree to a policy: what fits is read, what does not is reported.

mod analytics;

use std::collections::BTreeMap;

use super::code;
use super::document::Tree;
use super::{
    Action, AttributeType, Boost, ConsentRules, Decimal, DeclaredKind, Engagement, Exclusive,
    Freshness, Group, Holdout, Limit, Placement, Policy, Promise, Propensity, QuietHours, Selector,
    Situation, Suppression, Threshold, Treatment, Worth,
};
use crate::diagnostic::suggest::closest;
use crate::diagnostic::{Diagnostic, DocPath, Report};

/// Reads a policy as far as it can be read.
pub(super) fn read(tree: &Tree) -> (Policy, Report) {
    let mut report = Report::new();
    let policy = match tree {
        Tree::Table(entries) => {
            let mut table = Table::new(entries, DocPath::root(), &mut report);
            let policy = read_policy(&mut table);
            table.finish();
            policy
        }
        other => {
            let message = format!("a policy is a table, this is {}", other.describe());
            report.push(Diagnostic::error(code::WRONG_TYPE, DocPath::root(), message));
            Policy::default()
        }
    };
    (policy, report)
}

fn read_policy(table: &mut Table<'_>) -> Policy {
    Policy {
        policy: table.required_text("policy"),
        currency: table.text("currency"),
        preset: table.text("preset"),
        attributes: table.attributes("attributes"),
        analytics: table.models("analytics"),
        kinds: table.named("kinds", |kind| DeclaredKind {
            purpose: kind.text("purpose"),
            engagement: read_engagement(kind),
        }),
        groups: table.named("groups", |group| Group { engagement: read_engagement(group) }),
        situations: table.named("situations", |situation| Situation {
            say: situation.text("say"),
            when: situation.required_texts("when"),
            unless: situation.texts("unless"),
        }),
        fresh: table.freshness("fresh"),
        actions: table.list("actions", read_action),
        suppress: table.list("suppress", read_suppression),
        boosts: table.list("boosts", read_boost),
        consent: table
            .one("consent", |consent| ConsentRules { soft_opt_in: consent.texts("soft_opt_in") }),
        quiet_hours: table.named("quiet_hours", |window| QuietHours {
            from: window.required_text("from"),
            to: window.required_text("to"),
            days: window.texts("days"),
            channels: window.texts("channels"),
            fallback_zone: window.text("fallback_zone"),
        }),
        limits: table.list("limits", read_limit),
        holdout: table.named("holdout", |holdout| Holdout {
            percent: holdout.required_decimal("percent"),
            version: holdout.int("version"),
            salt: holdout.text("salt"),
            selector: read_selector(holdout),
        }),
        thresholds: table.named("thresholds", |threshold| Threshold {
            propensity: threshold.decimal("propensity"),
            priority: threshold.decimal("priority"),
            selector: read_selector(threshold),
        }),
        placements: table.list("placements", |placement| Placement {
            id: placement.required_text("id"),
            channels: placement.texts("channels"),
            selector: read_selector(placement),
        }),
        exclusive: table.list("exclusive", read_exclusive),
        promises: table.list("promises", read_promise),
    }
}

fn read_engagement(table: &mut Table<'_>) -> Engagement {
    Engagement {
        eligible: table.texts("eligible"),
        applicable: table.texts("applicable"),
        suitable: table.texts("suitable"),
    }
}

fn read_action(table: &mut Table<'_>) -> Action {
    Action {
        id: table.required_text("id"),
        kind: table.required_text("kind"),
        group: table.text("group"),
        tags: table.texts("tags"),
        purpose: table.text("purpose"),
        tier: table.int("tier").unwrap_or(0),
        rank: table.int("rank").unwrap_or(0),
        status: table.text("status"),
        starts_at: table.text("starts_at"),
        ends_at: table.text("ends_at"),
        channels: table.required_texts("channels"),
        eligible: table.texts("eligible"),
        applicable: table.texts("applicable"),
        suitable: table.texts("suitable"),
        propensity: table.propensity("propensity"),
        value: table.worth("value"),
        treatments: table.list("treatments", |treatment| Treatment {
            id: treatment.required_text("id"),
            channels: treatment.texts("channels"),
            devices: treatment.texts("devices"),
            slots: treatment.texts("slots"),
            locales: treatment.texts("locales"),
        }),
        obeys_limits: table.flag("obeys_limits"),
        counts_toward_limits: table.flag("counts_toward_limits"),
        obeys_quiet_hours: table.flag("obeys_quiet_hours"),
        needs_consent: table.flag("needs_consent"),
        quota: table.text("quota"),
    }
}

fn read_suppression(table: &mut Table<'_>) -> Suppression {
    Suppression {
        id: table.required_text("id"),
        when: table.required_texts("when"),
        unless: table.texts("unless"),
        after: table.texts("after"),
        on_unknown: table.text("on_unknown"),
        channels: table.texts("channels"),
        selector: read_selector(table),
        because: table.required_text("because"),
    }
}

fn read_boost(table: &mut Table<'_>) -> Boost {
    Boost {
        id: table.required_text("id"),
        when: table.texts("when"),
        unless: table.texts("unless"),
        percent: table.required_decimal("percent"),
        selector: read_selector(table),
    }
}

fn read_limit(table: &mut Table<'_>) -> Limit {
    Limit {
        id: table.required_text("id"),
        selector: read_selector(table),
        purposes: table.texts("purposes"),
        channels: table.texts("channels"),
        per: table.text("per"),
        outcomes: table.texts("outcomes"),
        at_most: table.int("at_most"),
        within: table.text("within"),
        each: table.text("each"),
        every: table.int("every"),
        time_zone: table.text("time_zone"),
        week_starts: table.text("week_starts"),
        pause: table.text("pause"),
        gap: table.text("gap"),
        never_followed_by: table.optional("never_followed_by", read_selector),
        only_after: table.optional("only_after", read_selector),
        at_least: table.text("at_least"),
        because: table.text("because"),
    }
}

fn read_exclusive(table: &mut Table<'_>) -> Exclusive {
    Exclusive {
        id: table.required_text("id"),
        at_most: table.int("at_most"),
        per: table.text("per"),
        selector: read_selector(table),
        never_together: table.texts("never_together"),
        within: table.text("within"),
    }
}

fn read_promise(table: &mut Table<'_>) -> Promise {
    Promise {
        id: table.required_text("id"),
        never: table.optional("never", read_selector),
        always: table.optional("always", read_selector),
        implies: table.texts("implies"),
        r#while: table.texts("while"),
        while_known: table.texts("while_known"),
        unless_known: table.texts("unless_known"),
    }
}

fn read_selector(table: &mut Table<'_>) -> Selector {
    Selector {
        kinds: table.texts("kinds"),
        tags: table.texts("tags"),
        groups: table.texts("groups"),
        ids: table.texts("ids"),
    }
}

/// Takes keys out of a table one by one; what is left over is unknown.
struct Table<'t> {
    entries: &'t [(String, Tree)],
    path: DocPath,
    report: &'t mut Report,
    asked: Vec<&'static str>,
    /// Required keys that are not written.
    missing: Vec<&'static str>,
}

impl<'t> Table<'t> {
    fn new(entries: &'t [(String, Tree)], path: DocPath, report: &'t mut Report) -> Self {
        Self { entries, path, report, asked: Vec::new(), missing: Vec::new() }
    }

    /// Finds a key; null counts as not written.
    fn find(&mut self, key: &'static str) -> Option<(&'t Tree, DocPath)> {
        self.asked.push(key);
        let (_, value) = self.entries.iter().find(|(name, _)| name == key)?;
        (*value != Tree::Null).then(|| (value, self.path.key(key)))
    }

    fn finish(self) {
        let mut missing = self.missing;
        for (key, _) in self.entries {
            if self.asked.contains(&key.as_str()) {
                continue;
            }
            // A misspelt key is one slip, not an unknown key and a missing one.
            let meant = closest(key, missing.iter().copied());
            missing.retain(|missing| Some(*missing) != meant);
            let path = self.path.key(key.clone());
            let diagnostic =
                Diagnostic::error(code::UNKNOWN_KEY, path, format!("unknown key `{key}`"));
            self.report.push(diagnostic.at_key().did_you_mean(key, self.asked.iter().copied()));
        }
        for key in missing {
            let message = format!("missing key `{key}`");
            let path = self.path.key(key);
            self.report.push(Diagnostic::error(code::MISSING_KEY, path, message));
        }
    }

    fn wrong(&mut self, path: DocPath, expected: &str, found: &Tree) {
        let message = format!("expected {expected}, found {}", found.describe());
        self.report.push(Diagnostic::error(code::WRONG_TYPE, path, message));
    }

    /// Reads a value if it is there; one that does not fit is reported.
    fn read<T>(
        &mut self,
        key: &'static str,
        expected: &str,
        read: impl FnOnce(&Tree) -> Option<T>,
    ) -> Option<T> {
        let (value, path) = self.find(key)?;
        let result = read(value);
        if result.is_none() {
            self.wrong(path, expected, value);
        }
        result
    }

    /// Reads a value that must be there.
    fn required<T: Default>(
        &mut self,
        key: &'static str,
        read: impl FnOnce(&mut Self, &'static str) -> Option<T>,
    ) -> T {
        if self.entries.iter().any(|(name, value)| name == key && *value != Tree::Null) {
            return read(self, key).unwrap_or_default();
        }
        self.asked.push(key);
        self.missing.push(key);
        T::default()
    }

    fn text(&mut self, key: &'static str) -> Option<String> {
        self.read(key, "a text", |value| match value {
            Tree::Text(text) => Some(text.clone()),
            _ => None,
        })
    }

    fn required_text(&mut self, key: &'static str) -> String {
        let text = self.required(key, Self::text);
        if text.is_empty() && matches!(self.find(key), Some((Tree::Text(_), _))) {
            let message = format!("`{key}` is empty");
            self.report.push(Diagnostic::error(code::VALUE, self.path.key(key), message));
        }
        text
    }

    /// Reads a text, or a list of texts.
    fn texts(&mut self, key: &'static str) -> Vec<String> {
        match self.find(key) {
            Some((Tree::List(entries), path)) => {
                let mut texts = Vec::with_capacity(entries.len());
                for (place, entry) in entries.iter().enumerate() {
                    match entry {
                        Tree::Text(text) => texts.push(text.clone()),
                        other => self.wrong(path.index(place), "a text", other),
                    }
                }
                texts
            }
            Some(_) => self.text(key).into_iter().collect(),
            None => Vec::new(),
        }
    }

    fn required_texts(&mut self, key: &'static str) -> Vec<String> {
        self.required(key, |table, key| Some(table.texts(key)))
    }

    fn flag(&mut self, key: &'static str) -> Option<bool> {
        self.read(key, "`true` or `false`", |value| match value {
            Tree::Bool(value) => Some(*value),
            _ => None,
        })
    }

    fn int(&mut self, key: &'static str) -> Option<i64> {
        self.read(key, "a whole number", |value| match value {
            Tree::Int(value) => Some(*value),
            _ => None,
        })
    }

    fn decimal(&mut self, key: &'static str) -> Option<Decimal> {
        self.read(key, "a decimal number such as 0.06 or \"240.00\"", decimal)
    }

    fn required_decimal(&mut self, key: &'static str) -> Decimal {
        self.required(key, Self::decimal)
    }

    /// Reads a number that is written, or where it comes from.
    fn propensity(&mut self, key: &'static str) -> Option<Propensity> {
        let Some((Tree::Table(entries), path)) = self.find(key) else {
            let expected = "a decimal number such as 0.06, { score = \"name\" }, or \
                            { analytics = \"name.answer\" }";
            return self.read(key, expected, decimal).map(Propensity::Fixed);
        };
        let is_meant = |key: &str| key == "analytics" || closest(key, ["analytics"]).is_some();
        let of_analytics = entries.iter().any(|(key, _)| is_meant(key));
        let mut table = Table::new(entries, path, self.report);
        let propensity = match of_analytics {
            true => Propensity::Analytics { analytics: table.required_text("analytics") },
            false => Propensity::Score { score: table.required_text("score") },
        };
        table.finish();
        Some(propensity)
    }

    fn worth(&mut self, key: &'static str) -> Option<Worth> {
        let Some((Tree::Table(entries), path)) = self.find(key) else {
            let expected = "a decimal number such as 12 or \"240.00\", or \
                            { analytics = \"name.answer\" }";
            return self.read(key, expected, decimal).map(Worth::Fixed);
        };
        let mut table = Table::new(entries, path, self.report);
        let worth = Worth::Analytics { analytics: table.required_text("analytics") };
        table.finish();
        Some(worth)
    }

    fn list<T>(&mut self, key: &'static str, read: impl Fn(&mut Table<'_>) -> T) -> Vec<T> {
        let (value, path) = match self.find(key) {
            Some(found) => found,
            None => return Vec::new(),
        };
        let Tree::List(entries) = value else {
            self.wrong(path, "a list of tables", value);
            return Vec::new();
        };
        let tables = entries
            .iter()
            .enumerate()
            .filter_map(|(place, entry)| self.table(entry, path.index(place), &read));
        tables.collect()
    }

    /// Reads a table, if it is there.
    fn optional<T>(&mut self, key: &'static str, read: impl Fn(&mut Table<'_>) -> T) -> Option<T> {
        let (value, path) = self.find(key)?;
        self.table(value, path, read)
    }

    /// Reads a table of which there is one, written or not.
    fn one<T: Default>(&mut self, key: &'static str, read: impl Fn(&mut Table<'_>) -> T) -> T {
        self.optional(key, read).unwrap_or_default()
    }

    fn named<T>(
        &mut self,
        key: &'static str,
        read: impl Fn(&mut Table<'_>) -> T,
    ) -> BTreeMap<String, T> {
        self.by_name(key, |table, entry, path| {
            if !matches!(entry, Tree::Table(_)) {
                let message = format!("expected a table, found {}", entry.describe());
                let help = format!("`{key}` holds tables, each with a name: `[{key}.name]`");
                let diagnostic = Diagnostic::error(code::WRONG_TYPE, path, message);
                table.report.push(diagnostic.with_help(help));
                return None;
            }
            table.table(entry, path, &read)
        })
    }

    /// Reads how old parts may be: as a whole, or by source.
    fn freshness(&mut self, key: &'static str) -> BTreeMap<String, Freshness> {
        let expected = "a length of time such as \"15m\", or \"never\"";
        self.by_name(key, |table, entry, path| match entry {
            Tree::Text(text) => Some(Freshness::Part(text.clone())),
            Tree::Table(entries) => {
                let mut sources = BTreeMap::new();
                for (source, limit) in entries {
                    match limit {
                        Tree::Text(text) => drop(sources.insert(source.clone(), text.clone())),
                        other => table.wrong(path.key(source.clone()), expected, other),
                    }
                }
                Some(Freshness::Sources(sources))
            }
            other => {
                table.wrong(path, expected, other);
                None
            }
        })
    }

    fn attributes(&mut self, key: &'static str) -> BTreeMap<String, AttributeType> {
        self.by_name(key, |table, entry, path| match entry {
            Tree::Text(name) => Some(AttributeType::Named(name.clone())),
            Tree::List(entries) if entries.iter().all(|entry| matches!(entry, Tree::Text(_))) => {
                let words = entries.iter().filter_map(|entry| match entry {
                    Tree::Text(word) => Some(word.clone()),
                    _ => None,
                });
                Some(AttributeType::Words(words.collect()))
            }
            other => {
                table.wrong(path, "the name of a type, or a list of words", other);
                None
            }
        })
    }

    fn by_name<T>(
        &mut self,
        key: &'static str,
        read: impl Fn(&mut Self, &'t Tree, DocPath) -> Option<T>,
    ) -> BTreeMap<String, T> {
        let Some((value, path)) = self.find(key) else {
            return BTreeMap::new();
        };
        let Tree::Table(entries) = value else {
            self.wrong(path, "a table", value);
            return BTreeMap::new();
        };
        let named = entries.iter().filter_map(|(name, entry)| {
            Some((name.clone(), read(self, entry, path.key(name.clone()))?))
        });
        named.collect()
    }

    fn table<T>(
        &mut self,
        entry: &Tree,
        path: DocPath,
        read: impl Fn(&mut Table<'_>) -> T,
    ) -> Option<T> {
        let Tree::Table(entries) = entry else {
            self.wrong(path, "a table", entry);
            return None;
        };
        let mut table = Table::new(entries, path, self.report);
        let result = read(&mut table);
        table.finish();
        Some(result)
    }
}

fn decimal(value: &Tree) -> Option<Decimal> {
    match value {
        Tree::Text(text) => text.parse().ok(),
        Tree::Int(value) => Some(Decimal::from(*value)),
        Tree::Double(value) => Decimal::from_double(*value),
        _ => None,
    }
}
