//! What the customer's answers about a purpose come to, at any instant.

use std::cmp::Reverse;

use crate::condition::FactState;
use crate::context::{Completeness, Consent, Context, Grant};
use crate::plan::Plan;
use crate::time::Timestamp;
use crate::vocabulary::{Channel, ConsentStatus, Purpose};

/// The answers about a purpose on one channel.
pub(super) struct Consents<'a> {
    consent: Option<&'a Consent>,
    channel: Channel,
    purpose: Purpose,
    /// Whether a yes that is only assumed counts as a grant.
    soft_opt_in: bool,
}

/// What the answers that count at one instant come to.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Answer {
    Granted,
    Denied,
    /// Taken for a no, as long as there is no answer of their own.
    AssumedNo,
    /// Taken for a yes, as long as there is no answer of their own.
    AssumedYes,
    /// Asked and not answered.
    Open,
    /// They had agreed, and it counts no more.
    Lapsed,
    /// Nobody has asked.
    None,
}

impl<'a> Consents<'a> {
    pub(super) fn of(
        plan: &Plan,
        context: &'a Context,
        channel: Channel,
        purpose: Purpose,
    ) -> Self {
        let soft_opt_in = plan.soft_opt_in.contains(&channel);
        Self { consent: context.consent.known(), channel, purpose, soft_opt_in }
    }

    pub(super) fn purpose(&self) -> Purpose {
        self.purpose
    }

    /// Tells whether the purpose is allowed at an instant.
    pub(super) fn allows(&self, at: Timestamp) -> bool {
        match self.answer(at) {
            Answer::Granted => true,
            Answer::Denied | Answer::AssumedNo => false,
            Answer::AssumedYes if self.soft_opt_in => true,
            Answer::AssumedYes | Answer::Open | Answer::Lapsed | Answer::None => {
                !self.channel.is_outbound()
            }
        }
    }

    /// Tells whether nothing at all may be sent on the channel.
    pub(super) fn is_blocked(&self) -> bool {
        let blocks = self.consent.and_then(|consent| consent.hard_blocks.as_ref());
        blocks.is_some_and(|blocks| blocks.contains(&self.channel))
    }

    /// Says how the answers are incomplete, unless a refusal decides anyway.
    pub(super) fn lacking(&self, now: Timestamp) -> Option<FactState> {
        match self.consent?.grants.completeness() {
            Completeness::Complete => None,
            Completeness::Unknown => Some(FactState::Unknown),
            // More answers may exist, and a refusal among them.
            Completeness::Partial if self.answer(now) == Answer::Denied => None,
            Completeness::Partial => Some(FactState::Partial),
        }
    }

    pub(super) fn are_complete(&self) -> bool {
        self.consent.is_some_and(|consent| consent.grants.completeness() == Completeness::Complete)
    }

    /// Tells whether a grant counted once and does no more.
    pub(super) fn has_lapsed(&self, now: Timestamp) -> bool {
        self.answer(now) == Answer::Lapsed
    }

    /// Returns the next instant at which an answer begins or ceases to count.
    pub(super) fn next_change(&self, after: Timestamp) -> Option<Timestamp> {
        let instants = self.grants().flat_map(|grant| [Some(grant.changed_at), grant.expires_at]);
        instants.flatten().filter(|instant| *instant > after).min()
    }

    /// Combines the answer about the channel with the one about every channel:
    /// a refusal at either level wins.
    fn answer(&self, at: Timestamp) -> Answer {
        let of_channel = self.newest(at, Some(self.channel));
        let of_any = self.newest(at, None);
        match (of_channel, of_any) {
            (Answer::Denied, _) | (_, Answer::Denied) => Answer::Denied,
            (Answer::Lapsed, Answer::None) => Answer::Lapsed,
            (Answer::Lapsed | Answer::None, any) => any,
            (own, _) => own,
        }
    }

    /// Finds the newest answer that has begun; of equally new ones the strictest.
    ///
    /// An answer that has been replaced does not come back when the one that
    /// replaced it lapses.
    fn newest(&self, at: Timestamp, channel: Option<Channel>) -> Answer {
        let has_begun = |grant: &&Grant| {
            grant.channel == channel
                && grant.status != ConsentStatus::Unknown
                && grant.changed_at <= at
        };
        let newest = self.grants().filter(has_begun).max_by_key(|grant| {
            let expires_at = grant.expires_at.map_or(i64::MAX, Timestamp::as_millis);
            (grant.changed_at, strictness(grant.status), Reverse(expires_at))
        });
        let Some(grant) = newest else {
            return Answer::None;
        };
        let counts = grant.expires_at.is_none_or(|expires_at| at < expires_at);
        match grant.status {
            ConsentStatus::Granted if counts => Answer::Granted,
            ConsentStatus::Granted => Answer::Lapsed,
            ConsentStatus::DefaultGranted if !counts && self.soft_opt_in => Answer::Lapsed,
            _ if !counts => Answer::None,
            ConsentStatus::Denied => Answer::Denied,
            ConsentStatus::DefaultDenied => Answer::AssumedNo,
            ConsentStatus::DefaultGranted => Answer::AssumedYes,
            ConsentStatus::Pending => Answer::Open,
            ConsentStatus::Unknown => Answer::None,
        }
    }

    fn grants(&self) -> impl Iterator<Item = &'a Grant> {
        let grants = self.consent.map_or(&[][..], |consent| consent.grants.items());
        grants.iter().filter(|grant| {
            grant.purpose == self.purpose
                && grant.channel.is_none_or(|channel| channel == self.channel)
        })
    }
}

/// Which of two answers at the same instant is the one to go by: the higher.
fn strictness(status: ConsentStatus) -> u8 {
    match status {
        ConsentStatus::Unknown => 0,
        ConsentStatus::Granted => 1,
        ConsentStatus::DefaultGranted => 2,
        ConsentStatus::Pending => 3,
        ConsentStatus::DefaultDenied => 4,
        ConsentStatus::Denied => 5,
    }
}
