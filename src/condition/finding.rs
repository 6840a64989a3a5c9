//! What can be wrong with a condition, with its stable code.

use super::tree::Span;
use crate::diagnostic::Code;

/// An unexpected character or word.
pub(crate) const SYNTAX: Code = Code::new("E101");
/// A text that does not end, or an escape that does not exist.
pub(crate) const TEXT: Code = Code::new("E102");
/// A number that does not fit.
pub(crate) const NUMBER: Code = Code::new("E103");
/// A condition too long, too deep, with too long a list, or too slow.
pub(crate) const LIMIT: Code = Code::new("E104");
/// Something other languages have and this one leaves out.
pub(crate) const LEFT_OUT: Code = Code::new("E105");
/// A chain such as `a < b < c`.
pub(crate) const CHAIN: Code = Code::new("E106");
/// A name that is no fact, situation or variable.
pub(crate) const NAME: Code = Code::new("E201");
/// Types that do not go together.
pub(crate) const TYPE: Code = Code::new("E202");
/// A text that is not a word of the closed set it is compared with.
pub(crate) const WORD: Code = Code::new("E203");
/// A function that does not exist.
pub(crate) const FUNCTION: Code = Code::new("E204");
/// A function with the wrong arguments.
pub(crate) const ARGUMENTS: Code = Code::new("E205");
/// A macro inside a macro.
pub(crate) const NESTED: Code = Code::new("E206");
/// A time or a length of time that cannot be read.
pub(crate) const TIME: Code = Code::new("E207");

/// One thing wrong with the text of a condition.
#[derive(Clone, Debug)]
pub(crate) struct Finding {
    pub(crate) code: Code,
    pub(crate) span: Span,
    pub(crate) message: String,
    pub(crate) help: Option<String>,
}

impl Finding {
    pub(crate) fn new(code: Code, span: Span, message: impl Into<String>) -> Self {
        Self { code, span, message: message.into(), help: None }
    }

    pub(crate) fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }
}
