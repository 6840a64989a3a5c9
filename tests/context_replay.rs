//! Real customers, event by event: what a context holds in the end is what the data says.
//!
//! Every purchase, mailing, coupon and cancellation of the data becomes an event. Events arrive in
//! any order, some of them twice, at three copies of the context that are merged afterwards. Then
//! each column of the vectors is read from the context alone.
//!
//! `tests/vectors/replay` has some of the customers. Where the data lie beside the repository, all
//! vectors that are there are replayed.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::print_stderr,
    reason = "a test may stop at the first surprise"
)]

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::str::FromStr;

use flate2::read::GzDecoder;
use tactful::analytics::{PurchaseSummary, TimeUnit};
use tactful::context::{
    Applied, Completeness, Context, Count, Event, History, Interaction, Order, Purchases,
};
use tactful::{Channel, Currency, Duration, Money, OrderStatus, Outcome, PartName, Timestamp};

/// A file of rows, read as they are asked for.
struct Table {
    names: Vec<String>,
    lines: Vec<String>,
}

struct Row<'t> {
    names: &'t [String],
    fields: Vec<&'t str>,
}

impl Table {
    /// Reads a file of a folder, packed or not.
    fn read(folder: &Path, name: &str) -> Self {
        let path = folder.join(name);
        let text = if path.exists() {
            fs::read_to_string(path).unwrap()
        } else {
            let mut text = String::new();
            let packed = fs::File::open(folder.join(format!("{name}.gz"))).unwrap();
            GzDecoder::new(packed).read_to_string(&mut text).unwrap();
            text
        };
        let mut lines = text.lines().map(str::to_owned);
        let names = lines.next().unwrap().split(',').map(str::to_owned).collect();
        Self { names, lines: lines.collect() }
    }

    fn rows(&self) -> impl Iterator<Item = Row<'_>> {
        self.lines.iter().map(|line| {
            let fields: Vec<&str> = line.split(',').collect();
            assert_eq!(fields.len(), self.names.len(), "{line}");
            Row { names: &self.names, fields }
        })
    }
}

impl<'t> Row<'t> {
    fn text(&self, name: &str) -> &'t str {
        let place = self.names.iter().position(|column| column == name);
        self.fields[place.unwrap_or_else(|| panic!("no column {name}"))]
    }

    fn get<T: FromStr>(&self, name: &str) -> T {
        let text = self.text(name);
        text.parse().unwrap_or_else(|_| panic!("{name}: `{text}`"))
    }

    /// A local time without a zone, read as UTC.
    fn time(&self, name: &str) -> Timestamp {
        utc(self.text(name))
    }

    /// A day, as its first instant.
    fn day(&self, name: &str) -> Timestamp {
        utc(&format!("{}T00:00:00", self.text(name)))
    }
}

fn utc(local: &str) -> Timestamp {
    format!("{local}Z").parse().unwrap()
}

/// Spells an instant as the vectors do.
fn local(at: Option<Timestamp>) -> String {
    at.map_or_else(String::new, |at| at.to_string().trim_end_matches('Z').to_owned())
}

fn or_nothing<T: ToString>(value: Option<T>) -> String {
    value.map_or_else(String::new, |value| value.to_string())
}

fn committed() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/vectors/replay")
}

/// The folder of all data, if it lies beside the repository.
fn whole() -> Option<PathBuf> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let folder = root.with_file_name("shared").join("data/analytics");
    if !folder.is_dir() {
        eprintln!("skipped: there is no data beside the repository");
        return None;
    }
    Some(folder)
}

/// A fixed stream of numbers: the same arrivals in every run.
struct Draws(u64);

impl Draws {
    fn below(&mut self, limit: usize) -> usize {
        self.0 =
            self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(self.0 >> 33).unwrap() % limit
    }
}

