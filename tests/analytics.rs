//! Customer analytics against its vectors, published values and the edges of its domains.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::float_cmp,
    reason = "a test may stop at the first surprise"
)]

use std::collections::BTreeMap;
use std::fs;
use std::str::FromStr;

use proptest::prelude::*;
use tactful::analytics::{
    Activity, Cadence, Discounting, DomainError, GammaGamma, HalfLife, Lifecycle, NotKnown,
    PurchaseModel, PurchaseSummary, RepeatPurchases, Rfm, ShiftedBetaGeometric, TimeUnit,
    WeibullInactivity, ces, csat, csat_binary, first_contact_resolution, nps,
};
use tactful::context::{List, Order, Purchases};
use tactful::{Context, Currency, Duration, Money, OrderStatus, Timestamp};

/// How close answers are, relative to the vectors.
///
/// The vectors ask for it where only `+ - * /`, `exp` and `ln` are needed, and
/// for 1e-9 where a series is summed.
const CLOSE: f64 = 1e-12;

/// A row of a file of vectors: its fields by name.
struct Row(BTreeMap<String, String>);

impl Row {
    fn text(&self, name: &str) -> &str {
        self.0.get(name).unwrap_or_else(|| panic!("no column {name}"))
    }

    fn get<T: FromStr>(&self, name: &str) -> T {
        let text = self.text(name);
        text.parse().unwrap_or_else(|_| panic!("{name}: `{text}`"))
    }

    fn number(&self, name: &str) -> f64 {
        self.get(name)
    }
}

fn read(name: &str) -> String {
    let path = format!("{}/tests/vectors/analytics/{name}", env!("CARGO_MANIFEST_DIR"));
    fs::read_to_string(path).unwrap()
}

fn rows(name: &str) -> Vec<Row> {
    let text = read(name);
    let mut lines = text.lines();
    let names: Vec<&str> = lines.next().unwrap().split(',').collect();
    let row = |line: &str| {
        let fields: Vec<&str> = line.split(',').collect();
        assert_eq!(fields.len(), names.len(), "{line}");
        Row(names
            .iter()
            .zip(fields)
            .map(|(name, field)| (name.to_string(), field.into()))
            .collect())
    };
    lines.map(row).collect()
}

/// Compares with the vectors and collects what is off, so that one run shows all of it.
#[derive(Default)]
struct Comparison {
    compared: usize,
    failures: Vec<String>,
}

impl Comparison {
    fn relative(&mut self, what: &str, found: f64, expected: f64, tolerance: f64) {
        let off = (found - expected).abs() > tolerance * expected.abs();
        self.that(what, !off && found.is_finite(), || format!("{found:e}, not {expected:e}"));
    }

    fn that(&mut self, what: &str, holds: bool, describe: impl FnOnce() -> String) {
        self.compared += 1;
        if !holds {
            self.failures.push(format!("{what}: {}", describe()));
        }
    }

    fn all_agree(self, at_least: usize) {
        assert!(self.failures.is_empty(), "\n{}", self.failures.join("\n"));
        assert!(self.compared >= at_least, "only {} compared", self.compared);
    }
}

fn close(found: f64, expected: f64, tolerance: f64) {
    assert!((found - expected).abs() <= tolerance, "{found} is not {expected}");
}

type Fit = fn(f64, f64, f64, f64) -> Result<PurchaseModel, DomainError>;

fn purchase_vectors(name: &str, fit: Fit) {
    let mut comparison = Comparison::default();
    for row in rows(name) {
        let number = |name| row.number(name);
        let model = fit(number("r"), number("alpha"), number("a"), number("b")).unwrap();
        let customer = RepeatPurchases::new(row.get("x"), number("t_x"), number("T")).unwrap();
        let case = row.text("case");
        let alive = model.p_alive(customer);
        comparison.relative(&format!("{case} alive"), alive, number("p_alive"), CLOSE);
        let expected = model.expected_purchases(customer, number("t")).unwrap();
        comparison.relative(case, expected, number("expected_purchases"), CLOSE);
    }
    comparison.all_agree(2 * 1_269);
}

