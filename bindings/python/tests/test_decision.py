"""Decisions and what they hold: the same as their JSON says."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

import tactful
from tactful import Context, Decision, Engine

from conftest import NOW, ROOT


def moment(text: str | None) -> datetime | None:
    return None if text is None else datetime.fromisoformat(text.replace("Z", "+00:00"))


def all_decisions() -> list[Decision]:
    corpus = ROOT / "tests" / "scenarios"
    decisions = []
    for path in sorted((corpus / "cases").glob("*.json"))[::9]:
        case = json.loads(path.read_text("utf-8"))
        engine = Engine.from_file(corpus / case["policy"])
        decisions.append(engine.decide(case["context"], **case["request"]))
    return decisions


@pytest.fixture(scope="module")
def decisions() -> list[Decision]:
    return all_decisions()


def test_a_decision_is_a_sequence_of_recommendations(decision: Decision) -> None:
    assert [one.action for one in decision] == ["dispute-status", "callback-offer"]
    assert len(decision) == 2 and decision
    assert decision.top is not None and decision.top.priority == Decimal(12)
    assert decision.recommendations is decision.recommendations, "made once"
    assert repr(decision.top) == "<Recommendation 'dispute-status' on web in 'hero', priority 12>"
    assert repr(decision).startswith("<Decision at 2026-03-10T15:00:30Z: dispute-status, callback-offer; ")
    assert [one.action for one in decision.suppressed] == ["premium-upgrade", "family-card", "weekend-promo"]


def test_nothing_to_recommend_is_false() -> None:
    engine = Engine.from_toml('policy = "p"\n[[actions]]\nid = "a"\nkind = "service"\nchannels = ["sms"]')
    decision = engine.decide({}, now=NOW, channel="web")
    assert not decision and len(decision) == 0 and decision.top is None and list(decision) == []
    assert repr(decision) == "<Decision at 2026-03-10T15:00:30Z: nothing; 1 withheld>"
    assert "Nothing is recommended" in decision._repr_html_()


def test_objects_say_what_the_json_says(decisions: list[Decision]) -> None:
    assert len(decisions) > 30
    for decision in decisions:
        told = decision.to_dict()
        assert told == json.loads(decision.to_json())
        assert [one.to_dict() for one in decision.recommendations] == told["recommendations"]
        assert [one.to_dict() for one in decision.withheld] == told["withheld"]
        assert [one.to_dict() for one in decision.suppressions] == told["suppressions"]
        assert list(decision.holdouts) == told["holdouts"]
        assert list(decision.ghosts) == told["ghosts"]
        assert decision.reservations == told["reservations"]
        assert decision.valid_until == moment(told["valid_until"])
        assert decision.now == moment(told["now"]) and decision.policy == told["policy"]
        for one, as_told in zip(decision.recommendations, told["recommendations"]):
            recommendation(one, as_told)
        for account, as_told in zip(decision.withheld, told["withheld"]):
            withheld(account, as_told)
        for rule, as_told in zip(decision.suppressions, told["suppressions"]):
            suppression(rule, as_told)


def recommendation(one: tactful.Recommendation, told: dict[str, Any]) -> None:
    for key in ("action", "kind", "channel", "slot", "treatment", "tier"):
        assert getattr(one, key) == told[key]
    assert one.priority == Decimal(told["priority"]) and one.is_forced == told["forced"]
    for got, as_told in zip(one.passed_over, told["passed_over"], strict=True):
        reason(got, as_told)


def withheld(one: tactful.Withheld, told: dict[str, Any]) -> None:
    for key in ("action", "kind", "verdict", "tier"):
        assert getattr(one, key) == told[key]
    assert one.priority == (None if told["priority"] is None else Decimal(told["priority"]))
    assert one.until == moment(told["until"])
    assert (one.code, one.because) == (told["reasons"][0]["code"], told["reasons"][0]["because"])
    assert told["verdict"] in repr(one)
    for got, as_told in zip(one.reasons, told["reasons"], strict=True):
        reason(got, as_told)


def suppression(rule: tactful.Suppression, told: dict[str, Any]) -> None:
    for key in ("rule", "code", "name", "because"):
        assert getattr(rule, key) == told[key]
    assert rule.until == moment(told["until"]) and rule.situation and rule.because in repr(rule)
    facts(rule.facts, told["facts"])
    assert rule.is_known == all(fact.name in (None, "last_known") for fact in rule.facts)


def reason(got: tactful.Reason, told: dict[str, Any]) -> None:
    for key in ("code", "name", "stage", "severity", "rule", "condition", "channel", "because"):
        assert getattr(got, key) == told[key]
    assert got.until == moment(told["until"]) and got.to_dict() == told
    assert repr(got).startswith(f"<Reason {got.code} {got.name}: ")
    facts(got.facts, told["facts"])


def facts(got: tuple[tactful.Fact, ...], told: list[dict[str, Any]]) -> None:
    for fact, as_told in zip(got, told, strict=True):
        assert (fact.path, fact.code, fact.name) == (as_told["fact"], as_told["code"], as_told["name"])
        for length, millis in ((fact.age, as_told["age_ms"]), (fact.max_age, as_told["max_age_ms"])):
            assert length == (None if millis is None else timedelta(milliseconds=millis))
        assert str(fact) in repr(fact) and fact.path in str(fact)


def test_an_action_is_explained(decision: Decision) -> None:
    why = decision.explain("premium-upgrade")
    assert (why.action, why.verdict, why.channel) == ("premium-upgrade", "suppressed", "web")
    assert "billing dispute" in " ".join(why.why) and "premium-upgrade is not recommended" in str(why)
    assert why.priority == Decimal("14.4") and why.rank == 2 and why.slot is None and why.until is None
    assert why.nearest_change and why.to_dict()["stages"] and json.loads(why.to_json()) == why.to_dict()
    assert decision.explain("dispute-status").slot == "hero"
    with pytest.raises(tactful.UnknownActionError, match="premium-upgrde") as caught:
        decision.explain("premium-upgrde")
    assert isinstance(caught.value, LookupError)


def test_time_alone_is_told(decision: Decision) -> None:
    timeline = decision.timeline("premium-upgrade")
    assert timeline.steps[0].at == NOW and timeline.steps[0].verdict == "suppressed"
    assert timeline.steps[0].because and timeline.to_dict()["action"] == timeline.action
    assert str(timeline.steps[0]) and repr(timeline).startswith("<Timeline of premium-upgrade: ")
    with pytest.raises(tactful.UnknownActionError):
        decision.timeline("nothing")


def test_what_came_of_it_goes_into_the_history(engine: Engine, decision: Decision) -> None:
    event = decision.outcome("dispute-status", "impression", at=NOW)
    assert event["interaction"]["action"] == "dispute-status" and event["user_id"] == "household-22"
    context, applied = decision.context.apply(event)
    assert applied and "history" in context.parts
    with pytest.raises(tactful.EventError, match="event: outcome: unknown outcome `clicked`: expected one of") as caught:
        decision.outcome("dispute-status", "clicked", at=NOW)
    assert caught.value.path == "outcome" and isinstance(caught.value, ValueError)
    with pytest.raises(tactful.UnknownActionError):
        decision.outcome("nothing", "click", at=NOW)
    with pytest.raises(tactful.EventError, match="event: at: .* is naive"):
        decision.outcome("dispute-status", "click", at=datetime(2026, 1, 1))


def test_decisions_compare_by_what_they_say(engine: Engine, customer: dict[str, Any], decision: Decision) -> None:
    again = engine.decide(Context(**customer), now=NOW, channel="web", slots=["hero", "tile"])
    assert again == decision and hash(again) == hash(decision) and again is not decision
    assert decision != engine.decide({}, now=NOW, channel="web") and decision != 1


def test_nothing_can_be_changed(decision: Decision) -> None:
    for target in (decision, decision.top, decision.context, decision.withheld[0], decision.withheld[0].reasons[0]):
        with pytest.raises(AttributeError):
            setattr(target, "action", "other")
    with pytest.raises(TypeError):
        Decision()


def test_a_decision_outlives_its_engine(customer: dict[str, Any]) -> None:
    import gc

    engine = Engine.from_file(ROOT / "examples" / "policies" / "customer_care.toml")
    top = engine.decide(customer, now=NOW, channel="web").top
    del engine
    gc.collect()
    assert top is not None and top.action == "dispute-status" and top.kind == "service"
