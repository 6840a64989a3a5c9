//! The result: one row a customer, in plain types that every engine takes.

use std::sync::Arc;

use arrow_array::builder::{
    ArrayBuilder, Float64Builder, Int32Builder, StringBuilder, TimestampMicrosecondBuilder,
};
use arrow_array::{ArrayRef, ListArray, StructArray};
use arrow_buffer::{NullBufferBuilder, OffsetBuffer, ScalarBuffer};
use arrow_schema::{DataType, Field, Fields, Schema, TimeUnit};
use tactful::decision::{
    Priority, Reason, ReasonCode, Recommendation, Suppressed, SuppressionInForce,
};
use tactful::{Decision, Timestamp};

use crate::error::{Error, RowFault};
use crate::options::{Accounts, OnError, Options};

/// Returns the schema of a result, without the columns that are carried.
///
/// It depends on the options alone. The types are those that Spark, too,
/// accepts: texts, `int32`, `double`, microseconds in UTC, lists of structs.
#[must_use]
pub fn result_schema(options: &Options) -> Schema {
    Schema::new(result_fields(options))
}

/// Returns the schema of a result as Spark spells it, without the columns that
/// are carried.
///
/// # Examples
///
/// ```
/// use tactful_arrow::{Accounts, Options, result_ddl};
///
/// let ddl = result_ddl(&Options::new().accounts(Accounts::None));
/// assert!(ddl.starts_with("recommendations array<struct<action: string, "));
/// assert!(ddl.ends_with(">>, valid_until timestamp, error string"));
/// ```
#[must_use]
pub fn result_ddl(options: &Options) -> String {
    let column = |field: &Field| format!("{} {}", field.name(), ddl(field.data_type()));
    result_fields(options).iter().map(column).collect::<Vec<_>>().join(", ")
}

fn ddl(data_type: &DataType) -> String {
    match data_type {
        DataType::Int32 => "int".to_owned(),
        DataType::Float64 => "double".to_owned(),
        DataType::Timestamp(..) => "timestamp".to_owned(),
        DataType::List(item) => format!("array<{}>", ddl(item.data_type())),
        DataType::Struct(fields) => {
            let field =
                |field: &Arc<Field>| format!("{}: {}", field.name(), ddl(field.data_type()));
            format!("struct<{}>", fields.iter().map(field).collect::<Vec<_>>().join(", "))
        }
        _ => "string".to_owned(),
    }
}

pub(crate) fn result_fields(options: &Options) -> Vec<Field> {
    let list = |name: &str, fields| Field::new(name, DataType::List(Arc::new(item(fields))), true);
    let mut fields = vec![list("recommendations", recommendation_fields())];
    if options.accounts != Accounts::Ranking {
        fields.push(list("suppressions", suppression_fields()));
    }
    match options.accounts {
        Accounts::Ranking | Accounts::None => {}
        Accounts::Suppressed => fields.push(list("suppressed", account_fields())),
        Accounts::Withheld => fields.push(list("withheld", account_fields())),
    }
    if options.accounts != Accounts::Ranking {
        fields.push(Field::new("valid_until", time(), true));
    }
    if options.on_error == OnError::Null {
        fields.push(Field::new("error", DataType::Utf8, true));
    }
    fields
}

fn item(fields: Fields) -> Field {
    Field::new(Field::LIST_FIELD_DEFAULT_NAME, DataType::Struct(fields), true)
}

fn recommendation_fields() -> Fields {
    Fields::from(vec![
        Field::new("action", DataType::Utf8, true),
        Field::new("kind", DataType::Utf8, true),
        Field::new("channel", DataType::Utf8, true),
        Field::new("rank", DataType::Int32, true),
        Field::new("priority", DataType::Utf8, true),
        Field::new("score", DataType::Float64, true),
        Field::new("slot", DataType::Utf8, true),
        Field::new("treatment", DataType::Utf8, true),
    ])
}

