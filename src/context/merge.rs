//! Two contexts of one customer brought together, in whatever order.
//!
//! Everything here is a join of a semilattice: it does not matter in which
//! order, how often and in what groups contexts are merged. Watermarks take
//! the newest of every source; of a record or a field the version that was
//! said last holds, and of two that were said at one time the greater in the
//! order of their content; lists keep the newest entries. Numbers that count
//! are never added: they follow from what was counted.

use std::cmp::Ordering;
use std::collections::BTreeMap;

use super::dated::{Dated, Moments, note_date};
use super::entry::{Added, Record, take_greater};
use super::list::settle;
use super::read::Claims;
use super::{
    Appointments, AsOf, Attribute, Attributes, Consent, Context, Device, Feedback, History,
    Onboarding, Order, Part, Profile, Purchases, Recency, Refund, Score, Scores, Subscription,
    Support,
};
use crate::error::{Error, ErrorKind};
use crate::time::Timestamp;

/// How many anonymous ids a context keeps.
pub(super) const MOST_ANONYMOUS_IDS: usize = 5;

impl Context {
    /// Takes in what another context of the same customer knows.
    ///
    /// This is for copies of one customer's context that learned different
    /// things: contexts merged in any order, once or several times, give the
    /// same bytes. An unknown part takes nothing away; a list is complete if
    /// every source that feeds its part has told everything.
    ///
    /// Of anonymous ids, the five that come last in the order of texts are
    /// kept, which are the newest where ids begin with the time.
    ///
    /// # Errors
    ///
    /// The two belong to customers with different ids, and stay as they are:
    /// kind [`Identity`](ErrorKind::Identity). What a visitor did before it was
    /// known who they are is for [`join_anonymous`](Self::join_anonymous): a
    /// merge believes what either side says is complete.
    ///
    /// # Examples
    ///
    /// ```
    /// use tactful::context::{Context, Event, Profile, Support, Ticket};
    /// use tactful::Timestamp;
    ///
    /// let now: Timestamp = "2026-03-10T15:00:30Z".parse()?;
    /// let mut one = Context::new().support(Support::new(now).tickets([]));
    /// let mut other = Context::new().profile(Profile::new(now).plan("basic"));
    /// other.apply(&Event::new(now).ticket(Ticket::new("C-1", now, now)))?;
    ///
    /// let mut twin = other.clone();
    /// twin.merge(&one)?;
    /// one.merge(&other)?;
    /// assert_eq!(one, twin);
    /// assert_eq!(one.support.known().map(|part| part.tickets.items().len()), Some(1));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn merge(&mut self, other: &Self) -> Result<(), Error> {
        self.belongs_to(other.user_id.as_ref())?;
        self.take_in(other);
        Ok(())
    }

    /// Takes in what a visitor did before it was known who they are.
    ///
    /// What is there is true of the customer as well; that there is nothing
    /// else is not. So records and fields are taken, and neither watermarks
    /// nor completeness.
    ///
    /// # Errors
    ///
    /// The other context belongs to a customer with another id: kind
    /// [`Identity`](ErrorKind::Identity).
    pub fn join_anonymous(&mut self, visitor: &Self) -> Result<(), Error> {
        self.belongs_to(visitor.user_id.as_ref())?;
        let mut visitor = visitor.clone();
        visitor.vouch_for_nothing();
        self.take_in(&visitor);
        Ok(())
    }

    /// Refuses what is said of another customer.
    pub(super) fn belongs_to(&self, user_id: Option<&String>) -> Result<(), Error> {
        match (&self.user_id, user_id) {
            (Some(mine), Some(theirs)) if mine != theirs => {
                let message = format!("`{theirs}` is another customer than `{mine}`");
                Err(Error::at(ErrorKind::Identity, "user_id", message))
            }
            _ => Ok(()),
        }
    }

    fn take_in(&mut self, other: &Self) {
        if self.user_id.is_none() {
            self.user_id.clone_from(&other.user_id);
        }
        self.know_as(&other.anonymous_ids);
        self.support.join(&other.support);
        self.purchases.join(&other.purchases);
        self.device.join(&other.device);
        self.recency.join(&other.recency);
        self.consent.join(&other.consent);
        self.history.join(&other.history);
        self.subscription.join(&other.subscription);
        self.feedback.join(&other.feedback);
        self.scores.join(&other.scores);
        self.profile.join(&other.profile);
        self.appointments.join(&other.appointments);
        self.attributes.join(&other.attributes);
    }

    /// Adds anonymous ids; tells whether one of them is new and was kept.
    pub(super) fn know_as(&mut self, ids: &[String]) -> bool {
        if self.anonymous_ids.is_empty() {
            self.anonymous_ids = ids.to_vec();
            return !ids.is_empty();
        }
        let new = ids.iter().filter(|id| !self.anonymous_ids.contains(id));
        let new: Vec<String> = new.cloned().collect();
        if new.is_empty() && (ids.is_empty() || self.anonymous_ids == ids) {
            return false;
        }
        self.anonymous_ids.extend_from_slice(&new);
        self.anonymous_ids.sort_by(|one, other| other.cmp(one));
        self.anonymous_ids.dedup();
        self.anonymous_ids.truncate(MOST_ANONYMOUS_IDS);
        new.iter().any(|id| self.anonymous_ids.contains(id))
    }

    /// Forgets watermarks and completeness.
    fn vouch_for_nothing(&mut self) {
        self.support.disclaim();
        self.purchases.disclaim();
        self.recency.disclaim();
        self.consent.disclaim();
        self.history.disclaim();
        self.subscription.disclaim();
        self.feedback.disclaim();
        self.scores.disclaim();
        self.profile.disclaim();
        self.appointments.disclaim();
        self.attributes.disclaim();
    }
}

