//! Whole numbers and times together: whether they fit, and numbers that do.
//!
//! Cuts of a line are consistent by themselves. Where a time is asked for its
//! age as well, or compared with another, what is said of them is a system of
//! differences `x - y <= c`: it has a solution unless some circle of them adds
//! up to less than nothing (Bellman 1958), and such a circle is a reason that
//! the solver learns.

use std::collections::{BTreeMap, VecDeque};

use super::encode::{Encoder, End, Scope, Source, Spot};
use super::literal::Lit;
use super::solver::Solver;
use super::taste::Taste;
use crate::condition::{Limit, Program, Term};
use crate::schema::{FACT_TIMES, Origin, Schema, Type};
use crate::time::Timestamp;

/// A number that is looked for: the moment, or what a place holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) enum Number<'p> {
    Now,
    At(Spot<'p>, Scope),
}

/// Numbers that fit together.
pub(super) type Numbers<'p> = BTreeMap<Number<'p>, i64>;

/// `to - from <= weight`, because of what the model says.
#[derive(Clone, Debug)]
struct Edge {
    from: usize,
    to: usize,
    weight: i128,
    because: [Lit; 3],
}

/// How many differences are looked at for one choice of numbers.
const MOST_STEPS: u64 = 50_000_000;

/// In milliseconds.
const MINUTE: i64 = 60_000;

/// A moment beyond the year 9999, which is no time of the condition language.
const FAR_BEYOND: i64 = 1_000_000_000_000_000;

/// A system of differences; the first number is zero.
struct System<'p> {
    numbers: BTreeMap<Number<'p>, usize>,
    edges: Vec<Edge>,
    out: Vec<Vec<usize>>,
    /// How many differences were looked at.
    steps: u64,
}

/// Finds numbers for a model, or a clause that it breaks; counts how many
/// differences it looked at.
pub(super) fn settle<'p>(
    encoder: &Encoder<'p>,
    solver: &Solver,
    taste: Taste,
    steps: &mut u64,
) -> Result<Numbers<'p>, Vec<Lit>> {
    let mut system = System::new();
    system.collect(encoder, solver);
    let circle = system.circle();
    *steps = steps.saturating_add(system.steps);
    if let Some(circle) = circle {
        let mut clause: Vec<Lit> = circle.into_iter().map(|lit| !lit).collect();
        clause.sort_unstable();
        clause.dedup();
        return Err(clause);
    }
    let chosen = system.choose(encoder, solver, taste);
    *steps = steps.saturating_add(system.steps);
    Ok(chosen)
}

impl<'p> System<'p> {
    const ZERO: usize = 0;

    fn new() -> Self {
        Self { numbers: BTreeMap::new(), edges: Vec::new(), out: vec![Vec::new()], steps: 0 }
    }

    fn number(&mut self, number: Number<'p>) -> usize {
        let next = self.out.len();
        let place = *self.numbers.entry(number).or_insert(next);
        if place == next {
            self.out.push(Vec::new());
        }
        place
    }

    /// Says that `to - from <= weight`.
    fn at_most(&mut self, from: usize, to: usize, weight: i128, because: [Lit; 3]) {
        let place = self.edges.len();
        self.edges.push(Edge { from, to, weight, because });
        self.out.get_mut(from).into_iter().for_each(|out| out.push(place));
    }

    fn collect(&mut self, encoder: &Encoder<'p>, solver: &Solver) {
        let (program, schema) = (encoder.program(), encoder.schema());
        self.add_differences(encoder, solver);
        for (source, scope, line) in encoder.all_lines() {
            let Some((number, guards)) = whole(encoder, source, scope) else { continue };
            if !guards.iter().all(|guard| solver.is_true(*guard)) {
                continue;
            }
            let place = self.number(number);
            let (from, to) = match is_since(program, source) {
                // `now - t <= c`: both ends are looked for.
                true => (place, self.number(Number::Now)),
                false => (Self::ZERO, place),
            };
            let [one, two] = guards;
            for (limit, cut) in &line.0 {
                let Limit::Int(limit) = limit else { continue };
                let limit = i128::from(*limit);
                if solver.is_true(*cut) {
                    self.at_most(from, to, limit, [*cut, one, two]);
                } else {
                    self.at_most(to, from, -(limit + 1), [!*cut, one, two]);
                }
            }
            self.bound(number, schema, one);
        }
        for order in encoder.orders() {
            let ends = (whole(encoder, order.a.0, order.a.1), whole(encoder, order.b.0, order.b.1));
            let (Some((a, [a_valid, _])), Some((b, [b_valid, _]))) = ends else { continue };
            if !solver.is_true(a_valid) || !solver.is_true(b_valid) {
                continue;
            }
            self.bound(a, schema, a_valid);
            self.bound(b, schema, b_valid);
            let (a, b) = (self.number(a), self.number(b));
            if solver.is_true(order.less) {
                self.at_most(b, a, -1, [order.less, a_valid, b_valid]);
            } else {
                self.at_most(a, b, 0, [!order.less, a_valid, b_valid]);
            }
        }
    }

