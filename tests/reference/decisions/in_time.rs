//! What must hold of decisions from one instant to another.

use std::collections::BTreeSet;

use tactful::context::{AsOf, Completeness, List, Part, Retention};
use tactful::decision::{Suppressed, Verdict};
use tactful::{Context, Engine, Outcome, Timestamp};

use crate::check::{Case, Fault, check};
use crate::clearing::{self, identity, watch};
use crate::engine::{answer, reason_of, reasons};
use crate::generate::Dialect;
use crate::interpreter::{Answer, Recommended, World};
use crate::model::{DAY, HOUR, Style};
use crate::tape::Tapes;

#[test]
fn until_is_the_first_instant_at_which_all_is_clear() {
    check(13, 40, |tapes| until_of_all(tapes, Dialect::Full));
    check(14, 100, |tapes| until_of_all(tapes, Dialect::Timely));
}

fn until_of_all(tapes: &Tapes, dialect: Dialect) -> Result<(), Fault> {
    let cases = tapes.cases(dialect);
    let engine = cases.engine()?;
    for case in cases.each() {
        until_is_exact(&engine, &case)?;
    }
    Ok(())
}

fn until_is_exact(engine: &Engine, case: &Case<'_>) -> Result<(), Fault> {
    let decision = engine.decide(case.context, &case.request);
    let world = World::new(case.policy, case.context, case.ask);
    let instants = clearing::instants(&world, false);
    for account in decision.withheld() {
        if account.verdict() == Verdict::Outranked {
            case.same(account.action(), account.until(), None)?;
            continue;
        }
        let action = case.policy.action(account.action()).unwrap();
        let untils = account.reasons().map(|reason| reason.until()).chain([account.until()]);
        let untils = untils.map(|until| until.map(|until| until.as_millis()));
        let sample = sample(&instants, case.ask.now, &untils.collect::<Vec<_>>());
        let watched = watch(world.now(), action, &sample);
        for reason in account.reasons() {
            let until = reason.until().map(|until| until.as_millis());
            let key = identity(&reason_of(&reason));
            let mut those = watched.iter().filter(|there| there.held.contains(&key));
            let there = those.next().unwrap();
            // A condition that asks for the channel clears when it does on each.
            if matches!(key.code, 301..=303 | 401) && those.next().is_some() {
                continue;
            }
            let never = there.never.contains(&key);
            case.ensure(!never || until.is_none(), || format!("{key:?} clears at {until:?}"))?;
            for (at, still) in there.later.iter().filter(|_| !never) {
                let clears = |what: &str| format!("{what} at {at}, until {until:?}: {key:?}");
                if until.is_none_or(|until| *at < until) {
                    case.ensure(still.contains(&key), || clears("clear"))?;
                } else if until == Some(*at) {
                    case.ensure(!still.contains(&key), || clears("not clear"))?;
                }
            }
        }
        let until = account.until().map(|until| until.as_millis());
        for at in &sample {
            let clear = watched.iter().any(|there| there.is_clear(*at));
            let clears = |what: &str| format!("{} {what} at {at}, until {until:?}", action.id);
            if until.is_none_or(|until| *at < until) {
                case.ensure(!clear, || clears("clear"))?;
            } else if until == Some(*at) {
                case.ensure(clear, || clears("not clear"))?;
            }
        }
        if let Some(until) = until {
            engine_agrees_later(engine, case, account, until)?;
        }
    }
    Ok(())
}

/// Some of the instants before all is clear, the last ones before each of the
/// instants at which something is to be clear, and these themselves.
fn sample(instants: &BTreeSet<i64>, now: i64, untils: &[Option<i64>]) -> BTreeSet<i64> {
    let end =
        if untils.contains(&None) { i64::MAX } else { *untils.iter().flatten().max().unwrap() };
    let before: Vec<i64> = instants.range(now + 1..end).copied().collect();
    let mut sample: BTreeSet<i64> = before.iter().copied().step_by(before.len() / 24 + 1).collect();
    for until in untils.iter().flatten() {
        sample.extend(instants.range(now + 1..*until).rev().take(3));
        sample.extend([*until, *until - 1]);
    }
    sample.retain(|at| *at > now);
    sample
}

/// The engine itself says so when it is asked then, with every part delivered
/// again as it was.
fn engine_agrees_later(
    engine: &Engine,
    case: &Case<'_>,
    account: Suppressed<'_>,
    until: i64,
) -> Result<(), Fault> {
    let now: BTreeSet<_> = reasons(account).iter().map(identity).collect();
    let is_clear = |at: i64| {
        let context = deliver_again(case.context.clone(), at - case.ask.now);
        let decision = engine.decide(&context, &case.request_at(at));
        let account = decision.account(account.action());
        // The slate has reasons of its own.
        let account = account.filter(|account| account.verdict() != Verdict::Outranked);
        let held = account.map(reasons).unwrap_or_default();
        !held.iter().any(|reason| now.contains(&identity(reason)))
    };
    let one_channel = case.ask.or_channels.is_empty();
    let action = account.action();
    case.ensure(!one_channel || !is_clear(until - 1), || format!("{action} clear before"))?;
    case.ensure(!one_channel || is_clear(until), || format!("{action} not clear then"))
}

#[test]
fn nothing_changes_before_valid_until() {
    check(15, 25, |tapes| valid_until_holds(tapes, Dialect::Full));
    check(16, 40, |tapes| valid_until_holds(tapes, Dialect::Timely));
}

