//! Reasons in words for people.

use super::{Reason, ReasonCode, Rule};
use crate::check::{CheckedLimit, LimitRule, Window};
use crate::decision::Priority;
use crate::policy::point;
use crate::time::CalendarUnit;
use crate::vocabulary::Channel;

/// Says a reason in words.
pub(super) fn because(reason: &Reason<'_>) -> String {
    let on = reason.channel().map(|channel| format!(" on {channel}")).unwrap_or_default();
    let purpose = reason.action().purpose;
    match reason.code() {
        ReasonCode::SituationActive | ReasonCode::CoolOff => match reason.stored().rule {
            Rule::Suppression(id) => reason.plan().suppression(id).because.clone(),
            _ => String::new(),
        },
        ReasonCode::NotEligible | ReasonCode::NotApplicable | ReasonCode::NotSuitable => {
            about_condition(reason)
        }
        ReasonCode::Inactive => "the action is paused".to_owned(),
        ReasonCode::NotStarted => "the action has not started".to_owned(),
        ReasonCode::Expired => "the action is over".to_owned(),
        ReasonCode::EmergencyExcluded => "the action is switched off".to_owned(),
        ReasonCode::ChannelNotSupported => not_made_for(reason.channel()),
        ReasonCode::NoInventory => "nothing is left".to_owned(),
        ReasonCode::NoConsent if reason.lacks_facts() => {
            format!("nobody can tell whether {purpose}{on} is agreed to")
        }
        ReasonCode::NoConsent => format!("there is no consent to {purpose}{on}"),
        ReasonCode::ConsentRevoked => format!("the consent to {purpose}{on} has lapsed"),
        ReasonCode::HardBlocked => format!("everything{on} is blocked"),
        ReasonCode::QuietHours => "messages rest at this hour where the customer is".to_owned(),
        ReasonCode::TimezoneUnknown => {
            "nobody can tell what time it is where the customer is".to_owned()
        }
        ReasonCode::EndsBeforeDeferral => {
            "messages rest at this hour, and afterwards it will be too late".to_owned()
        }
        ReasonCode::HeldOut => "the customer is left out, to measure by".to_owned(),
        ReasonCode::BelowPropensity | ReasonCode::BelowPriority => about_threshold(reason),
        ReasonCode::ModelMissing => "the score it is ranked by is missing".to_owned(),
        code if code.number() >= 800 => about_slate(reason),
        _ => about_limit(reason),
    }
}

/// Says what a condition is asked for.
pub(super) fn of_condition(code: ReasonCode) -> Option<&'static str> {
    match code {
        ReasonCode::NotEligible => Some("the customer is not known to qualify"),
        ReasonCode::NotApplicable => Some("it is not known to make sense now"),
        ReasonCode::NotSuitable => Some("it is not known to be in the customer's interest"),
        _ => None,
    }
}

fn about_condition(reason: &Reason<'_>) -> String {
    let said = of_condition(reason.code()).unwrap_or_default();
    match reason.condition() {
        Some(condition) => [said, ": `", condition, "`"].concat(),
        None => said.to_owned(),
    }
}

fn not_made_for(channel: Option<Channel>) -> String {
    let channel = channel.map_or("this channel", Channel::as_str);
    format!("the action is not made for {channel}")
}

/// Says what is asked for; what the action comes to stands beside.
fn about_threshold(reason: &Reason<'_>) -> String {
    let plan = reason.plan();
    let threshold = match reason.stored().rule {
        Rule::Threshold(id) => plan.thresholds.get(id.place()),
        _ => None,
    };
    if reason.code() == ReasonCode::BelowPropensity {
        let least = threshold.and_then(|threshold| threshold.propensity).unwrap_or_default();
        let least = point(least.into(), 9);
        return format!("its propensity is less than the {} that is asked for", &*least);
    }
    let least = threshold.and_then(|threshold| threshold.priority).unwrap_or_default();
    format!("its priority is less than the {} that is asked for", Priority::new(least, plan))
}

fn about_slate(reason: &Reason<'_>) -> String {
    let said = match reason.code() {
        ReasonCode::SlateFull => "better actions took every slot",
        ReasonCode::NoMatchingPlacement if reason.lacks_facts() => {
            "it is made for certain devices or languages, and nobody can tell which apply"
        }
        ReasonCode::NoMatchingPlacement if reason.action().treatments().is_empty() => {
            "no free slot takes it"
        }
        ReasonCode::NoMatchingPlacement => "none of its treatments fits a free slot here",
        ReasonCode::NeverTogether => "an action that it must not stand beside goes first",
        ReasonCode::Diversity => "the slate holds enough of its like",
        ReasonCode::Duplicate => "the customer sees it already",
        ReasonCode::VolumeExhausted if reason.lacks_facts() => {
            "nobody said how much is left of what it draws on"
        }
        _ => "nothing is left of what it draws on",
    };
    said.to_owned()
}

fn about_limit(reason: &Reason<'_>) -> String {
    let (id, in_slate) = match reason.stored().rule {
        Rule::Limit(id) => (id, false),
        Rule::LimitInSlate(id) => (id, true),
        _ => return String::new(),
    };
    let limit = reason.plan().limit(id);
    if let Some(because) = &limit.because {
        return because.clone();
    }
    let said = limit_in_words(limit);
    match (in_slate, reason.lacks_facts()) {
        (true, _) => format!("{said}, and the slate has them"),
        (false, true) => format!("{said}, and nobody can tell how many there were"),
        (false, false) => said,
    }
}

/// Says what a limit allows.
pub(crate) fn limit_in_words(limit: &CheckedLimit) -> String {
    match &limit.rule {
        LimitRule::Cap { at_most, window } => format!("at most {at_most} {}", of_window(window)),
        LimitRule::Pause { at_most, within, pause } => {
            let (within, pause) = (within.in_words(), pause.in_words());
            format!("after {at_most} within {within} there is a pause of {pause}")
        }
        LimitRule::Cooldown { gap } => format!("at least {} between two", gap.in_words()),
        LimitRule::NeverAfter { within } => {
            format!("not within {} after an action that it must not follow", within.in_words())
        }
        LimitRule::OnlyAfter { .. } => "only after an action that it must follow".to_owned(),
    }
}

fn of_window(window: &Window) -> String {
    match window {
        Window::Rolling(length) => format!("within {}", length.in_words()),
        Window::Calendar(period, _) => {
            let unit = match period.unit {
                CalendarUnit::Day => "day",
                CalendarUnit::Week(_) => "week",
                CalendarUnit::Month => "month",
                CalendarUnit::Year => "year",
            };
            if period.every == 1 {
                format!("a {unit}")
            } else {
                format!("in {} {unit}s", period.every)
            }
        }
        Window::Session => "a session".to_owned(),
        Window::Lifetime => "ever".to_owned(),
    }
}
