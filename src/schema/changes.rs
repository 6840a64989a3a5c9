//! Facts as they would be if some of them were otherwise.

use std::collections::BTreeMap;

use super::cell::{Cell, Overlay, RowSource, Rows};
use super::facts::Facts;
use super::table::Stored;
use super::{FactId, FieldId, PartId, Schema, Type};
use crate::context::{Completeness, Score};

/// What would be otherwise.
///
/// A part of which something is changed counts as delivered this moment; the
/// rest of it stays as it was last known.
#[derive(Debug, Default)]
pub(crate) struct Changes<'a> {
    cells: BTreeMap<FactId, Changed<'a>>,
    parts: Vec<PartId>,
}

#[derive(Debug)]
enum Changed<'a> {
    Absent,
    Present,
    Value(Stored),
    Scores(BTreeMap<String, Score>),
    Rows(ChangedRows<'a>, Completeness),
}

/// A list of records of which some fields are otherwise, or some are new.
#[derive(Debug)]
struct ChangedRows<'a> {
    rows: Option<Rows<'a>>,
    fields: BTreeMap<(usize, FieldId), Option<Stored>>,
    len: usize,
}

impl RowSource for ChangedRows<'_> {
    fn count(&self) -> usize {
        self.len
    }

    fn cell(&self, row: usize, field: FieldId) -> Cell<'_> {
        if let Some(changed) = self.fields.get(&(row, field)) {
            return changed.as_ref().map_or(Cell::Absent, Stored::cell);
        }
        match self.rows {
            Some(rows) if row < rows.len() => rows.cell(row, field),
            _ => Cell::Absent,
        }
    }
}

impl<'a> Changes<'a> {
    /// Delivers a part anew, as it was last known.
    pub(crate) fn deliver(&mut self, part: PartId) {
        self.parts.push(part);
    }

    /// Sets a fact; without a value it is absent.
    pub(crate) fn set(&mut self, schema: &Schema, fact: FactId, value: Option<Stored>) {
        self.deliver(schema.entry(fact).part);
        if value.is_some() {
            self.fill_groups(schema, fact);
        }
        self.cells.insert(fact, value.map_or(Changed::Absent, Changed::Value));
    }

    /// Returns the value that a fact was set to.
    pub(crate) fn value(&self, fact: FactId) -> Option<&Stored> {
        match self.cells.get(&fact)? {
            Changed::Value(value) => Some(value),
            _ => None,
        }
    }

    /// Returns the value that a field was set to.
    pub(crate) fn value_of_field(
        &self,
        list: FactId,
        row: usize,
        field: FieldId,
    ) -> Option<&Stored> {
        match self.cells.get(&list)? {
            Changed::Rows(rows, _) => rows.fields.get(&(row, field))?.as_ref(),
            _ => None,
        }
    }

    /// Gives a fact that was set another value.
    pub(crate) fn replace(&mut self, fact: FactId, value: Stored) {
        self.cells.insert(fact, Changed::Value(value));
    }

    /// Gives a field that was set another value.
    pub(crate) fn replace_field(
        &mut self,
        list: FactId,
        row: usize,
        field: FieldId,
        value: Stored,
    ) {
        if let Some(Changed::Rows(rows, _)) = self.cells.get_mut(&list) {
            rows.fields.insert((row, field), Some(value));
        }
    }

    /// What lies in a group makes the group be there.
    fn fill_groups(&mut self, schema: &Schema, fact: FactId) {
        let path = schema.entry(fact).path.as_str();
        for (end, _) in path.bytes().enumerate().filter(|(_, byte)| *byte == b'.') {
            let group = path.get(..end).and_then(|prefix| schema.find(prefix));
            if let Some(group) = group
                && *schema.entry(group).fact.ty() == Type::Group
            {
                self.cells.insert(group, Changed::Present);
            }
        }
    }

