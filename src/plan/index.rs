//! The actions laid out so that only a few of them need to be looked at.
//!
//! The engagement conditions of an action are one conjunction of literals. Each
//! action is a row in the list of its rarest literal; lists are in the static
//! order (tier, then propensity × value × lever), so that whoever looks for the
//! best few can stop early. Rows are small; everything else about an action lies
//! elsewhere.

use std::collections::HashMap;
use std::sync::Arc;

use super::action::PlannedAction;
use super::interned::Interned;
use super::ranked::Number;
use super::{PlannedLimit, SuppressionId, ThresholdId, factor};
use crate::check::{Conditions, LimitRule, ONE, Per, Slices, Window};
use crate::condition::{Literal, NodeId, Program};
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

    /// Returns the truth that it is about; the literal of no condition has none.
    fn truth(self) -> u32 {
        self.0.saturating_sub(1) / 2
    }
}

/// The actions of a policy, by their literals.
#[derive(Debug)]
pub(crate) struct Index {
    /// The truths that literals are made of, each once.
    pub(crate) truths: Vec<NodeId>,
    /// For each of them the actions that ask for it.
    pub(crate) asked_by: Slices<u32>,
    /// The lists that are not empty, those with the best actions first.
    pub(crate) lists: Vec<ActionList>,
    pub(crate) rows: Vec<Row>,
    /// The literals that have no place in a row.
    pub(crate) more: HashMap<u32, Box<[LiteralId]>, ahash::RandomState>,
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

/// Context weights that some actions have.
#[derive(Debug)]
pub(crate) struct WeightSet {
    pub(crate) boosts: Arc<[usize]>,
    /// The rules that are about every one of these actions.
    pub(crate) suppressions: RuleSet,
}

/// What actions have in common as far as rules are concerned.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Class {
    pub(crate) channels: Arc<[Channel]>,
    /// The purpose, if it needs consent.
    pub(crate) consent: Option<Purpose>,
    pub(crate) obeys_quiet_hours: bool,
    pub(crate) suppressions: RuleSet,
    pub(crate) thresholds: Arc<[ThresholdId]>,
    /// The place of its context weights.
    pub(crate) weight: u32,
}

/// Some suppressions, the first 64 of a policy as bits as well.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct RuleSet {
    ids: Arc<[SuppressionId]>,
    first: u64,
    has_more: bool,
}

impl RuleSet {
    fn new(ids: Arc<[SuppressionId]>) -> Self {
        let bit = |id: &SuppressionId| 1_u64.checked_shl(id.0);
        let first = ids.iter().filter_map(bit).fold(0, |all, bit| all | bit);
        let has_more = ids.iter().any(|id| bit(id).is_none());
        Self { ids, first, has_more }
    }

    /// Gathers those of the first rules that are in force, of all in their order.
    pub(crate) fn first_of(in_force: &[bool]) -> u64 {
        let first = in_force.iter().take(u64::BITS as usize).rev();
        first.fold(0, |all, is_in_force| all << 1 | u64::from(*is_in_force))
    }

    /// Tells whether some rule is one of the first ([`first_of`](Self::first_of)),
    /// or another that `holds`.
    pub(crate) fn has_any(&self, first: u64, holds: impl Fn(SuppressionId) -> bool) -> bool {
        self.first & first != 0 || self.has_more && self.ids.iter().any(|id| holds(*id))
    }
}

/// What an index is made of.
pub(super) struct LaidOut<'p> {
    pub(super) program: &'p Program,
    pub(super) conditions: &'p Conditions,
    pub(super) actions: &'p [PlannedAction],
    pub(super) boosts: &'p [super::PlannedBoost],
    pub(super) limits: &'p [PlannedLimit],
    /// Whether what has a place depends on what else has one.
    pub(super) has_slots: bool,
}

impl Index {
    pub(super) fn new(of: &LaidOut<'_>, numbers: Vec<Number>) -> Self {
        let mut builder = Builder::new(of);
        for (place, action) in (0_u32..).zip(of.actions) {
            builder.add(place, action);
        }
        builder.finish(of, numbers)
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
    action.treatments().is_empty()
        && action.quota.is_none()
        && action.rules.limits.iter().all(alone)
        && action.rules.counted_in.iter().all(alone)
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
    conditions: &'p Conditions,
    places: HashMap<NodeId, u32, ahash::RandomState>,
    truths: Vec<NodeId>,
    /// Truths, each with an action that asks for it.
    asked: Vec<(u32, u32)>,
    /// What each clause comes to, once it is asked for.
    clauses: Vec<Option<Conjunction>>,
    /// The literals of an action: used again for the next one.
    literals: Vec<Weighed>,
    /// Rows, each with the literal of its list.
    rows: Vec<(LiteralId, Row)>,
    more: HashMap<u32, Box<[LiteralId]>, ahash::RandomState>,
    /// The classes of labels and rules, by their addresses.
    labelled: HashMap<(usize, usize), u32, ahash::RandomState>,
    classes: Interned<Class>,
    weights: Interned<Arc<[usize]>>,
    /// For each of them the rules that are about all of its actions.
    shared: Vec<Vec<SuppressionId>>,
}

/// A literal, and how rare it may be.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Weighed {
    guess: u32,
    literal: Literal,
    id: LiteralId,
}

