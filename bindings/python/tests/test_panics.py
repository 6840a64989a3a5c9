"""A panic in the library is an exception, and harms nothing else.

Needs a build with the feature `panic-test`, in which every call panics while
the environment asks for it.
"""

from __future__ import annotations

import pickle
from typing import Any

import pytest

from tactful import Context, Decision, Engine, InternalError

from conftest import CARE, NOW


def is_made_for_it() -> bool:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("TACTFUL_PANIC", "1")
        try:
            Context()
        except InternalError:
            return True
    return False


pytestmark = pytest.mark.skipif(not is_made_for_it(), reason="a build without the feature panic-test")


def test_no_panic_gets_out(
    engine: Engine, decision: Decision, customer: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    context, record = Context(**customer), decision.record()
    top, account, rule = decision.top, decision.withheld[0], decision.suppressions[0]
    assert top is not None
    snapshot, pickled = context.to_bytes(), pickle.dumps(engine)
    calls: list[Any] = [
        lambda: Engine.from_toml(""), lambda: Engine.from_json(""), lambda: Engine.from_file(CARE),
        lambda: engine.decide(context, now=NOW, channel="web"), lambda: engine.decide_json("{}", "{}"),
        lambda: engine.replay(record, context), engine.reads, engine.describe,
        lambda: engine.missing(context, NOW), lambda: engine.warnings, lambda: pickle.loads(pickled),
        Context, lambda: Context.from_dict({}), lambda: Context.from_json("{}"),
        lambda: Context.from_bytes(snapshot), context.to_json, context.to_dict, context.to_bytes,
        lambda: context.apply({"at": NOW}), lambda: context.apply_all([]), lambda: context.merge(context),
        lambda: hash(context), lambda: repr(context),
        decision.to_json, decision.to_dict, decision.record, decision._repr_html_, lambda: repr(decision),
        lambda: decision.explain("premium-upgrade"), lambda: decision.timeline("premium-upgrade"),
        lambda: decision.outcome("premium-upgrade", "click", at=NOW), lambda: hash(decision),
        lambda: hash(top), lambda: hash(account), lambda: hash(rule),
        lambda: top.action, lambda: account.because, lambda: account.reasons[0], lambda: rule.facts,
    ]
    monkeypatch.setenv("TACTFUL_PANIC", "1")
    for call in calls:
        with pytest.raises(InternalError, match="asked for by TACTFUL_PANIC") as caught:
            call()
        assert isinstance(caught.value, RuntimeError)
    monkeypatch.delenv("TACTFUL_PANIC")
    assert engine.decide(context, now=NOW, channel="web", slots=["hero", "tile"]) == decision