#[test]
fn bg_nbd_agrees_with_its_vectors() {
    purchase_vectors("bgnbd.csv", PurchaseModel::bg_nbd);
}

#[test]
fn mbg_nbd_agrees_with_its_vectors() {
    purchase_vectors("mbgnbd.csv", PurchaseModel::mbg_nbd);
}

#[test]
fn gamma_gamma_agrees_with_its_vectors() {
    let mut comparison = Comparison::default();
    for row in rows("gamma_gamma.csv") {
        let model = GammaGamma::new(row.number("p"), row.number("q"), row.number("v")).unwrap();
        let mean = row.number("mean_repeat_spend");
        let value = model.expected_order_value(row.get("x"), mean).unwrap();
        comparison.relative(row.text("case"), value, row.number("expected_order_value"), CLOSE);
    }
    comparison.all_agree(1_182);
}

fn cdnow() -> PurchaseModel {
    PurchaseModel::bg_nbd(0.243, 4.414, 0.793, 2.426).unwrap()
}

fn cdnow_modified() -> PurchaseModel {
    PurchaseModel::mbg_nbd(0.525, 6.183, 0.891, 1.614).unwrap()
}

fn cdnow_spending() -> GammaGamma {
    GammaGamma::new(6.25, 3.74, 15.44).unwrap()
}

#[test]
fn lifetime_value_agrees_with_its_vectors() {
    let mut comparison = Comparison::default();
    for row in rows("clv_12m.csv") {
        let number = |name| row.number(name);
        let (last, observed) = (number("t_x_weeks"), number("T_weeks"));
        let customer = RepeatPurchases::new(row.get("x"), last, observed).unwrap();
        let (length, rate) = (number("weeks_per_month"), number("monthly_discount"));
        let discounting = Discounting::new(row.get("months"), length, rate).unwrap();
        let mean = number("mean_repeat_spend");
        let value =
            discounting.lifetime_value(&cdnow(), &cdnow_spending(), customer, mean).unwrap();
        let mut compare = |found, name| {
            comparison.relative(row.text("case"), found, row.number(name), CLOSE);
        };
        compare(value.expected_purchases, "expected_purchases_horizon");
        compare(value.expected_order_value, "expected_order_value");
        compare(value.discounted, "discounted_value");
    }
    comparison.all_agree(3 * 128);
}

#[test]
fn retention_agrees_with_its_vectors() {
    let mut comparison = Comparison::default();
    for row in rows("sbg_retention.csv") {
        let model = ShiftedBetaGeometric::new(row.number("alpha"), row.number("beta")).unwrap();
        let period = row.get("period");
        let mut compare = |found: Result<f64, DomainError>, name| {
            comparison.relative(row.text("case"), found.unwrap(), row.number(name), CLOSE);
        };
        compare(model.retention(period), "retention");
        compare(model.hazard(period), "churn_hazard");
        compare(model.survival(period), "survival");
        compare(model.residual_lifetime(period, row.number("discount")), "derl");
    }
    comparison.all_agree(4 * 27);
}

#[test]
fn inactivity_agrees_with_its_vectors() {
    let mut comparison = Comparison::default();
    for row in rows("weibull_inactivity.csv") {
        let number = |name| row.number(name);
        let model = WeibullInactivity::new(number("shape"), number("scale_days")).unwrap();
        let inactive = number("inactive_days");
        let churn = model.p_churn_within(inactive, number("horizon_days")).unwrap();
        comparison.relative(row.text("case"), churn, number("p_churn_in_horizon"), CLOSE);
        let survival = model.survival(inactive).unwrap();
        comparison.relative(row.text("case"), survival, number("survival"), CLOSE);
    }
    comparison.all_agree(2 * 38);
}

/// Days with decimals as whole milliseconds.
fn days(days: f64) -> Duration {
    let millis = days * 86_400_000.0;
    assert!((millis - millis.round()).abs() < 1e-3, "{days} days are no whole milliseconds");
    Duration::from_millis(format!("{millis:.0}").parse().unwrap())
}

