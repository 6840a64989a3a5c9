//! From a document to a checked policy, or every diagnostic at once.

mod actions;
mod analytics;
mod bearers;
mod conditions;
mod contact;
mod ids;
mod inherit;
mod labels;
mod limits;
mod numbers;
mod promises;
mod rules;
mod selection;
mod situations;
mod slices;
mod words;

pub(crate) use conditions::{Asked, Clause, ConditionList, Conditions, Step};
pub(crate) use contact::CheckedQuietHours;
pub(crate) use ids::Ids;
pub(crate) use labels::{Group, Labels};
pub(crate) use limits::{CheckedLimit, LimitRule, Per, SelectedLimit, WhoseZone, Window};
pub(crate) use numbers::{CERTAIN, MAX_FACTOR, MAX_VALUE, ONE, PROPENSITY_DECIMALS};
pub(crate) use promises::{CheckedPromise, Claim, Measure};
pub(crate) use selection::{
    CheckedExclusive, CheckedHoldout, CheckedPlacement, CheckedThreshold, ExclusiveRule,
    FACTOR_DECIMALS,
};
pub(crate) use slices::Slices;

use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, Mutex, PoisonError, Weak};

use crate::condition::{self, NodeId, Program, TermId};
use crate::diagnostic::{Code, Diagnostic, DocPath, Report};
use crate::error::{Error, ErrorKind};
use crate::policy::{Action, Draft, Policy, Selector, code};
use crate::schema::Schema;
use crate::time::Timestamp;
use crate::vocabulary::{Channel, Currency, FormFactor};

use bearers::Bearers;
use conditions::ClauseId;
use labels::Labelled;

/// A policy whose every name is resolved and every number exact.
pub(crate) struct Checked {
    pub(crate) policy: Policy,
    pub(crate) warnings: Report,
    pub(crate) schema: Arc<Schema>,
    pub(crate) currency: Option<Currency>,
    pub(crate) program: Program,
    pub(crate) actions: Vec<CheckedAction>,
    pub(crate) conditions: Conditions,
    /// The labels that actions have, each once.
    pub(crate) labels: Vec<Arc<Labels>>,
    pub(crate) ids: Ids,
    pub(crate) rules: CheckedRules,
    /// How reports read the situations aloud.
    pub(crate) sayings: BTreeMap<String, String>,
    pub(crate) situations: HashMap<String, NodeId>,
    pub(crate) promises: Vec<CheckedPromise>,
}

/// Everything a policy says about its actions together.
pub(crate) struct CheckedRules {
    pub(crate) suppressions: Vec<Selected<CheckedSuppression>>,
    pub(crate) boosts: Vec<Selected<CheckedBoost>>,
    /// The channels on which an assumed yes counts as a grant.
    pub(crate) soft_opt_in: Vec<Channel>,
    pub(crate) quiet_hours: Vec<CheckedQuietHours>,
    pub(crate) limits: Vec<SelectedLimit>,
    pub(crate) holdouts: Vec<Selected<CheckedHoldout>>,
    pub(crate) thresholds: Vec<Selected<CheckedThreshold>>,
    pub(crate) placements: Vec<CheckedPlacement>,
    pub(crate) exclusives: Vec<Selected<CheckedExclusive>>,
}

/// A rule, and the places of the actions that it is about, in their order.
pub(crate) struct Selected<T> {
    pub(crate) rule: T,
    pub(crate) targets: Vec<u32>,
}

/// An action; its id and its rank are those of the policy.
pub(crate) struct CheckedAction {
    /// What it has in common with what is labelled alike.
    pub(crate) labels: Arc<Labels>,
    pub(crate) group: Option<Arc<Group>>,
    pub(crate) conditions: ConditionList,
    pub(crate) propensity: CheckedPropensity,
    pub(crate) value: CheckedValue,
    pub(crate) rare: Option<Box<Rare>>,
}

