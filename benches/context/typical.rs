//! A typical customer, and what is heard of one: for benches and tests.

use tactful::context::{
    Answer, Appointment, AsOf, Attribute, Attributes, Cart, Change, Consent, Contact, Context,
    Device, Event, Feedback, Grant, History, Interaction, Onboarding, Order, Product, Profile,
    Purchases, Recency, Refund, Score, Scores, Subscription, Support, Ticket, View,
};
use tactful::{
    Channel, ConsentStatus, Duration, FormFactor, Metric, Money, OnboardingStatus, OrderStatus,
    Outcome, PartName, Purpose, SubscriptionStatus, TicketState, Timestamp, Topic,
};

/// When the feeds were last heard of: 2026-03-10 at 15:00:30 UTC.
pub(crate) const NOW: Timestamp = Timestamp::from_millis(1_773_154_830_000);

/// Feeds by name, and what each vouches for.
const FEEDS: [(&str, &[PartName]); 4] = [
    ("web", &[PartName::Recency, PartName::History]),
    ("shop", &[PartName::Purchases]),
    ("desk", &[PartName::Support, PartName::Feedback]),
    ("accounts", &[PartName::Profile, PartName::Subscription, PartName::Consent]),
];

fn ago(days: i64, minutes: i64) -> Timestamp {
    NOW - Duration::days(days) - Duration::minutes(minutes)
}

pub(crate) fn euros(minor: i64) -> Money {
    Money::new(minor, "EUR".parse().expect("a currency"))
}

pub(crate) fn order(number: i64, placed_at: Timestamp) -> Order {
    Order::new(format!("O-{number}"), placed_at)
        .updated_at(placed_at)
        .status(OrderStatus::Delivered)
        .total(euros(1_999 + number))
        .units(2)
        .categories(vec!["lamps".to_owned()])
        .channel(Channel::Web)
}

pub(crate) fn ticket(number: i64, state: TicketState, updated_at: Timestamp) -> Ticket {
    Ticket::new(format!("C-{number}"), ago(12, 0), updated_at)
        .state(state)
        .topic(Topic::BillingDispute)
        .channel(Channel::Email)
}

pub(crate) fn interaction(number: i64, at: Timestamp) -> Interaction {
    let outcome = if number % 3 == 0 { Outcome::Click } else { Outcome::Impression };
    Interaction::new(format!("action-{}", number % 7), outcome, at)
        .channel(Channel::Web)
        .kind("upsell")
        .purpose(Purpose::Marketing)
}

/// A customer as four feeds deliver them: eight orders, two cases, three calls, twenty-four
/// interactions, ten sessions and what goes with them.
pub(crate) fn customer() -> Context {
    let by = |source: &str| AsOf::sources([(source, NOW)]).expect("there is a source");
    let each =
        |count: i64, days: i64| (0..count).map(move |number| (number, ago(1 + number * days, 7)));
    let call = |(_, at): (i64, Timestamp)| {
        Contact::new(Channel::Phone, at).ended_at(at + Duration::minutes(4)).topic(Topic::HowTo)
    };
    let grant =
        |(channel, at)| Grant::new(Purpose::Marketing, ConsentStatus::Granted, at).channel(channel);
    let channels =
        [Channel::Email, Channel::Push, Channel::Sms].map(|channel| (channel, ago(300, 0)));
    let tickets =
        [ticket(1, TicketState::Closed, ago(11, 0)), ticket(2, TicketState::Open, ago(0, 40))];
    let mut context = Context::new()
        .user_id("mira")
        .support(
            Support::new(by("desk"))
                .tickets(tickets)
                .contacts(each(3, 9).map(call).collect::<Vec<_>>()),
        )
        .purchases(
            Purchases::new(by("shop"))
                .orders(each(8, 20).map(|(number, at)| order(number, at)).collect::<Vec<_>>())
                .products([Product::new("P-1").category("lamps").purchased_at(ago(40, 0))])
                .views([View::new(ago(0, 50)).category("lamps")])
                .cart(Cart::new(1, ago(0, 45)).value(euros(4_999))),
        )
        .device(Device::new(NOW).form_factor(FormFactor::Mobile).locale("de-AT"))
        .recency(Recency::new(by("web")).first_seen_at(ago(400, 0)))
        .consent(Consent::new(by("accounts")).grants(channels.map(grant)))
        .history(History::new(by("web")).interactions(
            each(24, 1).map(|(number, at)| interaction(number, at)).collect::<Vec<_>>(),
        ))
        .subscription(
            Subscription::new(by("accounts")).plan("basic").status(SubscriptionStatus::Active),
        )
        .feedback(Feedback::new(by("desk")).answers([Answer::new(Metric::Csat, 5, ago(11, 0))]))
        .scores(Scores::new(NOW).score("churn", 0.35).score("value", 120.0))
        .profile(
            Profile::new(by("accounts"))
                .plan("basic")
                .age_years(34)
                .country("AT")
                .joined_at(ago(400, 0)),
        )
        .attributes(Attributes::new(NOW).attribute("club", true));
    for (_, at) in each(10, 2) {
        context.apply(&Event::new(at).source("web").seen()).expect("the event is sound");
    }
    for feed in heartbeats(NOW) {
        context.apply(&feed).expect("the event is sound");
    }
    context
}

