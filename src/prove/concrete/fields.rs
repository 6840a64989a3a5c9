//! Facts and records of the built-in context, set by name.

use std::collections::BTreeMap;
use std::str::FromStr;

use crate::context::{
    Answer, Appointment, Cart, Contact, Context, Grant, Interaction, List, Onboarding, Order,
    Product, Record, Session, Ticket, View,
};
use crate::prove::world::{Datum, Element, Listed};
use crate::schema::{FactId, FieldId, Schema, Type};
use crate::time::{Duration, Timestamp};
use crate::vocabulary::{
    Channel, ConsentStatus, Currency, Metric, Money, OnboardingStatus, Outcome, Purpose, Word,
};

/// Makes what the context is made of.
#[derive(Clone, Copy)]
pub(super) struct Maker {
    pub(super) now: Timestamp,
    pub(super) currency: Option<Currency>,
    /// When the cart changed, if nothing is asked of that.
    pub(super) cart_at: Timestamp,
}

/// A time that no fact can have: 1970.
const NO_TIME: Timestamp = Timestamp::from_millis(0);

/// The fields of a record, by name.
type Fields<'a> = BTreeMap<&'a str, &'a Datum>;

impl Maker {
    /// Sets a fact of the context.
    pub(super) fn set(self, context: &mut Context, path: &str, datum: &Datum) {
        let Some((part, name)) = path.split_once('.') else { return };
        match part {
            "support" => self.set_support(context, name, datum),
            "purchases" => self.set_cart(context, name, datum),
            "device" => set_device(context, name, datum),
            "recency" => self.set_recency(context, name, datum),
            "subscription" => self.set_subscription(context, name, datum),
            "profile" => set_profile(context, name, datum),
            _ => {}
        }
    }

    fn set_support(self, context: &mut Context, name: &str, datum: &Datum) {
        let Some(support) = context.support.known_mut() else { return };
        let (group, field) = name.split_once('.').unwrap_or((name, ""));
        let contact = match group {
            "active_contact" => &mut support.active_contact,
            "last_contact" => &mut support.last_contact,
            _ => return,
        };
        let ago = self.now - Duration::hours(1);
        let contact = contact.get_or_insert_with(|| Contact::new(Channel::Phone, ago));
        match field {
            "channel" => contact.channel = word(datum).unwrap_or(Channel::Phone),
            "topic" => contact.topic = word(datum),
            "started_at" => contact.started_at = time(datum),
            "ended_at" => contact.ended_at = Some(time(datum)),
            _ => {}
        }
    }

    fn set_cart(self, context: &mut Context, name: &str, datum: &Datum) {
        let Some(purchases) = context.purchases.known_mut() else { return };
        let Some(field) = name.strip_prefix("cart") else { return };
        let cart = purchases.cart.get_or_insert_with(|| Cart::new(0, self.cart_at));
        match field {
            ".units" => cart.units = int(datum),
            ".value_minor" => cart.value = self.money(datum),
            ".updated_at" => cart.updated_at = time(datum),
            ".checkout_started_at" => cart.checkout_started_at = Some(time(datum)),
            _ => {}
        }
    }

    fn set_recency(self, context: &mut Context, name: &str, datum: &Datum) {
        let Some(recency) = context.recency.known_mut() else { return };
        match name {
            "first_seen_at" => recency.first_seen_at = Some(time(datum)),
            "last_seen_at" => recency.last_seen_at = Some(time(datum)),
            "previous_seen_at" => recency.previous_seen_at = Some(time(datum)),
            "session_started_at" => recency.session_started_at = Some(time(datum)),
            "last_login_at" => recency.last_login_at = Some(time(datum)),
            "sessions_30d" => recency.sessions_30d = Some(int(datum)),
            _ => {
                let Some(field) = name.strip_prefix("onboarding") else { return };
                let started = Onboarding::new(OnboardingStatus::InProgress);
                let onboarding = recency.onboarding.get_or_insert(started);
                match field {
                    ".status" => onboarding.status = word(datum).unwrap_or(onboarding.status),
                    ".step" => onboarding.step = text(datum),
                    ".started_at" => onboarding.started_at = Some(time(datum)),
                    ".completed_at" => onboarding.completed_at = Some(time(datum)),
                    ".updated_at" => onboarding.updated_at = Some(time(datum)),
                    _ => {}
                }
            }
        }
    }

    fn set_subscription(self, context: &mut Context, name: &str, datum: &Datum) {
        let Some(subscription) = context.subscription.known_mut() else { return };
        match name {
            "plan" => subscription.plan = text(datum),
            "status" => subscription.status = word(datum),
            "started_at" => subscription.started_at = Some(time(datum)),
            "renews_at" => subscription.renews_at = Some(time(datum)),
            "trial_ends_at" => subscription.trial_ends_at = Some(time(datum)),
            "arrears_minor" => subscription.arrears = self.money(datum),
            _ => {}
        }
    }

