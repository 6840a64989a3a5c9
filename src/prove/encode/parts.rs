//! Parts: never delivered, not fresh, or fresh; and the moment itself.

use super::{Encoder, End, Rail};
use crate::condition::TIMES;
use crate::prove::literal::Lit;
use crate::schema::{FactId, PartEntry, PartId, Presence};
use crate::time::Timestamp;

/// How a part was delivered.
#[derive(Clone, Copy, Debug)]
pub(in crate::prove) struct PartVars {
    pub(in crate::prove) delivered: Lit,
    /// Neither older than it may be nor dated ahead of now.
    pub(in crate::prove) fresh: Lit,
}

/// What is said of the moment of a request.
#[derive(Clone, Copy, Debug)]
pub(in crate::prove) struct NowVars {
    /// It lies in the years 2000 to 2100, as every fact does.
    pub(in crate::prove) plausible: Lit,
    /// It is a time of the condition language, in the years 1 to 9999.
    pub(in crate::prove) valid: Lit,
}

impl PartVars {
    /// Tells whether the part is believed on a rail.
    pub(super) fn believed(self, rail: Rail) -> Lit {
        match rail {
            Rail::Fresh => self.fresh,
            Rail::LastKnown => self.delivered,
        }
    }
}

impl Encoder<'_> {
    pub(in crate::prove) fn part(&mut self, id: PartId) -> PartVars {
        if let Some(known) = self.parts.get(&id) {
            return *known;
        }
        let vars = match self.schema.part(id).presence {
            Presence::Always => PartVars { delivered: Lit::TRUE, fresh: Lit::TRUE },
            Presence::Table => {
                let delivered = self.cnf.var();
                PartVars { delivered, fresh: delivered }
            }
            Presence::Context(_) | Presence::Entry(..) => {
                let (delivered, fresh) = (self.cnf.var(), self.cnf.var());
                self.cnf.implies(fresh, delivered);
                PartVars { delivered, fresh }
            }
        };
        self.parts.insert(id, vars);
        self.relate_parts(id);
        vars
    }

    /// Tells when the answer of a model is believed: it follows from facts of
    /// several parts, each of which may be unknown or stale, so it may be either
    /// whatever else is known.
    pub(super) fn answered(&mut self, fact: FactId) -> PartVars {
        if let Some(known) = self.answers.get(&fact) {
            return *known;
        }
        let (delivered, fresh) = (self.cnf.var(), self.cnf.var());
        self.cnf.implies(fresh, delivered);
        let vars = PartVars { delivered, fresh };
        self.answers.insert(fact, vars);
        vars
    }

    /// Says of parts that come together, as the cart does with the purchases,
    /// that one is not delivered without the other, and who is stale first.
    fn relate_parts(&mut self, id: PartId) {
        let schema = self.schema;
        let part = schema.part(id);
        let others: Vec<PartId> = self.parts.keys().copied().filter(|other| *other != id).collect();
        for other in others {
            let other_part = schema.part(other);
            if !is_within(part, other_part) && !is_within(other_part, part) {
                continue;
            }
            let (own, others) = (self.part(id), self.part(other));
            for (a, a_vars, b, b_vars) in
                [(part, own, other_part, others), (other_part, others, part, own)]
            {
                // One that needs certain sources may lack one of them.
                if b.sources.is_empty() {
                    self.cnf.implies(a_vars.delivered, b_vars.delivered);
                }
                let lasts_longer = match (a.max_age, b.max_age) {
                    (_, None) => true,
                    (None, Some(_)) => false,
                    (Some(a), Some(b)) => a <= b,
                };
                // A cart may have changed after the purchases came, or be ahead of now.
                let is_entry = |part: &PartEntry| matches!(part.presence, Presence::Entry(..));
                let alike = !is_entry(a) && !is_entry(b);
                if alike && a.sources.is_empty() && b.sources.is_empty() && lasts_longer {
                    self.cnf.implies(a_vars.fresh, b_vars.fresh);
                }
            }
        }
    }

    pub(in crate::prove) fn now(&mut self) -> NowVars {
        if let Some(known) = self.now {
            return known;
        }
        let now = NowVars { plausible: self.cnf.var(), valid: self.cnf.var() };
        self.cnf.implies(now.plausible, now.valid);
        self.cnf.lean(now.plausible);
        self.cnf.lean(now.valid);
        self.now = Some(now);
        self.bound_now(now);
        now
    }

    /// Says where the moment lies: among plausible times, before or after them,
    /// or beyond all times there are.
    fn bound_now(&mut self, now: NowVars) {
        let (early, late) = (self.cnf.var(), self.cnf.var());
        let (first, last) = (Timestamp::EARLIEST.as_millis(), Timestamp::LATEST.as_millis());
        self.cnf.clause([now.plausible, !now.valid, early, late]);
        let (zero, moment) = (End::Zero, End::Now);
        self.difference([now.plausible; 2], moment, zero, last);
        self.difference([now.plausible; 2], zero, moment, -first);
        self.difference([early; 2], moment, zero, first - 1);
        self.difference([late; 2], zero, moment, -(last + 1));
        self.difference([now.valid; 2], moment, zero, *TIMES.end());
        self.difference([now.valid; 2], zero, moment, -*TIMES.start());
    }

    /// Returns the parts that were looked at.
    pub(in crate::prove) fn all_parts(&self) -> impl Iterator<Item = (PartId, PartVars)> {
        self.parts.iter().map(|(id, vars)| (*id, *vars))
    }

    pub(in crate::prove) fn known_now(&self) -> Option<NowVars> {
        self.now
    }
}

/// Tells whether a part is delivered within another.
fn is_within(part: &PartEntry, whole: &PartEntry) -> bool {
    part.name.strip_prefix(whole.name.as_str()).is_some_and(|rest| rest.starts_with('.'))
}
