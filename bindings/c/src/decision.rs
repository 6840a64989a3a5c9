//! Decisions: what was answered, kept together with the engine it is of.

mod accounts;
mod empty;
mod texts;

use std::collections::BTreeSet;
use std::ffi::c_char;
use std::ptr;
use std::sync::Arc;

use tactful::{Channel, Context, Decision, Request};

use crate::context::tactful_context;
use crate::engine::{Compiled, tactful_engine, write_json};
use crate::error::{Fail, tactful_error};
use crate::guard::{answer, guard};
use crate::handle::{Handle, create, exclusive, free, opaque, shared};
use crate::request::tactful_request;
use crate::status::tactful_status;
use crate::text::{fill, put, reset, tactful_buffer, tactful_str, text, time};
use crate::words::word;

pub use accounts::*;

use texts::Texts;

/// The answer to one request: what is recommended, what became of everything
/// else, and why.
///
/// Make one for each thread and decide into it again and again. While nobody
/// decides into it, clears or frees it, several threads may read it. Texts that
/// it gives stay as long. It keeps its engine: release the engine whenever you
/// like. Free it with tactful_decision_free().
pub struct tactful_decision {
    _private: (),
}

opaque!(tactful_decision, Made, b"tact dec", "decision");

/// What is behind a decision of C: nothing until something is decided.
#[derive(Default)]
pub(crate) struct Made {
    answer: Option<Answer>,
}

/// A decision, and the engine whose names it uses.
///
/// INVARIANT: `decision` looks into what `engine` holds. Fields are dropped in
/// their order, so the engine goes last; it is never taken out before.
struct Answer {
    decision: Decision<'static>,
    texts: Texts,
    engine: Arc<Handle<Compiled>>,
}

impl Made {
    /// Forgets the answer; returns its engine if that is the one asked for, so
    /// that deciding again and again does not count owners.
    pub(crate) fn clear_for(
        &mut self,
        engine: *const tactful_engine,
    ) -> Option<Arc<Handle<Compiled>>> {
        let Answer { decision, texts, engine: kept } = self.answer.take()?;
        drop((decision, texts));
        ptr::eq(Arc::as_ptr(&kept).cast(), engine).then_some(kept)
    }

    pub(crate) fn decide(
        &mut self,
        engine: Arc<Handle<Compiled>>,
        context: &Context,
        request: &Request,
    ) {
        #[cfg(feature = "panic-test")]
        #[expect(clippy::panic, reason = "it is asked for")]
        if request.intent.as_deref() == Some("panic") {
            panic!("this panic was asked for");
        }
        let compiled = ptr::from_ref(engine.state());
        // SAFETY: what an Arc holds stays where it is as long as there is one,
        // and the answer keeps one longer than the decision: see the invariant.
        // The lifetime never leaves this module: accessors borrow the answer.
        let decision = unsafe { &(*compiled).engine }.decide(context, request);
        self.answer = Some(Answer { decision, texts: Texts::default(), engine });
    }

    /// Returns the decision, as long as this is borrowed.
    pub(crate) fn decision(&self) -> Result<&Decision<'_>, Fail> {
        self.with_texts().map(|(decision, _)| decision)
    }

    fn with_texts(&self) -> Result<(&Decision<'_>, &Texts), Fail> {
        let answer = self.answer.as_ref().ok_or_else(|| {
            let message = "the decision is empty: call tactful_engine_decide first";
            Fail::new(tactful_status::InvalidState, message)
        })?;
        Ok((&answer.decision, &answer.texts))
    }
}

/// Makes an empty decision. It is never NULL but for a defect of the library.
#[must_use]
#[unsafe(no_mangle)]
pub extern "C" fn tactful_decision_new() -> *mut tactful_decision {
    answer(ptr::null_mut(), || Ok(create(Made::default())))
}

/// Empties a decision, and lets go of its engine.
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tactful_decision_clear(
    decision: *mut tactful_decision,
    err: *mut *mut tactful_error,
) -> tactful_status {
    // SAFETY: the pointers are as the header asks for.
    unsafe {
        guard(err, || {
            exclusive(decision)?.clear_for(ptr::null());
            Ok(())
        })
    }
}

/// Frees a decision. NULL is allowed.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tactful_decision_free(decision: *mut tactful_decision) {
    answer((), || {
        // SAFETY: NULL or a decision that nobody uses any more.
        unsafe { free(decision) };
        Ok(())
    });
}

/// Writes the decision as JSON: the same bytes for the same inputs, in every
/// language. INVALID_STATE if it is empty.
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tactful_decision_to_json(
    decision: *const tactful_decision,
    out: *mut tactful_buffer,
    err: *mut *mut tactful_error,
) -> tactful_status {
    // SAFETY: the pointers are as the header asks for.
    unsafe {
        guard(err, || {
            reset(out)?;
            fill(out, shared(decision)?.decision()?.to_json().as_bytes())
        })
    }
}