#[test]
fn half_lives_agree_with_their_vectors() {
    let mut comparison = Comparison::default();
    for row in rows("half_life_decay.csv") {
        let half_life = HalfLife::new(days(row.number("half_life_days"))).unwrap();
        let weight = half_life.weight(days(row.number("age_days")));
        comparison.relative(row.text("case"), weight, row.number("weight"), 1e-15);
    }
    comparison.all_agree(16);
}

#[test]
fn lifecycle_agrees_with_its_vectors() {
    let mut comparison = Comparison::default();
    for row in rows("lifecycle.csv") {
        let gap = row.text("gap_before_last_activity_days");
        let customer = Activity {
            orders: row.get("orders"),
            tenure: days(row.number("tenure_days")),
            inactive: days(row.number("inactive_days")),
            gap_before_last: (!gap.is_empty()).then(|| days(gap.parse().unwrap())),
            cancelled: row.text("cancelled") == "1",
        };
        let stage = Lifecycle::default().stage(customer).as_str();
        comparison.that(row.text("case"), stage == row.text("stage"), || stage.to_owned());
    }
    comparison.all_agree(40);
}

#[test]
fn rfm_agrees_with_its_vectors() {
    let breaks: serde_json::Value = serde_json::from_str(&read("rfm_breaks.json")).unwrap();
    let list = |name: &str| -> Vec<i64> { serde_json::from_value(breaks[name].clone()).unwrap() };
    let (days, orders) = (list("recency_days_breaks"), list("orders_breaks"));
    let rfm = Rfm::new(days, orders, list("spend_cents_breaks")).unwrap();
    let mut comparison = Comparison::default();
    for row in rows("rfm_completejourney.csv") {
        let spend = row.get("spend_cents");
        let score = rfm.score(row.get("days_since_last"), row.get("orders"), spend).to_string();
        let expected = format!("R{} F{} M{}", row.text("R"), row.text("F"), row.text("M"));
        comparison.that(row.text("household_id"), score == expected, || score.clone());
    }
    comparison.all_agree(1_231);
}

/// A score of any metric by its name in the vectors.
fn satisfaction(metric: &str, answers: &[i64]) -> Option<f64> {
    let yes: Vec<bool> = answers.iter().map(|answer| *answer == 1).collect();
    match metric {
        "csat5" => csat(answers).unwrap(),
        "nps" => nps(answers).unwrap(),
        "ces7" => ces(answers).unwrap(),
        "csat_binary" => csat_binary(&yes),
        "fcr" => first_contact_resolution(&yes),
        _ => panic!("{metric}"),
    }
}

#[test]
fn satisfaction_agrees_with_its_vectors() {
    let mut comparison = Comparison::default();
    for row in rows("satisfaction.csv") {
        let answers: Vec<i64> = row
            .text("responses")
            .split_whitespace()
            .map(|answer| answer.parse().unwrap())
            .collect();
        let found = satisfaction(row.text("metric"), &answers);
        let expected: Option<f64> = row.text("score").parse().ok();
        // The file has ten decimals.
        let agrees = match (found, expected) {
            (Some(found), Some(expected)) => (found - expected).abs() < 1e-10,
            (found, expected) => found == expected,
        };
        comparison.that(row.text("case"), agrees, || format!("{found:?}, not {expected:?}"));
    }
    comparison.all_agree(20);
}

fn usd() -> Currency {
    "USD".parse().unwrap()
}

/// The purchases of CDNOW by customer.
///
/// They are moved from 1997 to 2007, by 3,652 days: contexts begin in 2000.
fn cdnow_orders() -> BTreeMap<String, Vec<Order>> {
    let mut orders = BTreeMap::<String, Vec<Order>>::new();
    for (number, row) in rows("cdnow_transactions.csv").iter().enumerate() {
        let total = Money::new(row.get("amount_cents"), usd());
        let placed_at = moved(row.text("date"));
        let order = Order::new(format!("{number}"), placed_at);
        let order = order.status(OrderStatus::Delivered).total(total);
        orders.entry(row.text("customer_id").to_owned()).or_default().push(order);
    }
    orders
}

