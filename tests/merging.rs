//! One customer, however the data arrives: events in any order, any number of
//! times, over any number of copies, give the same bytes.
#![allow(clippy::unwrap_used, reason = "a test may stop at the first surprise")]

use proptest::collection::vec;
use proptest::option;
use proptest::prelude::*;
use proptest::sample::select;
use tactful::context::*;
use tactful::{
    AppointmentStatus, Channel, ConsentStatus, Currency, Duration, FormFactor, Metric, Money,
    OnboardingStatus, OrderStatus, Outcome, PartName, Priority, Purpose, SubscriptionStatus,
    TicketState, Timestamp, Topic,
};

fn start() -> Timestamp {
    "2026-03-10T08:00:00Z".parse().unwrap()
}

/// Few instants, so that many things happen at one time.
fn instant() -> impl Strategy<Value = Timestamp> {
    prop_oneof![
        (0_i64..40).prop_map(|step| start() + Duration::minutes(7 * step)),
        (0_i64..30).prop_map(|day| start() - Duration::days(day)),
    ]
}

fn id() -> impl Strategy<Value = String> {
    select(vec!["1", "2", "3", "4", "5"]).prop_map(str::to_owned)
}

fn word<T: Clone + std::fmt::Debug + 'static>(all: &'static [T]) -> impl Strategy<Value = T> {
    select(all)
}

fn euros() -> impl Strategy<Value = Money> {
    let currency = select(vec!["EUR", "USD"]);
    (0_i64..5, currency)
        .prop_map(|(amount, code)| Money::new(amount * 500, code.parse::<Currency>().unwrap()))
}

/// Sets an optional field where there is a value.
macro_rules! set {
    ($record:expr, $($field:ident: $value:expr),* $(,)?) => {{
        let mut record = $record;
        $(record.$field = $value;)*
        record
    }};
}

fn ticket() -> impl Strategy<Value = Ticket> {
    (
        id(),
        instant(),
        instant(),
        option::of(word(TicketState::ALL)),
        option::of(word(Topic::ALL)),
        option::of(word(Priority::ALL)),
        option::of(instant()),
    )
        .prop_map(|(id, opened_at, updated_at, state, topic, priority, closed_at)| {
            let ticket = Ticket::new(id, opened_at, updated_at);
            set!(ticket, state: state, topic: topic, priority: priority, closed_at: closed_at)
        })
}

fn contact() -> impl Strategy<Value = Contact> {
    let channel = select(vec![Channel::Phone, Channel::Chat]);
    (channel, instant(), option::of(instant()), option::of(word(Topic::ALL))).prop_map(
        |(channel, started_at, ended_at, topic)| {
            set!(Contact::new(channel, started_at), ended_at: ended_at, topic: topic)
        },
    )
}

fn order() -> impl Strategy<Value = Order> {
    let refund = (id(), instant(), option::of(euros()))
        .prop_map(|(id, at, amount)| set!(Refund::new(id, at), amount: amount));
    (
        id(),
        instant(),
        option::of(instant()),
        option::of(word(OrderStatus::ALL)),
        option::of(euros()),
        vec(refund, 0..3),
    )
        .prop_map(|(id, placed_at, updated_at, status, total, refunds)| {
            let refunds = refunds.into_iter();
            let refunds = refunds.map(|refund| set!(refund, order_id: id.clone()));
            let refunds = refunds.collect();
            let order = Order::new(id, placed_at);
            set!(order, updated_at: updated_at, status: status, total: total, refunds: refunds)
        })
}

fn refund() -> impl Strategy<Value = Refund> {
    (id(), instant(), option::of(euros()), option::of(id()))
        .prop_map(|(order, at, amount, id)| set!(Refund::new(order, at), amount: amount, id: id))
}

fn cart() -> impl Strategy<Value = Cart> {
    (0_i64..4, instant(), option::of(euros()))
        .prop_map(|(units, at, value)| set!(Cart::new(units, at), value: value))
}

fn view() -> impl Strategy<Value = View> {
    (instant(), option::of(id()), option::of(id())).prop_map(
        |(at, product, category)| set!(View::new(at), product_id: product, category: category),
    )
}

