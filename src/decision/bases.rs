//! What reasons rest on.

use std::ops::Deref;
use std::sync::Arc;

use crate::condition::Basis;

/// What a reason rests on: shared by all reasons that rest on the same.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Bases(Option<Arc<[Basis]>>);

impl Deref for Bases {
    type Target = [Basis];

    fn deref(&self) -> &[Basis] {
        self.0.as_deref().unwrap_or(&[])
    }
}

impl From<Vec<Basis>> for Bases {
    fn from(bases: Vec<Basis>) -> Self {
        Self((!bases.is_empty()).then(|| bases.into()))
    }
}

impl FromIterator<Basis> for Bases {
    fn from_iter<I: IntoIterator<Item = Basis>>(bases: I) -> Self {
        bases.into_iter().collect::<Vec<_>>().into()
    }
}
