//! Handles: what is behind an opaque pointer, and how it is got at.

use std::sync::Arc;

use crate::error::Fail;
use crate::status::tactful_status;

/// A type that C knows as a pointer only.
pub(crate) trait Opaque {
    /// What is behind it.
    type State;
    /// What it begins with in memory, so that no other handle passes for it.
    const TAG: u64;
    /// What it is called in messages.
    const NAME: &'static str;
}

/// What a handle leads to. The tag comes first in all of them.
#[repr(C)]
pub(crate) struct Handle<T> {
    tag: u64,
    state: T,
}

impl<T> Handle<T> {
    pub(crate) fn state(&self) -> &T {
        &self.state
    }
}

/// Makes a handle that one owner has.
pub(crate) fn create<O: Opaque>(state: O::State) -> *mut O {
    Box::into_raw(Box::new(Handle { tag: O::TAG, state })).cast()
}

/// Frees a handle that one owner has; leaves anything else alone.
///
/// The pointer is NULL or leads to a handle that nobody uses any more.
pub(crate) unsafe fn free<O: Opaque>(handle: *mut O) {
    // SAFETY: the contract of this function.
    if unsafe { check(handle) }.is_ok() {
        // SAFETY: the tag says that `create` made it, for this type.
        drop(unsafe { Box::from_raw(handle.cast::<Handle<O::State>>()) });
    }
}

/// Makes a handle that may have several owners.
pub(crate) fn create_shared<O: Opaque>(state: O::State) -> *const O {
    Arc::into_raw(Arc::new(Handle { tag: O::TAG, state })).cast()
}

/// Counts one more owner, and returns its share.
///
/// As for [`shared`]; the handle is one of [`create_shared`].
pub(crate) unsafe fn retain<O: Opaque>(handle: *const O) -> Result<Arc<Handle<O::State>>, Fail> {
    // SAFETY: the contract of this function.
    unsafe { check(handle) }?;
    let handle = handle.cast::<Handle<O::State>>();
    // SAFETY: the tag says that `create_shared` made it, and the caller has a
    // share of it.
    unsafe { Arc::increment_strong_count(handle) };
    // SAFETY: the share that was just counted.
    Ok(unsafe { Arc::from_raw(handle) })
}

/// Gives a share back; leaves anything else alone.
///
/// The pointer is NULL or leads to a handle of which the caller has a share.
pub(crate) unsafe fn release<O: Opaque>(handle: *const O) {
    // SAFETY: the contract of this function.
    if unsafe { check(handle) }.is_ok() {
        // SAFETY: the tag says that `create_shared` made it, and the caller
        // gives its share away.
        drop(unsafe { Arc::from_raw(handle.cast::<Handle<O::State>>()) });
    }
}

/// Returns what is behind a handle, to look at.
///
/// The pointer is NULL or leads to a handle that nobody changes during `'a`.
pub(crate) unsafe fn shared<'a, O: Opaque>(handle: *const O) -> Result<&'a O::State, Fail> {
    // SAFETY: the contract of this function.
    unsafe { check(handle) }?;
    // SAFETY: the tag says what it is, and nobody changes it.
    Ok(unsafe { &(*handle.cast::<Handle<O::State>>()).state })
}

/// Returns what is behind a handle, to change.
///
/// The pointer is NULL or leads to a handle that nobody else uses during `'a`.
pub(crate) unsafe fn exclusive<'a, O: Opaque>(handle: *mut O) -> Result<&'a mut O::State, Fail> {
    // SAFETY: the contract of this function.
    unsafe { check(handle) }?;
    // SAFETY: the tag says what it is, and nobody else uses it.
    Ok(unsafe { &mut (*handle.cast::<Handle<O::State>>()).state })
}

/// Tells a handle of one kind from NULL and from handles of other kinds.
unsafe fn check<O: Opaque>(handle: *const O) -> Result<(), Fail> {
    if handle.is_null() {
        return Err(Fail::null(O::NAME));
    }
    let tag = handle.cast::<u64>();
    // SAFETY: every handle begins with a tag, and the caller passes a handle.
    if tag.is_aligned() && unsafe { tag.read() } == O::TAG {
        return Ok(());
    }
    let message = format!("the pointer passed as {0} is no tactful_{0}", O::NAME);
    Err(Fail::new(tactful_status::InvalidHandle, message))
}

/// Declares what is behind an opaque type of C.
macro_rules! opaque {
    ($type:ident, $state:ty, $tag:literal, $name:literal) => {
        impl $crate::handle::Opaque for $type {
            type State = $state;
            const TAG: u64 = u64::from_be_bytes(*$tag);
            const NAME: &'static str = $name;
        }
    };
}

pub(crate) use opaque;
