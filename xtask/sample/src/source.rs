//! The raw files, row by row, as their sources published them.
//!
//! Times come without a zone and days without an hour; both are read as UTC.

use std::error::Error;
use std::fs::File;
use std::io::Read;
use std::path::Path;

use flate2::read::GzDecoder;
use serde::de::{self, DeserializeOwned};
use serde::{Deserialize, Deserializer};
use tactful::{Timestamp, Topic};

/// Why the raw data could not be read: the text names the file.
pub type Failure = Box<dyn Error>;

/// Every file the sample is made from.
pub struct Source {
    pub baskets: Vec<Basket>,
    pub demographics: Vec<Demographics>,
    pub campaigns: Vec<Campaign>,
    pub mailings: Vec<Mailing>,
    pub redemptions: Vec<Redemption>,
    pub complaints: Vec<Complaint>,
    pub topics: Vec<IssueTopic>,
}

/// One visit to a till.
#[derive(Deserialize)]
pub struct Basket {
    pub household_id: u32,
    pub basket_id: u64,
    #[serde(rename = "ts", deserialize_with = "utc")]
    pub at: Timestamp,
    pub units: i64,
    pub sales_cents: i64,
    pub top_department: String,
}

/// What is known about a household; about two in three nothing is.
#[derive(Deserialize)]
pub struct Demographics {
    pub household_id: u32,
    pub age: String,
    pub income: String,
}

/// One campaign by post.
#[derive(Deserialize)]
pub struct Campaign {
    pub campaign_id: u32,
    pub campaign_type: String,
    #[serde(deserialize_with = "midnight")]
    pub start_date: Timestamp,
}

/// One household that a campaign was sent to.
#[derive(Deserialize)]
pub struct Mailing {
    pub campaign_id: u32,
    pub household_id: u32,
}

/// One coupon of a campaign that was redeemed.
#[derive(Deserialize)]
pub struct Redemption {
    pub household_id: u32,
    pub campaign_id: u32,
    #[serde(deserialize_with = "midnight")]
    pub redemption_date: Timestamp,
}

/// One complaint to the regulator.
#[derive(Deserialize)]
pub struct Complaint {
    pub complaint_id: usize,
    #[serde(deserialize_with = "midnight")]
    pub date_received: Timestamp,
    #[serde(deserialize_with = "midnight")]
    pub date_sent: Timestamp,
    pub issue: String,
    pub submitted_via: String,
    pub company_response: String,
    pub disputed: String,
}

/// What an issue of the regulator's list is in the words of the library.
#[derive(Deserialize)]
pub struct IssueTopic {
    pub issue: String,
    pub topic: Topic,
}

impl Source {
    /// Reads every file of the folder.
    pub fn read(folder: &Path) -> Result<Self, Failure> {
        let journey = folder.join("completejourney");
        let cfpb = folder.join("cfpb");
        Ok(Self {
            baskets: rows(&journey.join("baskets.csv.gz"))?,
            demographics: rows(&journey.join("demographics.csv"))?,
            campaigns: rows(&journey.join("campaign_descriptions.csv"))?,
            mailings: rows(&journey.join("campaigns.csv.gz"))?,
            redemptions: rows(&journey.join("coupon_redemptions.csv.gz"))?,
            complaints: rows(&cfpb.join("complaints_2014q4.csv.gz"))?,
            topics: rows(&cfpb.join("topic_map.csv"))?,
        })
    }
}

fn rows<T: DeserializeOwned>(path: &Path) -> Result<Vec<T>, Failure> {
    let named = |error: &dyn Error| format!("{}: {error}", path.display());
    let file = File::open(path).map_err(|error| named(&error))?;
    let text: Box<dyn Read> = if path.extension().is_some_and(|end| end == "gz") {
        Box::new(GzDecoder::new(file))
    } else {
        Box::new(file)
    };
    csv::Reader::from_reader(text)
        .into_deserialize()
        .collect::<Result<_, csv::Error>>()
        .map_err(|error| named(&error).into())
}

/// Reads a local time such as `2017-01-01T11:53:26`.
fn utc<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Timestamp, D::Error> {
    let time = String::deserialize(deserializer)?;
    format!("{time}Z").parse().map_err(de::Error::custom)
}

/// Reads a day such as `2014-10-10`.
fn midnight<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Timestamp, D::Error> {
    let day = String::deserialize(deserializer)?;
    format!("{day}T00:00:00Z").parse().map_err(de::Error::custom)
}
