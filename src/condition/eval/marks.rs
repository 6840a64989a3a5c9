//! Long lists by their marks, made once: whatever is looked for in them later.

use super::atoms::equal;
use super::terms::value_in;
use super::{Element, Evaluator, Scope, Value};
use crate::condition::program::ListTerm;
use crate::schema::{Cell, FactId, FieldId, ListCell, Mark, Marked, Search, mark};
use crate::time::{Duration, Timestamp};

use std::ops::Range;

/// A list of fewer entries is looked through as it is.
const LONG: usize = 16;

/// Where a list lies: in a fact, or in a field of a record of a list.
#[derive(Clone, Copy)]
pub(super) struct Home {
    fact: FactId,
    field: Option<FieldId>,
    row: usize,
}

impl Home {
    /// Finds out where a list lies; one that is written lies nowhere.
    pub(super) fn of(list: &ListTerm, scope: Scope<'_>) -> Option<Self> {
        match (list, scope.element) {
            (ListTerm::Fact(fact), _) => Some(Self { fact: *fact, field: None, row: 0 }),
            (ListTerm::Field(fact, field), Element::Row(_, row)) => {
                Some(Self { fact: *fact, field: Some(*field), row })
            }
            _ => None,
        }
    }
}

/// The marks of long lists.
#[derive(Default)]
pub(super) struct Marks {
    /// For each list, or field of records, where the marks of each row are.
    lists: Vec<(Name, Vec<Option<Place>>)>,
    all: Vec<u16>,
}

/// What tells lists of one row apart.
type Name = (FactId, Option<FieldId>);

/// Where the marks of a list are; those of several kinds have none.
type Place = Option<(Range<usize>, Marked)>;

impl Marks {
    /// Finds the marks of a list, and makes them if it is the first time.
    fn of(&mut self, cells: ListCell<'_>, home: Home) -> Option<(&[u16], Marked)> {
        let name = (home.fact, home.field);
        // They are few: hardly a policy asks about two long lists.
        let place = self.lists.iter().position(|(known, _)| *known == name);
        let place = place.unwrap_or_else(|| {
            self.lists.push((name, Vec::new()));
            self.lists.len() - 1
        });
        let (_, rows) = self.lists.get_mut(place)?;
        if rows.len() <= home.row {
            rows.resize(home.row + 1, None);
        }
        let place = rows.get_mut(home.row)?.get_or_insert_with(|| {
            let start = self.all.len();
            let marked = cells.mark_all(&mut self.all)?;
            Some((start..self.all.len(), marked))
        });
        let (range, marked) = place.as_ref()?;
        Some((self.all.get(range.clone())?, *marked))
    }
}

impl<'a> Evaluator<'a> {
    /// Looks for a value in a list; `None` if entries are to be compared.
    pub(super) fn search(
        &mut self,
        wanted: Value<'a>,
        cells: ListCell<'a>,
        home: Option<Home>,
    ) -> Option<Search> {
        let wanted_cell = stored(wanted)?;
        let Some(home) = home.filter(|_| cells.len() >= LONG) else {
            return cells.find(wanted_cell);
        };
        let mark = mark(wanted_cell)?;
        let (marks, marked) = self.marks.of(cells, home).filter(|(_, of)| of.is_about(mark))?;
        let facts = self.facts;
        let is_it = |place| {
            let value = value_in(facts.in_one_currency(cells.get(place)));
            value.is_some_and(|value| equal(wanted, value) == Some(true))
        };
        Some(match (is_marked(marks, mark, is_it), marked.has_gaps) {
            (true, _) => Search::Found,
            (false, true) => Search::Undecided,
            (false, false) => Search::Missing,
        })
    }
}

/// Looks for a mark, a handful at a time, and then for who bears it.
fn is_marked(marks: &[u16], wanted: Mark, is_it: impl Fn(usize) -> bool) -> bool {
    const HANDFUL: usize = 16;
    let (handfuls, rest) = marks.as_chunks::<HANDFUL>();
    let mut start = 0;
    for handful in handfuls {
        // Without a way out, so that all are compared at once.
        let is_there = handful.iter().fold(false, |any, mark| any | (*mark == wanted.number));
        if is_there && bears(handful, wanted, start, &is_it) {
            return true;
        }
        start += HANDFUL;
    }
    bears(rest, wanted, start, &is_it)
}

#[inline(never)]
fn bears(marks: &[u16], wanted: Mark, start: usize, is_it: &impl Fn(usize) -> bool) -> bool {
    (start..).zip(marks).any(|(place, mark)| *mark == wanted.number && is_it(place))
}

/// Turns a value into what is stored for it in lists.
fn stored(value: Value<'_>) -> Option<Cell<'_>> {
    Some(match value {
        Value::Bool(value) => Cell::Bool(value),
        Value::Int(value) => Cell::Int(value),
        Value::Double(value) => Cell::Double(value),
        Value::Text(text) => Cell::Text(text),
        Value::Word(code) => Cell::Word(code),
        Value::Time(millis) => Cell::Time(Timestamp::from_millis(millis)),
        Value::Length(millis) => Cell::Length(Duration::from_millis(millis)),
        Value::AtLeast(_) => return None,
    })
}
