//! What a refutation rests on, and a check of it by other means.
//!
//! Each clause that was learned must follow from those before it by unit
//! propagation alone, and so must the contradiction in the end (reverse unit
//! propagation: Goldberg and Novikov 2003). The checker knows nothing of how
//! the clauses were found, and is written to be plain rather than fast.
#![expect(
    clippy::indexing_slicing,
    reason = "clauses and literals are numbered by the checker that looks them up"
)]

use super::literal::Lit;

/// The clauses of a question, and those learned on the way, in their order.
#[derive(Clone, Debug, Default)]
pub(super) struct Certificate {
    steps: Vec<Step>,
}

#[derive(Clone, Debug)]
enum Step {
    Given(Vec<Lit>),
    Learned(Vec<Lit>),
}

impl Certificate {
    pub(super) fn new() -> Self {
        Self::default()
    }

    pub(super) fn given(&mut self, clause: &[Lit]) {
        let mut clause = clause.to_vec();
        clause.sort_unstable();
        clause.dedup();
        self.steps.push(Step::Given(clause));
    }

    pub(super) fn learned(&mut self, clause: &[Lit]) {
        self.steps.push(Step::Learned(clause.to_vec()));
    }
}

/// Tells whether a certificate shows that its clauses cannot all hold where the
/// assumptions do.
pub(super) fn refutes(certificate: &Certificate, assumptions: &[Lit]) -> bool {
    let mut checker = Checker::default();
    for step in &certificate.steps {
        match step {
            Step::Given(clause) => checker.add(clause),
            Step::Learned(clause) => {
                let denied: Vec<Lit> = clause.iter().map(|lit| !*lit).collect();
                if !checker.contradicts(&denied) {
                    return false;
                }
                checker.add(clause);
            }
        }
    }
    checker.contradicts(assumptions)
}

#[derive(Default)]
struct Checker {
    clauses: Vec<Vec<Lit>>,
    /// By literal: the clauses it occurs in.
    occurs: Vec<Vec<usize>>,
    units: Vec<Lit>,
    has_empty: bool,
}

impl Checker {
    fn add(&mut self, clause: &[Lit]) {
        let id = self.clauses.len();
        for lit in clause {
            let most = lit.place().max((!*lit).place());
            if self.occurs.len() <= most {
                self.occurs.resize(most + 1, Vec::new());
            }
            self.occurs[lit.place()].push(id);
        }
        match clause {
            [] => self.has_empty = true,
            [only] => self.units.push(*only),
            _ => {}
        }
        self.clauses.push(clause.to_vec());
    }

    /// Tells whether unit propagation finds a contradiction where all of these hold.
    fn contradicts(&self, assumed: &[Lit]) -> bool {
        let mut is_true = vec![false; self.occurs.len()];
        let mut queue: Vec<Lit> = self.units.iter().chain(assumed).copied().collect();
        if self.has_empty {
            return true;
        }
        while let Some(lit) = queue.pop() {
            if lit.place() >= is_true.len() || is_true[lit.place()] {
                continue;
            }
            if is_true[(!lit).place()] {
                return true;
            }
            is_true[lit.place()] = true;
            for id in &self.occurs[(!lit).place()] {
                let clause = &self.clauses[*id];
                if clause.iter().any(|other| is_true[other.place()]) {
                    continue;
                }
                let mut open = clause.iter().filter(|other| !is_true[(!**other).place()]);
                match (open.next(), open.next()) {
                    (None, _) => return true,
                    (Some(only), None) => queue.push(*only),
                    _ => {}
                }
            }
        }
        false
    }
}
