//! What is proved is never seen broken, and what is not can be seen.
//!
//! Random policies are asked what their conditions can be and whether random
//! promises hold. Every example is tried by the engine and by the reference
//! interpreter; every proof is tried on customers and requests at the boundaries
//! of the policy. `TACTFUL_CASES` sets how many policies there are, and
//! `TACTFUL_ROUNDS` how many customers each is tried on, by fours: `cargo xtask
//! deep` tries ten million.

#![cfg(all(feature = "toml", feature = "json", feature = "zones"))]
#![allow(
    missing_docs,
    dead_code,
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stdout,
    clippy::indexing_slicing,
    clippy::cast_possible_truncation,
    reason = "a test may stop at the first surprise"
)]

#[path = "reference/decisions/answers.rs"]
mod answers;
#[path = "reference/decisions/ask.rs"]
mod ask;
#[path = "reference/decisions/check.rs"]
mod check;
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
#[path = "reference/decisions/generate_numbers.rs"]
mod generate_numbers;
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

use std::collections::BTreeMap;
use std::sync::Mutex;

use serde_json::{Value, json};
use tactful::condition::Truth;
use tactful::context::{AsOf, List};
use tactful::prove::{Answer, Budget, Counterexample, Example, Verdict};
use tactful::{Channel, Context, Duration, Engine, Policy, Request};

use ask::Ask;
use check::{Case, Fault, check};
use cond::Cond;
use facts::Facts;
use generate::{Dialect, PAIRS, SHAPE};
use generate_numbers::cases_of_numbers;
use interpreter::World;
use model::Style;
use tape::{Dice, Tapes};

/// How many more customers each policy is tried on: four for each of these.
const ROUNDS: u64 = 12;

fn rounds() -> u64 {
    std::env::var("TACTFUL_ROUNDS").map_or(ROUNDS, |text| text.parse().unwrap())
}

/// What was seen, and how often.
#[derive(Default)]
struct Seen(Mutex<BTreeMap<String, usize>>);

impl Seen {
    fn count(&self, what: impl Into<String>) {
        *self.0.lock().unwrap().entry(what.into()).or_default() += 1;
    }

    fn expect(&self, most_unclear: usize, expected: &[&str]) {
        let seen = self.0.lock().unwrap();
        println!("{seen:#?}");
        for what in expected {
            assert!(seen.contains_key(*what), "nothing was {what}: {seen:#?}");
        }
        let unclear = seen.get("unclear").copied().unwrap_or(0);
        // Of very many some may be.
        let of_many = std::env::var_os("TACTFUL_CASES").map_or(0, |_| seen.values().sum());
        assert!(unclear <= most_unclear.max(of_many / 1_000), "{seen:#?}");
    }
}

/// Customers and requests around the boundaries of a policy.
fn customers(policy: &model::Policy, tapes: &Tapes, dialect: Dialect) -> Vec<(Context, Ask)> {
    let mut dice = Dice(
        tapes.of("policy")[0]
            .iter()
            .fold(7, |sum, number| sum.wrapping_mul(31) + u64::from(*number)),
    );
    let mut customers: Vec<(Context, Ask)> =
        PAIRS.iter().map(|name| tapes.pair(name, policy, dialect)).collect();
    for round in 0..rounds() {
        let others = Tapes::random(SHAPE, &mut dice);
        let pairs = PAIRS.iter().map(|name| others.pair(name, policy, dialect));
        customers.extend(pairs.map(|(mut context, ask)| {
            if round % 4 == 0 {
                forget_sources(&mut context, &mut dice);
            }
            if round % 2 == 0 {
                forget_others(&mut context, &mut dice);
            }
            (context, ask)
        }));
    }
    customers
}

