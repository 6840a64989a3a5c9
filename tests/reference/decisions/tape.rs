//! Tapes of numbers that choices are read from, and how cases are made plainer.
//!
//! A tape that has run out gives zeros, and zero is always the plainest choice:
//! whoever shortens the tapes makes the case plainer.

use std::collections::BTreeMap;

/// A tape of numbers that choices are read from.
pub(crate) struct Tape<'t> {
    numbers: std::slice::Iter<'t, u16>,
    /// Whether what is chosen is to be known mostly, and turn with the clock.
    pub(crate) timely: bool,
    /// Whether little is to hold back, so that slates fill.
    pub(crate) calm: bool,
    /// The instant around which times are chosen.
    pub(crate) now: i64,
}

impl<'t> Tape<'t> {
    pub(crate) fn new(numbers: &'t [u16], now: i64) -> Self {
        Self { numbers: numbers.iter(), timely: false, calm: false, now }
    }

    pub(crate) fn timely(self, timely: bool) -> Self {
        Self { timely, ..self }
    }

    pub(crate) fn calm(self, calm: bool) -> Self {
        Self { calm, ..self }
    }

    pub(crate) fn below(&mut self, end: usize) -> usize {
        usize::from(self.numbers.next().copied().unwrap_or(0)) % end
    }

    pub(crate) fn pick<T: Clone>(&mut self, of: &[T]) -> T {
        of[self.below(of.len())].clone()
    }

    /// True once in `n` times; never on a tape that has run out.
    pub(crate) fn one_in(&mut self, n: usize) -> bool {
        self.below(n) == n - 1
    }

    pub(crate) fn maybe<T: Clone>(&mut self, of: &[T]) -> Option<T> {
        if self.one_in(6) { None } else { Some(self.pick(of)) }
    }

    pub(crate) fn some_of(&mut self, of: &[&str]) -> Vec<String> {
        let chosen = of.iter().filter(|_| self.one_in(2));
        chosen.map(|word| (*word).to_owned()).collect()
    }

    /// Some of the words, and never none of them.
    pub(crate) fn at_least_one_of(&mut self, of: &[&str]) -> Vec<String> {
        let some = self.some_of(of);
        if some.is_empty() { vec![self.pick(of).to_owned()] } else { some }
    }
}

/// A source of numbers: SplitMix64.
pub(crate) struct Dice(pub(crate) u64);

impl Dice {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    pub(crate) fn below(&mut self, end: usize) -> usize {
        usize::try_from(self.next() % u64::try_from(end).expect("small")).expect("small")
    }

    fn tape(&mut self, longest: usize) -> Vec<u16> {
        let length = self.below(longest + 1);
        (0..length).map(|_| (self.next() & 0xffff) as u16).collect()
    }
}

/// What a case is made of: its name, how many of it at least and at most, and
/// how long the tape of one is.
pub(crate) type Shape = [(&'static str, usize, usize, usize)];

/// The tapes of one case, by what they are for.
#[derive(Clone, Debug)]
pub(crate) struct Tapes(BTreeMap<&'static str, Vec<Vec<u16>>>);

impl Tapes {
    pub(crate) fn random(shape: &Shape, dice: &mut Dice) -> Self {
        let tapes = shape.iter().map(|(name, least, most, longest)| {
            let count = least + dice.below(most - least + 1);
            (*name, (0..count).map(|_| dice.tape(*longest)).collect())
        });
        Self(tapes.collect())
    }

    pub(crate) fn of(&self, name: &str) -> &[Vec<u16>] {
        &self.0[name]
    }

    /// Makes a case plainer for as long as it fails.
    pub(crate) fn plainest(mut self, shape: &Shape, fails: impl Fn(&Self) -> bool) -> Self {
        let mut tries = 20_000;
        let mut plainer = true;
        while plainer && tries > 0 {
            plainer = false;
            for (name, least, ..) in shape {
                let mut place = 0;
                while place < self.0[name].len() {
                    let found = self.plainer(name, *least, place).into_iter().find(|tapes| {
                        tries -= 1_i32;
                        tries > 0 && fails(tapes)
                    });
                    match found {
                        Some(found) => (self, plainer) = (found, true),
                        None => place += 1,
                    }
                }
            }
        }
        self
    }

    /// The case without one tape, or with a plainer one.
    fn plainer(&self, name: &'static str, least: usize, place: usize) -> Vec<Self> {
        let mut cases = Vec::new();
        let tapes = &self.0[name];
        let mut with = |change: &dyn Fn(&mut Vec<Vec<u16>>)| {
            let mut case = self.clone();
            case.0.entry(name).and_modify(|tapes| change(tapes));
            cases.push(case);
        };
        if tapes.len() > least {
            with(&|tapes| drop(tapes.remove(place)));
        }
        let length = tapes[place].len();
        for shorter in [0, length / 2, length.saturating_sub(1)] {
            if shorter < length {
                with(&|tapes| tapes[place].truncate(shorter));
            }
        }
        for number in 0..length {
            if tapes[place][number] != 0 {
                with(&|tapes| tapes[place][number] = 0);
            }
        }
        cases
    }
}
