//! From tokens to a tree: a Pratt parser with a bounded depth.

use super::finding::{self, Finding};
use super::lex::{Token, lex};
use super::tree::{Comparison, Expr, ExprKind, Name, Operation, Span};

/// How deep a condition may nest, in brackets and as a tree.
pub(crate) const MAX_DEPTH: u32 = 64;
/// How many entries a written list may have.
pub(crate) const MAX_LIST: usize = 256;

/// Parses a condition.
pub(crate) fn parse(text: &str) -> Result<Expr, Finding> {
    let mut parser = Parser { tokens: lex(text)?, at: 0, depth: 0, waiting: 0 };
    parser.whole().map(|expr| *expr).map_err(|finding| *finding)
}

/// Descends into the text; what it returns is boxed, to use little stack.
struct Parser {
    tokens: Vec<(Token, Span)>,
    at: usize,
    /// How many brackets are open.
    depth: u32,
    /// How many operators wait for their right side.
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
    fn whole(&mut self) -> Result<Box<Expr>, Box<Finding>> {
        if self.peek() == &Token::End {
            let finding = Finding::new(finding::SYNTAX, self.span(), "the condition is empty");
            return Err(Box::new(finding.help("write `true` for one that always holds")));
        }
        let expr = self.expr()?;
        match self.peek() {
            Token::End => Ok(expr),
            _ => Err(self.unexpected("the end or an operator")),
        }
    }

    fn peek(&self) -> &Token {
        // INVARIANT: the last token is `End`, and `next` never moves past it.
        self.tokens.get(self.at).map_or(&Token::End, |(token, _)| token)
    }

    fn span(&self) -> Span {
        self.tokens.get(self.at).map_or_else(Span::default, |(_, span)| *span)
    }

    fn peek_next(&self) -> &Token {
        self.tokens.get(self.at + 1).map_or(&Token::End, |(token, _)| token)
    }

    /// Moves past a token; returns where it was.
    fn advance(&mut self) -> Span {
        let span = self.span();
        if self.at + 1 < self.tokens.len() {
            self.at += 1;
        }
        span
    }

    fn next(&mut self) -> (Token, Span) {
        let token = self.peek().clone();
        (token, self.advance())
    }

    fn eat(&mut self, symbol: &str) -> bool {
        let found = matches!(self.peek(), Token::Symbol(found) if *found == symbol);
        if found {
            self.advance();
        }
        found
    }

    fn expect(&mut self, symbol: &str) -> Result<Span, Box<Finding>> {
        let span = self.span();
        if self.eat(symbol) { Ok(span) } else { Err(self.unexpected(&format!("`{symbol}`"))) }
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
        Box::new(match found {
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
        })
    }

    /// Goes one level down; who fails on the way never comes back up.
    fn descend(&mut self) -> Result<(), Box<Finding>> {
        if self.depth >= MAX_DEPTH {
            return Err(too_deep(self.span()));
        }
        self.depth += 1;
        Ok(())
    }

    fn expr(&mut self) -> Result<Box<Expr>, Box<Finding>> {
        self.descend()?;
        let expr = self.infix(Level::Choice)?;
        self.depth -= 1;
        Ok(expr)
    }

    /// Parses operators that bind at least as tightly as `level`.
    fn infix(&mut self, level: Level) -> Result<Box<Expr>, Box<Finding>> {
        let mut left = self.unary()?;
        while let Some((infix, at)) = Infix::of(self.peek()).filter(|(_, at)| *at >= level) {
            let operator = self.advance();
            let right = self.right_side(tighter(at), operator)?;
            left = match infix {
                Infix::Choice => self.choice(left, right)?,
                _ => self.joined(left, infix, right, operator)?,
            };
        }
        Ok(left)
    }

    /// Parses what an operator waits for: each that waits is a level of the tree.
    fn right_side(&mut self, level: Level, operator: Span) -> Result<Box<Expr>, Box<Finding>> {
        if self.waiting >= MAX_DEPTH {
            return Err(too_deep(operator));
        }
        self.waiting += 1;
        let right = self.infix(level)?;
        self.waiting -= 1;
        Ok(right)
    }

    fn joined(
        &self,
        left: Box<Expr>,
        infix: Infix,
        right: Box<Expr>,
        operator: Span,
    ) -> Result<Box<Expr>, Box<Finding>> {
        let span = left.span.to(right.span);
        let kind = match infix {
            Infix::Or => ExprKind::Or(match left.kind {
                ExprKind::Or(parts) => appended(parts, *right),
                _ => vec![*left, *right],
            }),
            Infix::And => ExprKind::And(match left.kind {
                ExprKind::And(parts) => appended(parts, *right),
                _ => vec![*left, *right],
            }),
            Infix::Compare(comparison) => {
                self.refuse_chain(operator)?;
                ExprKind::Compare(comparison, left, right)
            }
            Infix::In | Infix::Choice => {
                self.refuse_chain(operator)?;
                ExprKind::In(left, right)
            }
            Infix::Arithmetic(operation) => ExprKind::Arithmetic(operation, left, right),
        };
        node(kind, span)
    }