fn suppression_fields() -> Fields {
    Fields::from(vec![
        Field::new("rule", DataType::Utf8, true),
        Field::new("code", DataType::Int32, true),
        Field::new("reason", DataType::Utf8, true),
        Field::new("because", DataType::Utf8, true),
        Field::new("until", time(), true),
    ])
}

fn account_fields() -> Fields {
    Fields::from(vec![
        Field::new("action", DataType::Utf8, true),
        Field::new("kind", DataType::Utf8, true),
        Field::new("verdict", DataType::Utf8, true),
        Field::new("code", DataType::Int32, true),
        Field::new("reason", DataType::Utf8, true),
        Field::new("rule", DataType::Utf8, true),
        Field::new("because", DataType::Utf8, true),
        Field::new("until", time(), true),
    ])
}

fn time() -> DataType {
    DataType::Timestamp(TimeUnit::Microsecond, Some(Arc::from("UTC")))
}

/// The columns of a result, as they grow.
#[derive(Debug)]
pub(crate) struct Output {
    accounts: Accounts,
    recommendations: Lists,
    recommended: Recommendations,
    suppressions: Lists,
    in_force: InForce,
    accounted: Lists,
    account_columns: AccountColumns,
    valid_until: TimestampMicrosecondBuilder,
    errors: Option<StringBuilder>,
}

impl Output {
    pub(crate) fn new(options: &Options, rows: usize) -> Self {
        let errors = options.on_error == OnError::Null;
        Self {
            accounts: options.accounts,
            recommendations: Lists::new(rows),
            recommended: Recommendations::default(),
            suppressions: Lists::new(rows),
            in_force: InForce::default(),
            accounted: Lists::new(rows),
            account_columns: AccountColumns::default(),
            valid_until: TimestampMicrosecondBuilder::with_capacity(rows),
            errors: errors.then(StringBuilder::new),
        }
    }

    /// Writes down a decision.
    pub(crate) fn push(&mut self, decision: &Decision<'_>) {
        let mut count = 0_usize;
        for recommendation in decision.recommendations() {
            count = count.saturating_add(1);
            self.recommended.push(&recommendation, count);
        }
        self.recommendations.push(Some(count));
        if self.accounts != Accounts::Ranking {
            self.push_rest(decision);
        }
        if let Some(errors) = &mut self.errors {
            errors.append_null();
        }
    }

    /// Writes down what rests on horizons.
    fn push_rest(&mut self, decision: &Decision<'_>) {
        decision.suppressions().for_each(|rule| self.in_force.push(&rule));
        self.suppressions.push(Some(decision.suppressions().len()));
        let before = self.account_columns.codes.len();
        match self.accounts {
            Accounts::Ranking | Accounts::None => {}
            Accounts::Suppressed => {
                decision.suppressed().for_each(|account| self.account_columns.push(&account));
            }
            Accounts::Withheld => {
                decision.withheld().for_each(|account| self.account_columns.push(&account));
            }
        }
        self.accounted.push(Some(self.account_columns.codes.len().saturating_sub(before)));
        self.valid_until.append_option(decision.valid_until().and_then(micros));
    }

    /// Writes down why there is no decision.
    pub(crate) fn push_fault(&mut self, fault: &RowFault) {
        self.recommendations.push(None);
        self.suppressions.push(None);
        self.accounted.push(None);
        self.valid_until.append_null();
        if let Some(errors) = &mut self.errors {
            errors.append_value(fault.to_string());
        }
    }

    /// Returns the columns in the order of the schema.
    pub(crate) fn finish(mut self) -> Result<Vec<ArrayRef>, Error> {
        let recommended = self.recommended.finish()?;
        let mut columns: Vec<ArrayRef> =
            vec![self.recommendations.finish(recommendation_fields(), recommended)?];
        if self.accounts != Accounts::Ranking {
            let in_force = self.in_force.finish()?;
            columns.push(self.suppressions.finish(suppression_fields(), in_force)?);
        }
        if matches!(self.accounts, Accounts::Suppressed | Accounts::Withheld) {
            let accounts = self.account_columns.finish()?;
            columns.push(self.accounted.finish(account_fields(), accounts)?);
        }
        if self.accounts != Accounts::Ranking {
            columns.push(Arc::new(self.valid_until.finish().with_data_type(time())));
        }
        if let Some(errors) = &mut self.errors {
            columns.push(Arc::new(errors.finish()));
        }
        Ok(columns)
    }
}

