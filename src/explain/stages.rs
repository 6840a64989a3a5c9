//! One action stage by stage, with everything that was looked at.

use super::apart::Parts;
use super::{Explainer, Note, ShownFact, StageReport, entries_of, shown_facts};
use crate::check::{Clause, Step};
use crate::condition::{Evaluator, Truth, basis};
use crate::decide::factors;
use crate::decision::{Reason, ReasonCode, Stage};
use crate::plan::{PlannedAction, SuppressionId};

/// Reports on the stages of one action.
pub(super) struct Stages<'e, 'a> {
    explainer: &'e Explainer<'a>,
    evaluator: &'e mut Evaluator<'a>,
    parts: Parts<'a>,
    /// Everything that stands against the action.
    reasons: Vec<Reason<'a>>,
}

impl<'e, 'a> Stages<'e, 'a> {
    pub(super) fn new(explainer: &'e Explainer<'a>, evaluator: &'e mut Evaluator<'a>) -> Self {
        let parts = Parts::new(explainer.plan, explainer.facts);
        let account = explainer.account();
        let reasons = account.into_iter().flat_map(|account| account.reasons()).collect();
        Self { explainer, evaluator, parts, reasons }
    }

    pub(super) fn reports(mut self, action: &PlannedAction) -> Vec<StageReport> {
        let mut reports = Vec::with_capacity(Stage::ALL.len());
        for stage in Stage::ALL {
            let report = match stage {
                Stage::Eligibility => self.by_clauses(*stage, (action, Step::Eligible)),
                Stage::Applicability => self.by_clauses(*stage, (action, Step::Applicable)),
                Stage::Suitability => self.by_clauses(*stage, (action, Step::Suitable)),
                Stage::Suppression => self.by_suppressions(action),
                Stage::Score => self.by_score(action),
                // What is held back earlier never comes to the slate.
                Stage::Slate if !passes_all(&reports) => continue,
                Stage::Slate => self.by_slate(),
                _ => self.by_reasons(*stage),
            };
            let is_told = ALWAYS_TOLD.contains(stage) || !report.passes;
            reports.extend(is_told.then_some(report));
        }
        reports
    }

