//! The committed sample: it can be read, is what its README says, and is what
//! the raw data gives.

use std::fs;

use tactful::context::{Completeness, Support, Ticket};
use tactful::{ConsentStatus, Context, Duration, FormFactor, Timestamp, Topic};
use tactful_sample::calendar::NOW;
use tactful_sample::source::Source;

const LONG_ENOUGH_TO_COOL_OFF: Duration = Duration::days(14);

fn text() -> String {
    let file = tactful_sample::committed_data().join("customers.jsonl");
    fs::read_to_string(file).unwrap()
}

fn customers() -> Vec<Context> {
    text().lines().map(|line| Context::from_json(line).unwrap()).collect()
}

fn customer(user_id: &str) -> Context {
    customers().into_iter().find(|customer| customer.user_id.as_deref() == Some(user_id)).unwrap()
}

/// The support part, if it is not older than its age limit.
fn fresh(customer: &Context) -> Option<&Support> {
    let support = customer.support.known()?;
    let age = NOW.since(support.as_of.oldest());
    (age <= Duration::minutes(15)).then_some(support)
}

fn disputes(customer: &Context) -> impl Iterator<Item = &Ticket> {
    let tickets = fresh(customer).map(|support| support.tickets.items());
    tickets.into_iter().flatten().filter(|ticket| ticket.topic == Some(Topic::BillingDispute))
}

fn is_open(ticket: &Ticket) -> bool {
    ticket.ended_at().is_none()
}

fn is_warm(ticket: &Ticket) -> bool {
    ticket.ended_at().is_none_or(|end| NOW.since(end) < LONG_ENOUGH_TO_COOL_OFF)
}

fn count(customers: &[Context], is: impl Fn(&Context) -> bool) -> usize {
    customers.iter().filter(|customer| is(customer)).count()
}

#[test]
fn it_is_as_large_as_the_readme_says() {
    let customers = customers();
    assert_eq!(customers.len(), 1_720);
    assert_eq!(count(&customers, |c| disputes(c).any(is_open)), 57);
    assert_eq!(count(&customers, |c| disputes(c).any(is_warm)), 88);
    assert_eq!(count(&customers, |c| c.support.known().is_none()), 86);
    assert_eq!(count(&customers, |c| c.support.known().is_some() && fresh(c).is_none()), 50);
}

#[test]
fn it_stays_below_two_megabytes() {
    let files = fs::read_dir(tactful_sample::committed_data()).unwrap();
    let bytes: u64 = files.map(|file| file.unwrap().metadata().unwrap().len()).sum();
    assert!(bytes <= 2_000_000, "{bytes} bytes");
}

#[test]
fn no_part_knows_what_came_after_it() {
    for customer in customers() {
        let latest_change = |support: &Support| {
            let changes = support.tickets.items().iter().map(|t| t.updated_at);
            changes.max().map(|change| (change, support.as_of.oldest()))
        };
        if let Some((change, as_of)) = customer.support.known().and_then(latest_change) {
            assert!(change <= as_of, "{:?}", customer.user_id);
        }
        let purchases = customer.purchases.known().unwrap();
        for order in purchases.orders.items() {
            assert!(order.placed_at <= purchases.as_of.oldest());
        }
        let history = customer.history.known().unwrap();
        for interaction in history.interactions.items() {
            assert!(interaction.at <= history.as_of.oldest());
        }
    }
}

#[test]
fn orders_are_complete_only_where_none_was_dropped() {
    for customer in customers() {
        let orders = &customer.purchases.known().unwrap().orders;
        let seen_before = customer.recency.known().unwrap().previous_seen_at.is_some();
        let complete = orders.completeness() == Completeness::Complete;
        assert_eq!(orders.items().len(), 1);
        assert_eq!(complete, !seen_before, "{:?}", customer.user_id);
    }
}

/// What the three chosen customers share: but for support, a policy that sells
/// has no reason to tell them apart.
fn assert_fit_for_an_offer(customer: &Context) {
    let profile = customer.profile.known().unwrap();
    assert_eq!(profile.plan.as_deref(), Some("basic"));
    assert_eq!(profile.age_years, Some(49));
    let arrears = customer.subscription.known().unwrap().arrears.unwrap();
    assert_eq!(arrears.minor, 0);
    let grants = customer.consent.known().unwrap().grants.items();
    assert_eq!(grants[0].status, ConsentStatus::Granted);
    let device = customer.device.known().unwrap();
    assert_eq!(device.form_factor, Some(FormFactor::Mobile));
    assert!(customer.scores.known().unwrap().values["churn"].value < 0.5);
}

#[test]
fn one_chosen_customer_argues_about_a_bill() {
    let customer = customer("household-22");
    assert_fit_for_an_offer(&customer);
    assert!(disputes(&customer).any(is_open));
    let history = customer.history.known().unwrap();
    assert_eq!(history.interactions.items().len(), 6);
}

#[test]
fn one_chosen_customer_is_at_peace() {
    let customer = customer("household-413");
    assert_fit_for_an_offer(&customer);
    let tickets = &fresh(&customer).unwrap().tickets;
    assert_eq!(tickets.completeness(), Completeness::Complete);
    assert!(tickets.items().is_empty());
}

#[test]
fn of_one_chosen_customer_the_desk_never_told_us() {
    let customer = customer("household-527");
    assert_fit_for_an_offer(&customer);
    assert!(customer.support.known().is_none());
}

/// Without the raw data there is nothing to compare with, and the committed
/// file is all anybody needs.
#[test]
fn the_raw_data_gives_the_committed_file() {
    let raw = tactful_sample::raw_data();
    if !raw.is_dir() {
        eprintln!("skipped: there is no raw data beside the repository");
        return;
    }
    let customers = tactful_sample::customers(Source::read(&raw).unwrap()).unwrap();
    let rebuilt = tactful_sample::to_lines(&customers);
    // Not `assert_eq`: on a difference it would print four megabytes.
    let different = rebuilt.lines().zip(text().lines().map(str::to_owned)).find(|(a, b)| a != b);
    assert_eq!(different, None);
    assert!(rebuilt == text(), "one has lines the other has not");
}

#[test]
fn the_moment_is_that_of_the_readme() {
    assert_eq!(Ok(NOW), "2026-03-10T15:00:30Z".parse::<Timestamp>());
}
