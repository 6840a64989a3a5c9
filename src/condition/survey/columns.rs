//! What is asked about a field of every element.

use std::ops::Range;

use super::super::eval::{Value, is_filled, is_present, side};
use super::super::program::Limit;
use super::asks::{since, truth};
use super::ledger::{Bit, Marks};
use super::texts::Texts;
use crate::context::Completeness;
use crate::schema::{Cell, Facts, FieldId, ListCell, Rows};
use crate::time::Timestamp;

/// What is asked about a field of every element.
#[derive(Debug)]
pub(super) struct Column {
    field: FieldId,
    kind: Kind,
    words: Words,
    /// Which text it is, and the bits of all these.
    pub(super) texts: (Texts, Vec<Bit>),
    /// Which texts are in the list it is, and the bits of all these.
    pub(super) members: (Texts, Vec<Bit>),
    /// Limits of whole numbers, and others.
    pub(super) whole: Vec<(Bit, i64)>,
    pub(super) cuts: Vec<(Bit, Limit)>,
    pub(super) since: Vec<(Bit, i64)>,
    pub(super) truths: Vec<Bit>,
    pub(super) has: Vec<Bit>,
    pub(super) known: Vec<Bit>,
}

/// What most fields are asked about, which takes less than looking for all.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Words,
    Members,
    Mixed,
}

/// What words answer: those of a closed set, by code.
#[derive(Debug, Default)]
struct Words {
    /// What is true of each word.
    by_code: Vec<Vec<Bit>>,
    /// What is true of all others.
    otherwise: Vec<Bit>,
    all: Vec<Bit>,
}

impl Words {
    /// Lays questions out by word; each says of codes whether it is so.
    fn new(questions: &[(Bit, Vec<bool>, bool)]) -> Self {
        let codes = questions.iter().map(|(_, by_code, _)| by_code.len()).max().unwrap_or(0);
        let true_of = |code: usize| {
            let holds = |(_, by_code, otherwise): &&(Bit, Vec<bool>, bool)| {
                by_code.get(code).copied().unwrap_or(*otherwise)
            };
            questions.iter().filter(holds).map(|(bit, ..)| *bit).collect()
        };
        Self {
            by_code: (0..codes).map(true_of).collect(),
            otherwise: true_of(usize::MAX),
            all: questions.iter().map(|(bit, ..)| *bit).collect(),
        }
    }
}

/// Which elements have what in a field.
#[derive(Debug, Default)]
struct Seen {
    words: u64,
    texts: u64,
    /// Complete lists.
    lists: u64,
    trues: u64,
    /// Whole numbers, times and lengths of time.
    whole: u64,
    times: u64,
    /// Values that are neither words nor texts.
    values: u64,
}

impl Column {
    pub(super) fn new(field: FieldId) -> Self {
        Self {
            field,
            kind: Kind::Mixed,
            words: Words::default(),
            texts: (Texts::default(), Vec::new()),
            members: (Texts::default(), Vec::new()),
            whole: Vec::new(),
            cuts: Vec::new(),
            since: Vec::new(),
            truths: Vec::new(),
            has: Vec::new(),
            known: Vec::new(),
        }
    }

    /// Lays out what is asked about words, and notes of which kind all is.
    pub(super) fn finish(&mut self, words: &[(Bit, Vec<bool>, bool)]) {
        self.words = Words::new(words);
        let asks_more = [&self.texts.1, &self.truths, &self.has, &self.known];
        let asks_more = asks_more.iter().any(|bits| !bits.is_empty())
            || !(self.whole.is_empty() && self.cuts.is_empty() && self.since.is_empty());
        self.kind = match (words.is_empty(), self.members.1.is_empty()) {
            (false, true) if !asks_more => Kind::Words,
            (true, false) if !asks_more => Kind::Members,
            _ => Kind::Mixed,
        };
    }

    /// Asks everything about the field of up to 64 elements.
    pub(super) fn look(
        &self,
        rows: Rows<'_>,
        of: Range<usize>,
        facts: &Facts<'_>,
        (page, numbers): (&mut [Marks], &mut Vec<i64>),
    ) {
        let mut seen = Seen::default();
        let cells = of.map(|row| rows.cell(row, self.field));
        // The next bit is made only where there is another cell.
        let cells = cells.zip((0_u32..).map(|place| 1 << place));
        // Nothing is asked of what is of another kind.
        match self.kind {
            Kind::Words => {
                for (cell, row) in cells {
                    if let Cell::Word(code) = cell {
                        self.look_at_word(code, row, &mut seen, page);
                    }
                }
            }
            Kind::Members => {
                for (cell, row) in cells {
                    if let Cell::List(list, completeness) = cell {
                        seen.lists |= self.look_for_members(list, completeness, row, page);
                    }
                }
            }
            Kind::Mixed => {
                numbers.clear();
                numbers.extend(cells.map(|(cell, row)| {
                    let cell = facts.in_one_currency(cell);
                    self.look_at(cell, row, &mut seen, page)
                }));
                if seen.whole != 0 {
                    self.measure_all(&seen, facts.now(), page, numbers);
                }
            }
        }
        self.conclude(&seen, page);
    }

