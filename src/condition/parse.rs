//! From tokens to a tree: a Pratt parser with a bounded depth.

use super::finding::{self, Finding};
use super::lex::{Token, lex};
use super::tree::{Comparison, Expr, ExprKind, Name, Operation, Span};

/// How deep a condition may nest, in brackets and as a tree.
pub(crate) const MAX_DEPTH: u32 = 64;
/// How many operators may wait for their right side.
const MAX_WAITING: u32 = 2 * MAX_DEPTH;
/// How many entries a written list may have.
pub(crate) const MAX_LIST: usize = 256;

/// Parses a condition.
pub(crate) fn parse(text: &str) -> Result<Expr, Finding> {
    let tokens = lex(text)?;
    let mut parser = Parser {
        tokens,
        at: 0,
        depth: 0,
        waiting: 0,
    };
    if parser.peek() == &Token::End {
        let finding = Finding::new(finding::SYNTAX, parser.span(), "the condition is empty");
        return Err(finding.help("write `true` for one that always holds"));
    }
    let expr = parser.expr()?;
    match parser.peek() {
        Token::End => Ok(expr),
        _ => Err(parser.unexpected("the end or an operator")),
    }
}

struct Parser {
    tokens: Vec<(Token, Span)>,
    at: usize,
    depth: u32,
    waiting: u32,
}

/// How tightly an operator binds its two sides.
#[derive(Clone, Copy, PartialEq, PartialOrd)]
enum Level {
    Choice,
    Or,
    And,
    Relation,
    Sum,
    Product,
    /// Tighter than any operator between two sides.
    Unary,
}

#[derive(Clone, Copy)]
enum Infix {
    Choice,
    Or,
    And,
    Compare(Comparison),
    In,
    Arithmetic(Operation),
}

impl Infix {
    fn of(token: &Token) -> Option<(Self, Level)> {
        let Token::Symbol(symbol) = token else {
            let is_in = matches!(token, Token::Name(name) if name == "in");
            return is_in.then_some((Self::In, Level::Relation));
        };
        Some(match *symbol {
            "?" => (Self::Choice, Level::Choice),
            "||" => (Self::Or, Level::Or),
            "&&" => (Self::And, Level::And),
            "==" => (Self::Compare(Comparison::Equal), Level::Relation),
            "!=" => (Self::Compare(Comparison::NotEqual), Level::Relation),
            "<" => (Self::Compare(Comparison::Less), Level::Relation),
            "<=" => (Self::Compare(Comparison::AtMost), Level::Relation),
            ">" => (Self::Compare(Comparison::Greater), Level::Relation),
            ">=" => (Self::Compare(Comparison::AtLeast), Level::Relation),
            "+" => (Self::Arithmetic(Operation::Add), Level::Sum),
            "-" => (Self::Arithmetic(Operation::Subtract), Level::Sum),
            "*" => (Self::Arithmetic(Operation::Multiply), Level::Product),
            "/" => (Self::Arithmetic(Operation::Divide), Level::Product),
            "%" => (Self::Arithmetic(Operation::Remainder), Level::Product),
            _ => return None,
        })
    }
}

impl Parser {
    fn peek(&self) -> &Token {
        // INVARIANT: the last token is `End`, and `next` never moves past it.
        self.tokens
            .get(self.at)
            .map_or(&Token::End, |(token, _)| token)
    }

    fn span(&self) -> Span {
        self.tokens
            .get(self.at)
            .map_or_else(Span::default, |(_, span)| *span)
    }

    fn next(&mut self) -> (Token, Span) {
        let token = self.tokens.get(self.at).cloned();
        if self.at + 1 < self.tokens.len() {
            self.at += 1;
        }
        token.unwrap_or((Token::End, Span::default()))
    }

    fn eat(&mut self, symbol: &str) -> bool {
        let found = matches!(self.peek(), Token::Symbol(found) if *found == symbol);
        if found {
            self.next();
        }
        found
    }

