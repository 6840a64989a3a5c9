//! The schema of the built-in context: one line a fact.

use super::cell::{Cell, IntoCell, RowSource, Rows, word};
use super::request::RequestFacts;
use super::{Dating, Fact, FieldId, Origin, Presence, Schema, Type};
use std::collections::BTreeMap;
use std::fmt;

use crate::context::{
    Answer, Appointment, AsOf, Completeness, Contact, Context, Grant, Interaction, List, Order,
    Part, Product, Session, Ticket, View,
};
use crate::time::{Duration, Timestamp};
use crate::vocabulary::{
    AppointmentStatus, Channel, ConsentStatus, Environment, FormFactor, Metric, OnboardingStatus,
    OrderStatus, Outcome, Platform, Priority, Purpose, SubscriptionStatus, TicketState, Topic,
    Word,
};

/// Reads one field of a record.
struct Field<T> {
    name: &'static str,
    kind: Kind,
    optional: bool,
    read: for<'a> fn(&'a T) -> Cell<'a>,
}

/// Reads one fact of a context or of the request.
pub(crate) type Read = for<'a> fn(&'a Context, RequestFacts<'a>) -> Cell<'a>;

/// Finds out when a part was delivered.
pub(crate) type Delivered = for<'a> fn(&'a Context) -> Option<&'a AsOf>;

/// Finds out when an entry of a part last changed.
pub(crate) type Changed = fn(&Context) -> Option<Timestamp>;

/// Finds the times that a part keeps for its fields.
pub(crate) type Dated = for<'a> fn(&'a Context) -> Option<&'a BTreeMap<String, Timestamp>>;

/// The type of a fact, before words are shared.
#[derive(Clone, Copy)]
enum Kind {
    Bool,
    Int,
    Text,
    Time,
    Word(&'static str, &'static [&'static str]),
    Texts,
    Channels,
    Scores,
    Records(Record),
    Group,
    /// Follows from the stored fields of the same record, called `it`.
    Derived(&'static str),
}

/// The lists of records a context has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Record {
    Ticket,
    Contact,
    Order,
    Product,
    View,
    Session,
    Grant,
    Interaction,
    Answer,
    Appointment,
}

const fn words<T: Word>() -> Kind {
    Kind::Word(T::SET, T::WORDS)
}

macro_rules! fields {
    ($($name:literal $kind:expr, $optional:ident, $read:expr;)+) => {
        &[$(Field { name: $name, kind: $kind, optional: fields!(@ $optional), read: $read },)+]
    };
    (@ required) => { false };
    (@ optional) => { true };
}

/// A record whose fields conditions read.
trait Fields: Sized + Send + Sync + 'static {
    const FIELDS: &'static [Field<Self>];
}

impl<T: Fields + fmt::Debug> RowSource for List<T> {
    fn count(&self) -> usize {
        self.items().len()
    }

    fn cell(&self, row: usize, field: FieldId) -> Cell<'_> {
        match (self.items().get(row), T::FIELDS.get(usize::from(field.0))) {
            (Some(row), Some(field)) => (field.read)(row),
            _ => Cell::Absent,
        }
    }
}

/// What reads a derived field: nothing, its expression is put in its place.
fn derived<T>(_: &T) -> Cell<'_> {
    Cell::Absent
}

impl Fields for Ticket {
    const FIELDS: &'static [Field<Self>] = fields![
        "id" Kind::Text, required, |t| t.id.cell();
        "state" words::<TicketState>(), optional, |t| word(t.state);
        "topic" words::<Topic>(), optional, |t| word(t.topic);
        "priority" words::<Priority>(), optional, |t| word(t.priority);
        "channel" words::<Channel>(), optional, |t| word(t.channel);
        "opened_at" Kind::Time, required, |t| t.opened_at.cell();
        "updated_at" Kind::Time, required, |t| t.updated_at.cell();
        "closed_at" Kind::Time, optional, |t| t.ended_at().cell();
        "escalated" Kind::Bool, optional, |t| t.escalated.cell();
        "reopened" Kind::Int, optional, |t| t.reopened.cell();
        "disputed_minor" Kind::Int, optional, |t| t.disputed.cell();
        "order_id" Kind::Text, optional, |t| t.order_id.as_ref().cell();
        "is_open" Kind::Derived(r#"it.state in ["new", "open", "pending", "on_hold"]"#), required, derived;
    ];
}

