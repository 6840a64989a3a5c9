//! The condition language: a typed subset of CEL in which unknown is a value.
//!
//! A text becomes a tree, the tree is checked against a schema, and what is
//! checked is lowered to canonical atoms that are evaluated against facts. The
//! answer is [`Truth`]: CEL's answer, with every error or missing input mapped
//! to unknown.
//!
//! ```
//! use tactful::condition::{Condition, Truth};
//! use tactful::context::{Context, Support};
//! use tactful::schema::{Facts, RequestFacts, Schema};
//! use tactful::{Channel, Timestamp};
//!
//! let schema = Schema::customer();
//! let disputed = Condition::new(
//!     r#"support.tickets.exists(t, t.topic == "billing_dispute" && t.is_open)"#,
//!     &schema,
//! )?;
//! let now: Timestamp = "2026-03-10T15:00:30Z".parse()?;
//! let truth_of = |context: &Context| {
//!     let request = RequestFacts::new(Channel::Web);
//!     disputed.evaluate(&Facts::of_context(&schema, context, request, now)).truth()
//! };
//! assert_eq!(truth_of(&Context::new()), Truth::Unknown);
//! assert_eq!(truth_of(&Context::new().support(Support::new(now).tickets([]))), Truth::False);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod basis;
mod bound;
mod check;
mod conjunction;
mod describe;
mod eval;
mod expression;
mod finding;
mod functions;
mod implies;
mod lex;
mod lint;
mod lower;
mod nearest;
mod parse;
mod parts;
mod program;
mod spell;
mod survey;
mod tree;
mod truth;
mod typed;
mod witness;

pub use expression::Expression;
pub use truth::{Outcome, Truth};

pub(crate) use basis::{Basis, FactState, Subject, basis, lacking_number, shown};
pub(crate) use check::Situations;
pub(crate) use conjunction::Literal;
pub(crate) use eval::{Evaluator, Known, Memory};
pub(crate) use finding::Finding;
pub(crate) use functions::{Clock, LENGTHS, TIMES, TextTest, compare_mixed};
pub(crate) use implies::is_weaker;
pub(crate) use lint::{fails_open, unguarded};
pub(crate) use nearest::{Demand, FactChange, nearest};
pub(crate) use parts::{Apart, MAX_PARTS, Part};
pub(crate) use program::{
    Atom, AtomId, Constant, Limit, ListTerm, Node, NodeId, Program, Term, TermId,
};
pub(crate) use survey::{Answers, Number, Slot, Survey};
pub(crate) use witness::{Witness, witnesses};

use bound::Root;

use crate::diagnostic::{Diagnostic, DocPath, Format, Report, Source};
use crate::error::{Error, ErrorKind};
use crate::schema::{FactId, Facts, Schema};

/// How many truths and terms may lie inside each other, across situations.
///
/// Each level of a condition is lowered to four at most.
const MAX_HEIGHT: u32 = 4 * parse::MAX_DEPTH + 2;

/// A checked condition, ready to be evaluated.
#[derive(Clone, Debug)]
pub struct Condition {
    text: String,
    program: Program,
    root: NodeId,
    reads: Vec<String>,
    /// How many facts its schema has: facts of a smaller one cannot be read.
    facts: usize,
}

impl Condition {
    /// Reads a condition against the facts of a schema.
    ///
    /// # Errors
    ///
    /// Kind [`Condition`](ErrorKind::Condition), with a diagnostic for each
    /// mistake that underlines the smallest wrong piece of the text.
    pub fn new(text: &str, schema: &Schema) -> Result<Self, Error> {
        let mut program = Program::new();
        let root =
            compile(text, schema, &(), &mut program).map_err(|findings| error(text, findings))?;
        let reads = program.reads([root], schema).into_iter().map(str::to_owned).collect();
        Ok(Self { text: text.to_owned(), program, root, reads, facts: schema.paths().count() })
    }

    /// Evaluates the condition.
    ///
    /// The facts must be of the schema the condition was read against; facts
    /// of another schema give an answer without meaning, never a panic.
    #[must_use]
    pub fn evaluate(&self, facts: &Facts<'_>) -> Outcome {
        if facts.schema().paths().count() < self.facts {
            return Outcome::UNKNOWN;
        }
        let outcome = Evaluator::new(&self.program, facts).truth(self.root);
        debug_assert!(
            survey::agrees(&self.program, self.root, facts, &outcome),
            "a survey answers otherwise: {}",
            self.text
        );
        outcome
    }

    /// Reads the condition aloud in English.
    ///
    /// # Examples
    ///
    /// ```
    /// use tactful::condition::Condition;
    /// use tactful::schema::Schema;
    ///
    /// let schema = Schema::customer();
    /// let condition = Condition::new(
    ///     "profile.age_years >= 18 && within(profile.joined_at, days(14))",
    ///     &schema,
    /// )?;
    /// assert_eq!(
    ///     condition.describe(),
    ///     "profile.age_years is at least 18 and profile.joined_at was in the last 14 days",
    /// );
    /// # Ok::<(), tactful::Error>(())
    /// ```
    #[must_use]
    pub fn describe(&self) -> String {
        describe(&self.text, &|_| None)
    }

