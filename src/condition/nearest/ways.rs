//! The ways to make a truth known: sums over "and", the least over "or".

use std::cmp::Ordering;
use std::collections::{BTreeMap, BTreeSet};
use std::ops::Deref;
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

/// Many ways have no more changes than this. Each level of a condition holds some
/// ways on the stack, so that there is no room for all that most of them have.
const FEW_FLIPS: usize = 2;

/// A set of changes, sorted; the cheaper of two comes first.
#[derive(Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Way<'p> {
    cost: u32,
    flips: Flips<'p>,
}

type Flips<'p> = SmallVec<[Flip<'p>; FEW_FLIPS]>;

impl Clone for Way<'_> {
    // Changes are copied all together.
    fn clone(&self) -> Self {
        Self { cost: self.cost, flips: SmallVec::from_slice(&self.flips) }
    }
}

impl<'p> Way<'p> {
    fn of(flip: Flip<'p>) -> Self {
        let flips = smallvec![flip];
        Self { cost: cost(&flips), flips }
    }

    /// Tells whether nothing would change.
    pub(super) fn is_idle(&self) -> bool {
        self.flips.iter().all(|flip| flip.weight == KEPT)
    }

    /// Tells whether nothing would change, and nothing has to stay as it is.
    pub(super) fn is_empty(&self) -> bool {
        self.flips.is_empty()
    }

    /// Joins two sets, unless they want the opposite of each other.
    pub(super) fn joined(&self, other: &Self) -> Option<Self> {
        let flips = match (self.is_all_before(other), other.is_all_before(self)) {
            (true, _) => self.followed_by(other),
            (_, true) => other.followed_by(self),
            _ => merged(&self.flips, &other.flips)?,
        };
        Some(Self { cost: cost(&flips), flips })
    }

    /// Tells whether all places of another set come later.
    fn is_all_before(&self, other: &Self) -> bool {
        match (self.flips.last(), other.flips.first()) {
            (Some(last), Some(first)) => last.place < first.place,
            _ => true,
        }
    }

    fn followed_by(&self, other: &Self) -> Flips<'p> {
        let mut flips = Flips::from_slice(&self.flips);
        flips.extend_from_slice(&other.flips);
        flips
    }

    /// Adds what has to stay as it is at the places that change.
    fn keeping(&self, kept: &Kept<'_, 'p>) -> Option<Self> {
        let mut more: Flips<'p> = SmallVec::new();
        for flips in self.by_place() {
            let Some(place) = flips.first().map(|flip| flip.place) else { continue };
            let flip = |need: &Need| Flip { place, need: *need, weight: KEPT };
            more.extend(kept.needs_of(place).iter().map(flip));
        }
        if more.is_empty() {
            return Some(self.clone());
        }
        more.sort_unstable();
        let flips = merged(&self.flips, &more)?;
        Some(Self { cost: cost(&flips), flips })
    }

    /// Groups the changes by the place they are about, with what is to be kept
    /// there.
    pub(super) fn by_place(&self) -> impl Iterator<Item = &[Flip<'p>]> {
        let places = self.flips.chunk_by(|a, b| a.place == b.place);
        places.filter(|flips| flips.iter().any(|flip| flip.weight != KEPT))
    }

    /// What the changes cost together.
    pub(super) fn cost(&self) -> u32 {
        self.cost
    }
}

