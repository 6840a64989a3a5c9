//! Suppressions that decide nothing, or say what others say.

use std::collections::BTreeMap;

use super::super::formula::Scribe;
use super::super::policy::{Allowing, Asking, Writer, alike};
use super::{Analyst, Facet, Fate, Obstacle, Sample};
use crate::condition::{Atom, Constant, ListTerm, Node, NodeId, Term, TermId};
use crate::diagnostic::{Code, Diagnostic, DocPath};
use crate::plan::{ActionId, SuppressionId};
use crate::schema::{FactId, FieldId, Presence, Type};

/// A suppression without which everything would be the same.
const IDLE: Code = Code::new("P304");
/// A suppression that holds only where another does.
const IMPLIED: Code = Code::new("P305");
/// Two situations that say the same.
const DUPLICATE: Code = Code::new("P306");
/// Words that conditions compare with some of, and never with these.
const UNMENTIONED: Code = Code::new("P314");

impl Analyst<'_> {
    pub(super) fn rules(&mut self) {
        for id in self.rule_ids() {
            let Some(path) = self.path_of_rule(id) else { continue };
            if self.targets(id).is_empty() {
                // It is about no action yet, which is a warning already.
                continue;
            }
            if let Some(other) = self.implied_by(id) {
                let message = format!("wherever this holds back, `{other}` does as well");
                self.warn(IMPLIED, path, message, "take this one out, or make it say more");
            } else if self.decides(id) == Some(false) {
                let message = "this suppression decides nothing: what it holds back is held back \
                               or not offered anyway"
                    .to_owned();
                self.warn(IDLE, path, message, "take it out, or look at its condition");
            }
        }
        self.duplicates();
        self.unmentioned();
    }

    /// Tells whether some action would get through but for this rule.
    fn decides(&mut self, id: SuppressionId) -> Option<bool> {
        let plan = self.plan;
        // What something else always holds back is not freed by leaving it out.
        let may_be_freed = |action: &ActionId| match self.unreachable.get(action) {
            None => true,
            Some(Obstacle::Conditions) => false,
            Some(Obstacle::Rules(rules)) => rules.iter().all(|rule| *rule == id),
        };
        let targets: Vec<ActionId> = self.targets(id).into_iter().filter(may_be_freed).collect();
        let groups = alike(plan, &targets, Asking::Conditions);
        let formula = |scribe: &mut dyn Scribe| {
            let mut writer = Writer::new(plan, scribe);
            let blocks = writer.blocks(id, Allowing::AsWritten);
            let through =
                groups.iter().map(|(alike, _)| writer.gets_through(alike, Some(id))).collect();
            let through = writer.any(through);
            writer.all(vec![blocks, through])
        };
        let is_it = |sample: &Sample| sample.actions.contains(&Fate::HeldBy(id));
        self.possible(&formula, &is_it)
    }

    /// Finds a rule about the same actions, at least, that holds wherever this does.
    fn implied_by(&mut self, id: SuppressionId) -> Option<String> {
        let plan = self.plan;
        let rule = plan.suppression(id);
        for other_id in self.rule_ids() {
            let other = plan.suppression(other_id);
            let is_wider = other.channels.is_empty() || other.channels == rule.channels;
            if other_id == id || !is_wider || !self.covers(other_id, id) {
                continue;
            }
            // Of two that say the same, the later one is found.
            let is_twin = other.when == rule.when && self.covers(id, other_id);
            if is_twin && other_id > id {
                continue;
            }
            let formula = |scribe: &mut dyn Scribe| {
                let mut writer = Writer::new(plan, scribe);
                let parts = vec![writer.blocks(id, Allowing::AsWritten), writer.passes(other_id)];
                writer.all(parts)
            };
            let is_it = |sample: &Sample| sample.holds(id) && !sample.holds(other_id);
            if self.possible(&formula, &is_it) == Some(false)
                && (is_twin || !self.is_mutual(id, other_id))
            {
                return Some(other.id.clone());
            }
        }
        None
    }

    /// Tells whether a rule is about every action that another is about.
    fn covers(&self, rule: SuppressionId, other: SuppressionId) -> bool {
        let of = |id: SuppressionId| self.selected.get(id.place()).map_or(&[][..], Vec::as_slice);
        of(other).iter().all(|set| of(rule).binary_search(set).is_ok())
    }

    /// Tells whether each of two rules holds wherever the other does, and the
    /// other is the later one: then that one is found.
    fn is_mutual(&mut self, id: SuppressionId, other: SuppressionId) -> bool {
        let plan = self.plan;
        if other < id || !self.covers(id, other) {
            return false;
        }
        let formula = |scribe: &mut dyn Scribe| {
            let mut writer = Writer::new(plan, scribe);
            let parts = vec![writer.blocks(other, Allowing::AsWritten), writer.passes(id)];
            writer.all(parts)
        };
        let is_it = |sample: &Sample| sample.holds(other) && !sample.holds(id);
        self.possible(&formula, &is_it) == Some(false)
    }

    /// Finds situations that are the same for everybody.
    fn duplicates(&mut self) {
        let plan = self.plan;
        let names: Vec<(&String, NodeId)> = plan
            .policy
            .situations
            .keys()
            .filter_map(|name| Some((name, *plan.situations.get(name)?)))
            .collect();
        for (place, (name, node)) in names.iter().enumerate() {
            let earlier = names.iter().take(place);
            let twin = earlier
                .filter(|(_, other)| *other == *node || self.differ(*other, *node) == Some(false))
                .map(|(twin, _)| (*twin).clone())
                .next();
            if let Some(twin) = twin {
                let path = DocPath::root().key("situations").key((*name).clone());
                let message = format!("this says the same as `{twin}`");
                self.warn(DUPLICATE, path, message, "keep one of the two");
            }
        }
    }

    /// Tells whether two conditions can come to different truths.
    fn differ(&mut self, a: NodeId, b: NodeId) -> Option<bool> {
        let plan = self.plan;
        let formula = |scribe: &mut dyn Scribe| {
            let mut writer = Writer::new(plan, scribe);
            let ways = [
                (Facet::True, Facet::NotTrue),
                (Facet::NotTrue, Facet::True),
                (Facet::False, Facet::NotFalse),
                (Facet::NotFalse, Facet::False),
            ];
            let ways = ways.map(|(of_a, of_b)| {
                let both = vec![writer.ask(a, of_a), writer.ask(b, of_b)];
                writer.all(both)
            });
            writer.any(ways.into())
        };
        self.possible(&formula, &|sample| sample.truth(a) != sample.truth(b))
    }

    /// Finds closed sets of which conditions mention some words and not others.
    fn unmentioned(&mut self) {
        let mut mentioned = Mentioned { analyst: self, words: BTreeMap::new() };
        let plan = mentioned.analyst.plan;
        for rule in &plan.suppressions {
            for node in super::sides(rule) {
                mentioned.node(node);
            }
        }
        let words = mentioned.words;
        for ((fact, field), codes) in words {
            let entry = plan.schema.entry(fact);
            let (name, ty) = match (field, entry.fact.ty()) {
                (Some(field), Type::Records(record)) => {
                    (format!("{}[].{}", entry.path, record.name_of(field)), record.type_of(field))
                }
                (_, ty) => (entry.path.clone(), Some(ty)),
            };
            // A request is on any channel.
            if matches!(plan.schema.part(entry.part).presence, Presence::Always) {
                continue;
            }
            let Some(Type::Word(set)) = ty else { continue };
            let missing: Vec<String> = set
                .words()
                .iter()
                .zip(0_u16..)
                .filter(|(_, code)| !codes.contains(code))
                .map(|(word, _)| format!("`{word}`"))
                .collect();
            if !missing.is_empty() {
                let message = format!("no suppression mentions {} of `{name}`", missing.join(", "));
                let found = Diagnostic::info(UNMENTIONED, DocPath::root().key("suppress"), message);
                self.find(
                    found.with_help("nothing, if none of them is a reason to hold back"),
                    None,
                );
            }
        }
    }
}

/// Collects the words that conditions compare with, by fact or field.
struct Mentioned<'a, 'p> {
    analyst: &'a Analyst<'p>,
    words: BTreeMap<(FactId, Option<FieldId>), Vec<u16>>,
}

impl Mentioned<'_, '_> {
    fn node(&mut self, node: NodeId) {
        let program = &self.analyst.plan.program;
        match &program[node] {
            Node::True | Node::False | Node::Unknown => {}
            Node::Not(inner) => self.node(*inner),
            Node::All(parts) | Node::Any(parts) => parts.iter().for_each(|part| self.node(*part)),
            Node::Atom(atom) => match &program[*atom] {
                Atom::Is(term, Constant::Word(code)) => self.mention(*term, *code),
                Atom::Exists(ListTerm::Fact(_), body) | Atom::One(ListTerm::Fact(_), body) => {
                    self.node(*body);
                }
                _ => {}
            },
        }
    }

    fn mention(&mut self, term: TermId, code: u16) {
        let place = match &self.analyst.plan.program[term] {
            Term::Fact(fact) => (*fact, None),
            Term::Field(list, field) => (*list, Some(*field)),
            _ => return,
        };
        self.words.entry(place).or_default().push(code);
    }
}
