//! From truths to what they ask of which fact.

use std::collections::HashMap;

use super::super::program::{
    Atom, AtomId, Constant, Limit, ListTerm, Node, NodeId, Program, Term, TermId,
};
use super::Survey;
use super::answer::Slot;
use super::asks::{Asks, Question};
use super::columns::Column;
use super::facts::{AttributeQuestions, FactQuestions, PartQuestions, Place};
use super::ledger::{Bit, Clause};
use super::lists::{Group, HowMany, ListQuestions};
use crate::schema::{FactId, FieldId, PartId, Schema};

/// What lies deeper in each other is left to the evaluator.
const MAX_HEIGHT: u32 = 64;

/// Longer bodies of macros are left to the evaluator: they are looked through
/// more than once, and what they share every time.
const MAX_BODY: u32 = 256;

/// Writes down what is asked by some truths.
pub(super) fn survey(
    program: &Program,
    schema: &Schema,
    roots: impl IntoIterator<Item = NodeId>,
) -> Survey {
    let mut builder = Builder::new(program, schema);
    let roots: Vec<Name> = roots.into_iter().map(|root| builder.name(root)).collect();
    builder.finish(&roots)
}

/// A truth, before it is known where its answer has a place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Name(usize);

struct Builder<'p> {
    program: &'p Program,
    schema: &'p Schema,
    names: HashMap<NodeId, Name, ahash::RandomState>,
    count: usize,
    /// What is asked about each fact, in the order in which they came up.
    facts: Vec<(Place, Vec<(Name, Question)>)>,
    facts_by_place: HashMap<Place, usize, ahash::RandomState>,
    lists: Vec<OpenList>,
    lists_by_fact: HashMap<FactId, usize, ahash::RandomState>,
    known_parts: Vec<(Name, PartId)>,
    others: Vec<(Name, NodeId)>,
    joins: Vec<OpenJoin>,
}

/// A truth made of others: all of them, or any; those with `true` are turned
/// around.
struct OpenJoin {
    name: Name,
    parts: Vec<(Name, bool)>,
    is_any: bool,
}

/// A list whose questions are being gathered.
struct OpenList {
    fact: FactId,
    bits: u32,
    columns: Vec<Column>,
    columns_by_field: HashMap<FieldId, usize, ahash::RandomState>,
    joins: Vec<(Bit, Clause)>,
    exists: Vec<(Name, Bit, bool)>,
    counted: Vec<(Name, Clause, HowMany)>,
    sizes: Vec<(Name, Limit)>,
    /// What is asked about words, by column: of each code whether it is so.
    words: Vec<Vec<(Bit, Vec<bool>, bool)>>,
    atoms: HashMap<AtomId, Bit, ahash::RandomState>,
    nodes: HashMap<NodeId, Bit, ahash::RandomState>,
}

/// Where answers have their places: those about one fact, and most of those
/// about one list, lie in one word.
#[derive(Debug, Default)]
struct Places {
    by_name: Vec<Slot>,
    next: u32,
}

/// How many answers are in a word.
const WORD: usize = u64::BITS as usize;

impl Places {
    /// Begins another word where so many answers would not fit into this one.
    fn make_room(&mut self, answers: usize) {
        let used = self.next as usize % WORD;
        if used + answers > WORD && answers <= WORD {
            self.next = self.next.next_multiple_of(u64::BITS);
        }
    }

    fn place(&mut self, name: Name) -> Slot {
        let slot = Slot(self.next);
        self.next += 1;
        if let Some(place) = self.by_name.get_mut(name.0) {
            *place = slot;
        }
        slot
    }

    fn get(&self, name: Name) -> Slot {
        self.by_name.get(name.0).copied().unwrap_or(Slot::UNKNOWN)
    }
}

impl<'p> Builder<'p> {
    fn new(program: &'p Program, schema: &'p Schema) -> Self {
        Self {
            program,
            schema,
            names: HashMap::default(),
            count: 0,
            facts: Vec::new(),
            facts_by_place: HashMap::default(),
            lists: Vec::new(),
            lists_by_fact: HashMap::default(),
            known_parts: Vec::new(),
            others: Vec::new(),
            joins: Vec::new(),
        }
    }

