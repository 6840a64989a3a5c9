//! Operators: which types go together.

use super::names::did_you_mean;
use super::{Checker, with_article};
use crate::condition::finding::{self, Finding};
use crate::condition::program::Constant;
use crate::condition::tree::{Comparison, Expr, Operation, Span};
use crate::condition::typed::{Kind, Ty, Typed};
use crate::schema::{Type, Words};

impl Checker<'_> {
    pub(super) fn not(&mut self, inner: &Expr, span: Span) -> Typed {
        let inner = self.truth(inner, "!");
        Typed::new(Kind::Not(Box::new(inner)), Type::Bool, span)
    }

    pub(super) fn negate(&mut self, inner: &Expr, span: Span) -> Typed {
        let inner = self.expr(inner);
        match &inner.ty {
            Ty::Of(ty @ (Type::Int | Type::Double | Type::Duration)) => {
                let ty = ty.clone();
                Typed::new(Kind::Negate(Box::new(inner)), ty, span)
            }
            Ty::Error => Typed::error(span),
            _ => {
                let message = format!("`-` takes a number, this is {}", with_article(&inner));
                self.fail(Finding::new(finding::TYPE, inner.span, message))
            }
        }
    }

    pub(super) fn compare(&mut self, op: Comparison, a: &Expr, b: &Expr, span: Span) -> Typed {
        let (a, b) = (self.expr(a), self.expr(b));
        let (a, b) = self.as_words(a, b);
        if a.is_error() || b.is_error() {
            return Typed { ty: Ty::Of(Type::Bool), ..Typed::error(span) };
        }
        if !comparable(&a.ty, &b.ty) {
            return self.incomparable(&a, &b, span);
        }
        if !op.is_equality() && !is_ordered(&a.ty) {
            let message =
                format!("a {} has no order: only `==` and `!=` compare it", a.type_name());
            return self.fail(Finding::new(finding::TYPE, span, message));
        }
        Typed::new(Kind::Compare(op, Box::new(a), Box::new(b)), Type::Bool, span)
    }

    fn incomparable(&mut self, a: &Typed, b: &Typed, span: Span) -> Typed {
        let message = format!("{} cannot be compared with {}", with_article(a), with_article(b));
        let finding = Finding::new(finding::TYPE, span, message);
        let finding = match (&a.ty, &b.ty) {
            (Ty::Of(Type::Timestamp), Ty::Of(Type::Duration)) => {
                finding.help("write `since(…)` for how long ago a time was")
            }
            (Ty::Of(Type::Duration), Ty::Of(Type::Int)) => {
                finding.help("write `days(…)` or `hours(…)`")
            }
            (Ty::Of(Type::Int | Type::Double), Ty::Of(Type::Text)) if is_written(b) => {
                finding.help("write the number without quotes")
            }
            (Ty::Of(Type::Text), Ty::Of(Type::Int | Type::Double)) if is_written(a) => {
                finding.help("write the number without quotes")
            }
            (Ty::Of(Type::List(_) | Type::Records(_)), _) => {
                finding.help("look through a list with `in`, `exists` or `all`")
            }
            _ => finding,
        };
        self.fail(finding)
    }

    /// Reads a text as a word, where the other side is of a closed set.
    fn as_words(&mut self, a: Typed, b: Typed) -> (Typed, Typed) {
        match (&a.ty, &b.ty) {
            (Ty::Of(Type::Word(words)), _) => {
                let words = words.clone();
                let b = self.word(b, &words);
                (a, b)
            }
            (_, Ty::Of(Type::Word(words))) => {
                let words = words.clone();
                (self.word(a, &words), b)
            }
            _ => (a, b),
        }
    }

    fn word(&mut self, typed: Typed, words: &Words) -> Typed {
        let Kind::Constant(Constant::Text(text)) = &typed.kind else {
            return typed;
        };
        if let Some(code) = words.code(text) {
            let kind = Kind::Constant(Constant::Word(code));
            return Typed::new(kind, Type::Word(words.clone()), typed.span);
        }
        let message = format!("`{text}` is no {}", words.name());
        let known: Vec<&str> = words.words().iter().map(String::as_str).collect();
        let help = did_you_mean(text, &known)
            .unwrap_or_else(|| format!("it is one of {}", known.join(", ")));
        self.fail(Finding::new(finding::WORD, typed.span, message).help(help))
    }

    pub(super) fn member(&mut self, item: &Expr, list: &Expr, span: Span) -> Typed {
        let item = self.expr(item);
        let list = self.expr(list);
        if let (Kind::Fact(fact), Ty::Of(Type::Map(_))) = (&list.kind, &list.ty) {
            return self.key_in_map(&item, *fact, span);
        }
        if let Kind::Filter(..) = list.kind {
            return self.uncounted(list.span);
        }
        let (item, list) = self.element_as_words(item, list);
        if item.is_error() || list.is_error() {
            return Typed { ty: Ty::Of(Type::Bool), ..Typed::error(span) };
        }
        let fits = match &list.ty {
            Ty::EmptyList => is_plain(&item.ty),
            Ty::Of(Type::List(element)) => comparable(&item.ty, &Ty::Of((**element).clone())),
            _ => {
                let message = format!("`in` takes a list, this is {}", with_article(&list));
                return self.fail(Finding::new(finding::TYPE, list.span, message));
            }
        };
        if !fits {
            let message = format!("{} cannot be in a {}", with_article(&item), list.type_name());
            return self.fail(Finding::new(finding::TYPE, span, message));
        }
        Typed::new(Kind::In(Box::new(item), Box::new(list)), Type::Bool, span)
    }

    /// `"key" in map` asks whether the map has an entry of that name.
    fn key_in_map(&mut self, item: &Typed, fact: crate::schema::FactId, span: Span) -> Typed {
        let Kind::Constant(Constant::Text(key)) = &item.kind else {
            let message = "a map is asked for a written text";
            return self.fail(Finding::new(finding::TYPE, item.span, message));
        };
        let entry = Typed::new(Kind::Entry(fact, key.clone()), Type::Text, item.span);
        Typed::new(Kind::Has(Box::new(entry)), Type::Bool, span)
    }

    fn element_as_words(&mut self, item: Typed, list: Typed) -> (Typed, Typed) {
        if let Ty::Of(Type::List(element)) = &list.ty
            && let Type::Word(words) = &**element
        {
            let words = words.clone();
            return (self.word(item, &words), list);
        }
        let Ty::Of(Type::Word(words)) = &item.ty else {
            return (item, list);
        };
        let Kind::Written(entries) = list.kind else {
            return (item, list);
        };
        let words = words.clone();
        let entries: Vec<Typed> =
            entries.into_iter().map(|entry| self.word(entry, &words)).collect();
        if entries.iter().any(Typed::is_error) {
            return (item, Typed::error(list.span));
        }
        let ty = match list.ty {
            Ty::Of(_) if entries.iter().all(|entry| entry.ty == item.ty) => {
                Ty::Of(Type::List(Box::new(Type::Word(words))))
            }
            ty => ty,
        };
        (item, Typed { kind: Kind::Written(entries), ty, span: list.span })
    }

    pub(super) fn arithmetic(&mut self, op: Operation, a: &Expr, b: &Expr, span: Span) -> Typed {
        let (a, b) = (self.expr(a), self.expr(b));
        let (Ty::Of(left), Ty::Of(right)) = (&a.ty, &b.ty) else {
            if a.is_error() || b.is_error() {
                return Typed::error(span);
            }
            return self.no_arithmetic(op, &a, &b, span);
        };
        match result_type(op, left, right) {
            Some(ty) => Typed::new(Kind::Arithmetic(op, Box::new(a), Box::new(b)), ty, span),
            None => self.no_arithmetic(op, &a, &b, span),
        }
    }

    fn no_arithmetic(&mut self, op: Operation, a: &Typed, b: &Typed, span: Span) -> Typed {
        let message =
            format!("`{}` does not take {} and {}", op.symbol(), with_article(a), with_article(b),);
        let finding = Finding::new(finding::TYPE, span, message);
        let mixed =
            [(&a.ty, &b.ty), (&b.ty, &a.ty)].contains(&(&Ty::Of(Type::Int), &Ty::Of(Type::Double)));
        self.fail(if mixed {
            finding.help("write `double(…)` around the whole number")
        } else {
            finding
        })
    }

    pub(super) fn choice(&mut self, test: &Expr, then: &Expr, other: &Expr, span: Span) -> Typed {
        let test = self.truth(test, "?:");
        let (then, other) = (self.expr(then), self.expr(other));
        if test.is_error() || then.is_error() || other.is_error() {
            return Typed::error(span);
        }
        if then.ty != other.ty || !is_plain(&then.ty) {
            let message = format!(
                "both sides of `:` have one plain type: here {} and {}",
                with_article(&then),
                with_article(&other)
            );
            return self.fail(Finding::new(finding::TYPE, span, message));
        }
        let ty = then.ty.clone();
        Typed { kind: Kind::Choice(Box::new(test), Box::new(then), Box::new(other)), ty, span }
    }
}

