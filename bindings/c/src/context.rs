//! Contexts: what is known about a customer.

mod fields;
mod records;

use std::ffi::c_char;

use tactful::context::{
    Applied, Appointments, AsOf, Attributes, Consent, Device, Event, Feedback, History,
    IgnoredReason, Part, Profile, Purchases, Recency, Scores, Subscription, Support,
};
use tactful::{Context, PartName};

use crate::decision::tactful_decision;
use crate::error::{Fail, tactful_error};
use crate::guard::{answer, guard};
use crate::handle::{create, exclusive, free, opaque, shared};
use crate::status::tactful_status;
use crate::text::{bytes, document, fill, put, reset, tactful_buffer, text, time};
use crate::words::word;

pub use fields::*;
pub use records::*;

/// What is known about one customer: parts, each of which is unknown until
/// somebody delivers it.
///
/// One thread at a time changes it; while nobody does, several may decide with
/// it. Make one for each thread and use it again: tactful_context_clear() and
/// tactful_context_from_json() begin anew. Free it with tactful_context_free();
/// decisions do not need it any more.
///
/// Unknown is not false: of a customer whose tickets were never delivered
/// nobody can say that there is no dispute. What is known to be empty is said:
/// tactful_context_set_tickets() with a count of 0.
pub struct tactful_context {
    _private: (),
}

opaque!(tactful_context, Context, b"tact ctx", "context");

/// Makes a context in which everything is unknown. It is never NULL but for a
/// defect of the library.
#[must_use]
#[unsafe(no_mangle)]
pub extern "C" fn tactful_context_new() -> *mut tactful_context {
    answer(std::ptr::null_mut(), || Ok(create(Context::new())))
}

/// Makes a copy that is yours to free; NULL if it is no context.
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tactful_context_clone(
    context: *const tactful_context,
) -> *mut tactful_context {
    // SAFETY: NULL or a context that nobody changes meanwhile.
    answer(std::ptr::null_mut(), || Ok(create(unsafe { shared(context) }?.clone())))
}

/// Frees a context. NULL is allowed.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tactful_context_free(context: *mut tactful_context) {
    answer((), || {
        // SAFETY: NULL or a context that nobody uses any more.
        unsafe { free(context) };
        Ok(())
    });
}

/// Makes everything unknown again.
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tactful_context_clear(
    context: *mut tactful_context,
    err: *mut *mut tactful_error,
) -> tactful_status {
    // SAFETY: the pointers are as the header asks for.
    unsafe {
        guard(err, || {
            *exclusive(context)? = Context::new();
            Ok(())
        })
    }
}

/// Reads a whole context from JSON, up to 8 MiB, in place of what was there.
///
/// An unknown key or word is refused with status CONTEXT, with its path and the
/// nearest known one; the context is then as it was.
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tactful_context_from_json(
    context: *mut tactful_context,
    json: *const c_char,
    json_len: usize,
    err: *mut *mut tactful_error,
) -> tactful_status {
    // SAFETY: the pointers are as the header asks for.
    unsafe {
        guard(err, || {
            let context = exclusive(context)?;
            *context = Context::from_json(bytes(json, json_len, "json")?)?;
            Ok(())
        })
    }
}

/// Writes the context as JSON that tactful_context_from_json() reads.
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tactful_context_to_json(
    context: *const tactful_context,
    out: *mut tactful_buffer,
    err: *mut *mut tactful_error,
) -> tactful_status {
    // SAFETY: the pointers are as the header asks for.
    unsafe {
        guard(err, || {
            reset(out)?;
            fill(out, shared(context)?.to_json().as_bytes())
        })
    }
}

/// Reads a whole context from the bytes that tactful_context_to_bytes() of this
/// or an earlier version wrote, in place of what was there.
///
/// Bytes that are no snapshot are refused with status CONTEXT; the context is
/// then as it was.
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tactful_context_from_bytes(
    context: *mut tactful_context,
    data: *const c_char,
    data_len: usize,
    err: *mut *mut tactful_error,
) -> tactful_status {
    // SAFETY: the pointers are as the header asks for.
    unsafe {
        guard(err, || {
            let context = exclusive(context)?;
            *context = Context::from_bytes(bytes(data, data_len, "data")?)?;
            Ok(())
        })
    }
}

/// Writes the context as compact bytes, for key-value stores: the same bytes
/// for the same context everywhere.
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tactful_context_to_bytes(
    context: *const tactful_context,
    out: *mut tactful_buffer,
    err: *mut *mut tactful_error,
) -> tactful_status {
    // SAFETY: the pointers are as the header asks for.
    unsafe {
        guard(err, || {
            reset(out)?;
            fill(out, &shared(context)?.to_bytes())
        })
    }
}

/// Sets the customer's id, as you know it.
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tactful_context_set_user_id(
    context: *mut tactful_context,
    id: *const c_char,
    id_len: usize,
    err: *mut *mut tactful_error,
) -> tactful_status {
    // SAFETY: the pointers are as the header asks for.
    unsafe {
        guard(err, || {
            exclusive(context)?.user_id = Some(text(id, id_len, "id")?.to_owned());
            Ok(())
        })
    }
}