/// Writes the record of the decision, for a log: JSON that
/// tactful_engine_replay() reads.
///
/// Context and request must be those it was decided with. Without facts it
/// holds nothing about the customer that the request does not carry; with
/// facts it says what each reason rests on, which is personal data.
/// INVALID_STATE if the decision is empty, INVALID_ARGUMENT for a request with
/// another time, other channels or another decision id than it was decided with.
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tactful_decision_record(
    decision: *const tactful_decision,
    context: *const tactful_context,
    request: *const tactful_request,
    with_facts: bool,
    out: *mut tactful_buffer,
    err: *mut *mut tactful_error,
) -> tactful_status {
    // SAFETY: the pointers are as the header asks for.
    unsafe {
        guard(err, || {
            reset(out)?;
            let decision = shared(decision)?.decision()?;
            let (context, request) = (shared(context)?, shared(request)?);
            is_about(decision, request)?;
            let record = match with_facts {
                true => decision.to_record_with_facts(context, request),
                false => decision.to_record(context, request),
            };
            fill(out, record.to_json().as_bytes())
        })
    }
}

/// Makes sure that a request is the one that was decided about, as far as a
/// decision tells: handles are used again, and a log is read when it is too late.
fn is_about(decision: &Decision<'_>, request: &Request) -> Result<(), Fail> {
    let asked: BTreeSet<Channel> =
        request.or_channels.iter().copied().chain([request.channel]).collect();
    let what = if request.now != decision.now() {
        "time"
    } else if asked != decision.channels().iter().copied().collect() {
        "channels"
    } else if request.decision_id.as_deref() != decision.decision_id() {
        "decision id"
    } else {
        return Ok(());
    };
    let message = format!(
        "request: its {what} is not what was decided about: pass the request as it was then"
    );
    Err(Fail::new(tactful_status::InvalidArgument, message))
}

/// Describes what came of an action, a tactful_outcome at a time in Unix
/// milliseconds, as JSON: the value of "interaction" in an event, for those who
/// keep contexts elsewhere. tactful_context_record() adds it to one here.
///
/// UNKNOWN_ACTION if the policy has no such action, INVALID_STATE if the
/// decision is empty.
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tactful_decision_outcome_json(
    decision: *const tactful_decision,
    action: *const c_char,
    action_len: usize,
    outcome: i32,
    at: i64,
    out: *mut tactful_buffer,
    err: *mut *mut tactful_error,
) -> tactful_status {
    // SAFETY: the pointers are as the header asks for.
    unsafe {
        guard(err, || {
            reset(out)?;
            let decision = shared(decision)?.decision()?;
            let action = text(action, action_len, "action")?;
            let (outcome, at) = (word(outcome, "outcome")?, time(at, "at")?);
            write_json(out, &decision.outcome(action, outcome, at)?)
        })
    }
}

/// Returns the moment the decision is about, in Unix milliseconds; 0 if it is
/// empty.
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tactful_decision_now(decision: *const tactful_decision) -> i64 {
    // SAFETY: NULL or a decision that nobody changes meanwhile.
    answer(0, || Ok(unsafe { shared(decision) }?.decision()?.now().as_millis()))
}

/// Tells until when the recommendations stand, if nothing but time changes.
///
/// Returns true and sets *until, in Unix milliseconds, if there is such an
/// instant. Returns false and sets it to 0 if time alone changes nothing, and
/// for an empty decision. until must not be NULL, or the answer is false.
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tactful_decision_valid_until(
    decision: *const tactful_decision,
    until: *mut i64,
) -> bool {
    answer(false, || {
        // SAFETY: NULL or a decision that nobody changes meanwhile, and NULL or
        // room for a number.
        unsafe {
            put(until, 0, "until")?;
            let valid_until = shared(decision)?.decision()?.valid_until();
            put(until, valid_until.map_or(0, tactful::Timestamp::as_millis), "until")?;
            Ok(valid_until.is_some())
        }
    })
}

/// Returns how many quotas the recommendations take something of; 0 if the
/// decision is empty.
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tactful_decision_reservation_count(
    decision: *const tactful_decision,
) -> usize {
    // SAFETY: NULL or a decision that nobody changes meanwhile.
    answer(0, || Ok(unsafe { shared(decision) }?.decision()?.reservations().len()))
}

/// Tells how much the recommendations take of a quota, from index 0 on. Taking
/// it is for you to do. OUT_OF_RANGE if there are fewer.
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tactful_decision_reservation(
    decision: *const tactful_decision,
    index: usize,
    quota: *mut tactful_str,
    count: *mut u64,
    err: *mut *mut tactful_error,
) -> tactful_status {
    // SAFETY: the pointers are as the header asks for.
    unsafe {
        guard(err, || {
            put(quota, tactful_str::EMPTY, "quota")?;
            put(count, 0, "count")?;
            let decision = shared(decision)?.decision()?;
            let mut all = decision.reservations();
            let there = all.len();
            let (name, taken) =
                all.nth(index).ok_or_else(|| Fail::out_of_range("reservation", index, there))?;
            put(quota, tactful_str::of(name), "quota")?;
            put(count, taken, "count")
        })
    }
}
