//! Which values of one fact would do, and one of them.

use super::{Flip, Need, Place};
use crate::condition::eval::{Evaluator, Value};
use crate::condition::functions::TextTest;
use crate::condition::program::{Atom, Constant, Limit, ListTerm, Term, TermId};
use crate::context::Completeness;
use crate::schema::{Cell, Changes, Facts, Stored, Type};
use crate::time::{Duration, Timestamp};

/// What is asked of the value of one fact.
#[derive(Debug)]
pub(super) struct Domain<'f, 'a> {
    place: &'f Place<'f>,
    pub(super) ty: &'a Type,
    /// Whether it has to be there, or be absent.
    pub(super) present: Option<bool>,
    pub(super) is: Option<Constant>,
    pub(super) not: Vec<Constant>,
    pub(super) whole: Range<i64>,
    pub(super) real: Range<f64>,
    pub(super) texts: Vec<(TextTest, &'a str)>,
    /// What a list has to hold, and what it must not.
    pub(super) with: Vec<Constant>,
    pub(super) without: Vec<Constant>,
    /// Whether a time was asked for by how long ago it is.
    pub(super) is_ago: bool,
}

/// The least and the greatest value; open where the bound itself does not do.
#[derive(Clone, Copy, Debug)]
pub(super) struct Range<T> {
    pub(super) low: Option<(T, bool)>,
    pub(super) high: Option<(T, bool)>,
}

impl<T: PartialOrd + Copy> Range<T> {
    const ALL: Self = Self { low: None, high: None };

    fn at_least(&mut self, low: T, open: bool) {
        if self.low.is_none_or(|(known, known_open)| low > known || low == known && !known_open) {
            self.low = Some((low, open));
        }
    }

    fn at_most(&mut self, high: T, open: bool) {
        if self.high.is_none_or(|(known, known_open)| high < known || high == known && !known_open)
        {
            self.high = Some((high, open));
        }
    }

    pub(super) fn is_all(&self) -> bool {
        self.low.is_none() && self.high.is_none()
    }
}

impl<'f, 'a> Domain<'f, 'a> {
    /// Collects what the changes ask of their place.
    ///
    /// None if one of them asks for something that is no set of values.
    pub(super) fn of(flips: &'f [Flip<'f>], evaluator: &mut Evaluator<'a>) -> Option<Self> {
        let place = &flips.first()?.place;
        let mut domain = Self {
            place,
            ty: type_of(place, evaluator.facts())?,
            present: None,
            is: None,
            not: Vec::new(),
            whole: Range::ALL,
            real: Range::ALL,
            texts: Vec::new(),
            with: Vec::new(),
            without: Vec::new(),
            is_ago: false,
        };
        for flip in flips {
            let Need::Atom(atom, truth) = flip.need else {
                return None;
            };
            domain.narrow(&evaluator.program()[atom], truth, evaluator)?;
        }
        Some(domain)
    }

    fn narrow(&mut self, atom: &'a Atom, truth: bool, evaluator: &mut Evaluator<'a>) -> Option<()> {
        match atom {
            Atom::Has(_) | Atom::KnownFact(_) => {
                if self.present.is_some_and(|present| present != truth) {
                    return None;
                }
                self.present = Some(truth);
                Some(())
            }
            Atom::Truth(_) => self.equal(Constant::Bool(true), truth),
            Atom::Is(_, constant) => self.equal(constant.clone(), truth),
            Atom::Cut(term, limit) => self.cut(*term, *limit, truth, evaluator),
            Atom::Text(test, _, needle) => {
                let Term::Constant(Constant::Text(needle)) = &evaluator.program()[*needle] else {
                    return None;
                };
                truth.then(|| self.texts.push((*test, needle)))
            }
            Atom::Member(item, ListTerm::Fact(_) | ListTerm::Field(..)) => {
                let Term::Constant(item) = &evaluator.program()[*item] else {
                    return None;
                };
                let wanted = if truth { &mut self.with } else { &mut self.without };
                wanted.push(item.clone());
                Some(())
            }
            Atom::Less(a, b) => self.less(*a, *b, truth, evaluator),
            Atom::Equal(a, b) => self.equal_to_other(*a, *b, truth, evaluator),
            _ => None,
        }
    }