fn moved(date: &str) -> Timestamp {
    let date: jiff::civil::Date = date.parse().unwrap();
    let midnight = date.to_zoned(jiff::tz::TimeZone::UTC).unwrap().timestamp();
    Timestamp::from_millis(midnight.as_millisecond()) + Duration::days(3_652)
}

#[test]
fn summaries_of_contexts_agree_with_their_vectors() {
    let orders = cdnow_orders();
    let mut comparison = Comparison::default();
    for row in rows("btyd_summary_cdnow.csv") {
        let customer = row.text("customer_id");
        let now = moved(row.text("as_of")) + Duration::from_millis(86_399_999);
        let part = Purchases::new(now).orders(orders[customer].clone());
        let summary = PurchaseSummary::of_purchases(&part, now).unwrap();
        let repeats = summary.repeat_purchases(TimeUnit::Day).unwrap();
        let found = (
            repeats.repeats(),
            repeats.last(),
            repeats.observed(),
            summary.mean_repeat_spend_minor(usd()).unwrap(),
            summary.spend_minor(usd()).unwrap(),
        );
        let number = |name| row.number(name);
        let expected = (
            row.get("x"),
            number("t_x_days"),
            number("T_days"),
            number("mean_repeat_spend_cents"),
            row.get("total_spend_cents"),
        );
        // The file has six decimals.
        let spends_agree = (found.3 - expected.3).abs() < 1e-6;
        let agrees = (found.0, found.1, found.2, found.4)
            == (expected.0, expected.1, expected.2, expected.4);
        comparison.that(customer, agrees && spends_agree, || format!("{found:?} {expected:?}"));
    }
    comparison.all_agree(1_179);
}

#[test]
fn the_published_values_are_reproduced() {
    let customer = RepeatPurchases::new(2, 30.43, 38.86).unwrap();
    close(cdnow().expected_purchases(customer, 39.0).unwrap(), 1.22602817476715, 1e-13);
    close(cdnow().p_alive(customer), 0.726578570080673, 1e-14);
    close(cdnow_modified().expected_purchases(customer, 39.0).unwrap(), 1.26296062326737, 1e-13);
    close(cdnow_modified().p_alive(customer), 0.70620226511849, 1e-14);
    // Somebody who has just bought for the first time; the parameters are rounded.
    let first = RepeatPurchases::new(0, 0.0, 0.0).unwrap();
    for (weeks, published, with_these) in [
        (0.1429, 0.0078, 0.00783),
        (1.0, 0.0532, 0.05327),
        (3.0, 0.1506, 0.15087),
        (31.8571, 1.0405, 1.04200),
        (32.0, 1.0437, 1.04524),
        (78.0, 1.8576, 1.86052),
    ] {
        let found = cdnow().expected_purchases(first, weeks).unwrap();
        close(found, with_these, 5.1e-6);
        close(found, published, 0.004);
    }
}

#[test]
fn the_published_order_values_are_reproduced() {
    for (repeats, mean, published) in [(2, 22.35, 24.65), (1, 11.77, 18.91), (0, 0.0, 35.17)] {
        close(cdnow_spending().expected_order_value(repeats, mean).unwrap(), published, 0.1);
    }
}

/// Fader and Hardie 2007, figures 2 and 3: what share survives, model against data.
#[test]
fn the_published_survival_is_reproduced() {
    let regular = ShiftedBetaGeometric::new(0.704, 1.182).unwrap();
    let high_end = ShiftedBetaGeometric::new(0.668, 3.806).unwrap();
    close(regular.survival(7).unwrap(), 0.241, 0.03);
    close(high_end.survival(7).unwrap(), 0.491, 0.03);
    assert_eq!(regular.survival(0), Ok(1.0));
}

