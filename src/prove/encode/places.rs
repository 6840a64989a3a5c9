//! Places: whether one is filled, and whether what fills it is a value.

use super::parts::group_of;
use super::{Encoder, End, Facet, ListKey, Rail, Scope};
use crate::condition::{Term, TermId};
use crate::prove::literal::Lit;
use crate::schema::{FactId, FieldId, Origin, Type};
use crate::time::CLOCK_SKEW;

/// Something that holds a value, or does not.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(in crate::prove) enum Spot<'p> {
    Fact(FactId),
    Entry(FactId, &'p str),
    Field(FactId, FieldId),
    /// The element itself, in a list of plain values.
    Element,
}

/// What is said of a place.
#[derive(Clone, Copy, Debug)]
pub(in crate::prove) struct PlaceVars {
    pub(in crate::prove) filled: Lit,
    /// It is known not to be filled.
    pub(in crate::prove) denied: Lit,
    /// It holds a value of its type.
    pub(in crate::prove) valid: Lit,
    /// It is fresh, where it may be of another age than its part: a score may
    /// be dated by itself, and so may facts that single events told.
    pub(in crate::prove) fresh: Option<Lit>,
}

impl PlaceVars {
    /// A place that there is not.
    const NONE: Self =
        Self { filled: Lit::FALSE, denied: Lit::TRUE, valid: Lit::FALSE, fresh: None };
}

/// What a record or a group has, whenever it is there.
const ALWAYS_THERE: [(&str, &[&str]); 4] = [
    ("support.active_contact", &["channel", "started_at"]),
    ("support.last_contact", &["channel", "started_at"]),
    ("purchases.cart", &["units", "updated_at"]),
    ("recency.onboarding", &["status"]),
];

/// The times that tell how old they are themselves.
const OWN_AGES: [&str; 2] = ["recency.last_seen_at", "recency.last_login_at"];

/// What is known only where somebody vouches for it.
const VOUCHED: [&str; 2] = ["recency.previous_seen_at", "recency.sessions_30d"];

/// The states in which a ticket is over: it then has a time at which it ended.
const OVER: [&str; 2] = ["solved", "closed"];

