//! The ways to make a truth known: sums over "and", the least over "or".

use std::collections::{BTreeSet, HashMap, HashSet};
use std::rc::Rc;

use smallvec::{SmallVec, smallvec};

use super::{Demand, Flip, Need, Place, is_known};
use crate::condition::eval::{Element, Evaluator, Scope, ScopeId};
use crate::condition::program::{Atom, AtomId, ListTerm, Node, NodeId, Program, Term, TermId};
use crate::context::Completeness;
use crate::schema::{Cell, Delivery, FactId, Facts, FieldId, PartId, Type};

/// How many ways to one truth are kept.
const MAX_WAYS: usize = 6;
/// How many entries of a list are looked at for one that could be otherwise.
const MAX_ENTRIES: usize = 16;

/// What stays as it is costs nothing.
const KEPT: u32 = 0;
/// What a change of an ordinary fact costs.
const ORDINARY: u32 = 10;
/// The state of a record is what changes of itself.
const STATE: u32 = 8;
/// What a record is about does not change.
const NATURE: u32 = 20;
/// Nobody takes a fact away.
const ABSENCE: u32 = 25;
/// What is not in one fact can only be described.
const NOWHERE: u32 = 40;
/// A feed that comes again.
const DELIVERY: u32 = 6;
/// A new entry of a list, and each field of it.
const NEW_ENTRY: u32 = 12;
const NEW_FIELD: u32 = 2;

/// Most ways have no more changes than this.
const FEW_FLIPS: usize = 4;

/// A set of changes, sorted.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Way(SmallVec<[Flip; FEW_FLIPS]>);

impl Way {
    fn of(flip: Flip) -> Self {
        Self(smallvec![flip])
    }

    /// Tells whether nothing would change.
    pub(super) fn is_idle(&self) -> bool {
        self.0.iter().all(|flip| flip.weight == KEPT)
    }

    /// Tells whether nothing would change, and nothing has to stay as it is.
    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Joins two sets, unless they want the opposite of each other.
    pub(super) fn joined(&self, other: &Self) -> Option<Self> {
        if other.0.is_empty() {
            return Some(self.clone());
        }
        let mut flips: SmallVec<[Flip; FEW_FLIPS]> =
            self.0.iter().chain(&other.0).cloned().collect();
        flips.sort_unstable();
        // What is changed comes before what is kept of the same.
        flips.dedup_by(|a, b| a.place == b.place && a.need == b.need);
        let opposite = |pair: &[Flip]| match pair {
            [a, b] => a.place == b.place && a.need.is_opposite(b.need),
            _ => false,
        };
        (!flips.windows(2).any(opposite)).then_some(Self(flips))
    }

    /// Adds what has to stay as it is at the places that change.
    fn keeping(self, kept: &Kept) -> Option<Self> {
        let mut more = Self::default();
        for flips in self.by_place() {
            let Some(place) = flips.first().map(|flip| &flip.place) else { continue };
            let flip = |need: &Need| Flip { place: place.clone(), need: *need, weight: KEPT };
            more.0.extend(kept.needs_of(place).iter().map(flip));
        }
        if more.is_empty() { Some(self) } else { self.joined(&more) }
    }

    /// Groups the changes by the place they are about, with what is to be kept
    /// there.
    pub(super) fn by_place(&self) -> impl Iterator<Item = &[Flip]> {
        let places = self.0.chunk_by(|a, b| a.place == b.place);
        places.filter(|flips| flips.iter().any(|flip| flip.weight != KEPT))
    }

    /// What the changes cost together: a place counts once.
    pub(super) fn cost(&self) -> u32 {
        let weight = |flips: &[Flip]| flips.iter().map(|flip| flip.weight).max().unwrap_or(0);
        let of_places: u32 = self.by_place().map(weight).sum();
        let new_entries: BTreeSet<(FactId, usize)> = self
            .0
            .iter()
            .filter_map(|flip| match flip.place {
                Place::Field { list, row, is_new: true, .. } => Some((list, row)),
                _ => None,
            })
            .collect();
        of_places + NEW_ENTRY * u32::try_from(new_entries.len()).unwrap_or(u32::MAX / NEW_ENTRY)
    }
}

impl Need {
    fn is_opposite(self, other: Self) -> bool {
        match (self, other) {
            (Self::Atom(a, truth), Self::Atom(b, other)) => a == b && truth != other,
            _ => false,
        }
    }
}

/// What is as wanted and has to stay so, by place: of the places that change.
struct Kept {
    needs: Vec<(Place, Vec<Need>)>,
    seen: HashSet<(NodeId, bool, ScopeId), ahash::RandomState>,
}