    fn equal(&mut self, constant: Constant, truth: bool) -> Option<()> {
        if let (Constant::Bool(value), false) = (&constant, truth) {
            return self.equal(Constant::Bool(!value), true);
        }
        if !truth {
            self.not.push(constant);
        } else if self.is.as_ref().is_some_and(|is| *is != constant) {
            return None;
        } else {
            self.is = Some(constant);
        }
        Some(())
    }

    fn cut(
        &mut self,
        term: TermId,
        limit: Limit,
        truth: bool,
        evaluator: &Evaluator<'a>,
    ) -> Option<()> {
        match (&evaluator.program()[term], limit) {
            (Term::Since(time), Limit::Int(limit)) if self.is_at(*time, evaluator) => {
                // `now - t <= limit` is `t >= now - limit`.
                let bound = evaluator.moment().as_millis().checked_sub(limit)?;
                self.is_ago = true;
                if truth {
                    self.whole.at_least(bound, false);
                } else {
                    self.whole.at_most(bound.checked_sub(1)?, false);
                }
            }
            (_, Limit::Int(limit)) if self.is_at(term, evaluator) => {
                if truth {
                    self.whole.at_most(limit, false);
                } else {
                    self.whole.at_least(limit.checked_add(1)?, false);
                }
            }
            (_, Limit::Double { value, open }) if self.is_at(term, evaluator) => {
                if truth {
                    self.real.at_most(value.get(), open);
                } else {
                    self.real.at_least(value.get(), !open);
                }
            }
            _ => return None,
        }
        Some(())
    }

    /// `a < b`, where one is this fact and the other is known.
    fn less(
        &mut self,
        a: TermId,
        b: TermId,
        truth: bool,
        evaluator: &mut Evaluator<'a>,
    ) -> Option<()> {
        if self.is_at(a, evaluator) {
            let other = whole(evaluator.value(b)?)?;
            if truth {
                self.whole.at_most(other.checked_sub(1)?, false);
            } else {
                self.whole.at_least(other, false);
            }
        } else {
            let other = whole(evaluator.value(a)?)?;
            if truth {
                self.whole.at_least(other.checked_add(1)?, false);
            } else {
                self.whole.at_most(other, false);
            }
        }
        Some(())
    }

    fn equal_to_other(
        &mut self,
        a: TermId,
        b: TermId,
        truth: bool,
        evaluator: &mut Evaluator<'a>,
    ) -> Option<()> {
        let other = if self.is_at(a, evaluator) { b } else { a };
        let constant = match evaluator.value(other)? {
            Value::Bool(value) => Constant::Bool(value),
            Value::Int(value) => Constant::Int(value),
            Value::Text(text) => Constant::Text(text.to_owned()),
            Value::Word(code) => Constant::Word(code),
            Value::Time(millis) => Constant::Time(millis),
            Value::Length(millis) => Constant::Length(millis),
            Value::AtLeast(_) | Value::Double(_) => return None,
        };
        self.equal(constant, truth)
    }

    /// Tells whether a term reads this fact and nothing else.
    fn is_at(&self, term: TermId, evaluator: &Evaluator<'_>) -> bool {
        match (&evaluator.program()[term], self.place) {
            (Term::Fact(fact), Place::Fact(place)) => fact == place,
            (Term::Entry(fact, key), Place::Entry(place, name)) => fact == place && key == name,
            (Term::Field(fact, field), Place::Field { list, field: place, .. }) => {
                fact == list && field == place
            }
            _ => false,
        }
    }

