//! Names as they are compared: without regard to case and punctuation.

/// Writes a name in lower case, with one `_` for all that is neither letter
/// nor digit between two of them.
pub(super) fn fold(name: &str) -> String {
    let mut folded = String::with_capacity(name.len());
    let mut is_apart = false;
    for letter in name.chars() {
        if letter.is_alphanumeric() {
            if is_apart && !folded.is_empty() {
                folded.push('_');
            }
            is_apart = false;
            folded.extend(letter.to_lowercase());
        } else {
            is_apart = true;
        }
    }
    folded
}

#[cfg(test)]
mod tests {
    use super::fold;

    #[test]
    fn case_and_punctuation_do_not_count() {
        for name in ["Order Completed", "order-completed", " ORDER__completed!", "order_completed"]
        {
            assert_eq!(fold(name), "order_completed");
        }
        assert_eq!(fold("orderCompleted"), "ordercompleted");
        assert_eq!(fold("Zürich 2"), "zürich_2");
        assert_eq!(fold("--"), "");
    }
}
