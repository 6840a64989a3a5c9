//! What a decision says of each action, shown to C.

use std::ffi::c_char;

use tactful::decision::{FactUse, Reason, Recommendation, Suppressed};
use tactful::{Decision, Timestamp};

use super::tactful_decision;
use super::texts::{Texts, Told, ToldReason};
use crate::error::{Fail, tactful_error};
use crate::guard::{answer, guard};
use crate::handle::shared;
use crate::status::tactful_status;
use crate::text::{put, tactful_str, text};
use crate::words::number;

/// An action that is recommended. Its texts belong to the decision.
#[derive(Clone, Copy, Debug)]
#[repr(C)]
pub struct tactful_recommendation {
    /// The id of the action.
    pub action: tactful_str,
    /// The kind of the action, such as "upsell".
    pub kind: tactful_str,
    /// The slot it takes; see has_slot.
    pub slot: tactful_str,
    /// How it is shown; empty if the action has no treatments.
    pub treatment: tactful_str,
    /// Its exact priority, in units of the currency, such as "14.4".
    pub priority: tactful_str,
    /// Its class of importance: service above 0, fallback below.
    pub tier: i64,
    /// How many reasons there are why it does not go on the channels that come
    /// before in the request: see tactful_decision_passed_over().
    pub passed_over_count: usize,
    /// The tactful_channel it goes on.
    pub channel: i32,
    /// Whether the request named slots.
    pub has_slot: bool,
    /// Whether the request forced it.
    pub is_forced: bool,
    /// Zero.
    pub reserved_bytes: [u8; 2],
    /// Zero.
    pub reserved: [u64; 4],
}

/// An action that is not recommended. Its texts belong to the decision.
#[derive(Clone, Copy, Debug)]
#[repr(C)]
pub struct tactful_withheld {
    /// The id of the action.
    pub action: tactful_str,
    /// The kind of the action, such as "upsell".
    pub kind: tactful_str,
    /// The first reason in words for people.
    pub because: tactful_str,
    /// The priority it would have, such as "14.4"; empty if a score is missing.
    pub priority: tactful_str,
    /// Its class of importance: service above 0, fallback below.
    pub tier: i64,
    /// The first instant at which all reasons are clear, in Unix milliseconds,
    /// if everything keeps being delivered unchanged; see has_until.
    pub until: i64,
    /// Its place among the actions withheld, from 0.
    pub index: usize,
    /// How many reasons there are, one at least: see tactful_decision_reason().
    pub reason_count: usize,
    /// A tactful_verdict.
    pub verdict: i32,
    /// The code of the first reason, which gave the verdict.
    pub code: i32,
    /// Whether time alone clears it; until is 0 if it does not.
    pub has_until: bool,
    /// Zero.
    pub reserved_bytes: [u8; 7],
    /// Zero.
    pub reserved: [u64; 4],
}

/// One reason. Its texts belong to the decision.
#[derive(Clone, Copy, Debug)]
#[repr(C)]
pub struct tactful_reason {
    /// The name of the code, such as "situation_active".
    pub name: tactful_str,
    /// The reason in words for people.
    pub because: tactful_str,
    /// The id of the rule that gives it; empty if none does.
    pub rule: tactful_str,
    /// The condition that is not known to hold, as written; empty if it is not
    /// about one.
    pub condition: tactful_str,
    /// The stage that gives it, such as "suppression".
    pub stage: tactful_str,
    /// What kind of news it is: "expected", "protective" or "data_problem".
    pub severity: tactful_str,
    /// When it clears by itself, in Unix milliseconds; see has_until.
    pub until: i64,
    /// How many facts it rests on: see tactful_decision_fact().
    pub fact_count: usize,
    /// The stable code: docs/reasons.md lists them.
    pub code: i32,
    /// The tactful_channel it is about; 0 if it is about none.
    pub channel: i32,
    /// Whether time alone clears it; until is 0 if it does not.
    pub has_until: bool,
    /// Zero.
    pub reserved_bytes: [u8; 7],
    /// Zero.
    pub reserved: [u64; 4],
}

