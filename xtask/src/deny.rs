//! Licences, sources and versions of everything that is built, held against
//! `deny.toml`.
//!
//! cargo-deny reads the same file, but takes minutes to install, and what it
//! knows beyond this, advisories, it fetches. This reads as much of the file as
//! is in it, and asks cargo and the lock file alone.

mod license;

use std::collections::{BTreeMap, BTreeSet};
use std::fs;

use crate::run::{cargo, root};
use license::Terms;

/// Checks the workspace.
///
/// # Errors
///
/// Everything that is wrong, and what `deny.toml` says without need.
pub fn check() -> Result<(), String> {
    let read = |name: &str| {
        fs::read_to_string(root().join(name)).map_err(|error| format!("{name}: {error}"))
    };
    let rules = Rules::parse(&read("deny.toml")?)?;
    let locked = locked(&read("Cargo.lock")?);
    let licensed = licensed(&told_by_cargo()?);
    let mut wrong = foreign(&rules, &locked);
    wrong.extend(repeated(&rules, &locked));
    wrong.extend(unlicensed(&rules, &licensed)?);
    if wrong.is_empty() {
        println!("    {} crates of {} sources", licensed.len(), rules.registries.len());
        return Ok(());
    }
    Err(format!("deny.toml says otherwise:\n{}", wrong.join("\n")))
}

/// What `deny.toml` says.
#[derive(Debug, Default, PartialEq)]
struct Rules {
    licenses: BTreeSet<String>,
    /// By crate.
    exceptions: BTreeMap<String, BTreeSet<String>>,
    /// The older versions that may be there beside a newer one: name and start.
    skipped: BTreeSet<(String, String)>,
    registries: BTreeSet<String>,
}

/// What else `deny.toml` says: what is done here anyway.
const SETTINGS: [(&str, &str); 4] = [
    ("graph", "all-features = true"),
    ("bans", "multiple-versions = \"deny\""),
    ("sources", "unknown-registry = \"deny\""),
    ("sources", "unknown-git = \"deny\""),
];

/// Where in the file a line is: below a heading, perhaps within a list.
#[derive(Default)]
struct Place {
    section: String,
    list: Option<String>,
}

impl Rules {
    // The file is ours and has one shape: an entry of a list is a line.
    fn parse(text: &str) -> Result<Self, String> {
        let (mut rules, mut place) = (Self::default(), Place::default());
        let lines = text.lines().map(str::trim);
        for line in lines.filter(|line| !line.is_empty() && !line.starts_with('#')) {
            let read = rules.line(&mut place, line);
            read.ok_or_else(|| format!("deny.toml: cannot read this line: {line}"))?;
        }
        match place.list {
            Some(list) => Err(format!("deny.toml: `{list}` does not end")),
            None => Ok(rules),
        }
    }

    /// Reads a line, `None` if it cannot be read.
    fn line(&mut self, place: &mut Place, line: &str) -> Option<()> {
        if let Some(list) = &place.list {
            if line != "]" {
                return self.entry(list, line.strip_suffix(',').unwrap_or(line));
            }
            place.list = None;
            return Some(());
        }
        if let Some(heading) = line.strip_prefix('[') {
            place.section = heading.strip_suffix(']')?.to_owned();
            return Some(());
        }
        if SETTINGS.contains(&(&place.section, line)) {
            return Some(());
        }
        let (key, value) = line.split_once(" = ")?;
        let list = format!("{}.{key}", place.section);
        if value == "[" {
            place.list = Some(list);
            return Some(());
        }
        let mut entries = value.strip_prefix('[')?.strip_suffix(']')?.split(", ");
        entries.try_for_each(|entry| self.entry(&list, entry))
    }

