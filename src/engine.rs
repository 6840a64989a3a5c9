//! The front door: a compiled policy that decides.

use crate::check::check;
use crate::context::{Context, Retention};
use crate::decide::{
    Bound, Scratch, answer, answer_lent, decide, decide_bound, decide_with, retention,
};
use crate::decision::{Decision, Request};
use crate::diagnostic::Diagnostic;
use crate::error::{Error, ErrorKind};
use crate::explain::{Explanation, Missing, Timeline, describe, explain, missing, timeline};
use crate::plan::Plan;
use crate::policy::{Draft, Policy};
use crate::prove::{
    Analysis, Budget, Difference, Proof, Question, analyse, check_promises, diff, prove,
};
use crate::time::Timestamp;

/// A compiled policy; immutable, and shared by any number of threads.
#[derive(Debug)]
pub struct Engine {
    plan: Plan,
}

impl Engine {
    /// Builds an engine from a policy.
    ///
    /// # Errors
    ///
    /// Kind [`Policy`](crate::ErrorKind::Policy) with a diagnostic for
    /// everything that is wrong with the policy, all at once; and, if nothing
    /// is, for every promise that does not hold, with a customer for whom it
    /// does not.
    pub fn new(policy: Policy) -> Result<Self, Error> {
        Self::build(Draft::of_policy(policy))
    }

    /// Builds an engine from a policy in TOML.
    ///
    /// # Errors
    ///
    /// As [`new`](Self::new), and each diagnostic shows its line.
    #[cfg(feature = "toml")]
    pub fn from_toml(text: &str) -> Result<Self, Error> {
        Self::build(Draft::from_toml(text)?)
    }

    /// Builds an engine from a policy in JSON.
    ///
    /// # Errors
    ///
    /// As [`from_toml`](Self::from_toml).
    #[cfg(feature = "json")]
    pub fn from_json(text: &str) -> Result<Self, Error> {
        Self::build(Draft::from_json(text)?)
    }

    /// Builds an engine from a policy without proving what it promises.
    ///
    /// For tools that look at a policy whose promises do not hold: they ask for
    /// [`proofs`](Self::proofs). Do not decide about customers with it.
    ///
    /// # Errors
    ///
    /// As [`new`](Self::new), but for broken promises.
    pub fn unproved(policy: Policy) -> Result<Self, Error> {
        Ok(Self { plan: Plan::new(check(Draft::of_policy(policy))?) })
    }

    fn build(draft: Draft<'_>) -> Result<Self, Error> {
        let source = draft.source;
        let engine = Self { plan: Plan::new(check(draft)?) };
        let found = check_promises(&engine.plan);
        if found.is_empty() {
            return Ok(engine);
        }
        let mut report = engine.plan.warnings;
        report.extend(found);
        if let Some(source) = &source {
            report.locate(source);
        }
        Err(Error::found(ErrorKind::Policy, report))
    }

