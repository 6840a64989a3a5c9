//! The slow, complete accounts: explanations, timelines, replays, what is missing.

use std::sync::Arc;

use pyo3::prelude::*;
use pyo3::types::PyTuple;
use tactful::Explanation;
use tactful::explain::{Missing, Replay, Step, Timeline};

use crate::decision::{Answer, PyDecision};
use crate::errors::Door;
use crate::guard::guarded;
use crate::hash;
use crate::output::{Dict, Exact, Moment, Tuple, method_call, to_json};

/// Why an action is recommended, or why not. Print it to read it.
#[pyclass(frozen, module = "tactful", name = "Explanation")]
pub(crate) struct PyExplanation {
    told: Explanation,
    answer: Arc<Answer>,
}

impl PyExplanation {
    pub(crate) fn new(answer: &Arc<Answer>, action: &str) -> PyResult<Self> {
        let engine = answer.engine().core();
        let told = engine.explain(answer.context(), answer.request(), action);
        let told = told.map_err(|error| Door::Request.raise(&error))?;
        Ok(Self { told, answer: answer.clone() })
    }
}

#[pymethods]
impl PyExplanation {
    /// The id of the action.
    #[getter]
    fn action(&self) -> &str {
        &self.told.action
    }

    /// What became of it, such as `recommended` or `suppressed`.
    #[getter]
    fn verdict(&self) -> &'static str {
        self.told.verdict.as_str()
    }

    /// The channel it goes on; if it goes on none, the first that was tried.
    #[getter]
    fn channel(&self) -> &'static str {
        self.told.channel.as_str()
    }

    /// The slot it takes, if it is recommended into one.
    #[getter]
    fn slot(&self) -> Option<&str> {
        self.told.slot.as_deref()
    }

    /// The place among all admissible actions it has, or would have.
    #[getter]
    fn rank(&self) -> Option<usize> {
        self.told.rank
    }

    /// Its priority; `None` if a score is missing.
    #[getter]
    fn priority(&self) -> Option<Exact> {
        self.told.priority.map(Exact)
    }

    /// Why it is not recommended, a sentence for each reason.
    #[getter]
    fn why(&self, py: Python<'_>) -> PyResult<Tuple<String>> {
        Tuple::new(py, self.told.why.to_vec())
    }

    /// When everything that holds it back is clear.
    #[getter]
    fn until(&self) -> Option<Moment> {
        self.told.until.map(Moment)
    }

    /// What would have to be otherwise, a sentence for each change.
    #[getter]
    fn nearest_change(&self, py: Python<'_>) -> PyResult<Tuple<String>> {
        let changes = self.told.nearest_change.iter().flat_map(|nearest| &nearest.changes);
        Tuple::new(py, changes.map(|change| change.text.clone()).collect::<Vec<_>>())
    }

    /// Returns all of it as a dict, with the stages and their facts.
    fn to_dict(&self) -> PyResult<Dict> {
        guarded(|| Ok(Dict::of(&self.told)))
    }

    /// Writes all of it as JSON.
    fn to_json(&self) -> PyResult<String> {
        guarded(|| Ok(to_json(&self.told)))
    }

    fn __str__(&self) -> PyResult<String> {
        guarded(|| Ok(self.told.to_string()))
    }

    fn __repr__(&self) -> String {
        format!("<Explanation of {}: {}>", self.told.action, self.told.verdict)
    }

    fn __eq__(&self, other: &Self) -> PyResult<bool> {
        Ok(self.to_json()? == other.to_json()?)
    }

    fn __hash__(&self) -> PyResult<u64> {
        Ok(hash::of(&self.to_json()?))
    }

    fn __reduce__<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyTuple>> {
        anew(py, &self.answer, "explain", &self.told.action)
    }
}

/// What becomes of an action if nothing but time changes. Print it to read it.
#[pyclass(frozen, module = "tactful", name = "Timeline")]
pub(crate) struct PyTimeline {
    told: Timeline,
    answer: Arc<Answer>,
}

impl PyTimeline {
    pub(crate) fn new(answer: &Arc<Answer>, action: &str) -> PyResult<Self> {
        let engine = answer.engine().core();
        let told = engine.timeline(answer.context(), answer.request(), action);
        let told = told.map_err(|error| Door::Request.raise(&error))?;
        Ok(Self { told, answer: answer.clone() })
    }
}

#[pymethods]
impl PyTimeline {
    /// The id of the action.
    #[getter]
    fn action(&self) -> &str {
        &self.told.action
    }

    /// The moment of the request and each later change, in their order.
    #[getter]
    fn steps(&self, py: Python<'_>) -> PyResult<Tuple<PyStep>> {
        let steps = self.told.steps.iter().cloned().map(|step| PyStep { step });
        Tuple::new(py, steps.collect::<Vec<_>>())
    }

    /// Whether more changes may follow that were not looked at.
    #[getter]
    fn is_cut(&self) -> bool {
        self.told.is_cut
    }

    /// Returns it as a dict.
    fn to_dict(&self) -> PyResult<Dict> {
        guarded(|| Ok(Dict::of(&self.told)))
    }

    /// Writes it as JSON.
    fn to_json(&self) -> PyResult<String> {
        guarded(|| Ok(to_json(&self.told)))
    }

    fn __str__(&self) -> PyResult<String> {
        guarded(|| Ok(self.told.to_string()))
    }

    fn __repr__(&self) -> String {
        format!("<Timeline of {}: {} steps>", self.told.action, self.told.steps.len())
    }

