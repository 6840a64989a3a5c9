//! What is asked, written twice: once to count what it needs, once as clauses.

use super::encode::needs::Needs;
use super::encode::{Encoder, Facet, Rail};
use super::literal::Lit;
use crate::condition::{NodeId, Program};
use crate::plan::SuppressionId;
use crate::schema::Schema;
use crate::time::Timestamp;
use crate::vocabulary::{Channel, Word};

/// Takes down what is asked.
pub(super) trait Scribe {
    /// Asks for a facet of a truth.
    fn ask(&mut self, node: NodeId, facet: Facet, rail: Rail) -> Lit;
    /// Asks for all of these.
    fn all(&mut self, lits: Vec<Lit>) -> Lit;
    /// Asks for one of these.
    fn any(&mut self, lits: Vec<Lit>) -> Lit;
    /// Asks for a request on one of these channels.
    fn on(&mut self, channels: &[Channel]) -> Lit;
    /// Asks for a moment at or after this one, or for one before.
    fn from(&mut self, instant: Timestamp) -> Lit;
    fn until(&mut self, instant: Timestamp) -> Lit;
    /// Makes what a rule can be left out by.
    fn exception(&mut self, rule: SuppressionId) -> Lit;
}

impl Scribe for Needs<'_> {
    fn ask(&mut self, node: NodeId, facet: Facet, rail: Rail) -> Lit {
        Needs::ask(self, node, facet, rail);
        Lit::TRUE
    }

    fn all(&mut self, _: Vec<Lit>) -> Lit {
        Lit::TRUE
    }

    fn any(&mut self, _: Vec<Lit>) -> Lit {
        Lit::TRUE
    }

    fn on(&mut self, _: &[Channel]) -> Lit {
        Lit::TRUE
    }

    fn from(&mut self, _: Timestamp) -> Lit {
        Lit::TRUE
    }

    fn until(&mut self, _: Timestamp) -> Lit {
        Lit::TRUE
    }

    fn exception(&mut self, _: SuppressionId) -> Lit {
        Lit::TRUE
    }
}

impl Scribe for Encoder<'_> {
    fn ask(&mut self, node: NodeId, facet: Facet, rail: Rail) -> Lit {
        Encoder::ask(self, node, facet, rail)
    }

    fn all(&mut self, lits: Vec<Lit>) -> Lit {
        self.cnf().all(lits)
    }

    fn any(&mut self, lits: Vec<Lit>) -> Lit {
        self.cnf().any(lits)
    }

    fn on(&mut self, channels: &[Channel]) -> Lit {
        let Some(fact) = self.schema().find("request.channel") else { return Lit::TRUE };
        let lits = channels.iter().map(|channel| self.fact_is(fact, channel.code())).collect();
        Scribe::any(self, lits)
    }

    fn from(&mut self, instant: Timestamp) -> Lit {
        self.now_at_least(instant)
    }

    fn until(&mut self, instant: Timestamp) -> Lit {
        !self.now_at_least(instant)
    }

    fn exception(&mut self, rule: SuppressionId) -> Lit {
        self.except(rule)
    }
}

/// Writes a question as clauses.
pub(super) fn write<'p>(
    program: &'p Program,
    schema: &'p Schema,
    declared: bool,
    formula: &dyn Fn(&mut dyn Scribe) -> Lit,
) -> Encoder<'p> {
    let mut needs = Needs::new(program);
    formula(&mut needs);
    let mut encoder = Encoder::new(program, schema, needs).with_declared(declared);
    let root = formula(&mut encoder);
    encoder.cnf().clause([root]);
    encoder
}
