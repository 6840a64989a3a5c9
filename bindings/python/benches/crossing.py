"""What Python adds to a decision: the core and the package measured in turns.

`cargo xtask python bench` builds both and runs this; ten actions, one customer
of about a kilobyte of JSON. A turn takes the best of many short rounds, since on
a busy machine some go undisturbed; each line is the median over the turns, and
what is added the median of the differences within a turn. In the end two threads
decide a table each, beside one: that says something only where two cores are idle.
"""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import threading
import time
from collections.abc import Callable
from datetime import datetime, timezone
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pyarrow as pa
import tactful

TURNS = 7
ROUNDS = 300
CALLS = 200
NOW_MS = 1_773_154_830_000

KINDS = ["upsell", "cross_sell", "service", "retention", "promotion"]
POLICY = """
policy = "ten"
currency = "EUR"

[situations.dispute]
say  = "a billing dispute is open"
when = 'support.tickets.exists(t, t.topic == "billing_dispute" && t.is_open)'

[[suppress]]
id = "no-selling"
when = "dispute"
kinds = ["upsell", "cross_sell", "promotion"]
because = "nobody wants an offer while arguing about a bill"
""" + "".join(f"""
[[actions]]
id = "action-{n}"
kind = "{KINDS[n % 5]}"
purpose = "service"
eligible = ['profile.plan == "{["basic", "premium"][n % 2]}"', 'profile.age_years >= {18 + n}']
propensity = 0.0{n + 1}
value = "{10 * n + 10}.00"
channels = ["web", "email"]
""" for n in range(10))

AS_OF = "2026-03-10T15:00:00Z"
CUSTOMER: dict[str, Any] = {
    "user_id": "u-1001",
    "support": {"as_of": AS_OF, "tickets": [
        {"id": "C-1", "state": "closed", "topic": "how_to", "channel": "phone",
         "opened_at": "2026-03-01T09:00:00Z", "updated_at": "2026-03-02T09:00:00Z"}]},
    "purchases": {"as_of": AS_OF, "orders": [
        {"id": f"o-{n}", "placed_at": f"2026-0{n + 1}-03T10:00:00Z", "status": "delivered",
         "total": {"minor": 1990 + n, "currency": "EUR"}, "categories": ["phone"]} for n in range(2)]},
    "device": {"as_of": AS_OF, "form_factor": "mobile", "platform": "ios"},
    "profile": {"as_of": AS_OF, "plan": "basic", "age_years": 34, "role": "member"},
    "consent": {"as_of": AS_OF, "hard_blocks": [], "grants": [
        {"purpose": "marketing", "channel": "email", "status": "granted", "changed_at": "2024-01-05T09:00:00Z"}]},
}
REQUEST = {"now": NOW_MS, "channel": "web"}


def nanoseconds(call: Callable[[], object]) -> float:
    rounds = []
    for _ in range(ROUNDS):
        start = time.perf_counter_ns()
        for _ in range(CALLS):
            call()
        rounds.append((time.perf_counter_ns() - start) / CALLS)
    return min(rounds)


def table(rows: int) -> pa.Table:
    as_of = pa.array([NOW_MS] * rows, pa.timestamp("ms", "UTC"))
    return pa.table({
        "user_id": [f"u-{row}" for row in range(rows)],
        "support.as_of": as_of,
        "support.tickets": pa.array([[]] * rows, pa.list_(pa.struct([("id", pa.string())]))),
        "profile.as_of": as_of,
        "profile.plan": [["basic", "premium"][row % 2] for row in range(rows)],
        "profile.age_years": [row % 90 for row in range(rows)],
    })


def threads(engine: tactful.Engine) -> tuple[float, float]:
    """Returns how many customers a second one thread decides, and how many two do."""
    rows = 50_000
    tables = [table(rows), table(rows)]

    def decide(one: pa.Table) -> None:
        engine.decide_batch(one, now=NOW_MS, channel="web", accounts="ranking")

    def seconds(some: list[pa.Table]) -> float:
        start = time.perf_counter()
        workers = [threading.Thread(target=decide, args=(one,)) for one in some]
        for worker in workers:
            worker.start()
        for worker in workers:
            worker.join()
        return time.perf_counter() - start

    rounds = [(seconds(tables[:1]), seconds(tables)) for _ in range(20)]
    return rows / min(one for one, _ in rounds), 2 * rows / min(two for _, two in rounds)


def core(program: Path, folder: Path) -> tuple[float, float]:
    names = ["policy.toml", "customer.json", "request.json"]
    told = subprocess.run([program, *(folder / name for name in names)], check=True, capture_output=True, text=True)
    decide, from_json = told.stdout.split()
    return float(decide), float(from_json)


def main() -> None:
    target = Path(os.environ.get("CARGO_TARGET_DIR", "target"))
    program = target / "release" / "examples" / "decide_speed"
    engine = tactful.Engine.from_toml(POLICY)
    context = tactful.Context(**CUSTOMER)
    text, request = json.dumps(CUSTOMER).encode(), json.dumps(REQUEST).encode()
    now = datetime(2026, 3, 10, 15, 0, 30, tzinfo=timezone.utc)
    assert len(engine.decide(context, now=NOW_MS, channel="web")) == 5

    # What is measured, and which of the core's two figures it is held against.
    routes: dict[str, tuple[Callable[[], object], int | None]] = {
        "decide(Context)": (lambda: engine.decide(context, now=NOW_MS, channel="web"), 0),
        "decide(Context), now a datetime": (lambda: engine.decide(context, now=now, channel="web"), 0),
        "decide(Context), ranked only": (
            lambda: engine.decide(context, now=NOW_MS, channel="web", detail="ranked_only"), 0),
        "decide(Context).top.action": (lambda: engine.decide(context, now=NOW_MS, channel="web").top.action, 0),  # type: ignore[union-attr]
        "decide(dict)": (lambda: engine.decide(CUSTOMER, now=NOW_MS, channel="web"), 0),
        "decide(JSON)": (lambda: engine.decide(text, now=NOW_MS, channel="web"), 0),
        "decide_json(JSON, JSON)": (lambda: engine.decide_json(text, request), 1),
        "Context(**dict)": (lambda: tactful.Context(**CUSTOMER), None),
        "a lambda that does nothing": (lambda: None, None),
    }
    measured: dict[str, list[float]] = {name: [] for name in routes}
    added: dict[str, list[float]] = {name: [] for name in routes}
    cores: list[tuple[float, float]] = []
    with TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "policy.toml").write_text(POLICY)
        (folder / "customer.json").write_bytes(text)
        (folder / "request.json").write_bytes(request)
        for _ in range(TURNS):
            cores.append(core(program, folder))
            for route, (call, against) in routes.items():
                took = nanoseconds(call)
                measured[route].append(took)
                added[route].append(took - (0.0 if against is None else cores[-1][against]))
    print(f"{len(text)} bytes of context, {TURNS} turns; nanoseconds")
    print(f"{'core: decide':34}{statistics.median(one for one, _ in cores):8.0f}")
    print(f"{'core: JSON to JSON':34}{statistics.median(one for _, one in cores):8.0f}")
    for route, (_, against) in routes.items():
        over = "" if against is None else f"   {statistics.median(added[route]):+8.0f} over the core"
        print(f"{route:34}{statistics.median(measured[route]):8.0f}{over}")
    one, two = threads(engine)
    print(f"decide_batch: {one:.0f} customers/s on one thread, {two:.0f} on two: {two / one:.2f} times")


if __name__ == "__main__":
    main()