impl Fields for Order {
    const FIELDS: &'static [Field<Self>] = fields![
        "id" Kind::Text, required, |o| o.id.cell();
        "placed_at" Kind::Time, required, |o| o.placed_at.cell();
        "updated_at" Kind::Time, optional, |o| o.updated_at.cell();
        "status" words::<OrderStatus>(), optional, |o| word(o.state());
        "promised_at" Kind::Time, optional, |o| o.promised_at.cell();
        "delivered_at" Kind::Time, optional, |o| o.delivered_at.cell();
        "total_minor" Kind::Int, optional, |o| o.total.cell();
        "refunded_minor" Kind::Int, optional, |o| o.refunded_in_all().cell();
        "units" Kind::Int, optional, |o| o.units.cell();
        "categories" Kind::Texts, optional, |o| o.categories.as_ref().cell();
        "channel" words::<Channel>(), optional, |o| word(o.channel);
        "is_delayed" Kind::Derived(
            r#"it.status == "delayed"
               || it.status in ["placed", "shipped"] && has(it.promised_at) && it.promised_at < now"#
        ), required, derived;
    ];
}

impl Fields for Product {
    const FIELDS: &'static [Field<Self>] = fields![
        "id" Kind::Text, required, |p| p.id.cell();
        "category" Kind::Text, optional, |p| p.category.as_ref().cell();
        "name" Kind::Text, optional, |p| p.name.as_ref().cell();
        "purchased_at" Kind::Time, optional, |p| p.purchased_at.cell();
        "warranty_ends_at" Kind::Time, optional, |p| p.warranty_ends_at.cell();
    ];
}

impl Fields for Contact {
    const FIELDS: &'static [Field<Self>] = fields![
        "channel" words::<Channel>(), required, |c| word(Some(c.channel));
        "topic" words::<Topic>(), optional, |c| word(c.topic);
        "started_at" Kind::Time, required, |c| c.started_at.cell();
        "ended_at" Kind::Time, optional, |c| c.ended_at.cell();
        "ticket_id" Kind::Text, optional, |c| c.ticket_id.as_ref().cell();
    ];
}

impl Fields for View {
    const FIELDS: &'static [Field<Self>] = fields![
        "at" Kind::Time, required, |v| v.at.cell();
        "product_id" Kind::Text, optional, |v| v.product_id.as_ref().cell();
        "category" Kind::Text, optional, |v| v.category.as_ref().cell();
    ];
}

impl Fields for Session {
    const FIELDS: &'static [Field<Self>] = fields![
        "started_at" Kind::Time, required, |s| s.started_at.cell();
        "ended_at" Kind::Time, required, |s| s.ended_at.cell();
    ];
}

impl Fields for Grant {
    const FIELDS: &'static [Field<Self>] = fields![
        "purpose" words::<Purpose>(), required, |g| word(Some(g.purpose));
        "status" words::<ConsentStatus>(), required, |g| word(Some(g.status));
        "channel" words::<Channel>(), optional, |g| word(g.channel);
        "changed_at" Kind::Time, required, |g| g.changed_at.cell();
        "expires_at" Kind::Time, optional, |g| g.expires_at.cell();
    ];
}

impl Fields for Interaction {
    const FIELDS: &'static [Field<Self>] = fields![
        "action" Kind::Text, required, |i| i.action.cell();
        "outcome" words::<Outcome>(), required, |i| word(Some(i.outcome));
        "at" Kind::Time, required, |i| i.at.cell();
        "channel" words::<Channel>(), optional, |i| word(i.channel);
        "kind" Kind::Text, optional, |i| i.kind.as_ref().cell();
        "group" Kind::Text, optional, |i| i.group.as_ref().cell();
        "tags" Kind::Texts, optional, |i| i.tags.as_ref().cell();
        "purpose" words::<Purpose>(), optional, |i| word(i.purpose);
        "decision_id" Kind::Text, optional, |i| i.decision_id.as_ref().cell();
    ];
}

impl Fields for Answer {
    const FIELDS: &'static [Field<Self>] = fields![
        "metric" words::<Metric>(), required, |a| word(Some(a.metric));
        "score" Kind::Int, required, |a| a.score.cell();
        "answered_at" Kind::Time, required, |a| a.answered_at.cell();
        "channel" words::<Channel>(), optional, |a| word(a.channel);
        "ticket_id" Kind::Text, optional, |a| a.ticket_id.as_ref().cell();
    ];
}

