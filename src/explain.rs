//! The slow, complete account of one action: every stage, clause by clause.

mod policy;
#[cfg(feature = "json")]
mod replay;

use std::fmt;

use serde::Serialize;

use crate::check::Clause;
use crate::condition::{Evaluator, Truth, basis, shown};
use crate::context::Context;
use crate::decide::{decide, factors, gather, place_in_order};
use crate::decision::{
    Decision, FactUse, Priority, Reason, Recommendation, Request, Stage, Suppressed, Verdict,
};
use crate::error::{Error, ErrorKind};
use crate::plan::{ActionId, Plan, PlannedAction, SuppressionId};
use crate::schema::Facts;
use crate::time::Timestamp;

pub(crate) use policy::describe;
#[cfg(feature = "json")]
pub(crate) use replay::replay;
#[cfg(feature = "json")]
pub use replay::{ActionDifference, Fate, Replay, SuppressionDifference};

/// Why an action is recommended, or why not.
///
/// It prints as something that can be read aloud, and serialises for
/// programs. Making it changes nothing.
#[derive(Clone, Debug, Serialize)]
#[non_exhaustive]
pub struct Explanation {
    /// The action.
    pub action: String,
    /// What became of it.
    pub verdict: Verdict,
    /// The slot it takes, if it is recommended into one.
    pub slot: Option<String>,
    /// The place among all admissible actions it has, or would have.
    pub rank: Option<usize>,
    /// Its priority; none if a score is missing.
    pub priority: Option<Priority>,
    /// The first instant at which everything that holds it back is clear.
    pub until: Option<Timestamp>,
    /// The stages, in their order.
    pub stages: Vec<StageReport>,
}

/// What one stage says of the action.
#[derive(Clone, Debug, Serialize)]
#[non_exhaustive]
pub struct StageReport {
    /// The stage.
    pub stage: Stage,
    /// Whether the action passes it.
    pub passes: bool,
    /// What was looked at.
    pub notes: Vec<Note>,
}

/// One thing that a stage looked at.
#[derive(Clone, Debug, Serialize)]
#[non_exhaustive]
pub struct Note {
    /// The condition, the rule or the reason, in words.
    pub text: String,
    /// What the condition comes to.
    pub truth: Option<Truth>,
    /// The facts that decided it.
    pub facts: Vec<ShownFact>,
    /// When it clears by itself, if it holds the action back and time does it.
    pub until: Option<Timestamp>,
}

/// A fact with its value.
#[derive(Clone, Debug, Serialize)]
#[non_exhaustive]
pub struct ShownFact {
    /// The fact and its age.
    #[serde(flatten)]
    pub fact: FactUse,
    /// Its value in words, if there is one.
    pub value: Option<String>,
}

/// Explains one action.
///
/// # Errors
///
/// The policy has no action of this id.
pub(crate) fn explain(
    plan: &Plan,
    context: &Context,
    request: &Request,
    action: &str,
) -> Result<Explanation, Error> {
    let id = plan.find(action).ok_or_else(|| unknown(plan, action))?;
    // All reasons are wanted, whatever the request asked for.
    let request = Request { detail: crate::decision::Detail::Complete, ..request.clone() };
    let facts = gather(plan, context, &request);
    let decision = Decision { plan, data: decide(plan, context, &request) };
    Ok(Explainer { plan, id, facts: &facts, decision: &decision }.explanation())
}

fn unknown(plan: &Plan, action: &str) -> Error {
    let ids = plan.actions().map(|(_, action)| action.id.as_str());
    let near = crate::diagnostic::suggest::closest(action, ids);
    let help = near.map(|near| format!(": did you mean `{near}`?")).unwrap_or_default();
    Error::at(ErrorKind::UnknownAction, "", format!("the policy has no action `{action}`{help}"))
}

struct Explainer<'a> {
    plan: &'a Plan,
    id: ActionId,
    facts: &'a Facts<'a>,
    decision: &'a Decision<'a>,
}

