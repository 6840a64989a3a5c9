//! Stage 2: what the customer agreed to.
//!
//! Marketing needs a grant on outbound channels; inbound it is held back only
//! by a refusal. What is not known about consent holds marketing back on
//! either. Service and transactional actions need no consent. A hard block
//! holds whatever the purpose, however old the news of it is.

use super::clearing::{Clearing, Hold};
use super::grants::Consents;
use super::{Candidate, Pipeline};
use crate::condition::{Basis, FactState, Subject};
use crate::decision::{ReasonCode, Rule, StoredReason};
use crate::plan::PlannedAction;
use crate::schema::{Delivery, Facts};
use crate::time::Timestamp;
use crate::vocabulary::Purpose;

/// What consent says about a channel, found out once for all actions.
pub(super) struct Answers {
    /// Why marketing is held back, and what clears it.
    marketing: Option<(StoredReason, Hold)>,
    is_blocked: bool,
}

impl Answers {
    pub(super) fn new(
        consents: &Consents<'_>,
        facts: &Facts<'_>,
        clearing: &mut Clearing<'_>,
    ) -> Self {
        let marketing = against_marketing(consents, facts).map(|(mut reason, hold)| {
            reason.until = clearing.clear(hold);
            (reason, hold)
        });
        Self { marketing, is_blocked: consents.is_blocked() }
    }
}

impl<'a> Pipeline<'a> {
    pub(super) fn test_consent(&mut self, action: &'a PlannedAction, candidate: &mut Candidate) {
        if action.purpose == Purpose::Marketing
            && let Some((reason, hold)) = &self.answers.marketing
        {
            candidate.reasons.push(reason.clone());
            candidate.holds.push(*hold);
        }
        if self.answers.is_blocked {
            candidate.hold(ReasonCode::HardBlocked, Hold::Never);
        }
    }
}

fn against_marketing(consents: &Consents<'_>, facts: &Facts<'_>) -> Option<(StoredReason, Hold)> {
    let now = facts.now();
    let lacking = lacking(facts, consents, now);
    if lacking.is_none() && consents.allows(now) {
        return None;
    }
    let lapsed = lacking.is_none() && consents.has_lapsed(now);
    let code = if lapsed { ReasonCode::ConsentRevoked } else { ReasonCode::NoConsent };
    // What is not known stays so, even once a refusal that is known lapses.
    let clears = lacking.is_none() && consents.are_complete();
    let hold = if clears { Hold::Consent } else { Hold::Never };
    let basis = lacking.or_else(|| known(facts)).into_iter().collect();
    Some((StoredReason { code, rule: Rule::None, basis, until: None }, hold))
}

/// Says what is not known about consent, if something is.
fn lacking(facts: &Facts<'_>, consents: &Consents<'_>, now: Timestamp) -> Option<Basis> {
    let part = facts.schema().find_part("consent")?;
    let state = match facts.delivery(part) {
        Delivery::Never => FactState::Unknown,
        Delivery::Stale { age, max_age } => FactState::Stale { age, max_age },
        Delivery::Ahead { .. } => FactState::Invalid,
        Delivery::Fresh { .. } => {
            let state = consents.lacking(now)?;
            let grants = facts.schema().find("consent.grants")?;
            return Some(Basis { subject: Subject::Fact(grants), state });
        }
    };
    Some(Basis { subject: Subject::Part(part), state })
}

/// Dates what is known about consent.
fn known(facts: &Facts<'_>) -> Option<Basis> {
    let part = facts.schema().find_part("consent")?;
    let Delivery::Fresh { age, .. } = facts.delivery(part) else {
        return None;
    };
    let grants = facts.schema().find("consent.grants")?;
    Some(Basis { subject: Subject::Fact(grants), state: FactState::Fresh { age } })
}
