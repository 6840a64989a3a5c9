//! What a counterexample needs besides, to be recommended in the end.

use crate::check::CheckedPropensity;
use crate::condition::Term;
use crate::context::{Consent, Context, Grant, History, Part, Scores};
use crate::decision::Request;
use crate::plan::{Plan, PlannedAction};
use crate::time::Duration;
use crate::vocabulary::ConsentStatus;

/// How much a customer shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Shown {
    /// That nothing that counts stands against an action.
    LetThrough,
    /// That the action is recommended in the end.
    Recommended,
}

/// Adds consent, an empty history and a score, where that makes the engine
/// recommend an action and changes nothing about what is shown.
///
/// `None` if the customer does not show it, dressed or not.
pub(super) fn dress(
    plan: &Plan,
    action: &PlannedAction,
    context: Context,
    request: Request,
    shown: &dyn Fn(&Context, &Request) -> Option<Shown>,
) -> Option<(Context, Request)> {
    if shown(&context, &request)? == Shown::Recommended {
        return Some((context, request));
    }
    let (mut dressed, mut asked) = (context.clone(), request.clone());
    consent(action, &mut dressed, &request);
    if !action.rules.limits.is_empty() && dressed.history == Part::Unknown {
        dressed.history = Part::Known(History::new(request.now).interactions([]));
    }
    score(plan, action, &mut dressed, &request);
    if action.obeys_quiet_hours && plan.reads_zones() {
        asked.time_zone = Some("UTC".to_owned());
    }
    if shown(&dressed, &asked) == Some(Shown::Recommended) {
        return Some((dressed, asked));
    }
    Some((context, request))
}

fn consent(action: &PlannedAction, context: &mut Context, request: &Request) {
    if !action.needs_consent {
        return;
    }
    let agreed =
        Grant::new(action.purpose, ConsentStatus::Granted, request.now - Duration::days(1));
    match &mut context.consent {
        Part::Known(consent) => {
            let mut grants = consent.grants.items().to_vec();
            grants.push(agreed);
            consent.grants = grants.into();
        }
        unknown => *unknown = Part::Known(Consent::new(request.now).grants([agreed])),
    }
}

fn score(plan: &Plan, action: &PlannedAction, context: &mut Context, request: &Request) {
    let CheckedPropensity::Read(term) = plan.propensity(action) else { return };
    let Term::Entry(_, name) = &plan.program[term] else { return };
    match &mut context.scores {
        Part::Known(scores) => {
            scores.values.entry(name.clone()).or_insert_with(|| 0.5.into());
        }
        unknown => *unknown = Part::Known(Scores::new(request.now).score(name.as_str(), 0.5)),
    }
}