fn is_written(typed: &Typed) -> bool {
    matches!(typed.kind, Kind::Constant(_))
}

fn result_type(op: Operation, left: &Type, right: &Type) -> Option<Type> {
    use Operation::{Add, Subtract};

    match (op, left, right) {
        (_, Type::Int, Type::Int) => Some(Type::Int),
        (Operation::Remainder, ..) => None,
        (_, Type::Double, Type::Double) => Some(Type::Double),
        (Add, Type::Timestamp, Type::Duration) | (Add, Type::Duration, Type::Timestamp) => {
            Some(Type::Timestamp)
        }
        (Subtract, Type::Timestamp, Type::Duration) => Some(Type::Timestamp),
        (Subtract, Type::Timestamp, Type::Timestamp) => Some(Type::Duration),
        (Add | Subtract, Type::Duration, Type::Duration) => Some(Type::Duration),
        _ => None,
    }
}

fn comparable(a: &Ty, b: &Ty) -> bool {
    match (a, b) {
        (Ty::Of(Type::Int | Type::Double), Ty::Of(Type::Int | Type::Double)) => true,
        _ => a == b && is_plain(a),
    }
}

fn is_plain(ty: &Ty) -> bool {
    matches!(ty, Ty::Of(ty) if ty.is_plain())
}

fn is_ordered(ty: &Ty) -> bool {
    is_plain(ty) && !matches!(ty, Ty::Of(Type::Bool | Type::Word(_)))
}
