//! A small SAT solver: conflict-driven clause learning, deterministic.
//!
//! Two watched literals, learning at the first unique implication point,
//! variables by recent activity, restarts by Luby's sequence (Marques-Silva and
//! Sakallah 1996; Moskewicz et al. 2001; Eén and Sörensson 2003). Questions
//! about policies are many, of a few thousand short clauses each, and most have
//! few conflicts: what matters is how little is done before the first one. What
//! it refutes leaves a certificate, which debug builds check by other means
//! ([`super::certificate`]).
#![expect(
    clippy::indexing_slicing,
    reason = "variables, literals and clauses are made by the solver that looks them up"
)]

mod clauses;
mod learn;
mod order;

use super::certificate::{self, Certificate};
use super::literal::{Cnf, Lit};
use clauses::{ClauseId, Clauses};
use order::Order;

/// What became of a question.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Outcome {
    Satisfiable,
    Unsatisfiable,
    /// It had more conflicts than it was given.
    Exhausted,
}

/// Why a literal is true.
#[derive(Clone, Copy, Debug)]
enum Reason {
    /// It was decided, or is said by itself.
    None,
    /// It, or this one, which is false.
    Pair(Lit),
    /// All others of the clause are false.
    Clause(ClauseId),
}

/// What is false, and should not be.
#[derive(Clone, Copy, Debug)]
enum Conflict {
    Pair([Lit; 2]),
    Clause(ClauseId),
}

/// How many conflicts the shortest run between restarts has.
const RUN: u64 = 64;
/// How many clauses looked at count as much as a conflict.
const VISITS: u64 = 2_000;
/// How many literals the clauses may have that are longer than two, or were
/// learned: 128 MiB.
const MOST_LITERALS: usize = 32_000_000;

pub(super) struct Solver {
    clauses: Clauses,
    /// By literal: whether it is true.
    values: Vec<Option<bool>>,
    /// By variable.
    levels: Vec<u32>,
    reasons: Vec<Reason>,
    /// The value a variable had last, or leans to.
    phases: Vec<bool>,
    /// By literal: whether it was come across in what is being looked at.
    seen: Vec<bool>,
    order: Order,
    trail: Vec<Lit>,
    /// Where in the trail each level of decisions begins.
    starts: Vec<usize>,
    /// How much of the trail was propagated.
    done: usize,
    /// Whether the clauses contradict each other by themselves.
    is_contradiction: bool,
    conflicts: u64,
    /// A clause that is being added.
    scratch: Vec<Lit>,
    /// How many clauses were looked at.
    visits: u64,
    certificate: Option<Certificate>,
}

impl Solver {
    pub(super) fn new(cnf: &Cnf) -> Self {
        let vars = cnf.var_count() as usize;
        let mut solver = Self {
            clauses: Clauses::new(cnf),
            values: vec![None; 2 * vars],
            levels: vec![0; vars],
            reasons: vec![Reason::None; vars],
            phases: vec![false; vars],
            seen: vec![false; 2 * vars],
            order: Order::new(cnf.var_count()),
            trail: Vec::with_capacity(vars),
            starts: Vec::new(),
            done: 0,
            is_contradiction: false,
            conflicts: 0,
            scratch: Vec::new(),
            visits: 0,
            certificate: cfg!(debug_assertions).then(Certificate::new),
        };
        for var in cnf.leaning() {
            solver.phases[var.place()] = true;
        }
        for clause in cnf.clauses() {
            solver.note(clause);
            if !clauses::is_pair(clause) {
                solver.store(clause);
            }
        }
        solver
    }

    /// Adds a clause; between questions, too.
    pub(super) fn add(&mut self, clause: &[Lit]) {
        self.back_to(0);
        self.note(clause);
        self.store(clause);
    }

    fn note(&mut self, clause: &[Lit]) {
        if let Some(certificate) = &mut self.certificate {
            certificate.given(clause);
        }
    }

    /// Stores what a clause says besides what is certain already.
    fn store(&mut self, clause: &[Lit]) {
        let mut lits = std::mem::take(&mut self.scratch);
        lits.clear();
        let mut holds = false;
        for lit in clause {
            holds |= self.value(*lit) == Some(true) || self.seen[(!*lit).place()];
            if self.value(*lit).is_none() && !self.seen[lit.place()] {
                self.seen[lit.place()] = true;
                lits.push(*lit);
            }
        }
        lits.iter().for_each(|lit| self.seen[lit.place()] = false);
        match *lits.as_slice() {
            _ if holds => {}
            [] => self.is_contradiction = true,
            [only] => self.assign(only, Reason::None),
            _ => drop(self.clauses.add(&lits)),
        }
        self.scratch = lits;
    }

    /// Tells whether all clauses can hold where the assumptions do.
    pub(super) fn solve(&mut self, assumptions: &[Lit], budget: u64) -> Outcome {
        self.back_to(0);
        let outcome = self.search(assumptions, self.spent().saturating_add(budget));
        if outcome == Outcome::Unsatisfiable
            && let Some(certificate) = &self.certificate
        {
            debug_assert!(
                certificate::refutes(certificate, assumptions),
                "a refutation has a hole"
            );
        }
        outcome
    }