impl<'a> Explainer<'a> {
    fn explanation(&self) -> Explanation {
        let action = self.plan.action(self.id);
        let placed = self.recommendation();
        let account = self.account();
        let priority = placed.map(|placed| placed.priority());
        let priority = priority.or_else(|| account.and_then(|account| account.priority()));
        Explanation {
            action: action.id.clone(),
            verdict: account.map_or(Verdict::Recommended, |account| account.verdict()),
            slot: placed.and_then(|placed| placed.slot().map(str::to_owned)),
            rank: priority
                .map(|priority| place_in_order(self.decision, self.id, priority.as_product())),
            priority,
            until: account.and_then(|account| account.until()),
            stages: self.stages(action),
        }
    }

    fn recommendation(&self) -> Option<Recommendation<'a>> {
        self.decision.recommendations().find(|placed| placed.is(self.id))
    }

    fn account(&self) -> Option<Suppressed<'a>> {
        self.decision.withheld().find(|account| account.is(self.id))
    }

    fn reasons(&self, stage: Stage) -> Vec<Reason<'a>> {
        let Some(account) = self.account() else {
            return Vec::new();
        };
        account.reasons().filter(|reason| reason.code().stage() == stage).collect()
    }

    fn stages(&self, action: &PlannedAction) -> Vec<StageReport> {
        let mut evaluator = Evaluator::new(&self.plan.program, self.facts);
        let mut stages = vec![
            self.by_reasons(Stage::Availability),
            self.by_reasons(Stage::Consent),
            self.by_clauses(Stage::Eligibility, &action.eligible, &mut evaluator),
            self.by_clauses(Stage::Applicability, &action.applicable, &mut evaluator),
            self.by_clauses(Stage::Suitability, &action.suitable, &mut evaluator),
            self.by_suppressions(action, &mut evaluator),
            self.by_score(action, &mut evaluator),
        ];
        // What is held back earlier never comes to the slate.
        stages.extend(stages.iter().all(|report| report.passes).then(|| self.by_slate()));
        stages
    }

    fn by_reasons(&self, stage: Stage) -> StageReport {
        let notes: Vec<Note> = self.reasons(stage).iter().map(|reason| self.note(reason)).collect();
        StageReport { stage, passes: notes.is_empty(), notes }
    }

    fn note(&self, reason: &Reason<'_>) -> Note {
        let facts = reason.facts().map(|fact| ShownFact { fact, value: None });
        let text = reason.because();
        Note { text, truth: None, facts: facts.collect(), until: reason.until() }
    }

    fn by_clauses(
        &self,
        stage: Stage,
        clauses: &[Clause],
        evaluator: &mut Evaluator<'a>,
    ) -> StageReport {
        let reasons = self.reasons(stage);
        let notes: Vec<Note> = clauses
            .iter()
            .map(|clause| {
                let reason = reasons.iter().find(|reason| reason.condition() == Some(&clause.text));
                Note {
                    text: clause.text.clone(),
                    truth: Some(evaluator.truth(clause.node).truth()),
                    facts: self.shown(basis(evaluator, clause.node, false), false),
                    until: reason.and_then(Reason::until),
                }
            })
            .collect();
        StageReport { stage, passes: reasons.is_empty(), notes }
    }

    fn by_suppressions(
        &self,
        action: &PlannedAction,
        evaluator: &mut Evaluator<'a>,
    ) -> StageReport {
        let notes: Vec<Note> = action
            .suppressions
            .iter()
            .map(|id| {
                let rule = self.plan.suppression(*id);
                match self.decision.in_force(*id) {
                    Some(in_force) => Note {
                        text: format!("{} ({}): {}", rule.id, in_force.code.name(), rule.because),
                        truth: Some(evaluator.truth(rule.when).truth()),
                        facts: self.shown(in_force.basis.clone(), in_force.by_last_known),
                        until: in_force.until,
                    },
                    None => self.not_in_force(*id, evaluator),
                }
            })
            .collect();
        StageReport {
            stage: Stage::Suppression,
            passes: self.reasons(Stage::Suppression).is_empty(),
            notes,
        }
    }

    /// A suppression lets pass what is known false, or unknown where it says so.
    fn not_in_force(&self, id: SuppressionId, evaluator: &mut Evaluator<'a>) -> Note {
        let rule = self.plan.suppression(id);
        let mut truth = evaluator.truth(rule.when).truth();
        let mut facts = basis(evaluator, rule.when, false);
        let mut text = format!("{}: {}", rule.id, rule.say);
        if let Some(after) = rule.after {
            text = format!("{text}, or {}", rule.say_after);
            if evaluator.truth(after).truth() == Truth::Unknown {
                truth = Truth::Unknown;
            }
            facts.extend(basis(evaluator, after, false));
            facts.dedup();
        }
        if truth == Truth::Unknown {
            text.push_str(" (lets the unknown pass)");
        }
        Note { text, truth: Some(truth), facts: self.shown(facts, false), until: None }
    }

    fn by_score(&self, action: &PlannedAction, evaluator: &mut Evaluator<'a>) -> StageReport {
        let mut report = self.by_reasons(Stage::Score);
        if report.passes {
            let text = factors(self.plan, action, evaluator);
            report.notes.push(Note { text, truth: None, facts: Vec::new(), until: None });
        }
        report
    }

    fn by_slate(&self) -> StageReport {
        let mut report = self.by_reasons(Stage::Slate);
        if let Some(placed) = self.recommendation() {
            let slot =
                placed.slot().map_or("in the ranking".to_owned(), |slot| format!("in slot {slot}"));
            let text = match placed.treatment() {
                Some(treatment) => format!("{slot}, shown as {treatment}"),
                None => slot,
            };
            report.notes.push(Note { text, truth: None, facts: Vec::new(), until: None });
        }
        report
    }

    fn shown(&self, basis: Vec<crate::condition::Basis>, by_last_known: bool) -> Vec<ShownFact> {
        let facts = basis.iter().map(|basis| {
            let fact = FactUse::new(basis, by_last_known, &self.plan.schema);
            // What was not delivered has no value to show.
            let value = fact.age().and_then(|_| shown(self.facts, &basis.subject));
            ShownFact { fact, value }
        });
        facts.collect()
    }
}

