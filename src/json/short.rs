//! The short way through JSON, for texts in which nothing is wrong.
//!
//! It reads what nearly every text is made of, in one pass and without copies.
//! Whatever is odd or wrong is left to `serde_json`, which knows all of JSON
//! and says where the mistake is: so nothing may be read here that is refused
//! there, or that is something else there.

use std::fmt;

use serde::de::value::{BorrowedStrDeserializer, StringDeserializer};
use serde::de::{
    self, DeserializeOwned, DeserializeSeed, Deserializer, MapAccess, SeqAccess, Visitor,
};
use serde::forward_to_deserialize_any;

/// Deeper than any context is; `serde_json` goes down to 127.
const DEEPEST: u8 = 100;
/// So many digits always have room in 64 bits.
const SHORT_NUMBER: usize = 18;

/// Reads a value, unless something in the text is odd.
pub(super) fn read<T: DeserializeOwned>(text: &str) -> Option<T> {
    let mut reader = Reader { text, at: 0, depth: 0 };
    let value = T::deserialize(&mut reader).ok()?;
    reader.peek().is_none().then_some(value)
}

/// Something is odd, or wrong: the long way tells which.
#[derive(Debug)]
struct Odd;

impl fmt::Display for Odd {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("there is something odd about the text")
    }
}

impl std::error::Error for Odd {}

impl de::Error for Odd {
    fn custom<T: fmt::Display>(_: T) -> Self {
        Self
    }

    // Nobody reads the message: making it would take longer than the reading.
    fn invalid_type(_: de::Unexpected<'_>, _: &dyn de::Expected) -> Self {
        Self
    }

    fn invalid_value(_: de::Unexpected<'_>, _: &dyn de::Expected) -> Self {
        Self
    }

    fn unknown_variant(_: &str, _: &'static [&'static str]) -> Self {
        Self
    }

    fn unknown_field(_: &str, _: &'static [&'static str]) -> Self {
        Self
    }
}

/// A text, and how far it has been read.
struct Reader<'de> {
    text: &'de str,
    at: usize,
    depth: u8,
}

impl<'de> Reader<'de> {
    fn byte(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }

    /// Passes blanks over, and returns what comes next.
    #[inline]
    fn peek(&mut self) -> Option<u8> {
        loop {
            match self.byte() {
                Some(b' ' | b'\n' | b'\t' | b'\r') => self.at += 1,
                next => return next,
            }
        }
    }

    /// Passes over what must come next.
    #[inline]
    fn expect(&mut self, wanted: u8) -> Result<(), Odd> {
        if self.peek() == Some(wanted) {
            self.at += 1;
            return Ok(());
        }
        Err(Odd)
    }

