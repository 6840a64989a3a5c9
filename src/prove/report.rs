//! What became of promises, as diagnostics.

use std::cell::Cell;

use super::budget::Budget;
use super::counterexample::Counterexample;
use super::promise::{Verdict, prove};
use crate::check::{CheckedPromise, Claim, Measure};
use crate::diagnostic::{Code, Diagnostic};
use crate::plan::Plan;

/// A promise that does not hold.
const BROKEN: Code = Code::new("P307");
/// A promise that could be neither proved nor refuted.
const UNPROVED: Code = Code::new("P308");

/// How much work all promises of a policy may take together: that of five that
/// are given up.
const MOST_WORK: u64 = 5 * Budget::DEFAULT.conflicts;

/// Proves the promises of a policy; what does not hold is reported.
pub(crate) fn check_promises(plan: &Plan) -> Vec<Diagnostic> {
    let mut left = MOST_WORK;
    let verdicts = plan.promises.iter().filter_map(|promise| {
        let most = Budget::DEFAULT.conflicts.min(left);
        let budget = Cell::new(most);
        let verdict = prove(plan, promise, &budget);
        left = left.saturating_sub(most - budget.get());
        diagnostic(promise, &verdict)
    });
    verdicts.collect()
}

fn diagnostic(promise: &CheckedPromise, verdict: &Verdict) -> Option<Diagnostic> {
    match verdict {
        Verdict::Proved => None,
        Verdict::Broken(counterexample) => Some(broken(promise, counterexample)),
        Verdict::Unproved(why) => {
            let message = format!("the promise `{}` cannot be proved: {why}", promise.id);
            let help = "let it rest on facts as they are delivered; or build with \
                        `Engine::unproved` to look at the policy as it is";
            Some(Diagnostic::error(UNPROVED, promise.path.clone(), message).with_help(help))
        }
    }
}

fn broken(promise: &CheckedPromise, counterexample: &Counterexample) -> Diagnostic {
    let message =
        format!("the promise `{}` is broken: {}", promise.id, what(promise, counterexample));
    let mut diagnostic = Diagnostic::error(BROKEN, promise.path.clone(), message)
        .with_help(help(promise, counterexample));
    let words = counterexample.in_words();
    diagnostic = diagnostic.with_note(if words.is_empty() {
        "for any customer, whatever is known".to_owned()
    } else {
        format!("for example when {words}")
    });
    #[cfg(feature = "json")]
    if counterexample.can_be_written {
        diagnostic = diagnostic.with_note(format!("context: {}", counterexample.context.to_json()));
        if let Ok(request) = serde_json::to_string(&counterexample.request) {
            diagnostic = diagnostic.with_note(format!("request: {request}"));
        }
    }
    diagnostic
}

/// Says what can happen and should not.
fn what(promise: &CheckedPromise, counterexample: &Counterexample) -> String {
    let (say, request) = (&promise.say, &counterexample.request);
    let when = match promise.measure {
        Measure::While => format!("while {say}, or nobody can tell"),
        Measure::WhileKnown => format!("while it is known that {say}"),
        Measure::UnlessKnown => format!("while it is not known that {say}"),
    };
    match &promise.claim {
        Claim::Never(..) => {
            let named: Vec<String> =
                counterexample.actions.iter().map(|action| format!("`{action}`")).collect();
            let forced = if request.force.is_some() { " if a request forces it" } else { "" };
            format!("{} can get through on {}{forced}, {when}", named.join(", "), request.channel)
        }
        Claim::Always(..) => format!("none of the actions may be left, {when}"),
        Claim::Implies(_) => {
            let implied = &promise.say_implied;
            match promise.measure {
                Measure::While => {
                    format!("it may be known that it is not so that {implied}, {when}")
                }
                _ => format!("it may not be known that {implied}, {when}"),
            }
        }
    }
}

fn help(promise: &CheckedPromise, counterexample: &Counterexample) -> &'static str {
    match &promise.claim {
        Claim::Never(..) if counterexample.request.force.is_some() => {
            "only its conditions hold it back, and a request that forces an action lifts those: \
             add a suppression"
        }
        Claim::Never(..) => {
            "hold the action back by a suppression that says so of its kind, a tag or its id, \
             also where nobody can tell"
        }
        Claim::Always(..) => "let one of the actions be without conditions in that situation",
        Claim::Implies(_) => "let the one situation name the other",
    }
}
