//! Which of some texts is meant.

use std::collections::HashMap;

use crate::schema::text_mark;

/// Texts, each with a number.
#[derive(Clone, Debug, Default)]
pub(super) struct Texts {
    /// For each of few a short number that equal texts share.
    marks: Vec<u16>,
    few: Vec<(Box<str>, u32)>,
    many: HashMap<Box<str>, u32, ahash::RandomState>,
}

/// Up to so many texts are looked for by their marks.
const FEW: usize = 16;

impl Texts {
    /// Adds a text under a number, unless it is there: equal questions are one in
    /// a program, so that nobody waits for another number.
    pub(super) fn add(&mut self, text: &str, number: u32) {
        if self.find(text).is_some() {
            return;
        }
        if self.many.is_empty() && self.few.len() < FEW {
            self.marks.push(text_mark(text));
            self.few.push((text.into(), number));
            return;
        }
        self.many.extend(self.few.drain(..));
        self.many.insert(text.into(), number);
    }

    /// Returns the number of a text.
    pub(super) fn find(&self, text: &str) -> Option<u32> {
        if !self.many.is_empty() {
            return self.many.get(text).copied();
        }
        if self.few.is_empty() {
            return None;
        }
        let mark = text_mark(text);
        let alike = self.marks.iter().zip(&self.few).filter(|(known, _)| **known == mark);
        let found = alike.map(|(_, known)| known).find(|(known, _)| **known == *text);
        found.map(|(_, number)| *number)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Few and many are found alike, and nothing else is.
    #[test]
    fn finds_few_and_many() {
        let mut texts = Texts::default();
        for number in 0..40 {
            texts.add(&format!("text {number}"), number);
            texts.add(&format!("text {number}"), 99);
            let found = |of: u32| texts.find(&format!("text {of}"));
            assert!((0..=number).all(|of| found(of) == Some(of)));
            assert_eq!((found(number + 1), texts.find("")), (None, None));
        }
    }
}
