//! What a customer's systems call things, by our words.

use std::collections::BTreeMap;
use std::fmt;
use std::marker::PhantomData;

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

use super::folded::fold;
use crate::context::Onboarding;
use crate::vocabulary::{
    Currency, OnboardingStatus, OrderStatus, Purpose, TicketState, Topic, Word,
};

/// How to read the events of a system: what its customer has named there.
///
/// Everything has a default, so that `Mapping::new()` is a start. What is given
/// comes before what the adapters know themselves. Names are compared without
/// regard to case, and `Billing dispute`, `billing-dispute` and
/// `billing_dispute` are one.
///
/// A mapping can stand in a configuration file, with the keys of its fields:
///
/// ```
/// use tactful::adapters::Mapping;
/// use tactful::Topic;
///
/// let read: Mapping = toml::from_str(r#"
///     source   = "helpdesk-eu"
///     currency = "EUR"
///
///     [topics]
///     "Rechnung falsch" = "billing_dispute"
///
///     [states]
///     "Wartet auf Lager" = "on_hold"
///
///     [actions]
///     promo_17 = "premium-upgrade"
/// "#)?;
/// let made = Mapping::new()
///     .source("helpdesk-eu")
///     .currency("EUR".parse()?)
///     .topic("rechnung FALSCH", Topic::BillingDispute)
///     .state("wartet auf lager", tactful::TicketState::OnHold)
///     .action("promo_17", "premium-upgrade");
/// assert_eq!(read, made);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
#[non_exhaustive]
pub struct Mapping {
    /// The source that events bear; by default the name of the system, such
    /// as `zendesk`, or what a CloudEvent says.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub source: Option<String>,
    /// Where in the original the customer's id stands, such as
    /// `Contact.Customer_Number__c`, if not in the usual place.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub user_id_at: Option<String>,
    /// The currency of amounts that do not name one. Without it they are left
    /// out.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub currency: Option<Currency>,
    /// What tags, reasons, categories and topics are about.
    #[serde(skip_serializing_if = "Names::is_empty")]
    pub topics: TopicMap,
    /// How far a support case in a state of one's own has come.
    #[serde(skip_serializing_if = "Names::is_empty")]
    pub states: Names<TicketState>,
    /// How far an order in a state of one's own has come.
    #[serde(skip_serializing_if = "Names::is_empty")]
    pub order_states: Names<OrderStatus>,
    /// What the categories of a consent banner are for. By default
    /// `Advertising` is marketing, `Analytics` analytics, `Functional`
    /// personalization and `DataSharing` sharing, and our own words are
    /// themselves.
    #[serde(skip_serializing_if = "Names::is_empty")]
    pub purposes: Names<Purpose>,
    /// The actions that promotions, campaigns and propositions are, by their
    /// ids there. One that is not listed is an action of that very id.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub actions: BTreeMap<String, String>,
    /// The attributes of the policy that traits are, by the names of the
    /// traits. Others are not taken, but for an evaluation context of
    /// OpenFeature, whose fields are attributes of the same name.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub attributes: BTreeMap<String, String>,
    /// The names in the standard of events that are called otherwise, such
    /// as `Bestellung` for `Order Completed`.
    #[serde(skip_serializing_if = "Names::is_empty")]
    pub events: Names<String>,
    /// How far a customer has come with getting started, by the names of
    /// events.
    #[serde(skip_serializing_if = "Names::is_empty")]
    pub milestones: Names<Milestone>,
    /// The systems whose shape the data of a CloudEvent has, by its type. One
    /// that ends with `*` is about every type that begins so.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub types: BTreeMap<String, System>,
    /// Whether the consent that is stamped on an event counts on all events,
    /// rather than on those that tell of a change. Every event then tells of
    /// consent, and of old answers fewer are kept.
    pub stamped_consent: bool,
}

