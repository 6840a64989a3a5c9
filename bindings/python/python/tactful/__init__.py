"""The next best action, and the good sense to hold back."""

from ._errors import (
    ContextError,
    Diagnostic,
    EventError,
    IdentityError,
    InternalError,
    PolicyError,
    RecordError,
    RequestError,
    TactfulError,
    UnknownActionError,
)
from ._native import Context, Decision, Engine

__all__ = [
    "Context",
    "ContextError",
    "Decision",
    "Diagnostic",
    "Engine",
    "EventError",
    "IdentityError",
    "InternalError",
    "PolicyError",
    "RecordError",
    "RequestError",
    "TactfulError",
    "UnknownActionError",
]
