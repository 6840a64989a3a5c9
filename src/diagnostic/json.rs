//! Where the values of a JSON text are: one forward scan for the paths that are asked for.
//!
//! Whether the text is JSON at all is the parser's business. The scan takes anything, in linear
//! time, and keeps no more state than the longest path asked for.

use std::collections::BTreeMap;
use std::ops::Range;

use crate::diagnostic::found::Found;
use crate::diagnostic::path::{DocPath, Segment};
use crate::diagnostic::quoted;

/// Finds each path, or the deepest thing around it that exists.
pub(super) fn find<'p>(text: &str, paths: impl Iterator<Item = &'p DocPath>) -> Vec<Found> {
    let mut wanted = Wanted { nodes: vec![Node::default()] };
    let ids: Vec<usize> = paths.map(|path| wanted.add(path)).collect();
    let mut scan = Scan { text, wanted, open: Vec::new(), skipping: 0 };
    for token in (Tokens { text, at: 0 }) {
        scan.read(&token);
    }
    while let Some(unclosed) = scan.open.pop() {
        scan.wanted.found(unclosed.node, unclosed.key, unclosed.start..text.len());
    }
    ids.into_iter().map(|id| scan.wanted.nearest(id)).collect()
}

/// The paths asked for, as a tree.
struct Wanted<'p> {
    // INVARIANT: never empty; the first is the document.
    nodes: Vec<Node<'p>>,
}

#[derive(Default)]
struct Node<'p> {
    parent: Option<usize>,
    keys: BTreeMap<&'p str, usize>,
    items: BTreeMap<usize, usize>,
    found: Option<Found>,
}

const DOCUMENT: usize = 0;

impl<'p> Wanted<'p> {
    fn add(&mut self, path: &'p DocPath) -> usize {
        path.segments().iter().fold(DOCUMENT, |parent, segment| {
            let next = self.nodes.len();
            let Some(node) = self.nodes.get_mut(parent) else {
                return parent;
            };
            let child = *match segment {
                Segment::Key(key) => node.keys.entry(key).or_insert(next),
                Segment::Index(index) => node.items.entry(*index).or_insert(next),
            };
            if child == next {
                self.nodes.push(Node { parent: Some(parent), ..Node::default() });
            }
            child
        })
    }

    fn found(&mut self, node: usize, key: Option<Range<usize>>, value: Range<usize>) {
        if let Some(node) = self.nodes.get_mut(node) {
            node.found = Some(Found::exact(key, value));
        }
    }

    fn key(&self, parent: usize, key: &str) -> Option<usize> {
        self.nodes.get(parent)?.keys.get(key).copied()
    }

    fn item(&self, parent: usize, index: usize) -> Option<usize> {
        self.nodes.get(parent)?.items.get(&index).copied()
    }

    fn nearest(&self, id: usize) -> Found {
        let mut at = Some(id);
        while let Some(node) = at.and_then(|at| self.nodes.get(at)) {
            if let Some(found) = &node.found {
                let exact = at == Some(id);
                return Found { exact, ..found.clone() };
            }
            at = node.parent;
        }
        Found::exact(None, 0..0).around()
    }
}

struct Scan<'t, 'p> {
    text: &'t str,
    wanted: Wanted<'p>,
    /// The objects and arrays around here, all of them on a path asked for.
    open: Vec<Open>,
    /// How many more are around here in which nothing is asked for.
    skipping: usize,
}

/// An object or array that has begun.
struct Open {
    node: usize,
    key: Option<Range<usize>>,
    start: usize,
    next: Next,
}

/// What comes next in an object or array.
enum Next {
    Key,
    Value(Option<usize>, Range<usize>),
    Item(usize),
}

