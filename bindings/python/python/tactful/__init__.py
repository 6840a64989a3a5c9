"""The next best action, and the good sense to hold back.

A policy becomes an `Engine`; what is known about a customer is a `Context`,
where unknown is not false; the answer is a `Decision`::

    import tactful

    engine = tactful.Engine.from_file("care.toml")
    decision = engine.decide(context, now=now, channel="web")
    for recommendation in decision:
        print(recommendation.action, recommendation.priority)

Nothing here reads a clock, a file (but `Engine.from_file`) or the network, and
the same inputs give the same bytes in every language.
"""

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
from ._native import (
    Applied,
    BatchSchema,
    Context,
    Decision,
    DecisionBatch,
    DecisionBatches,
    Engine,
    Explanation,
    Fact,
    Missing,
    Reason,
    Recommendation,
    Replay,
    Step,
    Suppression,
    Timeline,
    Withheld,
    __version__,
)
from ._types import ContextDict, ContextLike, Moment, RequestOptions

__all__ = [
    "Applied",
    "BatchSchema",
    "Context",
    "ContextDict",
    "ContextError",
    "ContextLike",
    "Decision",
    "DecisionBatch",
    "DecisionBatches",
    "Diagnostic",
    "Engine",
    "EventError",
    "Explanation",
    "Fact",
    "IdentityError",
    "InternalError",
    "Missing",
    "Moment",
    "PolicyError",
    "Reason",
    "Recommendation",
    "RecordError",
    "Replay",
    "RequestError",
    "RequestOptions",
    "Step",
    "Suppression",
    "TactfulError",
    "Timeline",
    "UnknownActionError",
    "Withheld",
    "__version__",
]
