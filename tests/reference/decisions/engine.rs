//! The decision of the engine in the terms of the reference.

use tactful::Decision;
use tactful::decision::{self, Suppressed};

use crate::interpreter::{Answer, Reason, Recommended, Withheld};

pub(crate) fn answer(decision: &Decision<'_>) -> Answer {
    Answer {
        recommended: decision
            .recommendations()
            .map(|placed| Recommended {
                action: placed.action().to_owned(),
                channel: placed.channel().as_str(),
                slot: placed.slot().map(str::to_owned),
                treatment: placed.treatment().map(str::to_owned),
                tier: placed.tier(),
                priority: placed.priority().as_product(),
                forced: placed.is_forced(),
                passed_over: placed.passed_over().map(|reason| reason_of(&reason)).collect(),
            })
            .collect(),
        withheld: decision
            .withheld()
            .map(|account| Withheld {
                action: account.action().to_owned(),
                verdict: account.verdict().as_str(),
                tier: account.tier(),
                priority: account.priority().map(|priority| priority.as_product()),
                reasons: reasons(account),
            })
            .collect(),
        ghosts: decision.ghosts().map(str::to_owned).collect(),
        holdouts: decision
            .holdouts()
            .map(|holdout| {
                let bucket = holdout.bucket().map(u64::from);
                (holdout.holdout().to_owned(), bucket, holdout.is_held_out())
            })
            .collect(),
        reservations: decision
            .reservations()
            .map(|(quota, count)| (quota.to_owned(), count))
            .collect(),
        in_force: decision
            .suppressions()
            .map(|rule| (rule.rule().to_owned(), rule.code().number()))
            .collect(),
    }
}

pub(crate) fn reasons(account: Suppressed<'_>) -> Vec<Reason> {
    account.reasons().map(|reason| reason_of(&reason)).collect()
}

pub(crate) fn reason_of(reason: &decision::Reason<'_>) -> Reason {
    Reason {
        code: reason.code().number(),
        rule: reason.rule().map(str::to_owned),
        condition: reason.condition().map(str::to_owned),
        channel: reason.channel().map(|channel| channel.as_str()),
    }
}
