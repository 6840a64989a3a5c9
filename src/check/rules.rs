//! Suppressions and boosts: conditions and selectors.

use super::actions::Seen;
use super::bearers::Bearers;
use super::numbers::{MAX_FACTOR, ONE};
use super::{CheckedBoost, CheckedSuppression, Checker, Selected};
use crate::condition;
use crate::diagnostic::{Diagnostic, DocPath};
use crate::policy::{Suppression, code};

impl Checker<'_> {
    pub(super) fn check_suppressions(
        &mut self,
        bearers: &Bearers<'_>,
    ) -> Vec<Selected<CheckedSuppression>> {
        let policy = self.policy;
        let mut ids = Seen::default();
        let mut checked = Vec::new();
        if let Some(preset) = self.preset.take() {
            for suppression in &preset.suppress {
                let targets = bearers.matching(&suppression.selector);
                ids.insert(suppression.id.clone());
                let rule = self.check_suppression(suppression, &DocPath::root());
                checked.push(Selected { rule, targets });
            }
            self.preset = Some(preset);
        }
        for (place, suppression) in policy.suppress.iter().enumerate() {
            let path = DocPath::root().key("suppress").index(place);
            self.unique(&mut ids, &suppression.id, &path);
            let targets = self.select(&suppression.selector, bearers, &path);
            let rule = self.check_suppression(suppression, &path);
            self.lint_suppression(&rule, &path);
            checked.push(Selected { rule, targets });
        }
        checked
    }

    fn check_suppression(
        &mut self,
        suppression: &Suppression,
        path: &DocPath,
    ) -> CheckedSuppression {
        let when = self.when_unless(&suppression.when, &suppression.unless, path);
        let after =
            (!suppression.after.is_empty()).then(|| self.all_of(&suppression.after, path, "after"));
        let allow_unknown = match suppression.on_unknown.as_deref() {
            None | Some("suppress") => false,
            Some("allow") => true,
            Some(other) => {
                let path = path.key("on_unknown");
                self.unknown_word(path, "answer to unknown", other, ["suppress", "allow"]);
                false
            }
        };
        CheckedSuppression {
            id: suppression.id.clone(),
            selector: suppression.selector.clone(),
            when,
            after,
            allow_unknown,
            channels: self.words(&suppression.channels, || path.key("channels")),
            because: suppression.because.clone(),
            say: self.aloud(&suppression.when, &suppression.unless),
            say_after: self.aloud(&suppression.after, &[]),
        }
    }

    /// Reads conditions aloud.
    pub(super) fn aloud(&self, when: &[String], unless: &[String]) -> String {
        let say =
            |text: &String| condition::describe(text, &|name| self.sayings.get(name).cloned());
        let mut said = when.iter().map(say).collect::<Vec<_>>().join(" and ");
        if !unless.is_empty() {
            said.push_str(", unless ");
            said.push_str(&unless.iter().map(say).collect::<Vec<_>>().join(" or "));
        }
        said
    }

    /// Warns of conditions that hold back for ever, or stop to protect.
    fn lint_suppression(&mut self, rule: &CheckedSuppression, path: &DocPath) {
        for (key, node) in [("when", Some(rule.when)), ("after", rule.after)] {
            let Some(node) = node else { continue };
            let unguarded = condition::unguarded(&self.program, node, &self.schema);
            if let Some(fact) = unguarded.filter(|_| !rule.allow_unknown) {
                let message = format!("this holds back for ever where `{fact}` is absent");
                let help = format!("write `has({fact}) && …`, or `within(…)` for a time");
                let warning = Diagnostic::warning(code::UNGUARDED, path.key(key), message);
                self.report.push(warning.with_help(help));
            }
            if condition::fails_open(&self.program, node, false) {
                let message = "with `known(…)` this stops holding back when nobody can tell";
                let warning = Diagnostic::warning(code::FAILS_OPEN, path.key(key), message);
                self.report
                    .push(warning.with_help("leave `known(…)` out: what is unknown holds back"));
            }
        }
    }

    pub(super) fn check_boosts(&mut self, bearers: &Bearers<'_>) -> Vec<Selected<CheckedBoost>> {
        let policy = self.policy;
        let mut ids = Seen::default();
        let mut checked = Vec::new();
        for (place, boost) in policy.boosts.iter().enumerate() {
            let path = DocPath::root().key("boosts").index(place);
            self.unique(&mut ids, &boost.id, &path);
            let is_lever = boost.when.is_empty() && boost.unless.is_empty();
            let when = (!is_lever).then(|| self.when_unless(&boost.when, &boost.unless, &path));
            checked.push(Selected {
                rule: CheckedBoost { when, basis_points: self.percent(boost.percent, &path) },
                targets: self.select(&boost.selector, bearers, &path),
            });
        }
        self.refuse_excess(&checked);
        checked
    }

    /// Refuses boosts that could multiply an action by more than a hundred.
    fn refuse_excess(&mut self, boosts: &[Selected<CheckedBoost>]) {
        let mut sums = vec![[0_i64; 2]; self.policy.actions.len()];
        for Selected { rule, targets } in boosts {
            let side = usize::from(rule.when.is_some());
            for target in targets {
                let sums = sums.get_mut(*target as usize);
                if let Some(sum) = sums.and_then(|sums| sums.get_mut(side)) {
                    *sum = sum.saturating_add(rule.basis_points.max(0));
                }
            }
        }
        for (place, sums) in sums.iter().enumerate() {
            if sums.iter().any(|sum| *sum > MAX_FACTOR - ONE) {
                let path = DocPath::root().key("actions").index(place);
                let message = "the boosts of this action may come to more than 9900 percent";
                self.error(code::VALUE, path, message);
            }
        }
    }
}
