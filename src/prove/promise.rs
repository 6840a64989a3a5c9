//! Promises: proved, broken by an example, or neither.

use std::cell::Cell;

use super::ask::{Reply, ask};
use super::counterexample::{Counterexample, concrete, plainest, show};
use super::dress::{Shown, dress};
use super::encode::Facet;
use super::formula::{Scribe, write};
use super::literal::Lit;
use super::policy::{Alike, Allowing, Asking, Writer, alike, is_available, sides, survives};
use super::world::World;
use crate::check::{CheckedPromise, Claim, Measure};
use crate::condition::{Evaluator, NodeId, Truth};
use crate::context::Context;
use crate::decide::{decide, gather};
use crate::decision::{Request, Stage};
use crate::plan::{ActionId, Plan, PlannedAction};
use crate::vocabulary::Channel;

/// What became of a promise.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum Verdict {
    /// It holds for every context and every request.
    Proved,
    /// It does not, and this is why.
    Broken(Box<Counterexample>),
    /// Neither could be shown, for this reason.
    Unproved(String),
}

/// A promise of a policy, and what became of it.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Proof {
    /// The id of the promise.
    pub promise: String,
    /// What became of it.
    pub verdict: Verdict,
}

/// Proves one promise of a policy; what that takes is taken from the budget.
pub(crate) fn prove(plan: &Plan, promise: &CheckedPromise, budget: &Cell<u64>) -> Verdict {
    let case = Case { plan, promise, budget };
    let reply = match &promise.claim {
        Claim::Never(_, targets) => case.never(&ids(targets)),
        Claim::Always(_, targets) => case.always(&ids(targets)),
        Claim::Implies(implied) => case.implies(*implied),
    };
    match reply {
        Reply::Impossible => Verdict::Proved,
        Reply::Possible(counterexample) => Verdict::Broken(Box::new(counterexample)),
        Reply::Unclear(doubt) => Verdict::Unproved(doubt.in_words()),
    }
}

pub(super) fn ids(targets: &[u32]) -> Vec<ActionId> {
    targets.iter().copied().map(ActionId).collect()
}

struct Case<'p> {
    plan: &'p Plan,
    promise: &'p CheckedPromise,
    budget: &'p Cell<u64>,
}

impl<'p> Case<'p> {
    /// The facet of the situation in which the promise counts.
    fn counts(&self) -> Facet {
        match self.promise.measure {
            Measure::While => Facet::NotFalse,
            Measure::WhileKnown => Facet::True,
            Measure::UnlessKnown => Facet::NotTrue,
        }
    }

    fn counts_by(&self, evaluator: &mut Evaluator<'_>) -> bool {
        is_facet(evaluator.truth(self.promise.when).truth(), self.counts())
    }

    /// No request gets one of these actions, not even if it forces it.
    ///
    /// What holds for forced actions holds for the others. A counterexample
    /// that needs no force says more, and is looked for first.
    fn never(&self, targets: &[ActionId]) -> Reply<Counterexample> {
        let forced = self.never_asking(targets, Asking::Forced);
        if !matches!(forced, Reply::Possible(_)) {
            return forced;
        }
        match self.never_asking(targets, Asking::Conditions) {
            Reply::Possible(counterexample) => Reply::Possible(counterexample),
            Reply::Impossible | Reply::Unclear(_) => forced,
        }
    }

    fn never_asking(&self, targets: &[ActionId], asking: Asking) -> Reply<Counterexample> {
        let groups = alike(self.plan, targets, asking);
        let formula = |scribe: &mut dyn Scribe| {
            let mut writer = Writer::new(self.plan, scribe);
            let counts = writer.ask(self.promise.when, self.counts());
            let through: Vec<Lit> =
                groups.iter().map(|(alike, _)| writer.gets_through(alike, None)).collect();
            let any = writer.any(through);
            writer.all(vec![counts, any])
        };
        self.ask(&formula, &mut |world| self.show_never(world, targets, asking))
    }

    /// One of these actions at least gets through.
    fn always(&self, targets: &[ActionId]) -> Reply<Counterexample> {
        let written = self.always_allowing(targets, Allowing::AsWritten);
        match written {
            // Rules that let pass what is unknown may hold back tomorrow.
            Reply::Impossible => self.always_allowing(targets, Allowing::AsBlocking),
            other => other,
        }
    }

