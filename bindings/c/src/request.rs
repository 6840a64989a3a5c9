//! Requests: one ask.

use std::ffi::c_char;
use std::ptr;

use tactful::Request;

use crate::engine::write_json;
use crate::error::{Fail, tactful_error};
use crate::guard::{answer, guard};
use crate::handle::{create, exclusive, free, opaque, shared};
use crate::status::tactful_status;
use crate::text::{bytes, put, reset, tactful_buffer, text, time};
use crate::words::word;

/// One ask: when, on which channel, and what for.
///
/// One thread at a time changes it; while nobody does, several may decide with
/// it. Free it with tactful_request_free(); decisions do not need it any more.
pub struct tactful_request {
    _private: (),
}

opaque!(tactful_request, Request, b"tact req", "request");

/// Makes a request for a moment, in Unix milliseconds, and a tactful_channel.
///
/// The library never reads a clock: now is what you say it is. On success
/// *request is a request that you free; otherwise it is NULL. INVALID_ARGUMENT
/// for a number that is no channel, and for a time outside the years 2000 to
/// 2100.
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tactful_request_new(
    now: i64,
    channel: i32,
    request: *mut *mut tactful_request,
    err: *mut *mut tactful_error,
) -> tactful_status {
    // SAFETY: the pointers are as the header asks for.
    unsafe {
        guard(err, || {
            put(request, ptr::null_mut(), "request")?;
            let made = Request::new(time(now, "now")?, word(channel, "channel")?);
            put(request, create(made), "request")
        })
    }
}

/// Makes a request from JSON, up to 1 MiB, such as
/// {"now": "2026-03-10T15:00:30Z", "channel": "web"}.
///
/// On success *request is a request that you free; otherwise it is NULL, and
/// the path of the error says what is wrong.
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tactful_request_from_json(
    json: *const c_char,
    json_len: usize,
    request: *mut *mut tactful_request,
    err: *mut *mut tactful_error,
) -> tactful_status {
    // SAFETY: the pointers are as the header asks for.
    unsafe {
        guard(err, || {
            put(request, ptr::null_mut(), "request")?;
            let read = Request::from_json(bytes(json, json_len, "json")?)?;
            put(request, create(read), "request")
        })
    }
}

/// Frees a request. NULL is allowed.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tactful_request_free(request: *mut tactful_request) {
    answer((), || {
        // SAFETY: NULL or a request that nobody uses any more.
        unsafe { free(request) };
        Ok(())
    });
}

/// Writes the request as JSON that tactful_request_from_json() reads.
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tactful_request_to_json(
    request: *const tactful_request,
    out: *mut tactful_buffer,
    err: *mut *mut tactful_error,
) -> tactful_status {
    // SAFETY: the pointers are as the header asks for.
    unsafe {
        guard(err, || {
            reset(out)?;
            write_json(out, shared(request)?)
        })
    }
}

/// Sets the moment, in Unix milliseconds, so that a request can be used again.
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tactful_request_set_now(
    request: *mut tactful_request,
    now: i64,
    err: *mut *mut tactful_error,
) -> tactful_status {
    // SAFETY: the pointers are as the header asks for.
    unsafe {
        guard(err, || {
            exclusive(request)?.now = time(now, "now")?;
            Ok(())
        })
    }
}

/// Adds a tactful_channel that is tried where an action does not go on those
/// before.
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tactful_request_or_channel(
    request: *mut tactful_request,
    channel: i32,
    err: *mut *mut tactful_error,
) -> tactful_status {
    // SAFETY: the pointers are as the header asks for.
    unsafe {
        guard(err, || {
            exclusive(request)?.or_channels.push(word(channel, "channel")?);
            Ok(())
        })
    }
}

/// Tries the channels as the customer prefers them (true) or as they are listed
/// (false, as at first).
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tactful_request_set_preferred_order(
    request: *mut tactful_request,
    preferred: bool,
    err: *mut *mut tactful_error,
) -> tactful_status {
    // SAFETY: the pointers are as the header asks for.
    unsafe {
        guard(err, || {
            use tactful::decision::ChannelOrder::{Listed, Preferred};
            exclusive(request)?.channel_order = if preferred { Preferred } else { Listed };
            Ok(())
        })
    }
}

/// Adds a slot to fill, after those before; up to 1,000 are filled. A request
/// without slots asks for one ranking.
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tactful_request_add_slot(
    request: *mut tactful_request,
    slot: *const c_char,
    slot_len: usize,
    err: *mut *mut tactful_error,
) -> tactful_status {
    // SAFETY: the pointers are as the header asks for.
    unsafe { guard(err, || add(request, |r| &mut r.slots, text(slot, slot_len, "slot")?)) }
}

/// Sets how many recommendations there may be at most.
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tactful_request_set_limit(
    request: *mut tactful_request,
    limit: usize,
    err: *mut *mut tactful_error,
) -> tactful_status {
    // SAFETY: the pointers are as the header asks for.
    unsafe {
        guard(err, || {
            exclusive(request)?.limit = Some(limit);
            Ok(())
        })
    }
}

/// Sets what the customer is about to do; conditions read it as request.intent.
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tactful_request_set_intent(
    request: *mut tactful_request,
    intent: *const c_char,
    intent_len: usize,
    err: *mut *mut tactful_error,
) -> tactful_status {
    // SAFETY: the pointers are as the header asks for.
    unsafe { guard(err, || set(request, |r| &mut r.intent, text(intent, intent_len, "intent")?)) }
}

