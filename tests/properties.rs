//! What must hold of every decision, on random policies, contexts and requests.
//!
//! The heart of it is the agreement with a naive reference interpreter that was
//! written from the design, not from the engine. `TACTFUL_CASES` sets how many
//! policies each property is tried on, with four customers each; without it they
//! are few, and the same each time.

#![cfg(all(feature = "toml", feature = "json", feature = "zones"))]
#![allow(
    missing_docs,
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::cast_possible_truncation,
    reason = "a test may stop at the first surprise"
)]

/// Applies the same to every part.
macro_rules! each_part {
    ($context:ident, |$part:ident, $name:ident| $body:expr) => {
        each_part!(@ $context, $part, $name, $body, support purchases device recency consent
            history subscription feedback scores profile appointments attributes)
    };
    (@ $context:ident, $part:ident, $name:ident, $body:expr, $($field:ident)+) => {
        $({
            let ($part, $name) = (&mut $context.$field, stringify!($field));
            $body
        })+
    };
}

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
#[path = "reference/decisions/in_time.rs"]
mod in_time;
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
#[path = "reference/decisions/ways.rs"]
mod ways;
#[path = "reference/decisions/zones.rs"]
mod zones;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Mutex;

use tactful::context::Part;
use tactful::decision::{self, Cause, ReasonCode, Severity, Suppressed, Verdict};
use tactful::{Context, Decision, Engine};

use ask::{Ask, Force};
use check::{Case, Fault, check, compile};
use engine::{answer, reason_of};
use generate::Dialect;
use interpreter::{Answer, Reason, World};
use model::{Policy, Selector, Style};
use rules::Boost;

/// The actions that nothing holds back but the slate.
fn admissible(answer: &Answer) -> BTreeSet<String> {
    let outranked = answer.withheld.iter().filter(|account| account.verdict == "outranked");
    let recommended = answer.recommended.iter().map(|placed| placed.action.clone());
    recommended.chain(outranked.map(|account| account.action.clone())).collect()
}

/// The actions that something before the holdout holds back on every channel.
fn held_back(case: &Case<'_>, ask: &Ask) -> BTreeSet<String> {
    let world = World::new(case.policy, case.context, ask);
    let channels = world.now().channels();
    let is_held = |action: &&model::Action| {
        let on = |channel| world.now().on(channel).obstacles(action);
        channels.iter().all(|channel| on(*channel).iter().any(|reason| reason.code < 600))
    };
    case.policy.actions.iter().filter(is_held).map(|action| action.id.clone()).collect()
}

/// A condition that asks for the channel may rest on other facts on each: its
/// reason is then given once for each, and looks the same.
fn once_each(mut answer: Answer) -> Answer {
    let passed_over = answer.recommended.iter_mut().map(|placed| &mut placed.passed_over);
    let withheld = answer.withheld.iter_mut().map(|account| &mut account.reasons);
    for reasons in passed_over.chain(withheld) {
        let mut seen = BTreeSet::new();
        let asks = |reason: &Reason| matches!(reason.code, 301..=303 | 401 | 402);
        reasons.retain(|reason| !asks(reason) || seen.insert(reason.clone()));
    }
    answer
}

#[test]
fn agrees_with_the_reference() {
    let seen = Mutex::new(BTreeMap::<String, usize>::new());
    check(1, 1_250, |tapes| {
        let cases = tapes.cases(Dialect::Full);
        let engine = cases.engine()?;
        for case in cases.each() {
            let ours = once_each(answer(&engine.decide(case.context, &case.request)));
            let theirs = World::new(case.policy, case.context, case.ask).now().decide();
            let theirs = once_each(theirs);
            case.same("engine and reference", &ours, &theirs)?;
            let mut seen = seen.lock().unwrap();
            let mut count = |what: &str| *seen.entry(what.to_owned()).or_default() += 1;
            count(&format!("{} placed", ours.recommended.len()));
            if !ours.recommended.is_empty() {
                count("recommended");
            }
            for account in ours.withheld {
                count(account.verdict);
                if account.verdict == "outranked" && account.reasons[0].code < 600 {
                    count("kept out by a limit");
                }
                account.reasons.iter().for_each(|reason| count(&reason.code.to_string()));
            }
            ours.ghosts.iter().for_each(|_| count("a ghost"));
            let placed = ours.recommended.iter();
            placed.clone().filter(|placed| placed.forced).for_each(|_| count("forced"));
            placed
                .filter(|placed| !placed.passed_over.is_empty())
                .for_each(|_| count("passed over"));
        }
        Ok(())
    });
    // The agreement is worth something only if everything was met on the way.
    let seen = seen.into_inner().unwrap();
    let verdicts = [
        Verdict::Recommended,
        Verdict::Outranked,
        Verdict::Suppressed,
        Verdict::Ineligible,
        Verdict::Unconsented,
        Verdict::Unavailable,
        Verdict::Unscored,
        Verdict::Limited,
        Verdict::Deferred,
        Verdict::HeldOut,
        Verdict::BelowThreshold,
    ];
    let verdicts = verdicts.iter().map(|verdict| verdict.to_string());
    let codes = ReasonCode::ALL.iter().map(|code| code.number().to_string());
    let others =
        ["a ghost", "forced", "passed over", "3 placed", "kept out by a limit"].map(str::to_owned);
    for what in verdicts.chain(codes).chain(others) {
        assert!(seen.contains_key(&what), "nothing was {what}: {seen:#?}");
    }
}

