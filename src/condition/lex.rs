//! From text to tokens.

use super::finding::{self, Finding};
use super::tree::Span;

/// The longest text of a condition, in bytes.
pub(crate) const MAX_BYTES: usize = 4_096;

#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Token {
    Name(String),
    /// The magnitude of a whole number; the sign is an operator.
    Int(u64),
    Double(f64),
    Text(String),
    /// An operator or a bracket.
    Symbol(&'static str),
    End,
}

impl Token {
    /// Says what the token is, for messages.
    pub(crate) fn describe(&self) -> String {
        match self {
            Self::Name(name) => format!("`{name}`"),
            Self::Int(value) => format!("`{value}`"),
            Self::Double(value) => format!("`{value}`"),
            Self::Text(_) => "a text".to_owned(),
            Self::Symbol(symbol) => format!("`{symbol}`"),
            Self::End => "the end".to_owned(),
        }
    }
}

/// Finds the symbol that a text begins with; `<=` is not read as `<`.
fn symbol(text: &str) -> Option<&'static str> {
    const PAIRS: [&str; 6] = ["&&", "||", "==", "!=", "<=", ">="];
    const SINGLE: [(char, &str); 19] = [
        ('.', "."),
        ('(', "("),
        (')', ")"),
        (',', ","),
        ('<', "<"),
        ('>', ">"),
        ('!', "!"),
        ('-', "-"),
        ('+', "+"),
        ('*', "*"),
        ('/', "/"),
        ('%', "%"),
        ('?', "?"),
        (':', ":"),
        ('[', "["),
        (']', "]"),
        ('{', "{"),
        ('}', "}"),
        ('=', "="),
    ];
    let first = text.chars().next()?;
    if "&|=!<>".contains(first)
        && let Some(pair) = PAIRS.into_iter().find(|pair| text.starts_with(pair))
    {
        return Some(pair);
    }
    SINGLE.into_iter().find(|(symbol, _)| *symbol == first).map(|(_, symbol)| symbol)
}

/// Splits a text into tokens, each with its place; the last one is `End`.
pub(crate) fn lex(text: &str) -> Result<Vec<(Token, Span)>, Finding> {
    if text.len() > MAX_BYTES {
        let message = format!("a condition of {} bytes; the limit is {MAX_BYTES}", text.len());
        let finding = Finding::new(finding::LIMIT, Span::default(), message);
        return Err(finding.help("give parts of it names under `[situations]`"));
    }
    let mut lexer = Lexer { text, at: 0 };
    let mut tokens = Vec::new();
    loop {
        lexer.skip_blanks();
        let start = lexer.at;
        let token = lexer.token()?;
        let end = token == Token::End;
        tokens.push((token, lexer.span(start)));
        if end {
            return Ok(tokens);
        }
    }
}

struct Lexer<'a> {
    text: &'a str,
    at: usize,
}

