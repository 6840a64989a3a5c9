//! From paths in a document to places in its text.

#[cfg(any(feature = "toml", test))]
use std::ops::Range;

use crate::diagnostic::found::Found;
use crate::diagnostic::place::{Format, Lines, Source};
use crate::diagnostic::{Diagnostic, DocPath, json};

/// Finds the place of each diagnostic that has none yet, reading the text once.
///
/// What a path leads to may be missing, such as a required key; then the place is the deepest
/// thing around it that exists: the table's header, or the brace that opens the object. The text
/// need not be well formed. Without the feature `toml`, findings about TOML stay without a place.
pub fn locate(diagnostics: &mut [Diagnostic], source: &Source<'_>) {
    let mut waiting: Vec<&mut Diagnostic> = diagnostics.iter_mut().collect();
    waiting.retain(|diagnostic| diagnostic.place.is_none());
    if waiting.is_empty() {
        return;
    }
    let paths = waiting.iter().map(|diagnostic| &diagnostic.path);
    let found = match source.format {
        Format::Toml => in_toml(source.text, paths),
        Format::Json => json::find(source.text, paths),
        Format::Plain => paths.map(|_| Found::plain(source.text)).collect(),
    };
    let lines = Lines::new(*source);
    for (diagnostic, found) in waiting.into_iter().zip(found) {
        let range = found.range(&diagnostic.target, source);
        diagnostic.place = Some(Box::new(lines.place(range)));
    }
}

#[cfg(feature = "toml")]
fn in_toml<'p>(text: &str, paths: impl Iterator<Item = &'p DocPath>) -> Vec<Found> {
    use toml::de::{DeTable, DeValue};

    // A document with a syntax error still has places for what was understood of it.
    let (document, _) = DeTable::parse_recoverable(text);
    let span = document.span();
    let document = DeValue::Table(document.into_inner());
    paths.map(|path| follow(&document, span.clone(), path)).collect()
}

#[cfg(not(feature = "toml"))]
fn in_toml<'p>(_: &str, _: impl Iterator<Item = &'p DocPath>) -> Vec<Found> {
    Vec::new()
}

