//! A policy of any size and a customer, the same each time.

use std::fmt::Write;

use tactful::context::{
    Consent, Device, Feedback, Grant, History, Interaction, Order, Profile, Purchases, Recency,
    Scores, Subscription, Support, Ticket,
};
use tactful::{
    Channel, ConsentStatus, Context, Duration, FormFactor, OrderStatus, Outcome, Purpose,
    TicketState, Timestamp, Topic,
};

const KINDS: [&str; 5] = ["upsell", "cross_sell", "promotion", "retention", "service"];

/// Conditions that actions draw from, the first ones more often.
const CLAUSES: [&str; 24] = [
    r#"profile.plan == "basic""#,
    "profile.age_years >= 18",
    "subscription.arrears_minor == 0",
    "scores.churn >= 0.5",
    "recency.sessions_30d >= 3",
    "since(recency.last_seen_at) < days(30)",
    "within(profile.joined_at, days(365))",
    r#"device.form_factor in ["mobile", "tablet"]"#,
    r#"purchases.orders.exists(o, "shoes" in o.categories)"#,
    r#"purchases.orders.exists(o, "books" in o.categories && within(o.placed_at, days(90)))"#,
    "purchases.orders.exists(o, o.total_minor >= 10000)",
    "purchases.orders.size() >= 3",
    r#"profile.role == "admin""#,
    r#"profile.country in ["DE", "AT", "CH"]"#,
    "profile.age_years < 65",
    "scores.value > 100.0",
    r#"subscription.status == "active""#,
    "subscription.renews_at - now <= days(30)",
    "support.tickets.all(t, !t.is_open)",
    r#"support.tickets.exists(t, t.topic == "how_to")"#,
    "has(device.app_version)",
    r#""vip" in profile.segments"#,
    r#"profile.language.startsWith("de")"#,
    "recency.sessions_30d < 20",
];

const SUPPRESSIONS: [&str; 4] = [
    r#"support.tickets.exists(t, t.topic == "billing_dispute" && t.is_open)"#,
    r#"purchases.orders.exists(o, o.status == "delayed")"#,
    r#"feedback.answers.exists(a, a.metric == "csat" && a.score <= 2)"#,
    "within(profile.joined_at, days(14))",
];

pub(crate) fn policy(actions: usize) -> String {
    let mut text = "policy = 'bench'\ncurrency = 'EUR'\n".to_owned();
    let mut draws = Draws(1);
    for number in 0..actions {
        let kind = KINDS[draws.below(KINDS.len())];
        let clauses: Vec<String> = (0..=draws.below(3))
            .map(|_| {
                let place = draws.below(CLAUSES.len()).min(draws.below(CLAUSES.len()));
                format!("'''{}'''", CLAUSES[place])
            })
            .collect();
        let propensity = 1 + draws.below(999);
        writeln!(
            text,
            "[[actions]]\nid = 'a{number}'\nkind = '{kind}'\ngroup = 'g{}'\nchannels = ['web', 'email']\n\
             propensity = '0.{propensity:03}'\nvalue = {}\neligible = [{}]",
            number % 50,
            1 + draws.below(500),
            clauses.join(", "),
        )
        .expect("a text can be written to");
    }
    for (number, when) in SUPPRESSIONS.iter().enumerate() {
        writeln!(
            text,
            "[[suppress]]\nid = 's{number}'\nwhen = '''{when}'''\nkinds = ['upsell', '{}']\nbecause = 'b'",
            KINDS[1 + number % 3],
        )
        .expect("a text can be written to");
    }
    for (number, kind) in KINDS.iter().enumerate() {
        writeln!(
            text,
            "[[boosts]]\nid = 'b{number}'\nwhen = '''{}'''\npercent = 50\nkinds = ['{kind}']",
            CLAUSES[number],
        )
        .expect("a text can be written to");
    }
    text
}

/// A policy of whose actions a customer of so many years is eligible for as many
/// in a hundred.
pub(crate) fn eligible_policy(actions: usize) -> String {
    let mut text = "policy = 'bench'\ncurrency = 'EUR'\n".to_owned();
    let mut draws = Draws(3);
    for number in 0..actions {
        writeln!(
            text,
            "[[actions]]\nid = 'a{number}'\nkind = 'service'\nchannels = ['web']\n\
             propensity = '0.{:03}'\nvalue = {}\neligible = 'profile.age_years > {}'",
            1 + draws.below(999),
            1 + draws.below(500),
            draws.below(100),
        )
        .expect("a text can be written to");
    }
    text
}