    /// Makes an amount; one that is to be no value is in a foreign currency.
    fn money(self, datum: &Datum) -> Option<Money> {
        let is_own = *datum != Datum::Invalid;
        let mut foreign = ["USD", "EUR"].into_iter().filter_map(|code| code.parse().ok());
        let foreign = foreign.find(|code| Some(*code) != self.currency);
        let currency = self.currency.filter(|_| is_own).or(foreign)?;
        Some(Money::new(if is_own { int(datum) } else { 0 }, currency))
    }

    /// Fills a list of the context.
    pub(super) fn fill(
        self,
        context: &mut Context,
        schema: &Schema,
        list: FactId,
        listed: &Listed,
    ) {
        let entry = schema.entry(list);
        let rows = self.rows(schema, list, listed);
        match entry.path.as_str() {
            "support.tickets" => {
                if let Some(part) = context.support.known_mut() {
                    part.tickets = listed_as(listed, rows.iter().map(|row| self.ticket(row)));
                }
            }
            "support.contacts" => {
                if let Some(part) = context.support.known_mut() {
                    part.contacts = listed_as(listed, rows.iter().map(|row| self.contact(row)));
                }
            }
            "purchases.views" => {
                if let Some(part) = context.purchases.known_mut() {
                    part.views = listed_as(listed, rows.iter().map(|row| self.view(row)));
                }
            }
            "recency.sessions" => {
                if let Some(part) = context.recency.known_mut() {
                    part.sessions = listed_as(listed, rows.iter().map(|row| self.session(row)));
                }
            }
            "purchases.orders" => {
                if let Some(part) = context.purchases.known_mut() {
                    part.orders = listed_as(listed, rows.iter().map(|row| self.order(row)));
                }
            }
            "purchases.products" => {
                if let Some(part) = context.purchases.known_mut() {
                    part.products = listed_as(listed, rows.iter().map(product));
                }
            }
            "consent.grants" => {
                if let Some(part) = context.consent.known_mut() {
                    part.grants = listed_as(listed, rows.iter().map(|row| self.grant(row)));
                }
            }
            "history.interactions" => {
                if let Some(part) = context.history.known_mut() {
                    part.interactions =
                        listed_as(listed, rows.iter().map(|row| self.interaction(row)));
                }
            }
            "feedback.answers" => {
                if let Some(part) = context.feedback.known_mut() {
                    part.answers = listed_as(listed, rows.iter().map(|row| self.answer(row)));
                }
            }
            "appointments.bookings" => {
                if let Some(part) = context.appointments.known_mut() {
                    part.bookings = listed_as(listed, rows.iter().map(|row| self.booking(row)));
                }
            }
            other => fill_plain(context, other, &listed.elements),
        }
    }

    /// Returns the fields of the records of a list by name, with an id each.
    fn rows<'a>(self, schema: &'a Schema, list: FactId, listed: &'a Listed) -> Vec<Row<'a>> {
        let Type::Records(record) = schema.entry(list).fact.ty() else { return Vec::new() };
        let name = |(field, datum): (&FieldId, &'a Datum)| (record.name_of(*field), datum);
        let rows = listed.elements.iter().enumerate().map(|(place, element)| {
            let fields: Fields<'a> = match element {
                Element::Record(fields) => fields.iter().map(name).collect(),
                Element::Value(_) => Fields::new(),
            };
            let id = fields.get("id").and_then(|datum| text(datum));
            let id = id.unwrap_or_else(|| format!("{}-{}", record.name(), place + 1));
            // What is no two times the same is not taken for one.
            let hours = i64::try_from(place).unwrap_or(0).saturating_add(1);
            Row { id, fields, ago: self.now - Duration::hours(hours) }
        });
        rows.collect()
    }

    fn contact(self, row: &Row<'_>) -> Contact {
        let channel = row.word("channel").unwrap_or(Channel::Phone);
        let mut contact = Contact::new(channel, row.time("started_at").unwrap_or(row.ago));
        contact.topic = row.word("topic");
        contact.ended_at = row.time("ended_at");
        contact.ticket_id = row.text("ticket_id");
        contact
    }

    fn view(self, row: &Row<'_>) -> View {
        let mut view = View::new(row.time("at").unwrap_or(row.ago));
        view.product_id = row.text("product_id");
        view.category = row.text("category");
        view
    }

