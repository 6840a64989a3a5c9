"""The scenario corpus of all languages: what is expected, and the very bytes."""

from __future__ import annotations

import json
import os
from functools import cache
from pathlib import Path
from typing import Any

import pytest

import tactful

from conftest import ROOT

CORPUS = ROOT / "tests" / "scenarios"
CASES = sorted((CORPUS / "cases").glob("*.json"))


@cache
def engine_of(policy: str) -> tactful.Engine:
    return tactful.Engine.from_file(CORPUS / policy)


@cache
def decisions_of_rust() -> dict[str, str] | None:
    """What `cargo run --example scenario_decisions` prints, if it was run."""
    path = os.environ.get("TACTFUL_SCENARIO_DECISIONS")
    if path is None:
        return None
    lines = Path(path).read_text("utf-8").splitlines()
    return dict(line.split("\t", 1) for line in lines)


def read(path: Path) -> dict[str, Any]:
    case: dict[str, Any] = json.loads(path.read_text("utf-8"))
    return case


def test_the_corpus_is_there() -> None:
    assert len(CASES) > 300


@pytest.mark.parametrize("path", CASES, ids=lambda path: path.stem)
def test_a_case_gets_the_decision_it_must_get(path: Path) -> None:
    case = read(path)
    engine = engine_of(case["policy"])
    context, request = json.dumps(case["context"]), json.dumps(case["request"])

    answer = engine.decide_json(context, request)
    assert engine.decide_json(context.encode(), request.encode()) == answer, "the same bytes"
    by_dict = engine.decide(case["context"], **case["request"])
    assert by_dict.to_json().encode() == answer, "objects and JSON are one"
    by_context = engine.decide(tactful.Context.from_json(context), **case["request"])
    assert by_context == by_dict

    rust = decisions_of_rust()
    if rust is not None:
        assert answer.decode() == rust[case["name"]], "the bytes of Rust"
    compare(json.loads(answer), case["expect"], case["request"])

    ranked = engine.decide(case["context"], **{**case["request"], "detail": "ranked_only"})
    assert ranked.to_dict() == {**by_dict.to_dict(), "withheld": []}


def compare(decision: dict[str, Any], expect: dict[str, Any], request: dict[str, Any]) -> None:
    placed = decision["recommendations"]
    assert [one["action"] for one in placed] == [one["action"] for one in expect["recommendations"]]
    for got, wanted in zip(placed, expect["recommendations"]):
        wanted = {"channel": request["channel"], "forced": False, "treatment": None, **wanted}
        reasons(got["passed_over"], wanted.pop("passed_over", []))
        assert {key: got[key] for key in wanted} == wanted

    assert sorted(one["action"] for one in decision["withheld"]) == sorted(expect["withheld"])
    for got in decision["withheld"]:
        wanted = dict(expect["withheld"][got["action"]])
        reasons(got["reasons"], wanted.pop("reasons"))
        assert {key: got[key] for key in wanted} == wanted, got["action"]

    assert decision["holdouts"] == expect.get("holdouts", [])
    assert decision["ghosts"] == expect.get("ghosts", [])
    assert decision["reservations"] == expect.get("reservations", {})
    if "valid_until" in expect:
        assert decision["valid_until"] == expect["valid_until"]


def reasons(got: list[dict[str, Any]], wanted: list[dict[str, Any]]) -> None:
    assert [one["code"] for one in got] == [one["code"] for one in wanted]
    for one, must in zip(got, wanted):
        must = {"rule": None, **must}
        facts = must.pop("facts", [])
        assert {key: one[key] for key in must} == must
        lacking = [fact for fact in one["facts"] if fact["code"] is not None]
        assert len(lacking) == len(facts)
        for fact, must_be in zip(lacking, facts):
            assert {key: fact[key] for key in must_be} == must_be


def test_the_cases_of_one_policy_are_a_log() -> None:
    for path in CASES:
        case = read(path)
        if case["policy"] != "policies/care.toml":
            continue
        engine = engine_of(case["policy"])
        decision = engine.decide(case["context"], **case["request"])
        assert engine.replay(decision.record(), case["context"])
        assert engine.replay(json.loads(decision.record(facts=True)), decision.context).is_same


@pytest.mark.parametrize("path", sorted((ROOT / "tests" / "compat").glob("*.json")), ids=lambda path: path.stem)
def test_snapshots_of_every_version_are_read(path: Path) -> None:
    context = tactful.Context.from_json(path.read_bytes())
    snapshot = path.with_suffix(".bin").read_bytes()
    assert tactful.Context.from_bytes(snapshot) == context
    assert context.to_bytes() == snapshot
