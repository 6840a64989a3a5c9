//! A policy on its way to being checked.

use super::Policy;
use crate::diagnostic::{Report, Source};

/// A policy as far as it could be read, with what is wrong in it.
///
/// Checking goes on from here, so that mistakes of every kind are reported at
/// once; the text is kept to show where they are.
pub(crate) struct Draft<'t> {
    pub(crate) policy: Policy,
    pub(crate) report: Report,
    pub(crate) source: Option<Source<'t>>,
}

impl Draft<'_> {
    /// Takes a policy that was made in code.
    pub(crate) fn of_policy(policy: Policy) -> Self {
        Self { policy, report: Report::new(), source: None }
    }
}