/// What few actions say.
#[derive(Debug)]
pub(crate) struct Rare {
    pub(crate) starts_at: Option<Timestamp>,
    pub(crate) ends_at: Option<Timestamp>,
    pub(crate) treatments: Box<[CheckedTreatment]>,
    /// The rank, where 32 bits are not enough for it.
    pub(crate) rank: Option<i64>,
}

impl Rare {
    fn new(
        starts_at: Option<Timestamp>,
        ends_at: Option<Timestamp>,
        treatments: Vec<CheckedTreatment>,
        rank: i64,
    ) -> Option<Box<Self>> {
        let rank = i32::try_from(rank).is_err().then_some(rank);
        let is_rare = starts_at.is_some() || ends_at.is_some() || rank.is_some();
        (is_rare || !treatments.is_empty())
            .then(|| Box::new(Self { starts_at, ends_at, treatments: treatments.into(), rank }))
    }
}

#[derive(Clone, Copy, Debug)]
pub(crate) enum CheckedPropensity {
    /// In parts per billion.
    Fixed(u32),
    /// Read at each decision: a score of the context, or what a model answers.
    Read(TermId),
}

#[derive(Clone, Copy, Debug)]
pub(crate) enum CheckedValue {
    /// In minor units.
    Fixed(u64),
    /// Read at each decision: what a model answers.
    Read(TermId),
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
}

/// A percentage on actions.
#[derive(Clone, Copy)]
pub(crate) struct CheckedBoost {
    /// Without it, the boost is a lever.
    pub(crate) when: Option<NodeId>,
    /// In basis points.
    pub(crate) basis_points: i64,
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
    let Checker { schema, mut program, mut report, currency, .. } = checker;
    let Checker { sayings, situations, mut conditions, labelled, ids, .. } = checker;
    if let Some(source) = &source {
        report.locate(source);
    }
    if report.has_errors() {
        return Err(Error::found(ErrorKind::Policy, report));
    }
    program.seal();
    conditions.shrink();
    let labels = labelled.all;
    let warnings = report;
    Ok(Checked {
        policy,
        warnings,
        schema,
        currency,
        program,
        actions,
        conditions,
        labels,
        ids,
        rules,
        sayings,
        situations,
        promises,
    })
}

/// What may be read of customers, for as long as some engine has it: most
/// policies change nothing of it.
static CUSTOMERS: Mutex<Weak<Schema>> = Mutex::new(Weak::new());

/// Returns what may be read of customers: what another engine has, if one does.
fn customers() -> Arc<Schema> {
    let kept = || CUSTOMERS.lock().unwrap_or_else(PoisonError::into_inner);
    let known = kept().upgrade();
    known.unwrap_or_else(|| {
        let made = Arc::new(Schema::customer());
        *kept() = Arc::downgrade(&made);
        made
    })
}

struct Checker<'p> {
    policy: &'p Policy,
    preset: Option<Policy>,
    report: Report,
    /// Shared until a policy declares something of its own.
    schema: Arc<Schema>,
    program: Program,
    currency: Option<Currency>,
    situations: HashMap<String, NodeId>,
    /// The conditions that were compiled without a finding, by their text: what
    /// is written again means the same.
    compiled: HashMap<Arc<str>, Compiled, ahash::RandomState>,
    /// The conditions of actions.
    conditions: Conditions,
    /// Which of their clauses let an action through when nobody can tell.
    opening: Vec<bool>,
    labelled: Labelled<'p>,
    ids: Ids,
    /// How often rules have selected an action.
    selected: usize,
    /// How reports read the situations aloud.
    sayings: BTreeMap<String, String>,
}

/// A condition that was compiled, and its clause if an action asks for it.
#[derive(Clone, Copy)]
struct Compiled {
    node: NodeId,
    clause: Option<ClauseId>,
}