    /// Reads an entry of a list.
    fn entry(&mut self, list: &str, entry: &str) -> Option<()> {
        match list {
            "licenses.allow" => drop(self.licenses.insert(quoted(entry)?)),
            "licenses.exceptions" => {
                let (name, licenses) = table(entry)?.split_once(", allow = ")?;
                let licenses = licenses.strip_prefix('[')?.strip_suffix(']')?.split(", ");
                self.exceptions.insert(quoted(name)?, licenses.map(quoted).collect::<Option<_>>()?);
            }
            "bans.skip" => {
                let (spec, reason) = table(entry)?.split_once(", reason = ")?;
                quoted(reason)?;
                let spec = quoted(spec)?;
                let (name, version) = spec.split_once('@')?;
                self.skipped.insert((name.to_owned(), version.to_owned()));
            }
            "sources.allow-registry" => drop(self.registries.insert(quoted(entry)?)),
            _ => return None,
        }
        Some(())
    }
}

/// Returns what is in an entry about a crate, from its name on.
fn table(entry: &str) -> Option<&str> {
    entry.strip_prefix("{ crate = ")?.strip_suffix(" }")
}

/// Returns a text without its quotes: there are no escapes in the file.
fn quoted(text: &str) -> Option<String> {
    let inside = text.strip_prefix('"')?.strip_suffix('"')?;
    (!inside.contains(['"', '\\'])).then(|| inside.to_owned())
}

/// A package of the lock file.
#[derive(Debug, PartialEq)]
struct Locked {
    name: String,
    version: String,
    /// Packages of the workspace have none.
    source: Option<String>,
    is_checked: bool,
}

fn locked(text: &str) -> Vec<Locked> {
    let value = |package: &str, key: &str| {
        let start = format!("{key} = \"");
        let line = package.lines().find_map(|line| line.strip_prefix(start.as_str()))?;
        Some(line.trim_end_matches('"').to_owned())
    };
    let packages = text.split("[[package]]").skip(1);
    packages
        .map(|package| Locked {
            name: value(package, "name").unwrap_or_default(),
            version: value(package, "version").unwrap_or_default(),
            source: value(package, "source"),
            is_checked: value(package, "checksum").is_some(),
        })
        .collect()
}

/// Finds packages from elsewhere, and those whose content may change.
fn foreign(rules: &Rules, locked: &[Locked]) -> Vec<String> {
    let is_known = |source: &str| {
        source.strip_prefix("registry+").is_some_and(|registry| rules.registries.contains(registry))
    };
    let wrong = |package: &Locked| match &package.source {
        Some(source) if !is_known(source) => {
            Some(format!("{} {}: is from {source}", package.name, package.version))
        }
        Some(_) if !package.is_checked => {
            Some(format!("{} {}: has no checksum", package.name, package.version))
        }
        _ => None,
    };
    locked.iter().filter_map(wrong).collect()
}

/// Finds older versions beside newer ones.
fn repeated(rules: &Rules, locked: &[Locked]) -> Vec<String> {
    let mut versions: BTreeMap<&str, Vec<(Vec<u64>, &str)>> = BTreeMap::new();
    for Locked { name, version, .. } in locked {
        versions.entry(name).or_default().push((numbers(version), version));
    }
    let (mut wrong, mut unneeded) = (Vec::new(), rules.skipped.clone());
    for (name, mut versions) in versions {
        versions.sort();
        versions.pop();
        for (_, version) in versions {
            let is_meant = |(of, start): &&(String, String)| of == name && begins(version, start);
            match rules.skipped.iter().find(is_meant) {
                Some(skip) => drop(unneeded.remove(skip)),
                None => wrong.push(format!("{name} {version}: is there beside a newer version")),
            }
        }
    }
    wrong.extend(unneeded.iter().map(|(name, version)| {
        format!("deny.toml: skips {name}@{version}, which is not there beside a newer one")
    }));
    wrong
}

/// Compares versions by these: `1.10` is newer than `1.9`.
fn numbers(version: &str) -> Vec<u64> {
    let core = version.split(['-', '+']).next().unwrap_or_default();
    core.split('.').map(|number| number.parse().unwrap_or(0)).collect()
}

fn begins(version: &str, start: &str) -> bool {
    version.strip_prefix(start).is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
}

