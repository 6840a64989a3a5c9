//! Verdicts, and the stable codes of their reasons.

mod because;

use std::borrow::Cow;
use std::fmt;

use serde::{Serialize, Serializer};

use super::{Bases, Decision};
use crate::check::{Clause, Step};
use crate::condition::{Basis, FactState};
use crate::plan::{
    ExclusiveId, HoldoutId, LimitId, Plan, PlannedAction, QuietHoursId, SuppressionId, ThresholdId,
};
use crate::time::{Duration, Timestamp};
use crate::vocabulary::Channel;

pub(crate) use because::limit_in_words;

macro_rules! named {
    ($(#[$doc:meta])* $name:ident { $($(#[$variant_doc:meta])* $variant:ident = $text:literal,)+ }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[non_exhaustive]
        pub enum $name {
            $($(#[$variant_doc])* $variant,)+
        }

        impl $name {
            /// Every one of them, in their order.
            pub const ALL: &'static [Self] = &[$(Self::$variant,)+];

            /// Returns the name in logs and in JSON.
            #[must_use]
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $text,)+ }
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.pad(self.as_str())
            }
        }

        impl Serialize for $name {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_str(self.as_str())
            }
        }
    };
}

named! {
    /// The stages of a decision, in their order.
    Stage {
        /// Status, dates, channel, stock and kill switch.
        Availability = "availability",
        /// What the customer agreed to.
        Consent = "consent",
        /// When outbound messages rest.
        QuietHours = "quiet_hours",
        /// Who qualifies.
        Eligibility = "eligibility",
        /// When it makes sense.
        Applicability = "applicability",
        /// Whose interest it is in.
        Suitability = "suitability",
        /// What a situation holds back.
        Suppression = "suppression",
        /// How often is too often.
        Limits = "limits",
        /// Who is left out to measure by.
        Holdout = "holdout",
        /// What it is worth.
        Score = "score",
        /// Which goes first.
        Arbitration = "arbitration",
        /// What fits.
        Slate = "slate",
    }
}

named! {
    /// What became of one action.
    Verdict {
        /// It is in the slate.
        Recommended = "recommended",
        /// Admissible, and others took its place.
        Outranked = "outranked",
        /// A suppression holds it back.
        Suppressed = "suppressed",
        /// The customer does not qualify, or it is not known whether they do.
        Ineligible = "ineligible",
        /// The customer does not agree to be addressed.
        Unconsented = "unconsented",
        /// It is not on offer.
        Unavailable = "unavailable",
        /// Nothing holds it back but quiet hours: it can be sent later.
        Deferred = "deferred",
        /// The contact policy holds it back: a limit, or hours that are quiet
        /// for too long or cannot be told.
        Limited = "limited",
        /// The customer is left out, to measure by.
        HeldOut = "held_out",
        /// It does not come to what the policy asks for.
        BelowThreshold = "below_threshold",
        /// A score it needs is missing.
        Unscored = "unscored",
    }
}

named! {
    /// What kind of news a reason is.
    Severity {
        /// Business as usual.
        Expected = "expected",
        /// The customer is spared something.
        Protective = "protective",
        /// A feed is late or missing.
        DataProblem = "data_problem",
    }
}

