//! The answer, as a Python object that never changes.

use std::collections::BTreeMap;
use std::sync::Arc;

use pyo3::prelude::*;
use pyo3::sync::PyOnceLock;
use pyo3::types::{PyString, PyTuple};
use tactful::decision::Verdict;
use tactful::{Decision, Outcome, Request};

use crate::context::PyContext;
use crate::engine::PyEngine;
use crate::errors::Door;
use crate::explanation::{PyExplanation, PyTimeline};
use crate::guard::guarded;
use crate::html;
use crate::input;
use crate::items::{PyRecommendation, PySuppression, PyWithheld};
use crate::output::{Dict, Each, Moment, Tuple, call, kept, to_json};

/// A decision with what it was made of, which it borrows from.
pub(crate) struct Answer(Cell);

/// What a decision is about.
struct Asked {
    engine: Py<PyEngine>,
    context: Py<PyContext>,
    request: Request,
}

self_cell::self_cell! {
    struct Cell {
        owner: Asked,
        #[covariant]
        dependent: Decision,
    }
}

impl Answer {
    pub(crate) fn new(engine: Py<PyEngine>, context: Py<PyContext>, request: Request) -> Arc<Self> {
        let cell = Cell::new(Asked { engine, context, request }, |asked| {
            asked.engine.get().core().decide_lent(&asked.context.get().core, &asked.request)
        });
        Arc::new(Self(cell))
    }

    fn asked(&self) -> &Asked {
        self.0.borrow_owner()
    }

    pub(crate) fn decision(&self) -> &Decision<'_> {
        self.0.borrow_dependent()
    }

    pub(crate) fn engine(&self) -> &PyEngine {
        self.asked().engine.get()
    }

    fn engine_object(&self, py: Python<'_>) -> Py<PyEngine> {
        self.asked().engine.clone_ref(py)
    }

    pub(crate) fn context(&self) -> &tactful::Context {
        &self.asked().context.get().core
    }

    fn context_object(&self, py: Python<'_>) -> Py<PyContext> {
        self.asked().context.clone_ref(py)
    }

    pub(crate) fn request(&self) -> &Request {
        &self.asked().request
    }
}

/// What is recommended, what became of everything else, and why.
///
/// It never changes, and any number of threads may read it. Its length and its
/// items are those of the recommendations.
#[pyclass(frozen, module = "tactful", name = "Decision")]
pub(crate) struct PyDecision {
    answer: Arc<Answer>,
    recommendations: PyOnceLock<Py<PyTuple>>,
    withheld: PyOnceLock<Py<PyTuple>>,
}

impl PyDecision {
    pub(crate) fn new(answer: Arc<Answer>) -> Self {
        let (recommendations, withheld) = (PyOnceLock::new(), PyOnceLock::new());
        Self { answer, recommendations, withheld }
    }

    fn decision(&self) -> &Decision<'_> {
        self.answer.decision()
    }

    fn account(&self, place: usize) -> PyWithheld {
        PyWithheld { answer: self.answer.clone(), place }
    }
}

#[pymethods]
impl PyDecision {
    /// What is recommended, best first.
    #[getter]
    fn recommendations(&self, py: Python<'_>) -> PyResult<Tuple<PyRecommendation>> {
        let count = self.decision().recommendations().len();
        let answer = || self.answer.clone();
        kept(py, &self.recommendations, || {
            Tuple::new(py, (0..count).map(|place| PyRecommendation { answer: answer(), place }))
        })
    }

    /// The best recommendation, if there is any.
    #[getter]
    fn top(&self) -> Option<PyRecommendation> {
        let some = self.decision().recommendations().len() > 0;
        some.then(|| PyRecommendation { answer: self.answer.clone(), place: 0 })
    }

    /// Every action that is not recommended, with its verdict and reasons.
    ///
    /// Empty if only the ranking was asked for.
    #[getter]
    fn withheld(&self, py: Python<'_>) -> PyResult<Tuple<PyWithheld>> {
        let count = self.decision().withheld().len();
        kept(py, &self.withheld, || Tuple::new(py, (0..count).map(|place| self.account(place))))
    }

