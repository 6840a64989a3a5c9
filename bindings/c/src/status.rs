//! What a function answers.

use tactful::ErrorKind;

use crate::text::tactful_str;

/// What became of a call. Everything but OK is a failure, and a failure
/// changes nothing but the error and the outputs, which are then empty.
///
/// Numbers are never used again for something else. Later versions may add
/// some: treat a number you do not know as a failure.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(i32)]
pub enum tactful_status {
    /// It was done.
    Ok = 0,
    /// A pointer that must not be NULL is NULL.
    NullPointer = 10,
    /// A pointer is no handle of the kind that is asked for.
    InvalidHandle = 11,
    /// A text is not UTF-8.
    InvalidUtf8 = 12,
    /// A text holds a NUL; mostly its length counts the one at its end.
    InvalidText = 13,
    /// A number stands for nothing here, or a time is not in the years 2000 to
    /// 2100: mostly seconds, where milliseconds are asked for.
    InvalidArgument = 14,
    /// What the call needs has not been done before, such as deciding.
    InvalidState = 15,
    /// There is nothing at this index.
    OutOfRange = 16,
    /// A text or a list is longer than the documented limit.
    TooLarge = 17,
    /// A policy has mistakes; the diagnostics of the error list them all.
    Policy = 20,
    /// A context is malformed; the path of the error says where.
    Context = 22,
    /// An event is malformed; the path of the error says where.
    Event = 23,
    /// Two things belong to different customers.
    Identity = 24,
    /// A request is malformed; the path of the error says where.
    Request = 25,
    /// A record of a decision is malformed, or of a format that is not known.
    Record = 26,
    /// The policy has no action of this id, or the decision says nothing of it.
    UnknownAction = 30,
    /// Something else was wrong; the message says what.
    Other = 90,
    /// A defect of this library. The handles of the call may be freed and not
    /// be used otherwise; all others are sound.
    Panic = 99,
}

impl tactful_status {
    const ALL: [(Self, &'static str); 18] = [
        (Self::Ok, "ok"),
        (Self::NullPointer, "null_pointer"),
        (Self::InvalidHandle, "invalid_handle"),
        (Self::InvalidUtf8, "invalid_utf8"),
        (Self::InvalidText, "invalid_text"),
        (Self::InvalidArgument, "invalid_argument"),
        (Self::InvalidState, "invalid_state"),
        (Self::OutOfRange, "out_of_range"),
        (Self::TooLarge, "too_large"),
        (Self::Policy, "policy"),
        (Self::Context, "context"),
        (Self::Event, "event"),
        (Self::Identity, "identity"),
        (Self::Request, "request"),
        (Self::Record, "record"),
        (Self::UnknownAction, "unknown_action"),
        (Self::Other, "other"),
        (Self::Panic, "panic"),
    ];
}

impl From<ErrorKind> for tactful_status {
    fn from(kind: ErrorKind) -> Self {
        match kind {
            ErrorKind::Policy => Self::Policy,
            ErrorKind::Context => Self::Context,
            ErrorKind::Event => Self::Event,
            ErrorKind::Identity => Self::Identity,
            ErrorKind::Request => Self::Request,
            ErrorKind::Record => Self::Record,
            ErrorKind::TooLarge => Self::TooLarge,
            ErrorKind::UnknownAction => Self::UnknownAction,
            _ => Self::Other,
        }
    }
}

/// Returns the name of a status, such as "null_pointer"; an empty text for a
/// number that is none.
///
/// Any thread. The text is there for good.
#[must_use]
#[unsafe(no_mangle)]
pub extern "C" fn tactful_status_name(status: i32) -> tactful_str {
    let found = tactful_status::ALL.iter().find(|(known, _)| *known as i32 == status);
    tactful_str::of(found.map_or("", |(_, name)| name))
}
