//! What the records of a list hold in a field, all together.
//!
//! Policies ask of the same list for one text after the other, and most of them
//! are in none of its records. One look at all records tells that of each text.

use smallvec::SmallVec;

use super::Evaluator;
use super::lists::Listed;
use crate::condition::program::{Atom, AtomId, Constant, ListTerm, Node, NodeId, Term};
use crate::schema::{Cell, FactId, FieldId, mark};

/// Sets of texts, one for each field that was looked at.
#[derive(Default)]
pub(super) struct Glances(SmallVec<[(FactId, FieldId, Option<Texts>); 4]>);

/// A set of texts: it may take one for another, and never misses one.
#[derive(Clone, Copy, Default)]
struct Texts(u128);

impl Texts {
    fn bit(text: &str) -> u128 {
        mark(Cell::Text(text)).map_or(u128::MAX, |mark| 1 << (mark.number % 128))
    }

    /// Adds the entries of a list; `None` if some are not known.
    fn with(self, cell: Cell<'_>) -> Option<Self> {
        let list = Listed::of(cell).filter(|list| list.complete)?;
        let cells = list.cells()?;
        (0..cells.len()).try_fold(self, |texts, place| match cells.get(place) {
            Cell::Text(text) => Some(Self(texts.0 | Self::bit(text))),
            _ => None,
        })
    }
}

impl<'a> Evaluator<'a> {
    /// Tells whether no record of a list satisfies a body, because it asks for a
    /// text that none has in the field.
    ///
    /// The body is then known to be false of each, for good and on every rail.
    pub(super) fn is_in_vain(&mut self, of: &ListTerm, list: &Listed<'a>, body: NodeId) -> bool {
        let ListTerm::Fact(fact) = of else { return false };
        let program = self.program;
        match &program[body] {
            Node::Atom(atom) => self.is_missing(*fact, list, *atom),
            Node::All(parts) => parts.iter().any(|part| match &program[*part] {
                Node::Atom(atom) => self.is_missing(*fact, list, *atom),
                _ => false,
            }),
            _ => false,
        }
    }

    fn is_missing(&mut self, fact: FactId, list: &Listed<'a>, atom: AtomId) -> bool {
        let program = self.program;
        let Atom::Member(item, ListTerm::Field(of, field)) = &program[atom] else {
            return false;
        };
        let Term::Constant(Constant::Text(text)) = &program[*item] else { return false };
        let texts = if *of == fact { self.texts(fact, *field, list) } else { None };
        texts.is_some_and(|texts| texts.0 & Texts::bit(text) == 0)
    }

    /// Looks at a field of all records, once.
    fn texts(&mut self, fact: FactId, field: FieldId, list: &Listed<'a>) -> Option<Texts> {
        let known = self.glances.0.iter().find(|(of, at, _)| (*of, *at) == (fact, field));
        if let Some((_, _, texts)) = known {
            return *texts;
        }
        let rows = list.rows()?;
        let mut all = (0..rows.len()).map(|row| rows.cell(row, field));
        let texts = all.try_fold(Texts::default(), Texts::with);
        self.glances.0.push((fact, field, texts));
        texts
    }
}
