//! A whole policy read back in English.

use std::fmt::{self, Write};

use crate::condition;
use crate::plan::{Plan, PlannedAction, PlannedSuppression};
use crate::policy::{Boost, Selector};

/// Reads a policy back: what is offered, what is held back, what is lifted.
pub(crate) fn describe(plan: &Plan) -> String {
    let mut text = String::new();
    // Writing to a text cannot fail.
    let _ = Reader { plan, text: &mut text }.read();
    text
}

struct Reader<'a> {
    plan: &'a Plan,
    text: &'a mut String,
}

impl Reader<'_> {
    fn read(&mut self) -> fmt::Result {
        let plan = self.plan;
        write!(self.text, "Policy {}", plan.policy.policy)?;
        if let Some(currency) = plan.currency {
            write!(self.text, ", amounts in {currency}")?;
        }
        writeln!(self.text)?;
        writeln!(self.text, "\nOffered")?;
        for (_, action) in plan.actions() {
            self.action(action)?;
        }
        if !plan.suppressions.is_empty() {
            writeln!(self.text, "\nHeld back")?;
        }
        for rule in &plan.suppressions {
            self.suppression(rule)?;
        }
        if !plan.policy.boosts.is_empty() {
            writeln!(self.text, "\nLifted or lowered")?;
        }
        for boost in &plan.policy.boosts {
            self.boost(boost)?;
        }
        for exclusive in &plan.exclusives {
            writeln!(
                self.text,
                "\nOf each group at most {} ({})",
                exclusive.at_most, exclusive.id
            )?;
        }
        Ok(())
    }

    fn action(&mut self, action: &PlannedAction) -> fmt::Result {
        let channels: Vec<&str> = action.channels.iter().map(|channel| channel.as_str()).collect();
        let (id, kind, purpose) = (&action.id, &action.kind, action.purpose);
        write!(self.text, "  {id}: {kind} ({purpose}), on {}", channels.join(", "))?;
        if action.tier != 0 {
            write!(self.text, ", tier {}", action.tier)?;
        }
        if action.paused {
            write!(self.text, ", paused")?;
        }
        if let Some(starts_at) = action.starts_at {
            write!(self.text, ", from {starts_at}")?;
        }
        if let Some(ends_at) = action.ends_at {
            write!(self.text, ", until {ends_at}")?;
        }
        writeln!(self.text)?;
        let stages = [
            ("for whom", &action.eligible),
            ("when", &action.applicable),
            ("suits if", &action.suitable),
        ];
        for (stage, clauses) in stages {
            for clause in clauses {
                writeln!(self.text, "    {stage} {}", self.aloud(&clause.text))?;
            }
        }
        Ok(())
    }

    fn suppression(&mut self, rule: &PlannedSuppression) -> fmt::Result {
        write!(self.text, "  {} while {}", selected(&rule.selector), rule.say)?;
        if rule.after.is_some() {
            write!(self.text, ", and then while {}", rule.say_after)?;
        }
        let unknown = if rule.allow_unknown {
            "not when nobody can tell"
        } else {
            "also when nobody can tell"
        };
        writeln!(self.text, " ({unknown}): {}", rule.because)
    }

    fn boost(&mut self, boost: &Boost) -> fmt::Result {
        write!(self.text, "  {} by {} %", selected(&boost.selector), boost.percent)?;
        let when: Vec<String> = boost.when.iter().map(|text| self.aloud(text)).collect();
        if !when.is_empty() {
            write!(self.text, " when {}", when.join(" and "))?;
        }
        let unless: Vec<String> = boost.unless.iter().map(|text| self.aloud(text)).collect();
        if !unless.is_empty() {
            write!(self.text, ", unless {}", unless.join(" or "))?;
        }
        writeln!(self.text)
    }

    fn aloud(&self, text: &str) -> String {
        condition::describe(text, &|name| self.plan.sayings.get(name).cloned())
    }
}

fn selected(selector: &Selector) -> String {
    let lists = [
        ("", &selector.kinds),
        ("anything tagged ", &selector.tags),
        ("the group ", &selector.groups),
        ("", &selector.ids),
    ];
    let named = lists
        .iter()
        .flat_map(|(what, names)| names.iter().map(move |name| format!("{what}{name}")));
    named.collect::<Vec<_>>().join(", ")
}
