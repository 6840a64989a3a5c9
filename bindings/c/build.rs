//! Gives the shared library the name it is loaded by.

use std::env;

fn main() {
    println!("cargo:rerun-if-changed=build.rs");
    // Plain cargo gives none. While the version begins with 0, a minor version
    // may break the interface, so it is part of the name.
    if env::var("CARGO_CFG_TARGET_OS").is_ok_and(|system| system == "linux") {
        let version =
            |part: &str| env::var(format!("CARGO_PKG_VERSION_{part}")).unwrap_or_default();
        let (major, minor) = (version("MAJOR"), version("MINOR"));
        println!("cargo:rustc-cdylib-link-arg=-Wl,-soname,libtactful.so.{major}.{minor}");
    }
}