/// Merges two sorted sets of changes, unless they want the opposite of each
/// other.
fn merged<'p>(mut own: &[Flip<'p>], mut other: &[Flip<'p>]) -> Option<Flips<'p>> {
    let mut flips: Flips<'p> = SmallVec::new();
    loop {
        let flip = match (own.split_first(), other.split_first()) {
            (Some((flip, rest)), Some((others, _))) if flip <= others => {
                own = rest;
                flip
            }
            (_, Some((flip, rest))) => {
                other = rest;
                flip
            }
            (Some((flip, rest)), None) => {
                own = rest;
                flip
            }
            (None, None) => return Some(flips),
        };
        match flips.last().filter(|last| last.place == flip.place) {
            // What is changed comes before what is kept of the same.
            Some(last) if last.need == flip.need => {}
            Some(last) if last.need.is_opposite(flip.need) => return None,
            _ => flips.push(*flip),
        }
    }
}

/// What sorted changes cost together: a place counts once, and so does a new
/// entry.
fn cost(flips: &[Flip<'_>]) -> u32 {
    let (mut all, mut of_place) = (0, KEPT);
    let (mut place, mut entry) = (None, None);
    for flip in flips {
        if place != Some(flip.place) {
            all += of_place;
            (place, of_place) = (Some(flip.place), KEPT);
            if let Place::Field { list, row, is_new: true, .. } = flip.place
                && entry != Some((list, row))
            {
                entry = Some((list, row));
                all += NEW_ENTRY;
            }
        }
        of_place = of_place.max(flip.weight);
    }
    all + of_place
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
struct Kept<'w, 'p> {
    ways: &'w [Way<'p>],
    /// The places that some way changes, as soon as something is to be kept.
    needs: Vec<(Place<'p>, SmallVec<[Need; FEW_FLIPS]>)>,
    seen: BTreeSet<(NodeId, bool, ScopeId)>,
}

impl<'w, 'p> Kept<'w, 'p> {
    /// Starts with nothing to keep.
    fn at_places_of(ways: &'w [Way<'p>]) -> Self {
        Self { ways, needs: Vec::new(), seen: BTreeSet::new() }
    }

    fn is_nothing(&self) -> bool {
        self.needs.iter().all(|(_, needs)| needs.is_empty())
    }

    fn find_places(&mut self) {
        let changed = self.ways.iter().flat_map(Way::by_place).filter_map(<[Flip<'_>]>::first);
        for Flip { place, .. } in changed {
            if !self.needs.iter().any(|(known, _)| known == place) {
                self.needs.push((*place, SmallVec::new()));
            }
        }
    }

    fn needs_of(&self, place: Place<'p>) -> &[Need] {
        let of_place = self.needs.iter().find(|(known, _)| *known == place);
        of_place.map_or(&[], |(_, needs)| needs.as_slice())
    }

    fn add(&mut self, place: Place<'p>, need: Need) {
        if self.needs.is_empty() {
            self.find_places();
        }
        let mut needs = self.needs.iter_mut();
        if let Some((_, needs)) = needs.find(|(known, _)| *known == place) {
            needs.push(need);
        }
    }
}

/// The ways to one truth.
enum Found<'p> {
    One(Way<'p>),
    Many(Vec<Way<'p>>),
    Known(Rc<Vec<Way<'p>>>),
}

impl<'p> Deref for Found<'p> {
    type Target = [Way<'p>];

    fn deref(&self) -> &[Way<'p>] {
        match self {
            Self::One(way) => std::slice::from_ref(way),
            Self::Many(ways) => ways,
            Self::Known(ways) => ways,
        }
    }
}

impl<'p> Found<'p> {
    /// There is no way.
    const NONE: Self = Self::Many(Vec::new());

    /// Tells whether everything is so already.
    fn is_nothing(&self) -> bool {
        matches!(&**self, [way] if way.is_empty())
    }

    fn into_vec(self) -> Vec<Way<'p>> {
        match self {
            Self::One(way) => vec![way],
            Self::Many(ways) => ways,
            Self::Known(ways) => Rc::unwrap_or_clone(ways),
        }
    }

    fn shared(self) -> Rc<Vec<Way<'p>>> {
        match self {
            Self::One(way) => Rc::new(vec![way]),
            Self::Many(ways) => Rc::new(ways),
            Self::Known(ways) => ways,
        }
    }
}

/// The cheapest ways there are, each once and in their order.
#[derive(Default)]
struct Cheapest<'p>(Vec<Way<'p>>);

impl<'p> Cheapest<'p> {
    fn add_all(&mut self, found: Found<'p>) {
        match found {
            Found::One(way) => self.add(way),
            Found::Many(ways) => ways.into_iter().for_each(|way| self.add(way)),
            Found::Known(ways) => {
                for way in ways.iter() {
                    if !self.is_too_dear(way.cost) {
                        self.add(way.clone());
                    }
                }
            }
        }
    }

    fn is_too_dear(&self, cost: u32) -> bool {
        self.0.len() >= MAX_WAYS && self.0.last().is_some_and(|last| last.cost < cost)
    }

    /// Adds a way; most come in their order.
    fn add(&mut self, way: Way<'p>) {
        let mut place = self.0.len();
        for known in self.0.iter().rev() {
            match known.cmp(&way) {
                Ordering::Less => break,
                Ordering::Equal => return,
                Ordering::Greater => place -= 1,
            }
        }
        if place >= MAX_WAYS {
            return;
        }
        if self.0.len() >= MAX_WAYS {
            self.0.pop();
        } else if self.0.is_empty() {
            self.0.reserve_exact(MAX_WAYS);
        }
        self.0.insert(place, way);
    }

    fn add_flip(&mut self, flip: Flip<'p>) {
        if !self.is_too_dear(cost(&[flip])) {
            self.add(Way::of(flip));
        }
    }

    fn into_found(self) -> Found<'p> {
        Found::Many(self.0)
    }
}

/// Finds ways on the facts of an evaluator.
pub(super) struct Ways<'e, 'a, 'p> {
    evaluator: &'e mut Evaluator<'a>,
    /// That of the evaluator, which outlives the facts that are tried out.
    program: &'p Program,
    /// The facts as they are, before any change.
    original: &'e Facts<'e>,
    /// Truths share others, so that the ways to one may be beyond counting.
    known: BTreeMap<(NodeId, bool, ScopeId), Rc<Vec<Way<'p>>>>,
    /// The part that would have to come again for an atom, for those that were
    /// looked at; and for the one that was looked at last.
    late: BTreeMap<NodeId, Option<PartId>>,
    last_late: Option<(NodeId, Option<PartId>)>,
    /// How many entries a list has before any change: the one that was looked
    /// at last.
    last_len: Option<(FactId, usize)>,
    /// What a change of a field costs: of the one that was looked at last.
    last_weight: Option<(FactId, FieldId, u32)>,
}

impl<'e, 'a, 'p: 'a> Ways<'e, 'a, 'p> {
    pub(super) fn new(
        evaluator: &'e mut Evaluator<'a>,
        program: &'p Program,
        original: &'e Facts<'e>,
    ) -> Self {
        let (known, late) = (BTreeMap::new(), BTreeMap::new());
        Self {
            evaluator,
            program,
            original,
            known,
            late,
            last_late: None,
            last_len: None,
            last_weight: None,
        }
    }

    /// Finds the cheapest ways to fulfil all demands.
    ///
    /// Each comes with what has to stay as it is at the places it changes.
    pub(super) fn for_all(mut self, demands: &[Demand]) -> Vec<Way<'p>> {
        let mut ways = Found::One(Way::default());
        for demand in demands {
            let more = self.node(demand.node, demand.truth, Scope::OUTSIDE);
            ways = both(ways, more);
        }
        if ways.iter().all(Way::is_idle) {
            return ways.into_vec();
        }
        let mut kept = Kept::at_places_of(&ways);
        for demand in demands {
            self.keep(demand.node, demand.truth, Scope::OUTSIDE, &mut kept);
        }
        if kept.is_nothing() {
            return ways.into_vec();
        }
        ways.iter().filter_map(|way| way.keeping(&kept)).collect()
    }

    /// Collects what is as wanted and has to stay so, as nothing could stand in
    /// for it.
    fn keep(&mut self, id: NodeId, truth: bool, scope: Scope<'a>, kept: &mut Kept<'_, 'p>) {
        match &self.program[id] {
            Node::Not(inner) => self.keep(*inner, !truth, scope, kept),
            Node::All(parts) if truth && self.is_news(id, true, scope, kept) => {
                self.keep_every(parts, true, scope, kept);
            }
            Node::Any(parts) if !truth && self.is_news(id, false, scope, kept) => {
                self.keep_every(parts, false, scope, kept);
            }
            Node::Atom(atom) if is_known(self.evaluator.node(id, scope).truth(), truth) => {
                match &self.program[*atom] {
                    Atom::Exists(list @ ListTerm::Fact(_), body) if !truth => {
                        if self.is_news(id, false, scope, kept) {
                            self.keep_out(list, *body, scope, kept);
                        }
                    }
                    of => {
                        if let Some(place) = self.place(of, scope) {
                            kept.add(place, Need::Atom(*atom, truth));
                        }
                    }
                }
            }
            _ => {}
        }
    }

    /// Tells whether nobody has asked before what is to be kept for a truth.
    fn is_news(&self, id: NodeId, truth: bool, scope: Scope<'a>, kept: &mut Kept<'_, 'p>) -> bool {
        kept.seen.insert((id, truth, self.evaluator.scope_of(id, scope)))
    }

    fn keep_every(
        &mut self,
        parts: &[NodeId],
        truth: bool,
        scope: Scope<'a>,
        kept: &mut Kept<'_, 'p>,
    ) {
        for part in parts {
            self.keep(*part, truth, scope, kept);
        }
    }

    /// Nothing in a list may come to fit.
    fn keep_out(
        &mut self,
        list: &'p ListTerm,
        body: NodeId,
        scope: Scope<'a>,
        kept: &mut Kept<'_, 'p>,
    ) {
        for entry in self.evaluator.scopes(list, scope) {
            self.keep(body, false, entry, kept);
        }
    }

    fn node(&mut self, id: NodeId, truth: bool, scope: Scope<'a>) -> Found<'p> {
        let is_short = self.is_short(id);
        let key = (id, truth, self.evaluator.scope_of(id, scope));
        if !is_short && let Some(known) = self.known.get(&key) {
            return Found::Known(Rc::clone(known));
        }
        if is_known(self.evaluator.node(id, scope).truth(), truth) {
            return Found::One(Way::default());
        }
        let ways = self.lacking(id, truth, scope);
        if is_short {
            return ways;
        }
        let ways = ways.shared();
        self.known.insert(key, Rc::clone(&ways));
        Found::Known(ways)
    }

    /// Tells whether the ways to a truth are found out faster than remembered:
    /// there is one at most.
    fn is_short(&self, id: NodeId) -> bool {
        match &self.program[id] {
            Node::Atom(atom) => !matches!(self.program[*atom], Atom::Exists(..)),
            _ => false,
        }
    }

    fn lacking(&mut self, id: NodeId, truth: bool, scope: Scope<'a>) -> Found<'p> {
        match &self.program[id] {
            Node::True | Node::False | Node::Unknown => Found::NONE,
            Node::Not(inner) => self.node(*inner, !truth, scope),
            Node::Atom(atom) => match self.part_to_deliver(id) {
                Some(part) => Found::One(Way::of(delivered(part))),
                None => self.atom(*atom, truth, scope),
            },
            Node::All(parts) if truth => self.every(parts, true, scope),
            Node::Any(parts) if !truth => self.every(parts, false, scope),
            Node::All(parts) | Node::Any(parts) => self.some(parts, truth, scope),
        }
    }

    fn every(&mut self, parts: &'p [NodeId], truth: bool, scope: Scope<'a>) -> Found<'p> {
        // A loop: conditions nest deeply, and each level takes its part of the stack.
        let mut ways = Found::One(Way::default());
        for part in parts {
            ways = both(ways, self.node(*part, truth, scope));
        }
        ways
    }

    fn some(&mut self, parts: &'p [NodeId], truth: bool, scope: Scope<'a>) -> Found<'p> {
        let mut ways = Cheapest::default();
        for part in parts {
            ways.add_all(self.node(*part, truth, scope));
        }
        ways.into_found()
    }

    fn atom(&mut self, id: AtomId, truth: bool, scope: Scope<'a>) -> Found<'p> {
        match &self.program[id] {
            Atom::Exists(list @ ListTerm::Fact(fact), body) if self.has_records(*fact) => {
                self.exists((list, *fact), *body, truth, scope)
            }
            _ => self.flip(id, truth, scope).map_or(Found::NONE, |flip| Found::One(Way::of(flip))),
        }
    }

    /// Finds the one change that makes an atom known; none if nothing does.
    fn flip(&mut self, id: AtomId, truth: bool, scope: Scope<'a>) -> Option<Flip<'p>> {
        match &self.program[id] {
            Atom::KnownPart(part) => truth.then(|| delivered(*part)),
            atom => {
                let place = self.place(atom, scope).unwrap_or(Place::Nowhere(id));
                let weight = self.weight(place, atom, truth);
                Some(Flip { place, need: Need::Atom(id, truth), weight })
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
        (term, list): (&'p ListTerm, FactId),
        body: NodeId,
        truth: bool,
        scope: Scope<'a>,
    ) -> Found<'p> {
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
            return entries.into_iter().fold(Found::One(start), |ways, entry| {
                let more = self.node(body, false, entry);
                both(ways, more)
            });
        }
        let new = self.evaluator.blank(count);
        let mut ways = Cheapest::default();
        ways.add_all(self.node(body, true, new));
        for entry in entries.into_iter().take(MAX_ENTRIES) {
            match &self.program[body] {
                // It is true of none that is there: one would be enough.
                Node::Atom(atom) if self.is_short(body) && self.part_to_deliver(body).is_none() => {
                    self.flip(*atom, true, entry).into_iter().for_each(|flip| ways.add_flip(flip));
                }
                _ => ways.add_all(self.node(body, true, entry)),
            }
        }
        ways.into_found()
    }

    /// Returns the part that would have to come again before anything else.
    fn part_to_deliver(&mut self, node: NodeId) -> Option<PartId> {
        if let Some((_, part)) = self.last_late.filter(|(last, _)| *last == node) {
            return part;
        }
        let part = match self.late.get(&node) {
            Some(known) => *known,
            None => {
                let part = self.find_part_to_deliver(node);
                self.late.insert(node, part);
                part
            }
        };
        self.last_late = Some((node, part));
        part
    }

    fn find_part_to_deliver(&self, node: NodeId) -> Option<PartId> {
        let facts = self.evaluator.facts();
        let read = self.program.facts(node);
        let schema = facts.schema();
        let stored = read.iter().flat_map(|fact| schema.stored(fact));
        let late = stored.filter(|fact| {
            matches!(facts.delivery_of(**fact), Delivery::Stale { .. } | Delivery::Ahead { .. })
        });
        late.map(|fact| schema.entry(*fact).part).next()
    }

    fn weight(&mut self, place: Place<'p>, atom: &Atom, truth: bool) -> u32 {
        match place {
            Place::Nowhere(_) => NOWHERE,
            Place::Field { is_new: true, .. } => NEW_FIELD,
            _ if !truth && matches!(atom, Atom::Has(_) | Atom::KnownFact(_)) => ABSENCE,
            Place::Field { list, field, .. } => self.weight_of_field(list, field),
            _ => ORDINARY,
        }
    }

    fn weight_of_field(&mut self, list: FactId, field: FieldId) -> u32 {
        match self.last_weight {
            Some((of, at, weight)) if (of, at) == (list, field) => weight,
            _ => {
                let weight = self.find_weight_of_field(list, field);
                self.last_weight = Some((list, field, weight));
                weight
            }
        }
    }

    fn find_weight_of_field(&self, list: FactId, field: FieldId) -> u32 {
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
    fn place(&mut self, atom: &'p Atom, scope: Scope<'a>) -> Option<Place<'p>> {
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

    fn place_of_term(&mut self, term: TermId, scope: Scope<'a>) -> Option<Place<'p>> {
        match &self.program[term] {
            Term::Fact(fact) => Some(Place::Fact(*fact)),
            Term::Entry(fact, key) => Some(Place::Entry(*fact, key)),
            Term::Field(list, field) => self.field(*list, *field, scope),
            Term::Since(inner) => self.place_of_term(*inner, scope),
            _ => None,
        }
    }

    fn field(&mut self, list: FactId, field: FieldId, scope: Scope<'a>) -> Option<Place<'p>> {
        let Element::Row(_, row) = scope.element else {
            return None;
        };
        let is_new = row >= self.original_len(list);
        Some(Place::Field { list, row, field, is_new })
    }

    /// Returns how many entries a list has before any change.
    fn original_len(&mut self, list: FactId) -> usize {
        if let Some((_, len)) = self.last_len.filter(|(last, _)| *last == list) {
            return len;
        }
        let len = match self.original.cell(list) {
            Cell::Rows(rows, _) => rows.len(),
            _ => 0,
        };
        self.last_len = Some((list, len));
        len
    }
}

fn delivered<'p>(part: PartId) -> Flip<'p> {
    Flip { place: Place::Part(part), need: Need::Delivered, weight: DELIVERY }
}

/// Joins each way to the one with each way to the other.
fn both<'p>(ways: Found<'p>, more: Found<'p>) -> Found<'p> {
    // What is so already adds nothing, to either side.
    if more.is_nothing() {
        return ways;
    }
    if ways.is_nothing() {
        return more;
    }
    let mut cheapest = Cheapest::default();
    for way in ways.iter() {
        more.iter().filter_map(|more| way.joined(more)).for_each(|joined| cheapest.add(joined));
    }
    cheapest.into_found()
}
