//! Lists: a witness decides, its absence only where the list is complete.

use super::atoms::order;
use super::{Evaluator, Reading, Scope, Value};
use crate::condition::program::{ListTerm, NodeId, TermId};
use crate::condition::truth::{NEVER, Outcome, Rail, Truth};
use crate::context::Completeness;
use crate::schema::{Cell, ListCell, Rows};

use std::cmp::Ordering;

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
}

impl<'a> View<'a> {
    fn scopes(&self) -> impl Iterator<Item = Scope<'a>> {
        let length = match &self.elements {
            Elements::Rows(rows) => rows.len(),
            Elements::Cells(cells) => cells.len(),
            Elements::Values(values) => values.len(),
        };
        (0..length).map(|place| match &self.elements {
            Elements::Rows(rows) => Scope::Row(*rows, place),
            Elements::Cells(cells) => Scope::Cell(cells.get(place)),
            Elements::Values(values) => values
                .get(place)
                .map_or(Scope::Outside, |value| Scope::Value(*value)),
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
                let view = dated
                    .value
                    .and_then(|_| view(self.facts.cell(*fact), dated));
                view.ok_or(Reading {
                    value: None,
                    ..dated
                })
            }
            ListTerm::Field(_, field) => {
                let cell = match scope {
                    Scope::Row(rows, row) => rows.cell(row, *field),
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
        self.open(list, scope)
            .map(|view| view.scopes().collect())
            .unwrap_or_default()
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
            return Err(Reading {
                value: None,
                ..dated
            });
        }
        Ok(View {
            elements: Elements::Values(values),
            complete: true,
            dated,
        })
    }

    pub(super) fn exists(&mut self, list: &'a ListTerm, body: NodeId, scope: Scope<'a>) -> Outcome {
        let view = match self.open(list, scope) {
            Ok(view) => view,
            Err(unknown) => return unknown.test(|_| false),
        };
        let none = Outcome::always(Truth::False);
        let any = view
            .scopes()
            .fold(none, |any, element| any.or(self.node(body, element)));
        let any = if view.complete {
            any
        } else {
            any.or(Outcome::UNKNOWN)
        };
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
            Err(unknown) => return unknown.test(|_| false),
        };
        let outcomes: Vec<Outcome> = view
            .scopes()
            .map(|element| self.node(body, element))
            .collect();
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
            Err(unknown) => {
                return Reading {
                    value: None,
                    ..unknown.joined(&item)
                }
                .test(|_| false);
            }
        };
        let both = item.joined(&view.dated);
        let Some(wanted) = item.value else {
            return Reading {
                value: None,
                ..both
            }
            .test(|_| false);
        };
        let mut unread = false;
        let found = view.scopes().any(|element| {
            let value = match element {
                Scope::Cell(cell) => self.from_cell(cell).value,
                Scope::Value(value) => Some(value),
                _ => None,
            };
            unread |= value.is_none();
            value.is_some_and(|value| order(wanted, value) == Some(Ordering::Equal))
        });
        let undecided = unread || !found && !view.complete;
        // A moving item or entry may meet another at any instant.
        let changes_at = if item.slope == 0 {
            NEVER
        } else {
            self.at.saturating_add(1)
        };
        both.decide(|_| match undecided {
            true => (Truth::Unknown, changes_at),
            false => (found.into(), changes_at),
        })
    }

    pub(super) fn size(&mut self, list: &'a ListTerm, scope: Scope<'a>) -> Reading<'a> {
        match self.open(list, scope) {
            Err(unknown) => unknown,
            Ok(view) => {
                let size = i64::try_from(view.scopes().count()).unwrap_or(i64::MAX);
                Reading {
                    value: Some(counted(size, view.complete)),
                    ..view.dated
                }
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
        for element in view.scopes() {
            let outcome = self.node(body, element);
            count += i64::from(outcome.last_known.truth == Truth::True);
            known &= outcome.last_known.truth != Truth::Unknown;
            reading.fresh &= outcome.fresh.truth != Truth::Unknown;
            reading.holds_until = reading.holds_until.min(outcome.frozen_change());
            reading.expires_at = reading.expires_at.min(outcome.running.changes_at);
        }
        Reading {
            value: known.then(|| counted(count, view.complete)),
            ..reading
        }
    }
}

fn counted<'a>(count: i64, complete: bool) -> Value<'a> {
    if complete {
        Value::Int(count)
    } else {
        Value::AtLeast(count)
    }
}

fn view<'a>(cell: Cell<'a>, dated: Reading<'a>) -> Option<View<'a>> {
    let (elements, completeness) = match cell {
        Cell::List(list, completeness) => (Elements::Cells(list), completeness),
        Cell::Rows(rows, completeness) => (Elements::Rows(rows), completeness),
        _ => return None,
    };
    let complete = match completeness {
        Completeness::Unknown => return None,
        Completeness::Partial => false,
        Completeness::Complete => true,
    };
    Some(View {
        elements,
        complete,
        dated,
    })
}

/// Makes a truth about a list as old as the list.
fn dated(outcome: Outcome, list: &Reading<'_>) -> Outcome {
    let limited = |rail: Rail, limit: i64| Rail {
        changes_at: rail.changes_at.min(limit),
        ..rail
    };
    let last_known = limited(outcome.last_known, list.holds_until);
    if !list.fresh {
        let running = Rail {
            truth: Truth::Unknown,
            changes_at: list.expires_at,
        };
        return Outcome {
            fresh: Rail::UNKNOWN,
            last_known,
            running,
        };
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
