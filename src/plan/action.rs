//! Actions as they are decided about.

use std::ops::Deref;
use std::sync::Arc;

use super::ranked::Ranked;
use super::turned::Rules;
use crate::check::{CheckedTreatment, ConditionList, Group, Labels, Rare};
use crate::time::Timestamp;

/// An action, and the rules that are about it.
///
/// There may be many of them: what others say as well lies elsewhere, once, and
/// so does what few say.
#[derive(Debug)]
pub(crate) struct PlannedAction {
    pub(crate) id: Box<str>,
    pub(super) labels: Arc<Labels>,
    pub(super) group: Option<Arc<Group>>,
    pub(crate) rules: Arc<Rules>,
    pub(super) rare: Option<Box<Rare>>,
    pub(crate) ranked: Ranked,
    pub(super) conditions: ConditionList,
    /// See [`rank`](Self::rank).
    pub(super) short_rank: i32,
}

/// What actions that are labelled alike have in common.
impl Deref for PlannedAction {
    type Target = Labels;

    fn deref(&self) -> &Labels {
        &self.labels
    }
}

impl PlannedAction {
    pub(crate) fn group(&self) -> Option<&str> {
        self.group.as_ref().map(|group| &*group.name)
    }

    pub(crate) fn starts_at(&self) -> Option<Timestamp> {
        self.rare.as_ref()?.starts_at
    }

    pub(crate) fn ends_at(&self) -> Option<Timestamp> {
        self.rare.as_ref()?.ends_at
    }

    pub(crate) fn treatments(&self) -> &[CheckedTreatment] {
        self.rare.as_ref().map_or(&[], |rare| &rare.treatments)
    }

    /// Tells actions apart whose labels or rules are not the same.
    pub(super) fn alike(&self) -> (usize, usize) {
        (Arc::as_ptr(&self.labels).addr(), Arc::as_ptr(&self.rules).addr())
    }

    /// Returns what decides between equal priorities; the higher goes first.
    pub(crate) fn rank(&self) -> i64 {
        self.rare.as_ref().and_then(|rare| rare.rank).unwrap_or(self.short_rank.into())
    }
}
