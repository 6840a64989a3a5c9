//! Lists of a context, set from arrays of C.

use tactful::context::{
    Consent, Grant, History, Interaction, Order, Purchases, Record, Support, Ticket,
};
use tactful::{Currency, Money};

use crate::context::tactful_context;
use crate::error::{Fail, tactful_error};
use crate::guard::guard;
use crate::handle::exclusive;
use crate::status::tactful_status;
use crate::text::{items, tactful_str, time, time_if_any};
use crate::words::{word, word_if_any};

/// One support case. Zero it first: what is zero is unknown.
#[derive(Clone, Copy, Debug)]
#[repr(C)]
pub struct tactful_ticket {
    /// Identifies the case; required.
    pub id: tactful_str,
    /// When it was opened, in Unix milliseconds; required.
    pub opened_at: i64,
    /// When it last changed; required.
    pub updated_at: i64,
    /// When it was solved or closed; 0 if that is not known.
    pub closed_at: i64,
    /// A tactful_ticket_state; 0 if it is not known.
    pub state: i32,
    /// A tactful_topic; 0 if it is not known.
    pub topic: i32,
    /// A tactful_channel: where it came in; 0 if that is not known.
    pub channel: i32,
    /// Zero.
    pub reserved_number: i32,
    /// Zero.
    pub reserved: [u64; 4],
}

/// One order. Zero it first: what is zero is unknown.
#[derive(Clone, Copy, Debug)]
#[repr(C)]
pub struct tactful_order {
    /// Identifies the order; required.
    pub id: tactful_str,
    /// When it was placed, in Unix milliseconds; required.
    pub placed_at: i64,
    /// When it last changed; 0 if that is not known.
    pub updated_at: i64,
    /// When it was promised to arrive; 0 if that is not known.
    pub promised_at: i64,
    /// When it arrived; 0 if that is not known.
    pub delivered_at: i64,
    /// What was paid in minor units, such as cents; read if there is a currency.
    pub total_minor: i64,
    /// The ISO 4217 code of the currency, such as "EUR"; empty if what was paid
    /// is not known.
    pub currency: tactful_str,
    /// A tactful_order_status; 0 if it is not known.
    pub status: i32,
    /// A tactful_channel: where it was placed; 0 if that is not known.
    pub channel: i32,
    /// Zero.
    pub reserved: [u64; 4],
}

/// One answer about being contacted. Zero it first.
#[derive(Clone, Copy, Debug)]
#[repr(C)]
pub struct tactful_grant {
    /// From when the answer counts, in Unix milliseconds; required.
    pub changed_at: i64,
    /// When it lapses; 0 if it does not.
    pub expires_at: i64,
    /// A tactful_purpose; required.
    pub purpose: i32,
    /// A tactful_consent_status; required.
    pub status: i32,
    /// A tactful_channel; 0 if the answer is about every channel.
    pub channel: i32,
    /// Zero.
    pub reserved_number: i32,
    /// Zero.
    pub reserved: [u64; 2],
}

/// One thing that happened to one recommendation. Zero it first.
///
/// tactful_context_record() makes one of a decision, with all labels.
#[derive(Clone, Copy, Debug)]
#[repr(C)]
pub struct tactful_interaction {
    /// The action; required.
    pub action: tactful_str,
    /// The kind the action had; empty if that is not known.
    pub kind: tactful_str,
    /// The group the action had; empty if that is not known.
    pub group: tactful_str,
    /// The decision it goes back to; empty if that is not known.
    pub decision_id: tactful_str,
    /// When it happened, in Unix milliseconds; required.
    pub at: i64,
    /// A tactful_outcome; required.
    pub outcome: i32,
    /// A tactful_channel: where it happened; 0 if that is not known.
    pub channel: i32,
    /// The tactful_purpose the action had; 0 if that is not known.
    pub purpose: i32,
    /// Zero.
    pub reserved_number: i32,
    /// Zero.
    pub reserved: [u64; 4],
}

/// The most entries of an array.
const MAX_ITEMS: usize = 10_000;

