//! Single things that a decision says, each with the decision it is said by.

use std::sync::Arc;

use pyo3::prelude::*;
use pyo3::types::PyTuple;
use tactful::decision::{Cause, FactUse};
use tactful::decision::{Reason, Recommendation, Suppressed, SuppressionInForce};

use crate::decision::{Answer, PyDecision};
use crate::errors::InternalError;
use crate::guard::guarded;
use crate::hash;
use crate::output::{Dict, Exact, Length, Moment, Tuple, call, repr, to_json};

/// An action that is recommended.
#[pyclass(frozen, module = "tactful", name = "Recommendation")]
pub(crate) struct PyRecommendation {
    pub(crate) answer: Arc<Answer>,
    pub(crate) place: usize,
}

/// An action that is not recommended, with everything that stands against it.
#[pyclass(frozen, module = "tactful", name = "Withheld")]
pub(crate) struct PyWithheld {
    pub(crate) answer: Arc<Answer>,
    pub(crate) place: usize,
}

/// A suppression that is in force, whatever it holds back.
#[derive(Clone)]
#[pyclass(frozen, module = "tactful", name = "Suppression")]
pub(crate) struct PySuppression {
    pub(crate) answer: Arc<Answer>,
    pub(crate) place: usize,
}

/// One reason why an action is not recommended.
#[derive(Clone)]
#[pyclass(frozen, module = "tactful", name = "Reason")]
pub(crate) struct PyReason {
    answer: Arc<Answer>,
    of: Of,
    place: usize,
}

/// Whose reason it is.
#[derive(Clone, Copy, PartialEq)]
enum Of {
    /// That of an action which is withheld.
    Withheld(usize),
    /// That of a recommendation, against the channels that come before.
    PassedOver(usize),
}

/// A fact that a reason rests on, with its age.
#[pyclass(frozen, module = "tactful", name = "Fact")]
pub(crate) struct PyFact {
    fact: FactUse,
    by: By,
    place: usize,
}

/// What rests on a fact.
#[derive(Clone)]
enum By {
    Reason(PyReason),
    Rule(PySuppression),
}

fn there<T>(item: Option<T>) -> PyResult<T> {
    item.ok_or_else(|| InternalError::new_err("a decision lost one of its items"))
}

impl PyRecommendation {
    fn with<T>(&self, look: impl FnOnce(Recommendation<'_>) -> PyResult<T>) -> PyResult<T> {
        guarded(|| look(there(self.answer.decision().recommendations().nth(self.place))?))
    }

    /// Returns what it says, as in the JSON of the decision.
    fn said(&self) -> PyResult<String> {
        self.with(|placed| Ok(to_json(&placed)))
    }
}

#[pymethods]
impl PyRecommendation {
    /// The id of the action.
    #[getter]
    fn action(&self) -> PyResult<String> {
        self.with(|placed| Ok(placed.action().to_owned()))
    }

    /// The kind of the action, such as `upsell`.
    #[getter]
    fn kind(&self) -> PyResult<String> {
        self.with(|placed| Ok(placed.kind().to_owned()))
    }

    /// The channel it goes on.
    #[getter]
    fn channel(&self) -> PyResult<&'static str> {
        self.with(|placed| Ok(placed.channel().as_str()))
    }

    /// The slot it takes, if the request named slots.
    #[getter]
    fn slot(&self) -> PyResult<Option<String>> {
        self.with(|placed| Ok(placed.slot().map(str::to_owned)))
    }

    /// How it is shown, if the action has treatments.
    #[getter]
    fn treatment(&self) -> PyResult<Option<String>> {
        self.with(|placed| Ok(placed.treatment().map(str::to_owned)))
    }

    /// Its class of importance.
    #[getter]
    fn tier(&self) -> PyResult<i64> {
        self.with(|placed| Ok(placed.tier()))
    }

    /// Its exact priority.
    #[getter]
    fn priority(&self) -> PyResult<Exact> {
        self.with(|placed| Ok(Exact(placed.priority())))
    }

    /// Whether the request forced it.
    #[getter]
    fn is_forced(&self) -> PyResult<bool> {
        self.with(|placed| Ok(placed.is_forced()))
    }

    /// Why it does not go on the channels that come before in the request.
    #[getter]
    fn passed_over(&self, py: Python<'_>) -> PyResult<Tuple<PyReason>> {
        let count = self.with(|placed| Ok(placed.passed_over().len()))?;
        let of = Of::PassedOver(self.place);
        Tuple::new(py, (0..count).map(|place| PyReason { answer: self.answer.clone(), of, place }))
    }

