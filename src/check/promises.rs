//! Promises: one claim each, about one situation.

use super::Checker;
use super::actions::Seen;
use super::bearers::Bearers;
use crate::condition::NodeId;
use crate::diagnostic::DocPath;
use crate::policy::{Promise, Selector, code};

/// A promise whose names are resolved.
#[derive(Debug)]
pub(crate) struct CheckedPromise {
    pub(crate) id: String,
    pub(crate) claim: Claim,
    pub(crate) measure: Measure,
    /// The situation it is about.
    pub(crate) when: NodeId,
    /// How reports read the situation aloud, and what follows from it.
    pub(crate) say: String,
    pub(crate) say_implied: String,
    /// Where the promise is written; the preset's are at its name.
    pub(crate) path: DocPath,
}

/// What is promised.
#[derive(Debug)]
pub(crate) enum Claim {
    /// None of these actions, by place, is recommended.
    Never(Selector, Vec<u32>),
    /// One of these actions at least gets through.
    Always(Selector, Vec<u32>),
    /// This holds as well.
    Implies(NodeId),
}

/// When the situation of a promise counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Measure {
    /// Unless it is known to be false.
    While,
    /// Where it is known to be true.
    WhileKnown,
    /// Where it is not known to be true.
    UnlessKnown,
}

impl Checker<'_> {
    pub(super) fn check_promises(&mut self, bearers: &Bearers<'_>) -> Vec<CheckedPromise> {
        let policy = self.policy;
        let mut ids = Seen::default();
        let mut checked = Vec::new();
        if let Some(preset) = self.preset.take() {
            for promise in &preset.promises {
                ids.insert(promise.id.clone());
                let path = DocPath::root().key("preset");
                let targets = |selector: &Selector| bearers.matching(selector);
                let never = promise.never.as_ref().map(targets);
                let always = promise.always.as_ref().map(targets);
                checked.extend(self.check_promise(promise, &path, never, always));
            }
            self.preset = Some(preset);
        }
        for (place, promise) in policy.promises.iter().enumerate() {
            let path = DocPath::root().key("promises").index(place);
            self.unique(&mut ids, &promise.id, &path);
            let mut targets = |selector: &Option<Selector>, key| {
                let selector = selector.as_ref()?;
                Some(self.select(selector, bearers, &path.key(key)))
            };
            let never = targets(&promise.never, "never");
            let always = targets(&promise.always, "always");
            checked.extend(self.check_promise(promise, &path, never, always));
        }
        checked
    }

    fn check_promise(
        &mut self,
        promise: &Promise,
        path: &DocPath,
        never: Option<Vec<u32>>,
        always: Option<Vec<u32>>,
    ) -> Option<CheckedPromise> {
        let (measure, texts, key) = self.measure(promise, path)?;
        let when = self.all_of(texts, path, key);
        let implied = &promise.implies;
        let implies = (!implied.is_empty()).then(|| self.all_of(implied, path, "implies"));
        let claim = match (never, always, implies) {
            (Some(targets), None, None) => {
                Claim::Never(promise.never.clone().unwrap_or_default(), targets)
            }
            (None, Some(targets), None) => {
                Claim::Always(promise.always.clone().unwrap_or_default(), targets)
            }
            (None, None, Some(_)) if measure == Measure::UnlessKnown => {
                let message = "`implies` goes with `while` or `while_known`";
                let path = path.key("unless_known");
                self.error(code::VALUE, path, message);
                return None;
            }
            (None, None, Some(node)) => Claim::Implies(node),
            _ => {
                let message = "a promise says one thing";
                let help = "write one of `never`, `always` and `implies`";
                self.error_with_help(code::VALUE, path.clone(), message, help);
                return None;
            }
        };
        Some(CheckedPromise {
            id: promise.id.clone(),
            claim,
            measure,
            when,
            say: self.aloud(texts, &[]),
            say_implied: self.aloud(implied, &[]),
            path: path.clone(),
        })
    }

    /// Finds out when the situation of a promise counts.
    fn measure<'a>(
        &mut self,
        promise: &'a Promise,
        path: &DocPath,
    ) -> Option<(Measure, &'a [String], &'static str)> {
        let written = [
            (Measure::While, &promise.r#while, "while"),
            (Measure::WhileKnown, &promise.while_known, "while_known"),
            (Measure::UnlessKnown, &promise.unless_known, "unless_known"),
        ];
        let mut written = written.into_iter().filter(|(_, texts, _)| !texts.is_empty());
        if let (Some((measure, texts, key)), None) = (written.next(), written.next()) {
            return Some((measure, texts, key));
        }
        let message = "a promise is about one situation";
        let help = "write one of `while`, `while_known` and `unless_known`";
        self.error_with_help(code::VALUE, path.clone(), message, help);
        None
    }
}
