//! What a decision holds: owned, or lent by the memory it was worked out in.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fmt;
use std::ops::Deref;
use std::sync::{Arc, OnceLock};

use smallvec::SmallVec;

use super::{Detail, ReasonCode, Request, StoredReason, Verdict};
use crate::condition::Basis;
use crate::context::Context;
use crate::plan::{ActionId, HoldoutId, Plan, SuppressionId};
use crate::time::Timestamp;
use crate::vocabulary::Channel;

/// What a decision holds, or where it lies.
#[derive(Clone, Debug)]
pub(crate) enum Data<'e> {
    /// All of it.
    Own(DecisionData),
    /// The recommendations; the rest is found out once somebody asks for it.
    Ranked { ranked: Cow<'e, DecisionData>, rest: Rest<'e> },
}

/// What a decision says besides its recommendations, once it is asked for.
#[derive(Clone, Debug)]
pub(crate) struct Rest<'e> {
    decide: Decide,
    about: About<'e>,
    found: OnceLock<Box<DecisionData>>,
}

/// Decides all at once.
type Decide = fn(&Plan, &Context, &Request) -> DecisionData;

/// What a decision is about: lent by the caller, or a copy.
#[derive(Clone)]
enum About<'e> {
    Lent(&'e Context, &'e Request),
    Own(Arc<(Context, Request)>),
}

/// Without the customer: who prints a decision does not ask for personal data.
impl fmt::Debug for About<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("About(..)")
    }
}

impl About<'_> {
    fn get(&self) -> (&Context, &Request) {
        match self {
            Self::Lent(context, request) => (context, request),
            Self::Own(about) => (&about.0, &about.1),
        }
    }
}

impl<'e> Rest<'e> {
    /// Leaves the rest for later, about what the caller keeps meanwhile.
    pub(crate) fn lent(decide: Decide, context: &'e Context, request: &'e Request) -> Self {
        Self { decide, about: About::Lent(context, request), found: OnceLock::new() }
    }

    /// Leaves the rest for later, about what may be gone by then.
    pub(crate) fn of_copy(decide: Decide, context: &Context, request: &Request) -> Self {
        let about = About::Own(Arc::new((context.clone(), request.clone())));
        Self { decide, about, found: OnceLock::new() }
    }

    fn find(&self, plan: &Plan, ranked: &DecisionData) -> &DecisionData {
        self.found.get_or_init(|| {
            let (context, request) = self.about.get();
            let found = (self.decide)(plan, context, request);
            debug_assert_eq!(
                (&found.recommendations, &found.reservations, &found.assignments),
                (&ranked.recommendations, &ranked.reservations, &ranked.assignments),
                "the ranking is that of the general pipeline"
            );
            Box::new(found)
        })
    }
}

impl Data<'_> {
    /// Returns everything that a decision says.
    pub(crate) fn whole(&self, plan: &Plan) -> &DecisionData {
        match self {
            Self::Own(data) => data,
            Self::Ranked { ranked, rest } => rest.find(plan, ranked),
        }
    }

    /// Returns what became of the actions that are not recommended.
    pub(crate) fn withheld(&self, plan: &Plan) -> &[Account] {
        match self {
            Self::Own(data) => &data.withheld,
            Self::Ranked { rest, .. } if rest.about.get().1.detail == Detail::RankedOnly => &[],
            Self::Ranked { .. } => &self.whole(plan).withheld,
        }
    }
}

impl From<DecisionData> for Data<'_> {
    fn from(data: DecisionData) -> Self {
        Self::Own(data)
    }
}

/// The recommendations, and whatever else needs no second look.
impl Deref for Data<'_> {
    type Target = DecisionData;

    fn deref(&self) -> &DecisionData {
        match self {
            Self::Own(data) => data,
            Self::Ranked { ranked, .. } => ranked,
        }
    }
}