    /// Gives every answer its place.
    fn finish(self, roots: &[Name]) -> Survey {
        let Self { schema, count, facts, lists, known_parts, others, joins, .. } = self;
        let by_name = vec![Slot::UNKNOWN; count];
        let mut places = Places { by_name, next: 0 };
        let mut survey = Survey::default();
        for (place, questions) in facts {
            survey.ask_about_fact(schema, place, questions, &mut places);
        }
        for list in lists {
            let part = schema.entry(list.fact).part;
            let questions = list.finish(schema, &mut places);
            survey.part(part).lists.push(questions);
        }
        for part in &mut survey.parts {
            part.attributes.sort_by(|one, other| one.name.cmp(&other.name));
        }
        let known = known_parts.into_iter().map(|(name, part)| (places.place(name), part));
        survey.known_parts = known.collect();
        survey.others = others.into_iter().map(|(name, node)| (places.place(name), node)).collect();
        for OpenJoin { name, parts, is_any } in joins {
            let slot = places.place(name);
            let parts: Vec<_> =
                parts.into_iter().map(|(part, turned)| (places.get(part), turned)).collect();
            survey.joins.add(slot, &parts, is_any);
        }
        survey.roots = roots.iter().map(|root| places.get(*root)).collect();
        survey.words = (places.next as usize).div_ceil(WORD);
        survey
    }

    fn new_name(&mut self) -> Name {
        self.count += 1;
        Name(self.count - 1)
    }

    /// Returns the name of a truth, and asks for it the first time.
    fn name(&mut self, node: NodeId) -> Name {
        if let Some(name) = self.names.get(&node) {
            return *name;
        }
        let name = self.ask(node);
        self.names.insert(node, name);
        name
    }

    fn ask(&mut self, node: NodeId) -> Name {
        let program = self.program;
        if program.height(node) > MAX_HEIGHT {
            return self.ask_evaluator(node);
        }
        match &program[node] {
            Node::Atom(atom) => {
                let name = self.new_name();
                if self.ask_atom(name, *atom).is_none() {
                    self.others.push((name, node));
                }
                name
            }
            Node::All(parts) => self.join(parts, false),
            Node::Any(parts) => self.join(parts, true),
            Node::Not(_) => self.join(&[node], false),
            Node::True => self.join(&[], false),
            Node::False => self.join(&[], true),
            // Nobody answers.
            Node::Unknown => self.new_name(),
        }
    }

    fn ask_evaluator(&mut self, node: NodeId) -> Name {
        let name = self.new_name();
        self.others.push((name, node));
        name
    }

    fn join(&mut self, parts: &[NodeId], is_any: bool) -> Name {
        let parts = parts.iter().map(|part| self.part(*part)).collect();
        let name = self.new_name();
        self.joins.push(OpenJoin { name, parts, is_any });
        name
    }

    fn part(&mut self, node: NodeId) -> (Name, bool) {
        match &self.program[node] {
            Node::Not(inner) => {
                let (name, is_negated) = self.part(*inner);
                (name, !is_negated)
            }
            _ => (self.name(node), false),
        }
    }

