//! What must hold of every decision, on random policies, contexts and requests.
//!
//! The heart of it is the agreement with a naive reference interpreter that was
//! written from the design, not from the engine. `TACTFUL_CASES` sets how many
//! cases each property is tried on; without it they are few, and the same each
//! time.
#![allow(
    missing_docs,
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test may stop at the first surprise"
)]

#[path = "reference/decisions/contexts.rs"]
mod contexts;
#[path = "reference/decisions/generate.rs"]
mod generate;
#[path = "reference/decisions/interpreter.rs"]
mod interpreter;
#[path = "reference/decisions/model.rs"]
mod model;
#[path = "reference/decisions/tape.rs"]
mod tape;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Mutex;

use proptest::test_runner::{Config, RngAlgorithm, TestCaseError, TestRng, TestRunner};
use tactful::context::{AsOf, Part};
use tactful::decision::{Cause, ReasonCode, Severity, Suppressed, Verdict};
use tactful::{Context, Decision, Engine, Timestamp};

use generate::{Case, Dialect, Tapes};
use interpreter::{Answer, Reason, Recommended, Reference, Withheld};
use model::{Boost, Selector, Style};

/// Tries a property on random cases.
fn check(cases: u32, property: impl Fn(&Tapes) -> Result<(), String>) {
    let wanted = std::env::var("TACTFUL_CASES").ok().map(|text| text.parse().unwrap());
    let config = Config {
        cases: wanted.unwrap_or(cases),
        failure_persistence: None,
        max_shrink_iters: 20_000,
        ..Config::default()
    };
    let mut runner = match wanted {
        Some(_) => TestRunner::new(config),
        None => TestRunner::new_with_rng(config, TestRng::deterministic_rng(RngAlgorithm::ChaCha)),
    };
    let outcome =
        runner.run(&generate::tapes(), |tapes| property(&tapes).map_err(TestCaseError::fail));
    if let Err(error) = outcome {
        panic!("{error}");
    }
}

impl Case {
    fn engine(&self) -> Result<Engine, String> {
        let text = self.policy.to_toml(Style::Short);
        Engine::from_toml(&text).map_err(|error| format!("{error}\n{text}"))
    }

    fn say(&self, what: &str) -> String {
        format!(
            "{what}\n\n# policy\n{}\n# context\n{}\n# request\n{}\n",
            self.policy.to_toml(Style::Short),
            self.context.to_json(),
            serde_json::to_string(&self.request).unwrap(),
        )
    }
}

/// The decision of the engine, in the terms of the reference.
fn answer(decision: &Decision<'_>) -> Answer {
    Answer {
        recommended: decision
            .recommendations()
            .map(|placed| Recommended {
                action: placed.action().to_owned(),
                slot: placed.slot().map(str::to_owned),
                treatment: placed.treatment().map(str::to_owned),
                tier: placed.tier(),
                priority: placed.priority().as_product(),
            })
            .collect(),
        withheld: decision
            .withheld()
            .map(|account| Withheld {
                action: account.action().to_owned(),
                verdict: account.verdict().as_str(),
                tier: account.tier(),
                priority: account.priority().map(|priority| priority.as_product()),
                reasons: reasons(account),
            })
            .collect(),
    }
}

fn reasons(account: Suppressed<'_>) -> Vec<Reason> {
    let stages: Vec<_> = account.reasons().map(|reason| reason.code().stage()).collect();
    assert!(stages.is_sorted(), "reasons out of order: {stages:?}");
    let mut reasons: Vec<_> = account.reasons().map(|reason| reason_of(&reason)).collect();
    reasons.sort();
    reasons
}

fn reason_of(reason: &tactful::decision::Reason<'_>) -> Reason {
    Reason(
        reason.code().number(),
        reason.rule().map(str::to_owned),
        reason.condition().map(str::to_owned),
    )
}

/// What tells a reason from others at a later instant: a rule may go over into
/// its cool-off, and a consent lapse, without letting go.
fn identity(reason: &Reason) -> Reason {
    let code = match reason.0 {
        402 => 401,
        202 => 201,
        code => code,
    };
    Reason(code, reason.1.clone(), reason.2.clone())
}

/// The reasons of the stages 1 to 6, which time may clear.
fn obstacles(reasons: &[Reason]) -> BTreeSet<Reason> {
    let obstacles = reasons.iter().filter(|reason| reason.0 < 500);
    obstacles.map(identity).collect()
}

/// The actions that nothing holds back but the slate.
fn admissible(answer: &Answer) -> BTreeSet<String> {
    let outranked = answer.withheld.iter().filter(|account| account.verdict == "outranked");
    let recommended = answer.recommended.iter().map(|placed| placed.action.clone());
    recommended.chain(outranked.map(|account| account.action.clone())).collect()
}

