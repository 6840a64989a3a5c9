//! Which words of a closed set would do where one of them was chosen.

use super::domain::type_of;
use super::ways::Way;
use super::{Demand, Place, holds};
use crate::condition::eval::{Evaluator, Memory};
use crate::condition::program::{Atom, AtomId, Constant, Node, NodeId, Program, Term};
use crate::condition::truth::Truth;
use crate::schema::{Changes, FactId, Stored, Type};

/// How many words are tried out in place of the ones that were chosen.
const MAX_WORDS: usize = 128;

/// Which words would do, by place and code.
#[derive(Default)]
pub(super) struct Words<'p>(Vec<WordsAt<'p>>);

struct WordsAt<'p> {
    place: Place<'p>,
    /// The words of the set.
    all: Vec<u16>,
    /// Those that do, as soon as it is known.
    good: Option<Vec<u16>>,
}

impl<'p> Words<'p> {
    pub(super) fn get(&self, place: Place<'p>) -> Option<&[u16]> {
        self.0.iter().find(|words| words.place == place)?.good.as_deref()
    }

    /// Tries out every word at the places where atoms do not tell it.
    pub(super) fn tried_out<'a>(
        mut self,
        mut settled: Changes<'a>,
        demands: &[Demand],
        evaluator: &Evaluator<'a>,
    ) -> Self {
        for WordsAt { place, all, good } in self.0.iter_mut().filter(|of| of.good.is_none()) {
            *good = Some(try_out(*place, all, &mut settled, demands, evaluator));
        }
        self
    }
}

/// Finds out by atoms which words would do where a word of a closed set would
/// have to be another; the demands hold with those that were chosen, in `trial`.
pub(super) fn by_atoms<'p>(
    way: &Way<'p>,
    settled: &Changes<'_>,
    demands: &[Demand],
    trial: &mut Evaluator<'_>,
) -> Words<'p> {
    let (mut words, mut left) = (Vec::new(), MAX_WORDS);
    for flips in way.by_place() {
        let Some(place) = flips.first().map(|flip| flip.place) else { continue };
        let Some(Type::Word(set)) = type_of(&place, trial.facts()) else { continue };
        let Some(fewer) = left.checked_sub(set.words().len()) else { break };
        left = fewer;
        let all: Vec<u16> = set.words().iter().filter_map(|word| set.code(word)).collect();
        let good = match (chosen_word(place, settled), place) {
            // None does where the fact would have to be absent.
            (None, _) => Some(Vec::new()),
            (Some(_), Place::Fact(fact)) => Atoms { fact, trial }.words(&all, demands),
            (Some(_), _) => None,
        };
        words.push(WordsAt { place, all, good });
    }
    Words(words)
}

/// The truths of a trial, with another word in place of one.
///
/// Every other atom stays as it is: what follows from a fact that is otherwise
/// is not looked for, whatever the fact.
struct Atoms<'e, 'a> {
    fact: FactId,
    trial: &'e mut Evaluator<'a>,
}

impl<'a> Atoms<'_, 'a> {
    /// Lists the words with which all demands hold; none if atoms alone do not
    /// tell it.
    fn words(&mut self, all: &[u16], demands: &[Demand]) -> Option<Vec<u16>> {
        let mut good = all.to_vec();
        let program = self.program();
        for demand in demands {
            if !program.facts(demand.node).contains(&self.fact) {
                continue;
            }
            // What is shared many times over would be looked at as often.
            if !program.is_short(demand.node) {
                return None;
            }
            let mut is_told = true;
            good.retain(|word| {
                let truth = self.truth(demand.node, *word);
                is_told &= truth.is_some();
                truth == Some(demand.truth.into())
            });
            if !is_told {
                return None;
            }
        }
        Some(good)
    }

    fn program(&self) -> &'a Program {
        self.trial.program()
    }

    fn truth(&mut self, id: NodeId, word: u16) -> Option<Truth> {
        match &self.program()[id] {
            Node::Not(inner) => Some(self.truth(*inner, word)?.not()),
            Node::All(parts) => self.every(parts, word, Truth::True),
            Node::Any(parts) => self.every(parts, word, Truth::False),
            Node::Atom(atom) => self.atom(id, *atom, word),
            Node::True | Node::False | Node::Unknown => Some(self.trial.truth(id).truth()),
        }
    }

    /// Joins parts: one that is not as wanted decides it, or leaves it open.
    fn every(&mut self, parts: &[NodeId], word: u16, wanted: Truth) -> Option<Truth> {
        let mut all = wanted;
        for part in parts {
            let truth = self.truth(*part, word)?;
            if truth == wanted.not() {
                return Some(truth);
            }
            if truth == Truth::Unknown {
                all = truth;
            }
        }
        Some(all)
    }

    fn atom(&mut self, id: NodeId, atom: AtomId, word: u16) -> Option<Truth> {
        let program = self.program();
        match &program[atom] {
            Atom::Is(term, Constant::Word(wanted)) if program[*term] == Term::Fact(self.fact) => {
                Some((word == *wanted).into())
            }
            _ if program.facts(id).contains(&self.fact) => None,
            _ => Some(self.trial.truth(id).truth()),
        }
    }
}

/// Tries out words at a place, with all other changes being made.
fn try_out<'a>(
    place: Place<'_>,
    all: &[u16],
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
    let mut does = |code: u16| {
        if code == chosen {
            return true;
        }
        put_word(place, code, settled);
        let changed = settled.applied(facts);
        let mut trial = Evaluator::with(program, &changed, std::mem::take(&mut memory));
        trial.move_to(evaluator.moment());
        let does = holds(&mut trial, &demands);
        memory = trial.into_memory();
        does
    };
    let good = all.iter().copied().filter(|code| does(*code)).collect();
    put_word(place, chosen, settled);
    good
}

fn chosen_word(place: Place<'_>, settled: &Changes<'_>) -> Option<u16> {
    let value = match place {
        Place::Fact(fact) => settled.value(fact),
        Place::Field { list, row, field, .. } => settled.value_of_field(list, row, field),
        Place::Part(_) | Place::List(_) | Place::Entry(..) | Place::Nowhere(_) => None,
    };
    match value? {
        Stored::Word(code) => Some(*code),
        _ => None,
    }
}

fn put_word(place: Place<'_>, code: u16, settled: &mut Changes<'_>) {
    match place {
        Place::Fact(fact) => settled.replace(fact, Stored::Word(code)),
        Place::Field { list, row, field, .. } => {
            settled.replace_field(list, row, field, Stored::Word(code));
        }
        Place::Part(_) | Place::List(_) | Place::Entry(..) | Place::Nowhere(_) => {}
    }
}

/// Picks the demands that look at the part a place is in.
fn about(place: Place<'_>, demands: &[Demand], evaluator: &Evaluator<'_>) -> Vec<Demand> {
    let (Place::Fact(fact) | Place::Entry(fact, _) | Place::Field { list: fact, .. }) = place
    else {
        return demands.to_vec();
    };
    let schema = evaluator.facts().schema();
    let part = schema.entry(fact).part;
    let looks = |demand: &&Demand| {
        let read = evaluator.program().facts(demand.node);
        // The answer of a model is a fact, and rests on others.
        let mut rests_on = read.iter().flat_map(|fact| schema.stored(fact)).chain(&read);
        rests_on.any(|fact| schema.entry(*fact).part == part)
    };
    demands.iter().filter(looks).copied().collect()
}
