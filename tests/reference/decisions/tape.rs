//! Tapes of numbers that choices are read from.
//!
//! A tape that has run out gives zeros, and zero is always the plainest choice:
//! whoever shrinks the tapes shrinks the case.

/// A tape of numbers that choices are read from.
pub(crate) struct Tape<'t> {
    numbers: std::slice::Iter<'t, u16>,
    /// Whether what is chosen is to be known mostly, and turn with the clock.
    pub(crate) timely: bool,
}

impl<'t> Tape<'t> {
    pub(crate) fn new(numbers: &'t [u16]) -> Self {
        Self { numbers: numbers.iter(), timely: false }
    }

    pub(crate) fn timely(self, timely: bool) -> Self {
        Self { timely, ..self }
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
}
