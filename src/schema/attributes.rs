//! Facts that a policy declares, read by their names.

use std::cmp::Ordering;
use std::collections::{BTreeMap, btree_map};

use super::cell::{Cell, ListCell};
use super::{FactEntry, Type};
use crate::context::{Attribute, Completeness, Context};

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