/// Sets an id that the decision carries, to find it again in a log.
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tactful_request_set_decision_id(
    request: *mut tactful_request,
    id: *const c_char,
    id_len: usize,
    err: *mut *mut tactful_error,
) -> tactful_status {
    // SAFETY: the pointers are as the header asks for.
    unsafe { guard(err, || set(request, |r| &mut r.decision_id, text(id, id_len, "id")?)) }
}

/// Sets the time zone the customer is in, such as "Europe/Vienna"; else it is
/// that of the profile.
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tactful_request_set_time_zone(
    request: *mut tactful_request,
    name: *const c_char,
    name_len: usize,
    err: *mut *mut tactful_error,
) -> tactful_status {
    // SAFETY: the pointers are as the header asks for.
    unsafe { guard(err, || set(request, |r| &mut r.time_zone, text(name, name_len, "name")?)) }
}

/// Sets the language to speak, such as "de-AT"; else it is that of the device
/// or the profile.
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tactful_request_set_locale(
    request: *mut tactful_request,
    tag: *const c_char,
    tag_len: usize,
    err: *mut *mut tactful_error,
) -> tactful_status {
    // SAFETY: the pointers are as the header asks for.
    unsafe { guard(err, || set(request, |r| &mut r.locale, text(tag, tag_len, "tag")?)) }
}

/// Switches an action off, in an emergency. tactful_engine_unknown_actions()
/// tells of ids that the policy does not have.
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tactful_request_exclude(
    request: *mut tactful_request,
    action: *const c_char,
    action_len: usize,
    err: *mut *mut tactful_error,
) -> tactful_status {
    // SAFETY: the pointers are as the header asks for.
    unsafe { guard(err, || add(request, |r| &mut r.excluded, text(action, action_len, "action")?)) }
}

/// Says that nothing is left of an action.
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tactful_request_out_of_stock(
    request: *mut tactful_request,
    action: *const c_char,
    action_len: usize,
    err: *mut *mut tactful_error,
) -> tactful_status {
    // SAFETY: the pointers are as the header asks for.
    unsafe {
        guard(err, || add(request, |r| &mut r.out_of_stock, text(action, action_len, "action")?))
    }
}

/// Says that the customer sees an action already, elsewhere on the same page.
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tactful_request_already_shown(
    request: *mut tactful_request,
    action: *const c_char,
    action_len: usize,
    err: *mut *mut tactful_error,
) -> tactful_status {
    // SAFETY: the pointers are as the header asks for.
    unsafe {
        guard(err, || add(request, |r| &mut r.already_shown, text(action, action_len, "action")?))
    }
}

/// Says how much is left of a quota.
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tactful_request_set_quota(
    request: *mut tactful_request,
    name: *const c_char,
    name_len: usize,
    left: u64,
    err: *mut *mut tactful_error,
) -> tactful_status {
    // SAFETY: the pointers are as the header asks for.
    unsafe {
        guard(err, || {
            let request = exclusive(request)?;
            request.quotas.insert(text(name, name_len, "name")?.to_owned(), left);
            Ok(())
        })
    }
}

/// Tries an action out, for quality assurance, in a treatment if one is given
/// (a length of 0 is none). Nothing lifts what protects the customer.
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tactful_request_force(
    request: *mut tactful_request,
    action: *const c_char,
    action_len: usize,
    treatment: *const c_char,
    treatment_len: usize,
    err: *mut *mut tactful_error,
) -> tactful_status {
    // SAFETY: the pointers are as the header asks for.
    unsafe {
        guard(err, || {
            let request = exclusive(request)?;
            let action = text(action, action_len, "action")?;
            let treatment = text(treatment, treatment_len, "treatment")?;
            let forced = request.clone();
            *request = match treatment {
                "" => forced.force(action),
                treatment => forced.force_treatment(action, treatment),
            };
            Ok(())
        })
    }
}

/// Asks for the ranking only (true), without an account of each action that is
/// not recommended, or for all of it (false, as at first).
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tactful_request_set_ranked_only(
    request: *mut tactful_request,
    ranked_only: bool,
    err: *mut *mut tactful_error,
) -> tactful_status {
    // SAFETY: the pointers are as the header asks for.
    unsafe {
        guard(err, || {
            use tactful::decision::Detail::{Complete, RankedOnly};
            exclusive(request)?.detail = if ranked_only { RankedOnly } else { Complete };
            Ok(())
        })
    }
}

/// Sets a text of a request, which is as for [`exclusive`].
unsafe fn set(
    request: *mut tactful_request,
    field: impl FnOnce(&mut Request) -> &mut Option<String>,
    value: &str,
) -> Result<(), Fail> {
    // SAFETY: the contract of this function.
    *field(unsafe { exclusive(request) }?) = Some(value.to_owned());
    Ok(())
}

/// Adds a text to a list of a request, which is as for [`exclusive`].
unsafe fn add(
    request: *mut tactful_request,
    field: impl FnOnce(&mut Request) -> &mut Vec<String>,
    value: &str,
) -> Result<(), Fail> {
    // SAFETY: the contract of this function.
    field(unsafe { exclusive(request) }?).push(value.to_owned());
    Ok(())
}
