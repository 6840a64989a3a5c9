//! How a fact is read, looked up once by those who read it again and again.

use std::cmp::Ordering;
use std::collections::{BTreeMap, btree_map};

use super::cell::{Cell, ListCell};
use super::{Dating, FactEntry, FactId, Origin, PartId, Schema, Type, builtin};
use crate::context::{Attribute, Completeness, Context};

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

/// So many times as many attributes as are wanted are still walked through.
const FEW_TIMES: usize = 4;

/// Attributes, for those who ask for them in the order of their names.
///
/// Walking along takes less than looking up each of them.
pub(crate) enum Attributes<'a> {
    /// The next one, and those behind it.
    Few(Option<(&'a String, &'a Attribute)>, btree_map::Iter<'a, String, Attribute>),
    Many(&'a BTreeMap<String, Attribute>),
    None,
}

impl<'a> Attributes<'a> {
    /// Starts at the first name; so many are wanted.
    pub(super) fn of(context: &'a Context, wanted: usize) -> Self {
        let Some(attributes) = context.attributes.known() else {
            return Self::None;
        };
        let values = &attributes.values;
        if values.len() > wanted.saturating_mul(FEW_TIMES) {
            return Self::Many(values);
        }
        let mut rest = values.iter();
        Self::Few(rest.next(), rest)
    }

    /// Returns the attribute of a name behind all that were asked for.
    pub(super) fn next(&mut self, name: &str) -> Option<&'a Attribute> {
        match self {
            Self::Few(next, rest) => loop {
                let (known, value) = (*next)?;
                match known.as_str().cmp(name) {
                    Ordering::Greater => return None,
                    Ordering::Less => *next = rest.next(),
                    Ordering::Equal => {
                        *next = rest.next();
                        return Some(value);
                    }
                }
            },
            Self::Many(values) => values.get(name),
            Self::None => None,
        }
    }
}

/// Finds an attribute of a context.
pub(super) fn find_attribute<'a>(name: &str, context: &'a Context) -> Option<&'a Attribute> {
    context.attributes.known()?.values.get(name)
}

/// Reads an attribute as the type the policy declares.
pub(super) fn attribute<'a>(entry: &FactEntry, value: Option<&'a Attribute>) -> Cell<'a> {
    let Some(value) = value else {
        return Cell::Absent;
    };
    match (value, entry.fact.ty()) {
        (Attribute::Null, _) => Cell::Absent,
        (Attribute::Bool(value), Type::Bool) => Cell::Bool(*value),
        (Attribute::Int(value), Type::Int) => Cell::Int(*value),
        (Attribute::Double(value), Type::Double) => Cell::Double(*value),
        #[expect(
            clippy::cast_precision_loss,
            reason = "a JSON number without a dot is still a double"
        )]
        (Attribute::Int(value), Type::Double) => Cell::Double(*value as f64),
        (Attribute::Text(text), Type::Text) => Cell::Text(text),
        (Attribute::Text(text), Type::Word(words)) => {
            words.code(text).map_or(Cell::Invalid, Cell::Word)
        }
        (Attribute::Text(text), Type::Timestamp) => text.parse().map_or(Cell::Invalid, Cell::Time),
        (Attribute::Texts(texts), Type::List(_)) => {
            Cell::List(ListCell(texts), Completeness::Complete)
        }
        _ => Cell::Invalid,
    }
}
