//! Values: on which side of each cut they lie, which words they are.

use std::cmp::Ordering;
use std::collections::HashMap;

use super::{Encoder, End, Facet, Known, ListKey, Rail, Scope, Spot, constant};
use crate::condition::{
    Atom, AtomId, Clock, Constant, LENGTHS, Limit, ListTerm, Term, TermId, TextTest, compare_mixed,
};
use crate::prove::literal::{Cnf, Lit};
use crate::schema::{FactId, FieldId, Type};
use crate::time::Timestamp;

/// Where a value is found.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(in crate::prove) enum Source<'p> {
    Spot(Spot<'p>),
    Now,
    /// It is computed.
    Term(TermId),
}

/// The cuts of one value, in their order, and what says it lies below each.
#[derive(Clone, Debug, Default)]
pub(in crate::prove) struct Line(pub(in crate::prove) Vec<(Limit, Lit)>);

/// What a text or a word may be.
#[derive(Clone, Debug, Default)]
pub(in crate::prove) struct Choices<'p> {
    pub(in crate::prove) is: Vec<(Constant, Lit)>,
    /// The same, to look one up.
    of: HashMap<Constant, Lit, ahash::RandomState>,
    pub(in crate::prove) tests: Vec<(TextTest, &'p str, Lit)>,
    /// The term of its length, if something asks for that.
    characters: Option<TermId>,
    /// It is one of those, where there are many.
    some: Option<Lit>,
}

/// From how many on a value is said by steps to be no two of them.
const MANY: usize = 8;

impl Choices<'_> {
    /// Returns the term of the length, if something asks for it.
    pub(in crate::prove) fn characters(&self) -> Option<TermId> {
        self.characters
    }
}

/// `a < b`, of two values that lie on a line.
#[derive(Clone, Copy, Debug)]
pub(in crate::prove) struct Order<'p> {
    pub(in crate::prove) a: (Source<'p>, Scope),
    pub(in crate::prove) b: (Source<'p>, Scope),
    pub(in crate::prove) less: Lit,
}

/// What lies on a line of whole numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Sort {
    Whole,
    Other,
}

