//! What is true and what is false of one element of a list, a bit a question.

/// Bits for what is true, and for what is false; neither is unknown.
#[derive(Debug, Default)]
pub(super) struct Ledger {
    trues: Vec<u64>,
    falses: Vec<u64>,
    /// What was true of some element, and unknown of some.
    pub(super) was_true: Vec<u64>,
    pub(super) was_false: Vec<u64>,
    pub(super) was_unknown: Vec<u64>,
    /// Of how many elements something is true, and of how many unknown.
    pub(super) tallies: Vec<Tally>,
}

/// How many elements satisfy a body, and of how many nobody can tell.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Tally {
    pub(super) trues: u32,
    pub(super) unknowns: u32,
}

/// The place of a question about elements.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) struct Bit(pub(super) u32);

impl Bit {
    pub(super) fn word(self) -> usize {
        self.0 as usize / 64
    }

    pub(super) fn mask(self) -> u64 {
        1 << (self.0 % 64)
    }
}

/// Some bits, by the words they lie in.
pub(super) type Bits = Vec<(u32, u64)>;

/// Gathers bits by their words.
pub(super) fn gathered(bits: impl IntoIterator<Item = Bit>) -> Bits {
    let mut all = Bits::new();
    for bit in bits {
        let word = bit.0 / 64;
        match all.iter_mut().find(|(known, _)| *known == word) {
            Some((_, mask)) => *mask |= bit.mask(),
            None => all.push((word, bit.mask())),
        }
    }
    all.sort_unstable();
    all
}

/// Bits that must all be true, or false.
#[derive(Clone, Debug)]
pub(super) struct Clause {
    /// For each word those that must be true, and those that must be false.
    words: Box<[(u32, u64, u64)]>,
    /// Whether the whole is turned around.
    is_negated: bool,
}

impl Clause {
    /// Makes a conjunction of bits; those with `true` are turned around.
    pub(super) fn all(parts: &[(Bit, bool)]) -> Self {
        let mut words: Vec<(u32, u64, u64)> = Vec::new();
        for (bit, is_negated) in parts {
            let word = bit.0 / 64;
            let place = words.iter().position(|(known, ..)| *known == word);
            let place = place.unwrap_or_else(|| {
                words.push((word, 0, 0));
                words.len() - 1
            });
            if let Some((_, positive, negative)) = words.get_mut(place) {
                *(if *is_negated { negative } else { positive }) |= bit.mask();
            }
        }
        Self { words: words.into(), is_negated: false }
    }

    /// Makes a disjunction: not all are false.
    pub(super) fn any(parts: &[(Bit, bool)]) -> Self {
        let turned: Vec<(Bit, bool)> =
            parts.iter().map(|(bit, is_negated)| (*bit, !is_negated)).collect();
        Self::all(&turned).not()
    }

    pub(super) fn not(self) -> Self {
        Self { is_negated: !self.is_negated, ..self }
    }
}

impl Ledger {
    /// Makes room for so many words and tallies, for a list to be looked through.
    pub(super) fn open(&mut self, words: usize, tallies: usize) {
        for bits in [&mut self.was_true, &mut self.was_false, &mut self.was_unknown] {
            bits.clear();
            bits.resize(words, 0);
        }
        self.trues.resize(words, 0);
        self.falses.resize(words, 0);
        self.tallies.clear();
        self.tallies.resize(tallies, Tally::default());
    }

    /// Turns to another element.
    pub(super) fn turn(&mut self) {
        self.trues.fill(0);
        self.falses.fill(0);
    }

    pub(super) fn set(&mut self, bit: Bit, holds: bool) {
        let words = if holds { &mut self.trues } else { &mut self.falses };
        if let Some(word) = words.get_mut(bit.word()) {
            *word |= bit.mask();
        }
    }

    /// Says of all these bits that they are false.
    pub(super) fn deny(&mut self, bits: &Bits) {
        for (word, mask) in bits {
            if let Some(word) = self.falses.get_mut(*word as usize) {
                *word |= mask;
            }
        }
    }

    /// Takes back that these bits are false.
    pub(super) fn doubt(&mut self, bits: &Bits) {
        for (word, mask) in bits {
            if let Some(word) = self.falses.get_mut(*word as usize) {
                *word &= !mask;
            }
        }
    }

    /// Says of these bits that they are true, whatever was said before.
    pub(super) fn affirm(&mut self, bits: &Bits) {
        for (word, mask) in bits {
            let places = (self.trues.get_mut(*word as usize), self.falses.get_mut(*word as usize));
            if let (Some(trues), Some(falses)) = places {
                *trues |= mask;
                *falses &= !mask;
            }
        }
    }

    pub(super) fn affirm_one(&mut self, bit: Bit) {
        let places = (self.trues.get_mut(bit.word()), self.falses.get_mut(bit.word()));
        if let (Some(trues), Some(falses)) = places {
            *trues |= bit.mask();
            *falses &= !bit.mask();
        }
    }

    /// Decides a clause about the element.
    pub(super) fn decide(&self, clause: &Clause) -> Option<bool> {
        let mut holds = true;
        for (word, positive, negative) in &clause.words {
            let trues = self.trues.get(*word as usize).copied().unwrap_or(0);
            let falses = self.falses.get(*word as usize).copied().unwrap_or(0);
            if (falses & positive) | (trues & negative) != 0 {
                return Some(clause.is_negated);
            }
            holds &= trues & positive == *positive && falses & negative == *negative;
        }
        holds.then_some(!clause.is_negated)
    }

    /// Notes what the element comes to, before the next one.
    pub(super) fn note(&mut self) {
        let now = self.trues.iter().zip(&self.falses);
        let was = self.was_true.iter_mut().zip(&mut self.was_false).zip(&mut self.was_unknown);
        for ((trues, falses), ((was_true, was_false), was_unknown)) in now.zip(was) {
            *was_true |= trues;
            *was_false |= falses;
            *was_unknown |= !(trues | falses);
        }
    }
}
