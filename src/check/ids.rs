//! Finding actions by their ids, without another copy of these.

use ahash::RandomState;

/// The places of the actions, by the hash of their ids.
///
/// Whoever asks says which id is at a place. Where two ids have the same slot,
/// the second one lies in the next that is free.
#[derive(Debug, Default)]
pub(crate) struct Ids {
    state: RandomState,
    /// One more than the place; nothing is 0. Half of them are nothing.
    slots: Vec<u32>,
}

impl Ids {
    /// Makes room for so many ids.
    pub(super) fn with_capacity(count: usize) -> Self {
        Self { state: RandomState::default(), slots: vec![0; 2 * count + 1] }
    }

    /// Adds the id at a place, unless it is there already.
    pub(super) fn insert<'i>(&mut self, id: &str, place: u32, at: impl Fn(u32) -> &'i str) -> bool {
        match self.slot(id, at) {
            Err(free) => {
                let slot = self.slots.get_mut(free);
                slot.into_iter().for_each(|slot| *slot = place + 1);
                true
            }
            Ok(_) => false,
        }
    }

    /// Finds the place of an id.
    pub(crate) fn find<'i>(&self, id: &str, at: impl Fn(u32) -> &'i str) -> Option<u32> {
        self.slot(id, at).ok()
    }

    /// Finds the place of an id, or else the slot that is free for it.
    fn slot<'i>(&self, id: &str, at: impl Fn(u32) -> &'i str) -> Result<u32, usize> {
        let mut slot = self.first_slot(id);
        for _ in 0..=self.slots.len() {
            match self.slots.get(slot) {
                Some(0) => return Err(slot),
                Some(place) if at(place - 1) == id => return Ok(place - 1),
                Some(_) => slot += 1,
                // From the end on to the beginning.
                None => slot = 0,
            }
        }
        Err(self.slots.len())
    }

    /// Returns the slot of an id: as far into the table as its hash is into all
    /// hashes.
    fn first_slot(&self, id: &str) -> usize {
        let part = u128::from(self.state.hash_one(id)) * self.slots.len() as u128;
        usize::try_from(part >> 64).unwrap_or(0)
    }
}

#[cfg(test)]
mod tests {
    use super::Ids;

    #[test]
    fn ids_are_found_where_they_were_put() {
        let ids: Vec<String> = (0..1_000).map(|number| format!("a{number}")).collect();
        let at = |place: u32| ids[place as usize].as_str();
        let mut found = Ids::with_capacity(ids.len());
        for (place, id) in (0..).zip(&ids) {
            assert!(found.insert(id, place, at), "{id} is new");
            assert!(!found.insert(id, place, at), "{id} is there");
        }
        for (place, id) in (0..).zip(&ids) {
            assert_eq!(found.find(id, at), Some(place));
        }
        assert_eq!(found.find("a1000", at), None);
        assert_eq!(Ids::default().find("a0", at), None, "there are none");
    }
}