/// Finds crates that cannot be had under what is allowed.
fn unlicensed(rules: &Rules, licensed: &[(String, String)]) -> Result<Vec<String>, String> {
    let nothing = BTreeSet::new();
    let mut unneeded: BTreeSet<&String> = rules.licenses.iter().collect();
    let mut unneeded_exceptions: BTreeSet<&String> = rules.exceptions.keys().collect();
    let mut wrong = Vec::new();
    for (package, license) in licensed {
        let name = package.split(' ').next().unwrap_or_default();
        if license.is_empty() {
            wrong.push(format!("{package}: names no licence"));
            continue;
        }
        let terms = Terms::parse(license).map_err(|error| format!("{package}: {error}"))?;
        unneeded.retain(|license| !terms.names(license));
        let more = rules.exceptions.get(name).unwrap_or(&nothing);
        if terms.hold(&|license| rules.licenses.contains(license)) {
            continue;
        }
        if terms.hold(&|license| rules.licenses.contains(license) || more.contains(license)) {
            unneeded_exceptions.retain(|exception| *exception != name);
            continue;
        }
        wrong.push(format!("{package}: is under {license}"));
    }
    wrong.extend(unneeded.iter().map(|one| format!("deny.toml: nothing is under {one}")));
    let unneeded = unneeded_exceptions.iter();
    wrong.extend(unneeded.map(|name| format!("deny.toml: {name} needs no exception")));
    Ok(wrong)
}

/// Asks cargo for every package and its licence.
fn told_by_cargo() -> Result<String, String> {
    let mut command = cargo();
    command.args(["tree", "--workspace", "--locked", "--all-features", "--target", "all"]);
    command.args(["--edges", "normal,build,dev", "--prefix", "none"]);
    let output = command.args(["--format", "{p}\t{l}"]).output();
    let output = output.map_err(|error| format!("cargo does not start: {error}"))?;
    match output.status.success() {
        true => Ok(String::from_utf8_lossy(&output.stdout).into_owned()),
        false => Err(String::from_utf8_lossy(&output.stderr).into_owned()),
    }
}