/// For a = 1 the published formula divides by zero; the limit is smooth.
#[test]
fn nothing_is_special_about_a_of_one() {
    let customer = RepeatPurchases::new(3, 20.0, 30.0).unwrap();
    let expected = |a| {
        let model = PurchaseModel::bg_nbd(0.6, 14.0, a, 0.4).unwrap();
        model.expected_purchases(customer, 52.0).unwrap()
    };
    for step in [1e-6, 1e-9, 1e-12] {
        let middle = f64::midpoint(expected(1.0 - step), expected(1.0 + step));
        close(expected(1.0), middle, 1e-9);
    }
    assert!(expected(1.0 - 1e-9) > expected(1.0) && expected(1.0) > expected(1.0 + 1e-9));
}

/// b + x - 1 and a + b + x - 1 may be zero or below it.
#[test]
fn sums_of_a_and_b_below_one_are_fine() {
    let first = RepeatPurchases::new(0, 0.0, 10.0).unwrap();
    for (a, b) in [(0.3, 0.6), (0.5, 0.5), (0.01, 0.01), (1.0, 1e-9)] {
        for fit in [PurchaseModel::bg_nbd, PurchaseModel::mbg_nbd] {
            let expected = fit(5.0, 12.0, a, b).unwrap().expected_purchases(first, 20.0).unwrap();
            assert!(expected > 0.0 && expected < 5.0 * 20.0 / 22.0, "{a} {b}: {expected}");
        }
    }
}

#[test]
fn who_has_not_come_back_is_alive_in_one_model_only() {
    let silent = RepeatPurchases::new(0, 0.0, 1e6).unwrap();
    assert_eq!(cdnow().p_alive(silent), 1.0);
    assert!(cdnow_modified().p_alive(silent) < 0.01);
}

#[test]
fn many_purchases_overflow_nothing() {
    for repeats in [500, 100_000, u32::MAX] {
        let steady = RepeatPurchases::new(repeats, 1e6, 1e6).unwrap();
        assert!(cdnow().p_alive(steady) > 0.99);
        let expected = cdnow().expected_purchases(steady, 10.0).unwrap();
        let rate = f64::from(repeats) / 1e6;
        assert!(expected > 0.98 * 10.0 * rate && expected < 1.01 * 10.0 * rate, "{expected}");
        let gone = RepeatPurchases::new(repeats, 1e5, 1e6).unwrap();
        assert_eq!(cdnow().p_alive(gone), 0.0);
        assert_eq!(cdnow().expected_purchases(gone, 10.0), Ok(0.0));
    }
}

#[test]
fn horizons_have_an_end() {
    let customer = RepeatPurchases::new(2, 30.43, 38.86).unwrap();
    assert_eq!(cdnow().expected_purchases(customer, 0.0), Ok(0.0));
    let far = 1_000.0 * (4.414 + 38.86);
    assert!(cdnow().expected_purchases(customer, far).unwrap() > 2.0);
    let says =
        |customer, horizon| cdnow().expected_purchases(customer, horizon).unwrap_err().to_string();
    assert_eq!(
        says(customer, 50_000.0),
        "horizon: 50000 is more than 1000 times alpha + T (43.274): \
         ask for a shorter time, in the unit of the fit"
    );
    let busy = RepeatPurchases::new(1_000, 38.0, 38.86).unwrap();
    assert_eq!(
        says(busy, 5_000.0),
        "horizon: 5000 is time for more than 100000 purchases: \
         ask for a shorter time, in the unit of the fit"
    );
}