    /// Reads the rest of a string that is written as it is, after its quote;
    /// none if something in it is not.
    #[inline]
    fn plain(&mut self) -> Option<&'de str> {
        let start = self.at;
        let end = start + plain_length(self.text.as_bytes().get(start..)?);
        if self.text.as_bytes().get(end) != Some(&b'"') {
            return None;
        }
        self.at = end + 1;
        self.text.get(start..end)
    }

    /// Reads the rest of a string in which something is escaped.
    #[cold]
    fn escaped(&mut self) -> Result<String, Odd> {
        let start = self.at;
        let plainly = |reader: &Self| reader.text.as_bytes().get(reader.at..).map(plain_length);
        self.at += plainly(self).ok_or(Odd)?;
        while self.byte() == Some(b'\\') {
            // What is escaped may be a quote.
            self.at += 2;
            self.at += plainly(self).ok_or(Odd)?;
        }
        self.at += 1;
        // With its quotes, the second of which may be anything so far.
        let whole = self.text.get(start - 1..self.at).ok_or(Odd)?;
        serde_json::from_str(whole).map_err(|_| Odd)
    }

    /// Passes over digits, and returns how many there are and what they say, as
    /// long as that has room.
    fn digits(&mut self) -> (usize, u64) {
        let start = self.at;
        let mut value = 0_u64;
        while let Some(digit @ b'0'..=b'9') = self.byte() {
            value = value.wrapping_mul(10).wrapping_add(u64::from(digit - b'0'));
            self.at += 1;
        }
        (self.at - start, value)
    }

    fn number<V: Visitor<'de>>(&mut self, visitor: V) -> Result<V::Value, Odd> {
        let start = self.at;
        let is_negative = self.byte() == Some(b'-');
        self.at += usize::from(is_negative);
        let begins_with_zero = self.byte() == Some(b'0');
        let (length, value) = self.digits();
        if length == 0 || (begins_with_zero && length > 1) {
            return Err(Odd);
        }
        if let Some(b'.' | b'e' | b'E') = self.byte() {
            return visitor.visit_f64(self.decimal(start)?);
        }
        if length > SHORT_NUMBER {
            return Err(Odd);
        }
        match i64::try_from(value) {
            // The negative zero is a number with decimals.
            Ok(number @ 1..) if is_negative => visitor.visit_i64(-number),
            Ok(_) if !is_negative => visitor.visit_u64(value),
            _ => Err(Odd),
        }
    }

    /// Reads the rest of a number with decimals, which begins at a place.
    fn decimal(&mut self, start: usize) -> Result<f64, Odd> {
        if self.byte() == Some(b'.') {
            self.at += 1;
            if self.digits().0 == 0 {
                return Err(Odd);
            }
        }
        if let Some(b'e' | b'E') = self.byte() {
            self.at += 1;
            self.at += usize::from(matches!(self.byte(), Some(b'+' | b'-')));
            if self.digits().0 == 0 {
                return Err(Odd);
            }
        }
        let number = self.text.get(start..self.at).and_then(|text| text.parse::<f64>().ok());
        number.filter(|number| number.is_finite()).ok_or(Odd)
    }

    /// Passes over a word.
    fn word(&mut self, word: &str) -> Result<(), Odd> {
        let end = self.at + word.len();
        if self.text.as_bytes().get(self.at..end) != Some(word.as_bytes()) {
            return Err(Odd);
        }
        self.at = end;
        Ok(())
    }

    fn truth<V: Visitor<'de>>(&mut self, visitor: V) -> Result<V::Value, Odd> {
        let is_true = self.peek() == Some(b't');
        self.word(if is_true { "true" } else { "false" })?;
        visitor.visit_bool(is_true)
    }

    #[inline]
    fn text<V: Visitor<'de>>(&mut self, visitor: V) -> Result<V::Value, Odd> {
        self.expect(b'"')?;
        match self.plain() {
            Some(text) => visitor.visit_borrowed_str(text),
            None => visitor.visit_string(self.escaped()?),
        }
    }

    #[inline]
    fn object<V: Visitor<'de>>(&mut self, visitor: V) -> Result<V::Value, Odd> {
        let depth = self.enter(b'{')?;
        let value = visitor.visit_map(Inside { reader: self, is_begun: false });
        // Who does not read up to the end overlooks something.
        if self.depth == depth { value } else { Err(Odd) }
    }

    #[inline]
    fn list<V: Visitor<'de>>(&mut self, visitor: V) -> Result<V::Value, Odd> {
        let depth = self.enter(b'[')?;
        let value = visitor.visit_seq(Inside { reader: self, is_begun: false });
        if self.depth == depth { value } else { Err(Odd) }
    }

    /// Enters an object or a list, and returns how deep it lies.
    fn enter(&mut self, bracket: u8) -> Result<u8, Odd> {
        self.expect(bracket)?;
        let depth = self.depth;
        if depth >= DEEPEST {
            return Err(Odd);
        }
        self.depth += 1;
        Ok(depth)
    }
}

/// Counts the bytes of a string up to its end, an escape, or what needs one.
#[inline]
fn plain_length(bytes: &[u8]) -> usize {
    const ONES: u64 = u64::from_le_bytes([1; 8]);
    const HIGHS: u64 = ONES << 7;
    // Sets the high bit of the first byte that is less than a limit, and never
    // one before it (S. E. Anderson, "Bit Twiddling Hacks").
    let less = |word: u64, limit: u64| word.wrapping_sub(ONES * limit) & !word & HIGHS;
    let mut length = 0;
    while let Some((word, _)) = bytes.get(length..).and_then(<[u8]>::split_first_chunk::<8>) {
        let word = u64::from_le_bytes(*word);
        let quote = less(word ^ (ONES * u64::from(b'"')), 1);
        let escape = less(word ^ (ONES * u64::from(b'\\')), 1);
        let found = quote | escape | less(word, 0x20);
        if found != 0 {
            return length + (found.trailing_zeros() / 8) as usize;
        }
        length += 8;
    }
    let rest = bytes.get(length..).unwrap_or_default();
    let is_special = |byte: &u8| matches!(byte, b'"' | b'\\' | 0..0x20);
    length + rest.iter().position(is_special).unwrap_or(rest.len())
}

