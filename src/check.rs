//! From a document to a checked policy, or every diagnostic at once.

mod actions;
mod analytics;
mod bearers;
mod contact;
mod inherit;
mod limits;
mod numbers;
mod promises;
mod rules;
mod selection;
mod situations;
mod words;

pub(crate) use contact::CheckedQuietHours;
pub(crate) use limits::{CheckedLimit, LimitRule, Per, WhoseZone, Window};
pub(crate) use numbers::{CERTAIN, MAX_VALUE, ONE, PROPENSITY_DECIMALS};
pub(crate) use promises::{CheckedPromise, Claim, Measure};
pub(crate) use selection::{
    CheckedExclusive, CheckedHoldout, CheckedPlacement, CheckedThreshold, ExclusiveRule,
    FACTOR_DECIMALS,
};

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use crate::condition::{self, NodeId, Program, TermId};
use crate::diagnostic::{Code, Diagnostic, DocPath, Report};
use crate::error::{Error, ErrorKind};
use crate::policy::{Draft, Policy, Selector, code};
use crate::schema::Schema;
use crate::time::Timestamp;
use crate::vocabulary::{Channel, Currency, FormFactor, Purpose};

use bearers::Bearers;

/// A policy whose every name is resolved and every number exact.
pub(crate) struct Checked {
    pub(crate) policy: Policy,
    pub(crate) warnings: Report,
    pub(crate) schema: Schema,
    pub(crate) currency: Option<Currency>,
    pub(crate) program: Program,
    pub(crate) actions: Vec<CheckedAction>,
    pub(crate) rules: CheckedRules,
    /// How reports read the situations aloud.
    pub(crate) sayings: BTreeMap<String, String>,
    pub(crate) situations: HashMap<String, NodeId>,
    pub(crate) promises: Vec<CheckedPromise>,
}

/// Everything a policy says about its actions together.
pub(crate) struct CheckedRules {
    pub(crate) suppressions: Vec<CheckedSuppression>,
    pub(crate) boosts: Vec<CheckedBoost>,
    /// The channels on which an assumed yes counts as a grant.
    pub(crate) soft_opt_in: Vec<Channel>,
    pub(crate) quiet_hours: Vec<CheckedQuietHours>,
    pub(crate) limits: Vec<CheckedLimit>,
    pub(crate) holdouts: Vec<CheckedHoldout>,
    pub(crate) thresholds: Vec<CheckedThreshold>,
    pub(crate) placements: Vec<CheckedPlacement>,
    pub(crate) exclusives: Vec<CheckedExclusive>,
}

#[derive(Debug)]
pub(crate) struct CheckedAction {
    pub(crate) id: String,
    pub(crate) kind: String,
    pub(crate) group: Option<String>,
    pub(crate) tags: Vec<String>,
    pub(crate) purpose: Purpose,
    pub(crate) tier: i64,
    pub(crate) rank: i64,
    pub(crate) paused: bool,
    pub(crate) starts_at: Option<Timestamp>,
    pub(crate) ends_at: Option<Timestamp>,
    pub(crate) channels: Arc<[Channel]>,
    pub(crate) eligible: Vec<Clause>,
    pub(crate) applicable: Vec<Clause>,
    pub(crate) suitable: Vec<Clause>,
    pub(crate) propensity: CheckedPropensity,
    pub(crate) value: CheckedValue,
    pub(crate) treatments: Vec<CheckedTreatment>,
    pub(crate) obeys_limits: bool,
    pub(crate) counts_toward_limits: bool,
    pub(crate) obeys_quiet_hours: bool,
    pub(crate) needs_consent: bool,
    pub(crate) quota: Option<String>,
}

/// One condition of several, as written and as lowered.
#[derive(Clone, Debug)]
pub(crate) struct Clause {
    pub(crate) text: Arc<str>,
    pub(crate) node: NodeId,
    /// What the action has it from, such as `groups.setup`; itself if none.
    pub(crate) origin: Option<Arc<str>>,
}

#[derive(Clone, Debug)]
pub(crate) enum CheckedPropensity {
    /// In parts per billion.
    Fixed(u32),
    /// Read at each decision: a score of the context, or what a model answers.
    Read(TermId),
}

#[derive(Clone, Debug)]
pub(crate) enum CheckedValue {
    /// In minor units.
    Fixed(u64),
    /// Read at each decision: what a model answers.
    Read(TermId),
}

