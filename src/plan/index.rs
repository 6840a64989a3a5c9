//! The actions laid out so that only a few of them need to be looked at.
//!
//! The engagement conditions of an action are one conjunction of literals. Each
//! action is a row in the list of its rarest literal; lists are in the static
//! order (tier, then propensity × value × lever), so that whoever looks for the
//! best few can stop early. Rows are small; everything else about an action lies
//! elsewhere.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use super::{PlannedAction, PlannedLimit, SuppressionId, ThresholdId, factor};
use crate::check::{
    CheckedExclusive, CheckedPropensity, CheckedValue, LimitRule, ONE, Per, Window,
};
use crate::condition::{Literal, NodeId, Program, TermId};
use crate::time::Timestamp;
use crate::vocabulary::{Channel, Purpose};

/// How many literals a row holds besides that of its list.
const REST: usize = 3;

/// Boosts make at most so many different weights for the greatest of them to be
/// looked for in each decision.
const MAX_WEIGHTS: usize = 64;

/// The place of a literal: for each truth that it holds, and that it fails; the
/// first stands for no condition.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct LiteralId(pub(crate) u32);

impl LiteralId {
    pub(crate) const ALWAYS: Self = Self(0);

    fn of(truth: u32, holds: bool) -> Self {
        Self(1 + 2 * truth + u32::from(!holds))
    }

    pub(crate) fn place(self) -> usize {
        self.0 as usize
    }
}

/// The actions of a policy, by their literals.
#[derive(Debug)]
pub(crate) struct Index {
    /// The truths that literals are made of, each once.
    pub(crate) truths: Vec<NodeId>,
    /// For each of them the actions that ask for it.
    pub(crate) asked_by: Slices,
    /// The lists that are not empty, those with the best actions first.
    pub(crate) lists: Vec<ActionList>,
    pub(crate) rows: Vec<Row>,
    /// The literals that have no place in a row.
    pub(crate) more: HashMap<u32, Box<[LiteralId]>, ahash::RandomState>,
    pub(crate) actions: Vec<Ranked>,
    pub(crate) classes: Vec<Class>,
    /// The sets of context weights that actions have, each once.
    pub(crate) weights: Vec<WeightSet>,
    /// Whether the bounds of rows take context weights for granted.
    pub(crate) is_inflated: bool,
    /// The numbers that scores are read from, each once.
    pub(crate) numbers: Vec<Number>,
    /// The purposes of actions that need consent.
    pub(crate) purposes: Vec<Purpose>,
    /// When actions start and end, in the order of time.
    pub(crate) instants: Vec<i64>,
    /// Whether actions fill a ranking one by one, whatever else is in it.
    pub(crate) is_plain: bool,
    /// Whether limits count actions together.
    pub(crate) counts_together: bool,
    /// Whether rows tell all tiers apart.
    pub(crate) tells_tiers: bool,
}

/// A list of rows, in the static order.
#[derive(Clone, Copy, Debug)]
pub(crate) struct ActionList {
    pub(crate) literal: LiteralId,
    start: u32,
    end: u32,
    /// That of its first row.
    pub(crate) bound: u64,
}

/// An action in a list.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Row {
    /// The tier, and no less than the greatest static score can be.
    pub(crate) bound: u64,
    pub(crate) rest: [LiteralId; REST],
    pub(crate) action: u32,
    pub(crate) class: u32,
    pub(crate) asks: Asks,
}

impl Row {
    /// Returns the tier of the action.
    pub(crate) fn tier(&self) -> u16 {
        u16::try_from(self.bound >> 48).unwrap_or(u16::MAX)
    }
}

/// What has to be looked at besides literals and class.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Asks(u8);

impl Asks {
    pub(crate) const LITERALS: Self = Self(1);
    pub(crate) const TIMES: Self = Self(2);
    pub(crate) const LIMITS: Self = Self(4);
    pub(crate) const THRESHOLDS: Self = Self(8);
    pub(crate) const NUMBERS: Self = Self(16);
    /// What few actions ask for.
    pub(crate) const SELDOM: Self = Self(1 | 2 | 8);