fn valid_until_holds(tapes: &Tapes, dialect: Dialect) -> Result<(), Fault> {
    let cases = tapes.cases(dialect);
    let engine = cases.engine()?;
    for case in cases.each() {
        let now = case.ask.now;
        let decision = engine.decide(case.context, &case.request);
        let end = decision.valid_until().map(|until| until.as_millis());
        case.ensure(end.is_none_or(|end| end > now), || "valid until before now".to_owned())?;
        let world = World::new(case.policy, case.context, case.ask);
        let instants = clearing::instants(&world, true);
        let before: Vec<i64> = instants.range(now + 1..end.unwrap_or(i64::MAX)).copied().collect();
        let every = before.len() / 24 + 1;
        let shown = shown(answer(&decision));
        for at in before.iter().copied().step_by(every) {
            let then = answer(&engine.decide(case.context, &case.request_at(at)));
            let what = format!("at {at}, valid until {end:?}");
            case.same(&what, self::shown(then), shown.clone())?;
        }
        if let Some(last) = end.map(|end| end - 1).filter(|last| *last > now) {
            let then = world.now().later(last).decide();
            let what = format!("by the reference, at {last}, valid until {end:?}");
            case.same(&what, self::shown(then), shown)?;
        }
    }
    Ok(())
}

/// What is recommended: everything about it but why it is not something else.
fn shown(mut answer: Answer) -> Vec<Recommended> {
    for placed in &mut answer.recommended {
        placed.passed_over.clear();
    }
    answer.recommended
}

#[test]
fn a_summary_of_the_history_is_as_good_as_all_of_it() {
    check(17, 40, |tapes| {
        let cases = tapes.cases(Dialect::Full);
        let engine = cases.engine()?;
        for case in cases.each().filter(|case| !reads_history(case)) {
            let mut whole = case.context.clone();
            let Part::Known(history) = &case.context.history else {
                continue;
            };
            let now = Timestamp::from_millis(case.ask.now);
            let mut cut = case.context.clone();
            cut.history = Part::Known(engine.summarize(history, now));
            limits_agree(&case, &engine, &whole, &cut)?;
            // And it goes on: what comes later counts with what was before.
            let decision = engine.decide(case.context, &case.request);
            let placed: Vec<_> = decision.recommendations().collect();
            for placed in placed {
                let outcome = if placed.channel().is_outbound() {
                    Outcome::Sent
                } else {
                    Outcome::Impression
                };
                let at = Timestamp::from_millis(case.ask.now + 60_000);
                let interaction = decision.outcome(placed.action(), outcome, at).unwrap();
                whole.record(interaction.clone());
                cut.record(interaction);
            }
            limits_agree(&case, &engine, &whole, &cut)?;
        }
        Ok(())
    });
}

#[test]
fn what_no_limit_looks_at_may_be_forgotten() {
    check(18, 60, |tapes| {
        let cases = tapes.cases(Dialect::Full);
        let engine = cases.engine()?;
        for case in cases.each().filter(|case| !reads_history(case)) {
            let Part::Known(history) = &case.context.history else {
                continue;
            };
            let mut session = i64::MAX;
            if let Part::Known(recency) = &case.context.recency {
                session = recency.session_started_at.map_or(i64::MAX, Timestamp::as_millis);
            }
            let oldest = match engine.retention() {
                Retention::Forever => i64::MIN,
                Retention::For(length) => session.min(case.ask.now - length.as_millis() + 1),
                Retention::Session => session,
                _ => i64::MAX,
            };
            let mut kept = history.interactions.items().to_vec();
            kept.retain(|interaction| interaction.at.as_millis() >= oldest);
            let mut cut = history.clone();
            cut.interactions = match history.interactions.completeness() {
                Completeness::Complete => List::complete(kept),
                Completeness::Partial => List::partial(kept),
                _ => List::default(),
            };
            let cut = case.context.clone().history(cut);
            limits_agree(&case, &engine, case.context, &cut)?;
        }
        Ok(())
    });
}

/// Whether a condition asks for interactions: it may ask for any.
fn reads_history(case: &Case<'_>) -> bool {
    let text = case.policy.to_json(Style::Short);
    text.contains("history.interactions") || text.contains("analytics.worn")
}

/// Two histories are the same to the policy, now and later.
fn limits_agree(
    case: &Case<'_>,
    engine: &Engine,
    whole: &Context,
    cut: &Context,
) -> Result<(), Fault> {
    for later in [0, 1, 60_000, HOUR, DAY - 1, 3 * DAY, 30 * DAY] {
        let request = case.request_at(case.ask.now + later);
        let told = [whole, cut].map(|context| {
            let decision = engine.decide(context, &request);
            let untils: Vec<_> = decision.withheld().map(|account| account.until()).collect();
            (answer(&decision), untils, decision.valid_until())
        });
        case.same(&format!("{later} ms later"), &told[0], &told[1])?;
    }
    Ok(())
}

/// Delivers every part again, unchanged and so much later.
fn deliver_again(mut context: Context, later: i64) -> Context {
    let move_on = |time: Timestamp| Timestamp::from_millis(time.as_millis() + later);
    each_part!(context, |part, _name| {
        if let Part::Known(part) = part {
            part.as_of = AsOf::from(move_on(part.as_of.oldest()));
        }
    });
    if let Part::Known(scores) = &mut context.scores {
        for score in scores.values.values_mut() {
            score.at = score.at.map(move_on);
        }
    }
    context
}