/// What a decision holds, without names: they are those of its policy.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct DecisionData {
    pub(crate) now: Timestamp,
    /// The channels of the request in the order they were tried; one at least.
    pub(crate) channels: SmallVec<[Channel; 4]>,
    pub(crate) decision_id: Option<String>,
    pub(crate) slots: Vec<String>,
    pub(crate) recommendations: Vec<Placed>,
    pub(crate) withheld: Vec<Account>,
    /// What holds actions back at this moment, by rule.
    pub(crate) in_force: Vec<InForce>,
    /// For each holdout of the policy how it went.
    pub(crate) assignments: Vec<Assignment>,
    /// What the slate would have held if nobody were held out.
    pub(crate) ghosts: Vec<ActionId>,
    /// What the slate took of each quota.
    pub(crate) reservations: BTreeMap<String, u64>,
    pub(crate) valid_until: Option<Timestamp>,
}

impl DecisionData {
    /// Leaves everything but the recommendations for later.
    pub(crate) fn and(self, rest: Rest<'_>) -> Data<'_> {
        Data::Ranked { ranked: Cow::Owned(self), rest }
    }

    /// Becomes a decision about a request on its first channel, with nothing in
    /// it, in the memory it has.
    pub(crate) fn begin(&mut self, request: &Request) {
        self.now = request.now;
        self.channels.clear();
        self.channels.push(request.channel);
        self.decision_id.clone_from(&request.decision_id);
        self.slots.clone_from(&request.slots);
        self.recommendations.clear();
        self.withheld.clear();
        self.in_force.clear();
        self.assignments.clear();
        self.ghosts.clear();
        self.reservations.clear();
        self.valid_until = None;
    }

    /// Returns a decision about a request on its first channel, with nothing in it.
    pub(crate) fn of(request: &Request) -> Self {
        Self {
            now: request.now,
            channels: SmallVec::from_slice(&[request.channel]),
            decision_id: request.decision_id.clone(),
            slots: request.slots.clone(),
            recommendations: Vec::new(),
            withheld: Vec::new(),
            in_force: Vec::new(),
            assignments: Vec::new(),
            ghosts: Vec::new(),
            reservations: BTreeMap::new(),
            valid_until: None,
        }
    }
}

/// Whether a customer is left out by a holdout.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Assignment {
    pub(crate) holdout: HoldoutId,
    /// None for a customer without an id, who is not assigned.
    pub(crate) bucket: Option<u16>,
    pub(crate) is_held_out: bool,
}

/// An action in a slot.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Placed {
    pub(crate) action: ActionId,
    pub(crate) channel: Channel,
    pub(crate) is_forced: bool,
    /// Why it does not go on the channels that were tried before.
    pub(crate) passed_over: Vec<StoredReason>,
    /// The place of the slot in the request, if it named slots.
    pub(crate) slot: Option<u32>,
    /// The place of the treatment in the action, if it has any.
    pub(crate) treatment: Option<u32>,
    pub(crate) priority: u128,
}

impl Placed {
    /// An action on the channel that was asked for, in no slot and shown in no
    /// way of its own.
    pub(crate) fn plain(action: ActionId, channel: Channel, priority: u128) -> Self {
        Self {
            action,
            channel,
            is_forced: false,
            passed_over: Vec::new(),
            slot: None,
            treatment: None,
            priority,
        }
    }
}

/// What became of an action that is not recommended.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Account {
    pub(crate) action: ActionId,
    pub(crate) verdict: Verdict,
    /// `None` if a score is missing.
    pub(crate) priority: Option<u128>,
    pub(crate) reasons: Vec<StoredReason>,
    pub(crate) until: Option<Timestamp>,
}

/// A suppression that holds actions back.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct InForce {
    pub(crate) rule: SuppressionId,
    pub(crate) code: ReasonCode,
    pub(crate) basis: Vec<Basis>,
    /// Whether it rests on last known facts that are stale by now.
    pub(crate) by_last_known: bool,
    pub(crate) until: Option<Timestamp>,
}
