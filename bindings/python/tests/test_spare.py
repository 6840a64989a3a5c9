"""Memory that is used again: nothing of a customer comes to the next one."""

from __future__ import annotations

import json
import random
import threading
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from tactful import Context, ContextError, Decision, Engine

from conftest import NOW, ROOT


@pytest.fixture(scope="module")
def customers() -> list[dict[str, Any]]:
    lines = (ROOT / "examples" / "data" / "customers.jsonl").read_text("utf-8").splitlines()
    return [json.loads(line) for line in random.Random(7).sample(lines, 200)]


def decide(engine: Engine, context: Any) -> Decision:
    return engine.decide(context, now=NOW, channel="web")


def test_one_customer_after_the_other_leaves_nothing(engine: Engine, customers: list[dict[str, Any]]) -> None:
    for customer in customers:
        expected = Context.from_dict(customer)
        for way in (customer, json.dumps(customer), json.dumps(customer).encode()):
            decision = decide(engine, way)
            assert decision.context == expected and decision == decide(engine, expected)
        del decision
        assert decide(engine, {}).context.to_json() == "{}"


def test_each_part_alone_leaves_nothing_to_the_next(engine: Engine, customers: list[dict[str, Any]]) -> None:
    parts = [{name: part} for customer in customers[:40] for name, part in customer.items()]
    random.Random(7).shuffle(parts)
    for part in parts:
        assert decide(engine, part).context.to_json() == Context.from_dict(part).to_json()


def test_json_to_json_leaves_nothing_either(engine: Engine, customers: list[dict[str, Any]]) -> None:
    request = json.dumps({"now": int(NOW.timestamp() * 1000), "channel": "web"})
    for customer in customers[:40]:
        expected = decide(engine, Context.from_dict(customer)).to_json().encode()
        assert engine.decide_json(json.dumps(customer), request) == expected
        assert engine.decide_json("{}", request) == decide(engine, Context()).to_json().encode()
        with pytest.raises(ContextError):
            engine.decide_json(json.dumps(customer | {"device": 1}), request)


def test_an_error_half_way_leaves_nothing(engine: Engine, customers: list[dict[str, Any]]) -> None:
    for customer in customers[:40]:
        decide(engine, customer)
        for wrong in (customer | {"zzz": 1}, customer | {"attributes": {"values": {"x": [object()]}}}):
            for way in (wrong, json.dumps(wrong, default=str)):
                with pytest.raises(ContextError):
                    decide(engine, way)
        assert decide(engine, {"user_id": "u"}).context.to_json() == '{"user_id":"u"}'


def test_what_somebody_has_stays_as_it_is(engine: Engine, customers: list[dict[str, Any]]) -> None:
    kept = [decide(engine, customer) for customer in customers]
    contexts = [decide(engine, customer).context for customer in customers]
    tops = [decide(engine, customer).top for customer in customers]
    event = {"source": "crm", "at": "2026-03-10T15:00:00Z",
             "contact": {"started_at": "2026-03-10T14:00:00Z", "channel": "phone"}}
    changed = [decide(engine, customer).context.apply(event)[0] for customer in customers]
    for customer, decision, context, top, other in zip(customers, kept, contexts, tops, changed, strict=True):
        expected = Context.from_dict(customer)
        assert decision.context == context == expected
        assert decision == decide(engine, expected)
        best = next(iter(decision), None)
        assert (top and (top.action, top.priority)) == (best and (best.action, best.priority))
        assert other == expected.apply(event)[0]


class Deciding(Mapping[str, Any]):
    """Decides about somebody else while it is read."""

    def __init__(self, engine: Engine, within: Any, says: dict[str, Any]) -> None:
        self.engine, self.within, self.says = engine, within, says

    def __getitem__(self, key: str) -> Any:
        decide(self.engine, self.within)
        return self.says[key]

    def __iter__(self) -> Iterator[str]:
        return iter(self.says)

    def __len__(self) -> int:
        return len(self.says)


def test_a_mapping_may_decide_while_it_is_read(engine: Engine, customers: list[dict[str, Any]]) -> None:
    for customer, another in zip(customers[:20], customers[20:40], strict=True):
        profile = Deciding(engine, Deciding(engine, another, another), customer.get("profile", {"as_of": 0}))
        says = customer | {"profile": profile}
        expected = Context.from_dict(customer | {"profile": profile.says})
        assert decide(engine, says).context == expected
        assert decide(engine, Deciding(engine, another, says)).context == expected


def test_threads_drop_what_others_read(engine: Engine, customers: list[dict[str, Any]]) -> None:
    expected = [Context.from_dict(customer) for customer in customers]
    handed: list[Decision] = []

    def work(turn: int) -> bool:
        place = turn % len(customers)
        decision = decide(engine, customers[place])
        handed.append(decision)
        if len(handed) > 5:
            handed.pop(0)
        return decision.context == expected[place]

    with ThreadPoolExecutor(8) as pool:
        assert all(pool.map(work, range(2_000)))
    # Threads that end give back what they kept.
    for place in range(50):
        one = threading.Thread(target=work, args=(place,))
        one.start()
        one.join()
    assert all(decision.context in expected for decision in handed)


def test_what_is_large_is_read_and_followed_as_any(engine: Engine) -> None:
    large = {"attributes": {"as_of": NOW, "values": {f"a{n}": "x" * 1_000 for n in range(200)}}}
    for says in (large, {}, large, {"user_id": "u"}):
        assert decide(engine, says).context == Context.from_dict(says)