impl<'de> Deserializer<'de> for &mut Reader<'de> {
    type Error = Odd;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Odd> {
        match self.peek() {
            Some(b'"') => self.text(visitor),
            Some(b'{') => self.object(visitor),
            Some(b'[') => self.list(visitor),
            Some(b't' | b'f') => self.truth(visitor),
            Some(b'n') => self.deserialize_unit(visitor),
            _ => self.number(visitor),
        }
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Odd> {
        if self.peek() == Some(b'n') {
            self.word("null")?;
            return visitor.visit_none();
        }
        visitor.visit_some(self)
    }

    fn deserialize_unit<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Odd> {
        self.peek();
        self.word("null")?;
        visitor.visit_unit()
    }

    fn deserialize_bool<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Odd> {
        self.truth(visitor)
    }

    fn deserialize_str<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Odd> {
        self.text(visitor)
    }

    fn deserialize_string<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Odd> {
        self.text(visitor)
    }

    fn deserialize_identifier<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Odd> {
        self.text(visitor)
    }

    fn deserialize_seq<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Odd> {
        self.list(visitor)
    }

    fn deserialize_map<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Odd> {
        self.object(visitor)
    }

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        _name: &'static str,
        _fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Odd> {
        // A list may stand for a struct here as elsewhere.
        self.deserialize_any(visitor)
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        _name: &'static str,
        visitor: V,
    ) -> Result<V::Value, Odd> {
        visitor.visit_newtype_struct(self)
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        _name: &'static str,
        _variants: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Odd> {
        self.expect(b'"')?;
        visitor.visit_enum(BorrowedStrDeserializer::new(self.plain().ok_or(Odd)?))
    }

    forward_to_deserialize_any! {
        i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char bytes byte_buf unit_struct tuple
        tuple_struct ignored_any
    }
}

/// What stands in an object or a list.
struct Inside<'r, 'de> {
    reader: &'r mut Reader<'de>,
    is_begun: bool,
}

impl Inside<'_, '_> {
    /// Comes to the next entry, or tells that the closing bracket was it.
    fn goes_on(&mut self, closing: u8) -> Result<bool, Odd> {
        let reader = &mut *self.reader;
        match reader.peek() {
            Some(b',') if self.is_begun => {
                reader.at += 1;
                Ok(true)
            }
            Some(bracket) if bracket == closing => {
                reader.at += 1;
                // Whoever asks on after the end is found out where the depth is compared.
                reader.depth = reader.depth.wrapping_sub(1);
                Ok(false)
            }
            Some(_) if !self.is_begun => {
                self.is_begun = true;
                Ok(true)
            }
            _ => Err(Odd),
        }
    }
}

impl<'de> MapAccess<'de> for Inside<'_, 'de> {
    type Error = Odd;

    fn next_key_seed<K: DeserializeSeed<'de>>(&mut self, seed: K) -> Result<Option<K::Value>, Odd> {
        if !self.goes_on(b'}')? {
            return Ok(None);
        }
        self.reader.expect(b'"')?;
        let key = match self.reader.plain() {
            Some(text) => seed.deserialize(BorrowedStrDeserializer::new(text)),
            None => seed.deserialize(StringDeserializer::new(self.reader.escaped()?)),
        };
        key.map(Some)
    }

    fn next_value_seed<V: DeserializeSeed<'de>>(&mut self, seed: V) -> Result<V::Value, Odd> {
        self.reader.expect(b':')?;
        seed.deserialize(&mut *self.reader)
    }
}

impl<'de> SeqAccess<'de> for Inside<'_, 'de> {
    type Error = Odd;

    fn next_element_seed<S: DeserializeSeed<'de>>(
        &mut self,
        seed: S,
    ) -> Result<Option<S::Value>, Odd> {
        if !self.goes_on(b']')? {
            return Ok(None);
        }
        seed.deserialize(&mut *self.reader).map(Some)
    }
}