    pub(crate) fn contains(self, other: Self) -> bool {
        self.0 & other.0 != 0
    }

    fn when(self, asks: bool) -> Self {
        if asks { self } else { Self::default() }
    }

    fn with(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }
}

/// What ranks an action.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Ranked {
    /// Propensity × value × lever, as far as it is written.
    pub(crate) base: u128,
    pub(crate) tier: u16,
    /// The place among all actions by what decides between equal priorities:
    /// rank, earlier end, id.
    pub(crate) tie: u32,
    /// Where propensity and value are read, if they are.
    pub(crate) propensity: Option<u32>,
    pub(crate) value: Option<u32>,
}

/// Context weights that some actions have.
#[derive(Debug)]
pub(crate) struct WeightSet {
    pub(crate) boosts: Arc<[usize]>,
    /// The rules that are about every one of these actions.
    pub(crate) suppressions: Vec<SuppressionId>,
}

/// What actions have in common as far as rules are concerned.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Class {
    pub(crate) channels: Arc<[Channel]>,
    /// The purpose, if it needs consent.
    pub(crate) consent: Option<Purpose>,
    pub(crate) obeys_quiet_hours: bool,
    pub(crate) suppressions: Arc<[SuppressionId]>,
    pub(crate) thresholds: Arc<[ThresholdId]>,
    /// The place of its context weights.
    pub(crate) weight: u32,
}

/// A number that a score is read from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Number {
    Propensity(TermId),
    Value(TermId),
}

/// Many short lists in one.
#[derive(Debug)]
pub(crate) struct Slices {
    starts: Vec<u32>,
    items: Vec<u32>,
}

impl Slices {
    fn new(lists: Vec<Vec<u32>>) -> Self {
        let mut slices = Self { starts: vec![0], items: Vec::new() };
        for list in lists {
            slices.items.extend(list);
            slices.starts.push(count(slices.items.len()));
        }
        slices.starts.shrink_to_fit();
        slices.items.shrink_to_fit();
        slices
    }

    pub(crate) fn get(&self, place: usize) -> &[u32] {
        let start = self.starts.get(place).copied().unwrap_or(0) as usize;
        let end = self.starts.get(place + 1).copied().unwrap_or(0) as usize;
        self.items.get(start..end).unwrap_or(&[])
    }
}

impl Index {
    pub(super) fn new(
        program: &Program,
        actions: &[PlannedAction],
        boosts: &[super::PlannedBoost],
        limits: &[PlannedLimit],
        (exclusives, placements): (&[CheckedExclusive], usize),
    ) -> Self {
        let mut builder = Builder::new(program, actions);
        let tiers = tiers(actions);
        let ties = ties(actions);
        for (place, action) in (0_u32..).zip(actions) {
            let tier = tiers.binary_search(&action.tier).map_or(0, |tier| tier);
            let tier = u16::try_from(tier).unwrap_or(u16::MAX);
            let tie = ties.get(place as usize).copied().unwrap_or(0);
            builder.add(place, action, tier, tie);
        }
        let is_inflated = builder.weights.len() > MAX_WEIGHTS;
        if is_inflated {
            builder.inflate(boosts);
        }
        let is_plain = exclusives.is_empty()
            && placements == 0
            && actions.iter().all(|action| is_plain(action, limits));
        let counts_together = limits.iter().any(|limit| !counts_alone(limit));
        let tells_tiers = tiers.len() <= usize::from(u16::MAX);
        let index = builder.finish(actions, is_inflated, is_plain, counts_together);
        Self { tells_tiers, ..index }
    }

    /// Returns what a literal asks for; nothing for the one that always holds.
    pub(crate) fn literal(&self, id: LiteralId) -> Option<Literal> {
        let place = id.0.checked_sub(1)?;
        let node = *self.truths.get(place as usize / 2)?;
        Some(Literal { node, holds: place % 2 == 0 })
    }

