//! Events, taken into a context: once or several times, in whatever order.

use super::as_of::EVENTS;
use super::dated::{Dated, Moments, join_field};
use super::entry::{Added, take_greater};
use super::event::{Applied, Change, Event, IgnoredReason};
use super::footprint::Footprint;
use super::merge::{Fed, Join};
use super::{
    Appointments, AsOf, Attribute, Attributes, Consent, Context, Device, Feedback, History,
    Interaction, Onboarding, Profile, Purchases, Recency, Refund, Scores, Session, Subscription,
    Support,
};
use crate::error::{Error, ErrorKind};
use crate::time::Timestamp;
use crate::vocabulary::{Channel, PartName};

impl Context {
    /// Takes in an event.
    ///
    /// It does not matter in which order events arrive, nor how often: the
    /// context says the same in the end, byte for byte. So it is, too, if they
    /// are applied to copies that are [merged](Self::merge) afterwards.
    ///
    /// Events say what is true, and not that there is nothing else: lists that
    /// nobody delivered are known in part, and a part that no source vouches
    /// for is as old as its newest event. A [watermark](Change::Watermark)
    /// says that a source has told everything.
    ///
    /// # Errors
    ///
    /// Nothing is changed if the event belongs to another customer: kind
    /// [`Identity`](ErrorKind::Identity); if it has a time outside the years
    /// 2000 to 2100, or its source is called `(events)`, which stands for
    /// none: kind [`Event`](ErrorKind::Event), with the path of what it says;
    /// or if it takes more than [`Event::MAX_BYTES`]: kind
    /// [`TooLarge`](ErrorKind::TooLarge).
    pub fn apply(&mut self, event: &Event) -> Result<Applied, Error> {
        event.check()?;
        self.belongs_to(event.user_id.as_ref())?;
        let mut came_of_it = self.identify(event);
        for change in &event.changes {
            came_of_it = came_of_it.max(self.change(change, event));
        }
        Ok(match came_of_it {
            Some(Added::Changed) => Applied::Applied { warnings: event.warnings.clone() },
            Some(Added::Superseded) => Applied::Superseded,
            Some(Added::Duplicate) => Applied::Duplicate,
            Some(Added::Dropped) => Applied::Ignored { reason: IgnoredReason::TooOld },
            None if event.changes.is_empty() => Applied::Ignored { reason: IgnoredReason::Nothing },
            None => Applied::Ignored { reason: IgnoredReason::DeviceWatermark },
        })
    }

    /// Learns who the customer is; says what came of it, if anything was said.
    fn identify(&mut self, event: &Event) -> Option<Added> {
        let mut is_new = false;
        if self.user_id.is_none() && event.user_id.is_some() {
            self.user_id.clone_from(&event.user_id);
            is_new = true;
        }
        is_new |= self.know_as(event.anonymous_id.as_slice());
        is_new.then_some(Added::Changed)
    }

    fn change(&mut self, change: &Change, event: &Event) -> Option<Added> {
        let at = event.at;
        Some(match change {
            Change::Ticket(ticket) => {
                self.support.hear(at, Support::new, |part| part.tickets.insert(ticket))
            }
            Change::Contact(contact) => {
                self.support.hear(at, Support::new, |part| part.contacts.insert(contact))
            }
            Change::Order(order) => self.purchases.hear(at, Purchases::new, |part| {
                let added = part.orders.insert(order);
                part.settle_refunds_of(order);
                added
            }),
            Change::Refund(refund) => {
                self.purchases.hear(at, Purchases::new, |part| part.refund(refund))
            }
            Change::Cart(cart) => self.purchases.hear(at, Purchases::new, |part| {
                take_greater(&mut part.cart, Some(cart), |cart| cart.updated_at)
            }),
            Change::Product(product) => {
                self.purchases.hear(at, Purchases::new, |part| part.products.insert(product))
            }
            Change::View(view) => {
                self.purchases.hear(at, Purchases::new, |part| part.views.insert(view))
            }
            Change::Grant(grant) => {
                self.consent.hear(at, Consent::new, |part| part.grants.insert(grant))
            }
            Change::Interaction(interaction) => {
                self.history.hear(at, History::new, |part| part.interactions.insert(interaction))
            }
            Change::Answer(answer) => {
                self.feedback.hear(at, Feedback::new, |part| part.answers.insert(answer))
            }
            Change::Appointment(appointment) => {
                self.appointments
                    .hear(at, Appointments::new, |part| part.bookings.insert(appointment))
            }
            Change::Seen
            | Change::LoggedIn
            | Change::Onboarding(_)
            | Change::Device(_)
            | Change::HardBlocks(_)
            | Change::PreferredChannels(_)
            | Change::Subscription(_)
            | Change::Profile(_)
            | Change::Score(..)
            | Change::Attribute(..) => self.change_field(change, event),
            Change::Watermark(part) => return self.vouch(*part, event),
        })
    }