    fn __eq__(&self, other: &Self) -> PyResult<bool> {
        Ok(self.to_json()? == other.to_json()?)
    }

    fn __hash__(&self) -> PyResult<u64> {
        Ok(hash::of(&self.to_json()?))
    }

    fn __reduce__<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyTuple>> {
        anew(py, &self.answer, "timeline", &self.told.action)
    }
}

/// What becomes of an action from one moment on.
#[pyclass(frozen, module = "tactful", name = "Step")]
pub(crate) struct PyStep {
    step: Step,
}

#[pymethods]
impl PyStep {
    /// From when on.
    #[getter]
    fn at(&self) -> Moment {
        Moment(self.step.at)
    }

    /// What becomes of it.
    #[getter]
    fn verdict(&self) -> &'static str {
        self.step.verdict.as_str()
    }

    /// The place among all admissible actions it has, or would have.
    #[getter]
    fn rank(&self) -> Option<usize> {
        self.step.rank
    }

    /// The slot it takes, if it is recommended into one.
    #[getter]
    fn slot(&self) -> Option<&str> {
        self.step.slot.as_deref()
    }

    /// Its priority; `None` if a score is missing.
    #[getter]
    fn priority(&self) -> Option<Exact> {
        self.step.priority.map(Exact)
    }

    /// Everything that stands against it, in words for people.
    #[getter]
    fn because(&self, py: Python<'_>) -> PyResult<Tuple<String>> {
        let reasons = self.step.reasons.iter().map(|reason| reason.because.clone());
        Tuple::new(py, reasons.collect::<Vec<_>>())
    }

    fn __str__(&self) -> String {
        self.step.to_string()
    }

    fn __repr__(&self) -> String {
        format!("<Step at {}: {}>", self.step.at, self.step.verdict)
    }

    fn __eq__(&self, other: &Self) -> bool {
        self.step == other.step
    }

    fn __hash__(&self) -> PyResult<u64> {
        guarded(|| Ok(hash::of(&to_json(&self.step))))
    }
}

/// What came of making a recorded decision again. True if it is the same.
#[pyclass(frozen, module = "tactful", name = "Replay")]
pub(crate) struct PyReplay {
    pub(crate) told: Replay,
}

#[pymethods]
impl PyReplay {
    /// Whether the decision is the same, to the last reason.
    #[getter]
    fn is_same(&self) -> bool {
        self.told.is_same()
    }

    /// Whether the policy says something else than it did.
    #[getter]
    fn policy_changed(&self) -> bool {
        self.told.policy_changed
    }

    /// Whether something else is known about the customer than was.
    #[getter]
    fn context_changed(&self) -> bool {
        self.told.context_changed
    }

    /// The ids of the actions that fare otherwise.
    #[getter]
    fn actions(&self, py: Python<'_>) -> PyResult<Tuple<String>> {
        let ids = self.told.actions.iter().map(|difference| difference.action.clone());
        Tuple::new(py, ids.collect::<Vec<_>>())
    }

    /// Returns all of it as a dict: what was, and what is now.
    fn to_dict(&self) -> PyResult<Dict> {
        guarded(|| Ok(Dict::of(&self.told)))
    }

    /// Writes all of it as JSON.
    fn to_json(&self) -> PyResult<String> {
        guarded(|| Ok(to_json(&self.told)))
    }

    fn __bool__(&self) -> bool {
        self.told.is_same()
    }

    fn __str__(&self) -> PyResult<String> {
        guarded(|| Ok(self.told.to_string()))
    }

    fn __repr__(&self) -> String {
        let same = if self.told.is_same() { "the same" } else { "not the same" };
        format!("<Replay: {same}>")
    }

    fn __eq__(&self, other: &Self) -> bool {
        self.told == other.told
    }

    fn __hash__(&self) -> PyResult<u64> {
        guarded(|| Ok(hash::of(&to_json(&self.told))))
    }
}

/// Something a policy reads that is not known, or not well enough.
#[pyclass(frozen, module = "tactful", name = "Missing")]
pub(crate) struct PyMissing {
    pub(crate) told: Missing,
}

#[pymethods]
impl PyMissing {
    /// The path of the part or the list.
    #[getter]
    fn path(&self) -> &str {
        self.told.what.path()
    }

    /// What is the matter with it, as the name of a code.
    #[getter]
    fn name(&self) -> Option<&'static str> {
        self.told.what.cause().map(|cause| cause.name())
    }

    /// The facts that the policy reads there, by path.
    #[getter]
    fn facts(&self, py: Python<'_>) -> PyResult<Tuple<String>> {
        Tuple::new(py, self.told.facts.to_vec())
    }

    /// Returns it as a dict.
    fn to_dict(&self) -> PyResult<Dict> {
        guarded(|| Ok(Dict::of(&self.told)))
    }

    fn __str__(&self) -> String {
        self.told.to_string()
    }

    fn __repr__(&self) -> String {
        format!("<Missing {}>", self.told)
    }

    fn __eq__(&self, other: &Self) -> bool {
        self.told.what == other.told.what && self.told.facts == other.told.facts
    }

    fn __hash__(&self) -> u64 {
        hash::of(&self.told.to_string())
    }
}

/// Pickles what a decision tells as the question to it.
fn anew<'py>(
    py: Python<'py>,
    answer: &Arc<Answer>,
    method: &str,
    action: &str,
) -> PyResult<Bound<'py, PyTuple>> {
    let decision = Bound::new(py, PyDecision::new(answer.clone()))?.into_any();
    method_call(&decision, method, [action.into_pyobject(py)?.into_any()])
}
