//! What a policy needs to know and a context does not say.

use std::collections::BTreeMap;
use std::fmt;

use serde::Serialize;

use crate::condition::{Basis, FactState, Subject};
use crate::context::{Completeness, Context};
use crate::decide::gather;
use crate::decision::{FactUse, Request};
use crate::plan::Plan;
use crate::schema::{Cell, Facts};
use crate::time::Timestamp;
use crate::vocabulary::Channel;

/// Something a policy reads that is not known, or not well enough.
#[derive(Clone, Debug, Serialize)]
#[non_exhaustive]
pub struct Missing {
    /// The part or the list, and what is the matter with it.
    pub what: FactUse,
    /// The facts the policy reads there, by path.
    pub facts: Vec<String>,
}

impl fmt::Display for Missing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.what, self.facts.join(", "))
    }
}

/// Lists the parts and the lists that a policy reads and that are unknown,
/// stale or known in part, by path.
pub(crate) fn missing(plan: &Plan, context: &Context, now: Timestamp) -> Vec<Missing> {
    // What the request says is never missing: any will do.
    let request = Request::new(now, Channel::Web);
    let facts = gather(plan, context, &request, request.channel);
    let mut found: BTreeMap<String, (Basis, Vec<String>)> = BTreeMap::new();
    for path in plan.reads() {
        let Some(basis) = lacking(&facts, path) else {
            continue;
        };
        let place = basis.subject.path(&plan.schema);
        found.entry(place).or_insert((basis, Vec::new())).1.push(path.to_owned());
    }
    let missing = found
        .into_values()
        .map(|(basis, facts)| Missing { what: FactUse::new(&basis, false, &plan.schema), facts });
    missing.collect()
}

/// Says what is the matter with the age of a fact, or with a list.
fn lacking(facts: &Facts<'_>, path: &str) -> Option<Basis> {
    let fact = facts.schema().find(path)?;
    Basis::of_age(facts, path).or_else(|| {
        let state = match facts.cell(fact) {
            Cell::List(_, Completeness::Unknown) | Cell::Rows(_, Completeness::Unknown) => {
                FactState::Unknown
            }
            Cell::List(_, Completeness::Partial) | Cell::Rows(_, Completeness::Partial) => {
                FactState::Partial
            }
            _ => return None,
        };
        Some(Basis { subject: Subject::Fact(fact), state })
    })
}