impl<'p> Checker<'p> {
    fn new(policy: &'p Policy, report: Report) -> Self {
        Self {
            policy,
            preset: None,
            report,
            schema: customers(),
            program: Program::new(),
            currency: None,
            situations: HashMap::new(),
            compiled: HashMap::default(),
            conditions: Conditions::with_capacity(written_conditions(policy)),
            opening: Vec::new(),
            labelled: Labelled::default(),
            ids: Ids::default(),
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
        let mut actions = self.check_actions();
        let (labelled, ids) = (std::mem::take(&mut self.labelled), std::mem::take(&mut self.ids));
        let bearers = Bearers::new(policy, &actions, &labelled, &ids);
        let mut rules = CheckedRules {
            suppressions: self.check_suppressions(&bearers),
            boosts: self.check_boosts(&bearers),
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
        (self.labelled, self.ids) = (labelled, ids);
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

    /// Counts what was found so far.
    fn found(&self) -> usize {
        self.report.diagnostics().len() + self.report.omitted()
    }

    /// Compiles a condition; one that is wrong is reported and stands for false.
    fn compile(&mut self, text: &str, path: &DocPath) -> Option<NodeId> {
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
                // What was found is found at every place.
                if !lacks_currency {
                    self.compiled.insert(text.into(), Compiled { node, clause: None });
                }
                Some(node)
            }
            Err(findings) => {
                for finding in findings {
                    self.report.push(condition::diagnostic(finding, path.clone()));
                }
                None
            }
        }
    }

    /// Compiles one condition of several.
    fn node_of(
        &mut self,
        texts: &[String],
        place: usize,
        path: impl FnOnce() -> DocPath,
    ) -> Option<NodeId> {
        let text = texts.get(place)?;
        if let Some(known) = self.compiled.get(text.as_str()) {
            return Some(known.node);
        }
        let path = self.place_of(texts, &path(), place);
        self.compile(text, &path)
    }

    /// Compiles one condition of several that an action asks for.
    fn clause_of(
        &mut self,
        texts: &[String],
        place: usize,
        path: impl FnOnce() -> DocPath,
    ) -> Option<ClauseId> {
        let text = texts.get(place)?.as_str();
        let known = self.compiled.get(text);
        if let Some(Compiled { clause: Some(clause), .. }) = known {
            return Some(*clause);
        }
        let node = self.node_of(texts, place, path)?;
        let clause = self.add_clause(text, node, None);
        if let Some(compiled) = self.compiled.get_mut(text) {
            compiled.clause = Some(clause);
        }
        Some(clause)
    }

    /// Adds a clause to those that actions may ask for.
    fn add_clause(&mut self, text: &str, node: NodeId, origin: Option<Arc<str>>) -> ClauseId {
        let shared = self.compiled.get_key_value(text).map(|(shared, _)| shared.clone());
        let text = shared.unwrap_or_else(|| text.into());
        self.opening.push(condition::fails_open(&self.program, node, true));
        self.conditions.add(Clause { text, node, origin })
    }

    /// Compiles conditions that must all hold.
    fn nodes(&mut self, texts: &[String], path: &DocPath, key: &'static str) -> Vec<NodeId> {
        let places = 0..texts.len();
        places.filter_map(|place| self.node_of(texts, place, || path.key(key))).collect()
    }

    fn all_of(&mut self, texts: &[String], path: &DocPath, key: &'static str) -> NodeId {
        let nodes = self.nodes(texts, path, key);
        self.program.all(nodes)
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
        let unless = self.nodes(unless, path, "unless");
        let mut parts = vec![when];
        for node in unless {
            parts.push(self.program.not(node));
        }
        self.program.all(parts)
    }

    /// Paths a text: one that stands alone may be written without a list.
    fn place_of(&self, texts: &[String], path: &DocPath, place: usize) -> DocPath {
        if texts.len() == 1 { path.clone() } else { path.index(place) }
    }
}

/// Counts the conditions that actions write.
fn written_conditions(policy: &Policy) -> usize {
    let of_action =
        |action: &Action| action.eligible.len() + action.applicable.len() + action.suitable.len();
    policy.actions.iter().map(of_action).sum()
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