impl CheckedAction {
    /// Lists the numbers that its priority is read from.
    pub(crate) fn numbers(&self) -> impl Iterator<Item = TermId> + use<> {
        let propensity = match self.propensity {
            CheckedPropensity::Read(term) => Some(term),
            CheckedPropensity::Fixed(_) => None,
        };
        let value = match self.value {
            CheckedValue::Read(term) => Some(term),
            CheckedValue::Fixed(_) => None,
        };
        propensity.into_iter().chain(value)
    }
}

#[derive(Clone, Debug)]
pub(crate) struct CheckedTreatment {
    pub(crate) id: String,
    pub(crate) channels: Vec<Channel>,
    pub(crate) devices: Vec<FormFactor>,
    pub(crate) slots: Vec<String>,
    /// In lower case.
    pub(crate) locales: Vec<String>,
}

#[derive(Debug)]
pub(crate) struct CheckedSuppression {
    pub(crate) id: String,
    pub(crate) selector: Selector,
    pub(crate) when: NodeId,
    pub(crate) after: Option<NodeId>,
    pub(crate) allow_unknown: bool,
    /// All if empty.
    pub(crate) channels: Vec<Channel>,
    pub(crate) because: String,
    /// How reports read the situation aloud.
    pub(crate) say: String,
    pub(crate) say_after: String,
    /// The places of the actions it holds back.
    pub(crate) targets: Vec<usize>,
}

pub(crate) struct CheckedBoost {
    /// Without it, the boost is a lever.
    pub(crate) when: Option<NodeId>,
    /// In basis points.
    pub(crate) basis_points: i64,
    pub(crate) targets: Vec<usize>,
}

/// Checks a draft.
///
/// # Errors
///
/// Kind [`ErrorKind::Policy`] with everything that is wrong, each finding at
/// its place in the text.
pub(crate) fn check(draft: Draft<'_>) -> Result<Checked, Error> {
    let Draft { policy, report, source } = draft;
    let mut checker = Checker::new(&policy, report);
    let (actions, rules, promises) = checker.check();
    let Checker { schema, mut program, mut report, currency, sayings, situations, .. } = checker;
    if let Some(source) = &source {
        report.locate(source);
    }
    if report.has_errors() {
        return Err(Error::found(ErrorKind::Policy, report));
    }
    program.seal();
    let warnings = report;
    Ok(Checked {
        policy,
        warnings,
        schema,
        currency,
        program,
        actions,
        rules,
        sayings,
        situations,
        promises,
    })
}

struct Checker<'p> {
    policy: &'p Policy,
    preset: Option<Policy>,
    report: Report,
    schema: Schema,
    program: Program,
    currency: Option<Currency>,
    situations: HashMap<String, NodeId>,
    /// The conditions that were compiled without a finding, by their text: what
    /// is written again means the same.
    compiled: HashMap<Arc<str>, NodeId, ahash::RandomState>,
    /// Which truths let an action through when nobody can tell.
    opening: HashMap<NodeId, bool, ahash::RandomState>,
    /// How often rules have selected an action.
    selected: usize,
    /// How reports read the situations aloud.
    sayings: BTreeMap<String, String>,
}

impl<'p> Checker<'p> {
    fn new(policy: &'p Policy, report: Report) -> Self {
        Self {
            policy,
            preset: None,
            report,
            schema: Schema::customer(),
            program: Program::new(),
            currency: None,
            situations: HashMap::new(),
            compiled: HashMap::default(),
            opening: HashMap::default(),
            selected: 0,
            sayings: BTreeMap::new(),
        }
    }

    fn check(&mut self) -> (Vec<CheckedAction>, CheckedRules, Vec<CheckedPromise>) {
        let policy = self.policy;
        self.open_preset();
        self.check_currency();
        self.declare_attributes();
        self.declare_models();
        self.check_kinds();
        self.check_fresh();
        self.check_situations();
        self.check_placement_ids();
        let mut actions = self.check_actions(&policy.actions);
        let bearers = Bearers::new(policy, &actions);
        let mut rules = CheckedRules {
            suppressions: self.check_suppressions(&bearers),
            boosts: self.check_boosts(&actions, &bearers),
            soft_opt_in: self.check_soft_opt_in(),
            quiet_hours: self.check_quiet_hours(),
            limits: self.check_limits(&actions, &bearers),
            holdouts: self.check_holdouts(&actions, &bearers),
            thresholds: self.check_thresholds(&bearers),
            placements: self.check_placements(&bearers),
            exclusives: self.check_exclusives(&bearers),
        };
        rules.limits.extend(self.limits_of_exclusives(&actions, &bearers));
        let inherited = self.check_inherited(&bearers);
        let promises = self.check_promises(&bearers);
        self.inherit(&inherited, &mut actions);
        (actions, rules, promises)
    }

