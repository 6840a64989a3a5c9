"""Contexts: however they come in, they say the same, and they never change."""

from __future__ import annotations

import json
import re
from collections import OrderedDict
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime, timedelta, timezone, tzinfo
from decimal import Decimal
from enum import Enum
from types import MappingProxyType
from typing import Any

import pytest

from tactful import Context, ContextError, Decision, Engine, EventError, IdentityError

from conftest import NOW, ROOT

AS_OF = "2026-03-10T15:00:00Z"


def test_all_ways_in_and_out_agree(customer: dict[str, Any]) -> None:
    context = Context(**customer)
    text = json.dumps(customer)
    assert context == Context.from_dict(customer) == Context.from_json(text)
    assert context == Context.from_json(text.encode())
    assert context == Context.from_dict(MappingProxyType(customer))
    assert context == Context.from_json(context.to_json()) == Context.from_bytes(context.to_bytes())
    assert context == Context.from_dict(context.to_dict())
    assert {context: 1}[Context.from_dict(customer)] == 1
    assert context != Context() and context.fingerprint != Context().fingerprint
    assert len(context.fingerprint) == 32
    assert repr(Context()) == "<Context of nobody known: nothing>"
    assert repr(context).startswith("<Context of 'household-22': support, ")
    assert context.user_id == "household-22" and "support" in context.parts


def test_every_customer_comes_through_a_dict_as_through_json() -> None:
    lines = (ROOT / "examples" / "data" / "customers.jsonl").read_text("utf-8").splitlines()
    assert len(lines) > 1_000
    for line in lines:
        of_json, of_dict = Context.from_json(line), Context.from_dict(json.loads(line))
        assert of_json.to_json() == of_dict.to_json()


def test_nothing_is_complete_by_word_of_nobody_however_it_comes() -> None:
    said = {"support": {"as_of": {"(events)": AS_OF}, "tickets": []}}
    assert Context.from_dict(said) == Context.from_json(json.dumps(said))
    assert Context(**said).to_dict()["support"]["tickets"] == {"partial": []}


def test_moments_are_aware_datetimes_milliseconds_or_text() -> None:
    moment = datetime(2026, 3, 10, 16, 0, 0, 999, tzinfo=timezone(timedelta(hours=1)))
    by = [moment, "2026-03-10T16:00:00+01:00", 1_773_154_800_000]
    contexts = {Context(device={"as_of": one, "form_factor": "mobile"}) for one in by}
    assert len(contexts) == 1
    with pytest.raises(ContextError, match="is naive.*give it a time zone") as caught:
        Context(support={"as_of": datetime(2026, 3, 10)})
    assert caught.value.path == "support.as_of"


def test_a_datetime_is_a_time_in_attributes_as_well() -> None:
    context = Context(attributes={"as_of": AS_OF, "values": {"since": NOW, "n": 1, "x": [1][0] == 1}})
    values = context.to_dict()["attributes"]["values"]
    assert values == {"since": "2026-03-10T15:00:30Z", "n": 1, "x": True}


class MappingLike(Mapping[str, Any]):
    def __getitem__(self, key: str) -> Any:
        return {"as_of": AS_OF}[key]

    def __iter__(self) -> Iterator[str]:
        return iter(["as_of"])

    def __len__(self) -> int:
        return 1


class Index:
    def __index__(self) -> int:
        return 7


def test_numbers_of_other_libraries_are_numbers() -> None:
    onboarding = Context(feedback={"as_of": AS_OF, "answers": [
        {"metric": "csat", "score": Index(), "answered_at": AS_OF}]})
    assert onboarding.to_dict()["feedback"]["answers"][0]["score"] == 7


def profile(age: Any) -> Any:
    return Context(profile={"as_of": AS_OF, "age_years": age}).to_dict()["profile"]["age_years"]


class Part(float):
    pass


