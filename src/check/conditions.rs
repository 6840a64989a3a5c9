//! The engagement conditions of all actions, in one list.

use std::sync::Arc;

use crate::condition::NodeId;

/// One condition of several, as written and as lowered.
#[derive(Clone, Debug)]
pub(crate) struct Clause {
    pub(crate) text: Arc<str>,
    pub(crate) node: NodeId,
    /// What the action has it from, such as `groups.setup`; itself if none.
    pub(crate) origin: Option<Arc<str>>,
}

/// The three stages of engagement.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Step {
    Eligible,
    Applicable,
    Suitable,
}

impl Step {
    pub(crate) const ALL: [Self; 3] = [Self::Eligible, Self::Applicable, Self::Suitable];

    /// Returns how it is written in a policy.
    pub(crate) fn key(self) -> &'static str {
        match self {
            Self::Eligible => "eligible",
            Self::Applicable => "applicable",
            Self::Suitable => "suitable",
        }
    }
}

/// The place of a clause among all of them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct ClauseId(u32);

impl ClauseId {
    /// More than would fit memory.
    const MAX: u32 = u32::MAX >> Asked::BITS;

    pub(crate) fn place(self) -> usize {
        self.0 as usize
    }
}

/// What an action asks for: a condition in one of the stages.
///
/// The clause, two bits for the stage, and one for the last of a list.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Asked(u32);

impl Asked {
    const BITS: u32 = 3;
    const LAST: u32 = 1;

    fn new(clause: ClauseId, step: Step) -> Self {
        Self(clause.0 << Self::BITS | (step as u32) << 1)
    }

    pub(crate) fn clause(self) -> ClauseId {
        ClauseId(self.0 >> Self::BITS)
    }

    pub(crate) fn step(self) -> Step {
        match self.0 >> 1 & 3 {
            0 => Step::Eligible,
            1 => Step::Applicable,
            _ => Step::Suitable,
        }
    }

    fn is_last(self) -> bool {
        self.0 & Self::LAST != 0
    }
}

/// Where the conditions of an action begin, and one bit that tells whether all
/// of them are about eligibility, as they mostly are.
#[derive(Clone, Copy, Debug)]
pub(crate) struct ConditionList(u32);

impl ConditionList {
    /// That of an action that asks for nothing.
    const NONE: Self = Self(u32::MAX);

    fn start(self) -> usize {
        self.0 as usize >> 1
    }

    fn is_all_eligibility(self) -> bool {
        self.0 & 1 != 0
    }
}

/// The conditions of all actions, one after the other: first those of
/// eligibility, then those of applicability, then those of suitability.
#[derive(Debug, Default)]
pub(crate) struct Conditions {
    clauses: Vec<Clause>,
    asked: Vec<Asked>,
}

impl Conditions {
    /// Makes room for as many conditions as the actions of a policy write.
    pub(super) fn with_capacity(count: usize) -> Self {
        Self { clauses: Vec::new(), asked: Vec::with_capacity(count) }
    }

    /// Adds a clause that actions may ask for.
    pub(super) fn add(&mut self, clause: Clause) -> ClauseId {
        self.clauses.push(clause);
        let place = u32::try_from(self.clauses.len() - 1).unwrap_or(ClauseId::MAX);
        ClauseId(place.min(ClauseId::MAX))
    }

    /// Returns where the next list begins.
    pub(super) fn begin(&self) -> usize {
        self.asked.len()
    }

    /// Adds a condition to the list that was begun last.
    pub(super) fn ask(&mut self, clause: ClauseId, step: Step) {
        self.asked.push(Asked::new(clause, step));
    }

    /// Ends the list that begins here.
    pub(super) fn end(&mut self, start: usize) -> ConditionList {
        let Some(last) = self.asked.get_mut(start..).and_then(<[Asked]>::last_mut) else {
            return ConditionList::NONE;
        };
        last.0 |= Asked::LAST;
        // The last one is of the latest stage.
        let is_all_eligibility = u32::from(last.step() == Step::Eligible);
        let start = u32::try_from(start).ok().filter(|start| *start < ConditionList::NONE.0 >> 1);
        start.map_or(ConditionList::NONE, |start| ConditionList(start << 1 | is_all_eligibility))
    }

    /// Takes all lists, to be made anew.
    pub(super) fn take_lists(&mut self) -> Self {
        let asked = std::mem::take(&mut self.asked);
        Self { clauses: Vec::new(), asked }
    }

    /// Gives back what is not needed.
    pub(super) fn shrink(&mut self) {
        self.clauses.shrink_to_fit();
        self.asked.shrink_to_fit();
    }

    /// Returns how many conditions actions ask for, all together.
    pub(crate) fn asked_count(&self) -> usize {
        self.asked.len()
    }

    /// Returns how many clauses there are.
    pub(crate) fn clause_count(&self) -> usize {
        self.clauses.len()
    }

    #[inline]
    pub(crate) fn clause(&self, id: ClauseId) -> Option<&Clause> {
        self.clauses.get(id.place())
    }

    /// Lists what an action asks for.
    #[inline]
    pub(crate) fn asked(&self, list: ConditionList) -> &[Asked] {
        let from = self.asked.get(list.start()..).unwrap_or(&[]);
        let last = from.iter().position(|asked| asked.is_last());
        last.and_then(|last| from.get(..=last)).unwrap_or(&[])
    }

    /// Lists the conditions of an action in all stages.
    #[inline]
    pub(crate) fn all(&self, list: ConditionList) -> impl Iterator<Item = &Clause> + Clone {
        self.asked(list).iter().filter_map(|asked| self.clause(asked.clause()))
    }

    /// Lists the conditions of an action in one stage.
    #[inline]
    pub(crate) fn of(
        &self,
        list: ConditionList,
        step: Step,
    ) -> impl Iterator<Item = &Clause> + Clone {
        self.asked_in(list, step).iter().filter_map(|asked| self.clause(asked.clause()))
    }

    /// Lists what an action asks for in one stage.
    #[inline]
    pub(crate) fn asked_in(&self, list: ConditionList, step: Step) -> &[Asked] {
        if list.is_all_eligibility() {
            return if step == Step::Eligible { self.asked(list) } else { &[] };
        }
        let all = self.asked(list);
        let of_step = |asked: &Asked| asked.step() == step;
        let start = all.iter().position(of_step).unwrap_or(all.len());
        let rest = all.get(start..).unwrap_or(&[]);
        let end = rest.iter().position(|asked| !of_step(asked)).unwrap_or(rest.len());
        rest.get(..end).unwrap_or(&[])
    }
}