#[test]
fn every_action_has_one_verdict() {
    check(2, 150, |tapes| {
        let cases = tapes.cases(Dialect::Full);
        let engine = cases.engine()?;
        for case in cases.each() {
            let answer = answer(&engine.decide(case.context, &case.request));
            let recommended = answer.recommended.iter().map(|placed| placed.action.clone());
            let withheld = answer.withheld.iter().map(|account| account.action.clone());
            let mut accounted: Vec<String> = recommended.chain(withheld).collect();
            accounted.sort();
            let actions = case.policy.actions.iter();
            let mut actions: Vec<String> = actions.map(|a| a.id.clone()).collect();
            actions.sort();
            case.same("accounts and actions", accounted, actions)?;
            let reasonless = answer.withheld.iter().find(|account| account.reasons.is_empty());
            case.ensure(reasonless.is_none(), || "an account without a reason".to_owned())?;
        }
        Ok(())
    });
}

#[test]
fn reasons_rest_on_facts_with_their_age() {
    check(3, 300, |tapes| {
        let cases = tapes.cases(Dialect::Plain);
        let engine = cases.engine()?;
        for case in cases.each() {
            let world = World::new(case.policy, case.context, case.ask);
            let decision = engine.decide(case.context, &case.request);
            for account in decision.withheld() {
                let action = case.policy.action(account.action()).unwrap();
                for reason in account.reasons() {
                    // Of several channels, any may have given it.
                    let now = world.now();
                    let channels = now.channels();
                    let unknown = now.rests_on_the_unknown(action, &reason_of(&reason));
                    if let (Some(unknown), [_]) = (unknown, &channels[..]) {
                        let data_problem = reason.severity() == Severity::DataProblem;
                        let what = format!("{} for the unknown", reason.code());
                        case.same(&what, data_problem, unknown)?;
                    }
                    if let [_] = channels[..] {
                        what_is_missing_is_named(&case, &world, account, &reason)?;
                    }
                    for fact in reason.facts() {
                        facts_are_as_old_as_they_were_said(&case, &world, &fact)?;
                    }
                }
            }
        }
        Ok(())
    });
}

/// Limits, quiet hours and quotas say what they could not know.
fn what_is_missing_is_named(
    case: &Case<'_>,
    world: &World<'_>,
    account: Suppressed<'_>,
    reason: &decision::Reason<'_>,
) -> Result<(), Fault> {
    let action = case.policy.action(account.action()).unwrap();
    let missing = match reason.code().number() {
        806 => world.now().missing_quota(action),
        802 if case.ask.slots.is_empty() => world.now().missing_for_treatments(action),
        _ if account.verdict() == Verdict::Outranked => return Ok(()),
        403 | 404 | 501..=504 => world.now().missing_from(reason.rule().unwrap(), action),
        212 => BTreeSet::from([world.now().cause_of_zone()]),
        _ => return Ok(()),
    };
    let facts: Vec<_> = reason.facts().collect();
    let named = facts
        .iter()
        .filter_map(|fact| Some((fact.path().split('.').next().unwrap(), fact.cause()?.number())));
    let what = format!("what {:?} misses", reason_of(reason));
    case.same(&what, named.collect::<BTreeSet<_>>(), missing)
}

fn facts_are_as_old_as_they_were_said(
    case: &Case<'_>,
    world: &World<'_>,
    fact: &decision::FactUse,
) -> Result<(), Fault> {
    let mut names = fact.path().split('.');
    let part = match (names.next().unwrap(), names.next()) {
        ("purchases", Some("cart")) => "cart",
        // A score may have an age of its own.
        ("scores" | "request", _) => return Ok(()),
        (part, _) => part,
    };
    let expected = match fact.path().strip_prefix("analytics.") {
        Some(answer) => world.now().age_of_answer(answer),
        None => world.now().age_of(part, fact.path()),
    };
    if let Some(age) = fact.age() {
        let too_old = fact.max_age().is_some();
        case.same(fact.path(), Some((age.as_millis(), too_old)), expected)?;
    }
    if expected.is_none() {
        case.same(fact.path(), fact.cause(), Some(Cause::ContextUnknown))?;
    }
    Ok(())
}

