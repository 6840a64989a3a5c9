//! What a reader finds at the place of a fact.

use super::Rows;
use super::table::Stored;
use crate::context::{Completeness, Score};
use crate::time::{Duration, Timestamp};
use crate::vocabulary::{Channel, Money, Word};

use std::collections::BTreeMap;

/// What is stored at the place of a fact, borrowed from where it is stored.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Cell<'a> {
    /// The part is known and does not carry it.
    Absent,
    /// It is there and not of its type: no finite number, no plausible time.
    Invalid,
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
    Map(&'a BTreeMap<String, Stored>),
    /// The group of facts is there.
    Present,
}

/// A list of values that are not lists.
#[derive(Clone, Copy, Debug)]
pub(crate) enum ListCell<'a> {
    Texts(&'a [String]),
    Channels(&'a [Channel]),
    Stored(&'a [Stored]),
}

impl<'a> ListCell<'a> {
    pub(crate) const NONE: Self = Self::Stored(&[]);

    pub(crate) fn len(&self) -> usize {
        match self {
            Self::Texts(texts) => texts.len(),
            Self::Channels(channels) => channels.len(),
            Self::Stored(values) => values.len(),
        }
    }

    pub(crate) fn get(&self, place: usize) -> Cell<'a> {
        let cell = match self {
            Self::Texts(texts) => texts.get(place).map(|text| Cell::Text(text)),
            Self::Channels(channels) => channels
                .get(place)
                .map(|channel| Cell::Word(channel.code())),
            Self::Stored(values) => values.get(place).map(Stored::cell),
        };
        cell.unwrap_or(Cell::Absent)
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
        if self.is_plausible() {
            Cell::Time(self)
        } else {
            Cell::Invalid
        }
    }
}

impl<'a> IntoCell<'a> for Money {
    fn cell(self) -> Cell<'a> {
        Cell::Money(self)
    }
}

impl<'a> IntoCell<'a> for &'a Vec<String> {
    fn cell(self) -> Cell<'a> {
        Cell::List(ListCell::Texts(self), Completeness::Complete)
    }
}

impl<'a> IntoCell<'a> for &'a Vec<Channel> {
    fn cell(self) -> Cell<'a> {
        Cell::List(ListCell::Channels(self), Completeness::Complete)
    }
}

/// Turns a word into a cell; words of all sets look alike to a reader.
pub(super) fn word<'a>(word: Option<impl Word>) -> Cell<'a> {
    word.map_or(Cell::Absent, |word| Cell::Word(word.code()))
}

/// Turns a complete list of texts into a cell.
pub(super) fn texts(texts: &[String]) -> Cell<'_> {
    Cell::List(ListCell::Texts(texts), Completeness::Complete)
}