/// A part that can take in another.
pub(super) trait Join: Clone + PartialEq {
    /// Takes in what another one knows.
    fn join(&mut self, other: &Self);
}

impl<T: Join> Join for Part<T> {
    fn join(&mut self, other: &Self) {
        match (&mut *self, other) {
            (_, Self::Unknown) => {}
            (Self::Unknown, Self::Known(_)) => self.clone_from(other),
            // What is the same stays as it is written.
            (Self::Known(mine), Self::Known(theirs)) if mine == theirs => {}
            (Self::Known(mine), Self::Known(theirs)) => mine.join(theirs),
        }
    }
}

/// A part for which sources vouch.
pub(super) trait Vouched: Join {
    fn as_of_mut(&mut self) -> &mut AsOf;

    /// Keeps the times of fields as the date of the part changes.
    fn redate(&mut self, before: Timestamp, after: Timestamp);

    /// Notes that a source has told everything up to a time; tells whether
    /// this is news.
    fn vouch(&mut self, watermark: Watermark<'_>) -> bool;

    /// Forgets that lists are complete.
    fn disclaim_lists(&mut self);
}

/// A source, if it has a name, and up to when it has told everything.
pub(super) type Watermark<'a> = (Option<&'a str>, Timestamp);

/// A part, known or not, that events change and sources vouch for.
pub(super) trait Fed<T> {
    /// Takes in what happened at a time: where no source vouches for the part,
    /// the newest event dates it.
    fn hear(
        &mut self,
        at: Timestamp,
        new: impl FnOnce(AsOf) -> T,
        change: impl FnOnce(&mut T) -> Added,
    ) -> Added;

    /// Takes in a watermark.
    fn vouch(&mut self, watermark: Watermark<'_>, new: impl FnOnce(AsOf) -> T) -> Added;

    /// Forgets watermarks and completeness.
    fn disclaim(&mut self);
}

impl<T: Vouched> Fed<T> for Part<T> {
    fn disclaim(&mut self) {
        if let Self::Known(part) = self {
            let as_of = part.as_of_mut();
            // What nobody vouches for any more is no younger for that.
            *as_of = AsOf::events(as_of.oldest());
            part.disclaim_lists();
        }
    }

    fn hear(
        &mut self,
        at: Timestamp,
        new: impl FnOnce(AsOf) -> T,
        change: impl FnOnce(&mut T) -> Added,
    ) -> Added {
        let heard = |part: &mut T| {
            let as_of = part.as_of_mut();
            let before = as_of.oldest();
            as_of.hear(at);
            let after = as_of.oldest();
            part.redate(before, after);
            change(part)
        };
        self.change(|| new(AsOf::events(at)), heard)
    }

