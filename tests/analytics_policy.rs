//! Models of customer analytics in policies: what they are read from, how they
//! are read back, and the midnight at which an answer turns.

#![cfg(all(feature = "toml", feature = "json"))]
#![allow(
    missing_docs,
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test may stop at the first surprise"
)]

use proptest::prelude::*;
use tactful::context::{History, Interaction, Order, Purchases, Recency, Subscription};
use tactful::{
    Channel, Context, Duration, Engine, Money, OrderStatus, Outcome, Policy, Request,
    SubscriptionStatus, Timestamp,
};

const NOW: &str = "2026-03-10T15:00:30Z";

/// One model of each sort, and all that they answer.
const MODELS: &str = r#"
policy   = "shop"
currency = "EUR"

[analytics.alive]
model   = "mbg_nbd"
r       = 0.525
alpha   = 6.183
a       = 0.891
b       = 1.614
unit    = "week"
horizon = "26w"

[analytics.steady]
model = "bg_nbd"
r     = 0.243
alpha = 4.414
a     = 0.793
b     = 2.426
unit  = "day"

[analytics.order]
model = "gamma_gamma"
p     = 6.25
q     = 3.74
v     = 15.44

[analytics.year]
model       = "lifetime_value"
purchases   = "alive"
order_value = "order"
horizon     = "12w"
period      = "4w"
discount    = 0.01

[analytics.stage]
model         = "lifecycle"
activity      = "visits"
subscription  = true
dormant_after = "45d"

[analytics.rhythm]
model = "cadence"

[analytics.classes]
model        = "rfm"
recency_days = [30, 60]
orders       = [1, 4]
spend_minor  = [5000, 20000]

[analytics.renewal]
model    = "sbg"
alpha    = 0.668
beta     = 3.806
period   = "30d"
discount = 0.1

[analytics.gone]
model   = "weibull"
shape   = 1.8
scale   = 17
unit    = "week"
horizon = "30d"

[analytics.fading]
model    = "weibull"
shape    = 0.6
scale    = 40
unit     = "day"
horizon  = "30d"
activity = "visits"

[analytics.worn_out]
model     = "half_life"
half_life = "36h"
kinds     = ["information"]
outcomes  = ["click", "impression"]
"#;

const ANSWERS: [&str; 17] = [
    "alive.p_alive",
    "alive.expected_purchases",
    "steady.p_alive",
    "order.order_value_minor",
    "year.value_minor",
    "year.expected_purchases",
    "rhythm.overdue_ratio",
    "rhythm.mean_gap_days",
    "rhythm.p_silence",
    "classes.recency_score",
    "renewal.period",
    "renewal.retention",
    "renewal.residual_periods",
    "gone.p_churn",
    "gone.survival",
    "fading.p_churn",
    "worn_out.weight",
];

fn engine(condition: &str) -> Engine {
    let action = format!(
        "{MODELS}\n[[actions]]\nid = \"hello\"\nkind = \"information\"\nchannels = [\"web\"]\n\
         eligible = '''{condition}'''\n"
    );
    Engine::from_toml(&format!("{action}\n{NEVER}")).unwrap_or_else(|error| panic!("{error}"))
}

/// Nothing of what the answers follow from ages.
const NEVER: &str = "[fresh]\npurchases = \"never\"\nhistory = \"never\"\nrecency = \"never\"\n\
                     subscription = \"never\"\nconsent = \"never\"\n";

fn now() -> Timestamp {
    NOW.parse().unwrap()
}

/// What is recommended at an instant, and how long that stands.
fn at(engine: &Engine, context: &Context, now: Timestamp) -> (bool, Option<Timestamp>) {
    let decision = engine.decide(context, &Request::new(now, Channel::Web));
    (decision.recommendations().next().is_some(), decision.valid_until())
}

/// A customer whose orders, visits and interactions were so long ago; some lie
/// ahead.
fn customer(orders: &[i64], seen: &[i64], shown: &[i64], since: i64) -> Context {
    let ago = |minutes: i64| now() - Duration::minutes(minutes);
    let orders = orders.iter().enumerate().map(|(place, minutes)| {
        let order = Order::new(format!("O-{place}"), ago(*minutes));
        let total = Money::new(1_000 + 77 * i64::try_from(place).unwrap(), "EUR".parse().unwrap());
        order.status(OrderStatus::Delivered).total(total)
    });
    let shown = shown.iter().map(|minutes| {
        Interaction::new("hello", Outcome::Impression, ago(*minutes)).channel(Channel::Web)
    });
    let mut recency = Recency::new(now());
    let mut seen: Vec<Timestamp> = seen.iter().map(|minutes| ago(*minutes)).collect();
    seen.sort_unstable();
    recency.first_seen_at = seen.first().copied();
    recency.last_seen_at = seen.last().copied();
    recency.previous_seen_at = seen.iter().rev().nth(1).copied();
    let subscription = Subscription::new(now()).status(SubscriptionStatus::Active);
    Context::new()
        .purchases(Purchases::new(now()).orders(orders.collect::<Vec<_>>()))
        .history(History::new(now()).interactions(shown.collect::<Vec<_>>()))
        .recency(recency)
        .subscription(subscription.started_at(ago(since)))
}