/// What a context becomes of events that arrive in any order, some of them twice, at three copies
/// that are merged; and of the same events in the order of time. Both are the same bytes.
fn replayed(events: &[Event], draws: &mut Draws) -> Context {
    let mut arriving: Vec<&Event> = events.iter().collect();
    arriving.extend(events.iter().filter(|_| draws.below(3) == 0));
    for last in (1..arriving.len()).rev() {
        arriving.swap(last, draws.below(last + 1));
    }
    let mut copies = [Context::new(), Context::new(), Context::new()];
    for event in arriving {
        copies[draws.below(3)].apply(event).unwrap();
    }
    // One copy was kept as text in between.
    copies[1] = Context::from_json(copies[1].to_json()).unwrap();
    copies.rotate_left(draws.below(3));
    let [mut one, two, mut three] = copies;
    three.merge(&two).unwrap();
    one.merge(&three).unwrap();

    let mut in_order = Context::new();
    for event in events {
        in_order.apply(event).unwrap();
    }
    assert_eq!(one.to_json(), in_order.to_json());
    // Whatever arrives once more is no news.
    if let Some(event) = events.get(draws.below(events.len())) {
        assert!(!matches!(one.apply(event).unwrap(), Applied::Applied { .. }), "{event:?}");
    }
    one
}

/// The events up to a moment, and the sources saying that these are all.
fn up_to(events: &[Event], now: Timestamp, sources: &[(&str, PartName)]) -> Vec<Event> {
    let mut known: Vec<Event> = events.iter().filter(|event| event.at <= now).cloned().collect();
    known.extend(sources.iter().map(|(name, part)| Event::new(now).source(*name).watermark(*part)));
    known
}

/// What a context says of each column of the vectors.
type Found = BTreeMap<&'static str, String>;

/// Compares every column, and collects what is off.
struct Comparison {
    /// How far the vectors round real numbers, which have a point in what is found.
    rounded: f64,
    rows: usize,
    failures: Vec<String>,
}

impl Comparison {
    fn to_decimals(decimals: i32) -> Self {
        Self { rounded: 0.51 * 10.0_f64.powi(-decimals), rows: 0, failures: Vec::new() }
    }

    fn compare(&mut self, row: &Row<'_>, keys: [&str; 2], found: &Found) {
        self.rows += 1;
        let columns: BTreeSet<&str> = row.names.iter().map(String::as_str).collect();
        let read: BTreeSet<&str> = found.keys().copied().chain(keys).collect();
        assert_eq!(columns, read, "every column is read from the context");
        for (column, value) in found {
            let expected = row.text(column);
            if !self.agrees(value, expected) {
                let [customer, at] = keys.map(|key| row.text(key));
                self.failures.push(format!("{customer} {at} {column}: {value}, not {expected}"));
            }
        }
    }

    fn agrees(&self, found: &str, expected: &str) -> bool {
        let numbers = found.parse::<f64>().ok().zip(expected.parse::<f64>().ok());
        let is_close = |(one, other): (f64, f64)| (one - other).abs() <= self.rounded;
        found == expected || found.contains('.') && numbers.is_some_and(is_close)
    }

    fn all_agree(self, at_least: usize) {
        assert!(self.failures.is_empty(), "\n{}", self.failures.join("\n"));
        assert!(self.rows >= at_least, "only {} rows", self.rows);
    }
}

fn usd() -> Currency {
    "USD".parse().unwrap()
}

const TILL: &str = "till";
const POST: &str = "post";

