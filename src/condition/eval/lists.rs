//! Lists: a witness decides, its absence only where the list is complete.

use super::atoms::equal;
use super::{Element, Evaluator, Reading, Scope, Value};
use crate::condition::program::{ListTerm, NodeId, TermId};
use crate::condition::truth::{NEVER, Outcome, Rail, Truth};
use crate::context::Completeness;
use crate::schema::{Cell, ListCell, Rows};

/// A list that can be looked through.
struct View<'a> {
    elements: Elements<'a>,
    complete: bool,
    /// Dates the list; its value does not matter.
    dated: Reading<'a>,
}

enum Elements<'a> {
    Rows(Rows<'a>),
    Cells(ListCell<'a>),
    Values(Vec<Value<'a>>),
    /// The entries of a map, which are only counted.
    Entries(usize),
}

impl<'a> View<'a> {
    fn len(&self) -> usize {
        match &self.elements {
            Elements::Rows(rows) => rows.len(),
            Elements::Cells(cells) => cells.len(),
            Elements::Values(values) => values.len(),
            Elements::Entries(count) => *count,
        }
    }

    fn elements(&self) -> impl Iterator<Item = Element<'a>> {
        (0..self.len()).map(|place| match &self.elements {
            Elements::Rows(rows) => Element::Row(*rows, place),
            Elements::Cells(cells) => Element::Cell(cells.get(place)),
            Elements::Values(values) => {
                values.get(place).map_or(Element::None, |value| Element::Value(*value))
            }
            Elements::Entries(_) => Element::None,
        })
    }
}

impl<'a> Evaluator<'a> {
    /// Opens a list, or says how unknown it is.
    fn open(&mut self, list: &'a ListTerm, scope: Scope<'a>) -> Result<View<'a>, Reading<'a>> {
        match list {
            ListTerm::Fact(fact) => {
                let part = self.facts.schema().entry(*fact).part;
                let dated =
                    Reading::constant(Value::Bool(true)).delivered(self.facts.delivery(part));
                let view = dated.value.and_then(|_| view(self.facts.cell(*fact), dated));
                view.ok_or(dated.without_value())
            }
            ListTerm::Field(_, field) => {
                let cell = match scope.element {
                    Element::Row(rows, row) => rows.cell(row, *field),
                    _ => Cell::Absent,
                };
                view(cell, Reading::constant(Value::Bool(true))).ok_or(Reading::UNKNOWN)
            }
            ListTerm::Written(entries) => self.written(entries, scope),
        }
    }

    /// Lists what a macro over a list looks at, however old the list is.
    pub(in crate::condition) fn scopes(
        &mut self,
        list: &'a ListTerm,
        scope: Scope<'a>,
    ) -> Vec<Scope<'a>> {
        match self.open(list, scope) {
            Ok(view) => self.scopes_of(&view),
            Err(_) => Vec::new(),
        }
    }

    /// Makes the scope of an entry that is not there.
    pub(in crate::condition) fn blank(&mut self, row: usize) -> Scope<'a> {
        Scope { id: self.next_scope(), element: Element::Row(Rows::BLANK, row) }
    }

    /// Makes a scope for each element of a list.
    fn scopes_of(&mut self, view: &View<'a>) -> Vec<Scope<'a>> {
        let scopes = view.elements().map(|element| Scope { id: self.next_scope(), element });
        scopes.collect()
    }

    /// Opens a written list: unknown as a whole if one entry is, as in CEL.
    fn written(
        &mut self,
        entries: &'a [TermId],
        scope: Scope<'a>,
    ) -> Result<View<'a>, Reading<'a>> {
        let mut dated = Reading::constant(Value::Bool(true));
        let mut values = Vec::with_capacity(entries.len());
        for entry in entries {
            let entry = self.term(*entry, scope);
            dated = dated.joined(&entry);
            // What an entry will be later is not looked into.
            if entry.slope != 0 {
                dated.holds_until = dated.holds_until.min(self.at.saturating_add(1));
            }
            values.extend(entry.value);
        }
        if values.len() < entries.len() {
            return Err(dated.without_value());
        }
        Ok(View { elements: Elements::Values(values), complete: true, dated })
    }

    pub(super) fn exists(&mut self, list: &'a ListTerm, body: NodeId, scope: Scope<'a>) -> Outcome {
        let view = match self.open(list, scope) {
            Ok(view) => view,
            Err(unknown) => return unknown.unknown(),
        };
        let none = Outcome::always(Truth::False);
        let any = self
            .scopes_of(&view)
            .into_iter()
            .fold(none, |any, element| any.or(self.node(body, element)));
        let any = if view.complete { any } else { any.or(Outcome::UNKNOWN) };
        dated(any, &view.dated)
    }

    pub(super) fn exactly_one(
        &mut self,
        list: &'a ListTerm,
        body: NodeId,
        scope: Scope<'a>,
    ) -> Outcome {
        let view = match self.open(list, scope) {
            Ok(view) => view,
            Err(unknown) => return unknown.unknown(),
        };
        let outcomes: Vec<Outcome> =
            self.scopes_of(&view).into_iter().map(|element| self.node(body, element)).collect();
        let rail = |of: fn(&Outcome) -> Rail| one(outcomes.iter().map(of), view.complete);
        let one = Outcome {
            fresh: rail(|outcome| outcome.fresh),
            last_known: rail(|outcome| outcome.last_known),
            running: rail(|outcome| outcome.running),
        };
        dated(one, &view.dated)
    }

    pub(super) fn member(&mut self, item: TermId, list: &'a ListTerm, scope: Scope<'a>) -> Outcome {
        let item = self.term(item, scope);
        let view = match self.open(list, scope) {
            Ok(view) => view,
            Err(unknown) => return unknown.joined(&item).unknown(),
        };
        let both = item.joined(&view.dated);
        let Some(wanted) = item.value else {
            return both.unknown();
        };
        let (mut found, mut undecided) = (false, !view.complete);
        for element in view.elements() {
            match self.value_of(element) {
                Some(value) => match equal(wanted, value) {
                    Some(is_equal) => found |= is_equal,
                    None => undecided = true,
                },
                None => undecided = true,
            }
        }
        // A moving item or entry may meet another at any instant.
        let changes_at = if item.slope == 0 { NEVER } else { self.at.saturating_add(1) };
        both.decide(|_| match (found, undecided) {
            (false, true) => (Truth::Unknown, changes_at),
            (found, _) => (found.into(), changes_at),
        })
    }

    /// Reads an element of a list of plain values.
    pub(super) fn value_of(&self, element: Element<'a>) -> Option<Value<'a>> {
        match element {
            Element::Cell(cell) => self.read_cell(cell).value,
            Element::Value(value) => Some(value),
            Element::None | Element::Row(..) => None,
        }
    }

    /// Lists the elements that satisfy the body, if every one is decided.
    pub(in crate::condition) fn list(
        &mut self,
        list: &'a ListTerm,
        body: Option<NodeId>,
    ) -> Option<Vec<Value<'a>>> {
        let view = self.open(list, Scope::OUTSIDE).ok()?;
        if !view.complete || !view.dated.fresh {
            return None;
        }
        let mut values = Vec::new();
        for scope in self.scopes_of(&view) {
            let kept = body.map_or(Truth::True, |body| self.node(body, scope).truth());
            match kept {
                Truth::True => values.push(self.value_of(scope.element)?),
                Truth::False => {}
                Truth::Unknown => return None,
            }
        }
        Some(values)
    }

    pub(super) fn size(&mut self, list: &'a ListTerm, scope: Scope<'a>) -> Reading<'a> {
        match self.open(list, scope) {
            Err(unknown) => unknown,
            Ok(view) => {
                let size = i64::try_from(view.len()).unwrap_or(i64::MAX);
                Reading { value: Some(counted(size, view.complete)), ..view.dated }
            }
        }
    }

    /// Counts the elements that satisfy the body; unknown if one is.
    pub(super) fn count(
        &mut self,
        list: &'a ListTerm,
        body: NodeId,
        scope: Scope<'a>,
    ) -> Reading<'a> {
        let view = match self.open(list, scope) {
            Ok(view) => view,
            Err(unknown) => return unknown,
        };
        let mut reading = view.dated;
        let mut count = 0;
        let mut known = true;
        for element in self.scopes_of(&view) {
            let satisfied = Reading::of_truth(self.node(body, element));
            count += i64::from(satisfied.value == Some(Value::Bool(true)));
            known &= satisfied.value.is_some();
            reading = reading.joined(&satisfied);
        }
        Reading { value: known.then(|| counted(count, view.complete)), ..reading }
    }
}