    /// Asks for an atom where its fact is read; `None` if it has another shape.
    fn ask_atom(&mut self, name: Name, atom: AtomId) -> Option<()> {
        let program = self.program;
        match &program[atom] {
            Atom::Cut(term, limit) => match &program[*term] {
                Term::Since(time) => {
                    let limit = whole(*limit)?;
                    self.ask_about(*time, name, Question::Since(limit))
                }
                Term::Size(ListTerm::Fact(fact)) => {
                    let list = self.list(*fact)?;
                    list.sizes.push((name, *limit));
                    Some(())
                }
                Term::Count(ListTerm::Fact(fact), body) => {
                    self.ask_list(name, *fact, *body, Some(HowMany::Count(*limit)))
                }
                _ => self.ask_about(*term, name, Question::Cut(*limit)),
            },
            Atom::Is(term, constant) => self.ask_about(*term, name, Question::Is(constant.clone())),
            Atom::Truth(term) => self.ask_about(*term, name, Question::IsTrue),
            Atom::Has(place) => self.ask_about(*place, name, Question::Has),
            Atom::KnownFact(place) => self.ask_about(*place, name, Question::Known),
            Atom::KnownPart(part) => {
                self.known_parts.push((name, *part));
                Some(())
            }
            Atom::Text(test, text, needle) => {
                let needle = self.text(*needle)?;
                self.ask_about(*text, name, Question::Text(*test, needle.to_owned()))
            }
            Atom::Member(item, ListTerm::Fact(fact)) => {
                let text = self.text(*item)?;
                self.fact(Place::Fact(*fact))?.push((name, Question::Member(text.to_owned())));
                Some(())
            }
            Atom::Exists(ListTerm::Fact(fact), body) => self.ask_list(name, *fact, *body, None),
            Atom::One(ListTerm::Fact(fact), body) => {
                self.ask_list(name, *fact, *body, Some(HowMany::One))
            }
            _ => None,
        }
    }

    fn text(&self, term: TermId) -> Option<&'p str> {
        match &self.program[term] {
            Term::Constant(Constant::Text(text)) => Some(text),
            _ => None,
        }
    }

    fn ask_about(&mut self, term: TermId, name: Name, question: Question) -> Option<()> {
        let place = match &self.program[term] {
            Term::Fact(fact) => Place::Fact(*fact),
            Term::Entry(fact, key) => Place::Entry(*fact, key.clone()),
            _ => return None,
        };
        self.fact(place)?.push((name, question));
        Some(())
    }

    /// Returns what is asked about a fact.
    fn fact(&mut self, place: Place) -> Option<&mut Vec<(Name, Question)>> {
        let facts = &mut self.facts;
        let place_of = *self.facts_by_place.entry(place).or_insert_with_key(|place| {
            facts.push((place.clone(), Vec::new()));
            facts.len() - 1
        });
        facts.get_mut(place_of).map(|(_, questions)| questions)
    }

    fn list(&mut self, fact: FactId) -> Option<&mut OpenList> {
        let lists = &mut self.lists;
        let place = *self.lists_by_fact.entry(fact).or_insert_with(|| {
            lists.push(OpenList::new(fact));
            lists.len() - 1
        });
        lists.get_mut(place)
    }

    /// Asks for elements of a list, if all that a body asks is asked of fields:
    /// whether there is one, or something about their number.
    fn ask_list(
        &mut self,
        name: Name,
        fact: FactId,
        body: NodeId,
        how_many: Option<HowMany>,
    ) -> Option<()> {
        let program = self.program;
        let local = Local { program, fact };
        if program.size(body) > MAX_BODY || !local.is_about_fields(body) {
            return None;
        }
        let list = self.list(fact)?;
        match how_many {
            None => {
                let (bit, is_negated) = list.part(&local, body)?;
                list.exists.push((name, bit, is_negated));
            }
            Some(how_many) => {
                let clause = list.clause(&local, body)?;
                list.counted.push((name, clause, how_many));
            }
        }
        Some(())
    }
}

impl Survey {
    /// Adds the questions about a fact.
    fn ask_about_fact(
        &mut self,
        schema: &Schema,
        place: Place,
        questions: Vec<(Name, Question)>,
        places: &mut Places,
    ) {
        let mut asks: Vec<Asks> = Vec::new();
        places.make_room(questions.len());
        for (name, question) in questions {
            let slot = places.place(name);
            if asks.last().is_none_or(|last| last.word() != slot.word()) {
                asks.push(Asks::new(slot.word()));
            }
            if let Some(last) = asks.last_mut() {
                last.add(question, slot.mask());
            }
        }
        let fact = place.fact();
        let reader = schema.reader(fact);
        let part = self.part(reader.part);
        match (place, schema.attribute(fact)) {
            (Place::Fact(_), Some(name)) => {
                part.attributes.push(AttributeQuestions { fact, name: name.to_owned(), asks });
            }
            (Place::Fact(_), None) => part.facts.push(FactQuestions { reader, key: None, asks }),
            (Place::Entry(_, key), _) => {
                part.facts.push(FactQuestions { reader, key: Some(key), asks });
            }
        }
    }

