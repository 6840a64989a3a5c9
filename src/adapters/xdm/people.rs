//! Whose identities an event bears.

use super::super::folded::fold;
use super::super::original::Original;
use super::super::{Mapping, identity};
use crate::context::Event;

/// Namespaces of devices and browsers: of visitors, not of customers.
const DEVICES: &[&str] = &[
    "ecid",
    "aacustomid",
    "aaid",
    "fpid",
    "gaid",
    "idfa",
    "idfv",
    "amo_eid",
    "anonymous",
    "anonymousid",
    "tntid",
    "adcloud",
    "waid",
    "core",
];

/// Namespaces of customers, those that are preferred first.
const CUSTOMERS: &[&str] = &[
    "crmid",
    "crm_id",
    "customerid",
    "customer_id",
    "userid",
    "user_id",
    "loyaltyid",
    "accountid",
];

/// Reads the ids of the customer and the visitor.
pub(super) fn identify(whole: &Original<'_>, event: &mut Event, mapping: &Mapping) {
    event.user_id = identity::customer(&[whole], mapping, &[]);
    let Some(map) = whole.object("identityMap") else {
        return;
    };
    let mut best: Option<(usize, String)> = None;
    for (namespace, identities) in map.entries() {
        let namespace = fold(namespace);
        for identity in identities.list("") {
            let Some(id) = identity::person(&identity, "id") else {
                continue;
            };
            if DEVICES.contains(&namespace.as_str()) {
                event.anonymous_id.get_or_insert(id);
                continue;
            }
            let is_primary = identity.flag("primary") == Some(true);
            let place = CUSTOMERS.iter().position(|known| *known == namespace);
            let rank = if is_primary { Some(0) } else { place.map(|place| place + 1) };
            let is_better = |rank: &usize| best.as_ref().is_none_or(|(known, _)| rank < known);
            if let Some(rank) = rank.filter(is_better) {
                best = Some((rank, id));
            }
        }
    }
    event.user_id = event.user_id.take().or(best.map(|(_, id)| id));
}
