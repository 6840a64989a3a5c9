//! The vectors: an event of another system a line, and what it says.

use std::collections::BTreeSet;
use std::fs;

use serde_json::Value;
use tactful::adapters::Mapping;
use tactful::context::Event;
use tactful::{ConsentStatus, Context, Metric, Purpose};

use crate::reading::{
    answers, carts, contacts, devices, event_by, grants, interactions, kinds, orders, profiles,
    refunds, subscriptions, tickets, views, was_there,
};

/// Kinds that say nothing which a context holds, but perhaps that the customer
/// was there.
const HELD_NOWHERE: [&str; 3] = ["payment_failed", "experiment_exposed", "cart_updated"];

#[test]
fn every_vector_is_read_as_it_says() {
    let path = format!("{}/tests/vectors/analytics/event_shapes.jsonl", env!("CARGO_MANIFEST_DIR"));
    let text = fs::read_to_string(path).unwrap();
    let lines: Vec<Value> = text.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert!(lines.len() >= 12, "only {} vectors", lines.len());
    let failures: Vec<String> = lines.iter().flat_map(failures).collect();
    assert!(failures.is_empty(), "\n{}", failures.join("\n"));
}

/// Returns what a line expects and does not find.
fn failures(line: &Value) -> Vec<String> {
    let case = line["case"].as_str().unwrap();
    let source = line["source"].as_str().unwrap();
    let event = event_by(source, &line["raw"], &Mapping::new());
    let mut context = Context::new();
    context.apply(&event).unwrap_or_else(|error| panic!("{case}: {error}"));
    let expected = line["expect"].as_object().unwrap();
    let wrong = expected.iter().filter_map(|(key, value)| {
        let found = said(&event, key, value);
        (found != *value).then(|| format!("{case}: {key} is {found}, not {value}\n  {event:?}"))
    });
    wrong.collect()
}

fn json(value: impl serde::Serialize) -> Value {
    serde_json::to_value(value).unwrap()
}

/// Returns what an event says under a key of the vectors; for what can be told
/// only from what is expected, that itself if it is so.
fn said(event: &Event, key: &str, expected: &Value) -> Value {
    let confirmed = |is_so: bool| if is_so { expected.clone() } else { json(kinds(event)) };
    match key {
        "note" => expected.clone(),
        "kind" => confirmed(is_kind(event, expected.as_str().unwrap())),
        "user_id" | "into" => json(&event.user_id),
        "anonymous_id" | "from" => json(&event.anonymous_id),
        "event_id" => json(&event.id),
        "occurred_at_ms" => json(event.at.as_millis()),
        "source" => json(&event.source),
        "warnings" => json(event.warnings.iter().map(|one| &one.path).collect::<Vec<_>>()),
        "order_id" | "amount_minor" | "currency" | "units" | "status" => of_order(event, key),
        "categories" if expected.is_object() => consents(event, expected),
        "categories" => json(orders(event).first().and_then(|order| order.categories.clone())),
        "product_id" => json(views(event).first().and_then(|view| view.product_id.clone())),
        "category" => json(views(event).first().and_then(|view| view.category.clone())),
        "promotion_id" | "campaign_id" | "offer_id" | "action" => {
            json(interactions(event).first().map(|one| one.action.clone()))
        }
        "outcome" => json(interactions(event).first().map(|one| one.outcome)),
        "form_factor" | "os" | "platform" | "environment" | "app_version" | "locale" => {
            of_device(event, key)
        }
        "timezone" | "time_zone" | "plan" | "role" | "group_id" | "country" | "language"
        | "joined_at_ms" | "age_years" => of_profile(event, key),
        "trial_ends_at_ms" => {
            let ends = subscriptions(event).first().and_then(|one| one.trial_ends_at);
            json(ends.map(|time| time.as_millis()))
        }
        "started_at_ms" | "ended_at_ms" => of_contact(event, key),
        _ => of_ticket(event, key, expected),
    }
}

fn is_kind(event: &Event, kind: &str) -> bool {
    let kinds = kinds(event);
    if HELD_NOWHERE.contains(&kind) && !kinds.contains(kind) {
        let nothing: BTreeSet<&str> =
            ["seen", "device", "profile", "identified", "identities_merged"].into();
        return kinds.is_subset(&nothing);
    }
    kinds.contains(kind) && (kind != "seen" || was_there(event))
}

