"""Engines: what they are made of, what they say, and what they refuse."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import datetime, timedelta, timezone
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

import tactful
from tactful import (
    Context, ContextError, Engine, EventError, PolicyError, RecordError, RequestError, UnknownActionError,
)

from conftest import CARE, NOW

SMALL = """
policy = "care"
[[actions]]
id = "hello"
kind = "service"
channels = ["web"]
"""


def test_engines_come_from_text_and_from_files(tmp_path: Path) -> None:
    of_text = Engine.from_toml(SMALL)
    (tmp_path / "care.toml").write_text(SMALL)
    assert Engine.from_file(tmp_path / "care.toml").fingerprint == of_text.fingerprint
    assert Engine.from_file(str(tmp_path / "care.toml")).describe() == of_text.describe()
    of_json = {"policy": "care", "actions": [{"id": "hello", "kind": "service", "channels": ["web"]}]}
    (tmp_path / "care.json").write_text(json.dumps(of_json))
    assert Engine.from_file(tmp_path / "care.json").fingerprint == of_text.fingerprint
    assert of_text == Engine.from_toml(SMALL) != Engine.from_json(json.dumps(of_json))
    assert hash(of_text) == hash(Engine.from_toml(SMALL))
    assert of_text.policy == "care" and of_text.warnings == []
    assert repr(of_text) == "<Engine of 'care': 1 actions>"


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    missing = tmp_path / "none.toml"
    with pytest.raises(FileNotFoundError) as caught:
        Engine.from_file(missing)
    assert caught.value.filename == str(missing)
    with pytest.raises(ValueError, match="ends in .toml or .json"):
        Engine.from_file(tmp_path / "care.yaml")


def test_everything_wrong_with_a_policy_is_reported_at_once(tmp_path: Path) -> None:
    wrong = SMALL.replace("kind =", "knd =") + 'eligible = "profile.plann == \'basic\'"\n'
    with pytest.raises(PolicyError) as caught:
        Engine.from_toml(wrong)
    found = caught.value.diagnostics
    assert [one.path for one in found] == sorted(one.path for one in found) or len(found) > 1
    by_path = {one.path: one for one in found}
    key = by_path["actions[0].knd"]
    assert (key.severity, key.line, key.column, key.source) == ("error", 5, 1, None)
    assert key.help == "did you mean `kind`?" and key.code.startswith("E")
    assert str(key) in str(caught.value) and "knd = \"service\"" in str(key)

    path = tmp_path / "wrong.toml"
    path.write_text(wrong)
    with pytest.raises(PolicyError) as named:
        Engine.from_file(path)
    assert f"--> {path}:5:1" in str(named.value)
    assert {one.source for one in named.value.diagnostics} == {str(path)}
    assert isinstance(named.value, ValueError) and isinstance(named.value, tactful.TactfulError)


HALF = "half \ud800"


@pytest.mark.parametrize("text", [HALF, '{"user_id": "' + HALF + '"}'])
def test_half_a_character_is_an_error_of_the_door(engine: Engine, decision: tactful.Decision, text: str) -> None:
    doors: list[tuple[type[tactful.TactfulError], str, Callable[[], object]]] = [
        (PolicyError, "", lambda: Engine.from_toml(text)),
        (PolicyError, "", lambda: Engine.from_json(text)),
        (PolicyError, "", lambda: Engine.from_file(text + ".toml")),
        (ContextError, "", lambda: Context.from_json(text)),
        (ContextError, "", lambda: engine.decide(text, now=NOW, channel="web")),
        (ContextError, "", lambda: engine.decide_json(text, "{}")),
        (ContextError, "", lambda: engine.missing(text, NOW)),
        (ContextError, "", lambda: engine.replay(decision.record(), text)),
        (EventError, "", lambda: Context().apply(text)),
        (EventError, "", lambda: Context().apply_all([text])),
        (EventError, "at", lambda: decision.outcome("dispute-status", "click", at=text)),
        (RequestError, "", lambda: engine.decide_json("{}", text)),
        (RequestError, "channel", lambda: engine.decide({}, now=NOW, channel=text)),
        (RequestError, "decision_id", lambda: engine.decide({}, now=NOW, channel="web", decision_id=text)),
        (RequestError, "carry", lambda: engine.decide_batch(None, carry=[text])),
        (RecordError, "", lambda: engine.replay(text, {})),
        (UnknownActionError, "", lambda: decision.explain(text)),
        (UnknownActionError, "", lambda: decision.timeline(text)),
        (UnknownActionError, "", lambda: decision.outcome(text, "click", at=NOW)),
    ]
    for kind, path, call in doors:
        with pytest.raises(kind, match="half a character") as caught:
            call()
        assert getattr(caught.value, "path", "") == path and "codec" not in str(caught.value)
        if isinstance(caught.value, PolicyError):
            assert [one.code for one in caught.value.diagnostics] == ["E001"]
    assert decision.account_of(text) is None


def test_a_word_that_is_none_is_an_error_of_the_argument(engine: Engine, decision: tactful.Decision) -> None:
    for word in ("", "all", HALF):
        for keywords, path in (({"accounts": word}, "accounts"), ({"on_error": word}, "on_error")):
            for call in (Engine.batch_schema, lambda **more: engine.decide_batch(None, **more)):
                with pytest.raises(RequestError, match=f"request: {path}: expected ") as caught:
                    call(**keywords)
                assert caught.value.path == path
        with pytest.raises(EventError, match="event: outcome: unknown outcome"):
            decision.outcome("dispute-status", word, at=NOW)
    for keywords in ({"accounts": 1}, {"on_error": None}):
        with pytest.raises(TypeError, match="is not an instance of 'str'"):
            Engine.batch_schema(**keywords)


def test_json_that_may_change_is_not_read(engine: Engine, decision: tactful.Decision) -> None:
    for json_text in (bytearray(b"{}"), memoryview(b"{}")):
        doors: list[tuple[type[tactful.TactfulError], Callable[[], object]]] = [
            (ContextError, lambda: engine.decide(json_text, now=NOW, channel="web")),
            (ContextError, lambda: engine.missing(json_text, NOW)),
            (EventError, lambda: Context().apply(json_text)),
            (RecordError, lambda: engine.replay(json_text, {})),
        ]
        for kind, call in doors:
            found = type(json_text).__name__
            with pytest.raises(kind, match=rf"expected JSON as str or bytes, found `{found}`: pass bytes\(") as caught:
                call()
            assert getattr(caught.value, "path") == ""


def test_a_file_that_holds_no_text_of_a_policy(tmp_path: Path) -> None:
    (tmp_path / "latin.toml").write_bytes('policy = "Käse"'.encode("latin-1"))
    with pytest.raises(PolicyError, match=r"latin.toml is not UTF-8 from byte 11 on"):
        Engine.from_file(tmp_path / "latin.toml")
    for path in ("care", "care.yaml", "\ud800"):
        with pytest.raises(PolicyError, match=r"ends in \.toml or \.json|half a character"):
            Engine.from_file(path)
    with pytest.raises(PolicyError, match="NUL"):
        Engine.from_file("care\0.toml")
    with pytest.raises(TypeError):
        Engine.from_file(5)

    class Broken:
        def __fspath__(self) -> str:
            raise ValueError("of its own")

    with pytest.raises(ValueError, match="^of its own$"):
        Engine.from_file(Broken())


def test_a_policy_that_is_no_toml_says_where() -> None:
    with pytest.raises(PolicyError) as caught:
        Engine.from_toml("policy = ")
    assert caught.value.diagnostics[0].line == 1


class Index:
    def __init__(self, number: int) -> None:
        self.number = number

    def __index__(self) -> int:
        return self.number


# With and without options, a request is read in two ways.
@pytest.mark.parametrize("options", [{}, {"limit": 3}], ids=["alone", "with options"])
def test_now_is_a_moment(engine: Engine, options: dict[str, Any]) -> None:
    millis = 1_773_154_830_000
    same = [NOW, NOW.astimezone(timezone(timedelta(hours=-7))), millis, Index(millis), "2026-03-10T15:00:30Z"]
    for now in same:
        decision = engine.decide({}, now=now, channel="web", **options)
        assert decision.now == NOW and decision.now.tzinfo is timezone.utc
    for wrong, message in WRONG_MOMENTS:
        with pytest.raises(RequestError) as caught:
            engine.decide({}, now=wrong, channel="web", **options)
        assert caught.value.path == "now" and str(caught.value).startswith(f"request: now: {message}")


EXPECTED = "expected an aware datetime or Unix milliseconds, found "
WRONG_MOMENTS: list[tuple[Any, str]] = [
    (datetime(2026, 3, 10), "the datetime 2026-03-10 00:00:00 is naive"), (1.5, EXPECTED + "`float`"),
    (True, EXPECTED + "`bool`"), (None, EXPECTED + "`NoneType`"), (b"2026", EXPECTED + "`bytes`"),
    (NOW.date(), EXPECTED + "`datetime.date`"), (Decimal(5), EXPECTED + "`decimal.Decimal`"),
    ({}, EXPECTED + "`dict`"), (0, "the time 1970-01-01T00:00:00Z is outside the years"),
    (Index(0), "the time 1970-01-01T00:00:00Z is outside the years"), (2**70, "the number is too great"),
    (Index(2**70), "the number is too great"), ("soon", "`soon` is not a time"),
    ("half \ud800", "the text holds half a character"),
    (datetime.max.replace(tzinfo=timezone.utc), "the time 253402300799999 ms is outside the years"),
]


def test_every_moment_is_read_alike(engine: Engine, decision: tactful.Decision) -> None:
    for wrong, message in WRONG_MOMENTS:
        with pytest.raises(RequestError) as missing:
            engine.missing({}, wrong)
        assert missing.value.path == "now" and str(missing.value).startswith(f"request: now: {message}")
        with pytest.raises(tactful.EventError) as outcome:
            decision.outcome("dispute-status", "click", at=wrong)
        assert outcome.value.path == "at" and str(outcome.value).startswith(f"event: at: {message}")
    for now in (1_773_154_830_000, Index(1_773_154_830_000)):
        assert decision.outcome("dispute-status", "click", at=now)["at"] == "2026-03-10T15:00:30Z"
        assert engine.missing({}, now)


def test_moments_of_numpy(engine: Engine) -> None:
    numpy = pytest.importorskip("numpy")
    millis = 1_773_154_830_000
    for options in ({}, {"limit": 3}):
        for now in (numpy.int64(millis), numpy.uint64(millis), numpy.array(millis)):
            assert engine.decide({}, now=now, channel="web", **options).now == NOW
        for wrong in (numpy.datetime64(millis, "ms"), numpy.timedelta64(millis, "ms"), numpy.bool_(True),
                      numpy.float64(millis), numpy.array([millis, millis])):
            with pytest.raises(RequestError, match=EXPECTED + "`numpy."):
                engine.decide({}, now=wrong, channel="web", **options)


def test_requests_are_checked_as_strictly_as_contexts(engine: Engine) -> None:
    with pytest.raises(RequestError, match="unknown word `wbe`: did you mean `web`") as caught:
        engine.decide({}, now=NOW, channel="wbe")
    assert caught.value.path == "channel"
    with pytest.raises(RequestError, match="did you mean `slots`") as caught:
        engine.decide({}, now=NOW, channel="web", slot=["hero"])
    assert caught.value.path == "slot"
    with pytest.raises(RequestError) as caught:
        engine.decide({}, now=NOW, channel="web", limit=-1)
    assert caught.value.path == "limit"
    with pytest.raises(RequestError):
        engine.decide({}, now=NOW, channel=None)
    with pytest.raises(RequestError, match="naive"):
        engine.decide({}, now=datetime(2026, 1, 1), channel="web", limit=1)
    with pytest.raises(TypeError):
        engine.decide({}, channel="web")


def test_options_are_those_of_a_request(engine: Engine, customer: dict[str, Any]) -> None:
    options: dict[str, Any] = {
        "slots": ["hero", "tile"], "limit": 1, "decision_id": "d-1", "quotas": {"goodwill": 3},
        "excluded": ["no-such-action", "dispute-status"], "or_channels": ["email"],
    }
    decision = engine.decide(customer, now=NOW, channel="web", **options)
    assert decision.request == {
        "now": "2026-03-10T15:00:30Z", "channel": "web", "detail": "complete", **options}
    assert decision.decision_id == "d-1" and len(decision) == 1
    assert decision.unknown_actions == ("no-such-action",)
    assert decision.channels == ("web", "email")
    assert decision.account_of("dispute-status").verdict == "unavailable"


def test_json_in_and_out(engine: Engine, customer: dict[str, Any]) -> None:
    request = {"now": "2026-03-10T15:00:30Z", "channel": "web", "slots": ["hero", "tile"]}
    answer = engine.decide_json(json.dumps(customer), json.dumps(request))
    assert isinstance(answer, bytes)
    assert json.loads(answer) == engine.decide(customer, **request).to_dict()
    with pytest.raises(RequestError, match="missing field `now`"):
        engine.decide_json(b"{}", b'{"channel": "web"}')
    with pytest.raises(tactful.ContextError):
        engine.decide_json(b"[]", b"{}")


def test_a_policy_says_what_it_reads_and_what_is_missing(engine: Engine, customer: dict[str, Any]) -> None:
    assert "support.tickets.topic" in engine.reads() or "support.tickets" in str(engine.reads())
    missing = engine.missing(Context(), NOW)
    assert {one.name for one in missing} == {"context_unknown"}
    support = next(one for one in missing if one.path == "support")
    assert support.facts and str(support) in repr(support)
    assert len(engine.missing(customer, NOW)) < len(missing)
    assert "billing dispute" in engine.describe()


def test_a_record_is_replayed(engine: Engine, decision: tactful.Decision, customer: dict[str, Any]) -> None:
    replay = engine.replay(decision.record(), customer)
    assert replay and replay.is_same and replay.actions == ()
    calm = {**customer, "support": {"as_of": customer["support"]["as_of"], "tickets": []}}
    changed = engine.replay(decision.record(facts=True), calm)
    assert not changed and changed.context_changed and not changed.policy_changed
    assert "premium-upgrade" in changed.actions and "premium-upgrade" in str(changed)
    assert json.loads(changed.to_json()) == changed.to_dict()
    assert repr(changed) == "<Replay: not the same>"
    with pytest.raises(RecordError, match="format") as caught:
        engine.replay({**json.loads(decision.record()), "format": 99}, customer)
    assert caught.value.path == "format"
    with pytest.raises(RecordError):
        engine.replay(b"{}", customer)


def test_personal_data_enters_a_record_on_request_only(decision: tactful.Decision) -> None:
    assert "facts" not in decision.record() and '"facts"' in decision.record(facts=True)


def test_the_seed_failure(engine: Engine, customer: dict[str, Any]) -> None:
    """Nothing is sold while a billing dispute is open, and without its feed neither."""
    for context in (customer, {**customer, "support": None}):
        decision = engine.decide(context, now=NOW, channel="web")
        assert "premium-upgrade" not in [one.action for one in decision]
        account = decision.account_of("premium-upgrade")
        assert account is not None and account.verdict == "suppressed" and account.code == 401
    calm = {**customer, "support": {"as_of": customer["support"]["as_of"], "tickets": []}}
    top = engine.decide(calm, now=NOW, channel="web").top
    assert top is not None and top.action == "premium-upgrade" and top.priority == Decimal("14.4")
    assert CARE.exists()
