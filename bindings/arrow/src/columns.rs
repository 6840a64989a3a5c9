//! The plan of a schema: which column is which fact, found once.

use std::ops::ControlFlow;
use std::sync::Arc;

use arrow_array::{ArrayRef, RecordBatch, StructArray};
use arrow_schema::{Field, Schema, SchemaRef};
use tactful::{Context, Engine, Request, Scratch};

use crate::cells::{Entry, Value, bind, bind_members};
use crate::error::{Error, Misfit, RowFault, unknown};
use crate::options::{OnError, Options};
use crate::output::{Output, result_fields};
use crate::probe::{Sample, Step, names};
use crate::read;
use crate::shape::{
    Inside, Member, Name, Shape, combine, is_text, nest, resolve, sample_of, shape_of, spell,
};

/// The column that holds whole contexts as JSON.
const JSON: &str = "context_json";
const NOW: &str = "now";
const CHANNEL: &str = "channel";
const AS_OF: &str = "as_of";
/// After so many rows whoever watches is told.
const WATCHED: usize = 8_192;

/// The columns of a schema, resolved once for any number of batches.
///
/// # Examples
///
/// ```
/// use arrow_schema::{DataType, Field, Schema};
/// use tactful_arrow::{Columns, Options};
///
/// let time = DataType::Timestamp(arrow_schema::TimeUnit::Microsecond, Some("UTC".into()));
/// let schema = Schema::new(vec![
///     Field::new("profile.as_of", time, true),
///     Field::new("profile.plann", DataType::Utf8, true),
/// ]);
/// let error = Columns::new(&schema, &Options::new()).unwrap_err().to_string();
/// assert!(error.contains("did you mean `plan`?"));
/// ```
#[derive(Clone, Debug)]
pub struct Columns {
    input: SchemaRef,
    source: Source,
    now: Option<Shape>,
    channel: Option<Shape>,
    carry: Vec<usize>,
    options: Options,
    output: SchemaRef,
}

/// Where contexts come from.
#[derive(Clone, Debug)]
enum Source {
    Facts(Vec<Member>),
    Json(Shape),
}

impl Columns {
    /// Finds out what the columns of a schema are.
    ///
    /// A column is a part of the context (`support` as a struct), a fact in
    /// one (`support.tickets`, `profile.plan`), `user_id`, `now`, `channel`, or
    /// `context_json`, which holds all of the context and stands alone.
    ///
    /// # Errors
    ///
    /// [`Error::Columns`] with all that is wrong: names that are not known,
    /// types that do not fit, a part without its `as_of`, facts given twice,
    /// neither a column nor an option for `now` or `channel`.
    pub fn new(schema: &Schema, options: &Options) -> Result<Self, Error> {
        let mut planner = Planner { schema, options, faults: Vec::new() };
        planner.check_lists();
        let source = planner.source();
        let now = planner.asked(NOW, Sample::Time, options.now.is_some());
        let channel = planner.asked(CHANNEL, Sample::Text, options.channel.is_some());
        let (carry, fields) = planner.carried();
        let result = result_fields(options).into_iter().map(Arc::new);
        let output = fields.into_iter().chain(result).collect::<Vec<_>>();
        if !planner.faults.is_empty() {
            return Err(Error::Columns(planner.faults));
        }
        Ok(Self {
            input: Arc::new(schema.clone()),
            source,
            now,
            channel,
            carry,
            options: options.clone(),
            output: Arc::new(Schema::new(output)),
        })
    }

    /// Returns the schema of the results: the carried columns, then those of
    /// [`result_schema`](crate::result_schema).
    #[must_use]
    pub fn result_schema(&self) -> SchemaRef {
        Arc::clone(&self.output)
    }

    /// Decides for every row of a batch.
    ///
    /// # Errors
    ///
    /// [`Error::OtherColumns`] if the batch does not have the schema of the
    /// plan, [`Error::Row`] if a row cannot be read and the options ask to stop
    /// there, [`Error::Arrow`] if the result is too large for one batch.
    pub fn decide(&self, engine: &Engine, batch: &RecordBatch) -> Result<RecordBatch, Error> {
        self.decide_watched(engine, batch, |_| ControlFlow::Continue(()))
    }

