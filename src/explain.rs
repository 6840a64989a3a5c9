//! The slow, complete account of one action: every stage, clause by clause.

mod aloud;
mod apart;
mod change;
mod missing;
mod policy;
#[cfg(feature = "json")]
mod replay;
mod stages;
mod timeline;

use serde::Serialize;

use crate::condition::{Basis, Evaluator, FactState, NodeId, Truth, Witness, shown, witnesses};
use crate::context::Context;
use crate::decide::{About, Wanted, decide_about, gather, place_in_order};
use crate::decision::{
    Decision, FactUse, Priority, Reason, Recommendation, Request, Stage, Suppressed, Verdict,
};
use crate::error::Error;
use crate::plan::{ActionId, Plan, PlannedAction};
use crate::schema::Facts;
use crate::time::Timestamp;
use crate::vocabulary::Channel;

use stages::Stages;
use timeline::opportunity;

pub use change::{Change, ChangeBy, NearestChange};
pub use missing::Missing;
pub(crate) use missing::missing;
pub(crate) use policy::describe;
#[cfg(feature = "json")]
pub(crate) use replay::replay;
#[cfg(feature = "json")]
pub use replay::{ActionDifference, Fate, OtherDifference, Replay, SuppressionDifference};
pub(crate) use timeline::timeline;
pub use timeline::{Opportunity, Step, StepReason, Timeline};

/// Why an action is recommended, or why not.
///
/// It prints as something that can be read aloud, and serialises for
/// programs. Making it changes nothing.
#[derive(Clone, Debug, Serialize)]
#[non_exhaustive]
pub struct Explanation {
    /// The action.
    pub action: String,
    /// What became of it.
    pub verdict: Verdict,
    /// The channel it goes on; if it goes on none, the first that was tried.
    pub channel: Channel,
    /// What became of it on each channel, if several were asked for.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub channels: Vec<OnChannel>,
    /// The slot it takes, if it is recommended into one.
    pub slot: Option<String>,
    /// Whether the request forces it.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub is_forced: bool,
    /// The place among all admissible actions it has, or would have.
    pub rank: Option<usize>,
    /// Its priority; none if a score is missing.
    pub priority: Option<Priority>,
    /// Why it is not recommended, a sentence for each reason.
    pub why: Vec<String>,
    /// The first instant at which everything that holds it back is clear.
    pub until: Option<Timestamp>,
    /// Whether it comes back by itself; none if nothing holds it back.
    pub opportunity: Option<Opportunity>,
    /// What would have to be otherwise; none if it is recommended.
    pub nearest_change: Option<NearestChange>,
    /// The stages, in their order.
    pub stages: Vec<StageReport>,
}

/// What became of the action on one of several channels.
#[derive(Clone, Debug, Serialize)]
#[non_exhaustive]
pub struct OnChannel {
    /// The channel.
    pub channel: Channel,
    /// What would become of it if only this channel were asked for.
    pub verdict: Verdict,
    /// Why it would not be recommended there, a sentence for each reason.
    pub why: Vec<String>,
    /// The first instant at which everything that holds it back there is clear.
    pub until: Option<Timestamp>,
}

/// What one stage says of the action.
#[derive(Clone, Debug, Serialize)]
#[non_exhaustive]
pub struct StageReport {
    /// The stage.
    pub stage: Stage,
    /// Whether the action passes it.
    pub passes: bool,
    /// What was looked at.
    pub notes: Vec<Note>,
}

/// One thing that a stage looked at.
#[derive(Clone, Debug, Serialize)]
#[non_exhaustive]
pub struct Note {
    /// The condition as it is written; a rule or a reason in words.
    pub text: String,
    /// The condition read aloud; empty for what is no condition.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub said: String,
    /// What the condition comes to.
    pub truth: Option<Truth>,
    /// The facts that decided it.
    pub facts: Vec<ShownFact>,
    /// The entries of lists that decided it, such as `C-1 in support.tickets`.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub entries: Vec<String>,
    /// When it clears by itself, if it holds the action back and time does it.
    pub until: Option<Timestamp>,
    /// What a condition that does not hold is joined of, as it is written.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub parts: Vec<Note>,
}

impl Note {
    fn new(text: String) -> Self {
        let (said, facts, entries, parts) = (String::new(), Vec::new(), Vec::new(), Vec::new());
        Self { text, said, truth: None, facts, entries, until: None, parts }
    }
}

/// A fact with its value.
#[derive(Clone, Debug, Serialize)]
#[non_exhaustive]
pub struct ShownFact {
    /// The fact and its age.
    #[serde(flatten)]
    pub fact: FactUse,
    /// Its value in words, if there is one.
    pub value: Option<String>,
}