    fn expect(&mut self, symbol: &str) -> Result<Span, Finding> {
        let span = self.span();
        if self.eat(symbol) {
            Ok(span)
        } else {
            Err(self.unexpected(&format!("`{symbol}`")))
        }
    }

    /// Tells whether a symbol comes right after the next token.
    fn follows(&self, symbol: &str) -> bool {
        let after = self.tokens.get(self.at + 1);
        after.is_some_and(|(token, _)| matches!(token, Token::Symbol(found) if *found == symbol))
    }

    fn unexpected(&self, wanted: &str) -> Finding {
        let found = self.peek();
        let message = format!("expected {wanted}, found {}", found.describe());
        let finding = Finding::new(finding::SYNTAX, self.span(), message);
        match found {
            Token::Name(name) if name == "and" || name == "AND" => finding.help("write `&&`"),
            Token::Name(name) if name == "or" || name == "OR" => finding.help("write `||`"),
            Token::Name(name) if name == "is" => finding.help("write `==`"),
            Token::Symbol("=") if self.follows(">") => finding.help("write `>=`"),
            Token::Symbol("=") if self.follows("<") => finding.help("write `<=`"),
            Token::Symbol("=") => finding.help("write `==` to compare"),
            Token::Symbol("{") => finding.help("maps and messages are not part of the language"),
            Token::Symbol("?") => {
                finding.help("optional values are not part of the language: use `has(…)`")
            }
            _ => finding,
        }
    }

    fn deeper<T>(
        &mut self,
        inner: impl FnOnce(&mut Self) -> Result<T, Finding>,
    ) -> Result<T, Finding> {
        if self.depth >= MAX_DEPTH {
            return Err(too_deep(self.span()));
        }
        self.depth += 1;
        let result = inner(self);
        self.depth -= 1;
        result
    }

    fn expr(&mut self) -> Result<Expr, Finding> {
        self.deeper(|parser| parser.infix(Level::Choice))
    }

    /// Parses operators that bind at least as tightly as `level`.
    fn infix(&mut self, level: Level) -> Result<Expr, Finding> {
        let mut left = self.unary()?;
        while let Some((infix, at)) = Infix::of(self.peek()).filter(|(_, at)| *at >= level) {
            let (_, operator) = self.next();
            left = self.combine(left, infix, at, operator)?;
        }
        Ok(left)
    }

    fn combine(
        &mut self,
        left: Expr,
        infix: Infix,
        level: Level,
        operator: Span,
    ) -> Result<Expr, Finding> {
        if matches!(infix, Infix::Choice) {
            return self.choice(left);
        }
        if self.waiting >= MAX_WAITING {
            return Err(too_deep(operator));
        }
        self.waiting += 1;
        let right = self.infix(tighter(level))?;
        self.waiting -= 1;
        if level == Level::Relation {
            self.refuse_chain(operator)?;
        }
        let span = left.span.to(right.span);
        let (a, b) = (Box::new(left), Box::new(right));
        let kind = match infix {
            Infix::Or => ExprKind::Or(match a.kind {
                ExprKind::Or(parts) => joined(parts, *b),
                _ => vec![*a, *b],
            }),
            Infix::And => ExprKind::And(match a.kind {
                ExprKind::And(parts) => joined(parts, *b),
                _ => vec![*a, *b],
            }),
            Infix::Compare(comparison) => ExprKind::Compare(comparison, a, b),
            Infix::Arithmetic(operation) => ExprKind::Arithmetic(operation, a, b),
            Infix::In | Infix::Choice => ExprKind::In(a, b),
        };
        node(kind, span)
    }

    fn choice(&mut self, test: Expr) -> Result<Expr, Finding> {
        let then = self.deeper(|parser| parser.infix(Level::Or))?;
        self.expect(":")?;
        let otherwise = self.expr()?;
        let span = test.span.to(otherwise.span);
        let kind = ExprKind::Choice(Box::new(test), Box::new(then), Box::new(otherwise));
        node(kind, span)
    }

