//! The closed sets of words, as numbers that are the same for good.
//!
//! A number that C passes is an `i32` and looked up here; none of these enums is
//! ever a parameter. A word that the library gains takes the next number: the
//! tests at the end fail until it has one.

use tactful::decision::Verdict;
use tactful::{
    Channel, ConsentStatus, OrderStatus, Outcome, PartName, Purpose, TicketState, Topic,
};

use crate::error::Fail;
use crate::status::tactful_status;
use crate::text::tactful_str;

/// A set of words and their numbers.
pub(crate) trait Numbered: Copy + 'static {
    /// What one of them is called in messages.
    const NAME: &'static str;
    /// Each word with its number.
    const NUMBERS: &'static [(Self, i32)];

    /// Returns the word as documents spell it.
    fn word(self) -> &'static str;
}

/// Reads a word that a caller passes as a number.
pub(crate) fn word<W: Numbered>(number: i32, what: &str) -> Result<W, Fail> {
    find(number).ok_or_else(|| {
        let message = format!("{what}: {number} is no {}", W::NAME);
        Fail::new(tactful_status::InvalidArgument, message)
    })
}

/// Reads a word of which 0 says that there is none.
pub(crate) fn word_if_any<W: Numbered>(number: i32, what: &str) -> Result<Option<W>, Fail> {
    (number != 0).then(|| word(number, what)).transpose()
}

fn find<W: Numbered>(number: i32) -> Option<W> {
    W::NUMBERS.iter().find(|(_, known)| *known == number).map(|(word, _)| *word)
}

/// Returns the number of a word.
pub(crate) fn number<W: Numbered + PartialEq>(word: W) -> i32 {
    W::NUMBERS.iter().find(|(known, _)| *known == word).map_or(0, |(_, number)| *number)
}

fn name<W: Numbered>(number: i32) -> tactful_str {
    tactful_str::of(find::<W>(number).map_or("", W::word))
}

macro_rules! numbered {
    ($number:ident, $word:ident, $name:literal: $($variant:ident),+) => {
        impl Numbered for $word {
            const NAME: &'static str = $name;
            const NUMBERS: &'static [(Self, i32)] =
                &[$((Self::$variant, $number::$variant as i32),)+];

            fn word(self) -> &'static str {
                self.as_str()
            }
        }
    };
}

/// Where a customer is met, offered something, or asked for consent.
/// 0 stands for none of them, where a field may be left out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(i32)]
pub enum tactful_channel {
    /// "web".
    Web = 1,
    /// "in_app".
    InApp = 2,
    /// "email".
    Email = 3,
    /// "sms".
    Sms = 4,
    /// "push".
    Push = 5,
    /// "phone".
    Phone = 6,
    /// "whatsapp".
    Whatsapp = 7,
    /// "chat".
    Chat = 8,
    /// "social".
    Social = 9,
    /// "store".
    Store = 10,
    /// "postal".
    Postal = 11,
    /// Staff reads the offer out.
    Agent = 12,
    /// "in_vehicle".
    InVehicle = 13,
    /// "other".
    Other = 14,
}

numbered!(tactful_channel, Channel, "channel": Web, InApp, Email, Sms, Push, Phone, Whatsapp, Chat, Social, Store, Postal, Agent, InVehicle, Other);

/// The parts of a context.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(i32)]
pub enum tactful_part {
    /// "support".
    Support = 1,
    /// "purchases".
    Purchases = 2,
    /// "device".
    Device = 3,
    /// "recency".
    Recency = 4,
    /// "consent".
    Consent = 5,
    /// "history".
    History = 6,
    /// "subscription".
    Subscription = 7,
    /// "feedback".
    Feedback = 8,
    /// "scores".
    Scores = 9,
    /// "profile".
    Profile = 10,
    /// "appointments".
    Appointments = 11,
    /// "attributes".
    Attributes = 12,
}

numbered!(tactful_part, PartName, "part": Support, Purchases, Device, Recency, Consent, History, Subscription, Feedback, Scores, Profile, Appointments, Attributes);

/// How far a support case has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(i32)]
pub enum tactful_ticket_state {
    /// "new".
    New = 1,
    /// "open".
    Open = 2,
    /// Waits for the customer; still open.
    Pending = 3,
    /// Waits for a third party; still open.
    OnHold = 4,
    /// Answered; may be reopened.
    Solved = 5,
    /// Final.
    Closed = 6,
}

numbered!(tactful_ticket_state, TicketState, "ticket state": New, Open, Pending, OnHold, Solved, Closed);

/// What a support case is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(i32)]
pub enum tactful_topic {
    /// "billing_dispute".
    BillingDispute = 1,
    /// "payment_issue".
    PaymentIssue = 2,
    /// "refund".
    Refund = 3,
    /// "order_delay".
    OrderDelay = 4,
    /// "return_exchange".
    ReturnExchange = 5,
    /// "product_defect".
    ProductDefect = 6,
    /// "warranty".
    Warranty = 7,
    /// "technical_issue".
    TechnicalIssue = 8,
    /// "outage".
    Outage = 9,
    /// "account_access".
    AccountAccess = 10,
    /// "account_change".
    AccountChange = 11,
    /// "cancellation".
    Cancellation = 12,
    /// "fraud_security".
    FraudSecurity = 13,
    /// "privacy".
    Privacy = 14,
    /// "financial_hardship".
    FinancialHardship = 15,
    /// "service_complaint".
    ServiceComplaint = 16,
    /// "data_accuracy".
    DataAccuracy = 17,
    /// "how_to".
    HowTo = 18,
    /// "sales_inquiry".
    SalesInquiry = 19,
    /// "feedback".
    Feedback = 20,
    /// "other".
    Other = 21,
}

