//! The facts of one moment: a context or a table, dated and aged at `now`.

use smallvec::SmallVec;

use super::cell::{Cell, ListCell, Overlay};
use super::request::RequestFacts;
use super::{FactEntry, FactId, FactTable, Origin, PartEntry, PartId, Presence, Schema};
use crate::context::{AsOf, Context, Score};
use crate::time::{Duration, Timestamp};
use crate::vocabulary::{Channel, Currency};

/// How far ahead of `now` a watermark may be before it is not believed.
const CLOCK_SKEW: Duration = Duration::seconds(5);

/// What can be read at one moment, and how old it is.
#[derive(Clone, Debug)]
pub struct Facts<'a> {
    schema: &'a Schema,
    source: Source<'a>,
    now: Timestamp,
    currency: Option<Currency>,
    deliveries: SmallVec<[Delivery; 16]>,
}

#[derive(Clone, Copy, Debug)]
enum Source<'a> {
    Context(&'a Context, RequestFacts<'a>),
    Table(&'a FactTable),
    Changed(&'a Facts<'a>, &'a dyn Overlay),
}

/// When a part was delivered, and what that means now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Delivery {
    /// Nobody delivered it.
    Never,
    /// Within its age limit.
    Fresh { age: Duration, expires_at: Option<Timestamp> },
    /// Older than its age limit.
    Stale { age: Duration, max_age: Duration },
    /// Dated ahead of now by more than clocks differ.
    Ahead { believed_at: Timestamp },
}

impl Delivery {
    pub(crate) const THIS_MOMENT: Self = Self::Fresh { age: Duration::ZERO, expires_at: None };

    /// Ages a delivery; one exactly as old as its limit is fresh.
    fn aged(as_of: Timestamp, max_age: Option<Duration>, now: Timestamp) -> Self {
        if as_of > now + CLOCK_SKEW {
            return Self::Ahead { believed_at: as_of - CLOCK_SKEW };
        }
        let age = now.since(as_of).max(Duration::ZERO);
        match max_age {
            Some(max_age) if age > max_age => Self::Stale { age, max_age },
            _ => {
                let last = max_age.map(|max_age| as_of + max_age);
                Self::Fresh { age, expires_at: last.map(|last| last + Duration::from_millis(1)) }
            }
        }
    }

    /// Returns the delivery that is worse off; of two that are fresh, how long
    /// both are.
    fn worse(self, other: Self) -> Self {
        match (self, other) {
            (Self::Never, _) | (_, Self::Never) => Self::Never,
            (ahead @ Self::Ahead { .. }, _) | (_, ahead @ Self::Ahead { .. }) => ahead,
            (stale @ Self::Stale { .. }, Self::Fresh { .. })
            | (Self::Fresh { .. }, stale @ Self::Stale { .. }) => stale,
            (Self::Stale { age, .. }, Self::Stale { age: other_age, .. }) => {
                if other_age > age {
                    other
                } else {
                    self
                }
            }
            (
                Self::Fresh { age, expires_at },
                Self::Fresh { age: other_age, expires_at: other_expires_at },
            ) => Self::Fresh {
                age: age.max(other_age),
                expires_at: match (expires_at, other_expires_at) {
                    (Some(one), Some(other)) => Some(one.min(other)),
                    (one, other) => one.or(other),
                },
            },
        }
    }

    pub(crate) fn is_fresh(self) -> bool {
        matches!(self, Self::Fresh { .. })
    }

    /// Returns the instant at which time alone makes it fresh or stale.
    pub(crate) fn changes_at(self) -> Option<Timestamp> {
        match self {
            Self::Fresh { expires_at, .. } => expires_at,
            Self::Ahead { believed_at } => Some(believed_at),
            Self::Never | Self::Stale { .. } => None,
        }
    }
}

impl<'a> Facts<'a> {
    /// Reads the built-in context at `now`.
    #[must_use]
    pub fn of_context(
        schema: &'a Schema,
        context: &'a Context,
        request: RequestFacts<'a>,
        now: Timestamp,
    ) -> Self {
        Self::new(schema, Source::Context(context, request), now)
    }

    /// Reads a table of a schema of one's own at `now`.
    #[must_use]
    pub fn of_table(schema: &'a Schema, table: &'a FactTable, now: Timestamp) -> Self {
        Self::new(schema, Source::Table(table), now)
    }

    /// Names the currency in which amounts are read; others are unknown.
    #[must_use]
    pub fn in_currency(mut self, currency: Option<Currency>) -> Self {
        self.currency = currency;
        self
    }

