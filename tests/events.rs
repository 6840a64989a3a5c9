//! What becomes of events, one story at a time.
#![allow(clippy::unwrap_used, reason = "a test may stop at the first surprise")]

use tactful::context::*;
use tactful::{
    Channel, Duration, Engine, ErrorKind, Money, OrderStatus, Outcome, PartName, Request,
    TicketState, Timestamp, Topic,
};

fn at(time: &str) -> Timestamp {
    format!("2026-03-10T{time}Z").parse().unwrap()
}

fn euros(minor: i64) -> Money {
    Money::new(minor, "EUR".parse().unwrap())
}

fn applied<'a>(events: impl IntoIterator<Item = &'a Event>) -> Context {
    let mut context = Context::new();
    for event in events {
        context.apply(event).unwrap();
    }
    context
}

fn news() -> Applied {
    Applied::Applied { warnings: Vec::new() }
}

fn dispute(state: TicketState, changed: &str) -> Event {
    let ticket = Ticket::new("C-1", at("14:40:00"), at(changed));
    Event::new(at(changed)).ticket(ticket.state(state).topic(Topic::BillingDispute))
}

#[test]
fn the_newest_version_of_a_case_holds() {
    let opened = dispute(TicketState::Open, "14:40:00");
    let solved = dispute(TicketState::Solved, "15:00:00");
    let reopened = dispute(TicketState::Open, "15:10:00");
    let mut context = Context::new();
    assert_eq!(context.apply(&solved).unwrap(), news());
    assert_eq!(context.apply(&opened).unwrap(), Applied::Superseded);
    assert_eq!(context.apply(&solved).unwrap(), Applied::Duplicate);
    let state = |context: &Context| context.support.known().unwrap().tickets.items()[0].state;
    assert_eq!(state(&context), Some(TicketState::Solved));
    assert_eq!(context.apply(&reopened).unwrap(), news());
    assert_eq!(state(&context), Some(TicketState::Open));
}

#[test]
fn a_part_of_events_is_partial_and_as_old_as_the_newest() {
    let context = applied([&dispute(TicketState::Open, "14:40:00")]);
    let support = context.support.known().unwrap();
    assert_eq!(support.tickets.completeness(), Completeness::Partial);
    assert_eq!((support.as_of.oldest(), support.as_of.is_vouched()), (at("14:40:00"), false));
    assert!(context.to_json().contains(r#""as_of":{"(events)":"2026-03-10T14:40:00Z"}"#));
}

#[test]
fn a_watermark_completes_and_an_event_does_not_renew_it() {
    let watermark = |time| Event::new(at(time)).source("desk").watermark(PartName::Support);
    let mut context = applied([&dispute(TicketState::Open, "14:40:00"), &watermark("14:50:00")]);
    context.apply(&dispute(TicketState::Pending, "14:55:00")).unwrap();
    let support = context.support.known().unwrap();
    assert_eq!(support.tickets.completeness(), Completeness::Complete);
    assert_eq!(support.as_of.oldest(), at("14:50:00"));
    assert_eq!(context.apply(&watermark("14:50:00")).unwrap(), Applied::Duplicate);
    assert_eq!(context.apply(&watermark("14:45:00")).unwrap(), Applied::Duplicate);
    assert_eq!(context.apply(&watermark("15:00:00")).unwrap(), news());
}

/// A list is complete once everybody who feeds the part has told everything.
#[test]
fn every_source_must_vouch_for_a_list() {
    let vouch =
        |source: &str| Event::new(at("14:50:00")).source(source).watermark(PartName::Support);
    let mut desk = applied([&vouch("desk")]);
    let phone = Context::from_json(
        r#"{"support": {"as_of": {"phone": "2026-03-10T14:50:00Z"},
            "contacts": [{"channel": "phone", "started_at": "2026-03-10T14:00:00Z"}]}}"#,
    )
    .unwrap();
    desk.merge(&phone).unwrap();
    let support = desk.support.known().unwrap();
    assert_eq!(support.tickets.completeness(), Completeness::Partial);
    assert_eq!(support.contacts.completeness(), Completeness::Complete);
    desk.apply(&vouch("phone")).unwrap();
    let support = desk.support.known().unwrap();
    assert_eq!(support.tickets.completeness(), Completeness::Complete);
}

