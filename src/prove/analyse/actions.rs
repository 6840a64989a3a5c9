//! Actions that nobody gets, and actions that others always come before.

use super::super::formula::Scribe;
use super::super::policy::{Alike, Allowing, Asking, Writer, alike};
use super::{Analyst, Fate, Obstacle};
use crate::check::{CERTAIN, CheckedPropensity, CheckedValue, MAX_VALUE, ONE};
use crate::condition::Truth;
use crate::diagnostic::{Code, Diagnostic, DocPath};
use crate::plan::{ActionId, Plan, PlannedAction, SuppressionId, factor};

/// An action that nobody can get.
const UNREACHABLE: Code = Code::new("P303");
/// An action that another always comes before.
const DOMINATED: Code = Code::new("P311");
/// A situation in which nothing can be offered.
const NOTHING_LEFT: Code = Code::new("P313");

/// Of how many actions the solver is asked whether they always come before one.
const MOST_TRIED: usize = 3;

impl<'p> Analyst<'p> {
    fn all_actions(&self) -> Vec<ActionId> {
        self.plan.actions().map(|(id, _)| id).collect()
    }

    /// Finds the actions that conditions and suppressions never let through.
    pub(super) fn reachable(&mut self) {
        for (alike, actions) in alike(self.plan, &self.all_actions(), Asking::Conditions) {
            let Some(first) = actions.first().copied() else { continue };
            if self.can_get_through(&alike, first, &[]) != Some(false) {
                continue;
            }
            let why = self.why_unreachable(&alike, first);
            self.unreachable.extend(actions.iter().map(|id| (*id, why.clone())));
            // What can never be true was found before.
            let mut clauses = super::clauses(self.plan, self.plan.action(first));
            if clauses.any(|node| self.can_be(node, Truth::True) == Some(false)) {
                continue;
            }
            let why = self.in_words(&why);
            for id in actions {
                let message = format!("nobody can get this action: {why}");
                let help = "take one of the conditions back, or the action out";
                self.warn(UNREACHABLE, Self::path_of_action(id), message, help);
            }
        }
    }

    /// Finds what always stands against an action.
    fn why_unreachable(&mut self, alike: &Alike<'p>, id: ActionId) -> Obstacle {
        let by_itself = alike.with_rules(&[]);
        if self.can_get_through(&by_itself, id, &[]) == Some(false) {
            return Obstacle::Conditions;
        }
        let rules = alike.suppressions().iter();
        let always =
            rules.filter(|rule| self.can_get_through(&by_itself, id, &[**rule]) == Some(false));
        Obstacle::Rules(always.copied().collect())
    }

    fn in_words(&self, why: &Obstacle) -> String {
        let Obstacle::Rules(rules) = why else {
            return "its conditions contradict each other".to_owned();
        };
        let names = rules.iter().map(|rule| format!("`{}`", self.plan.suppression(*rule).id));
        match names.collect::<Vec<_>>().as_slice() {
            [] => "one of its suppressions always holds it back".to_owned(),
            [only] => format!("{only} always holds it back"),
            several => format!("each of {} always holds it back", several.join(" and ")),
        }
    }

    /// Tells whether an action gets through, with rules besides its own.
    fn can_get_through(
        &mut self,
        alike: &Alike<'p>,
        id: ActionId,
        rules: &[SuppressionId],
    ) -> Option<bool> {
        let plan = self.plan;
        let formula = |scribe: &mut dyn Scribe| {
            let mut writer = Writer::new(plan, scribe);
            let mut parts = vec![writer.gets_through(alike, None)];
            parts.extend(rules.iter().map(|rule| writer.passes(*rule)));
            writer.all(parts)
        };
        // Without its own rules, it is only held by those that are named.
        let is_by_itself = alike.suppressions().is_empty();
        let is_it = |sample: &super::Sample| match sample.fate(id) {
            Fate::GetsThrough => !rules.iter().any(|rule| sample.holds(*rule)),
            Fate::HeldBy(_) | Fate::Held => {
                is_by_itself && !rules.iter().any(|rule| sample.holds(*rule))
            }
            Fate::Out => false,
        };
        self.possible(&formula, &is_it)
    }

    /// Finds situations in which no action at all gets through.
    pub(super) fn nothing_left(&mut self) {
        let plan = self.plan;
        let groups = alike(plan, &self.all_actions(), Asking::Conditions);
        for name in plan.policy.situations.keys() {
            let Some(node) = plan.situations.get(name).copied() else { continue };
            let formula = |scribe: &mut dyn Scribe| {
                let mut writer = Writer::new(plan, scribe);
                let holds = writer.ask(node, super::Facet::True);
                let some =
                    groups.iter().map(|(alike, _)| writer.gets_through(alike, None)).collect();
                let some = writer.any(some);
                writer.all(vec![holds, some])
            };
            let is_it = |sample: &super::Sample| {
                sample.truth(node) == Truth::True && sample.actions.contains(&Fate::GetsThrough)
            };
            if self.possible(&formula, &is_it) == Some(false)
                && self.can_be(node, Truth::True) == Some(true)
            {
                let path = DocPath::root().key("situations").key(name.clone());
                let message = "in this situation nothing can be offered".to_owned();
                let example =
                    self.example(Vec::new(), &[node], |sample| sample.truth(node) == Truth::True);
                let found = Diagnostic::info(NOTHING_LEFT, path, message)
                    .with_help("let a service action through");
                self.find(found, example);
            }
        }
    }

