//! Fields that were said each at a time of its own.

use std::collections::BTreeMap;

use super::entry::Added;
use crate::time::Timestamp;

/// When fields were last said, where that is not when their part was.
pub(super) type Dates = BTreeMap<String, Timestamp>;

/// When two versions of fields were said, unless they say so themselves, and
/// when the part that becomes of them is dated.
#[derive(Clone, Copy, Debug)]
pub(super) struct Moments {
    pub(super) mine: Timestamp,
    pub(super) theirs: Timestamp,
    pub(super) joined: Timestamp,
}

impl Moments {
    /// Those of something said at a time of a part that stays as old as it is.
    pub(super) const fn said(date: Timestamp, at: Timestamp) -> Self {
        Self { mine: date, theirs: at, joined: date }
    }
}

/// A part whose fields have a time each.
pub(super) trait Dated {
    /// Takes of every field what was said last.
    fn join_dated(&mut self, other: &Self, moments: Moments) -> Added;

    /// Returns a name that has a time and no field that says something.
    fn misdated(&self) -> Option<&str>;
}

/// A record whose fields have a time each, so that none may be news.
pub(super) trait Covers {
    /// Tells whether another one says nothing that is not said here, at that
    /// time or later.
    fn covers_dated(&self, other: &Self, moments: Moments) -> bool;
}

/// Tells whether one field says what another does, at that time or later.
pub(super) fn covers_field<T: Ord>(
    name: &str,
    (mine, dates, date): (&Option<T>, &Dates, Timestamp),
    (theirs, their_dates, their_date): (&Option<T>, &Dates, Timestamp),
) -> bool {
    let said = |value, dates: &Dates, date| (dates.get(name).copied().unwrap_or(date), value);
    let theirs = theirs.as_ref().map(|theirs| said(theirs, their_dates, their_date));
    theirs.is_none() || theirs <= mine.as_ref().map(|mine| said(mine, dates, date))
}

/// Takes of one field what was said last, and notes when that was.
///
/// `theirs` is what was said, and when; `moments` are those of the parts.
pub(super) fn join_field<T: Clone + Ord>(
    name: &str,
    (mine, dates): (&mut Option<T>, &mut Dates),
    theirs: Option<(Timestamp, &T)>,
    moments: Moments,
) -> Added {
    let mut date = dates.get(name).copied().unwrap_or(moments.mine);
    let known = mine.as_ref().map(|known| (date, known));
    let said = match theirs {
        Some(_) => Added::of(known.cmp(&theirs)),
        None => Added::Duplicate,
    };
    if let (Added::Changed, Some((their_date, value))) = (said, theirs) {
        // The same said again later is news of its age alone.
        if mine.as_ref() != Some(value) {
            *mine = Some(value.clone());
        }
        date = their_date;
    }
    note_date(dates, name, date, mine.is_some() && date != moments.joined);
    said
}

/// Notes a date where it says something.
pub(super) fn note_date(dates: &mut Dates, name: &str, date: Timestamp, says_something: bool) {
    match dates.get_mut(name) {
        Some(known) if says_something => *known = date,
        Some(_) => drop(dates.remove(name)),
        None if says_something => drop(dates.insert(name.to_owned(), date)),
        None => {}
    }
}
