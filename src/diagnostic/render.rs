//! Findings as text, in the manner of `rustc`.

use std::fmt;

use crate::diagnostic::{Diagnostic, Place};

impl fmt::Display for Diagnostic {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (severity, code) = (self.severity, self.code);
        write!(f, "{severity}[{code}]: {}", shown(&self.message))?;
        let gutter = self.place().map_or(1, gutter);
        if let Some(place) = self.place() {
            write_place(f, place, gutter)?;
        }
        if !self.path.is_root() {
            write!(f, "\n{:gutter$} = in {}", "", self.path)?;
        }
        if let Some(help) = self.help() {
            write_remark(f, gutter, "help", help)?;
        }
        for note in &self.notes {
            write_remark(f, gutter, "note", note)?;
        }
        Ok(())
    }
}

/// How many columns line numbers take.
fn gutter(place: &Place) -> usize {
    place.line().to_string().len()
}

fn write_place(f: &mut fmt::Formatter<'_>, place: &Place, gutter: usize) -> fmt::Result {
    let (line, column) = (place.line(), place.column());
    let name = shown(place.source().unwrap_or("policy"));
    let before = shown(&place.snippet.before);
    let marked = shown(&place.snippet.marked);
    let after = shown(&place.snippet.after);
    let indent = before.chars().count();
    let carets = "^".repeat(marked.chars().count().max(1));

    let text = format!("{line} | {before}{marked}{after}");
    write!(f, "\n{:gutter$}--> {name}:{line}:{column}", "")?;
    write!(f, "\n{:gutter$} |", "")?;
    write!(f, "\n{}", text.trim_end())?;
    write!(f, "\n{:gutter$} | {:indent$}{carets}", "", "")
}

/// Writes one remark; further lines of it line up with the first.
fn write_remark(f: &mut fmt::Formatter<'_>, gutter: usize, label: &str, text: &str) -> fmt::Result {
    let indent = gutter + " = : ".len() + label.len();
    for (i, line) in text.lines().map(shown).enumerate() {
        match i {
            0 => write!(f, "\n{:gutter$} = {label}: {line}", "")?,
            _ => write!(f, "\n{:indent$}{line}", "")?,
        }
    }
    Ok(())
}

/// Text that lines up and cannot steer a terminal: tabs as spaces, no other control characters.
fn shown(text: &str) -> String {
    let mut shown = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '\t' => shown.push_str("    "),
            c if c.is_control() => shown.push(char::REPLACEMENT_CHARACTER),
            c => shown.push(c),
        }
    }
    shown
}

#[cfg(test)]
mod tests {
    use crate::diagnostic::{Code, Diagnostic, DocPath, Format, Source};

    fn error(path: DocPath) -> Diagnostic {
        Diagnostic::error(Code::new("E101"), path, "unknown key `a`")
    }

    fn placed(text: &str, marked: &str) -> String {
        let start = text.find(marked).unwrap();
        let source = Source::new(text, Format::Plain);
        let place = source.place(start..start + marked.len());
        error(DocPath::root()).at(place).to_string()
    }

    #[test]
    fn without_a_place() {
        let diagnostic = error(DocPath::root().key("limits").index(2))
            .with_help("remove it")
            .with_note("first line\nsecond line")
            .with_note("another");
        assert_eq!(
            diagnostic.to_string(),
            "\
error[E101]: unknown key `a`
  = in limits[2]
  = help: remove it
  = note: first line
          second line
  = note: another"
        );
        let bare = error(DocPath::root()).to_string();
        assert_eq!(bare, "error[E101]: unknown key `a`");
    }

    #[test]
    fn wide_line_numbers_move_the_gutter() {
        let text = "\n".repeat(99) + "a = 1\n";
        let source = Source::new(&text, Format::Toml).named("p.toml");
        let diagnostic = error(DocPath::root().key("a"));
        assert_eq!(
            diagnostic.with_help("remove it").at(source.place(99..100)).to_string(),
            "\
error[E101]: unknown key `a`
   --> p.toml:100:1
    |
100 | a = 1
    | ^
    = in a
    = help: remove it"
        );
    }

    #[test]
    fn tabs_and_control_characters_line_up() {
        assert_eq!(
            placed("\té\u{1b}\tif a\tb c", "a\tb"),
            "\
error[E101]: unknown key `a`
 --> policy:1:8
  |
1 |     é\u{fffd}    if a    b c
  |              ^^^^^^"
        );
    }

    #[test]
    fn carets_end_with_the_first_line() {
        assert_eq!(
            placed("x = {\r\n  a\r\n}", "{\r\n  a\r\n}"),
            "\
error[E101]: unknown key `a`
 --> policy:1:5
  |
1 | x = {
  |     ^"
        );
    }

    #[test]
    fn nothing_is_marked_by_one_caret() {
        assert_eq!(
            placed("", ""),
            "\
error[E101]: unknown key `a`
 --> policy:1:1
  |
1 |
  | ^"
        );
    }
}
