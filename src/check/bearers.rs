//! Selectors: which actions a rule is about.

use std::collections::HashMap;

use super::ids::Ids;
use super::labels::Labelled;
use super::slices::Slices;
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
    ) -> Vec<u32> {
        if *selector == Selector::default() {
            let message = "the rule is about no action";
            let help = "name `kinds`, `tags`, `groups` or `ids`";
            self.error_with_help(code::EMPTY_SELECTOR, path.clone(), message, help);
            return Vec::new();
        }
        self.unborne(&selector.kinds, "kind", &path.key("kinds"), &bearers.kinds);
        self.unborne(&selector.tags, "tag", &path.key("tags"), &bearers.tags);
        self.unborne(&selector.groups, "group", &path.key("groups"), &bearers.groups);
        self.unborne(&selector.ids, "action", &path.key("ids"), bearers);
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
    ) -> Vec<u32> {
        if *selector == Selector::default() {
            return self.count_selected((0..bearers.count()).collect(), path);
        }
        self.select(selector, bearers, path)
    }

    /// Finds the actions of a list of ids.
    pub(super) fn select_ids(
        &mut self,
        ids: &[String],
        bearers: &Bearers<'_>,
        path: &DocPath,
    ) -> Vec<u32> {
        self.unborne(ids, "action", path, bearers);
        let selector = Selector { ids: ids.to_vec(), ..Selector::default() };
        self.count_selected(bearers.matching(&selector), path)
    }

    /// Refuses policies whose rules times their actions would not fit memory.
    fn count_selected(&mut self, targets: Vec<u32>, path: &DocPath) -> Vec<u32> {
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

    fn unborne(&mut self, names: &[String], what: &str, path: &DocPath, known: &impl Known) {
        for (place, name) in names.iter().enumerate() {
            if name.is_empty() || known.knows(name) || self.report.is_full() {
                continue;
            }
            let path = self.place_of(names, path, place);
            let message = format!("unknown {what} `{name}`");
            let diagnostic = Diagnostic::error(code::UNKNOWN_WORD, path, message);
            self.report.push(if known.count() <= MAX_SUGGESTED {
                diagnostic.did_you_mean(name, known.names())
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

/// Names that selectors may use.
trait Known {
    fn knows(&self, name: &str) -> bool;
    fn count(&self) -> usize;
    /// Lists them in their order, which suggestions depend on.
    fn names(&self) -> Vec<&str>;
}

/// By name, the places of the labels or of the groups that have it.
type ByName<'p> = HashMap<&'p str, Vec<u32>, ahash::RandomState>;

impl Known for ByName<'_> {
    fn knows(&self, name: &str) -> bool {
        self.contains_key(name)
    }

    fn count(&self) -> usize {
        self.len()
    }

    fn names(&self) -> Vec<&str> {
        let mut names: Vec<&str> = self.keys().copied().collect();
        names.sort_unstable();
        names
    }
}

/// Which actions bear each kind, tag, group and id.
pub(super) struct Bearers<'p> {
    policy: &'p Policy,
    kinds: ByName<'p>,
    tags: ByName<'p>,
    groups: ByName<'p>,
    ids: &'p Ids,
    /// By the place of labels.
    labelled: Slices<u32>,
    /// By the place of a group.
    grouped: Slices<u32>,
}

/// The names of actions are their ids.
impl Known for Bearers<'_> {
    fn knows(&self, name: &str) -> bool {
        self.find(name).is_some()
    }

    fn count(&self) -> usize {
        self.policy.actions.len()
    }

    fn names(&self) -> Vec<&str> {
        let mut names: Vec<&str> = self.policy.actions.iter().map(|action| &*action.id).collect();
        names.sort_unstable();
        names.dedup();
        names
    }
}

impl<'p> Bearers<'p> {
    pub(super) fn new(
        policy: &'p Policy,
        actions: &[CheckedAction],
        labelled: &'p Labelled<'_>,
        ids: &'p Ids,
    ) -> Self {
        let declared = policy.kinds.keys().map(String::as_str);
        let known = Kind::WORDS.iter().copied().chain(declared);
        let mut kinds: ByName<'p> = known.map(|kind| (kind, Vec::new())).collect();
        let mut tags = ByName::default();
        for labels in &labelled.all {
            kinds.entry(&labels.kind).or_default().push(labels.place);
            for tag in &labels.tags {
                tags.entry(tag).or_default().push(labels.place);
            }
        }
        let groups = labelled.groups().map(|group| (&*group.name, vec![group.place])).collect();
        let of_labels = actions.iter().zip(0..).map(|(action, place)| (action.labels.place, place));
        let of_group = actions
            .iter()
            .zip(0..)
            .filter_map(|(action, place)| action.group.as_ref().map(|group| (group.place, place)));
        Self {
            policy,
            kinds,
            tags,
            groups,
            ids,
            labelled: Slices::new(labelled.all.len(), &of_labels.collect::<Vec<_>>()),
            grouped: Slices::new(labelled.groups().count(), &of_group.collect::<Vec<_>>()),
        }
    }

    /// Counts the actions.
    fn count(&self) -> u32 {
        u32::try_from(self.policy.actions.len()).unwrap_or(u32::MAX)
    }

    fn find(&self, id: &str) -> Option<u32> {
        let actions = &self.policy.actions;
        self.ids.find(id, |place| actions.get(place as usize).map_or("", |action| &*action.id))
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
    pub(super) fn groups(&self) -> impl Iterator<Item = &str> {
        self.groups.names().into_iter()
    }

    /// Lists the places of the actions a selector matches.
    pub(super) fn matching(&self, selector: &Selector) -> Vec<u32> {
        let lists = [
            (&selector.kinds, &self.kinds, &self.labelled),
            (&selector.tags, &self.tags, &self.labelled),
            (&selector.groups, &self.groups, &self.grouped),
        ];
        let mut places = Places::new(self.policy.actions.len());
        for (names, by_name, members) in lists {
            let found = names.iter().filter_map(|name| by_name.get(name.as_str())).flatten();
            found
                .flat_map(|bearer| members.get(*bearer as usize))
                .for_each(|place| places.add(*place));
        }
        selector.ids.iter().filter_map(|id| self.find(id)).for_each(|place| places.add(place));
        places.into_list()
    }
}

/// A set of places, as bits.
struct Places(Vec<u64>);

impl Places {
    fn new(count: usize) -> Self {
        Self(vec![0; count.div_ceil(64)])
    }

    fn add(&mut self, place: u32) {
        let word = self.0.get_mut(place as usize / 64);
        word.into_iter().for_each(|word| *word |= 1 << (place % 64));
    }

    /// Lists them in their order.
    fn into_list(self) -> Vec<u32> {
        let mut list = Vec::new();
        for (first, word) in (0..).step_by(64).zip(self.0) {
            let mut left = word;
            while left != 0 {
                list.push(first + left.trailing_zeros());
                left &= left - 1;
            }
        }
        list
    }
}
