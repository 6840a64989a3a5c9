//! What a model says of facts, place by place: a context before it is one.

use std::collections::{BTreeMap, BTreeSet};

use super::encode::{Choices, Encoder, Line, ListKey, ListVars, Scope, Source, Spot, is_within};
use super::literal::Lit;
use super::settle::{Number, Numbers};
use super::solver::Solver;
use super::taste::Taste;
use crate::condition::{Constant, Limit, TextTest};
use crate::schema::{FactId, FieldId, PartId, Presence, Schema, Type};

/// What a place holds.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Datum {
    /// Something that is no value of its type.
    Invalid,
    /// A group of facts.
    Present,
    Bool(bool),
    Int(i64),
    Double(f64),
    Text(String),
    /// A text of which it only matters that it is none of those asked for.
    OtherText(String),
    Word(u16),
    Time(i64),
    Length(i64),
    List(Vec<Datum>),
}

/// What a list holds.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Listed {
    pub(super) complete: bool,
    pub(super) elements: Vec<Element>,
}

#[derive(Clone, Debug, PartialEq)]
pub(super) enum Element {
    Record(BTreeMap<FieldId, Datum>),
    Value(Datum),
}

/// An entry of a map, and whether it is stale within a fresh part.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Entry {
    pub(super) value: Datum,
    pub(super) stale: bool,
}

/// A part that was delivered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Delivered {
    pub(super) fresh: bool,
    /// Somebody vouches for it; otherwise single events tell of it.
    pub(super) told: bool,
}

/// Facts of one moment, as far as they matter.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct World {
    pub(super) now: i64,
    /// The parts that were delivered.
    pub(super) parts: BTreeMap<PartId, Delivered>,
    /// The facts and groups that are stale within a fresh part.
    pub(super) stale: BTreeSet<FactId>,
    /// The facts and groups that are fresh within a stale part.
    pub(super) newer: BTreeSet<FactId>,
    /// The places that are filled.
    pub(super) facts: BTreeMap<FactId, Datum>,
    pub(super) entries: BTreeMap<(FactId, String), Entry>,
    /// The lists of which at least a part is known.
    pub(super) lists: BTreeMap<FactId, Listed>,
}

impl World {
    /// Tells whether a part is there, be it with another that it comes with.
    pub(super) fn has_part(&self, schema: &Schema, part: PartId) -> bool {
        let comes_along = || self.parts.keys().any(|other| come_together(schema, *other, part));
        self.parts.contains_key(&part) || schema.part(part).sources.is_empty() && comes_along()
    }
}

/// Tells whether two parts are delivered together, as the cart is with the
/// purchases.
pub(super) fn come_together(schema: &Schema, one: PartId, other: PartId) -> bool {
    let (a, b) = (schema.part(one), schema.part(other));
    one == other || is_within(a, b) || is_within(b, a)
}

/// Reads a world off a model.
pub(super) fn read<'p>(
    encoder: &Encoder<'p>,
    solver: &Solver,
    numbers: &Numbers<'p>,
    taste: Taste,
) -> World {
    Reader { encoder, solver, numbers, taste }.world()
}

struct Reader<'e, 'p> {
    encoder: &'e Encoder<'p>,
    solver: &'e Solver,
    numbers: &'e Numbers<'p>,
    taste: Taste,
}

