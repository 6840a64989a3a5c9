//! From truths to what they ask of which fact.

use std::collections::HashMap;

use super::super::program::{
    Atom, AtomId, Constant, Limit, ListTerm, Node, NodeId, Program, Term, TermId,
};
use super::facts::{FactQuestions, Place, Question};
use super::ledger::{Bit, Clause, gathered};
use super::lists::{Asks, Column, ListQuestions, Words};
use super::{Join, Part, Slot, Survey};
use crate::schema::{FactId, FieldId};

/// What lies deeper in each other is left to the evaluator.
const MAX_HEIGHT: u32 = 64;

/// Longer bodies of macros are left to the evaluator: they are looked through
/// more than once, and what they share every time.
const MAX_BODY: u32 = 256;

/// Writes down what is asked by some truths.
pub(super) fn survey(program: &Program, roots: impl IntoIterator<Item = NodeId>) -> Survey {
    let mut builder = Builder::new(program);
    for root in roots {
        let slot = builder.slot(root);
        builder.survey.roots.push(slot);
    }
    builder.finish()
}

struct Builder<'p> {
    program: &'p Program,
    survey: Survey,
    slots: HashMap<NodeId, Slot, ahash::RandomState>,
    facts: HashMap<Place, usize, ahash::RandomState>,
    lists: HashMap<FactId, usize, ahash::RandomState>,
    open: Vec<OpenList>,
}

/// A list whose questions are being gathered.
struct OpenList {
    questions: ListQuestions,
    columns: HashMap<FieldId, usize, ahash::RandomState>,
    /// What is asked about words, by column: of each code whether it is so.
    words: Vec<Vec<(Bit, Vec<bool>, bool)>>,
    atoms: HashMap<AtomId, Bit, ahash::RandomState>,
    nodes: HashMap<NodeId, Bit, ahash::RandomState>,
    bodies: HashMap<NodeId, u32, ahash::RandomState>,
}

impl<'p> Builder<'p> {
    fn new(program: &'p Program) -> Self {
        Self {
            program,
            survey: Survey {
                facts: Vec::new(),
                lists: Vec::new(),
                parts: Vec::new(),
                others: Vec::new(),
                joins: Vec::new(),
                parts_of_joins: Vec::new(),
                roots: Vec::new(),
                slots: 0,
            },
            slots: HashMap::default(),
            facts: HashMap::default(),
            lists: HashMap::default(),
            open: Vec::new(),
        }
    }

    fn finish(mut self) -> Survey {
        self.survey.lists = self.open.into_iter().map(OpenList::finish).collect();
        self.survey
    }

    fn new_slot(&mut self) -> Slot {
        self.survey.slots += 1;
        Slot(self.survey.slots - 1)
    }

    /// Returns where the answer about a truth is, and asks for it the first time.
    fn slot(&mut self, node: NodeId) -> Slot {
        if let Some(slot) = self.slots.get(&node) {
            return *slot;
        }
        let slot = self.ask(node);
        self.slots.insert(node, slot);
        slot
    }

    fn ask(&mut self, node: NodeId) -> Slot {
        let program = self.program;
        if program.height(node) > MAX_HEIGHT {
            return self.ask_evaluator(node);
        }
        match &program[node] {
            Node::Atom(atom) => {
                let slot = self.new_slot();
                if self.ask_atom(slot, *atom).is_none() {
                    self.survey.others.push((slot, node));
                }
                slot
            }
            Node::All(parts) => self.join(parts, false),
            Node::Any(parts) => self.join(parts, true),
            Node::Not(_) => self.join(&[node], false),
            Node::True => self.join(&[], false),
            Node::False => self.join(&[], true),
            // Nobody answers.
            Node::Unknown => self.new_slot(),
        }
    }

    fn ask_evaluator(&mut self, node: NodeId) -> Slot {
        let slot = self.new_slot();
        self.survey.others.push((slot, node));
        slot
    }

    fn join(&mut self, parts: &[NodeId], is_any: bool) -> Slot {
        let parts: Vec<Part> = parts.iter().map(|part| self.part(*part)).collect();
        let slot = self.new_slot();
        let start = count(self.survey.parts_of_joins.len());
        self.survey.parts_of_joins.extend(parts);
        let end = count(self.survey.parts_of_joins.len());
        self.survey.joins.push(Join { slot, is_any, start, end });
        slot
    }