/// Delivers a tactful_part: from its source nothing is missing before as_of
/// (Unix milliseconds).
///
/// What was known of the part is gone, and its fields and lists are unknown
/// until you set them: tactful_context_set_text() and the like for single
/// facts, tactful_context_set_tickets() and the like for lists (these deliver
/// their part themselves).
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tactful_context_deliver(
    context: *mut tactful_context,
    part: i32,
    as_of: i64,
    err: *mut *mut tactful_error,
) -> tactful_status {
    // SAFETY: the pointers are as the header asks for.
    unsafe {
        guard(err, || {
            let (part, as_of) = (word(part, "part")?, time(as_of, "as_of")?);
            deliver(exclusive(context)?, part, as_of.into())
        })
    }
}

/// Makes a tactful_part unknown again.
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tactful_context_forget(
    context: *mut tactful_context,
    part: i32,
    err: *mut *mut tactful_error,
) -> tactful_status {
    // SAFETY: the pointers are as the header asks for.
    unsafe {
        guard(err, || {
            let part = word(part, "part")?;
            copy_part(exclusive(context)?, &mut Context::new(), part)
        })
    }
}

/// Sets a tactful_part from JSON, in place of what was there: the object that
/// stands under the name of the part in a context, such as
/// {"as_of": "2026-03-10T15:00:30Z", "plan": "basic"}. null makes it unknown.
///
/// CONTEXT if it is malformed; the context is then as it was.
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tactful_context_set_part_json(
    context: *mut tactful_context,
    part: i32,
    json: *const c_char,
    json_len: usize,
    err: *mut *mut tactful_error,
) -> tactful_status {
    // SAFETY: the pointers are as the header asks for.
    unsafe {
        guard(err, || {
            let part = word(part, "part")?;
            let mut read = read_part(part, document(json, json_len, "json")?)?;
            copy_part(exclusive(context)?, &mut read, part)
        })
    }
}

/// Reads a part as a context that knows nothing else.
fn read_part(part: PartName, json: &str) -> Result<Context, Fail> {
    let opening = format!("{{\"{part}\":");
    if json.len() > Context::MAX_JSON_BYTES.saturating_sub(opening.len() + 1) {
        let message =
            format!("{} bytes of JSON; the limit is {}", json.len(), Context::MAX_JSON_BYTES);
        return Err(Fail::new(tactful_status::TooLarge, message));
    }
    let read = Context::from_json(format!("{opening}{json}}}"))
        .map_err(|error| shifted(error.into(), opening.len()))?;
    // A text that closes the part and goes on would say more than it is asked.
    let mut rest = read.clone();
    copy_part(&mut rest, &mut Context::new(), part)?;
    if rest != Context::new() {
        let message = format!("context: this says more than the part `{part}`");
        return Err(Fail::new(tactful_status::Context, message).at(part.as_str()));
    }
    Ok(read)
}

/// Counts columns of the first line from where the caller's text begins.
fn shifted(mut fail: Fail, by: usize) -> Fail {
    let (line, column) = fail.place;
    if line == 1 {
        let by = u32::try_from(by).unwrap_or(0);
        let place = |column: u32| format!("line 1 column {column}");
        let of_caller = column.saturating_sub(by).max(1);
        fail.message = fail.message.replace(&place(column), &place(of_caller));
        fail.place = (line, of_caller);
    }
    fail
}

macro_rules! parts {
    ($($name:ident $field:ident $part:ident),+ $(,)?) => {
        /// Moves one part from a context to another.
        fn copy_part(into: &mut Context, from: &mut Context, part: PartName) -> Result<(), Fail> {
            match part {
                $(PartName::$name => into.$field = std::mem::take(&mut from.$field),)+
                other => return Err(no_such_part(other)),
            }
            Ok(())
        }

        /// Makes a part known in which nothing is.
        fn deliver(context: &mut Context, part: PartName, as_of: AsOf) -> Result<(), Fail> {
            match part {
                $(PartName::$name => context.$field = Part::Known($part::new(as_of)),)+
                other => return Err(no_such_part(other)),
            }
            Ok(())
        }
    };
}

parts! {
    Support support Support,
    Purchases purchases Purchases,
    Device device Device,
    Recency recency Recency,
    Consent consent Consent,
    History history History,
    Subscription subscription Subscription,
    Feedback feedback Feedback,
    Scores scores Scores,
    Profile profile Profile,
    Appointments appointments Appointments,
    Attributes attributes Attributes,
}

fn no_such_part(part: PartName) -> Fail {
    Fail::new(tactful_status::InvalidArgument, format!("`{part}` cannot be set through C yet"))
}

/// What became of an event.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(i32)]
pub enum tactful_applied {
    /// The context says something else now.
    Applied = 1,
    /// The context said all of it already.
    Duplicate = 2,
    /// The context knows newer versions of all it tells.
    Superseded = 3,
    /// It says nothing that a context holds.
    IgnoredNothing = 10,
    /// It is older than everything that a full list keeps.
    IgnoredTooOld = 11,
    /// A device is as old as its newest event, and needs no watermark.
    IgnoredDeviceWatermark = 12,
    /// It does not count, for a reason that this header does not know.
    IgnoredOther = 19,
}

