"""Threads: everything is frozen, and shared without a lock."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Any

from tactful import Context, Decision, Engine

from conftest import NOW


def test_threads_share_an_engine_a_context_and_a_decision(engine: Engine, customer: dict[str, Any]) -> None:
    context = Context(**customer)
    shared = engine.decide(context, now=NOW, channel="web")
    expected = shared.to_json()

    def work(turn: int) -> bool:
        decision: Decision = engine.decide(context if turn % 2 else customer, now=NOW, channel="web")
        names = [one.action for one in shared.recommendations] + [one.because for one in shared.withheld]
        return decision.to_json() == expected and len(names) == 15 and hash(context) == hash(Context(**customer))

    with ThreadPoolExecutor(8) as pool:
        assert all(pool.map(work, range(400)))
    assert shared.recommendations is shared.recommendations