    /// Returns the rows of a list.
    pub(crate) fn rows_of(&self, list: &ActionList) -> &[Row] {
        self.rows.get(list.start as usize..list.end as usize).unwrap_or(&[])
    }
}

/// Tells whether a limit counts every action by itself, and needs nothing but
/// the history for it.
pub(crate) fn counts_alone(limit: &PlannedLimit) -> bool {
    let by_history = matches!(
        limit.rule,
        LimitRule::Cap { window: Window::Rolling(_) | Window::Lifetime, .. }
            | LimitRule::Pause { .. }
            | LimitRule::Cooldown { .. }
    );
    limit.per == Some(Per::Action) && by_history
}

/// Tells whether an action takes a place in a ranking whatever else is in it.
fn is_plain(action: &PlannedAction, limits: &[PlannedLimit]) -> bool {
    let alone = |id: &super::LimitId| limits.get(id.place()).is_some_and(counts_alone);
    action.treatments.is_empty()
        && action.quota.is_none()
        && action.limits.iter().all(alone)
        && action.counted_in.iter().all(alone)
}

/// Lists the tiers, the lowest first.
fn tiers(actions: &[PlannedAction]) -> Vec<i64> {
    let mut tiers: Vec<i64> = actions.iter().map(|action| action.tier).collect();
    tiers.sort_unstable();
    tiers.dedup();
    tiers
}

/// Numbers the actions by what decides between equal priorities.
fn ties(actions: &[PlannedAction]) -> Vec<u32> {
    let mut places: Vec<u32> = (0..count(actions.len())).collect();
    places.sort_by_key(|place| {
        actions.get(*place as usize).map(|action| {
            let end = action.ends_at.map_or(i64::MAX, Timestamp::as_millis);
            (std::cmp::Reverse(action.rank), end, action.id_order)
        })
    });
    let mut ties = vec![0; actions.len()];
    for (tie, place) in (0_u32..).zip(places) {
        ties.get_mut(place as usize).into_iter().for_each(|slot| *slot = tie);
    }
    ties
}

/// The tier, and no less than a score can be: as bits that sort like it.
///
/// A positive double sorts like its bits; without the last ones, and one more,
/// they stand for no less than the exact number.
fn bound(tier: u16, score: u128) -> u64 {
    #[expect(clippy::cast_precision_loss, reason = "it is rounded upwards below")]
    let bits = (score as f64).to_bits() >> 16;
    u64::from(tier) << 48 | (bits + 1).min(UNBOUNDED)
}

/// The bound that scores below this one are all under.
pub(crate) fn bound_below(tier: u16, score: f64) -> u64 {
    u64::from(tier) << 48 | (score.to_bits() >> 16).min(UNBOUNDED)
}

/// Returns a number that no score of a bound exceeds.
pub(crate) fn greatest_score(bound: u64) -> f64 {
    match bound & UNBOUNDED {
        UNBOUNDED => f64::INFINITY,
        bits => f64::from_bits(bits << 16),
    }
}

/// A score of which nothing is known.
const UNBOUNDED: u64 = (1 << 48) - 1;

struct Builder<'p> {
    program: &'p Program,
    places: HashMap<NodeId, u32, ahash::RandomState>,
    truths: Vec<NodeId>,
    asked_by: Vec<Vec<u32>>,
    lists: BTreeMap<LiteralId, Vec<Row>>,
    more: HashMap<u32, Box<[LiteralId]>, ahash::RandomState>,
    ranked: Vec<Ranked>,
    classes: Interned<Class>,
    weights: Interned<Arc<[usize]>>,
    /// For each of them the rules that are about all of its actions.
    shared: Vec<Vec<SuppressionId>>,
    numbers: Interned<Number>,
}

/// Items without repetition, by place.
struct Interned<T> {
    items: Vec<T>,
    places: HashMap<T, u32, ahash::RandomState>,
}

