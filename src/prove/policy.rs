//! What a policy lets through, as a formula, and tried on facts.

use std::collections::{BTreeMap, HashMap};

use super::encode::{Facet, Rail};
use super::formula::Scribe;
use super::literal::Lit;
use crate::check::CheckedSuppression;
use crate::condition::{Evaluator, NodeId, Truth};
use crate::decide::holds_back;
use crate::plan::{ActionId, Plan, PlannedAction, SuppressionId};
use crate::time::Timestamp;
use crate::vocabulary::Channel;

/// Actions that the same rules are about, under the same conditions.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Alike<'p> {
    channels: &'p [Channel],
    starts_at: Option<Timestamp>,
    ends_at: Option<Timestamp>,
    suppressions: &'p [SuppressionId],
    /// What must be true of the customer; empty where a request may force them.
    clauses: Vec<NodeId>,
}

impl<'p> Alike<'p> {
    pub(super) fn suppressions(&self) -> &'p [SuppressionId] {
        self.suppressions
    }

    /// How much is asked for: conditions and suppressions.
    pub(super) fn weight(&self) -> usize {
        self.clauses.len() + self.suppressions.len()
    }

    /// The same actions under other rules.
    pub(super) fn with_rules(&self, suppressions: &'p [SuppressionId]) -> Self {
        Self { suppressions, ..self.clone() }
    }

    /// Tells whether these are offered only where, and when, others are.
    pub(super) fn is_offered_within(&self, others: &Self) -> bool {
        let starts = |alike: &Self| alike.starts_at.map_or(i64::MIN, Timestamp::as_millis);
        let ends = |alike: &Self| alike.ends_at.map_or(i64::MAX, Timestamp::as_millis);
        self.channels.iter().all(|channel| others.channels.contains(channel))
            && starts(others) <= starts(self)
            && ends(others) >= ends(self)
    }
}

/// Which conditions of an action count.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Asking {
    /// As for everybody.
    Conditions,
    /// As if a request forced it: conditions are lifted.
    Forced,
}

/// How rules with `on_unknown = "allow"` are taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Allowing {
    /// As they are: what was last known decides.
    AsWritten,
    /// As if they held back whenever nobody can tell.
    AsBlocking,
}

/// Finds which actions are alike, of those that may be recommended at all.
pub(super) fn alike<'p>(
    plan: &'p Plan,
    actions: &[ActionId],
    asking: Asking,
) -> Vec<(Alike<'p>, Vec<ActionId>)> {
    let mut groups: BTreeMap<Alike<'p>, Vec<ActionId>> = BTreeMap::new();
    for id in actions {
        let action = plan.action(*id);
        if action.paused {
            continue;
        }
        let mut clauses = match asking {
            Asking::Conditions => clauses(plan, action).collect(),
            Asking::Forced => Vec::new(),
        };
        clauses.sort_unstable();
        clauses.dedup();
        let own = Alike {
            channels: &action.channels,
            starts_at: action.starts_at(),
            ends_at: action.ends_at(),
            suppressions: &action.rules.suppressions,
            clauses,
        };
        groups.entry(own).or_default().push(*id);
    }
    groups.into_iter().collect()
}

/// Lists the conditions of an action.
pub(super) fn clauses(plan: &Plan, action: &PlannedAction) -> impl Iterator<Item = NodeId> {
    plan.clauses(action).map(|clause| clause.node)
}

/// Writes what a policy does as formulas; each rule once.
pub(super) struct Writer<'s, 'p> {
    plan: &'p Plan,
    scribe: &'s mut dyn Scribe,
    passed: HashMap<SuppressionId, Lit>,
    /// Whether each rule can be left out by an assumption.
    has_exceptions: bool,
    blocked: HashMap<SuppressionId, Lit>,
}

impl<'s, 'p> Writer<'s, 'p> {
    pub(super) fn new(plan: &'p Plan, scribe: &'s mut dyn Scribe) -> Self {
        let (passed, blocked) = (HashMap::new(), HashMap::new());
        Self { plan, scribe, passed, has_exceptions: false, blocked }
    }

    /// Makes every suppression one that can be left out.
    pub(super) fn with_exceptions(self) -> Self {
        Self { has_exceptions: true, ..self }
    }

    pub(super) fn ask(&mut self, node: NodeId, facet: Facet) -> Lit {
        self.scribe.ask(node, facet, Rail::Fresh)
    }

    pub(super) fn all(&mut self, lits: Vec<Lit>) -> Lit {
        self.scribe.all(lits)
    }

    pub(super) fn any(&mut self, lits: Vec<Lit>) -> Lit {
        self.scribe.any(lits)
    }

    /// An action that is alike is available, qualified and not suppressed,
    /// whatever the rules left out say.
    pub(super) fn gets_through(
        &mut self,
        alike: &Alike<'p>,
        without: Option<SuppressionId>,
    ) -> Lit {
        let mut parts = vec![self.scribe.on(alike.channels)];
        parts.extend(alike.starts_at.map(|instant| self.scribe.from(instant)));
        parts.extend(alike.ends_at.map(|instant| self.scribe.until(instant)));
        parts.extend(alike.clauses.iter().map(|node| self.ask(*node, Facet::True)));
        for rule in alike.suppressions {
            if Some(*rule) != without {
                parts.push(self.passes(*rule));
            }
        }
        self.scribe.all(parts)
    }

