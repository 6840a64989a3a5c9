//! How many actions a ranking would put before one.

use smallvec::SmallVec;

use super::asked::Asked;
use super::front::{Front, Next};
use super::lane::Lane;
use super::ranked::{Choice, Desk, Looking, ROUNDED_DOWN, is_admitted, nearly, pick_plainly};
use crate::context::Context;
use crate::decision::Placed;
use crate::plan::{ActionId, Asks, Plan, Ranked, Row, bound_above, bound_below};
use crate::schema::Facts;

/// What goes before what, for those who ask about one action.
pub(super) struct Ranking<'a> {
    plan: &'a Plan,
    context: &'a Context,
    asked: &'a Asked<'a>,
    facts: &'a Facts<'a>,
    front: Front,
    desk: Desk,
}

impl<'a> Ranking<'a> {
    pub(super) fn new(
        (plan, context): (&'a Plan, &'a Context),
        asked: &'a Asked<'a>,
        facts: &'a Facts<'a>,
    ) -> Self {
        let (mut front, mut desk) = (Front::default(), Desk::default());
        front.renew((plan, context), asked, facts, &mut desk.notes);
        Self { plan, context, asked, facts, front, desk }
    }

    /// Returns the place among the admissible actions that one has, or would
    /// have with this priority: those before it are counted, and looked for as
    /// the best ones are.
    pub(super) fn place_of(&mut self, id: ActionId, priority: u128) -> usize {
        let Some(Ranked { tier, tie, .. }) = self.plan.index.actions.get(id.place()) else {
            return 1;
        };
        let own = Choice { tier: *tier, priority, tie: *tie, action: id.0 };
        let Self { plan, context, asked, facts, ref mut front, .. } = *self;
        let asked_of_all = Asked::new(plan, asked.request, &[asked.request.channel]).for_ranking();
        // Limits that count actions together are asked of the general code.
        let counts_together = plan.index.counts_together;
        let lane = counts_together
            .then(|| Lane::new(plan, context, &asked_of_all, facts, asked.request.now));
        let spans = Spans::new(plan, &own);
        let is_plain = lane.is_none() && !asked.names_actions();
        Counting { plan, context, asked, front, lane, own, spans, is_plain }.count() + 1
    }

    /// Recommends the best, where they fill the places one by one.
    pub(super) fn recommend(&mut self, recommendations: &mut Vec<Placed>) {
        let Self { plan, context, asked, ref mut front, ref mut desk, .. } = *self;
        pick_plainly(plan, context, asked, front, &mut desk.best);
        desk.best.place(asked.request, recommendations);
    }
}

/// So many different context weights have spans of their own.
const FEW_WEIGHTS: usize = 8;

/// Which bounds of rows tell by themselves whether an action goes before another
/// one, by context weight: most do.
struct Spans {
    tier: u16,
    least: f64,
    most: f64,
    /// Whether bounds are those of scores without any weight.
    tell: bool,
    known: SmallVec<[(u32, Span); FEW_WEIGHTS]>,
}

/// Bounds below `least` come to less, and those from `most` on to more.
#[derive(Clone, Copy)]
struct Span {
    least: u64,
    most: u64,
}

impl Span {
    /// Bounds tell nothing.
    const ALL: Self = Self { least: 0, most: u64::MAX };
}

impl Spans {
    fn new(plan: &Plan, own: &Choice) -> Self {
        let priority = nearly(own.priority);
        Self {
            tier: own.tier,
            least: priority * ROUNDED_DOWN,
            most: priority / ROUNDED_DOWN,
            tell: !plan.index.is_inflated,
            known: SmallVec::new(),
        }
    }

    #[inline]
    fn of(&mut self, weight: u32) -> Span {
        match self.known.iter().find(|(known, _)| *known == weight) {
            Some((_, span)) => *span,
            None => self.find(weight),
        }
    }

    #[cold]
    fn find(&mut self, weight: u32) -> Span {
        // Nothing comes to more than anything else without a weight.
        if !self.tell || weight == 0 || self.known.len() >= FEW_WEIGHTS {
            return Span::ALL;
        }
        let weighted = f64::from(weight);
        let span = Span {
            least: bound_below(self.tier, self.least / weighted),
            most: bound_above(self.tier, self.most / weighted),
        };
        self.known.push((weight, span));
        span
    }
}

/// Counts what goes before an action.
struct Counting<'p, 'a> {
    plan: &'a Plan,
    context: &'a Context,
    asked: &'p Asked<'a>,
    front: &'p mut Front,
    lane: Option<Lane<'p>>,
    own: Choice,
    spans: Spans,
    /// Whether nothing is asked of a row but what the row asks for.
    is_plain: bool,
}

impl<'a: 'p, 'p> Counting<'p, 'a> {
    /// Walks through the lists whose literal holds, as far as their rows may
    /// come to as much.
    fn count(mut self) -> usize {
        let floor = bound_below(self.own.tier, self.spans.least * self.front.unweighted);
        let index = &self.plan.index;
        let places = std::mem::take(&mut self.front.lists);
        let lists = places.iter().filter_map(|place| index.lists.get(*place as usize));
        let mut before = 0;
        // Later lists have lower bounds.
        for list in lists.take_while(|list| list.bound >= floor) {
            let mut rows = index.rows_of(list).iter();
            while let Next::Open(row) = self.front.next_open(&mut rows, floor) {
                before += usize::from(self.is_before(row));
            }
        }
        self.front.lists = places;
        before
    }

    #[inline]
    fn is_before(&mut self, row: &Row) -> bool {
        let weight = self.front.weight_of(self.plan, self.context, row.class);
        let Some(weight) = weight else { return false };
        let span = self.spans.of(weight);
        if row.bound < span.least {
            return false;
        }
        if row.bound >= span.most && self.is_plain && row.asks == Asks::default() {
            return true;
        }
        self.is_before_exactly(row, weight)
    }

    fn is_admitted(&mut self, row: &Row) -> bool {
        let known = (self.plan, self.context);
        is_admitted(known, self.front, row, (self.asked, self.lane.as_mut()))
    }

    #[inline(never)]
    fn is_before_exactly(&mut self, row: &Row, weight: u32) -> bool {
        let Some(ranked) = self.plan.index.actions.get(row.action as usize) else { return false };
        let looking = Looking { plan: self.plan, asked: self.asked, front: self.front };
        let Some(base) = looking.base(row, ranked) else { return false };
        let priority = base * u128::from(weight);
        let Ranked { tier, tie, .. } = *ranked;
        let choice = Choice { tier, priority, tie, action: row.action };
        choice.is_before(&self.own) && looking.is_there(row, priority) && self.is_admitted(row)
    }
}
