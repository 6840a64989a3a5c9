"""Pickles: in one process, by other picklers, and to workers of every kind."""

from __future__ import annotations

import copy
import multiprocessing
import os
import pickle
from concurrent.futures import ProcessPoolExecutor
from typing import Any

import cloudpickle
import pytest

import tactful
from tactful import Context, Decision, Engine

from conftest import NOW

PICKLERS = [pickle, cloudpickle]


@pytest.mark.parametrize("pickler", PICKLERS, ids=lambda pickler: pickler.__name__)
@pytest.mark.parametrize("protocol", range(2, pickle.HIGHEST_PROTOCOL + 1))
def test_everything_comes_back_the_same(pickler: Any, protocol: int, engine: Engine, decision: Decision) -> None:
    def back(value: Any) -> Any:
        return pickle.loads(pickler.dumps(value, protocol=protocol))

    assert back(engine) == engine and back(engine).describe() == engine.describe()
    assert back(decision.context) == decision.context
    assert back(decision) == decision and back(decision).record() == decision.record()
    for name in ("recommendations", "withheld", "suppressions"):
        items = getattr(decision, name)
        assert items and [one.to_dict() for one in back(items)] == [one.to_dict() for one in items]
    reason = decision.withheld[0].reasons[0]
    assert back(reason).to_dict() == reason.to_dict()
    assert str(back(decision.explain("premium-upgrade"))) == str(decision.explain("premium-upgrade"))
    assert str(back(decision.timeline("premium-upgrade"))) == str(decision.timeline("premium-upgrade"))
    assert copy.deepcopy(decision) == decision


def items(decision: Decision) -> list[Any]:
    """Everything that a decision holds, and what is in there."""
    found: list[Any] = [*decision.recommendations, *decision.withheld, *decision.suppressions]
    reasons = [reason for one in decision.recommendations for reason in one.passed_over]
    reasons += [reason for one in decision.withheld for reason in one.reasons]
    facts = [fact for one in [*reasons, *decision.suppressions] for fact in one.facts]
    return [*found, *reasons, *facts, decision.explain("premium-upgrade"), decision.timeline("premium-upgrade")]


def test_items_are_equal_to_themselves_and_to_their_copies(engine: Engine, customer: dict[str, Any]) -> None:
    options: dict[str, Any] = {"now": NOW, "channel": "phone", "or_channels": ["web"], "slots": ["hero", "tile"]}
    decision, again = (engine.decide(customer, **options) for _ in range(2))
    assert any(one.passed_over for one in decision)
    assert decision.top == decision.top and decision.top in decision and decision.top in decision.recommendations
    for one, anew in zip(items(decision), items(again), strict=True):
        for same in (anew, copy.copy(one), copy.deepcopy(one), pickle.loads(pickle.dumps(one)),
                     cloudpickle.loads(cloudpickle.dumps(one))):
            assert one == same and hash(one) == hash(same) and not one != same and len({one, same}) == 1
        assert one != decision and one != None and one != str(one)  # noqa: E711
    for kind in ("Recommendation", "Withheld", "Suppression", "Reason", "Fact"):
        of_kind = [one for one in items(decision) if type(one).__name__ == kind]
        said = [str(one) if kind == "Fact" else one.to_json() if hasattr(one, "to_json") else str(one.to_dict())
                for one in of_kind]
        assert len(set(of_kind)) == len(set(said)) and of_kind, "equal if they say the same, and only then"


def test_what_is_told_beside_a_decision_is_compared_as_well(engine: Engine, decision: Decision) -> None:
    record, context = decision.record(), decision.context
    event = decision.outcome("dispute-status", "impression", at=NOW)
    for tell in (
        lambda: engine.missing(Context(), NOW), lambda: decision.timeline("premium-upgrade").steps,
        lambda: engine.replay(record, context), lambda: engine.replay(record, Context()),
        lambda: context.apply(event)[1], lambda: context.apply(event)[0].apply(event)[1],
    ):
        assert tell() == tell() and hash(tell()) == hash(tell())
    assert len(set(engine.missing(Context(), NOW))) == len(engine.missing(Context(), NOW)) > 1
    assert engine.replay(record, context) != engine.replay(record, Context())
    assert context.apply(event)[1] != context.apply(event)[0].apply(event)[1]
    assert decision.explain("premium-upgrade") != decision.explain("dispute-status")
    assert decision.timeline("premium-upgrade") != decision.timeline("dispute-status")


def test_a_worker_compiles_an_engine_once(engine: Engine) -> None:
    pickled = pickle.dumps(engine)
    assert pickle.loads(pickled) is pickle.loads(pickled)
    others = [Engine.from_toml(
        f'policy = "p{n}"\n[[actions]]\nid = "a"\nkind = "service"\nchannels = ["web"]') for n in range(20)]
    for other in others:
        assert pickle.loads(pickle.dumps(other)) == other
    assert pickle.loads(pickled) == engine, "compiled again: so many are not kept"


def errors(engine: Engine) -> list[tactful.TactfulError]:
    found = []
    calls: list[Any] = [
        lambda: Engine.from_toml("policy = 'p'\nx = 1"),
        lambda: Context(suport=1),
        lambda: engine.decide({}, now=0, channel="web"),
        lambda: Context().apply({}),
        lambda: Context(user_id="a").merge(Context(user_id="b")),
        lambda: engine.replay("{}", {}),
        lambda: engine.decide({}, now=NOW, channel="web").explain("x"),
    ]
    for call in calls:
        with pytest.raises(tactful.TactfulError) as caught:
            call()
        found.append(caught.value)
    return [*found, tactful.InternalError("a panic")]


@pytest.mark.parametrize("pickler", PICKLERS, ids=lambda pickler: pickler.__name__)
def test_exceptions_come_back_whole(pickler: Any, engine: Engine) -> None:
    all_of_them = errors(engine)
    assert len({type(error) for error in all_of_them}) == 8
    for error in all_of_them:
        back = pickle.loads(pickler.dumps(error))
        assert type(back) is type(error) and str(back) == str(error)
        assert vars(back) == vars(error)


def actions(engine: Engine, context: Context) -> tuple[int, Decision]:
    return os.getpid(), engine.decide(context, now=NOW, channel="web", slots=["hero", "tile"])


def refused(engine: Engine) -> None:
    engine.decide({"suport": 1}, now=NOW, channel="web")


@pytest.mark.parametrize("method", ["fork", "spawn", "forkserver"])
def test_workers_decide_the_same(method: str, engine: Engine, decision: Decision) -> None:
    if method not in multiprocessing.get_all_start_methods():
        pytest.skip(f"no {method} on this system")
    workers = multiprocessing.get_context(method)
    with ProcessPoolExecutor(2, mp_context=workers) as pool:
        futures = [pool.submit(actions, engine, decision.context) for _ in range(8)]
        answers = [future.result(timeout=120) for future in futures]
        with pytest.raises(tactful.ContextError, match="did you mean `support`") as caught:
            pool.submit(refused, engine).result(timeout=120)
    assert caught.value.path == "suport"
    assert all(answer == decision and pid != os.getpid() for pid, answer in answers)