/// Takes in an event, in JSON of up to 64 KiB, such as
/// {"at": "2026-03-10T14:40:00Z", "ticket": {...}}.
///
/// It does not matter in which order events arrive, nor how often: the context
/// says the same in the end. *applied, a tactful_applied, says what became of
/// it; pass NULL if you do not want to know. EVENT if it is malformed, IDENTITY
/// if it is about another customer; the context is then as it was.
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tactful_context_apply_json(
    context: *mut tactful_context,
    event: *const c_char,
    event_len: usize,
    applied: *mut i32,
    err: *mut *mut tactful_error,
) -> tactful_status {
    // SAFETY: the pointers are as the header asks for.
    unsafe {
        guard(err, || {
            if !applied.is_null() {
                put(applied, 0, "applied")?;
            }
            let context = exclusive(context)?;
            let event = Event::from_json(bytes(event, event_len, "event")?)?;
            let came_of_it = came_of(&context.apply(&event)?);
            if applied.is_null() { Ok(()) } else { put(applied, came_of_it as i32, "applied") }
        })
    }
}

fn came_of(applied: &Applied) -> tactful_applied {
    match applied {
        Applied::Applied { .. } => tactful_applied::Applied,
        Applied::Duplicate => tactful_applied::Duplicate,
        Applied::Superseded => tactful_applied::Superseded,
        Applied::Ignored { reason } => match reason {
            IgnoredReason::Nothing => tactful_applied::IgnoredNothing,
            IgnoredReason::TooOld => tactful_applied::IgnoredTooOld,
            IgnoredReason::DeviceWatermark => tactful_applied::IgnoredDeviceWatermark,
            _ => tactful_applied::IgnoredOther,
        },
        _ => tactful_applied::IgnoredOther,
    }
}

/// Takes in another copy of the same customer's context. In whatever order
/// copies are merged, the result is the same.
///
/// IDENTITY if they are two customers; the context is then as it was.
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tactful_context_merge(
    context: *mut tactful_context,
    other: *const tactful_context,
    err: *mut *mut tactful_error,
) -> tactful_status {
    // SAFETY: the pointers are as the header asks for.
    unsafe { guard(err, || bring(context, other, Context::merge)) }
}

/// Takes in what a visitor did before it was known who they are: what is there
/// is true of the customer, that there is nothing else is not.
///
/// IDENTITY if the visitor is another customer; the context is then as it was.
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tactful_context_join_anonymous(
    context: *mut tactful_context,
    visitor: *const tactful_context,
    err: *mut *mut tactful_error,
) -> tactful_status {
    // SAFETY: the pointers are as the header asks for.
    unsafe { guard(err, || bring(context, visitor, Context::join_anonymous)) }
}

/// Brings two contexts together, which may be one and the same.
unsafe fn bring(
    context: *mut tactful_context,
    other: *const tactful_context,
    join: impl FnOnce(&mut Context, &Context) -> Result<(), tactful::Error>,
) -> Result<(), Fail> {
    // SAFETY: the contract of the functions above. A reference to change and one
    // to look at must not be to one thing, so the other is copied then.
    unsafe {
        if context.cast_const() == other {
            let other = shared(other)?.clone();
            return Ok(join(exclusive(context)?, &other)?);
        }
        Ok(join(exclusive(context)?, shared(other)?)?)
    }
}

/// Adds what came of an action of a decision to the history: a tactful_outcome,
/// at a time in Unix milliseconds, with the labels that limits count by.
///
/// UNKNOWN_ACTION if the policy has no such action, INVALID_STATE if the
/// decision is empty.
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tactful_context_record(
    context: *mut tactful_context,
    decision: *const tactful_decision,
    action: *const c_char,
    action_len: usize,
    outcome: i32,
    at: i64,
    err: *mut *mut tactful_error,
) -> tactful_status {
    // SAFETY: the pointers are as the header asks for.
    unsafe {
        guard(err, || {
            let context = exclusive(context)?;
            let decision = shared(decision)?.decision()?;
            let action = text(action, action_len, "action")?;
            let (outcome, at) = (word(outcome, "outcome")?, time(at, "at")?);
            context.record(decision.outcome(action, outcome, at)?);
            Ok(())
        })
    }
}

/// Writes the fingerprint of what the context says: the same for contexts that
/// say the same.
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tactful_context_fingerprint(
    context: *const tactful_context,
    out: *mut tactful_buffer,
    err: *mut *mut tactful_error,
) -> tactful_status {
    // SAFETY: the pointers are as the header asks for.
    unsafe {
        guard(err, || {
            reset(out)?;
            fill(out, shared(context)?.fingerprint().to_string().as_bytes())
        })
    }
}

/// Returns how many bytes of memory the context takes, about; 0 for NULL.
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tactful_context_memory_bytes(context: *const tactful_context) -> usize {
    // SAFETY: NULL or a context that nobody changes meanwhile.
    answer(0, || Ok(unsafe { shared(context) }?.memory_bytes()))
}