impl Kept {
    /// Starts with nothing to keep at the places that some way changes.
    fn at_places_of(ways: &[Way]) -> Self {
        let mut needs: Vec<(Place, Vec<Need>)> = Vec::new();
        let changed = ways.iter().flat_map(Way::by_place).filter_map(<[Flip]>::first);
        for Flip { place, .. } in changed {
            if !needs.iter().any(|(known, _)| known == place) {
                needs.push((place.clone(), Vec::new()));
            }
        }
        Self { needs, seen: HashSet::default() }
    }

    fn needs_of(&self, place: &Place) -> &[Need] {
        let of_place = self.needs.iter().find(|(known, _)| known == place);
        of_place.map_or(&[], |(_, needs)| needs.as_slice())
    }

    fn add(&mut self, place: &Place, need: Need) {
        let mut needs = self.needs.iter_mut();
        if let Some((_, needs)) = needs.find(|(known, _)| known == place) {
            needs.push(need);
        }
    }
}

/// The ways to one truth.
enum Found {
    One(Way),
    Many(Rc<[Way]>),
}

impl std::ops::Deref for Found {
    type Target = [Way];

    fn deref(&self) -> &[Way] {
        match self {
            Self::One(way) => std::slice::from_ref(way),
            Self::Many(ways) => ways,
        }
    }
}

impl Found {
    fn append_to(self, ways: &mut Vec<Way>) {
        match self {
            Self::One(way) => ways.push(way),
            Self::Many(more) => ways.extend_from_slice(&more),
        }
    }

    fn into_ways(self) -> Vec<Way> {
        match self {
            Self::One(way) => vec![way],
            Self::Many(ways) => ways.to_vec(),
        }
    }
}

/// Finds ways on the facts of an evaluator.
pub(super) struct Ways<'e, 'a> {
    evaluator: &'e mut Evaluator<'a>,
    /// The facts as they are, before any change.
    original: &'e Facts<'e>,
    /// Truths share others, so that the ways to one may be beyond counting.
    known: HashMap<(NodeId, bool, ScopeId), Rc<[Way]>, ahash::RandomState>,
    /// The part that would have to come again for an atom, for those that were
    /// looked at.
    late: HashMap<NodeId, Option<PartId>, ahash::RandomState>,
    /// The one way to what is so already.
    nothing: Rc<[Way]>,
}

impl<'e, 'a> Ways<'e, 'a> {
    pub(super) fn new(evaluator: &'e mut Evaluator<'a>, original: &'e Facts<'e>) -> Self {
        let (known, late) = (HashMap::default(), HashMap::default());
        Self { evaluator, original, known, late, nothing: Rc::new([Way::default()]) }
    }

    /// Finds the cheapest ways to fulfil all demands.
    ///
    /// Each comes with what has to stay as it is at the places it changes.
    pub(super) fn for_all(mut self, demands: &[Demand]) -> Vec<Way> {
        let mut ways = vec![Way::default()];
        for demand in demands {
            let more = self.node(demand.node, demand.truth, Scope::OUTSIDE);
            ways = both(ways, more);
        }
        if ways.iter().all(Way::is_idle) {
            return ways;
        }
        let mut kept = Kept::at_places_of(&ways);
        for demand in demands {
            self.keep(demand.node, demand.truth, Scope::OUTSIDE, &mut kept);
        }
        ways.into_iter().filter_map(|way| way.keeping(&kept)).collect()
    }

    /// Collects what is as wanted and has to stay so, as nothing could stand in
    /// for it.
    fn keep(&mut self, id: NodeId, truth: bool, scope: Scope<'a>, kept: &mut Kept) {
        if !kept.seen.insert((id, truth, self.evaluator.scope_of(id, scope))) {
            return;
        }
        match &self.program()[id] {
            Node::Not(inner) => self.keep(*inner, !truth, scope, kept),
            Node::All(parts) if truth => self.keep_every(parts, true, scope, kept),
            Node::Any(parts) if !truth => self.keep_every(parts, false, scope, kept),
            Node::Atom(atom) if is_known(self.evaluator.node(id, scope).truth(), truth) => {
                self.keep_atom(*atom, truth, scope, kept);
            }
            _ => {}
        }
    }

    fn keep_every(&mut self, parts: &[NodeId], truth: bool, scope: Scope<'a>, kept: &mut Kept) {
        for part in parts {
            self.keep(*part, truth, scope, kept);
        }
    }

