//! Values in words, spelled without the general machinery where they are plain.

use crate::policy::point;

/// Quotes a text as `{:?}` does.
pub(super) fn quoted(text: &str) -> String {
    let mut said = String::with_capacity(text.len() + 2);
    add_quoted(&mut said, text);
    said
}

/// Adds a text to another one, quoted as `{:?}` does.
pub(super) fn add_quoted(said: &mut String, text: &str) {
    let is_plain = |byte: u8| matches!(byte, b' '..=b'~') && byte != b'"' && byte != b'\\';
    if text.bytes().all(is_plain) {
        said.extend(["\"", text, "\""]);
    } else {
        said.push_str(&format!("{text:?}"));
    }
}

/// Most numbers are no longer than this.
const USUAL_DIGITS: usize = 16;

/// Spells a number as `{}` does.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    clippy::cast_precision_loss,
    reason = "what has too many digits, or is no number, is found out by turning it back"
)]
pub(super) fn double(value: f64) -> String {
    /// Up to so many digits a double keeps every decimal number apart from the
    /// others: one that stands for it is the shortest that does.
    const MANY: u64 = 1_000_000_000_000_000;
    let digits = value.abs();
    for (decimals, factor) in [(0, 1.0), (1, 10.0), (2, 100.0), (3, 1_000.0), (4, 10_000.0)] {
        let whole = (digits * factor + 0.5) as u64;
        if whole < MANY && (whole as f64 / factor).to_bits() == digits.to_bits() {
            let mut text = String::with_capacity(USUAL_DIGITS);
            if value.is_sign_negative() {
                text.push('-');
            }
            text.push_str(&point(whole.into(), decimals));
            return text;
        }
    }
    value.to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_are_quoted_as_the_language_does() {
        for text in ["", "basic", "it's", "a \"b\"", "a\\b", "a\nb", "ä", "\u{7f}", "a~ b"] {
            assert_eq!(quoted(text), format!("{text:?}"));
        }
    }

    #[test]
    fn numbers_are_spelled_as_the_language_does() {
        let few = [0.0, -0.0, 0.5, 0.35, 1.0, 100.0, -2.25, 0.1 + 0.2, 1e15, 1e-5, 1e22, 5e-324];
        let many = [f64::MAX, f64::NAN, f64::INFINITY, 999_999_999_999_999.9, 123_456.789_01];
        for value in few.into_iter().chain(many) {
            assert_eq!(double(value), value.to_string());
        }
        let mut bits = 0x9e37_79b9_7f4a_7c15_u64;
        for number in 0..20_000 {
            bits = bits.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
            let any = f64::from_bits(bits);
            assert_eq!(double(any), any.to_string());
            let plain = f64::from(number) / 1_000.0;
            assert_eq!(double(plain), plain.to_string());
            assert_eq!(double(plain.next_up()), plain.next_up().to_string());
        }
    }
}
