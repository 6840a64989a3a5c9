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
mod check;
mod eval;
mod expression;
mod finding;
mod functions;
mod lex;
mod lower;
mod parse;
mod program;
mod tree;
mod truth;
mod typed;

pub use expression::Expression;
pub use truth::{Outcome, Truth};

pub(crate) use basis::{Basis, FactState, Subject, basis, lacking_score, shown};
pub(crate) use check::Situations;
pub(crate) use eval::Evaluator;
pub(crate) use finding::Finding;
pub(crate) use program::{NodeId, Program, TermId};

use crate::diagnostic::{Diagnostic, DocPath, Format, Report, Source};
use crate::error::{Error, ErrorKind};
use crate::schema::{FactId, Facts, Schema};

/// A checked condition, ready to be evaluated.
#[derive(Clone, Debug)]
pub struct Condition {
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
        let reads = program
            .reads(root, schema)
            .into_iter()
            .map(str::to_owned)
            .collect();
        Ok(Self {
            program,
            root,
            reads,
            facts: schema.paths().count(),
        })
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
        Evaluator::new(&self.program, facts).truth(self.root)
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
    let node = lower::lower(&typed, program);
    if program.height(node) > MAX_HEIGHT {
        let message = "the condition and the situations it names nest too deep";
        let finding = Finding::new(finding::LIMIT, tree.span, message);
        return Err(vec![finding.help("name fewer situations by way of others")]);
    }
    Ok(node)
}

/// How deep a condition may be with all the situations it names.
///
/// Evaluation goes down one level of the stack for each; a condition by itself
/// is at most some two hundred deep.
const MAX_HEIGHT: u32 = 320;

/// Makes a term that reads a score, for propensities.
pub(crate) fn score(program: &mut Program, scores: FactId, name: &str) -> TermId {
    program.term(program::Term::Entry(scores, name.to_owned()))
}

/// Lists the names a text mentions that may be situations.
pub(crate) fn names(text: &str) -> Vec<String> {
    let Ok(tokens) = lex::lex(text) else {
        return Vec::new();
    };
    let names = tokens.into_iter().filter_map(|(token, _)| match token {
        lex::Token::Name(name) => Some(name),
        _ => None,
    });
    names.collect()
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
