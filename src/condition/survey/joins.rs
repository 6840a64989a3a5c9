//! Truths made of others, decided by whole words.

use super::answer::{Answers, Rail, Slot};

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
    /// What it asks of one word.
    mask: Mask,
    /// What it asks of others.
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
        let mask = masks.next().unwrap_or_default();
        let place = |length: usize| u32::try_from(length).unwrap_or(u32::MAX);
        let start = place(self.masks.len());
        self.masks.extend(masks);
        let end = place(self.masks.len());
        self.joins.push(Join { slot, is_negated: is_any, mask, start, end });
    }

    /// Decides them all.
    pub(super) fn decide(&self, answers: &mut Answers) {
        let Answers { fresh, last, .. } = answers;
        // Where nothing is stale there is one rail.
        let is_one = fresh == last;
        self.decide_on(fresh);
        if is_one {
            last.copy_from_slice(fresh);
        } else {
            self.decide_on(last);
        }
    }

    fn decide_on(&self, rails: &mut [Rail]) {
        for join in &self.joins {
            let mut found = join.mask.of(rails);
            if join.start != join.end {
                let more = self.masks.get(join.start as usize..join.end as usize);
                found = more.unwrap_or(&[]).iter().fold(found, |[open, against], mask| {
                    let [more_open, more_against] = mask.of(rails);
                    [open | more_open, against | more_against]
                });
            }
            let [open, against] = found;
            let (all, not_all) = (open == 0, against != 0);
            let (holds, fails) = if join.is_negated { (not_all, all) } else { (all, not_all) };
            if let Some(rail) = rails.get_mut(join.slot.word() as usize) {
                let place = join.slot.place();
                rail.trues |= u64::from(holds) << place;
                rail.falses |= u64::from(fails) << place;
            }
        }
    }
}

impl Mask {
    /// Returns what is not as it must be, and what is the contrary.
    #[inline]
    fn of(&self, rails: &[Rail]) -> [u64; 2] {
        let Self { word, holds, fails } = *self;
        let Rail { trues, falses } = rails.get(word as usize).copied().unwrap_or_default();
        [(holds & !trues) | (fails & !falses), (falses & holds) | (trues & fails)]
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
                        joins.decide(&mut answers);
                        assert!(answers.agrees(joined, &expected), "{first:?} {second:?} {is_any}");
                    }
                }
            }
        }
    }

    /// Of nothing all hold, and none.
    #[test]
    fn joins_nothing() {
        let mut answers = Answers::default();
        answers.open(1);
        let mut joins = Joins::default();
        joins.add(Slot(0), &[], false);
        joins.add(Slot(1), &[], true);
        joins.decide(&mut answers);
        assert_eq!(answers.sides(Slot(0)), [true, false]);
        assert_eq!(answers.sides(Slot(1)), [false, true]);
    }
}
