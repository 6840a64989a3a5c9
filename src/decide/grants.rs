//! What the customer's answers about marketing come to, at any instant.

use crate::condition::FactState;
use crate::context::{Completeness, Consent, Context, Grant};
use crate::time::Timestamp;
use crate::vocabulary::{Channel, ConsentStatus, Purpose};

/// The answers about marketing on one channel.
pub(super) struct Consents<'a> {
    consent: Option<&'a Consent>,
    channel: Channel,
}

/// What the answers that count at one instant come to.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Answer {
    Granted,
    Denied,
    /// Asked and not answered, or assumed.
    Open,
    /// Nobody has asked.
    None,
}

impl<'a> Consents<'a> {
    pub(super) fn of(context: &'a Context, channel: Channel) -> Self {
        Self {
            consent: context.consent.known(),
            channel,
        }
    }

    /// Tells whether marketing is allowed at an instant.
    pub(super) fn allows(&self, at: Timestamp) -> bool {
        match self.answer(at) {
            Answer::Granted => true,
            Answer::Denied => false,
            Answer::Open | Answer::None => !self.channel.is_outbound(),
        }
    }

    /// Tells whether nothing at all may be sent on the channel.
    pub(super) fn is_blocked(&self) -> bool {
        let blocks = self
            .consent
            .and_then(|consent| consent.hard_blocks.as_ref());
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

    /// Tells whether a grant counted once and does no more.
    pub(super) fn has_lapsed(&self, now: Timestamp) -> bool {
        let lapsed = |grant: &Grant| {
            grant.status == ConsentStatus::Granted
                && grant.expires_at.is_some_and(|expires_at| expires_at <= now)
        };
        self.answer(now) == Answer::None && self.grants().any(lapsed)
    }

    /// Returns the next instant at which an answer begins or ceases to count.
    pub(super) fn next_change(&self, after: Timestamp) -> Option<Timestamp> {
        let instants = self
            .grants()
            .flat_map(|grant| [Some(grant.changed_at), grant.expires_at]);
        instants.flatten().filter(|instant| *instant > after).min()
    }

    /// Combines the answer about the channel with the one about every channel:
    /// a refusal at either level wins.
    fn answer(&self, at: Timestamp) -> Answer {
        let of_channel = self.newest(at, Some(self.channel));
        let of_any = self.newest(at, None);
        match (of_channel, of_any) {
            (Answer::Denied, _) | (_, Answer::Denied) => Answer::Denied,
            (Answer::None, any) => any,
            (own, _) => own,
        }
    }

    /// Finds the newest answer that counts; of equally new ones the strictest.
    fn newest(&self, at: Timestamp, channel: Option<Channel>) -> Answer {
        let counts = |grant: &&Grant| {
            grant.channel == channel
                && grant.status != ConsentStatus::Unknown
                && grant.changed_at <= at
                && grant.expires_at.is_none_or(|expires_at| at < expires_at)
        };
        let newest = self.grants().filter(counts).max_by_key(|grant| {
            let strictness = match answer_of(grant.status) {
                Answer::Denied => 3,
                Answer::Open => 2,
                Answer::Granted => 1,
                Answer::None => 0,
            };
            (grant.changed_at, strictness)
        });
        newest.map_or(Answer::None, |grant| answer_of(grant.status))
    }

    fn grants(&self) -> impl Iterator<Item = &'a Grant> {
        let grants = self
            .consent
            .map_or(&[][..], |consent| consent.grants.items());
        grants.iter().filter(|grant| {
            grant.purpose == Purpose::Marketing
                && grant.channel.is_none_or(|channel| channel == self.channel)
        })
    }
}

fn answer_of(status: ConsentStatus) -> Answer {
    match status {
        ConsentStatus::Granted => Answer::Granted,
        ConsentStatus::Denied | ConsentStatus::DefaultDenied => Answer::Denied,
        ConsentStatus::Pending | ConsentStatus::DefaultGranted => Answer::Open,
        ConsentStatus::Unknown => Answer::None,
    }
}
