//! Every row of the tables of names: states, priorities, channels, devices,
//! consent, events, identities.

use serde_json::{Value, json};
use tactful::adapters::{Mapping, Milestone, System};
use tactful::context::{Attribute, Change, Event};
use tactful::{
    Channel, ConsentStatus, Context, Environment, FormFactor, Metric, OnboardingStatus,
    OrderStatus, Outcome, Platform, Priority, Purpose, SubscriptionStatus, TicketState, Timestamp,
    Topic,
};

use crate::reading::{
    NOW, answers, carts, contacts, devices, event, event_by, grants, interactions, kinds,
    onboardings, order, orders, profiles, read, refunds, subscriptions, ticket, views, warned,
    was_there,
};

const AT: &str = "2026-03-02T10:15:30Z";

fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

/// Puts the fields of one object over those of another.
fn with(base: Value, more: Value) -> Value {
    let mut merged = base;
    for (key, value) in more.as_object().unwrap() {
        merged[key] = value.clone();
    }
    merged
}

fn zendesk(fields: Value) -> Value {
    with(json!({"id": 7, "created_at": AT, "updated_at": AT}), fields)
}

fn intercom(fields: Value) -> Value {
    with(json!({"id": "7", "created_at": 1_772_446_530, "updated_at": 1_772_446_530}), fields)
}

fn salesforce(fields: Value) -> Value {
    with(json!({"Id": "5", "CreatedDate": AT, "LastModifiedDate": AT}), fields)
}

fn servicenow(fields: Value) -> Value {
    let time = "2026-03-02 10:15:30";
    with(json!({"sys_id": "9", "opened_at": time, "sys_updated_on": time}), fields)
}

/// A field of a ticket for each word of a system, and nothing to warn of.
#[track_caller]
fn states(system: &str, rows: &[(Value, TicketState)]) {
    for (raw, state) in rows {
        let event = event(system, raw);
        assert_eq!(ticket(&event).state, Some(*state), "{raw}");
        assert_eq!(warned(&event), [""; 0], "{raw}");
    }
}

#[test]
fn states_of_zendesk() {
    use TicketState::*;
    let rows = [
        ("new", New),
        ("open", Open),
        ("pending", Pending),
        ("hold", OnHold),
        ("solved", Solved),
        ("closed", Closed),
        ("OPEN", Open),
    ];
    states("zendesk", &rows.map(|(word, state)| (zendesk(json!({"status": word})), state)));
    let custom = json!({"status": "open", "custom_status": {"status_category": "pending"}});
    states("zendesk", &[(zendesk(custom), Pending)]);
}

#[test]
fn states_of_intercom() {
    use TicketState::*;
    let of_tickets = [
        ("submitted", New),
        ("in_progress", Open),
        ("waiting_on_customer", Pending),
        ("resolved", Solved),
        ("closed", Closed),
    ];
    for (word, state) in of_tickets {
        let old = intercom(json!({"type": "ticket", "ticket_state": word}));
        let new = intercom(json!({"type": "ticket", "ticket_state": {"category": word}}));
        states("intercom", &[(old, state), (new, state)]);
    }
    let of_conversations = [("open", Open), ("snoozed", Pending), ("closed", Closed)];
    for (word, state) in of_conversations {
        states("intercom", &[(intercom(json!({"type": "conversation", "state": word})), state)]);
    }
    states("intercom", &[(intercom(json!({"open": true})), Open)]);
    states("intercom", &[(intercom(json!({"open": false})), Closed)]);
}

#[test]
fn states_of_salesforce() {
    use TicketState::*;
    let rows = [
        ("New", New),
        ("Working", Open),
        ("In Process", Open),
        ("Escalated", Open),
        ("Waiting on Customer", Pending),
        ("On Hold", OnHold),
        ("Resolved", Solved),
        ("Closed", Closed),
    ];
    states("salesforce", &rows.map(|(word, state)| (salesforce(json!({"Status": word})), state)));
}

#[test]
fn is_closed_wins_over_the_status_of_salesforce() {
    use TicketState::*;
    for (status, is_closed, state, warns) in [
        ("Working", false, Open, false),
        ("Working", true, Closed, false),
        ("Closed", false, Open, false),
        ("Resolved", true, Solved, false),
        ("On Hold", false, OnHold, false),
        ("Fertig", true, Closed, true),
        ("Beim Chef", false, Open, true),
    ] {
        let event =
            event("salesforce", &salesforce(json!({"Status": status, "IsClosed": is_closed})));
        assert_eq!(ticket(&event).state, Some(state), "{status} {is_closed}");
        assert_eq!(!event.warnings.is_empty(), warns, "{status} {is_closed}");
    }
}

#[test]
fn escalation_of_salesforce() {
    for (fields, escalated) in [
        (json!({"Status": "Working", "IsEscalated": true}), Some(true)),
        (json!({"Status": "Escalated"}), Some(true)),
        (json!({"Status": "Escalated", "IsEscalated": false}), Some(false)),
        (json!({"Status": "New"}), None),
    ] {
        assert_eq!(ticket(&event("salesforce", &salesforce(fields))).escalated, escalated);
    }
}

#[test]
fn states_of_servicenow() {
    use TicketState::*;
    let on_hold = |reason: &str| json!({"state": "3", "hold_reason": reason});
    let rows = [
        (json!({"state": "1"}), New),
        (json!({"state": 2}), Open),
        (on_hold("1"), Pending),
        (on_hold("3"), OnHold),
        (on_hold("4"), OnHold),
        (on_hold("5"), OnHold),
        (on_hold(""), OnHold),
        (on_hold("Awaiting Caller"), Pending),
        (on_hold("Awaiting Vendor"), OnHold),
        (json!({"state": "On Hold", "hold_reason": "Awaiting Change"}), OnHold),
        (json!({"state": "6"}), Solved),
        (json!({"state": "7"}), Closed),
        (json!({"state": "8"}), Closed),
        (json!({"state": "In Progress"}), Open),
        (json!({"state": {"value": "6", "display_value": "Gelöst"}}), Solved),
    ];
    states("servicenow", &rows.map(|(fields, state)| (servicenow(fields), state)));
}

#[test]
fn a_state_that_is_not_known_is_left_out_and_one_of_the_mapping_is_taken() {
    let mapping = Mapping::new().state("beim Lieferanten", TicketState::OnHold);
    for (system, path, raw) in [
        ("zendesk", "status", zendesk(json!({"status": "Beim Lieferanten"}))),
        ("intercom", "state", intercom(json!({"state": "Beim Lieferanten"}))),
        ("salesforce", "Status", salesforce(json!({"Status": "Beim Lieferanten"}))),
        ("servicenow", "state", servicenow(json!({"state": "Beim Lieferanten"}))),
    ] {
        let unknown = event(system, &raw);
        assert_eq!(ticket(&unknown).state, None, "{system}");
        assert_eq!(warned(&unknown), [path], "{system}");
        let known = event_by(system, &raw, &mapping);
        assert_eq!(ticket(&known).state, Some(TicketState::OnHold), "{system}");
        assert_eq!(warned(&known), [""; 0], "{system}");
    }
    let label = json!({"ticket_state": {"category": "submitted",
                                        "internal_label": "Beim Lieferanten"}});
    let known = event_by("intercom", &intercom(label), &mapping);
    assert_eq!(ticket(&known).state, Some(TicketState::OnHold));
}

