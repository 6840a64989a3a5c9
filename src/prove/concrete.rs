//! From a world to what an engine is given: a context, a request, a table.

mod fields;
mod table;

use std::collections::BTreeMap;

use super::world::{Datum, Delivered, World};
use crate::context::{
    Appointments, AsOf, Attribute, Attributes, Consent, Context, Device, Feedback, History, Part,
    Profile, Purchases, Recency, Score, Scores, Subscription, Support,
};
use crate::decision::Request;
use crate::schema::{FactId, Origin, PartEntry, Schema, Type};
use crate::time::{Duration, Timestamp};
use crate::vocabulary::{Channel, Currency};

use fields::Maker;

pub(super) use table::table;

/// Makes a context as a world says.
pub(super) fn context(world: &World, schema: &Schema, currency: Option<Currency>) -> Context {
    let mut context = Context::new();
    let now = Timestamp::from_millis(world.now);
    deliver(&mut context, world, schema);
    let maker = Maker { now, currency, cart_at: cart_at(world, schema) };
    for (fact, datum) in &world.facts {
        let entry = schema.entry(*fact);
        match &entry.origin {
            Origin::Attribute(name) => {
                let value = attribute(datum, entry.fact.ty());
                if let Some(attributes) = context.attributes.known_mut() {
                    attributes.values.insert(name.clone(), value);
                }
            }
            Origin::Context(_) => maker.set(&mut context, &entry.path, datum),
            _ => {}
        }
    }
    for ((fact, name), entry) in &world.entries {
        let value = match entry.value {
            Datum::Double(value) => value,
            _ => f64::NAN,
        };
        let age = schema.part(schema.entry(*fact).part).max_age;
        let at = entry.stale.then(|| stale_at(now, age));
        if let Some(scores) = context.scores.known_mut() {
            let mut score = Score::new(value);
            score.at = at;
            scores.values.insert(name.clone(), score);
        }
    }
    fill_lists(&mut context, world, schema, maker);
    for fact in &world.stale {
        let entry = schema.entry(*fact);
        if world.facts.contains_key(fact) || world.lists.contains_key(fact) {
            let at = stale_at(now, schema.part(entry.part).max_age);
            fields::date(&mut context, &entry.path, at);
        }
    }
    for fact in &world.newer {
        fields::date(&mut context, &schema.entry(*fact).path, now);
    }
    fields::date_onboarding(&mut context, now);
    context
}

fn fill_lists(context: &mut Context, world: &World, schema: &Schema, maker: Maker) {
    for (fact, listed) in &world.lists {
        let entry = schema.entry(*fact);
        match &entry.origin {
            Origin::Attribute(name) => {
                if let Some(attributes) = context.attributes.known_mut() {
                    let value = Attribute::Texts(fields::texts(&listed.elements));
                    attributes.values.insert(name.clone(), value);
                }
            }
            Origin::Context(_) => maker.fill(context, schema, *fact, listed),
            _ => {}
        }
    }
}

/// Returns when the cart changed, if nothing is asked of that: it is as old as
/// the newer of that and its part.
fn cart_at(world: &World, schema: &Schema) -> Timestamp {
    let now = Timestamp::from_millis(world.now);
    let Some(cart) = schema.find_part(CART) else { return now };
    let is_stale = world.parts.get(&cart).is_some_and(|cart| !cart.fresh)
        || world.stale.iter().any(|fact| schema.entry(*fact).part == cart);
    if is_stale { stale_at(now, schema.part(cart).max_age) } else { now }
}

/// The part that has an age of its own within another.
const CART: &str = "purchases.cart";

/// Makes a request as a world says.
pub(super) fn request(world: &World, schema: &Schema, otherwise: Channel) -> Request {
    let fact = |path: &str| schema.find(path).and_then(|fact| world.facts.get(&fact));
    let channel = match fact("request.channel") {
        Some(Datum::Word(code)) => Channel::ALL.get(usize::from(*code)).copied(),
        _ => None,
    };
    let mut request = Request::new(Timestamp::from_millis(world.now), channel.unwrap_or(otherwise));
    if let Some(Datum::Text(text) | Datum::OtherText(text)) = fact("request.intent") {
        request.intent = Some(text.clone());
    }
    request
}

/// Delivers the parts, as old as they have to be.
fn deliver(context: &mut Context, world: &World, schema: &Schema) {
    let mut groups: BTreeMap<&str, Vec<(&PartEntry, Delivered)>> = BTreeMap::new();
    for (id, delivered) in &world.parts {
        let part = schema.part(*id);
        let name = part.name.split('.').next().unwrap_or_default();
        groups.entry(name).or_default().push((part, *delivered));
    }
    for (name, mut parts) in groups {
        let is_told = parts.iter().all(|(_, delivered)| delivered.told);
        if parts.len() > 1 && schema.find(CART).is_some_and(|cart| world.facts.contains_key(&cart))
        {
            // A cart that changed just now is fresh, however old its part is.
            parts.retain(|(part, delivered)| part.name != CART || !delivered.fresh);
        }
        let as_of = as_of(Timestamp::from_millis(world.now), &parts, is_told);
        put(context, name, as_of);
    }
}