    /// The actions that a suppression holds back, and nothing before it.
    #[getter]
    fn suppressed(&self, py: Python<'_>) -> PyResult<Tuple<PyWithheld>> {
        let all = self.decision().withheld().enumerate();
        let suppressed = all.filter(|(_, account)| account.verdict() == Verdict::Suppressed);
        Tuple::new(py, suppressed.map(|(place, _)| self.account(place)).collect::<Vec<_>>())
    }

    /// The suppressions that are in force, whatever they hold back.
    #[getter]
    fn suppressions(&self, py: Python<'_>) -> PyResult<Tuple<PySuppression>> {
        let count = self.decision().suppressions().len();
        let answer = || self.answer.clone();
        Tuple::new(py, (0..count).map(|place| PySuppression { answer: answer(), place }))
    }

    /// Finds what became of an action that is not recommended.
    fn account_of(&self, action: &Bound<'_, PyString>) -> Option<PyWithheld> {
        let action = action.to_str().ok()?;
        let place = self.decision().withheld().position(|account| account.action() == action);
        place.map(|place| self.account(place))
    }

    /// The name of the policy.
    #[getter]
    fn policy(&self) -> &str {
        self.answer.engine().core().name()
    }

    /// The moment the decision is about.
    #[getter]
    fn now(&self) -> Moment {
        Moment(self.decision().now())
    }