fn some(most: usize) -> impl Strategy<Value = Vec<i64>> {
    prop::collection::vec(-3_000_i64..300_000, 0..most)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 96, failure_persistence: None, ..ProptestConfig::default() })]

    /// A comparison knows the midnight at which it turns: walking day by day,
    /// and a millisecond around it, finds no other.
    #[test]
    fn horizons_leap_to_where_an_answer_turns(
        orders in some(7), seen in some(4), shown in some(5), since in -3_000_i64..300_000,
        answer in prop::sample::select(&ANSWERS[..]),
        limit in 0.0_f64..1.0, steep in 0_i32..4, below in any::<bool>(),
    ) {
        let is_whole = ["_minor", "_score", "period"].iter().any(|end| answer.ends_with(end));
        let (limit, op) = (limit * 10_f64.powi(steep), if below { "<" } else { ">=" });
        let limit = if is_whole { format!("{limit:.0}") } else { format!("{limit:.6}") };
        let engine = engine(&format!("analytics.{answer} {op} {limit}"));
        let context = customer(&orders, &seen, &shown, since);
        let (mut moment, mut turns) = (now(), 0);
        let (mut is_there, mut until) = at(&engine, &context, moment);
        for day in 1..90 {
            let midnight = Timestamp::from_millis(now().as_millis() / 86_400_000 * 86_400_000);
            let midnight = midnight + Duration::days(day);
            while let Some(change) = until.filter(|change| *change <= midnight) {
                prop_assert!(change > moment, "{change} is not after {moment}");
                let before = Timestamp::from_millis(change.as_millis() - 1);
                prop_assert_eq!(at(&engine, &context, before).0, is_there, "before {}", change);
                moment = change;
                (is_there, until) = at(&engine, &context, moment);
                turns += 1;
            }
            prop_assert_eq!(at(&engine, &context, midnight).0, is_there, "at {}", midnight);
        }
        // One for each order, visit and period that lies ahead, and one turn between two.
        prop_assert!(turns <= 24, "{turns} instants within 90 days");
    }

    /// A stage begins at the instant it begins.
    #[test]
    fn stages_begin_when_they_are_said_to(
        orders in some(4), seen in some(4), since in 0_i64..300_000,
        stage in prop::sample::select(&["new", "active", "at_risk", "dormant", "reactivated"][..]),
    ) {
        let engine = engine(&format!("analytics.stage.stage == \"{stage}\""));
        let context = customer(&orders, &seen, &[], since);
        let mut moment = now();
        for _ in 0..12 {
            let (is_there, until) = at(&engine, &context, moment);
            let Some(until) = until else { break };
            for part in 1..=8 {
                let length = until.as_millis() - moment.as_millis();
                let between = Timestamp::from_millis(moment.as_millis() + (length - 1) * part / 8);
                prop_assert_eq!(at(&engine, &context, between).0, is_there, "at {}", between);
            }
            moment = until;
        }
    }
}

#[test]
fn models_are_the_same_in_both_formats() {
    let toml = format!(
        "{MODELS}\n[[actions]]\nid = \"a\"\nkind = \"information\"\nchannels = [\"web\"]\n"
    );
    let toml =
        toml.replace("p     = 6.25", "p = \"6.250\"").replace("scale   = 17", "scale = 17.0");
    let policy = Policy::from_toml(&toml).unwrap();
    let twin = Policy::from_json(&policy.to_json()).unwrap();
    assert_eq!(policy, twin);
    assert_eq!(policy.fingerprint(), twin.fingerprint());
    let plain = Policy::from_toml(&MODELS.replace("policy ", "actions = []\npolicy ")).unwrap();
    assert_eq!(plain.analytics, policy.analytics, "a number is one however it is written");
    // And another parameter makes another policy.
    let other = Policy::from_toml(&toml.replace("6.183", "6.184")).unwrap();
    assert_ne!(other.fingerprint(), policy.fingerprint());
}

#[test]
fn models_are_read_as_what_they_follow_from() {
    let reads = |condition: &str| engine(condition).reads().join(" ");
    assert_eq!(reads("true"), "consent.hard_blocks", "what is not read is not asked for");
    let orders = reads("analytics.alive.p_alive > 0.5 && analytics.rhythm.overdue_ratio > 1.0");
    assert_eq!(orders, "consent.hard_blocks purchases.orders");
    assert_eq!(
        reads("analytics.stage.stage == \"new\""),
        "consent.hard_blocks purchases.orders recency.first_seen_at recency.last_seen_at \
         recency.previous_seen_at subscription.status"
    );
    assert_eq!(
        reads("has(analytics.renewal.retention) || analytics.worn_out.weight < 1.0"),
        "consent.hard_blocks history.interactions subscription.started_at subscription.status"
    );
    let missing = engine("analytics.gone.p_churn > 0.5").missing(&Context::new(), now());
    let missing: Vec<String> = missing.iter().map(ToString::to_string).collect();
    assert_eq!(
        missing,
        [
            "consent (never delivered): consent.hard_blocks",
            "purchases (never delivered): purchases.orders"
        ]
    );
}

