//! Stage 2: what the customer agreed to.
//!
//! Marketing needs a grant on outbound channels; inbound it is held back only
//! by a refusal. What is not known about consent holds marketing back on
//! either. Service and transactional actions need no consent, unless they say
//! so. A hard block holds whatever the purpose, however old the news of it.

use super::super::clearing::Hold;
use super::super::grants::Consents;
use super::super::horizon::Horizon;
use super::{Lane, Tested};
use crate::condition::{Basis, FactState, Subject};
use crate::context::Context;
use crate::decision::{ReasonCode, Rule, StoredReason};
use crate::plan::{ActionId, Plan, PlannedAction};
use crate::schema::{Delivery, Facts};
use crate::time::Timestamp;
use crate::vocabulary::{Channel, Purpose};

/// Where the answers of the customer are read.
const GRANTS: &str = "consent.grants";

/// What consent says about purposes, found out once for all actions.
#[derive(Default)]
pub(super) struct Answers(Vec<(Purpose, Answer)>);

/// What consent says about a purpose on a channel.
#[derive(Clone)]
struct Answer {
    /// Why the purpose is held back, and what clears it.
    against: Option<(StoredReason, Hold)>,
    horizon: Horizon,
}

/// Tells whether consent holds a purpose back, and until when that stays so.
pub(in crate::decide) fn is_held(
    plan: &Plan,
    context: &Context,
    channel: Channel,
    purpose: Purpose,
    facts: &Facts<'_>,
) -> (bool, Horizon) {
    let consents = Consents::of(plan, context, channel, purpose);
    let is_held = against(&consents, facts, facts.now()).is_some();
    (is_held, horizon(&consents, facts, facts.now()))
}

/// Tells whether consent holds a purpose back, and nothing else.
pub(in crate::decide) fn is_held_back(
    plan: &Plan,
    context: &Context,
    channel: Channel,
    purpose: Purpose,
    facts: &Facts<'_>,
) -> bool {
    let consents = Consents::of(plan, context, channel, purpose);
    let is_fresh = |grants| facts.standing_of(grants).is_fresh;
    stands_against(&consents, plan.questions.grants.is_some_and(is_fresh), facts.now())
}

/// Tells whether something stands against a purpose, or may.
fn stands_against(consents: &Consents<'_>, is_fresh: bool, at: Timestamp) -> bool {
    !is_fresh || !consents.allows(at) || consents.lacking(at).is_some()
}

fn horizon(consents: &Consents<'_>, facts: &Facts<'_>, at: Timestamp) -> Horizon {
    let part = facts.schema().find_part("consent");
    let delivery = part.map_or(Delivery::Never, |part| facts.delivery(part));
    Horizon::at(consents.next_change(at)).joined(Horizon::of_delivery(delivery))
}

impl<'a> Lane<'a> {
    pub(super) fn test_consent(
        &mut self,
        _: ActionId,
        action: &'a PlannedAction,
        tested: &mut Tested,
    ) {
        if action.needs_consent {
            let answer = self.answer(action.purpose);
            tested.watch(answer.horizon);
            if let Some((reason, hold)) = answer.against {
                tested.add(reason, hold);
            }
        }
        if self.consents(action.purpose).is_blocked() {
            let reason = StoredReason::new(ReasonCode::HardBlocked, Rule::None);
            tested.add(StoredReason { channel: Some(self.channel), ..reason }, Hold::Never);
        }
    }

    fn consents(&self, purpose: Purpose) -> Consents<'a> {
        Consents::of(self.plan, self.context, self.channel, purpose)
    }

    fn answer(&mut self, purpose: Purpose) -> Answer {
        if let Some((_, answer)) = self.answers.0.iter().find(|(about, _)| *about == purpose) {
            return answer.clone();
        }
        let consents = self.consents(purpose);
        let against = against(&consents, self.facts(), self.at).map(|(reason, hold)| {
            let until = self.clearing.clear(hold);
            (StoredReason { channel: Some(self.channel), until, ..reason }, hold)
        });
        let horizon = horizon(&consents, self.facts(), self.at);
        let answer = Answer { against, horizon };
        self.answers.0.push((purpose, answer.clone()));
        answer
    }
}

fn against(
    consents: &Consents<'_>,
    facts: &Facts<'_>,
    at: Timestamp,
) -> Option<(StoredReason, Hold)> {
    let delivery = facts.delivery_at(GRANTS);
    if !stands_against(consents, delivery.is_fresh(), at) {
        return None;
    }
    let lacking = lacking(facts, consents, at);
    let lapsed = lacking.is_none() && consents.has_lapsed(at);
    let code = if lapsed { ReasonCode::ConsentRevoked } else { ReasonCode::NoConsent };
    // What is not known stays so, even once a refusal that is known lapses.
    let clears = lacking.is_none() && consents.are_complete();
    let hold = if clears { Hold::Consent(consents.purpose()) } else { Hold::Never };
    let basis = lacking.or_else(|| known(facts)).into_iter().collect();
    Some((StoredReason { basis, ..StoredReason::new(code, Rule::None) }, hold))
}

/// Says what is not known about consent, if something is.
fn lacking(facts: &Facts<'_>, consents: &Consents<'_>, at: Timestamp) -> Option<Basis> {
    Basis::of_age(facts, GRANTS).or_else(|| {
        let state = consents.lacking(at)?;
        Some(Basis { subject: Subject::of(facts, GRANTS), state })
    })
}

/// Dates what is known about consent.
fn known(facts: &Facts<'_>) -> Option<Basis> {
    let Delivery::Fresh { age, .. } = facts.delivery_at(GRANTS) else {
        return None;
    };
    Some(Basis { subject: Subject::of(facts, GRANTS), state: FactState::Fresh { age } })
}
