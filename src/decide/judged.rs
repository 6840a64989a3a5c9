//! Whether limits hold actions back, as far as somebody has asked.

use crate::plan::ActionId;

/// Two bits for each action: whether it was judged, and whether it is held back.
#[derive(Debug, Default)]
pub(super) struct Judged {
    words: Vec<u64>,
    /// How many were judged one by one.
    pub(super) count: usize,
    /// Whether those that nobody judged are not held back.
    are_all: bool,
}

const JUDGED: u64 = 1;
const HELD: u64 = 2;
const ACTIONS_PER_WORD: u32 = u64::BITS / 2;

impl Judged {
    /// Forgets everything, and makes room for so many actions.
    pub(super) fn start(&mut self, actions: usize) {
        self.words.clear();
        self.words.resize(actions.div_ceil(ACTIONS_PER_WORD as usize), 0);
        (self.count, self.are_all) = (0, false);
    }

    /// Notes that nothing holds those back that nobody judged.
    pub(super) fn have_all(&mut self) {
        self.are_all = true;
    }

    pub(super) fn note(&mut self, id: ActionId, is_held: bool) {
        let (word, shift) = place(id);
        if let Some(word) = self.words.get_mut(word) {
            *word |= if is_held { JUDGED | HELD } else { JUDGED } << shift;
        }
        self.count += 1;
    }

    /// Tells whether one is held back, if that is known.
    pub(super) fn get(&self, id: ActionId) -> Option<bool> {
        let (word, shift) = place(id);
        let bits = self.words.get(word).map_or(0, |word| word >> shift);
        (self.are_all || bits & JUDGED != 0).then_some(bits & HELD != 0)
    }
}

/// Returns the word of an action, and where its bits are.
fn place(id: ActionId) -> (usize, u32) {
    ((id.0 / ACTIONS_PER_WORD) as usize, 2 * (id.0 % ACTIONS_PER_WORD))
}
