//! What the grocery chain knows: purchases, visits, campaigns, and the people.

use std::collections::{BTreeMap, BTreeSet};

use tactful::context::{
    History, Interaction, List, Order, Profile, Purchases, Recency, Score, Scores,
};
use tactful::{Channel, Currency, Duration, Kind, Money, OrderStatus, Outcome, Purpose, Timestamp};

use crate::calendar::{NOW, SHOP_SHIFT};
use crate::source::{Basket, Campaign, Demographics, Failure, Mailing, Redemption};

/// How many orders of a household are kept: the newest ones.
const ORDERS: usize = 1;

/// How far back the history goes.
const HISTORY: Duration = Duration::days(45);

/// From here on a number of units is fuel in thousandths of a gallon.
const FUEL_UNITS: i64 = 500;

/// A silence of this many usual gaps counts as a customer lost.
const GAPS_UNTIL_LOST: i64 = 4;

const PURCHASES_AS_OF: Duration = Duration::minutes(10);
const OTHERS_AS_OF: Duration = Duration::hours(1);

/// One household: its baskets, oldest first, and what is known about it.
pub(crate) struct Household {
    pub(crate) id: u32,
    baskets: Vec<Basket>,
    demographics: Option<Demographics>,
}

/// Sorts the rows into the first `count` households by number.
pub(crate) fn households(
    baskets: Vec<Basket>,
    demographics: Vec<Demographics>,
    count: usize,
) -> Vec<Household> {
    let mut by_id: BTreeMap<u32, Vec<Basket>> = BTreeMap::new();
    for basket in baskets {
        by_id.entry(basket.household_id).or_default().push(basket);
    }
    let mut people: BTreeMap<u32, Demographics> =
        demographics.into_iter().map(|row| (row.household_id, row)).collect();
    by_id
        .into_iter()
        .take(count)
        .map(|(id, mut baskets)| {
            baskets.sort_by_key(|basket| (basket.at, basket.basket_id));
            Household { id, baskets, demographics: people.remove(&id) }
        })
        .collect()
}

impl Household {
    /// Returns when the household was first seen: there is no other record of
    /// when they became customers.
    pub(crate) fn joined_at(&self) -> Timestamp {
        self.baskets.first().map_or(NOW, Basket::moved)
    }

    /// Keeps the newest orders. The list is complete only where that drops
    /// nothing: elsewhere the household did buy more.
    pub(crate) fn purchases(&self, usd: Currency) -> Purchases {
        let newest_first = self.baskets.iter().rev();
        let orders = newest_first.take(ORDERS).map(|basket| basket.order(usd)).collect();
        let orders = if self.baskets.len() > ORDERS {
            List::partial(orders)
        } else {
            List::complete(orders)
        };
        Purchases::new(NOW - PURCHASES_AS_OF).orders(orders).products([])
    }

    pub(crate) fn recency(&self) -> Recency {
        let mut newest_first = self.baskets.iter().rev().map(Basket::moved);
        let mut recency = Recency::new(NOW - OTHERS_AS_OF).first_seen_at(self.joined_at());
        recency.last_seen_at = newest_first.next();
        recency.previous_seen_at = newest_first.next();
        recency
    }

    pub(crate) fn scores(&self) -> Scores {
        let churn = self.churn().map(|score| ("churn".to_owned(), score));
        Scores::new(NOW - OTHERS_AS_OF).values(BTreeMap::from_iter(churn))
    }

    /// Compares the silence since the last basket with the household's usual
    /// gap: 1 is a silence of four gaps or more. Below three baskets there is
    /// no usual gap, hence no score.
    fn churn(&self) -> Option<Score> {
        let [first, _, .., last] = self.baskets.as_slice() else {
            return None;
        };
        let gaps = i64::try_from(self.baskets.len()).ok()? - 1;
        let gap = last.at.since(first.at).as_millis() / gaps;
        let silence = (NOW - OTHERS_AS_OF).since(last.moved()).as_millis();
        // Whole thousandths: the same text everywhere.
        let thousandths = (1_000 * silence).checked_div(GAPS_UNTIL_LOST * gap)?;
        let thousandths = i32::try_from(thousandths.min(1_000)).ok()?;
        Some(Score::new(f64::from(thousandths) / 1_000.0))
    }

