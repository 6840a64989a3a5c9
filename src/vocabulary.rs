//! The closed sets of words shared by contexts and policies, and money.
//!
//! Every enum is spelled in `snake_case` in documents, and a word that is not
//! in the set is an error there: an unmapped state is never quietly `open` or
//! `other`.

mod money;

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

pub use money::{Currency, Money};

/// A word that is in none of the sets asked for.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("unknown word `{0}`")]
pub struct UnknownWord(pub String);

/// A closed set of words, so that schemas and readers can list it.
pub trait Word: Copy + 'static {
    /// What the set is called in messages, such as `channel`.
    const SET: &'static str;
    /// Every word as documents spell it, in the order of the enum.
    const WORDS: &'static [&'static str];

    /// Returns the place of this word in [`WORDS`](Word::WORDS).
    fn code(self) -> u16;
}

macro_rules! words {
    ($(#[$doc:meta])* $name:ident, $set:literal { $($(#[$word_doc:meta])* $variant:ident = $text:literal,)+ }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[non_exhaustive]
        pub enum $name {
            $($(#[$word_doc])* #[doc = concat!("`", $text, "`.")] $variant,)+
        }

        impl $name {
            /// Every value, in the order documents list them.
            pub const ALL: &'static [Self] = &[$(Self::$variant,)+];

            /// Returns the word as documents spell it.
            #[must_use]
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $text,)+ }
            }
        }

        impl Word for $name {
            const SET: &'static str = $set;
            const WORDS: &'static [&'static str] = &[$($text,)+];

            fn code(self) -> u16 {
                self as u16
            }
        }

        impl crate::object::Blank for $name {
            fn blank() -> Self {
                let [first, ..] = [$(Self::$variant,)+];
                first
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.pad(self.as_str())
            }
        }

        impl FromStr for $name {
            type Err = UnknownWord;

            fn from_str(text: &str) -> Result<Self, UnknownWord> {
                match text {
                    $($text => Ok(Self::$variant),)+
                    _ => Err(UnknownWord(text.to_owned())),
                }
            }
        }

        impl Serialize for $name {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_str(self.as_str())
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                deserializer.deserialize_str(WordVisitor(std::marker::PhantomData))
            }
        }
    };
}

struct WordVisitor<T>(std::marker::PhantomData<T>);

impl<T: Word + FromStr> de::Visitor<'_> for WordVisitor<T> {
    type Value = T;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "a {}", T::SET)
    }

    fn visit_str<E: de::Error>(self, text: &str) -> Result<T, E> {
        text.parse().map_err(|_| E::unknown_variant(text, T::WORDS))
    }
}

words! {
    /// Where a customer is met, offered something, or asked for consent.
    Channel, "channel" {
        Web = "web",
        InApp = "in_app",
        Email = "email",
        Sms = "sms",
        Push = "push",
        Phone = "phone",
        Whatsapp = "whatsapp",
        Chat = "chat",
        Social = "social",
        Store = "store",
        Postal = "postal",
        /// Staff reads the offer out.
        Agent = "agent",
        InVehicle = "in_vehicle",
        Other = "other",
    }
}

impl Channel {
    /// Tells whether we reach out to the customer, rather than they to us.
    ///
    /// Outbound channels need granted consent for marketing. `other` counts
    /// as outbound: the careful reading.
    #[must_use]
    pub const fn is_outbound(self) -> bool {
        matches!(
            self,
            Self::Email
                | Self::Sms
                | Self::Push
                | Self::Phone
                | Self::Whatsapp
                | Self::Social
                | Self::Postal
                | Self::Other
        )
    }
}

words! {
    /// What a contact is for, in the sense of consent.
    Purpose, "purpose" {
        /// Needs no consent and obeys no limits unless it says so.
        Transactional = "transactional",
        /// Needs no consent.
        Service = "service",
        Marketing = "marketing",
        Personalization = "personalization",
        Analytics = "analytics",
        Sharing = "sharing",
    }
}

words! {
    /// How far a support case has come.
    TicketState, "ticket state" {
        New = "new",
        Open = "open",
        /// Waits for the customer; still open.
        Pending = "pending",
        /// Waits for a third party; still open.
        OnHold = "on_hold",
        /// Answered; may be reopened.
        Solved = "solved",
        /// Final.
        Closed = "closed",
    }
}

impl TicketState {
    /// Tells whether the case is over.
    #[must_use]
    pub const fn is_over(self) -> bool {
        matches!(self, Self::Solved | Self::Closed)
    }
}

words! {
    /// How urgent a support case is.
    Priority, "ticket priority" {
        Low = "low",
        Normal = "normal",
        High = "high",
        Urgent = "urgent",
    }
}

words! {
    /// What a support case or a contact is about.
    Topic, "topic" {
        BillingDispute = "billing_dispute",
        PaymentIssue = "payment_issue",
        Refund = "refund",
        OrderDelay = "order_delay",
        ReturnExchange = "return_exchange",
        ProductDefect = "product_defect",
        Warranty = "warranty",
        TechnicalIssue = "technical_issue",
        Outage = "outage",
        AccountAccess = "account_access",
        AccountChange = "account_change",
        Cancellation = "cancellation",
        FraudSecurity = "fraud_security",
        Privacy = "privacy",
        FinancialHardship = "financial_hardship",
        ServiceComplaint = "service_complaint",
        DataAccuracy = "data_accuracy",
        HowTo = "how_to",
        SalesInquiry = "sales_inquiry",
        Feedback = "feedback",
        Other = "other",
    }
}