    fn reasons(&self, stage: Stage) -> impl Iterator<Item = &Reason<'a>> {
        self.reasons.iter().filter(move |reason| reason.stage() == stage)
    }

    fn passes(&self, stage: Stage) -> bool {
        self.reasons(stage).next().is_none()
    }

    fn by_reasons(&self, stage: Stage) -> StageReport {
        let notes: Vec<Note> = self.reasons(stage).map(note).collect();
        StageReport { stage, passes: notes.is_empty(), notes }
    }

    fn by_clauses(&mut self, stage: Stage, (action, step): (&PlannedAction, Step)) -> StageReport {
        let notes = self.explainer.plan.clauses_of(action, step).map(|clause| {
            let origin = clause.origin.as_deref();
            let is_about = |reason: &&Reason<'a>| {
                reason.condition() == Some(&clause.text) && reason.rule() == origin
            };
            let reason = self.reasons(stage).find(is_about).copied();
            self.clause(clause, reason.as_ref())
        });
        let mut notes: Vec<Note> = notes.collect();
        let is_forced = self.explainer.is_forced(self.explainer.plan.action(self.explainer.id));
        if is_forced && !notes.is_empty() {
            notes.insert(0, Note::new("not asked: the request forces it".to_owned()));
        }
        StageReport { stage, notes, passes: self.passes(stage) }
    }

    fn clause(&mut self, clause: &Clause, reason: Option<&Reason<'_>>) -> Note {
        let truth = self.evaluator.truth(clause.node).truth();
        // Reasons of other channels rest on other facts.
        let is_of_channel = self.explainer.decision.channels().len() == 1;
        let facts = match reason.filter(|_| is_of_channel) {
            Some(reason) => shown_facts(self.explainer.facts, reason.basis().0, false),
            None => {
                let basis = basis(self.evaluator, clause.node, false);
                shown_facts(self.explainer.facts, &basis, false)
            }
        };
        let parts = match truth {
            Truth::True => Vec::new(),
            Truth::False | Truth::Unknown => self.parts.of_text(&clause.text),
        };
        Note {
            said: self.explainer.plan.aloud(&clause.text).to_string(),
            truth: Some(truth),
            facts,
            entries: entries_of(self.evaluator, clause.node),
            until: reason.and_then(Reason::until),
            parts,
            ..Note::new(match &clause.origin {
                Some(origin) => format!("{} (from {origin})", clause.text),
                None => clause.text.to_string(),
            })
        }
    }

    fn by_suppressions(&mut self, action: &PlannedAction) -> StageReport {
        let stage = Stage::Suppression;
        let (plan, channel) = (self.explainer.plan, self.explainer.channel);
        let rules = action.rules.suppressions.iter().filter(|id| {
            let channels = &plan.suppression(**id).channels;
            channels.is_empty() || channels.contains(&channel)
        });
        // A rule may be in force on another channel of the request.
        let holds = |id: &SuppressionId| {
            let rule = plan.suppression(*id).id.as_str();
            self.reasons(stage).any(|reason| reason.rule() == Some(rule))
        };
        let rules: Vec<(SuppressionId, bool)> = rules.map(|id| (*id, holds(id))).collect();
        let passes = self.passes(stage);
        let notes = rules.into_iter().map(|(id, holds)| match holds {
            true => self.in_force(id),
            false => self.not_in_force(id),
        });
        StageReport { stage, notes: notes.collect(), passes }
    }

    fn in_force(&mut self, id: SuppressionId) -> Note {
        let rule = self.explainer.plan.suppression(id);
        let Some(in_force) = self.explainer.decision.in_force(id) else {
            return Note::new(rule.id.clone());
        };
        let basis = in_force.basis.as_slice();
        let side = match in_force.code {
            ReasonCode::CoolOff => rule.after.unwrap_or(rule.when),
            _ => rule.when,
        };
        Note {
            truth: Some(self.evaluator.truth(side).truth()),
            entries: entries_of(self.evaluator, side),
            facts: shown_facts(self.explainer.facts, basis, in_force.by_last_known),
            until: in_force.until,
            parts: self.parts.of_suppression(rule),
            ..Note::new(format!("{} ({}): {}", rule.id, in_force.code.name(), rule.because))
        }
    }

    /// A suppression lets pass what is known false, or unknown where it says so.
    fn not_in_force(&mut self, id: SuppressionId) -> Note {
        let rule = self.explainer.plan.suppression(id);
        let mut truth = self.evaluator.truth(rule.when).truth();
        let mut facts = basis(self.evaluator, rule.when, false);
        let mut text = format!("{}: {}", rule.id, rule.say);
        if let Some(after) = rule.after {
            text = format!("{text}, or {}", rule.say_after);
            if self.evaluator.truth(after).truth() == Truth::Unknown {
                truth = Truth::Unknown;
            }
            facts.extend(basis(self.evaluator, after, false));
            facts.dedup();
        }
        if truth == Truth::Unknown {
            text.push_str(" (lets the unknown pass)");
        }
        let facts = shown_facts(self.explainer.facts, &facts, false);
        Note { truth: Some(truth), facts, ..Note::new(text) }
    }

    fn by_score(&mut self, action: &PlannedAction) -> StageReport {
        let mut report = self.by_reasons(Stage::Score);
        if report.passes {
            let text = factors(self.explainer.plan, action, self.evaluator);
            report.notes.push(Note::new(text));
        }
        report
    }

    fn by_slate(&self) -> StageReport {
        let mut report = self.by_reasons(Stage::Slate);
        if let Some(placed) = self.explainer.recommendation() {
            let slot =
                placed.slot().map_or("in the ranking".to_owned(), |slot| format!("in slot {slot}"));
            let text = match placed.treatment() {
                Some(treatment) => format!("{slot}, shown as {treatment}"),
                None => slot,
            };
            report.notes.push(Note::new(text));
        }
        report
    }
}

/// The stages that are told of although the action passes them.
const ALWAYS_TOLD: &[Stage] = &[
    Stage::Availability,
    Stage::Consent,
    Stage::Eligibility,
    Stage::Applicability,
    Stage::Suitability,
    Stage::Suppression,
    Stage::Score,
    Stage::Slate,
];

fn passes_all(reports: &[StageReport]) -> bool {
    reports.iter().all(|report| report.passes)
}

fn note(reason: &Reason<'_>) -> Note {
    let facts = reason.facts().map(|fact| ShownFact { fact, value: None });
    Note { facts: facts.collect(), until: reason.until(), ..Note::new(reason.because()) }
}