@pytest.mark.parametrize("number", [34.0, Part(34), -0.0, -5.0, 2.0**53 - 1], ids=str)
def test_whole_numbers_with_decimals_are_whole(number: float) -> None:
    assert profile(number) == int(number) and isinstance(profile(number), int)
    values = Context(attributes={"as_of": AS_OF, "values": {"n": number}}).to_dict()["attributes"]["values"]
    assert isinstance(values["n"], float), "where both are meant, it stays what it is"


NO_WHOLE = [34.5, 2.0**53, -(2.0**53), 1e300, float("nan"), float("inf"), Part(34.5), True, "34"]


@pytest.mark.parametrize("number", NO_WHOLE, ids=str)
def test_what_is_no_whole_number_is_refused(number: Any) -> None:
    with pytest.raises(ContextError, match="expected a whole number, found|not finite") as caught:
        profile(number)
    assert caught.value.path == "profile.age_years"


def test_values_of_numpy_are_what_they_stand_for() -> None:
    numpy = pytest.importorskip("numpy")
    for one in (numpy.int8, numpy.uint64, numpy.float16, numpy.float32, numpy.float64):
        assert profile(one(34)) == 34 and isinstance(profile(one(34)), int)
        scores = Context(scores={"as_of": AS_OF, "values": {"churn": one(1)}})
        assert scores == Context(scores={"as_of": AS_OF, "values": {"churn": 1.0}})
    for one in (numpy.float16, numpy.float32, numpy.float64):
        values = {"x": one(0.5), "yes": numpy.bool_(True), "no": numpy.bool_(False)}
        said = Context(attributes={"as_of": AS_OF, "values": values}).to_dict()["attributes"]["values"]
        assert said == {"x": 0.5, "yes": True, "no": False} and said["yes"] is True
        for wrong, message in ((one(34.5), "found `34.5`"), (one("nan"), "not finite"), (one("inf"), "not finite")):
            with pytest.raises(ContextError, match=message):
                profile(wrong)
    assert Context(profile={"as_of": AS_OF, "vulnerable": numpy.bool_(True)}) == Context(
        profile={"as_of": AS_OF, "vulnerable": True})
    with pytest.raises(ContextError, match="expected a whole number, found `true`"):
        profile(numpy.bool_(True))


def test_what_numpy_has_beyond_that_is_refused() -> None:
    numpy = pytest.importorskip("numpy")
    for wrong in (numpy.datetime64(5, "ns"), numpy.timedelta64(5, "ns"), numpy.complex64(1), numpy.longdouble(1),
                  numpy.array([1.5]), numpy.array(1.5), numpy.array([1, 2]), numpy.void(b"x")):
        for context in (lambda: profile(wrong), lambda: Context(support={"as_of": wrong}),
                        lambda: Context(attributes={"as_of": AS_OF, "values": {"n": wrong}})):
            with pytest.raises(ContextError, match="a `numpy.*` is nothing that can be read"):
                context()


def test_a_decimal_is_told_what_to_be() -> None:
    with pytest.raises(ContextError, match="a `decimal.Decimal` is nothing that can be read: make it an int or a float"):
        Context(scores={"as_of": AS_OF, "values": {"churn": Decimal("0.5")}})


class Text(str):
    pass


class Plan(str, Enum):
    BASIC = "basic"


class Whole(int):
    pass


class Row(list[Any]):
    pass


def test_values_of_subclasses_are_what_they_derive_from() -> None:
    def context(text: Any, plan: Any, whole: Any, part: Any, rows: Any, row: Any, names: Any) -> Context:
        return Context(
            profile=names({text("as_of"): text(AS_OF), text("plan"): plan, "age_years": whole(34),
                           "role": text("member"), "segments": rows([text("a"), text("b")])}),
            scores=names(as_of=AS_OF, values=names({text("churn"): part(0.25)})),
            device={"as_of": AS_OF, "form_factor": text("mobile")},
            attributes={"as_of": AS_OF, "values": {"n": whole(1), "x": part(1.5), "t": plan, "r": row([text("a")])}})

    plain = context(str, "basic", int, float, list, tuple, dict)
    assert plain == context(Text, Plan.BASIC, Whole, Part, Row, Row, OrderedDict)
    view = lambda *said, **more: MappingProxyType(dict(*said, **more))
    assert plain == context(Text, Text("basic"), Whole, Part, tuple, list, view)
    assert plain.to_dict()["profile"]["segments"] == ["a", "b"]