#[test]
fn priorities() {
    use Priority::*;
    let words = [("low", Low), ("normal", Normal), ("high", High), ("urgent", Urgent)];
    for (word, priority) in words {
        let event = event("zendesk", &zendesk(json!({"priority": word})));
        assert_eq!(ticket(&event).priority, Some(priority));
    }
    let words = [("Low", Low), ("Medium", Normal), ("High", High), ("Critical", Urgent)];
    for (word, priority) in words {
        let event = event("salesforce", &salesforce(json!({"Priority": word})));
        assert_eq!(ticket(&event).priority, Some(priority));
    }
    for (number, priority) in [(1, Urgent), (2, High), (3, Normal), (4, Low), (5, Low)] {
        for value in [json!(number), json!(number.to_string()), json!(format!("{number} - X"))] {
            let event = event("servicenow", &servicenow(json!({"priority": value})));
            assert_eq!(ticket(&event).priority, Some(priority));
        }
    }
    for (value, priority) in [
        (json!("priority"), Some(High)),
        (json!("not_priority"), Some(Normal)),
        (json!(true), Some(High)),
        (Value::Null, Some(Normal)),
    ] {
        let event = event("intercom", &intercom(json!({"priority": value})));
        assert_eq!(ticket(&event).priority, priority);
    }
    let null = event("zendesk", &zendesk(json!({"priority": null})));
    assert_eq!(ticket(&null).priority, Some(Normal));
    let absent = event("zendesk", &zendesk(json!({})));
    assert_eq!(ticket(&absent).priority, None);
    let odd = event("zendesk", &zendesk(json!({"priority": "P0"})));
    assert_eq!((ticket(&odd).priority, warned(&odd)), (None, vec!["priority"]));
}

#[test]
fn topics_come_from_tags_reasons_and_categories() {
    let raws = [
        ("zendesk", zendesk(json!({"tags": ["vip", "Billing-Dispute"]}))),
        ("intercom", intercom(json!({"tags": {"tags": [{"name": "billing dispute"}]}}))),
        ("intercom", intercom(json!({"ticket_type": {"name": "Billing"}}))),
        ("salesforce", salesforce(json!({"Reason": "Billing"}))),
        ("servicenow", servicenow(json!({"category": "inquiry", "subcategory": "billing"}))),
    ];
    for (system, raw) in raws {
        let event = event(system, &raw);
        assert_eq!(ticket(&event).topic, Some(Topic::BillingDispute), "{raw}");
        assert_eq!(warned(&event), [""; 0], "{raw}");
    }
}

#[test]
fn a_topic_that_is_not_known_is_left_out() {
    let raw = zendesk(json!({"tags": ["vip", "rechnung_falsch"]}));
    let unknown = event("zendesk", &raw);
    assert_eq!(ticket(&unknown).topic, None);
    assert_eq!(warned(&unknown), ["tags[0]"]);
    let mapping = Mapping::new().topic("Rechnung falsch", Topic::Refund);
    assert_eq!(ticket(&event_by("zendesk", &raw, &mapping)).topic, Some(Topic::Refund));
    let none = event("zendesk", &zendesk(json!({"tags": []})));
    assert_eq!((ticket(&none).topic, warned(&none)), (None, vec![]));
}

#[test]
fn of_several_topics_the_gravest_holds() {
    for tags in [["how_to", "refund"], ["refund", "how_to"]] {
        let event = event("zendesk", &zendesk(json!({"tags": tags})));
        assert_eq!(ticket(&event).topic, Some(Topic::Refund));
        assert_eq!(event.warnings.len(), 1);
    }
}

#[test]
fn channels_of_help_desks() {
    use Channel::*;
    for (name, channel) in [
        ("web", Some(Web)),
        ("email", Some(Email)),
        ("mail", Some(Email)),
        ("chat", Some(Chat)),
        ("voice", Some(Phone)),
        ("phone", Some(Phone)),
        ("phone_call", Some(Phone)),
        ("mobile", Some(InApp)),
        ("mobile_sdk", Some(InApp)),
        ("native_messaging", Some(Chat)),
        ("whatsapp", Some(Whatsapp)),
        ("sms", Some(Sms)),
        ("facebook", Some(Social)),
        ("api", None),
        ("web_service", None),
    ] {
        let event = event("zendesk", &zendesk(json!({"via": {"channel": name}})));
        assert_eq!(ticket(&event).channel, channel, "{name}");
        assert_eq!(warned(&event), [""; 0], "{name}");
    }
    for (name, channel) in [("conversation", Chat), ("email", Email), ("instagram", Social)] {
        let event = event("intercom", &intercom(json!({"source": {"type": name}})));
        assert_eq!(ticket(&event).channel, Some(channel), "{name}");
    }
    for (name, channel) in [("Phone", Phone), ("Email", Email), ("Web", Web), ("Chat", Chat)] {
        let event = event("salesforce", &salesforce(json!({"Origin": name})));
        assert_eq!(ticket(&event).channel, Some(channel), "{name}");
    }
    for (name, channel) in
        [("phone", Phone), ("self-service", Web), ("walk-in", Store), ("virtual_agent", Chat)]
    {
        let event = event("servicenow", &servicenow(json!({"contact_type": name})));
        assert_eq!(ticket(&event).channel, Some(channel), "{name}");
    }
    let odd = event("salesforce", &salesforce(json!({"Origin": "Pigeon"})));
    assert_eq!((ticket(&odd).channel, warned(&odd)), (None, vec!["Origin"]));
    let post = event("salesforce", &salesforce(json!({"Origin": "Mail"})));
    assert_eq!(ticket(&post).channel, None, "elsewhere `mail` may be either");
}

#[test]
fn satisfaction() {
    for (score, gives) in
        [("good", Some(5)), ("bad", Some(1)), ("offered", None), ("unoffered", None)]
    {
        for rating in [json!({"score": score}), json!(score)] {
            let raw = zendesk(json!({"satisfaction_rating": rating}));
            let event = event("zendesk", &raw);
            let scores: Vec<i64> = answers(&event).iter().map(|answer| answer.score).collect();
            assert_eq!(scores, Vec::from_iter(gives), "{raw}");
            assert_eq!(warned(&event), [""; 0], "{raw}");
        }
    }
    let rating = json!({"conversation_rating": {"rating": 2, "created_at": 1_772_446_000}});
    let rated = event("intercom", &intercom(rating));
    let answer = answers(&rated)[0];
    assert_eq!((answer.metric, answer.score), (Metric::Csat, 2));
    assert_eq!(answer.answered_at.as_millis(), 1_772_446_000_000);
    assert_eq!(answer.ticket_id.as_deref(), Some("7"));
    let odd = event("intercom", &intercom(json!({"conversation_rating": {"rating": 6}})));
    assert!(answers(&odd).is_empty());
    assert_eq!(warned(&odd), ["conversation_rating.rating"]);
}

