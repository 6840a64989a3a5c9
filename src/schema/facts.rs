//! The facts of one moment: a context or a table, dated and aged at `now`.

use std::sync::Arc;

use super::attributes::{attribute, find_attribute};
use super::cell::{Cell, ListCell, Overlay};
use super::request::RequestFacts;
use super::{
    Dating, FactEntry, FactId, FactTable, ModelFact, Origin, PartEntry, PartId, Presence, Schema,
    models,
};
use crate::analytics::{Answer, Customer, Found, Lack, Said};
use crate::context::{AsOf, Completeness, Context, Score};
use crate::time::{CLOCK_SKEW, Duration, Timestamp};
use crate::vocabulary::{Channel, Currency};

/// What can be read at one moment, and how old it is.
#[derive(Clone, Debug)]
pub struct Facts<'a> {
    pub(super) schema: &'a Schema,
    pub(super) source: Source<'a>,
    pub(super) now: Timestamp,
    currency: Option<Currency>,
    /// What models have found out, if there are any.
    found: Option<Arc<Found>>,
}

/// What is stored at the place of a fact, and when time alone changes it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Moment<'a> {
    pub(crate) cell: Cell<'a>,
    pub(crate) changes_at: Option<Timestamp>,
}

#[derive(Clone, Copy, Debug)]
pub(super) enum Source<'a> {
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