/// The events of every household of the grocery chain, by its id.
///
/// An order has no place for the shop and the coupons of a basket: they are labels among its
/// categories. A mailing is an interaction by post, and its tags say until when the campaign runs.
/// Redeeming a coupon converts; which coupon it was is how it was shown, so that two of one day are
/// two.
fn households(folder: &Path, wanted: &BTreeSet<String>) -> BTreeMap<String, Vec<Event>> {
    let mut events: BTreeMap<String, Vec<Event>> =
        wanted.iter().map(|household| (household.clone(), Vec::new())).collect();
    let mut say = |row: &Row<'_>, make: &dyn Fn(&Row<'_>) -> Event| {
        if let Some(events) = events.get_mut(row.text("household_id")) {
            events.push(as_text(make(row).user_id(row.text("household_id"))));
        }
    };
    for row in Table::read(folder, "completejourney/baskets.csv").rows() {
        say(&row, &basket);
    }
    let campaigns = Table::read(folder, "completejourney/campaign_descriptions.csv");
    let campaigns: BTreeMap<&str, Row<'_>> =
        campaigns.rows().map(|row| (row.text("campaign_id"), row)).collect();
    for row in Table::read(folder, "completejourney/campaigns.csv").rows() {
        say(&row, &|row| mailing(&campaigns[row.text("campaign_id")]));
    }
    for row in Table::read(folder, "completejourney/coupon_redemptions.csv").rows() {
        say(&row, &redemption);
    }
    events
}

/// An event as a feed delivers it: written and read again.
fn as_text(event: Event) -> Event {
    let read = Event::from_json(event.to_json()).unwrap();
    assert_eq!(read, event);
    read
}

fn basket(row: &Row<'_>) -> Event {
    let at = row.time("ts");
    let mut labels =
        vec![row.text("top_department").to_owned(), format!("{STORE}{}", row.text("store_id"))];
    if row.get::<i64>("coupon_discount_cents") > 0 {
        labels.push(COUPON.to_owned());
    }
    let order = Order::new(row.text("basket_id"), at)
        .status(OrderStatus::Delivered)
        .total(Money::new(row.get("sales_cents"), usd()))
        .categories(labels)
        .channel(Channel::Store);
    Event::new(at).source(TILL).order(order)
}

const STORE: &str = "store ";
const COUPON: &str = "with a coupon";

fn mailing(campaign: &Row<'_>) -> Event {
    let at = campaign.day("start_date");
    let until = campaign.day("end_date");
    let sent = Interaction::new(campaign.text("campaign_id"), Outcome::Sent, at)
        .channel(Channel::Postal)
        .tags(vec![format!("{UNTIL}{until}")]);
    Event::new(at).source(POST).interaction(sent)
}

const UNTIL: &str = "until ";

fn redemption(row: &Row<'_>) -> Event {
    let at = row.day("redemption_date");
    let redeemed = Interaction::new(row.text("campaign_id"), Outcome::Convert, at)
        .channel(Channel::Store)
        .treatment(row.text("coupon_upc"));
    Event::new(at).source(POST).interaction(redeemed)
}

fn exactly(count: Count) -> String {
    let Count::Exact(count) = count else { panic!("{count:?} is not known exactly") };
    count.to_string()
}

/// The orders of the context in a window of days.
fn within(purchases: &Purchases, now: Timestamp, days: i64) -> impl Iterator<Item = &Order> {
    let start = now - Duration::days(days);
    let orders = purchases.orders.items().iter();
    orders.filter(move |order| start < order.placed_at && order.placed_at <= now)
}

fn read_household(context: &Context, now: Timestamp) -> Found {
    let purchases = context.purchases.known().unwrap();
    let history = context.history.known().unwrap();
    let mut found = Found::new();
    read_windows(purchases, now, &mut found);
    read_summary(context, now, &mut found);
    read_campaigns(history, now, &mut found);
    found
}

fn read_windows(purchases: &Purchases, now: Timestamp, found: &mut Found) {
    for (days, orders, spend) in [
        (30, "orders_30d", "spend_30d_cents"),
        (90, "orders_90d", "spend_90d_cents"),
        (180, "orders_180d", "spend_180d_cents"),
    ] {
        found.insert(orders, exactly(purchases.orders_within(now, Duration::days(days))));
        let totals = within(purchases, now, days).map(|order| order.total.unwrap().minor);
        found.insert(spend, totals.sum::<i64>().to_string());
    }
    let labels = |order: &Order| order.categories.clone().unwrap();
    let with_coupon =
        |order: &Order| labels(order).contains(&COUPON.to_owned()).then_some(order.placed_at);
    let coupons = purchases.orders.count_within(now, Duration::days(90), with_coupon);
    found.insert("coupon_orders_90d", exactly(coupons));
    let stores: BTreeSet<String> = within(purchases, now, 90)
        .flat_map(labels)
        .filter(|label| label.starts_with(STORE))
        .collect();
    found.insert("distinct_stores_90d", stores.len().to_string());
}

