//! Lists: a few elements each, and what quantifiers say of them.

use super::{Body, Encoder, Facet, ListKey, Rail, Scope, Spot};
use crate::condition::{AtomId, Constant, Limit, ListTerm, NodeId, Term, TermId};
use crate::prove::literal::Lit;
use crate::schema::{FactEntry, Origin, Type};

/// What is said of a list.
#[derive(Clone, Debug)]
pub(in crate::prove) struct ListVars {
    /// At least a part of it is known.
    pub(in crate::prove) known: Lit,
    /// There is nothing else in it.
    pub(in crate::prove) complete: Lit,
    pub(in crate::prove) filled: Lit,
    pub(super) absent: Lit,
    /// Its elements, and whether each is there; those that are come first.
    pub(in crate::prove) slots: Vec<(Scope, Lit)>,
    /// Whether it would need more elements than it is given.
    blurred: bool,
}

/// How many elements a list is given at most.
const MOST_SLOTS: usize = 64;

impl<'p> Encoder<'p> {
    pub(super) fn list(&mut self, key: ListKey, scope: Scope) -> ListVars {
        let scope = match key {
            ListKey::Fact(_) => Scope::OUTSIDE,
            ListKey::Field(..) => scope,
        };
        if let Some(known) = self.lists.get(&(key, scope)) {
            return known.clone();
        }
        let mut vars = self.state_of(key);
        let needed = self.needs.of(key);
        vars.blurred = needed > MOST_SLOTS;
        let count = if vars.blurred { 0 } else { needed };
        for _ in 0..count {
            let present = self.cnf.var();
            let before = vars.slots.last().map_or(vars.known, |(_, before)| *before);
            self.cnf.implies(present, before);
            self.slots.push(key);
            let slot = Scope(u32::try_from(self.slots.len()).unwrap_or(u32::MAX));
            vars.slots.push((slot, present));
        }
        self.lists.insert((key, scope), vars.clone());
        vars
    }

    /// Makes what is said of a list as a whole.
    fn state_of(&mut self, key: ListKey) -> ListVars {
        let schema = self.schema;
        let of = |entry: &FactEntry| match entry.fact.ty() {
            Type::Records(_) => Some(true),
            Type::List(_) => Some(false),
            _ => None,
        };
        let (entry, optional, is_records) = match key {
            ListKey::Fact(fact) => {
                let entry = schema.entry(fact);
                (entry, entry.fact.is_optional(), of(entry))
            }
            ListKey::Field(list, field) => {
                let entry = schema.entry(list);
                let optional = match entry.fact.ty() {
                    Type::Records(record) => record
                        .find(record.name_of(field))
                        .is_none_or(|(_, fact)| fact.is_optional()),
                    _ => true,
                };
                (entry, optional, Some(false))
            }
        };
        let is_context = matches!(entry.origin, Origin::Context(_));
        let (known, filled, absent) = if is_context && is_records == Some(true) {
            // A list of records is never absent, it is unknown.
            let known = self.cnf.var();
            (known, known, Lit::FALSE)
        } else {
            let is_undeclared = self.is_undeclared(key.fact());
            let filled = if optional || is_undeclared { self.cnf.var() } else { Lit::TRUE };
            let may_be_invalid = is_undeclared || matches!(entry.origin, Origin::Attribute(_));
            let known = if may_be_invalid { self.cnf.var() } else { filled };
            self.cnf.implies(known, filled);
            if may_be_invalid {
                self.cnf.lean(known);
            }
            let denied = match key {
                ListKey::Fact(fact) => self.denied(fact, filled),
                ListKey::Field(..) => !filled,
            };
            (known, filled, denied)
        };
        let whole = matches!(entry.origin, Origin::Context(_) | Origin::Attribute(_))
            && is_records == Some(false);
        let complete = if whole || self.declared { known } else { self.cnf.var() };
        self.cnf.implies(complete, known);
        ListVars { known, complete, filled, absent, slots: Vec::new(), blurred: false }
    }

    /// Returns whether a list is believed on a rail.
    pub(super) fn list_believed(&mut self, key: ListKey, rail: Rail) -> Lit {
        match key {
            ListKey::Fact(fact) => self.delivered(fact).believed(rail),
            // A field is as old as the list it is in.
            ListKey::Field(..) => Lit::TRUE,
        }
    }