#[test]
fn a_case_that_is_over_says_when_it_ended() {
    let ended = "2026-03-02T09:00:00Z";
    for (system, raw) in [
        ("zendesk", zendesk(json!({"status": "closed", "metric_set": {"solved_at": ended}}))),
        (
            "intercom",
            intercom(json!({"state": "closed",
            "statistics": {"last_close_at": 1_772_442_000, "count_reopens": 2}})),
        ),
        ("salesforce", salesforce(json!({"IsClosed": true, "ClosedDate": ended}))),
        (
            "servicenow",
            servicenow(json!({"state": "7", "resolved_at": "",
            "closed_at": "2026-03-02 09:00:00"})),
        ),
    ] {
        let event = event(system, &raw);
        assert_eq!(ticket(&event).closed_at, Some(at(ended)), "{raw}");
    }
    let open = event("salesforce", &salesforce(json!({"IsClosed": false, "ClosedDate": ended})));
    assert_eq!(ticket(&open).closed_at, None, "it was reopened");
}

#[test]
fn cases_come_in_envelopes() {
    let ticket_of = |system: &str, raw: &Value| {
        let event = event(system, raw);
        (ticket(&event).id.clone(), event.id, event.user_id)
    };
    let bare = zendesk(json!({"external_id": "u-1"}));
    let some = |text: &str| Some(text.to_owned());
    assert_eq!(ticket_of("zendesk", &bare), ("7".to_owned(), None, some("u-1")));
    let wrapped = json!({"ticket": bare});
    assert_eq!(ticket_of("zendesk", &wrapped), ("7".to_owned(), None, some("u-1")));
    let detail = json!({"id": "e-1", "type": "zen:event-type:ticket.created", "detail": bare});
    assert_eq!(ticket_of("zendesk", &detail), ("7".to_owned(), some("e-1"), some("u-1")));
    let contacts = json!({"contacts": {"contacts": [{"id": "c", "external_id": "u-1"}]}});
    let hook = json!({"id": "n-1", "data": {"item": intercom(contacts)}});
    assert_eq!(ticket_of("intercom", &hook), ("7".to_owned(), some("n-1"), some("u-1")));
    let pushed =
        json!({"event": {"replayId": 9}, "sobject": salesforce(json!({"ContactId": "003"}))});
    assert_eq!(ticket_of("salesforce", &pushed), ("5".to_owned(), some("9"), some("003")));
    let record = servicenow(json!({"caller_id": {"value": "abc", "link": "https://x"}}));
    let result = json!({"result": record});
    assert_eq!(ticket_of("servicenow", &result), ("9".to_owned(), None, some("abc")));
}

#[test]
fn the_customer_is_where_the_mapping_says() {
    let mapping = Mapping::new().user_id_at("Contact.Number__c").source("crm-eu");
    let raw = salesforce(json!({"ContactId": "003", "Contact": {"Number__c": 4711}}));
    let event = event_by("salesforce", &raw, &mapping);
    assert_eq!(event.user_id.as_deref(), Some("4711"));
    assert_eq!(event.source.as_deref(), Some("crm-eu"));
}

#[test]
fn a_group_conversation_is_nobodys() {
    let contacts = json!({"contacts": {"contacts": [{"external_id": "a"}, {"external_id": "b"}]}});
    let event = event("intercom", &intercom(contacts));
    assert_eq!((event.user_id.as_deref(), warned(&event)), (None, vec!["contacts.contacts"]));
}

fn track(name: &str, properties: Value) -> Value {
    json!({"type": "track", "messageId": "m-1", "userId": "u-1", "timestamp": AT,
           "event": name, "properties": properties})
}

fn in_browser(name: &str, properties: Value) -> Value {
    let client = json!({"channel": "browser", "userAgentData": {"mobile": false}});
    with(track(name, properties), json!({"context": client}))
}

#[test]
fn events_of_segment() {
    let products = json!([{"product_id": "a", "quantity": 2, "price": 9.99}]);
    let cart = json!({"products": products, "currency": "EUR"});
    let rows = [
        ("Order Completed", json!({"order_id": "o"}), "order_completed"),
        ("Order Updated", json!({"order_id": "o", "status": "delayed"}), "order_updated"),
        ("Order Cancelled", json!({"order_id": "o"}), "order_cancelled"),
        ("Order Refunded", json!({"order_id": "o"}), "order_refunded"),
        ("Product Viewed", json!({"product_id": "p"}), "product_viewed"),
        ("Product Added", json!({"product_id": "p"}), "seen"),
        ("Product Removed", json!({"product_id": "p"}), "seen"),
        ("Cart Viewed", cart.clone(), "cart_updated"),
        ("Checkout Started", cart, "checkout_started"),
        ("Application Opened", json!({}), "seen"),
        ("Promotion Viewed", json!({"promotion_id": "p"}), "offer_shown"),
        ("Promotion Clicked", json!({"promotion_id": "p"}), "offer_clicked"),
        ("Email Delivered", json!({"campaign_id": "c"}), "offer_shown"),
        ("Email Opened", json!({"campaign_id": "c"}), "offer_shown"),
        ("Email Link Clicked", json!({"campaign_id": "c"}), "offer_clicked"),
        ("Push Notification Received", json!({"campaign": {"name": "c"}}), "offer_shown"),
        ("Push Notification Tapped", json!({"campaign": {"name": "c"}}), "offer_clicked"),
        ("Unsubscribed", json!({}), "consent_changed"),
        ("Email Marked as Spam", json!({}), "consent_changed"),
        ("Live Chat Conversation Started", json!({"conversation_id": "x"}), "contact_started"),
        ("Live Chat Conversation Ended", json!({"conversation_duration": 60}), "contact_ended"),
        ("Trial Started", json!({"trial_end_date": NOW}), "subscription_changed"),
        ("Trial Ended", json!({}), "subscription_changed"),
        ("Account Created", json!({}), "subscription_changed"),
        ("Account Deleted", json!({}), "subscription_changed"),
        ("Signed Up", json!({}), "milestone_reached"),
        ("Signed In", json!({}), "seen"),
        ("Experiment Viewed", json!({"experiment_id": "e"}), "seen"),
    ];
    for (name, properties, kind) in rows {
        let event = event("segment", &track(name, properties.clone()));
        assert!(kinds(&event).contains(kind), "{name}: {event:?}");
        let lower = track(&name.to_lowercase().replace(' ', "_"), properties);
        assert_eq!(crate::reading::event("segment", &lower).changes, event.changes, "{name}");
    }
}

#[test]
fn what_is_tracked_besides_says_nothing() {
    for name in ["Lamp Lit", "Email Bounced", "Live Chat Message Received"] {
        let event = event("segment", &in_browser(name, json!({})));
        assert_eq!(event.changes, [], "{name}");
    }
    let mapping = Mapping::new()
        .event("Bestellung", "Order Completed")
        .milestone("Lamp Lit", Milestone::new(OnboardingStatus::Done).step("lamp"));
    let ordered = event_by("segment", &track("Bestellung", json!({"order_id": "o"})), &mapping);
    assert_eq!(order(&ordered).id, "o");
    let lit = event_by("segment", &track("lamp lit", json!({})), &mapping);
    let onboarding = onboardings(&lit)[0];
    assert_eq!(onboarding.status, OnboardingStatus::Done);
    assert_eq!(onboarding.step.as_deref(), Some("lamp"));
    assert_eq!(onboarding.updated_at, Some(at(AT)));
}