    fn part(&mut self, node: NodeId) -> Part {
        match &self.program[node] {
            Node::Not(inner) => {
                let Part { slot, is_negated } = self.part(*inner);
                Part { slot, is_negated: !is_negated }
            }
            _ => Part { slot: self.slot(node), is_negated: false },
        }
    }

    /// Asks for an atom where its fact is read; `None` if it has another shape.
    fn ask_atom(&mut self, slot: Slot, atom: AtomId) -> Option<()> {
        let program = self.program;
        match &program[atom] {
            Atom::Cut(term, limit) => match &program[*term] {
                Term::Since(time) => {
                    let limit = whole(*limit)?;
                    self.ask_about(*time, slot, Question::Since(limit))
                }
                Term::Size(ListTerm::Fact(fact)) => {
                    let list = self.list(*fact)?;
                    list.questions.sizes.push((slot, *limit));
                    Some(())
                }
                Term::Count(ListTerm::Fact(fact), body) => {
                    self.ask_list(slot, *fact, *body, Asks::Count(*limit))
                }
                _ => self.ask_about(*term, slot, Question::Cut(*limit)),
            },
            Atom::Is(term, constant) => self.ask_about(*term, slot, Question::Is(constant.clone())),
            Atom::Truth(term) => self.ask_about(*term, slot, Question::IsTrue),
            Atom::Has(place) => self.ask_about(*place, slot, Question::Has),
            Atom::KnownFact(place) => self.ask_about(*place, slot, Question::Known),
            Atom::KnownPart(part) => {
                self.survey.parts.push((slot, *part));
                Some(())
            }
            Atom::Text(test, text, needle) => {
                let needle = self.text(*needle)?;
                self.ask_about(*text, slot, Question::Text(*test, needle.to_owned()))
            }
            Atom::Member(item, ListTerm::Fact(fact)) => {
                let text = self.text(*item)?;
                self.fact(Place::Fact(*fact))?.ask_for_member(slot, text);
                Some(())
            }
            Atom::Exists(ListTerm::Fact(fact), body) => {
                self.ask_list(slot, *fact, *body, Asks::Exists)
            }
            Atom::One(ListTerm::Fact(fact), body) => self.ask_list(slot, *fact, *body, Asks::One),
            _ => None,
        }
    }

    fn text(&self, term: TermId) -> Option<&'p str> {
        match &self.program[term] {
            Term::Constant(Constant::Text(text)) => Some(text),
            _ => None,
        }
    }

    fn ask_about(&mut self, term: TermId, slot: Slot, question: Question) -> Option<()> {
        let place = match &self.program[term] {
            Term::Fact(fact) => Place::Fact(*fact),
            Term::Entry(fact, key) => Place::Entry(*fact, key.clone()),
            _ => return None,
        };
        self.fact(place)?.ask(slot, question);
        Some(())
    }

    fn fact(&mut self, place: Place) -> Option<&mut FactQuestions> {
        let facts = &mut self.survey.facts;
        let place_of = *self.facts.entry(place).or_insert_with_key(|place| {
            facts.push(FactQuestions::new(place.clone()));
            facts.len() - 1
        });
        facts.get_mut(place_of)
    }

    fn list(&mut self, fact: FactId) -> Option<&mut OpenList> {
        let open = &mut self.open;
        let place = *self.lists.entry(fact).or_insert_with(|| {
            open.push(OpenList::new(fact));
            open.len() - 1
        });
        open.get_mut(place)
    }

    /// Asks for elements of a list, if all that a body asks is asked of fields.
    fn ask_list(&mut self, slot: Slot, fact: FactId, body: NodeId, asks: Asks) -> Option<()> {
        let program = self.program;
        let local = Local { program, fact };
        if program.size(body) > MAX_BODY || !local.is_about_fields(body) {
            return None;
        }
        let list = self.list(fact)?;
        if let Asks::Exists = asks
            && let Some((bit, is_negated)) = list.literal(&local, body)
        {
            list.questions.simple.push((slot, bit, is_negated));
            return Some(());
        }
        let place = list.body(&local, body)?;
        list.questions.counted.push((slot, place, asks));
        Some(())
    }
}

/// What truths about elements of a list ask.
struct Local<'p> {
    program: &'p Program,
    fact: FactId,
}

