//! Conditions of kinds and groups, which their actions inherit and can only
//! tighten.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::bearers::Bearers;
use super::{CheckedAction, Checker, Clause};
use crate::condition;
use crate::diagnostic::{Diagnostic, DocPath};
use crate::policy::{Engagement, code};

/// What actions inherit, by the name of their kind and of their group.
pub(super) struct Inherited {
    kinds: BTreeMap<String, Stages>,
    groups: BTreeMap<String, Stages>,
}

/// The clauses of the three stages of engagement.
#[derive(Default)]
struct Stages {
    eligible: Vec<Clause>,
    applicable: Vec<Clause>,
    suitable: Vec<Clause>,
}

/// The conditions of one stage.
type Stage = fn(&Stages) -> &Vec<Clause>;

const STAGES: [(&str, Stage); 3] = [
    ("eligible", |stages| &stages.eligible),
    ("applicable", |stages| &stages.applicable),
    ("suitable", |stages| &stages.suitable),
];

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
            let mut clauses = |texts: &[String], stage: &'static str| {
                let mut clauses = self.clauses(texts, &path, stage);
                for clause in &mut clauses {
                    clause.origin = Some(origin.clone());
                }
                clauses
            };
            let stages = Stages {
                eligible: clauses(&engagement.eligible, "eligible"),
                applicable: clauses(&engagement.applicable, "applicable"),
                suitable: clauses(&engagement.suitable, "suitable"),
            };
            (name.clone(), stages)
        });
        stages.collect()
    }

    /// Puts what an action inherits before its own conditions.
    pub(super) fn inherit(&mut self, inherited: &Inherited, actions: &mut [CheckedAction]) {
        let mut together = BTreeSet::new();
        for (place, action) in actions.iter_mut().enumerate() {
            let of_kind = inherited.kinds.get(&action.kind);
            let of_group = action.group.as_ref().and_then(|group| inherited.groups.get(group));
            if let (Some(of_kind), Some(of_group), Some(group)) = (of_kind, of_group, &action.group)
                && together.insert((action.kind.clone(), group.clone()))
            {
                let path = DocPath::root().key("groups").key(group.clone());
                for (key, stage) in STAGES {
                    self.refuse_loosening(stage(of_group), stage(of_kind), &path.key(key));
                }
            }
            let parents: Vec<&Stages> = of_kind.into_iter().chain(of_group).collect();
            if parents.is_empty() {
                continue;
            }
            let path = DocPath::root().key("actions").index(place);
            let own = [&mut action.eligible, &mut action.applicable, &mut action.suitable];
            for (own, (key, stage)) in own.into_iter().zip(STAGES) {
                self.inherit_stage(own, &parents, stage, &path.key(key));
            }
        }
    }

    fn inherit_stage(
        &mut self,
        own: &mut Vec<Clause>,
        parents: &[&Stages],
        stage: Stage,
        path: &DocPath,
    ) {
        let mut inherited: Vec<Clause> =
            parents.iter().flat_map(|parent| stage(parent)).cloned().collect();
        if inherited.is_empty() {
            return;
        }
        self.refuse_loosening(own, &inherited, path);
        inherited.append(own);
        *own = inherited;
    }

    /// Refuses a condition that says less than what is inherited already: it
    /// is meant to loosen, and would do nothing.
    fn refuse_loosening(&mut self, own: &[Clause], inherited: &[Clause], path: &DocPath) {
        for (place, clause) in own.iter().enumerate() {
            let weaker =
                |parent: &&Clause| condition::is_weaker(&self.program, clause.node, parent.node);
            let Some(parent) = inherited.iter().find(weaker) else {
                continue;
            };
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
