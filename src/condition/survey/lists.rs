//! All questions about a list, in one walk through it.

use super::super::eval::{Value, is_filled, is_present, side, value_in};
use super::super::program::Limit;
use super::facts::{since, truth};
use super::ledger::{Bit, Bits, Board, Clause, Ledger, Small, Tally, gathered};
use super::texts::Texts;
use super::{Answer, Answers, Slot};
use crate::context::Completeness;
use crate::schema::{Cell, Delivery, FactId, Facts, FieldId, Rows};

/// The questions about a list of records.
#[derive(Debug)]
pub(super) struct ListQuestions {
    pub(super) fact: FactId,
    /// How many bits the questions about an element take.
    pub(super) bits: u32,
    pub(super) columns: Vec<Column>,
    /// Bits that follow from others.
    pub(super) joins: Vec<(Bit, Clause)>,
    /// What asks for one bit of some element, true or turned around.
    pub(super) simple: Vec<(Slot, Bit, bool)>,
    /// What elements have to satisfy, for those that are counted.
    pub(super) bodies: Vec<Clause>,
    /// What is asked of those that satisfy a body.
    pub(super) counted: Vec<(Slot, u32, Asks)>,
    pub(super) sizes: Vec<(Slot, Limit)>,
}

/// What is asked of the elements that satisfy a body.
#[derive(Clone, Copy, Debug)]
pub(super) enum Asks {
    Exists,
    /// Whether there is exactly one.
    One,
    /// `count <= limit`
    Count(Limit),
}

/// What is asked about a field of every element.
#[derive(Debug)]
pub(super) struct Column {
    pub(super) field: FieldId,
    pub(super) words: Words,
    /// Which text it is, and the bits of all these.
    pub(super) texts: (Texts, Bits),
    /// Which texts are in the list it is, and the bits of all these.
    pub(super) members: (Texts, Bits),
    pub(super) cuts: Vec<(Bit, Limit)>,
    pub(super) since: Vec<(Bit, i64)>,
    pub(super) truths: Vec<Bit>,
    pub(super) has: Vec<Bit>,
    pub(super) known: Vec<Bit>,
}

/// What words answer: those of a closed set, by code.
#[derive(Debug, Default)]
pub(super) struct Words {
    /// What is true of each word.
    by_code: Vec<Bits>,
    /// What is true of all others.
    otherwise: Bits,
    all: Bits,
}

impl Words {
    /// Lays questions out by word; each says of codes whether it is so.
    pub(super) fn new(questions: &[(Bit, Vec<bool>, bool)]) -> Self {
        let codes = questions.iter().map(|(_, by_code, _)| by_code.len()).max().unwrap_or(0);
        let true_of = |code: usize| {
            let holds = |(_, by_code, otherwise): &&(Bit, Vec<bool>, bool)| {
                by_code.get(code).copied().unwrap_or(*otherwise)
            };
            gathered(questions.iter().filter(holds).map(|(bit, ..)| *bit))
        };
        Self {
            by_code: (0..codes).map(true_of).collect(),
            otherwise: true_of(usize::MAX),
            all: gathered(questions.iter().map(|(bit, ..)| *bit)),
        }
    }
}

impl ListQuestions {
    pub(super) fn answer(&self, facts: &Facts<'_>, answers: &mut Answers) {
        let delivery = facts.delivery_of(self.fact);
        if delivery == Delivery::Never {
            return;
        }
        // Of what is no list of records only the size is asked.
        let (rows, size, completeness) = match facts.cell(self.fact) {
            Cell::Rows(rows, completeness) => (rows, rows.len(), completeness),
            Cell::List(list, completeness) => (Rows::BLANK, list.len(), completeness),
            Cell::Map(values) => (Rows::BLANK, values.len(), Completeness::Complete),
            Cell::Scores(scores) => (Rows::BLANK, scores.len(), Completeness::Complete),
            _ => return,
        };
        if completeness == Completeness::Unknown {
            return;
        }
        let is_complete = completeness == Completeness::Complete;
        let mut ledger = std::mem::take(&mut answers.ledger);
        self.walk(rows, facts, &mut ledger);
        let said = Said { ledger: &ledger, is_complete, is_fresh: delivery.is_fresh() };
        self.conclude(size, &said, answers);
        answers.ledger = ledger;
    }

    /// Notes of every element what it comes to.
    fn walk(&self, rows: Rows<'_>, facts: &Facts<'_>, ledger: &mut Ledger) {
        let Ledger { board, tallies } = ledger;
        tallies.clear();
        tallies.resize(self.bodies.len(), Tally::default());
        let words = self.bits.div_ceil(64) as usize;
        board.open(words);
        if words > 1 {
            self.walk_on(rows, facts, board, tallies);
            return;
        }
        let mut small = Small::default();
        self.walk_on(rows, facts, &mut small, tallies);
        board.was.fill(small.was);
    }