/// Delivers the support cases: these are all there are as of as_of (Unix
/// milliseconds), and a count of 0 says that there are none.
///
/// The whole part is replaced: contacts are unknown afterwards. For a list that
/// may not be all, or for contacts, use tactful_context_set_part_json(). Up to
/// 10,000, of which the newest 256 are kept. INVALID_ARGUMENT names the entry
/// and field that is wrong; the context is then as it was.
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tactful_context_set_tickets(
    context: *mut tactful_context,
    as_of: i64,
    tickets: *const tactful_ticket,
    count: usize,
    err: *mut *mut tactful_error,
) -> tactful_status {
    // SAFETY: the pointers are as the header asks for.
    unsafe {
        guard(err, || {
            let as_of = time(as_of, "as_of")?;
            let tickets = all(tickets, count, "tickets", |given| ticket(given))?;
            exclusive(context)?.support = Support::new(as_of).tickets(tickets).into();
            Ok(())
        })
    }
}

/// Delivers the orders: these are all there are as of as_of (Unix
/// milliseconds), and a count of 0 says that there are none.
///
/// The whole part is replaced: cart, products and views are unknown afterwards.
/// Up to 10,000, of which the newest 4,096 are kept. As
/// tactful_context_set_tickets() otherwise.
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tactful_context_set_orders(
    context: *mut tactful_context,
    as_of: i64,
    orders: *const tactful_order,
    count: usize,
    err: *mut *mut tactful_error,
) -> tactful_status {
    // SAFETY: the pointers are as the header asks for.
    unsafe {
        guard(err, || {
            let as_of = time(as_of, "as_of")?;
            let orders = all(orders, count, "orders", |given| order(given))?;
            exclusive(context)?.purchases = Purchases::new(as_of).orders(orders).into();
            Ok(())
        })
    }
}

/// Delivers the customer's answers about being contacted: these are all there
/// are as of as_of (Unix milliseconds), and a count of 0 says that there are
/// none.
///
/// The whole part is replaced: hard blocks and preferred channels are unknown
/// afterwards. Up to 10,000, of which the newest 256 are kept. As
/// tactful_context_set_tickets() otherwise.
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tactful_context_set_grants(
    context: *mut tactful_context,
    as_of: i64,
    grants: *const tactful_grant,
    count: usize,
    err: *mut *mut tactful_error,
) -> tactful_status {
    // SAFETY: the pointers are as the header asks for.
    unsafe {
        guard(err, || {
            let as_of = time(as_of, "as_of")?;
            let grants = all(grants, count, "grants", grant)?;
            exclusive(context)?.consent = Consent::new(as_of).grants(grants).into();
            Ok(())
        })
    }
}

/// Delivers the history of recommendations: these are all there were as of
/// as_of (Unix milliseconds), and a count of 0 says that there were none.
///
/// Up to 10,000. As tactful_context_set_tickets() otherwise.
#[must_use]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tactful_context_set_interactions(
    context: *mut tactful_context,
    as_of: i64,
    interactions: *const tactful_interaction,
    count: usize,
    err: *mut *mut tactful_error,
) -> tactful_status {
    // SAFETY: the pointers are as the header asks for.
    unsafe {
        guard(err, || {
            let as_of = time(as_of, "as_of")?;
            let history = all(interactions, count, "interactions", |given| interaction(given))?;
            exclusive(context)?.history = History::new(as_of).interactions(history).into();
            Ok(())
        })
    }
}

/// Reads an array, which is as for [`items`], and names the entry that is wrong.
unsafe fn all<C, R: Record>(
    given: *const C,
    count: usize,
    what: &str,
    read: impl Fn(&C) -> Result<R, Fail>,
) -> Result<Vec<R>, Fail> {
    if count > MAX_ITEMS {
        let message = format!("{what} has {count} entries; the limit is {MAX_ITEMS}");
        return Err(Fail::new(tactful_status::TooLarge, message));
    }
    // SAFETY: the contract of this function.
    let given = unsafe { items(given, count, what) }?;
    let read = |(index, given)| {
        read(given).map_err(|fail: Fail| {
            let message = format!("{what}[{index}]: {}", fail.message);
            Fail::new(fail.status, message).at(format!("{what}[{index}]"))
        })
    };
    given.iter().enumerate().map(read).collect()
}

/// Reads a text of an entry, whose texts are as for [`tactful_str::read`].
unsafe fn said(given: tactful_str, what: &str) -> Result<Option<String>, Fail> {
    // SAFETY: the contract of this function.
    let text = unsafe { given.read(what) }?;
    Ok((!text.is_empty()).then(|| text.to_owned()))
}

