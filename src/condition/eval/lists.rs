//! Lists: a witness decides, its absence only where the list is complete.

use super::atoms::equal;
use super::marks::Home;
use super::{Element, Evaluator, Reading, Scope, Value};
use crate::condition::program::{ListTerm, NodeId, TermId};
use crate::condition::truth::{NEVER, Outcome, Rail, Truth};
use crate::context::Completeness;
use crate::schema::{Cell, ListCell, Rows, Search};

/// A list that can be looked through, and how old it is.
struct View<'a> {
    list: Listed<'a>,
    /// Dates the list; its value does not matter.
    dated: Reading<'a>,
}

/// The elements of a list, and whether there are no others.
pub(super) struct Listed<'a> {
    elements: Elements<'a>,
    pub(super) complete: bool,
}

enum Elements<'a> {
    Rows(Rows<'a>),
    Cells(ListCell<'a>),
    Values(Vec<Value<'a>>),
    /// The entries of a map, which are only counted.
    Entries(usize),
}

impl<'a> Listed<'a> {
    /// Finds the list in a cell; one that is not known is none.
    pub(super) fn of(cell: Cell<'a>) -> Option<Self> {
        let (elements, completeness) = match cell {
            Cell::List(list, completeness) => (Elements::Cells(list), completeness),
            Cell::Rows(rows, completeness) => (Elements::Rows(rows), completeness),
            Cell::Map(values) => (Elements::Entries(values.len()), Completeness::Complete),
            Cell::Scores(scores) => (Elements::Entries(scores.len()), Completeness::Complete),
            _ => return None,
        };
        match completeness {
            Completeness::Unknown => None,
            Completeness::Partial => Some(Self { elements, complete: false }),
            Completeness::Complete => Some(Self { elements, complete: true }),
        }
    }

    fn len(&self) -> usize {
        match &self.elements {
            Elements::Rows(rows) => rows.len(),
            Elements::Cells(cells) => cells.len(),
            Elements::Values(values) => values.len(),
            Elements::Entries(count) => *count,
        }
    }

    fn element(&self, place: usize) -> Element<'a> {
        match &self.elements {
            Elements::Rows(rows) => Element::Row(*rows, place),
            Elements::Cells(cells) => Element::Cell(cells.get(place)),
            Elements::Values(values) => {
                values.get(place).map_or(Element::None, |value| Element::Value(*value))
            }
            Elements::Entries(_) => Element::None,
        }
    }

    fn elements(&self) -> impl Iterator<Item = Element<'a>> {
        (0..self.len()).map(|place| self.element(place))
    }

    /// Returns the records of a list of records.
    pub(super) fn rows(&self) -> Option<Rows<'a>> {
        match &self.elements {
            Elements::Rows(rows) => Some(*rows),
            _ => None,
        }
    }

    /// Returns the entries as they are stored, if they are.
    pub(super) fn cells(&self) -> Option<ListCell<'a>> {
        match &self.elements {
            Elements::Cells(cells) => Some(*cells),
            _ => None,
        }
    }

    /// Counts the elements; there may be more if the list is partial.
    pub(super) fn size(&self) -> Value<'a> {
        counted(i64::try_from(self.len()).unwrap_or(i64::MAX), self.complete)
    }
}

impl<'a> Evaluator<'a> {
    /// Opens a list, or says how unknown it is.
    fn open(&mut self, list: &'a ListTerm, scope: Scope<'a>) -> Result<View<'a>, Reading<'a>> {
        match list {
            ListTerm::Fact(fact) => {
                let delivery = self.facts.delivery_of(*fact);
                let dated = Reading::constant(Value::Bool(true)).delivered(delivery);
                let list = dated.value.and_then(|_| Listed::of(self.facts.cell(*fact)));
                list.map(|list| View { list, dated }).ok_or(dated.without_value())
            }
            ListTerm::Field(_, field) => {
                let cell = match scope.element {
                    Element::Row(rows, row) => rows.cell(row, *field),
                    _ => Cell::Absent,
                };
                let dated = Reading::constant(Value::Bool(true));
                Listed::of(cell).map(|list| View { list, dated }).ok_or(Reading::UNKNOWN)
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
            Ok(view) => view.list.elements().map(|element| self.scope_at(element)).collect(),
            Err(_) => Vec::new(),
        }
    }

    /// Makes the scope of an entry that is not there.
    pub(in crate::condition) fn blank(&mut self, row: usize) -> Scope<'a> {
        self.scope_at(Element::Row(Rows::BLANK, row))
    }

