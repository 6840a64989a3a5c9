//! Names: facts, fields of elements, situations, entries of maps.

use super::{Checker, Element, ElementType};
use crate::condition::finding::{self, Finding};
use crate::condition::parse::parse;
use crate::condition::tree::{Expr, ExprKind, Name, Span};
use crate::condition::typed::{Kind, Ty, Typed};
use crate::diagnostic::suggest::closest;
use crate::schema::{FactId, RecordType, Type};

impl Checker<'_> {
    pub(super) fn name(&mut self, name: &str, span: Span) -> Typed {
        if let Some(element) = self.element.clone().filter(|element| element.name == name) {
            return match element.ty {
                ElementType::Plain(ty) => Typed::new(Kind::Element, ty, span),
                ElementType::Error => Typed::error(span),
                ElementType::Record(_, record) => {
                    let message = format!("`{name}` is a whole {}", record.name());
                    let finding = Finding::new(finding::TYPE, span, message);
                    self.fail(finding.help(format!("read a field of it: `{name}.…`")))
                }
            };
        }
        if name == "now" {
            return Typed::new(Kind::Now, Type::Timestamp, span);
        }
        if let Some(node) = self.situations.find(name) {
            return Typed::new(Kind::Situation(node), Type::Bool, span);
        }
        match self.schema.find(name) {
            Some(fact) => self.fact(fact, span),
            None => self.unknown_name(name, span),
        }
    }

    fn fact(&mut self, id: FactId, span: Span) -> Typed {
        let fact = &self.schema.entry(id).fact;
        Typed::new(Kind::Fact(id), fact.ty().clone(), span)
    }

    /// Resolves `a.b.c`: a field of the element, a fact, or an entry of a map.
    pub(super) fn select(&mut self, expr: &Expr) -> Typed {
        let ExprKind::Select(target, name) = &expr.kind else {
            return self.expr(expr);
        };
        if let ExprKind::Name(variable) = &target.kind
            && let Some(element) = self.element.clone().filter(|element| &element.name == variable)
        {
            return self.field(&element, name, expr.span);
        }
        let Some(path) = dotted(expr) else {
            return self.select_from_value(target, name);
        };
        if let Some(fact) = self.schema.find(&path) {
            return self.fact(fact, expr.span);
        }
        if let Some(fact) = dotted(target).and_then(|path| self.schema.find(&path))
            && let Type::Map(value) = self.schema.entry(fact).fact.ty()
        {
            let ty = (**value).clone();
            return Typed::new(Kind::Entry(fact, name.text.clone()), ty, expr.span);
        }
        self.unknown_name(&path, expr.span)
    }

    fn select_from_value(&mut self, target: &Expr, name: &Name) -> Typed {
        let typed = self.expr(target);
        if typed.is_error() {
            return Typed::error(typed.span);
        }
        let message = format!("a {} has no field `{}`", typed.type_name(), name.text);
        self.fail(Finding::new(finding::TYPE, name.span, message))
    }

    fn field(&mut self, element: &Element, name: &Name, span: Span) -> Typed {
        let (list, record) = match &element.ty {
            ElementType::Record(list, record) => (*list, record),
            ElementType::Error => return Typed::error(span),
            ElementType::Plain(ty) => {
                let message = format!("`{}` is a {ty} and has no fields", element.name);
                return self.fail(Finding::new(finding::TYPE, span, message));
            }
        };
        let Some((field, fact)) = record.find(&name.text) else {
            return self.unknown_field(record, name);
        };
        match fact.derivation() {
            None => Typed::new(Kind::Field(list, field), fact.ty().clone(), span),
            Some(text) => self.derived(text, element, span),
        }
    }

    /// Puts the expression of a derived field in its place.
    fn derived(&mut self, text: &str, element: &Element, span: Span) -> Typed {
        if std::mem::replace(&mut self.deriving, true) {
            let message = "a derived field follows from stored ones, not from another derived one";
            return self.fail(Finding::new(finding::NAME, span, message));
        }
        let outer = self.element.replace(Element { name: "it".to_owned(), ty: element.ty.clone() });
        let before = self.findings.len();
        let typed = match parse(text) {
            Ok(expr) => self.expr(&expr),
            Err(finding) => self.fail(finding),
        };
        self.element = outer;
        self.deriving = false;
        // A derivation has no place in the text: its mistakes show at its name.
        for finding in self.findings.iter_mut().skip(before) {
            finding.span = span;
        }
        Typed { span, ..typed }
    }

    fn unknown_field(&mut self, record: &RecordType, name: &Name) -> Typed {
        let message = format!("a {} has no field `{}`", record.name(), name.text);
        let known: Vec<&str> = record.fields().map(|(name, _)| name).collect();
        let help = did_you_mean(&name.text, &known)
            .unwrap_or_else(|| format!("it has {}", known.join(", ")));
        self.fail(Finding::new(finding::NAME, name.span, message).help(help))
    }

    fn unknown_name(&mut self, path: &str, span: Span) -> Typed {
        if self.schema.is_prefix(path) {
            let message = format!("`{path}` is a part, not a fact");
            let finding = Finding::new(finding::TYPE, span, message);
            return self.fail(finding.help(format!("read a fact of it: `{path}.…`")));
        }
        let mut known: Vec<&str> = self.schema.paths().collect();
        if !path.contains('.') {
            known.extend(self.situations.names());
            known.extend(["now", "true", "false"]);
            known.extend(self.element.iter().map(|element| element.name.as_str()));
        }
        let help = self
            .nearest_sibling(path)
            .or_else(|| self.nearest_part(path).filter(|_| self.has_siblings(path)))
            .or_else(|| did_you_mean(path, &known))
            .or_else(|| self.nearest_part(path));
        let what = if path.contains('.') { "fact" } else { "name" };
        let mut finding = Finding::new(finding::NAME, span, format!("unknown {what} `{path}`"));
        finding.help = help;
        self.fail(finding)
    }

    /// Finds a fact of the same part with a similar last name.
    fn nearest_sibling(&self, path: &str) -> Option<String> {
        let (part, last) = path.rsplit_once('.')?;
        let prefix = format!("{part}.");
        let siblings = self.schema.paths().filter_map(|known| known.strip_prefix(&prefix));
        closest(last, siblings).map(|near| format!("did you mean `{part}.{near}`?"))
    }

    fn has_siblings(&self, path: &str) -> bool {
        path.rsplit_once('.').is_some_and(|(part, _)| self.schema.is_prefix(part))
    }

    /// Lists the facts of the part, as far as the path is right.
    fn nearest_part(&self, path: &str) -> Option<String> {
        let mut part = path;
        while let Some((shorter, _)) = part.rsplit_once('.') {
            part = shorter;
            let prefix = format!("{part}.");
            let below: Vec<&str> =
                self.schema.paths().filter(|known| known.starts_with(&prefix)).collect();
            if !below.is_empty() {
                return Some(format!("`{part}` has {}", below.join(", ")));
            }
        }
        let parts: Vec<&str> =
            self.schema.paths().filter_map(|known| known.split('.').next()).collect();
        did_you_mean(part, &parts)
    }

    pub(super) fn index(&mut self, target: &Expr, key: &Expr, span: Span) -> Typed {
        let typed = self.expr(target);
        match (&typed.kind, &typed.ty, &key.kind) {
            (Kind::Fact(fact), Ty::Of(Type::Map(value)), ExprKind::Text(key)) => {
                Typed::new(Kind::Entry(*fact, key.clone()), (**value).clone(), span)
            }
            (_, Ty::Error, _) => Typed::error(span),
            (_, Ty::Of(Type::Map(_)), _) => {
                self.fail(Finding::new(finding::TYPE, key.span, "a map is read by a written text"))
            }
            _ => {
                let message = "only maps are read with `[…]`";
                let finding = Finding::new(finding::LEFT_OUT, span, message);
                self.fail(finding.help("look through a list with `exists`, `all` or `filter`"))
            }
        }
    }
}

/// Spells `a.b.c` if the expression is names joined by dots.
pub(super) fn dotted(expr: &Expr) -> Option<String> {
    match &expr.kind {
        ExprKind::Name(name) => Some(name.clone()),
        ExprKind::Select(target, name) => Some(format!("{}.{}", dotted(target)?, name.text)),
        _ => None,
    }
}

pub(super) fn did_you_mean(name: &str, known: &[&str]) -> Option<String> {
    closest(name, known.iter().copied()).map(|near| format!("did you mean `{near}`?"))
}