fn read_summary(context: &Context, now: Timestamp, found: &mut Found) {
    let summary = PurchaseSummary::of(context, now, Duration::ZERO).unwrap();
    found.insert("orders_total", summary.orders().to_string());
    found.insert("spend_total_cents", summary.spend_minor(usd()).unwrap().to_string());
    found.insert("first_order_at", local(summary.first_at()));
    found.insert("last_order_at", local(summary.last_at()));
    let silence = summary.since_last().map(|silence| silence.as_millis() / 1_000);
    found.insert("secs_since_last_order", or_nothing(silence));
    let mut gaps: Vec<f64> = summary.gaps().map(in_days).collect();
    gaps.sort_by(f64::total_cmp);
    let (mean, median) = (mean(&gaps), median(&gaps));
    if let Some(cadence) = summary.cadence() {
        assert!((cadence.mean_gap_days() - mean.unwrap()).abs() < 1e-9);
    }
    found.insert("mean_gap_days", or_nothing(mean.map(|days| format!("{days:.12}"))));
    found.insert("median_gap_days", or_nothing(median.map(|days| format!("{days:.12}"))));
    let repeats = summary.repeat_purchases(TimeUnit::Day);
    found.insert("btyd_x", or_nothing(repeats.map(|repeats| repeats.repeats())));
    found.insert("btyd_t_x_days", or_nothing(repeats.map(|repeats| repeats.last())));
    found.insert("btyd_T_days", or_nothing(repeats.map(|repeats| repeats.observed())));
}

fn in_days(length: Duration) -> f64 {
    #[expect(clippy::cast_precision_loss, reason = "nobody waits for 2^53 milliseconds")]
    let millis = length.as_millis() as f64;
    millis / 86_400_000.0
}

#[expect(clippy::cast_precision_loss, reason = "nobody buys 2^53 times")]
fn mean(values: &[f64]) -> Option<f64> {
    (!values.is_empty()).then(|| values.iter().sum::<f64>() / values.len() as f64)
}

/// The one in the middle of sorted values, or the mean of the two.
fn median(sorted: &[f64]) -> Option<f64> {
    let upper = sorted.get(sorted.len() / 2)?;
    let lower = sorted[(sorted.len() - 1) / 2];
    Some(f64::midpoint(lower, *upper))
}

fn read_campaigns(history: &History, now: Timestamp, found: &mut Found) {
    assert_eq!(history.interactions.completeness(), Completeness::Complete);
    let of = |outcome| {
        let all = history.interactions.items().iter();
        all.filter(move |interaction| interaction.outcome == outcome)
    };
    let mut running: Vec<u32> = of(Outcome::Sent)
        .filter(|sent| now < runs_until(sent) + Duration::days(1))
        .map(|sent| sent.action.parse().unwrap())
        .collect();
    running.sort_unstable();
    let running: Vec<String> = running.iter().map(u32::to_string).collect();
    found.insert("active_campaigns", running.join(" "));
    found.insert("redemptions_to_date", of(Outcome::Convert).count().to_string());
}

/// The first instant of the last day of a campaign.
fn runs_until(sent: &Interaction) -> Timestamp {
    let tags = sent.tags.iter().flatten();
    let until = tags.filter_map(|tag| tag.strip_prefix(UNTIL)).next();
    until.unwrap().parse().unwrap()
}

fn replay_households(folder: &Path, least: usize) {
    let vectors = Table::read(folder, "vectors/context_replay_completejourney.csv");
    let wanted = vectors.rows().map(|row| row.text("household_id").to_owned()).collect();
    let events = households(folder, &wanted);
    let mut comparison = Comparison::to_decimals(9);
    let mut draws = Draws(1);
    for row in vectors.rows() {
        let now = row.time("as_of");
        let sources = [(TILL, PartName::Purchases), (POST, PartName::History)];
        let known = up_to(&events[row.text("household_id")], now, &sources);
        let context = replayed(&known, &mut draws);
        comparison.compare(&row, ["household_id", "as_of"], &read_household(&context, now));
    }
    comparison.all_agree(least);
}

