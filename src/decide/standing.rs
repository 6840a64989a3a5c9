//! How many actions a ranking would put before one.

use super::asked::Asked;
use super::front::Front;
use super::lane::Lane;
use super::ranked::{Choice, Desk, Looking, ROUNDED_DOWN, is_admitted, nearly, pick_plainly};
use crate::context::Context;
use crate::decision::Placed;
use crate::plan::{ActionId, Asks, Plan, Ranked, Row, bound_below, greatest_score};
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
        let Ranked { tier, tie, .. } = self.plan.action(id).ranked;
        let own = Choice { tier, priority, tie, action: id.0 };
        let Self { plan, context, asked, facts, ref mut front, .. } = *self;
        let asked_of_all = Asked::new(plan, asked.request, &[asked.request.channel]).for_ranking();
        let counts_together = plan.index.counts_together;
        let lane = counts_together
            .then(|| Lane::for_limits(plan, context, &asked_of_all, facts, asked.request.now));
        let span = Span::new(plan, &own);
        let is_plain = lane.is_none() && !asked.names_actions();
        Counting { plan, context, asked, front, lane, own, span, is_plain }.count() + 1
    }

    /// Recommends the best, where they fill the places one by one.
    pub(super) fn recommend(&mut self, recommendations: &mut Vec<Placed>) {
        let Self { plan, context, asked, ref mut front, ref mut desk, .. } = *self;
        pick_plainly(plan, context, asked, front, &mut desk.best);
        desk.best.place(asked.request, recommendations);
    }
}

/// How the bound of a row compares with what an action comes to.
struct Span {
    tier: u16,
    /// The action comes to more than that, and to less than `most`, by more than
    /// bounds and doubles are off.
    least: f64,
    most: f64,
    /// Whether bounds are those of scores without any weight, and tell anything.
    tells: bool,
}

impl Span {
    fn new(plan: &Plan, own: &Choice) -> Self {
        let priority = nearly(own.priority);
        let (least, most) = (priority * ROUNDED_DOWN, priority / ROUNDED_DOWN);
        // Nothing comes to less than nothing, and much to the same.
        let tells = own.priority > 0 && !plan.index.is_inflated;
        Self { tier: own.tier, least, most, tells }
    }

    /// Tells whether an action with such a bound goes before the other one; none
    /// if the bound does not tell it. In a plain request nothing else is asked of
    /// an action but what its row asks for.
    #[inline]
    fn is_before(&self, row: &Row, weight: u32, is_plain: bool) -> Option<bool> {
        let score = greatest_score(row.bound) * f64::from(weight);
        if row.tier() != self.tier || !self.tells {
            return None;
        }
        if score < self.least {
            return Some(false);
        }
        let is_all = is_plain && row.asks == Asks::default();
        (score > self.most && is_all).then_some(true)
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
    span: Span,
    /// Whether nothing is asked of a row but what the row asks for.
    is_plain: bool,
}

impl<'a: 'p, 'p> Counting<'p, 'a> {
    /// Walks through the lists whose literal holds, as far as their rows may
    /// come to as much.
    fn count(mut self) -> usize {
        let floor = bound_below(self.own.tier, self.span.least * self.front.unweighted);
        let index = &self.plan.index;
        let places = std::mem::take(&mut self.front.lists);
        let lists = places.iter().filter_map(|place| index.lists.get(*place as usize));
        let mut before = 0;
        // Later lists have lower bounds.
        for list in lists.take_while(|list| list.bound >= floor) {
            let mut rows = index.rows_of(list).iter();
            loop {
                let (span, is_plain) = (&self.span, self.is_plain);
                let by_bound = |row: &Row, weight| span.is_before(row, weight, is_plain);
                let (clear, open) = self.front.count_clear(&mut rows, floor, by_bound);
                before += clear;
                let Some(row) = open else { break };
                before += usize::from(self.is_before(row));
            }
        }
        self.front.lists = places;
        before
    }

    fn is_admitted(&mut self, row: &Row) -> bool {
        let known = (self.plan, self.context);
        is_admitted(known, self.front, row, (self.asked, self.lane.as_mut()))
    }

    fn is_before(&mut self, row: &Row) -> bool {
        let weight = self.front.weight_of(self.plan, self.context, row.class);
        let Some(weight) = weight else { return false };
        let ranked = &self.plan.action(ActionId(row.action)).ranked;
        let looking = Looking { plan: self.plan, asked: self.asked, front: self.front };
        let Some(priority) = looking.priority(row, ranked, weight) else { return false };
        let Ranked { tier, tie, .. } = *ranked;
        let choice = Choice { tier, priority, tie, action: row.action };
        choice.is_before(&self.own) && looking.is_there(row, priority) && self.is_admitted(row)
    }
}
