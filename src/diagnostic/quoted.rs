//! Quoted strings as TOML and JSON write them, and which raw bytes spell which part of the value.
//!
//! Whether a text is well formed is the parser's business; here anything goes, and what makes no
//! sense is taken to spell `U+FFFD`.

use std::ops::Range;

/// Returns the bytes of a quoted string that spell a byte range of its value.
///
/// None if `raw` is not quoted.
pub(super) fn within(raw: &str, wanted: Range<usize>) -> Option<Range<usize>> {
    let mut units = Units::of(raw)?;
    let mut decoded = 0;
    let mut start = None;
    let mut end = 0;
    for unit in &mut units {
        let Some(c) = unit.decoded else {
            continue;
        };
        if decoded < wanted.end {
            end = unit.raw.end;
        }
        decoded += c.len_utf8();
        if decoded > wanted.start {
            start.get_or_insert(unit.raw.start);
            if decoded >= wanted.end {
                break;
            }
        }
    }
    let start = start.unwrap_or(units.at);
    Some(start..end.max(start))
}

/// Returns the value of a quoted string.
pub(super) fn value(raw: &str) -> String {
    let units = Units::of(raw).into_iter().flatten();
    units.filter_map(|unit| unit.decoded).collect()
}

/// What spells one character of the value, or none.
struct Unit {
    raw: Range<usize>,
    decoded: Option<char>,
}

/// The units of a quoted string, in order.
struct Units<'a> {
    rest: &'a str,
    at: usize,
    escapes: bool,
}

impl<'a> Units<'a> {
    fn of(raw: &'a str) -> Option<Self> {
        let quotes = [("'''", false), ("\"\"\"", true), ("'", false), ("\"", true)];
        let (quote, escapes) = quotes.into_iter().find(|(q, _)| raw.starts_with(q))?;
        let inside = raw.strip_prefix(quote)?;
        let inside = inside.strip_suffix(quote).unwrap_or(inside);
        // TOML drops a newline right after the opening quotes; only `'''` and `"""` can have one.
        let rest =
            inside.strip_prefix("\r\n").or_else(|| inside.strip_prefix('\n')).unwrap_or(inside);
        Some(Self { rest, at: quote.len() + inside.len() - rest.len(), escapes })
    }
}

impl Iterator for Units<'_> {
    type Item = Unit;

    fn next(&mut self) -> Option<Unit> {
        let (length, decoded) = match self.rest.chars().next()? {
            '\\' if self.escapes => escape(self.rest),
            c => (c.len_utf8(), Some(c)),
        };
        let start = self.at;
        self.at += length;
        self.rest = self.rest.get(length..).unwrap_or_default();
        Some(Unit { raw: start..self.at, decoded })
    }
}

/// Returns the length of the escape at the start of `text` and what it stands for.
fn escape(text: &str) -> (usize, Option<char>) {
    let Some(letter) = text.chars().nth(1) else {
        return (1, Some(char::REPLACEMENT_CHARACTER));
    };
    let c = match letter {
        'u' => return utf16(text),
        'U' => return hex(text, 8),
        'x' => return hex(text, 2),
        ' ' | '\t' | '\r' | '\n' => return line_end(text),
        'b' => '\u{8}',
        'e' => '\u{1b}',
        'f' => '\u{c}',
        'n' => '\n',
        'r' => '\r',
        't' => '\t',
        itself => itself,
    };
    (1 + letter.len_utf8(), Some(c))
}

/// A line-ending backslash, which swallows all white space up to the next word.
fn line_end(text: &str) -> (usize, Option<char>) {
    let rest = text.strip_prefix('\\').unwrap_or(text);
    let rest = rest.trim_start_matches([' ', '\t', '\r', '\n']);
    (text.len() - rest.len(), None)
}

/// `\uXXXX`, or two of them where JSON spells a character beyond the first 65,536.
fn utf16(text: &str) -> (usize, Option<char>) {
    let unit = |at: usize| {
        let digits = text.get(at..)?.strip_prefix("\\u")?.get(..4)?;
        u16::from_str_radix(digits, 16).ok()
    };
    let pair = [unit(0), unit(6)].map(Option::unwrap_or_default);
    match char::decode_utf16(pair).next() {
        Some(Ok(c)) if c.len_utf16() == 2 => (12, Some(c)),
        _ => hex(text, 4),
    }
}

fn hex(text: &str, digits: usize) -> (usize, Option<char>) {
    let digits = text.get(2..2 + digits).unwrap_or_default();
    let code = u32::from_str_radix(digits, 16).ok();
    let c = code.and_then(char::from_u32);
    (2 + digits.len(), Some(c.unwrap_or(char::REPLACEMENT_CHARACTER)))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The raw text which spells the part of the value that is `part`.
    fn spelled<'a>(raw: &'a str, part: &str) -> &'a str {
        let start = value(raw).find(part).unwrap();
        let range = within(raw, start..start + part.len()).unwrap();
        raw.get(range).unwrap()
    }

    #[test]
    fn every_kind_of_string() {
        for (raw, part, expected) in [
            ("'a.b == c'", "b ==", "b =="),
            (r"'a\nb'", "nb", "nb"),
            ("'''\nab\ncd'''", "b\nc", "b\nc"),
            ("'''\r\na\r\nb'''", "a\r\nb", "a\r\nb"),
            ("''''quoted' '''", "'quoted'", "'quoted'"),
            (r#""a \"b\" c""#, "\"b\"", r#"\"b\""#),
            (r#""\te\u0041\U0001F600z""#, "A😀", r"\u0041\U0001F600"),
            (r#""\x41\e[""#, "A\u{1b}", r"\x41\e"),
            ("\"\"\"\na \\\n   b c\"\"\"", "a b", "a \\\n   b"),
            ("\"\"\"\na \\\n   b c\"\"\"", "b c", "b c"),
            ("\"\"\"\\\n \\\n x\"\"\"", "x", "x"),
            (r#""\ud83d\ude00 \/""#, "😀", r"\ud83d\ude00"),
            (r#""\ud83d\ude00 \/""#, "/", r"\/"),
            (r#""é→é""#, "→", "→"),
        ] {
            assert_eq!(spelled(raw, part), expected, "{raw}");
        }
    }

    #[test]
    fn the_ends_of_a_string() {
        assert_eq!(within("'ab'", 0..0), Some(1..1));
        assert_eq!(within("'ab'", 2..2), Some(3..3));
        assert_eq!(within("'ab'", 1..99), Some(2..3));
        assert_eq!(within("'ab'", 50..99), Some(3..3));
        assert_eq!(within("\"\"", 0..1), Some(1..1));
        assert_eq!(within("\"\"\"\n\"\"\"", 0..1), Some(4..4));
        assert_eq!(within("12", 0..1), None);
        assert_eq!(within("", 0..1), None);
    }

    #[test]
    fn nonsense_is_taken_calmly() {
        for raw in [
            "\"",
            "'",
            "\"\\",
            "\"\\u",
            "\"\\u12",
            "\"\\ud800",
            "\"\\ud800\\u",
            "\"\\U0011000é\"",
            "\"\\é\"",
            "\"\\x\"",
            "\"\"\"",
            "\"\"\"\\",
            "\"\"\"\"",
            "\"\\udc00\\ud800\"",
        ] {
            for start in 0..4 {
                let range = within(raw, start..start + 1).unwrap();
                assert!(raw.get(range).is_some(), "{raw}");
            }
        }
    }
}