    fn error(&mut self, code: Code, path: DocPath, message: impl Into<String>) {
        self.report.push(Diagnostic::error(code, path, message));
    }

    fn error_with_help(
        &mut self,
        code: Code,
        path: DocPath,
        message: impl Into<String>,
        help: impl Into<String>,
    ) {
        self.report.push(Diagnostic::error(code, path, message).with_help(help));
    }

    fn unknown_word<'a>(
        &mut self,
        path: DocPath,
        what: &str,
        word: &str,
        known: impl IntoIterator<Item = &'a str>,
    ) {
        // An empty word is reported where it was read.
        if word.is_empty() || self.report.is_full() {
            return;
        }
        let known: Vec<&str> = known.into_iter().collect();
        let diagnostic =
            Diagnostic::error(code::UNKNOWN_WORD, path, format!("unknown {what} `{word}`"))
                .did_you_mean(word, known.iter().copied());
        let listed = diagnostic.help().is_none() && !known.is_empty() && known.len() <= 16;
        self.report.push(if listed {
            diagnostic.with_help(format!("it is one of {}", known.join(", ")))
        } else {
            diagnostic
        });
    }

    /// Compiles a condition; one that is wrong is reported and stands for false.
    fn compile(&mut self, text: &str, path: &DocPath) -> Option<Clause> {
        // The policy is wrong, and nobody would read what else is; or what is
        // wrong is a model that it reads.
        if self.report.is_full() || self.reads_broken_model(text) {
            return None;
        }
        let lacks_currency = self.currency.is_none() && condition::reads_money(text);
        if lacks_currency {
            let message = "this reads an amount of money, and the policy names no `currency`";
            self.error_with_help(
                code::MISSING_KEY,
                path.clone(),
                message,
                "write `currency = \"EUR\"`",
            );
        }
        let situations = Known(&self.situations);
        match condition::compile(text, &self.schema, &situations, &mut self.program) {
            Ok(node) => {
                let text: Arc<str> = text.into();
                // What was found is found at every place.
                if !lacks_currency {
                    self.compiled.insert(text.clone(), node);
                }
                Some(Clause { text, node, origin: None })
            }
            Err(findings) => {
                for finding in findings {
                    self.report.push(condition::diagnostic(finding, path.clone()));
                }
                None
            }
        }
    }

    /// Compiles conditions that must all hold, each one a clause.
    fn clauses(&mut self, texts: &[String], path: &DocPath, key: &'static str) -> Vec<Clause> {
        let mut clauses = Vec::with_capacity(texts.len());
        for (place, text) in texts.iter().enumerate() {
            if let Some((text, node)) = self.compiled.get_key_value(text.as_str()) {
                clauses.push(Clause { text: text.clone(), node: *node, origin: None });
                continue;
            }
            let path = self.place_of(texts, &path.key(key), place);
            clauses.extend(self.compile(text, &path));
        }
        clauses
    }

    fn all_of(&mut self, texts: &[String], path: &DocPath, key: &'static str) -> NodeId {
        let clauses = self.clauses(texts, path, key);
        self.program.all(clauses.into_iter().map(|clause| clause.node))
    }

    /// Compiles `when` and `unless`: all of the ones, none of the others.
    fn when_unless(&mut self, when: &[String], unless: &[String], path: &DocPath) -> NodeId {
        if when.is_empty() && unless.is_empty() && !self.report.has_errors() {
            let message = "a rule without a condition would always hold";
            self.error_with_help(
                code::VALUE,
                path.key("when"),
                message,
                "write `true` if it should",
            );
        }
        let when = self.all_of(when, path, "when");
        let unless = self.clauses(unless, path, "unless");
        let mut parts = vec![when];
        for clause in unless {
            parts.push(self.program.not(clause.node));
        }
        self.program.all(parts)
    }

    /// Paths a text: one that stands alone may be written without a list.
    fn place_of(&self, texts: &[String], path: &DocPath, place: usize) -> DocPath {
        if texts.len() == 1 { path.clone() } else { path.index(place) }
    }
}

/// The situations of a policy, by name.
pub(crate) struct Known<'a>(pub(crate) &'a HashMap<String, NodeId>);

impl condition::Situations for Known<'_> {
    fn find(&self, name: &str) -> Option<NodeId> {
        self.0.get(name).copied()
    }

    fn names(&self) -> Vec<&str> {
        let mut names: Vec<&str> = self.0.keys().map(String::as_str).collect();
        // The map has no order of its own, and suggestions must not depend on it.
        names.sort_unstable();
        names
    }
}