#[cfg(feature = "toml")]
fn follow(document: &toml::de::DeValue<'_>, span: Range<usize>, path: &DocPath) -> Found {
    use crate::diagnostic::Segment;

    let mut here = document;
    let mut found = Found::exact(None, span);
    for segment in path.segments() {
        let child = match segment {
            Segment::Key(key) => here
                .as_table()
                .and_then(|table| table.get_key_value(key.as_ref()))
                .map(|(key, value)| (Some(key.span()), value)),
            Segment::Index(index) => here.get(*index).map(|value| (None, value)),
        };
        let Some((key, value)) = child else {
            return found.around();
        };
        here = value.get_ref();
        found = Found::exact(key, value.span());
    }
    found
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::diagnostic::Code;
    #[cfg(feature = "toml")]
    use crate::diagnostic::Target;

    fn placed(diagnostic: Diagnostic, format: Format, text: &str) -> Range<usize> {
        let mut found = [diagnostic];
        locate(&mut found, &Source::new(text, format));
        found[0].place().unwrap().range()
    }

    #[cfg(feature = "toml")]
    fn marked(path: &DocPath, target: Target, text: &str) -> String {
        let mut diagnostic = Diagnostic::error(Code::new("E1"), path.clone(), "");
        diagnostic.target = target;
        let range = placed(diagnostic, Format::Toml, text);
        text.get(range).unwrap().to_owned()
    }

    #[cfg(feature = "toml")]
    const POLICY: &str = r##"# a comment
policy = "care"
limits.daily.max = 3

[situations.open]
when = 'a.b' # said
"odd key" = 1

[[suppress]]
id = "one"
[[suppress.cases]]
[[suppress.cases]]
on = ["x", { kinds = ["upsell", "é"], "a b" = """
  é \
     b""" }]

[[suppress]]
never = { kinds = ["y"] }
deep.er.still = true
"##;

    #[cfg(feature = "toml")]
    #[test]
    fn toml_keys_and_values() {
        use Target::{Key, Value, Within};

        let root = DocPath::root();
        let open = root.key("situations").key("open");
        let first = root.key("suppress").index(0);
        let second = root.key("suppress").index(1);
        let item = first.key("cases").index(1).key("on").index(1);
        for (path, target, expected) in [
            (root.key("policy"), Value, "\"care\""),
            (root.key("policy"), Key, "policy"),
            (root.key("limits").key("daily").key("max"), Value, "3"),
            (root.key("limits").key("daily"), Key, "daily"),
            (root.key("situations"), Key, "situations"),
            (open.clone(), Key, "open"),
            (open.clone(), Value, "[situations.open]"),
            (open.key("when"), Within(2..3), "b"),
            (open.key("odd key"), Key, "\"odd key\""),
            (open.key("odd key"), Within(0..1), "1"),
            (first.clone(), Value, "[[suppress]]"),
            (first.key("cases").index(1), Value, "[[suppress.cases]]"),
            (item.key("kinds").index(1), Value, "\"é\""),
            (item.key("kinds").index(1), Within(0..2), "é"),
            (item.key("a b"), Within(2..6), "é \\\n     b"),
            (second.key("never").key("kinds"), Value, "[\"y\"]"),
            (second.key("deep").key("er").key("still"), Value, "true"),
        ] {
            assert_eq!(marked(&path, target, POLICY), expected, "{path}");
        }
    }

    #[cfg(feature = "toml")]
    #[test]
    fn what_is_missing_from_toml_is_shown_by_what_is_around_it() {
        let root = DocPath::root();
        let open = root.key("situations").key("open");
        let case = root.key("suppress").index(0).key("cases").index(0);
        let second = root.key("suppress").index(1);
        for (path, expected) in [
            (root.key("currency"), ""),
            (open.key("say"), "[situations.open]"),
            (case.key("on"), "[[suppress.cases]]"),
            (second.key("when"), "[[suppress]]"),
            (second.key("never").key("ids"), "{"),
            (second.key("never").key("kinds").index(4), "[\"y\"]"),
            (second.key("deep").key("er").key("x").key("y"), "er"),
        ] {
            assert_eq!(marked(&path, Target::Value, POLICY), expected, "{path}");
        }
        let missing = Diagnostic::error(Code::new("E1"), second.key("when"), "");
        let header = POLICY.rfind("[[suppress]]").unwrap();
        assert_eq!(placed(missing, Format::Toml, POLICY).start, header);
    }

    #[cfg(feature = "toml")]
    #[test]
    fn broken_toml_keeps_what_can_be_read() {
        let path = DocPath::root().key("a").key("b");
        let text = "[a]\nb = 'x'\nc = [";
        assert_eq!(marked(&path, Target::Value, text), "'x'");
        for text in ["", "[", "[[", "=", "a.", "[a]\n[a]\n[[a]]", "a = \"\"\"", "\u{feff}a = 1"] {
            marked(&path, Target::Within(3..4), text);
        }
        let deep = "[".repeat(100_000);
        marked(&path, Target::Value, &deep);
        marked(&path, Target::Value, &format!("a = {deep}"));
    }

    #[cfg(not(feature = "toml"))]
    #[test]
    fn without_the_feature_toml_gives_no_place() {
        let mut found = [Diagnostic::error(Code::new("E1"), DocPath::root(), "")];
        locate(&mut found, &Source::new("a = 1", Format::Toml));
        assert!(found[0].place().is_none());
    }

    #[test]
    fn a_plain_text_is_the_value() {
        let path = DocPath::root().key("ignored");
        let error = Diagnostic::error(Code::new("E1"), path, "");
        let text = "'a' == b";
        assert_eq!(placed(error.clone().within(7..8), Format::Plain, text), 7..8);
        assert_eq!(placed(error, Format::Plain, text), 0..8);
    }

    #[test]
    fn a_place_once_set_stays() {
        let source = Source::new("{\"a\": 1}", Format::Json);
        let error = Diagnostic::error(Code::new("E1"), DocPath::root(), "");
        let error = error.at(source.place(6..7));
        assert_eq!(placed(error, Format::Json, source.text), 6..7);
    }

    /// A string with all that needs an escape, and a part of it.
    fn text_and_part() -> impl Strategy<Value = (String, Range<usize>)> {
        let text = r#"[a-c é→😀"'\\\n\r\t\x00\x1b\x7f]{0,20}"#;
        let end = any::<prop::sample::Index>;
        (text, end(), end()).prop_map(|(text, a, b)| {
            let mut ends: Vec<usize> = text.char_indices().map(|(byte, _)| byte).collect();
            ends.push(text.len());
            let (a, b) = (*a.get(&ends), *b.get(&ends));
            (text, a.min(b)..a.max(b))
        })
    }

    fn raw_part(document: &str, format: Format, part: &Range<usize>) -> String {
        let [start, end] = [part.start, part.end].map(|byte| u32::try_from(byte).unwrap());
        let path = DocPath::root().key("k").index(0);
        let error = Diagnostic::error(Code::new("E1"), path, "").within(start..end);
        let range = placed(error, format, document);
        document.get(range).unwrap().to_owned()
    }

    fn json_escape(c: char) -> String {
        let mut units = [0; 2];
        let units = c.encode_utf16(&mut units).iter();
        units.map(|unit| format!("\\u{unit:04X}")).collect()
    }

    proptest! {
        #[test]
        fn a_part_of_a_json_string_is_what_spells_it((text, part) in text_and_part()) {
            let plain = serde_json::json!({ "k": [text] }).to_string();
            let escaped: String = text.chars().map(json_escape).collect();
            for document in [plain, format!("{{\"k\":[\"{escaped}\"]}}")] {
                let raw = raw_part(&document, Format::Json, &part);
                let decoded: String = serde_json::from_str(&format!("\"{raw}\"")).unwrap();
                prop_assert_eq!(Some(decoded.as_str()), text.get(part.clone()));
            }
        }

        #[cfg(feature = "toml")]
        #[test]
        fn a_part_of_a_toml_string_is_what_spells_it((text, part) in text_and_part()) {
            let table = std::collections::BTreeMap::from([("k", [&text])]);
            let escape = |c: char| format!("\\U{:08X}\\\n ", u32::from(c));
            let escaped: String = text.chars().map(escape).collect();
            for document in [
                toml::to_string(&table).unwrap(),
                toml::to_string_pretty(&table).unwrap(),
                format!("k = [\"\"\"\n{escaped}\"\"\"]"),
            ] {
                let raw = raw_part(&document, Format::Toml, &part);
                // What was found is read again, between quotes like those it was found in.
                let value = document.split_once('[').unwrap().1.trim_start();
                let quotes = ["'''", "\"\"\"", "'", "\""];
                let quote = quotes.into_iter().find(|q| value.starts_with(q)).unwrap();
                let line = if quote.len() == 3 { "\n" } else { "" };
                let again = format!("k = {quote}{line}{raw}{quote}");
                let decoded: toml::Table = toml::from_str(&again).unwrap();
                prop_assert_eq!(decoded["k"].as_str(), text.get(part.clone()));
            }
        }
    }
}
