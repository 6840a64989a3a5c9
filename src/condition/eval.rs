//! From atoms and facts to truths: each shared truth once, on every rail.

mod atoms;
mod glance;
mod lists;
mod marks;
mod plain;
mod terms;

pub(super) use atoms::{is_filled, is_present, side};
pub(super) use terms::{value_in, value_of};

use glance::Glances;
use marks::Marks;

use super::program::{Node, NodeId, Program, TermId};
use super::truth::{NEVER, Outcome, Rail, Truth};
use crate::schema::{Cell, Delivery, Facts, Rows};
use crate::time::Timestamp;

/// Evaluates the truths of a program against the facts of one moment.
///
/// `at` is the instant that `now` stands for. It is later than the moment of
/// the facts where somebody asks what time alone will change: the parts then
/// stay as fresh or stale as they are.
pub(crate) struct Evaluator<'a> {
    program: &'a Program,
    facts: &'a Facts<'a>,
    at: i64,
    /// What is known already, and in which scope it was found out.
    nodes: Vec<Option<(ScopeId, Outcome)>>,
    terms: Vec<Option<(ScopeId, Reading<'a>)>>,
    marks: Marks,
    glances: Glances,
    /// How many scopes there were: elements macros looked at, and instants.
    scopes: u32,
    /// The scope outside of every macro, at the instant it stands at.
    outermost: ScopeId,
}

/// Where a truth is looked for: outside of every macro, or at one element.
#[derive(Clone, Copy)]
pub(super) struct Scope<'a> {
    id: ScopeId,
    pub(super) element: Element<'a>,
}

/// Tells the scopes of one evaluation apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) struct ScopeId(u32);

impl Scope<'_> {
    pub(super) const OUTSIDE: Self = Self { id: ScopeId(0), element: Element::None };
}

