//! Parts: never delivered, not fresh, or fresh; single facts of another age
//! than their part; and the moment itself.

use super::{Encoder, End, Rail};
use crate::condition::TIMES;
use crate::prove::literal::Lit;
use crate::schema::{Dating, FactId, Origin, PartEntry, PartId, Presence, Schema, Type};
use crate::time::Timestamp;

/// How a part was delivered.
#[derive(Clone, Copy, Debug)]
pub(in crate::prove) struct PartVars {
    pub(in crate::prove) delivered: Lit,
    /// Neither older than it may be nor dated ahead of now.
    pub(in crate::prove) fresh: Lit,
    /// Somebody vouches for it: what it does not carry is known to be absent.
    /// Single events tell of what there is, and deny nothing.
    pub(in crate::prove) told: Lit,
}

/// What is said of the moment of a request.
#[derive(Clone, Copy, Debug)]
pub(in crate::prove) struct NowVars {
    /// It lies in the years 2000 to 2100, as every fact does.
    pub(in crate::prove) plausible: Lit,
    /// It is a time of the condition language, in the years 1 to 9999.
    pub(in crate::prove) valid: Lit,
}

/// Facts of the recency that are unknown without all sessions, whoever vouches.
const OF_SESSIONS: [&str; 2] = ["recency.first_seen_at", "recency.previous_seen_at"];

/// Facts that are as old as another one says.
const AS_OLD_AS: [(&str, &str); 1] = [("recency.session_started_at", "recency.last_seen_at")];

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
            Presence::Always => {
                PartVars { delivered: Lit::TRUE, fresh: Lit::TRUE, told: Lit::TRUE }
            }
            Presence::Table => {
                let delivered = self.cnf.var();
                PartVars { delivered, fresh: delivered, told: Lit::TRUE }
            }
            Presence::Context(_) | Presence::Entry(..) => self.new_part(id),
        };
        self.parts.insert(id, vars);
        self.relate_parts(id);
        vars
    }

    fn new_part(&mut self, id: PartId) -> PartVars {
        let (delivered, fresh) = (self.cnf.var(), self.cnf.var());
        let told = self.cnf.var();
        self.cnf.implies(fresh, delivered);
        // Most parts are delivered as a whole.
        self.cnf.lean(told);
        // Sources that it needs are sources that vouch for it.
        if !self.schema.part(id).sources.is_empty() {
            self.cnf.implies(delivered, told);
        }
        PartVars { delivered, fresh, told }
    }

    /// Returns how a fact was delivered: with its part, but for those that may
    /// be older or newer.
    pub(super) fn delivered(&mut self, fact: FactId) -> PartVars {
        let entry = self.schema.entry(fact);
        if let Origin::Model(_) = entry.origin {
            return self.answered(fact);
        }
        let part = self.part(entry.part);
        // What needs certain sources is as old as these.
        if matches!(entry.dating, Dating::WithPart)
            || !self.schema.part(entry.part).sources.is_empty()
        {
            return part;
        }
        let fact = self.dated_as(fact);
        if let Some((known, _)) = self.ages.get(&fact) {
            return *known;
        }
        let apart = self.cnf.var();
        self.strained.push(apart);
        let fresh = match entry.dating {
            // Older than its part, where nobody vouches for that.
            Dating::WithPart | Dating::Dated(..) => {
                self.cnf.clause([!part.told, !apart]);
                self.cnf.both(part.fresh, !apart)
            }
            Dating::Own(_) => {
                let fresh = self.cnf.var();
                self.cnf.clause([apart, !fresh, part.fresh]);
                self.cnf.clause([apart, fresh, !part.fresh]);
                self.cnf.implies(fresh, part.delivered);
                fresh
            }
        };
        let vars = PartVars { fresh, ..part };
        self.ages.insert(fact, (vars, apart));
        vars
    }

    /// Returns the fact that says how old a fact is: the group that it lies in,
    /// another one, or itself.
    fn dated_as(&self, fact: FactId) -> FactId {
        let path = self.schema.entry(fact).path.as_str();
        let other = AS_OLD_AS.iter().find(|(name, _)| *name == path);
        let other = other.and_then(|(_, other)| self.schema.find(other));
        other.or_else(|| group_of(self.schema, fact)).unwrap_or(fact)
    }

    /// Returns what says that a fact is a case apart, not as old as its part.
    pub(super) fn apart(&self, fact: FactId) -> Option<Lit> {
        self.ages.get(&self.dated_as(fact)).map(|(_, apart)| *apart)
    }

    /// Returns what says that a fact that is not there is known to be absent.
    pub(super) fn denied(&mut self, fact: FactId, filled: Lit) -> Lit {
        let entry = self.schema.entry(fact);
        if matches!(entry.origin, Origin::Model(_)) {
            return !filled;
        }
        let told = self.part(entry.part).told;
        let denied = self.cnf.both(told, !filled);
        if !OF_SESSIONS.contains(&&*entry.path) {
            return denied;
        }
        let hushed = self.cnf.var();
        self.strained.push(hushed);
        self.cnf.both(!hushed, denied)
    }

    /// Returns the facts that may be of another age than their part, and what
    /// says that they are.
    pub(in crate::prove) fn all_ages(&self) -> impl Iterator<Item = (FactId, Lit)> {
        self.ages.iter().map(|(fact, (_, apart))| (*fact, *apart))
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
        let vars = PartVars { delivered, fresh, told: Lit::TRUE };
        self.computed_from.insert(fact);
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
                // The same sources vouch for both, or none.
                self.cnf.implies(a_vars.told, b_vars.told);
                // One that needs certain sources may lack one of them.
                if b.sources.is_empty() {
                    self.cnf.implies(a_vars.delivered, b_vars.delivered);
                }
                let lasts_longer = match (a.max_age, b.max_age) {
                    (_, None) => true,
                    (None, Some(_)) => false,
                    (Some(a), Some(b)) => a <= b,
                };
                // A cart may have changed after the purchases came.
                let is_entry = |part: &PartEntry| matches!(part.presence, Presence::Entry(..));
                if is_entry(b) || !a.sources.is_empty() || !b.sources.is_empty() || !lasts_longer {
                    continue;
                }
                let changed = match schema.find(&a.name) {
                    Some(entry) if is_entry(a) => self.filled(entry),
                    _ => Lit::FALSE,
                };
                self.cnf.clause([!a_vars.fresh, b_vars.fresh, changed]);
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

/// Returns the group of facts that a fact lies in.
pub(super) fn group_of(schema: &Schema, fact: FactId) -> Option<FactId> {
    let (path, _) = schema.entry(fact).path.rsplit_once('.')?;
    let group = schema.find(path)?;
    (*schema.entry(group).fact.ty() == Type::Group).then_some(group)
}

/// Tells whether a part is delivered within another.
pub(in crate::prove) fn is_within(part: &PartEntry, whole: &PartEntry) -> bool {
    part.name.strip_prefix(whole.name.as_str()).is_some_and(|rest| rest.starts_with('.'))
}
