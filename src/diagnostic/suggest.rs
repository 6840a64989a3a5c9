//! Did you mean …? The closest of the names that would have been right.

/// Names longer than this get no suggestion, so that a hostile one costs nothing.
const LONGEST: usize = 64;

/// Returns the candidate closest to a name, if one is close enough to be meant.
///
/// Close is at most a third of the name's characters, and no more than three, added, dropped,
/// changed or swapped with a neighbour. Case, `-` and `_` count for nothing, so `isOpen` is
/// `is_open`. A name to which only words are missing counts as one change away, so `age` is
/// `age_years`. Of two equally close candidates the first is meant.
///
/// # Examples
///
/// ```
/// use tactful::diagnostic::suggest::closest;
///
/// assert_eq!(closest("up_sale", ["cross_sell", "upsell"]), Some("upsell"));
/// assert_eq!(closest("winBack", ["win_back"]), Some("win_back"));
/// assert_eq!(closest("survey", ["renewal", "service"]), None);
/// ```
#[must_use]
pub fn closest<'a>(name: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let (folded, length) = fold(name)?;
    let limit = name.chars().count().div_ceil(3).clamp(1, 3);
    candidates
        .into_iter()
        .filter(|candidate| *candidate != name)
        .filter_map(|candidate| {
            let (other, other_length) = fold(candidate)?;
            if lacks_words(name, candidate) {
                return Some((1, candidate));
            }
            if length.abs_diff(other_length) > limit {
                return None;
            }
            Some((strsim::osa_distance(&folded, &other), candidate))
        })
        // A name with nothing left of it is not a slip.
        .filter(|(distance, _)| *distance <= limit && *distance < length)
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, candidate)| candidate)
}

/// Tells whether a candidate is the name with words before or after it.
fn lacks_words(name: &str, candidate: &str) -> bool {
    let after = candidate.strip_prefix(name).is_some_and(|rest| rest.starts_with('_'));
    let before = candidate.strip_suffix(name).is_some_and(|rest| rest.ends_with('_'));
    name.len() > 1 && (after || before)
}

/// A name without what people vary at will, and its length in characters.
fn fold(name: &str) -> Option<(String, usize)> {
    if name.chars().nth(LONGEST).is_some() {
        return None;
    }
    let kept = name.chars().filter(|c| !matches!(c, '-' | '_'));
    let folded: String = kept.flat_map(char::to_lowercase).collect();
    let length = folded.chars().count();
    Some((folded, length))
}

#[cfg(test)]
mod tests {
    use super::closest;

    #[test]
    fn suggestions() {
        let names = [
            "support.tickets",
            "support.last_contact_at",
            "is_open",
            "win_back",
            "id",
            "kinds",
            "because",
            "tags",
            "x",
        ];
        for (name, expected) in [
            ("support.ticket", Some("support.tickets")),
            ("suport.tickets", Some("support.tickets")),
            ("support.lastContactAt", Some("support.last_contact_at")),
            ("isOpen", Some("is_open")),
            ("IS-OPEN", Some("is_open")),
            ("winback", Some("win_back")),
            ("open", Some("is_open")),
            ("win", Some("win_back")),
            ("beacuse", Some("because")), // one swap, not two changes
            ("kind", Some("kinds")),
            ("tgas", Some("tags")),
            ("di", Some("id")),
            ("y", None), // one letter for another is a different name
            ("", None),
            ("__", None),
            ("tags", None), // itself is no news
            ("refunds", None),
            ("profile.tenure", None),
        ] {
            assert_eq!(closest(name, names), expected, "{name}");
        }
    }

    #[test]
    fn the_first_of_equals_is_meant() {
        assert_eq!(closest("cat", ["cart", "cut", "cats"]), Some("cart"));
        assert_eq!(closest("is_opem", ["is_ope", "isOpen"]), Some("is_ope"));
    }

    #[test]
    fn long_names_get_no_suggestion() {
        let (name, near) = ("n".repeat(65), "n".repeat(64));
        assert_eq!(closest(&name, [near.as_str()]), None);
        assert_eq!(closest(&near, [name.as_str()]), None);
        assert_eq!(closest("abc", [&*"b".repeat(1_000_000)]), None);
    }
}
