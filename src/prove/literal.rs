//! Variables of a question, and what is said of them.

use std::collections::HashMap;

/// A variable, or its negation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) struct Lit(u32);

/// A variable of a question.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) struct Var(pub(super) u32);

impl Lit {
    /// What always holds: the first variable of every question is true.
    pub(super) const TRUE: Self = Self(0);
    /// What never holds.
    pub(super) const FALSE: Self = Self(1);

    pub(super) fn new(var: Var, negated: bool) -> Self {
        Self(var.0 << 1 | u32::from(negated))
    }

    pub(super) fn var(self) -> Var {
        Var(self.0 >> 1)
    }

    pub(super) fn is_negated(self) -> bool {
        self.0 & 1 == 1
    }

    /// Returns the literal if `truth`, and its negation otherwise.
    pub(super) fn is(self, truth: bool) -> Self {
        if truth { self } else { !self }
    }

    /// The place of the literal among all literals.
    pub(super) fn place(self) -> usize {
        self.0 as usize
    }
}

impl Var {
    pub(super) fn place(self) -> usize {
        self.0 as usize
    }
}

impl std::ops::Not for Lit {
    type Output = Self;

    fn not(self) -> Self {
        Self(self.0 ^ 1)
    }
}

/// Clauses, each of which must have a true literal.
#[derive(Clone, Debug)]
pub(super) struct Cnf {
    vars: u32,
    /// The clauses one after the other, and where each ends.
    literals: Vec<Lit>,
    ends: Vec<usize>,
    /// Variables that are tried as true first.
    leaning: Vec<Var>,
    /// What holds exactly where two others do.
    joined: HashMap<(Lit, Lit), Lit, ahash::RandomState>,
}

/// How many literals the clauses of a question may have: 12 MiB.
const MOST_LITERALS: usize = 3_000_000;
/// How many variables a question may have.
const MOST_VARS: u32 = 1_000_000;

impl Cnf {
    pub(super) fn new() -> Self {
        let mut cnf = Self {
            vars: 0,
            literals: Vec::new(),
            ends: Vec::new(),
            leaning: Vec::new(),
            joined: HashMap::default(),
        };
        let truth = cnf.var();
        cnf.clause([truth]);
        cnf
    }

    /// Makes a variable.
    pub(super) fn var(&mut self) -> Lit {
        let var = Var(self.vars);
        self.vars += 1;
        Lit::new(var, false)
    }

    /// Tries a variable as true first; all others are tried as false.
    pub(super) fn lean(&mut self, lit: Lit) {
        self.leaning.push(lit.var());
    }

    pub(super) fn leaning(&self) -> &[Var] {
        &self.leaning
    }

    /// How much was said: literals of clauses.
    pub(super) fn size(&self) -> usize {
        self.literals.len()
    }

    pub(super) fn clause_count(&self) -> usize {
        self.ends.len()
    }

    /// Tells whether so much was said that nothing more is taken down.
    pub(super) fn is_full(&self) -> bool {
        self.literals.len() >= MOST_LITERALS || self.vars >= MOST_VARS
    }

    pub(super) fn var_count(&self) -> u32 {
        self.vars
    }

    /// Adds a clause; one that holds anyway is left out.
    pub(super) fn clause(&mut self, lits: impl IntoIterator<Item = Lit>) {
        if self.is_full() {
            return;
        }
        let start = self.literals.len();
        let is_first = self.ends.is_empty();
        for lit in lits {
            if lit == Lit::TRUE && !is_first {
                self.literals.truncate(start);
                return;
            }
            if lit != Lit::FALSE {
                self.literals.push(lit);
            }
        }
        self.ends.push(self.literals.len());
    }

    /// Says that one thing follows from another.
    pub(super) fn implies(&mut self, a: Lit, b: Lit) {
        self.clause([!a, b]);
    }

    pub(super) fn clauses(&self) -> impl Iterator<Item = &[Lit]> {
        let starts = std::iter::once(0).chain(self.ends.iter().copied());
        starts.zip(&self.ends).map(|(start, end)| self.literals.get(start..*end).unwrap_or(&[]))
    }

    /// Returns a literal from which all of these follow.
    pub(super) fn all(&mut self, lits: impl IntoIterator<Item = Lit>) -> Lit {
        let mut parts: Vec<Lit> = lits.into_iter().filter(|lit| *lit != Lit::TRUE).collect();
        parts.sort_unstable();
        parts.dedup();
        if parts.contains(&Lit::FALSE) || has_opposites(&parts) {
            return Lit::FALSE;
        }
        match *parts.as_slice() {
            [] => Lit::TRUE,
            [only] => only,
            _ => {
                let all = self.var();
                for part in parts {
                    self.implies(all, part);
                }
                all
            }
        }
    }

    /// Returns a literal from which one of these follows.
    pub(super) fn any(&mut self, lits: impl IntoIterator<Item = Lit>) -> Lit {
        let mut parts: Vec<Lit> = lits.into_iter().filter(|lit| *lit != Lit::FALSE).collect();
        parts.sort_unstable();
        parts.dedup();
        if parts.contains(&Lit::TRUE) || has_opposites(&parts) {
            return Lit::TRUE;
        }
        match *parts.as_slice() {
            [] => Lit::FALSE,
            [only] => only,
            _ => {
                let any = self.var();
                self.clause(std::iter::once(!any).chain(parts));
                any
            }
        }
    }

    /// Returns a literal that holds exactly where both do.
    pub(super) fn both(&mut self, a: Lit, b: Lit) -> Lit {
        let key = (a.min(b), a.max(b));
        if let Some(known) = self.joined.get(&key) {
            return *known;
        }
        let both = self.all([a, b]);
        if both != a && both != b && both != Lit::FALSE {
            self.clause([both, !a, !b]);
        }
        self.joined.insert(key, both);
        both
    }
}

/// Tells whether sorted literals say of a variable that it is true and false.
fn has_opposites(sorted: &[Lit]) -> bool {
    sorted.windows(2).any(|pair| matches!(pair, [a, b] if *a == !*b))
}
