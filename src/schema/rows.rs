//! Lists of records, read field by field where they lie.

use super::FieldId;
use super::builtin::{ANSWER, APPOINTMENT, Field, GRANT, INTERACTION, ORDER, PRODUCT, TICKET};
use super::cell::Cell;
use super::table::{MAX_ELEMENTS, Stored};
use crate::context::{Answer, Appointment, Grant, Interaction, Order, Product, Ticket};

/// The records of a list; conditions look at the first 256.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Rows<'a> {
    Tickets(&'a [Ticket]),
    Orders(&'a [Order]),
    Products(&'a [Product]),
    Grants(&'a [Grant]),
    Interactions(&'a [Interaction]),
    Answers(&'a [Answer]),
    Appointments(&'a [Appointment]),
    Stored(&'a [Vec<Option<Stored>>]),
}

impl<'a> Rows<'a> {
    pub(crate) fn len(&self) -> usize {
        let all = match self {
            Self::Tickets(rows) => rows.len(),
            Self::Orders(rows) => rows.len(),
            Self::Products(rows) => rows.len(),
            Self::Grants(rows) => rows.len(),
            Self::Interactions(rows) => rows.len(),
            Self::Answers(rows) => rows.len(),
            Self::Appointments(rows) => rows.len(),
            Self::Stored(rows) => rows.len(),
        };
        all.min(MAX_ELEMENTS)
    }

    /// Tells whether there are records that conditions do not look at.
    pub(crate) fn is_cut(&self) -> bool {
        matches!(self, Self::Interactions(rows) if rows.len() > MAX_ELEMENTS)
    }

    pub(crate) fn cell(&self, row: usize, field: FieldId) -> Cell<'a> {
        match self {
            Self::Tickets(rows) => read(rows, TICKET, row, field),
            Self::Orders(rows) => read(rows, ORDER, row, field),
            Self::Products(rows) => read(rows, PRODUCT, row, field),
            Self::Grants(rows) => read(rows, GRANT, row, field),
            Self::Interactions(rows) => read(rows, INTERACTION, row, field),
            Self::Answers(rows) => read(rows, ANSWER, row, field),
            Self::Appointments(rows) => read(rows, APPOINTMENT, row, field),
            Self::Stored(rows) => {
                let stored = rows.get(row).and_then(|row| row.get(usize::from(field.0)));
                stored
                    .and_then(Option::as_ref)
                    .map_or(Cell::Absent, Stored::cell)
            }
        }
    }
}

fn read<'a, T>(rows: &'a [T], fields: &[Field<T>], row: usize, field: FieldId) -> Cell<'a> {
    match (rows.get(row), fields.get(usize::from(field.0))) {
        (Some(row), Some(field)) => (field.read)(row),
        _ => Cell::Absent,
    }
}