#[test]
fn orders_of_segment() {
    let properties = json!({"order_id": 501, "total": "1200.5", "currency": "jpy",
        "products": [{"quantity": 2, "category": "Games"}, {"quantity": 1, "category": "Books"},
                     {"quantity": 1, "category": "Games"}]});
    let event = event("segment", &in_browser("Order Completed", properties));
    let order = order(&event);
    assert_eq!(order.id, "501");
    assert_eq!(order.total.map(|money| money.minor), Some(1_200), "half to even");
    assert_eq!(order.units, Some(4));
    assert_eq!(order.categories, Some(vec!["Games".to_owned(), "Books".to_owned()]));
    assert_eq!(order.channel, Some(Channel::Web));
    assert_eq!(order.placed_at, at(AT));
    assert!(was_there(&event));
}

#[test]
fn what_became_of_an_order() {
    let status = |name: &str, state: &str| {
        let properties =
            json!({"order_id": "o", "status": state, "placed_at": "2026-03-01T00:00:00Z"});
        let event = event("segment", &track(name, properties));
        let order = order(&event).clone();
        assert_eq!(order.placed_at, at("2026-03-01T00:00:00Z"));
        assert_eq!(order.updated_at, Some(at(AT)));
        (order.status, event.warnings.len())
    };
    for state in OrderStatus::ALL {
        assert_eq!(status("Order Updated", state.as_str()), (Some(*state), 0));
    }
    assert_eq!(status("Order Updated", "in transit"), (Some(OrderStatus::Shipped), 0));
    assert_eq!(status("Order Updated", "verzögert"), (None, 1));
    assert_eq!(status("Order Cancelled", "x"), (Some(OrderStatus::Cancelled), 0));
}

#[test]
fn the_time_of_the_order_survives_what_becomes_of_it() {
    let mut context = Context::new();
    let placed = track("Order Completed", json!({"order_id": "o", "total": 5, "currency": "EUR"}));
    let mut cancelled = track("Order Cancelled", json!({"order_id": "o"}));
    cancelled["timestamp"] = json!("2026-03-09T10:15:30Z");
    for raw in [&cancelled, &placed] {
        context.apply(&event("segment", raw)).unwrap();
    }
    let order = &context.purchases.known().unwrap().orders.items()[0];
    assert_eq!(order.status, Some(OrderStatus::Cancelled));
    assert_eq!(order.placed_at, at(AT));
}

#[test]
fn refunds_of_segment() {
    let refund = |properties: Value| {
        let event = event("segment", &track("Order Refunded", properties));
        let refund = refunds(&event).first().map(|refund| refund.amount.map(|money| money.minor));
        (refund, warned(&event).join(" "))
    };
    assert_eq!(refund(json!({"order_id": "o"})), (Some(None), String::new()));
    let partial = json!({"order_id": "o", "total": 2.675, "currency": "USD"});
    assert_eq!(refund(partial), (Some(Some(268)), String::new()));
    // Without its amount, a part would become the whole.
    let no_currency = json!({"order_id": "o", "total": 2});
    assert_eq!(refund(no_currency), (None, "properties.total".to_owned()));
    let of_products = json!({"order_id": "o", "products": [{"product_id": "a"}]});
    assert_eq!(refund(of_products), (None, "properties.total".to_owned()));
}

#[test]
fn amounts_that_cannot_be_read_are_left_out() {
    for (total, currency, path) in [
        (json!(1), json!("EURO"), "properties.currency properties.total"),
        (json!(1), Value::Null, "properties.total"),
        (json!("NaN"), json!("EUR"), "properties.total"),
        (json!("Infinity"), json!("EUR"), "properties.total"),
        (json!("1,50"), json!("EUR"), "properties.total"),
        (json!(-1), json!("EUR"), "properties.total"),
        (json!(1e30), json!("EUR"), "properties.total"),
        (json!([1]), json!("EUR"), "properties.total"),
    ] {
        let properties = json!({"order_id": "o", "total": total, "currency": currency});
        let event = event("segment", &track("Order Completed", properties.clone()));
        assert_eq!(order(&event).total, None, "{properties}");
        assert_eq!(warned(&event).join(" "), path, "{properties}");
    }
    let mapping = Mapping::new().currency("EUR".parse().unwrap());
    let plain = track("Order Completed", json!({"order_id": "o", "total": 1}));
    let event = event_by("segment", &plain, &mapping);
    assert_eq!(order(&event).total.map(|money| money.minor), Some(100));
}

#[test]
fn revenue_is_not_what_was_paid() {
    let properties = json!({"order_id": "o", "revenue": 5, "currency": "EUR"});
    let event = event("segment", &track("Order Completed", properties));
    assert_eq!(order(&event).total, None);
    assert_eq!(warned(&event), ["properties.revenue"]);
}

#[test]
fn carts_of_segment() {
    let cart = |name: &str, properties: Value| {
        let event = event("segment", &track(name, properties));
        let cart = carts(&event).first().map(|cart| (cart.units, cart.value.map(|one| one.minor)));
        (cart, warned(&event).join(" "))
    };
    let products = json!([{"quantity": 3, "price": "0.10"}, {"quantity": 1, "price": 0.2}]);
    let priced = json!({"products": products, "currency": "EUR"});
    assert_eq!(cart("Cart Viewed", priced), (Some((4, Some(50))), String::new()));
    assert_eq!(cart("Cart Viewed", json!({"products": []})), (Some((0, None)), String::new()));
    let unknown = (None, "properties.products".to_owned());
    assert_eq!(cart("Cart Viewed", json!({})), unknown);
    let uncounted = json!({"products": [{"price": 1}]});
    let paths = "properties.products[0].quantity properties.products".to_owned();
    assert_eq!(cart("Cart Viewed", uncounted), (None, paths));
    assert_eq!(cart("Product Added", json!({"quantity": 1, "price": 1})), (None, String::new()));
    let valued = json!({"products": [{"quantity": 1}], "value": 7, "currency": "EUR"});
    assert_eq!(cart("Checkout Started", valued.clone()), (Some((1, Some(700))), String::new()));
    let started = event("segment", &track("Checkout Started", valued));
    assert_eq!(carts(&started)[0].checkout_started_at, Some(at(AT)));
    let ordered = json!({"order_id": "o", "checkout_id": "c"});
    assert_eq!(cart("Order Completed", ordered), (Some((0, None)), String::new()));
}

