//! Expressions: what a condition is made of, for their values.

use super::bound::{self, Root};
use super::eval::{Evaluator, Value as Computed};
use super::lower::{Place, lower_value};
use super::program::Program;
use super::typed::Ty;
use super::{check, error, parse};
use crate::error::Error;
use crate::schema::{Facts, Schema, Type, Value};
use crate::time::{Duration, Timestamp};

/// A checked expression of the condition language, of any plain type.
///
/// It is what the sides of a comparison are: a value, or a list of values,
/// computed from facts by the same rules as conditions.
///
/// # Examples
///
/// ```
/// use tactful::Timestamp;
/// use tactful::condition::Expression;
/// use tactful::schema::{Fact, FactTable, Facts, Schema, Type, Value};
///
/// let schema = Schema::builder().fact("sensor.celsius", Fact::new(Type::Double)).build()?;
/// let fahrenheit = Expression::new("sensor.celsius * 1.8 + 32.0", &schema)?;
///
/// let mut table = FactTable::new(&schema);
/// let now = Timestamp::from_millis(1_773_154_830_000);
/// assert_eq!(fahrenheit.evaluate(&Facts::of_table(&schema, &table, now)), None);
/// table.set(&schema, "sensor.celsius", Value::Double(100.0));
/// let value = fahrenheit.evaluate(&Facts::of_table(&schema, &table, now));
/// assert_eq!(value, Some(Value::Double(212.0)));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug)]
pub struct Expression {
    program: Program,
    place: Place,
    /// The type of the value, or of the entries of the list.
    ty: Type,
    /// How many facts its schema has: facts of a smaller one cannot be read.
    facts: usize,
}

impl Expression {
    /// Reads an expression against the facts of a schema.
    ///
    /// # Errors
    ///
    /// Kind [`Condition`](crate::ErrorKind::Condition), with a diagnostic for
    /// each mistake that underlines the smallest wrong piece of the text.
    pub fn new(text: &str, schema: &Schema) -> Result<Self, Error> {
        let typed = parse::parse(text)
            .map_err(|finding| vec![finding])
            .and_then(|tree| check::expression(&tree, schema))
            .map_err(|findings| error(text, findings))?;
        let mut program = Program::new();
        let place = lower_value(&typed, &mut program);
        bound::check(&typed, Root::Value(&place), &mut program)
            .map_err(|found| error(text, vec![found]))?;
        let ty = match typed.ty {
            Ty::Of(Type::List(element)) => *element,
            Ty::Of(ty) => ty,
            // Of the empty list no entry is ever read.
            Ty::EmptyList | Ty::Error => Type::Bool,
        };
        Ok(Self { program, place, ty, facts: schema.paths().count() })
    }

    /// Computes the value; `None` where it is not known.
    ///
    /// The facts must be of the schema the expression was read against; facts
    /// of another schema give an answer without meaning, never a panic.
    #[must_use]
    pub fn evaluate(&self, facts: &Facts<'_>) -> Option<Value> {
        if facts.schema().paths().count() < self.facts {
            return None;
        }
        let mut evaluator = Evaluator::new(&self.program, facts);
        match &self.place {
            Place::Term(term) => self.value(evaluator.value(*term)?),
            Place::List(list, body) => {
                let entries = evaluator.list(list, *body)?;
                let values = entries.into_iter().map(|entry| self.value(entry));
                values.collect::<Option<_>>().map(Value::List)
            }
        }
    }

    fn value(&self, value: Computed<'_>) -> Option<Value> {
        Some(match value {
            Computed::Bool(value) => Value::Bool(value),
            Computed::Int(value) => Value::Int(value),
            Computed::AtLeast(_) => return None,
            Computed::Double(value) => Value::Double(value),
            Computed::Text(text) => Value::Text(text.to_owned()),
            Computed::Word(code) => match &self.ty {
                Type::Word(words) => Value::Text(words.word(code).to_owned()),
                _ => return None,
            },
            Computed::Time(millis) => Value::Timestamp(Timestamp::from_millis(millis)),
            Computed::Length(millis) => Value::Duration(Duration::from_millis(millis)),
        })
    }
}
