//! Explanations as they can be read aloud: what happened, why, until when, and
//! what would change it; then the stages in detail.

use std::fmt;

use super::{ChangeBy, Explanation, NearestChange, Note, Opportunity, StageReport, sentence};
use crate::decision::Verdict;

impl fmt::Display for Explanation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.what(f)?;
        // With several channels, each says its own.
        for why in self.why.iter().filter(|_| self.channels.is_empty()) {
            writeln!(f, "  - {why}")?;
        }
        for on in &self.channels {
            write!(f, "On {}: {}", on.channel, on.verdict)?;
            match on.until {
                Some(until) => writeln!(f, " until {until}.")?,
                None => writeln!(f, ".")?,
            }
            on.why.iter().try_for_each(|why| writeln!(f, "  - {why}"))?;
        }
        if self.verdict != Verdict::Recommended {
            self.how_long(f)?;
            self.would_be(f)?;
        }
        writeln!(f, "In detail:")?;
        for report in &self.stages {
            write!(f, "{report}")?;
        }
        Ok(())
    }
}

impl Explanation {
    fn what(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { action, .. } = self;
        if self.verdict != Verdict::Recommended {
            return writeln!(f, "{action} is not recommended: {}.", not_because(self.verdict));
        }
        write!(f, "{action} is recommended on {}", self.channel)?;
        if let Some(slot) = &self.slot {
            write!(f, " in {slot}")?;
        }
        if let (Some(rank), Some(priority)) = (self.rank, self.priority) {
            write!(f, ": it is no. {rank}, with priority {priority}")?;
        }
        writeln!(f, ".")
    }

    fn how_long(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (&self.opportunity, self.until) {
            (Some(opportunity @ Opportunity::Survives { .. }), _)
            | (Some(opportunity @ Opportunity::Lost { .. }), _) => {
                writeln!(f, "If nothing but time changes, {opportunity}.")?;
            }
            (Some(Opportunity::Unknown), _) if self.verdict == Verdict::BelowThreshold => {
                writeln!(f, "Time may clear it where it changes what the action comes to.")?;
            }
            (Some(Opportunity::Unknown), _) => {
                writeln!(f, "Time alone does not clear it.")?;
            }
            (None, _) => {}
        }
        match &self.nearest_change {
            Some(change) => write!(f, "{change}"),
            None => Ok(()),
        }
    }

    fn would_be(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self.rank, self.priority) {
            (Some(rank), Some(priority)) => {
                writeln!(f, "It would be no. {rank}, with priority {priority}.")
            }
            _ => Ok(()),
        }
    }
}

/// Says what became of an action in words for people.
fn not_because(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Recommended => "it is",
        Verdict::Outranked => "nothing is against it, and others take its place",
        Verdict::Suppressed => "it is held back",
        Verdict::Ineligible => {
            "it does not fit the customer now, or nobody can tell whether it does"
        }
        Verdict::Unconsented => "the customer has not agreed to it",
        Verdict::Unavailable => "it is not on offer here and now",
        Verdict::Deferred => "this is not the hour for it",
        Verdict::Limited => "the customer has had enough for now, or nobody can tell",
        Verdict::HeldOut => "the customer is left out, to measure by",
        Verdict::BelowThreshold => "it does not come to what the policy asks for",
        Verdict::Unscored => "the score it is ranked by is missing",
    }
}

impl fmt::Display for NearestChange {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.changes.is_empty() {
            return Ok(());
        }
        let has_facts = self.changes.iter().any(|change| change.by == ChangeBy::Fact);
        writeln!(f, "What would change it:")?;
        for change in &self.changes {
            writeln!(f, "  - {}", sentence(change.text.clone()))?;
        }
        match (has_facts, self.is_verified) {
            (true, false) => writeln!(f, "  (Not tried out: this cannot be put in one fact.)"),
            _ => Ok(()),
        }
    }
}

impl fmt::Display for StageReport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "  {:<14}{}", self.stage, if self.passes { "passes" } else { "HOLDS BACK" })?;
        self.notes.iter().try_for_each(|note| note.tell(6, f))
    }
}

impl fmt::Display for Note {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.tell(0, f)
    }
}

impl Note {
    fn tell(&self, indent: usize, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:indent$}{}", "", self.text)?;
        if let Some(truth) = self.truth {
            write!(f, "  is {truth}")?;
        }
        if let Some(until) = self.until {
            write!(f, ", until {until}")?;
        }
        writeln!(f)?;
        let indent = indent + 2;
        // The facts of the parts say the same again, each where it belongs.
        for shown in self.facts.iter().filter(|_| self.parts.is_empty()) {
            write!(f, "{:indent$}{}", "", shown.fact)?;
            match &shown.value {
                Some(value) => writeln!(f, " = {value}")?,
                None => writeln!(f)?,
            }
        }
        for entry in self.entries.iter().filter(|_| self.parts.is_empty()) {
            writeln!(f, "{:indent$}decided by {entry}", "")?;
        }
        self.parts.iter().try_for_each(|part| part.tell(indent, f))
    }
}
