//! What was written somewhere, brought into the one form that contexts have.

use super::dated::Dated;
use super::merge::Vouched;
use super::{Context, Part};
use crate::error::{Error, ErrorKind};

impl Context {
    /// Brings a context, as it was read, into the one form that it has once
    /// something is merged.
    ///
    /// # Errors
    ///
    /// What can have no such form: kind [`Context`](ErrorKind::Context).
    pub(super) fn settled(mut self) -> Result<Self, Error> {
        self.check_dates()?;
        settle_claims(&mut self.support);
        settle_claims(&mut self.purchases);
        settle_claims(&mut self.recency);
        settle_claims(&mut self.consent);
        settle_claims(&mut self.history);
        settle_claims(&mut self.feedback);
        settle_claims(&mut self.appointments);
        if let Some(purchases) = self.purchases.known_mut() {
            purchases.settle_written();
        }
        Ok(self)
    }

    fn check_dates(&self) -> Result<(), Error> {
        check_dates("consent", self.consent.known())?;
        check_dates("subscription", self.subscription.known())?;
        check_dates("profile", self.profile.known())?;
        check_dates("attributes", self.attributes.known())?;
        let orders = self.purchases.known().map_or(&[][..], |part| part.orders.items());
        orders.iter().try_for_each(|order| {
            check_dates(&format!("purchases.orders (`{}`)", order.id), Some(order))
        })
    }
}

fn settle_claims<T: Vouched>(part: &mut Part<T>) {
    part.known_mut().into_iter().for_each(Vouched::settle_claims);
}

/// Refuses a time of a field that is not there.
fn check_dates(path: &str, fields: Option<&impl Dated>) -> Result<(), Error> {
    match fields.and_then(Dated::misdated) {
        None => Ok(()),
        Some(name) => {
            let message = format!("`{name}` has a time, and no field of that name says something");
            Err(Error::at(ErrorKind::Context, format!("{path}.dated"), message))
        }
    }
}