#[test]
fn errors_name_the_value() {
    let places = |result: Result<(), DomainError>| result.unwrap_err().place().to_owned();
    let none = f64::NAN;
    for (found, place) in [
        (PurchaseModel::bg_nbd(none, 1.0, 1.0, 1.0).map(drop), "bg_nbd.r"),
        (PurchaseModel::mbg_nbd(1.0, 1.0, 0.0, 1.0).map(drop), "mbg_nbd.a"),
        (PurchaseModel::bg_nbd(1.0, 1.0, 1.0, f64::INFINITY).map(drop), "bg_nbd.b"),
        (GammaGamma::new(6.25, -3.74, 15.44).map(drop), "gamma_gamma.q"),
        (
            GammaGamma::new(6.0, 0.9, 15.0).unwrap().expected_order_value(0, 0.0).map(drop),
            "gamma_gamma.q",
        ),
        (cdnow_spending().expected_order_value(1, none).map(drop), "mean_repeat_spend"),
        (RepeatPurchases::new(0, 1.0, 2.0).map(drop), "last"),
        (RepeatPurchases::new(1, 3.0, 2.0).map(drop), "last"),
        (RepeatPurchases::new(1, 3.0, none).map(drop), "observed"),
        (Discounting::new(0, 1.0, 0.1).map(drop), "discounting.periods"),
        (Discounting::new(12, none, 0.1).map(drop), "discounting.length"),
        (Discounting::new(12, 1.0, -0.1).map(drop), "discounting.rate"),
        (ShiftedBetaGeometric::new(1.0, none).map(drop), "shifted_beta_geometric.beta"),
        (ShiftedBetaGeometric::new(1.0, 1.0).unwrap().retention(0).map(drop), "period"),
        (ShiftedBetaGeometric::new(1.0, 1.0).unwrap().survival(10_001).map(drop), "period"),
        (
            ShiftedBetaGeometric::new(1.0, 1.0).unwrap().residual_lifetime(1, 0.0).map(drop),
            "discount",
        ),
        (WeibullInactivity::new(1.0, 0.0).map(drop), "weibull_inactivity.scale_days"),
        (WeibullInactivity::new(1.0, 9.0).unwrap().survival(-1.0).map(drop), "inactive_days"),
        (HalfLife::new(Duration::ZERO).map(drop), "half_life"),
        (Cadence::new(2, Duration::days(3)).map(drop), "orders"),
        (Cadence::new(3, Duration::ZERO).map(drop), "first_to_last"),
        (Rfm::new([], [1], [1]).map(drop), "rfm.recency_days"),
        (Rfm::new([1], [2, 1], [1]).map(drop), "rfm.orders"),
        (Lifecycle::default().back_for(Duration::ZERO).map(drop), "lifecycle.back_for"),
        (nps(&[11]).map(drop), "nps"),
        (ces(&[0]).map(drop), "ces"),
    ] {
        assert_eq!(places(found), place);
    }
    let silence = [60, 30, 365].map(Duration::days);
    assert_eq!(
        Lifecycle::default().silence(silence[0], silence[1], silence[2]).unwrap_err().to_string(),
        "lifecycle.dormant_after: 30d is not longer than 60d: \
         at risk comes before dormant, dormant before lapsed"
    );
}

const NOW: &str = "2026-03-10T15:00:30Z";

fn now() -> Timestamp {
    NOW.parse().unwrap()
}

fn order(id: &str, days_ago: i64) -> Order {
    let total = Money::new(1_000 * days_ago, usd());
    let placed_at = now() - Duration::days(days_ago);
    Order::new(id, placed_at).status(OrderStatus::Delivered).total(total)
}

fn of(part: Purchases) -> Result<u32, NotKnown> {
    let context = Context::new().purchases(part);
    PurchaseSummary::of(&context, now(), Duration::hours(1)).map(|summary| summary.orders())
}

#[test]
fn what_is_not_known_is_not_guessed() {
    let nothing = Context::new();
    let unknown = PurchaseSummary::of(&nothing, now(), Duration::hours(1));
    assert_eq!(unknown.unwrap_err(), NotKnown::NeverDelivered);
    let orders = || vec![order("1", 30), order("2", 20)];
    let hour = Duration::hours(1);
    let dated = |as_of: Timestamp| of(Purchases::new(as_of).orders(orders()));
    assert_eq!(dated(now() - hour), Ok(2));
    let age = hour + Duration::from_millis(1);
    assert_eq!(dated(now() - age), Err(NotKnown::Stale { age }));
    assert_eq!(dated(now() + Duration::seconds(5)), Ok(2));
    assert_eq!(dated(now() + Duration::from_millis(5_001)), Err(NotKnown::Ahead));
    assert_eq!(of(Purchases::new(now())), Err(NotKnown::Incomplete));
    assert_eq!(
        of(Purchases::new(now()).orders(List::partial(orders()))),
        Err(NotKnown::Incomplete)
    );
    assert_eq!(of(Purchases::new(now()).orders([])), Ok(0));
}