impl<T: Clone + Eq + std::hash::Hash> Interned<T> {
    fn new() -> Self {
        Self { items: Vec::new(), places: HashMap::default() }
    }

    fn len(&self) -> usize {
        self.items.len()
    }

    fn place(&mut self, item: T) -> u32 {
        if let Some(place) = self.places.get(&item) {
            return *place;
        }
        let place = count(self.items.len());
        self.items.push(item.clone());
        self.places.insert(item, place);
        place
    }
}

impl<'p> Builder<'p> {
    fn new(program: &'p Program, actions: &[PlannedAction]) -> Self {
        Self {
            program,
            places: HashMap::default(),
            truths: Vec::new(),
            asked_by: Vec::new(),
            lists: BTreeMap::new(),
            more: HashMap::default(),
            ranked: Vec::with_capacity(actions.len()),
            classes: Interned::new(),
            weights: Interned::new(),
            shared: Vec::new(),
            numbers: Interned::new(),
        }
    }

    fn add(&mut self, place: u32, action: &PlannedAction, tier: u16, tie: u32) {
        let ranked = self.ranked(action, tier, tie);
        self.ranked.push(ranked);
        let mut literals = Vec::new();
        let mut can_hold = !action.paused;
        for clause in [&action.eligible, &action.applicable, &action.suitable].into_iter().flatten()
        {
            can_hold &= self.program.conjuncts(clause.node, &mut literals);
        }
        literals.sort_unstable();
        literals.dedup();
        self.note(place, &literals);
        if !can_hold {
            return;
        }
        literals.sort_by_cached_key(|literal| self.program.guess(*literal));
        let mut ids = literals.iter().filter_map(|literal| self.id_of(*literal));
        let list = ids.next().unwrap_or(LiteralId::ALWAYS);
        let mut rest = [LiteralId::ALWAYS; REST];
        rest.iter_mut().zip(&mut ids).for_each(|(slot, id)| *slot = id);
        let more: Box<[LiteralId]> = ids.collect();
        let row = self.row(place, action, rest, &more);
        if !more.is_empty() {
            self.more.insert(place, more);
        }
        self.lists.entry(list).or_default().push(row);
    }

    /// Notes who asks for which truths.
    fn note(&mut self, place: u32, literals: &[Literal]) {
        for literal in literals {
            let truth = *self.places.entry(literal.node).or_insert_with(|| {
                self.truths.push(literal.node);
                self.asked_by.push(Vec::new());
                count(self.truths.len() - 1)
            });
            let asked_by = self.asked_by.get_mut(truth as usize);
            asked_by.into_iter().for_each(|actions| actions.push(place));
        }
    }

    fn id_of(&self, literal: Literal) -> Option<LiteralId> {
        let truth = self.places.get(&literal.node)?;
        Some(LiteralId::of(*truth, literal.holds))
    }

    fn row(
        &mut self,
        place: u32,
        action: &PlannedAction,
        rest: [LiteralId; REST],
        more: &[LiteralId],
    ) -> Row {
        let weight = self.weights.place(action.boosts.clone());
        match self.shared.get_mut(weight as usize) {
            Some(shared) => shared.retain(|rule| action.suppressions.contains(rule)),
            None => self.shared.push(action.suppressions.to_vec()),
        }
        let class = self.classes.place(Class {
            channels: action.channels.clone(),
            consent: action.needs_consent.then_some(action.purpose),
            obeys_quiet_hours: action.obeys_quiet_hours,
            suppressions: action.suppressions.clone(),
            thresholds: action.thresholds.clone(),
            weight,
        });
        let is_read = action.numbers().next().is_some();
        let asks = Asks::LITERALS
            .when(!more.is_empty())
            .with(Asks::TIMES.when(action.starts_at.is_some() || action.ends_at.is_some()))
            .with(Asks::LIMITS.when(!action.limits.is_empty()))
            .with(Asks::THRESHOLDS.when(!action.thresholds.is_empty()))
            .with(Asks::NUMBERS.when(is_read));
        let (tier, base) = self.ranked.last().map_or((0, 0), |ranked| (ranked.tier, ranked.base));
        let bound = if is_read { u64::from(tier) << 48 | UNBOUNDED } else { bound(tier, base) };
        Row { bound, rest, action: place, class, asks }
    }

