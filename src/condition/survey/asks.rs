//! What is asked about one value, up to 64 questions at once.

use super::super::eval::{Value, is_filled, is_present, side, value_in, value_of};
use super::super::functions::{LENGTHS, TextTest, time};
use super::super::program::{Constant, Limit};
use super::super::truth::Truth;
use super::answer::{Answers, Rail};
use super::texts::Texts;
use crate::context::Completeness;
use crate::schema::{Cell, Standing};

/// What is asked about a value.
#[derive(Clone, Debug)]
pub(super) enum Question {
    /// `value <= limit`
    Cut(Limit),
    /// `now - value <= limit`, in milliseconds.
    Since(i64),
    Is(Constant),
    IsTrue,
    Text(TextTest, String),
    /// Whether a text is in the list.
    Member(String),
    /// Whether the place is filled.
    Has,
    /// Whether the part is known and the place filled.
    Known,
}

/// Questions about a value, each a bit of the word in which the answers are.
#[derive(Debug, Default)]
pub(super) struct Asks {
    word: u32,
    /// Whether it is one certain value.
    equal: u64,
    /// The bits of words of a closed set, by their codes, which are sorted.
    words: Vec<(u16, u64)>,
    /// Which text it is: the numbers are those of bits.
    texts: Texts,
    /// Whether it is true.
    truths: u64,
    has: u64,
    known: u64,
    /// Limits of whole numbers.
    whole: Vec<(u64, i64)>,
    since: Vec<(u64, i64)>,
    /// Which texts are in the list it is, and the bits of all these.
    members: Texts,
    all_members: u64,
    /// What is asked of few.
    more: Option<Box<More>>,
    /// Whether it is asked more than whether it is one value.
    is_mixed: bool,
}

/// What is asked about few values.
#[derive(Debug, Default)]
struct More {
    cuts: Vec<(u64, Limit)>,
    constants: Vec<(u64, Constant)>,
    tests: Vec<(u64, TextTest, String)>,
}

impl Asks {
    /// Begins with no questions.
    pub(super) fn new(word: u32) -> Self {
        Self { word, ..Self::default() }
    }

    /// Returns the word in which the answers are.
    pub(super) fn word(&self) -> u32 {
        self.word
    }

    /// Adds a question, whose answer is one bit of the word.
    pub(super) fn add(&mut self, question: Question, mask: u64) {
        let bit = mask.trailing_zeros();
        self.is_mixed |= !matches!(
            question,
            Question::IsTrue | Question::Is(Constant::Word(_) | Constant::Text(_))
        );
        match question {
            Question::Cut(Limit::Int(limit)) => self.whole.push((mask, limit)),
            Question::Cut(limit) => self.more().cuts.push((mask, limit)),
            Question::Since(limit) => self.since.push((mask, limit)),
            Question::Is(constant) => {
                self.equal |= mask;
                match constant {
                    Constant::Word(code) => {
                        let place = self.words.partition_point(|(known, _)| *known < code);
                        self.words.insert(place, (code, mask));
                    }
                    Constant::Text(text) => self.texts.add(&text, bit),
                    other => self.more().constants.push((mask, other)),
                }
            }
            Question::IsTrue => {
                self.equal |= mask;
                self.truths |= mask;
            }
            Question::Text(test, needle) => self.more().tests.push((mask, test, needle)),
            Question::Member(text) => {
                self.members.add(&text, bit);
                self.all_members |= mask;
            }
            Question::Has => self.has |= mask,
            Question::Known => self.known |= mask,
        }
    }

    fn more(&mut self) -> &mut More {
        self.more.get_or_insert_default()
    }

    /// Answers all of them about what was read.
    #[inline]
    pub(super) fn answer(
        &self,
        cell: Cell<'_>,
        standing: Standing,
        now: i64,
        answers: &mut Answers,
    ) {
        // Most facts are one word of a few, or true or false.
        let trues = match cell {
            Cell::Word(code) => self.of_word(code),
            Cell::Bool(holds) => {
                if holds {
                    self.truths
                } else {
                    0
                }
            }
            _ => return self.answer_all(cell, standing, now, answers),
        };
        if self.is_mixed || !standing.is_there {
            return self.answer_all(cell, standing, now, answers);
        }
        answers.note(self.word, Rail { trues, falses: self.equal & !trues }, standing.is_fresh);
    }

