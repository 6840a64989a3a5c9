//! A question, from clauses to an example that was tried, or to none.

use std::cell::Cell;

use super::encode::Encoder;
use super::literal::Lit;
use super::settle::settle;
use super::solver::{Outcome, Solver};
use super::taste::Taste;
use super::world::{World, read};
use crate::plan::SuppressionId;

/// What became of a question.
#[derive(Clone, Debug)]
pub(super) enum Reply<T> {
    /// No context is like that.
    Impossible,
    /// This one is, and was tried.
    Possible(T),
    Unclear(Doubt),
}

/// Why a question has no answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Doubt {
    /// It took more work than it was given.
    Budget,
    /// The question takes more room than there is.
    Size,
    /// Something is computed from these facts in a way that is not reasoned
    /// about, and no example was found by trying.
    Computed(Vec<String>),
}

impl Doubt {
    fn of(encoder: &Encoder<'_>) -> Self {
        Self::Computed(encoder.computed_from().into_iter().map(str::to_owned).collect())
    }

    pub(super) fn in_words(&self) -> String {
        match self {
            Self::Budget => "it takes more work than is allowed".to_owned(),
            Self::Size => "its conditions are too large to be written as clauses".to_owned(),
            Self::Computed(facts) if facts.is_empty() => {
                "no example that was found holds when it is tried".to_owned()
            }
            Self::Computed(facts) => {
                let facts: Vec<String> = facts.iter().map(|fact| format!("`{fact}`")).collect();
                format!("it rests on what is computed from {}", facts.join(" and "))
            }
        }
    }
}

/// How often an example that fails is followed by another.
const MOST_TRIES: usize = 16;
/// With how many tastes values are chosen, where something is computed.
const TASTES: u32 = 24;
/// How many literals written down, or differences looked at, count as much as a
/// conflict.
const STEPS: u64 = 200;

/// Looks for a world that the clauses allow and that is accepted when tried.
///
/// What this takes is taken from the budget.
pub(super) fn ask<T>(
    encoder: &mut Encoder<'_>,
    budget: &Cell<u64>,
    accept: &mut dyn FnMut(World) -> Option<T>,
) -> Reply<T> {
    let size = u64::try_from(encoder.cnf().size()).unwrap_or(u64::MAX) / STEPS;
    let left = budget.get().saturating_sub(size);
    budget.set(left);
    if encoder.cnf().is_full() {
        return Reply::Unclear(Doubt::Size);
    }
    #[cfg(all(test, feature = "toml"))]
    super::dimacs::note(encoder.cnf());
    let mut solver = Solver::new(encoder.cnf());
    let mut steps = 0;
    let reply = search(encoder, &mut solver, (left, &mut steps), accept);
    budget.set(left.saturating_sub(solver.spent() + steps / STEPS));
    reply
}

fn search<T>(
    encoder: &Encoder<'_>,
    solver: &mut Solver,
    (budget, steps): (u64, &mut u64),
    accept: &mut dyn FnMut(World) -> Option<T>,
) -> Reply<T> {
    let mut tries = 0;
    loop {
        let spent = solver.spent() + *steps / STEPS;
        if spent >= budget {
            return Reply::Unclear(Doubt::Budget);
        }
        match solver.solve(&[], budget - spent) {
            // What was only blocked is not refuted.
            Outcome::Unsatisfiable if tries > 0 => return Reply::Unclear(Doubt::of(encoder)),
            Outcome::Unsatisfiable => return Reply::Impossible,
            Outcome::Exhausted => return Reply::Unclear(Doubt::Budget),
            Outcome::Satisfiable => {}
        }
        if let Err(circle) = settle(encoder, solver, Taste::PLAIN, steps) {
            solver.add(&circle);
            continue;
        }
        if let Some(found) = try_out(encoder, solver, (budget, steps), accept) {
            return Reply::Possible(found);
        }
        tries += 1;
        if tries >= MOST_TRIES {
            return Reply::Unclear(Doubt::of(encoder));
        }
        let block = block(encoder, solver);
        solver.add(&block);
    }
}

/// Lists the rules without any of which something becomes possible; `None` if
/// it is possible with all of them, or that cannot be told.
pub(super) fn holds_with(
    encoder: &mut Encoder<'_>,
    budget: u64,
    rules: &[SuppressionId],
) -> Option<Vec<SuppressionId>> {
    if encoder.cnf().is_full() {
        return None;
    }
    let mut solver = Solver::new(encoder.cnf());
    let mut is_possible_without = |rule: Option<&SuppressionId>| {
        let exceptions = encoder.exceptions().iter();
        let assumed: Vec<Lit> =
            exceptions.map(|(other, lit)| lit.is(Some(other) == rule)).collect();
        let mut steps = 0;
        loop {
            if steps / STEPS > budget {
                return None;
            }
            match solver.solve(&assumed, budget) {
                Outcome::Satisfiable => {}
                Outcome::Unsatisfiable => return Some(false),
                Outcome::Exhausted => return None,
            }
            match settle(encoder, &solver, Taste::PLAIN, &mut steps) {
                Err(circle) => solver.add(&circle),
                Ok(_) => return Some(true),
            }
        }
    };
    if is_possible_without(None) != Some(false) {
        return None;
    }
    let needed = rules.iter().filter(|rule| is_possible_without(Some(rule)) != Some(false));
    Some(needed.copied().collect())
}

/// Tries what a model says, with several tastes where something is computed.
fn try_out<T>(
    encoder: &Encoder<'_>,
    solver: &Solver,
    (budget, steps): (u64, &mut u64),
    accept: &mut dyn FnMut(World) -> Option<T>,
) -> Option<T> {
    let tastes = if encoder.loose().is_empty() { 1 } else { TASTES };
    (0..tastes).map(Taste).find_map(|taste| {
        if *steps / STEPS > budget {
            return None;
        }
        let numbers = settle(encoder, solver, taste, steps).ok()?;
        accept(read(encoder, solver, &numbers, taste))
    })
}

/// Rules out what a model says of what seldom is so, if it says that of
/// something; otherwise of what is computed; of all of it, if nothing is.
fn block(encoder: &Encoder<'_>, solver: &Solver) -> Vec<Lit> {
    let strained = encoder.strained().iter().filter(|lit| solver.is_true(**lit));
    let strained: Vec<Lit> = strained.map(|lit| !*lit).collect();
    if !strained.is_empty() {
        return strained;
    }
    let is_other = |lit: Lit| lit.is(!solver.is_true(lit));
    let mut block: Vec<Lit> = encoder.loose().iter().map(|lit| is_other(*lit)).collect();
    if block.is_empty() {
        let places = encoder.all_places();
        block.extend(places.flat_map(|(.., vars)| [vars.filled, vars.valid]).map(is_other));
        let parts = encoder.all_parts();
        block.extend(
            parts.flat_map(|(_, vars)| [vars.delivered, vars.fresh, vars.told]).map(is_other),
        );
        for (_, _, vars) in encoder.all_lists() {
            block.extend([vars.known, vars.complete].map(is_other));
            block.extend(vars.slots.iter().map(|(_, present)| is_other(*present)));
        }
    }
    block.retain(|lit| lit.var() != Lit::TRUE.var());
    block
}
