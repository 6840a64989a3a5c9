//! Findings about a whole policy: what can never be, and what decides nothing.
//!
//! Every finding is proved. Examples that come up on the way are kept, and
//! answer most questions before the solver is asked.

mod actions;
mod conditions;
mod limits;
mod promises;
mod rules;

use std::cell::Cell;
use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;

use super::ask::{Reply, ask};
use super::counterexample::{Counterexample, concrete, show};
use super::encode::Facet;
use super::formula::{Scribe, write};
use super::literal::Lit;
use super::policy::{Allowing, clauses, is_available, rule_holds, sides};
use super::world::World;
use crate::condition::{Evaluator, NodeId, Truth};
use crate::decide::gather;
use crate::diagnostic::{Code, Diagnostic, DocPath, Source, locate};
use crate::plan::{ActionId, Plan, SuppressionId};
use crate::vocabulary::Channel;

/// What was found out about a policy as a whole.
#[derive(Clone, Debug, Default)]
#[non_exhaustive]
pub struct Analysis {
    /// What is questionable.
    pub findings: Vec<Finding>,
    /// Which suppressions each promise that holds rests on, by its id: without
    /// any of these it would not hold.
    pub rests_on: BTreeMap<String, Vec<String>>,
    /// How many questions had no answer within the budget.
    pub unclear: usize,
}

impl Analysis {
    /// Finds the place of each finding in the text of the policy, and sorts them.
    pub fn locate(&mut self, source: &Source<'_>) {
        for finding in &mut self.findings {
            locate(std::slice::from_mut(&mut finding.diagnostic), source);
        }
        let start = |finding: &Finding| {
            finding.diagnostic.place().map_or(usize::MAX, |place| place.range().start)
        };
        self.findings.sort_by_key(start);
    }
}

/// One finding about a policy.
#[derive(Clone, Debug, Serialize)]
#[non_exhaustive]
pub struct Finding {
    /// The code, the place, and a sentence.
    pub diagnostic: Diagnostic,
    /// A customer who shows it, where one can.
    #[serde(skip)]
    pub example: Option<Counterexample>,
}

/// Analyses a policy.
pub(crate) fn analyse(plan: &Plan, budget: u64) -> Analysis {
    let mut analyst = Analyst::new(plan, budget);
    analyst.conditions();
    analyst.reachable();
    analyst.rules();
    analyst.nothing_left();
    analyst.dominated();
    analyst.limits();
    analyst.promises();
    Analysis { findings: analyst.findings, rests_on: analyst.rests_on, unclear: analyst.unclear }
}

/// A customer who came up, and what becomes of them.
pub(super) struct Sample {
    world: World,
    /// By node, of those that are conditions of the policy.
    truths: Vec<Truth>,
    /// By place of the suppression: whether it holds back.
    holds: Vec<bool>,
    /// By place of the action: what becomes of it.
    actions: Vec<Fate>,
}

/// What becomes of an action, as far as promises rely on it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Fate {
    /// It is not offered, or the customer does not qualify.
    Out,
    GetsThrough,
    /// One suppression alone holds it back.
    HeldBy(SuppressionId),
    /// Several do.
    Held,
}

impl Sample {
    pub(super) fn truth(&self, node: NodeId) -> Truth {
        self.truths.get(node.0 as usize).copied().unwrap_or(Truth::Unknown)
    }

    fn holds(&self, rule: SuppressionId) -> bool {
        self.holds.get(rule.place()).copied().unwrap_or(false)
    }

    fn fate(&self, id: ActionId) -> Fate {
        self.actions.get(id.place()).copied().unwrap_or(Fate::Out)
    }

    pub(super) fn gets_through(&self, id: ActionId) -> bool {
        self.fate(id) == Fate::GetsThrough
    }
}

/// Why nobody can get an action.
#[derive(Clone, Debug)]
enum Obstacle {
    /// Its conditions contradict each other.
    Conditions,
    /// Each of these holds it back always; together they may, if there is none.
    Rules(Vec<SuppressionId>),
}

pub(super) struct Analyst<'p> {
    pub(super) plan: &'p Plan,
    budget: u64,
    /// Every condition there is.
    nodes: BTreeSet<NodeId>,
    /// For each suppression the sets of actions with the same rules that it is
    /// about, by place, sorted.
    selected: Vec<Vec<u32>>,
    pub(super) samples: Vec<Sample>,
    findings: Vec<Finding>,
    rests_on: BTreeMap<String, Vec<String>>,
    /// The actions that nobody can get, and what alone makes each so.
    unreachable: BTreeMap<ActionId, Obstacle>,
    pub(super) unclear: usize,
}

/// Lists for each suppression the sets of actions that it is about.
fn selected(plan: &Plan) -> Vec<Vec<u32>> {
    let mut selected = vec![Vec::new(); plan.suppressions.len()];
    for (set, rules) in (0..).zip(plan.sets_of_rules()) {
        for id in rules.suppressions.iter() {
            selected.get_mut(id.place()).into_iter().for_each(|sets| sets.push(set));
        }
    }
    selected
}