    #[inline(never)]
    fn answer_all(
        &self,
        cell: Cell<'_>,
        Standing { is_there, is_fresh }: Standing,
        now: i64,
        answers: &mut Answers,
    ) {
        if self.known != 0 {
            // It asks what is known at this moment, not what was.
            let is_known = is_fresh && is_present(cell);
            answers.note(self.word, Rail::all(self.known, is_known), true);
        }
        if !is_there {
            return;
        }
        let mut found = match value_in(cell) {
            Some(value) => self.of(value, now),
            None if self.all_members != 0 => self.of_members(cell),
            None => Rail::default(),
        };
        if self.has != 0 {
            found.add(Rail::known(self.has, is_filled(cell)));
        }
        answers.note(self.word, found, is_fresh);
    }

    /// Returns the bit of a word, if it is asked for.
    fn of_word(&self, code: u16) -> u64 {
        let place = self.words.binary_search_by_key(&code, |(code, _)| *code);
        place.ok().and_then(|place| self.words.get(place)).map_or(0, |(_, bits)| *bits)
    }

    fn of(&self, value: Value<'_>, now: i64) -> Rail {
        let (mut trues, mut decided) = (0, self.equal);
        match value {
            Value::Word(code) => {
                trues = self.of_word(code);
            }
            Value::Bool(holds) => trues = if holds { self.truths } else { 0 },
            Value::Text(text) => trues = self.texts.find(text).map_or(0, |bit| 1 << bit),
            Value::Int(number) | Value::Time(number) | Value::Length(number) => {
                for (mask, limit) in &self.whole {
                    decided |= mask;
                    trues |= if number <= *limit { *mask } else { 0 };
                }
                if let Some(since) = since(value, now) {
                    for (mask, limit) in &self.since {
                        decided |= mask;
                        trues |= if since <= *limit { *mask } else { 0 };
                    }
                }
            }
            Value::Double(_) | Value::AtLeast(_) => {}
        }
        let mut found = Rail { trues, falses: decided & !trues };
        if let Some(more) = &self.more {
            found = more.of(value, found);
        }
        if let Value::Double(_) = value {
            self.compare_whole(value, &mut found);
        }
        found
    }

    /// Compares what is not whole with limits that are.
    fn compare_whole(&self, value: Value<'_>, found: &mut Rail) {
        for (mask, limit) in &self.whole {
            found.add(Rail::known(*mask, truth(side(value, Limit::Int(*limit)))));
        }
    }

    /// Looks through a list of texts once, whatever is looked for.
    fn of_members(&self, cell: Cell<'_>) -> Rail {
        let Cell::List(list, completeness) = cell else { return Rail::default() };
        if completeness == Completeness::Unknown {
            return Rail::default();
        }
        let mut is_complete = completeness == Completeness::Complete;
        let mut trues = 0;
        for place in 0..list.len() {
            match list.get(place) {
                Cell::Text(text) => trues |= self.members.find(text).map_or(0, |bit| 1 << bit),
                // What cannot be read may be it.
                _ => is_complete = false,
            }
        }
        Rail { trues, falses: if is_complete { self.all_members & !trues } else { 0 } }
    }
}

impl More {
    /// Adds what it answers to what was found out.
    fn of(&self, value: Value<'_>, mut found: Rail) -> Rail {
        for (mask, limit) in &self.cuts {
            found.add(Rail::known(*mask, truth(side(value, *limit))));
        }
        for (mask, constant) in &self.constants {
            if value == value_of(constant) {
                found.falses &= !mask;
                found.trues |= mask;
            }
        }
        if let Value::Text(text) = value {
            for (mask, test, needle) in &self.tests {
                found.add(Rail::all(*mask, test.holds(text, needle)));
            }
        }
        found
    }
}

pub(super) fn truth(truth: Truth) -> Option<bool> {
    match truth {
        Truth::True => Some(true),
        Truth::False => Some(false),
        Truth::Unknown => None,
    }
}

/// Returns how long ago a time is, in milliseconds.
pub(super) fn since(value: Value<'_>, now: i64) -> Option<i64> {
    let Value::Time(then) = value else { return None };
    let since = time(now)?.checked_sub(then)?;
    LENGTHS.contains(&since).then_some(since)
}
