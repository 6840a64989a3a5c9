//! Engines: compiled policies.

use std::ffi::c_char;
use std::ptr;

use serde::Serialize;
use tactful::{Engine, Error, Request};

use crate::context::tactful_context;
use crate::decision::tactful_decision;
use crate::error::{Fail, Finding, show, tactful_diagnostic, tactful_error};
use crate::guard::{answer, guard};
use crate::handle::{create_shared, exclusive, opaque, release, retain, shared};
use crate::request::tactful_request;
use crate::status::tactful_status;
use crate::text::{bytes, document, fill, put, reset, tactful_buffer, tactful_str, text, time};

/// A compiled policy.
///
/// It never changes: any number of threads may use it at once. It counts its
/// owners: whoever makes or retains it releases it once, and the last to do so
/// frees it. A decision is an owner of the engine that made it.
pub struct tactful_engine {
    _private: (),
}

opaque!(tactful_engine, Compiled, b"tact eng", "engine");

/// What an engine holds besides the policy: texts that C looks at.
pub(crate) struct Compiled {
    pub(crate) engine: Engine,
    fingerprint: String,
    warnings: Vec<Finding>,
}

impl From<Engine> for Compiled {
    fn from(engine: Engine) -> Self {
        Self {
            fingerprint: engine.fingerprint().to_string(),
            warnings: engine.warnings().iter().map(Finding::new).collect(),
            engine,
        }
    }
}

/// Compiles a policy in TOML.
///
/// On success *engine is an engine that you release with
/// tactful_engine_release(); otherwise it is NULL. A policy with mistakes is
/// refused with status POLICY, and every mistake is a diagnostic of the error:
/// tactful_error_message() is the whole report. The text, up to 16 MiB, is
/// copied.
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tactful_engine_from_toml(
    policy: *const c_char,
    policy_len: usize,
    engine: *mut *const tactful_engine,
    err: *mut *mut tactful_error,
) -> tactful_status {
    // SAFETY: the pointers are as the header asks for.
    unsafe { guard(err, || compile(Engine::from_toml, policy, policy_len, engine)) }
}

/// Compiles a policy in JSON. As tactful_engine_from_toml() otherwise.
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tactful_engine_from_json(
    policy: *const c_char,
    policy_len: usize,
    engine: *mut *const tactful_engine,
    err: *mut *mut tactful_error,
) -> tactful_status {
    // SAFETY: the pointers are as the header asks for.
    unsafe { guard(err, || compile(Engine::from_json, policy, policy_len, engine)) }
}

unsafe fn compile(
    read: impl FnOnce(&str) -> Result<Engine, Error>,
    policy: *const c_char,
    policy_len: usize,
    engine: *mut *const tactful_engine,
) -> Result<(), Fail> {
    // SAFETY: the contract of the functions above.
    unsafe {
        put(engine, ptr::null(), "engine")?;
        let compiled = read(document(policy, policy_len, "policy")?)?;
        put(engine, create_shared(compiled.into()), "engine")
    }
}

/// Counts one more owner, and returns the engine; NULL for NULL.
///
/// Any thread. Each retain needs a release.
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tactful_engine_retain(
    engine: *const tactful_engine,
) -> *const tactful_engine {
    answer(ptr::null(), || {
        // SAFETY: NULL or an engine that the caller has a share of.
        std::mem::forget(unsafe { retain(engine) }?);
        Ok(engine)
    })
}

/// Gives up a share of the engine; the last owner frees it. NULL is allowed.
///
/// Any thread. Decisions that the engine made stay readable: each of them is an
/// owner.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tactful_engine_release(engine: *const tactful_engine) {
    answer((), || {
        // SAFETY: NULL or an engine that the caller gives up its share of.
        unsafe { release(engine) };
        Ok(())
    });
}

/// Returns the fingerprint of the policy, which decisions and records carry:
/// the same for policies that say the same.
///
/// The text belongs to the engine; it is empty for NULL.
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tactful_engine_fingerprint(engine: *const tactful_engine) -> tactful_str {
    // SAFETY: NULL or an engine.
    answer(tactful_str::EMPTY, || Ok(tactful_str::of(&unsafe { shared(engine) }?.fingerprint)))
}

/// Returns the name of the policy, as it says under "policy".
///
/// The text belongs to the engine; it is empty for NULL.
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tactful_engine_policy(engine: *const tactful_engine) -> tactful_str {
    answer(tactful_str::EMPTY, || {
        // SAFETY: NULL or an engine.
        Ok(tactful_str::of(unsafe { shared(engine) }?.engine.name()))
    })
}

