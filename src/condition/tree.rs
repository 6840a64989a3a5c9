//! The tree of a condition as written, with the place of every piece.

/// A range of bytes in the text of a condition.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Span {
    pub(crate) start: u32,
    pub(crate) end: u32,
}

impl Span {
    pub(crate) fn to(self, other: Self) -> Self {
        Self { start: self.start, end: other.end }
    }

    pub(crate) fn range(self) -> std::ops::Range<u32> {
        self.start..self.end
    }
}

/// A piece of a condition.
#[derive(Clone, Debug)]
pub(crate) struct Expr {
    pub(crate) kind: ExprKind,
    pub(crate) span: Span,
    /// How many pieces lie inside each other here; a leaf has 1.
    pub(crate) height: u32,
}

impl Expr {
    pub(crate) fn new(kind: ExprKind, span: Span) -> Self {
        let height = 1 + kind.inner_height();
        Self { kind, span, height }
    }
}

#[derive(Clone, Debug)]
pub(crate) enum ExprKind {
    Bool(bool),
    Int(i64),
    Double(f64),
    Text(String),
    List(Vec<Expr>),
    Name(String),
    /// `target.name`
    Select(Box<Expr>, Name),
    /// `target["key"]`
    Index(Box<Expr>, Box<Expr>),
    /// `name(args)` or `target.name(args)`
    Call {
        target: Option<Box<Expr>>,
        name: Name,
        args: Vec<Expr>,
    },
    Not(Box<Expr>),
    Negate(Box<Expr>),
    And(Vec<Expr>),
    Or(Vec<Expr>),
    Compare(Comparison, Box<Expr>, Box<Expr>),
    In(Box<Expr>, Box<Expr>),
    Arithmetic(Operation, Box<Expr>, Box<Expr>),
    /// `test ? then : otherwise`
    Choice(Box<Expr>, Box<Expr>, Box<Expr>),
}

impl ExprKind {
    fn inner_height(&self) -> u32 {
        let highest =
            |parts: &[Expr]| parts.iter().map(|part| part.height).max().unwrap_or_default();
        match self {
            Self::Bool(_) | Self::Int(_) | Self::Double(_) | Self::Text(_) | Self::Name(_) => 0,
            Self::Select(inner, _) | Self::Not(inner) | Self::Negate(inner) => inner.height,
            Self::List(parts) | Self::And(parts) | Self::Or(parts) => highest(parts),
            Self::Call { target, args, .. } => {
                let target = target.as_ref().map_or(0, |target| target.height);
                target.max(highest(args))
            }
            Self::Index(a, b)
            | Self::Compare(_, a, b)
            | Self::In(a, b)
            | Self::Arithmetic(_, a, b) => a.height.max(b.height),
            Self::Choice(test, then, otherwise) => {
                test.height.max(then.height).max(otherwise.height)
            }
        }
    }
}

/// A name with its place.
#[derive(Clone, Debug)]
pub(crate) struct Name {
    pub(crate) text: String,
    pub(crate) span: Span,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Comparison {
    Equal,
    NotEqual,
    Less,
    AtMost,
    Greater,
    AtLeast,
}

impl Comparison {
    pub(crate) fn is_equality(self) -> bool {
        matches!(self, Self::Equal | Self::NotEqual)
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Operation {
    Add,
    Subtract,
    Multiply,
    Divide,
    Remainder,
}

impl Operation {
    pub(crate) fn symbol(self) -> char {
        match self {
            Self::Add => '+',
            Self::Subtract => '-',
            Self::Multiply => '*',
            Self::Divide => '/',
            Self::Remainder => '%',
        }
    }
}