    /// Decides for every row of a batch, and tells now and then how many rows
    /// are done: every few thousand, and at the end.
    ///
    /// # Errors
    ///
    /// As [`decide`](Self::decide), and [`Error::Stopped`] once `watch` breaks.
    pub fn decide_watched(
        &self,
        engine: &Engine,
        batch: &RecordBatch,
        mut watch: impl FnMut(usize) -> ControlFlow<()>,
    ) -> Result<RecordBatch, Error> {
        self.check(batch)?;
        let rows = Rows::new(self, batch)?;
        let mut request = self.options.ask();
        let mut output = Output::new(&self.options, batch.num_rows());
        let (mut scratch, mut context) = (Scratch::new(), Context::new());
        for row in 0..batch.num_rows() {
            if row % WATCHED == 0 && row > 0 && watch(row).is_break() {
                return Err(Error::Stopped);
            }
            match rows.ask(row, &mut request).and_then(|()| rows.context(row, &mut context)) {
                Ok(()) if self.options.accounts == crate::Accounts::Ranking => {
                    output.push(&engine.decide_with(&mut scratch, &context, &request));
                }
                // All that is asked for is found out at once.
                Ok(()) => output.push(&engine.decide_fully(&context, &request)),
                Err(misfit) => match self.options.on_error {
                    OnError::Fail => return Err(Error::Row { row, fault: misfit.into_fault() }),
                    OnError::Null => output.push_fault(&misfit.into_fault()),
                },
            }
        }
        if watch(batch.num_rows()).is_break() {
            return Err(Error::Stopped);
        }
        let carried = self.carry.iter().map(|place| Arc::clone(batch.column(*place)));
        let columns: Vec<ArrayRef> = carried.chain(output.finish()?).collect();
        Ok(RecordBatch::try_new(Arc::clone(&self.output), columns)?)
    }

    /// Reads the contexts of a batch, a row each, as
    /// [`decide`](Self::decide) reads them.
    ///
    /// # Errors
    ///
    /// [`Error::OtherColumns`] if the batch does not have the schema of the plan.
    pub fn contexts(&self, batch: &RecordBatch) -> Result<Vec<Result<Context, RowFault>>, Error> {
        self.check(batch)?;
        let rows = Rows::new(self, batch)?;
        let read = |row| {
            let mut context = Context::new();
            rows.context(row, &mut context).map_err(Misfit::into_fault)?;
            Ok(context)
        };
        Ok((0..batch.num_rows()).map(read).collect())
    }

    fn check(&self, batch: &RecordBatch) -> Result<(), Error> {
        let theirs = batch.schema_ref();
        if Arc::ptr_eq(theirs, &self.input) {
            return Ok(());
        }
        let (mine, theirs) = (self.input.fields(), theirs.fields());
        if mine.len() != theirs.len() {
            let message = format!("{} columns instead of {}", theirs.len(), mine.len());
            return Err(Error::OtherColumns(message));
        }
        let differs = |(mine, theirs): &(&Arc<Field>, &Arc<Field>)| {
            mine.name() != theirs.name() || mine.data_type() != theirs.data_type()
        };
        match mine.iter().zip(theirs).find(differs) {
            None => Ok(()),
            Some((mine, theirs)) => Err(Error::OtherColumns(format!(
                "`{}` of {} instead of `{}` of {}",
                theirs.name(),
                theirs.data_type(),
                mine.name(),
                mine.data_type()
            ))),
        }
    }
}

/// The columns of one batch, bound to what they mean.
struct Rows<'p> {
    source: Bound,
    now: Option<Value>,
    channel: Option<Value>,
    options: &'p Options,
}

enum Bound {
    Facts(Vec<Entry>),
    Json(Value),
}

impl<'p> Rows<'p> {
    fn new(plan: &'p Columns, batch: &RecordBatch) -> Result<Self, Error> {
        let frame: ArrayRef = Arc::new(StructArray::from(batch.clone()));
        let asked = |shape: &Option<Shape>| shape.as_ref().map(|shape| bind(shape, &frame));
        Ok(Self {
            source: match &plan.source {
                Source::Facts(members) => Bound::Facts(bind_members(members, &frame)?),
                Source::Json(shape) => Bound::Json(bind(shape, &frame)?),
            },
            now: asked(&plan.now).transpose()?,
            channel: asked(&plan.channel).transpose()?,
            options: &plan.options,
        })
    }