/// Every feed says that it has told everything.
pub(crate) fn heartbeats(now: Timestamp) -> Vec<Event> {
    let beat = |(source, parts): (&str, &[PartName])| {
        let event = Event::new(now).source(source).user_id("mira");
        parts.iter().fold(event, |event, part| event.watermark(*part))
    };
    FEEDS.map(beat).into()
}

/// One event of every kind that is news to the customer, by name.
pub(crate) fn news() -> Vec<(&'static str, Event)> {
    let at = NOW + Duration::seconds(20);
    let changes = [
        ("ticket", Change::Ticket(ticket(2, TicketState::Pending, at))),
        ("ticket, new", Change::Ticket(ticket(3, TicketState::New, at))),
        ("contact", Change::Contact(Contact::new(Channel::Chat, at))),
        ("order", Change::Order(order(90, at))),
        (
            "order, shipped",
            Change::Order(order(0, ago(1, 7)).updated_at(at).status(OrderStatus::Shipped)),
        ),
        ("refund", Change::Refund(Refund::new("O-3", at).amount(euros(500)))),
        ("cart", Change::Cart(Cart::new(2, at).value(euros(9_998)))),
        ("product", Change::Product(Product::new("P-2").category("shades").purchased_at(at))),
        ("view", Change::View(View::new(at).category("shades"))),
        ("seen", Change::Seen),
        ("logged in", Change::LoggedIn),
        ("device", Change::Device(Device::new(at).form_factor(FormFactor::Desktop))),
        (
            "grant",
            Change::Grant(
                Grant::new(Purpose::Marketing, ConsentStatus::Denied, at).channel(Channel::Email),
            ),
        ),
        ("hard blocks", Change::HardBlocks(vec![Channel::Sms])),
        ("interaction", Change::Interaction(interaction(99, at))),
        ("answer", Change::Answer(Answer::new(Metric::Csat, 2, at))),
        ("subscription", Change::Subscription(Subscription::new(at).plan("premium"))),
        ("profile", Change::Profile(Profile::new(at).plan("premium").country("DE"))),
        ("score", Change::Score("churn".to_owned(), Score::new(0.8))),
        ("attribute", Change::Attribute("club".to_owned(), Attribute::Bool(false))),
        (
            "onboarding",
            Change::Onboarding(Onboarding::new(OnboardingStatus::Done).completed_at(at)),
        ),
        ("appointment", Change::Appointment(Appointment::new("A-1", at))),
        ("watermark", Change::Watermark(PartName::Support)),
    ];
    let event = |change: Change| {
        let source = match &change {
            Change::Watermark(_) | Change::Ticket(_) | Change::Contact(_) => "desk",
            Change::Seen | Change::LoggedIn | Change::Interaction(_) => "web",
            _ => "shop",
        };
        Event::new(at).id("e-1").source(source).user_id("mira").change(change)
    };
    changes.map(|(name, change)| (name, event(change))).into()
}