impl<'p> Reader<'_, 'p> {
    fn world(&self) -> World {
        let mut world = World {
            now: self.numbers.get(&Number::Now).copied().unwrap_or_else(|| self.taste.now()),
            parts: BTreeMap::new(),
            stale: BTreeSet::new(),
            newer: BTreeSet::new(),
            facts: BTreeMap::new(),
            entries: BTreeMap::new(),
            lists: BTreeMap::new(),
        };
        for (id, vars) in self.encoder.all_parts() {
            let presence = self.encoder.schema().part(id).presence;
            if self.is(vars.delivered) && !matches!(presence, Presence::Always) {
                let delivered = Delivered { fresh: self.is(vars.fresh), told: self.is(vars.told) };
                world.parts.insert(id, delivered);
            }
        }
        let apart = self.encoder.all_ages().filter(|(_, apart)| self.is(*apart));
        for (fact, _) in apart {
            if self.is_fresh(fact) {
                world.stale.insert(fact)
            } else {
                world.newer.insert(fact)
            };
        }
        for (spot, _, vars) in self.encoder.all_places() {
            if let Spot::Fact(fact) | Spot::Entry(fact, _) = spot
                && !self.is(vars.filled)
                && !self.is(vars.denied)
            {
                // What nobody denies, nobody vouches for.
                let part = self.encoder.schema().entry(fact).part;
                world.parts.entry(part).and_modify(|part| part.told = false);
            }
            match spot {
                Spot::Fact(fact) if self.is(vars.filled) => {
                    if let Some(datum) = self.datum(spot, Scope::OUTSIDE) {
                        world.facts.insert(fact, datum);
                    }
                }
                Spot::Entry(map, key) if self.is(vars.filled) => {
                    let stale =
                        vars.fresh.is_some_and(|fresh| !self.is(fresh)) && self.is_fresh(map);
                    if let Some(value) = self.datum(spot, Scope::OUTSIDE) {
                        world.entries.insert((map, key.to_owned()), Entry { value, stale });
                    }
                }
                _ => {}
            }
        }
        for (key, _, vars) in self.encoder.all_lists() {
            if let ListKey::Fact(fact) = key
                && self.is(vars.known)
            {
                world.lists.insert(fact, self.listed(vars));
            } else if let ListKey::Fact(fact) = key
                && self.is(vars.filled)
            {
                world.facts.insert(fact, Datum::Invalid);
            }
        }
        world
    }

    fn is(&self, lit: Lit) -> bool {
        self.solver.is_true(lit)
    }

    fn is_fresh(&self, fact: FactId) -> bool {
        let part = self.encoder.schema().entry(fact).part;
        self.encoder.all_parts().any(|(id, vars)| id == part && self.is(vars.fresh))
    }

    fn listed(&self, vars: &ListVars) -> Listed {
        let there = vars.slots.iter().filter(|(_, present)| self.is(*present));
        let elements = there.map(|(slot, _)| self.element(*slot)).collect();
        Listed { complete: self.is(vars.complete), elements }
    }

    fn element(&self, slot: Scope) -> Element {
        let list = self.encoder.list_of(slot);
        let is_record = match list {
            Some(list) => matches!(self.encoder.element_type(list), Some(Type::Records(_))),
            None => false,
        };
        if !is_record {
            let datum = self.datum(Spot::Element, slot);
            return Element::Value(datum.unwrap_or(Datum::OtherText(OTHER.to_owned())));
        }
        let mut fields = BTreeMap::new();
        for (spot, scope, vars) in self.encoder.all_places() {
            if let Spot::Field(_, field) = spot
                && scope == slot
                && self.is(vars.filled)
                && let Some(datum) = self.datum(spot, slot)
            {
                fields.insert(field, datum);
            }
        }
        for (key, scope, vars) in self.encoder.all_lists() {
            if let ListKey::Field(_, field) = key
                && scope == slot
                && self.is(vars.known)
            {
                let elements = self.listed(vars).elements.into_iter();
                let values = elements.filter_map(|element| match element {
                    Element::Value(datum) => Some(datum),
                    Element::Record(_) => None,
                });
                fields.insert(field, Datum::List(values.collect()));
            } else if let ListKey::Field(_, field) = key
                && scope == slot
                && self.is(vars.filled)
            {
                fields.insert(field, Datum::Invalid);
            }
        }
        Element::Record(fields)
    }

    /// Chooses what a filled place holds.
    fn datum(&self, spot: Spot<'p>, scope: Scope) -> Option<Datum> {
        let ty = self.encoder.type_at(Source::Spot(spot), scope)?;
        if matches!(ty, Type::List(_) | Type::Records(_)) {
            return None;
        }
        let valid = self.encoder.known_place(spot, scope).map_or(Lit::TRUE, |vars| vars.valid);
        if !self.is(valid) {
            return Some(Datum::Invalid);
        }
        let none = Choices::default();
        let choices = self.encoder.choices(Source::Spot(spot), scope).unwrap_or(&none);
        Some(match ty {
            Type::Group | Type::Map(_) => Datum::Present,
            Type::Bool => Datum::Bool(self.chosen(choices).is_some()),
            Type::Word(words) => Datum::Word(self.word(choices, words.words().len())),
            Type::Text => self.text(choices, scope),
            Type::Double => Datum::Double(self.double(spot, scope)),
            Type::Timestamp => Datum::Time(self.whole(ty, spot, scope)),
            Type::Duration => Datum::Length(self.whole(ty, spot, scope)),
            _ => Datum::Int(self.whole(ty, spot, scope)),
        })
    }

    /// Returns what the model says a value is, if it says so.
    fn chosen<'c>(&self, choices: &'c Choices<'p>) -> Option<&'c Constant> {
        choices.is.iter().find(|(_, lit)| self.is(*lit)).map(|(constant, _)| constant)
    }

    fn word(&self, choices: &Choices<'p>, count: usize) -> u16 {
        if let Some(Constant::Word(code)) = self.chosen(choices) {
            return *code;
        }
        let is_asked =
            |code: u16| choices.is.iter().any(|(constant, _)| *constant == Constant::Word(code));
        let count = u16::try_from(count).unwrap_or(u16::MAX);
        (0..count).find(|code| !is_asked(*code)).unwrap_or(0)
    }

    fn whole(&self, ty: &Type, spot: Spot<'p>, scope: Scope) -> i64 {
        let known = self.numbers.get(&Number::At(spot, scope)).copied();
        known.unwrap_or_else(|| {
            let now = self.numbers.get(&Number::Now).copied().unwrap_or(self.taste.now());
            let (least, greatest) = super::settle::range(self.encoder.schema(), spot);
            self.taste.number(Some(ty), now, (spot, scope)).clamp(least, greatest)
        })
    }

    /// Chooses a double between the cuts around it.
    fn double(&self, spot: Spot<'p>, scope: Scope) -> f64 {
        let like = self.taste.real((spot, scope));
        let none = Line::default();
        let line = self.encoder.line(Source::Spot(spot), scope).unwrap_or(&none);
        // The least and the greatest value, and whether each does itself.
        let (mut least, mut most) = ((f64::MIN, true), (f64::MAX, true));
        for (limit, cut) in &line.0 {
            let (value, open) = match limit {
                Limit::Double { value, open } => (value.get(), *open),
                Limit::Int(_) => continue,
            };
            if !self.is(*cut) {
                least = (value, open);
            } else if most == (f64::MAX, true) {
                most = (value, !open);
            }
        }
        let fits = |value: f64| {
            (value > least.0 || least.1 && value >= least.0)
                && (value < most.0 || most.1 && value <= most.0)
        };
        let tried = [
            like,
            least.0,
            most.0,
            least.0 / 2.0 + most.0 / 2.0,
            least.0 + 1.0,
            most.0 - 1.0,
            least.0.next_up(),
        ];
        tried.into_iter().find(|value| fits(*value)).unwrap_or(like)
    }

    /// Chooses a text, or makes one up that passes the tests.
    fn text(&self, choices: &Choices<'p>, scope: Scope) -> Datum {
        if let Some(Constant::Text(text)) = self.chosen(choices) {
            return Datum::Text(text.clone());
        }
        let is_asked = |text: &str| {
            choices
                .is
                .iter()
                .any(|(constant, _)| matches!(constant, Constant::Text(asked) if asked == text))
        };
        let passes = |text: &&String| {
            let tests = choices.tests.iter();
            let mut tests = tests.map(|(test, needle, lit)| (test.holds(text, needle), *lit));
            tests.all(|(holds, lit)| holds == self.is(lit))
                && !is_asked(text)
                && self.has_length(text, choices, scope)
        };
        let made_up = self.made_up(choices);
        let text = made_up.iter().find(passes).or(made_up.first()).cloned().unwrap_or_default();
        Datum::OtherText(text)
    }

    /// Lists texts that begin, go on and end as they should, of all lengths.
    fn made_up(&self, choices: &Choices<'p>) -> Vec<String> {
        let needles = |wanted: TextTest| {
            let tests = choices.tests.iter();
            tests
                .filter(move |(test, _, lit)| *test == wanted && self.is(*lit))
                .map(|(_, text, _)| *text)
        };
        let longest = |wanted| needles(wanted).max_by_key(|text| text.len()).unwrap_or_default();
        let (start, end) = (longest(TextTest::StartsWith), longest(TextTest::EndsWith));
        let middle: String = needles(TextTest::Contains).collect::<Vec<_>>().join("~");
        let mut texts = vec![OTHER.to_owned(), start.to_owned(), end.to_owned()];
        texts.extend([format!("{start}{end}"), format!("{start}{middle}{end}"), String::new()]);
        for length in 1..=MOST_FILLED {
            texts.push("~".repeat(length));
            texts.push(format!("{start}{middle}{}{end}", "~".repeat(length)));
        }
        texts
    }

    fn has_length(&self, text: &str, choices: &Choices<'p>, scope: Scope) -> bool {
        let Some(term) = choices.characters() else { return true };
        let count = i64::try_from(text.chars().count()).unwrap_or(i64::MAX);
        let Some(line) = self.encoder.line(Source::Term(term), scope) else { return true };
        line.0.iter().all(|(limit, cut)| match limit {
            Limit::Int(most) => (count <= *most) == self.is(*cut),
            Limit::Double { .. } => true,
        })
    }
}

/// A text that is none of those a policy asks for.
const OTHER: &str = "other";
/// How many letters a made-up text is filled up with at most.
const MOST_FILLED: usize = 40;