    fn session(self, row: &Row<'_>) -> Session {
        let (started_at, ended_at) = (row.time("started_at"), row.time("ended_at"));
        let started_at = started_at.or(ended_at).unwrap_or(row.ago);
        Session::new(started_at, ended_at.unwrap_or(started_at))
    }

    fn ticket(self, row: &Row<'_>) -> Ticket {
        let opened_at = row.time("opened_at").unwrap_or(row.ago);
        let updated_at = row.time("updated_at").unwrap_or(row.ago);
        let mut ticket = Ticket::new(&*row.id, opened_at, updated_at);
        ticket.state = row.word("state");
        ticket.topic = row.word("topic");
        ticket.priority = row.word("priority");
        ticket.channel = row.word("channel");
        ticket.closed_at = row.time("closed_at");
        ticket.escalated = row.flag("escalated");
        ticket.reopened = row.get("reopened").map(int);
        ticket.disputed = row.get("disputed_minor").and_then(|datum| self.money(datum));
        ticket.order_id = row.text("order_id");
        ticket
    }

    fn order(self, row: &Row<'_>) -> Order {
        let mut order = Order::new(&*row.id, row.time("placed_at").unwrap_or(row.ago));
        order.updated_at = row.time("updated_at");
        order.status = row.word("status");
        order.promised_at = row.time("promised_at");
        order.delivered_at = row.time("delivered_at");
        order.total = row.get("total_minor").and_then(|datum| self.money(datum));
        order.refunded = row.get("refunded_minor").and_then(|datum| self.money(datum));
        order.units = row.get("units").map(int);
        order.categories = row.texts("categories");
        order.channel = row.word("channel");
        order
    }

    fn grant(self, row: &Row<'_>) -> Grant {
        let purpose = row.word("purpose").unwrap_or(Purpose::Marketing);
        let status = row.word("status").unwrap_or(ConsentStatus::Granted);
        let mut grant = Grant::new(purpose, status, row.time("changed_at").unwrap_or(row.ago));
        grant.channel = row.word("channel");
        grant.expires_at = row.time("expires_at");
        grant
    }

    fn interaction(self, row: &Row<'_>) -> Interaction {
        let action = row.text("action").unwrap_or_else(|| "another-action".to_owned());
        let outcome = row.word("outcome").unwrap_or(Outcome::Impression);
        let mut interaction = Interaction::new(action, outcome, row.time("at").unwrap_or(row.ago));
        interaction.channel = row.word("channel");
        interaction.kind = row.text("kind");
        interaction.group = row.text("group");
        interaction.tags = row.texts("tags");
        interaction.purpose = row.word("purpose");
        interaction.decision_id = row.text("decision_id");
        interaction
    }

    fn answer(self, row: &Row<'_>) -> Answer {
        let metric = row.word("metric").unwrap_or(Metric::Csat);
        let score = row.get("score").map_or(0, int);
        let mut answer = Answer::new(metric, score, row.time("answered_at").unwrap_or(row.ago));
        answer.channel = row.word("channel");
        answer.ticket_id = row.text("ticket_id");
        answer
    }

    fn booking(self, row: &Row<'_>) -> Appointment {
        let soon = self.now + Duration::days(1);
        let mut booking = Appointment::new(&*row.id, row.time("starts_at").unwrap_or(soon));
        booking.status = row.word("status");
        booking.updated_at = row.time("updated_at");
        booking.subject = row.text("subject");
        booking
    }
}

/// One record of a list.
struct Row<'a> {
    id: String,
    fields: Fields<'a>,
    /// When it was, if nothing is asked of that.
    ago: Timestamp,
}

impl Row<'_> {
    fn get(&self, name: &str) -> Option<&Datum> {
        self.fields.get(name).copied()
    }

    fn time(&self, name: &str) -> Option<Timestamp> {
        self.get(name).map(time)
    }

    fn text(&self, name: &str) -> Option<String> {
        self.get(name).and_then(text)
    }

    fn word<T: Word + FromStr>(&self, name: &str) -> Option<T> {
        self.get(name).and_then(word)
    }

    fn flag(&self, name: &str) -> Option<bool> {
        self.get(name).map(|datum| *datum == Datum::Bool(true))
    }

    fn texts(&self, name: &str) -> Option<Vec<String>> {
        match self.get(name)? {
            Datum::List(values) => Some(values.iter().filter_map(text).collect()),
            _ => None,
        }
    }
}

fn product(row: &Row<'_>) -> Product {
    let mut product = Product::new(&*row.id);
    product.category = row.text("category");
    product.name = row.text("name");
    product.purchased_at = row.time("purchased_at");
    product.warranty_ends_at = row.time("warranty_ends_at");
    product
}