fn interaction() -> impl Strategy<Value = Interaction> {
    (id(), word(Outcome::ALL), instant(), option::of(word(Channel::ALL)))
        .prop_map(|(action, outcome, at, channel)| {
            set!(Interaction::new(action, outcome, at), channel: channel)
        })
}

fn grant() -> impl Strategy<Value = Grant> {
    (word(Purpose::ALL), word(ConsentStatus::ALL), instant(), option::of(word(Channel::ALL)))
        .prop_map(|(purpose, status, at, channel)| {
            set!(Grant::new(purpose, status, at), channel: channel)
        })
}

fn answer() -> impl Strategy<Value = Answer> {
    (word(Metric::ALL), 1_i64..5, instant())
        .prop_map(|(metric, score, at)| Answer::new(metric, score, at))
}

fn appointment() -> impl Strategy<Value = Appointment> {
    (id(), instant(), option::of(word(AppointmentStatus::ALL)), option::of(instant())).prop_map(
        |(id, starts_at, status, updated_at)| {
            set!(Appointment::new(id, starts_at), status: status, updated_at: updated_at)
        },
    )
}

fn product() -> impl Strategy<Value = Product> {
    (id(), option::of(id()), option::of(instant()))
        .prop_map(|(id, category, at)| set!(Product::new(id), category: category, purchased_at: at))
}

fn subscription() -> impl Strategy<Value = Subscription> {
    (option::of(id()), option::of(word(SubscriptionStatus::ALL)), option::of(euros())).prop_map(
        |(plan, status, arrears)| {
            set!(Subscription::new(start()), plan: plan, status: status, arrears: arrears)
        },
    )
}

fn profile() -> impl Strategy<Value = Profile> {
    (option::of(id()), option::of(0_i64..3), option::of(any::<bool>()), option::of(id())).prop_map(
        |(plan, age_years, vulnerable, group)| {
            let profile = Profile::new(start());
            set!(profile, plan: plan, age_years: age_years, vulnerable: vulnerable, group_id: group)
        },
    )
}

fn device() -> impl Strategy<Value = Device> {
    (option::of(word(FormFactor::ALL)), option::of(id())).prop_map(
        |(form, version)| set!(Device::new(start()), form_factor: form, app_version: version),
    )
}

fn onboarding() -> impl Strategy<Value = Onboarding> {
    (word(OnboardingStatus::ALL), option::of(instant()), option::of(id()))
        .prop_map(|(status, at, step)| set!(Onboarding::new(status), updated_at: at, step: step))
}

fn change() -> impl Strategy<Value = Change> {
    let channels = || vec(word(Channel::ALL), 0..3);
    let value = prop_oneof![
        any::<bool>().prop_map(Attribute::Bool),
        (0_i64..3).prop_map(Attribute::Int),
        id().prop_map(Attribute::Text),
        Just(Attribute::Null),
    ];
    let score = (0_u8..3).prop_map(|tenths| Score::new(f64::from(tenths) / 10.0));
    prop_oneof![
        ticket().prop_map(Change::Ticket),
        contact().prop_map(Change::Contact),
        order().prop_map(Change::Order),
        refund().prop_map(Change::Refund),
        cart().prop_map(Change::Cart),
        product().prop_map(Change::Product),
        view().prop_map(Change::View),
        prop_oneof![Just(Change::Seen), Just(Change::LoggedIn)],
        onboarding().prop_map(Change::Onboarding),
        device().prop_map(Change::Device),
        grant().prop_map(Change::Grant),
        channels().prop_map(Change::HardBlocks),
        channels().prop_map(Change::PreferredChannels),
        interaction().prop_map(Change::Interaction),
        answer().prop_map(Change::Answer),
        subscription().prop_map(Change::Subscription),
        appointment().prop_map(Change::Appointment),
        (id(), score).prop_map(|(name, score)| Change::Score(name, score)),
        (id(), value).prop_map(|(name, value)| Change::Attribute(name, value)),
        profile().prop_map(Change::Profile),
        word(PartName::ALL).prop_map(Change::Watermark),
    ]
}