    /// Asks for a row what was asked for another.
    fn ask(&self, row: usize, request: &mut Request) -> Result<(), Misfit> {
        let now = asked(NOW, self.now.as_ref(), row)?;
        request.now = now.or(self.options.now).ok_or_else(|| unasked(NOW))?;
        let channel = asked(CHANNEL, self.channel.as_ref(), row)?;
        request.channel = channel.or(self.options.channel).ok_or_else(|| unasked(CHANNEL))?;
        Ok(())
    }

    /// Reads the context of a row over that of another.
    fn context(&self, row: usize, context: &mut Context) -> Result<(), Misfit> {
        match &self.source {
            Bound::Facts(entries) => read::context(entries, row, context),
            Bound::Json(value) => match read::text(value, row) {
                // Nothing was delivered, so every part is unknown.
                None => {
                    *context = Context::new();
                    Ok(())
                }
                Some(text) => context.replace_from_json(text).map_err(|error| {
                    let message = error.to_string();
                    let message = message.strip_prefix("context: ").unwrap_or(&message);
                    Misfit::new(message).under(JSON)
                }),
            },
        }
    }
}

fn asked<'a, T: serde::Deserialize<'a>>(
    name: &str,
    value: Option<&'a Value>,
    row: usize,
) -> Result<Option<T>, Misfit> {
    let Some(value) = value else { return Ok(None) };
    read::value(value, row).map_err(|misfit| misfit.under(name))
}

fn unasked(name: &str) -> Misfit {
    Misfit::new("is null, and no option says what it is").under(name)
}

/// Finds out what columns are, and everything that is wrong with them.
struct Planner<'s> {
    schema: &'s Schema,
    options: &'s Options,
    faults: Vec<String>,
}

impl<'s> Planner<'s> {
    /// Checks the names of columns that the options mention.
    fn check_lists(&mut self) {
        let options = self.options;
        for (list, names) in [("carry", &options.carry), ("ignore", &options.ignore)] {
            for (place, name) in names.iter().enumerate() {
                if self.schema.index_of(name).is_err() {
                    let known: Vec<&str> =
                        self.columns().map(|(_, field)| field.name().as_str()).collect();
                    self.faults.push(format!("`{list}`: {}", unknown("column", name, &known)));
                } else if names.iter().take(place).any(|before| before == name) {
                    self.faults.push(format!("`{list}` names `{name}` twice"));
                }
            }
        }
    }