#[test]
fn a_stage_that_rests_on_several_parts_is_as_old_as_the_oldest() {
    let engine = Engine::from_toml(&format!(
        "{MODELS}\n[[actions]]\nid = \"hello\"\nkind = \"information\"\nchannels = [\"web\"]\n\
         eligible = 'analytics.stage.stage == \"new\"'\n"
    ))
    .unwrap();
    let minutes = |length| now() - Duration::minutes(length);
    let mut context = customer(&[100], &[100, 200], &[], 100);
    context.recency.known_mut().unwrap().as_of = minutes(50).into();
    context.purchases.known_mut().unwrap().as_of = minutes(20).into();
    let lacking = |context: &Context| -> Vec<String> {
        let decision = engine.decide(context, &Request::new(now(), Channel::Web));
        let account = decision.account("hello");
        let reasons = account.iter().flat_map(|account| account.reasons());
        let facts = reasons.flat_map(|reason| reason.facts().collect::<Vec<_>>());
        facts.map(|fact| fact.to_string()).collect()
    };
    assert!(lacking(&context).is_empty());
    let (recommended, until) = at(&engine, &context, now());
    assert!(recommended);
    // The purchases are stale before the visits are, and before the stage is another.
    assert_eq!(until, Some(minutes(20) + Duration::hours(1) + Duration::from_millis(1)));
    context.purchases.known_mut().unwrap().as_of = minutes(61).into();
    context.subscription.known_mut().unwrap().as_of = minutes(90).into();
    assert_eq!(
        lacking(&context),
        ["purchases (too old: 1 h old, limit 1 h)", "subscription (too old: 1 h old, limit 1 h)"]
    );
}

#[test]
fn a_suppression_that_allows_the_unknown_goes_by_what_was_known_last() {
    let engine = Engine::from_toml(&format!(
        "{MODELS}\n[[actions]]\nid = \"hello\"\nkind = \"information\"\nchannels = [\"web\"]\n\
         [[suppress]]\nid = \"enough\"\nwhen = \"analytics.worn_out.weight >= 0.9\"\n\
         on_unknown = \"allow\"\nkinds = [\"information\"]\nbecause = \"enough\"\n"
    ))
    .unwrap();
    let mut context = customer(&[], &[], &[5, 1_500], 0);
    context.history.known_mut().unwrap().as_of = (now() - Duration::days(3)).into();
    assert!(!at(&engine, &context, now()).0, "what was seen three days ago was seen");
    let mut nothing = customer(&[], &[], &[], 0);
    nothing.history.known_mut().unwrap().as_of = (now() - Duration::days(3)).into();
    assert!(at(&engine, &nothing, now()).0);
}

#[test]
fn several_channels_share_what_is_found_out() {
    let engine = Engine::from_toml(&format!(
        "{MODELS}\n[[actions]]\nid = \"hello\"\nkind = \"information\"\n\
         channels = [\"web\", \"email\"]\n\
         eligible = 'analytics.alive.p_alive > 0.1 && request.channel == \"email\"'\n"
    ))
    .unwrap();
    let context = customer(&[100, 40_000, 80_000], &[], &[], 0);
    let mut request = Request::new(now(), Channel::Web);
    request.or_channels = vec![Channel::Email];
    let decision = engine.decide(&context, &request);
    let channels: Vec<Channel> =
        decision.recommendations().map(|placed| placed.channel()).collect();
    assert_eq!(channels, [Channel::Email]);
}

#[test]
fn a_policy_reads_its_models_back() {
    let said = engine("analytics.alive.p_alive > 0.5").describe();
    let (_, rest) = said.split_once("Found out about the customer\n").unwrap();
    let (models, _) = rest.split_once("\n\nOffered").unwrap();
    assert_eq!(
        models,
        "  alive: whether the customer comes back, and how often in the next 182 d (MBG/NBD by the week, with r 0.525, alpha 6.183, a 0.891, b 1.614)
  classes: classes of recency, frequency and money, with breaks at 30, 60 days, 1, 4 orders and 5000, 20000 minor units
  fading: whether the customer, so long without a visit, leaves within 30 d (Weibull by the day, with shape 0.6, scale 40)
  gone: whether the customer, so long without an order, leaves within 30 d (Weibull by the week, with shape 1.8, scale 17)
  order: what an order comes to (gamma-gamma with p 6.25, q 3.74, v 15.44)
  renewal: whether a contract is renewed every 30 d (shifted beta-geometric with alpha 0.668, beta 3.806)
  rhythm: how late the next order is, by the customer's own cadence
  stage: where the customer stands: new for 30 d; without a visit at risk after 30 d, dormant after 45 d, lapsed after 365 d; back for 14 d; churned once the subscription is over
  steady: whether the customer comes back (BG/NBD by the day, with r 0.243, alpha 4.414, a 0.793, b 2.426)
  worn_out: each click or impression with information, half as much every 36 h
  year: what the customer is worth in the next 84 d, less 1 % every 28 d, by alive and order"
    );
}