/// What one delivery said in full is not taken for what a later one said in part.
#[test]
fn a_partial_list_is_not_completed_by_an_older_complete_one() {
    let snapshot = |time: &str, tickets: List<Ticket>| {
        Context::new().support(Support::new(at(time)).tickets(tickets))
    };
    let mut context = snapshot("14:00:00", List::complete(Vec::new()));
    context.merge(&snapshot("14:30:00", List::partial(Vec::new()))).unwrap();
    let support = context.support.known().unwrap();
    assert_eq!(support.tickets.completeness(), Completeness::Partial);
    assert_eq!(support.as_of.oldest(), at("14:30:00"));
    context.merge(&snapshot("14:30:00", List::complete(Vec::new()))).unwrap();
    let support = context.support.known().unwrap();
    assert_eq!(support.tickets.completeness(), Completeness::Complete);
}

#[test]
fn a_refund_may_come_before_its_order() {
    let refund = |id: &str, minor| {
        let refund = Refund::new("O-7", at("14:00:00")).amount(euros(minor)).id(id);
        Event::new(at("14:00:00")).refund(refund)
    };
    let order =
        Order::new("O-7", at("10:00:00")).status(OrderStatus::Delivered).total(euros(4_900));
    let order = Event::new(at("12:00:00")).order(order);
    let mut context = applied([&refund("R-1", 900)]);
    assert_eq!(context.purchases.known().unwrap().pending_refunds.len(), 1);
    context.apply(&order).unwrap();
    let purchases = context.purchases.known().unwrap();
    assert!(purchases.pending_refunds.is_empty());
    let first = &purchases.orders.items()[0];
    assert_eq!(first.refunded_in_all(), Some(euros(900)));
    assert_eq!(first.state(), Some(OrderStatus::Delivered));

    // The same refund told twice is one; two that come to the total are all.
    assert_eq!(context.apply(&refund("R-1", 900)).unwrap(), Applied::Duplicate);
    context.apply(&refund("R-2", 4_000)).unwrap();
    let first = &context.purchases.known().unwrap().orders.items()[0];
    assert_eq!(first.refunded_in_all(), Some(euros(4_900)));
    assert_eq!(first.state(), Some(OrderStatus::Refunded));
}

#[test]
fn a_refund_without_an_amount_is_of_everything() {
    let order = Order::new("O-7", at("10:00:00")).status(OrderStatus::Delivered);
    let context = applied([
        &Event::new(at("12:00:00")).order(order.clone()),
        &Event::new(at("13:00:00")).refund(Refund::new("O-7", at("13:00:00"))),
    ]);
    let refunded = &context.purchases.known().unwrap().orders.items()[0];
    assert_eq!((refunded.state(), refunded.refunded_in_all()), (Some(OrderStatus::Refunded), None));
    let context = applied([
        &Event::new(at("12:00:00")).order(order.clone().total(euros(500))),
        &Event::new(at("13:00:00")).refund(Refund::new("O-7", at("13:00:00"))),
    ]);
    let refunded = &context.purchases.known().unwrap().orders.items()[0];
    assert_eq!(refunded.refunded_in_all(), Some(euros(500)));
    // In another currency nobody can tell what it comes to.
    let dollars = Money::new(100, "USD".parse().unwrap());
    let refund = Refund::new("O-7", at("13:00:00")).amount(dollars);
    let context = applied([
        &Event::new(at("12:00:00")).order(order.total(euros(500)).refunded(euros(100))),
        &Event::new(at("13:00:00")).refund(refund),
    ]);
    let refunded = &context.purchases.known().unwrap().orders.items()[0];
    assert_eq!(refunded.refunded_in_all(), None);
}

/// A call that ended does not come back when its beginning is told late.
#[test]
fn contacts_end_in_any_order() {
    let call = |start: &str| Contact::new(Channel::Phone, at(start));
    let began = Event::new(at("14:00:00")).contact(call("14:00:00"));
    let ended = Event::new(at("14:20:00")).contact(call("14:00:00").ended_at(at("14:20:00")));
    let chat = Contact::new(Channel::Chat, at("15:00:00")).ended_at(at("15:10:00"));
    let chat = Event::new(at("15:10:00")).contact(chat);
    let context = applied([&ended, &chat, &began]);
    let support = context.support.known().unwrap();
    assert_eq!(support.current_contact(), None);
    assert_eq!(support.latest_contact().unwrap().channel, Channel::Chat);
    assert_eq!(
        applied([&began]).support.known().unwrap().current_contact().unwrap().started_at,
        at("14:00:00")
    );

    // What a snapshot delivered is over once an event says so.
    let mut context =
        Context::new().support(Support::new(at("14:10:00")).active_contact(call("14:00:00")));
    context.apply(&ended).unwrap();
    assert_eq!(context.support.known().unwrap().current_contact(), None);
}

