//! Items without repetition.

use std::collections::HashMap;
use std::hash::Hash;

/// Items without repetition, by place.
pub(super) struct Interned<T> {
    items: Vec<T>,
    places: HashMap<T, u32, ahash::RandomState>,
}

impl<T: Clone + Eq + Hash> Interned<T> {
    pub(super) fn new() -> Self {
        Self { items: Vec::new(), places: HashMap::default() }
    }

    pub(super) fn len(&self) -> usize {
        self.items.len()
    }

    pub(super) fn get(&self, place: usize) -> Option<&T> {
        self.items.get(place)
    }

    /// Returns the items.
    pub(super) fn into_items(self) -> Vec<T> {
        self.items
    }

    /// Returns the place of an item.
    pub(super) fn place(&mut self, item: T) -> u32 {
        if let Some(place) = self.places.get(&item) {
            return *place;
        }
        let place = u32::try_from(self.items.len()).unwrap_or(u32::MAX);
        self.items.push(item.clone());
        self.places.insert(item, place);
        place
    }
}
