//! Ready tables of situations, suppressions and limits, named with their version.

use super::Policy;

/// The presets, by name. The answers of a released version never change.
#[cfg(feature = "toml")]
const PRESETS: [(&str, &str); 2] = [
    ("customer-care@1", include_str!("presets/customer-care@1.toml")),
    // The same table, and a contact policy.
    (
        "customer-care@2",
        concat!(
            include_str!("presets/customer-care@1.toml"),
            include_str!("presets/contact-policy.toml")
        ),
    ),
];

/// Finds a preset; the error lists the names there are.
pub(crate) fn preset(name: &str) -> Result<Policy, Vec<&'static str>> {
    #[cfg(feature = "toml")]
    if let Some((_, text)) = PRESETS.iter().find(|(known, _)| *known == name) {
        return Policy::from_toml(text).map_err(|_| Vec::new());
    }
    #[cfg(not(feature = "toml"))]
    let _ = name;
    Err(names())
}

#[cfg(feature = "toml")]
fn names() -> Vec<&'static str> {
    PRESETS.iter().map(|(name, _)| *name).collect()
}

/// The presets are TOML: without that feature there are none.
#[cfg(not(feature = "toml"))]
fn names() -> Vec<&'static str> {
    Vec::new()
}
