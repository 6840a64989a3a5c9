//! What a solver learns from a conflict.
#![expect(
    clippy::indexing_slicing,
    reason = "variables, literals and clauses are made by the solver that looks them up"
)]

use super::{Conflict, Reason, Solver};
use crate::prove::literal::Lit;

/// What a conflict came from, as far as it was followed back.
struct Lesson {
    /// The first one is the literal that will follow.
    lits: Vec<Lit>,
    /// How many literals of the level of the conflict are still to be followed.
    open: u32,
    /// The level of the conflict.
    level: u32,
}

impl Solver {
    /// Learns from a conflict, and goes back to where the lesson applies.
    pub(super) fn learn(&mut self, conflict: Conflict) {
        let mut lits = self.first_unique_implication(conflict);
        lits.iter().for_each(|lit| self.seen[lit.place()] = true);
        let is_needed = |lit: &Lit| !self.follows(*lit);
        let kept: Vec<Lit> = lits[1..].iter().copied().filter(is_needed).collect();
        lits.iter().for_each(|lit| self.seen[lit.place()] = false);
        lits.truncate(1);
        lits.extend(kept);
        if let Some(certificate) = &mut self.certificate {
            certificate.learned(&lits);
        }
        self.order.decay();
        // The second watch is the literal that was assigned last.
        let level_of = |lit: &Lit| self.levels[lit.var().place()];
        let (mut level, mut second) = (0, 1);
        for (place, lit) in lits.iter().enumerate().skip(1) {
            if level_of(lit) > level {
                (level, second) = (level_of(lit), place);
            }
        }
        self.back_to(level as usize);
        if let [only] = *lits.as_slice() {
            self.assign(only, Reason::None);
            return;
        }
        lits.swap(1, second);
        let id = self.clauses.add(&lits);
        self.assign(lits[0], Reason::Clause(id));
    }

    /// Resolves a conflict back to the one literal of its level that caused it.
    fn first_unique_implication(&mut self, conflict: Conflict) -> Vec<Lit> {
        let mut lesson = Lesson { lits: vec![Lit::TRUE], open: 0, level: self.level() };
        match conflict {
            Conflict::Pair(pair) => pair.iter().for_each(|lit| self.trace(*lit, &mut lesson)),
            Conflict::Clause(id) => {
                for place in 0..self.clauses.literals(id).len() {
                    self.trace(self.clauses.literals(id)[place], &mut lesson);
                }
            }
        }
        let mut place = self.trail.len();
        loop {
            let lit = loop {
                place -= 1;
                let lit = self.trail[place];
                if self.seen[(!lit).place()] {
                    break lit;
                }
            };
            self.seen[(!lit).place()] = false;
            lesson.open -= 1;
            match self.reasons[lit.var().place()] {
                Reason::Pair(other) if lesson.open > 0 => self.trace(other, &mut lesson),
                Reason::Clause(id) if lesson.open > 0 => {
                    for place in 0..self.clauses.literals(id).len() {
                        let other = self.clauses.literals(id)[place];
                        if other != lit {
                            self.trace(other, &mut lesson);
                        }
                    }
                }
                _ => {
                    lesson.lits[0] = !lit;
                    break;
                }
            }
        }
        lesson.lits.iter().for_each(|lit| self.seen[lit.place()] = false);
        lesson.lits
    }

    /// Takes a false literal down: as one to follow back, or as one of a level
    /// before.
    fn trace(&mut self, lit: Lit, lesson: &mut Lesson) {
        let level = self.levels[lit.var().place()];
        if self.seen[lit.place()] || level == 0 {
            return;
        }
        self.seen[lit.place()] = true;
        self.order.bump(lit.var());
        if level == lesson.level {
            lesson.open += 1;
        } else {
            lesson.lits.push(lit);
        }
    }

    /// Tells whether a literal of a lesson follows from the others.
    fn follows(&self, lit: Lit) -> bool {
        let known = |other: &Lit| {
            let is_certain = self.levels[other.var().place()] == 0;
            *other == !lit || self.seen[other.place()] || is_certain
        };
        match self.reasons[lit.var().place()] {
            Reason::None => false,
            Reason::Pair(other) => known(&other),
            Reason::Clause(id) => self.clauses.literals(id).iter().all(known),
        }
    }
}
