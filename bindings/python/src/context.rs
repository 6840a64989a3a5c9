//! What is known about a customer, as a Python object that never changes.

use std::sync::OnceLock;

use pyo3::prelude::*;
use pyo3::types::{PyBytes, PyDict, PyTuple, PyType};
use tactful::context::Applied;
use tactful::hash::Fingerprint;
use tactful::{Context, Error, PartName};

use crate::errors::Door;
use crate::guard::guarded;
use crate::hash;
use crate::input;
use crate::output::{Dict, Tuple, method_call, repr};
use crate::spare::Kept;

/// What is known about one customer.
///
/// Parts that nobody gives are unknown, which is not the same as empty. A
/// context never changes: `apply` and `merge` return another one. So threads
/// may share it, it may be a key of a dict, and it stays with the decisions
/// that are made of it.
#[pyclass(frozen, module = "tactful", name = "Context")]
pub(crate) struct PyContext {
    pub(crate) core: Kept,
    fingerprint: OnceLock<Fingerprint>,
}

impl PyContext {
    pub(crate) const fn new(core: Box<Context>) -> Self {
        Self { core: Kept::new(core), fingerprint: OnceLock::new() }
    }

    fn known_fingerprint(&self) -> Fingerprint {
        *self.fingerprint.get_or_init(|| self.core.fingerprint())
    }

    fn changed(&self, change: impl FnOnce(&mut Context) -> Result<(), Error>) -> PyResult<Self> {
        let mut core = Box::new(Context::clone(&self.core));
        change(&mut core).map_err(|error| Door::Context.raise(&error))?;
        Ok(Self::new(core))
    }
}

#[pymethods]
impl PyContext {
    /// Makes a context of parts: `Context(user_id="u-1", support={...})`.
    ///
    /// Raises `ContextError` with the path of what is wrong.
    #[new]
    #[pyo3(signature = (**parts: "Unpack[ContextDict]"))]
    fn py_new(parts: Option<&Bound<'_, PyDict>>) -> PyResult<Self> {
        guarded(|| match parts {
            Some(parts) => input::context_of_object(parts.as_any(), Box::default()).map(Self::new),
            None => Ok(Self::new(Box::default())),
        })
    }

    /// Reads a context from a mapping of parts.
    ///
    /// Raises `ContextError` with the path of what is wrong.
    #[classmethod]
    #[pyo3(signature = (parts: "ContextDict | Mapping[str, Any]") -> "Context")]
    fn from_dict(_class: &Bound<'_, PyType>, parts: &Bound<'_, PyAny>) -> PyResult<Self> {
        guarded(|| input::context_of_object(parts, Box::default()).map(Self::new))
    }

    /// Reads a context from JSON.
    ///
    /// Raises `ContextError` with the path of what is wrong.
    #[classmethod]
    #[pyo3(signature = (text: "str | bytes") -> "Context")]
    fn from_json(_class: &Bound<'_, PyType>, text: &Bound<'_, PyAny>) -> PyResult<Self> {
        guarded(|| input::of_json(text).map(Box::new).map(Self::new))
    }

    /// Reads a context from what `to_bytes` wrote.
    ///
    /// Raises `ContextError` for bytes that are no snapshot of a context.
    #[classmethod]
    fn from_bytes(_class: &Bound<'_, PyType>, snapshot: &Bound<'_, PyBytes>) -> PyResult<Self> {
        guarded(|| {
            let core = Context::from_bytes(snapshot.as_bytes());
            core.map(Box::new).map(Self::new).map_err(|error| Door::Context.raise(&error))
        })
    }

    /// Takes in an event: returns the context that knows of it, and what came of it.
    ///
    /// The event is a mapping, or JSON. It does not matter in which order
    /// events arrive, nor how often. Raises `EventError` if it is malformed,
    /// `IdentityError` if it belongs to another customer.
    #[pyo3(signature = (event: "Mapping[str, Any] | str | bytes") -> "tuple[Context, Applied]")]
    fn apply(&self, event: &Bound<'_, PyAny>) -> PyResult<(Self, PyApplied)> {
        guarded(|| {
            let event = input::read(event)?;
            let mut core = Box::new(Context::clone(&self.core));
            let came = core.apply(&event).map_err(|error| Door::Event.raise(&error))?;
            Ok((Self::new(core), PyApplied { came }))
        })
    }

    /// Takes in many events, which is quicker than one at a time.
    ///
    /// Nothing comes of it if one of them raises.
    #[pyo3(signature = (events: "Iterable[Mapping[str, Any] | str | bytes]") -> "tuple[Context, tuple[Applied, ...]]")]
    fn apply_all(&self, events: &Bound<'_, PyAny>) -> PyResult<(Self, Tuple<PyApplied>)> {
        guarded(|| {
            let mut core = Box::new(Context::clone(&self.core));
            let mut came_of = Vec::new();
            for event in events.try_iter()? {
                let event = input::read(&event?)?;
                let came = core.apply(&event).map_err(|error| Door::Event.raise(&error))?;
                came_of.push(PyApplied { came });
            }
            Ok((Self::new(core), Tuple::new(events.py(), came_of)?))
        })
    }