impl fmt::Display for Explanation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.action, self.verdict)?;
        if let (Some(rank), Some(priority)) = (self.rank, self.priority) {
            let is = if self.verdict == Verdict::Recommended { "is" } else { "would be" };
            write!(f, ", {is} no. {rank} with priority {priority}")?;
        }
        writeln!(f)?;
        if self.verdict != Verdict::Recommended {
            match self.until {
                Some(until) => writeln!(f, "until {until}, if nothing else changes")?,
                None => writeln!(f, "until something changes: time alone does not clear it")?,
            }
        }
        for report in &self.stages {
            report.fmt(f)?;
        }
        Ok(())
    }
}

impl fmt::Display for StageReport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "  {:<14}{}", self.stage, if self.passes { "passes" } else { "HOLDS BACK" })?;
        for note in &self.notes {
            note.fmt(f)?;
        }
        Ok(())
    }
}

impl fmt::Display for Note {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "      {}", self.text)?;
        if let Some(truth) = self.truth {
            write!(f, "  is {truth}")?;
        }
        if let Some(until) = self.until {
            write!(f, ", until {until}")?;
        }
        writeln!(f)?;
        for shown in &self.facts {
            write!(f, "        {}", shown.fact)?;
            match &shown.value {
                Some(value) => writeln!(f, " = {value}")?,
                None => writeln!(f)?,
            }
        }
        Ok(())
    }
}
