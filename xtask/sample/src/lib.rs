//! The sample of real customers that the main example decides about.
//!
//! Shopping (`shop`) and support cases (`desk`) come from published data of
//! different people: a fixed rule joins them. What neither source knows is made
//! up by a few rules (`house`). `examples/data/README.md` says all of it in
//! full, for readers of the data.

pub mod calendar;
mod desk;
mod house;
mod shop;
pub mod source;

use std::path::{Path, PathBuf};

use tactful::context::Part;
use tactful::{Context, Currency};

use desk::Desk;
use shop::Household;
use source::{Failure, Source};

/// How many households are taken, the first ones by number: as many as two
/// megabytes hold.
const CUSTOMERS: usize = 1_720;

/// Makes the customers of the sample, in the order of their numbers.
pub fn customers(source: Source) -> Result<Vec<Context>, Failure> {
    let desk = Desk::open(source.complaints, source.topics, CUSTOMERS);
    let households = shop::households(source.baskets, source.demographics, CUSTOMERS);
    let post = shop::post(source.campaigns, source.mailings, source.redemptions)?;
    let usd = "USD".parse()?;
    Ok(households
        .iter()
        .enumerate()
        .map(|(place, household)| customer(place, household, &desk, &post, usd))
        .collect())
}

fn customer(
    place: usize,
    household: &Household,
    desk: &Desk,
    post: &shop::Post,
    usd: Currency,
) -> Context {
    let id = household.id;
    let mut context = Context::new()
        .user_id(format!("household-{id}"))
        .purchases(household.purchases(usd))
        .recency(household.recency())
        .consent(house::consent(id, household.joined_at()))
        .history(post.history(id))
        .subscription(house::subscription(id, usd))
        .scores(household.scores())
        .profile(household.profile().plan(house::plan(id)));
    context.support = desk.support(place).map_or(Part::Unknown, Part::Known);
    context.device = house::device(id).map_or(Part::Unknown, Part::Known);
    context
}

/// Writes the customers as the committed file holds them: one a line.
#[must_use]
pub fn to_lines(customers: &[Context]) -> String {
    customers.iter().map(|customer| customer.to_json() + "\n").collect()
}

/// Returns where the raw data is by default: beside the repository.
#[must_use]
pub fn raw_data() -> PathBuf {
    root().with_file_name("shared").join("data/analytics")
}

/// Returns where the committed sample is.
#[must_use]
pub fn committed_data() -> PathBuf {
    root().join("examples/data")
}

fn root() -> &'static Path {
    let package = Path::new(env!("CARGO_MANIFEST_DIR"));
    package.ancestors().nth(2).unwrap_or(package)
}