/// Reads what cargo says: each package once, with its licence. Where one comes
/// again, cargo marks it.
fn licensed(said: &str) -> Vec<(String, String)> {
    let pairs = said.lines().filter_map(|line| line.split_once('\t'));
    let pairs: BTreeSet<(&str, &str)> =
        pairs.map(|(package, license)| (package, license.trim_end_matches(" (*)"))).collect();
    pairs.into_iter().map(|(package, license)| (package.to_owned(), license.to_owned())).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const RULES: &str = r#"
[licenses]
# A comment with a "word" in it.
allow = [
    "MIT",
    "Apache-2.0 WITH LLVM-exception",
]
exceptions = [
    { crate = "cbindgen", allow = ["MPL-2.0"] },
]
[bans]
multiple-versions = "deny"
skip = [
    { crate = "toml@0.9", reason = "an older one" },
]
[sources]
allow-registry = ["https://example.com/index"]
"#;

    fn rules() -> Rules {
        let mut rules = Rules::parse(RULES).unwrap();
        rules.licenses.remove("Apache-2.0 WITH LLVM-exception");
        rules
    }

    fn package(name: &str, version: &str) -> Locked {
        Locked {
            name: name.to_owned(),
            version: version.to_owned(),
            source: Some("registry+https://example.com/index".to_owned()),
            is_checked: true,
        }
    }

    #[test]
    fn the_rules_are_read() {
        let rules = Rules::parse(RULES).unwrap();
        assert!(rules.licenses.contains("Apache-2.0 WITH LLVM-exception"));
        assert_eq!(rules.licenses.len(), 2);
        assert!(rules.exceptions["cbindgen"].contains("MPL-2.0"));
        assert!(rules.skipped.contains(&("toml".to_owned(), "0.9".to_owned())));
        assert!(rules.registries.contains("https://example.com/index"));
    }

    #[test]
    fn what_cannot_be_read_is_an_error() {
        for (line, instead) in [
            ("    \"MIT\",", "    MIT,"),
            ("    \"MIT\",", "    \"MIT\", \"ISC\","),
            ("    \"MIT\",", "    \"MIT\", # the usual one"),
            ("allow = [\"MPL-2.0\"]", "license = [\"MPL-2.0\"]"),
            ("allow = [\"MPL-2.0\"]", "allow = \"MPL-2.0\""),
            ("toml@0.9", "toml"),
            (", reason = \"an older one\"", ""),
            ("multiple-versions = \"deny\"", "multiple-versions = \"allow\""),
            ("multiple-versions = \"deny\"", "wildcards = \"deny\""),
            ("[licenses]", "[licences]"),
            ("[\"https://example.com/index\"]", "\"https://example.com/index\""),
        ] {
            let text = RULES.replace(line, instead);
            assert_ne!(text, RULES, "{line}");
            let error = Rules::parse(&text).unwrap_err();
            assert!(error.starts_with("deny.toml: cannot read this line: "), "{instead}: {error}");
        }
        let cut = RULES.split("]\n[bans]").next().unwrap();
        assert_eq!(Rules::parse(cut).unwrap_err(), "deny.toml: `licenses.exceptions` does not end");
    }

    #[test]
    fn a_package_that_comes_again_is_read_once() {
        let said = "a v1.0.0\tMIT\nb v1.0.0\t\na v1.0.0\tMIT (*)\nb v1.0.0\t (*)\n";
        let one = |name: &str, license: &str| (name.to_owned(), license.to_owned());
        assert_eq!(licensed(said), [one("a v1.0.0", "MIT"), one("b v1.0.0", "")]);
    }

    #[test]
    fn packages_from_elsewhere_are_found() {
        let lock = "version = 4\n\n[[package]]\nname = \"a\"\nversion = \"1.0.0\"\n\
                    source = \"git+https://example.com/a#1\"\n\n[[package]]\nname = \"b\"\n\
                    version = \"1.0.0\"\nsource = \"registry+https://example.com/index\"\n\n\
                    [[package]]\nname = \"ours\"\nversion = \"0.1.0\"\n";
        assert_eq!(
            foreign(&rules(), &locked(lock)),
            ["a 1.0.0: is from git+https://example.com/a#1", "b 1.0.0: has no checksum"]
        );
    }

    #[test]
    fn an_older_version_is_to_be_explained_and_an_explanation_needed() {
        let two = |name: &str| vec![package(name, "0.9.12+spec-1"), package(name, "0.10.0")];
        assert_eq!(repeated(&rules(), &two("toml")), Vec::<String>::new());
        let wrong = repeated(&rules(), &two("syn"));
        assert_eq!(wrong.len(), 2, "{wrong:?}");
        assert!(wrong[0].starts_with("syn 0.9.12+spec-1: is there beside"), "{wrong:?}");
        assert!(wrong[1].contains("skips toml@0.9"), "{wrong:?}");
    }

    #[test]
    fn licences_are_held_against_the_list() {
        let crates = |pairs: &[(&str, &str)]| -> Vec<(String, String)> {
            pairs.iter().map(|(name, license)| (name.to_string(), license.to_string())).collect()
        };
        let fine = crates(&[("a v1.0.0", "MIT OR GPL-2.0"), ("cbindgen v1.0.0", "MPL-2.0")]);
        assert_eq!(unlicensed(&rules(), &fine).unwrap(), Vec::<String>::new());
        let odd = crates(&[("a v1.0.0", "MPL-2.0"), ("b v1.0.0", ""), ("cbindgen v1.0.0", "GPL")]);
        assert_eq!(
            unlicensed(&rules(), &odd).unwrap(),
            [
                "a v1.0.0: is under MPL-2.0",
                "b v1.0.0: names no licence",
                "cbindgen v1.0.0: is under GPL",
                "deny.toml: nothing is under MIT",
                "deny.toml: cbindgen needs no exception",
            ]
        );
    }
}