fn event() -> impl Strategy<Value = Event> {
    let source = || option::of(select(vec!["desk", "shop"]));
    (instant(), vec(change(), 1..3), source(), any::<bool>(), option::of(id())).prop_map(
        |(at, changes, source, is_known, visitor)| {
            let event = set!(
                Event::new(at),
                source: source.map(str::to_owned),
                user_id: is_known.then(|| "u-1001".to_owned()),
                anonymous_id: visitor,
            );
            changes.into_iter().fold(event, Event::change)
        },
    )
}

/// A context as its own sources may deliver it, with all its quirks.
fn delivered() -> impl Strategy<Value = Context> {
    let as_of = || {
        prop_oneof![
            instant().prop_map(AsOf::from),
            vec((select(vec!["desk", "shop", ""]), instant()), 1..3)
                .prop_map(|sources| AsOf::sources(sources).unwrap()),
        ]
    };
    fn list<T: Record + std::fmt::Debug>(
        items: impl Strategy<Value = T>,
    ) -> impl Strategy<Value = List<T>> {
        (vec(items, 0..4), 0_u8..3).prop_map(|(items, told)| match told {
            0 => List::complete(items),
            1 => List::partial(items),
            _ => List::default(),
        })
    }
    let support = (as_of(), list(ticket()), option::of(contact()), option::of(contact()));
    let support = support.prop_map(|(as_of, tickets, active, last)| {
        set!(Support::new(as_of), tickets: tickets, active_contact: active, last_contact: last)
    });
    let purchases = (as_of(), list(order()), option::of(cart()), vec(refund(), 0..2));
    let purchases = purchases.prop_map(|(as_of, orders, cart, refunds)| {
        set!(Purchases::new(as_of), orders: orders, cart: cart, pending_refunds: refunds)
    });
    let recency = (as_of(), option::of(instant()), option::of(0_i64..3), option::of(onboarding()));
    let recency = recency.prop_map(|(as_of, seen, sessions, onboarding)| {
        let recency = Recency::new(as_of);
        set!(recency, last_seen_at: seen, sessions_30d: sessions, onboarding: onboarding)
    });
    let profile = (as_of(), profile()).prop_map(|(as_of, profile)| set!(profile, as_of: as_of));
    let scores = (as_of(), vec((id(), 0_u8..3, option::of(instant())), 0..3));
    let scores = scores.prop_map(|(as_of, scores)| {
        scores.into_iter().fold(Scores::new(as_of), |scores, (name, value, at)| {
            scores.score(name, set!(Score::new(f64::from(value)), at: at))
        })
    });
    let history = (as_of(), list(interaction()), option::of(id())).prop_map(
        |(as_of, list, of)| set!(History::new(as_of), interactions: list, summary_of: of),
    );
    (
        option::of(support),
        option::of(purchases),
        option::of(recency),
        option::of(profile),
        option::of(scores),
        option::of(history),
        vec(event(), 0..6),
    )
        .prop_map(|(support, purchases, recency, profile, scores, history, events)| {
            let mut context = set!(
                Context::new(),
                support: support.into(),
                purchases: purchases.into(),
                recency: recency.into(),
                profile: profile.into(),
                scores: scores.into(),
                history: history.into(),
            );
            for event in events {
                let event = set!(event, user_id: None, anonymous_id: None);
                context.apply(&event).unwrap();
            }
            // Reading brings what setters wrote into its one form.
            Context::from_json(context.to_json()).unwrap()
        })
}

fn applied<'a>(events: impl IntoIterator<Item = &'a Event>) -> Context {
    let mut context = Context::new();
    for event in events {
        context.apply(event).unwrap();
    }
    context
}

fn merged(one: &Context, other: &Context) -> Context {
    let mut one = one.clone();
    one.merge(other).unwrap();
    one
}