macro_rules! codes {
    ($($(#[doc = $doc:literal])+ $variant:ident = $number:literal, $name:literal, $stage:ident, $severity:ident;)+) => {
        /// A stable reason, the same number in every language.
        ///
        /// Numbers are never reused; a reason that rests on missing facts
        /// lists them with the codes of [`Cause`].
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[non_exhaustive]
        #[repr(u16)]
        pub enum ReasonCode {
            $($(#[doc = $doc])+ $variant = $number,)+
        }

        impl ReasonCode {
            /// Every code, in the order of their numbers.
            pub const ALL: &'static [Self] = &[$(Self::$variant,)+];

            /// Returns the stable number.
            #[must_use]
            pub const fn number(self) -> u16 {
                self as u16
            }

            /// Returns the name in logs and in JSON.
            #[must_use]
            pub const fn name(self) -> &'static str {
                match self { $(Self::$variant => $name,)+ }
            }

            /// Says in a sentence what it means.
            #[must_use]
            pub const fn meaning(self) -> &'static str {
                match self { $(Self::$variant => concat!($($doc),+).trim_ascii(),)+ }
            }

            /// Returns the stage that gives the reason.
            #[must_use]
            pub const fn stage(self) -> Stage {
                match self { $(Self::$variant => Stage::$stage,)+ }
            }

            /// Returns what kind of news it is when nothing is missing.
            #[must_use]
            pub const fn severity(self) -> Severity {
                match self { $(Self::$variant => Severity::$severity,)+ }
            }
        }
    };
}

codes! {
    /// The policy says the action is paused.
    Inactive = 101, "inactive", Availability, Expected;
    /// Its time has not come.
    NotStarted = 102, "not_started", Availability, Expected;
    /// Its time is over.
    Expired = 103, "expired", Availability, Expected;
    /// The request switches it off.
    EmergencyExcluded = 104, "emergency_excluded", Availability, Protective;
    /// It is not made for the channel.
    ChannelNotSupported = 105, "channel_not_supported", Availability, Expected;
    /// Nothing is left of it.
    NoInventory = 106, "no_inventory", Availability, Expected;
    /// The customer has not agreed, or has refused.
    NoConsent = 201, "no_consent", Consent, Protective;
    /// The customer had agreed, and the consent lapsed.
    ConsentRevoked = 202, "consent_revoked", Consent, Protective;
    /// Nothing may be sent on the channel.
    HardBlocked = 203, "hard_blocked", Consent, Protective;
    /// Messages rest at this hour where the customer is.
    QuietHours = 211, "quiet_hours", QuietHours, Protective;
    /// Nobody can tell what time it is where the customer is.
    TimezoneUnknown = 212, "timezone_unknown", QuietHours, DataProblem;
    /// When messages may be sent again it will be too late.
    EndsBeforeDeferral = 213, "ends_before_deferral", QuietHours, Expected;
    /// The customer is not known to qualify.
    NotEligible = 301, "not_eligible", Eligibility, Expected;
    /// It is not known to make sense now.
    NotApplicable = 302, "not_applicable", Applicability, Expected;
    /// It is not known to be in the customer's interest.
    NotSuitable = 303, "not_suitable", Suitability, Protective;
    /// A situation holds, or cannot be told.
    SituationActive = 401, "situation_active", Suppression, Protective;
    /// The situation is over, and its cool-off is not.
    CoolOff = 402, "cool_off", Suppression, Protective;
    /// It must not follow an action that was there before.
    NeverFollowedBy = 403, "never_followed_by", Limits, Protective;
    /// The action it must follow has not been there.
    OnlyAfterUnmet = 404, "only_after_unmet", Limits, Expected;
    /// What came of it before brought a pause.
    OutcomeSuppressed = 501, "outcome_suppressed", Limits, Protective;
    /// The last one was too short a time ago.
    Cooldown = 502, "cooldown", Limits, Protective;
    /// There were as many as there may be.
    CapReached = 503, "cap_reached", Limits, Protective;
    /// There were as many on these channels as there may be.
    ChannelLimit = 504, "channel_limit", Limits, Protective;
    /// The customer is left out, to measure by.
    HeldOut = 601, "holdout", Holdout, Expected;
    /// It is less likely taken up than the policy asks for.
    BelowPropensity = 701, "below_propensity", Score, Expected;
    /// Its priority is less than the policy asks for.
    BelowPriority = 702, "below_priority", Arbitration, Expected;
    /// The model has said nothing about the customer.
    ModelMissing = 704, "model_missing", Score, DataProblem;
    /// Every slot is taken by something better.
    SlateFull = 801, "slate_full", Slate, Expected;
    /// No free slot, treatment or device fits.
    NoMatchingPlacement = 802, "no_matching_placement", Slate, Expected;
    /// Another action of the slate keeps it out.
    NeverTogether = 803, "never_together", Slate, Expected;
    /// The slate holds as many of its like as it may.
    Diversity = 804, "diversity", Slate, Expected;
    /// The customer sees it already.
    Duplicate = 805, "duplicate", Slate, Expected;
    /// Nothing is left of the quota it draws on.
    VolumeExhausted = 806, "volume_exhausted", Slate, Expected;
}

impl ReasonCode {
    /// Returns what becomes of an action for which this is the only reason.
    #[must_use]
    pub fn verdict(self) -> Verdict {
        self.verdict_at(self.stage())
    }

    /// The same for a reason that was found out at another stage than usual.
    fn verdict_at(self, stage: Stage) -> Verdict {
        match stage {
            Stage::Availability => Verdict::Unavailable,
            Stage::Consent => Verdict::Unconsented,
            Stage::QuietHours if self == Self::QuietHours => Verdict::Deferred,
            Stage::QuietHours | Stage::Limits => Verdict::Limited,
            Stage::Eligibility | Stage::Applicability | Stage::Suitability => Verdict::Ineligible,
            Stage::Suppression => Verdict::Suppressed,
            Stage::Holdout => Verdict::HeldOut,
            Stage::Score if self == Self::ModelMissing => Verdict::Unscored,
            Stage::Score | Stage::Arbitration => Verdict::BelowThreshold,
            Stage::Slate => Verdict::Outranked,
        }
    }
}

impl fmt::Display for ReasonCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.number(), self.name())
    }
}