impl Local<'_> {
    /// Tells whether every part of a truth asks about one field of an element.
    fn is_about_fields(&self, node: NodeId) -> bool {
        match &self.program[node] {
            Node::True | Node::False | Node::Unknown => false,
            Node::Atom(atom) => self.field_of(*atom).is_some(),
            Node::Not(inner) => self.is_about_fields(*inner),
            Node::All(parts) | Node::Any(parts) => {
                !parts.is_empty() && parts.iter().all(|part| self.is_about_fields(*part))
            }
        }
    }

    /// Returns the field that an atom is about, if it asks nothing else.
    fn field_of(&self, atom: AtomId) -> Option<FieldId> {
        let program = self.program;
        match &program[atom] {
            Atom::Cut(term, limit) => match &program[*term] {
                Term::Since(time) => {
                    whole(*limit)?;
                    self.field(*time)
                }
                _ => self.field(*term),
            },
            Atom::Is(term, Constant::Text(_) | Constant::Word(_)) => self.field(*term),
            Atom::Truth(term) | Atom::Has(term) | Atom::KnownFact(term) => self.field(*term),
            Atom::Member(item, ListTerm::Field(fact, field)) => {
                let is_text = matches!(&program[*item], Term::Constant(Constant::Text(_)));
                (is_text && *fact == self.fact).then_some(*field)
            }
            _ => None,
        }
    }

    fn field(&self, term: TermId) -> Option<FieldId> {
        match &self.program[term] {
            Term::Field(fact, field) if *fact == self.fact => Some(*field),
            _ => None,
        }
    }

    /// Returns the field all of whose words a truth asks about, if it asks
    /// nothing else.
    fn field_of_words(&self, node: NodeId) -> Option<FieldId> {
        match &self.program[node] {
            Node::Atom(atom) => match &self.program[*atom] {
                Atom::Is(term, Constant::Word(_)) => self.field(*term),
                _ => None,
            },
            Node::Not(inner) => self.field_of_words(*inner),
            Node::All(parts) | Node::Any(parts) => {
                let mut fields = parts.iter().map(|part| self.field_of_words(*part));
                let first = fields.next()??;
                fields.all(|field| field == Some(first)).then_some(first)
            }
            Node::True | Node::False | Node::Unknown => None,
        }
    }

    /// Returns the greatest code that a truth about words asks for.
    fn greatest_code(&self, node: NodeId) -> u16 {
        match &self.program[node] {
            Node::Atom(atom) => match &self.program[*atom] {
                Atom::Is(_, Constant::Word(code)) => *code,
                _ => 0,
            },
            Node::Not(inner) => self.greatest_code(*inner),
            Node::All(parts) | Node::Any(parts) => {
                parts.iter().map(|part| self.greatest_code(*part)).max().unwrap_or(0)
            }
            Node::True | Node::False | Node::Unknown => 0,
        }
    }

    /// Decides a truth about words for one word; `None` is one that is not asked
    /// for.
    fn holds_of(&self, node: NodeId, word: Option<u16>) -> bool {
        match &self.program[node] {
            Node::Atom(atom) => match &self.program[*atom] {
                Atom::Is(_, Constant::Word(code)) => word == Some(*code),
                _ => false,
            },
            Node::Not(inner) => !self.holds_of(*inner, word),
            Node::All(parts) => parts.iter().all(|part| self.holds_of(*part, word)),
            Node::Any(parts) => parts.iter().any(|part| self.holds_of(*part, word)),
            Node::True => true,
            Node::False | Node::Unknown => false,
        }
    }
}

impl OpenList {
    fn new(fact: FactId) -> Self {
        Self {
            questions: ListQuestions {
                fact,
                bits: 0,
                columns: Vec::new(),
                joins: Vec::new(),
                simple: Vec::new(),
                bodies: Vec::new(),
                counted: Vec::new(),
                sizes: Vec::new(),
            },
            columns: HashMap::default(),
            words: Vec::new(),
            atoms: HashMap::default(),
            nodes: HashMap::default(),
            bodies: HashMap::default(),
        }
    }

    fn finish(mut self) -> ListQuestions {
        for (column, words) in self.questions.columns.iter_mut().zip(&self.words) {
            column.words = Words::new(words);
            column.texts.1 = gathered(column.texts.0.numbers().map(Bit));
            column.members.1 = gathered(column.members.0.numbers().map(Bit));
        }
        self.questions
    }

    fn new_bit(&mut self) -> Bit {
        self.questions.bits += 1;
        Bit(self.questions.bits - 1)
    }

