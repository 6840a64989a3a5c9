//! The fewest facts that would have to be otherwise for truths to be known.
//!
//! Over the truths of a program, "and" costs the sum of what it lacks, "or" the
//! least of it, an atom the fact it is about ([`ways`]). A set of such changes
//! is put over the facts and evaluated: what it breaks elsewhere is mended in
//! the next round, and the cheapest set that evaluates as wanted is the answer.

mod domain;
mod say;
mod ways;

use std::cmp::{Ordering, Reverse};
use std::collections::BTreeMap;
use std::rc::Rc;

use super::eval::{Evaluator, Memory};
use super::program::{AtomId, NodeId};
use super::truth::Truth;
use crate::schema::{Changes, FactId, Facts, FieldId, PartId, Stored, Type};
use domain::Domain;
use ways::{Way, Ways};

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
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Place {
    Part(PartId),
    /// A list as a whole.
    List(FactId),
    Fact(FactId),
    Entry(FactId, Rc<str>),
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
#[derive(Clone, Debug, PartialEq, Eq)]
struct Flip {
    place: Place,
    need: Need,
    /// What it costs; nothing if it is so already, and has to stay so.
    weight: u32,
}

impl Ord for Flip {
    fn cmp(&self, other: &Self) -> Ordering {
        let key = |flip: &Self| (flip.need, Reverse(flip.weight));
        self.place.cmp(&other.place).then_with(|| key(self).cmp(&key(other)))
    }
}

impl PartialOrd for Flip {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

/// How many sets of changes are evaluated.
const MAX_TRIED: usize = 64;
/// How many words are tried out in place of the ones that were chosen.
const MAX_WORDS: usize = 128;

/// Finds the cheapest changes of facts that make truths known as demanded.
///
/// None if nothing would have to change. Where no set of changes that was tried
/// evaluates as wanted, the cheapest one comes back unverified.
pub(crate) fn nearest(evaluator: &mut Evaluator<'_>, demands: &[Demand]) -> Option<Nearest> {
    let facts = evaluator.facts();
    let mut waiting = Vec::new();
    expand(evaluator, facts, demands, &Way::default(), &mut waiting);
    let fallback = waiting.iter().min_by_key(|way| way.cost()).cloned();
    for _ in 0..MAX_TRIED {
        let Some(place) = cheapest(&waiting) else { break };
        let way = waiting.swap_remove(place);
        let Some(settled) = settled(&way, evaluator) else {
            continue;
        };
        let changed = settled.applied(facts);
        let mut trial = Evaluator::at(evaluator.program(), &changed, evaluator.moment());
        if holds(&mut trial, demands) {
            drop(trial);
            drop(changed);
            let words = words(&way, settled, demands, evaluator);
            let changes = say::all(&way, &words, evaluator);
            return Some(Nearest { changes, is_verified: true });
        }
        expand(&mut trial, facts, demands, &way, &mut waiting);
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
fn expand(
    evaluator: &mut Evaluator<'_>,
    original: &Facts<'_>,
    demands: &[Demand],
    way: &Way,
    waiting: &mut Vec<Way>,
) {
    for more in Ways::new(evaluator, original).for_all(demands) {
        let joined = if way.is_empty() { Some(more) } else { way.joined(&more) };
        let Some(joined) = joined else {
            continue;
        };
        let is_news = !joined.is_idle() && joined != *way && !waiting.contains(&joined);
        if is_news {
            waiting.push(joined);
        }
    }
}

/// Finds the cheapest set; of equally cheap ones the first in their order.
fn cheapest(waiting: &[Way]) -> Option<usize> {
    let costs = waiting.iter().enumerate().map(|(place, way)| (way.cost(), way, place));
    costs.min().map(|(.., place)| place)
}

/// Which words of a closed set would do at a place, by code.
type Words = BTreeMap<Place, Vec<u16>>;

/// Tries out every word where a word of a closed set would have to be another;
/// the demands hold with those that were chosen.
fn words<'a>(
    way: &Way,
    mut settled: Changes<'a>,
    demands: &[Demand],
    evaluator: &Evaluator<'a>,
) -> Words {
    let facts = evaluator.facts();
    let (mut words, mut left) = (Words::new(), MAX_WORDS);
    for flips in way.by_place() {
        let Some(place) = flips.first().map(|flip| &flip.place) else { continue };
        let Some(Type::Word(set)) = domain::type_of(place, facts) else { continue };
        let Some(fewer) = left.checked_sub(set.words().len()) else { break };
        left = fewer;
        let codes = set.words().iter().filter_map(|word| set.code(word));
        let does = words_at(place, codes, &mut settled, demands, evaluator);
        words.insert(place.clone(), does);
    }
    words
}

/// Tries out words at a place, with all other changes being made.
///
/// None does where the fact would have to be absent.
fn words_at<'a>(
    place: &Place,
    codes: impl Iterator<Item = u16>,
    settled: &mut Changes<'a>,
    demands: &[Demand],
    evaluator: &Evaluator<'a>,
) -> Vec<u16> {
    let Some(chosen) = chosen_word(place, settled) else {
        return Vec::new();
    };
    let (facts, program) = (evaluator.facts(), evaluator.program());
    let demands = about(place, demands, evaluator);
    let mut memory = Memory::default();
    let mut does = |code: &u16| {
        if *code == chosen {
            return true;
        }
        put_word(place, *code, settled);
        let changed = settled.applied(facts);
        let mut trial = Evaluator::with(program, &changed, std::mem::take(&mut memory));
        trial.move_to(evaluator.moment());
        let does = holds(&mut trial, &demands);
        memory = trial.into_memory();
        does
    };
    let does = codes.filter(|code| does(code)).collect();
    put_word(place, chosen, settled);
    does
}

fn chosen_word(place: &Place, settled: &Changes<'_>) -> Option<u16> {
    let value = match place {
        Place::Fact(fact) => settled.value(*fact),
        Place::Field { list, row, field, .. } => settled.value_of_field(*list, *row, *field),
        Place::Part(_) | Place::List(_) | Place::Entry(..) | Place::Nowhere(_) => None,
    };
    match value? {
        Stored::Word(code) => Some(*code),
        _ => None,
    }
}

fn put_word(place: &Place, code: u16, settled: &mut Changes<'_>) {
    match place {
        Place::Fact(fact) => settled.replace(*fact, Stored::Word(code)),
        Place::Field { list, row, field, .. } => {
            settled.replace_field(*list, *row, *field, Stored::Word(code));
        }
        Place::Part(_) | Place::List(_) | Place::Entry(..) | Place::Nowhere(_) => {}
    }
}

/// Picks the demands that look at the part a place is in.
fn about(place: &Place, demands: &[Demand], evaluator: &Evaluator<'_>) -> Vec<Demand> {
    let (Place::Fact(fact) | Place::Entry(fact, _) | Place::Field { list: fact, .. }) = place
    else {
        return demands.to_vec();
    };
    let schema = evaluator.facts().schema();
    let part = schema.entry(*fact).part;
    let looks = |demand: &&Demand| {
        let read = evaluator.program().facts(demand.node);
        // The answer of a model is a fact, and rests on others.
        let mut rests_on = read.iter().flat_map(|fact| schema.stored(fact)).chain(&read);
        rests_on.any(|fact| schema.entry(*fact).part == part)
    };
    demands.iter().filter(looks).copied().collect()
}

/// Chooses a value for each fact.
///
/// None if the changes contradict each other, or if some have no value to
/// choose.
fn settled<'a>(way: &Way, evaluator: &mut Evaluator<'a>) -> Option<Changes<'a>> {
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
