//! Lays the C library out as an installation: header, libraries, and what
//! pkg-config and CMake look for.

use std::fs;
use std::io::{self, BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use crate::run::{built, cargo, root};

/// The version of the package, which all crates of the workspace share.
const VERSION: &str = env!("CARGO_PKG_VERSION");
/// Where a prefix has what is not for one machine alone.
const SHARED: &str = "share/tactful";

/// Where to lay things out, and which build.
#[derive(Debug, PartialEq)]
pub struct Layout {
    prefix: PathBuf,
    libdir: PathBuf,
    /// What stands before all paths while a package is made.
    destdir: PathBuf,
    is_debug: bool,
    features: Option<String>,
}

impl Layout {
    /// Reads the arguments of `cargo xtask install`.
    pub fn parse(words: &[String]) -> Result<Self, String> {
        let (mut prefix, mut libdir, mut destdir) = (PathBuf::from("/usr/local"), None, None);
        let (mut is_debug, mut features) = (false, None);
        let mut words = words.iter();
        while let Some(word) = words.next() {
            if word == "--debug" {
                is_debug = true;
                continue;
            }
            let value = words.next().ok_or_else(|| format!("`{word}` needs a value"));
            match word.as_str() {
                "--prefix" => prefix = absolute(value?)?,
                "--libdir" => libdir = Some(absolute(value?)?),
                "--destdir" => destdir = Some(absolute(value?)?),
                "--features" => features = Some(value?.clone()),
                _ => return Err(format!("unknown argument `{word}` of `install`")),
            }
        }
        let libdir = libdir.unwrap_or_else(|| prefix.join("lib"));
        Ok(Self { prefix, libdir, destdir: destdir.unwrap_or_default(), is_debug, features })
    }

    /// Where a path of the installation is written.
    fn staged(&self, path: &Path) -> PathBuf {
        match self.destdir.as_os_str().is_empty() {
            true => path.to_owned(),
            false => self.destdir.join(path.strip_prefix("/").unwrap_or(path)),
        }
    }
}

fn absolute(path: &str) -> Result<PathBuf, String> {
    std::path::absolute(path).map_err(|error| format!("{path}: {error}"))
}

/// Builds the library and copies it, its header and its descriptions.
pub fn install(layout: &Layout) -> Result<(), String> {
    if !cfg!(target_os = "linux") {
        return Err("`install` knows the names of shared libraries on Linux only; elsewhere copy \
                    bindings/c/include/tactful.h and what `cargo build --release -p tactful-c` makes"
            .to_owned());
    }
    let private = build(layout)?;
    let built = built(if layout.is_debug { "debug" } else { "release" })?;
    let write =
        |error: io::Error| format!("cannot write below {}: {error}", layout.prefix.display());
    lay_out(layout, &built, &private).map_err(write)?;
    println!("    libtactful {VERSION} in {}", layout.staged(&layout.prefix).display());
    Ok(())
}

/// Builds the library; returns what a program needs that links it statically.
fn build(layout: &Layout) -> Result<String, String> {
    let mut command = cargo();
    command.args(["rustc", "--package", "tactful-c", "--lib"]);
    if !layout.is_debug {
        command.arg("--release");
    }
    if let Some(features) = &layout.features {
        command.args(["--features", features]);
    }
    command.args(["--", "--print", "native-static-libs"]);
    let does_not_start = |error| format!("cargo does not start: {error}");
    let mut cargo = command.stderr(Stdio::piped()).spawn().map_err(does_not_start)?;
    let libraries = cargo.stderr.take().and_then(|said| pass_on(BufReader::new(said)));
    if !cargo.wait().map_err(does_not_start)?.success() {
        return Err("the library does not build".to_owned());
    }
    libraries.ok_or_else(|| "the compiler does not say what to link statically".to_owned())
}

/// Shows what cargo says while it says it, and keeps the line about libraries.
fn pass_on(mut said: impl BufRead) -> Option<String> {
    let (mut libraries, mut line) = (None, Vec::new());
    while said.read_until(b'\n', &mut line).is_ok_and(|read| read > 0) {
        let text = String::from_utf8_lossy(&line);
        match text.split_once("native-static-libs: ") {
            Some((_, found)) => libraries = Some(found.trim().to_owned()),
            // The heading of that line.
            None if text.contains("link against the following native artifacts") => {}
            None => eprint!("{text}"),
        }
        line.clear();
    }
    libraries
}

fn lay_out(layout: &Layout, built: &Path, private: &str) -> io::Result<()> {
    let (include, libdir) = (layout.prefix.join("include"), &layout.libdir);
    let folder = |path: &Path| -> io::Result<PathBuf> {
        let staged = layout.staged(path);
        fs::create_dir_all(&staged)?;
        Ok(staged)
    };
    let header = root().join("bindings/c/include/tactful.h");
    fs::copy(header, folder(&include)?.join("tactful.h"))?;
    let suppressions = root().join("bindings/c/tactful.supp");
    fs::copy(suppressions, folder(&layout.prefix.join(SHARED))?.join("tactful.supp"))?;

    let libraries = folder(libdir)?;
    let real = format!("libtactful.so.{VERSION}");
    // A copy over a library in use would change it under whoever uses it.
    for (from, to) in [("libtactful_c.so", real.as_str()), ("libtactful_c.a", "libtactful.a")] {
        let to = libraries.join(to);
        absent(&to)?;
        fs::copy(built.join(from), &to)?;
        if !layout.is_debug {
            strip(&to);
        }
    }
    link(&real, &libraries.join(soname()))?;
    link(&soname(), &libraries.join("libtactful.so"))?;

    let pkgconfig = folder(&libdir.join("pkgconfig"))?;
    fs::write(pkgconfig.join("tactful.pc"), described(layout, private))?;
    let cmake = folder(&libdir.join("cmake/tactful"))?;
    fs::write(cmake.join("tactful-config.cmake"), cmake_config(&include, private))?;
    fs::write(cmake.join("tactful-config-version.cmake"), CMAKE_VERSION.replace("@V@", VERSION))
}

/// Takes the debug information out of a library, most of which is line tables;
/// the names that backtraces show stay. Without it a library is as good as with it.
fn strip(library: &Path) {
    let status = Command::new("strip").arg("--strip-debug").arg(library).status();
    if !status.is_ok_and(|status| status.success()) {
        println!("    {} keeps its debug information: `strip` does not run", library.display());
    }
}

/// The name the library is loaded by, as in `bindings/c/build.rs`: while the
/// version begins with 0, a minor version may break the interface.
fn soname() -> String {
    let (minor, _) = VERSION.rsplit_once('.').unwrap_or((VERSION, ""));
    format!("libtactful.so.{minor}")
}

fn absent(path: &Path) -> io::Result<()> {
    match fs::remove_file(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    }
}

#[cfg(unix)]
fn link(to: &str, path: &Path) -> io::Result<()> {
    absent(path)?;
    std::os::unix::fs::symlink(to, path)
}

#[cfg(not(unix))]
fn link(_: &str, _: &Path) -> io::Result<()> {
    Err(io::ErrorKind::Unsupported.into())
}

/// What pkg-config reads.
fn described(layout: &Layout, private: &str) -> String {
    let (prefix, libdir) = (layout.prefix.display(), layout.libdir.display());
    format!(
        "prefix={prefix}\n\
         includedir=${{prefix}}/include\n\
         libdir={libdir}\n\
         \n\
         Name: tactful\n\
         Description: The next best action, and the good sense to hold back\n\
         Version: {VERSION}\n\
         Cflags: -I${{includedir}}\n\
         Libs: -L${{libdir}} -ltactful\n\
         Libs.private: {private}\n"
    )
}

/// What `find_package(tactful)` reads.
fn cmake_config(include: &Path, private: &str) -> String {
    let private = private.split_whitespace().collect::<Vec<_>>().join(";");
    CMAKE_CONFIG
        .replace("@INCLUDE@", &include.display().to_string())
        .replace("@V@", VERSION)
        .replace("@SONAME@", &soname())
        .replace("@PRIVATE@", &private)
}

const CMAKE_CONFIG: &str = r#"# find_package(tactful) gives tactful::tactful, shared, and tactful::static.
get_filename_component(_tactful_libdir "${CMAKE_CURRENT_LIST_DIR}/../.." ABSOLUTE)
if(NOT TARGET tactful::tactful)
  add_library(tactful::tactful SHARED IMPORTED)
  set_target_properties(tactful::tactful PROPERTIES
    IMPORTED_LOCATION "${_tactful_libdir}/libtactful.so.@V@"
    IMPORTED_SONAME "@SONAME@"
    INTERFACE_INCLUDE_DIRECTORIES "@INCLUDE@")
endif()
if(NOT TARGET tactful::static)
  add_library(tactful::static STATIC IMPORTED)
  set_target_properties(tactful::static PROPERTIES
    IMPORTED_LOCATION "${_tactful_libdir}/libtactful.a"
    INTERFACE_LINK_LIBRARIES "@PRIVATE@"
    INTERFACE_INCLUDE_DIRECTORIES "@INCLUDE@")
endif()
unset(_tactful_libdir)
"#;

/// Fits what asks for the same minor version, as the name of the library does.
const CMAKE_VERSION: &str = r#"set(PACKAGE_VERSION "@V@")
string(REGEX REPLACE "^([0-9]+\\.[0-9]+).*" "\\1" _tactful_is "${PACKAGE_VERSION}")
string(REGEX REPLACE "^([0-9]+\\.[0-9]+).*" "\\1" _tactful_asked "${PACKAGE_FIND_VERSION}")
if(_tactful_is STREQUAL _tactful_asked AND NOT PACKAGE_VERSION VERSION_LESS PACKAGE_FIND_VERSION)
  set(PACKAGE_VERSION_COMPATIBLE TRUE)
  if(PACKAGE_VERSION VERSION_EQUAL PACKAGE_FIND_VERSION)
    set(PACKAGE_VERSION_EXACT TRUE)
  endif()
else()
  set(PACKAGE_VERSION_COMPATIBLE FALSE)
endif()
"#;

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(words: &[&str]) -> Result<Layout, String> {
        Layout::parse(&words.iter().map(|word| word.to_string()).collect::<Vec<_>>())
    }

    #[test]
    fn libraries_go_below_the_prefix_unless_said_otherwise() {
        assert_eq!(parse(&["--prefix", "/usr"]).unwrap().libdir, Path::new("/usr/lib"));
        let multiarch = parse(&["--prefix", "/usr", "--libdir", "/usr/lib/arch"]).unwrap();
        assert_eq!(multiarch.libdir, Path::new("/usr/lib/arch"));
        assert_eq!(parse(&[]).unwrap().prefix, Path::new("/usr/local"));
    }

    #[test]
    fn a_package_is_staged_elsewhere_and_does_not_say_so() {
        let layout = parse(&["--prefix", "/usr", "--destdir", "/tmp/package"]).unwrap();
        assert_eq!(layout.staged(&layout.libdir), Path::new("/tmp/package/usr/lib"));
        let said = described(&layout, "-lm -ldl");
        assert!(said.starts_with("prefix=/usr\n") && said.ends_with("Libs.private: -lm -ldl\n"));
        assert!(!said.contains("package"), "{said}");
    }

    #[test]
    fn what_cargo_says_is_searched_for_libraries() {
        let said = "   Compiling x\nnote: link against the following native artifacts\nnote: native-static-libs: -lm -ldl\n\nFinished";
        assert_eq!(pass_on(said.as_bytes()).as_deref(), Some("-lm -ldl"));
        assert_eq!(pass_on("   Compiling x\n".as_bytes()), None);
    }

    #[test]
    fn a_slip_of_the_pen_is_refused() {
        assert_eq!(
            parse(&["--prefx", "/usr"]),
            Err("unknown argument `--prefx` of `install`".into())
        );
        assert_eq!(parse(&["--prefix"]), Err("`--prefix` needs a value".to_owned()));
    }
}