impl Scan<'_, '_> {
    fn read(&mut self, token: &Token) {
        if self.skipping > 0 {
            match token.first {
                b'{' | b'[' => self.skipping += 1,
                b'}' | b']' => self.skipping -= 1,
                _ => {}
            }
            return;
        }
        match token.first {
            b'{' => self.begin(token, Next::Key),
            b'[' => self.begin(token, Next::Item(0)),
            b'}' | b']' => self.end(token),
            b',' => self.comma(),
            b':' => {}
            b'"' if self.expects_key() => self.key(token),
            _ => self.scalar(token),
        }
    }

    fn begin(&mut self, token: &Token, next: Next) {
        match self.asked_for() {
            (Some(node), key) => self.open.push(Open { node, key, start: token.range.start, next }),
            (None, _) => self.skipping = 1,
        }
    }

    fn end(&mut self, token: &Token) {
        if let Some(open) = self.open.pop() {
            let value = open.start..token.range.end;
            self.wanted.found(open.node, open.key, value);
        }
    }

    fn comma(&mut self) {
        if let Some(open) = self.open.last_mut() {
            open.next = match open.next {
                Next::Item(index) => Next::Item(index + 1),
                Next::Key | Next::Value(..) => Next::Key,
            };
        }
    }

    fn key(&mut self, token: &Token) {
        let raw = self.text.get(token.range.clone()).unwrap_or_default();
        if let Some(open) = self.open.last_mut() {
            let node = self.wanted.key(open.node, &quoted::value(raw));
            open.next = Next::Value(node, token.range.clone());
        }
    }

    fn scalar(&mut self, token: &Token) {
        if let (Some(node), key) = self.asked_for() {
            self.wanted.found(node, key, token.range.clone());
        }
    }

    fn expects_key(&self) -> bool {
        let open = self.open.last();
        open.is_some_and(|open| matches!(open.next, Next::Key))
    }

    /// Which of the paths asked for, if any, leads to the value that begins here, and its key.
    fn asked_for(&self) -> (Option<usize>, Option<Range<usize>>) {
        let Some(open) = self.open.last() else {
            return (Some(DOCUMENT), None);
        };
        match &open.next {
            Next::Key => (None, None),
            Next::Value(node, key) => (*node, Some(key.clone())),
            Next::Item(index) => (self.wanted.item(open.node, *index), None),
        }
    }
}

struct Token {
    first: u8,
    range: Range<usize>,
}

/// The tokens of a text: marks, strings, and runs of anything else.
struct Tokens<'t> {
    text: &'t str,
    at: usize,
}

impl Iterator for Tokens<'_> {
    type Item = Token;

    fn next(&mut self) -> Option<Token> {
        let rest = self.text.as_bytes().get(self.at..)?;
        let blank = rest.iter().position(|byte| !byte.is_ascii_whitespace())?;
        let rest = rest.get(blank..)?;
        let first = *rest.first()?;
        let length = match first {
            b'"' => string_length(rest),
            _ if is_mark(first) => 1,
            _ => {
                let ends =
                    |byte: &u8| *byte == b'"' || is_mark(*byte) || byte.is_ascii_whitespace();
                rest.iter().position(ends).unwrap_or(rest.len())
            }
        };
        let start = self.at + blank;
        self.at = start + length;
        Some(Token { first, range: start..self.at })
    }
}

fn is_mark(byte: u8) -> bool {
    matches!(byte, b'{' | b'}' | b'[' | b']' | b',' | b':')
}

/// The length of the string at the start of `text`, quotes included.
fn string_length(text: &[u8]) -> usize {
    let mut escaped = false;
    let end = text.iter().skip(1).position(|byte| {
        let ends = *byte == b'"' && !escaped;
        escaped = *byte == b'\\' && !escaped;
        ends
    });
    end.map_or(text.len(), |end| end + 2)
}

#[cfg(test)]
mod tests {
    use std::time::Instant;

    use crate::diagnostic::{Code, Diagnostic, DocPath, Format, Source, locate};