def test_null_and_absent_are_unknown_and_empty_is_known() -> None:
    assert Context(support=None) == Context()
    known = Context(support={"as_of": AS_OF, "tickets": []})
    assert known != Context(support={"as_of": AS_OF}) == Context(support={"as_of": AS_OF, "tickets": None})
    assert known == Context(support={"as_of": AS_OF, "tickets": ()})


WRONG: list[tuple[dict[Any, Any], str, str]] = [
    ({"suport": {}}, "suport", "unknown key `suport`: did you mean `support`?"),
    ({"support": {"as_of": AS_OF, "open_biling_dispute": 1}}, "support.open_biling_dispute", "unknown key"),
    ({"support": {"as_of": AS_OF, "tickets": [{"id": "C-1", "state": "opne"}]}}, "support.tickets[0].state",
     "unknown word `opne`: did you mean `open`?"),
    ({"support": []}, "support", "expected an object"),
    ({"support": {"as_of": True}}, "support.as_of", "expected a time"),
    ({"support": {"as_of": 5}}, "support.as_of", "outside the years 2000 to 2100"),
    ({"support": {"as_of": 2**80}}, "support.as_of", "too great"),
    ({"support": {"as_of": b"2026-03-10T15:00:30Z"}}, "support.as_of", "`bytes`"),
    ({"support": {"as_of": NOW.date()}}, "support.as_of", "`datetime.date`"),
    ({"scores": {"as_of": AS_OF, "values": {"churn": float("nan")}}}, "scores.values.churn", "not finite"),
    ({"scores": {"as_of": AS_OF, "values": {"churn": float("inf")}}}, "scores.values.churn", "not finite"),
    ({"profile": {"as_of": AS_OF, "age_years": 30.5}}, "profile.age_years", "expected a whole number"),
    ({"profile": {"as_of": AS_OF, "segments": {"a"}}}, "profile.segments", "`set`"),
    ({"profile": {"as_of": AS_OF, "plan": "half \ud800"}}, "profile.plan", "half a character"),
    ({"profile": {"as_of": AS_OF, 3: 4}}, "profile", "context: profile: the key 3 is no text"),
    ({b"user_id": "u"}, "", "context: the key b'user_id' is no text"),
    ({"support": {"as_of": AS_OF, "tickets": [{None: 1}]}}, "support.tickets[0]", "the key None is no text"),
    ({"profile": {"as_of": AS_OF, "half \ud800": 4}}, "profile", "the key 'half \\ud800' holds half a character"),
    ({"profile": {"as_of": AS_OF, "?": 4}}, "profile.?", "unknown key `?`"),
    ({"profile": {"as_of": AS_OF, "plan": bytearray(b"a")}}, "profile.plan", "expected a text, found a list"),
    ({"user_id": 17}, "user_id", "expected a text, found `17`"),
    ({"user_id": True}, "user_id", "expected a text, found `true`"),
    ({"user_id": {}}, "user_id", "expected a text, found an object"),
    ({"support": "open"}, "support", 'expected an object, found the text "open"'),
    ({"support": {"as_of": None}}, "support.as_of", "found null"),
    ({"support": {"as_of": AS_OF, "tickets": [None]}}, "support.tickets[0]", "expected an object, found null"),
    ({"profile": {"as_of": AS_OF, "segments": "a"}}, "profile.segments", 'expected a list, found the text "a"'),
    ({"profile": {"as_of": AS_OF, "age_years": "x, expected i64"}}, "profile.age_years",
     'expected a whole number, found the text "x, expected i64"'),
    ({"scores": {"as_of": AS_OF, "values": [1.5]}}, "scores.values", "expected an object, found a list"),
]


