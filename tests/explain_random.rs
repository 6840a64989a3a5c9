//! What must hold of every explanation, timeline and record, on random
//! policies, contexts and requests. `TACTFUL_CASES` sets how many are tried.
#![allow(
    dead_code,
    missing_docs,
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test may stop at the first surprise; other tests use the rest of what is shared"
)]

#[path = "reference/decisions/answers.rs"]
mod answers;
#[path = "reference/decisions/ask.rs"]
mod ask;
#[path = "reference/decisions/check.rs"]
mod check;
#[path = "reference/decisions/clearing.rs"]
mod clearing;
#[path = "reference/decisions/cond.rs"]
mod cond;
#[path = "reference/decisions/consent.rs"]
mod consent;
#[path = "reference/decisions/contexts.rs"]
mod contexts;
#[path = "reference/decisions/engine.rs"]
mod engine;
#[path = "reference/decisions/facts.rs"]
mod facts;
#[path = "reference/decisions/generate.rs"]
mod generate;
#[path = "reference/decisions/generate_conds.rs"]
mod generate_conds;
#[path = "reference/decisions/generate_rules.rs"]
mod generate_rules;
#[path = "reference/decisions/interpreter.rs"]
mod interpreter;
#[path = "reference/decisions/limits.rs"]
mod limits;
#[path = "reference/decisions/model.rs"]
mod model;
#[path = "reference/decisions/quiet.rs"]
mod quiet;
#[path = "reference/decisions/rules.rs"]
mod rules;
#[path = "reference/decisions/slate.rs"]
mod slate;
#[path = "reference/decisions/tape.rs"]
mod tape;
#[path = "reference/decisions/zones.rs"]
mod zones;

use serde_json::{Value, json};
use tactful::context::AsOf;
use tactful::decision::{Record, Verdict};
use tactful::explain::Opportunity;
use tactful::{Context, Decision, Engine, Request, Timestamp};

use generate::Dialect;

/// What is known of a customer, and what is asked.
struct Asked {
    context: Context,
    request: Request,
}

fn check(cases: u32, property: impl Fn(&Engine, &Asked) -> Result<(), String>) {
    check::check(u64::from(cases), cases, |tapes| {
        for dialect in [Dialect::Full, Dialect::Timely] {
            let cases = tapes.cases(dialect);
            let engine = cases.engine()?;
            for case in cases.each() {
                let asked = Asked { context: case.context.clone(), request: case.request.clone() };
                property(&engine, &asked).map_err(|error| case.say(&error))?;
            }
        }
        Ok(())
    });
}

/// What became of an action, and the codes of its reasons.
fn fate(decision: &Decision<'_>, action: &str) -> (Verdict, Vec<u16>) {
    let account = decision.account(action);
    let reasons = account.into_iter().flat_map(|account| account.reasons());
    let codes = reasons.map(|reason| reason.code().number()).collect();
    (account.map_or(Verdict::Recommended, |account| account.verdict()), codes)
}

/// Delivers every part again, so that each is as old at an instant as it is now.
///
/// None for a context that holds what no document can: it was set by hand. And
/// for one with facts that tell by themselves when they were so: told again, as
/// old as they are, they would be other facts.
fn at(case: &Asked, instant: Timestamp) -> Option<(Context, Request)> {
    fn shift(value: &mut Value, by: i64) {
        match value {
            Value::String(time) => {
                let time: Timestamp = time.parse().unwrap();
                *value = json!(Timestamp::from_millis(time.as_millis() + by).to_string());
            }
            Value::Object(sources) => sources.values_mut().for_each(|time| shift(time, by)),
            _ => {}
        }
    }
    if tells_its_own_age(&case.context) {
        return None;
    }
    let by = instant.as_millis() - case.request.now.as_millis();
    let mut context: Value = serde_json::from_str(&case.context.to_json()).unwrap();
    for (name, part) in context.as_object_mut().unwrap() {
        let Some(part) = part.as_object_mut() else { continue };
        part.get_mut("as_of").into_iter().for_each(|as_of| shift(as_of, by));
        let scores = part.get_mut("values").filter(|_| name == "scores");
        for score in scores.and_then(Value::as_object_mut).into_iter().flatten() {
            score.1.get_mut("at").into_iter().for_each(|at| shift(at, by));
        }
    }
    let context = Context::from_json(context.to_string()).ok()?;
    let mut request = case.request.clone();
    request.now = instant;
    request.detail = tactful::decision::Detail::Complete;
    Some((context, request))
}