    fn walk_on(
        &self,
        rows: Rows<'_>,
        facts: &Facts<'_>,
        board: &mut impl Board,
        tallies: &mut [Tally],
    ) {
        if self.bits == 0 {
            return;
        }
        for row in 0..rows.len() {
            board.turn();
            for column in &self.columns {
                column.look(rows.cell(row, column.field), facts, board);
            }
            for (bit, clause) in &self.joins {
                if let Some(holds) = board.decide(clause) {
                    board.set(*bit, holds);
                }
            }
            for (tally, body) in tallies.iter_mut().zip(&self.bodies) {
                match board.decide(body) {
                    Some(true) => tally.trues += 1,
                    Some(false) => {}
                    None => tally.unknowns += 1,
                }
            }
            board.note();
        }
    }

    fn conclude(&self, size: usize, said: &Said<'_>, answers: &mut Answers) {
        for (slot, bit, is_negated) in &self.simple {
            let found = said.exists(*bit, *is_negated);
            answers.set(*slot, Answer::found(found, said.is_fresh));
        }
        for (slot, body, asks) in &self.counted {
            let tally = said.ledger.tallies.get(*body as usize).copied().unwrap_or_default();
            let found = asks.of(tally, said.is_complete);
            answers.set(*slot, Answer::found(found, said.is_fresh));
        }
        let size = i64::try_from(size).unwrap_or(i64::MAX);
        let size = if said.is_complete { Value::Int(size) } else { Value::AtLeast(size) };
        for (slot, limit) in &self.sizes {
            answers.set(*slot, Answer::found(truth(side(size, *limit)), said.is_fresh));
        }
    }
}

/// What a walk through a list came to.
struct Said<'l> {
    ledger: &'l Ledger,
    is_complete: bool,
    is_fresh: bool,
}

impl Said<'_> {
    /// Decides whether a bit is true of some element, or false of some.
    fn exists(&self, bit: Bit, is_negated: bool) -> Option<bool> {
        let was = self.ledger.board.was.get(bit.word() as usize).copied().unwrap_or_default();
        let has = |bits: u64| bits & bit.mask() != 0;
        if has(if is_negated { was.falses } else { was.trues }) {
            return Some(true);
        }
        (self.is_complete && !has(was.unknowns)).then_some(false)
    }
}

impl Asks {
    fn of(self, tally: Tally, is_complete: bool) -> Option<bool> {
        match self {
            Self::Exists => tally.exists(is_complete),
            Self::One => tally.one(is_complete),
            Self::Count(limit) => truth(side(tally.count(is_complete)?, limit)),
        }
    }
}

impl Column {
    pub(super) fn new(field: FieldId) -> Self {
        Self {
            field,
            words: Words::default(),
            texts: (Texts::default(), Bits::new()),
            members: (Texts::default(), Bits::new()),
            cuts: Vec::new(),
            since: Vec::new(),
            truths: Vec::new(),
            has: Vec::new(),
            known: Vec::new(),
        }
    }

    /// Asks everything about the field of an element.
    fn look(&self, cell: Cell<'_>, facts: &Facts<'_>, board: &mut impl Board) {
        let cell = facts.in_one_currency(cell);
        if let Cell::List(..) = cell {
            self.look_for_members(cell, board);
        }
        for bit in &self.has {
            if let Some(holds) = is_filled(cell) {
                board.set(*bit, holds);
            }
        }
        for bit in &self.known {
            board.set(*bit, is_present(cell));
        }
        match value_in(cell) {
            None => {}
            Some(Value::Word(code)) => {
                board.deny(&self.words.all);
                let words = &self.words;
                board.affirm(words.by_code.get(usize::from(code)).unwrap_or(&words.otherwise));
            }
            Some(Value::Text(text)) => {
                board.deny(&self.texts.1);
                if let Some(bit) = self.texts.0.find(text) {
                    board.affirm_one(Bit(bit));
                }
            }
            Some(value) => self.measure(value, facts, board),
        }
    }

    /// Asks about a number, a time or a truth.
    fn measure(&self, value: Value<'_>, facts: &Facts<'_>, board: &mut impl Board) {
        for (bit, limit) in &self.cuts {
            if let Some(holds) = truth(side(value, *limit)) {
                board.set(*bit, holds);
            }
        }
        for bit in &self.truths {
            board.set(*bit, value == Value::Bool(true));
        }
        if self.since.is_empty() {
            return;
        }
        if let Some(since) = since(value, facts.now().as_millis()) {
            for (bit, limit) in &self.since {
                board.set(*bit, since <= *limit);
            }
        }
    }

    fn look_for_members(&self, cell: Cell<'_>, board: &mut impl Board) {
        let (texts, all) = &self.members;
        let Cell::List(list, completeness) = cell else { return };
        if all.is_empty() || completeness == Completeness::Unknown {
            return;
        }
        let mut is_complete = completeness == Completeness::Complete;
        board.deny(all);
        for place in 0..list.len() {
            match list.get(place) {
                Cell::Text(text) => {
                    if let Some(bit) = texts.find(text) {
                        board.affirm_one(Bit(bit));
                    }
                }
                // What cannot be read may be it.
                _ => is_complete = false,
            }
        }
        if !is_complete {
            board.doubt(all);
        }
    }
}