#[test]
fn who_was_there_and_with_what() {
    let page = |context: Value| {
        let raw = json!({"type": "page", "anonymousId": "a", "timestamp": AT, "context": context});
        event("segment", &raw)
    };
    let hints = json!({"userAgentData": {"mobile": true, "platform": "Chrome OS",
        "formFactors": ["Mobile", "Tablet"]}, "locale": "de-AT", "timezone": "Europe/Vienna"});
    let web = page(hints);
    let device = devices(&web)[0];
    assert_eq!(device.form_factor, Some(FormFactor::Tablet));
    assert_eq!(device.platform, Some(Platform::ChromeOs));
    assert_eq!(device.environment, Some(Environment::Browser));
    assert_eq!(device.locale.as_deref(), Some("de-AT"));
    assert_eq!(profiles(&web)[0].time_zone.as_deref(), Some("Europe/Vienna"));
    let native =
        page(json!({"channel": "mobile", "device": {"type": "ios"}, "os": {"name": "iOS"},
                             "app": {"version": "4.2"}}));
    let device = devices(&native)[0];
    assert_eq!((device.form_factor, device.platform), (None, Some(Platform::Ios)));
    assert_eq!(device.environment, Some(Environment::App));
    assert_eq!(device.app_version.as_deref(), Some("4.2"));
    assert!(was_there(&page(json!({}))));
    let server = page(json!({"channel": "server", "timezone": "UTC"}));
    assert_eq!(server.changes, [], "a server is not the customer");
    let odd = page(json!({"channel": "browser", "userAgentData": {"platform": "Fridge OS"}}));
    assert_eq!(warned(&odd), ["context.userAgentData.platform"]);
}

#[test]
fn platforms_and_shapes() {
    for (name, platform) in [
        ("Android", Platform::Android),
        ("Chrome OS", Platform::ChromeOs),
        ("Chromium OS", Platform::ChromeOs),
        ("iOS", Platform::Ios),
        ("Linux", Platform::Linux),
        ("macOS", Platform::Macos),
        ("Windows", Platform::Windows),
    ] {
        let raw = with(
            json!({"type": "page", "timestamp": AT}),
            json!({"context": {"userAgentData": {"platform": name}}}),
        );
        assert_eq!(devices(&event("segment", &raw))[0].platform, Some(platform), "{name}");
    }
    for (name, shape) in [
        ("mobile", FormFactor::Mobile),
        ("tablet", FormFactor::Tablet),
        ("desktop", FormFactor::Desktop),
        ("television", FormFactor::Tv),
        ("settop", FormFactor::Tv),
        ("ereader", FormFactor::Eink),
    ] {
        let raw = xdm("application.launch", json!({"device": {"type": name}}));
        assert_eq!(devices(&event("xdm", &raw))[0].form_factor, Some(shape), "{name}");
    }
}

#[test]
fn offers_are_actions() {
    let mapping = Mapping::new().action("p-1", "premium-upgrade");
    let rows = [
        ("Promotion Viewed", json!({"promotion_id": "p-1"}), Outcome::Impression, Channel::Web),
        ("Promotion Clicked", json!({"promotion_id": "p-1"}), Outcome::Click, Channel::Web),
        ("Email Delivered", json!({"campaign_id": "p-1"}), Outcome::Delivered, Channel::Email),
        ("Email Opened", json!({"campaign_id": "p-1"}), Outcome::Impression, Channel::Email),
        ("Email Link Clicked", json!({"campaign_id": "p-1"}), Outcome::Click, Channel::Email),
        (
            "Push Notification Received",
            json!({"campaign_id": "p-1"}),
            Outcome::Delivered,
            Channel::Push,
        ),
        ("Push Notification Tapped", json!({"campaign_id": "p-1"}), Outcome::Click, Channel::Push),
    ];
    for (name, properties, outcome, channel) in rows {
        let event = event_by("segment", &in_browser(name, properties), &mapping);
        let interaction = interactions(&event)[0];
        assert_eq!(interaction.action, "premium-upgrade");
        assert_eq!((interaction.outcome, interaction.channel), (outcome, Some(channel)), "{name}");
        assert_eq!(interaction.at, at(AT));
    }
    let nameless = event("segment", &track("Promotion Viewed", json!({"creative": "banner"})));
    assert!(interactions(&nameless).is_empty());
    assert_eq!(warned(&nameless), ["properties.promotion_id"]);
}

fn consent(preferences: Value) -> Value {
    with(
        track("Segment Consent Preference Updated", Value::Null),
        json!({"context": {"consent": preferences}}),
    )
}

fn answers_of(event: &Event) -> Vec<(Purpose, ConsentStatus)> {
    let mut answers: Vec<_> =
        grants(event).iter().map(|grant| (grant.purpose, grant.status)).collect();
    answers.dedup();
    answers
}

/// A yes to a banner is no leave to write or to call; a no is a no everywhere.
#[test]
fn consent_of_a_banner_is_for_what_is_shown_there() {
    let channels = |is_granted: bool| {
        let told = consent(json!({"categoryPreferences": {"Advertising": is_granted}}));
        let told = event("segment", &told);
        grants(&told).iter().map(|grant| grant.channel).collect::<Vec<_>>()
    };
    assert_eq!(channels(true), [Some(Channel::Web), Some(Channel::InApp)]);
    assert_eq!(channels(false), [None]);
}

#[test]
fn consent_of_segment() {
    use ConsentStatus::{Denied, Granted};
    let some = consent(json!({"categoryPreferences": {"Advertising": true, "Analytics": false}}));
    let told = event("segment", &some);
    assert_eq!(answers_of(&told), [(Purpose::Marketing, Granted), (Purpose::Analytics, Denied)]);
    assert!(grants(&told).iter().all(|grant| grant.changed_at == at(AT)));
    assert_eq!(answers_of(&event("segment", &consent(json!({})))), []);
    let none = event("segment", &consent(json!({"categoryPreferences": {}})));
    assert_eq!(answers_of(&none).len(), 4);
    assert!(answers_of(&none).iter().all(|(_, status)| *status == Denied));
    let odd = event("segment", &consent(json!({"categoryPreferences": {"C0004": true}})));
    assert_eq!(answers_of(&odd), []);
    assert_eq!(warned(&odd), ["context.consent.categoryPreferences.C0004"]);
    let mapping =
        Mapping::new().purpose("C0004", Purpose::Marketing).purpose("C0005", Purpose::Marketing);
    let two = consent(json!({"categoryPreferences": {"C0004": true, "C0005": false}}));
    assert_eq!(answers_of(&event_by("segment", &two, &mapping)), [(Purpose::Marketing, Denied)]);
}

#[test]
fn consent_is_stamped_on_events_only_if_asked_for() {
    let raw = with(
        in_browser("Product Viewed", json!({"product_id": "p"})),
        json!({"context": {"consent": {"categoryPreferences": {"Advertising": true}}}}),
    );
    assert_eq!(answers_of(&event("segment", &raw)), []);
    let mapping = Mapping::new().stamped_consent(true);
    let granted = [(Purpose::Marketing, ConsentStatus::Granted)];
    assert_eq!(answers_of(&event_by("segment", &raw, &mapping)), granted);
}

#[test]
fn unsubscribing_is_about_marketing_by_e_mail() {
    for (system, raw) in [
        ("segment", track("Unsubscribed", json!({}))),
        ("segment", track("Email Marked as Spam", json!({}))),
        ("xdm", xdm("directMarketing.emailUnsubscribed", json!({}))),
    ] {
        let event = event(system, &raw);
        let grant = grants(&event)[0];
        assert_eq!(grant.channel, Some(Channel::Email));
        assert_eq!(answers_of(&event), [(Purpose::Marketing, ConsentStatus::Denied)]);
    }
}