    fn vouch(&mut self, watermark: Watermark<'_>, new: impl FnOnce(AsOf) -> T) -> Added {
        let was_unknown = self.known().is_none();
        let (source, at) = watermark;
        let is_news = self.change(|| new(AsOf::by(source, at)), |part| part.vouch(watermark));
        if is_news || was_unknown { Added::Changed } else { Added::Duplicate }
    }
}

/// Joins the watermarks of two parts: returns those of the first from before,
/// and the moments their fields were said.
fn join_as_of(mine: &mut AsOf, theirs: &AsOf) -> (AsOf, Moments) {
    let before = mine.clone();
    mine.join(theirs);
    let moments = Moments { mine: before.oldest(), theirs: theirs.oldest(), joined: mine.oldest() };
    (before, moments)
}

macro_rules! vouched {
    ($($part:ident { $($list:ident)* } $($dated:ident)?;)+) => {
        $(impl Vouched for $part {
            fn as_of_mut(&mut self) -> &mut AsOf {
                &mut self.as_of
            }

            #[allow(unused_variables, reason = "not every part has fields with a time of their own")]
            fn redate(&mut self, before: Timestamp, after: Timestamp) {
                $(self.$dated(before, after);)?
            }

            #[allow(unused_mut, reason = "not every part has lists")]
            fn vouch(&mut self, (source, at): Watermark<'_>) -> bool {
                // A source that told everything tells so again, later: lists
                // that are complete stay so.
                let mut is_told = true;
                $(is_told &= self.$list.is_told();)*
                let date = self.as_of.oldest();
                if is_told && let Some(is_news) = self.as_of.renew(source, at) {
                    self.redate(date, self.as_of.oldest());
                    return is_news;
                }
                let watermarks = AsOf::by(source, at);
                let (before, moments) = join_as_of(&mut self.as_of, &watermarks);
                let mut is_news = before != self.as_of;
                $(is_news |= self.$list.vouch(&before, &watermarks, &self.as_of);)*
                self.redate(moments.mine, moments.joined);
                is_news
            }

            fn disclaim_lists(&mut self) {
                $(self.$list.disclaim();)*
            }
        }

        impl Claims for $part {
            fn settle_claims(&mut self) {
                $(self.$list.settle_claims(&self.as_of);)*
            }
        })+
    };
}

vouched! {
    Support { tickets contacts };
    Purchases { orders products views };
    Recency { sessions };
    Consent { grants } keep_dates;
    Subscription {} keep_dates;
    Feedback { answers };
    Scores {} keep_dates;
    Profile {} keep_dates;
    Appointments { bookings };
    Attributes {} keep_dates;
}

impl Vouched for History {
    fn as_of_mut(&mut self) -> &mut AsOf {
        &mut self.as_of
    }

    fn redate(&mut self, _: Timestamp, _: Timestamp) {}

    /// A summary vouches for the limits up to its own watermark, and no
    /// further: what came between it and the new one may not be there.
    fn vouch(&mut self, (source, at): Watermark<'_>) -> bool {
        let watermark = AsOf::by(source, at);
        let (before, _) = join_as_of(&mut self.as_of, &watermark);
        let is_later = before != self.as_of;
        if is_later {
            self.summary_of = None;
        }
        self.interactions.vouch(&before, &watermark, &self.as_of) || is_later
    }

    fn disclaim_lists(&mut self) {
        self.interactions.disclaim();
        self.summary_of = None;
    }
}

impl Claims for History {
    fn settle_claims(&mut self) {
        self.interactions.settle_claims(&self.as_of);
    }
}

macro_rules! keep_dates {
    ($($part:ident)+) => {
        $(impl $part {
            fn keep_dates(&mut self, mine: Timestamp, joined: Timestamp) {
                if mine != joined {
                    let nothing = Self::new(self.as_of.clone());
                    self.join_dated(&nothing, Moments { mine, theirs: mine, joined });
                }
            }
        })+
    };
}

keep_dates!(Consent Subscription Profile Scores Attributes);

impl Join for Support {
    fn join(&mut self, other: &Self) {
        let (before, _) = join_as_of(&mut self.as_of, &other.as_of);
        self.tickets.join(&before, &other.tickets, &other.as_of, &self.as_of);
        self.contacts.join(&before, &other.contacts, &other.as_of, &self.as_of);
        take_greater(&mut self.active_contact, other.active_contact.as_ref(), |contact| {
            contact.started_at
        });
        take_greater(&mut self.last_contact, other.last_contact.as_ref(), |contact| {
            contact.recency().0
        });
    }
}

impl Join for Purchases {
    fn join(&mut self, other: &Self) {
        let (before, _) = join_as_of(&mut self.as_of, &other.as_of);
        self.orders.join(&before, &other.orders, &other.as_of, &self.as_of);
        self.products.join(&before, &other.products, &other.as_of, &self.as_of);
        self.views.join(&before, &other.views, &other.as_of, &self.as_of);
        take_greater(&mut self.cart, other.cart.as_ref(), |cart| cart.updated_at);
        self.pending_refunds.extend_from_slice(&other.pending_refunds);
        self.settle_refunds();
    }
}

impl Purchases {
    /// Gives refunds to their orders, as far as these are there.
    pub(super) fn settle_refunds(&mut self) {
        if self.pending_refunds.is_empty() {
            return;
        }
        let orders = &mut self.orders;
        self.pending_refunds.retain(|refund| !orders.refund(refund));
        settle(&mut self.pending_refunds);
    }

