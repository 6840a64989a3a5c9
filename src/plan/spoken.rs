//! Conditions read aloud and taken apart, each once somebody asks for it.

use std::cell::Cell;
use std::collections::HashMap;
use std::sync::{Arc, PoisonError, RwLock};

use super::Plan;
use crate::check::Known;
use crate::condition::{self, Apart, MAX_PARTS, Part, Program};

/// What explanations have said of conditions: it depends on the policy alone.
#[derive(Debug, Default)]
pub(super) struct Spoken {
    /// As they are read aloud, by text.
    aloud: RwLock<HashMap<String, Arc<str>, ahash::RandomState>>,
    apart: RwLock<Option<Parts>>,
}

/// Conditions taken apart, by text.
#[derive(Debug)]
struct Parts {
    /// The program of the plan, with the truths of the parts added.
    program: Arc<Program>,
    /// None of what is no condition.
    by_text: HashMap<String, Option<Arc<Part>>, ahash::RandomState>,
}

impl Parts {
    fn find(&self, text: &str) -> Option<Option<TakenApart>> {
        let known = self.by_text.get(text)?;
        let with_program =
            |part: &Arc<Part>| TakenApart { part: part.clone(), program: self.program.clone() };
        Some(known.as_ref().map(with_program))
    }
}

/// A condition taken apart, with the program that its truths are in.
#[derive(Clone, Debug)]
pub(crate) struct TakenApart {
    pub(crate) part: Arc<Part>,
    pub(crate) program: Arc<Program>,
}

impl Plan {
    /// Reads a condition of the policy aloud.
    pub(crate) fn aloud(&self, text: &str) -> Arc<str> {
        let known = self.spoken.aloud.read().unwrap_or_else(PoisonError::into_inner);
        if let Some(known) = known.get(text) {
            return Arc::clone(known);
        }
        drop(known);
        let said = condition::describe(text, &|name| self.sayings.get(name).cloned());
        let said: Arc<str> = said.into();
        let mut known = self.spoken.aloud.write().unwrap_or_else(PoisonError::into_inner);
        Arc::clone(known.entry(text.to_owned()).or_insert(said))
    }

    /// Takes a condition of the policy apart.
    ///
    /// None for a text that is no condition, which a checked one never is.
    pub(crate) fn apart(&self, text: &str) -> Option<TakenApart> {
        let known = self.spoken.apart.read().unwrap_or_else(PoisonError::into_inner);
        if let Some(found) = known.as_ref().and_then(|parts| parts.find(text)) {
            return found;
        }
        drop(known);
        let mut known = self.spoken.apart.write().unwrap_or_else(PoisonError::into_inner);
        let parts = known.get_or_insert_with(|| Parts {
            program: Arc::new(self.program.clone()),
            by_text: HashMap::default(),
        });
        // Somebody else may have been faster.
        if !parts.by_text.contains_key(text) {
            // Explanations that are being made keep the one they have.
            let program = Arc::make_mut(&mut parts.program);
            let part = self.take_apart(text, program).map(Arc::new);
            // The places of its truths must not depend on what was asked before.
            program.seal();
            parts.by_text.insert(text.to_owned(), part);
        }
        parts.find(text).flatten()
    }

    fn take_apart(&self, text: &str, program: &mut Program) -> Option<Part> {
        let written = |name: &str| match self.policy.situations.get(name) {
            Some(situation) if situation.unless.is_empty() => situation.when.as_slice(),
            _ => &[],
        };
        let apart = Apart {
            schema: &self.schema,
            situations: &Known(&self.situations),
            sayings: &|name| self.sayings.get(name).cloned(),
            written: &written,
            left: Cell::new(MAX_PARTS),
        };
        apart.take(text, program)
    }
}