macro_rules! setters {
    ($($(#[$doc:meta])* $name:ident, $field:ident, $type:ty;)+) => {
        $(
            $(#[$doc])*
            #[must_use]
            pub fn $name(mut self, name: impl Into<String>, value: impl Into<$type>) -> Self {
                self.$field.insert(name.into(), value.into());
                self
            }
        )+
    };
}

impl Mapping {
    /// Makes a mapping that knows no more than the adapters themselves.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Sets [`source`](Self#structfield.source).
    #[must_use]
    pub fn source(mut self, source: impl Into<String>) -> Self {
        self.source = Some(source.into());
        self
    }

    /// Sets [`user_id_at`](Self#structfield.user_id_at).
    #[must_use]
    pub fn user_id_at(mut self, path: impl Into<String>) -> Self {
        self.user_id_at = Some(path.into());
        self
    }

    /// Sets [`currency`](Self#structfield.currency).
    #[must_use]
    pub fn currency(mut self, currency: Currency) -> Self {
        self.currency = Some(currency);
        self
    }

    /// Sets [`stamped_consent`](Self#structfield.stamped_consent).
    #[must_use]
    pub fn stamped_consent(mut self, counts: bool) -> Self {
        self.stamped_consent = counts;
        self
    }

    setters! {
        /// Adds to [`topics`](Self#structfield.topics).
        topic, topics, Topic;
        /// Adds to [`states`](Self#structfield.states).
        state, states, TicketState;
        /// Adds to [`order_states`](Self#structfield.order_states).
        order_state, order_states, OrderStatus;
        /// Adds to [`purposes`](Self#structfield.purposes).
        purpose, purposes, Purpose;
        /// Adds to [`actions`](Self#structfield.actions).
        action, actions, String;
        /// Adds to [`attributes`](Self#structfield.attributes).
        attribute, attributes, String;
        /// Adds to [`events`](Self#structfield.events).
        event, events, String;
        /// Adds to [`milestones`](Self#structfield.milestones).
        milestone, milestones, Milestone;
        /// Adds to [`types`](Self#structfield.types).
        event_type, types, System;
    }

    /// Returns what an offer is called here.
    pub(super) fn action_of(&self, id: &str) -> String {
        self.actions.get(id).map_or(id, String::as_str).to_owned()
    }
}

/// What tags, reasons, categories and topics are about, by what a system
/// calls them.
///
/// A few common names are known without it: our own words, and what
/// [`TopicMap::known`] lists. What is not known is left out with a warning; it
/// is never [`Topic::Other`].
pub type TopicMap = Names<Topic>;

/// Values by names that are compared without regard to case and punctuation.
#[derive(Clone, Debug, PartialEq)]
pub struct Names<T>(BTreeMap<String, T>);

impl<T> Default for Names<T> {
    fn default() -> Self {
        Self(BTreeMap::new())
    }
}

impl<T> Names<T> {
    /// Adds a name, or gives it another value.
    pub fn insert(&mut self, name: impl AsRef<str>, value: T) {
        self.0.insert(fold(name.as_ref()), value);
    }

    /// Returns the value of a name.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&T> {
        if self.0.is_empty() { None } else { self.0.get(&fold(name)) }
    }

    /// Tells whether there is no name.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Returns the names, as they are compared, with their values.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &T)> {
        self.0.iter().map(|(name, value)| (name.as_str(), value))
    }
}

impl<T, N: AsRef<str>> FromIterator<(N, T)> for Names<T> {
    fn from_iter<I: IntoIterator<Item = (N, T)>>(names: I) -> Self {
        let names = names.into_iter().map(|(name, value)| (fold(name.as_ref()), value));
        Self(names.collect())
    }
}

impl<T: Serialize> Serialize for Names<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.0.serialize(serializer)
    }
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Names<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(NamesVisitor(PhantomData))
    }
}

struct NamesVisitor<T>(PhantomData<T>);

impl<'de, T: Deserialize<'de>> de::Visitor<'de> for NamesVisitor<T> {
    type Value = Names<T>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("names with their values")
    }

    fn visit_map<A: de::MapAccess<'de>>(self, mut entries: A) -> Result<Names<T>, A::Error> {
        let mut names = BTreeMap::new();
        while let Some((name, value)) = entries.next_entry::<String, T>()? {
            if names.insert(fold(&name), value).is_some() {
                let message = format!("`{name}` occurs twice: case and punctuation do not count");
                return Err(de::Error::custom(message));
            }
        }
        Ok(Names(names))
    }
}