    /// Takes in what is not an entry of a list.
    fn change_field(&mut self, change: &Change, event: &Event) -> Added {
        let at = event.at;
        match change {
            Change::LoggedIn => self.recency.hear(at, Recency::new, |part| part.log_in(at)),
            Change::Onboarding(onboarding) => self.recency.hear(at, Recency::new, |part| {
                take_greater(&mut part.onboarding, Some(onboarding), Onboarding::told_at)
            }),
            Change::Device(device) => self.see_device(device, event),
            Change::HardBlocks(channels) => {
                self.consent.hear(at, Consent::new, |part| part.say_blocks(channels, at))
            }
            Change::PreferredChannels(channels) => {
                self.consent.hear(at, Consent::new, |part| part.say_preferred(channels, at))
            }
            Change::Subscription(facts) => self.subscription.hear(at, Subscription::new, |part| {
                part.join_dated(facts, Moments::said(part.as_of.oldest(), at))
            }),
            Change::Profile(facts) => self.profile.hear(at, Profile::new, |part| {
                part.join_dated(facts, Moments::said(part.as_of.oldest(), at))
            }),
            Change::Score(name, score) => self.scores.hear(at, Scores::new, |part| {
                part.say_score(name, score.value, score.at.unwrap_or(at))
            }),
            Change::Attribute(name, value) => self
                .attributes
                .hear(at, Attributes::new, |part| part.say_attribute(name, value, at)),
            _ => self.recency.hear(at, Recency::new, |part| part.see(at)),
        }
    }

    /// Takes the device that was seen last, as a whole.
    fn see_device(&mut self, device: &Device, event: &Event) -> Added {
        let source = event.source.as_deref();
        let known = self.device.known();
        let said = Added::of(known.map(Device::version).cmp(&Some(device.version())));
        let is_same = known.is_some_and(|known| known.as_of.is_by(source, event.at));
        if said == Added::Superseded || (said == Added::Duplicate && is_same) {
            return said;
        }
        let before = known.cloned();
        let seen = Device { as_of: AsOf::by(source, event.at), ..device.clone() };
        self.device.join(&seen.into());
        if self.device.known() == before.as_ref() { Added::Superseded } else { Added::Changed }
    }

    fn vouch(&mut self, part: PartName, event: &Event) -> Option<Added> {
        let watermark = (event.source.as_deref(), event.at);
        Some(match part {
            PartName::Support => self.support.vouch(watermark, Support::new),
            PartName::Purchases => self.purchases.vouch(watermark, Purchases::new),
            PartName::Device => return None,
            PartName::Recency => self.recency.vouch(watermark, Recency::new),
            PartName::Consent => self.consent.vouch(watermark, Consent::new),
            PartName::History => self.history.vouch(watermark, History::new),
            PartName::Subscription => self.subscription.vouch(watermark, Subscription::new),
            PartName::Feedback => self.feedback.vouch(watermark, Feedback::new),
            PartName::Scores => self.scores.vouch(watermark, Scores::new),
            PartName::Profile => self.profile.vouch(watermark, Profile::new),
            PartName::Appointments => self.appointments.vouch(watermark, Appointments::new),
            PartName::Attributes => self.attributes.vouch(watermark, Attributes::new),
        })
    }

    /// Adds what came of a recommendation to the history.
    ///
    /// This is an event that says nothing but the interaction: one that is
    /// there already is not added again, and it does not say what else there
    /// was.
    pub fn record(&mut self, interaction: Interaction) {
        self.history
            .hear(interaction.at, History::new, |part| part.interactions.insert(&interaction));
    }
}