/// An order of events or contexts: where each goes.
fn shuffled<T: Clone>(items: &[T], keys: &[u32]) -> Vec<T> {
    let mut keyed: Vec<(u32, T)> =
        keys.iter().copied().chain(0..).zip(items.iter().cloned()).collect();
    keyed.sort_by_key(|(key, _)| *key);
    keyed.into_iter().map(|(_, item)| item).collect()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: cases(256), failure_persistence: None, ..ProptestConfig::default() })]

    /// The promise of the module, on up to 200 events.
    #[test]
    fn the_order_the_number_and_the_place_of_arrival_do_not_matter(
        events in vec(event(), 1..200),
        keys in vec(any::<u32>(), 400),
        places in vec(0_usize..3, 400),
    ) {
        let expected = applied(&events);
        let twice: Vec<Event> = events.iter().chain(&events).cloned().collect();
        let arrived = shuffled(&twice, &keys);
        prop_assert_eq!(applied(&arrived).to_json(), expected.to_json());

        let mut copies = [Context::new(), Context::new(), Context::new()];
        for (place, event) in places.iter().zip(&arrived) {
            copies[*place].apply(event).unwrap();
            // Copies may be kept as text between events.
            if keys[*place] % 7 == 0 {
                copies[*place] = Context::from_json(copies[*place].to_json()).unwrap();
            }
        }
        let [one, two, three] = &copies;
        for all in [
            merged(&merged(one, two), three),
            merged(three, &merged(two, one)),
            merged(&merged(two, &merged(one, three)), &merged(one, two)),
        ] {
            prop_assert_eq!(all.to_json(), expected.to_json());
            prop_assert_eq!(&all, &expected);
        }
    }

    /// Merging is a semilattice for whatever is delivered.
    #[test]
    fn contexts_merge_in_any_order(
        one in delivered(), other in delivered(), third in delivered(),
    ) {
        prop_assert_eq!(merged(&one, &one), one.clone());
        let both = merged(&one, &other);
        prop_assert_eq!(merged(&other, &one).to_json(), both.to_json());
        prop_assert_eq!(merged(&both, &other).to_json(), both.to_json());
        prop_assert_eq!(
            merged(&both, &third).to_json(),
            merged(&one, &merged(&other, &third)).to_json()
        );
        let read = Context::from_json(both.to_json()).unwrap();
        prop_assert_eq!(merged(&read, &third).to_json(), merged(&both, &third).to_json());
    }

    /// What is applied twice changes nothing, and says so.
    #[test]
    fn a_second_time_is_no_news(events in vec(event(), 1..40), keys in vec(any::<u32>(), 40)) {
        let mut context = applied(&events);
        let before = context.to_json();
        for event in shuffled(&events, &keys) {
            let came_of_it = context.apply(&event).unwrap();
            prop_assert!(!matches!(came_of_it, Applied::Applied { .. }), "{:?}", event);
            prop_assert_eq!(context.to_json(), before.as_str());
        }
    }

    /// Every event can be written and read again.
    #[test]
    fn events_are_written_and_read(event in event()) {
        // Changes of one kind stand together in JSON.
        let read = Event::from_json(event.to_json()).unwrap();
        prop_assert_eq!(read.to_json(), event.to_json());
        prop_assert_eq!(applied([&read]), applied([&event]));
    }

    /// A list says that it is complete only if somebody said so.
    #[test]
    fn events_never_complete_a_list(events in vec(event(), 1..60)) {
        let vouched = |part| events.iter().any(|event| event.changes.contains(&Change::Watermark(part)));
        let context = applied(&events);
        if let Some(support) = context.support.known() {
            prop_assert!(vouched(PartName::Support) || support.tickets.completeness() != Completeness::Complete);
            prop_assert_eq!(vouched(PartName::Support), support.as_of.is_vouched());
        }
        if let Some(recency) = context.recency.known() {
            prop_assert!(vouched(PartName::Recency) || recency.sessions.completeness() != Completeness::Complete);
        }
    }
}

/// The name would stand for the absence of watermarks.
#[test]
fn no_source_is_called_events() {
    let mut context = Context::new();
    let event = Event::new(start()).source("(events)").watermark(PartName::Support);
    assert_eq!(
        context.apply(&event).unwrap_err().to_string(),
        "event: source: `(events)` stands for events without a source; leave it out or name one"
    );
    assert_eq!(context, Context::new());
}

fn cases(normal: u32) -> u32 {
    std::env::var("PROPTEST_CASES").ok().and_then(|cases| cases.parse().ok()).unwrap_or(normal)
}
