//! Many short lists in one.

use std::ops::Range;

/// Many short lists in one.
#[derive(Debug)]
pub(crate) struct Slices<T> {
    starts: Vec<u32>,
    items: Vec<T>,
}

impl<T: Copy + Default> Slices<T> {
    /// Sorts items into so many lists; each item comes with the place of its list.
    pub(crate) fn new(count: usize, items: &[(u32, T)]) -> Self {
        let mut starts = vec![0_u32; count + 1];
        for (list, _) in items {
            starts.get_mut(*list as usize).into_iter().for_each(|size| *size += 1);
        }
        let mut end = 0;
        for start in &mut starts {
            end += *start;
            *start = end;
        }
        let mut sorted = vec![T::default(); items.len()];
        // From the last to the first, so that each list begins where it ends up.
        for (list, item) in items.iter().rev() {
            let Some(start) = starts.get_mut(*list as usize) else { continue };
            *start -= 1;
            sorted.get_mut(*start as usize).into_iter().for_each(|slot| *slot = *item);
        }
        Self { starts, items: sorted }
    }

    pub(crate) fn get(&self, place: usize) -> &[T] {
        self.items.get(self.bounds(place)).unwrap_or(&[])
    }

    pub(crate) fn get_mut(&mut self, place: usize) -> &mut [T] {
        let bounds = self.bounds(place);
        self.items.get_mut(bounds).unwrap_or(&mut [])
    }

    fn bounds(&self, place: usize) -> Range<usize> {
        let bound = |place: usize| self.starts.get(place).copied().unwrap_or(0) as usize;
        bound(place)..bound(place + 1)
    }
}

#[cfg(test)]
mod tests {
    use super::Slices;

    #[test]
    fn each_list_has_its_items_in_their_order() {
        let mut lists = Slices::new(4, &[(2, 'a'), (0, 'b'), (2, 'c'), (3, 'd'), (2, 'a')]);
        let all: Vec<String> = (0..5).map(|place| lists.get(place).iter().collect()).collect();
        assert_eq!(all, ["b", "", "aca", "d", ""]);
        lists.get_mut(2).reverse();
        lists.get_mut(1).fill('z');
        assert_eq!((lists.get(2), lists.get(1)), (&['a', 'c', 'a'][..], &[][..]));
        assert!(Slices::<u32>::new(0, &[]).get(0).is_empty());
    }
}