/// Dates what only events tell of the onboarding, if nothing dates it.
pub(super) fn date_onboarding(context: &mut Context, at: Timestamp) {
    let Some(recency) = context.recency.known_mut() else { return };
    let Some(onboarding) = &mut recency.onboarding else { return };
    let is_dated = onboarding.completed_at.is_some() || onboarding.started_at.is_some();
    if !recency.as_of.is_vouched() && !is_dated {
        onboarding.updated_at.get_or_insert(at);
    }
}

/// Notes that a field was said at a time of its own.
pub(super) fn date(context: &mut Context, path: &str, at: Timestamp) {
    let Some((part, field)) = path.split_once('.') else { return };
    let dates = match part {
        "consent" => context.consent.known_mut().map(|part| &mut part.dated),
        "subscription" => context.subscription.known_mut().map(|part| &mut part.dated),
        "profile" => context.profile.known_mut().map(|part| &mut part.dated),
        "attributes" => context.attributes.known_mut().map(|part| &mut part.dated),
        "recency" if field == "onboarding" => {
            let onboarding = context.recency.known_mut().and_then(|part| part.onboarding.as_mut());
            onboarding.into_iter().for_each(|onboarding| {
                onboarding.updated_at.get_or_insert(at);
            });
            None
        }
        _ => None,
    };
    // Amounts are read by another name than they are kept under.
    let field = field.trim_end_matches("_minor");
    dates.into_iter().for_each(|dates| _ = dates.insert(field.to_owned(), at));
}

fn set_device(context: &mut Context, name: &str, datum: &Datum) {
    let Some(device) = context.device.known_mut() else { return };
    match name {
        "form_factor" => device.form_factor = word(datum),
        "platform" => device.platform = word(datum),
        "environment" => device.environment = word(datum),
        "app_version" => device.app_version = text(datum),
        "locale" => device.locale = text(datum),
        "push_enabled" => device.push_enabled = Some(*datum == Datum::Bool(true)),
        _ => {}
    }
}

fn set_profile(context: &mut Context, name: &str, datum: &Datum) {
    let Some(profile) = context.profile.known_mut() else { return };
    match name {
        "age_years" => profile.age_years = Some(int(datum)),
        "plan" => profile.plan = text(datum),
        "role" => profile.role = text(datum),
        "country" => profile.country = text(datum),
        "language" => profile.language = text(datum),
        "time_zone" => profile.time_zone = text(datum),
        "joined_at" => profile.joined_at = Some(time(datum)),
        "vulnerable" => profile.vulnerable = Some(*datum == Datum::Bool(true)),
        "group_id" => profile.group_id = text(datum),
        _ => {}
    }
}

/// Fills a list of plain values.
fn fill_plain(context: &mut Context, path: &str, elements: &[Element]) {
    let channels = || {
        let words = elements.iter().filter_map(|element| match element {
            Element::Value(datum) => word(datum),
            Element::Record(_) => None,
        });
        Some(words.collect())
    };
    match path {
        "consent.hard_blocks" => {
            context.consent.known_mut().into_iter().for_each(|part| part.hard_blocks = channels());
        }
        "consent.preferred_channels" => {
            let part = context.consent.known_mut().into_iter();
            part.for_each(|part| part.preferred_channels = channels());
        }
        "profile.segments" => {
            let part = context.profile.known_mut().into_iter();
            part.for_each(|part| part.segments = Some(texts(elements)));
        }
        _ => {}
    }
}

fn listed_as<T: Record>(listed: &Listed, rows: impl Iterator<Item = T>) -> List<T> {
    let rows = rows.collect();
    if listed.complete { List::complete(rows) } else { List::partial(rows) }
}

pub(super) fn texts(elements: &[Element]) -> Vec<String> {
    let texts = elements.iter().filter_map(|element| match element {
        Element::Value(datum) => text(datum),
        Element::Record(_) => None,
    });
    texts.collect()
}

fn int(datum: &Datum) -> i64 {
    match datum {
        Datum::Int(value) => *value,
        _ => 0,
    }
}

fn time(datum: &Datum) -> Timestamp {
    match datum {
        Datum::Time(millis) => Timestamp::from_millis(*millis),
        _ => NO_TIME,
    }
}

fn text(datum: &Datum) -> Option<String> {
    match datum {
        Datum::Text(text) | Datum::OtherText(text) => Some(text.clone()),
        _ => None,
    }
}

fn word<T: Word + FromStr>(datum: &Datum) -> Option<T> {
    match datum {
        Datum::Word(code) => T::WORDS.get(usize::from(*code))?.parse().ok(),
        _ => None,
    }
}
