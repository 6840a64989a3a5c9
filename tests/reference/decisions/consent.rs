//! What the customer agreed to.

use crate::facts::{Facts, time};
use crate::interpreter::Reference;
use crate::model::Action;

/// From the least strict to the strictest.
const STRICTNESS: [&str; 5] = ["granted", "default_granted", "pending", "default_denied", "denied"];

impl Reference<'_> {
    /// Why an action is held back on a channel, if it needs consent and has none.
    pub(crate) fn no_consent(&self, action: &Action) -> Option<u16> {
        let purpose = self.purpose(action);
        let needs = action.needs_consent.unwrap_or(purpose == "marketing");
        if needs { self.consent(purpose) } else { None }
    }

    fn consent(&self, purpose: &str) -> Option<u16> {
        let Some((true, grants)) = self.list("consent.grants", Facts::Now) else {
            return Some(201);
        };
        let channel = self.channel.as_str();
        let status = |of_channel: Option<&str>| {
            // The newest answer that counts already; of two at once, the stricter.
            grants
                .iter()
                .filter(|g| g["purpose"] == purpose && g["channel"].as_str() == of_channel)
                .filter(|g| time(&g["changed_at"]).is_some_and(|at| at <= self.now))
                .filter_map(|g| {
                    let strict = STRICTNESS.iter().position(|s| g["status"] == **s)?;
                    let over = time(&g["expires_at"]).is_some_and(|end| self.now >= end);
                    Some((time(&g["changed_at"]), strict, over))
                })
                .max()
                .map(|(_, strict, over)| (self.as_granted(STRICTNESS[strict]), over))
        };
        let answers = [status(Some(channel)), status(None)];
        let counting = answers.iter().flatten().filter(|(_, over)| !over);
        let counting: Vec<_> = counting.map(|(status, _)| *status).collect();
        let lapsed = answers.iter().flatten().any(|(s, over)| *over && *s == "granted");
        let first = counting.first().copied();
        if counting.contains(&"denied") || first == Some("default_denied") {
            return Some(201);
        }
        match first {
            _ if !self.channel.is_outbound() => None,
            Some("granted") => None,
            None if lapsed => Some(202),
            _ => Some(201),
        }
    }

    /// On some channels an assumed yes is one.
    fn as_granted(&self, status: &'static str) -> &'static str {
        let channel = self.channel.as_str();
        let soft = self.world.policy.soft_opt_in.iter().any(|soft| soft == channel);
        if soft && status == "default_granted" { "granted" } else { status }
    }
}
