//! Which variable to decide next: the one that took part in most recent conflicts.
#![expect(
    clippy::indexing_slicing,
    reason = "places in the heap and variables are made by the heap that looks them up"
)]

use crate::prove::literal::Var;

/// A heap of variables by how much they were in the way lately.
#[derive(Debug)]
pub(super) struct Order {
    activity: Vec<f64>,
    heap: Vec<Var>,
    /// Where each variable is in the heap.
    places: Vec<Option<usize>>,
    step: f64,
}

/// Beyond this, all activities are made smaller.
const MOST: f64 = 1e100;
/// How much faster the activity of today counts than that of yesterday.
const DECAY: f64 = 0.95;

impl Order {
    pub(super) fn new() -> Self {
        Self { activity: Vec::new(), heap: Vec::new(), places: Vec::new(), step: 1.0 }
    }

    pub(super) fn add_var(&mut self) {
        let var = Var(u32::try_from(self.activity.len()).unwrap_or(u32::MAX));
        self.activity.push(0.0);
        self.places.push(None);
        self.insert(var);
    }

    /// Puts a variable back among those to decide.
    pub(super) fn insert(&mut self, var: Var) {
        if self.places[var.place()].is_none() {
            self.places[var.place()] = Some(self.heap.len());
            self.heap.push(var);
            self.rise(self.heap.len() - 1);
        }
    }

    /// Takes out the most active variable.
    pub(super) fn pop(&mut self) -> Option<Var> {
        let first = *self.heap.first()?;
        self.places[first.place()] = None;
        let last = self.heap.pop()?;
        if last != first {
            self.heap[0] = last;
            self.places[last.place()] = Some(0);
            self.sink(0);
        }
        Some(first)
    }

    /// Notes that a variable was part of a conflict.
    pub(super) fn bump(&mut self, var: Var) {
        self.activity[var.place()] += self.step;
        if self.activity[var.place()] > MOST {
            self.activity.iter_mut().for_each(|activity| *activity /= MOST);
            self.step /= MOST;
        }
        if let Some(place) = self.places[var.place()] {
            self.rise(place);
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
        while place > 0 {
            let above = (place - 1) / 2;
            if !self.goes_first(self.heap[place], self.heap[above]) {
                return;
            }
            self.swap(place, above);
            place = above;
        }
    }

    fn sink(&mut self, mut place: usize) {
        loop {
            let (left, right) = (2 * place + 1, 2 * place + 2);
            let mut first = place;
            for below in [left, right] {
                if below < self.heap.len() && self.goes_first(self.heap[below], self.heap[first]) {
                    first = below;
                }
            }
            if first == place {
                return;
            }
            self.swap(place, first);
            place = first;
        }
    }

    fn swap(&mut self, a: usize, b: usize) {
        self.heap.swap(a, b);
        self.places[self.heap[a].place()] = Some(a);
        self.places[self.heap[b].place()] = Some(b);
    }
}