impl<'a> Lexer<'a> {
    fn rest(&self) -> &'a str {
        self.text.get(self.at..).unwrap_or_default()
    }

    fn peek(&self) -> Option<char> {
        self.rest().chars().next()
    }

    fn bump(&mut self) -> Option<char> {
        let next = self.peek()?;
        self.at += next.len_utf8();
        Some(next)
    }

    fn span(&self, start: usize) -> Span {
        // INVARIANT: the text is at most MAX_BYTES long.
        let offset = |at: usize| u32::try_from(at).unwrap_or(u32::MAX);
        Span { start: offset(start), end: offset(self.at) }
    }

    fn take_while(&mut self, accept: impl Fn(char) -> bool) -> &'a str {
        let rest = self.rest();
        let length = rest.find(|c| !accept(c)).unwrap_or(rest.len());
        self.at += length;
        rest.get(..length).unwrap_or_default()
    }

    fn skip_blanks(&mut self) {
        loop {
            self.take_while(char::is_whitespace);
            if !self.rest().starts_with("//") {
                return;
            }
            self.take_while(|c| c != '\n');
        }
    }

    fn token(&mut self) -> Result<Token, Finding> {
        let start = self.at;
        let Some(next) = self.peek() else {
            return Ok(Token::End);
        };
        let dot_digit =
            next == '.' && self.rest().chars().nth(1).is_some_and(|c| c.is_ascii_digit());
        if next.is_ascii_digit() || dot_digit {
            return self.number();
        }
        if next == '"' || next == '\'' {
            return self.quoted(next);
        }
        if next.is_alphabetic() || next == '_' {
            return self.name();
        }
        if let Some(symbol) = symbol(self.rest()) {
            self.at += symbol.len();
            return Ok(Token::Symbol(symbol));
        }
        self.bump();
        let finding =
            Finding::new(finding::SYNTAX, self.span(start), format!("unexpected `{next}`"));
        Err(match next {
            '&' => finding.help("write `&&`"),
            '|' => finding.help("write `||`"),
            '`' => finding.help("names are letters, digits and `_`, without quotes"),
            _ => finding,
        })
    }

    fn name(&mut self) -> Result<Token, Finding> {
        let start = self.at;
        let name = self.take_while(|c| c.is_alphanumeric() || c == '_');
        let prefix =
            matches!(name, "r" | "R" | "b" | "B" | "br" | "rb" | "bR" | "Rb" | "BR" | "RB");
        if prefix && self.peek().is_some_and(|c| c == '"' || c == '\'') {
            let message = "raw texts and bytes are not part of the language";
            let finding = Finding::new(finding::LEFT_OUT, self.span(start), message);
            return Err(finding.help("write a plain text: \"…\" or '…'"));
        }
        Ok(Token::Name(name.to_owned()))
    }

    fn number(&mut self) -> Result<Token, Finding> {
        let start = self.at;
        let whole = self.take_while(|c| c.is_ascii_digit());
        if whole == "0" && self.peek().is_some_and(|c| c == 'x' || c == 'X') {
            self.take_while(char::is_alphanumeric);
            return Err(self.left_out(start, "hexadecimal numbers are not part of the language"));
        }
        let mut is_double = self.fraction();
        is_double |= self.exponent();
        let digits = self.text.get(start..self.at).unwrap_or_default();
        if self.peek().is_some_and(|c| c == 'u' || c == 'U') {
            self.bump();
            let finding = self.left_out(start, "unsigned numbers are not part of the language");
            return Err(finding.help(format!("write `{digits}`")));
        }
        if self.peek().is_some_and(|c| c.is_alphanumeric() || c == '_') {
            self.take_while(|c| c.is_alphanumeric() || c == '_');
            return Err(Finding::new(
                finding::SYNTAX,
                self.span(start),
                "a number runs into a name",
            ));
        }
        let too_large =
            || Finding::new(finding::NUMBER, self.span(start), "the number is too large");
        if is_double {
            let value = digits.parse::<f64>().ok().filter(|value| value.is_finite());
            return value.map(Token::Double).ok_or_else(too_large);
        }
        digits.parse().map(Token::Int).map_err(|_| too_large())
    }

    /// Takes `.5`, but leaves the dot of `1.size()`.
    fn fraction(&mut self) -> bool {
        let mut next = self.rest().chars();
        let is_fraction =
            next.next() == Some('.') && next.next().is_some_and(|c| c.is_ascii_digit());
        if is_fraction {
            self.bump();
            self.take_while(|c| c.is_ascii_digit());
        }
        is_fraction
    }

    fn exponent(&mut self) -> bool {
        let rest = self.rest();
        let Some(power) = rest.strip_prefix(['e', 'E']) else {
            return false;
        };
        let digits = power.strip_prefix(['+', '-']).unwrap_or(power);
        if !digits.starts_with(|c: char| c.is_ascii_digit()) {
            return false;
        }
        self.at += rest.len() - digits.len();
        self.take_while(|c| c.is_ascii_digit());
        true
    }

    fn left_out(&self, start: usize, message: &str) -> Finding {
        Finding::new(finding::LEFT_OUT, self.span(start), message)
    }

    fn quoted(&mut self, quote: char) -> Result<Token, Finding> {
        let start = self.at;
        self.bump();
        let triple: String = [quote, quote].iter().collect();
        if self.rest().starts_with(&triple) {
            self.at += 2;
            return Err(self.left_out(start, "triple quotes are not part of the language"));
        }
        let mut text = String::new();
        loop {
            match self.bump() {
                Some(c) if c == quote => return Ok(Token::Text(text)),
                Some('\\') => text.push(self.escape()?),
                Some(c) if c != '\n' && c != '\r' => text.push(c),
                _ => {
                    let message = format!("the text does not end: `{quote}` is missing");
                    return Err(Finding::new(finding::TEXT, self.span(start), message));
                }
            }
        }
    }

    fn escape(&mut self) -> Result<char, Finding> {
        let start = self.at.saturating_sub(1);
        let named = self.bump();
        let value = match named {
            Some('n') => Some('\n'),
            Some('t') => Some('\t'),
            Some('r') => Some('\r'),
            Some('a') => Some('\u{7}'),
            Some('b') => Some('\u{8}'),
            Some('f') => Some('\u{c}'),
            Some('v') => Some('\u{b}'),
            Some(c @ ('\\' | '"' | '\'' | '`' | '?')) => Some(c),
            Some('x' | 'X') => self.code_point(2, 16),
            Some('u') => self.code_point(4, 16),
            Some('U') => self.code_point(8, 16),
            Some('0'..='3') => {
                self.at -= 1;
                self.code_point(3, 8)
            }
            _ => None,
        };
        value.ok_or_else(|| {
            let finding = Finding::new(finding::TEXT, self.span(start), "there is no such escape");
            finding.help("escapes are \\\\ \\\" \\' \\n \\t \\r \\xHH \\uHHHH \\UHHHHHHHH")
        })
    }

    fn code_point(&mut self, digits: usize, radix: u32) -> Option<char> {
        let code = self.rest().get(..digits)?;
        if !code.chars().all(|c| c.is_digit(radix)) {
            return None;
        }
        self.at += digits;
        char::from_u32(u32::from_str_radix(code, radix).ok()?)
    }
}