#[test]
fn sessions_follow_from_when_the_customer_was_seen() {
    let seen = |time| Event::new(at(time)).seen();
    let context = applied([
        &seen("09:00:00"),
        &seen("09:50:00"),
        &seen("14:00:00"),
        &seen("14:25:00"),
        &seen("14:55:00"),
        // This brings the first two together.
        &seen("09:25:00"),
    ]);
    let recency = context.recency.known().unwrap();
    assert_eq!(recency.sessions.items().len(), 2);
    let activity = recency.visits();
    assert_eq!(activity.first_seen_at, Some(at("09:00:00")));
    assert_eq!(activity.last_seen_at, Some(at("14:55:00")));
    assert_eq!(activity.session_started_at, Some(at("14:00:00")));
    assert_eq!(activity.previous_seen_at, Some(at("09:50:00")));
    assert_eq!(recency.as_of.oldest(), at("14:55:00"));
    let within = |minutes| recency.sessions_within(at("15:00:00"), Duration::minutes(minutes));
    assert_eq!((within(60), within(61)), (Count::AtLeast(0), Count::AtLeast(1)));
}

#[test]
fn sessions_go_on_from_what_was_delivered() {
    let delivered = Recency::new(at("13:00:00"))
        .last_seen_at(at("13:00:00"))
        .session_started_at(at("12:30:00"))
        .previous_seen_at(at("08:00:00"));
    let activity = |events: &[Event]| {
        let mut context = Context::new().recency(delivered.clone());
        for event in events {
            context.apply(event).unwrap();
        }
        context.recency.known().unwrap().visits()
    };
    // Within the session, after it, and long before it.
    let going_on = activity(&[Event::new(at("13:20:00")).seen()]);
    assert_eq!(going_on.session_started_at, Some(at("12:30:00")));
    assert_eq!(going_on.previous_seen_at, Some(at("08:00:00")));
    assert_eq!(going_on.last_seen_at, Some(at("13:20:00")));
    let another = activity(&[Event::new(at("14:00:00")).seen()]);
    assert_eq!(another.session_started_at, Some(at("14:00:00")));
    assert_eq!(another.previous_seen_at, Some(at("13:00:00")));
    let before = activity(&[Event::new(at("09:00:00")).seen()]);
    assert_eq!(before.session_started_at, Some(at("12:30:00")));
    assert_eq!(before.previous_seen_at, Some(at("09:00:00")));
    assert_eq!(before.last_seen_at, Some(at("13:00:00")));
}

#[test]
fn fields_are_said_one_by_one() {
    let event = |time, facts| Event::new(at(time)).profile(facts);
    let profile = || Profile::new(at("00:00:00"));
    let context = applied([
        &event("14:00:00", profile().plan("premium")),
        &event("13:00:00", profile().plan("basic").country("AT")),
    ]);
    let known = context.profile.known().unwrap();
    assert_eq!((known.plan.as_deref(), known.country.as_deref()), (Some("premium"), Some("AT")));
    assert_eq!(known.dated.len(), 1);
    assert_eq!(known.dated.get("country"), Some(&at("13:00:00")));
    // A snapshot in which the plan is another is newer than both.
    let mut context = context;
    let snapshot = Profile::new(at("15:00:00")).plan("family");
    context.merge(&Context::new().profile(snapshot)).unwrap();
    let known = context.profile.known().unwrap();
    assert_eq!((known.plan.as_deref(), known.country.as_deref()), (Some("family"), Some("AT")));
}

#[test]
fn an_event_of_somebody_else_changes_nothing() {
    let mut context = Context::new().user_id("u-1001");
    let before = context.clone();
    let theirs = dispute(TicketState::Open, "14:40:00").user_id("u-2002");
    let error = context.apply(&theirs).unwrap_err();
    assert_eq!((error.kind(), error.path()), (ErrorKind::Identity, "user_id"));
    assert_eq!(error.to_string(), "identity: user_id: `u-2002` is another customer than `u-1001`");
    assert_eq!(
        context.merge(&Context::new().user_id("u-2002")).unwrap_err().kind(),
        ErrorKind::Identity
    );
    assert_eq!(context, before);
}