impl Fields for Appointment {
    const FIELDS: &'static [Field<Self>] = fields![
        "id" Kind::Text, required, |a| a.id.cell();
        "starts_at" Kind::Time, required, |a| a.starts_at.cell();
        "status" words::<AppointmentStatus>(), optional, |a| word(a.status);
        "updated_at" Kind::Time, optional, |a| a.updated_at.cell();
        "subject" Kind::Text, optional, |a| a.subject.as_ref().cell();
    ];
}

/// One part: its name, the key and the default of its age limit, its facts.
struct PartSpec {
    name: &'static str,
    key: &'static str,
    max_age: Option<Duration>,
    delivered: Presence,
    /// The times of its fields, if it keeps them.
    dates: Option<Dated>,
    facts: &'static [FactSpec],
}

struct FactSpec {
    path: &'static str,
    kind: Kind,
    optional: bool,
    read: Read,
    /// When it was said, if it tells.
    said: Option<Changed>,
}

macro_rules! facts {
    ($($path:literal $kind:expr, $optional:ident, $read:expr $(, said $said:expr)?;)+) => {
        &[$(FactSpec {
            path: $path,
            kind: $kind,
            optional: fields!(@ $optional),
            read: $read,
            said: facts!(@ $($said)?),
        },)+]
    };
    (@) => { None };
    (@ $said:expr) => { Some($said) };
}

/// Reads a field of a part; what a part does not carry is absent.
fn of<'a, T>(part: &'a Part<T>, read: impl FnOnce(&'a T) -> Cell<'a>) -> Cell<'a> {
    part.known().map_or(Cell::Absent, read)
}

fn rows<T: Fields + fmt::Debug>(list: &List<T>) -> Cell<'_> {
    let rows = Rows(list);
    let completeness = match list.completeness() {
        Completeness::Complete if rows.is_cut() => Completeness::Partial,
        completeness => completeness,
    };
    Cell::Rows(rows, completeness)
}

fn group<T>(group: Option<&T>) -> Cell<'static> {
    group.map_or(Cell::Absent, |_| Cell::Present)
}

/// Reads what is known, also to be absent, or nobody can tell.
fn told<'a>(known: Option<Option<impl IntoCell<'a>>>) -> Cell<'a> {
    known.map_or(Cell::Unknown, IntoCell::cell)
}

fn last_seen_at(context: &Context) -> Option<Timestamp> {
    context.recency.known()?.visits().last_seen_at
}

fn onboarding_told_at(context: &Context) -> Option<Timestamp> {
    Some(context.recency.known()?.onboarding.as_ref()?.told_at())
}

pub(super) fn attribute_dates(context: &Context) -> Option<&BTreeMap<String, Timestamp>> {
    context.attributes.known().map(|part| &part.dated)
}

