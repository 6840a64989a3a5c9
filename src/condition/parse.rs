//! From tokens to a tree: a Pratt parser with a bounded depth.

use super::finding::{self, Finding};
use super::lex::{Token, lex};
use super::tree::{Comparison, Expr, ExprKind, Name, Operation, Span};

/// How deep a condition may nest, in brackets and as a tree.
pub(crate) const MAX_DEPTH: u32 = 64;
/// How many operators may wait for their right side: each is a level of the tree.
const MAX_WAITING: u32 = MAX_DEPTH;
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
    let expr = parser.expr().map_err(|finding| *finding)?;
    match parser.peek() {
        Token::End => Ok(*expr),
        _ => Err(*parser.unexpected("the end or an operator")),
    }
}

/// Reads tokens by recursion.
///
/// The functions that call each other in a circle leave the making of pieces
/// and findings to others, and hand both on in boxes: what one of them has on
/// the stack counts a hundred times.
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

    /// Moves past the next token; returns where it stands.
    fn skip(&mut self) -> Span {
        let (_, span) = self.next();
        span
    }

    fn eat(&mut self, symbol: &str) -> bool {
        let found = matches!(self.peek(), Token::Symbol(found) if *found == symbol);
        if found {
            self.next();
        }
        found
    }

    fn expect(&mut self, symbol: &str) -> Result<Span, Box<Finding>> {
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

    fn unexpected(&self, wanted: &str) -> Box<Finding> {
        let found = self.peek();
        let message = format!("expected {wanted}, found {}", found.describe());
        let finding = Finding::new(finding::SYNTAX, self.span(), message);
        let finding = match found {
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
        };
        Box::new(finding)
    }

    fn deeper<T>(
        &mut self,
        inner: impl FnOnce(&mut Self) -> Result<T, Box<Finding>>,
    ) -> Result<T, Box<Finding>> {
        if self.depth >= MAX_DEPTH {
            return Err(too_deep(self.span()));
        }
        self.depth += 1;
        let result = inner(self);
        self.depth -= 1;
        result
    }

    fn expr(&mut self) -> Result<Box<Expr>, Box<Finding>> {
        self.deeper(|parser| parser.infix(Level::Choice))
    }

    /// Parses operators that bind at least as tightly as `level`.
    fn infix(&mut self, level: Level) -> Result<Box<Expr>, Box<Finding>> {
        let mut left = self.unary()?;
        while let Some((infix, at)) = Infix::of(self.peek()).filter(|(_, at)| *at >= level) {
            left = match infix {
                Infix::Choice => self.choice(left)?,
                _ => combined(infix, left, self.right(at)?)?,
            };
        }
        Ok(left)
    }

    /// Parses an operator and what stands to the right of it.
    fn right(&mut self, level: Level) -> Result<Box<Expr>, Box<Finding>> {
        let operator = self.skip();
        if self.waiting >= MAX_WAITING {
            return Err(too_deep(operator));
        }
        self.waiting += 1;
        let right = self.infix(tighter(level))?;
        self.waiting -= 1;
        if level == Level::Relation {
            self.refuse_chain(operator)?;
        }
        Ok(right)
    }

    fn choice(&mut self, test: Box<Expr>) -> Result<Box<Expr>, Box<Finding>> {
        self.skip();
        let then = self.deeper(|parser| parser.infix(Level::Or))?;
        self.expect(":")?;
        let otherwise = self.expr()?;
        chosen(test, then, otherwise)
    }

    fn refuse_chain(&self, first: Span) -> Result<(), Box<Finding>> {
        let again = Infix::of(self.peek()).is_some_and(|(_, level)| level == Level::Relation);
        if !again {
            return Ok(());
        }
        let message = "comparisons do not chain";
        let finding = Finding::new(finding::CHAIN, first.to(self.span()), message);
        Err(Box::new(finding.help("write `a < b && b < c`")))
    }

    fn unary(&mut self) -> Result<Box<Expr>, Box<Finding>> {
        match self.peek() {
            Token::Symbol("!") => self.not(),
            Token::Symbol("-") => self.negated(),
            _ => self.postfix(),
        }
    }

    fn not(&mut self) -> Result<Box<Expr>, Box<Finding>> {
        let start = self.skip();
        let inner = self.deeper(Self::unary)?;
        let span = start.to(inner.span);
        node(ExprKind::Not(inner), span)
    }

    fn negated(&mut self) -> Result<Box<Expr>, Box<Finding>> {
        let start = self.skip();
        if let Token::Int(_) | Token::Double(_) = self.peek() {
            let number = self.negative(start)?;
            return self.suffixes(number);
        }
        let inner = self.deeper(Self::unary)?;
        let span = start.to(inner.span);
        node(ExprKind::Negate(inner), span)
    }

    /// Folds the sign into a number, so that the least integer can be written.
    fn negative(&mut self, start: Span) -> Result<Box<Expr>, Box<Finding>> {
        let (token, end) = self.next();
        let kind = match token {
            Token::Int(magnitude) => {
                let value = 0_i64.checked_sub_unsigned(magnitude);
                ExprKind::Int(value.ok_or_else(|| too_large(end))?)
            }
            Token::Double(magnitude) => ExprKind::Double(-magnitude),
            _ => return Err(self.unexpected("a number")),
        };
        Ok(leaf(kind, start.to(end)))
    }

    fn postfix(&mut self) -> Result<Box<Expr>, Box<Finding>> {
        let primary = self.primary()?;
        self.suffixes(primary)
    }

    fn suffixes(&mut self, mut expr: Box<Expr>) -> Result<Box<Expr>, Box<Finding>> {
        loop {
            expr = match self.peek() {
                Token::Symbol(".") => self.select(expr)?,
                Token::Symbol("[") => self.index(expr)?,
                _ => return Ok(expr),
            };
        }
    }

    fn index(&mut self, target: Box<Expr>) -> Result<Box<Expr>, Box<Finding>> {
        self.skip();
        let key = self.expr()?;
        let span = target.span.to(self.expect("]")?);
        let kind = ExprKind::Index(target, key);
        node(kind, span)
    }

    fn select_name(&mut self) -> Result<Name, Box<Finding>> {
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

    fn select(&mut self, target: Box<Expr>) -> Result<Box<Expr>, Box<Finding>> {
        self.skip();
        let name = self.select_name()?;
        if self.eat("(") {
            let (args, end) = self.entries(")")?;
            return call(Some(target), name, args, end);
        }
        let span = target.span.to(name.span);
        node(ExprKind::Select(target, name), span)
    }

    fn primary(&mut self) -> Result<Box<Expr>, Box<Finding>> {
        match self.peek() {
            Token::Symbol("(") => self.bracketed(),
            Token::Symbol("[") => self.list(),
            Token::Name(_) => self.named(),
            _ => self.literal(),
        }
    }

    fn bracketed(&mut self) -> Result<Box<Expr>, Box<Finding>> {
        let start = self.skip();
        let mut inner = self.expr()?;
        // The brackets belong to the piece: a finding underlines them too.
        inner.span = start.to(self.expect(")")?);
        Ok(inner)
    }

    fn list(&mut self) -> Result<Box<Expr>, Box<Finding>> {
        let start = self.skip();
        let (entries, end) = self.entries("]")?;
        node(ExprKind::List(entries), start.to(end))
    }

    fn named(&mut self) -> Result<Box<Expr>, Box<Finding>> {
        let name = self.select_name()?;
        if let "true" | "false" = name.text.as_str() {
            return Ok(leaf(ExprKind::Bool(name.text == "true"), name.span));
        }
        refuse_word(&name)?;
        if self.eat("(") {
            let (args, end) = self.entries(")")?;
            return call(None, name, args, end);
        }
        Ok(leaf(ExprKind::Name(name.text), name.span))
    }

    fn literal(&mut self) -> Result<Box<Expr>, Box<Finding>> {
        let kind = match self.peek().clone() {
            Token::Int(magnitude) => {
                let value = i64::try_from(magnitude);
                ExprKind::Int(value.map_err(|_| too_large(self.span()))?)
            }
            Token::Double(value) => ExprKind::Double(value),
            Token::Text(text) => ExprKind::Text(text),
            _ => return Err(self.unexpected("a value")),
        };
        Ok(leaf(kind, self.skip()))
    }

    /// Parses entries up to a closing bracket; a comma may follow the last.
    fn entries(&mut self, close: &str) -> Result<(Vec<Expr>, Span), Box<Finding>> {
        let mut entries = Vec::new();
        loop {
            let end = self.span();
            if self.eat(close) {
                return Ok((entries, end));
            }
            if entries.len() >= MAX_LIST {
                return Err(too_long(end));
            }
            entries.push(*self.expr()?);
            let end = self.span();
            if !self.eat(",") {
                self.expect(close)?;
                return Ok((entries, end));
            }
        }
    }
}

fn combined(infix: Infix, a: Box<Expr>, b: Box<Expr>) -> Result<Box<Expr>, Box<Finding>> {
    let span = a.span.to(b.span);
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

fn chosen(
    test: Box<Expr>,
    then: Box<Expr>,
    otherwise: Box<Expr>,
) -> Result<Box<Expr>, Box<Finding>> {
    let span = test.span.to(otherwise.span);
    let kind = ExprKind::Choice(test, then, otherwise);
    node(kind, span)
}

fn call(
    target: Option<Box<Expr>>,
    name: Name,
    args: Vec<Expr>,
    end: Span,
) -> Result<Box<Expr>, Box<Finding>> {
    let start = target.as_ref().map_or(name.span, |target| target.span);
    let kind = ExprKind::Call { target, name, args };
    node(kind, start.to(end))
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

fn leaf(kind: ExprKind, span: Span) -> Box<Expr> {
    Box::new(Expr::new(kind, span))
}

/// Makes a piece that is not too high a tree to walk.
fn node(kind: ExprKind, span: Span) -> Result<Box<Expr>, Box<Finding>> {
    let expr = Expr::new(kind, span);
    if expr.height > MAX_DEPTH {
        return Err(too_deep(span));
    }
    Ok(Box::new(expr))
}

fn too_large(span: Span) -> Box<Finding> {
    Box::new(Finding::new(
        finding::NUMBER,
        span,
        "the number is too large",
    ))
}

fn too_long(span: Span) -> Box<Finding> {
    let message = format!("a list of more than {MAX_LIST} entries");
    Box::new(Finding::new(finding::LIMIT, span, message))
}

fn too_deep(span: Span) -> Box<Finding> {
    let message = format!("the condition nests deeper than {MAX_DEPTH}");
    let finding = Finding::new(finding::LIMIT, span, message);
    Box::new(finding.help("give parts of it names under `[situations]`"))
}

/// Words that mean something elsewhere, and what to write here.
fn refuse_word(name: &Name) -> Result<(), Box<Finding>> {
    let help = match name.text.as_str() {
        "null" | "None" | "nil" => {
            let message = "there is no `null`: what was not delivered is unknown";
            let finding = Finding::new(finding::LEFT_OUT, name.span, message);
            return Err(Box::new(finding.help("ask with `has(…)` or `known(…)`")));
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
            return Err(Box::new(Finding::new(
                finding::LEFT_OUT,
                name.span,
                message,
            )));
        }
        _ => return Ok(()),
    };
    let message = format!("`{}` is not part of the language", name.text);
    let finding = Finding::new(finding::LEFT_OUT, name.span, message);
    Err(Box::new(finding.help(help)))
}