    /// Returns it as a dict, as in the JSON of the decision.
    fn to_dict(&self) -> PyResult<Dict> {
        self.said().map(Dict)
    }

    fn __repr__(&self, py: Python<'_>) -> PyResult<String> {
        self.with(|placed| {
            let (action, priority) = (repr(py, placed.action()), placed.priority());
            let slot = placed.slot().map(|slot| format!(" in {}", repr(py, slot)));
            let channel = placed.channel();
            let slot = slot.unwrap_or_default();
            Ok(format!("<Recommendation {action} on {channel}{slot}, priority {priority}>"))
        })
    }

    fn __eq__(&self, other: &Self) -> PyResult<bool> {
        let is_here = self.place == other.place && Arc::ptr_eq(&self.answer, &other.answer);
        Ok(is_here || self.said()? == other.said()?)
    }

    fn __hash__(&self) -> PyResult<u64> {
        Ok(hash::of(&self.said()?))
    }

    fn __reduce__<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyTuple>> {
        again(py, &self.answer, "recommendations", self.place)
    }
}

impl PyWithheld {
    fn with<T>(&self, look: impl FnOnce(Suppressed<'_>) -> PyResult<T>) -> PyResult<T> {
        guarded(|| look(there(self.answer.decision().withheld().nth(self.place))?))
    }

    /// Returns what it says, as in the JSON of the decision.
    fn said(&self) -> PyResult<String> {
        self.with(|account| Ok(to_json(&account)))
    }
}

#[pymethods]
impl PyWithheld {
    /// The id of the action.
    #[getter]
    fn action(&self) -> PyResult<String> {
        self.with(|account| Ok(account.action().to_owned()))
    }

    /// The kind of the action, such as `upsell`.
    #[getter]
    fn kind(&self) -> PyResult<String> {
        self.with(|account| Ok(account.kind().to_owned()))
    }

    /// What became of it, such as `suppressed`, `limited` or `outranked`.
    #[getter]
    fn verdict(&self) -> PyResult<&'static str> {
        self.with(|account| Ok(account.verdict().as_str()))
    }

    /// Its class of importance.
    #[getter]
    fn tier(&self) -> PyResult<i64> {
        self.with(|account| Ok(account.tier()))
    }

    /// The priority it would have; `None` if a score is missing.
    #[getter]
    fn priority(&self) -> PyResult<Option<Exact>> {
        self.with(|account| Ok(account.priority().map(Exact)))
    }

    /// The stable code of the first reason, which gave the verdict.
    #[getter]
    fn code(&self) -> PyResult<Option<u16>> {
        self.with(|account| Ok(account.code().map(|code| code.number())))
    }

    /// The first reason in words for people.
    #[getter]
    fn because(&self) -> PyResult<String> {
        self.with(|account| Ok(account.because()))
    }

    /// When all reasons are clear; `None` if time alone never clears them.
    #[getter]
    fn until(&self) -> PyResult<Option<Moment>> {
        self.with(|account| Ok(account.until().map(Moment)))
    }

    /// All reasons, in the order of the stages that gave them.
    #[getter]
    fn reasons(&self, py: Python<'_>) -> PyResult<Tuple<PyReason>> {
        let count = self.with(|account| Ok(account.reasons().len()))?;
        let of = Of::Withheld(self.place);
        Tuple::new(py, (0..count).map(|place| PyReason { answer: self.answer.clone(), of, place }))
    }

    /// Returns it as a dict, as in the JSON of the decision.
    fn to_dict(&self) -> PyResult<Dict> {
        self.said().map(Dict)
    }

    fn __repr__(&self, py: Python<'_>) -> PyResult<String> {
        self.with(|account| {
            let (action, verdict) = (repr(py, account.action()), account.verdict());
            let until = account.until().map(|until| format!(" until {until}"));
            let (because, until) = (account.because(), until.unwrap_or_default());
            Ok(format!("<Withheld {action} {verdict}{until}: {because}>"))
        })
    }

    fn __eq__(&self, other: &Self) -> PyResult<bool> {
        let is_here = self.place == other.place && Arc::ptr_eq(&self.answer, &other.answer);
        Ok(is_here || self.said()? == other.said()?)
    }

    fn __hash__(&self) -> PyResult<u64> {
        Ok(hash::of(&self.said()?))
    }

    fn __reduce__<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyTuple>> {
        again(py, &self.answer, "withheld", self.place)
    }
}

