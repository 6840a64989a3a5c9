//! What happened before, each interaction less the longer it is ago.

use std::collections::HashSet;

use super::customer::{Customer, Lack};
use super::{Answer, INTERACTIONS, Lasts, Said};
use crate::analytics::days::since_at_midnight;
use crate::analytics::inactivity::HalfLife;
use crate::context::{Completeness, Interaction};
use crate::time::Timestamp;
use crate::vocabulary::{Channel, Outcome};

/// The sum of the weights of interactions, 0.5^(age / half-life) each.
#[derive(Clone, Debug)]
pub(crate) struct Weights {
    pub(crate) half_life: HalfLife,
    /// Which interactions; all if none.
    pub(crate) counted: Option<Box<Counted>>,
    /// Contacts if empty.
    pub(crate) outcomes: Vec<Outcome>,
}

type Names = HashSet<String, ahash::RandomState>;

/// The actions whose interactions count.
#[derive(Clone, Debug)]
pub(crate) struct Counted {
    pub(crate) kinds: Names,
    pub(crate) groups: Names,
    pub(crate) tags: Names,
    pub(crate) ids: Names,
    /// The actions that these names select today: what an interaction is about
    /// that does not say what it was about.
    pub(crate) today: Names,
}

impl Weights {
    /// Answers with the sum at the last midnight; what came since weighs 1.
    pub(super) fn answer(&self, customer: Customer<'_>, at: Timestamp) -> Answer {
        let times = match customer.times(|| self.times(customer)) {
            Ok(times) => times,
            Err(lack) => return Answer::lacking(lack),
        };
        let (past, coming) = times.split_at(times.partition_point(|time| *time <= at));
        let weight = |time: &Timestamp| self.half_life.weight(since_at_midnight(*time, at));
        let sum = past.iter().map(weight).sum();
        let turns_at = coming.first().copied();
        let lasts =
            if past.is_empty() { Lasts::Until(turns_at) } else { Lasts::Daily { turns_at } };
        Answer { told: Ok(Some(Said::Double(sum))), lasts }
    }

    /// Finds when what counts happened, in the order of time.
    fn times(&self, customer: Customer<'_>) -> Result<Vec<Timestamp>, Lack> {
        let history = customer.context.history.known().ok_or(Lack::of(INTERACTIONS))?;
        if history.interactions.completeness() != Completeness::Complete {
            return Err(Lack::of(INTERACTIONS));
        }
        let counted = history.interactions.items().iter().filter(|one| self.counts(one));
        let mut times: Vec<Timestamp> = counted.map(|interaction| interaction.at).collect();
        if times.iter().any(|time| !time.is_plausible()) {
            return Err(Lack { path: INTERACTIONS, field: Some("at"), is_there: true });
        }
        times.sort_unstable();
        Ok(times)
    }

    fn counts(&self, interaction: &Interaction) -> bool {
        let outcome = match &*self.outcomes {
            [] => is_contact(interaction),
            outcomes => outcomes.contains(&interaction.outcome),
        };
        outcome && self.counted.as_ref().is_none_or(|counted| counted.has(interaction))
    }
}

impl Counted {
    /// Tells whether an interaction counts: by the labels it records, or where
    /// it records none, by those of its action today.
    fn has(&self, interaction: &Interaction) -> bool {
        if self.ids.contains(&interaction.action) {
            return true;
        }
        let Some(kind) = &interaction.kind else {
            return self.today.contains(&interaction.action);
        };
        let tags = interaction.tags.as_deref().unwrap_or_default();
        self.kinds.contains(kind)
            || interaction.group.as_ref().is_some_and(|group| self.groups.contains(group))
            || tags.iter().any(|tag| self.tags.contains(tag))
    }
}

/// What is sent outbound or seen inbound is a contact, as for limits.
fn is_contact(interaction: &Interaction) -> bool {
    match interaction.outcome {
        Outcome::Sent => interaction.channel.is_none_or(Channel::is_outbound),
        Outcome::Impression => interaction.channel.is_none_or(|channel| !channel.is_outbound()),
        _ => false,
    }
}
