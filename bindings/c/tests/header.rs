//! The header is made of the comments of the crate, and committed: this test
//! makes it again and compares. `UPDATE_EXPECT=1` rewrites it.
//!
//! Its comment at the top shows `examples/dispute.c`, and what it prints. The
//! list of what the library exports, `abi.txt`, is compared here with the header
//! and by `cargo xtask c` with the library.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test may stop at the first surprise")]

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use tactful_c::version::{TACTFUL_VERSION_MAJOR, TACTFUL_VERSION_MINOR, TACTFUL_VERSION_PATCH};

fn path(relative: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(relative)
}

fn read(relative: &str) -> String {
    fs::read_to_string(path(relative)).unwrap_or_else(|error| panic!("{relative}: {error}"))
}

/// Compares a committed file, or rewrites it.
fn agrees(relative: &str, should: &str) {
    if std::env::var_os("UPDATE_EXPECT").is_some() {
        return fs::write(path(relative), should).unwrap();
    }
    let is = fs::read_to_string(path(relative)).unwrap_or_default();
    let differ = is.lines().zip(should.lines()).position(|(is, should)| is != should);
    let line = differ.map_or(is.lines().count().min(should.lines().count()), |line| line) + 1;
    assert!(
        is == should,
        "{relative} is not up to date from line {line} on: run \
         UPDATE_EXPECT=1 cargo test -p tactful-c --test header"
    );
}

/// Puts lines into a comment.
fn commented(text: &str) -> String {
    let line = |line: &str| format!(" *     {line}").trim_end().to_owned();
    text.trim_end().lines().map(line).collect::<Vec<_>>().join("\n")
}

fn generated() -> String {
    let mut config = cbindgen::Config::from_file(path("cbindgen.toml")).unwrap();
    let example = read("examples/dispute.c");
    let (_, program) = example.split_once("#include <tactful.h>\n\n").unwrap();
    // A comment within a comment would end it.
    let program = program.replace("/*", "//").replace(" */", "");
    let header = config.header.take().unwrap();
    let header = header.replace("@EXAMPLE@", &commented(&program));
    config.header = Some(header.replace("@OUTPUT@", &commented(&read("examples/dispute.txt"))));
    let bindings = cbindgen::Builder::new()
        .with_config(config)
        .with_crate(env!("CARGO_MANIFEST_DIR"))
        .generate()
        .unwrap();
    let mut text = Vec::new();
    bindings.write(&mut text);
    String::from_utf8(text).unwrap()
}

#[test]
fn the_header_is_up_to_date() {
    agrees("include/tactful.h", &generated());
}

#[test]
fn the_version_is_that_of_the_crate() {
    let header = format!("{TACTFUL_VERSION_MAJOR}.{TACTFUL_VERSION_MINOR}.{TACTFUL_VERSION_PATCH}");
    assert_eq!(header, env!("CARGO_PKG_VERSION"));
}

/// The names of the functions that the header declares, in its order.
fn declared(header: &str) -> Vec<&str> {
    let code = header.lines().filter(|line| !line.starts_with([' ', '/', '#', '*', '}']));
    let calls = code.filter_map(|line| line.split_once('(')).map(|(before, _)| before);
    let names = calls.filter_map(|before| before.rsplit([' ', '*']).next());
    names.filter(|name| name.starts_with("tactful_") && *name != "tactful_text").collect()
}

#[test]
fn what_is_exported_is_what_is_declared() {
    let header = generated();
    let names: BTreeSet<&str> = declared(&header).into_iter().collect();
    assert!(names.len() > 60, "{names:?}");
    let list: String = names.iter().map(|name| format!("{name}\n")).collect();
    agrees("abi.txt", &list);
}

/// Each function says what it does, and each type.
#[test]
fn everything_has_a_comment() {
    let header = generated();
    let lines: Vec<&str> = header.lines().collect();
    for name in declared(&header) {
        let needle = format!("{name}(");
        let place = lines.iter().position(|line| {
            !line.starts_with(' ') && line.contains(&needle) && !line.contains("static inline")
        });
        let place = place.unwrap_or_else(|| panic!("{name} is not found"));
        let before = lines[..place].iter().rev().find(|line| **line != "TACTFUL_MUST_USE");
        assert_eq!(before, Some(&" */"), "{name} has no comment");
    }
}

/// The page and the README show the example and what it prints, word for word.
#[test]
fn the_pages_show_the_example() {
    let (program, output) = (read("examples/dispute.c"), read("examples/dispute.txt"));
    let page = read("../../docs/c.md");
    assert!(page.contains(&format!("```c\n{program}```")), "docs/c.md shows another program");
    for example in ["examples/events.txt", "examples/server.txt"] {
        let output = read(example);
        assert!(page.contains(&format!("```text\n{output}```")), "docs/c.md and {example} differ");
    }
    for (name, text) in [("docs/c.md", page), ("README.md", read("../../README.md"))] {
        assert!(text.contains(&format!("```text\n{output}```")), "{name} shows another output");
    }
}
