//! A world in words that a person takes in at a glance.

use std::collections::BTreeSet;

use super::world::{Datum, Element, Listed, World};
use crate::plan::Plan;
use crate::schema::{FactId, PartId, Presence, Schema, Type};
use crate::time::{Duration, Timestamp};

/// Says what is so, a fact an entry: first what is not known of the facts that
/// matter, then what is.
pub(super) fn describe(plan: &Plan, world: &World, facts: &BTreeSet<FactId>) -> Vec<String> {
    Teller { schema: &plan.schema, now: Timestamp::from_millis(world.now) }.tell(world, facts)
}

/// How many absent facts are named.
const MOST_ABSENT: usize = 6;

struct Teller<'a> {
    schema: &'a Schema,
    now: Timestamp,
}

impl Teller<'_> {
    fn tell(&self, world: &World, facts: &BTreeSet<FactId>) -> Vec<String> {
        let mut told = Vec::new();
        let parts: BTreeSet<PartId> =
            facts.iter().map(|fact| self.schema.entry(*fact).part).collect();
        for part in parts {
            let name = &self.schema.part(part).name;
            match world.parts.get(&part) {
                None if world.has_part(self.schema, part) => {}
                None => told.push(format!("{name} is not known")),
                Some(part) if !part.fresh => told.push(format!("{name} is out of date")),
                Some(_) => {}
            }
            if world.parts.get(&part).is_some_and(|part| !part.told) {
                told.push(format!("only single events tell of {name}"));
            }
        }
        let stale = world.stale.iter().map(|fact| &self.schema.entry(*fact).path);
        told.extend(stale.map(|path| format!("{path} is out of date")));
        told.extend(facts.iter().filter_map(|fact| self.lacking(world, *fact)).take(MOST_ABSENT));
        if !self.now.is_plausible() {
            told.push(format!("the request is at {}", self.now));
        }
        for (fact, datum) in &world.facts {
            let entry = self.schema.entry(*fact);
            let is_group = matches!(entry.fact.ty(), Type::Group | Type::Map(_));
            if self.is_delivered(world, *fact) && !is_group {
                told.push(format!("{} {}", entry.path, self.datum(datum, entry.fact.ty())));
            } else if *entry.fact.ty() == Type::Group {
                told.push(format!("{} is there", entry.path));
            }
        }
        for ((map, name), entry) in &world.entries {
            if self.is_delivered(world, *map) {
                let path = &self.schema.entry(*map).path;
                let stale = if entry.stale { ", out of date" } else { "" };
                let value = match &entry.value {
                    Datum::Double(value) => format!("is {value}"),
                    _ => "cannot be read".to_owned(),
                };
                told.push(format!("{path}.{name} {value}{stale}"));
            }
        }
        for (list, listed) in &world.lists {
            if self.is_delivered(world, *list) {
                told.push(self.list(*list, listed));
            }
        }
        told
    }

    /// Says that a fact is lacking from a part that was delivered.
    fn lacking(&self, world: &World, fact: FactId) -> Option<String> {
        let entry = self.schema.entry(fact);
        let is_there = world.facts.contains_key(&fact) || world.lists.contains_key(&fact);
        let part = world.parts.get(&entry.part).filter(|_| !is_there)?;
        match entry.fact.ty() {
            Type::Map(_) => None,
            Type::Records(_) => Some(format!("{} is not known", entry.path)),
            _ if !part.told => Some(format!("{} is not known", entry.path)),
            Type::Group => None,
            _ => Some(format!("{} is absent", entry.path)),
        }
    }

    fn is_delivered(&self, world: &World, fact: FactId) -> bool {
        let part = self.schema.entry(fact).part;
        let comes_along = matches!(self.schema.part(part).presence, Presence::Always);
        comes_along || world.has_part(self.schema, part)
    }

    fn list(&self, list: FactId, listed: &Listed) -> String {
        let entry = self.schema.entry(list);
        let path = &entry.path;
        let more = if listed.complete { "" } else { ", and perhaps more" };
        if listed.elements.is_empty() {
            let empty = if listed.complete { "is empty" } else { "is known in part only" };
            return format!("{path} {empty}");
        }
        let elements: Vec<String> =
            listed.elements.iter().map(|of| self.element(list, of)).collect();
        format!("{path} holds {}{more}", elements.join(" and "))
    }

    fn element(&self, list: FactId, element: &Element) -> String {
        let ty = self.schema.entry(list).fact.ty();
        match (element, ty) {
            (Element::Record(fields), Type::Records(record)) => {
                let name = record.name();
                let told = fields.iter().map(|(field, datum)| {
                    let none = Type::Group;
                    let ty = record.type_of(*field).unwrap_or(&none);
                    format!("{} {}", record.name_of(*field), self.datum(datum, ty))
                });
                let told: Vec<String> = told.collect();
                let article = if name.starts_with(['a', 'e', 'i', 'o', 'u']) { "an" } else { "a" };
                match told.is_empty() {
                    true => format!("{article} {name}"),
                    false => format!("{article} {name} ({})", told.join(", ")),
                }
            }
            (Element::Value(datum), Type::List(element)) => {
                self.datum(datum, element).trim_start_matches("is ").to_owned()
            }
            _ => "something".to_owned(),
        }
    }

    fn datum(&self, datum: &Datum, ty: &Type) -> String {
        match datum {
            Datum::Invalid => "cannot be read".to_owned(),
            Datum::Present => "is there".to_owned(),
            Datum::Bool(value) => format!("is {value}"),
            Datum::Int(value) => format!("is {value}"),
            Datum::Double(value) => format!("is {value}"),
            Datum::Text(text) => format!("is {text:?}"),
            Datum::OtherText(_) => "is another text".to_owned(),
            Datum::Word(code) => match ty {
                Type::Word(words) => format!("is {}", words.word(*code)),
                _ => "is another word".to_owned(),
            },
            Datum::Time(millis) => self.time(Timestamp::from_millis(*millis)),
            Datum::Length(millis) => format!("is {}", Duration::from_millis(*millis)),
            Datum::List(values) => {
                let element = match ty {
                    Type::List(element) => element,
                    other => other,
                };
                let values = values.iter().map(|value| self.datum(value, element));
                let values: Vec<String> =
                    values.map(|value| value.trim_start_matches("is ").to_owned()).collect();
                if values.is_empty() {
                    "is empty".to_owned()
                } else {
                    format!("holds {}", values.join(", "))
                }
            }
        }
    }

    fn time(&self, time: Timestamp) -> String {
        let ago = self.now.since(time);
        match ago.as_millis() {
            0 => "is now".to_owned(),
            1.. => format!("is {ago} ago"),
            _ => format!("is in {}", time.since(self.now)),
        }
    }
}
