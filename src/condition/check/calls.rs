//! Functions and macros: which there are, and what they take.

use super::names::{did_you_mean, dotted};
use super::{Checker, Element, ElementType, article, with_article};
use crate::condition::finding::{self, Finding};
use crate::condition::functions::{
    Clock, DAY, TextTest, duration_literal, offset_minutes, timestamp_literal,
};
use crate::condition::program::Constant;
use crate::condition::tree::{Expr, ExprKind, Name, Span};
use crate::condition::typed::{Kind, Quantifier, Ty, Typed};
use crate::schema::Type;

const FUNCTIONS: [&str; 15] = [
    "has",
    "known",
    "since",
    "days_since",
    "within",
    "days",
    "hours",
    "minutes",
    "seconds",
    "timestamp",
    "duration",
    "size",
    "double",
    "int",
    "bool",
];

const METHODS: [&str; 19] = [
    "exists",
    "all",
    "exists_one",
    "filter",
    "size",
    "startsWith",
    "endsWith",
    "contains",
    "getFullYear",
    "getMonth",
    "getDate",
    "getDayOfMonth",
    "getDayOfWeek",
    "getDayOfYear",
    "getHours",
    "getMinutes",
    "getSeconds",
    "getMilliseconds",
    "existsOne",
];

impl Checker<'_> {
    pub(super) fn call(
        &mut self,
        target: Option<&Expr>,
        name: &Name,
        args: &[Expr],
        span: Span,
    ) -> Typed {
        match target {
            None => self.function(name, args, span),
            Some(target) => self.method(target, name, args, span),
        }
    }

    fn function(&mut self, name: &Name, args: &[Expr], span: Span) -> Typed {
        match (name.text.as_str(), args) {
            ("has", [place]) => self.has(place, span),
            ("known", [place]) => self.known(place, span),
            ("since", [time]) => {
                let time = self.argument(time, &Type::Timestamp, name);
                Typed::new(Kind::Since(Box::new(time)), Type::Duration, span)
            }
            ("days_since", [time]) => {
                let time = self.argument(time, &Type::Timestamp, name);
                Typed::new(Kind::DaysSince(Box::new(time)), Type::Int, span)
            }
            ("within", [time, length]) => {
                let time = self.argument(time, &Type::Timestamp, name);
                let length = self.argument(length, &Type::Duration, name);
                let time = self.place(time);
                Typed::new(Kind::Within(Box::new(time), Box::new(length)), Type::Bool, span)
            }
            ("days", [count]) => self.units(DAY, count, name, span),
            ("hours", [count]) => self.units(3_600_000, count, name, span),
            ("minutes", [count]) => self.units(60_000, count, name, span),
            ("seconds", [count]) => self.units(1_000, count, name, span),
            ("timestamp" | "duration", [text]) => self.time_literal(name, text, span),
            ("size", [value]) => {
                let value = self.expr(value);
                self.size(value, span)
            }
            ("double" | "int" | "bool", [value]) => self.convert(name, value, span),
            (known, _) if FUNCTIONS.contains(&known) => self.wrong_count(name, span),
            (method, _) if METHODS.contains(&method) => {
                let message = format!("`{method}` is written after a value: `value.{method}(…)`");
                self.fail(Finding::new(finding::FUNCTION, name.span, message))
            }
            _ => self.unknown_function(name, &FUNCTIONS),
        }
    }

    fn method(&mut self, target: &Expr, name: &Name, args: &[Expr], span: Span) -> Typed {
        let text = name.text.as_str();
        if let Some(quantifier) = Quantifier::of(text) {
            return match self.look_through(target, name, args, span) {
                Ok((list, body)) => {
                    let kind = Kind::Macro(quantifier, Box::new(list), Box::new(body));
                    Typed::new(kind, Type::Bool, span)
                }
                Err(error) => error,
            };
        }
        if text == "filter" {
            return self.filter(target, name, args, span);
        }
        let known = METHODS.contains(&text);
        if !known {
            // An unknown root is the smaller slip; the function is not looked at.
            let target = self.expr(target);
            if target.is_error() {
                return Typed::error(span);
            }
            return self.unknown_function(name, &METHODS);
        }
        let target = self.expr(target);
        if target.is_error() {
            return Typed::error(span);
        }
        match (text, args) {
            ("size", []) => self.size(target, span),
            (_, [needle]) if TextTest::of(text).is_some() => {
                self.text_test(target, name, needle, span)
            }
            _ => match Clock::of(text) {
                Some(clock) => self.clock(clock, target, name, args, span),
                None => self.wrong_count(name, span),
            },
        }
    }

    fn unknown_function(&mut self, name: &Name, known: &[&str]) -> Typed {
        let message = format!("unknown function `{}`", name.text);
        let mut finding = Finding::new(finding::FUNCTION, name.span, message);
        finding.help = match name.text.as_str() {
            "matches" => {
                Some("there are no patterns: use `startsWith`, `endsWith` or `contains`".into())
            }
            "map" => {
                Some("lists are not built: ask with `exists`, `all` or `filter(…).size()`".into())
            }
            "any" | "some" => Some("did you mean `exists`?".into()),
            "count" | "length" | "len" => {
                Some("did you mean `size`? `filter(…).size()` counts what fits".into())
            }
            "string" | "type" | "dyn" | "uint" | "bytes" => {
                Some("types are fixed and checked".into())
            }
            text => did_you_mean(text, known),
        };
        self.fail(finding)
    }

    fn wrong_count(&mut self, name: &Name, span: Span) -> Typed {
        let usage = match name.text.as_str() {
            "within" => "within(time, length)",
            "startsWith" | "endsWith" | "contains" => "text.contains(text)",
            "size" => "size(value) or value.size()",
            "exists" | "all" | "exists_one" | "existsOne" | "filter" => {
                "list.exists(x, condition on x)"
            }
            _ => return self.fail(self.count_finding(name, span, "it takes one argument")),
        };
        self.fail(self.count_finding(name, span, &format!("write `{usage}`")))
    }

    fn count_finding(&self, name: &Name, span: Span, help: &str) -> Finding {
        let message = format!("wrong number of arguments for `{}`", name.text);
        Finding::new(finding::ARGUMENTS, span, message).help(help)
    }

    /// Checks an argument that must have a type.
    fn argument(&mut self, expr: &Expr, ty: &Type, name: &Name) -> Typed {
        let typed = self.expr(expr);
        if typed.is(ty) {
            return typed;
        }
        let message = format!(
            "`{}` takes {}, this is {}",
            name.text,
            article(&ty.to_string()),
            with_article(&typed)
        );
        self.fail(Finding::new(finding::TYPE, typed.span, message))
    }

    /// Checks that something can be absent: a fact, a field or an entry.
    fn place(&mut self, typed: Typed) -> Typed {
        match typed.kind {
            Kind::Fact(_) | Kind::Field(..) | Kind::Entry(..) | Kind::Error => typed,
            _ => {
                let message = "this is computed and cannot be absent";
                self.fail(Finding::new(finding::ARGUMENTS, typed.span, message).help("name a fact"))
            }
        }
    }

    fn has(&mut self, place: &Expr, span: Span) -> Typed {
        if !matches!(place.kind, ExprKind::Select(..) | ExprKind::Index(..)) {
            let finding =
                Finding::new(finding::ARGUMENTS, place.span, "`has` takes a fact of a part");
            return self.fail(finding.help("write `has(part.fact)`"));
        }
        let place = self.expr(place);
        let place = self.place(place);
        Typed::new(Kind::Has(Box::new(place)), Type::Bool, span)
    }

    fn known(&mut self, place: &Expr, span: Span) -> Typed {
        if let Some(part) = dotted(place).and_then(|path| self.schema.find_part(&path)) {
            return Typed::new(Kind::KnownPart(part), Type::Bool, span);
        }
        let place = self.expr(place);
        let place = self.place(place);
        Typed::new(Kind::KnownFact(Box::new(place)), Type::Bool, span)
    }

    fn units(&mut self, millis: i64, count: &Expr, name: &Name, span: Span) -> Typed {
        let count = self.argument(count, &Type::Int, name);
        Typed::new(Kind::Units(millis, Box::new(count)), Type::Duration, span)
    }

    fn time_literal(&mut self, name: &Name, text: &Expr, span: Span) -> Typed {
        let ExprKind::Text(literal) = &text.kind else {
            let message = format!("`{}` takes a written text", name.text);
            return self.fail(Finding::new(finding::ARGUMENTS, text.span, message));
        };
        let is_time = name.text == "timestamp";
        let read = if is_time { timestamp_literal(literal) } else { duration_literal(literal) };
        match read {
            Ok(millis) if is_time => {
                Typed::new(Kind::Constant(Constant::Time(millis)), Type::Timestamp, span)
            }
            Ok(millis) => {
                Typed::new(Kind::Constant(Constant::Length(millis)), Type::Duration, span)
            }
            Err(help) => {
                let message = format!("`{literal}` is no {}", name.text);
                self.fail(Finding::new(finding::TIME, text.span, message).help(help))
            }
        }
    }

    fn size(&mut self, value: Typed, span: Span) -> Typed {
        let kind = match &value.ty {
            Ty::Error => return Typed::error(span),
            Ty::Of(Type::Text) => Kind::Characters(Box::new(value)),
            Ty::Of(Type::List(_) | Type::Records(_) | Type::Map(_)) | Ty::EmptyList => {
                Kind::Size(Box::new(value))
            }
            Ty::Of(_) => {
                let message = format!(
                    "`size` takes a text, a list or a map, this is {}",
                    with_article(&value)
                );
                return self.fail(Finding::new(finding::TYPE, value.span, message));
            }
        };
        Typed::new(kind, Type::Int, span)
    }

    fn convert(&mut self, name: &Name, value: &Expr, span: Span) -> Typed {
        let value = self.expr(value);
        match (name.text.as_str(), &value.ty) {
            (_, Ty::Error) => Typed::error(span),
            ("double", Ty::Of(Type::Double))
            | ("int", Ty::Of(Type::Int))
            | ("bool", Ty::Of(Type::Bool)) => Typed { span, ..value },
            ("double", Ty::Of(Type::Int)) => {
                Typed::new(Kind::ToDouble(Box::new(value)), Type::Double, span)
            }
            ("int", Ty::Of(Type::Double)) => {
                Typed::new(Kind::ToInt(Box::new(value)), Type::Int, span)
            }
            (function, _) => {
                let message = format!("`{function}` does not convert {}", with_article(&value));
                self.fail(Finding::new(finding::TYPE, value.span, message))
            }
        }
    }

    fn text_test(&mut self, target: Typed, name: &Name, needle: &Expr, span: Span) -> Typed {
        let needle = self.argument(needle, &Type::Text, name);
        let Some(test) = TextTest::of(&name.text) else {
            return Typed::error(span);
        };
        if !target.is(&Type::Text) {
            let message =
                format!("`{}` takes a text, this is {}", name.text, with_article(&target));
            let finding = Finding::new(finding::TYPE, target.span, message);
            return self.fail(match &target.ty {
                Ty::Of(Type::List(_)) => finding.help("write `value in list`"),
                Ty::Of(Type::Word(_)) => {
                    finding.help("a word of a closed set is compared with `==` or `in`")
                }
                _ => finding,
            });
        }
        Typed::new(Kind::Text(test, Box::new(target), Box::new(needle)), Type::Bool, span)
    }

    fn clock(
        &mut self,
        clock: Clock,
        target: Typed,
        name: &Name,
        args: &[Expr],
        span: Span,
    ) -> Typed {
        let offset = match args {
            [] => 0,
            [Expr { kind: ExprKind::Text(text), span, .. }] => match offset_minutes(text) {
                Some(offset) => offset,
                None => {
                    let message = format!("`{text}` is no offset from UTC");
                    let finding = Finding::new(finding::TIME, *span, message);
                    return self.fail(finding.help("write an offset such as \"+02:00\""));
                }
            },
            _ => {
                let finding = self.count_finding(
                    name,
                    span,
                    "it takes an offset such as \"+02:00\", or nothing",
                );
                return self.fail(finding);
            }
        };
        let fits = match &target.ty {
            Ty::Of(Type::Timestamp) => true,
            Ty::Of(Type::Duration) => clock.is_of_length() && args.is_empty(),
            _ => false,
        };
        if !fits {
            let message =
                format!("`{}` takes a timestamp, this is {}", name.text, with_article(&target));
            return self.fail(Finding::new(finding::TYPE, target.span, message));
        }
        Typed::new(Kind::Clock(clock, Box::new(target), offset), Type::Int, span)
    }

    pub(super) fn uncounted(&mut self, span: Span) -> Typed {
        let message = "a filtered list is only counted: `filter(…).size()`";
        self.fail(Finding::new(finding::NESTED, span, message))
    }

    fn filter(&mut self, target: &Expr, name: &Name, args: &[Expr], span: Span) -> Typed {
        match self.look_through(target, name, args, span) {
            Ok((list, body)) => {
                let ty = list.ty.clone();
                Typed { kind: Kind::Filter(Box::new(list), Box::new(body)), ty, span }
            }
            Err(error) => error,
        }
    }

    /// Checks `list.macro(x, body)`.
    fn look_through(
        &mut self,
        target: &Expr,
        name: &Name,
        args: &[Expr],
        span: Span,
    ) -> Result<(Typed, Typed), Typed> {
        let list = self.expr(target);
        if self.element.is_some() {
            let message = format!("`{}` inside another macro", name.text);
            let finding = Finding::new(finding::NESTED, name.span, message);
            return Err(
                self.fail(finding.help("macros do not nest: combine two conditions with `&&`"))
            );
        }
        let [Expr { kind: ExprKind::Name(variable), .. }, body] = args else {
            return Err(if list.is_error() {
                Typed::error(span)
            } else {
                self.wrong_count(name, span)
            });
        };
        let ty = match (&list.kind, &list.ty) {
            (_, Ty::Error) => ElementType::Error,
            (Kind::Fact(fact), Ty::Of(Type::Records(record))) => {
                ElementType::Record(*fact, record.clone())
            }
            (Kind::Filter(..), _) => return Err(self.uncounted(list.span)),
            (_, Ty::Of(Type::List(element))) => ElementType::Plain((**element).clone()),
            (_, Ty::EmptyList) => ElementType::Error,
            _ => {
                let message = format!(
                    "`{}` looks through a list, this is {}",
                    name.text,
                    with_article(&list)
                );
                return Err(self.fail(Finding::new(finding::TYPE, list.span, message)));
            }
        };
        self.element = Some(Element { name: variable.clone(), ty });
        let mut body = self.truth(body, &name.text);
        self.element = None;
        if list.ty == Ty::EmptyList {
            // Nothing is ever looked at; what the body says does not matter.
            body = Typed::new(Kind::Constant(Constant::Bool(true)), Type::Bool, body.span);
        }
        if list.is_error() || body.is_error() { Err(Typed::error(span)) } else { Ok((list, body)) }
    }
}