impl TopicMap {
    /// Returns the names that are known without a mapping, besides our own
    /// words: what the field calls our topics.
    pub fn known() -> impl Iterator<Item = (&'static str, Topic)> {
        TOPICS.iter().flat_map(|(topic, names)| names.iter().map(|name| (*name, *topic)))
    }

    /// Returns what a name is about.
    ///
    /// The map comes first, then our own words, then the [known](Self::known)
    /// names.
    #[must_use]
    pub fn topic(&self, name: &str) -> Option<Topic> {
        let folded = fold(name);
        let known = || Self::known().find(|(name, _)| *name == folded).map(|(_, topic)| topic);
        self.0.get(&folded).copied().or_else(|| folded.parse().ok()).or_else(known)
    }
}

/// What help desks commonly call our topics.
const TOPICS: &[(Topic, &[&str])] = &[
    (
        Topic::BillingDispute,
        &[
            "billing",
            "billing_issue",
            "billing_error",
            "billing_problem",
            "disputed_charge",
            "charge_dispute",
            "payment_dispute",
            "double_charge",
            "charged_twice",
            "overcharge",
            "overcharged",
            "wrong_charge",
            "chargeback",
            "invoice_dispute",
        ],
    ),
    (Topic::PaymentIssue, &["payment", "payments", "payment_failed", "card_declined"]),
    (Topic::Refund, &["refunds", "refund_request"]),
    (
        Topic::OrderDelay,
        &["delayed_order", "late_delivery", "delivery_delay", "shipping_delay", "wismo"],
    ),
    (Topic::ReturnExchange, &["return", "returns", "exchange", "exchanges"]),
    (Topic::ProductDefect, &["defect", "defective", "defective_product", "damaged", "broken"]),
    (Topic::Warranty, &["warranty_claim"]),
    (Topic::TechnicalIssue, &["technical", "technical_support", "bug"]),
    (Topic::Outage, &["service_outage", "downtime"]),
    (Topic::AccountAccess, &["login", "password", "password_reset", "locked_out"]),
    (Topic::AccountChange, &["address_change", "change_of_address"]),
    (Topic::Cancellation, &["cancel", "cancellation_request", "cancel_subscription"]),
    (Topic::FraudSecurity, &["fraud", "security", "account_takeover", "unauthorized_charge"]),
    (Topic::Privacy, &["gdpr", "data_request", "data_deletion"]),
    (Topic::FinancialHardship, &["hardship"]),
    (Topic::ServiceComplaint, &["complaint", "complaints"]),
    (Topic::HowTo, &["howto"]),
    (Topic::SalesInquiry, &["sales", "sales_question"]),
    (Topic::Feedback, &["suggestion"]),
];

/// How far a customer has come with getting started, when an event occurs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct Milestone {
    /// Where they stand then.
    pub status: OnboardingStatus,
    /// The step they are at then.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub step: Option<String>,
}

impl Milestone {
    /// Makes a milestone without a step.
    #[must_use]
    pub const fn new(status: OnboardingStatus) -> Self {
        Self { status, step: None }
    }

    /// Sets the step.
    #[must_use]
    pub fn step(mut self, step: impl Into<String>) -> Self {
        self.step = Some(step.into());
        self
    }

    /// Returns what an event tells that occurs at a time.
    pub(super) fn reached(&self, at: crate::time::Timestamp) -> Onboarding {
        let mut onboarding = Onboarding::new(self.status).updated_at(at);
        onboarding.step.clone_from(&self.step);
        if self.status == OnboardingStatus::Done {
            onboarding.completed_at = Some(at);
        }
        onboarding
    }
}

