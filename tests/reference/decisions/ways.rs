//! All ways in give the same bytes.

use tactful::{Bound, Channel, Context, Duration, Engine, Outcome, Request, Scratch};

use crate::check::{Case, Fault, check};
use crate::generate::Dialect;
use crate::tape::Tapes;

#[test]
fn every_way_in_gives_the_same_bytes() {
    check(17, 20, |tapes| all_alike(tapes, Dialect::Full));
    check(18, 10, |tapes| all_alike(tapes, Dialect::Timely));
}

fn all_alike(tapes: &Tapes, dialect: Dialect) -> Result<(), Fault> {
    let cases = tapes.cases(dialect);
    let engine = cases.engine()?;
    let mut scratch = Scratch::new();
    for case in cases.each() {
        let mut bound = Bound::new(case.context.clone());
        for request in requests(&case) {
            alike(&engine, &case, &mut scratch, &mut bound, &request)?;
        }
        follows_changes(&engine, &case, &mut scratch, &mut bound)?;
    }
    Ok(())
}

/// The request with other limits, later, and on another channel in between.
fn requests(case: &Case<'_>) -> Vec<Request> {
    let mut requests = Vec::new();
    for (place, later) in LATER.into_iter().enumerate() {
        let mut request = case.request.clone();
        request.now = request.now + later;
        if place % 3 == 1 {
            request.limit = Some(place / 2);
        }
        if place % 4 == 2 {
            request.channel = Channel::Email;
        }
        requests.push(request);
    }
    requests
}

const LATER: [Duration; 9] = [
    Duration::ZERO,
    Duration::ZERO,
    Duration::from_millis(1),
    Duration::from_millis(5_000),
    Duration::minutes(15),
    Duration::hours(1),
    Duration::hours(1),
    Duration::days(7),
    Duration::days(30),
];

fn alike(
    engine: &Engine,
    case: &Case<'_>,
    scratch: &mut Scratch,
    bound: &mut Bound,
    request: &Request,
) -> Result<(), Fault> {
    let context = bound.context().clone();
    complete_alike(engine, case, &context, request)?;
    let request = request.clone().ranked_only();
    let plain = engine.decide(&context, &request).to_json();
    let by_scratch = engine.decide_with(scratch, &context, &request).to_json();
    case.same("in memory that was used before", &plain, &by_scratch)?;
    let by_bound = engine.decide_bound(scratch, bound, &request).to_json();
    case.same("about a context that is kept", &plain, &by_bound)
}

/// The general pipeline takes the complete request, and the index the other.
fn complete_alike(
    engine: &Engine,
    case: &Case<'_>,
    context: &Context,
    request: &Request,
) -> Result<(), Fault> {
    let read = |request: &Request| -> serde_json::Value {
        let json = engine.decide(context, request).to_json();
        let mut read: serde_json::Value = serde_json::from_str(&json).unwrap();
        read["withheld"] = serde_json::Value::Null;
        for placed in read["recommendations"].as_array_mut().unwrap() {
            placed["passed_over"] = serde_json::Value::Null;
        }
        read
    };
    case.same("ranked only", read(request), read(&request.clone().ranked_only()))
}

/// What is recorded counts at once.
fn follows_changes(
    engine: &Engine,
    case: &Case<'_>,
    scratch: &mut Scratch,
    bound: &mut Bound,
) -> Result<(), Fault> {
    let request = &case.request;
    for _ in 0..2 {
        let decision = engine.decide(bound.context(), request);
        let best = decision.recommendations().next().map(|placed| placed.action().to_owned());
        let Some(best) = best else { return Ok(()) };
        let interaction = decision.outcome(&best, Outcome::Impression, request.now).unwrap();
        bound.record(interaction);
        // At once, and again when it may have been found out until when it holds.
        for later in [Duration::ZERO, Duration::from_millis(1), Duration::hours(1)] {
            let mut request = request.clone();
            request.now = request.now + later;
            alike(engine, case, scratch, bound, &request)?;
        }
    }
    Ok(())
}