    /// The channels the decision is about, in the order they were tried.
    #[getter]
    fn channels(&self, py: Python<'_>) -> PyResult<Tuple<&'static str>> {
        Tuple::new(py, self.decision().channels().iter().map(|channel| channel.as_str()))
    }

    /// How long the recommendations stand; `None` if time alone changes nothing.
    #[getter]
    fn valid_until(&self) -> Option<Moment> {
        self.decision().valid_until().map(Moment)
    }

    /// The id that the request gave the decision.
    #[getter]
    fn decision_id(&self) -> Option<&str> {
        self.decision().decision_id()
    }

    /// What was known about the customer.
    #[getter]
    fn context(&self, py: Python<'_>) -> Py<PyContext> {
        self.answer.context_object(py)
    }

    /// What was asked, as a dict.
    #[getter]
    fn request(&self) -> Dict {
        Dict::of(self.answer.request())
    }

    /// How the customer is assigned to each holdout: `holdout`, `bucket`, `held_out`.
    #[getter]
    fn holdouts(&self, py: Python<'_>) -> PyResult<Tuple<Dict>> {
        let assigned = self.decision().holdouts().map(|assigned| Dict::of(&assigned));
        Tuple::new(py, assigned)
    }

    /// The actions that are held out and would have been recommended, best first.
    #[getter]
    fn ghosts<'d>(&'d self, py: Python<'_>) -> PyResult<Tuple<&'d str>> {
        Tuple::new(py, self.decision().ghosts())
    }

    /// What the recommendations take of each quota, by name.
    #[getter]
    fn reservations(&self) -> BTreeMap<String, u64> {
        self.decision().reservations().map(|(quota, count)| (quota.to_owned(), count)).collect()
    }

    /// The actions that the request names and the policy does not have.
    ///
    /// A decision passes over them: look here for a slip of the pen.
    #[getter]
    fn unknown_actions(&self, py: Python<'_>) -> PyResult<Tuple<String>> {
        let unknown = self.answer.engine().core().unknown_actions(self.answer.request());
        Tuple::new(py, unknown.into_iter().map(str::to_owned))
    }

    /// Explains why an action is recommended, or why not; print it.
    ///
    /// Raises `UnknownActionError` if the policy has no action of this id.
    fn explain(&self, action: &Bound<'_, PyString>) -> PyResult<PyExplanation> {
        guarded(|| PyExplanation::new(&self.answer, input::action(action)?))
    }

    /// Lists what becomes of an action if nothing but time changes.
    ///
    /// Raises `UnknownActionError` if the policy has no action of this id.
    fn timeline(&self, action: &Bound<'_, PyString>) -> PyResult<PyTimeline> {
        guarded(|| PyTimeline::new(&self.answer, input::action(action)?))
    }

    /// Describes what came of an action, as an event for `Context.apply`.
    ///
    /// `outcome` is a word such as `impression`, `click` or `accept`; `at` is
    /// an aware datetime or Unix milliseconds. Raises `EventError` for others,
    /// `UnknownActionError` if the policy has no action of this id.
    #[pyo3(signature = (action: "str", outcome: "str", *, at: "Moment") -> "dict[str, Any]")]
    fn outcome(
        &self,
        action: &Bound<'_, PyString>,
        outcome: &Bound<'_, PyString>,
        at: &Bound<'_, PyAny>,
    ) -> PyResult<Dict> {
        guarded(|| {
            let (action, outcome) = (input::action(action)?, outcome.to_string_lossy());
            let word = outcome.parse::<Outcome>().map_err(|_| {
                let words = Outcome::ALL.iter().map(|word| word.as_str());
                let words = words.collect::<Vec<_>>().join(", ");
                let message = format!("unknown outcome `{outcome}`: expected one of {words}");
                Door::Event.wrong("outcome", &message)
            })?;
            let at = input::moment(Door::Event, "at", at)?;
            let interaction = self.decision().outcome(action, word, at);
            let interaction = interaction.map_err(|error| Door::Event.raise(&error))?;
            let mut event = tactful::context::Event::new(at).interaction(interaction);
            event.user_id.clone_from(&self.answer.context().user_id);
            Ok(Dict(event.to_json()))
        })
    }

    /// Writes the record that a log keeps, as JSON that `Engine.replay` reads.
    ///
    /// Facts about the customer come in only with `facts=True`: they are
    /// personal data.
    #[pyo3(signature = (*, facts = false))]
    fn record(&self, facts: bool) -> PyResult<String> {
        guarded(|| {
            let (context, request) = (self.answer.context(), self.answer.request());
            let record = match facts {
                true => self.decision().to_record_with_facts(context, request),
                false => self.decision().to_record(context, request),
            };
            Ok(record.to_json())
        })
    }

    /// Returns the decision as a dict, as `to_json` writes it.
    fn to_dict(&self) -> PyResult<Dict> {
        guarded(|| Ok(Dict(self.decision().to_json())))
    }

    /// Writes the decision as JSON, the same bytes as in every other language.
    fn to_json(&self) -> PyResult<String> {
        guarded(|| Ok(self.decision().to_json()))
    }

    fn __len__(&self) -> usize {
        self.decision().recommendations().len()
    }

    fn __bool__(&self) -> bool {
        self.__len__() > 0
    }

    fn __iter__(&self, py: Python<'_>) -> PyResult<Each<PyRecommendation>> {
        Each::of(py, self.recommendations(py)?)
    }

    fn __eq__(&self, other: &Self) -> PyResult<bool> {
        guarded(|| Ok(self.decision().to_json() == other.decision().to_json()))
    }

    fn __hash__(&self) -> PyResult<u64> {
        guarded(|| Ok(crate::hash::of(&self.decision().to_json())))
    }

    fn __repr__(&self) -> PyResult<String> {
        guarded(|| {
            let decision = self.decision();
            let placed: Vec<&str> =
                decision.recommendations().map(|placed| placed.action()).collect();
            let placed = if placed.is_empty() { "nothing".to_owned() } else { placed.join(", ") };
            let (now, withheld) = (decision.now(), decision.withheld().len());
            Ok(format!("<Decision at {now}: {placed}; {withheld} withheld>"))
        })
    }

    fn _repr_html_(&self) -> PyResult<String> {
        guarded(|| Ok(html::page(&self.answer)))
    }

    fn __reduce__<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyTuple>> {
        guarded(|| {
            let engine = self.answer.engine_object(py);
            let context = self.answer.context_object(py);
            let request = to_json(self.answer.request());
            call(py, "_decision", (engine, context, request).into_pyobject(py)?)
        })
    }
}