/// A reason as a decision stores it: by ids.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct StoredReason {
    pub(crate) code: ReasonCode,
    pub(crate) rule: Rule,
    /// The channel, if the reason is about one.
    pub(crate) channel: Option<Channel>,
    /// Empty for a suppression: what it rests on is stored once, by rule.
    pub(crate) basis: Bases,
    /// Whether it rests on last known facts that are stale by now.
    pub(crate) by_last_known: bool,
    pub(crate) until: Option<Timestamp>,
}

impl StoredReason {
    /// Makes a reason that rests on no facts, and that time does not clear.
    pub(crate) fn new(code: ReasonCode, rule: Rule) -> Self {
        let (channel, basis, by_last_known, until) = (None, Bases::default(), false, None);
        Self { code, rule, channel, basis, by_last_known, until }
    }

    pub(crate) fn stage(&self) -> Stage {
        match self.rule {
            Rule::LimitInSlate(_) => Stage::Slate,
            _ => self.code.stage(),
        }
    }
}

/// Returns what becomes of an action, by its reasons in the order of the stages.
///
/// Quiet hours have a say only where nothing else holds the action back.
pub(crate) fn verdict(reasons: &[StoredReason]) -> Verdict {
    let by = |reason: &StoredReason| reason.code.verdict_at(reason.stage());
    if let Some(first) = reasons.iter().find(|reason| reason.stage() != Stage::QuietHours) {
        return by(first);
    }
    // INVARIANT: what is not placed has a reason.
    let rests = reasons.iter().map(by).max_by_key(|verdict| *verdict == Verdict::Limited);
    rests.unwrap_or(Verdict::Outranked)
}

/// What gave a reason.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Rule {
    /// The action itself, or the request.
    None,
    Suppression(SuppressionId),
    QuietHours(QuietHoursId),
    Limit(LimitId),
    /// A limit that is reached by the other actions of the slate.
    LimitInSlate(LimitId),
    Holdout(HoldoutId),
    Threshold(ThresholdId),
    Exclusive(ExclusiveId),
    /// The place of a condition of the action, within its stage.
    Clause(u32),
}

/// One reason why an action is not recommended.
#[derive(Clone, Copy, Debug)]
pub struct Reason<'d> {
    decision: &'d Decision<'d>,
    action: crate::plan::ActionId,
    stored: &'d StoredReason,
}

impl<'d> Reason<'d> {
    pub(super) fn new(
        decision: &'d Decision<'d>,
        action: crate::plan::ActionId,
        stored: &'d StoredReason,
    ) -> Self {
        Self { decision, action, stored }
    }

    /// Returns the stable code.
    #[must_use]
    pub fn code(&self) -> ReasonCode {
        self.stored.code
    }