/// Whether something was delivered at all, and whether it is fresh.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Standing {
    pub(crate) is_there: bool,
    pub(crate) is_fresh: bool,
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

    pub(crate) fn standing(&self) -> Standing {
        Standing { is_there: *self != Self::Never, is_fresh: matches!(self, Self::Fresh { .. }) }
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
    pub(super) fn changed<'b>(&'b self, changes: &'b dyn Overlay) -> Facts<'b> {
        Facts {
            schema: self.schema,
            source: Source::Changed(self, changes),
            now: self.now,
            currency: self.currency,
            found: self.found.clone(),
        }
    }

    fn new(schema: &'a Schema, source: Source<'a>, now: Timestamp) -> Self {
        let models = Some(schema.models.len()).filter(|models| *models > 0);
        let found = models.map(|models| Arc::new(Found::new(models, schema.answers())));
        Self { schema, source, now, currency: None, found }
    }

    /// Reads the same facts on another channel.
    ///
    /// What models have found out about the customer is found out for both.
    pub(crate) fn on(&self, channel: Channel) -> Self {
        let source = match self.source {
            Source::Context(context, request) => {
                Source::Context(context, RequestFacts { channel, ..request })
            }
            other => other,
        };
        Self { source, ..self.clone() }
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

    /// Returns when a part was delivered.
    ///
    /// Found out whenever somebody asks: most decisions ask about few parts.
    pub(crate) fn delivery(&self, part: PartId) -> Delivery {
        let Some(entry) = self.schema.parts.get(usize::from(part.0)) else {
            return Delivery::Never;
        };
        match (entry.presence, self.source) {
            (_, Source::Changed(facts, changes)) => {
                let is_new = changes.delivered().contains(&part);
                if is_new { Delivery::THIS_MOMENT } else { facts.delivery(part) }
            }
            (Presence::Always, _) => Delivery::THIS_MOMENT,
            (Presence::Context(delivered), Source::Context(context, _)) => {
                let of_sources = |as_of| of_sources(entry, as_of, self.now);
                delivered(context).map_or(Delivery::Never, of_sources)
            }
            (Presence::Entry(delivered, changed), Source::Context(context, _)) => {
                let Some(as_of) = delivered(context) else { return Delivery::Never };
                let of_part = of_sources(entry, as_of, self.now);
                own(entry, of_part, as_of, changed(context), self.now)
            }
            (Presence::Table, Source::Table(table)) if table.is_known(part) => {
                Delivery::THIS_MOMENT
            }
            _ => Delivery::Never,
        }
    }

    /// Tells whether it is not events alone that tell of a part.
    pub(super) fn is_vouched(&self, part: PartId) -> bool {
        match self.source {
            Source::Context(context, _) => {
                self.schema.part(part).as_of(context).is_none_or(AsOf::is_vouched)
            }
            Source::Changed(facts, _) => facts.is_vouched(part),
            Source::Table(_) => true,
        }
    }

    /// Returns when a fact was delivered: with its part or, where it has a time
    /// of its own, then; if a model answers it, with the worst off of those that
    /// the model takes.
    pub(crate) fn delivery_of(&self, fact: FactId) -> Delivery {
        match self.schema.taken_for(fact) {
            [] => self.delivery_of_stored(fact),
            _ if self.is_changed(fact) => Delivery::THIS_MOMENT,
            taken => {
                let deliveries = taken.iter().map(|taken| self.delivery_of_stored(*taken));
                deliveries.reduce(Delivery::worse).unwrap_or(Delivery::Never)
            }
        }
    }

    /// Tells whether a fact was delivered at all, and whether it is fresh: what
    /// [`delivery_of`](Self::delivery_of) comes to, without how long.
    pub(crate) fn standing_of(&self, fact: FactId) -> Standing {
        let entry = self.schema.entry(fact);
        let is_with_part = match (&entry.dating, &entry.origin, self.source) {
            (_, Origin::Model(_), _) | (_, _, Source::Changed(..)) => false,
            (Dating::WithPart, ..) => true,
            (Dating::Dated(..), ..) => self.is_vouched(entry.part),
            (Dating::Own(_), ..) => false,
        };
        if is_with_part {
            self.part(entry.part).standing
        } else {
            self.delivery_of(fact).standing()
        }
    }

    /// Returns when the fact at a path was delivered.
    pub(crate) fn delivery_at(&self, path: &str) -> Delivery {
        self.schema.find(path).map_or(Delivery::Never, |fact| self.delivery_of(fact))
    }

    fn delivery_of_stored(&self, fact: FactId) -> Delivery {
        let entry = self.schema.entry(fact);
        let of_part = self.delivery(entry.part);
        match (&entry.dating, self.source) {
            (Dating::WithPart, _) => of_part,
            (Dating::Dated(..), Source::Context(..)) if self.is_vouched(entry.part) => of_part,
            (_, Source::Changed(facts, changes)) => {
                if changes.delivered().contains(&entry.part) || changes.cell(fact).is_some() {
                    Delivery::THIS_MOMENT
                } else {
                    facts.delivery_of_stored(fact)
                }
            }
            (dating, Source::Context(context, _)) => self.dated(dating, entry.part, context),
            (_, Source::Table(_)) => of_part,
        }
    }

    /// Ages a fact that may have a time of its own.
    fn dated(&self, dating: &Dating, part_id: PartId, context: &Context) -> Delivery {
        let (part, of_part) = (self.schema.part(part_id), self.delivery(part_id));
        let Some(as_of) = part.as_of(context).filter(|_| part.sources.is_empty()) else {
            return of_part;
        };
        let aged = |at: Timestamp| Delivery::aged(at, part.max_age, self.now);
        match dating {
            Dating::WithPart => of_part,
            Dating::Dated(dates, name) => match dates(context).and_then(|dates| dates.get(name)) {
                Some(at) => of_part.worse(aged(*at)),
                None => of_part,
            },
            Dating::Own(said) => own(part, of_part, as_of, said(context), self.now),
        }
    }

    /// Tells whether a fact is another one than it would be.
    fn is_changed(&self, fact: FactId) -> bool {
        match self.source {
            Source::Changed(facts, changes) => {
                changes.cell(fact).is_some() || facts.is_changed(fact)
            }
            Source::Context(..) | Source::Table(_) => false,
        }
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
                Origin::Context(read) => self.or_untold(read(context, request), entry),
                Origin::Attribute(name) => {
                    let value = find_attribute(name, context);
                    self.or_untold(attribute(entry, value), entry)
                }
                Origin::Model(..) => return self.cell_at(id, self.now).cell,
                Origin::Table => Cell::Absent,
            },
        };
        self.in_one_currency(cell)
    }

    /// Takes for unknown what a part does not carry that only events have
    /// built: what they do not tell they do not deny.
    fn or_untold(&self, cell: Cell<'a>, entry: &FactEntry) -> Cell<'a> {
        match cell {
            Cell::Absent if !self.is_vouched(entry.part) => Cell::Unknown,
            told => told,
        }
    }

    /// Returns what is stored at the place of a fact at a later instant.
    pub(crate) fn cell_at(&self, id: FactId, at: Timestamp) -> Moment<'a> {
        let Origin::Model(of) = self.schema.entry(id).origin else {
            return Moment { cell: self.cell(id), changes_at: None };
        };
        if let Source::Changed(facts, changes) = self.source {
            return match changes.cell(id) {
                Some(cell) => Moment { cell, changes_at: None },
                // What follows from facts that are otherwise is not looked for.
                None if self.schema.taken_for(id).iter().any(|taken| self.is_changed(*taken)) => {
                    Moment { cell: Cell::Unknown, changes_at: None }
                }
                None => facts.cell_at(id, at),
            };
        }
        let answer = self.answer(of, at);
        let cell = answer.map_or(Cell::Unknown, |answer| match answer.told {
            Ok(Some(said)) => models::cell(said),
            Ok(None) => Cell::Absent,
            Err(_) => Cell::Unknown,
        });
        Moment { cell, changes_at: answer.and_then(|answer| answer.changes_at(at)) }
    }

    /// Returns the first instant after `at` at which a test of the answer of a
    /// model comes out otherwise, or at which the fact is to be read again.
    pub(crate) fn first_other(
        &self,
        id: FactId,
        at: Timestamp,
        test: &dyn Fn(Cell<'static>) -> Option<bool>,
    ) -> Option<Timestamp> {
        let Origin::Model(of) = self.schema.entry(id).origin else {
            return None;
        };
        if let Source::Changed(facts, _) = self.source {
            let is_read = self.cell_at(id, at).changes_at.is_some();
            return is_read.then(|| facts.first_other(id, at, test)).flatten();
        }
        let entry = self.schema.models.get(of.model)?;
        let (answer, customer) = (self.answer(of, at)?, self.customer(of.model)?);
        let test = |said: Option<Said>| said.and_then(|said| test(models::cell(said)));
        entry.model.first_other(of.output, customer, (at, answer), &test)
    }

    /// Says what a model lacks for an answer, if it lacks something.
    pub(crate) fn lack(&self, id: FactId, at: Timestamp) -> Option<Lack> {
        let Origin::Model(of) = self.schema.entry(id).origin else {
            return None;
        };
        match self.source {
            Source::Changed(facts, _) => facts.lack(id, at),
            _ => self.answer(of, at)?.told.err(),
        }
    }

    /// Asks a model; at the moment of the facts only once.
    fn answer(&self, of: ModelFact, at: Timestamp) -> Option<Answer> {
        let (entry, customer) = (self.schema.models.get(of.model)?, self.customer(of.model)?);
        let find = || entry.model.answer(of.output, customer, at);
        Some(if at == self.now { customer.found.answer(of.answer, find) } else { find() })
    }

    fn customer(&self, model: usize) -> Option<Customer<'_>> {
        let Source::Context(context, _) = self.source else {
            return None;
        };
        let found = self.found.as_deref()?;
        Some(Customer { context, currency: self.currency, found, model })
    }

    /// Finds an entry of a map; a score may be older than its part.
    pub(crate) fn entry_at(&self, fact: FactId, key: &str) -> (Cell<'a>, Delivery) {
        let part = self.schema.entry(fact).part;
        let (cell, score) = self.entry_of(self.cell(fact), key);
        let delivery = match score {
            Some(score) => self.score_delivery(part, score),
            None => self.delivery(part),
        };
        (cell, delivery)
    }

    /// Finds an entry of a map, and the score if it is one.
    pub(super) fn entry_of(&self, map: Cell<'a>, key: &str) -> (Cell<'a>, Option<&'a Score>) {
        match map {
            Cell::Scores(scores) => match scores.get(key) {
                Some(score) => (Cell::Double(score.value), Some(score)),
                None => (Cell::Absent, None),
            },
            Cell::Map(values) => (self.in_one_currency(values.get(key)), None),
            // Without a map, nobody knows what it would have held.
            _ => (Cell::List(ListCell::NONE, Completeness::Unknown), None),
        }
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

/// Ages what has a time of its own: it is as old as that where it is newer than
/// what sources vouch for, and where none does.
fn own(
    part: &PartEntry,
    of_part: Delivery,
    as_of: &AsOf,
    said_at: Option<Timestamp>,
    now: Timestamp,
) -> Delivery {
    let is_needed = !part.sources.is_empty();
    match said_at.filter(|said_at| said_at.is_plausible()) {
        Some(at) if !is_needed && (!as_of.is_vouched() || at > as_of.oldest()) => {
            Delivery::aged(at, part.max_age, now)
        }
        _ => of_part,
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
