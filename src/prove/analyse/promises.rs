//! Which suppressions a promise rests on.

use super::super::ask::holds_with;
use super::super::formula::{Scribe, write};
use super::super::policy::{Asking, Writer, alike};
use super::super::promise::ids;
use super::{Analyst, Facet};
use crate::check::{Claim, Measure};
use crate::diagnostic::{Code, Diagnostic};
use crate::plan::SuppressionId;

/// What a promise rests on.
const RESTS_ON: Code = Code::new("P309");

impl Analyst<'_> {
    /// Leaves out one suppression after the other, and looks what still holds.
    pub(super) fn promises(&mut self) {
        let plan = self.plan;
        for promise in &plan.promises {
            let Claim::Never(_, targets) = &promise.claim else { continue };
            let counts = match promise.measure {
                Measure::While => Facet::NotFalse,
                Measure::WhileKnown => Facet::True,
                Measure::UnlessKnown => Facet::NotTrue,
            };
            let groups = alike(plan, &ids(targets), Asking::Forced);
            let mut rules: Vec<SuppressionId> =
                groups.iter().flat_map(|(alike, _)| alike.suppressions()).copied().collect();
            rules.sort_unstable();
            rules.dedup();
            let formula = |scribe: &mut dyn Scribe| {
                let mut writer = Writer::new(plan, scribe).with_exceptions();
                let counts = writer.ask(promise.when, counts);
                let through =
                    groups.iter().map(|(alike, _)| writer.gets_through(alike, None)).collect();
                let any = writer.any(through);
                writer.all(vec![counts, any])
            };
            let mut encoder = write(&plan.program, &plan.schema, false, &formula);
            let Some(rests) = holds_with(&mut encoder, self.budget, &rules) else {
                // It does not hold, or nobody can tell.
                continue;
            };
            let names: Vec<String> =
                rests.iter().map(|rule| plan.suppression(*rule).id.clone()).collect();
            let message = match names.as_slice() {
                [] => {
                    format!("the promise `{}` holds, whichever suppression is left out", promise.id)
                }
                [only] => format!("the promise `{}` rests on `{only}` alone", promise.id),
                names => {
                    format!("the promise `{}` rests on `{}`", promise.id, names.join("` and `"))
                }
            };
            self.find(Diagnostic::info(RESTS_ON, promise.path.clone(), message), None);
            self.rests_on.insert(promise.id.clone(), names);
        }
    }
}
