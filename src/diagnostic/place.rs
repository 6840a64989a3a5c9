//! Texts, and places in them as a reader counts: lines and columns from 1.

use std::ops::Range;

use serde::Serialize;

/// How a text is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Format {
    /// A TOML document.
    Toml,
    /// A JSON document.
    Json,
    /// No document: the text itself is the value, such as a condition alone.
    Plain,
}

/// A text that findings are about, with its format and perhaps a name.
///
/// # Examples
///
/// ```
/// use tactful::diagnostic::{Format, Source};
///
/// let place = Source::new("policy = ?", Format::Toml).place(9..10);
/// assert_eq!((place.line(), place.column()), (1, 10));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Source<'a> {
    pub(super) text: &'a str,
    pub(super) format: Format,
    name: Option<&'a str>,
}

impl<'a> Source<'a> {
    /// Makes a source without a name.
    #[must_use]
    pub const fn new(text: &'a str, format: Format) -> Self {
        Self { text, format, name: None }
    }

    /// Names the source, as a rule by its file name.
    #[must_use]
    pub const fn named(mut self, name: &'a str) -> Self {
        self.name = Some(name);
        self
    }

    /// Returns the place of a byte range, such as the one of a TOML parse error.
    ///
    /// A range that reaches beyond the text, or into a character, is narrowed.
    #[must_use]
    pub fn place(&self, range: Range<usize>) -> Place {
        Lines::new(*self).place(range)
    }

    /// Returns the place of the character at a line and column, such as those of a JSON parse error.
    ///
    /// Both count from 1, and the column counts bytes, as `serde_json` does.
    #[must_use]
    pub fn place_at(&self, line: usize, column: usize) -> Place {
        let lines = self.text.split_inclusive('\n');
        let before: usize = lines.take(line.saturating_sub(1)).map(str::len).sum();
        let rest = self.text.get(before..).unwrap_or_default();
        let line = rest.split('\n').next().unwrap_or_default();
        let start = floor(line, column.saturating_sub(1));
        let width = line.get(start..).and_then(|rest| rest.chars().next());
        let start = before + start;
        self.place(start..start + width.map_or(0, char::len_utf8))
    }
}

/// A stretch of a text, with what is needed to show it without the text.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Place {
    source: Option<Box<str>>,
    start: usize,
    end: usize,
    line: usize,
    column: usize,
    end_line: usize,
    end_column: usize,
    #[serde(skip)]
    pub(super) snippet: Snippet,
}

impl Place {
    /// Returns the name of the source, if it has one.
    #[must_use]
    pub fn source(&self) -> Option<&str> {
        self.source.as_deref()
    }

    /// Returns the byte range in the text.
    #[must_use]
    pub fn range(&self) -> Range<usize> {
        self.start..self.end
    }

    /// Returns the line of the first character, from 1.
    #[must_use]
    pub fn line(&self) -> usize {
        self.line
    }

    /// Returns the column of the first character, from 1, in characters.
    #[must_use]
    pub fn column(&self) -> usize {
        self.column
    }

    /// Returns the line of the end.
    #[must_use]
    pub fn end_line(&self) -> usize {
        self.end_line
    }

    /// Returns the column just after the last character.
    #[must_use]
    pub fn end_column(&self) -> usize {
        self.end_column
    }
}

/// A text prepared for finding many places in it.
pub(super) struct Lines<'a> {
    source: Source<'a>,
    // INVARIANT: ascending, the first at byte 0, no two more than `STRIDE` + 4 bytes apart.
    marks: Vec<Mark>,
}

/// One position, in bytes and as a reader counts.
#[derive(Clone, Copy)]
struct Mark {
    byte: usize,
    line: usize,
    column: usize,
}

impl<'a> Lines<'a> {
    /// Marks are this far apart, so that a position in the longest line is found quickly.
    const STRIDE: usize = 512;

    pub(super) fn new(source: Source<'a>) -> Self {
        let mut at = Mark::START;
        let mut next = Self::STRIDE;
        let mut marks = vec![at];
        for c in source.text.chars() {
            at = at.after(c);
            if at.byte >= next {
                marks.push(at);
                next = at.byte + Self::STRIDE;
            }
        }
        Self { source, marks }
    }

    pub(super) fn place(&self, range: Range<usize>) -> Place {
        let text = self.source.text;
        let start = self.position(floor(text, range.start));
        let end = self.position(floor(text, range.end.max(range.start)));
        Place {
            source: self.source.name.map(Into::into),
            start: start.byte,
            end: end.byte,
            line: start.line,
            column: start.column,
            end_line: end.line,
            end_column: end.column,
            snippet: Snippet::of(text, start.byte..end.byte),
        }
    }

    fn position(&self, byte: usize) -> Mark {
        let after = self.marks.partition_point(|mark| mark.byte <= byte);
        let mark = self.marks.get(after.saturating_sub(1)).copied();
        let mark = mark.unwrap_or(Mark::START);
        let between = self.source.text.get(mark.byte..byte).unwrap_or_default();
        between.chars().fold(mark, Mark::after)
    }
}

impl Mark {
    const START: Self = Self { byte: 0, line: 1, column: 1 };

    fn after(self, c: char) -> Self {
        let (line, column) = match c {
            '\n' => (self.line + 1, 1),
            _ => (self.line, self.column + 1),
        };
        Self { byte: self.byte + c.len_utf8(), line, column }
    }
}