    /// Adds the differences that hold by themselves.
    fn add_differences(&mut self, encoder: &Encoder<'p>, solver: &Solver) {
        self.number(Number::Now);
        for difference in encoder.differences() {
            let [one, two] = difference.when;
            if !solver.is_true(one) || !solver.is_true(two) {
                continue;
            }
            let (a, b) = (self.end(difference.a, encoder), self.end(difference.b, encoder));
            self.at_most(b, a, i128::from(difference.at_most), [one, two, Lit::TRUE]);
        }
    }

    fn end(&mut self, end: End<'p>, encoder: &Encoder<'p>) -> usize {
        match end {
            End::Zero => Self::ZERO,
            End::Now => self.number(Number::Now),
            End::At(spot, scope) => {
                let number = Number::At(spot, scope);
                if let Some(vars) = encoder.known_place(spot, scope) {
                    self.bound(number, encoder.schema(), vars.valid);
                }
                self.number(number)
            }
        }
    }

    /// Says between which values something lies that is read.
    fn bound(&mut self, number: Number<'p>, schema: &Schema, valid: Lit) {
        let Number::At(spot, _) = number else { return };
        let (least, greatest) = range(schema, spot);
        let place = self.number(number);
        self.at_most(Self::ZERO, place, i128::from(greatest), [valid, Lit::TRUE, Lit::TRUE]);
        self.at_most(place, Self::ZERO, -i128::from(least), [valid, Lit::TRUE, Lit::TRUE]);
    }

    /// Finds a circle of differences that adds up to less than nothing; among
    /// too many none is found, and numbers that do not fit fail when tried.
    fn circle(&mut self) -> Option<Vec<Lit>> {
        let count = self.out.len();
        let mut least = vec![0_i128; count];
        let mut came_by: Vec<Option<usize>> = vec![None; count];
        let mut last = None;
        for _ in 0..=count {
            last = None;
            self.steps += self.edges.len() as u64;
            if self.steps > MOST_STEPS {
                return None;
            }
            for (place, edge) in self.edges.iter().enumerate() {
                let reached = least.get(edge.from)? + edge.weight;
                let known = least.get_mut(edge.to)?;
                if reached < *known {
                    *known = reached;
                    *came_by.get_mut(edge.to)? = Some(place);
                    last = Some(edge.to);
                }
            }
            last?;
        }
        // Whoever still gets less is behind a circle: go back into it.
        let mut at = last?;
        for _ in 0..count {
            at = self.edges.get(came_by.get(at).copied()??)?.from;
        }
        let (start, mut because) = (at, Vec::new());
        loop {
            let edge = self.edges.get(came_by.get(at).copied()??)?;
            because.extend(edge.because.iter().filter(|lit| **lit != Lit::TRUE));
            at = edge.from;
            if at == start {
                return Some(because);
            }
        }
    }