#[test]
fn a_list_over_its_cap_is_not_known() {
    let orders =
        |count: i64| (0..count).map(|day| order(&format!("{day}"), day)).collect::<Vec<_>>();
    assert_eq!(of(Purchases::new(now()).orders(orders(4_096))), Ok(4_096));
    assert_eq!(of(Purchases::new(now()).orders(orders(4_097))), Err(NotKnown::Incomplete));
}

#[test]
fn orders_that_may_be_cancelled_or_misdated_are_not_guessed() {
    let undecided = Order::new("2", now());
    assert_eq!(
        of(Purchases::new(now()).orders([order("1", 30), undecided])).unwrap_err().to_string(),
        "purchases.orders: `2` has no status and may be cancelled"
    );
    let misdated = Order::new("3", Timestamp::from_millis(0)).status(OrderStatus::Placed);
    assert_eq!(
        of(Purchases::new(now()).orders([misdated])).unwrap_err().to_string(),
        "purchases.orders: `3` was not placed in the years 2000 to 2100"
    );
    let cancelled = order("4", 3).status(OrderStatus::Cancelled);
    let ahead = Order::new("5", now() + Duration::seconds(1)).status(OrderStatus::Placed);
    assert_eq!(of(Purchases::new(now()).orders([order("1", 30), cancelled, ahead])), Ok(1));
}

#[test]
fn amounts_of_another_currency_are_not_added() {
    let euros = order("2", 20).total(Money::new(500, "EUR".parse().unwrap()));
    let part = Purchases::new(now()).orders([order("1", 30), euros]);
    let summary = PurchaseSummary::of_purchases(&part, now()).unwrap();
    let why = NotKnown::Total { order: "2".to_owned(), currency: usd() };
    assert_eq!(summary.spend_minor(usd()), Err(why.clone()));
    assert_eq!(summary.mean_repeat_spend_minor(usd()), Err(why));
    // How often and when is known all the same.
    assert_eq!(summary.repeat_purchases(TimeUnit::Day).unwrap().repeats(), 1);
}

#[test]
fn a_summary_reads_orders_in_the_order_of_time() {
    let part = Purchases::new(now()).orders([order("2", 20), order("3", 8), order("1", 28)]);
    let summary = PurchaseSummary::of_purchases(&part, now()).unwrap();
    assert_eq!(summary.gaps().collect::<Vec<_>>(), [Duration::days(8), Duration::days(12)]);
    assert_eq!(summary.days_since_last(), Some(8));
    assert_eq!(summary.spend_minor(usd()), Ok(56_000));
    assert_eq!(summary.mean_repeat_spend_minor(usd()), Ok(14_000.0));
    let cadence = summary.cadence().unwrap();
    assert_eq!(cadence.mean_gap_days(), 10.0);
    assert_eq!(cadence.overdue_ratio(summary.since_last().unwrap()), 0.8);
    let none = Purchases::new(now()).orders([]);
    let none = PurchaseSummary::of_purchases(&none, now()).unwrap();
    assert_eq!((none.cadence(), none.repeat_purchases(TimeUnit::Day)), (None, None));
}

/// Parameters from one end of what fits give to the other, and beyond.
fn positive() -> impl Strategy<Value = f64> {
    (-12.0..12.0_f64).prop_map(|tens| 10.0_f64.powf(tens).clamp(1e-12, 1e12))
}

/// Lengths of time, 0 and very small ones included.
fn length() -> impl Strategy<Value = f64> {
    prop_oneof![Just(0.0), Just(f64::MIN_POSITIVE), positive()]
}