#[test]
fn some_households_are_replayed() {
    replay_households(&committed(), 300);
}

#[test]
fn all_households_of_the_vectors_are_replayed() {
    if let Some(folder) = whole() {
        replay_households(&folder, 300);
    }
}

/// The events of every customer of the online shop, by their id.
///
/// The invoice of a cancellation (`C…`) has a number of its own and does not say which order it
/// takes back: it is an order with the status cancelled and negative units, which nobody counts as
/// a purchase. Where an invoice was written in two goes, the second event tells of the order as it
/// stands then, with the units of both.
fn customers(folder: &Path, wanted: &BTreeSet<String>) -> BTreeMap<String, Vec<Event>> {
    let mut orders = BTreeMap::<(String, String), Order>::new();
    let mut events: BTreeMap<String, Vec<Event>> =
        wanted.iter().map(|customer| (customer.clone(), Vec::new())).collect();
    let invoices = Table::read(folder, "online_retail/invoices.csv");
    let mut rows: Vec<Row<'_>> = invoices.rows().collect();
    rows.sort_by_key(|row| row.time("ts"));
    for row in rows {
        let (customer, number) = (row.text("customer_id"), row.text("invoice_no"));
        let Some(events) = events.get_mut(customer) else {
            continue;
        };
        let at = row.time("ts");
        let is_cancellation = number.starts_with('C');
        let order = orders.entry((customer.to_owned(), number.to_owned())).or_insert_with(|| {
            let status = if is_cancellation { OrderStatus::Cancelled } else { OrderStatus::Placed };
            Order::new(number, at).status(status).units(0).channel(Channel::Web)
        });
        order.units = order.units.map(|units| units + row.get::<i64>("units"));
        order.updated_at = Some(at);
        let event = Event::new(at).source(SHOP).user_id(customer).order(order.clone());
        events.push(as_text(event));
    }
    events
}

const SHOP: &str = "shop";

fn read_customer(context: &Context, now: Timestamp) -> Found {
    let purchases = context.purchases.known().unwrap();
    let summary = PurchaseSummary::of(context, now, Duration::ZERO).unwrap();
    let orders = &purchases.orders;
    let is_cancelled = |order: &Order| order.status == Some(OrderStatus::Cancelled);
    // When an invoice was last written on, which is also what the list is sorted by.
    let last_of = |cancelled: bool| {
        let mut newest = orders.items().iter().filter(|order| is_cancelled(order) == cancelled);
        newest.next().and_then(|order| order.updated_at)
    };
    let within = |cancelled: bool| {
        orders.count_within(now, Duration::days(90), |order| {
            order.updated_at.filter(|_| is_cancelled(order) == cancelled)
        })
    };
    let units: i64 = orders.items().iter().filter_map(|order| order.units).sum();
    let silence = last_of(false).map(|last| now.since(last).as_millis() / 1_000);
    let is_last_cancelled = orders.items().first().is_some_and(is_cancelled);
    Found::from([
        ("purchases_total", summary.orders().to_string()),
        ("cancellations_total", exactly(orders.count(is_cancelled))),
        ("purchases_90d", exactly(within(false))),
        ("cancellations_90d", exactly(within(true))),
        ("units_net", units.to_string()),
        ("first_purchase_at", local(summary.first_at())),
        ("last_purchase_at", local(last_of(false))),
        ("last_cancellation_at", local(last_of(true))),
        ("last_event_is_cancellation", u8::from(is_last_cancelled).to_string()),
        ("secs_since_last_purchase", or_nothing(silence)),
    ])
}