impl Event {
    /// Checks what a caller may have set.
    fn check(&self) -> Result<(), Error> {
        let texts = [&self.source, &self.user_id, &self.anonymous_id];
        let bytes = texts.into_iter().flatten().map(String::len);
        let bytes: usize = bytes.chain(self.changes.iter().map(Change::bytes)).sum();
        if bytes > Self::MAX_BYTES {
            let message =
                format!("the event takes {bytes} bytes; the limit is {}", Self::MAX_BYTES);
            return Err(Error::at(ErrorKind::TooLarge, "", message));
        }
        if self.source.as_deref() == Some(EVENTS) {
            let message = "`(events)` stands for events without a source; leave it out or name one";
            return Err(Error::at(ErrorKind::Event, "source", message));
        }
        if [&self.user_id, &self.anonymous_id].into_iter().flatten().any(String::is_empty) {
            let path = if self.user_id.as_deref() == Some("") { "user_id" } else { "anonymous_id" };
            let message = "an id is not empty; leave it out where it is not known";
            return Err(Error::at(ErrorKind::Event, path, message));
        }
        let message = "a time lies outside the years 2000 to 2100";
        if !self.at.is_plausible() {
            return Err(Error::at(ErrorKind::Event, "at", message));
        }
        match self.changes.iter().position(|change| !change.is_plausible()) {
            Some(place) => Err(Error::at(ErrorKind::Event, format!("changes[{place}]"), message)),
            None => self.check_numbers(),
        }
    }

    /// Checks that numbers are numbers: others could not be written.
    fn check_numbers(&self) -> Result<(), Error> {
        let is_finite = |change: &Change| match change {
            Change::Score(_, score) => score.value.is_finite(),
            Change::Attribute(_, Attribute::Double(value)) => value.is_finite(),
            _ => true,
        };
        match self.changes.iter().position(|change| !is_finite(change)) {
            Some(place) => {
                let path = format!("changes[{place}]");
                Err(Error::at(ErrorKind::Event, path, "a number is not finite"))
            }
            None => Ok(()),
        }
    }
}

impl Consent {
    fn say_blocks(&mut self, channels: &Vec<Channel>, at: Timestamp) -> Added {
        let moments = Moments::said(self.as_of.oldest(), at);
        let field = (&mut self.hard_blocks, &mut self.dated);
        join_field("hard_blocks", field, Some((at, channels)), moments)
    }

    fn say_preferred(&mut self, channels: &Vec<Channel>, at: Timestamp) -> Added {
        let moments = Moments::said(self.as_of.oldest(), at);
        let field = (&mut self.preferred_channels, &mut self.dated);
        join_field("preferred_channels", field, Some((at, channels)), moments)
    }
}

impl Purchases {
    fn refund(&mut self, refund: &Refund) -> Added {
        let is_there = |refunds: &[Refund]| refunds.contains(refund);
        let known = self.orders.items().iter().find(|order| order.id == refund.order_id);
        let known = known.map(|order| order.refunds.as_slice());
        let (is_of_known, known) = (known.is_some(), known.unwrap_or(&self.pending_refunds));
        if is_there(known) {
            return Added::Duplicate;
        }
        self.pending_refunds.push(refund.clone());
        self.settle_refunds();
        let is_kept = is_of_known || is_there(&self.pending_refunds);
        if is_kept { Added::Changed } else { Added::Dropped }
    }
}

impl Recency {
    fn log_in(&mut self, at: Timestamp) -> Added {
        let is_newer = Some(at) > self.last_login_at;
        self.last_login_at = self.last_login_at.max(Some(at));
        let said = if is_newer { Added::Changed } else { Added::Duplicate };
        said.max(self.see(at))
    }

    /// Notes that the customer was there.
    fn see(&mut self, at: Timestamp) -> Added {
        let mut sessions = self.sessions.items().iter();
        if sessions.any(|session| session.started_at <= at && at <= session.ended_at) {
            return Added::Duplicate;
        }
        self.sessions.insert(&Session::new(at, at))
    }
}

impl Change {
    fn content(&self) -> Option<&dyn Footprint> {
        Some(match self {
            Self::Ticket(record) => record,
            Self::Contact(record) => record,
            Self::Order(record) => record,
            Self::Refund(record) => record,
            Self::Cart(record) => record,
            Self::Product(record) => record,
            Self::View(record) => record,
            Self::Onboarding(record) => record,
            Self::Device(record) => record,
            Self::Grant(record) => record,
            Self::HardBlocks(channels) | Self::PreferredChannels(channels) => channels,
            Self::Interaction(record) => record,
            Self::Answer(record) => record,
            Self::Subscription(record) => record,
            Self::Appointment(record) => record,
            Self::Score(_, score) => score,
            Self::Attribute(_, value) => value,
            Self::Profile(record) => record,
            Self::Seen | Self::LoggedIn | Self::Watermark(_) => return None,
        })
    }

    fn bytes(&self) -> usize {
        let name = match self {
            Self::Score(name, _) | Self::Attribute(name, _) => name.len(),
            _ => 0,
        };
        size_of::<Self>() + name + self.content().map_or(0, Footprint::heap_bytes)
    }

    fn is_plausible(&self) -> bool {
        self.content().is_none_or(Footprint::is_plausible)
    }
}
