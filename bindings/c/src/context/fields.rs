//! Single facts of a context, set by their path.

use std::ffi::c_char;
use std::str::FromStr;

use tactful::context::{Attribute, Part, Score};
use tactful::diagnostic::suggest::closest;
use tactful::{Context, PartName, Timestamp, Word};

use crate::context::tactful_context;
use crate::error::{Fail, tactful_error};
use crate::guard::guard;
use crate::handle::exclusive;
use crate::status::tactful_status;
use crate::text::{text, time};

/// Sets a fact that is a truth value, by its path, such as
/// "profile.vulnerable". Paths are those of the condition language, and rule 9
/// lists those that can be set.
///
/// INVALID_STATE if the part was not delivered: see tactful_context_deliver().
/// INVALID_ARGUMENT if there is no such fact or it is of another type; the
/// message says which are near, and the path of the error is the one you gave.
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tactful_context_set_bool(
    context: *mut tactful_context,
    path: *const c_char,
    path_len: usize,
    value: bool,
    err: *mut *mut tactful_error,
) -> tactful_status {
    // SAFETY: the pointers are as the header asks for.
    unsafe { guard(err, || set(context, text(path, path_len, "path")?, Value::Bool(value))) }
}

/// Sets a fact that is a whole number, such as "profile.age_years". As
/// tactful_context_set_bool() otherwise.
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tactful_context_set_int(
    context: *mut tactful_context,
    path: *const c_char,
    path_len: usize,
    value: i64,
    err: *mut *mut tactful_error,
) -> tactful_status {
    // SAFETY: the pointers are as the header asks for.
    unsafe { guard(err, || set(context, text(path, path_len, "path")?, Value::Int(value))) }
}

/// Sets a fact that is a number, such as "scores.churn"; it must be finite. As
/// tactful_context_set_bool() otherwise.
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tactful_context_set_double(
    context: *mut tactful_context,
    path: *const c_char,
    path_len: usize,
    value: f64,
    err: *mut *mut tactful_error,
) -> tactful_status {
    // SAFETY: the pointers are as the header asks for.
    unsafe {
        guard(err, || {
            let path = text(path, path_len, "path")?;
            if value.is_finite() {
                return set(context, path, Value::Double(value));
            }
            Err(refused(path, "the number is not finite"))
        })
    }
}

/// Sets a fact that is a text or a word of a closed set, such as "profile.plan"
/// or "device.form_factor". As tactful_context_set_bool() otherwise.
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tactful_context_set_text(
    context: *mut tactful_context,
    path: *const c_char,
    path_len: usize,
    value: *const c_char,
    value_len: usize,
    err: *mut *mut tactful_error,
) -> tactful_status {
    // SAFETY: the pointers are as the header asks for.
    unsafe {
        guard(err, || {
            let path = text(path, path_len, "path")?;
            set(context, path, Value::Text(text(value, value_len, "value")?))
        })
    }
}

/// Sets a fact that is a time, in Unix milliseconds, such as
/// "recency.last_seen_at". As tactful_context_set_bool() otherwise.
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tactful_context_set_time(
    context: *mut tactful_context,
    path: *const c_char,
    path_len: usize,
    value: i64,
    err: *mut *mut tactful_error,
) -> tactful_status {
    // SAFETY: the pointers are as the header asks for.
    unsafe {
        guard(err, || {
            let path = text(path, path_len, "path")?;
            set(context, path, Value::Time(time(value, "value")?))
        })
    }
}

/// What C says of a fact.
#[derive(Clone, Copy)]
enum Value<'a> {
    Bool(bool),
    Int(i64),
    Double(f64),
    Text(&'a str),
    Time(Timestamp),
}