    /// Lists the paths of the facts the condition reads, sorted.
    ///
    /// A part is among them if the condition asks with `known` whether it was
    /// delivered.
    #[must_use]
    pub fn reads(&self) -> &[String] {
        &self.reads
    }
}

/// Makes the error that shows every finding in its text.
fn error(text: &str, findings: Vec<Finding>) -> Error {
    let mut report = Report::new();
    for finding in findings {
        report.push(diagnostic(finding, DocPath::root()));
    }
    report.locate(&Source::new(text, Format::Plain).named("condition"));
    Error::found(ErrorKind::Condition, report)
}

/// Turns the text of a condition into a truth of the program.
pub(crate) fn compile(
    text: &str,
    schema: &Schema,
    situations: &dyn Situations,
    program: &mut Program,
) -> Result<NodeId, Vec<Finding>> {
    let tree = parse::parse(text).map_err(|finding| vec![finding])?;
    let typed = check::condition(&tree, schema, situations)?;
    let root = lower::lower(&typed, program);
    // A condition alone cannot be so high; a chain of situations can.
    if program.height(root) > MAX_HEIGHT {
        let message = "the situations named here nest too deeply";
        return Err(vec![Finding::new(finding::LIMIT, tree.span, message)]);
    }
    bound::check(&typed, Root::Truth(root), program).map_err(|finding| vec![finding])?;
    Ok(root)
}

/// Reads the text of a condition aloud, situations by what they say.
pub(crate) fn describe(text: &str, sayings: &describe::Sayings<'_>) -> String {
    match parse::parse(text) {
        Ok(tree) => describe::describe(&tree, sayings),
        // Only conditions that were checked are described.
        Err(_) => text.to_owned(),
    }
}

/// Makes a term that reads a fact, for propensities and values.
pub(crate) fn fact(program: &mut Program, fact: FactId) -> TermId {
    program.term(Term::Fact(fact))
}

/// Makes a term that reads a score, for propensities.
pub(crate) fn score(program: &mut Program, scores: FactId, name: &str) -> TermId {
    program.term(Term::Entry(scores, name.to_owned()))
}

/// Lists the names a text mentions that may be situations: not those after a dot.
pub(crate) fn names(text: &str) -> Vec<String> {
    let mut names = Vec::new();
    let mut after_dot = false;
    for (token, _) in lex::lex(text).unwrap_or_default() {
        let is_dot = token == lex::Token::Symbol(".");
        if let lex::Token::Name(name) = token
            && !after_dot
        {
            names.push(name);
        }
        after_dot = is_dot;
    }
    names
}

/// Tells whether a text reads an amount of money: their names end in `_minor`.
pub(crate) fn reads_money(text: &str) -> bool {
    let tokens = lex::lex(text).unwrap_or_default();
    tokens
        .iter()
        .any(|(token, _)| matches!(token, lex::Token::Name(name) if name.ends_with("_minor")))
}

/// Places a finding in a document.
pub(crate) fn diagnostic(finding: Finding, path: DocPath) -> Diagnostic {
    let diagnostic =
        Diagnostic::error(finding.code, path, finding.message).within(finding.span.range());
    match finding.help {
        Some(help) => diagnostic.with_help(help),
        None => diagnostic,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::schema::{Fact, FactTable, Type, Value};
    use crate::time::Timestamp;

    /// The last situation of a chain, under one name.
    struct Last(NodeId);

    impl Situations for Last {
        fn find(&self, name: &str) -> Option<NodeId> {
            (name == "last").then_some(self.0)
        }

        fn names(&self) -> Vec<&str> {
            vec!["last"]
        }
    }

    #[test]
    fn situations_that_rest_on_each_other_for_ever_are_refused() {
        let schema = Schema::builder().fact("b", Fact::new(Type::Bool)).build().unwrap();
        let mut program = Program::new();
        let mut last = compile("b", &schema, &(), &mut program).unwrap();
        let refused = (0..1_000).find_map(|length| {
            match compile("!(last ? b : !last)", &schema, &Last(last), &mut program) {
                Ok(root) => {
                    last = root;
                    None
                }
                Err(findings) => Some((length, findings)),
            }
        });
        let (length, findings) = refused.unwrap();
        assert!(length > 32, "{length}");
        assert_eq!(findings.first().unwrap().code, finding::LIMIT);
        assert_eq!(program.reads([last], &schema).len(), 1);

        let mut table = FactTable::new(&schema);
        assert!(table.set(&schema, "b", Value::Bool(true)));
        let facts = Facts::of_table(&schema, &table, Timestamp::EARLIEST);
        let mut evaluator = Evaluator::new(&program, &facts);
        assert_ne!(evaluator.truth(last).truth(), Truth::Unknown);
        assert_eq!(basis(&mut evaluator, last, false).len(), 1);
    }
}