    /// Finds actions that never come before another: wherever they get through,
    /// that one does too, and goes first whatever its score.
    pub(super) fn dominated(&mut self) {
        let plan = self.plan;
        let groups = alike(plan, &self.all_actions(), Asking::Conditions);
        let mut of: Vec<(&Alike<'p>, ActionId)> = groups
            .iter()
            .flat_map(|(alike, actions)| actions.iter().map(move |id| (alike, *id)))
            // Nothing comes before what nobody gets.
            .filter(|(_, id)| !self.unreachable.contains_key(id))
            .collect();
        // What asks for little comes along with most.
        of.sort_by_key(|(alike, id)| (alike.weight(), *id));
        let through = self.through();
        for (behind, id) in &of {
            let may_come_along = |other: ActionId| {
                let pairs = through.get(id.place()).zip(through.get(other.place()));
                pairs.is_some_and(|(own, others)| own.iter().zip(others).all(|(a, b)| a & !b == 0))
            };
            let candidates = of.iter().filter(|(ahead, other)| {
                other != id
                    && may_come_along(*other)
                    && behind.is_offered_within(ahead)
                    && goes_first(plan, plan.action(*other), plan.action(*id))
            });
            let candidates: Vec<&(&Alike<'p>, ActionId)> = candidates.take(MOST_TRIED).collect();
            let before = candidates
                .into_iter()
                .find(|(ahead, other)| self.comes_along(behind, *id, ahead, *other));
            let Some((_, other)) = before else { continue };
            let other = &plan.action(*other).id;
            let message = format!("`{other}` always comes before this action");
            let id = *id;
            let example = self.example(
                vec![plan.action(id).id.to_string(), other.to_string()],
                &[],
                |sample| sample.gets_through(id),
            );
            let help = "if that is not meant, look at tiers, values and boosts";
            let found = Diagnostic::info(DOMINATED, Self::path_of_action(id), message);
            self.find(found.with_help(help), example);
        }
    }

    /// For each action the customers who came up and get it, a bit each.
    fn through(&self) -> Vec<Vec<u64>> {
        let words = self.samples.len().div_ceil(64);
        let mut through = vec![vec![0_u64; words]; self.plan.actions().count()];
        for (place, sample) in self.samples.iter().enumerate() {
            for (fate, of) in sample.actions.iter().zip(&mut through) {
                if let Some(word) = of.get_mut(place / 64).filter(|_| *fate == Fate::GetsThrough) {
                    *word |= 1 << (place % 64);
                }
            }
        }
        through
    }

    /// Tells whether one action gets through wherever another does.
    fn comes_along(
        &mut self,
        behind: &Alike<'p>,
        id: ActionId,
        ahead: &Alike<'p>,
        other: ActionId,
    ) -> bool {
        let plan = self.plan;
        let formula = |scribe: &mut dyn Scribe| {
            let mut writer = Writer::new(plan, scribe);
            let through = writer.gets_through(behind, None);
            let held = writer.is_held(ahead, Allowing::AsWritten);
            writer.all(vec![through, held])
        };
        let is_it = |sample: &super::Sample| sample.gets_through(id) && !sample.gets_through(other);
        self.possible(&formula, &is_it) == Some(false)
    }
}

/// Tells whether an action goes before another whatever scores and boosts say.
fn goes_first(plan: &Plan, ahead: &PlannedAction, behind: &PlannedAction) -> bool {
    if ahead.tier != behind.tier {
        return ahead.tier > behind.tier;
    }
    // One without the score it needs comes last.
    if plan.numbers(ahead).next().is_some() {
        return false;
    }
    let ((least, _), (_, most)) = (priorities(plan, ahead), priorities(plan, behind));
    least > most || least == most && ahead.rank() > behind.rank()
}

/// The least and the greatest priority an action may have.
fn priorities(plan: &Plan, action: &PlannedAction) -> (u128, u128) {
    let points = || action.rules.boosts.iter().filter_map(|boost| plan.boosts.get(*boost));
    let lowered: i64 = points().map(|boost| boost.basis_points.min(0)).sum();
    let lifted: i64 = points().map(|boost| boost.basis_points.max(0)).sum();
    let propensity = match plan.propensity(action) {
        CheckedPropensity::Fixed(parts) => (parts, parts),
        CheckedPropensity::Read(_) => (0, CERTAIN),
    };
    let value = match plan.value(action) {
        CheckedValue::Fixed(minor) => (minor, minor),
        CheckedValue::Read(_) => (0, MAX_VALUE),
    };
    let product = |propensity: u32, weight: i64, value: u64| {
        u128::from(propensity)
            * u128::from(factor(ONE + weight))
            * u128::from(value)
            * u128::from(action.rules.lever)
    };
    (product(propensity.0, lowered, value.0), product(propensity.1, lifted, value.1))
}