@pytest.mark.parametrize("parts, path, message", WRONG, ids=[path for _, path, _ in WRONG])
def test_what_is_wrong_is_refused_with_its_path(parts: dict[Any, Any], path: str, message: str) -> None:
    with pytest.raises(ContextError) as caught:
        Context.from_dict(parts)
    assert caught.value.path == path
    assert message in str(caught.value)
    assert isinstance(caught.value, ValueError)


def test_objects_and_json_are_refused_in_the_same_words() -> None:
    for parts, path, message in WRONG:
        try:
            text = json.dumps(parts, allow_nan=False, ensure_ascii=False).encode()
        except (TypeError, ValueError):
            continue  # what JSON cannot say
        if "is no text" in message or path == "support.as_of":
            continue  # what JSON says otherwise: keys that are numbers, and numbers that are too great
        with pytest.raises(ContextError) as of_json:
            Context.from_json(text)
        with pytest.raises(ContextError) as of_dict:
            Context.from_dict(parts)
        assert re.sub(r" \(line 1 column \d+\)", "", str(of_json.value)) == str(of_dict.value)
        for word in ("invalid type", "unit value", "map", "sequence", "i64", "struct"):
            assert word not in str(of_dict.value).replace("x, expected i64", ""), "words of Rust"
        assert of_json.value.path == of_dict.value.path


def test_json_that_is_wrong_says_where() -> None:
    with pytest.raises(ContextError, match="did you mean `support`"):
        Context.from_json(b'{"suport": {}}')
    with pytest.raises(ContextError, match="EOF"):
        Context.from_json("{")
    with pytest.raises(ContextError, match="the limit is"):
        Context.from_json(b" " * (9 << 20))
    with pytest.raises(TypeError, match="expected JSON as str or bytes, found `dict`"):
        Context.from_json({})
    with pytest.raises(ContextError, match="no snapshot"):
        Context.from_bytes(b"{}")


class Raises:
    def __init__(self, error: Exception) -> None:
        self.error = error

    def __index__(self) -> int:
        raise self.error


class Zone(tzinfo):
    def __init__(self, offset: timedelta | Exception | None) -> None:
        self.offset = offset

    def utcoffset(self, when: datetime | None) -> timedelta | None:
        if isinstance(self.offset, Exception):
            raise self.offset
        return self.offset


def test_what_python_code_raises_on_the_way_comes_out() -> None:
    class Broken(MappingLike):
        def __iter__(self) -> Iterator[str]:
            raise ZeroDivisionError("of its own")

    with pytest.raises(ZeroDivisionError, match="of its own"):
        Context.from_dict({"support": Broken()})
    with pytest.raises(ZeroDivisionError, match="of its own"):
        Context.from_dict({"profile": {"as_of": AS_OF, "age_years": Raises(ZeroDivisionError("of its own"))}})
    with pytest.raises(ContextError, match="`.*Raises`"):
        Context.from_dict({"profile": {"as_of": AS_OF, "age_years": Raises(TypeError("as arrays say it"))}})


@pytest.mark.parametrize("error", [ZeroDivisionError("mine"), TypeError("mine"), ValueError("mine")], ids=repr)
def test_what_a_time_zone_raises_comes_out_everywhere(engine: Engine, decision: Decision, error: Exception) -> None:
    broken = NOW.replace(tzinfo=Zone(error))
    calls: list[Callable[[], object]] = [
        lambda: Context(support={"as_of": broken}),
        lambda: Context().apply({"at": broken}),
        lambda: engine.decide({}, now=broken, channel="web"),
        lambda: engine.decide({}, now=broken, channel="web", limit=3),
        lambda: engine.missing({}, broken),
        lambda: decision.outcome("dispute-status", "click", at=broken),
    ]
    for call in calls:
        with pytest.raises(type(error)) as caught:
            call()
        assert caught.value is error


def test_a_time_zone_that_knows_no_offset_is_none() -> None:
    with pytest.raises(ContextError, match="the datetime 2026-03-10 15:00:30 is naive"):
        Context(support={"as_of": NOW.replace(tzinfo=Zone(None))})