#[test]
fn no_boost_and_no_tier_brings_back_what_is_held_back() {
    check(4, 120, |tapes| {
        let cases = tapes.cases(Dialect::Full);
        let mut pushed = cases.policy.clone();
        pushed.boosts.clear();
        for action in &mut pushed.actions {
            action.tier = 1_000;
            action.propensity = None;
            action.value = Some(model::Worth::Fixed(1_000_000_000_000));
            pushed.boosts.push(Boost {
                id: format!("up-with-{}", action.id),
                basis_points: 980_000,
                selector: Selector { ids: vec![action.id.clone()], ..Selector::default() },
                when: Vec::new(),
            });
        }
        let pushed = compile(&pushed)?;
        for case in cases.each() {
            let held = held_back(&case, case.ask);
            let pushed = answer(&pushed.decide(case.context, &case.request));
            let slipped = pushed.recommended.iter().find(|placed| held.contains(&placed.action));
            case.ensure(slipped.is_none(), || "recommended and held back".to_owned())?;
            let there: BTreeSet<_> = pushed.withheld.into_iter().map(|a| a.action).collect();
            case.ensure(held.is_subset(&there), || "held back and not accounted for".to_owned())?;
        }
        Ok(())
    });
}

#[test]
fn force_brings_back_nothing_that_is_firmly_held() {
    check(5, 60, |tapes| {
        let cases = tapes.cases(Dialect::Full);
        let engine = cases.engine()?;
        for mut case in cases.each() {
            case.request.force = None;
            let plain = answer(&engine.decide(case.context, &case.request));
            for account in &plain.withheld {
                let request = case.request.clone().force(&account.action);
                let forced = answer(&engine.decide(case.context, &request));
                let force = Force { action: account.action.clone(), treatment: None };
                let held = held_back(&case, &Ask { force: Some(force), ..case.ask.clone() });
                let is_there = forced.recommended.iter().any(|r| r.action == account.action);
                case.ensure(!is_there || !held.contains(&account.action), || {
                    format!("forced {}", account.action)
                })?;
                // It may go first, and changes nothing about who else may go.
                let (mut now, mut before) = (admissible(&forced), admissible(&plain));
                now.remove(&account.action);
                before.remove(&account.action);
                case.same("besides the forced", before, now)?;
            }
        }
        Ok(())
    });
}

#[test]
fn hiding_a_part_admits_nothing_more() {
    check(6, 50, |tapes| {
        let cases = tapes.cases(Dialect::Monotone);
        let engine = cases.engine()?;
        for case in cases.each() {
            let whole = answer(&engine.decide(case.context, &case.request));
            for part in generate::PARTS {
                // Whoever forgets a block no longer heeds it.
                let forgets_a_block = whole.withheld.iter().any(|account| {
                    part == "consent" && account.reasons.iter().any(|reason| reason.code == 203)
                });
                if forgets_a_block {
                    continue;
                }
                let hidden = hide(case.context.clone(), part);
                let without = admissible(&answer(&engine.decide(&hidden, &case.request)));
                let all = admissible(&whole);
                let more = without.difference(&all).find(|id| !forgets_limits(&case, &whole, id));
                case.ensure(more.is_none(), || {
                    format!("without {part} {without:?}, with it {all:?}")
                })?;
            }
        }
        Ok(())
    });
}

/// Service is held by what is known to have happened, and by nothing else: who
/// forgets that no longer holds it.
fn forgets_limits(case: &Case<'_>, whole: &Answer, action: &str) -> bool {
    let marketing = limits::purpose(case.policy, case.policy.action(action).unwrap());
    let limit = |reason: &Reason| matches!(reason.code, 403 | 404 | 501..=504);
    let held = whole.withheld.iter().find(|account| account.action == action);
    marketing != "marketing" && held.is_some_and(|held| held.reasons.iter().any(limit))
}

#[test]
fn a_further_rule_admits_nothing_more() {
    check(7, 100, |tapes| {
        let cases = tapes.cases(Dialect::Full);
        let with = cases.engine()?;
        let rules: [fn(&mut Policy) -> bool; 5] = [
            |policy| policy.suppress.pop().is_some(),
            |policy| policy.limits.pop().is_some(),
            |policy| policy.quiet_hours.pop_last().is_some(),
            |policy| policy.holdout.pop_last().is_some(),
            |policy| policy.thresholds.pop_last().is_some(),
        ];
        for take_one in rules {
            let mut fewer = cases.policy.clone();
            if !take_one(&mut fewer) {
                continue;
            }
            let without = compile(&fewer)?;
            for case in cases.each() {
                let with = admissible(&answer(&with.decide(case.context, &case.request)));
                let without = admissible(&answer(&without.decide(case.context, &case.request)));
                case.ensure(with.is_subset(&without), || {
                    format!("with one more {with:?}, without {without:?}")
                })?;
            }
        }
        Ok(())
    });
}