/// Lets single events alone tell of some parts.
fn forget_sources(context: &mut Context, dice: &mut Dice) {
    let mut tell = |as_of: &mut AsOf| {
        if dice.below(2) == 0 {
            *as_of = AsOf::sources([("(events)", as_of.oldest())]).unwrap();
        }
    };
    macro_rules! tell {
        ($($part:ident)*) => {
            $(context.$part.known_mut().into_iter().for_each(|part| tell(&mut part.as_of));)*
        };
    }
    tell!(support purchases recency consent history subscription feedback profile attributes);
    macro_rules! date {
        ($($part:ident $field:ident,)*) => {
            $(if let Some(part) = context.$part.known_mut()
                && part.$field.is_some()
            {
                let at = part.as_of.oldest() - Duration::days([0, 1, 31][dice.below(3)]);
                part.dated.insert(stringify!($field).to_owned(), at);
            })*
        };
    }
    date!(
        profile plan, profile country, profile vulnerable, profile segments, profile joined_at,
        subscription plan, subscription arrears, consent hard_blocks,
    );
}

/// Lets some lists be known in part.
fn forget_others(context: &mut Context, dice: &mut Dice) {
    macro_rules! forget {
        ($($part:ident $list:ident,)*) => {
            $(if let Some(part) = context.$part.known_mut()
                && dice.below(2) == 0
            {
                part.$list = List::partial(part.$list.items().to_vec());
            })*
        };
    }
    forget!(
        support tickets, purchases orders, purchases products, feedback answers,
        appointments bookings,
    );
}

/// Every condition of a policy.
fn conditions(policy: &model::Policy) -> Vec<&Cond> {
    let situations = policy.situations.values().flatten();
    let clauses = policy.actions.iter().flat_map(|action| {
        let needs = &action.needs;
        [&needs.eligible, &needs.applicable, &needs.suitable].into_iter().flatten()
    });
    let rules = policy.suppress.iter().flat_map(|rule| rule.when.iter().chain(&rule.after));
    situations.chain(clauses).chain(rules).collect()
}

fn theirs(truth: Truth) -> facts::Truth {
    match truth {
        Truth::True => facts::Truth::True,
        Truth::False => facts::Truth::False,
        Truth::Unknown => facts::Truth::Unknown,
    }
}

/// Tells whether something rests on what a model answers: that may be anything.
fn is_of_models(why: &str) -> bool {
    why.contains("analytics.")
}

/// Tells whether a policy computes numbers of others: what rests on them may be
/// left open.
fn computes(policy: &model::Policy) -> bool {
    let marks = [
        " ? ",
        "double(",
        " < size(",
        " < support.",
        " < purchases.",
        " < feedback.",
        " < appointments.",
    ];
    let is_computed = |text: String| marks.iter().any(|mark| text.contains(mark));
    conditions(policy).iter().any(|cond| is_computed(cond.text()))
}

/// Tells whether something rests on what is computed.
fn is_of_computed(why: &str) -> bool {
    why.contains("what is computed from")
}

/// What is asked, as the reference knows it.
fn as_ask(request: &Request) -> Ask {
    let mut ask = Ask::new(request.now.as_millis(), request.channel);
    ask.intent = request.intent.clone().map(|intent| &*intent.leak());
    ask.time_zone = request.time_zone.clone().map(|zone| &*zone.leak());
    ask.force =
        request.force.clone().map(|force| ask::Force { action: force.action, treatment: None });
    ask
}

/// Tells whether the reference can read a context: one that a document may have.
fn is_readable(context: &Context, request: &Request) -> bool {
    request.now.is_plausible()
        && Context::from_json(context.to_json()).is_ok_and(|read| read == *context)
}