/// Returns how many warnings there are: what is questionable about the policy,
/// though not wrong. 0 for NULL.
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tactful_engine_warning_count(engine: *const tactful_engine) -> usize {
    // SAFETY: NULL or an engine.
    answer(0, || Ok(unsafe { shared(engine) }?.warnings.len()))
}

/// Shows a warning, from 0 on; OUT_OF_RANGE if there are fewer. Its texts
/// belong to the engine.
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tactful_engine_warning(
    engine: *const tactful_engine,
    index: usize,
    out: *mut tactful_diagnostic,
) -> tactful_status {
    // SAFETY: NULL or an engine, and NULL or room for a finding.
    unsafe {
        guard(ptr::null_mut(), || {
            show(shared(engine).map(|engine| engine.warnings.as_slice()), index, out)
        })
    }
}

/// Reads the policy back in English: what is offered, held back and lifted.
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tactful_engine_describe(
    engine: *const tactful_engine,
    out: *mut tactful_buffer,
    err: *mut *mut tactful_error,
) -> tactful_status {
    // SAFETY: the pointers are as the header asks for.
    unsafe {
        guard(err, || {
            reset(out)?;
            fill(out, shared(engine)?.engine.describe().as_bytes())
        })
    }
}

/// Writes the paths of the facts that the policy reads, as a JSON list of texts.
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tactful_engine_reads(
    engine: *const tactful_engine,
    out: *mut tactful_buffer,
    err: *mut *mut tactful_error,
) -> tactful_status {
    // SAFETY: the pointers are as the header asks for.
    unsafe {
        guard(err, || {
            reset(out)?;
            write_json(out, &shared(engine)?.engine.reads())
        })
    }
}

/// Writes what the policy reads and the context does not say at the time now
/// (Unix milliseconds): a JSON list of objects, for whoever feeds contexts.
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tactful_engine_missing(
    engine: *const tactful_engine,
    context: *const tactful_context,
    now: i64,
    out: *mut tactful_buffer,
    err: *mut *mut tactful_error,
) -> tactful_status {
    // SAFETY: the pointers are as the header asks for.
    unsafe {
        guard(err, || {
            reset(out)?;
            let engine = &shared(engine)?.engine;
            write_json(out, &engine.missing(shared(context)?, time(now, "now")?))
        })
    }
}

/// Writes the actions that the request names and the policy does not have, as a
/// JSON list of texts.
///
/// A decision passes over them without a word. Whoever switches actions off by
/// request will want to know of a slip of the pen.
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tactful_engine_unknown_actions(
    engine: *const tactful_engine,
    request: *const tactful_request,
    out: *mut tactful_buffer,
    err: *mut *mut tactful_error,
) -> tactful_status {
    // SAFETY: the pointers are as the header asks for.
    unsafe {
        guard(err, || {
            reset(out)?;
            write_json(out, &shared(engine)?.engine.unknown_actions(shared(request)?))
        })
    }
}

/// Decides what to recommend to a customer, into a decision that is used again.
///
/// What the decision held before is gone, texts included. A pure function: the
/// same policy, context and request give the same decision. It fails only if a
/// pointer is NULL or no such handle; the decision is then empty, if it is one.
/// Engine and context may be used by other threads meanwhile.
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tactful_engine_decide(
    engine: *const tactful_engine,
    context: *const tactful_context,
    request: *const tactful_request,
    decision: *mut tactful_decision,
    err: *mut *mut tactful_error,
) -> tactful_status {
    // SAFETY: the pointers are as the header asks for.
    unsafe {
        guard(err, || {
            let made = exclusive(decision)?;
            let kept = made.clear_for(engine);
            let (compiled, context) = (kept.map_or_else(|| retain(engine), Ok)?, shared(context)?);
            made.decide(compiled, context, shared(request)?);
            Ok(())
        })
    }
}

