//! Questions about conditions: can they all be like this at once?

use std::cell::Cell;
use std::collections::HashMap;

use super::ask::{Reply, ask};
use super::budget::Budget;
use super::concrete;
use super::encode::{Facet, Rail};
use super::formula::{Scribe, write};
use super::world::World;
use crate::check::Known;
use crate::condition::{self, Evaluator, NodeId, Program, Truth};
use crate::context::Context;
use crate::decision::Request;
use crate::diagnostic::{DocPath, Format, Report, Source};
use crate::error::{Error, ErrorKind};
use crate::plan::Plan;
use crate::schema::{FactTable, Facts, Presence, RequestFacts, Schema};
use crate::time::Timestamp;
use crate::vocabulary::{Channel, Currency};

/// Asks whether conditions can be true, false or unknown at once.
///
/// The answer is about every context there is, or every table of the schema:
/// either there is none like it, or here is one.
///
/// # Examples
///
/// ```
/// use tactful::condition::Truth;
/// use tactful::prove::{Answer, Question};
/// use tactful::schema::Schema;
///
/// let schema = Schema::customer();
/// let open = "support.tickets.exists(t, t.is_open)";
/// let closed = "support.tickets.all(t, !t.is_open)";
///
/// let both = Question::new(&schema).is(open, Truth::True)?.is(closed, Truth::True)?;
/// assert!(matches!(both.answer(), Answer::Impossible));
///
/// let neither = Question::new(&schema).is(open, Truth::Unknown)?.is(closed, Truth::Unknown)?;
/// assert!(matches!(neither.answer(), Answer::Possible(_)));
/// # Ok::<(), tactful::Error>(())
/// ```
#[derive(Clone, Debug)]
pub struct Question<'s> {
    schema: &'s Schema,
    program: Program,
    situations: Option<&'s HashMap<String, NodeId>>,
    wanted: Vec<(NodeId, Facet)>,
    currency: Option<Currency>,
    budget: u64,
    declared: bool,
}

/// What is known about a question.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum Answer {
    /// There is no such context.
    Impossible,
    /// There is, and this is one; it was tried.
    Possible(Box<Example>),
    /// Neither could be shown, for this reason.
    Unclear(String),
}

/// Facts for which conditions are as they were asked to be.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum Example {
    /// A customer and a request, by the schema of the built-in context.
    Context(Box<Context>, Box<Request>),
    /// A table of a schema of one's own, and the moment.
    Table(FactTable, Timestamp),
}

impl<'s> Question<'s> {
    /// Asks about contexts, or about tables of a schema of one's own.
    #[must_use]
    pub fn new(schema: &'s Schema) -> Self {
        Self {
            schema,
            program: Program::new(),
            situations: None,
            wanted: Vec::new(),
            currency: None,
            budget: Budget::DEFAULT.conflicts,
            declared: false,
        }
    }

    /// Asks about what a policy reads, in its own words.
    pub(crate) fn of_plan(plan: &'s Plan) -> Self {
        Self {
            program: plan.program.reopened(),
            situations: Some(&plan.situations),
            currency: plan.currency,
            ..Self::new(&plan.schema)
        }
    }

    /// Names the currency in which amounts are read.
    #[must_use]
    pub fn in_currency(mut self, currency: Option<Currency>) -> Self {
        self.currency = currency;
        self
    }

    /// Takes what is delivered to be as its schema declares it: what is required
    /// is there, values are of their types, and lists are known whole.
    ///
    /// Without that, a table may lack anything and hold values of other types,
    /// and a part of a list may be known; all of which decides less.
    #[must_use]
    pub fn as_declared(mut self) -> Self {
        self.declared = true;
        self
    }

    /// Gives up after so many conflicts of the solver; see [`Budget`].
    #[must_use]
    pub fn within(mut self, conflicts: u64) -> Self {
        self.budget = conflicts;
        self
    }

