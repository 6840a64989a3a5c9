//! Truths made of others, decided by whole words.

use super::answer::{Rail, Slot, Word};

/// Truths made of others; those they are made of come first.
#[derive(Debug, Default)]
pub(super) struct Joins {
    joins: Vec<Join>,
    masks: Vec<Mask>,
}

/// A conjunction, or the contrary of one.
#[derive(Clone, Copy, Debug)]
struct Join {
    slot: Slot,
    is_negated: bool,
    start: u32,
    end: u32,
}

/// What must hold and what must fail, of 64 truths.
#[derive(Clone, Copy, Debug)]
struct Mask {
    word: u32,
    holds: u64,
    fails: u64,
}

impl Joins {
    /// Adds a conjunction of truths, or a disjunction; those with `true` are
    /// turned around.
    pub(super) fn add(&mut self, slot: Slot, parts: &[(Slot, bool)], is_any: bool) {
        let start = self.masks.len();
        for (part, is_negated) in parts {
            let mask = self.mask_of(start, part.word());
            // Any of some holds unless all of them fail.
            *(if *is_negated == is_any { &mut mask.holds } else { &mut mask.fails }) |= part.mask();
        }
        let place = |length: usize| u32::try_from(length).unwrap_or(u32::MAX);
        let (start, end) = (place(start), place(self.masks.len()));
        self.joins.push(Join { slot, is_negated: is_any, start, end });
    }

    /// Returns what a join asks of a word, which may be nothing yet.
    #[expect(clippy::indexing_slicing, reason = "a place that was just found, or added")]
    fn mask_of(&mut self, start: usize, word: u32) -> &mut Mask {
        let known = self.masks.iter().skip(start).position(|mask| mask.word == word);
        let place = known.map_or(self.masks.len(), |place| start + place);
        if known.is_none() {
            self.masks.push(Mask { word, holds: 0, fails: 0 });
        }
        &mut self.masks[place]
    }

    /// Decides them all.
    pub(super) fn decide(&self, words: &mut [Word]) {
        // Where nothing is stale there is one rail.
        if words.iter().all(|word| word.fresh == word.last) {
            self.decide_on(words, |word| &mut word.fresh);
            words.iter_mut().for_each(|word| word.last = word.fresh);
            return;
        }
        self.decide_on(words, |word| &mut word.fresh);
        self.decide_on(words, |word| &mut word.last);
    }

    fn decide_on(&self, words: &mut [Word], rail: impl Fn(&mut Word) -> &mut Rail) {
        for join in &self.joins {
            let masks = self.masks.get(join.start as usize..join.end as usize).unwrap_or(&[]);
            let (mut against, mut open) = (0, 0);
            for Mask { word, holds, fails } in masks {
                let word = words.get_mut(*word as usize).map(&rail);
                let Rail { trues, falses } = word.copied().unwrap_or_default();
                against |= (falses & holds) | (trues & fails);
                open |= (holds & !trues) | (fails & !falses);
            }
            let [all, not_all] = [open == 0, against != 0].map(u64::from);
            let [trues, falses] = if join.is_negated { [not_all, all] } else { [all, not_all] };
            if let Some(word) = words.get_mut(join.slot.word() as usize).map(&rail) {
                let mask = join.slot.mask();
                word.trues |= trues.wrapping_neg() & mask;
                word.falses |= falses.wrapping_neg() & mask;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::answer::Answers;
    use super::*;
    use crate::condition::truth::{self, NEVER, Outcome, Truth};

    /// Joins are those of outcomes, on both rails.
    #[test]
    fn joins_like_outcomes() {
        let truths = [Truth::True, Truth::False, Truth::Unknown];
        let rail = |truth| truth::Rail { truth, changes_at: NEVER };
        let outcomes: Vec<Outcome> = truths
            .iter()
            .flat_map(|fresh| truths.iter().map(move |last| (*fresh, *last)))
            .map(|(fresh, last)| Outcome {
                fresh: rail(fresh),
                last_known: rail(last),
                running: rail(fresh),
            })
            .collect();
        // The second is in another word.
        let (one, other, joined) = (Slot(5), Slot(70), Slot(63));
        for first in &outcomes {
            for second in &outcomes {
                for turned in [false, true] {
                    let second_turned = if turned { second.not() } else { *second };
                    let parts = [(one, false), (other, turned)];
                    for (is_any, expected) in
                        [(false, first.and(second_turned)), (true, first.or(second_turned))]
                    {
                        let mut answers = Answers::default();
                        answers.open(2);
                        answers.note_outcome(one, first);
                        answers.note_outcome(other, second);
                        let mut joins = Joins::default();
                        joins.add(joined, &parts, is_any);
                        joins.decide(&mut answers.words);
                        assert!(answers.agrees(joined, &expected), "{first:?} {second:?} {is_any}");
                    }
                }
            }
        }
    }

    /// Of nothing all hold, and none.
    #[test]
    fn joins_nothing() {
        let mut words = vec![Word::default()];
        let mut joins = Joins::default();
        joins.add(Slot(0), &[], false);
        joins.add(Slot(1), &[], true);
        joins.decide(&mut words);
        assert_eq!((words[0].fresh.trues, words[0].fresh.falses), (1, 2));
    }
}