#[test]
fn a_visitor_becomes_a_customer() {
    let visit = |n: u8| Event::new(at("14:00:00")).anonymous_id(format!("anon-{n}")).seen();
    let mut context = applied((0..7).map(visit).collect::<Vec<_>>().iter());
    assert_eq!(context.anonymous_ids, ["anon-6", "anon-5", "anon-4", "anon-3", "anon-2"]);
    let signed_in = Event::new(at("14:10:00")).user_id("u-1001").anonymous_id("anon-6").logged_in();
    context.apply(&signed_in).unwrap();
    assert_eq!(context.user_id.as_deref(), Some("u-1001"));
    assert_eq!(context.recency.known().unwrap().last_login_at, Some(at("14:10:00")));
}

/// A visitor's records are the customer's; that there is nothing else is not.
#[test]
fn completeness_comes_from_the_identified_side() {
    let visitor = Context::from_json(
        r#"{"anonymous_ids": ["anon-77"],
            "support": {"as_of": "2026-03-10T14:50:00Z", "tickets": []},
            "purchases": {"as_of": "2026-03-10T14:50:00Z", "orders": [],
                "cart": {"units": 1, "updated_at": "2026-03-10T14:49:00Z"}}}"#,
    )
    .unwrap();
    let mut customer = Context::new()
        .user_id("u-1001")
        .purchases(Purchases::new(at("14:00:00")).orders([Order::new("O-7", at("10:00:00"))]));
    customer.join_anonymous(&visitor).unwrap();
    let purchases = customer.purchases.known().unwrap();
    assert_eq!(purchases.orders.completeness(), Completeness::Complete);
    assert_eq!(purchases.as_of.oldest(), at("14:00:00"));
    assert_eq!(purchases.cart.as_ref().unwrap().units, 1);
    let support = customer.support.known().unwrap();
    assert_eq!(support.tickets.completeness(), Completeness::Partial);
    assert!(!support.as_of.is_vouched());
    assert_eq!(customer.anonymous_ids, ["anon-77"]);
}

#[test]
fn what_cannot_be_is_refused_and_changes_nothing() {
    let mut context = applied([&dispute(TicketState::Open, "14:40:00")]);
    let before = context.clone();
    let early = Timestamp::from_millis(0);
    let error = context.apply(&Event::new(early).seen()).unwrap_err();
    assert_eq!((error.kind(), error.path()), (ErrorKind::Event, "at"));
    let bad = Event::new(at("14:00:00")).seen().ticket(Ticket::new("C-2", early, at("14:00:00")));
    let error = context.apply(&bad).unwrap_err();
    assert_eq!((error.kind(), error.path()), (ErrorKind::Event, "changes[1]"));
    let large = Event::new(at("14:00:00")).attribute("essay", "x".repeat(20_000).as_str());
    assert_eq!(context.apply(&large).unwrap_err().kind(), ErrorKind::TooLarge);
    assert_eq!(context, before);
    let nothing = context.apply(&Event::new(at("14:00:00"))).unwrap();
    assert_eq!(nothing, Applied::Ignored { reason: IgnoredReason::Nothing });
}