impl PySuppression {
    fn with<T>(&self, look: impl FnOnce(SuppressionInForce<'_>) -> PyResult<T>) -> PyResult<T> {
        guarded(|| look(there(self.answer.decision().suppressions().nth(self.place))?))
    }

    /// Returns what it says, as in the JSON of the decision.
    fn said(&self) -> PyResult<String> {
        self.with(|rule| Ok(to_json(&rule)))
    }
}

#[pymethods]
impl PySuppression {
    /// The id of the rule.
    #[getter]
    fn rule(&self) -> PyResult<String> {
        self.with(|rule| Ok(rule.rule().to_owned()))
    }

    /// The stable code: whether the situation holds, or its cool-off.
    #[getter]
    fn code(&self) -> PyResult<u16> {
        self.with(|rule| Ok(rule.code().number()))
    }

    /// The name of the code.
    #[getter]
    fn name(&self) -> PyResult<&'static str> {
        self.with(|rule| Ok(rule.code().name()))
    }

    /// Why the rule is there, in words for people.
    #[getter]
    fn because(&self) -> PyResult<String> {
        self.with(|rule| Ok(rule.because().to_owned()))
    }

    /// The situation, read aloud.
    #[getter]
    fn situation(&self) -> PyResult<String> {
        self.with(|rule| Ok(rule.situation().to_owned()))
    }

    /// Whether the situation is known to hold; else nobody can tell.
    #[getter]
    fn is_known(&self) -> PyResult<bool> {
        self.with(|rule| Ok(rule.is_known()))
    }

    /// The facts it rests on, with their age.
    #[getter]
    fn facts(&self, py: Python<'_>) -> PyResult<Tuple<PyFact>> {
        self.with(|rule| facts(py, &By::Rule(self.clone()), rule.facts()))
    }

    /// When it lets go by itself.
    #[getter]
    fn until(&self) -> PyResult<Option<Moment>> {
        self.with(|rule| Ok(rule.until().map(Moment)))
    }

    /// Returns it as a dict, as in the JSON of the decision.
    fn to_dict(&self) -> PyResult<Dict> {
        self.said().map(Dict)
    }

    fn __repr__(&self, py: Python<'_>) -> PyResult<String> {
        self.with(|rule| {
            let until = rule.until().map(|until| format!(" until {until}")).unwrap_or_default();
            Ok(format!("<Suppression {}{until}: {}>", repr(py, rule.rule()), rule.because()))
        })
    }

    fn __eq__(&self, other: &Self) -> PyResult<bool> {
        let is_here = self.place == other.place && Arc::ptr_eq(&self.answer, &other.answer);
        Ok(is_here || self.said()? == other.said()?)
    }

    fn __hash__(&self) -> PyResult<u64> {
        Ok(hash::of(&self.said()?))
    }

    fn __reduce__<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyTuple>> {
        again(py, &self.answer, "suppressions", self.place)
    }
}

impl PyReason {
    fn with<T>(&self, look: impl FnOnce(Reason<'_>) -> PyResult<T>) -> PyResult<T> {
        let decision = self.answer.decision();
        guarded(|| match self.of {
            Of::Withheld(place) => {
                let account = there(decision.withheld().nth(place))?;
                look(there(account.reasons().nth(self.place))?)
            }
            Of::PassedOver(place) => {
                let placed = there(decision.recommendations().nth(place))?;
                look(there(placed.passed_over().nth(self.place))?)
            }
        })
    }

    /// Returns what it says, as in the JSON of the decision.
    fn said(&self) -> PyResult<String> {
        self.with(|reason| Ok(to_json(&reason)))
    }
}

#[pymethods]
impl PyReason {
    /// The stable code, the same number in every language.
    #[getter]
    fn code(&self) -> PyResult<u16> {
        self.with(|reason| Ok(reason.code().number()))
    }

    /// The name of the code.
    #[getter]
    fn name(&self) -> PyResult<&'static str> {
        self.with(|reason| Ok(reason.code().name()))
    }

