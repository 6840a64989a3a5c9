//! Verdicts, and the stable codes of their reasons.

use std::fmt;

use serde::{Serialize, Serializer};

use super::Decision;
use crate::condition::{Basis, FactState};
use crate::plan::{ExclusiveId, SuppressionId};
use crate::time::{Duration, Timestamp};
use crate::vocabulary::Channel;

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
    ///
    /// Quiet hours, limits and holdout have their place; no rule of a policy
    /// reaches them yet.
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
    /// The model has said nothing about the customer.
    ModelMissing = 704, "model_missing", Score, DataProblem;
    /// Every slot is taken by something better.
    SlateFull = 801, "slate_full", Slate, Expected;
    /// No free slot, treatment or device fits.
    NoMatchingPlacement = 802, "no_matching_placement", Slate, Expected;
    /// The slate holds as many of its group as it may.
    Diversity = 804, "diversity", Slate, Expected;
}

impl ReasonCode {
    /// Returns what becomes of an action for which this is the first reason.
    #[must_use]
    pub fn verdict(self) -> Verdict {
        match self.stage() {
            Stage::Availability => Verdict::Unavailable,
            Stage::Consent | Stage::QuietHours => Verdict::Unconsented,
            Stage::Eligibility | Stage::Applicability | Stage::Suitability => Verdict::Ineligible,
            Stage::Suppression | Stage::Limits | Stage::Holdout => Verdict::Suppressed,
            Stage::Score => Verdict::Unscored,
            Stage::Arbitration | Stage::Slate => Verdict::Outranked,
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
    /// Empty for a suppression: what it rests on is stored once, by rule.
    pub(crate) basis: Vec<Basis>,
    pub(crate) until: Option<Timestamp>,
}

/// What gave a reason.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Rule {
    /// The action itself, or the request.
    None,
    Suppression(SuppressionId),
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

    /// Returns the id of the rule that gave the reason, if a rule did.
    #[must_use]
    pub fn rule(&self) -> Option<&'d str> {
        match self.stored.rule {
            Rule::Suppression(id) => Some(&self.decision.plan.suppression(id).id),
            Rule::Exclusive(id) => Some(&self.decision.plan.exclusive(id).id),
            Rule::None | Rule::Clause(_) => None,
        }
    }

    /// Returns the condition that is not known to hold, as written.
    #[must_use]
    pub fn condition(&self) -> Option<&'d str> {
        let Rule::Clause(place) = self.stored.rule else {
            return None;
        };
        let action = self.decision.plan.action(self.action);
        let clauses = match self.code() {
            ReasonCode::NotEligible => &action.eligible,
            ReasonCode::NotApplicable => &action.applicable,
            _ => &action.suitable,
        };
        clauses.get(place as usize).map(|clause| clause.text.as_str())
    }

    /// Returns the channel, for a reason that is about one.
    #[must_use]
    pub fn channel(&self) -> Option<Channel> {
        let about = matches!(self.code().stage(), Stage::Consent | Stage::QuietHours)
            || self.code() == ReasonCode::ChannelNotSupported;
        about.then_some(self.decision.data.channel)
    }

    /// Says the reason in words for people.
    #[must_use]
    pub fn because(&self) -> String {
        let channel = self.decision.data.channel;
        match self.code() {
            ReasonCode::SituationActive | ReasonCode::CoolOff => match self.stored.rule {
                Rule::Suppression(id) => self.decision.plan.suppression(id).because.clone(),
                _ => String::new(),
            },
            ReasonCode::NotEligible => self.about_condition("the customer is not known to qualify"),
            ReasonCode::NotApplicable => self.about_condition("it is not known to make sense now"),
            ReasonCode::NotSuitable => {
                self.about_condition("it is not known to be in the customer's interest")
            }
            ReasonCode::Inactive => "the action is paused".to_owned(),
            ReasonCode::NotStarted => "the action has not started".to_owned(),
            ReasonCode::Expired => "the action is over".to_owned(),
            ReasonCode::EmergencyExcluded => "the action is switched off".to_owned(),
            ReasonCode::ChannelNotSupported => format!("the action is not made for {channel}"),
            ReasonCode::NoInventory => "nothing is left".to_owned(),
            ReasonCode::NoConsent if self.lacks_facts() => {
                format!("nobody can tell whether marketing on {channel} is agreed to")
            }
            ReasonCode::NoConsent => format!("there is no consent to marketing on {channel}"),
            ReasonCode::ConsentRevoked => {
                format!("the consent to marketing on {channel} has lapsed")
            }
            ReasonCode::HardBlocked => format!("{channel} is blocked"),
            ReasonCode::ModelMissing => "the score it is ranked by is missing".to_owned(),
            ReasonCode::SlateFull => "better actions took every slot".to_owned(),
            ReasonCode::NoMatchingPlacement if self.lacks_facts() => {
                "it is made for certain devices, and nobody can tell which one is in use".to_owned()
            }
            ReasonCode::NoMatchingPlacement => "no free slot fits".to_owned(),
            ReasonCode::Diversity => "the slate holds enough of its group".to_owned(),
        }
    }

    fn about_condition(&self, said: &str) -> String {
        match self.condition() {
            Some(condition) => format!("{said}: `{condition}`"),
            None => said.to_owned(),
        }
    }

    /// Returns the facts the reason rests on, with their age.
    pub fn facts(&self) -> impl Iterator<Item = FactUse> {
        let (basis, by_last_known) = self.basis();
        let schema = &self.decision.plan.schema;
        basis.iter().map(move |basis| FactUse::new(basis, by_last_known, schema))
    }

    /// Returns what it rests on, and whether by what was last known.
    pub(super) fn basis(&self) -> (&'d [Basis], bool) {
        match self.stored.rule {
            Rule::Suppression(id) => match self.decision.in_force(id) {
                Some(in_force) => (in_force.basis.as_slice(), in_force.by_last_known),
                None => (&[], false),
            },
            _ => (self.stored.basis.as_slice(), false),
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
            FactState::Unknown | FactState::Absent | FactState::Partial => Cause::ContextUnknown,
            FactState::Invalid => Cause::ContextInvalid,
        })
    }
}

impl fmt::Display for FactUse {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let path = &self.path;
        match self.state {
            FactState::Fresh { age } => write!(f, "{path} (known, {} old)", age.in_words()),
            FactState::Stale { age, max_age } => {
                let said = if self.by_last_known { "last known" } else { "too old" };
                write!(f, "{path} ({said}: {} old, limit {})", age.in_words(), max_age.in_words())
            }
            FactState::Unknown => write!(f, "{path} (never delivered)"),
            FactState::Absent => write!(f, "{path} (not delivered)"),
            FactState::Partial => write!(f, "{path} (delivered in part)"),
            FactState::Invalid => write!(f, "{path} (not to be believed)"),
        }
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
