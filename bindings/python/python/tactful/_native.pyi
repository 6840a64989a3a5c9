"""
The native half of the package; import `tactful` instead.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from os import PathLike
from typing_extensions import Unpack

from ._types import ArrowData, Channel, ContextDict, ContextLike, Moment, RequestOptions
from collections.abc import Iterator
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any, Final, SupportsIndex, final

__all__ = ["__version__", "Applied", "BatchSchema", "Context", "Decision", "DecisionBatch", "DecisionBatches", "Engine", "Explanation", "Fact", "Missing", "Reason", "Recommendation", "Replay", "Step", "Suppression", "Timeline", "Withheld", "_decision", "_engine", "_item", "_item_of_item"]

__version__: Final[str]
"""
The version of the package.
"""

@final
class Applied:
    """
    What became of an event. True if the context says something else now.
    """
    def __bool__(self, /) -> bool: ...
    def __eq__(self, other: object, /) -> bool: ...
    def __hash__(self, /) -> int: ...
    def __repr__(self, /) -> str: ...
    @property
    def outcome(self, /) -> str:
        """
        `applied`, `duplicate`, `superseded` or `ignored`.
        """
    @property
    def reason(self, /) -> str | None:
        """
        Why it does not count, if it was ignored.
        """

@final
class BatchSchema:
    """
    The schema of the results of `decide_batch`, without the carried columns.
    """
    def __arrow_c_schema__(self, /) -> "object": ...
    def __repr__(self, /) -> str: ...
    @property
    def ddl(self, /) -> str:
        """
        The schema as Spark spells it; put carried columns before it.
        """

@final
class Context:
    """
    What is known about one customer.

    Parts that nobody gives are unknown, which is not the same as empty. A
    context never changes: `apply` and `merge` return another one. So threads
    may share it, it may be a key of a dict, and it stays with the decisions
    that are made of it.
    """
    def __eq__(self, other: object, /) -> bool: ...
    def __hash__(self, /) -> int: ...
    def __new__(cls, /, **parts: "Unpack[ContextDict]") -> Context:
        """
        Makes a context of parts: `Context(user_id="u-1", support={...})`.

        Raises `ContextError` with the path of what is wrong.
        """
    def __reduce__(self, /) -> tuple: ...
    def __repr__(self, /) -> str: ...
    def apply(self, /, event: "Mapping[str, Any] | str | bytes") -> "tuple[Context, Applied]":
        """
        Takes in an event: returns the context that knows of it, and what came of it.

        The event is a mapping, or JSON. It does not matter in which order
        events arrive, nor how often. Raises `EventError` if it is malformed,
        `IdentityError` if it belongs to another customer.
        """
    def apply_all(self, /, events: "Iterable[Mapping[str, Any] | str | bytes]") -> "tuple[Context, tuple[Applied, ...]]":
        """
        Takes in many events, which is quicker than one at a time.

        Nothing comes of it if one of them raises.
        """
    @property
    def fingerprint(self, /) -> str:
        """
        The stable hash of what the context says, which records of decisions carry.
        """
    @classmethod
    def from_bytes(cls, /, snapshot: bytes) -> Context:
        """
        Reads a context from what `to_bytes` wrote.

        Raises `ContextError` for bytes that are no snapshot of a context.
        """
    @classmethod
    def from_dict(cls, /, parts: "ContextDict | Mapping[str, Any]") -> "Context":
        """
        Reads a context from a mapping of parts.

        Raises `ContextError` with the path of what is wrong.
        """
    @classmethod
    def from_json(cls, /, text: "str | bytes") -> "Context":
        """
        Reads a context from JSON.

        Raises `ContextError` with the path of what is wrong.
        """
    def join_anonymous(self, /, visitor: Context) -> Context:
        """
        Takes in what a visitor did before it was known who they are.

        What is there is true of the customer as well; that there is nothing
        else is not. Raises `IdentityError` if the visitor is someone else.
        """
    def merge(self, /, other: Context) -> Context:
        """
        Puts two copies together that learned different things of one customer.

        Raises `IdentityError` if they belong to different customers.
        """
    @property
    def parts(self, /) -> tuple[str, ...]:
        """
        The parts that are known, by name.
        """
    def to_bytes(self, /) -> bytes:
        """
        Writes the context as compact bytes that `from_bytes` reads.
        """
    def to_dict(self, /) -> dict[str, Any]:
        """
        Returns the context as a dict that `from_dict` reads.
        """
    def to_json(self, /) -> str:
        """
        Writes the context as JSON that `from_json` reads.
        """
    @property
    def user_id(self, /) -> str | None:
        """
        The customer's id, as the caller knows it.
        """

@final
class Decision:
    """
    What is recommended, what became of everything else, and why.

    It never changes, and any number of threads may read it. Its length and its
    items are those of the recommendations.
    """
    def __bool__(self, /) -> bool: ...
    def __eq__(self, other: object, /) -> bool: ...
    def __hash__(self, /) -> int: ...
    def __iter__(self, /) -> Iterator[Recommendation]: ...
    def __len__(self, /) -> int: ...
    def __reduce__(self, /) -> tuple: ...
    def __repr__(self, /) -> str: ...
    def _repr_html_(self, /) -> str: ...
    def account_of(self, /, action: str) -> Withheld | None:
        """
        Finds what became of an action that is not recommended.
        """
    @property
    def channels(self, /) -> tuple[str, ...]:
        """
        The channels the decision is about, in the order they were tried.
        """
    @property
    def context(self, /) -> Context:
        """
        What was known about the customer.
        """
    @property
    def decision_id(self, /) -> str | None:
        """
        The id that the request gave the decision.
        """
    def explain(self, /, action: str) -> Explanation:
        """
        Explains why an action is recommended, or why not; print it.

        Raises `UnknownActionError` if the policy has no action of this id.
        """
    @property
    def ghosts(self, /) -> tuple[str, ...]:
        """
        The actions that are held out and would have been recommended, best first.
        """
    @property
    def holdouts(self, /) -> tuple[dict[str, Any], ...]:
        """
        How the customer is assigned to each holdout: `holdout`, `bucket`, `held_out`.
        """
    @property
    def now(self, /) -> datetime:
        """
        The moment the decision is about.
        """
    def outcome(self, /, action: "str", outcome: "str", *, at: "Moment") -> "dict[str, Any]":
        """
        Describes what came of an action, as an event for `Context.apply`.

        `outcome` is a word such as `impression`, `click` or `accept`; `at` is
        an aware datetime or Unix milliseconds. Raises `EventError` for others,
        `UnknownActionError` if the policy has no action of this id.
        """
    @property
    def policy(self, /) -> str:
        """
        The name of the policy.
        """
    @property
    def recommendations(self, /) -> tuple[Recommendation, ...]:
        """
        What is recommended, best first.
        """
    def record(self, /, *, facts: bool = False) -> str:
        """
        Writes the record that a log keeps, as JSON that `Engine.replay` reads.

        Facts about the customer come in only with `facts=True`: they are
        personal data.
        """
    @property
    def request(self, /) -> dict[str, Any]:
        """
        What was asked, as a dict.
        """
    @property
    def reservations(self, /) -> dict[str, int]:
        """
        What the recommendations take of each quota, by name.
        """
    @property
    def suppressed(self, /) -> tuple[Withheld, ...]:
        """
        The actions that a suppression holds back, and nothing before it.
        """
    @property
    def suppressions(self, /) -> tuple[Suppression, ...]:
        """
        The suppressions that are in force, whatever they hold back.
        """
    def timeline(self, /, action: str) -> Timeline:
        """
        Lists what becomes of an action if nothing but time changes.

        Raises `UnknownActionError` if the policy has no action of this id.
        """
    def to_dict(self, /) -> dict[str, Any]:
        """
        Returns the decision as a dict, as `to_json` writes it.
        """
    def to_json(self, /) -> str:
        """
        Writes the decision as JSON, the same bytes as in every other language.
        """
    @property
    def top(self, /) -> Recommendation | None:
        """
        The best recommendation, if there is any.
        """
    @property
    def unknown_actions(self, /) -> tuple[str, ...]:
        """
        The actions that the request names and the policy does not have.

        A decision passes over them: look here for a slip of the pen.
        """
    @property
    def valid_until(self, /) -> datetime | None:
        """
        How long the recommendations stand; `None` if time alone changes nothing.
        """
    @property
    def withheld(self, /) -> tuple[Withheld, ...]:
        """
        Every action that is not recommended, with its verdict and reasons.

        Empty if only the ranking was asked for.
        """

@final
class DecisionBatch:
    """
    The decisions of one batch: a table of one piece, for any library that
    reads Arrow, as often as it likes.
    """
    def __arrow_c_array__(self, /, requested_schema: "object | None" = None) -> "tuple[object, object]": ...
    def __arrow_c_schema__(self, /) -> "object": ...
    def __arrow_c_stream__(self, /, requested_schema: "object | None" = None) -> "object": ...
    def __len__(self, /) -> int: ...
    def __repr__(self, /) -> str: ...

@final
class DecisionBatches:
    """
    The decisions of several batches: a stream for any library that reads Arrow.

    That of a table can be read as often as one likes, that of a stream once.
    """
    def __arrow_c_schema__(self, /) -> "object": ...
    def __arrow_c_stream__(self, /, requested_schema: "object | None" = None) -> "object": ...
    def __repr__(self, /) -> str: ...

@final
class Engine:
    """
    A compiled policy: it decides what to recommend to a customer, and what not.

    It never changes, and any number of threads may use it at once.
    """
    def __eq__(self, other: object, /) -> bool: ...
    def __hash__(self, /) -> int: ...
    def __reduce__(self, /) -> tuple: ...
    def __repr__(self, /) -> str: ...
    @staticmethod
    def batch_schema(*, accounts: "str | None" = ..., on_error: "str" = "null") -> "BatchSchema":
        """
        Tells the schema of what `decide_batch` gives, without any data.

        `pyarrow.schema(...)` reads it, and `ddl` is how Spark spells it.
        """
    def decide(self, /, context: "ContextLike", *, now: "Moment", channel: "str", **options: "Unpack[RequestOptions]") -> "Decision":
        """
        Decides what to recommend to a customer, at a moment and on a channel.

        The context is a `Context`, a mapping shaped like one, or JSON as str or
        bytes; `now` is an aware datetime or Unix milliseconds. The further
        keywords are those of a request, such as `slots`, `limit` or `quotas`.

        Raises `ContextError` or `RequestError` with the path of what is wrong.
        """
    def decide_batch(self, /, data: "ArrowData", *, now: "Moment | None" = None, channel: "Channel | None" = None, as_of: "Moment | None" = None, carry: "Sequence[str] | None" = None, ignore: "Sequence[str] | None" = None, accounts: "str | None" = ..., on_error: "str" = "null", on_progress: "Callable[[int], object] | None" = None, **options: "Unpack[RequestOptions]") -> "DecisionBatch | DecisionBatches":
        """
        Decides for every row of a table: anything that speaks the Arrow PyCapsule
        interface, such as a pyarrow table or reader, or a Polars frame.

        Columns are facts, spelled as in the JSON of a context: `profile.plan`,
        `support.tickets`, or `support` as a struct; or all of it as text in
        `context_json`. Null is unknown. `now` and `channel` are columns or
        arguments, `as_of` dates the parts that have no column for it. `carry`
        names columns that the result repeats, `ignore` those that are not
        looked at. `accounts` is `"suppressed"`, `"withheld"`, `None`, or
        `"ranking"` for the recommendations alone, which is the fastest;
        `on_error` is `"null"` (a row that cannot be read gets an `error` and no
        recommendation) or `"raise"`. `on_progress` is called with the number of
        rows decided so far. The further keywords are those of a request.

        What is in memory is decided at once; a stream of batches is decided as
        the result is read, which can be done once. Other threads run meanwhile.

        Raises `ContextError` with everything that is wrong with the columns, or
        with the first bad row; `RequestError` for arguments.
        """
    def decide_json(self, /, context: "str | bytes", request: "str | bytes") -> "bytes":
        """
        Decides from JSON to JSON: a context and a request, both as str or bytes.

        The answer is what `Decision.to_json` writes, as bytes. Raises as
        `decide` does.
        """
    def describe(self, /) -> str:
        """
        Reads the policy back in English.
        """
    @property
    def fingerprint(self, /) -> str:
        """
        The stable hash of the policy, which every decision carries.
        """
    @classmethod
    def from_file(cls, /, path: "str | PathLike[str]") -> "Engine":
        """
        Builds an engine from a file whose name ends in `.toml` or `.json`.

        Raises `PolicyError` with everything that is wrong with it at once, and
        `OSError` if the file cannot be read.
        """
    @classmethod
    def from_json(cls, /, text: str) -> Engine:
        """
        Builds an engine from a policy in JSON.

        Raises `PolicyError` with everything that is wrong with it at once.
        """
    @classmethod
    def from_toml(cls, /, text: str) -> Engine:
        """
        Builds an engine from a policy in TOML.

        Raises `PolicyError` with everything that is wrong with it at once.
        """
    def missing(self, /, context: "ContextLike", now: "Moment") -> "tuple[Missing, ...]":
        """
        Lists what the policy reads and a context does not say at a moment.
        """
    @property
    def policy(self, /) -> str:
        """
        The name of the policy.
        """
    def reads(self, /) -> list[str]:
        """
        Lists the facts that the policy reads, by path.
        """
    def replay(self, /, record: "str | bytes | Mapping[str, Any]", context: "ContextLike") -> "Replay":
        """
        Decides again what was recorded, and says what differs.

        The record is what `Decision.record` wrote, or a dict of it. Raises
        `RecordError` if it is malformed or of another format.
        """
    @property
    def warnings(self, /) -> list:
        """
        What is questionable about the policy, though not wrong.
        """

@final
class Explanation:
    """
    Why an action is recommended, or why not. Print it to read it.
    """
    def __eq__(self, other: object, /) -> bool: ...
    def __hash__(self, /) -> int: ...
    def __reduce__(self, /) -> tuple: ...
    def __repr__(self, /) -> str: ...
    def __str__(self, /) -> str: ...
    @property
    def action(self, /) -> str:
        """
        The id of the action.
        """
    @property
    def channel(self, /) -> str:
        """
        The channel it goes on; if it goes on none, the first that was tried.
        """
    @property
    def nearest_change(self, /) -> tuple[str, ...]:
        """
        What would have to be otherwise, a sentence for each change.
        """
    @property
    def priority(self, /) -> Decimal | None:
        """
        Its priority; `None` if a score is missing.
        """
    @property
    def rank(self, /) -> int | None:
        """
        The place among all admissible actions it has, or would have.
        """
    @property
    def slot(self, /) -> str | None:
        """
        The slot it takes, if it is recommended into one.
        """
    def to_dict(self, /) -> dict[str, Any]:
        """
        Returns all of it as a dict, with the stages and their facts.
        """
    def to_json(self, /) -> str:
        """
        Writes all of it as JSON.
        """
    @property
    def until(self, /) -> datetime | None:
        """
        When everything that holds it back is clear.
        """
    @property
    def verdict(self, /) -> str:
        """
        What became of it, such as `recommended` or `suppressed`.
        """
    @property
    def why(self, /) -> tuple[str, ...]:
        """
        Why it is not recommended, a sentence for each reason.
        """

@final
class Fact:
    """
    A fact that a reason rests on, with its age.
    """
    def __eq__(self, other: object, /) -> bool: ...
    def __hash__(self, /) -> int: ...
    def __reduce__(self, /) -> tuple: ...
    def __repr__(self, /) -> str: ...
    def __str__(self, /) -> str: ...
    @property
    def age(self, /) -> timedelta | None:
        """
        How long ago it was delivered, if it was.
        """
    @property
    def code(self, /) -> int | None:
        """
        What is the matter with it, as a code; `None` if it is known.
        """
    @property
    def max_age(self, /) -> timedelta | None:
        """
        How old it may be, if it is older.
        """
    @property
    def name(self, /) -> str | None:
        """
        The name of the code.
        """
    @property
    def path(self, /) -> str:
        """
        The path of the fact, or of its part as a whole.
        """

@final
class Missing:
    """
    Something a policy reads that is not known, or not well enough.
    """
    def __eq__(self, other: object, /) -> bool: ...
    def __hash__(self, /) -> int: ...
    def __repr__(self, /) -> str: ...
    def __str__(self, /) -> str: ...
    @property
    def facts(self, /) -> tuple[str, ...]:
        """
        The facts that the policy reads there, by path.
        """
    @property
    def name(self, /) -> str | None:
        """
        What is the matter with it, as the name of a code.
        """
    @property
    def path(self, /) -> str:
        """
        The path of the part or the list.
        """
    def to_dict(self, /) -> dict[str, Any]:
        """
        Returns it as a dict.
        """

@final
class Reason:
    """
    One reason why an action is not recommended.
    """
    def __eq__(self, other: object, /) -> bool: ...
    def __hash__(self, /) -> int: ...
    def __reduce__(self, /) -> tuple: ...
    def __repr__(self, /) -> str: ...
    @property
    def because(self, /) -> str:
        """
        The reason in words for people.
        """
    @property
    def channel(self, /) -> str | None:
        """
        The channel, for a reason that is about one.
        """
    @property
    def code(self, /) -> int:
        """
        The stable code, the same number in every language.
        """
    @property
    def condition(self, /) -> str | None:
        """
        The condition that is not known to hold, as written.
        """
    @property
    def facts(self, /) -> tuple[Fact, ...]:
        """
        The facts it rests on, with their age.
        """
    @property
    def name(self, /) -> str:
        """
        The name of the code.
        """
    @property
    def rule(self, /) -> str | None:
        """
        The id of the rule, if a rule gave the reason.
        """
    @property
    def severity(self, /) -> str:
        """
        What kind of news it is: `expected`, `protective` or `data_problem`.
        """
    @property
    def stage(self, /) -> str:
        """
        The stage that gave the reason.
        """
    def to_dict(self, /) -> dict[str, Any]:
        """
        Returns it as a dict, as in the JSON of the decision.
        """
    @property
    def until(self, /) -> datetime | None:
        """
        When it clears by itself; `None` if time alone never clears it.
        """

@final
class Recommendation:
    """
    An action that is recommended.
    """
    def __eq__(self, other: object, /) -> bool: ...
    def __hash__(self, /) -> int: ...
    def __reduce__(self, /) -> tuple: ...
    def __repr__(self, /) -> str: ...
    @property
    def action(self, /) -> str:
        """
        The id of the action.
        """
    @property
    def channel(self, /) -> str:
        """
        The channel it goes on.
        """
    @property
    def is_forced(self, /) -> bool:
        """
        Whether the request forced it.
        """
    @property
    def kind(self, /) -> str:
        """
        The kind of the action, such as `upsell`.
        """
    @property
    def passed_over(self, /) -> tuple[Reason, ...]:
        """
        Why it does not go on the channels that come before in the request.
        """
    @property
    def priority(self, /) -> Decimal:
        """
        Its exact priority.
        """
    @property
    def slot(self, /) -> str | None:
        """
        The slot it takes, if the request named slots.
        """
    @property
    def tier(self, /) -> int:
        """
        Its class of importance.
        """
    def to_dict(self, /) -> dict[str, Any]:
        """
        Returns it as a dict, as in the JSON of the decision.
        """
    @property
    def treatment(self, /) -> str | None:
        """
        How it is shown, if the action has treatments.
        """

@final
class Replay:
    """
    What came of making a recorded decision again. True if it is the same.
    """
    def __bool__(self, /) -> bool: ...
    def __eq__(self, other: object, /) -> bool: ...
    def __hash__(self, /) -> int: ...
    def __repr__(self, /) -> str: ...
    def __str__(self, /) -> str: ...
    @property
    def actions(self, /) -> tuple[str, ...]:
        """
        The ids of the actions that fare otherwise.
        """
    @property
    def context_changed(self, /) -> bool:
        """
        Whether something else is known about the customer than was.
        """
    @property
    def is_same(self, /) -> bool:
        """
        Whether the decision is the same, to the last reason.
        """
    @property
    def policy_changed(self, /) -> bool:
        """
        Whether the policy says something else than it did.
        """
    def to_dict(self, /) -> dict[str, Any]:
        """
        Returns all of it as a dict: what was, and what is now.
        """
    def to_json(self, /) -> str:
        """
        Writes all of it as JSON.
        """

@final
class Step:
    """
    What becomes of an action from one moment on.
    """
    def __eq__(self, other: object, /) -> bool: ...
    def __hash__(self, /) -> int: ...
    def __repr__(self, /) -> str: ...
    def __str__(self, /) -> str: ...
    @property
    def at(self, /) -> datetime:
        """
        From when on.
        """
    @property
    def because(self, /) -> tuple[str, ...]:
        """
        Everything that stands against it, in words for people.
        """
    @property
    def priority(self, /) -> Decimal | None:
        """
        Its priority; `None` if a score is missing.
        """
    @property
    def rank(self, /) -> int | None:
        """
        The place among all admissible actions it has, or would have.
        """
    @property
    def slot(self, /) -> str | None:
        """
        The slot it takes, if it is recommended into one.
        """
    @property
    def verdict(self, /) -> str:
        """
        What becomes of it.
        """

@final
class Suppression:
    """
    A suppression that is in force, whatever it holds back.
    """
    def __eq__(self, other: object, /) -> bool: ...
    def __hash__(self, /) -> int: ...
    def __reduce__(self, /) -> tuple: ...
    def __repr__(self, /) -> str: ...
    @property
    def because(self, /) -> str:
        """
        Why the rule is there, in words for people.
        """
    @property
    def code(self, /) -> int:
        """
        The stable code: whether the situation holds, or its cool-off.
        """
    @property
    def facts(self, /) -> tuple[Fact, ...]:
        """
        The facts it rests on, with their age.
        """
    @property
    def is_known(self, /) -> bool:
        """
        Whether the situation is known to hold; else nobody can tell.
        """
    @property
    def name(self, /) -> str:
        """
        The name of the code.
        """
    @property
    def rule(self, /) -> str:
        """
        The id of the rule.
        """
    @property
    def situation(self, /) -> str:
        """
        The situation, read aloud.
        """
    def to_dict(self, /) -> dict[str, Any]:
        """
        Returns it as a dict, as in the JSON of the decision.
        """
    @property
    def until(self, /) -> datetime | None:
        """
        When it lets go by itself.
        """

@final
class Timeline:
    """
    What becomes of an action if nothing but time changes. Print it to read it.
    """
    def __eq__(self, other: object, /) -> bool: ...
    def __hash__(self, /) -> int: ...
    def __reduce__(self, /) -> tuple: ...
    def __repr__(self, /) -> str: ...
    def __str__(self, /) -> str: ...
    @property
    def action(self, /) -> str:
        """
        The id of the action.
        """
    @property
    def is_cut(self, /) -> bool:
        """
        Whether more changes may follow that were not looked at.
        """
    @property
    def steps(self, /) -> tuple[Step, ...]:
        """
        The moment of the request and each later change, in their order.
        """
    def to_dict(self, /) -> dict[str, Any]:
        """
        Returns it as a dict.
        """
    def to_json(self, /) -> str:
        """
        Writes it as JSON.
        """

@final
class Withheld:
    """
    An action that is not recommended, with everything that stands against it.
    """
    def __eq__(self, other: object, /) -> bool: ...
    def __hash__(self, /) -> int: ...
    def __reduce__(self, /) -> tuple: ...
    def __repr__(self, /) -> str: ...
    @property
    def action(self, /) -> str:
        """
        The id of the action.
        """
    @property
    def because(self, /) -> str:
        """
        The first reason in words for people.
        """
    @property
    def code(self, /) -> int | None:
        """
        The stable code of the first reason, which gave the verdict.
        """
    @property
    def kind(self, /) -> str:
        """
        The kind of the action, such as `upsell`.
        """
    @property
    def priority(self, /) -> Decimal | None:
        """
        The priority it would have; `None` if a score is missing.
        """
    @property
    def reasons(self, /) -> tuple[Reason, ...]:
        """
        All reasons, in the order of the stages that gave them.
        """
    @property
    def tier(self, /) -> int:
        """
        Its class of importance.
        """
    def to_dict(self, /) -> dict[str, Any]:
        """
        Returns it as a dict, as in the JSON of the decision.
        """
    @property
    def until(self, /) -> datetime | None:
        """
        When all reasons are clear; `None` if time alone never clears them.
        """
    @property
    def verdict(self, /) -> str:
        """
        What became of it, such as `suppressed`, `limited` or `outranked`.
        """

def _decision(engine: Engine, context: Context, request: str) -> Decision:
    """
    Decides once more: the same inputs give the same decision.
    """

def _engine(text: str, is_json: bool, name: str | None) -> Engine:
    """
    Makes an engine of what one pickled as.
    """

def _item(of: Any, list: str, place: SupportsIndex) -> Any:
    """
    Finds an item of a decision.
    """

def _item_of_item(decision: Any, list: str, place: SupportsIndex, of: str, place_of: SupportsIndex) -> Any:
    """
    Finds an item of an item of a decision.
    """