    /// Compares numbers and times with their limits.
    fn measure_all(&self, seen: &Seen, now: Timestamp, page: &mut [Marks], numbers: &mut [i64]) {
        measure(&self.whole, numbers, seen.whole, page);
        if seen.times != 0 && !self.since.is_empty() {
            let ages = age(numbers, seen.times, now.as_millis());
            measure(&self.since, numbers, ages, page);
        }
    }

    fn look_at_word(&self, code: u16, row: u64, seen: &mut Seen, page: &mut [Marks]) {
        seen.words |= row;
        let words = &self.words;
        let bits = words.by_code.get(usize::from(code)).unwrap_or(&words.otherwise);
        bits.iter().for_each(|bit| bit.note(page, row, 0));
    }

    /// Asks about one element, as far as it is not asked of all at once;
    /// returns what is there as a whole number, if it is one.
    fn look_at(&self, cell: Cell<'_>, row: u64, seen: &mut Seen, page: &mut [Marks]) -> i64 {
        if !self.has.is_empty() || !self.known.is_empty() {
            self.look_whether(cell, row, page);
        }
        match cell {
            Cell::Word(code) => self.look_at_word(code, row, seen, page),
            Cell::Text(text) => {
                seen.texts |= row;
                if let Some(bit) = self.texts.0.find(text) {
                    Bit(bit).note(page, row, 0);
                }
            }
            Cell::List(list, completeness) => {
                seen.lists |= self.look_for_members(list, completeness, row, page);
            }
            Cell::Bool(holds) => {
                seen.values |= row;
                seen.trues |= if holds { row } else { 0 };
            }
            Cell::Double(value) if value.is_finite() => {
                seen.values |= row;
                let value = Value::Double(value);
                self.cut(value, row, page);
                for (bit, limit) in &self.whole {
                    note(*bit, page, row, truth(side(value, Limit::Int(*limit))));
                }
            }
            Cell::Int(value) => {
                self.cut(Value::Int(value), row, page);
                return seen.whole_number(value, row);
            }
            Cell::Length(value) => {
                self.cut(Value::Length(value.as_millis()), row, page);
                return seen.whole_number(value.as_millis(), row);
            }
            Cell::Time(time) => {
                self.cut(Value::Time(time.as_millis()), row, page);
                seen.times |= row;
                return seen.whole_number(time.as_millis(), row);
            }
            _ => {}
        }
        0
    }

    /// Compares a value with limits that are not whole.
    fn cut(&self, value: Value<'_>, row: u64, page: &mut [Marks]) {
        for (bit, limit) in &self.cuts {
            note(*bit, page, row, truth(side(value, *limit)));
        }
    }

    /// Asks whether something is there.
    fn look_whether(&self, cell: Cell<'_>, row: u64, page: &mut [Marks]) {
        for bit in &self.has {
            note(*bit, page, row, is_filled(cell));
        }
        for bit in &self.known {
            note(*bit, page, row, Some(is_present(cell)));
        }
    }

    /// Looks through a list of texts once, whatever is looked for; returns the
    /// element if what was not found is not there.
    fn look_for_members(
        &self,
        list: ListCell<'_>,
        completeness: Completeness,
        row: u64,
        page: &mut [Marks],
    ) -> u64 {
        if self.members.1.is_empty() || completeness == Completeness::Unknown {
            return 0;
        }
        let mut is_complete = completeness == Completeness::Complete;
        for place in 0..list.len() {
            match list.get(place) {
                Cell::Text(text) => {
                    if let Some(bit) = self.members.0.find(text) {
                        Bit(bit).note(page, row, 0);
                    }
                }
                // What cannot be read may be it.
                _ => is_complete = false,
            }
        }
        if is_complete { row } else { 0 }
    }

    /// Says what is false of elements, or true of all that are alike.
    fn conclude(&self, seen: &Seen, page: &mut [Marks]) {
        let denied = [
            (&self.words.all, seen.words),
            (&self.texts.1, seen.texts),
            (&self.members.1, seen.lists),
        ];
        for (bits, rows) in denied {
            bits.iter().for_each(|bit| bit.deny(page, rows));
        }
        for bit in &self.truths {
            bit.note(page, seen.trues, seen.values & !seen.trues);
        }
    }
}

impl Seen {
    fn whole_number(&mut self, value: i64, row: u64) -> i64 {
        self.values |= row;
        self.whole |= row;
        value
    }
}

fn note(bit: Bit, page: &mut [Marks], row: u64, truth: Option<bool>) {
    match truth {
        Some(true) => bit.note(page, row, 0),
        Some(false) => bit.note(page, 0, row),
        None => {}
    }
}

/// Compares the numbers of some elements with limits: `number <= limit`.
fn measure(limits: &[(Bit, i64)], numbers: &[i64], rows: u64, page: &mut [Marks]) {
    for (bit, limit) in limits {
        let last_first = numbers.iter().rev();
        let below = last_first.fold(0, |all, number| all << 1 | u64::from(number <= limit));
        bit.note(page, below & rows, !below & rows);
    }
}

/// Turns the times of some elements into how long ago they are; returns of
/// which elements there is an answer.
fn age(numbers: &mut [i64], times: u64, now: i64) -> u64 {
    let mut ages = 0;
    for (place, number) in (0_u32..).zip(numbers) {
        if let Some(since) = since(Value::Time(*number), now) {
            *number = since;
            ages |= 1 << place;
        }
    }
    ages & times
}