#[test]
fn the_order_of_a_document_changes_nothing() {
    check(8, 60, |tapes| {
        let cases = tapes.cases(Dialect::Full);
        let engine = cases.engine()?;
        for turns in 0..3 {
            let mut other = cases.policy.clone();
            turn(&mut other.actions, turns);
            turn(&mut other.suppress, turns);
            turn(&mut other.boosts, turns);
            turn(&mut other.limits, turns);
            turn(&mut other.placements, turns);
            turn(&mut other.exclusive, turns);
            let other = compile(&other)?;
            for case in cases.each() {
                let fingerprints = (engine.policy().fingerprint(), other.policy().fingerprint());
                case.same("fingerprints", fingerprints.0, fingerprints.1)?;
                let decisions = [&engine, &other]
                    .map(|engine| engine.decide(case.context, &case.request).to_json());
                case.same("decisions", &decisions[0], &decisions[1])?;
            }
        }
        Ok(())
    });
}

#[test]
fn the_same_inputs_give_the_same_bytes_on_every_thread() {
    check(9, 20, |tapes| {
        let cases = tapes.cases(Dialect::Full);
        let engine = cases.engine()?;
        for case in cases.each() {
            let decide = || engine.decide(case.context, &case.request).to_json();
            let once = decide();
            std::thread::scope(|scope| {
                let threads: Vec<_> = (0..4).map(|_| scope.spawn(decide)).collect();
                for thread in threads {
                    case.same("threads", &once, &thread.join().unwrap())?;
                }
                Ok::<(), Fault>(())
            })?;
        }
        Ok(())
    });
}

#[test]
fn a_smaller_limit_gives_the_first_of_a_larger_one() {
    check(10, 120, |tapes| {
        let cases = tapes.cases(Dialect::Full);
        let engine = cases.engine()?;
        for mut case in cases.each() {
            case.request.slots.clear();
            case.request.limit = None;
            let all = answer(&engine.decide(case.context, &case.request)).recommended;
            for limit in 0..=all.len() {
                case.request.limit = Some(limit);
                let first = answer(&engine.decide(case.context, &case.request)).recommended;
                case.same("limited", &first[..], &all[..limit])?;
            }
        }
        Ok(())
    });
}

#[test]
fn a_ranking_alone_recommends_the_same() {
    check(11, 150, |tapes| {
        let cases = tapes.cases(Dialect::Full);
        let engine = cases.engine()?;
        for case in cases.each() {
            let request = case.request.clone().ranked_only();
            let complete = engine.decide(case.context, &case.request);
            let ranked = engine.decide(case.context, &request);
            let mut whole = answer(&complete);
            whole.withheld.clear();
            let mut without_reasons = answer(&ranked);
            // Why another channel was passed over is an account, too.
            for placed in whole.recommended.iter_mut().chain(&mut without_reasons.recommended) {
                placed.passed_over.clear();
            }
            case.same("answers", whole, without_reasons)?;
            case.same("valid until", complete.valid_until(), ranked.valid_until())?;
            let in_force = |decision: &Decision<'_>| -> Vec<_> {
                decision.suppressions().map(|rule| rule.until()).collect()
            };
            case.same("suppressions", in_force(&complete), in_force(&ranked))?;
        }
        Ok(())
    });
}

#[test]
fn twins_in_toml_and_json_are_one_policy() {
    check(12, 50, |tapes| {
        let cases = tapes.cases(Dialect::Full);
        let engine = cases.engine()?;
        let fingerprint = engine.policy().fingerprint();
        let twins = [
            Engine::from_toml(&cases.policy.to_toml(Style::Short)),
            Engine::from_toml(&cases.policy.to_toml(Style::Long)),
            Engine::from_json(&cases.policy.to_json(Style::Long)),
            Engine::from_json(&engine.policy().to_json()),
        ];
        for case in cases.each() {
            let decision = engine.decide(case.context, &case.request).to_json();
            for twin in &twins {
                let twin = twin.as_ref().map_err(|error| case.say(&error.to_string()))?;
                case.same("fingerprints", fingerprint, twin.policy().fingerprint())?;
                let decision_of_twin = twin.decide(case.context, &case.request).to_json();
                case.same("decisions", &decision, &decision_of_twin)?;
            }
        }
        Ok(())
    });
}

/// Puts a list in another order.
fn turn<T>(list: &mut [T], turns: usize) {
    if turns == 0 {
        list.reverse();
    } else {
        list.rotate_left(turns % list.len().max(1));
    }
}

fn hide(mut context: Context, hidden: &str) -> Context {
    each_part!(context, |part, name| {
        if name == hidden {
            *part = Part::Unknown;
        }
    });
    context
}
