//! What a reader finds at the place of a fact.

mod search;

pub(crate) use search::{Mark, Marked, Search, mark, text_mark};

use super::{FactId, FieldId, PartId};
use crate::context::{Completeness, Score};
use crate::time::{Duration, Timestamp};
use crate::vocabulary::{Channel, Money, Word};

use std::collections::BTreeMap;
use std::fmt;

/// What is stored at the place of a fact, borrowed from where it is stored.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Cell<'a> {
    /// The part is known and does not carry it.
    Absent,
    /// It is there and not of its type: no finite number, no plausible time.
    Invalid,
    /// Nobody knows what it is: something that it follows from is lacking.
    Unknown,
    Bool(bool),
    Int(i64),
    Double(f64),
    Text(&'a str),
    Word(u16),
    Time(Timestamp),
    Length(Duration),
    Money(Money),
    List(ListCell<'a>, Completeness),
    Rows(Rows<'a>, Completeness),
    Scores(&'a BTreeMap<String, Score>),
    Map(Entries<'a>),
    /// The group of facts is there.
    Present,
}

/// How many elements of a list conditions look at.
pub(crate) const MAX_ELEMENTS: usize = 256;

/// Where records lie.
pub(super) trait RowSource: fmt::Debug + Sync {
    fn count(&self) -> usize;
    fn cell(&self, row: usize, field: FieldId) -> Cell<'_>;
}

/// A list of records, read field by field where they lie.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Rows<'a>(pub(super) &'a dyn RowSource);

impl<'a> Rows<'a> {
    /// Records of which nothing is known.
    pub(crate) const BLANK: Self = Self(&NoValues);

    pub(crate) fn len(&self) -> usize {
        self.0.count().min(MAX_ELEMENTS)
    }

    /// Tells whether there are records that conditions do not look at.
    pub(super) fn is_cut(&self) -> bool {
        self.0.count() > MAX_ELEMENTS
    }

    pub(crate) fn cell(&self, row: usize, field: FieldId) -> Cell<'a> {
        self.0.cell(row, field)
    }
}

/// What lies over the facts as they are.
pub(super) trait Overlay: fmt::Debug + Sync {
    /// Returns what a fact would be, if it would be otherwise.
    fn cell(&self, fact: FactId) -> Option<Cell<'_>>;

    /// Returns the parts that would be delivered anew.
    fn delivered(&self) -> &[PartId];
}

/// Where plain values lie.
pub(super) trait ValueSource: fmt::Debug {
    fn count(&self) -> usize;
    fn value(&self, place: usize) -> Cell<'_>;

    // Both are here to be compiled for each kind of list: a call for every
    // entry takes longer than the rest.
    fn find(&self, wanted: Cell<'_>) -> Option<Search> {
        search::find(self, wanted)
    }

    fn mark_all(&self, marks: &mut Vec<u16>) -> Option<Marked> {
        search::mark_all(self, marks)
    }
}

/// A list of values that are not lists.
#[derive(Clone, Copy, Debug)]
pub(crate) struct ListCell<'a>(pub(super) &'a dyn ValueSource);

impl<'a> ListCell<'a> {
    pub(crate) const NONE: Self = Self(&NoValues);

    pub(crate) fn len(&self) -> usize {
        self.0.count()
    }

    pub(crate) fn get(&self, place: usize) -> Cell<'a> {
        self.0.value(place)
    }

    /// Looks for a value where the list lies; `None` if the two are of kinds
    /// that whoever asks has to compare.
    pub(crate) fn find(&self, wanted: Cell<'_>) -> Option<Search> {
        self.0.find(wanted)
    }

    /// Adds a mark for each entry, if they are of one kind.
    pub(crate) fn mark_all(&self, marks: &mut Vec<u16>) -> Option<Marked> {
        self.0.mark_all(marks)
    }
}

#[derive(Debug)]
struct NoValues;

impl ValueSource for NoValues {
    fn count(&self) -> usize {
        0
    }

    fn value(&self, _: usize) -> Cell<'_> {
        Cell::Absent
    }
}

impl RowSource for NoValues {
    fn count(&self) -> usize {
        0
    }

    fn cell(&self, _: usize, _: FieldId) -> Cell<'_> {
        Cell::Absent
    }
}

impl ValueSource for Vec<String> {
    fn count(&self) -> usize {
        self.len()
    }

    fn value(&self, place: usize) -> Cell<'_> {
        self.get(place).map_or(Cell::Absent, |text| Cell::Text(text))
    }
}

impl ValueSource for Vec<Channel> {
    fn count(&self) -> usize {
        self.len()
    }

    fn value(&self, place: usize) -> Cell<'_> {
        word(self.get(place).copied())
    }
}

/// Where values lie under free names.
pub(super) trait EntrySource: fmt::Debug {
    fn count(&self) -> usize;
    fn entry(&self, key: &str) -> Cell<'_>;
}

/// Values under free names.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Entries<'a>(pub(super) &'a dyn EntrySource);

impl<'a> Entries<'a> {
    pub(crate) fn len(&self) -> usize {
        self.0.count()
    }

    /// Returns the entry of this name; one that is not there is absent.
    pub(crate) fn get(&self, key: &str) -> Cell<'a> {
        self.0.entry(key)
    }
}

/// Turns a stored value into a cell.
pub(super) trait IntoCell<'a> {
    fn cell(self) -> Cell<'a>;
}

impl<'a, T: IntoCell<'a>> IntoCell<'a> for Option<T> {
    fn cell(self) -> Cell<'a> {
        self.map_or(Cell::Absent, IntoCell::cell)
    }
}

impl<'a> IntoCell<'a> for bool {
    fn cell(self) -> Cell<'a> {
        Cell::Bool(self)
    }
}

impl<'a> IntoCell<'a> for i64 {
    fn cell(self) -> Cell<'a> {
        Cell::Int(self)
    }
}

impl<'a> IntoCell<'a> for &'a String {
    fn cell(self) -> Cell<'a> {
        Cell::Text(self)
    }
}

impl<'a> IntoCell<'a> for Timestamp {
    fn cell(self) -> Cell<'a> {
        // A setter takes any time; a document would have refused this one.
        if self.is_plausible() { Cell::Time(self) } else { Cell::Invalid }
    }
}

impl<'a> IntoCell<'a> for Money {
    fn cell(self) -> Cell<'a> {
        Cell::Money(self)
    }
}

impl<'a> IntoCell<'a> for &'a Vec<String> {
    fn cell(self) -> Cell<'a> {
        Cell::List(ListCell(self), Completeness::Complete)
    }
}

impl<'a> IntoCell<'a> for &'a Vec<Channel> {
    fn cell(self) -> Cell<'a> {
        Cell::List(ListCell(self), Completeness::Complete)
    }
}

/// Turns a word into a cell; words of all sets look alike to a reader.
pub(super) fn word<'a>(word: Option<impl Word>) -> Cell<'a> {
    word.map_or(Cell::Absent, |word| Cell::Word(word.code()))
}