    /// Parses the rest of `test ? then : otherwise`.
    fn choice(&mut self, test: Box<Expr>, then: Box<Expr>) -> Result<Box<Expr>, Box<Finding>> {
        let colon = self.expect(":")?;
        let otherwise = self.right_side(Level::Choice, colon)?;
        let span = test.span.to(otherwise.span);
        let kind = ExprKind::Choice(test, then, otherwise);
        node(kind, span)
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
            Token::Symbol("!") => self.negated(ExprKind::Not),
            // The sign is a part of the number: so the least integer can be written.
            Token::Symbol("-") if matches!(self.peek_next(), Token::Int(_) | Token::Double(_)) => {
                let number = self.negative_number()?;
                self.suffixes(number)
            }
            Token::Symbol("-") => self.negated(ExprKind::Negate),
            _ => {
                let primary = self.primary()?;
                self.suffixes(primary)
            }
        }
    }

    fn negated(&mut self, negation: fn(Box<Expr>) -> ExprKind) -> Result<Box<Expr>, Box<Finding>> {
        let start = self.advance();
        self.descend()?;
        let inner = self.unary()?;
        self.depth -= 1;
        let span = start.to(inner.span);
        node(negation(inner), span)
    }

    fn negative_number(&mut self) -> Result<Box<Expr>, Box<Finding>> {
        let start = self.advance();
        let (token, end) = self.next();
        let kind = match token {
            Token::Int(magnitude) => {
                let value = 0_i64.checked_sub_unsigned(magnitude);
                ExprKind::Int(value.ok_or_else(|| too_large(end))?)
            }
            Token::Double(magnitude) => ExprKind::Double(-magnitude),
            _ => return Err(self.unexpected("a number")),
        };
        Ok(Box::new(Expr::new(kind, start.to(end))))
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

    fn select(&mut self, target: Box<Expr>) -> Result<Box<Expr>, Box<Finding>> {
        self.advance();
        let name = self.name()?;
        let start = target.span;
        if matches!(self.peek(), Token::Symbol("(")) {
            return self.call(Some(target), name, start);
        }
        let span = start.to(name.span);
        node(ExprKind::Select(target, name), span)
    }

    fn index(&mut self, target: Box<Expr>) -> Result<Box<Expr>, Box<Finding>> {
        self.advance();
        let key = self.expr()?;
        let span = target.span.to(self.expect("]")?);
        node(ExprKind::Index(target, key), span)
    }

    fn name(&mut self) -> Result<Name, Box<Finding>> {
        let Token::Name(text) = self.peek() else {
            return Err(self.unexpected("a name"));
        };
        let text = text.clone();
        let span = self.advance();
        Ok(Name { text, span })
    }

    fn primary(&mut self) -> Result<Box<Expr>, Box<Finding>> {
        match self.peek() {
            Token::Symbol("(") => self.bracketed(),
            Token::Symbol("[") => self.list(),
            Token::Name(_) => {
                let name = self.name()?;
                self.call_or_name(name)
            }
            _ => self.literal(),
        }
    }

    fn bracketed(&mut self) -> Result<Box<Expr>, Box<Finding>> {
        let start = self.advance();
        let mut inner = self.expr()?;
        let end = self.expect(")")?;
        // The brackets belong to the piece: a finding underlines them too.
        inner.span = start.to(end);
        Ok(inner)
    }

    fn list(&mut self) -> Result<Box<Expr>, Box<Finding>> {
        let start = self.advance();
        let (entries, end) = self.entries("]")?;
        node(ExprKind::List(entries), start.to(end))
    }

    fn literal(&mut self) -> Result<Box<Expr>, Box<Finding>> {
        let kind = match self.peek() {
            Token::Int(magnitude) => match i64::try_from(*magnitude) {
                Ok(value) => ExprKind::Int(value),
                Err(_) => return Err(too_large(self.span())),
            },
            Token::Double(value) => ExprKind::Double(*value),
            Token::Text(text) => ExprKind::Text(text.clone()),
            Token::Name(_) | Token::Symbol(_) | Token::End => {
                return Err(self.unexpected("a value"));
            }
        };
        Ok(Box::new(Expr::new(kind, self.advance())))
    }

    fn call_or_name(&mut self, name: Name) -> Result<Box<Expr>, Box<Finding>> {
        let span = name.span;
        match name.text.as_str() {
            "true" => return Ok(Box::new(Expr::new(ExprKind::Bool(true), span))),
            "false" => return Ok(Box::new(Expr::new(ExprKind::Bool(false), span))),
            _ => refuse_word(&name)?,
        }
        if matches!(self.peek(), Token::Symbol("(")) {
            return self.call(None, name, span);
        }
        Ok(Box::new(Expr::new(ExprKind::Name(name.text), span)))
    }

    /// Parses the arguments of a call that begins at `start`.
    fn call(
        &mut self,
        target: Option<Box<Expr>>,
        name: Name,
        start: Span,
    ) -> Result<Box<Expr>, Box<Finding>> {
        self.advance();
        let (args, end) = self.entries(")")?;
        let kind = ExprKind::Call { target, name, args };
        node(kind, start.to(end))
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
                let message = format!("a list of more than {MAX_LIST} entries");
                return Err(Box::new(Finding::new(finding::LIMIT, end, message)));
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
fn appended(mut parts: Vec<Expr>, last: Expr) -> Vec<Expr> {
    parts.push(last);
    parts
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
    Box::new(Finding::new(finding::NUMBER, span, "the number is too large"))
}

fn too_deep(span: Span) -> Box<Finding> {
    let message = format!("the condition nests deeper than {MAX_DEPTH}");
    let finding = Finding::new(finding::LIMIT, span, message);
    Box::new(finding.help("give parts of it names under `[situations]`"))
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
