//! Selectors: which actions a rule is about.

use std::collections::HashMap;

use super::{CheckedAction, Checker};
use crate::diagnostic::{Diagnostic, DocPath};
use crate::policy::{Policy, Selector, code};
use crate::vocabulary::{Kind, Word};

impl Checker<'_> {
    /// Finds the actions a rule is about, and reports names no action bears.
    ///
    /// A kind is known by itself: a rule may speak of kinds that no action is
    /// of yet, and holds for the first one that is added.
    pub(super) fn select(
        &mut self,
        selector: &Selector,
        bearers: &Bearers<'_>,
        path: &DocPath,
    ) -> Vec<usize> {
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

    /// Finds the actions a rule is about that is about all if it names none.
    pub(super) fn select_or_all(
        &mut self,
        selector: &Selector,
        bearers: &Bearers<'_>,
        path: &DocPath,
    ) -> Vec<usize> {
        if *selector == Selector::default() {
            return self.count_selected((0..bearers.count).collect(), path);
        }
        self.select(selector, bearers, path)
    }

    /// Finds the actions of a list of ids.
    pub(super) fn select_ids(
        &mut self,
        ids: &[String],
        bearers: &Bearers<'_>,
        path: &DocPath,
    ) -> Vec<usize> {
        self.unborne(ids, "action", path, &bearers.ids);
        let selector = Selector { ids: ids.to_vec(), ..Selector::default() };
        self.count_selected(bearers.matching(&selector), path)
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
                diagnostic.did_you_mean(name, names_of(known))
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

/// The places of the actions that bear a name.
type ByName<'p> = HashMap<&'p str, Vec<usize>, ahash::RandomState>;

/// Lists the names that actions bear: the map has no order of its own, and
/// suggestions must not depend on it.
fn names_of<'p>(of: &ByName<'p>) -> Vec<&'p str> {
    let mut names: Vec<&str> = of.keys().copied().collect();
    names.sort_unstable();
    names
}

/// Which actions bear each kind, tag, group and id.
pub(super) struct Bearers<'p> {
    count: usize,
    kinds: ByName<'p>,
    tags: ByName<'p>,
    groups: ByName<'p>,
    ids: ByName<'p>,
}

impl<'p> Bearers<'p> {
    pub(super) fn new(policy: &'p Policy, actions: &'p [CheckedAction]) -> Self {
        let declared = policy.kinds.keys().map(String::as_str);
        let known = Kind::WORDS.iter().copied().chain(declared);
        let mut bearers = Self {
            count: actions.len(),
            kinds: known.map(|kind| (kind, Vec::new())).collect(),
            tags: ByName::default(),
            groups: ByName::default(),
            ids: ByName::default(),
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

    /// Tells whether an action is of a kind.
    pub(super) fn has_kind(&self, kind: &str) -> bool {
        self.kinds.get(kind).is_some_and(|places| !places.is_empty())
    }

    /// Tells whether an action is in a group.
    pub(super) fn has_group(&self, group: &str) -> bool {
        self.groups.contains_key(group)
    }

    /// Lists the groups that actions are in.
    pub(super) fn groups(&self) -> impl Iterator<Item = &'p str> {
        names_of(&self.groups).into_iter()
    }

    /// Lists the places of the actions a selector matches.
    pub(super) fn matching(&self, selector: &Selector) -> Vec<usize> {
        let lists = [
            (&selector.kinds, &self.kinds),
            (&selector.tags, &self.tags),
            (&selector.groups, &self.groups),
            (&selector.ids, &self.ids),
        ];
        let mut places = Vec::new();
        for (names, by_name) in lists {
            for name in names {
                places.extend(by_name.get(name.as_str()).into_iter().flatten().copied());
            }
        }
        places.sort_unstable();
        places.dedup();
        places
    }
}