    /// Returns the type of the elements of a list; a map has none.
    pub(in crate::prove) fn element_type(&self, key: ListKey) -> Option<&'p Type> {
        let element = |ty: &'p Type| match ty {
            Type::List(element) => Some(&**element),
            Type::Records(_) => Some(ty),
            _ => None,
        };
        match key {
            ListKey::Fact(fact) => element(self.schema.entry(fact).fact.ty()),
            ListKey::Field(list, field) => match self.schema.entry(list).fact.ty() {
                Type::Records(record) => record.type_of(field).and_then(element),
                _ => None,
            },
        }
    }

    /// Returns the list that an element is in.
    pub(in crate::prove) fn list_of(&self, slot: Scope) -> Option<ListKey> {
        let place = (slot.0 as usize).checked_sub(1)?;
        self.slots.get(place).copied()
    }

    /// Returns the place of an element in its list.
    pub(in crate::prove) fn place_of(&self, slot: Scope) -> i64 {
        let lists = self.lists.values();
        let places = lists.filter_map(|list| list.slots.iter().position(|(own, _)| *own == slot));
        places.into_iter().next().and_then(|place| i64::try_from(place).ok()).unwrap_or(0)
    }

    /// Finds a list whose elements are in the abstraction, with whether it is
    /// believed.
    fn seen(&mut self, list: &ListTerm, rail: Rail, scope: Scope) -> Option<(ListVars, Lit)> {
        let key = ListKey::of(list)?;
        self.element_type(key)?;
        let vars = self.list(key, scope);
        let believed = self.list_believed(key, rail);
        let known = self.cnf.both(believed, vars.known);
        (!vars.blurred).then_some((vars, known))
    }

    fn body(&mut self, body: Body<'p>, facet: Facet, rail: Rail, slot: Scope) -> Lit {
        match body {
            Body::Node(node) => self.truth(node, facet, rail, slot),
            Body::Is(constant) => {
                let is = self.element_is(constant, slot);
                let valid = self.place(Spot::Element, slot).valid;
                self.facet_of(valid, is, facet)
            }
            Body::Any => self.facet_of(Lit::TRUE, Lit::TRUE, facet),
        }
    }

    /// A facet of `list.exists(…)`.
    pub(super) fn exists(
        &mut self,
        id: AtomId,
        list: &'p ListTerm,
        body: Body<'p>,
        facet: Facet,
        rail: Rail,
        scope: Scope,
    ) -> Lit {
        let looks_for_number = match body {
            Body::Is(constant) => is_number(constant),
            Body::Node(_) | Body::Any => false,
        };
        let seen = if looks_for_number { None } else { self.seen(list, rail, scope) };
        let Some((vars, known)) = seen else {
            return self.left_free(id, facet, rail, scope);
        };
        let mut bodies = Vec::with_capacity(vars.slots.len());
        for (slot, present) in &vars.slots {
            let body = self.body(body, facet, rail, *slot);
            bodies.push((*present, body));
        }
        match facet {
            Facet::True => {
                let witness = self.some(&bodies);
                self.cnf.all([known, witness])
            }
            Facet::NotFalse => {
                let witness = self.some(&bodies);
                self.cnf.any([!known, !vars.complete, witness])
            }
            Facet::False => {
                let none = self.each(&bodies);
                self.cnf.all([known, vars.complete, none])
            }
            Facet::NotTrue => {
                let none = self.each(&bodies);
                self.cnf.any([!known, none])
            }
        }
    }

    /// Some element is there, and says so.
    fn some(&mut self, bodies: &[(Lit, Lit)]) -> Lit {
        let witnesses: Vec<Lit> =
            bodies.iter().map(|(present, body)| self.cnf.all([*present, *body])).collect();
        self.cnf.any(witnesses)
    }

    /// Every element that is there says so.
    fn each(&mut self, bodies: &[(Lit, Lit)]) -> Lit {
        let all: Vec<Lit> =
            bodies.iter().map(|(present, body)| self.cnf.any([!*present, *body])).collect();
        self.cnf.all(all)
    }

    /// A facet of `list.exists_one(…)`.
    pub(super) fn one(
        &mut self,
        id: AtomId,
        list: &'p ListTerm,
        body: NodeId,
        facet: Facet,
        rail: Rail,
        scope: Scope,
    ) -> Lit {
        let Some((vars, known)) = self.seen(list, rail, scope) else {
            return self.left_free(id, facet, rail, scope);
        };
        let tally = self.tally(&vars, body, rail);
        match facet {
            Facet::True => {
                let (one, two) = (tally.at_least(1), tally.at_least(2));
                self.cnf.all([known, vars.complete, tally.decided, one, !two])
            }
            Facet::False => {
                let (one, two) = (tally.at_least(1), tally.at_least(2));
                let none = self.cnf.all([vars.complete, !one]);
                let wrong = self.cnf.any([two, none]);
                self.cnf.all([known, tally.decided, wrong])
            }
            Facet::NotTrue => {
                let (one, two) = (tally.at_least(1), tally.at_least(2));
                self.cnf.any([!known, !vars.complete, !tally.decided, !one, two])
            }
            Facet::NotFalse => {
                let (one, two) = (tally.at_least(1), tally.at_least(2));
                let some = self.cnf.any([!vars.complete, one]);
                let right = self.cnf.all([!two, some]);
                self.cnf.any([!known, !tally.decided, right])
            }
        }
    }

    /// A facet of a cut of `size(list)` or of a count; `None` for other terms.
    pub(super) fn counted(
        &mut self,
        id: AtomId,
        term: TermId,
        limit: Limit,
        facet: Facet,
        rail: Rail,
        scope: Scope,
    ) -> Option<Lit> {
        let program = self.program;
        let (list, body) = match &program[term] {
            Term::Size(list) => (list, None),
            Term::Count(list, body) => (list, Some(*body)),
            _ => return None,
        };
        let Limit::Int(limit) = limit else {
            return Some(self.left_free(id, facet, rail, scope));
        };
        let Some((vars, known)) = self.seen(list, rail, scope) else {
            return Some(self.left_free(id, facet, rail, scope));
        };
        let tally = match body {
            Some(body) => self.tally(&vars, body, rail),
            None => Tally {
                decided: Lit::TRUE,
                at_least: vars.slots.iter().map(|(_, present)| *present).collect(),
            },
        };
        let more = if limit < 0 {
            Lit::TRUE
        } else {
            let most = usize::try_from(limit).unwrap_or(usize::MAX);
            tally.at_least(most.saturating_add(1))
        };
        // There is no number above the greatest, even where a list is partial.
        let closed = if limit == i64::MAX { Lit::TRUE } else { vars.complete };
        Some(match facet {
            Facet::True => self.cnf.all([known, tally.decided, closed, !more]),
            Facet::False => self.cnf.all([known, tally.decided, more]),
            Facet::NotTrue => self.cnf.any([!known, !tally.decided, !closed, more]),
            Facet::NotFalse => self.cnf.any([!known, !tally.decided, !more]),
        })
    }

    /// Counts the elements that satisfy a body, exactly.
    fn tally(&mut self, vars: &ListVars, body: NodeId, rail: Rail) -> Tally {
        let (mut decided, mut hits) = (Vec::new(), Vec::new());
        for (slot, present) in &vars.slots {
            let (yes, no) =
                (self.exactly(body, true, rail, *slot), self.exactly(body, false, rail, *slot));
            let known = self.either(yes, no);
            decided.push(self.either(!*present, known));
            hits.push(self.cnf.both(*present, yes));
        }
        let mut all = Lit::TRUE;
        for decided in decided {
            all = self.cnf.both(all, decided);
        }
        Tally { decided: all, at_least: self.sorted(&hits) }
    }

    fn either(&mut self, a: Lit, b: Lit) -> Lit {
        !self.cnf.both(!a, !b)
    }

    /// Returns what holds exactly where a truth is known true, or known false.
    fn exactly(&mut self, body: NodeId, truth: bool, rail: Rail, slot: Scope) -> Lit {
        let (is, is_not) = match truth {
            true => (Facet::True, Facet::NotTrue),
            false => (Facet::False, Facet::NotFalse),
        };
        let (holds, fails) =
            (self.truth(body, is, rail, slot), self.truth(body, is_not, rail, slot));
        if holds == !fails {
            return holds;
        }
        let exactly = self.cnf.var();
        self.cnf.implies(exactly, holds);
        self.cnf.implies(!exactly, fails);
        exactly
    }

    /// Sorts truths: the first says that at least one holds, the second two, …
    fn sorted(&mut self, lits: &[Lit]) -> Vec<Lit> {
        let mut sorted: Vec<Lit> = Vec::new();
        for lit in lits {
            let mut carried = *lit;
            for place in &mut sorted {
                let both = self.cnf.both(*place, carried);
                *place = !self.cnf.both(!*place, !carried);
                carried = both;
            }
            sorted.push(carried);
        }
        sorted
    }

    /// Returns every list that was looked at.
    pub(in crate::prove) fn all_lists(&self) -> impl Iterator<Item = (ListKey, Scope, &ListVars)> {
        self.lists.iter().map(|((key, scope), vars)| (*key, *scope, vars))
    }
}

/// How many elements satisfy a body.
struct Tally {
    /// No element that is there leaves it open.
    decided: Lit,
    /// At least one does, at least two, and so on.
    at_least: Vec<Lit>,
}

impl Tally {
    fn at_least(&self, count: usize) -> Lit {
        match count.checked_sub(1) {
            None => Lit::TRUE,
            Some(place) => self.at_least.get(place).copied().unwrap_or(Lit::FALSE),
        }
    }
}

fn is_number(constant: &Constant) -> bool {
    !matches!(constant, Constant::Bool(_) | Constant::Text(_) | Constant::Word(_))
}