    /// Reads the same facts, some of them otherwise, with parts delivered anew.
    pub(super) fn changed<'b>(
        &'b self,
        changes: &'b dyn Overlay,
        delivered: &[PartId],
    ) -> Facts<'b> {
        let mut changed = Facts { source: Source::Changed(self, changes), ..self.clone() };
        for part in delivered {
            if let Some(delivery) = changed.deliveries.get_mut(usize::from(part.0)) {
                *delivery = Delivery::THIS_MOMENT;
            }
        }
        changed
    }

    fn new(schema: &'a Schema, source: Source<'a>, now: Timestamp) -> Self {
        let deliveries =
            (0_u16..).zip(schema.parts()).map(|(id, part)| delivery(part, PartId(id), source, now));
        Self { schema, source, now, currency: None, deliveries: deliveries.collect() }
    }

    /// Returns the moment the facts are read at.
    #[must_use]
    pub fn now(&self) -> Timestamp {
        self.now
    }

    /// Returns the channel of the request, if the facts are about one.
    pub(crate) fn channel(&self) -> Option<Channel> {
        match self.source {
            Source::Context(_, request) => Some(request.channel),
            Source::Table(_) => None,
            Source::Changed(facts, _) => facts.channel(),
        }
    }

    pub(crate) fn schema(&self) -> &'a Schema {
        self.schema
    }

    pub(crate) fn delivery(&self, part: PartId) -> Delivery {
        self.deliveries.get(usize::from(part.0)).copied().unwrap_or(Delivery::Never)
    }

    /// Ages a single score, which may be older than its part.
    pub(crate) fn score_delivery(&self, part: PartId, score: &Score) -> Delivery {
        let of_part = self.delivery(part);
        match score.at {
            Some(at) if of_part.is_fresh() => {
                Delivery::aged(at, self.schema.part(part).max_age, self.now)
            }
            _ => of_part,
        }
    }

    /// Returns what is stored at the place of a fact, however old.
    pub(crate) fn cell(&self, id: FactId) -> Cell<'a> {
        let entry = self.schema.entry(id);
        let cell = match self.source {
            Source::Table(table) => table.cell(id),
            Source::Changed(facts, changes) => changes.cell(id).unwrap_or_else(|| facts.cell(id)),
            Source::Context(context, request) => match &entry.origin {
                Origin::Context(read) => read(context, request),
                Origin::Attribute(name) => attribute(entry, name, context),
                Origin::Table => Cell::Absent,
            },
        };
        self.in_one_currency(cell)
    }

    /// Reads an amount as minor units of the one currency, or not at all.
    pub(crate) fn in_one_currency(&self, cell: Cell<'a>) -> Cell<'a> {
        match cell {
            Cell::Money(money) if Some(money.currency) == self.currency => Cell::Int(money.minor),
            Cell::Money(_) => Cell::Invalid,
            other => other,
        }
    }
}

fn delivery(part: &PartEntry, id: PartId, source: Source<'_>, now: Timestamp) -> Delivery {
    let always = Delivery::THIS_MOMENT;
    match (part.presence, source) {
        (Presence::Always, _) => always,
        (Presence::Context(delivered), Source::Context(context, _)) => {
            delivered(context).map_or(Delivery::Never, |as_of| of_sources(part, as_of, now))
        }
        (Presence::Table, Source::Table(table)) if table.is_known(id) => always,
        _ => Delivery::Never,
    }
}

/// Ages a part by the sources it needs: by the one that is worst off.
fn of_sources(part: &PartEntry, as_of: &AsOf, now: Timestamp) -> Delivery {
    if part.sources.is_empty() {
        return Delivery::aged(as_of.oldest(), part.max_age, now);
    }
    let of_source = |(source, max_age): &(String, Option<Duration>)| {
        let as_of = as_of.of(source);
        as_of.map_or(Delivery::Never, |as_of| Delivery::aged(as_of, *max_age, now))
    };
    let deliveries = part.sources.iter().map(of_source);
    deliveries.reduce(Delivery::worse).unwrap_or(Delivery::Never)
}

/// Reads an attribute as the type the policy declares.
fn attribute<'a>(entry: &FactEntry, name: &str, context: &'a Context) -> Cell<'a> {
    use super::Type;
    use crate::context::Attribute;

    let Some(attributes) = context.attributes.known() else {
        return Cell::Absent;
    };
    let Some(value) = attributes.values.get(name) else {
        return Cell::Absent;
    };
    match (value, entry.fact.ty()) {
        (Attribute::Null, _) => Cell::Absent,
        (Attribute::Bool(value), Type::Bool) => Cell::Bool(*value),
        (Attribute::Int(value), Type::Int) => Cell::Int(*value),
        (Attribute::Double(value), Type::Double) => Cell::Double(*value),
        #[expect(
            clippy::cast_precision_loss,
            reason = "a JSON number without a dot is still a double"
        )]
        (Attribute::Int(value), Type::Double) => Cell::Double(*value as f64),
        (Attribute::Text(text), Type::Text) => Cell::Text(text),
        (Attribute::Text(text), Type::Word(words)) => {
            words.code(text).map_or(Cell::Invalid, Cell::Word)
        }
        (Attribute::Text(text), Type::Timestamp) => text.parse().map_or(Cell::Invalid, Cell::Time),
        (Attribute::Texts(texts), Type::List(_)) => {
            Cell::List(ListCell(texts), crate::context::Completeness::Complete)
        }
        _ => Cell::Invalid,
    }
}