fn put(context: &mut Context, name: &str, as_of: AsOf) {
    match name {
        "support" => context.support = Part::Known(Support::new(as_of)),
        "purchases" => context.purchases = Part::Known(Purchases::new(as_of)),
        "device" => context.device = Part::Known(Device::new(as_of)),
        "recency" => context.recency = Part::Known(Recency::new(as_of)),
        "consent" => context.consent = Part::Known(Consent::new(as_of)),
        "history" => context.history = Part::Known(History::new(as_of)),
        "subscription" => context.subscription = Part::Known(Subscription::new(as_of)),
        "feedback" => context.feedback = Part::Known(Feedback::new(as_of)),
        "scores" => context.scores = Part::Known(Scores::new(as_of)),
        "profile" => context.profile = Part::Known(Profile::new(as_of)),
        "appointments" => context.appointments = Part::Known(Appointments::new(as_of)),
        "attributes" => context.attributes = Part::Known(Attributes::new(as_of)),
        _ => {}
    }
}

/// What stands for the source where single events tell of a part.
const EVENTS: &str = "(events)";

const MINUTE: Duration = Duration::minutes(1);

/// Dates parts that are delivered together so that each is as fresh as it has
/// to be.
fn as_of(now: Timestamp, parts: &[(&PartEntry, Delivered)], is_told: bool) -> AsOf {
    let limits = parts.iter().flat_map(|(part, _)| {
        let own = std::iter::once(part.max_age);
        own.chain(part.sources.iter().map(|(_, max_age)| *max_age)).flatten()
    });
    let mut ages = vec![Duration::ZERO];
    for limit in limits {
        ages.extend([limit + MINUTE, limit + Duration::from_millis(1)]);
    }
    // What never ages can still be dated ahead of now.
    ages.push(Duration::from_millis(-MINUTE.as_millis()));
    ages.sort_unstable();
    ages.rotate_left(1);
    let fits = |age: &&Duration| {
        parts.iter().all(|(part, delivered)| {
            let mut limits: Vec<Option<Duration>> =
                part.sources.iter().map(|(_, max_age)| *max_age).collect();
            if limits.is_empty() {
                limits.push(part.max_age);
            }
            let is_fresh = **age >= Duration::ZERO
                && limits.iter().all(|limit| limit.is_none_or(|limit| **age <= limit));
            is_fresh == delivered.fresh
        })
    };
    let age = ages.iter().find(fits).copied().unwrap_or(Duration::ZERO);
    let time = now - age;
    let sources = parts.iter().flat_map(|(part, _)| &part.sources);
    // What stands for events is forgotten where a source is needed.
    let events = (!is_told).then(|| EVENTS.to_owned());
    let dated = sources.map(|(source, _)| source.clone()).chain(events);
    AsOf::sources(dated.map(|source| (source, time))).unwrap_or_else(|| AsOf::from(time))
}

/// Dates a score so that it is stale.
fn stale_at(now: Timestamp, max_age: Option<Duration>) -> Timestamp {
    match max_age {
        Some(max_age) => now - max_age - MINUTE,
        None => now + MINUTE,
    }
}

fn attribute(datum: &Datum, ty: &Type) -> Attribute {
    match datum {
        Datum::Bool(value) => Attribute::Bool(*value),
        Datum::Int(value) => Attribute::Int(*value),
        Datum::Double(value) => Attribute::Double(*value),
        Datum::Text(text) | Datum::OtherText(text) => Attribute::Text(text.clone()),
        Datum::Word(code) => match ty {
            Type::Word(words) => Attribute::Text(words.word(*code).to_owned()),
            _ => Attribute::Null,
        },
        Datum::Time(millis) => Attribute::from(Timestamp::from_millis(*millis)),
        // Something of another type.
        Datum::Invalid if *ty == Type::Bool => Attribute::Int(0),
        Datum::Invalid => Attribute::Bool(false),
        Datum::Present | Datum::Length(_) | Datum::List(_) => Attribute::Null,
    }
}

/// Tells whether a world can be written as JSON and read back: a setter takes
/// times and numbers that a document may not have.
pub(super) fn can_be_written(world: &World, schema: &Schema) -> bool {
    let is_fine = |datum: &Datum, fact: FactId| {
        let entry = schema.entry(fact);
        *datum != Datum::Invalid
            || matches!(entry.origin, Origin::Attribute(_))
            || *entry.fact.ty() == Type::Int
    };
    let facts = world.facts.iter().all(|(fact, datum)| is_fine(datum, *fact));
    let entries = world.entries.values().all(|entry| entry.value != Datum::Invalid);
    let fields = world.lists.values().flat_map(|listed| &listed.elements);
    let fields = fields.clone().all(|element| match element {
        super::world::Element::Record(fields) => {
            fields.values().all(|datum| *datum != Datum::Invalid)
        }
        super::world::Element::Value(datum) => *datum != Datum::Invalid,
    });
    // What nobody vouches for is not complete, but for a setter.
    let lists = world.lists.iter().all(|(list, listed)| {
        let entry = schema.entry(*list);
        let is_told = world.parts.get(&entry.part).is_none_or(|part| part.told);
        is_told || !listed.complete || !matches!(entry.fact.ty(), Type::Records(_))
    });
    facts && entries && fields && lists && Timestamp::from_millis(world.now).is_plausible()
}