/// Decides from JSON to JSON: context and request in, the decision out.
///
/// The bytes are those of tactful_decision_to_json(). Statuses CONTEXT, REQUEST
/// and TOO_LARGE say which of them is wrong, and the path of the error where.
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tactful_engine_decide_json(
    engine: *const tactful_engine,
    context: *const c_char,
    context_len: usize,
    request: *const c_char,
    request_len: usize,
    out: *mut tactful_buffer,
    err: *mut *mut tactful_error,
) -> tactful_status {
    // SAFETY: the pointers are as the header asks for.
    unsafe {
        guard(err, || {
            reset(out)?;
            let engine = &shared(engine)?.engine;
            let context = tactful::Context::from_json(bytes(context, context_len, "context")?)?;
            let request = Request::from_json(bytes(request, request_len, "request")?)?;
            fill(out, engine.decide_fully(&context, &request).to_json().as_bytes())
        })
    }
}

/// Explains, in sentences, why an action is recommended or why not, and what
/// would have to be otherwise. Slow and complete: for people who ask.
///
/// UNKNOWN_ACTION if the policy has no action of this id.
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tactful_engine_explain(
    engine: *const tactful_engine,
    context: *const tactful_context,
    request: *const tactful_request,
    action: *const c_char,
    action_len: usize,
    out: *mut tactful_buffer,
    err: *mut *mut tactful_error,
) -> tactful_status {
    // SAFETY: the pointers are as the header asks for.
    unsafe {
        guard(err, || {
            reset(out)?;
            let engine = &shared(engine)?.engine;
            let action = text(action, action_len, "action")?;
            let explained = engine.explain(shared(context)?, shared(request)?, action)?;
            fill(out, explained.to_string().as_bytes())
        })
    }
}

/// Writes what tactful_engine_explain() says as a JSON object.
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tactful_engine_explain_json(
    engine: *const tactful_engine,
    context: *const tactful_context,
    request: *const tactful_request,
    action: *const c_char,
    action_len: usize,
    out: *mut tactful_buffer,
    err: *mut *mut tactful_error,
) -> tactful_status {
    // SAFETY: the pointers are as the header asks for.
    unsafe {
        guard(err, || {
            reset(out)?;
            let engine = &shared(engine)?.engine;
            let action = text(action, action_len, "action")?;
            write_json(out, &engine.explain(shared(context)?, shared(request)?, action)?)
        })
    }
}

/// Writes, as a JSON object, what becomes of an action if nothing but time
/// changes: every part is taken to be delivered again and again, unchanged.
///
/// UNKNOWN_ACTION if the policy has no action of this id.
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tactful_engine_timeline_json(
    engine: *const tactful_engine,
    context: *const tactful_context,
    request: *const tactful_request,
    action: *const c_char,
    action_len: usize,
    out: *mut tactful_buffer,
    err: *mut *mut tactful_error,
) -> tactful_status {
    // SAFETY: the pointers are as the header asks for.
    unsafe {
        guard(err, || {
            reset(out)?;
            let engine = &shared(engine)?.engine;
            let action = text(action, action_len, "action")?;
            write_json(out, &engine.timeline(shared(context)?, shared(request)?, action)?)
        })
    }
}

/// Decides again what was recorded, for the context as it is now, and tells
/// what differs.
///
/// *same is whether the decision is the same to the last reason. The report, a
/// JSON object, names what fares otherwise. The record is what
/// tactful_decision_record() wrote; RECORD says that it is none. Pass NULL for
/// either output if you do not want it.
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tactful_engine_replay(
    engine: *const tactful_engine,
    record: *const c_char,
    record_len: usize,
    context: *const tactful_context,
    same: *mut bool,
    report: *mut tactful_buffer,
    err: *mut *mut tactful_error,
) -> tactful_status {
    // SAFETY: the pointers are as the header asks for.
    unsafe {
        guard(err, || {
            if !same.is_null() {
                put(same, false, "same")?;
            }
            if !report.is_null() {
                reset(report)?;
            }
            let engine = &shared(engine)?.engine;
            let record = bytes(record, record_len, "record")?;
            let record = tactful::decision::Record::from_json(record)?;
            let replay = engine.replay(&record, shared(context)?)?;
            if !same.is_null() {
                put(same, replay.is_same(), "same")?;
            }
            if report.is_null() { Ok(()) } else { write_json(report, &replay) }
        })
    }
}

/// Writes a value as JSON; `out` as for [`fill`].
pub(crate) unsafe fn write_json(
    out: *mut tactful_buffer,
    value: &impl Serialize,
) -> Result<(), Fail> {
    let json = serde_json::to_vec(value);
    let json = json.map_err(|error| Fail::new(tactful_status::Other, error.to_string()))?;
    // SAFETY: the contract of this function.
    unsafe { fill(out, &json) }
}