    /// Makes a group of facts be there.
    pub(crate) fn fill(&mut self, schema: &Schema, group: FactId) {
        self.deliver(schema.entry(group).part);
        self.cells.insert(group, Changed::Present);
    }

    /// Sets an output of a model; without a value it is absent.
    pub(crate) fn set_score(
        &mut self,
        facts: &Facts<'a>,
        scores: FactId,
        name: &str,
        value: Option<f64>,
    ) {
        self.deliver(facts.schema().entry(scores).part);
        let known = || match facts.cell(scores) {
            Cell::Scores(known) => Changed::Scores(known.clone()),
            _ => Changed::Scores(BTreeMap::new()),
        };
        if let Changed::Scores(known) = self.cells.entry(scores).or_insert_with(known) {
            known.remove(name);
            known.extend(value.map(|value| (name.to_owned(), Score::new(value))));
        }
    }

    /// Says that there is nothing in a list but what is known of it.
    pub(crate) fn complete(&mut self, facts: &Facts<'a>, list: FactId) {
        self.deliver(facts.schema().entry(list).part);
        match facts.schema().entry(list).fact.ty() {
            Type::Records(_) => {
                if let Changed::Rows(_, completeness) = self.rows(facts, list) {
                    *completeness = Completeness::Complete;
                }
            }
            _ => {
                let none = Changed::Value(Stored::List(Vec::new(), Completeness::Complete));
                self.cells.entry(list).or_insert(none);
            }
        }
    }

    /// Sets a field of an entry; one beyond the last makes a new entry.
    pub(crate) fn set_field(
        &mut self,
        facts: &Facts<'a>,
        list: FactId,
        row: usize,
        field: FieldId,
        value: Option<Stored>,
    ) {
        self.deliver(facts.schema().entry(list).part);
        let follows = follows_from_state(facts.schema(), list, field);
        if let Changed::Rows(rows, _) = self.rows(facts, list) {
            rows.len = rows.len.max(row.saturating_add(1));
            rows.fields.insert((row, field), value);
            if let Some(follows) = follows {
                rows.fields.entry((row, follows)).or_insert(Some(Stored::Invalid));
            }
        }
    }

    fn rows(&mut self, facts: &Facts<'a>, list: FactId) -> &mut Changed<'a> {
        self.cells.entry(list).or_insert_with(|| {
            let (rows, completeness) = match facts.cell(list) {
                Cell::Rows(rows, completeness) => (Some(rows), completeness),
                _ => (None, Completeness::Unknown),
            };
            // Of a list that has an entry something is known.
            let completeness = match completeness {
                Completeness::Unknown => Completeness::Partial,
                known => known,
            };
            let len = rows.map_or(0, |rows| rows.len());
            Changed::Rows(ChangedRows { rows, fields: BTreeMap::new(), len }, completeness)
        })
    }

    /// Reads facts as they would be.
    pub(crate) fn applied<'b>(&'b self, facts: &'b Facts<'_>) -> Facts<'b> {
        facts.changed(self)
    }
}

impl Overlay for Changes<'_> {
    fn delivered(&self) -> &[PartId] {
        &self.parts
    }

    fn cell(&self, fact: FactId) -> Option<Cell<'_>> {
        Some(match self.cells.get(&fact)? {
            Changed::Absent => Cell::Absent,
            Changed::Present => Cell::Present,
            Changed::Value(value) => value.cell(),
            Changed::Scores(scores) => Cell::Scores(scores),
            Changed::Rows(rows, completeness) => Cell::Rows(Rows(rows), *completeness),
        })
    }
}

/// Returns the field that is not known once the state of an entry is another.
///
/// A case that is solved was closed at some time: nobody knows when.
fn follows_from_state(schema: &Schema, list: FactId, field: FieldId) -> Option<FieldId> {
    let Type::Records(record) = schema.entry(list).fact.ty() else {
        return None;
    };
    let closed_at = record.find("closed_at").map(|(field, _)| field);
    closed_at.filter(|_| record.name_of(field) == "state")
}