/// A fact that a reason rests on. Its text belongs to the decision.
#[derive(Clone, Copy, Debug)]
#[repr(C)]
pub struct tactful_fact {
    /// The path of the fact, or of its part as a whole.
    pub path: tactful_str,
    /// How long ago it was delivered, in milliseconds; -1 if it never was.
    pub age_ms: i64,
    /// How old it may be, in milliseconds, if it is older; -1 otherwise.
    pub max_age_ms: i64,
    /// What is the matter with it: 901 unknown, 902 stale, 903 not to be
    /// believed, 904 last known; 0 if it is known.
    pub code: i32,
    /// Zero.
    pub reserved_number: i32,
    /// Zero.
    pub reserved: [u64; 2],
}

/// A suppression that is in force, whatever it holds back. Its texts belong to
/// the decision's engine.
#[derive(Clone, Copy, Debug)]
#[repr(C)]
pub struct tactful_suppression {
    /// The id of the rule.
    pub rule: tactful_str,
    /// Why the rule is there, in words for people.
    pub because: tactful_str,
    /// How the situation that holds is read aloud.
    pub situation: tactful_str,
    /// When it lets go by itself, in Unix milliseconds; see has_until.
    pub until: i64,
    /// The stable code: 401 if the situation holds or cannot be told, 402 if
    /// its cool-off does.
    pub code: i32,
    /// Whether the situation is known to hold; if not, the rule holds back
    /// because nobody can tell.
    pub is_known: bool,
    /// Whether time alone ends it; until is 0 if it does not.
    pub has_until: bool,
    /// Zero.
    pub reserved_bytes: [u8; 2],
    /// Zero.
    pub reserved: [u64; 4],
}

/// Returns how many actions are recommended; 0 if the decision is empty.
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tactful_decision_recommendation_count(
    decision: *const tactful_decision,
) -> usize {
    // SAFETY: NULL or a decision that nobody changes meanwhile.
    answer(0, || Ok(unsafe { shared(decision) }?.decision()?.recommendations().len()))
}

/// Shows what is recommended at an index, the best at 0. OUT_OF_RANGE if there
/// are fewer, INVALID_STATE if the decision is empty.
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tactful_decision_recommendation(
    decision: *const tactful_decision,
    index: usize,
    out: *mut tactful_recommendation,
    err: *mut *mut tactful_error,
) -> tactful_status {
    // SAFETY: the pointers are as the header asks for.
    unsafe {
        guard(err, || {
            let (decision, texts) = shared(decision)?.with_texts()?;
            let (found, told) = recommended(decision, texts, index)?;
            put(out, shown(found, told), "out")
        })
    }
}

/// Shows a reason why a recommendation does not go on the channels that come
/// before in the request. OUT_OF_RANGE if there are fewer.
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tactful_decision_passed_over(
    decision: *const tactful_decision,
    index: usize,
    reason: usize,
    out: *mut tactful_reason,
    err: *mut *mut tactful_error,
) -> tactful_status {
    // SAFETY: the pointers are as the header asks for.
    unsafe {
        guard(err, || {
            let (decision, texts) = shared(decision)?.with_texts()?;
            let (found, told) = recommended(decision, texts, index)?;
            put(out, reason_of(found.passed_over(), told, reason)?, "out")
        })
    }
}

/// Returns how many actions are not recommended; 0 if the decision is empty or
/// the request asked for the ranking only.
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tactful_decision_withheld_count(
    decision: *const tactful_decision,
) -> usize {
    // SAFETY: NULL or a decision that nobody changes meanwhile.
    answer(0, || Ok(unsafe { shared(decision) }?.decision()?.withheld().len()))
}

/// Shows an action that is not recommended, in the order they would have had.
/// OUT_OF_RANGE if there are fewer, INVALID_STATE if the decision is empty.
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tactful_decision_withheld(
    decision: *const tactful_decision,
    index: usize,
    out: *mut tactful_withheld,
    err: *mut *mut tactful_error,
) -> tactful_status {
    // SAFETY: the pointers are as the header asks for.
    unsafe {
        guard(err, || {
            let (decision, texts) = shared(decision)?.with_texts()?;
            put(out, withheld(decision, texts, index)?, "out")
        })
    }
}

