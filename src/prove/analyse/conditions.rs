//! Conditions that can never be true, or never anything else.

use super::Analyst;
use crate::check::Step;
use crate::condition::{Node, NodeId, Truth};
use crate::diagnostic::{Code, DocPath};

/// A condition that is never known to be true.
const NEVER_TRUE: Code = Code::new("P301");
/// A condition that is always known to be true.
const ALWAYS_TRUE: Code = Code::new("P302");
/// A suppression that says what to do in doubt, and is never in doubt.
const NEVER_UNKNOWN: Code = Code::new("P310");

/// What a condition is for.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Use {
    Situation,
    Clause,
    Suppression,
}

impl Analyst<'_> {
    pub(super) fn conditions(&mut self) {
        let plan = self.plan;
        for name in plan.policy.situations.keys() {
            if let Some(node) = plan.situations.get(name) {
                let path = DocPath::root().key("situations").key(name.clone()).key("when");
                self.condition(*node, path, Use::Situation);
            }
        }
        for (id, action) in plan.actions() {
            for step in Step::ALL {
                let clauses = plan.clauses_of(action, step);
                // What is inherited is written once, elsewhere.
                for clause in clauses.filter(|clause| clause.origin.is_none()) {
                    let path = Self::path_of_action(id).key(step.key());
                    self.condition(clause.node, path, Use::Clause);
                }
            }
        }
        for id in self.rule_ids() {
            let rule = plan.suppression(id);
            let Some(path) = self.path_of_rule(id) else { continue };
            self.condition(rule.when, path.key("when"), Use::Suppression);
            if let Some(after) = rule.after {
                self.condition(after, path.key("after"), Use::Suppression);
            }
            let is_never_unknown =
                rule.allow_unknown && self.can_be(rule.when, Truth::Unknown) == Some(false);
            if is_never_unknown {
                let message =
                    format!("`{}` is never in doubt: `on_unknown` decides nothing", rule.id);
                self.warn(NEVER_UNKNOWN, path.key("on_unknown"), message, "take `on_unknown` out");
            }
        }
    }

    fn condition(&mut self, node: NodeId, path: DocPath, of: Use) {
        // `true` and `false` say what they mean.
        if matches!(self.plan.program[node], Node::True | Node::False) {
            return;
        }
        if self.can_be(node, Truth::True) == Some(false) {
            let help = "look for parts that contradict each other";
            self.warn(NEVER_TRUE, path, "this is never known to be true".to_owned(), help);
            return;
        }
        if self.can_be(node, Truth::False) != Some(false) {
            return;
        }
        let is_certain = self.can_be(node, Truth::Unknown) == Some(false);
        let (message, help) = match (of, is_certain) {
            (Use::Suppression, _) => (
                "this is never known to be false: it always holds back",
                "write `true` if it should",
            ),
            (_, true) => ("this is always true", "take it out: it says nothing"),
            // True wherever it is known: it asks whether something is known.
            (_, false) => return,
        };
        self.warn(ALWAYS_TRUE, path, message.to_owned(), help);
    }
}