fn customer() -> impl Strategy<Value = RepeatPurchases> {
    (prop_oneof![0..4_u32, 0..1_000_u32, any::<u32>()], length(), 0.0..=1.0_f64).prop_map(
        |(repeats, observed, share)| {
            let last = if repeats == 0 { 0.0 } else { observed * share };
            RepeatPurchases::new(repeats, last, observed).unwrap()
        },
    )
}

proptest! {
    #[test]
    fn purchases_are_numbers_whatever_the_fit(
        (r, alpha, a, b) in (positive(), positive(), positive(), positive()),
        customer in customer(),
        share in 0.0..=1.0_f64,
    ) {
        for fit in [PurchaseModel::bg_nbd, PurchaseModel::mbg_nbd] {
            let model = fit(r, alpha, a, b).unwrap();
            let alive = model.p_alive(customer);
            prop_assert!((0.0..=1.0).contains(&alive), "{alive}");
            let known = alpha + customer.observed();
            let rate = (r + f64::from(customer.repeats())) / known;
            let horizon = (20_000.0 / rate).min(100.0 * known).min(1e12) * share;
            let near = model.expected_purchases(customer, horizon / 2.0).unwrap();
            let far = model.expected_purchases(customer, horizon).unwrap();
            prop_assert!(near >= 0.0 && far >= near * (1.0 - 1e-9), "{near} {far}");
            // Nobody buys more than who never leaves.
            prop_assert!(far <= alive * rate * horizon * (1.0 + 1e-9), "{far}");
        }
    }

    #[test]
    fn churn_is_a_probability_whatever_the_fit(
        (shape, scale) in (positive(), positive()),
        (inactive, horizon) in (length(), length()),
    ) {
        let model = WeibullInactivity::new(shape, scale).unwrap();
        let churn = model.p_churn_within(inactive, horizon).unwrap();
        let survival = model.survival(inactive).unwrap();
        prop_assert!((0.0..=1.0).contains(&churn), "{churn}");
        prop_assert!((0.0..=1.0).contains(&survival), "{survival}");
    }

    #[test]
    fn renewals_are_numbers_whatever_the_fit(
        (alpha, beta) in (positive(), positive()),
        period in 1..=10_000_u32,
        discount in 0.01..=1.0_f64,
    ) {
        let model = ShiftedBetaGeometric::new(alpha, beta).unwrap();
        let (retention, hazard) = (model.retention(period).unwrap(), model.hazard(period).unwrap());
        prop_assert!((retention + hazard - 1.0).abs() < 1e-12);
        prop_assert!((0.0..=1.0).contains(&model.survival(period).unwrap()));
        let lifetime = model.residual_lifetime(period, discount).unwrap();
        // At most what somebody is worth who always renews.
        prop_assert!(lifetime >= retention && lifetime <= (1.0 + discount) / discount * 1.000_001);
    }

    #[test]
    fn order_values_lie_between_the_customer_and_everybody(
        (p, q, v) in (0.1..100.0_f64, 1.1..100.0_f64, 0.1..1e6_f64),
        repeats in 1..1_000_u32,
        mean in 0.0..1e9_f64,
    ) {
        let model = GammaGamma::new(p, q, v).unwrap();
        let everybody = model.expected_order_value(0, 0.0).unwrap();
        let found = model.expected_order_value(repeats, mean).unwrap();
        let slack = 1e-9 * (everybody + mean);
        prop_assert!(found >= everybody.min(mean) - slack && found <= everybody.max(mean) + slack);
    }

    #[test]
    fn weights_only_fall(half_life in 1..i64::MAX, ages in [any::<i64>(), any::<i64>()]) {
        let half_life = HalfLife::new(Duration::from_millis(half_life)).unwrap();
        let [young, old] = {
            let mut ages = ages;
            ages.sort_unstable();
            ages.map(|age| half_life.weight(Duration::from_millis(age)))
        };
        prop_assert!((0.0..=1.0).contains(&old) && old <= young && young <= 1.0);
    }
}