const PARTS: &[PartSpec] = &[
    PartSpec {
        name: "request",
        key: "",
        max_age: None,
        delivered: Presence::Always,
        dates: None,
        facts: facts![
            "request.channel" words::<Channel>(), required, |_, r| word(Some(r.channel));
            "request.intent" Kind::Text, optional, |_, r| r.intent.map_or(Cell::Absent, Cell::Text);
        ],
    },
    PartSpec {
        name: "support",
        key: "support",
        max_age: Some(Duration::minutes(15)),
        delivered: Presence::Context(|c| c.support.known().map(|part| &part.as_of)),
        dates: None,
        facts: facts![
            "support.tickets" Kind::Records(Record::Ticket), required,
                |c, _| of(&c.support, |s| rows(&s.tickets));
            "support.contacts" Kind::Records(Record::Contact), required,
                |c, _| of(&c.support, |s| rows(&s.contacts));
            "support.active_contact" Kind::Group, optional,
                |c, _| of(&c.support, |s| group(s.current_contact()));
            "support.active_contact.channel" words::<Channel>(), optional,
                |c, _| of(&c.support, |s| word(s.current_contact().map(|c| c.channel)));
            "support.active_contact.topic" words::<Topic>(), optional,
                |c, _| of(&c.support, |s| word(s.current_contact().and_then(|c| c.topic)));
            "support.active_contact.started_at" Kind::Time, optional,
                |c, _| of(&c.support, |s| s.current_contact().map(|c| c.started_at).cell());
            "support.last_contact" Kind::Group, optional,
                |c, _| of(&c.support, |s| group(s.latest_contact()));
            "support.last_contact.channel" words::<Channel>(), optional,
                |c, _| of(&c.support, |s| word(s.latest_contact().map(|c| c.channel)));
            "support.last_contact.topic" words::<Topic>(), optional,
                |c, _| of(&c.support, |s| word(s.latest_contact().and_then(|c| c.topic)));
            "support.last_contact.started_at" Kind::Time, optional,
                |c, _| of(&c.support, |s| s.latest_contact().map(|c| c.started_at).cell());
            "support.last_contact.ended_at" Kind::Time, optional,
                |c, _| of(&c.support, |s| s.latest_contact().and_then(|c| c.ended_at).cell());
        ],
    },
    PartSpec {
        name: "purchases",
        key: "purchases",
        max_age: Some(Duration::hours(1)),
        delivered: Presence::Context(|c| c.purchases.known().map(|part| &part.as_of)),
        dates: None,
        facts: facts![
            "purchases.orders" Kind::Records(Record::Order), required,
                |c, _| of(&c.purchases, |p| rows(&p.orders));
            "purchases.products" Kind::Records(Record::Product), required,
                |c, _| of(&c.purchases, |p| rows(&p.products));
            "purchases.views" Kind::Records(Record::View), required,
                |c, _| of(&c.purchases, |p| rows(&p.views));
        ],
    },
    // The cart comes with the purchases and ages faster.
    PartSpec {
        name: "purchases.cart",
        key: "cart",
        max_age: Some(Duration::minutes(30)),
        delivered: Presence::Entry(
            |c| c.purchases.known().map(|part| &part.as_of),
            |c| c.purchases.known()?.cart.as_ref().map(|cart| cart.updated_at),
        ),
        dates: None,
        facts: facts![
            "purchases.cart" Kind::Group, optional,
                |c, _| of(&c.purchases, |p| group(p.cart.as_ref()));
            "purchases.cart.units" Kind::Int, optional,
                |c, _| of(&c.purchases, |p| p.cart.as_ref().map(|c| c.units).cell());
            "purchases.cart.value_minor" Kind::Int, optional,
                |c, _| of(&c.purchases, |p| p.cart.as_ref().and_then(|c| c.value).cell());
            "purchases.cart.updated_at" Kind::Time, optional,
                |c, _| of(&c.purchases, |p| p.cart.as_ref().map(|c| c.updated_at).cell());
            "purchases.cart.checkout_started_at" Kind::Time, optional,
                |c, _| of(&c.purchases, |p| p.cart.as_ref().and_then(|c| c.checkout_started_at).cell());
        ],
    },
    PartSpec {
        name: "device",
        key: "device",
        max_age: Some(Duration::minutes(30)),
        delivered: Presence::Context(|c| c.device.known().map(|part| &part.as_of)),
        dates: None,
        facts: facts![
            "device.form_factor" words::<FormFactor>(), optional, |c, _| of(&c.device, |d| word(d.form_factor));
            "device.platform" words::<Platform>(), optional, |c, _| of(&c.device, |d| word(d.platform));
            "device.environment" words::<Environment>(), optional, |c, _| of(&c.device, |d| word(d.environment));
            "device.app_version" Kind::Text, optional, |c, _| of(&c.device, |d| d.app_version.as_ref().cell());
            "device.locale" Kind::Text, optional, |c, _| of(&c.device, |d| d.locale.as_ref().cell());
            "device.push_enabled" Kind::Bool, optional, |c, _| of(&c.device, |d| d.push_enabled.cell());
        ],
    },
    PartSpec {
        name: "recency",
        key: "recency",
        max_age: Some(Duration::hours(24)),
        delivered: Presence::Context(|c| c.recency.known().map(|part| &part.as_of)),
        dates: None,
        facts: facts![
            "recency.first_seen_at" Kind::Time, optional, |c, _| of(&c.recency, |r| told(r.known_first_seen()));
            "recency.last_seen_at" Kind::Time, optional,
                |c, _| of(&c.recency, |r| r.visits().last_seen_at.cell()), said last_seen_at;
            "recency.previous_seen_at" Kind::Time, optional,
                |c, _| of(&c.recency, |r| told(r.known_previous_seen()));
            "recency.session_started_at" Kind::Time, optional,
                |c, _| of(&c.recency, |r| r.visits().session_started_at.cell()), said last_seen_at;
            "recency.last_login_at" Kind::Time, optional,
                |c, _| of(&c.recency, |r| r.last_login_at.cell()),
                said |c| c.recency.known()?.last_login_at;
            "recency.sessions_30d" Kind::Int, optional, |c, _| of(&c.recency, |r| told(r.known_sessions_30d()));
            "recency.sessions" Kind::Records(Record::Session), required,
                |c, _| of(&c.recency, |r| rows(&r.sessions));
            "recency.onboarding" Kind::Group, optional, |c, _| of(&c.recency, |r| group(r.onboarding.as_ref())),
                said onboarding_told_at;
            "recency.onboarding.status" words::<OnboardingStatus>(), optional,
                |c, _| of(&c.recency, |r| word(r.onboarding.as_ref().map(|o| o.status))),
                said onboarding_told_at;
            "recency.onboarding.step" Kind::Text, optional,
                |c, _| of(&c.recency, |r| r.onboarding.as_ref().and_then(|o| o.step.as_ref()).cell()),
                said onboarding_told_at;
            "recency.onboarding.started_at" Kind::Time, optional,
                |c, _| of(&c.recency, |r| r.onboarding.as_ref().and_then(|o| o.started_at).cell()),
                said onboarding_told_at;
            "recency.onboarding.completed_at" Kind::Time, optional,
                |c, _| of(&c.recency, |r| r.onboarding.as_ref().and_then(|o| o.completed_at).cell()),
                said onboarding_told_at;
            "recency.onboarding.updated_at" Kind::Time, optional,
                |c, _| of(&c.recency, |r| r.onboarding.as_ref().and_then(|o| o.updated_at).cell()),
                said onboarding_told_at;
        ],
    },
    PartSpec {
        name: "consent",
        key: "consent",
        max_age: Some(Duration::hours(24)),
        delivered: Presence::Context(|c| c.consent.known().map(|part| &part.as_of)),
        dates: Some(|c| c.consent.known().map(|part| &part.dated)),
        facts: facts![
            "consent.grants" Kind::Records(Record::Grant), required,
                |c, _| of(&c.consent, |p| rows(&p.grants));
            "consent.hard_blocks" Kind::Channels, optional, |c, _| of(&c.consent, |p| p.hard_blocks.as_ref().cell());
            "consent.preferred_channels" Kind::Channels, optional,
                |c, _| of(&c.consent, |p| p.preferred_channels.as_ref().cell());
        ],
    },
    PartSpec {
        name: "history",
        key: "history",
        max_age: Some(Duration::hours(24)),
        delivered: Presence::Context(|c| c.history.known().map(|part| &part.as_of)),
        dates: None,
        facts: facts![
            "history.interactions" Kind::Records(Record::Interaction), required,
                |c, _| of(&c.history, |h| rows(&h.interactions));
        ],
    },
    PartSpec {
        name: "subscription",
        key: "subscription",
        max_age: Some(Duration::hours(1)),
        delivered: Presence::Context(|c| c.subscription.known().map(|part| &part.as_of)),
        dates: Some(|c| c.subscription.known().map(|part| &part.dated)),
        facts: facts![
            "subscription.plan" Kind::Text, optional, |c, _| of(&c.subscription, |s| s.plan.as_ref().cell());
            "subscription.status" words::<SubscriptionStatus>(), optional, |c, _| of(&c.subscription, |s| word(s.status));
            "subscription.started_at" Kind::Time, optional, |c, _| of(&c.subscription, |s| s.started_at.cell());
            "subscription.renews_at" Kind::Time, optional, |c, _| of(&c.subscription, |s| s.renews_at.cell());
            "subscription.trial_ends_at" Kind::Time, optional, |c, _| of(&c.subscription, |s| s.trial_ends_at.cell());
            "subscription.arrears_minor" Kind::Int, optional, |c, _| of(&c.subscription, |s| s.arrears.cell());
        ],
    },
    PartSpec {
        name: "feedback",
        key: "feedback",
        max_age: Some(Duration::hours(24)),
        delivered: Presence::Context(|c| c.feedback.known().map(|part| &part.as_of)),
        dates: None,
        facts: facts![
            "feedback.answers" Kind::Records(Record::Answer), required,
                |c, _| of(&c.feedback, |f| rows(&f.answers));
        ],
    },
    PartSpec {
        name: "scores",
        key: "scores",
        max_age: Some(Duration::days(7)),
        delivered: Presence::Context(|c| c.scores.known().map(|part| &part.as_of)),
        dates: None,
        facts: facts![
            "scores" Kind::Scores, required, |c, _| of(&c.scores, |s| Cell::Scores(&s.values));
        ],
    },
    PartSpec {
        name: "profile",
        key: "profile",
        max_age: Some(Duration::days(30)),
        delivered: Presence::Context(|c| c.profile.known().map(|part| &part.as_of)),
        dates: Some(|c| c.profile.known().map(|part| &part.dated)),
        facts: facts![
            "profile.age_years" Kind::Int, optional, |c, _| of(&c.profile, |p| p.age_years.cell());
            "profile.plan" Kind::Text, optional, |c, _| of(&c.profile, |p| p.plan.as_ref().cell());
            "profile.role" Kind::Text, optional, |c, _| of(&c.profile, |p| p.role.as_ref().cell());
            "profile.country" Kind::Text, optional, |c, _| of(&c.profile, |p| p.country.as_ref().cell());
            "profile.language" Kind::Text, optional, |c, _| of(&c.profile, |p| p.language.as_ref().cell());
            "profile.time_zone" Kind::Text, optional, |c, _| of(&c.profile, |p| p.time_zone.as_ref().cell());
            "profile.joined_at" Kind::Time, optional, |c, _| of(&c.profile, |p| p.joined_at.cell());
            "profile.vulnerable" Kind::Bool, optional, |c, _| of(&c.profile, |p| p.vulnerable.cell());
            "profile.segments" Kind::Texts, optional, |c, _| of(&c.profile, |p| p.segments.as_ref().cell());
            "profile.group_id" Kind::Text, optional, |c, _| of(&c.profile, |p| p.group_id.as_ref().cell());
        ],
    },
    PartSpec {
        name: "appointments",
        key: "appointments",
        max_age: Some(Duration::hours(6)),
        delivered: Presence::Context(|c| c.appointments.known().map(|part| &part.as_of)),
        dates: None,
        facts: facts![
            "appointments.bookings" Kind::Records(Record::Appointment), required,
                |c, _| of(&c.appointments, |a| rows(&a.bookings));
        ],
    },
    // The facts of this part are those the policy declares.
    PartSpec {
        name: "attributes",
        key: "attributes",
        max_age: Some(Duration::days(30)),
        delivered: Presence::Context(|c| c.attributes.known().map(|part| &part.as_of)),
        dates: Some(attribute_dates),
        facts: &[],
    },
];