/// Microseconds; none for a time beyond what they can say.
fn micros(time: Timestamp) -> Option<i64> {
    time.as_millis().checked_mul(1_000)
}

/// Where the lists of each row end, and which are null.
#[derive(Debug)]
struct Lists {
    ends: Vec<i32>,
    nulls: NullBufferBuilder,
    /// The entries of all lists so far.
    entries: usize,
}

impl Lists {
    fn new(rows: usize) -> Self {
        let mut ends = Vec::with_capacity(rows.saturating_add(1));
        ends.push(0);
        Self { ends, nulls: NullBufferBuilder::new(rows), entries: 0 }
    }

    /// Adds a list of so many entries, or a null.
    fn push(&mut self, entries: Option<usize>) {
        self.entries = self.entries.saturating_add(entries.unwrap_or_default());
        // One list too long for its offsets fails the result, see `finish`.
        self.ends.push(i32::try_from(self.entries).unwrap_or(i32::MAX));
        self.nulls.append(entries.is_some());
    }

    fn finish(mut self, fields: Fields, columns: Vec<ArrayRef>) -> Result<ArrayRef, Error> {
        if i32::try_from(self.entries).is_err() {
            return Err(Error::TooLarge);
        }
        let values = StructArray::try_new(fields.clone(), columns, None)?;
        let offsets = OffsetBuffer::new(ScalarBuffer::from(self.ends));
        let item = Arc::new(item(fields));
        Ok(Arc::new(ListArray::try_new(item, offsets, Arc::new(values), self.nulls.finish())?))
    }
}

/// A column of texts that notes when it runs over.
#[derive(Debug)]
struct Texts {
    builder: StringBuilder,
    is_over: bool,
}

impl Default for Texts {
    fn default() -> Self {
        Self { builder: StringBuilder::new(), is_over: false }
    }
}

impl Texts {
    fn push(&mut self, text: Option<&str>) {
        match text {
            Some(text) if self.holds(text) => self.builder.append_value(text),
            Some(_) => self.is_over = true,
            None => self.builder.append_null(),
        }
    }

    fn holds(&self, text: &str) -> bool {
        let bytes = self.builder.values_slice().len().saturating_add(text.len());
        i32::try_from(bytes).is_ok()
    }

    fn finish(&mut self) -> Result<ArrayRef, Error> {
        if self.is_over { Err(Error::TooLarge) } else { Ok(Arc::new(self.builder.finish())) }
    }
}

/// The entries of the column `recommendations`.
#[derive(Debug, Default)]
struct Recommendations {
    actions: Texts,
    kinds: Texts,
    channels: Texts,
    ranks: Int32Builder,
    priorities: Texts,
    scores: Float64Builder,
    slots: Texts,
    treatments: Texts,
    spelled: Spelled,
}

impl Recommendations {
    fn push(&mut self, recommendation: &Recommendation<'_>, rank: usize) {
        self.actions.push(Some(recommendation.action()));
        self.kinds.push(Some(recommendation.kind()));
        self.channels.push(Some(recommendation.channel().as_str()));
        self.ranks.append_value(i32::try_from(rank).unwrap_or(i32::MAX));
        let (text, score) = self.spelled.spell(recommendation.priority());
        self.priorities.push(Some(text));
        self.scores.append_value(score);
        self.slots.push(recommendation.slot());
        self.treatments.push(recommendation.treatment());
    }

    /// Returns the columns in the order of [`recommendation_fields`].
    fn finish(&mut self) -> Result<Vec<ArrayRef>, Error> {
        Ok(vec![
            self.actions.finish()?,
            self.kinds.finish()?,
            self.channels.finish()?,
            Arc::new(self.ranks.finish()),
            self.priorities.finish()?,
            Arc::new(self.scores.finish()),
            self.slots.finish()?,
            self.treatments.finish()?,
        ])
    }
}