/// Explains one action.
///
/// # Errors
///
/// The policy has no action of this id.
pub(crate) fn explain(
    plan: &Plan,
    context: &Context,
    request: &Request,
    action: &str,
) -> Result<Explanation, Error> {
    let id = plan.find(action).ok_or_else(|| plan.unknown_action(action))?;
    // All reasons are wanted, whatever the request asked for.
    let request = Request { detail: crate::decision::Detail::Complete, ..request.clone() };
    let facts = gather(plan, context, &request, request.channel);
    let About { data, place, known } =
        decide_about(plan, context, &request, &facts, (id, Wanted::Rank));
    let decision = Decision::new(plan, data);
    let channel = channel_of(&decision, id).unwrap_or(request.channel);
    let is_asked_for = channel == request.channel;
    let facts = if is_asked_for { facts } else { facts.on(channel) };
    // What was asked of the facts already, others ask as well.
    let evaluator = match known.filter(|_| is_asked_for) {
        Some(known) => Evaluator::knowing(&plan.program, &facts, known),
        None => Evaluator::new(&plan.program, &facts),
    };
    let (request, facts, decision) = (&request, &facts, &decision);
    let explainer = Explainer { plan, id, request, channel, facts, decision, place };
    let opportunity = opportunity(plan, context, request, decision, id);
    let channels = on_channels(plan, context, request, decision, id);
    Ok(Explanation { opportunity, channels, ..explainer.explanation(evaluator) })
}

/// Returns the channel an action goes on, or the first one that was tried.
fn channel_of(decision: &Decision<'_>, id: ActionId) -> Option<Channel> {
    let placed = decision.recommendations().find(|placed| placed.is(id));
    placed.map(|placed| placed.channel()).or_else(|| decision.channels().first().copied())
}

/// Decides on each channel alone, if there are several.
fn on_channels(
    plan: &Plan,
    context: &Context,
    request: &Request,
    decision: &Decision<'_>,
    id: ActionId,
) -> Vec<OnChannel> {
    if decision.channels().len() < 2 {
        return Vec::new();
    }
    let alone = decision.channels().iter().map(|channel| {
        let or_channels = Vec::new();
        let request = Request { channel: *channel, or_channels, ..request.clone() };
        let facts = gather(plan, context, &request, *channel);
        let wanted = (id, Wanted::Verdict);
        let About { data, place, .. } = decide_about(plan, context, &request, &facts, wanted);
        let decision = Decision::new(plan, data);
        let (request, channel) = (&request, *channel);
        let (facts, decision) = (&facts, &decision);
        let explainer = Explainer { plan, id, request, channel, facts, decision, place };
        let account = explainer.account();
        OnChannel {
            channel,
            verdict: account.map_or(Verdict::Recommended, |account| account.verdict()),
            why: explainer.why(&mut Evaluator::new(&plan.program, facts)),
            until: account.and_then(|account| account.until()),
        }
    });
    alone.collect()
}

struct Explainer<'a> {
    plan: &'a Plan,
    id: ActionId,
    request: &'a Request,
    channel: Channel,
    facts: &'a Facts<'a>,
    decision: &'a Decision<'a>,
    /// The place in the order, if the decision does not tell it.
    place: Option<usize>,
}

impl<'a> Explainer<'a> {
    fn explanation(&self, mut evaluator: Evaluator<'a>) -> Explanation {
        let action = self.plan.action(self.id);
        let placed = self.recommendation();
        let account = self.account();
        let priority = placed.map(|placed| placed.priority());
        let priority = priority.or_else(|| account.and_then(|account| account.priority()));
        let why = self.why(&mut evaluator);
        let stages = Stages::new(self, &mut evaluator).reports(action);
        Explanation {
            action: action.id.to_string(),
            verdict: account.map_or(Verdict::Recommended, |account| account.verdict()),
            channel: self.channel,
            channels: Vec::new(),
            is_forced: self.is_forced(action),
            slot: placed.and_then(|placed| placed.slot().map(str::to_owned)),
            rank: priority.map(|priority| {
                let by_data = || place_in_order(self.decision, self.id, priority.as_product());
                self.place.unwrap_or_else(by_data)
            }),
            priority,
            why,
            until: account.and_then(|account| account.until()),
            opportunity: None,
            nearest_change: self.nearest_change(action, &mut evaluator),
            stages,
        }
    }

    /// Tells whether the request asks for the action whatever fits it.
    fn is_forced(&self, action: &PlannedAction) -> bool {
        self.request.force.as_ref().is_some_and(|force| *force.action == *action.id)
    }