/// A fixed stream of numbers, so that every run measures the same work.
struct Draws(u64);

impl Draws {
    fn below(&mut self, limit: usize) -> usize {
        self.0 =
            self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(self.0 >> 40).expect("24 bits") % limit
    }
}

pub(crate) fn now() -> Timestamp {
    "2026-03-10T15:00:30Z".parse().expect("a time")
}

pub(crate) fn context() -> Context {
    let now = now();
    let orders: Vec<Order> = (0..8)
        .map(|number| {
            let category = if number % 2 == 0 { "books" } else { "garden" };
            Order::new(format!("o{number}"), now - Duration::days(20 * number + 5))
                .status(OrderStatus::Delivered)
                .categories(vec![category.to_owned()])
        })
        .collect();
    let ticket = Ticket::new("t", now - Duration::days(40), now - Duration::days(38))
        .state(TicketState::Closed)
        .topic(Topic::HowTo);
    let granted = Grant::new(Purpose::Marketing, ConsentStatus::Granted, now - Duration::days(300));
    Context::new()
        .support(Support::new(now).tickets([ticket]))
        .purchases(Purchases::new(now).orders(orders))
        .device(Device::new(now).form_factor(FormFactor::Mobile))
        .recency(Recency::new(now).last_seen_at(now - Duration::days(3)).sessions_30d(7))
        .consent(Consent::new(now).grants([granted]))
        .subscription(Subscription::new(now).plan("basic"))
        .feedback(Feedback::new(now).answers([]))
        .scores(Scores::new(now).score("churn", 0.35))
        .profile(Profile::new(now).age_years(34).plan("basic").country("AT").language("de-AT"))
}

/// Limits, quiet hours and a history, on top of the policy.
pub(crate) fn contact_policy(actions: usize) -> String {
    let mut text = policy(actions);
    text.push_str("[quiet_hours.night]\nfrom = '21:00'\nto = '09:00'\n");
    for (number, per) in ["action", "group", "kind"].iter().cycle().take(12).enumerate() {
        writeln!(
            text,
            "[[limits]]\nid = 'l{number}'\npurposes = ['marketing']\nper = '{per}'\nat_most = {}\n\
             within = '{}d'{}",
            2 + number,
            1 + number,
            if number % 3 == 0 { "\npause = '10d'\noutcomes = 'click'" } else { "" },
        )
        .expect("a text can be written to");
    }
    text
}

pub(crate) fn history(interactions: i64) -> History {
    let mut draws = Draws(7);
    let interaction = |number: i64| {
        let action = draws.below(100);
        let outcome = [Outcome::Sent, Outcome::Click][draws.below(2)];
        let at = now() - Duration::minutes(1 + number * 90);
        Interaction::new(format!("a{action}"), outcome, at)
            .channel(Channel::Email)
            .kind(KINDS[action % KINDS.len()])
            .group(format!("g{}", action % 50))
            .purpose(Purpose::Marketing)
    };
    History::new(now()).interactions((0..interactions).map(interaction).collect::<Vec<_>>())
}

/// Boosts on single actions, scores of models and deep conditions, on top of
/// the policy: what keeps a ranking from being cut short.
pub(crate) fn hard_policy(actions: usize) -> String {
    let mut text = policy(actions);
    for number in 0..actions / 10 {
        writeln!(
            text,
            "[[boosts]]\nid = 'of-{number}'\nwhen = '''{}'''\npercent = 25\nids = ['a{}']",
            CLAUSES[number % CLAUSES.len()],
            number * 10,
        )
        .expect("a text can be written to");
        writeln!(
            text,
            "[[actions]]\nid = 'm{number}'\nkind = 'service'\nchannels = ['web']\n\
             propensity = {{ score = 'churn' }}\nvalue = {}\n\
             eligible = '''({}) || !({}) && ({})'''",
            1 + number % 500,
            CLAUSES[number % CLAUSES.len()],
            CLAUSES[(number + 7) % CLAUSES.len()],
            CLAUSES[(number + 11) % CLAUSES.len()],
        )
        .expect("a text can be written to");
    }
    text
}
