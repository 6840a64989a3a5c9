//! Who an event is about.

use super::Mapping;
use super::original::Original;

/// Returns the customer's id: at the place the mapping names, from the root of
/// the original or from within, else at the first of the usual places, which
/// are within.
pub(super) fn customer(
    layers: &[&Original<'_>],
    mapping: &Mapping,
    usual: &[&str],
) -> Option<String> {
    let own = mapping.user_id_at.as_deref();
    let owned = own.and_then(|path| layers.iter().find_map(|layer| person(layer, path)));
    let within = layers.last();
    owned.or_else(|| within.and_then(|within| usual.iter().find_map(|path| person(within, path))))
}

/// Returns the id of a person at a place, unless it stands for nobody.
pub(super) fn person(original: &Original<'_>, path: &str) -> Option<String> {
    let id = original.id(path)?;
    if is_placeholder(&id) {
        original.warn(path, format!("`{id}` stands for nobody"));
        return None;
    }
    Some(id)
}

/// Tells whether an id is one that systems send for want of one.
fn is_placeholder(id: &str) -> bool {
    let is_zeros = id.bytes().all(|byte| byte == b'0' || byte == b'-');
    let words = ["-1", "null", "anonymous"];
    is_zeros || words.iter().any(|word| id.eq_ignore_ascii_case(word))
}

#[cfg(test)]
mod tests {
    use super::is_placeholder;

    #[test]
    fn placeholders_are_nobody() {
        for id in ["", "0", "000", "-", "00000000-0000-0000-0000-000000000000", "-1", "null"] {
            assert!(is_placeholder(id), "{id}");
        }
        assert!(is_placeholder("Anonymous") && is_placeholder("NULL"));
        for id in ["1", "u-1", "0a", "anonymous-1", "-2", "nullable"] {
            assert!(!is_placeholder(id), "{id}");
        }
    }
}
