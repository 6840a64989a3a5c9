//! The clauses of a solver, and which of them to look at when a literal becomes
//! false.
//!
//! Clauses of two literals lie beside the literal that they are looked at for.
//! Of longer ones the first two literals are watched; clauses that watch the
//! same literal are linked one to the next, so that nothing is allocated when a
//! watch moves (Knuth, *The Art of Computer Programming*, 7.2.2.2, algorithm D).
#![expect(
    clippy::indexing_slicing,
    reason = "literals and clauses are made by the solver that looks them up"
)]

use crate::prove::literal::{Cnf, Lit};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct ClauseId(u32);

/// A clause, seen from one of its two watched literals.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Watch(u32);

/// A clause: where its literals are, and for each of the two watched ones the
/// next clause that watches the same.
#[derive(Clone, Copy, Debug)]
struct Clause {
    start: u32,
    end: u32,
    next: [Option<Watch>; 2],
}

pub(super) struct Clauses {
    /// By literal, one after the other: what must hold when it becomes false.
    pairs: Vec<Lit>,
    /// By literal, where those begin; those of the next one follow.
    starts: Vec<u32>,
    literals: Vec<Lit>,
    longer: Vec<Clause>,
    /// By literal: the first clause that watches it.
    first: Vec<Option<Watch>>,
}

impl Watch {
    fn new(clause: ClauseId, side: usize) -> Self {
        Self(clause.0 << 1 | u32::from(side == 1))
    }

    pub(super) fn clause(self) -> ClauseId {
        ClauseId(self.0 >> 1)
    }

    fn side(self) -> usize {
        (self.0 & 1) as usize
    }
}

impl ClauseId {
    fn place(self) -> usize {
        self.0 as usize
    }
}

impl Clauses {
    /// Takes over the clauses of two different literals.
    pub(super) fn new(cnf: &Cnf) -> Self {
        let count = 2 * cnf.var_count() as usize;
        let mut starts = vec![0_u32; count + 1];
        for [a, b] in pairs(cnf) {
            starts[a.place()] += 1;
            starts[b.place()] += 1;
        }
        // Where each ends; filling it from its end leaves where it begins.
        let mut sum = 0;
        for start in &mut starts {
            sum += *start;
            *start = sum;
        }
        let mut lits = vec![Lit::TRUE; sum as usize];
        for [a, b] in pairs(cnf) {
            for (lit, other) in [(a, b), (b, a)] {
                starts[lit.place()] -= 1;
                lits[starts[lit.place()] as usize] = other;
            }
        }
        Self {
            pairs: lits,
            starts,
            literals: Vec::with_capacity(cnf.size()),
            longer: Vec::with_capacity(cnf.clause_count()),
            first: vec![None; count],
        }
    }

    /// How many literals there are in clauses of more than two, and in those
    /// that were learned.
    pub(super) fn size(&self) -> usize {
        self.literals.len()
    }

    /// Stores a clause of two literals at least; the first two are watched.
    pub(super) fn add(&mut self, lits: &[Lit]) -> ClauseId {
        let id = ClauseId(short(self.longer.len()));
        let start = short(self.literals.len());
        self.literals.extend_from_slice(lits);
        let mut next = [None; 2];
        for (side, lit) in [lits[0], lits[1]].into_iter().enumerate() {
            next[side] = self.first[lit.place()].replace(Watch::new(id, side));
        }
        self.longer.push(Clause { start, end: short(self.literals.len()), next });
        id
    }

    pub(super) fn literals(&self, id: ClauseId) -> &[Lit] {
        let Clause { start, end, .. } = self.longer[id.place()];
        &self.literals[start as usize..end as usize]
    }

    /// Returns where to find what must hold when a literal becomes false,
    /// because of the clauses of two literals.
    pub(super) fn pairs_of(&self, lit: Lit) -> std::ops::Range<usize> {
        self.starts[lit.place()] as usize..self.starts[lit.place() + 1] as usize
    }

    pub(super) fn pair(&self, place: usize) -> Lit {
        self.pairs[place]
    }

    pub(super) fn first_watch(&self, lit: Lit) -> Option<Watch> {
        self.first[lit.place()]
    }

    /// Returns the next clause that watches the same literal.
    pub(super) fn after(&self, watch: Watch) -> Option<Watch> {
        self.longer[watch.clause().place()].next[watch.side()]
    }

    /// Returns the other literal that is watched.
    pub(super) fn other(&self, watch: Watch) -> Lit {
        let start = self.longer[watch.clause().place()].start as usize;
        self.literals[start + 1 - watch.side()]
    }

    /// Watches another literal instead, if one that is not watched will do.
    pub(super) fn rewatch(&mut self, watch: Watch, will_do: impl Fn(Lit) -> bool) -> bool {
        let clause = &mut self.longer[watch.clause().place()];
        let (start, end) = (clause.start as usize, clause.end as usize);
        let Some(found) = self.literals[start + 2..end].iter().position(|lit| will_do(*lit)) else {
            return false;
        };
        let place = start + 2 + found;
        let first = &mut self.first[self.literals[place].place()];
        clause.next[watch.side()] = first.replace(watch);
        self.literals.swap(start + watch.side(), place);
        true
    }

    /// Takes out a clause that does not watch a literal any longer: what came
    /// before it comes before what came after it.
    pub(super) fn unlink(&mut self, lit: Lit, before: Option<Watch>, after: Option<Watch>) {
        match before {
            Some(before) => self.longer[before.clause().place()].next[before.side()] = after,
            None => self.first[lit.place()] = after,
        }
    }
}

/// Tells whether a clause is one of two literals, which are not about the same.
pub(super) fn is_pair(clause: &[Lit]) -> bool {
    matches!(*clause, [a, b] if a.var() != b.var())
}

fn pairs(cnf: &Cnf) -> impl Iterator<Item = [Lit; 2]> {
    cnf.clauses().filter(|clause| is_pair(clause)).map(|clause| [clause[0], clause[1]])
}

/// Literals and clauses are fewer than that.
fn short(number: usize) -> u32 {
    u32::try_from(number).unwrap_or(u32::MAX)
}
