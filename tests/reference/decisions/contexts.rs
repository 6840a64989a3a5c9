//! Random contexts: fresh and stale, partial and absent, on each side of a boundary.

use tactful::context::{
    Answer, Appointment, Appointments, AsOf, Attribute, Attributes, Cart, Consent, Contact, Device,
    Feedback, Grant, History, Interaction, List, Onboarding, Order, Product, Profile, Purchases,
    Recency, Record, Score, Scores, Subscription, Support, Ticket,
};
use tactful::{
    AppointmentStatus, Channel, ConsentStatus, Context, FormFactor, Metric, Money,
    OnboardingStatus, OrderStatus, Outcome, Platform, Purpose, SubscriptionStatus, TicketState,
    Timestamp, Topic,
};

use crate::generate::{CHANNELS, LENGTHS, ZONES};
use crate::model::{DAY, HOUR, MINUTE, Policy};
use crate::tape::Tape;

impl Tape<'_> {
    /// Delivers one part.
    pub(crate) fn part(&mut self, context: Context, part: &str, policy: &Policy) -> Context {
        match part {
            "support" => context.support(self.support(policy)),
            "purchases" => context.purchases(self.purchases(policy)),
            "device" => context.device(self.device()),
            "recency" => context.recency(self.recency()),
            "consent" => context.consent(self.consent()),
            "history" => context.history(self.history(policy)),
            "subscription" => context.subscription(self.subscription(policy)),
            "feedback" => context.feedback(self.feedback()),
            "scores" => context.scores(self.scores()),
            "profile" => context.profile(self.profile()),
            "appointments" => context.appointments(self.appointments()),
            _ => context.attributes(self.attributes()),
        }
    }

    fn support(&mut self, policy: &Policy) -> Support {
        let mut support =
            Support::new(self.as_of(15 * MINUTE)).tickets(self.list(3, |tape, place| {
                let mut ticket = Ticket::new(format!("T-{place}"), tape.time(), tape.time());
                let over = [TicketState::Closed, TicketState::Solved];
                let open = [TicketState::Open, TicketState::Pending];
                ticket.state = if tape.one_in(2) { tape.maybe(&open) } else { tape.maybe(&over) };
                ticket.topic = tape.maybe(&[Topic::BillingDispute, Topic::Refund, Topic::Other]);
                ticket.closed_at = tape.maybe_time();
                ticket.escalated = tape.maybe(&[false, true]);
                ticket.reopened = tape.maybe(&[0, 1, 2]);
                if tape.one_in(2) {
                    ticket.disputed = Some(tape.money(policy));
                }
                ticket
            }));
        if self.one_in(if self.timely { 1 } else { 3 }) {
            let mut contact = Contact::new(Channel::Phone, self.time());
            contact.ended_at = self.maybe_time();
            support = support.active_contact(contact.clone()).last_contact(contact);
        }
        support
    }

    fn purchases(&mut self, policy: &Policy) -> Purchases {
        let mut purchases = Purchases::new(self.as_of(HOUR));
        if !self.one_in(4) {
            let mut cart = Cart::new(self.pick(&[2_i64, 0, 1]), self.time());
            cart.value = self.one_in(2).then(|| self.money(policy));
            purchases = purchases.cart(cart);
        }
        purchases = purchases.orders(self.list(3, |tape, place| {
            let mut order = Order::new(format!("O-{place}"), tape.time());
            order.status = tape.maybe(&[
                OrderStatus::Placed,
                OrderStatus::Delivered,
                OrderStatus::Shipped,
                OrderStatus::Delayed,
                OrderStatus::Cancelled,
            ]);
            order.promised_at = tape.maybe_time();
            order.total = tape.one_in(2).then(|| tape.money(policy));
            order.categories = tape.maybe(&[vec!["phone".to_owned()], Vec::new()]);
            order
        }));
        purchases.products(self.list(3, |tape, place| {
            let mut product = Product::new(format!("P-{place}"));
            product.category = tape.maybe(&["phone".to_owned(), "case".to_owned()]);
            product.warranty_ends_at = tape.maybe_time();
            product
        }))
    }

    fn device(&mut self) -> Device {
        let mut device = Device::new(self.as_of(30 * MINUTE));
        device.form_factor = self.maybe(&[FormFactor::Desktop, FormFactor::Mobile, FormFactor::Tv]);
        device.push_enabled = self.maybe(&[true, false]);
        device.locale = self.maybe(&["de-AT".to_owned(), "en".to_owned(), "fr-FR".to_owned()]);
        device.platform = self.maybe(&[Platform::Android, Platform::Ios]);
        device
    }

    fn recency(&mut self) -> Recency {
        let mut recency = Recency::new(self.as_of(DAY));
        recency.last_seen_at = self.maybe_time();
        recency.first_seen_at = self.maybe_time();
        recency.last_login_at = self.maybe_time();
        recency.session_started_at = self.maybe_time();
        recency.previous_seen_at = self.maybe_time();
        recency.sessions_30d = self.maybe(&[0, 3, 4]);
        if self.one_in(2) {
            let status = self.pick(&[OnboardingStatus::Done, OnboardingStatus::Stuck]);
            recency = recency.onboarding(Onboarding::new(status));
        }
        recency
    }

    fn consent(&mut self) -> Consent {
        let mut consent = Consent::new(self.as_of(DAY)).grants(self.list(6, |tape, place| {
            let purpose = match tape.below(12) {
                8 => Purpose::Analytics,
                9 | 10 => Purpose::Service,
                11 => Purpose::Transactional,
                _ => Purpose::Marketing,
            };
            let status = match tape.below(6) {
                0 | 1 => ConsentStatus::Granted,
                2 => ConsentStatus::Denied,
                3 | 4 => ConsentStatus::DefaultGranted,
                _ => tape.pick(ConsentStatus::ALL),
            };
            let mut grant = Grant::new(purpose, status, tape.time());
            grant.channel = if tape.one_in(3) { None } else { Some(tape.pick(CHANNELS)) };
            grant.expires_at = if tape.one_in(2) { tape.maybe_time() } else { None };
            if place == 0 && !tape.one_in(4) {
                // Most have agreed, or there would be little left to say of messages.
                grant.channel = None;
                grant.purpose = Purpose::Marketing;
                grant.status = ConsentStatus::Granted;
            }
            grant
        }));
        if self.one_in(6) {
            consent.hard_blocks = Some(vec![self.pick(CHANNELS)]);
        }
        if self.one_in(2) {
            let count = 1 + self.below(3);
            consent.preferred_channels = Some((0..count).map(|_| self.pick(CHANNELS)).collect());
        }
        consent
    }

    fn history(&mut self, policy: &Policy) -> History {
        History::new(self.as_of(DAY)).interactions(self.list(8, |tape, _| tape.interaction(policy)))
    }

    fn interaction(&mut self, policy: &Policy) -> Interaction {
        let outcome = match self.below(6) {
            0 | 1 => Outcome::Sent,
            2 | 3 => Outcome::Impression,
            4 => Outcome::Click,
            _ => Outcome::Reject,
        };
        let mut ids: Vec<_> = policy.actions.iter().map(|action| action.id.as_str()).collect();
        ids.push("gone");
        let mut interaction = Interaction::new(self.pick(&ids), outcome, self.time());
        interaction.channel = if self.one_in(3) { None } else { Some(self.pick(CHANNELS)) };
        if self.one_in(3) {
            let kinds = ["upsell", "service", "promotion", "tip", "forgotten"];
            let kind = self.pick(&kinds).to_owned();
            interaction.kind = (!self.one_in(4)).then_some(kind);
            interaction.group = self.maybe(&["plan".to_owned(), "care".to_owned()]);
            interaction.tags = self.maybe(&[vec!["grow".to_owned()], Vec::new()]);
            interaction.purpose = self.pick(&[
                None,
                Some(Purpose::Marketing),
                Some(Purpose::Service),
                Some(Purpose::Transactional),
            ]);
        }
        if self.one_in(8) {
            interaction.counts_toward_limits = Some(self.pick(&[false, true]));
        }
        interaction
    }

    fn subscription(&mut self, policy: &Policy) -> Subscription {
        let mut subscription = Subscription::new(self.as_of(HOUR));
        subscription.plan = self.maybe(&["basic".to_owned(), "premium".to_owned()]);
        subscription.renews_at = self.maybe_time();
        subscription.started_at = self.maybe_time();
        subscription.status = self.maybe(&[
            SubscriptionStatus::Active,
            SubscriptionStatus::PastDue,
            SubscriptionStatus::Cancelled,
        ]);
        if !self.one_in(4) {
            subscription.arrears = Some(self.money(policy));
        }
        subscription
    }

    fn feedback(&mut self) -> Feedback {
        Feedback::new(self.as_of(DAY)).answers(self.list(3, |tape, _| {
            let metric = tape.pick(&[Metric::Csat, Metric::Nps]);
            Answer::new(metric, tape.pick(&[5_i64, 2, 3, 1]), tape.time())
        }))
    }

    fn scores(&mut self) -> Scores {
        let mut scores = Scores::new(self.as_of(7 * DAY));
        for name in ["churn", "uptake"] {
            let value = match self.below(8) {
                0..=3 => self.pick(&[0.5, 0.125, 0.06, 0.499_999_999_9]),
                4 | 5 => self.pick(&[0.0, 1.0, 1.0 / 1024.0, 3.0 / 1024.0, 1.0 / 3.0, 1e-10]),
                6 => self.pick(&[
                    1.5,
                    -0.1,
                    f64::NAN,
                    f64::INFINITY,
                    -0.0,
                    1.000_000_000_1,
                    -1e-10,
                    1.000_000_000_5,
                    1.000_000_001,
                ]),
                _ => continue,
            };
            let mut score = Score::new(value);
            if self.one_in(3) {
                let age =
                    self.pick(&[DAY, 7 * DAY, 7 * DAY + 1, 7 * DAY - 1, 30 * DAY, -5_000, -5_001]);
                score = score.at(Timestamp::from_millis(self.now - age));
            }
            scores.values.insert(name.to_owned(), score);
        }
        scores
    }

    fn profile(&mut self) -> Profile {
        let mut profile = Profile::new(self.as_of(30 * DAY));
        profile.plan = self.maybe(&["basic".to_owned(), "premium".to_owned()]);
        profile.age_years = self.maybe(&[18, 17, 40]);
        profile.role = self.maybe(&["admin".to_owned(), "member".to_owned()]);
        profile.joined_at = self.maybe_time();
        profile.vulnerable = self.maybe(&[false, true]);
        let zones: Vec<_> = ZONES.iter().map(|zone| (*zone).to_owned()).collect();
        profile.time_zone = self.maybe(&zones);
        if self.one_in(12) {
            profile.time_zone = Some("Mars/Olympus_Mons".to_owned());
        }
        profile.language = self.maybe(&["de".to_owned(), "en-GB".to_owned()]);
        profile.country = self.maybe(&["AT".to_owned(), "AT".to_owned(), "US".to_owned()]);
        profile.segments = self.maybe(&[vec!["vip".to_owned()], Vec::new()]);
        profile
    }

    fn appointments(&mut self) -> Appointments {
        Appointments::new(self.as_of(6 * HOUR)).bookings(self.list(3, |tape, place| {
            let mut booking = Appointment::new(format!("A-{place}"), tape.time());
            booking.status = tape.maybe(&[AppointmentStatus::Booked, AppointmentStatus::Missed]);
            booking
        }))
    }

    fn attributes(&mut self) -> Attributes {
        let mut attributes = Attributes::new(self.as_of(30 * DAY));
        let text = |word: &str| Attribute::Text(word.to_owned());
        let texts =
            |words: &[&str]| Attribute::Texts(words.iter().map(|w| (*w).to_owned()).collect());
        let time = Attribute::from(self.time());
        let values = [
            ("vip", vec![Attribute::Bool(true), Attribute::Bool(false), text("yes")]),
            ("children", vec![Attribute::Int(2), Attribute::Int(0), text("2")]),
            (
                "spend",
                vec![
                    Attribute::Double(99.5),
                    Attribute::Double(0.5),
                    Attribute::Int(100),
                    text("100"),
                ],
            ),
            ("nickname", vec![text("max"), text("moritz"), Attribute::Bool(true)]),
            ("expires_at", vec![time, text("soon"), Attribute::Null]),
            ("tier", vec![text("gold"), text("silver"), text("bronze")]),
            ("labels", vec![texts(&["a", "b"]), texts(&[]), text("a")]),
        ];
        for (name, of) in values {
            if let Some(value) = self.maybe(&of) {
                attributes.values.insert(name.to_owned(), value);
            }
        }
        attributes
    }

    /// An instant on, or a millisecond or some minutes off, a boundary.
    pub(crate) fn time(&mut self) -> Timestamp {
        let length = self.pick(&LENGTHS);
        let off = self.pick(&[0, -1, 1, 3 * MINUTE, -3 * MINUTE, 11 * HOUR, -11 * HOUR]);
        let sign = self.pick(&[-1, -1, -1, 1]);
        Timestamp::from_millis(self.now + sign * length + off)
    }

    fn maybe_time(&mut self) -> Option<Timestamp> {
        if self.one_in(3) { None } else { Some(self.time()) }
    }

    /// When a part was delivered: fresh mostly, and on each side of its limits.
    fn as_of(&mut self, limit: i64) -> AsOf {
        let age = match self.below(4) {
            0 | 1 => 0,
            2 if self.calm => 0,
            _ if self.timely => self.pick(&[0, 0, limit + 1]),
            2 => self.pick(&[1, MINUTE, -1, -5_000]),
            _ => self.pick(&[
                limit,
                limit + 1,
                limit - 1,
                2 * limit,
                -5_001,
                400 * DAY,
                29 * MINUTE,
                61 * MINUTE,
            ]),
        };
        let time = Timestamp::from_millis(self.now - age);
        if self.one_in(8) {
            let newer = Timestamp::from_millis((self.now - age).max(self.now));
            return AsOf::sources([("a", newer), ("b", time)]).expect("two sources");
        }
        AsOf::from(time)
    }

    fn list<T: Record>(
        &mut self,
        most: usize,
        mut record: impl FnMut(&mut Self, usize) -> T,
    ) -> List<T> {
        let state = self.below(8);
        let count = self.below(most + 1);
        let items: Vec<T> = (0..count).map(|place| record(self, place)).collect();
        match state {
            _ if self.timely => List::complete(items),
            7 if self.calm => List::complete(items),
            6 => List::partial(items),
            7 => List::default(),
            _ => List::complete(items),
        }
    }

    fn money(&mut self, policy: &Policy) -> Money {
        let minor = self.pick(&[0, 1, 5_000, 10_000]);
        let currency = if self.one_in(5) { "USD" } else { &policy.currency };
        Money::new(minor, currency.parse().expect("a currency"))
    }
}
