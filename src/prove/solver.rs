//! A small SAT solver: conflict-driven clause learning, deterministic.
//!
//! Two watched literals, learning at the first unique implication point,
//! variables by recent activity, restarts by Luby's sequence (Marques-Silva and
//! Sakallah 1996; Moskewicz et al. 2001; Eén and Sörensson 2003). What it
//! refutes leaves a certificate, which debug builds check by other means
//! ([`super::certificate`]).
#![expect(
    clippy::indexing_slicing,
    reason = "variables, literals and clauses are made by the solver that looks them up"
)]

mod order;

use super::certificate::{self, Certificate};
use super::literal::{Cnf, Lit, Var};
use order::Order;

/// What became of a question.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Outcome {
    Satisfiable,
    Unsatisfiable,
    /// It had more conflicts than it was given.
    Exhausted,
}

/// A clause: where its literals are.
#[derive(Clone, Copy, Debug)]
struct Clause {
    start: usize,
    end: usize,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct ClauseId(usize);

/// A clause that is looked at when a literal becomes false, unless another
/// literal of it is true.
#[derive(Clone, Copy, Debug)]
struct Watch {
    clause: ClauseId,
    other: Lit,
}

/// How many conflicts the shortest run between restarts has.
const RUN: u64 = 64;
/// How many clauses looked at count as much as a conflict.
const VISITS: u64 = 2_000;
/// How many literals all clauses may have, those that were learned included:
/// 128 MiB.
const MOST_LITERALS: usize = 32_000_000;

pub(super) struct Solver {
    literals: Vec<Lit>,
    clauses: Vec<Clause>,
    /// By literal: the clauses to look at when it becomes false.
    watches: Vec<Vec<Watch>>,
    /// By variable.
    values: Vec<Option<bool>>,
    levels: Vec<usize>,
    reasons: Vec<Option<ClauseId>>,
    /// The value a variable had last, or leans to.
    phases: Vec<bool>,
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
            literals: Vec::with_capacity(cnf.size()),
            clauses: Vec::with_capacity(cnf.clause_count()),
            watches: Vec::with_capacity(2 * vars),
            values: Vec::with_capacity(vars),
            levels: Vec::with_capacity(vars),
            reasons: Vec::with_capacity(vars),
            phases: Vec::with_capacity(vars),
            seen: Vec::with_capacity(vars),
            order: Order::new(),
            trail: Vec::new(),
            starts: Vec::new(),
            done: 0,
            is_contradiction: false,
            conflicts: 0,
            scratch: Vec::new(),
            visits: 0,
            certificate: cfg!(debug_assertions).then(Certificate::new),
        };
        for _ in 0..cnf.var_count() {
            solver.add_var();
        }
        for var in cnf.leaning() {
            solver.phases[var.place()] = true;
        }
        for clause in cnf.clauses() {
            solver.add(clause);
        }
        solver
    }

    fn add_var(&mut self) {
        self.watches.extend([Vec::new(), Vec::new()]);
        self.values.push(None);
        self.levels.push(0);
        self.reasons.push(None);
        self.phases.push(false);
        self.seen.push(false);
        self.order.add_var();
    }

    /// Adds a clause; between questions, too.
    pub(super) fn add(&mut self, clause: &[Lit]) {
        self.back_to(0);
        if let Some(certificate) = &mut self.certificate {
            certificate.given(clause);
        }
        let mut lits = std::mem::take(&mut self.scratch);
        lits.clear();
        lits.extend_from_slice(clause);
        lits.sort_unstable();
        lits.dedup();
        // A literal and its negation stand side by side.
        let is_both = lits.windows(2).any(|pair| matches!(pair, [a, b] if *a == !*b));
        if !is_both && !lits.iter().any(|lit| self.value(*lit) == Some(true)) {
            lits.retain(|lit| self.value(*lit).is_none());
            match *lits.as_slice() {
                [] => self.is_contradiction = true,
                [only] => {
                    self.assign(only, None);
                    self.is_contradiction |= self.propagate().is_some();
                }
                _ => drop(self.watch(&lits)),
            }
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
        self.conflicts + self.visits / VISITS
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
            } else if self.spent() >= most || self.literals.len() > MOST_LITERALS {
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
            if self.values[var.place()].is_none() {
                return Some(Lit::new(var, !self.phases[var.place()]));
            }
        }
        None
    }

    fn decide(&mut self, lit: Lit) {
        self.starts.push(self.trail.len());
        self.assign(lit, None);
    }

    fn value(&self, lit: Lit) -> Option<bool> {
        self.values[lit.var().place()].map(|value| value != lit.is_negated())
    }

    fn assign(&mut self, lit: Lit, reason: Option<ClauseId>) {
        let var = lit.var().place();
        self.values[var] = Some(!lit.is_negated());
        self.levels[var] = self.starts.len();
        self.reasons[var] = reason;
        self.trail.push(lit);
    }

    fn back_to(&mut self, level: usize) {
        let Some(start) = self.starts.get(level).copied() else { return };
        for lit in self.trail.drain(start..) {
            let var = lit.var();
            self.values[var.place()] = None;
            self.phases[var.place()] = !lit.is_negated();
            self.order.insert(var);
        }
        self.starts.truncate(level);
        self.done = start;
    }

    /// Stores a clause of two literals at least; the first two are watched.
    fn watch(&mut self, lits: &[Lit]) -> ClauseId {
        let id = ClauseId(self.clauses.len());
        let start = self.literals.len();
        self.literals.extend_from_slice(lits);
        self.clauses.push(Clause { start, end: self.literals.len() });
        for (lit, other) in [(lits[0], lits[1]), (lits[1], lits[0])] {
            self.watches[lit.place()].push(Watch { clause: id, other });
        }
        id
    }

    /// Draws all conclusions; returns a clause that is false, if one is.
    fn propagate(&mut self) -> Option<ClauseId> {
        while let Some(lit) = self.trail.get(self.done).copied() {
            self.done += 1;
            let false_lit = !lit;
            let mut watches = std::mem::take(&mut self.watches[false_lit.place()]);
            let (mut kept, mut conflict) = (0, None);
            for place in 0..watches.len() {
                let watch = watches[place];
                let still = conflict.is_some() || self.visit(watch, false_lit, &mut conflict);
                if still {
                    watches[kept] = watch;
                    kept += 1;
                }
            }
            self.visits += watches.len() as u64;
            watches.truncate(kept);
            self.watches[false_lit.place()] = watches;
            if conflict.is_some() {
                self.done = self.trail.len();
                return conflict;
            }
        }
        None
    }

    /// Looks at a clause of which a watched literal became false; tells whether
    /// the literal stays watched.
    fn visit(&mut self, watch: Watch, false_lit: Lit, conflict: &mut Option<ClauseId>) -> bool {
        if self.value(watch.other) == Some(true) {
            return true;
        }
        let Clause { start, end } = self.clauses[watch.clause.0];
        if self.literals[start] == false_lit {
            self.literals.swap(start, start + 1);
        }
        let first = self.literals[start];
        if self.value(first) == Some(true) {
            return true;
        }
        for place in start + 2..end {
            let lit = self.literals[place];
            if self.value(lit) != Some(false) {
                self.literals.swap(start + 1, place);
                self.watches[lit.place()].push(Watch { clause: watch.clause, other: first });
                return false;
            }
        }
        match self.value(first) {
            Some(false) => *conflict = Some(watch.clause),
            _ => self.assign(first, Some(watch.clause)),
        }
        true
    }

    /// Learns from a conflict, and goes back to where the lesson applies.
    fn learn(&mut self, conflict: ClauseId) {
        let mut lesson = self.first_unique_implication(conflict);
        for lit in &lesson {
            self.seen[lit.var().place()] = true;
        }
        let is_needed = |lit: &Lit| !self.follows(*lit);
        let kept: Vec<Lit> = lesson[1..].iter().copied().filter(is_needed).collect();
        for lit in &lesson {
            self.seen[lit.var().place()] = false;
        }
        lesson.truncate(1);
        lesson.extend(kept);
        if let Some(certificate) = &mut self.certificate {
            certificate.learned(&lesson);
        }
        self.order.decay();
        // The second watch is the literal that was assigned last.
        let level_of = |lit: &Lit| self.levels[lit.var().place()];
        let (mut level, mut second) = (0, 1);
        for (place, lit) in lesson.iter().enumerate().skip(1) {
            if level_of(lit) > level {
                (level, second) = (level_of(lit), place);
            }
        }
        self.back_to(level);
        if let [only] = *lesson.as_slice() {
            self.assign(only, None);
            return;
        }
        lesson.swap(1, second);
        let id = self.watch(&lesson);
        self.assign(lesson[0], Some(id));
    }

    /// Resolves a conflict back to the one literal of its level that caused it.
    fn first_unique_implication(&mut self, conflict: ClauseId) -> Vec<Lit> {
        let level = self.starts.len();
        let mut lesson = vec![Lit::TRUE];
        let (mut open, mut place) = (0_u32, self.trail.len());
        let mut clause = conflict;
        let mut resolved = None;
        loop {
            let Clause { start, end } = self.clauses[clause.0];
            for at in start..end {
                let lit = self.literals[at];
                let var = lit.var();
                if Some(lit) == resolved || self.seen[var.place()] || self.levels[var.place()] == 0
                {
                    continue;
                }
                self.seen[var.place()] = true;
                self.order.bump(var);
                if self.levels[var.place()] == level {
                    open += 1;
                } else {
                    lesson.push(lit);
                }
            }
            let lit = loop {
                place -= 1;
                let lit = self.trail[place];
                if self.seen[lit.var().place()] {
                    break lit;
                }
            };
            self.seen[lit.var().place()] = false;
            open -= 1;
            match self.reasons[lit.var().place()] {
                Some(reason) if open > 0 => (clause, resolved) = (reason, Some(lit)),
                _ => {
                    lesson[0] = !lit;
                    break;
                }
            }
        }
        for lit in &lesson {
            self.seen[lit.var().place()] = false;
        }
        lesson
    }

    /// Tells whether a literal of a lesson follows from the others.
    fn follows(&self, lit: Lit) -> bool {
        let Some(reason) = self.reasons[lit.var().place()] else { return false };
        let Clause { start, end } = self.clauses[reason.0];
        let known = |other: &Lit| {
            let var: Var = other.var();
            *other == !lit || self.seen[var.place()] || self.levels[var.place()] == 0
        };
        self.literals[start..end].iter().all(known)
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
