//! Truths on two rails, 64 to a word.

use super::super::truth::{Outcome, Truth};
use super::ledger::Ledger;

/// The place of an answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Slot(pub(super) u32);

impl Slot {
    /// Where nobody answers.
    pub(super) const UNKNOWN: Self = Self(u32::MAX);

    pub(super) fn word(self) -> u32 {
        self.0 / u64::BITS
    }

    /// Returns its place in the word.
    pub(super) fn place(self) -> u32 {
        self.0 % u64::BITS
    }

    pub(super) fn mask(self) -> u64 {
        1 << self.place()
    }
}

/// What 64 truths come to: a bit for true and one for false; neither is
/// unknown.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Rail {
    pub(super) trues: u64,
    pub(super) falses: u64,
}

impl Rail {
    /// What holds, or fails, of all truths of a mask.
    pub(super) fn all(mask: u64, holds: bool) -> Self {
        if holds { Self { trues: mask, falses: 0 } } else { Self { trues: 0, falses: mask } }
    }

    /// The same where somebody may not know.
    pub(super) fn known(mask: u64, truth: Option<bool>) -> Self {
        truth.map_or(Self::default(), |holds| Self::all(mask, holds))
    }

    pub(super) fn add(&mut self, other: Self) {
        self.trues |= other.trues;
        self.falses |= other.falses;
    }

    fn truth_of(self, mask: u64) -> Truth {
        match (self.trues & mask != 0, self.falses & mask != 0) {
            (true, _) => Truth::True,
            (_, true) => Truth::False,
            _ => Truth::Unknown,
        }
    }
}

/// The answers of one customer at one moment: memory to be used again.
///
/// There are two rails: what truths come to on fresh facts, and on those last
/// known.
#[derive(Debug, Default)]
pub(crate) struct Answers {
    pub(super) fresh: Vec<Rail>,
    pub(super) last: Vec<Rail>,
    pub(super) ledger: Ledger,
}

impl Answers {
    /// Tells whether it is known true on fresh facts, and whether known false.
    #[inline]
    pub(crate) fn sides(&self, slot: Slot) -> [bool; 2] {
        let Rail { trues, falses } = at(&self.fresh, slot);
        [trues & slot.mask() != 0, falses & slot.mask() != 0]
    }

    /// Tells whether a condition holds back: true and unknown do, but unknown,
    /// where it is allowed, only where the last known facts say true.
    #[inline]
    pub(crate) fn holds_back(&self, slot: Slot, allow_unknown: bool) -> bool {
        let [holds, fails] = self.sides(slot);
        let is_open = || !allow_unknown || at(&self.last, slot).trues & slot.mask() != 0;
        holds || !fails && is_open()
    }

    /// Tells whether an outcome comes to the same.
    pub(crate) fn agrees(&self, slot: Slot, outcome: &Outcome) -> bool {
        let truth = |rail: &[Rail]| at(rail, slot).truth_of(slot.mask());
        truth(&self.fresh) == outcome.truth() && truth(&self.last) == outcome.last_known()
    }

    /// Makes room for so many words, with no answer.
    pub(super) fn open(&mut self, words: usize) {
        for rail in [&mut self.fresh, &mut self.last] {
            rail.clear();
            rail.resize(words, Rail::default());
        }
    }

    /// Notes what was found out by facts that are fresh or not.
    #[inline]
    pub(super) fn note(&mut self, word: u32, found: Rail, is_fresh: bool) {
        if let Some(rail) = self.last.get_mut(word as usize) {
            rail.add(found);
        }
        if let Some(rail) = self.fresh.get_mut(word as usize).filter(|_| is_fresh) {
            rail.add(found);
        }
    }

    /// Notes one answer.
    pub(super) fn note_one(&mut self, slot: Slot, truth: Option<bool>, is_fresh: bool) {
        self.note(slot.word(), Rail::known(slot.mask(), truth), is_fresh);
    }

    /// Notes what the evaluator says.
    pub(super) fn note_outcome(&mut self, slot: Slot, outcome: &Outcome) {
        let said = |truth: Truth| match truth {
            Truth::Unknown => Rail::default(),
            truth => Rail::all(slot.mask(), truth == Truth::True),
        };
        self.note(slot.word(), said(outcome.last_known()), false);
        if let Some(rail) = self.fresh.get_mut(slot.word() as usize) {
            rail.add(said(outcome.truth()));
        }
    }
}

fn at(rail: &[Rail], slot: Slot) -> Rail {
    rail.get(slot.word() as usize).copied().unwrap_or_default()
}