pub(super) fn schema() -> Schema {
    let mut schema = Schema::empty();
    for part in PARTS {
        schema.add_part(part.name, part.key, part.max_age, part.delivered);
        for spec in part.facts {
            let fact = fact(spec.kind, spec.optional);
            let origin = Origin::Context(spec.read);
            schema.add(spec.path.to_owned(), fact, part.name, origin, dating(part, spec));
        }
    }
    schema
}

fn dating(part: &PartSpec, fact: &FactSpec) -> Dating {
    match (fact.said, part.dates) {
        (Some(said), _) => Dating::Own(said),
        (None, Some(dates)) => {
            let name = fact.path.rsplit('.').next().unwrap_or_default();
            Dating::Dated(dates, name.trim_end_matches("_minor").to_owned())
        }
        (None, None) => Dating::WithPart,
    }
}

fn fact(kind: Kind, optional: bool) -> Fact {
    let fact = match kind {
        Kind::Derived(expression) => Fact::derived(expression),
        stored => Fact::new(ty(stored)),
    };
    if optional { fact.optional() } else { fact }
}

fn ty(kind: Kind) -> Type {
    match kind {
        Kind::Bool | Kind::Derived(_) => Type::Bool,
        Kind::Int => Type::Int,
        Kind::Text => Type::Text,
        Kind::Time => Type::Timestamp,
        Kind::Word(set, words) => Type::words(set, words),
        Kind::Texts => Type::List(Box::new(Type::Text)),
        Kind::Channels => Type::List(Box::new(Type::words(Channel::SET, Channel::WORDS))),
        Kind::Scores => Type::Map(Box::new(Type::Double)),
        Kind::Group => Type::Group,
        Kind::Records(record) => match record {
            Record::Ticket => records::<Ticket>("ticket"),
            Record::Contact => records::<Contact>("contact"),
            Record::Order => records::<Order>("order"),
            Record::Product => records::<Product>("product"),
            Record::View => records::<View>("view"),
            Record::Session => records::<Session>("session"),
            Record::Grant => records::<Grant>("grant"),
            Record::Interaction => records::<Interaction>("interaction"),
            Record::Answer => records::<Answer>("answer"),
            Record::Appointment => records::<Appointment>("appointment"),
        },
    }
}

fn records<T: Fields>(name: &str) -> Type {
    Type::records(
        name,
        T::FIELDS.iter().map(|field| (field.name, fact(field.kind, field.optional))),
    )
}