    /// Returns the stage that gave the reason.
    ///
    /// That is the stage of the code, but for a limit that is only reached by
    /// the other actions of the slate.
    #[must_use]
    pub fn stage(&self) -> Stage {
        self.stored.stage()
    }

    /// Returns the id of the rule that gave the reason, if a rule did.
    ///
    /// For a condition that the action inherits it is where it stands, such as
    /// `groups.setup`.
    #[must_use]
    pub fn rule(&self) -> Option<&'d str> {
        let plan = self.decision.plan;
        match self.stored.rule {
            Rule::Suppression(id) => Some(&plan.suppression(id).id),
            Rule::QuietHours(id) => Some(&plan.quiet_hours.get(id.place())?.name),
            Rule::Limit(id) | Rule::LimitInSlate(id) => Some(&plan.limit(id).id),
            Rule::Holdout(id) => Some(&plan.holdouts.get(id.place())?.name),
            Rule::Threshold(id) => Some(&plan.thresholds.get(id.place())?.name),
            Rule::Exclusive(id) => Some(&plan.exclusive(id).id),
            Rule::Clause(_) => self.clause()?.origin.as_deref(),
            Rule::None => None,
        }
    }

    /// Returns the condition that is not known to hold, as written.
    #[must_use]
    pub fn condition(&self) -> Option<&'d str> {
        self.clause().map(|clause| &*clause.text)
    }

    fn clause(&self) -> Option<&'d Clause> {
        let Rule::Clause(place) = self.stored.rule else {
            return None;
        };
        let step = match self.code() {
            ReasonCode::NotEligible => Step::Eligible,
            ReasonCode::NotApplicable => Step::Applicable,
            _ => Step::Suitable,
        };
        self.plan().clauses_of(self.action(), step).nth(place as usize)
    }

    /// Returns the channel, for a reason that is about one.
    #[must_use]
    pub fn channel(&self) -> Option<Channel> {
        self.stored.channel
    }

    /// Says the reason in words for people.
    #[must_use]
    pub fn because(&self) -> String {
        because::because(self)
    }

    /// Says of a condition that is not known to hold what it is asked for; what
    /// follows is the condition.
    pub(crate) fn because_of_condition(&self) -> Option<(&'static str, &'d str)> {
        Some((because::of_condition(self.code())?, self.condition()?))
    }

    fn action(&self) -> &'d PlannedAction {
        self.decision.plan.action(self.action)
    }

    fn plan(&self) -> &'d Plan {
        self.decision.plan
    }

    fn stored(&self) -> &'d StoredReason {
        self.stored
    }

    /// Returns the facts the reason rests on, with their age.
    pub fn facts(&self) -> impl Iterator<Item = FactUse> {
        let (basis, by_last_known) = self.basis();
        let schema = &self.decision.plan.schema;
        basis.iter().map(move |basis| FactUse::new(basis, by_last_known, schema))
    }

    /// Returns what it rests on, and whether by what was last known.
    pub(crate) fn basis(&self) -> (&'d [Basis], bool) {
        match self.stored.rule {
            Rule::Suppression(id) => match self.decision.in_force(id) {
                Some(in_force) => (in_force.basis.as_slice(), in_force.by_last_known),
                None => (&[], false),
            },
            _ => (&*self.stored.basis, self.stored.by_last_known),
        }
    }

    /// Returns what kind of news the reason is: missing facts make it a
    /// data problem.
    #[must_use]
    pub fn severity(&self) -> Severity {
        if self.lacks_facts() { Severity::DataProblem } else { self.code().severity() }
    }

    fn lacks_facts(&self) -> bool {
        self.facts().any(|fact| fact.cause().is_some_and(Cause::is_missing))
    }

    /// Returns the first instant at which the reason clears by itself.
    ///
    /// That is while every part it rests on keeps being delivered unchanged;
    /// `None` if time alone never clears it. What the slate decides depends on
    /// the other actions and has no such instant.
    #[must_use]
    pub fn until(&self) -> Option<Timestamp> {
        self.stored.until
    }
}