#[cfg(test)]
mod tests {
    use serde_json::Value;

    use super::*;

    /// Whether a text is read here; what is read must be what the long way reads.
    fn is_read(text: &str) -> bool {
        let Some(read) = read::<Value>(text) else { return false };
        let known: Value = serde_json::from_str(text).unwrap_or_else(|error| {
            panic!("{text}: read as {read}, and there it is {error}");
        });
        assert_eq!(read.to_string(), known.to_string(), "{text}");
        true
    }

    const USUAL: [&str; 12] = [
        r#"{"a": {"b": [1, -2, 3.5, "x", true, false, null]}, "c": {}, "d": []}"#,
        " [ 1 , 2 ]\r\n\t",
        r#""""#,
        r#""seven b""#,
        r#""eight by""#,
        r#""more than sixteen bytes, and Ünïcödé""#,
        r#"["\"", "\\", "a\nb", "\u00fc\ud83d\ude00", "\\\"", "ends with \\"]"#,
        r#"{"\u0061b\"": "\/"}"#,
        "[0, 10, 999999999999999999, -1, 1e3, 1E+2, 1.5e-3, 0.1, -0.0, 1e-400]",
        "0.30000000000000004",
        "true",
        "null",
    ];

    #[test]
    fn what_is_usual_is_read_here() {
        for text in USUAL {
            assert!(is_read(text), "{text}");
        }
        assert!(is_read(&format!("{}{}", "[".repeat(100), "]".repeat(100))));
    }

    #[test]
    fn what_is_odd_or_wrong_is_not() {
        for text in [
            "",
            " ",
            "{",
            "}",
            "[",
            "]",
            "[1",
            "[1,",
            "[1,]",
            "[,1]",
            "[1 2]",
            "[1]]",
            "{}}",
            "{,}",
            r#"{"a"}"#,
            r#"{"a":}"#,
            r#"{"a":1,}"#,
            r#"{"a" 1}"#,
            r#"{"a":1 "b":2}"#,
            "{1: 2}",
            r#"{a: 1}"#,
            "[}",
            "{]",
            "nul",
            "nulls",
            "truth",
            "falsey",
            "NaN",
            "-",
            "+1",
            "01",
            "-01",
            "1.",
            ".5",
            "1.e2",
            "1e",
            "1e+",
            "0x1",
            "1_000",
            "1e999",
            "-0",
            "18446744073709551616",
            "'a'",
            r#"""#,
            r#""a"#,
            r#""\"#,
            r#""\""#,
            r#""\x""#,
            r#""\u12""#,
            r#""\ud800""#,
            "\"a\nb\"",
            "\"a\u{0}\"",
            "\"12345678\u{1f}\"",
            "\"\\é\"",
            "\u{feff}1",
            "1 x",
            "\u{a0}1",
        ] {
            assert!(!is_read(text), "{text}");
        }
        assert!(!is_read(&"[".repeat(100_000)));
    }

    /// Texts with a byte changed, left out or doubled are read as there, or not at all.
    #[test]
    fn nothing_is_read_otherwise() {
        const BYTES: &[u8] = b"\"\\{}[]:,.-+eEu019atn \n\x1f\x7f";
        for text in USUAL {
            for place in 0..text.len() {
                for byte in BYTES.iter().map(|byte| Some(*byte)).chain([None]) {
                    let (before, after) = text.as_bytes().split_at(place);
                    for rest in [after, &after[1..]] {
                        let changed =
                            before.iter().copied().chain(byte).chain(rest.iter().copied());
                        if let Ok(text) = String::from_utf8(changed.collect()) {
                            is_read(&text);
                        }
                    }
                }
            }
        }
    }

    /// Whoever does not ask for the end of a list may overlook something.
    #[test]
    fn a_list_is_read_up_to_its_end() {
        assert_eq!(read::<Vec<i64>>("[1, 2]"), Some(vec![1, 2]));
        assert_eq!(read::<(i64, i64)>("[1, 2]"), None);
        assert_eq!(read::<Vec<(i64, i64)>>("[[1, 2, 3]]"), None);
    }
}
