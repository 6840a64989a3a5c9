//! Which of some texts is meant.

use std::collections::HashMap;

use crate::schema::text_mark;

/// Texts, each with a number.
#[derive(Clone, Debug, Default)]
pub(super) struct Texts(Option<Box<Known>>);

#[derive(Clone, Debug, Default)]
struct Known {
    /// The places of few texts, one behind the other: a text is where its mark
    /// says, or behind it, up to the first place that is free.
    places: Vec<u8>,
    few: Vec<Text>,
    many: HashMap<Box<str>, u32, ahash::RandomState>,
}

#[derive(Clone, Debug)]
struct Text {
    /// A short number that equal texts share.
    mark: u16,
    number: u32,
    text: Box<str>,
}

/// Up to so many texts are looked for by their marks.
const FEW: usize = 64;
const FREE: u8 = u8::MAX;
/// So many places are there for each of them.
const ROOM: usize = 4;

impl Texts {
    /// Adds a text under a number. It is not there yet: equal questions are one in
    /// a program.
    pub(super) fn add(&mut self, text: &str, number: u32) {
        debug_assert_eq!(self.find(text), None, "{text:?} is asked for once");
        self.0.get_or_insert_default().add(text, number);
    }

    /// Returns the number of a text.
    pub(super) fn find(&self, text: &str) -> Option<u32> {
        let known = self.0.as_deref()?;
        if known.many.is_empty() { known.find(text) } else { known.many.get(text).copied() }
    }
}

impl Known {
    fn add(&mut self, text: &str, number: u32) {
        if self.few.len() < FEW && self.many.is_empty() {
            self.few.push(Text { mark: text_mark(text), number, text: text.into() });
            self.lay_out();
            return;
        }
        let few = self.few.drain(..);
        self.many.extend(few.map(|Text { text, number, .. }| (text, number)));
        self.many.insert(text.into(), number);
    }

    fn lay_out(&mut self) {
        let room = (self.few.len() * ROOM).next_power_of_two();
        self.places = vec![FREE; room];
        for (place, Text { mark, .. }) in (0_u8..).zip(&self.few) {
            let wanted = usize::from(*mark) % room;
            let mut from = (wanted..room).chain(0..wanted);
            let free = from.find(|at| self.places.get(*at) == Some(&FREE));
            if let Some(at) = free.and_then(|at| self.places.get_mut(at)) {
                *at = place;
            }
        }
    }

    fn find(&self, text: &str) -> Option<u32> {
        let mark = text_mark(text);
        let mut at = usize::from(mark);
        loop {
            // There are free places, always.
            at &= self.places.len().wrapping_sub(1);
            let known = self.few.get(usize::from(*self.places.get(at)?))?;
            if known.mark == mark && *known.text == *text {
                return Some(known.number);
            }
            at += 1;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Few and many are found alike, and nothing else is.
    #[test]
    fn finds_few_and_many() {
        let mut texts = Texts::default();
        assert_eq!(texts.find(""), None);
        for number in 0..100 {
            texts.add(&format!("text {number}"), number);
            let found = |of: u32| texts.find(&format!("text {of}"));
            assert!((0..=number).all(|of| found(of) == Some(of)));
            assert_eq!((found(number + 1), texts.find("")), (None, None));
        }
    }
}