    /// Returns the questions about a part.
    #[expect(clippy::indexing_slicing, reason = "a place that was just found, or added")]
    fn part(&mut self, id: PartId) -> &mut PartQuestions {
        let known = self.parts.iter().position(|part| part.part == id);
        let place = known.unwrap_or(self.parts.len());
        if known.is_none() {
            self.parts.push(PartQuestions::new(id));
        }
        &mut self.parts[place]
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
            fact,
            bits: 0,
            columns: Vec::new(),
            columns_by_field: HashMap::default(),
            joins: Vec::new(),
            exists: Vec::new(),
            counted: Vec::new(),
            sizes: Vec::new(),
            words: Vec::new(),
            atoms: HashMap::default(),
            nodes: HashMap::default(),
        }
    }

    fn finish(mut self, schema: &Schema, places: &mut Places) -> ListQuestions {
        for (column, words) in self.columns.iter_mut().zip(&self.words) {
            column.finish(words);
        }
        let mut exists: Vec<Group> = Vec::new();
        places.make_room(self.exists.len());
        for (name, bit, is_negated) in self.exists {
            let slot = places.place(name);
            if exists.last().is_none_or(|last| last.word != slot.word()) {
                exists.push(Group { word: slot.word(), all: 0, asks: Vec::new() });
            }
            if let Some(last) = exists.last_mut() {
                last.all |= slot.mask();
                last.asks.push((slot.place(), bit, is_negated));
            }
        }
        let counted = self.counted.into_iter();
        let counted = counted.map(|(name, clause, asks)| (places.place(name), clause, asks));
        let counted = counted.collect();
        let sizes = self.sizes.into_iter().map(|(name, limit)| (places.place(name), limit));
        ListQuestions {
            reader: schema.reader(self.fact),
            bits: self.bits,
            columns: self.columns,
            joins: self.joins,
            exists,
            counted,
            sizes: sizes.collect(),
        }
    }

    fn new_bit(&mut self) -> Bit {
        self.bits += 1;
        Bit(self.bits - 1)
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
                self.joins.push((bit, clause));
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
            Node::All(of) => Some(Clause::all(parts(of)?)),
            Node::Any(of) => Some(Clause::any(parts(of)?)),
            Node::Not(inner) => Some(self.clause(local, *inner)?.not()),
            _ => Some(Clause::all(vec![self.part(local, node)?])),
        }
    }

    /// Returns the bit of an atom, and asks for it the first time.
    fn bit_of(&mut self, local: &Local<'_>, atom: AtomId) -> Option<Bit> {
        if let Some(bit) = self.atoms.get(&atom) {
            return Some(*bit);
        }
        let field = local.field_of(atom)?;
        let (bit, place) = (self.new_bit(), self.column(field));
        let column = self.columns.get_mut(place)?;
        let program = local.program;
        match &program[atom] {
            Atom::Cut(term, limit) => match (&program[*term], limit) {
                (Term::Since(_), limit) => column.since.push((bit, whole(*limit)?)),
                (_, Limit::Int(limit)) => column.whole.push((bit, *limit)),
                (_, limit) => column.cuts.push((bit, *limit)),
            },
            Atom::Is(_, Constant::Text(text)) => {
                column.texts.0.add(text, bit.0);
                column.texts.1.push(bit);
            }
            Atom::Truth(_) => column.truths.push(bit),
            Atom::Has(_) => column.has.push(bit),
            Atom::KnownFact(_) => column.known.push(bit),
            Atom::Member(item, _) => match &program[*item] {
                Term::Constant(Constant::Text(text)) => {
                    column.members.0.add(text, bit.0);
                    column.members.1.push(bit);
                }
                _ => return None,
            },
            _ => return None,
        }
        self.atoms.insert(atom, bit);
        Some(bit)
    }

    fn column(&mut self, field: FieldId) -> usize {
        let (columns, words) = (&mut self.columns, &mut self.words);
        *self.columns_by_field.entry(field).or_insert_with(|| {
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
