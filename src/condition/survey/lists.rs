//! All questions about a list, in one walk through each of its fields.

use super::super::eval::{Value, side};
use super::super::program::Limit;
use super::answer::{Answers, Rail, Slot};
use super::asks::truth;
use super::columns::Column;
use super::ledger::{Bit, Clause, Ledger, Marks, Tally, turned};
use crate::context::Completeness;
use crate::schema::{Cell, Facts, PartStanding, Reader, Rows};

/// The questions about a list of records.
#[derive(Debug)]
pub(super) struct ListQuestions {
    pub(super) reader: Reader,
    /// How many bits the questions about an element take.
    pub(super) bits: u32,
    pub(super) columns: Vec<Column>,
    /// Bits that follow from others.
    pub(super) joins: Vec<(Bit, Clause)>,
    /// What asks whether there is an element, by the word of the answers.
    pub(super) exists: Vec<Group>,
    /// What elements have to satisfy, and what is asked of those that do.
    pub(super) counted: Vec<(Slot, Clause, HowMany)>,
    pub(super) sizes: Vec<(Slot, Limit)>,
}

/// Questions whose answers are in one word.
#[derive(Debug)]
pub(super) struct Group {
    pub(super) word: u32,
    /// The bits of all answers.
    pub(super) all: u64,
    /// For each the place of its answer in the word, and the bit of which some
    /// element is to be true; or false, if it is turned around.
    pub(super) asks: Vec<(u32, Bit, bool)>,
}

/// What is asked of the elements that satisfy a body.
#[derive(Clone, Copy, Debug)]
pub(super) enum HowMany {
    /// Whether there is exactly one.
    One,
    /// `count <= limit`
    Count(Limit),
}

impl ListQuestions {
    pub(super) fn answer(&self, facts: &Facts<'_>, part: PartStanding, answers: &mut Answers) {
        let (cell, standing) = facts.read(self.reader, part);
        if !standing.is_there {
            return;
        }
        // Of what is no list of records only the size is asked.
        let (rows, size, completeness) = match cell {
            Cell::Rows(rows, completeness) => (rows, rows.len(), completeness),
            Cell::List(list, completeness) => (Rows::BLANK, list.len(), completeness),
            Cell::Map(values) => (Rows::BLANK, values.len(), Completeness::Complete),
            Cell::Scores(scores) => (Rows::BLANK, scores.len(), Completeness::Complete),
            _ => return,
        };
        if completeness == Completeness::Unknown {
            return;
        }
        let is_complete = completeness == Completeness::Complete;
        let mut ledger = std::mem::take(&mut answers.ledger);
        self.walk(rows, facts, &mut ledger);
        let found = Found {
            marks: &ledger.marks,
            bits: self.bits as usize,
            count: rows.len(),
            is_complete,
            is_fresh: standing.is_fresh,
        };
        self.conclude(size, &found, answers);
        answers.ledger = ledger;
    }

    /// Notes of every element what it comes to.
    fn walk(&self, rows: Rows<'_>, facts: &Facts<'_>, ledger: &mut Ledger) {
        let Ledger { marks, numbers } = ledger;
        marks.clear();
        let (count, bits) = (rows.len(), self.bits as usize);
        marks.resize(bits * count.div_ceil(PAGE), Marks::default());
        for (first, page) in (0..).step_by(PAGE).zip(marks.chunks_mut(bits.max(1))) {
            let of = first..count.min(first + PAGE);
            let rows_of_page = rows_of_page(first, count);
            for column in &self.columns {
                column.look(rows, of.clone(), facts, (page, numbers));
            }
            for (bit, clause) in &self.joins {
                let Marks { trues, falses } = clause.decide(page, rows_of_page);
                bit.note(page, trues, falses);
            }
        }
    }

    fn conclude(&self, size: usize, found: &Found<'_>, answers: &mut Answers) {
        for group in &self.exists {
            answers.note(group.word, found.all_of(group), found.is_fresh);
        }
        for (slot, clause, how_many) in &self.counted {
            let tally = found.tally(clause);
            answers.note_one(*slot, how_many.of(tally, found.is_complete), found.is_fresh);
        }
        let size = i64::try_from(size).unwrap_or(i64::MAX);
        let size = if found.is_complete { Value::Int(size) } else { Value::AtLeast(size) };
        for (slot, limit) in &self.sizes {
            answers.note_one(*slot, truth(side(size, *limit)), found.is_fresh);
        }
    }
}

/// How many elements are looked at together.
const PAGE: usize = 64;

/// Returns a bit for each element of a page.
fn rows_of_page(first: usize, count: usize) -> u64 {
    match count.saturating_sub(first) {
        rows @ 0..PAGE => (1 << rows) - 1,
        _ => u64::MAX,
    }
}

/// What a walk through a list came to.
struct Found<'l> {
    marks: &'l [Marks],
    bits: usize,
    count: usize,
    is_complete: bool,
    is_fresh: bool,
}

impl<'l> Found<'l> {
    /// Returns for each 64 elements what was found out, and a bit for each.
    fn pages(&self) -> impl Iterator<Item = (&'l [Marks], u64)> + Clone {
        let count = self.count;
        let pages = self.marks.chunks(self.bits.max(1));
        let firsts = (0..).step_by(PAGE);
        pages.zip(firsts).map(move |(page, first)| (page, rows_of_page(first, count)))
    }

    /// Decides of all questions of a word whether there is such an element.
    fn all_of(&self, group: &Group) -> Rail {
        // Of every element it is false, and there are no others.
        let mut falses = if self.is_complete { group.all } else { 0 };
        let mut trues = 0;
        for (page, rows) in self.pages() {
            let (some, none) = group.of(page, rows);
            trues |= some;
            falses &= none;
        }
        Rail { trues, falses }
    }

    /// Counts the elements that satisfy a body.
    fn tally(&self, body: &Clause) -> Tally {
        let mut tally = Tally::default();
        for (page, rows) in self.pages() {
            tally.add(body.decide(page, rows), rows);
        }
        tally
    }
}

impl Group {
    /// Tells of what some elements are, and of what none is.
    fn of(&self, page: &[Marks], rows: u64) -> (u64, u64) {
        let (mut some, mut none) = (0, 0);
        for (place, bit, is_negated) in &self.asks {
            let Marks { trues, falses } = turned(bit.of(page), *is_negated);
            some |= u64::from(trues != 0) << place;
            none |= u64::from(rows & !falses == 0) << place;
        }
        (some, none)
    }
}

impl HowMany {
    fn of(self, tally: Tally, is_complete: bool) -> Option<bool> {
        match self {
            Self::One => tally.one(is_complete),
            Self::Count(limit) => truth(side(tally.count(is_complete)?, limit)),
        }
    }
}