#[test]
fn people_of_segment() {
    let raw = json!({"type": "identify", "userId": "u-1", "anonymousId": "a-1", "timestamp": AT,
        "traits": {"plan": "basic", "role": "admin", "age": 44, "timezone": "Europe/Vienna",
            "createdAt": "2025-01-01T00:00:00Z", "address": {"country": "AT"}, "language": "de",
            "company": {"id": "c-1"}, "segments": ["a", "b"], "shoe_size": 42}});
    let mapping = Mapping::new().attribute("shoe_size", "shoes");
    let identified = event_by("segment", &raw, &mapping);
    let profile = profiles(&identified)[0];
    assert_eq!(profile.plan.as_deref(), Some("basic"));
    assert_eq!(profile.role.as_deref(), Some("admin"));
    assert_eq!(profile.age_years, Some(44));
    assert_eq!(profile.country.as_deref(), Some("AT"));
    assert_eq!(profile.language.as_deref(), Some("de"));
    assert_eq!(profile.time_zone.as_deref(), Some("Europe/Vienna"));
    assert_eq!(profile.group_id.as_deref(), Some("c-1"));
    assert_eq!(profile.joined_at, Some(at("2025-01-01T00:00:00Z")));
    assert_eq!(profile.segments.as_ref().map(Vec::len), Some(2));
    assert!(
        identified.changes.contains(&Change::Attribute("shoes".to_owned(), Attribute::Int(42)))
    );
    assert!(!was_there(&identified));
    let group = json!({"type": "group", "userId": "u-1", "timestamp": AT, "groupId": "g-1"});
    assert_eq!(profiles(&event("segment", &group))[0].group_id.as_deref(), Some("g-1"));
    let alias = json!({"type": "alias", "userId": "u-1", "previousId": "a-0", "timestamp": AT});
    let joined = event("segment", &alias);
    assert_eq!(joined.anonymous_id.as_deref(), Some("a-0"));
    let mut context = Context::new();
    context.apply(&joined).unwrap();
    assert_eq!(context.user_id.as_deref(), Some("u-1"));
    assert_eq!(context.anonymous_ids, ["a-0"]);
}

#[test]
fn placeholders_are_nobody() {
    for id in ["0", "00000000-0000-0000-0000-000000000000", "-1", "null", "anonymous"] {
        let raw = json!({"type": "page", "userId": id, "anonymousId": id, "timestamp": AT});
        let event = event("segment", &raw);
        assert_eq!((event.user_id.as_deref(), event.anonymous_id.as_deref()), (None, None));
        assert_eq!(warned(&event), ["userId", "anonymousId"], "{id}");
    }
    let empty = json!({"type": "page", "userId": "", "anonymousId": null, "timestamp": AT});
    assert_eq!(event("segment", &empty).user_id, None);
}

#[test]
fn subscriptions_of_segment() {
    let said = |name: &str, properties: Value| {
        let event = event("segment", &track(name, properties));
        subscriptions(&event)[0].clone()
    };
    let trial = said("Trial Started", json!({"trial_end_date": NOW, "trial_plan_name": "pro"}));
    assert_eq!(trial.status, Some(SubscriptionStatus::Trialing));
    assert_eq!(trial.trial_ends_at, Some(at(NOW)));
    assert_eq!(trial.plan.as_deref(), Some("pro"));
    let ended = said("Trial Ended", json!({}));
    assert_eq!((ended.status, ended.trial_ends_at), (None, Some(at(AT))));
    assert_eq!(said("Account Created", json!({})).started_at, Some(at(AT)));
    let gone = said("Account Deleted", json!({}));
    assert_eq!(gone.status, Some(SubscriptionStatus::Cancelled));
}

#[test]
fn chats_of_segment() {
    let started = track("Live Chat Conversation Started", json!({"conversation_id": "x"}));
    let mut ended = track(
        "Live Chat Conversation Ended",
        json!({"conversation_id": "x", "conversation_duration": 60.5}),
    );
    ended["timestamp"] = json!("2026-03-02T10:16:31Z");
    let event_of_end = event("segment", &ended);
    let contact = contacts(&event_of_end)[0];
    assert_eq!((contact.channel, contact.ticket_id.as_deref()), (Channel::Chat, Some("x")));
    assert_eq!(contact.ended_at, Some(at("2026-03-02T10:16:31Z")));
    assert_eq!(contact.started_at.to_string(), "2026-03-02T10:15:30.5Z");
    let mut context = Context::new();
    context.apply(&event("segment", &started)).unwrap();
    let current = |context: &Context| context.support.known().unwrap().current_contact().is_some();
    assert!(current(&context));
    context.apply(&event_of_end).unwrap();
    assert!(!current(&context), "it is the same chat, though it took half a second longer");
}

fn xdm(kind: &str, fields: Value) -> Value {
    with(json!({"_id": "x", "timestamp": AT, "eventType": kind}), fields)
}

#[test]
fn events_of_xdm() {
    let order = json!({"commerce": {"order": {"purchaseID": "o", "priceTotal": 5,
        "currencyCode": "EUR", "refunds": [{"refundAmount": 2}]}}});
    let products = json!({"productListItems": [{"SKU": "a", "quantity": 2}]});
    let offer = json!({"_experience": {"decisioning": {"propositions": [{"id": "p"}]}}});
    let campaign = json!({"directMarketing": {"campaignID": "c"}});
    let rows = [
        ("commerce.purchases", &order, "order_completed"),
        ("commerce.backofficeOrderPlaced", &order, "order_completed"),
        ("commerce.backofficeOrderItemsShipped", &order, "order_updated"),
        ("commerce.backofficeShipmentCompleted", &order, "order_updated"),
        ("commerce.backofficeOrderCancelled", &order, "order_cancelled"),
        ("commerce.backofficeCreditMemoIssued", &order, "order_refunded"),
        ("commerce.productViews", &products, "product_viewed"),
        ("commerce.productListViews", &products, "cart_updated"),
        ("commerce.productListAdds", &products, "seen"),
        ("commerce.productListRemovals", &products, "seen"),
        ("commerce.checkouts", &products, "checkout_started"),
        ("web.webpagedetails.pageViews", &products, "seen"),
        ("web.webPageDetails.pageViews", &products, "seen"),
        ("application.launch", &products, "seen"),
        ("decisioning.propositionDisplay", &offer, "offer_shown"),
        ("decisioning.propositionInteract", &offer, "offer_clicked"),
        ("decisioning.propositionDismiss", &offer, "offer_dismissed"),
        ("decisioning.propositionSend", &offer, "offer_shown"),
        ("directMarketing.emailSent", &campaign, "offer_shown"),
        ("directMarketing.emailOpened", &campaign, "offer_shown"),
        ("directMarketing.emailClicked", &campaign, "offer_clicked"),
        ("directMarketing.emailUnsubscribed", &campaign, "consent_changed"),
    ];
    for (kind, fields, says) in rows {
        let event = event("xdm", &xdm(kind, fields.clone()));
        assert!(kinds(&event).contains(says), "{kind}: {event:?}");
        assert_eq!(warned(&event), [""; 0], "{kind}");
    }
    assert_eq!(event("xdm", &xdm("advertising.impressions", json!({}))).changes, []);
}