    /// Returns what a variable is in the model that was found.
    pub(super) fn is_true(&self, lit: Lit) -> bool {
        self.value(lit) == Some(true)
    }

    /// How much work was done so far: the conflicts, and more for those of
    /// large questions.
    pub(super) fn spent(&self) -> u64 {
        self.conflicts + (self.visits + self.order.walked) / VISITS
    }

    fn search(&mut self, assumptions: &[Lit], most: u64) -> Outcome {
        let mut runs = 1;
        let mut rest = RUN * luby(runs);
        if self.is_contradiction {
            return Outcome::Unsatisfiable;
        }
        loop {
            if let Some(conflict) = self.propagate() {
                self.conflicts += 1;
                if self.starts.is_empty() {
                    self.is_contradiction = true;
                    return Outcome::Unsatisfiable;
                }
                self.learn(conflict);
                rest = rest.saturating_sub(1);
            } else if self.spent() >= most || self.clauses.size() > MOST_LITERALS {
                return Outcome::Exhausted;
            } else if rest == 0 {
                runs += 1;
                rest = RUN * luby(runs);
                self.back_to(0);
            } else if let Some(assumed) = assumptions.get(self.starts.len()) {
                match self.value(*assumed) {
                    Some(false) => return Outcome::Unsatisfiable,
                    // A level of its own, so that levels and assumptions agree.
                    Some(true) => self.starts.push(self.trail.len()),
                    None => self.decide(*assumed),
                }
            } else if let Some(next) = self.next_decision() {
                self.decide(next);
            } else {
                return Outcome::Satisfiable;
            }
        }
    }

    fn next_decision(&mut self) -> Option<Lit> {
        while let Some(var) = self.order.pop() {
            let lit = Lit::new(var, !self.phases[var.place()]);
            if self.value(lit).is_none() {
                return Some(lit);
            }
        }
        None
    }

    fn decide(&mut self, lit: Lit) {
        self.starts.push(self.trail.len());
        self.assign(lit, Reason::None);
    }

    fn value(&self, lit: Lit) -> Option<bool> {
        self.values[lit.place()]
    }

    fn level(&self) -> u32 {
        u32::try_from(self.starts.len()).unwrap_or(u32::MAX)
    }

    fn assign(&mut self, lit: Lit, reason: Reason) {
        let var = lit.var().place();
        self.values[lit.place()] = Some(true);
        self.values[(!lit).place()] = Some(false);
        self.levels[var] = self.level();
        self.reasons[var] = reason;
        self.trail.push(lit);
    }

    fn back_to(&mut self, level: usize) {
        let Some(start) = self.starts.get(level).copied() else { return };
        for lit in self.trail.drain(start..) {
            let var = lit.var();
            self.values[lit.place()] = None;
            self.values[(!lit).place()] = None;
            self.phases[var.place()] = !lit.is_negated();
            self.order.insert(var);
        }
        self.starts.truncate(level);
        self.done = start;
    }

    /// Draws all conclusions; returns what is false, if something is.
    fn propagate(&mut self) -> Option<Conflict> {
        while let Some(lit) = self.trail.get(self.done).copied() {
            self.done += 1;
            let conflict = self.visit_pairs(!lit).or_else(|| self.visit_longer(!lit));
            if conflict.is_some() {
                return conflict;
            }
        }
        None
    }

    /// Looks at the clauses of two literals of which one became false.
    fn visit_pairs(&mut self, false_lit: Lit) -> Option<Conflict> {
        let range = self.clauses.pairs_of(false_lit);
        self.visits += range.len() as u64;
        for place in range {
            let other = self.clauses.pair(place);
            match self.value(other) {
                Some(true) => {}
                Some(false) => return Some(Conflict::Pair([other, false_lit])),
                None => self.assign(other, Reason::Pair(false_lit)),
            }
        }
        None
    }

    /// Looks at the longer clauses of which a watched literal became false.
    fn visit_longer(&mut self, false_lit: Lit) -> Option<Conflict> {
        let (mut before, mut at) = (None, self.clauses.first_watch(false_lit));
        while let Some(watch) = at {
            at = self.clauses.after(watch);
            self.visits += 1;
            let other = self.clauses.other(watch);
            if self.value(other) == Some(true) {
                before = Some(watch);
                continue;
            }
            let values = &self.values;
            if self.clauses.rewatch(watch, |lit| values[lit.place()] != Some(false)) {
                self.clauses.unlink(false_lit, before, at);
                continue;
            }
            before = Some(watch);
            if self.value(other) == Some(false) {
                return Some(Conflict::Clause(watch.clause()));
            }
            self.assign(other, Reason::Clause(watch.clause()));
        }
        None
    }
}

/// The sequence 1 1 2 1 1 2 4 1 1 2 1 1 2 4 8 … (Luby, Sinclair and Zuckerman 1993).
fn luby(mut number: u64) -> u64 {
    loop {
        let bits = u64::BITS - number.leading_zeros();
        if number == (1 << bits) - 1 {
            return 1 << (bits - 1);
        }
        number -= (1 << (bits - 1)) - 1;
    }
}

#[cfg(test)]
mod tests;
