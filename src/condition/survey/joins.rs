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
    /// What it asks of two words.
    masks: [Mask; 2],
    /// What it asks of more.
    start: u32,
    end: u32,
}

/// What must hold and what must fail, of 64 truths.
#[derive(Clone, Copy, Debug, Default)]
struct Mask {
    word: u32,
    holds: u64,
    fails: u64,
}

impl Joins {
    /// Adds a conjunction of truths, or a disjunction; those with `true` are
    /// turned around.
    pub(super) fn add(&mut self, slot: Slot, parts: &[(Slot, bool)], is_any: bool) {
        let mut masks: Vec<Mask> = Vec::new();
        for (part, is_negated) in parts {
            // Any of some holds unless all of them fail.
            let [holds, fails] =
                if *is_negated == is_any { [part.mask(), 0] } else { [0, part.mask()] };
            match masks.iter_mut().find(|mask| mask.word == part.word()) {
                Some(mask) => (mask.holds, mask.fails) = (mask.holds | holds, mask.fails | fails),
                None => masks.push(Mask { word: part.word(), holds, fails }),
            }
        }
        let mut masks = masks.into_iter();
        let first = [masks.next().unwrap_or_default(), masks.next().unwrap_or_default()];
        let place = |length: usize| u32::try_from(length).unwrap_or(u32::MAX);
        let start = place(self.masks.len());
        self.masks.extend(masks);
        let end = place(self.masks.len());
        self.joins.push(Join { slot, is_negated: is_any, masks: first, start, end });
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
            let more = self.masks.get(join.start as usize..join.end as usize);
            let (mut against, mut open) = (0, 0);
            let mut look = |Mask { word, holds, fails }: &Mask| {
                let word = words.get_mut(*word as usize).map(&rail);
                let Rail { trues, falses } = word.copied().unwrap_or_default();
                against |= (falses & holds) | (trues & fails);
                open |= (holds & !trues) | (fails & !falses);
            };
            let [one, other] = &join.masks;
            look(one);
            look(other);
            more.unwrap_or(&[]).iter().for_each(look);
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
