//! What was written somewhere, brought into the one form that it has once
//! something is merged: whichever way it comes in, as a part of its reading.

use super::dated::Dated;

/// A part with lists that may be complete by the word of its sources.
pub(super) trait Claims {
    /// Brings what lists claim, as somebody wrote it, into its one form.
    fn settle_claims(&mut self);
}

/// Refuses a time of a field that is not there.
pub(super) fn dates(fields: &mut impl Dated) -> Result<(), String> {
    match fields.misdated() {
        None => Ok(()),
        Some(name) => Err(format!(
            "`dated` has a time for `{name}`, and no field of that name says something"
        )),
    }
}

/// Settles which lists of a part are complete by the word of its sources.
pub(super) fn claims(part: &mut impl Claims) -> Result<(), String> {
    part.settle_claims();
    Ok(())
}