#[test]
fn conditions_can_be_what_they_are_said_to_be() {
    let seen = Seen::default();
    check(31, 60, |tapes| {
        let cases = cases_of_numbers(tapes);
        let computes = computes(&cases.policy);
        let engine = cases.engine()?;
        let customers = customers(&cases.policy, tapes, Dialect::Full);
        let worlds: Vec<World<'_>> = customers
            .iter()
            .map(|(context, ask)| World::new(&cases.policy, context, ask))
            .collect();
        for cond in conditions(&cases.policy) {
            for truth in [Truth::True, Truth::False, Truth::Unknown] {
                let text = cond.text();
                let question = engine.question().is(&text, truth).unwrap();
                match question.answer() {
                    Answer::Possible(example) => {
                        seen.count(format!("{truth}"));
                        let Example::Context(context, request) = *example else { panic!() };
                        if !is_readable(&context, &request) {
                            seen.count("an example that only setters make");
                            continue;
                        }
                        let ask = as_ask(&request);
                        let world = World::new(&cases.policy, &context, &ask);
                        let found = world.now().truth(cond, Facts::Now);
                        let case = Case {
                            policy: &cases.policy,
                            context: &context,
                            ask: &ask,
                            request: (*request).clone(),
                        };
                        case.same(&text, found, theirs(truth))?;
                    }
                    Answer::Impossible => {
                        seen.count(format!("never {truth}"));
                        for (world, (context, ask)) in worlds.iter().zip(&customers) {
                            let found = world.now().truth(cond, Facts::Now);
                            let request = ask.request();
                            let case = Case { policy: &cases.policy, context, ask, request };
                            case.ensure(found != theirs(truth), || {
                                format!("{text} is {truth}, which was ruled out")
                            })?;
                        }
                    }
                    Answer::Unclear(why) if is_of_models(&why) => seen.count("left to a model"),
                    Answer::Unclear(why) if computes && is_of_computed(&why) => {
                        seen.count("left open, since it is computed");
                    }
                    other => {
                        seen.count("unclear");
                        seen.count(format!("unclear: {text} {truth}: {other:?}"));
                    }
                }
            }
        }
        Ok(())
    });
    seen.expect(0, &["true", "false", "unknown", "never true", "never false", "never unknown"]);
}

/// What a random promise says.
struct Promise<'a> {
    document: Value,
    claim: Claim<'a>,
    /// When its situation counts.
    measure: &'static str,
    cond: &'a Cond,
}

enum Claim<'a> {
    Never(&'a str),
    Always,
    Implies(&'a Cond),
}

const MEASURES: [&str; 3] = ["while", "while_known", "unless_known"];

/// Promises of every kind about the first conditions of a policy.
fn promises(policy: &model::Policy) -> Vec<Promise<'_>> {
    let mut conds = conditions(policy);
    conds.truncate(6);
    let mut promises = Vec::new();
    for (place, cond) in conds.iter().enumerate() {
        for measure in MEASURES {
            let action = &policy.actions[place % policy.actions.len()].id;
            let mut claims = vec![
                (json!({"never": {"ids": [action]}}), Claim::Never(action)),
                (json!({"always": {"ids": ids(policy)}}), Claim::Always),
            ];
            if measure != "unless_known" {
                let other = conds[(place + 1) % conds.len()];
                claims.push((json!({"implies": other.text()}), Claim::Implies(other)));
            }
            for (mut document, claim) in claims {
                document["id"] = json!(format!("promise-{}", promises.len()));
                document[measure] = json!(cond.text());
                promises.push(Promise { document, claim, measure, cond });
            }
        }
    }
    promises
}

fn ids(policy: &model::Policy) -> Vec<&String> {
    policy.actions.iter().map(|action| &action.id).collect()
}

/// Tells whether the situation of a promise counts.
fn counts(truth: facts::Truth, measure: &str) -> bool {
    match measure {
        "while" => truth != facts::Truth::False,
        "while_known" => truth == facts::Truth::True,
        _ => truth != facts::Truth::True,
    }
}

/// Tells whether nothing that promises rest on stands against an action.
fn gets_through(world: &World<'_>, id: &str, relied_on: &[std::ops::RangeInclusive<u16>]) -> bool {
    let action = world.policy.action(id).unwrap();
    let reasons = world.now().obstacles(action);
    reasons.iter().all(|reason| !relied_on.iter().any(|codes| codes.contains(&reason.code)))
}