    fn keep_atom(&mut self, id: AtomId, truth: bool, scope: Scope<'a>, kept: &mut Kept) {
        match &self.program()[id] {
            Atom::Exists(list @ ListTerm::Fact(_), body) if !truth => {
                for entry in self.evaluator.scopes(list, scope) {
                    self.keep(*body, false, entry, kept);
                }
            }
            atom => {
                if let Some(place) = self.place(atom, scope) {
                    kept.add(&place, Need::Atom(id, truth));
                }
            }
        }
    }

    fn program(&self) -> &'a Program {
        self.evaluator.program()
    }

    fn node(&mut self, id: NodeId, truth: bool, scope: Scope<'a>) -> Found {
        let is_short = self.is_short(id);
        let key = (id, truth, self.evaluator.scope_of(id, scope));
        if !is_short && let Some(known) = self.known.get(&key) {
            return Found::Many(Rc::clone(known));
        }
        if is_known(self.evaluator.node(id, scope).truth(), truth) {
            return Found::Many(Rc::clone(&self.nothing));
        }
        let mut ways = self.lacking(id, truth, scope);
        if is_short && let Some(way) = ways.pop() {
            return Found::One(way);
        }
        let ways: Rc<[Way]> = ways.into();
        self.known.insert(key, Rc::clone(&ways));
        Found::Many(ways)
    }

    /// Tells whether the ways to a truth are found out faster than remembered:
    /// there is one at most.
    fn is_short(&self, id: NodeId) -> bool {
        let program = self.program();
        match &program[id] {
            Node::Atom(atom) => !matches!(program[*atom], Atom::Exists(..)),
            _ => false,
        }
    }

    fn lacking(&mut self, id: NodeId, truth: bool, scope: Scope<'a>) -> Vec<Way> {
        match &self.program()[id] {
            Node::True | Node::False | Node::Unknown => Vec::new(),
            Node::Not(inner) => self.node(*inner, !truth, scope).into_ways(),
            Node::Atom(atom) => match self.part_to_deliver(id) {
                Some(part) => vec![delivered(part)],
                None => self.atom(*atom, truth, scope),
            },
            Node::All(parts) if truth => self.every(parts, true, scope),
            Node::Any(parts) if !truth => self.every(parts, false, scope),
            Node::All(parts) | Node::Any(parts) => self.some(parts, truth, scope),
        }
    }

    fn every(&mut self, parts: &'a [NodeId], truth: bool, scope: Scope<'a>) -> Vec<Way> {
        let start = vec![Way::default()];
        parts.iter().fold(start, |ways, part| {
            let more = self.node(*part, truth, scope);
            both(ways, more)
        })
    }

    fn some(&mut self, parts: &'a [NodeId], truth: bool, scope: Scope<'a>) -> Vec<Way> {
        let mut ways = Vec::new();
        for part in parts {
            self.node(*part, truth, scope).append_to(&mut ways);
        }
        best(ways)
    }

    fn atom(&mut self, id: AtomId, truth: bool, scope: Scope<'a>) -> Vec<Way> {
        match &self.program()[id] {
            Atom::KnownPart(part) if truth => vec![delivered(*part)],
            Atom::KnownPart(_) => Vec::new(),
            Atom::Exists(list @ ListTerm::Fact(fact), body) if self.has_records(*fact) => {
                self.exists((list, *fact), *body, truth, scope)
            }
            atom => {
                let place = self.place(atom, scope).unwrap_or(Place::Nowhere(id));
                let weight = self.weight(&place, atom, truth);
                vec![Way::of(Flip { place, need: Need::Atom(id, truth), weight })]
            }
        }
    }

    fn has_records(&self, list: FactId) -> bool {
        let schema = self.evaluator.facts().schema();
        matches!(schema.entry(list).fact.ty(), Type::Records(_))
    }

    /// Some entry would have to be otherwise, or a new one be there; or every
    /// entry that fits would have to be otherwise.
    fn exists(
        &mut self,
        (term, list): (&'a ListTerm, FactId),
        body: NodeId,
        truth: bool,
        scope: Scope<'a>,
    ) -> Vec<Way> {
        let (count, completeness) = match self.evaluator.facts().cell(list) {
            Cell::Rows(rows, completeness) => (rows.len(), completeness),
            _ => (0, Completeness::Unknown),
        };
        let entries = self.evaluator.scopes(term, scope);
        if !truth {
            let start = match completeness {
                Completeness::Complete => Way::default(),
                _ => Way::of(Flip {
                    place: Place::List(list),
                    need: Need::Complete,
                    weight: ORDINARY,
                }),
            };
            return entries.into_iter().fold(vec![start], |ways, entry| {
                let more = self.node(body, false, entry);
                both(ways, more)
            });
        }
        let new = self.evaluator.blank(count);
        let mut ways = self.node(body, true, new).into_ways();
        for entry in entries.into_iter().take(MAX_ENTRIES) {
            self.node(body, true, entry).append_to(&mut ways);
        }
        best(ways)
    }

    /// Returns the part that would have to come again before anything else.
    fn part_to_deliver(&mut self, node: NodeId) -> Option<PartId> {
        if let Some(known) = self.late.get(&node) {
            return *known;
        }
        let part = self.find_part_to_deliver(node);
        self.late.insert(node, part);
        part
    }

    fn find_part_to_deliver(&self, node: NodeId) -> Option<PartId> {
        let facts = self.evaluator.facts();
        let read = self.program().facts(node);
        let schema = facts.schema();
        let stored = read.iter().flat_map(|fact| schema.stored(fact));
        let late = stored.filter(|fact| {
            matches!(facts.delivery_of(**fact), Delivery::Stale { .. } | Delivery::Ahead { .. })
        });
        late.map(|fact| schema.entry(*fact).part).next()
    }

    fn weight(&self, place: &Place, atom: &Atom, truth: bool) -> u32 {
        match place {
            Place::Nowhere(_) => NOWHERE,
            Place::Field { is_new: true, .. } => NEW_FIELD,
            _ if !truth && matches!(atom, Atom::Has(_) | Atom::KnownFact(_)) => ABSENCE,
            Place::Field { list, field, .. } => self.weight_of_field(*list, *field),
            _ => ORDINARY,
        }
    }

    fn weight_of_field(&self, list: FactId, field: FieldId) -> u32 {
        let Type::Records(record) = self.evaluator.facts().schema().entry(list).fact.ty() else {
            return ORDINARY;
        };
        match record.name_of(field) {
            "state" | "status" => STATE,
            "id" | "topic" | "category" | "purpose" | "metric" | "action" | "kind" => NATURE,
            _ => ORDINARY,
        }
    }

    /// Finds the place of the fact that an atom is about.
    fn place(&self, atom: &Atom, scope: Scope<'a>) -> Option<Place> {
        match atom {
            Atom::Member(_, ListTerm::Fact(list)) => Some(Place::Fact(*list)),
            Atom::Member(_, ListTerm::Field(list, field)) => self.field(*list, *field, scope),
            Atom::Exists(..) | Atom::One(..) | Atom::KnownPart(_) => None,
            about => {
                let mut terms = about.terms().into_iter().flatten();
                terms.find_map(|term| self.place_of_term(term, scope))
            }
        }
    }

    fn place_of_term(&self, term: TermId, scope: Scope<'a>) -> Option<Place> {
        match &self.program()[term] {
            Term::Fact(fact) => Some(Place::Fact(*fact)),
            Term::Entry(fact, key) => Some(Place::Entry(*fact, key.as_str().into())),
            Term::Field(list, field) => self.field(*list, *field, scope),
            Term::Since(inner) => self.place_of_term(*inner, scope),
            _ => None,
        }
    }

    fn field(&self, list: FactId, field: FieldId, scope: Scope<'a>) -> Option<Place> {
        let Element::Row(_, row) = scope.element else {
            return None;
        };
        let there = match self.original.cell(list) {
            Cell::Rows(rows, _) => rows.len(),
            _ => 0,
        };
        Some(Place::Field { list, row, field, is_new: row >= there })
    }
}

fn delivered(part: PartId) -> Way {
    Way::of(Flip { place: Place::Part(part), need: Need::Delivered, weight: DELIVERY })
}

/// Joins each way to the one with each way to the other.
fn both(ways: Vec<Way>, more: Found) -> Vec<Way> {
    // What is so already adds nothing, to either side.
    let is_nothing = |ways: &[Way]| matches!(ways, [way] if way.0.is_empty());
    if is_nothing(&more) {
        return ways;
    }
    if is_nothing(&ways) {
        return more.into_ways();
    }
    let joined = ways.iter().flat_map(|way| more.iter().filter_map(|more| way.joined(more)));
    best(joined.collect())
}

/// Keeps the cheapest ways.
fn best(ways: Vec<Way>) -> Vec<Way> {
    if ways.len() < 2 {
        return ways;
    }
    let mut by_cost: Vec<(u32, Way)> = ways.into_iter().map(|way| (way.cost(), way)).collect();
    by_cost.sort_unstable();
    by_cost.dedup();
    by_cost.truncate(MAX_WAYS);
    by_cost.into_iter().map(|(_, way)| way).collect()
}
