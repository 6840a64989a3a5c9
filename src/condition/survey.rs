//! What conditions come to at one moment, found out with one look at each fact.
//!
//! The evaluator answers one truth after the other, with its horizon. Whoever
//! only ranks needs neither: a survey asks all questions about a fact where it
//! reads the fact, and all questions about a list in one walk through it. Truths
//! of other shapes are left to the evaluator, so that every condition has its
//! answer.
//!
//! What the evaluator knows of tallies and of lengths of time is written here
//! once more, on purpose: debug builds hold the one against the other.

mod answer;
mod asks;
mod build;
mod columns;
mod facts;
mod joins;
mod ledger;
mod lists;
mod texts;

pub(crate) use answer::{Answers, Slot};
pub(crate) use facts::Number;

use super::eval::Evaluator;
use super::program::{NodeId, Program};
use super::truth::Outcome;
use crate::schema::{Facts, PartId, Schema};

use facts::PartQuestions;
use joins::Joins;

/// All questions of some conditions, in the order of what they look at.
#[derive(Debug, Default)]
pub(crate) struct Survey {
    parts: Vec<PartQuestions>,
    /// Whether a part is known.
    known_parts: Vec<(Slot, PartId)>,
    /// What the evaluator answers.
    others: Vec<(Slot, NodeId)>,
    /// Truths made of others.
    joins: Joins,
    /// Where the answers about the roots are, in their order.
    roots: Vec<Slot>,
    /// How many words the answers take.
    words: usize,
}

impl Survey {
    /// Writes down what is asked by some truths.
    pub(crate) fn new(
        program: &Program,
        schema: &Schema,
        roots: impl IntoIterator<Item = NodeId>,
    ) -> Self {
        build::survey(program, schema, roots)
    }

    /// Returns where the answers about the roots are, in their order.
    pub(crate) fn roots(&self) -> &[Slot] {
        &self.roots
    }

    /// Tells whether some answers come from the evaluator.
    pub(crate) fn has_others(&self) -> bool {
        !self.others.is_empty()
    }

    /// Answers all questions at the moment of the facts; `evaluate` is asked for
    /// truths of other shapes.
    pub(crate) fn answer(
        &self,
        facts: &Facts<'_>,
        answers: &mut Answers,
        mut evaluate: impl FnMut(NodeId) -> Outcome,
    ) {
        answers.open(self.words);
        for questions in &self.parts {
            questions.answer(facts, answers);
        }
        for (slot, part) in &self.known_parts {
            // It asks what is known at this moment, not what was.
            answers.note_one(*slot, Some(facts.delivery(*part).is_fresh()), true);
        }
        for (slot, node) in &self.others {
            answers.note_outcome(*slot, &evaluate(*node));
        }
        self.joins.decide(answers);
    }
}

/// Tells whether a survey of one truth answers what the evaluator does: a check
/// of the one by the other.
pub(super) fn agrees(
    program: &Program,
    root: NodeId,
    facts: &Facts<'_>,
    outcome: &Outcome,
) -> bool {
    let survey = Survey::new(program, facts.schema(), [root]);
    let mut answers = Answers::default();
    // What is left to the evaluator is asked of it where it lies.
    let mut evaluator = Evaluator::new(program, facts);
    survey.answer(facts, &mut answers, |node| evaluator.truth(node));
    survey.roots.first().is_none_or(|slot| answers.agrees(*slot, outcome))
}

#[cfg(test)]
#[cfg(feature = "json")]
mod tests {
    use crate::condition::{Condition, Truth};
    use crate::context::Context;
    use crate::schema::{Facts, RequestFacts, Schema};
    use crate::time::Timestamp;
    use crate::vocabulary::Channel;

    /// Somebody with so many orders, the n-th of n hundredths.
    fn customer(orders: usize) -> Context {
        let order = |place: usize| {
            format!(
                r#"{{"id": "o{place}", "placed_at": "2026-03-01T12:00:00Z", "units": {place},
                    "categories": ["c{place}"]}}"#
            )
        };
        let orders: Vec<String> = (0..orders).map(order).collect();
        let orders = orders.join(",");
        let text = format!(
            r#"{{"user_id": "u",
                "purchases": {{"as_of": "2026-03-10T12:00:00Z", "orders": [{orders}]}},
                "profile": {{"as_of": "2026-03-10T12:00:00Z", "plan": "p90", "segments": ["s91"]}}}}"#
        );
        Context::from_json(&text).unwrap()
    }

    /// Evaluates a condition, which debug builds hold against its survey.
    fn truth(text: &str, context: &Context, minutes: i64) -> Truth {
        let schema = Schema::customer();
        let now = Timestamp::from_millis(1_773_144_000_000 + minutes * 60_000);
        let facts = Facts::of_context(&schema, context, RequestFacts::new(Channel::Web), now);
        Condition::new(text, &schema).unwrap().evaluate(&facts).truth()
    }

    /// More elements than there are bits in a word.
    #[test]
    fn looks_at_long_lists() {
        for (orders, last) in [(63, 62), (64, 63), (65, 64), (130, 129), (256, 255)] {
            let context = customer(orders);
            for (text, expected) in [
                (format!("purchases.orders.exists(o, o.units == {last})"), Truth::True),
                (format!("purchases.orders.exists(o, o.units == {orders})"), Truth::False),
                (format!("purchases.orders.exists_one(o, o.units >= {last})"), Truth::True),
                (format!("purchases.orders.all(o, o.units <= {last})"), Truth::True),
                (format!("purchases.orders.all(o, o.units < {last})"), Truth::False),
                (
                    format!(
                        r#"purchases.orders.exists(o, "c{last}" in o.categories && o.units == {last})"#
                    ),
                    Truth::True,
                ),
                (
                    format!(
                        r#"purchases.orders.exists(o, "c0" in o.categories && o.units == {last})"#
                    ),
                    Truth::False,
                ),
                (format!("purchases.orders.filter(o, o.units > 0).size() == {last}"), Truth::True),
            ] {
                assert_eq!(truth(&text, &context, 0), expected, "{text} of {orders}");
            }
        }
    }

    /// What conditions do not look at leaves it open whether there is another.
    #[test]
    fn leaves_open_what_is_beyond_the_cap() {
        let context = customer(300);
        let text = "purchases.orders.exists(o, o.units == 1000)";
        assert_eq!(truth(text, &context, 0), Truth::Unknown);
    }

    /// More questions about one fact than there are bits in a word, fresh and not.
    #[test]
    fn asks_many_questions() {
        let context = customer(1);
        let any = |count: usize, of: &dyn Fn(usize) -> String| {
            let all: Vec<String> = (0..count).map(of).collect();
            all.join(" || ")
        };
        let is_plan = any(100, &|place| format!(r#"profile.plan == "p{place}""#));
        let is_none = any(100, &|place| format!(r#"profile.plan == "q{place}""#));
        let in_segment = any(100, &|place| format!(r#""s{place}" in profile.segments"#));
        let units = |place| format!("purchases.orders.exists(o, o.units == {place})");
        let units = any(60, &units);
        let month = 60 * 24 * 31;
        for (text, expected) in [
            (&is_plan, Truth::True),
            (&is_none, Truth::False),
            (&in_segment, Truth::True),
            (&units, Truth::True),
        ] {
            assert_eq!(truth(text, &context, 0), expected, "{text}");
            assert_eq!(truth(text, &context, month), Truth::Unknown, "stale: {text}");
        }
    }
}