/// The first line of a place, or a window of it, cut where the marked stretch starts and ends.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Snippet {
    pub(super) before: String,
    pub(super) marked: String,
    pub(super) after: String,
}

impl Snippet {
    /// The most characters shown of a line.
    const WIDTH: usize = 160;
    /// Of these, the most kept before the mark when the text after it could use them all.
    const LEAD: usize = 40;

    fn of(text: &str, range: Range<usize>) -> Self {
        let (before, rest) = text.split_at_checked(range.start).unwrap_or_default();
        let before = last_of_line(before, Self::WIDTH + 1);
        let rest = first_of_line(rest, Self::WIDTH + 1);
        let (ahead, behind) = (before.chars().count(), rest.chars().count());

        let lead = ahead.min(Self::WIDTH.saturating_sub(behind).max(Self::LEAD));
        let kept_before = last_of_line(before, lead);
        let kept_rest = first_of_line(rest, Self::WIDTH - lead);
        let mark = range.len().min(kept_rest.len());
        let (marked, after) = kept_rest.split_at_checked(mark).unwrap_or_default();

        let ellipsis = |kept: &str, whole: &str| if kept.len() < whole.len() { "…" } else { "" };
        Self {
            before: ellipsis(kept_before, before).to_owned() + kept_before,
            marked: marked.to_owned(),
            after: after.to_owned() + ellipsis(kept_rest, rest),
        }
    }
}

/// The part of the last line of `text` that is at most `limit` characters from its end.
fn last_of_line(text: &str, limit: usize) -> &str {
    let skipped = text.char_indices().rev().nth(limit);
    let start = skipped.map_or(0, |(byte, c)| byte + c.len_utf8());
    let window = text.get(start..).unwrap_or_default();
    window.rsplit('\n').next().unwrap_or_default()
}

/// The first line of `text`, at most `limit` characters of it.
fn first_of_line(text: &str, limit: usize) -> &str {
    let end = text.char_indices().nth(limit).map(|(byte, _)| byte);
    let window = text.get(..end.unwrap_or(text.len())).unwrap_or_default();
    let line = window.split('\n').next().unwrap_or_default();
    line.strip_suffix('\r').unwrap_or(line)
}

/// The last character boundary at or before a byte offset.
fn floor(text: &str, byte: usize) -> usize {
    let mut byte = byte.min(text.len());
    while !text.is_char_boundary(byte) {
        byte -= 1;
    }
    byte
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str, range: Range<usize>) -> [usize; 4] {
        let place = Source::new(text, Format::Plain).place(range);
        [place.line(), place.column(), place.end_line(), place.end_column()]
    }

    #[test]
    fn lines_and_columns_count_characters_from_one() {
        let text = "é = 1\r\nb = 'x'\n";
        assert_eq!(at(text, 0..2), [1, 1, 1, 2]);
        assert_eq!(at(text, 8..13), [2, 1, 2, 6]);
        assert_eq!(at(text, 2..9), [1, 2, 2, 2]);
        assert_eq!(at(text, 16..16), [3, 1, 3, 1]);
        assert_eq!(at("", 0..0), [1, 1, 1, 1]);
    }

    #[test]
    fn ranges_are_narrowed_to_the_text() {
        let place = Source::new("é", Format::Plain).place(1..99);
        assert_eq!(place.range(), 0..2);
        let backwards = Range { start: 2, end: 0 };
        assert_eq!(Source::new("abc", Format::Plain).place(backwards).range(), 2..2);
    }

    #[test]
    fn marks_agree_with_counting() {
        let text = "ab\né".repeat(1000) + &"→".repeat(2000);
        let lines = Lines::new(Source::new(&text, Format::Plain));
        for (byte, _) in text.char_indices().step_by(7) {
            let before = text.get(..byte).unwrap();
            let column = before.rsplit('\n').next().unwrap().chars().count() + 1;
            let place = lines.place(byte..byte);
            let line = before.matches('\n').count() + 1;
            assert_eq!((place.line(), place.column()), (line, column));
        }
    }

    #[test]
    fn parse_errors_of_serde_json_find_their_character() {
        let text = "{\n  \"é\": x\n}";
        let error = serde_json::from_str::<serde_json::Value>(text).unwrap_err();
        let place = Source::new(text, Format::Json).place_at(error.line(), error.column());
        assert_eq!(text.get(place.range()), Some("x"));
        assert_eq!((place.line(), place.column()), (2, 8));
        for (line, column) in [(0, 0), (9, 9), (3, 99), (usize::MAX, usize::MAX)] {
            let _ = Source::new(text, Format::Json).place_at(line, column);
        }
    }

    #[test]
    fn long_lines_are_shown_through_a_window() {
        let text = "a".repeat(1000) + "BB" + &"c".repeat(1000);
        let Snippet { before, marked, after } = Snippet::of(&text, 1000..1002);
        assert_eq!(before, format!("…{}", "a".repeat(40)));
        assert_eq!(marked, "BB");
        assert_eq!(after, format!("{}…", "c".repeat(118)));

        let whole = Snippet::of(&text, 0..text.len());
        assert_eq!(whole.marked.len(), 160);
        assert_eq!((whole.before.as_str(), whole.after.as_str()), ("", "…"));

        let end = Snippet::of(&text, text.len()..text.len());
        assert_eq!(end.before, format!("…{}", "c".repeat(160)));
    }
}