fn of_order(event: &Event, key: &str) -> Value {
    let (orders, refunds, carts) = (orders(event), refunds(event), carts(event));
    let money = orders
        .first()
        .and_then(|order| order.total)
        .or_else(|| refunds.first().and_then(|refund| refund.amount))
        .or_else(|| carts.first().and_then(|cart| cart.value));
    match key {
        "order_id" => {
            let ids = orders.iter().map(|order| &order.id);
            let ticket = tickets(event).first().and_then(|ticket| ticket.order_id.clone());
            let id = ids.chain(refunds.iter().map(|refund| &refund.order_id)).next();
            json(id.cloned().or(ticket))
        }
        "amount_minor" => json(money.map(|money| money.minor)),
        "currency" => json(money.map(|money| money.currency)),
        "units" => {
            let cart = carts.first().map(|cart| cart.units);
            json(orders.first().and_then(|order| order.units).or(cart))
        }
        _ => json(match subscriptions(event).first().and_then(|one| one.status) {
            Some(status) => Some(status.as_str()),
            None => orders.first().and_then(|order| Some(order.status?.as_str())),
        }),
    }
}

/// Categories of a banner, by the purposes they have by default.
fn consents(event: &Event, expected: &Value) -> Value {
    let status = |category: &str| {
        let purpose = match category {
            "Advertising" => Purpose::Marketing,
            "Analytics" => Purpose::Analytics,
            "Functional" => Purpose::Personalization,
            "DataSharing" => Purpose::Sharing,
            other => panic!("what is `{other}` for?"),
        };
        let found = grants(event).into_iter().find(|grant| grant.purpose == purpose);
        found.map_or(ConsentStatus::Unknown, |grant| grant.status)
    };
    let categories = expected.as_object().unwrap().keys();
    categories.map(|category| (category.clone(), json(status(category)))).collect()
}

fn of_device(event: &Event, key: &str) -> Value {
    let devices = devices(event);
    let Some(device) = devices.first() else {
        return Value::Null;
    };
    match key {
        "form_factor" => json(device.form_factor),
        "os" | "platform" => json(device.platform),
        "environment" => json(device.environment),
        "app_version" => json(&device.app_version),
        _ => json(&device.locale),
    }
}

fn of_profile(event: &Event, key: &str) -> Value {
    let profiles = profiles(event);
    let first = |field: fn(&tactful::context::Profile) -> Value| {
        let mut found = profiles.iter().map(|profile| field(profile));
        found.find(|value| !value.is_null()).unwrap_or_default()
    };
    match key {
        "timezone" | "time_zone" => first(|profile| json(&profile.time_zone)),
        "plan" => first(|profile| json(&profile.plan)),
        "role" => first(|profile| json(&profile.role)),
        "group_id" => first(|profile| json(&profile.group_id)),
        "country" => first(|profile| json(&profile.country)),
        "language" => first(|profile| json(&profile.language)),
        "age_years" => first(|profile| json(profile.age_years)),
        _ => first(|profile| json(profile.joined_at.map(|time| time.as_millis()))),
    }
}

fn of_contact(event: &Event, key: &str) -> Value {
    let contacts = contacts(event);
    let Some(contact) = contacts.first() else {
        return Value::Null;
    };
    match key {
        "started_at_ms" => json(contact.started_at.as_millis()),
        _ => json(contact.ended_at.map(|time| time.as_millis())),
    }
}

fn of_ticket(event: &Event, key: &str, expected: &Value) -> Value {
    let (tickets, contacts) = (tickets(event), contacts(event));
    let Some(ticket) = tickets.first() else {
        let channel = interactions(event).first().and_then(|one| one.channel);
        let contact = contacts.first();
        return match key {
            "channel" => json(contact.map(|contact| contact.channel).or(channel)),
            "topic" => json(contact.and_then(|contact| contact.topic)),
            "ticket_id" => json(contact.and_then(|contact| contact.ticket_id.clone())),
            other => panic!("what is `{other}`? {event:?}"),
        };
    };
    match key {
        "ticket_id" => json(&ticket.id),
        "state" => json(ticket.state),
        "is_open" => json(ticket.state.map(|state| !state.is_over())),
        "priority" => json(ticket.priority),
        "topic" => json(ticket.topic),
        "channel" => json(ticket.channel),
        "escalated" => json(ticket.escalated),
        "reopened" => json(ticket.reopened),
        "opened_at_ms" => json(ticket.opened_at.as_millis()),
        "updated_at_ms" => json(ticket.updated_at.as_millis()),
        "closed_at_ms" | "solved_at_ms" => json(ticket.closed_at.map(|time| time.as_millis())),
        "csat" => {
            let answers = answers(event);
            assert!(answers.iter().all(|answer| answer.metric == Metric::Csat));
            let score = answers.first().map(|answer| answer.score);
            match (expected.as_str(), score) {
                (Some("good"), Some(5)) | (Some("bad"), Some(1)) => expected.clone(),
                _ => json(score),
            }
        }
        other => panic!("what is `{other}`? {event:?}"),
    }
}