/// The actions that a reason of the stages 1 to 6 holds back.
fn held_back(answer: &Answer) -> BTreeSet<String> {
    let held = answer.withheld.iter().filter(|account| !obstacles(&account.reasons).is_empty());
    held.map(|account| account.action.clone()).collect()
}

fn ensure(holds: bool, what: impl FnOnce() -> String) -> Result<(), String> {
    if holds { Ok(()) } else { Err(what()) }
}

fn same<T: PartialEq + std::fmt::Debug>(case: &Case, what: &str, a: T, b: T) -> Result<(), String> {
    ensure(a == b, || case.say(&format!("{what}: {a:#?}\nand {b:#?}")))
}

#[test]
fn agrees_with_the_reference() {
    let seen = Mutex::new(BTreeSet::new());
    check(1_500, |tapes| {
        let case = tapes.case(Dialect::Full);
        let engine = case.engine()?;
        let ours = answer(&engine.decide(&case.context, &case.request));
        let theirs = Reference::new(&case.policy, &case.context, &case.request).decide();
        same(&case, "engine and reference", &ours, &theirs)?;
        let mut seen = seen.lock().unwrap();
        if !ours.recommended.is_empty() {
            seen.insert("recommended".to_owned());
        }
        for account in ours.withheld {
            seen.insert(account.verdict.to_owned());
            seen.extend(account.reasons.iter().map(|reason| reason.0.to_string()));
        }
        Ok(())
    });
    // The agreement is worth something only if everything was met on the way.
    let seen = seen.into_inner().unwrap();
    for verdict in [
        Verdict::Recommended,
        Verdict::Outranked,
        Verdict::Suppressed,
        Verdict::Ineligible,
        Verdict::Unconsented,
        Verdict::Unavailable,
        Verdict::Unscored,
    ] {
        assert!(seen.contains(verdict.as_str()), "no action was {verdict}");
    }
    for code in ReasonCode::ALL {
        assert!(seen.contains(&code.number().to_string()), "no reason was {code}");
    }
}

#[test]
fn every_action_has_one_verdict() {
    check(300, |tapes| {
        let case = tapes.case(Dialect::Full);
        let engine = case.engine()?;
        let answer = answer(&engine.decide(&case.context, &case.request));
        let recommended = answer.recommended.iter().map(|placed| placed.action.clone());
        let withheld = answer.withheld.iter().map(|account| account.action.clone());
        let mut accounted: Vec<String> = recommended.chain(withheld).collect();
        accounted.sort();
        let mut actions: Vec<String> = case.policy.actions.iter().map(|a| a.id.clone()).collect();
        actions.sort();
        same(&case, "accounts and actions", accounted, actions)?;
        for account in &answer.withheld {
            ensure(!account.reasons.is_empty(), || case.say("an account without a reason"))?;
        }
        Ok(())
    });
}

#[test]
fn reasons_rest_on_facts_with_their_age() {
    check(300, |tapes| {
        let case = tapes.case(Dialect::Plain);
        let engine = case.engine()?;
        let reference = Reference::new(&case.policy, &case.context, &case.request);
        let decision = engine.decide(&case.context, &case.request);
        for account in decision.withheld() {
            let action = case.policy.actions.iter().find(|action| action.id == account.action());
            for reason in account.reasons() {
                let unknown = reference.rests_on_the_unknown(action.unwrap(), &reason_of(&reason));
                if let Some(unknown) = unknown {
                    let data_problem = reason.severity() == Severity::DataProblem;
                    let what = format!("{} for the unknown", reason.code());
                    same(&case, &what, data_problem, unknown)?;
                }
                for fact in reason.facts() {
                    let mut names = fact.path().split('.');
                    let part = match (names.next().unwrap(), names.next()) {
                        ("purchases", Some("cart")) => "cart",
                        // A score may have an age of its own.
                        ("scores" | "request", _) => continue,
                        (part, _) => part,
                    };
                    let expected = reference.age(part);
                    let age = fact.age().map(|age| age.as_millis());
                    let what = format!("{} of {}", fact.path(), reason.code());
                    if let Some(age) = age {
                        let too_old = fact.max_age().is_some();
                        same(&case, &what, Some((age, too_old)), expected)?;
                    }
                    if expected.is_none() {
                        same(&case, &what, fact.cause(), Some(Cause::ContextUnknown))?;
                    }
                }
            }
        }
        Ok(())
    });
}