#[test]
fn orders_of_xdm() {
    let raw = xdm(
        "commerce.backofficeOrderCancelled",
        json!({
        "commerce": {"order": {"purchaseID": "o", "createdDate": "2026-03-01T00:00:00Z",
                               "priceTotal": 5, "currencyCode": "EUR"}},
        "productListItems": [{"quantity": 1, "productCategories": [{"categoryName": "Games"}]}]}),
    );
    let event = event("xdm", &raw);
    let order = order(&event);
    assert_eq!(order.placed_at, at("2026-03-01T00:00:00Z"));
    assert_eq!(order.total.map(|money| money.minor), Some(500));
    assert_eq!(order.categories, Some(vec!["Games".to_owned()]));
    assert!(!was_there(&event));
}

#[test]
fn refunds_of_xdm() {
    let memo = |refunds: Value| {
        let order = json!({"purchaseID": "o", "currencyCode": "EUR", "refunds": refunds});
        let raw = xdm("commerce.backofficeCreditMemoIssued", json!({"commerce": {"order": order}}));
        let event = event("xdm", &raw);
        let amounts = refunds_of(&event);
        (amounts, warned(&event).join(" "))
    };
    fn refunds_of(event: &Event) -> Vec<(i64, String)> {
        let amount = |refund: &&tactful::context::Refund| refund.amount.unwrap();
        let told = refunds(event);
        told.iter().map(amount).map(|one| (one.minor, one.currency.to_string())).collect()
    }
    let euro = |minor| (minor, "EUR".to_owned());
    let two = json!([{"refundAmount": 2}, {"refundAmount": 1.5, "transactionID": "t"}]);
    assert_eq!(memo(two), (vec![euro(200), euro(150)], String::new()));
    let foreign = json!([{"refundAmount": 2, "currencyCode": "JPY"}]);
    assert_eq!(memo(foreign), (vec![(2, "JPY".to_owned())], String::new()));
    assert_eq!(memo(Value::Null), (vec![], "commerce.order.refunds".to_owned()));
}

#[test]
fn identities_of_xdm() {
    let ids = |map: Value| {
        let event = event("xdm", &xdm("x", json!({"identityMap": map})));
        (event.user_id.unwrap_or_default(), event.anonymous_id.unwrap_or_default())
    };
    let both = |user: &str, visitor: &str| (user.to_owned(), visitor.to_owned());
    let known = json!({"ECID": [{"id": "e", "primary": true}], "CRMID": [{"id": "u"}]});
    assert_eq!(ids(known), both("u", "e"));
    let mail = json!({"Email": [{"id": "a@b", "primary": true}], "CRMID": [{"id": "u"}]});
    assert_eq!(ids(mail), both("a@b", ""));
    let plain = json!({"Email": [{"id": "a@b"}], "ECID": [{"id": "e"}]});
    assert_eq!(ids(plain), both("", "e"));
    assert_eq!(ids(json!({"CRMID": [{"id": "0"}]})), both("", ""));
}

#[test]
fn consent_of_xdm() {
    use ConsentStatus::*;
    for (choice, status) in [
        ("y", Some(Granted)),
        ("n", Some(Denied)),
        ("p", Some(Pending)),
        ("u", Some(Unknown)),
        ("dy", Some(DefaultGranted)),
        ("dn", Some(DefaultDenied)),
        ("LI", None),
        ("CT", None),
        ("CP", None),
        ("VI", None),
        ("PI", None),
    ] {
        let raw = xdm("consent", json!({"consents": {"collect": {"val": choice}}}));
        let event = event("xdm", &raw);
        assert_eq!(answers_of(&event).first().map(|(_, status)| *status), status, "{choice}");
        assert_eq!(event.warnings.is_empty(), status.is_some(), "{choice}");
    }
    let raw = xdm(
        "consent",
        json!({"consents": {"share": {"val": "n"},
        "personalize": {"content": {"val": "y"}},
        "marketing": {"any": {"val": "n"}, "preferred": "email",
                      "email": {"val": "y", "time": NOW}, "call": {"val": "n"},
                      "whatsApp": {"val": "y"}, "postalMail": {"val": "n"}},
        "metadata": {"time": "2026-03-01T00:00:00Z"}}}),
    );
    let told = event("xdm", &raw);
    let of =
        |channel| grants(&told).into_iter().find(|one| one.channel == channel).unwrap().clone();
    assert_eq!(of(Some(Channel::Email)).changed_at, at(NOW));
    assert_eq!(of(Some(Channel::Phone)).changed_at, at("2026-03-01T00:00:00Z"));
    assert_eq!(of(Some(Channel::Whatsapp)).status, Granted);
    assert_eq!(of(Some(Channel::Postal)).status, Denied);
    assert_eq!(grants(&told).len(), 7);
    assert!(told.changes.contains(&Change::PreferredChannels(vec![Channel::Email])));
}

fn snowplow(action: &str, entities: Value) -> Value {
    let base = json!({"event_id": "e", "user_id": "u-1", "domain_userid": "a-1", "platform": "web",
                      "derived_tstamp": "2026-03-02 10:15:30", "action": {"type": action}});
    with(base, entities)
}

#[test]
fn events_of_snowplow() {
    let order = json!({"transaction_id": "o", "revenue": 5, "currency": "EUR",
                       "refund_amount": 1, "total_quantity": 3});
    let all = json!({"transaction": order, "product": [{"id": "p", "category": "c", "quantity": 2}],
                     "promotion": {"id": "p"}, "cart": {"total_value": 9, "currency": "EUR"}});
    for (action, kind) in [
        ("transaction", "order_completed"),
        ("refund", "order_refunded"),
        ("trns_error", "seen"),
        ("product_view", "product_viewed"),
        ("add_to_cart", "seen"),
        ("remove_from_cart", "seen"),
        ("checkout_step", "checkout_started"),
        ("promo_view", "offer_shown"),
        ("promo_click", "offer_clicked"),
    ] {
        let event = event("snowplow", &snowplow(action, all.clone()));
        assert!(kinds(&event).contains(kind), "{action}: {event:?}");
        assert_eq!(warned(&event), [""; 0], "{action}");
    }
    let ordered = event("snowplow", &snowplow("transaction", all.clone()));
    assert_eq!(order_of(&ordered), (Some(500), Some(3), Some(Channel::Web)));
    let checkout = event("snowplow", &snowplow("checkout_step", all));
    assert_eq!((carts(&checkout)[0].units, carts(&checkout)[0].value.unwrap().minor), (2, 900));
}

fn order_of(event: &Event) -> (Option<i64>, Option<i64>, Option<Channel>) {
    let order = order(event);
    (order.total.map(|money| money.minor), order.units, order.channel)
}

#[test]
fn entities_of_snowplow_stand_in_three_places() {
    let refund = json!({"transaction_id": "o", "currency": "EUR", "refund_amount": "1.50"});
    let base = json!({"event_id": "e", "collector_tstamp": "2026-03-02 10:15:30.000"});
    let flat = json!({
        "unstruct_event_com_snowplowanalytics_snowplow_ecommerce_snowplow_ecommerce_action_1":
            {"type": "refund"},
        "contexts_com_snowplowanalytics_snowplow_ecommerce_refund_1": [refund]});
    let schema = |name: &str| {
        format!("iglu:com.snowplowanalytics.snowplow.ecommerce/{name}/jsonschema/1-0-0")
    };
    let described = json!({
        "unstruct_event": {"data": {"schema": schema("snowplow_ecommerce_action"),
                                    "data": {"type": "refund"}}},
        "contexts": {"data": [{"schema": "iglu:com.acme/refund/jsonschema/1-0-0", "data": {}},
                              {"schema": schema("refund"), "data": refund}]}});
    let named = json!({"action": {"type": "refund"}, "refund": refund});
    for fields in [flat, described, named] {
        let event = event("snowplow", &with(base.clone(), fields.clone()));
        assert_eq!(refunds(&event)[0].amount.unwrap().minor, 150, "{fields}");
    }
}