    /// A condition or a rule stands against an action that is alike.
    pub(super) fn is_held(&mut self, alike: &Alike<'p>, allowing: Allowing) -> Lit {
        let mut parts: Vec<Lit> =
            alike.clauses.iter().map(|node| self.ask(*node, Facet::NotTrue)).collect();
        for rule in alike.suppressions {
            parts.push(self.blocks(*rule, allowing));
        }
        self.scribe.any(parts)
    }

    /// A suppression does not hold back on the channel of the request.
    pub(super) fn passes(&mut self, id: SuppressionId) -> Lit {
        if let Some(known) = self.passed.get(&id) {
            return *known;
        }
        let rule = self.plan.suppression(id);
        let sides: Vec<Lit> = sides(rule).map(|node| self.side_passes(rule, node)).collect();
        let pass = self.scribe.all(sides);
        let pass = match elsewhere(rule) {
            Some(others) => {
                let other = self.scribe.on(&others);
                self.scribe.any(vec![other, pass])
            }
            None => pass,
        };
        let pass = if self.has_exceptions {
            let exception = self.scribe.exception(id);
            self.scribe.any(vec![exception, pass])
        } else {
            pass
        };
        self.passed.insert(id, pass);
        pass
    }

    /// Known to be false; under `allow` also unknown, unless it was last known
    /// to be true.
    fn side_passes(&mut self, rule: &CheckedSuppression, node: NodeId) -> Lit {
        let is_false = self.ask(node, Facet::False);
        if !rule.allow_unknown {
            return is_false;
        }
        let now = self.ask(node, Facet::NotTrue);
        let before = self.scribe.ask(node, Facet::NotTrue, Rail::LastKnown);
        let unknown = self.scribe.all(vec![now, before]);
        self.scribe.any(vec![is_false, unknown])
    }

    /// A suppression holds back on the channel of the request.
    pub(super) fn blocks(&mut self, id: SuppressionId, allowing: Allowing) -> Lit {
        if let Some(known) = self.blocked.get(&id) {
            return *known;
        }
        let rule = self.plan.suppression(id);
        let sides: Vec<Lit> =
            sides(rule).map(|node| self.side_blocks(rule, node, allowing)).collect();
        let block = self.scribe.any(sides);
        let block = if rule.channels.is_empty() {
            block
        } else {
            let on = self.scribe.on(&rule.channels);
            self.scribe.all(vec![on, block])
        };
        self.blocked.insert(id, block);
        block
    }

    fn side_blocks(&mut self, rule: &CheckedSuppression, node: NodeId, allowing: Allowing) -> Lit {
        let not_false = self.ask(node, Facet::NotFalse);
        if !rule.allow_unknown || allowing == Allowing::AsBlocking {
            return not_false;
        }
        let now = self.ask(node, Facet::True);
        let before = self.scribe.ask(node, Facet::True, Rail::LastKnown);
        let unknown = self.scribe.all(vec![not_false, before]);
        self.scribe.any(vec![now, unknown])
    }
}

/// Lists the situation of a suppression, and its cool-off.
pub(super) fn sides(rule: &CheckedSuppression) -> impl Iterator<Item = NodeId> {
    std::iter::once(rule.when).chain(rule.after)
}

/// Lists the channels that a rule says nothing about, if it names channels.
fn elsewhere(rule: &CheckedSuppression) -> Option<Vec<Channel>> {
    if rule.channels.is_empty() {
        return None;
    }
    let all = Channel::ALL.iter().copied();
    Some(all.filter(|channel| !rule.channels.contains(channel)).collect())
}

/// Tells whether a suppression holds back by these facts on a channel.
pub(super) fn rule_holds(
    rule: &CheckedSuppression,
    channel: Channel,
    allowing: Allowing,
    evaluator: &mut Evaluator<'_>,
) -> bool {
    if !rule.channels.is_empty() && !rule.channels.contains(&channel) {
        return false;
    }
    if allowing == Allowing::AsBlocking {
        return sides(rule).any(|node| evaluator.truth(node).truth() != Truth::False);
    }
    holds_back(rule, evaluator)
}

/// Tells whether an action gets through conditions and suppressions by these
/// facts on a channel.
pub(super) fn survives(
    plan: &Plan,
    action: &PlannedAction,
    channel: Channel,
    asking: Asking,
    allowing: Allowing,
    evaluator: &mut Evaluator<'_>,
) -> bool {
    let qualifies = asking == Asking::Forced
        || clauses(plan, action).all(|node| evaluator.truth(node).truth() == Truth::True);
    qualifies
        && action
            .rules
            .suppressions
            .iter()
            .all(|id| !rule_holds(plan.suppression(*id), channel, allowing, evaluator))
}

/// Tells whether an action is offered on a channel at a moment.
pub(super) fn is_available(action: &PlannedAction, channel: Channel, now: Timestamp) -> bool {
    !action.paused
        && action.channels.contains(&channel)
        && action.starts_at().is_none_or(|starts_at| now >= starts_at)
        && action.ends_at().is_none_or(|ends_at| now < ends_at)
}