numbered!(tactful_topic, Topic, "topic": BillingDispute, PaymentIssue, Refund, OrderDelay, ReturnExchange, ProductDefect, Warranty, TechnicalIssue, Outage, AccountAccess, AccountChange, Cancellation, FraudSecurity, Privacy, FinancialHardship, ServiceComplaint, DataAccuracy, HowTo, SalesInquiry, Feedback, Other);

/// How far an order has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(i32)]
pub enum tactful_order_status {
    /// "placed".
    Placed = 1,
    /// "shipped".
    Shipped = 2,
    /// "delayed".
    Delayed = 3,
    /// "delivered".
    Delivered = 4,
    /// "cancelled".
    Cancelled = 5,
    /// "refunded".
    Refunded = 6,
    /// "returned".
    Returned = 7,
}

numbered!(tactful_order_status, OrderStatus, "order status": Placed, Shipped, Delayed, Delivered, Cancelled, Refunded, Returned);

/// What a contact is for, in the sense of consent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(i32)]
pub enum tactful_purpose {
    /// Needs no consent and obeys no limits unless it says so.
    Transactional = 1,
    /// Needs no consent.
    Service = 2,
    /// "marketing".
    Marketing = 3,
    /// "personalization".
    Personalization = 4,
    /// "analytics".
    Analytics = 5,
    /// "sharing".
    Sharing = 6,
}

numbered!(tactful_purpose, Purpose, "purpose": Transactional, Service, Marketing, Personalization, Analytics, Sharing);

/// What a customer answered when asked for consent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(i32)]
pub enum tactful_consent_status {
    /// "unknown".
    Unknown = 1,
    /// "granted".
    Granted = 2,
    /// "denied".
    Denied = 3,
    /// Asked, not yet confirmed.
    Pending = 4,
    /// Assumed yes; not a grant.
    DefaultGranted = 5,
    /// Assumed no.
    DefaultDenied = 6,
}

numbered!(tactful_consent_status, ConsentStatus, "consent status": Unknown, Granted, Denied, Pending, DefaultGranted, DefaultDenied);

/// What a customer did with something that was shown or sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(i32)]
pub enum tactful_outcome {
    /// Chosen, whether or not it was seen.
    Decision = 1,
    /// "sent".
    Sent = 2,
    /// "delivered".
    Delivered = 3,
    /// "impression".
    Impression = 4,
    /// "click".
    Click = 5,
    /// "accept".
    Accept = 6,
    /// "reject".
    Reject = 7,
    /// "convert".
    Convert = 8,
    /// "dismiss".
    Dismiss = 9,
    /// "no_response".
    NoResponse = 10,
}

numbered!(tactful_outcome, Outcome, "outcome": Decision, Sent, Delivered, Impression, Click, Accept, Reject, Convert, Dismiss, NoResponse);

/// What became of one action.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(i32)]
pub enum tactful_verdict {
    /// It is in the slate.
    Recommended = 1,
    /// Admissible, and others took its place.
    Outranked = 2,
    /// A suppression holds it back.
    Suppressed = 3,
    /// The customer does not qualify, or it is not known whether they do.
    Ineligible = 4,
    /// The customer does not agree to be addressed.
    Unconsented = 5,
    /// It is not on offer.
    Unavailable = 6,
    /// Nothing holds it back but quiet hours: it can be sent later.
    Deferred = 7,
    /// The contact policy holds it back: a limit, or hours that are quiet
    /// for too long or cannot be told.
    Limited = 8,
    /// The customer is left out, to measure by.
    HeldOut = 9,
    /// It does not come to what the policy asks for.
    BelowThreshold = 10,
    /// A score it needs is missing.
    Unscored = 11,
}

numbered!(tactful_verdict, Verdict, "verdict": Recommended, Outranked, Suppressed, Ineligible, Unconsented, Unavailable, Deferred, Limited, HeldOut, BelowThreshold, Unscored);

/// Returns the name of a channel, such as "in_app"; an empty text for a
/// number that is none.
///
/// Any thread. The text is there for good.
#[must_use]
#[unsafe(no_mangle)]
pub extern "C" fn tactful_channel_name(number: i32) -> tactful_str {
    name::<Channel>(number)
}

/// Returns the name of a verdict, such as "suppressed"; an empty text for a
/// number that is none.
///
/// Any thread. The text is there for good.
#[must_use]
#[unsafe(no_mangle)]
pub extern "C" fn tactful_verdict_name(number: i32) -> tactful_str {
    name::<Verdict>(number)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    fn every_word_has_a_number<W: Numbered + PartialEq>(all: &[W]) {
        let mut numbers = BTreeSet::new();
        for one in all {
            let number = number(*one);
            assert!(number > 0, "`{}` of {} has no number", one.word(), W::NAME);
            assert!(numbers.insert(number), "{number} is taken twice");
            assert_eq!(find::<W>(number).map(W::word), Some(one.word()));
        }
    }

    #[test]
    fn no_word_is_forgotten() {
        every_word_has_a_number(Channel::ALL);
        every_word_has_a_number(PartName::ALL);
        every_word_has_a_number(TicketState::ALL);
        every_word_has_a_number(Topic::ALL);
        every_word_has_a_number(OrderStatus::ALL);
        every_word_has_a_number(Purpose::ALL);
        every_word_has_a_number(ConsentStatus::ALL);
        every_word_has_a_number(Outcome::ALL);
        every_word_has_a_number(Verdict::ALL);
    }
}
