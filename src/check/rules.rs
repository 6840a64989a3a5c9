//! Suppressions, boosts and exclusives: conditions, selectors, limits.

use std::collections::{BTreeMap, BTreeSet, HashSet};

use super::numbers::{MAX_FACTOR, ONE};
use super::{CheckedAction, CheckedBoost, CheckedExclusive, CheckedSuppression, Checker};
use crate::condition;
use crate::diagnostic::{Diagnostic, DocPath};
use crate::policy::{Policy, Selector, Suppression, code};
use crate::vocabulary::{Kind, Word};

impl Checker<'_> {
    pub(super) fn check_suppressions(
        &mut self,
        actions: &[CheckedAction],
    ) -> Vec<CheckedSuppression> {
        let policy = self.policy;
        let bearers = Bearers::new(policy, actions);
        let mut ids = HashSet::new();
        let mut checked = Vec::new();
        if let Some(preset) = self.preset.take() {
            for suppression in &preset.suppress {
                let targets = bearers.matching(&suppression.selector);
                ids.insert(suppression.id.clone());
                checked.push(self.check_suppression(suppression, &DocPath::root(), targets));
            }
            self.preset = Some(preset);
        }
        for (place, suppression) in policy.suppress.iter().enumerate() {
            let path = DocPath::root().key("suppress").index(place);
            self.unique(&mut ids, &suppression.id, &path);
            let targets = self.select(&suppression.selector, &bearers, &path);
            let rule = self.check_suppression(suppression, &path, targets);
            self.lint_suppression(&rule, &path);
            checked.push(rule);
        }
        checked
    }

    fn check_suppression(
        &mut self,
        suppression: &Suppression,
        path: &DocPath,
        targets: Vec<usize>,
    ) -> CheckedSuppression {
        let when = self.when_unless(&suppression.when, &suppression.unless, path);
        let after = (!suppression.after.is_empty())
            .then(|| self.all_of(&suppression.after, &path.key("after")));
        let allow_unknown = match suppression.on_unknown.as_deref() {
            None | Some("suppress") => false,
            Some("allow") => true,
            Some(other) => {
                let path = path.key("on_unknown");
                self.unknown_word(path, "answer to unknown", other, ["suppress", "allow"]);
                false
            }
        };
        CheckedSuppression {
            id: suppression.id.clone(),
            selector: suppression.selector.clone(),
            when,
            after,
            allow_unknown,
            because: suppression.because.clone(),
            say: self.aloud(&suppression.when, &suppression.unless),
            say_after: self.aloud(&suppression.after, &[]),
            targets,
        }
    }

    /// Reads conditions aloud.
    pub(super) fn aloud(&self, when: &[String], unless: &[String]) -> String {
        let say =
            |text: &String| condition::describe(text, &|name| self.sayings.get(name).cloned());
        let mut said = when.iter().map(say).collect::<Vec<_>>().join(" and ");
        if !unless.is_empty() {
            said.push_str(", unless ");
            said.push_str(&unless.iter().map(say).collect::<Vec<_>>().join(" or "));
        }
        said
    }

    /// Warns of conditions that hold back for ever, or stop to protect.
    fn lint_suppression(&mut self, rule: &CheckedSuppression, path: &DocPath) {
        for (key, node) in [("when", Some(rule.when)), ("after", rule.after)] {
            let Some(node) = node else { continue };
            let unguarded = condition::unguarded(&self.program, node, &self.schema);
            if let Some(fact) = unguarded.filter(|_| !rule.allow_unknown) {
                let message = format!("this holds back for ever where `{fact}` is absent");
                let help = format!("write `has({fact}) && …`, or `within(…)` for a time");
                let warning = Diagnostic::warning(code::UNGUARDED, path.key(key), message);
                self.report.push(warning.with_help(help));
            }
            if condition::fails_open(&self.program, node, false) {
                let message = "with `known(…)` this stops holding back when nobody can tell";
                let warning = Diagnostic::warning(code::FAILS_OPEN, path.key(key), message);
                self.report
                    .push(warning.with_help("leave `known(…)` out: what is unknown holds back"));
            }
        }
    }

    pub(super) fn check_boosts(&mut self, actions: &[CheckedAction]) -> Vec<CheckedBoost> {
        let policy = self.policy;
        let bearers = Bearers::new(policy, actions);
        let mut ids = HashSet::new();
        let mut checked = Vec::new();
        for (place, boost) in policy.boosts.iter().enumerate() {
            let path = DocPath::root().key("boosts").index(place);
            self.unique(&mut ids, &boost.id, &path);
            let is_lever = boost.when.is_empty() && boost.unless.is_empty();
            let when = (!is_lever).then(|| self.when_unless(&boost.when, &boost.unless, &path));
            checked.push(CheckedBoost {
                when,
                basis_points: self.percent(boost.percent, &path),
                targets: self.select(&boost.selector, &bearers, &path),
            });
        }
        self.refuse_excess(actions, &checked);
        checked
    }

    /// Refuses boosts that could multiply an action by more than a hundred.
    fn refuse_excess(&mut self, actions: &[CheckedAction], boosts: &[CheckedBoost]) {
        let mut sums = vec![[0_i64; 2]; actions.len()];
        for boost in boosts {
            for target in &boost.targets {
                let side = usize::from(boost.when.is_some());
                if let Some(sum) = sums.get_mut(*target).and_then(|sums| sums.get_mut(side)) {
                    *sum = sum.saturating_add(boost.basis_points.max(0));
                }
            }
        }
        for (place, sums) in sums.iter().enumerate() {
            if sums.iter().any(|sum| *sum > MAX_FACTOR - ONE) {
                let path = DocPath::root().key("actions").index(place);
                let message = "the boosts of this action may come to more than 9900 percent";
                self.error(code::VALUE, path, message);
            }
        }
    }

    pub(super) fn check_exclusives(&mut self) -> Vec<CheckedExclusive> {
        let policy = self.policy;
        let mut ids = HashSet::new();
        let mut checked = Vec::new();
        for (place, exclusive) in policy.exclusive.iter().enumerate() {
            let path = DocPath::root().key("exclusive").index(place);
            self.unique(&mut ids, &exclusive.id, &path);
            if !matches!(exclusive.per.as_str(), "group" | "") {
                let message = format!("`per = \"{}\"` is not supported yet", exclusive.per);
                self.error_with_help(code::NOT_YET, path.key("per"), message, "write `group`");
            }
            let at_most = usize::try_from(exclusive.at_most).ok().filter(|at_most| *at_most > 0);
            if at_most.is_none() && !exclusive.per.is_empty() {
                self.error(code::VALUE, path.key("at_most"), "a slate holds at least one");
            }
            checked
                .push(CheckedExclusive { id: exclusive.id.clone(), at_most: at_most.unwrap_or(1) });
        }
        checked
    }

    /// Finds the actions a rule is about, and reports names no action bears.
    ///
    /// A kind is known by itself: a rule may speak of kinds that no action is
    /// of yet, and holds for the first one that is added.
    fn select(&mut self, selector: &Selector, bearers: &Bearers<'_>, path: &DocPath) -> Vec<usize> {
        if *selector == Selector::default() {
            let message = "the rule is about no action";
            let help = "name `kinds`, `tags`, `groups` or `ids`";
            self.error_with_help(code::EMPTY_SELECTOR, path.clone(), message, help);
            return Vec::new();
        }
        self.unborne(&selector.kinds, "kind", &path.key("kinds"), &bearers.kinds);
        self.unborne(&selector.tags, "tag", &path.key("tags"), &bearers.tags);
        self.unborne(&selector.groups, "group", &path.key("groups"), &bearers.groups);
        self.unborne(&selector.ids, "action", &path.key("ids"), &bearers.ids);
        let targets = bearers.matching(selector);
        if targets.is_empty() && !self.report.has_errors() {
            let message = "no action is of these kinds: the rule does nothing yet";
            let warning = Diagnostic::warning(code::IDLE_RULE, path.clone(), message);
            self.report.push(warning);
        }
        self.count_selected(targets, path)
    }

    /// Refuses policies whose rules times their actions would not fit memory.
    fn count_selected(&mut self, targets: Vec<usize>, path: &DocPath) -> Vec<usize> {
        let before = self.selected;
        self.selected = self.selected.saturating_add(targets.len());
        if self.selected <= MAX_SELECTED {
            return targets;
        }
        if before <= MAX_SELECTED {
            let message = format!("the rules select actions more than {MAX_SELECTED} times");
            self.error(code::VALUE, path.clone(), message);
        }
        Vec::new()
    }

    fn unborne(&mut self, names: &[String], what: &str, path: &DocPath, known: &ByName<'_>) {
        for (place, name) in names.iter().enumerate() {
            if name.is_empty() || known.contains_key(name.as_str()) || self.report.is_full() {
                continue;
            }
            let path = self.place_of(names, path, place);
            let message = format!("unknown {what} `{name}`");
            let diagnostic = Diagnostic::error(code::UNKNOWN_WORD, path, message);
            self.report.push(if known.len() <= MAX_SUGGESTED {
                diagnostic.did_you_mean(name, known.keys().copied())
            } else {
                diagnostic
            });
        }
    }
}

