//! Memory for many decisions, and contexts that are kept between them.

use std::borrow::Cow;

use super::decide;
use super::front::Front;
use super::ranked::{self, Desk};
use crate::context::{Applied, Context, Event, Interaction};
use crate::decision::{Data, DecisionData, Request, Rest};
use crate::error::Error;
use crate::plan::Plan;

/// Memory that decisions are worked out in, to be used again and again.
///
/// One for each thread; it may go from engine to engine. Decisions that only
/// rank ([`Request::ranked_only`]) take no further memory from the allocator
/// once it has seen a few of them.
#[derive(Debug, Default)]
pub struct Scratch {
    desk: Desk,
    front: Front,
    data: Option<DecisionData>,
}

impl Scratch {
    /// Makes an empty one.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }
}

/// How many channels a bound context remembers.
const MAX_FRONTS: usize = 4;

/// A context that is kept, with what an engine has found out about it.
///
/// For services that hold a session: conditions and rules are looked at when
/// the context changes, or when time has changed one of them, and not once more
/// for every request. The answers are those of the context itself.
#[derive(Debug, Default)]
pub struct Bound {
    context: Context,
    /// What was found out, for a channel each; the last one first.
    fronts: Vec<Front>,
}

impl Bound {
    /// Keeps a context.
    #[must_use]
    pub fn new(context: Context) -> Self {
        Self { context, fronts: Vec::new() }
    }

    /// Returns the context as it is.
    #[must_use]
    pub fn context(&self) -> &Context {
        &self.context
    }

    /// Gives the context back.
    #[must_use]
    pub fn into_context(self) -> Context {
        self.context
    }

    /// Takes in what happened, as [`Context::apply`] does.
    ///
    /// # Errors
    ///
    /// As [`Context::apply`].
    pub fn apply(&mut self, event: &Event) -> Result<Applied, Error> {
        self.change(|context| context.apply(event))
    }

    /// Adds an interaction to the history, as [`Context::record`] does.
    pub fn record(&mut self, interaction: Interaction) {
        self.change(|context| context.record(interaction));
    }

    /// Changes the context in any way.
    pub fn change<T>(&mut self, change: impl FnOnce(&mut Context) -> T) -> T {
        self.fronts.iter_mut().for_each(Front::forget);
        change(&mut self.context)
    }

    /// Brings what was found out for a request to the front, or makes room.
    fn prepare(&mut self, plan: &Plan, request: &Request) -> (&Context, Option<&mut Front>) {
        let fronts = &mut self.fronts;
        let known = fronts.iter().position(|front| front.is_for(plan, request));
        let known = known.or_else(|| fronts.iter().position(|front| front.is_about(plan, request)));
        let mut place = known.or_else(|| fronts.iter().position(Front::is_forgotten));
        if place.is_none() && fronts.len() < MAX_FRONTS {
            place = Some(fronts.len());
            fronts.push(Front::default());
        }
        let place = place.unwrap_or(fronts.len().saturating_sub(1));
        if let Some(until) = fronts.get_mut(..=place) {
            until.rotate_right(1);
        }
        (&self.context, fronts.first_mut())
    }
}

/// Decides in memory that was used before.
pub(crate) fn decide_with<'d>(
    plan: &'d Plan,
    scratch: &'d mut Scratch,
    context: &'d Context,
    request: &'d Request,
) -> Data<'d> {
    let Scratch { desk, front, data } = scratch;
    // It may be of another context.
    front.forget();
    let data = data.get_or_insert_with(|| DecisionData::of(request));
    rank((plan, context), request, front, desk, data)
}

/// Decides about a context that is kept.
pub(crate) fn decide_bound<'d>(
    plan: &'d Plan,
    scratch: &'d mut Scratch,
    bound: &'d mut Bound,
    request: &'d Request,
) -> Data<'d> {
    let Scratch { desk, front: spare, data } = scratch;
    let (context, front) = bound.prepare(plan, request);
    let data = data.get_or_insert_with(|| DecisionData::of(request));
    rank((plan, context), request, front.unwrap_or(spare), desk, data)
}

fn rank<'d>(
    (plan, context): (&'d Plan, &'d Context),
    request: &'d Request,
    front: &mut Front,
    desk: &mut Desk,
    data: &'d mut DecisionData,
) -> Data<'d> {
    if !ranked::fits(plan, context, request) {
        return Data::Own(decide(plan, context, request));
    }
    ranked::rank((plan, context), request, front, desk, data);
    let rest = Rest::lent(decide, context, request);
    Data::Ranked { ranked: Cow::Borrowed(data), rest }
}