def test_a_mapping_that_is_no_dict_is_read() -> None:
    assert Context(support=MappingLike()) == Context(support={"as_of": AS_OF})


OPENED = {"at": NOW, "source": "desk", "user_id": "u-1", "ticket": {
    "id": "C-1", "state": "open", "topic": "billing_dispute", "opened_at": NOW, "updated_at": NOW}}


def test_events_make_another_context() -> None:
    before = Context(user_id="u-1")
    after, applied = before.apply(OPENED)
    assert applied and applied.outcome == "applied" and applied.reason is None
    assert before == Context(user_id="u-1") and after != before
    again, twice = after.apply(json.dumps({**OPENED, "at": NOW.isoformat(), "ticket": {
        **OPENED["ticket"], "opened_at": NOW.isoformat(), "updated_at": NOW.isoformat()}}))
    assert not twice and twice.outcome == "duplicate" and again == after
    _, ignored = after.apply({"at": NOW})
    assert ignored.outcome == "ignored" and "says nothing" in str(ignored.reason)
    assert repr(applied) == "<Applied applied>"


def test_many_events_at_once_and_in_any_order() -> None:
    events = [OPENED, {"at": NOW, "source": "desk", "user_id": "u-1", "watermark": ["support"]},
              {"at": NOW - timedelta(days=1), "user_id": "u-1", "seen": True}]
    one, came_of = Context().apply_all(events)
    other, _ = Context().apply_all(reversed(events))
    assert one.to_json() == other.to_json()
    assert [came.outcome for came in came_of] == ["applied"] * 3
    left, _ = Context().apply_all(events[:1])
    right, _ = Context().apply_all(events[1:])
    assert left.merge(right).to_json() == one.to_json() == right.merge(left).to_json()


def test_malformed_events_are_refused() -> None:
    with pytest.raises(EventError, match="did you mean `ticket`"):
        Context().apply({"at": NOW, "tickt": {}})
    with pytest.raises(EventError, match="unknown word `opne`") as caught:
        Context().apply({"at": NOW, "ticket": {**OPENED["ticket"], "state": "opne"}})
    assert caught.value.path.startswith("ticket")
    with pytest.raises(EventError, match="the limit is"):
        Context().apply(b" " * (1 << 20))
    with pytest.raises(IdentityError, match="`u-1` is another customer than `u-2`") as other:
        Context(user_id="u-2").apply(OPENED)
    assert other.value.path == "user_id"
    with pytest.raises(IdentityError):
        Context(user_id="u-1").merge(Context(user_id="u-2"))


def test_a_visitor_becomes_a_customer() -> None:
    visitor, _ = Context().apply({"at": NOW, "anonymous_id": "a-1", "seen": True})
    joined = Context(user_id="u-1").join_anonymous(visitor)
    assert joined.user_id == "u-1" and "recency" in joined.parts


class Meddling:
    """A number that changes the dict it is in when it is read."""

    def __init__(self, change: Callable[[], object]) -> None:
        self.change = change

    def __index__(self) -> int:
        self.change()
        return 1_772_323_200_000


@pytest.mark.parametrize("read", [Context.from_dict, lambda parts: Context(**parts)])
def test_a_dict_that_changes_while_it_is_read_is_an_error(read: Callable[[Any], Context]) -> None:
    def exchange() -> None:
        profile.pop("role", None)
        profile["plan"] = "pro"

    for change in (lambda: profile.update(plan="pro"), lambda: profile.clear()):
        profile: dict[str, Any] = {"as_of": Meddling(change), "role": "owner"}
        with pytest.raises(RuntimeError, match="changed size during iteration") as caught:
            read({"profile": profile})
        assert type(caught.value) is RuntimeError, "a mistake of the caller, not of ours"
    profile = {"as_of": Meddling(exchange), "role": "owner"}
    assert read({"profile": profile}).to_dict()["profile"]["as_of"], "as Python lets it pass"