/// Looking for a near name among more than this costs more than it helps.
const MAX_SUGGESTED: usize = 2_000;
/// How often all rules together may select an action.
const MAX_SELECTED: usize = 5_000_000;

/// The places of the actions that bear a name, in the order of the names.
type ByName<'p> = BTreeMap<&'p str, Vec<usize>>;

/// Which actions bear each kind, tag, group and id.
struct Bearers<'p> {
    kinds: ByName<'p>,
    tags: ByName<'p>,
    groups: ByName<'p>,
    ids: ByName<'p>,
}

impl<'p> Bearers<'p> {
    fn new(policy: &'p Policy, actions: &'p [CheckedAction]) -> Self {
        let declared = policy.kinds.keys().map(String::as_str);
        let known = Kind::WORDS.iter().copied().chain(declared);
        let mut bearers = Self {
            kinds: known.map(|kind| (kind, Vec::new())).collect(),
            tags: ByName::new(),
            groups: ByName::new(),
            ids: ByName::new(),
        };
        for (place, action) in actions.iter().enumerate() {
            bearers.kinds.entry(&action.kind).or_default().push(place);
            bearers.ids.entry(&action.id).or_default().push(place);
            for tag in &action.tags {
                bearers.tags.entry(tag).or_default().push(place);
            }
            if let Some(group) = &action.group {
                bearers.groups.entry(group).or_default().push(place);
            }
        }
        bearers
    }

    /// Lists the places of the actions a selector matches.
    fn matching(&self, selector: &Selector) -> Vec<usize> {
        let lists = [
            (&selector.kinds, &self.kinds),
            (&selector.tags, &self.tags),
            (&selector.groups, &self.groups),
            (&selector.ids, &self.ids),
        ];
        let mut places = BTreeSet::new();
        for (names, by_name) in lists {
            for name in names {
                places.extend(by_name.get(name.as_str()).into_iter().flatten().copied());
            }
        }
        places.into_iter().collect()
    }
}