    /// The stage that gave the reason.
    #[getter]
    fn stage(&self) -> PyResult<&'static str> {
        self.with(|reason| Ok(reason.stage().as_str()))
    }

    /// What kind of news it is: `expected`, `protective` or `data_problem`.
    #[getter]
    fn severity(&self) -> PyResult<&'static str> {
        self.with(|reason| Ok(reason.severity().as_str()))
    }

    /// The id of the rule, if a rule gave the reason.
    #[getter]
    fn rule(&self) -> PyResult<Option<String>> {
        self.with(|reason| Ok(reason.rule().map(str::to_owned)))
    }

    /// The condition that is not known to hold, as written.
    #[getter]
    fn condition(&self) -> PyResult<Option<String>> {
        self.with(|reason| Ok(reason.condition().map(str::to_owned)))
    }

    /// The channel, for a reason that is about one.
    #[getter]
    fn channel(&self) -> PyResult<Option<&'static str>> {
        self.with(|reason| Ok(reason.channel().map(|channel| channel.as_str())))
    }

    /// The reason in words for people.
    #[getter]
    fn because(&self) -> PyResult<String> {
        self.with(|reason| Ok(reason.because()))
    }

    /// The facts it rests on, with their age.
    #[getter]
    fn facts(&self, py: Python<'_>) -> PyResult<Tuple<PyFact>> {
        self.with(|reason| facts(py, &By::Reason(self.clone()), reason.facts()))
    }

    /// When it clears by itself; `None` if time alone never clears it.
    #[getter]
    fn until(&self) -> PyResult<Option<Moment>> {
        self.with(|reason| Ok(reason.until().map(Moment)))
    }

    /// Returns it as a dict, as in the JSON of the decision.
    fn to_dict(&self) -> PyResult<Dict> {
        self.said().map(Dict)
    }

    fn __repr__(&self) -> PyResult<String> {
        self.with(|reason| Ok(format!("<Reason {}: {}>", reason.code(), reason.because())))
    }

    fn __eq__(&self, other: &Self) -> PyResult<bool> {
        let is_here = (self.of, self.place) == (other.of, other.place)
            && Arc::ptr_eq(&self.answer, &other.answer);
        Ok(is_here || self.said()? == other.said()?)
    }

    fn __hash__(&self) -> PyResult<u64> {
        Ok(hash::of(&self.said()?))
    }

    fn __reduce__<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyTuple>> {
        let (list, place, of) = match self.of {
            Of::Withheld(place) => ("withheld", place, "reasons"),
            Of::PassedOver(place) => ("recommendations", place, "passed_over"),
        };
        let decision = PyDecision::new(self.answer.clone());
        let arguments = (decision, list, place, of, self.place).into_pyobject(py)?;
        call(py, "_item_of_item", arguments)
    }
}

fn facts(py: Python<'_>, by: &By, facts: impl Iterator<Item = FactUse>) -> PyResult<Tuple<PyFact>> {
    let facts = facts.enumerate().map(|(place, fact)| PyFact { fact, by: by.clone(), place });
    Tuple::new(py, facts.collect::<Vec<_>>())
}

#[pymethods]
impl PyFact {
    /// The path of the fact, or of its part as a whole.
    #[getter]
    fn path(&self) -> &str {
        self.fact.path()
    }

    /// What is the matter with it, as a code; `None` if it is known.
    #[getter]
    fn code(&self) -> Option<u16> {
        self.fact.cause().map(Cause::number)
    }

    /// The name of the code.
    #[getter]
    fn name(&self) -> Option<&'static str> {
        self.fact.cause().map(Cause::name)
    }

    /// How long ago it was delivered, if it was.
    #[getter]
    fn age(&self) -> Option<Length> {
        self.fact.age().map(Length)
    }

    /// How old it may be, if it is older.
    #[getter]
    fn max_age(&self) -> Option<Length> {
        self.fact.max_age().map(Length)
    }

    fn __str__(&self) -> String {
        self.fact.to_string()
    }

    fn __repr__(&self) -> String {
        format!("<Fact {}>", self.fact)
    }

    fn __eq__(&self, other: &Self) -> bool {
        self.fact == other.fact
    }

    fn __hash__(&self) -> u64 {
        // Facts that are the same read the same.
        hash::of(&self.fact.to_string())
    }

    fn __reduce__<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyTuple>> {
        let by = match self.by.clone() {
            By::Reason(reason) => Bound::new(py, reason)?.into_any(),
            By::Rule(rule) => Bound::new(py, rule)?.into_any(),
        };
        call(py, "_item", (by, "facts", self.place).into_pyobject(py)?)
    }
}

/// Pickles an item as its decision and its place.
fn again<'py>(
    py: Python<'py>,
    answer: &Arc<Answer>,
    list: &str,
    place: usize,
) -> PyResult<Bound<'py, PyTuple>> {
    let decision = PyDecision::new(answer.clone());
    call(py, "_item", (decision, list, place).into_pyobject(py)?)
}
