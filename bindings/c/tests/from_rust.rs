//! The interface called from Rust, as from C: small enough for Miri, which sees
//! what no sanitizer does (`cargo +nightly miri test -p tactful-c --test from_rust`).
#![allow(clippy::unwrap_used, reason = "a test may stop at the first surprise")]

use std::ffi::c_char;
use std::ptr::{null, null_mut};

use tactful_c::context::*;
use tactful_c::decision::*;
use tactful_c::engine::*;
use tactful_c::error::*;
use tactful_c::request::*;
use tactful_c::status::tactful_status;
use tactful_c::text::*;

const POLICY: &str =
    r#"{"policy": "x", "actions": [{"id": "x", "kind": "service", "channels": ["web"]}]}"#;
const REQUEST: &str = r#"{"now": 1773154830000, "channel": "web"}"#;

fn c(text: &str) -> *const c_char {
    text.as_ptr().cast()
}

fn engine() -> *const tactful_engine {
    let mut engine = null();
    // SAFETY: the text is there, and there is room for a handle.
    let status =
        unsafe { tactful_engine_from_json(c(POLICY), POLICY.len(), &raw mut engine, null_mut()) };
    assert_eq!(status, tactful_status::Ok);
    engine
}

fn request() -> *mut tactful_request {
    let mut request = null_mut();
    // SAFETY: as above.
    let status = unsafe {
        tactful_request_from_json(c(REQUEST), REQUEST.len(), &raw mut request, null_mut())
    };
    assert_eq!(status, tactful_status::Ok);
    request
}

/// Reads a text that belongs to a handle.
fn owned(text: tactful_str) -> String {
    // SAFETY: the callers keep the owner.
    let bytes = unsafe { std::slice::from_raw_parts(text.data.cast::<u8>(), text.len) };
    String::from_utf8(bytes.to_vec()).unwrap()
}

#[test]
fn a_decision_outlives_its_engine() {
    let (engine, request, context, decision) =
        (engine(), request(), tactful_context_new(), tactful_decision_new());
    let mut found = std::mem::MaybeUninit::uninit();
    let mut json = tactful_buffer::EMPTY;
    // SAFETY: all handles are of their kind, and freed once, at the end.
    unsafe {
        for _ in 0..3 {
            let status = tactful_engine_decide(engine, context, request, decision, null_mut());
            assert_eq!(status, tactful_status::Ok);
            let status = tactful_decision_to_json(decision, &raw mut json, null_mut());
            assert_eq!(status, tactful_status::Ok);
        }
        tactful_engine_release(engine);
        tactful_context_free(context);
        tactful_request_free(request);
        let status = tactful_decision_recommendation(decision, 0, found.as_mut_ptr(), null_mut());
        assert_eq!(status, tactful_status::Ok);
        let found = found.assume_init();
        assert_eq!((owned(found.action), owned(found.priority)), ("x".into(), "0".into()));
        assert!(json.len > 10 && json.cap > json.len);
        assert_eq!(*json.data.add(json.len), 0);
        tactful_decision_free(decision);
        tactful_buffer_free(&raw mut json);
    }
    assert!(json.data.is_null());
}

/// Several threads read one decision; each text is made by whoever comes first.
#[test]
fn several_threads_read_one_decision() {
    #[derive(Clone, Copy)]
    struct Shared(*const tactful_decision);
    // SAFETY: nobody changes the decision while the threads run.
    unsafe impl Send for Shared {}

    let (engine, request, context, decision) =
        (engine(), request(), tactful_context_new(), tactful_decision_new());
    // SAFETY: all handles are of their kind, and freed once, at the end.
    unsafe {
        let status = tactful_engine_decide(engine, context, request, decision, null_mut());
        assert_eq!(status, tactful_status::Ok);
    }
    let shared = Shared(decision);
    let read = move || {
        let Shared(decision) = { shared };
        let mut found = std::mem::MaybeUninit::uninit();
        // SAFETY: the decision is there, and there is room for the answer.
        let found = unsafe {
            let status =
                tactful_decision_recommendation(decision, 0, found.as_mut_ptr(), null_mut());
            assert_eq!(status, tactful_status::Ok);
            found.assume_init()
        };
        (found.priority.data as usize, owned(found.priority))
    };
    let threads: Vec<_> = (0..4).map(|_| std::thread::spawn(read)).collect();
    let all: Vec<_> = threads.into_iter().map(|thread| thread.join().unwrap()).collect();
    assert!(all.iter().all(|read| *read == all[0]), "one text for all: {all:?}");
    // SAFETY: the threads are over.
    unsafe {
        tactful_engine_release(engine);
        tactful_context_free(context);
        tactful_request_free(request);
        tactful_decision_free(decision);
    }
}

#[test]
fn an_error_is_a_value() {
    let mut error = null_mut();
    let mut engine = null();
    // SAFETY: a text of no bytes needs no pointer, and there is room for both.
    unsafe {
        let status = tactful_engine_from_json(null(), 0, &raw mut engine, &raw mut error);
        assert_eq!(status, tactful_status::Policy);
        assert!(engine.is_null() && !owned(tactful_error_message(error)).is_empty());
        tactful_error_free(error);
        let status = tactful_engine_decide(null(), null(), null(), null_mut(), &raw mut error);
        assert_eq!(status, tactful_status::NullPointer);
        assert_eq!(owned(tactful_error_message(error)), "decision is NULL");
        tactful_error_free(error);
    }
}