#[test]
fn mistakes_in_json_are_told_with_their_place() {
    let said = |text: &str| Event::from_json(text).unwrap_err().to_string();
    assert_eq!(said(r#"{"seen": true}"#), "event: missing field `at` (line 1 column 14)");
    assert_eq!(
        said(r#"{"at": "2026-03-10T14:00:00Z", "tickt": {}}"#),
        "event: unknown key `tickt` (line 1 column 38): did you mean `ticket`?"
    );
    assert_eq!(
        said(r#"{"at": "2026-03-10T14:00:00Z", "ticket": {"id": "C-1", "state": "opened"}}"#),
        "event: ticket.state: unknown word `opened` (line 1 column 72): did you mean `open`?"
    );
    assert!(said(r#"{"at": "2026-03-10T14:00:00Z", "seen": false}"#).contains("true or left out"));
    assert!(said(r#"{"at": 5, "seen": true}"#).starts_with("event: at: "));
}

/// A cap keeps the newest whatever the order, and counts say what they know.
#[test]
fn caps_do_not_depend_on_the_order() {
    let day = |n: i64| at("12:00:00") - Duration::days(n);
    let order = |n: i64| Event::new(day(n)).order(Order::new(format!("O-{n}"), day(n)));
    let orders: Vec<Event> = (0..5_000).map(order).collect();
    let vouch = Event::new(at("13:00:00")).watermark(PartName::Purchases);
    let forth = applied(orders.iter().chain([&vouch]));
    let mut back = applied(orders.iter().rev().step_by(2));
    let other = applied(orders.iter().rev().skip(1).step_by(2).chain([&vouch]));
    back.merge(&other).unwrap();
    assert_eq!(back.to_json(), forth.to_json());
    assert_eq!(Context::from_json(forth.to_json()).unwrap(), forth);

    let purchases = forth.purchases.known().unwrap();
    assert_eq!(purchases.orders.completeness(), Completeness::Partial);
    let within = |days| purchases.orders_within(at("12:00:00"), Duration::days(days));
    assert_eq!(within(90), Count::Exact(90));
    assert_eq!(within(4_095), Count::Exact(4_095));
    assert_eq!(within(4_097), Count::AtLeast(4_096));
    let mut forth = forth;
    assert_eq!(
        forth.apply(&order(4_999)).unwrap(),
        Applied::Ignored { reason: IgnoredReason::TooOld }
    );
    assert!(forth.memory_bytes() > 4_096 * 100 && forth.memory_bytes() < 4_096 * 1_000);
}

/// The story of the first page: told twice, late and out of order.
#[test]
fn the_upsell_goes_with_the_event_that_opens_the_dispute() {
    let engine = Engine::from_toml(
        r#"
        policy = "care"
        preset = "customer-care@1"

        [[actions]]
        id       = "premium-upgrade"
        kind     = "upsell"
        channels = ["web"]
    "#,
    )
    .unwrap();
    let vouch = |time| {
        let parts =
            [PartName::Support, PartName::Purchases, PartName::Consent, PartName::Subscription];
        let event = Event::new(at(time)).profile(Profile::new(at(time)).vulnerable(false));
        parts.into_iter().fold(event, Event::watermark)
    };
    let shown = |context: &Context, time| {
        let decision = engine.decide(context, &Request::new(at(time), Channel::Web));
        decision.recommendations().any(|one| one.action() == "premium-upgrade")
    };
    let opened = dispute(TicketState::Open, "14:40:00");
    let mut context = applied([&vouch("14:39:00")]);
    assert!(
        shown(&context, "14:40:10"),
        "{}",
        engine
            .explain(&context, &Request::new(at("14:40:10"), Channel::Web), "premium-upgrade")
            .unwrap()
    );
    context.apply(&opened).unwrap();
    assert!(!shown(&context, "14:40:10"));
    let twice = applied([&opened, &vouch("14:39:00"), &opened]);
    assert_eq!(twice, context);
}

/// What was recorded counts, however it came in.
#[test]
fn recorded_interactions_are_events() {
    let interaction = Interaction::new("offer", Outcome::Impression, at("14:00:00"));
    let mut recorded = Context::new();
    recorded.record(interaction.clone());
    assert_eq!(recorded, applied([&Event::new(at("14:00:00")).interaction(interaction)]));
}

/// What events do not tell they do not deny.
#[test]
fn what_nobody_told_is_not_known_to_be_absent() {
    let holds = |condition: &str, event: &Event| {
        let policy = format!(
            "policy = 'care'\n[[actions]]\nid = 'note'\nkind = 'information'\nchannels = ['web']\n\
             eligible = '{condition}'\n"
        );
        let engine = Engine::from_toml(&policy).unwrap();
        let context = applied([event]);
        let request = Request::new(at("14:41:00"), Channel::Web);
        engine.decide(&context, &request).recommendations().next().is_some()
    };
    let (ticket, seen) =
        (dispute(TicketState::Open, "14:40:00"), Event::new(at("14:40:00")).seen());
    let view = Event::new(at("14:40:00")).view(View::new(at("14:40:00")).category("plans"));
    let plan =
        Event::new(at("14:40:00")).subscription(Subscription::new(at("14:40:00")).plan("basic"));
    let tier = Event::new(at("14:40:00")).profile(Profile::new(at("14:40:00")).plan("basic"));
    for (condition, event) in [
        ("!has(support.active_contact)", &ticket),
        ("!has(purchases.cart)", &view),
        ("!has(recency.onboarding)", &seen),
        ("!within(recency.last_login_at, days(60))", &seen),
        ("!has(subscription.trial_ends_at)", &plan),
        ("!has(profile.vulnerable)", &tier),
    ] {
        assert!(!holds(condition, event), "{condition}");
        let vouched = event.clone().watermark(PartName::Support).watermark(PartName::Purchases);
        let vouched = vouched.watermark(PartName::Subscription).watermark(PartName::Profile);
        let vouched = vouched.watermark(PartName::Recency);
        assert!(holds(condition, &vouched), "{condition}, with a watermark");
    }
    assert!(holds("recency.last_seen_at > now - days(1)", &seen));
    assert!(holds("subscription.plan == \"basic\"", &plan));
}