    fn recommendation(&self) -> Option<Recommendation<'a>> {
        self.decision.recommendations().find(|placed| placed.is(self.id))
    }

    fn account(&self) -> Option<Suppressed<'a>> {
        self.decision.withheld().find(|account| account.is(self.id))
    }

    /// Says each reason in a sentence.
    fn why(&self, evaluator: &mut Evaluator<'a>) -> Vec<String> {
        let reasons = self.account().into_iter().flat_map(|account| account.reasons());
        let mut why: Vec<String> = Vec::new();
        for reason in reasons {
            let sentence = self.sentence(&reason, evaluator);
            if !why.contains(&sentence) {
                why.push(sentence);
            }
        }
        why
    }

    fn sentence(&self, reason: &Reason<'_>, evaluator: &mut Evaluator<'a>) -> String {
        let mut said = match reason.because_of_condition() {
            Some((because, condition)) => {
                let aloud = self.plan.aloud(condition);
                let mut said = String::with_capacity(because.len() + aloud.len() + ROOM_FOR_FACTS);
                said.extend([because, ": ", &*aloud]);
                said
            }
            None => reason.because(),
        };
        let rule = reason
            .rule()
            .and_then(|rule| self.decision.suppressions().find(|in_force| in_force.rule() == rule));
        if let Some(rule) = rule {
            let or = if rule.is_known() { "" } else { ", or nobody can tell whether it is so" };
            said = format!("{said}: {}{or}", rule.situation());
            let entries = self.entries_of_rule(rule.rule(), evaluator);
            if !entries.is_empty() {
                said = format!("{said} ({})", entries.join(", "));
            }
        }
        self.add_lacking(reason, &mut said);
        sentence(said)
    }

    /// Adds what is the matter with the facts that a reason rests on.
    fn add_lacking(&self, reason: &Reason<'_>, said: &mut String) {
        let (basis, by_last_known) = reason.basis();
        let is_known = |basis: &&Basis| matches!(basis.state, FactState::Fresh { .. });
        let mut between = " (";
        for basis in basis.iter().filter(|basis| !is_known(basis)) {
            let fact = FactUse::new(basis, by_last_known, &self.plan.schema);
            said.push_str(between);
            add_to_sentence(&fact, said);
            between = ", ";
        }
        if between == ", " {
            said.push(')');
        }
    }

    /// Names the entries of lists that bring a suppression into force.
    fn entries_of_rule(&self, id: &str, evaluator: &mut Evaluator<'a>) -> Vec<String> {
        let mut rules = self.plan.suppressions.iter();
        let Some(rule) = rules.find(|rule| rule.id == id) else {
            return Vec::new();
        };
        let nodes = std::iter::once(rule.when).chain(rule.after);
        let holding: Vec<NodeId> =
            nodes.filter(|node| evaluator.truth(*node).truth() == Truth::True).collect();
        // The first side that holds is the one that is told.
        let holding = holding.first().copied();
        holding.map(|node| entries_of(evaluator, node)).unwrap_or_default()
    }
}

/// Names the entries of lists that decided a truth.
fn entries_of(evaluator: &mut Evaluator<'_>, node: NodeId) -> Vec<String> {
    let found = witnesses(evaluator, node).into_iter();
    found.map(|Witness { list, entry }| [&entry, " in ", &list].concat()).collect()
}

/// Shows facts with their values, as far as they have one.
fn shown_facts(facts: &Facts<'_>, basis: &[Basis], by_last_known: bool) -> Vec<ShownFact> {
    let shown = basis.iter().map(|basis| {
        let fact = FactUse::new(basis, by_last_known, facts.schema());
        // What was not delivered has no value to show.
        let value = fact.age().and_then(|_| shown(facts, &basis.subject));
        ShownFact { fact, value }
    });
    shown.collect()
}

/// Says what is the matter with a fact: `support is too old: 26 h old, …`.
fn add_to_sentence(fact: &FactUse, said: &mut String) {
    let state = fact.state_in_words();
    let verb = if state.contains("delivered") { " was " } else { " is " };
    said.extend([fact.path(), verb, &*state]);
}

/// What is the matter with a fact takes no more room, mostly.
const ROOM_FOR_FACTS: usize = 64;

/// Makes a sentence of words: a capital letter, and a full stop.
fn sentence(mut words: String) -> String {
    words.push('.');
    let Some(first) = words.chars().next() else { return words };
    match words.get_mut(..1) {
        Some(letter) => letter.make_ascii_uppercase(),
        None => words.replace_range(..first.len_utf8(), &first.to_uppercase().to_string()),
    }
    words
}