fn replay_customers(folder: &Path, least: usize) {
    let vectors = Table::read(folder, "vectors/context_replay_online_retail.csv");
    let wanted = vectors.rows().map(|row| row.text("customer_id").to_owned()).collect();
    let events = customers(folder, &wanted);
    let mut comparison = Comparison::to_decimals(9);
    let mut draws = Draws(2);
    for row in vectors.rows() {
        let now = row.time("as_of");
        let known = up_to(&events[row.text("customer_id")], now, &[(SHOP, PartName::Purchases)]);
        let context = replayed(&known, &mut draws);
        comparison.compare(&row, ["customer_id", "as_of"], &read_customer(&context, now));
    }
    comparison.all_agree(least);
}

#[test]
fn customers_of_an_online_shop_are_replayed() {
    replay_customers(&committed(), 228);
}

#[test]
fn all_customers_of_the_vectors_are_replayed() {
    if let Some(folder) = whole() {
        replay_customers(&folder, 196);
    }
}

/// The purchases of CDNOW as events, by customer.
///
/// They are moved from 1997 to 2007, by 3,652 days: contexts begin in 2000.
fn listeners(transactions: &Table, wanted: &BTreeSet<String>) -> BTreeMap<String, Vec<Event>> {
    let mut events: BTreeMap<String, Vec<Event>> =
        wanted.iter().map(|customer| (customer.clone(), Vec::new())).collect();
    for (number, row) in transactions.rows().enumerate() {
        let Some(events) = events.get_mut(row.text("customer_id")) else {
            continue;
        };
        let at = moved(row.text("date"));
        let order = Order::new(number.to_string(), at)
            .status(OrderStatus::Delivered)
            .total(Money::new(row.get("amount_cents"), usd()));
        events.push(Event::new(at).source(SHOP).order(order));
    }
    events
}

fn moved(date: &str) -> Timestamp {
    let date: jiff::civil::Date = date.parse().unwrap();
    let midnight = date.to_zoned(jiff::tz::TimeZone::UTC).unwrap().timestamp();
    Timestamp::from_millis(midnight.as_millisecond()) + Duration::days(3_652)
}

fn read_listener(context: &Context, now: Timestamp) -> Found {
    let summary = PurchaseSummary::of(context, now, Duration::ZERO).unwrap();
    let repeats = summary.repeat_purchases(TimeUnit::Day).unwrap();
    let mean = summary.mean_repeat_spend_minor(usd()).unwrap();
    Found::from([
        ("x", repeats.repeats().to_string()),
        ("t_x_days", repeats.last().to_string()),
        ("T_days", repeats.observed().to_string()),
        ("mean_repeat_spend_cents", format!("{mean:.12}")),
        ("total_spend_cents", summary.spend_minor(usd()).unwrap().to_string()),
    ])
}

fn replay_listeners(transactions: &Table, vectors: &Table) {
    let wanted = vectors.rows().map(|row| row.text("customer_id").to_owned()).collect();
    let events = listeners(transactions, &wanted);
    let mut comparison = Comparison::to_decimals(6);
    let mut draws = Draws(3);
    for row in vectors.rows() {
        let now = moved(row.text("as_of")) + Duration::days(1) - Duration::from_millis(1);
        let known = up_to(&events[row.text("customer_id")], now, &[(SHOP, PartName::Purchases)]);
        let context = replayed(&known, &mut draws);
        comparison.compare(&row, ["customer_id", "as_of"], &read_listener(&context, now));
    }
    comparison.all_agree(1_179);
}

#[test]
fn listeners_of_music_are_replayed() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/vectors/analytics");
    let transactions = Table::read(&folder, "cdnow_transactions.csv");
    replay_listeners(&transactions, &Table::read(&folder, "btyd_summary_cdnow.csv"));
}

#[test]
fn all_listeners_of_the_vectors_are_replayed() {
    if let Some(folder) = whole() {
        let transactions = Table::read(&folder, "cdnow/transactions.csv");
        replay_listeners(&transactions, &Table::read(&folder, "vectors/btyd_summary_cdnow.csv"));
    }
}