fn counted<'a>(count: i64, complete: bool) -> Value<'a> {
    if complete { Value::Int(count) } else { Value::AtLeast(count) }
}

fn view<'a>(cell: Cell<'a>, dated: Reading<'a>) -> Option<View<'a>> {
    let (elements, completeness) = match cell {
        Cell::List(list, completeness) => (Elements::Cells(list), completeness),
        Cell::Rows(rows, completeness) => (Elements::Rows(rows), completeness),
        Cell::Map(values) => (Elements::Entries(values.len()), Completeness::Complete),
        Cell::Scores(scores) => (Elements::Entries(scores.len()), Completeness::Complete),
        _ => return None,
    };
    let complete = match completeness {
        Completeness::Unknown => return None,
        Completeness::Partial => false,
        Completeness::Complete => true,
    };
    Some(View { elements, complete, dated })
}

/// Makes a truth about a list as old as the list.
fn dated(outcome: Outcome, list: &Reading<'_>) -> Outcome {
    let limited = |rail: Rail, limit: i64| Rail { changes_at: rail.changes_at.min(limit), ..rail };
    let last_known = limited(outcome.last_known, list.holds_until);
    if !list.fresh {
        let running = Rail { truth: Truth::Unknown, changes_at: list.expires_at };
        return Outcome { fresh: Rail::UNKNOWN, last_known, running };
    }
    Outcome {
        fresh: limited(outcome.fresh, list.holds_until),
        last_known,
        running: limited(outcome.running, list.holds_until.min(list.expires_at)),
    }
}

/// Decides whether exactly one is true; any unknown leaves it open, as in CEL.
fn one(rails: impl Iterator<Item = Rail>, complete: bool) -> Rail {
    let (mut trues, mut unknown, mut changes_at) = (0_u32, false, NEVER);
    for rail in rails {
        trues += u32::from(rail.truth == Truth::True);
        unknown |= rail.truth == Truth::Unknown;
        changes_at = changes_at.min(rail.changes_at);
    }
    let truth = match (unknown, trues) {
        (true, _) => Truth::Unknown,
        (false, 1) if complete => Truth::True,
        (false, 0 | 1) if !complete => Truth::Unknown,
        (false, _) => Truth::False,
    };
    Rail { truth, changes_at }
}