    fn refuse_chain(&self, first: Span) -> Result<(), Finding> {
        let again = Infix::of(self.peek()).is_some_and(|(_, level)| level == Level::Relation);
        if !again {
            return Ok(());
        }
        let message = "comparisons do not chain";
        let finding = Finding::new(finding::CHAIN, first.to(self.span()), message);
        Err(finding.help("write `a < b && b < c`"))
    }

    fn unary(&mut self) -> Result<Expr, Finding> {
        let start = self.span();
        if self.eat("!") {
            let inner = self.deeper(Self::unary)?;
            let span = start.to(inner.span);
            return node(ExprKind::Not(Box::new(inner)), span);
        }
        if self.eat("-") {
            return self.negated(start);
        }
        self.postfix()
    }

    /// Folds the sign into a number, so that the least integer can be written.
    fn negated(&mut self, start: Span) -> Result<Expr, Finding> {
        let kind = match *self.peek() {
            Token::Int(magnitude) => {
                let value = 0_i64.checked_sub_unsigned(magnitude);
                let too_large =
                    || Finding::new(finding::NUMBER, self.span(), "the number is too large");
                ExprKind::Int(value.ok_or_else(too_large)?)
            }
            Token::Double(magnitude) => ExprKind::Double(-magnitude),
            _ => {
                let inner = self.deeper(Self::unary)?;
                let span = start.to(inner.span);
                return node(ExprKind::Negate(Box::new(inner)), span);
            }
        };
        let (_, end) = self.next();
        self.suffixes(Expr::new(kind, start.to(end)))
    }

    fn postfix(&mut self) -> Result<Expr, Finding> {
        let primary = self.primary()?;
        self.suffixes(primary)
    }

    fn suffixes(&mut self, mut expr: Expr) -> Result<Expr, Finding> {
        loop {
            if self.eat(".") {
                let name = self.select_name()?;
                expr = self.select(expr, name)?;
            } else if self.eat("[") {
                let key = self.expr()?;
                let end = self.expect("]")?;
                let span = expr.span.to(end);
                let kind = ExprKind::Index(Box::new(expr), Box::new(key));
                expr = node(kind, span)?;
            } else {
                return Ok(expr);
            }
        }
    }

    fn select_name(&mut self) -> Result<Name, Finding> {
        match self.peek() {
            Token::Name(_) => {
                let (token, span) = self.next();
                let Token::Name(text) = token else {
                    return Err(self.unexpected("a name"));
                };
                Ok(Name { text, span })
            }
            _ => Err(self.unexpected("a name")),
        }
    }

    fn select(&mut self, target: Expr, name: Name) -> Result<Expr, Finding> {
        let start = target.span;
        if self.eat("(") {
            let (args, end) = self.entries(")")?;
            let kind = ExprKind::Call {
                target: Some(Box::new(target)),
                name,
                args,
            };
            return node(kind, start.to(end));
        }
        let span = start.to(name.span);
        node(ExprKind::Select(Box::new(target), name), span)
    }

    fn primary(&mut self) -> Result<Expr, Finding> {
        let start = self.span();
        if self.eat("(") {
            let mut inner = self.expr()?;
            let end = self.expect(")")?;
            // The brackets belong to the piece: a finding underlines them too.
            inner.span = start.to(end);
            return Ok(inner);
        }
        if self.eat("[") {
            let (entries, end) = self.entries("]")?;
            return node(ExprKind::List(entries), start.to(end));
        }
        if !matches!(
            self.peek(),
            Token::Int(_) | Token::Double(_) | Token::Text(_) | Token::Name(_)
        ) {
            return Err(self.unexpected("a value"));
        }
        let (token, span) = self.next();
        let kind = match token {
            Token::Int(magnitude) => ExprKind::Int(
                i64::try_from(magnitude)
                    .map_err(|_| Finding::new(finding::NUMBER, span, "the number is too large"))?,
            ),
            Token::Double(value) => ExprKind::Double(value),
            Token::Text(text) => ExprKind::Text(text),
            Token::Name(text) => return self.name(Name { text, span }),
            Token::Symbol(_) | Token::End => return Err(self.unexpected("a value")),
        };
        Ok(Expr::new(kind, span))
    }