#[test]
fn pages_of_snowplow() {
    let raw = json!({"event_id": "e", "event_name": "page_view", "platform": "web",
        "derived_tstamp": "2026-03-02 10:15:30", "dvce_type": "Computer", "os_family": "Windows",
        "br_lang": "de-AT", "os_timezone": "Europe/Vienna"});
    let web = event("snowplow", &raw);
    let device = devices(&web)[0];
    assert!(was_there(&web));
    assert_eq!(device.form_factor, Some(FormFactor::Desktop));
    assert_eq!(device.platform, Some(Platform::Windows));
    assert_eq!(device.environment, Some(Environment::Browser));
    assert_eq!(profiles(&web)[0].time_zone.as_deref(), Some("Europe/Vienna"));
    let native = json!({"event_id": "e", "event_name": "screen_view", "platform": "mob",
        "derived_tstamp": "2026-03-02 10:15:30",
        "contexts_com_snowplowanalytics_snowplow_mobile_context_1": [{"osType": "ios"}]});
    let native = event("snowplow", &native);
    assert_eq!(devices(&native)[0].platform, Some(Platform::Ios));
    assert_eq!(devices(&native)[0].environment, Some(Environment::App));
    let server = json!({"event_name": "page_view", "platform": "srv",
                        "derived_tstamp": "2026-03-02 10:15:30"});
    assert_eq!(event("snowplow", &server).changes, []);
}

#[test]
fn wrong_clocks_are_corrected() {
    let raw = json!({"event_name": "x", "collector_tstamp": "2026-03-02 12:00:05",
        "dvce_sent_tstamp": "2026-03-02 12:10:05", "dvce_created_tstamp": "2026-03-02 12:10:00"});
    assert_eq!(event("snowplow", &raw).at, at(NOW));
    for times in [
        json!({"timestamp": NOW, "receivedAt": "2026-03-02T12:00:05Z"}),
        json!({"timestamp": null, "receivedAt": "2026-03-02T12:00:05Z",
               "sentAt": "2026-03-02T12:10:05Z", "originalTimestamp": "2026-03-02T12:10:00Z"}),
        json!({"originalTimestamp": NOW}),
    ] {
        let raw = with(json!({"type": "page"}), times);
        assert_eq!(event("segment", &raw).at, at(NOW), "{raw}");
    }
}

fn cloud(kind: &str, data: Value) -> Value {
    json!({"specversion": "1.0", "id": "A-1", "source": "/shop", "type": kind,
           "subject": "u-1", "time": AT, "datacontenttype": "application/json", "data": data})
}

#[test]
fn cloud_events_are_envelopes() {
    for (kind, data, says) in [
        ("com.zendesk.ticket.updated", json!({"ticket": zendesk(json!({}))}), "ticket_changed"),
        ("com.intercom.conversation", intercom(json!({})), "ticket_changed"),
        ("com.salesforce.case", salesforce(json!({})), "ticket_changed"),
        ("com.servicenow.incident", servicenow(json!({})), "ticket_changed"),
        ("com.segment.track", track("Cart Viewed", json!({"products": []})), "cart_updated"),
        ("com.adobe.xdm.event", xdm("application.launch", json!({})), "seen"),
        ("com.snowplow.event", snowplow("add_to_cart", json!({})), "seen"),
        ("com.example.tactful.event", json!({"seen": true, "source": "elsewhere"}), "seen"),
        ("com.example.order.completed", json!({"order_id": "o"}), "order_completed"),
        ("shop.order-refunded.v2", json!({"order_id": "o"}), "order_refunded"),
        ("product_viewed", json!({"product_id": "o"}), "product_viewed"),
    ] {
        let event = event("cloudevents", &cloud(kind, data));
        assert!(kinds(&event).contains(says), "{kind}: {event:?}");
        assert_eq!(event.id.as_deref(), Some("A-1"), "{kind}");
        assert_eq!(event.source.as_deref(), Some("/shop"), "{kind}");
        assert_eq!(event.user_id.as_deref(), Some("u-1"), "{kind}");
        assert_eq!(event.at, at(AT), "{kind}");
    }
    let odd = event("cloudevents", &cloud("com.example.lamp.lit", json!({})));
    assert_eq!((odd.changes.len(), warned(&odd)), (0, vec!["type"]));
    let mapping = Mapping::new()
        .event_type("com.example.*", System::Salesforce)
        .event_type("com.example.desk", System::Zendesk);
    let desk = event_by("cloudevents", &cloud("com.example.desk", zendesk(json!({}))), &mapping);
    assert_eq!(ticket(&desk).id, "7");
    let wrong = read("cloudevents", &cloud("com.example.x", json!({})).to_string(), &mapping);
    assert_eq!(wrong.unwrap_err().path(), "data.Id");
}

#[test]
fn evaluation_contexts_of_openfeature() {
    let raw = json!({"targetingKey": "u-1", "country": "AT", "locale": "de-AT", "timeZone": "UTC",
        "plan": "basic", "age": 44, "tester": true, "level": 3, "ratio": 0.5, "tags": ["a", "b"],
        "since": AT, "nested": {"a": 1}, "nothing": null});
    let mapping = Mapping::new().attribute("level", "loyalty_level");
    let event = event_by("openfeature", &raw, &mapping);
    assert_eq!(event.user_id.as_deref(), Some("u-1"));
    assert_eq!(event.at, at(NOW));
    let profile = profiles(&event)[0];
    assert_eq!(profile.country.as_deref(), Some("AT"));
    assert_eq!(profile.language.as_deref(), Some("de-AT"));
    assert_eq!(profile.age_years, Some(44));
    let attribute = |name: &str| {
        let mut said = event.changes.iter().filter_map(|change| match change {
            Change::Attribute(known, value) if known == name => Some(value.clone()),
            _ => None,
        });
        said.next()
    };
    assert_eq!(attribute("tester"), Some(Attribute::Bool(true)));
    assert_eq!(attribute("loyalty_level"), Some(Attribute::Int(3)));
    assert_eq!(attribute("ratio"), Some(Attribute::Double(0.5)));
    assert_eq!(attribute("since"), Some(Attribute::Text(AT.to_owned())));
    let tags = vec!["a".to_owned(), "b".to_owned()];
    assert_eq!(attribute("tags"), Some(Attribute::Texts(tags)));
    assert_eq!(attribute("nested"), None);
    assert_eq!(warned(&event), ["nested"]);
}

#[test]
fn looked_at() {
    let raw = track("Product Viewed", json!({"product_id": "p", "category": "Plans"}));
    let viewed = event("segment", &raw);
    assert_eq!(views(&viewed)[0].category.as_deref(), Some("Plans"));
    assert!(orders(&viewed).is_empty());
}