    /// Puts two copies together that learned different things of one customer.
    ///
    /// Raises `IdentityError` if they belong to different customers.
    fn merge(&self, other: &Self) -> PyResult<Self> {
        guarded(|| self.changed(|core| core.merge(&other.core)))
    }

    /// Takes in what a visitor did before it was known who they are.
    ///
    /// What is there is true of the customer as well; that there is nothing
    /// else is not. Raises `IdentityError` if the visitor is someone else.
    fn join_anonymous(&self, visitor: &Self) -> PyResult<Self> {
        guarded(|| self.changed(|core| core.join_anonymous(&visitor.core)))
    }

    /// The customer's id, as the caller knows it.
    #[getter]
    fn user_id(&self) -> Option<&str> {
        self.core.user_id.as_deref()
    }

    /// The parts that are known, by name.
    #[getter]
    fn parts(&self, py: Python<'_>) -> PyResult<Tuple<&'static str>> {
        Tuple::new(py, known_parts(&self.core))
    }

    /// The stable hash of what the context says, which records of decisions carry.
    #[getter]
    fn fingerprint(&self) -> PyResult<String> {
        guarded(|| Ok(self.known_fingerprint().to_string()))
    }

    /// Returns the context as a dict that `from_dict` reads.
    fn to_dict(&self) -> PyResult<Dict> {
        guarded(|| Ok(Dict(self.core.to_json())))
    }

    /// Writes the context as JSON that `from_json` reads.
    fn to_json(&self) -> PyResult<String> {
        guarded(|| Ok(self.core.to_json()))
    }

    /// Writes the context as compact bytes that `from_bytes` reads.
    fn to_bytes<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyBytes>> {
        guarded(|| Ok(PyBytes::new(py, &self.core.to_bytes())))
    }

    fn __eq__(&self, other: &Self) -> PyResult<bool> {
        guarded(|| Ok(self.known_fingerprint() == other.known_fingerprint()))
    }

    fn __hash__(&self) -> PyResult<u64> {
        guarded(|| Ok(hash::of(&self.known_fingerprint())))
    }

    // An id and names of parts: what a log shows by accident says nothing about the person.
    fn __repr__(&self, py: Python<'_>) -> PyResult<String> {
        guarded(|| {
            let id = self.core.user_id.as_deref().map(|id| repr(py, id));
            let parts = known_parts(&self.core).join(", ");
            let parts = if parts.is_empty() { "nothing".to_owned() } else { parts };
            Ok(format!("<Context of {}: {parts}>", id.as_deref().unwrap_or("nobody known")))
        })
    }

    fn __reduce__<'py>(slf: &Bound<'py, Self>) -> PyResult<Bound<'py, PyTuple>> {
        guarded(|| {
            let snapshot = slf.get().to_bytes(slf.py())?;
            method_call(slf.get_type().as_any(), "from_bytes", [snapshot.into_any()])
        })
    }
}

fn known_parts(core: &Context) -> Vec<&'static str> {
    let is_known = |part: &PartName| match part {
        PartName::Support => core.support.known().is_some(),
        PartName::Purchases => core.purchases.known().is_some(),
        PartName::Device => core.device.known().is_some(),
        PartName::Recency => core.recency.known().is_some(),
        PartName::Consent => core.consent.known().is_some(),
        PartName::History => core.history.known().is_some(),
        PartName::Subscription => core.subscription.known().is_some(),
        PartName::Feedback => core.feedback.known().is_some(),
        PartName::Scores => core.scores.known().is_some(),
        PartName::Profile => core.profile.known().is_some(),
        PartName::Appointments => core.appointments.known().is_some(),
        PartName::Attributes => core.attributes.known().is_some(),
        _ => false,
    };
    PartName::ALL.iter().filter(|part| is_known(part)).map(|part| part.as_str()).collect()
}

/// What became of an event. True if the context says something else now.
#[pyclass(frozen, module = "tactful", name = "Applied")]
pub(crate) struct PyApplied {
    came: Applied,
}

#[pymethods]
impl PyApplied {
    /// `applied`, `duplicate`, `superseded` or `ignored`.
    #[getter]
    fn outcome(&self) -> &'static str {
        match self.came {
            Applied::Applied { .. } => "applied",
            Applied::Duplicate => "duplicate",
            Applied::Superseded => "superseded",
            _ => "ignored",
        }
    }

    /// Why it does not count, if it was ignored.
    #[getter]
    fn reason(&self) -> Option<String> {
        match self.came {
            Applied::Ignored { reason } => Some(reason.to_string()),
            _ => None,
        }
    }

    fn __bool__(&self) -> bool {
        matches!(self.came, Applied::Applied { .. })
    }

    fn __repr__(&self) -> String {
        let reason = self.reason().map(|reason| format!(": {reason}")).unwrap_or_default();
        format!("<Applied {}{reason}>", self.outcome())
    }

    fn __eq__(&self, other: &Self) -> bool {
        self.came == other.came
    }

    fn __hash__(&self) -> u64 {
        hash::of(&(self.outcome(), self.reason()))
    }
}