    /// Gives the refunds of one order to it, as it comes to be there.
    pub(super) fn settle_refunds_of(&mut self, order: &Order) {
        let orders = &mut self.orders;
        let is_of = |refund: &Refund| refund.order_id == order.id;
        self.pending_refunds.retain(|refund| !is_of(refund) || !orders.refund(refund));
    }

    /// Brings refunds, as somebody wrote them, into their one form.
    pub(super) fn settle_written(&mut self) {
        for order in self.orders.items_mut() {
            settle(&mut order.refunds);
        }
        self.settle_refunds();
    }
}

impl Join for Device {
    /// The device that was seen last holds, as a whole.
    fn join(&mut self, other: &Self) {
        if (other.version(), &other.as_of) > (self.version(), &self.as_of) {
            self.clone_from(other);
        }
    }
}

impl Join for Recency {
    fn join(&mut self, other: &Self) {
        let (before, _) = join_as_of(&mut self.as_of, &other.as_of);
        self.sessions.join(&before, &other.sessions, &other.as_of, &self.as_of);
        self.first_seen_at = match (self.first_seen_at, other.first_seen_at) {
            (Some(one), Some(other)) => Some(one.min(other)),
            (one, other) => one.or(other),
        };
        self.last_login_at = self.last_login_at.max(other.last_login_at);
        // What goes together is taken together.
        if other.last_session() > self.last_session() {
            self.last_seen_at = other.last_seen_at;
            self.session_started_at = other.session_started_at;
            self.previous_seen_at = other.previous_seen_at;
            self.sessions_30d = other.sessions_30d;
        }
        take_greater(&mut self.onboarding, other.onboarding.as_ref(), Onboarding::told_at);
    }
}

impl Recency {
    fn last_session(
        &self,
    ) -> (Option<Timestamp>, Option<Timestamp>, Option<Timestamp>, Option<i64>) {
        (self.last_seen_at, self.session_started_at, self.previous_seen_at, self.sessions_30d)
    }
}

impl Join for Consent {
    fn join(&mut self, other: &Self) {
        let (before, moments) = join_as_of(&mut self.as_of, &other.as_of);
        self.grants.join(&before, &other.grants, &other.as_of, &self.as_of);
        self.join_dated(other, moments);
    }
}

impl Join for History {
    fn join(&mut self, other: &Self) {
        let (before, _) = join_as_of(&mut self.as_of, &other.as_of);
        self.interactions.join(&before, &other.interactions, &other.as_of, &self.as_of);
        // A summary vouches for the limits up to its own watermark.
        let mine = self.summary_of.take().filter(|_| before == self.as_of);
        let theirs = other.summary_of.clone().filter(|_| other.as_of == self.as_of);
        self.summary_of = mine.max(theirs);
    }
}

macro_rules! join_one_list {
    ($($part:ident $list:ident;)+) => {
        $(impl Join for $part {
            fn join(&mut self, other: &Self) {
                let (before, _) = join_as_of(&mut self.as_of, &other.as_of);
                self.$list.join(&before, &other.$list, &other.as_of, &self.as_of);
            }
        })+
    };
}

join_one_list! {
    Feedback answers;
    Appointments bookings;
}

macro_rules! join_fields {
    ($($part:ident)+) => {
        $(impl Join for $part {
            fn join(&mut self, other: &Self) {
                let (_, moments) = join_as_of(&mut self.as_of, &other.as_of);
                self.join_dated(other, moments);
            }
        })+
    };
}

join_fields!(Subscription Profile Scores Attributes);

/// How many scores, and how many attributes, a context keeps: those that were
/// said last.
const MOST_NAMES: usize = 256;

impl Dated for Scores {
    fn join_dated(&mut self, other: &Self, moments: Moments) -> Added {
        let mut said = Added::Duplicate;
        for (name, score) in &other.values {
            let date = score.at.unwrap_or(moments.theirs);
            said = said.max(self.join_score(name, score.value, date, moments));
        }
        self.date_scores(moments);
        said
    }

    fn misdated(&self) -> Option<&str> {
        None
    }
}

impl Scores {
    /// Takes one score at a time.
    pub(super) fn say_score(&mut self, name: &str, value: f64, at: Timestamp) -> Added {
        let date = self.as_of.oldest();
        let moments = Moments::said(date, at);
        let said = self.join_score(name, value, at, moments);
        if said == Added::Changed {
            self.date_scores(moments);
        }
        if self.values.contains_key(name) { said } else { Added::Dropped }
    }