    /// Asks for a condition that comes to this.
    ///
    /// # Errors
    ///
    /// Kind [`Condition`](ErrorKind::Condition) if the condition has mistakes.
    pub fn is(mut self, condition: &str, truth: Truth) -> Result<Self, Error> {
        let node = self.compile(condition)?;
        match truth {
            Truth::True => self.wanted.push((node, Facet::True)),
            Truth::False => self.wanted.push((node, Facet::False)),
            Truth::Unknown => {
                self.wanted.extend([(node, Facet::NotTrue), (node, Facet::NotFalse)]);
            }
        }
        Ok(self)
    }

    /// Asks for a condition that comes to anything but true, or but false.
    ///
    /// That it is not unknown cannot be asked for: ask for each of the others.
    ///
    /// # Errors
    ///
    /// As [`is`](Self::is).
    pub fn is_not(mut self, condition: &str, truth: bool) -> Result<Self, Error> {
        let node = self.compile(condition)?;
        self.wanted.push((node, if truth { Facet::NotTrue } else { Facet::NotFalse }));
        Ok(self)
    }

    fn compile(&mut self, text: &str) -> Result<NodeId, Error> {
        let compiled = match self.situations {
            Some(known) => condition::compile(text, self.schema, &Known(known), &mut self.program),
            None => condition::compile(text, self.schema, &(), &mut self.program),
        };
        compiled.map_err(|findings| {
            let findings = findings.into_iter();
            let mut report: Report =
                findings.map(|finding| condition::diagnostic(finding, DocPath::root())).collect();
            report.locate(&Source::new(text, Format::Plain).named("condition"));
            Error::found(ErrorKind::Condition, report)
        })
    }

    /// Finds the answer.
    #[must_use]
    pub fn answer(&self) -> Answer {
        let formula = |scribe: &mut dyn Scribe| {
            let wanted = self.wanted.iter();
            let lits = wanted.map(|(node, facet)| scribe.ask(*node, *facet, Rail::Fresh)).collect();
            scribe.all(lits)
        };
        let mut encoder = write(&self.program, self.schema, self.declared, &formula);
        let reply = ask(&mut encoder, &Cell::new(self.budget), &mut |world| {
            let example = self.example(&world);
            self.holds(&example).then_some(example)
        });
        match reply {
            Reply::Impossible => Answer::Impossible,
            Reply::Possible(example) => Answer::Possible(Box::new(example)),
            Reply::Unclear(doubt) => Answer::Unclear(doubt.in_words()),
        }
    }

    fn example(&self, world: &World) -> Example {
        if self.schema.parts().any(|part| matches!(part.presence, Presence::Table)) {
            let table = concrete::table(world, self.schema, self.declared);
            return Example::Table(table, Timestamp::from_millis(world.now));
        }
        let context = concrete::context(world, self.schema, self.currency);
        let request = concrete::request(world, self.schema, Channel::Web);
        Example::Context(Box::new(context), Box::new(request))
    }

    fn holds(&self, example: &Example) -> bool {
        let facts = example.facts(self.schema).in_currency(self.currency);
        let mut evaluator = Evaluator::new(&self.program, &facts);
        self.wanted.iter().all(|(node, facet)| {
            let truth = evaluator.truth(*node).truth();
            match facet {
                Facet::True => truth == Truth::True,
                Facet::False => truth == Truth::False,
                Facet::NotTrue => truth != Truth::True,
                Facet::NotFalse => truth != Truth::False,
            }
        })
    }
}

impl Example {
    /// Reads the facts of the example, by the schema it was asked for.
    #[must_use]
    pub fn facts<'a>(&'a self, schema: &'a Schema) -> Facts<'a> {
        match self {
            Self::Context(context, request) => {
                let mut of_request = RequestFacts::new(request.channel);
                of_request.intent = request.intent.as_deref();
                Facts::of_context(schema, context, of_request, request.now)
            }
            Self::Table(table, now) => Facts::of_table(schema, table, *now),
        }
    }
}