/// Shows what became of an action that is not recommended, found by its id.
///
/// UNKNOWN_ACTION if it is recommended, if the policy does not have it, or if
/// the request asked for the ranking only.
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tactful_decision_find_withheld(
    decision: *const tactful_decision,
    action: *const c_char,
    action_len: usize,
    out: *mut tactful_withheld,
    err: *mut *mut tactful_error,
) -> tactful_status {
    // SAFETY: the pointers are as the header asks for.
    unsafe {
        guard(err, || {
            let (decision, texts) = shared(decision)?.with_texts()?;
            let action = text(action, action_len, "action")?;
            let index = decision.withheld().position(|account| account.action() == action);
            let index = index.ok_or_else(|| {
                let message = format!("no action `{action}` is withheld here");
                Fail::new(tactful_status::UnknownAction, message)
            })?;
            put(out, withheld(decision, texts, index)?, "out")
        })
    }
}

/// Shows a reason why an action is not recommended: that of index reason, of
/// the action at index withheld. Reasons come in the order of the stages that
/// gave them. OUT_OF_RANGE if there are fewer.
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tactful_decision_reason(
    decision: *const tactful_decision,
    withheld: usize,
    reason: usize,
    out: *mut tactful_reason,
    err: *mut *mut tactful_error,
) -> tactful_status {
    // SAFETY: the pointers are as the header asks for.
    unsafe {
        guard(err, || {
            let (decision, texts) = shared(decision)?.with_texts()?;
            let (found, told) = account(decision, texts, withheld)?;
            put(out, reason_of(found.reasons(), told, reason)?, "out")
        })
    }
}

/// Shows a fact that a reason rests on, from index 0 on; the first two indexes
/// are those of tactful_decision_reason(). OUT_OF_RANGE if there are fewer.
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tactful_decision_fact(
    decision: *const tactful_decision,
    withheld: usize,
    reason: usize,
    fact: usize,
    out: *mut tactful_fact,
    err: *mut *mut tactful_error,
) -> tactful_status {
    // SAFETY: the pointers are as the header asks for.
    unsafe {
        guard(err, || {
            let (decision, texts) = shared(decision)?.with_texts()?;
            let (_, told) = account(decision, texts, withheld)?;
            let facts = &at(&told.reasons, reason, "reason")?.facts;
            put(out, shown_fact(at(facts, fact, "fact")?), "out")
        })
    }
}

/// Returns how many suppressions are in force; 0 if the decision is empty.
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tactful_decision_suppression_count(
    decision: *const tactful_decision,
) -> usize {
    // SAFETY: NULL or a decision that nobody changes meanwhile.
    answer(0, || Ok(unsafe { shared(decision) }?.decision()?.suppressions().len()))
}

/// Shows a suppression that is in force, from index 0 on. OUT_OF_RANGE if there
/// are fewer, INVALID_STATE if the decision is empty.
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tactful_decision_suppression(
    decision: *const tactful_decision,
    index: usize,
    out: *mut tactful_suppression,
    err: *mut *mut tactful_error,
) -> tactful_status {
    // SAFETY: the pointers are as the header asks for.
    unsafe {
        guard(err, || {
            let decision = shared(decision)?.decision()?;
            let mut all = decision.suppressions();
            let count = all.len();
            let found = all.nth(index);
            let found = found.ok_or_else(|| Fail::out_of_range("suppression", index, count))?;
            put(out, in_force(&found), "out")
        })
    }
}

fn recommended<'d>(
    decision: &'d Decision<'_>,
    texts: &'d Texts,
    index: usize,
) -> Result<(Recommendation<'d>, &'d Told), Fail> {
    let found = decision.recommendation(index);
    let told = found.and_then(|found| Some((found, texts.recommended(decision, index, found)?)));
    told.ok_or_else(|| {
        Fail::out_of_range("recommendation", index, decision.recommendations().len())
    })
}