impl<'p> Analyst<'p> {
    pub(super) fn new(plan: &'p Plan, budget: u64) -> Self {
        let mut nodes: BTreeSet<NodeId> = plan.situations.values().copied().collect();
        nodes.extend(plan.suppressions.iter().flat_map(sides));
        nodes.extend(plan.actions().flat_map(|(_, action)| clauses(plan, action)));
        let (samples, findings) = (Vec::new(), Vec::new());
        let (rests_on, unreachable) = (BTreeMap::new(), BTreeMap::new());
        let selected = selected(plan);
        Self { plan, budget, nodes, selected, samples, findings, rests_on, unreachable, unclear: 0 }
    }

    /// Tries a world out.
    fn sample(&self, world: World) -> Sample {
        let plan = self.plan;
        let (context, request) = concrete(plan, &world, Channel::Web);
        let facts = gather(plan, &context, &request, request.channel);
        let mut evaluator = Evaluator::new(&plan.program, &facts);
        let mut truths = vec![Truth::Unknown; plan.program.node_count()];
        for node in &self.nodes {
            if let Some(truth) = truths.get_mut(node.0 as usize) {
                *truth = evaluator.truth(*node).truth();
            }
        }
        let holds = plan
            .suppressions
            .iter()
            .map(|rule| rule_holds(rule, request.channel, Allowing::AsWritten, &mut evaluator));
        let holds = holds.collect();
        let mut sample = Sample { world, truths, holds, actions: Vec::new() };
        let fates = plan.actions().map(|(_, action)| {
            let is_offered = is_available(action, request.channel, request.now)
                && clauses(plan, action).all(|node| sample.truth(node) == Truth::True);
            if !is_offered {
                return Fate::Out;
            }
            let mut holding = action.rules.suppressions.iter().filter(|rule| sample.holds(**rule));
            match (holding.next(), holding.next()) {
                (None, _) => Fate::GetsThrough,
                (Some(only), None) => Fate::HeldBy(*only),
                _ => Fate::Held,
            }
        });
        sample.actions = fates.collect();
        sample
    }

    /// Tells whether some customer is like that: one who came up, or one that
    /// the solver finds. `None` if it cannot be told.
    pub(super) fn possible(
        &mut self,
        formula: &dyn Fn(&mut dyn Scribe) -> Lit,
        is_it: &dyn Fn(&Sample) -> bool,
    ) -> Option<bool> {
        if self.samples.iter().any(is_it) {
            return Some(true);
        }
        let mut encoder = write(&self.plan.program, &self.plan.schema, false, formula);
        let reply = ask(&mut encoder, &Cell::new(self.budget), &mut |world| {
            let sample = self.sample(world);
            is_it(&sample).then_some(sample)
        });
        match reply {
            Reply::Possible(sample) => {
                self.samples.push(sample);
                Some(true)
            }
            Reply::Impossible => Some(false),
            Reply::Unclear(_) => {
                self.unclear += 1;
                None
            }
        }
    }

    /// Tells whether a condition can be like this.
    fn can_be(&mut self, node: NodeId, truth: Truth) -> Option<bool> {
        let formula = |scribe: &mut dyn Scribe| {
            use super::encode::Rail::Fresh;
            match truth {
                Truth::True => scribe.ask(node, Facet::True, Fresh),
                Truth::False => scribe.ask(node, Facet::False, Fresh),
                Truth::Unknown => {
                    let both = vec![
                        scribe.ask(node, Facet::NotTrue, Fresh),
                        scribe.ask(node, Facet::NotFalse, Fresh),
                    ];
                    scribe.all(both)
                }
            }
        };
        self.possible(&formula, &|sample| sample.truth(node) == truth)
    }

    fn find(&mut self, diagnostic: Diagnostic, example: Option<Counterexample>) {
        self.findings.push(Finding { diagnostic, example });
    }

    fn warn(&mut self, code: Code, path: DocPath, message: String, help: &str) {
        self.find(Diagnostic::warning(code, path, message).with_help(help), None);
    }

    /// Shows a customer who came up and is like that.
    pub(super) fn example(
        &self,
        actions: Vec<String>,
        about: &[NodeId],
        is_it: impl Fn(&Sample) -> bool,
    ) -> Option<Counterexample> {
        let sample = self.samples.iter().find(|sample| is_it(sample))?;
        let asked = concrete(self.plan, &sample.world, Channel::Web);
        Some(show(self.plan, &sample.world, asked, actions, about))
    }

    /// Where a suppression is written; one of a preset is not.
    fn path_of_rule(&self, id: SuppressionId) -> Option<DocPath> {
        let name = &self.plan.suppression(id).id;
        let place = self.plan.policy.suppress.iter().position(|rule| rule.id == *name)?;
        Some(DocPath::root().key("suppress").index(place))
    }

    fn rule_ids(&self) -> impl Iterator<Item = SuppressionId> + use<> {
        let count = u32::try_from(self.plan.suppressions.len()).unwrap_or(u32::MAX);
        (0..count).map(SuppressionId)
    }

    fn path_of_action(id: ActionId) -> DocPath {
        DocPath::root().key("actions").index(id.place())
    }

    /// Lists the actions that a suppression is about.
    fn targets(&self, id: SuppressionId) -> Vec<ActionId> {
        self.plan.held_by(id).collect()
    }
}