impl<'p> Encoder<'p> {
    /// Finds the place that a term reads, if it reads one and nothing else.
    pub(super) fn spot(&self, term: TermId) -> Option<Spot<'p>> {
        match &self.program[term] {
            Term::Fact(fact) => Some(Spot::Fact(*fact)),
            Term::Entry(fact, key) => Some(Spot::Entry(*fact, key)),
            Term::Field(list, field) => Some(Spot::Field(*list, *field)),
            Term::Element => Some(Spot::Element),
            _ => None,
        }
    }

    pub(super) fn place(&mut self, spot: Spot<'p>, scope: Scope) -> PlaceVars {
        let scope = self.scope_of(spot, scope);
        if let Spot::Fact(fact) | Spot::Entry(fact, _) = spot {
            // Looking at a part may look at this place.
            self.part(self.schema.entry(fact).part);
        }
        if let Some(known) = self.places.get(&(spot, scope)) {
            return *known;
        }
        let vars = self.new_place(spot, scope);
        self.places.insert((spot, scope), vars);
        match spot {
            Spot::Fact(fact) => {
                self.relate_group(fact);
                self.relate_age(fact, vars);
            }
            Spot::Field(list, _) => self.relate_state(list, scope),
            Spot::Entry(..) | Spot::Element => {}
        }
        vars
    }

    /// Returns what says that a fact is there.
    pub(super) fn filled(&mut self, fact: FactId) -> Lit {
        self.place(Spot::Fact(fact), Scope::OUTSIDE).filled
    }

    fn scope_of(&self, spot: Spot<'_>, scope: Scope) -> Scope {
        match spot {
            Spot::Fact(_) | Spot::Entry(..) => Scope::OUTSIDE,
            Spot::Field(..) | Spot::Element => scope,
        }
    }

    fn new_place(&mut self, spot: Spot<'p>, scope: Scope) -> PlaceVars {
        let schema = self.schema;
        match spot {
            // The elements of lists of plain values are values, but in tables.
            Spot::Element => {
                let list = self.list_of(scope);
                let is_loose = list.is_some_and(|list| self.is_undeclared(list.fact()));
                let valid = if is_loose { self.cnf.var() } else { Lit::TRUE };
                PlaceVars { filled: Lit::TRUE, denied: Lit::FALSE, valid, fresh: None }
            }
            Spot::Fact(fact) => {
                let entry = schema.entry(fact);
                let may_be_invalid = self.is_undeclared(fact)
                    || may_be_invalid(&entry.origin, &entry.path, entry.fact.ty());
                let optional = entry.fact.is_optional() || self.is_undeclared(fact);
                let vars = self.filled_and_valid(optional, may_be_invalid);
                let denied = self.denied(fact, vars.filled);
                let fresh = Some(self.delivered(fact).fresh);
                PlaceVars { denied, fresh, ..vars }
            }
            Spot::Field(list, field) => {
                let entry = schema.entry(list);
                let Type::Records(record) = entry.fact.ty() else { return PlaceVars::NONE };
                let name = record.name_of(field);
                let Some((_, fact)) = record.find(name) else { return PlaceVars::NONE };
                let is_undeclared = self.is_undeclared(list);
                let may_be_invalid =
                    is_undeclared || may_be_invalid(&entry.origin, name, fact.ty());
                self.filled_and_valid(fact.is_optional() || is_undeclared, may_be_invalid)
            }
            Spot::Entry(map, _) => self.new_entry(map),
        }
    }

    fn new_entry(&mut self, map: FactId) -> PlaceVars {
        let entry = self.schema.entry(map);
        let whole = self.place(Spot::Fact(map), Scope::OUTSIDE);
        let filled = self.cnf.var();
        self.cnf.implies(filled, whole.valid);
        if matches!(entry.origin, Origin::Table) {
            let valid = if self.is_undeclared(map) { self.cnf.var() } else { filled };
            self.cnf.implies(valid, filled);
            let denied = self.cnf.both(whole.valid, !filled);
            return PlaceVars { filled, denied, valid, fresh: None };
        }
        // Where nobody vouches for scores, one that is absent may be unknown.
        let (told, hushed) = (self.part(entry.part).told, self.cnf.var());
        self.cnf.clause([!told, !hushed]);
        self.strained.push(hushed);
        let absent = self.cnf.both(whole.valid, !filled);
        let denied = self.cnf.both(absent, !hushed);
        // A number that is not finite is no value; a score may be stale.
        let (valid, fresh) = (self.cnf.var(), self.cnf.var());
        let of_part = self.part(entry.part).fresh;
        self.cnf.implies(valid, filled);
        self.cnf.implies(fresh, of_part);
        self.cnf.clause([!of_part, filled, fresh]);
        PlaceVars { filled, denied, valid, fresh: Some(fresh) }
    }

    /// Tells whether something lies in a table, which may be otherwise than its
    /// schema declares.
    pub(super) fn is_undeclared(&self, fact: FactId) -> bool {
        !self.declared && matches!(self.schema.entry(fact).origin, Origin::Table)
    }

    fn filled_and_valid(&mut self, optional: bool, may_be_invalid: bool) -> PlaceVars {
        let filled = if optional { self.cnf.var() } else { Lit::TRUE };
        if !may_be_invalid {
            return PlaceVars { filled, denied: !filled, valid: filled, fresh: None };
        }
        let valid = self.cnf.var();
        self.cnf.implies(valid, filled);
        // What is there is a value as a rule.
        self.cnf.lean(valid);
        PlaceVars { filled, denied: !filled, valid, fresh: None }
    }

    /// Returns whether what a place holds is believed on a rail.
    fn believed(&mut self, spot: Spot<'p>, vars: PlaceVars, rail: Rail) -> Lit {
        match (spot, vars.fresh, rail) {
            (_, Some(fresh), Rail::Fresh) => fresh,
            (Spot::Fact(fact), ..) => self.delivered(fact).believed(rail),
            (Spot::Entry(map, _), ..) => {
                let part = self.schema.entry(map).part;
                self.part(part).believed(rail)
            }
            (Spot::Field(..) | Spot::Element, ..) => Lit::TRUE,
        }
    }

    /// Returns whether a place has a value on a rail.
    pub(super) fn spot_known(&mut self, spot: Spot<'p>, rail: Rail, scope: Scope) -> Lit {
        let vars = self.place(spot, scope);
        let believed = self.believed(spot, vars, rail);
        self.cnf.both(believed, vars.valid)
    }

    /// A facet of `has(place)`.
    pub(super) fn has(&mut self, term: TermId, facet: Facet, rail: Rail, scope: Scope) -> Lit {
        let Some(spot) = self.spot(term) else { return super::constant(false) };
        let (filled, absent, believed) = match self.list_at(spot) {
            Some(list) => {
                let vars = self.list(list, scope);
                let believed = self.list_believed(list, rail);
                (vars.filled, vars.absent, believed)
            }
            None => {
                let vars = self.place(spot, scope);
                let believed = self.believed(spot, vars, rail);
                (vars.filled, vars.denied, believed)
            }
        };
        match facet {
            Facet::True => self.cnf.all([believed, filled]),
            Facet::False => self.cnf.all([believed, absent]),
            Facet::NotTrue => self.cnf.any([!believed, !filled]),
            Facet::NotFalse => self.cnf.any([!believed, !absent]),
        }
    }

    /// Returns whether `known(place)`: fresh, and reading it gives a value.
    pub(super) fn is_known(&mut self, term: TermId, scope: Scope) -> Lit {
        let Some(spot) = self.spot(term) else { return Lit::FALSE };
        match self.list_at(spot) {
            Some(list) => {
                let known = self.list(list, scope).known;
                let believed = self.list_believed(list, Rail::Fresh);
                self.cnf.both(believed, known)
            }
            None => self.spot_known(spot, Rail::Fresh, scope),
        }
    }

    /// Finds the list that lies at a place, if one does.
    fn list_at(&self, spot: Spot<'_>) -> Option<ListKey> {
        let is_list = |ty: &Type| matches!(ty, Type::List(_) | Type::Records(_));
        match spot {
            Spot::Fact(fact) => {
                is_list(self.schema.entry(fact).fact.ty()).then_some(ListKey::Fact(fact))
            }
            Spot::Field(list, field) => match self.schema.entry(list).fact.ty() {
                Type::Records(record) => {
                    let ty = record.type_of(field)?;
                    is_list(ty).then_some(ListKey::Field(list, field))
                }
                _ => None,
            },
            Spot::Entry(..) | Spot::Element => None,
        }
    }

    /// Says of a time that tells by itself how old it is where it may lie if it
    /// is not as old as its part.
    fn relate_age(&mut self, fact: FactId, vars: PlaceVars) {
        let (schema, spot) = (self.schema, Spot::Fact(fact));
        let entry = schema.entry(fact);
        let path = entry.path.as_str();
        if VOUCHED.contains(&path) {
            let told = self.part(entry.part).told;
            self.cnf.implies(vars.filled, told);
        }
        if path == "recency.session_started_at"
            && let Some(seen) = schema.find(OWN_AGES[0])
        {
            self.place(Spot::Fact(seen), Scope::OUTSIDE);
        }
        let limit = schema.part(entry.part).max_age;
        let (Some(apart), Some(fresh)) = (self.apart(fact), vars.fresh) else { return };
        let (Some(limit), true) = (limit, OWN_AGES.contains(&path)) else { return };
        let (limit, skew) = (limit.as_millis(), CLOCK_SKEW.as_millis());
        self.now();
        let (newer, older, ahead) = (self.cnf.var(), self.cnf.var(), self.cnf.var());
        self.cnf.implies(apart, vars.valid);
        self.cnf.clause([!apart, !fresh, newer]);
        self.cnf.clause([!apart, fresh, older, ahead]);
        let told = self.part(entry.part).told;
        self.cnf.clause([!older, !told]);
        let then = End::At(spot, Scope::OUTSIDE);
        self.difference([newer, vars.valid], End::Now, then, limit);
        self.difference([newer, vars.valid], then, End::Now, skew);
        self.difference([older, vars.valid], then, End::Now, -(limit + 1));
        self.difference([ahead, vars.valid], End::Now, then, -(skew + 1));
    }

    /// Says that what lies in a group is there only with the group, and that
    /// the group has what it always has.
    fn relate_group(&mut self, fact: FactId) {
        let schema = self.schema;
        if let Some(group) = group_of(schema, fact) {
            // Looking at the group relates both.
            self.place(Spot::Fact(group), Scope::OUTSIDE);
        }
        let group = if *schema.entry(fact).fact.ty() == Type::Group { Some(fact) } else { None };
        let Some(group) = group.or_else(|| group_of(schema, fact)) else { return };
        let Some(whole) = self.places.get(&(Spot::Fact(group), Scope::OUTSIDE)).copied() else {
            return;
        };
        let name = schema.entry(group).path.as_str();
        let within: Vec<(FactId, PlaceVars)> = self
            .places
            .iter()
            // Facts come first.
            .take_while(|((spot, _), _)| matches!(spot, Spot::Fact(_)))
            .filter_map(|((spot, _), vars)| match spot {
                Spot::Fact(inner) if group_of(schema, *inner) == Some(group) => {
                    Some((*inner, *vars))
                }
                _ => None,
            })
            .collect();
        let always = ALWAYS_THERE.iter().find(|(known, _)| *known == name);
        for (inner, vars) in within {
            self.cnf.implies(vars.filled, whole.filled);
            let last = schema.entry(inner).path.rsplit('.').next().unwrap_or_default();
            if always.is_some_and(|(_, names)| names.contains(&last)) {
                self.cnf.implies(whole.filled, vars.filled);
            }
        }
    }

    /// Says that a ticket that is over has ended at some time.
    fn relate_state(&mut self, list: FactId, scope: Scope) {
        let schema = self.schema;
        let entry = schema.entry(list);
        let (Type::Records(record), Origin::Context(_)) = (entry.fact.ty(), &entry.origin) else {
            return;
        };
        let (Some((state, fact)), Some((closed_at, _))) =
            (record.find("state"), record.find("closed_at"))
        else {
            return;
        };
        let Some(ended) = self.places.get(&(Spot::Field(list, closed_at), scope)).copied() else {
            return;
        };
        let Type::Word(words) = fact.ty() else { return };
        let Some(stated) = self.places.get(&(Spot::Field(list, state), scope)).copied() else {
            return;
        };
        for word in OVER.iter().filter_map(|word| words.code(word)) {
            let is = self.word_at(list, state, word, scope);
            self.cnf.clause([!stated.filled, !is, ended.filled]);
        }
    }

    /// Returns every place that was looked at.
    pub(in crate::prove) fn all_places(
        &self,
    ) -> impl Iterator<Item = (Spot<'p>, Scope, PlaceVars)> {
        self.places.iter().map(|((spot, scope), vars)| (*spot, *scope, *vars))
    }
}

/// Tells whether something may be there and still be no value: a time that a
/// setter took, an amount in a foreign currency, a number that is not finite,
/// an attribute of another type. Tables are for those who ask to look at.
fn may_be_invalid(origin: &Origin, name: &str, ty: &Type) -> bool {
    match origin {
        Origin::Table => false,
        Origin::Context(_) => match ty {
            Type::Timestamp | Type::Double | Type::Duration => true,
            Type::Int => name.ends_with("_minor"),
            _ => false,
        },
        // Attributes, and whatever else comes without a type of its own.
        _ => true,
    }
}