    pub(crate) fn profile(&self) -> Profile {
        let mut profile = Profile::new(NOW - OTHERS_AS_OF).joined_at(self.joined_at());
        if let Some(known) = &self.demographics {
            profile.age_years = known.age_years();
            profile.segments = Some(vec![format!("income-{}", known.income_segment())]);
        }
        profile
    }
}

impl Basket {
    fn moved(&self) -> Timestamp {
        self.at + SHOP_SHIFT
    }

    fn order(&self, usd: Currency) -> Order {
        let mut order = Order::new(self.basket_id.to_string(), self.moved())
            .status(OrderStatus::Delivered)
            .total(Money::new(self.sales_cents, usd))
            .channel(Channel::Store);
        order.units = (self.units < FUEL_UNITS).then_some(self.units);
        order.categories =
            (self.top_department != "UNKNOWN").then(|| vec![self.top_department.to_lowercase()]);
        order
    }
}

impl Demographics {
    /// Returns the middle of the age band, and of the open one its beginning.
    fn age_years(&self) -> Option<i64> {
        let (from, to) = self.age.split_once('-').or_else(|| {
            let from = self.age.strip_suffix('+')?;
            Some((from, from))
        })?;
        let (from, to): (i64, i64) = (from.parse().ok()?, to.parse().ok()?);
        Some(i64::midpoint(from, to))
    }

    fn income_segment(&self) -> String {
        self.income.to_lowercase().replace("under ", "0-").replace('+', "-up")
    }
}

/// What the campaigns sent, and what came of it, by household.
pub(crate) struct Post(BTreeMap<u32, BTreeSet<Event>>);

// The order of the fields is that of the list: oldest first.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
struct Event {
    at: Timestamp,
    action: String,
    outcome: Outcome,
    channel: Channel,
}

/// Gathers the mailings and redemptions.
///
/// Several coupons of one campaign redeemed on one day are one event.
pub(crate) fn post(
    campaigns: Vec<Campaign>,
    mailings: Vec<Mailing>,
    redemptions: Vec<Redemption>,
) -> Result<Post, Failure> {
    let campaigns: BTreeMap<u32, Campaign> =
        campaigns.into_iter().map(|campaign| (campaign.campaign_id, campaign)).collect();
    let named =
        |id: u32| campaigns.get(&id).ok_or_else(|| format!("campaign {id} has no description"));
    let mut post = Post(BTreeMap::new());
    for Mailing { campaign_id, household_id } in mailings {
        let campaign = named(campaign_id)?;
        post.note(household_id, campaign, campaign.start_date, Outcome::Sent);
    }
    for redemption in redemptions {
        let campaign = named(redemption.campaign_id)?;
        let day = redemption.redemption_date;
        post.note(redemption.household_id, campaign, day, Outcome::Convert);
    }
    Ok(post)
}

impl Post {
    fn note(&mut self, household: u32, campaign: &Campaign, day: Timestamp, outcome: Outcome) {
        let at = day + SHOP_SHIFT;
        if NOW.since(at) >= HISTORY {
            return;
        }
        let channel = match outcome {
            Outcome::Sent => Channel::Postal,
            // Coupons are redeemed at the till.
            _ => Channel::Store,
        };
        let event = Event { at, action: campaign.action(), outcome, channel };
        self.0.entry(household).or_default().insert(event);
    }

    /// Returns all that happened to a household within the time kept; limits
    /// that look back no further need nothing else.
    pub(crate) fn history(&self, household: u32) -> History {
        let events = self.0.get(&household).into_iter().flatten();
        let interactions: Vec<Interaction> = events.map(Event::interaction).collect();
        History::new(NOW - OTHERS_AS_OF).interactions(interactions)
    }
}

impl Event {
    fn interaction(&self) -> Interaction {
        Interaction::new(self.action.as_str(), self.outcome, self.at)
            .channel(self.channel)
            .kind(Kind::Promotion.as_str())
            .purpose(Purpose::Marketing)
    }
}

impl Campaign {
    /// Returns the action id, such as `campaign-a-18`.
    fn action(&self) -> String {
        let letter = self.campaign_type.trim_start_matches("Type ");
        format!("campaign-{}-{}", letter.to_lowercase(), self.campaign_id)
    }
}
