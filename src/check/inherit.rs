//! Conditions of kinds and groups, which their actions inherit and can only
//! tighten.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::actions::ActionPlace;
use super::bearers::Bearers;
use super::conditions::{ClauseId, Conditions, Step};
use super::{CheckedAction, Checker};
use crate::condition;
use crate::diagnostic::{Diagnostic, DocPath};
use crate::policy::{Engagement, code};

/// For how many conditions actions may ask, all together.
const MAX_ASKED: usize = 5_000_000;

/// What actions inherit, by the name of their kind and of their group.
pub(super) struct Inherited {
    kinds: BTreeMap<String, Stages>,
    groups: BTreeMap<String, Stages>,
}

/// The clauses of the three stages of engagement.
#[derive(Default)]
struct Stages([Vec<ClauseId>; 3]);

impl Stages {
    fn of(&self, step: Step) -> &[ClauseId] {
        self.0.get(step as usize).map_or(&[], Vec::as_slice)
    }
}

impl Checker<'_> {
    /// Compiles the conditions of kinds and groups.
    pub(super) fn check_inherited(&mut self, bearers: &Bearers<'_>) -> Inherited {
        let policy = self.policy;
        let kinds = policy.kinds.iter().map(|(name, kind)| (name, &kind.engagement));
        let kinds = self.stages_by_name("kinds", kinds);
        let groups = policy.groups.iter().map(|(name, group)| (name, &group.engagement));
        let groups = self.stages_by_name("groups", groups);
        for name in policy.groups.keys() {
            if !bearers.has_group(name) {
                let path = DocPath::root().key("groups").key(name.clone());
                self.unknown_word(path, "group", name, bearers.groups());
            }
        }
        for (name, kind) in &policy.kinds {
            if kind.engagement != Engagement::default() && !bearers.has_kind(name) {
                let path = DocPath::root().key("kinds").key(name.clone());
                let message = "no action is of this kind: its conditions do nothing yet";
                self.report.push(Diagnostic::warning(code::IDLE_RULE, path, message));
            }
        }
        Inherited { kinds, groups }
    }

    fn stages_by_name<'a>(
        &mut self,
        key: &'static str,
        entries: impl Iterator<Item = (&'a String, &'a Engagement)>,
    ) -> BTreeMap<String, Stages> {
        let stages = entries.map(|(name, engagement)| {
            let path = DocPath::root().key(key).key(name.clone());
            let origin: Arc<str> = format!("{key}.{name}").into();
            let stages = [&engagement.eligible, &engagement.applicable, &engagement.suitable];
            let mut steps = Step::ALL.into_iter();
            let stages = stages.map(|texts| {
                let key = steps.next().map_or("", Step::key);
                self.inherited(texts, &path.key(key), &origin)
            });
            (name.clone(), Stages(stages))
        });
        stages.collect()
    }

    fn inherited(&mut self, texts: &[String], path: &DocPath, origin: &Arc<str>) -> Vec<ClauseId> {
        let mut clauses = Vec::with_capacity(texts.len());
        for (place, text) in texts.iter().enumerate() {
            if let Some(node) = self.node_of(texts, place, || path.clone()) {
                clauses.push(self.add_clause(text, node, Some(origin.clone())));
            }
        }
        clauses
    }

    /// Puts what an action inherits before its own conditions.
    pub(super) fn inherit(&mut self, inherited: &Inherited, actions: &mut [CheckedAction]) {
        if inherited.kinds.is_empty() && inherited.groups.is_empty() {
            return;
        }
        let own = self.conditions.take_lists();
        let mut together = BTreeSet::new();
        for (place, action) in actions.iter_mut().enumerate() {
            let of_kind = inherited.kinds.get(&*action.labels.kind);
            let group = action.group.as_ref().map(|group| &*group.name);
            let of_group = group.and_then(|group| inherited.groups.get(group));
            if let (Some(of_kind), Some(of_group), Some(group)) = (of_kind, of_group, group)
                && together.insert((action.labels.kind.clone(), group.to_owned()))
            {
                let path = DocPath::root().key("groups").key(group.to_owned());
                for step in Step::ALL {
                    self.refuse_loosening(
                        of_group.of(step),
                        of_kind.of(step),
                        &path.key(step.key()),
                    );
                }
            }
            let parents: Vec<&Stages> = of_kind.into_iter().chain(of_group).collect();
            self.inherit_stages(action, &own, &parents, ActionPlace::new(place));
            if self.conditions.asked_count() > MAX_ASKED {
                let message = format!("the actions ask for more than {MAX_ASKED} conditions");
                self.error(code::VALUE, DocPath::root().key("actions"), message);
                return;
            }
        }
    }

    fn inherit_stages(
        &mut self,
        action: &mut CheckedAction,
        own: &Conditions,
        parents: &[&Stages],
        place: ActionPlace,
    ) {
        let list = self.conditions.begin();
        for step in Step::ALL {
            let inherited: Vec<ClauseId> =
                parents.iter().flat_map(|parent| parent.of(step)).copied().collect();
            let asked = own.asked(action.conditions).iter().filter(|asked| asked.step() == step);
            let own: Vec<ClauseId> = asked.map(|asked| asked.clause()).collect();
            if !inherited.is_empty() {
                self.refuse_loosening(&own, &inherited, &place.key(step.key()));
            }
            inherited.into_iter().chain(own).for_each(|clause| self.conditions.ask(clause, step));
        }
        action.conditions = self.conditions.end(list);
    }

    /// Refuses a condition that says less than what is inherited already: it
    /// is meant to loosen, and would do nothing.
    fn refuse_loosening(&mut self, own: &[ClauseId], inherited: &[ClauseId], path: &DocPath) {
        for (place, clause) in own.iter().enumerate() {
            let Some(node) = self.conditions.clause(*clause).map(|clause| clause.node) else {
                continue;
            };
            let mut inherited = inherited.iter().filter_map(|id| self.conditions.clause(*id));
            let weaker =
                inherited.find(|parent| condition::is_weaker(&self.program, node, parent.node));
            let Some(parent) = weaker else { continue };
            let origin = parent.origin.as_deref().unwrap_or_default();
            let message =
                format!("this cannot loosen `{}`, which `{origin}` asks for", parent.text);
            let help = "what is inherited can only be tightened: take the action out of it, or \
                        loosen the condition there";
            let path = if own.len() == 1 { path.clone() } else { path.index(place) };
            self.error_with_help(code::LOOSENS, path, message, help);
        }
    }
}
