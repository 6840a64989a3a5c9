//! Customer analytics: published models as functions with given parameters.
//!
//! Nothing is fitted here. Parameters come from your own fit, by whichever
//! tool, and a model is made of them once: what they may not be is an error
//! then, with its place. Answers are plain numbers, never NaN or infinite, and
//! the same to the bit on every platform.
//!
//! | question | answered by |
//! |---|---|
//! | Where does the customer stand? | [`Lifecycle`] |
//! | How good a customer, in classes? | [`Rfm`] |
//! | Are they late? | [`Cadence`] |
//! | Will they come back, how often? | [`PurchaseModel`] (BG/NBD, MBG/NBD) |
//! | What will an order be worth? | [`GammaGamma`] |
//! | What are they worth? | [`Discounting`] |
//! | Will they renew, how often? | [`ShiftedBetaGeometric`] |
//! | Will they be gone soon? | [`WeibullInactivity`] |
//! | How much does it still matter? | [`HalfLife`] |
//! | Are customers satisfied? | [`csat`], [`csat_binary`], [`nps`], [`ces`], [`first_contact_resolution`] |
//!
//! What the models take is read from a context by [`PurchaseSummary`], which
//! says [`NotKnown`] where a fact is missing, and never guesses.
//!
//! # Examples
//!
//! ```
//! use tactful::analytics::{PurchaseModel, PurchaseSummary, TimeUnit};
//! use tactful::context::{Order, Purchases};
//! use tactful::{Context, Duration, OrderStatus, Timestamp};
//!
//! let now: Timestamp = "2026-03-10T15:00:30Z".parse()?;
//! let order = |id: &str, days| Order::new(id, now - Duration::days(days)).status(OrderStatus::Delivered);
//! let purchases = Purchases::new(now).orders([order("1", 200), order("2", 150), order("3", 100)]);
//! let context = Context::new().purchases(purchases);
//!
//! let summary = PurchaseSummary::of(&context, now, Duration::hours(1))?;
//! let late = summary.cadence().zip(summary.since_last());
//! assert_eq!(late.map(|(cadence, silence)| cadence.overdue_ratio(silence)), Some(2.0));
//!
//! let model = PurchaseModel::mbg_nbd(0.525, 6.183, 0.891, 1.614)?;
//! let alive = summary.repeat_purchases(TimeUnit::Week).map(|customer| model.p_alive(customer));
//! assert_eq!(alive.map(|p| format!("{p:.2}")).as_deref(), Some("0.52"));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod contract;
mod days;
mod domain;
mod inactivity;
mod lifecycle;
mod model;
mod purchasing;
mod rfm;
mod satisfaction;
mod summary;
mod value;

pub use contract::ShiftedBetaGeometric;
pub use domain::DomainError;
pub use inactivity::{Cadence, HalfLife, WeibullInactivity};
pub use lifecycle::{Activity, Lifecycle, LifecycleStage};
pub(crate) use model::{
    ActivityOf, Answer, Counted, Customer, Found, Lack, Model, Output, Purchasing, Said, Sort,
    Weights,
};
pub use purchasing::{PurchaseModel, RepeatPurchases};
pub use rfm::{Rfm, RfmScore};
pub use satisfaction::{NpsClass, ces, csat, csat_binary, first_contact_resolution, nps};
pub use summary::{NotKnown, PurchaseSummary, TimeUnit};
pub use value::{Discounting, GammaGamma, LifetimeValue};

/// The page for people who fit models, whose examples run as tests.
#[cfg(doctest)]
#[doc = include_str!("../docs/analytics.md")]
struct Page;