    /// Chooses numbers one after the other, each where those before leave it.
    fn choose(&mut self, encoder: &Encoder<'p>, solver: &Solver, taste: Taste) -> Numbers<'p> {
        let mut chosen = Numbers::new();
        let numbers: Vec<(Number<'p>, usize)> =
            self.numbers.iter().map(|(number, place)| (*number, *place)).collect();
        let mut now = self.moment(encoder, solver, taste);
        for (number, place) in numbers {
            let most = self.distance(Self::ZERO, place);
            let least = self.distance(place, Self::ZERO).map(|distance| -distance);
            let like = match number {
                Number::Now => now,
                Number::At(spot, scope) => {
                    let ty = encoder.type_at(Source::Spot(spot), scope);
                    let first = taste.number(ty, now, (spot, scope));
                    // The same thing twice is taken for one.
                    match ty {
                        Some(Type::Timestamp) => first - encoder.place_of(scope) * MINUTE,
                        _ => first,
                    }
                }
            };
            let mut value = i128::from(like);
            value = most.map_or(value, |most| value.min(most));
            value = least.map_or(value, |least| value.max(least));
            self.at_most(Self::ZERO, place, value, [Lit::TRUE; 3]);
            self.at_most(place, Self::ZERO, -value, [Lit::TRUE; 3]);
            let value = i64::try_from(value).unwrap_or(like);
            if number == Number::Now {
                now = value;
            }
            chosen.insert(number, value);
        }
        chosen
    }

    /// Returns a moment as the model wants it.
    fn moment(&self, encoder: &Encoder<'p>, solver: &Solver, taste: Taste) -> i64 {
        match encoder.known_now() {
            Some(now) if !solver.is_true(now.valid) => FAR_BEYOND,
            _ => taste.now(),
        }
    }

    /// Returns how far one number is from another at most.
    ///
    /// Numbers that are too many to be looked at are left where they are: they
    /// are tried before they are shown.
    fn distance(&mut self, from: usize, to: usize) -> Option<i128> {
        let mut least: Vec<Option<i128>> = vec![None; self.out.len()];
        *least.get_mut(from)? = Some(0);
        let mut queue = VecDeque::from([from]);
        while let Some(at) = queue.pop_front() {
            let here = least.get(at).copied()??;
            self.steps += self.out.get(at)?.len() as u64;
            if self.steps > MOST_STEPS {
                return None;
            }
            for place in self.out.get(at)? {
                let edge = self.edges.get(*place)?;
                let reached = here + edge.weight;
                let known = least.get_mut(edge.to)?;
                if known.is_none_or(|known| reached < known) {
                    *known = Some(reached);
                    queue.push_back(edge.to);
                }
            }
        }
        least.get(to).copied()?
    }
}

/// Tells what number a line is about, and what says that it is one.
fn whole<'p>(
    encoder: &Encoder<'p>,
    source: Source<'p>,
    scope: Scope,
) -> Option<(Number<'p>, [Lit; 2])> {
    match source {
        Source::Spot(spot) => {
            let ty = encoder.type_at(source, scope)?;
            let valid = encoder.known_place(spot, scope)?.valid;
            matches!(ty, Type::Int | Type::Timestamp | Type::Duration)
                .then_some((Number::At(spot, scope), [valid, Lit::TRUE]))
        }
        Source::Now => Some((Number::Now, [encoder.known_now()?.valid, Lit::TRUE])),
        Source::Term(term) => match &encoder.program()[term] {
            Term::Since(time) => {
                let Source::Spot(spot) = encoder.source(*time) else { return None };
                let valid = encoder.known_place(spot, scope)?.valid;
                let has_age = encoder.since_valid(*time, scope)?;
                Some((Number::At(spot, scope), [valid, has_age]))
            }
            _ => None,
        },
    }
}

fn is_since(program: &Program, source: Source<'_>) -> bool {
    matches!(source, Source::Term(term) if matches!(program[term], Term::Since(_)))
}

/// Returns the least and the greatest whole number a place can hold.
pub(super) fn range(schema: &Schema, spot: Spot<'_>) -> (i64, i64) {
    let (ty, is_table) = match spot {
        Spot::Fact(fact) | Spot::Entry(fact, _) => {
            let entry = schema.entry(fact);
            (Some(entry.fact.ty()), matches!(entry.origin, Origin::Table))
        }
        Spot::Field(list, field) => {
            let entry = schema.entry(list);
            let ty = match entry.fact.ty() {
                Type::Records(record) => record.type_of(field),
                _ => None,
            };
            (ty, matches!(entry.origin, Origin::Table))
        }
        Spot::Element => (None, false),
    };
    match ty {
        Some(Type::Timestamp) if is_table => (*FACT_TIMES.start(), *FACT_TIMES.end()),
        Some(Type::Timestamp) => (Timestamp::EARLIEST.as_millis(), Timestamp::LATEST.as_millis()),
        Some(Type::Duration) => (-9_223_372_036_854, 9_223_372_036_854),
        _ => (i64::MIN, i64::MAX),
    }
}
