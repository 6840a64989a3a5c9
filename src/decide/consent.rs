//! Stage 2: what the customer agreed to.
//!
//! Marketing needs a grant on outbound channels; inbound it is held back only
//! by a refusal. What is not known about consent holds marketing back on
//! either. Service and transactional actions need no consent. A hard block
//! holds whatever the purpose, however old the news of it is.

use super::clearing::Hold;
use super::grants::Consents;
use super::{Candidate, Pipeline};
use crate::condition::{Basis, FactState, Subject};
use crate::decision::{ReasonCode, Rule, StoredReason};
use crate::plan::PlannedAction;
use crate::schema::{Delivery, Facts};
use crate::time::Timestamp;
use crate::vocabulary::Purpose;

impl<'a> Pipeline<'a> {
    pub(super) fn test_consent(&mut self, action: &'a PlannedAction, candidate: &mut Candidate) {
        let consents = Consents::of(self.context, self.request.channel);
        if action.purpose == Purpose::Marketing {
            self.test_marketing(&consents, candidate);
        }
        if consents.is_blocked() {
            candidate.hold(ReasonCode::HardBlocked, Hold::Never);
        }
    }

    fn test_marketing(&mut self, consents: &Consents<'_>, candidate: &mut Candidate) {
        let now = self.request.now;
        let lacking = lacking(self.evaluator.facts(), consents, now);
        if lacking.is_none() && consents.allows(now) {
            return;
        }
        let lapsed = lacking.is_none() && consents.has_lapsed(now);
        let code = if lapsed {
            ReasonCode::ConsentRevoked
        } else {
            ReasonCode::NoConsent
        };
        // What is not known stays so, even once a refusal that is known lapses.
        let hold = if lacking.is_none() && consents.are_complete() {
            Hold::Consent
        } else {
            Hold::Never
        };
        let until = self.clearing.clear(hold);
        let basis = lacking
            .or_else(|| known(self.evaluator.facts()))
            .into_iter()
            .collect();
        candidate.reasons.push(StoredReason {
            code,
            rule: Rule::None,
            basis,
            until,
        });
        candidate.holds.push(hold);
    }
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
            return Some(Basis {
                subject: Subject::Fact(grants),
                state,
            });
        }
    };
    Some(Basis {
        subject: Subject::Part(part),
        state,
    })
}

/// Dates what is known about consent.
fn known(facts: &Facts<'_>) -> Option<Basis> {
    let part = facts.schema().find_part("consent")?;
    let Delivery::Fresh { age, .. } = facts.delivery(part) else {
        return None;
    };
    let grants = facts.schema().find("consent.grants")?;
    Some(Basis {
        subject: Subject::Fact(grants),
        state: FactState::Fresh { age },
    })
}
