//! Which variable to decide next: the one that took part in most recent conflicts.
#![expect(
    clippy::indexing_slicing,
    reason = "places in the heap and variables are made by the heap that looks them up"
)]

use crate::prove::literal::Var;

/// Variables by how much they were in the way lately: those that never were
/// come last, by their number, and need no heap.
#[derive(Debug)]
pub(super) struct Order {
    activity: Vec<f64>,
    heap: Vec<Var>,
    /// Where each variable is in the heap.
    places: Vec<Option<u32>>,
    /// The variables before this one that were never in the way were taken out.
    next: u32,
    /// How many were passed over on the way, all in all.
    pub(super) walked: u64,
    step: f64,
}

/// Beyond this, all activities are made smaller.
const MOST: f64 = 1e100;
/// How much faster the activity of today counts than that of yesterday.
const DECAY: f64 = 0.95;

impl Order {
    pub(super) fn new(count: u32) -> Self {
        let (activity, places) = (vec![0.0; count as usize], vec![None; count as usize]);
        Self { activity, heap: Vec::new(), places, next: 0, walked: 0, step: 1.0 }
    }

    /// Puts a variable back among those to decide.
    pub(super) fn insert(&mut self, var: Var) {
        if !self.was_in_the_way(var) {
            self.next = self.next.min(var.0);
        } else if self.places[var.place()].is_none() {
            self.heap.push(var);
            self.put(self.heap.len() - 1, var);
            self.rise(self.heap.len() - 1);
        }
    }

    /// Takes out the most active variable.
    pub(super) fn pop(&mut self) -> Option<Var> {
        let Some(first) = self.heap.first().copied() else { return self.pop_inactive() };
        self.places[first.place()] = None;
        let last = self.heap.pop()?;
        if last != first {
            self.put(0, last);
            self.sink(0);
        }
        Some(first)
    }

    fn pop_inactive(&mut self) -> Option<Var> {
        while (self.next as usize) < self.activity.len() {
            let var = Var(self.next);
            self.next += 1;
            self.walked += 1;
            if !self.was_in_the_way(var) {
                return Some(var);
            }
        }
        None
    }

    fn was_in_the_way(&self, var: Var) -> bool {
        self.activity[var.place()] > 0.0
    }

    /// Notes that a variable was part of a conflict.
    pub(super) fn bump(&mut self, var: Var) {
        self.activity[var.place()] += self.step;
        if self.activity[var.place()] > MOST {
            self.activity.iter_mut().for_each(|activity| *activity /= MOST);
            self.step /= MOST;
        }
        if let Some(place) = self.places[var.place()] {
            self.rise(place as usize);
        }
    }

    /// Lets what comes count for more than what was.
    pub(super) fn decay(&mut self) {
        self.step /= DECAY;
    }

    /// Tells whether one variable goes before another; of equals the older one.
    fn goes_first(&self, a: Var, b: Var) -> bool {
        let order = self.activity[a.place()].total_cmp(&self.activity[b.place()]);
        order.is_gt() || order.is_eq() && a < b
    }

    fn rise(&mut self, mut place: usize) {
        let var = self.heap[place];
        while place > 0 {
            let above = (place - 1) / 2;
            if !self.goes_first(var, self.heap[above]) {
                break;
            }
            self.put(place, self.heap[above]);
            place = above;
        }
        self.put(place, var);
    }

    fn sink(&mut self, mut place: usize) {
        let var = self.heap[place];
        loop {
            let mut below = 2 * place + 1;
            if below + 1 < self.heap.len()
                && self.goes_first(self.heap[below + 1], self.heap[below])
            {
                below += 1;
            }
            if below >= self.heap.len() || !self.goes_first(self.heap[below], var) {
                break;
            }
            self.put(place, self.heap[below]);
            place = below;
        }
        self.put(place, var);
    }

    fn put(&mut self, place: usize, var: Var) {
        self.heap[place] = var;
        self.places[var.place()] = u32::try_from(place).ok();
    }
}
