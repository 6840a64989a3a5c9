//! What is true and what is false of one element of a list, a bit a question.

/// Bits for what is true of an element, and for what is false; neither is
/// unknown.
pub(super) trait Board {
    /// Turns to another element.
    fn turn(&mut self);

    /// Returns what is true and what is false, for 64 questions.
    fn word(&self, place: u32) -> (u64, u64);

    /// Changes what is true and what is false, for 64 questions.
    fn change(&mut self, place: u32, change: impl FnOnce(&mut u64, &mut u64));

    /// Notes what the element comes to, before the next one.
    fn note(&mut self);

    fn set(&mut self, bit: Bit, holds: bool) {
        self.change(bit.word(), |trues, falses| {
            *(if holds { trues } else { falses }) |= bit.mask();
        });
    }

    /// Says of all these bits that they are false.
    fn deny(&mut self, bits: &Bits) {
        for (word, mask) in bits {
            self.change(*word, |_, falses| *falses |= mask);
        }
    }

    /// Takes back that these bits are false.
    fn doubt(&mut self, bits: &Bits) {
        for (word, mask) in bits {
            self.change(*word, |_, falses| *falses &= !mask);
        }
    }

    /// Says of these bits that they are true, whatever was said before.
    fn affirm(&mut self, bits: &Bits) {
        for (word, mask) in bits {
            self.change(*word, |trues, falses| {
                *trues |= mask;
                *falses &= !mask;
            });
        }
    }

    fn affirm_one(&mut self, bit: Bit) {
        self.change(bit.word(), |trues, falses| {
            *trues |= bit.mask();
            *falses &= !bit.mask();
        });
    }

    /// Decides a clause about the element.
    fn decide(&self, clause: &Clause) -> Option<bool> {
        let mut holds = true;
        for (word, positive, negative) in &clause.words {
            let (trues, falses) = self.word(*word);
            if (falses & positive) | (trues & negative) != 0 {
                return Some(clause.is_negated);
            }
            holds &= trues & positive == *positive && falses & negative == *negative;
        }
        holds.then_some(!clause.is_negated)
    }
}

/// What was true of some element, false of some, and unknown of some.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Was {
    pub(super) trues: u64,
    pub(super) falses: u64,
    pub(super) unknowns: u64,
}

impl Was {
    fn note(&mut self, trues: u64, falses: u64) {
        self.trues |= trues;
        self.falses |= falses;
        self.unknowns |= !(trues | falses);
    }
}

/// A board of 64 questions, as most lists have fewer.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Small {
    trues: u64,
    falses: u64,
    pub(super) was: Was,
}

impl Board for Small {
    fn turn(&mut self) {
        (self.trues, self.falses) = (0, 0);
    }

    fn word(&self, _: u32) -> (u64, u64) {
        (self.trues, self.falses)
    }

    fn change(&mut self, _: u32, change: impl FnOnce(&mut u64, &mut u64)) {
        change(&mut self.trues, &mut self.falses);
    }

    fn note(&mut self) {
        self.was.note(self.trues, self.falses);
    }
}

/// A board of any size: memory to be used again.
#[derive(Debug, Default)]
pub(super) struct Large {
    words: Vec<(u64, u64)>,
    pub(super) was: Vec<Was>,
}

impl Large {
    /// Makes room for so many words.
    pub(super) fn open(&mut self, words: usize) {
        self.was.clear();
        self.was.resize(words, Was::default());
        self.words.resize(words, (0, 0));
    }
}

impl Board for Large {
    fn turn(&mut self) {
        self.words.fill((0, 0));
    }

    fn word(&self, place: u32) -> (u64, u64) {
        self.words.get(place as usize).copied().unwrap_or_default()
    }

    fn change(&mut self, place: u32, change: impl FnOnce(&mut u64, &mut u64)) {
        if let Some((trues, falses)) = self.words.get_mut(place as usize) {
            change(trues, falses);
        }
    }

    fn note(&mut self) {
        for (was, (trues, falses)) in self.was.iter_mut().zip(&self.words) {
            was.note(*trues, *falses);
        }
    }
}

/// What a walk through a list is written on: memory to be used again.
#[derive(Debug, Default)]
pub(super) struct Ledger {
    pub(super) board: Large,
    /// For each body of how many elements it is true, and of how many unknown.
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
    pub(super) fn word(self) -> u32 {
        self.0 / 64
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
        let word = bit.word();
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
            let word = bit.word();
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