impl<'p> Encoder<'p> {
    pub(in crate::prove) fn source(&self, term: TermId) -> Source<'p> {
        match self.program[term] {
            Term::Now => Source::Now,
            _ => self.spot(term).map_or(Source::Term(term), Source::Spot),
        }
    }

    /// Values that do not depend on an element are the same at each.
    fn scope_of_term(&self, term: TermId, scope: Scope) -> Scope {
        if self.program.term_is_local(term) { scope } else { Scope::OUTSIDE }
    }

    /// Returns what says that a value lies below a cut.
    pub(super) fn cut(&mut self, term: TermId, limit: Limit, scope: Scope) -> Lit {
        if let Some(truth) = self.beyond(term, limit) {
            return constant(truth);
        }
        let scope = self.scope_of_term(term, scope);
        self.cut_of((self.source(term), scope), Some(term), limit)
    }

    fn cut_of(&mut self, of: (Source<'p>, Scope), term: Option<TermId>, limit: Limit) -> Lit {
        let line = self.lines.entry(of).or_default();
        let place = line.0.partition_point(|(other, _)| compare(*other, limit).is_lt());
        if let Some((_, known)) = line.0.get(place).filter(|(other, _)| *other == limit) {
            return *known;
        }
        let below = place.checked_sub(1).and_then(|place| line.0.get(place)).copied();
        let above = line.0.get(place).copied();
        let cut = self.cnf.var();
        line.0.insert(place, (limit, cut));
        if let Some((other, lit)) = below {
            self.cnf.implies(lit, cut);
            if is_gap(other, limit) {
                self.cnf.implies(cut, lit);
            }
        }
        if let Some((other, lit)) = above {
            self.cnf.implies(cut, lit);
            if is_gap(limit, other) {
                self.cnf.implies(lit, cut);
            }
        }
        if let Some(Term::Characters(text)) = term.map(|term| &self.program[term]) {
            self.link_length(*text, term, limit, cut, of.1);
        } else if let (Some(term), Source::Term(_)) = (term, of.0)
            && !matches!(self.program[term], Term::Since(_))
        {
            self.loose.push(cut);
        }
        cut
    }

    /// Says of each text that a value may be on which side its length is.
    fn link_length(
        &mut self,
        text: TermId,
        length: Option<TermId>,
        limit: Limit,
        cut: Lit,
        scope: Scope,
    ) {
        let source = (self.source(text), scope);
        let choices = self.choices.entry(source).or_default();
        choices.characters = length;
        let Limit::Int(most) = limit else { return };
        let (is, tests) = (choices.is.clone(), choices.tests.clone());
        for (constant, is) in is {
            if let Constant::Text(text) = &constant {
                self.cnf.implies(is, cut.is(characters(text) <= most));
            }
        }
        // What a text begins with, or holds, is no longer than the text.
        for (_, needle, holds) in tests {
            if characters(needle) > most {
                self.cnf.clause([!holds, !cut]);
            }
        }
    }

    /// Decides cuts that lie beyond all values a term can have.
    fn beyond(&self, term: TermId, limit: Limit) -> Option<bool> {
        let Limit::Int(limit) = limit else { return None };
        if limit == i64::MAX && !self.is_double(term) {
            return Some(true);
        }
        let (least, greatest) = match &self.program[term] {
            Term::Characters(_) | Term::Size(_) | Term::Count(..) => (0, i64::MAX),
            Term::Clock(clock, inner, _) if self.is_time(*inner) => parts_of_time(*clock),
            _ => return None,
        };
        if limit < least {
            return Some(false);
        }
        (limit >= greatest).then_some(true)
    }

    /// Returns what says that a value is this one.
    pub(super) fn is(&mut self, term: TermId, value: &Constant, scope: Scope) -> Lit {
        let scope = self.scope_of_term(term, scope);
        let source = self.source(term);
        if let Source::Term(_) = source {
            let lit = self.is_at((source, scope), value, None);
            self.loose.push(lit);
            return lit;
        }
        let set = self.words_at(source, scope);
        self.is_at((source, scope), value, set)
    }

    /// Returns what says that the moment is this one or later.
    pub(in crate::prove) fn now_at_least(&mut self, instant: Timestamp) -> Lit {
        self.now();
        let before = instant.as_millis().saturating_sub(1);
        !self.cut_of((Source::Now, Scope::OUTSIDE), None, Limit::Int(before))
    }

    /// Returns what says that a fact holds this word.
    pub(in crate::prove) fn fact_is(&mut self, fact: FactId, code: u16) -> Lit {
        let spot = Spot::Fact(fact);
        self.place(spot, Scope::OUTSIDE);
        let set = self.words_at(Source::Spot(spot), Scope::OUTSIDE);
        self.is_at((Source::Spot(spot), Scope::OUTSIDE), &Constant::Word(code), set)
    }

    /// Returns what says that a field holds this word.
    pub(super) fn word_at(&mut self, list: FactId, field: FieldId, code: u16, scope: Scope) -> Lit {
        let source = Source::Spot(Spot::Field(list, field));
        let set = self.words_at(source, scope);
        self.is_at((source, scope), &Constant::Word(code), set)
    }

    /// Returns what says that the element is this value.
    pub(super) fn element_is(&mut self, value: &Constant, scope: Scope) -> Lit {
        let source = Source::Spot(Spot::Element);
        let set = self.words_at(source, scope);
        self.is_at((source, scope), value, set)
    }

    /// A value is one word of its set, or one text and no other.
    fn is_at(&mut self, of: (Source<'p>, Scope), value: &Constant, set: Option<usize>) -> Lit {
        if let Constant::Bool(truth) = value {
            return self.bool_at(of).is(*truth);
        }
        let choices = self.choices.entry(of).or_default();
        if let Some(known) = choices.of.get(value) {
            return *known;
        }
        let is = self.cnf.var();
        Self::exclude(&mut self.cnf, choices, is);
        choices.is.push((value.clone(), is));
        choices.of.insert(value.clone(), is);
        if set == Some(choices.is.len()) {
            self.cnf.clause(choices.is.iter().map(|(_, lit)| *lit));
        }
        let tests = choices.tests.clone();
        let characters = choices.characters;
        if let Constant::Text(text) = value {
            for (test, needle, holds) in tests {
                self.cnf.implies(is, holds.is(test.holds(text, needle)));
            }
            self.link_characters(text, characters, is, of.1);
        }
        is
    }

    /// Says that a value is not this one and one of the others.
    ///
    /// Pair by pair for a few; for many by steps, so that their number does not
    /// grow with the square (Sinz 2005).
    fn exclude(cnf: &mut Cnf, choices: &mut Choices<'p>, is: Lit) {
        let others = choices.is.iter().map(|(_, lit)| *lit);
        if others.len() < MANY {
            others.for_each(|other| cnf.clause([!is, !other]));
            return;
        }
        let before = choices.some.unwrap_or_else(|| {
            let some = cnf.var();
            others.for_each(|other| cnf.implies(other, some));
            some
        });
        cnf.clause([!is, !before]);
        let some = cnf.var();
        cnf.implies(before, some);
        cnf.implies(is, some);
        choices.some = Some(some);
    }

    fn link_characters(&mut self, text: &str, length: Option<TermId>, is: Lit, scope: Scope) {
        let Some(length) = length else { return };
        let line = self.line(Source::Term(length), scope).cloned().unwrap_or_default();
        for (limit, cut) in line.0 {
            if let Limit::Int(most) = limit {
                self.cnf.implies(is, cut.is(characters(text) <= most));
            }
        }
    }

    fn bool_at(&mut self, of: (Source<'p>, Scope)) -> Lit {
        let truth = Constant::Bool(true);
        let choices = self.choices.entry(of).or_default();
        if let Some((_, known)) = choices.is.first() {
            return *known;
        }
        let lit = self.cnf.var();
        choices.is.push((truth, lit));
        lit
    }

    /// Returns how many words a value may be, if they are a closed set.
    fn words_at(&self, source: Source<'_>, scope: Scope) -> Option<usize> {
        match self.type_at(source, scope) {
            Some(Type::Word(words)) => Some(words.words().len()),
            _ => None,
        }
    }

    /// Returns what says that a text begins, ends or goes on like this.
    fn test(&mut self, of: (Source<'p>, Scope), test: TextTest, needle: &'p str) -> Lit {
        let choices = self.choices.entry(of).or_default();
        let known = |(known, text, _): &&(TextTest, &str, Lit)| *known == test && *text == needle;
        if let Some((.., lit)) = choices.tests.iter().find(known) {
            return *lit;
        }
        let (is, tests) = (choices.is.clone(), choices.tests.clone());
        let length = choices.characters;
        let holds = self.cnf.var();
        choices.tests.push((test, needle, holds));
        let length = length.and_then(|length| self.line(Source::Term(length), of.1)).cloned();
        for (limit, cut) in length.unwrap_or_default().0 {
            if matches!(limit, Limit::Int(most) if characters(needle) > most) {
                self.cnf.clause([!holds, !cut]);
            }
        }
        for (constant, is) in is {
            if let Constant::Text(text) = &constant {
                self.cnf.implies(is, holds.is(test.holds(text, needle)));
            }
        }
        for (other, text, lit) in tests {
            for ((a, a_text, a_lit), (b, b_text, b_lit)) in [
                ((test, needle, holds), (other, text, lit)),
                ((other, text, lit), (test, needle, holds)),
            ] {
                if follows(a, a_text, b, b_text) {
                    self.cnf.implies(a_lit, b_lit);
                }
            }
            if excludes((test, needle), (other, text)) {
                self.cnf.clause([!holds, !lit]);
            }
        }
        holds
    }

    /// A facet of a truth about two terms.
    pub(super) fn of_two(&mut self, id: AtomId, facet: Facet, rail: Rail, scope: Scope) -> Lit {
        let program = self.program;
        let (a, b) = match &program[id] {
            Atom::Text(_, a, b) | Atom::Less(a, b) | Atom::Equal(a, b) => (*a, *b),
            _ => return self.left_free(id, facet, rail, scope),
        };
        // Of a partial list only a lower bound of the size is known.
        if self.is_bounded(a) || self.is_bounded(b) {
            return self.left_free(id, facet, rail, scope);
        }
        let value = match &program[id] {
            Atom::Text(test, text, needle) => match &program[*needle] {
                Term::Constant(Constant::Text(needle)) if self.spot(*text).is_some() => {
                    let scope = self.scope_of_term(*text, scope);
                    self.test((self.source(*text), scope), *test, needle)
                }
                _ => self.free_value(id, scope),
            },
            Atom::Less(..) => self.less(id, a, b, scope),
            _ => self.equal(id, a, b, scope),
        };
        let (a, b) = (self.term_known(a, rail, scope), self.term_known(b, rail, scope));
        let known = self.cnf.both(a, b);
        self.facet_of(known, value, facet)
    }

    /// Returns what says that `a < b`.
    fn less(&mut self, id: AtomId, a: TermId, b: TermId, scope: Scope) -> Lit {
        if a == b {
            return Lit::FALSE;
        }
        if self.sort(a, scope) == Sort::Whole && self.sort(b, scope) == Sort::Whole {
            return self.order(a, b, scope);
        }
        self.free_value(id, scope)
    }

    fn order(&mut self, a: TermId, b: TermId, scope: Scope) -> Lit {
        let (a_scope, b_scope) = (self.scope_of_term(a, scope), self.scope_of_term(b, scope));
        let (a, b) = ((self.source(a), a_scope), (self.source(b), b_scope));
        if let Some(less) = self.ordered.get(&(a, b)) {
            return *less;
        }
        let less = self.cnf.var();
        self.orders.push(Order { a, b, less });
        self.ordered.insert((a, b), less);
        less
    }

    /// Returns what says that `a == b`.
    fn equal(&mut self, id: AtomId, a: TermId, b: TermId, scope: Scope) -> Lit {
        if a == b {
            return Lit::TRUE;
        }
        if self.sort(a, scope) == Sort::Whole && self.sort(b, scope) == Sort::Whole {
            let (below, above) = (self.order(a, b, scope), self.order(b, a, scope));
            self.cnf.clause([!below, !above]);
            return self.cnf.both(!below, !above);
        }
        self.free_value(id, scope)
    }

    /// Tells whether a value is a whole number, a time or a length of time that
    /// is read, or the moment itself.
    fn sort(&self, term: TermId, scope: Scope) -> Sort {
        let source = self.source(term);
        let is_read = match (source, self.type_at(source, scope)) {
            (Source::Now, _) => true,
            (Source::Term(_), _) => false,
            (_, Some(ty)) => matches!(ty, Type::Int | Type::Timestamp | Type::Duration),
            (_, None) => false,
        };
        if is_read { Sort::Whole } else { Sort::Other }
    }

    /// Returns whether a term has a value on a rail.
    pub(super) fn term_known(&mut self, term: TermId, rail: Rail, scope: Scope) -> Lit {
        let scope = self.scope_of_term(term, scope);
        if let Some(spot) = self.spot(term) {
            return self.spot_known(spot, rail, scope);
        }
        match &self.program[term] {
            Term::Constant(_) => Lit::TRUE,
            Term::Unknown => Lit::FALSE,
            Term::Now => self.now().valid,
            Term::Since(time) | Term::DaysSince(time) if self.spot(*time).is_some() => {
                self.since_known(*time, rail, scope)
            }
            // They have a value wherever what they are computed from has, but no
            // number is made of a lower bound.
            Term::Characters(inner) => self.term_known(*inner, rail, scope),
            Term::ToDouble(inner) if !self.is_bounded(*inner) => {
                self.term_known(*inner, rail, scope)
            }
            Term::Clock(_, inner, _) if matches!(self.program[*inner], Term::Now) => {
                self.in_range(*inner, scope)
            }
            Term::Clock(_, inner, _) if self.is_time(*inner) => {
                self.term_known(*inner, rail, scope)
            }
            _ => self.computed_known(term, rail, scope),
        }
    }

    /// A length of time has a value if it is no longer than 292 years: which it
    /// is at any plausible moment.
    fn since_known(&mut self, time: TermId, rail: Rail, scope: Scope) -> Lit {
        let known = self.term_known(time, rail, scope);
        let reached = self.in_range(time, scope);
        self.cnf.both(known, reached)
    }

    /// Returns whether the moment is one, and less than 292 years from a time.
    fn in_range(&mut self, time: TermId, scope: Scope) -> Lit {
        let scope = self.scope_of_term(time, scope);
        if let Some(known) = self.since.get(&(time, scope)) {
            return *known;
        }
        let now = self.now();
        let in_range = self.cnf.var();
        self.cnf.implies(in_range, now.valid);
        self.cnf.implies(now.plausible, in_range);
        self.since.insert((time, scope), in_range);
        if let Some(spot) = self.spot(time) {
            let valid = self.place(spot, scope).valid;
            let (early, late) = (self.cnf.var(), self.cnf.var());
            self.cnf.clause([in_range, !now.valid, !valid, early, late]);
            let (longest, then) = (*LENGTHS.end(), End::At(spot, scope));
            self.difference([in_range, valid], End::Now, then, longest);
            self.difference([in_range, valid], then, End::Now, longest);
            self.difference([late, valid], then, End::Now, -(longest + 1));
            self.difference([early, valid], End::Now, then, -(longest + 1));
        }
        in_range
    }

    /// Returns what says that a time has an age, if it was asked for one.
    pub(in crate::prove) fn since_valid(&self, time: TermId, scope: Scope) -> Option<Lit> {
        self.since.get(&(time, scope)).copied()
    }

    /// What is computed may fail, and has no value where what it needs has none.
    fn computed_known(&mut self, term: TermId, rail: Rail, scope: Scope) -> Lit {
        let [fresh, last_known] = match self.computed.get(&(term, scope)) {
            Some(known) => *known,
            None => self.new_computed(term, scope),
        };
        match rail {
            Rail::Fresh => fresh,
            Rail::LastKnown => last_known,
        }
    }

    fn new_computed(&mut self, term: TermId, scope: Scope) -> [Lit; 2] {
        let (fresh, last_known) = (self.cnf.var(), self.cnf.var());
        self.cnf.implies(fresh, last_known);
        self.cnf.lean(fresh);
        self.cnf.lean(last_known);
        self.loose.extend([fresh, last_known]);
        self.computed.insert((term, scope), [fresh, last_known]);
        for (rail, known) in [(Rail::Fresh, fresh), (Rail::LastKnown, last_known)] {
            for needed in self.needed(term, rail, scope) {
                self.cnf.implies(known, needed);
            }
        }
        [fresh, last_known]
    }

    /// Lists what must be known for a term to have a value.
    fn needed(&mut self, term: TermId, rail: Rail, scope: Scope) -> Vec<Lit> {
        let program = self.program;
        match &program[term] {
            Term::Size(list) | Term::Count(list, _) => self.list_needed(list, rail, scope),
            // Which of two sides is taken depends on a truth.
            Term::Choice(..) | Term::Truth(_) => Vec::new(),
            computed => {
                let inner = computed.inner();
                inner.into_iter().flatten().map(|id| self.term_known(id, rail, scope)).collect()
            }
        }
    }

    fn list_needed(&mut self, list: &ListTerm, rail: Rail, scope: Scope) -> Vec<Lit> {
        match list {
            ListTerm::Written(entries) => {
                entries.iter().map(|entry| self.term_known(*entry, rail, scope)).collect()
            }
            ListTerm::Fact(_) | ListTerm::Field(..) => match ListKey::of(list) {
                Some(key) if self.element_type(key).is_some() => {
                    let known = self.list(key, scope).known;
                    vec![known, self.list_believed(key, rail)]
                }
                _ => Vec::new(),
            },
        }
    }

    /// Leaves an atom free: it may be anything where what it needs is known.
    pub(super) fn left_free(&mut self, id: AtomId, facet: Facet, rail: Rail, scope: Scope) -> Lit {
        let known = self.free_known(id, rail, scope);
        let value = self.free_value(id, scope);
        self.facet_of(known, value, facet)
    }

    /// Leaves it free whether an atom is known on a rail, where what it needs is.
    pub(super) fn free_known(&mut self, id: AtomId, rail: Rail, scope: Scope) -> Lit {
        let [fresh, last_known] = self.free_atom(id, scope).known;
        if rail == Rail::Fresh { fresh } else { last_known }
    }

    fn free_value(&mut self, id: AtomId, scope: Scope) -> Lit {
        self.free_atom(id, scope).value
    }

    fn free_atom(&mut self, id: AtomId, scope: Scope) -> Known {
        let scope = if self.atom_is_local(id) { scope } else { Scope::OUTSIDE };
        if let Some(known) = self.free.get(&(id, scope)) {
            return *known;
        }
        let value = self.cnf.var();
        let (fresh, last_known) = (self.cnf.var(), self.cnf.var());
        self.cnf.implies(fresh, last_known);
        self.cnf.lean(fresh);
        self.cnf.lean(last_known);
        let known = Known { known: [fresh, last_known], value };
        self.free.insert((id, scope), known);
        self.loose.extend([value, fresh, last_known]);
        let program = self.program;
        for (rail, known) in [(Rail::Fresh, fresh), (Rail::LastKnown, last_known)] {
            let mut needed = Vec::new();
            for term in program[id].terms().into_iter().flatten() {
                needed.push(self.term_known(term, rail, scope));
            }
            if let Atom::Member(_, list) | Atom::Exists(list, _) | Atom::One(list, _) = &program[id]
            {
                needed.extend(self.list_needed(list, rail, scope));
            }
            for needed in needed {
                self.cnf.implies(known, needed);
            }
        }
        known
    }

    fn atom_is_local(&self, id: AtomId) -> bool {
        let is_local = |term: &TermId| self.program.term_is_local(*term);
        let list_is_local = |list: &ListTerm| match list {
            ListTerm::Fact(_) => false,
            ListTerm::Field(..) => true,
            ListTerm::Written(entries) => entries.iter().any(is_local),
        };
        let atom = &self.program[id];
        let lists = match atom {
            Atom::Member(_, list) | Atom::Exists(list, _) | Atom::One(list, _) => {
                list_is_local(list)
            }
            _ => false,
        };
        lists || atom.terms().into_iter().flatten().any(|term| is_local(&term))
    }

    /// Tells whether of a number perhaps only a lower bound is known.
    pub(super) fn is_bounded(&self, term: TermId) -> bool {
        match &self.program[term] {
            Term::Size(_) | Term::Count(..) => true,
            Term::Choice(_, a, b) => self.is_bounded(*a) || self.is_bounded(*b),
            _ => false,
        }
    }

    fn is_double(&self, term: TermId) -> bool {
        match &self.program[term] {
            Term::Constant(Constant::Double(_)) | Term::ToDouble(_) => true,
            Term::Negate(inner) | Term::Choice(_, inner, _) | Term::Arithmetic(_, inner, _) => {
                self.is_double(*inner)
            }
            _ => matches!(self.type_at(self.source(term), Scope::OUTSIDE), Some(Type::Double)),
        }
    }

    fn is_time(&self, term: TermId) -> bool {
        match &self.program[term] {
            Term::Now => true,
            _ => matches!(self.type_at(self.source(term), Scope::OUTSIDE), Some(Type::Timestamp)),
        }
    }

    /// Returns the type of what is read; nothing is said of what is computed.
    pub(in crate::prove) fn type_at(&self, source: Source<'_>, scope: Scope) -> Option<&'p Type> {
        let schema = self.schema;
        match source {
            Source::Spot(Spot::Fact(fact)) => Some(schema.entry(fact).fact.ty()),
            Source::Spot(Spot::Entry(map, _)) => match schema.entry(map).fact.ty() {
                Type::Map(value) => Some(value),
                _ => None,
            },
            Source::Spot(Spot::Field(list, field)) => match schema.entry(list).fact.ty() {
                Type::Records(record) => record.type_of(field),
                _ => None,
            },
            Source::Spot(Spot::Element) => self.element_type(self.list_of(scope)?),
            Source::Now | Source::Term(_) => None,
        }
    }
}

fn characters(text: &str) -> i64 {
    i64::try_from(text.chars().count()).unwrap_or(i64::MAX)
}

/// The least and the greatest value of a part of a time.
fn parts_of_time(clock: Clock) -> (i64, i64) {
    match clock {
        // West of Greenwich the first day of the year 1 is the last of the year 0.
        Clock::FullYear => (0, 9_999),
        Clock::Month => (0, 11),
        Clock::Date => (1, 31),
        Clock::DayOfMonth => (0, 30),
        Clock::DayOfWeek => (0, 6),
        Clock::DayOfYear => (0, 365),
        Clock::Hours => (0, 23),
        Clock::Minutes | Clock::Seconds => (0, 59),
        Clock::Milliseconds => (0, 999),
    }
}

/// Orders the cuts of a line: what lies below the first lies below the second.
fn compare(a: Limit, b: Limit) -> Ordering {
    match (a, b) {
        (Limit::Int(a), Limit::Int(b)) => a.cmp(&b),
        (Limit::Double { value: a, open: a_open }, Limit::Double { value: b, open: b_open }) => {
            a.get().total_cmp(&b.get()).then(b_open.cmp(&a_open))
        }
        (Limit::Int(a), Limit::Double { value, open }) => compare_mixed(a, value.get())
            .then(if open { Ordering::Greater } else { Ordering::Equal }),
        (Limit::Double { .. }, Limit::Int(_)) => compare(b, a).reverse(),
    }
}

/// Tells whether no double lies above one cut and below the next.
fn is_gap(below: Limit, above: Limit) -> bool {
    match (below, above) {
        (Limit::Double { value: a, open: false }, Limit::Double { value: b, open: true }) => {
            a.get().next_up() >= b.get()
        }
        _ => false,
    }
}

/// Tells whether a text that passes one test passes another.
fn follows(test: TextTest, text: &str, other: TextTest, part: &str) -> bool {
    match (test, other) {
        (TextTest::StartsWith, TextTest::StartsWith) => text.starts_with(part),
        (TextTest::EndsWith, TextTest::EndsWith) => text.ends_with(part),
        (_, TextTest::Contains) => text.contains(part),
        _ => part.is_empty(),
    }
}

/// Tells whether no text passes both tests.
fn excludes((test, text): (TextTest, &str), (other, part): (TextTest, &str)) -> bool {
    let neither = |either: bool, or: bool| !either && !or;
    match (test, other) {
        (TextTest::StartsWith, TextTest::StartsWith) => {
            neither(text.starts_with(part), part.starts_with(text))
        }
        (TextTest::EndsWith, TextTest::EndsWith) => {
            neither(text.ends_with(part), part.ends_with(text))
        }
        _ => false,
    }
}