    /// Puts a value that does over the facts; none if no value does.
    pub(super) fn settle(
        &self,
        changes: &mut Changes<'a>,
        evaluator: &Evaluator<'a>,
    ) -> Option<()> {
        let facts = evaluator.facts();
        let is_absent = self.present == Some(false);
        if is_absent && self.asks_for_a_value() {
            return None;
        }
        match (self.place, self.ty) {
            (Place::Fact(fact), Type::Group) if !is_absent => {
                changes.fill(facts.schema(), *fact);
            }
            (Place::Fact(fact), _) => {
                changes.set(facts.schema(), *fact, self.value(is_absent, evaluator)?);
            }
            (Place::Entry(fact, key), _) => {
                let value = match self.value(is_absent, evaluator)? {
                    Some(Stored::Double(value)) => Some(value),
                    None => None,
                    Some(_) => return None,
                };
                changes.set_score(facts, *fact, key, value);
            }
            (Place::Field { list, row, field, .. }, _) => {
                changes.set_field(facts, *list, *row, *field, self.value(is_absent, evaluator)?);
            }
            (Place::Part(_) | Place::List(_) | Place::Nowhere(_), _) => return None,
        }
        Some(())
    }

    fn asks_for_a_value(&self) -> bool {
        self.is.is_some()
            || !self.not.is_empty()
            || !self.whole.is_all()
            || !self.real.is_all()
            || !self.texts.is_empty()
            || !self.with.is_empty()
            || !self.without.is_empty()
    }

    /// Chooses a value: outside none if no value does, inside none for absence.
    #[expect(clippy::option_option, reason = "no value that does is not absence")]
    fn value(&self, is_absent: bool, evaluator: &Evaluator<'a>) -> Option<Option<Stored>> {
        if is_absent {
            return Some(None);
        }
        let now = evaluator.moment();
        Some(Some(match self.ty {
            Type::Bool => match &self.is {
                Some(Constant::Bool(value)) => Stored::Bool(*value),
                _ => Stored::Bool(true),
            },
            Type::Int => Stored::Int(self.number(1)?),
            Type::Timestamp => Stored::Time(Timestamp::from_millis(self.number(now.as_millis())?)),
            Type::Duration => Stored::Length(Duration::from_millis(self.number(0)?)),
            Type::Double => Stored::Double(self.real_number()?),
            Type::Text => Stored::Text(self.text()?),
            Type::Word(_) => Stored::Word(self.word()?),
            Type::List(element) => self.list(element, evaluator.facts())?,
            Type::Records(_) | Type::Map(_) | Type::Group => return None,
        }))
    }

    /// Chooses the whole number nearest to the one it would be anyhow.
    fn number(&self, usual: i64) -> Option<i64> {
        let (low, high) =
            (self.whole.low.map(|(low, _)| low), self.whole.high.map(|(high, _)| high));
        let wanted = match &self.is {
            Some(Constant::Int(value) | Constant::Time(value) | Constant::Length(value)) => *value,
            _ => usual.max(low.unwrap_or(i64::MIN)).min(high.unwrap_or(i64::MAX)),
        };
        let does = low.is_none_or(|low| low <= wanted) && high.is_none_or(|high| wanted <= high);
        does.then_some(wanted)
    }

    fn real_number(&self) -> Option<f64> {
        let low = self.real.low.map(|(low, open)| if open { low.next_up() } else { low });
        let high = self.real.high.map(|(high, open)| if open { high.next_down() } else { high });
        let wanted = low.or(high).unwrap_or(0.0);
        (low.is_none_or(|low| low <= wanted) && high.is_none_or(|high| wanted <= high))
            .then_some(wanted)
    }

    fn text(&self) -> Option<String> {
        let holds = |text: &str| {
            let is_other = |not: &Constant| !matches!(not, Constant::Text(not) if not == text);
            self.not.iter().all(is_other)
                && self.texts.iter().all(|(test, needle)| test.holds(text, needle))
        };
        let of = |wanted: TextTest| {
            let needles = self.texts.iter().filter(|(test, _)| *test == wanted);
            needles.map(|(_, needle)| *needle).collect::<Vec<_>>().concat()
        };
        let wanted = match &self.is {
            Some(Constant::Text(text)) => text.clone(),
            _ => {
                let made = [TextTest::StartsWith, TextTest::Contains, TextTest::EndsWith].map(of);
                let made = made.concat();
                if made.is_empty() { "something else".to_owned() } else { made }
            }
        };
        holds(&wanted).then_some(wanted)
    }