    fn name(&mut self, name: Name) -> Result<Expr, Finding> {
        let span = name.span;
        match name.text.as_str() {
            "true" => return Ok(Expr::new(ExprKind::Bool(true), span)),
            "false" => return Ok(Expr::new(ExprKind::Bool(false), span)),
            _ => refuse_word(&name)?,
        }
        if self.eat("(") {
            let (args, end) = self.entries(")")?;
            let kind = ExprKind::Call {
                target: None,
                name,
                args,
            };
            return node(kind, span.to(end));
        }
        Ok(Expr::new(ExprKind::Name(name.text), span))
    }

    /// Parses entries up to a closing bracket; a comma may follow the last.
    fn entries(&mut self, close: &str) -> Result<(Vec<Expr>, Span), Finding> {
        let mut entries = Vec::new();
        loop {
            let end = self.span();
            if self.eat(close) {
                return Ok((entries, end));
            }
            if entries.len() >= MAX_LIST {
                let message = format!("a list of more than {MAX_LIST} entries");
                return Err(Finding::new(finding::LIMIT, end, message));
            }
            entries.push(self.expr()?);
            let end = self.span();
            if !self.eat(",") {
                self.expect(close)?;
                return Ok((entries, end));
            }
        }
    }
}

fn tighter(level: Level) -> Level {
    match level {
        Level::Choice => Level::Or,
        Level::Or => Level::And,
        Level::And => Level::Relation,
        Level::Relation => Level::Sum,
        Level::Sum => Level::Product,
        Level::Product | Level::Unary => Level::Unary,
    }
}

/// Appends to `a && b`, so that `a && b && c` is one piece with three parts.
fn joined(mut parts: Vec<Expr>, last: Expr) -> Vec<Expr> {
    parts.push(last);
    parts
}

/// Makes a piece that is not too high a tree to walk.
fn node(kind: ExprKind, span: Span) -> Result<Expr, Finding> {
    let expr = Expr::new(kind, span);
    if expr.height > MAX_DEPTH {
        return Err(too_deep(span));
    }
    Ok(expr)
}

fn too_deep(span: Span) -> Finding {
    let message = format!("the condition nests deeper than {MAX_DEPTH}");
    let finding = Finding::new(finding::LIMIT, span, message);
    finding.help("give parts of it names under `[situations]`")
}

/// Words that mean something elsewhere, and what to write here.
fn refuse_word(name: &Name) -> Result<(), Finding> {
    let help = match name.text.as_str() {
        "null" | "None" | "nil" => {
            let message = "there is no `null`: what was not delivered is unknown";
            let finding = Finding::new(finding::LEFT_OUT, name.span, message);
            return Err(finding.help("ask with `has(…)` or `known(…)`"));
        }
        "and" | "AND" => "write `&&`",
        "or" | "OR" => "write `||`",
        "not" | "NOT" => "write `!`",
        "True" => "write `true`",
        "False" => "write `false`",
        "in" => "write a value before `in`",
        "as" | "break" | "const" | "continue" | "else" | "for" | "function" | "if" | "import"
        | "let" | "loop" | "package" | "namespace" | "return" | "var" | "void" | "while" => {
            let message = format!("`{}` is a reserved word", name.text);
            return Err(Finding::new(finding::LEFT_OUT, name.span, message));
        }
        _ => return Ok(()),
    };
    let message = format!("`{}` is not part of the language", name.text);
    Err(Finding::new(finding::LEFT_OUT, name.span, message).help(help))
}