/// The entries of the column `suppressions`.
#[derive(Debug, Default)]
struct InForce {
    rules: Texts,
    codes: Int32Builder,
    reasons: Texts,
    because: Texts,
    until: TimestampMicrosecondBuilder,
}

impl InForce {
    fn push(&mut self, suppression: &SuppressionInForce<'_>) {
        self.rules.push(Some(suppression.rule()));
        self.codes.append_value(suppression.code().number().into());
        self.reasons.push(Some(suppression.code().name()));
        self.because.push(Some(suppression.because()));
        self.until.append_option(suppression.until().and_then(micros));
    }

    /// Returns the columns in the order of [`suppression_fields`].
    fn finish(&mut self) -> Result<Vec<ArrayRef>, Error> {
        Ok(vec![
            self.rules.finish()?,
            Arc::new(self.codes.finish()),
            self.reasons.finish()?,
            self.because.finish()?,
            Arc::new(self.until.finish().with_data_type(time())),
        ])
    }
}

/// The entries of the column `suppressed` or `withheld`.
#[derive(Debug, Default)]
struct AccountColumns {
    actions: Texts,
    kinds: Texts,
    verdicts: Texts,
    codes: Int32Builder,
    reasons: Texts,
    rules: Texts,
    because: Texts,
    until: TimestampMicrosecondBuilder,
}

impl AccountColumns {
    fn push(&mut self, account: &Suppressed<'_>) {
        let first = account.reasons().next();
        let code = account.code();
        self.actions.push(Some(account.action()));
        self.kinds.push(Some(account.kind()));
        self.verdicts.push(Some(account.verdict().as_str()));
        self.codes.append_option(code.map(|code| i32::from(code.number())));
        self.reasons.push(code.map(ReasonCode::name));
        self.rules.push(first.as_ref().and_then(Reason::rule));
        self.because.push(first.map(|reason| reason.because()).as_deref());
        self.until.append_option(account.until().and_then(micros));
    }

    /// Returns the columns in the order of [`account_fields`].
    fn finish(&mut self) -> Result<Vec<ArrayRef>, Error> {
        Ok(vec![
            self.actions.finish()?,
            self.kinds.finish()?,
            self.verdicts.finish()?,
            Arc::new(self.codes.finish()),
            self.reasons.finish()?,
            self.rules.finish()?,
            self.because.finish()?,
            Arc::new(self.until.finish().with_data_type(time())),
        ])
    }
}

/// How many priorities are kept spelled; they repeat from customer to customer.
const KEPT: usize = 256;

/// Priorities that were spelled lately, as exact texts and as the nearest double.
#[derive(Debug)]
struct Spelled {
    kept: Vec<Option<(Priority, String, f64)>>,
}

impl Default for Spelled {
    fn default() -> Self {
        Self { kept: vec![None; KEPT] }
    }
}

impl Spelled {
    fn spell(&mut self, priority: Priority) -> (&str, f64) {
        let place = Self::place(priority.as_product());
        let Some(kept) = self.kept.get_mut(place) else { return ("", 0.0) };
        if kept.as_ref().is_none_or(|(known, ..)| *known != priority) {
            let text = priority.to_string();
            // The exact decimal, so that the double is the nearest one everywhere.
            let score = text.parse().unwrap_or_default();
            *kept = Some((priority, text, score));
        }
        kept.as_ref().map_or(("", 0.0), |(_, text, score)| (text, *score))
    }

    /// Spreads products over the places: they have many factors in common.
    fn place(product: u128) -> usize {
        let folded = (product ^ (product >> 64)) & u128::from(u64::MAX);
        let mixed = u64::try_from(folded).unwrap_or_default().wrapping_mul(0x9E37_79B9_7F4A_7C15);
        usize::from(u8::try_from(mixed >> 56).unwrap_or_default())
    }
}