    /// Makes a scope for an element of a list.
    fn scope_at(&mut self, element: Element<'a>) -> Scope<'a> {
        Scope { id: self.next_scope(), element }
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
        let list = Listed { elements: Elements::Values(values), complete: true };
        Ok(View { list, dated })
    }

    pub(super) fn exists(&mut self, list: &'a ListTerm, body: NodeId, scope: Scope<'a>) -> Outcome {
        let view = match self.open(list, scope) {
            Ok(view) => view,
            Err(unknown) => return unknown.unknown(),
        };
        let complete = view.list.complete;
        if self.is_in_vain(list, &view.list, body) {
            let none = if complete { Truth::False } else { Truth::Unknown };
            return dated(Outcome::always(none), &view.dated);
        }
        if self.program.is_plain(body) {
            let any = self.plain_any(&view.list, body);
            return dated(Outcome::always(any), &view.dated);
        }
        let mut any = Outcome::always(if complete { Truth::False } else { Truth::Unknown });
        for element in view.list.elements() {
            let scope = self.scope_at(element);
            any = any.or(self.node(body, scope));
            // A witness for good leaves nothing to find out.
            if any == Outcome::always(Truth::True) {
                break;
            }
        }
        dated(any, &view.dated)
    }

    /// Decides whether an element satisfies a plain body.
    fn plain_any(&mut self, list: &Listed<'a>, body: NodeId) -> Truth {
        let mut any = if list.complete { Truth::False } else { Truth::Unknown };
        for truth in self.plain_truths(list, body) {
            match truth {
                Truth::True => return Truth::True,
                Truth::False => {}
                Truth::Unknown => any = Truth::Unknown,
            }
        }
        any
    }

    /// Finds out what a plain body comes to, element by element.
    fn plain_truths(&mut self, list: &Listed<'a>, body: NodeId) -> impl Iterator<Item = Truth> {
        list.elements().map(move |element| {
            let scope = self.scope_at(element);
            self.plain(body, &scope)
        })
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
        if self.program.is_plain(body) {
            let one =
                one(self.plain_truths(&view.list, body).map(rail_for_good), view.list.complete);
            return dated(Outcome { fresh: one, last_known: one, running: one }, &view.dated);
        }
        let mut outcomes = Vec::with_capacity(view.list.len());
        for element in view.list.elements() {
            let scope = self.scope_at(element);
            outcomes.push(self.node(body, scope));
        }
        let rail = |of: fn(&Outcome) -> Rail| one(outcomes.iter().map(of), view.list.complete);
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
        let truth = self.is_among(wanted, &view.list, Home::of(list, scope));
        // A moving item or entry may meet another at any instant.
        let changes_at = if item.slope == 0 { NEVER } else { self.at.saturating_add(1) };
        both.decide(|_| (truth, changes_at))
    }

    /// Decides whether a value is among the entries of a list.
    pub(super) fn is_among(
        &mut self,
        wanted: Value<'a>,
        list: &Listed<'a>,
        home: Option<Home>,
    ) -> Truth {
        let found = list.cells().and_then(|cells| self.search(wanted, cells, home));
        let found = found.unwrap_or_else(|| self.compared_one_by_one(wanted, list));
        match found {
            Search::Found => Truth::True,
            Search::Missing if list.complete => Truth::False,
            Search::Missing | Search::Undecided => Truth::Unknown,
        }
    }

    fn compared_one_by_one(&self, wanted: Value<'a>, list: &Listed<'a>) -> Search {
        let mut missing = Search::Missing;
        for element in list.elements() {
            match self.value_of(element).and_then(|value| equal(wanted, value)) {
                Some(true) => return Search::Found,
                Some(false) => {}
                None => missing = Search::Undecided,
            }
        }
        missing
    }

    /// Reads an element of a list of plain values.
    pub(super) fn value_of(&self, element: Element<'a>) -> Option<Value<'a>> {
        match element {
            Element::Cell(cell) => self.value_in(cell),
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
        if !view.list.complete || !view.dated.fresh {
            return None;
        }
        let mut values = Vec::new();
        for element in view.list.elements() {
            let scope = self.scope_at(element);
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
            Ok(view) => Reading { value: Some(view.list.size()), ..view.dated },
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
        let mut count = 0;
        let mut known = true;
        if self.program.is_plain(body) {
            for truth in self.plain_truths(&view.list, body) {
                count += i64::from(truth == Truth::True);
                known &= truth != Truth::Unknown;
            }
            let value = known.then(|| counted(count, view.list.complete));
            return Reading { value, ..view.dated };
        }
        let mut reading = view.dated;
        for element in view.list.elements() {
            let scope = self.scope_at(element);
            let satisfied = Reading::of_truth(self.node(body, scope));
            count += i64::from(satisfied.value == Some(Value::Bool(true)));
            known &= satisfied.value.is_some();
            reading = reading.joined(&satisfied);
        }
        Reading { value: known.then(|| counted(count, view.list.complete)), ..reading }
    }
}

fn rail_for_good(truth: Truth) -> Rail {
    Rail { truth, changes_at: NEVER }
}

fn counted<'a>(count: i64, complete: bool) -> Value<'a> {
    if complete { Value::Int(count) } else { Value::AtLeast(count) }
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