#[test]
fn no_boost_and_no_tier_brings_back_what_is_held_back() {
    check(300, |tapes| {
        let mut case = tapes.case(Dialect::Full);
        let engine = case.engine()?;
        let before = held_back(&answer(&engine.decide(&case.context, &case.request)));
        case.policy.boosts.clear();
        for action in &mut case.policy.actions {
            action.tier = 1_000;
            action.propensity = None;
            action.value = Some(1_000_000_000_000);
            case.policy.boosts.push(Boost {
                id: format!("up-with-{}", action.id),
                basis_points: 980_000,
                selector: Selector { ids: vec![action.id.clone()], ..Selector::default() },
                when: Vec::new(),
            });
        }
        let engine = case.engine()?;
        let pushed = answer(&engine.decide(&case.context, &case.request));
        same(&case, "held back", before, held_back(&pushed))?;
        let held = held_back(&pushed);
        let slipped = pushed.recommended.iter().find(|placed| held.contains(&placed.action));
        ensure(slipped.is_none(), || case.say("recommended and held back"))
    });
}

#[test]
fn hiding_a_part_admits_nothing_more() {
    check(150, |tapes| {
        let case = tapes.case(Dialect::Monotone);
        let engine = case.engine()?;
        let whole = answer(&engine.decide(&case.context, &case.request));
        for part in generate::PARTS {
            // Whoever forgets a block no longer heeds it.
            let forgets_a_block = whole.withheld.iter().any(|account| {
                part == "consent" && account.reasons.iter().any(|reason| reason.0 == 203)
            });
            if forgets_a_block {
                continue;
            }
            let hidden = hide(case.context.clone(), part);
            let without = answer(&engine.decide(&hidden, &case.request));
            let (fewer, all) = (admissible(&without), admissible(&whole));
            ensure(fewer.is_subset(&all), || {
                case.say(&format!("without {part} {fewer:?}, with it {all:?}"))
            })?;
        }
        Ok(())
    });
}

#[test]
fn a_further_suppression_admits_nothing_more() {
    check(300, |tapes| {
        let mut case = tapes.case(Dialect::Full);
        let with = case.engine()?;
        let with = admissible(&answer(&with.decide(&case.context, &case.request)));
        if case.policy.suppress.pop().is_none() {
            return Ok(());
        }
        let without = case.engine()?;
        let without = admissible(&answer(&without.decide(&case.context, &case.request)));
        ensure(with.is_subset(&without), || {
            case.say(&format!("with one more {with:?}, without {without:?}"))
        })
    });
}

#[test]
fn the_order_of_a_document_changes_nothing() {
    check(200, |tapes| {
        let case = tapes.case(Dialect::Full);
        let engine = case.engine()?;
        let decision = engine.decide(&case.context, &case.request).to_json();
        for turns in 0..3 {
            let mut other = case.clone();
            turn(&mut other.policy.actions, turns);
            turn(&mut other.policy.suppress, turns);
            turn(&mut other.policy.boosts, turns);
            turn(&mut other.policy.exclusive, turns);
            let engine_of_other = other.engine()?;
            let fingerprints =
                (engine.policy().fingerprint(), engine_of_other.policy().fingerprint());
            same(&case, "fingerprints", fingerprints.0, fingerprints.1)?;
            let decision_of_other = engine_of_other.decide(&case.context, &case.request).to_json();
            same(&case, "decisions", &decision, &decision_of_other)?;
        }
        Ok(())
    });
}

#[test]
fn the_same_inputs_give_the_same_bytes_on_every_thread() {
    check(60, |tapes| {
        let case = tapes.case(Dialect::Full);
        let engine = case.engine()?;
        let decide = || engine.decide(&case.context, &case.request).to_json();
        let once = decide();
        std::thread::scope(|scope| {
            let threads: Vec<_> = (0..4).map(|_| scope.spawn(decide)).collect();
            for thread in threads {
                same(&case, "threads", &once, &thread.join().unwrap())?;
            }
            Ok(())
        })
    });
}

#[test]
fn a_smaller_limit_gives_the_first_of_a_larger_one() {
    check(200, |tapes| {
        let mut case = tapes.case(Dialect::Full);
        case.request.slots.clear();
        case.request.limit = None;
        let engine = case.engine()?;
        let all = answer(&engine.decide(&case.context, &case.request)).recommended;
        for limit in 0..=all.len() {
            case.request.limit = Some(limit);
            let first = answer(&engine.decide(&case.context, &case.request)).recommended;
            same(&case, "limited", &first[..], &all[..limit])?;
        }
        Ok(())
    });
}