    fn ranked(&mut self, action: &PlannedAction, tier: u16, tie: u32) -> Ranked {
        let (mut base, mut propensity, mut value) = (u128::from(action.lever), None, None);
        match action.propensity {
            CheckedPropensity::Fixed(parts) => base *= u128::from(parts),
            CheckedPropensity::Read(term) => {
                propensity = Some(self.numbers.place(Number::Propensity(term)));
            }
        }
        match action.value {
            CheckedValue::Fixed(minor) => base *= u128::from(minor),
            CheckedValue::Read(term) => value = Some(self.numbers.place(Number::Value(term))),
        }
        Ranked { base, tier, tie, propensity, value }
    }

    /// Takes the context weights of each action for granted in its bound, where
    /// there are too many of them to look for the greatest each time.
    fn inflate(&mut self, boosts: &[super::PlannedBoost]) {
        let most = |weight: &[usize]| {
            let points = weight.iter().filter_map(|boost| boosts.get(*boost));
            factor(ONE + points.map(|boost| boost.basis_points.max(0)).sum::<i64>())
        };
        for row in self.lists.values_mut().flatten() {
            let class = self.classes.items.get(row.class as usize);
            let weight = class.and_then(|class| self.weights.items.get(class.weight as usize));
            let ranked = self.ranked.get(row.action as usize);
            if let (Some(weight), Some(ranked)) = (weight, ranked)
                && !row.asks.contains(Asks::NUMBERS)
            {
                row.bound = bound(ranked.tier, ranked.base * u128::from(most(weight)));
            }
        }
    }

    fn finish(
        self,
        actions: &[PlannedAction],
        is_inflated: bool,
        is_plain: bool,
        counts_together: bool,
    ) -> Index {
        let mut rows = Vec::with_capacity(actions.len());
        let mut lists = Vec::with_capacity(self.lists.len());
        let ranked = &self.ranked;
        let tie = |row: &Row| ranked.get(row.action as usize).map_or(0, |ranked| ranked.tie);
        for (literal, mut of_literal) in self.lists {
            of_literal.sort_by_key(|row| (std::cmp::Reverse(row.bound), tie(row)));
            let bound = of_literal.first().map_or(0, |row| row.bound);
            let start = count(rows.len());
            rows.extend(of_literal);
            lists.push(ActionList { literal, start, end: count(rows.len()), bound });
        }
        lists.sort_by_key(|list| (std::cmp::Reverse(list.bound), list.literal));
        let purposes = actions.iter().filter(|action| action.needs_consent);
        let mut purposes: Vec<Purpose> = purposes.map(|action| action.purpose).collect();
        purposes.sort_unstable();
        purposes.dedup();
        let times =
            actions.iter().flat_map(|action| action.starts_at.into_iter().chain(action.ends_at));
        let mut instants: Vec<i64> = times.map(Timestamp::as_millis).collect();
        instants.sort_unstable();
        instants.dedup();
        let weights = self.weights.items.into_iter().zip(self.shared);
        let weights = weights.map(|(boosts, suppressions)| WeightSet { boosts, suppressions });
        Index {
            truths: self.truths,
            asked_by: Slices::new(self.asked_by),
            lists,
            rows,
            more: self.more,
            actions: self.ranked,
            classes: self.classes.items,
            weights: weights.collect(),
            is_inflated,
            numbers: self.numbers.items,
            purposes,
            instants,
            is_plain,
            counts_together,
            tells_tiers: true,
        }
    }
}

fn count(length: usize) -> u32 {
    u32::try_from(length).unwrap_or(u32::MAX)
}
