//! What help desks have in common: states, topics, answers.

use super::Mapping;
use super::folded::fold;
use super::original::Original;
use super::words;
use crate::context::{Answer, Ticket};
use crate::error::Error;
use crate::time::Timestamp;
use crate::vocabulary::{Metric, Priority, TicketState, Topic};

/// Reads how far a case has come. The mapping comes first; a state that is in
/// neither it nor the table is left out.
pub(super) fn state_at(
    original: &Original<'_>,
    path: &str,
    mapping: &Mapping,
    table: impl Fn(&str) -> Option<TicketState>,
) -> Option<TicketState> {
    let word = original.word(path)?;
    let found = mapping.states.get(&word).copied().or_else(|| table(&word));
    if found.is_none() {
        let message = format!("the state `{word}` is not known: add it to `states`");
        original.warn(path, message);
    }
    found
}

/// Reads how urgent a case is.
pub(super) fn priority_at(original: &Original<'_>, path: &str) -> Option<Priority> {
    let word = original.word(path)?;
    let found = words::priority(&word);
    if found.is_none() {
        original.warn(path, format!("`{word}` is not a known priority"));
    }
    found
}

/// Finds what a case is about, among names such as tags.
///
/// Names that are not topics are no concern, unless there is none that is. Of
/// several topics the one that comes first in the list of topics holds: money
/// in dispute comes before trouble, and trouble before questions.
pub(super) fn topic<'o>(
    names: impl Iterator<Item = (Original<'o>, &'o str)>,
    mapping: &Mapping,
) -> Option<Topic> {
    let mut found: Option<Topic> = None;
    let mut unknown = None;
    for (place, name) in names {
        match (mapping.topics.topic(name), found) {
            (None, _) => unknown = unknown.or(Some((place, name))),
            (Some(topic), None) => found = Some(topic),
            (Some(topic), Some(known)) if topic == known => {}
            (Some(topic), Some(known)) => {
                let (held, left) = (topic.min(known), topic.max(known));
                place.warn("", format!("several topics: {held} holds, {left} is left out"));
                found = Some(held);
            }
        }
    }
    if found.is_none()
        && let Some((place, name)) = unknown
    {
        place.warn("", format!("`{name}` is not a known topic: add it to `topics`"));
    }
    found
}

/// Returns the texts at places, each of which may be a list of them; of
/// `tags[].name` it is the field of each entry.
pub(super) fn names<'o>(
    original: &Original<'o>,
    paths: &[&'static str],
) -> impl Iterator<Item = (Original<'o>, &'o str)> {
    let places: Vec<_> = paths
        .iter()
        .map(|path| {
            let (list, field) = path.split_once("[].").unwrap_or((path, ""));
            original.list(list).filter_map(move |entry| entry.at(field))
        })
        .collect();
    places.into_iter().flatten().filter_map(|place| {
        let name = place.text("")?;
        (!fold(name).is_empty()).then_some((place, name))
    })
}

/// Reads when a case changed last. One that does not say was changed when the
/// newest of other things came to pass.
pub(super) fn updated_at(
    original: &Original<'_>,
    updated: &[&str],
    otherwise: &[&str],
) -> Result<Timestamp, Error> {
    if original.first(updated).is_none() {
        let newest = otherwise.iter().filter_map(|path| original.time(path)).max();
        if let (Some(newest), Some(path)) = (newest, updated.first()) {
            original.warn(path, "when the case changed last is missing: the newest time counts");
            return Ok(newest);
        }
    }
    original.required_time(updated)
}

/// Reads when a case that is over was solved or closed, where that is told.
pub(super) fn ended_at(
    original: &Original<'_>,
    state: Option<TicketState>,
    paths: &[&str],
) -> Option<Timestamp> {
    let is_over = state.is_some_and(TicketState::is_over);
    original.time(original.first(paths).filter(|_| is_over)?)
}

/// Makes an answer of customer satisfaction about a case.
pub(super) fn csat(ticket: &Ticket, score: i64, answered_at: Timestamp) -> Answer {
    let mut answer = Answer::new(Metric::Csat, score, answered_at).ticket_id(ticket.id.clone());
    answer.channel = ticket.channel;
    answer
}