fn account<'d>(
    decision: &'d Decision<'_>,
    texts: &'d Texts,
    index: usize,
) -> Result<(Suppressed<'d>, &'d Told), Fail> {
    let found = decision.withheld_at(index);
    let told = found.and_then(|found| Some((found, texts.withheld(decision, index, found)?)));
    told.ok_or_else(|| Fail::out_of_range("action withheld", index, decision.withheld().len()))
}

fn at<'l, T>(list: &'l [T], index: usize, what: &str) -> Result<&'l T, Fail> {
    list.get(index).ok_or_else(|| Fail::out_of_range(what, index, list.len()))
}

fn shown(found: Recommendation<'_>, told: &Told) -> tactful_recommendation {
    tactful_recommendation {
        action: tactful_str::of(found.action()),
        kind: tactful_str::of(found.kind()),
        slot: tactful_str::of(found.slot().unwrap_or_default()),
        treatment: tactful_str::of(found.treatment().unwrap_or_default()),
        priority: tactful_str::of(&told.priority),
        tier: found.tier(),
        passed_over_count: told.reasons.len(),
        channel: number(found.channel()),
        has_slot: found.slot().is_some(),
        is_forced: found.is_forced(),
        reserved_bytes: [0; 2],
        reserved: [0; 4],
    }
}

fn withheld(
    decision: &Decision<'_>,
    texts: &Texts,
    index: usize,
) -> Result<tactful_withheld, Fail> {
    let (found, told) = account(decision, texts, index)?;
    let because = told.reasons.first().map_or("", |reason| &reason.because);
    Ok(tactful_withheld {
        action: tactful_str::of(found.action()),
        kind: tactful_str::of(found.kind()),
        because: tactful_str::of(because),
        priority: tactful_str::of(&told.priority),
        tier: found.tier(),
        until: millis(found.until()),
        index,
        reason_count: told.reasons.len(),
        verdict: number(found.verdict()),
        code: found.code().map_or(0, |code| code.number().into()),
        has_until: found.until().is_some(),
        reserved_bytes: [0; 7],
        reserved: [0; 4],
    })
}

fn reason_of<'d>(
    mut reasons: impl ExactSizeIterator<Item = Reason<'d>>,
    told: &Told,
    index: usize,
) -> Result<tactful_reason, Fail> {
    let ToldReason { because, facts } = at(&told.reasons, index, "reason")?;
    let count = reasons.len();
    let reason = reasons.nth(index).ok_or_else(|| Fail::out_of_range("reason", index, count))?;
    Ok(tactful_reason {
        name: tactful_str::of(reason.code().name()),
        because: tactful_str::of(because),
        rule: tactful_str::of(reason.rule().unwrap_or_default()),
        condition: tactful_str::of(reason.condition().unwrap_or_default()),
        stage: tactful_str::of(reason.stage().as_str()),
        severity: tactful_str::of(reason.severity().as_str()),
        until: millis(reason.until()),
        fact_count: facts.len(),
        code: reason.code().number().into(),
        channel: reason.channel().map_or(0, number),
        has_until: reason.until().is_some(),
        reserved_bytes: [0; 7],
        reserved: [0; 4],
    })
}

fn shown_fact(fact: &FactUse) -> tactful_fact {
    let millis = |length: Option<tactful::Duration>| length.map_or(-1, |l| l.as_millis());
    tactful_fact {
        path: tactful_str::of(fact.path()),
        age_ms: millis(fact.age()),
        max_age_ms: millis(fact.max_age()),
        code: fact.cause().map_or(0, |cause| cause.number().into()),
        reserved_number: 0,
        reserved: [0; 2],
    }
}

fn in_force(found: &tactful::decision::SuppressionInForce<'_>) -> tactful_suppression {
    tactful_suppression {
        rule: tactful_str::of(found.rule()),
        because: tactful_str::of(found.because()),
        situation: tactful_str::of(found.situation()),
        until: millis(found.until()),
        code: found.code().number().into(),
        is_known: found.is_known(),
        has_until: found.until().is_some(),
        reserved_bytes: [0; 2],
        reserved: [0; 4],
    }
}

fn millis(time: Option<Timestamp>) -> i64 {
    time.map_or(0, Timestamp::as_millis)
}
