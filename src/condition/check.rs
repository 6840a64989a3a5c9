//! From a tree to a typed one: every name resolved, every mistake reported.

mod calls;
mod names;
mod operators;

use super::finding::{self, Finding};
use super::parse::MAX_LIST;
use super::program::{Constant, NodeId, Real};
use super::tree::{Expr, ExprKind, Span};
use super::typed::{Kind, Ty, Typed};
use crate::schema::{FactId, RecordType, Schema, Type};

/// Finds the situations that a condition may name.
pub(crate) trait Situations {
    /// Returns the lowered situation of this name.
    fn find(&self, name: &str) -> Option<NodeId>;
    /// Lists the names, for did-you-mean.
    fn names(&self) -> Vec<&str>;
}

/// For conditions outside a policy: no situations.
impl Situations for () {
    fn find(&self, _: &str) -> Option<NodeId> {
        None
    }

    fn names(&self) -> Vec<&str> {
        Vec::new()
    }
}

/// Checks a condition: an expression that is a truth.
pub(crate) fn condition(
    expr: &Expr,
    schema: &Schema,
    situations: &dyn Situations,
) -> Result<Typed, Vec<Finding>> {
    let mut checker = Checker::new(schema, situations);
    let typed = checker.expr(expr);
    if !typed.is(&Type::Bool) {
        let message = format!("a condition is true or false, this is {}", with_article(&typed));
        let finding = Finding::new(finding::TYPE, typed.span, message);
        let is_list = matches!(&typed.ty, Ty::Of(Type::List(_) | Type::Records(_)));
        checker.report(if is_list {
            finding.help("look through a list with `exists` or `all`, or count it with `size()`")
        } else {
            finding
        });
    }
    checker.passed(typed)
}

/// Checks an expression: a plain value, or a list of them.
pub(crate) fn expression(expr: &Expr, schema: &Schema) -> Result<Typed, Vec<Finding>> {
    let mut checker = Checker::new(schema, &());
    let typed = checker.expr(expr);
    let is_value = match &typed.ty {
        Ty::Of(Type::List(element)) => element.is_plain(),
        Ty::Of(ty) => ty.is_plain(),
        Ty::EmptyList | Ty::Error => true,
    };
    if !is_value {
        let message = format!(
            "an expression is a plain value or a list of them, this is {}",
            with_article(&typed)
        );
        checker.report(Finding::new(finding::TYPE, typed.span, message));
    }
    checker.passed(typed)
}

fn with_article(typed: &Typed) -> String {
    article(&typed.type_name())
}

fn article(name: &str) -> String {
    let article = if name.starts_with(['a', 'e', 'i', 'o', 'u']) { "an" } else { "a" };
    format!("{article} {name}")
}

struct Checker<'a> {
    schema: &'a Schema,
    situations: &'a dyn Situations,
    /// The variable of the macro that is being looked into.
    element: Option<Element>,
    /// Whether the expression of a derived field is being looked at.
    deriving: bool,
    findings: Vec<Finding>,
}

#[derive(Clone)]
struct Element {
    name: String,
    ty: ElementType,
}

#[derive(Clone)]
enum ElementType {
    Record(FactId, RecordType),
    Plain(Type),
    /// The list was wrong already.
    Error,
}

impl<'a> Checker<'a> {
    fn new(schema: &'a Schema, situations: &'a dyn Situations) -> Self {
        Self { schema, situations, element: None, deriving: false, findings: Vec::new() }
    }

    fn passed(self, typed: Typed) -> Result<Typed, Vec<Finding>> {
        if self.findings.is_empty() { Ok(typed) } else { Err(self.findings) }
    }

    fn report(&mut self, finding: Finding) {
        self.findings.push(finding);
    }

    fn fail(&mut self, finding: Finding) -> Typed {
        let span = finding.span;
        self.report(finding);
        Typed::error(span)
    }

    fn expr(&mut self, expr: &Expr) -> Typed {
        let span = expr.span;
        match &expr.kind {
            ExprKind::Bool(value) => {
                Typed::new(Kind::Constant(Constant::Bool(*value)), Type::Bool, span)
            }
            ExprKind::Int(value) => {
                Typed::new(Kind::Constant(Constant::Int(*value)), Type::Int, span)
            }
            ExprKind::Double(value) => {
                Typed::new(Kind::Constant(Constant::Double(Real::new(*value))), Type::Double, span)
            }
            ExprKind::Text(text) => {
                Typed::new(Kind::Constant(Constant::Text(text.clone())), Type::Text, span)
            }
            ExprKind::List(entries) => self.written_list(entries, span),
            ExprKind::Name(name) => self.name(name, span),
            ExprKind::Select(..) => self.select(expr),
            ExprKind::Index(target, key) => self.index(target, key, span),
            ExprKind::Call { target, name, args } => self.call(target.as_deref(), name, args, span),
            ExprKind::Not(inner) => self.not(inner, span),
            ExprKind::Negate(inner) => self.negate(inner, span),
            ExprKind::And(parts) => {
                Typed::new(Kind::All(self.truths(parts, "&&")), Type::Bool, span)
            }
            ExprKind::Or(parts) => {
                Typed::new(Kind::Any(self.truths(parts, "||")), Type::Bool, span)
            }
            ExprKind::Compare(comparison, a, b) => self.compare(*comparison, a, b, span),
            ExprKind::In(item, list) => self.member(item, list, span),
            ExprKind::Arithmetic(operation, a, b) => self.arithmetic(*operation, a, b, span),
            ExprKind::Choice(test, then, otherwise) => self.choice(test, then, otherwise, span),
        }
    }

    /// Checks something that must be true or false.
    fn truth(&mut self, expr: &Expr, operator: &str) -> Typed {
        let typed = self.expr(expr);
        if typed.is(&Type::Bool) {
            return typed;
        }
        let message = format!("`{operator}` takes truths, this is {}", with_article(&typed));
        self.fail(Finding::new(finding::TYPE, typed.span, message))
    }

    fn truths(&mut self, parts: &[Expr], operator: &str) -> Vec<Typed> {
        parts.iter().map(|part| self.truth(part, operator)).collect()
    }

    fn written_list(&mut self, entries: &[Expr], span: Span) -> Typed {
        if entries.len() > MAX_LIST {
            let message = format!("a list of more than {MAX_LIST} entries");
            return self.fail(Finding::new(finding::LIMIT, span, message));
        }
        let entries: Vec<Typed> = entries.iter().map(|entry| self.expr(entry)).collect();
        if entries.iter().any(Typed::is_error) {
            return Typed::error(span);
        }
        let Some(Typed { ty: Ty::Of(first), .. }) = entries.first() else {
            if entries.is_empty() {
                return Typed { kind: Kind::Written(entries), ty: Ty::EmptyList, span };
            }
            return self.nested_list(span);
        };
        if matches!(first, Type::List(_) | Type::Records(_) | Type::Map(_) | Type::Group) {
            return self.nested_list(span);
        }
        if let Some(other) = entries.iter().find(|entry| !entry.is(first)) {
            let message = format!("the list begins with {first}, this is {}", with_article(other));
            return self.fail(Finding::new(finding::TYPE, other.span, message));
        }
        let ty = Type::List(Box::new(first.clone()));
        Typed::new(Kind::Written(entries), ty, span)
    }

    fn nested_list(&mut self, span: Span) -> Typed {
        self.fail(Finding::new(finding::TYPE, span, "a written list holds plain values"))
    }
}