words! {
    /// How far an order has come.
    OrderStatus, "order status" {
        Placed = "placed",
        Shipped = "shipped",
        Delayed = "delayed",
        Delivered = "delivered",
        Cancelled = "cancelled",
        Refunded = "refunded",
        Returned = "returned",
    }
}

words! {
    /// The shape of the customer's device.
    FormFactor, "form factor" {
        Desktop = "desktop",
        Mobile = "mobile",
        Tablet = "tablet",
        Watch = "watch",
        Xr = "xr",
        Automotive = "automotive",
        Eink = "eink",
        Tv = "tv",
        Other = "other",
    }
}

words! {
    /// The operating system of the customer's device.
    Platform, "platform" {
        Android = "android",
        Ios = "ios",
        Macos = "macos",
        Windows = "windows",
        Linux = "linux",
        ChromeOs = "chrome_os",
        Other = "other",
    }
}

words! {
    /// What the customer looks at us through.
    Environment, "environment" {
        Browser = "browser",
        App = "app",
        Kiosk = "kiosk",
        StaffApp = "staff_app",
    }
}

words! {
    /// How far a customer has come with getting started.
    OnboardingStatus, "onboarding status" {
        NotStarted = "not_started",
        InProgress = "in_progress",
        /// Started and not getting on.
        Stuck = "stuck",
        Done = "done",
    }
}

words! {
    /// What a customer answered when asked for consent.
    ConsentStatus, "consent status" {
        Unknown = "unknown",
        Granted = "granted",
        Denied = "denied",
        /// Asked, not yet confirmed.
        Pending = "pending",
        /// Assumed yes; not a grant.
        DefaultGranted = "default_granted",
        /// Assumed no.
        DefaultDenied = "default_denied",
    }
}

words! {
    /// What a customer did with something that was shown or sent.
    Outcome, "outcome" {
        /// Chosen, whether or not it was seen.
        Decision = "decision",
        Sent = "sent",
        Delivered = "delivered",
        Impression = "impression",
        Click = "click",
        Accept = "accept",
        Reject = "reject",
        Convert = "convert",
        Dismiss = "dismiss",
        NoResponse = "no_response",
    }
}

words! {
    /// How a subscription stands.
    SubscriptionStatus, "subscription status" {
        Trialing = "trialing",
        Active = "active",
        PastDue = "past_due",
        Paused = "paused",
        Cancelled = "cancelled",
        Expired = "expired",
    }
}

words! {
    /// Which question of satisfaction was answered.
    Metric, "feedback metric" {
        /// Customer satisfaction, 1 to 5.
        Csat = "csat",
        /// Likelihood to recommend, 0 to 10: one answer is a class, not a score.
        Nps = "nps",
        /// Customer effort, 1 to 7, where 7 is easy.
        Ces = "ces",
    }
}

words! {
    /// How an appointment stands.
    AppointmentStatus, "appointment status" {
        Booked = "booked",
        Kept = "kept",
        Missed = "missed",
        Cancelled = "cancelled",
    }
}

words! {
    /// The parts of a context.
    PartName, "part of a context" {
        Support = "support",
        Purchases = "purchases",
        Device = "device",
        Recency = "recency",
        Consent = "consent",
        History = "history",
        Subscription = "subscription",
        Feedback = "feedback",
        Scores = "scores",
        Profile = "profile",
        Appointments = "appointments",
        Attributes = "attributes",
    }
}

words! {
    /// A day of the week.
    Weekday, "day of the week" {
        Monday = "monday",
        Tuesday = "tuesday",
        Wednesday = "wednesday",
        Thursday = "thursday",
        Friday = "friday",
        Saturday = "saturday",
        Sunday = "sunday",
    }
}

impl Weekday {
    /// Returns how many days ago the other day was, 0 to 6.
    #[must_use]
    pub const fn days_since(self, other: Self) -> u8 {
        (self as u8 + 7 - other as u8) % 7
    }
}

words! {
    /// The built-in kinds of action; a policy may declare more.
    Kind, "kind" {
        Upsell = "upsell",
        CrossSell = "cross_sell",
        Promotion = "promotion",
        Retention = "retention",
        Renewal = "renewal",
        WinBack = "win_back",
        Service = "service",
        Goodwill = "goodwill",
        Guidance = "guidance",
        Reminder = "reminder",
        Survey = "survey",
        Information = "information",
    }
}

impl Kind {
    /// Returns the purpose of actions of this kind that do not name one.
    ///
    /// `service`, `goodwill`, `guidance` and `information` are service;
    /// everything else is marketing, reminders of carts and surveys included.
    #[must_use]
    pub const fn purpose(self) -> Purpose {
        match self {
            Self::Service | Self::Goodwill | Self::Guidance | Self::Information => Purpose::Service,
            _ => Purpose::Marketing,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_places_in_the_list() {
        for (place, topic) in Topic::ALL.iter().enumerate() {
            assert_eq!(usize::from(topic.code()), place);
            assert_eq!(Topic::WORDS[place], topic.as_str());
            assert_eq!(topic.as_str().parse::<Topic>(), Ok(*topic));
        }
    }
}