/// A condition as a conjunction.
#[derive(Clone)]
struct Conjunction {
    can_hold: bool,
    literals: Box<[Weighed]>,
}

impl<'p> Builder<'p> {
    fn new(of: &LaidOut<'p>) -> Self {
        Self {
            program: of.program,
            conditions: of.conditions,
            places: HashMap::default(),
            truths: Vec::new(),
            asked: Vec::with_capacity(of.conditions.asked_count()),
            clauses: vec![None; of.conditions.clause_count()],
            literals: Vec::new(),
            rows: Vec::with_capacity(of.actions.len()),
            more: HashMap::default(),
            labelled: HashMap::default(),
            classes: Interned::new(),
            weights: Interned::new(),
            shared: Vec::new(),
        }
    }

    fn add(&mut self, place: u32, action: &PlannedAction) {
        let can_hold = self.gather(action) && !action.paused;
        let noted = self.literals.iter().map(|weighed| (weighed.id.truth(), place));
        self.asked.extend(noted);
        if !can_hold {
            return;
        }
        let mut ids = self.literals.iter().map(|weighed| weighed.id);
        let list = ids.next().unwrap_or(LiteralId::ALWAYS);
        let mut rest = [LiteralId::ALWAYS; REST];
        rest.iter_mut().zip(&mut ids).for_each(|(slot, id)| *slot = id);
        let more: Box<[LiteralId]> = ids.collect();
        let row = self.row(place, action, rest, !more.is_empty());
        if !more.is_empty() {
            self.more.insert(place, more);
        }
        self.rows.push((list, row));
    }

    /// Gathers the literals of an action, the rarest first; tells whether they can
    /// all hold.
    fn gather(&mut self, action: &PlannedAction) -> bool {
        self.literals.clear();
        let conditions = self.conditions;
        let mut can_hold = true;
        for asked in conditions.asked(action.conditions) {
            let place = asked.clause().place();
            if let Some(None) = self.clauses.get(place) {
                let clause = conditions.clause(asked.clause());
                let conjunction = clause.map(|clause| self.conjunction(clause.node));
                self.clauses
                    .get_mut(place)
                    .into_iter()
                    .for_each(|slot| *slot = conjunction.clone());
            }
            if let Some(Some(conjunction)) = self.clauses.get(place) {
                can_hold &= conjunction.can_hold;
                self.literals.extend_from_slice(&conjunction.literals);
            }
        }
        if self.literals.len() > 1 {
            self.literals.sort_unstable();
            self.literals.dedup();
        }
        can_hold
    }

    /// Takes a condition apart.
    fn conjunction(&mut self, node: NodeId) -> Conjunction {
        let mut literals = Vec::new();
        let can_hold = self.program.conjuncts(node, &mut literals);
        literals.sort_unstable();
        literals.dedup();
        let weighed = literals.into_iter().map(|literal| {
            let truth = *self.places.entry(literal.node).or_insert_with(|| {
                self.truths.push(literal.node);
                count(self.truths.len() - 1)
            });
            let id = LiteralId::of(truth, literal.holds);
            Weighed { guess: self.program.guess(literal), literal, id }
        });
        Conjunction { can_hold, literals: weighed.collect() }
    }

    fn row(
        &mut self,
        place: u32,
        action: &PlannedAction,
        rest: [LiteralId; REST],
        has_more: bool,
    ) -> Row {
        let alike = action.alike();
        let class = match self.labelled.get(&alike) {
            Some(class) => *class,
            None => {
                let class = self.class(action);
                self.labelled.insert(alike, class);
                class
            }
        };
        let (ranked, rules) = (&action.ranked, &action.rules);
        let is_read = ranked.is_read();
        let asks = Asks::LITERALS
            .when(has_more)
            .with(Asks::TIMES.when(action.starts_at().is_some() || action.ends_at().is_some()))
            .with(Asks::LIMITS.when(!rules.limits.is_empty()))
            .with(Asks::THRESHOLDS.when(!rules.thresholds.is_empty()))
            .with(Asks::NUMBERS.when(is_read));
        let unbounded = u64::from(ranked.tier) << 48 | UNBOUNDED;
        let bound = if is_read { unbounded } else { bound(ranked.tier, ranked.base()) };
        Row { bound, rest, action: place, class, asks }
    }