/// Tells whether a customer and a request break a promise, by the reference.
fn is_broken(world: &World<'_>, promise: &Promise<'_>) -> bool {
    let truth = |cond| world.now().truth(cond, Facts::Now);
    if !counts(truth(promise.cond), promise.measure) {
        return false;
    }
    match promise.claim {
        Claim::Never(id) => gets_through(world, id, &[100..=199, 300..=402]),
        // Whatever a request forces is not for everybody.
        Claim::Always if world.ask.force.is_some() => false,
        Claim::Always => {
            let mut active = world.policy.actions.iter().filter(|action| !action.paused);
            !active.any(|action| gets_through(world, &action.id, &[300..=402]))
        }
        Claim::Implies(cond) => match promise.measure {
            "while" => truth(cond) == facts::Truth::False,
            _ => truth(cond) != facts::Truth::True,
        },
    }
}

/// What the engine recommends: the action, and the channel it goes on.
fn recommended(engine: &Engine, context: &Context, request: &Request) -> Vec<(String, Channel)> {
    let decision = engine.decide(context, request);
    decision
        .recommendations()
        .map(|placed| (placed.action().to_owned(), placed.channel()))
        .collect()
}

/// Tells whether an action is recommended that a promise rules out.
fn is_recommended(
    recommended: &[(String, Channel)],
    world: &World<'_>,
    promise: &Promise<'_>,
) -> bool {
    let Claim::Never(id) = promise.claim else { return false };
    recommended.iter().any(|(action, channel)| {
        let on = world.now().on(*channel);
        action == id && counts(on.truth(promise.cond, Facts::Now), promise.measure)
    })
}