/// What the body of a macro looks at.
#[derive(Clone, Copy)]
pub(super) enum Element<'a> {
    None,
    Row(Rows<'a>, usize),
    Cell(Cell<'a>),
    Value(Value<'a>),
}

/// A value of a term.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Value<'a> {
    Bool(bool),
    Int(i64),
    /// A number of which only a lower bound is known.
    AtLeast(i64),
    Double(f64),
    Text(&'a str),
    Word(u16),
    Time(i64),
    Length(i64),
}

/// What reading or computing a term came to.
#[derive(Clone, Copy, Debug)]
struct Reading<'a> {
    /// The value by the last known facts, if there is one.
    value: Option<Value<'a>>,
    /// Whether every part it rests on is fresh.
    fresh: bool,
    /// By how much the value grows with each millisecond.
    slope: i64,
    /// Until when the value follows its slope.
    holds_until: i64,
    /// When a part it rests on goes stale, or begins to be believed.
    expires_at: i64,
    /// When time alone may decide it although it rests on what is stale.
    decided_at: i64,
}

impl<'a> Reading<'a> {
    const UNKNOWN: Self = Self {
        value: None,
        fresh: true,
        slope: 0,
        holds_until: NEVER,
        expires_at: NEVER,
        decided_at: NEVER,
    };

    fn constant(value: Value<'a>) -> Self {
        Self { value: Some(value), ..Self::UNKNOWN }
    }

    fn optional(value: Option<Value<'a>>) -> Self {
        Self { value, ..Self::UNKNOWN }
    }

    /// Reads a truth as a value; what is known counts before what was known.
    fn of_truth(outcome: Outcome) -> Self {
        let value = |truth| match truth {
            Truth::True => Some(Value::Bool(true)),
            Truth::False => Some(Value::Bool(false)),
            Truth::Unknown => None,
        };
        Self {
            value: value(outcome.truth()).or(value(outcome.last_known())),
            fresh: outcome.truth() != Truth::Unknown || outcome.last_known() == Truth::Unknown,
            slope: 0,
            holds_until: outcome.frozen_change(),
            expires_at: outcome.running.changes_at,
            decided_at: outcome.fresh.changes_at,
        }
    }

    /// Dates what was read by the part it was read from.
    fn delivered(self, delivery: Delivery) -> Self {
        let expires_at = delivery.changes_at().map_or(NEVER, Timestamp::as_millis);
        Self {
            value: self.value.filter(|_| delivery != Delivery::Never),
            fresh: self.fresh && delivery.is_fresh(),
            expires_at: self.expires_at.min(expires_at),
            ..self
        }
    }

    /// Holds up to an instant, if there is one.
    fn until(self, changes_at: Option<Timestamp>) -> Self {
        let changes_at = changes_at.map_or(NEVER, Timestamp::as_millis);
        Self { holds_until: self.holds_until.min(changes_at), ..self }
    }

    /// Replaces the value by one that follows from it, without its slope.
    fn map(self, value: impl FnOnce(Value<'a>) -> Option<Value<'a>>) -> Self {
        Self { value: self.value.and_then(value), slope: 0, ..self }
    }

    /// Rests on another reading as well.
    fn joined(self, other: &Reading<'_>) -> Self {
        Self {
            fresh: self.fresh && other.fresh,
            holds_until: self.holds_until.min(other.holds_until),
            expires_at: self.expires_at.min(other.expires_at),
            decided_at: self.decided_at.min(other.decided_at),
            ..self
        }
    }

    /// Turns a reading into a truth by a test that says how long it holds.
    fn decide(self, test: impl FnOnce(Value<'a>) -> (Truth, i64)) -> Outcome {
        let (truth, changes_at) = self.value.map_or((Truth::Unknown, NEVER), test);
        let known = Rail { truth, changes_at: changes_at.min(self.holds_until) };
        let (fresh, running) = if self.fresh {
            let changes_at = known.changes_at.min(self.expires_at);
            (known, Rail { truth, changes_at })
        } else {
            let unknown_until = |changes_at| Rail { truth: Truth::Unknown, changes_at };
            (unknown_until(self.decided_at), unknown_until(self.decided_at.min(self.expires_at)))
        };
        Outcome { fresh, last_known: known, running }
    }

    /// Keeps what dates the reading, and not its value.
    fn without_value(self) -> Self {
        Self { value: None, slope: 0, ..self }
    }

    /// Turns a reading into a truth that is unknown whatever its value.
    fn unknown(self) -> Outcome {
        self.without_value().decide(|_| (Truth::Unknown, NEVER))
    }

    /// Turns a reading into a truth that does not change with time alone.
    fn test(self, test: impl FnOnce(Value<'a>) -> bool) -> Outcome {
        self.decide(|value| (test(value).into(), NEVER))
    }
}

/// What an evaluator writes on, to be used again by another one.
#[derive(Debug, Default)]
pub(crate) struct Memory {
    nodes: Vec<Option<(ScopeId, Outcome)>>,
    /// Empty places: what was read is lent by the facts it was read from.
    terms: Vec<Option<(ScopeId, Reading<'static>)>>,
    /// Scopes are counted on, so that what is written there counts no more.
    scopes: u32,
}

/// What an evaluator has found out, for another one on the same facts.
#[derive(Debug)]
pub(crate) struct Known {
    nodes: Vec<Option<(ScopeId, Outcome)>>,
    scopes: u32,
    outermost: ScopeId,
    at: i64,
}

/// Makes empty places, in the memory there is if there is some.
fn make_room<T: Copy>(places: &mut Vec<Option<T>>, count: usize) {
    if places.capacity() == 0 {
        *places = vec![None; count];
    } else {
        places.resize(count, None);
    }
}

impl<'a> Evaluator<'a> {
    /// Prepares to evaluate on memory that was used before.
    pub(crate) fn with(program: &'a Program, facts: &'a Facts<'a>, memory: Memory) -> Self {
        let Memory { mut nodes, terms, scopes } = memory;
        nodes.truncate(program.node_count());
        let mut evaluator = Self {
            program,
            facts,
            at: facts.now().as_millis(),
            nodes,
            // In place: the two differ in their lifetimes only.
            terms: terms.into_iter().map(|_| None).collect(),
            marks: Marks::default(),
            glances: Glances::default(),
            scopes,
            outermost: Scope::OUTSIDE.id,
        };
        evaluator.outermost = evaluator.next_scope();
        evaluator
    }

    /// Gives the memory back.
    pub(crate) fn into_memory(self) -> Memory {
        // In place: the two differ in their lifetimes only. What is empty is not
        // looked through next time, and its memory is kept.
        let mut terms = self.terms;
        terms.clear();
        let terms = terms.into_iter().map(|_| None).collect();
        Memory { nodes: self.nodes, terms, scopes: self.scopes }
    }

    /// Tells what was found out about truths.
    pub(crate) fn into_known(self) -> Known {
        let Self { nodes, scopes, outermost, at, .. } = self;
        Known { nodes, scopes, outermost, at }
    }

    /// Goes on where another evaluator of the same program and facts has ended.
    pub(crate) fn knowing(program: &'a Program, facts: &'a Facts<'a>, known: Known) -> Self {
        let Known { nodes, scopes, outermost, at } = known;
        debug_assert_eq!(at, facts.now().as_millis(), "it is the moment of the facts");
        Self { at, nodes, scopes, outermost, ..Self::new(program, facts) }
    }

    /// Prepares to evaluate at the moment of the facts.
    pub(crate) fn new(program: &'a Program, facts: &'a Facts<'a>) -> Self {
        Self::at(program, facts, facts.now())
    }

    /// Prepares to evaluate at a later instant, with the facts as they are.
    pub(crate) fn at(program: &'a Program, facts: &'a Facts<'a>, at: Timestamp) -> Self {
        Self {
            program,
            facts,
            at: at.as_millis(),
            nodes: Vec::new(),
            terms: Vec::new(),
            marks: Marks::default(),
            glances: Glances::default(),
            scopes: 0,
            outermost: Scope::OUTSIDE.id,
        }
    }

    /// Moves to another instant; what was found out before counts no more.
    ///
    /// Another number for the outermost scope does that without a look at
    /// every node of the program.
    pub(crate) fn move_to(&mut self, at: Timestamp) {
        self.at = at.as_millis();
        self.outermost = self.next_scope();
    }

    fn next_scope(&mut self) -> ScopeId {
        if self.scopes == u32::MAX {
            self.nodes.fill(None);
            self.terms.fill(None);
            self.scopes = 0;
        }
        self.scopes += 1;
        ScopeId(self.scopes)
    }

    pub(crate) fn facts(&self) -> &'a Facts<'a> {
        self.facts
    }

    /// Returns the instant that `now` stands for.
    pub(crate) fn moment(&self) -> Timestamp {
        Timestamp::from_millis(self.at)
    }

    pub(super) fn program(&self) -> &'a Program {
        self.program
    }

    /// Evaluates a truth.
    pub(crate) fn truth(&mut self, node: NodeId) -> Outcome {
        self.node(node, Scope::OUTSIDE)
    }

    /// Returns where a truth is decided: those without elements are decided once.
    pub(super) fn scope_of(&self, id: NodeId, scope: Scope<'_>) -> ScopeId {
        if self.program.is_local(id) { scope.id } else { self.outermost }
    }

    pub(super) fn node(&mut self, id: NodeId, scope: Scope<'a>) -> Outcome {
        let program = self.program;
        if program.is_plain(id) {
            return Outcome::always(self.plain(id, &scope));
        }
        let scope_id = self.scope_of(id, scope);
        if let Some(known) = self.known(id, scope_id) {
            return known;
        }
        let outcome = match &program[id] {
            Node::True => Outcome::always(Truth::True),
            Node::False => Outcome::always(Truth::False),
            Node::Unknown => Outcome::UNKNOWN,
            Node::Atom(atom) => self.atom(*atom, scope),
            Node::Not(inner) => self.node(*inner, scope).not(),
            Node::All(parts) if !matches!(scope.element, Element::None) => {
                self.all_of_element(parts, scope)
            }
            Node::All(parts) => self.all(parts, scope),
            Node::Any(parts) => self.any(parts, scope),
        };
        self.remember(id, scope_id, outcome);
        outcome
    }

    fn all(&mut self, parts: &[NodeId], scope: Scope<'a>) -> Outcome {
        let mut all = Outcome::always(Truth::True);
        for part in parts {
            all = all.and(self.node(*part, scope));
            // What is false for good on every rail stays so.
            if all == Outcome::always(Truth::False) {
                break;
            }
        }
        all
    }

    /// Looks at what is plain first: it takes less time, and often decides.
    fn all_of_element(&mut self, parts: &[NodeId], scope: Scope<'a>) -> Outcome {
        let program = self.program;
        let mut plain = parts.iter().filter(|part| program.is_plain(**part));
        if plain.any(|part| self.plain(*part, &scope) == Truth::False) {
            return Outcome::always(Truth::False);
        }
        self.all(parts, scope)
    }

    fn any(&mut self, parts: &[NodeId], scope: Scope<'a>) -> Outcome {
        let mut any = Outcome::always(Truth::False);
        for part in parts {
            any = any.or(self.node(*part, scope));
            if any == Outcome::always(Truth::True) {
                break;
            }
        }
        any
    }

    /// Returns what a truth came to in a scope, if it was looked for there.
    fn known(&self, id: NodeId, scope: ScopeId) -> Option<Outcome> {
        let (known_in, known) = (*self.nodes.get(id.0 as usize)?)?;
        (known_in == scope).then_some(known)
    }

    fn remember(&mut self, id: NodeId, scope: ScopeId, outcome: Outcome) {
        match self.nodes.get_mut(id.0 as usize) {
            Some(place) => *place = Some((scope, outcome)),
            None => self.remember_first(id, scope, outcome),
        }
    }

    /// Makes memory once something is remembered: many evaluators are only there
    /// for rare cases.
    #[cold]
    #[inline(never)]
    fn remember_first(&mut self, id: NodeId, scope: ScopeId, outcome: Outcome) {
        make_room(&mut self.nodes, self.program.node_count());
        if let Some(place) = self.nodes.get_mut(id.0 as usize) {
            *place = Some((scope, outcome));
        }
    }

    /// Returns what a term came to in a scope, if it was computed there.
    fn known_term(&self, id: TermId, scope: ScopeId) -> Option<Reading<'a>> {
        let (known_in, known) = (*self.terms.get(id.0 as usize)?)?;
        (known_in == scope).then_some(known)
    }

    fn remember_term(&mut self, id: TermId, scope: ScopeId, reading: Reading<'a>) {
        match self.terms.get_mut(id.0 as usize) {
            Some(place) => *place = Some((scope, reading)),
            None => self.remember_first_term(id, scope, reading),
        }
    }

    #[cold]
    #[inline(never)]
    fn remember_first_term(&mut self, id: TermId, scope: ScopeId, reading: Reading<'a>) {
        make_room(&mut self.terms, self.program.term_count());
        if let Some(place) = self.terms.get_mut(id.0 as usize) {
            *place = Some((scope, reading));
        }
    }

    /// Reads or computes a value, if it is fresh.
    pub(super) fn value(&mut self, term: TermId) -> Option<Value<'a>> {
        let reading = self.term(term, Scope::OUTSIDE);
        reading.value.filter(|_| reading.fresh)
    }

    /// Tells until when a number that a score is read from stays as it is.
    pub(crate) fn number_horizon(&mut self, term: TermId) -> Outcome {
        self.term(term, Scope::OUTSIDE).unknown()
    }

    /// Reads a number for a score: its value, if it is fresh.
    pub(crate) fn number(&mut self, term: TermId) -> Option<f64> {
        match self.value(term)? {
            Value::Double(value) => Some(value),
            _ => None,
        }
    }

    /// Reads a whole number for a score: its value, if it is fresh.
    pub(crate) fn whole_number(&mut self, term: TermId) -> Option<i64> {
        match self.value(term)? {
            Value::Int(value) => Some(value),
            _ => None,
        }
    }
}
