//! A whole policy read back in English.

mod models;

use std::fmt::{self, Write};

use crate::check::{
    CheckedLimit, CheckedPromise, CheckedSuppression, Claim, LimitRule, Measure, Step,
};
use crate::condition;
use crate::decision::limit_in_words;
use crate::plan::{Plan, PlannedAction};
use crate::policy::{Boost, Limit, Propensity, Selector, Worth};
use crate::time::Duration;

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
        if !plan.policy.analytics.is_empty() {
            writeln!(self.text, "\nFound out about the customer")?;
        }
        for (name, model) in &plan.policy.analytics {
            writeln!(self.text, "  {name}: {}", models::said(model))?;
        }
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
        self.contact_policy()?;
        self.selection()?;
        if !plan.promises.is_empty() {
            writeln!(self.text, "\nPromised")?;
        }
        for promise in &plan.promises {
            self.promise(promise)?;
        }
        Ok(())
    }

    fn promise(&mut self, promise: &CheckedPromise) -> fmt::Result {
        let (id, say) = (&promise.id, &promise.say);
        let when = match promise.measure {
            Measure::While => format!("while {say}, or nobody can tell"),
            Measure::WhileKnown => format!("while it is known that {say}"),
            Measure::UnlessKnown => format!("unless it is known that {say}"),
        };
        match &promise.claim {
            Claim::Never(selector, _) => {
                writeln!(self.text, "  {id}: never {} {when}", selected(selector))
            }
            Claim::Always(selector, _) => {
                writeln!(self.text, "  {id}: always one of {} at least {when}", selected(selector))
            }
            Claim::Implies(_) => {
                let implied = &promise.say_implied;
                let known = match promise.measure {
                    Measure::While => "is not known to be otherwise either",
                    Measure::WhileKnown | Measure::UnlessKnown => "is known as well",
                };
                writeln!(self.text, "  {id}: {when}, it {known} that {implied}")
            }
        }
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
        if let Some(starts_at) = action.starts_at() {
            write!(self.text, ", from {starts_at}")?;
        }
        if let Some(ends_at) = action.ends_at() {
            write!(self.text, ", until {ends_at}")?;
        }
        writeln!(self.text)?;
        let stages = [
            ("for whom", Step::Eligible),
            ("when", Step::Applicable),
            ("suits if", Step::Suitable),
        ];
        for (stage, step) in stages {
            for clause in self.plan.clauses_of(action, step) {
                writeln!(self.text, "    {stage} {}", self.aloud(&clause.text))?;
            }
        }
        self.ranked(&action.id)
    }

    /// Says where the numbers come from that an action is ranked by, if models
    /// of the policy answer with them.
    fn ranked(&mut self, id: &str) -> fmt::Result {
        let Some(id) = self.plan.find(id) else { return Ok(()) };
        let written = self.plan.written_action(id);
        if let Some(Propensity::Analytics { analytics }) = &written.propensity {
            writeln!(self.text, "    as likely as analytics.{analytics} says")?;
        }
        if let Some(Worth::Analytics { analytics }) = &written.value {
            writeln!(self.text, "    worth what analytics.{analytics} says")?;
        }
        Ok(())
    }

    fn suppression(&mut self, rule: &CheckedSuppression) -> fmt::Result {
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

    fn contact_policy(&mut self) -> fmt::Result {
        let plan = self.plan;
        if !plan.quiet_hours.is_empty() {
            writeln!(self.text, "\nQuiet hours, where the customer is")?;
        }
        for window in &plan.quiet_hours {
            let (name, hours) = (&window.name, &window.hours);
            write!(self.text, "  {name}: from {} to {}", hours.from, hours.to)?;
            match joined(&hours.days) {
                days if days.is_empty() => write!(self.text, ", every day")?,
                days => write!(self.text, ", {days}")?,
            }
            match joined(&window.channels) {
                channels if channels.is_empty() => {
                    writeln!(self.text, ", on all outbound channels")?;
                }
                channels => writeln!(self.text, ", on {channels}")?,
            }
        }
        let mut limits = plan
            .limits
            .iter()
            .filter_map(|limit| limit.written.as_ref().map(|written| (limit, written)))
            .peekable();
        if limits.peek().is_some() {
            writeln!(self.text, "\nNot too often")?;
        }
        for (limit, written) in limits {
            self.limit(limit, written)?;
        }
        Ok(())
    }

    fn limit(&mut self, limit: &CheckedLimit, written: &Limit) -> fmt::Result {
        let channels = joined(&limit.channels);
        let about = [
            selected(&written.selector),
            written.purposes.join(", "),
            if channels.is_empty() { channels } else { format!("on {channels}") },
        ];
        let about: Vec<String> = about.into_iter().filter(|said| !said.is_empty()).collect();
        let about = if about.is_empty() { "anything".to_owned() } else { about.join(", ") };
        let id = &limit.id;
        if let (Some(followers), LimitRule::NeverAfter { within }) =
            (&written.never_followed_by, &limit.rule)
        {
            let (followers, within) = (selected(followers), within.in_words());
            return writeln!(self.text, "  {id}: no {followers} within {within} after {about}");
        }
        if let (Some(before), LimitRule::OnlyAfter { at_least, within }) =
            (&written.only_after, &limit.rule)
        {
            write!(self.text, "  {id}: {about} only after {}", selected(before))?;
            if *at_least > Duration::ZERO {
                write!(self.text, ", at least {} later", at_least.in_words())?;
            }
            if let Some(within) = within {
                write!(self.text, ", within {}", within.in_words())?;
            }
            return writeln!(self.text);
        }
        write!(self.text, "  {id}: {about}: {}", limit_in_words(limit))?;
        if let Some(per) = &written.per {
            write!(self.text, ", for each {per} by itself")?;
        }
        writeln!(self.text)
    }

    fn selection(&mut self) -> fmt::Result {
        let policy = &self.plan.policy;
        for (name, holdout) in &policy.holdout {
            let (percent, what) = (holdout.percent, selected(&holdout.selector));
            writeln!(
                self.text,
                "\nLeft out to measure by ({name}): {percent} % of customers; they miss {what}"
            )?;
        }
        for (name, threshold) in &policy.thresholds {
            write!(self.text, "\nAt least ({name})")?;
            if let Some(propensity) = threshold.propensity {
                write!(self.text, ", propensity {propensity}")?;
            }
            if let Some(priority) = threshold.priority {
                write!(self.text, ", priority {priority}")?;
            }
            writeln!(self.text)?;
        }
        for exclusive in &policy.exclusive {
            let id = &exclusive.id;
            if !exclusive.never_together.is_empty() {
                let actions = exclusive.never_together.join(", ");
                writeln!(self.text, "\nOne of {actions} at most ({id})")?;
                continue;
            }
            let at_most = exclusive.at_most.unwrap_or_default();
            match &exclusive.per {
                Some(per) => writeln!(self.text, "\nOf each {per} at most {at_most} ({id})")?,
                None => {
                    let what = selected(&exclusive.selector);
                    writeln!(self.text, "\nOf {what} at most {at_most} ({id})")?;
                }
            }
        }
        Ok(())
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

fn joined(words: &[impl fmt::Display]) -> String {
    words.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ")
}
