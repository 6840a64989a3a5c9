//! What is true and what is false of the elements of a list, 64 at a time.

use super::super::eval::Value;

/// Of which elements a question is true, and of which false; of the others it
/// is unknown. Each element of 64 is a bit.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Marks {
    pub(super) trues: u64,
    pub(super) falses: u64,
}

/// What a walk through a list is written on: memory to be used again.
#[derive(Debug, Default)]
pub(super) struct Ledger {
    /// For each 64 elements the marks of all questions.
    pub(super) marks: Vec<Marks>,
    /// The numbers of a field, as far as they are whole.
    pub(super) numbers: Vec<i64>,
}

/// The place of a question about elements.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) struct Bit(pub(super) u32);

impl Bit {
    pub(super) fn of(self, page: &[Marks]) -> Marks {
        page.get(self.0 as usize).copied().unwrap_or_default()
    }

    /// Notes of some elements that it is true, and of some that it is false.
    pub(super) fn note(self, page: &mut [Marks], trues: u64, falses: u64) {
        if let Some(marks) = page.get_mut(self.0 as usize) {
            marks.trues |= trues;
            marks.falses |= falses;
        }
    }

    /// Notes of some elements that it is false unless it is true.
    pub(super) fn deny(self, page: &mut [Marks], rows: u64) {
        if let Some(marks) = page.get_mut(self.0 as usize) {
            marks.falses |= rows & !marks.trues;
        }
    }
}

/// Bits that must all be true, or false; or the contrary.
#[derive(Clone, Debug)]
pub(super) struct Clause {
    /// Those with `true` must be false.
    parts: Box<[(Bit, bool)]>,
    /// Whether the whole is turned around.
    is_negated: bool,
}

impl Clause {
    /// Makes a conjunction of bits; those with `true` are turned around.
    pub(super) fn all(parts: Vec<(Bit, bool)>) -> Self {
        Self { parts: parts.into(), is_negated: false }
    }

    /// Makes a disjunction: not all are false.
    pub(super) fn any(mut parts: Vec<(Bit, bool)>) -> Self {
        parts.iter_mut().for_each(|(_, is_negated)| *is_negated = !*is_negated);
        Self::all(parts).not()
    }

    pub(super) fn not(self) -> Self {
        Self { is_negated: !self.is_negated, ..self }
    }

    /// Decides it for some elements.
    pub(super) fn decide(&self, page: &[Marks], rows: u64) -> Marks {
        let mut all = Marks { trues: rows, falses: 0 };
        for (bit, is_negated) in &self.parts {
            let Marks { trues, falses } = turned(bit.of(page), *is_negated);
            all.trues &= trues;
            all.falses |= falses;
        }
        turned(all, self.is_negated)
    }
}

/// Turns marks around, if they are to be.
pub(super) fn turned(marks: Marks, is_negated: bool) -> Marks {
    let Marks { trues, falses } = marks;
    if is_negated { Marks { trues: falses, falses: trues } } else { marks }
}

/// How many elements satisfy a body, and of how many nobody can tell.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Tally {
    trues: u32,
    unknowns: u32,
}

impl Tally {
    /// Counts some more elements.
    pub(super) fn add(&mut self, marks: Marks, rows: u64) {
        self.trues += marks.trues.count_ones();
        self.unknowns += (rows & !(marks.trues | marks.falses)).count_ones();
    }

    /// Decides whether exactly one does; any unknown leaves it open.
    pub(super) fn one(self, is_complete: bool) -> Option<bool> {
        match self {
            Self { unknowns: 1.., .. } => None,
            Self { trues: 1, .. } if is_complete => Some(true),
            Self { trues: 0 | 1, .. } if !is_complete => None,
            _ => Some(false),
        }
    }

    /// Counts those that do; any unknown leaves it open.
    pub(super) fn count<'a>(self, is_complete: bool) -> Option<Value<'a>> {
        let count = i64::from(self.trues);
        let counted = if is_complete { Value::Int(count) } else { Value::AtLeast(count) };
        (self.unknowns == 0).then_some(counted)
    }
}
