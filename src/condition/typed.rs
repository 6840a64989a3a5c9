//! The tree of a condition with names resolved and types known.

use super::functions::{Clock, TextTest};
use super::program::{Constant, NodeId};
use super::tree::{Comparison, Operation, Span};
use crate::schema::{FactId, FieldId, PartId, Type};

#[derive(Clone, Debug)]
pub(crate) struct Typed {
    pub(crate) kind: Kind,
    pub(crate) ty: Ty,
    pub(crate) span: Span,
}

/// A type, or what stands for one.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Ty {
    Of(Type),
    /// `[]`, a list of anything.
    EmptyList,
    /// Already reported; goes with everything, so that one slip is one message.
    Error,
}

#[derive(Clone, Debug)]
pub(crate) enum Kind {
    Constant(Constant),
    /// A situation that is lowered already.
    Situation(NodeId),
    Fact(FactId),
    Entry(FactId, String),
    Field(FactId, FieldId),
    Element,
    Now,
    Not(Box<Typed>),
    All(Vec<Typed>),
    Any(Vec<Typed>),
    Choice(Box<Typed>, Box<Typed>, Box<Typed>),
    Compare(Comparison, Box<Typed>, Box<Typed>),
    In(Box<Typed>, Box<Typed>),
    Arithmetic(Operation, Box<Typed>, Box<Typed>),
    Negate(Box<Typed>),
    Has(Box<Typed>),
    KnownPart(PartId),
    KnownFact(Box<Typed>),
    Since(Box<Typed>),
    DaysSince(Box<Typed>),
    Within(Box<Typed>, Box<Typed>),
    /// A number of units of time, in milliseconds each.
    Units(i64, Box<Typed>),
    ToDouble(Box<Typed>),
    ToInt(Box<Typed>),
    Characters(Box<Typed>),
    Clock(Clock, Box<Typed>, i32),
    Text(TextTest, Box<Typed>, Box<Typed>),
    Written(Vec<Typed>),
    Filter(Box<Typed>, Box<Typed>),
    Size(Box<Typed>),
    Macro(Quantifier, Box<Typed>, Box<Typed>),
    /// Already reported.
    Error,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Quantifier {
    Exists,
    All,
    ExistsOne,
}

impl Quantifier {
    pub(crate) fn of(name: &str) -> Option<Self> {
        Some(match name {
            "exists" => Self::Exists,
            "all" => Self::All,
            "exists_one" | "existsOne" => Self::ExistsOne,
            _ => return None,
        })
    }
}

impl Typed {
    pub(crate) fn new(kind: Kind, ty: Type, span: Span) -> Self {
        Self { kind, ty: Ty::Of(ty), span }
    }

    pub(crate) fn error(span: Span) -> Self {
        Self { kind: Kind::Error, ty: Ty::Error, span }
    }

    /// Shows this and everything inside of it, what contains before what is in it.
    pub(crate) fn visit(&self, see: &mut dyn FnMut(&Self)) {
        see(self);
        match &self.kind {
            Kind::Constant(_)
            | Kind::Situation(_)
            | Kind::Fact(_)
            | Kind::Entry(..)
            | Kind::Field(..)
            | Kind::Element
            | Kind::Now
            | Kind::KnownPart(_)
            | Kind::Error => {}
            Kind::Not(inner)
            | Kind::Negate(inner)
            | Kind::Has(inner)
            | Kind::KnownFact(inner)
            | Kind::Since(inner)
            | Kind::DaysSince(inner)
            | Kind::Units(_, inner)
            | Kind::ToDouble(inner)
            | Kind::ToInt(inner)
            | Kind::Characters(inner)
            | Kind::Clock(_, inner, _)
            | Kind::Size(inner) => inner.visit(see),
            Kind::Compare(_, a, b)
            | Kind::In(a, b)
            | Kind::Arithmetic(_, a, b)
            | Kind::Within(a, b)
            | Kind::Text(_, a, b)
            | Kind::Filter(a, b)
            | Kind::Macro(_, a, b) => {
                a.visit(see);
                b.visit(see);
            }
            Kind::Choice(test, then, otherwise) => {
                for part in [test, then, otherwise] {
                    part.visit(see);
                }
            }
            Kind::All(parts) | Kind::Any(parts) | Kind::Written(parts) => {
                parts.iter().for_each(|part| part.visit(see));
            }
        }
    }

    pub(crate) fn is_error(&self) -> bool {
        self.ty == Ty::Error
    }

    pub(crate) fn is(&self, ty: &Type) -> bool {
        self.is_error() || matches!(&self.ty, Ty::Of(own) if own == ty)
    }

    pub(crate) fn type_name(&self) -> String {
        match &self.ty {
            Ty::Of(ty) => ty.to_string(),
            Ty::EmptyList => "empty list".to_owned(),
            Ty::Error => "error".to_owned(),
        }
    }
}
