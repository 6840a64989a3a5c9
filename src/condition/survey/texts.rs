//! Which of some texts is meant.

use std::collections::HashMap;

/// Texts, each with a number.
#[derive(Clone, Debug, Default)]
pub(super) struct Texts {
    few: Vec<(Box<str>, u32)>,
    many: HashMap<Box<str>, u32, ahash::RandomState>,
}

/// Up to so many texts are compared one by one.
const FEW: usize = 6;

impl Texts {
    /// Adds a text under a number, unless it is there: equal questions are one in
    /// a program, so that nobody waits for another number.
    pub(super) fn add(&mut self, text: &str, number: u32) {
        if self.find(text).is_some() {
            return;
        }
        if self.many.is_empty() && self.few.len() < FEW {
            self.few.push((text.into(), number));
            return;
        }
        self.many.extend(self.few.drain(..));
        self.many.insert(text.into(), number);
    }

    pub(super) fn is_empty(&self) -> bool {
        self.few.is_empty() && self.many.is_empty()
    }

    /// Returns the number of a text.
    pub(super) fn find(&self, text: &str) -> Option<u32> {
        if self.many.is_empty() {
            let found = self.few.iter().find(|(known, _)| **known == *text);
            return found.map(|(_, number)| *number);
        }
        self.many.get(text).copied()
    }

    /// Lists the numbers of all texts.
    pub(super) fn numbers(&self) -> impl Iterator<Item = u32> {
        let few = self.few.iter().map(|(_, number)| *number);
        few.chain(self.many.values().copied())
    }
}