/// Whether a fact is newer than what is vouched for: of the recency, or the cart.
fn tells_its_own_age(context: &Context) -> bool {
    let is_newer = |told: Option<Timestamp>, as_of: &AsOf| told > Some(as_of.oldest());
    let recency = context.recency.known().is_some_and(|recency| {
        let onboarding = recency.onboarding.as_ref();
        let told =
            onboarding.and_then(|told| told.updated_at.or(told.completed_at).or(told.started_at));
        let own = [recency.last_seen_at, recency.last_login_at, told];
        own.into_iter().any(|told| is_newer(told, &recency.as_of))
    });
    let cart = context.purchases.known().is_some_and(|purchases| {
        let told = purchases.cart.as_ref().map(|cart| cart.updated_at);
        is_newer(told, &purchases.as_of)
    });
    recency || cart
}

#[test]
fn explanations_agree_with_decisions() {
    check(60, |engine, case| {
        let Some((context, request)) = at(case, case.request.now) else { return Ok(()) };
        let decision = engine.decide(&context, &request);
        for action in &engine.policy().actions {
            let explanation = engine.explain(&context, &request, &action.id).unwrap();
            let account = decision.account(&action.id);
            let (verdict, codes) = fate(&decision, &action.id);
            if explanation.verdict != verdict {
                return Err(format!("{}: {} and not {verdict}", action.id, explanation.verdict));
            }
            if explanation.until != account.and_then(|account| account.until()) {
                return Err(format!("{}: until", action.id));
            }
            let is_recommended = codes.is_empty();
            if explanation.why.is_empty() != is_recommended
                || explanation.nearest_change.is_none() != is_recommended
            {
                return Err(format!("{}: {codes:?}, and\n{explanation}", action.id));
            }
            let first = explanation.stages.iter().find(|report| !report.passes);
            let stage = account.and_then(|account| Some(account.reasons().next()?.stage()));
            if first.map(|report| report.stage) != stage {
                return Err(format!("{}: {stage:?} in\n{explanation}", action.id));
            }
        }
        if engine.decide(&context, &request).to_json() != decision.to_json() {
            return Err("explaining changed the decision".to_owned());
        }
        Ok(())
    });
}

#[test]
fn timelines_and_opportunities_are_exact() {
    check(4, |engine, case| {
        for action in &engine.policy().actions {
            let (context, request) = (&case.context, &case.request);
            let timeline = engine.timeline(context, request, &action.id).unwrap();
            let now = timeline.steps.first().map(|step| (step.verdict, step.rank, step.priority));
            let told = engine.explain(context, request, &action.id).unwrap();
            // The timeline takes all actions through the stages.
            if now != Some((told.verdict, told.rank, told.priority)) {
                return Err(format!("{}: {:?}\n{timeline}", action.id, told.rank));
            }
            let mut before = None;
            for step in timeline.steps.iter().filter(|step| step.at.is_plausible()).take(6) {
                let said: Vec<u16> = step.reasons.iter().map(|r| r.code.number()).collect();
                let said = (step.verdict, said);
                let decided = |instant: Timestamp| {
                    let (context, request) = at(case, instant)?;
                    Some(fate(&engine.decide(&context, &request), &action.id))
                };
                let Some(found) = decided(step.at) else { return Ok(()) };
                if found != said {
                    return Err(format!("{} at {}: {found:?}\n{timeline}", action.id, step.at));
                }
                if let Some(before) = before.replace(said) {
                    let instant = Timestamp::from_millis(step.at.as_millis() - 1);
                    if decided(instant).is_some_and(|found| found != before) {
                        return Err(format!("{} before {}\n{timeline}", action.id, step.at));
                    }
                }
            }
            if let Some(Opportunity::Survives { at: instant }) = told.opportunity
                && instant.is_plausible()
                && let Some((context, request)) = at(case, instant)
            {
                let (verdict, _) = fate(&engine.decide(&context, &request), &action.id);
                if !matches!(verdict, Verdict::Recommended | Verdict::Outranked) {
                    return Err(format!("{}: {verdict} at {instant}", action.id));
                }
            }
        }
        Ok(())
    });
}

#[test]
fn records_survive_and_replay() {
    check(60, |engine, case| {
        let (context, request) = (&case.context, &case.request);
        let decision = engine.decide(context, request);
        for record in
            [decision.to_record(context, request), decision.to_record_with_facts(context, request)]
        {
            let read = Record::from_json(record.to_json()).map_err(|error| error.to_string())?;
            if read != record {
                return Err("the record did not survive".to_owned());
            }
            let replay = engine.replay(&read, context).map_err(|error| error.to_string())?;
            if !replay.is_same() {
                return Err(replay.to_string());
            }
        }
        Ok(())
    });
}
