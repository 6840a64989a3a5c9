//! How a fact is read, looked up once by those who read it again and again.

use super::attributes::{Attributes, attribute};
use super::cell::Cell;
use super::facts::{Facts, Source, Standing};
use super::{Dating, FactId, Origin, PartEntry, PartId, Presence, Schema, builtin};
use crate::context::{AsOf, Context};
use crate::time::{CLOCK_SKEW, Duration, Timestamp};

/// How a fact is read.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Reader {
    pub(super) fact: FactId,
    pub(crate) part: PartId,
    pub(super) way: Way,
}

#[derive(Clone, Copy, Debug)]
pub(super) enum Way {
    /// Straight from the context; dated with its part, or so where some source
    /// vouches for that.
    Plain(builtin::Read, Dated),
    /// By its name among the attributes.
    Attribute,
    /// As the facts know it.
    Other,
}

/// Whose time a fact has.
#[derive(Clone, Copy, Debug)]
pub(super) enum Dated {
    WithPart,
    /// That of its part where some source vouches for the part.
    IfVouched,
    /// Its own, where it is newer than what sources vouch for.
    Own(builtin::Changed),
}

impl Schema {
    /// Looks up how a fact is read.
    pub(crate) fn reader(&self, fact: FactId) -> Reader {
        let entry = self.entry(fact);
        let dated = match entry.dating {
            Dating::WithPart => Dated::WithPart,
            Dating::Dated(..) => Dated::IfVouched,
            Dating::Own(said) => Dated::Own(said),
        };
        let way = match entry.origin {
            Origin::Context(read) => Way::Plain(read, dated),
            Origin::Attribute(_) => Way::Attribute,
            Origin::Model(_) | Origin::Table => Way::Other,
        };
        Reader { fact, part: entry.part, way }
    }

    /// Returns the name under which a fact lies among the attributes, if it is
    /// one of them.
    pub(crate) fn attribute(&self, fact: FactId) -> Option<&str> {
        match &self.entry(fact).origin {
            Origin::Attribute(name) => Some(name),
            _ => None,
        }
    }
}

/// What is the same for most facts of a part.
#[derive(Clone, Copy, Debug)]
pub(crate) struct PartStanding {
    pub(crate) standing: Standing,
    /// Whether it is not events alone that tell of it.
    is_vouched: bool,
}

impl<'a> Facts<'a> {
    /// Finds out how a part stands: what [`delivery`](Self::delivery) comes to,
    /// without how long.
    pub(crate) fn part(&self, part: PartId) -> PartStanding {
        let entry = self.schema.parts.get(usize::from(part.0));
        if let (Some(entry), Source::Context(context, _)) = (entry, self.source)
            && let Presence::Context(delivered) = entry.presence
            && entry.sources.is_empty()
        {
            let as_of = delivered(context);
            let is_fresh = as_of.is_some_and(|as_of| self.is_recent(entry, as_of.oldest()));
            let standing = Standing { is_there: as_of.is_some(), is_fresh };
            return PartStanding { standing, is_vouched: as_of.is_none_or(AsOf::is_vouched) };
        }
        let standing = self.delivery(part).standing();
        PartStanding { standing, is_vouched: self.is_vouched(part) }
    }

    /// Tells whether what is of a time is fresh, as `Delivery::aged` does.
    fn is_recent(&self, part: &PartEntry, at: Timestamp) -> bool {
        let age = self.now.since(at).max(Duration::ZERO);
        at <= self.now + CLOCK_SKEW && part.max_age.is_none_or(|max_age| age <= max_age)
    }

    /// Finds out how a fact with a time of its own stands: as `facts::own` ages it.
    fn standing_of_own(
        &self,
        said: builtin::Changed,
        context: &Context,
        (id, part): (PartId, PartStanding),
    ) -> Standing {
        let entry = self.schema.part(id);
        let Some(at) = said(context).filter(|said_at| said_at.is_plausible()) else {
            return part.standing;
        };
        let as_of = entry.as_of(context).filter(|_| entry.sources.is_empty());
        match as_of {
            Some(as_of) if !part.is_vouched || at > as_of.oldest() => {
                Standing { is_there: true, is_fresh: self.is_recent(entry, at) }
            }
            _ => part.standing,
        }
    }

    /// Reads a fact of a part that stands so: what [`cell`](Self::cell) and
    /// [`standing_of`](Self::standing_of) come to.
    ///
    /// What lies in a part that is not there is not read.
    pub(crate) fn read(&self, reader: Reader, part: PartStanding) -> (Cell<'a>, Standing) {
        let (Way::Plain(read, dated), Source::Context(context, request)) =
            (reader.way, self.source)
        else {
            return (self.cell(reader.fact), self.standing_of(reader.fact));
        };
        if !part.standing.is_there {
            return (Cell::Absent, part.standing);
        }
        let cell = match read(context, request) {
            Cell::Absent if !part.is_vouched => Cell::Unknown,
            told => self.in_one_currency(told),
        };
        let standing = match dated {
            Dated::IfVouched if !part.is_vouched => self.standing_of(reader.fact),
            Dated::WithPart | Dated::IfVouched => part.standing,
            Dated::Own(said) => self.standing_of_own(said, context, (reader.part, part)),
        };
        (cell, standing)
    }

    /// Reads an entry of a map in a part that stands so: what
    /// [`entry_at`](Self::entry_at) comes to.
    pub(crate) fn read_entry(
        &self,
        reader: Reader,
        key: &str,
        part: PartStanding,
    ) -> (Cell<'a>, Standing) {
        let Source::Context(..) = self.source else {
            let (cell, delivery) = self.entry_at(reader.fact, key);
            return (cell, delivery.standing());
        };
        let (map, _) = self.read(reader, part);
        let (cell, score) = self.entry_of(map, key);
        let standing = match score {
            Some(score) if part.standing.is_fresh && score.at.is_some() => {
                self.score_delivery(reader.part, score).standing()
            }
            _ => part.standing,
        };
        (cell, standing)
    }

    /// Starts reading attributes in the order of their names; so many are
    /// wanted. There are none where facts are not those of a context.
    pub(crate) fn attributes(&self, wanted: usize) -> Option<Attributes<'a>> {
        match self.source {
            Source::Context(context, _) => Some(Attributes::of(context, wanted)),
            Source::Table(_) | Source::Changed(..) => None,
        }
    }

    /// Reads the next attribute that is wanted, in a part that stands so.
    pub(crate) fn read_attribute(
        &self,
        (fact, name): (FactId, &str),
        attributes: &mut Attributes<'a>,
        part: PartStanding,
    ) -> (Cell<'a>, Standing) {
        let cell = attribute(self.schema.entry(fact), attributes.next(name));
        match part.is_vouched {
            true => (self.in_one_currency(cell), part.standing),
            false if matches!(cell, Cell::Absent) => (Cell::Unknown, self.standing_of(fact)),
            false => (self.in_one_currency(cell), self.standing_of(fact)),
        }
    }
}

#[cfg(test)]
#[cfg(feature = "json")]
mod tests;