    fn join_score(&mut self, name: &str, value: f64, date: Timestamp, moments: Moments) -> Added {
        let known = self.values.get_mut(name);
        let order = known.as_deref().map_or(Ordering::Less, |score| {
            let mine = score.at.unwrap_or(moments.mine);
            mine.cmp(&date).then(score.value.total_cmp(&value))
        });
        match known {
            Some(known) if order.is_lt() => *known = Score::new(value).at(date),
            None => drop(self.values.insert(name.to_owned(), Score::new(value).at(date))),
            Some(_) => {}
        }
        Added::of(order)
    }

    /// Notes the times of scores where they say something, and keeps the
    /// newest.
    fn date_scores(&mut self, moments: Moments) {
        for score in self.values.values_mut() {
            score.at = Some(score.at.unwrap_or(moments.mine)).filter(|at| *at != moments.joined);
        }
        keep_newest(&mut self.values, |_, score| score.at.unwrap_or(moments.joined));
    }
}

impl Dated for Attributes {
    fn join_dated(&mut self, other: &Self, moments: Moments) -> Added {
        let mut said = Added::Duplicate;
        for (name, value) in &other.values {
            let date = other.dated.get(name).copied().unwrap_or(moments.theirs);
            said = said.max(self.join_attribute(name, value, date, moments));
        }
        self.date_attributes(moments);
        said
    }

    fn misdated(&self) -> Option<&str> {
        self.dated.keys().map(String::as_str).find(|name| !self.values.contains_key(*name))
    }
}

impl Attributes {
    /// Takes one attribute at a time.
    pub(super) fn say_attribute(&mut self, name: &str, value: &Attribute, at: Timestamp) -> Added {
        let date = self.as_of.oldest();
        let moments = Moments::said(date, at);
        let said = self.join_attribute(name, value, at, moments);
        if said == Added::Changed {
            self.date_attributes(moments);
        }
        if self.values.contains_key(name) { said } else { Added::Dropped }
    }

    fn join_attribute(
        &mut self,
        name: &str,
        value: &Attribute,
        date: Timestamp,
        moments: Moments,
    ) -> Added {
        let mine = self.dated.get(name).copied().unwrap_or(moments.mine);
        let known = self.values.get_mut(name);
        let order = known
            .as_deref()
            .map_or(Ordering::Less, |known| mine.cmp(&date).then_with(|| known.order(value)));
        match known {
            Some(known) if order.is_lt() => known.clone_from(value),
            None => drop(self.values.insert(name.to_owned(), value.clone())),
            Some(_) => {}
        }
        if order.is_lt() {
            note_date(&mut self.dated, name, date, true);
        }
        Added::of(order)
    }

    /// Notes the times of attributes where they say something, and keeps the
    /// newest.
    fn date_attributes(&mut self, moments: Moments) {
        let Self { values, dated, .. } = self;
        for name in values.keys() {
            let date = dated.get(name).copied().unwrap_or(moments.mine);
            note_date(dated, name, date, date != moments.joined);
        }
        keep_newest(values, |name, _| dated.get(name).copied().unwrap_or(moments.joined));
        dated.retain(|name, _| values.contains_key(name));
    }
}

impl Attribute {
    /// Compares two values, so that of two said at one time always the same
    /// one holds.
    fn order(&self, other: &Self) -> Ordering {
        match (self, other) {
            (Self::Bool(one), Self::Bool(other)) => one.cmp(other),
            (Self::Int(one), Self::Int(other)) => one.cmp(other),
            (Self::Double(one), Self::Double(other)) => one.total_cmp(other),
            (Self::Text(one), Self::Text(other)) => one.cmp(other),
            (Self::Texts(one), Self::Texts(other)) => one.cmp(other),
            _ => self.kind().cmp(&other.kind()),
        }
    }

    fn kind(&self) -> u8 {
        match self {
            Self::Null => 0,
            Self::Bool(_) => 1,
            Self::Int(_) => 2,
            Self::Double(_) => 3,
            Self::Text(_) => 4,
            Self::Texts(_) => 5,
        }
    }
}

/// Keeps no more names than there may be: those that were said last.
fn keep_newest<T>(values: &mut BTreeMap<String, T>, date: impl Fn(&str, &T) -> Timestamp) {
    if values.len() <= MOST_NAMES {
        return;
    }
    let mut names: Vec<(Timestamp, String)> =
        values.iter().map(|(name, value)| (date(name, value), name.clone())).collect();
    names.sort_by(|one, other| other.cmp(one));
    for (_, name) in names.iter().skip(MOST_NAMES) {
        values.remove(name);
    }
}
