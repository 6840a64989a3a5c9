//! What a context says, as one number.

use std::collections::BTreeMap;

use serde_json::Value;

use super::Context;
use crate::hash::Fingerprint;

/// The list whose order says something: the first channel is preferred.
const IN_ORDER: &[&str] = &["consent", "preferred_channels"];
/// Where null says as little as an absent key.
const VALUES: &[&str] = &["attributes", "values"];
/// How an object without entries is written.
const NOTHING: &str = "{}";

impl Context {
    /// Returns the stable hash of what the context says.
    ///
    /// It depends on neither the order of keys nor that of the entries of
    /// lists, which say the same in any order; only preferred channels are a
    /// ranking. Every watermark counts: the same facts delivered again later
    /// are news.
    #[must_use]
    pub fn fingerprint(&self) -> Fingerprint {
        // Nothing in a context can fail to be written: the keys are strings.
        let value = serde_json::to_value(self).unwrap_or_default();
        Fingerprint::of(canonical(&value, &mut Vec::new()).as_bytes())
    }
}

/// Writes a value in the one form that stands for all that say the same.
///
/// Keys are sorted here: whether a map of `serde_json` does so is for the
/// whole program to choose. A context is a few levels deep, whatever it holds.
fn canonical<'v>(value: &'v Value, path: &mut Vec<&'v str>) -> String {
    match value {
        Value::Object(entries) => {
            let mut written = BTreeMap::new();
            for (key, value) in entries {
                if value.is_null() && path == VALUES {
                    continue;
                }
                path.push(key);
                let value = canonical(value, path);
                // Attributes that all are null say as little as none.
                if value != NOTHING || path != VALUES {
                    written.insert(key, value);
                }
                path.pop();
            }
            let entries = written
                .into_iter()
                .map(|(key, value)| format!("{}:{value}", Value::from(key.as_str())));
            format!("{{{}}}", entries.collect::<Vec<_>>().join(","))
        }
        Value::Array(entries) => {
            let mut written: Vec<String> =
                entries.iter().map(|entry| canonical(entry, path)).collect();
            if path != IN_ORDER {
                written.sort_unstable();
            }
            format!("[{}]", written.join(","))
        }
        plain => plain.to_string(),
    }
}
