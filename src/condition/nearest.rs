//! The fewest facts that would have to be otherwise for truths to be known.
//!
//! Over the truths of a program, "and" costs the sum of what it lacks, "or" the
//! least of it, an atom the fact it is about ([`ways`]). A set of such changes
//! is put over the facts and evaluated: what it breaks elsewhere is mended in
//! the next round, and the cheapest set that evaluates as wanted is the answer.

mod domain;
mod say;
mod ways;
mod words;

use std::cmp::{Ordering, Reverse};

use super::eval::Evaluator;
use super::program::{AtomId, NodeId, Program};
use super::truth::Truth;
use crate::schema::{Changes, FactId, Facts, FieldId, PartId};
use domain::Domain;
use ways::{Way, Ways};
use words::Words;

pub(super) use say::entry_name;

/// A truth, and what it would have to be known as.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Demand {
    pub(crate) node: NodeId,
    pub(crate) truth: bool,
}

/// What would have to be otherwise.
#[derive(Clone, Debug)]
pub(crate) struct Nearest {
    pub(crate) changes: Vec<FactChange>,
    /// Whether evaluation on the changed facts gives what was wanted.
    pub(crate) is_verified: bool,
}

/// One fact that would have to be otherwise, in words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct FactChange {
    /// The path of the fact; words for what is computed of several.
    pub(crate) fact: String,
    /// The entry of a list it is a field of, by id or place.
    pub(crate) entry: Option<String>,
    /// What is the matter now: `is "premium"`, `was never delivered`; empty
    /// for what is computed.
    pub(crate) now: String,
    /// What would have to be: `be "basic"`, `be delivered`.
    pub(crate) wanted: String,
}

/// Where a fact lies.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Place<'p> {
    Part(PartId),
    /// A list as a whole.
    List(FactId),
    Fact(FactId),
    Entry(FactId, &'p str),
    Field {
        list: FactId,
        row: usize,
        field: FieldId,
        /// Whether the entry is not there yet.
        is_new: bool,
    },
    /// In no single fact: a count, a choice, the moment itself.
    Nowhere(AtomId),
}

/// What a place would have to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Need {
    /// To be delivered, or delivered again.
    Delivered,
    /// To be known as a whole.
    Complete,
    /// To make an atom known as this.
    Atom(AtomId, bool),
}

/// One thing that would have to be otherwise.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Flip<'p> {
    place: Place<'p>,
    need: Need,
    /// What it costs; nothing if it is so already, and has to stay so.
    weight: u32,
}

impl Ord for Flip<'_> {
    fn cmp(&self, other: &Self) -> Ordering {
        let key = |flip: &Self| (flip.need, Reverse(flip.weight));
        self.place.cmp(&other.place).then_with(|| key(self).cmp(&key(other)))
    }
}

impl PartialOrd for Flip<'_> {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

/// How many sets of changes are evaluated.
const MAX_TRIED: usize = 64;

/// Finds the cheapest changes of facts that make truths known as demanded.
///
/// None if nothing would have to change. Where no set of changes that was tried
/// evaluates as wanted, the cheapest one comes back unverified.
pub(crate) fn nearest(evaluator: &mut Evaluator<'_>, demands: &[Demand]) -> Option<Nearest> {
    let facts = evaluator.facts();
    let mut waiting = Vec::new();
    let program = evaluator.program();
    expand((evaluator, program), facts, demands, &Way::default(), &mut waiting);
    let fallback = waiting.iter().min_by_key(|way| way.cost()).cloned();
    for _ in 0..MAX_TRIED {
        let Some(place) = cheapest(&waiting) else { break };
        let way = waiting.swap_remove(place);
        let Some(settled) = settled(&way, evaluator) else {
            continue;
        };
        let changed = settled.applied(facts);
        let mut trial = Evaluator::at(program, &changed, evaluator.moment());
        if holds(&mut trial, demands) {
            let words = words::by_atoms(&way, &settled, demands, &mut trial);
            drop(trial);
            drop(changed);
            let words = words.tried_out(settled, demands, evaluator);
            let changes = say::all(&way, &words, evaluator);
            return Some(Nearest { changes, is_verified: true });
        }
        expand((&mut trial, program), facts, demands, &way, &mut waiting);
    }
    let way = fallback?;
    (!way.is_idle()).then(|| Nearest {
        changes: say::all(&way, &Words::default(), evaluator),
        is_verified: false,
    })
}

fn holds(evaluator: &mut Evaluator<'_>, demands: &[Demand]) -> bool {
    demands.iter().all(|demand| evaluator.truth(demand.node).truth() == demand.truth.into())
}

/// Adds the sets of changes that begin with `way` and mend what it leaves.
fn expand<'a, 'p: 'a>(
    (evaluator, program): (&mut Evaluator<'a>, &'p Program),
    original: &Facts<'_>,
    demands: &[Demand],
    way: &Way<'p>,
    waiting: &mut Vec<Way<'p>>,
) {
    let ways = Ways::new(evaluator, program, original).for_all(demands);
    if way.is_empty() {
        // No two of them are the same, and none is known yet.
        *waiting = ways;
        waiting.retain(|way| !way.is_idle());
        return;
    }
    for more in ways {
        let Some(joined) = way.joined(&more) else { continue };
        let is_news = !joined.is_idle() && joined != *way && !waiting.contains(&joined);
        if is_news {
            waiting.push(joined);
        }
    }
}

/// Finds the cheapest set; of equally cheap ones the first in their order.
fn cheapest(waiting: &[Way<'_>]) -> Option<usize> {
    let ways = waiting.iter().enumerate().map(|(place, way)| (way, place));
    ways.min().map(|(_, place)| place)
}

/// Chooses a value for each fact.
///
/// None if the changes contradict each other, or if some have no value to
/// choose.
fn settled<'a>(way: &Way<'_>, evaluator: &mut Evaluator<'a>) -> Option<Changes<'a>> {
    let facts = evaluator.facts();
    let mut changes = Changes::default();
    for flips in way.by_place() {
        let place = &flips.first()?.place;
        match place {
            Place::Part(part) => changes.deliver(*part),
            Place::List(list) => changes.complete(facts, *list),
            Place::Nowhere(_) => return None,
            Place::Fact(_) | Place::Entry(..) | Place::Field { .. } => {
                let domain = Domain::of(flips, evaluator)?;
                domain.settle(&mut changes, evaluator)?;
            }
        }
    }
    Some(changes)
}

/// Tells whether a truth is known as wanted already.
fn is_known(truth: Truth, wanted: bool) -> bool {
    truth == wanted.into()
}