/// A fact that a reason rests on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FactUse {
    path: String,
    state: FactState,
    by_last_known: bool,
}

impl FactUse {
    pub(crate) fn new(basis: &Basis, by_last_known: bool, schema: &crate::schema::Schema) -> Self {
        Self { path: basis.subject.path(schema), state: basis.state, by_last_known }
    }

    /// Returns the path of the fact, or of the part as a whole.
    #[must_use]
    pub fn path(&self) -> &str {
        &self.path
    }

    /// Returns how long ago the fact was delivered, if it was.
    #[must_use]
    pub fn age(&self) -> Option<Duration> {
        match self.state {
            FactState::Fresh { age } | FactState::Stale { age, .. } => Some(age),
            _ => None,
        }
    }

    /// Returns how old the fact may be, if it is older.
    #[must_use]
    pub fn max_age(&self) -> Option<Duration> {
        match self.state {
            FactState::Stale { max_age, .. } => Some(max_age),
            _ => None,
        }
    }

    /// Returns what is the matter with the fact; `None` if it is known.
    #[must_use]
    pub fn cause(&self) -> Option<Cause> {
        Some(match self.state {
            FactState::Fresh { .. } => return None,
            FactState::Stale { .. } if self.by_last_known => Cause::LastKnown,
            FactState::Stale { .. } => Cause::ContextStale,
            FactState::Unknown | FactState::Absent | FactState::NoAnswer | FactState::Partial => {
                Cause::ContextUnknown
            }
            FactState::Invalid => Cause::ContextInvalid,
        })
    }
}

impl FactUse {
    /// Says what is known of the fact, or what is the matter with it.
    pub(crate) fn state_in_words(&self) -> Cow<'static, str> {
        let said = match self.state {
            FactState::Fresh { age } => {
                return ["known, ", &age.in_words(), " old"].concat().into();
            }
            FactState::Stale { age, max_age } => {
                let said = if self.by_last_known { "last known: " } else { "too old: " };
                let limit = max_age.in_words();
                return [said, &age.in_words(), " old, limit ", &limit].concat().into();
            }
            FactState::Unknown => "never delivered",
            FactState::Absent => "not delivered",
            FactState::NoAnswer => "without an answer",
            FactState::Partial => "delivered in part",
            FactState::Invalid => "not to be believed",
        };
        said.into()
    }
}

impl fmt::Display for FactUse {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} ({})", self.path, self.state_in_words())
    }
}

macro_rules! causes {
    ($($(#[doc = $doc:literal])+ $variant:ident = $number:literal, $name:literal;)+) => {
        /// What is the matter with a fact that a reason rests on.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        #[non_exhaustive]
        #[repr(u16)]
        pub enum Cause {
            $($(#[doc = $doc])+ $variant = $number,)+
        }

        impl Cause {
            /// Every cause, in the order of their numbers.
            pub const ALL: &'static [Self] = &[$(Self::$variant,)+];

            /// Returns the stable number.
            #[must_use]
            pub const fn number(self) -> u16 {
                self as u16
            }

            /// Returns the name in logs and in JSON.
            #[must_use]
            pub const fn name(self) -> &'static str {
                match self { $(Self::$variant => $name,)+ }
            }

            /// Says in a sentence what it means.
            #[must_use]
            pub const fn meaning(self) -> &'static str {
                match self { $(Self::$variant => concat!($($doc),+).trim_ascii(),)+ }
            }
        }
    };
}

causes! {
    /// Never delivered, not carried by its part, or known in part only.
    ContextUnknown = 901, "context_unknown";
    /// Older than its limit.
    ContextStale = 902, "context_stale";
    /// Not to be believed: dated ahead of now, no number, another currency.
    ContextInvalid = 903, "context_invalid";
    /// Older than its limit, and still a reason to hold back: a suppression
    /// that allows the unknown goes by what was known last.
    LastKnown = 904, "last_known";
}

impl Cause {
    /// Tells whether the fact could not be used.
    fn is_missing(self) -> bool {
        self != Self::LastKnown
    }
}
