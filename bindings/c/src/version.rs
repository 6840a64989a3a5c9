//! Which library this is.

use crate::text::tactful_str;

/// The version this header is of, first number. While it is 0, a new minor
/// version may change the interface, and has a library name of its own.
pub const TACTFUL_VERSION_MAJOR: i32 = 0;
/// The version this header is of, second number.
pub const TACTFUL_VERSION_MINOR: i32 = 1;
/// The version this header is of, third number.
pub const TACTFUL_VERSION_PATCH: i32 = 0;
/// Counts the changes after which programs must be compiled again.
pub const TACTFUL_ABI_VERSION: i32 = 1;

/// Returns the version of the library that is loaded, such as "0.1.0".
///
/// Any thread. The text is there for good.
#[must_use]
#[unsafe(no_mangle)]
pub extern "C" fn tactful_version() -> tactful_str {
    tactful_str::of(env!("CARGO_PKG_VERSION"))
}

/// Returns the TACTFUL_ABI_VERSION of the library that is loaded. If it is not
/// that of the header, the program was compiled for another library.
///
/// Any thread.
#[must_use]
#[unsafe(no_mangle)]
pub extern "C" fn tactful_abi_version() -> i32 {
    TACTFUL_ABI_VERSION
}