/// A system whose events there is an adapter for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum System {
    /// Segment, and RudderStack, which sends the same.
    Segment,
    /// The Experience Data Model of Adobe.
    Xdm,
    /// Snowplow.
    Snowplow,
    /// Zendesk.
    Zendesk,
    /// Intercom.
    Intercom,
    /// Salesforce Service Cloud.
    Salesforce,
    /// ServiceNow.
    Servicenow,
    /// Tactful: events as [`Event::from_json`](crate::context::Event::from_json)
    /// reads them.
    Tactful,
}

impl System {
    /// Every system, in the order of the type.
    pub const ALL: &'static [Self] = &[
        Self::Segment,
        Self::Xdm,
        Self::Snowplow,
        Self::Zendesk,
        Self::Intercom,
        Self::Salesforce,
        Self::Servicenow,
        Self::Tactful,
    ];

    /// Returns the name of the system, which is the source of its events.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Segment => "segment",
            Self::Xdm => "xdm",
            Self::Snowplow => "snowplow",
            Self::Zendesk => "zendesk",
            Self::Intercom => "intercom",
            Self::Salesforce => "salesforce",
            Self::Servicenow => "servicenow",
            Self::Tactful => "tactful",
        }
    }
}

impl fmt::Display for System {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

/// Returns what a category of consent is for.
pub(super) fn purpose(mapping: &Mapping, category: &str) -> Option<Purpose> {
    let known = || {
        Some(match fold(category).as_str() {
            "advertising" => Purpose::Marketing,
            "functional" => Purpose::Personalization,
            "datasharing" | "data_sharing" => Purpose::Sharing,
            word if Purpose::WORDS.contains(&word) => return word.parse().ok(),
            _ => return None,
        })
    };
    mapping.purposes.get(category).copied().or_else(known)
}

/// Returns what categories of consent are for, those of the mapping and those
/// known without it.
pub(super) fn purposes(mapping: &Mapping) -> impl Iterator<Item = Purpose> {
    let known =
        [Purpose::Marketing, Purpose::Personalization, Purpose::Analytics, Purpose::Sharing];
    known.into_iter().chain(mapping.purposes.iter().map(|(_, purpose)| *purpose))
}

/// Returns how far an order has come.
pub(super) fn order_status(mapping: &Mapping, state: &str) -> Option<OrderStatus> {
    let known = || {
        Some(match fold(state).as_str() {
            "confirmed" | "processing" => OrderStatus::Placed,
            "fulfilled" | "in_transit" | "out_for_delivery" => OrderStatus::Shipped,
            "backordered" | "late" => OrderStatus::Delayed,
            "canceled" => OrderStatus::Cancelled,
            word => return word.parse().ok(),
        })
    };
    mapping.order_states.get(state).copied().or_else(known)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn known_names_are_as_they_are_compared_and_say_one_thing() {
        let mut seen = BTreeMap::new();
        for (name, topic) in TopicMap::known() {
            assert_eq!(fold(name), name);
            assert_eq!(seen.insert(name, topic), None, "{name}");
            assert!(name.parse::<Topic>().is_err(), "{name} is a topic itself");
            assert_eq!(TopicMap::default().topic(name), Some(topic));
        }
    }

    #[test]
    fn what_the_user_says_comes_first() {
        let topics = TopicMap::from_iter([("Billing", Topic::HowTo), ("vip!", Topic::Other)]);
        assert_eq!(topics.topic("BILLING"), Some(Topic::HowTo));
        assert_eq!(topics.topic(" VIP "), Some(Topic::Other));
        assert_eq!(topics.topic("Billing-Dispute"), Some(Topic::BillingDispute));
        assert_eq!(topics.topic("gold"), None);
    }

    #[test]
    fn a_name_may_not_occur_twice_in_a_document() {
        let error = toml::from_str::<Mapping>("[topics]\nA-b = \"refund\"\n\"a B\" = \"refund\"");
        assert!(error.unwrap_err().to_string().contains("occurs twice"));
        assert!(toml::from_str::<Mapping>("topic = {}").is_err());
        assert!(toml::from_str::<Mapping>("[topics]\nx = \"bills\"").is_err());
    }
}