#[test]
fn a_ranking_alone_recommends_the_same() {
    check(300, |tapes| {
        let case = tapes.case(Dialect::Full);
        let engine = case.engine()?;
        let request = case.request.clone().ranked_only();
        let complete = engine.decide(&case.context, &case.request);
        let ranked = engine.decide(&case.context, &request);
        same(&case, "recommended", answer(&complete).recommended, answer(&ranked).recommended)?;
        let in_force = |decision: &Decision<'_>| -> Vec<_> {
            let rules = decision.suppressions();
            rules.map(|rule| (rule.rule().to_owned(), rule.code(), rule.until())).collect()
        };
        same(&case, "suppressions", in_force(&complete), in_force(&ranked))
    });
}

#[test]
fn twins_in_toml_and_json_are_one_policy() {
    check(150, |tapes| {
        let case = tapes.case(Dialect::Full);
        let engine = case.engine()?;
        let fingerprint = engine.policy().fingerprint();
        let decision = engine.decide(&case.context, &case.request).to_json();
        let (short, long) = (case.policy.to_json(Style::Short), case.policy.to_json(Style::Long));
        let twins = [
            Engine::from_toml(&case.policy.to_toml(Style::Long)),
            Engine::from_json(&short),
            Engine::from_json(&long),
            Engine::from_json(&engine.policy().to_json()),
        ];
        for twin in twins {
            let twin = twin.map_err(|error| case.say(&error.to_string()))?;
            same(&case, "fingerprints", fingerprint, twin.policy().fingerprint())?;
            let decision_of_twin = twin.decide(&case.context, &case.request).to_json();
            same(&case, "decisions", &decision, &decision_of_twin)?;
        }
        Ok(())
    });
}

#[test]
fn until_is_the_first_instant_at_which_all_is_clear() {
    check(40, |tapes| until_is_exact(&tapes.case(Dialect::Full)));
    check(160, |tapes| until_is_exact(&tapes.case(Dialect::Timely)));
}

fn until_is_exact(case: &Case) -> Result<(), String> {
    let engine = case.engine()?;
    let decision = engine.decide(&case.context, &case.request);
    let now = case.request.now.as_millis();
    let mut reference = Reference::new(&case.policy, &case.context, &case.request);
    let instants = interpreter::instants(&case.policy, &case.context, &generate::LENGTHS);
    let later: Vec<i64> = instants.range(now + 1..).copied().collect();
    for account in decision.withheld() {
        let action = case.policy.actions.iter().find(|action| action.id == account.action());
        let action = action.unwrap();
        let held: BTreeSet<Reason> = obstacles(&reasons(account));
        // Every reason that holds, at each instant at which one may change.
        let mut clear_at: BTreeMap<Reason, i64> = BTreeMap::new();
        let mut all_clear_at = None;
        for instant in &later {
            reference.at(*instant);
            let still = obstacles(&reference.obstacles(action));
            for reason in held.difference(&still) {
                clear_at.entry(reason.clone()).or_insert(*instant);
            }
            if held.is_disjoint(&still) {
                all_clear_at = Some(*instant);
                break;
            }
        }
        let lasting = account.reasons().any(|reason| reason.code().number() >= 500);
        let expected = all_clear_at.filter(|_| !lasting);
        let until = account.until().map(|until| until.as_millis());
        same(case, &format!("until of {}", account.action()), until, expected)?;
        for reason in account.reasons() {
            let until = reason.until().map(|until| until.as_millis());
            let key = identity(&reason_of(&reason));
            let expected = clear_at.get(&key).copied();
            same(case, &format!("until of {key:?}"), until, expected)?;
        }
        if let Some(until) = account.until() {
            let held_at = |instant: i64| {
                let context = deliver_again(case.context.clone(), instant - now);
                let mut request = case.request.clone();
                request.now = Timestamp::from_millis(instant);
                let decision = engine.decide(&context, &request);
                let account = decision.account(action.id.as_str());
                let still = account.map(reasons).unwrap_or_default();
                !held.is_disjoint(&obstacles(&still))
            };
            ensure(held_at(until.as_millis() - 1), || case.say("clear before"))?;
            ensure(!held_at(until.as_millis()), || case.say("not clear at until"))?;
        }
    }
    for rule in decision.suppressions() {
        for account in decision.withheld() {
            for reason in account.reasons().filter(|reason| reason.rule() == Some(rule.rule())) {
                same(case, rule.rule(), reason.until(), rule.until())?;
            }
        }
    }
    Ok(())
}

/// Puts a list in another order.
fn turn<T>(list: &mut [T], turns: usize) {
    if turns == 0 {
        list.reverse();
    } else {
        list.rotate_left(turns % list.len().max(1));
    }
}

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

fn hide(mut context: Context, hidden: &str) -> Context {
    each_part!(context, |part, name| {
        if name == hidden {
            *part = Part::Unknown;
        }
    });
    context
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