    fn always_allowing(&self, targets: &[ActionId], allowing: Allowing) -> Reply<Counterexample> {
        let groups = alike(self.plan, targets, Asking::Conditions);
        let formula = |scribe: &mut dyn Scribe| {
            let mut writer = Writer::new(self.plan, scribe);
            let counts = writer.ask(self.promise.when, self.counts());
            let held = groups.iter().map(|(alike, _)| writer.is_held(alike, allowing));
            let mut parts: Vec<Lit> = held.collect();
            parts.push(counts);
            writer.all(parts)
        };
        self.ask(&formula, &mut |world| self.show_always(world, targets, allowing))
    }

    /// Where one situation counts, the other does.
    fn implies(&self, implied: NodeId) -> Reply<Counterexample> {
        let fails = match self.promise.measure {
            Measure::While => Facet::False,
            Measure::WhileKnown | Measure::UnlessKnown => Facet::NotTrue,
        };
        let formula = |scribe: &mut dyn Scribe| {
            let mut writer = Writer::new(self.plan, scribe);
            let parts =
                vec![writer.ask(self.promise.when, self.counts()), writer.ask(implied, fails)];
            writer.all(parts)
        };
        self.ask(&formula, &mut |world| {
            let shows = |world: &World| {
                self.try_out(world, |evaluator, _| {
                    self.counts_by(evaluator) && is_facet(evaluator.truth(implied).truth(), fails)
                })
            };
            if !shows(&world) {
                return None;
            }
            let world = plainest(self.plan, world, &mut |world| shows(world));
            let asked = concrete(self.plan, &world, Channel::Web);
            let about = [self.promise.when, implied];
            Some(show(self.plan, &world, asked, Vec::new(), &about))
        })
    }

    fn ask(
        &self,
        formula: &dyn Fn(&mut dyn Scribe) -> Lit,
        accept: &mut dyn FnMut(World) -> Option<Counterexample>,
    ) -> Reply<Counterexample> {
        let mut encoder = write(&self.plan.program, &self.plan.schema, false, formula);
        ask(&mut encoder, self.budget, accept)
    }

