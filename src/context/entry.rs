//! What lists are made of: things of which there are versions, and what comes
//! of one more.

use std::cmp::Ordering;

use crate::time::Timestamp;
use crate::vocabulary::Channel;

/// One entry of a [`List`](super::List): what identifies it, which version of
/// it is the newest, and what the cap of a list keeps.
pub trait Record: Clone + Ord {
    /// How many entries a list keeps; the newest ones, marked partial.
    const CAP: usize = 256;
    /// Whether entries are nothing but what they say, and have no versions.
    const IS_SET: bool = true;

    /// Returns when the entry last changed and what identifies it.
    ///
    /// A list over its cap keeps the entries that are greatest in this order.
    fn recency(&self) -> (Timestamp, &str);

    /// Returns what tells one thing from another, if there are versions of it.
    fn key(&self) -> Key<'_> {
        Key::Content
    }

    /// Takes in another version: the newer one holds, and of equally new ones
    /// the one that is greater in the order of their content.
    ///
    /// Tells whether this changed anything.
    fn join(&mut self, other: &Self) -> bool {
        let is_newer = (other.recency().0, other) > (self.recency().0, &*self);
        if is_newer {
            self.clone_from(other);
        }
        is_newer
    }

    /// Tells whether the entry says all that another version says.
    fn covers(&self, other: &Self) -> bool {
        self == other
    }

    /// Takes in the next older entry, where the two are one; tells whether
    /// they are.
    fn absorb(&mut self, _older: &Self) -> bool {
        false
    }
}

/// What tells one thing from another among versions.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[non_exhaustive]
pub enum Key<'a> {
    /// All that the entry says.
    Content,
    /// Its id.
    Id(&'a str),
    /// Where and when it began.
    Begun(Channel, Timestamp),
}

/// What came of an entry that was added.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Added {
    /// It is older than all that the full list keeps.
    Dropped,
    /// It is there already.
    Duplicate,
    /// There is a newer version of the same thing.
    Superseded,
    /// It is new, or a newer version.
    Changed,
}

impl Added {
    /// Says what comes of a value that stands in an order to the known one.
    pub(super) fn of(known_to_new: Ordering) -> Self {
        match known_to_new {
            Ordering::Less => Self::Changed,
            Ordering::Equal => Self::Duplicate,
            Ordering::Greater => Self::Superseded,
        }
    }
}

/// Takes the version of something that stands alone which was told last, and of
/// two told at one time the one that is greater in the order of their content.
pub(super) fn take_greater<T: Clone + Ord>(
    mine: &mut Option<T>,
    theirs: Option<&T>,
    told_at: impl Fn(&T) -> Timestamp,
) -> Added {
    let Some(theirs) = theirs else {
        return Added::Duplicate;
    };
    let known = mine.as_ref().map(|known| (told_at(known), known));
    let said = Added::of(known.cmp(&Some((told_at(theirs), theirs))));
    if said == Added::Changed {
        *mine = Some(theirs.clone());
    }
    said
}
