//! Finding actions by their ids, without another copy of these.

use std::collections::HashMap;

use ahash::RandomState;

use super::{ActionId, PlannedAction};

/// The places of the actions, by the hash of their id.
#[derive(Debug)]
pub(super) struct Finder {
    state: RandomState,
    places: HashMap<u64, ActionId, RandomState>,
    /// Those whose hash another one has.
    clashes: HashMap<String, ActionId, RandomState>,
}

impl Finder {
    pub(super) fn new(actions: &[PlannedAction]) -> Self {
        let mut finder = Self {
            state: RandomState::default(),
            places: HashMap::with_capacity_and_hasher(actions.len(), RandomState::default()),
            clashes: HashMap::default(),
        };
        for (id, action) in (0_u32..).map(ActionId).zip(actions) {
            let hash = finder.state.hash_one(action.id.as_str());
            if *finder.places.entry(hash).or_insert(id) != id {
                finder.clashes.insert(action.id.clone(), id);
            }
        }
        finder
    }

    /// Finds the action of an id among those it was made of.
    pub(super) fn find(&self, id: &str, actions: &[PlannedAction]) -> Option<ActionId> {
        let place = *self.places.get(&self.state.hash_one(id))?;
        let is_meant = actions.get(place.place()).is_some_and(|action| action.id == id);
        if is_meant { Some(place) } else { self.clashes.get(id).copied() }
    }
}