/// As [`said`], of a text that must be there.
unsafe fn required(given: tactful_str, what: &str) -> Result<String, Fail> {
    // SAFETY: the contract of this function.
    unsafe { said(given, what) }?
        .ok_or_else(|| Fail::new(tactful_status::InvalidArgument, format!("{what} is empty")))
}

/// Makes sure that what is reserved is zero: later versions may read it.
fn is_zero(number: i32, words: &[u64]) -> Result<(), Fail> {
    if number == 0 && words.iter().all(|word| *word == 0) {
        return Ok(());
    }
    let message = "reserved is not zero: zero the struct before you fill it".to_owned();
    Err(Fail::new(tactful_status::InvalidArgument, message))
}

/// Reads a case, whose texts are as for [`said`].
unsafe fn ticket(given: &tactful_ticket) -> Result<Ticket, Fail> {
    is_zero(given.reserved_number, &given.reserved)?;
    let opened_at = time(given.opened_at, "opened_at")?;
    let updated_at = time(given.updated_at, "updated_at")?;
    // SAFETY: the contract of this function.
    let mut ticket = Ticket::new(unsafe { required(given.id, "id") }?, opened_at, updated_at);
    ticket.closed_at = time_if_any(given.closed_at, "closed_at")?;
    ticket.state = word_if_any(given.state, "state")?;
    ticket.topic = word_if_any(given.topic, "topic")?;
    ticket.channel = word_if_any(given.channel, "channel")?;
    Ok(ticket)
}

/// Reads an order, whose texts are as for [`said`].
unsafe fn order(given: &tactful_order) -> Result<Order, Fail> {
    is_zero(0, &given.reserved)?;
    let placed_at = time(given.placed_at, "placed_at")?;
    // SAFETY: the contract of this function.
    let (id, currency) = unsafe { (required(given.id, "id")?, given.currency.read("currency")?) };
    let mut order = Order::new(id, placed_at);
    order.updated_at = time_if_any(given.updated_at, "updated_at")?;
    order.promised_at = time_if_any(given.promised_at, "promised_at")?;
    order.delivered_at = time_if_any(given.delivered_at, "delivered_at")?;
    order.status = word_if_any(given.status, "status")?;
    order.channel = word_if_any(given.channel, "channel")?;
    order.total = match (currency, given.total_minor) {
        ("", 0) => None,
        (code, minor) => Some(Money::new(minor, currency_of(code)?)),
    };
    Ok(order)
}

fn currency_of(code: &str) -> Result<Currency, Fail> {
    code.parse().map_err(|_| {
        let message = format!("currency: `{code}` is no ISO 4217 code such as `EUR`");
        Fail::new(tactful_status::InvalidArgument, message)
    })
}

/// Reads an answer.
fn grant(given: &tactful_grant) -> Result<Grant, Fail> {
    is_zero(given.reserved_number, &given.reserved)?;
    let changed_at = time(given.changed_at, "changed_at")?;
    let (purpose, status) = (word(given.purpose, "purpose")?, word(given.status, "status")?);
    let purpose: tactful::Purpose = purpose;
    let status: tactful::ConsentStatus = status;
    let mut grant = Grant::new(purpose, status, changed_at);
    grant.expires_at = time_if_any(given.expires_at, "expires_at")?;
    grant.channel = word_if_any(given.channel, "channel")?;
    Ok(grant)
}

/// Reads an interaction, whose texts are as for [`said`].
unsafe fn interaction(given: &tactful_interaction) -> Result<Interaction, Fail> {
    is_zero(given.reserved_number, &given.reserved)?;
    let outcome: tactful::Outcome = word(given.outcome, "outcome")?;
    let at = time(given.at, "at")?;
    // SAFETY: the contract of this function.
    let mut interaction =
        Interaction::new(unsafe { required(given.action, "action") }?, outcome, at);
    // SAFETY: the same.
    unsafe {
        interaction.kind = said(given.kind, "kind")?;
        interaction.group = said(given.group, "group")?;
        interaction.decision_id = said(given.decision_id, "decision_id")?;
    }
    interaction.channel = word_if_any(given.channel, "channel")?;
    interaction.purpose = word_if_any(given.purpose, "purpose")?;
    Ok(interaction)
}