    fn columns(&self) -> impl Iterator<Item = (usize, &'s Field)> + use<'s> {
        self.schema.fields().iter().map(AsRef::as_ref).enumerate()
    }

    /// Returns the columns that are to be read.
    fn read(&self) -> impl Iterator<Item = (usize, &'s Field)> + use<'s> {
        let ignore = &self.options.ignore;
        self.columns().filter(move |(_, field)| !ignore.contains(field.name()))
    }

    fn is_carried(&self, field: &Field) -> bool {
        self.options.carry.contains(field.name())
    }

    fn source(&mut self) -> Source {
        let is_asked = |field: &Field| [NOW, CHANNEL].contains(&field.name().as_str());
        let columns: Vec<_> = self.read().filter(|(_, field)| !is_asked(field)).collect();
        if let Some((place, field)) = columns.iter().find(|(_, field)| field.name() == JSON) {
            return self.json(*place, field, &columns);
        }
        let mut whole = Shape::Object(Vec::new());
        for (place, field) in columns {
            let Some(shape) = self.fact(place, field) else { continue };
            whole = combine(whole, shape).unwrap_or_else(|twice| {
                self.faults
                    .push(format!("`{}`: another column tells `{twice}`, too", field.name()));
                Shape::Object(Vec::new())
            });
        }
        let Shape::Object(mut members) = whole else { return Source::Facts(Vec::new()) };
        if members.is_empty() && self.faults.is_empty() {
            self.faults.push("none of them tells anything about a customer".to_owned());
        }
        for member in &mut members {
            self.date(member);
        }
        Source::Facts(members)
    }

    fn json(&mut self, place: usize, field: &Field, columns: &[(usize, &Field)]) -> Source {
        self.check_single(JSON);
        if !is_text(field.data_type()) {
            let found = field.data_type();
            self.faults.push(format!("`{JSON}`: expected texts, found {found}"));
        }
        for (_, beside) in columns {
            if beside.name() != JSON && !self.is_carried(beside) {
                self.faults.push(format!(
                    "`{}` stands beside `{JSON}`, which holds all of the context: \
                     carry it, ignore it, or leave it out",
                    beside.name()
                ));
            }
        }
        Source::Json(Shape::Leaf { path: vec![place], inside: Inside::Scalar })
    }

    /// Finds the place of a column in the context.
    fn fact(&mut self, place: usize, field: &Field) -> Option<Shape> {
        let mut steps = Vec::new();
        let mut path: Vec<(Name, String)> = Vec::new();
        for label in field.name().split('.') {
            match resolve(&steps, label) {
                Ok(name) => path.push((name, label.to_owned())),
                // What is no fact may be carried all the same.
                Err(_) if self.is_carried(field) => return None,
                Err(fault) => {
                    self.faults.push(format!(
                        "`{}`: {fault} (a column that is no fact is listed under `carry` or \
                         `ignore`)",
                        field.name()
                    ));
                    return None;
                }
            }
            steps.push(Step::Key(label.to_owned()));
        }
        let shape = shape_of(&mut steps, field.data_type(), vec![place], &mut self.faults)?;
        Some(nest(&path, shape))
    }

    /// Dates a part: by its columns, or by the options.
    fn date(&mut self, part: &mut Member) {
        let steps = [Step::Key(part.label.clone())];
        let (Shape::Object(members) | Shape::Either { parts: members, .. }) = &mut part.shape
        else {
            return;
        };
        let is_dated = members.iter().any(|member| member.label == AS_OF);
        let place = names(&steps).and_then(|names| names.iter().position(|name| *name == AS_OF));
        let Some(place) = place.and_then(|place| u64::try_from(place).ok()).filter(|_| !is_dated)
        else {
            return;
        };
        match self.options.as_of {
            Some(time) => members.push(Member {
                name: Name::Place(place),
                label: AS_OF.to_owned(),
                shape: Shape::Time(time.as_millis()),
            }),
            None => self.faults.push(format!(
                "`{0}`: nothing says how old it is: add a column `{0}.{AS_OF}`, \
                 or give the option `as_of`",
                spell(&steps)
            )),
        }
    }

    /// Refuses two columns of one name, of which none could be the right one.
    fn check_single(&mut self, name: &str) {
        if self.read().filter(|(_, field)| field.name() == name).count() > 1 {
            self.faults.push(format!("`{name}`: another column tells it, too"));
        }
    }

    /// Finds a column that asks for something: `now` or `channel`.
    fn asked(&mut self, name: &str, sample: Sample, is_given: bool) -> Option<Shape> {
        self.check_single(name);
        let Some((place, field)) = self.read().find(|(_, field)| field.name() == name) else {
            if !is_given {
                self.faults
                    .push(format!("`{name}`: neither a column nor an option says what it is"));
            }
            return None;
        };
        let found = sample_of(field.data_type());
        let fits = match (&found, sample) {
            (Ok(Sample::Time | Sample::Int | Sample::Text), Sample::Time) => true,
            (Ok(found), sample) => *found == sample,
            (Err(_), _) => false,
        };
        if !fits {
            let expected = if sample == Sample::Time { "times" } else { "texts" };
            let advice = found.err().map(|advice| format!(": {advice}")).unwrap_or_default();
            let found = field.data_type();
            self.faults.push(format!("`{name}`: expected {expected}, found {found}{advice}"));
        }
        Some(Shape::Leaf { path: vec![place], inside: Inside::Scalar })
    }

    /// Finds the carried columns, and checks that they leave room for the result.
    fn carried(&mut self) -> (Vec<usize>, Vec<Arc<Field>>) {
        let result = result_fields(self.options);
        let carry = self.options.carry.iter();
        let places: Vec<usize> = carry.filter_map(|name| self.schema.index_of(name).ok()).collect();
        let fields: Vec<_> =
            places.iter().map(|place| Arc::new(self.schema.field(*place).clone())).collect();
        for field in &fields {
            if result.iter().any(|result| result.name() == field.name()) {
                let name = field.name();
                self.faults.push(format!("`carry`: the result has a `{name}` of its own"));
            }
        }
        (places, fields)
    }
}