    /// Finds the first word that does, by code.
    fn word(&self) -> Option<u16> {
        let Type::Word(words) = self.ty else { return None };
        let mut codes = words.words().iter().filter_map(|word| words.code(word));
        codes.find(|code| {
            let word = Constant::Word(*code);
            self.is.as_ref().is_none_or(|is| *is == word) && !self.not.contains(&word)
        })
    }

    /// Adds to a list what it has to hold, and leaves out what it must not.
    fn list(&self, element: &Type, facts: &Facts<'a>) -> Option<Stored> {
        let mut entries = Vec::new();
        let mut completeness = Completeness::Complete;
        if let Cell::List(list, known) = cell_of(self.place, facts) {
            if known == Completeness::Partial {
                completeness = known;
            }
            for place in 0..list.len() {
                let entry = constant(list.get(place))?;
                if !self.without.contains(&entry) {
                    entries.push(entry);
                }
            }
        }
        // What must not be in it is known not to be there.
        if !self.without.is_empty() {
            completeness = Completeness::Complete;
        }
        let known = entries.len();
        for with in &self.with {
            if !entries.iter().take(known).any(|entry| entry == with) {
                entries.push(with.clone());
            }
        }
        let stored = entries.into_iter().map(|entry| stored(entry, element));
        Some(Stored::List(stored.collect::<Option<_>>()?, completeness))
    }
}

/// Returns the type of the fact at a place.
pub(super) fn type_of<'a>(place: &Place<'_>, facts: &Facts<'a>) -> Option<&'a Type> {
    let schema = facts.schema();
    match place {
        Place::Fact(fact) | Place::List(fact) => Some(schema.entry(*fact).fact.ty()),
        Place::Entry(fact, _) => match schema.entry(*fact).fact.ty() {
            Type::Map(ty) => Some(&**ty),
            _ => None,
        },
        Place::Field { list, field, .. } => match schema.entry(*list).fact.ty() {
            Type::Records(record) => record.type_of(*field),
            _ => None,
        },
        Place::Part(_) | Place::Nowhere(_) => None,
    }
}

/// Finds what is stored at a place, however old.
pub(super) fn cell_of<'a>(place: &Place<'_>, facts: &Facts<'a>) -> Cell<'a> {
    match place {
        Place::Fact(fact) | Place::List(fact) => facts.in_one_currency(facts.cell(*fact)),
        Place::Entry(fact, key) => match facts.cell(*fact) {
            Cell::Scores(scores) => {
                scores.get(*key).map_or(Cell::Absent, |score| Cell::Double(score.value))
            }
            Cell::Map(values) => values.get(key),
            _ => Cell::Absent,
        },
        Place::Field { list, row, field, is_new: false } => match facts.cell(*list) {
            Cell::Rows(rows, _) => facts.in_one_currency(rows.cell(*row, *field)),
            _ => Cell::Absent,
        },
        Place::Part(_) | Place::Field { .. } | Place::Nowhere(_) => Cell::Absent,
    }
}

fn whole(value: Value<'_>) -> Option<i64> {
    match value {
        Value::Int(value) | Value::Time(value) | Value::Length(value) => Some(value),
        _ => None,
    }
}

fn constant(cell: Cell<'_>) -> Option<Constant> {
    Some(match cell {
        Cell::Bool(value) => Constant::Bool(value),
        Cell::Int(value) => Constant::Int(value),
        Cell::Text(text) => Constant::Text(text.to_owned()),
        Cell::Word(code) => Constant::Word(code),
        Cell::Time(time) => Constant::Time(time.as_millis()),
        Cell::Length(length) => Constant::Length(length.as_millis()),
        _ => return None,
    })
}

fn stored(constant: Constant, ty: &Type) -> Option<Stored> {
    Some(match (constant, ty) {
        (Constant::Bool(value), Type::Bool) => Stored::Bool(value),
        (Constant::Int(value), Type::Int) => Stored::Int(value),
        (Constant::Text(text), Type::Text) => Stored::Text(text),
        (Constant::Word(code), Type::Word(_)) => Stored::Word(code),
        (Constant::Time(millis), Type::Timestamp) => Stored::Time(Timestamp::from_millis(millis)),
        (Constant::Length(millis), Type::Duration) => Stored::Length(Duration::from_millis(millis)),
        _ => return None,
    })
}
