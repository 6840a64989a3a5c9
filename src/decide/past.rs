//! The history of interactions, laid out for counting.

use std::collections::HashMap;

use crate::check::{CheckedLimit, Per};
use crate::context::{Context, Interaction};
use crate::plan::{Plan, PlannedAction, PlannedLimit};
use crate::time::Timestamp;
use crate::vocabulary::{Channel, Kind, Outcome, Purpose};

/// What happened before: interactions alike, each kind of them once.
pub(super) struct Past<'a> {
    alike: Vec<(Labels<'a>, Vec<Timestamp>)>,
}

/// The labels of an interaction, as limits see them.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub(super) struct Labels<'a> {
    action: &'a str,
    kind: Option<&'a str>,
    group: Option<&'a str>,
    tags: &'a [String],
    purpose: Purpose,
    channel: Option<Channel>,
    outcome: Outcome,
    counts: bool,
}

/// One interaction that a limit counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Mark<'a> {
    pub(super) at: Timestamp,
    pub(super) action: &'a str,
}

/// What a limit counts apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Value<'a> {
    /// Everything together.
    All,
    /// The interactions of an action, a group, a kind or a tag.
    Name(&'a str),
    Channel(Channel),
}

/// What a limit counts, by value, in the order of time.
pub(super) type Tally<'a> = HashMap<Value<'a>, Vec<Mark<'a>>, ahash::RandomState>;

impl<'a> Past<'a> {
    pub(super) fn of(plan: &'a Plan, context: &'a Context) -> Self {
        let history = context.history.known();
        let interactions = history.map_or(&[][..], |history| history.interactions.items());
        let mut places: HashMap<Labels<'a>, usize, ahash::RandomState> = HashMap::default();
        let mut alike: Vec<(Labels<'a>, Vec<Timestamp>)> = Vec::new();
        for interaction in interactions {
            let labels = Labels::of(plan, interaction);
            let place = *places.entry(labels).or_insert(alike.len());
            if place == alike.len() {
                alike.push((labels, Vec::new()));
            }
            alike.get_mut(place).into_iter().for_each(|(_, times)| times.push(interaction.at));
        }
        Self { alike }
    }

    /// Sorts out what a limit counts.
    ///
    /// What no action bears nobody asks about.
    pub(super) fn tally(&self, plan: &Plan, limit: &PlannedLimit) -> Tally<'a> {
        let mut tally = Tally::default();
        for (labels, times) in &self.alike {
            if !labels.count_for(limit) {
                continue;
            }
            let marks = || times.iter().map(|at| Mark { at: *at, action: labels.action });
            labels.each_value(limit.per, |value| {
                if !matches!(value, Value::Name(name) if !plan.knows(name)) {
                    tally.entry(value).or_default().extend(marks());
                }
            });
        }
        tally.values_mut().for_each(|marks| marks.sort_unstable());
        tally
    }
}

impl<'a> Labels<'a> {
    /// Takes the labels an interaction records; where it records none, those
    /// that the policy gives its action today.
    pub(super) fn of(plan: &'a Plan, interaction: &'a Interaction) -> Self {
        let recorded = Self {
            action: &interaction.action,
            kind: interaction.kind.as_deref(),
            group: interaction.group.as_deref(),
            tags: interaction.tags.as_deref().unwrap_or(&[]),
            purpose: Purpose::Marketing,
            channel: interaction.channel,
            outcome: interaction.outcome,
            counts: true,
        };
        let today = plan.find(&interaction.action).map(|id| plan.action(id));
        let labels = match (recorded.kind, today) {
            (None, Some(action)) => Self::today(action, recorded.channel, recorded.outcome),
            (kind, _) => {
                let purpose = interaction.purpose.or_else(|| Some(purpose_of(plan, kind?)));
                let purpose = purpose.unwrap_or(Purpose::Marketing);
                Self { purpose, counts: purpose != Purpose::Transactional, ..recorded }
            }
        };
        Self { counts: interaction.counts_toward_limits.unwrap_or(labels.counts), ..labels }
    }

    /// Takes the labels an action has today.
    pub(super) fn today(
        action: &'a PlannedAction,
        channel: Option<Channel>,
        outcome: Outcome,
    ) -> Self {
        Self {
            action: &action.id,
            kind: Some(&action.kind),
            group: action.group(),
            tags: &action.tags,
            purpose: action.purpose,
            channel,
            outcome,
            counts: action.counts_toward_limits,
        }
    }

    /// Tells whether a limit counts an interaction with these labels.
    pub(super) fn count_for(&self, limit: &PlannedLimit) -> bool {
        let names = &limit.counted;
        let by_id = names.has_id(self.action);
        let is_named = names.is_empty()
            || by_id
            || self.kind.is_some_and(|kind| names.has_kind(kind))
            || self.group.is_some_and(|group| names.has_group(group))
            || self.tags.iter().any(|tag| names.has_tag(tag));
        // What a limit names itself it counts in any case.
        is_named && (self.counts || by_id) && self.fits(limit)
    }

    fn fits(&self, limit: &CheckedLimit) -> bool {
        let counted = &limit.counted;
        let purpose = counted.purposes.is_empty() || counted.purposes.contains(&self.purpose);
        let channel = counted.channels.is_empty()
            || self.channel.is_none_or(|channel| counted.channels.contains(&channel));
        let outcome = if counted.outcomes.is_empty() {
            self.is_contact()
        } else {
            counted.outcomes.contains(&self.outcome)
        };
        purpose && channel && outcome
    }

    /// What is sent outbound or seen inbound is a contact.
    fn is_contact(&self) -> bool {
        match self.outcome {
            Outcome::Sent => self.channel.is_none_or(Channel::is_outbound),
            Outcome::Impression => self.channel.is_none_or(|channel| !channel.is_outbound()),
            _ => false,
        }
    }

    /// Calls for every value that a limit counts these labels under.
    pub(super) fn each_value(&self, per: Option<Per>, mut call: impl FnMut(Value<'a>)) {
        match per {
            None => call(Value::All),
            Some(Per::Action) => call(Value::Name(self.action)),
            Some(Per::Group) => self.group.map(Value::Name).into_iter().for_each(call),
            Some(Per::Kind) => self.kind.map(Value::Name).into_iter().for_each(call),
            Some(Per::Tag) => {
                self.tags.iter().map(|tag| Value::Name(tag.as_str())).for_each(call);
            }
            Some(Per::Channel) => match self.channel {
                Some(channel) => call(Value::Channel(channel)),
                // It may have been on any.
                None => Channel::ALL.iter().copied().map(Value::Channel).for_each(call),
            },
        }
    }
}

/// Returns the purpose of actions of a kind that do not say theirs.
fn purpose_of(plan: &Plan, kind: &str) -> Purpose {
    match kind.parse::<Kind>() {
        Ok(kind) => kind.purpose(),
        Err(_) => {
            let declared = plan.policy.kinds.get(kind).and_then(|kind| kind.purpose.as_deref());
            declared.and_then(|purpose| purpose.parse().ok()).unwrap_or(Purpose::Marketing)
        }
    }
}