    /// Asks whether conditions can be true, false or unknown at once, as this
    /// policy reads them: with its situations, attributes and age limits.
    ///
    /// # Examples
    ///
    /// ```
    /// use tactful::Engine;
    /// use tactful::condition::Truth;
    /// use tactful::prove::Answer;
    ///
    /// let engine = Engine::from_toml(include_str!("../examples/policies/call_desk.toml"))?;
    /// let unknown = engine.question().is("billing_dispute_open", Truth::Unknown)?;
    /// assert!(matches!(unknown.answer(), Answer::Possible(_)));
    /// # Ok::<(), tactful::Error>(())
    /// ```
    #[must_use]
    pub fn question(&self) -> Question<'_> {
        Question::of_plan(&self.plan)
    }

    /// Proves what the policy promises, each promise by itself.
    ///
    /// An engine that was built has proved its promises already; this is for
    /// tools that show them, and for [`unproved`](Self::unproved) policies.
    #[must_use]
    pub fn proofs(&self, budget: Budget) -> Vec<Proof> {
        let promises = self.plan.promises.iter();
        let proof = promises.map(|promise| Proof {
            promise: promise.id.clone(),
            verdict: prove(&self.plan, promise, &budget.conflicts.into()),
        });
        proof.collect()
    }

    /// Looks for what is questionable about the policy as a whole: conditions
    /// that can never hold, actions that nobody can get, suppressions that decide
    /// nothing, and what each promise rests on.
    ///
    /// Every finding is proved. It takes longer than loading, and is for tools
    /// and for tests of policies.
    #[must_use]
    pub fn analyse(&self, budget: Budget) -> Analysis {
        analyse(&self.plan, budget.conflicts)
    }

    /// Compares what this policy lets through with what a changed one does: by
    /// kind of action and situation, each proved, with a customer who shows it.
    ///
    /// For whoever has to agree to a change. Situations are compared by name.
    ///
    /// # Examples
    ///
    /// ```
    /// use tactful::Engine;
    /// use tactful::prove::Budget;
    ///
    /// let before = include_str!("../examples/policies/promises.toml");
    /// let (before, _) = before.split_once("[[promises]]").unwrap_or((before, ""));
    /// let after = before.replace("kinds   = [\"upsell\"]", "kinds   = [\"information\"]");
    /// let change = Engine::from_toml(before)?.diff(&Engine::from_toml(&after)?, Budget::default());
    /// let sold = change.newly_possible.first().unwrap();
    /// assert_eq!((sold.kind.as_str(), sold.situation.as_deref()), ("upsell", Some("dispute_open")));
    /// # Ok::<(), tactful::Error>(())
    /// ```
    #[must_use]
    pub fn diff(&self, after: &Self, budget: Budget) -> Difference {
        diff(&self.plan, &after.plan, budget.conflicts)
    }

    /// Decides what to recommend to a customer; never fails.
    ///
    /// A pure function: the same policy, context and request give the same
    /// decision, on every machine and at any time.
    ///
    /// The recommendations are there at once. Everything else is found out when
    /// it is asked for the first time, from a copy of the context that the
    /// decision keeps; copies share their lists. That is what became of the other
    /// actions, and why, the suppressions in force and `valid_until`.
    #[must_use]
    pub fn decide(&self, context: &Context, request: &Request) -> Decision<'_> {
        Decision::new(&self.plan, answer(&self.plan, context, request))
    }

    /// Decides about a context that is kept at least as long as the decision.
    ///
    /// The decision is that of [`decide`](Self::decide), without a copy of the
    /// context and the request.
    #[must_use]
    pub fn decide_lent<'d>(&'d self, context: &'d Context, request: &'d Request) -> Decision<'d> {
        Decision::new(&self.plan, answer_lent(&self.plan, context, request))
    }

    /// Decides, and finds out at once what became of every action, and why.
    ///
    /// The decision is that of [`decide`](Self::decide). For those who read all
    /// of it, or write it as JSON: nothing is looked at twice, and no copy of the
    /// context is kept.
    #[must_use]
    pub fn decide_fully(&self, context: &Context, request: &Request) -> Decision<'_> {
        Decision::new(&self.plan, decide(&self.plan, context, request))
    }

    /// Decides in memory that is used again, for those who decide often.
    ///
    /// The decision is that of [`decide`](Self::decide), without a copy of the
    /// context and the request.
    ///
    /// # Examples
    ///
    /// ```
    /// use tactful::{Channel, Context, Engine, Request, Scratch, Timestamp};
    ///
    /// # #[cfg(feature = "toml")] {
    /// let engine = Engine::from_toml(
    ///     "policy = 'help'
    ///     [[actions]]
    ///     id = 'setup-guide'
    ///     kind = 'guidance'
    ///     channels = ['web']",
    /// )?;
    /// let now: Timestamp = "2026-03-10T15:00:30Z".parse()?;
    /// let request = Request::new(now, Channel::Web).ranked_only();
    /// let mut scratch = Scratch::new();
    /// for context in [Context::new(), Context::new()] {
    ///     let decision = engine.decide_with(&mut scratch, &context, &request);
    ///     assert_eq!(decision.recommendations().len(), 1);
    /// }
    /// # }
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn decide_with<'d>(
        &'d self,
        scratch: &'d mut Scratch,
        context: &'d Context,
        request: &'d Request,
    ) -> Decision<'d> {
        Decision::new(&self.plan, decide_with(&self.plan, scratch, context, request))
    }

    /// Decides about a context that is kept between requests.
    ///
    /// As [`decide_with`](Self::decide_with), and what conditions and rules come
    /// to is remembered for as long as it holds.
    pub fn decide_bound<'d>(
        &'d self,
        scratch: &'d mut Scratch,
        bound: &'d mut Bound,
        request: &'d Request,
    ) -> Decision<'d> {
        Decision::new(&self.plan, decide_bound(&self.plan, scratch, bound, request))
    }

    /// Decides for many, one after the other, in the same memory.
    pub fn decide_many<'a>(
        &self,
        asks: impl IntoIterator<Item = (&'a Context, &'a Request)>,
        mut take: impl FnMut(Decision<'_>),
    ) {
        let mut scratch = Scratch::new();
        for (context, request) in asks {
            take(self.decide_with(&mut scratch, context, request));
        }
    }

    /// Explains why an action is recommended to a customer, or why not.
    ///
    /// # Errors
    ///
    /// Kind [`UnknownAction`](crate::ErrorKind::UnknownAction) if the policy
    /// has no action of this id.
    pub fn explain(
        &self,
        context: &Context,
        request: &Request,
        action: &str,
    ) -> Result<Explanation, Error> {
        explain(&self.plan, context, request, action)
    }

    /// Lists what becomes of an action if nothing but time changes.
    ///
    /// Every part is taken to be delivered again and again, unchanged.
    ///
    /// # Errors
    ///
    /// Kind [`UnknownAction`](crate::ErrorKind::UnknownAction) if the policy
    /// has no action of this id.
    pub fn timeline(
        &self,
        context: &Context,
        request: &Request,
        action: &str,
    ) -> Result<Timeline, Error> {
        timeline(&self.plan, context, request, action)
    }

    /// Decides again what was recorded, and says what differs.
    ///
    /// The request is that of the record; policy and context may be others
    /// than they were.
    ///
    /// # Errors
    ///
    /// Kind [`Record`](crate::ErrorKind::Record) if the record is of another
    /// format, or mentions something twice.
    #[cfg(feature = "json")]
    pub fn replay(
        &self,
        record: &crate::decision::Record,
        context: &Context,
    ) -> Result<crate::explain::Replay, Error> {
        crate::explain::replay(&self.plan, record, context)
    }

    /// Reads the policy back in English: what is offered, held back and lifted.
    #[must_use]
    pub fn describe(&self) -> String {
        describe(&self.plan)
    }

    /// Lists the facts that the policy reads, by path.
    ///
    /// Consent is read for every marketing action, and the form factor where
    /// a treatment asks for it, though no condition names them.
    #[must_use]
    pub fn reads(&self) -> Vec<&str> {
        self.plan.reads()
    }

    /// Lists what the policy reads and a context does not say at `now`: parts
    /// that were never delivered or are too old, and lists known in part.
    ///
    /// For whoever feeds contexts: each entry names the facts that wait for it.
    #[must_use]
    pub fn missing(&self, context: &Context, now: Timestamp) -> Vec<Missing> {
        missing(&self.plan, context, now)
    }

    /// Lists the actions that a request names and the policy does not have.
    ///
    /// A decision passes over them without a word: it cannot fail. Whoever
    /// switches actions off by request will want to know of a slip of the pen.
    #[must_use]
    pub fn unknown_actions<'r>(&self, request: &'r Request) -> Vec<&'r str> {
        let forced = request.force.iter().map(|force| &force.action);
        let named = request.excluded.iter().chain(&request.out_of_stock);
        let named = named.chain(&request.already_shown).chain(forced).map(String::as_str);
        named.filter(|id| self.plan.find(id).is_none()).collect()
    }

    /// Returns how long the history must be kept for the limits of the policy.
    ///
    /// Conditions that read `history.interactions` may look back further.
    #[must_use]
    pub fn retention(&self) -> Retention {
        retention(&self.plan)
    }

    /// Cuts a history down to the interactions that the limits of the policy
    /// may look at from `now` on.
    ///
    /// Limits give the same answers as with the whole history, now and later,
    /// also once more interactions are added. For conditions it is a part of
    /// the history, and for other limits than those it was made for. A history
    /// that is not complete is returned as it is.
    #[cfg(feature = "json")]
    #[must_use]
    pub fn summarize(
        &self,
        history: &crate::context::History,
        now: Timestamp,
    ) -> crate::context::History {
        crate::decide::summarize(&self.plan, history, now)
    }

    /// Returns the name of the policy.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.plan.policy.policy
    }

    /// Returns how many actions the policy has.
    #[must_use]
    pub fn action_count(&self) -> usize {
        self.plan.actions().len()
    }

    /// Returns the policy as it was written.
    ///
    /// It is written again when this is called first, and kept from then on:
    /// [`name`](Self::name) alone takes no memory.
    #[must_use]
    pub fn policy(&self) -> &Policy {
        self.plan.written()
    }

    /// Returns the fingerprint of the policy, which every decision carries.
    ///
    /// It is found out when it is needed first, which takes about as long as
    /// loading did: whoever minds calls this after loading.
    #[cfg(feature = "json")]
    #[must_use]
    pub fn fingerprint(&self) -> crate::hash::Fingerprint {
        self.plan.fingerprint()
    }

    /// Returns what is questionable about the policy, though not wrong.
    #[must_use]
    pub fn warnings(&self) -> &[Diagnostic] {
        self.plan.warnings.diagnostics()
    }
}