/// What a field takes.
trait Field: Sized {
    /// Reads a value, or says what is wrong with it.
    fn of(value: Value<'_>) -> Result<Self, String>;
}

macro_rules! field {
    ($($type:ty, $wanted:literal: $pattern:pat => $value:expr;)+) => {
        $(impl Field for $type {
            fn of(value: Value<'_>) -> Result<Self, String> {
                match value {
                    $pattern => Ok($value),
                    _ => Err(concat!("this is ", $wanted).to_owned()),
                }
            }
        })+
    };
}

field! {
    bool, "a truth value: use tactful_context_set_bool": Value::Bool(value) => value;
    i64, "a whole number: use tactful_context_set_int": Value::Int(value) => value;
    String, "a text: use tactful_context_set_text": Value::Text(value) => value.to_owned();
    Timestamp, "a time: use tactful_context_set_time": Value::Time(value) => value;
}

macro_rules! closed {
    ($($type:ident)+) => {
        $(impl Field for tactful::$type {
            fn of(value: Value<'_>) -> Result<Self, String> {
                let Value::Text(value) = value else {
                    return Err(format!("this is a {}: use tactful_context_set_text", Self::SET));
                };
                Self::from_str(value).map_err(|_| unknown(Self::SET, value, Self::WORDS))
            }
        })+
    };
}

closed!(FormFactor Platform Environment SubscriptionStatus);

impl Field for Score {
    fn of(value: Value<'_>) -> Result<Self, String> {
        match value {
            Value::Double(value) => Ok(Self::new(value)),
            _ => Err("a score is a number: use tactful_context_set_double".to_owned()),
        }
    }
}

impl Field for Attribute {
    fn of(value: Value<'_>) -> Result<Self, String> {
        Ok(match value {
            Value::Bool(value) => value.into(),
            Value::Int(value) => value.into(),
            Value::Double(value) => value.into(),
            Value::Text(value) => value.into(),
            Value::Time(value) => value.into(),
        })
    }
}

/// Sets a field of a context, which is as for [`exclusive`].
unsafe fn set(context: *mut tactful_context, path: &str, value: Value<'_>) -> Result<(), Fail> {
    // SAFETY: the contract of this function.
    let context = unsafe { exclusive(context) }?;
    let (part, field) = path.split_once('.').unwrap_or((path, ""));
    let part = PartName::from_str(part)
        .map_err(|_| refused(path, &unknown(PartName::SET, part, PartName::WORDS)))?;
    set_field(context, part, field, value, path)
}

macro_rules! fields {
    ($of:expr, $field:expr, $value:expr, $path:expr; $($name:ident)+ $(; $dated:ident)?) => {{
        let part = known(&mut $of, $path)?;
        match $field {
            $(stringify!($name) => {
                part.$name = Some(Field::of($value).map_err(|why| refused($path, &why))?);
            })+
            other => return Err(refused($path, &unknown("fact", other, &[$(stringify!($name)),+]))),
        }
        // What is set now is as old as the part.
        $(part.$dated.remove($field);)?
    }};
}

fn set_field(
    context: &mut Context,
    part: PartName,
    field: &str,
    value: Value<'_>,
    path: &str,
) -> Result<(), Fail> {
    let why = |why: String| refused(path, &why);
    match part {
        PartName::Device => fields!(context.device, field, value, path;
            form_factor platform environment app_version locale push_enabled),
        PartName::Recency => fields!(context.recency, field, value, path;
            first_seen_at last_seen_at previous_seen_at session_started_at last_login_at
            sessions_30d),
        PartName::Profile => fields!(context.profile, field, value, path;
            age_years plan role country language time_zone joined_at vulnerable group_id; dated),
        PartName::Subscription => fields!(context.subscription, field, value, path;
            plan status started_at renews_at trial_ends_at; dated),
        PartName::Scores | PartName::Attributes if field.is_empty() => {
            return Err(refused(path, "the name is missing, as in `scores.churn`"));
        }
        PartName::Scores => {
            let score = Field::of(value).map_err(why)?;
            known(&mut context.scores, path)?.values.insert(field.to_owned(), score);
        }
        PartName::Attributes => {
            let attribute = Field::of(value).map_err(why)?;
            let part = known(&mut context.attributes, path)?;
            part.values.insert(field.to_owned(), attribute);
            part.dated.remove(field);
        }
        other => {
            let advice = format!("`{other}` holds lists: use tactful_context_set_part_json");
            return Err(refused(path, &advice));
        }
    }
    Ok(())
}

fn known<'p, T>(part: &'p mut Part<T>, path: &str) -> Result<&'p mut T, Fail> {
    part.known_mut().ok_or_else(|| {
        let message =
            format!("`{path}`: nobody has delivered this part: call tactful_context_deliver first");
        Fail::new(tactful_status::InvalidState, message).at(path)
    })
}

fn refused(path: &str, why: &str) -> Fail {
    Fail::new(tactful_status::InvalidArgument, format!("`{path}`: {why}")).at(path)
}

fn unknown(what: &str, name: &str, names: &[&str]) -> String {
    match closest(name, names.iter().copied()) {
        Some(near) => format!("unknown {what} `{name}`: did you mean `{near}`?"),
        None => format!("unknown {what} `{name}`: expected one of {}", names.join(", ")),
    }
}
