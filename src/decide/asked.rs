//! What a request asks for, looked up quickly.

use std::collections::HashSet;

use smallvec::SmallVec;

use crate::condition::{Basis, FactState, Subject};
use crate::context::Context;
use crate::decision::{ChannelOrder, Detail, Request};
use crate::plan::{ActionId, Plan, PlannedAction};
use crate::schema::Facts;
use crate::time::Zone;
use crate::vocabulary::Channel;

use super::horizon::Horizon;

/// Where the channels lie that the customer prefers.
const PREFERRED: &str = "consent.preferred_channels";

/// Ids that a request lists; most list none, and then there is no set.
pub(super) struct Ids<'a>(Option<HashSet<&'a str, ahash::RandomState>>);

impl<'a> Ids<'a> {
    #[inline]
    fn new(ids: &'a [String]) -> Self {
        if ids.is_empty() { Self(None) } else { Self::of(ids) }
    }

    #[inline(never)]
    fn of(ids: &'a [String]) -> Self {
        Self(Some(ids.iter().map(String::as_str).collect()))
    }

    pub(super) fn contains(&self, id: &str) -> bool {
        self.0.as_ref().is_some_and(|ids| ids.contains(id))
    }

    pub(super) fn is_empty(&self) -> bool {
        self.0.is_none()
    }
}

/// A request, with its lists as sets.
pub(super) struct Asked<'a> {
    pub(super) request: &'a Request,
    pub(super) excluded: Ids<'a>,
    pub(super) out_of_stock: Ids<'a>,
    pub(super) already_shown: Ids<'a>,
    /// Whether the decision accounts for what it does not recommend.
    pub(super) is_complete: bool,
    /// Whether all reasons are wanted: a recommendation has those why it does
    /// not go on the channels before, however little else is asked for.
    pub(super) needs_reasons: bool,
    /// Whether anybody wants to know when what holds an action back lets go.
    pub(super) needs_untils: bool,
    /// The one action that is asked about, if the others matter only as far as
    /// they go before it.
    pub(super) about: Option<ActionId>,
    /// Whether no other action is looked at.
    pub(super) is_alone: bool,
    /// The zone of the request, if it names one; an error if there is no such
    /// zone.
    pub(super) zone: Option<Result<Zone, Basis>>,
}

impl<'a> Asked<'a> {
    pub(super) fn new(plan: &Plan, request: &'a Request, channels: &[Channel]) -> Self {
        let zone = request.time_zone.as_deref().filter(|_| plan.reads_zones());
        Self {
            request,
            excluded: Ids::new(&request.excluded),
            out_of_stock: Ids::new(&request.out_of_stock),
            already_shown: Ids::new(&request.already_shown),
            is_complete: request.detail == Detail::Complete,
            needs_reasons: request.detail == Detail::Complete || channels.len() > 1,
            needs_untils: true,
            about: None,
            is_alone: false,
            zone: zone.map(|name| Zone::find(name).ok_or_else(no_such_zone)),
        }
    }

    /// The same where one action is asked about.
    pub(super) fn about(self, id: ActionId) -> Self {
        Self { about: Some(id), ..self }
    }

    /// The same where no action but one is looked at.
    pub(super) fn alone(self, id: ActionId) -> Self {
        Self { is_alone: true, ..self.about(id) }
    }

    /// The same where nobody wants to know when what holds back lets go.
    pub(super) fn without_untils(self) -> Self {
        Self { needs_untils: false, ..self }
    }

    /// Tells whether an action is asked about: all are, or only one.
    pub(super) fn is_about(&self, id: ActionId) -> bool {
        self.about.is_none_or(|about| about == id)
    }

    /// The same where only the recommendations are wanted, for now.
    pub(super) fn for_ranking(self) -> Self {
        Self { is_complete: false, needs_reasons: false, ..self }
    }

    /// Tells whether single actions are held back by the request.
    pub(super) fn names_actions(&self) -> bool {
        !self.excluded.is_empty() || !self.out_of_stock.is_empty()
    }

    pub(super) fn is_forced(&self, action: &PlannedAction) -> bool {
        self.request.force.as_ref().is_some_and(|force| *force.action == *action.id)
    }
}

fn no_such_zone() -> Basis {
    let subject = Subject::Outside("request.time_zone".to_owned());
    Basis { subject, state: FactState::Invalid }
}

/// Lists the channels of a request in the order they are tried, each once.
pub(super) fn channels(
    plan: &Plan,
    context: &Context,
    request: &Request,
) -> SmallVec<[Channel; 4]> {
    let mut channels = SmallVec::new();
    channels.push(request.channel);
    for channel in &request.or_channels {
        if !channels.contains(channel) {
            channels.push(*channel);
        }
    }
    if let Some(preferred) = preferred(context, request) {
        let facts = super::gather(plan, context, request, request.channel);
        if facts.delivery_at(PREFERRED).is_fresh() {
            let place = |channel: &Channel| preferred.iter().position(|known| known == channel);
            channels.sort_by_key(|channel| place(channel).unwrap_or(usize::MAX));
        }
    }
    channels
}

/// Returns what the customer prefers, if that is to order the channels.
fn preferred<'c>(context: &'c Context, request: &Request) -> Option<&'c Vec<Channel>> {
    let is_wanted =
        request.channel_order == ChannelOrder::Preferred && !request.or_channels.is_empty();
    let preferred = || context.consent.known()?.preferred_channels.as_ref();
    is_wanted.then(preferred).flatten()
}

/// Returns until when the channels stay in their order: what the customer prefers
/// may become stale.
pub(super) fn horizon_of_order(context: &Context, request: &Request, facts: &Facts<'_>) -> Horizon {
    preferred(context, request)
        .map_or(Horizon::NEVER, |_| Horizon::of_delivery(facts.delivery_at(PREFERRED)))
}