    /// Finds the class of an action.
    fn class(&mut self, action: &PlannedAction) -> u32 {
        let rules = &action.rules;
        let weight = self.weights.place(rules.boosts.clone());
        match self.shared.get_mut(weight as usize) {
            Some(shared) => shared.retain(|rule| rules.suppressions.contains(rule)),
            None => self.shared.push(rules.suppressions.to_vec()),
        }
        self.classes.place(Class {
            channels: action.channels.clone(),
            consent: action.needs_consent.then_some(action.purpose),
            obeys_quiet_hours: action.obeys_quiet_hours,
            suppressions: RuleSet::new(rules.suppressions.clone()),
            thresholds: rules.thresholds.clone(),
            weight,
        })
    }

    /// Takes the context weights of each action for granted in its bound, where
    /// there are too many of them to look for the greatest each time.
    fn inflate(&mut self, of: &LaidOut<'_>) {
        let most = |weight: &[usize]| {
            let points = weight.iter().filter_map(|boost| of.boosts.get(*boost));
            factor(ONE + points.map(|boost| boost.basis_points.max(0)).sum::<i64>())
        };
        for (_, row) in &mut self.rows {
            let class = self.classes.get(row.class as usize);
            let weight = class.and_then(|class| self.weights.get(class.weight as usize));
            let action = of.actions.get(row.action as usize);
            if let (Some(weight), Some(action)) = (weight, action)
                && !row.asks.contains(Asks::NUMBERS)
            {
                let ranked = &action.ranked;
                row.bound = bound(ranked.tier, ranked.base() * u128::from(most(weight)));
            }
        }
    }

    /// Puts the rows into lists, and each list into the static order.
    fn lists(&mut self, actions: &[PlannedAction]) -> (Vec<ActionList>, Vec<Row>) {
        let tie = |row: &Row| actions.get(row.action as usize).map_or(0, |of| of.ranked.tie);
        // By the bound, the greatest first, then by the tie: as numbers, which are
        // quickly sorted. The place of the row comes last.
        let key = |place: u32, row: &Row| {
            u128::from(!row.bound) << 64 | u128::from(tie(row)) << 32 | u128::from(place)
        };
        let keys = (0..).zip(&self.rows);
        let keys = keys.map(|(place, (list, row))| (list.0, key(place, row)));
        let count_of_lists = 2 * self.truths.len() + 1;
        let mut by_list = Slices::new(count_of_lists, &keys.collect::<Vec<_>>());
        let (mut lists, mut rows) = (Vec::new(), Vec::with_capacity(self.rows.len()));
        for literal in (0..count(count_of_lists)).map(LiteralId) {
            let of_list = by_list.get_mut(literal.place());
            of_list.sort_unstable();
            let start = count(rows.len());
            #[expect(clippy::cast_possible_truncation, reason = "the place is in the last 32 bits")]
            let in_order = of_list.iter().filter_map(|key| self.rows.get(*key as u32 as usize));
            rows.extend(in_order.map(|(_, row)| *row));
            if let Some(first) = rows.get(start as usize) {
                lists.push(ActionList {
                    literal,
                    start,
                    end: count(rows.len()),
                    bound: first.bound,
                });
            }
        }
        lists.sort_by_key(|list| (std::cmp::Reverse(list.bound), list.literal));
        (lists, rows)
    }

    fn finish(mut self, of: &LaidOut<'_>, numbers: Vec<Number>) -> Index {
        let is_inflated = self.weights.len() > MAX_WEIGHTS;
        if is_inflated {
            self.inflate(of);
        }
        let (lists, rows) = self.lists(of.actions);
        let mut purposes = Vec::new();
        for action in of.actions.iter().filter(|action| action.needs_consent) {
            if !purposes.contains(&action.purpose) {
                purposes.push(action.purpose);
            }
        }
        purposes.sort_unstable();
        let times = of.actions.iter().flat_map(|of| of.starts_at().into_iter().chain(of.ends_at()));
        let mut instants: Vec<i64> = times.map(Timestamp::as_millis).collect();
        instants.sort_unstable();
        instants.dedup();
        let weights = self.weights.into_items().into_iter().zip(self.shared);
        let weights = weights.map(|(boosts, shared)| WeightSet {
            boosts,
            suppressions: RuleSet::new(shared.into()),
        });
        Index {
            asked_by: Slices::new(self.truths.len(), &self.asked),
            truths: self.truths,
            lists,
            rows,
            more: self.more,
            classes: self.classes.into_items(),
            weights: weights.collect(),
            is_inflated,
            numbers,
            purposes,
            instants,
            is_plain: !of.has_slots && of.actions.iter().all(|action| is_plain(action, of.limits)),
            counts_together: of.limits.iter().any(|limit| !counts_alone(limit)),
            tells_tiers: true,
        }
    }
}

fn count(length: usize) -> u32 {
    u32::try_from(length).unwrap_or(u32::MAX)
}
