"""The exceptions, and the findings that they carry.

They are written in Python so that they have two bases each and pickle by
themselves: a worker process can hand them back.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

__all__ = [
    "ContextError",
    "Diagnostic",
    "EventError",
    "IdentityError",
    "InternalError",
    "PolicyError",
    "RecordError",
    "RequestError",
    "TactfulError",
    "UnknownActionError",
]


@dataclass(frozen=True)
class Diagnostic:
    """One finding about a policy: what is wrong, where, and what to do about it."""

    code: str
    """The stable name of the kind of finding, such as ``E204``."""
    severity: str
    """``error`` or ``warning``."""
    message: str
    """What is wrong."""
    path: str
    """Where in the document, such as ``suppress[0].when``."""
    help: str | None = None
    """What to do about it."""
    notes: Sequence[str] = ()
    """Remarks, in the order they were made."""
    source: str | None = None
    """The file, where the policy came from one."""
    line: int | None = None
    """The line, from 1."""
    column: int | None = None
    """The column, from 1, in characters."""
    text: str = ""
    """The finding as people read it, with the line it is about."""

    def __post_init__(self) -> None:
        object.__setattr__(self, "notes", tuple(self.notes))

    def __str__(self) -> str:
        return self.text or f"{self.severity}[{self.code}]: {self.message}"


class TactfulError(Exception):
    """What every exception of this package is."""


class PolicyError(TactfulError, ValueError):
    """A policy has mistakes; the text shows every one, ``diagnostics`` lists them."""

    def __init__(self, message: str, diagnostics: Sequence[Diagnostic] = ()) -> None:
        super().__init__(message)
        self.diagnostics: tuple[Diagnostic, ...] = tuple(diagnostics)
        """Every finding, errors and warnings."""


class _AtPath(TactfulError, ValueError):
    def __init__(self, message: str, path: str = "") -> None:
        super().__init__(message)
        self.path = path
        """Where the wrong value is, such as ``support.tickets[0].state``; empty for all of it."""


class ContextError(_AtPath):
    """A context is malformed: ``path`` says where, the text what to write instead."""


class EventError(_AtPath):
    """An event is malformed: ``path`` says where, the text what to write instead."""


class RequestError(_AtPath):
    """What ``decide`` was asked is malformed: ``path`` names the argument."""


class RecordError(_AtPath):
    """A record of a decision is malformed, or of a format that is not known."""


class IdentityError(_AtPath):
    """Two things belong to different customers, so they are not put together."""


class UnknownActionError(TactfulError, LookupError):
    """The policy has no action of this id."""


class InternalError(TactfulError, RuntimeError):
    """A mistake in this package: the call failed, and nothing else is harmed."""