#[test]
fn promises_that_are_proved_are_never_seen_broken() {
    let seen = Seen::default();
    check(32, 24, |tapes| {
        let cases = cases_of_numbers(tapes);
        let policy = &cases.policy;
        let computes = computes(policy);
        let promises = promises(policy);
        let mut document: Value = serde_json::from_str(&policy.to_json(Style::Short)).unwrap();
        document["promises"] = promises.iter().map(|promise| promise.document.clone()).collect();
        let written = Policy::from_json(&document.to_string()).unwrap();
        let Ok(engine) = Engine::unproved(written) else {
            cases.engine()?;
            return Ok(());
        };
        let customers = customers(policy, tapes, Dialect::Full);
        let tried: Vec<(World<'_>, Vec<(String, Channel)>)> = customers
            .iter()
            .map(|(context, ask)| {
                let recommended = recommended(&engine, context, &ask.request());
                (World::new(policy, context, ask), recommended)
            })
            .collect();
        (0..tried.len()).for_each(|_| seen.count("a customer"));
        let proofs = engine.proofs(Budget::default());
        for (promise, proof) in promises.iter().zip(proofs) {
            let claim = match promise.claim {
                Claim::Never(_) => "never",
                Claim::Always => "always",
                Claim::Implies(_) => "implies",
            };
            match proof.verdict {
                Verdict::Proved => {
                    seen.count(format!("{claim} proved"));
                    for ((world, recommended), (context, ask)) in tried.iter().zip(&customers) {
                        let is_broken = is_broken(world, promise)
                            || is_recommended(recommended, world, promise);
                        if is_broken {
                            let case = Case { policy, context, ask, request: ask.request() };
                            let what = format!("proved, and broken: {}", promise.document);
                            return Err(case.say(&what));
                        }
                    }
                }
                Verdict::Broken(shown) => {
                    seen.count(format!("{claim} broken"));
                    shows_it(&engine, policy, promise, &shown, &seen)?;
                }
                Verdict::Unproved(why) if is_of_models(&why) => seen.count("left to a model"),
                Verdict::Unproved(why) if computes && is_of_computed(&why) => {
                    seen.count("left open, since it is computed");
                }
                other => {
                    seen.count(format!("{}: {other:?}", promise.document));
                    seen.count("unclear");
                }
            }
        }
        Ok(())
    });
    seen.expect(
        0,
        &[
            "never proved",
            "never broken",
            "always proved",
            "always broken",
            "implies proved",
            "implies broken",
            "recommended in the end",
        ],
    );
}

/// A counterexample shows what it says, to the reference too.
fn shows_it(
    engine: &Engine,
    policy: &model::Policy,
    promise: &Promise<'_>,
    shown: &Counterexample,
    seen: &Seen,
) -> Result<(), Fault> {
    let (context, request) = (&shown.context, &shown.request);
    let ask = as_ask(request);
    let case = Case { policy, context, ask: &ask, request: request.clone() };
    case.same("can be written", shown.can_be_written, is_readable(context, request))?;
    if !shown.can_be_written {
        seen.count("a counterexample that only setters make");
        return Ok(());
    }
    let world = World::new(policy, context, &ask);
    let is_broken = is_broken(&world, promise);
    // Rules that let pass what is unknown are taken to hold back.
    let may_hold_back =
        matches!(promise.claim, Claim::Always) && policy.suppress.iter().any(|rule| rule.allow);
    case.ensure(is_broken || may_hold_back, || format!("not broken: {}", promise.document))?;
    if is_recommended(&recommended(engine, context, request), &world, promise) {
        seen.count("recommended in the end");
    }
    Ok(())
}

/// Tells whether a suppression alone stands between some action and a customer.
fn decides(world: &World<'_>, rule: &str) -> bool {
    world.policy.actions.iter().any(|action| {
        let reasons = world.now().obstacles(action);
        let relied_on = |code: u16| matches!(code, 100..=199 | 300..=402);
        let mut relied_on = reasons.iter().filter(|reason| relied_on(reason.code)).peekable();
        relied_on.peek().is_some() && relied_on.all(|reason| reason.rule.as_deref() == Some(rule))
    })
}

/// What an analysis says can never happen does not.
#[test]
fn findings_are_never_seen_otherwise() {
    let seen = Seen::default();
    check(33, 60, |tapes| {
        let cases = cases_of_numbers(tapes);
        let policy = &cases.policy;
        let engine = cases.engine()?;
        let analysis = engine.analyse(Budget::default());
        let asks_models = conditions(policy).iter().any(|cond| is_of_models(&cond.text()));
        let unclear = match (asks_models, computes(policy)) {
            (true, _) => "left to a model",
            (_, true) => "left open, since it is computed",
            _ => "unclear",
        };
        (0..analysis.unclear).for_each(|_| seen.count(unclear));
        let customers = customers(policy, tapes, Dialect::Full);
        for (context, ask) in &customers {
            let world = World::new(policy, context, ask);
            let is_natural = ask.force.is_none();
            for finding in analysis.findings.iter().filter(|_| is_natural) {
                let diagnostic = &finding.diagnostic;
                let place = |list: &[_]| {
                    let place = list.iter().rev().find_map(|segment| match segment {
                        tactful::diagnostic::Segment::Index(place) => Some(*place),
                        _ => None,
                    });
                    place.unwrap()
                };
                let path = diagnostic.path().segments();
                seen.count(diagnostic.code().as_str());
                let is_seen = match diagnostic.code().as_str() {
                    "P303" => {
                        let id = &policy.actions[place(path)].id;
                        gets_through(&world, id, &[100..=199, 300..=402])
                    }
                    "P304" | "P305" => decides(&world, &policy.suppress[place(path)].id),
                    _ => false,
                };
                if is_seen {
                    let case = Case { policy, context, ask, request: ask.request() };
                    return Err(case.say(&format!("found, and otherwise: {diagnostic}")));
                }
            }
        }
        Ok(())
    });
    // One policy asks whether a size is no less than nothing, and is left open.
    seen.expect(1, &["P303", "P304", "P311", "P313"]);
}
