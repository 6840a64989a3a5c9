//! What neither source knows, made up from the household's number.
//!
//! The divisors share no factor, so that every combination occurs.

use tactful::context::{Consent, Device, Grant, Subscription};
use tactful::{Channel, ConsentStatus, Currency, Duration, FormFactor, Money, Purpose, Timestamp};

use crate::calendar::NOW;

const AS_OF: Duration = Duration::hours(1);
const DEVICE_AS_OF: Duration = Duration::minutes(1);
const ARREARS_CENTS: i64 = 2_500;

/// Every fourth customer pays for more.
pub(crate) fn plan(id: u32) -> &'static str {
    if id.is_multiple_of(4) { "premium" } else { "basic" }
}

/// One customer in 23 owes us something.
pub(crate) fn subscription(id: u32, usd: Currency) -> Subscription {
    let arrears = if id.is_multiple_of(23) { ARREARS_CENTS } else { 0 };
    Subscription::new(NOW - AS_OF).plan(plan(id)).arrears(Money::new(arrears, usd))
}

/// Every fifth customer said no to marketing by email, the others yes; nobody
/// was asked about any other channel.
pub(crate) fn consent(id: u32, since: Timestamp) -> Consent {
    let status = if id.is_multiple_of(5) { ConsentStatus::Denied } else { ConsentStatus::Granted };
    let email = Grant::new(Purpose::Marketing, status, since).channel(Channel::Email);
    Consent::new(NOW - AS_OF).grants([email])
}

/// Three customers in seven come by mobile, two by desktop, one by tablet; of
/// one the device is not known.
pub(crate) fn device(id: u32) -> Option<Device> {
    let form_factor = match id % 7 {
        0..=2 => FormFactor::Mobile,
        3 | 4 => FormFactor::Desktop,
        5 => FormFactor::Tablet,
        _ => return None,
    };
    Some(Device::new(NOW - DEVICE_AS_OF).form_factor(form_factor))
}