    /// The text at each place found for a path, its key first.
    fn found(text: &str, path: &DocPath) -> [String; 2] {
        let diagnostic = Diagnostic::error(Code::new("E1"), path.clone(), "");
        let mut both = [diagnostic.clone().at_key(), diagnostic];
        locate(&mut both, &Source::new(text, Format::Json));
        both.map(|d| text.get(d.place().unwrap().range()).unwrap().to_owned())
    }

    #[test]
    fn keys_and_values() {
        let text = r#"{"a": [1, {"b": "x,]}"}, [true, [null]]], "c\u0064": {"": -1.5e3}, "z": []}"#;
        let root = DocPath::root();
        let a = root.key("a");
        for (path, key, value) in [
            (a.index(0), "1", "1"),
            (a.index(1), r#"{"b": "x,]}"}"#, r#"{"b": "x,]}"}"#),
            (a.index(1).key("b"), r#""b""#, r#""x,]}""#),
            (a.index(2).index(1).index(0), "null", "null"),
            (root.key("cd"), r#""c\u0064""#, r#"{"": -1.5e3}"#),
            (root.key("cd").key(""), r#""""#, "-1.5e3"),
            (root.key("z"), r#""z""#, "[]"),
        ] {
            assert_eq!(found(text, &path), [key, value], "{path}");
        }
        assert_eq!(found(text, &root), [text, text]);
    }

    #[test]
    fn what_is_missing_is_shown_by_what_is_around_it() {
        let text = r#"{"rules": [{"id": "a"}, { "id": "b" }], "n": 3}"#;
        let root = DocPath::root();
        let rule = root.key("rules").index(1);
        let paths = [rule.key("when"), root.key("policy").key("x"), root.key("n").key("x")];
        let mut found = paths.map(|path| Diagnostic::error(Code::new("E1"), path, ""));
        locate(&mut found, &Source::new(text, Format::Json));
        let ranges = found.map(|d| d.place().unwrap().range());
        assert_eq!(ranges, [24..25, 0..1, 45..46]);
    }

    #[test]
    fn hostile_texts_are_read_in_linear_time() {
        let deep = DocPath::root().key("a").index(0).index(0).index(0);
        let big = 1_000_000;
        for text in [
            String::new(),
            "[".repeat(big),
            "{\"a\":".repeat(big / 5),
            "]}".repeat(big / 2),
            format!("{{\"a\": {}", "[".repeat(100_000)),
            format!("{{\"a\": {}{}}}", "[".repeat(100_000), "]".repeat(100_000)),
            format!("{{\"a\": \"{}", "x".repeat(big)),
            format!("{{\"a\": \"{}", "\\".repeat(big)),
            format!("{{\"{}", "\\ud83d".repeat(big / 6)),
            "\"\"".repeat(big / 2),
            "{\"a\":0,".repeat(big / 7),
            ",:".repeat(big / 2),
            "é".repeat(big / 2),
        ] {
            let paths = [deep.key("x"), DocPath::root().key("a")];
            let found = paths.map(|path| Diagnostic::error(Code::new("E1"), path, "").within(3..9));
            let mut many: Vec<_> = found.iter().cycle().take(500).cloned().collect();
            let start = Instant::now();
            locate(&mut many, &Source::new(&text, Format::Json));
            assert!(start.elapsed().as_secs() < 5, "{text:.20}");
            assert!(many.iter().all(|d| d.place().is_some()));
        }
    }

    #[test]
    fn broken_texts_keep_what_can_be_read() {
        let path = DocPath::root().key("a").index(1);
        assert_eq!(found(r#"{"a": [1, 2"#, &path), ["2", "2"]);
        assert_eq!(found(r#"{"a" [1 2, 3}"#, &path), ["3", "3"]);
        assert_eq!(found(r#"{"a": [1, "2"#, &path), [r#""2"#, r#""2"#]);
        assert_eq!(found("]}", &DocPath::root()), ["", ""]);
    }
}
