//! The C interface of tactful.
//!
//! What C sees is `include/tactful.h`, which is made from the comments of this
//! crate and is the manual; `tests/header.rs` keeps the two the same. So the
//! comments on public items speak to people who write C.
//!
//! Every function that C calls is built alike: a guard (`guard.rs`) around the
//! whole body turns failures and panics into a status, handles (`handle.rs`) and
//! [texts](text) are checked before they are touched, and everything else is
//! the library's own work.
#![allow(
    non_camel_case_types,
    clippy::missing_safety_doc,
    reason = "names are those of C, and what a caller must keep to is the comment itself"
)]

#[cfg(panic = "abort")]
compile_error!("tactful-c answers a panic with a status, which needs panic = \"unwind\"");

pub mod arrow;
pub mod context;
pub mod decision;
pub mod engine;
pub mod error;
mod guard;
mod handle;
pub mod request;
pub mod status;
pub mod text;
pub mod version;
pub mod words;