    /// Evaluates conditions by the facts of a world.
    fn try_out<T>(&self, world: &World, test: impl FnOnce(&mut Evaluator<'_>, &Request) -> T) -> T {
        let (context, request) = concrete(self.plan, world, Channel::Web);
        self.evaluate(&context, &request, |evaluator| test(evaluator, &request))
    }

    fn evaluate<T>(
        &self,
        context: &Context,
        request: &Request,
        test: impl FnOnce(&mut Evaluator<'_>) -> T,
    ) -> T {
        let facts = gather(self.plan, context, request, request.channel);
        test(&mut Evaluator::new(&self.plan.program, &facts))
    }

    /// Finds the actions that get through although they should not.
    fn offenders(
        &self,
        targets: &[ActionId],
        asking: Asking,
        request: &Request,
        evaluator: &mut Evaluator<'_>,
    ) -> Vec<ActionId> {
        if !self.counts_by(evaluator) {
            return Vec::new();
        }
        let gets_through = |id: &&ActionId| {
            let action = self.plan.action(**id);
            is_available(action, request.channel, request.now)
                && self.survives(action, request, asking, Allowing::AsWritten, evaluator)
        };
        targets.iter().filter(gets_through).take(MOST_NAMED).copied().collect()
    }

    fn survives(
        &self,
        action: &PlannedAction,
        request: &Request,
        asking: Asking,
        allowing: Allowing,
        evaluator: &mut Evaluator<'_>,
    ) -> bool {
        survives(self.plan, action, request.channel, asking, allowing, evaluator)
    }

    fn show_never(
        &self,
        world: World,
        targets: &[ActionId],
        asking: Asking,
    ) -> Option<Counterexample> {
        let find = |world: &World, among: &[ActionId]| {
            self.try_out(world, |evaluator, request| {
                self.offenders(among, asking, request, evaluator)
            })
        };
        let first = *find(&world, targets).first()?;
        let world = plainest(self.plan, world, &mut |world| !find(world, &[first]).is_empty());
        let (context, mut request) = concrete(self.plan, &world, self.a_channel_of(first));
        if asking == Asking::Forced {
            request = request.force(&*self.plan.action(first).id);
        }
        let shown = |context: &Context, request: &Request| {
            let offends = self.evaluate(context, request, |evaluator| {
                !self.offenders(&[first], asking, request, evaluator).is_empty()
            });
            if offends { self.shown(first, context, request) } else { None }
        };
        let action = self.plan.action(first);
        let (context, request) = dress(self.plan, action, context, request, &shown)?;
        let mut offenders = self.evaluate(&context, &request, |evaluator| {
            self.offenders(targets, asking, &request, evaluator)
        });
        if asking == Asking::Forced {
            offenders = vec![first];
        }
        let names = offenders.iter().map(|id| self.plan.action(*id).id.to_string()).collect();
        let about: Vec<NodeId> = std::iter::once(self.promise.when)
            .chain(
                action.rules.suppressions.iter().flat_map(|id| sides(self.plan.suppression(*id))),
            )
            .collect();
        Some(show(self.plan, &world, (context, request), names, &about))
    }

    /// Decides, and tells how far an action gets; `None` if something that counts
    /// stands against it.
    ///
    /// A promise does not rest on what only comes between: consent, quiet hours,
    /// limits, holdouts, thresholds, and the slate.
    fn shown(&self, id: ActionId, context: &Context, request: &Request) -> Option<Shown> {
        let decision = decide(self.plan, context, request);
        if decision.recommendations.iter().any(|placed| placed.action == id) {
            return Some(Shown::Recommended);
        }
        let account = decision.withheld.iter().find(|account| account.action == id)?;
        let stands_against = account.reasons.iter().any(|reason| is_relied_on(reason.stage()));
        (!stands_against).then_some(Shown::LetThrough)
    }

    fn a_channel_of(&self, id: ActionId) -> Channel {
        self.plan.action(id).channels.first().copied().unwrap_or(Channel::Web)
    }

    fn show_always(
        &self,
        world: World,
        targets: &[ActionId],
        allowing: Allowing,
    ) -> Option<Counterexample> {
        let none = |request: &Request, evaluator: &mut Evaluator<'_>| {
            self.counts_by(evaluator)
                && !targets.iter().any(|id| {
                    let action = self.plan.action(*id);
                    let asking = Asking::Conditions;
                    !action.paused && self.survives(action, request, asking, allowing, evaluator)
                })
        };
        let shows =
            |world: &World| self.try_out(world, |evaluator, request| none(request, evaluator));
        if !shows(&world) {
            return None;
        }
        let world = plainest(self.plan, world, &mut |world| shows(world));
        let (context, request) = concrete(self.plan, &world, Channel::Web);
        if allowing == Allowing::AsWritten {
            let decision = decide(self.plan, &context, &request);
            let is_out = |id: &ActionId| {
                let account = decision.withheld.iter().find(|account| account.action == *id);
                self.plan.action(*id).paused
                    || account.is_some_and(|account| {
                        account.reasons.iter().any(|reason| is_of_conditions(reason.stage()))
                    })
            };
            if !targets.iter().all(is_out) {
                return None;
            }
        }
        let about: Vec<NodeId> = self.read_by(targets);
        Some(show(self.plan, &world, (context, request), Vec::new(), &about))
    }

    /// Lists the conditions that a promise about actions rests on.
    fn read_by(&self, targets: &[ActionId]) -> Vec<NodeId> {
        let mut nodes = vec![self.promise.when];
        for (Alike { .. }, actions) in alike(self.plan, targets, Asking::Conditions) {
            let Some(first) = actions.first() else { continue };
            let action = self.plan.action(*first);
            nodes.extend(super::policy::clauses(self.plan, action));
            let rules = action.rules.suppressions.iter();
            nodes.extend(rules.flat_map(|id| sides(self.plan.suppression(*id))));
        }
        nodes
    }
}

/// How many actions of a counterexample are named.
const MOST_NAMED: usize = 5;

fn is_facet(truth: Truth, facet: Facet) -> bool {
    match facet {
        Facet::True => truth == Truth::True,
        Facet::False => truth == Truth::False,
        Facet::NotTrue => truth != Truth::True,
        Facet::NotFalse => truth != Truth::False,
    }
}

/// Tells whether a stage is one of conditions and suppressions.
fn is_of_conditions(stage: Stage) -> bool {
    matches!(
        stage,
        Stage::Eligibility | Stage::Applicability | Stage::Suitability | Stage::Suppression
    )
}

/// Tells whether a promise rests on a stage.
fn is_relied_on(stage: Stage) -> bool {
    stage == Stage::Availability || is_of_conditions(stage)
}