    /// Returns the bit of a truth that one look at a field answers.
    fn literal(&mut self, local: &Local<'_>, node: NodeId) -> Option<(Bit, bool)> {
        if let Node::Not(inner) = &local.program[node] {
            let (bit, is_negated) = self.literal(local, *inner)?;
            return Some((bit, !is_negated));
        }
        if let Some(bit) = self.nodes.get(&node) {
            return Some((*bit, false));
        }
        if let Some(field) = local.field_of_words(node) {
            let bit = self.ask_words(local, node, field);
            self.nodes.insert(node, bit);
            return Some((bit, false));
        }
        match &local.program[node] {
            Node::Atom(atom) => Some((self.bit_of(local, *atom)?, false)),
            _ => None,
        }
    }

    fn ask_words(&mut self, local: &Local<'_>, node: NodeId, field: FieldId) -> Bit {
        let bit = self.new_bit();
        let codes = 0..=local.greatest_code(node);
        let by_code = codes.map(|code| local.holds_of(node, Some(code))).collect();
        let otherwise = local.holds_of(node, None);
        let column = self.column(field);
        if let Some(words) = self.words.get_mut(column) {
            words.push((bit, by_code, otherwise));
        }
        bit
    }

    /// Returns the bit of any truth about an element.
    fn part(&mut self, local: &Local<'_>, node: NodeId) -> Option<(Bit, bool)> {
        if let Some(literal) = self.literal(local, node) {
            return Some(literal);
        }
        match &local.program[node] {
            Node::Not(inner) => {
                let (bit, is_negated) = self.part(local, *inner)?;
                Some((bit, !is_negated))
            }
            Node::All(_) | Node::Any(_) => {
                let clause = self.clause(local, node)?;
                let bit = self.new_bit();
                self.questions.joins.push((bit, clause));
                self.nodes.insert(node, bit);
                Some((bit, false))
            }
            _ => None,
        }
    }

    fn clause(&mut self, local: &Local<'_>, node: NodeId) -> Option<Clause> {
        let mut parts = |of: &[NodeId]| -> Option<Vec<(Bit, bool)>> {
            of.iter().map(|part| self.part(local, *part)).collect()
        };
        match &local.program[node] {
            Node::All(of) => Some(Clause::all(&parts(of)?)),
            Node::Any(of) => Some(Clause::any(&parts(of)?)),
            Node::Not(inner) => Some(self.clause(local, *inner)?.not()),
            _ => Some(Clause::all(&[self.part(local, node)?])),
        }
    }

    /// Returns the place of a body, for those who count its elements.
    fn body(&mut self, local: &Local<'_>, node: NodeId) -> Option<u32> {
        if let Some(place) = self.bodies.get(&node) {
            return Some(*place);
        }
        let clause = self.clause(local, node)?;
        let place = count(self.questions.bodies.len());
        self.questions.bodies.push(clause);
        self.bodies.insert(node, place);
        Some(place)
    }

    /// Returns the bit of an atom, and asks for it the first time.
    fn bit_of(&mut self, local: &Local<'_>, atom: AtomId) -> Option<Bit> {
        if let Some(bit) = self.atoms.get(&atom) {
            return Some(*bit);
        }
        let field = local.field_of(atom)?;
        let (bit, place) = (self.new_bit(), self.column(field));
        let column = self.questions.columns.get_mut(place)?;
        let program = local.program;
        match &program[atom] {
            Atom::Cut(term, limit) => match &program[*term] {
                Term::Since(_) => {
                    column.since.push((bit, whole(*limit)?));
                }
                _ => column.cuts.push((bit, *limit)),
            },
            Atom::Is(_, Constant::Text(text)) => column.texts.0.add(text, bit.0),
            Atom::Truth(_) => column.truths.push(bit),
            Atom::Has(_) => column.has.push(bit),
            Atom::KnownFact(_) => column.known.push(bit),
            Atom::Member(item, _) => match &program[*item] {
                Term::Constant(Constant::Text(text)) => column.members.0.add(text, bit.0),
                _ => return None,
            },
            _ => return None,
        }
        self.atoms.insert(atom, bit);
        Some(bit)
    }

    fn column(&mut self, field: FieldId) -> usize {
        let (columns, words) = (&mut self.questions.columns, &mut self.words);
        *self.columns.entry(field).or_insert_with(|| {
            columns.push(Column::new(field));
            words.push(Vec::new());
            columns.len() - 1
        })
    }
}

/// Returns the limit of a line of whole numbers, such as lengths of time.
fn whole(limit: Limit) -> Option<i64> {
    match limit {
        Limit::Int(limit) => Some(limit),
        Limit::Double { .. } => None,
    }
}

fn count(length: usize) -> u32 {
    u32::try_from(length).unwrap_or(u32::MAX)
}
